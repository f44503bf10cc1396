"""Many files: which ones there are, and each of them processed in a worker that cannot take the batch down."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError, TimeoutError
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from perfxl.errors import PerfxlError
from perfxl.jobs import Job, rejected
from perfxl.model import NO_CELL, FileResult
from perfxl.rules import Problem, finding

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".et", ".ett", ".ods", ".csv"})
"""Endings of the files in a folder that are taken for forms; what a file really is, the door decides."""

TIME_LIMIT = 60.0
"""Seconds for one file; a real form takes hundredths of one."""
MEMORY_LIMIT = 3 * 2**30
"""Bytes of address space for one worker, where the system can limit it."""


@dataclass(frozen=True)
class Found:
    """What the given paths hold: files to process and files passed over, each with the name to show it by."""

    files: tuple[tuple[Path, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = field(default=())


def find_files(paths: Sequence[Path], outputs: Sequence[Path] = ()) -> Found:
    """The files under the given paths, each once, in path order.

    A folder is searched through for workbooks; what lies in the output folders is left alone. A path given by itself is
    taken whatever it is called. Lock files of an open workbook (~$...) and other kinds of files are listed as skipped.
    """
    files: dict[Path, str] = {}
    skipped: dict[Path, tuple[str, str]] = {}
    own = [output.resolve() for output in outputs]
    for path in paths:
        if not path.is_dir():
            files.setdefault(path.resolve(), path.as_posix())
            continue
        for entry in sorted(_walk(path)):
            if any(entry.resolve() == output or output in entry.resolve().parents for output in own):
                continue
            reason = _why_not(entry)
            if reason:
                skipped.setdefault(entry.resolve(), (entry.as_posix(), reason))
            else:
                files.setdefault(entry.resolve(), entry.as_posix())
    named = sorted(files.items(), key=lambda pair: pair[1])
    return Found(tuple(named), tuple(sorted(value for key, value in skipped.items() if key not in files)))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in names if not name.startswith("."))


def _why_not(path: Path) -> str:
    if path.name.startswith("~$"):
        return "打开工作簿时留下的临时文件"
    return "" if path.suffix.lower() in WORKBOOKS else f"不是电子表格文件（{path.suffix or '无扩展名'}）"


def annotated_names(names: Collection[Path]) -> dict[Path, str]:
    """A name for each file's annotated copy: its own, with its folders before it where two files share a name."""
    chosen: dict[Path, str] = {}
    taken: set[str] = set()
    for path in sorted(names):
        suffix = path.suffix if path.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"
        folders = [part for part in path.parent.parts if part not in ("/", "\\", ".", "..")]
        candidates = ["-".join([*folders[len(folders) - depth :], path.stem]) for depth in range(len(folders) + 1)]
        numbered = (f"{path.stem}({number})" for number in range(2, len(names) + 2))
        name = next(n for n in (*candidates, *numbered) if f"{n}{suffix}".casefold() not in taken)
        taken.add(f"{name}{suffix}".casefold())
        chosen[path] = name + suffix
    return chosen


def run_jobs(
    jobs: Sequence[Job], workers: int, advance: Callable[[FileResult], None] = lambda result: None
) -> list[FileResult]:
    """Processes every job; the results come in the order of the jobs.

    Each file is read in a worker process with a time limit: a worker that dies costs its own file (FL09), not the batch.

    Args:
        jobs: the files.
        workers: how many processes.
        advance: called with each result as it is known.
    """
    if not jobs:
        return []
    context = _context()
    results: list[FileResult] = []
    with ProcessPool(max_workers=min(workers, len(jobs)), context=context, initializer=_limit_memory) as pool:
        try:
            futures = [pool.schedule(_work, args=(job,), timeout=TIME_LIMIT) for job in jobs]
            for job, future in zip(jobs, futures, strict=True):
                result = _result(job, future.result)
                results.append(result)
                advance(result)
        except KeyboardInterrupt:
            pool.stop()  # type: ignore[no-untyped-call]
            raise
    return results


def _work(job: Job) -> FileResult:
    """Runs in the worker: only there pandas and the rest are imported."""
    from perfxl.process import process_file

    return process_file(job)


def _context() -> multiprocessing.context.BaseContext:
    """Workers forked from a clean server that has imported everything once; fresh processes where there is no fork."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["perfxl.process"])
    return context


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def _result(job: Job, outcome: Callable[[], FileResult]) -> FileResult:
    """A worker's result, or FL09 with what became of the worker."""
    try:
        return outcome()
    except TimeoutError:
        message, found = f"读取超过 {TIME_LIMIT:.0f} 秒，已停止", "超时"
    except ProcessExpired as death:
        message, found = "读取程序意外终止", f"退出代码 {death.exitcode}"
    except MemoryError:
        message, found = "读取所需的内存超过限制", "内存不足"
    except PerfxlError:
        raise
    except CancelledError:
        raise
    except Exception as error:  # noqa: BLE001  (whatever breaks in a worker costs one file, never the batch)
        message, found = "处理时发生程序内部错误，表格本身不一定有问题", f"{type(error).__name__}: {error}"[:300]
        fix = "请把这个文件和本条信息交给系统维护人员。"
        return rejected(job, finding("FL09", Problem(NO_CELL, f"{message}（{found}）", found=found, fix=fix)))
    return rejected(job, finding("FL09", Problem(NO_CELL, message, found=found)))
