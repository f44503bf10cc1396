"""A serial number written as a day or a time by a section of a number format."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from perfxl.sight.codes import FormatPiece, FormatSection
from perfxl.sight.figures import rounded

_FIRST_DAY = date(1899, 12, 30)
_LEAP_DAY = 60
"""The 29th of February 1900, which never was, but which Excel counts."""
_DAYS_TO_1904 = 1462
_LAST_SERIAL = 2958466
_SECONDS = 24 * 3600
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_CHINESE_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class _Moment:
    """A serial number as day and time; `whole` counts units of the finest part shown since the beginning."""

    year: int
    month: int
    day: int
    weekday: int
    seconds: Decimal
    total: Decimal


def day_text(section: FormatSection, serial: Decimal, date1904: bool) -> str | None:
    """What a section shows of a serial number; None for a number that no day has (Excel fills the cell with #)."""
    pieces = _with_minutes(list(section.pieces))
    moment = _moment(serial, date1904, _places(pieces), any(piece.text in ("s", "ss") for piece in pieces))
    if moment is None:
        return None
    has_half = section.has("half")
    return "".join(_parts(pieces, moment, has_half))


def _with_minutes(pieces: list[FormatPiece]) -> list[FormatPiece]:
    """The pieces in small letters; an m behind hours or before seconds is a minute (n)."""
    marked: list[FormatPiece] = []
    times = [place for place, piece in enumerate(pieces) if piece.kind in ("day", "elapsed")]
    for place, piece in enumerate(pieces):
        text = piece.text.lower() if piece.kind in ("day", "elapsed") else piece.text
        if piece.kind == "day" and text[0] == "m" and len(text) <= 2:
            at = times.index(place)
            before = pieces[times[at - 1]].text.lower() if at else ""
            behind = pieces[times[at + 1]].text.lower() if at + 1 < len(times) else ""
            if before[:1] == "h" or behind[:1] == "s":
                text = text.replace("m", "n")
        marked.append(FormatPiece(piece.kind, text))
    return marked


def _places(pieces: list[FormatPiece]) -> int:
    """Decimal places of seconds that are shown."""
    point = next((place for place, piece in enumerate(pieces) if piece.kind == "point"), len(pieces))
    return sum(piece.kind == "digit" for piece in pieces[point:])


def _moment(serial: Decimal, date1904: bool, places: int, has_seconds: bool) -> _Moment | None:
    if date1904:
        serial += _DAYS_TO_1904
    if not 0 <= serial < _LAST_SERIAL:
        return None
    total = rounded(serial * _SECONDS, places if has_seconds else 3)
    days, seconds = divmod(total, _SECONDS)
    number = int(days)
    if number == _LEAP_DAY and not date1904:
        return _Moment(1900, 2, 29, 2, seconds, total)
    if number == 0:
        return _Moment(1900, 1, 0, 5, seconds, total)
    if number >= _LAST_SERIAL:
        return None
    day = _FIRST_DAY + timedelta(days=number + (number < _LEAP_DAY))
    weekday = (number + 5) % 7 if number < _LEAP_DAY else day.weekday()
    return _Moment(day.year, day.month, day.day, weekday, seconds, total)


def _parts(pieces: list[FormatPiece], moment: _Moment, has_half: bool) -> Iterator[str]:
    in_seconds, place = False, 0
    fraction = format(moment.seconds % 1, "f").partition(".")[2]
    for piece in pieces:
        if piece.kind in ("day", "elapsed"):
            in_seconds = piece.text[0] == "s"
            yield _elapsed(piece.text, moment) if piece.kind == "elapsed" else _part(piece.text, moment, has_half)
        elif piece.kind == "half":
            yield _half(piece.text, moment)
        elif piece.kind == "point" and in_seconds:
            yield "."
        elif piece.kind == "digit" and in_seconds:
            yield fraction[place : place + 1] or "0"
            place += 1
        else:
            yield piece.text


def _half(text: str, moment: _Moment) -> str:
    first, second = text.split("/")
    return first if moment.seconds < _SECONDS // 2 else second


def _elapsed(text: str, moment: _Moment) -> str:
    unit = {"h": 3600, "m": 60, "s": 1}[text[0]]
    return str(int(moment.total // unit)).zfill(len(text))


def _part(text: str, moment: _Moment, has_half: bool) -> str:
    letter, width = text[0], len(text)
    if letter in "ye":
        return f"{moment.year % 100:02d}" if width <= 2 and letter == "y" else f"{moment.year:04d}"
    if letter == "m":
        return _named(_MONTHS[moment.month - 1], moment.month, width)
    if letter == "d":
        return _named(_WEEKDAYS[moment.weekday], moment.day, width)
    if letter == "a":
        return ("星期" if width > 3 else "") + _CHINESE_WEEKDAYS[moment.weekday]
    if letter == "b":
        return str(moment.year + 543)[-2 if width <= 2 else -4 :]
    if letter == "g":
        return ""
    return str(_clock(letter, moment, has_half)).zfill(min(width, 2))


def _named(name: str, number: int, width: int) -> str:
    """A month or day as number, short name, full name or first letter."""
    if width <= 2:
        return str(number).zfill(width)
    return {3: name[:3], 5: name[0]}.get(width, name)


def _clock(letter: str, moment: _Moment, has_half: bool) -> int:
    seconds = int(moment.seconds)
    if letter == "s":
        return seconds % 60
    if letter == "n":
        return seconds // 60 % 60
    hour = seconds // 3600
    return (hour % 12 or 12) if has_half else hour


def only_elapsed(section: FormatSection) -> bool:
    """Whether a section shows nothing but hours, minutes or seconds since the beginning, which looks like a number."""
    return section.has("elapsed") and not section.has("day", "half") and not re.search(r"\d", _literals(section))


def _literals(section: FormatSection) -> str:
    return "".join(piece.text for piece in section.pieces if piece.kind == "text")
