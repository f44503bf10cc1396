"""The standards 优 良 中 差 of a target as a ladder, and the grade of an actual value on it."""

import itertools
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from perfxl.model import Row
from perfxl.typed.amounts import Interval, parse_threshold
from perfxl.typed.wording import is_nothing, squeeze

STANDARDS = ("excellent", "good", "fair", "poor")
"""Columns of the standards from best to worst; they stand for the scheme's grades in the same order."""


class Direction(StrEnum):
    """Which way a ladder ranks: more is better, or less is better."""

    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Ladder:
    """The four standards of a target from best to worst.

    Attributes:
        texts: as typed, "" where blank.
        bands: what each asks for, None where no number can be held against it.
        direction: None where the measured bands neither rise nor fall.
    """

    texts: tuple[str, ...]
    bands: tuple[Interval | None, ...]
    direction: Direction | None

    @property
    def measured(self) -> list[Interval]:
        return [band for band in self.bands if band is not None]

    @property
    def unit(self) -> str:
        """The unit that the standards share; "" where none was typed."""
        return next((band.unit for band in self.measured if band.unit), "")

    @property
    def has_one_unit(self) -> bool:
        return all(same_unit(self.unit, band.unit) for band in self.measured)


def ladder_of(target: Row) -> Ladder:
    """The ladder of one row of the targets table."""
    return _ladder(tuple(target[key].text for key in STANDARDS))


@lru_cache(maxsize=4096)
def _ladder(texts: tuple[str, ...]) -> Ladder:
    typed = [None if is_nothing(text) else parse_threshold(text) for text in texts]
    unit = next((band.unit for band in typed if band is not None and band.unit), "")
    bands = tuple(None if band is None else in_unit(band, unit) for band in typed)
    return Ladder(texts, bands, _direction([band for band in bands if band is not None]))


def _direction(bands: list[Interval]) -> Direction | None:
    """The order of the bands' bounds; bands may share a bound (18%, 18%以上) but not all of them."""
    bounds = [bound for band in bands if (bound := band.low if band.low is not None else band.high) is not None]
    if len(bounds) < 2 or len(set(bounds)) == 1:
        return None
    if all(better >= worse for better, worse in itertools.pairwise(bounds)):
        return Direction.RISING
    if all(better <= worse for better, worse in itertools.pairwise(bounds)):
        return Direction.FALLING
    return None


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, but for blanks, width and marks at their end."""
    return bool(one) and squeeze(one).rstrip(_MARKS) == squeeze(other).rstrip(_MARKS)


def grade_on(ladder: Ladder, actual: str, grades: tuple[str, ...]) -> str | None:
    """The grade of an actual value; None where it is blank or cannot be held against the standards.

    The same words as a standard get its grade. A number gets the best band whose bound it reaches, so that values in
    a gap between bands belong to the lower one, and what reaches no band belongs to the last.
    """
    if is_nothing(actual):
        return None
    # words first: who repeats a standard has said which it is, whether or not there is a number in it
    for text, grade in zip(ladder.texts, grades, strict=False):
        if same_words(text, actual):
            return grade
    if _is_opposed(actual, ladder):
        return grades[0] if _KEPT.search(ladder.texts[0]) and ladder.bands[0] is None else None
    value = value_of(actual, ladder)
    return None if value is None else grade_of(value, ladder, grades)


def _is_opposed(actual: str, ladder: Ladder) -> bool:
    """Whether a result lies on the other side of what the standards measure: 节约2% beside 超过预算的5%."""
    measured = [text for text, band in zip(ladder.texts, ladder.bands, strict=True) if band is not None]
    return bool(_SAVED.search(actual)) and any(map(_BEYOND.search, measured)) and not any(map(_SAVED.search, measured))


def grade_of(value: Decimal, ladder: Ladder, grades: tuple[str, ...]) -> str | None:
    """The grade of a number (or day number) in the ladder's unit.

    None where the standards neither rise nor fall, and where the number may well be what a standard in words says: 100% or
    more (0% or less) below 全部完成 (不超预算), and where the standard above has lost its number.
    """
    if ladder.direction is None:
        return None
    in_words = False
    for position, (band, grade) in enumerate(zip(ladder.bands, grades, strict=False)):
        if band is None:
            in_words = in_words or bool(ladder.texts[position])
            if in_words and is_all(value, ladder):
                return None
            continue
        worse = [other for other in ladder.bands[position + 1 :] if other is not None]
        if _reaches(value, band, worse, ladder.direction):
            return None if _lost_its_number(ladder, position) and not band.holds(value) else grade
        in_words = False
    last = len(STANDARDS) - 1
    return None if in_words and any(ladder.texts[:last]) and not _ends_in_words(ladder) else grades[last]


def is_all(value: Decimal, ladder: Ladder) -> bool:
    """Whether nothing better can be: 100 % where more is better, nothing where less is."""
    if ladder.direction is Direction.FALLING:
        return value <= 0
    return value >= 100 and ladder.unit == "%"


def _lost_its_number(ladder: Ladder, position: int) -> bool:
    """Whether the standard above one is a bare unit (项 between 4项 and 2项以下), so that the value may belong to it."""
    above = ladder.texts[position - 1] if position else ""
    return bool(ladder.unit) and squeeze(above) == ladder.unit


def _ends_in_words(ladder: Ladder) -> bool:
    """Whether of the standards below the measured ones only the last is in words: it takes what reaches no other."""
    words = [n for n, band in enumerate(ladder.bands) if band is None and ladder.texts[n]]
    measured = [n for n, band in enumerate(ladder.bands) if band is not None]
    return [n for n in words if n > max(measured)] == [len(STANDARDS) - 1]


def value_of(actual: str, ladder: Ladder) -> Decimal | None:
    """The single number that an actual value means, in the ladder's unit; None where there is none."""
    measured = measured_in(actual, ladder)
    if measured is None or not ladder.has_one_unit or not same_unit(measured.unit, ladder.unit):
        return None
    if measured.unit == "日期":
        # of a month the least favourable day counts: the last where earlier is better
        return measured.high if ladder.direction is Direction.FALLING else measured.low
    return measured.low if measured.is_point and not is_bare_share(measured, ladder) else None


