"""Where everything stands on the page: the pieces of a part as tables of boxes and lines of text. Pure.

A table is a list of lines of boxes from left to right; a box has its edges in twips (1/1440 inch), so that blocks with
columns of their own can share a table. Edges of boxes in different lines that fall together make the columns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby

from perfxl.model import Row
from perfxl.report.figures import ReportFigures, as_typed, figures_of_row, printed
from perfxl.schemes.onpaper import block_fields, block_of
from perfxl.schemes.paper import Part, Piece
from perfxl.schemes.spec import Field, Fields, Matrix, Section, Sections, Table, parse_live
from perfxl.typed.wording import label_key

PORTRAIT, LANDSCAPE = 8844, 12756
"""Width of the text in twips: 156 mm and 225 mm."""
OPEN_ROWS = 3
"""Rows left open in a table in which nothing was filled in."""
SIGNATURE_HEIGHT = 1250
OPEN_DATE = "　　　　年　　月　　日"
LONG = 22
"""Characters from which a text in a table stands at the left, not in the middle."""


@dataclass(frozen=True, slots=True)
class PaperCell:
    """A cell: what stands in it, its edges, its paragraph style, and the datum that it holds.

    `rows` is how many lines it spans; the lines that it reaches into have a box with `rows` 0 in its place.
    """

    text: str
    left: int
    right: int
    style: str = "TableText"
    path: str = ""
    rows: int = 1
    closing: str = ""


@dataclass(frozen=True)
class PrintedLine:
    """A row of boxes.

    `heading` where it is repeated on every page, `height` in twips at least, `keep` where it stays on one page with the
    next one, as the rows of one branch do.
    """

    boxes: tuple[PaperCell, ...]
    heading: bool = False
    height: int = 0
    keep: bool = False


@dataclass
class PrintedTable:
    """A table; `page` where it begins a new page."""

    lines: list[PrintedLine] = field(default_factory=list)
    page: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph outside of tables."""

    text: str
    style: str
    path: str = ""


Arranged = PrintedTable | Words | Section


def arrange(part: Part, figures: ReportFigures) -> Iterator[tuple[Arranged, str]]:
    """The pieces of a part in order, each section with its path. Neighbouring blocks share a table up to a heading."""
    width = LANDSCAPE if part.landscape else PORTRAIT
    grid = PrintedTable()
    for piece in part.pieces:
        if piece.show in ("line", "note", "sentence", "sections", "heading") and grid.lines:
            yield grid, ""
            grid = PrintedTable()
        match block_of(figures.form.scheme, piece):
            case Sections(key, sections):
                yield from ((section, f"{key}.{section.key}") for section in sections)
            case Fields() as block:
                grid.lines += _field_lines(figures, block, piece, width)
            case Matrix(style="pairs") as block:
                grid.lines += _pair_lines(figures, block, piece, width)
            case Matrix() as block:
                grid.lines += _grid_lines(figures, block, piece, width)
            case Table() as block:
                grid.lines += _table_lines(figures, block, piece, width, not any(not x.heading for x in grid.lines))
            case None if piece.show == "heading":
                grid.page = piece.page
                grid.lines.append(
                    PrintedLine((PaperCell(piece.text, 0, width, "TableCaption"),), heading=True, keep=True)
                )
            case None if piece.show == "signature":
                day = (figures.text(piece.of) if piece.of else "") or OPEN_DATE
                box = PaperCell(piece.text, 0, width, "Signature", closing=day)
                grid.lines.append(PrintedLine((box,), height=SIGNATURE_HEIGHT))
            case None:
                yield _words(figures, piece), ""
    if grid.lines:
        yield grid, ""


def _words(figures: ReportFigures, piece: Piece) -> Words:
    """A paragraph: a printed line with its blanks filled in, or a text with a datum behind it."""
    if piece.show == "sentence":
        return Words(figures.filled(piece.of, piece.text), "TableLine")
    text = piece.text + (figures.text(piece.of) if piece.of else "")
    return Words(text, "Note" if piece.show == "note" else "TableLine", piece.of)


def _edges(widths: Sequence[int], total: int) -> list[int]:
    """The edges of columns of relative widths."""
    return [0, *(round(end * total / sum(widths)) for end in accumulate(widths))]


def _value(figures: ReportFigures, path: str, left: int, right: int) -> PaperCell:
    text = figures.text(path)
    return PaperCell(text, left, right, "TableLong" if len(text) > LONG else "TableText", path)


