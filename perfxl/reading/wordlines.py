"""The text of a Word document, as a person reads it: paragraphs and rows of tables, as lines.

Changes that were tracked count as accepted; what is hidden, crossed out or was computed by perfxl itself is left out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain

from perfxl.door.fonts import draws
from perfxl.door.parts import OpenedParts
from perfxl.door.refusals import over
from perfxl.door.wordsight import MARKUP_SPACE, WORD_SPACE, WordSight, is_switched_on, sight_of
from perfxl.door.xmldoor import Element
from perfxl.reading.documentlines import MOST_LINES, Line, plain_line
from perfxl.reading.wordnumbers import Numbering
from perfxl.typed.wording import DOUBT

_NOT_THERE = frozenset(
    {"del", "moveFrom", "instrText", "delText", "rPr", "pPr", "footnoteReference", "endnoteReference"}
)
_WRAPPERS = frozenset(WORD_SPACE + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
"""What may stand around paragraphs, rows and cells: content controls and accepted insertions."""
_CELLS_APART = 170
"""Twips (3 mm) up to which edges of cells are the same column: what drags of the mouse leave behind."""
_TICKED, _OPEN = "☑", "☐"
_SIGNS = {
    ("Wingdings", "FC"): "√",
    ("Wingdings", "FE"): _TICKED,
    ("Wingdings", "A8"): _OPEN,
    ("Wingdings", "6F"): _OPEN,
    ("Wingdings 2", "50"): "√",
    ("Wingdings 2", "52"): _TICKED,
    ("Wingdings 2", "A3"): _OPEN,
    ("Wingdings 2", "2A"): _OPEN,
}
"""Letters of fonts of signs that people tick with, by font and the last two digits of their code."""
_PRIVATE = re.compile("[\uf000-\uf0ff]")
"""Letters of fonts of signs."""
_DIGITS = [ord(digit) for digit in "0123456789"]
_MOVED = {
    "superscript": dict(zip(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True)),
    "subscript": dict(zip(_DIGITS, "₀₁₂₃₄₅₆₇₈₉", strict=True)),
}
_DRAWN = dict.fromkeys(_DIGITS, DOUBT)
"""Digits of fonts that show pictures for them."""
_TURNED, _STRAIGHT = "\u202e", "\u202c"


def lines_of_document(parts: OpenedParts, main: str) -> list[Line]:
    """The lines of a document that the door has let in.

    Raises:
        RefusedError: FL03, FL04.
    """
    related = {relation.kind: relation.part for relation in parts.relations(main) if relation.part in parts}
    roots = [parts.tree(related[kind]) if kind in related else None for kind in ("numbering", "styles")]
    body = parts.tree(main).find(WORD_SPACE + "body")
    lines = _Lines(Numbering(*roots), sight_of(parts, main))
    lines.read(body if body is not None else ())
    return lines.found


class _Lines:
    """Collects the lines of a document's body."""

    def __init__(self, numbering: Numbering, sight: WordSight) -> None:
        self.found: list[Line] = []
        self._sight = sight
        self._numbering = numbering
        self._tables = 0

    def read(self, blocks: Iterable[Element]) -> None:
        """Reads paragraphs and tables in their order, also those in content controls."""
        for block in _blocks(blocks):
            if block.tag == WORD_SPACE + "tbl":
                self._read_table(block)
            elif not self._sight.is_contents(block):
                self._add(plain_line(self._text(block)))
            self._read_boxes(block)

    def _add(self, line: Line) -> None:
        if line.first:
            self.found.append(line)
        if len(self.found) > MOST_LINES:
            raise over("Word 文档的段落和表格行数", len(self.found), MOST_LINES)

    def _read_boxes(self, block: Element) -> None:
        """What stands in text boxes comes behind the paragraph that holds them."""
        if block.tag == WORD_SPACE + "p":
            for box in _boxes(block):
                self.read(box)

    # -- tables

    def _read_table(self, table: Element) -> None:
        self._tables += 1
        number, columns = self._tables, _Columns(table)
        for row in _rows(table):
            cells: dict[int, str] = {}
            nested: list[Element] = []
            for column, cell in columns.cells(row):
                text = "" if _is_continued(cell) else self._cell_text(cell)
                if text:
                    cells[column] = f"{cells[column]}\n{text}" if column in cells else text
                nested += [block for block in _blocks(cell) if block.tag == WORD_SPACE + "tbl"]
            self._add(Line(cells, number))
            for inner in nested:
                self._read_table(inner)

    def _cell_text(self, cell: Element) -> str:
        paragraphs = [block for block in _blocks(cell) if block.tag == WORD_SPACE + "p"]
        boxed = [one for block in paragraphs for box in _boxes(block) for one in _blocks(box)]
        texts = [self._text(block) for block in (*paragraphs, *boxed) if block.tag == WORD_SPACE + "p"]
        return "\n".join(texts).strip()

    # -- paragraphs

    def _text(self, block: Element) -> str:
        text = "".join(_texts(block, self._sight))
        number = self._numbering.before(block.find(WORD_SPACE + "pPr"))
        return f"{number}{text}" if number and text.strip() else text


