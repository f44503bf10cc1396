"""A figure that nobody can tell from its ground, or that stands in a row as thin as a hair, is read and said.

* inks and grounds of every kind: plain, numbered, of the theme, tinted; of a condition; of a part of a text
* rows and columns too low or narrow to show anything, also by what is usual on the sheet; numbers without room
* fonts that show pictures, raised parts of numbers, sheets that show formulas, notes that lie over cells
* the same in .xls and .ods; what a person sees is read in silence
"""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule, DataBarRule, FormulaRule, IconSetRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.colors import COLOR_INDEX, Color

from office import Converted, by_office
from opened import load_workbook
from perfxl.door.colours import INDEXED, USUAL_GROUND, USUAL_INK, is_told_apart, parsed
from perfxl.door.seen import Box, SheetSight
from perfxl.door.sheettree import string_of
from perfxl.door.xmldoor import MAIN_SPACE
from perfxl.errors import RefusedError
from test_sight import INFO, edited, packed, plain, seen, sheet_part, spoilt
from workbooks import read_bytes

Change = Callable[[Any], object]
SOME = ("SG10", "F8")
EXCEL = "urn:schemas-microsoft-com:office:excel"


def ink(colour: Color | str, ground: Color | str | None = None) -> Change:
    def change(sheet: Any) -> None:
        sheet["F8"].font = Font(color=colour)
        sheet["F8"].fill = PatternFill() if ground is None else PatternFill("solid", fgColor=ground)

    return change


def only_ink(colour: Color | str) -> Change:
    """On the ground that the form has there: pale yellow."""
    return lambda sheet: setattr(sheet["F8"], "font", Font(color=colour))


def condition_of(rule: Any) -> Change:
    return lambda sheet: sheet.conditional_formatting.add("F8:F9", rule)


def condition(**look: Any) -> Change:
    return condition_of(FormulaRule(["TRUE"], **look))


def test_numbered_colours_are_those_of_the_format() -> None:
    assert list(INDEXED) == [parsed(colour) for colour in COLOR_INDEX[: len(INDEXED)]]


@pytest.mark.parametrize("text", ["", "FFF", "-12345", "+12345", "0x1234", "1_2345", " 12345", "GGGGGG", "٣٣٣٣٣٣"])
def test_what_is_no_colour_is_none(text: str) -> None:
    assert parsed(text) is None


@pytest.mark.parametrize("colour", ["-12345", "FF-12345", "0x00FFFF"])
def test_a_workbook_with_nonsense_for_a_colour_is_read(colour: str) -> None:
    data = edited(2020, "xl/styles.xml", r'<color (?:theme="1"|rgb="[0-9A-F]{8}")/>', f'<color rgb="{colour}"/>')
    assert seen(read_bytes(data)) == []


def test_a_condition_with_a_number_without_end_is_read() -> None:
    rule = f'<conditionalFormatting sqref="F8"><cfRule type="expression" dxfId="{"9" * 5000}" priority="1"/></conditionalFormatting>'
    data = edited(2020, sheet_part(INFO), r"(?=<dataValidations|<pageMargins)", rule)
    assert seen(read_bytes(data)) == []


@pytest.mark.parametrize(
    ("one", "other", "is_told"),
    [
        (USUAL_INK, USUAL_GROUND, True),
        (USUAL_GROUND, USUAL_GROUND, False),
        (0xFEFEFE, USUAL_GROUND, False),
        (USUAL_GROUND, 0xFFFBE6, False),
        (0xF2F2F2, USUAL_GROUND, False),
        (0xD9D9D9, USUAL_GROUND, True),
        (0x1F4E79, 0x1F4E79, False),
        (0x000000, 0x101010, False),
        (USUAL_GROUND, 0x1F4E79, True),
        (0xFF0000, USUAL_GROUND, True),
    ],
)
def test_who_tells_two_colours_apart(one: int, other: int, is_told: bool) -> None:
    assert is_told_apart(one, other) is is_told_apart(other, one) is is_told


