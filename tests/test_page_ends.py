"""No heading stands alone at the foot of a page, in forms that perfxl fills and in copies whose rows it makes higher.

1. The arithmetic: headings go with the row below them, whatever the heights.
2. What LibreOffice prints of long chapters: no page ends with a heading, none is cut at its edges.
3. What the agency laid out stays: its own breaks, sheets that are squeezed onto a number of pages.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from forms import GOOD, patched
from office import Converted, by_office
from opened import load_workbook
from perfxl.batch.onefile import process_file
from perfxl.door.xmldoor import main_tag
from perfxl.layout import TALLEST_ROW, blank_layout
from perfxl.results.jobs import Conditions, Job
from perfxl.schemes import load_scheme, scheme_names
from perfxl.system.paging import A4, breaks_before, rows_a_page
from perfxl.templates.form import page_breaks
from perfxl.writeback.edits import LongText
from perfxl.writeback.pageends import end_pages
from perfxl.writeback.parts import MAIN
from perfxl.writeback.sheetedit import EditedSheet
from workbooks import form_bytes

TODAY = date(2024, 8, 1)
SCHEME = load_scheme("hainan-2020")
CHAPTERS = [(path, section.label) for path, section in SCHEME.sections]
REPORT = "绩效评价报告"
LENGTHS = ((5, 30), (3, 9), (14, 1), (7, 5), (1, 16))
"""How often the chapters' texts are repeated, in turn: each pair gives other page ends."""
HEADINGS = frozenset("".join(label.split()) for _, label in CHAPTERS) | {
    "".join(section.chapter.split()) for _, section in SCHEME.sections if section.chapter
}


def long_form(lengths: tuple[int, int]) -> bytes:
    dossier = GOOD
    for number, (path, _) in enumerate(CHAPTERS):
        dossier = patched(dossier, path, "本章说明项目的实施情况和资金使用情况。" * 4 * lengths[number % 2])
    return form_bytes(dossier)


def typed_copy(lengths: tuple[int, int], before: int = 0, squeezed: bool = False) -> bytes:
    """What becomes of a form in whose chapters an agency has typed so much; it may have set a break or squeezed the sheet."""
    book = load_workbook(BytesIO(form_bytes(GOOD)))
    sheet = book[REPORT]
    sheet.row_breaks.brk = [Break(id=before - 1)] if before else []
    sheet.page_setup.fitToHeight = 3 if squeezed else 0
    labels = [label for _, label in CHAPTERS]
    for row in [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value in labels]:
        sheet.cell(row + 1, 1).value = "本章说明项目的实施情况和资金使用情况。" * 4 * lengths[row % 2]
    with TemporaryDirectory() as folder:
        source, copy = Path(folder, "表.xlsx"), Path(folder, "审核", "表.xlsx")
        book.save(source)
        process_file(Job(source, source.name, Conditions(TODAY), annotated=copy))
        return copy.read_bytes()


def report_of(copy: bytes) -> Worksheet:
    return load_workbook(BytesIO(copy))[REPORT]


# -- arithmetic -------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(10, 300), st.booleans()), min_size=1, max_size=40),
    st.lists(st.integers(2, 40), max_size=3),
)
def test_no_page_ends_with_a_heading(rows: list[tuple[float, bool]], own: list[int]) -> None:
    heights, room = [height for height, _ in rows], 741.0
    headings = {row for row, (_, is_heading) in enumerate(rows, 1) if is_heading}
    added = breaks_before(heights, headings, room, breaks=own)
    assert set(added).isdisjoint(own)
    ends = page_ends(heights, {*own, *added}, room)
    parted = [row for row in ends if row in headings and row + 1 not in own]
    assert [row for row in parted if chain(row, headings, heights) <= room and row < len(rows)] == []


def page_ends(heights: list[float], breaks: set[int], room: float) -> Iterator[int]:
    """The last row of each page but the last one."""
    used = 0.0
    for row, height in enumerate(heights, 1):
        if row > 1 and (row in breaks or used + height > room):
            yield row - 1
            used = 0
        used += height


def chain(row: int, headings: set[int], heights: list[float]) -> float:
    """The height of the headings around a row with the row below them."""
    first = last = row
    while first - 1 in headings:
        first -= 1
    while last in headings and last < len(heights):
        last += 1
    return sum(heights[first - 1 : last])


def test_breaks_of_the_agency_are_counted_with() -> None:
    assert breaks_before([300, 300, 20, 300], {3}, 741) == [3]
    assert breaks_before([300, 300, 20, 300], {3}, 741, breaks={2}) == []


def test_a_sheet_that_fits_one_page_has_no_break() -> None:
    assert breaks_before([340, 20, 340], {2}, 701) == []
    assert breaks_before([340, 20, 345], {2}, 701) == [2]


def test_rows_that_are_printed_on_each_page_take_room() -> None:
    heights = [30, *[50] * 20, 20, 50]
    assert breaks_before(heights, {22}, 500, 0) == [11, 21]
    assert breaks_before(heights, {22}, 500, 30) == [11, 20]


