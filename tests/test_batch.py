"""Many files: order, window, interruption; what is kept from run to run, and what of it is believed.

* results stand in the order of the jobs; never more than a few tasks are under way; the time limit is each file's own
* a worker that is killed from outside costs nothing
* Ctrl-C: one line, exit code 130, no half file, no process left
* a killed run is taken up; an unchanged inbox gives the same bytes without a worker being started
* nothing is believed of another program, scheme, setting or day, nor a line that was changed
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

import perfxl.batch.pool
import perfxl.results.fingerprint
from batches import province, result
from perfxl.batch.copies import annotated_names
from perfxl.batch.files import find_files
from perfxl.batch.onefile import process_file
from perfxl.batch.pool import Packed, run_jobs, work_here
from perfxl.command.runner import Settings
from perfxl.model import FileResult, Finding, Severity
from perfxl.results.cache import APART, FOLDER, Cache
from perfxl.results.encoding import decode, encode
from perfxl.results.filed import PackedResult, ResultHead, pack
from perfxl.results.fingerprint import fingerprint_of
from perfxl.results.jobs import Conditions, Job, changed_at
from perfxl.results.journal import Journal
from perfxl.schemes.choice import SchemeChoice
from perfxl.system.interrupts import held
from running import command, consolidate_words, environment, exit_code_here, inbox, perfxl_run, written
from sharing import shared_folder

DAY = date(2024, 6, 28)
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")


def jobs(count: int, **changes: Any) -> list[Job]:
    return [Job(Path(f"{number}.xlsx"), f"{number}", Conditions(DAY), **changes) for number in range(count)]


def named(job: Job) -> Packed:
    return [pack(replace(result(), file=job.name, dossier=None))]


# -- order, window, limits --------------------------------------------------------------------------------------------


def _first_waits_for_another(job: Job) -> Packed:
    assert job.annotated is not None
    while job.name == "0" and not job.annotated.exists():
        time.sleep(0.01)
    if job.name == "19":
        job.annotated.touch()
    return named(job)


def test_results_come_as_they_are_ready_and_stand_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", _first_waits_for_another)
    came: list[str] = []
    results = run_jobs(jobs(20, annotated=tmp_path / "done"), 2, lambda heads: came.extend(one.file for one in heads))
    assert [one.file for one in results] == [str(number) for number in range(20)]
    assert sorted(came) == sorted(one.file for one in results)
    assert came[0] != "0"


def test_only_a_few_tasks_are_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", named)
    taken = done = most = 0

    def tasks() -> Iterator[tuple[int, Job]]:
        nonlocal taken, most
        for task in enumerate(jobs(60)):
            taken += 1
            most = max(most, taken - done)
            yield task

    for _ in work_here(tasks(), workers=1):
        done += 1
    assert done == 60
    assert most <= perfxl.batch.pool.AHEAD + perfxl.batch.pool.CHUNK


def _short_sleep(job: Job) -> Packed:
    time.sleep(0.4)
    return named(job)


def test_waiting_in_line_does_not_count_for_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", _short_sleep)
    monkeypatch.setattr(perfxl.batch.pool, "TIME_LIMIT", 1.2)
    assert [one.findings for one in run_jobs(jobs(5), 1)] == [result().findings] * 5


def _killed_once(job: Job) -> Packed:
    if not job.file.exists():
        job.file.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return named(job)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_worker_killed_from_outside_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", _killed_once)
    work = [replace(job, file=tmp_path / job.name) for job in jobs(3)]
    assert [one.findings for one in run_jobs(work, 1)] == [result().findings] * 3


def _interrupted_while_held(done: list[str]) -> None:
    with held() as answer:
        signal.raise_signal(signal.SIGINT)
        done.append("handed over")
        answer()
        done.append("never")


def test_ctrl_c_waits_until_it_is_asked_for() -> None:
    done: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        _interrupted_while_held(done)
    assert done == ["handed over"]
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_at_the_last_moment_is_not_forgotten() -> None:
    with pytest.raises(KeyboardInterrupt), held():
        signal.raise_signal(signal.SIGINT)
    with held() as answer:
        answer()


def test_ctrl_c_while_results_are_taken_ends_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", named)
    came: list[str] = []

    def press(heads: Sequence[ResultHead]) -> None:
        came.extend(head.file for head in heads)
        if len(came) == 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_jobs(jobs(200), 1, press)
    assert 3 <= len(came) < 100


@posix
def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").symlink_to("/dev/zero")
    (tmp_path / "c.xlsx").symlink_to("d.xlsx")
    (tmp_path / "d.xlsx").symlink_to("c.xlsx")
    found = find_files([tmp_path])
    results = run_jobs([Job(one.path, one.name, Conditions(DAY)) for one in found.files], 1)
    assert len(results) == 4
    assert [[one.code for one in result.findings] for result in results] == [["FL12"]] * 4


def _slow_third(job: Job) -> Packed:
    """Notes each file that it takes up; the third one is slow."""
    assert job.annotated is not None
    with job.annotated.open("a", encoding="utf-8") as notes:
        notes.write(job.name)
    if job.name == "2":
        time.sleep(1)
    return named(job)


def test_where_four_files_take_too_long_each_has_its_own_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", _slow_third)
    monkeypatch.setattr(perfxl.batch.pool, "CHUNK_LIMIT", 0.5)
    notes = tmp_path / "notes"
    assert [one.findings for one in run_jobs(jobs(4, annotated=notes), 1)] == [result().findings] * 4
    assert notes.read_text("utf-8") == "012" + "0123"


def test_copies_whose_names_differ_in_spelling_alone_have_two_names() -> None:
    names = annotated_names([Path("a/caf\u00e9.xlsx"), Path("b/cafe\u0301.xlsx")])
    assert len({normalize("NFC", name) for name in names.values()}) == 2


# -- what a result looks like as bytes --------------------------------------------------------------------------------


def test_every_result_comes_back_from_its_bytes() -> None:
    results = [*province(30), replace(result(), file="收件/\ud800.xlsx")]
    for one in results:
        line = encode(one)
        assert b"\n" not in line
        assert decode(FileResult, line) == one
        assert encode(decode(FileResult, line)) == line


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"file": 1}', b"[" * 100_000, b"\xff"])
def test_other_bytes_are_no_result(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode(FileResult, data)


def test_a_journal_holds_what_was_put_and_nothing_that_was_changed(tmp_path: Path) -> None:
    path, one, two = tmp_path / "cache" / "a.jsonl", "1" * 64, "2" * 64
    Journal(path).put(one, b"first")
    Journal(path).put(one, b"second")
    Journal(path).put(two, b"other")
    assert [Journal(path).get(key) for key in (one, two, "3" * 64)] == [b"second", b"other", None]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines)[:-3])  # cut off in the middle of the last line
    journal = Journal(path)
    assert [journal.get(one), journal.get(two)] == [b"second", None]
    journal.put(two, b"again")
    assert [Journal(path).get(one), Journal(path).get(two)] == [b"second", b"again"]
    path.write_bytes(lines[2].replace(b"2" * 64, b"1" * 64))  # moved to another key
    assert Journal(path).get(one) is None
    path.unlink()
    path.mkdir()
    Journal(path).put(one, b"nowhere")
    assert Journal(path).get(one) is None


def test_a_journal_takes_nothing_that_it_could_not_read_back(tmp_path: Path) -> None:
    path, key = tmp_path / "journal", "1" * 64
    journal = Journal(path)
    journal.put(key, b"x" * (16 * 2**20))
    assert not path.exists()
    largest = b"x" * (16 * 2**20 - 200)
    journal.put(key, largest)
    assert Journal(path).get(key) == journal.get(key) == largest


# -- what is believed -------------------------------------------------------------------------------------------------


@pytest.fixture
def job(tmp_path: Path) -> Job:
    inbox(tmp_path, 1)
    return Job(tmp_path / "in" / "000.xlsx", "in/000.xlsx", Conditions(DAY), annotated=tmp_path / "out" / "000.xlsx")


@pytest.fixture
def known(job: Job, tmp_path: Path) -> list[PackedResult]:
    """The job's result, kept under the fingerprint "f"."""
    found = list(map(pack, process_file(job)))
    Cache(tmp_path, "f").store(job, found)
    return found


