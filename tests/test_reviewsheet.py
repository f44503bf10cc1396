"""The plan of edits, and the added sheet: it says everything, filters, links, prints, and is last and shown first."""

import zipfile
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

import rich_parts
from opened import load_workbook
from package_views import notes, values
from perfxl.model import Assessment, Cell, Form, LevelScore, Severity, Status
from perfxl.schemes import load_scheme
from perfxl.writeback.annotate import Mark, Plan, ResultFigure, apply_plan, plan_edits, strip
from plans import NOTHING, PLAN, TITLE, every_book, finding, mark, review
from rich_workbooks import FORM, LISTS, NOTES, by_openpyxl, by_xlsxwriter, rewritten, with_rare_parts

pytestmark = pytest.mark.filterwarnings("ignore:.* is not supported and will be removed:UserWarning")


# --- the plan ---


def test_the_plan_fills_reserved_cells_merges_findings_and_sorts_them() -> None:
    scheme = load_scheme("hainan-2020")
    reserved = {
        "rates.execution": Cell("表", 3, 2),
        "total": Cell("表", 4, 2),
        "grade": Cell("表", 5, 2),
        "average": Cell("表", 0, 0),
    }
    assessment = Assessment(
        rates={rate.key: Decimal("0.4484") for rate in scheme.rates},
        total=None,
        weight=Decimal(100),
        grade="优",
        average=Decimal("98.5"),
        levels=(LevelScore(1, "项目决策", Decimal(3), Decimal("1")), LevelScore(2, "x", Decimal(0), Decimal(0))),
        final=True,
    )
    findings = [
        finding("B3", Severity.INFO, "表", message="甲", expected="1", fix="改"),
        finding("B3", Severity.ERROR, "表", message="乙"),
        finding("", Severity.WARNING, "表"),
    ]
    plan = plan_edits(Form(scheme, {}, {}, reserved), assessment, findings, "a.xlsx")
    assert plan.figures == (
        ResultFigure("表", "B3", Decimal("0.4484"), "rate"),
        ResultFigure("表", "B4", "", "points"),
        ResultFigure("表", "B5", "优", "text"),
    )
    assert plan.marks == (Mark("表", "B3", Severity.ERROR, "【错误 FD01】乙\n【提示 FD01】甲\n应为：1\n更正：改"),)
    assert [f.severity for f in plan.review.findings] == [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert plan.review.status is Status.RETURNED
    assert [line.value for line in plan.review.verdict][:4] == ["错误1 警告1 提示1", "—", Decimal(100), "优"]
    assert [line.label for line in plan.review.verdict][-len(scheme.rates) :] == [rate.label for rate in scheme.rates]
    assert [level.rate for level in plan.review.levels] == [Decimal("0.3333"), None]


def test_the_rare_parts_are_in_the_workbook_that_stands_for_them() -> None:
    names = set(zipfile.ZipFile(BytesIO(with_rare_parts(by_xlsxwriter()))).namelist())
    assert {part.name for part in rich_parts.ADDED_PARTS} <= names


# --- the added sheet ---


def added(data: bytes, title: str = TITLE) -> openpyxl.worksheet.worksheet.Worksheet:
    return load_workbook(BytesIO(data))[title]


@every_book
def test_the_sheet_is_last_shown_first_and_alone_selected(book: bytes) -> None:
    opened = load_workbook(BytesIO(apply_plan(book, PLAN)))
    assert opened.sheetnames[-1] == TITLE
    assert opened.active.title == TITLE
    assert [sheet.title for sheet in opened.worksheets if sheet.sheet_view.tabSelected] == [TITLE]


def test_the_sheet_says_everything_filters_links_and_prints() -> None:
    texts = {"message": "问题", "found": "=1+1", "expected": "185.01", "fix": "请改正"}
    plan = Plan((), (), review(finding("B3", **texts), finding("A1", sheet="没有的表"), finding("", sheet="")))
    sheet = added(apply_plan(by_xlsxwriter(), plan))
    heading = next(row for row in range(1, 40) if sheet.cell(row, 1).value == "级别")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(heading, heading + 3)]
    assert rows[0] == [
        *("级别", "代码", "工作表", "单元格", "问题", "发现", "应为", "如何更正"),
        *("单位说明", "复核结论", "复核说明", "复核人", "日期", "上次意见", "编号", "状态标识", "随同"),
    ]
    assert rows[1] == ["错误", "FD01", FORM, "B3", "问题", "=1+1", "185.01", "请改正", *[None] * 9]
    assert (sheet.cell(heading + 1, 4).hyperlink.location, sheet.cell(heading + 2, 4).hyperlink) == (
        f"'{FORM}'!B3",
        None,
    )
    assert sheet.cell(heading + 1, 6).data_type == "s"
    assert sheet.auto_filter.ref == f"A{heading}:Q{heading + 3}"
    assert not sheet.protection.sheet
    locked = [sheet.cell(heading + 1, column).protection.locked for column in range(8, 15)]
    assert locked == [True, False, False, False, False, False, True]
    assert [sheet.column_dimensions[letter].hidden for letter in "NOP"] == [False, True, True]
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == (f"J{heading + 1}:J{heading + 3}", '"认可,补充材料,不认可"')
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet.freeze_panes) == (f"${heading}:${heading}", f"A{heading + 1}")
    block = {sheet.cell(row, 1).value: sheet.cell(row, 3) for row in range(2, heading)}
    assert (block["状态"].value, block["项目名称"].value, block["总分"].value, block["等次"].value) == (
        "退回",
        "某项目",
        98.5,
        "优",
    )
    assert (block["执行率"].value, block["执行率"].number_format) == (0.4484, "0.00%")
    assert [sheet.cell(4, column).value for column in range(5, 11)] == [
        "项目决策",
        "19 / 20",
        0.95,
        "项目目标",
        "— / —",
        "—",
    ]


