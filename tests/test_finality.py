"""A figure is final or it is not.

* unreadable, blank, out of range, weights that do not add up: no total, no grade, the cells named; one rule for every scheme
* rates rest on their amounts alone, averages on the evaluators' scores, grades of targets on their row
* the sum so far is kept as provisional; levels and indicators with an open score have none
* rules that judge a total, a grade or a rate are silent where it is not final, and switching a code off changes nothing
* forms without scores are neither final nor not
* whatever is spoilt: final with the truth's figures, or not final with a reason
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import GOOD, TODAY, form_of, patched, unreadable, with_cell
from own_scheme import GOOD_2023, own_form
from perfxl.model import Assessment, Form, State
from perfxl.rules import judge
from perfxl.schemes import parse_scheme
from perfxl.scoring.finality import reasons, unsettled
from perfxl.writeback.annotate import plan_edits
from self_assessments import GOOD_SELF, form_2023, with_row
from spoilt import spoilt_forms

D = Decimal
WORDS = {"raw": "满分", "value": None, "state": State.UNREADABLE}
BLANK = {"raw": None, "value": None, "state": State.BLANK}
BUILDERS: dict[str, Callable[[], Form]] = {
    "hainan-2020": lambda: form_of(GOOD),
    "hainan-2023": lambda: form_2023(GOOD_SELF),
    "own-2023": lambda: own_form(GOOD_2023),
}
SCORES = ("indicators.0.score", "indicators.2.score")


def number(value: str) -> dict[str, Any]:
    return {"raw": D(value), "value": D(value), "state": State.READ}


def judged(form: Form, ignored: tuple[str, ...] = ()) -> Assessment:
    return judge(form, TODAY, (), ignored)[0]


def opened(form: Form, figure: str = "total") -> list[tuple[str, str]]:
    """Code and cell of what keeps a figure open."""
    return [(one.code, one.cell) for one in judged(form).open_at(figure)]


@pytest.mark.parametrize("name", BUILDERS)
def test_faultless_forms_are_final(name: str) -> None:
    assessment = judged(BUILDERS[name]())
    assert (assessment.final, assessment.open, assessment.provisional) == (True, (), None)
    assert assessment.total is not None
    assert assessment.grade == "优"


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize(
    ("spoilt", "code", "text"),
    [(WORDS, "ST06", "2 项得分无法读取"), (BLANK, "IN02", "2 项得分空白"), (number("99"), "IN01", "2 项得分超出范围")],
)
def test_a_score_that_is_not_sure_leaves_no_total_in_any_scheme(
    name: str, spoilt: dict[str, Any], code: str, text: str
) -> None:
    form = BUILDERS[name]()
    for path in SCORES:
        form = with_cell(form, path, **spoilt)
    assessment, cells = judged(form), [form.rows("indicators")[n]["score"].address for n in (0, 2)]
    assert (assessment.final, assessment.total, assessment.grade) == (False, None, None)
    assert opened(form) == [(code, cell) for cell in cells]
    assert unsettled(assessment, "total") == f"未评：{text}（{cells[0]}、{cells[1]}）"
    assert [assessment.indicators[n].score for n in (0, 2)] == [None, None]
    assert assessment.levels[0 if form.scheme.execution is None else 1].score is None


def test_the_sum_of_what_was_read_is_provisional() -> None:
    form = with_cell(with_cell(form_of(GOOD), "indicators.15.score", **WORDS), "indicators.19.score", **WORDS)
    assert judged(form).provisional == 97 - 7 - 8


def test_a_score_that_became_a_date_is_not_counted() -> None:
    form = form_of(patched(GOOD, "indicators.0.score", 46085))
    assert opened(form) == [("IN01", form.rows("indicators")[0]["score"].address)]


def test_no_sum_above_the_full_score_is_final() -> None:
    """A scheme without weights has no other bound."""
    scheme = parse_scheme(
        """