def test_a_kept_result_is_found_again(job: Job, known: list[PackedResult], tmp_path: Path) -> None:
    assert Cache(tmp_path, "f").find(job) == known


def test_no_result_of_another_fingerprint_is_found(job: Job, known: list[PackedResult], tmp_path: Path) -> None:
    assert Cache(tmp_path, "g").find(job) == []
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == []


def _other_content(job: Job) -> None:
    job.file.write_bytes(job.file.read_bytes() + b" ")


def _no_copy(job: Job) -> None:
    assert job.annotated
    job.annotated.unlink()


def _changed_copy(job: Job) -> None:
    assert job.annotated
    job.annotated.write_bytes(job.annotated.read_bytes() + b" ")


@pytest.mark.parametrize("change", [_other_content, _no_copy, _changed_copy])
def test_no_result_is_found_when_a_file_has_changed(
    change: Callable[[Job], None], job: Job, known: list[PackedResult], tmp_path: Path
) -> None:
    change(job)
    assert Cache(tmp_path, "f").find(job) == []


def test_a_result_bears_the_name_under_which_it_was_asked_for(
    job: Job, known: list[PackedResult], tmp_path: Path
) -> None:
    cache = Cache(tmp_path, "f")
    assert cache.find(replace(job, name="in/other.xlsx")) == []
    assert cache.find(replace(job, annotated=None)) == []


