"""Layout -> workbook (XlsxWriter): the blank form, and the form filled with a dossier.

The blank form is the form filled with nothing. A cell whose figure can be computed keeps its live formula until a
figure is stated or there is something to compute it from.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from perfxl.dossier import explanations_of, flatten
from perfxl.layout import Layout, Placed, PlacedSheet, Role, blank_layout, place
from perfxl.model import Dossier, Value, address, quoted_sheet
from perfxl.schemes.spec import MARKER_SHEET, Field, Scheme
from perfxl.system.newbook import new_workbook
from perfxl.system.paging import A4, breaks_before, rows_a_page
from perfxl.templates.guide import INPUT_FILL, requirement, stored, write_guide
from perfxl.templates.live import keeps_formula, live_formula

_FONT = "宋体"
FILLS = {
    Role.LABEL: "#EEF1F5",
    Role.SECTION: "#EEF1F5",
    Role.FIXED: "#F7F7F7",
    Role.INPUT: INPUT_FILL,
    Role.LIVE: "#E9F3EA",
    Role.ECHO: "#E9F3EA",
    Role.RESULT: "#E4E7EB",
}
"""What a cell is for, seen from its colour: yellow to fill in, green computed here, grey written back."""

MOST_FROZEN = 6
"""Rows that may stay in view above a table; more would leave no room for the table on a small screen."""

FIXED_DATE = datetime(2020, 1, 1)
"""The creation date in the file: the same scheme and data give the same bytes."""

_MARGINS = (0.6, 0.6, 0.7, 0.7)
"""Left, right, top and bottom of every page, in inches."""
_LETTER_POINTS, _EDGE_POINTS, _USUAL_ROW = 5.25, 3.75, 15.0
"""A letter and the edges of a column, and a row that says no height, as spreadsheets measure them."""
_NARROW = 0.5
_HEADINGS = frozenset({Role.TITLE, Role.HEADING, Role.SECTION, Role.LABEL})

Formats = dict[tuple[Any, ...], Any]


def write_form(scheme: Scheme, target: Path, dossier: Dossier | None = None, made: datetime = FIXED_DATE) -> None:
    """Writes the form, blank or filled.

    Args:
        scheme: the edition of the form.
        target: the workbook to write; replaced as a whole.
        dossier: the data in the contract's JSON shape, None for the blank form.
        made: when, as the workbook says of itself: by that a version counts before another. One moment for all blanks, so
            that the same form has the same bytes.

    Raises:
        DossierError: the dossier does not fit the scheme.
        OutputError: the file cannot be written.
    """
    layout = blank_layout(scheme) if dossier is None else place(scheme, flatten(scheme, dossier))
    with new_workbook(target) as book:
        book.set_properties({"title": scheme.title, "created": made})
        pen = _Pen(book, layout)
        write_guide(book, layout, _FONT, explanations_of(dossier or {}))
        for sheet in layout.sheets:
            pen.write_sheet(sheet)
        _write_marker(book, scheme)


def _write_marker(book: Any, scheme: Scheme) -> None:
    """The hidden sheet by which the form and its version are known again."""
    sheet = book.add_worksheet(MARKER_SHEET)
    sheet.write_row(0, 0, ["scheme", scheme.id])
    sheet.write_row(1, 0, ["version", scheme.version])
    sheet.very_hidden()


class _GrowingSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet some of whose rows grow with what is typed: their heights are only what they are now."""

    growing: frozenset[int] = frozenset()

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        if tag == "row" and dict(attributes)["r"] in self.growing:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


def _growing_rows(placed: PlacedSheet) -> frozenset[int]:
    """The rows in which people write into cells of their own; spreadsheets fit no row to merged cells."""
    cells = (cell for cell in placed.cells if cell.role is Role.INPUT and cell.height == cell.width == 1)
    return frozenset(cell.row for cell in cells if cell.field is not None and not cell.field.is_number)


