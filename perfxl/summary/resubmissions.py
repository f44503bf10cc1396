"""Which file of each project counts, and what becomes of the others?

A project handed in again counts once. Pure, and independent of the order of the files.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from perfxl.dialogue.identity import identified_across
from perfxl.model import Finding, Key, Status
from perfxl.results.filed import ResultHead, StoredResult
from perfxl.results.moments import moment
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.schemes.spec import Scheme
from perfxl.summary.documents import document_differences
from perfxl.summary.identity import Listed, by_project
from perfxl.summary.versions import chosen_of, conflicts, date_of, dates_to_come, newer_ones, why_not
from perfxl.system.names import file_name
from perfxl.typed.likeness import Likeness, differ_by_number, same_office
from perfxl.typed.wording import name_key, without_code

EARLIEST_YEAR = 1900
LAST_DAY = datetime.max.replace(tzinfo=UTC)


class Disposition(StrEnum):
    """What became of a file that came in."""

    USED = "used"
    SUPERSEDED = "superseded"
    IDENTICAL = "identical"
    REFUSED = "refused"
    SKIPPED = "skipped"


DISPOSITION_WORDS = {
    Disposition.USED: "采用",
    Disposition.SUPERSEDED: "被替代",
    Disposition.IDENTICAL: "重复",
    Disposition.REFUSED: "拒收",
    Disposition.SKIPPED: "略过",
}


@dataclass(frozen=True)
class Received:
    """One file that came in and what became of it.

    Attributes:
        head: what is known of it at a glance, the added findings included.
        filed: where the details lie.
        disposition: what became of it.
        reason: why; a Chinese sentence, empty for a file that is used.
        added: findings across files. They have no cell, so they stand before the file's own.
    """

    head: ResultHead
    filed: StoredResult
    disposition: str
    reason: str = ""
    added: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, read anew each time."""
        return (*self.added, *self.filed.kept.findings)

    def adding(self, findings: Sequence[Finding]) -> "Received":
        """The same file with further findings across files, which stand first."""
        further = identified_across(findings, self.head.part, self.added)
        return replace(self, head=self.head.with_added(further), added=(*further, *self.added))

    def without(self, codes: Collection[str]) -> "Received":
        """The same file without the findings across files that were switched off."""
        kept = tuple(found for found in self.added if found.code not in codes)
        found = self.filed.head.with_added(kept).found
        return replace(self, head=replace(self.head, found=found), added=kept)

    @property
    def is_used(self) -> bool:
        return self.disposition == Disposition.USED


def received(filed: StoredResult, disposition: str, reason: str = "", added: Sequence[Finding] = ()) -> Received:
    """A file with what became of it."""
    own = identified_across(added, filed.head.part)
    return Received(filed.head.with_added(own), filed, disposition, reason, own)


def settle(
    results: Sequence[StoredResult],
    schemes: Sequence[Scheme] = (),
    listed: Listed | None = None,
    now: datetime = LAST_DAY,
) -> list[Received]:
    """What becomes of each file, in the order of the paths; the findings XF01, XF02, XF06 to XF12 and XF14 are added.

    Files that could not be read are refused; of files with the same content one is kept; of the submissions of one project
    one is used, see `versions.PRECEDENCE`.

    Args:
        results: one for each submission.
        schemes: those among the submissions that perfxl does not ship.
        listed: what the roster says each submission is, by its key.
        now: dates after it are still to come and do not count.
    """
    known = {scheme.id: scheme for scheme in schemes}
    ordered = sorted(results, key=_order)
    settled = [
        received(one, Disposition.SKIPPED if one.head.is_blank_template else Disposition.REFUSED, one.head.refusal)
        for one in ordered
        if one.head.status is Status.REJECTED
    ]
    originals: list[StoredResult] = []
    for twins in _twins([one for one in ordered if one.head.status is not Status.REJECTED], now):
        originals.append(twins[0])
        settled += [_identical(twin, twins[0]) for twin in twins[1:]]
    grouped = by_project(originals, schemes, listed)
    for submissions in grouped.groups:
        settled += _choose(submissions, grouped.said, known, now)
    hints = _hints([one.head for one in settled if one.is_used])
    settled = [one.adding(hints[one.head.key]) if one.head.key in hints and one.is_used else one for one in settled]
    return sorted(settled, key=lambda one: _order(one.filed))


def _order(one: StoredResult) -> tuple[str, tuple[str, ...], str]:
    return (*one.head.key, one.head.sha256)


