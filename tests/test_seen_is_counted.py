"""The promise of sight as a property: a figure that is counted is the one that a person sees in its cell, or a finding says so.

* random amounts in the cells of a form, each spoilt in one of many ways: formats, ink, hiding, merges, formulas; what a person
  then sees is worked out here by hand
* where every way is an honest one, nothing is found
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms import GOOD
from perfxl.model import Finding
from workbooks import form_bytes, read_bytes

INFO = "项目基本信息表"
SHEET, STYLES = "xl/worksheets/sheet3.xml", "xl/styles.xml"
AMOUNTS = {"B8": "funds.planned.total", "D8": "funds.in_place.total", "F8": "funds.used.total"}
ROW = "8"
LAST_PLACE = Decimal("0.005")
CENT = Decimal("0.01")
FONTS = {
    "white": '<font><sz val="11"/><color rgb="FFFFFFFF"/></font>',
    "tiny": '<font><sz val="1"/></font>',
    "struck": '<font><strike/><sz val="11"/></font>',
}
Sight = Callable[[Decimal], Decimal | None]


def to_places(places: int, factor: int = 1) -> Sight:
    return lambda number: (number * factor).quantize(Decimal(1).scaleb(-places), "ROUND_HALF_UP")


CODES: Mapping[str, Sight] = {
    "General": to_places(2),
    "0": to_places(0),
    "0.0": to_places(1),
    "0.00": to_places(2),
    "#,##0": to_places(0),
    '0.00" 万元"': to_places(2),
    "#,##0.00_);[Red]\\(#,##0.00\\)": to_places(2),
    ";;;": lambda _: None,
    '"1"': lambda _: Decimal(1),
    '"500.00 万元"': lambda _: Decimal(500),
    "0,": lambda number: (number / 1000).quantize(Decimal(1), "ROUND_HALF_UP"),
    "0.00,,": lambda number: (number / 1_000_000).quantize(CENT, "ROUND_HALF_UP"),
    '[<50]"9";0.00': lambda number: Decimal(9) if number < 50 else number,
    '"-"0.00': lambda number: -number,
    '"9"0.00': lambda number: Decimal(f"9{number:.2f}"),
    "0%": to_places(0, 100),
    "0!.0000": lambda number: number.quantize(Decimal(1), "ROUND_HALF_UP") / 10_000,
}
"""What each of the formats shows of an amount of two places, worked out by hand."""
HONEST_CODES = ("General", "0.00", '0.00" 万元"', "#,##0.00_);[Red]\\(#,##0.00\\)")


@dataclass(frozen=True)
class Trick:
    """A way to show an amount.

    Attributes:
        style: the name of a cell format, "" for the cell's own.
        formula: what stands in the cell besides its stored value, "" for nothing.
        edit: what is done to the sheet around the cell.
        sight: what a person sees of the stored amount; None for nothing, or what cannot be told.
        is_honest: whether nothing should be said of it.
    """

    sight: Sight
    style: str = ""
    formula: str = ""
    edit: Callable[[str, str], str] = lambda sheet, _: sheet
    is_honest: bool = False


def same(number: Decimal) -> Decimal:
    return number


def nothing(_: Decimal) -> None:
    return None


def hide_row(sheet: str, _: str) -> str:
    return sheet.replace(f'<row r="{ROW}"', f'<row hidden="1" r="{ROW}"', 1)


def hide_column(sheet: str, cell: str) -> str:
    number = ord(cell[0]) - 64

    def hidden(run: re.Match[str]) -> str:
        return f'<col hidden="1" min="{run[1]}" max="{run[2]}"' if int(run[1]) <= number <= int(run[2]) else run[0]

    return re.sub(r'<col min="(\d+)" max="(\d+)"', hidden, sheet)


def merge(sheet: str, cell: str) -> str:
    left = chr(ord(cell[0]) - 1)
    return re.sub("<mergeCells[^>]*>", rf'\g<0><mergeCell ref="{left}{ROW}:{cell}"/>', sheet, count=1)


TRICKS = [
    *(Trick(sight, code, is_honest=code in HONEST_CODES) for code, sight in CODES.items()),
    Trick(same, "white"),
    Trick(same, "tiny"),
    Trick(nothing, "struck"),
    Trick(nothing, edit=hide_row),
    Trick(nothing, edit=hide_column),
    Trick(nothing, edit=merge),
    Trick(lambda _: Decimal(500), formula="500"),
    Trick(lambda number: number + 1, formula="{number}+1"),
    Trick(lambda number: number * 2, formula="SUM({number},{number})"),
    Trick(nothing, formula="RAND()"),
    Trick(nothing, formula="[1]Sheet1!B2"),
    Trick(nothing, formula="VLOOKUP(1,A1:B9,2)"),
    Trick(same, formula="{number}", is_honest=True),
    Trick(same, formula="ROUND({number}*2/2,2)", is_honest=True),
    Trick(same, is_honest=True),
]


@cache
def parts() -> tuple[dict[str, bytes], dict[str, int]]:
    """The parts of a faultless form whose styles know every format and font of the tricks, and the numbers of these."""
    with zipfile.ZipFile(io.BytesIO(form_bytes(GOOD))) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    styles = contents[STYLES].decode()
    count = len(re.findall("<xf ", re.search("<cellXfs.*?</cellXfs>", styles, re.DOTALL)[0]))  # type: ignore[index]
    fonts = len(re.findall("<font>|<font/>", re.search("<fonts.*?</fonts>", styles, re.DOTALL)[0]))  # type: ignore[index]
    escaped = [code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;") for code in CODES]
    formats = "".join(f'<numFmt numFmtId="{300 + n}" formatCode="{code}"/>' for n, code in enumerate(escaped))
    looks = "".join(f'<xf numFmtId="{300 + n}"/>' for n in range(len(CODES)))
    looks += "".join(f'<xf numFmtId="2" fontId="{fonts + n}"/>' for n in range(len(FONTS)))
    for end, more in (("</numFmts>", formats), ("</fonts>", "".join(FONTS.values())), ("</cellXfs>", looks)):
        assert end in styles
        styles = styles.replace(end, more + end, 1)
    return contents | {STYLES: styles.encode()}, {name: count + n for n, name in enumerate((*CODES, *FONTS))}


def spoilt(amounts: Mapping[str, Decimal], tricks: Mapping[str, Trick]) -> bytes:
    contents, numbers = parts()
    sheet = contents[SHEET].decode()
    for cell, trick in tricks.items():
        own = re.search(rf'<c r="{cell}"( s="\d+")?[^>]*>.*?</c>', sheet)
        assert own is not None
        style = f' s="{numbers[trick.style]}"' if trick.style else own[1] or ""
        formula = f"<f>{trick.formula.format(number=amounts[cell])}</f>" if trick.formula else ""
        sheet = sheet.replace(own[0], f'<c r="{cell}"{style}>{formula}<v>{amounts[cell]}</v></c>')
        sheet = trick.edit(sheet, cell)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for name, content in (contents | {SHEET: sheet.encode()}).items():
            target.writestr(name, content)
    return stream.getvalue()


def is_named(cell: str, found: Finding) -> bool:
    """Whether a finding speaks of a cell, or of the row or column in which it is hidden."""
    hidden = found.code == "SG04" and found.message.startswith((f"第 {ROW} 行", f"{cell[0]} 列"))
    return hidden or (found.cell == cell and (found.code.startswith("SG") or found.code == "ST06"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(dict.fromkeys(AMOUNTS, st.decimals(1, 9999, places=2))),
    st.fixed_dictionaries(dict.fromkeys(AMOUNTS, st.sampled_from(TRICKS))),
)
def test_a_figure_is_what_its_cell_shows_or_something_is_found(
    amounts: dict[str, Decimal], tricks: dict[str, Trick]
) -> None:
    reading = read_bytes(spoilt(amounts, tricks))
    for cell, path in AMOUNTS.items():
        counted, shown = reading.form.cell(path).number, tricks[cell].sight(amounts[cell])
        is_hidden = any(trick.edit is hide_row for trick in tricks.values())
        is_seen = shown is not None and counted is not None and abs(shown - counted) <= LAST_PLACE and not is_hidden
        assert is_seen or any(is_named(cell, found) for found in reading.findings), (cell, tricks[cell], counted)
    if all(trick.is_honest for trick in tricks.values()):
        assert [found for found in reading.findings if found.code.startswith(("SG", "ST06"))] == []
