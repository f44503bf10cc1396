"""The tables that follow a scheme's own blocks: points by indicator, targets, funds by source. Pure pandas.

Headings, order and grouping come from the scheme; a scheme with a fixed indicator tree gets a column for each indicator,
one with free rows gets a row for each.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

from perfxl.model import Assessment, Dossier, column_letters
from perfxl.schemes.spec import Field, Matrix, Scheme
from perfxl.schemes.spec import Table as FormTable
from perfxl.summary.formulas import TITLE_ROWS, rate_of_sums
from perfxl.summary.projects import MONEY_UNIT, Opened, Sealed, amount, decimal, in_money_unit
from perfxl.summary.tables import NO_FIGURE, Column, Inside, Kind, Linker, Live, SummaryTable, framed_from, shown_ratio
from perfxl.typed.amounts import ratio
from perfxl.typed.wording import label_key

INDICATORS, TARGETS = "indicators", "targets"

WHO = (
    Column("project", "项目名称", "long", 26),
    Column("unit", "实施单位", "long", 18),
    Column("department", "主管部门", "long", 16),
)
"""Every row says whose it is."""

KINDS: Mapping[str, Kind] = {"money": "money", "points": "points", "rate": "rate", "text": "long"}
_WIDE, NARROW = 28, 14
LONGEST_EDITION = 14


class Rows(Protocol):
    """A table in the making, which takes its rows from one form after the other."""

    def add(self, opened: Opened) -> None:
        """Takes the rows of a form."""

    def table(self) -> SummaryTable:
        """The table of all forms that were added."""


def breakdown_tables(projects: Sequence[Sealed], schemes: Sequence[Scheme]) -> list[SummaryTable]:
    """指标得分表, 指标得分明细, 绩效目标表 and 资金汇总表, as far as the schemes of these projects have such blocks."""
    parts = _parts(schemes)
    for project in projects:
        opened = project.opened()
        for part in parts:
            part.add(opened)
    return [part.table().without_blank_columns() for part in parts]


def _parts(schemes: Sequence[Scheme]) -> list[Rows]:
    fixed = [scheme for scheme in schemes if _fixed_tree(scheme)]
    free = [scheme for scheme in schemes if INDICATORS in scheme.tables and not _fixed_tree(scheme)]
    targets = [scheme for scheme in schemes if TARGETS in scheme.tables]
    funds = [scheme for scheme in schemes if money_columns(scheme)]
    found: list[Rows] = [IndicatorMatrix(scheme, _titled("指标得分表", scheme, fixed)) for scheme in fixed]
    found += [_indicator_rows(free)] if free else []
    found += [_target_rows(targets)] if targets else []
    return found + [FundsRows(scheme, _titled("资金汇总表", scheme, funds)) for scheme in funds]


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
    return scheme.tables[INDICATORS].fixed if INDICATORS in scheme.tables else ()


def _who(opened: Opened) -> list[object]:
    return [opened.name, opened.unit, opened.department]


def _links(numbers: Sequence[int]) -> dict[str, Linker]:
    """The first column leads to the projects with these numbers."""
    return {"project": lambda row, _: Inside("projects", numbers[row] - 1)}


# -- points -----------------------------------------------------------------------------------------------------------


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

    def spread(self, assessment: Assessment) -> tuple[list[Decimal | None], Decimal | None]:
        """The points of each indicator, and those of rows that are not in the tree or repeat an indicator."""
        points: list[Decimal | None] = [None] * len(self.rows)
        others: list[Decimal] = []
        for score in assessment.indicators:
            place = self.place(score.level1, score.level2, score.level3)
            if place is not None and points[place] is None:
                points[place] = score.score
            elif score.score is not None:
                others.append(score.score)
        return points, sum(others, Decimal(0)) if others else None


class IndicatorMatrix:
    """Projects x indicators of a fixed tree, with mean and mean share of the full points."""

    def __init__(self, scheme: Scheme, title: str) -> None:
        self._scheme, self._title = scheme, title
        self._tree = _Tree(_fixed_tree(scheme))
        self._rows: list[list[object]] = []
        self._numbers: list[int] = []
        self._has_others = False

    def add(self, opened: Opened) -> None:
        if opened.scheme.id != self._scheme.id:
            return
        points, others = self._tree.spread(opened.assessment)
        known = [value for value in (*points, others) if value is not None]
        total = sum(known, Decimal(0)) if known else NO_FIGURE
        self._has_others = self._has_others or others is not None
        self._rows.append([*_who(opened), *points, others, total, opened.assessment.grade])
        self._numbers.append(opened.number)

    def table(self) -> SummaryTable:
        columns = _matrix_columns(self._tree, self._has_others)
        if not self._has_others:
            at = len(WHO) + len(self._tree.rows)
            for row in self._rows:
                del row[at]
        note = "颜色按得分占分值的比例：红低绿高；平均得分率为平均得分占分值的比例；点项目名称转到项目汇总表"
        bands, key = ("平均得分", "平均得分率"), f"{INDICATORS}-{self._scheme.id}"
        rows, links = framed_from(columns, self._rows), _links(self._numbers)
        return SummaryTable(key, self._title, note, columns, rows, bands, links=links, frozen="project")


def _matrix_columns(tree: _Tree, has_others: bool) -> tuple[Column, ...]:
    scored = []
    for number, row in enumerate(tree.rows):
        full = decimal(row["weight"])
        label = f"{row['level3']}\n（{full}分）"
        group = str(row["level1"])
        scored.append(Column(f"i{number}", label, "points", 8.5, group, foots=("mean", "share"), full=full))
    others = [Column("others", "其他指标", "points", foots=("mean",))] if has_others else []
    cells = f"{{i0}}:{{{(others or scored)[-1].key}}}"
    total = f'IF(COUNT({cells})=0,"{NO_FIGURE}",SUM({cells}))'
    full = sum((column.full for column in scored if column.full), Decimal(0))
    return (
        *WHO,
        *scored,
        *others,
        Column("total", f"总分\n（{full}分）", "points", 9, formula=total, foots=("mean", "share"), full=full),
        Column("grade", "等次", "grade"),
    )


Records = Callable[[Opened], Iterator[tuple[Mapping[str, object], list[object]]]]
"""Each row of a form's table, and the values of the columns that the summary adds."""


