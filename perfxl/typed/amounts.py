"""What people type as numbers, and what they type as standards to hold a number against. Rounding, in one place.

Nothing is guessed from magnitude: a number counts as it stands, a unit counts only where it is typed.
"""

import math
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from perfxl.typed.wording import DOUBT, has_odd_figures, parse_date, squeeze_figures

ONE = Decimal(1)
HALF = Decimal("0.5")
MONEY_UNITS = {
    "元": ONE,
    "千元": Decimal(1000),
    "万元": Decimal(10000),
    "百万元": Decimal(10**6),
    "亿元": Decimal(10**8),
}
"""Units of money in 元."""
OFFICE_UNIT = "万元"
"""The finance office's own unit: of every amount in the summary, and in its lists where no heading says another."""

TEN_THOUSAND = 10_000

_PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_AMOUNT = re.compile(rf"(?:[¥￥]|人民币)?([-+−]?{_PLAIN})(%|[^\d,.]*)")
_BRACKETED = re.compile(r"\(([^()]*)\)")


_WIDE = Context(prec=100_000)
"""Rounding never fails, however large a number somebody typed (1e300 in a cell, thousands of digits in a text)."""


def round_half_up(value: Decimal, places: int) -> Decimal:
    """The value rounded half-up (away from zero) to so many places: 0.445 -> 0.45."""
    return value.quantize(ONE.scaleb(-places), ROUND_HALF_UP, context=_WIDE)


def cut_off(value: Decimal, places: int) -> Decimal:
    """The value with the further places cut off, as people often do instead of rounding."""
    return value.quantize(ONE.scaleb(-places), ROUND_DOWN, context=_WIDE)


def places_of(value: Decimal) -> int:
    """How many digits behind the point a number shows: 33.30 -> 1, 100 -> 0."""
    return len(plain(value).partition(".")[2])


def is_sum(total: Decimal, parts: Sequence[Decimal]) -> bool:
    """Whether amounts make a total at the precision of their unit.

    Half a unit of the last place that total and parts show may be lacking, and what rounding of each part to two
    places may cost together: three times 33.33, or =100/3, make 100.
    """
    shown = max(map(places_of, (total, *parts)))
    lost = max(HALF.scaleb(-shown), HALF.scaleb(-2) * sum(part != 0 for part in parts))
    return abs(total - sum(parts, Decimal(0))) < lost


def is_rounded(stated: Decimal, exact_value: Decimal, least_places: int = 0) -> bool:
    """Whether a stated figure is the exact one, rounded half-up to the places that it shows: 97 or 96.9 for 96.85."""
    places = max(places_of(stated), least_places)
    return round_half_up(exact_value, places) == stated


def is_cut(stated: Decimal, exact_value: Decimal) -> bool:
    """Whether a stated figure is the exact one with its further places cut off: 96.8 for 96.85."""
    return stated != exact_value and cut_off(exact_value, places_of(stated)) == stated


def ratio(part: Decimal | None, whole: Decimal | None, places: int = 4) -> Decimal | None:
    """part / whole as a fraction, half-up; None where either is missing or the whole is not positive."""
    if part is None or whole is None or whole <= 0:
        return None
    return round_half_up(part / whole, places)


def exact(number: float | int) -> Decimal | None:
    """A cell's number as a Decimal of the 15 digits that a spreadsheet shows; None for NaN and infinity."""
    if not math.isfinite(number):
        return None
    if number == 0:  # also -0.0
        return Decimal(0)
    return Decimal(format(number, ".15g")) if isinstance(number, float) else Decimal(number)


