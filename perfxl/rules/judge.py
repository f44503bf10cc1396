"""What does perfxl say of a form: the figures that are final, and everything that was found?

First the rules that open figures look at what the cells give; then it is said what is final; the other rules see that
alone, so that none judges a grade, a rate or a sum that does not hold.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from perfxl.model import Assessment, Finding, Form, Severity
from perfxl.office.knowledge import NOTHING_KNOWN, KnownProject
from perfxl.rules.declare import Case, run_rules
from perfxl.schemes.spec import Scheme
from perfxl.scoring.assess import assess
from perfxl.scoring.finality import close_figures

FindingPlace = tuple[str, str, str]
"""Code, sheet and cell of a finding."""


def judge(
    form: Form,
    today: date,
    found: Sequence[Finding] = (),
    ignored: Collection[str] = (),
    year: int | None = None,
    known: KnownProject = NOTHING_KNOWN,
    released: Collection[FindingPlace] = (),
) -> tuple[Assessment, list[Finding]]:
    """The assessment of a form, and the findings of door, reader and rules.

    Args:
        form: as it was read.
        today: the day of the check.
        found: what door and reader found.
        ignored: codes that are not said. What they find still keeps figures open.
        year: the year that is evaluated, None where nobody says so.
        known: what the office knows of the project.
        released: where amounts stand that are doubtful by their unit and that the office has accepted as typed.
    """
    case = Case(form, assess(form), today, year, known)
    opening = [_released(one, released) for one in run_rules(case, lambda rule: rule.opens)]
    assessment = close_figures(form, case.assessment, [*found, *opening])
    others = run_rules(replace(case, assessment=assessment), lambda rule: not rule.opens and rule.code not in ignored)
    ruled = sorted([*opening, *others], key=lambda one: one.code)
    return assessment, [as_the_office_says(one, form.scheme) for one in (*found, *ruled) if one.code not in ignored]


def as_the_office_says(found: Finding, scheme: Scheme) -> Finding:
    """A finding with the severity and the advice that an office's scheme sets for its code."""
    severity, words = scheme.severities.get(found.code), scheme.words.get(found.code)
    if severity is None and words is None:
        return found
    return replace(
        found,
        severity=found.severity if severity is None else Severity(severity),
        fix=found.fix if words is None else words.fix,
    )


def _released(found: Finding, released: Collection[FindingPlace]) -> Finding:
    return replace(found, opens=False) if (found.code, found.sheet, found.cell) in released else found
