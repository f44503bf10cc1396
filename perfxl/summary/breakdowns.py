"""The tables that follow a scheme's own blocks: points by indicator, targets, funds by source. Pure pandas.

Headings, order and grouping come from the scheme; a scheme with a fixed indicator tree gets a column for each indicator,
one with free rows gets a row for each. All are made in one pass over the forms, of which one at a time is open.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from perfxl.model import Assessment, Dossier, IndicatorScore, TargetGrade, column_letters
from perfxl.schemes.spec import Field, Matrix, Scheme
from perfxl.schemes.spec import Table as FormTable
from perfxl.summary.blocks import ListedForm, free_tables, single_columns
from perfxl.summary.formulas import TITLE_ROWS, rate_of_sums
from perfxl.summary.listings import NOT_GRADED, grade_shown
from perfxl.summary.projects import Opened, Portfolio, amount, decimal, in_money_unit
from perfxl.summary.tables import (
    NO_FIGURE,
    Column,
    Foot,
    Framed,
    Inside,
    Kind,
    Live,
    SummaryTable,
    Values,
    framed_rows,
    row_maker,
    shown_ratio,
)
from perfxl.typed.amounts import OFFICE_UNIT, ratio
from perfxl.typed.wording import label_key

INDICATORS, TARGETS_TABLE = "indicators", "targets"
OWN_NAMES = frozenset(
    {
        "projects",
        "departments",
        "findings",
        "files",
        "leftout",
        "progress",
        "roster",
        "reconciliation",
        "funds",
        "answers",
        INDICATORS,
        TARGETS_TABLE,
    }
)
"""What other programs know the tables of a summary by."""

_KINDS: Mapping[str, Kind] = {"money": "money", "points": "points", "rate": "rate", "text": "long"}
_WIDE, NARROW = 28, 14
LONGEST_EDITION = 14


class OfForm(Protocol):
    """What a row of these tables is about: at least a form."""

    @property
    def opened(self) -> Opened:
        """The form and whose it is."""


WHO: tuple[Column[OfForm], ...] = (
    Column("project", "项目名称", "long", 26, value=lambda row: row.opened.project.name),
    Column("unit", "实施单位", "long", 18, value=lambda row: row.opened.project.unit),
    Column("department", "主管部门", "long", 16, value=lambda row: row.opened.project.department),
)
"""Every row says whose it is."""

_Subject = TypeVar("_Subject", bound=OfForm)


class Breakdown(Generic[_Subject]):
    """A table in the making, which takes its rows from one form after the other.

    Args:
        titles: its key, title and note.
        schemes: whose forms have such rows.
        columns: those behind `WHO`.
        subjects: what the rows of a form are about.
        bands: the names of the rows of sums.
    """

    def __init__(
        self,
        titles: tuple[str, str, str],
        schemes: Sequence[Scheme],
        columns: Sequence[Column[_Subject]],
        subjects: Callable[[Opened], Iterable[_Subject]],
        bands: tuple[str, ...] = (),
    ) -> None:
        self._titles, self._bands, self._subjects = titles, bands, subjects
        self._schemes = {scheme.id for scheme in schemes}
        self._columns: tuple[Column[_Subject], ...] = (*WHO, *columns)
        self._row = row_maker(self._columns)
        self._rows: list[Values] = []
        self._numbers: list[int] = []

    def add(self, opened: Opened) -> None:
        """Takes the rows of a form, if it is on one of the schemes."""
        if opened.project.scheme.id in self._schemes:
            before = len(self._rows)
            self._rows += map(self._row, self._subjects(opened))
            self._numbers += [opened.project.number] * (len(self._rows) - before)

    def table(self) -> SummaryTable:
        """The table of all forms that were added; the first column leads to the projects."""
        numbers, rows = self._numbers, framed_rows(self._columns, self._rows)
        self._rows = []  # the frame has them; thousands of forms are not held twice
        links = {"project": lambda row, _: Inside("projects", numbers[row] - 1)}
        return SummaryTable(*self._titles, self._columns, rows, self._bands, links=links, frozen="project")


def breakdown_tables(portfolio: Portfolio) -> list[SummaryTable]:
    """指标得分表, 指标得分明细, 绩效目标表, 资金汇总表, free tables and single data, as far as the schemes have such blocks."""
    parts = _parts(portfolio.schemes)
    for project in portfolio.projects:
        opened = project.opened()
        for part in parts:
            part.add(opened)
    return [part.table().without_blank_columns() for part in parts]


def _parts(schemes: Sequence[Scheme]) -> list[Breakdown[Any]]:
    fixed = [scheme for scheme in schemes if _fixed_tree(scheme)]
    free = [scheme for scheme in schemes if INDICATORS in scheme.tables and not _fixed_tree(scheme)]
    targets = [scheme for scheme in schemes if TARGETS_TABLE in scheme.tables]
    funds = [scheme for scheme in schemes if money_columns(scheme)]
    found: list[Breakdown[Any]] = [IndicatorMatrix(scheme, _titled("指标得分表", scheme, fixed)) for scheme in fixed]
    found += [_indicator_rows(free)] if free else []
    found += [target_rows(targets)] if targets else []
    found += [FundsRows(scheme, _titled("资金汇总表", scheme, funds)) for scheme in funds]
    return [*found, *_free_parts(schemes), *_single_parts(schemes)]


def _free_parts(schemes: Sequence[Scheme]) -> Iterator[Breakdown[Any]]:
    """A sheet for each table of a form that has no meaning of its own here."""
    tables = [(scheme, *found) for scheme in schemes for found in free_tables(scheme, (INDICATORS, TARGETS_TABLE))]
    for scheme, key, title, table in tables:
        among = [other for other, _, called, _ in tables if called == title]
        note = f"{scheme.title}（{scheme.edition}）中的“{title}”，每行一条；点项目名称转到项目汇总表"
        titles = (f"{_about(key)}-{scheme.id}", _titled(title, scheme, among), note)
        rows = _table_rows(key, lambda _: repeat(None))
        yield Breakdown(titles, [scheme], _data_columns([table]), rows)


def _about(table: str) -> str:
    """What other programs call a form's own table: as the scheme does, unless perfxl has a table of that name."""
    return f"own_{table}" if table in OWN_NAMES else table