class _Pen:
    """Writes placed cells with their formats, validations and formulas."""

    def __init__(self, book: Any, layout: Layout) -> None:
        self.book = book
        self.layout = layout
        self.formats: Formats = {}
        self.white = book.add_format({"right": 1, "right_color": "#FFFFFF"})

    def write_sheet(self, placed: PlacedSheet) -> None:
        """Writes one sheet of the form."""
        sheet = self.book.add_worksheet(placed.sheet.name, worksheet_class=_GrowingSheet)
        sheet.growing = _growing_rows(placed)
        for column, width in enumerate(placed.sheet.widths):
            sheet.set_column(column, column, width)
        for row, points in placed.heights.items():
            sheet.set_row(row - 1, round(points, 1))
        for cell in placed.cells:
            self._write_cell(sheet, placed, cell)
        self._validate(sheet, placed)
        _set_up_page(sheet, placed, self.white)

    def _write_cell(self, sheet: Worksheet, placed: PlacedSheet, cell: Placed) -> None:
        is_live = keeps_formula(cell, self.layout)
        style = self._format(cell, is_live)
        row, column = cell.row - 1, cell.column - 1
        if cell.height > 1 or cell.width > 1:
            sheet.merge_range(row, column, row + cell.height - 1, column + cell.width - 1, "", style)
        if cell.role is Role.ECHO:
            source, primary = self.layout.places[cell.path]
            formula = f'={quoted_sheet(source)}!{primary.address}&""'
            sheet.write_formula(row, column, formula, style, stored(str(primary.value or "")))
        elif is_live:
            formula, value = live_formula(cell, placed, self.layout)
            sheet.write_formula(row, column, formula, style, stored(value))
        else:
            _write_value(sheet, row, column, cell.text or cell.value, style)

    def _format(self, cell: Placed, is_live: bool) -> Any:
        """A cell that keeps its formula looks like what the form computes, and is locked as that is."""
        datum = cell.field
        role = Role.LIVE if is_live and cell.role is Role.INPUT else cell.role
        key = (role, datum.type if datum else "", self._align(cell), bool(datum and datum.live))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(_style(cell, role, self._align(cell), self.layout.scheme))
        return self.formats[key]

    @staticmethod
    def _align(cell: Placed) -> tuple[str, str]:
        """Horizontal and vertical alignment."""
        if cell.role is Role.TITLE:
            return "center", "vcenter"
        if cell.role in (Role.HEADING, Role.NOTE, Role.SIGNATURE, Role.SECTION):
            return "left", "vcenter"
        if cell.field and cell.field.type == "text" and cell.role is Role.INPUT:
            return "left", ("top" if cell.field.lines > 3 else "vcenter")
        return "center", "vcenter"

    def _validate(self, sheet: Worksheet, placed: PlacedSheet) -> None:
        """Drop-downs, limits and prompts; a table's column gets one for all its rows."""
        for cell in placed.cells:
            if cell.role is not Role.INPUT or cell.field is None:
                continue
            last = cell.row + cell.height - 1
            table = next((t for t in placed.tables.values() if t.first <= cell.row <= t.last), None)
            if table:
                if cell.row != table.first:
                    continue
                last = table.last
            options = _validation(cell, self.layout.scheme, placed)
            if options:
                sheet.data_validation(cell.row - 1, cell.column - 1, last - 1, cell.column - 1, options)


def _style(cell: Placed, role: Role, align: tuple[str, str], scheme: Scheme) -> dict[str, Any]:
    """The properties of a cell's format; `role` is what the cell is for as long as it holds what it holds."""
    style: dict[str, Any] = {
        "font_name": _FONT,
        "font_size": 11,
        "align": align[0],
        "valign": align[1],
        "text_wrap": True,
        "locked": role is not Role.INPUT,
    }
    if cell.role is Role.TITLE:
        return style | {"bold": True, "font_size": 18, "font_name": "黑体"}
    if cell.role is Role.HEADING:
        return style | {"bold": True, "font_size": 12, "font_name": "黑体"}
    if cell.role in (Role.NOTE, Role.SIGNATURE):
        return style | {"font_size": 10 if cell.role is Role.NOTE else 12}
    style |= {"border": 1, "border_color": "#7F8C99"}
    if role in FILLS:
        style["bg_color"] = FILLS[role]
    if cell.role in (Role.LABEL, Role.SECTION):
        style["bold"] = True
    if cell.field is not None:
        number = number_format(cell.field, scheme)
        if number:
            style["num_format"] = number
        if cell.field.is_number or cell.role is Role.RESULT:
            style |= {
                "text_wrap": False,
                "shrink": True,
            }  # a number that is cut off reads as ####; a result comes later
    return style


def number_format(datum: Field, scheme: Scheme) -> str:
    """The number format of a datum, with its unit; "" for texts."""
    return {
        "money": f'#,##0.00" {scheme.money_unit}"',
        "points": 'General" 分"',
        "rate": "0.00%",
        "percent": "0.00",
        "year": '0"年"',
        "date": 'yyyy"年"m"月"d"日"',
        "text": "@" if datum.is_typed else "",
    }.get(datum.type, "")


