"""The write-back: everything that the agency put into its workbook is still there, and ours comes off again.

Shown here: an inventory of parts, elements and attributes loses nothing; untouched entries keep their bytes; values are
the same; children stand in the order of the schema; twice is once; figures, colours, notes, refusals, files.
"""

import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

import rich_parts
from forms import GOOD, TODAY
from opened import load_workbook
from package_views import dangling, fills, lost, misplaced, notes, untouched, values
from perfxl.batch.onefile import process_file
from perfxl.errors import OutputError, RefusedError
from perfxl.model import Severity
from perfxl.results.jobs import Conditions, Job
from perfxl.writeback.annotate import Plan, ResultFigure, annotate_file, apply_plan, strip
from perfxl.writeback.package import Package
from perfxl.writeback.parts import main_tag
from plans import BOOKS, NOTHING, PLAN, RESERVED, TITLE, every_book, finding, mark, review, with_figures, with_marks
from rich_workbooks import FORM, NOTES, awkward, by_openpyxl, by_xlsxwriter, rewritten
from test_package import raw_entries
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.* is not supported and will be removed:UserWarning")


# --- nothing is lost ---


@every_book
def test_nothing_is_lost_but_what_is_replaced(book: bytes) -> None:
    after = apply_plan(book, PLAN)
    for part, path, attributes, text in lost(book, after):
        place = dict(attributes)
        replaced = "/sheetData/row/c" in path and (place.get("r") in ("B7", "C6", "D5") or path.endswith(("/f", "/v")))
        stretched = path.endswith(("/row", "/dimension"))
        chain = (
            part == "xl/calcChain.xml"
            or place.get("PartName") == "/xl/calcChain.xml"
            or place.get("Target") == "calcChain.xml"
        )
        plain_note = path.endswith("comment/text/t")
        assert replaced or stretched or chain or plain_note, (part, path, attributes, text)


@every_book
def test_marks_alone_lose_nothing_at_all(book: bytes) -> None:
    plan = with_marks(mark("B3"), mark("C15", Severity.WARNING), mark("Z50", Severity.INFO))
    assert lost(book, apply_plan(book, plan)) == []


