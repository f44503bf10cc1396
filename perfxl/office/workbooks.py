"""The office's own workbooks: rows of every sheet, with the places of cells that cannot be used."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError

from perfxl.door.inspect import inspect
from perfxl.errors import PerfxlError, RefusedError, reason_of
from perfxl.model import address
from perfxl.typed.amounts import MONEY_UNITS, converted, exact, parse_amount, percent
from perfxl.typed.wording import is_nothing, parse_date

MOST_NAMED = 20
"""Wrong cells that one message names."""


@dataclass(frozen=True, slots=True)
class WrongCell:
    """A cell of an office's workbook that cannot be used, and why; `cell` is an A1 address, empty for a whole sheet."""

    sheet: str
    cell: str
    reason: str

    def __str__(self) -> str:
        place = f"“{self.sheet}”{self.cell}" if self.cell else f"工作表“{self.sheet}”"
        return f"{place}：{self.reason}"


@dataclass(frozen=True)
class OfficeSheet:
    """One sheet: its rows, all of one length, cells as the file holds them; rows and columns count from 0 here.

    Attributes:
        unusable: why a cell has no value, by its address: a formula without a stored value, an error value.
        percents: addresses of the cells that show percentages.
        merges: the ranges of merged cells: first row, first column, last row, last column, counted from 0.
    """

    name: str
    rows: Sequence[Sequence[object]]
    unusable: Mapping[str, str] = field(default_factory=dict)
    percents: frozenset[str] = frozenset()
    merges: Sequence[tuple[int, int, int, int]] = ()

    def below(self, headings: int) -> "OfficeSheet":
        """The sheet with a text that is merged over several rows below the headings in each of them.

        People merge a department over its projects. An amount counts once: it stays where it stands.
        """
        rows = [list(row) for row in self.rows]
        for top, left, bottom, _ in self.merges:
            value = rows[top][left] if top > headings and bottom < len(rows) and left < len(rows[top]) else None
            if isinstance(value, str) and value.strip():
                for row in range(top + 1, bottom + 1):
                    rows[row][left] = value
        return replace(self, rows=rows)

    @cached_property
    def texts(self) -> list[list[str]]:
        """The cells as texts, percentages as they are shown."""
        return [[self._text(at, n, value) for n, value in enumerate(row)] for at, row in enumerate(self.rows)]

    def _text(self, row: int, column: int, value: object) -> str:
        text = _text_of(value)
        if self.percents and text and address(row + 1, column + 1) in self.percents:
            number = exact(value) if isinstance(value, int | float) else None
            return text if number is None else percent(number).replace(".00%", "%")
        return text

    def wrong(self, row: int, column: int, reason: str) -> WrongCell:
        return WrongCell(self.name, address(row + 1, column + 1), reason)

    def unusable_in(self, row: int, columns: Sequence[int]) -> Iterator[WrongCell]:
        """The cells of a row that have no value although something stands there."""
        for column in columns if self.unusable else ():
            place = address(row + 1, column + 1)
            if place in self.unusable:
                yield WrongCell(self.name, place, self.unusable[place])


def read_sheets(path: Path, what: str) -> list[OfficeSheet]:
    """The sheets of a workbook of the office's.

    Args:
        path: the workbook.
        what: what it is called in messages: 应报名单, 批复清单.

    Raises:
        PerfxlError: no such file, or no workbook that can be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PerfxlError(f"{what}“{path}”打不开：{reason_of(error)}") from error
    try:
        facts = inspect(data)
        frames = pd.read_excel(BytesIO(data), engine="calamine", sheet_name=None, header=None, dtype=object)
    except RefusedError as error:
        raise PerfxlError(f"{what}“{path}”不能使用：{error.message}") from error
    except (CalamineError, ValueError) as error:
        raise PerfxlError(f"{what}“{path}”无法读取，请用 Excel 或 WPS 打开后另存为 .xlsx 再试") from error
    unusable = {
        sheet.name: dict.fromkeys(sheet.uncalculated, "公式没有保存计算结果")
        | {place: f"公式结果是错误值 {shown}" for place, shown in sheet.errors.items()}
        for sheet in facts.sheets
    }
    merges = {
        sheet.name: [(top - 1, left - 1, bottom - 1, right - 1) for top, left, bottom, right in sheet.sight.merges]
        for sheet in facts.sheets
        if sheet.sight is not None
    }
    rows = {str(name): frame.to_numpy(dtype=object).tolist() for name, frame in frames.items()}
    percents = _percents(data, rows) if facts.kind in ("xlsx", "xlsm") else {}
    return [
        OfficeSheet(name, values, unusable.get(name, {}), percents.get(name, frozenset()), merges.get(name, ()))
        for name, values in rows.items()
    ]


def _percents(data: bytes, rows: Mapping[str, Sequence[Sequence[object]]]) -> dict[str, frozenset[str]]:
    """The cells that show percentages; looked for only where a number may be one: 0.95 may show 95%."""
    if not any(isinstance(cell, float) and 0 < cell < 2 for sheet in rows.values() for row in sheet for cell in row):
        return {}
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it does not know, which nobody asks it to keep
        book = load_workbook(BytesIO(data), read_only=True)
        return {
            sheet.title: frozenset(
                cell.coordinate
                for row in sheet.iter_rows()
                for cell in row
                if isinstance(cell.value, int | float) and "%" in str(cell.number_format)
            )
            for sheet in book.worksheets
        }


def _text_of(value: object) -> str:
    """A cell as text; numbers as people write them, days as 2024-06-28, blanks as ""."""
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float | int):
        number = exact(value)
        return "" if number is None else f"{number:f}"
    if isinstance(value, datetime | date):
        day = parse_date(value)
        return day.isoformat() if day else ""
    return str(value).replace("\r\n", "\n").strip()


def money_of(value: object, unit: str) -> Decimal | None:
    """An amount in 万元: the unit typed behind the number, else the heading's; None where nothing is meant.

    Raises:
        ValueError: it is no amount.
    """
    text = _text_of(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return converted(Decimal(text), unit, "万元") if text else None
    if is_nothing(text):
        return None
    parsed = parse_amount(text)
    if parsed is None or parsed.unit not in (*MONEY_UNITS, ""):
        raise ValueError(text)
    return converted(parsed.value, parsed.unit or unit, "万元")


def all_wrong(path: Path, what: str, wrong: Sequence[WrongCell]) -> str:
    """All that is wrong with a workbook of the office's, one cell a line."""
    more = [f"…… 另有 {len(wrong) - MOST_NAMED} 处"] if len(wrong) > MOST_NAMED else []
    return "\n".join(
        [f"{what}“{path}”有 {len(wrong)} 处不能使用，请改正后再试：", *map(str, wrong[:MOST_NAMED]), *more]
    )
