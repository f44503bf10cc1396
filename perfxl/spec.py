"""A scheme: one edition of the form, declared in one TOML file, from which everything else is derived.

Template, reader, rules, annotation, summary and documentation all take their words, places and numbers from here.
`load_scheme` refuses a scheme that contradicts itself, with the place and the reason.
"""

import itertools
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from perfxl.amounts import plain
from perfxl.errors import SchemeError
from perfxl.wording import label_key

Type = Literal["text", "choice", "money", "points", "rate", "percent", "year", "date", "any"]
"""What a cell holds. money is in the scheme's unit, points are scores, rate is a fraction (shown as a percentage),
percent a number of percent (25 for 25 %), any a number or a text."""

MARKER_SHEET = "_perfxl"
"""Hidden sheet of the template that names scheme and version."""
GUIDE_SHEET = "填报说明"
"""The template's instructions; it repeats the labels of all sheets."""
REVIEW_SHEET = "审核结果"
"""What annotation adds."""
NO_FORM_SHEETS = (MARKER_SHEET, GUIDE_SHEET, REVIEW_SHEET)
"""Sheets of perfxl's own that are never taken for a sheet of the form."""


@dataclass(frozen=True)
class Field:
    """One datum: a labelled cell, a column of a table or matrix, or a result that perfxl writes.

    Attributes:
        key: its name in the dossier JSON.
        label: what the form prints beside or above it; `aliases` are other wordings that are understood.
        span: columns taken by label and value.
        free: whether a choice may also be answered in other words.
        merge: the level whose rows this column spans (tables only).
        group: a heading above several columns.
        fixed: printed by the template, not typed.
        total_of: the column that is summed over the merged rows (a level's weight).
        result: path of the assessment's figure that is written here.
        live: formula that the template keeps here, such as "sum(indicators.score)"; see `FORMULAS`.
        echo: repeats a datum that another sheet holds.
        blank: a place to sign; never read.
        at_most: column of the same row that limits the number.
        lines: lines of text that the template makes room for.
        optional: whether a form without this label is still complete.
        rows: rows of a matrix that this column has a cell in; all where empty.
    """

    key: str
    label: str
    type: Type = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    choices: tuple[str, ...] = ()
    free: bool = False
    span: tuple[int, ...] = (1, 1)
    prompt: str = ""
    group: str = ""
    merge: str = ""
    fixed: bool = False
    total_of: str = ""
    result: str = ""
    live: str = ""
    echo: bool = False
    blank: bool = False
    at_most: str = ""
    lines: int = 1
    optional: bool = False
    rows: tuple[str, ...] = ()

    @cached_property
    def is_data(self) -> bool:
        """Whether the datum belongs to the dossier (and is not printed, computed, repeated or signed)."""
        return not (self.result or self.total_of or self.echo or self.blank or self.is_live)

    @property
    def is_live(self) -> bool:
        """Whether the form alone computes it, beside what staff type."""
        return parse_live(self.live)[0] in SHOWN_FORMULAS

    @property
    def is_number(self) -> bool:
        return self.type in ("money", "points", "rate", "percent", "year")

    @property
    def is_typed(self) -> bool:
        """Whether staff type into it."""
        return self.is_data and not self.fixed


@dataclass(frozen=True)
class Text:
    """A line that the form prints: a title, a heading, a note or a place to sign."""

    text: str
    style: Literal["title", "heading", "note", "signature"] = "note"


