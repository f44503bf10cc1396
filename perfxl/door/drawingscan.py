"""Over which cells do pictures and shapes lie?"""

from perfxl.door.parts import OpenedParts
from perfxl.door.seen import Box
from perfxl.door.xmldoor import Element
from perfxl.errors import RefusedError

_SHEET_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_FROM, _TO = f"{_SHEET_DRAWING}from", f"{_SHEET_DRAWING}to"


def covers_of(parts: OpenedParts, sheet: str) -> list[Box]:
    """The ranges under the pictures and shapes of a sheet; none where its drawing cannot be read."""
    try:
        drawings = [relation.part for relation in parts.relations(sheet) if relation.kind == "drawing"]
        roots = [parts.tree(part) for part in drawings if part in parts]
    except RefusedError:
        return []
    found = (_box(anchor) for root in roots for anchor in root.iterchildren(f"{_SHEET_DRAWING}twoCellAnchor"))
    return [box for box in found if box is not None]


def _box(anchor: Element) -> Box | None:
    """The cells from one corner to the other; a cell that is only touched at its edge is not covered."""
    start, end = anchor.find(_FROM), anchor.find(_TO)
    if start is None or end is None:
        return None
    last_row = _whole(end, "row") + (_whole(end, "rowOff") > 0)
    last_column = _whole(end, "col") + (_whole(end, "colOff") > 0)
    return Box(_whole(start, "row") + 1, _whole(start, "col") + 1, last_row, last_column)


def _whole(corner: Element, key: str) -> int:
    written = (corner.findtext(f"{_SHEET_DRAWING}{key}") or "").strip()
    return int(written) if written.lstrip("-").isdecimal() else 0
