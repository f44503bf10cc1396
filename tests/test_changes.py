"""变化: what changed since the last run of the same summary, from what that run has left beside it."""

import copy
import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from batches import MADE, batch_of, refused
from forms import GOOD, patched
from opened import load_workbook
from perfxl.batch.onefile import process_file
from perfxl.model import FileResult
from perfxl.results.jobs import Conditions, Job
from perfxl.summary.batch import Batch
from perfxl.summary.changes import Changes, RunComparison
from perfxl.summary.lastrun import LastRun
from running import exit_code_here
from workbooks import form_bytes

OTHER = patched(GOOD, "basic.project_name", "另一个项目")
Said = tuple[str, str, str, str, str]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The result of a form that says this, made once for each dossier and name."""
    folder, known = tmp_path_factory.mktemp("forms"), {}

    def result(dossier: Mapping[str, Any], name: str = "甲.xlsx") -> FileResult:
        key = f"{dossier}{name}"
        if key not in known:
            path = folder / f"{len(known)}.xlsx"
            path.write_bytes(form_bytes(dict(dossier)))
            (known[key],) = process_file(Job(path, f"收件/{name}", Conditions(MADE)))
        return known[key]

    return result


def compared(target: Path, *results: FileResult, made: date = MADE) -> tuple[Changes | None, bool]:
    """A run over these files: what has changed, and whether it was a repetition."""
    batch = batch_of(results, made=made)
    comparison = RunComparison(batch, LastRun(target))
    changes = comparison.changes()
    comparison.keep()
    return changes, comparison.is_repetition


def said(changes: Changes | None) -> list[Said]:
    assert changes
    return [(one.kind, one.what, one.before, one.now, one.cell) for one in changes.rows]


def test_there_is_nothing_to_say_of_a_first_run_and_of_its_repetition(tmp_path: Path, read: Any) -> None:
    assert compared(tmp_path / "汇总.xlsx", read(GOOD)) == (None, False)
    assert compared(tmp_path / "汇总.xlsx", read(GOOD)) == (None, True)


def test_a_replaced_version_is_shown_field_by_field(tmp_path: Path, read: Any) -> None:
    target, first = tmp_path / "汇总.xlsx", read(GOOD)
    better = patched(patched(GOOD, "targets.0.actual", "12期"), "funds.used.provincial", 140)
    second = read(patched(better, "funds.used.total", 140), "乙.xlsx")
    compared(target, first, made=date(2024, 6, 1))
    changes, _ = compared(target, second)
    assert changes
    assert changes.since == date(2024, 6, 1)
    assert [one for one in said(changes) if one[0] in ("金额", "填报内容")] == [
        ("金额", "实际使用情况（万元）", "142", "140", ""),
        ("填报内容", "实际使用情况", "142", "140", "F8"),
        ("填报内容", "实际使用情况（省财政）", "142", "140", "F10"),
        ("填报内容", "“景气报告编写数量”的实际完成值", "11期", "12期", "H5"),
    ]
    assert said(changes)[0] == (
        "换件", "报送件", "收件/甲.xlsx（2020-01-01 修改，通过）", "收件/乙.xlsx（2020-01-01 修改，待核）", "",
    )  # fmt: skip
    assert changes.said().startswith("与 2024-06-01 的汇总相比：换件 1 份，")


def test_running_again_over_the_same_files_says_the_same(tmp_path: Path, read: Any) -> None:
    target = tmp_path / "汇总.xlsx"
    compared(target, read(GOOD))
    once = compared(target, read(GOOD), read(OTHER, "乙.xlsx"))
    assert once[0]
    assert not once[1]
    assert compared(target, read(OTHER, "乙.xlsx"), read(GOOD)) == (once[0], True)
    assert compared(target, read(OTHER, "乙.xlsx"), read(GOOD)) == (once[0], True)


def test_what_is_new_what_is_gone_and_what_was_refused(tmp_path: Path, read: Any) -> None:
    target, third = tmp_path / "汇总.xlsx", read(patched(GOOD, "basic.project_name", "第三个项目"), "丙.xlsx")
    compared(target, read(GOOD), refused("收件/乙.xlsx"))
    changes, _ = compared(target, read(OTHER, "乙.xlsx"), third)
    assert changes
    kinds = [(one.kind, one.name, one.what, one.before[:8], one.now[:8]) for one in changes.rows]
    assert kinds[0] == ("未再收到", GOOD["basic"]["project_name"], "报送件", "收件/甲.xlsx"[:8], "—")
    assert ("新报", "第三个项目", "报送件", "—", "收件/丙.xlsx"[:8]) in kinds
    assert ("审核", "另一个项目", "审核状态", "拒收", "通过") in kinds
    assert ("得分", "另一个项目", "等次", "—", "优") in kinds


def test_another_name_or_folder_is_the_same_submission(tmp_path: Path, read: Any) -> None:
    target, renamed = tmp_path / "汇总.xlsx", patched(GOOD, "basic.project_name", "改了名的项目")
    compared(target, read(GOOD))
    changes, _ = compared(target, replace(read(GOOD), file="别处/甲.xlsx"))
    assert changes is None  # a repetition: the folder alone is no change
    changes, _ = compared(target, read(renamed))
    assert [one for one in said(changes) if one[0] == "填报内容"] == [
        ("填报内容", "项目名称", GOOD["basic"]["project_name"], "改了名的项目", "B2")
    ]
    assert {one[0] for one in said(changes)} == {"换件", "填报内容"}


def test_a_row_in_between_changes_no_other_row(tmp_path: Path, read: Any) -> None:
    target, longer = tmp_path / "汇总.xlsx", copy.deepcopy(dict(GOOD))
    longer["targets"].insert(1, {**longer["targets"][1], "name": "加的一行", "actual": "0.4%"})
    compared(target, read(GOOD))
    changes, _ = compared(target, read(longer))
    answers = [one for one in said(changes) if one[0] == "填报内容"]
    assert answers
    assert all("“加的一行”" in what and before == "—" for _, what, before, _, _ in answers)


def test_findings_that_came_went_and_stayed(tmp_path: Path, read: Any) -> None:
    target = tmp_path / "汇总.xlsx"
    bad = patched(patched(GOOD, "indicators.0.score", 9), "funds.used.total", 141)
    compared(target, read(bad))
    other = patched(patched(bad, "indicators.0.score", 4), "indicators.1.score", 8)
    changes, _ = compared(target, read(patched(other, "basic.year", 2013)))
    named = [(what, before != "—", now != "—") for kind, what, before, now, _ in said(changes) if kind == "问题"]
    assert ("新出现：错误 IN01", False, True) in named
    assert ("已消除：错误 IN01", True, False) in named
    assert ("没有变的问题", True, True) in named
    assert not any(what.endswith("FD01") for what, _, _ in named)  # it stayed, although the year is another one


def test_a_verdict_is_a_change(tmp_path: Path, read: Any) -> None:
    target, bad = tmp_path / "汇总.xlsx", read(patched(GOOD, "funds.used.total", 141))
    compared(target, bad)
    decided = [
        replace(one, verdict="认可", note="已核", reviewer="李", settled=True) if one.code == "FD01" else one
        for one in bad.findings
    ]
    changes, _ = compared(target, replace(bad, findings=tuple(decided)))
    assert said(changes) == [("复核", "错误 FD01", "—", "认可：已核（李）", "F8")]


@pytest.mark.parametrize("broken", [b"", b"SQLite format 3\x00", b"x" * 5000, None])
def test_a_record_that_cannot_be_read_is_none(tmp_path: Path, read: Any, broken: bytes | None) -> None:
    target = tmp_path / "汇总.xlsx"
    compared(target, read(GOOD))
    record = tmp_path / ".perfxl-cache" / "汇总.xlsx.now.sqlite"
    if broken is None:
        data = record.read_bytes()
        record.write_bytes(data[: len(data) // 2])
    else:
        record.write_bytes(broken)
    assert compared(target, read(OTHER)) == (None, False)
    assert compared(target, read(OTHER)) == (None, True)


def test_a_folder_that_takes_nothing_stops_nothing(tmp_path: Path, read: Any) -> None:
    (tmp_path / ".perfxl-cache").write_text("no folder", encoding="utf-8")
    assert compared(tmp_path / "汇总.xlsx", read(GOOD)) == (None, False)


def _book(path: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions for data bars, which openpyxl does not keep
        return load_workbook(path)


def test_the_sheet_and_the_line_on_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, target = tmp_path / "收件", tmp_path / "出" / "汇总.xlsx"
    folder.mkdir()
    words = ("consolidate", folder, "-o", target, "--annotated", tmp_path / "审核", "--jobs", 1)
    (folder / "甲.xlsx").write_bytes(form_bytes(GOOD))
    exit_code_here(*words, "--date", "2024-06-01")
    assert "变化" not in _book(target).sheetnames
    (folder / "甲.xlsx").write_bytes(form_bytes(patched(GOOD, "targets.0.actual", "12期")))
    exit_code_here(*words, "--date", "2024-06-28")
    assert "与 2024-06-01 的汇总相比：换件 1 份，填报内容 1 份，见汇总表的“变化”。" in capsys.readouterr().err
    (link,) = (cell.hyperlink for row in _book(target)["变化"].iter_rows() for cell in row if cell.value == "H5")
    assert link
    assert (link.target, link.location) == ("..\\审核\\甲.xlsx", "'项目绩效目标表'!H5")
    before = target.read_bytes()
    exit_code_here(*words, "--date", "2024-06-28")
    assert "与 2024-06-01 的汇总相比：换件 1 份" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_money_is_shown_in_the_offices_unit(tmp_path: Path, read: Any) -> None:
    batch: Batch = batch_of([read(GOOD)])
    comparison = RunComparison(batch, LastRun(tmp_path / "汇总.xlsx"))
    comparison.keep()
    kept = LastRun(tmp_path / "汇总.xlsx").before("")[0]
    assert kept
    assert kept.forms[0].amounts["计划投资额"] == Decimal(144)
