"""Standards with two ends, and ladders whose bands are open: what they mean, and the grade of a value on them."""

import time
from decimal import Decimal

import pytest

from perfxl.model import Cell, Row, State
from perfxl.scoring.ladder import Direction, grade_on, ladder_of, same_unit
from perfxl.typed.amounts import Interval, cut_off, parse_threshold, round_half_up

GRADES = ("优", "良", "中", "差")


def between(low: str, high: str, opens: str = "", unit: str = "%") -> Interval:
    return Interval(Decimal(low), Decimal(high), "(" in opens, ")" in opens, unit)


def grade(actual: str, *standards: str) -> str | None:
    cells = zip(("excellent", "good", "fair", "poor"), standards, strict=True)
    return grade_on(
        ladder_of(Row(0, {key: Cell("", 1, 1, text, text, State.READ) for key, text in cells})), actual, GRADES
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("80%≤X<90%", between("80", "90", ")")),
        ("80% ＜ 完成率 ≤ 90%", between("80", "90", "(")),
        ("90%>X≥80%", between("80", "90", ")")),
        ("≥80%且<90%", between("80", "90", ")")),
        ("大于等于80%小于90%", between("80", "90", ")")),
        ("80分（含）以上、90分以下", between("80", "90", unit="分")),
        ("80%（含）-90%（不含）", between("80", "90", ")")),
        ("80%(不含)~90%", between("80", "90", "(")),
        ("80%（含）-90%", between("80", "90", ")")),
        ("60%-80%（不含80%）", between("60", "80", ")")),
        ("60%-80%（不含60%）", between("60", "80", "(")),
        ("10-20%（含20%）", between("10", "20")),
        ("[80%,90%)", between("80", "90", ")")),
        ("(80%，90%]", between("80", "90", "(")),
    ],
)
def test_a_range_says_which_of_its_ends_count(typed: str, meant: Interval) -> None:
    assert parse_threshold(typed) == meant


@pytest.mark.parametrize(
    "typed", ["60%（不含）以下", "60%以下（不含）", "60%以下（不含60%）", "60%以下(不含本数)", "不足60%"]
)
def test_an_open_end_may_be_left_out(typed: str) -> None:
    assert parse_threshold(typed) == Interval(None, Decimal(60), high_open=True, unit="%")


@pytest.mark.parametrize(
    "typed", ["满意度90%以上，投诉率10%以下", "发布1000条以上，差错率低于10%", "(80,90)", "≥80条且<90%"]
)
def test_bounds_of_different_things_make_no_range(typed: str) -> None:
    assert parse_threshold(typed) is None


def test_a_long_text_costs_little() -> None:
    start = time.process_time()
    for piece in ("1", "1,", "80%≤", "[1,", "1.", "不含", "1-"):
        parse_threshold(piece * 10_000)
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("actual", "name"), [("90%", "优"), ("89.5%", "良"), ("80%", "良"), ("79.9%", "中"), ("60%", "中"), ("59%", "差")]
)
def test_ladders_of_half_open_ranges(actual: str, name: str) -> None:
    for standards in (
        ("≥90%", "80%≤X<90%", "60%≤X<80%", "<60%"),
        ("[90%,100%]", "[80%,90%)", "[60%,80%)", "[0%,60%)"),
        ("90%（含）以上", "80%（含）-90%（不含）", "60%（含）-80%（不含）", "60%（不含）以下"),
    ):
        assert grade(actual, *standards) == name


