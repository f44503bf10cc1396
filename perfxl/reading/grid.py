"""The sheets of a workbook as grids of filled cells, read with pandas through calamine."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from types import MappingProxyType
from typing import Any, cast

import pandas as pd
from python_calamine import CalamineError

from perfxl.typed.wording import label_key, without_points, without_unit

_LONGEST_LABEL = 60
"""Longer texts are answers, never labels."""
_BRACKETED_LABEL = re.compile(r"\s*[（(]([^（）()]{2,20})[）)]\s*(\S.*?)\s*")
GridRow = Mapping[int, object]
"""The filled cells of a row by column, in order."""
_PANIC = "PanicException"
"""As which the fast reader dies of what it did not expect: no Exception, and nothing that could be imported."""
NO_CELLS: GridRow = MappingProxyType({})
NOTHING_HIDDEN: Mapping[str, Collection[int]] = MappingProxyType({})


@dataclass(frozen=True)
class Grid:
    """One sheet: its filled cells as the file holds them, by row and by column, both from 1 and in order.

    `hidden_rows` are those that nobody sees.
    """

    sheet: str
    lines: Mapping[int, GridRow]
    hidden_rows: Collection[int] = frozenset()

    def line(self, row: int) -> GridRow:
        """The filled cells of one row by column."""
        return self.lines.get(row, NO_CELLS)

    @cached_property
    def cells(self) -> Mapping[tuple[int, int], object]:
        """The filled cells by (row, column), in reading order."""
        return {(row, column): raw for row, line in self.lines.items() for column, raw in line.items()}

    @cached_property
    def rows(self) -> int:
        return max(self.lines, default=0)

    @cached_property
    def columns(self) -> int:
        return max(map(max, self.lines.values()), default=0)

    @cached_property
    def keys(self) -> Mapping[str, list[tuple[int, int]]]:
        """Where each short text stands, by its label key, in reading order."""
        index: dict[str, list[tuple[int, int]]] = {}
        for row, line in self.lines.items():
            for column, raw in line.items():
                if isinstance(raw, str) and len(raw) <= _LONGEST_LABEL:
                    index.setdefault(label_key(raw), []).append((row, column))
        return index

    @cached_property
    def pointed(self) -> Mapping[str, list[tuple[int, int]]]:
        """Labels with points behind them (产出指标(50分)), by the key without the points."""
        index: dict[str, list[tuple[int, int]]] = {}
        for key, places in self.keys.items():
            if key.endswith(")") and (label := without_points(key)) != key:
                index.setdefault(label, []).extend(places)
        return index

    @cached_property
    def unitless(self) -> Mapping[str, list[tuple[int, int]]]:
        """Headings with a unit of money in brackets (计划投资额（元）), by the key without it."""
        index: dict[str, list[tuple[int, int]]] = {}
        for key, places in self.keys.items():
            if "元)" in key and (label := without_unit(key)) != key:
                index.setdefault(label, []).extend(places)
        return index

    @cached_property
    def inline(self) -> Mapping[str, list[tuple[tuple[int, int], str]]]:
        """Cells that hold a label and its answer together ("项目名称：……", "（自评等级）优"), by the label's key."""
        index: dict[str, list[tuple[tuple[int, int], str]]] = {}
        for place, raw in self.cells.items():
            if isinstance(raw, str) and ("：" in raw or ":" in raw):
                head, _, rest = raw.replace("：", ":", 1).partition(":")
                if len(head) <= _LONGEST_LABEL and rest.strip():
                    index.setdefault(label_key(head), []).append((place, rest.strip()))
            if isinstance(raw, str) and (match := _BRACKETED_LABEL.fullmatch(raw)):
                index.setdefault(label_key(match[1]), []).append((place, match[2]))
        return index


class Book:
    """Sheets by name, in order; `grids` are those at hand."""

    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self.names: list[str] = list(grids)
        self._grids = dict(grids)

    def grid(self, name: str) -> Grid:
        """The grid of one sheet.

        Raises:
            KeyError: there is no such sheet.
        """
        return self._grids[name]


class OpenedBook(Book):
    """The sheets of a workbook by name; a sheet is read when it is first asked for.

    `pandas.ExcelFile` opens the workbook with calamine; the rows of each sheet are taken as calamine gives them (blank
    cells are ""). `pandas.read_excel` would pass every sheet through its text parser: 18 ms against 3 ms for a form of
    six sheets, with the same values.

    Raises:
        python_calamine.CalamineError: the file cannot be opened, or a sheet not be read when it is asked for.
    """

    def __init__(self, data: bytes, hidden_rows: Mapping[str, Collection[int]] = NOTHING_HIDDEN) -> None:
        self._hidden_rows = hidden_rows
        with _failing_as_usual():
            self._book = cast(Any, pd.ExcelFile(BytesIO(data), engine="calamine").book)
        super().__init__({})
        self.names = list(self._book.sheet_names)

    def grid(self, name: str) -> Grid:
        """The grid of one sheet.

        Raises:
            KeyError: there is no such sheet.
        """
        if name not in self.names:
            raise KeyError(name)
        if name not in self._grids:
            with _failing_as_usual():
                rows = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            self._grids[name] = Grid(name, _filled(rows), self._hidden_rows.get(name, frozenset()))
        return self._grids[name]


@contextmanager
def _failing_as_usual() -> Iterator[None]:
    """Whatever the fast reader dies of, also a panic and days that Python has not, is its usual error."""
    try:
        yield
    except OverflowError as error:
        raise CalamineError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise CalamineError(_PANIC) from error


def _filled(rows: Sequence[Sequence[object]]) -> dict[int, dict[int, object]]:
    """The cells that hold something, by row and column from 1."""
    lines = {
        number: {c: raw for c, raw in enumerate(row, 1) if raw != "" and (not isinstance(raw, str) or raw.strip())}
        for number, row in enumerate(rows, 1)
    }
    return {number: line for number, line in lines.items() if line}
