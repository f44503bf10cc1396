"""From the results of many files to the summary: which file of a project counts, the roster, the workbook."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perfxl.model import FileResult
from perfxl.results.cache import Cache, digest_of_all
from perfxl.results.filed import ResultHead, StoredResult, filed
from perfxl.schemes import load_scheme, scheme_names
from perfxl.schemes.spec import Scheme
from perfxl.summary.resubmissions import Disposition, Received, received, settle

if TYPE_CHECKING:
    from perfxl.summary.roster import Missing


class Contents(NamedTuple):
    """What the summary is made of; see `perfxl.summary.listings.Batch`, which takes pandas to be imported."""

    received: tuple[Received, ...]
    missing: tuple["Missing", ...]
    roster_size: int | None
    sources: tuple[str, ...]
    made: date
    ignored: tuple[str, ...]
    schemes: tuple[Scheme, ...]


def consolidate_results(
    results: Sequence[StoredResult],
    skipped: Sequence[tuple[str, str]],
    sources: Sequence[Path],
    target: Path,
    made: date,
    roster: Path | None = None,
    tables: Path | None = None,
    ignored: Sequence[str] = (),
    scheme: str | None = None,
    cache: Cache | None = None,
    report: Path | None = None,
    workers: int = 1,
) -> list[ResultHead]:
    """Writes the summary workbook, and the tables where they are wanted.

    Args:
        results: one for each file that was processed.
        skipped: name and reason of each file that was passed over.
        sources: the paths that were given.
        target: the summary workbook.
        made: the date that it bears.
        roster: the list of projects that should have come in.
        tables: a folder for CSV and Parquet files.
        ignored: the codes that were switched off.
        scheme: id or file of the scheme that was asked for.
        cache: where it is known whether the summary stands there already, made from the same.
        report: the Word report of the batch, None for none.
        workers: how many processes may work at the summary.

    Returns:
        What is known of each file, the findings across files included.

    Raises:
        PerfxlError: the roster cannot be read.
        OutputError: a file cannot be written.
    """
    own = (load_scheme(scheme),) if scheme and scheme not in scheme_names() else ()
    settled = settle(results)
    missing: Sequence[Missing] = ()
    size: int | None = None
    if roster:
        from perfxl.summary.roster import hold_against_roster, read_roster

        entries = read_roster(roster)
        size = len(entries)
        settled, missing = hold_against_roster(settled, entries, own)
    settled = [one.without(ignored) for one in settled]
    everyone = (*settled, *_passed_over(skipped))
    given = tuple(path.as_posix() for path in sources)
    contents = Contents(everyone, tuple(missing), size, given, made, tuple(ignored), own)
    _write(contents, target, tables, cache, workers)
    if report:
        _write_report(contents, target, report)
    return [one.head for one in settled]


def _write(contents: Contents, target: Path, tables: Path | None, cache: Cache | None, workers: int) -> None:
    """Writes summary and tables, unless just these stand there from an earlier run."""
    files = ((one.head, one.disposition, one.reason, one.added) for one in contents.received)
    parts = (*files, *contents[1:], target.as_posix(), tables and tables.as_posix())
    made_from = digest_of_all(parts) if cache else ""
    if cache and cache.has_outputs(made_from, target):
        return
    from perfxl.summary.workbook import Batch, write_summary, write_tables

    batch = Batch(*contents)
    write_summary(batch, target, workers)
    written = write_tables(batch, tables) if tables else []
    if cache:
        cache.store_outputs(made_from, target, written)


def _write_report(contents: Contents, summary: Path, target: Path) -> None:
    from perfxl.report.office import write_office_report
    from perfxl.summary.listings import Batch

    write_office_report(Batch(*contents), summary, target)


def _passed_over(skipped: Sequence[tuple[str, str]]) -> list[Received]:
    nothing = filed(FileResult(name) for name, _ in skipped)
    return [received(one, Disposition.SKIPPED, reason) for one, (_, reason) in zip(nothing, skipped, strict=True)]
