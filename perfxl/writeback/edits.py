"""What is to be written into the copy of a workbook: figures, marks and the review? Pure: values in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfxl.model import SEVERITY_WORDS, Assessment, Finding, Form, Severity, Status, status_of
from perfxl.typed.amounts import ratio

RATE, POINTS, TEXT = "rate", "points", "text"

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
    """The content of the added sheet as plain values; `sheet` is the first sheet of the form that it is about."""

    file_name: str
    project: str
    status: Status
    verdict: tuple[VerdictLine, ...]
    levels: tuple[LevelLine, ...]
    findings: tuple[Finding, ...]
    sheet: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything that an annotated copy shows beyond what the agency sent."""

    figures: tuple[ResultFigure, ...]
    marks: tuple[Mark, ...]
    review: Review


def plan_edits(form: Form, assessment: Assessment, findings: Sequence[Finding], file_name: str) -> Plan:
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
        ),
    )


def _figures(form: Form, assessment: Assessment) -> Iterable[ResultFigure]:
    for path, cell in form.reserved.items():
        if cell.address:
            value = assessment.results.get(path)
            kind = TEXT if isinstance(value, str) else RATE if path.startswith("rates.") else POINTS
            yield ResultFigure(cell.sheet, cell.address, "" if value is None else value, kind)


def _marks(findings: Iterable[Finding]) -> Iterable[Mark]:
    by_cell: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.sheet and finding.cell:
            by_cell.setdefault((finding.sheet, finding.cell), []).append(finding)
    for (sheet, cell), found in by_cell.items():
        found.sort(key=lambda finding: RANK[finding.severity])
        yield Mark(sheet, cell, found[0].severity, "\n".join(map(_remark, found)))


def _remark(finding: Finding) -> str:
    """A finding in a few lines, as a note shows it."""
    lines = [f"【{SEVERITY_WORDS[finding.severity]} {finding.code}】{finding.message}"]
    lines += [f"应为：{finding.expected}"] if finding.expected else []
    lines += [f"更正：{finding.fix}"] if finding.fix else []
    return "\n".join(lines)


def _verdict(form: Form, assessment: Assessment, findings: Sequence[Finding]) -> Iterable[VerdictLine]:
    counts = [(word, sum(f.severity is severity for f in findings)) for severity, word in SEVERITY_WORDS.items()]
    yield VerdictLine("审核发现", " ".join(f"{word}{count}" for word, count in counts), TEXT)
    yield _line("总分", assessment.total, POINTS)
    yield _line("满分", assessment.weight, POINTS)
    yield _line("等次", assessment.grade, TEXT)
    if assessment.average is not None:
        yield _line("平均得分", assessment.average, POINTS)
    for rate in form.scheme.rates:
        yield _line(rate.label, assessment.rates.get(rate.key), RATE)


def _line(label: str, value: Decimal | str | None, kind: str) -> VerdictLine:
    return VerdictLine(label, "—", TEXT) if value is None else VerdictLine(label, value, kind)


def _levels(assessment: Assessment) -> Iterable[LevelLine]:
    for level in assessment.levels:
        yield LevelLine(level.level, level.name, level.score, level.weight, ratio(level.score, level.weight))
