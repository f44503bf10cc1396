"""The consolidated workbook: every table of a batch, live, linked, and the same for the same files.

Tables are made first, then placed (how many sheets each takes), then written; so every formula knows where its rows are.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from importlib.util import find_spec
from pathlib import Path

from perfxl import __version__
from perfxl.newbook import new_workbook
from perfxl.outfile import written_whole
from perfxl.spec import SUMMARY_TITLE
from perfxl.summary.breakdowns import breakdowns
from perfxl.summary.formulas import SHEET_ROWS, Region, region_of, sheet_name
from perfxl.summary.gridsheet import Page, safe_text, write_table
from perfxl.summary.listings import (
    Batch,
    ProjectRows,
    Rows,
    department_table,
    finding_table,
    inbox_table,
    roster_table,
)
from perfxl.summary.looks import BLUE, GREY, STEEL, Looks
from perfxl.summary.overview import SHEET, write_overview
from perfxl.summary.reconciliation import reconciliation_table
from perfxl.summary.rowsheet import RowSheet
from perfxl.summary.tables import Table, typed

__all__ = ["Batch", "has_parquet", "write_summary", "write_tables"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A CSV cell that begins so is taken for a formula by spreadsheets; an apostrophe in front keeps it text."""


def write_summary(batch: Batch, target: Path) -> None:
    """Writes the summary of a batch.

    The same batch gives the same bytes, whatever the order of its files: the only date in it is that of the batch.

    Raises:
        OutputError: the workbook cannot be written.
    """
    write_workbook(batch, target, SHEET_ROWS)


def write_workbook(batch: Batch, target: Path, rows: int) -> None:
    """Writes the summary on sheets of so many rows at most."""
    tables, regions = tables_of(batch, rows)
    with new_workbook(target, constant_memory=True) as book:
        made = datetime.combine(batch.made, time(), UTC).replace(tzinfo=None)
        book.set_properties({"title": SUMMARY_TITLE, "author": f"perfxl {__version__}", "created": made})
        page = Page(book, Looks(book), regions, target.parent, batch.portfolio.grades, batch.made)
        overview = book.add_worksheet(SHEET)
        sheets = {
            table.key: [book.add_worksheet(piece.sheet, RowSheet) for piece in regions[table.key].pieces]
            for table in tables
        }
        write_overview(page, overview, batch, tables)
        for table in tables:
            for sheet in sheets[table.key]:
                sheet.set_tab_color(_tab_colour(table))
            write_table(page, table, sheets[table.key])


def tables_of(batch: Batch, rows: int = SHEET_ROWS) -> tuple[list[Table], Mapping[str, Region]]:
    """The tables in the order of the workbook, and where each stands."""
    parts: list[Rows] = [ProjectRows(batch), *breakdowns(batch.portfolio)]
    for opened in batch.portfolio.opened():
        for part in parts:
            part.add(opened)
    projects, *others = [part.table().without_blank_columns() for part in parts]
    region = region_of(projects, rows)
    known = [projects, *others, department_table(batch, projects, region)]
    known += [finding_table(batch), inbox_table(batch)]
    known += [roster_table(batch)] if batch.roster_size is not None else []
    tables = [table.without_blank_columns() for table in known]
    regions = {table.key: region_of(table, rows) for table in tables}
    reconciliation = reconciliation_table(batch, regions)
    return [*tables, reconciliation], {**regions, reconciliation.key: region_of(reconciliation, rows)}


def _tab_colour(table: Table) -> str:
    return {"projects": BLUE, "departments": BLUE, "reconciliation": GREY}.get(table.key, STEEL)


def has_parquet() -> bool:
    """Whether tables can be written as Parquet, which takes the package pyarrow."""
    return find_spec("pyarrow") is not None


def write_tables(batch: Batch, folder: Path) -> list[Path]:
    """Writes every table as CSV (UTF-8 with BOM), and as Parquet where `has_parquet`; returns the files.

    Raises:
        OutputError: a file cannot be written.
    """
    written: list[Path] = []
    for table in tables_of(batch)[0]:
        frame = typed(table)
        name = sheet_name(table.title)
        path = folder / f"{name}.csv"
        with written_whole(path) as temporary:
            texts = [str(label) for label, kind in frame.dtypes.items() if kind == "string"]
            safe = frame.assign(**{label: frame[label].map(_csv_text, na_action="ignore") for label in texts})
            safe.to_csv(temporary, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        written.append(path)
        if has_parquet():
            path = folder / f"{name}.parquet"
            with written_whole(path) as temporary:
                frame.to_parquet(temporary, index=False)
            written.append(path)
    return written


def _csv_text(text: str) -> str:
    text = safe_text(text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
