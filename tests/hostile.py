"""Which files must the door turn away, and which odd ones must it let pass?

`cases()` yields files that are damaged, renamed, odd or hostile, each with the code that it must be refused with, None
where it must be read, or a set where more than one outcome is right. Everything is made from one good workbook written
by XlsxWriter, always with the same bytes. `python tests/hostile.py DIR` writes them into a folder; a session of tests
makes them once (`corpus` in conftest).
"""

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hostile_bytes
import hostile_xml
from goodbook import (
    BOOK,
    MAIN,
    SHEET,
    STRINGS,
    STYLES,
    TYPES,
    ZIP_TIME,
    Expected,
    Made,
    cell,
    column,
    edited,
    good,
    pack,
    parts,
    row,
    run,
    sheet,
    with_sheet,
)

ODD_NUMBERS = ("NaN", "INF", "-Infinity", "1e999", "-1e999", "1e-999", "0x10", "１２", "+5", "", " 7 ")


@dataclass(frozen=True)
class Case:
    """One file: its name, its bytes, the code of the refusal (None: accepted; a set: any of these), and why."""

    name: str
    data: bytes
    code: Expected
    note: str


@dataclass(frozen=True)
class StoredCase:
    """A case whose bytes lie on disk."""

    name: str
    path: Path
    codes: frozenset[str | None]
    note: str


def cases() -> Iterator[Case]:
    """All files, made one after the other so that none has to be kept."""
    own = (_good_ones(), _geometry(), _order(), _bombs(), _masses(), *hostile_xml.families(), _legal_but_odd())
    for family in (*own, *hostile_bytes.families()):
        for name, data, code, note in family:
            yield Case(name, data, code, note)


def _good_ones() -> Made:
    yield "good", good(), None, "the workbook from which all others are made"
    yield "good-repacked", pack(), None, "the same parts in an archive of our own"
    yield "good-trailing", good() + b"\0" * 300, None, "a mail gateway that pads"
    yield "good-prepended", b"junk\r\n" * 5 + good(), frozenset({None, "FL03"}), "bytes before the archive"
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts().items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), content)
    yield "good-stored", stored.getvalue(), None, "not compressed at all"
    styled = (row(r, *(f'<c r="{column(c)}{r}" s="1"/>'.encode() for c in range(1, 21))) for r in range(1, 12_501))
    yield "styled-250000", with_sheet(styled), None, "250,000 styled cells, as real templates have"


def _geometry() -> Made:
    corner = row(1, cell("A1")) + row(1048576, cell("XFD1048576"))
    yield "corners", with_sheet(corner), "FL04", "two cells that make a grid of 17 thousand million"
    yield "corner-dimension-a1", with_sheet(corner, head=b'<dimension ref="A1"/>'), "FL04", "a small dimension declared"
    huge = b'<dimension ref="A1:XFD1048576"/>'
    yield "dimension-huge", with_sheet(row(1, cell("A1")), head=huge), None, "a whole sheet declared, one cell there"
    yield (
        "dimension-nonsense",
        with_sheet(row(1, cell("A1")), head=b'<dimension ref="A1:"/>'),
        "FL03",
        "the fast reader stumbles over it",
    )
    yield (
        "last-row-one-column",
        with_sheet(row(1, cell("A1")) + row(1048576, cell("A1048576"))),
        None,
        "one long column",
    )
    yield "last-row-wide", with_sheet(row(1, cell("Z1")) + row(1048576, cell("A1048576"))), "FL04", "27 million places"
    wide = (row(r, *(f'<c r="{column(c)}{r}" s="1"/>'.encode() for c in range(1, 16385))) for r in range(1, 13))
    yield "styled-to-xfd", with_sheet(wide), None, "styled blanks to the last column are no values"
    styled_corner = row(1, cell("A1")) + row(1048576, b'<c r="XFD1048576" s="1"/>')
    yield "styled-corner", with_sheet(styled_corner), None, "a styled blank in the corner is no value"
    empty_value = row(1, cell("A1")) + row(1048576, b'<c r="XFD1048576" t="str"><v></v></c>')
    yield "empty-text-corner", with_sheet(empty_value), "FL04", "an empty text in the corner is a value"
    inline = row(1, cell("A1")) + row(1048576, b'<c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c>')
    yield "inline-corner", with_sheet(inline), "FL04", "an inline text in the corner"
    yield "row-beyond", with_sheet(row(1048577, cell("A1048577"))), "FL03", "a row that no sheet has"
    yield "column-beyond", with_sheet(row(1, cell("XFE1"))), "FL03", "a column that no sheet has"
    yield "row-overflow", with_sheet(row(99999999999, cell("A99999999999"))), "FL03", "a row beyond 32 bits"
    yield "row-zero", with_sheet(row(0, cell("A0"))), "FL03", "rows count from 1"
    yield "column-overflow", with_sheet(row(1, cell("ZZZZZZZZZZ1"))), "FL03", "a column beyond 32 bits"
    yield "no-column", with_sheet(row(1, cell("1"))), "FL03", "an address without letters"
    yield "styled-million", with_sheet(_styled_rows(1_100_000)), "FL04", "more than a million written cells"


