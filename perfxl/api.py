"""perfxl for people who work in Python: what the command line does, as functions whose results are data frames.

`import perfxl` offers what stands in `__all__` here; docs/python.md has an example and describes the columns.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perfxl.command.choices import changed_limits, chosen_schemes, switched_off
from perfxl.command.runner import Settings, Skipped, run_paths, working_alone
from perfxl.errors import PerfxlError, RefusedError
from perfxl.model import FileResult, Severity, Status
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.results.filed import Results
from perfxl.results.jobs import Conditions
from perfxl.schemes.choice import SchemeChoice
from perfxl.system.crashes import crashes_kept

if TYPE_CHECKING:
    import pandas as pd

    from perfxl.summary.batch import Batch
    from perfxl.summary.frames import FrameTables

__all__ = ["BatchResult", "PerfxlError", "RefusedError", "check", "consolidate", "read", "template"]

AnyPath = str | PathLike[str]


class BatchResult:
    """What perfxl makes of some files.

    `results` has everything about each submission; the data frames are the tables that `consolidate --tables` writes, with
    the same headings. Each is made when it is asked for, and opens all forms where it must. In all of them: counts Int64,
    other numbers Float64, everything else string; a blank is <NA>. Amounts are in 万元, rates are fractions, scores are
    points; `frame.attrs["units"]` says so by column.
    """

    def __init__(self, batch: "Batch", results: Sequence[FileResult]) -> None:
        self._batch = batch
        self.results = results

    def __repr__(self) -> str:
        rejected = sum(head.status is Status.REJECTED for head in self._batch.heads)
        counted = len(self._batch.portfolio.projects)
        return f"<perfxl: {len(self.results)} submissions, {rejected} rejected, {counted} projects count>"

    @property
    def errors(self) -> int:
        """How many findings must be corrected, those between files included; 0 where nothing is to be returned."""
        return sum(head.count(Severity.ERROR) for head in self._batch.heads)

    @cached_property
    def projects(self) -> "pd.DataFrame":
        """A row for each project that counts, in the order of the summary: amounts, rates, scores, grade."""
        return _frame(self._tables, "projects")

    @cached_property
    def indicators(self) -> "pd.DataFrame":
        """A row for each third-level indicator of each project: weight, score, what perfxl computes."""
        return _frame(self._tables, "indicators")

    @cached_property
    def targets(self) -> "pd.DataFrame":
        """A row for each target of each project, with standards, actual value and grade."""
        return _frame(self._tables, "targets")

    @cached_property
    def funds(self) -> "pd.DataFrame":
        """A row for each amount of each project's table of funds; blank is <NA>, a typed zero is 0."""
        return _frame(self._tables, "funds")

    @cached_property
    def findings(self) -> "pd.DataFrame":
        """A row for each finding of each file, also of files that do not count."""
        return _frame(self._tables, "findings")

    @cached_property
    def files(self) -> "pd.DataFrame":
        """A row for each file that came in, what became of it and why."""
        return _frame(self._tables, "files")

    @cached_property
    def _tables(self) -> "FrameTables":
        from perfxl.summary.frames import FrameTables

        return FrameTables(self._batch)


def _frame(tables: "FrameTables", name: str) -> "pd.DataFrame":
    from perfxl.summary.frames import typed_frame

    return typed_frame(getattr(tables, name))


