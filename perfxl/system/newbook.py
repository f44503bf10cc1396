"""A new workbook by XlsxWriter: complete or not there at all, and nothing but text becomes of text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from perfxl.system.outfile import written_whole

TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def new_workbook(target: Path, **options: Any) -> Iterator[Workbook]:
    """Yields a workbook to write into; it replaces `target` when the block ends well.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full. Nothing is left behind then.
    """
    with workplace(target) as (temporary, folder), book_at(temporary, folder, **options) as book:
        yield book


@contextmanager
def workplace(target: Path) -> Iterator[tuple[Path, Path]]:
    """Yields a file that replaces `target` when the block ends well, and a folder for what is needed meanwhile.

    Both lie beside `target`, where there must be room anyway; the folder is always removed.

    Raises:
        OutputError: as `new_workbook`.
    """
    with (
        written_whole(target) as temporary,
        TemporaryDirectory(dir=target.parent, prefix=".perfxl-", ignore_cleanup_errors=True) as folder,
    ):
        yield temporary, Path(folder)


@contextmanager
def book_at(path: Path, folder: Path, **options: Any) -> Iterator[Workbook]:
    """Yields a workbook to write into, which is saved when the block ends well.

    Args:
        path: where it is saved.
        folder: for what the writer keeps on disk meanwhile.

    Raises:
        OSError: it cannot be saved.
    """
    book = Workbook(str(path), {**TEXT_STAYS_TEXT, "tmpdir": str(folder), **options})
    book.use_zip64()
    yield book
    try:
        book.close()
    except FileCreateError as error:
        raise _cause(error) from error


def _cause(error: FileCreateError) -> OSError:
    """What the system said: the writer wraps it up."""
    cause = error.args[0] if error.args else None
    return cause if isinstance(cause, OSError) else OSError(str(error))
