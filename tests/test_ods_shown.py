"""What an OpenDocument spreadsheet shows is decided by its styles, whatever text stands beside the numbers.

LibreOffice shows them so: 500, 1492.00, -142.00, ### and so on for a stored 142. A saved text that is another number is said too.
"""

import io
import re
import zipfile

import pytest

from office import Converted, by_office
from perfxl.door.limits import Limits, Tally
from perfxl.door.odsnumbers import OdsNumbers
from perfxl.door.xmldoor import Walker
from test_sight import plain, seen
from workbooks import read_bytes

CONTENT, STYLES = "content.xml", "styles.xml"
NUMBER = '<number:number number:decimal-places="2" number:min-integer-digits="1"/>'
OTHER = f'<number:number-style style:name="N8">{NUMBER}</number:number-style>'
LETTERS = '<style:text-properties fo:font-size="11pt" fo:color="#000000"/>'
END = "</office:automatic-styles>"
SHEET = "项目基本信息表"
_F8 = re.compile(r'table:style-name="ce\d+"(?=[^>]*office:value="142")')


def ods() -> bytes:
    return plain(2020)


def edited(data: bytes, *changes: tuple[str, str, str]) -> bytes:
    """The spreadsheet with changes: a part, a pattern, what takes its first place."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            for part, old, new in changes:
                if info.filename == part:
                    text, count = re.subn(old, new, content.decode(), count=1, flags=re.DOTALL)
                    assert count, old
                    content = text.encode()
            target.writestr(info, content)
    return out.getvalue()


def styled(numbers: str, kind: str = "number", inner: str = "", more: str = "") -> list[tuple[str, str, str]]:
    """Changes that give F8 a cell style and a number style of its own."""
    declared = f'{more}<number:{kind}-style style:name="N9">{numbers}</number:{kind}-style>'
    style = f'<style:style style:name="ceX" style:family="table-cell" style:parent-style-name="Default" style:data-style-name="N9">{inner}{LETTERS}</style:style>'
    return [
        (CONTENT, "<office:automatic-styles>", f"<office:automatic-styles>{declared}"),
        (CONTENT, END, style + END),
        (CONTENT, _F8.pattern, 'table:style-name="ceX"'),
    ]


def text(words: str) -> str:
    return f"<number:text>{words}</number:text>"


def under(condition: str, name: str = "N8") -> str:
    return f'<style:map style:condition="{condition}" style:apply-style-name="{name}"/>'


HIDING = '<style:style style:name="Hid" style:family="table-cell" style:parent-style-name="Default"><style:text-properties fo:color="#ffffff"/></style:style>'
OF_BASE = 'style:base-cell-address="x.F8"'
CONDITION = '<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="{0}.F8:{0}.F9"><calcext:condition calcext:apply-style-name="Hid" calcext:value="&gt;0" calcext:base-cell-address="{0}.F8"/></calcext:conditional-format></calcext:conditional-formats>'
TABLE_END = rf'(<table:table table:name="{SHEET}".*?)(<calcext:conditional-formats>|</table:table>)'
BARS = CONDITION.replace("condition calcext:apply", 'icon-set calcext:show-value="false" calcext:apply')
SG01, SG02, SG03, SG04, SG10 = ([(code, "F8")] for code in ("SG01", "SG02", "SG03", "SG04", "SG10"))
NEGATIVE = '<style:text-properties fo:color="#ff0000"/>' + text("-") + NUMBER


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        (styled(text("500")), SG01),
        (styled(NUMBER.replace("/>", '><number:embedded-text number:position="1">9</number:embedded-text></number:number>')), SG01),
        (styled(NUMBER.replace('"2"', '"0"').replace("/>", ' number:display-factor="1000"/>')), SG01),
        (styled(NUMBER + under("value()&gt;100"), more=OTHER.replace(NUMBER, text("7"))), SG01),
        (styled(NUMBER + text("%"), "percentage"), [("ST06", "F8")]),
        (styled(NUMBER + text("元")), SG01),
        (styled(text("-") + NUMBER), SG01),
        (styled('<style:text-properties fo:color="#ffffff"/>' + NUMBER), SG10),
        (styled(""), SG02),
        ([*styled(NUMBER, inner=under("cell-content()&gt;0", "Hid")), (STYLES, "</office:styles>", HIDING + "</office:styles>")], SG10),
        ([(CONTENT, TABLE_END, rf"\1{CONDITION.format(SHEET)}\2"), (STYLES, "</office:styles>", HIDING + "</office:styles>")], SG10),
        ([(CONTENT, TABLE_END, rf"\1{BARS.format(SHEET)}\2")], SG03),
        ([(CONTENT, r"142\.00 万元", "500.00 万元")], SG01),
        (styled(NUMBER), []),
        (styled(NUMBER + text(" 万元")), []),
        (styled(NUMBER.replace("/>", ' number:grouping="true"/>') + text("万元"), "currency"), []),
        (styled(NEGATIVE + under("value()&gt;=0"), more=OTHER), []),
        (styled(NUMBER, inner=under("cell-content()&gt;0", "Default")), []),
    ],
)  # fmt: skip
@by_office(ods, "ods")
def test_what_styles_make_of_a_figure(
    office: list[Converted], changes: list[tuple[str, str, str]], expected: list[tuple[str, str]]
) -> None:
    assert seen(read_bytes(edited(office[0].saved.read_bytes(), *changes))) == expected


@by_office(ods, "ods")
def test_typed_cells_within_a_matrix_are_said(office: list[Converted]) -> None:
    matrix = (
        'table:formula="of:=142" table:number-matrix-rows-spanned="3" table:number-matrix-columns-spanned="1" \\g<0>'
    )
    found = seen(read_bytes(edited(office[0].saved.read_bytes(), (CONTENT, 'office:value="142"', matrix))))
    assert found == [("SG07", "F10")]


@by_office(ods, "ods")
def test_a_sheet_that_is_not_shown_is_said(office: list[Converted]) -> None:
    style = '<style:style style:name="taX" style:family="table"><style:table-properties table:display="false"/></style:style>'
    own = (CONTENT, rf'(<table:table table:name="{SHEET}" table:style-name=)"ta\d+"', r'\1"taX"')
    assert seen(read_bytes(edited(office[0].saved.read_bytes(), (CONTENT, END, style + END), own))) == [("SG04", "")]


@pytest.mark.parametrize(("width", "shrinks", "expected"), [("0.3in", "false", SG04), ("0.6in", "true", []), ("2in", "false", [])])  # fmt: skip
@by_office(ods, "ods")
def test_a_figure_has_the_room_that_it_needs(
    office: list[Converted], width: str, shrinks: str, expected: list[tuple[str, str]]
) -> None:
    data = office[0].saved.read_bytes()
    column = f'<style:style style:name="coX" style:family="table-column"><style:table-column-properties style:column-width="{width}"/></style:style>'
    before = rf'(<table:table table:name="{SHEET}".*?(?:<table:table-column[^>]*/>){{5}}<table:table-column table:style-name=)"co\d+"'
    inner = f'<style:table-cell-properties style:shrink-to-fit="{shrinks}"/>'
    changes = [*styled(NUMBER, inner=inner), (CONTENT, before, r'\1"coX"'), (CONTENT, END, column + END)]
    assert [one for one in seen(read_bytes(edited(data, *changes))) if one[1] == "F8"] == expected


SPACES = 'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('<number:number number:min-integer-digits="1"/>', "General"),
        (NUMBER, "0.00"),
        ('<number:number number:decimal-places="0" number:min-integer-digits="1" number:grouping="true"/>', "#,##0"),
        ('<number:number number:decimal-places="999" number:min-integer-digits="x"/>', "#." + "0" * 30),
        ('<number:scientific-number number:decimal-places="2" number:min-integer-digits="1"/>', "0.00E+00"),
        ("<number:fraction/>", "# ?/?"),
        (text('5"'), r"\5\""),
        ("<number:fill-character>0</number:fill-character>" + NUMBER, "*00.00"),
        (text("%"), '"%"'),
        ("", ";;;"),
        (NUMBER + under("value()&lt;5", "none"), "[<5];0.00"),
        (NUMBER + under("value()!=5", "none"), "[<>5];0.00"),
        (NUMBER + under("is-true-formula(1)", "none"), "0.00"),
    ],
)
def test_a_number_style_as_a_code(written: str, code: str) -> None:
    numbers = OdsNumbers()
    part = f'<a {SPACES}><number:number-style style:name="N">{written}</number:number-style></a>'
    Walker(CONTENT, Tally(Limits()), numbers.on_start, numbers.on_text, numbers.on_end).feed(part.encode(), True)
    assert (numbers.code("N"), numbers.code("other")) == (code, "")
