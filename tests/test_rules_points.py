"""PT: grade, average and reviewers against what was computed; scores beside the money that was spent."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from forms import GOOD, findings_of, form_of, found, patched, unreadable, with_cell
from own_scheme import GOOD_2023, own_form
from perfxl.model import Form, State
from spoilt import spoilt_forms

DOSSIER = json.loads(
    (Path(__file__).parents[1] / "samples" / "海南省商务厅-信息系统运维.json").read_text(encoding="utf-8")
)
FULL = [indicator | {"score": indicator["weight"]} for indicator in GOOD["indicators"]]


def spending(used: float, dossier: dict[str, Any] = GOOD) -> dict[str, Any]:
    """The dossier with another amount used of 144."""
    return patched(patched(dossier, "funds.used.total", used), "funds.used.provincial", used)


def reviewed(*scores: float | None, stated: float | None = None) -> dict[str, Any]:
    """The good dossier with reviewers of these scores and their stated average."""
    people = zip("甲乙丙丁", ("海南大学", "某会计师事务所", "海南师范大学", "某研究院"), scores, strict=False)
    rows = [{"name": name, "title": None, "unit": unit, "score": score} for name, unit, score in people]
    return patched(patched(GOOD, "reviewers", rows), "stated.average", stated)


def graded(lost: float, grade: str | None) -> dict[str, Any]:
    """The dossier with so many points lost of 100, the right total and average, and this grade."""
    rows = [*FULL[:-1], FULL[-1] | {"score": 8 - min(lost, 8)}]
    rows[15] = rows[15] | {"score": 8 - max(lost - 8, 0)}
    dossier = patched(reviewed(100 - lost, 100 - lost, stated=100 - lost), "indicators", rows)
    return patched(patched(dossier, "stated.total", 100 - lost), "stated.grade", grade)


def test_good_forms_have_no_finding() -> None:
    assert found(GOOD, "PT") == []
    assert found(own_form(GOOD_2023), "PT") == []


def test_the_published_dossier_gives_exactly_these_findings() -> None:
    assert found(DOSSIER, "ST", "FD", "IN", "PT") == [
        ("FD06", "funds.used.total"),
        ("FD07", "funds.used.total"),
        ("PT02", "stated.grade"),
        ("PT07", "indicators.5.score"),
        ("PT08", "indicators.7.score"),
        ("PT10", "reviewers.0.unit"),
        ("PT15", "stated.total"),
        ("ST10", "reviewers.2.name"),
    ]


@pytest.mark.parametrize(("lost", "grade"), [(10, "良"), (10.01, "优"), (15.99, "优"), (8, "差")])
def test_pt01_a_grade_that_is_not_the_band_of_the_total(lost: float, grade: str) -> None:
    assert found(graded(lost, grade), "PT") == [("PT01", "stated.grade")]


@pytest.mark.parametrize(("lost", "grade"), [(10, "优"), (10.01, "良"), (15.99, "良"), (3, "优秀")])
def test_pt01_silent_where_the_band_is_right(lost: float, grade: str) -> None:
    assert found(graded(lost, grade), "PT") == []


def test_pt01_shows_score_grade_and_bands() -> None:
    [finding] = findings_of(graded(10.01, "优"), "PT01")
    assert finding.message == "评价等次填“优”，得分89.99分应为“良”（优≥90，良≥80，中≥60，差≥0）"
    assert (finding.found, finding.expected) == ("优", "良")


def test_pt01_and_pt02_silent_where_a_score_is_missing() -> None:
    for grade in ("差", None):
        dossier = patched(patched(GOOD, "stated.grade", grade), "indicators.0.score", None)
        assert found(dossier, "PT01", "PT02") == []


@pytest.mark.parametrize("grade", [None, "无", "—"])
def test_pt02_a_blank_grade(grade: str | None) -> None:
    assert found(patched(GOOD, "stated.grade", grade), "PT") == [("PT02", "stated.grade")]
    [finding] = findings_of(patched(GOOD, "stated.grade", grade), "PT02")
    assert finding.expected == "优"


def test_pt02_silent_where_the_label_is_lost() -> None:
    lost = with_cell(form_of(GOOD), "stated.grade", value=None, state=State.BLANK, row=0, column=0)
    assert found(lost, "PT") == []


def test_pt03_an_average_that_is_not_the_mean() -> None:
    assert found(reviewed(98, 96, stated=98), "PT") == [("PT03", "stated.average")]
    assert found(reviewed(98, 96, stated=97), "PT") == []
    [finding] = findings_of(reviewed(98, 96, stated=98), "PT03")
    assert finding.message == "平均得分填98分，各评价人员评分的平均值为97分"


def test_pt03_counts_two_places() -> None:
    assert found(reviewed(97, 97, 98, stated=97.33), "PT03") == []
    assert found(reviewed(97, 97, 98, stated=97.3333333), "PT03") == []
    assert found(reviewed(97, 97, 98, stated=97.3), "PT03") == [("PT03", "stated.average")]


def test_pt03_silent_beside_an_unreadable_score() -> None:
    assert found(unreadable(form_of(reviewed(98, 96, stated=98)), "reviewers.0.score"), "PT03", "PT04") == []


def test_pt04_an_average_that_is_not_the_total() -> None:
    assert found(reviewed(95, 95, stated=95), "PT") == [("PT04", "stated.average")]
    assert found(reviewed(95, 95), "PT") == [("PT04", "stated.average")]
    assert found(reviewed(97.004, 97.004), "PT") == []


def test_pt04_silent_where_average_or_total_is_reported() -> None:
    assert found(reviewed(95, 95, stated=97), "PT", "IN") == [("PT03", "stated.average")]
    assert found(patched(GOOD, "indicators.0.score", 3), "PT", "IN") == [("IN05", "stated.total")]


@pytest.mark.parametrize("score", [-1, 100.01, 985])
def test_pt05_a_score_out_of_range(score: float) -> None:
    assert found(reviewed(97, score), "PT05") == [("PT05", "reviewers.1.score")]


@pytest.mark.parametrize("score", [0, 100, None])
def test_pt05_silent_at_the_bounds(score: float | None) -> None:
    assert found(reviewed(97, score), "PT05") == []


def test_pt05_is_not_reported_again_as_a_wrong_average() -> None:
    assert found(patched(GOOD, "reviewers.0.score", 980), "PT", "IN") == [("PT05", "reviewers.0.score")]


def test_pt06_too_few_reviewers() -> None:
    assert found(reviewed(97), "PT06", "ST") == [("PT06", "reviewers.0.name")]
    assert found(reviewed(97, 97), "PT06") == []
    assert found(reviewed(), "PT", "ST") == [("PT06", "评价人员")]


def test_pt06_neither_placeholders_nor_people_without_a_score_count() -> None:
    dossier = reviewed(97, 97)
    assert found(patched(dossier, "reviewers.1.score", None), "PT06") == [("PT06", "reviewers.0.name")]
    dossier["reviewers"][1] = {"name": "……", "title": None, "unit": None, "score": None}
    assert found(dossier, "PT06", "ST") == [("PT06", "reviewers.0.name"), ("ST10", "reviewers.1.name")]


def test_pt06_silent_where_the_sheet_is_missing() -> None:
    form = form_of(GOOD)
    tables = {key: rows for key, rows in form.tables.items() if key != "reviewers"}
    assert found(replace(form, tables=tables), "PT06", "ST") == []


def test_pt07_full_marks_though_two_thirds_arrived() -> None:
    """The published 服务贸易 form: 398.88 of 570 in place, 3 of 3 points."""
    parts = {"central": 0, "local": 0, "other": 0}
    dossier = patched(GOOD, "funds.planned", parts | {"total": 570, "provincial": 570})
    dossier = patched(dossier, "funds.in_place", parts | {"total": 398.88, "provincial": 398.88})
    assert found(dossier, "PT07") == [("PT07", "indicators.5.score")]
    [finding] = findings_of(dossier, "PT07")
    assert finding.message == "“到位率”得分3分，按资金到位率计算为2.1分（398.88 / 570 × 3 = 2.1）"
    assert found(patched(dossier, "indicators.5.score", 2.1), "PT07") == []


@pytest.mark.parametrize(("score", "fires"), [(2.5, True), (2.99, True), (2.991, False), (3, False), (3.5, False)])
def test_pt07_counts_two_places_and_leaves_scores_above_the_weight_to_in01(score: float, fires: bool) -> None:
    expected = [("PT07", "indicators.5.score")] if fires else []
    assert found(patched(GOOD, "indicators.5.score", score), "PT07") == expected


def test_pt07_silent_without_a_rate() -> None:
    dossier = patched(GOOD, "indicators.5.score", 1)
    assert found(patched(dossier, "funds.planned.total", None), "PT07") == []
    assert found(unreadable(form_of(dossier), "funds.in_place.total"), "PT07") == []


def test_pt08_full_marks_at_a_low_execution() -> None:
    assert found(spending(129), "PT") == [("PT08", "indicators.7.score")]
    assert found(spending(129.6), "PT") == []
    assert found(patched(spending(129), "indicators.7.score", 6.5), "PT08") == []


def test_pt09_full_marks_everywhere() -> None:
    dossier = patched(graded(0, "优"), "indicators", FULL)
    assert found(dossier, "PT") == [("PT09", "stated.total")]
    assert found(graded(0.01, "优"), "PT") == []


@pytest.mark.parametrize(
    "unit",
    ["海南省人民政府研究室", "海南省人民政府研究室综合处", "省人民政府研究室", "省人民政府研究室综合处", "本单位"],
)
def test_pt10_reviewers_of_the_implementing_unit_only(unit: str) -> None:
    dossier = reviewed(97, 97)
    dossier["reviewers"] = [row | {"unit": unit} for row in dossier["reviewers"]]
    assert found(dossier, "PT") == [("PT10", "reviewers.0.unit")]
    for other in ("海南大学", "海南省", "省财政厅"):
        dossier["reviewers"][1]["unit"] = other
        assert found(dossier, "PT") == []
    dossier["reviewers"][1]["unit"] = None
    assert found(dossier, "PT") == []


def test_pt12_far_more_than_the_target() -> None:
    dossier = patched(GOOD_2023, "indicators.0.actual", 100)
    assert found(own_form(dossier), "PT12") == [("PT12", "indicators.0.actual")]
    assert found(own_form(patched(GOOD_2023, "indicators.0.actual", 62.3)), "PT12") == []


@pytest.mark.parametrize(("actual", "fires"), [(26, True), (26.1, False), (100, False)])
def test_pt12_half_of_a_limit_or_less(actual: float, fires: bool) -> None:
    dossier = patched(patched(GOOD_2023, "indicators.0.sign", "≤"), "indicators.0.actual", actual)
    assert found(own_form(dossier), "PT12") == ([("PT12", "indicators.0.actual")] if fires else [])


def test_pt13_points_lost_without_a_reason() -> None:
    for reason in (None, "无"):
        dossier = patched(GOOD_2023, "indicators.1.reason", reason)
        assert found(own_form(dossier), "PT13") == [("PT13", "indicators.1.reason")]
    assert found(own_form(GOOD_2023), "PT13") == []


def test_pt14_words_for_a_number() -> None:
    dossier = patched(GOOD_2023, "indicators.0.actual", "完成")
    assert found(own_form(dossier), "PT14") == [("PT14", "indicators.0.actual")]
    assert found(own_form(patched(dossier, "indicators.0.target", "全部完成")), "PT14") == []
    assert found(own_form(patched(dossier, "indicators.0.actual", None)), "PT14") == []


def test_pt15_results_far_ahead_of_spending() -> None:
    assert found(spending(110), "PT15") == [("PT15", "stated.total")]
    assert found(spending(111), "PT15") == []
    [finding] = findings_of(DOSSIER, "PT15")
    assert finding.message == "得分率98.50%，预算执行率44.84%，相差超过20个百分点"


def test_pt15_silent_without_a_rate_or_a_score() -> None:
    assert found(patched(spending(50), "funds.planned.total", 0), "PT15") == []
    assert found(patched(spending(50), "indicators.0.score", None), "PT15") == []


@given(spoilt_forms("indicators", "stated", "reviewers", "funds", "basic"))
def test_any_form_gets_an_answer_and_twice_the_same(form: Form) -> None:
    assert found(form, "PT") == found(form, "PT")
