"""From the results of many files to the summary: which file of a project counts, the roster, the workbook."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from perfxl.model import FileResult, Status
from perfxl.schemes import load_scheme, scheme_names
from perfxl.summary.resubmissions import Disposition, Received, settle
from perfxl.summary.roster import Missing, compare, read_roster
from perfxl.summary.workbook import Batch, write_summary, write_tables


def consolidate_results(
    results: Sequence[FileResult],
    skipped: Sequence[tuple[str, str]],
    sources: Sequence[Path],
    target: Path,
    made: date,
    roster: Path | None = None,
    tables: Path | None = None,
    ignored: Sequence[str] = (),
    scheme: str | None = None,
) -> list[FileResult]:
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

    Returns:
        The results with the findings across files.

    Raises:
        PerfxlError: the roster cannot be read.
        OutputError: a file cannot be written.
    """
    own = (load_scheme(scheme),) if scheme and scheme not in scheme_names() else ()
    received = settle(results)
    entries = read_roster(roster) if roster else None
    missing: list[Missing] = []
    if entries is not None:
        received, missing = compare(received, entries, own)
    received = [_without(one, ignored) for one in received]
    batch = Batch(
        received=(*received, *(_passed_over(name, reason) for name, reason in skipped)),
        missing=tuple(missing),
        roster_size=None if entries is None else len(entries),
        sources=tuple(path.as_posix() for path in sources),
        made=made,
        ignored=tuple(ignored),
        schemes=own,
    )
    write_summary(batch, target)
    if tables:
        write_tables(batch, tables)
    return [one.result for one in received]


def _without(one: Received, ignored: Sequence[str]) -> Received:
    """Findings across files come late: those that are switched off are taken out here."""
    findings = tuple(found for found in one.result.findings if found.code not in ignored)
    return replace(one, result=replace(one.result, findings=findings))


def _passed_over(name: str, reason: str) -> Received:
    result = FileResult(name, "", 0, "", None, Status.REJECTED, None, None, ())
    return Received(result, Disposition.SKIPPED, reason)
