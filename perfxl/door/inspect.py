"""May this file be opened at all?

`inspect` looks at the bytes of a file before any reader does. It refuses what is not a workbook, what is damaged,
encrypted, unsafe or too large (FL01 to FL05, FL08), and reports what a reader cannot see: formulas without a stored
value, error values, macros, links, signatures. It resolves, fetches and runs nothing.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from perfxl.door.bookscan import (
    USUAL_BOOK,
    PartsOfBook,
    SheetEntry,
    all_texts,
    book_parts,
    check_comments,
    main_part,
    modified,
    shared_texts,
)
from perfxl.door.drawingscan import covers_of
from perfxl.door.filekind import UNPACK, kind_of, spelled_as_usual, text_in
from perfxl.door.limits import Limits, Tally
from perfxl.door.notices import PLACES_OF_TEMPLATE, Notice, in_another_format
from perfxl.door.odsscan import sheets_of
from perfxl.door.parts import OpenedParts
from perfxl.door.readercopy import is_usual, reader_copy
from perfxl.door.refusals import SAVE_AS, damaged, not_a_workbook
from perfxl.door.seen import BookSight, SheetSight, Texts
from perfxl.door.sheetscan import SheetScan
from perfxl.door.sheettree import SheetTree
from perfxl.door.stylescan import styles_of
from perfxl.door.tablescan import take_tables
from perfxl.door.worddoor import inspect_document, is_document
from perfxl.door.xlsscan import old_sheets
from perfxl.door.xmldoor import MOST_BYTES, check_unread
from perfxl.door.zipdoor import XML_ENDINGS, Archive
from perfxl.schemes.spec import NO_FORM_SHEETS

__all__ = ["Facts", "Limits", "SheetFacts", "inspect"]

_BASIC = ("basic/", "dialogs/")
"""Macros of OpenDocument files: their parts bear a document type by the format, and nobody here reads them."""
_OWN_FOLDERS = ("docprops/",)
"""Besides what is read, parts that every spreadsheet program writes in UTF-8."""
ODS_TYPES = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)
_XML_STARTS = (b"<?xml", b"\xef\xbb\xbf<?xml", b"\xff\xfe", b"\xfe\xff")
OTHER_PACKAGES = (
    ("word/document.xml", "Word 文档（.docx）", SAVE_AS),
    ("ppt/presentation.xml", "演示文稿（.pptx）", SAVE_AS),
    ("xl/workbook.bin", "二进制工作簿（.xlsb）", SAVE_AS),
    ("mimetype", "OpenDocument 文件", SAVE_AS),
    ("content.xml", "OpenDocument 文件", SAVE_AS),
)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the reader cannot see of a sheet.

    Attributes:
        name: as the workbook lists it.
        part: where its content is, such as "xl/worksheets/sheet1.xml"; "" where it has none.
        state: "visible", "hidden" or "veryHidden".
        uncalculated: A1 addresses of formulas without a stored value, which the reader takes for blanks.
        errors: A1 address to the error value (#REF! ...), which the reader takes for blanks too.
        sight: what a person sees of it; None where nobody has looked yet (a large sheet) or nobody can.
    """

    name: str
    part: str
    state: str = "visible"
    uncalculated: frozenset[str] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    sight: SheetSight | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Facts:
    """What is known of a file that may be read.

    Attributes:
        kind: "xlsx", "xlsm", "xls", "ods", "docx" or "txt".
        sheets: in the order of the workbook; none for an "xls" into which the door cannot see, and for documents.
        notices: FL06, FL07, FL10, FL11; their weight and remedy are declared as those of all rules.
        modified: when the workbook says that it was last changed (ISO 8601), else empty.
        sight: what all sheets share of what a person sees.
        parts: the opened package, for whoever goes on working on it; None where there is none.
        readable: the bytes for the fast reader, None where it can take the file as it is.
        document: the part that holds the text of a Word document.
    """

    kind: str
    sheets: tuple[SheetFacts, ...] = ()
    notices: tuple[Notice, ...] = ()
    modified: str = ""
    sight: BookSight = field(default=BookSight(), compare=False)
    parts: OpenedParts | None = field(default=None, compare=False)
    readable: bytes | None = field(default=None, compare=False)
    book: PartsOfBook | None = field(default=None, compare=False)
    document: str = ""

    def sight_of(self, sheet: SheetFacts) -> SheetSight | None:
        """What a person sees of a sheet, with what lies over it; None for a file into which nobody can see."""
        sight = sheet.sight
        if self.parts is None or not sheet.part:
            return sight
        if sight is None:
            tree = SheetTree(sheet.name, Tally(self.parts.tally.limits), self.texts())
            tree.stream(self.parts.content(sheet.part))
            sight = tree.sight
        if self.kind != "ods" and not sight.is_whole:
            sight.covers += covers_of(self.parts, sheet.part)
            take_tables(self.parts, sheet.part, self.sight.styles, sight)
            sight.is_whole = True
        return sight

    def texts(self) -> Texts:
        """The shared strings with their texts."""
        if self.sight.texts.texts is None and self.parts is not None and self.book is not None:
            return all_texts(self.parts, self.book.strings)
        return self.sight.texts


