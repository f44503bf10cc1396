"""Whose word counts, and which findings does it settle? The agency explains, the office decides.

A verdict never makes a figure final: what the file is, how it was read and what keeps a figure open cannot be settled, but
for an amount that is doubtful only by its unit, which then counts as typed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from perfxl.dialogue.identity import BETWEEN_ROWS, PROJECT_LETTERS, cell_less_id, finding_part, overall_id
from perfxl.dialogue.remarks import Remark, SheetRow, Verdict, in_words
from perfxl.model import Explanation, Finding, Severity

UNSETTLED_FAMILIES = ("FL", "ST")
_DOUBTFUL = frozenset({"FD05", "XF04"})
"""Codes of amounts that are doubtful by their unit."""
OPENED = "读不出、看不准的内容不能用“认可”代替，须由单位更正"
NEEDS_REASON = "认可错误须写明复核人和复核说明"
FROM_OPINION, FROM_NOTE = "原填在复核意见栏", "原填在复核说明栏"

Decision = tuple[str, str, str]


@dataclass(frozen=True)
class Said:
    """All that was said before a run, by the id of the finding.

    Attributes:
        office: verdicts of the office's own copies; several where they differ, the newest copy's first.
        agency: explanations that stand in them.
        seen: every remark of the office that stands in any of them, also those that no longer count.
    """

    office: Mapping[str, tuple[Remark, ...]] = field(default_factory=dict)
    agency: Mapping[str, Remark] = field(default_factory=dict)
    seen: Mapping[str, tuple[Remark, ...]] = field(default_factory=dict)

    def about(self, *parts: str) -> "Said":
        """What was said of a project, known by the first part of its ids; under further names too where it had any."""
        keys = [key for part in dict.fromkeys(parts) for key in self._keys.get(part, ())]
        return Said(
            {key: self.office[key] for key in keys if key in self.office},
            {key: self.agency[key] for key in keys if key in self.agency},
            {key: self.seen[key] for key in keys if key in self.seen},
        )

    @cached_property
    def _keys(self) -> Mapping[str, list[str]]:
        """The ids of each project."""
        keys: dict[str, list[str]] = {}
        for key in dict.fromkeys((*self.office, *self.agency, *self.seen)):
            keys.setdefault(key[:PROJECT_LETTERS], []).append(key)
        return keys


def gathered(newest: Iterable[Remark], kept: Iterable[Remark], others: Iterable[Remark]) -> Said:
    """What stands in the office's own copies.

    Args:
        newest: of the copies in the folder of the annotated copies.
        kept: of copies that were kept there when newer ones took their places: they count where the newer do not
            have the finding as it was then.
        others: of other folders and tables: where they differ, all stand.
    """
    office: dict[str, tuple[Remark, ...]] = {}
    agency: dict[str, Remark] = {}
    seen: dict[str, tuple[Remark, ...]] = {}
    newest_rows: set[tuple[str, str]] = set()
    for source, remarks in enumerate((newest, kept, others)):
        for one in remarks:
            if source == 0:
                newest_rows.add((one.id, one.state))
            if one.explanation:
                agency.setdefault(one.id, one)
            if not one.is_decided:
                continue
            seen[one.id] = (*seen.get(one.id, ()), one)
            is_beaten = source == 1 and (one.id, one.state) in newest_rows
            known = office.get(one.id, ())
            if not is_beaten and not any(_same(one, other) for other in known):
                office[one.id] = (*known, one)
    return Said(office, agency, seen)


def _same(one: Remark, other: Remark) -> bool:
    return (one.decision, one.state) == (other.decision, other.state)


# -- what the agency sent ---------------------------------------------------------------------------------------------


def explained(rows: Iterable[SheetRow], said: Said) -> list[Remark]:
    """What an agency says on the review sheet that it sent back; only explanations count.

    Words that stand in a column of the office, and are not the office's, are kept as explanations with where they stood.
    """
    found = []
    for row in rows:
        own = _office_decisions(said, row.remark.id)
        opinion = "" if any(row.opinion in decision for decision in own) else row.opinion
        note = row.remark.note if is_forged(row, said) else ""
        words = (row.remark.explanation, _marked(opinion, FROM_OPINION), _marked(note, FROM_NOTE))
        if text := "；".join(filter(None, words)):
            found.append(replace(row.remark, explanation=text, verdict="", note="", reviewer="", day=""))
    return found


def told_beforehand(
    findings: Iterable[Finding], explanations: Sequence[Explanation], paths: Mapping[tuple[str, str], str]
) -> list[Remark]:
    """What an agency explains beside the self-check of its form, at the findings that it is about.

    Args:
        findings: with their ids.
        explanations: by code, and by datum where they are about one alone.
        paths: of the datum in each cell, by sheet and address.
    """
    return [
        Remark(found.id, found.state, one.text)
        for found in findings
        for one in explanations
        if one.code == found.code and one.path in ("", paths.get((found.sheet, found.cell)))
    ]


def _marked(text: str, where: str) -> str:
    return f"{text}（{where}）" if text and where not in text else text


def is_forged(row: SheetRow, said: Said) -> bool:
    """Whether the office's columns of a sheet that came in hold what no copy of the office holds."""
    if not row.remark.is_decided:
        return False
    verdict, note, reviewer = row.remark.decision
    return not any(
        (verdict, note) == (known[0], known[1]) and reviewer in ("", known[2])
        for known in _office_decisions(said, row.remark.id)
    )


