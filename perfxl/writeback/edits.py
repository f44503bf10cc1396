"""What is to be written into the copy of a workbook: figures, marks and the review? Pure: values in, values out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from perfxl.dialogue.identity import part_of
from perfxl.dialogue.remarks import NO_REMARK, Remark, Standing, standing_of
from perfxl.model import SEVERITY_WORDS, Assessment, Finding, Form, Severity, Status, status_of
from perfxl.scoring.finality import unsettled, without_value
from perfxl.typed.amounts import plain, ratio

RATE, POINTS, PLAIN_TEXT = "rate", "points", "text"

COMPUTED_POINTS = "定量指标和执行率按公式计分，以核算得分为准"
"""What is said where the points that count are computed, whatever was typed."""

SHOWN_DIGEST = 16
"""Letters of a digest that are shown: enough to compare by eye."""

RANK = {severity: rank for rank, severity in enumerate(SEVERITY_WORDS)}


@dataclass(frozen=True, slots=True)
class ResultFigure:
    """A result for a reserved cell; an empty text empties it. `kind`: "rate" (a fraction), "points" or "text"."""

    sheet: str
    cell: str
    value: Decimal | str
    kind: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A remark and a colour for one cell: all its findings, coloured by the worst."""

    sheet: str
    cell: str
    severity: Severity
    remark: str


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """One line of the verdict, such as 总分 and 98.5; `kind` as in Figure."""

    label: str
    value: Decimal | str
    kind: str


@dataclass(frozen=True, slots=True)
class LevelLine:
    """The score of one branch of the indicator tree and its share of the weight (得分率), None where there is no weight."""

    level: int
    name: str
    score: Decimal | None
    weight: Decimal | None
    rate: Decimal | None


@dataclass(frozen=True)
class Review:
    """The content of the added sheet as plain values.

    Attributes:
        sheet: the first sheet of the form that it is about.
        unit: of the project.
        facts: what else the head says: year, amounts, day, the file's digest.
        part: what the ids of the findings begin with.
        overall: the office's conclusion on the whole, as it was typed before.
    """

    file_name: str
    project: str
    status: Status
    verdict: tuple[VerdictLine, ...]
    levels: tuple[LevelLine, ...]
    findings: tuple[Finding, ...]
    sheet: str = ""
    unit: str = ""
    facts: tuple[VerdictLine, ...] = ()
    part: str = ""
    overall: Remark = NO_REMARK


class LongText(NamedTuple):
    """A text of the agency's that may not fit its cell."""

    sheet: str
    cell: str
    text: str


_SHORT = 8
"""Letters that fit any cell for texts."""


