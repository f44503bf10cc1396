"""A scheme: one edition of the form, declared in one TOML file, from which everything else is derived.

Template, reader, rules, annotation, summary and documentation all take their words, places and numbers from here.
`perfxl.schemes` holds the files and loads them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from perfxl.schemes.paper import Paper
from perfxl.typed.wording import label_key

LEVELS = ("level1", "level2", "level3")
"""Columns that name an indicator: its branches, and itself."""
Branch = tuple[str, ...]
"""The names of the levels of an indicator, or of the first of them, as keys."""

Type = Literal["text", "choice", "phone", "money", "points", "rate", "percent", "year", "date", "any"]
"""What a cell holds. money is in the scheme's unit, points are scores, rate is a fraction (shown as a percentage),
percent a number of percent (25 for 25 %), phone a text that in a pattern takes digits only, any a number or a text."""

MARKER_SHEET = "_perfxl"
"""Hidden sheet of the template that names scheme and version."""
GUIDE_SHEET = "填报说明"
"""The template's instructions; it repeats the labels of all sheets."""
GUIDE_SECTIONS = (
    "一、填写步骤",
    "二、自查（填写后查看，全部显示“通过”再报送）",
    "三、自动计算结果（供核对，不用填写）",
    "四、各栏填写要求",
)
GUIDE_CHECK_HEADS = ("检查内容", "结果", "问题数", "如有问题，请这样做")
GUIDE_CHECK_END = "自查结论"
GUIDE_EXPLANATION, GUIDE_CODES, GUIDE_PATH = "单位说明（确有原因的写在这里）", "规则", "栏目"
"""Further heads of the self-check: where an agency explains, and hidden: which findings of the office it explains."""
GUIDE_REQUIREMENT_HEADS = ("工作表", "栏目", "是否必填", "要求")
GUIDE_LABELS = (*GUIDE_SECTIONS, *GUIDE_CHECK_HEADS, GUIDE_CHECK_END, *GUIDE_REQUIREMENT_HEADS)
"""What the instructions print of their own, by which they are known however their sheet is called."""
REVIEW_SHEET = "审核结果"
"""What annotation adds."""
REVIEW_TITLE = "绩效自评审核结果"
"""What stands at the head of that sheet."""
REVIEW_MARKER = "perfxl_review"
"""A hidden defined name that points to it: names survive renaming, moving and saving by other programs."""
SUMMARY_TITLE = "项目支出绩效评价汇总"
"""The title of a summary workbook, by which it is known again."""
SUMMARY_SHEETS = OVERVIEW, FINDINGS, INBOX = "总览", "问题清单", "收文清单"
"""Sheets that every summary has and no form."""

NO_FORM_SHEETS = (MARKER_SHEET, GUIDE_SHEET, REVIEW_SHEET)
"""Sheets of perfxl's own that are never taken for a sheet of the form."""


SHOWN_FORMULAS = ("subtotal", "completion", "points", "weight")
"""Formulas over the columns of the same row (or branch), and the weight of execution: shown and never read."""
FORMULAS = ("sum", "mean", "total", "grade", "share", "execution", *SHOWN_FORMULAS)
"""Live formulas: sum, mean of a column; total: a column's sum with the points for execution; grade of a datum; share of
two columns of a matrix in percent; execution: the points for spending; and the shown ones."""


def parse_live(live: str) -> tuple[str, str]:
    """Name and argument of a live formula: "sum(indicators.score)" -> ("sum", "indicators.score")."""
    name, _, argument = live.partition("(")
    return name, argument.removesuffix(")")


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
        full: whether the form prints the full points between label and answer (总分 | 100 | 99).
        pattern: what the form prints around several data in one cell ("{leader} {phone}"); `holds` declares them.
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
    full: bool = False
    pattern: str = ""
    holds: "tuple[Field, ...]" = ()

    @cached_property
    def is_data(self) -> bool:
        """Whether the datum belongs to the dossier (and is not printed, computed, repeated or signed)."""
        return not (self.result or self.total_of or self.echo or self.blank or self.is_live or self.holds)

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
        return (self.is_data or bool(self.holds)) and not self.fixed