def _styled_rows(count: int) -> Iterator[bytes]:
    letters = [column(number) for number in range(1, 1001)]
    for number in range(1, count // 1000 + 1):
        yield row(number, *(f'<c r="{letter}{number}" s="1"/>'.encode() for letter in letters))


def _order() -> Made:
    yield "cell-twice", with_sheet(row(1, cell("A1"), cell("A1", 2))), "FL03", "which one counts?"
    yield "cells-out-of-order", with_sheet(row(1, cell("B1"), cell("A1"))), "FL03", "the fast reader would go astray"
    yield "rows-out-of-order", with_sheet(row(2, cell("A2")) + row(1, cell("A1"))), "FL03", "likewise"
    yield "row-twice", with_sheet(row(1, cell("A1")) + row(1, cell("B1"))), "FL03", "likewise"
    yield "cell-in-other-row", with_sheet(row(1, cell("A2"))), "FL03", "row and cell disagree"
    yield (
        "order-hidden-by-type",
        with_sheet(row(1, cell("B1"), b'<c r="A1" t="e"><v>#REF!</v></c>')),
        "FL03",
        "not plain",
    )
    yield (
        "no-addresses",
        with_sheet(b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"),
        None,
        "legal",
    )
    yield "some-addresses", with_sheet(b'<row r="3"><c r="C3"><v>1</v></c><c><v>2</v></c></row><row/>'), None, "legal"
    yield "no-addresses-twice", with_sheet(b'<row><c/><c/><c r="B1"><v>3</v></c></row>'), "FL03", "B1 has been there"
    heights = b"".join(b'<row ht="%d"/>' % (n * 7919 % 9973) for n in range(9973))
    rows = run(heights, 106, 1)  # 1,057,138 rows
    yield "rows-without-end", with_sheet(rows), "FL03", "more rows than a sheet has"


def _bombs() -> Made:
    million = b"0" * 1_000_000
    yield "bomb-sheet", with_sheet(run(b" " * 1_000_000, 200, 1)), "FL04", "200 MB of blanks between rows"
    yield "bomb-sheet-rows", with_sheet(run(b"<row></row>", 8_000_000)), "FL04", "88 MB of empty rows"
    yield "bomb-strings", pack({STRINGS: _strings(run(b"<si><t>0</t></si>", 8_000_000))}), "FL04", "8,000,000 strings"
    one = _strings([b"<si><t>", *([million] * 60), b"</t></si>"])
    yield "bomb-one-string", pack({STRINGS: one}), "FL04", "one text of 60 MB"
    yield "long-string", pack({STRINGS: _strings([b"<si><t>", million, b"</t></si>"])}), "FL04", "one text of a million"
    rich = _strings([b"<si>", *run(b"<r><t>0123456789</t></r>", 20_000), b"</si>"])
    yield "long-rich-string", pack({STRINGS: rich}), "FL04", "200,000 characters in 20,000 runs"
    inline = row(1, b'<c r="A1" t="inlineStr"><is><t>' + million + b"</t></is></c>")
    yield "long-inline", with_sheet(inline), "FL04", "a million characters in a cell"
    yield (
        "long-formula-text",
        with_sheet(row(1, b'<c r="A1" t="str"><f>1</f><v>' + million + b"</v></c>")),
        "FL04",
        "result",
    )
    yield (
        "long-number",
        with_sheet(row(1, b'<c r="A1"><v>' + million + b"</v></c>")),
        "FL04",
        "a number of a million digits",
    )
    one_text = _strings([b"<si><t>", b"x" * 99_000, b"</t></si>"])
    shown = (row(r, f'<c r="A{r}" t="s"><v>0</v></c>'.encode()) for r in range(1, 5001))
    yield "string-shown-often", pack({STRINGS: one_text, SHEET: sheet(shown)}), "FL04", "495,000,000 characters shown"
    one_text = _strings([b"<si><t>", b"x" * 99_000, b"</t></si>"])
    shown = (row(r, f"<c r='A{r}' t='s'><v>0</v></c>".encode()) for r in range(1, 5001))
    yield "string-shown-often-odd", pack({STRINGS: one_text, SHEET: sheet(shown)}), "FL04", "the same with odd quotes"
    yield "bomb-picture", pack(extra=[("xl/media/image1.bmp", run(million, 90, 1))]), None, "a white bitmap of 90 MB"
    yield "bomb-pictures", pack(extra=[(f"xl/media/{n}.bmp", run(million, 90, 1)) for n in range(3)]), "FL04", "270 MB"
    yield "bomb-theme", pack({"xl/theme/theme1.xml": run(million, 90, 1)}), "FL04", "a part that nobody reads"


def _strings(items: Iterable[bytes]) -> Iterator[bytes]:
    yield f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="{MAIN}">'.encode()
    yield from items
    yield b"<si><t>x</t></si>" * 100 + b"</sst>"


def _masses() -> Made:
    merges = (b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1, 1_000_001))
    yield (
        "merges",
        with_sheet(row(1, cell("A1")), _joined(b"<mergeCells>", merges, b"</mergeCells>")),
        "FL04",
        "1,000,000",
    )
    whole = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield "merge-whole-sheet", with_sheet(row(1, cell("A1")), whole), "FL04", "17 thousand million merged places"
    column_merge = b'<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'
    yield "merge-whole-column", with_sheet(row(1, cell("A1")), column_merge), None, "by mistake, but harmless"
    odd_merge = b'<mergeCells><mergeCell ref="A1:"/></mergeCells>'
    yield "merge-nonsense", with_sheet(row(1, cell("A1")), odd_merge), "FL03", "no range"
    whole = b'<dataValidations><dataValidation type="whole" sqref="A1:XFD1048576"/></dataValidations>'
    yield "validation-whole-sheet", with_sheet(row(1, cell("A1")), whole), None, "select all, then a rule: people do"
    rules = _joined(b"<dataValidations>", run(b'<dataValidation sqref="A1"/>', 1_000_000), b"</dataValidations>")
    yield "validations", with_sheet(row(1, cell("A1")), rules), "FL04", "1,000,000 validations"
    whole = b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>'
    yield "hyperlink-whole-sheet", with_sheet(row(1, cell("A1")), whole), "FL04", "readers walk it place by place"
    links = _joined(b"<hyperlinks>", run(b'<hyperlink ref="A1"/>', 1_000_000), b"</hyperlinks>")
    yield "hyperlinks", with_sheet(row(1, cell("A1")), links), "FL04", "1,000,000 links"
    conditions = run(b'<conditionalFormatting sqref="A1"><cfRule/></conditionalFormatting>', 500_000)
    yield "conditions", with_sheet(row(1, cell("A1")), b"".join(conditions)), "FL04", "500,000 conditional formats"
    shared = b'<c r="A1"><f t="shared" ref="A1:XFD1048576" si="0">1</f><v>1</v></c>'
    yield "formula-whole-sheet", with_sheet(row(1, shared)), "FL04", "a shared formula over the whole sheet"
    names = _joined(b"<definedNames>", (b'<definedName name="n%d">1</definedName>' % n for n in range(1_000_000)), b"")
    yield "names", edited(BOOK, b"</sheets>", b"</sheets>" + names + b"</definedNames>"), "FL04", "1,000,000 names"
    names = _joined(b"<definedNames>", (b'<definedName name="n%d">#REF!</definedName>' % n for n in range(20_000)), b"")
    yield (
        "names-damaged",
        edited(BOOK, b"</sheets>", b"</sheets>" + names + b"</definedNames>"),
        None,
        "20,000 dead ones",
    )
    styles = b"<cellXfs>" + b"".join(run(b'<xf numFmtId="0"/>', 1_000_000))
    yield "styles", edited(STYLES, b"<cellXfs", styles + b"</cellXfs><cellXfs"), "FL04", "1,000,000 formats"
    attributes = b"".join(b' a%d=""' % n for n in range(1_000_000))
    yield "attributes", with_sheet(b'<row r="1"' + attributes + b"/>"), "FL04", "1,000,000 attributes on a row"
    odd = b"".join(b' a%d="!"' % n for n in range(60_000))
    yield (
        "attributes-of-the-dimension",
        with_sheet(b"", head=b'<dimension ref="A1"' + odd + b"/>"),
        "FL04",
        "with marks",
    )
    yield "attributes-of-a-format", edited(STYLES, b"<xf ", b"<xf" + odd + b" "), "FL04", "in a small part"
    spaces = b"".join(b' xmlns:a%d="u"' % n for n in range(200_000))
    yield "namespaces", with_sheet(b'<row r="1"' + spaces + b"/>"), "FL04", "200,000 namespaces on a row"
    yield (
        "attributes-in-rels",
        edited("_rels/.rels", b"<Relationship ", b"<Relationship" + attributes + b" "),
        "FL04",
        "there too",
    )
    comment = b'<comment ref="A1" authorId="0"><text><t>x</t></text></comment>'
    comments = b"".join(run(comment, 100_000))
    yield (
        "comments",
        edited("xl/comments1.xml", b"<commentList>", b"<commentList>" + comments),
        "FL04",
        "100,000 comments",
    )
    long = comment.replace(b"x", b"0" * 100_000_00 + b"00")
    yield "comment-long", edited("xl/comments1.xml", b"<commentList>", b"<commentList>" + long), "FL04", "one of 10 MB"
    yield "sheets", _many_sheets(10_000), "FL04", "10,000 sheets"
    yield "sheets-100", _many_sheets(100), None, "a book that collects a province"
    yield "deep-sheet", with_sheet(b"<a>" * 100_000 + b"</a>" * 100_000), "FL04", "100,000 levels"
    deep = edited(STYLES, b"</styleSheet>", b"<a>" * 150_000 + b"</a>" * 150_000 + b"</styleSheet>")
    yield "deep-styles", deep, "FL04", "150,000 levels"
    yield "attributes-in-styles", edited(STYLES, b"<cellXfs", b"<a" + attributes + b"/><cellXfs"), "FL04", "1,000,000"
    yield (
        "deep-rels",
        edited("_rels/.rels", b"<Relationship ", b"<a>" * 5000 + b"</a>" * 5000 + b"<Relationship "),
        "FL04",
        "5,000",
    )


def _joined(head: bytes, items: Iterable[bytes], tail: bytes) -> bytes:
    return head + b"".join(items) + tail


def _many_sheets(count: int) -> bytes:
    listed = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="x%d"/>' % (n, n + 10, n) for n in range(count))
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    link = b'<Relationship Id="x%d" Type="%s" Target="worksheets/x%d.xml"/>'
    links = b"".join(link % (n, kind, n) for n in range(count))
    book = parts()[BOOK].replace(b"</sheets>", listed + b"</sheets>")
    relations = parts()["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", links + b"</Relationships>")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {**parts(), BOOK: book, "xl/_rels/workbook.xml.rels": relations}.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), content)
        for number in range(count):
            content = b"".join(sheet(row(1, cell("A1"))))
            archive.writestr(zipfile.ZipInfo(f"xl/worksheets/x{number}.xml", ZIP_TIME), content)
    return stream.getvalue()


