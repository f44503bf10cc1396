"""The formulas that the form keeps alive, each with the value that it gives for the present data.

They use what Excel 2010, WPS and LibreOffice share. A stored value of "" means that there is nothing to compute yet.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from perfxl.layout import Layout, Placed, PlacedSheet, Role
from perfxl.model import Value, address, column_letters, quoted_sheet
from perfxl.schemes.spec import Scheme, parse_live
from perfxl.scoring.achievement import LESS, QUALITATIVE, SIGNS, achieve, completion
from perfxl.typed.amounts import round_half_up

_Formula = tuple[str, object]
"""A formula and its present value."""


class FormPlaces:
    """Addresses and values of a layout's data, as formulas name them."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._sheets = {sheet.sheet.name: sheet for sheet in layout.sheets}
        self._tables = {key: (sheet, place) for sheet in layout.sheets for key, place in sheet.tables.items()}

    def cell(self, path: str) -> str:
        """A single datum: the whole column at the row of a locked cell, so that it stays right wherever the cell that
        was typed is cut to, and wherever rows are inserted."""
        sheet, placed = self.layout.places[path]
        name, letters = quoted_sheet(sheet), column_letters(placed.column)
        anchor, below = _anchor(self._sheets[sheet], placed)
        row = f"ROW({name}!${column_letters(anchor.column)}${anchor.row})" + (f"+{below}" if below else "")
        return f"INDEX({name}!${letters}:${letters},{row})"

    def value(self, path: str) -> Value:
        return self.layout.places[path][1].value

    def has_table(self, key: str) -> bool:
        return key in self._tables

    def column(self, table: str, key: str) -> str:
        """A table's column from below its heading down to above whatever stands below it: rows inserted anywhere are
        included, and no reference is to a cell that can be cut."""
        sheet, _ = self._tables[table]
        name, letters = quoted_sheet(sheet.sheet.name), self._letters(table, key)
        whole = f"{name}!${letters}:${letters}"
        return f"INDEX({whole},{self.row(table, True)}):INDEX({whole},{self.row(table, False)})"

    def row(self, table: str, is_first: bool) -> str:
        """The number of a table's first or last row as it is now, as an expression."""
        sheet, place = self._tables[table]
        name = quoted_sheet(sheet.sheet.name)
        return f"ROW({name}!$A${place.heading})+1" if is_first else f"ROW({name}!$A${place.last + 1})-1"

    def values(self, table: str, key: str) -> list[Value]:
        """The values of a table's column, blank rows included."""
        sheet, place = self._tables[table]
        number = column_index(self.layout.scheme, table, key)
        rows = {cell.row: cell.value for cell in sheet.cells if cell.column == number}
        return [rows.get(row) for row in range(place.first, place.last + 1)]

    def shown(self, table: str, key: str) -> list[object]:
        """The values that the live formulas of a table's column give now."""
        sheet, place = self._tables[table]
        number = column_index(self.layout.scheme, table, key)
        rows = {cell.row: cell for cell in sheet.cells if cell.column == number}
        return [live_formula(rows[row], sheet, self.layout)[1] for row in range(place.first, place.last + 1)]

    def numbers(self, table: str, key: str) -> list[Decimal]:
        """The numbers among a table column's values."""
        return [value for value in self.values(table, key) if isinstance(value, Decimal)]

    def _letters(self, table: str, key: str) -> str:
        return column_letters(column_index(self.layout.scheme, table, key))


def _anchor(sheet: PlacedSheet, placed: Placed) -> tuple[Placed, int]:
    """The locked cell by which a cell's row is known, nearest to its left or above, and how many rows below it lies."""
    locked = [cell for cell in sheet.cells if cell.role is not Role.INPUT and cell.row <= placed.row and cell != placed]
    left = [cell for cell in locked if cell.row == placed.row and cell.column < placed.column]
    anchor = max(left or locked, key=lambda cell: (cell.row, cell.column))
    return anchor, placed.row - anchor.row


def column_index(scheme: Scheme, table: str, key: str) -> int:
    """The number of a table's column, from 1."""
    return next(number for number, column in enumerate(scheme.tables[table].columns, 1) if column.key == key)


def live_formula(cell: Placed, sheet: PlacedSheet, layout: Layout) -> _Formula:
    """The formula that the form keeps in a cell, and the value that it gives now."""
    assert cell.field is not None
    name, argument = parse_live(cell.field.live)
    return _FORMULAS[name](cell, sheet, layout, argument)


def keeps_formula(cell: Placed, layout: Layout) -> bool:
    """Whether a cell holds its formula: always where staff do not type; else as long as nothing is stated there and
    it comes to nothing yet, so that a form filled with data holds just these data and goes on computing."""
    if cell.field is None or not cell.field.live:
        return False
    if cell.role in (Role.LIVE, Role.FIXED):
        return True
    if cell.role is not Role.INPUT or cell.value is not None:
        return False
    sources = _sources(cell, layout)
    needs_all = parse_live(cell.field.live)[0] in _OF_TWO
    return any(value is None for value in sources) if needs_all else all(value is None for value in sources)