@dataclass(frozen=True)
class Fields:
    """Labelled cells that flow from left to right, row by row."""

    key: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Item:
    """A row of a matrix: its label in the form and its name in findings and summaries."""

    key: str
    name: str
    label: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matrix:
    """Amounts by column and row.

    `style` "pairs": each column brings its own labels, the value to the right of each (the first row has the column's
    label). `style` "grid": headings on top, row labels at the left. `outer` says which key comes first in the JSON.
    `total` is the row that must be the sum of the others; `ascending` columns must not fall from left to right.
    """

    key: str
    columns: tuple[Field, ...]
    rows: tuple[Item, ...]
    style: Literal["pairs", "grid"] = "pairs"
    outer: Literal["columns", "rows"] = "columns"
    total: str = ""
    ascending: tuple[str, ...] = ()
    type: Type = "money"
    span: tuple[int, ...] = (1, 1)

    def cells(self) -> Iterator[tuple[Field, Item]]:
        """Every column with every row that it has a cell in."""
        for column in self.columns:
            for row in self.rows:
                if not column.rows or row.key in column.rows:
                    yield column, row

    @property
    def parts(self) -> tuple[Item, ...]:
        """The rows that add up to the total."""
        return tuple(row for row in self.rows if row.key != self.total)

    def path(self, column: str, row: str) -> str:
        """The dotted path of one amount."""
        first, second = (column, row) if self.outer == "columns" else (row, column)
        return f"{self.key}.{first}.{second}"


