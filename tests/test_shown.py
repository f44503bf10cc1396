"""What a cell shows of the value that it holds.

* the text of numbers, texts, days, times and truth values in every kind of section
* the number that a person reads, whether it is a percentage, a day, or differs by rounding alone
* LibreOffice shows the same
* shown and read again, a number in General or 0.00 is the stored one up to rounding
"""

from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from office import Converted, by_office
from perfxl.sight.codes import LONGEST_CODE, builtin_code
from perfxl.sight.formats import Shown, show

ACCOUNTING = builtin_code(43)

SEEN = [
    # value, code, text, number, is_percent, is_date, rounds
    ("0.98", "0.00%", "98.00%", "98", True, False, False),
    ("0.97456", "0%", "97%", "97", True, False, True),
    ("0.98", "0%%", "9800%%", "9800", True, False, False),
    ("98", '0"%"', "98%", "98", False, False, False),
    ("98", "0\\%", "98%", "98", False, False, False),
    ("195.0149", "0.00", "195.01", "195.01", False, False, True),
    ("195.0149", '0.00" 万元"', "195.01 万元", "195.01", False, False, True),
    ("1076.47", '"500.00 万元"', "500.00 万元", "500", False, False, False),
    ("1076.47", '"五百"', "五百", None, False, False, False),
    ("1076.47", ";;;", "", None, False, False, False),
    ("1076.47", "#,##0,", "1", "1", False, False, False),
    ("1076470", "#,##0.00,", "1,076.47", "1076.47", False, False, False),
    ("1234567.891", "#,##0.00", "1,234,567.89", "1234567.89", False, False, True),
    ("50000", "0!.0000", "5.0000", "5", False, False, False),
    ("12345", "0!.0,", "1.2", "1.2", False, False, False),
    ("5", '"9"0', "95", "95", False, False, False),
    ("5", '"9 "0', "9 5", None, False, False, False),
    ("-5", "0.00", "-5.00", "-5", False, False, False),
    ("-5", "0.00;0.00", "5.00", "5", False, False, False),
    ("-5", "0.00;[Red]0.00", "5.00", "-5", False, False, False),
    ("-5", "0.00;[红色]0.00", "5.00", "-5", False, False, False),
    ("-5", "0.00_);\\(0.00\\)", "(5.00)", "-5", False, False, False),
    ("-5", ACCOUNTING, " -5.00 ", "-5", False, False, False),
    ("0", ACCOUNTING, " -   ", "0", False, False, False),
    ("0", '0;-0;"零"', "零", None, False, False, False),
    ("500", "[h]", "12000", "12000", False, False, False),
    ("1.5", "[h]:mm:ss", "36:00:00", None, False, True, False),
    ("1076.47", '[>100]"500";0', "500", "500", False, False, False),
    ("50", '[>100]"500";0', "50", "50", False, False, False),
    ("50", "[>100]0;[<10]0.0", "########", None, False, False, False),
    ("-5", "[<0]0;0.0", "5", "5", False, False, False),
    ("46085", "yyyy/m/d", "2026/3/4", None, False, True, False),
    ("46085", 'yyyy"年"m"月"d"日"', "2026年3月4日", None, False, True, False),
    ("46085", "[$-804]aaaa", "星期三", None, False, True, False),
    ("46085.75", '上午/下午h"时"mm"分"', "下午6时00分", None, False, True, False),
    ("46085", "[DBNum1]yyyy", "二〇二六", None, False, True, False),
    ("60", "yyyy/m/d", "1900/2/29", None, False, True, False),
    ("-1", "yyyy/m/d", "########", None, False, True, False),
    ("0.75", "# ?/?", " 3/4", "0.75", False, False, False),
    ("5.25", "# ?/8", "5 2/8", "5.25", False, False, False),
    ("1076.47", "0.00E+00", "1.08E+03", "1080", False, False, True),
    ("1234", "[DBNum1]General", "一千二百三十四", "1234", False, False, False),
    ("100203.5", "[DBNum2]General", "壹拾万零贰佰零叁.伍", "100203.5", False, False, False),
    ("20", "[DBNum1]0", "二〇", "20", False, False, False),
    ("1076.47", "[$¥-804]#,##0.00", "¥1,076.47", "1076.47", False, False, False),
    ("1076.47", 'General"元"', "1076.47元", "1076.47", False, False, False),
    ("1076.47", "G/通用格式", "1076.47", "1076.47", False, False, False),
    ("1076.47", "", "1076.47", "1076.47", False, False, False),
    ("123456789012", "General", "1.23457E+11", "123457000000", False, False, True),
    ("12345678901", "General", "12345678901", "12345678901", False, False, False),
    ("0.1234567891234", "General", "0.123456789", "0.123456789", False, False, True),
    ("0.000012345678", "General", "1.23457E-05", "0.0000123457", False, False, True),
    ("0.00001", "General", "0.00001", "0.00001", False, False, False),
    ("1076.47", "@", "1076.47", "1076.47", False, False, False),
    ("98", "000000", "000098", "98", False, False, False),
    ("1234567", "000-0000", "123-4567", None, False, False, False),
    ("0.004", "0", "0", "0", False, False, True),
    ("1", "0" * (LONGEST_CODE + 1), "", None, False, False, False),
]


