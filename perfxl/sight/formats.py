"""What does a cell show of the value that it holds? The number format read as Excel and WPS read it.

What cannot be known without the program is left aside: the width of the column (####) and rounding to it, the system's own
form of a date.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from perfxl.sight.codes import GENERAL_CODE, GENERAL_SECTION, LONGEST_CODE, FormatSection, builtin_code, sections_of
from perfxl.sight.days import day_text, only_elapsed
from perfxl.sight.figures import general_text, number_text, shown_fraction
from perfxl.sight.numerals import in_numerals

__all__ = ["Shown", "builtin_code", "show"]

_NO_ROOM = "########"
_NUMBER = re.compile(r"(?<![\d.,])(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:E[+-]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_MINUS = re.compile(r"[-−–△▲]|\(\D*\d[^()]*\)|（")
_DASH = re.compile(r"\s*[^\w\s]*\s*[-—–]\s*")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees in a cell.

    Attributes:
        text: the text in the cell; "" where nothing is seen.
        number: the number that a person reads there, in the terms of the text: 98 for 98.00%, 500 for "500.00 万元"; None
            where there is none, where there are several, and for dates.
        is_percent: the format shows a hundredfold with a percent sign (a literal "%" is a text like any other).
        is_date: the format shows a day or a time.
        rounds: the number differs from the stored one, but only by the rounding of its last place.
        colour: the number of the colour in which the format writes it, from 1; 0 where that is the cell's own.
    """

    text: str
    number: Decimal | None = None
    is_percent: bool = False
    is_date: bool = False
    rounds: bool = False
    colour: int = field(default=0, compare=False)


@lru_cache(maxsize=16384, typed=True)
def show(value: Decimal | str | bool, code: str, date1904: bool = False) -> Shown:
    """What a cell with a value and the code of a number format shows.

    An empty code is General. Of a code too long to be one nothing is said: an empty text.
    """
    if len(code) > LONGEST_CODE:
        return Shown("")
    sections = sections_of(code or GENERAL_CODE)
    if isinstance(value, bool):
        return _text(sections, "TRUE" if value else "FALSE")
    if isinstance(value, str):
        return _text(sections, value)
    section, is_own = _section_for(sections, value)
    if section is None:
        return Shown(_NO_ROOM)
    return replace(_number(section, value, is_own, date1904), colour=section.colour)


def _text(sections: tuple[FormatSection, ...], text: str) -> Shown:
    """A text as the text section shows it: the fourth, or the last one where it has an @."""
    if len(sections) < 4 and not sections[-1].has("at"):
        return Shown(text, colour=sections[0].colour if len(sections) == 1 else 0)
    section = sections[min(3, len(sections) - 1)]
    shown = "".join(text if piece.kind == "at" else piece.text for piece in section.pieces)
    return Shown(shown, colour=section.colour)


def _section_for(sections: tuple[FormatSection, ...], value: Decimal) -> tuple[FormatSection | None, bool]:
    """The section that shows a number, and whether it writes negative numbers in its own way, without a minus before it."""
    numeric = list(sections[:3])
    if len(sections) < 4 and numeric[-1].has("at"):
        numeric.pop()
    if not numeric:
        return GENERAL_SECTION, False
    if any(section.sign for section in numeric):
        return _conditional(numeric, value)
    if value < 0 and len(numeric) > 1:
        return numeric[1], True
    return numeric[2 if value == 0 and len(numeric) > 2 else 0], False


def _conditional(numeric: list[FormatSection], value: Decimal) -> tuple[FormatSection | None, bool]:
    """The first section whose condition holds. Without one the first is for positive numbers, the second of three for
    negative ones, the last for the rest; where a last one with a condition does not take the rest, it has no room."""
    for place, section in enumerate(numeric):
        is_last = place == len(numeric) - 1
        if section.sign:
            if section.takes(value):
                return section, section.only_negative
        elif (value > 0 and place == 0) or (value < 0 and place == 1) or is_last:
            return section, place == 1 and value < 0 and numeric[0].sign in (">", ">=") and not numeric[0].limit
    return (GENERAL_SECTION, False) if len(numeric) == 1 else (None, False)


def _number(section: FormatSection, value: Decimal, is_own: bool, date1904: bool) -> Shown:
    if section.has("day", "elapsed", "half"):
        text = day_text(section, value, date1904)
        if text is None:
            return Shown(_NO_ROOM, is_date=True)
        if only_elapsed(section):
            return _seen(section, value, text, text)
        return Shown(in_numerals(text, section.numerals), is_date=True)
    size = abs(value)
    if section.has("general", "at"):
        general = general_text(size)
        body = "".join(general if piece.kind in ("general", "at") else piece.text for piece in section.pieces)
    elif section.has("digit"):
        body = number_text(section, size)
    else:
        body = "".join(piece.text for piece in section.pieces)
    is_zero = section.has("digit") and not re.search("[1-9]", body)
    minus = "-" if value < 0 and not is_own and section.pieces and not is_zero else ""
    return _seen(section, value, minus + body, minus + in_numerals(body, section.numerals, section.has("general")))


def _seen(section: FormatSection, value: Decimal, plain: str, text: str) -> Shown:
    """What is shown as `text`, read in ordinary digits from `plain`."""
    percents = sum(piece.kind == "percent" for piece in section.pieces)
    stored = value * 100 if percents else value
    fraction = shown_fraction(section, abs(value)) if section.has("slash") else None
    if fraction is not None:
        number: Decimal | None = Decimal(fraction.numerator) / Decimal(fraction.denominator)
        step = Decimal(1) / Decimal(fraction.denominator)
    else:
        number, step = _read(plain)
    if number is None:
        is_zero = value == 0 and _DASH.fullmatch(plain)
        return Shown(text, Decimal(0) if is_zero else None, bool(percents))
    if value < 0 and (_MINUS.search(plain) or section.is_red):
        number = -number
    return Shown(text, number, bool(percents), rounds=number != stored and abs(number - stored) * 2 <= step)


def _read(text: str) -> tuple[Decimal | None, Decimal]:
    """The only number in a text, without its sign, and one step of its last place."""
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None, Decimal(0)
    mantissa, mark, power = found[0].upper().partition("E")
    whole, point, decimals = mantissa.partition(".")
    if whole and not _GROUPED.fullmatch(whole):
        return None, Decimal(0)
    number = Decimal(f"{whole.replace(',', '') or '0'}.{decimals or '0'}" if point else whole.replace(",", ""))
    step = Decimal(1).scaleb(-len(decimals) + int(power or "0"))
    return (number.scaleb(int(power)) if mark else number), step
