"""How does a worksheet's XML look with figures in reserved cells and colour on the cells with findings?

The colour is a conditional format of our own, whose formula is always true and names perfxl. The cell's own format is
never touched: taking the rule away brings the agency's look back, however often the file was saved in between.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from html import escape

from lxml import etree

from perfxl.door.xmldoor import Element, main_tag
from perfxl.layout import LINE_POINTS, text_lines
from perfxl.model import Severity, address
from perfxl.writeback.edits import PLAIN_TEXT, POINTS, RATE, Mark, ResultFigure
from perfxl.writeback.parts import element_text, ensure, insert_in_order, local, new, sequence, split_address, take_out
from perfxl.writeback.styles import AS_TEXT, PERCENT, TWO_PLACES, StyleTables

WORKSHEET_ORDER = sequence(
    """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges
    scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting
    dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks
    customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture
    oleObjects controls webPublishItems tableParts extLst
    """
)
"""CT_Worksheet, ECMA-376 part 1, 18.3.1.99, with the transitional legacyDrawing and legacyDrawingHF."""

RULE_MARK = "perfxl:"
"""Stands in the formula of our rules; a text in a formula survives every program that saves the file."""

_HIGHEST_ROW, PIXELS_A_HALF_WIDTH = 400, 7
"""Of the texts that results are, in the size that forms have."""

ON = ("1", "true")
_CONTENT = ("f", "v", "is")
_NUMBER_FORMATS = {RATE: PERCENT, POINTS: TWO_PLACES, PLAIN_TEXT: AS_TEXT}
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
CELL_TEXT_LIMIT = 32_000
"""Excel repairs a file with more than 32,767 characters in a cell."""


def xml_text(text: str) -> str:
    """Text that XML may hold and Excel shows as it is: no control characters, _x0041_ not read as an escape."""
    return LOOKS_ESCAPED.sub("_x005F_", ILLEGAL.sub("", text))[:CELL_TEXT_LIMIT]


def escaped(text: str) -> str:
    """`xml_text` as mark-up, for content and for attributes in double quotes."""
    return escape(xml_text(text))


class EditedSheet:
    """One worksheet's XML, to be edited in place.

    Attributes:
        changed: whether a figure or a mark made it different.
    """

    def __init__(self, root: Element) -> None:
        self.root = root
        self.changed = False
        self._data = ensure(root, "sheetData", WORKSHEET_ORDER)
        self._rows: dict[int, Element] | None = None
        self._areas: dict[str, str] = {}
        self._widths: dict[int, int] = {}
        self._heights: dict[int, int] = {}

    def write_figure(self, figure: ResultFigure, styles: StyleTables) -> bool:
        """Puts a figure into its cell; says whether a formula made way.

        The cell keeps its format but for the number format: a score never turns into a date because the column is one.
        """
        row, column = split_address(figure.cell)
        cell = self._cell(row, column, create=figure.value != "")
        if cell is None:
            return False
        had_formula = self._empty(cell, figure.cell)
        if figure.value == "":
            return had_formula
        style = styles.with_number_format(int(cell.get("s", "0")), _NUMBER_FORMATS[figure.kind])
        lines = self._lines_of(figure) if figure.kind == PLAIN_TEXT else 1
        if lines > 1:
            style = styles.wrapped(style)
            self._raise_row(row, lines)
        if style or "s" in cell.attrib:
            cell.set("s", str(style))
        if figure.kind == PLAIN_TEXT:
            content = etree.SubElement(cell, main_tag("is"))
            etree.SubElement(content, main_tag("t")).text = xml_text(str(figure.value))
            cell.set("t", "inlineStr")
        else:
            content = etree.SubElement(cell, main_tag("v"))
            content.text = f"{figure.value:f}"
        cell.insert(0, content)
        self.changed = True
        return had_formula

    def _lines_of(self, figure: ResultFigure) -> int:
        """How many lines a text takes in its cell, or in the merged range that it begins."""
        _, left, _, right = corners_of(self.area_of(figure.cell)) or (0, 0, 0, 0)
        pixels = sum(self.column_pixels(column) for column in range(left, right + 1))
        return text_lines(str(figure.value), pixels // PIXELS_A_HALF_WIDTH)

    def _raise_row(self, row: int, lines: int) -> None:
        """Makes a row high enough for so many lines."""
        wanted = min(lines * LINE_POINTS + 4, _HIGHEST_ROW)
        if self.row_pixels(row) * 3 / 4 < wanted:
            self.set_height(row, wanted)

    def make_room(self, cell: str, text: str) -> bool:
        """Makes a merged range, or a row of fixed height, so high that a text in it is shown whole; other rows grow themselves.

        Says whether any row became higher.
        """
        top, left, bottom, right = corners_of(self.area_of(cell)) or (0, 0, 0, 0)
        first = self._lines().get(top)
        if first is None or not (self.area_of(cell) != cell or first.get("customHeight") in ON):
            return False
        pixels = sum(self.column_pixels(column) for column in range(left, right + 1))
        heights = [self.row_pixels(row) * 3 / 4 for row in range(top, bottom + 1)]
        wanted = text_lines(text, pixels // PIXELS_A_HALF_WIDTH) * LINE_POINTS + 4
        if not pixels or not all(heights) or wanted <= sum(heights):
            return False
        for row, height in enumerate(heights, top):
            self.set_height(row, max(height, min(wanted * height / sum(heights), _HIGHEST_ROW)))
        self.changed = True
        return True

    @property
    def size(self) -> tuple[int, int]:
        """The last row and the last column that have a cell."""
        columns = (column for line in self._lines().values() for column, _ in _numbered_cells(line))
        return max(self._lines(), default=0), max(columns, default=0)

    def filled_cells(self, row: int) -> int:
        """How many cells of a row hold something."""
        line = self._lines().get(row)
        return 0 if line is None else sum(any(local(part) in _CONTENT for part in cell) for cell in line)

    def fill(self, cell: str, value: Decimal | str, style: int) -> None:
        """Puts an answer into a cell, with its format."""
        element = self._cell(*split_address(cell), create=True)
        assert element is not None
        self._empty(element, cell)
        element.set("s", str(style))
        if isinstance(value, Decimal):
            etree.SubElement(element, main_tag("v")).text = f"{value:f}"
        else:
            content = etree.SubElement(element, main_tag("is"))
            text = etree.SubElement(content, main_tag("t"))
            text.text = xml_text(value)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            element.set("t", "inlineStr")
        self.changed = True

    def store(self, cell: str, value: object) -> None:
        """Changes the stored value of a formula."""
        element = self._cell(*split_address(cell), create=False)
        if element is None or element.find(main_tag("f")) is None:
            return
        for old in element.findall(main_tag("v")):
            take_out(old)
        content = etree.SubElement(element, main_tag("v"))
        element.attrib.pop("t", "")
        if isinstance(value, str):
            element.set("t", "str")
            content.text = xml_text(value)
        else:
            content.text = str(value)
        self.changed = True

    def style_of(self, cell: str) -> int:
        """The number of a cell's format; 0 where there is no cell."""
        element = self._cell(*split_address(cell), create=False)
        return 0 if element is None else int(element.get("s", "0"))

    def set_height(self, row: int, points: float) -> None:
        """Makes a row that is there so high."""
        line = self._lines().get(row)
        if line is not None:
            line.set("ht", f"{points:g}")
            line.set("customHeight", "1")
            self._heights.pop(row, None)

    def mark(self, marks: Sequence[Mark], styles: StyleTables) -> None:
        """Colours cells by severity, a merged range as a whole."""
        holders = self.root.iterchildren("{*}conditionalFormatting", "{*}extLst")
        others = (rule for holder in holders for rule in holder.iter("{*}cfRule"))
        priority = max((int(rule.get("priority", "0")) for rule in others), default=0)
        for severity in Severity:
            areas = dict.fromkeys(self.area_of(mark.cell) for mark in marks if mark.severity is severity)
            if not areas:
                continue
            priority += 1
            block = new(self.root, "conditionalFormatting", sqref=" ".join(areas))
            rule = etree.SubElement(block, main_tag("cfRule"), type="expression")
            rule.set("dxfId", str(styles.highlight(severity)))
            rule.set("priority", str(priority))
            etree.SubElement(rule, main_tag("formula")).text = f'LEN("{RULE_MARK}{severity}")>0'
            insert_in_order(self.root, block, WORKSHEET_ORDER)
            self.changed = True

    def unmark(self) -> bool:
        """Takes our colours off; says whether there were any."""
        blocks = self.root.findall(main_tag("conditionalFormatting"))
        ours = [rule for block in blocks for rule in block if RULE_MARK in element_text(rule)]
        for rule in ours:
            block = rule.getparent()
            take_out(rule)
            if block is not None and block.find(main_tag("cfRule")) is None:
                take_out(block)
        return bool(ours)

    def area_of(self, cell: str) -> str:
        """The merged range that a cell lies in, else the cell."""
        if cell not in self._areas:
            row, column = split_address(cell)
            boxes = self._merged.items()
            areas = (
                area for area, (top, left, bottom, right) in boxes if top <= row <= bottom and left <= column <= right
            )
            self._areas[cell] = next(areas, cell)
        return self._areas[cell]

    @cached_property
    def _merged(self) -> dict[str, tuple[int, int, int, int]]:
        """The corners of the merged ranges."""
        merges = self.root.iterfind(f"{main_tag('mergeCells')}/{main_tag('mergeCell')}")
        return {area: box for merge in merges if (box := corners_of(area := merge.get("ref", "")))}

    def column_pixels(self, column: int) -> int:
        """How wide a column is shown, near enough to place a note."""
        if column not in self._widths:
            group = self._column(column)
            width = self._usual_sizes[1]
            if group is not None:
                width = 0 if group.get("hidden") in ON else float(group.get("width", width))
            self._widths[column] = round(width * 7 + 5) if width else 0
        return self._widths[column]

    def row_pixels(self, row: int) -> int:
        """How high a row is shown."""
        if row not in self._heights:
            line = self._lines().get(row)
            height = self._usual_sizes[0]
            if line is not None:
                height = 0 if line.get("hidden") in ON else float(line.get("ht", height))
            self._heights[row] = round(height * 4 / 3)
        return self._heights[row]

    @cached_property
    def _usual_sizes(self) -> tuple[float, float]:
        """Height and width that the sheet declares for all its rows and columns."""
        layout = self.root.find(main_tag("sheetFormatPr"))
        if layout is None:
            return 15, 8.43
        return float(layout.get("defaultRowHeight", 15)), float(layout.get("defaultColWidth", 8.43))

    def _column(self, column: int) -> Element | None:
        """The declaration of a column, if any."""
        return next((group for first, last, group in self._columns if first <= column <= last), None)

    @cached_property
    def _columns(self) -> list[tuple[int, int, Element]]:
        """The declarations of columns, each with the first and the last that it is for."""
        groups = self.root.iterfind(f"{main_tag('cols')}/{main_tag('col')}")
        return [(int(group.get("min", "0")), int(group.get("max", "0")), group) for group in groups]

    def _lines(self) -> dict[int, Element]:
        if self._rows is None:
            self._rows = dict(_numbered_rows(self._data))
        return self._rows

    def _cell(self, row: int, column: int, create: bool) -> Element | None:
        """A cell by its place, whether or not rows and cells say their addresses."""
        lines = self._lines()
        line = lines.get(row)
        if line is None and create:
            line = new(self._data, "row", r=str(row))
            _insert_sorted(self._data, line, row, lines)
            self._rows = dict(sorted([*lines.items(), (row, line)], key=lambda item: item[0]))
        if line is None:
            return None
        found = _cell_of(line, row, column)
        if found is not None or not create:
            return found
        cell = new(line, "c", r=address(row, column))
        style = self._inherited_style(line, column)
        if style != "0":
            cell.set("s", style)
        _insert_sorted(line, cell, column, dict(_numbered_cells(line)))
        self._widen(line, row, column)
        return cell

    def _inherited_style(self, line: Element, column: int) -> str:
        """The format that a cell not yet there shows: its row's, else its column's."""
        if line.get("customFormat") in ON:
            return line.get("s", "0")
        group = self._column(column)
        return "0" if group is None else group.get("style", "0")

    def _widen(self, line: Element, row: int, column: int) -> None:
        """Stretches the declared spans of the row and the dimension of the sheet over a new cell."""
        first, separator, last = line.get("spans", "").partition(":")
        if separator and first.isdigit() and last.isdigit():
            line.set("spans", f"{min(int(first), column)}:{max(int(last), column)}")
        dimension = self.root.find(main_tag("dimension"))
        box = corners_of(dimension.get("ref", "")) if dimension is not None else None
        if dimension is not None and box is not None:
            top, left, bottom, right = box
            start = address(min(top, row), min(left, column))
            dimension.set("ref", f"{start}:{address(max(bottom, row), max(right, column))}")

    def _empty(self, cell: Element, place: str) -> bool:
        """Takes value and formula out of a cell; says whether there was a formula."""
        formula = cell.find(main_tag("f"))
        if formula is not None and formula.get("t") == "shared" and formula.get("ref"):
            self._hand_over(formula, place)
        parts = [part for part in cell if local(part) in _CONTENT]
        for part in parts:
            take_out(part)
        attributes = {"t", "cm", "vm"} & set(cell.keys())
        for attribute in attributes:
            del cell.attrib[attribute]
        self.changed = self.changed or bool(parts or attributes)
        return formula is not None

    def _hand_over(self, formula: Element, place: str) -> None:
        """Lets the next cell that shares a formula hold its text, before the one that held it goes."""
        heirs = [
            (address(row, column), other)
            for row, line in _numbered_rows(self._data)
            for column, cell in _numbered_cells(line)
            if (other := cell.find(main_tag("f"))) is not None
            and other.get("si") == formula.get("si")
            and other is not formula
        ]
        if not heirs:
            return
        from openpyxl.formula.translate import Translator  # slow to import and hardly ever needed

        first, heir = heirs[0]
        heir.text = Translator(f"={formula.text or ''}", origin=place).translate_formula(first)[1:]
        places = [split_address(where) for where, _ in heirs]
        rows, columns = [row for row, _ in places], [column for _, column in places]
        heir.set("ref", f"{address(min(rows), min(columns))}:{address(max(rows), max(columns))}")


