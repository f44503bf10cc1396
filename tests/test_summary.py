"""The consolidated workbook.

1. Every formula gives, when LibreOffice calculates it anew, the value that is stored with it.
2. The sums are those of the files: added up here from the dossiers with openpyxl and sum, and by the sheet 核对.
3. Both kinds of form stand side by side in one unit of money.
4. Text of agencies stays text, 0 stays 0, a blank stays blank; links lead where they say, whatever the names.
5. The same batch gives the same bytes, in any order of its files; nothing in it but the given date is a date of today.
6. A table that is longer than a sheet goes on on the next, and 总览 says so.
7. The pages are set up for A4; 总览 fits one page.
8. The same tables as CSV, with text that stays text there too.
"""

import csv
import random
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from batches import MADE, batch_of, listed_batch, province, refused, result
from forms import GOOD, patched
from office import Converted, by_office, differing, formula_cells, same_value
from opened import load_workbook
from own_scheme import GOOD_2023, SCHEME
from perfxl.batch.onefile import process_file
from perfxl.errors import OutputError
from perfxl.model import FileResult, Status
from perfxl.office.approved import ApprovedProject
from perfxl.results.filed import filed
from perfxl.results.jobs import Conditions, Job
from perfxl.schemes import parse_scheme
from perfxl.summary.batch import Batch
from perfxl.summary.cells import cell_text, wrapped_lines
from perfxl.summary.resubmissions import received
from perfxl.summary.workbook import has_parquet, tables_of, write_summary, write_tables, write_workbook
from test_resubmissions import named

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

HOSTILE = (
    '=HYPERLINK("http://evil","x")',
    "+cmd|'/c calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "<r><t>x</t></r>",
    "<r>&unclosed",
    "</t></is></c><c><v>1</v></c>",
    "http://example.com",
    "_x0041_",
    "a\x00b\x07c\x1f",
    "\ud83d",
    "\ufffe\uffff",
    "行一\r\n行二\r行三",
    "{=1+1}",
    "'quoted'",
    "1e5",
    "00123",
    " 前后空格 ",
)


@cache
def whole_province() -> Batch:
    """Projects of both forms, held against a roster that fits only partly."""
    results = province(PROJECTS)
    entries = [
        ApprovedProject("", r.dossier["basic"]["project_name"], "", "某厅", Decimal(100 + n), f"电话{n}")  # type: ignore[index]
        for n, r in enumerate(results[::3])
        if r.dossier
    ]
    entries += [ApprovedProject("", f"从未报送的项目{n}", "某单位", "某厅", None, "") for n in range(5)]
    return listed_batch(results, entries, ignored=("TG09",))


PROJECTS = 90
"""Enough that each kind of file of `province` is there several times."""


def summary_bytes(batch: Batch) -> bytes:
    with TemporaryDirectory() as folder:
        write_summary(batch, Path(folder, "汇总.xlsx"))
        return Path(folder, "汇总.xlsx").read_bytes()


def whole_summary() -> bytes:
    return summary_bytes(whole_province())


@pytest.fixture(scope="module")
def batch() -> Batch:
    return whole_province()


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("summary") / "汇总.xlsx"
    write_summary(whole_province(), path)
    return path


@pytest.fixture(scope="module")
def book(summary: Path) -> Workbook:
    return load_workbook(summary, data_only=True)


def written(batch: Batch, folder: Path, rows: int = 0) -> Workbook:
    path = folder / "汇总.xlsx"
    write_workbook(batch, path, rows or 1_048_576)
    return load_workbook(path)


def heading_row(sheet: Worksheet) -> int:
    """The row of the filter is that of the headings."""
    return int("".join(c for c in sheet.auto_filter.ref.split(":")[0] if c.isdigit()))


