"""Ways to show one figure and count another that were tried from outside, each with an honest neighbour that stays silent.

* attributes that programs read differently: blanks, plus signs, switches, what is said twice or in a wrapping
* number formats: colours, digits that fill a cell, units, words and signs around a number
* fonts of pictures and bars, raised digits, writing turned round, letters that nobody sees
* columns too narrow, rows too low, frozen panes, formulas shown; conditions, tables, drawings
* formulas that rest on stale ones, share a text, fill ranges, or take numbers as they are shown
* numbers without end in any attribute crash nothing
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from openpyxl.styles import Alignment, Font, PatternFill

from perfxl.door.fonts import draws
from perfxl.door.written import is_on, size_of, whole
from perfxl.errors import RefusedError
from perfxl.typed.wording import is_disfigured, squeeze_figures
from test_ink import edited_again
from test_sight import DRAWN, INFO, client, corner, edited, packed, plain, seen, sheet_part, spoilt, with_drawing
from workbooks import read_bytes

SHEET, STYLES, BOOK = sheet_part(INFO), "xl/styles.xml", "xl/workbook.xml"
ENDLESS = "9" * 5000
WRAP = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
VIEW = '<sheetView workbookViewId="0"/>'


def found(data: bytes) -> list[tuple[str, str]] | str:
    """What was found of sight, or the code with which the file was refused."""
    try:
        return [one for one in seen(read_bytes(data)) if one[0] != "ST09"]
    except RefusedError as refused:
        return refused.code


def cell(inside: str, style: int | str = 21, more: str = "", data: bytes = b"") -> bytes:
    """The form with another F8."""
    new = f'<c r="F8" s="{style}"{more}>{inside}</c>'.replace("\\", r"\\")
    return edited_again(data or plain(2020), SHEET, r'<c r="F8"[^>]*>.*?</c>', new)


def typed(text: str) -> bytes:
    """The form with a text in F8."""
    return cell(f'<is><t xml:space="preserve">{text}</t></is>', more=' t="inlineStr"')


def formatted(xf: str, *changes: tuple[str, str], inside: str = "<v>142</v>") -> bytes:
    """The form with F8 in a cell format of its own; `changes` are made to the styles: an end tag and what is put before it."""
    with zipfile.ZipFile(io.BytesIO(plain(2020))) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    styles = contents[STYLES].decode()
    table = re.search("<cellXfs.*?</cellXfs>", styles, re.DOTALL)
    assert table is not None
    for end, more in (("</cellXfs>", xf), *changes):
        assert end in styles, end
        styles = styles.replace(end, more + end, 1)
    return cell(inside, table[0].count("<xf "), data=packed(contents | {STYLES: styles.encode()}))


def in_format(code: str, inside: str = "<v>142</v>") -> bytes:
    declared = f'<numFmt numFmtId="300" formatCode={quoteattr(code)}/>'
    return formatted('<xf numFmtId="300" fontId="3" fillId="3"/>', ("</numFmts>", declared), inside=inside)


def in_font(font: str) -> bytes:
    return formatted('<xf numFmtId="2" fontId="9" fillId="3"/>', ("</fonts>", f"<font>{font}</font>"))


def in_fill(fill: str) -> bytes:
    return formatted('<xf numFmtId="2" fontId="3" fillId="7"/>', ("</fills>", f"<fill>{fill}</fill>"))


def conditioned(dxf: str, number: str = "3", ranges: str = "F8") -> bytes:
    rule = f'<cfRule type="expression" dxfId="{number}" priority="1"><formula>TRUE</formula></cfRule>'
    data = edited(2020, STYLES, "</dxfs>", f"<dxf>{dxf}</dxf></dxfs>")
    block = f'<conditionalFormatting sqref="{ranges}">{rule}</conditionalFormatting>'
    return edited_again(data, SHEET, "(?=<dataValidations)", block)


def viewed(view: str) -> bytes:
    return edited(2020, SHEET, VIEW, view)


SG01, SG03, SG04, SG07, SG10 = ([(code, "F8")] for code in ("SG01", "SG03", "SG04", "SG07", "SG10"))
ST06 = [("ST06", "F8")]
ROW = [("SG04", "B8")]


# -- attributes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" +07\n", 7), ("", None), (ENDLESS, None), ("-1", None), ("٢", None), ("²", None)])  # fmt: skip
def test_a_number_of_an_attribute(text: str, number: int | None) -> None:
    assert whole(text) == number


@pytest.mark.parametrize(("text", "says"), [("1", True), ("true", True), (" 1 ", True), ("on", True), ("TRUE", True), ("2", True), ("0", False), ("false", False), ("off", False), ("", False)])  # fmt: skip
def test_a_switch_of_an_attribute(text: str, says: bool) -> None:
    assert is_on(text) is is_on(text, usual=True) is says
    assert is_on(None, usual=True)


def test_a_size_of_an_attribute() -> None:
    assert [size_of(text) for text in ("1.5", " 0 ", "nan", "inf", "1,5", "", None)] == [
        1.5,
        0,
        None,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('<row r="8"', '<row hidden="on" r="8"', ROW),
        ('<row r="8"', '<row hidden=" 1 " r="8"', ROW),
        ('<row r="8"', '<row hidden="off" r="8"', []),
        ('<col min="6" max="6"', '<col hidden="1" min=" 6 " max="+6"', SG04),
        ('<col min="6" max="6"', f'<col hidden="1" min="6" max="{ENDLESS}"', SG04),
        ('<col min="6" max="6"', '<col hidden="0" min="6" max="6"', []),
        ("<cols>(.*?)</cols>", rf"<mc:AlternateContent {WRAP}><mc:Choice><cols>\1</cols></mc:Choice></mc:AlternateContent>", "FL05"),
        ("<cols>(.*?)</cols>", r'<cols><x:y xmlns:x="urn:x">\1</x:y></cols>', "FL05"),
        ("<sheetFormatPr[^>]*/>", r'\g<0><sheetFormatPr defaultRowHeight="0"/>', "FL05"),
        ("<sheetViews>(.*?)</sheetViews>", r'\g<0><sheetViews><sheetView workbookViewId="0"/></sheetViews>', "FL05"),
        ("</worksheet>", f"<mc:AlternateContent {WRAP}><mc:Choice><controls/></mc:Choice></mc:AlternateContent></worksheet>", []),
    ],
)  # fmt: skip
def test_what_programs_read_of_rows_and_columns(old: str, new: str, expected: list[tuple[str, str]] | str) -> None:
    assert found(edited(2020, SHEET, old, new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<workbookPr", '<workbookPr date1904="1"/><workbookPr', "FL05"),
        ("<workbookPr[^>]*/>", rf"<mc:AlternateContent {WRAP}><mc:Choice>\g<0></mc:Choice></mc:AlternateContent>", "FL05"),
        ("<workbookPr", rf'<mc:AlternateContent {WRAP}><mc:Choice><x:p xmlns:x="urn:x"/></mc:Choice></mc:AlternateContent><workbookPr', []),
    ],
)  # fmt: skip
def test_what_programs_read_of_a_workbook(old: str, new: str, expected: list[tuple[str, str]] | str) -> None:
    assert found(edited(2020, BOOK, old, new)) == expected


@pytest.mark.parametrize("style", [ENDLESS, "-1", "2e1", "٢١", ""])
def test_a_cell_format_that_is_no_number_is_refused(style: str) -> None:
    assert found(cell("<v>142</v>", style)) == "FL03"


def test_a_cell_format_with_blanks_is_that_format() -> None:
    assert found(cell("<v>142</v>", " 21 ")) == []


@pytest.mark.parametrize("key", ["numFmtId", "fontId", "fillId"])
@pytest.mark.parametrize("number", [ENDLESS, "-1", "²", "٢"])
def test_no_number_of_a_format_crashes_anything(key: str, number: str) -> None:
    assert found(formatted(f'<xf numFmtId="0" fontId="3" fillId="3" {key}="{number}"/>'.replace('numFmtId="0" fontId="3" fillId="3" numFmtId', "numFmtId").replace(' fontId="3" fillId="3" fontId', " fontId").replace(' fillId="3" fillId', " fillId"))) == []  # fmt: skip


FIVE_HUNDRED = '<numFmt numFmtId="{}" formatCode="&quot;500&quot;"/>'


@pytest.mark.parametrize(
    ("xf", "changes", "expected"),
    [
        ('<xf numFmtId=" 0300 "/>', [("</numFmts>", FIVE_HUNDRED.format("300"))], SG01),
        ('<xf numFmtId="300"/>', [("</numFmts>", FIVE_HUNDRED.format("+300"))], SG01),
        ('<xf numFmtId="300"/>', [("</numFmts>", FIVE_HUNDRED.format("300") + '<numFmt numFmtId="300" formatCode="0"/>')], "FL05"),
        ('<xf numFmtId="2"/>', [("</numFmts>", FIVE_HUNDRED.format("300") + '<numFmt numFmtId="300" formatCode="0"/>')], []),
        ('<xf numFmtId="2"/>', [("<cellXfs", '<cellXfs><xf numFmtId="0"/></cellXfs>')], "FL05"),
        ('<xf numFmtId="2"/>', [("</fonts>", f"<mc:AlternateContent {WRAP}><mc:Choice><font/></mc:Choice></mc:AlternateContent>")], "FL05"),
        ('<xf numFmtId="2"/>', [("</fonts>", "<!-- none -->")], []),
    ],
)  # fmt: skip
def test_what_programs_read_of_formats(xf: str, changes: list[tuple[str, str]], expected: Any) -> None:
    assert found(formatted(xf, *changes)) == expected


@pytest.mark.parametrize("text", ["1,000", "0x10", "１４２", "1d3", "−142", "142abc", "TRUE"])
def test_a_number_of_which_programs_make_others_is_refused(text: str) -> None:
    assert found(cell(f"<v>{text}</v>")) == "FL03"


@pytest.mark.parametrize("text", ["142", " 142\n", "1.42e2", "142.", "+142"])
def test_a_number_with_blanks_or_an_exponent_is_read(text: str) -> None:
    assert found(cell(f"<v>{text}</v>")) == []


# -- number formats, fonts, texts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("[White]0.00", SG10),
        ("[白色]0.00", SG10),
        ("[Color 2]0.00", SG10),
        ("[Red]0.00", []),
        ("[Blue]0.00;[Red]-0.00", []),
        ("0*0", SG01),
        ("*90", SG01),
        ("*-0.00", SG01),
        ("_ * #,##0.00_ ", []),
        ("**0.00", []),
        ('0.00"亿元"', SG01),
        ('0.00"元"', SG01),
        ('0.00" 元"', SG01),
        ('0.00"千元"', SG01),
        ('0"K"', SG01),
        ('0"%"', SG01),
        ('0"‰"', SG01),
        ('"万分之"0', SG01),
        ('0.00"万元"', []),
        ('"¥"0.00" 万"', []),
        ('"人民币"0.00', []),
        ('"负"0', SG01),
        ("(0)", SG01),
        ("0.00;(0.00)", []),
        ('"≤"0', SG01),
        ('0"O"', SG01),
        ('0"²"', SG01),
        ('0"﹪"', SG01),
        ('0"m²"', []),
        ('0"平方米"', []),
        ('0" m³"', []),
        ('0"一"', SG01),
        ('"\u202e"0', SG01),
        ('0"\u0336"', SG01),
        ("[DBNum1]General", []),
    ],
)
def test_what_a_number_format_writes_around_a_number(code: str, expected: list[tuple[str, str]]) -> None:
    assert found(in_format(code)) == expected


@pytest.mark.parametrize(("code", "expected"), [('@"00"', SG01), ('"-"@', SG01), ("@*0", SG01), ("[White]@", SG10), ("@", []), ('@" 万元"', [])])  # fmt: skip
def test_what_a_number_format_writes_around_a_text(code: str, expected: list[tuple[str, str]]) -> None:
    declared = f'<numFmt numFmtId="300" formatCode={quoteattr(code)}/>'
    data = formatted('<xf numFmtId="300" fontId="3" fillId="3"/>', ("</numFmts>", declared))
    assert found(edited_again(data, SHEET, r'(<c r="F8" s="\d+")><v>142</v>', r'\1 t="str"><v>142</v>')) == expected


@pytest.mark.parametrize(("heading", "expected"), [("实际使用情况（元）", []), ("实际使用情况（万元）", SG01)])
def test_amounts_under_a_heading_of_another_unit_may_be_shown_in_it(
    heading: str, expected: list[tuple[str, str]]
) -> None:
    def change(sheet: Any) -> None:
        sheet["E8"], sheet["F8"].number_format = heading, '0.00"元"'

    assert found(spoilt(2020, change)) == expected


@pytest.mark.parametrize(
    ("name", "letters", "is_symbol"),
    [
        ("Wingdings", "", True),
        ("Wingdings 2", "2", True),
        ("Libre Barcode 128", "", True),
        ("Some Symbols", "2", True),
        ("Symbol", "2", False),
        ("宋体", "134", False),
        ("Code", "", False),
    ],
)
def test_fonts_without_digits(name: str, letters: str, is_symbol: bool) -> None:
    assert draws(name, letters) is is_symbol


@pytest.mark.parametrize(
    ("font", "expected"),
    [
        ('<sz val="11"/><name val="Wingdings"/>', ST06),
        ('<sz val="11"/><name val="Arial"/><charset val="0"/>', []),
        ('<sz val="11"/><color indexed="65"/>', SG10),
        ('<sz val="11"/><color indexed="64"/>', []),
    ],
)
def test_fonts_of_a_figure(font: str, expected: list[tuple[str, str]]) -> None:
    assert found(in_font(font)) == expected


def test_ticks_may_be_of_a_font_of_symbols() -> None:
    def change(sheet: Any) -> None:
        sheet["B7"].font = Font(name="Wingdings 2")

    assert found(spoilt(2020, change)) == []


BLACK, WHITE = '<{} rgb="FF000000"/>', '<{} rgb="FFFFFFFF"/>'


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        (f'<patternFill patternType="darkGray">{BLACK.format("fgColor")}{BLACK.format("bgColor")}</patternFill>', SG10),
        (f'<patternFill patternType="gray125">{BLACK.format("fgColor")}{WHITE.format("bgColor")}</patternFill>', []),
        (f'<gradientFill><stop>{BLACK.format("color")}</stop><stop>{BLACK.format("color")}</stop></gradientFill>', SG10),
        (f'<gradientFill><stop>{BLACK.format("color")}</stop><stop>{WHITE.format("color")}</stop></gradientFill>', []),
        ('<patternFill patternType="solid"><fgColor indexed="64"/></patternFill>', SG10),
        ('<patternFill patternType="solid"><fgColor indexed="65"/></patternFill>', []),
    ],
)  # fmt: skip
def test_grounds_of_one_colour_however_they_are_made(fill: str, expected: list[tuple[str, str]]) -> None:
    assert found(in_fill(fill)) == expected


RAISED = '<r><t>{}</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>{}</t></r>'


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        (RAISED.format("10", "2"), ST06),
        (RAISED.format("142万元", "①"), ST06),
        ('<r><t>14</t></r><r><rPr><rFont val="Webdings"/></rPr><t>2</t></r>', ST06),
        ('<r><t>14</t></r><r><rPr><rFont val="宋体"/><charset val="134"/></rPr><t>2</t></r>', []),
    ],
)
def test_parts_of_a_figure(runs: str, expected: list[tuple[str, str]]) -> None:
    assert found(cell(f"<is>{runs}</is>", more=' t="inlineStr"')) == expected


@pytest.mark.parametrize(
    "text", ["\u202e241\u202c", "142\u2062 5", "1\u31642", "1\uffa02", "90\u00ad95", "\u2067-5\u2069"]
)
def test_a_text_that_is_seen_as_another_number_is_none(text: str) -> None:
    assert found(typed(text)) == ST06


@pytest.mark.parametrize(
    "text", ["142", "\u202d142\u202c", "1\u200b42", "\ufeff142", "１４２", "142\u00ad", "142 万元"]
)
def test_a_text_that_is_seen_as_its_number_is_read(text: str) -> None:
    assert found(typed(text)) == []


def test_signs_that_disfigure_a_number() -> None:
    assert all(map(is_disfigured, ["1\u03364", "142²", "\u202e0", "5½"]))
    assert not any(map(is_disfigured, ["142.00 万元", "￥142", "１４２", "98%"]))
    assert squeeze_figures("≥\u200f90%") != squeeze_figures("≥90%") == squeeze_figures("≥\u200b90%")


# -- room, views ------------------------------------------------------------------------------------------------------


def wide(width: float, value: object, code: str = "0.00", points: float = 11, **how: Any) -> bytes:
    def change(sheet: Any) -> None:
        sheet.column_dimensions["F"].width = width
        sheet["F8"], sheet["F10"] = value, None
        sheet["F8"].number_format = code
        sheet["F8"].font, sheet["F8"].alignment = Font(size=points), Alignment(**how)

    return spoilt(2020, change)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (wide(1.5, 142), SG04),
        (wide(4, 123456789.12, "#,##0.00"), SG04),
        (wide(6, 142.25, '0.00" 万元"'), SG04),
        (wide(3, 1794500, "General"), SG04),
        (wide(11.5, 1234567.89, "#,##0.00"), []),
        (wide(6.5, 142), []),
        (wide(4, 142, "General"), []),
        (wide(6, 1794500, "General"), []),
        (wide(4, 1794500, shrink_to_fit=True), []),
        (wide(2, 1794500, shrink_to_fit=True), SG04),
        (wide(2, 142, text_rotation=90), []),
        (wide(20, 142, points=24), []),
    ],
)
def test_a_number_has_the_room_that_it_needs(data: bytes, expected: list[tuple[str, str]]) -> None:
    assert found(data) == expected


@pytest.mark.parametrize(
    ("typed_in", "beside", "how", "is_cut"),
    [
        ("1794500", "备注", {}, True),
        ("1794500", None, {}, False),
        ("1794500", "备注", {"wrap_text": True}, False),
        ("1794500", "备注", {"shrink_to_fit": True}, False),
        ("17", "备注", {}, False),
    ],
)
def test_a_number_typed_as_text_is_cut_by_the_filled_cell_beside_it(
    typed_in: str, beside: str | None, how: dict[str, Any], is_cut: bool
) -> None:
    def change(sheet: Any) -> None:
        sheet.column_dimensions["F"].width = 4
        sheet["F8"], sheet["F10"], sheet["G8"] = typed_in, None, beside
        sheet["F8"].alignment = Alignment(**how)

    assert (("SG04", "F8") in found(spoilt(2020, change))) is is_cut


def test_merged_cells_have_the_room_of_all_their_columns() -> None:
    def change(sheet: Any) -> None:
        sheet["B4"] = 1794500.25
        sheet["B4"].number_format = "0.00"
        for letter in "BC":
            sheet.column_dimensions[letter].width = 6

    assert [one for one in found(spoilt(2020, change)) if one[1] == "B4"] == []


def test_narrow_columns_are_named_once() -> None:
    def change(sheet: Any) -> None:
        sheet.column_dimensions["F"].width = 1.5
        for name in ("F8", "F10"):
            sheet[name].alignment = Alignment()

    (one,) = [one for one in read_bytes(spoilt(2020, change)).findings if one.code == "SG04"]
    assert one.message == "F 列太窄，F8、F10的数显示不下，只看到 ####、其中一部分或小得看不清，照样计入"


@pytest.mark.parametrize(("height", "expected"), [(5, ROW), (6, ROW), (7, []), (12, [])])
def test_a_row_too_low_for_its_letters_is_hidden(height: float, expected: list[tuple[str, str]]) -> None:
    assert found(spoilt(2020, lambda sheet: setattr(sheet.row_dimensions[8], "height", height))) == expected


def test_a_row_too_low_is_not_called_hidden() -> None:
    low = read_bytes(spoilt(2020, lambda sheet: setattr(sheet.row_dimensions[8], "height", 5)))
    (one,) = [one for one in low.findings if one.code == "SG04"]
    assert one.message.startswith("第 8 行高度只有 5 磅，字看不清，其中有 3 项内容照样计入")


PANE = '<sheetView workbookViewId="0"{}><pane ySplit="2" topLeftCell="A11" state="{}"/></sheetView>'


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (PANE.format(' topLeftCell="A9"', "frozen"), [("SG04", "B4")]),
        (PANE.format(' topLeftCell="A9"', "split"), []),
        (PANE.format("", "frozen"), []),
        ('<sheetView workbookViewId="0" topLeftCell="Z99"/>', []),
    ],
)
def test_how_a_sheet_is_opened(view: str, expected: list[tuple[str, str]]) -> None:
    assert found(viewed(view)) == expected


# -- conditions, tables, drawings -------------------------------------------------------------------------------------

WHITE_INK = '<font><color rgb="FFFFFFFF"/></font>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (conditioned(WHITE_INK, " 3 "), SG10),
        (conditioned(WHITE_INK, ranges="A20,f8"), SG10),
        (conditioned(WHITE_INK, ranges="A20 F9"), []),
        (conditioned("<font><strike/></font>"), [("SG12", "F8")]),
        (conditioned('<font><strike val="0"/></font>'), []),
        (conditioned('<font><color indexed="65"/></font>'), SG10),
        (conditioned('<fill><patternFill patternType="solid"><fgColor rgb="FF000000"/></patternFill></fill>'), SG10),
        (conditioned(f'<fill><gradientFill><stop>{BLACK.format("color")}</stop></gradientFill></fill>'), SG10),
        (conditioned('<numFmt numFmtId="9"/>'), SG03),
        (conditioned('<numFmt numFmtId="2" formatCode="0.00"/>'), []),
    ],
)  # fmt: skip
def test_what_conditions_may_do(data: bytes, expected: list[tuple[str, str]]) -> None:
    seen_of = [one for one in read_bytes(data).findings if one.code[:2] in ("SG", "ST")]
    assert [(one.code, one.cell) for one in seen_of] == expected


@pytest.mark.parametrize(("colour", "expected"), [("FF000000", SG10), ("FF638EC6", [])])
def test_bars_behind_a_number(colour: str, expected: list[tuple[str, str]]) -> None:
    bar = f'<dataBar><cfvo type="num" val="0"/><cfvo type="num" val="1"/><color rgb="{colour}"/></dataBar>'
    block = (
        f'<conditionalFormatting sqref="F8"><cfRule type="dataBar" priority="1">{bar}</cfRule></conditionalFormatting>'
    )
    assert found(edited(2020, SHEET, "(?=<dataValidations)", block)) == expected


def related(kind: str, part: str, content: str, data: bytes) -> bytes:
    """A workbook with a part that belongs to the sheet of its amounts."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    of_office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rIdT" Type="{of_office}/{kind}" Target="/{part}"/>'
    name = SHEET.replace("worksheets/", "worksheets/_rels/") + ".rels"
    rest: Mapping[str, str] = {name: f'<Relationships xmlns="{space}">{link}</Relationships>', part: content}
    return packed(contents | {name: text.encode() for name, text in rest.items()})


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def in_table(dxf: str, name: str = "Own", kind: str = "worksheet", ground: bool = False) -> bytes:
    style = '<tableStyles><tableStyle name="Own"><tableStyleElement type="wholeTable" dxfId="3"/></tableStyle></tableStyles>'
    data = edited(2020, STYLES, "</dxfs>", f"<dxf>{dxf}</dxf></dxfs>")
    data = edited_again(data, STYLES, "<tableStyles[^>]*/>", style)
    if not ground:
        data = edited_again(data, SHEET, r'<c r="F8" s="\d+"', '<c r="F8"')
    table = f'<table {MAIN} ref="E8:F9" tableType="{kind}"><tableStyleInfo name="{name}"/></table>'
    return related("table", "xl/tables/table1.xml", table, data)