@every_book
def test_untouched_entries_keep_their_bytes_and_all_keep_their_order(book: bytes) -> None:
    before, after = raw_entries(book), raw_entries(apply_plan(book, PLAN))
    kept = [name for name in before if name in after]
    assert list(after)[: len(kept)] == kept
    may_change = {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/calcChain.xml",
    }
    may_change |= {"xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"}
    may_change |= {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/comments/comment1.xml"}
    may_change |= {"xl/drawings/commentsDrawing1.vml", "xl/legacyDrawing1.vml"}
    assert set(before) - untouched(before, after) <= may_change


@every_book
def test_values_of_the_agency_are_the_same(book: bytes) -> None:
    before, after = values(book), values(apply_plan(book, PLAN))
    ours = {key for key in after if key[0] == TITLE} | RESERVED
    assert {k: v for k, v in after.items() if k not in ours} == {k: v for k, v in before.items() if k not in ours}
    assert (after[FORM, "B7"], after[FORM, "C6"], after[FORM, "D5"]) == (0.4484, 98.5, "优")


@every_book
def test_what_is_written_is_in_the_order_of_the_schema_and_hangs_together(book: bytes) -> None:
    after = apply_plan(book, PLAN)
    assert misplaced(after) == misplaced(book)
    assert dangling(after) == dangling(book) == []


@pytest.mark.parametrize(
    "layout",
    [
        b'<sheetFormatPr defaultRowHeight="0" zeroHeight="1" defaultColWidth="0"/>',
        b'<sheetFormatPr defaultRowHeight="-5" defaultColWidth="-1"/>',
    ],
)
def test_a_note_has_its_box_where_all_further_rows_and_columns_are_hidden(layout: bytes) -> None:
    package = Package(by_xlsxwriter())
    part = "xl/worksheets/sheet1.xml"
    package.write(part, re.sub(rb"<sheetFormatPr[^>]*/>", layout, package.read(part)))
    marked = apply_plan(package.to_bytes(), PLAN)
    assert any(name.endswith(".vml") for name in zipfile.ZipFile(BytesIO(marked)).namelist())
    load_workbook(BytesIO(marked))


def test_notes_boxes_and_check_boxes_of_the_agency_stay() -> None:
    after = notes(apply_plan(BOOKS["rare.xlsx"], PLAN))
    before = notes(BOOKS["rare.xlsx"])
    assert after[FORM, "A3"] == "机构自己的批注\n【perfxl 审核】\n总额不符\n【审核完】"
    assert {key: after[key] for key in before if key != (FORM, "A3")} == {
        k: v for k, v in before.items() if k != (FORM, "A3")
    }


def test_a_threaded_comment_gets_no_note_but_a_colour() -> None:
    after = apply_plan(BOOKS["rare.xlsx"], with_marks(mark(rich_parts.THREADED_CELL)))
    assert "perfxl" not in notes(after)[FORM, rich_parts.THREADED_CELL]
    assert fills(after, FORM) == {"B5": 'LEN("perfxl:error")>0'}
    assert "xl/comments1.xml" in untouched(raw_entries(BOOKS["rare.xlsx"]), raw_entries(after))


# --- twice is once ---


@every_book
def test_twice_is_once(book: bytes) -> None:
    once = apply_plan(book, PLAN)
    assert apply_plan(once, PLAN) == once


@every_book
def test_another_plan_replaces_the_first(book: bytes) -> None:
    other = Plan(PLAN.figures, (mark("B3", remark="另一条"),), review(finding("B3")))
    replaced = apply_plan(apply_plan(book, PLAN), other)
    assert values(replaced) == values(apply_plan(book, other))
    assert notes(replaced) == notes(apply_plan(book, other))
    assert fills(replaced, FORM) == {"B3": 'LEN("perfxl:error")>0'}


@every_book
def test_stripped_is_what_it_was_but_for_formats_nobody_uses(book: bytes) -> None:
    plan = with_marks(*PLAN.marks)
    bare = strip(apply_plan(book, plan))
    gone, come = lost(book, bare), lost(bare, book)
    assert [item for item in gone if not item[1].endswith("comment/text/t")] == []
    extra = {path for part, path, _, _ in come if part not in ("xl/styles.xml", "[Content_Types].xml")}
    assert extra <= EMPTY_SHELLS | RUN_PATHS
    assert values(bare) == values(book)
    assert notes(bare) == notes(book)


EMPTY_SHELLS = {"workbook/bookViews", "workbook/bookViews/workbookView", "workbook/definedNames"}
RUN_PATHS = {f"comments/commentList/comment/text/r{rest}" for rest in ("", "/t", "/rPr")}


@every_book
def test_an_untouched_file_is_stripped_to_itself(book: bytes) -> None:
    assert strip(book) == book


def test_an_emptied_reserved_cell_is_empty() -> None:
    once = apply_plan(BOOKS["small.xlsx"], with_figures(ResultFigure(FORM, "C6", Decimal("98.5"), "points")))
    again = apply_plan(once, with_figures(ResultFigure(FORM, "C6", "", "text")))
    assert (FORM, "C6") not in values(again)


def test_what_a_reviewer_adds_to_our_note_stays() -> None:
    once = apply_plan(by_openpyxl(), with_marks(mark("B3")))
    edited = rewritten(
        once, {"xl/comments/comment1.xml": lambda text: text.replace("【审核完】", "【审核完】\n已更正")}
    )
    assert notes(apply_plan(edited, NOTHING))[FORM, "B3"].strip() == "已更正"


def test_a_deleted_sheet_of_ours_leaves_a_name_that_is_taken_out() -> None:
    once = apply_plan(by_openpyxl(), PLAN)
    orphaned = rewritten(once, {"xl/workbook.xml": lambda text: text.replace(f"'{TITLE}'!$A$1", "#REF!")})
    workbook = zipfile.ZipFile(BytesIO(strip(orphaned))).read("xl/workbook.xml").decode()
    assert "perfxl_review" not in workbook


# --- figures ---


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        (ResultFigure(FORM, "C6", Decimal("98.5"), "points"), (98.5, "0.00")),
        (ResultFigure(FORM, "C6", Decimal("0.4484"), "rate"), (0.4484, "0.00%")),
        (ResultFigure(FORM, "C6", "优", "text"), ("优", "@")),
        (ResultFigure(FORM, "C6", "=1+1", "text"), ("=1+1", "@")),
        (ResultFigure(FORM, "C200", Decimal("1E+2"), "points"), (100, "0.00")),
    ],
)
def test_a_figure_in_a_date_column_is_no_date(figure: ResultFigure, shown: tuple[object, str]) -> None:
    sheet = load_workbook(BytesIO(apply_plan(by_xlsxwriter(), with_figures(figure))))[FORM]
    cell = sheet[figure.cell]
    assert (cell.value, cell.number_format) == shown
    assert cell.data_type in ("n", "s")
    assert cell.fill.fgColor.rgb == "FFDDDDFF"


