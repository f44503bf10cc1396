"""The commands, as other people's scripts see them: output, exit codes, and what bad input leaves behind.

* exit codes 0 1 2 3 130 as the contract says, 3 wins over 1
* results on stdout, what happened on stderr, everything in Chinese
* a bad file costs itself alone; no half-written file is left
"""

import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import perfxl.batch.pool
from forms import GOOD
from office import Converted, by_office
from opened import load_workbook
from perfxl.batch.copies import annotated_names
from perfxl.batch.files import find_files
from perfxl.batch.pool import run_jobs
from perfxl.command.cli import cli
from perfxl.command.terminal import run
from perfxl.errors import OutputError
from perfxl.results.jobs import Conditions, Job
from perfxl.system.outfile import written_whole
from workbooks import form_bytes

BAD = {**GOOD, "stated": {**GOOD["stated"], "total": 12}}


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "收件"
    folder.mkdir()
    (folder / "好.xlsx").write_bytes(form_bytes(GOOD))
    return folder


def call(*words: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a call."""
    code = run(lambda **options: cli.main([str(word) for word in words], **options))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_faultless_form_exits_0(inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call("check", inbox, capsys=capsys)
    assert code == 0
    assert "没有发现问题" in out
    assert "共 1 个文件：通过 1；错误 0，警告 0。" in err


def test_of_many_refused_files_the_first_are_shown_where_a_summary_has_all(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        (inbox / f"坏{number}.xlsx").write_bytes(b"")
    more = "个拒收的文件没有列在这里，见汇总表的“收文清单”。"
    monkeypatch.setattr("perfxl.command.outcome.REJECTED_SHOWN", 5)
    _, _, err = call("consolidate", inbox, "-o", tmp_path / "一" / "汇总.xlsx", capsys=capsys)
    assert (err.count("  拒收\n"), more in err) == (5, False)
    monkeypatch.setattr("perfxl.command.outcome.REJECTED_SHOWN", 3)
    _, _, err = call("consolidate", inbox, "-o", tmp_path / "二" / "汇总.xlsx", capsys=capsys)
    assert (err.count("  拒收\n"), f"还有 2 {more}" in err) == (3, True)
    _, _, err = call("annotate", inbox, "-o", tmp_path / "副本", capsys=capsys)
    assert err.count("  拒收\n") == 5


@by_office(lambda: form_bytes(GOOD))
def test_a_form_that_somebody_worked_on_is_not_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], office: list[Converted]
) -> None:
    form, data = tmp_path / "表.xlsx", tmp_path / "数据.json"
    data.write_text(json.dumps(GOOD), "utf-8")
    commands: list[tuple[object, ...]] = [("template",), ("template", "--roster"), ("fill", data)]
    for command in commands:
        for _ in range(2):
            assert call(*command, "-o", form, capsys=capsys)[0] == 0
    (tmp_path / "另存.xlsx").write_bytes(office[0].saved.read_bytes())
    load_workbook(form).save(tmp_path / "保存过.xlsx")
    (tmp_path / "别的.xlsx").write_bytes("不是工作簿".encode())
    with zipfile.ZipFile(form) as parts:
        at = parts.getinfo("docProps/core.xml").header_offset + 50
    content = form.read_bytes()
    (tmp_path / "坏了.xlsx").write_bytes(content[:at] + b"\xff" * 20 + content[at + 20 :])
    for worked_on in (tmp_path / f"{name}.xlsx" for name in ("另存", "保存过", "别的", "坏了")):
        before = worked_on.read_bytes()
        for command in commands:
            code, _, err = call(*command, "-o", worked_on, capsys=capsys)
            assert (code, "请换一个文件名" in err) == (2, True)
        assert worked_on.read_bytes() == before


def test_a_consolidation_replaces_summaries_only(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "别人的.xlsx"
    target.write_bytes(form_bytes(GOOD))
    for words in ((), ("--roster", target)):
        code, _, err = call("consolidate", inbox, "-o", target, *words, capsys=capsys)
        assert (code, "不是汇总表，不能覆盖" in err) == (2, True)
    assert target.read_bytes() == form_bytes(GOOD)
    target.unlink()
    for _ in range(2):
        assert call("consolidate", inbox, "-o", target, capsys=capsys)[0] == 0


def test_an_inbox_without_files_leaves_the_summary_as_it_is(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "汇总.xlsx"
    assert call("consolidate", inbox, "-o", target, capsys=capsys)[0] == 0
    before = target.read_bytes()
    (tmp_path / "空").mkdir()
    for folder in ("空", "收见"):
        code, _, err = call("consolidate", tmp_path / folder, "-o", target, capsys=capsys)
        assert (code, f"没有写“{target}”" in err) == (3, True)
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"scheme": "hainan-2020",\n "basic": {"year" 2020}}', "第 2 行第 19 个字符附近写法有误"),
        (b'{"scheme": ', "第 1 行第 12 个字符附近写法有误"),
        ('{"项目": 1}'.encode("gb18030"), "文字编码不是 UTF-8"),
    ],
)
def test_where_data_are_not_json_is_said_in_chinese(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "数据.json"
    data.write_bytes(content)
    code, _, err = call("fill", data, "-o", tmp_path / "表.xlsx", capsys=capsys)
    assert (code, err) == (3, f"数据文件“{data}”不是有效的 JSON：{said}\n")


def test_what_goes_to_a_file_is_not_cut_to_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    _, out, _ = call("rules", capsys=capsys)
    assert [line for line in out.splitlines() if line.endswith("…")] == []
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = call("rules", capsys=capsys)
    assert len([line for line in out.splitlines() if line.endswith("…")]) > 50


def test_findings_exit_1_unless_told_otherwise(inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inbox / "坏.xlsx").write_bytes(form_bytes(BAD))
    assert call("check", inbox, capsys=capsys)[0] == 1
    assert call("check", inbox, "--fail-on", "never", capsys=capsys)[0] == 0
    assert call("check", inbox, "--ignore", "IN05", "--ignore", "tx", capsys=capsys)[0] == 0
    assert call("check", inbox, "--select", "FD", capsys=capsys)[0] == 0
    assert call("check", inbox, "--select", "FD", "--select", "IN05", capsys=capsys)[0] == 1


def test_a_file_that_cannot_be_processed_exits_3_and_the_rest_is_done(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inbox / "坏.xlsx").write_bytes(form_bytes(BAD))
    (inbox / "网页.xlsx").write_text("<html><table></table></html>", "utf-8")
    target, copies = tmp_path / "出" / "汇总.xlsx", tmp_path / "出" / "审核"
    code, out, err = call(
        "consolidate", inbox, tmp_path / "没有.xlsx", "-o", target, "--annotated", copies, capsys=capsys
    )
    assert code == 3
    assert out == f"{target.as_posix()}\n"
    assert "FL01" in err
    assert "FL12 文件打不开：找不到这个文件" in err
    assert sorted(path.name for path in copies.glob("*.xlsx")) == ["坏.xlsx", "好.xlsx"]
    assert target.stat().st_size > 10_000
    assert [path.name for path in target.parent.iterdir() if path.name.startswith(".perfxl-") and path.is_file()] == []


def test_json_has_the_contracts_shape(inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inbox / "坏.xlsx").write_bytes(form_bytes(BAD))
    (inbox / "空.xlsx").write_bytes(b"")
    out = call("check", inbox, "--format", "json", capsys=capsys)[1]
    lines: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert [(Path(line["file"]).name, line["status"], line["scheme"]) for line in lines] == [
        ("坏.xlsx", "returned", "hainan-2020"),
        ("好.xlsx", "accepted", "hainan-2020"),
        ("空.xlsx", "rejected", None),
    ]
    assert lines[2]["assessment"] is None
    assert set(lines[1]["assessment"]) == {
        *("rates", "total", "weight", "grade", "average", "levels", "indicators", "targets"),
        *("final", "open", "provisional"),
    }
    assert set(lines[0]["findings"][0]) == {
        *("code", "severity", "sheet", "cell", "field", "message", "found", "expected", "fix", "shown", "opens"),
        *("id", "state", "explanation", "verdict", "note", "reviewer", "day", "earlier", "disputed", "settled"),
    }


def test_a_reviewers_words_are_kept_when_the_copy_is_made_again(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inbox / "好.xlsx").write_bytes(form_bytes(BAD))
    copies = tmp_path / "审核"
    assert call("annotate", inbox, "-o", copies, capsys=capsys)[0] == 1
    assert call("annotate", inbox, "-o", copies, capsys=capsys)[0] == 1
    assert [path.name for path in copies.glob("*.xlsx")] == ["好.xlsx"]
    book = load_workbook(copies / "好.xlsx")
    sheet = book["审核结果"]
    heading = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "复核说明")
    sheet.cell(heading.row + 1, heading.column, "同意")
    book.save(copies / "好.xlsx")
    assert call("annotate", inbox, "-o", copies, capsys=capsys)[0] == 1
    assert sorted(path.name for path in copies.glob("*.xlsx")) == ["好.xlsx", "好（已复核1）.xlsx"]
    assert "同意" in [cell.value for row in load_workbook(copies / "好（已复核1）.xlsx")["审核结果"] for cell in row]


def test_what_came_in_is_never_replaced(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    form = inbox / "好.xlsx"
    before = {path: path.read_bytes() for path in inbox.iterdir()}
    monkeypatch.chdir(inbox)
    summary = tmp_path / "汇总.xlsx"
    for words in (
        ("annotate", form, "-o", inbox),
        ("annotate", "好.xlsx", "-o", "."),
        ("consolidate", ".", "-o", summary, "--annotated", "."),
        ("consolidate", "好.xlsx", "-o", summary, "--annotated", inbox),
        ("consolidate", inbox, "-o", form),
        ("consolidate", form, "-o", form),
    ):
        code, out, err = call(*words, capsys=capsys)
        assert (code, out, "请" in err) == (2, "", True), words
    assert {path: path.read_bytes() for path in inbox.iterdir()} == before
    assert not summary.exists()


def test_a_summary_among_the_forms_is_made_again(inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert call("consolidate", inbox, "-o", inbox / "汇总.xlsx", capsys=capsys)[0] == 0


def test_a_file_that_is_no_annotated_copy_is_not_replaced(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = tmp_path / "审核"
    copies.mkdir()
    (copies / "好.xlsx").write_bytes((inbox / "好.xlsx").read_bytes())
    assert call("consolidate", inbox, "-o", tmp_path / "汇总.xlsx", "--annotated", copies, capsys=capsys)[0] == 3
    assert (copies / "好.xlsx").read_bytes() == (inbox / "好.xlsx").read_bytes()
    assert [path.name for path in copies.iterdir()] == ["好.xlsx"]


def test_an_edited_scheme_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    assert call("schemes", "hainan-2020", "-o", own, capsys=capsys)[0] == 0
    assert call("schemes", "hainan-2020", "-o", own, capsys=capsys)[0] == 2


def test_output_names_are_checked(inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = call("annotate", inbox, "-o", inbox, capsys=capsys)
    assert (code, "不能就是收件文件夹" in err) == (2, True)
    code, _, err = call("template", "-o", tmp_path / "表.doc", capsys=capsys)
    assert (code, "以 .xlsx 结尾" in err) == (2, True)
    code, _, err = call("check", capsys=capsys)
    assert (code, "缺少 路径" in err) == (2, True)
    code, _, err = call("template", capsys=capsys)
    assert (code, "缺少 -o 文件.xlsx" in err) == (2, True)
    code, _, err = call(capsys=capsys)
    assert (code, "用法" in err, "命令用法有误" in err) == (2, True, False)


def test_a_scheme_of_ones_own_checks_a_form(inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "本单位.toml"
    assert call("schemes", "hainan-2020", "-o", own, capsys=capsys)[0] == 0
    own.write_text(
        own.read_text("utf-8").replace('id = "hainan-2020"', 'id = "own"').replace("few_reviewers", "# "), "utf-8"
    )
    code, out, _ = call("schemes", own, capsys=capsys)
    assert (code, "PT06" in out) == (0, True)
    code, out, _ = call("check", inbox, "--scheme", own, capsys=capsys)
    assert (code, "预算执行率" in out) == (0, True)


def test_a_limit_can_be_changed(inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call("check", inbox, "--limit", "cells=10", capsys=capsys)
    assert code == 3
    assert "FL04" in out
    assert call("check", inbox, "--limit", "cells=100000", capsys=capsys)[0] == 0


def test_fill_then_read_gives_the_data_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, form = tmp_path / "数据.json", tmp_path / "表.xlsx"
    data.write_text(json.dumps(GOOD, ensure_ascii=False), "utf-8")
    assert call("fill", data, "-o", form, capsys=capsys)[0] == 0
    code, out, _ = call("read", form, capsys=capsys)
    assert code == 0
    assert json.loads(out) == GOOD


def test_a_filled_form_says_when_it_was_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    data = tmp_path / "数据.json"
    data.write_text(json.dumps(GOOD, ensure_ascii=False), "utf-8")
    assert call("fill", data, "-o", tmp_path / "表.xlsx", capsys=capsys)[0] == 0
    assert load_workbook(tmp_path / "表.xlsx").properties.modified >= before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check"], 2, "缺少 路径"),
        (["check", "x", "--format", "xml"], 2, "可选 text、json"),
        (["check", "x", "--jobs", "no"], 2, "应为整数"),
        (["check", "x", "--wrong"], 2, "没有选项 --wrong"),
        (["check", "x", "--ignore", "ZZ"], 2, "没有规则或类别 ZZ"),
        (["check", "x", "--limit", "colour=3"], 2, "名称可选 文件大小"),
        (["check", "x", "--limit", "cells=many"], 2, "应为“名称=数值”"),
        (["wrong"], 2, "没有命令"),
        (["rules", "FD01", "FD02"], 2, "多出了 FD02"),
        (["annotate", "x", "-o", __file__], 2, "这里要写文件夹的名称"),
        (["consolidate", "x", "-o", "x.xlsx", "--annotated", __file__], 2, "这里要写文件夹的名称"),
        (["consolidate", "x", "-o", "x.xlsx", "--tables", __file__], 2, "这里要写文件夹的名称"),
        (["report", "x", "-o", __file__], 2, "这里要写文件夹的名称"),
        (["template", "-o"], 2, "需要一个值"),
        (["rules", "ZZ99"], 2, "没有规则 ZZ99"),
        (["schemes", "没有.toml"], 2, "没有名为“没有.toml”的评价方案"),
        (["check", "x", "--year", "1800"], 2, "至多为 2100"),
        (["check", "x", "--scheme", "hainan-1999"], 2, "没有名为“hainan-1999”的评价方案"),
        (["fill", "没有.json", "-o", "x.xlsx"], 3, "打不开"),
    ],
)
def test_misuse_is_explained_in_chinese(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    got, _, err = call(*words, capsys=capsys)
    assert (got, said in err) == (code, True), err
    assert "Error" not in err


def test_a_dossier_with_an_unknown_key_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "数据.json"
    for key, dossier in [
        ("basic.colour", {"basic": {"colour": "red"}}),
        ("reviewers[1]", {"reviewers": [{"age": 3}]}),
        ("funds.planned.total", {"funds": {"planned": {"total": "195.01"}}}),
    ]:
        data.write_text(json.dumps({"scheme": "hainan-2020", **dossier}), "utf-8")
        code, _, err = call("fill", data, "-o", tmp_path / "表.xlsx", capsys=capsys)
        assert (code, key in err) == (3, True), err
    assert not (tmp_path / "表.xlsx").exists()


def test_an_output_folder_that_cannot_be_written(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "占位").write_text("a file where a folder should be", "utf-8")
    code, _, err = call("annotate", inbox, "-o", tmp_path / "占位" / "审核", capsys=capsys)
    assert code == 3
    code, _, err = call("consolidate", inbox, "-o", tmp_path / "占位" / "汇总.xlsx", capsys=capsys)
    assert code == 3
    assert "无法写入" in err


def _write_to_a_full_disk(target: Path) -> None:
    with written_whole(target) as path:
        path.write_text("half", "utf-8")
        raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    target = tmp_path / "汇总.xlsx"
    target.write_text("old", "utf-8")
    with pytest.raises(OutputError, match="磁盘空间不足"):
        _write_to_a_full_disk(target)
    assert target.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["汇总.xlsx"]


def test_help_loads_neither_pandas_nor_a_reader() -> None:
    code = (
        "import sys\nfrom perfxl.command.cli import cli\n"
        "try:\n    cli(['--help'])\nexcept SystemExit:\n    pass\n"
        "loaded = {'pandas', 'numpy', 'lxml', 'openpyxl', 'xlsxwriter', 'pebble'} & set(sys.modules)\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "用法" in done.stdout


def test_every_command_has_help_in_chinese() -> None:
    for name in cli.commands:
        result: Result = CliRunner().invoke(cli, [name, "--help"])
        assert result.exit_code == 0
        assert "用法：" in result.output
        assert not {"Usage", "Options", "Show this message", "default:"} & set(result.output.split())


# -- many files -------------------------------------------------------------------------------------------------------


def test_folders_are_searched_and_every_file_is_accounted_for(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    for name in ("a.xlsx", "b/a.XLSX", "b/~$a.xlsx", "b/说明.pdf", ".hidden/a.xlsx", "out/a.xlsx"):
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.4" if path.suffix == ".pdf" else b"")
    found = find_files([inbox, inbox / "a.xlsx"], outputs=[inbox / "out"])
    named = [(Path(one.name).relative_to(inbox).as_posix(), one.asked) for one in found.files]
    assert named == [(".hidden/a.xlsx", False), ("a.xlsx", False), ("b/a.XLSX", False), ("out/a.xlsx", False)]
    assert [(Path(name).name, reason) for name, reason in found.skipped] == [
        ("~$a.xlsx", "打开工作簿时留下的临时文件"),
        ("说明.pdf", "PDF 文件"),
    ]


def test_annotated_copies_never_share_a_name() -> None:
    names = annotated_names([Path("a/表.xlsx"), Path("b/表.xlsx"), Path("b/表.xls"), Path("c/另.xlsm")])
    assert names == {
        Path("a/表.xlsx"): "表.xlsx",
        Path("b/表.xls"): "b-表.xlsx",
        Path("b/表.xlsx"): "表(2).xlsx",
        Path("c/另.xlsm"): "另.xlsm",
    }


def _die(job: Job) -> Any:
    os._exit(9)


def _hang(job: Job) -> Any:
    import time

    time.sleep(60)


@pytest.mark.parametrize(("work", "said"), [(_die, "意外终止"), (_hang, "超过")])
def test_a_worker_that_dies_or_hangs_costs_its_file_alone(
    work: Any, said: str, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    jobs = [Job(inbox / "好.xlsx", name, Conditions(date(2024, 1, 1))) for name in ("一", "二")]
    monkeypatch.setattr(perfxl.batch.pool, "TIME_LIMIT", 0.5)
    monkeypatch.setattr(perfxl.batch.pool, "_work", work)
    results = run_jobs(jobs, 2)
    assert [[finding.code for finding in result.findings] for result in results] == [["FL09"], ["FL09"]]
    assert all(said in result.findings[0].message for result in results)


def test_the_number_of_workers_changes_nothing(inbox: Path) -> None:
    from datetime import date

    (inbox / "坏.xlsx").write_bytes(form_bytes(BAD))
    jobs = [Job(path, path.name, Conditions(date(2024, 1, 1))) for path in sorted(inbox.iterdir())]
    assert list(run_jobs(jobs, 1)) == list(run_jobs(jobs, 3))
