"""A document as lines: each paragraph is a line with one cell, each row of a table a line with a cell in each column.

Thus a document looks like one long sheet, and everything that finds answers on sheets finds them here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfxl.typed.wording import label_key

MOST_LINES = 20_000
"""A dossier has some hundreds; a form of a thousand indicators in Word has some thousands."""
_BOOKMARK = re.compile(r"\[bookmark: [^\]\n]{0,40}\]")
"""What some programs write for a mark of Word that nobody sees."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or the row of a table: its filled cells by column from 1; `table` numbers its table, 0 outside of tables."""

    cells: Mapping[int, str]
    table: int = 0

    @property
    def first(self) -> str:
        """The first text of the line."""
        return next(iter(self.cells.values()), "")

    @property
    def is_paragraph(self) -> bool:
        return not self.table


def plain_line(text: str) -> Line:
    """A line outside of tables."""
    return Line({1: text.strip()})


def without_repeated_headings(lines: Sequence[Line], labels: frozenset[str]) -> list[Line]:
    """The lines without headings that a table repeats on a new page: rows of nothing but labels, as a row before had them."""
    kept: list[Line] = []
    seen: set[tuple[tuple[int, str], ...]] = set()
    for line in lines:
        row = tuple((column, label_key(text)) for column, text in line.cells.items())
        is_heading = line.table and len(row) > 1 and all(key in labels for _, key in row)
        if is_heading and row in seen:
            continue
        if is_heading:
            seen.add(row)
        kept.append(line)
    return kept


def lines_of_text(text: str) -> list[Line]:
    """The lines of a document that was exported as text: a cell a line with a tab before it, a blank line behind each row.

    A line that begins without a tab goes on with the cell above it; outside of rows it is a paragraph. Where cells of a row
    stand on one line with tabs between them, they are a row too.
    """
    lines: list[Line] = []
    cells: list[str] = []
    table = 0

    def end_row() -> None:
        if any(cell.strip() for cell in cells):
            lines.append(Line({n: cell.strip() for n, cell in enumerate(cells, 1) if cell.strip()}, table))
        cells.clear()

    for raw in _BOOKMARK.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n"):
        words = raw.rstrip()
        if raw.startswith("\t"):
            table += not cells and not (lines and lines[-1].table)
            cells += raw[1:].split("\t")
        elif not words.strip():
            end_row()
        elif cells:
            cells[-1] = f"{cells[-1]}\n{words}"
        elif "\t" in words.strip():
            table += not (lines and lines[-1].table)
            cells += words.strip().split("\t")
            end_row()
        else:
            lines.append(plain_line(words))
    end_row()
    return lines
