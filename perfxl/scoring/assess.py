"""What perfxl computes from a form: rates, sums, grade, average, and the grade of each target.

Pure and exact: Decimal throughout, rounded half-up only where a figure is shown. What the form states is never used
in place of what is computed.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from perfxl.model import Assessment, Form, IndicatorScore, LevelScore, Row, TargetGrade
from perfxl.scoring.achievement import achieve
from perfxl.scoring.ladder import grade_on, ladder_of
from perfxl.typed.amounts import plain, ratio, round_half_up
from perfxl.typed.wording import label_key


def assess(form: Form) -> Assessment:
    """What the cells of a form give, whether or not it is final; `close_figures` says what is.

    Rates are fractions, half-up to 4 places, None where an amount is missing or the whole is 0. The total is the sum of
    the scores that can be read, None where there is none; the grade is taken on it unrounded.
    """
    rates = {rate.key: ratio(form.number(rate.part), form.number(rate.whole)) for rate in form.scheme.rates}
    indicators = tuple(_score(form, row) for row in form.rows("indicators"))
    execution, why = _execution(form)
    first, second = ([_branch(level, *branch) for branch in scored_branches(indicators, level)] for level in (1, 2))
    # points for spending the budget belong to no indicator; a form that gives them has them as a branch of their own
    total = _sum([level.score for level in (*execution, *first)])
    return Assessment(
        rates=rates,
        total=total,
        weight=_sum([level.weight for level in (*execution, *first)]),
        grade=form.scheme.grade_of(total),
        average=_average(form),
        execution_score=execution[0].score if execution else None,
        execution_reason=why,
        amounts={path: form.number(path) for rate in form.scheme.rates for path in (rate.whole, rate.part)},
        levels=(*execution, *first, *second),
        indicators=indicators,
        targets=tuple(_grade_target(form, row) for row in form.rows("targets")),
    )


def _score(form: Form, row: Row) -> IndicatorScore:
    """One indicator: the computed score counts where the scheme computes it from target and actual, else the stated one.

    Where the scheme only holds the score against a rate, what the rate gives stands beside the stated score.
    """
    weight, stated = row["weight"].number, row["score"].number
    names = row["level1"].text, row["level2"].text, row["level3"].text
    if (computing := form.scheme.computing) is not None:
        texts = row["sign"].text, row["target"].value, row["actual"].value
        achieved = achieve(*texts, weight, computing.reverse, row["unit"].text)
        if achieved is None:
            return IndicatorScore(*names, weight, stated)
        return IndicatorScore(*names, weight, achieved.points, achieved.points, achieved.explained)
    computed, reason = None, ""
    for bound in form.scheme.proportional:
        if label_key(bound.level3) == label_key(row["level3"].text) and weight is not None:
            computed, reason = proportional_score(form, weight, bound.rate)
    return IndicatorScore(*names, weight, stated, computed, reason)


def proportional_score(form: Form, weight: Decimal, key: str) -> tuple[Decimal | None, str]:
    """weight x min(rate, 1), with its reason: (2.10, "69.98 / 100 ..."). None where there is no rate."""
    rate = form.scheme.rate(key)
    part, whole = form.number(rate.part), form.number(rate.whole)
    if part is None or whole is None or whole <= 0:
        return None, ""
    # from the amounts: the rate as it is shown, of four places, would give other points
    points = round_half_up(max(min(part / whole, Decimal(1)), Decimal(0)) * weight, 2)
    return points, f"{plain(part)} / {plain(whole)} × {plain(weight)} = {plain(points)}"


def _execution(form: Form) -> tuple[tuple[LevelScore, ...], str]:
    """The points for spending the budget as a branch of their own, with their reason; none where the scheme gives none."""
    execution = form.scheme.execution
    if execution is None:
        return (), ""
    points, reason = proportional_score(form, execution.weight, execution.rate)
    return (LevelScore(1, form.scheme.rate(execution.rate).label, execution.weight, points),), reason


def scored_branches(indicators: Sequence[IndicatorScore], depth: int) -> list[tuple[str, list[IndicatorScore]]]:
    """Neighbouring indicators of one branch with its name, in the order of the form."""

    def branch(indicator: IndicatorScore) -> tuple[str, ...]:
        return (indicator.level1, indicator.level2)[:depth]

    # neighbours only, as the form joins the cells of neighbours
    return [(names[-1], list(members)) for names, members in groupby(indicators, key=branch)]


def _branch(level: int, name: str, members: Sequence[IndicatorScore]) -> LevelScore:
    return LevelScore(level, name, _sum([m.weight for m in members]), _sum([m.score for m in members]))


def _grade_target(form: Form, row: Row) -> TargetGrade:
    grades = tuple(grade.name for grade in form.scheme.grades)
    return TargetGrade(row["name"].text, grade_on(ladder_of(row), row["actual"].text, grades))


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _average(form: Form) -> Decimal | None:
    """The mean of the reviewers' scores; None while one of them is impossible, as no average can be made of that."""
    scores = [row["score"].number for row in form.rows("reviewers")]
    if any(score is not None and not 0 <= score <= form.scheme.full_score for score in scores):
        return None
    return _mean(scores)


def _mean(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return round_half_up(sum(known, Decimal(0)) / len(known), 2) if known else None