def _single_parts(schemes: Sequence[Scheme]) -> Iterator[Breakdown[Any]]:
    """A sheet for what the forms of a scheme say in single cells: texts, dates, rates, stated points."""
    for scheme in schemes:
        note = f"{scheme.title}（{scheme.edition}）中的单项内容，每个项目一行；长的文字只列开头，全文见原表"
        titles = (f"answers-{scheme.id}", _titled("填报内容", scheme, schemes), note)
        columns = single_columns(scheme)
        if columns:
            yield Breakdown(titles, [scheme], columns, lambda opened: [ListedForm(opened)])


def funds_key(scheme: Scheme) -> str:
    """The key of the funds table of a scheme."""
    return f"funds-{scheme.id}"


def money_columns(scheme: Scheme) -> list[tuple[str, Matrix, Field, str]]:
    """Path, matrix, column and row name of every amount in the scheme's matrices."""
    return [
        (matrix.path(column.key, row.key), matrix, column, row.name)
        for matrix in scheme.matrices
        for column in matrix.columns
        if (column.type if column.type != "text" else matrix.type) == "money"
        for row in matrix.rows
    ]


def _titled(title: str, scheme: Scheme, among: Sequence[Scheme]) -> str:
    """The title of a scheme's own table; several are told apart by their editions, equal editions by a number."""
    editions = [other.edition[:LONGEST_EDITION] for other in among]
    if len(among) == 1:
        return title
    number = among.index(scheme)
    same = editions.count(editions[number]) > 1
    return f"{title}({editions[number]}{f'-{number + 1}' if same else ''})"


def _fixed_tree(scheme: Scheme) -> Sequence[Mapping[str, object]]:
    """The indicators that every form of a scheme has; none where agencies write some of them."""
    table = scheme.tables.get(INDICATORS)
    return table.fixed if table and not table.open_rows else ()


# -- points -----------------------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    """A form with its points by indicator, and those of rows that are not in the tree or repeat an indicator."""

    opened: Opened
    points: Sequence[Decimal | None]
    others: Decimal | None

    @property
    def total(self) -> Decimal | str:
        """The sum of all points, a dash where there are none or where it is not final."""
        known = [value for value in (*self.points, self.others) if value is not None]
        if self.opened.project.head.final is False:
            return NO_FIGURE
        return sum(known, Decimal(0)) if known else NO_FIGURE


