"""openpyxl's `load_workbook`, quicker where it opens forms: a form has hundreds of merged cells.

For every cell of a merged range openpyxl puts borders together and looks them up among those of the workbook, comparing
them field by field; half of the time of opening a form went there. Here each pair of borders is put together once a
workbook; what is read is the same (test_opened.py). What perfxl itself opens is opened by openpyxl alone.
"""

from collections.abc import Callable
from copy import copy
from typing import Any
from unittest.mock import patch

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Border
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.merge import MergedCellRange

SIDES = ("top", "left", "right", "bottom")
AnyCell = Cell | MergedCell


def load_workbook(source: Any, **options: Any) -> openpyxl.Workbook:
    """What openpyxl reads of a file, with its own options."""
    with patch.multiple(MergedCellRange, _get_borders=_get_borders, format=_format):
        return openpyxl.load_workbook(source, **options)


def _get_borders(merged: MergedCellRange) -> None:
    """The first cell of a range takes the right and lower borders of the last one."""
    merged.start_cell = merged.ws.cell(row=merged.min_row, column=merged.min_col)
    last = merged.ws._cells.get((merged.max_row, merged.max_col))
    if last is not None:
        _add(merged.start_cell, last, "", lambda: Border(right=last.border.right, bottom=last.border.bottom))


def _format(merged: MergedCellRange) -> None:
    """The cells at the edges take the borders of the first one, all of them its protection."""
    first = merged.start_cell
    for name in SIDES:
        side = getattr(first.border, name)
        if not side or side.style is not None:
            for place in getattr(merged, name):
                _add(_cell(merged, place), first, name, lambda name=name, side=side: Border(**{name: side}))
    for place in merged.cells:
        _protect(_cell(merged, place), first)


def _cell(merged: MergedCellRange, place: tuple[int, int]) -> AnyCell:
    cell = merged.ws._cells.get(place)
    if cell is None:
        cell = merged.ws._cells[place] = MergedCell(merged.ws, row=place[0], column=place[1])
    return cell


def _add(cell: AnyCell, other: AnyCell, name: str, border: Callable[[], Border]) -> None:
    """Adds a border of another cell."""
    known, key = _known(cell), (_style(cell).borderId, _style(other).borderId, name)
    if key not in known:
        cell.border += border()
        known[key] = _style(cell).borderId
    _style(cell).borderId = known[key]


def _protect(cell: AnyCell, first: AnyCell) -> None:
    known, key = _known(cell), _style(first).protectionId
    if key not in known:
        cell.protection = copy(first.protection)
        known[key] = _style(cell).protectionId
    _style(cell).protectionId = known[key]


def _known(cell: AnyCell) -> dict[object, int]:
    """What came of the borders and protections that were met before in this workbook, by their places in its lists."""
    known: dict[object, int] = vars(cell.parent.parent).setdefault("_known_styles", {})
    return known


def _style(cell: AnyCell) -> StyleArray:
    if cell._style is None:
        cell._style = StyleArray()
    return cell._style
