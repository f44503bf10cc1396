"""The points of an indicator from its target and its actual value.

1. Each formula with its reason; rounding is half-up; 3.85 and 0 of the published form come out.
2. Signs as words, in ASCII, in the target's cell, blank or unknown; numbers with units; what cannot be compared has no points.
3. For any numbers: 0 <= points <= weight, more is never worse for ≥ and never better for ≤, the reason's arithmetic holds.
4. The phrases of qualitative results.
"""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfxl.model import Value
from perfxl.scoring.achievement import (
    SIGNS,
    achieve,
    band_of,
    completion,
    differing_units,
    is_numeric,
    number_of,
    parse_sign,
)
from perfxl.typed.amounts import round_half_up
from self_assessments import SCHEME_2023

D = Decimal


@pytest.mark.parametrize(
    ("sign", "target", "actual", "weight", "points", "reason"),
    [
        ("≥", "52", "10", "20", "3.85", "10 / 52 × 20 = 3.85"),
        ("≥", "2", "0", "30", "0", "0 / 2 × 30 = 0"),
        ("≥", "95", "100", "30", "30", "100 ≥ 95，得满分 30"),
        (">", "52", "52", "10", "10", "52 ≥ 52，得满分 10"),
        ("≥", "8", "1", "1", "0.13", "1 / 8 × 1 = 0.13"),
        ("≥", "0", "-1", "10", "0", "-1 没有达到目标 0，得 0"),
        ("≥", "52", "-1", "10", "0", "-1 没有达到目标 52，得 0"),
        ("=", "100", "95", "10", "9.5", "95 / 100 × 10 = 9.5"),
        ("=", "0", "0", "10", "10", "目标为 0，实际为 0，得 10"),
        ("=", "0", "1", "10", "0", "目标为 0，实际为 1，得 0"),
        ("≤", "10", "10", "20", "20", "10 ≤ 10，得满分 20"),
        ("≤", "10", "13", "20", "14", "(1 - (13 - 10) / 10) × 20 = 14"),
        ("<", "10", "20", "20", "0", "20 是目标 10 的两倍或更多，得 0"),
        ("≤", "30", "31", "10", "9.67", "(1 - (31 - 30) / 30) × 10 = 9.67"),
        ("≤", "0", "1", "10", "0", "1 超过目标 0，得 0"),
    ],
)
def test_each_formula_with_its_reason(
    sign: str, target: str, actual: str, weight: str, points: str, reason: str
) -> None:
    achieved = achieve(sign, D(target), D(actual), D(weight), "linear")
    assert achieved is not None
    assert (achieved.points, achieved.reason, achieved.assumed) == (D(points), reason, "")


def test_the_other_formula_for_less() -> None:
    achieved = achieve("≤", D(10), D(13), D(20), "ratio")
    assert achieved is not None
    assert (achieved.points, achieved.reason) == (D("15.38"), "10 / 13 × 20 = 15.38")
    far = achieve("≤", D(10), D(100), D(20), "ratio")
    assert far is not None
    assert far.points == 2


def test_a_blank_sign_counts_as_at_least_and_says_so() -> None:
    achieved = achieve("", D(52), D(10), D(20), "linear")
    assert achieved is not None
    assert achieved.explained == "10 / 52 × 20 = 3.85；未填性质，按“≥”"
    odd = achieve("适中", D(52), D(10), D(20), "linear")
    assert odd is not None
    assert odd.assumed == "性质“适中”无法识别，按“≥”"


@pytest.mark.parametrize(
    ("typed", "sign"),
    [
        (">=", "≥"),
        ("＞＝", "≥"),
        ("⩾", "≥"),
        ("至少", "≥"),
        (" 不少于 ", "≥"),
        ("大于", ">"),
        ("＝", "="),
        ("═", "="),
        ("﹦", "="),
        ("≧", "≥"),
        ("≯", "≤"),
        ("不超过", "≤"),
        ("=<", "≤"),
        ("小于", "<"),
        ("定性指标", "定性"),
        ("", ""),
        ("/", ""),
        ("适中", ""),
    ],
)
def test_signs_as_people_type_them(typed: str, sign: str) -> None:
    assert parse_sign(typed) == sign


def test_no_word_means_two_signs() -> None:
    words = [word for words in SIGNS.values() for word in words.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("stated", "target", "actual", "points", "assumed"),
    [
        ("", ">=90%", "81%", "9", False),
        ("", "=100%", "80", "8", False),
        ("", "≥100百分比", "95%", "9.5", False),
        ("", "至少7个", "7个", "10", False),
        ("", "不超过30天", "36", "8", False),
        ("", "18%以上", D(9), "5", False),
        ("", "52人", D(26), "5", True),
        ("≤", "30天", "36天", "8", False),
        ("≥", "全年举办培训班4期", "举办3期", "7.5", False),
    ],
)
def test_numbers_with_sign_and_unit_in_one_cell(
    stated: str, target: Value, actual: Value, points: str, assumed: bool
) -> None:
    achieved = achieve(stated, target, actual, D(10), "linear")
    assert achieved is not None
    assert (achieved.points, bool(achieved.assumed)) == (D(points), assumed)


