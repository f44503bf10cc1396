"""What is proved of sight: every figure that is counted is the one that a person sees in its cell, or a finding says so.

* a number in percent format is what the cell shows, in percent, as a fraction or as a text with its sign; never a score
* formats, conditions, merges, hiding, ink, shapes, struck runs and formulas that show something else are found, each at its
  cell; what shows the same, and rounding, is silent
* what two programs could read differently is refused; decoys beside the workbook are refused
* (as a property over all these ways: test_seen_is_counted)
"""

import io
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import openpyxl
import pytest
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from forms import GOOD, findings_of
from office import Converted, by_office
from opened import load_workbook
from perfxl.door.inspect import inspect
from perfxl.door.xlsscan import old_sheets
from perfxl.errors import RefusedError
from perfxl.model import State
from perfxl.reading.reader import Reading, read_form
from perfxl.rules import RULES
from perfxl.scoring.assess import assess
from self_assessments import GOOD_SELF, SCHEME_2023
from workbooks import form_bytes, read_bytes

INFO, SELF = "项目基本信息表", "项目支出绩效自评表"
Book = openpyxl.Workbook


@cache
def plain(edition: int) -> bytes:
    """A faultless form of an edition."""
    return form_bytes(GOOD) if edition == 2020 else form_bytes(dict(GOOD_SELF), SCHEME_2023)


def spoilt(edition: int, *changes: Callable[[Any], object]) -> bytes:
    """A faultless form after changes to the sheet that holds its amounts."""
    book = load_workbook(io.BytesIO(plain(edition)))
    for change in changes:
        change(book[INFO if edition == 2020 else SELF])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def edited(edition: int, part: str, old: str, new: str) -> bytes:
    """A faultless form with one replacement in one part."""
    with zipfile.ZipFile(io.BytesIO(plain(edition))) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    text = contents[part].decode()
    assert re.search(old, text), old
    contents[part] = re.sub(old, new, text, count=1).encode()
    return packed(contents)


