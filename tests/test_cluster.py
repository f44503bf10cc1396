"""Past one machine: a real scheduler and two workers as processes on loopback.

* the summary and every annotated copy have the bytes that a run on this machine gives, refused files included
* a worker that is killed in the middle loses nothing; a file that kills its workers costs itself alone
* a worker with another program is refused; so is an address with nothing behind it
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import perfxl.batch.cluster
from forms import GOOD
from perfxl.batch.cluster import work_on_cluster
from perfxl.command.runner import Settings
from perfxl.errors import PerfxlError
from perfxl.results.jobs import Conditions, Job
from running import ROOT, command, consolidate_words, environment, inbox, perfxl_run, written
from workbooks import form_bytes

pytestmark = pytest.mark.skipif(
    os.name == "nt" or shutil.which("dask", path=str(Path(sys.executable).parent)) is None,
    reason="the extra `cluster` is not installed",
)
DAY = date(2024, 6, 28)
QUIET = ("--no-dashboard", "--host", "127.0.0.1")


class Cluster:
    """A scheduler and its workers, each with the process that watches over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--port", "0", "--scheduler-file", "cluster.json", *QUIET)
        for _ in range(2):
            self._start("worker", "--scheduler-file", "cluster.json", "--nthreads", "1", *QUIET)

    def _start(self, *words: str) -> None:
        words = (sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:])
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            known = environment()
            known["PYTHONPATH"] += f"{os.pathsep}{Path(__file__).parent}"
            known["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = "1"  # each costs a worker's start
            known["DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_METHOD"] = "forkserver"  # workers come back sooner
            self.processes.append(
                subprocess.Popen(words, cwd=self.folder, env=known, stdout=log, stderr=log, start_new_session=True)
            )

    @property
    def address(self) -> str:
        until = time.monotonic() + 60
        while not (self.folder / "cluster.json").exists() and time.monotonic() < until:
            time.sleep(0.1)
        return str(json.loads((self.folder / "cluster.json").read_text("utf-8"))["address"])

    def workers(self) -> list[int]:
        """The processes in which the workers run."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            return list(client.run(os.getpid).values())

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()


def test_the_result_is_the_local_one_though_a_worker_is_killed(cluster: Cluster, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    inbox(here, 40)
    for name, data in (("空", b""), ("网页", b"<html></html>"), ("断", form_bytes(GOOD)[:9000])):
        (here / "in" / f"{name}.xlsx").write_bytes(data)
    there.mkdir()
    (there / "in").symlink_to(here / "in")
    victim = cluster.workers()[0]

    words = command(*consolidate_words("--scheduler", cluster.address))
    process = subprocess.Popen(
        words, cwd=there, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while len(list((there / "out").rglob("*.xlsx"))) < 5 and time.monotonic() < until:
        time.sleep(0.02)
    assert process.poll() is None
    os.kill(victim, signal.SIGKILL)
    out, err = process.communicate(timeout=120)

    local = perfxl_run(*consolidate_words(), folder=here)
    assert (process.returncode, out, err) == (local.returncode, local.stdout, local.stderr)
    assert len(written(here)) > 40
    assert written(there) == written(here)
    assert victim not in cluster.workers()


def test_a_file_that_kills_its_workers_costs_itself_alone(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = form_bytes(GOOD)
    jobs = []
    for name in ("a", "tödlich", "b"):
        (tmp_path / f"{name}.xlsx").write_bytes(good)
        jobs.append(Job(tmp_path / f"{name}.xlsx", f"{name}.xlsx", Conditions(DAY)))
    monkeypatch.setattr(perfxl.batch.cluster, "_work", _die_of_one)
    before = cluster.workers()
    results = dict(work_on_cluster(iter(enumerate(jobs)), cluster.address, Settings(Conditions(DAY)).fingerprint))
    assert sorted(results) == [0, 1, 2]
    assert [results[number][0].head.found for number in range(3)] == [(), (), ()]  # this machine survives it
    assert set(cluster.workers()) - set(before)


def _die_of_one(job: Job, fingerprint: str) -> Any:
    from perfxl.batch.onefile import process_file
    from perfxl.results.filed import pack

    if job.file.stem == "tödlich":
        os._exit(9)
    return list(map(pack, process_file(job)))


def test_a_worker_with_another_program_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(form_bytes(GOOD))
    jobs = [Job(tmp_path / "a.xlsx", "a.xlsx", Conditions(DAY))]
    with pytest.raises(PerfxlError, match="与本机不同"):
        list(work_on_cluster(iter(enumerate(jobs)), cluster.address, "another"))


def test_the_users_own_scheme_may_change_between_two_runs(cluster: Cluster, tmp_path: Path) -> None:
    inbox(tmp_path, 1)
    text = (ROOT / "perfxl" / "schemes" / "hainan-2020.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    outcomes = []
    for lower in (90, 98):
        own.write_text(text.replace("from = 90", f"from = {lower}"), "utf-8")
        more = ("--scheme", "own.toml", "--fail-on", "never")
        done = perfxl_run(*consolidate_words("--scheduler", cluster.address, *more), folder=tmp_path)
        assert done.returncode == 0, done.stderr
        outcomes.append(written(tmp_path))
        local = perfxl_run(*consolidate_words("--no-cache", *more), folder=tmp_path)
        assert local.returncode == 0
        assert written(tmp_path) == outcomes[-1]
    assert outcomes[0] != outcomes[1]


def test_no_cluster_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perfxl.batch.cluster, "CLUSTER_PATIENCE", 1)
    with pytest.raises(PerfxlError, match="连不上"):
        list(work_on_cluster(iter([(0, Job(tmp_path / "a.xlsx", "a", Conditions(DAY)))]), "tcp://127.0.0.1:9", "f"))
