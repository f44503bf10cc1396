"""The tables of a batch for other programs: `consolidate --tables` writes them, `perfxl.check(...)` returns them.

They say what the sheets say, in a shape that is easy to go on from: a row a thing, columns that are there whether or not
something stands in them, links as what they lead to. docs/python.md describes the columns. Pure pandas.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from perfxl.model import IndicatorScore
from perfxl.results.filed import ResultHead
from perfxl.schemes.spec import Scheme
from perfxl.summary.batch import Batch
from perfxl.summary.breakdowns import Breakdown, OfForm, money_columns, target_rows
from perfxl.summary.listings import file_table, finding_table, numbered_files, project_table
from perfxl.summary.projects import Opened, amount, decimal
from perfxl.summary.tables import (
    NUMBERS,
    AnyColumn,
    Column,
    Kind,
    Streamed,
    SummaryTable,
    framed,
    plain_value,
    shown_ratio,
)
from perfxl.typed.amounts import OFFICE_UNIT

UNITS: Mapping[Kind, str] = {"money": OFFICE_UNIT, "rate": "1", "points": "分"}
"""What the numbers of a column are counted in; a rate is a fraction: 0.4484 is 44.84 %."""

_PLAIN: Mapping[str, Callable[[Any], object]] = {
    "annotated": lambda one: one.head.annotated,
    "cell": lambda one: one.finding.cell,
}
"""What a program gets where a person gets a word to click on, by the key of the column."""


class FrameTables:
    """The six tables of a batch; each is made when it is asked for."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    @cached_property
    def projects(self) -> SummaryTable:
        """A row for each project that counts."""
        table = project_table(self._batch)
        columns = (*_plain(table.columns), self._sheets(lambda one: one.head))
        return replace(table, columns=columns, rows=framed(columns, self._batch.portfolio.projects))

    @property
    def indicators(self) -> SummaryTable:
        """A row for each indicator of each project, of whatever scheme."""
        return self._opened[0]

    @property
    def targets(self) -> SummaryTable:
        """A row for each target of each project."""
        return self._opened[1]

    @property
    def funds(self) -> SummaryTable:
        """A row for each amount of each project: which column of the funds table, which source."""
        return self._opened[2]

    @cached_property
    def findings(self) -> SummaryTable:
        """A row for each finding of each file, those across files included."""
        table = finding_table(self._batch)
        assert isinstance(table.rows, Streamed)
        columns = _plain(table.columns)
        return replace(table, columns=columns, rows=replace(table.rows, columns=columns))

    @cached_property
    def files(self) -> SummaryTable:
        """A row for each file that came in."""
        table = file_table(self._batch)
        columns = _plain(table.columns)
        return replace(table, columns=columns, rows=framed(columns, numbered_files(self._batch)))

    @property
    def all(self) -> list[SummaryTable]:
        """In the order of the way of the data."""
        return [self.projects, self.indicators, self.targets, self.funds, self.findings, self.files]

    @cached_property
    def _opened(self) -> list[SummaryTable]:
        """Those for which every form is opened, once for all of them."""
        portfolio = self._batch.portfolio
        targets = [scheme for scheme in portfolio.schemes if "targets" in scheme.tables]
        which = (*_WHICH, self._sheets(lambda row: row.opened.project.head))
        parts = [_indicators(portfolio.schemes, which), target_rows(targets), _funds(portfolio.schemes, which)]
        for project in portfolio.projects:
            opened = project.opened()
            for part in parts:
                part.add(opened)
        return [part.table() for part in parts]

    def _sheets(self, head: Callable[[Any], ResultHead]) -> Column[Any]:
        """Which form of a file is meant, where it holds several."""
        several = self._batch.several

        def value(subject: Any) -> str:
            one = head(subject)
            return "、".join(one.sheets) if one.file in several else ""

        return Column("sheets", "工作表", value=value)


