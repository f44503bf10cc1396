"""Has anybody saved an earlier annotated copy, and where is it kept when a new one takes its place?"""

from itertools import count
from pathlib import Path

from python_calamine import CalamineError

from perfxl.door.inspect import inspect
from perfxl.errors import OutputError, RefusedError
from perfxl.reading.grid import Grid, OpenedBook
from perfxl.reading.reviews import OPINION
from perfxl.schemes.spec import REVIEW_SHEET
from perfxl.system.seals import remarks_as_written
from perfxl.typed.wording import label_key

FORMER_COLUMNS = (OPINION, "复核人")
"""The columns of version 0.1.0 that are the reviewer's."""


def keep_reviewed(target: Path) -> Path | None:
    """Renames an annotated copy that somebody has saved, so that the new one does not replace it: it is kept whole.

    Returns:
        The new name, None where there was nothing to keep.

    Raises:
        OutputError: what stands there is no annotated copy, and must not be replaced.
    """
    if not target.is_file() or remarks_as_written(target) is not None or not _is_changed(target):
        return None
    numbered = (target.with_stem(f"{target.stem}（已复核{number}）") for number in count(1))
    kept = next(path for path in numbered if not path.exists())
    target.rename(kept)
    return kept


def _is_changed(path: Path) -> bool:
    """Whether somebody has saved a copy; of one that version 0.1.0 wrote, whether the reviewer's columns hold anything.

    A file that cannot be read any more counts as changed.
    """
    try:
        data = path.read_bytes()
        inspect(data)  # before the reader, which some files would take down
        book = OpenedBook(data)
        sheets = [name for name in book.names if name.startswith(REVIEW_SHEET)]
        if sheets:
            grids = [book.grid(name) for name in sheets]
            return any(label_key(OPINION) not in grid.keys or _has_words(grid) for grid in grids)
    except (RefusedError, CalamineError, ValueError, OSError):
        return True
    raise OutputError(f"“{path}”已经存在，而且不是审核副本，没有覆盖。请另选一个输出文件夹。")


def _has_words(grid: Grid) -> bool:
    for heading in FORMER_COLUMNS:
        for row, column in grid.keys.get(label_key(heading), ()):
            if any(at > row and beside == column for at, beside in grid.cells):
                return True
    return False
