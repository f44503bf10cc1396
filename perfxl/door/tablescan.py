"""What do the tables of a sheet do to what its cells show: styles below the cells' own, and values taken anew from elsewhere?"""

from perfxl.door.parts import OpenedParts
from perfxl.door.ranges import box_of
from perfxl.door.seen import SheetSight, Styles
from perfxl.door.xmldoor import Element
from perfxl.errors import RefusedError

_PIVOT, _TABLE = "pivotTable", "table"


def take_tables(parts: OpenedParts, sheet: str, styles: Styles, sight: SheetSight) -> None:
    """Notes the tables of a sheet; none that cannot be read."""
    for relation in parts.relations(sheet):
        if relation.kind not in (_PIVOT, _TABLE) or relation.part not in parts:
            continue
        try:
            root = parts.tree(relation.part)
        except RefusedError:
            continue
        if relation.kind == _PIVOT:
            _take_pivot(root, sight)
        else:
            _take_table(root, styles, sight)


def _take_pivot(root: Element, sight: SheetSight) -> None:
    place = root.find("{*}location")
    box = box_of(place.get("ref", "")) if place is not None else None
    if box is not None:
        sight.worked_out.append((box, "数据透视表"))


def _take_table(root: Element, styles: Styles, sight: SheetSight) -> None:
    box, style = box_of(root.get("ref", "")), root.find("{*}tableStyleInfo")
    if box is None:
        return
    if root.get("tableType", "worksheet") != "worksheet":
        sight.worked_out.append((box, "外部数据表"))
    for number in styles.tables.get(style.get("name", ""), ()) if style is not None else ():
        veil = styles.conditional.get(number)
        if veil is not None:
            sight.conditions.append(((box,), veil._replace(is_under=True)))