def _plain(columns: Sequence[AnyColumn]) -> tuple[AnyColumn, ...]:
    """The columns with what their links lead to instead of a word to click on."""
    return tuple(replace(one, value=_PLAIN.get(one.key, one.value)) for one in columns)


class Indicator(NamedTuple):
    """An indicator of a form with its points."""

    opened: Opened
    score: IndicatorScore


class _Amount(NamedTuple):
    """An amount of a form: where it stands in the table of funds."""

    opened: Opened
    path: str
    heading: str
    source: str


_WHICH: tuple[Column[OfForm], ...] = (
    Column("scheme", "评价方案", "text", value=lambda row: row.opened.project.scheme.id),
    Column("file", "文件", "text", value=lambda row: row.opened.project.head.file),
)


def _indicators(schemes: Sequence[Scheme], which: Sequence[Column[Any]]) -> Breakdown[Any]:
    columns: list[Column[Any]] = [
        Column("level1", "一级指标", value=lambda row: row.score.level1),
        Column("level2", "二级指标", value=lambda row: row.score.level2),
        Column("level3", "三级指标", value=lambda row: row.score.level3),
        Column("weight", "分值", "points", value=lambda row: row.score.weight),
        Column("score", "得分", "points", value=lambda row: row.score.score),
        Column("rate", "得分率", "rate", value=lambda row: shown_ratio(row.score.score, row.score.weight)),
        Column("computed", "系统核算", "points", value=lambda row: row.score.computed),
        Column("why", "核算说明", value=lambda row: row.score.reason),
        *which,
    ]
    titles = ("each-indicator", "指标逐项表", "每个项目的每个三级指标一行")
    return Breakdown(
        titles, schemes, columns, lambda form: [Indicator(form, one) for one in form.assessment.indicators]
    )


def _funds(schemes: Sequence[Scheme], which: Sequence[Column[Any]]) -> Breakdown[Any]:
    places = {
        scheme.id: [
            (path, column.label.split("（")[0].strip(), source) for path, _, column, source in money_columns(scheme)
        ]
        for scheme in schemes
    }
    columns: list[Column[Any]] = [
        Column("heading", "栏目", value=lambda row: row.heading),
        Column("source", "资金来源", value=lambda row: row.source),
        Column("amount", f"金额\n（{OFFICE_UNIT}）", "money",
               value=lambda row: amount(row.opened.dossier, row.opened.project.scheme, row.path)),
        *which,
    ]  # fmt: skip
    titles = ("each-amount", "资金逐项表", f"金额单位：{OFFICE_UNIT}　每个项目的每个金额一行；空白为未填，0 为填报的零")
    return Breakdown(
        titles, schemes, columns, lambda form: [_Amount(form, *place) for place in places[form.project.scheme.id]]
    )


def typed_frame(table: SummaryTable) -> pd.DataFrame:
    """The frame for other programs.

    Columns are the headings in one line. Counts are Int64, other numbers Float64 (both nullable), everything else string;
    a blank, and a rate that does not exist, is <NA>. `attrs["units"]` has the unit of each column that has one.
    """
    shown = {_label(column): column for column in table.columns if not column.hidden}
    frame = table.frame
    typed = pd.DataFrame({label: _series(frame[column.key], column) for label, column in shown.items()})
    typed.attrs["units"] = {label: UNITS[one.kind] for label, one in shown.items() if one.kind in UNITS}
    return typed


def _label(column: AnyColumn) -> str:
    return " ".join(f"{column.group} {column.label}".split())


def _series(values: "pd.Series[Any]", column: AnyColumn) -> "pd.Series[Any]":
    plain = map(plain_value, values)
    if column.kind not in NUMBERS:
        return pd.Series([None if value is None else str(value) for value in plain], dtype="string")
    numbers = [None if (number := decimal(value)) is None else float(number) for value in plain]
    return pd.Series(numbers, dtype="Float64").astype("Int64" if column.kind == "count" else "Float64")