def test_a_page_holds_more_of_a_sheet_that_is_shrunk() -> None:
    margins = (0.6, 0.6, 0.7, 0.7)
    assert round(rows_a_page(A4, margins)) == 741
    assert rows_a_page(A4, margins, width=2 * (595.3 - 1.2 * 72)) == pytest.approx(2 * rows_a_page(A4, margins))
    assert rows_a_page(A4, margins, width=200) == rows_a_page(A4, margins)
    assert rows_a_page(A4, margins, width=767) == pytest.approx(rows_a_page(A4, margins) / 0.66), "in whole percents"


@pytest.mark.parametrize("name", scheme_names())
def test_blank_forms_end_pages_in_front_of_headings(name: str) -> None:
    for placed in blank_layout(load_scheme(name)).sheets:
        assert max(placed.heights.values()) <= TALLEST_ROW
        printed = {cell.row for cell in placed.cells if cell.text}
        assert set(page_breaks(placed)) <= printed


@pytest.mark.parametrize(("name", "repeats"), [("hainan-2023", True), ("goals-2017", False)])
def test_the_head_of_one_table_is_not_printed_above_another(name: str, repeats: bool) -> None:
    book = load_workbook(BytesIO(form_bytes(None, load_scheme(name))))
    assert bool(book.worksheets[1].print_title_rows) == repeats


# -- print ------------------------------------------------------------------------------------------------------------


@cache
def printed_pages(paper: Path) -> list[list[tuple[float, str]]]:
    """The lines of each page from above, without the page number: where they begin across the paper, and their text."""
    if shutil.which("pdftotext") is None:
        if os.environ.get("CI"):
            pytest.fail("pdftotext is missing: .ci/run installs it")
        pytest.skip("pdftotext (poppler-utils) is not installed")
    said = subprocess.run(["pdftotext", "-bbox-layout", paper, "-"], check=True, capture_output=True).stdout.decode()
    pages = []
    for page in said.split("<page ")[1:]:
        lines = re.findall(
            r'<line xMin="([\d.-]+)" yMin="[\d.-]+" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</line>', page, re.S
        )
        found = sorted((float(y), float(x), "".join(re.findall(r">([^<]*)</word>", words))) for x, y, words in lines)
        pages.append([(x, text) for _, x, text in found if not re.fullmatch(r"第\d+页，共\d+页", text)])
    return pages


def report_pages(paper: Path) -> list[list[tuple[float, str]]]:
    pages = printed_pages(paper)
    first = next(number for number, lines in enumerate(pages) if lines and "项目绩效评价报告" in lines[0][1])
    behind = (number for number, lines in enumerate(pages) if lines and "绩效自评审核结果" in lines[0][1])
    return pages[first : next(behind, len(pages))]


@pytest.mark.parametrize("lengths", LENGTHS)
@by_office(long_form, "pdf")
@by_office(lambda lengths: typed_copy(lengths), "pdf")
def test_no_printed_page_ends_with_a_heading(lengths: tuple[int, int], office: list[Converted]) -> None:
    for book in office:
        pages = report_pages(book.saved)
        assert {text for lines in pages for _, text in lines} >= HEADINGS, "a heading that is cut is not found"
        assert [lines[-1][1] for lines in pages if lines and lines[-1][1] in HEADINGS] == []
        assert min(x for lines in pages for x, _ in lines) > 40, "margins are kept"


# -- the agency's layout ----------------------------------------------------------------------------------------------


def test_the_agencys_own_breaks_stay() -> None:
    ours = [found.id for found in report_of(typed_copy((14, 1))).row_breaks.brk]
    both = [found.id for found in report_of(typed_copy((14, 1), before=6)).row_breaks.brk]
    assert ours
    assert 5 in both
    assert 5 not in ours
    assert both == sorted(both)


def test_a_sheet_that_is_squeezed_onto_pages_has_none_of_our_breaks() -> None:
    assert report_of(typed_copy((14, 1), squeezed=True)).row_breaks.brk == []


def test_a_copy_whose_rows_stay_keeps_its_page_ends() -> None:
    assert [found.id for found in report_of(typed_copy((1, 1), before=6)).row_breaks.brk] == [5]


@pytest.mark.parametrize(
    ("setup", "has_ends"),
    [
        ({"paperSize": "9"}, True),
        ({"paperSize": "9", "scale": "0"}, False),
        ({"paperSize": "9", "scale": "-50"}, False),
        ({"paperSize": "9", "scale": "9" * 5000}, False),
        ({"paperSize": "A4"}, False),
    ],
)
def test_a_page_set_up_without_sense_ends_where_it_ends(setup: dict[str, str], has_ends: bool) -> None:
    rows = "".join(f'<row r="{n}" ht="300"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 9))
    root = etree.fromstring(f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>')
    etree.SubElement(root, main_tag("pageSetup"), setup)
    end_pages(EditedSheet(root), [LongText("甲", f"A{row}", "文字") for row in (2, 4, 6, 8)])
    assert (root.find(main_tag("rowBreaks")) is not None) == has_ends
