"""What a table of the summary consists of, before it is written anywhere: columns, rows, sums. Pure pandas.

A `Column` holds all that the summary says about it, with the function that takes its value from what a row is about: a
project, a file, a finding. A frame has one column for each `Column`, in order, by its key; dtype object, so that numbers
stay Decimal, texts stay as they are and blanks are None. Amounts are in 万元, rates are fractions. A table without sums may
be a stream instead: its rows are made whenever they are asked for and never held all at once.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import pandas as pd

from perfxl.summary.projects import decimal
from perfxl.typed.amounts import ratio

_T = TypeVar("_T")
_Subject = TypeVar("_Subject", contravariant=True)

Kind = Literal[
    "text", "long", "short", "code", "money", "rate", "points", "count", "grade", "status", "severity", "link", "figure"
]
"""How a column is shown. "long" is wrapped, "short" is centred, "code" is centred and never a number, "figure" is
a count or an amount."""

Foot = Literal["", "sum", "mean", "share", "rate"]
"""What stands for a column in a row of sums: "share" is the mean as a part of the full points, "rate" the weighted rate of
the rows that have one."""

NUMBERS = frozenset({"money", "rate", "points", "count", "figure"})
COLOURED = frozenset({"status", "severity"})
"""Columns whose words are coloured."""
NO_FIGURE = "—"
"""Stands where a rate or mean does not exist."""

_WIDTHS: Mapping[Kind, float] = {
    "text": 24, "long": 36, "short": 9, "code": 10, "money": 13, "rate": 9.5, "points": 9, "count": 8, "grade": 7,
    "status": 8, "severity": 7, "link": 9, "figure": 16,
}  # fmt: skip


@dataclass(frozen=True)
class Column(Generic[_Subject]):
    """One column of a table whose rows are about a `Subject` each; all that there is to say about it stands here.

    Attributes:
        key: its name in the frame and in formulas.
        label: its heading.
        width: in characters; that of its kind where 0.
        group: a heading above neighbouring columns.
        over: part and whole of a rate, by key: the cell is a live division.
        formula: of a live cell; {key} stands for the cell of that column in the same row.
        foots: what stands in each row of sums.
        full: the points that a score can reach at most: the column is coloured on that scale.
        printed: whether it is on paper; columns that are not stand last.
        hidden: for formulas only.
        optional: left out of the workbook where it is blank throughout.
        value: takes what stands in a cell from what its row is about; of a live cell what the formula gives.
    """

    key: str
    label: str
    kind: Kind = "text"
    width: float = 0
    group: str = ""
    over: tuple[str, str] | None = None
    formula: str = ""
    foots: tuple[Foot, ...] = ()
    full: Decimal | None = None
    printed: bool = True
    hidden: bool = False
    optional: bool = False
    value: Callable[[_Subject], object] = field(kw_only=True, compare=False)

    @property
    def is_live(self) -> bool:
        return bool(self.over or self.formula)

    @property
    def shown_width(self) -> float:
        return self.width or _WIDTHS[self.kind]


AnyColumn = Column[Any]
"""A column, whatever its rows are about."""


@dataclass(frozen=True)
class Live:
    """A formula and the value that it gives; `is_rate` where it is shown as a percentage whatever its column."""

    formula: str
    value: object
    is_rate: bool = False


@dataclass(frozen=True, slots=True)
class Inside:
    """A link to a row (from 0) of another table of the workbook."""

    table: str
    row: int


@dataclass(frozen=True, slots=True)
class Outside:
    """A link to another workbook, to a cell of it where that is known."""

    path: str
    sheet: str = ""
    cell: str = ""


Link = Inside | Outside | None
Values = Sequence[object]
Linker = Callable[[int, Values], Link]
"""Where a cell of a column leads, by the number of its row and the values of that row."""


@dataclass(frozen=True)
class Framed:
    """Rows that are held in a frame."""

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def part(self, start: int, stop: int) -> Iterator[Values]:
        """Some of the rows in order."""
        return self.frame.iloc[start:stop].itertuples(index=False, name=None)

    def present(self, key: str) -> frozenset[object]:
        """What stands in a column."""
        return frozenset(self.frame[key])

    def only(self, columns: Sequence[AnyColumn]) -> "Framed":
        """The same rows with some of their columns."""
        return Framed(self.frame[[column.key for column in columns]])


@dataclass(frozen=True)
class Streamed(Generic[_T]):
    """Rows that are made when they are asked for.

    Attributes:
        columns: of the table.
        length: how many rows there are.
        subjects: gives what the rows are about, as often as it is called.
        words: what stands in the columns whose words are coloured.
    """

    columns: Sequence[Column[_T]]
    length: int
    subjects: Callable[[], Iterator[_T]]
    words: Mapping[str, frozenset[object]]

    def __len__(self) -> int:
        return self.length

    def part(self, start: int, stop: int) -> Iterator[Values]:
        """Some of the rows in order."""
        return map(row_maker(self.columns), islice(self.subjects(), start, stop))

    def present(self, key: str) -> frozenset[object]:
        """What stands in a column."""
        return self.words[key]

    @property
    def frame(self) -> pd.DataFrame:
        """All rows at once."""
        return framed(self.columns, self.subjects()).frame


class Folding(NamedTuple):
    """Which neighbouring rows are one, and what the first of them says then."""

    key: Callable[[Values], Hashable]
    told: Callable[[Sequence[Values]], Values]
    least: int


@dataclass(frozen=True)
class SummaryTable:
    """A table and how it is presented.

    Attributes:
        key: its name in formulas and links, and for other programs; see `about`.
        title: the name of its sheet and its first line.
        note: what a reader should know, one line.
        rows: what stands below the headings.
        bands: the names of the rows of sums.
        live: sums that are no sum of a column, by band and key of the column.
        links: where the cells of a column lead.
        frozen: key of the last column that stays in sight.
        folding: which rows are folded below the one above them; none where None.
    """

    key: str
    title: str
    note: str
    columns: tuple[AnyColumn, ...]
    rows: Framed | Streamed[Any] = field(compare=False)
    bands: tuple[str, ...] = ()
    live: Mapping[tuple[int, str], Live] = field(default_factory=dict)
    links: Mapping[str, Linker] = field(default_factory=dict)
    frozen: str = ""
    folding: Folding | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def frame(self) -> pd.DataFrame:
        return self.rows.frame

    def part(self, start: int, stop: int) -> Iterator[Values]:
        """Some of the rows in order."""
        return self.rows.part(start, stop)

    @property
    def about(self) -> str:
        """What its rows are about, one English word that stays.

        projects, indicators, targets, funds, departments, findings, progress, files, changes, leftout, roster, reconciliation, answers
        (single data), and what a scheme calls a free table of its own, such as reviewers. Tables that follow one
        scheme's own blocks share the word and have its id behind it in their keys: funds-hainan-2020.
        """
        return self.key.partition("-")[0]

    def column(self, key: str) -> AnyColumn:
        return next(column for column in self.columns if column.key == key)

    def numbers(self, key: str) -> list[Decimal]:
        """The numbers of a column, blanks left out."""
        if key not in self._known:
            found = (decimal(plain_value(value)) for value in self.frame[key])
            self._known[key] = [number for number in found if number is not None]
        return self._known[key]

    @cached_property
    def _known(self) -> dict[str, list[Decimal]]:
        return {}

    def total(self, key: str) -> Decimal:
        return sum(self.numbers(key), Decimal(0))

    def mean(self, key: str) -> Decimal | None:
        numbers = self.numbers(key)
        return self.total(key) / len(numbers) if numbers else None

    def weighed(self, key: str) -> tuple[Decimal, Decimal]:
        """The sums of part and whole over the rows that have this rate."""
        over = self.column(key).over
        assert over, f"{key} is no rate"
        rated = self.frame[[decimal(rate) is not None for rate in self.frame[key]]]
        own = replace(self, rows=Framed(rated))
        return own.total(over[0]), own.total(over[1])

    def foot(self, column: AnyColumn, band: int) -> object:
        """The figure of a column in a row of sums, None where it has none."""
        kind = column.foots[band] if band < len(column.foots) else ""
        if not kind:
            return None
        if kind == "sum":
            return self.total(column.key)
        if kind == "rate":
            return shown_ratio(*self.weighed(column.key))
        mean = self.mean(column.key)
        if mean is None:
            return NO_FIGURE
        return mean / column.full if kind == "share" and column.full else mean

    def without_blank_columns(self) -> "SummaryTable":
        """The table without the optional columns in which nothing stands."""
        optional = [column.key for column in self.columns if column.optional]
        empty = {key for key in optional if self.frame[key].isna().all()}
        if not empty:
            return self
        kept = tuple(column for column in self.columns if column.key not in empty)
        return replace(self, columns=kept, rows=Framed(self.frame).only(kept))


def plain_value(value: object) -> object:
    """What a cell shows, live or not."""
    return value.value if isinstance(value, Live) else value


def row_maker(columns: Sequence[Column[_T]]) -> Callable[[_T], Values]:
    """What takes the values of a row, in the order of the columns, from what it is about; blank texts become None."""
    takers = [column.value for column in columns]
    return lambda subject: [None if (value := take(subject)) == "" else value for take in takers]


def framed(columns: Sequence[Column[_T]], subjects: Iterable[_T]) -> Framed:
    """The frame with a row for each subject."""
    return framed_rows(columns, map(row_maker(columns), subjects))


def framed_rows(columns: Sequence[AnyColumn], rows: Iterable[Values]) -> Framed:
    """The frame of rows that a `row_maker` made."""
    return Framed(pd.DataFrame(rows, columns=[column.key for column in columns], dtype=object))


def shown_ratio(part: Decimal | None, whole: Decimal | None) -> Decimal | str:
    """A rate rounded half-up to 4 places, a dash where there is none: what the live formula shows."""
    rate = ratio(part, whole)
    return NO_FIGURE if rate is None else rate