def test_without_findings_it_says_so() -> None:
    sheet = added(apply_plan(by_openpyxl(), NOTHING))
    assert "没有发现问题。" in [cell.value for cell in sheet["A"]]
    assert sheet.auto_filter.ref is None


def test_a_sheet_of_the_agency_that_bears_our_title_stays() -> None:
    theirs = rewritten(by_openpyxl(), {"xl/workbook.xml": lambda text: text.replace(NOTES, TITLE)})
    once = apply_plan(theirs, PLAN)
    assert load_workbook(BytesIO(once)).sheetnames == [FORM, TITLE, "审核结果（财政）"]
    assert apply_plan(once, PLAN) == once
    assert values(strip(once))[TITLE, "A1"] == "说明"


def test_our_sheet_moved_to_the_front_is_found_and_scopes_follow() -> None:
    once = apply_plan(by_xlsxwriter(), NOTHING)

    def to_front(text: str) -> str:
        sheets = text.partition("<sheets>")[2].partition("</sheets>")[0]
        parts = [f"<sheet {part}" for part in sheets.split("<sheet ")[1:]]
        text = text.replace(sheets, parts[3] + "".join(parts[:3])).replace('activeTab="3"', 'activeTab="0"')
        return (
            text.replace('localSheetId="3"', 'localSheetId="9"')
            .replace('localSheetId="0"', 'localSheetId="1"')
            .replace('"9"', '"0"')
        )

    bare = load_workbook(BytesIO(strip(rewritten(once, {"xl/workbook.xml": to_front}))))
    assert bare.sheetnames == [FORM, LISTS, NOTES]
    assert bare[FORM].print_title_rows == "$1:$2"


def test_odd_text_stays_text_and_legal() -> None:
    odd = "a\x00\x0bb_x0041_\ud800&<>\"'=\n" + "长" * 40_000
    plan = Plan((), (mark("B3", remark=odd),), review(finding("B3", message=odd, found="=HYPERLINK(1)")))
    after = apply_plan(by_openpyxl(), plan)
    heading = next(cell.row for cell in added(after)["A"] if cell.value == "级别")
    shown = added(after).cell(heading + 1, 5).value
    assert shown.startswith("ab_x005F_x0041_&<>\"'=\n长")
    assert len(shown) <= 32_767
    assert notes(after)[FORM, "B3"].startswith("【perfxl 审核】\nab_x005F_x0041_&<>")