class _Tree:
    """The fixed indicators of a scheme and where a form's row belongs among them."""

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        self.rows = rows
        self.place = lru_cache(maxsize=1024)(self._place)

    def _place(self, *levels: str) -> int | None:
        """The number of the indicator with these three names, or the only one with this last name."""
        keys = tuple(map(label_key, levels))
        named = [n for n, row in enumerate(self.rows) if label_key(str(row["level3"])) == keys[2]]
        exact = [n for n in named if all(label_key(str(self.rows[n][f"level{i}"])) == keys[i - 1] for i in (1, 2))]
        return exact[0] if exact else named[0] if len(named) == 1 else None

    def spread(self, opened: Opened) -> Spread:
        """The points of a form by indicator."""
        points: list[Decimal | None] = [None] * len(self.rows)
        others: list[Decimal] = []
        for score in opened.assessment.indicators:
            place = self.place(score.level1, score.level2, score.level3)
            if place is not None and points[place] is None:
                points[place] = score.score
            elif score.score is not None:
                others.append(score.score)
        return Spread(opened, points, sum(others, Decimal(0)) if others else None)


class IndicatorMatrix(Breakdown[Spread]):
    """Projects x indicators of a fixed tree, with mean and mean share of the full points."""

    def __init__(self, scheme: Scheme, title: str) -> None:
        self._tree = tree = _Tree(_fixed_tree(scheme))
        note = "颜色按得分占分值的比例：红低绿高；平均得分率为平均得分占分值的比例；点项目名称转到项目汇总表"
        titles, bands = (f"{INDICATORS}-{scheme.id}", title, note), ("平均得分", "平均得分率")
        super().__init__(titles, [scheme], _matrix_columns(tree), lambda opened: [tree.spread(opened)], bands)

    def table(self) -> SummaryTable:
        """The table, without the column of other indicators where there are none: the total adds up to its left."""
        table = super().table()
        if not table.frame["others"].isna().all():
            return table
        columns: tuple[Column[Spread], ...] = (*WHO, *_matrix_columns(self._tree, has_others=False))
        return replace(table, columns=columns, rows=Framed(table.frame).only(columns))


def _matrix_columns(tree: _Tree, has_others: bool = True) -> list[Column[Spread]]:
    scored = [_indicator_column(number, row) for number, row in enumerate(tree.rows)]
    others = Column[Spread]("others", "其他指标", "points", foots=("mean",), value=lambda row: row.others)
    added = [*scored, others] if has_others else scored
    cells = f"{{i0}}:{{{added[-1].key}}}"
    formula = f'IF(COUNT({cells})*({{grade}}<>"{NOT_GRADED}")=0,"{NO_FIGURE}",SUM({cells}))'
    full = sum((column.full for column in scored if column.full), Decimal(0))
    label = f"总分\n（{full}分）"
    total = Column[Spread](
        "total", label, "points", 9, formula=formula, foots=("mean", "share"), full=full, value=lambda row: row.total
    )
    return [*added, total, Column("grade", "等次", "grade", value=lambda row: grade_shown(row.opened.project.head))]


def _indicator_column(number: int, row: Mapping[str, object]) -> Column[Spread]:
    full, group = decimal(row["weight"]), str(row["level1"])
    label = f"{row['level3']}\n（{full}分）"
    foots: tuple[Foot, ...] = ("mean", "share")
    return Column(
        f"i{number}", label, "points", 8.5, group, foots=foots, full=full, value=lambda spread: spread.points[number]
    )


# -- rows of the forms' own tables ------------------------------------------------------------------------------------

Judged = TypeVar("Judged")


class TableRow(NamedTuple, Generic[Judged]):
    """A row of a form's own table, and what the assessment says of it."""

    opened: Opened
    record: Mapping[str, object]
    judged: Judged


def _indicator_rows(schemes: Sequence[Scheme]) -> Breakdown[TableRow[IndicatorScore]]:
    """One row an indicator, for forms whose indicators are free."""
    note = "每个三级指标一行；得分率为得分占分值的比例；系统核算为按目标值和完成值计算的得分"
    columns: list[Column[TableRow[IndicatorScore]]] = [
        *_data_columns([scheme.tables[INDICATORS] for scheme in schemes]),
        *(_points_columns() if any(scheme.has_columns(INDICATORS, "score", "weight") for scheme in schemes) else ()),
    ]
    rows = _table_rows(INDICATORS, lambda assessment: assessment.indicators)
    return Breakdown((INDICATORS, "指标得分明细", note), schemes, columns, rows)


def _points_columns() -> list[Column[TableRow[IndicatorScore]]]:
    """What is worked out of the points; forms without points or weights have none."""
    return [
        Column("rate", "得分率", "rate", over=("data.score", "data.weight"), value=_scored),
        Column("computed", "系统核算", "points", value=lambda row: row.judged.computed),
        Column("why", "核算说明", "long", 30, value=lambda row: row.judged.reason),
    ]


def _scored(row: TableRow[IndicatorScore]) -> Decimal | str:
    return shown_ratio(decimal(row.record.get("score")), decimal(row.record.get("weight")))


