"""How large does an OpenDocument spreadsheet become when its repeated rows and cells are written out?

A cell of three attributes may stand for a whole sheet; the fast reader writes the repetitions out.
"""

import re
from bisect import bisect_left

from perfxl.door.limits import Tally
from perfxl.door.odslooks import OdsLooks
from perfxl.door.ranges import box_of
from perfxl.door.refusals import damaged, encrypted
from perfxl.door.seen import (
    GENERAL,
    BookSight,
    Box,
    Formula,
    Look,
    Odd,
    SheetSight,
    Styles,
    Veil,
    Written,
    is_plain,
    raises_a_digit,
)
from perfxl.door.xmldoor import Attributes, Walker, check_plain
from perfxl.door.zipdoor import Archive

CONTENT, STYLES = "content.xml", "styles.xml"
MANIFEST = "META-INF/manifest.xml"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_ROWS, _COLUMNS, _NAME = TABLE + "number-rows-repeated", TABLE + "number-columns-repeated", TABLE + "name"
_FORMULA, VISIBLE = TABLE + "formula", TABLE + "visibility"
ROWS_SPANNED, COLUMNS_SPANNED = TABLE + "number-rows-spanned", TABLE + "number-columns-spanned"
_MATRIX_ROWS, _MATRIX_COLUMNS = TABLE + "number-matrix-rows-spanned", TABLE + "number-matrix-columns-spanned"
_STYLE_NAME, _DEFAULT_STYLE = TABLE + "style-name", TABLE + "default-cell-style-name"
_SPAN_STYLE = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 style-name"
_PERCENT = "0.00%"
_WITH_STYLE = ("float", "percentage", "currency", "string")
"""Kinds of values that are shown by the number style of their cell."""
_CONDITIONS = ("conditional-format", "condition", "data-bar", "icon-set")
_EXTENSION = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_TARGET = re.compile(r"\.([A-Z]{1,3}\d+)(?::(?:'[^']*'|[^\s.:']*)\.([A-Z]{1,3}\d+))?", re.ASCII)
MOST_REPEATED = 1_000
"""Cells that one element may stand for where each is noted; forms do not repeat answers as often."""
_LONGEST_SHOWN = 100
_WORDS, _FIGURE = re.compile('"([^"]*)"'), re.compile("[0-9.,-]")
_END = r"(\$?[A-Z]{1,3}\$?\d+|\$?[A-Z]{1,3}|\$?\d+)"
"""A cell, a whole column or a whole row."""
_REFERENCE = re.compile(rf"\[(?:\$?('(?:[^']|'')+'|[^\]'.\[]+))?\.{_END}(?::\.{_END})?\]")
VALUE_TYPE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value-type"
CELLS = ("table-cell", "covered-table-cell")


