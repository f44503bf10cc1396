"""FD: sums compared exactly, columns that must not exceed each other, suspected units, rates and breakdowns."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from forms import GOOD, TODAY, findings_of, form_of, found, patched, unreadable, with_cell
from own_scheme import GOOD_2023, own_form
from perfxl.model import Form, Severity
from perfxl.rules import judge
from perfxl.schemes.spec import Threshold
from spoilt import spoilt_forms


def amounts(total: object = None, provincial: object = None, **others: object) -> dict[str, object]:
    return {"total": total, "central": None, "provincial": provincial, "local": None, "other": None} | others


def funds(planned: object, in_place: object, used: object) -> dict[str, object]:
    """The good dossier with these amounts, each from the province alone."""
    parts = {"planned": planned, "in_place": in_place, "used": used}
    return patched(GOOD, "funds", {key: amounts(value, value) for key, value in parts.items()})


def test_good_forms_have_no_finding() -> None:
    assert found(GOOD, "FD") == []
    assert found(own_form(GOOD_2023), "FD") == []


@pytest.mark.parametrize("column", ["planned", "in_place", "used"])
def test_fd01_a_total_that_is_not_the_sum_of_its_sources(column: str) -> None:
    dossier = patched(GOOD, f"funds.{column}.other", 0.01)
    assert found(dossier, "FD01") == [("FD01", f"funds.{column}.total")]


def test_fd01_says_both_sums_and_their_difference() -> None:
    [finding] = findings_of(patched(GOOD, "funds.used", amounts(142, 140, other=1.99)), "FD01")
    assert finding.message == "“实际使用情况”合计填142万元，各来源相加为141.99万元，相差0.01万元"
    assert (finding.found, finding.expected, finding.cell) == ("142万元", "141.99万元", "F8")


@pytest.mark.parametrize(
    "parts",
    [
        amounts(0.3, 0.1, local=0.2),
        amounts(142, 142, central=0),
        amounts(142),
        amounts(None, 142),
    ],
)
def test_fd01_silent_where_sums_hold_or_cannot_be_compared(parts: dict[str, object]) -> None:
    assert found(patched(GOOD, "funds.used", parts), "FD01") == []


def test_fd01_silent_beside_an_unreadable_source() -> None:
    form = form_of(patched(GOOD, "funds.used.total", 150))
    assert found(form, "FD01") == [("FD01", "funds.used.total")]
    assert found(unreadable(form, "funds.used.central"), "FD01") == []
    assert found(unreadable(form, "funds.used.total"), "FD") == []


def test_fd01_a_total_of_0_over_a_component() -> None:
    assert found(patched(GOOD, "funds.used", amounts(0, 90)), "FD01") == [("FD01", "funds.used.total")]


def test_fd02_in_place_exceeds_planned() -> None:
    assert found(funds(144, 144.01, 142), "FD") == [("FD02", "funds.in_place.total")]
    assert found(funds(144.01, 144, 142), "FD") == []


def test_fd02_looks_at_the_sources_where_the_totals_hold() -> None:
    dossier = patched(GOOD, "funds.in_place", amounts(144, 100, central=44))
    dossier = patched(dossier, "funds.used", amounts(142, 98, central=44))
    more, same = amounts(144, 124, central=20), amounts(144, 100, central=44)
    assert found(patched(dossier, "funds.planned", more), "FD") == [("FD02", "funds.in_place.central")]
    assert found(patched(dossier, "funds.planned", same), "FD") == []


def test_fd02_and_fd03_leave_to_others_what_others_report() -> None:
    """No budget, a negative amount, sources that do not make the total: each is one finding, not two."""
    assert found(funds(0, 144, 142), "FD") == [("FD08", "funds.planned.total")]
    assert found(funds(-1, 144, 142), "FD02", "FD03", "FD06") == []
    assert found(patched(GOOD, "funds.used.provincial", 150), "FD") == [("FD01", "funds.used.total")]


def test_fd03_used_exceeds_in_place() -> None:
    assert found(funds(144, 142, 144), "FD") == [("FD03", "funds.used.total")]
    assert found(funds(144, 144, 144), "FD") == []


def test_fd03_executed_exceeds_the_full_year_budget() -> None:
    dossier = patched(GOOD_2023, "funds.total", {"full_year": 120000, "executed": 120001})
    assert found(own_form(dossier), "FD03") == [("FD03", "funds.total.executed")]
    assert found(own_form(GOOD_2023), "FD03") == []


@pytest.mark.parametrize("path", ["funds.planned.central", "funds.used.other", "funds.in_place.local"])
def test_fd04_a_negative_amount(path: str) -> None:
    assert found(patched(GOOD, path, -0.5), "FD04") == [("FD04", path)]
    assert found(patched(GOOD, path, 0), "FD04") == []


def test_fd05_yuan_in_a_form_of_wan_yuan() -> None:
    dossier = funds(195.01, 195.01, 1874400)
    assert found(dossier, "FD") == [("FD05", "funds.used.total")]
    [finding] = findings_of(dossier, "FD05")
    start = "“实际使用情况”1874400万元，与“计划投资额”195.01万元正好相差约 10,000 倍"
    assert finding.message == f"{start}，可能以元填写：187.44 万元"
    assert (finding.severity, finding.opens, finding.expected) == ("error", True, "187.44 万元")
    [finding] = findings_of(funds(195.01, 195.01, 874400), "FD05")
    assert finding.message.endswith("相差约4484倍，请核对单位是否为万元（若按元填写，应为87.44万元）")
    assert (finding.severity, finding.opens) == ("warning", False)


@pytest.mark.parametrize(
    ("planned", "in_place", "used", "path"),
    [
        (1950100, 195.01, 190, "funds.planned.total"),
        (195.01, 195.01, 0.019, "funds.used.total"),
        (1950100, 1950100, 190, "funds.used.total"),
        (1950100, None, 190, "funds.planned.total"),
    ],
)
def test_fd05_points_to_the_odd_one(planned: float, in_place: float | None, used: float, path: str) -> None:
    assert found(funds(planned, in_place, used), "FD05") == [("FD05", path)]


def test_fd05_silent_below_the_factor_and_at_zero() -> None:
    assert found(funds(1000, 1000, 1), "FD05") == [("FD05", "funds.used.total")]
    assert found(funds(1000, 1000, 1.01), "FD05") == []
    assert found(funds(144, 144, 0), "FD05") == []


def test_fd05_wan_yuan_in_a_form_of_yuan() -> None:
    totals = {"initial": None, "full_year": 120000, "executed": 11.8}
    form = own_form(patched(GOOD_2023, "funds.total", totals))
    assert found(form, "FD05") == [("FD05", "funds.total.executed")]
    assert findings_of(form, "FD05")[0].message.endswith("正好相差约 10,000 倍，可能以万元填写：118,000.00 元")


@pytest.mark.parametrize(
    ("used", "severity"), [(720000, "error"), (719999, "warning"), (2880000, "error"), (2880001, "warning")]
)
def test_fd05_is_an_error_within_a_factor_of_two_of_ten_thousand(used: float, severity: str) -> None:
    [finding] = findings_of(funds(144, 144, used), "FD05")
    assert finding.severity == severity
    rates = judge(form_of(funds(144, 144, used)), TODAY)[0].rates
    assert (rates["execution"] is None) == (severity == "error")
    assert rates["in_place"] == 1


def test_fd11_the_report_names_the_unit_of_a_whole_form_in_yuan() -> None:
    dossier = funds(1440000, 1440000, 1420000)
    assert found(dossier, "FD", "TX") == [
        (code, f"funds.{key}.total") for code, key in (("FD11", "planned"), ("FD11", "in_place"), ("FD11", "used"))
    ]
    [planned, *_] = findings_of(dossier, "FD11")
    assert planned.message.endswith("的“预算144万元”正好相差约 10,000 倍，可能以元填写：144.00 万元")
    assert set(judge(form_of(dossier), TODAY)[0].rates.values()) == {None}
    assert found(funds(144, 144, 142), "FD11") == []


def test_fd12_more_than_any_project_of_this_kind_where_the_office_says_how_much_that_is() -> None:
    silent = form_of(funds(1440000, 1440000, 1420000))
    assert found(silent, "FD12") == []
    limited = replace(
        silent.scheme, thresholds={**silent.scheme.thresholds, "largest_amount": Threshold(Decimal(100000), "")}
    )
    form = form_of(funds(1440000, 1440000, 1420000), limited)
    assert found(form, "FD12") == [("FD12", f"funds.{key}.total") for key in ("planned", "in_place", "used")]
    assert (
        findings_of(form, "FD12")[0].message
        == "“计划投资额”1440000万元，超过同类项目的上限100000万元，可能以元填写：144.00 万元"
    )
    assert found(form_of(funds(100000, 100000, 99000), limited), "FD12") == []


def test_fd06_execution_below_the_threshold() -> None:
    assert found(funds(144, 144, 129.59), "FD") == [("FD06", "funds.used.total")]
    assert found(funds(144, 144, 129.6), "FD") == []
    [finding] = findings_of(funds(195.01, 195.01, 87.44), "FD06")
    assert finding.message == "预算执行率为44.84%（87.44万元÷195.01万元），低于90%，须说明原因"


def test_fd06_silent_where_the_rate_means_nothing_but_not_at_the_smallest_use() -> None:
    assert found(funds(1950100, 195.01, 190), "FD", "PT") == [("FD05", "funds.planned.total")]
    assert found(funds(195.01, 195.01, 0.05), "FD") == [("FD05", "funds.used.total"), ("FD06", "funds.used.total")]
    assert found(patched(GOOD, "funds.used.total", -142), "FD", "PT") == [
        ("FD01", "funds.used.total"),
        ("FD04", "funds.used.total"),
    ]


def test_fd07_a_total_without_sources() -> None:
    assert found(patched(GOOD, "funds.used.provincial", None), "FD") == [("FD07", "funds.used.total")]
    assert found(patched(GOOD, "funds.used", amounts(142, None, other=142)), "FD") == []
    assert found(funds(144, 144, 0), "FD07") == []


def test_fd07_silent_beside_an_unreadable_source() -> None:
    form = form_of(patched(GOOD, "funds.used.provincial", None))
    assert found(unreadable(form, "funds.used.central"), "FD07") == []


@pytest.mark.parametrize("planned", [None, 0])
def test_fd08_no_budget(planned: int | None) -> None:
    dossier = patched(GOOD, "funds.planned", amounts(planned, planned))
    assert ("FD08", "funds.planned.total") in found(dossier, "FD")
    assert found(dossier, "FD06", "FD08") == [("FD08", "funds.planned.total")]


def test_fd08_silent_where_the_amount_is_unreadable_or_its_label_is_lost() -> None:
    assert found(unreadable(form_of(GOOD), "funds.planned.total"), "FD08") == []
    assert (
        found(with_cell(form_of(patched(GOOD, "funds.planned", amounts())), "funds.planned.total", row=0), "FD08") == []
    )


def test_fd09_a_stated_rate_that_is_not_the_computed_one() -> None:
    form = own_form(patched(GOOD_2023, "funds.total.rate", 99.33))
    assert found(form, "FD09") == [("FD09", "funds.total.rate")]
    [finding] = findings_of(form, "FD09")
    assert finding.severity is Severity.ERROR
    assert "填99.33%，按金额计算为98.33%" in finding.message


def test_fd09_a_rate_that_was_cut_off_is_only_worth_knowing() -> None:
    totals = {"full_year": 195.01, "executed": 87.44, "rate": 44.83}
    [finding] = findings_of(own_form(patched(GOOD_2023, "funds.total", totals)), "FD09")
    assert finding.severity is Severity.INFO
    rounded = patched(GOOD_2023, "funds.total", totals | {"rate": 44.84})
    assert found(own_form(rounded), "FD09") == []


def test_fd10_a_changed_budget_without_a_reason() -> None:
    dossier = patched(GOOD_2023, "funds.total.initial", 90000)
    silent = patched(dossier, "indicators.1.reason", None)
    assert found(own_form(silent), "FD10") == [("FD10", "funds.total.full_year")]
    assert found(own_form(dossier), "FD10") == []
    assert found(own_form(patched(silent, "funds.total.initial", 100000)), "FD10") == []


def test_exact_where_floats_are_not() -> None:
    form = form_of(patched(GOOD, "funds.planned", amounts(0.3, 0.1, local=0.2)))
    assert form.number("funds.planned.total") == Decimal("0.3")
    assert found(form, "FD01") == []


@given(spoilt_forms("funds"))
def test_any_funds_table_gets_an_answer_and_twice_the_same(form: Form) -> None:
    assert found(form, "FD") == found(form, "FD")
