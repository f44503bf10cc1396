"""How a rule is declared, and how all of them are run over a form."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from decimal import Decimal
from functools import lru_cache

from perfxl.model import NO_CELL, Assessment, Cell, Finding, Form, Severity, Value
from perfxl.office.knowledge import NOTHING_KNOWN, KnownProject
from perfxl.schemes.keys import paths_of
from perfxl.schemes.spec import Scheme

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at: the form, what was computed from it, the day of the check, the year that is evaluated, and what
    the office knows of the project."""

    form: Form
    assessment: Assessment
    today: date
    year: int | None = None
    known: KnownProject = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect: where, one sentence, what was found, what was expected; the rest comes from the rule.

    `fix`, `severity` and `opens` replace the rule's own where they are given; `shown` is what the cell shows, where that
    differs.
    """

    cell: Cell
    message: str
    found: str = ""
    expected: str = ""
    field: str = ""
    fix: str = ""
    severity: Severity | None = None
    shown: str = ""
    opens: bool | None = None


Check = Callable[[Case], Iterator[Problem]]


@dataclass(frozen=True)
class Rule:
    """A rule with its page in the catalogue.

    Attributes:
        code: two letters of the family and two digits; never reused.
        slug: the defect in English.
        severity: how much a finding weighs.
        title: the defect in a few words.
        what: 查什么. why: 为什么. example: 例. fix: 怎样改.
        source: document or "form" where it is the form's own arithmetic.
        reads: the blocks that a scheme must have for the rule to apply ("funds", "reviewers", "report.overview" ...).
        dated: the dates of a form that its check holds against the day of the check, by path; it may ask only whether
            they are still to come, and must not name the day: so a result holds until one of them has come.
        threshold: name of the scheme's threshold that it compares with.
        check: None for codes that the door, the reader or the batch find.
        opens: whether a figure at whose cell it is found is not final: nobody can say what it is.
    """

    code: str
    slug: str
    severity: Severity
    title: str
    what: str
    why: str
    example: str
    fix: str
    source: str = "form"
    reads: tuple[str, ...] = ()
    threshold: str = ""
    dated: tuple[str, ...] = ()
    check: Check | None = field(default=None, compare=False)
    opens: bool = False


LONGEST_WORDS = 1000
"""Characters of a finding's texts that are kept: they quote cells, and a cell may hold a book."""

RULES: dict[str, Rule] = {}
"""Every rule by its code."""


def declare(entry: Rule) -> None:
    """Adds a rule to the catalogue."""
    if entry.code in RULES:
        raise ValueError(f"rule {entry.code} is declared twice")
    RULES[entry.code] = entry


def rule(
    code: str,
    slug: str,
    severity: Severity,
    title: str,
    *,
    what: str,
    why: str,
    example: str,
    fix: str,
    source: str = "form",
    reads: tuple[str, ...] = (),
    threshold: str = "",
    dated: tuple[str, ...] = (),
    opens: bool = False,
) -> Callable[[Check], Check]:
    """Declares the decorated function as the check of a rule."""

    def decorate(check: Check) -> Check:
        declare(
            Rule(code, slug, severity, title, what, why, example, fix, source, reads, threshold, dated, check, opens)
        )
        return check

    return decorate


def finding(code: str, problem: Problem) -> Finding:
    """The finding that a problem makes under a code."""
    entry = RULES[code]
    cell = problem.cell
    return Finding(
        code=code,
        severity=problem.severity or entry.severity,
        message=_shortened(problem.message),
        sheet=cell.sheet,
        cell=cell.address,
        field=problem.field,
        found=_shortened(problem.found),
        expected=_shortened(problem.expected),
        fix=problem.fix or entry.fix,
        shown=problem.shown,
        opens=entry.opens if problem.opens is None else problem.opens,
    )


def _shortened(text: str) -> str:
    """A text without what is too long of it."""
    return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS]}……（共 {len(text):,} 个字符）"


def run_rules(case: Case, chosen: Callable[[Rule], bool]) -> list[Finding]:
    """The findings of every chosen rule that applies to the form's scheme, in the order of the codes."""
    applying = [entry for entry in _applying(case.form.scheme) if chosen(entry)]
    return [finding(entry.code, problem) for entry in applying if entry.check for problem in entry.check(case)]


def turning_days(form: Form, ignored: Collection[str] = ()) -> tuple[date, ...]:
    """The dates of a form on which what the rules find in it may change."""
    paths = {path for entry in _applying(form.scheme) if entry.code not in ignored for path in entry.dated}
    days = (_first_day(form.cell(path).value) for path in paths)
    return tuple(sorted({day for day in days if day is not None}))


def _first_day(value: Value) -> date | None:
    """A date, or the first day of a year; None for what is neither."""
    if isinstance(value, Decimal):
        return date(int(value), 1, 1) if MINYEAR <= value <= MAXYEAR else None
    return value if isinstance(value, date) else None


@lru_cache
def _applying(scheme: Scheme) -> tuple[Rule, ...]:
    """The rules that look at a form of a scheme, in the order of their codes."""
    entries = [RULES[code] for code in sorted(RULES)]
    return tuple(e for e in entries if e.check and has_blocks(e, scheme) and not lacks_threshold(e, scheme))


def has_blocks(entry: Rule, scheme: Scheme) -> bool:
    """Whether a scheme has everything that a rule reads."""
    return paths_of(scheme).issuperset(entry.reads)


def lacks_threshold(entry: Rule, scheme: Scheme) -> bool:
    """Whether a rule is off because the scheme does not set the threshold that it compares with."""
    return bool(entry.threshold) and entry.threshold not in scheme.thresholds


NOWHERE = NO_CELL
"""For a problem that has no cell to change."""
