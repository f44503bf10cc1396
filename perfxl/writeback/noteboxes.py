"""Where does the box of a note stand, and how is it told to Excel? Notes without a box in the VML drawing are not shown."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import count

from lxml import etree

from perfxl.system.recurring import recurring
from perfxl.writeback.parts import OFFICE, BookParts, Element, insert_in_order, local, main_tag, split_address, take_out
from perfxl.writeback.sheetedit import WORKSHEET_ORDER, EditedSheet, box_of

VML = "urn:schemas-microsoft-com:vml"
VML_OFFICE = "urn:schemas-microsoft-com:office:office"
VML_EXCEL = "urn:schemas-microsoft-com:office:excel"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

SPACES = f'xmlns:v="{VML}" xmlns:o="{VML_OFFICE}" xmlns:x="{VML_EXCEL}"'
DRAWING = f"<xml {SPACES}>{{shapes}}</xml>"
LAYOUT = '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout>'
BOX_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" fillcolor="#ffffe1" o:insetmode="auto" '
    'style="position:absolute;margin-left:60pt;margin-top:2pt;width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_WIDE = re.compile("[\u2e80-\uffff]+")
IDS_A_BLOCK = 1024
FARTHEST = 500
"""Rows or columns that a box may reach over, most of them hidden."""

_WIDTH, _LINE, HALF_WIDTHS_A_LINE, TALLEST = 330, 17, 50, 430
"""In pixels, but for the characters that a line of the box holds (a Chinese one counts twice)."""


class Boxes:
    """The VML drawing of one sheet; where there is none, the first boxes make one with the next of the free blocks.

    Raises:
        RefusedError: the drawing is not well-formed.
    """

    def __init__(self, book: BookParts, part: str, sheet: EditedSheet, blocks: Iterator[int]) -> None:
        self._book = book
        self._sheet_part = part
        self._sheet = sheet
        self._blocks = blocks
        self._part = drawing_part(book, part, sheet.root)
        self._root = book.tree(self._part) if self._part else None

    def add(self, notes: Iterable[tuple[str, str]]) -> None:
        """Adds a box beside each cell with a note that has none yet, as high as its text needs."""
        if self._root is None:
            self._create(next(self._blocks), notes)
        else:
            self._extend(self._root, notes)

    def _create(self, block: int, notes: Iterable[tuple[str, str]]) -> None:
        shapes = [LAYOUT.format(block=block), BOX_TYPE, *self._boxes(notes, block * IDS_A_BLOCK, 1)]
        book, root = self._book, self._sheet.root
        name = book.free_name("xl/drawings/vmlDrawing{}.vml")
        book.add_by_extension(name, DRAWING.format(shapes="".join(shapes)).encode(), VML_TYPE)
        key = book.relations(self._sheet_part).add("vmlDrawing", name)
        book.touch_relations(self._sheet_part)
        spaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix} | {"r": OFFICE}
        link = root.makeelement(main_tag("legacyDrawing"), {f"{{{OFFICE}}}id": key}, spaces)
        insert_in_order(root, link, WORKSHEET_ORDER)

    def _extend(self, root: Element, notes: Iterable[tuple[str, str]]) -> None:
        used = [int(number) for shape in root for number in re.findall(r"_x0000_s(\d+)", shape.get("id", ""))]
        last = max(used, default=_own_block(root) * IDS_A_BLOCK)
        boxed = {place for _, place in _notes(root)}
        missing = [(cell, text) for cell, text in notes if split_address(cell) not in boxed]
        boxes = self._boxes(missing, last, len(root))
        if boxes:
            typed = any(shape.get("id") == "_x0000_t202" for shape in root)
            shapes = "".join(boxes if typed else [BOX_TYPE, *boxes])
            root.extend(etree.fromstring(DRAWING.format(shapes=shapes)))
            self._book.touch(self._part)

    def _boxes(self, notes: Iterable[tuple[str, str]], last: int, below: int) -> list[str]:
        """The boxes of notes, numbered behind the last shape and above so many others."""
        placed = [(cell, text) for cell, text in notes if split_address(cell) != (0, 0)]
        return [self._box(cell, text, last + order, below + order) for order, (cell, text) in enumerate(placed, 1)]

    def _box(self, cell: str, text: str, number: int, order: int) -> str:
        row, column = split_address(cell)
        height = min(TALLEST, _LINE * note_lines(text, HALF_WIDTHS_A_LINE) + 14)
        return BOX.format(
            number=number,
            width=_WIDTH * 3 // 4,
            height=height * 3 // 4,
            order=order,
            anchor=self._anchor(cell, height),
            row=row - 1,
            column=column - 1,
        )

    def _anchor(self, cell: str, height: int) -> str:
        """The corners of a box right of a cell or its merged range, as column, pixels, row, pixels, twice."""
        row, column = split_address(cell)
        box = box_of(self._sheet.area_of(cell))
        right = box[3] if box else column
        last_column, beyond = _advance(right, 15 + _WIDTH, self._sheet.column_pixels)
        last_row, below = _advance(row - 1, 4 + height, self._sheet.row_pixels)
        return f"{right}, 15, {row - 1}, 4, {last_column}, {beyond}, {last_row}, {below}"


def drawing_part(book: BookParts, part: str, root: Element) -> str:
    """The VML drawing that a sheet names; empty where there is none."""
    link = root.find(main_tag("legacyDrawing"))
    key = link.get(f"{{{OFFICE}}}id", "") if link is not None else ""
    return book.relations(part).by_id().get(key, "") if key else ""


def remove_boxes(root: Element, places: set[tuple[int, int]]) -> bool:
    """Takes the boxes of some cells' notes out of a drawing; says whether any shape is left."""
    for shape, place in list(_notes(root)):
        if place in places:
            take_out(shape)
    return any(local(shape) not in ("shapelayout", "shapetype", "") for shape in root)