_OF_TWO = frozenset({"share", "execution"})
"""Formulas that come to nothing while one of their sources is blank."""


def _sources(cell: Placed, layout: Layout) -> Sequence[Value]:
    """The data that a typed-over formula is computed from."""
    assert cell.field is not None
    name, argument = parse_live(cell.field.live)
    places = FormPlaces(layout)
    if name == "grade":
        total = layout.places[argument][1]
        return [total.value, *_sources(total, layout)]
    if name == "share":
        return [places.value(path) for path in _siblings(cell, argument)]
    execution = layout.scheme.execution
    if name == "execution" and execution:
        rate = layout.scheme.rate(execution.rate)
        return [places.value(rate.part), places.value(rate.whole)]
    numbers: list[Value] = [*places.numbers(*argument.split("."))]
    return [*numbers, places.value(execution.score)] if name == "total" and execution else numbers


def _siblings(cell: Placed, keys: str) -> list[str]:
    """Paths of other columns in the same row of a matrix."""
    block, row, _ = cell.path.split(".")
    return [f"{block}.{row}.{key}" for key in keys.split(",")]


# -- the formulas ---------------------------------------------------------------------------------------------------


def _above(cell: Placed, sheet: PlacedSheet, argument: str) -> str:
    """The column's cells from below its table's heading down to the row above, wherever rows are inserted."""
    letters = column_letters(cell.column)
    table = argument.split(".")[0]
    heading = sheet.tables[table].heading if table in sheet.tables else 1
    return f"INDEX({letters}:{letters},ROW({letters}${heading})+1):INDEX({letters}:{letters},ROW()-1)"


