"""What does a formula come to that stands in a cell for typing? Arithmetic and a few functions over cells of one workbook.

Only what can be said for certain is worked out: a formula with any other function, name or reference is not evaluated, and
neither is one that comes to an error value. Cells are taken with their stored values; nothing is worked out in turn.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from perfxl.sight.functions import (
    DIGITS,
    DIVISION_ERROR,
    ERROR_NAMES,
    FUNCTIONS,
    NUMBER_ERROR,
    REAL,
    Area,
    ErrorValue,
    Failed,
    Operand,
    Scalar,
    Unsupported,
    compared,
    number,
    scalar,
    text,
)

CellReader = Callable[[str, int, int], object]
"""Gives the stored value of a cell: sheet, row, column (from 1); None where it is blank. KeyError: there is no such sheet."""

LONGEST_FORMULA = 8192
"""Characters that Excel takes."""
DEEPEST = 64
MOST_CELLS = 5000
"""Cells that one formula may look at."""
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_FIRST_DAY = date(1899, 12, 30)

_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?(?![\w.!:]))"
    r'|"(?P<text>(?:[^"]|"")*)"'
    r"|(?P<error>#(?:DIV/0!|VALUE!|NUM!|N/A|REF!|NAME\?|NULL!))"
    r"|(?:(?P<sheet>'(?:[^']|'')+'|[^\W\d][\w.]*)!)?\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>\d{1,7})"
    r"(?::\$?(?P<column2>[A-Za-z]{1,3})\$?(?P<row2>\d{1,7}))?(?![\w(.!:#])"
    r"|(?P<function>[A-Za-z_][\w.]*)\s*\("
    r"|(?P<truth>TRUE|FALSE)(?![\w.!])"
    r"|(?P<operator><=|>=|<>|[-+*/^&=<>%(),])"
    r")",
    re.IGNORECASE,
)
_EXTERNAL = re.compile(r"\[\d*[^\]]*\]|\|")
_ORDER = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
"""How tightly an operator binds. A minus sign before a number binds more tightly than all, as Excel has it: -2^2 is 4."""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A formula that was not worked out; `reason` says why, in Chinese."""

    reason: str


@dataclass
class Nesting:
    """How deep in brackets and functions a formula is being worked out, with those that rest on it."""

    depth: int = 0


def evaluate(
    formula: str, sheet: str, value_of: CellReader, nesting: Nesting | None = None
) -> Decimal | str | bool | NotEvaluated:
    """What a formula comes to, a number with the 15 digits that a spreadsheet shows; a reference to a blank cell is 0.

    Args:
        formula: with or without its sign of equality.
        sheet: the sheet on which it stands.
        value_of: gives the stored value of a cell.
        nesting: that of the formulas for which this one is worked out; they share one bound.
    """
    formula = formula.strip().removeprefix("=")
    if len(formula) > LONGEST_FORMULA:
        return NotEvaluated("公式过长")
    nesting = nesting or Nesting()
    above = nesting.depth
    try:
        result = scalar(_Parser(formula, sheet, value_of, nesting).whole())
    except Unsupported as stopped:
        return NotEvaluated(str(stopped))
    except Failed as failed:
        return NotEvaluated(f"结果是错误值 {failed.value.name}")
    finally:
        nesting.depth = above
    if result is None:
        return Decimal(0)
    return DIGITS.plus(result) if isinstance(result, Decimal) else result


