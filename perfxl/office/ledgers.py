"""The books: a workbook of the office's with amounts executed becomes one amount for each project and year.

Rows of a year add up; where the heading says 累计, the latest row counts.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from perfxl.errors import PerfxlError
from perfxl.office.books import Booked, Ledger
from perfxl.office.headings import FURTHER, LEDGER, PROJECT, HeadingRow, find_headings, is_closing_line, is_sum_line
from perfxl.office.workbooks import OfficeSheet, WrongCell, all_wrong, money_of, read_sheets
from perfxl.typed.amounts import MONEY_UNITS
from perfxl.typed.wording import code_of, is_nothing, label_key, name_key, parse_date, squeeze

_WHAT = "账表"
_WORDS = {key: PROJECT[key] for key in ("code", "name", "unit")} | {"year": FURTHER["year"]} | dict(LEDGER)
_NO_UNIT = "没有写明金额单位，请在表头写明，例如“执行金额（元）”"


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the books; `day` None where it has no date."""

    code: str
    name: str
    unit: str
    year: str
    day: date | None
    amount: Decimal
    place: str


@dataclass
class _LedgerReader:
    lines: list[_Line] = field(default_factory=list)
    running: list[_Line] = field(default_factory=list)
    wrong: list[WrongCell] = field(default_factory=list)

    def read(self, sheet: OfficeSheet, head: HeadingRow) -> None:
        """Takes the rows of a sheet."""
        key = "running" if head.has("running") else "amount"
        for row in range(head.row + 1, len(sheet.rows)):
            texts = {name: sheet.texts[row][place] for name, place in head.columns.items()}
            named = texts.get("name") or texts.get("code") or ""
            if not any(texts.values()) or is_sum_line(named, sheet.texts[row]) or is_closing_line(sheet.texts[row]):
                continue
            faults = [*sheet.unusable_in(row, list(head.columns.values())), *_faults(sheet, row, head, texts)]
            self.wrong += faults
            if not faults:
                self._take(sheet, row, head, texts, key)

    def _take(self, sheet: OfficeSheet, row: int, head: HeadingRow, texts: Mapping[str, str], key: str) -> None:
        unit = squeeze(texts.get("money_unit", "")) or head.units[key]
        text, column = texts[key], head.columns[key]
        stated = next((name for name in sorted(MONEY_UNITS, key=len, reverse=True) if squeeze(text).endswith(name)), "")
        if is_nothing(text):
            return
        if not (stated or unit):
            self.wrong.append(sheet.wrong(row, column, _NO_UNIT))
            return
        try:
            amount = money_of(sheet.rows[row][column], unit or stated)
        except ValueError:
            self.wrong.append(sheet.wrong(row, column, f"金额“{text}”不是数字"))
            return
        day = parse_date(texts.get("date", ""))
        year = squeeze(texts.get("year", "")).rstrip("年度") or (str(day.year) if day else "")
        code, name = texts.get("code", "") or code_of(texts.get("name", "")), texts.get("name", "")
        place = f"“{sheet.name}”第 {row + 1} 行"
        line = _Line(code, name, texts.get("unit", ""), year, day, amount or Decimal(0), place)
        (self.running if key == "running" else self.lines).append(line)


def _faults(sheet: OfficeSheet, row: int, head: HeadingRow, texts: Mapping[str, str]) -> Iterator[WrongCell]:
    """What in a row cannot be used, its amount aside."""
    if not (texts.get("name") or texts.get("code")):
        column = head.columns.get("name", head.columns.get("code", 0))
        yield sheet.wrong(row, column, "没有项目编码和项目名称，不知道是哪个项目的账")
    day, year, unit = texts.get("date", ""), squeeze(texts.get("year", "")).rstrip("年度"), texts.get("money_unit", "")
    if not is_nothing(day) and parse_date(day) is None:
        yield sheet.wrong(row, head.columns["date"], f"日期“{day}”应写成 2024-06-28 的样子")
    if year and not (year.isdecimal() and len(year) == len("2024")):
        yield sheet.wrong(row, head.columns["year"], f"年度“{year}”应写成 2024 的样子")
    if unit and squeeze(unit) not in MONEY_UNITS:
        yield sheet.wrong(row, head.columns["money_unit"], f"金额单位“{unit}”应为：{'、'.join(MONEY_UNITS)}")


def read_ledger(path: Path) -> Ledger:
    """What the books say of each project.

    Raises:
        PerfxlError: no such file, no workbook, no headings, or cells that cannot be used: all of them are named.
    """
    reader = _LedgerReader()
    heads = [(sheet, find_headings(sheet.texts, _WORDS)) for sheet in read_sheets(path, _WHAT)]
    known = [
        (sheet.below(head.row), head) for sheet, head in heads if head is not None and head.has("amount", "running")
    ]
    if not known:
        raise PerfxlError(
            f"{_WHAT}“{path}”里没有找到表头。请保留“项目编码”或“项目名称”，以及“执行金额（元）”或“累计执行数（元）”"
        )
    for sheet, head in known:
        reader.read(sheet, head)
    if reader.wrong:
        raise PerfxlError(all_wrong(path, _WHAT, reader.wrong))
    added = [_added(lines) for lines in _grouped(reader.lines)]
    latest = [
        _booked(max(lines, key=lambda line: (line.day or date.min, lines.index(line))))
        for lines in _grouped(reader.running)
    ]
    return Ledger((*added, *latest))


def _grouped(lines: list[_Line]) -> list[list[_Line]]:
    """The rows of each project and year."""
    groups: dict[tuple[str, str, str], list[_Line]] = defaultdict(list)
    for line in lines:
        groups[label_key(line.code) or name_key(line.name), name_key(line.unit), line.year].append(line)
    return list(groups.values())


def _added(lines: list[_Line]) -> Booked:
    total = sum((line.amount for line in lines), Decimal(0))
    return _booked(lines[0], total, len(lines))


def _booked(line: _Line, amount: Decimal | None = None, rows: int = 1) -> Booked:
    place = line.place if rows == 1 else f"{line.place}等 {rows} 行"
    return Booked(line.code, line.name, line.unit, line.year, line.amount if amount is None else amount, place)
