"""The tables for which every form must be opened; where it is worth while, another process makes and writes them meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from perfxl.results.filed import lend
from perfxl.schemes.spec import Scheme
from perfxl.summary.breakdowns import breakdown_tables
from perfxl.summary.cells import WorkbookFormats, write_rows
from perfxl.summary.formulas import region_of
from perfxl.summary.packing import SheetRows
from perfxl.summary.projects import Sealed
from perfxl.summary.tables import SummaryTable
from perfxl.system.forks import aside

WORTH = 500
"""Projects that make up for another process."""

Written = list[tuple[SummaryTable, list[SheetRows]]]
"""Outlines of tables, and their rows for each sheet."""


def is_worth(projects: Sequence[Sealed], workers: int) -> bool:
    """Whether another process shares the work."""
    return workers > 1 and len(projects) >= WORTH


@contextmanager
def breakdowns_written(
    projects: Sequence[Sealed], schemes: Sequence[Scheme], ink: WorkbookFormats, rows: int, folder: Path, workers: int
) -> Iterator[Callable[[], Written]]:
    """Yields a function that gives the breakdowns, written to the folder for sheets of so many rows at most."""
    if not is_worth(projects, workers):
        yield lambda: write_breakdowns(projects, schemes, ink, rows, folder)
        return
    lent = lend([project.kept for project in projects], folder / "details")
    known = [project._replace(kept=kept) for project, kept in zip(projects, lent, strict=True)]
    with aside(write_breakdowns, known, schemes, ink, rows, folder) as answer:
        yield answer


def write_breakdowns(
    projects: Sequence[Sealed], schemes: Sequence[Scheme], ink: WorkbookFormats, rows: int, folder: Path
) -> Written:
    """Makes the breakdowns and writes their rows."""
    tables = breakdown_tables(projects, schemes)
    return [
        (table.outline, write_rows(table, region_of(table, rows), ink, folder / f"breakdown-{number}"))
        for number, table in enumerate(tables)
    ]