def records(sheet: Worksheet) -> list[dict[str, Any]]:
    """The rows of a table by heading."""
    head = heading_row(sheet)
    names = [str(cell.value).replace("\n", "") for cell in sheet[head]]
    return [dict(zip(names, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=head + 1)]


# -- formulas ---------------------------------------------------------------------------------------------------------


@by_office(whole_summary)
def test_every_formula_gives_its_stored_value(office: list[Converted]) -> None:
    cells = list(formula_cells(office[0]))
    assert len(cells) > 500
    assert [cell for cell in cells if not same_value(cell[2], cell[3])] == []


@pytest.mark.parametrize("results", [[], [result(patched(GOOD, "funds.used.total", 2), "a.xlsx")]])
def test_counts_look_like_counts_and_amounts_like_amounts(results: list[FileResult], tmp_path: Path) -> None:
    twins = [replace(one, file=f"{n}.xlsx", sha256=str(n)) for one in results for n in range(2)]
    sheet = written(batch_of(twins), tmp_path)["核对"]
    rows = [row for row in sheet.iter_rows(min_row=heading_row(sheet) + 1) if row[0].value]
    formats = {str(row[0].value): {row[2].number_format, row[3].number_format} for row in rows}
    counts = {item for item in formats if item[:2] in ("收到", "采用", "评出", "未评", "错误", "警告", "提示")}
    assert counts < set(formats)
    assert {item: look for item, look in formats.items() if look != {"#,##0" if item in counts else "#,##0.00"}} == {}


def test_a_figure_that_no_cell_holds_is_an_error_in_its_cell(tmp_path: Path) -> None:
    tiny = patched(patched(GOOD, "funds.planned.total", 1e-305), "funds.used.total", 1e14)
    book = written(batch_of([result(tiny)]), tmp_path)
    values = load_workbook(tmp_path / "汇总.xlsx", data_only=True)
    rates = [cell for row in values["项目汇总表"].iter_rows() for cell in row if cell.value == "#NUM!"]
    assert {cell.data_type for cell in rates} == {"e"}
    assert "inf" not in {cell.value for sheet in values for row in sheet.iter_rows() for cell in row}
    assert book["项目汇总表"][rates[-1].coordinate].data_type == "f"


def edges_of_rounding() -> Batch:
    rng = random.Random(3)
    results = []
    for number in range(60):
        whole = rng.choice([1, 2, 4, 8, 16, 0.1, 0.7, 3, 195.01])
        used = float(Decimal(str(whole)) * (Decimal(rng.randrange(20000)) / 10000 + Decimal("0.00005")))
        dossier = named(
            f"项目{number}", dossier=patched(patched(GOOD, "funds.planned.total", whole), "funds.used.total", used)
        )
        results.append(result(dossier, f"{number}.xlsx"))
    return batch_of(results)


@by_office(lambda: summary_bytes(edges_of_rounding()))
def test_rates_and_means_at_the_edge_of_rounding_are_the_stored_ones(office: list[Converted]) -> None:
    assert list(formula_cells(office[0])) != []
    assert differing(office[0]) == []


def with_a_wrong_value() -> bytes:
    spoilt = BytesIO()
    whole = BytesIO(summary_bytes(batch_of([result()])))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(spoilt, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</f><v>144</v>", b"</f><v>145</v>")
            target.writestr(name, content)
    return spoilt.getvalue()


@by_office(with_a_wrong_value)
def test_a_wrong_stored_value_would_be_noticed(office: list[Converted]) -> None:
    """The proof of the two tests above: LibreOffice does calculate anew."""
    assert {cell[2:] for cell in differing(office[0])} == {(145, 144)}


def test_only_functions_that_every_spreadsheet_knows(summary: Path) -> None:
    with zipfile.ZipFile(summary) as parts:
        sheets = [parts.read(part).decode() for part in parts.namelist() if part.startswith("xl/worksheets/sheet")]
    formulas = " ".join(formula for sheet in sheets for formula in re.findall(r"<f[^>]*>([^<]*)</f>", sheet))
    used = set(re.findall(r"([A-Z][A-Z0-9.]+)\(", formulas))
    assert {"SUM", "SUMIFS", "COUNTIFS"} <= used
    assert used <= {
        "SUM",
        "SUMIFS",
        "COUNT",
        "COUNTIFS",
        "AVERAGE",
        "IF",
        "IFERROR",
        "ISNUMBER",
        "N",
        "ROUND",
        "TEXT",
        "MAX",
        "MIN",
        "INDEX",
        "MATCH",
        "HYPERLINK",
    }


# -- sums -------------------------------------------------------------------------------------------------------------


def in_ten_thousands(dossier: Mapping[str, Any], *path: str) -> Decimal:
    value: Any = dossier["funds"]
    for key in path:
        value = value[key]
    return Decimal(str(value or 0)) / (10000 if dossier["scheme"] == SCHEME.id else 1)


AMOUNTS = {
    "计划投资额/全年预算数（万元）": {"hainan-2020": ("planned", "total"), "own-2023": ("total", "full_year")},
    "实际到位资金（万元）": {"hainan-2020": ("in_place", "total")},
    "实际使用情况/执行数（万元）": {"hainan-2020": ("used", "total"), "own-2023": ("total", "executed")},
}


@pytest.mark.parametrize("heading", AMOUNTS)
def test_the_sums_are_those_of_the_files(batch: Batch, book: Workbook, heading: str) -> None:
    paths = AMOUNTS[heading]
    known = (one for one in batch.received if one.is_used and not one.head.open_at("rates.execution"))
    used = [one.filed.result.dossier for one in known]
    assert 60 < len(used) < 200
    expected = sum(in_ten_thousands(d, *paths[d["scheme"]]) for d in used if d and d["scheme"] in paths)  # type: ignore[index]
    rows = records(book["项目汇总表"])
    assert sum(Decimal(str(row[heading] or 0)) for row in rows) == expected
    for sheet in ("项目汇总表", "部门汇总"):
        head = heading_row(book[sheet])
        column = [cell.value.replace("\n", "") for cell in book[sheet][head]].index(heading)
        assert book[sheet][3][column].value == pytest.approx(float(expected), rel=1e-12)
    assert sum(row[heading] for row in records(book["部门汇总"])) == pytest.approx(float(expected), rel=1e-12)


def test_rates_and_scores_are_those_of_the_assessment(batch: Batch, book: Workbook) -> None:
    rows = {row["文件"]: row for row in records(book["项目汇总表"])}
    used = [one for one in batch.received if one.disposition == "used"]
    assert rows.keys() == {one.head.file for one in used}
    for found in used:
        row, assessment = rows[found.head.file], found.filed.kept.details.assessment
        assert assessment
        rate = assessment.rates["execution"]
        counts = row["金额计入"] == "是"
        assert row["预算执行率"] == (float(rate) if counts and rate is not None else "—")
        total = assessment.total
        assert row["总分"] == (None if total is None else pytest.approx(float(total)))
        assert row["等次"] == ("未评" if assessment.final is False else assessment.grade)
        assert counts is (rate is not None)
        assert (row["错误"], row["警告"]) == tuple(
            sum(f.severity == severity for f in found.findings) for severity in ("error", "warning")
        )


def test_the_weighted_rate_counts_only_projects_that_have_one(book: Workbook) -> None:
    rows = [row for row in records(book["项目汇总表"]) if isinstance(row["资金到位率"], int | float)]
    assert 0 < len(rows) < PROJECTS
    part = sum(row["实际到位资金（万元）"] for row in rows)
    whole = sum(row["计划投资额/全年预算数（万元）"] for row in rows)
    shown = next(c.value for row in book["总览"].iter_rows() for c in row if "，到位率 " in str(c.value))
    assert shown.partition("，")[2] == f"到位率 {Decimal(part / whole * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def test_the_reconciliation_shows_no_difference(batch: Batch, book: Workbook) -> None:
    rows = records(book["核对"])
    assert {(row["差额"], row["结论"]) for row in rows} == {(0, "一致")}
    by_item = {row["核对内容"]: row for row in rows}
    assert by_item["收到的文件 = 采用 + 被替代 + 重复 + 拒收 + 略过"]["文件合计"] == len(batch.received) == 113
    assert by_item["名单上没有可用文件的项目"]["汇总合计"] == len(batch.missing)


def test_every_file_is_listed_with_what_became_of_it(batch: Batch, book: Workbook) -> None:
    rows = records(book["收文清单"])
    assert [row["文件"] for row in rows] == sorted(one.head.file for one in batch.received)
    assert all(row["原因"] for row in rows if row["处理"] != "采用")
    assert [row["SHA-256"] for row in rows] == [one.head.sha256 for one in batch.ordered]
    assert Counter(row["处理"] for row in rows) == {"采用": PROJECTS, "被替代": 10, "重复": 7, "拒收": 6}


def test_every_finding_is_listed(batch: Batch, book: Workbook) -> None:
    rows = records(book["问题清单"])
    expected = [(one.head.file, f.code, f.message) for one in batch.ordered for f in one.findings]
    assert [(row["文件"], row["代码"], row["问题"]) for row in rows] == expected


def test_departments_and_grades_add_up(batch: Batch, book: Workbook) -> None:
    projects, departments = records(book["项目汇总表"]), records(book["部门汇总"])
    for row in departments:
        own = [p for p in projects if p["部门序号"] == row["序号"]]
        assert row["项目数"] == len(own)
        assert [row[g] for g in "优良中差"] == [sum(p["等次"] == g for p in own) for g in "优良中差"]
        totals = [p["总分"] for p in own if p["总分"] is not None]
        assert row["平均得分"] == pytest.approx(sum(totals) / len(totals))
    budgets = [row["计划投资额/全年预算数（万元）"] for row in departments[:-1]]
    assert budgets == sorted(budgets, reverse=True)
    assert departments[-1]["主管部门"] == "（未填主管部门）"


def test_indicators_targets_and_funds_are_all_there(batch: Batch, book: Workbook) -> None:
    used = [one.filed.result for one in batch.received if one.disposition == "used"]
    old = [r for r in used if r.scheme == "hainan-2020"]
    matrix = records(book["指标得分表"])
    assert len(matrix) == len(old)
    scores = sum(one.score for r in old if r.assessment for one in r.assessment.indicators if one.score is not None)
    names = [f"{row['level3']}（{row['weight']}分）" for row in GOOD["indicators"]]
    assert sum(Decimal(str(row[name] or 0)) for row in matrix for name in names) == scores
    assert len(records(book["指标得分明细"])) == sum(len(r.dossier["indicators"]) for r in used if r not in old)  # type: ignore[index]
    assert len(records(book["绩效目标表"])) == 3 * len(old)
    assert len(records(book["资金汇总表(2020年版)"])) == len(old)
    assert len(records(book["资金汇总表(2023年版)"])) == len(used) - len(old)


def test_rows_outside_the_tree_are_not_lost(tmp_path: Path) -> None:
    extra = {"level1": "项目绩效", "level2": "项目效益", "level3": "自加指标", "weight": 5, "score": 4.5}
    dossier = patched(GOOD, "indicators", [*GOOD["indicators"], extra, GOOD["indicators"][0]])
    row = records(written(batch_of([result(dossier)]), tmp_path)["指标得分表"])[0]
    assert row["其他指标"] == 8.5


def test_the_roster_is_held_against_the_files(batch: Batch, book: Workbook) -> None:
    kinds = Counter(row["情况"] for row in records(book["名单核对"]))
    assert kinds["未报"] + kinds["拒收"] == len(batch.missing) > 0
    assert kinds["不在名单"] > 0
    assert sum(kinds.values()) - kinds["不在名单"] == batch.roster_size


# -- what people type -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    finding = replace(refused().findings[0], message=text, found=text, sheet=text)
    dossier = named(text, text)
    for path in ("basic.department", "targets.0.actual", "targets.0.name"):
        dossier = patched(dossier, path, text)
    found = replace(result(named("甲")), dossier=dossier, findings=(finding,), file=text)
    book = written(Batch((received(filed([found])[0], "used"),), (), None, (text,), MADE), tmp_path)
    shown = cell_text(text)
    cells = [
        c
        for s in book
        for row in s.iter_rows()
        for c in row
        if isinstance(c.value, str) and shown in plain_text(c.value)
    ]
    assert {c.data_type for c in cells} == {"s"}
    assert {c.parent.title for c in cells} >= {"项目汇总表", "绩效目标表", "问题清单", "收文清单", "总览"}


def plain_text(text: str) -> str:
    """What openpyxl leaves undone: _x005F_ stands for a bar before what would else be an escape."""
    return text.replace("_x005F_", "_")


@given(st.text())
def test_safe_text_is_what_a_cell_can_hold(text: str) -> None:
    safe = cell_text(text)
    etree.fromstring(f"<t>{safe.replace('&', '&amp;').replace('<', '&lt;')}</t>")
    assert cell_text(safe) == safe
    if text.isprintable() and not text.startswith("<r>"):
        assert safe == text


def test_a_text_that_is_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    longest, longer = "长" * 32_767, "😀" * 20_000
    assert cell_text(longest) == longest
    assert cell_text(longer).endswith("……（过长，以下略）")
    assert len(cell_text(longer).encode("utf-16-le")) <= 2 * 32_767
    finding = replace(refused().findings[0], message=longer)
    book = written(batch_of([replace(refused(), findings=(finding,))]), tmp_path)
    assert records(book["问题清单"])[0]["问题"] == cell_text(longer)


def test_zero_stays_zero_and_blank_stays_blank(tmp_path: Path) -> None:
    dossier = patched(patched(GOOD, "funds.used.total", 0), "funds.in_place.total", None)
    book = written(batch_of([result(dossier)]), tmp_path)
    row = records(book["资金汇总表"])[0]
    head = heading_row(book["资金汇总表"])
    values = [cell.value for cell in book["资金汇总表"][head + 1]][3:]
    assert values == [144, None, 144, None, None, None, None, 144, None, None, 0, None, 142, None, None]
    assert row["项目名称"] == GOOD["basic"]["project_name"]
    project = records(book["项目汇总表"])[0]
    assert (project["实际到位资金（万元）"], project["实际使用情况（万元）"]) == (None, 0)


NAMES = ("50%完成 #1 [终].xlsx", "a%20b.xlsx", "甲&乙<丙>.xlsx", "' quote's.xlsx", "{x}^`.xlsx", "普通.xlsx")


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_the_annotated_copy(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "审核 件" / name
    found = replace(result(patched(GOOD, "indicators.0.score", 9)), annotated=copy.as_posix())
    write_summary(batch_of([found]), tmp_path / "out" / "汇总.xlsx")
    with zipfile.ZipFile(tmp_path / "out" / "汇总.xlsx") as parts:
        links = [part for part in parts.namelist() if "/_rels/sheet" in part]
        targets = {r.get("Target") for part in links for r in etree.fromstring(parts.read(part)) if r.get("TargetMode")}
    assert {unquote(str(target)).replace("\\", "/") for target in targets} == {f"../审核 件/{name}"}
    sheet = load_workbook(tmp_path / "out" / "汇总.xlsx")["问题清单"]
    link = sheet[heading_row(sheet) + 1][7].hyperlink
    assert link.location == f"'{found.findings[0].sheet}'!{found.findings[0].cell}"


@pytest.mark.parametrize("raw", [b"\xcf\xee\xc4\xbf.xlsx", b"\xff#.xlsx"])
def test_a_name_that_is_no_utf_8_leads_to_its_file(raw: bytes, tmp_path: Path) -> None:
    name = raw.decode("utf-8", "surrogateescape")
    found = replace(
        result(patched(GOOD, "indicators.0.score", 9)), file=f"收件/{name}", annotated=str(tmp_path / "审核" / name)
    )
    write_summary(batch_of([found]), tmp_path / "汇总.xlsx")
    with zipfile.ZipFile(tmp_path / "汇总.xlsx") as parts:
        links = [part for part in parts.namelist() if "/_rels/sheet" in part]
        targets = {r.get("Target") for part in links for r in etree.fromstring(parts.read(part)) if r.get("TargetMode")}
    assert [unquote_to_bytes(str(target)).replace(b"\\", b"/") for target in targets] == ["审核/".encode() + raw]


def test_half_a_letter_in_a_name_does_not_stop_the_summary(tmp_path: Path) -> None:
    found = replace(
        result(patched(GOOD, "indicators.0.score", 9)), file="收件/\ud83d.xlsx", annotated="审核/\ud83d.xlsx"
    )
    assert "问题清单" in written(batch_of([found]), tmp_path).sheetnames


def test_a_file_that_many_cells_lead_to_is_named_once_a_sheet(batch: Batch, summary: Path) -> None:
    copies = len({one.head.annotated for one in batch.received if one.head.annotated and one.head.found})
    with zipfile.ZipFile(summary) as parts:
        named = [len(etree.fromstring(parts.read(part))) for part in parts.namelist() if "/_rels/sheet" in part]
    sheet = load_workbook(summary)["问题清单"]
    links = [cell.hyperlink for cell in sheet["H"][heading_row(sheet) :] if cell.hyperlink]
    assert copies in named
    assert len(links) > 2 * copies
    assert {link.id for link in links} == {f"rId{number}" for number in range(1, copies + 1)}


def test_links_within_the_workbook_meet_their_row(book: Workbook) -> None:
    sheet = book["收文清单"]
    places = [cell.hyperlink.location for cell in sheet["F"][heading_row(sheet) :] if cell.hyperlink]
    assert len(places) == PROJECTS
    for cell in sheet["F"][heading_row(sheet) :]:
        if cell.hyperlink:
            title, address = cell.hyperlink.location.replace("'", "").split("!")
            row = book[title][address].row
            assert book[title].cell(row, 5).value == cell.value


def test_further_cells_than_a_sheet_can_link_stay_as_they_are(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfxl.summary.cells.LINKS_A_SHEET", 7)
    book = written(batch, tmp_path)
    for title in ("问题清单", "收文清单", "项目汇总表"):
        sheet = book[title]
        cells = [cell for row in sheet.iter_rows(min_row=heading_row(sheet) + 1) for cell in row if cell.hyperlink]
        others = [cell for cell in sheet[cells[-1].column_letter][cells[-1].row :] if cell.value]
        assert len(cells) == 7
        assert others
        assert {cell.font.underline for cell in cells} == {"single"}
        assert {cell.font.underline for cell in others} == {None}


@by_office(whole_summary)
def test_a_summary_is_never_taken_for_a_form(office: list[Converted]) -> None:
    for path in (office[0].source, office[0].saved):
        (one,) = process_file(Job(path, "旧汇总.xlsx", Conditions(MADE)))
        assert (one.status, one.dossier, one.findings) == (Status.REJECTED, None, ())
        assert one.passed == "perfxl 写出的汇总表"


# -- the same bytes ---------------------------------------------------------------------------------------------------


def test_the_same_batch_gives_the_same_bytes(batch: Batch, summary: Path) -> None:
    shuffled = list(batch.received)
    random.Random(1).shuffle(shuffled)
    again = summary.with_name("再次.xlsx")
    write_summary(replace(batch, received=tuple(shuffled)), again)
    assert again.read_bytes() == summary.read_bytes()


def test_the_only_date_is_the_given_one(summary: Path) -> None:
    with zipfile.ZipFile(summary) as parts:
        assert {entry.date_time[:3] for entry in parts.infolist()} == {(1980, 1, 1)}
        core = parts.read("docProps/core.xml").decode()
    assert core.count("2024-06-28T00:00:00Z") == 2


# -- long tables, empty batches, other schemes ------------------------------------------------------------------------


def on_short_sheets() -> bytes:
    with TemporaryDirectory() as folder:
        write_workbook(batch_of(province(10)), Path(folder, "汇总.xlsx"), 20)
        return Path(folder, "汇总.xlsx").read_bytes()


@by_office(on_short_sheets)
def test_a_long_table_goes_on_on_the_next_sheet(office: list[Converted]) -> None:
    batch = batch_of(province(10))
    book = load_workbook(office[0].source, data_only=True)
    findings = [name for name in book.sheetnames if name.startswith("问题清单")]
    assert findings[:3] == ["问题清单", "问题清单(2)", "问题清单(3)"]
    listed = [row for name in findings for row in records(book[name])]
    assert len(listed) == sum(len(one.findings) for one in batch.received)
    assert all(book[name].max_row <= 20 for name in findings)
    notes = [str(c.value) for row in book["总览"].iter_rows() for c in row if "续在" in str(c.value)]
    assert any(f"问题清单有 {len(listed)} 行" in note for note in notes)
    assert {row["结论"] for name in book.sheetnames if name.startswith("核对") for row in records(book[name])} == {
        "一致"
    }
    assert differing(office[0]) == []


@pytest.mark.parametrize("results", [[], [refused()]])
@by_office(lambda results: summary_bytes(batch_of(results, missing=(), roster_size=0)))
def test_a_batch_without_a_project_is_a_summary_too(results: list[Any], office: list[Converted]) -> None:
    book = load_workbook(office[0].source, data_only=True)
    assert {row["结论"] for row in records(book["核对"])} == {"一致"}
    assert differing(office[0]) == []


def test_forms_of_one_edition_keep_their_own_sheets(tmp_path: Path) -> None:
    from own_scheme import TOML

    twin = parse_scheme(TOML.replace('id = "own-2023"', 'id = "own-twin"'), "own-twin")
    second = replace(result(patched(GOOD_2023, "basic.project_name", "乙"), "乙.xlsx"), scheme="own-twin")
    batch = batch_of([result(GOOD_2023, "甲.xlsx"), second], schemes=(SCHEME, twin))
    names = [name for name in written(batch, tmp_path).sheetnames if name.startswith("资金")]
    assert names == ["资金汇总表(2023年版-1)", "资金汇总表(2023年版-2)"]


def test_money_of_a_form_in_yuan_is_shown_in_ten_thousands(tmp_path: Path) -> None:
    book = written(batch_of([result(GOOD_2023)]), tmp_path)
    row = records(book["项目汇总表"])[0]
    assert (row["全年预算数（万元）"], row["执行数（万元）"]) == (12, 11.8)
    assert "指标得分表" not in book.sheetnames


# -- the first page -----------------------------------------------------------------------------------------------------

LONG_NAME = "2024年环岛旅游公路及驿站建设补助专项（含国家级热带雨林公园沿线生态修复与服务设施提升配套工程）"
LONG_UNIT = "海南省交通运输厅环岛旅游公路建设管理中心（省公路管理局）"


@cache
def summary_of_giants(departments: int) -> bytes:
    return summary_bytes(giants(departments))


def giants(departments: int) -> Batch:
    """So many departments with a project each, the first with a budget a thousand times that of the others together."""
    results = []
    for number in range(departments):
        amount = 9_000_000 if number == 0 else 900 - number
        dossier = patched(GOOD, "basic.department", f"海南省第{number + 1:02}厅")
        for column in ("planned", "in_place", "used"):
            spent = amount * (0.4 if number == 3 else 0.97) if column == "used" else amount
            dossier = patched(dossier, f"funds.{column}.total", spent)
            dossier = patched(dossier, f"funds.{column}.provincial", spent)
        name, unit = (LONG_NAME, LONG_UNIT) if number == 3 else (f"项目{number}", "某单位")
        dossier = patched(patched(dossier, "basic.project_name", name), "basic.unit", unit)
        results.append(result(dossier, f"收件/{number:02}.xlsx"))
    return batch_of(results)


@by_office(lambda: summary_of_giants(40))
def test_titles_names_and_the_rest_follow_their_figures(office: list[Converted]) -> None:
    assert differing(office[0]) == []


def charts_of(summary: bytes) -> list[etree._Element]:
    with zipfile.ZipFile(BytesIO(summary)) as parts:
        return [etree.fromstring(parts.read(f"xl/charts/chart{number}.xml")) for number in (1, 2, 3)]


def shown(chart: etree._Element, place: str) -> list[str]:
    """The texts stored with a part of a chart."""
    return [str(value.text) for value in chart.iterfind(f".//{{*}}{place}//{{*}}pt/{{*}}v")]


@pytest.mark.parametrize(("departments", "bars"), [(5, 5), (11, 11), (40, 11)])
def test_the_largest_departments_and_the_rest_have_named_bars(departments: int, bars: int) -> None:
    chart = charts_of(summary_of_giants(departments))[2]
    names = shown(chart, "cat")
    assert len(names) == len(shown(chart, "val")) == bars
    assert names[0] == "海南省第01厅　9,000,000　97.00%"
    assert [name.startswith("其余 30 个部门　26,") for name in names[10:]] == [True] * (departments == 40) + [False] * (
        departments == 11
    )
    assert chart.find(".//{*}catAx/{*}tickLblSkip").get("val") == "1"  # type: ignore[union-attr]


def test_a_giant_flattens_no_bar() -> None:
    chart = charts_of(summary_of_giants(12))[2]
    assert chart.find(".//{*}valAx/{*}scaling/{*}max").get("val") == "1"  # type: ignore[union-attr]
    assert [float(value) for value in shown(chart, "val")[:4]] == pytest.approx([0.97, 0.97, 0.97, 0.4])


def test_titles_say_the_finding() -> None:
    assert [shown(chart, "title") for chart in charts_of(summary_of_giants(12))] == [
        ["等次：“优”最多，12 个，占 100%"],
        ["执行率低于 90% 的有 1 个，占 8%"],
        ["预算（万元）最大的 10 个部门，执行率最低的：海南省第04厅"],
    ]


def test_charts_are_told_in_words() -> None:
    with zipfile.ZipFile(BytesIO(summary_of_giants(3))) as parts:
        drawing = etree.fromstring(parts.read("xl/drawings/drawing1.xml"))
    told = [element.get("descr", "") for element in drawing.iterfind(".//{*}graphicFrame//{*}cNvPr")]
    assert [text.partition("。")[0] for text in told] == [
        "等次分布的柱形图",
        "预算执行率分布的柱形图",
        "主管部门预算执行率的条形图，预算大的在上",
    ]
    assert "优 3；良 0" in told[0]
    assert "海南省第01厅　9,000,000　97.00%" in told[2]


def test_no_text_of_the_urgent_projects_is_cut() -> None:
    sheet = load_workbook(BytesIO(summary_of_giants(12)), data_only=True)["总览"]
    row = next(cell.row for cell in sheet["K"] if cell.value == LONG_NAME)
    assert sheet.cell(row, 17).value == LONG_UNIT
    assert all(sheet.cell(row, column).alignment.wrap_text for column in (11, 17))
    assert sheet.row_dimensions[row].height >= 3 * 12
    assert not sheet.cell(row, 11).hyperlink, "LibreOffice shows it in one line"


# -- paper ------------------------------------------------------------------------------------------------------------


def test_every_sheet_prints_on_a4(book: Workbook) -> None:
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == ("9", "landscape") or (
            sheet.page_setup.paperSize,
            sheet.page_setup.orientation,
        ) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert "&P" in sheet.oddFooter.center.text
        if sheet.title != "总览":
            assert sheet.page_setup.fitToHeight == 0
            assert sheet.freeze_panes
            assert sheet.auto_filter.ref
            assert sheet.print_title_rows
    assert book["总览"].page_setup.fitToHeight in (None, 1)
    assert len(book["总览"]._charts) == 3


@by_office(lambda: summary_bytes(batch_of([result()])), "pdf")
def test_the_overview_is_one_page_and_every_sheet_as_wide_as_the_paper(office: list[Converted]) -> None:
    pages = office[0].saved.read_bytes().count(b"/Type/Page/")
    assert pages == len(load_workbook(office[0].source).sheetnames)


def test_lines_of_wrapped_text() -> None:
    assert [
        wrapped_lines(text, 10) for text in ("", "短", "一二三四五", "一二三四五六", "a\nb\nc\nd\ne\nf", "长" * 900)
    ] == [1, 1, 1, 2, 6, 8]


# -- other programs ---------------------------------------------------------------------------------------------------


def test_the_tables_as_csv(batch: Batch, tmp_path: Path) -> None:
    files = write_tables(batch, tmp_path / "表")
    names = [path.name for path in files if path.suffix == ".csv"]
    assert set(names) == {f"{table.title}.csv" for table in tables_of(batch)[0]} | {"指标逐项表.csv", "资金逐项表.csv"}
    content = (tmp_path / "表" / "项目汇总表.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert len(rows) == PROJECTS
    assert "部门序号" not in rows[0]
    assert {row["资金到位率"] for row in rows if row["表样"] == "2023年版"} == {""}
    assert has_parquet() == any(path.suffix == ".parquet" for path in files)


@pytest.mark.parametrize("text", [t for t in HOSTILE if t[0] in "=+-@"])
def test_csv_text_stays_text(text: str, tmp_path: Path) -> None:
    write_tables(batch_of([result(named("甲", text))]), tmp_path)
    row = next(csv.DictReader((tmp_path / "项目汇总表.csv").read_text("utf-8-sig").splitlines()))
    assert row["实施单位"] == f"'{text}"


def test_a_summary_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="无法写入"):
        write_summary(batch_of([]), tmp_path / "file" / "汇总.xlsx")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a limit on the size of files")
@pytest.mark.parametrize("room", [3_000, 9_000])
def test_a_full_disk_leaves_the_old_summary(tmp_path: Path, room: int) -> None:
    """A limit on the size of files stands for a disk that fills: while rows are written, and while they are packed."""
    (tmp_path / "汇总.xlsx").write_text("old")
    limited = f"""
import resource, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from batches import batch_of, result
from perfxl.errors import OutputError
from perfxl.summary.workbook import write_summary
batch = batch_of([result()])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
try:
    write_summary(batch, Path({str(tmp_path / "汇总.xlsx")!r}))
except OutputError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True, check=True)
    assert "无法写入" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["汇总.xlsx"]
    assert (tmp_path / "汇总.xlsx").read_text() == "old"


@given(st.permutations(range(6)))
def test_tables_do_not_depend_on_the_order(order: list[int]) -> None:
    results = province(6)[:6]
    one = tables_of(batch_of(results))[0]
    other = tables_of(batch_of([results[n] for n in order]))[0]
    assert [t.frame.to_dict("records") for t in one] == [t.frame.to_dict("records") for t in other]
