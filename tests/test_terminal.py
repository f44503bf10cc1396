"""What people see on a terminal, and the settings file of the working folder.

* nothing that perfxl lays out is wider than 80 columns; the line of progress stays one line and says the time left
* results come first, then what to do next, with the folder and the files that go back; colours only on a terminal
* without a command the five steps are said; a rehearsal says what would be read and written, and writes nothing
* perfxl.toml gives options, the command line wins, what is in force is said; never one that lies among the input
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import GOOD, patched
from perfxl.command.cli import cli
from perfxl.command.progress import Progress
from perfxl.command.terminal import COLUMNS, cut_to, folded_lines, width_of
from perfxl.door.limits import TITLES
from perfxl.model import Severity, Status
from perfxl.results.filed import CodeCount, ResultHead
from perfxl.schemes import scheme_text
from self_assessments import C23
from test_cli import BAD, call
from workbooks import form_bytes


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with an inbox that holds a faultless form, a faulty one and a picture."""
    inbox = tmp_path / "收件"
    inbox.mkdir()
    (inbox / "好.xlsx").write_bytes(form_bytes(GOOD))
    (inbox / "坏.xlsx").write_bytes(form_bytes(patched(BAD, "basic.project_name", "另一项目")))
    (inbox / "扫描.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# -- 80 columns -------------------------------------------------------------------------------------------------------


def test_no_help_is_wider_than_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], *([name, "--help"] for name in cli.commands)):
        _, out, err = call(*words, capsys=capsys)
        assert [line for line in (out + err).splitlines() if width_of(line) > COLUMNS] == []


@given(st.text(alphabet="abc de资金，。（）", max_size=80), st.integers(8, 40))
def test_folding_loses_no_letter(text: str, columns: int) -> None:
    lines = list(folded_lines(text, columns))
    assert "".join("".join(lines).split()) == "".join(text.split())
    # a word that is longer than a line, and marks that may not begin one, stand out
    assert all(width_of(line) <= columns or re.search(r"[a-z]{8}|[，。）]$", line) for line in lines)


@given(st.text(max_size=60), st.integers(1, 40))
def test_what_is_cut_fits(text: str, columns: int) -> None:
    assert width_of(cut_to(text, columns)) <= columns
    assert text.startswith(cut_to(text, columns))


def progress(total: int, done: int, returned: int = 0) -> Progress:
    counted = Progress(total, is_shown=False)
    for number in range(done):
        status = Status.RETURNED if number < returned else Status.ACCEPTED
        counted.add([ResultHead(file="甲.xlsx", sha256="", size=0, status=status)])
    return counted


def test_the_line_of_progress_says_how_long_it_takes() -> None:
    half = progress(1000, 500, returned=3)
    assert half.line(100, COLUMNS).rstrip() == "正在处理 500/1000（50%）  剩余约 1 分 40 秒  每秒 5 个  退回 3"
    assert half.line(36000, COLUMNS).rstrip().split("  ")[1:3] == ["剩余约 10 小时 0 分", "每个 72 秒"]
    assert progress(2, 2).line(1, COLUMNS).rstrip() == "正在处理 2/2（100%）  每秒 2 个"
    assert progress(2, 0).line(0, COLUMNS).rstrip() == "正在处理 0/2（0%）"


@pytest.mark.parametrize("columns", [20, 40, 80])
@pytest.mark.parametrize("done", [0, 1, 99, 100])
def test_the_line_of_progress_fills_one_line_and_no_more(columns: int, done: int) -> None:
    assert width_of(progress(100, done, returned=9).line(3.3, columns)) == columns - 1


# -- what to do next --------------------------------------------------------------------------------------------------


