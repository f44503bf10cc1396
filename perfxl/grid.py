"""The sheets of a workbook as grids of filled cells, read with pandas through calamine."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, cast

import numpy as np
import pandas as pd

from perfxl.wording import label_key

_POINTS_BEHIND = re.compile(r"\(\d+(\.\d+)?分?\)$")
LONGEST_LABEL = 60
"""Longer texts are answers, never labels."""


@dataclass(frozen=True)
class Grid:
    """One sheet: its filled cells by (row, column), both from 1, as the file holds them."""

    sheet: str
    cells: Mapping[tuple[int, int], object]

    @cached_property
    def rows(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @cached_property
    def columns(self) -> int:
        return max((column for _, column in self.cells), default=0)

    @cached_property
    def keys(self) -> Mapping[str, list[tuple[int, int]]]:
        """Where each short text stands, by its label key, in reading order."""
        index: dict[str, list[tuple[int, int]]] = {}
        for place, raw in sorted(self._short_texts()):
            index.setdefault(label_key(raw), []).append(place)
        return index

    @cached_property
    def pointed(self) -> Mapping[str, list[tuple[int, int]]]:
        """Labels with points behind them (产出指标(50分)), by the key without the points."""
        index: dict[str, list[tuple[int, int]]] = {}
        for key, places in self.keys.items():
            if key.endswith(")") and (label := _POINTS_BEHIND.sub("", key)) != key:
                index.setdefault(label, []).extend(places)
        return index

    @cached_property
    def inline(self) -> Mapping[str, list[tuple[tuple[int, int], str]]]:
        """Cells that hold a label and its answer together ("项目名称：……"), by the label's key."""
        index: dict[str, list[tuple[tuple[int, int], str]]] = {}
        for place, raw in sorted(self.cells.items()):
            if isinstance(raw, str) and ("：" in raw or ":" in raw):
                head, _, rest = raw.replace("：", ":", 1).partition(":")
                if len(head) <= LONGEST_LABEL and rest.strip():
                    index.setdefault(label_key(head), []).append((place, rest.strip()))
        return index

    def _short_texts(self) -> Iterator[tuple[tuple[int, int], str]]:
        for place, raw in self.cells.items():
            if isinstance(raw, str) and len(raw) <= LONGEST_LABEL:
                yield place, raw


class Workbook:
    """The sheets of a workbook by name; a sheet is read when it is first asked for.

    `pandas.ExcelFile` opens the workbook with calamine and each sheet becomes a frame of objects (index and columns from
    0, blank cells are ""). `pandas.read_excel` itself would pass every sheet through its text parser: 18 ms against
    5 ms for a form of six sheets, with the same values.

    Raises:
        python_calamine.CalamineError: the file cannot be opened.
    """

    def __init__(self, data: bytes) -> None:
        self._book = cast(Any, pd.ExcelFile(BytesIO(data), engine="calamine").book)
        self.names: list[str] = list(self._book.sheet_names)
        self._grids: dict[str, Grid] = {}

    def grid(self, name: str) -> Grid:
        """The grid of one sheet."""
        if name not in self._grids:
            self._grids[name] = _grid(name, self.frame(name))
        return self._grids[name]

    def frame(self, name: str) -> pd.DataFrame:
        """All cells of a sheet from A1 on, dtype object, "" where blank."""
        return pd.DataFrame(self._book.get_sheet_by_name(name).to_python(skip_empty_area=False), dtype=object)


def _grid(name: str, frame: pd.DataFrame) -> Grid:
    values = frame.to_numpy()
    if not values.size:
        return Grid(name, {})
    rows, columns = np.nonzero(values != "")
    places = zip((rows + 1).tolist(), (columns + 1).tolist(), strict=True)
    filled = dict(zip(places, values[rows, columns].tolist(), strict=True))
    return Grid(name, {place: raw for place, raw in filled.items() if not (isinstance(raw, str) and not raw.strip())})
