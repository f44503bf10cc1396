"""How does a workbook look as the fast reader expects it: the usual parts in the usual places, and only sheets with cells?

The fast reader knows nothing of the root relation and opens xl/workbook.xml, xl/sharedStrings.xml and xl/styles.xml. Where
a workbook has these elsewhere, or lists sheets that are none (macros of Excel 4, modules), it is given a copy in memory in
which the very parts that were judged stand in these places.
"""

import io
import zipfile
from html import escape

from perfxl.door.bookscan import USUAL_BOOK, PartsOfBook
from perfxl.door.parts import CONTENT_TYPES, OpenedParts

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_READABLE = ("worksheet", "chartsheet")


def is_usual(book: PartsOfBook) -> bool:
    """Whether the fast reader finds every part of a workbook where the relations say that it is."""
    usual = (book.book, USUAL_BOOK), (book.strings, _STRINGS), (book.styles, _STYLES)
    return all(not part or part.lower() == place.lower() for part, place in usual) and all(
        sheet.part.startswith("xl/") and sheet.kind in _READABLE for sheet in book.sheets
    )


def reader_copy(parts: OpenedParts, book: PartsOfBook) -> bytes:
    """The workbook with its parts where the fast reader looks for them."""
    sheets = [sheet for sheet in book.sheets if sheet.part and sheet.kind in _READABLE]
    listed = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{number}" state="{sheet.state}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{sheet.kind}" Target="worksheets/sheet{number}.xml"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    date_system = '<workbookPr date1904="1"/>' if book.is_1904 else ""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as copy:
        copy.writestr(CONTENT_TYPES, f'<Types xmlns="{_PACKAGE}/content-types"/>')
        root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="{USUAL_BOOK}"/>'
        copy.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>')
        copy.writestr(
            USUAL_BOOK,
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{date_system}<sheets>{listed}</sheets></workbook>',
        )
        copy.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        )
        for number, sheet in enumerate(sheets, 1):
            copy.writestr(f"xl/worksheets/sheet{number}.xml", parts.content(sheet.part))
        for part, place in ((book.strings, _STRINGS), (book.styles, _STYLES)):
            if part:
                copy.writestr(place, parts.content(part))
    return stream.getvalue()
