"""The values that travel through perfxl: cells with their addresses, the form, findings, the assessment, a file's result.

All are frozen and small; none knows a file format. A value never travels without the cell it came from.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from perfxl.schemes.spec import Scheme

Value = str | Decimal | date | None
"""What a cell means once parsed: text, a number (money in the scheme's unit), a date, or nothing."""

Dossier = Mapping[str, object]
"""One project's filled form as nested mappings, lists and numbers: the JSON shape of the contract."""

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)


@lru_cache(maxsize=4096)
def column_letters(column: int) -> str:
    """The letters of a column number, 1 being A."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The A1 address of a cell; rows and columns count from 1."""
    return f"{column_letters(column)}{row}"


def quoted_sheet(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


@lru_cache(maxsize=16384)
def column_number(letters: str | bytes) -> int:
    """The number of a column, A being 1."""
    number = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        number = number * 26 + letter - 64
    return number


@lru_cache(maxsize=16384)
def place_of(cell: str) -> tuple[int, int]:
    """Row and column of an A1 address; (0, 0) for what is none."""
    match = _ADDRESS.fullmatch(cell)
    return (int(match[2]), column_number(match[1])) if match else (0, 0)


class Severity(StrEnum):
    """How much a finding weighs: the agency must correct it, a reviewer judges, worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITY_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "警告", Severity.INFO: "提示"}
"""What users read, the worst first."""


class State(StrEnum):
    """What became of a cell: read, nothing in it, or something that could not be read (and is reported)."""

    READ = "read"
    BLANK = "blank"
    UNREADABLE = "unreadable"


class Status(StrEnum):
    """What became of a form: no error, errors to correct, or not readable at all."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"


STATUS_WORDS = {Status.ACCEPTED: "通过", Status.RETURNED: "退回", Status.REJECTED: "拒收"}


class Cell(NamedTuple):
    """One datum of a form and where it stands.

    `raw` is what the file holds, `value` what it means. `row` and `column` count from 1 and are 0 where the sheet has
    no such place (a lost label); `address` is then empty.
    """

    sheet: str
    row: int
    column: int
    raw: object = None
    value: Value = None
    state: State = State.BLANK

    @property
    def address(self) -> str:
        return address(self.row, self.column) if self.row and self.column else ""

    @property
    def number(self) -> Decimal | None:
        return self.value if isinstance(self.value, Decimal) else None

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def is_read(self) -> bool:
        return self.state is State.READ


NO_CELL = Cell("", 0, 0)


@dataclass(frozen=True, slots=True)
class Mail:
    """With which mail a file came in: what the mail says of itself; texts are empty where it does not say.

    `received` is when the last server took it in (ISO 8601): the topmost Received, which is the office's own. `dated` is
    when the sender's program says that it was sent.
    """

    sender: str = ""
    subject: str = ""
    received: str = ""
    dated: str = ""


NO_MAIL = Mail()


@dataclass(frozen=True, slots=True)
class Origin:
    """From which file an annotated copy was made: its digest and its name; both empty for what is no such copy."""

    source: str = ""
    file: str = ""


NO_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in a form: which rule, where, what was found, what was expected, what to do. All texts are Chinese.

    Attributes:
        shown: what the cell shows, where that is not what was found in it.
        opens: whether the figures that rest on the cell are not final.
        id, state: by which it is the same finding in another version, and whether it is as it was (`dialogue.identity`).
        explanation: 单位说明, the agency's.
        verdict, note, reviewer, day: 复核结论, 复核说明, 复核人, 日期, the office's on the finding as it is now.
        earlier: 上次意见, what was said when it was otherwise, or is said elsewhere.
        disputed: whether the office says different things of it.
        settled: whether the office's verdict holds, so that it no longer counts for 退回 or 待核.
    """

    code: str
    severity: Severity
    message: str
    sheet: str = ""
    cell: str = ""
    field: str = ""
    found: str = ""
    expected: str = ""
    fix: str = ""
    shown: str = ""
    opens: bool = False
    id: str = ""
    state: str = ""
    explanation: str = ""
    verdict: str = ""
    note: str = ""
    reviewer: str = ""
    day: str = ""
    earlier: str = ""
    disputed: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a repeating table: its number from 0 and its cells by column key."""

    index: int
    cells: Mapping[str, Cell]

    def __getitem__(self, key: str) -> Cell:
        return self.cells.get(key, NO_CELL)


class Explanation(NamedTuple):
    """What an agency says of a finding that the office may have: of all findings of a code, or of those at one datum.

    `path` is that of the datum in the dossier, such as "funds.used.total" or "targets.0.actual"; "" for all.
    """

    code: str
    path: str
    text: str


@dataclass(frozen=True)
class Form:
    """A workbook as read by one scheme.

    Attributes:
        scheme: the edition of the form.
        cells: single data by dotted path, such as "funds.planned.total" or "report.overview".
        tables: the rows of each repeating table by its key, such as "targets" or "indicators"; blank rows are left out.
        reserved: where results are written, by path of the result, such as "rates.execution" or "indicators.3.score".
        echoes: further places that repeat a datum, by its path.
        sheets: the workbook's own sheet name for each sheet name of the scheme.
        hidden_rows: the rows that nobody sees, by the workbook's own sheet name; what stands there counts nevertheless.
        subtotals: the rows of each table that sum up or break down others (小计, 其中：...); they are in no other table.
        marks: what the workbook's hidden sheet says of the form: project and issue of the approved list. No proof.
    """

    scheme: Scheme
    cells: Mapping[str, Cell]
    tables: Mapping[str, tuple[Row, ...]]
    reserved: Mapping[str, Cell] = field(default_factory=dict)
    echoes: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)
    sheets: Mapping[str, str] = field(default_factory=dict)
    hidden_rows: Mapping[str, frozenset[int]] = field(default_factory=dict)
    subtotals: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)

    def cell(self, path: str) -> Cell:
        """The cell of a datum; a cell without address where the form has none."""
        return self.cells.get(path, NO_CELL)

    def number(self, path: str) -> Decimal | None:
        """The number of a datum, None where blank or unreadable."""
        return self.cell(path).number

    def text(self, path: str) -> str:
        return self.cell(path).text

    def rows(self, table: str) -> tuple[Row, ...]:
        return self.tables.get(table, ())

    def addressed(self) -> Iterator[tuple[str, Cell]]:
        """Path and cell of every datum that has a place, rows of tables as "targets.0.name"."""
        yield from ((path, cell) for path, cell in self.cells.items() if cell.address)
        for table, rows in self.tables.items():
            for row in rows:
                yield from ((f"{table}.{row.index}.{key}", cell) for key, cell in row.cells.items() if cell.address)


