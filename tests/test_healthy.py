"""Files of honest programs that are let in, though they look unusual, and halves of files that are named for what they are."""

import io
import zipfile

import pytest

from forms import GOOD
from hostile_bytes import ODS_HEAD, ODS_MIME, ODS_TAIL, ole
from perfxl.door.inspect import inspect
from perfxl.door.limits import Limits, Tally
from perfxl.door.odslooks import OdsLooks
from perfxl.door.odsscan import OdsScan
from perfxl.door.seen import Formula
from perfxl.errors import RefusedError
from perfxl.reading.reader import read_form
from workbooks import form_bytes, read_dossier

BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MACRO_TYPE = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(form_bytes(GOOD))) as source:
        return {name: source.read(name) for name in source.namelist()}


def packed(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in contents.items():
            target.writestr(name, content)
    return stream.getvalue()


def power_query() -> dict[str, bytes]:
    content = '<?xml version="1.0" encoding="utf-16"?><DataMashup/>'.encode("utf-16")
    return parts() | {"customXml/item1.xml": content}


def module_sheet() -> dict[str, bytes]:
    book = parts()[BOOK].replace(
        b"</sheets>", '<sheet name="模块1" sheetId="99" state="veryHidden" r:id=""/></sheets>'.encode()
    )
    return parts() | {BOOK: book}


def macro_sheet() -> dict[str, bytes]:
    book = parts()[BOOK].replace(b"</sheets>", '<sheet name="宏1" sheetId="99" r:id="rIdX"/></sheets>'.encode())
    link = f'<Relationship Id="rIdX" Type="{MACRO_TYPE}" Target="macrosheets/sheet1.xml"/></Relationships>'.encode()
    links = parts()[LINKS].replace(b"</Relationships>", link)
    sheet = f'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" xmlns="{MAIN}"/>'.encode()
    return parts() | {BOOK: book, LINKS: links, "xl/macrosheets/sheet1.xml": sheet}


def backslashes() -> dict[str, bytes]:
    return {name.replace("/", "\\"): content for name, content in parts().items()}


@pytest.mark.parametrize("made", [power_query, module_sheet, macro_sheet, backslashes])
def test_unusual_files_of_honest_programs_are_read(made: object) -> None:
    assert callable(made)
    assert read_dossier(packed(made())) == read_dossier(form_bytes(GOOD))


def test_macro_sheets_are_said() -> None:
    assert [found.code for found in inspect(packed(macro_sheet())).notices] == ["FL07"]


def test_a_document_type_in_utf_16_is_seen() -> None:
    content = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16")
    with pytest.raises(RefusedError) as refused:
        inspect(packed(parts() | {"customXml/item1.xml": content}))
    assert refused.value.code == "FL05"


def test_a_whole_column_may_be_merged() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    merged = parts()[sheet].replace(b"</mergeCells>", b'<mergeCell ref="XA:XA"/></mergeCells>')
    assert inspect(packed(parts() | {sheet: merged})).kind == "xlsx"


def test_macros_of_open_document_bear_a_document_type() -> None:
    content = ODS_HEAD + ODS_TAIL
    contents = {"mimetype": ODS_MIME, "content.xml": content, "META-INF/manifest.xml": b"<manifest/>"}
    basic = b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE library:library PUBLIC "-//x" "library.dtd"><a/>'
    assert inspect(packed(contents | {"Basic/Standard/script-lb.xml": basic})).kind == "ods"
    with pytest.raises(RefusedError):
        inspect(packed(contents | {"settings.xml": basic}))


def test_half_an_old_workbook_is_damaged_and_capitals_are_understood() -> None:
    whole = {name: data for name, data, _, _ in ole()}["xls"]
    with pytest.raises(RefusedError) as refused:
        inspect(whole[:1000])
    assert refused.value.code == "FL03"
    capitals = whole.replace("Workbook".encode("utf-16-le"), "WORKBOOK".encode("utf-16-le"))
    assert capitals != whole
    assert inspect(capitals).readable == whole


def test_a_small_old_workbook_with_a_password_is_named() -> None:
    """Streams below 4,096 bytes lie together in the stream of the directory's first entry."""
    data = bytearray({name: data for name, data, _, _ in ole()}["xls-encrypted"])
    root = (int.from_bytes(data[48:52], "little") + 1) * 512
    entry = root + 128
    assert data[entry : entry + 16] == "Workbook".encode("utf-16-le")
    data[root + 116 : root + 120] = data[entry + 116 : entry + 120]
    data[entry + 116 : entry + 124] = (0).to_bytes(4, "little") + (2674).to_bytes(4, "little")
    with pytest.raises(RefusedError) as refused:
        inspect(bytes(data))
    assert refused.value.code == "FL02"


def test_open_document_tells_how_its_numbers_are_shown() -> None:
    rows = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-row><table:table-cell office:value-type="percentage" office:value="0.98"><text:p>98%</text:p>'
        '</table:table-cell><table:table-cell office:value-type="float" office:value="7"><text:p>500</text:p>'
        '</table:table-cell></table:table-row><table:table-row table:visibility="filter">'
        '<table:table-cell office:value-type="float" table:formula="of:=[.A1]*[$表.B$2]+SUM([.J:.$K];[$表.2:.$3])"><text:p>1</text:p>'
        "</table:table-cell></table:table-row>"
    )
    scan = OdsScan(Tally(Limits()), OdsLooks())
    scan.run(ODS_HEAD + rows.encode() + ODS_TAIL)
    (sight,) = scan.sights
    codes = {place: scan.looks[cell.style].code for place, cell in sight.cells.items()}
    assert codes == {(1, 1): "0.00%", (1, 2): '"500"', (2, 1): '"1"'}
    assert (sight.hidden_rows, sight.hidden_columns) == ({2}, [(2, 2)])
    assert sight.cells[2, 1].formula == Formula("A1*'表'!B$2+SUM(J:$K,'表'!2:$3)")


def test_a_large_sheet_is_seen_like_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    data = form_bytes(GOOD)
    small = read_form(data, inspect(data))
    monkeypatch.setattr("perfxl.door.inspect.MOST_BYTES", 0)
    facts = inspect(data)
    assert all(sheet.sight is None for sheet in facts.sheets)
    large = read_form(data, facts)
    assert (large.form.cells, large.findings) == (small.form.cells, small.findings)
