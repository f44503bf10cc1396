"""Over which projects the summary speaks, what does not count, and whether files and sheets agree.

* projects that are not final: no grade, in no mean, counted by themselves, with the reason
* amounts of a project whose budget or execution is not final are in no total and no rate; the list has every one of them
* doubtful amounts first, shown apart; ten thousand times the roster's budget is doubtful too
* 核对: both sides are counted by themselves; what differs is stored, said and turns the exit code
* the sentence of 总览 is made of what was found; projects without names are told apart; other years are said
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from batches import batch_of, listed_batch, refused, result
from forms import GOOD, patched
from opened import load_workbook
from own_scheme import GOOD_2023
from perfxl.command.cli import cli
from perfxl.model import FileResult, Status
from perfxl.office.approved import ApprovedProject
from perfxl.results.filed import filed
from perfxl.summary import workbook
from perfxl.summary.batch import Batch
from perfxl.summary.completeness import gaps_of, population_lines
from perfxl.summary.leftout import left_out
from perfxl.summary.listings import project_table
from perfxl.summary.priorities import urgent_projects
from perfxl.summary.projects import BUDGET, USED
from perfxl.summary.reconciliation import DIFFERS, differences, reconciliation_table
from perfxl.summary.resubmissions import Disposition, received
from perfxl.summary.tables import Framed, SummaryTable
from perfxl.summary.years import hold_against_most
from self_assessments import GOOD_SELF
from test_summary import records
from workbooks import form_bytes

D = Decimal
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")


def project(name: str, *changes: tuple[str, Any], of: dict[str, Any] = GOOD, year: int | None = None) -> FileResult:
    """A file that holds the good dossier under another name, with some data changed."""
    dossier = patched(of, "basic.project_name", name or None)
    for path, value in changes:
        dossier = patched(dossier, path, value)
    dossier = dossier if year is None else patched(dossier, "basic.year", year)
    return result(dossier, f"收件/{name or len(changes)}.xlsx")


SCORES = [
    project("渔业资源养护", ("indicators.19.score", 80)),
    project("招生考试信息化", ("indicators.17.score", None)),
    project("语言文字推广", ("indicators.15.score", None), ("indicators.16.score", None)),
]
DOUBTFUL = ("funds.used", {"total": 1420000, "central": None, "provincial": None, "local": None, "other": None})


def tables_by_key(batch: Batch) -> dict[str, SummaryTable]:
    return {table.key: table for table in workbook.tables_of(batch)[0]}


def overview(book: Workbook) -> list[str]:
    return [str(cell.value) for row in book["总览"].iter_rows() for cell in row if cell.value is not None]


def summary_of(batch: Batch, folder: Path) -> Workbook:
    workbook.write_summary(batch, folder / "汇总.xlsx")
    return load_workbook(folder / "汇总.xlsx", data_only=True)


def test_projects_that_are_not_final_have_no_grade_no_mean_and_a_reason(tmp_path: Path) -> None:
    book = summary_of(batch_of(SCORES), tmp_path)
    rows = {row["项目名称"]: row for row in records(book["项目汇总表"])}
    assert {(row["总分"], row["等次"]) for row in rows.values()} == {(None, "未评")}
    assert rows["渔业资源养护"]["未评、未计入的原因"] == "未评：1 项得分超出范围（G22）"
    assert rows["语言文字推广"]["未评、未计入的原因"] == "未评：2 项得分空白（G18、G19）"
    (department,) = records(book["部门汇总"])
    assert (department["平均得分"], department["未评项目"], department["项目数"]) == ("—", 3, 3)
    assert [department[grade] for grade in "优良中差"] == [0, 0, 0, 0]
    shown = overview(book)
    assert "0 个项目，未评 3 个" in shown
    assert shown[shown.index("平均得分") + 1 :].count("113.33") == 0
    assert [row["暂计（不是得分）"] for row in records(book["未计入清单"])] == [89, 169, 82]
    assert all(row["总分（100分）"] == "—" for row in records(book["指标得分表"]))


def test_means_and_grades_are_over_the_projects_that_have_them(tmp_path: Path) -> None:
    book = summary_of(batch_of([*SCORES, project("甲项目")]), tmp_path)
    (department,) = records(book["部门汇总"])
    assert (department["平均得分"], department["优"], department["未评项目"]) == (97, 1, 3)
    assert "1 个项目，未评 3 个　最高 97.00　最低 97.00" in overview(book)


def test_a_doubtful_amount_takes_its_project_out_of_both_sides() -> None:
    batch = batch_of([project("甲项目"), project("乙项目", DOUBTFUL)])
    tables = tables_by_key(batch)
    assert (tables["projects"].total(BUDGET), tables["projects"].total(USED)) == (144, 142)
    assert [(one.project.name, one.kind, one.label, one.figure) for one in left_out(batch.portfolio)] == [
        ("乙项目", "连带", "计划投资额", 144),
        ("乙项目", "连带", "实际到位资金", 144),
        ("乙项目", "存疑", "实际使用情况", 1420000),
    ]
    assert list(population_lines(batch)) == [
        "资金合计、比率和图表按 1 个项目计算；1 个项目的 3 项金额没有计入，见“未计入清单”",
        "存疑的金额（万元）：实际使用情况含存疑 1,420,142.00、不含 142.00",
    ]
    assert gaps_of(batch).said() == "1 项金额存疑"
    assert differences(tables["reconciliation"]) == 0


def test_doubtful_amounts_come_first_then_what_is_not_final() -> None:
    worse = project("丙项目", ("basic.project_type", None), ("basic.leader", None), ("stated.total", 50))
    batch = batch_of([worse, *SCORES[:1], project("丁项目", DOUBTFUL)])
    assert [one.name for one in urgent_projects(batch)] == ["丁项目", "渔业资源养护", "丙项目"]


def test_cards_say_over_how_many_projects_they_are(tmp_path: Path) -> None:
    batch = batch_of([project("甲项目"), project("乙项目", DOUBTFUL), project("学生补助", of=GOOD_2023)])
    shown = overview(summary_of(batch, tmp_path))
    assert "2 个项目，未计入 1 个" in shown
    assert "1 个项目（1 个表无此项），到位率 100.00%" in shown
    assert "2 个项目，低于 90% 的 0 个" in shown


def test_points_typed_and_computed_stand_side_by_side(tmp_path: Path) -> None:
    batch = batch_of([project("读者服务", ("stated.total", 99), of=GOOD_SELF)])
    (row,) = records(summary_of(batch, tmp_path)["项目汇总表"])
    assert (row["总分"], row["填报总分"]) == (98.2, 99)


# -- the roster -------------------------------------------------------------------------------------------------------


def against(budget: str, *results: FileResult) -> Batch:
    return listed_batch(results, [ApprovedProject("", "甲项目", "", "", D(budget), "")])


def test_ten_thousand_times_the_budget_of_the_roster_is_doubtful() -> None:
    batch = against("0.0145", project("甲项目"))
    (one,) = batch.portfolio.projects
    assert (one.head.status, one.head.execution, one.counts) == (Status.RETURNED, None, False)
    assert (one.head.final, one.head.grade) == (True, "优")
    (found,) = [found for found in one.received.findings if found.code == "XF04"]
    assert (found.code, found.severity, found.opens) == ("XF04", "error", True)
    assert found.message.endswith("正好相差约 10,000 倍，可能以元填写：0.01 万元")
    assert differences(tables_by_key(batch)["reconciliation"]) == 0


def test_another_budget_than_the_rosters_is_a_warning_and_counts() -> None:
    (one,) = against("1.44", project("甲项目")).portfolio.projects
    found = [(found.severity, found.cell) for found in one.received.findings if found.code == "XF04"]
    assert found == [("warning", "B8")]
    assert one.counts


def test_points_for_spending_fall_with_the_budget() -> None:
    (one,) = against("0.0012", project("甲项目", of=GOOD_2023)).portfolio.projects
    assert (one.head.final, one.head.total, one.head.execution_score) == (False, None, None)
    assert one.head.provisional is not None


# -- 核对 -------------------------------------------------------------------------------------------------------------


def spoilt_table(batch: Batch) -> SummaryTable:
    """The projects with another budget in the first row."""
    table = project_table(batch)
    frame = table.frame.copy()
    frame.loc[0, BUDGET] = D(100)
    return replace(table, rows=Framed(frame))


def test_the_stored_difference_is_the_real_one() -> None:
    batch = batch_of([project("甲项目"), project("乙项目")])
    tables, regions = workbook.tables_of(batch)
    known = {table.key: table for table in tables}
    frame = reconciliation_table(batch, {**known, "projects": spoilt_table(batch)}, regions).frame
    wrong = frame[frame["verdict"] == DIFFERS]
    assert [(row["item"], row["difference"]) for _, row in wrong.iterrows()] == [
        ("计划投资额：项目汇总表 + 未计入清单", -44),
        ("计划投资额：项目汇总表", -44),
    ]


def test_a_lost_row_is_seen() -> None:
    batch = batch_of([project("甲项目"), project("乙项目")])
    tables, regions = workbook.tables_of(batch)
    known = {table.key: table for table in tables}
    short = replace(known["projects"], rows=Framed(known["projects"].frame.head(1)))
    frame = reconciliation_table(batch, {**known, "projects": short}, regions).frame
    assert DIFFERS in list(frame.loc[frame["item"].str.contains("行数"), "verdict"])


def test_a_difference_turns_sheet_overview_words_and_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = tmp_path / "收件"
    inbox.mkdir()
    (inbox / "甲.xlsx").write_bytes(form_bytes(GOOD))
    command = ["consolidate", str(inbox), "-o", str(tmp_path / "汇总.xlsx"), "--jobs", "1", "--fail-on", "never"]
    assert CliRunner().invoke(cli, command, standalone_mode=False).return_value == 0
    monkeypatch.setattr(workbook, "project_table", spoilt_table)
    for _ in range(2):  # a summary that differs is not taken for the one that is there already
        outcome = CliRunner().invoke(cli, [*command, "--date", "2030-01-01"], standalone_mode=False)
        assert outcome.return_value == 3
        assert "项不一致，汇总不能使用" in outcome.stderr
    book = load_workbook(tmp_path / "汇总.xlsx", data_only=True)
    assert any("项不一致" in text for text in overview(book))
    assert book["核对"].sheet_properties.tabColor.rgb == "FF9C0006"
    assert DIFFERS in [row["结论"] for row in records(book["核对"])]


# -- what was found ---------------------------------------------------------------------------------------------------


def test_the_sentence_is_made_of_what_was_found(tmp_path: Path) -> None:
    assert gaps_of(batch_of([project("甲项目")])).said() == ""
    results = [*SCORES, project("乙项目", ("funds.used.total", None)), project("丁项目", DOUBTFUL), refused()]
    batch = batch_of(results)
    passed = filed([FileResult("收件/附件.zip"), FileResult("收件/照片.jpg")])
    skipped = tuple(received(one, Disposition.SKIPPED, "略过") for one in passed)
    batch = replace(batch, received=(*batch.received, *skipped))
    said = "1 项金额未能读取或不能采用、1 项金额存疑、3 个项目未评、1 个文件拒收、1 个略过的文件可能含有报送件"
    assert gaps_of(batch).said() == said
    shown = overview(summary_of(batch, tmp_path))
    assert any(said in text for text in shown)
    assert not any("没有遗漏" in text for text in shown)


def test_projects_without_names_are_told_apart_by_their_files(tmp_path: Path) -> None:
    nameless = [project("", ("basic.leader", None)), project("", ("basic.leader", None), ("basic.phone", None))]
    book = summary_of(batch_of(nameless), tmp_path)
    names = {"（未填项目名称：1.xlsx）", "（未填项目名称：2.xlsx）"}
    for sheet, column in (("项目汇总表", "项目名称"), ("问题清单", "项目名称"), ("收文清单", "项目名称")):
        assert {row[column] for row in records(book[sheet])} == names
    assert {row["项目名称"] for row in records(book["指标得分表"])} == names
    assert names <= set(overview(book))


def test_xf13_another_year_than_most() -> None:
    results = [project(name, year=2012) for name in ("甲", "乙", "丙")]
    odd = project("丁", year=2011)
    checked = hold_against_most(batch_of([*results, odd]).received)
    assert [one.head.project for one in checked if one.added] == ["丁"]
    (found,) = next(one for one in checked if one.added).added
    assert (found.code, found.message) == ("XF13", "评价年度为2011年，同批有 3 个项目为2012年")
    even = [*results, odd, *(project(name, year=2011) for name in ("戊", "己"))]
    assert not any(one.added for one in hold_against_most(batch_of(even).received))
    few = [*results[:2], odd]
    assert not any(one.added for one in hold_against_most(batch_of(few).received))
