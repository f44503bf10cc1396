"""Annotated copies from run to run.

1. A file keeps the name that its copy had; no other file takes it, whatever comes, goes or is renamed beside it.
2. A copy says from which file it was made, and whether anybody has saved it since; saving it elsewhere loses none of that.
3. A copy whose answers somebody changed in the output folder is kept, listed, not counted, and said: exit code 3.
4. A reviewer's words change no answers. Copies of files that are gone move aside where the inputs are the same paths.
5. A copy that cannot be written leaves the verdict as it is; a second run on the same folder is refused.
6. An interrupted run says what it has written, and claims to go on only where something is kept.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest

from forms import GOOD, patched
from mails import mail, zipped
from opened import load_workbook
from perfxl.batch.copies import ASIDE, plan_copies
from perfxl.batch.onefile import process_file
from perfxl.model import FileResult, Severity, Status
from perfxl.results.jobs import Conditions, Job
from perfxl.system.copymarks import CopyMarks, look_at, read_marks
from perfxl.system.lock import LOCK, held_alone
from perfxl.writeback.annotate import apply_plan, strip
from plans import NOTHING as plan
from running import DAY, command, consolidate_words, environment, inbox, perfxl_process, perfxl_run
from test_batch import DAY as DATE
from test_summary import records
from workbooks import form_bytes

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")


def form(name: str, unit: str = "海南省商务厅") -> bytes:
    return form_bytes(patched(patched(GOOD, "basic.project_name", name), "basic.unit", unit))


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def run(folder: Path) -> tuple[int, list[dict[str, object]], str]:
    """Exit code, the rows of 收文清单, and what was said."""
    done = perfxl_run(*consolidate_words("--jobs", 1), folder=folder)
    book = load_workbook(folder / "out" / "汇总.xlsx", data_only=True)
    return done.returncode, records(book["收文清单"]), done.stderr


def copies(folder: Path) -> dict[str, str]:
    """The project that each copy is of, by the copy's path."""
    found = {}
    for path in sorted((folder / "out" / "审核").rglob("*.xlsx")):
        book = load_workbook(path)
        found[path.relative_to(folder / "out" / "审核").as_posix()] = str(book["项目绩效目标表"]["B2"].value)
    return found


def edited(path: Path, sheet: str, cell: str, value: object) -> None:
    """Saves a workbook with one cell changed, as another program would."""
    book = load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


def rename(folder: Path, old: str, new: str) -> None:
    (folder / "in" / new).parent.mkdir(parents=True, exist_ok=True)
    (folder / "in" / old).rename(folder / "in" / new)


# -- names ------------------------------------------------------------------------------------------------------------


def test_a_file_keeps_its_copys_name_whatever_comes_beside_it(tmp_path: Path) -> None:
    put(tmp_path, {"乙/表.xlsx": form("乙项目", "乙单位")})
    run(tmp_path)
    assert copies(tmp_path) == {"表.xlsx": "乙项目"}
    put(tmp_path, {"甲/表.xlsx": form("甲项目", "甲单位"), "包.zip": zipped({"表.xlsx": form("丙项目", "丙单位")})})
    code, rows, _ = run(tmp_path)
    expected = {"表.xlsx": "乙项目", "甲-表.xlsx": "甲项目", "包.zip/表.xlsx": "丙项目"}
    assert (code, copies(tmp_path)) == (0, expected)
    assert [row["处理"] for row in rows] == ["采用"] * 3
    (tmp_path / "out" / ".perfxl-cache").rename(tmp_path / "gone")  # names are known by the copies alone
    assert (run(tmp_path)[0], copies(tmp_path)) == (0, expected)


def test_a_copy_of_a_file_that_is_gone_moves_aside_and_its_name_is_free(tmp_path: Path) -> None:
    put(tmp_path, {"乙/表.xlsx": form("乙项目", "乙单位"), "丙/表.xlsx": form("丙项目", "丙单位")})
    run(tmp_path)
    before = copies(tmp_path)
    assert before == {"表.xlsx": "丙项目", "乙-表.xlsx": "乙项目"}
    (tmp_path / "in" / "丙" / "表.xlsx").unlink()
    put(tmp_path, {"甲/表.xlsx": form("甲项目", "甲单位")})
    code, rows, _ = run(tmp_path)
    assert copies(tmp_path) == {"乙-表.xlsx": "乙项目", f"{ASIDE}/表.xlsx": "丙项目", "甲-表.xlsx": "甲项目"}
    moved = [(row["文件"], row["处理"], row["原因"]) for row in rows if ASIDE in str(row["文件"])]
    assert (code, moved) == (0, [(f"out/审核/{ASIDE}/表.xlsx", "略过", "审核副本：原件已不在收件文件夹，移到这里")])