class DataRows:
    """A table with a row for each row of a form's own table: its columns and some that the summary adds."""

    def __init__(
        self, titles: tuple[str, str, str], schemes: Sequence[Scheme], added: Sequence[Column], records: Records
    ) -> None:
        self._key, self._title, self._note = titles
        self._schemes = {scheme.id for scheme in schemes}
        self._data = _data_columns([scheme.tables[self._key] for scheme in schemes])
        self._columns = (*WHO, *self._data, *added)
        self._records = records
        self._rows: list[list[object]] = []
        self._numbers: list[int] = []

    def add(self, opened: Opened) -> None:
        if opened.scheme.id not in self._schemes:
            return
        who = _who(opened)
        for record, further in self._records(opened):
            self._rows.append([*who, *_values(record, self._data, opened.scheme), *further])
            self._numbers.append(opened.number)

    def table(self) -> SummaryTable:
        rows, links = framed_from(self._columns, self._rows), _links(self._numbers)
        return SummaryTable(self._key, self._title, self._note, self._columns, rows, links=links, frozen="project")


def _indicator_rows(schemes: Sequence[Scheme]) -> DataRows:
    """One row an indicator, for forms whose indicators are free."""
    note = "每个三级指标一行；得分率为得分占分值的比例；系统核算为按目标值和完成值计算的得分"
    added = (
        Column("rate", "得分率", "rate", over=("data.score", "data.weight")),
        Column("computed", "系统核算", "points"),
        Column("why", "核算说明", "long", 30),
    )
    return DataRows((INDICATORS, "指标得分明细", note), schemes, added, _scored)


def _scored(opened: Opened) -> Iterator[tuple[Mapping[str, object], list[object]]]:
    for record, score in zip(_records(opened.dossier, INDICATORS), opened.assessment.indicators, strict=False):
        rate = shown_ratio(decimal(record.get("score")), decimal(record.get("weight")))
        yield record, [rate, score.computed, score.reason]


