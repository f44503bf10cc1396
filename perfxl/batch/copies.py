"""What is each file's annotated copy called, which copies in the folder have been worked on, and which have lost their file?

A file keeps the name that its copy had, and no other file ever takes it: what a reviewer wrote on one agency's copy must not
be read at another's. All of it is known by the marks in the copies, so that the folder may be moved together with the inbox.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from perfxl.batch.files import FoundFile
from perfxl.errors import OutputError, reason_of
from perfxl.intake.contents import CONTAINERS
from perfxl.system.copymarks import CopyMarks, look_at
from perfxl.system.names import folded
from perfxl.system.seals import ASIDE

_COPIES = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class CopyPlan:
    """Where copies go, and what is there already.

    Attributes:
        names: of each file's copy, below the folder.
        places: what each file is known by: a digest of its way from the folder, since copies are mailed.
        inputs: what the paths of this run are known by.
        touched: copies that were saved by somebody and will not be replaced by a job of their own.
        gone: copies of files that the same paths held in an earlier run.
    """

    names: Mapping[Path, str] = field(default_factory=dict)
    places: Mapping[Path, str] = field(default_factory=dict)
    inputs: str = ""
    touched: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()


def plan_copies(found: Sequence[FoundFile], paths: Sequence[Path], folder: Path) -> CopyPlan:
    """Where the copies of files go.

    Args:
        found: the files.
        paths: those of the run.
        folder: of the copies; it need not be there.
    """
    inputs = _digest("\n".join(sorted(_from(folder, path) for path in paths)))
    files = [one.path for one in found]
    places = {one.path: _digest(_from(folder, Path(one.name))) for one in found}
    there = {path: look_at(path) for path in _copies_in(folder)}
    marked = {path: marks for path, (marks, _) in there.items() if marks}
    kept = _kept_names(places, marked, folder)
    taken = {folded(path.relative_to(folder).parts[0]) for path in marked}
    names = {**kept, **annotated_names([file for file in files if file not in kept], taken)}
    targets = {folder / name for name in names.values()}
    known = set(places.values())
    orphans = {path for path, marks in marked.items() if marks.place.partition("/")[0] not in known}
    gone = {path for path in orphans if marked[path].inputs == inputs and all(one.exists() for one in paths)}
    touched = {
        path
        for path, (marks, untouched) in there.items()
        if marks and not untouched and path not in targets and path not in gone and not _is_inside(path, targets)
    }
    return CopyPlan(names, places, inputs, tuple(sorted(touched)), tuple(sorted(gone)) if files else ())


def _from(folder: Path, path: Path) -> str:
    """By what a file is known again: its way from the folder of the copies, which may be moved together with it."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _copies_in(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ASIDE)
        yield from (Path(root) / name for name in sorted(names) if name.lower().endswith(_COPIES))


def _is_inside(path: Path, targets: Collection[Path]) -> bool:
    """Whether a copy lies in the folder of a mail or archive that is processed anew."""
    return any(parent in targets for parent in path.parents)


def _kept_names(places: Mapping[Path, str], marked: Mapping[Path, CopyMarks], folder: Path) -> dict[Path, str]:
    """The name that each file's copy has already; of several the shortest, as kept ones are longer."""
    by_place: dict[str, str] = {}
    for path in sorted(marked, key=lambda path: (-len(path.name), path)):
        by_place[marked[path].place.partition("/")[0]] = path.relative_to(folder).parts[0]
    return {file: by_place[place] for file, place in places.items() if place in by_place}


def annotated_names(names: Collection[Path], known: Collection[str] = ()) -> dict[Path, str]:
    """A name for each file's annotated copy: its own, with its folders before it where two files share a name.

    What holds others gets the name of a folder, its own with its ending.

    Args:
        names: the files.
        known: names that are taken, as `folded` has them.
    """
    chosen: dict[Path, str] = {}
    taken = set(known)
    for path in sorted(names):
        suffix = _suffix_of_copy(path)
        candidates = chain(_longer_names(path), (f"{path.stem}({number})" for number in count(2)))
        name = next(n for n in candidates if folded(n + suffix) not in taken)
        taken.add(folded(name + suffix))
        chosen[path] = name + suffix
    return chosen


def _suffix_of_copy(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in CONTAINERS:
        return path.suffix
    return path.suffix if suffix in _COPIES else ".xlsx"


def _longer_names(path: Path) -> Iterator[str]:
    """A file's name without ending, then with more and more of its folders before it."""
    name = path.stem
    yield name
    for folder in path.parents:
        if folder.name not in ("", ".", ".."):
            yield (name := f"{folder.name}-{name}")


def move_aside(copies: Sequence[Path], folder: Path) -> list[tuple[str, str]]:
    """Moves copies whose files are gone into a folder of their own.

    Returns:
        Where each is now, and what is to be said of it.

    Raises:
        OutputError: a copy cannot be moved.
    """
    said = []
    for path in copies:
        target = folder / ASIDE / path.relative_to(folder)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            numbered = (target.with_stem(f"{target.stem}({number})") for number in count(2))
            target = next(one for one in chain([target], numbered) if not one.exists())
            path.rename(target)
        except OSError as error:
            raise OutputError(f"无法移动审核副本“{path}”：{reason_of(error)}。请关闭打开它的程序后重试。") from error
        said.append((target.as_posix(), "审核副本：原件已不在收件文件夹，移到这里"))
    return said
