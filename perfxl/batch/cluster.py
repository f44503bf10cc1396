"""The same files, processed by the workers of a Dask cluster that share their folders with this machine.

A worker that dies costs nothing: Dask hands its files to others. A file that no worker gets done (it kills them, or
takes longer than the time limit) is processed on this machine, behind the limits that hold there. So the results are
those of a run without cluster.
"""

import faulthandler
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from perfxl.batch.pool import TIME_LIMIT, Done, Packed, Task, work_here
from perfxl.errors import PerfxlError
from perfxl.results.filed import PackedResult, pack
from perfxl.results.fingerprint import fingerprint_of
from perfxl.results.jobs import Job
from perfxl.schemes import load_scheme
from perfxl.schemes.choice import known_schemes

_AHEAD = 1000
"""Tasks under way: enough for some hundreds of workers, some megabytes here."""
CLUSTER_PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""
AGAIN_HERE = frozenset({"FL09", "FL12", "FL13"})
"""Findings that may be about the worker's machine: not read, not written. This machine decides."""
TALKERS = ("distributed", "tornado")
_alone = Lock()


def work_on_cluster(tasks: Iterator[Task], scheduler: str, fingerprint: str) -> Done:
    """Processes tasks on the cluster of a scheduler; results come as they are ready.

    Raises:
        PerfxlError: no cluster there, another version on a worker, or the connection broke.
    """
    left: list[Task] = []
    client = _connected(scheduler)
    try:
        yield from _work_there(client, tasks, fingerprint, left)
    finally:
        with suppress(OSError, TimeoutError):
            client.close()
    yield from work_here(iter(left), workers=1)


def _work_there(client: Any, tasks: Iterator[Task], fingerprint: str, left: list[Task]) -> Done:
    """What the cluster gets done; the rest is added to `left`."""
    from distributed import as_completed

    run = uuid4().hex
    pending: dict[str, Task] = {}
    ready: Any = as_completed(loop=client.loop, with_results=True, raise_errors=False)  # type: ignore[no-untyped-call]
    try:
        for task in tasks:
            future = client.submit(_work, _shared(task[1]), fingerprint, key=f"perfxl-{run}-{task[0]}", pure=False)
            pending[future.key] = task
            ready.add(future)
            if len(pending) >= _AHEAD:
                yield from _taken(next(ready), pending, left)
        while pending:
            yield from _taken(next(ready), pending, left)
    finally:
        with suppress(OSError, TimeoutError):
            client.cancel([future for future in ready.futures if future.key in pending])


def _taken(ready: Any, pending: dict[str, Task], left: list[Task]) -> Done:
    """One result, or its task kept for this machine."""
    future, packed = ready
    number, job = pending.pop(future.key)
    if future.status in ("cancelled", "lost"):
        raise PerfxlError("与集群调度器的连接断开了。请检查后再运行一次。")
    if future.status == "error":
        if isinstance(packed[1], PerfxlError):
            raise packed[1]
        left.append((number, job))
    elif all(AGAIN_HERE.isdisjoint(one.head.codes) for one in packed):
        yield number, [_as_named_here(one, job) for one in packed]
    else:
        left.append((number, job))


def _as_named_here(packed: PackedResult, job: Job) -> PackedResult:
    """The result with the copy's path as this machine's user gave it."""
    if not job.annotated or not packed.head.annotated:
        return packed
    inside = Path(packed.head.annotated).relative_to(job.annotated.parent.resolve())
    return packed._replace(head=replace(packed.head, annotated=(job.annotated.parent / inside).as_posix()))


def _connected(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise PerfxlError('没有安装集群组件。请运行 pip install "perfxl[cluster]"，或去掉 --scheduler。') from error
    _hush()
    try:
        client: Any = Client(scheduler, timeout=CLUSTER_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=CLUSTER_PATIENCE)
    except (OSError, TimeoutError, ValueError) as error:
        raise PerfxlError(f"集群“{scheduler}”连不上，或没有工作机。请检查地址，并确认调度器和工作机已启动。") from error
    return client


def _hush() -> None:
    """Keeps Dask's own messages to itself: they are for its operators, and whatever matters is said as an error."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in TALKERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _shared(job: Job) -> Job:
    """The job with paths that mean the same on every machine."""
    conditions = replace(job.conditions, scheme=job.conditions.scheme.resolved())
    return replace(job, conditions=conditions, annotated=job.annotated.resolve() if job.annotated else None)


# -- on the worker ----------------------------------------------------------------------------------------------------


def _work(job: Job, fingerprint: str) -> Packed:
    """One file on a worker. One at a time in a process: more would only share its processor.

    A file that takes longer than the time limit ends the process, which Dask's nanny starts again.
    """
    from perfxl.batch.onefile import process_file

    with _alone:
        _forget_schemes(fingerprint)
        if fingerprint_of(job.conditions) != fingerprint:
            raise PerfxlError("集群工作机上的 perfxl、所用组件或方案文件与本机不同。请统一安装后再运行。")
        faulthandler.dump_traceback_later(TIME_LIMIT, exit=True)
        try:
            return list(map(pack, process_file(job)))
        finally:
            faulthandler.cancel_dump_traceback_later()


@lru_cache(maxsize=1)
def _forget_schemes(fingerprint: str) -> None:
    """A worker lives longer than a run: under another fingerprint the user's own scheme may have been edited."""
    load_scheme.cache_clear()
    known_schemes.cache_clear()
