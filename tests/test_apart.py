"""Work that another process does meanwhile.

* what comes of it is what this process would have made, to the byte
* a process that is killed, or gets nowhere, costs time and nothing else; errors are this process's own
* no process and no file is left behind
"""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

import perfxl.summary.apart as apart
from batches import batch_of, province
from perfxl.errors import OutputError
from perfxl.results.filed import filed, lend
from perfxl.summary.workbook import write_summary
from perfxl.system.forks import aside

RESULTS = province(30)


def where(_: int) -> int:
    return os.getpid()


def where_it_ends_well(parent: int) -> int:
    """Only the process that was asked to do this gets it done."""
    if os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def failing(text: str) -> int:
    raise ValueError(f"{text}, process {os.getpid()}")


def endless(parent: int) -> int:
    while os.getpid() != parent:
        time.sleep(0.01)
    return parent


def test_another_process_does_the_work() -> None:
    with aside(where, 1) as answer:
        assert answer() not in (os.getpid(), None)
    assert multiprocessing.active_children() == []


def test_what_a_killed_process_leaves_is_done_here() -> None:
    with aside(where_it_ends_well, os.getpid()) as answer:
        assert answer() == os.getpid()


@pytest.mark.parametrize("error", [EOFError("unexpected EOF"), OSError(11, "Resource temporarily unavailable")])
def test_what_no_process_could_be_started_for_is_done_here(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise error

    monkeypatch.setattr("multiprocessing.context.ForkServerProcess._Popen", staticmethod(refuse))
    with aside(where, 1) as answer:
        assert answer() == os.getpid()


def test_an_error_is_that_of_this_process() -> None:
    with aside(failing, "in vain") as answer, pytest.raises(ValueError, match=f"in vain, process {os.getpid()}"):
        answer()


def test_a_process_that_nobody_waits_for_is_stopped() -> None:
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), aside(endless, os.getpid()):
        raise KeyboardInterrupt
    assert time.monotonic() - started < 30
    assert multiprocessing.active_children() == []


def test_lent_details_are_those_of_the_shelf(tmp_path: Path) -> None:
    kept = [one.kept for one in filed(RESULTS)]
    lent = lend(reversed(kept), tmp_path / "details")
    with aside(_details, lent) as answer:
        assert answer() == [one.details for one in reversed(kept)]


def _details(lent: list) -> list:  # type: ignore[type-arg]
    return [one.details for one in lent]


def test_whoever_writes_the_breakdowns_the_bytes_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, asked = batch_of(RESULTS), []
    real = apart.aside
    monkeypatch.setattr(apart, "aside", lambda *given: asked.append(given[0]) or real(*given))
    monkeypatch.setattr(apart, "WORTH", len(batch.portfolio.projects))
    write_summary(batch, tmp_path / "一.xlsx", workers=1)
    assert asked == []
    write_summary(batch, tmp_path / "二.xlsx", workers=2)
    assert asked == [apart.write_breakdowns]
    monkeypatch.setattr(apart, "WORTH", len(batch.portfolio.projects) + 1)
    write_summary(batch, tmp_path / "三.xlsx", workers=2)
    assert len(asked) == 1
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["一.xlsx", "三.xlsx", "二.xlsx"]


def test_a_folder_without_room_is_said_whoever_finds_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WORTH", 1)
    monkeypatch.setattr(apart, "write_breakdowns", _full)
    with pytest.raises(OutputError, match=r"汇总\.xlsx.*磁盘"):
        write_summary(batch_of(RESULTS), tmp_path / "汇总.xlsx", workers=2)
    assert list(tmp_path.iterdir()) == []


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")