DARK = '<fill><patternFill><bgColor rgb="FF1F4E79"/></patternFill></fill>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (in_table(WHITE_INK), SG10),
        (in_table(WHITE_INK + DARK), []),
        (in_table(WHITE_INK + DARK, ground=True), SG10),
        (in_table('<font><color rgb="FFC00000"/></font>'), []),
        (in_table(WHITE_INK, "TableStyleLight1"), []),
        (in_table("", kind="queryTable"), SG07),
    ],
)
def test_styles_of_tables_lie_below_those_of_cells(data: bytes, expected: list[tuple[str, str]]) -> None:
    assert found(data) == expected


@pytest.mark.parametrize(("area", "expected"), [("E8:F9", SG07), ("H8:I9", [])])
def test_a_pivot_table_works_its_cells_out(area: str, expected: list[tuple[str, str]]) -> None:
    pivot = f'<pivotTableDefinition {MAIN}><location ref="{area}"/></pivotTableDefinition>'
    assert found(related("pivotTable", "xl/pivotTables/p.xml", pivot, plain(2020))) == expected


ANCHOR = "5, 3, 7, 2, 5, 60, 7, 12"
OPEN_NOTE = client("Note", ANCHOR)[1].replace("<v:shape>", '<v:shape style="visibility: visible">')
UNPREFIXED = re.sub("<(/?)x:", r"<\1", client("Note", ANCHOR)[1]).replace("</ClientData>", "<Visible/></ClientData>")
UNPREFIXED = UNPREFIXED.replace("<ClientData", '<ClientData xmlns="urn:schemas-microsoft-com:office:excel"')
TWO = "<xdr:twoCellAnchor>{}{}</xdr:twoCellAnchor>"