@pytest.mark.parametrize(
    ("stated", "target", "actual"),
    [
        ("定性", D(1), D(1)),
        ("≥", D(52), "完成"),
        ("≥", D(52), None),
        ("≥", None, D(52)),
        ("≥", "95-98%", D(96)),
        ("", "按2019版标准执行", "按2020版标准执行"),
        ("", "2023年12月", "2023年11月"),
        ("≥", "52人", "100%"),
        ("≥", D(52), "九成"),
    ],
)
def test_what_cannot_be_compared_has_no_points(stated: str, target: Value, actual: Value) -> None:
    assert achieve(stated, target, actual, D(10), "linear") is None


def test_without_a_weight_there_are_no_points() -> None:
    assert achieve("≥", D(52), D(10), None, "linear") is None


def test_units_that_do_not_go_together() -> None:
    assert differing_units(D(52), "人", "53名") is None
    assert differing_units(D(95), "百分比", "96%") is None
    assert differing_units("12万元", "万元", D(12)) is None
    assert differing_units(D(52), "人", "100%") == ("人", "%")
    assert differing_units("12万元", "元", D(12)) == ("万元", "元")
    assert achieve("≥", D(52), "100%", D(10), "linear", unit="人") is None


def test_which_targets_ask_for_a_number() -> None:
    assert [is_numeric("", target) for target in (D(52), "52人", ">=90%", "完成", None)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert is_numeric("≥", "全年举办培训班4期")
    assert not is_numeric("", "全年举办培训班4期")
    assert not is_numeric("定性", D(52))
    assert number_of("2023年12月") is None


def test_completion_as_the_form_shows_it() -> None:
    assert completion(D(52), D(10)) == D("0.1923")
    assert completion(D(95), D(100)) == 1
    assert completion(D(2), D(0)) == 0
    assert completion(D(0), D(1)) is None
    assert completion("完成", "完成") is None


# -- for any numbers --------------------------------------------------------------------------------------------------

AMOUNTS = st.decimals(-1000, 10**6, places=2)
WEIGHTS = st.decimals(0, 100, places=2)
ANY_SIGN = st.sampled_from([*SIGNS, ""])
REVERSE = st.sampled_from(["linear", "ratio"])
QUOTIENT = re.compile(r"(\S+) / (\S+) × (\S+) = (\S+)")
EXCESS = re.compile(r"\(1 - \((\S+) - (\S+)\) / (\S+)\) × (\S+) = (\S+)")


@given(ANY_SIGN, AMOUNTS, AMOUNTS, WEIGHTS, REVERSE)
def test_points_lie_between_nothing_and_the_weight(
    sign: str, target: Decimal, actual: Decimal, weight: Decimal, reverse: str
) -> None:
    achieved = achieve(sign, target, actual, weight, reverse)
    assert achieved is not None
    assert 0 <= achieved.points <= weight


@given(ANY_SIGN, AMOUNTS, AMOUNTS, AMOUNTS, WEIGHTS, REVERSE)
def test_more_is_never_worse_and_for_limits_never_better(
    sign: str, target: Decimal, one: Decimal, other: Decimal, weight: Decimal, reverse: str
) -> None:
    low, high = sorted((one, other))
    fewer, more = (achieve(sign, target, actual, weight, reverse) for actual in (low, high))
    assert fewer is not None
    assert more is not None
    falls = sign in ("≤", "<") or (sign == "=" and target == 0)
    assert fewer.points >= more.points if falls else fewer.points <= more.points


@given(ANY_SIGN, AMOUNTS, AMOUNTS, WEIGHTS, REVERSE)
def test_the_arithmetic_of_a_reason_holds(
    sign: str, target: Decimal, actual: Decimal, weight: Decimal, reverse: str
) -> None:
    achieved = achieve(sign, target, actual, weight, reverse)
    assert achieved is not None
    if match := QUOTIENT.fullmatch(achieved.reason):
        part, whole, points, result = map(Decimal, match.groups())
        assert round_half_up(part / whole * points, 2) == result == achieved.points
    elif match := EXCESS.fullmatch(achieved.reason):
        reached, wanted, again, points, result = map(Decimal, match.groups())
        assert wanted == again
        assert round_half_up((1 - (reached - wanted) / wanted) * points, 2) == result == achieved.points
    else:
        assert achieved.points in (0, weight)


# -- qualitative results ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "phrase"),
    [
        ("达成年度指标", "达成年度指标"),
        ("基本达成年度指标。", "达成年度指标"),
        ("部分达成年度指标并具有一定效果", "部分达成年度指标并具有一定效果"),
        ("部分 达成年度指标", "部分达成年度指标并具有一定效果"),
        ("未达成年度指标且效果较差", "未达成年度指标且效果较差"),
        ("尚未达成年度指标", "未达成年度指标且效果较差"),
        ("已完成", None),
        ("", None),
    ],
)
def test_the_longest_phrase_that_was_said_counts(actual: str, phrase: str | None) -> None:
    assert SCHEME_2023.computing is not None
    band = band_of(actual, SCHEME_2023.computing.bands)
    assert (band.phrase if band else None) == phrase