@dataclass(frozen=True)
class Footer:
    """A cell of the row below a table: a label, a printed sum of a fixed column, or a datum with a path of its own."""

    column: str
    label: str = ""
    printed: str = ""
    path: str = ""
    type: Type = "points"
    live: str = ""
    prompt: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of the same columns: free (`rows` prepared) or fixed (the indicator tree)."""

    key: str
    columns: tuple[Field, ...]
    rows: int = 1
    fixed: tuple[Mapping[str, Any], ...] = ()
    footer: tuple[Footer, ...] = ()

    def column(self, key: str) -> Field | None:
        return next((column for column in self.columns if column.key == key), None)

    @cached_property
    def data_keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns if column.is_data)


@dataclass(frozen=True)
class Section:
    """A chapter or paragraph of the report: its heading and the large cell below it."""

    key: str
    label: str
    chapter: str = ""
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Sections:
    key: str
    sections: tuple[Section, ...]


Block = Text | Fields | Matrix | Table | Sections
BLOCKS: dict[str, type] = {"text": Text, "fields": Fields, "matrix": Matrix, "table": Table, "sections": Sections}


@dataclass(frozen=True)
class Sheet:
    """One sheet of the form; `widths` are in characters and give the number of columns."""

    name: str
    widths: tuple[int, ...]
    blocks: tuple[Block, ...]
    aliases: tuple[str, ...] = ()
    landscape: bool = False


@dataclass(frozen=True)
class Grade:
    """A band of points: its name and its lower bound, which counts."""

    name: str
    lower: Decimal


@dataclass(frozen=True)
class Rate:
    """A rate part / whole between two amounts of the form, named by their paths."""

    key: str
    label: str
    part: str
    whole: str


@dataclass(frozen=True)
class Threshold:
    """A number that a rule compares with, and where it comes from."""

    value: Decimal
    source: str


@dataclass(frozen=True)
class RateBound:
    """An indicator whose score is held against a rate."""

    level3: str
    rate: str


@dataclass(frozen=True)
class Execution:
    """Points for spending the budget: weight x rate, at most the weight; the paths of the stated score and rate."""

    rate: str
    weight: Decimal
    score: str
    stated_rate: str


@dataclass(frozen=True)
class Band:
    """The share of the weight that a qualitative result may be given."""

    phrase: str
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True)
class Computing:
    """How points follow from target and actual: the formula for "less is better", the bands of qualitative results."""

    reverse: Literal["linear", "ratio"]
    source: str
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """One edition of the form. See the modules of `perfxl` for what is derived from each part."""

    id: str
    version: int
    title: str
    edition: str
    source: str
    money_unit: str
    full_score: Decimal
    grades: tuple[Grade, ...]
    sheets: tuple[Sheet, ...]
    rates: tuple[Rate, ...] = ()
    levels: Mapping[str, Decimal] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    instructions: tuple[str, ...] = ()
    proportional: tuple[RateBound, ...] = ()
    execution_bound: tuple[RateBound, ...] = ()
    execution: Execution | None = None
    computing: Computing | None = None

    def __hash__(self) -> int:
        return hash((self.id, self.version))

    def blocks(self) -> Iterator[tuple[Sheet, Block]]:
        for sheet in self.sheets:
            for block in sheet.blocks:
                yield sheet, block

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        return {block.key: block for _, block in self.blocks() if isinstance(block, Table)}

    @cached_property
    def matrices(self) -> tuple[Matrix, ...]:
        return tuple(block for _, block in self.blocks() if isinstance(block, Matrix))

    @cached_property
    def sections(self) -> tuple[tuple[str, Section], ...]:
        """Each section with its path."""
        return tuple((f"{b.key}.{s.key}", s) for _, b in self.blocks() if isinstance(b, Sections) for s in b.sections)

    @cached_property
    def data(self) -> Mapping[str, Field]:
        """Every single datum of the dossier (tables left out) by its path, in the order of the form."""
        return {path: datum for path, datum in self._single_data() if datum.is_data}

    def _single_data(self) -> Iterator[tuple[str, Field]]:
        for _, block in self.blocks():
            if isinstance(block, Fields):
                yield from ((f"{block.key}.{datum.key}", datum) for datum in block.fields)
            elif isinstance(block, Matrix):
                for column, row in block.cells():
                    yield block.path(column.key, row.key), amount_field(block, column, row)
            elif isinstance(block, Table):
                for foot in block.footer:
                    if foot.path:
                        yield foot.path, footer_field(foot, block)
            elif isinstance(block, Sections):
                for section in block.sections:
                    yield (
                        f"{block.key}.{section.key}",
                        Field(section.key, section.label, required=section.required, lines=12),
                    )

    def threshold(self, name: str) -> Decimal:
        return self.thresholds[name].value

    def grade_of(self, points: Decimal | None) -> str | None:
        """The name of the band that the unrounded points fall into, None where there are none."""
        if points is None:
            return None
        return next((grade.name for grade in self.grades if points >= grade.lower), self.grades[-1].name)

    def rate(self, key: str) -> Rate:
        return next(rate for rate in self.rates if rate.key == key)


def amount_field(matrix: Matrix, column: Field, row: Item) -> Field:
    """The datum where a column and a row of a matrix meet."""
    name = column.label.split("（")[0].split("(")[0].strip()
    label = name if row.key == matrix.total else f"{name}（{row.name}）"
    return Field(
        f"{column.key}.{row.key}",
        label,
        type=column.type if column.type != "text" else matrix.type,
        required=column.required and row.key == matrix.total,
        prompt=column.prompt,
        live=column.live,
    )


def footer_field(foot: Footer, table: Table) -> Field:
    """The datum in a table's footer, labelled by the footer's nearest label to its left."""
    before = [f for f in table.footer[: table.footer.index(foot) + 1] if f.label]
    return Field(
        foot.path.split(".")[-1], before[-1].label if before else "", type=foot.type, live=foot.live, prompt=foot.prompt
    )


# -- loading ----------------------------------------------------------------------------------------------------------


def scheme_names() -> list[str]:
    """The ids of the schemes that perfxl ships, in order."""
    return sorted(entry.name.removesuffix(".toml") for entry in _shipped().iterdir() if entry.name.endswith(".toml"))


@lru_cache
def load_scheme(name: str) -> Scheme:
    """The scheme of an id that perfxl ships, or of a TOML file.

    Raises:
        SchemeError: no such scheme, no TOML, or a contradiction in it; the message says where.
    """
    if name in scheme_names():
        return parse_scheme(_shipped().joinpath(f"{name}.toml").read_text("utf-8"), name)
    path = Path(name)
    if not path.is_file():
        raise SchemeError(f"没有名为“{name}”的评价方案，也没有这个文件。现有方案：{'、'.join(scheme_names())}")
    try:
        return parse_scheme(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise SchemeError(f"评价方案文件“{name}”无法读取：请确认它是 UTF-8 编码的文本文件") from error


def parse_scheme(text: str, name: str) -> Scheme:
    """The scheme that a TOML text declares; `name` stands in the messages.

    Raises:
        SchemeError: with every contradiction that was found.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"{name}：不是有效的 TOML 文件：{error}") from error
    try:
        scheme: Scheme = _build(Scheme, _renamed(data), "")
    except _PlaceError as error:
        raise SchemeError(f"{name}：{error}") from error
    problems = list(find_problems(scheme))
    if problems:
        raise SchemeError("\n".join(f"{name}：{problem}" for problem in problems))
    return scheme