def packed(contents: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in contents.items():
            target.writestr(name, content)
    return stream.getvalue()


def put(cell: str, value: Any, code: str = "") -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[cell] = value
        if code:
            sheet[cell].number_format = code

    return change


def seen(reading: Reading) -> list[tuple[str, str]]:
    """What reading found about sight, and what could not be read."""
    return sorted((f.code, f.cell) for f in reading.findings if f.code.startswith("SG") or f.code == "ST06")


def judged(data: bytes) -> list[tuple[str, str]]:
    """The errors of a form, from reading and rules."""
    reading = read_form(data, inspect(data))
    found = [*reading.findings, *findings_of(reading.form)]
    return sorted((f.code, f.cell) for f in found if f.severity == "error")


# -- percentages ------------------------------------------------------------------------------------------------------


def test_faultless_forms_show_what_they_hold() -> None:
    assert seen(read_bytes(plain(2020))) == seen(read_bytes(plain(2023))) == []


@pytest.mark.parametrize("code", ["0%", "0.00%", "#,##0.0%"])
def test_a_rate_in_percent_format_is_the_percentage_that_it_shows(code: str) -> None:
    reading = read_bytes(spoilt(2023, put("K7", 0.97, code)))
    assert reading.form.cell("funds.total.rate").value == Decimal(97)
    assert seen(reading) == []


def test_target_and_actual_are_compared_in_the_unit_that_they_show() -> None:
    reading = read_bytes(spoilt(2023, put("E15", 0.98, "0.00%"), put("F15", None), put("G15", 0.5, "0%")))
    row = reading.form.rows("indicators")[0]
    assert (row["target"].value, row["actual"].value) == ("98%", "50%")
    computed = assess(reading.form).indicators[0].computed
    weight = row["weight"].number
    assert weight is not None
    assert computed == (Decimal(50) / Decimal(98) * weight).quantize(Decimal("0.01"))


def test_full_points_for_50_of_a_target_typed_98_percent_are_an_error() -> None:
    data = spoilt(2023, put("D15", "≥"), put("E15", 0.98, "0.00%"), put("F15", "%"), put("G15", 50))
    assert ("PT11", "J15") in judged(data)


@pytest.mark.parametrize("cell", ["F8", "B8"])
def test_an_amount_in_percent_format_is_unreadable(cell: str) -> None:
    assert seen(read_bytes(spoilt(2020, put(cell, 0.5, "0%")))) == [("ST06", cell)]


def test_a_score_in_percent_format_is_unreadable() -> None:
    reading = read_bytes(spoilt(2023, put("J15", 0.15, "0%")))
    assert seen(reading) == [("ST06", "J15")]
    assert reading.form.rows("indicators")[0]["score"].state is State.UNREADABLE


def half_of_98_percent() -> bytes:
    return spoilt(2023, put("D15", "≥"), put("E15", 0.98, "0.00%"), put("F15", "%"), put("G15", 50))


@pytest.mark.parametrize(
    (), [pytest.param(marks=by_office(half_of_98_percent, kind), id=kind) for kind in ("xls", "ods")]
)
def test_percentages_in_other_formats_are_those_that_they_show(
    office: list[Converted], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = office[0].saved.read_bytes()
    assert ("PT11", "J15") in judged(data)
    if office[0].saved.suffix == ".xls":
        monkeypatch.setitem(sys.modules, "xlrd", None)
        assert ("SG14", "E15") in seen(read_bytes(data))


def hidden_struck_and_merged() -> bytes:
    return spoilt(
        2020,
        hide_row(8),
        hide_column("B"),
        struck,
        put("B9", 7, '"500"'),
        put("D9", "=1/0"),
        lambda sheet: setattr(sheet["H8"], "value", None),
    )


@by_office(hidden_struck_and_merged, "xls")
def test_what_is_hidden_in_an_old_workbook_is_found(office: list[Converted]) -> None:
    found = read_bytes(office[0].saved.read_bytes()).findings
    told = [(f.code, f.cell) for f in found if f.code[:2] in ("SG", "ST")]
    assert sorted(told) == [("SG01", "B9"), ("SG04", "B4"), ("SG04", "B8"), ("ST06", "F8"), ("ST08", "D9")]


def test_an_old_workbook_that_makes_no_sense_shows_nothing() -> None:
    assert old_sheets(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))[0] == []


# -- what is shown otherwise ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('"500.00 万元"', "SG01"),
        ("0.00,", "SG01"),
        ('[>100]"50";0', "SG01"),
        ("[h]:mm", "SG01"),
        (";;;", "SG02"),
        ('#,##0.00" 万元"', ""),
        ("0", "SG15"),
        ("#,##0.0", "SG15"),
        ("0.00", ""),
        ("General", ""),
    ],
)
def test_number_formats(code: str, expected: str) -> None:
    data = spoilt(2020, put("F8", 142.25, code))
    found = [item for item in seen(read_bytes(data)) if item[1] == "F8"]
    if code == "[h]:mm":  # the fast reader takes it for a time
        assert found in ([("SG01", "F8")], [("ST06", "F8")])
    else:
        assert found == ([(expected, "F8")] if expected else [])


def test_shown_and_stored_are_named() -> None:
    (found,) = [f for f in read_bytes(spoilt(2020, put("F8", 142, '"500.00 万元"'))).findings if f.code == "SG01"]
    assert (found.shown, found.found) == ("500.00 万元", "142")
    assert "“500.00 万元”" in found.message
    assert "142" in found.message


def hide_row(row: int) -> Callable[[Any], None]:
    return lambda sheet: setattr(sheet.row_dimensions[row], "hidden", True)


def hide_column(letters: str) -> Callable[[Any], None]:
    return lambda sheet: setattr(sheet.column_dimensions[letters], "hidden", True)


def hide_sheet(sheet: Any) -> None:
    sheet.sheet_state = "veryHidden"


def white(sheet: Any) -> None:
    sheet["F8"].font = Font(color="FFFFFFFF")
    sheet["F8"].fill = PatternFill()


def white_on_dark(sheet: Any) -> None:
    sheet["F8"].font = Font(color="FFFFFFFF")
    sheet["F8"].fill = PatternFill("solid", fgColor="FF000000")


