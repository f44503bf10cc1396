"""A new workbook by XlsxWriter: complete or not there at all, and nothing but text becomes of text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from perfxl.outfile import written_whole

TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def new_workbook(target: Path, **options: Any) -> Iterator[Workbook]:
    """Yields a workbook to write into; it replaces `target` when the block ends well.

    What the writer keeps on disk meanwhile lies beside `target`, where there must be room anyway, and is always removed.

    Raises:
        OutputError: the folder cannot be made or written, or the disk is full. Nothing is left behind then.
    """
    with (
        written_whole(target) as temporary,
        TemporaryDirectory(dir=target.parent, prefix=".perfxl-", ignore_cleanup_errors=True) as folder,
    ):
        book = Workbook(str(temporary), {**TEXT_STAYS_TEXT, "tmpdir": folder, **options})
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