@pytest.mark.parametrize(
    "change",
    [
        ink("FFFFFFFF"),
        ink("00FFFFFF"),
        ink("FFFDFDFD"),
        ink(Color(theme=0)),
        ink(Color(theme=1, tint=0.95)),
        ink(Color(indexed=9)),
        ink(Color(indexed=26), "FFFFFFCC"),
        ink("FF1F4E79", "FF1F4E79"),
        ink("FF000000", Color(theme=1)),
        only_ink("FFFFFFFF"),
        only_ink("FFFFFBE6"),
        condition(font=Font(color="FFFFFFFF")),
        condition(fill=PatternFill(bgColor="FF000000")),
        condition(font=Font(color="FFFF0000"), fill=PatternFill(bgColor="FFFF0000")),
    ],
)
def test_an_ink_that_cannot_be_told_from_its_ground_is_said(change: Change) -> None:
    assert seen(read_bytes(spoilt(2020, change))) == [SOME]


@pytest.mark.parametrize(
    "change",
    [
        ink("FFFFFFFF", "FF000000"),
        ink(Color(theme=0), Color(theme=4)),
        ink(Color(theme=1)),
        ink("FF7F7F7F"),
        ink("FFFF0000", "FFFFFFCC"),
        only_ink("FFC00000"),
        condition(font=Font(color="FFC00000")),
        condition(font=Font(color="FFFFFFFF"), fill=PatternFill(bgColor="FFC00000")),
        condition(fill=PatternFill(bgColor="FFFFC7CE")),
    ],
)
def test_what_a_person_sees_is_read_in_silence(change: Change) -> None:
    assert seen(read_bytes(spoilt(2020, change))) == []


def test_a_theme_may_call_white_what_is_usually_black() -> None:
    """The usual ink of a workbook is its theme's dark colour."""
    data = edited(2020, "xl/theme/theme1.xml", r"<a:dk1>.*?</a:dk1>", '<a:dk1><a:srgbClr val="FFFFFF"/></a:dk1>')
    found = {code for code, _ in seen(read_bytes(data))}
    assert found == {"SG10"}


def test_a_theme_that_makes_no_sense_is_the_usual_one() -> None:
    assert seen(read_bytes(edited(2020, "xl/theme/theme1.xml", "</a:theme>", ""))) == []


def in_parts(*parts: tuple[str, dict[str, Any]]) -> Change:
    texts = [TextBlock(InlineFont(**look), text) for text, look in parts]
    return lambda sheet: sheet.__setitem__("F8", CellRichText(*texts))


def saved(change: Change) -> bytes:
    """As `spoilt`, with texts of several looks."""
    book = load_workbook(io.BytesIO(plain(2020)), rich_text=True)
    change(book[INFO])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ([("14", {}), ("2", {"color": "FFFFFFFF"})], [("ST06", "F8")]),
        ([("14", {}), ("2", {"sz": 1})], [("ST06", "F8")]),
        ([("14", {}), ("2", {"strike": True})], [("ST06", "F8")]),
        ([("14", {}), ("2", {"color": "FFFF0000"})], []),
        ([("142", {}), (" ", {"color": "FFFFFFFF"})], []),
    ],
)
def test_a_number_of_which_a_part_is_not_seen_is_no_number(
    parts: list[tuple[str, dict[str, Any]]], found: list[tuple[str, str]]
) -> None:
    assert seen(read_bytes(saved(in_parts(*parts)))) == found


def test_a_text_of_which_a_part_is_not_seen_is_said() -> None:
    def change(sheet: Any) -> None:
        sheet["B5"] = CellRichText(TextBlock(InlineFont(), "王"), TextBlock(InlineFont(color="FFFFFFFF"), "文"))

    (found,) = [one for one in read_bytes(saved(change)).findings if one.code == "SG10"]
    assert found.message == "“项目负责人”的文字有一部分是白色或字号过小，看不见；全文“王文”照样计入"


def low(height: float) -> Change:
    return lambda sheet: setattr(sheet.row_dimensions[8], "height", height)


def narrow(width: float) -> Change:
    return lambda sheet: setattr(sheet.column_dimensions["F"], "width", width)


