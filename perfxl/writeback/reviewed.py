"""Does an earlier annotated copy hold a reviewer's words, and where is it kept when a new one takes its place?"""

from pathlib import Path

from python_calamine import CalamineError

from perfxl.door.inspect import inspect
from perfxl.errors import OutputError, RefusedError
from perfxl.reading.grid import Grid, OpenedBook
from perfxl.schemes.spec import REVIEW_SHEET
from perfxl.typed.wording import label_key

COLUMNS = ("复核意见", "复核人")
"""The columns of the sheet 审核结果 that are the reviewer's."""


def keep_reviewed(target: Path) -> Path | None:
    """Renames an annotated copy that a reviewer has written in, so that the new one does not replace it.

    Returns:
        The new name, None where there was nothing to keep.

    Raises:
        OutputError: what stands there is no annotated copy, and must not be replaced.
    """
    if not target.is_file() or not _is_reviewed(target):
        return None
    numbered = (target.with_stem(f"{target.stem}（已复核{number}）") for number in range(1, 10_000))
    kept = next(path for path in numbered if not path.exists())
    target.rename(kept)
    return kept


def _is_reviewed(path: Path) -> bool:
    """Whether the reviewer's columns hold anything; a file that cannot be read any more counts as written in."""
    try:
        data = path.read_bytes()
        inspect(data)  # before the reader, which some files would take down
        book = OpenedBook(data)
        sheets = [name for name in book.names if name.startswith(REVIEW_SHEET)]
        if sheets:
            return any(_has_words(book.grid(name)) for name in sheets)
    except (RefusedError, CalamineError, ValueError, OSError):
        return True
    raise OutputError(f"“{path}”已经存在，而且不是审核副本，没有覆盖。请另选一个输出文件夹。")


def _has_words(grid: Grid) -> bool:
    for heading in COLUMNS:
        for row, column in grid.keys.get(label_key(heading), ()):
            if any(at > row and beside == column for at, beside in grid.cells):
                return True
    return False
