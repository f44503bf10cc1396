"""Where does the box of a note stand, and how is it told to Excel? Notes without a box in the VML drawing are not shown."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import count, islice

from lxml import etree

from perfxl.door.xmldoor import Element, main_tag
from perfxl.system.recurring import recurring
from perfxl.writeback.parts import OFFICE_SPACE, BookParts, insert_in_order, local, split_address, take_out
from perfxl.writeback.sheetedit import WORKSHEET_ORDER, EditedSheet, corners_of

VML = "urn:schemas-microsoft-com:vml"
VML_OFFICE = "urn:schemas-microsoft-com:office:office"
VML_EXCEL = "urn:schemas-microsoft-com:office:excel"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"

SPACES = f'xmlns:v="{VML}" xmlns:o="{VML_OFFICE}" xmlns:x="{VML_EXCEL}"'
DRAWING = f"<xml {SPACES}>{{shapes}}</xml>"
LAYOUT = '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>'
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
_SHAPE_NUMBER = re.compile(rb"_x0000_s(\d{1,9})[\"']")
"""In the ids of shapes, in o:spid where a shape has a name of its own, and where a drawing refers to them."""
_CONTROL_NUMBER = re.compile(rb"\bshapeId\s*=\s*[\"'](\d{1,9})[\"']")
_WITH_SHAPES = ("vmlDrawing", "control", "ctrlProp", "oleObject", "package")
"""Kinds of relations of a sheet that names shapes by number."""
FARTHEST = 500
"""Rows or columns that a box may reach over, most of them hidden."""

_WIDTH, _LINE, HALF_WIDTHS_A_LINE, TALLEST = 330, 17, 50, 430
"""In pixels, but for the characters that a line of the box holds (a Chinese one counts twice)."""


class ShapeNumbers:
    """Numbers for further shapes: none that a shape, control or embedded object of the workbook has.

    A drawing claims blocks of 1,024 numbers. New shapes go behind the last one of its blocks, then into a further block
    that nobody uses; so the same notes get the same numbers each time.
    """

    def __init__(self, book: BookParts) -> None:
        self._book = book

    def take(self, claimed: Sequence[int], wanted: int) -> tuple[list[int], list[int]]:
        """So many free numbers, and the blocks that a drawing needs beyond those that it claims."""
        numbers: list[int] = []
        further: list[int] = []
        blocks = iter(claimed)
        while len(numbers) < wanted:
            block = next(blocks, 0)
            if not block:
                block = next(free for free in count(1) if free not in self._taken)
                further.append(block)
            last = max((number for number in self._used if number // IDS_A_BLOCK == block), default=block * IDS_A_BLOCK)
            numbers.extend(islice(range(last + 1, (block + 1) * IDS_A_BLOCK), wanted - len(numbers)))
            self._taken.add(block)
        self._used.update(numbers)
        return numbers, further

    @cached_property
    def _used(self) -> set[int]:
        """All numbers in use."""
        book = self._book
        drawings = [name for name in book.names if name.lower().endswith(".vml") or "/drawings/drawing" in name.lower()]
        sheets = [part for part in book.sheets.values() if part and any(map(book.relations(part).first, _WITH_SHAPES))]
        found = [number for name in drawings for number in _SHAPE_NUMBER.findall(book.content(name))]
        found += [number for part in sheets if part in book for number in _CONTROL_NUMBER.findall(book.content(part))]
        return set(map(int, found))

    @cached_property
    def _taken(self) -> set[int]:
        """The blocks that a drawing claims or a shape lies in."""
        drawings = [self._book.content(name) for name in self._book.names if name.lower().endswith(".vml")]
        claims = [claim for drawing in drawings for claim in re.findall(rb"idmap[^>]*?data=[\"']([\d,]*)", drawing)]
        claimed = {int(number) for claim in claims for number in claim.split(b",") if number}
        return claimed | {number // IDS_A_BLOCK for number in self._used}


class Boxes:
    """The VML drawing of one sheet; where there is none, or none with a shape, the first boxes make one.

    Raises:
        RefusedError: the drawing is not well-formed.
    """

    def __init__(self, book: BookParts, part: str, sheet: EditedSheet, numbers: ShapeNumbers) -> None:
        self._book = book
        self._sheet_part = part
        self._sheet = sheet
        self._numbers = numbers
        self._part = drawing_part(book, part, sheet.root)
        self._root = book.tree(self._part) if self._part else None
        if self._root is not None and not has_shapes(self._root):  # what is left when ours are taken off is no drawing
            detach_drawing(book, part, sheet.root, self._part)
            self._root = None

    def add(self, notes: Iterable[tuple[str, str]]) -> None:
        """Adds a box beside each cell with a note that has none yet, as high as its text needs."""
        if self._root is None:
            self._create(list(notes))
        else:
            self._extend(self._root, notes)

    def _create(self, notes: Sequence[tuple[str, str]]) -> None:
        boxes, blocks = self._boxes(notes, (), 1)
        shapes = [LAYOUT.format(blocks=",".join(map(str, blocks))), BOX_TYPE, *boxes]
        book, root = self._book, self._sheet.root
        name = book.free_name("xl/drawings/vmlDrawing{}.vml")
        book.add_by_extension(name, DRAWING.format(shapes="".join(shapes)).encode(), VML_TYPE)
        key = book.relations(self._sheet_part).add("vmlDrawing", name)
        book.touch_relations(self._sheet_part)
        spaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix} | {"r": OFFICE_SPACE}
        link = root.makeelement(main_tag("legacyDrawing"), {f"{{{OFFICE_SPACE}}}id": key}, spaces)
        insert_in_order(root, link, WORKSHEET_ORDER)

    def _extend(self, root: Element, notes: Iterable[tuple[str, str]]) -> None:
        boxed = {place for _, place in _notes(root)}
        missing = [(cell, text) for cell, text in notes if split_address(cell) not in boxed]
        boxes, blocks = self._boxes(missing, _claimed(root), sum(map(_is_shape, root)))
        if boxes:
            typed = any(shape.get("id") == "_x0000_t202" for shape in root)
            shapes = "".join(boxes if typed else [BOX_TYPE, *boxes])
            root.extend(etree.fromstring(DRAWING.format(shapes=shapes)))
            _claim(root, blocks)
            self._book.touch(self._part)

    def _boxes(
        self, notes: Iterable[tuple[str, str]], claimed: Sequence[int], below: int
    ) -> tuple[list[str], list[int]]:
        """The boxes of notes, above so many other shapes, and the blocks of numbers that they need beyond the claimed ones."""
        placed = [(cell, text) for cell, text in notes if split_address(cell) != (0, 0)]
        numbers, blocks = self._numbers.take(claimed, len(placed))
        numbered = enumerate(zip(placed, numbers, strict=True), below + 1)
        return [self._box(cell, text, number, order) for order, ((cell, text), number) in numbered], blocks

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
        box = corners_of(self._sheet.area_of(cell))
        right = box[3] if box else column
        last_column, beyond = _advance(right, 15 + _WIDTH, self._sheet.column_pixels)
        last_row, below = _advance(row - 1, 4 + height, self._sheet.row_pixels)
        return f"{right}, 15, {row - 1}, 4, {last_column}, {beyond}, {last_row}, {below}"


def drawing_part(book: BookParts, part: str, root: Element) -> str:
    """The VML drawing that a sheet names; empty where there is none."""
    link = root.find(main_tag("legacyDrawing"))
    key = link.get(f"{{{OFFICE_SPACE}}}id", "") if link is not None else ""
    return book.relations(part).by_id().get(key, "") if key else ""


def remove_boxes(root: Element, places: set[tuple[int, int]]) -> bool:
    """Takes the boxes of some cells' notes out of a drawing; says whether any shape is left."""
    for shape, place in list(_notes(root)):
        if place in places:
            take_out(shape)
    return has_shapes(root)