@pytest.mark.parametrize(
    ("change", "found"),
    [(low(0.5), "SG04"), (low(3), "SG04"), (low(12), ""), (narrow(0.3), "SG04"), (narrow(4), "")],
)
def test_a_row_or_column_too_thin_to_show_anything_is_hidden(change: Change, found: str) -> None:
    assert {code for code, _ in seen(read_bytes(spoilt(2020, change)))} == ({found} if found else set())


@pytest.mark.parametrize(
    "usual", ['defaultRowHeight="15" defaultColWidth="0"', 'defaultRowHeight="0.1" customHeight="1"']
)
def test_what_is_usual_on_a_sheet_may_hide_it(usual: str) -> None:
    part = sheet_part(INFO)
    bare = (
        edited(2020, part, r"<cols>.*?</cols>", "")
        if "Width" in usual
        else edited(2020, part, r'(<row r="8"[^>]*?) ht="[^"]*"', r"\1")
    )
    assert seen(read_bytes(bare)) == []
    hidden = edited_again(bare, part, r"<sheetFormatPr[^>]*/>", f"<sheetFormatPr {usual}/>")
    assert {code for code, _ in seen(read_bytes(hidden))} == {"SG04"}


def edited_again(data: bytes, part: str, old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    text, count = re.subn(old, new, contents[part].decode(), count=1)
    assert count
    return packed({**contents, part: text.encode()})


def aligned(**how: Any) -> Change:
    return lambda sheet: setattr(sheet["F8"], "alignment", Alignment(**how))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (aligned(horizontal="fill"), [("SG01", "F8")]),
        (aligned(horizontal="left", indent=200), [("SG10", "F8")]),
        (aligned(horizontal="left", indent=2), []),
        (aligned(horizontal="distributed"), []),
        (condition_of(IconSetRule("3Arrows", "num", [0, 50, 100], showValue=False)), [("SG03", "F8")]),
        (condition_of(DataBarRule("min", 0, "max", 9, color="FF638EC6", showValue=False)), [("SG03", "F8")]),
        (condition_of(IconSetRule("3Arrows", "num", [0, 50, 100])), []),
        (condition_of(ColorScaleRule("min", None, "FFFFFFFF", end_type="max", end_color="FF000000")), [("SG10", "F8")]),
        (condition_of(ColorScaleRule("min", None, "FFFFFFFF", end_type="max", end_color="FF63BE7B")), []),
    ],
)
def test_what_else_keeps_a_figure_from_being_seen(change: Change, found: list[tuple[str, str]]) -> None:
    assert seen(read_bytes(spoilt(2020, change))) == found


def unshrunk(width: float, code: str, value: object, size: float = 11) -> Change:
    """A number in a narrow column, in a cell that does not make it smaller to fit."""

    def change(sheet: Any) -> None:
        sheet.column_dimensions["F"].width = width
        for row in range(8, 13):
            sheet.cell(row, 6).alignment = Alignment(wrap_text=True)
            sheet.cell(row, 6).number_format = "General"
            sheet.cell(row, 6).value = None
        sheet["F8"], sheet["F8"].number_format, sheet["F8"].font = value, code, Font(size=size)

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (unshrunk(3, "General", 142), [("SG04", "F8")]),
        (unshrunk(4, "General", 142), []),
        (unshrunk(4, "General", 1420000), [("SG04", "F8")]),
        (unshrunk(6, "General", 1420000), []),
        (unshrunk(4, "General", 141.123456), []),
        (unshrunk(5, "0.00", 142), [("SG04", "F8")]),
        (unshrunk(6.5, "0.00", 142), []),
        (unshrunk(8, "#,##0.00", 123456.78), [("SG04", "F8")]),
        (unshrunk(10, "#,##0.00", 123456.78), []),
        (unshrunk(6.5, "0.00", 142, size=22), [("SG04", "F8")]),
        (unshrunk(5, "0.00", 142, size=8), []),
        (narrow(3), [("SG04", "F8")]),
    ],
)
def test_a_number_without_room_is_shown_as_hashes(change: Change, found: list[tuple[str, str]]) -> None:
    assert [one for one in seen(read_bytes(spoilt(2020, change))) if one[0] == "SG04"] == found