def check(
    paths: AnyPath | Iterable[AnyPath],
    *,
    scheme: AnyPath | Sequence[AnyPath] | None = None,
    schemes: AnyPath | None = None,
    ignore: Collection[str] = (),
    select: Collection[str] = (),
    limits: Mapping[str, int] | None = None,
    jobs: int | None = None,
    today: date | None = None,
    year: int | None = None,
) -> BatchResult:
    """Reads, checks and scores workbooks; writes nothing.

    Args:
        paths: workbooks, and folders that are searched through for workbooks.
        scheme: ids of schemes or TOML files, one or several, that alone are taken; all that are known where None.
        schemes: a folder of schemes (TOML files) that are known beside those of perfxl.
        ignore: codes or families that are not checked, such as "FD05" or "PT".
        select: the only codes or families that are checked; what is wrong with a file as such is always told.
        limits: what the door lets in, by name: {"cells": 8_000_000}.
        jobs: how many processes work, as many as processors where None.
        today: the day of the check, the real one where None.
        year: the year that is evaluated; without it forms are held against the year of most.

    Raises:
        PerfxlError: a code, limit or scheme that is not there. A file that cannot be read raises nothing: it is a row of
            `files` and has its findings.
    """
    given = _paths(paths)
    with crashes_kept(None, "perfxl.check(...)"):
        day, off = today or date.today(), switched_off(tuple(ignore), tuple(select))
        conditions = _conditions(day, _choice(scheme, schemes), off, limits, year)
        skipped, results = run_paths(given, Settings(conditions, workers=jobs), is_shown=False)
        return _gathered(results, skipped, given, conditions)


def consolidate(
    paths: AnyPath | Iterable[AnyPath],
    target: AnyPath,
    *,
    annotated: AnyPath | None = None,
    reviewed: AnyPath | Iterable[AnyPath] = (),
    roster: AnyPath | None = None,
    deadline: date | None = None,
    ledger: AnyPath | None = None,
    last: AnyPath | None = None,
    tables: AnyPath | None = None,
    report: AnyPath | None = None,
    made: date | None = None,
    scheme: AnyPath | Sequence[AnyPath] | None = None,
    schemes: AnyPath | None = None,
    ignore: Collection[str] = (),
    select: Collection[str] = (),
    limits: Mapping[str, int] | None = None,
    jobs: int | None = None,
    cache: bool = True,
    scheduler: str | None = None,
    year: int | None = None,
) -> BatchResult:
    """Checks all workbooks and writes the summary, and annotated copies where they are wanted.

    Args:
        paths, scheme, schemes, ignore, select, limits, jobs, year: as for `check`.
        target: the summary workbook, .xlsx; an earlier summary of this name is replaced, another file never.
        annotated: a folder for the annotated copies; verdicts in those that stand there count.
        reviewed: further folders of reviewed copies, and tables of `perfxl collect`.
        roster: a workbook that lists the projects that should have come in, or the approved list.
        deadline: the last day, for projects of which the list says none.
        ledger: the office's books.
        last: last year's summary, or a folder with last year's forms.
        tables: a folder for the tables as CSV, and as Parquet where pyarrow is installed.
        report: a Word report of the batch, .docx (takes the extra `report`).
        made: the date that the summary bears, and the day of the check; today where None.
        cache: whether results are kept beside the target, so that a second run does only what is new.
        scheduler: address of a Dask cluster that does the work (docs/cluster.md).

    Raises:
        PerfxlError: nothing to process; an output that would replace something else; a roster or scheme that cannot be
            read; an output that cannot be written; a summary in which files and sheets differ.
    """
    from perfxl.command.consolidate import write_outputs
    from perfxl.command.office import OfficeSources, knowing
    from perfxl.command.outcome import NOT_AGREED, NOTHING_FOUND
    from perfxl.command.targets import expect_docx, expect_xlsx

    given, summary = _paths(paths), Path(target)
    folder, listed, tabled, document = map(_path, (annotated, roster, tables, report))
    with crashes_kept(summary.parent, "perfxl.consolidate(...)"):
        expect_xlsx(summary)
        expect_docx(document)
        off = switched_off(tuple(ignore), tuple(select))
        conditions = _conditions(made or date.today(), _choice(scheme, schemes), off, limits, year)
        own = tuple(path for path in (summary, tabled, document) if path)
        settings = Settings(conditions, folder, own, jobs, scheduler, reviewed=tuple(_paths(reviewed)))
        known = settings.cache_in(summary.parent if cache else None)
        sources = OfficeSources(listed, _path(ledger), _path(last))
        with working_alone(settings), knowing(sources, given, settings) as (office, informed):
            skipped, results = run_paths(given, informed, known, is_shown=False)
            if not any(path.exists() for path in given) or not (results or skipped):
                raise PerfxlError(NOTHING_FOUND.format(summary))
            found = _gathered(results, skipped, given, conditions, office, deadline)
            differing, _ = write_outputs(found._batch, summary, tables=tabled, report=document, cache=known)
        if differing:
            raise PerfxlError(NOT_AGREED.format(differing))
        return found