@lru_cache(maxsize=8192)
def corners_of(area: str) -> tuple[int, int, int, int] | None:
    """Top, left, bottom and right of a range; None for what is none."""
    first, _, last = area.partition(":")
    top, left = split_address(first)
    bottom, right = split_address(last or first)
    return (top, left, bottom, right) if top and bottom else None


def _numbered_rows(data: Element) -> Iterator[tuple[int, Element]]:
    """The rows with their numbers; one without is the next."""
    at = 0
    for line in data.iterchildren(main_tag("row")):
        at = int(line.get("r") or at + 1)
        yield at, line


def _numbered_cells(line: Element) -> Iterator[tuple[int, Element]]:
    """The cells of a row with their columns; one without address is the next."""
    at = 0
    for cell in line.iterchildren(main_tag("c")):
        at = split_address(cell.get("r", ""))[1] or at + 1
        yield at, cell


def _cell_of(line: Element, row: int, column: int) -> Element | None:
    """The cell of a column, if any: in a row without gaps the one of that number."""
    likely = line[column - 1] if column <= len(line) else None
    if likely is not None and likely.get("r") == address(row, column):
        return likely
    return next((cell for at, cell in _numbered_cells(line) if at == column), None)


def _insert_sorted(parent: Element, child: Element, number: int, others: Mapping[int, Element]) -> None:
    """Puts a row or cell in front of the first one with a higher number."""
    later = next((other for at, other in others.items() if at > number), None)
    if later is not None:
        later.addprevious(child)
    elif others:
        list(others.values())[-1].addnext(child)
    else:
        parent.insert(0, child)
