"""Where every cell of a form stands: one placement that template, reader, annotation and documentation share.

Pure: a scheme, and data where there are any, become placed cells. Rows and columns count from 1.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import groupby

from perfxl.dossier import Data, Record
from perfxl.model import Value, address
from perfxl.schemes.spec import (
    LEVELS,
    Field,
    Fields,
    Footer,
    Matrix,
    Scheme,
    Sections,
    Sheet,
    Table,
    Text,
    amount_field,
    footer_field,
)
from perfxl.typed.amounts import plain

LINE_POINTS = 16.0
"""Height of a line of text."""
TALLEST_ROW = 380.0
"""A row's height is limited to 409 points by the file format; a larger cell spans rows."""


class Role(StrEnum):
    """What a placed cell is for."""

    TITLE = "title"
    HEADING = "heading"
    NOTE = "note"
    SIGNATURE = "signature"
    SECTION = "section"
    LABEL = "label"
    FIXED = "fixed"
    INPUT = "input"
    LIVE = "live"
    RESULT = "result"
    ECHO = "echo"
    BLANK = "blank"


_PRINTED = frozenset({Role.TITLE, Role.HEADING, Role.NOTE, Role.SIGNATURE, Role.SECTION, Role.LABEL})
"""Roles whose text the form prints: the anchors by which a filled workbook is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A cell of the form: place, span, what it is for, and what it holds.

    `path` is the datum that an input, live, echo or result cell holds, or that a label names; a table's heading has the
    path of its column ("targets.name"), a cell of a row "targets.0.name". A placed cell is equal to itself alone, as
    readers look cells up by the thousand.

    Attributes:
        heading, side: the printed heading and row label where which cross the cell stands; None where it has one label.
        pattern: what is printed around the data of `blanks` (path and field), where a cell holds several.
    """

    row: int
    column: int
    role: Role
    path: str = ""
    text: str = ""
    aliases: tuple[str, ...] = ()
    field: Field | None = None
    value: Value = None
    height: int = 1
    width: int = 1
    heading: "Placed | None" = None
    side: "Placed | None" = None
    pattern: str = ""
    blanks: tuple[tuple[str, Field], ...] = ()

    @property
    def address(self) -> str:
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class TablePlace:
    """The rows of a table on its sheet: last row of the heading, first and last data row."""

    heading: int
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class PlacedSheet:
    """All cells of one sheet, in rows; `heights` in points where they differ from a line."""

    sheet: Sheet
    cells: tuple[Placed, ...]
    heights: Mapping[int, float]
    tables: Mapping[str, TablePlace]
    repeated_rows: int = 0

    def row_is_in_table(self, row: int) -> bool:
        """Whether a layout row is a data row of a table."""
        return any(place.first <= row <= place.last for place in self.tables.values())

    @cached_property
    def single(self) -> tuple[Placed, ...]:
        """The cells that hold single data, results or repeated data: all that a reader looks for outside of tables."""
        wanted = (Role.INPUT, Role.RESULT, Role.ECHO, Role.FIXED)
        return tuple(c for c in self.cells if c.path and c.role in wanted and not self.row_is_in_table(c.row))

    @cached_property
    def sentences(self) -> tuple[Placed, ...]:
        """The printed lines with blanks to fill in."""
        return tuple(cell for cell in self.cells if cell.blanks and cell.role in _PRINTED)

    @cached_property
    def printed(self) -> tuple[Placed, ...]:
        return tuple(cell for cell in self.cells if cell.role in _PRINTED and cell.text and not cell.blanks)

    @cached_property
    def labels(self) -> Mapping[str, Placed]:
        """The printed text that names each datum, by the datum's path."""
        return {cell.path: cell for cell in self.printed if cell.path}

    @cached_property
    def printed_at(self) -> Mapping[tuple[int, int], Placed]:
        """Every printed text by row and column."""
        return {(cell.row, cell.column): cell for cell in self.printed}


