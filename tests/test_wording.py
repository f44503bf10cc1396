"""What people type as words: ticks as every program and font leaves them, dates in digits and numerals, marks for nothing."""

from datetime import date

import pytest

from perfxl.typed.wording import is_nothing, is_placeholder, parse_date, ticked

TYPES = ("经常性项目", "一次性项目")


@pytest.mark.parametrize(
    "text",
    [
        "经常性项目",
        "经常性",
        "经常",
        "经常性项目。",
        "经常性项目（  √  ）       一次性项目（  ）",
        "1.经常性项目（√） 2.一次性项目（）",
        "经常性项目：√；一次性项目：",
        "√经常性项目 □一次性项目",
        "（√）经常性项目 （ ）一次性项目",
        "□一次性项目 ☑经常性项目",
        "R经常性项目 口一次性项目",
        "þ经常性项目 o一次性项目",
        "经常性项目(ü)一次性项目( )",
        "经常性项目（✅）一次性项目（×）",
        "经常性项目√",
    ],
)
def test_one_choice_is_picked(text: str) -> None:
    assert ticked(text, TYPES) == ["经常性项目"]


@pytest.mark.parametrize(
    "text", ["", "经", "项目", "性项目", "□经常性项目 □一次性项目", "经常性项目（）一次性项目（）", "√", "其他"]
)
def test_no_choice_is_picked(text: str) -> None:
    assert ticked(text, TYPES) == []


def test_two_ticks_are_two_choices() -> None:
    assert ticked("经常性项目（√）一次性项目（√）", TYPES) == list(TYPES)


def test_a_beginning_that_two_choices_share_names_neither() -> None:
    assert ticked("产出", ("产出数量", "产出质量")) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021年  5  月 20  日", date(2021, 5, 20)),
        ("2021年5月20号", date(2021, 5, 20)),
        ("二〇二一年五月二十日", date(2021, 5, 20)),
        ("二○一三年十二月三十一日", date(2013, 12, 31)),
        ("二零二一年十月十日", date(2021, 10, 10)),
        ("二O二〇年 一月 十五日", date(2020, 1, 15)),
        ("2021. 5. 20", date(2021, 5, 20)),
    ],
)
def test_a_date_is_read_in_digits_and_in_numerals(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "二〇一三年四月",
        "二〇一三年四月三十五日",
        "二〇一三年四月十十日",
        "二〇一三年十三月一日",
        "年月日",
        "2021年5月2 0日",
        "2021 05 20",
    ],
)
def test_what_is_no_day_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "is_left"),
    [
        ("……", True),
        ("指标2：", True),
        ("示例：培训人数", True),
        ("例：" + "培训教师五百人次，" * 20, True),
        ("培训教师五百人次，" * 20, False),
        ("项目预算" + "…" * 100, False),
    ],
)
def test_left_overs_of_the_form(text: str, is_left: bool) -> None:
    assert is_placeholder(text) is is_left


@pytest.mark.parametrize(("text", "is_empty"), [("——", True), (" 无 ", True), ("　" * 100, True), ("无" * 100, False)])
def test_marks_for_nothing(text: str, is_empty: bool) -> None:
    assert is_nothing(text) is is_empty
