"""The values of formulas, how one kind becomes another, and the functions that are worked out.

A blank cell counts as 0 or "", a text that is a number as that number, TRUE as 1: as spreadsheets do. Within areas only
numbers count. An error value passes through all but IFERROR.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from perfxl.sight.figures import general_text

REAL = Context(prec=30, Emax=308, Emin=-400, traps=[DivisionByZero, InvalidOperation, Overflow])
"""More digits than a spreadsheet has, so that only the result is rounded."""
DIGITS = Context(prec=15)
"""As many digits as a spreadsheet shows."""
_NUMBER = re.compile(r"\s*[-+]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][-+]?\d{1,3})?\s*(%?)\s*")
_MOST_PLACES = 300


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """An error value: #DIV/0!, #VALUE!, #NUM!, #N/A, #REF!, #NAME?, #NULL!."""

    name: str


Scalar = Decimal | str | bool | ErrorValue | None


@dataclass(frozen=True, slots=True)
class Area:
    """The values of a cell or range, row by row; `width` cells make a row."""

    values: tuple[Scalar, ...]
    width: int


Operand = Decimal | str | bool | ErrorValue | Area | None

DIVISION_ERROR, VALUE_ERROR, NUMBER_ERROR = ErrorValue("#DIV/0!"), ErrorValue("#VALUE!"), ErrorValue("#NUM!")
ERROR_NAMES = frozenset({"#DIV/0!", "#VALUE!", "#NUM!", "#N/A", "#REF!", "#NAME?", "#NULL!"})


class Failed(Exception):
    """A calculation comes to an error value."""

    def __init__(self, value: ErrorValue) -> None:
        super().__init__(value.name)
        self.value = value


class Unsupported(Exception):
    """A formula that is not worked out here; says why in Chinese."""


def scalar(operand: Operand) -> Decimal | str | bool | None:
    """The only value of an operand.

    Raises:
        Failed: it is an error value.
        Unsupported: it is a range of several cells.
    """
    if isinstance(operand, Area):
        if len(operand.values) != 1:
            raise Unsupported("区域直接参与运算")
        operand = operand.values[0]
    if isinstance(operand, ErrorValue):
        raise Failed(operand)
    return operand


def number(operand: Operand) -> Decimal:
    """An operand as a number.

    Raises:
        Failed: an error value, or a text that is no number.
    """
    value = scalar(operand)
    if value is None:
        return Decimal(0)
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    found = _NUMBER.fullmatch(value)
    if not found:
        raise Failed(VALUE_ERROR)
    stated = Decimal(value.strip().rstrip("%").strip())
    return REAL.multiply(stated, Decimal("0.01")) if found[1] else stated


def text(operand: Operand) -> str:
    """An operand as a text."""
    value = scalar(operand)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return ("-" if value < 0 else "") + general_text(abs(DIGITS.plus(value)))
    return value


def truth(operand: Operand) -> bool:
    """An operand as true or false."""
    value = scalar(operand)
    if isinstance(value, str):
        if value.upper() not in ("TRUE", "FALSE"):
            raise Failed(VALUE_ERROR)
        return value.upper() == "TRUE"
    return bool(value)


def compared(left: Operand, right: Operand) -> int:
    """Whether an operand is less (-1), equal (0) or more (1) than another: numbers < texts < FALSE < TRUE, as Excel has it."""
    one, other = scalar(left), scalar(right)
    one, other = _as_blank(one, other), _as_blank(other, one)
    ranks = _rank(one), _rank(other)
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        one, other = DIGITS.plus(one), DIGITS.plus(other)
        return (one > other) - (one < other)
    first, second = str(one).casefold(), str(other).casefold()
    return (first > second) - (first < second)


def _as_blank(value: Decimal | str | bool | None, other: object) -> Decimal | str | bool:
    if value is not None:
        return value
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else Decimal(0)


def _rank(value: Decimal | str | bool) -> int:
    return 2 if isinstance(value, bool) else 1 if isinstance(value, str) else 0


def _numbers(operands: Sequence[Operand]) -> Iterator[Decimal]:
    """The numbers that SUM and its like take: all that is typed as an argument, in areas only what is a number."""
    for operand in operands:
        if not isinstance(operand, Area):
            yield number(operand)
            continue
        for value in operand.values:
            if isinstance(value, ErrorValue):
                raise Failed(value)
            if isinstance(value, Decimal):
                yield value


def _sum(operands: Sequence[Operand]) -> Decimal:
    total = Decimal(0)
    for value in _numbers(operands):
        total = REAL.add(total, value)
    return total


def _product(operands: Sequence[Operand]) -> Decimal:
    found = list(_numbers(operands))
    total = Decimal(1) if found else Decimal(0)
    for value in found:
        total = REAL.multiply(total, value)
    return total