def inspect(data: bytes, limits: Limits = Limits(), sheets: Container[str] | None = None) -> Facts:  # noqa: B008
    """Decides whether a file may be read.

    Args:
        data: the whole file.
        limits: how large it may be.
        sheets: the names of the sheets that will be read; the cells of others are not looked at. None means all.

    Raises:
        RefusedError: FL01, FL02, FL03, FL04, FL05 or FL08.
    """
    tally = Tally(limits)
    tally.hold("file_bytes", len(data))
    if kind_of(data) == "xls":
        return _inspect_old(data)
    parts = OpenedParts(Archive(data, tally), tally)
    if "mimetype" in parts and parts.content("mimetype").strip() in ODS_TYPES:
        sheets_seen, shared = sheets_of(parts.archive, tally)
        facts = Facts(
            "ods",
            tuple(SheetFacts(name, "content.xml", state, sight=sight) for name, state, sight in sheets_seen),
            (in_another_format("OpenDocument 表格（.ods）"),),
            sight=shared,
        )
    elif is_document(parts, main := main_part(parts)):
        facts = _inspect_word(parts, main)
    else:
        facts = _inspect_workbook(parts, main, sheets)
    _check_unread(parts)
    return facts


def inspect_text(data: bytes, limits: Limits) -> Facts:
    """Decides whether a document that was exported as text may be read.

    Raises:
        RefusedError: FL01, it is no text; FL04.
    """
    tally = Tally(limits)
    tally.hold("file_bytes", len(data))
    tally.hold("total_text", len(text_in(data)))
    return Facts("txt", notices=(in_another_format("文字材料（.txt）", PLACES_OF_TEMPLATE),))


def _inspect_old(data: bytes) -> Facts:
    readable = spelled_as_usual(data)
    found, shared = old_sheets(readable or data)
    sheets = tuple(SheetFacts(one.name, "", one.state, errors=one.errors, sight=one.sight) for one in found)
    notices = (in_another_format("Excel 97-2003 工作簿（.xls）"),)
    return Facts("xls", sheets, notices, sight=shared, readable=readable)


def _inspect_word(parts: OpenedParts, main: str) -> Facts:
    own = in_another_format("Word 文档（.docx）", PLACES_OF_TEMPLATE)
    notices = (own, *inspect_document(parts, main))
    return Facts("docx", notices=notices, modified=modified(parts), parts=parts, document=main)


def _inspect_workbook(parts: OpenedParts, main: str, wanted: Container[str] | None) -> Facts:
    if main not in parts or any(mark in parts and mark == main.lower() for mark, _, _ in OTHER_PACKAGES):
        raise _other_package(parts)
    book = book_parts(parts, main)
    styles, texts = styles_of(parts, book.styles, book.theme), shared_texts(parts, book.strings)
    sight = BookSight(styles, texts, book.is_1904, book.counts_as_shown)
    for part, kind in book.types.items():
        if kind.endswith(".comments+xml") and part in parts:
            check_comments(parts, part)
    sheets = tuple(_scan_sheet(parts, entry, sight, wanted) for entry in book.sheets)
    readable = None if is_usual(book) and not parts.archive.has_backslashes else reader_copy(parts, book)
    return Facts(
        "xlsm" if book.has_macro_type else "xlsx",
        sheets,
        _notices(parts),
        modified(parts),
        sight,
        parts,
        readable,
        book,
    )


def _scan_sheet(parts: OpenedParts, entry: SheetEntry, sight: BookSight, wanted: Container[str] | None) -> SheetFacts:
    name, part = entry.name, entry.part
    if (wanted is not None and name not in wanted) or not part:
        return SheetFacts(name, part, entry.state)
    content = parts.mark_up(part)
    if len(content) > MOST_BYTES or name.startswith(NO_FORM_SHEETS):
        found = SheetScan(name, part, parts.tally, sight.texts.lengths).run(content)
        return SheetFacts(name, part, entry.state, frozenset(found.uncalculated), found.errors)
    tree = SheetTree(name, parts.tally, sight.texts)
    tree.run(parts.adopt(part, content))
    return SheetFacts(name, part, entry.state, frozenset(tree.uncalculated), tree.errors, tree.sight)


def _check_unread(parts: OpenedParts) -> None:
    """Looks at the parts that no scan has needed: checksum, encoding, document type; relations must be well-formed."""
    for name in parts.archive.unread:
        data = parts.content(name)
        if name.endswith(".rels"):
            parts.adopt(name, data)
        elif name.endswith(XML_ENDINGS) or data.startswith(_XML_STARTS):
            if name.startswith(_OWN_FOLDERS) and data[:2] in _XML_STARTS:
                raise damaged("内部文件不是 UTF-8 编码", name)
            check_unread(name, data, has_types=name.startswith(_BASIC))


def _notices(parts: OpenedParts) -> tuple[Notice, ...]:
    """What is worth knowing of the other parts of a workbook."""
    names = sorted(parts.archive.names)
    found = []
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        found.append(Notice("FL07", "工作簿带有宏：予以保留，但从不运行。", "宏"))
    links = [name for name in names if "/externallinks/" in name and name.endswith(".xml")]
    if links:
        found.append(_links(any(b"ddeLink" in parts.content(name) for name in links), len(links)))
    if any(name.startswith("_xmlsignatures/") for name in names):
        message = "工作簿带有数字签名：写入批注后的副本与原件不同，签名随之失效；原件不受影响。"
        found.append(Notice("FL11", message, "数字签名"))
    return tuple(found)


def _links(dde: bool, count: int) -> Notice:
    what = f"{count} 处外部链接" + ("（含 DDE）" if dde else "")
    message = f"工作簿链接到其他文件或程序（{what}）：链接不会更新，只采用文件中保存的数值。"
    return Notice("FL10", message, what, "不含外部链接")


def _other_package(parts: OpenedParts) -> Exception:
    for mark, what, fix in OTHER_PACKAGES:
        if mark in parts:
            return not_a_workbook(what, fix)
    if USUAL_BOOK in parts:
        return damaged("没有登记主文件", "_rels/.rels")
    books = sum(name.endswith((".xlsx", ".xlsm", ".xls", ".et")) for name in parts.archive.names)
    return not_a_workbook(f"压缩包（内有 {books} 个工作簿）" if books else "压缩包（ZIP）", UNPACK)
