"""Which number of the workbook's style tables means a wanted look? Equal entries are used again, others appended."""

from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from lxml import etree

from perfxl.model import Severity
from perfxl.writeback.parts import MAIN, SPREADSHEET, Element, Workbook, elements, ensure, sequence

STYLES_ORDER = sequence(
    """
    numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst
    """
)
"""CT_Stylesheet, ECMA-376 part 1, 18.8.39."""

GENERAL, TWO_PLACES, PERCENT, AS_TEXT = 0, 2, 10, 49
"""Built-in number formats: General, 0.00, 0.00%, @."""

COLOURS = {
    Severity.ERROR: ("FF9C0006", "FFFFC7CE"),
    Severity.WARNING: ("FF7F4A00", "FFFFCC80"),
    Severity.INFO: ("FF1F4E79", "FFDDEBF7"),
}
"""Ink and fill of a severity on our own sheet; the warning's fill is far from the pale yellow of the form's input cells."""

BLACK = "FF000000"
"""Ink in the agency's cells that we colour: legible on all fills, also where the agency wrote white on dark."""

NO_FILL = '<fill><patternFill patternType="none"/></fill>'
NO_BORDER = "<border><left/><right/><top/><bottom/><diagonal/></border>"

EMPTY_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    f'<fills count="2">{NO_FILL}<fill><patternFill patternType="gray125"/></fill></fills>'
    f'<borders count="1">{NO_BORDER}</borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
).encode()

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a cell of the added sheet looks; colours as ARGB, empty for none. Compared by identity: looks are constants."""

    ink: str = "FF262626"
    size: int = 10
    bold: bool = False
    underline: bool = False
    fill: str = ""
    lines: bool = True
    across: str = "left"
    number_format: int = GENERAL
    locked: bool = True


class Styles:
    """The style tables of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._part = book.links.first("styles")
        if not self._part:
            self._part = book.free_name("xl/styles{}.xml")
            book.add(self._part, EMPTY_STYLES, f"{SPREADSHEET}.styles+xml")
            book.links.add("styles", self._part)
            book.touch_relations(book.part)
        self._root = book.tree(self._part)
        self._tables: dict[str, Element] = {}
        self._keys: dict[str, dict[Key, int]] = {}
        self._sizes: dict[str, int] = {}
        self._variants: dict[tuple[int, int], int] = {}
        self._added: dict[str, list[str]] = {}

    def look(self, look: Look) -> int:
        """The cell format of a look."""
        font = self._number("fonts", _font(look))
        fill = self._number("fills", _solid(look.fill) if look.fill else NO_FILL)
        border = self._number("borders", _border() if look.lines else NO_BORDER)
        indent = ' indent="1"' if look.across == "left" and look.lines else ""
        protection = "" if look.locked else '<protection locked="0"/>'
        return self._number(
            "cellXfs",
            f'<xf numFmtId="{look.number_format}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
            f'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1" applyProtection="1">'
            f'<alignment horizontal="{look.across}" vertical="center" wrapText="1"{indent}/>{protection}</xf>',
        )

    def with_number_format(self, style: int, number_format: int) -> int:
        """A cell format like another one that shows numbers in this way."""
        if (style, number_format) not in self._variants:
            self._variants[style, number_format] = self._variant(style, number_format)
        return self._variants[style, number_format]

    def _variant(self, style: int, number_format: int) -> int:
        formats = self._table("cellXfs")
        if style >= len(formats):
            self.write()
        known = next(islice(formats.iterchildren("*"), style, None), None)
        if known is None:
            return self._number("cellXfs", f'<xf numFmtId="{number_format}" applyNumberFormat="1"/>')
        if int(known.get("numFmtId", "0")) == number_format:
            return style
        wanted = deepcopy(known)
        wanted.attrib.pop("quotePrefix", "")
        wanted.set("numFmtId", str(number_format))
        wanted.set("applyNumberFormat", "1")
        return self._place("cellXfs", _key(wanted), etree.tostring(wanted, encoding=str, with_tail=False))

    def highlight(self, severity: Severity) -> int:
        """The differential format that colours a cell with a finding."""
        _, fill = COLOURS[severity]
        return self._number("dxfs", f'<dxf><font><color rgb="{BLACK}"/></font>{_solid(fill)}</dxf>')

    def write(self) -> None:
        """Puts the new entries into their tables."""
        for table, entries in self._added.items():
            parent = self._table(table)
            parent.extend(elements("".join(entries)))
            parent.set("count", str(self._sizes[table]))
            self._book.touch(self._part)
        self._added.clear()

    def _number(self, table: str, entry: str) -> int:
        """The position of a written entry in a table."""
        return self._place(table, _wanted(entry), entry)

    def _place(self, table: str, key: Key, entry: str) -> int:
        """The position of an entry of this key in a table; behind the others where no equal one is there."""
        known = self._known(table)
        number = known.get(key)
        if number is None:
            number = known[key] = self._sizes[table]
            self._sizes[table] += 1
            self._added.setdefault(table, []).append(entry)
        return number

    def _known(self, table: str) -> dict[Key, int]:
        """The entries of a table: what they say and where they stand, the first where several say the same."""
        if table not in self._keys:
            entries = self._table(table).findall("*")
            self._sizes[table] = len(entries)
            self._keys[table] = {_key(entry): number for number, entry in reversed(list(enumerate(entries)))}
        return self._keys[table]

    def _table(self, table: str) -> Element:
        if table not in self._tables:
            self._tables[table] = ensure(self._root, table, STYLES_ORDER)
        return self._tables[table]


@lru_cache(maxsize=1024)
def _wanted(entry: str) -> Key:
    return _key(elements(entry)[0])


def _key(element: Element) -> Key:
    """What makes two entries equal: names and attributes within them, not white space or prefixes."""
    return tuple((part.tag, frozenset(part.items())) for part in element.iter("*"))


@cache
def _font(look: Look) -> str:
    bold = "<b/>" if look.bold else ""
    underline = "<u/>" if look.underline else ""
    ink = f'<color rgb="{look.ink}"/>'
    return f'<font>{bold}{underline}<sz val="{look.size}"/>{ink}<name val="微软雅黑"/><family val="2"/><charset val="134"/></font>'


def _solid(colour: str) -> str:
    return f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor rgb="{colour}"/></patternFill></fill>'


@cache
def _border() -> str:
    sides = "".join(f'<{s} style="thin"><color rgb="FFBFBFBF"/></{s}>' for s in ("left", "right", "top", "bottom"))
    return f"<border>{sides}<diagonal/></border>"