@dataclass(frozen=True)
class Plan:
    """Everything that an annotated copy shows beyond what the agency sent; `texts` are those that must be seen whole."""

    figures: tuple[ResultFigure, ...]
    marks: tuple[Mark, ...]
    review: Review
    texts: tuple[LongText, ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the head of the review says beside the form: the day of the check, the file's digest, the office's conclusion."""

    today: date | None = None
    sha256: str = ""
    overall: Remark = NO_REMARK


def plan_edits(
    form: Form,
    assessment: Assessment,
    findings: Sequence[Finding],
    file_name: str,
    around: Circumstances = Circumstances(),
) -> Plan:
    """What to write into the copy of the workbook that this form was read from."""
    return Plan(
        figures=tuple(_figures(form, assessment)),
        marks=tuple(_marks(findings)),
        review=Review(
            file_name=file_name,
            project=form.text("basic.project_name"),
            status=status_of(list(findings)),
            verdict=tuple(_verdict(form, assessment, findings)),
            levels=tuple(_levels(assessment)),
            findings=tuple(sorted(findings, key=lambda finding: RANK[finding.severity])),
            sheet=next(iter(form.sheets.values()), ""),
            unit=form.text("basic.unit"),
            facts=tuple(_facts(form, findings, around)),
            part=part_of(form),
            overall=around.overall,
        ),
        texts=tuple(
            LongText(cell.sheet, cell.address, cell.raw)
            for _, cell in form.addressed()
            if isinstance(cell.raw, str) and len(cell.raw) > _SHORT
        ),
    )


def _figures(form: Form, assessment: Assessment) -> Iterable[ResultFigure]:
    for path, cell in form.reserved.items():
        if cell.address:
            value = _result(assessment, path)
            kind = PLAIN_TEXT if isinstance(value, str) else RATE if path.startswith("rates.") else POINTS
            yield ResultFigure(cell.sheet, cell.address, "" if value is None else value, kind)


def _result(assessment: Assessment, path: str) -> Decimal | str | None:
    """What stands in the cell of a result: its value, or why there is none; the total alone gives the reasons in full."""
    value = assessment.results.get(path)
    if value is not None or not assessment.open_at(path):
        return value
    return without_value(path) if path.endswith("grade") else unsettled(assessment, path)


def _marks(findings: Iterable[Finding]) -> Iterable[Mark]:
    by_cell: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.sheet and finding.cell:
            by_cell.setdefault((finding.sheet, finding.cell), []).append(finding)
    for (sheet, cell), found in by_cell.items():
        found.sort(key=_urgency)
        worst = Severity.INFO if found[0].settled else found[0].severity
        yield Mark(sheet, cell, worst, "\n".join(map(_remark, found)))


def _urgency(finding: Finding) -> int:
    """The worst first; what is settled is no worse than an information."""
    return RANK[Severity.INFO if finding.settled else finding.severity]


def _remark(finding: Finding) -> str:
    """A finding in a few lines, as a note shows it."""
    lines = [f"【{SEVERITY_WORDS[finding.severity]} {finding.code}】{finding.message}"]
    lines += [f"应为：{finding.expected}"] if finding.expected else []
    lines += [f"更正：{finding.fix}"] if finding.fix and not finding.settled else []
    lines += [f"单位说明：{finding.explanation}"] if finding.explanation else []
    said = "：".join(filter(None, (finding.verdict, finding.note)))
    lines += [f"复核：{said}"] if said else []
    return "\n".join(lines)


def _verdict(form: Form, assessment: Assessment, findings: Sequence[Finding]) -> Iterable[VerdictLine]:
    counts = [(word, sum(f.severity is severity for f in findings)) for severity, word in SEVERITY_WORDS.items()]
    yield VerdictLine("审核发现", " ".join(f"{word}{count}" for word, count in counts), PLAIN_TEXT)
    if assessment.final is not None:
        yield from _points(form, assessment)
    if assessment.average is not None or assessment.open_at("average"):
        yield _line("平均得分", _result(assessment, "average"), POINTS)
    for rate in form.scheme.rates:
        yield _line(rate.label, _result(assessment, f"rates.{rate.key}"), RATE)


def _facts(form: Form, findings: Sequence[Finding], around: Circumstances) -> Iterable[VerdictLine]:
    """What the head says of the project and the file."""
    year = form.number("basic.year")
    yield _line("年度", None if year is None else plain(year), PLAIN_TEXT)
    for path in dict.fromkeys(path for rate in form.scheme.rates for path in (rate.whole, rate.part)):
        label = form.scheme.data[path].label
        unit = "" if form.scheme.money_unit in label else f"（{form.scheme.money_unit}）"
        yield _line(f"{label}{unit}", form.number(path), POINTS)
    standings = Counter(map(standing_of, findings))
    said = "，".join(f"{word}{standings[word]}" for word in Standing if standings[word])
    yield _line("复核进度", said or None, PLAIN_TEXT)
    if around.today:
        yield VerdictLine("审核日期", around.today.isoformat(), PLAIN_TEXT)
    if around.sha256:
        yield VerdictLine("原件指纹", around.sha256[:SHOWN_DIGEST], PLAIN_TEXT)


def _points(form: Form, assessment: Assessment) -> Iterable[VerdictLine]:
    """Total, full score and grade; what was stated, where points are computed; the sum so far, where it is not final."""
    yield _line("总分", _result(assessment, "total"), POINTS)
    if assessment.provisional is not None:
        yield VerdictLine("暂计", f"{plain(assessment.provisional)}（不是得分，不作结论）", PLAIN_TEXT)
    if form.scheme.computing is not None:
        yield _line("填报总分", form.number("stated.total"), POINTS)
        yield VerdictLine("计分", COMPUTED_POINTS, PLAIN_TEXT)
    yield _line("满分", assessment.weight, POINTS)
    yield _line("等次", _result(assessment, "grade"), PLAIN_TEXT)


def _line(label: str, value: Decimal | str | None, kind: str) -> VerdictLine:
    if value is None:
        return VerdictLine(label, "—", PLAIN_TEXT)
    return VerdictLine(label, value, PLAIN_TEXT if isinstance(value, str) else kind)


def _levels(assessment: Assessment) -> Iterable[LevelLine]:
    for level in assessment.levels:
        yield LevelLine(level.level, level.name, level.score, level.weight, ratio(level.score, level.weight))
