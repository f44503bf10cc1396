"""Is a sheet that perfxl wrote still as it was? A comment behind its mark-up says so: every program that saves leaves it out.

No proof against those who edit bytes; it says which of thousands of copies a person has saved.
"""

import re
import struct
import zlib
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile, ZipFile

_SEAL = re.compile(rb"<!--perfxl ([0-9a-f]{32}) (\d{1,7})-->\Z")
_SELECTED = re.compile(rb"tabSelected=\"[01]\"")
_KEPT = re.compile(r"（(?:已复核|有改动)\d{1,4}）$")
ASIDE = "原件已移走"
"""The folder, among the copies, of copies whose files are gone."""
_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_MOST = 8 * 2**20
"""Bytes of a part that are looked at."""
_UNREADABLE = (OSError, EOFError, BadZipFile, zlib.error, struct.error, LookupError, RuntimeError, ValueError)


def sealed(content: bytes, remarks: int) -> bytes:
    """The mark-up of a sheet with its seal, which also says how many words of people stand in it."""
    return content + f"<!--perfxl {_digest(content)} {remarks}-->".encode()


def remarks_as_written(path: Path) -> int | None:
    """How many words of people stand in a workbook that is as perfxl wrote it; None where somebody saved it, or it is none."""
    found: list[int] = []
    try:
        with ZipFile(path) as parts:
            names = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
            # perfxl adds its sheets behind the others
            for name in reversed(names):
                count = _remarks(_read(parts, name))
                if count is not None:
                    found.append(count)
                elif found:
                    break
    except _UNREADABLE:
        return None
    return sum(found) if found else None


def _read(parts: ZipFile, name: str) -> bytes:
    with parts.open(name) as part:
        return part.read(_MOST)


def _remarks(content: bytes) -> int | None:
    """How many words of people stand in a sheet; None where it bears no seal, or a broken one."""
    found = _SEAL.search(content[-80:])
    if found is None:
        return None
    own = content[: len(content) - (found.end() - found.start())]
    return int(found[2]) if _digest(own) == found[1].decode() else None


def _digest(content: bytes) -> str:
    # which sheet is shown may be changed when a second one is added
    return sha256(_SELECTED.sub(b"", content)).hexdigest()[:32]


def is_kept(path: Path) -> bool:
    """Whether a copy is one that was kept when a newer one took its place."""
    return _KEPT.search(path.stem) is not None or ASIDE in path.parts


def workbooks_in(folder: Path) -> list[Path]:
    """The workbooks in a folder and below it, or the one that the path itself is, the newest first."""
    if folder.is_file():
        return [folder]
    files = (path for path in folder.rglob("*") if path.suffix.lower() in _WORKBOOKS and path.is_file())
    seen = [path for path in files if not path.name.startswith(("~$", "."))]
    return sorted(seen, key=lambda path: (-path.stat().st_mtime_ns, path.as_posix()))