def plain(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros at the end. 98.50 -> 98.5."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(rate: Decimal) -> str:
    """A fraction as a percentage of two places: 0.4484 -> 44.84%."""
    return f"{round_half_up(rate * 100, 2)}%"


def converted(value: Decimal, unit: str, wanted: str) -> Decimal:
    """An amount of 元, 千元, ... in another unit of money, exact."""
    return value if unit == wanted else value * MONEY_UNITS[unit] / MONEY_UNITS[wanted]


@dataclass(frozen=True, slots=True)
class Misread:
    """What an amount would be if it had been typed in another unit: that unit ("" where none is so large or small)."""

    unit: str
    amount: Decimal


def misread(amount: Decimal, other: Decimal, unit: str) -> Misread | None:
    """How an amount was probably typed, where ten thousand times less or more would agree with another within a factor of 2.

    Args:
        amount: in `unit`, as it is doubted.
        other: what it is held against, in the same unit.
        unit: 万元, 元 ...
    """
    if not amount or not other:
        return None
    for corrected, size in ((amount / TEN_THOUSAND, ONE / TEN_THOUSAND), (amount * TEN_THOUSAND, ONE * TEN_THOUSAND)):
        if other / 2 <= corrected <= other * 2:
            wanted = MONEY_UNITS.get(unit, Decimal(0)) * size
            return Misread(next((name for name, value in MONEY_UNITS.items() if value == wanted), ""), corrected)
    return None


@dataclass(frozen=True, slots=True)
class Amount:
    """A number read out of a text and the unit typed behind it, empty where there was none."""

    value: Decimal
    unit: str


@lru_cache(maxsize=8192)
def parse_amount(text: str) -> Amount | None:
    """The number that a text means: ２１５,457.6, 1 794 500, 98.5分, ￥195.01 万元, 人民币195.01(万元)整, 100%.

    None for anything doubtful: 677,00, two numbers (10⏎6, 98 108), an exponent (10²).
    """
    squeezed = squeeze_figures(text)
    match = _AMOUNT.fullmatch(squeezed.replace("百分比", "%"))
    if not match or DOUBT in squeezed:
        return None
    number, unit = match[1], _BRACKETED.sub(r"\1", match[2].removesuffix("整"))
    return Amount(Decimal(number.replace(",", "").replace("−", "-")), unit)


def is_doubtful_number(text: str) -> bool:
    """Whether a text is nothing but a number, with sign and unit, that cannot be told for certain: 10⏎6, 98 108人, 10², ⑩."""
    squeezed = squeeze_figures(text)
    return (DOUBT in squeezed or has_odd_figures(text)) and bool(_DOUBTFUL.fullmatch(squeezed))


@dataclass(frozen=True, slots=True)
class Interval:
    """What a standard or target asks for: an interval of numbers or of days, with its unit.

    Attributes:
        low: lower bound, None where open. A single value has low == high.
        high: upper bound, None where open.
        low_open: whether the lower bound itself lies outside.
        high_open: whether the upper bound itself lies outside.
        unit: as typed, "" where none; "日期" for dates (bounds are day numbers).
    """

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    unit: str = ""

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high

    def holds(self, value: Decimal) -> bool:
        """Whether the value lies within."""
        above = self.low is None or value > self.low or (value == self.low and not self.low_open)
        below = self.high is None or value < self.high or (value == self.high and not self.high_open)
        return above and below


_LOW = r">=|=>|≥|大于等于|大于或等于|不低于|不少于|不小于|不得低于|不得少于|至少"
_LOW_OPEN = r">|大于|高于|超过|多于"
_HIGH = r"<=|=<|≤|小于等于|小于或等于|不超过|不高于|不大于|不多于|不得超过|不得高于|至多|最多|控制在"
_HIGH_OPEN = r"<|小于|低于|少于|不足|不到"
_COUNTED = r"(?:及|含|不含|\(含\)|\(不含\))?"
_UPWARD = rf"{_COUNTED}以上(?:\(不?含\))?"
_DOWNWARD = rf"{_COUNTED}以下(?:\(不?含\))?|以内|之内"
_STATED = re.compile(rf"(?P<sign>{_LOW}|{_HIGH}|{_LOW_OPEN}|{_HIGH_OPEN}|=|百分之)?(?P<number>{_PLAIN})")
_DOUBTFUL = re.compile(rf"(?:{_LOW}|{_HIGH}|[<>=约])?[-+−]?[\d.,;{DOUBT}]+(?:%|[^\W\d_]{{0,3}})")
_BEHIND = re.compile(
    rf"(?P<unit>%|百分比|[^\W\d_]{{0,6}}?)(?:(?P<up>{_UPWARD})|(?P<down>{_DOWNWARD})|(?P<to>[-—~至到]))?"
)
_INSIDE = re.compile(rf"(?P<unit>%|百分比|[^\W\d_]{{0,3}}?)(?:(?P<up>{_UPWARD})|(?P<down>{_DOWNWARD})|(?P<to>(?!)))")
_START = r"(?<!\d)(?<!\d[.,])"  # a number is tried once, from its first digit: the search stays linear
_UNIT = r"(%|[^\W\d_]{0,3}?)"
_CHAIN = re.compile(
    rf"{_START}({_PLAIN}){_UNIT}(≤|<=|<|≥|>=|>)[^\d<>=≤≥]{{0,12}}(≤|<=|<|≥|>=|>)({_PLAIN}){_UNIT}(?![^\W_])"
)
_BRACKETS = re.compile(rf"([\[(])({_PLAIN}){_UNIT},({_PLAIN}){_UNIT}([\])])")
_MARK = rf"(\(不?含(?:{_PLAIN}%?|本数)?\))?"
_MARKED = re.compile(rf"{_START}({_PLAIN}){_UNIT}{_MARK}[-—~至到]({_PLAIN}){_UNIT}{_MARK}")
_NO_STANDARD = re.compile(r"[年月日号级届]")
_BEFORE = r"[底末]?(?:之?前|以前)?"
_MONTH = re.compile(rf"(\d{{4}})年(\d{{1,2}})月{_BEFORE}")
_ASIDE = re.compile(r"\((?!不?含|次)[^()]*\)")
_SQUARES = re.compile(r"(km2|m2|m3)(?![a-zA-Z\d])")
_SQUARE_NAMES = {"km2": "平方公里", "m2": "平方米", "m3": "立方米"}
_EVERY = re.compile(r"每个?(半年|季度?|月|旬|周|星期|天|日)|(半年|月均|季均|周均|日均)(?=\d)")
_PERIODS = {"季度": "季", "季均": "季", "月均": "月", "周均": "周", "星期": "周", "日均": "日", "天": "日"}
_CHINESE = re.compile(rf"([一二两三四五六七八九十])([^\d一二三四五六七八九十]{{1,3}}?)({_UPWARD}|{_DOWNWARD})?")
_DIGITS = dict(zip("一二三四五六七八九十两", ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "2"], strict=True))