def _average(operands: Sequence[Operand]) -> Decimal:
    found = list(_numbers(operands))
    if not found:
        raise Failed(DIVISION_ERROR)
    return REAL.divide(_sum(found), Decimal(len(found)))


def _count(operands: Sequence[Operand]) -> Decimal:
    counted = 0
    for operand in operands:
        if isinstance(operand, Area):
            counted += sum(isinstance(value, Decimal) for value in operand.values)
        else:
            counted += isinstance(operand, Decimal | bool) or (
                isinstance(operand, str) and bool(_NUMBER.fullmatch(operand))
            )
    return Decimal(counted)


def _count_filled(operands: Sequence[Operand]) -> Decimal:
    values = [value for one in operands for value in (one.values if isinstance(one, Area) else ["argument"])]
    return Decimal(sum(value is not None for value in values))


def _sum_of_products(operands: Sequence[Operand]) -> Decimal:
    if not all(isinstance(operand, Area) for operand in operands):
        raise Unsupported("SUMPRODUCT 的参数不是区域")
    areas = [operand for operand in operands if isinstance(operand, Area)]
    if len({(len(area.values), area.width) for area in areas}) != 1:
        raise Failed(VALUE_ERROR)
    total = Decimal(0)
    for values in zip(*(area.values for area in areas), strict=True):
        for value in values:
            if isinstance(value, ErrorValue):
                raise Failed(value)
        factors = [value if isinstance(value, Decimal) else Decimal(0) for value in values]
        total = REAL.add(total, _product(factors))
    return total


def _rounding(how: str) -> Callable[[Sequence[Operand]], Decimal]:
    def rounded(operands: Sequence[Operand]) -> Decimal:
        value = DIGITS.plus(number(operands[0]))
        places = int(number(operands[1])) if len(operands) > 1 else 0
        if places >= _MOST_PLACES:
            return value
        step = Decimal(1).scaleb(-max(places, -_MOST_PLACES))
        return value.quantize(step, how, context=Context(prec=1000)) + 0

    return rounded


def _floor(operands: Sequence[Operand]) -> Decimal:
    return DIGITS.plus(number(operands[0])).to_integral_value(ROUND_FLOOR)


def _remainder(operands: Sequence[Operand]) -> Decimal:
    value, divisor = number(operands[0]), number(operands[1])
    if not divisor:
        raise Failed(DIVISION_ERROR)
    times = REAL.divide(value, divisor).to_integral_value(ROUND_FLOOR)
    return REAL.subtract(value, REAL.multiply(times, divisor))


def _if(operands: Sequence[Operand]) -> Operand:
    if truth(operands[0]):
        return operands[1]
    return operands[2] if len(operands) > 2 else False


def _truths(operands: Sequence[Operand]) -> list[bool]:
    """The truth values that AND and OR take; in areas texts and blanks count for nothing."""
    found: list[bool] = []
    for operand in operands:
        for value in operand.values if isinstance(operand, Area) else [operand]:
            if isinstance(value, ErrorValue):
                raise Failed(value)
            if not (isinstance(operand, Area) and (value is None or isinstance(value, str))):
                found.append(truth(value))
    if not found:
        raise Failed(VALUE_ERROR)
    return found


@dataclass(frozen=True, slots=True)
class Function:
    """A function with the least and the greatest number of its arguments."""

    least: int
    most: int
    work: Callable[[Sequence[Operand]], Operand]


_MANY = 255
FUNCTIONS: Mapping[str, Function] = {
    "SUM": Function(1, _MANY, _sum),
    "PRODUCT": Function(1, _MANY, _product),
    "SUMPRODUCT": Function(1, _MANY, _sum_of_products),
    "AVERAGE": Function(1, _MANY, _average),
    "MIN": Function(1, _MANY, lambda operands: min(_numbers(operands), default=Decimal(0))),
    "MAX": Function(1, _MANY, lambda operands: max(_numbers(operands), default=Decimal(0))),
    "COUNT": Function(1, _MANY, _count),
    "COUNTA": Function(1, _MANY, _count_filled),
    "ROUND": Function(2, 2, _rounding(ROUND_HALF_UP)),
    "ROUNDUP": Function(2, 2, _rounding(ROUND_UP)),
    "ROUNDDOWN": Function(2, 2, _rounding(ROUND_DOWN)),
    "TRUNC": Function(1, 2, _rounding(ROUND_DOWN)),
    "INT": Function(1, 1, _floor),
    "ABS": Function(1, 1, lambda operands: abs(number(operands[0]))),
    "MOD": Function(2, 2, _remainder),
    "IF": Function(2, 3, _if),
    "AND": Function(1, _MANY, lambda operands: all(_truths(operands))),
    "OR": Function(1, _MANY, lambda operands: any(_truths(operands))),
    "NOT": Function(1, 1, lambda operands: not truth(operands[0])),
}
"""The functions that are worked out; IFERROR, which catches error values, stands in the parser."""
