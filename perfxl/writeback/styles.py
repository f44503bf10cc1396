"""Which number of the workbook's style tables means a wanted look? Equal entries are used again, others appended."""

from dataclasses import dataclass
from functools import cache, lru_cache

from lxml import etree

from perfxl.door.xmldoor import Element, main_tag
from perfxl.model import Severity
from perfxl.system.recurring import recurring
from perfxl.writeback.parts import MAIN, SPREADSHEET, BookParts, elements, ensure, parse, sequence, serialised, take_out

STYLES_ORDER = sequence(
    """
    numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst
    """
)
"""CT_Stylesheet, ECMA-376 part 1, 18.8.39."""

GENERAL_FORMAT, TWO_PLACES, PERCENT, AS_TEXT = 0, 2, 10, 49
"""Built-in number formats: General, 0.00, 0.00%, @."""

COLOURS = {
    Severity.ERROR: ("FF3D0000", "FFE8786C"),
    Severity.WARNING: ("FF4A2C00", "FFFFBB52"),
    Severity.INFO: ("FF1F3B5C", "FFCBDDF0"),
}
"""Ink and fill of a severity on our own sheet; the graver the darker, so that grey prints and colour-blind eyes tell them apart,
and all far from the pale yellow of the form's input cells."""

BLACK = "FF000000"
"""Ink in the agency's cells that we colour: legible on all fills, also where the agency wrote white on dark."""

NO_FILL = '<fill><patternFill patternType="none"/></fill>'
NO_BORDER = "<border><left/><right/><top/><bottom/><diagonal/></border>"

USUAL_PART = "xl/styles.xml"
"""Where programs look that do not follow the relation."""

# Excel takes the first two fills for none and gray125, whatever stands there
EMPTY_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    f'<fills count="2">{NO_FILL}<fill><patternFill patternType="gray125"/></fill></fills>'
    f'<borders count="1">{NO_BORDER}</borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()

TABLES = ("fonts", "fills", "borders", "cellXfs", "dxfs")
_LONGEST = 100_000
"""Bytes of a part that is worth remembering: some workbooks have gathered tens of thousands of formats."""

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CellLook:
    """How a cell of the added sheet looks; colours as ARGB, empty for none. Compared by identity: looks are constants."""

    ink: str = "FF262626"
    size: int = 10
    bold: bool = False
    underline: bool = False
    fill: str = ""
    lines: bool = True
    across: str = "left"
    number_format: int = GENERAL_FORMAT
    locked: bool = True


@dataclass(frozen=True, slots=True)
class StyleCounts:
    """What the style tables of a part hold."""

    sizes: dict[str, int]
    numbers: dict[tuple[str, _Key], int]
    """Where an entry of a table stands, the first of equal ones."""
    formats: list[str]
    """The cell formats as mark-up."""


class StyleTables:
    """The style tables of one workbook."""

    def __init__(self, book: BookParts) -> None:
        self._book = book
        self._part = book.links.first("styles")
        if not self._part:
            self._part = USUAL_PART if USUAL_PART not in book else book.free_name("xl/styles{}.xml")
            book.links.add("styles", self._part)
            book.touch_relations(book.part)
        if self._part not in book:
            book.add(self._part, EMPTY_STYLES, f"{SPREADSHEET}.styles+xml")
        self._content = book.content(self._part)
        self._there = _tables(self._content, self._part)
        self._own: dict[tuple[str, _Key], int] = {}
        self._added: dict[str, list[str]] = {table: [] for table in TABLES}

    def look(self, look: CellLook) -> int:
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
        known = self._format(style)
        wanted = _variant(known, number_format)
        return style if wanted == known else self._number("cellXfs", wanted)

    def wrapped(self, style: int) -> int:
        """A cell format like another one that breaks long texts into lines."""
        known = self._format(style)
        wanted = _wrapping(known)
        return style if wanted == known else self._number("cellXfs", wanted)

    def locked(self, style: int, colour: str) -> int:
        """A cell format like another one that is locked and has a fill of its own; `colour` as ARGB."""
        fill = self._number("fills", _solid(colour))
        return self._number("cellXfs", _locking(self._format(style), fill))

    def _format(self, style: int) -> str:
        """A cell format as mark-up; a plain one for a number that the workbook does not have."""
        for formats in (self._there.formats, self._added["cellXfs"]):
            if style < len(formats):
                return formats[style]
            style -= len(formats)
        return "<xf/>"

    def highlight(self, severity: Severity) -> int:
        """The differential format that colours a cell with a finding."""
        _, fill = COLOURS[severity]
        return self._number("dxfs", f'<dxf><font><color rgb="{BLACK}"/></font>{_solid(fill)}</dxf>')

    def write(self) -> None:
        """Puts the new entries into their tables."""
        added = tuple((table, self._size(table), "".join(entries)) for table, entries in self._added.items() if entries)
        if added:
            self._book.package.write(self._part, _extended(self._content, self._part, added))

    def _number(self, table: str, entry: str) -> int:
        """The position of an entry in a table; behind the others where no equal one is there."""
        place = table, _key(entry)
        number = self._there.numbers.get(place, self._own.get(place))
        if number is None:
            number = self._own[place] = self._size(table)
            self._added[table].append(entry)
        return number

    def _size(self, table: str) -> int:
        return self._there.sizes[table] + len(self._added[table])