def _legal_but_odd() -> Made:
    numbers = b"".join(f'<c r="{column(n)}1"><v>{v}</v></c>'.encode() for n, v in enumerate(ODD_NUMBERS, 1))
    yield "numbers-not-finite", with_sheet(row(1, numbers)), None, "the reader reports them"
    kinds = b"".join(
        f'<c r="{column(n)}1" t="{kind}"><v>{value}</v></c>'.encode()
        for n, (kind, value) in enumerate(
            (("b", "1"), ("d", "2021-05-20"), ("e", "#REF!"), ("str", "x"), ("n", "1")), 1
        )
    )
    yield "every-type", with_sheet(row(1, kinds)), None, "a cell of each type"
    formulas = row(1, b'<c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c><c r="C1"><f>1+1</f><v>2</v></c>')
    yield "uncalculated", with_sheet(formulas), None, "formulas without a stored value"
    prefixed = parts()[SHEET].replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?")
    yield "prefixed", pack({SHEET: prefixed.replace(b"xmlns=", b"xmlns:x=")}), None, "every element with a prefix"
    absolute = parts()["xl/_rels/workbook.xml.rels"].replace(b'Target="worksheets', b'Target="/xl/worksheets')
    yield "absolute-targets", pack({"xl/_rels/workbook.xml.rels": absolute}), None, "targets from the root"
    renamed = pack({SHEET: None}, [("xl/Worksheets/Sheet1.xml", parts()[SHEET])])
    yield "other-case", renamed, None, "names in another case"
    single = parts()[SHEET].replace(b'"', b"'")
    yield "single-quotes", pack({SHEET: single}), None, "another style of XML"
    broken = parts()[SHEET].replace(b"><row", b">\r\n  <row").replace(b"><c ", b">\n    <c ")
    yield "indented", pack({SHEET: broken}), None, "written for people"
    hidden = edited(BOOK, b'sheetId="2"', b'sheetId="2" state="veryHidden"')
    yield "very-hidden", hidden, None, "a sheet that Excel does not even list"
    no_core = pack({"docProps/core.xml": b"<nonsense"})
    yield "core-nonsense", no_core, None, "the date of the last change is a courtesy"
    yield "core-missing", pack({"docProps/core.xml": None}), None, "likewise"
    macro = pack({TYPES: _macro_types()}, [("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")])
    yield "macros", macro, None, "kept, never run"
    links = pack(extra=[("xl/externalLinks/externalLink1.xml", b"<externalLink><ddeLink/></externalLink>")])
    yield "external-links", links, None, "reported, never followed"
    yield "signed", pack(extra=[("_xmlsignatures/sig1.xml", b"<Signature/>")]), None, "the copy loses it"
    chart = parts()["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet2.xml", b"chartsheets/sheet1.xml")
    moved = {"xl/_rels/workbook.xml.rels": chart, "xl/chartsheets/sheet1.xml": b"<chartsheet/>"}
    yield "chart-sheet", pack({**moved}), None, "a sheet without cells"
    phonetic = b"<si><r><t>x</t></r><rPh><t>y</t></rPh></si>"
    yield "phonetic", edited(STRINGS, b"<si>", phonetic + b"<si>"), None, "readings beside a text"


def _macro_types() -> bytes:
    return parts()[TYPES].replace(
        b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main", b"vnd.ms-excel.sheet.macroEnabled.main"
    )


CONTENTS = "contents.json"
UNSAFE = re.compile(r"[^\w.-]")


def store_cases(folder: Path) -> None:
    """Writes every case and a list of them into a folder."""
    listed = []
    for case in cases():
        path = folder / f"{len(listed):03} {UNSAFE.sub('_', case.name)}.xlsx"
        path.write_bytes(case.data)
        codes = list(case.code) if isinstance(case.code, frozenset) else [case.code]
        listed.append((case.name, path.name, codes, case.note))
    (folder / CONTENTS).write_text(json.dumps(listed), "utf-8")


def stored_cases(folder: Path) -> list[StoredCase]:
    """The cases that `store_cases` wrote."""
    listed = json.loads((folder / CONTENTS).read_text("utf-8"))
    return [StoredCase(name, folder / file, frozenset(codes), note) for name, file, codes, note in listed]


if __name__ == "__main__":
    store_cases(Path(sys.argv[1]))