@pytest.mark.parametrize("code", ["[White]0.00", "[白色]#,##0.00", "[Color2]General", "[Color 2][>0]0.00;0.00"])
def test_a_number_format_that_writes_in_white_is_said(code: str) -> None:
    def on(ground: str) -> Change:
        def change(sheet: Any) -> None:
            sheet["F8"].number_format, sheet["F8"].fill = code, PatternFill("solid", fgColor=ground)

        return change

    assert SOME in seen(read_bytes(spoilt(2020, on("FFFFFFFF"))))
    assert SOME not in seen(read_bytes(spoilt(2020, on("FF1F4E79"))))


@pytest.mark.parametrize("code", ["[Red]0.00", "0.00;[White]-0.00", "[Color21]0.00", '"[White]"0.00'])
def test_other_colours_of_number_formats_are_no_matter(code: str) -> None:
    change = lambda sheet: setattr(sheet["F8"], "number_format", code)  # noqa: E731
    assert SOME not in seen(read_bytes(spoilt(2020, change)))


def test_a_column_of_which_nothing_is_said_has_the_usual_width() -> None:
    bare = edited(2020, sheet_part(INFO), r"<cols>.*?</cols>", "")
    long = edited_again(bare, sheet_part(INFO), r'<c r="F8" s="21"><v>142</v></c>', '<c r="F8"><v>123456789012</v></c>')
    assert seen(read_bytes(bare)) == []
    assert seen(read_bytes(long)) == []
    fixed = edited_again(spoilt(2020, unshrunk(20, "#,##0.00", 12345678.9)), sheet_part(INFO), r"<cols>.*?</cols>", "")
    assert seen(read_bytes(fixed)) == [("SG04", "F8")]


def test_a_merged_range_is_as_wide_as_its_columns() -> None:
    sight = SheetSight(merges=[Box(1, 1, 2, 3)], widths=[(1, 2, 4.0), (3, 3, 2.5)])
    assert [sight.width_at(1, 1), sight.width_at(3, 1), sight.width_at(3, 3), sight.width_at(3, 4)] == [
        10.5,
        4,
        2.5,
        None,
    ]


@pytest.mark.parametrize("font", ["Wingdings", "Wingdings 2", "Webdings", "Marlett", "MT Extra", "ZapfDingbats"])
def test_a_font_of_pictures_shows_no_figure(font: str) -> None:
    reading = read_bytes(spoilt(2020, lambda sheet: setattr(sheet["F8"], "font", Font(name=font))))
    assert seen(reading) == [("ST06", "F8")]
    assert reading.form.cell("funds.used.total").value is None


@pytest.mark.parametrize(
    ("cell", "value", "font"), [("F8", 142, "Symbol"), ("F8", 142, "宋体"), ("B5", "王文", "Wingdings")]
)
def test_other_fonts_and_ticks_are_no_matter(cell: str, value: object, font: str) -> None:
    def change(sheet: Any) -> None:
        sheet[cell], sheet[cell].font = value, Font(name=font)

    assert seen(read_bytes(spoilt(2020, change))) == []


def rich(*runs: tuple[str, str]) -> bytes:
    """F8 as a text of runs, each with the mark-up of its look."""
    text = "".join(f"<r><rPr>{look}</rPr><t>{piece}</t></r>" for piece, look in runs)
    return edited(
        2020,
        sheet_part(INFO),
        r'<c r="F8" s="21"><v>142</v></c>',
        f'<c r="F8" s="21" t="inlineStr"><is>{text}</is></c>',
    )


