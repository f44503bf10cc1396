"""Makes the rows of a table as mark-up: cells by kind, links, heights. Needs no workbook, only its `WorkbookFormats`."""

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, TypeVar

from perfxl.model import quoted_sheet
from perfxl.summary.formulas import FormulaPiece, Region, cell_formula
from perfxl.summary.packing import FOLDED_ROW, LEAD_ROW, RowWriter, SheetRows, target_of
from perfxl.summary.tables import AnyColumn, Inside, Kind, Link, Live, Outside, SummaryTable, Values

_T = TypeVar("_T")

LINKS_A_SHEET = 65_000
"""Excel follows at most 65,530 links on a sheet; further cells stay without one."""

LONGEST_LINK = 1_000
"""Excel allows 2,079 letters, counted in UTF-16 and after escaping."""

_LONGEST_TEXT = 32_767
CUT = "……（过长，以下略）"
MAX_LINES = 8
TABLE_LINE_POINTS, ROW_POINTS = 14.0, 19.0

_TOO_LARGE = "#NUM!"
KEPT, LONGEST_KEPT = 1024, 200
_ROW = "\0"
"""Stands in mark-up for the number of the row; no text of a cell holds it."""

_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What a reader would take for the escape of a character."""
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]|\A<r>")
_URL_UNSAFE = re.compile(r"[%#\x00-\x20\"<>\[\]^`{}\ud800-\udfff\ufffe\uffff]")


class KindStyles(NamedTuple):
    """The numbers of the formats of a kind of cell."""

    plain: int
    linked: int
    whole: int
    amount: int


@dataclass(frozen=True)
class WorkbookFormats:
    """What rows must know of the workbook that they are for.

    Attributes:
        styles: of each kind of cell.
        regions: of the tables that links lead to, by their keys.
        folder: of the summary; links to other files are relative to it.
    """

    styles: Mapping[Kind, KindStyles]
    regions: Mapping[str, Region]
    folder: Path


def write_rows(table: SummaryTable, region: Region, ink: WorkbookFormats, path: Path) -> list[SheetRows]:
    """Writes the rows of a table to disk, for each sheet of its region; the files' names begin with the path."""
    return [
        _write_piece(table, region, piece, ink, path.with_name(f"{path.name}-{number}"))
        for number, piece in enumerate(region.pieces)
    ]


def _write_piece(
    table: SummaryTable, region: Region, piece: FormulaPiece, ink: WorkbookFormats, path: Path
) -> SheetRows:
    stop = piece.start + piece.last - piece.first + 1
    columns = [_cells(column, region, ink) for column in table.columns]
    leading = [_cells(column, region, ink, is_linked=True) for column in table.columns]
    wrapped = [
        (at, _Known(partial(wrapped_lines, width=column.shown_width)))
        for at, column in enumerate(table.columns)
        if column.kind == "long"
    ]
    linkers = [(at, table.links[column.key]) for at, column in enumerate(table.columns) if column.key in table.links]
    letters = list(region.letters.values())
    template = "".join(f'<c r="{letter}{_ROW}"%s' for letter in letters)
    links_left, number = LINKS_A_SHEET, piece.first - 1
    with RowWriter(path) as into:
        put_link = _Links(into, ink)
        for index, values, fold in _folded(table, enumerate(table.part(piece.start, stop), piece.start)):
            number += 1
            cells = [known[value] for known, value in zip(columns, values, strict=True)]
            for at, linker in linkers:
                value = values[at]
                if value is not None and links_left and put_link(f"{letters[at]}{number}", linker(index, values)):
                    cells[at] = leading[at][value]
                    links_left -= 1
            lines = max([known[values[at]] for at, known in wrapped], default=1)
            height = TABLE_LINE_POINTS * lines + 5 if lines > 1 else 0
            into.put_row(number, (template % tuple(cells)).replace(_ROW, str(number)), height, fold)
        return into.written(f"{letters[-1]}{number}" if number >= piece.first else "")


def _folded(table: SummaryTable, rows: Iterable[tuple[int, Values]]) -> Iterator[tuple[int, Values, str]]:
    """The rows of a table with their numbers, and whether they lead a fold or are folded."""
    folding = table.folding
    if folding is None:
        yield from ((index, values, "") for index, values in rows)
        return
    for _, group in groupby(rows, key=lambda row: folding.key(row[1])):
        members = list(group)
        if len(members) < folding.least:
            yield from ((index, values, "") for index, values in members)
            continue
        yield members[0][0], folding.told([values for _, values in members]), LEAD_ROW
        yield from ((index, values, FOLDED_ROW) for index, values in members[1:])


class _Known(dict[object, _T]):
    """What a function makes of values that recur; of long ones nothing is kept, nor of very many.

    Equal numbers are one value, whatever their types: a function that tells them apart keeps none.
    """

    def __init__(self, make: Callable[[object], _T], kept: int = KEPT) -> None:
        super().__init__()
        self._make, self._kept = make, kept

    def __missing__(self, value: object) -> _T:
        made = self._make(value)
        if self._kept and (not isinstance(value, str) or len(value) <= LONGEST_KEPT):
            if len(self) >= self._kept:
                self.clear()
            self[value] = made
        return made


# -- cells ------------------------------------------------------------------------------------------------------------


def _cells(column: AnyColumn, region: Region, ink: WorkbookFormats, is_linked: bool = False) -> _Known[str]:
    """The cells of a column by their values; figures look different by their types."""
    return _Known(_Cell(column, region, ink.styles, is_linked), kept=0 if column.kind == "figure" else KEPT)


