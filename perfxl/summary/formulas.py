"""Where the rows of a table stand in the workbook, and the formulas over them.

A table that is longer than a sheet stands in several pieces; the formulas add them up. Only functions that Excel 2010,
WPS and LibreOffice share.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from perfxl.model import column_letters, quoted_sheet
from perfxl.summary.tables import NO_FIGURE, AnyColumn, SummaryTable

SHEET_ROWS = 1_048_576
ANY_NUMBER = '">-1E+99"'
"""A criterion that every number meets and no text or blank."""

TITLE_ROWS = 2
"""Title and note stand above the sums and the heading."""


@dataclass(frozen=True, slots=True)
class FormulaPiece:
    """The rows of a table on one sheet; sheet rows count from 1, `start` is the position of the first in the table."""

    sheet: str
    first: int
    last: int
    start: int


@dataclass(frozen=True)
class Region:
    """The cells of a table."""

    pieces: tuple[FormulaPiece, ...]
    letters: Mapping[str, str]
    rows: int

    def ranges(self, key: str) -> list[str]:
        """The range of a column on each sheet."""
        letter = self.letters[key]
        return [f"{quoted_sheet(p.sheet)}!${letter}${p.first}:${letter}${p.last}" for p in self.pieces]

    def total(self, key: str) -> str:
        return f"SUM({','.join(self.ranges(key))})"

    def count(self, key: str) -> str:
        """How many numbers stand in a column."""
        return f"COUNT({','.join(self.ranges(key))})"

    def mean(self, key: str) -> str:
        return f'IFERROR(AVERAGE({",".join(self.ranges(key))}),"{NO_FIGURE}")'

    def count_where(self, **criteria: str) -> str:
        """How many rows meet all criteria; a criterion is the text of an expression: '"优"', '">=0.9"', "$A5"."""
        return "+".join(f"COUNTIFS({conditions})" for conditions in self._conditions(criteria))

    def total_where(self, key: str, **criteria: str) -> str:
        sums = zip(self.ranges(key), self._conditions(criteria), strict=True)
        return "+".join(f"SUMIFS({summed},{conditions})" for summed, conditions in sums)

    def mean_where(self, key: str, **criteria: str) -> str:
        """The mean of the numbers of a column in the rows that meet the criteria."""
        counted = self.count_where(**{**criteria, key: ANY_NUMBER})
        return f'IFERROR(({self.total_where(key, **criteria)})/({counted}),"{NO_FIGURE}")'

    def weighed(self, rate: str, over: tuple[str, str], **criteria: str) -> tuple[str, str]:
        """The sums of part and whole over the rows that have this rate and meet the criteria."""
        rated = {**criteria, rate: ANY_NUMBER}
        return self.total_where(over[0], **rated), self.total_where(over[1], **rated)

    def place(self, index: int, key: str) -> str:
        """The cell of a row, counted from 0, with its sheet."""
        piece = next(p for p in reversed(self.pieces) if p.start <= index)
        return f"{quoted_sheet(piece.sheet)}!{self.letters[key]}{piece.first + index - piece.start}"

    def _conditions(self, criteria: Mapping[str, str]) -> list[str]:
        columns = [self.ranges(key) for key in criteria]
        return [
            ",".join(f"{column[piece]},{test}" for column, test in zip(columns, criteria.values(), strict=True))
            for piece in range(len(self.pieces))
        ]


def region_of(table: SummaryTable, limit: int = SHEET_ROWS) -> Region:
    """Where a table stands; `limit` is the number of rows of a sheet. An empty table has one blank row."""
    before = heading_row(table)
    held = limit - before
    starts = range(0, max(len(table), 1), held)
    pieces = tuple(
        FormulaPiece(sheet_name(table.title, number), before + 1, before + max(min(held, len(table) - start), 1), start)
        for number, start in enumerate(starts, 1)
    )
    letters = {column.key: column_letters(number) for number, column in enumerate(table.columns, 1)}
    return Region(pieces, letters, len(table))


def heading_row(table: SummaryTable) -> int:
    """The row of the sheet that holds the headings, counted from 1; the sums and groups stand above it."""
    return TITLE_ROWS + len(table.bands) + any(column.group for column in table.columns) + 1


def sheet_name(title: str, number: int = 1) -> str:
    """A sheet's name: without the letters that Excel or a formula template forbids, at most 31 long, further sheets numbered."""
    behind = "" if number == 1 else f"({number})"
    allowed = "".join("-" if letter in "[]:*?/\\{}" else letter for letter in title).strip("'")
    return allowed[: 31 - len(behind)] + behind


def rate_formula(part: str, whole: str) -> str:
    """A live rate of two cells: rounded to 4 places, a dash where there is no whole or no part."""
    return f'IF(N({whole})>0,IF(ISNUMBER({part}),ROUND({part}/{whole},4),"{NO_FIGURE}"),"{NO_FIGURE}")'


def rate_of_sums(part: str, whole: str) -> str:
    """A live rate of two sums."""
    return f'IF(({whole})>0,ROUND(({part})/({whole}),4),"{NO_FIGURE}")'


def cell_formula(column: AnyColumn, region: Region, row: int | str) -> str:
    """The formula of a live cell in a row of the sheet, given by its number or what stands for it."""
    cells = {key: f"{letter}{row}" for key, letter in region.letters.items()}
    if column.over:
        part, whole = column.over
        return rate_formula(cells[part], cells[whole])
    return column.formula.format_map(cells)


def foot_formula(column: AnyColumn, region: Region, band: int) -> str:
    """The formula of a column in a row of sums, "" where it has none."""
    kind = column.foots[band] if band < len(column.foots) else ""
    if kind == "rate" and column.over:
        return rate_of_sums(*region.weighed(column.key, column.over))
    if kind == "sum":
        return region.total(column.key)
    if kind == "share":
        return f'IFERROR(AVERAGE({",".join(region.ranges(column.key))})/{column.full or 1},"{NO_FIGURE}")'
    return region.mean(column.key) if kind else ""
