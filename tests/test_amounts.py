"""What people type as numbers and as standards, all of it seen in published forms; and rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.typed.amounts import (
    Interval,
    cut_off,
    exact,
    is_doubtful_number,
    parse_amount,
    parse_threshold,
    percent,
    plain,
    ratio,
    round_half_up,
)


@pytest.mark.parametrize(
    ("typed", "value", "unit"),
    [
        ("215,457.6", "215457.6", ""),
        ("２１５４５７．６", "215457.6", ""),
        ("98.5分", "98.5", "分"),
        (" 195.01 万元 ", "195.01", "万元"),
        ("100元", "100", "元"),
        ("￥1,000.50", "1000.50", ""),
        ("-5", "-5", ""),
        ("−5", "-5", ""),
        ("100%", "100", "%"),
        ("195.01（万元）", "195.01", "万元"),
        ("人民币195.01万元整", "195.01", "万元"),
        ("１００百分比", "100", "%"),
        ("1 794 500", "1794500", ""),
        ("1\u00a0794\u00a0500.25 元", "1794500.25", "元"),
        ("10\u200b6", "106", ""),
        ("𝟗𝟖", "98", ""),
    ],
)
def test_numbers_are_read_with_the_unit_that_was_typed(typed: str, value: str, unit: str) -> None:
    amount = parse_amount(typed)
    assert amount is not None
    assert (amount.value, amount.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("typed", ["677,00", "约100", "1,00,000", "一百", "", "1.2.3", "12a5", "1-2"])
def test_doubtful_numbers_are_not_read(typed: str) -> None:
    assert parse_amount(typed) is None


TWO_NUMBERS = [
    *(
        "10\n6",
        "98 108",
        "1 5",
        "10\t6",
        "10\u30006",
        "10\u00a06",
        "10\u20286",
        "98. 5",
        "98 .5",
        "215, 457.6",
        "12 345 678 9",
    ),
    *("1\n794\n500", "1  794  500", "1234 567 890", "10²", "5½", "½", "⑩", "10⑩", "⒈100", "⑴5", "10₂", "٥", "２０ ０"),
    # shown as 241; a filler that looks like a blank; a hyphen in some programs
    *("\u202e142", "1\u202e42\u202c", "\u2067142\u2069", "1\u316442", "14\u28002", "1\u00ad42"),
]


@pytest.mark.parametrize("typed", TWO_NUMBERS)
def test_two_numbers_are_not_one(typed: str) -> None:
    assert parse_amount(typed) is None
    assert parse_amount(f"{typed}元") is None


@pytest.mark.parametrize(
    "typed", ["10\n6", "≥10 6", "98 108人以上", "10²", "≥5½", "⑩", "完成100, 200人", "90% 95%", "①100台②200台"]
)
def test_of_two_numbers_no_standard_is_made(typed: str) -> None:
    assert parse_threshold(typed) is None


@pytest.mark.parametrize(
    ("typed", "is_doubtful"),
    [
        ("10\n6", True),
        ("98 108", True),
        ("≥98 108人", True),
        ("10²", True),
        ("⑩", True),
        ("1 794 500", False),
        ("10", False),
        ("10-6", False),
        ("；", False),
        ("完成10 6", False),
        ("①采购设备100台", False),
        ("网站：836条 微信：936条", False),
        ("4500 m²", False),
    ],
)
def test_a_doubtful_number_is_a_number_and_nothing_else(typed: str, is_doubtful: bool) -> None:
    assert is_doubtful_number(typed) is is_doubtful


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from([" ", "\n", "\t", "\u3000", "\u00a0", " \n", "\u2009"]),
)
def test_numbers_side_by_side_are_never_joined(first: int, second: int, blank: str) -> None:
    assert parse_amount(f"{first}{blank}{second}") is None
    assert parse_threshold(f"{first}{blank}{second}") is None


def interval(low: str | None, high: str | None, unit: str = "", opens: str = "") -> Interval:
    return Interval(
        Decimal(low) if low else None,
        Decimal(high) if high else None,
        low_open="(" in opens,
        high_open=")" in opens,
        unit=unit,
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1000条", interval("1000", "1000", "条")),
        ("1000条以上", interval("1000", None, "条")),
        (">=90%", interval("90", None, "%")),
        ("≥100百分比", interval("100", None, "%")),
        ("18%以上", interval("18", None, "%")),
        ("70%以下", interval(None, "70", "%")),
        ("5500平方米-6500平方米", interval("5500", "6500", "平方米")),
        ("6500平方米以上", interval("6500", None, "平方米")),
        ("95-98%", interval("95", "98", "%")),
        ("80%-89%", interval("80", "89", "%")),
        ("120-149人", interval("120", "149", "人")),
        ("大于250天", interval("250", None, "天", "(")),
        ("至少7个", interval("7", None, "个")),
        ("不少于7篇", interval("7", None, "篇")),
        ("=100%", interval("100", "100", "%")),
        ("完成80%", interval("80", "80", "%")),
        ("达到95%", interval("95", "95", "%")),
        ("二起以上", interval("2", None, "起")),
        ("二起", interval("2", "2", "起")),
        ("项目实施率≤100%", interval(None, "100", "%")),
        ("项目实施率低于95%", interval(None, "95", "%", ")")),
        ("保障管护人员劳务费保障98%以上", interval("98", None, "%")),
        ("各信息系统全年累计采集和发布信息1000条以上", interval("1000", None, "条")),
        ("确保各信息系统正常稳定运行，未发生重大网络安全事件,故障宕机率低于10%", interval(None, "10", "%", ")")),
        ("一级以上优秀运动员20名以上", interval("20", None, "名")),
        ("实现率90以上", interval("90", None)),
        ("2014年10月", interval("735507", "735537", "日期")),
        ("2014年10月底前", interval("735507", "735537", "日期")),
        ("2021年  5  月 20  日", interval("737930", "737930", "日期")),
        ("2021年5月20日以前", interval("737930", "737930", "日期")),
        ("6500㎡以上", interval("6500", None, "平方米")),
        ("4500 m²", interval("4500", "4500", "平方米")),
        ("5.2km2", interval("5.2", "5.2", "平方公里")),
        ("1000条（网站500条，微信500条）", interval("1000", "1000", "条")),
        ("3篇（省级以上）", interval("3", "3", "篇")),
        ("每月不少于4次", interval("4", None, "次/月")),
        ("每季度1次", interval("1", "1", "次/季")),
        ("半年1次", interval("1", "1", "次/半年")),
        ("每年培训5期", interval("5", "5", "期")),
        ("①采购设备100台", interval("100", "100", "台")),
        ("100米²", interval("100", "100", "平方米")),
        ("1 794 500元以上", interval("1794500", None, "元")),
        ("═100%", interval("100", "100", "%")),
        ("﹦100%", interval("100", "100", "%")),
        ("≧90%", interval("90", None, "%")),
        ("⩽5天", interval(None, "5", "天")),
        ("≯5天", interval(None, "5", "天")),
    ],
)
def test_standards_mean_an_interval(typed: str, meant: Interval) -> None:
    assert parse_threshold(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["不超预算", "全部完成", "网站：836条 微信：936条", "1000条\n网站：836条\n微信：936条", "", "2020年度", "第3名"],
)
def test_where_no_single_number_is_meant_none_is_chosen(typed: str) -> None:
    assert parse_threshold(typed) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_not_but_never_fails(text: str) -> None:
    threshold = parse_threshold(text)
    if threshold is not None and threshold.low is not None and threshold.high is not None:
        assert threshold.low <= threshold.high
    parse_amount(text)


def test_rounding_is_half_up_on_the_number_that_people_see() -> None:
    assert round_half_up(Decimal("2.675"), 2) == Decimal("2.68")
    assert round_half_up(Decimal("-2.675"), 2) == Decimal("-2.68")
    assert cut_off(Decimal("0.44839"), 4) == Decimal("0.4483")
    assert exact(0.1 + 0.2) == Decimal("0.3")
    assert exact(float("nan")) is None
    assert ratio(Decimal("87.44"), Decimal("195.01")) == Decimal("0.4484")
    assert ratio(Decimal(1), Decimal(0)) is None
    assert ratio(None, Decimal(1)) is None
    assert percent(Decimal("0.4484")) == "44.84%"
    assert [plain(Decimal(n)) for n in ("98.50", "100", "0", "1E+2")] == ["98.5", "100", "0", "100"]