# -- fields and amounts -----------------------------------------------------------------------------------------------


def _field_lines(figures: ReportFigures, block: Fields, piece: Piece, width: int) -> Iterator[PrintedLine]:
    """Label and value in turn; the last one of an unfinished line reaches to the edge."""
    edges = _edges(piece.widths or (1, 2, 1, 2), width)
    across = (len(edges) - 1) // 2
    shown_fields = block_fields(block, piece)
    for start in range(0, len(shown_fields), across):
        members = shown_fields[start : start + across]
        boxes: list[PaperCell] = []
        for place, datum in enumerate(members):
            left, middle, right = edges[2 * place : 2 * place + 3]
            right = width if datum is members[-1] else right
            box = _value(figures, f"{block.key}.{datum.key}", middle, right)
            if datum.holds:
                box = replace(box, text=figures.shared(block.key, datum), style="TableLong")
            if datum.key in piece.ticked:
                box = replace(box, text=_ticked(box.text, datum))
            boxes += [PaperCell(datum.label, left, middle, "TableHead"), box]
        yield PrintedLine(tuple(boxes))


def _ticked(text: str, datum: Field) -> str:
    """All choices, the chosen one ticked; a text that is none of them as it is."""
    if text and text not in datum.choices:
        return text
    return "　　".join(f"{choice}（{' √ ' if choice == text else '　'}）" for choice in datum.choices)


def _pair_lines(figures: ReportFigures, matrix: Matrix, piece: Piece, width: int) -> Iterator[PrintedLine]:
    edges = _edges(piece.widths or (1,) * (2 * len(matrix.columns)), width)
    for number, row in enumerate(matrix.rows):
        boxes: list[PaperCell] = []
        for place, column in enumerate(matrix.columns):
            left, middle, right = edges[2 * place : 2 * place + 3]
            label = row.label if number else column.label
            boxes.append(PaperCell(label, left, middle, "TableHead"))
            boxes.append(_value(figures, matrix.path(column.key, row.key), middle, right))
        yield PrintedLine(tuple(boxes))


def _grid_lines(figures: ReportFigures, matrix: Matrix, piece: Piece, width: int) -> Iterator[PrintedLine]:
    """Headings on top, row labels at the left."""
    edges = _edges(piece.widths or (2, *(1 for _ in matrix.columns)), width)
    labels = ["", *(column.label for column in matrix.columns)]
    yield PrintedLine(tuple(PaperCell(t, a, b, "TableHead") for t, a, b in zip(labels, edges, edges[1:], strict=False)))
    execution = figures.form.scheme.execution
    for row in matrix.rows:
        boxes = [PaperCell(row.label or row.name, edges[0], edges[1], "TableHead")]
        for column, left, right in zip(matrix.columns, edges[1:], edges[2:], strict=False):
            if column.rows and row.key not in column.rows:
                boxes.append(PaperCell("", left, right))
            elif column.live == "weight":
                boxes.append(PaperCell(printed(execution.weight) if execution else "", left, right))
            else:
                boxes.append(_value(figures, matrix.path(column.key, row.key), left, right))
        yield PrintedLine(tuple(boxes))


# -- tables -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    """The columns of a table that are printed, with their edges."""

    figures: ReportFigures
    table: Table
    fields: list[Field]
    edges: list[int]

    def boxes(self) -> Iterator[tuple[Field, int, int]]:
        return zip(self.fields, self.edges, self.edges[1:], strict=False)


def _table_lines(
    figures: ReportFigures, table: Table, piece: Piece, width: int, is_first: bool
) -> Iterator[PrintedLine]:
    """Heading, rows and footer; the heading is repeated where only headings stand above it."""
    columns = _columns(figures, table, piece, width)
    yield from (replace(line, heading=is_first) for line in _heading(columns))
    rows = figures.form.rows(table.key)
    runs = {level: _runs(rows, level) for level in {datum.merge for datum in columns.fields}}
    for position in range(len(rows)):
        boxes = [_row_box(columns, rows, runs[place[0].merge][position], position, *place) for place in columns.boxes()]
        keep = any(end - 1 > position for own in runs.values() for _, end in [own[position]])
        yield PrintedLine(tuple(boxes), keep=keep)
    if not rows:
        yield from _open_rows(columns)
    if table.footer:
        yield _footer(columns, rows)


