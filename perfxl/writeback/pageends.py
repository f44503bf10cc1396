"""Where do pages end in a sheet whose rows perfxl has made higher, so that no heading stands alone at the foot of one?

The agency's own breaks stay; ours are added between them, on paper whose size is known and where the sheet is not
squeezed onto a number of pages.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from lxml import etree

from perfxl.door.xmldoor import Element, main_tag
from perfxl.system.paging import PAPERS, breaks_before, rows_a_page
from perfxl.writeback.edits import LongText
from perfxl.writeback.parts import ensure
from perfxl.writeback.sheetedit import ON, WORKSHEET_ORDER, EditedSheet, corners_of

_USUAL_MARGINS = {"left": 0.7, "right": 0.7, "top": 0.75, "bottom": 0.75}
_LAST_COLUMN = "16383"


def end_pages(sheet: EditedSheet, texts: Sequence[LongText]) -> None:
    """Adds the breaks that keep headings with the texts below them."""
    with suppress(ValueError, ArithmeticError):  # a page set up with what makes no sense ends where it ends
        _end_pages(sheet, texts)


def _end_pages(sheet: EditedSheet, texts: Sequence[LongText]) -> None:
    headings = _headings(sheet, texts)
    room = _room(sheet) if headings else 0
    if room <= 0:
        return
    heights = [sheet.row_pixels(row) * 3 / 4 for row in range(1, sheet.size[0] + 1)]
    there = {int(found.get("id", "0")) + 1 for found in sheet.root.iterfind(f"{main_tag('rowBreaks')}/*")}
    added = breaks_before(heights, headings, room, breaks=there)
    if added:
        _write(sheet, sorted(row - 1 for row in there | set(added)))


def _headings(sheet: EditedSheet, texts: Sequence[LongText]) -> set[int]:
    """The rows with one text alone that stand above a long text, which has its row for itself too."""
    areas = [corners_of(sheet.area_of(text.cell)) or (0, 0, 0, 0) for text in texts]
    written = {row for top, _, bottom, _ in areas for row in range(top, bottom + 1)}
    return {row for top, *_ in areas if sheet.filled_cells(top) == 1 for row in _lone_rows_above(sheet, top, written)}


def _lone_rows_above(sheet: EditedSheet, row: int, written: set[int]) -> Iterator[int]:
    row -= 1
    while row > 0 and row not in written and sheet.filled_cells(row) == 1:
        yield row
        row -= 1


def _room(sheet: EditedSheet) -> float:
    """How many points of rows a page holds; 0 where that is not known."""
    setup, settings = (
        sheet.root.find(main_tag("pageSetup")),
        sheet.root.find(f"{main_tag('sheetPr')}/{main_tag('pageSetUpPr')}"),
    )
    if setup is None or int(setup.get("paperSize", "1")) not in PAPERS:
        return 0
    fits = settings is not None and settings.get("fitToPage") in ON
    if fits and (setup.get("fitToHeight", "1") != "0" or setup.get("fitToWidth", "1") != "1"):
        return 0
    paper = PAPERS[int(setup.get("paperSize", "1"))]
    width = sum(sheet.column_pixels(column) for column in range(1, sheet.size[1] + 1)) * 3 / 4 if fits else 0
    scale = 1 if fits else int(setup.get("scale", "100")) / 100
    lies = setup.get("orientation") == "landscape"
    return rows_a_page(paper[::-1] if lies else paper, _margins(sheet.root), width, scale)


def _margins(root: Element) -> list[float]:
    said = root.find(main_tag("pageMargins"))
    return [usual if said is None else float(said.get(side, usual)) for side, usual in _USUAL_MARGINS.items()]


def _write(sheet: EditedSheet, ends: Sequence[int]) -> None:
    """Lets pages end behind these rows; breaks that are there keep what else they say."""
    breaks = ensure(sheet.root, "rowBreaks", WORKSHEET_ORDER)
    known = {int(found.get("id", "0")): found for found in breaks}
    for row in ends:
        element = known.get(row)
        if element is None:
            element = etree.Element(main_tag("brk"), id=str(row), max=_LAST_COLUMN, man="1")
        breaks.append(element)
    breaks.set("count", str(len(breaks)))
    breaks.set("manualBreakCount", str(sum(found.get("man") in ON for found in breaks)))
    sheet.changed = True