class OdsScan:
    """One pass over content.xml; `names` are the sheets in their order, `sights` what is seen of each.

    Programs show a number by the number style of its cell. Where that shows it as it is, or there is none, the text that was
    saved beside the number is taken for its format: what was last seen must be the number, too.
    """

    def __init__(self, tally: Tally, styles: OdsLooks) -> None:
        self.names: list[str] = []
        self.sights: list[SheetSight] = []
        self.looks: list[Look] = []
        self._styles = styles
        self._numbers: dict[Look, int] = {}
        self._is_left_out: list[bool] = []
        self._conditional: dict[str, list[Box]] = {}
        """The places of cells whose style has conditions, by the style."""
        self._boxes: tuple[Box, ...] = ()
        """The ranges of the condition at hand."""
        self._usual: list[tuple[int, str]] = []
        """The last column of each run of columns, and the style of its cells that say none."""
        self._of_row = ""
        self._odd: Odd | None = None
        self._is_raised = False
        self._attributes: Attributes = {}
        self._shown = ""
        self._tally = tally
        self._row = self._repeat = self._column = self._width = self._length = 0
        self._last_row = self._last_column = 0
        self._walker = Walker(CONTENT, tally, self._on_start, self._on_text, self._on_end)

    def run(self, data: bytes) -> list[str]:
        """Scans the part.

        Raises:
            RefusedError: FL03, FL04.
        """
        self._walker.feed(data, True)
        return self.names

    @property
    def states(self) -> list[str]:
        """Whether each sheet is shown, as the other formats call it."""
        return ["hidden" if is_left_out else "visible" for is_left_out in self._is_left_out]

    def _on_start(self, name: str, attributes: Attributes) -> None:
        self._styles.on_start(name, attributes)
        if name == "table":
            self._tally.add("sheets")
            self.names.append(attributes.get(_NAME, ""))
            self.sights.append(SheetSight())
            self._is_left_out.append(self._styles.is_left_out(attributes.get(_STYLE_NAME, "")))
            self._columns = 0
            self._usual = []
            self._row = self._last_row = self._last_column = 0
        elif name == "table-row":
            self._row += self._repeat
            self._repeat = _repetition(attributes.get(_ROWS, "1"))
            self._column = 0
            self._of_row = attributes.get(_DEFAULT_STYLE, "")
            if self._is_hidden("table-row", attributes) and self._repeat <= MOST_REPEATED:
                self.sights[-1].hidden_rows.update(range(self._row + 1, self._row + self._repeat + 1))
            height = self._styles.height(attributes.get(_STYLE_NAME, ""))
            if height is not None and self._repeat <= MOST_REPEATED:
                rows = range(self._row + 1, self._row + self._repeat + 1)
                self.sights[-1].heights.update(dict.fromkeys(rows, height))
        elif name == "table-column" and self.sights:
            first = self._columns + 1
            self._columns += _repetition(attributes.get(_COLUMNS, "1"))
            self._usual.append((self._columns, attributes.get(_DEFAULT_STYLE, "")))
            width = self._styles.width(attributes.get(_STYLE_NAME, ""))
            if self._is_hidden("table-column", attributes):
                self.sights[-1].hidden_columns.append((first, self._columns))
            elif width is not None:
                self.sights[-1].widths.append((first, self._columns, width))
        elif name in CELLS:
            self._width = _repetition(attributes.get(_COLUMNS, "1"))
            self._column += self._width
            self._length = 0
            self._attributes, self._shown, self._odd = attributes, "", None
            self._tally.add("cells")
            if VALUE_TYPE in attributes:
                self._note_value()
        elif name == "span":
            style = attributes.get(_SPAN_STYLE, "")
            self._odd = self._odd or self._styles.odd(style)
            self._is_raised = self._styles.is_raised(style)
        elif name in _CONDITIONS and self.sights:
            self._take_condition(name, attributes)

    def _take_condition(self, name: str, attributes: Attributes) -> None:
        """Notes what the conditions of a range may change."""
        if name == "conditional-format":
            ends = _TARGET.findall(attributes.get(_EXTENSION + "target-range-address", "").replace("$", ""))
            self._boxes = tuple(filter(None, (box_of(f"{first}:{last or first}") for first, last in ends)))
            return
        veil = self._styles.veil(attributes.get(_EXTENSION + "apply-style-name", ""))
        if name in ("data-bar", "icon-set"):
            veil = Veil(is_bare=attributes.get(_EXTENSION + "show-value") == "false")
        if veil != Veil():
            self._tally.add("conditions", 1, self.names[-1])
            self.sights[-1].conditions.append((self._boxes, veil))

    def _is_hidden(self, family: str, attributes: Attributes) -> bool:
        is_left_out = attributes.get(VISIBLE, "visible") != "visible"
        return is_left_out or self._styles.is_flat(family, attributes.get(_STYLE_NAME, ""))

    def _on_text(self, text: str) -> None:
        self._styles.numbers.on_text(text)
        self._length += len(text)
        if self._is_raised and raises_a_digit(self._shown, text):
            self._odd = self._odd or Odd.RAISED
        if len(self._shown) < _LONGEST_SHOWN:
            self._shown += text
        self._tally.hold("text", self._length, CONTENT)

    def _on_end(self, name: str) -> None:
        self._styles.numbers.on_end(name)
        if name in CELLS and self.sights:
            self._note_cell()
        if name in CELLS and self._length:
            self._note_value()
            self._tally.add("total_text", self._length * self._width * self._repeat, self.names[-1])
        elif name == "span":
            self._is_raised = False
        elif name == "table":
            self._repeat = 0
            for style, boxes in self._conditional.items():
                self.sights[-1].conditions += [(tuple(boxes), veil) for veil in self._styles.veils(style)]
            self._conditional = {}
            self._tally.add("box", self._last_row * self._last_column, self.names[-1])

    def _note_cell(self) -> None:
        """Notes how a cell with a value is shown, and the merged range that begins there."""
        attributes, sight = self._attributes, self.sights[-1]
        first_row, first_column = self._row + 1, self._column - self._width + 1
        merged = self._area_of(ROWS_SPANNED, COLUMNS_SPANNED)
        if merged is not None:
            sight.merges.append(merged)
        filled = self._area_of(_MATRIX_ROWS, _MATRIX_COLUMNS)
        if filled is not None:
            sight.worked_out.append((filled, "数组公式"))
        kind = attributes.get(VALUE_TYPE)
        if kind is None or self._width * self._repeat > MOST_REPEATED:
            return
        written = Written("", None, self._look(kind), _formula(attributes.get(_FORMULA)))
        style = self._style()
        if self._styles.veils(style):
            box = Box(first_row, first_column, first_row + self._repeat - 1, self._column)
            self._conditional.setdefault(style, []).append(box)
        for row in range(first_row, first_row + self._repeat):
            for column in range(first_column, self._column + 1):
                sight.cells[row, column] = written
                if self._odd:
                    sight.odd[row, column] = self._odd

    def _area_of(self, rows: str, columns: str) -> Box | None:
        """The range that begins at the cell at hand, by the attributes that say its size; None for one cell."""
        below, beside = (_repetition(self._attributes.get(key, "1")) for key in (rows, columns))
        row, column = self._row + 1, self._column - self._width + 1
        return Box(row, column, row + below - 1, column + beside - 1) if below > 1 or beside > 1 else None

    def _style(self) -> str:
        """The style of the cell at hand."""
        return self._attributes.get(_STYLE_NAME) or self._of_row or self._of_column()

    def _look(self, kind: str) -> int:
        """The number of the look of the cell at hand."""
        look = self._styles.look(self._style())
        look = look._replace(code=self._code(kind, look.code))
        if look not in self._numbers:
            self._numbers[look] = len(self.looks)
            self.looks.append(look)
        return self._numbers[look]

    def _of_column(self) -> str:
        place = bisect_left(self._usual, (self._column - self._width + 1, ""))
        return self._usual[place][1] if place < len(self._usual) else ""

    def _code(self, kind: str, styled: str) -> str:
        """The code of the cell at hand: that of its style, where this may show another number; else as it was shown."""
        if kind in _WITH_STYLE and styled and (kind == "percentage" or not is_plain(styled) or self._lacks(styled)):
            return styled
        if kind == "percentage":
            return _PERCENT
        if kind != "float" or '"' in self._shown or "\\" in self._shown or len(self._shown) >= _LONGEST_SHOWN:
            return GENERAL
        return f'"{self._shown}"' if self._shown else ";;;"

    def _lacks(self, styled: str) -> bool:
        """Whether the text of the cell at hand has other words than its style writes: programs go by the style."""
        words = "".join(_WORDS.findall(styled))
        return words.split() != _FIGURE.sub("", self._shown).split()

    def _note_value(self) -> None:
        self._last_row = self._row + self._repeat
        self._last_column = max(self._last_column, self._column)