id = "sums"
version = 1
title = "t"
edition = "e"
source = "s"
money_unit = "元"
full_score = 100
grades = [{ name = "合格", from = 60 }, { name = "差", from = 0 }]
[levels]
"得分" = 100
[[sheets]]
name = "评分"
widths = [20, 20]
[[sheets.blocks]]
kind = "table"
key = "indicators"
rows = 3
columns = [{ key = "level3", label = "指标" }, { key = "score", label = "得分", type = "points" }]
""",
        "sums",
    )
    rows = [{"level3": name, "score": score} for name, score in (("甲", 60), ("乙", 45))]
    form = form_of({"scheme": "sums", "indicators": rows}, scheme)
    assert opened(form) == [("IN01", "")]
    assert unsettled(judged(form), "total") == "未评：得分之和超出满分"
    rows[1]["score"] = 40
    assert judged(form_of({"scheme": "sums", "indicators": rows}, scheme)).total == 100


def test_weights_that_do_not_add_up_leave_no_total() -> None:
    row = dict(GOOD_SELF["indicators"][-1], level3="另一指标", weight=90, score=88)
    form = form_2023(patched(GOOD_SELF, "indicators", [*GOOD_SELF["indicators"], row]))
    assert [code for code, _ in opened(form)] == ["IN04"]
    assert judged(form).grade is None


def test_changed_weights_lost_rows_and_lost_sheets_leave_no_total() -> None:
    assert [code for code, _ in opened(form_of(patched(GOOD, "indicators.10.weight", 10)))] == ["IN03"]
    assert [code for code, _ in opened(form_of(patched(GOOD, "indicators", GOOD["indicators"][:-1])))] == ["IN06"]
    assert judged(form_of(patched(GOOD, "indicators", []))).final is False


def test_a_rate_rests_on_its_amounts_alone() -> None:
    form = unreadable(form_of(GOOD), "funds.used.total")
    assessment, cell = judged(form), form.cell("funds.used.total").address
    assert (assessment.final, assessment.rates["in_place"]) == (True, 1)
    assert (assessment.rates["execution"], assessment.rates["use"]) == (None, None)
    assert unsettled(assessment, "rates.execution") == f"未计算：“实际使用情况”无法读取（{cell}）"
    assert opened(form, "funds.used.total") == [("ST06", cell)]


@pytest.mark.parametrize(("value", "code"), [(None, "ST05"), (-142, "FD04")])
def test_a_rate_of_a_blank_or_negative_amount_is_open(value: int | None, code: str) -> None:
    form = form_of(patched(patched(GOOD, "funds.used.total", value), "funds.used.provincial", None))
    assert opened(form, "rates.execution") == [(code, form.cell("funds.used.total").address)]


def test_points_for_spending_keep_the_total_open_with_their_amounts() -> None:
    form = form_2023(patched(GOOD_SELF, "funds.total.full_year", 0))
    assert opened(form) == opened(form, "rates.execution") == [("FD08", form.cell("funds.total.full_year").address)]
    assert judged(form).execution_score is None


def test_the_mean_of_the_evaluators_rests_on_each_score() -> None:
    form = unreadable(form_of(GOOD), "reviewers.1.score")
    assert judged(form).average is None
    assert opened(form, "average") == [("ST06", form.rows("reviewers")[1]["score"].address)]
    assert opened(form_of(patched(GOOD, "reviewers.1.score", 985)), "average")[0][0] == "PT05"


def test_rules_that_judge_a_total_are_silent_where_there_is_none() -> None:
    dossier = patched(
        patched(GOOD, "stated.grade", "差"), "report.conclusion", "自评得分60分，总体评价为差，其他情况见前。"
    )
    codes = {one.code for one in judge(form_of(dossier), TODAY)[1]}
    assert codes == {"PT01", "TX05"}
    assert [one.code for one in judge(form_of(patched(dossier, "indicators.10.weight", 10)), TODAY)[1]] == ["IN03"]


def test_switching_a_code_off_makes_nothing_final() -> None:
    form = form_of(patched(GOOD, "indicators.0.score", 80))
    assessment, findings = judge(form, TODAY, (), ("IN01", "IN05"))
    assert ([one.code for one in findings], assessment.final) == ([], False)
    assert [one.code for one in assessment.open] == ["IN01"]


def test_what_the_points_are_computed_from_must_be_read_too() -> None:
    form = with_cell(with_row(0), "indicators.0.target", **WORDS)
    assert opened(form) == [("ST06", form.rows("indicators")[0]["target"].address)]


def test_result_cells_and_the_review_give_the_reason_in_words() -> None:
    form = with_cell(form_of(GOOD), "indicators.0.score", **WORDS)
    form = unreadable(form, "funds.used.total")
    assessment, findings = judge(form, TODAY)
    plan = plan_edits(form, assessment, findings, "甲.xlsx")
    shown = {figure.cell: figure.value for figure in plan.figures}
    places = {path: cell.address for path, cell in form.reserved.items()}
    score, used = form.rows("indicators")[0]["score"].address, form.cell("funds.used.total").address
    assert shown[places["total"]] == f"未评：1 项得分无法读取（{score}）"
    assert shown[places["grade"]] == "未评"
    assert shown[places["rates.execution"]] == f"未计算：“实际使用情况”无法读取（{used}）"
    lines = {line.label: line.value for line in plan.review.verdict}
    assert (lines["总分"], lines["等次"]) == (shown[places["total"]], "未评")
    assert lines["暂计"] == "93（不是得分，不作结论）"


def test_reasons_name_the_sheet_where_cells_lie_on_several() -> None:
    form = with_cell(with_row(0), "indicators.0.score", **BLANK)
    assert "!" not in reasons(judged(form).open_at("total"))
    cells = judged(form).open_at("total")
    elsewhere = [*cells, *judged(with_cell(form_of(GOOD), "indicators.0.score", **BLANK)).open_at("total")]
    assert reasons(elsewhere).count("!") == 2


@given(spoilt_forms("indicators", "funds", "reviewers", "stated"))
def test_a_spoilt_form_is_final_with_the_truth_or_open_with_a_reason(form: Form) -> None:
    truth, assessment = judged(form_of(GOOD)), judged(form)
    assert assessment.final == (assessment.total is not None) == (assessment.grade is not None)
    assert assessment.final == (not assessment.open_at("total"))
    if assessment.final:
        scores = [row["score"].number for row in form.rows("indicators")]
        assert assessment.total == sum(score for score in scores if score is not None)
        assert assessment.total <= form.scheme.full_score
        assert len(scores) == len(GOOD["indicators"])
        typed = [one["score"] for one in GOOD["indicators"]]
        if scores == typed:
            assert assessment.total == truth.total
    else:
        assert unsettled(assessment, "total").startswith("未评：")
    for rate in form.scheme.rates:
        amounts = [form.number(rate.part), form.number(rate.whole)]
        if assessment.rates[rate.key] is None:
            assert assessment.open_at(f"rates.{rate.key}") or amounts[1] == 0
        else:
            assert all(amount is not None and amount >= 0 for amount in amounts)


SPOIL = st.sampled_from([WORDS, BLANK, number("99"), number("-1"), number("46085")])


@pytest.mark.parametrize("name", BUILDERS)
@given(data=st.data())
def test_any_spoilt_score_of_any_scheme_leaves_no_total(name: str, data: st.DataObject) -> None:
    form = BUILDERS[name]()
    rows = st.integers(0, len(form.rows("indicators")) - 1)
    column = st.sampled_from(["score", "weight"])
    path = f"indicators.{data.draw(rows)}.{data.draw(column)}"
    spoilt = with_cell(form, path, **data.draw(SPOIL))
    assessment = judged(spoilt)
    assert (assessment.final, assessment.total, assessment.grade) == (False, None, None)
    cells = {row[key].address for row in spoilt.rows("indicators") for key in ("score", "weight")}
    assert any(one.cell in cells or one.code in ("IN04", "IN06") for one in assessment.open_at("total"))
