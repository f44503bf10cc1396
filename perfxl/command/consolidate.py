"""From the results of many files to the summary: which file of a project counts, the roster, the workbook."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perfxl.office.knowledge import OfficeKnowledge
from perfxl.results.cache import Cache, digest_of_all
from perfxl.results.encoding import field_names
from perfxl.results.filed import StoredResult
from perfxl.schemes.choice import EVERY, SchemeChoice, own_schemes
from perfxl.summary.batch import Batch
from perfxl.summary.resubmissions import Disposition, received, settle
from perfxl.summary.years import hold_against_most

if TYPE_CHECKING:
    from perfxl.summary.changes import Changes
    from perfxl.summary.roster import Matches, Missing, RosterStanding


def gather(
    results: Sequence[StoredResult],
    skipped: Sequence[StoredResult],
    sources: Sequence[Path],
    made: date,
    *,
    office: OfficeKnowledge | None = None,
    deadline: date | None = None,
    ignored: Sequence[str] = (),
    scheme: SchemeChoice = EVERY,
    year: int | None = None,
) -> Batch:
    """What the summary is made of: every file settled and held against the roster.

    Args:
        results: one for each file that was processed.
        skipped: what is known of each file that was passed over.
        sources: the paths that were given.
        made: the date that the summary bears.
        office: what the office knows: the list of projects that should have come in, its books, last year.
        deadline: the last day, for projects of which the list says none.
        ignored: the codes that were switched off.
        scheme: which schemes were known.
        year: the year that is evaluated; without it the files are held against that of most.
    """
    known, own = office or OfficeKnowledge(), own_schemes(scheme)
    matches: Matches = {}
    missing: Sequence[Missing] = ()
    size: int | None = None
    if known.approved:
        from perfxl.summary.roster import Due, hold_against_roster, match_roster, standings

        size = len(known.approved.projects)
        matches = match_roster((one.head for one in results), known)
    now = end_of(made)
    settled = settle(results, own, {key: found[0] for key, found in matches.items() if found}, now)
    settled = settled if year else hold_against_most(settled)
    stand: Sequence[RosterStanding] = ()
    if known.approved:
        settled, missing = hold_against_roster(settled, known.approved.projects, matches)
        stand = standings(known.approved.projects, settled, matches, missing, now, Due(made, deadline))
    passed = (received(one, Disposition.SKIPPED, one.head.passed) for one in skipped)
    everyone = (*(one.without(ignored) for one in settled), *passed)
    given = tuple(path.as_posix() for path in sources)
    return Batch(everyone, tuple(missing), size, given, made, tuple(ignored), own, tuple(stand), known)


def end_of(made: date) -> datetime:
    """After which moment a date is still to come: the day after the summary's, or after today where that is later.

    Somewhere it is already tomorrow, and files are changed after the day for which a summary is made.
    """
    last = max(made, datetime.now(UTC).date()) + timedelta(days=2)
    return datetime.combine(last, time.min, UTC)


class WrittenSummary(NamedTuple):
    """What was written: in how many lines of 核对 files and sheets differ, and what has changed since the last run."""

    differing: int
    changes: "Changes | None"


def write_outputs(
    batch: Batch, target: Path, *, tables: Path | None = None, report: Path | None = None, cache: Cache | None = None
) -> WrittenSummary:
    """Writes the summary workbook, and what else is wanted; what has changed since the last run is part of it.

    Args:
        batch: what it is made of.
        target: the summary workbook.
        tables: a folder for CSV and Parquet files.
        report: the Word report of the batch.
        cache: where it is known whether the summary stands there already, made from the same.

    Raises:
        OutputError: a file cannot be written.
    """
    from perfxl.summary.changes import RunComparison
    from perfxl.summary.lastrun import LastRun

    comparison = RunComparison(batch, LastRun(target, makes_folder=cache is not None))
    batch = batch.with_changes(comparison.changes())
    differing = _write_summary(batch, target, tables, cache)
    if report:
        from perfxl.report.office import write_office_report

        write_office_report(batch, target, report)
    if not differing:
        comparison.keep()
    return WrittenSummary(differing, batch.changes)


def _write_summary(batch: Batch, target: Path, tables: Path | None, cache: Cache | None) -> int:
    """Writes summary and tables, unless just these stand there from an earlier run, in which nothing differed."""
    made_from = _digest(batch, target, tables) if cache else ""
    if cache and cache.has_outputs(made_from, target):
        return 0
    from perfxl.summary.workbook import write_summary, write_tables

    differing = write_summary(batch, target)
    written = write_tables(batch, tables) if tables else []
    if cache and not differing:
        cache.store_outputs(made_from, target, written)
    return differing


def _digest(batch: Batch, target: Path, tables: Path | None) -> str:
    """The digest of everything that is written; of the files' details their heads have one."""
    files = ((one.head, one.disposition, one.reason, one.added) for one in batch.received)
    others = (getattr(batch, name) for name in field_names(Batch) if name != "received")
    return digest_of_all((*files, *others, target.as_posix(), tables and tables.as_posix()))
