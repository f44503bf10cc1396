"""One raw cell -> what it means. Nothing is guessed: what cannot be read is reported, what was converted is shown."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from perfxl.dossier import trimmed
from perfxl.model import State, Value
from perfxl.schemes.spec import Field, Type
from perfxl.typed.amounts import MONEY_UNITS, exact, is_doubtful_number, parse_amount, plain
from perfxl.typed.wording import (
    is_nothing,
    is_placeholder,
    label_key,
    parse_date,
    squeeze_figures,
    ticked,
    without_points,
)

MOST = 10**15
"""A spreadsheet shows 15 digits; no budget has more."""
UNIT_NAMES = {"points": "分", "percent": "%"}
_ONE_NUMBER = "一格一个数，数字中间不留空格、不换行，不用上标和圈码"
STORED = (int, float)
"""As what a workbook's reader gives numbers."""
_YEAR = re.compile(r"((?:19|20)\d{2})(?:年度?)?")


class Meaning(NamedTuple):
    """What a raw cell means; `code` is the finding that reading it makes, with what was found and used."""

    value: Value
    state: State
    code: str = ""
    found: str = ""
    expected: str = ""


_BLANK = Meaning(None, State.BLANK)


def unit_of(datum: Field, money_unit: str) -> str:
    """The unit in which the form asks for a datum; "" where it has none."""
    return money_unit if datum.type == "money" else UNIT_NAMES.get(datum.type, "")


def parse_cell(datum: Field, raw: object, money_unit: str) -> Meaning:
    """What a filled cell means for the datum that stands there."""
    return _BLANK if raw is None else _PARSERS[datum.type](datum, raw, money_unit)


def is_lost_text(datum: Field, raw: object) -> bool:
    """Whether a cell holds the 0 that some programs (LibreOffice as .xls) store for a formula whose result is a text."""
    return bool(datum.live) and not datum.is_number and isinstance(raw, STORED) and raw is not False and raw == 0


def text_of(raw: object) -> str:
    """A raw value as the text that a person sees in the cell."""
    if isinstance(raw, str):
        return trimmed(raw)
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, STORED):
        number = exact(raw)
        return plain(number) if number is not None else str(raw)
    if isinstance(raw, datetime) and raw.time() == time():
        return raw.date().isoformat()
    return str(raw)


def _text(datum: Field, raw: object, _: str) -> Meaning:
    text = trimmed(raw) if isinstance(raw, str) else text_of(raw)
    if not text:
        return _BLANK
    return Meaning(_chosen(datum, text) if datum.choices else text, State.READ)


def _chosen(datum: Field, text: str) -> str:
    """The choice that a text picks, also with points behind it (产出指标(50分)); the text itself where it picks none or several."""
    if datum.free:
        keys = (label_key(text), without_points(text))
        return next((choice for choice in datum.choices if label_key(choice) in keys), text)
    picked = ticked(text, datum.choices)
    return picked[0] if len(picked) == 1 else text


def _date(datum: Field, raw: object, money_unit: str) -> Meaning:
    day = parse_date(raw)
    return Meaning(day, State.READ) if day else _text(datum, raw, money_unit)


def _year(_: Field, raw: object, __: str) -> Meaning:
    if isinstance(raw, date):
        return Meaning(Decimal(raw.year), State.READ)
    text = text_of(raw)
    if not text:
        return _BLANK
    match = _YEAR.fullmatch(squeeze_figures(text))
    if match:
        return Meaning(Decimal(match[1]), State.READ)
    return Meaning(None, State.UNREADABLE, "ST06", text, "四位年份，例如 2020")


def _any(datum: Field, raw: object, money_unit: str) -> Meaning:
    if isinstance(raw, STORED) and not isinstance(raw, bool):
        return _number(datum, raw, money_unit)
    if isinstance(raw, str) and is_doubtful_number(raw):
        return Meaning(None, State.UNREADABLE, "ST06", trimmed(raw), f"一个数字（{_ONE_NUMBER}）或文字")
    return _text(datum, raw, money_unit)


def _number(datum: Field, raw: object, money_unit: str) -> Meaning:
    meaning = _stored_number(raw) if isinstance(raw, STORED) else None
    if meaning is not None:
        return meaning
    unit = unit_of(datum, money_unit)
    expected = f"数字（单位：{unit}）" if unit else "数字"
    if not isinstance(raw, str):
        return Meaning(None, State.UNREADABLE, "ST06", text_of(raw), expected)
    if is_nothing(raw) or is_placeholder(raw):
        return _BLANK
    return _typed_number(raw, unit, expected)


@lru_cache(maxsize=8192, typed=True)
def _stored_number(raw: float | int) -> Meaning | None:
    """What a number in a cell means; None where a spreadsheet could not show it, or it is no number (TRUE)."""
    number = None if isinstance(raw, bool) else exact(raw)
    return Meaning(number, State.READ) if number is not None and abs(number) < MOST else None


def _typed_number(raw: str, unit: str, expected: str) -> Meaning:
    """A number typed as text, perhaps with its unit."""
    amount = parse_amount(raw)
    found = trimmed(raw)
    if amount is None or abs(amount.value) >= MOST:
        hint = f"（{_ONE_NUMBER}）" if is_doubtful_number(raw) else ""
        return Meaning(None, State.UNREADABLE, "ST06", found, f"{expected}{hint}")
    typed = "万元" if amount.unit == "万" else amount.unit
    if typed in ("", unit):
        return Meaning(amount.value, State.READ, "ST09", found, f"{plain(amount.value)}{unit}")
    if unit in MONEY_UNITS and typed in MONEY_UNITS:
        value = amount.value * MONEY_UNITS[typed] / MONEY_UNITS[unit]
        return Meaning(value, State.READ, "ST11", found, f"{plain(value)}{unit}")
    return Meaning(None, State.UNREADABLE, "ST06", found, expected)


_PARSERS: Mapping[Type, Callable[[Field, object, str], Meaning]] = {
    "text": _text,
    "choice": _text,
    "phone": _text,
    "date": _date,
    "year": _year,
    "any": _any,
    "money": _number,
    "points": _number,
    "rate": _number,
    "percent": _number,
}
"""How a raw cell is read, by what it should hold."""
