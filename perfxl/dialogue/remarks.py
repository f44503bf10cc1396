"""What stands beside a finding on a review sheet, and where the finding stands in its life."""

from dataclasses import dataclass, replace
from enum import StrEnum

from perfxl.model import Finding, Severity


class Verdict(StrEnum):
    """What the office decides on a finding."""

    ACCEPTED = "认可"
    MORE = "补充材料"
    REJECTED = "不认可"


class Standing(StrEnum):
    """Where a finding stands in its life, as people read it."""

    OPEN = "未处理"
    EXPLAINED = "已说明"
    ACCEPTED = "认可"
    NOT_EFFECTIVE = "认可未生效"
    MORE = "补充材料"
    REJECTED = "不认可"
    DIFFERING = "意见不一"
    NOTHING_TO_DO = "无须处理"


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands beside one finding on a review sheet.

    Attributes:
        id, state: of the finding.
        explanation: 单位说明, the agency's.
        verdict: 复核结论, as typed; `Verdict` says which count.
        note, reviewer, day: 复核说明, 复核人, 日期.
        source: where it stands, for people: the copy's name.
    """

    id: str
    state: str = ""
    explanation: str = ""
    verdict: str = ""
    note: str = ""
    reviewer: str = ""
    day: str = ""
    source: str = ""

    @property
    def decision(self) -> tuple[str, str, str]:
        """What the office says, without where and when."""
        return self.verdict, self.note, self.reviewer

    @property
    def is_decided(self) -> bool:
        """Whether the office says anything."""
        return any(self.decision)


NO_REMARK = Remark("")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a review sheet: the remark, and what the sheet says of the finding.

    Attributes:
        severity, message: as they stand there.
        project, unit: of the form, as the sheet says them.
        opinion, former_reviewer: what stands in the columns 复核意见 and 复核人 of version 0.1.0.
        place: the cell in which the verdict stands.
        lead: the id of the row whose words count for this one too where it has none of its own; "" for none.
    """

    remark: Remark
    code: str = ""
    sheet: str = ""
    cell: str = ""
    found: str = ""
    expected: str = ""
    severity: str = ""
    message: str = ""
    project: str = ""
    unit: str = ""
    opinion: str = ""
    former_reviewer: str = ""
    place: str = ""
    lead: str = ""


def as_office(row: SheetRow) -> Remark:
    """The remark of a row of the office's own; what stands in the columns of version 0.1.0 is its note, or its verdict."""
    if not row.opinion:
        return row.remark
    verdict = row.opinion if row.opinion in list(Verdict) else ""
    note = "" if verdict else row.opinion
    return replace(row.remark, verdict=verdict, note=note, reviewer=row.former_reviewer)


def in_words(remark: Remark) -> str:
    """A verdict in one line, as 上次意见 shows it."""
    who = " ".join(filter(None, (remark.reviewer, remark.day)))
    said = "：".join(filter(None, (remark.verdict or "意见", remark.note)))
    return f"{said}（{who}）" if who else said


def standing_of(found: Finding) -> Standing:
    """Where a finding stands."""
    if found.disputed:
        return Standing.DIFFERING
    if found.verdict == Verdict.ACCEPTED:
        return Standing.ACCEPTED if found.settled else Standing.NOT_EFFECTIVE
    if found.verdict in (Verdict.MORE, Verdict.REJECTED):
        return Standing(found.verdict)
    if found.explanation:
        return Standing.EXPLAINED
    return Standing.NOTHING_TO_DO if found.severity is Severity.INFO else Standing.OPEN