@pytest.mark.parametrize(
    ("kind", "content", "covered"),
    [
        ("vmlDrawing", OPEN_NOTE, ["F8"]),
        ("vmlDrawing", client("Note", ANCHOR)[1].replace("</x:ClientData>", "<x:Visible/></x:ClientData>"), ["F8"]),
        ("vmlDrawing", client("Note", ANCHOR)[1].replace("<v:shape>", '<v:shape style="visibility:hidden">'), []),
        ("vmlDrawing", UNPREFIXED, ["F8"]),
        ("drawing", f"<xdr:wsDr {DRAWN}>{TWO.format(corner('from', 6, 8), corner('to', 5, 7))}</xdr:wsDr>", ["F8"]),
        ("drawing", f"<xdr:wsDr {DRAWN}>{TWO.format(corner('from', 5, 7), corner('to', 6, 8))}</xdr:wsDr>".replace("http://schemas.openxmlformats.org/drawingml/2006/", "http://purl.oclc.org/ooxml/drawingml/"), ["F8"]),
        ("drawing", f"<xdr:wsDr {DRAWN}><xdr:twoCellAnchor><xdr:from><xdr:row>--5</xdr:row></xdr:from><xdr:to><xdr:row>{ENDLESS}</xdr:row></xdr:to></xdr:twoCellAnchor></xdr:wsDr>", []),
    ],
)  # fmt: skip
def test_more_that_covers_cells(kind: str, content: str, covered: list[str]) -> None:
    named = [one.found for one in read_bytes(with_drawing(kind, content)).findings if one.code == "SG11"]
    assert [name for names in named for name in names.split("、")] == covered


