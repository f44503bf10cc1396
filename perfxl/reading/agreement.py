"""Does the fast reader see in each cell what the file has there?

The values come from the fast reader; the door has parsed the same sheet. A workbook in which the two differ is refused: one
of them would not be what a person sees.
"""

import re
from datetime import date, datetime, time, timedelta

from perfxl.door.refusals import damaged
from perfxl.door.seen import SheetSight, Written
from perfxl.model import address
from perfxl.reading.grid import Grid

_NUMBER, _TEXTS, _ERROR, _DAY = ("", "n"), ("s", "str", "inlineStr", "d"), "e", "d"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_OR_SECOND = 10
"""Characters of a day that is written out; those of a time have at most as many."""
_SECOND = 1.1 / 86400
"""Of a day: the fast reader rounds times."""
_LEAP_DAY = 61
"""Serial numbers below this are a day off in one of the two calendars that Excel's first leap day makes."""
_ON = {"1": True, "true": True, "0": False, "false": False}
_PADDED = re.compile(r"\s*[-+]?\d{1,30}(?:\.\d{0,30})?\s*", re.ASCII)
"""A number that the fast reader takes for a text for its blanks; of any other text in its place programs make other numbers."""
_LOOSE = re.compile(r"(?<![\d.,\s])\s++|\s++(?![\d.,])")
"""White space that makes no other number of a text, whether it is kept or not."""


class Agreement:
    """Compares the values of a sheet's cells. `is_1904` tells the workbook's calendar."""

    def __init__(self, is_1904: bool) -> None:
        self._first_day = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)

    def hold(self, grid: Grid, sight: SheetSight) -> None:
        """Refuses a sheet where a value of the fast reader is not the one in the file.

        Raises:
            RefusedError: FL03 with the cell.
        """
        cells = sight.cells
        for row, line in grid.lines.items():
            for column, raw in line.items():
                written = cells.get((row, column))
                is_alike = written is not None and written.text == raw and written.kind not in _NUMBER
                if written is None or not (is_alike or self._agrees(raw, written)):
                    raise _differs(grid.sheet, row, column)
        if len(cells) > len(grid.cells):
            for (row, column), written in cells.items():
                if column not in grid.line(row) and written.kind != _ERROR and _decoded(written.text or "").strip():
                    raise _differs(grid.sheet, row, column)

    def _agrees(self, raw: object, written: Written) -> bool:
        kind, text = written.kind, written.text or ""
        if isinstance(raw, str):
            is_number = kind in _NUMBER and _PADDED.fullmatch(text) is not None
            return (kind in _TEXTS or is_number) and _is_same_text(raw, text)
        if isinstance(raw, bool):
            return kind == "b" and raw is _ON.get(text.strip().lower())
        if isinstance(raw, int | float):
            number = _number(text)
            return kind in _NUMBER and (number == raw or (number != number and raw != raw))
        if kind == _DAY:
            return isinstance(raw, date | time) and text.startswith(raw.isoformat()[:_DATE_OR_SECOND])
        return kind in _NUMBER and self._is_moment(raw, _number(text))

    def _is_moment(self, raw: object, serial: float) -> bool:
        """Whether a day or time is the one that a number means."""
        if isinstance(raw, datetime):
            days = (raw - self._first_day) / timedelta(days=1)
        elif isinstance(raw, date):
            days = float((datetime(raw.year, raw.month, raw.day) - self._first_day).days)
        elif isinstance(raw, time):
            days = (raw.hour * 3600 + raw.minute * 60 + raw.second + raw.microsecond / 1e6) / 86400
        elif isinstance(raw, timedelta):
            days = raw / timedelta(days=1)
        else:
            return False
        if serial < 0:
            return True  # no calendar has it, a person sees ####: reading says so
        return abs(days - serial) <= (1 + _SECOND if abs(serial) < _LEAP_DAY else _SECOND)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _is_same_text(raw: str, text: str) -> bool:
    """Whether the fast reader's text is the one in the file: with its escapes undone or not, spaces at edges kept or not."""
    seen = _bare(raw)
    return seen in (_bare(_decoded(text)), _bare(text))


def _decoded(text: str) -> str:
    """A text with the escapes of the file format (_x000D_) undone, as a person sees it."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _bare(text: str) -> str:
    return _LOOSE.sub("", text)


def _differs(sheet: str, row: int, column: int) -> Exception:
    reason = "单元格的内容有两种读法，无法确定哪一种是打开时所见"
    return damaged(reason, f"{sheet}!{address(row, column)}")
