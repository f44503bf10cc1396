"""How does the copy of an agency's workbook come to show figures, remarks and the review, and lose nothing else?

What an earlier run of perfxl wrote is taken off first, so annotating twice is the same as annotating once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from lxml import etree

from perfxl.door.parts import OpenedParts
from perfxl.door.refusals import damaged
from perfxl.door.xmldoor import Element, main_tag
from perfxl.errors import OutputError
from perfxl.schemes.spec import MARKER_SHEET, REVIEW_MARKER, REVIEW_TITLE
from perfxl.system.copymarks import CopyMarks
from perfxl.system.outfile import write_whole
from perfxl.writeback.edits import LevelLine, Mark, Plan, ResultFigure, Review, VerdictLine, plan_edits
from perfxl.writeback.marking import add_marks, unmark
from perfxl.writeback.noteboxes import ShapeNumbers
from perfxl.writeback.notes import add_notes, remove_notes
from perfxl.writeback.pageends import end_pages
from perfxl.writeback.parts import (
    OFFICE_SPACE,
    SPREADSHEET,
    WORKBOOK_ORDER,
    BookParts,
    CellTexts,
    ensure,
    split_address,
    take_out,
)
from perfxl.writeback.reviewsheet import LAST, REVIEW_COLUMNS, render
from perfxl.writeback.sheetedit import RULE_MARK, EditedSheet
from perfxl.writeback.styles import StyleTables

__all__ = [
    "LevelLine",
    "Mark",
    "Plan",
    "ResultFigure",
    "Review",
    "VerdictLine",
    "annotate_file",
    "apply_plan",
    "plan_edits",
    "strip",
]

_TITLE = "审核结果"
OFFICE_TITLE = "审核结果（财政）"
"""The title where the agency has a sheet of ours."""
MARKER = REVIEW_MARKER
"""A hidden defined name that points to our sheet: names survive renaming, moving and saving by other programs."""
_OURS = re.compile(MARKER + r"(?:_\d{1,3})?")
"""The markers of several sheets of ours in one workbook."""
LONGESTTITLE = 31
"""Excel takes no longer name of a sheet."""

SELECTED = re.compile(rb'(<(?:\w+:)?sheetView\b[^>]*?\btabSelected=)(["\'])(?:1|true)\2')
HEAD_BYTES = 4_096
"""Views stand in the first lines of a sheet."""


def annotate_file(source: Path, target: Path, plan: Plan) -> None:
    """Writes an annotated copy; the source is only read.

    Raises:
        RefusedError: the workbook cannot be edited.
        OutputError: the copy cannot be written, or it would replace the source.
    """
    if target.exists() and target.samefile(source):
        raise OutputError(f"“{target}”就是报送的原文件，不能覆盖。请另选一个输出文件夹。")
    write_whole(target, apply_plan(source.read_bytes(), plan))


def apply_plan(data: bytes, *plans: Plan, opened: OpenedParts | None = None, marks: CopyMarks | None = None) -> bytes:
    """The workbook with the figures and marks of each plan in it, and a review sheet for each: a plan a form.

    Args:
        data: the workbook.
        plans: what is to be written.
        opened: what the door has made of the same bytes; its trees are used up.
        marks: what the copy is to say of itself in its hidden sheet; nothing where None.

    Raises:
        RefusedError: FL03, damaged; FL05, unsafe; FL08, Strict Open XML.
    """
    with _numbers_hold():
        return _edited(BookParts(data, opened), plans, marks)


def _edited(book: BookParts, plans: Sequence[Plan], marked: CopyMarks | None) -> bytes:
    sheets = book.sheets
    marks = [
        mark for plan in plans for mark in plan.marks if mark.sheet in sheets and split_address(mark.cell) != (0, 0)
    ]
    figures = [figure for plan in plans for figure in plan.figures if figure.sheet in sheets]
    texts = [text for plan in plans for text in plan.texts if text.sheet in sheets]
    edited = {one.sheet for group in (marks, figures, texts) for one in group}
    _strip(book, edited)  # first: it may take out a sheet, and what we find must not be our own
    sheets = book.sheets
    styles, numbers = StyleTables(book), ShapeNumbers(book)
    had_formula = False
    for name, part in [(name, part) for name, part in sheets.items() if name in edited]:
        sheet = EditedSheet(book.tree(part))
        written = [sheet.write_figure(figure, styles) for figure in figures if figure.sheet == name]
        had_formula = had_formula or any(written)
        long = [text for text in texts if text.sheet == name]
        raised = [sheet.make_room(text.cell, text.text) for text in long]
        if any(raised):
            end_pages(sheet, long)
        own = [mark for mark in marks if mark.sheet == name]
        if own:
            sheet.mark(own, styles)
            add_notes(book, part, sheet, own, numbers)
        if sheet.changed:
            book.touch(part)
    if had_formula:
        _drop_calculation_chain(book)
    for plan in plans:
        _add_review(book, plan.review, styles, sheets, many=len(plans) > 1)
    _show(book, len(sheets))
    styles.write()
    if marked:
        add_marks(book, marked)
    return book.to_bytes()


def strip(data: bytes) -> bytes:
    """The workbook without what perfxl put there: remarks, colours, the sheet. Figures stay: their cells are reserved."""
    with _numbers_hold():
        book = BookParts(data)
        _strip(book, set())
        return book.to_bytes()


@contextmanager
def _numbers_hold() -> Iterator[None]:
    """Refuses a workbook in which something else stands where the format has a number (FL03)."""
    try:
        yield
    except ValueError as error:
        raise damaged("内部文件中的编号无法识别") from error


def _strip(book: BookParts, edited: set[str]) -> None:
    """Takes off what an earlier run put there: searched for in workbooks that bear its marks, and where we edit now."""
    was_ours = _remove_review(book)
    if unmark(book):
        _remove_sheet(book, MARKER_SHEET)
    for name, part in book.sheets.items():
        noted = bool(part) and remove_notes(book, part)
        searched = name in edited or (part and (was_ours or noted) and RULE_MARK.encode() in book.content(part))
        if searched and EditedSheet(book.tree(part)).unmark():
            book.touch(part)


def review_parts(book: BookParts) -> list[str]:
    """The parts of our sheets in a copy."""
    titles = [_title_of(marker) for marker in _names(book) if _OURS.fullmatch(marker.get("name", ""))]
    return [book.sheets[title] for title in titles if book.sheets.get(title) and _is_ours(book, book.sheets[title])]


def _title_of(marker: Element) -> str:
    """The title of the sheet to which a name points."""
    return (marker.text or "").rpartition("!")[0].replace("$", "").strip("'").replace("''", "'")


def _names(book: BookParts) -> list[Element]:
    return book.root.findall(f"{main_tag('definedNames')}/{main_tag('definedName')}")


def _remove_review(book: BookParts) -> bool:
    """Takes out our sheet with its names and shows another one; says whether the workbook had our marker."""
    markers = [name for name in _names(book) if _OURS.fullmatch(name.get("name", ""))]
    for marker in markers:
        title = _title_of(marker)
        take_out(marker)
        book.touch(book.part)
        if title.startswith(_TITLE) and book.sheets.get(title) and _is_ours(book, book.sheets[title]):
            _remove_sheet(book, title)
    return bool(markers)


def _is_ours(book: BookParts, part: str) -> bool:
    """Whether a sheet has the layout of our review: its title in A1, its headings side by side in one row."""
    texts = CellTexts(book)
    rows = [[texts.of(cell) for cell in islice(line, 10)] for line in book.tree(part).iter(main_tag("row"))]
    headings = [heading for heading, _ in REVIEW_COLUMNS]
    return bool(rows) and rows[0][:1] == [REVIEW_TITLE] and any(row[:5] == headings[:5] for row in rows)


def _remove_sheet(book: BookParts, title: str) -> None:
    entries = book.root.findall(f"{main_tag('sheets')}/{main_tag('sheet')}")
    at = next(index for index, entry in enumerate(entries) if entry.get("name") == title)
    part = book.sheets[title]
    take_out(entries[at])
    book.links.drop(part)
    book.touch_relations(book.part)
    book.remove(part)
    for name in _names(book):
        # names that belong to a sheet count the sheets by position: those behind the one taken out move up
        scope = int(name.get("localSheetId", "-1"))
        if scope == at:
            take_out(name)
        elif scope > at:
            name.set("localSheetId", str(scope - 1))
    shown = [index for index, entry in enumerate(e for e in entries if e is not entries[at]) if not entry.get("state")]
    for view in book.root.findall(f"{main_tag('bookViews')}/{main_tag('workbookView')}"):
        active = int(view.get("activeTab", "0"))
        if active >= at:
            view.set("activeTab", str(active - 1 if active > at else next(iter(shown), 0)))


def _add_review(book: BookParts, review: Review, styles: StyleTables, sheets: Mapping[str, str], many: bool) -> None:
    """Adds our sheet behind the others; where there are many, each bears the name of its form's sheet."""
    _deselect_all(book, sheets.values())
    views = ensure(book.root, "bookViews", WORKBOOK_ORDER)
    if not len(views):
        etree.SubElement(views, main_tag("workbookView"))
    windows = views.findall(main_tag("workbookView"))
    content, heading, last = render(review, sheets, styles, len(windows))
    wanted = OFFICE_TITLE if _TITLE in book.sheets else _TITLE
    title = _free_title(book.sheets, f"{wanted}-{review.sheet}" if many and review.sheet else wanted)
    part = book.free_name("xl/worksheets/sheet{}.xml")
    book.add(part, content, f"{SPREADSHEET}.worksheet+xml")
    key = book.links.add("worksheet", part)
    book.touch_relations(book.part)
    entries = ensure(book.root, "sheets", WORKBOOK_ORDER)
    number = max(int(entry.get("sheetId", "0")) for entry in entries.iterchildren("*")) + 1
    entry = etree.SubElement(entries, main_tag("sheet"), name=title, sheetId=str(number))
    entry.set(f"{{{OFFICE_SPACE}}}id", key)
    at = len(book.sheets) - 1
    _add_names(book, f"'{title}'!", at, heading, last)
    book.touch(book.part)


