"""Each file of a batch processed in a worker that cannot take the batch down."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from queue import Empty, SimpleQueue

from pebble import ProcessExpired, ProcessPool

from perfxl.errors import PerfxlError
from perfxl.model import NO_CELL
from perfxl.results.cache import Cache
from perfxl.results.filed import DetailsStore, PackedResult, ResultHead, Results, StoredResult, pack
from perfxl.results.jobs import Job, rejected
from perfxl.system import forks, interrupts
from perfxl.system.crashes import internal_error, keep_crash

TIME_LIMIT = 60.0
"""Seconds of CPU for one file; a real form takes hundredths of one."""
PATIENCE = 2
"""How many times as long it may take by the clock on a busy machine, before it is tried once more alone."""
CHUNK_LIMIT = 10.0
"""Seconds for several files together; where that is not enough, each has its own time."""
GRACE = 3.0
"""Seconds for the files in work when the batch is interrupted."""
NO_WORKERS = "处理进程无法继续运行，可能是内存不足。请关闭其他程序后再运行一次。"
CHUNK = 4
"""Files that are handed over together: that costs a third of a millisecond, a form ten."""
AHEAD = 4 * CHUNK
"""Files under way for each worker: enough that none waits, few enough that none of it weighs."""
WORTH = 8
"""Files that make up for starting one more worker."""


Task = tuple[int, Job]
"""A job with its place in the batch."""
Packed = list[PackedResult]
"""The results of one file: one for each submission in it."""
Done = Generator[tuple[int, Packed], None, None]
"""Results as they come, those of each file with the place of its job."""
Engine = Callable[[Iterator[Task]], Done]
"""Takes tasks when it has room for them."""


def run_jobs(
    jobs: Sequence[Job],
    workers: int,
    advance: Callable[[Sequence[ResultHead]], None] = lambda heads: None,
    cache: Cache | None = None,
    engine: Engine | None = None,
    folder: Path | None = None,
) -> Results:
    """Processes every job; the results come in the order of the jobs, those of one file in the order of its sheets.

    Each file is read in a worker process with a time limit: a worker that dies costs its own file (FL09), not the batch.

    Args:
        jobs: the files.
        workers: how many processes on this machine; fewer are started for few files.
        advance: called with the heads of the results of each file as they are known.
        cache: results of earlier runs; each new result is put there as it comes.
        engine: who does the work instead of processes on this machine.
        folder: where the results may lie meanwhile; None for in memory.

    Raises:
        PerfxlError: no worker can be kept running.
        OutputError: the results find no room in the folder.
        KeyboardInterrupt: files in work were finished first.
    """
    results: dict[int, list[StoredResult]] = {}
    store = DetailsStore(folder)

    def keep(number: int, packed: Packed) -> None:
        results[number] = list(map(store.put, packed))
        advance([one.head for one in packed])

    def unknown() -> Iterator[Task]:
        for number, job in enumerate(jobs):
            known = cache.find(job) if cache else []
            if known:
                keep(number, known)
            else:
                yield number, job

    own = partial(work_here, workers=min(workers, -(-len(jobs) // WORTH)))
    with closing((engine or own)(unknown())) as fresh:
        for number, packed in fresh:
            if cache:
                cache.store(jobs[number], packed)
            keep(number, packed)
    return Results([one for number in range(len(jobs)) for one in results[number]])


def work_here(tasks: Iterator[Task], workers: int) -> Done:
    """Processes tasks in worker processes; results come as they are ready, never more than a few tasks being under way.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed; the files in work were finished first, and their results have come.
    """
    # no worker is started where everything is known already
    first = next(tasks, None)
    if first is None:
        return
    with interrupts.held() as answer, _started(workers) as pool:
        work = _UnderWay(pool)
        try:
            for chunk in _chunks(chain([first], tasks), CHUNK):
                work.add(chunk)
                while len(work) >= workers * AHEAD:
                    yield from work.finished()
                    answer()
            while work.goes_on():
                yield from work.finished()
                answer()
        except KeyboardInterrupt:
            yield from work.last()
            raise


Chunk = tuple[Task, ...]


def _chunks(tasks: Iterable[Task], size: int) -> Iterator[Chunk]:
    rest = iter(tasks)
    while chunk := tuple(islice(rest, size)):
        yield chunk


class _UnderWay:
    """The files that a pool has in work or in its queue."""

    def __init__(self, pool: ProcessPool) -> None:
        self.pending: dict[Future[list[Packed]], Chunk] = {}
        self._pool = pool
        self._done: SimpleQueue[Future[list[Packed]]] = SimpleQueue()
        self._tried: set[int] = set()
        self._later: list[Chunk] = []

    def __len__(self) -> int:
        return sum(map(len, self.pending.values()))

    def add(self, chunk: Chunk) -> None:
        """Hands files over.

        Raises:
            PerfxlError: the pool takes none any more.
        """
        jobs = [job for _, job in chunk]
        try:
            limit = TIME_LIMIT * PATIENCE if len(jobs) == 1 else min(CHUNK_LIMIT, TIME_LIMIT)
            work = partial(_each, _work, jobs, TIME_LIMIT)
            future: Future[list[Packed]] = self._pool.schedule(work, timeout=limit)
        except RuntimeError as error:
            raise PerfxlError(NO_WORKERS) from error
        self.pending[future] = chunk
        future.add_done_callback(self._done.put)

    def goes_on(self) -> bool:
        """Whether there is work left; files that ran out of time are tried alone when nothing else is in work."""
        if not self.pending and self._later:
            self.add(self._later.pop())
        return bool(self.pending)

    def last(self) -> Iterator[tuple[int, Packed]]:
        """What gets done within the time of grace: so no file is left half written, and none that was written unsaid."""
        done, _ = wait(self.pending, timeout=GRACE)
        for future in done:
            if future.exception() is None:
                yield from zip((number for number, _ in self.pending[future]), future.result(), strict=True)

    def finished(self) -> Iterator[tuple[int, Packed]]:
        """Takes out what is ready next, if that is soon.

        Of several files of which one failed each is tried by itself. A file whose worker died, or which ran out of time by
        the clock, is tried once more: it need not have been the file's fault.
        """
        try:
            future = self._done.get(timeout=1)
        except Empty:
            return
        chunk, failure = self.pending.pop(future), future.exception()
        numbers = [number for number, _ in chunk]
        if isinstance(failure, BrokenProcessPool):
            raise PerfxlError(NO_WORKERS)
        if failure is None:
            yield from zip(numbers, future.result(), strict=True)
        elif len(chunk) > 1:
            for task in chunk:
                self.add((task,))
        elif self._tried.isdisjoint(numbers) and isinstance(failure, TimeoutError):
            self._tried.update(numbers)
            self._later.append(chunk)
        elif self._tried.isdisjoint(numbers) and isinstance(failure, ProcessExpired) and not _is_spent(failure):
            self._tried.update(numbers)
            self.add(chunk)
        else:
            ((number, job),) = chunk
            yield number, failed(job, failure)


@contextmanager
def _started(workers: int) -> Iterator[ProcessPool]:
    """A pool that is stopped at the end, come what may."""
    pool = ProcessPool(max_workers=workers, context=forks.started(), initializer=forks.prepare_worker)
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _each(work: Callable[[Job], Packed], jobs: Sequence[Job], seconds: float) -> list[Packed]:
    """Runs in the worker; each file has its own seconds of CPU.

    Raises:
        InternalError: whatever perfxl did not expect. Only this leaves the worker: other exceptions may quote cells, or
            not survive the way to another process.
    """
    try:
        return [_limited(work, job, seconds) for job in jobs]
    except (PerfxlError, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001  (a panic of a library is no Exception)
        raise internal_error(error) from None


def _limited(work: Callable[[Job], Packed], job: Job, seconds: float) -> Packed:
    forks.limit_cpu(seconds)
    return work(job)


def _is_spent(failure: BaseException) -> bool:
    """Whether a worker was stopped because its file had used up its CPU."""
    return isinstance(failure, ProcessExpired) and failure.exitcode == forks.OUT_OF_CPU


def _work(job: Job) -> Packed:
    """Runs in the worker: only there pandas and the rest are imported."""
    from perfxl.batch.onefile import process_file

    return list(map(pack, process_file(job)))


def failed(job: Job, failure: BaseException) -> Packed:
    """FL09 with what became of the worker.

    Raises:
        PerfxlError, CancelledError: as they came.
    """
    if isinstance(failure, PerfxlError | CancelledError):
        raise failure
    if isinstance(failure, TimeoutError) or _is_spent(failure):
        return _failed(job, f"读取超过 {TIME_LIMIT:.0f} 秒，已停止", "超时")
    if isinstance(failure, ProcessExpired):
        return _failed(job, "读取程序意外终止", f"退出代码 {failure.exitcode}")
    if isinstance(failure, MemoryError):
        return _failed(job, "读取所需的内存超过限制", "内存不足")
    summary, log = keep_crash(failure, job.name)
    kept = f"；详情已写入“{log}”" if log else ""
    fix = "请把这个文件和错误日志交给系统维护人员。" if log else "请把这个文件和本条信息交给系统维护人员。"
    return _failed(job, f"处理时发生程序内部错误，表格本身不一定有问题（{summary}）{kept}", summary, fix)


def _failed(job: Job, message: str, found: str, fix: str = "") -> Packed:
    from perfxl.rules import Problem, finding  # a quarter of the start-up, and hardly ever needed

    return [pack(rejected(job, finding("FL09", Problem(NO_CELL, message, found=found, fix=fix))))]
