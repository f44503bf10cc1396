"""Workbooks whose XML is hostile, broken or contradicts itself: the part of the corpus about documents."""

from collections.abc import Iterator

from goodbook import BOOK, MAIN, SHEET, STRINGS, STYLES, TYPES, Made, edited, pack, parts, row, with_sheet

BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
QUIET_PARTS = (
    "docProps/core.xml",
    "docProps/app.xml",
    "xl/theme/theme1.xml",
    "xl/comments1.xml",
    "xl/drawings/drawing1.xml",
    "xl/worksheets/_rels/sheet1.xml.rels",
    "xl/drawings/vmlDrawing1.vml",
    "customXml/item1.xml",
)
"""Parts that are not read, or only by who edits the workbook."""

LINKS = "xl/_rels/workbook.xml.rels"


def families() -> Iterator[Made]:
    """Every family of this part of the corpus."""
    yield from (_xml(), _book())


def _xml() -> Made:
    for part in (TYPES, BOOK, "_rels/.rels", "xl/_rels/workbook.xml.rels", STYLES, STRINGS, SHEET, *QUIET_PARTS):
        yield f"entity-bomb-{part}", _after_declaration(part, BOMB), "FL05", "entities that grow"
        yield f"external-entity-{part}", _after_declaration(part, EXTERNAL), "FL05", "a file of the reader's machine"
    yield (
        "doctype-remote",
        _after_declaration(SHEET, b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">'),
        "FL05",
        "the network",
    )
    renamed = parts()[LINKS].replace(b"sheet1.xml", b"sheet1.dat")
    for name, doctype in (("entity", BOMB), ("external-entity", EXTERNAL)):
        content = b" " + doctype + parts()[SHEET].partition(b"?>")[2]
        hidden = pack({SHEET: None, LINKS: renamed}, [("xl/worksheets/sheet1.dat", content)])
        yield f"{name}-in-sheet-of-other-name", hidden, "FL05", "nothing but the workbook says that it is XML"
    for part in (BOOK, STRINGS, STYLES, SHEET, "xl/comments1.xml", "docProps/app.xml"):
        utf16 = parts()[part].decode().replace("UTF-8", "UTF-16").encode("utf-16")
        yield f"utf-16-{part}", pack({part: utf16}), "FL03", "an encoding that hides a document type from bytes"
    yield "utf-16-without-mark", pack({SHEET: parts()[SHEET].decode().encode("utf-16-le")}), "FL03", "likewise"
    latin = parts()[SHEET].replace(b"UTF-8", b"GB18030")
    yield "declared-gb18030", pack({SHEET: latin}), "FL03", "an encoding of its own"
    yield (
        "bytes-not-utf-8",
        edited(STRINGS, "项目".encode(), "项目".encode("gb18030")),
        "FL03",
        "another encoding inside",
    )
    yield "utf-8-mark", pack({SHEET: b"\xef\xbb\xbf" + parts()[SHEET]}), None, "a byte order mark"
    broken = {
        "unclosed": (b"</sheetData>", b""),
        "crossed": (b"</c></row>", b"</row></c>"),
        "bare-ampersand": (b"<v>", b"<v>&"),
    }
    for name, (old, new) in broken.items():
        yield f"xml-{name}", edited(SHEET, old, new), "FL03", "not well-formed"
    yield "xml-two-attributes", edited(SHEET, b"<row ", b'<row ht="1" ht="2" '), "FL03", "one attribute twice"
    yield "xml-two-addresses", edited(SHEET, b"<row ", b'<row r="7" '), "FL03", "one attribute twice, a plain one"
    yield (
        "xml-row-in-attribute",
        edited(SHEET, b"<sheetData>", b'<sheetData><a b="'),
        "FL03",
        "rows inside an attribute",
    )
    yield "xml-row-in-tag", edited(SHEET, b"<sheetData>", b"<sheetData "), "FL03", "rows inside a tag"
    yield "xml-control-character", edited(STRINGS, b"&amp;", b"\x01"), "FL03", "a character that XML does not have"
    yield (
        "xml-undeclared-prefix",
        edited(SHEET, b"<row ", b'<row x14ac:dyDescent="1" '),
        "FL03",
        "a prefix without meaning",
    )
    said = (
        b'<row r="40" x14ac:dyDescent="1"><c r="A40" t="inlineStr"><is><t>xmlns:x14ac=</t></is></c></row></sheetData>'
    )
    yield "xml-undeclared-prefix-in-words", edited(SHEET, b"</sheetData>", said), "FL03", "a text that looks declared"
    shown = b'<row r="40"><c r="A40" t="s"><f>1+1</f><v>999999</v></c></row></sheetData>'
    yield "formula-of-no-string", edited(SHEET, b"</sheetData>", shown), "FL03", "a result that is no shared string"
    merges = b'<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
    yield (
        "xml-merges-in-attribute",
        edited(SHEET, b"</sheetData>", b'</sheetData><a b="' + merges + b'"/>'),
        "FL03",
        "<",
    )
    yield (
        "xml-row-control-character",
        edited(SHEET, b" spans=", b' a="\x01" spans='),
        "FL03",
        "in an attribute of a row",
    )
    yield (
        "xml-row-attribute-digit",
        edited(SHEET, b" spans=", b' 1a="1" spans='),
        "FL03",
        "a name that begins with a digit",
    )
    yield "xml-undeclared-entity", edited(STRINGS, b"&amp;", b"&nbsp;"), "FL03", "an entity of HTML"
    yield "xml-second-root", pack({SHEET: parts()[SHEET] + b"<a/>"}), "FL03", "two documents"
    yield "xml-empty-sheet", pack({SHEET: b""}), "FL03", "no document"
    yield (
        "xml-broken-relations",
        pack(extra=[("xl/worksheets/_rels/sheet9.xml.rels", b"<a>")]),
        "FL03",
        "not well-formed",
    )
    yield "xml-broken-comments", edited("xl/comments1.xml", b"</comments>", b""), "FL03", "not well-formed"
    hidden = b'<!--<row r="1"><c r="A1"><v>1</v></c></row>-->'
    yield "xml-comment", edited(SHEET, b"<sheetData>", b"<sheetData>" + hidden), None, "rows inside a comment are none"
    cdata = edited(STRINGS, "项目1 &amp; &lt;指标&gt;".encode(), "<![CDATA[项目1 & <指标>]]>".encode())
    yield "xml-cdata", cdata, None, "another way to write the same"


def _after_declaration(part: str, doctype: bytes) -> bytes:
    content = parts().get(part, b'<?xml version="1.0" encoding="UTF-8"?>\n<a/>')
    end = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    return pack({part: content[:end] + doctype + content[end:]})


def _book() -> Made:
    strict = parts()[BOOK].replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    yield "strict", pack({BOOK: strict}), "FL08", "Strict Open XML"
    yield (
        "sheet-twice",
        edited(BOOK, 'name="资金"'.encode(), 'name="基本情况"'.encode()),
        "FL03",
        "two sheets of one name",
    )
    yield (
        "sheet-part-twice",
        edited(LINKS, b"sheet2.xml", b"sheet1.xml"),
        "FL03",
        "one content twice",
    )
    yield (
        "sheet-elsewhere",
        edited(LINKS, b"sheet2.xml", b"sheet7.xml"),
        "FL03",
        "content missing",
    )
    outside = edited(LINKS, b"worksheets/sheet2.xml", b"../../../etc/passwd")
    yield "sheet-outside", outside, "FL03", "a path out of the archive"
    yield "sheet-without-relation", edited(BOOK, b'r:id="rId2"', b'r:id="rId99"'), "FL03", "an unknown relation"
    yield (
        "sheet-state",
        edited(BOOK, b'sheetId="2"', b'sheetId="2" state="secret"'),
        "FL03",
        "a state that does not exist",
    )
    listed = parts()[BOOK]
    start, end = listed.index(b"<sheets>") + 8, listed.index(b"</sheets>")
    yield "no-sheets", pack({BOOK: listed[:start] + listed[end:]}), "FL03", "a workbook without sheets"
    yield (
        "string-index",
        with_sheet(row(1, b'<c r="A1" t="s"><v>999999</v></c>')),
        "FL03",
        "a text that is not there",
    )
    odd = with_sheet(row(1, b"<c r='A1' t='s'><v>999999</v></c>"))
    yield "string-index-odd", odd, "FL03", "the same with odd quotes"
    yield "string-index-negative", with_sheet(row(1, b"<c r='A1' t='s'><v>-1</v></c>")), "FL03", "before the first"