def _free_marker(book: BookParts) -> str:
    """The name of the marker for one more sheet of ours."""
    number = sum(_OURS.fullmatch(name.get("name", "")) is not None for name in _names(book))
    return f"{MARKER}_{number + 1}" if number else MARKER


def _add_names(book: BookParts, where: str, at: int, heading: int, last: int) -> None:
    names = ensure(book.root, "definedNames", WORKBOOK_ORDER)
    scope = {"localSheetId": str(at)}
    if last > heading:
        area = f"{where}$A${heading}:${LAST}${last}"
        etree.SubElement(
            names, main_tag("definedName"), {"name": "_xlnm._FilterDatabase", **scope, "hidden": "1"}
        ).text = area
    rows = f"{where}${heading}:${heading}"
    etree.SubElement(names, main_tag("definedName"), {"name": "_xlnm.Print_Titles", **scope}).text = rows
    etree.SubElement(names, main_tag("definedName"), {"name": _free_marker(book), "hidden": "1"}).text = f"{where}$A$1"


def _show(book: BookParts, at: int) -> None:
    """Makes a tab the one that is shown when the workbook is opened."""
    for window in book.root.findall(f"{main_tag('bookViews')}/{main_tag('workbookView')}"):
        window.set("activeTab", str(at))


def _free_title(sheets: Iterable[str], wanted: str) -> str:
    """The title that is wanted, as far as Excel takes it, or with a number where the workbook has a sheet of this name."""
    taken = {name.lower() for name in sheets}
    numbers = (f"({number})" for number in range(2, len(taken) + 3))
    titles = [wanted[:LONGESTTITLE], *(wanted[: LONGESTTITLE - len(number)] + number for number in numbers)]
    return next(title for title in titles if title.lower() not in taken)


def _deselect_all(book: BookParts, parts: Iterable[str]) -> None:
    """Leaves no other sheet selected: Excel would edit both at once."""
    for part in filter(None, parts):
        if part in book.edited:
            for view in book.tree(part).findall(f"{main_tag('sheetViews')}/{main_tag('sheetView')}"):
                if view.get("tabSelected") in ("1", "true"):
                    view.set("tabSelected", "0")
        elif b"tabSelected=" in book.package.read(part, HEAD_BYTES):
            # by bytes: this sheet need not be parsed for anything else
            content = book.package.read(part)
            end = content.rindex(b"tabSelected=") + len(b"tabSelected='true'")
            book.package.write(part, SELECTED.sub(rb"\g<1>\g<2>0\g<2>", content[:end]) + content[end:])


def _drop_calculation_chain(book: BookParts) -> None:
    """A chain that names a cell without formula makes Excel repair the file; without a chain it makes a new one."""
    chain = book.links.first("calcChain")
    if chain:
        book.remove(chain)
        book.links.drop(chain)
        book.touch_relations(book.part)