def _twins(results: Sequence[StoredResult], now: datetime) -> Iterator[list[StoredResult]]:
    """Submissions of the same content together: the one of the last mail first, else the one with the shortest name."""

    def order(one: StoredResult) -> tuple[float, int, str]:
        by_mail = date_of(one.head, now).timestamp() if one.head.mail.received else 0.0
        return -by_mail, len(file_name(one.head.file)), one.head.file

    groups: dict[tuple[str, tuple[str, ...]], list[StoredResult]] = defaultdict(list)
    for one in results:
        groups[one.head.sha256 or f"unknown {one.head.file}", one.head.sheets].append(one)
    for twins in groups.values():
        yield sorted(twins, key=order)


def _identical(twin: StoredResult, original: StoredResult) -> Received:
    reason = f"与“{original.head.file}”内容完全相同，只计一次"
    problem = Problem(NOWHERE, reason, found=twin.head.file, expected=original.head.file)
    return received(twin, Disposition.IDENTICAL, reason, [finding("XF02", problem)])


def _choose(
    submissions: Sequence[StoredResult],
    said: Mapping[Key, Sequence[Finding]],
    known: Mapping[str, Scheme],
    now: datetime,
) -> list[Received]:
    """One submission of a project is used, the others are listed with the reason."""
    heads = [one.head for one in submissions]
    chosen = chosen_of(heads, known, now)
    settled = []
    for one in submissions:
        head = one.head
        added = [*dates_to_come(head, now), *conflicts(head, heads), *said.get(head.key, ())]
        if head is chosen:
            added += [*newer_ones(chosen, heads, known, now), *document_differences(one, submissions, known, now)]
            settled.append(received(one, Disposition.USED, added=added))
            continue
        reason = why_not(head, chosen, known, now)
        problem = Problem(NOWHERE, reason, found=head.file, expected=chosen.file)
        settled.append(received(one, Disposition.SUPERSEDED, reason, [finding("XF01", problem), *added]))
    return settled


# -- what may be one project or one department, and is not joined -------------------------------------------------------


def _hints(used: Sequence[ResultHead]) -> Mapping[Key, list[Finding]]:
    """XF09 for similar names of one unit, XF12 for spellings of one department, by submission."""
    hints: dict[Key, list[Finding]] = defaultdict(list)
    of_unit: dict[tuple[str, str], list[ResultHead]] = defaultdict(list)
    for head in used:
        if name_key(head.project) and name_key(head.unit):
            of_unit[name_key(head.unit), head.year].append(head)
    for heads in of_unit.values():
        for head, others in _alike(heads):
            named = "、".join(f"“{without_code(other.project)}”（{other.file}）" for other in others)
            message = f"同一单位还有名称相近的项目{named}，都计入了汇总；是同一项目的，请移出一份"
            hints[head.key].append(
                finding("XF09", Problem(NOWHERE, message, found=head.project, expected=others[0].project))
            )
    for head, spellings in _spelled_otherwise(used):
        named = "、".join(f"“{name}”" for name in spellings)
        message = f"主管部门写作“{head.department}”，另有文件写作{named}，部门汇总列为几行"
        hints[head.key].append(finding("XF12", Problem(NOWHERE, message, found=head.department, expected=spellings[0])))
    return hints


def _alike(heads: Sequence[ResultHead]) -> Iterator[tuple[ResultHead, list[ResultHead]]]:
    """Submissions of one unit with those whose names are like theirs and are not told apart by a number."""
    if len(heads) == 1:
        return
    places = {str(place): head for place, head in enumerate(heads)}
    likeness = Likeness({label: head.project for label, head in places.items()})
    for head in heads:
        near = (places[label] for label in likeness.near(head.project))
        others = [
            other
            for other in near
            if name_key(other.project) != name_key(head.project)
            and other.scheme == head.scheme
            and not differ_by_number(head.project, other.project)
        ]
        if others:
            yield head, others


def _spelled_otherwise(used: Sequence[ResultHead]) -> Iterator[tuple[ResultHead, list[str]]]:
    """Submissions whose department others spell longer or shorter."""
    names = {name_key(head.department): without_code(head.department) for head in used if head.department}
    others = {key: [name for other, name in names.items() if other != key and same_office(key, other)] for key in names}
    for head in used:
        found = others.get(name_key(head.department))
        if found:
            yield head, found


def local_time(stated: str) -> str:
    """A date of last change on this machine's clock, with its zone: 2021-05-20 16:00（UTC+08:00）; "" where there is none."""
    when = moment(stated)
    if when.year < EARLIEST_YEAR:
        return ""
    local = when.astimezone()
    zone = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M}（UTC{zone[:3]}:{zone[3:5]}）"