def has_shapes(root: Element) -> bool:
    """Whether a drawing draws anything."""
    return any(map(_is_shape, root))


def _is_shape(element: Element) -> bool:
    return local(element) not in ("shapelayout", "shapetype", "")


def detach_drawing(book: BookParts, part: str, sheet: Element, drawing: str) -> None:
    """Takes a sheet's drawing of note boxes out of the workbook."""
    book.remove(drawing)
    book.relations(part).drop(drawing)
    book.touch_relations(part)
    for link in sheet.findall(main_tag("legacyDrawing")):
        take_out(link)
    book.touch(part)


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


def _claimed(root: Element) -> list[int]:
    """The blocks of shape numbers that a drawing claims."""
    claims = root.iter(f"{{{VML_OFFICE}}}idmap")
    return [int(number) for claim in claims for number in claim.get("data", "").split(",") if number.strip().isdigit()]


def _claim(root: Element, blocks: Sequence[int]) -> None:
    """Lets a drawing claim further blocks of shape numbers."""
    if not blocks:
        return
    said = ",".join(map(str, blocks))
    claim = next(root.iter(f"{{{VML_OFFICE}}}idmap"), None)
    if claim is None:
        root.insert(0, etree.fromstring(DRAWING.format(shapes=LAYOUT.format(blocks=said)))[0])
    else:
        claim.set("data", ",".join(filter(None, (claim.get("data"), said))))


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