UP, DOWN, BOLD = '<vertAlign val="superscript"/>', '<vertAlign val="subscript"/>', "<b/>"


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ([("14", BOLD), ("2", UP)], [("ST06", "F8")]),
        ([("14", BOLD), ("2", DOWN)], [("ST06", "F8")]),
        ([("1", UP), ("42", BOLD)], [("ST06", "F8")]),
        ([("14", BOLD), ("2", '<rFont val="Wingdings"/>')], [("ST06", "F8")]),
        ([("14", BOLD), ("2", '<rFont val="宋体"/>')], []),
        ([("142", BOLD), ("万元", UP)], []),
        ([("142", BOLD), ("þ", '<rFont val="Wingdings"/>')], [("ST06", "F8")]),
    ],
)
def test_a_number_with_a_raised_or_drawn_part_is_none(
    runs: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    assert seen(read_bytes(rich(*runs))) == found


def test_square_metres_are_no_raised_number() -> None:
    part, odd = string_of(
        etree.fromstring(f'<si xmlns="{MAIN_SPACE[1:-1]}"><r><t>500m</t></r><r><rPr>{UP}</rPr><t>2</t></r></si>'), ""
    )
    assert (part, odd) == ("500m2", None)


def test_a_sheet_that_shows_formulas_is_said_once() -> None:
    view = edited(
        2020, sheet_part(INFO), '<sheetView workbookViewId="0"/>', '<sheetView showFormulas="1" workbookViewId="0"/>'
    )
    assert seen(read_bytes(view)) == [("SG04", "")]


@pytest.mark.parametrize(
    ("view", "found"),
    [
        (
            'topLeftCell="A12"><pane ySplit="3" topLeftCell="A16" activePane="bottomLeft" state="frozen"/>',
            [("SG04", "B4")],
        ),
        ('topLeftCell="C1"><pane xSplit="1" topLeftCell="D1" activePane="topRight" state="frozen"/>', [("SG04", "B4")]),
        ('topLeftCell="A12"><pane xSplit="1" topLeftCell="B12" activePane="topRight" state="frozen"/>', []),
        ('><pane ySplit="3" topLeftCell="A16" activePane="bottomLeft" state="frozen"/>', []),
        ('topLeftCell="A12">', []),
        ('topLeftCell="A12"><pane ySplit="2000" topLeftCell="A16" activePane="bottomLeft"/>', []),
    ],
)
def test_what_frozen_panes_keep_out_of_reach_is_said(view: str, found: list[tuple[str, str]]) -> None:
    mark_up = f'<sheetView workbookViewId="0" {view}</sheetView>'
    data = edited(2020, sheet_part(INFO), '<sheetView workbookViewId="0"/>', mark_up)
    assert seen(read_bytes(data)) == found


def test_a_layout_in_two_ways_is_refused() -> None:
    other = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14">'
        '<cols><col min="6" max="6" width="0" hidden="1"/></cols></mc:Choice></mc:AlternateContent>'
    )
    with pytest.raises(RefusedError) as refusal:
        read_bytes(edited(2020, sheet_part(INFO), "</cols>", f"</cols>{other}"))
    assert refusal.value.code == "FL05"


@pytest.mark.parametrize("formula", ["", "<f>71*2</f>"])
def test_a_format_with_a_number_without_end_is_refused(formula: str) -> None:
    cell = f'<c r="F8" s="{"9" * 5000}">{formula}<v>142</v></c>'
    with pytest.raises(RefusedError, match="FL03"):
        read_bytes(edited(2020, sheet_part(INFO), r'<c r="F8" s="21"><v>142</v></c>', cell))


def test_a_run_of_columns_with_a_number_without_end_goes_on_to_the_last() -> None:
    data = edited(2020, sheet_part(INFO), '<col min="6" max="6"', f'<col min="6" max="{"9" * 5000}" hidden="1"')
    assert seen(read_bytes(data)) == [("SG04", "F8")]


@pytest.mark.parametrize(("shown", "found"), [("<x:Visible/>", [("SG11", "F8")]), ("", [])])
def test_a_note_that_is_always_shown_covers_cells(shown: str, found: list[tuple[str, str]]) -> None:
    def change(sheet: Any) -> None:
        sheet["E8"].comment = Comment("看这里", "某人")

    anchor = f'<x:ClientData xmlns:x="{EXCEL}" ObjectType="Note">{shown}<x:Anchor>4, 0, 7, 0, 6, 5, 8, 0</x:Anchor></x:ClientData>'
    data = edited_again(
        spoilt(2020, change), "xl/drawings/commentsDrawing1.vml", r"<ns2:ClientData.*?</ns2:ClientData>", anchor
    )
    assert seen(read_bytes(data)) == found


