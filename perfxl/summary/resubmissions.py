"""Which file of each project counts, and what becomes of the others?

A project handed in again counts once: the latest good file is used. Pure, and independent of the order of the files.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from perfxl.model import Finding, Severity, Status
from perfxl.results.filed import ResultHead, StoredResult
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.typed.wording import code_of, label_key, name_key, squeeze

EARLIEST_YEAR = 1900
LONG_CODE = 10
"""Letters from which on a code alone names a project; shorter ones may be years or codes of a unit."""

_FINAL = re.compile(r"最终|终稿|定稿|最后")
_CHANGED = re.compile(r"修改|修订|更正|更新|补充|重报|改")
_NUMBERED = re.compile(r"(?:v|第|修改|修订|\()(\d{1,3})(?!\d)")


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
        return replace(self, head=self.head.with_added(findings), added=(*findings, *self.added))

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
    return Received(filed.head.with_added(added), filed, disposition, reason, tuple(added))


def settle(results: Sequence[StoredResult]) -> list[Received]:
    """What becomes of each file, in the order of the paths; the findings XF01, XF02 and XF06 are added.

    Files that could not be read are refused; of files with the same content one is kept; of the files of one project
    the latest without errors is used, the latest with errors only where there is none without.
    """
    ordered = sorted(results, key=lambda one: (*one.head.key, one.head.sha256))
    readable = [one for one in ordered if one.head.status is not Status.REJECTED]
    settled = [
        received(one, Disposition.SKIPPED if one.head.is_blank_template else Disposition.REFUSED, one.head.refusal)
        for one in ordered
        if one.head.status is Status.REJECTED
    ]
    originals: list[StoredResult] = []
    for twins in _twins(readable):
        originals.append(twins[0])
        settled += [_identical(twin, twins[0]) for twin in twins[1:]]
    for submissions in _projects(originals):
        settled += _choose(submissions)
    return sorted(settled, key=lambda one: (*one.head.key, one.head.sha256))


def file_name(path: str) -> str:
    """The last part of a path, whichever slashes it has."""
    return path.replace("\\", "/").rpartition("/")[2]


def _twins(results: Sequence[StoredResult]) -> Iterator[list[StoredResult]]:
    """Files of the same content together, the one with the shortest name first."""
    groups: dict[str, list[StoredResult]] = defaultdict(list)
    for one in results:
        groups[f"{one.head.sha256 or one.head.file} {one.head.sheets}"].append(one)
    for twins in groups.values():
        yield sorted(twins, key=lambda twin: (len(file_name(twin.head.file)), twin.head.file))


def _identical(twin: StoredResult, original: StoredResult) -> Received:
    reason = f"与“{original.head.file}”内容完全相同，只计一次"
    problem = Problem(NOWHERE, reason, found=twin.head.file, expected=original.head.file)
    return received(twin, Disposition.IDENTICAL, reason, [finding("XF02", problem)])


# -- which files are of one project -----------------------------------------------------------------------------------


def _projects(results: Sequence[StoredResult]) -> list[list[StoredResult]]:
    """Files of one project together.

    The same project: same name and unit (codes, blanks, width and brackets aside), unless years or codes differ; or the
    same long code, however the project is called. A form without a project name stands alone.
    """
    named: dict[tuple[str, str], list[StoredResult]] = defaultdict(list)
    alone: list[list[StoredResult]] = []
    for one in results:
        name = name_key(one.head.project)
        if name:
            named[name, name_key(one.head.unit)].append(one)
        else:
            alone.append([one])
    groups = [part for same in named.values() for years in _split(same, _year) for part in _split(years, _code)]
    return alone + _joined_by_code(groups)


def _split(members: list[StoredResult], key: Callable[[StoredResult], str]) -> list[list[StoredResult]]:
    """One group where at most one value is stated; otherwise one for each value, blank being a value of its own."""
    parts: dict[str, list[StoredResult]] = defaultdict(list)
    for member in members:
        parts[key(member)].append(member)
    return [members] if len(parts.keys() - {""}) <= 1 else list(parts.values())


def _joined_by_code(groups: Sequence[list[StoredResult]]) -> list[list[StoredResult]]:
    """Groups of the same year and long code as one, whatever the names."""
    joined: dict[tuple[str, ...], list[StoredResult]] = defaultdict(list)
    for number, group in enumerate(groups):
        code = max(_code(member) for member in group)
        year = max(_year(member) for member in group)
        joined[(code, year) if len(code) >= LONG_CODE else ("", str(number))].extend(group)
    return list(joined.values())


def _year(one: StoredResult) -> str:
    return one.head.year


def _code(one: StoredResult) -> str:
    return label_key(code_of(one.head.project))


# -- which of them counts ---------------------------------------------------------------------------------------------


def _choose(submissions: Sequence[StoredResult]) -> list[Received]:
    """The latest good file of a project is used, the others are listed with the reason."""
    good = [one for one in submissions if one.head.status is Status.ACCEPTED]
    chosen = max(good or submissions, key=lambda one: recency(one.head))
    heads = [one.head for one in submissions]
    settled = []
    for one in submissions:
        added = _conflicts(one.head, heads)
        if one is chosen:
            settled.append(received(one, Disposition.USED, added=added))
            continue
        reason = _why_superseded(one.head, chosen.head)
        problem = Problem(NOWHERE, reason, found=one.head.file, expected=chosen.head.file)
        settled.append(received(one, Disposition.SUPERSEDED, reason, [finding("XF01", problem), *added]))
    return settled


def _why_superseded(result: ResultHead, chosen: ResultHead) -> str:
    if recency(result) > recency(chosen):
        errors = result.count(Severity.ERROR)
        return f"报送较晚，但有 {errors} 处错误，仍采用同一项目先前合格的“{chosen.file}”"
    return f"同一项目采用了“{chosen.file}”，本件不计入汇总"


def _conflicts(result: ResultHead, submissions: Sequence[ResultHead]) -> list[Finding]:
    """XF06 where other files of the project are on another form."""
    others = [other for other in submissions if other.scheme != result.scheme]
    if not others:
        return []
    named = "、".join(f"“{other.file}”（{other.scheme}）" for other in others)
    message = f"同一项目用了两种表：本件为 {result.scheme}，另有{named}，汇总只计一件"
    return [finding("XF06", Problem(NOWHERE, message, found=str(result.scheme), expected=str(others[0].scheme)))]


def recency(result: ResultHead) -> tuple[datetime, int, int, str, str]:
    """What the later of two submissions has more of: date, then 修改 or 最终 in the name, then its number, then name."""
    name = squeeze(file_name(result.file)).casefold()
    rank = 2 if _FINAL.search(name) else 1 if _CHANGED.search(name) else 0
    number = max((int(digits) for digits in _NUMBERED.findall(name)), default=0)
    return _moment(result.modified), rank, number, result.file, result.sha256


def _moment(stated: str) -> datetime:
    """The date of last change; without time zone it counts as UTC, unreadable as the earliest of all."""
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def local_time(stated: str) -> str:
    """A date of last change on this machine's clock, with its zone: 2021-05-20 16:00（UTC+08:00）; "" where there is none."""
    moment = _moment(stated)
    if moment.year < EARLIEST_YEAR:
        return ""
    local = moment.astimezone()
    zone = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M}（UTC{zone[:3]}:{zone[3:5]}）"
