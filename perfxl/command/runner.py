"""From the paths and options of a command to results: which jobs, what is known already, who works, what is shown meanwhile."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from perfxl.batch.copies import CopyPlan, move_aside, plan_copies
from perfxl.batch.files import FoundFile, FoundFiles, find_files
from perfxl.batch.pool import run_jobs
from perfxl.command.progress import Progress
from perfxl.errors import ExitCode, OutputError, UsageError, reason_of
from perfxl.model import FileResult
from perfxl.results.cache import Cache
from perfxl.results.filed import Results, StoredResult, filed
from perfxl.results.jobs import OWN_COPY, Conditions, Job
from perfxl.system.lock import held_alone

Skipped = Sequence[StoredResult]


@dataclass(frozen=True)
class Settings:
    """How the files of one command are processed.

    Attributes:
        conditions: what a result depends on beside the file itself.
        annotated: folder of the annotated copies, None for none.
        outputs: what the command writes beside them; not taken for input.
        workers: processes on this machine, None for as many as processors.
        scheduler: address of a Dask scheduler whose workers do the work.
        reviewed: folders of further copies in which the office has written, and tables of `collect`.
        sent_back: folder of what goes back to the agencies, among the outputs too.
        documents: folder in which the Word documents wait for their names, None for none.
    """

    conditions: Conditions
    annotated: Path | None = None
    outputs: tuple[Path, ...] = ()
    workers: int | None = None
    scheduler: str | None = None
    documents: Path | None = None
    reviewed: tuple[Path, ...] = ()
    sent_back: tuple[Path, ...] = ()

    @property
    def office_folders(self) -> tuple[Path, ...]:
        """Where the office's own words lie."""
        return (*([self.annotated] if self.annotated else []), *self.reviewed)

    @property
    def workplace(self) -> Path | None:
        """The folder in which something may be put down while the command runs; None where it writes nothing."""
        first = next(iter(self.outputs), None)
        return self.documents or self.annotated or (first.parent if first else None)

    @property
    def processes(self) -> int:
        """How many processes work on this machine."""
        return self.workers or os.cpu_count() or 1

    @property
    def fingerprint(self) -> str:
        """Under which results are kept: what they depend on beside the file."""
        from perfxl.results.fingerprint import fingerprint_of

        return fingerprint_of(self.conditions)

    def cache_in(self, folder: Path | None) -> Cache | None:
        """What an earlier run with these settings has left in an output folder; None for no folder."""
        return Cache(folder, self.fingerprint) if folder else None


def run_paths(
    paths: Sequence[Path], settings: Settings, cache: Cache | None = None, is_shown: bool = True
) -> tuple[Skipped, Results]:
    """Finds the files under the paths and processes them, with a progress bar on a terminal.

    Args:
        paths: files and folders.
        settings: how they are processed.
        cache: results of earlier runs.
        is_shown: whether anything is said on a terminal.

    Returns:
        What is known of the files that were passed over, and the results of the others.

    Raises:
        UsageError: an output would replace what came in.
        PerfxlError: the scheme or the cluster cannot be used.
        click.exceptions.Exit: interrupted; what was done has been said in one line.
        KeyboardInterrupt: interrupted, where nothing is shown.
    """
    refuse_overwriting(paths, settings)
    refuse_forging(paths, settings)
    if settings.conditions.scheme:
        from perfxl.schemes.choice import known_schemes

        known_schemes(settings.conditions.scheme)
    folder = settings.annotated
    found = find_files(paths, [*settings.outputs, *([folder] if folder else [])])
    context = click.get_current_context(silent=True)
    if context:  # to the end of the command, which writes more
        context.with_resource(working_alone(settings))
    plan = plan_copies(found.files, paths, folder) if folder else CopyPlan()
    with _heard(settings, is_shown) as conditions:
        aside = move_aside(plan.gone, folder) if folder else []
        results = _run(found, plan, replace(settings, conditions=conditions), cache, is_shown)
    passed = filed(FileResult(name, passed=reason) for name, reason in (*found.skipped, *aside))
    passed += [one for one in results.filed if one.head.passed and one.head.passed != OWN_COPY]
    return passed, Results([one for one in results.filed if not one.head.passed])