def _formula(written: str | None) -> Formula | None:
    """A formula with its references as the other formats write them."""
    if written is None:
        return None
    return Formula(_REFERENCE.sub(_as_usual, written.partition("=")[2].replace(";", ",")))


def _as_usual(found: re.Match[str]) -> str:
    """A reference as the other formats write it: [$Sheet.$A$1:.B2] is 'Sheet'!$A$1:B2, [.J:.J] is J:J."""
    sheet, first, last = found.groups()
    return (f"'{sheet.strip(chr(39))}'!" if sheet else "") + first + (f":{last}" if last else "")


def sheets_of(archive: Archive, tally: Tally) -> tuple[list[tuple[str, str, SheetSight]], BookSight]:
    """The sheets of an OpenDocument spreadsheet with their state and what is seen of them, and how their numbers are shown.

    Raises:
        RefusedError: FL02, FL03, FL04, FL05.
    """
    if MANIFEST in archive and b"encryption-data" in archive.read(MANIFEST):
        raise encrypted("加密的 OpenDocument 表格")
    if CONTENT not in archive:
        raise damaged("缺少内部文件", CONTENT)
    content = archive.read(CONTENT)
    check_plain(CONTENT, content)
    styles = OdsLooks()
    if STYLES in archive:
        common = archive.read(STYLES)
        check_plain(STYLES, common)
        numbers = styles.numbers
        Walker(STYLES, tally, styles.on_start, numbers.on_text, numbers.on_end).feed(common, True)
    scan = OdsScan(tally, styles)
    scan.run(content)
    return list(zip(scan.names, scan.states, scan.sights, strict=True)), BookSight(Styles(scan.looks))


def _repetition(number: str) -> int:
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise damaged("重复次数不合规范", number[:20])
    return int(number)
