"""What goes wrong most often, and which projects need a person first. Pure."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from perfxl.model import Severity
from perfxl.rules import RULES
from perfxl.scoring.finality import is_doubtful
from perfxl.summary.batch import Batch
from perfxl.summary.projects import Project
from perfxl.summary.resubmissions import Disposition

LISTED = 10

COUNTED = (Disposition.USED, Disposition.REFUSED)
"""The files whose problems still matter: those that count and those that could not be read."""


@dataclass(frozen=True)
class Frequent:
    """A code, the heaviest severity with which it was found, and how often."""

    code: str
    title: str
    severity: Severity
    number: int


def frequent_problems(batch: Batch) -> list[Frequent]:
    """The errors and warnings that were found most often in the files that count or could not be read."""
    numbers: Counter[str] = Counter()
    severities: dict[str, Severity] = {}
    order = list(Severity)
    for one in batch.received:
        if one.disposition not in COUNTED:
            continue
        for tally in one.head.found:
            if tally.severity is not Severity.INFO:
                numbers[tally.code] += tally.number
                heaviest = min(severities.get(tally.code, tally.severity), tally.severity, key=order.index)
                severities[tally.code] = heaviest
    first = sorted(numbers, key=lambda code: (-numbers[code], code))[:LISTED]
    titles = {code: RULES[code].title if code in RULES else "" for code in first}
    return [Frequent(code, titles[code], severities[code], numbers[code]) for code in first]


def urgent_projects(batch: Batch) -> list[Project]:
    """The projects that need a person first: doubtful amounts, no total, errors, a poor grade, warnings, little spent."""
    grades = batch.portfolio.grades
    low = low_execution(batch)

    def urgency(project: Project) -> tuple[bool, bool, int, int, int, Decimal, int]:
        head = project.head
        poor = grades.index(head.grade) if head.grade in grades else 0
        spent = Decimal(1) if head.execution is None else head.execution
        doubts = any(map(is_doubtful, head.open))
        errors, warnings = head.count(Severity.ERROR), head.count(Severity.WARNING)
        return (not doubts, head.final is not False, -errors, -poor, -warnings, spent, project.number)

    def needs_a_person(project: Project) -> bool:
        certain, final, errors, poor, warnings, spent, _ = urgency(project)
        return not (certain and final) or bool(errors or poor or warnings) or spent < low

    return sorted(filter(needs_a_person, batch.portfolio.projects), key=urgency)[:LISTED]


def low_execution(batch: Batch) -> Decimal:
    """The execution rate below which the schemes call it low; the highest of them."""
    known = [s.thresholds["low_execution"].value for s in batch.portfolio.schemes if "low_execution" in s.thresholds]
    return max(known, default=Decimal("0.9"))