def test_results_come_first_then_what_to_do(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = call("consolidate", "收件", "-o", "汇总.xlsx", "--annotated", "审核", capsys=capsys)
    assert out == "汇总.xlsx\n"
    assert err.splitlines()[-3:] == [
        "接下来：",
        "  1. 看结果：打开 汇总.xlsx，先看“总览”",
        "  2. 退回 1 份：把 审核 里的这些副本发回单位：坏.xlsx",
    ]
    _, _, err = call("consolidate", "收件", "-o", "汇总.xlsx", capsys=capsys)
    assert err.splitlines()[-1] == "  2. 退回 1 份：加上 --annotated 审核，会写出可以发回单位的副本"
    _, _, err = call("check", "收件", capsys=capsys)
    assert err.splitlines()[-1].endswith("perfxl annotate 收件 -o 审核")
    assert "接下来" not in call("check", "收件/好.xlsx", capsys=capsys)[2]
    assert "接下来" not in call("check", "收件", "--format", "json", capsys=capsys)[2]


def test_many_files_that_go_back_fit_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    from perfxl.command.outcome import echo_next

    found = (CodeCount("IN05", Severity.ERROR, 1),)
    heads = [
        ResultHead(file=f"收件/{n}某某县农业农村局-项目.xlsx", sha256="", size=0, status=Status.RETURNED, found=found)
        for n in range(30)
    ]
    echo_next(heads, Path("汇总.xlsx"), Path("审核"))
    err = capsys.readouterr().err
    assert "等 30 份" in err
    assert all(width_of(line) <= COLUMNS for line in err.splitlines())


def test_colours_are_for_terminals(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = call("check", "收件", capsys=capsys)
    assert "\x1b" not in out + err


def test_without_a_command_the_five_steps_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys=capsys)
    steps = [line.split()[1] for line in err.splitlines() if re.match(r"  \d\. ", line)]
    assert (code, out, steps) == (2, "", ["下发模板", "收件", "汇总", "看结果", "退回"])


# -- a rehearsal ------------------------------------------------------------------------------------------------------


def test_a_rehearsal_says_all_and_writes_nothing(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("consolidate", "收件", "-o", "汇总.xlsx", "--annotated", "审核")
    before = sorted(office.rglob("*"))
    code, out, _ = call(*words, "--dry-run", capsys=capsys)
    assert (code, sorted(office.rglob("*"))) == (0, before)
    assert out.splitlines() == [
        "会读取 2 个文件：",
        "  收件/坏.xlsx",
        "  收件/好.xlsx",
        "会略过 1 个文件：",
        "  收件/扫描.png  图片（PNG）",
        "会写出：",
        "  汇总.xlsx",
        "  审核/  2 份审核副本",
        "  .perfxl-cache/  处理结果，供下次使用",
        "这是预演，没有写任何文件。",
    ]
    call(*words, capsys=capsys)
    (office / "收件" / "坏.xlsx").unlink()
    _, out, _ = call(*words, "--dry-run", "--no-cache", "--tables", "表", "--report-docx", "报告.docx", capsys=capsys)
    assert out.splitlines()[-7:] == [
        "会写出：",
        "  汇总.xlsx  替换已有的",
        "  审核/  1 份审核副本，其中 1 份替换已有的",
        "  审核/原件已移走/  移入 1 份副本，它们的原件已经不在",
        "  表/  各表的 CSV（装有 pyarrow 时还有 Parquet）",
        "  报告.docx",
        "这是预演，没有写任何文件。",
    ]


def test_a_rehearsal_refuses_what_the_work_would_refuse(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("consolidate", "收件", "-o", "收件/好.xlsx", "--dry-run", capsys=capsys)[0] == 2
    assert call("consolidate", "没有", "-o", "汇总.xlsx", "--dry-run", capsys=capsys)[0] == 3


# -- the settings file ------------------------------------------------------------------------------------------------

YEARLY = """
paths = ["收件"]
ignore = ["IN05"]
[consolidate]
o = "汇总.xlsx"
annotated = "审核"
date = 2024-06-28
"""


def test_the_yearly_command_takes_no_words(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "perfxl.toml").write_text(YEARLY, "utf-8")
    code, out, err = call("consolidate", capsys=capsys)
    assert (code, out) == (0, "汇总.xlsx\n")
    assert err.splitlines()[0] == (
        f"设置文件 {office / 'perfxl.toml'}：paths = 收件；ignore = IN05；o = 汇总.xlsx；annotated = 审核；date = 2024-06-28"
    )
    assert sorted(path.name for path in (office / "审核").glob("*.xlsx")) == ["坏.xlsx", "好.xlsx"]


def test_the_command_line_wins(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "perfxl.toml").write_text(YEARLY, "utf-8")
    code, out, _ = call("consolidate", "收件/坏.xlsx", "-o", "另.xlsx", "--ignore", "TG02", capsys=capsys)
    assert (code, out) == (1, "另.xlsx\n")


def test_a_settings_file_among_the_input_is_not_taken(
    office: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (office / "收件" / "perfxl.toml").write_text('ignore = ["IN05"]', "utf-8")
    monkeypatch.chdir(office / "收件")
    for path in (".", "坏.xlsx", ".."):
        code, _, err = call("check", path, capsys=capsys)
        assert (code, "没有采用" in err, "设置文件" in err) == (1, True, False), path
    code, _, err = call("read", "坏.xlsx", capsys=capsys)
    assert (code, "没有采用" in err) == (0, False)  # gives nothing to this command
    (office / "收件" / "perfxl.toml").write_text('paths = "."\n', "utf-8")
    assert call("check", capsys=capsys)[0] == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paths = [", "不是有效的 TOML"),
        ('colour = "red"', "没有选项 colour"),
        ('[consolidated]\no = "x"', "没有命令 consolidated"),
        ("[check]\nannotated = 1", "[check] 没有选项 annotated"),
        ("jobs = [1, 2]", "jobs 只能写一个值"),
        ('no-cache = "yes"', "no-cache 应为 true 或 false"),
        ("jobs = 1.5", "jobs 应为文字、整数或日期"),
        ("jobs = 0", "--jobs 的值不对：应为整数，至少为 1"),
        ("dry-run = true", "没有选项 dry-run"),
    ],
)
def test_a_settings_file_that_is_wrong_is_refused(
    text: str, said: str, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (office / "perfxl.toml").write_text(text, "utf-8")
    code, out, err = call("consolidate", "收件", "-o", "汇总.xlsx", capsys=capsys)
    assert (code, out, said in err) == (2, "", True), err


def test_a_folder_of_schemes_may_be_a_setting(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The option is called like a command, whose table it is not; commands below it know the settings too."""
    (office / "方案").mkdir()
    text = scheme_text("hainan-2020").replace('id = "hainan-2020"', 'id = "own"')
    (office / "方案" / "own.toml").write_text(text, "utf-8")
    (office / "perfxl.toml").write_text('schemes = "方案"\n[consolidate]\no = "汇总.xlsx"\n', "utf-8")
    code, out, err = call("schemes", capsys=capsys)
    assert (code, "own  第 1 版" in out, err.splitlines()[0]) == (
        0,
        True,
        f"设置文件 {office / 'perfxl.toml'}：schemes = 方案",
    )
    assert call("schemes", "own", capsys=capsys)[0] == 0
    assert call("template", "--scheme", "own", "-o", "空白.xlsx", capsys=capsys)[0] == 0
    assert call("schemes", "draft", "空白.xlsx", "-o", "草稿.toml", "--no-input", capsys=capsys)[0] in (0, 1)
    assert call("check", "收件/好.xlsx", capsys=capsys)[0] == 0


def test_a_reader_that_has_seen_enough_is_no_crash() -> None:
    words = [sys.executable, "-m", "perfxl", "rules"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


# -- limits, schemes of data, reading ---------------------------------------------------------------------------------


def test_a_limit_is_called_by_its_chinese_name(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for title in TITLES.values():
        assert call("check", "收件/好.xlsx", "--limit", f"{title}=1", capsys=capsys)[0] in (0, 3), title
    code, out, _ = call("check", "收件/好.xlsx", "--limit", "单元格数=10", capsys=capsys)
    assert (code, "单元格数为" in out) == (3, True)


@pytest.mark.parametrize("dossier", [GOOD, C23], ids=["2020", "2023"])
def test_data_that_name_no_scheme_are_filled_into_the_one_that_takes_them(
    dossier: dict[str, Any], office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("数据.json").write_text(json.dumps({k: v for k, v in dossier.items() if k != "scheme"}), "utf-8")
    assert call("fill", "数据.json", "-o", "表.xlsx", capsys=capsys)[0] == 0
    assert json.loads(call("read", "表.xlsx", capsys=capsys)[1])["scheme"] == dossier["scheme"]


@pytest.mark.parametrize(
    ("dossier", "words", "code", "said"),
    [
        ({"basic": {"unit": "甲"}}, [], 3, "没有写明评价方案"),
        ({"basic": {"colour": "红"}}, [], 3, "没有一种"),
        ({"scheme": "own"}, [], 3, "没有名为“own”的评价方案"),
        (GOOD, ["--scheme", "hainan-2023"], 2, "数据是评价方案 hainan-2020 的"),
    ],
)
def test_a_scheme_that_does_not_fit_the_data_is_refused(
    dossier: dict[str, Any], words: list[str], code: int, said: str, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("数据.json").write_text(json.dumps(dossier), "utf-8")
    got, _, err = call("fill", "数据.json", "-o", "表.xlsx", *words, capsys=capsys)
    assert (got, said in err, Path("表.xlsx").exists()) == (code, True, False), err


def test_a_folder_is_read_as_a_line_for_each_form(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call("read", "收件", capsys=capsys)
    lines = [json.loads(line) for line in out.splitlines()]
    assert (code, [line["file"] for line in lines], err) == (0, ["收件/坏.xlsx", "收件/好.xlsx"], "")
    Path("数据.json").write_text(out.splitlines()[1], "utf-8")
    assert call("fill", "数据.json", "-o", "表.xlsx", capsys=capsys)[0] == 0
    assert json.loads(call("read", "表.xlsx", capsys=capsys)[1]) == GOOD
    (office / "收件" / "网页.xlsx").write_text("<html></html>", "utf-8")
    code, out, err = call("read", "收件", capsys=capsys)
    assert (code, len(out.splitlines()), "网页.xlsx  拒收" in err) == (3, 2, True)


def test_cells_that_cannot_be_read_are_said(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from opened import load_workbook

    book = load_workbook("收件/好.xlsx")
    book["评价指标评分表"]["G3"] = "满分"
    book.save("收件/好.xlsx")
    code, out, err = call("read", "收件/好.xlsx", capsys=capsys)
    assert (code, json.loads(out)["indicators"][0]["score"]) == (0, None)
    assert ("有 1 处读不出，按空白显示" in err, "ST06 评价指标评分表!G3" in err) == (True, True)
