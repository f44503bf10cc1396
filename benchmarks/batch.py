"""What does a province's inbox cost? `python benchmarks/batch.py [--forms 1000] [--growth 1000,10000]` prints a table of ratios.

Every figure comes from processes of this run on the same files (`workload.py`): CPU is that of a process with all its
descendants, memory the peak of the parent alone. `--only NAME` runs one part. Linux only.
"""

import argparse
import ctypes
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

T = TypeVar("T")
HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))
DAY = "2024-06-28"
SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER: the fork server of a run becomes our child when the run ends, so that its CPU is counted."""


@dataclass(frozen=True)
class Cost:
    """What a command took: CPU seconds with all descendants, seconds by the clock, peak MB of its first process."""

    cpu: float
    wall: float
    peak: float


def cost(*words: object) -> Cost:
    """Runs a command to its end; exit codes about findings are fine."""
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    before, start = os.times(), time.perf_counter()
    process = subprocess.Popen(list(map(str, words)), env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = os.times()
    if process.returncode not in (0, 1, 3):
        sys.exit(f"failed with {process.returncode}: {words}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(cpu, wall, usage.ru_maxrss / 1024)


def perfxl(*words: object) -> Cost:
    return cost(sys.executable, "-m", "perfxl", *words)


def consolidate(inbox: Path, out: Path, *more: object) -> Cost:
    """The whole job: check, annotate, summary."""
    return perfxl("consolidate", inbox, "-o", out / "汇总.xlsx", "--annotated", out / "审核", "--date", DAY, *more)


def line(name: str, figure: str, ratio: float, bar: float, at_least: bool = False) -> None:
    held = ratio >= bar if at_least else ratio <= bar
    print(
        f"{name:44}{figure:>44}{ratio:>9.2f}{'≥' if at_least else '≤'}{bar:<7g}{'met' if held else 'MISSED'}",
        flush=True,
    )


# -- parts of the table -----------------------------------------------------------------------------------------------


def against_others(inbox: Path, folder: Path, forms: int) -> None:
    """The whole job against the office's script and against the floor."""
    own = consolidate(inbox, folder / "own", "--no-cache")
    floor = cost(sys.executable, __file__, "--floor", inbox, folder / "floor")
    script = cost(sys.executable, __file__, "--script", inbox, folder / "script")
    each = own.cpu / forms * 1000
    line(
        f"{forms} forms, all in / office's script",
        f"{own.cpu:.1f} / {script.cpu:.1f} s CPU",
        own.cpu / script.cpu,
        1 / 6,
    )
    line(f"{forms} forms, all in / floor", f"{own.cpu:.1f} / {floor.cpu:.1f} s CPU", own.cpu / floor.cpu, 6)
    line("CPU of a form, all in", f"{each:.1f} ms, parent {own.peak:.0f} MB", each, 12)
    annotate = perfxl("annotate", inbox, "-o", folder / "copies", "--no-cache")
    line("  of which without the summary", f"{annotate.cpu:.1f} s CPU", annotate.cpu / own.cpu, 1)


def growth(few: int, many: int, folder: Path) -> None:
    """How CPU and the parent's memory grow."""
    costs = []
    for count in (few, many):
        inbox = folder / f"in{count}"
        made(inbox, count)
        costs.append(consolidate(inbox, folder / f"out{count}", "--no-cache"))
    one, ten = costs
    line(f"{many} / {few} forms", f"{ten.cpu:.1f} / {one.cpu:.1f} s CPU", ten.cpu / one.cpu, 10.5 * many / few / 10)
    line("  parent's peak memory", f"{ten.peak:.0f} / {one.peak:.0f} MB", ten.peak / one.peak, 2)
    line("  parent's peak memory, MB", f"{ten.peak:.0f} MB", ten.peak, 500)


