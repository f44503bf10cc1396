"""Which files do the given paths hold, which of them are passed over and why, and what is each one's copy called?"""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from unicodedata import normalize

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".et", ".ett", ".ods", ".csv"})
"""Endings of the files in a folder that are taken for forms; what a file really is, the door decides."""


@dataclass(frozen=True)
class FoundFiles:
    """What the given paths hold: files to process and files passed over, each with the name to show it by."""

    files: tuple[tuple[Path, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = field(default=())


def find_files(paths: Sequence[Path], outputs: Sequence[Path] = ()) -> FoundFiles:
    """The files under the given paths, each once, in path order.

    A folder is searched through for workbooks; what lies in the output folders is left alone. A path given by itself is
    taken whatever it is called. Lock files of an open workbook (~$...) and other kinds of files are listed as skipped.
    """
    files: dict[Path, str] = {}
    skipped: dict[Path, tuple[str, str]] = {}
    own = [output.resolve() for output in outputs]
    for path in paths:
        if not path.is_dir():
            files.setdefault(_real(path), path.as_posix())
            continue
        for entry in sorted(_walk(path)):
            real = _real(entry)
            if any(real.is_relative_to(output) for output in own):
                continue
            reason = _why_not(entry)
            if reason:
                skipped.setdefault(real, (entry.as_posix(), reason))
            else:
                files.setdefault(real, entry.as_posix())
    # a file that is named by itself is taken even if its folder would have passed it over
    named = sorted(files.items(), key=lambda pair: pair[1])
    return FoundFiles(tuple(named), tuple(sorted(value for key, value in skipped.items() if key not in files)))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in names if not name.startswith("."))


def _real(path: Path) -> Path:
    """Where a file really is; the path itself where links lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _why_not(path: Path) -> str:
    if path.name.startswith("~$"):
        return "打开工作簿时留下的临时文件"
    return "" if path.suffix.lower() in WORKBOOKS else f"不是电子表格文件（{path.suffix or '无扩展名'}）"


def annotated_names(names: Collection[Path]) -> dict[Path, str]:
    """A name for each file's annotated copy: its own, with its folders before it where two files share a name."""
    chosen: dict[Path, str] = {}
    taken: set[str] = set()
    for path in sorted(names):
        suffix = path.suffix if path.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"
        candidates = chain(_longer_names(path), (f"{path.stem}({number})" for number in range(2, len(names) + 2)))
        name = next(n for n in candidates if _folded(n + suffix) not in taken)
        taken.add(_folded(name + suffix))
        chosen[path] = name + suffix
    return chosen


def _folded(name: str) -> str:
    """A name as file systems compare it that tell neither cases nor spellings of a letter apart."""
    return normalize("NFC", name).casefold()


def _longer_names(path: Path) -> Iterator[str]:
    """A file's name without ending, then with more and more of its folders before it."""
    name = path.stem
    yield name
    for folder in path.parents:
        if folder.name not in ("", ".", ".."):
            yield (name := f"{folder.name}-{name}")
