"""perfxl as a shell runs it, in this process or in one of its own, and small inboxes for it."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import perfxl
from forms import GOOD, patched
from perfxl.command.cli import cli
from perfxl.command.terminal import run
from workbooks import form_bytes

ROOT = Path(perfxl.__file__).parents[1]
DAY = "2024-06-28"


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "perfxl", *map(str, words)]


def environment() -> dict[str, str]:
    """The environment of a process that imports the perfxl under test, wherever it runs."""
    known = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{known}", "PYTHONUNBUFFERED": "1"}


def perfxl_process(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, in a folder and in a process of its own, which takes a second to start."""
    return subprocess.run(
        command(*words), cwd=folder, env=environment(), capture_output=True, text=True, timeout=120, check=False
    )


def perfxl_run(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, in a folder and in this process: its workers start quickly from the second time on."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = exit_code_here(*words)
    return subprocess.CompletedProcess(command(*words), code, out.getvalue(), err.getvalue())


def consolidate_words(*more: object) -> tuple[object, ...]:
    """The main job over the folder `in`, everything written below `out`."""
    return ("consolidate", "in", "-o", "out/汇总.xlsx", "--annotated", "out/审核", "--date", DAY, *more)


def exit_code_here(*words: object) -> int:
    """Runs a command in this process, whose workers start quickly from the second time on."""
    return run(lambda **options: cli.main([str(word) for word in words], **options))


def inbox(folder: Path, count: int) -> Path:
    """A folder `in` with so many good forms of different projects."""
    (folder / "in").mkdir(parents=True)
    for number in range(count):
        form = form_bytes(patched(GOOD, "basic.project_name", f"项目{number}"))
        (folder / "in" / f"{number:03}.xlsx").write_bytes(form)
    return folder / "in"


def written(folder: Path) -> dict[str, bytes]:
    """Every file below the folder `out`, the cache aside."""
    files = (path for path in (folder / "out").rglob("*") if path.is_file() and path.parent.name != ".perfxl-cache")
    return {path.relative_to(folder / "out").as_posix(): path.read_bytes() for path in files}