def workers(inbox: Path, count: int, folder: Path) -> None:
    """Two workers against one, by the clock: the whole job and the part without summary, each twice in turns."""
    if not inbox.exists():
        made(inbox, count)
    for name in ("consolidate", "annotate"):
        seconds = {1: 0.0, 2: 0.0}
        for jobs in (2, 1, 1, 2):
            out = folder / "workers"  # a new one each time: copies that stand there already would be looked into
            words = ("-o", out / "s.xlsx", "--annotated", out) if name == "consolidate" else ("-o", out)
            seconds[jobs] += perfxl(name, inbox, *words, "--no-cache", "--jobs", jobs).wall / 2
            shutil.rmtree(out)
        one, two = seconds[1], seconds[2]
        line(f"{name} {count} forms: one worker / two", f"{one:.1f} / {two:.1f} s", one / two, 1.7, at_least=True)


def cluster(inbox: Path, folder: Path) -> None:
    """A scheduler and two workers on this machine against two processes: what handing the files over costs."""
    (folder / "cluster").mkdir()
    started = [_dask(folder / "cluster", "scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")]
    started += [_dask(folder / "cluster", "worker", "--nthreads", "1", "--no-dashboard") for _ in range(2)]
    try:
        address = _address(folder / "cluster" / "cluster.json")
        there_too = ("--scheduler", address)
        _clock("annotate", next(inbox.rglob("*.xlsx")), "-o", folder / "warm", *there_too)
        here = _clock("annotate", inbox, "-o", folder / "here", "--jobs", 2)
        there = _clock("annotate", inbox, "-o", folder / "there", *there_too)
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
    differ = sum(
        a != b for a, b in zip(digests(folder / "here").items(), digests(folder / "there").items(), strict=True)
    )
    line("cluster of two workers / two processes", f"{there:.1f} / {here:.1f} s", there / here, 2)
    line("  copies that differ", "", float(differ), 0)