@recurring(kept=16, longest=_LONGEST)
def _tables(content: bytes, part: str) -> StyleCounts:
    root = parse(content, part)
    entries = {table: root.findall(f"{main_tag(table)}[1]/*") for table in TABLES}
    places = [(table, number, entry) for table in TABLES for number, entry in enumerate(entries[table])]
    return StyleCounts(
        sizes={table: len(found) for table, found in entries.items()},
        # backwards, so that of equal entries the first remains
        numbers={(table, _said(entry)): number for table, number, entry in reversed(places)},
        formats=[etree.tostring(entry, encoding=str, with_tail=False) for entry in entries["cellXfs"]],
    )


@recurring(kept=16, longest=_LONGEST)
def _extended(content: bytes, part: str, added: tuple[tuple[str, int, str], ...]) -> bytes:
    """A part with further entries in its tables, each given with the size that it then has."""
    root = parse(content, part)
    for table, size, entries in added:
        parent = ensure(root, table, STYLES_ORDER)
        parent.extend(elements(entries))
        parent.set("count", str(size))
    return serialised(root, part)


@lru_cache(maxsize=1024)
def _variant(entry: str, number_format: int) -> str:
    """A cell format that shows numbers in this way; the same where it does already."""
    wanted = elements(entry)[0]
    if int(wanted.get("numFmtId", "0")) == number_format:
        return entry
    # it marks a cell whose content was typed as text; a figure is none
    wanted.attrib.pop("quotePrefix", "")
    wanted.set("numFmtId", str(number_format))
    wanted.set("applyNumberFormat", "1")
    return etree.tostring(wanted, encoding=str)


@lru_cache(maxsize=1024)
def _wrapping(entry: str) -> str:
    """A cell format that breaks long texts into lines, and does not shrink them."""
    wanted = elements(entry)[0]
    alignment = wanted.find(main_tag("alignment"))
    if alignment is None:
        alignment = etree.Element(main_tag("alignment"))
        wanted.insert(0, alignment)
    alignment.attrib.pop("shrinkToFit", "")
    alignment.set("wrapText", "1")
    wanted.set("applyAlignment", "1")
    return etree.tostring(wanted, encoding=str)


@lru_cache(maxsize=1024)
def _locking(entry: str, fill: int) -> str:
    """A cell format that is locked and has another fill."""
    wanted = elements(entry)[0]
    for protection in wanted.findall(main_tag("protection")):
        take_out(protection)
    wanted.set("fillId", str(fill))
    wanted.set("applyFill", "1")
    return etree.tostring(wanted, encoding=str)


@lru_cache(maxsize=1024)
def _key(entry: str) -> _Key:
    return _said(elements(entry)[0])


def _said(element: Element) -> _Key:
    """What makes two entries equal: names and attributes within them, not white space or prefixes."""
    return tuple((part.tag, frozenset(part.items())) for part in element.iter("*"))


@cache
def _font(look: CellLook) -> str:
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