def test_the_last_figure_of_a_cell_is_shown_in_its_own_format() -> None:
    figures = (ResultFigure(FORM, "C6", Decimal("98.5"), "points"), ResultFigure(FORM, "C6", Decimal("0.4484"), "rate"))
    cell = load_workbook(BytesIO(apply_plan(by_xlsxwriter(), with_figures(*figures))))[FORM]["C6"]
    assert (cell.value, cell.number_format, cell.fill.fgColor.rgb) == (0.4484, "0.00%", "FFDDDDFF")


def test_a_cell_of_an_unknown_format_gets_a_plain_one() -> None:
    sheet = "xl/worksheets/sheet1.xml"
    odd = rewritten(by_openpyxl(), {sheet: lambda text: re.sub('r="B3"( s="[0-9]+")?', 'r="B3" s="999"', text)})
    after = zipfile.ZipFile(BytesIO(apply_plan(odd, with_figures(ResultFigure(FORM, "B3", Decimal("98.5"), "points")))))
    style = re.search(r'r="B3" s="([0-9]+)"', after.read(sheet).decode())
    formats = etree.fromstring(after.read("xl/styles.xml")).findall(f"{main_tag('cellXfs')}/*")
    assert style is not None
    assert dict(formats[int(style[1])].attrib) == {"numFmtId": "2", "applyNumberFormat": "1"}


def test_a_sheet_whose_reserved_cells_stay_empty_keeps_its_bytes() -> None:
    spaced = rewritten(
        by_openpyxl(), {"xl/worksheets/sheet1.xml": lambda text: text.replace("<sheetData>", "<sheetData >")}
    )
    after = apply_plan(
        spaced, with_figures(ResultFigure(FORM, "C200", "", "points"), ResultFigure(FORM, "Z1", "", "text"))
    )
    sheet = "xl/worksheets/sheet1.xml"
    read = [
        zipfile.ZipFile(BytesIO(data)).read(sheet).replace(b'tabSelected="1"', b'tabSelected="0"')
        for data in (spaced, after)
    ]
    assert read[0] == read[1]


def test_rows_and_cells_without_addresses_keep_their_places() -> None:
    figures = (
        ResultFigure(FORM, "C1", Decimal(9), "points"),
        ResultFigure(FORM, "C4", Decimal(8), "points"),
        ResultFigure(FORM, "A5", "x", "text"),
    )
    after = values(apply_plan(awkward(), with_figures(*figures)))
    found = {cell: value for (sheet, cell), value in after.items() if sheet == FORM}
    assert found == {
        "A1": 1,
        "B1": "a",
        "C1": 9,
        "A2": 2,
        "B2": 4,
        "A3": 3,
        "B3": 6,
        "C4": 8,
        "A5": "x",
        "B5": 0,
        "D5": 7,
    }


def test_the_heir_of_a_shared_formula_holds_its_text() -> None:
    after = apply_plan(awkward(), with_figures(ResultFigure(FORM, "B2", Decimal(1), "points")))
    formulas = load_workbook(BytesIO(after))[FORM]
    assert (formulas["B2"].value, formulas["B3"].value, formulas["B5"].value) == (1, "=A3*2", "=A5*2")
    assert values(after)[FORM, "B3"] == 6


def test_a_replaced_formula_takes_the_calculation_chain_along() -> None:
    kept = zipfile.ZipFile(
        BytesIO(apply_plan(BOOKS["rare.xlsx"], with_figures(ResultFigure(FORM, "C6", "优", "text"))))
    )
    gone = zipfile.ZipFile(
        BytesIO(apply_plan(BOOKS["rare.xlsx"], with_figures(ResultFigure(FORM, "B7", "优", "text"))))
    )
    assert "xl/calcChain.xml" in kept.namelist()
    assert "xl/calcChain.xml" not in gone.namelist()
    assert b"calcChain" not in gone.read("[Content_Types].xml") + gone.read("xl/_rels/workbook.xml.rels")


# --- colours and notes ---


def test_a_merged_range_is_coloured_as_a_whole_and_its_note_hangs_on_the_first_cell() -> None:
    after = apply_plan(by_xlsxwriter(), with_marks(mark("C15"), mark("B14", remark="再一条")))
    assert fills(after, FORM) == {"B14:D15": 'LEN("perfxl:error")>0'}
    assert notes(after)[FORM, "B14"] == "【perfxl 审核】\n总额不符\n再一条\n【审核完】"