@lru_cache(maxsize=8192)
def parse_threshold(text: str) -> Interval | None:
    """The interval that a standard or target means; None where no single one can be said.

    Understands 1000条, 1000条以上, >=90%, ≥100百分比, 18%以上, 5500平方米-6500平方米, 95-98%, 大于250天, 不少于7篇, =100%,
    完成80%, 二起以上, 80%≤X<90%, ≥80%且<90%, 80%(含)-90%(不含), [80%,90%), 2014年10月底前 (the days of that month). Text around
    the number is passed over, and so are years and numbers that belong to a name; of several numbers the only one with a
    sign or 以上/以下 counts, else the only one that stands outside of brackets, otherwise none is chosen. None too where it
    cannot be said whether two numbers are one (10⏎6).
    """
    squeezed = _SQUARES.sub(lambda unit: _SQUARE_NAMES[unit[1]], squeeze_figures(text))
    if DOUBT in squeezed:
        return None
    # dates and ranges first: their ends, taken singly, are several numbers, of which none counts
    whole = _parse_days(squeezed) or _parse_range(squeezed)
    if whole:
        return whole
    squeezed = re.sub(rf"\((不?含)(?:{_PLAIN}%?|本数)\)", r"(\1)", squeezed)
    chinese = _CHINESE.fullmatch(squeezed)
    if chinese:
        squeezed = _DIGITS[chinese[1]] + squeezed[1:]
    found = _stated(_ASIDE.sub("", squeezed)) or _stated(squeezed)
    return _per_period(found, squeezed) if found else None


def _stated(text: str) -> Interval | None:
    """The only bound or number that a text states, or its lower and upper bound as one range."""
    found = list(_statements(text))
    if len(found) > 1:
        found = _joined([threshold for threshold in found if not threshold.is_point])
    return found[0] if len(found) == 1 else None


def _per_period(threshold: Interval, text: str) -> Interval:
    """The threshold with the period that it is for in its unit: 每月1次 is 次/月, which is not 次."""
    match = _EVERY.search(text)
    if match is None:
        return threshold
    period = match[1] or match[2]
    return replace(threshold, unit=f"{threshold.unit}/{_PERIODS.get(period, period)}")


def _parse_range(text: str) -> Interval | None:
    """A range whose ends say whether they count: 80%≤X<90%, [80%,90%), 80%(含)-90%(不含); 80%(含)-90% leaves 90 out."""
    if match := _CHAIN.search(text):
        first, unit, left, right, second, other = match.groups()
        if left[0] in ">≥":
            first, second, left, right = second, first, right, left
        return _range(first, second, left in "<>", right in "<>", unit or other)
    if (match := _BRACKETS.search(text)) and match[1] + match[6] != "()":
        return _range(match[2], match[4], match[1] == "(", match[6] == ")", match[3] or match[5])
    if (match := _MARKED.search(text)) and (match[3] or match[6]):
        first, second = match[3] or "", match[6] or ""
        marks = first + second
        low_open = "不含" in first or f"不含{match[1]}" in marks
        high_open = "不含" in second and f"不含{match[1]}" not in marks
        high_open = high_open or f"不含{match[4]}" in marks or (not second and "不含" not in first)
        return _range(match[1], match[4], low_open, high_open, match[2] or match[5])
    return None


