"""The standards 优 良 中 差 of a target as a ladder, and the grade of an actual value on it."""

import itertools
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from perfxl.amounts import Threshold, parse_threshold
from perfxl.model import Row
from perfxl.wording import is_nothing, squeeze

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
    bands: tuple[Threshold | None, ...]
    direction: Direction | None

    @property
    def measured(self) -> list[Threshold]:
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
    bands = tuple(None if is_nothing(text) else parse_threshold(text) for text in texts)
    return Ladder(texts, bands, _direction([band for band in bands if band is not None]))


def _direction(bands: list[Threshold]) -> Direction | None:
    """The order of the bands' bounds; bands may share a bound (18%, 18%以上) but not all of them."""
    bounds = [bound for band in bands if (bound := band.low if band.low is not None else band.high) is not None]
    if len(bounds) < 2 or len(set(bounds)) == 1:
        return None
    if all(better >= worse for better, worse in itertools.pairwise(bounds)):
        return Direction.RISING
    if all(better <= worse for better, worse in itertools.pairwise(bounds)):
        return Direction.FALLING
    return None


def grade_on(ladder: Ladder, actual: str, grades: tuple[str, ...]) -> str | None:
    """The grade of an actual value; None where it is blank or cannot be held against the standards.

    The same words as a standard get its grade. A number gets the best band whose bound it reaches, so that values in
    a gap between bands belong to the lower one, and what reaches no band belongs to the last.
    """
    if is_nothing(actual):
        return None
    for text, grade in zip(ladder.texts, grades, strict=False):
        if text and squeeze(text) == squeeze(actual):
            return grade
    value = value_of(actual, ladder)
    return None if value is None else grade_of(value, ladder, grades)


def grade_of(value: Decimal, ladder: Ladder, grades: tuple[str, ...]) -> str | None:
    """The grade of a number (or day number) in the ladder's unit; None where the standards neither rise nor fall."""
    if ladder.direction is None:
        return None
    for position, (band, grade) in enumerate(zip(ladder.bands, grades, strict=False)):
        worse = [other for other in ladder.bands[position + 1 :] if other is not None]
        if band is not None and _reaches(value, band, worse, ladder.direction):
            return grade
    return grades[len(STANDARDS) - 1]


def value_of(actual: str, ladder: Ladder) -> Decimal | None:
    """The single number that an actual value means, in the ladder's unit; None where there is none."""
    measured = parse_threshold(actual)
    if measured is None or not ladder.has_one_unit or not same_unit(measured.unit, ladder.unit):
        return None
    if measured.unit == "日期":
        return measured.high if ladder.direction is Direction.FALLING else measured.low
    return measured.low if measured.is_point else None


def same_unit(one: str, other: str) -> bool:
    """Whether two units may be compared: 人 with 名, 条 with 条信息; a unit that was not typed goes with any but a date."""
    if not (one and other):
        return "日期" not in (one, other)
    short, long = sorted((_PERSONS.get(one, one), _PERSONS.get(other, other)), key=len)
    return long.startswith(short) and long.removeprefix(short) not in _OTHER_UNITS


_PERSONS = {"名": "人", "位": "人"}
_OTHER_UNITS = ("次", "月")
"""Endings that make another unit: 人次 is not 人, 个月 is not 个."""


def _reaches(value: Decimal, band: Threshold, worse: list[Threshold], direction: Direction) -> bool:
    """Whether a value is good enough for a band. A band without a worse bound (≤100%) begins where a worse band ends."""
    bound, is_open = (band.low, band.low_open) if direction is Direction.RISING else (band.high, band.high_open)
    if bound is None:
        return not any(other.holds(value) for other in worse)
    beyond = value > bound if direction is Direction.RISING else value < bound
    return beyond or (value == bound and not is_open)
