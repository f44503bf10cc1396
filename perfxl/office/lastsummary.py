"""Last year out of last year's summary: the rows of its table of projects. Its texts and targets are not in it."""

from decimal import Decimal
from pathlib import Path

from perfxl.errors import PerfxlError
from perfxl.office.headings import PROJECT, HeadingRow, find_headings
from perfxl.office.lastyear import LastBatch, LastYear
from perfxl.office.workbooks import OfficeSheet, money_of, read_sheets
from perfxl.typed.amounts import parse_amount, round_half_up
from perfxl.typed.wording import is_nothing

_WHAT = "上年汇总表"
SHEET = "项目汇总表"
_WORDS = {
    **{key: PROJECT[key] for key in ("code", "name", "unit")},
    "year": ("年度",),
    "budget": ("计划投资额", "全年预算数", "计划投资额/全年预算数", "全年预算数/计划投资额"),
    "used": ("实际使用情况", "执行数", "实际使用情况/执行数", "执行数/实际使用情况"),
    "rate": ("预算执行率",),
    "total": ("总分",),
    "grade": ("等次",),
}


def read_last_summary(path: Path) -> LastBatch:
    """The projects of a summary that perfxl wrote.

    Raises:
        PerfxlError: no such file, no workbook, or no summary.
    """
    sheets = [sheet for sheet in read_sheets(path, _WHAT) if sheet.name.startswith(SHEET)]
    heads = [(sheet, find_headings(sheet.texts, _WORDS)) for sheet in sheets]
    projects = [
        _project(sheet, head, row) for sheet, head in heads if head for row in range(head.row + 1, len(sheet.rows))
    ]
    if not projects:
        raise PerfxlError(
            f"{_WHAT}“{path}”里没有工作表“{SHEET}”，或表中没有项目。请给 perfxl 写出的汇总表，或上年各表所在的文件夹"
        )
    return LastBatch(tuple(one for one in projects if one.project))


def _project(sheet: OfficeSheet, head: HeadingRow, row: int) -> LastYear:
    texts = {key: sheet.texts[row][place] for key, place in head.columns.items()}

    def money(key: str) -> Decimal | None:
        try:
            return (
                money_of(sheet.rows[row][head.columns[key]], head.units[key] or "万元") if key in head.columns else None
            )
        except ValueError:
            return None

    code, name = texts.get("code", ""), texts.get("name", "")
    return LastYear(
        f"{code}-{name}" if code and name else name or code,
        texts.get("unit", ""),
        texts.get("year", ""),
        money("budget"),
        money("used"),
        _rate(texts.get("rate", "")),
        _number(texts.get("total", "")),
        "" if is_nothing(texts.get("grade", "")) else texts.get("grade", ""),
        file=f"“{sheet.name}”第 {row + 1} 行",
    )


def _number(text: str) -> Decimal | None:
    parsed = parse_amount(text)
    return parsed.value if parsed else None


def _rate(text: str) -> Decimal | None:
    """A rate as a fraction, whether the cell showed 44.84% or held 0.4484."""
    parsed = parse_amount(text)
    if parsed is None:
        return None
    return round_half_up(parsed.value / 100, 4) if parsed.unit == "%" else parsed.value