def test_copies_stay_where_the_inputs_are_others(tmp_path: Path) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目")})
    run(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "乙.xlsx").write_bytes(form("乙项目"))
    words = [word if word != "in" else "other" for word in consolidate_words("--jobs", 1)]
    assert perfxl_run(*words, folder=tmp_path).returncode == 0
    assert copies(tmp_path) == {"甲.xlsx": "甲项目", "乙.xlsx": "乙项目"}


# -- what a copy says of itself ---------------------------------------------------------------------------------------


def processed(folder: Path, data: bytes, name: str = "in/表.xlsx", **more: object) -> FileResult:
    folder.mkdir(exist_ok=True)
    (folder / "表.xlsx").write_bytes(data)
    job = Job(folder / "表.xlsx", name, Conditions(DATE), folder / "副本.xlsx", place="here", inputs="all")
    return process_file(job)[0]


def test_a_copy_names_its_source_and_still_does_after_it_was_saved_elsewhere(tmp_path: Path) -> None:
    result = processed(tmp_path, form("甲项目"))
    copy = tmp_path / "副本.xlsx"
    marks, untouched = look_at(copy)
    assert marks is not None
    assert (marks.source, marks.file, marks.place, marks.inputs, untouched) == (
        result.sha256, "表.xlsx", "here", "all", True,
    )  # fmt: skip
    edited(copy, "项目绩效目标表", "B2", "另一个名称")
    assert look_at(copy) == (marks, False)
    came_back = processed(tmp_path / "b", copy.read_bytes(), "in/更正.xlsx")
    assert (came_back.origin.source, came_back.origin.file) == (result.sha256, "表.xlsx")


def test_marks_are_taken_off_before_new_ones_are_put_on() -> None:
    marks = CopyMarks("1" * 64, "甲<&\"'>.xlsx", "2" * 64, "3", "4")
    for source in (form("甲项目"), foreign_book()):
        once = apply_plan(source, plan, marks=marks)
        assert apply_plan(once, plan, marks=marks) == once
        found = read_marks(BytesIO(once))
        assert found is not None
        assert found.rows[:5] == marks.rows[:5]
        assert read_marks(BytesIO(strip(once))) is None
        assert load_workbook(BytesIO(strip(once))).sheetnames == load_workbook(BytesIO(source)).sheetnames


def test_a_sheet_of_that_name_that_is_the_agencys_own_is_left_alone() -> None:
    book = load_workbook(BytesIO(foreign_book()))
    book.create_sheet("_perfxl")["D40"] = "我的"
    buffer = BytesIO()
    book.save(buffer)
    copy = apply_plan(buffer.getvalue(), plan, marks=CopyMarks("1", "a", "2"))
    assert read_marks(BytesIO(copy)) is None
    assert load_workbook(BytesIO(copy))["_perfxl"]["D40"].value == "我的"


def foreign_book() -> bytes:
    from openpyxl import Workbook

    buffer = BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


# -- copies that somebody worked on -----------------------------------------------------------------------------------


def test_a_correction_in_the_output_folder_is_kept_and_said_and_not_counted(tmp_path: Path) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目")})
    assert run(tmp_path)[0] == 0
    edited(tmp_path / "out" / "审核" / "甲.xlsx", "评价指标评分表", "G3", 3)
    for _ in range(2):  # as long as it lies there
        code, rows, said = run(tmp_path)
        listed = [(row["文件"], row["处理"], row["审核"]) for row in rows]
        assert (code, listed) == (
            3,
            [("in/甲.xlsx", "采用", "通过"), ("out/审核/甲（有改动1）.xlsx", "拒收", "拒收")],
        )
        assert "FL16" in said
        assert copies(tmp_path) == {"甲.xlsx": "甲项目", "甲（有改动1）.xlsx": "甲项目"}
    (tmp_path / "out" / "审核" / "甲（有改动1）.xlsx").rename(tmp_path / "in" / "甲-更正.xlsx")
    code, rows, _ = run(tmp_path)
    assert (code, {row["文件"]: row["处理"] for row in rows}) == (
        1,
        {"in/甲.xlsx": "被替代", "in/甲-更正.xlsx": "采用"},
    )