def _clock(*words: object) -> float:
    """Seconds that a command takes by the clock, whoever works for it."""
    start = time.perf_counter()
    call = [sys.executable, "-m", "perfxl", *map(str, words), "--no-cache"]
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(call, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def _dask(folder: Path, kind: str, *words: str) -> subprocess.Popen[bytes]:
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--scheduler-file", "cluster.json", *words]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(call, cwd=folder, env=known, start_new_session=True, **quiet)


def _address(file: Path) -> str:
    while not file.exists():
        time.sleep(0.1)
    return str(json.loads(file.read_text("utf-8"))["address"])


def again(inbox: Path, folder: Path) -> None:
    """A second run over the same inbox."""
    first = consolidate(inbox, folder / "again")
    before = digests(folder / "again")
    second = consolidate(inbox, folder / "again")
    line(
        "first run / second run", f"{first.cpu:.1f} / {second.cpu:.2f} s CPU", first.cpu / second.cpu, 10, at_least=True
    )
    line("  files that differ", "", float(before != digests(folder / "again")), 0)


def starts(inbox: Path) -> None:
    """What it takes to start; the best of five."""
    form = next(path for path in sorted(inbox.rglob("*.xlsx")) if path.stat().st_size > 10_000)
    for name, bar, words in (("--help", 0.15, ("--help",)), ("check of one file", 1.0, ("check", form))):
        best = min(perfxl(*words).wall for _ in range(5))
        line(f"perfxl {name}, seconds", f"{best:.3f} s", best, bar)


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*.xlsx"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def made(inbox: Path, count: int) -> None:
    cost(sys.executable, HERE / "workload.py", inbox, count)


def profile(inbox: Path, folder: Path) -> None:
    """Where the time of a form goes, stage by stage, in one warm process over the whole inbox."""
    import datetime

    from perfxl.batch.onefile import process_file
    from perfxl.door.inspect import inspect
    from perfxl.errors import RefusedError
    from perfxl.reading.reader import read_form
    from perfxl.results.filed import pack
    from perfxl.results.jobs import Conditions, Job
    from perfxl.rules import judge
    from perfxl.system.outfile import write_whole
    from perfxl.writeback.annotate import apply_plan, plan_edits

    day, spent, forms = datetime.date.fromisoformat(DAY), dict[str, float](), 0

    def timed(stage: str, work: Callable[[], T]) -> T:
        start = time.process_time()
        done = work()
        spent[stage] = spent.get(stage, 0) + time.process_time() - start
        return done

    for path in sorted(inbox.rglob("*.xlsx")):
        data = path.read_bytes()
        try:
            facts = timed("door", partial(inspect, data))
        except RefusedError:
            continue
        form = timed("read", partial(read_form, data, facts)).form
        assessment, findings = timed("score and rules", partial(judge, form, day))
        plan = timed("plan the copy", partial(plan_edits, form, assessment, findings, path.name))
        copy = timed("annotate the copy", partial(apply_plan, data, plan))
        timed("write the copy", partial(write_whole, folder / "profile" / path.name, copy, durable=False))
        timed("pack the result", partial(pack, process_file(Job(path, path.name, Conditions(day)))[0]))
        forms += 1
    for stage, seconds in spent.items():
        print(f"  {stage:42}{seconds / forms * 1000:>10.2f} ms a form")


# -- the others -------------------------------------------------------------------------------------------------------


def by_script(inbox: Path, out: Path) -> None:
    """What an office would write: read all sheets, put results into the workbook, save it, a summary of all."""
    import openpyxl
    import pandas as pd

    out.mkdir(parents=True)
    rows = []
    for number, path in enumerate(sorted(inbox.rglob("*.xlsx"))):
        try:
            sheets = pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")
            book = openpyxl.load_workbook(path)
        except Exception:  # noqa: BLE001  (the script of an office: what it cannot read it passes over)
            continue
        frame = next(iter(sheets.values()))
        book.worksheets[0]["A1"] = "已审核"
        book.save(out / f"{number}.xlsx")
        rows.append({"文件": path.name, "表数": len(sheets), "第一格": str(frame.iat[0, 0])})
    pd.DataFrame(rows).to_excel(out / "汇总.xlsx", engine="xlsxwriter", index=False)


def by_floor(inbox: Path, out: Path) -> None:
    """The least that any program does: parse all sheets, copy the zip."""
    import io
    import zipfile

    import python_calamine

    out.mkdir(parents=True)
    for number, path in enumerate(sorted(inbox.rglob("*.xlsx"))):
        data = path.read_bytes()
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out / f"{number}.xlsx", "w") as new:
                for entry in old.infolist():
                    new.writestr(entry, old.read(entry))
        except (python_calamine.CalamineError, zipfile.BadZipFile):
            continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=1000)
    parser.add_argument("--growth", default="1000,10000")
    parser.add_argument("--only", default="")
    parser.add_argument("--script", nargs=2, type=Path)
    parser.add_argument("--floor", nargs=2, type=Path)
    words = parser.parse_args()
    if words.script or words.floor:
        (by_script if words.script else by_floor)(*(words.script or words.floor))
        return
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    print(f"{'':44}{'':>44}{'ratio':>9} bar", flush=True)
    with TemporaryDirectory() as name:
        folder, few, many = Path(name), *map(int, words.growth.split(","))
        inbox = folder / "in"
        made(inbox, words.forms)
        parts: dict[str, Callable[[], None]] = {
            "starts": lambda: starts(inbox),
            "profile": lambda: profile(inbox, folder),
            "others": lambda: against_others(inbox, folder, words.forms),
            "again": lambda: again(inbox, folder),
            "cluster": lambda: cluster(inbox, folder),
            "growth": lambda: growth(few, many, folder),
            "workers": lambda: workers(folder / f"in{many}", many, folder),
        }
        for part, work in parts.items():
            if words.only in ("", part):
                work()


if __name__ == "__main__":
    main()
