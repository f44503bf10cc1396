"""A cell stands under its own heading and beside its own label as the sheet has them, whatever the layout's columns are.

* a matrix and a table moved and stretched in any way read the same
* headings side by side with texts below, whether the scheme says so or not
* 总分 | 100 | 99; a total in another column than its heading; a grade behind its label in brackets, or without a label
* a year in the title, points in captions, name and phone in one cell
* a label that the sheet does not give is a finding, and its datum unreadable
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from anyform import codes, dossier_by, read_by, scheme_of, sheet_bytes
from perfxl.model import State

FUNDS = """
[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [{ key = "project_name", label = "项目名称", span = [1, 3] }, { key = "unit", label = "实施单位", span = [1, 3] }]

[[sheets.blocks]]
kind = "matrix"
key = "funds"
style = "grid"
outer = "rows"
total = "total"
columns = [
  { key = "initial", label = "年初预算数" },
  { key = "full_year", label = "全年预算数" },
  { key = "executed", label = "全年执行数" },
  { key = "weight", label = "分值", type = "points", rows = ["total"] },
  { key = "rate", label = "执行率", type = "percent" },
  { key = "score", label = "得分", type = "points", rows = ["total"] },
]
rows = [
  { key = "total", name = "年度资金总额", label = "年度资金总额" },
  { key = "fiscal", name = "当年财政拨款", label = "其中：当年财政拨款" },
]

[[sheets.blocks]]
kind = "table"
key = "indicators"
rows = 3
columns = [
  { key = "level1", label = "一级指标", merge = "level1" },
  { key = "level2", label = "二级指标", merge = "level2" },
  { key = "level3", label = "三级指标", required = true },
  { key = "target", label = "年度指标值", type = "any" },
  { key = "actual", label = "实际完成值", type = "any" },
  { key = "weight", label = "分值", type = "points" },
  { key = "score", label = "得分", type = "points" },
]
footer = [
  { column = "level1", label = "总分" },
  { column = "weight", printed = "weight" },
  { column = "score", path = "stated.total" },
]
"""
SCHEME = scheme_of(FUNDS)
HEADINGS = ("年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
COLUMNS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分")
ROW = ("产出指标", "数量指标", "培训人次", 50, 51, 90, 88)


@given(st.lists(st.integers(1, 3), min_size=6, max_size=6), st.lists(st.integers(1, 3), min_size=7, max_size=7))
def test_amounts_and_rows_are_read_under_their_headings_however_wide_these_are(
    gaps: list[int], spread: list[int]
) -> None:
    cells: dict[str, Any] = {
        "A1": "项目名称",
        "C1": "甲项目",
        "F1": "实施单位",
        "H1": "乙单位",
        "A2": "项目资金（万元）",
    }
    cells |= {"C3": "年度资金总额：", "C4": "其中：当年财政拨款"}
    column = 4
    for number, (heading, gap) in enumerate(zip(HEADINGS, gaps, strict=True), 1):
        letter = get_column_letter(column)
        cells |= {f"{letter}2": heading, f"{letter}3": number * 10 + 1}
        if heading not in ("分值", "得分"):
            cells[f"{letter}4"] = number * 10 + 2
        column += gap
    column, places = 2, []
    for heading, value, gap in zip(COLUMNS, ROW, spread, strict=True):
        letter = get_column_letter(column)
        cells |= {f"{letter}6": heading, f"{letter}7": value}
        places.append(letter)
        column += gap
    cells |= {"A8": "总分", f"{places[5]}8": 100, f"{places[6]}8": 98}
    dossier = dossier_by(SCHEME, sheet_bytes(cells))
    keys = ("initial", "full_year", "executed", "weight", "rate", "score")
    assert dossier["funds"]["total"] == {key: number * 10 + 1 for number, key in enumerate(keys, 1)}
    assert [dossier["funds"]["fiscal"][key] for key in ("initial", "full_year", "executed", "rate")] == [12, 22, 32, 52]
    assert tuple(dossier["indicators"][0].values()) == ROW
    assert dossier["stated"] == {"total": 98}


@pytest.mark.parametrize("footer", [{"F8": 100, "G8": 98}, {"E8": 98}, {"H8": 98}, {"G8": 98}, {"C8": 100, "D8": 98}])
def test_a_total_is_read_from_the_row_below_the_table(footer: dict[str, int]) -> None:
    cells: dict[str, Any] = {f"{get_column_letter(n)}6": heading for n, heading in enumerate(COLUMNS, 1)}
    cells |= {f"{get_column_letter(n)}7": value for n, value in enumerate(ROW, 1)}
    cells |= {"A1": "项目名称", "B1": "甲", "D1": "实施单位", "A8": "总分", **footer}
    assert dossier_by(SCHEME, sheet_bytes(cells))["stated"] == {"total": 98}


def test_the_printed_full_points_are_no_total() -> None:
    cells: dict[str, Any] = {f"{get_column_letter(n)}6": heading for n, heading in enumerate(COLUMNS, 1)}
    cells |= {"A1": "项目名称", "B1": "甲", "D1": "实施单位", "A8": "总分", "F8": 100}
    assert dossier_by(SCHEME, sheet_bytes(cells))["stated"] == {"total": None}


def test_a_lost_heading_is_a_finding_and_its_figures_are_unreadable() -> None:
    cells: dict[str, Any] = {
        "A1": "项目名称",
        "B1": "甲",
        "D1": "实施单位",
        "C3": "年度资金总额",
        "C4": "其中：当年财政拨款",
    }
    cells |= {f"{letter}2": heading for letter, heading in zip("DEFGHI", HEADINGS, strict=True)}
    cells |= {"D3": 1, "E3": 2, "F3": 3, "E2": "年中预算金额"}
    cells |= {f"{get_column_letter(n)}6": heading for n, heading in enumerate(COLUMNS, 1)} | {"A7": "总分"}
    reading = read_by(SCHEME, sheet_bytes(cells))
    assert codes(reading) == [("ST04", "E2")]
    assert reading.form.cell("funds.total.full_year").state is State.UNREADABLE
    assert (reading.form.number("funds.total.initial"), reading.form.number("funds.total.executed")) == (1, 3)


GOALS = """
[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [{ key = "project_name", label = "项目名称", span = [1, 9] }]

[[sheets.blocks]]
kind = "fields"
key = "goals"
STYLE
fields = [{ key = "expected", label = "预期目标", span = [1, 4] }, { key = "actual", label = "实际完成情况", span = [1, 4] }]
"""


@pytest.mark.parametrize("style", ["", 'style = "below"'])
def test_texts_below_headings_side_by_side_are_read(style: str) -> None:
    cells = {
        "A1": "项目名称",
        "B1": "甲",
        "A2": "年度目标",
        "B2": "预期目标",
        "E2": "实际完成情况",
        "B3": "目标一",
        "E3": "完成二",
    }
    assert dossier_by(scheme_of(GOALS.replace("STYLE", style)), sheet_bytes(cells))["goals"] == {
        "expected": "目标一",
        "actual": "完成二",
    }


@pytest.mark.parametrize("style", ["", 'style = "below"'])
def test_texts_beside_headings_are_read(style: str) -> None:
    cells = {"A1": "项目名称", "B1": "甲", "B2": "预期目标", "C2": "目标一", "E2": "实际完成情况", "F2": "完成二"}
    assert dossier_by(scheme_of(GOALS.replace("STYLE", style)), sheet_bytes(cells))["goals"] == {
        "expected": "目标一",
        "actual": "完成二",
    }


def test_a_changed_heading_below_a_blank_is_no_answer() -> None:
    text = GOALS.replace("STYLE", "") + '[[sheets.blocks]]\nkind = "text"\nstyle = "heading"\ntext = "绩效指标（元）"\n'
    cells = {"A1": "项目名称", "B1": "甲", "A2": "预期目标", "E2": "实际完成情况", "A3": "绩效指标（万元）"}
    assert dossier_by(scheme_of(text), sheet_bytes(cells))["goals"] == {"expected": None, "actual": None}


STATED = """
[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [{ key = "project_name", label = "项目名称", span = [1, 9] }]

[[sheets.blocks]]
kind = "fields"
key = "stated"
fields = [
  { key = "total", label = "总分", type = "points", full = true, span = [1, 1] },
  { key = "grade", label = "LABEL", type = "choice", choices = ["优", "良", "中", "差"], span = [1, 1] },
]
"""


@pytest.mark.parametrize(
    ("label", "cells", "stated"),
    [
        ("自评等级", {"B2": 100, "D2": 99, "E2": "（自评等级）  优"}, {"total": 99, "grade": "优"}),
        ("自评等级", {"B2": 100, "D2": 99, "E2": "自评等级", "F2": "良"}, {"total": 99, "grade": "良"}),
        ("自评等级", {"B2": 99, "E2": "自评等级：良"}, {"total": 99, "grade": "良"}),
        ("自评等级", {"B2": 100, "E2": "自评等级：良"}, {"total": None, "grade": "良"}),
        ("", {"B2": 100, "D2": 99, "F2": "优"}, {"total": 99, "grade": "优"}),
        ("", {"B2": 100, "D2": 99}, {"total": 99, "grade": None}),
    ],
)
def test_a_total_behind_the_full_points_and_a_grade_beside_it(
    label: str, cells: dict[str, Any], stated: dict[str, Any]
) -> None:
    scheme = scheme_of(STATED.replace("LABEL", label))
    assert dossier_by(scheme, sheet_bytes({"A1": "项目名称", "B1": "甲", "A2": "总分", **cells}))["stated"] == stated


LINES = """
[[sheets.blocks]]
kind = "text"
style = "title"
text = "项目支出绩效自评表（{year}年度）"
aliases = ["{year}年度项目支出绩效自评表"]
key = "basic"
fields = [{ key = "year", label = "年度", type = "year" }]

[[sheets.blocks]]
kind = "text"
text = "单位名称：{unit}  填报日期：{date}"
key = "basic"
fields = [{ key = "unit", label = "单位名称" }, { key = "date", label = "填报日期", type = "date" }]

[[sheets.blocks]]
kind = "text"
style = "heading"
text = "绩效指标"

[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [
  { key = "project_name", label = "项目名称", span = [1, 9] },
  { key = "contact", label = "负责人及电话", span = [1, 9], pattern = "{leader} {phone}", holds = [
    { key = "leader", label = "负责人" }, { key = "phone", label = "电话", type = "phone" },
  ] },
  { key = "amounts", label = "资金总额", span = [1, 9], pattern = "财政拨款：{fiscal}万元（其中：上级{upper}万元）", holds = [
    { key = "fiscal", label = "财政拨款", type = "money" }, { key = "upper", label = "上级", type = "money" },
  ] },
]
"""


@pytest.mark.parametrize(
    ("title", "contact", "amounts"),
    [
        ("项目支出绩效自评表 （2022 年度）", "张三 13800000000", "财政拨款：12.5万元(其中：上级 3 万元)"),
        ("2022年度项目支出绩效自评表", "张三13800000000", "财政拨款: 12.5 万元（其中：上级3万元）"),
    ],
)
def test_blanks_in_printed_lines_are_read(title: str, contact: str, amounts: str) -> None:
    scheme = scheme_of(LINES)
    cells = {
        "A1": title,
        "A2": "单位名称： 某局   填报日期：2023年1月5日",
        "A3": "绩效指标（90分）",
        "A4": "项目名称",
        "B4": "甲",
    }
    cells |= {"A5": "负责人及电话", "B5": contact, "A6": "资金总额", "B6": amounts}
    reading = read_by(scheme, sheet_bytes(cells))
    assert codes(reading) == []
    assert dossier_by(scheme, sheet_bytes(cells))["basic"] == {
        "year": 2022,
        "unit": "某局",
        "date": "2023-01-05",
        "project_name": "甲",
        "leader": "张三",
        "phone": "13800000000",
        "fiscal": 12.5,
        "upper": 3,
    }


def test_a_line_that_is_not_there_is_a_finding() -> None:
    cells = {
        "A1": "自评表",
        "A2": "单位名称：____  填报日期：____",
        "A4": "项目名称",
        "B4": "甲",
        "A5": "负责人及电话",
        "A6": "资金总额",
    }
    reading = read_by(scheme_of(LINES), sheet_bytes(cells))
    assert [(found.code, found.field) for found in reading.findings] == [("ST04", "年度")]
    assert reading.form.cell("basic.year").state is State.UNREADABLE
    assert reading.form.text("basic.unit") == ""