def _shipped() -> Any:
    return resources.files("perfxl").joinpath("schemes")


def _renamed(value: Any) -> Any:
    """`from` is a reserved word in Python: the bounds of a band are called from and to only in the TOML."""
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if isinstance(value, dict):
        names = {"from": "lower", "to": "upper"}
        return {names.get(key, key): _renamed(item) for key, item in value.items()}
    return value


class _PlaceError(Exception):
    pass


def _build(kind: Any, value: Any, place: str) -> Any:
    """A value of the declared type out of what TOML holds; every mismatch names its place."""
    origin = get_origin(kind)
    if kind is Any:
        return value
    if origin in (Union, UnionType):
        kinds = [argument for argument in get_args(kind) if argument is not type(None)]
        return _build_block(value, place) if len(kinds) > 1 else _build(kinds[0], value, place)
    if origin is Literal:
        if value not in get_args(kind):
            raise _PlaceError(f"{place} 应为 {'、'.join(map(str, get_args(kind)))} 之一，现为“{value}”")
        return value
    if origin is tuple:
        _expect(value, list, place, "列表")
        return tuple(_build(get_args(kind)[0], item, f"{place}[{n}]") for n, item in enumerate(value, 1))
    if origin is not None and issubclass(origin, Mapping):
        _expect(value, dict, place, "表")
        return {key: _build(get_args(kind)[1], item, f"{place}.{key}") for key, item in value.items()}
    if is_dataclass(kind):
        return _build_record(kind, value, place)
    return _build_plain(kind, value, place)


def _build_block(value: Any, place: str) -> Any:
    _expect(value, dict, place, "表")
    kind = value.get("kind")
    if kind not in BLOCKS:
        raise _PlaceError(f"{place}.kind 应为 {'、'.join(BLOCKS)} 之一，现为“{kind}”")
    return _build_record(BLOCKS[kind], {k: v for k, v in value.items() if k != "kind"}, place)


def _build_record(kind: Any, value: Any, place: str) -> Any:
    _expect(value, dict, place, "表")
    known = {f.name: f for f in fields(kind)}
    for key in value:
        if key not in known:
            raise _PlaceError(f"{place or '顶层'} 有未知的键“{key}”，可用的键：{'、'.join(known)}")
    for name, declared in known.items():
        if name not in value and declared.default is MISSING and declared.default_factory is MISSING:
            raise _PlaceError(f"{place or '顶层'} 缺少必需的键“{name}”")
    hints = get_type_hints(kind)
    return kind(**{key: _build(hints[key], item, f"{place}.{key}".lstrip(".")) for key, item in value.items()})


def _build_plain(kind: Any, value: Any, place: str) -> Any:
    if kind is Decimal and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    names = {str: "文字", int: "整数", bool: "true 或 false", Decimal: "数字"}
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _PlaceError(f"{place} 应为{names[kind]}，现为“{value}”")
    return value


def _expect(value: Any, kind: type, place: str, name: str) -> None:
    if not isinstance(value, kind):
        raise _PlaceError(f"{place} 应为{name}，现为“{value}”")


# -- contradictions -------------------------------------------------------------------------------------------------


def find_problems(scheme: Scheme) -> Iterator[str]:
    """What in a scheme contradicts itself, each with its place and reason (Chinese)."""
    yield from _problems_of_grades(scheme)
    yield from _problems_of_labels(scheme)
    yield from _problems_of_weights(scheme)
    yield from _problems_of_formulas(scheme)
    yield from _problems_of_spans(scheme)


def _problems_of_grades(scheme: Scheme) -> Iterator[str]:
    bounds = [grade.lower for grade in scheme.grades]
    if not bounds:
        yield "grades 至少要有一个等次"
    elif any(low >= high for high, low in itertools.pairwise(bounds)):
        yield f"grades 的下限必须从高到低且互不重叠，现为 {'、'.join(map(plain, bounds))}"
    elif bounds[-1] != 0:
        yield f"grades 最低一档“{scheme.grades[-1].name}”的下限应为 0，否则低于 {plain(bounds[-1])} 的得分没有等次"
    if len({grade.name for grade in scheme.grades}) != len(scheme.grades):
        yield "grades 有重复的等次名称"


