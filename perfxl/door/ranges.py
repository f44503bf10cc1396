"""A1 addresses and ranges as numbers. What is none gives nothing, never an error."""

import re
from functools import lru_cache

from perfxl.door.seen import Box
from perfxl.model import column_number

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
ROW_NUMBER = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?", re.ASCII)
_COLUMNS = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})", re.ASCII)
_ROWS = re.compile(r"\$?([1-9]\d{0,6}):\$?([1-9]\d{0,6})", re.ASCII)


@lru_cache(maxsize=8192)
def box_of(reference: str) -> Box | None:
    """The corners of a range: A1:B2, A1, also whole columns (A:B) and rows (1:2); None for what is none."""
    if match := _RANGE.fullmatch(reference):
        left, top, right, bottom = match.groups()
        columns = sorted((column_number(left), column_number(right or left)))
        rows = sorted((int(top), int(bottom or top)))
    elif match := _COLUMNS.fullmatch(reference):
        columns, rows = sorted(map(column_number, match.groups())), [1, LAST_ROW]
    elif match := _ROWS.fullmatch(reference):
        columns, rows = [1, LAST_COLUMN], sorted(map(int, match.groups()))
    else:
        return None
    return Box(rows[0], columns[0], rows[1], columns[1])


def area(reference: str) -> int:
    """How many cells a range covers, 0 where it is none."""
    box = box_of(reference)
    return (box.bottom - box.top + 1) * (box.right - box.left + 1) if box else 0