@pytest.mark.parametrize(
    ("actual", "name"), [("98%", "良"), ("95%", "良"), ("92%", "中"), ("90%", "差"), ("50%", "差")]
)
def test_a_band_without_a_worse_bound_begins_where_the_next_ends(actual: str, name: str) -> None:
    """C05: 按预算均配备完备, ≤100%, 低于95%, ≤90%."""
    assert grade(actual, "按预算均配备完备", "项目实施率≤100%", "项目实施率低于95%", "项目实施率≤90%") == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("人", "名", True),
        ("位", "名", True),
        ("条", "条信息", True),
        ("", "条", True),
        ("人", "人次", False),
        ("个", "个月", False),
        ("元", "万元", False),
        ("", "日期", False),
        ("次", "次/月", False),
        ("次/月", "次/季", False),
        ("平米", "平方米", True),
        ("km", "公里", True),
    ],
)
def test_units_that_may_be_compared(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same_unit(other, one) is same


def test_standards_and_results_in_multiples_of_one_unit_are_compared() -> None:
    assert grade("12000人", "1万人", "8000人", "6000人", "5000人") == "优"
    assert grade("0.9万人", "10000人", "8000人", "6000人", "5000人") == "良"
    assert grade("1300000元", "144万元", "150万元", "160万元", "170万元") == "优"
    assert grade("0.9万人次", "10000人", "8000人", "6000人", "5000人") is None


def test_a_share_of_one_is_not_taken_for_percent_nor_for_a_hundredth_of_it() -> None:
    """A cell that shows 96.5% may hold 0.965."""
    assert grade("0.965", "95%", "90%", "85%", "85%以下") is None
    assert grade("1", "100%", "95%以上", "90%以上", "90%以下") is None
    assert grade("96.5", "95%", "90%", "85%", "85%以下") == "优"
    assert grade("0.5", "1%", "2%", "3%", "3%以上") == "优"
    assert grade("0.8", "5%以上", "4%以上", "3%以上", "3%以下") == "差"


def test_all_of_it_may_be_the_standard_in_words() -> None:
    """C02: 全部完成, 80%, 60%, 60%以下."""
    assert grade("100%", "全部完成", "80%", "60%", "60%以下") is None
    assert grade("99%", "全部完成", "80%", "60%", "60%以下") == "良"
    assert grade("100%", "100%", "80%", "60%", "60%以下") == "优"


def test_a_value_in_a_like_unit_has_a_grade() -> None:
    assert grade("22人", "20名", "18名", "16名", "14名") == "优"
    assert grade("622条信息", "1000条", "700条", "500条", "300条") == "中"
    assert grade("22人次", "20名", "18名", "16名", "14名") is None


@pytest.mark.parametrize(
    ("standards", "graded"),
    [
        (("90%", "80%", "", ""), {"95%": "优", "90%": "优", "85%": "良", "80%": "良", "70%": "差"}),
        (("5次", "10次", "", ""), {"4次": "优", "5次": "优", "7次": "良", "10次": "良", "11次": "差"}),
        (("90%以上", "完成较好", "", "60%以下"), {"95%": "优", "70%": "差"}),
    ],
)
def test_two_bounds_make_a_ladder(standards: tuple[str, ...], graded: dict[str, str]) -> None:
    assert {actual: grade(actual, *standards) for actual in graded} == graded


@pytest.mark.parametrize("standards", [("90%", "", "", ""), ("90%", "90%", "90%", "90%"), ("全部完成", "", "", "60%")])
def test_one_bound_makes_none(standards: tuple[str, ...]) -> None:
    assert [grade(actual, *standards) for actual in ("95%", "70%", "50%")] == [None, None, None]


def test_the_direction_of_half_open_ranges() -> None:
    cells = {"excellent": "<5%", "good": "5%≤X<10%", "fair": "10%≤X<15%", "poor": "≥15%"}
    ladder = ladder_of(Row(0, {key: Cell("", 1, 1, text, text, State.READ) for key, text in cells.items()}))
    assert ladder.direction is Direction.FALLING
    assert [grade_on(ladder, actual, GRADES) for actual in ("4.9%", "5%", "14%", "15%", "40%")] == [
        "优",
        "良",
        "中",
        "差",
        "差",
    ]


@pytest.mark.parametrize("number", [Decimal("1e300"), Decimal("1" * 5000), Decimal("-1e25")])
def test_rounding_never_fails(number: Decimal) -> None:
    assert round_half_up(number, 4) == cut_off(number, 4) == number
