"""The findings of many reviewed copies in one workbook, in which verdicts can be typed and which `--reviewed` takes."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.dialogue.remarks import Remark, SheetRow, Standing, Verdict, standing_of
from perfxl.dialogue.settle import why_open
from perfxl.model import SEVERITY_WORDS, Finding, Severity
from perfxl.rules import RULES
from perfxl.summary.cells import cell_text
from perfxl.summary.looks import NAVY
from perfxl.system.newbook import new_workbook

_TITLE = "复核汇总"
_HINT = (
    "黄色各栏由财政部门填写：复核结论点单元格选择（认可、补充材料、不认可），认可错误须写明复核人和复核说明。"
    "填好后运行 perfxl consolidate … --reviewed 本文件，结论会进入汇总表和新的审核副本。"
)
_COLUMNS: Mapping[str, float] = {
    "项目名称": 24, "实施单位": 18, "级别": 6, "代码": 7, "工作表": 13, "单元格": 8, "问题": 36, "发现": 14, "应为": 14,
    "单位说明": 24, "复核结论": 10, "复核说明": 24, "复核人": 9, "日期": 11, "状态": 10, "副本": 26, "编号": 10, "状态标识": 10,
}  # fmt: skip
"""Heading and width in characters; the last two are hidden and say which finding a row is."""
_OFFICE = ("复核结论", "复核说明", "复核人", "日期")
_HEADING_ROW = 3
_MOST_LINKS = 60_000
"""The writer takes some thousand more."""
_SEVERITIES = {word: severity for severity, word in SEVERITY_WORDS.items()}


@dataclass(frozen=True)
class CollectedRow:
    """A finding as a copy has it: the copy, the row, and what the office says of it."""

    copy: Path
    row: SheetRow
    remark: Remark
    is_disputed: bool = False

    @property
    def standing(self) -> Standing:
        """Where the finding stands, as far as the copy tells."""
        row, said = self.row, self.remark
        severity = _SEVERITIES.get(row.severity, Severity.ERROR)
        opens = row.code in RULES and RULES[row.code].opens
        found = Finding(
            row.code,
            severity,
            row.message,
            opens=opens,
            explanation=said.explanation,
            verdict=said.verdict,
            note=said.note,
            reviewer=said.reviewer,
            disputed=self.is_disputed,
        )
        return standing_of(replace(found, settled=said.verdict == Verdict.ACCEPTED and not why_open(found)))

    @property
    def texts(self) -> Sequence[str]:
        """The cells of its row."""
        row, said = self.row, self.remark
        return (
            *(row.project, row.unit, row.severity, row.code, row.sheet, row.cell, row.message, row.found, row.expected),
            *(said.explanation, said.verdict, said.note, said.reviewer, said.day),
            *(self.standing.value, self.copy.name, said.id, said.state),
        )


def merged(rows: Iterable[CollectedRow]) -> list[CollectedRow]:
    """Rows that say the same of the same finding once; those that say different things all, marked as disputed."""
    found: dict[tuple[str, str], list[CollectedRow]] = {}
    for one in rows:
        known = found.setdefault((one.remark.id, one.remark.state), [])
        decisions = [other.remark.decision for other in known]
        if not one.remark.is_decided and known:
            continue
        if known and not known[0].remark.is_decided:
            known[:] = [one]
        elif one.remark.decision not in decisions:
            known.append(one)
    return [
        replace(one, is_disputed=len({other.remark.verdict for other in group}) > 1)
        for group in found.values()
        for one in group
    ]


def write_collected(rows: Sequence[CollectedRow], target: Path) -> None:
    """Writes the workbook.

    Raises:
        OutputError: it cannot be written.
    """
    ordered = sorted(rows, key=lambda one: (one.row.unit, one.row.project, one.copy.as_posix()))
    with new_workbook(target) as book:
        sheet = book.add_worksheet(_TITLE)
        _write_head(book, sheet, ordered)
        _write_rows(book, sheet, ordered, target.parent)
        _arrange(sheet, _HEADING_ROW + len(ordered))


def _write_head(book: Workbook, sheet: Worksheet, rows: Sequence[CollectedRow]) -> None:
    counts = Counter(one.standing for one in rows)
    said = "　".join(f"{standing} {counts[standing]}" for standing in Standing if counts[standing])
    copies = len({one.copy for one in rows})
    sheet.write_string(0, 0, _TITLE, book.add_format({"font_size": 16, "bold": True, "font_color": NAVY}))
    sheet.write_string(1, 0, f"副本 {copies} 份，问题 {len(rows)} 条　{said}", book.add_format({"font_size": 9}))
    sheet.write_string(2, 0, _HINT, book.add_format({"font_size": 9, "font_color": "#7F7F7F"}))
    for column, label in enumerate(_COLUMNS):
        fill = "#BF8F00" if label in _OFFICE else "#548235" if label == "单位说明" else "#1F4E79"
        look = {"bold": True, "font_color": "white", "bg_color": fill, "align": "center", "border": 1}
        sheet.write_string(_HEADING_ROW, column, label, book.add_format({**look, "font_size": 10, "valign": "vcenter"}))


def _write_rows(book: Workbook, sheet: Worksheet, rows: Sequence[CollectedRow], home: Path) -> None:
    common: dict[str, Any] = {
        "font_size": 10,
        "text_wrap": True,
        "valign": "top",
        "border": 1,
        "border_color": "#BFBFBF",
    }
    plain, given = book.add_format(common), book.add_format({**common, "bg_color": "#FFF6DB", "locked": False})
    link = book.add_format({**common, "font_color": "#0563C1", "underline": 1})
    for number, one in enumerate(rows, _HEADING_ROW + 1):
        for column, (label, text) in enumerate(zip(_COLUMNS, one.texts, strict=True)):
            look = given if label in _OFFICE else plain
            if label == "副本" and number < _MOST_LINKS:
                sheet.write_url(number, column, _address(one, home), link, cell_text(text))
            elif text:
                sheet.write_string(number, column, cell_text(text), look)
            else:
                sheet.write_blank(number, column, None, look)


def _address(one: CollectedRow, home: Path) -> str:
    """Where the copy lies, seen from the workbook; its whole path where there is no way from there."""
    try:
        return f"external:{os.path.relpath(one.copy, home)}"
    except ValueError:
        return f"external:{one.copy.resolve()}"


def _arrange(sheet: Worksheet, last: int) -> None:
    places = {label: column for column, label in enumerate(_COLUMNS)}
    for label, width in _COLUMNS.items():
        hidden = {"hidden": True} if label in ("编号", "状态标识") else {}
        sheet.set_column(places[label], places[label], width, None, hidden)
    sheet.autofilter(_HEADING_ROW, 0, max(last, _HEADING_ROW + 1), len(_COLUMNS) - 1)
    sheet.freeze_panes(_HEADING_ROW + 1, 2)
    choice = {
        "validate": "list",
        "source": list(Verdict),
        "error_title": "复核结论",
        "error_message": "请从列表中选择；其他意见写在“复核说明”。",
    }
    sheet.data_validation(_HEADING_ROW + 1, places["复核结论"], max(last, _HEADING_ROW + 1), places["复核结论"], choice)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADING_ROW)
    sheet.hide_gridlines(2)