def _run(found: FoundFiles, plan: CopyPlan, settings: Settings, cache: Cache | None, is_shown: bool) -> Results:
    """Processes the files that were found, and the copies that somebody saved."""
    jobs = [_job(one, plan, settings) for one in found.files]
    if settings.documents:
        waiting = [settings.documents / f"{number}.docx" for number in range(len(jobs))]
        jobs = [replace(job, report=path) for job, path in zip(jobs, waiting, strict=True)]
    engine = None
    if settings.scheduler:
        from perfxl.batch.cluster import work_on_cluster

        engine = partial(work_on_cluster, scheduler=settings.scheduler, fingerprint=settings.fingerprint)
    jobs += [Job(copy, copy.as_posix(), settings.conditions, copied=True) for copy in plan.touched]
    with Progress(len(jobs), is_shown) as progress:
        try:
            return run_jobs(jobs, settings.processes, progress.add, cache, engine, _made(settings.workplace))
        except KeyboardInterrupt:
            if not is_shown:
                raise
            again = "再次运行会接着处理。" if cache and cache.holds_any else ""
            click.echo(f"\n已中断：{progress.cut_short()}{again}", err=True)
            raise click.exceptions.Exit(ExitCode.INTERRUPTED) from None


def _job(found: FoundFile, plan: CopyPlan, settings: Settings) -> Job:
    target = settings.annotated / plan.names[found.path] if settings.annotated else None
    place = plan.places.get(found.path, "")
    return Job(found.path, found.name, settings.conditions, target, asked=found.asked, place=place, inputs=plan.inputs)


@contextmanager
def working_alone(settings: Settings) -> Iterator[None]:
    """Keeps other runs out of the folders that this one writes to.

    Raises:
        PerfxlError: another run writes there.
    """
    files = [path.parent if path.suffix else path for path in settings.outputs]
    folders = {folder.resolve(): folder for folder in (settings.annotated, *files) if folder}
    with ExitStack() as held:
        for folder in filter(_made, folders.values()):
            held.enter_context(held_alone(folder))
        yield


@contextmanager
def _heard(settings: Settings, is_shown: bool) -> Iterator[Conditions]:
    """The conditions with what the office has said before this run; it lies in a file as long as the run takes."""
    place = _made(settings.workplace)
    if not settings.office_folders or place is None:
        yield settings.conditions
        return
    from perfxl.batch.officefolders import OfficeFolders, hear
    from perfxl.results.laiddown import laid_down

    heard = hear(OfficeFolders(settings.annotated, settings.reviewed, settings.conditions.scheme))
    if heard.unreadable and is_shown:
        names = "、".join(heard.unreadable[:5]) + (f" 等 {len(heard.unreadable)} 个" if heard.unreadable[5:] else "")
        click.echo(f"复核文件夹里有打不开的工作簿，其中的复核意见没有读到：{names}", err=True)
    file = laid_down(heard.said, place)
    try:
        yield replace(settings.conditions, said=file)
    finally:
        Path(file.path).unlink(missing_ok=True)


def refuse_forging(paths: Sequence[Path], settings: Settings) -> None:
    """What agencies send must not be taken for the office's own words.

    Raises:
        UsageError: a folder of the office equals, contains or lies under an input.
    """
    given = [path.resolve() for path in paths]
    for folder in (*settings.office_folders, *settings.sent_back):
        own = folder.resolve()
        for path in given:
            if own == path or path.is_relative_to(own) or own.is_relative_to(path):
                raise UsageError(
                    f"{folder}：财政部门的副本文件夹不能与收件“{path.as_posix()}”相同、包含它或在它里面，"
                    "否则单位放进去的内容会被当成复核意见；请另选一个"
                )
    for folder in settings.reviewed:
        if not folder.exists():
            raise UsageError(f"--reviewed {folder}：没有这个文件夹或文件")


def refuse_overwriting(paths: Sequence[Path], settings: Settings) -> None:
    """What came in is never replaced by what goes out."""
    from perfxl.system.ownbooks import is_summary

    given = {path.resolve() for path in paths if not path.is_dir()}
    places = {(path if path.is_dir() else path.parent).resolve() for path in paths}
    folder = settings.annotated
    if folder and folder.resolve() in places:
        raise UsageError(f"{folder}：输出文件夹不能就是收件文件夹，审核副本会盖掉原件；请另选一个")
    if folder and any(place.is_relative_to(folder.resolve()) for place in places):
        raise UsageError(f"{folder}：输出文件夹里不能有收件文件夹，审核副本可能盖掉原件；请另选一个")
    for target in filter(Path.is_file, settings.outputs):
        if target.resolve() in given:
            raise UsageError(f"{target}：这是收到的文件，不能覆盖；请换一个文件名")
        if target.suffix.lower() == ".xlsx" and not is_summary(target):
            raise UsageError(f"{target}：已有同名的文件，而且不是汇总表，不能覆盖；请换一个文件名")


def _made(folder: Path | None) -> Path | None:
    """The folder, which is there from now on.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"无法写入“{folder}”：{reason_of(error)}。请检查该位置后重试。") from error
    return folder