def _validation(cell: Placed, scheme: Scheme, placed: PlacedSheet) -> dict[str, Any] | None:
    """The validation of an input cell: prompt and error text in the words of the instructions."""
    datum = cell.field
    assert datum is not None
    words = requirement(datum, scheme)
    options = _limits(cell, datum, scheme, placed)
    if not words and options is None:
        return None
    message = {"input_title": datum.label[:32], "input_message": words[:255]} if words else {}
    if options is None:
        return {"validate": "any", **message}
    error = {"error_title": "请检查填写内容", "error_message": f"“{datum.label}”{words}"[:255]}
    return {**options, **message, **error}


def _limits(cell: Placed, datum: Field, scheme: Scheme, placed: PlacedSheet) -> dict[str, Any] | None:
    if datum.choices:
        kind = "information" if datum.free else "stop"
        return {"validate": "list", "source": list(datum.choices), "error_type": kind}
    if datum.type == "money":
        return {"validate": "decimal", "criteria": ">=", "value": 0}
    if datum.type == "year":
        return {"validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2099}
    if datum.type == "date":
        return {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_type": "warning"}
    if datum.type == "points":
        return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": _highest(cell, scheme)}
    return None


def _highest(cell: Placed, scheme: Scheme) -> Any:
    """The most points that a cell may hold: the weight beside it, else the full score."""
    if cell.field is None or not cell.field.at_most:
        return float(scheme.full_score)
    columns = scheme.tables[cell.path.split(".")[0]].columns
    number = next(n for n, column in enumerate(columns, 1) if column.key == cell.field.at_most)
    return f"=${address(cell.row, number)}"


def _write_value(sheet: Worksheet, row: int, column: int, value: Value, style: Any) -> None:
    """Writes a value as its own kind; text is always text, whatever it begins with."""
    if isinstance(value, Decimal):
        sheet.write_number(row, column, float(value), style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)
    elif value and value.startswith("<r>") and value.endswith("</r>"):
        sheet.write_rich_string(row, column, value[:1], style, value[1:], style)  # as one string it would become markup
    elif value:
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_blank(row, column, None, style)


def _set_up_page(sheet: Worksheet, placed: PlacedSheet, white: Any) -> None:
    """A4, one page wide, headings repeated and with their text, protected without a password."""
    sheet.set_paper(9)
    if placed.sheet.landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if len(placed.sheet.widths) == 1:
        # LibreOffice shrinks no single column that is wider than the paper, as it is with some fonts: it would be cut
        sheet.set_column(1, 1, _NARROW)
        sheet.write_string(0, 1, " ", white)
    left, right, top, bottom = _MARGINS
    sheet.set_margins(left=left, right=right, top=top, bottom=bottom)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页，共 &N 页")
    if _repeats_head(placed):
        sheet.repeat_rows(placed.repeated_rows - _head_depth(placed), placed.repeated_rows - 1)
        if placed.repeated_rows <= MOST_FROZEN:
            sheet.freeze_panes(placed.repeated_rows, 0)
    sheet.set_h_pagebreaks([row - 1 for row in page_breaks(placed)])
    allowed: Mapping[str, bool] = {
        "format_rows": True,
        "format_columns": True,
        "insert_rows": True,
        "delete_rows": True,
    }
    sheet.protect("", dict(allowed))


def _repeats_head(placed: PlacedSheet) -> bool:
    """Whether the head of a table is printed on each page; of several tables it would stand above the others' rows."""
    return placed.repeated_rows > 0 and len(placed.tables) == 1


def _head_depth(placed: PlacedSheet) -> int:
    """How many rows the head of the table has that is repeated."""
    return 2 if any(cell.role is Role.LABEL and cell.height == 2 for cell in placed.cells) else 1


def page_breaks(placed: PlacedSheet) -> list[int]:
    """The rows in front of which a page ends, so that no heading is parted from what stands below it."""
    last = max(cell.row + cell.height - 1 for cell in placed.cells)
    heights = [placed.heights.get(row, _USUAL_ROW) for row in range(1, last + 1)]
    width = sum(width * _LETTER_POINTS + _EDGE_POINTS for width in placed.sheet.widths)
    paper = A4[::-1] if placed.sheet.landscape else A4
    room = rows_a_page(paper, _MARGINS, width)
    end = placed.repeated_rows if _repeats_head(placed) else 0
    repeated = sum(heights[end - _head_depth(placed) : end]) if end else 0
    return breaks_before(heights, _heading_rows(placed), room, repeated)


def _heading_rows(placed: PlacedSheet) -> frozenset[int]:
    """The rows that hold nothing but headings, of chapters or of columns."""
    roles: dict[int, set[Role]] = {}
    for cell in placed.cells:
        roles.setdefault(cell.row, set()).add(cell.role)
    return frozenset(row for row, found in roles.items() if found <= _HEADINGS)