def _columns(figures: ReportFigures, table: Table, piece: Piece, width: int) -> _Columns:
    """The columns without those that are printed only where something stands in them, and nothing does."""
    fields = block_fields(table, piece)
    widths = piece.widths or tuple(2 for _ in fields)
    rows = figures.form.rows(table.key)
    kept = [
        (datum, size)
        for datum, size in zip(fields, widths, strict=True)
        if datum.key not in piece.where_filled or any(figures_of_row(row, datum) for row in rows)
    ]
    return _Columns(figures, table, [datum for datum, _ in kept], _edges([size for _, size in kept], width))


def _heading(columns: _Columns) -> Iterator[PrintedLine]:
    """One line, or two where columns are grouped."""
    depth = 2 if any(datum.group for datum in columns.fields) else 1
    upper: list[PaperCell] = []
    lower: list[PaperCell] = []
    group = ""
    for datum, left, right in columns.boxes():
        if datum.group and datum.group == group:
            upper[-1] = replace(upper[-1], right=right)
        else:
            text = datum.group or datum.label
            upper.append(PaperCell(text, left, right, "TableHead", rows=1 if datum.group else depth))
        group = datum.group
        below = PaperCell(datum.label, left, right, "TableHead") if group else PaperCell("", left, right, rows=0)
        lower.append(below)
    yield PrintedLine(tuple(upper), heading=True, keep=True)
    if depth == 2:
        yield PrintedLine(tuple(lower), heading=True, keep=True)


def _row_box(
    columns: _Columns, rows: Sequence[Row], run: tuple[int, int], position: int, datum: Field, left: int, right: int
) -> PaperCell:
    row, (start, end) = rows[position], run
    path = f"{columns.table.key}.{row.index}.{datum.key}"
    if start != position:
        return PaperCell("", left, right, rows=0)
    if datum.total_of or parse_live(datum.live)[0] == "subtotal":
        key = datum.total_of or parse_live(datum.live)[1]
        is_known = datum.total_of or columns.figures.assessment.final
        return PaperCell(_sum(rows[start:end], key) if is_known else "", left, right, rows=end - start)
    text = figures_of_row(row, datum) if datum.holds else as_typed(row[datum.key])
    if not text and path in columns.figures.computed:
        text = columns.figures.computed[path].text
    style = "TableLong" if len(text) > LONG or "\n" in text else "TableText"
    return PaperCell(text, left, right, style, path, rows=end - start)


def _runs(rows: Sequence[Row], level: str) -> list[tuple[int, int]]:
    """For each row the neighbours that share a level's name and those of the levels above; itself where it has none."""
    names = {"": (), "level1": ("level1",)}.get(level, ("level1", "level2"))
    keys = [tuple(label_key(row[name].text) for name in names) if names else (n,) for n, row in enumerate(rows)]
    runs: list[tuple[int, int]] = []
    for _, members in groupby(range(len(rows)), key=keys.__getitem__):
        positions = list(members)
        runs += [(positions[0], positions[-1] + 1)] * len(positions)
    return runs


def _sum(rows: Sequence[Row], key: str) -> str:
    numbers = [number for row in rows if (number := row[key].number) is not None]
    return printed(sum(numbers[1:], numbers[0])) if numbers else ""


def _open_rows(columns: _Columns) -> Iterator[PrintedLine]:
    """What the form prints where nothing was read: the fixed rows, or a few empty ones."""
    records = columns.table.fixed or ({},) * OPEN_ROWS
    for record in records:
        boxes = [PaperCell(str(record.get(datum.key, "")), left, right) for datum, left, right in columns.boxes()]
        yield PrintedLine(tuple(boxes))


def _footer(columns: _Columns, rows: Sequence[Row]) -> PrintedLine:
    feet = {foot.column: foot for foot in columns.table.footer}
    boxes: list[PaperCell] = []
    for datum, left, right in columns.boxes():
        foot = feet.get(datum.key)
        if foot is None:
            boxes.append(PaperCell("", left, right))
        elif foot.label:
            boxes.append(PaperCell(foot.label, left, right, "TableHead"))
        elif foot.path:
            boxes.append(_value(columns.figures, foot.path, left, right))
        else:
            execution = columns.figures.form.scheme.execution
            numbers = [number for row in rows if (number := row[foot.printed].number) is not None]
            numbers += [execution.weight] if execution and parse_live(foot.live)[0] == "total" else []
            boxes.append(PaperCell(printed(sum(numbers[1:], numbers[0])) if numbers else "", left, right))
    return PrintedLine(tuple(boxes))
