"""A failure of perfxl itself: exit code 3 or FL09, a log that names code, versions, command and file, and no cell.

1. The log lies in the output folder, else in the temporary folder; the Chinese message names it.
2. It holds the traceback's lines of code, but no local value and no message that may quote a cell.
3. A failure that recurs is described once, with a line for each file.
4. A worker's failure of whatever kind (a panic of a library, an exception that cannot travel) costs its file alone.
5. Nothing that a library prints past Python reaches the terminal.
"""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest

import perfxl
import perfxl.batch.pool
from forms import GOOD
from perfxl.batch.pool import run_jobs
from perfxl.command.terminal import Command, run
from perfxl.errors import OutputError, RefusedError
from perfxl.results.jobs import Conditions, Job
from perfxl.system.crashes import LOG, CrashLog, crashes_kept, internal_error, keep_crash
from running import environment
from workbooks import form_bytes

SECRET = "李某某 0898-12345678"


class Panic(BaseException):
    """As the reader's own: no Exception."""


class Awkward(Exception):
    """Cannot be made again from its arguments."""

    def __init__(self, *, needed: str) -> None:
        super().__init__()
        self.needed = needed


def failing(error: BaseException) -> BaseException:
    """The error with a traceback whose frames hold the secret."""
    held = SECRET
    try:
        if held:
            raise error
    except BaseException as raised:  # noqa: BLE001
        return raised
    raise AssertionError


def chained(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return failing(error)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "好.xlsx").write_bytes(form_bytes(GOOD))
    return folder


def jobs_of(inbox: Path, count: int = 2) -> list[Job]:
    return [Job(inbox / "好.xlsx", f"in/{number}.xlsx", Conditions(date(2024, 1, 1))) for number in range(count)]


# -- the log ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"could not convert {SECRET}"),
        KeyError(SECRET),
        RefusedError("FL03", "坏", found=SECRET),
        OSError(SECRET),
        OSError(2, SECRET),
        UnicodeEncodeError("gbk", SECRET, 0, 1, SECRET),
        chained(RuntimeError("outer"), ValueError(SECRET)),
        Awkward(needed=SECRET),
        Panic(SECRET),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_cell_gets_into_the_log(error: BaseException, tmp_path: Path) -> None:
    with crashes_kept(tmp_path, "perfxl check 甲.xlsx"):
        summary, log = keep_crash(failing(error), "收件/甲.xlsx")
    text = Path(log).read_text("utf-8")
    assert SECRET not in text + summary
    for word in SECRET.split():
        assert word not in text + summary
    assert type(error).__name__ in summary
    assert "收件/甲.xlsx" in text
    assert "            raise error\n" not in text
    assert "    raise error\n" in text


def test_the_log_says_versions_system_command_and_the_whole_chain(tmp_path: Path) -> None:
    with crashes_kept(tmp_path, "perfxl consolidate 收件 -o out/汇总.xlsx"):
        log = keep_crash(chained(KeyError("x"), OSError(28, "?", "out/汇总.xlsx")))[1]
    assert log == (tmp_path / LOG).as_posix()
    text = (tmp_path / LOG).read_text("utf-8")
    for said in (f"perfxl {perfxl.__version__}", f"Python {sys.version.split()[0]}", "pandas ", "python-calamine "):
        assert said in text
    assert "命令：perfxl consolidate 收件 -o out/汇总.xlsx\n" in text
    assert text.index("builtins.OSError: [28] No space left on device 'out/汇总.xlsx'") < text.index(
        "builtins.KeyError"
    )


def test_perfxls_own_words_are_kept() -> None:
    assert "无法写入" in internal_error(chained(ValueError(), OutputError("无法写入“甲”"))).trace


