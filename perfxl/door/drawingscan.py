"""Over which cells do pictures and shapes lie?"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from perfxl.door.parts import OpenedParts
from perfxl.door.ranges import LAST_COLUMN, LAST_ROW
from perfxl.door.seen import Box
from perfxl.door.written import is_on, size_of, whole
from perfxl.door.xmldoor import MOST_BYTES, Element, main_tag
from perfxl.errors import RefusedError

_FROM, _TO, _EXTENT, _POSITION, _TWO, _ONE, _ABSOLUTE = (
    f"{{*}}{name}" for name in ("from", "to", "ext", "pos", "twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
)
_CLIENT = "{urn:schemas-microsoft-com:office:excel}ClientData"
_ANCHOR = "{urn:schemas-microsoft-com:office:excel}Anchor"
_VISIBLE = "{urn:schemas-microsoft-com:office:excel}Visible"
_SEEN = re.compile(rb"ObjectType\s*=\s*[\"'](?!Note[\"'])|visibility\s*:\s*visible|[:<]Visible\b")
"""In a drawing of the older kind, what is no box of a note that opens when somebody points at its cell."""
_PER_POINT, _PER_PIXEL = 12_700, 9_525
"""English metric units."""
_DIGIT = 7
"""Pixels of a digit in the usual font, in which the width of a column is told."""
_USUAL_HEIGHT, _USUAL_WIDTH = 15.0, 9.14
_MOST_MEASURED = 200
"""Shapes of a sheet whose size has to be measured by rows and columns; a form has fewer."""
_FARTHEST = 10_000
"""Rows that are walked for one of them."""


class _Rulers(NamedTuple):
    """The height of each row and the width of each column, from 1, in English metric units."""

    height: Callable[[int], int]
    width: Callable[[int], int]


def covers_of(parts: OpenedParts, sheet: str) -> list[Box]:
    """The ranges under the pictures and shapes of a sheet; none where its drawing cannot be read."""
    try:
        found = [*_drawn(parts, sheet), *_drawn_as_before(parts, sheet)]
    except RefusedError:
        return []
    return list(dict.fromkeys(found))


def _drawn(parts: OpenedParts, sheet: str) -> Iterator[Box]:
    """What lies under the shapes of a drawing."""
    for root in (parts.tree(part) for part in _related(parts, sheet, "drawing")):
        for anchor in root.iter(_TWO):
            yield from _between(anchor)
        measured = list(islice(root.iter(_ONE, _ABSOLUTE), _MOST_MEASURED))
        rulers = _rulers(parts, sheet) if measured else None
        if rulers is not None:
            for anchor in measured:
                yield from _measured(anchor, rulers)


def _drawn_as_before(parts: OpenedParts, sheet: str) -> Iterator[Box]:
    """What lies under the shapes and controls of a drawing of the older kind (VML), and under boxes of notes that stay open."""
    for part in _related(parts, sheet, "vmlDrawing"):
        if not _SEEN.search(parts.content(part)):
            continue
        for shape in parts.tree(part).iter(_CLIENT):
            corners = re.findall(r"-?[0-9]+", shape.findtext(_ANCHOR) or "")
            if len(corners) == 8 and (shape.get("ObjectType") != "Note" or _stays_open(shape)):
                left, _, top, _, right, beyond, bottom, below = (int(corner[:9]) for corner in corners)
                yield _box(top + 1, left + 1, bottom + (below > 0), right + (beyond > 0))


def _stays_open(note: Element) -> bool:
    """Whether the box of a note is always to be seen."""
    switch, shape = note.find(_VISIBLE), note.getparent()
    style = re.sub(r"\s", "", shape.get("style", "")) if shape is not None else ""
    return "visibility:visible" in style or (switch is not None and is_on((switch.text or "1").strip()))


def _box(top: int, left: int, bottom: int, right: int) -> Box:
    """A range by two of its corners, whichever they are."""
    return Box(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _related(parts: OpenedParts, sheet: str, kind: str) -> list[str]:
    return [relation.part for relation in parts.relations(sheet) if relation.kind == kind and relation.part in parts]


def _between(anchor: Element) -> Iterator[Box]:
    """The cells from one corner to the other; a cell that is only touched at its edge is not covered."""
    start, end = anchor.find(_FROM), anchor.find(_TO)
    if start is not None and end is not None:
        last_row = _whole(end, "row") + (_whole(end, "rowOff") > 0)
        last_column = _whole(end, "col") + (_whole(end, "colOff") > 0)
        yield _box(_whole(start, "row") + 1, _whole(start, "col") + 1, last_row, last_column)


def _measured(anchor: Element, rulers: _Rulers) -> Iterator[Box]:
    """The cells under a shape of which a corner and the size are told."""
    extent, start, position = anchor.find(_EXTENT), anchor.find(_FROM), anchor.find(_POSITION)
    if extent is None:
        return
    row, column, down, right = 1, 1, 0, 0
    if start is not None:
        row, column = _whole(start, "row") + 1, _whole(start, "col") + 1
        down, right = _whole(start, "rowOff"), _whole(start, "colOff")
    elif position is not None:
        down, right = _length(position.get("y")), _length(position.get("x"))
    top, bottom = _span(row, down, _length(extent.get("cy")), rulers.height, LAST_ROW)
    left, last = _span(column, right, _length(extent.get("cx")), rulers.width, LAST_COLUMN)
    yield Box(top, left, bottom, last)


def _span(first: int, offset: int, length: int, size: Callable[[int], int], most: int) -> tuple[int, int]:
    """The first and the last row (or column) that a stretch touches which begins so far behind the edge of one."""
    farthest = min(most, first + _FARTHEST)
    while first < farthest and offset >= size(first):
        offset -= size(first)
        first += 1
    last, rest = first, offset + length
    while last < farthest and rest > size(last):
        rest -= size(last)
        last += 1
    return first, last


def _rulers(parts: OpenedParts, sheet: str) -> _Rulers | None:
    """The sizes of rows and columns; None for a sheet too large to be a form."""
    if len(parts.content(sheet)) > MOST_BYTES:
        return None
    root = parts.tree(sheet)
    usual = root.find(main_tag("sheetFormatPr"))
    high, wide = (usual.get("defaultRowHeight"), usual.get("defaultColWidth")) if usual is not None else (None, None)
    height, width = round(_number(high, _USUAL_HEIGHT) * _PER_POINT), _width(_number(wide, _USUAL_WIDTH))
    heights: dict[int, int] = {}
    number = 0
    for row in root.iterfind(f"{main_tag('sheetData')}/{main_tag('row')}"):
        number = whole(row.get("r")) or number + 1
        if is_on(row.get("hidden")):
            heights[number] = 0
        elif "ht" in row.attrib:
            heights[number] = round(_number(row.get("ht"), _USUAL_HEIGHT) * _PER_POINT)
    widths = _widths(root)
    return _Rulers(lambda row: heights.get(row, height), lambda column: widths.get(column, width))


def _widths(root: Element) -> Mapping[int, int]:
    widths: dict[int, int] = {}
    for run in root.iterfind(f"{main_tag('cols')}/{main_tag('col')}"):
        first, last = whole(run.get("min")) or 1, whole(run.get("max")) or 1
        is_hidden = is_on(run.get("hidden"))
        width = 0 if is_hidden else _width(_number(run.get("width"), _USUAL_WIDTH))
        widths |= dict.fromkeys(range(max(1, first), min(last, LAST_COLUMN) + 1), width)
    return widths


def _width(characters: float) -> int:
    return int(characters * _DIGIT) * _PER_PIXEL


def _number(written: str | None, otherwise: float) -> float:
    """A size as a file has it; the usual one where it has none that makes sense."""
    number = size_of(written)
    return number if number is not None and 0 <= number <= LAST_COLUMN else otherwise


def _length(written: str | None) -> int:
    return whole(written) or 0


def _whole(corner: Element, key: str) -> int:
    written = (corner.findtext(f"{{*}}{key}") or "").strip()
    return (whole(written.removeprefix("-")) or 0) * (-1 if written.startswith("-") else 1)