# -- formulas ---------------------------------------------------------------------------------------------------------


def resting(formula: str, helper: str, more: str = "") -> bytes:
    """The form with a formula in F8 and another in H20, which the form does not ask for; both have stored 142."""
    data = edited(2020, SHEET, "</sheetData>", f'<row r="20">{helper}</row>{more}</sheetData>')
    return cell(f"{formula}<v>142</v>", data=data)


HELPER = '<c r="H20"><f>{}</f><v>142</v></c>'
SHARED = '<c r="{0}"><f t="shared" ref="{1}" si="0">{2}</f><v>142</v></c>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (resting("<f>H20</f>", HELPER.format("500")), [("SG06", "F8")]),
        (resting("<f>H20</f>", HELPER.format("IF(1,500,142)")), [("SG06", "F8")]),
        (resting("<f>H20</f>", HELPER.format("NOW()")), SG07),
        (resting("<f>H20</f>", HELPER.format("F8")), SG07),
        (resting("<f>F8</f>", HELPER.format("1")), SG07),
        (resting("<f>H20</f>", HELPER.format("71*2")), []),
        (resting("<f>SUM(H20:I20)</f>", HELPER.format("I20+141.5") + '<c r="I20"><f>0.25*2</f><v>0.5</v></c>'), [("SG06", "F8")]),
        (resting('<f t="shared" si="0">142</f>', SHARED.format("H20", "F8:H20", "500")), [("SG06", "F8")]),
        (resting('<f t="shared" si="0"/>', SHARED.format("H20", "F8:H20", "500") + SHARED.format("I20", "I20", "142")), SG07),
        (resting('<f t="shared" si="0"/>', SHARED.format("H20", "F8:H20", "71*2")), []),
        (resting("", '<c r="A20"><f t="array" ref="A8:F20">500</f><v>142</v></c>'), [*SG07, ("SG07", "F10")]),
        (resting("", '<c r="H20"><f t="dataTable" ref="F8:F9" r1="A1"/><v>142</v></c>'), SG07),
        (resting("<f>I20</f>", '<c r="H20"><f t="array" ref="H20:I20">500</f><v>142</v></c><c r="I20"><v>142</v></c>'), SG07),
        (resting("", '<c r="H20"><f t="array" ref="H20:I20">500</f><v>142</v></c>'), []),
    ],
)  # fmt: skip
def test_formulas_that_rest_on_others(data: bytes, expected: list[tuple[str, str]]) -> None:
    assert [one for one in found(data) if one[1][0] == "F"] == sorted(expected)