@dataclass(frozen=True, slots=True)
class IndicatorScore:
    """One indicator with the score that counts and, where the scheme computes one, the computed score and its reason."""

    level1: str
    level2: str
    level3: str
    weight: Decimal | None
    score: Decimal | None
    computed: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LevelScore:
    """The sum over one branch of the indicator tree; level 1 or 2."""

    level: int
    name: str
    weight: Decimal | None
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class TargetGrade:
    """One target and the band of its standards that the actual value falls into; None where it cannot be said."""

    name: str
    grade: str | None


@dataclass(frozen=True, slots=True)
class OpenFigure:
    """A figure that is not final, and one cell that keeps it open.

    `figure` is named as in `Assessment.results` ("total", "average", "rates.execution", "targets.2.grade"), an amount by
    its path; `code` is that of the finding, `text` says in a few words what the cell lacks: 得分无法读取.
    """

    figure: str
    code: str
    sheet: str
    cell: str
    text: str


@dataclass(frozen=True)
class Figures:
    """What perfxl computed from a form, without its tables; never what the form states.

    What is declared here stands in the assessment and, of every file at once, in memory: `scoring.assess` computes it, a
    column of the summary takes it from the head of a result, and nothing between the two need be told.

    Attributes:
        rates: fractions by key, half-up to 4 places, None where undefined.
        total, weight: sums of points and of full points.
        grade: the name of the band that the total falls into.
        average: the mean of the reviewers' scores.
        execution_score, execution_reason: the points for spending the budget, where the scheme gives any, and why.
        amounts: what the rates divide, by path, as the form has it in the scheme's unit, also where they are open.
        open: every figure that is not final and thus has no value here, with the cells that keep it open; levels and
            indicators that hold such a score have none either.
        final: whether there is a total that holds, None where the form gives no scores.
        provisional: where it is not, the sum of the scores that could be read.
    """

    rates: Mapping[str, Decimal | None] = field(default_factory=dict)
    total: Decimal | None = None
    weight: Decimal | None = None
    grade: str | None = None
    average: Decimal | None = None
    execution_score: Decimal | None = None
    execution_reason: str = ""
    amounts: Mapping[str, Decimal | None] = field(default_factory=dict)
    open: tuple[OpenFigure, ...] = ()
    final: bool | None = None
    provisional: Decimal | None = None

    def open_at(self, figure: str) -> tuple[OpenFigure, ...]:
        """What keeps a figure open; the grade is as open as the total."""
        wanted = "total" if figure == "grade" else figure
        return tuple(one for one in self.open if one.figure == wanted)

    @property
    def figures(self) -> dict[str, Any]:
        """These fields by name."""
        return {declared.name: getattr(self, declared.name) for declared in fields(Figures)}


