"""PT11-PT14, PT16, PT17, and what IN04, IN05, IN09, FD09 and FD10 say of the form of 2023.

Each rule has a case that fires and one that stays silent; one mistake is one finding.
"""

from typing import Any

import pytest
from hypothesis import given

from dossiers import dossiers
from forms import findings_of, form_of, found, patched
from perfxl.model import Severity
from self_assessments import GOOD_SELF, SCHEME_2023, changed, form_2023, with_row


@pytest.mark.parametrize(("score", "fires"), [(9.48, True), (9.49, False), (9.51, False), (9.52, True), (11, False)])
def test_pt11_tolerates_a_hundredth_and_leaves_scores_above_the_weight_to_in01(score: float, fires: bool) -> None:
    expected = [("PT11", "indicators.1.score")] if fires else []
    assert found(with_row(1, score=score), "PT11") == expected


def test_pt11_is_not_reported_again_as_a_wrong_total() -> None:
    assert found(with_row(0, score=14)) == [("PT11", "indicators.0.score")]
    with_its_sum = patched(patched(GOOD_SELF, "indicators.0.score", 14), "stated.total", 97.2)
    assert found(form_2023(with_its_sum)) == [("PT11", "indicators.0.score")]


def test_in05_a_total_that_is_no_sum_at_all() -> None:
    assert found(changed("stated.total", 99)) == [("IN05", "stated.total")]
    [finding] = findings_of(changed("stated.total", 99))
    assert finding.message == "总分填99分，各指标得分与预算执行率得分相加为98.2分，相差0.8分"


def test_pt11_silent_where_nothing_can_be_computed() -> None:
    assert found(with_row(0, actual="完成"), "PT") == [("PT14", "indicators.0.actual")]
    assert found(with_row(0, actual=None), "PT", "TG") == [("TG05", "indicators.0.actual")]
    assert found(with_row(0, weight=None, score=14), "PT11") == []
    assert found(with_row(6, score=13), "PT11") == []


def test_pt11_for_execution() -> None:
    assert found(changed("funds.total.score", 9.8)) == [("PT11", "funds.total.score")]
    assert found(changed("funds.total.score", None)) == []
    no_budget = patched(GOOD_SELF, "funds.total", {"initial": 0, "full_year": 0, "executed": 0, "score": 10})
    assert found(form_2023(no_budget), "PT11", "FD08") == [("FD08", "funds.total.full_year")]


@pytest.mark.parametrize(
    ("sign", "target", "actual", "fires"),
    [
        ("≥", 100, 120, True),
        ("≥", 100, 119.9, False),
        ("≤", 100, 50, True),
        ("≤", 100, 50.1, False),
        ("", ">=90%", "108%", True),
        ("", "不超过30天", 15, True),
        ("定性", 100, 200, False),
    ],
)
def test_pt12_also_where_sign_and_unit_stand_in_one_cell(sign: str, target: Any, actual: Any, fires: bool) -> None:
    form = with_row(0, sign=sign or None, target=target, actual=actual, unit=None)
    assert found(form, "PT12") == ([("PT12", "indicators.0.actual")] if fires else [])


def test_pt13_asks_for_a_reason_only_where_points_are_lost() -> None:
    assert found(with_row(1, reason=None)) == [("PT13", "indicators.1.reason")]
    assert found(with_row(0, score=14, reason=None), "PT13") == []
    assert found(with_row(0, score=15, reason=None), "PT13") == []


@pytest.mark.parametrize(
    ("target", "actual", "fires"),
    [
        (200, "完成", True),
        ("200场", "95-98", True),
        (">=90%", "已达标", True),
        ("按2019版标准", "已执行", False),
        (200, "206场", False),
    ],
)
def test_pt14_words_for_a_number(target: Any, actual: str, fires: bool) -> None:
    form = with_row(0, sign=None, unit=None, target=target, actual=actual)
    assert found(form, "PT14") == ([("PT14", "indicators.0.actual")] if fires else [])


@pytest.mark.parametrize(
    ("actual", "score", "fires"),
    [
        ("达成年度指标", 12, False),
        ("达成年度指标", 11.9, True),
        ("部分达成年度指标并具有一定效果", 12, False),
        ("部分达成年度指标", 12.1, True),
        ("未达成年度指标且效果较差", 9, False),
        ("未达成年度指标且效果较差", 9.1, True),
        ("已建立", 1, False),
        ("达成年度指标", 16, False),
    ],
)
def test_pt16_a_qualitative_score_outside_its_band(actual: str, score: float, fires: bool) -> None:
    expected = [("PT16", "indicators.6.score")] if fires else []
    assert found(with_row(6, actual=actual, score=score), "PT16") == expected


def test_pt17_says_what_was_assumed() -> None:
    assert found(with_row(0, sign=None)) == [("PT17", "indicators.0.sign")]
    assert found(with_row(0, sign=None, target=">=200"), "PT17") == []
    assert found(with_row(0, sign="至少")) == []
    [odd] = findings_of(with_row(0, sign="适中"))
    assert (odd.code, odd.severity, odd.found) == ("PT17", Severity.WARNING, "适中")


def test_a_level_weight_that_is_not_the_usual_and_a_sum_that_is_not_100() -> None:
    rows = [dict(one) for one in GOOD_SELF["indicators"]]
    rows[3].update(weight=20, score=20)
    rows[5].update(weight=5, score=5)
    assert found(form_2023(patched(GOOD_SELF, "indicators", rows))) == [
        ("IN09", "indicators.0.level1"),
        ("IN09", "indicators.5.level1"),
    ]
    rows[5].update(weight=15, score=15)
    form = form_2023(patched(GOOD_SELF, "indicators", rows))
    [finding] = findings_of(form, "IN04")
    assert finding.message == "各指标分值相加为100分，应为90分（另有预算执行率10分）"
    assert finding.cell == form.cell("indicators#footer.weight").address


def test_fd09_a_fraction_where_a_percentage_belongs() -> None:
    [finding] = findings_of(changed("funds.total.rate", 0.97))
    assert finding.code == "FD09"
    assert finding.message.endswith("此栏填百分数的数字，应填97，不填0.97")
    [wrong] = findings_of(changed("funds.total.rate", 90))
    assert "不填" not in wrong.message


def test_fd10_a_changed_budget_without_a_reason() -> None:
    rows = [{**one, "reason": None, "score": one["weight"]} for one in GOOD_SELF["indicators"]]
    silent = patched(GOOD_SELF, "indicators", rows)
    assert found(form_2023(patched(silent, "funds.total.initial", 1500000)), "FD10") == [
        ("FD10", "funds.total.full_year")
    ]
    assert found(changed("funds.total.initial", 1500000), "FD10") == []


@pytest.mark.parametrize(
    ("target", "unit", "actual", "cell"),
    [
        (200, "场", "95%", "actual"),
        ("200场", None, "95%", "actual"),
        ("95%", "人", 96, "unit"),
        (200, "场", "206场", None),
        (95, "%", 0.965, "actual"),
        ("≥95%", None, 0.965, "actual"),
        ("95%", None, "96.5", None),
    ],
)
def test_tg06_units_that_do_not_go_together_give_no_points(
    target: Any, unit: str | None, actual: Any, cell: str
) -> None:
    form = with_row(0, target=target, unit=unit, actual=actual)
    assert found(form, "TG", "PT") == ([("TG06", f"indicators.0.{cell}")] if cell else [])


@given(dossiers(SCHEME_2023))
def test_any_form_gets_an_answer_and_twice_the_same(dossier: dict[str, Any]) -> None:
    form = form_of(dossier, SCHEME_2023)
    assert found(form) == found(form)