X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ('<x14:cfRule type="expression"><xm:f>TRUE</xm:f><x14:dxf><font><color rgb="FFFFFFFF"/></font></x14:dxf></x14:cfRule>', "SG10"),
        ('<x14:cfRule type="expression"><xm:f>TRUE</xm:f><x14:dxf><numFmt numFmtId="190" formatCode="&quot;500&quot;"/></x14:dxf></x14:cfRule>', "SG03"),
        ('<x14:cfRule type="iconSet"><x14:iconSet iconSet="3Stars" showValue="0"/></x14:cfRule>', "SG03"),
        ('<x14:cfRule type="expression"><xm:f>TRUE</xm:f><x14:dxf><font><color rgb="FFC00000"/></font></x14:dxf></x14:cfRule>', ""),
    ],
)  # fmt: skip
def test_conditions_of_newer_programs_are_seen(rule: str, code: str) -> None:
    block = f"<x14:conditionalFormatting>{rule}<xm:sqref>F8 F20</xm:sqref></x14:conditionalFormatting>"
    whole = f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" {X14}><x14:conditionalFormattings>{block}</x14:conditionalFormattings></ext></extLst>'
    data = edited(2020, sheet_part(INFO), "</worksheet>", f"{whole}</worksheet>")
    assert seen(read_bytes(data)) == ([(code, "F8")] if code else [])


def test_zeros_that_are_not_shown_are_said_once() -> None:
    def change(sheet: Any) -> None:
        sheet["D10"], sheet["F10"] = 0, 0
        sheet.sheet_view.showZeros = False

    (found,) = [one for one in read_bytes(spoilt(2020, change)).findings if one.code == "SG04"]
    assert found.message == "工作表设为不显示零值：D10、F10填的 0 看不到，看上去没有填写，照样计入"
    assert seen(read_bytes(spoilt(2020, lambda sheet: setattr(sheet.sheet_view, "showZeros", False)))) == []


def spoilt_in_every_way() -> bytes:
    def change(sheet: Any) -> None:
        ink("FFFFFFFF")(sheet)
        sheet["D8"].font = Font(color="FF1F4E79")
        sheet["D8"].fill = PatternFill("solid", fgColor="FF1F4E79")
        sheet["B8"].font = Font(color="FFFFFFFF")
        sheet["B8"].fill = PatternFill("solid", fgColor="FF1F4E79")
        sheet["B10"].font = Font(size=1)
        sheet.row_dimensions[5].height = 1
        sheet["D10"].font = Font(name="Wingdings")
        sheet["F9"] = CellRichText(TextBlock(InlineFont(), "14"), TextBlock(InlineFont(vertAlign="superscript"), "2"))

    return saved(change)


@pytest.mark.parametrize(
    (), [pytest.param(marks=by_office(spoilt_in_every_way, kind), id=kind) for kind in ("xls", "ods", "xlsx")]
)
def test_the_same_in_other_formats(office: list[Converted]) -> None:
    found = set(seen(read_bytes(office[0].saved.read_bytes())))
    assert found >= {("SG10", "F8"), ("SG10", "D8"), ("SG10", "B10"), ("SG04", "B5"), ("ST06", "D10"), ("ST06", "F9")}
    assert ("SG10", "B8") not in found


def without_room() -> bytes:
    def change(sheet: Any) -> None:
        sheet.column_dimensions["F"].width = 3
        for name in ("F8", "F10"):
            sheet[name].alignment = Alignment()
        sheet["B8"].alignment = Alignment(horizontal="fill")
        sheet.row_dimensions[5].height = 5

    return saved(change)


@pytest.mark.parametrize(
    (), [pytest.param(marks=by_office(without_room, kind), id=kind) for kind in ("xls", "ods", "xlsx")]
)
def test_figures_without_room_in_other_formats(office: list[Converted]) -> None:
    found = {one for one in seen(read_bytes(office[0].saved.read_bytes())) if one[0] in ("SG01", "SG04")}
    assert found == {("SG04", "F8"), ("SG04", "B5"), ("SG01", "B8")}
