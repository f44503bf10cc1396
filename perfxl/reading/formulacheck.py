"""Does a formula in a cell for typing come to what the file has stored for it?

Excel works formulas out as soon as it opens a file: what is seen is what the formula comes to. Arithmetic and a few
functions over cells of the same workbook are worked out here; all others are said to be unchecked. The form's own live
formulas need not be: rules hold what they show against perfxl's own figures.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from perfxl.door.seen import Formula, Place
from perfxl.model import Cell, Finding, address
from perfxl.reading.grid import Book
from perfxl.reading.parsing import text_of
from perfxl.rules import Problem, finding
from perfxl.schemes.spec import Field
from perfxl.sight.formulas import NotEvaluated, evaluate
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


class FormulaCheck:
    """Works out the formulas of one sheet. `masters` are the formulas that others share, by their group."""

    def __init__(self, book: Book, sheet: str, masters: Mapping[str, tuple[Place, str]]) -> None:
        self._book = book
        self._sheet = sheet
        self._masters = masters

    def check(self, datum: Field, cell: Cell, formula: Formula) -> Iterator[Finding]:
        """SG06 where a formula comes to something else than what is stored, SG07 where nobody can say here."""
        text = self._text(cell, formula)
        result = evaluate(text, self._sheet, self._value) if text else NotEvaluated("公式的写法不在核对范围内")
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

    def _text(self, cell: Cell, formula: Formula) -> str:
        if formula.text or not formula.group:
            return "" if formula.kind == "dataTable" else formula.text
        place, text = self._masters.get(formula.group, ((0, 0), ""))
        if not text:
            return ""
        from openpyxl.formula.translate import Translator, TranslatorError  # slow to import and hardly ever needed

        try:
            return str(Translator(f"={text}", origin=address(*place)).translate_formula(cell.address))[1:]
        except TranslatorError:
            return ""

    def _value(self, sheet: str, row: int, column: int) -> object:
        return self._book.grid(sheet).line(row).get(column)


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
