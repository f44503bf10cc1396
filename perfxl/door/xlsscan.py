"""What does a person see of the cells of an Excel 97-2003 workbook? Read by xlrd, which is an extra.

The values stay those of the fast reader. Without the extra, or where a file makes no sense to it, nothing is known of the
formats, and whoever reads says so (SG14). Formulas and conditional formats cannot be seen in this way.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfxl.door.colours import USUAL_GROUND, USUAL_INK
from perfxl.door.fonts import draws
from perfxl.door.seen import GENERAL, BookSight, Box, Look, Odd, SheetSight, Styles, Written, raises_a_digit
from perfxl.model import address

_LARGEST = 2 * 1024 * 1024
"""Bytes of a file that is looked at: the library takes a thousand times as long as the fast reader; forms have 50 kB."""
_STATES = ("visible", "hidden", "veryHidden")
_TEXT, _BOOLEAN, _ERROR = 1, 4, 5
_NUMBERS = (2, 3)
_KINDS = {_TEXT: "str", _BOOLEAN: "b", _ERROR: "e"} | dict.fromkeys(_NUMBERS, "")
_TINY = 80
"""Twentieths of a point below which nobody reads a text."""
_LOWEST, _NARROWEST = 80, 256
"""Twentieths of a point and parts of a letter's width below which a cell shows nothing."""
_TWIPS, _PER_LETTER = 20, 256
"""Parts of a point and of a letter's width in which heights and widths are told."""
_NO_FILL, _SOLID = 0, 1
_REPEATED = 4
"""The alignment of what fills its cell."""


@dataclass(frozen=True)
class OldSheet:
    """A sheet with its state as the newer format calls it, its error values by address, and what is seen of it."""

    name: str
    state: str
    errors: Mapping[str, str] = field(default_factory=dict)
    sight: SheetSight = field(default_factory=SheetSight)


def old_sheets(data: bytes) -> tuple[list[OldSheet], BookSight]:
    """The sheets of an .xls with what is seen of them; none where that cannot be told."""
    try:
        import xlrd
    except ImportError:
        return [], BookSight()
    if len(data) > _LARGEST:
        return [], BookSight()
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO(), use_mmap=False
        )
        sheets = [_sheet(book, sheet, xlrd.error_text_from_code) for sheet in book.sheets()]
        looks = [_look(book, xf) for xf in book.xf_list]
    except Exception:  # noqa: BLE001  (over bytes that make no sense, the library raises whatever comes)
        return [], BookSight()
    return sheets, BookSight(Styles(looks), is_1904=book.datemode == 1)


def _sheet(book: Any, sheet: Any, error_names: Mapping[int, str]) -> OldSheet:
    sight, errors = SheetSight(), {}
    for row, column, kind, value in _filled(sheet):
        text = error_names.get(value, "#N/A") if kind == _ERROR else str(value)
        if kind == _ERROR:
            errors[address(row, column)] = text
        style = sheet.cell_xf_index(row - 1, column - 1)
        sight.cells[row, column] = Written(_KINDS[kind], text, style, None)
    sight.hidden_rows.update(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden or info.height < _LOWEST)
    for column, info in sheet.colinfo_map.items():
        if info.hidden or info.width < _NARROWEST:
            sight.hidden_columns.append((column + 1, column + 1))
        else:
            sight.widths.append((column + 1, column + 1, info.width / _PER_LETTER))
    sight.heights |= {row + 1: info.height / _TWIPS for row, info in sheet.rowinfo_map.items()}
    if sheet.standardwidth:
        sight.usual_width = sheet.standardwidth / _PER_LETTER
    sight.merges += [Box(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
    for (row, column), runs in sheet.rich_text_runlist_map.items():
        odd = _odd(book, str(sheet.cell_value(row, column)), runs)
        if odd:
            sight.odd[row + 1, column + 1] = odd
    return OldSheet(sheet.name, _STATES[sheet.visibility], errors, sight)


def _odd(book: Any, text: str, runs: Sequence[tuple[int, int]]) -> Odd | None:
    """What is odd about a part of a text; `runs` are the places in it where another font begins."""
    used = [(at, book.font_list[number]) for at, number in runs]
    if any(font.struck_out for _, font in used):
        return Odd.STRUCK
    if any(font.height < _TINY or _colour(book, font.colour_index) == USUAL_GROUND for _, font in used):
        return Odd.FAINT
    if any(draws(font.name) for _, font in used):
        return Odd.DRAWN
    ends = [*(at for at, _ in used[1:]), len(text)]
    raised = ((at, end) for (at, font), end in zip(used, ends, strict=True) if font.escapement)
    return Odd.RAISED if any(raises_a_digit(text[:at], text[at:end]) for at, end in raised) else None


def _filled(sheet: Any) -> Iterator[tuple[int, int, int, Any]]:
    """Row and column from 1, type and value of each cell that holds something."""
    for row in range(sheet.nrows):
        for column, (kind, value) in enumerate(zip(sheet.row_types(row), sheet.row_values(row), strict=True), 1):
            if kind in _KINDS:
                yield row + 1, column, kind, value


def _look(book: Any, xf: Any) -> Look:
    font = book.font_list[xf.font_index]
    number_format = book.format_map.get(xf.format_key)
    ground = xf.background
    fills = {_NO_FILL: USUAL_GROUND, _SOLID: _colour(book, ground.pattern_colour_index)}
    ink = _colour(book, font.colour_index)
    code = number_format.format_str if number_format is not None else GENERAL
    is_struck, is_tiny = bool(font.struck_out), font.height < _TINY
    usual, set_ = book.font_list[0].height, xf.alignment
    return Look(
        code,
        is_struck,
        is_tiny,
        USUAL_INK if ink is None else ink,
        fills.get(ground.fill_pattern),
        is_repeated=set_.hor_align == _REPEATED,
        is_drawn=draws(font.name),
        is_shrunk=bool(set_.shrink_to_fit),
        is_turned=bool(set_.rotation),
        is_wrapped=bool(set_.text_wrapped),
        points=font.height / _TWIPS,
        scale=font.height / usual if usual > 0 else 1.0,
    )


def _colour(book: Any, number: int) -> int | None:
    """A numbered colour; None for the automatic one."""
    channels = book.colour_map.get(number)
    return int.from_bytes(bytes(channels), "big") if channels is not None else None