def _office_decisions(said: Said, id_: str) -> list[Decision]:
    return [one.decision for one in said.seen.get(id_, ())]


# -- what follows from it ---------------------------------------------------------------------------------------------


def answered(
    findings: Sequence[Finding], said: Said, sent: Sequence[Remark], opening: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """The findings with what was said of them.

    Args:
        findings: with their ids.
        said: by the office, and by agencies in its copies.
        sent: what the agency says in the workbook that came in.
        opening: the codes that keep figures open.
    """
    own = {one.id: one for one in sent}
    # the agency may have corrected the very name by which the project is known: its sheet is about this form all the same
    anew = {finding_part(one.id): one for one in sent if BETWEEN_ROWS in one.id}
    return tuple(
        _answered(one, said, own.get(one.id) or anew.get(finding_part(one.id)), own, opening) for one in findings
    )


def _answered(
    found: Finding, said: Said, sent: Remark | None, own: Mapping[str, Remark], opening: frozenset[str]
) -> Finding:
    further = "" if found.cell else cell_less_id(found.id, found.code, found.state)
    office = said.office.get(found.id) or said.office.get(further, ())
    known = said.agency.get(found.id) or said.agency.get(further)
    explanation, before = _explanation(found, sent or own.get(further), known)
    current = [one for one in office if one.state == found.state]
    earlier = [in_words(one) for one in (*current[1:], *(one for one in office if one.state != found.state))]
    found = replace(found, explanation=explanation, earlier="；".join([*earlier, *before]))
    if not current:
        return found
    first = current[0]
    found = replace(
        found,
        verdict=first.verdict,
        note=first.note,
        reviewer=first.reviewer,
        day=first.day,
        disputed=len({one.verdict for one in current}) > 1,
    )
    return replace(found, settled=found.verdict == Verdict.ACCEPTED and not why_open(found, opening))


def _explanation(found: Finding, sent: Remark | None, known: Remark | None) -> tuple[str, list[str]]:
    """The explanation of a finding as it is now, and one that was given when it was otherwise.

    Words that the agency sends are about what it sends, unless they are those that stood there already.
    """
    latest = sent or known
    if latest is None:
        return "", []
    is_new = sent is not None and (known is None or sent.explanation != known.explanation)
    if is_new or latest.state == found.state:
        return latest.explanation, []
    return "", [f"上次说明：{latest.explanation}"]


def why_open(found: Finding, opening: frozenset[str] = frozenset()) -> str:
    """Why an accepted finding still counts; "" where nothing stands against it."""
    if found.disputed:
        return "两处复核结论不同，请改为一致"
    if found.code[:2] in UNSETTLED_FAMILIES or ((found.opens or found.code in opening) and found.code not in _DOUBTFUL):
        return OPENED
    if found.severity is Severity.ERROR and not (found.reviewer and found.note):
        return NEEDS_REASON
    return ""


def overall(said: Said, part: str) -> Remark:
    """The overall conclusion on a project; the newest copy's."""
    known = said.office.get(overall_id(part), ())
    return known[0] if known else Remark(overall_id(part))