@recurring(kept=1024, longest=500)
def note_lines(text: str, half_widths: int) -> int:
    """How many lines a wrapped text takes where a line holds so many half-width characters."""
    if len(text) * 2 <= half_widths and "\n" not in text:
        return 1
    return sum(max(1, -(-half_width(line) // half_widths)) for line in text.split("\n"))


def half_width(text: str) -> int:
    """The width of a text; a Chinese character counts twice."""
    return 2 * len(text) - len(_WIDE.sub("", text))


def _notes(root: Element) -> Iterator[tuple[Element, tuple[int, int]]]:
    for shape in root.iterchildren(f"{{{VML}}}shape"):
        data = shape.find(f"{{{VML_EXCEL}}}ClientData")
        if data is not None and data.get("ObjectType") == "Note":
            row, column = (data.findtext(f"{{{VML_EXCEL}}}{name}") or "" for name in ("Row", "Column"))
            if row.strip().isdigit() and column.strip().isdigit():
                yield shape, (int(row) + 1, int(column) + 1)


def _own_block(root: Element) -> int:
    """The block of shape numbers that a drawing claims."""
    claimed = next(root.iter(f"{{{VML_OFFICE}}}idmap"), None)
    first = claimed.get("data", "").split(",")[0] if claimed is not None else ""
    return int(first) if first.isdigit() else 1


def free_blocks(book: BookParts) -> Iterator[int]:
    """The blocks of shape numbers that no drawing of the workbook claims."""
    drawings = [book.content(name) for name in book.names if name.lower().endswith(".vml")]
    claims = [claim for drawing in drawings for claim in re.findall(rb'idmap[^>]*?data="([\d,]*)"', drawing)]
    taken = {int(number) for claim in claims for number in claim.split(b",") if number}
    yield from (block for block in count(1) if block not in taken)


def _advance(at: int, pixels: int, size_of: Callable[[int], int]) -> tuple[int, int]:
    """The index (from 0) and the offset inside it that lie so many pixels behind the start of an index.

    On a sheet whose further rows or columns are hidden there may be no such place: then one not far off.
    """
    for beyond in range(FARTHEST):
        size = max(0, size_of(at + beyond + 1))
        if pixels < size:
            return at + beyond, pixels
        pixels -= size
    return at + 2, 0