def tiny(sheet: Any) -> None:
    sheet["F8"].font = Font(size=1)


def struck(sheet: Any) -> None:
    sheet["F8"].font = Font(strike=True)


def conditional(sheet: Any) -> None:
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=190, formatCode='"500"'))
    sheet.conditional_formatting.add("F8:F9", Rule(type="expression", dxf=style, formula=["TRUE"]))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (hide_row(8), ["SG04"]),
        (hide_column("F"), ["SG04"]),
        (hide_sheet, ["SG04"]),
        (white, ["SG10"]),
        (white_on_dark, []),
        (tiny, ["SG10"]),
        (struck, ["ST06"]),
        (conditional, ["SG03"]),
        (put("G8", 500), ["SG08"]),
        (put("G8", "见附件"), []),
    ],
)
def test_hiding(change: Callable[[Any], None], expected: list[str]) -> None:
    found = [f for f in read_bytes(spoilt(2020, change)).findings if f.code.startswith("SG") or f.code == "ST06"]
    assert sorted({f.code for f in found}) == expected
    assert {f.sheet for f in found} <= {INFO}


def test_a_figure_under_a_merged_range_is_an_error() -> None:
    merges = r"<mergeCells[^>]*>"
    data = edited(2020, sheet_part(INFO), merges, r'\g<0><mergeCell ref="E8:F8"/>')
    assert seen(read_bytes(data)) == [("SG05", "F8")]


DRAWN = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
EXCEL = 'xmlns:x="urn:schemas-microsoft-com:office:excel"'


def corner(name: str, column: int, row: int, beyond: int = 0) -> str:
    inside = f"<xdr:col>{column}</xdr:col><xdr:colOff>{beyond}</xdr:colOff><xdr:row>{row}</xdr:row>"
    return f"<xdr:{name}>{inside}<xdr:rowOff>{beyond}</xdr:rowOff></xdr:{name}>"


def drawn(*anchors: str) -> tuple[str, str]:
    return "drawing", f"<xdr:wsDr {DRAWN}>{''.join(anchors)}</xdr:wsDr>"


def client(kind: str, anchor: str) -> tuple[str, str]:
    inside = f'<x:ClientData ObjectType="{kind}"><x:Anchor>{anchor}</x:Anchor></x:ClientData>'
    return "vmlDrawing", f'<xml xmlns:v="urn:schemas-microsoft-com:vml" {EXCEL}><v:shape>{inside}</v:shape></xml>'


def with_drawing(kind: str, content: str) -> bytes:
    """A faultless form with a drawing on the sheet of its amounts."""
    with zipfile.ZipFile(io.BytesIO(plain(2020))) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    part = sheet_part(INFO)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    of_office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = (
        f'<Relationships xmlns="{space}"><Relationship Id="rIdD" Type="{of_office}/{kind}" Target="../drawings/d.xml"/>'
    )
    name = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
    assert name not in contents
    return packed(contents | {name: f"{links}</Relationships>".encode(), "xl/drawings/d.xml": content.encode()})


@pytest.mark.parametrize(
    ("drawing", "covered"),
    [
        (drawn(f"<xdr:twoCellAnchor>{corner('from', 5, 7)}{corner('to', 6, 8)}</xdr:twoCellAnchor>"), ["F8"]),
        (drawn(f"<xdr:twoCellAnchor>{corner('from', 8, 7)}{corner('to', 9, 8)}</xdr:twoCellAnchor>"), []),
        (drawn(f'<xdr:oneCellAnchor>{corner("from", 5, 7)}<xdr:ext cx="9525" cy="9525"/></xdr:oneCellAnchor>'), ["F8"]),
        (
            drawn(f'<xdr:oneCellAnchor>{corner("from", 3, 7, 9)}<xdr:ext cx="3000000" cy="9"/></xdr:oneCellAnchor>'),
            ["D8", "F8"],
        ),
        (
            drawn(
                '<xdr:absoluteAnchor><xdr:pos x="0" y="0"/><xdr:ext cx="90000000" cy="9000000"/></xdr:absoluteAnchor>'
            ),
            ["B4", "E4", "B5", "E5", "B6", "E6", "B7", "B8"],
        ),
        (drawn("<xdr:oneCellAnchor/>", "<xdr:absoluteAnchor/>"), []),
        (client("Shape", "5, 3, 7, 2, 5, 60, 7, 12"), ["F8"]),
        (client("Note", "5, 3, 7, 2, 5, 60, 7, 12"), []),
        (client("Shape", "5, 3"), []),
        (("vmlDrawing", '<xml ObjectType="Shape"><br></xml>'), []),
    ],
)
def test_cells_under_shapes_are_named(drawing: tuple[str, str], covered: list[str]) -> None:
    found = [f.found for f in read_bytes(with_drawing(*drawing)).findings if f.code == "SG11"]
    assert [cell for cells in found for cell in cells.split("、")] == covered