@pytest.mark.parametrize(("value", "code", "text", "number", "is_percent", "is_date", "rounds"), SEEN)
def test_a_number_shows_as_its_format_says(
    value: str, code: str, text: str, number: str | None, is_percent: bool, is_date: bool, rounds: bool
) -> None:
    read = None if number is None else Decimal(number)
    assert show(Decimal(value), code) == Shown(text, read, is_percent, is_date, rounds)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("完成", "0.00", "完成"),
        ("完成", "General", "完成"),
        ("完成", '0;-0;0;"500"', "500"),
        ("完成", ";;;", ""),
        ("完成", '0.00;"已"@', "已完成"),
        ("完成", "@", "完成"),
        (True, "0.00", "TRUE"),
        (False, ";;;", ""),
    ],
)
def test_texts_and_truth_values_show_in_the_section_of_texts(value: str | bool, code: str, text: str) -> None:
    assert show(value, code) == Shown(text)


def test_workbooks_that_count_from_1904() -> None:
    assert show(Decimal(44623), "yyyy-mm-dd", True).text == "2026-03-04"
    assert show(Decimal(0), "yyyy-mm-dd", True).text == "1904-01-01"


def test_formats_known_by_number_alone() -> None:
    assert [builtin_code(number) for number in (0, 10, 27, 31, 57, 1000)] == [
        "General",
        "0.00%",
        'yyyy"年"m"月"',
        'yyyy"年"m"月"d"日"',
        'yyyy"年"m"月"',
        "General",
    ]
    days = [number for number in range(60) if show(Decimal(46085), builtin_code(number)).is_date]
    assert days == [*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)]


NUMBERS = [
    "0",
    "1",
    "-1",
    "0.98",
    "1076.47",
    "-1076.47",
    "0.5",
    "-0.004",
    "12345",
    "1234567.891",
    "46085",
    "46085.75",
    "0.333",
    "99999999",
    "195.0149",
    "100",
    "2.5",
    "-2.5",
    "0.125",
]
CODES = [
    *("General", "0", "0.00", "#,##0", "#,##0.00", "0%", "0.00%", "#", "?0.00", "0.00E+00", "##0.0E+0", "0E-0", "@"),
    *("# ?/?", "# ??/??", "# ?/8", "000000", "000-0000", "00.00", "#,#", "0.0.0", '0" "0', "0.0x", "0;;", "0.00;;0"),
    *('0.00" 万元"', 'General"元"', '"合计"0', '0.0"%"', "0\\%", '0;-0;"零"', '0;"-"', '0.00;"无"', "+0;-0;0", ";;;"),
    *("0.00;0.00", "0.00;[Red]0.00", "0.00_);\\(0.00\\)", ACCOUNTING, "¥#,##0.00", "[$¥-804]#,##0.00", "[$-804]0.0"),
    *("#,##0,", "0.00,,", "#,##0.0,", "[<0]0.0;0", "[Red]0.0", "[Color3]0", '0"分"00"秒"'),
]
DAYS = ["61", "100", "1076.47", "12345", "46085", "46085.75", "46086.125"]
DAY_CODES = [
    *("yyyy/m/d", 'yyyy"年"m"月"d"日"', "m/d/yy", "d-mmm-yy", "mmmm", "mmm", "dddd", "ddd", "m", "dd", "yy", "h:mm"),
    *("h:mm:ss", "h:mm AM/PM", "[h]:mm", "mm:ss", "mm:ss.0", "yyyy/m/d h:mm", 'hh"时"mm"分"', "s.00", "[mm]"),
]


PAIRS = [(value, code) for codes, values in ((CODES, NUMBERS), (DAY_CODES, DAYS)) for code in codes for value in values]


def formatted() -> bytes:
    """A workbook with the pairs one below the other."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.set_column(0, 0, 60)
    looks = {code: book.add_format({"num_format": code}) for _, code in PAIRS}
    for row, (value, code) in enumerate(PAIRS):
        sheet.write_number(row, 0, float(value), looks[code])
    book.close()
    return stream.getvalue()


@by_office(formatted, "html")
def test_libreoffice_shows_the_same(office: list[Converted]) -> None:
    """Left out is what it is known to do otherwise than Excel: days before March 1900, 12 digits and more in General, the
    point of 0.###, a second percent sign, the minus sign of conditional sections and of literal ones."""
    page = html.parse(str(office[0].saved), html.HTMLParser(encoding="utf-8"))
    seen = ["".join(cell.itertext()) for cell in page.iter("td")]
    assert len(seen) == len(PAIRS)
    differing = [
        (value, code, show(Decimal(value), code).text, other)
        for (value, code), other in zip(PAIRS, seen, strict=True)
        if "".join(show(Decimal(value), code).text.split()) != "".join(other.split())
    ]
    assert differing == []


REALISTIC = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9)


@given(REALISTIC, st.integers(0, 6))
def test_what_is_read_is_the_stored_number_up_to_rounding(value: Decimal, places: int) -> None:
    shown = show(value, "0" if places == 0 else "0." + "0" * places)
    assert shown.number is not None
    assert abs(shown.number - value) * 2 <= Decimal(1).scaleb(-places)
    assert shown.rounds == (shown.number != value)


@given(REALISTIC)
def test_general_differs_by_rounding_alone(value: Decimal) -> None:
    shown = show(value, "General")
    assert shown.number is not None
    assert shown.number == value or shown.rounds
    assert len(shown.text.lstrip("-")) <= 11


@given(REALISTIC)
def test_a_percentage_is_the_hundredfold(value: Decimal) -> None:
    shown = show(value, "#,##0.00######%")
    assert (shown.number, shown.is_percent, shown.rounds) == (value * 100, True, False)


@given(st.decimals(allow_nan=False, allow_infinity=False), st.text("0#?.,%/E+-!\\\"'[]hms年@;_*yd>1G ", max_size=20))
def test_any_code_shows_something(value: Decimal, code: str) -> None:
    stored = Decimal(format(float(value), ".15g"))
    if stored.is_finite():
        assert isinstance(show(stored, code), Shown)
