"""What stands on the review sheets of the office's own workbooks, each row with the id of its finding."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from python_calamine import CalamineError

from perfxl.dialogue.identity import with_ids
from perfxl.dialogue.remarks import SheetRow, as_office
from perfxl.door.inspect import Facts, inspect
from perfxl.errors import RefusedError
from perfxl.reading.grid import OpenedBook
from perfxl.reading.reader import read_forms
from perfxl.reading.reviews import is_review, marked_sheets, rows_of
from perfxl.schemes.choice import EVERY, SchemeChoice, known_schemes
from perfxl.schemes.spec import MARKER_SHEET
from perfxl.summary.collected import CollectedRow, merged
from perfxl.system.seals import is_kept, workbooks_in


def rows_or_none(path: Path, schemes: SchemeChoice) -> list[SheetRow] | None:
    """The same as `rows_in`; None for a workbook that cannot be read."""
    try:
        return rows_in(path, schemes)
    except (RefusedError, CalamineError, OSError, ValueError):
        return None


def rows_in(path: Path, schemes: SchemeChoice = EVERY) -> list[SheetRow]:
    """The rows of every table of findings in a workbook, with their ids.

    Raises:
        RefusedError, CalamineError, OSError, ValueError: it cannot be read.
    """
    data = path.read_bytes()
    facts = inspect(data)
    book = OpenedBook(data)
    rows = [row for name in _heard_sheets(book, facts) for row in rows_of(book.grid(name), path.name)]
    return rows if all(row.remark.id for row in rows) else list(_of_earlier_release(rows, data, facts, schemes))


def _heard_sheets(book: OpenedBook, facts: Facts) -> list[str]:
    """The sheets of a workbook of the office's that may hold verdicts.

    In a copy these are perfxl's own alone, which its hidden name points to: the names that an agency brings are taken out when
    the copy is written, its sheets stay, however they are called and whatever stands in them. A workbook that is no copy
    is a table of verdicts.

    Raises:
        ValueError: a program has dropped the name, and several sheets look like perfxl's.
    """
    if marked := [name for name in marked_sheets(facts) if name in book.names]:
        return marked
    alike = [name for name in book.names if is_review(book.grid(name))]
    if len(alike) > 1:
        raise ValueError(alike)
    return alike if alike or MARKER_SHEET in book.names else book.names


def _of_earlier_release(
    rows: Sequence[SheetRow], data: bytes, facts: Facts, schemes: SchemeChoice
) -> Iterable[SheetRow]:
    """The rows with ids from the form in the copy itself; rows without a cell belong to its first form."""
    left = list(rows)
    for reading in read_forms(data, facts, known_schemes(schemes)):
        sheets = {*reading.form.sheets.values(), ""}
        own = [row for row in left if row.remark.id or row.sheet in sheets]
        left = [row for row in left if row not in own]
        yield from with_ids(own, reading.form)


def collected(folders: Sequence[Path], schemes: SchemeChoice = EVERY) -> tuple[list[CollectedRow], tuple[str, ...]]:
    """Every finding of every copy under the folders, and the workbooks that could not be read.

    A row of a copy that was kept stands only where no newer copy has it; what several copies say alike stands once.
    """
    rows: list[CollectedRow] = []
    unreadable: list[str] = []
    for folder in folders:
        newest: set[str] = set()
        paths = workbooks_in(folder)
        for path in sorted(paths, key=is_kept):
            found = rows_or_none(path, schemes)
            if found is None:
                unreadable.append(path.as_posix())
                continue
            own = [CollectedRow(path, row, as_office(row)) for row in found if row.code]
            rows += [one for one in own if not (is_kept(path) and one.remark.id in newest)]
            newest |= {one.remark.id for one in own}
    return merged(rows), tuple(unreadable)