def template(target: AnyPath, *, scheme: AnyPath = "hainan-2020", roster: bool = False) -> Path:
    """Writes the blank form of a scheme, or a blank roster; returns where.

    Args:
        target: the workbook, .xlsx; a form that somebody has filled in is not replaced.
        scheme: id of a scheme or a TOML file.
        roster: whether to write the list of projects for `consolidate(roster=...)` instead.

    Raises:
        PerfxlError: no such scheme; the target cannot or must not be written.
    """
    from perfxl.command.targets import write_blank

    path = Path(target)
    with crashes_kept(path.parent, "perfxl.template(...)"):
        write_blank(path, fspath(scheme), roster)
    return path


def read(
    path: AnyPath, *, scheme: AnyPath | Sequence[AnyPath] | None = None, schemes: AnyPath | None = None
) -> list[dict[str, Any]]:
    """The dossiers in a workbook as plain data, one for each form in it: what `perfxl read` prints.

    Numbers are int or float, blanks None, dates ISO 8601; money is in the scheme's own unit (万元 for hainan-2020, 元 for
    hainan-2023). `perfxl fill` takes the same data.

    Args:
        path: the workbook.
        scheme, schemes: as for `check`.

    Raises:
        RefusedError: nothing in it can be read; `code` and the message say why.
    """
    with crashes_kept(None, "perfxl.read(...)"):
        conditions = _conditions(date.today(), _choice(scheme, schemes), (), None)
        results = run_paths([Path(path)], Settings(conditions, workers=1), is_shown=False)[1]
    dossiers = [dict(result.dossier) for result in results if result.dossier is not None]
    if not dossiers:
        raise _refusal(results, Path(path))
    return dossiers


def _refusal(results: Sequence[FileResult], path: Path) -> PerfxlError:
    """Why nothing could be read."""
    errors = (found for result in results for found in result.findings if found.severity is Severity.ERROR)
    first = next(errors, None)
    if first is None:
        return PerfxlError(f"“{path}”里没有可以读取的表。")
    return RefusedError(first.code, f"“{path}”：{first.message}", first.found, first.expected, first.fix)


def _gathered(
    results: Results,
    skipped: Skipped,
    paths: Sequence[Path],
    conditions: Conditions,
    office: OfficeKnowledge | None = None,
    deadline: date | None = None,
) -> BatchResult:
    """The results with what becomes of each file among the others."""
    from perfxl.command.consolidate import gather

    off, scheme = sorted(conditions.ignored), conditions.scheme
    day, year = conditions.today, conditions.year
    batch = gather(
        results.filed, skipped, paths, day, office=office, deadline=deadline, ignored=off, scheme=scheme, year=year
    )
    return BatchResult(batch, results)


def _choice(scheme: AnyPath | Sequence[AnyPath] | None, folder: AnyPath | None) -> SchemeChoice:
    """The schemes that are known."""
    named = () if scheme is None else (scheme,) if isinstance(scheme, str | PathLike) else tuple(scheme)
    return chosen_schemes([fspath(one) for one in named], () if folder is None else (Path(folder),))


def _conditions(
    day: date,
    scheme: SchemeChoice,
    off: Collection[str],
    limits: Mapping[str, int] | None,
    year: int | None = None,
) -> Conditions:
    changed = changed_limits([f"{name}={number}" for name, number in (limits or {}).items()])
    return Conditions(day, scheme, frozenset(off), changed, year)


def _paths(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    return [Path(paths)] if isinstance(paths, str | PathLike) else [Path(path) for path in paths]


def _path(path: AnyPath | None) -> Path | None:
    return None if path is None else Path(path)