def _problems_of_labels(scheme: Scheme) -> Iterator[str]:
    names = Counter(label_key(name) for sheet in scheme.sheets for name in (sheet.name, *sheet.aliases))
    yield from (f"sheets 的工作表名或别名“{name}”重复" for name, count in names.items() if count > 1)
    for number, sheet in enumerate(scheme.sheets, 1):
        for position, block in enumerate(sheet.blocks, 1):
            place = f"sheets[{number}]（{sheet.name}）.blocks[{position}]"
            yield from (f"{place} 的标签“{label}”重复" for label in _repeated(_labels(block)))
    paths = Counter(path for path, datum in scheme._single_data() if datum.is_data)
    yield from (
        f"“{path}”声明了 {count} 次；重复出现的栏目请加 echo = true" for path, count in paths.items() if count > 1
    )
    tables = Counter(block.key for _, block in scheme.blocks() if isinstance(block, Table))
    yield from (f"表“{key}”声明了 {count} 次" for key, count in tables.items() if count > 1)


def _labels(block: Block) -> list[str]:
    """The labels of a block that must be told apart; printed weights of the levels may share one heading."""
    if isinstance(block, Fields):
        return [label for datum in block.fields for label in (datum.label, *datum.aliases)]
    if isinstance(block, Matrix):
        entries: list[Field | Item] = [*block.columns, *(row for row in block.rows if row.label)]
        return [label for entry in entries for label in (entry.label, *entry.aliases)]
    if isinstance(block, Table):
        return [label for column in block.columns if not column.fixed for label in (column.label, *column.aliases)]
    if isinstance(block, Sections):
        return [
            f"{section.chapter}{label}" for section in block.sections for label in (section.label, *section.aliases)
        ]
    return []


def _repeated(labels: list[str]) -> list[str]:
    counts = Counter(map(label_key, labels))
    return [label for label, count in counts.items() if count > 1]


def _problems_of_weights(scheme: Scheme) -> Iterator[str]:
    levels = sum(scheme.levels.values(), Decimal(0))
    tree = scheme.tables.get("indicators")
    execution = scheme.execution.weight if scheme.execution else Decimal(0)
    if levels + execution != scheme.full_score:
        added = f"（加上预算执行率 {plain(execution)}）" if execution else ""
        yield f"levels 一级指标分值合计为 {plain(levels)}{added}，应为 {plain(scheme.full_score)}"
    if tree is None or not tree.fixed:
        return
    sums: dict[str, Decimal] = {}
    for number, row in enumerate(tree.fixed, 1):
        missing = [key for key in ("level1", "level2", "level3", "weight") if key not in row]
        if missing:
            yield f"indicators.fixed[{number}] 缺少 {'、'.join(missing)}"
            return
        sums[row["level1"]] = sums.get(row["level1"], Decimal(0)) + Decimal(row["weight"])
    for name in dict.fromkeys([*sums, *scheme.levels]):
        stated, summed = scheme.levels.get(name), sums.get(name)
        if stated != summed:
            yield f"一级指标“{name}”的三级指标分值合计为 {_shown(summed)}，levels 中为 {_shown(stated)}"
    names = Counter((row["level1"], row["level2"], row["level3"]) for row in tree.fixed)
    yield from (f"indicators.fixed 中“{' / '.join(name)}”重复" for name, count in names.items() if count > 1)


def _shown(value: Decimal | None) -> str:
    return "（没有）" if value is None else plain(value)


SHOWN_FORMULAS = ("subtotal", "completion", "points")
"""Formulas over the columns of the same row (or branch), shown beside what staff type and never read."""
FORMULAS = ("sum", "mean", "total", "grade", "share", "execution", *SHOWN_FORMULAS)
"""Live formulas: sum, mean of a column; total: a column's sum with the points for execution; grade of a datum; share of
two columns of a matrix in percent; execution: the points for spending; and the shown ones."""


