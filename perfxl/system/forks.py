"""How do other processes start? As forks of a clean server that has imported everything once.

The server is started before this process imports anything heavy itself, so that both work at the same time. Where there
is no fork, fresh processes are started.
"""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import TypeVar

from perfxl.system import interrupts

T = TypeVar("T")

MEMORY_LIMIT = 3 * 2**30
"""Bytes of address space for one worker, where the system can limit it."""


def started() -> multiprocessing.context.BaseContext:
    """What worker processes are started with; the server is on its way when this returns."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["perfxl.batch.onefile"])
    with interrupts.deaf():
        forkserver.ensure_running()
    return context


def limit_memory() -> None:
    """Runs first in each worker."""
    if sys.platform == "linux":
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


@contextmanager
def aside(work: Callable[..., T], *given: object) -> Iterator[Callable[[], T]]:
    """Has another process do some work meanwhile; yields a function that waits for what comes of it.

    Where nothing comes of it, the same is done here: so errors are those of this process, and a process that was killed
    costs time only.
    """
    context = started()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(there, work, given), daemon=True)  # type: ignore[attr-defined]

    def answer() -> T:
        try:
            found: T = here.recv()
        except (EOFError, OSError):
            return work(*given)
        return found

    try:
        with interrupts.held(), suppress(EOFError, OSError):  # who is given half of his work would complain
            process.start()
        there.close()
        yield answer
    finally:
        if process.pid:
            process.terminate()
            process.join()
        here.close()


def _answer(there: Connection, work: Callable[..., T], given: tuple[object, ...]) -> None:
    """Runs in the other process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(Exception), there:
        there.send(work(*given))