class _Cell:
    """Makes the cells of one column: all that stands behind the address. Text stays text, 0 stays 0, a blank stays blank."""

    def __init__(
        self, column: AnyColumn, region: Region, styles: Mapping[Kind, KindStyles], is_linked: bool = False
    ) -> None:
        self._styles = styles[column.kind]
        self._is_linked = is_linked
        self._is_figure = column.kind == "figure"
        self._formula = cell_formula(column, region, _ROW) if column.is_live else ""

    def __call__(self, value: object) -> str:
        if isinstance(value, Live):
            return self._live(value.formula, value.value)
        if value is None:
            return f' s="{self._style(value)}"/>'
        if self._formula:
            return self._live(self._formula, value)
        shown = cell_number(value)
        if isinstance(shown, str):
            return f' s="{self._style(value)}" t="inlineStr">{_text(shown)}</c>'
        return f' s="{self._style(value)}"><v>{shown!r}</v></c>'

    def _live(self, formula: str, value: object) -> str:
        """A cell with a formula, and what it gives."""
        shown = cell_number(value)
        result = escape(shown, quote=False) if isinstance(shown, str) else repr(shown)
        kind = "" if not isinstance(shown, str) else ' t="e"' if shown == _TOO_LARGE else ' t="str"'
        return f' s="{self._style(value)}"{kind}><f>{escape(formula, quote=False)}</f><v>{result}</v></c>'

    def _style(self, value: object) -> int:
        """A column of figures holds counts and amounts."""
        if self._is_figure and value is not None and not isinstance(value, str):
            return self._styles.whole if isinstance(value, int) else self._styles.amount
        return self._styles.linked if self._is_linked else self._styles.plain


def _text(text: str) -> str:
    """A text as the content of a cell; every character that XML may hold stays as it is."""
    shown = escape(_LOOKS_ESCAPED.sub("_x005F_", text), quote=False)
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<is><t{kept}>{shown}</t></is>"


def cell_number(value: object) -> float | int | str:
    """A figure as a cell holds it; equal figures are the same, and one too large for a cell is the error that it gives."""
    if isinstance(value, float | Decimal):
        # a cell keeps 15 digits; whole numbers as such, so that equal figures have equal bytes
        is_whole = -(10**15) < value < 10**15 and value == int(value)
        number = int(value) if is_whole else float(value)
        return number if math.isfinite(number) else _TOO_LARGE
    return value if isinstance(value, int) else cell_text(str(value))


def cell_text(text: str) -> str:
    """A text as a cell can hold it: control characters as their pictures (␀), halves of letters as �, cut at the limit.

    A text that begins with <r> would be taken for markup by the writer; an invisible letter before it prevents that.
    """
    if _ODD.search(text):
        text = _ODD.sub(_visible, text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > _LONGEST_TEXT // 2:
        text = _cut(text)
    return text


def _visible(match: re.Match[str]) -> str:
    letter = match[0]
    if letter == "<r>":
        return "\u200b<r>"
    return "\u2421" if letter == "\x7f" else chr(0x2400 + ord(letter)) if letter < " " else "\ufffd"


def _cut(text: str) -> str:
    """A text of at most so many UTF-16 units as a cell holds."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST_TEXT:
        return text
    return units[: 2 * (_LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def wrapped_lines(value: object, width: float) -> int:
    """The lines that a text takes in a column so wide, at most `MAX_LINES`; Chinese letters are two wide."""
    if not isinstance(value, str) or (len(value) * 2 <= width and "\n" not in value):
        return 1
    parts = cell_text(value[:2000]).split("\n")
    lines = sum(math.ceil(len(part.encode("gb18030", "replace")) / width) or 1 for part in parts)
    return min(lines, MAX_LINES)


# -- links ------------------------------------------------------------------------------------------------------------


class _Links:
    """Makes cells links, where they have one that is not too long, and says so."""

    def __init__(self, into: RowWriter, ink: WorkbookFormats) -> None:
        self._into, self._ink = into, ink
        self._file = lru_cache(maxsize=KEPT)(self._named)
        self._way = lru_cache(maxsize=KEPT)(partial(way_to, start=ink.folder))

    def __call__(self, cell: str, link: Link) -> bool:
        if link is None:
            return False
        if isinstance(link, Inside):
            region = self._ink.regions[link.table]
            self._into.put_link_inside(cell, escape(region.place(link.row, next(iter(region.letters)))))
            return True
        file, place = self._file(link.path), _place_in(link)
        if len(file) + len(place) > LONGEST_LINK:
            return False
        self._into.put_link_outside(cell, file, place)
        return True

    def _named(self, path: str) -> str:
        """Another file as links name it."""
        folder, name = os.path.split(path)
        return target_of(_URL_UNSAFE.sub(_escaped, (self._way(folder) / name).as_posix()))


def _place_in(link: Outside) -> str:
    """The cell of another workbook, escaped; "" where its sheet cannot be named in a link."""
    before = _before_cell(link.sheet)
    return f"{before}{escape(link.cell) or 'A1'}" if before else ""


@lru_cache(maxsize=KEPT)
def _before_cell(sheet: str) -> str:
    shown = cell_text(sheet)
    return escape(f"{quoted_sheet(shown)}!") if shown and shown == sheet and "#" not in sheet else ""


def way_to(folder: str, start: Path) -> Path:
    """The way from one folder to another; the other's own path where they have no root in common."""
    try:
        return Path(os.path.relpath(folder or ".", start))
    except ValueError:
        return Path(folder).absolute()


def _escaped(match: re.Match[str]) -> str:
    """A letter as links hold it; one that stands for a byte of a name that is no UTF-8 is that byte again."""
    try:
        written = match[0].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        written = "\ufffd".encode()
    return "".join(f"%{byte:02x}" for byte in written)
