"""Which columns does a table have on its sheet, and which of its rows are none of its own?"""

from collections.abc import Mapping
from typing import NamedTuple

from perfxl.reading.grid import GridRow
from perfxl.schemes.spec import Field, Table, parse_live
from perfxl.typed.subtotals import is_subtotal, may_be_subtotal
from perfxl.typed.wording import is_nothing


class Columns(NamedTuple):
    """The columns of a table on its sheet, each with its physical column (0 where its heading is lost).

    Attributes:
        at: by key.
        merged: those that name a level and span several rows.
        own: those that a row has for itself, typed or printed.
        shared: those whose cells hold several data.
        telling: the physical columns that say that a row is filled.
    """

    at: Mapping[str, int]
    merged: list[tuple[Field, int]]
    own: list[tuple[Field, int]]
    shared: list[tuple[Field, int]]
    telling: list[int]


def columns_of(table: Table, at: Mapping[str, int]) -> Columns:
    """The columns of a table by what the reader needs them for.

    Args:
        table: as the scheme declares it.
        at: the physical column of each by its key, 0 where the heading is lost.
    """
    places = [(column, at[column.key]) for column in table.columns]
    return Columns(
        at,
        merged=[(column, place) for column, place in places if column.is_data and column.merge],
        own=[(column, place) for column, place in places if _is_own(column)],
        shared=[(column, place) for column, place in places if column.holds],
        telling=[place for column, place in places if (column.is_data or column.holds) and not column.merge],
    )


def _is_own(column: Field) -> bool:
    """Whether a row has a column for itself: typed, printed, or the sum of its level."""
    if column.is_data:
        return not column.merge
    return column.fixed or parse_live(column.live)[0] == "subtotal"


def is_subtotal_row(table: Table, columns: Columns, line: GridRow) -> bool:
    """Whether a row sums up or breaks down others: by its last name, and for doubtful names by saying nothing else."""
    places = [columns.at[column.key] for column in table.naming]
    names = [str(line[place]) for place in places if isinstance(line.get(place), str)]
    if not names or not may_be_subtotal(names[-1]):
        return False
    texts = [columns.at[column.key] for column in table.columns if column.is_data and not column.is_number]
    others = [str(line[place]) for place in texts if place not in places and place in line]
    return is_subtotal(names[-1], all(map(is_nothing, others)))
