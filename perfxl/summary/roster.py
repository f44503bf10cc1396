"""How does every project of the roster stand, and who should have submitted and has not?"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from perfxl.model import Finding, Key, Severity, Status
from perfxl.office.approved import LONG_CODE, ApprovedProject
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.results.filed import ResultHead
from perfxl.results.moments import NEVER
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.summary.resubmissions import Disposition, Received
from perfxl.summary.versions import date_of
from perfxl.system.names import file_name
from perfxl.typed.likeness import PROPOSED, Likeness, same_office
from perfxl.typed.wording import label_key, name_key, without_code


@dataclass(frozen=True, slots=True)
class Missing:
    """A project of the roster for which no file is used, the finding XF05 that says so, and files that may be meant."""

    entry: ApprovedProject
    finding: Finding
    near: tuple[str, ...] = ()


Matches = Mapping[Key, tuple[ApprovedProject, ...]]
"""The entry of the roster that a submission stands for; none for one that is not on it."""


def match_roster(heads: Iterable[ResultHead], known: OfficeKnowledge) -> Matches:
    """Which of the roster's projects each readable submission is, as it was found out when the form was read."""
    readable = (head for head in heads if head.status is not Status.REJECTED)
    return {head.key: (entry,) if (entry := known.about(head.claim).entry) else () for head in readable}


def hold_against_roster(
    received: Sequence[Received], roster: Sequence[ApprovedProject], matches: Matches
) -> tuple[list[Received], list[Missing]]:
    """The files with XF12 added to those that are used, and the projects of the roster without a file.

    Departments of files that are used are spelled as the roster spells them. XF03 and XF04 were found when they were read.
    """
    used = {one.head.key: matches.get(one.head.key, ()) for one in received if one.is_used}
    handed_in = {entry for entries in used.values() for entry in entries}
    departments = sorted({entry.department for entry in roster if entry.department})
    checked = [_with_department(one, used[one.head.key], departments) if one.is_used else one for one in received]
    return checked, _missing([entry for entry in roster if entry not in handed_in], checked, used)


def _with_department(one: Received, entries: Sequence[ApprovedProject], departments: Sequence[str]) -> Received:
    """A file with its department as the roster spells it: its entry's, or the only one that the spelling may mean."""
    own = without_code(one.head.department)
    alike = [name for name in departments if same_office(name, own)]
    named = [entry.department for entry in entries if entry.department in alike]
    chosen = named[0] if named else alike[0] if len(alike) == 1 else own
    if not own or chosen == own:
        return one
    renamed = replace(one, head=replace(one.head, department=chosen))
    if name_key(chosen) == name_key(own):
        return renamed
    message = f"主管部门写作“{own}”，按应报名单写作“{chosen}”汇总"
    rest = tuple(found for found in one.added if found.code != "XF12")
    plain_one = replace(renamed, head=renamed.head.without(frozenset({"XF12"})), added=rest)
    return plain_one.adding([finding("XF12", Problem(NOWHERE, message, found=own, expected=chosen))])


def _missing(entries: Sequence[ApprovedProject], checked: Sequence[Received], matches: Matches) -> list[Missing]:
    """XF05 for each entry without a file, with unmatched files of like names and refused files named after it."""
    unlisted: dict[str, list[str]] = defaultdict(list)
    for one in checked:
        if matches.get(one.head.key) == ():
            unlisted[one.head.project].append(one.head.file)
    names = Likeness({name: name for name in unlisted})
    refused = [one.head.file for one in checked if one.disposition == Disposition.REFUSED]
    gaps = []
    for entry in entries:
        key = name_key(entry.name)
        unread = [file for file in refused if key and key in name_key(file_name(file))]
        near = [*(file for name in names.near(entry.name) for file in unlisted[name]), *unread][:PROPOSED]
        named = "、".join(f"“{file}”" for file in near)
        said = f"“{entry.name or entry.code}”在应报名单中，没有收到可用的文件" + (f"；可能是 {named}" if near else "")
        gaps.append(Missing(entry, finding("XF05", Problem(NOWHERE, said, expected=entry.name)), tuple(near)))
    return gaps


# -- every project of the roster --------------------------------------------------------------------------------------

HANDED_IN, PENDING, RETURNED, UNREADABLE, NOT_SUBMITTED = STANDINGS = ("已报", "待核", "退回", "拒收", "未报")
"""How a project of the roster stands: accepted, accepted with warnings, to be corrected, not readable, nothing came."""


