"""What a workbook holds, as values that tests can compare: its inventory, cells, notes, and the order of its elements."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from opened import load_workbook
from perfxl.writeback.parts import DECLARED, UNCLOSED_BREAK, WORKBOOK_ORDER, Relations
from perfxl.writeback.sheetedit import WORKSHEET_ORDER
from perfxl.writeback.styles import STYLES_ORDER

Item = tuple[str, str, tuple[tuple[str, str], ...], str]

SEQUENCES = {
    "worksheet": WORKSHEET_ORDER,
    "workbook": WORKBOOK_ORDER,
    "styleSheet": STYLES_ORDER,
    "row": ("c", "extLst"),
    "c": ("f", "v", "is", "extLst"),
    "xf": ("alignment", "protection", "extLst"),
    "dxf": ("font", "numFmt", "fill", "alignment", "border", "protection", "extLst"),
    "border": ("start", "end", "left", "right", "top", "bottom", "diagonal", "vertical", "horizontal"),
    "comments": ("authors", "commentList", "extLst"),
    "comment": ("text", "commentPr", "extLst"),
    "text": ("t", "r", "rPh", "phoneticPr"),
    "r": ("rPr", "t"),
    "cfRule": ("formula", "colorScale", "dataBar", "iconSet", "extLst"),
    "sheetView": ("pane", "selection", "pivotSelection", "extLst"),
    "sheetPr": ("tabColor", "outlinePr", "pageSetUpPr"),
    "ClientData": None,
}
"""Children in the order of ECMA-376 part 1, annex A; `ClientData` may hold them in any order."""

SETTLED = {
    ("workbookView", "activeTab"),
    ("sheetView", "tabSelected"),
    *((table, "count") for table in ("fonts", "fills", "borders", "cellXfs", "dxfs")),
}
"""Attributes that adding a sheet and formats changes by necessity."""


def trees(data: bytes) -> Iterator[tuple[str, etree._Element]]:
    """The XML parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                yield name, etree.fromstring(UNCLOSED_BREAK.sub(b"<br/>", archive.read(name)))


def inventory(data: bytes) -> Counter[Item]:
    """Every element with its part, path, attributes and text; what must change when a sheet is added is left out."""
    items: Counter[Item] = Counter()
    for part, root in trees(data):
        for element in root.iter("*"):
            names = [etree.QName(other).localname for other in (element, *element.iterancestors())]
            attributes = tuple(
                sorted((key, value) for key, value in element.attrib.items() if (names[0], key) not in SETTLED)
            )
            items[part, "/".join(reversed(names)), attributes, (element.text or "").strip()] += 1
    return items


def lost(before: bytes, after: bytes) -> list[Item]:
    """What a workbook no longer holds."""
    return sorted((inventory(before) - inventory(after)).elements())


def misplaced(data: bytes) -> list[str]:
    """Elements whose children are not in the order of the schema, and counts that do not count."""
    faults = []
    for part, root in trees(data):
        for element in root.iter("*"):
            name = etree.QName(element).localname
            children = [etree.QName(child).localname for child in element.iterchildren("*")]
            order = SEQUENCES.get(name)
            places = [order.index(child) for child in children if child in order] if order else []
            if places != sorted(places):
                faults.append(f"{part}: {name} holds {children}")
            if element.get("count", str(len(children))) != str(len(children)) and name in COUNTED:
                faults.append(f"{part}: {name} counts {element.get('count')}")
    return faults


COUNTED = {"fonts", "fills", "borders", "cellXfs", "dxfs", "mergeCells", "dataValidations"}


def untouched(before: dict[str, tuple[bytes, bytes]], after: dict[str, tuple[bytes, bytes]]) -> set[str]:
    """The entries that kept their bytes."""
    return {name for name, entry in before.items() if after.get(name) == entry}


def values(data: bytes) -> dict[tuple[str, str], object]:
    """The stored value of every cell that has one, by sheet and address."""
    book = load_workbook(io.BytesIO(data), data_only=True)
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return {(cell.parent.title, cell.coordinate): cell.value for cell in cells if cell.value is not None}


def notes(data: bytes) -> dict[tuple[str, str], str]:
    """The text of every note, by sheet and address."""
    book = load_workbook(io.BytesIO(data))
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return {(cell.parent.title, cell.coordinate): cell.comment.text for cell in cells if cell.comment}


def fills(data: bytes, sheet: str) -> dict[str, str]:
    """The ranges that perfxl coloured, and how."""
    formats = load_workbook(io.BytesIO(data))[sheet].conditional_formatting
    return {
        str(block.sqref): rule.formula[0]
        for block in formats
        for rule in block.rules
        if rule.formula and "perfxl:" in rule.formula[0]
    }


def dangling(data: bytes) -> list[str]:
    """Relationships to parts that are not there, ids used twice, parts without content type."""
    roots = dict(trees(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
    faults = []
    for part, root in roots.items():
        if part.endswith(".rels"):
            source = part.replace("_rels/", "").removesuffix(".rels")
            relations = Relations(source, root)
            targets = [relations.target(link) for link in root]
            faults += [f"{part} -> {target}" for target in targets if target and target not in names]
            ids = [link.get("Id") for link in root]
            faults += [f"{part}: {key} twice" for key in ids if ids.count(key) > 1]
    declared = {entry.get("PartName", "").lstrip("/") for entry in roots[DECLARED]}
    extensions = {entry.get("Extension", "") for entry in roots[DECLARED]}
    faults += [name for name in sorted(declared - names) if name]
    return faults + [n for n in names if n != DECLARED and n not in declared and n.rpartition(".")[2] not in extensions]