def _range(first: str, second: str, low_open: bool, high_open: bool, unit: str) -> Interval | None:
    low, high = _number(first), _number(second)
    return Interval(low, high, low_open, high_open, unit) if low < high else None


def _joined(found: list[Interval]) -> list[Interval]:
    """A lower and an upper bound of the same unit as one range: ≥80%且<90%, 80分以上90分以下."""
    if len(found) != 2:
        return found
    lower = next((one for one in found if one.high is None and one.low is not None), None)
    upper = next((one for one in found if one.low is None and one.high is not None), None)
    if lower is None or upper is None or (lower.unit and upper.unit and lower.unit != upper.unit):
        return found
    if lower.low is None or upper.high is None or lower.low >= upper.high:
        return found
    return [Interval(lower.low, upper.high, lower.low_open, upper.high_open, lower.unit or upper.unit)]


def _statements(text: str) -> Iterator[Interval]:
    """Each number or range in the text, with its sign and unit."""
    matches = list(_STATED.finditer(text))
    position = 0
    while position < len(matches):
        match = matches[position]
        behind = _behind(matches, position, text)
        second = None
        if behind["to"] and position + 1 < len(matches) and not matches[position + 1]["sign"]:
            position += 1
            second = matches[position]["number"]
            behind = _behind(matches, position, text)
        position += 1
        if not _is_name_part(match, text):
            yield _interval(match["sign"] or "", match["number"], second, behind)


def _behind(matches: list[re.Match[str]], position: int, text: str) -> re.Match[str]:
    """Unit, 以上/以下 or range sign behind a number; an empty unit where other text follows."""
    start = matches[position].end()
    end = matches[position + 1].start() if position + 1 < len(matches) else len(text)
    rest = text[start:end]
    # the strictest first: a unit that fills the gap to the next number is surer than one that begins it
    match = _BEHIND.fullmatch(rest) or _INSIDE.match(rest) or _BEHIND.match(rest)
    assert match is not None  # the last pattern matches the empty string
    return match


def _is_name_part(match: re.Match[str], text: str) -> bool:
    """Whether a number belongs to a name or date: 2020年度, 第3, 琼财预[2011]1606号, S100."""
    before = text[: match.start()][-1:]
    return (
        bool(_NO_STANDARD.match(text[match.end() :]))
        or (before.isascii() and before.isalnum())
        or before in tuple("第[]〔〕")
    )


def _interval(sign: str, first: str, second: str | None, behind: re.Match[str]) -> Interval:
    unit = "%" if behind["unit"] == "百分比" or sign == "百分之" else behind["unit"]
    value = _number(first)
    if second is not None:
        other = _number(second)
        return Interval(min(value, other), max(value, other), unit=unit)
    if behind["up"] or re.fullmatch(_LOW, sign):
        return Interval(value, None, low_open="不含" in (behind["up"] or ""), unit=unit)
    if behind["down"] or re.fullmatch(_HIGH, sign):
        return Interval(None, value, high_open="不含" in (behind["down"] or ""), unit=unit)
    if re.fullmatch(_LOW_OPEN, sign):
        return Interval(value, None, low_open=True, unit=unit)
    if re.fullmatch(_HIGH_OPEN, sign):
        return Interval(None, value, high_open=True, unit=unit)
    return Interval(value, value, unit=unit)


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def _parse_days(text: str) -> Interval | None:
    """A month or a day as the interval of its day numbers."""
    day = (
        parse_date(re.sub(r"(?:之?前|以前)$", "", text))
        if "年" in text or text.count("-") == 2 or text.count("/") == 2
        else None
    )
    if day:
        return _days(day, day)
    month = _MONTH.fullmatch(text)
    if not month or not 1 <= int(month[2]) <= 12:
        return None
    year, number = int(month[1]), int(month[2])
    return _days(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def _days(first: date, last: date) -> Interval:
    return Interval(Decimal(first.toordinal()), Decimal(last.toordinal()), unit="日期")