def test_the_files_own_date_is_not_taken_from_an_earlier_run(
    job: Job, known: list[PackedResult], tmp_path: Path
) -> None:
    dated = [known[0]._replace(head=replace(known[0].head, modified=changed_at(job.file)))]
    Cache(tmp_path, "f").store(job, dated)
    assert Cache(tmp_path, "f").find(job) == dated
    os.utime(job.file, (0, 0))
    assert Cache(tmp_path, "f").find(job) == []
    Cache(tmp_path, "f").store(job, known)
    os.utime(job.file, (9, 9))
    assert Cache(tmp_path, "f").find(job) == known


def test_a_tampered_entry_is_ignored(job: Job, known: list[PackedResult], tmp_path: Path) -> None:
    path = next((tmp_path / FOLDER).iterdir())
    line = path.read_bytes()
    assert b"97" in line
    for changed in (line.replace(b"97", b"98"), line[:-10], line[:140] + b"\n", b"", b"\x80\x04K\x01." * 50):
        path.write_bytes(changed)
        assert Cache(tmp_path, "f").find(job) == [], changed[:200]


@pytest.mark.parametrize("code", ["FL09", "FL12", "FL13", "FL14"])
def test_what_went_wrong_with_a_run_is_not_kept(code: str, job: Job, tmp_path: Path) -> None:
    found = [pack(replace(process_file(job)[0], findings=(Finding(code, Severity.ERROR, "……"),)))]
    Cache(tmp_path, "f").store(job, found)
    assert Cache(tmp_path, "f").find(job) == []


def test_every_setting_and_the_program_make_another_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.toml"
    own.write_text("id = 1", "utf-8")
    conditions = Conditions(DAY)
    changed = [
        replace(conditions, scheme=SchemeChoice(only=("hainan-2020",))),
        replace(conditions, scheme=SchemeChoice(added=(str(own),))),
        replace(conditions, ignored=frozenset({"FD01"})),
        replace(conditions, limits=replace(conditions.limits, cells=7)),
    ]
    settings, *others = map(Settings, (conditions, *changed))
    prints = [one.fingerprint for one in (settings, *others)]
    own.write_text("id = 2", "utf-8")
    prints.append(others[1].fingerprint)
    monkeypatch.setattr(perfxl.results.fingerprint, "_program", lambda: ["another"])
    prints.append(settings.fingerprint)
    assert len(set(prints)) == len(prints)
    assert replace(settings, workers=3, scheduler="tcp://x").fingerprint == settings.fingerprint
    assert Settings(replace(conditions, today=date(2024, 6, 29))).fingerprint == settings.fingerprint


def test_an_edited_module_is_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "__init__.py").write_text("", "utf-8")
    monkeypatch.setattr(perfxl, "__file__", str(tmp_path / "__init__.py"))
    before = perfxl.results.fingerprint._program.__wrapped__()
    (tmp_path / "scoring.py").write_text("x = 1", "utf-8")
    assert perfxl.results.fingerprint._program.__wrapped__() != before
    assert fingerprint_of(Conditions(DAY)) == Settings(Conditions(DAY)).fingerprint


# -- real processes ---------------------------------------------------------------------------------------------------


def _entries(folder: Path) -> int:
    return sum(len(path.read_bytes().splitlines()) for path in (folder / "out" / FOLDER).glob("*.jsonl"))