def _problems_of_formulas(scheme: Scheme) -> Iterator[str]:
    known = scheme.data
    columns = {f"{key}.{column.key}" for key, table in scheme.tables.items() for column in table.columns}
    for rate in scheme.rates:
        for name in (rate.part, rate.whole):
            if name not in known:
                yield f"rates.{rate.key} 引用了不存在的金额“{name}”，可用：{_near(name, known)}"
    rates = {rate.key for rate in scheme.rates}
    if scheme.execution:
        for name in (scheme.execution.score, scheme.execution.stated_rate):
            if name not in known:
                yield f"execution 引用了不存在的“{name}”，可用：{_near(name, known)}"
        if scheme.execution.rate not in rates:
            yield f"execution 引用了不存在的比率“{scheme.execution.rate}”，可用：{'、'.join(sorted(rates))}"
    for bound in (*scheme.proportional, *scheme.execution_bound):
        if bound.rate not in rates:
            yield f"指标“{bound.level3}”引用了不存在的比率“{bound.rate}”，可用：{'、'.join(sorted(rates))}"
    for path, live in _live_formulas(scheme):
        name, argument = parse_live(live)
        if name not in FORMULAS:
            yield f"{path} 的公式“{live}”无法识别，可用：{'、'.join(FORMULAS)}"
            continue
        own = {key.rpartition(".")[2] for key in columns | set(known) if key.split(".")[0] == path.split(".")[0]}
        own |= {column.key for matrix in scheme.matrices for column in matrix.columns}
        allowed = columns if name in ("sum", "mean", "total") else set(known) if name == "grade" else own
        for part in filter(None, argument.split(",")):
            if part not in allowed:
                yield f"{path} 的公式“{live}”引用了不存在的“{part}”，可用：{_near(part, allowed)}"
    for matrix in scheme.matrices:
        unknown = set(matrix.ascending) - {column.key for column in matrix.columns}
        yield from (f"{matrix.key}.ascending 引用了不存在的列“{name}”" for name in sorted(unknown))
        if matrix.total and matrix.total not in {row.key for row in matrix.rows}:
            yield f"{matrix.key}.total 引用了不存在的行“{matrix.total}”"


def parse_live(live: str) -> tuple[str, str]:
    """Name and argument of a live formula: "sum(indicators.score)" -> ("sum", "indicators.score")."""
    name, _, argument = live.partition("(")
    return name, argument.removesuffix(")")


def _live_formulas(scheme: Scheme) -> Iterator[tuple[str, str]]:
    yield from ((path, datum.live) for path, datum in scheme.data.items() if datum.live)
    for key, table in scheme.tables.items():
        yield from ((f"{key}.{column.key}", column.live) for column in table.columns if column.live)


def _near(name: str, known: Mapping[str, Any] | set[str]) -> str:
    head = name.split(".")[0]
    near = sorted(path for path in known if path.split(".")[0] == head) or sorted(known)
    return "、".join(near[:8])


def _problems_of_spans(scheme: Scheme) -> Iterator[str]:
    for number, sheet in enumerate(scheme.sheets, 1):
        width = len(sheet.widths)
        for block in sheet.blocks:
            place = f"sheets[{number}]（{sheet.name}）"
            if isinstance(block, Table) and len(block.columns) > width:
                yield f"{place} 的表“{block.key}”有 {len(block.columns)} 列，widths 只有 {width} 列"
            if isinstance(block, Fields):
                for datum in block.fields:
                    if len(datum.span) != 2 or min(datum.span) < 1 or sum(datum.span) > width:
                        yield f"{place} 的栏目“{datum.label}”span 应为标签与内容所占列数，合计不超过 {width}"
            if isinstance(block, Matrix) and _matrix_width(block) > width:
                yield f"{place} 的矩阵“{block.key}”需要 {_matrix_width(block)} 列，widths 只有 {width} 列"


def _matrix_width(matrix: Matrix) -> int:
    label, value = matrix.span
    return len(matrix.columns) * (label + value) if matrix.style == "pairs" else label + len(matrix.columns) * value