def test_notes_go_to_the_sheet_they_are_meant_for() -> None:
    after = apply_plan(
        by_openpyxl(), with_marks(mark("A1", sheet=NOTES), mark("B3"), mark("A1", sheet="没有的表"), mark("乱写"))
    )
    assert {key for key, text in notes(after).items() if "perfxl" in text} == {(NOTES, "A1"), (FORM, "B3")}


def test_comments_without_boxes_get_them() -> None:
    bare = rewritten(
        by_openpyxl(), {"xl/drawings/commentsDrawing1.vml": None, "xl/legacyDrawing1.vml": None, **no_drawing()}
    )
    after = zipfile.ZipFile(BytesIO(apply_plan(bare, with_marks(mark("B3")))))
    drawing = next(name for name in after.namelist() if name.endswith(".vml"))
    assert after.read(drawing).count(b'ObjectType="Note"') == 2


def no_drawing() -> dict[str, Callable[[str], str]]:
    return {
        "xl/worksheets/sheet1.xml": lambda text: re.sub(r"<legacyDrawing[^>]*/>", "", text),
        "xl/worksheets/_rels/sheet1.xml.rels": lambda text: re.sub(r"<Relationship [^>]*vmlDrawing[^>]*/>", "", text),
    }


def test_a_drawing_that_cannot_be_read_leaves_the_remark_to_the_sheet() -> None:
    broken = rewritten(by_xlsxwriter(), {"xl/drawings/vmlDrawing1.vml": b"<xml><v:shape></xml>"})
    after = zipfile.ZipFile(BytesIO(apply_plan(broken, PLAN)))
    assert after.read("xl/drawings/vmlDrawing1.vml") == b"<xml><v:shape></xml>"
    assert b"perfxl" not in after.read("xl/comments1.xml")
    assert b"perfxl:error" in after.read("xl/worksheets/sheet1.xml")


# --- refusals and files ---


@pytest.mark.parametrize(
    ("part", "change", "code"),
    [
        (
            "_rels/.rels",
            lambda text: text.replace(
                "http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument"
            ),
            "FL08",
        ),
        ("xl/worksheets/sheet1.xml", lambda text: text[:-20], "FL03"),
        ("xl/worksheets/sheet1.xml", None, "FL03"),
        ("xl/worksheets/sheet1.xml", lambda text: text.replace('<row r="3"', '<row r="x"'), "FL03"),
        ("xl/workbook.xml", lambda text: text.replace("workbook", "werkbook"), "FL03"),
        ("xl/styles.xml", lambda text: "<!DOCTYPE x [<!ENTITY e 'e'>]>" + text.partition("?>")[2], "FL05"),
    ],
)
def test_what_cannot_be_edited_is_refused(part: str, change: Callable[[str], str] | None, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        apply_plan(rewritten(by_xlsxwriter(), {part: change}), PLAN)
    assert caught.value.code == code


def test_the_source_is_only_read_and_the_copy_is_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "报送.xlsx", tmp_path / "out" / "报送.xlsx"
    content = by_openpyxl()
    source.write_bytes(content)
    source.chmod(0o400)
    annotate_file(source, target, PLAN)
    assert source.read_bytes() == content
    assert target.read_bytes() == apply_plan(content, PLAN)
    assert [path.name for path in target.parent.iterdir()] == ["报送.xlsx"]


def test_the_source_is_never_the_target(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"untouched")
    with pytest.raises(OutputError):
        annotate_file(source, source, PLAN)
    assert source.read_bytes() == b"untouched"


def test_texts_in_merged_cells_are_seen_whole_in_the_copy(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(form_bytes(GOOD)))
    basic, report = book["项目基本信息表"], book["绩效评价报告"]
    address = next(cell for row in basic for cell in row if cell.value == "地址")
    basic.cell(address.row, address.column + 1).value = "很长的地址" * 30
    chapter = next(cell for row in report for cell in row if cell.value == "四、项目绩效情况")
    report.cell(chapter.row + 1, 1).value = "这一章写得很长。" * 400
    before = basic.row_dimensions[address.row].height, report.row_dimensions[chapter.row + 1].height
    source = tmp_path / "表.xlsx"
    book.save(source)
    (result,) = process_file(Job(source, source.name, Conditions(TODAY), annotated=tmp_path / "审核" / "表.xlsx"))
    copy = load_workbook(str(result.annotated))
    after = [
        copy["项目基本信息表"].row_dimensions[address.row].height,
        copy["绩效评价报告"].row_dimensions[chapter.row + 1].height,
    ]
    assert before[0] < 5 * 15 <= after[0]
    assert before[1] < 400 == after[1]
    assert copy["项目基本信息表"].row_dimensions[1].height == basic.row_dimensions[1].height