class _Parser:
    """Works a formula out while reading it, operators by how tightly they bind."""

    def __init__(self, formula: str, sheet: str, value_of: CellReader, nesting: Nesting) -> None:
        self._formula = formula
        self._sheet = sheet
        self._value_of = value_of
        self._at = 0
        self._nesting = nesting
        self._cells = 0
        self._token = self._next()

    def whole(self) -> Operand:
        result = self._expression(0)
        if self._token is not None:
            raise Unsupported("公式的写法不在核对范围内")
        return result

    def _next(self) -> re.Match[str] | None:
        rest = self._formula[self._at :]
        if not rest.strip():
            return None
        match = _TOKEN.match(self._formula, self._at)
        if match is None:
            external = _EXTERNAL.match(rest.strip().lstrip("'"))
            raise Unsupported("引用了其他工作簿或外部数据" if external else "公式里有名称、整行整列或其他不核对的写法")
        self._at = match.end()
        return match

    def _take(self) -> re.Match[str]:
        token = self._token
        if token is None:
            raise Unsupported("公式不完整")
        self._token = self._next()
        return token

    def _operator(self) -> str:
        return (self._token["operator"] or "") if self._token is not None else ""

    def _expression(self, least: int) -> Operand:
        self._nesting.depth += 1
        if self._nesting.depth > DEEPEST:
            raise Unsupported("公式嵌套过深")
        left = self._postfix(self._operand())
        while (operator := self._operator()) in _ORDER and _ORDER[operator] > least:
            self._take()
            left = _caught(_work, left, operator, self._expression(_ORDER[operator]))
        self._nesting.depth -= 1
        return left

    def _postfix(self, operand: Operand) -> Operand:
        while self._operator() == "%":
            self._take()
            operand = _caught(_hundredth, operand)
        return operand

    def _operand(self) -> Operand:
        token = self._take()
        kind = token.lastgroup
        if token["column"]:
            return self._area(token)
        if kind == "number":
            return Decimal(token["number"])
        if kind == "text":
            return token["text"].replace('""', '"')
        if kind == "error":
            return ErrorValue(token["error"].upper())
        if kind == "truth":
            return token["truth"].upper() == "TRUE"
        if kind == "function":
            return self._function(token["function"])
        return self._signed_or_bracketed(token["operator"])

    def _signed_or_bracketed(self, operator: str) -> Operand:
        if operator == "(":
            inner = self._expression(0)
            self._expect(")")
            return inner
        if operator not in ("-", "+"):
            raise Unsupported("公式的写法不在核对范围内")
        self._nesting.depth += 1
        if self._nesting.depth > DEEPEST:
            raise Unsupported("公式嵌套过深")
        operand = self._postfix(self._operand())
        self._nesting.depth -= 1
        return _caught(_negative if operator == "-" else scalar, operand)

    def _expect(self, operator: str) -> None:
        if self._operator() != operator:
            raise Unsupported("公式的写法不在核对范围内")
        self._take()

    def _function(self, name: str) -> Operand:
        operands: list[Operand] = []
        if self._operator() != ")":
            operands.append(self._argument())
            while self._operator() == ",":
                self._take()
                operands.append(self._argument())
        self._expect(")")
        return _called(name.upper(), operands)

    def _argument(self) -> Operand:
        return None if self._operator() in (",", ")") else self._expression(0)

    def _area(self, token: re.Match[str]) -> Area:
        rows = sorted((int(token["row"]), int(token["row2"] or token["row"])))
        columns = sorted((_column(token["column"]), _column(token["column2"] or token["column"])))
        if not (rows[0] >= 1 and rows[1] <= _LAST_ROW and columns[1] <= _LAST_COLUMN):
            raise Unsupported("公式里有名称、整行整列或其他不核对的写法")
        width, height = columns[1] - columns[0] + 1, rows[1] - rows[0] + 1
        self._cells += width * height
        if self._cells > MOST_CELLS:
            raise Unsupported("公式引用的单元格过多")
        sheet = _sheet_name(token["sheet"]) if token["sheet"] else self._sheet
        values = [
            self._value(sheet, row, column)
            for row in range(rows[0], rows[1] + 1)
            for column in range(columns[0], columns[1] + 1)
        ]
        return Area(tuple(values), width)

    def _value(self, sheet: str, row: int, column: int) -> Scalar:
        try:
            value = self._value_of(sheet, row, column)
        except KeyError as error:
            raise Unsupported(f"引用的工作表“{sheet}”不存在") from error
        return _stored(value)


def _sheet_name(written: str) -> str:
    name = written[1:-1].replace("''", "'") if written.startswith("'") else written
    if "[" in name or "]" in name:
        raise Unsupported("引用了其他工作簿或外部数据")
    if ":" in name:
        raise Unsupported("引用了多张工作表")
    return name


def _column(letters: str) -> int:
    value = 0
    for letter in letters.upper():
        value = value * 26 + ord(letter) - 64
    return value


def _stored(value: object) -> Scalar:
    """A cell's stored value as a value of formulas; days are serial numbers."""
    if value is None or isinstance(value, bool | Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        stored = Decimal(format(value, ".15g"))
        return stored if stored.is_finite() else NUMBER_ERROR
    if isinstance(value, str):
        return ErrorValue(value) if value in ERROR_NAMES else value
    if isinstance(value, datetime):
        passed = value.replace(tzinfo=None) - datetime(_FIRST_DAY.year, _FIRST_DAY.month, _FIRST_DAY.day)
        return DIGITS.plus(Decimal(passed.days) + Decimal(passed.seconds) / 86400)
    if isinstance(value, date):
        return Decimal((value - _FIRST_DAY).days)
    raise Unsupported("引用的单元格里是时间")


def _caught(work: Callable[..., Operand], *operands: Any) -> Operand:
    """What a calculation comes to, an error value where it fails."""
    try:
        return work(*operands)
    except Failed as failed:
        return failed.value
    except DivisionByZero:
        return DIVISION_ERROR
    except (InvalidOperation, Overflow):
        return NUMBER_ERROR


def _hundredth(operand: Operand) -> Decimal:
    return REAL.divide(number(operand), Decimal(100))


def _negative(operand: Operand) -> Decimal:
    return REAL.minus(number(operand))


def _work(left: Operand, operator: str, right: Operand) -> Operand:
    if operator in _COMPARED:
        return _COMPARED[operator](compared(left, right))
    if operator == "&":
        return text(left) + text(right)
    one, other = number(left), number(right)
    if operator == "/" and not other:
        return DIVISION_ERROR
    if operator == "^":
        return REAL.power(one, other) if one or other > 0 else (NUMBER_ERROR if not other else DIVISION_ERROR)
    return _ARITHMETIC[operator](one, other)


_COMPARED: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
_ARITHMETIC = {"+": REAL.add, "-": REAL.subtract, "*": REAL.multiply, "/": REAL.divide}


def _called(name: str, operands: list[Operand]) -> Operand:
    """What a function comes to.

    Raises:
        Unsupported: it is none of those that are worked out.
    """
    if name == "IFERROR" and len(operands) == 2:
        first = _caught(scalar, operands[0])
        return operands[1] if isinstance(first, ErrorValue) else operands[0]
    function = FUNCTIONS.get(name)
    if function is None:
        raise Unsupported(f"函数 {name} 不核对")
    if not function.least <= len(operands) <= function.most:
        raise Unsupported(f"函数 {name} 的参数个数不对")
    return _caught(function.work, operands)