@dataclass(frozen=True)
class Text:
    """A line that the form prints: a title, a heading, a note or a place to sign.

    It may have blanks to fill in, named in braces: "（{year}年度）". Their data are declared under `fields` and stand under
    `key` in the dossier; `aliases` are other wordings of the line.
    """

    text: str
    style: Literal["title", "heading", "note", "signature"] = "note"
    key: str = ""
    fields: tuple[Field, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fields:
    """Labelled cells that flow from left to right, row by row.

    `style` "beside": the answer stands right of its label. "below": headings side by side, each with its answer below.
    """

    key: str
    fields: tuple[Field, ...]
    style: Literal["beside", "below"] = "beside"

    def data(self) -> Iterator[tuple[str, Field]]:
        """Every datum of the block by its path, those that share a cell too."""
        for datum in self.fields:
            yield from ((f"{self.key}.{one.key}", one) for one in (datum.holds or (datum,)))


@dataclass(frozen=True)
class Item:
    """A row of a matrix: its label in the form and its name in findings and summaries.

    `optional`: whether a form without this row is still complete.
    """

    key: str
    name: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    optional: bool = False


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
    aliases: tuple[str, ...] = ()
    printed: str = ""
    path: str = ""
    type: Type = "points"
    live: str = ""
    prompt: str = ""
    choices: tuple[str, ...] = ()


def branch_of(row: Mapping[str, Any]) -> Branch:
    """The names of the levels of a row."""
    return tuple(label_key(str(row.get(level) or "")) for level in LEVELS)


@dataclass(frozen=True)
class Table:
    """Rows of the same columns: free (`rows` prepared), fixed (the indicator tree), or both.

    A fixed row that names a branch and no indicator is open: the agency writes its own indicators there.
    """

    key: str
    columns: tuple[Field, ...]
    rows: int = 1
    fixed: tuple[Mapping[str, Any], ...] = ()
    footer: tuple[Footer, ...] = ()

    def column(self, key: str) -> Field | None:
        """The column of a datum, or the datum itself where it shares its column with another."""
        return next((column for column in (*self.columns, *self.data) if column.key == key), None)

    @cached_property
    def data(self) -> tuple[Field, ...]:
        """The data of a row, those that share a column too."""
        shared = ((column.holds or (column,)) for column in self.columns if column.is_data or column.holds)
        return tuple(datum for data in shared for datum in data)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The heading of each column by its key."""
        return {column.key: column.label for column in self.columns}

    @cached_property
    def data_keys(self) -> tuple[str, ...]:
        return tuple(datum.key for datum in self.data)

    @cached_property
    def open_rows(self) -> tuple[Mapping[str, Any], ...]:
        """The fixed rows whose indicator the agency chooses."""
        return tuple(row for row in self.fixed if self.column("level3") and "level3" not in row)

    @cached_property
    def _printed(self) -> frozenset[Branch]:
        return frozenset(branch_of(row) for row in self.fixed if row not in self.open_rows)

    @cached_property
    def open_branches(self) -> Mapping[Branch, Decimal | None]:
        """The branches that are open to the agency, each with the sum of its weights; None where the scheme gives none."""
        found: dict[Branch, Decimal | None] = {}
        for row in self.open_rows:
            branch, weight = tuple(filter(None, branch_of(row))), row.get("weight")
            known = found.setdefault(branch, None)
            found[branch] = known if weight is None else (known or Decimal(0)) + Decimal(str(weight))
        return found

    def open_branch(self, row: Mapping[str, Any]) -> Branch | None:
        """The open branch to which a row belongs; None for an indicator that the form prints, and for any other."""
        branch = branch_of(row)
        if branch in self._printed:
            return None
        heads = (branch[:length] for length in range(len(LEVELS) - 1, 0, -1))
        return next((head for head in heads if head in self.open_branches), None)

    def is_untouched(self, row: Mapping[str, Any]) -> bool:
        """Whether an open row says nothing beyond the branch that the form prints there."""
        branch = self.open_branch(row) if self.open_rows else None
        printed = LEVELS[: len(branch)] if branch else ()
        return branch is not None and all(row.get(key) is None for key in self.data_keys if key not in printed)

    @cached_property
    def naming(self) -> tuple[Field, ...]:
        """The columns that name a row: its levels or kind, and its own name."""
        texts = [
            column for column in self.columns if (column.is_data or column.holds) and column.type in ("text", "choice")
        ]
        known = [place for place, column in enumerate(texts) if column.merge or column.required or column.fixed]
        if not known:
            return tuple(texts[:1])
        return tuple(texts[: known[-1] + (2 if texts[known[-1]].merge else 1)])


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


THRESHOLDS = (
    "low_execution",
    "unit_factor",
    "largest_amount",
    "spending_margin",
    "score_tolerance",
    "rate_tolerance",
    "few_reviewers",
    "section_length",
    "budget_change",
    "dominant_share",
    "over_achieved",
    "books_tolerance",
    "score_jump",
)
"""The numbers that rules compare with; a scheme sets those that its rules need. A rule without its threshold is off."""


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


STAGE = "自评"
"""The stage of forms of which nothing else is said."""
_Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class RuleWords:
    """An office's own words for a rule: what is to be done."""

    fix: str


@dataclass(frozen=True)
class Approved:
    """Where the form has what an approved list says of a project: filled in before it is sent out, held against the list later.

    Attributes:
        amounts: column of a matrix with the approved amounts, such as "funds.planned", whose rows are the sources; or the one
            datum that holds the approved amount.
        table: the table whose rows are the approved targets.
        columns: its columns by what the list calls them, see `APPROVED_COLUMNS`.
    """

    amounts: str
    table: str
    columns: Mapping[str, str]


APPROVED_COLUMNS = (
    "level1", "level2", "name", "sign", "target", "unit", "excellent", "good", "fair", "poor", "weight",
)  # fmt: skip
"""What an approved list says of a target."""
APPROVED_DATA = ("project_name", "unit", "department", "year")
"""Basic information that an approved list says, as far as the form has it."""


@dataclass(frozen=True)
class Scheme:
    """One edition of the form. See the modules of `perfxl` for what is derived from each part.

    `stage` is the duty that it serves (申报, 监控, 自评): forms of two stages of a project stand beside one another. Of two
    forms of one stage the one counts whose scheme `supersedes` the other's, which it names by id. A scheme that `extends`
    another is that one with an office's own thresholds, severities (by code) and words.
    """

    id: str
    version: int
    title: str
    edition: str
    source: str
    money_unit: str
    sheets: tuple[Sheet, ...]
    full_score: Decimal = Decimal(0)
    grades: tuple[Grade, ...] = ()
    rates: tuple[Rate, ...] = ()
    levels: Mapping[str, Decimal] = field(default_factory=dict)
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    instructions: tuple[str, ...] = ()
    proportional: tuple[RateBound, ...] = ()
    execution_bound: tuple[RateBound, ...] = ()
    execution: Execution | None = None
    computing: Computing | None = None
    stage: str = STAGE
    supersedes: tuple[str, ...] = ()
    extends: str = ""
    severities: Mapping[str, _Severity] = field(default_factory=dict)
    words: Mapping[str, RuleWords] = field(default_factory=dict)
    document: Paper | None = None
    approved: Approved | None = None

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
            if isinstance(block, Text):
                yield from ((f"{block.key}.{datum.key}", datum) for datum in block.fields)
            elif isinstance(block, Fields):
                yield from block.data()
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

    @cached_property
    def is_scored(self) -> bool:
        """Whether its forms have points at all; monitoring forms and declarations of goals have none."""
        indicators = self.tables.get("indicators")
        return self.full_score > 0 and (
            self.execution is not None or (indicators is not None and indicators.column("score") is not None)
        )

    def has_columns(self, table: str, *keys: str) -> bool:
        """Whether it has a table with all of these columns, each for itself."""
        own = {column.key for column in self.tables[table].columns} if table in self.tables else set()
        return table in self.tables and own.issuperset(keys)

    def threshold(self, name: str) -> Decimal:
        return self.thresholds[name].value

    def grade_of(self, points: Decimal | None) -> str | None:
        """The name of the band that the unrounded points fall into, None where there are none."""
        if points is None or not self.grades:
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
        optional=column.optional or row.optional,
    )


def footer_field(foot: Footer, table: Table) -> Field:
    """The datum in a table's footer, labelled by the footer's nearest label to its left."""
    before = [f for f in table.footer[: table.footer.index(foot) + 1] if f.label]
    label = before[-1].label if before else ""
    key = foot.path.split(".")[-1]
    return Field(key, label, type=foot.type, live=foot.live, prompt=foot.prompt, choices=foot.choices)