def test_a_reviewers_words_change_no_answers(tmp_path: Path) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目")})
    run(tmp_path)
    edited(tmp_path / "out" / "审核" / "甲.xlsx", "审核结果", "I30", "同意")
    put(tmp_path, {"乙.xlsx": form("乙项目")})
    code, rows, _ = run(tmp_path)
    assert (code, {row["文件"]: row["处理"] for row in rows}) == (0, {"in/甲.xlsx": "采用", "in/乙.xlsx": "采用"})


def test_copies_below_the_inbox_are_refused(tmp_path: Path) -> None:
    """What an agency puts there would be taken for the office's own copies."""
    put(tmp_path, {"甲.xlsx": form("甲项目"), "审核/乙.xlsx": form("乙项目")})
    words = ("consolidate", "in", "-o", "in/汇总.xlsx", "--annotated", "in/审核", "--date", DAY, "--jobs", 1)
    done = perfxl_run(*words, folder=tmp_path)
    assert (done.returncode, "会被当成复核意见" in done.stderr) == (2, True)
    assert (tmp_path / "in" / "审核" / "乙.xlsx").read_bytes() == form("乙项目")


# -- trouble of the office's own --------------------------------------------------------------------------------------


def test_a_copy_that_cannot_be_written_leaves_the_verdict_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(form("甲项目"))
    (tmp_path / "taken").write_text("")
    (result,) = process_file(Job(tmp_path / "表.xlsx", "表.xlsx", Conditions(DATE), tmp_path / "taken" / "副本.xlsx"))
    assert [(found.code, found.severity) for found in result.findings] == [("FL13", Severity.INFO)]
    assert result.status is Status.ACCEPTED


@posix
def test_a_second_run_on_one_folder_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目")})
    (tmp_path / "out").mkdir()
    with held_alone(tmp_path / "out"):
        done = perfxl_process(*consolidate_words("--jobs", 1), folder=tmp_path)
    assert (done.returncode, "另一个 perfxl 正在写“out”" in done.stderr) == (3, True)
    assert not (tmp_path / "out" / "汇总.xlsx").exists()
    (tmp_path / "out" / LOCK).write_text("")  # left behind by a run that was killed
    assert run(tmp_path)[0] == 0
    assert not list((tmp_path / "out").rglob(LOCK))


@posix
@pytest.mark.parametrize(("more", "goes_on"), [((), True), (("--no-cache",), False)])
def test_an_interrupt_says_what_was_written(tmp_path: Path, more: tuple[str, ...], goes_on: bool) -> None:
    inbox(tmp_path, 60)
    words = command(*consolidate_words("--jobs", 1, *more))
    process = subprocess.Popen(
        words, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    folder = tmp_path / "out" / "审核"
    while not (folder.exists() and list(folder.glob("*.xlsx"))):
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    count = len([path for path in folder.glob("*.xlsx") if not path.name.startswith(".")])
    assert f"已处理 {count} 个文件" in said
    assert ("再次运行会接着处理" in said) is goes_on


# -- the names that are planned ---------------------------------------------------------------------------------------


def test_without_copies_names_are_the_files_own(tmp_path: Path) -> None:
    from perfxl.batch.files import FoundFile

    files = [FoundFile(Path(f"/in/{name}"), f"/in/{name}") for name in ("甲/表.xlsx", "乙/表.xls", "信.eml")]
    planned = plan_copies(files, [Path("/in")], tmp_path)
    assert {path.name: name for path, name in planned.names.items()} == {
        "信.eml": "信.eml", "表.xls": "表.xlsx", "表.xlsx": "甲-表.xlsx",
    }  # fmt: skip
    assert (planned.touched, planned.gone) == ((), ())


def test_mails_are_read_with_their_own_copies(tmp_path: Path) -> None:
    put(tmp_path, {"信.eml": mail({"表.xlsx": form("甲项目"), "批复.pdf": b"%PDF-1.4"})})
    code, rows, _ = run(tmp_path)
    assert code == 0
    assert [(row["文件"], row["处理"], row["发件人"], row["邮件主题"], row["邮件日期"]) for row in rows] == [
        ("in/信.eml » 附件/批复.pdf", "略过", "陈立 <chen@example.cn>", "自评表", "2024-05-20 00:00"),
        ("in/信.eml » 附件/表.xlsx", "采用", "陈立 <chen@example.cn>", "自评表", "2024-05-20 00:00"),
    ]
    assert copies(tmp_path) == {"信.eml/表.xlsx": "甲项目"}
