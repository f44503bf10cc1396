"""One batch over everything that may come by mail, with good forms between: each file gets its outcome, nobody suffers.

* every hostile or odd file is refused with its code or read, and no worker dies or hangs
* the good forms among them are read right
* no process takes more than 600 MB
* nothing is written outside the output folder, and nothing read but the files and the program itself
* no program is started, no name is resolved, nothing is sent
"""

import json
import os
import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import perfxl.batch.pool
import perfxl.door.olddocuments
from forms import GOOD
from hostile import StoredCase
from perfxl.batch.pool import run_jobs
from perfxl.dossier import complete
from perfxl.model import Status
from perfxl.results.filed import PackedResult, pack
from perfxl.results.jobs import Conditions, Job
from workbooks import SCHEME, form_bytes

MOST_MEMORY = 600 * 2**10
"""Peak of one process in KiB."""


FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.startfile")
PROGRAM = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))
"""Where modules and the data that come with them are read from."""

_seen: list[str] = []
_watched: list[bool] = []


def _watch(folder: Path) -> None:
    """Notes from now on what this process does beyond reading and writing in one folder."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(FORBIDDEN):
            _seen.append(f"{event} {arguments}")
        elif event == "open" and isinstance(arguments[0], str):
            flags = arguments[2] if isinstance(arguments[2], int) else 0
            writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            inside = arguments[0].startswith((str(folder), "/proc/self", "/dev/null"))
            if not inside and (writes or not arguments[0].startswith(PROGRAM)):
                _seen.append(f"open {arguments}")

    sys.addaudithook(hook)
    _watched.append(True)


def _work_and_weigh(job: Job) -> list[PackedResult]:
    """A file's result; where its report would stand, the worker's peak memory so far and what it did that it must not."""
    from perfxl.batch.onefile import process_file

    if not _watched:
        perfxl.door.olddocuments.program = lambda: None  # old documents go to LibreOffice: see test_old_documents
        _watch(job.file.parent)
    _seen.clear()
    (result,) = process_file(job)
    status = Path("/proc/self/status").read_text("utf-8")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return [pack(replace(result, report=json.dumps([peak, _seen])))]


OPENED = ("zip-of-workbooks", "7z")
"""Archives, which are opened: see test_intake."""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_batch_of_hostile_files(corpus: list[StoredCase], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected: dict[str, frozenset[str | None]] = {}
    jobs: list[Job] = []
    good = form_bytes(GOOD)
    for number, case in enumerate(case for case in corpus if case.name not in OPENED):
        path = tmp_path / f"{number:03}.xlsx"
        shutil.copyfile(case.path, path)
        expected[path.name] = case.codes
        jobs.append(Job(path, path.name, Conditions(date(2024, 6, 28)), annotated=tmp_path / "out" / path.name))
        if number % 40 == 0:
            path = tmp_path / f"{number:03}-good.xlsx"
            path.write_bytes(good)
            jobs.append(Job(path, path.name, Conditions(date(2024, 6, 28)), annotated=tmp_path / "out" / path.name))
    assert len(expected) >= 70

    monkeypatch.setattr(perfxl.batch.pool, "_work", _work_and_weigh)
    results = list(run_jobs(jobs, 2))
    weighed = [json.loads(result.report) for result in results if result.report]

    for job, result in zip(jobs, results, strict=True):
        if "good" in job.name:
            assert (result.status, result.findings) == (Status.ACCEPTED, ())
            assert result.dossier == complete(SCHEME, GOOD)
            assert result.annotated is not None
            continue
        allowed = expected[job.name]
        if None in allowed:  # let in by the door: no form, or beyond what the reader knows
            allowed |= {"ST01", "FL03"}
        assert [finding.code for finding in result.findings if finding.code in allowed], (job.name, allowed, result)
        assert result.status is Status.REJECTED
    assert [seen for _, seen in weighed if seen] == []
    assert len(weighed) == len(jobs)
    assert max(peak for peak, _ in weighed) < MOST_MEMORY