class Due(NamedTuple):
    """Which day it is, and the last day for projects of which the list says none; None where there is none."""

    today: date
    last: date | None = None


NOTHING_DUE = Due(date.min)


@dataclass(frozen=True, slots=True)
class RosterStanding:
    """How a project of the roster stands.

    Attributes:
        entry: the project.
        kind: one of `STANDINGS`.
        used: the submission that counts, None where there is none.
        received: when that came in (ISO 8601), else empty.
        last: the day until which it was due; None where nobody said one.
        late: by how many days it came, or has not come, too late; None where it is in time or nobody knows.
        hint: what the office should know or do; empty where nothing.
    """

    entry: ApprovedProject
    kind: str
    used: Key | None = None
    received: str = ""
    last: date | None = None
    late: int | None = None
    hint: str = ""

    def waiting(self, today: date) -> str:
        """Until when it was due, and by how many days it is late or how many are left; nothing of one that came in time."""
        if self.last is None or (self.used is not None and self.late is None):
            return ""
        if self.used is not None:
            return f"应于 {self.last} 前报送，逾期 {self.late} 天"
        days = f"已逾期 {self.late} 天" if self.late is not None else f"还有 {(self.last - today).days} 天"
        return f"应于 {self.last} 前报送，{days}"


def standings(
    roster: Sequence[ApprovedProject],
    checked: Sequence[Received],
    matches: Matches,
    missing: Sequence[Missing],
    now: datetime,
    due: Due = NOTHING_DUE,
) -> list[RosterStanding]:
    """How every project of the roster stands, in its order; one that stands there twice, or came in late, is said to."""
    used = {entry: one for one in checked if one.is_used for entry in matches.get(one.head.key, ())}
    gaps = {gap.entry: gap for gap in missing}
    refused = {one.head.file for one in checked if one.disposition == Disposition.REFUSED}
    found = []
    for entry, again in zip(roster, _repeated(roster), strict=True):
        one = used.get(entry)
        gap = gaps.get(entry)
        standing = _handed_in(entry, one.head, one, now) if one else _not_handed_in(entry, gap, refused)
        standing = _due(standing, entry.deadline, due)
        found.append(
            replace(standing, hint="；".join(filter(None, (again, standing.waiting(due.today), standing.hint))))
        )
    return found


def _handed_in(entry: ApprovedProject, head: ResultHead, one: Received, now: datetime) -> RosterStanding:
    doubtful = head.count(Severity.WARNING) > 0
    kind = RETURNED if head.status is Status.RETURNED else PENDING if doubtful else HANDED_IN
    said = [found.message for found in one.added if found.code in ("XF04", "XF08", "XF11")]
    date = date_of(head, now)
    return RosterStanding(entry, kind, head.key, "" if date == NEVER else date.date().isoformat(), hint="；".join(said))


def _not_handed_in(entry: ApprovedProject, gap: Missing | None, refused: Collection[str]) -> RosterStanding:
    near = gap.near if gap else ()
    kind = UNREADABLE if any(file in refused for file in near) else NOT_SUBMITTED
    hint = f"可能是 {'、'.join(f'“{file}”' for file in near)}" if near else gap.finding.fix if gap else ""
    return RosterStanding(entry, kind, hint=hint)


def _due(standing: RosterStanding, stated: str, due: Due) -> RosterStanding:
    """A standing with the day until which it was due, and by how many days it is late."""
    last = date.fromisoformat(stated) if stated else due.last
    if last is None or (standing.used is not None and not standing.received):
        return replace(standing, last=last)
    days = ((date.fromisoformat(standing.received) if standing.used else due.today) - last).days
    return replace(standing, last=last, late=days if days > 0 else None)


def _repeated(roster: Sequence[ApprovedProject]) -> Iterator[str]:
    """What is to be said of each entry that stands on the roster more than once: by its long code, or name and unit."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, entry in enumerate(roster, 1):
        for key in _keys_of(entry):
            places[key].append(number)
    for number, entry in enumerate(roster, 1):
        others = sorted({other for key in _keys_of(entry) for other in places[key]} - {number})
        yield f"名单中重复：与第 {'、'.join(map(str, others))} 个项目相同" if others else ""


def _keys_of(entry: ApprovedProject) -> list[tuple[str, ...]]:
    code, name = label_key(entry.code), name_key(entry.name)
    return [
        *([("code", code)] if len(code) >= LONG_CODE else []),
        *([("name", name, name_key(entry.unit))] if name else []),
    ]