def test_a_row_without_height_is_hidden() -> None:
    data = edited(2020, sheet_part(INFO), r'(<row r="8"[^>]*? ht=)"[^"]*"', r'\1"0"')
    assert seen(read_bytes(data)) == [("SG04", "B8")]


def sheet_part(name: str) -> str:
    return {sheet.name: sheet.part for sheet in inspect(plain(2020)).sheets}[name]


def test_the_visible_place_of_a_label_wins_and_both_are_named() -> None:
    def change(sheet: Any) -> None:
        sheet.insert_rows(9)
        for column in range(1, 7):
            sheet.cell(9, column).value = sheet.cell(8, column).value
        sheet["F9"] = 100
        sheet.row_dimensions[8].hidden = True

    reading = read_bytes(spoilt(2020, change))
    used = reading.form.cell("funds.used.total")
    assert (used.address, used.value) == ("F9", Decimal(100))
    (found,) = [f for f in reading.findings if f.code == "SG09"]
    assert found.cell == "F9"
    assert "F8" in found.message


# -- formulas ---------------------------------------------------------------------------------------------------------


def formula(text: str, value: str) -> bytes:
    """The form with a formula and a stored value in F8."""
    new = rf'<c r="F8"\1><f>{text}</f><v>{value}</v></c>'
    return edited(2020, sheet_part(INFO), r'<c r="F8"([^>]*)><v>142</v></c>', new)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("142", "142", []),
        ("ROUND(71.0001*2,2)", "142", []),
        ("SUM(F9:F12)", "142", []),
        ("500", "142", ["SG06"]),
        ("B8*1", "142", ["SG06"]),
        ("TODAY()", "142", ["SG07"]),
        ("[1]Sheet1!A1", "142", ["SG07"]),
        ('WEBSERVICE("http://example.org")', "142", ["SG07"]),
        ("INDIRECT(&quot;B8&quot;)", "142", ["SG07"]),
    ],
)
def test_formulas_in_cells_for_typing(text: str, value: str, expected: list[str]) -> None:
    found = seen(read_bytes(formula(text, value)))
    assert found == [(code, "F8") for code in expected]


def test_a_negative_number_in_a_date_format_shows_nothing_and_is_found() -> None:
    data = edited(2020, sheet_part(INFO), r'<c r="B5"[^>]*><v>\d+</v></c>', r'<c r="B5"><v>-1.2</v></c>')
    book = load_workbook(io.BytesIO(data))
    book[INFO]["B5"].number_format = "yyyy/m/d"
    saved = io.BytesIO()
    book.save(saved)
    assert seen(read_bytes(saved.getvalue())) == [("SG01", "B5")]


# -- two readings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inside",
    [
        "<v>142</v><v>500</v>",
        '<v xmlns="urn:other">500</v><v>142</v>',
        "<v>14<!---->2</v>",
        "<v>142<?x y?>E3</v>",
        '<mc:AlternateContent xmlns:mc="urn:mc"><v>142</v></mc:AlternateContent>',
    ],
)
def test_a_value_that_can_be_read_in_two_ways_is_refused(inside: str) -> None:
    data = edited(2020, sheet_part(INFO), r'(<c r="F8"[^>]*>)<v>142</v>', rf"\1{inside}")
    with pytest.raises(RefusedError) as refused:
        read_bytes(data)
    assert refused.value.code == "FL05"