def _blocks(container: Iterable[Element]) -> Iterator[Element]:
    """The paragraphs and tables in a body or a cell, those in content controls and accepted insertions among them."""
    for child in container:
        if child.tag in (WORD_SPACE + "p", WORD_SPACE + "tbl"):
            yield child
        elif child.tag in _WRAPPERS and not _is_contents_control(child):
            yield from _blocks(child)


def _is_contents_control(control: Element) -> bool:
    gallery = control.find(f"{WORD_SPACE}sdtPr/{WORD_SPACE}docPartObj/{WORD_SPACE}docPartGallery")
    return gallery is not None and "Contents" in gallery.get(WORD_SPACE + "val", "")


def _texts(element: Iterable[Element], sight: WordSight) -> Iterator[str]:
    """The pieces of text in a paragraph or a part of it."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        space, _, name = child.tag.rpartition("}")
        if child.tag == MARKUP_SPACE + "AlternateContent" or name in _NOT_THERE:
            continue
        if name == "r":
            yield from _run_texts(child, sight)
        elif name == "t":
            yield child.text or ""
        elif name == "bdo" and child.get(WORD_SPACE + "val") == "rtl":
            yield from chain([_TURNED], _texts(child, sight), [_STRAIGHT])
        elif f"{space}}}" == WORD_SPACE and name == "ruby":
            base = child.find(WORD_SPACE + "rubyBase")
            yield from _texts(base, sight) if base is not None else ()
        elif name not in ("drawing", "pict", "object"):
            yield from _texts(child, sight)


def _run_texts(run: Element, sight: WordSight) -> Iterator[str]:
    why = sight.unseen(run)
    if why and not why.is_read:
        return
    properties = run.find(WORD_SPACE + "rPr")
    digits = _digits(properties)
    for child in run:
        match child.tag.rpartition("}")[2] if isinstance(child.tag, str) else "":
            case "t":
                text = _PRIVATE.sub(lambda sign: _sign(properties, sign[0]), child.text or "")
                yield text.translate(digits) if digits else text
            case "tab" | "ptab":
                yield "\t"
            case "br" | "cr":
                yield "" if child.get(WORD_SPACE + "type") in ("page", "column") else "\n"
            case "noBreakHyphen":
                yield "-"
            case "sym":
                code = child.get(WORD_SPACE + "char", "")[-2:].upper()
                yield _SIGNS.get((child.get(WORD_SPACE + "font", ""), code), "")
            case "fldChar":
                yield from _form_field(child)
            case "ruby":
                base = child.find(WORD_SPACE + "rubyBase")
                yield from _texts(base, sight) if base is not None else ()


def _digits(properties: Element | None) -> Mapping[int, str] | None:
    """What the digits of a run look like: moved from the line, or pictures; None for digits as usual."""
    if draws(_font(properties)):
        return _DRAWN
    moved = properties.find(WORD_SPACE + "vertAlign") if properties is not None else None
    return _MOVED.get(moved.get(WORD_SPACE + "val", "")) if moved is not None else None


def _font(properties: Element | None) -> str:
    """The font that a run says itself for its digits; "" for none."""
    fonts = properties.find(WORD_SPACE + "rFonts") if properties is not None else None
    return fonts.get(WORD_SPACE + "ascii", "") if fonts is not None else ""


def _sign(properties: Element | None, letter: str) -> str:
    """What a letter of a font of signs shows; some programs write it into the text instead of as a sign."""
    return _SIGNS.get((_font(properties) or "Wingdings", f"{ord(letter):X}"[-2:]), "")


def _form_field(mark: Element) -> Iterator[str]:
    """What a form field of the old kind shows: a box, or the chosen entry of a list."""
    box = mark.find(f"{WORD_SPACE}ffData/{WORD_SPACE}checkBox")
    if box is not None:
        checked = box.find(WORD_SPACE + "checked")
        state = checked if checked is not None else box.find(WORD_SPACE + "default")
        yield _TICKED if is_switched_on(state) else _OPEN
    entries = mark.findall(f"{WORD_SPACE}ffData/{WORD_SPACE}ddList/{WORD_SPACE}listEntry")
    chosen = mark.find(f"{WORD_SPACE}ffData/{WORD_SPACE}ddList/{WORD_SPACE}result")
    place = chosen.get(WORD_SPACE + "val", "0") if chosen is not None else "0"
    if entries and place.isdecimal() and int(place[:4]) < len(entries):
        yield entries[int(place[:4])].get(WORD_SPACE + "val", "")


def _boxes(block: Element) -> Iterator[Element]:
    """The contents of text boxes; of a box that is there twice, for old and new programs, the new one's."""
    for box in block.iter(WORD_SPACE + "txbxContent"):
        is_old = any(True for _ in box.iterancestors(MARKUP_SPACE + "Fallback"))
        if not is_old and next(box.iterancestors(WORD_SPACE + "p"), None) is block:
            yield box


