"""The office's own form as boxes: every cell or merged area of each sheet, with what is printed in it.

openpyxl reads it once, as merged areas are needed; no agency's file comes this way.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from perfxl.errors import PerfxlError, reason_of
from perfxl.model import address
from perfxl.schemes.spec import NO_FORM_SHEETS
from perfxl.typed.wording import NOTHING_MARKS, squeeze

_ROWS_TO_FILL = 2
"""Rows below the last text that may be filled in even where no frame says so."""
_LONGEST_GUIDE = 400
"""Characters of a cell that only instructions have."""


@dataclass(frozen=True)
class PrintBox:
    """A cell or merged area: where it begins, how far it goes, what is printed in it ("" for a place to fill in)."""

    row: int
    column: int
    height: int = 1
    width: int = 1
    text: str = ""

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def end(self) -> int:
        """The column behind it."""
        return self.column + self.width

    @property
    def key(self) -> str:
        return squeeze(self.text).rstrip(":")

    @property
    def is_number(self) -> bool:
        return re.fullmatch(r"\d+(\.\d+)?", self.text) is not None


@dataclass
class BlankForm:
    """One sheet of the form: its boxes by row, each row in order.

    `is_compared`: what is printed was told by comparing filled copies, in which an answer may be the same by chance.
    """

    name: str
    columns: int
    widths: tuple[int, ...]
    is_compared: bool = False
    rows: dict[int, list[PrintBox]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return max(self.rows, default=0)


def read_papers(files: Sequence[Path]) -> tuple[list[BlankForm], bytes]:
    """The sheets of a blank form, or of several filled copies: what differs between them is an answer.

    Returns:
        The sheets, and the workbook with every answer taken out.

    Raises:
        PerfxlError: a file cannot be read, or the copies are not of one form.
    """
    books = [_opened(file) for file in files]
    first, others = books[0], books[1:]
    papers = []
    for sheet in first.worksheets:
        copies = [book[sheet.title] for book in others if sheet.title in book.sheetnames]
        if others and not copies:
            continue
        if sheet.sheet_state != "visible" or sheet.title.startswith(NO_FORM_SHEETS) or _is_guide(sheet):
            continue
        if copies:
            _take_out_answers(sheet, copies)
        paper = _paper(sheet, bool(copies))
        if paper.rows:
            papers.append(paper)
    if not papers:
        raise PerfxlError("没有找到可以读作评价表的工作表（隐藏的、空白的和只有填报说明的不算）。")
    saved = io.BytesIO()
    first.save(saved)
    return papers, saved.getvalue()


def _opened(file: Path) -> Any:
    try:
        return openpyxl.load_workbook(file)
    except OSError as error:
        raise PerfxlError(f"“{file}”打不开：{reason_of(error)}") from error
    except Exception as error:
        raise PerfxlError(f"“{file}”不是可以读取的 .xlsx 工作簿；请用 Excel 或 WPS 另存为 .xlsx 后再试") from error


def _is_guide(sheet: Any) -> bool:
    """Whether a sheet holds instructions only: long texts in one column."""
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    return bool(texts) and sheet.max_column <= 2 and max(map(len, texts)) > _LONGEST_GUIDE


def _take_out_answers(sheet: Any, copies: Sequence[Any]) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            values = {squeeze(str(copy[cell.coordinate].value or "")) for copy in copies}
            if cell.value is not None and values != {squeeze(str(cell.value))}:
                cell.value = None


def _paper(sheet: Any, is_compared: bool) -> BlankForm:
    """The boxes of a sheet; blanks that only fill up its right edge are left out."""
    merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    covered = {
        (row, column)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    } - set(merged)
    filled = [(c.row, c.column) for row in sheet.iter_rows() for c in row if _text(c.value)]
    last = max([row for row, _ in filled], default=0)
    last = max(last and last + _ROWS_TO_FILL, _last_framed(sheet))
    across = max([column for _, column in filled] + [area.max_col for area in merged.values()], default=0)
    paper = BlankForm(sheet.title, across, tuple(_width(sheet, column) for column in range(1, across + 1)), is_compared)
    for row in range(1, last + 1):
        boxes = []
        for column in range(1, across + 1):
            if (row, column) in covered:
                continue
            area = merged.get((row, column))
            height = area.max_row - area.min_row + 1 if area else 1
            width = area.max_col - area.min_col + 1 if area else 1
            boxes.append(PrintBox(row, column, height, width, _text(sheet.cell(row, column).value)))
        paper.rows[row] = boxes
    return paper


def _last_framed(sheet: Any) -> int:
    """The last row with a cell in a frame: a table that ends the sheet is blank below its heading."""
    framed = (
        cell.row for row in sheet.iter_rows() for cell in row if cell.border.left.style and cell.border.bottom.style
    )
    return max(framed, default=0)


def _text(value: Any) -> str:
    """What a cell prints; marks for "nothing" are places that are not filled in."""
    text = "" if value is None else str(value).strip()
    return "" if text.casefold() in NOTHING_MARKS or text.startswith("=") else text


def _width(sheet: Any, column: int) -> int:
    letters = address(1, column).rstrip("1")
    known = sheet.column_dimensions[letters].width if letters in sheet.column_dimensions else 0
    return max(6, min(60, round(known or 12)))
