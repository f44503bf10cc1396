"""Where does a page end, so that no heading stands alone at its foot? Pure: heights of rows in, breaks out.

Spreadsheets know no "keep with next": a break in front of the heading takes it to the page of its text.
"""

import math
from collections.abc import Collection, Sequence

A4 = (595.3, 841.9)
PAPERS = {1: (612.0, 792.0), 8: (841.9, 1190.6), 9: A4}
"""Width and height in points of Letter, A3 and A4 by the numbers that workbooks have for them."""
INCH, _TINY = 72, 1e-9
_SLACK = 0.03
"""Programs differ by so much in how high rows are and how much a page holds; a break that was not needed costs little."""


def rows_a_page(paper: tuple[float, float], margins: Sequence[float], width: float = 0, scale: float = 1) -> float:
    """How many points of rows a page holds.

    Args:
        paper: width and height in points, as it lies.
        margins: left, right, top and bottom, in inches.
        width: of the columns in points, where they are shrunk to the width of the paper.
        scale: how large the sheet is printed.
    """
    left, right, top, bottom = (INCH * margin for margin in margins)
    if width:
        # programs shrink by whole percents
        scale = min(scale, math.floor(100 * (paper[0] - left - right) / width + _TINY) / 100)
    return (paper[1] - top - bottom) / scale


def breaks_before(
    heights: Sequence[float],
    headings: Collection[int],
    room: float,
    repeated: float = 0,
    breaks: Collection[int] = (),
) -> list[int]:
    """The rows, counted from 1, in front of which a page must end so that no heading is the last on one.

    Above a heading every page ends at a break: a program that has room for more rows would come to another end.

    Args:
        heights: of all rows, in points.
        headings: the rows that belong to the row below them.
        room: what a page holds, in points.
        repeated: of it for rows that are printed on each page but the first.
        breaks: the rows in front of which pages end anyhow.
    """
    found: list[int] = []
    lowest, rest = max(headings, default=0), sum(heights)
    used, first, row = 0.0, True, 1
    while row <= len(heights):
        last = _last_of(row, headings, len(heights))
        needed = sum(heights[row - 1 : last])
        held = room * (1 - _SLACK) if row in headings and used + rest > room else room
        if row in breaks:
            used, first = repeated, True
        elif used + needed > held and not first:
            is_in_vain = row in headings and repeated + needed > room
            found += [row] if row <= lowest and not is_in_vain else []
            used = repeated
        used, rest, first, row = used + needed, rest - needed, False, last + 1
    return found


def _last_of(row: int, headings: Collection[int], rows: int) -> int:
    """The row of the text below headings that begin in this row."""
    while row in headings and row < rows:
        row += 1
    return row
