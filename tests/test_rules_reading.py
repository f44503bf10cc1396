"""ST: required cells and rows, left-over placeholders, and the pages of what the reader raises."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from forms import GOOD, findings_of, form_of, found, patched, unreadable, with_cell
from own_scheme import GOOD_2023, own_form
from perfxl.model import Cell, Form, State
from perfxl.rules import RULES, Problem, finding
from spoilt import spoilt_forms

BLANK_TARGET = dict.fromkeys(GOOD["targets"][0])
BLANK_REVIEWER = dict.fromkeys(GOOD["reviewers"][0])
REQUIRED = [
    "basic.project_name",
    "basic.year",
    "basic.unit",
    "basic.department",
    "funds.in_place.total",
    "funds.used.total",
]


def with_row(table: str, row: dict[str, Any], dossier: dict[str, Any] = GOOD) -> dict[str, Any]:
    return patched(dossier, table, [*dossier[table], row])


@pytest.mark.parametrize("path", REQUIRED)
def test_st05_a_required_cell_is_blank(path: str) -> None:
    assert found(patched(GOOD, path, None), "ST") == [("ST05", path)]


@pytest.mark.parametrize("mark", ["无", "—", "/", "……", "  "])
def test_st05_a_mark_for_nothing_does_not_fill_a_required_cell(mark: str) -> None:
    assert found(patched(GOOD, "basic.department", mark), "ST") == [("ST05", "basic.department")]


def test_st05_says_what_was_typed() -> None:
    [blank] = findings_of(patched(GOOD, "basic.unit", None), "ST05")
    [mark] = findings_of(patched(GOOD, "basic.unit", "无"), "ST05")
    assert blank.message == "必填项“项目实施单位”没有填写"
    assert mark.message == "必填项“项目实施单位”只填了“无”"
    number = with_cell(form_of(GOOD), "funds.used.total", raw="无", value=None, state=State.BLANK)
    assert findings_of(number, "ST05")[0].found == "无"


def test_st05_silent_where_the_cell_is_optional_unreadable_or_lost() -> None:
    assert found(patched(GOOD, "basic.leader", None), "ST") == []
    assert found(unreadable(form_of(GOOD), "funds.used.total"), "ST") == []
    lost = with_cell(form_of(GOOD), "basic.unit", value=None, state=State.BLANK, row=0, column=0)
    assert found(lost, "ST") == []


def test_st05_leaves_the_report_to_tx01() -> None:
    assert found(patched(GOOD, "report.results", None), "ST") == []


def test_st05_a_row_without_its_required_name() -> None:
    assert found(patched(GOOD, "targets.1.name", None), "ST") == [("ST05", "targets.1.name")]
    assert found(patched(GOOD, "reviewers.1.name", "……"), "ST") == [("ST05", "reviewers.1.name")]
    assert found(with_row("targets", BLANK_TARGET | {"kind": "产出指标"}), "ST") == [("ST05", "targets.3.name")]
    assert findings_of(patched(GOOD, "targets.1.name", None), "ST05")[0].message == "第6行的必填列“指标名称”没有填写"


def test_st05_a_table_without_any_row() -> None:
    assert found(patched(GOOD, "targets", []), "ST") == [("ST05", "项目绩效目标表")]
    assert found(patched(GOOD, "targets", [BLANK_TARGET | {"name": "……"}]), "ST") == [
        ("ST05", "项目绩效目标表"),
        ("ST10", "targets.0.name"),
    ]


def test_st05_silent_where_the_table_is_lost_or_pt06_reports_it() -> None:
    form = form_of(GOOD)
    tables = {key: rows for key, rows in form.tables.items() if key != "targets"}
    assert found(replace(form, tables=tables), "ST") == []
    assert found(patched(GOOD, "reviewers", []), "ST") == []


@pytest.mark.parametrize("text", ["……", "...", "指标2:", "指标2：", "示例", "（可续行）"])
def test_st10_a_row_that_is_only_a_placeholder(text: str) -> None:
    dossier = with_row("targets", BLANK_TARGET | {"name": text})
    assert found(dossier, "ST", "TG", "PT") == [("ST10", "targets.3.name")]


def test_st10_the_chosen_kind_and_marks_for_nothing_do_not_fill_a_row() -> None:
    row = BLANK_TARGET | {"kind": "成效指标", "name": "指标2:", "target": "……", "good": "无"}
    assert found(with_row("targets", row), "ST", "TG") == [("ST10", "targets.3.name")]


def test_st10_an_example_row_counts_as_left_over_however_full_it_is() -> None:
    row = GOOD["targets"][0] | {"name": "示例：发布信息", "actual": None}
    assert found(with_row("targets", row), "ST", "TG") == [("ST10", "targets.3.name")]


def test_st10_a_row_with_data_counts_and_its_placeholder_is_named() -> None:
    row = BLANK_REVIEWER | {"name": "指标2:", "unit": "海南大学", "score": 97}
    assert found(with_row("reviewers", row), "ST") == [("ST10", "reviewers.3.name")]
    assert found(with_row("reviewers", row | {"name": "赵红"}), "ST") == []


def test_st10_marks_for_nothing_in_optional_cells_are_no_left_overs() -> None:
    assert found(patched(GOOD, "reviewers.0.title", "……"), "ST") == []
    assert found(patched(GOOD, "basic.leader", "……"), "ST") == []


def test_st10_a_placeholder_in_a_single_cell() -> None:
    assert found(patched(GOOD, "basic.address", "示例：海口市××路"), "ST") == [("ST10", "basic.address")]


def test_st10_own_indicators() -> None:
    left = dict.fromkeys(GOOD_2023["indicators"][0]) | {"level1": "产出指标", "level2": "数量指标", "level3": "指标2："}
    form = own_form(patched(GOOD_2023, "indicators", [*GOOD_2023["indicators"], left]))
    assert found(form, "ST", "IN", "PT") == [("ST10", "indicators.4.level3")]


def test_the_readers_findings_take_severity_and_advice_from_their_page() -> None:
    codes = ["ST01", "ST02", "ST03", "ST04", "ST06", "ST07", "ST08", "ST09", "ST11", "ST12"]
    assert all(RULES[code].check is None for code in codes)
    problem = Problem(Cell("评价人员", 4, 4, "满分"), "评分“满分”不是数字", found="满分", expected="数字（单位：分）")
    made = finding("ST06", problem)
    assert (made.severity, made.cell, made.fix) == ("error", "D4", RULES["ST06"].fix)


@pytest.mark.parametrize("code", [code for code in sorted(RULES) if code.startswith(("ST", "FD", "IN", "PT"))])
def test_every_page_is_written(code: str) -> None:
    entry = RULES[code]
    texts = (entry.title, entry.what, entry.why, entry.example, entry.fix)
    assert all(texts)
    assert all(text.endswith("。") for text in texts[1:])
    assert len(entry.title) <= 16


@given(spoilt_forms("basic", "targets", "reviewers", "report", "funds"))
def test_any_form_gets_an_answer_and_twice_the_same(form: Form) -> None:
    assert found(form, "ST") == found(form, "ST")
