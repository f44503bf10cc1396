"""The rows of a sheet as mark-up on disk, and how they come into a workbook that has everything else.

XlsxWriter keeps each cell and each link as an object; a summary of ten thousand projects has two million of them. So it
writes a workbook without the rows below the headings: titles, sums, formats, colours, print. The rows are made as
mark-up and put between where the workbook is packed. What is taken for granted of the writer's workbook is
what the file format says: a sheet has one <sheetData>, and <hyperlinks> where it has a link.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile

LEVEL = 5
"""Of packing: a twentieth more bytes than the usual one, in two thirds of its time."""
PIECE = 2**18
DIMENSION = re.compile(rb'<dimension ref="[A-Z0-9:]*"/>')
_FORMAT = re.compile(rb"<sheetFormatPr ")
LEAD_ROW, FOLDED_ROW = ' collapsed="1"', ' hidden="1" outlineLevel="1"'
LINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
PACKAGE_TYPE = "http://schemas.openxmlformats.org/package/2006/relationships"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class SheetRows:
    """The rows of a sheet.

    Attributes:
        rows: a file of <row> elements.
        links: a file of <hyperlink> elements for cells of these rows.
        files: where links to other files lead, in the order of the numbers of their relationships.
        last: the last cell, "" where there is no row.
        has_folds: whether some rows are folded below others.
    """

    rows: Path
    links: Path
    files: tuple[str, ...]
    last: str
    has_folds: bool = False


class RowWriter:
    """Writes the rows of a sheet to disk from top to bottom; texts come escaped as mark-up demands."""

    def __init__(self, path: Path) -> None:
        self._paths = path.with_suffix(".rows"), path.with_suffix(".links")
        self._numbers: dict[str, int] = {}
        self._has_folds = False

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            self._rows, self._links = (
                opened.enter_context(path.open("w", encoding="utf-8", newline="")) for path in self._paths
            )
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def put_row(self, number: int, cells: str, height: float = 0, fold: str = "") -> None:
        """Puts a row, counted from 1; without height it has the usual one; `fold` is `LEAD_ROW`, `FOLDED_ROW` or ""."""
        shown = f' ht="{height:g}" customHeight="1"' if height else ""
        self._has_folds = self._has_folds or bool(fold)
        self._rows.write(f'<row r="{number}"{shown}{fold}>{cells}</row>')

    def put_link_inside(self, cell: str, place: str) -> None:
        """Makes a cell lead to a place in the workbook, such as "'总览'!A1"."""
        self._links.write(f'<hyperlink ref="{cell}" location="{place}" display="{place}"/>')

    def put_link_outside(self, cell: str, file: str, place: str = "") -> None:
        """Makes a cell lead to another file, written as `target_of` does, and to a place in it."""
        number = self._numbers.setdefault(file, len(self._numbers) + 1)
        where = f' location="{place}"' if place else ""
        self._links.write(f'<hyperlink ref="{cell}" r:id="rId{number}"{where}/>')

    def written(self, last: str) -> SheetRows:
        """What was written, up to this cell."""
        return SheetRows(*self._paths, tuple(self._numbers), last, self._has_folds)


def target_of(file: str) -> str:
    """A path, escaped as links demand, as Excel writes it into a workbook."""
    path = file.replace("/", "\\")
    return f"file:///{path}" if path.startswith("\\\\") or path[1:2] == ":" else path


def pack_workbook(skeleton: Path, sheets: Mapping[int, SheetRows], target: Path) -> None:
    """Packs a workbook without rows, and the rows of some of its sheets, counted from 1, into one file.

    The same content gives the same bytes: entries carry no clock.
    """
    parts = {f"xl/worksheets/sheet{number}.xml": rows for number, rows in sheets.items()}
    with ZipFile(skeleton) as old, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=LEVEL) as new:
        for name in old.namelist():
            content, rows = old.read(name), parts.get(name)
            size = len(content) + sum(path.stat().st_size for path in (rows.rows, rows.links)) if rows else 0
            with new.open(name, "w", force_zip64=size * 1.05 > ZIP64_LIMIT) as entry:
                for piece in _with_rows(content, rows) if rows else [content]:
                    entry.write(piece)
        for number, rows in sheets.items():
            if rows.files:
                with new.open(f"xl/worksheets/_rels/sheet{number}.xml.rels", "w") as entry:
                    entry.write(_relationships(rows.files).encode())


def _with_rows(sheet: bytes, rows: SheetRows) -> Iterator[bytes]:
    """A sheet's part with its rows and links, piece by piece."""
    above, end, below = sheet.partition(b"</sheetData>")
    if rows.has_folds:
        above = _FORMAT.sub(rb'\g<0>outlineLevelRow="1" ', above, count=1)
    yield DIMENSION.sub(f'<dimension ref="A1:{rows.last}"/>'.encode(), above, count=1) if rows.last else above
    yield from _pieces(rows.rows)
    between, end_of_links, rest = below.partition(b"</hyperlinks>")
    yield end + between
    yield from _pieces(rows.links)
    yield end_of_links + rest


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _relationships(files: tuple[str, ...]) -> str:
    links = (
        f'<Relationship Id="rId{number}" Type="{LINK_TYPE}" Target="{escape(file)}" TargetMode="External"/>'
        for number, file in enumerate(files, 1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{PACKAGE_TYPE}">{"".join(links)}</Relationships>'