def measured_in(text: str, ladder: Ladder) -> Interval | None:
    """What a target or actual value says, in the ladder's unit where that is a multiple of its own (1.2万人, 8000人)."""
    measured = parse_threshold(text)
    return None if measured is None else in_unit(measured, ladder.unit)


def is_bare_share(measured: Interval, ladder: Ladder) -> bool:
    """Whether a number without a unit may be a share of one beside standards in percent: 0.965 or 1 beside 95%.

    A cell that shows 96.5% holds 0.965; nobody can tell it from 0.965%.
    """
    bounds = [bound for band in ladder.measured for bound in (band.low, band.high) if bound is not None]
    if measured.unit or measured.low is None or ladder.unit != "%" or not bounds:
        return False
    return may_be_share(measured.low, min(bounds), max(bounds))


def may_be_share(value: Decimal, least: Decimal, most: Decimal) -> bool:
    """Whether a number of at most 1 is, as a percentage, about as large as the numbers above 1 that it stands beside."""
    return 0 < value <= 1 < least and least / 2 <= value * 100 <= most * 3 / 2


def in_unit(threshold: Interval, unit: str) -> Interval:
    """The threshold in a unit that differs from its own by 万 or 亿 alone; as it is where the units differ otherwise."""
    own, wanted = _MULTIPLE.match(threshold.unit), _MULTIPLE.match(unit)
    assert own is not None
    assert wanted is not None
    if not unit or own[1] == wanted[1] or not own[2] or own[2] != wanted[2]:
        return threshold
    factor = _MULTIPLES[own[1]] / _MULTIPLES[wanted[1]]
    low, high = (None if bound is None else bound * factor for bound in (threshold.low, threshold.high))
    return replace(threshold, low=low, high=high, unit=unit)


def same_unit(one: str, other: str) -> bool:
    """Whether two units may be compared: 人 with 名, 条 with 条信息; a unit that was not typed goes with any but a date."""
    if not (one and other):
        return "日期" not in (one, other)
    short, long = sorted((_SYNONYMS.get(one, one), _SYNONYMS.get(other, other)), key=len)
    return long.startswith(short) and not long.removeprefix(short).startswith(_OTHER_UNITS)


_MARKS = ".。;；,，"
_SAVED = re.compile("节约|节省|节支|结余|未超|不超|没有超|低于预算|少于预算|预算内|降低|压减")
_BEYOND = re.compile("超")
_KEPT = re.compile("不超|未超|没有超|无超|不突破|未突破|预算内|控制在|不高于|节约")
_MULTIPLE = re.compile(r"(万|亿|)(.*)", re.DOTALL)
_MULTIPLES = {"": Decimal(1), "万": Decimal(10**4), "亿": Decimal(10**8)}
_SYNONYMS = {
    "名": "人",
    "位": "人",
    "平米": "平方米",
    "㎡": "平方米",
    "千米": "公里",
    "km": "公里",
    "千克": "公斤",
    "kg": "公斤",
}
_OTHER_UNITS = ("次", "月", "/")
"""Endings that make another unit: 人次 is not 人, 个月 is not 个, 次/月 is not 次."""


def _reaches(value: Decimal, band: Interval, worse: list[Interval], direction: Direction) -> bool:
    """Whether a value is good enough for a band. A band without a worse bound (≤100%) begins where a worse band ends."""
    bound, is_open = (band.low, band.low_open) if direction is Direction.RISING else (band.high, band.high_open)
    if bound is None:
        return not any(other.holds(value) for other in worse)
    beyond = value > bound if direction is Direction.RISING else value < bound
    return beyond or (value == bound and not is_open)