@dataclass(frozen=True)
class Layout:
    """The placed form."""

    scheme: Scheme
    sheets: tuple[PlacedSheet, ...]

    @cached_property
    def places(self) -> Mapping[str, tuple[str, Placed]]:
        """Sheet and cell of every input, live and result cell by path."""
        wanted = (Role.INPUT, Role.LIVE, Role.RESULT, Role.FIXED)
        single = {c.path: (s.sheet.name, c) for s in self.sheets for c in s.cells if c.role in wanted and c.path}
        shared = {path: (s.sheet.name, c) for s in self.sheets for c in s.cells for path, _ in c.blanks}
        return single | shared


@lru_cache(maxsize=64)
def blank_layout(scheme: Scheme) -> Layout:
    """The layout of the empty form."""
    tables = {key: [dict(_fixed_row(row)) for row in table.fixed] for key, table in scheme.tables.items()}
    return place(scheme, Data({}, tables))


def _fixed_row(row: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    for key, value in row.items():
        yield key, value if isinstance(value, str) else Decimal(str(value))


def place(scheme: Scheme, data: Data) -> Layout:
    """The layout of a form that holds these data; tables grow with their rows, large cells with their text."""
    return Layout(scheme, tuple(_place_sheet(sheet, data, scheme.full_score) for sheet in scheme.sheets))


@dataclass
class _Pen:
    """Where the next block begins, and what has been placed so far."""

    sheet: Sheet
    data: Data
    full_score: Decimal
    row: int = 1
    cells: list[Placed] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    tables: dict[str, TablePlace] = field(default_factory=dict)
    repeated_rows: int = 0

    @property
    def columns(self) -> int:
        return len(self.sheet.widths)

    def characters(self, column: int, width: int) -> int:
        return sum(self.sheet.widths[column - 1 : column - 1 + width])

    def need(self, row: int, points: float) -> None:
        self.heights[row] = max(self.heights.get(row, 0.0), points)


def _place_sheet(sheet: Sheet, data: Data, full_score: Decimal) -> PlacedSheet:
    pen = _Pen(sheet, data, full_score)
    for block in sheet.blocks:
        match block:
            case Text():
                _place_text(pen, block)
            case Fields():
                _place_fields(pen, block)
            case Matrix(style="pairs"):
                _place_pairs(pen, block)
            case Matrix():
                _place_grid(pen, block)
            case Table():
                _place_table(pen, block)
            case Sections():
                _place_sections(pen, block)
    return PlacedSheet(sheet, tuple(pen.cells), pen.heights, pen.tables, pen.repeated_rows)


def _place_text(pen: _Pen, block: Text) -> None:
    role = Role(block.style)
    blanks = tuple((f"{block.key}.{datum.key}", datum) for datum in block.fields)
    text = _with_answers(block.text, blanks, pen.data) if blanks else block.text
    cell = Placed(
        pen.row, 1, role, text=text, aliases=block.aliases, width=pen.columns, pattern=block.text, blanks=blanks
    )
    pen.cells.append(cell)
    pen.need(pen.row, {"title": 36.0, "heading": 24.0, "signature": 60.0}.get(block.style, 20.0))
    pen.row += 1


BLANK_TO_FILL = "____"
"""What a form prints in a line where something is to be filled in."""


def _with_answers(pattern: str, blanks: Sequence[tuple[str, Field]], data: Data) -> str:
    """A line with its blanks filled in, or left to be filled in."""
    for path, datum in blanks:
        value = data.cells.get(path)
        pattern = pattern.replace(f"{{{datum.key}}}", BLANK_TO_FILL if value is None else shown_in_line(value))
    return pattern


NAMED_BLANK = re.compile(r"\{(\w+)\}")


def has_words(pattern: str) -> bool:
    """Whether a line prints words around its blanks: "共{a}万元" does, "{leader} {phone}" does not."""
    return any(letter.isalnum() for letter in NAMED_BLANK.sub("", pattern))


def shown_in_line(value: Value) -> str:
    """A value as a line of text shows it."""
    return plain(value) if isinstance(value, Decimal) else str(value)


def _place_fields(pen: _Pen, block: Fields) -> None:
    if block.style == "below":
        _place_below(pen, block)
        return
    column = 1
    for datum in block.fields:
        label, value = datum.span
        printed = label if datum.label else 0
        if column + printed + value - 1 + datum.full > pen.columns:
            column, pen.row = 1, pen.row + 1
        path = datum.result or f"{block.key}.{datum.key}"
        if datum.label:
            pen.cells.append(Placed(pen.row, column, Role.LABEL, path, datum.label, datum.aliases, datum, width=label))
            column += label
        if datum.full:
            points = Field(datum.key, datum.label, type="points", fixed=True)
            pen.cells.append(Placed(pen.row, column, Role.FIXED, field=points, value=pen.full_score))
            column += 1
        _place_datum(pen, column, datum, path, width=value, block=block)
        pen.need(pen.row, 26.0)
        column += value
    pen.row += 1


def _place_below(pen: _Pen, block: Fields) -> None:
    """Headings side by side, each with its answer below; a heading is as wide as label and answer together."""
    column, headings = 1, pen.row
    for datum in block.fields:
        width = sum(datum.span)
        if column + width - 1 > pen.columns:
            column, headings = 1, headings + 2
        path = datum.result or f"{block.key}.{datum.key}"
        pen.cells.append(Placed(headings, column, Role.LABEL, path, datum.label, datum.aliases, datum, width=width))
        pen.need(headings, 26.0)
        pen.row = headings + 1
        _place_datum(pen, column, datum, path, width=width, block=block)
        column += width
    pen.row = headings + 2


def _role(datum: Field) -> Role:
    if datum.result:
        return Role.RESULT
    if datum.echo:
        return Role.ECHO
    if datum.blank:
        return Role.BLANK
    if datum.fixed:
        return Role.FIXED
    return Role.INPUT if datum.is_data or datum.holds else Role.LIVE


def _place_datum(
    pen: _Pen,
    column: int,
    datum: Field,
    path: str,
    width: int = 1,
    heading: Placed | None = None,
    side: Placed | None = None,
    block: Fields | None = None,
) -> None:
    role = _role(datum)
    value = None if role is Role.RESULT else pen.data.cells.get(path)
    blanks = tuple((f"{block.key}.{one.key}", one) for one in datum.holds) if block else ()
    if blanks:
        is_answered = any(pen.data.cells.get(path) is not None for path, _ in blanks)
        value = _with_answers(datum.pattern, blanks, pen.data) if is_answered or has_words(datum.pattern) else None
    cell = Placed(pen.row, column, role, path, "", (), datum, value, 1, width, heading, side, datum.pattern, blanks)
    pen.cells.append(cell)
    lines = max(datum.lines, text_lines(value, pen.characters(column, width)))
    pen.need(pen.row, min(lines * LINE_POINTS + 6, TALLEST_ROW))


def _place_pairs(pen: _Pen, block: Matrix) -> None:
    label_width, value_width = block.span
    for number, row in enumerate(block.rows):
        for position, column in enumerate(block.columns):
            datum = amount_field(block, column, row)
            path = block.path(column.key, row.key)
            label, aliases = (column.label, column.aliases) if number == 0 else (row.label, row.aliases)
            at = position * (label_width + value_width) + 1
            pen.cells.append(Placed(pen.row, at, Role.LABEL, path, label, aliases, datum, width=label_width))
            _place_datum(pen, at + label_width, datum, path, width=value_width)
            pen.need(pen.row, LINE_POINTS * 2 + 4 if number == 0 else 24.0)
        pen.row += 1


def _place_grid(pen: _Pen, block: Matrix) -> None:
    label_width, width = block.span
    starts = {column.key: label_width + 1 + position * width for position, column in enumerate(block.columns)}
    pen.cells.append(Placed(pen.row, 1, Role.BLANK, width=label_width))
    headings: dict[str, Placed] = {}
    for column in block.columns:
        path = f"{block.key}.{column.key}"
        at = starts[column.key]
        headings[column.key] = Placed(pen.row, at, Role.LABEL, path, column.label, column.aliases, column, width=width)
    pen.cells += headings.values()
    pen.need(pen.row, 26.0)
    for row in block.rows:
        pen.row += 1
        path = f"{block.key}.{row.key}"
        named = Field(row.key, row.label, optional=True) if row.optional else None
        side = Placed(pen.row, 1, Role.LABEL, path, row.label, row.aliases, named, width=label_width)
        pen.cells.append(side)
        for column in block.columns:
            if not column.rows or row.key in column.rows:
                datum = amount_field(block, column, row)
                path = block.path(column.key, row.key)
                _place_datum(pen, starts[column.key], datum, path, width, headings[column.key], side)
            else:
                pen.cells.append(Placed(pen.row, starts[column.key], Role.BLANK, width=width))
        pen.need(pen.row, 24.0)
    pen.row += 1


# -- tables -----------------------------------------------------------------------------------------------------------


def _place_table(pen: _Pen, table: Table) -> None:
    _place_heading(pen, table)
    heading = pen.row - 1
    rows = list(pen.data.tables.get(table.key, ()))
    # the rows of a fixed tree are printed; only a table for typing has spare ones
    count = len(rows) if table.fixed else max(table.rows, len(rows))
    first, last = pen.row, pen.row + count - 1
    for index in range(count):
        _place_row(pen, table, rows, index, first)
        pen.row += 1
    pen.tables[table.key] = TablePlace(heading, first, last)
    pen.repeated_rows = pen.repeated_rows or heading
    if table.footer:
        _place_footer(pen, table, rows)


def _place_heading(pen: _Pen, table: Table) -> None:
    """Headings in one row, or in two where columns are grouped."""
    depth = 2 if any(column.group for column in table.columns) else 1
    start = 1
    for group, members in groupby(table.columns, key=lambda column: column.group):
        columns = list(members)
        if group:
            pen.cells.append(Placed(pen.row, start, Role.LABEL, text=group, width=len(columns)))
        for position, column in enumerate(columns, start):
            row, height = (pen.row + 1, 1) if group else (pen.row, depth)
            path = f"{table.key}.{column.key}"
            pen.cells.append(
                Placed(row, position, Role.LABEL, path, column.label, column.aliases, column, height=height)
            )
        start += len(columns)
    for row in range(pen.row, pen.row + depth):
        pen.need(row, 24.0)
    pen.row += depth


def _place_row(pen: _Pen, table: Table, rows: Sequence[Record], index: int, first: int) -> None:
    record: Record = rows[index] if index < len(rows) else {}
    for position, column in enumerate(table.columns, 1):
        start, end = _run(rows, index, column.merge)
        # the merged cell stands in its first row
        if column.merge and start != index:
            continue
        value: Value = _shared_value(column, record) if column.holds else record.get(column.key)
        if column.total_of:
            value = _sum(rows[start:end], column.total_of)
        key = column.result if column.result else column.key
        pen.cells.append(
            Placed(
                pen.row,
                position,
                _role_in_row(table, column, record),
                f"{table.key}.{index}.{key}",
                field=column,
                value=value,
                height=end - start if column.merge else 1,
            )
        )
        lines = max(column.lines, text_lines(value, pen.characters(position, 1)) if not column.merge else 1)
        pen.need(pen.row, min(max(lines * LINE_POINTS + 6, 24.0), TALLEST_ROW))


def _role_in_row(table: Table, column: Field, record: Record) -> Role:
    """A fixed row prints the names of its levels and its weight; an open one the names of its branch alone."""
    role = _role(column)
    keys = {datum.key for datum in column.holds} or {column.key}
    if not table.open_rows or role is not Role.INPUT or keys.isdisjoint((*LEVELS, "weight")):
        return role
    branch = table.open_branch(record)
    return Role.FIXED if branch is None or not keys.isdisjoint(LEVELS[: len(branch)]) else Role.INPUT


def _shared_value(column: Field, record: Record) -> str | None:
    """What a cell says that holds several data: all of them with the words between, else those there are."""
    values = {datum.key: record.get(datum.key) for datum in column.holds}
    known = {key: shown_in_line(value) for key, value in values.items() if value is not None}
    if len(known) < len(values):
        return " ".join(known.values()) or None
    return NAMED_BLANK.sub(lambda blank: known[blank[1]], column.pattern)


def _run(rows: Sequence[Record], index: int, level: str) -> tuple[int, int]:
    """The rows around `index` that share a level's name (and those of the levels above)."""
    if not level or index >= len(rows):
        return index, index + 1
    names = ("level1", "level2")[: 1 if level == "level1" else 2]

    def branch(row: Record) -> tuple[Value, ...]:
        return tuple(row.get(name) for name in names)

    own = branch(rows[index])
    start, end = index, index + 1
    if own[-1] is None:  # of an open row: the agency may name it as it likes
        return start, end
    while start > 0 and branch(rows[start - 1]) == own:
        start -= 1
    while end < len(rows) and branch(rows[end]) == own:
        end += 1
    return start, end


def _sum(rows: Sequence[Record], key: str) -> Decimal:
    return sum((value for row in rows if isinstance(value := row.get(key), Decimal)), Decimal(0))


def _place_footer(pen: _Pen, table: Table, rows: Sequence[Record]) -> None:
    headings = {cell.path: cell for cell in pen.cells if cell.role is Role.LABEL}
    feet = {foot.column: foot for foot in table.footer}
    side: Placed | None = None
    for column, key in enumerate((column.key for column in table.columns), 1):
        foot, heading = feet.get(key), headings.get(f"{table.key}.{key}")
        if foot is None:
            pen.cells.append(Placed(pen.row, column, Role.BLANK))
        elif foot.label:
            side = Placed(pen.row, column, Role.LABEL, f"{table.key}#footer", foot.label, foot.aliases)
            pen.cells.append(side)
        else:
            pen.cells.append(_footer_cell(pen, table, foot, column, rows, heading, side))
    pen.need(pen.row, 26.0)
    pen.row += 1


def _footer_cell(
    pen: _Pen,
    table: Table,
    foot: Footer,
    column: int,
    rows: Sequence[Record],
    heading: Placed | None,
    side: Placed | None,
) -> Placed:
    """A printed sum or a datum of the row below a table."""
    value: Value
    if foot.printed:
        datum = Field(foot.column, "", type="points", fixed=True, live=foot.live)
        role, path, value = Role.FIXED, f"{table.key}#footer.{foot.column}", _sum(rows, foot.printed)
    else:
        datum = footer_field(foot, table)
        role, path, value = Role.INPUT, foot.path, pen.data.cells.get(foot.path)
    return Placed(pen.row, column, role, path, "", (), datum, value, 1, 1, heading, side)


# -- sections ---------------------------------------------------------------------------------------------------------


def _place_sections(pen: _Pen, block: Sections) -> None:
    """Headings with large cells below; a cell whose text needs more than a row may be high spans several."""
    for section in block.sections:
        path = f"{block.key}.{section.key}"
        if section.chapter:
            pen.cells.append(Placed(pen.row, 1, Role.SECTION, text=section.chapter, width=pen.columns))
            pen.need(pen.row, 28.0)
            pen.row += 1
        pen.cells.append(Placed(pen.row, 1, Role.SECTION, path, section.label, section.aliases, width=pen.columns))
        pen.need(pen.row, 24.0)
        pen.row += 1
        value = pen.data.cells.get(path)
        datum = Field(section.key, section.label, required=section.required, lines=6)
        points = max(datum.lines, text_lines(value, pen.characters(1, pen.columns)) + 1) * (LINE_POINTS + 2)
        height = math.ceil(points / TALLEST_ROW)
        pen.cells.append(
            Placed(pen.row, 1, Role.INPUT, path, field=datum, value=value, width=pen.columns, height=height)
        )
        for row in range(pen.row, pen.row + height):
            pen.need(row, points / height)
        pen.row += height


@lru_cache(maxsize=1024)
def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def text_lines(value: Value, characters: int) -> int:
    """How many lines a text takes in a cell so many characters wide; Chinese characters count two."""
    if not isinstance(value, str):
        return 1
    room = max(characters - 2, 2)
    return sum(max(1, math.ceil(_wide(line) / room)) for line in value.split("\n"))