@dataclass(frozen=True)
class Assessment(Figures):
    """What perfxl computed from a form: figures, sums by branch, and what it says of each indicator and target."""

    levels: tuple[LevelScore, ...] = ()
    indicators: tuple[IndicatorScore, ...] = ()
    targets: tuple[TargetGrade, ...] = ()

    @cached_property
    def results(self) -> Mapping[str, Decimal | str | None]:
        """Every figure by the path under which a scheme reserves a cell for it."""
        figures: dict[str, Decimal | str | None] = {f"rates.{key}": rate for key, rate in self.rates.items()}
        figures |= {"total": self.total, "weight": self.weight, "grade": self.grade, "average": self.average}
        figures |= {"execution_score": self.execution_score, "execution_reason": self.execution_reason}
        for level in self.levels:
            figures[f"levels.{level.name}"] = level.score
        for index, indicator in enumerate(self.indicators):
            figures[f"indicators.{index}.computed"] = indicator.computed
            figures[f"indicators.{index}.explained"] = indicator.reason
        for index, target in enumerate(self.targets):
            figures[f"targets.{index}.grade"] = target.grade
        return figures


Key = tuple[str, tuple[str, ...]]
"""Of a submission: its file and the sheets that it was read from."""


@dataclass(frozen=True)
class Submission:
    """Which submission a result is about, and what became of it: what a result, its head and its JSON have in common.

    Attributes:
        file: the path as given, with forward slashes; " » " stands before a member of a mail or an archive.
        sha256: of the content, empty where it could not be read.
        size: in bytes.
        modified: the workbook's own date of last change (ISO 8601), else the file's.
        scheme: id of the scheme, None where none fits.
        status: accepted, returned or rejected.
        sheets: the sheets of the workbook that it was read from; with `file` it tells submissions apart.
        unread: the workbook's sheets that hold something, belong to no form and are not perfxl's own.
        mail: the mail that it came with.
        filed: the file's own date, where the workbook claims to have been changed long after it; else empty.
        origin: of an annotated copy that came back.
        passed: what the file is, where it is no submission and holds none (a picture, a roster); else empty.
        issued: the project of the approved list that the form says it was made for, by its id; `issue` of the list.
        part: what the ids of its findings begin with (`dialogue.identity`), empty where no form was read.
        annotated: the annotated copy's path, None where none was written.
        report: the Word document's path, None where none was written.
        turning_days: dates that it states and that were held against the day of the check: on another day the result is
            the same unless one of them has come or gone in between.
    """

    file: str
    sha256: str = ""
    size: int = 0
    modified: str = ""
    scheme: str | None = None
    status: Status = Status.REJECTED
    sheets: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    mail: Mail = NO_MAIL
    filed: str = ""
    origin: Origin = NO_ORIGIN
    passed: str = ""
    issued: str = ""
    issue: str = ""
    part: str = ""
    annotated: str | None = None
    report: str | None = None
    turning_days: tuple[date, ...] = ()

    @property
    def key(self) -> Key:
        """What tells submissions apart: a workbook may hold several."""
        return self.file, self.sheets

    @property
    def submission(self) -> dict[str, Any]:
        """These fields by name."""
        return {declared.name: getattr(self, declared.name) for declared in fields(Submission)}


@dataclass(frozen=True)
class FileResult(Submission):
    """Everything that is known of one submission after it went through perfxl.

    Attributes:
        dossier: the data that were read, None for a rejected file.
        assessment: what was computed, None for a rejected file.
        findings: in the order sheet, row, column, code.
        places: the cell of every filled datum, by sheet and by the path that it has in the dossier ("targets.0.name").
    """

    dossier: Dossier | None = None
    assessment: Assessment | None = None
    findings: tuple[Finding, ...] = ()
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """How many findings of one severity the submission has."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def is_pending(self) -> bool:
        """待核: whether it is accepted with warnings that nobody has settled."""
        warned = any(found.severity is Severity.WARNING and not found.settled for found in self.findings)
        return self.status is Status.ACCEPTED and warned


def status_of(findings: Iterator[Finding] | tuple[Finding, ...] | list[Finding]) -> Status:
    """The status of a form that could be read: returned as soon as one finding is an error that is not settled."""
    is_wrong = any(found.severity is Severity.ERROR and not found.settled for found in findings)
    return Status.RETURNED if is_wrong else Status.ACCEPTED