def _started(folder: Path, *words: object) -> subprocess.Popen[str]:
    """perfxl in a process group of its own, stopped until it has put down its first results."""
    process = subprocess.Popen(
        command(*words), cwd=folder, env=environment(), text=True, start_new_session=True, stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    until = time.monotonic() + 60
    while _entries(folder) < 3 and time.monotonic() < until:
        time.sleep(0.02)
    assert process.poll() is None
    return process


def _group_is_gone(group: int) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """An inbox of forty forms, and what a run without cache makes of it."""

    def fill(folder: Path) -> None:
        inbox(folder, 40)
        done = perfxl_run(*consolidate_words("--no-cache"), folder=folder)
        assert done.returncode == 0, done.stderr
        assert not (folder / "out" / FOLDER).exists()

    folder = shared_folder(tmp_path_factory, "batch", fill)
    return folder, written(folder)


def _fresh(batch: tuple[Path, dict[str, bytes]], folder: Path) -> Path:
    (folder / "in").symlink_to(batch[0] / "in")
    return folder


@posix
def test_ctrl_c_ends_cleanly_and_the_next_run_goes_on(batch: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    folder = _fresh(batch, tmp_path)
    process = _started(folder, *consolidate_words("--jobs", 1))
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert [line for line in err.splitlines() if line] == [err.strip()]
    assert err.strip().startswith("已中断：已处理 ")
    assert _group_is_gone(process.pid)
    expected = batch[1]
    kept = written(folder)
    assert all(expected[name] == data for name, data in kept.items())
    assert 0 < len(kept) < len(expected)
    assert perfxl_run(*consolidate_words(), folder=folder).returncode == 0
    assert written(folder) == expected


@posix
def test_a_killed_run_is_taken_up(batch: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    folder = _fresh(batch, tmp_path)
    process = _started(folder, *consolidate_words("--jobs", 1))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert _group_is_gone(process.pid)
    before = _entries(folder)
    done = perfxl_run(*consolidate_words(), folder=folder)
    assert done.returncode == 0, done.stderr
    assert written(folder) == batch[1]
    assert _entries(folder) == 41, before  # one line for each form, none twice, and one for the summary


@posix
def test_an_unchanged_inbox_gives_the_same_bytes_and_starts_no_worker(
    batch: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    folder = _fresh(batch, tmp_path)
    first = perfxl_run(*consolidate_words(), folder=folder)
    times = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*.xlsx")}
    code = (
        "import sys\nimport perfxl.batch.pool\nfrom perfxl.command.cli import main\n"
        "perfxl.batch.pool._started = lambda workers: sys.exit('a worker was started')\n"
        f"sys.argv[1:] = {[str(word) for word in consolidate_words()]!r}\n"
        "try:\n    main()\nfinally:\n    assert 'pandas' not in sys.modules\n"
    )
    again = subprocess.run(
        [command()[0], "-c", code], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert (again.returncode, again.stdout, again.stderr) == (first.returncode, first.stdout, first.stderr)
    assert written(folder) == batch[1]
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_changed_file_and_a_lost_summary_are_made_again(tmp_path: Path) -> None:
    source, out = inbox(tmp_path, 3), tmp_path / "out"
    words = ("consolidate", source, "-o", out / "汇总.xlsx", "--annotated", out / "审核", "--tables", out / "表")
    assert exit_code_here(*words, "--date", DAY) == 0
    first = written(tmp_path)
    summary = tmp_path / "out" / "汇总.xlsx"
    summary.write_bytes(summary.read_bytes() + b"changed")
    (tmp_path / "out" / "审核" / "001.xlsx").unlink()
    next((tmp_path / "out" / "表").glob("*.csv")).unlink()
    assert exit_code_here(*words, "--date", DAY) == 0
    assert written(tmp_path) == first
    (tmp_path / "in" / "001.xlsx").write_bytes((tmp_path / "in" / "000.xlsx").read_bytes())
    assert exit_code_here(*words, "--date", DAY) == 0
    cached = written(tmp_path)
    assert exit_code_here(*words, "--date", DAY, "--no-cache") == 0
    assert written(tmp_path) == cached != first


def test_entries_are_plain_data(tmp_path: Path) -> None:
    inbox(tmp_path, 1)
    assert exit_code_here("annotate", tmp_path / "in", "-o", tmp_path / "out") == 0
    lines = next((tmp_path / "out" / FOLDER).iterdir()).read_bytes().splitlines()
    assert len(lines) == 1
    entry, *details = lines[0].split(b" ", 2)[2].replace(b"\t", APART).split(APART)
    assert json.loads(entry)
    assert len([json.loads(part) for part in details]) == 4


def _slow_at_first(job: Job) -> Packed:
    """Sleeps when it is tried for the first time, as on a busy machine."""
    if not job.file.exists():
        job.file.touch()
        time.sleep(30)
    return named(job)


def test_a_file_that_ran_out_of_time_by_the_clock_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", _slow_at_first)
    monkeypatch.setattr(perfxl.batch.pool, "TIME_LIMIT", 1.0)
    monkeypatch.setattr(perfxl.batch.pool, "PATIENCE", 1)
    (work,) = [replace(job, file=tmp_path / job.name) for job in jobs(1)]
    assert [one.findings for one in run_jobs([work], 1)] == [result().findings]


def _busy(job: Job) -> Packed:
    while True:
        pass


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="needs POSIX limits")
def test_a_file_that_uses_up_its_cpu_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.pool, "_work", _busy)
    monkeypatch.setattr(perfxl.batch.pool, "TIME_LIMIT", 1.0)
    monkeypatch.setattr(perfxl.batch.pool, "PATIENCE", 20)
    (one,) = run_jobs(jobs(1), 1)
    assert [(found.code, found.found) for found in one.findings] == [("FL09", "超时")]
