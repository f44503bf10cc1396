"""How does one blank form become the forms of many projects? Answers, marks and stored values are put into its parts.

Writing a form anew takes some eighty milliseconds, putting answers into a blank a few.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from perfxl.schemes.spec import MARKER_SHEET
from perfxl.writeback.parts import BookParts
from perfxl.writeback.sheetedit import EditedSheet
from perfxl.writeback.styles import StyleTables

APPROVED_FILL = "FFDCE6F4"
"""Of cells that hold what was approved: pale blue, as nothing else on a form."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in a cell of a form that goes out, and whether it was approved: then it is locked and marked."""

    cell: str
    value: Decimal | str
    is_approved: bool = True


@dataclass
class SheetFilling:
    """What is put into one sheet.

    Attributes:
        answers: the cells that are filled in.
        stored: what formulas give then, by cell.
        heights: of rows, in points.
    """

    answers: list[Answer] = field(default_factory=list)
    stored: dict[str, object] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)


def fill_blank(blank: bytes, sheets: Mapping[str, SheetFilling], marks: Sequence[tuple[str, str]]) -> bytes:
    """The form with answers in it.

    Args:
        blank: a form as perfxl wrote it.
        sheets: what goes into each sheet, by its name.
        marks: further rows of the hidden sheet: label and value.
    """
    book = BookParts(blank)
    styles, parts = StyleTables(book), book.sheets
    looks: dict[int, int] = {}
    for name, filling in sheets.items():
        sheet = EditedSheet(book.tree(parts[name]))
        for answer in filling.answers:
            style = sheet.style_of(answer.cell)
            if answer.is_approved and style not in looks:
                looks[style] = styles.locked(style, APPROVED_FILL)
            sheet.fill(answer.cell, answer.value, looks[style] if answer.is_approved else style)
        for cell, value in filling.stored.items():
            sheet.store(cell, value)
        for row, points in filling.heights.items():
            sheet.set_height(row, points)
        book.touch(parts[name])
    hidden = EditedSheet(book.tree(parts[MARKER_SHEET]))
    for row, (label, value) in enumerate(marks, FIRST_MARK):
        hidden.fill(f"A{row}", label, 0)
        hidden.fill(f"B{row}", value, 0)
    book.touch(parts[MARKER_SHEET])
    styles.write()
    return book.to_bytes()


FIRST_MARK = 3
"""Behind scheme and version of the form."""