# -- tables -----------------------------------------------------------------------------------------------------------


def _rows(table: Element) -> Iterator[Element]:
    """The rows of a table, without those that were deleted with changes tracked."""
    for child in table:
        if child.tag in _WRAPPERS:
            yield from _rows(child)
        elif child.tag == WORD_SPACE + "tr":
            properties = child.find(WORD_SPACE + "trPr")
            is_deleted = properties is not None and properties.find(WORD_SPACE + "del") is not None
            if not is_deleted:
                yield child


def _is_continued(cell: Element) -> bool:
    """Whether a cell goes on with the one above or beside it."""
    for name in ("vMerge", "hMerge"):
        merged = cell.find(f"{WORD_SPACE}tcPr/{WORD_SPACE}{name}")
        if merged is not None and merged.get(WORD_SPACE + "val", "continue") == "continue":
            return True
    return False


class _Columns:
    """The columns of a table: edges of its grid that lie close together are one."""

    def __init__(self, table: Element) -> None:
        grid = table.find(WORD_SPACE + "tblGrid")
        widths = [_width(column) for column in grid] if grid is not None else []
        is_known = all(widths)
        steps = [int(n == 0 or not is_known or widths[n - 1] > _CELLS_APART) for n in range(len(widths))]
        self._columns = list(accumulate(steps))

    def cells(self, row: Element) -> Iterator[tuple[int, Element]]:
        """The cells of a row, each with its column from 1."""
        properties = row.find(WORD_SPACE + "trPr")
        place = _count(properties, "gridBefore", 0) if properties is not None else 0
        for cell in _cells(row):
            yield self._column(place), cell
            own = cell.find(WORD_SPACE + "tcPr")
            place += _count(own, "gridSpan", 1) if own is not None else 1

    def _column(self, place: int) -> int:
        known = self._columns
        if place < len(known):
            return known[place]
        return place - len(known) + 1 + (known[-1] if known else 0)


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == WORD_SPACE + "tc":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _cells(child)


def _width(column: Element) -> int:
    text = column.get(WORD_SPACE + "w", "") if isinstance(column.tag, str) else ""
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _count(properties: Element, name: str, otherwise: int) -> int:
    found = properties.find(WORD_SPACE + name)
    text = found.get(WORD_SPACE + "val", "") if found is not None else ""
    return int(text) if text.isdecimal() and len(text) < 5 else otherwise
