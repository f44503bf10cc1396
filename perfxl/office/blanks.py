"""The empty list and the empty roster, to be filled in by the office: headings from which they are read back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from perfxl.office.headings import FURTHER, PROJECT, TARGET, source_names
from perfxl.schemes.spec import Scheme
from perfxl.system.newbook import new_workbook
from perfxl.typed.amounts import OFFICE_UNIT

WIDTHS = {
    "code": 24, "name": 40, "unit": 28, "department": 24, "budget": 18, "contact": 26, "mail": 26, "year": 9,
    "scheme": 16, "deadline": 13, "level1": 13, "level2": 16, "target_name": 30, "sign": 9, "target": 26,
    "target_unit": 10, "weight": 8,
}  # fmt: skip
_SOURCE_WIDTH, _STANDARD_WIDTH = 14, 12
TITLE_ROW, NOTE_ROW, HEADING_ROW = 0, 1, 2
LIST_SHEETS = _PROJECTS, _TARGETS = "批复项目", "批复指标"
_LOOK = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}

_PROMPTS = {
    "code": "项目编码、项目名称至少填一项；编码请按文字填写",
    "unit": "与单位报表上的写法一致",
    "budget": f"批复数，单位{OFFICE_UNIT}；分来源填写的，应等于各来源之和",
    "mail": "下发和退回时，邮件草稿的收件人只取自这一栏",
    "year": "被评价的年度，四位数字，例如 2024",
    "scheme": "用哪一种评价表下发：填名称，例如 hainan-2023，或版本，例如 2023年版",
    "deadline": "最迟报送日期，例如 2025-03-31",
    "level1": "产出指标、效益指标……；2020 年版填指标类型",
    "sign": "≥、≤、=、>、< 或“定性”",
    "target": "定量指标只填数字",
    "target_unit": "定量指标的单位，例如 人、%、万元",
    "excellent": "2020 年版：达到“优”的标准；2023 年版不填",
    "weight": "2023 年版：分值；2020 年版不填",
}
"""What a column asks for, shown where a cell of it is chosen."""


def write_blank_roster(path: Path) -> None:
    """Writes a roster to fill in.

    Raises:
        OutputError: the file cannot be written.
    """
    with new_workbook(path) as book:
        note = f"每个项目一行；项目编码、项目名称至少填一项；预算为批复数，单位{OFFICE_UNIT}，不知道的留空。"
        _write_sheet(book, "应报项目名单", "应报项目名单", note, _labels(PROJECT))


def write_blank_list(path: Path, schemes: Sequence[Scheme]) -> None:
    """Writes an approved list to fill in: a sheet for the projects, one for their targets.

    Args:
        path: where to.
        schemes: whose sources of funds get a column; the list is read with those of others as well.

    Raises:
        OutputError: the file cannot be written.
    """
    sources = dict.fromkeys(source_names(schemes).values())
    projects = _labels({**PROJECT, **FURTHER})
    projects += [(f"source:{name}", f"{name}（{OFFICE_UNIT}）") for name in sources]
    targets = [(key, names[0]) for key, names in (*list(PROJECT.items())[:2], *TARGET.items())]
    with new_workbook(path) as book:
        note = f"每个项目一行；项目编码、项目名称至少填一项；金额单位{OFFICE_UNIT}；资金来源按所用评价表的来源填写，其余留空。"
        _write_sheet(book, _PROJECTS, "绩效目标批复清单：项目", note, projects)
        note = "每个指标一行；项目编码或名称与“批复项目”一致，同一项目的后续各行可以不再填写；填了的内容下发时锁定，报回时逐格核对。"
        _write_sheet(book, _TARGETS, "绩效目标批复清单：指标", note, targets)


def _labels(words: dict[str, tuple[str, ...]] | Any) -> list[tuple[str, str]]:
    """Key and heading of each column."""
    return [(key, f"{names[0]}（{OFFICE_UNIT}）" if key == "budget" else names[0]) for key, names in words.items()]


def _write_sheet(book: Any, name: str, title: str, note: str, columns: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet(name)
    text = book.add_format(_LOOK | {"num_format": "@"})
    money = book.add_format(_LOOK | {"num_format": "#,##0.00"})
    head = book.add_format(_LOOK | {"bold": True, "align": "center", "border": 1, "bg_color": "#D9E5F3"})
    sheet.write_string(TITLE_ROW, 0, title, book.add_format(_LOOK | {"bold": True, "font_size": 14}))
    sheet.write_string(NOTE_ROW, 0, note, book.add_format(_LOOK | {"font_color": "#595959"}))
    for column, (key, label) in enumerate(columns):
        is_money = key == "budget" or key.startswith("source:")
        width = _SOURCE_WIDTH if key.startswith("source:") else WIDTHS.get(key, _STANDARD_WIDTH)
        sheet.set_column(column, column, width, money if is_money else text)
        sheet.write_string(HEADING_ROW, column, label, head)
        if key in _PROMPTS:
            prompt = {"validate": "any", "input_title": label[:32], "input_message": _PROMPTS[key]}
            sheet.data_validation(HEADING_ROW + 1, column, HEADING_ROW + 5000, column, prompt)
    sheet.set_row(TITLE_ROW, 26)
    sheet.set_row(HEADING_ROW, 22)
    sheet.freeze_panes(HEADING_ROW + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING_ROW)
