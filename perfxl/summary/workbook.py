"""The consolidated workbook: every table of a batch, live, linked, and the same for the same files.

Tables are made first, then placed (how many sheets each takes), then their rows are written to disk, then the workbook
around them; so every formula knows where its rows are.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from importlib.util import find_spec
from pathlib import Path

from xlsxwriter import Workbook

from perfxl import __version__
from perfxl.schemes.spec import OVERVIEW, SUMMARY_TITLE
from perfxl.summary.batch import Batch
from perfxl.summary.breakdowns import breakdown_tables
from perfxl.summary.cells import WorkbookFormats, cell_text, write_rows
from perfxl.summary.changetable import change_table
from perfxl.summary.formulas import SHEET_ROWS, Region, region_of, sheet_name
from perfxl.summary.frames import FrameTables, typed_frame
from perfxl.summary.lastyear_table import year_table
from perfxl.summary.leftout import left_out_table
from perfxl.summary.listings import (
    department_table,
    file_table,
    finding_table,
    project_table,
    roster_table,
)
from perfxl.summary.looks import BLUE, GREY, RED, STEEL, Looks
from perfxl.summary.overview import write_overview
from perfxl.summary.packing import SheetRows, pack_workbook
from perfxl.summary.progress import progress_table
from perfxl.summary.reconciliation import differences, reconciliation_table
from perfxl.summary.sheets import Page, write_table
from perfxl.summary.tables import SummaryTable
from perfxl.system.newbook import book_at, workplace
from perfxl.system.outfile import written_whole

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""A CSV cell that begins so is taken for a formula by spreadsheets; an apostrophe in front keeps it text."""


def write_summary(batch: Batch, target: Path) -> int:
    """Writes the summary of a batch, and says in how many lines of its 核对 files and sheets differ.

    The same batch gives the same bytes, whatever the order of its files: the only date in it is that of the batch.

    Raises:
        OutputError: the workbook cannot be written.
    """
    return write_workbook(batch, target, SHEET_ROWS)


def write_workbook(batch: Batch, target: Path, rows: int) -> int:
    """Writes the summary on sheets of so many rows at most; says how many lines of 核对 differ."""
    with workplace(target) as (temporary, folder):
        skeleton = folder / "skeleton.xlsx"
        with book_at(skeleton, folder) as book:
            made, differing = _write_all(batch, book, target.parent, folder, rows)
        pack_workbook(skeleton, made, temporary)
    return differing


def _write_all(
    batch: Batch, book: Workbook, home: Path, folder: Path, rows: int
) -> tuple[Mapping[int, SheetRows], int]:
    """Writes all but the rows of the tables into the workbook.

    Returns:
        These rows by the numbers of their sheets, and how many lines of 核对 differ.
    """
    looks = Looks(book)
    tables, regions = tables_of(batch, rows)
    formats = WorkbookFormats(looks.styles(), regions, home)
    written = [made for table in tables for made in write_rows(table, regions[table.key], formats, folder / table.key)]
    _write_skeleton(Page(book, looks, regions, batch.portfolio.grades, batch.made), batch, tables)
    return dict(enumerate(written, 2)), differences(tables[-1])


def _write_skeleton(page: Page, batch: Batch, tables: Sequence[SummaryTable]) -> None:
    """Writes the first page, and the tables without their rows on the sheets behind it."""
    book = page.book
    made = datetime.combine(batch.made, time(), UTC).replace(tzinfo=None)
    book.set_properties({"title": SUMMARY_TITLE, "author": f"perfxl {__version__}", "created": made})
    write_overview(page, book.add_worksheet(OVERVIEW), batch, tables)
    for table in tables:
        sheets = [book.add_worksheet(piece.sheet) for piece in page.regions[table.key].pieces]
        for sheet in sheets:
            sheet.set_tab_color(_tab_colour(table))
        write_table(page, table, sheets)


def tables_of(batch: Batch, rows: int = SHEET_ROWS) -> tuple[list[SummaryTable], Mapping[str, Region]]:
    """The tables in the order of the workbook, and where each stands; the last is about the others."""
    projects = project_table(batch).without_blank_columns()
    changed = [change_table(batch, batch.changes)] if batch.changes else []
    listed = [department_table(batch, projects, region_of(projects, rows)), finding_table(batch)]
    listed += [progress_table(batch), file_table(batch), *changed]
    left = left_out_table(batch)
    listed += [left] if len(left) else []
    listed += [roster_table(batch)] if batch.roster_size is not None else []
    listed += [year_table(batch)] if batch.office.last is not None else []
    tables = [projects, *breakdown_tables(batch.portfolio), *(table.without_blank_columns() for table in listed)]
    regions = {table.key: region_of(table, rows) for table in tables}
    reconciliation = reconciliation_table(batch, {table.key: table for table in tables}, regions)
    return [*tables, reconciliation], {**regions, reconciliation.key: region_of(reconciliation, rows)}


def _tab_colour(table: SummaryTable) -> str:
    if table.key == "reconciliation" and differences(table):
        return RED[1]
    return {"projects": BLUE, "departments": BLUE, "reconciliation": GREY}.get(table.key, STEEL)


def has_parquet() -> bool:
    """Whether tables can be written as Parquet, which takes the package pyarrow."""
    return find_spec("pyarrow") is not None


def write_tables(batch: Batch, folder: Path) -> list[Path]:
    """Writes every table as CSV (UTF-8 with BOM), and as Parquet where `has_parquet`; returns the files.

    First the six tables for other programs, then what else stands on the sheets.

    Raises:
        OutputError: a file cannot be written.
    """
    written: list[Path] = []
    named = {sheet_name(table.title): table for table in FrameTables(batch).all}
    for table in tables_of(batch)[0]:
        named.setdefault(sheet_name(table.title), table)
    for name, table in named.items():
        frame = typed_frame(table)
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
    text = cell_text(text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