def test_what_recurs_is_described_once(tmp_path: Path) -> None:
    log, crash = CrashLog(tmp_path, "perfxl check"), internal_error(failing(ValueError()))
    other = internal_error(failing(KeyError()))
    for number in range(3):
        assert log.add(crash, f"{number}.xlsx") == (tmp_path / LOG).as_posix()
    log.add(other, "3.xlsx")
    text = (tmp_path / LOG).read_text("utf-8")
    assert [text.count(word) for word in ("ValueError", "KeyError", "命令：", "错误 1　", "错误 2　")] == [
        1,
        1,
        1,
        3,
        1,
    ]
    CrashLog(tmp_path).add(crash)
    assert (tmp_path / LOG).read_text("utf-8").startswith(text)


def test_where_the_output_folder_cannot_be_written_the_log_lies_in_the_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "file").touch()
    crash = internal_error(failing(ValueError()))
    for folder in (tmp_path / "file" / "out", None):
        path = Path(CrashLog(folder).add(crash))
        assert path.parent == tmp_path
        assert "ValueError" in path.read_text("utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    assert CrashLog().add(crash) == ""


# -- a command --------------------------------------------------------------------------------------------------------


def test_a_crash_of_a_command_is_no_finding_and_leaves_its_log_where_the_command_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command(cls=Command)
    @click.option("-o", "target", type=click.Path(path_type=Path))
    def broken(target: Path) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(sys, "argv", ["perfxl", "-o", str(tmp_path / "out" / "汇总.xlsx")])
    assert run(broken) == 3
    said, log = capsys.readouterr().err, tmp_path / "out" / LOG
    assert said.startswith("程序内部错误（RuntimeError，")
    assert f"“{log.as_posix()}”" in said
    assert SECRET not in said
    assert f"-o {tmp_path.as_posix()}/out/汇总.xlsx" in log.read_text("utf-8").replace("'", "")


def test_a_crash_outside_of_a_command_is_told_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**options: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(broken) == 3
    (log,) = tmp_path.iterdir()
    assert f"“{log.as_posix()}”" in capsys.readouterr().err


# -- a worker ---------------------------------------------------------------------------------------------------------


def _fail(job: Job) -> Any:
    cell = SECRET
    raise ValueError(cell)


def _panic(job: Job) -> Any:
    os.write(2, b"thread panicked\n" * 300)
    raise Panic(SECRET)


def _awkward(job: Job) -> Any:
    raise Awkward(needed=SECRET)


@pytest.mark.parametrize(("work", "kind"), [(_fail, "ValueError"), (_panic, "Panic"), (_awkward, "Awkward")])
def test_a_workers_failure_costs_its_file_and_is_logged(
    work: Any,
    kind: str,
    inbox: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", work)
    with crashes_kept(tmp_path / "out", "perfxl check in"):
        results = run_jobs(jobs_of(inbox), 1)
    log = tmp_path / "out" / LOG
    for result in results:
        (found,) = result.findings
        assert (found.code, found.found.split("，")[0]) == ("FL09", kind)
        assert f"“{log.as_posix()}”" in found.message
        assert SECRET not in str(found)
    text = log.read_text("utf-8")
    assert (text.count("文件：in/"), text.count(f" {work.__name__}\n")) == (2, 1)
    assert SECRET not in text
    assert capfd.readouterr().err == ""


def test_a_command_says_where_the_log_of_a_worker_is(inbox: Path, tmp_path: Path) -> None:
    """As a shell sees it."""
    code = (
        "import perfxl.batch.pool\nimport broken_work\nfrom perfxl.command.cli import main\n"
        "perfxl.batch.pool._work = broken_work.work\nmain()\n"
    )
    (tmp_path / "broken_work.py").write_text(
        "def work(job):\n    cell = chr(26446)\n    raise ValueError(cell * 3)\n", "utf-8"
    )
    known = environment()
    known["PYTHONPATH"] += f"{os.pathsep}{tmp_path}"
    words = ["annotate", "in", "-o", "out", "--no-cache"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=tmp_path, env=known, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "错误 FL09" in done.stderr
    assert f"“out/{LOG}”" in done.stderr
    assert "Traceback" not in done.stderr
    text = (tmp_path / "out" / LOG).read_text("utf-8")
    assert " annotate in -o out --no-cache\n" in text
    assert "李" not in text