def _sum(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    numbers = _above(cell, sheet, argument)
    return f'=IF(COUNT({numbers})=0,"",SUM({numbers}))', _value_of_sum(FormPlaces(layout).numbers(*argument.split(".")))


def _mean(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    numbers = _above(cell, sheet, argument)
    return f'=IF(COUNT({numbers})=0,"",ROUND(AVERAGE({numbers}),2))', ""


def _total(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    """A column's sum with the points for execution: their weight beside weights, their score beside scores."""
    execution = layout.scheme.execution
    numbers, known = _above(cell, sheet, argument), FormPlaces(layout).numbers(*argument.split("."))
    if execution is None:
        return _sum(cell, sheet, layout, argument)
    if argument.endswith("weight"):
        value = _value_of_sum([*known, execution.weight] if known else [])
        return f'=IF(COUNT({numbers})=0,"",SUM({numbers})+{execution.weight})', value
    return f'=IF(COUNT({numbers})=0,"",SUM({numbers})+N({FormPlaces(layout).cell(execution.score)}))', ""


def _value_of_sum(numbers: Sequence[Decimal]) -> object:
    return sum(numbers, Decimal(0)) if numbers else ""


def _grade(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    total = FormPlaces(layout).cell(argument)
    return f'=IF(ISNUMBER({total}),{grade_formula(total, layout.scheme)},"")', ""


def grade_formula(total: str, scheme: Scheme) -> str:
    """The band of a cell's points, as an expression."""
    formula = f'"{scheme.grades[-1].name}"'
    for grade in reversed(scheme.grades[:-1]):
        formula = f'IF({total}>={grade.lower},"{grade.name}",{formula})'
    return formula


def _subtotal(cell: Placed, sheet: PlacedSheet, layout: Layout, key: str) -> _Formula:
    """The sum of a column over the rows that a merged cell spans."""
    number = column_index(layout.scheme, cell.path.split(".")[0], key)
    last, letters = cell.row + cell.height - 1, column_letters(number)
    fixed = [c for c in sheet.cells if c.row == cell.row and c.role is Role.FIXED]
    printed = min(fixed, key=lambda one: (one.height > 1, one.column)).column  # of an open row its level alone
    rows = [f"INDEX({letters}:{letters},ROW({address(row, printed)}))" for row in (cell.row, last)]
    numbers = ":".join(rows)
    scores = [c.value for c in sheet.cells if c.column == number and cell.row <= c.row <= last]
    value = _value_of_sum([score for score in scores if isinstance(score, Decimal)])
    return f'=IF(COUNT({numbers})=0,"",SUM({numbers}))', value


def _share(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    places, paths = FormPlaces(layout), _siblings(cell, argument)
    part, whole = map(places.cell, paths)
    share = _divided(*map(places.value, paths))
    value = "" if share is None else round_half_up(share * 100, 2)
    return f'=IF(AND(ISNUMBER({part}),N({whole})>0),ROUND({part}/{whole}*100,2),"")', value


def _divided(part: Value, whole: Value) -> Decimal | None:
    """The exact share, None where there is none."""
    if not isinstance(part, Decimal) or not isinstance(whole, Decimal) or whole <= 0:
        return None
    return part / whole


def _weight(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    """The points that spending the whole budget gives."""
    execution = layout.scheme.execution
    assert execution is not None
    return f"={execution.weight}", execution.weight


def _execution(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    execution = layout.scheme.execution
    assert execution is not None
    rate, places = layout.scheme.rate(execution.rate), FormPlaces(layout)
    part, whole = places.cell(rate.part), places.cell(rate.whole)
    points = f"ROUND(MAX(0,MIN(1,{part}/{whole}))*{execution.weight},2)"
    share = _divided(places.value(rate.part), places.value(rate.whole))
    value = "" if share is None else round_half_up(max(min(share, Decimal(1)), Decimal(0)) * execution.weight, 2)
    return f'=IF(AND(ISNUMBER({part}),N({whole})>0),{points},"")', value


def _neighbours(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> tuple[list[str], list[Value]]:
    """References and values of other columns in the same row of a table."""
    table = cell.path.split(".")[0]
    numbers = [column_index(layout.scheme, table, key) for key in argument.split(",")]
    row = {other.column: other.value for other in sheet.cells if other.row == cell.row}
    letters = map(column_letters, numbers)
    return [f"INDEX(${one}:${one},ROW())" for one in letters], [row.get(number) for number in numbers]


def _completion(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    (target, actual), (wanted, reached) = _neighbours(cell, sheet, layout, argument)
    share = f"MAX(0,MIN(1,ROUND({_as_shown(actual)}/{_as_shown(target)},4)))"
    value = completion(wanted, reached) if isinstance(wanted, Decimal) and isinstance(reached, Decimal) else None
    formula = f'=IF(AND(ISNUMBER({target}),ISNUMBER({actual}),N({target})>0),{share},"")'
    return formula, "" if value is None else value


def _points(cell: Placed, sheet: PlacedSheet, layout: Layout, argument: str) -> _Formula:
    """The points that numbers in target and actual give; texts are left to perfxl."""
    (sign, target, actual, weight), (stated, wanted, reached, points) = _neighbours(cell, sheet, layout, argument)
    known = f'AND(COUNT({target},{actual},{weight})=3,LEFT(TRIM({sign}),2)<>"{QUALITATIVE}")'
    computed = points_formula(layout.scheme, sign, _as_shown(target), _as_shown(actual), weight)
    formula = f'=IF({known},{computed},"")'
    computing = layout.scheme.computing
    reverse = computing.reverse if computing else "linear"
    if not (isinstance(wanted, Decimal) and isinstance(reached, Decimal) and isinstance(points, Decimal)):
        return formula, ""
    achieved = achieve(stated if isinstance(stated, str) else "", wanted, reached, points, reverse)
    return formula, "" if achieved is None else achieved.points


def points_formula(scheme: Scheme, sign: str, target: str, actual: str, weight: str) -> str:
    """The points of numbers as an expression; of whole columns in an array formula."""
    reverse = scheme.computing.reverse if scheme.computing else "linear"
    linear = f"IF({actual}>=2*{target},0,ROUND((1-({actual}-{target})/{target})*{weight},2))"
    less = linear if reverse == "linear" else f"IF({target}<=0,0,ROUND({target}/{actual}*{weight},2))"
    share = f"ROUND({actual}/{target}*{weight},2)"
    more = f"IF({target}<=0,0,IF({share}<0,0,{share}))"
    equal = f"IF({_says(sign, '=')},{target},1)=0"
    return (
        f"IF({_says(sign, *LESS)},IF({actual}<={target},{weight},{less}),"
        f"IF({equal},IF({actual}<=0,{weight},0),IF({actual}>={target},{weight},{more})))"
    )


def _as_shown(cell: str) -> str:
    """An expression: the number that a cell shows. A spreadsheet stores 0.98 where somebody types 98%."""
    return f'({cell}*IF(LEFT(CELL("format",{cell}),1)="P",100,1))'


def _says(cell: str, *signs: str) -> str:
    """An expression: whether a cell holds one of these signs, in any of the words for it."""
    words = [word for sign in signs for word in SIGNS[sign].split()]
    wide = [word.translate(_WIDE) for word in words if word.translate(_WIDE) != word]
    listed = ",".join(f'"{word}"' for word in (*words, *wide))
    return f"ISNUMBER(MATCH(TRIM({cell}),{{{listed}}},0))"


_WIDE = str.maketrans("<=>", "＜＝＞")

_FORMULAS: dict[str, Callable[[Placed, PlacedSheet, Layout, str], _Formula]] = {
    "sum": _sum,
    "mean": _mean,
    "total": _total,
    "grade": _grade,
    "subtotal": _subtotal,
    "share": _share,
    "weight": _weight,
    "execution": _execution,
    "completion": _completion,
    "points": _points,
}
