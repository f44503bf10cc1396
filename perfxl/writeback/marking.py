"""How do the marks of a copy get into its hidden sheet, and out again before it is annotated anew?"""

from collections.abc import Mapping
from dataclasses import replace

from perfxl.door.xmldoor import Element, main_tag
from perfxl.schemes.spec import MARKER_SHEET
from perfxl.system.copymarks import FIRST_ROW, LAST_MARK_ROW, CopyMarks, digest_of_parts
from perfxl.writeback.parts import (
    MAIN,
    OFFICE_SPACE,
    SPREADSHEET,
    WORKBOOK_ORDER,
    XML_HEAD,
    BookParts,
    elements,
    ensure,
    split_address,
    take_out,
)
from perfxl.writeback.sheetedit import escaped

_EMPTY = XML_HEAD + f'<worksheet xmlns="{MAIN}"><sheetData></sheetData></worksheet>'.encode()
_COLUMNS = 2


def marker_part(sheets: Mapping[str, str], book: BookParts) -> str:
    """The part of the hidden sheet; empty where there is none, or one that is not perfxl's own."""
    part = sheets.get(MARKER_SHEET, "")
    return part if part and _is_own(book.tree(part)) else ""


def _is_own(root: Element) -> bool:
    """Whether a sheet has perfxl's own layout: two columns, no row below the copy's."""
    cells = (split_address(cell.get("r", "")) for cell in root.iter(main_tag("c")))
    return all(0 < row <= LAST_MARK_ROW and 0 < column <= _COLUMNS for row, column in cells)


def _rows(root: Element) -> list[Element]:
    return root.findall(f"{main_tag('sheetData')}/{main_tag('row')}")


def unmark(book: BookParts) -> bool:
    """Takes the copy's rows out; says whether nothing is left on the sheet, which was then made for them."""
    part = marker_part(book.sheets, book)
    if not part:
        return False
    root = book.tree(part)
    own = [row for row in _rows(root) if int(row.get("r", "0")) >= FIRST_ROW]
    for row in own:
        take_out(row)
        book.touch(part)
    return bool(own) and not any(len(row) for row in _rows(root))


def add_marks(book: BookParts, marks: CopyMarks) -> None:
    """Puts the marks into the hidden sheet, which is made where there is none; to be done last.

    A sheet of that name that is not perfxl's own is left as it is: the copy then bears no marks.
    """
    sheets = book.sheets
    part = marker_part(sheets, book) if MARKER_SHEET in sheets else _new_sheet(book)
    if not part:
        return
    data = book.tree(part).find(main_tag("sheetData"))
    if data is None:
        return
    _write(book, part, data, replace(marks, parts=digest_of_parts(book.checksums(), part)))


def _write(book: BookParts, part: str, data: Element, marks: CopyMarks) -> None:
    for row in list(data):
        if int(row.get("r", "0")) >= FIRST_ROW:
            take_out(row)
    for number, (label, value) in enumerate(marks.rows, FIRST_ROW):
        texts = zip("AB", (label, value), strict=True)
        cells = "".join(
            f'<c r="{column}{number}" t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>'
            for column, text in texts
        )
        data.extend(elements(f'<row r="{number}">{cells}</row>'))
    book.touch(part)


def _new_sheet(book: BookParts) -> str:
    """A very hidden sheet behind the others."""
    part = book.free_name("xl/worksheets/sheet{}.xml")
    book.add(part, _EMPTY, f"{SPREADSHEET}.worksheet+xml")
    key = book.links.add("worksheet", part)
    book.touch_relations(book.part)
    entries = ensure(book.root, "sheets", WORKBOOK_ORDER)
    number = max((int(entry.get("sheetId", "0")) for entry in entries.iterchildren("*")), default=0) + 1
    entry = entries.makeelement(
        main_tag("sheet"), {"name": MARKER_SHEET, "sheetId": str(number), "state": "veryHidden"}
    )
    entry.set(f"{{{OFFICE_SPACE}}}id", key)
    entries.append(entry)
    book.touch(book.part)
    return part
