"""One filled form, everything that perfxl does with it, against the obvious script: pandas reads, openpyxl loads and saves.

Run: `python benchmarks/one_form.py [--profile]`. CPU time of this process, both in one run on the same file.
"""

import io
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pandas as pd

from perfxl.batch.onefile import process_file
from perfxl.door.inspect import inspect
from perfxl.model import FileResult, Form
from perfxl.reading.reader import read_form
from perfxl.results.jobs import Conditions, Job
from perfxl.rules import judge
from perfxl.scoring.assess import assess
from perfxl.writeback.annotate import apply_plan, plan_edits

SAMPLE = Path(__file__).parent.parent / "samples" / "海南省商务厅-信息系统运维.xlsx"
DAY = date(2024, 6, 28)


def cost(work: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds of one call in a warm process: the best of eight runs, as others may use the machine too."""
    work()
    best = float("inf")
    for _ in range(8):
        start = time.process_time()
        for _ in range(rounds):
            work()
        best = min(best, (time.process_time() - start) / rounds)
    return best * 1000


def with_new_texts(form: Form, number: int) -> Form:
    """The form with a report that was not read before, as every further file has one: nothing of it is known yet."""
    sections = {path: form.cell(path) for path, _ in form.scheme.sections}
    texts = {path: cell._replace(value=f"{cell.text}（第{number}份）") for path, cell in sections.items() if cell.text}
    return replace(form, cells={**form.cells, **texts})


def rules_of_new_forms(form: Form) -> Callable[[], object]:
    """The rules over a form whose report is another at each call."""
    forms = cycle([with_new_texts(form, number) for number in range(2500)])
    return lambda: judge(next(forms), DAY)


def by_script(data: bytes) -> None:
    """What an office would write: read all sheets, load the workbook, write a result, save it."""
    pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, engine="openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["项目基本信息表"]["B15"] = 1
    book.save(io.BytesIO())


def process_afresh(job: Job) -> FileResult:
    """All stages, with no annotated copy there from an earlier call."""
    assert job.annotated is not None
    job.annotated.unlink(missing_ok=True)
    return process_file(job)[0]


def main() -> None:
    data = SAMPLE.read_bytes()
    facts = inspect(data)
    form = read_form(data, facts).form
    assessment, findings = judge(form, DAY)
    plan = plan_edits(form, assessment, findings, SAMPLE.name)
    with TemporaryDirectory() as folder:
        job = Job(SAMPLE, SAMPLE.name, Conditions(DAY), annotated=Path(folder) / "copy.xlsx")
        process = partial(process_afresh, job)
        if "--profile" in sys.argv:
            profile(process)
            return
        steps = {
            "door (inspect)": cost(lambda: inspect(data), 10),
            "read": cost(lambda: read_form(data, facts), 10),
            "score": cost(lambda: assess(form), 50),
            "score and rules": cost(lambda: judge(form, DAY), 50),
            "the same, new report": cost(rules_of_new_forms(form), 50),
            "plan": cost(lambda: plan_edits(form, assessment, findings, SAMPLE.name), 50),
            "annotate": cost(lambda: apply_plan(data, plan), 10),
        }
        whole = cost(process, 10)
    script = cost(lambda: by_script(data), 1)
    for name, milliseconds in steps.items():
        print(f"{name:22}{milliseconds:8.2f} ms")
    print(f"{'perfxl, all in':22}{whole:8.2f} ms")
    print(f"{'pandas + openpyxl':22}{script:8.2f} ms")
    print(f"ratio 1/{script / whole:.1f}")


def profile(work: Callable[[], object]) -> None:
    import cProfile
    import pstats

    work()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(30):
        work()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