ALIKE = {
    "<t>_x005F_x0041_</t>": "_x0041_",
    "<t>_x0041__x000D_\n甲</t>": "A\n甲",
    "<t>甲_xD83D_乙</t>": "甲_xD83D_乙",
    "<t> 甲 乙 </t>": "甲 乙",
    "<r><t>甲 </t></r>\n<r><t> 乙</t></r>": "甲乙",
    "<r><t>_x00</t></r><r><t>41_甲</t></r>": "_x0041_甲",
    "<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>": "東京",
    "<t><![CDATA[甲<乙]]></t>": "甲<乙",
    "<t>142</t>": "142",
}


@pytest.mark.parametrize("written", ALIKE)
def test_a_text_of_an_honest_program_is_let_in(written: str) -> None:
    inside = rf'<c r="B5" t="inlineStr"><is>{written}</is></c>'.replace("\\", r"\\")
    data = edited(2020, sheet_part(INFO), r'<c r="B5"[^>]*><v>\d+</v></c>', inside)
    assert str(read_bytes(data).form.cell("basic.leader").value).replace("\r", "") == ALIKE[written]


@pytest.mark.parametrize(
    "cell",
    [
        "<is><r><t>14 </t></r><r><t> 2</t></r></is>",
        "<v>142</v>",
    ],
)
def test_a_text_of_which_the_reader_sees_another_number_is_refused(cell: str) -> None:
    data = edited(2020, sheet_part(INFO), r'<c r="F8"[^>]*><v>142</v></c>', f'<c r="F8" t="inlineStr">{cell}</c>')
    with pytest.raises(RefusedError) as refused:
        read_bytes(data)
    assert (refused.value.code, refused.value.found) == ("FL03", f"{INFO}!F8")


def test_a_shared_string_with_text_and_runs_is_refused() -> None:
    data = edited(2020, "xl/sharedStrings.xml", "<si><t>", "<si><r><t>另一段</t></r><t>")
    with pytest.raises(RefusedError) as refused:
        inspect(data)
    assert refused.value.code == "FL05"


def test_a_struck_run_makes_a_number_unreadable() -> None:
    run = "<is><r><rPr><strike/></rPr><t>20</t></r><r><t>6</t></r></is>"
    data = edited(2020, sheet_part(INFO), r'<c r="F8"( s="\d+")?><v>142</v>', rf'<c r="F8"\1 t="inlineStr">{run}')
    assert seen(read_bytes(data)) == [("ST06", "F8")]


def test_a_second_workbook_is_refused_and_one_that_lies_elsewhere_is_read() -> None:
    with zipfile.ZipFile(io.BytesIO(plain(2020))) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    root = contents["_rels/.rels"].replace(b'"xl/workbook.xml"', b'"real/workbook.xml"')
    types = contents["[Content_Types].xml"].replace(b"/xl/", b"/real/")
    moved = {re.sub("^xl/", "real/", name): content for name, content in contents.items()}
    moved |= {"_rels/.rels": root, "[Content_Types].xml": types}
    there = read_bytes(packed(moved))
    assert {path: c.value for path, c in there.form.cells.items()} == {
        path: c.value for path, c in read_bytes(plain(2020)).form.cells.items()
    }
    with pytest.raises(RefusedError) as refused:
        inspect(packed({**contents, **moved}))
    assert refused.value.code == "FL05"


def test_a_review_of_the_agency_is_named() -> None:
    book = load_workbook(io.BytesIO(plain(2020)))
    book.create_sheet("审核结果")["A1"] = "通过"
    saved = io.BytesIO()
    book.save(saved)
    assert [(f.code, f.sheet) for f in read_bytes(saved.getvalue()).findings if f.code == "SG13"] == [
        ("SG13", "审核结果")
    ]


def test_codes_that_open_a_figure() -> None:
    opening = {code for code, rule in RULES.items() if rule.opens}
    assert {"ST06", "ST07", "ST08", "SG01", "SG02", "SG05", "SG06", "SG07", "SG14"} <= opening
    assert not {"SG04", "SG10", "SG11", "SG12", "SG13", "SG15"} & opening
