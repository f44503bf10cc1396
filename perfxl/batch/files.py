"""Which files do the given paths hold, and which of them are passed over and why?

Every file has a line: what may be a form or hold some is processed, everything else is named with what it is. Only what
perfxl itself wrote into its output folders is left alone, known by its marks.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from perfxl.intake.contents import CONTAINERS, HEAD, WORKBOOKS, content_of, is_worth_opening
from perfxl.system.ownbooks import is_cache, is_perfxls_own

_LINKED_FOLDER = "指向别处的文件夹（链接），没有搜索"
_NO_FILE = "不是普通文件"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to process: where it is, the name to show it by, and whether it was given by itself."""

    path: Path
    name: str
    asked: bool = False


@dataclass(frozen=True)
class FoundFiles:
    """What the given paths hold: files to process, and name and reason of files passed over."""

    files: tuple[FoundFile, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


def find_files(paths: Sequence[Path], outputs: Sequence[Path] = ()) -> FoundFiles:
    """The files under the given paths, each once, in path order.

    A folder is searched through, hidden folders included; what perfxl wrote in or below the output folders is left alone.
    A path given by itself is taken whatever it is. A folder that cannot be listed is given to be processed: that says why.
    """
    files: dict[Path, FoundFile] = {}
    skipped: dict[Path, tuple[str, str]] = {}
    own = [output.resolve() for output in outputs]
    for path in paths:
        if not path.is_dir():
            files.setdefault(_real(path), FoundFile(path, path.as_posix(), asked=True))
            continue
        for entry in sorted(_walk(path)):
            real = _real(entry)
            if is_cache(real) or (any(real.is_relative_to(output) for output in own) and is_perfxls_own(real, own)):
                continue
            reason = _why_not(entry)
            if reason:
                skipped.setdefault(real, (entry.as_posix(), reason))
            else:
                files.setdefault(real, FoundFile(entry, entry.as_posix()))
    # a file that is named by itself is taken even if its folder would have passed it over
    named = sorted(
        (FoundFile(real, found.name, found.asked) for real, found in files.items()), key=lambda one: one.name
    )
    return FoundFiles(tuple(named), tuple(sorted(value for key, value in skipped.items() if key not in files)))


def _walk(folder: Path) -> Iterator[Path]:
    """Every file, every folder that cannot be listed, and every link to a folder, which is not followed."""
    unlisted: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda error: unlisted.append(Path(error.filename))):
        yield from (Path(root) / name for name in names)
        yield from (link for name in folders if (link := Path(root) / name).is_symlink())
    yield from unlisted


def _real(path: Path) -> Path:
    """Where a file really is; the path itself where links lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _why_not(path: Path) -> str:
    """What a file is that is neither a form nor holds any; empty for all others, unreadable ones included."""
    if path.is_dir():
        return _LINKED_FOLDER if path.is_symlink() else ""
    if path.suffix.lower() in WORKBOOKS | CONTAINERS and not path.name.startswith("~$"):
        return ""
    try:
        state = path.stat()
        if not S_ISREG(state.st_mode):
            return _NO_FILE
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        return ""
    return "" if is_worth_opening(head, path.name) else content_of(head, path.name).what