def _target_rows(schemes: Sequence[Scheme]) -> DataRows:
    """One row a target, with its standards, actual value and grade."""
    note = "每个绩效目标一行；核定等次按“优、良、中、差”标准由实际完成值得出，空白为无法判定"
    added = (Column("grade", "核定等次", "grade", 9),)
    return DataRows((TARGETS, "绩效目标表", note), schemes, added, _graded)


def _graded(opened: Opened) -> Iterator[tuple[Mapping[str, object], list[object]]]:
    for record, graded in zip(_records(opened.dossier, TARGETS), opened.assessment.targets, strict=False):
        yield record, [graded.grade]


def _data_columns(tables: Sequence[FormTable]) -> tuple[Column, ...]:
    """The columns of the forms' own table; a column that several forms share stands once."""
    found: dict[str, Column] = {}
    for column in (column for table in tables for column in table.columns if column.is_data):
        kind = KINDS.get(column.type, "short")
        width = _WIDE if column.lines > 1 else NARROW if kind == "long" else 0
        unit = f"\n（{MONEY_UNIT}）" if kind == "money" else ""
        label = column.label.split("（")[0] if unit else column.label
        found.setdefault(column.key, Column(f"data.{column.key}", label + unit, kind, width, column.group))
    return tuple(found.values())


def _records(dossier: Dossier, table: str) -> Iterator[Mapping[str, object]]:
    rows = dossier.get(table)
    yield from (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, Sequence) else ()


def _values(record: Mapping[str, object], columns: Sequence[Column], scheme: Scheme) -> list[object]:
    """The values of a row, numbers as Decimal, money in 万元."""
    values: list[object] = []
    for column in columns:
        value = record.get(column.key.removeprefix("data."))
        number = decimal(value)
        if number is not None:
            value = in_money_unit(number, scheme.money_unit) if column.kind == "money" else number
        values.append(value if value is None or isinstance(value, Decimal) else str(value))
    return values


# -- funds ------------------------------------------------------------------------------------------------------------


class FundsRows:
    """Every amount of the funds matrix by source, with the sums and each source's part of the whole."""

    def __init__(self, scheme: Scheme, title: str) -> None:
        self._scheme, self._title = scheme, title
        self._paths = money_columns(scheme)
        self._rows: list[list[object]] = []
        self._numbers: list[int] = []

    def add(self, opened: Opened) -> None:
        if opened.scheme.id == self._scheme.id:
            amounts = (amount(opened.dossier, self._scheme, path) for path, *_ in self._paths)
            self._rows.append([*_who(opened), *amounts])
            self._numbers.append(opened.number)

    def table(self) -> SummaryTable:
        money = (
            Column(path, row, "money", 12, column.label.split("（")[0], foots=("sum",))
            for path, _, column, row in self._paths
        )
        columns = (*WHO, *money)
        note = f"金额单位：{MONEY_UNIT}　按资金来源；空白为未填，0 为填报的零；“构成”是各来源占合计的比例"
        rows, links = framed_from(columns, self._rows), _links(self._numbers)
        return _with_shares(
            SummaryTable(funds_key(self._scheme), self._title, note, columns, rows, links=links), self._paths
        )


def _with_shares(table: SummaryTable, paths: Sequence[tuple[str, Matrix, Field, str]]) -> SummaryTable:
    """The table with a second row of sums: what part of the total each source is."""
    letters = {column.key: column_letters(n) for n, column in enumerate(table.columns, 1)}
    sums = TITLE_ROWS + 1
    live = {}
    for path, matrix, column, _ in paths:
        if not matrix.total:
            continue
        whole = matrix.path(column.key, matrix.total)
        share = ratio(table.total(path), table.total(whole))
        formula = rate_of_sums(f"{letters[path]}{sums}", f"{letters[whole]}{sums}")
        live[(1, path)] = Live(formula, NO_FIGURE if share is None else share, is_rate=True)
    bands = ("合计", "构成")
    return SummaryTable(
        table.key,
        table.title,
        table.note,
        table.columns,
        table.rows,
        bands,
        live=live,
        links=table.links,
        frozen="project",
    )
