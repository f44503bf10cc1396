"""How do other processes start? As forks of a clean server that has imported everything once.

The server is started before this process imports anything heavy itself, so that both work at the same time. Where there
is no fork, fresh processes are started.
"""

import gc
import math
import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec
from typing import Any

from perfxl.system import interrupts

OUT_OF_CPU = -getattr(signal, "SIGXCPU", 0)
"""The exit code of a process that was stopped by `limit_cpu`."""

MEMORY_LIMIT = 3 * 2**30
"""Bytes of address space for one worker, where the system can limit it."""


_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_BASE: Any = multiprocessing.get_context(_METHOD)


class Worker(_BASE.Process):  # type: ignore[misc]
    """A process that does not run the caller's own script again, as Python's do: a script needs no `if __name__ == ...`."""

    @staticmethod
    def _Popen(process: Any) -> Any:
        main = sys.modules["__main__"]
        own, main.__spec__ = getattr(main, "__spec__", None), ModuleSpec("perfxl.__main__", None)
        try:
            return _BASE.Process._Popen(process)  # which tells the new process to import the main module of this name:
        finally:  # one called __main__ it leaves alone
            main.__spec__ = own


class _Context(type(_BASE)):  # type: ignore[misc]
    Process = Worker


def started() -> multiprocessing.context.BaseContext:
    """What worker processes are started with; the server is on its way when this returns."""
    context: multiprocessing.context.BaseContext = _Context()
    if _METHOD == "forkserver":
        from multiprocessing import forkserver

        context.set_forkserver_preload(["perfxl.batch.onefile"])
        with interrupts.deaf():
            forkserver.ensure_running()
    return context


def limit_cpu(seconds: float) -> None:
    """Lets this process be stopped when it has used so many further seconds of CPU, where the system can do that."""
    if sys.platform == "linux":
        import resource
        import time

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), most))


def prepare_worker() -> None:
    """Runs first in each worker."""
    _hush()
    _limit_memory()
    gc.freeze()  # what was imported stays: nobody need look through it again and again


def _hush() -> None:
    """Keeps libraries' own backtraces from the terminal: a reader that panics prints hundreds of lines past Python.

    What becomes of the file is said as a finding, and for a failure of perfxl in its log.
    """
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    os.close(sink)


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