def test_a_workbook_that_counts_as_it_shows_is_not_worked_out() -> None:
    as_shown = edited_again(cell("<f>71*2</f><v>142</v>"), BOOK, "<calcPr", '<calcPr fullPrecision="0"')
    assert found(as_shown) == SG07
    assert found(edited_again(plain(2020), BOOK, "<calcPr", '<calcPr fullPrecision="0"')) == []


def test_a_circle_of_formulas_is_told_once() -> None:
    (one,) = [one for one in read_bytes(resting("<f>H20</f>", HELPER.format("F8"))).findings if one.code == "SG07"]
    assert one.message == "“实际使用情况”是公式 =H20，无法核对（F8 也是公式，公式循环引用）；文件里保存的是 142"


@pytest.mark.parametrize(("brackets", "expected"), [(0, []), (1, []), (20, SG07), (60, SG07), (500, SG07)])
def test_brackets_of_formulas_that_rest_on_each_other_share_one_bound(
    brackets: int, expected: list[tuple[str, str]]
) -> None:
    chain = "".join(
        f'<row r="{row}"><c r="H{row}"><f>{"(" * brackets}H{row + 1}{")" * brackets}</f><v>142</v></c></row>'
        for row in range(21, 40)
    )
    last = '<row r="40"><c r="H40"><v>142</v></c></row>'
    assert found(resting("<f>H20</f>", HELPER.format("H21"), chain + last)) == expected


def test_formulas_without_end_are_given_up() -> None:
    chain = "".join(
        f'<row r="{row}"><c r="H{row}"><f>H{row + 1}+H{row + 1}</f><v>1</v></c></row>' for row in range(21, 400)
    )
    assert found(resting("<f>H20</f>", HELPER.format("H21"), chain)) == SG07


CHANGES: list[Callable[[Any], object]] = [
    lambda sheet: setattr(sheet["F8"], "fill", PatternFill("lightGray")),
    lambda sheet: setattr(sheet["F8"], "font", Font(name="Symbol", size=9)),
    lambda sheet: setattr(sheet["F8"], "number_format", "#,##0.00_);[Red](#,##0.00)"),
    lambda sheet: setattr(sheet.row_dimensions[8], "height", 200),
]


def test_honest_ways_of_a_form_together_are_silent() -> None:
    assert found(spoilt(2020, *CHANGES)) == []