def target_rows(schemes: Sequence[Scheme]) -> Breakdown[TableRow[TargetGrade]]:
    """One row a target, with its standards, actual value and grade."""
    note = "每个绩效目标一行；核定等次按“优、良、中、差”标准由实际完成值得出，空白为无法判定"
    columns: list[Column[TableRow[TargetGrade]]] = [
        *_data_columns([scheme.tables[TARGETS_TABLE] for scheme in schemes]),
        Column("grade", "核定等次", "grade", 9, value=lambda row: row.judged.grade),
    ]
    rows = _table_rows(TARGETS_TABLE, lambda assessment: assessment.targets)
    return Breakdown((TARGETS_TABLE, "绩效目标表", note), schemes, columns, rows)


def _table_rows(
    table: str, judgements: Callable[[Assessment], Iterable[Judged]]
) -> Callable[[Opened], Iterator[TableRow[Judged]]]:
    """What gives the rows of this table of a form."""

    def rows(opened: Opened) -> Iterator[TableRow[Judged]]:
        for record, judged in zip(_records(opened.dossier, table), judgements(opened.assessment), strict=False):
            yield TableRow(opened, record, judged)

    return rows


def _records(dossier: Dossier, table: str) -> Iterator[Mapping[str, object]]:
    rows = dossier.get(table)
    yield from (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, Sequence) else ()


def _data_columns(tables: Sequence[FormTable]) -> list[Column[TableRow[Any]]]:
    """The columns of the forms' own table; a column that several forms share stands once."""
    found: dict[str, Field] = {}
    for column in (datum for table in tables for datum in table.data):
        found.setdefault(column.key, column)
    return [_data_column(column) for column in found.values()]


def _data_column(column: Field) -> Column[TableRow[Any]]:
    """A column of a form: numbers as Decimal, money in 万元."""
    kind = _KINDS.get(column.type, "short")
    is_money = kind == "money"
    width = _WIDE if column.lines > 1 else NARROW if kind == "long" else 0
    label = f"{column.label.split('（')[0]}\n（{OFFICE_UNIT}）" if is_money else column.label

    def value(row: TableRow[Any]) -> Decimal | str | None:
        typed = row.record.get(column.key)
        number = decimal(typed)
        if number is None:
            return typed if typed is None or isinstance(typed, Decimal) else str(typed)
        return in_money_unit(number, row.opened.project.scheme.money_unit) if is_money else number

    return Column(f"data.{column.key}", label, kind, width, column.group, value=value)


# -- funds ------------------------------------------------------------------------------------------------------------


class Funds(NamedTuple):
    """A form whose amounts are listed."""

    opened: Opened


class FundsRows(Breakdown[Funds]):
    """Every amount of the funds matrix by source, with the sums and each source's part of the whole."""

    def __init__(self, scheme: Scheme, title: str) -> None:
        self._paths = money_columns(scheme)
        note = f"金额单位：{OFFICE_UNIT}　按资金来源；空白为未填，0 为填报的零，金额未定的项目都不计入（见“未计入清单”）；“构成”是各来源占合计的比例"
        columns = [_money_column(path, row, column) for path, _, column, row in self._paths]
        titles, bands = (funds_key(scheme), title, note), ("合计", "构成")
        super().__init__(titles, [scheme], columns, lambda opened: [Funds(opened)], bands)

    def table(self) -> SummaryTable:
        """The table with a second row of sums: what part of the total each source is."""
        table = super().table()
        return replace(table, live=dict(_shares(table, self._paths)))


def _money_column(path: str, row: str, column: Field) -> Column[Funds]:
    def value(funds: Funds) -> Decimal | None:
        if funds.opened.project.is_left_out:
            return None
        return amount(funds.opened.dossier, funds.opened.project.scheme, path)

    return Column(path, row, "money", 12, column.label.split("（")[0], foots=("sum",), value=value)


def _shares(
    table: SummaryTable, paths: Sequence[tuple[str, Matrix, Field, str]]
) -> Iterator[tuple[tuple[int, str], Live]]:
    letters = {column.key: column_letters(n) for n, column in enumerate(table.columns, 1)}
    sums = TITLE_ROWS + 1
    for path, matrix, column, _ in paths:
        if matrix.total:
            whole = matrix.path(column.key, matrix.total)
            share = ratio(table.total(path), table.total(whole))
            formula = rate_of_sums(f"{letters[path]}{sums}", f"{letters[whole]}{sums}")
            yield (1, path), Live(formula, NO_FIGURE if share is None else share, is_rate=True)
