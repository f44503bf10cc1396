"""Does a formula in a cell for typing come to what the file has stored for it?

Excel works formulas out as soon as it opens a file: what is seen is what the formula comes to. Arithmetic and a few
functions over cells of the same workbook are worked out here; all others are said to be unchecked. The form's own live
formulas need not be: rules hold what they show against perfxl's own figures.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from perfxl.door.seen import Formula, Place, SheetSight
from perfxl.model import Cell, Finding, address
from perfxl.reading.grid import Book
from perfxl.reading.parsing import text_of
from perfxl.rules import Problem, finding
from perfxl.schemes.spec import Field
from perfxl.sight.formulas import Nesting, NotEvaluated, evaluate
from perfxl.sight.functions import Unsupported
from perfxl.typed.amounts import exact, plain

_FUNCTION = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_OWN = frozenset(
    [
        "IF",
        "COUNT",
        "SUM",
        "INDEX",
        "ROW",
        "ROUND",
        "AVERAGE",
        "N",
        "ISNUMBER",
        "AND",
        "MAX",
        "MIN",
        "LEFT",
        "TRIM",
        "MATCH",
        "CELL",
    ]
)
"""Functions of the form's own formulas."""
_OUTSIDE = re.compile(r"[\[\]|]|\"https?:", re.IGNORECASE)
_TOLERANCE = Decimal("1e-9")
"""Relative: floating-point numbers of two programs differ in their last digits."""


_DEEPEST, _MOST_CELLS = 32, 50_000
"""Formulas that rest on each other, and cells that all formulas of a sheet may look at."""
_SHARED = "shared"
_OF_ANOTHER = " 也是公式，"
SightOf = Callable[[str], SheetSight | None]
"""What is seen of a sheet, by its name."""


class FormulaCheck:
    """Works out the formulas of one sheet, and those that these rest on.

    `counts_as_shown`: the workbook takes numbers as its formats round them, which is not worked out here.
    """

    def __init__(self, book: Book, sheet: str, sight_of: SightOf, counts_as_shown: bool = False) -> None:
        self._book = book
        self._sheet = sheet
        self._sight_of = sight_of
        self._counts_as_shown = counts_as_shown
        self._masters: dict[str, Mapping[str, tuple[Place, str]]] = {}
        self._known: dict[tuple[str, int, int], object] = {}
        self._under_way: set[tuple[str, int, int]] = set()
        self._nesting = Nesting()
        self._looked_at = 0

    def check(self, datum: Field, cell: Cell, formula: Formula) -> Iterator[Finding]:
        """SG06 where a formula comes to something else than what is stored, SG07 where nobody can say here."""
        text = self._text(self._sheet, cell.row, cell.column, formula)
        self._under_way = {(self._sheet, cell.row, cell.column)}
        result = (
            evaluate(text, self._sheet, self._value, self._nesting)
            if text
            else NotEvaluated("公式的写法不在核对范围内")
        )
        if self._counts_as_shown and not isinstance(result, NotEvaluated):
            result = NotEvaluated("工作簿设为“以显示精度为准”，公式按四舍五入后的数计算")
        if isinstance(result, NotEvaluated):
            if datum.live and _is_own(text):
                return
            message = (
                f"“{datum.label}”是公式 ={text[:60]}，无法核对（{result.reason}）；文件里保存的是 {_said(cell.raw)}"
            )
            yield finding("SG07", Problem(cell, message, found=f"={text[:200]}", field=datum.label))
        elif not _is_equal(result, cell.raw):
            shown = plain(result) if isinstance(result, Decimal) else str(result)
            message = f"“{datum.label}”是公式 ={text[:60]}，重新计算得 {shown[:40]}，文件里保存的是 {_said(cell.raw)}"
            yield finding("SG06", Problem(cell, message, found=_said(cell.raw), field=datum.label, shown=shown[:200]))

    def _text(self, sheet: str, row: int, column: int, formula: Formula) -> str:
        """The formula of a cell, "" where it cannot be told; a shared one is its master's, whatever stands in the cell."""
        if formula.kind != _SHARED or (formula.area and formula.text):
            return "" if formula.kind == "dataTable" else formula.text
        place, text = self._masters_of(sheet).get(formula.group, ((0, 0), ""))
        if not text:
            return ""
        from openpyxl.formula.translate import Translator, TranslatorError  # slow to import and hardly ever needed

        try:
            moved = Translator(f"={text}", origin=address(*place)).translate_formula(address(row, column))
            return str(moved)[1:]
        except TranslatorError:
            return ""

    def _masters_of(self, sheet: str) -> Mapping[str, tuple[Place, str]]:
        """The formulas that others share, with their places, by their group; no text where two are called the same."""
        if sheet not in self._masters:
            sight = self._sight_of(sheet)
            found: dict[str, tuple[Place, str]] = {}
            for place, written in sight.cells.items() if sight is not None else ():
                formula = written.formula
                if formula is not None and formula.kind == _SHARED and formula.area and formula.text:
                    found[formula.group] = (place, "" if formula.group in found else formula.text)
            self._masters[sheet] = found
        return self._masters[sheet]

    def _value(self, sheet: str, row: int, column: int) -> object:
        """What a program shows in a cell that a formula names: what its own formula comes to, if it has one."""
        self._looked_at += 1
        if self._looked_at > _MOST_CELLS:
            raise Unsupported("公式引用的单元格过多")
        raw = self._book.grid(sheet).line(row).get(column)
        sight = self._sight_of(sheet)
        written = sight.cells.get((row, column)) if sight is not None else None
        if sight is not None and (kind := sight.worked_out_as(row, column)):
            raise Unsupported(f"{address(row, column)} 在{kind}之内")
        if written is None or written.formula is None:
            return raw
        place = sheet, row, column
        if place not in self._known:
            self._known[place] = self._worked_out(place, written.formula)
        result = self._known[place]
        if isinstance(result, NotEvaluated):
            is_told = _OF_ANOTHER in result.reason
            raise Unsupported(result.reason if is_told else f"{address(row, column)}{_OF_ANOTHER}{result.reason}")
        return result

    def _worked_out(self, place: tuple[str, int, int], formula: Formula) -> object:
        if place in self._under_way:
            return NotEvaluated("公式循环引用")
        if len(self._under_way) > _DEEPEST:
            return NotEvaluated("公式嵌套过深")
        text = self._text(*place, formula)
        self._under_way.add(place)
        result = (
            evaluate(text, place[0], self._value, self._nesting) if text else NotEvaluated("公式的写法不在核对范围内")
        )
        self._under_way.discard(place)
        return result


def _is_own(text: str) -> bool:
    """Whether a formula has nothing in it that the form's own formulas have not."""
    return not _OUTSIDE.search(text) and {name.upper() for name in _FUNCTION.findall(text)} <= _OWN


def _is_equal(result: Decimal | str | bool, raw: object) -> bool:
    if isinstance(result, bool) or isinstance(raw, bool):
        return result is raw
    if isinstance(result, Decimal):
        stored = exact(raw) if isinstance(raw, int | float) else None
        return (stored is None and not isinstance(raw, str)) or (
            stored is not None and abs(result - stored) <= _TOLERANCE * max(abs(stored), Decimal(1))
        )
    return result == (raw or "")


def _said(raw: object) -> str:
    return text_of(raw)[:40]
