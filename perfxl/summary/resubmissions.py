"""Which file of each project counts, and what becomes of the others?

A project handed in again counts once: the latest good file is used. Pure, and independent of the order of the files.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePosixPath

from perfxl.model import Dossier, FileResult, Finding, Severity, Status
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.wording import code_of, label_key, name_key, squeeze

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


@dataclass(frozen=True)
class Received:
    """One file that came in, what became of it, and why (a Chinese sentence, empty for a file that is used)."""

    result: FileResult
    disposition: str
    reason: str = ""

    @property
    def is_used(self) -> bool:
        return self.disposition == Disposition.USED


def settle(results: Sequence[FileResult]) -> list[Received]:
    """What becomes of each file, in the order of the paths; the findings XF01, XF02 and XF06 are added.

    Files that could not be read are refused; of files with the same content one is kept; of the files of one project
    the latest without errors is used, the latest with errors only where there is none without.
    """
    ordered = sorted(results, key=lambda result: (result.file, result.sha256))
    readable = [result for result in ordered if _is_readable(result)]
    settled = [Received(r, Disposition.REFUSED, _why_refused(r)) for r in ordered if not _is_readable(r)]
    originals: list[FileResult] = []
    for twins in _twins(readable):
        originals.append(twins[0])
        settled += [_identical(twin, twins[0]) for twin in twins[1:]]
    for submissions in _projects(originals):
        settled += _choose(submissions)
    return sorted(settled, key=lambda received: (received.result.file, received.result.sha256))


def basic(dossier: Dossier | None, key: str) -> str:
    """A text or number of the basic information as text, "" where there is none."""
    part = dossier.get("basic") if dossier else None
    value = part.get(key) if isinstance(part, Mapping) else None
    return "" if value is None else str(value)


def with_findings(result: FileResult, added: Sequence[Finding]) -> FileResult:
    """The result with further findings that have no cell; they stand first, as cells without address do."""
    return replace(result, findings=(*added, *result.findings))


def file_name(path: str) -> str:
    """The last part of a path, whichever slashes it has."""
    return PurePosixPath(path.replace("\\", "/")).name


def _is_readable(result: FileResult) -> bool:
    return result.status is not Status.REJECTED and result.dossier is not None and result.assessment is not None


def _why_refused(result: FileResult) -> str:
    """The first error says why a file could not be read."""
    errors = [found for found in result.findings if found.severity is Severity.ERROR]
    return f"{errors[0].code} {errors[0].message}" if errors else "文件无法读取"


def _twins(results: Sequence[FileResult]) -> Iterator[list[FileResult]]:
    """Files of the same content together, the one with the shortest name first."""
    groups: dict[str, list[FileResult]] = defaultdict(list)
    for result in results:
        groups[result.sha256 or f"unknown {result.file}"].append(result)
    for twins in groups.values():
        yield sorted(twins, key=lambda twin: (len(file_name(twin.file)), twin.file))


def _identical(twin: FileResult, original: FileResult) -> Received:
    reason = f"与“{original.file}”内容完全相同，只计一次"
    problem = Problem(NOWHERE, reason, found=twin.file, expected=original.file)
    return Received(with_findings(twin, [finding("XF02", problem)]), Disposition.IDENTICAL, reason)


# -- which files are of one project -----------------------------------------------------------------------------------


def _projects(results: Sequence[FileResult]) -> list[list[FileResult]]:
    """Files of one project together.

    The same project: same name and unit (codes, blanks, width and brackets aside), unless years or codes differ; or the
    same long code, however the project is called. A form without a project name stands alone.
    """
    named: dict[tuple[str, str], list[FileResult]] = defaultdict(list)
    alone: list[list[FileResult]] = []
    for result in results:
        name = name_key(basic(result.dossier, "project_name"))
        if name:
            named[name, name_key(basic(result.dossier, "unit"))].append(result)
        else:
            alone.append([result])
    groups = [part for same in named.values() for years in _split(same, _year) for part in _split(years, _code)]
    return alone + _joined_by_code(groups)


def _split(members: list[FileResult], key: Callable[[FileResult], str]) -> list[list[FileResult]]:
    """One group where at most one value is stated; otherwise one for each value, blank being a value of its own."""
    parts: dict[str, list[FileResult]] = defaultdict(list)
    for member in members:
        parts[key(member)].append(member)
    return [members] if len(parts.keys() - {""}) <= 1 else list(parts.values())


def _joined_by_code(groups: Sequence[list[FileResult]]) -> list[list[FileResult]]:
    """Groups of the same year and long code as one, whatever the names."""
    joined: dict[tuple[str, ...], list[FileResult]] = defaultdict(list)
    for number, group in enumerate(groups):
        code = max(_code(member) for member in group)
        year = max(_year(member) for member in group)
        joined[(code, year) if len(code) >= LONG_CODE else ("", str(number))].extend(group)
    return list(joined.values())


def _year(result: FileResult) -> str:
    return basic(result.dossier, "year")


def _code(result: FileResult) -> str:
    return label_key(code_of(basic(result.dossier, "project_name")))


# -- which of them counts ---------------------------------------------------------------------------------------------


def _choose(submissions: Sequence[FileResult]) -> list[Received]:
    """The latest good file of a project is used, the others are listed with the reason."""
    good = [result for result in submissions if result.status is Status.ACCEPTED]
    chosen = max(good or submissions, key=recency)
    settled = []
    for result in submissions:
        added = _conflicts(result, submissions)
        if result is chosen:
            settled.append(Received(with_findings(result, added), Disposition.USED))
            continue
        reason = _why_superseded(result, chosen)
        problem = Problem(NOWHERE, reason, found=result.file, expected=chosen.file)
        settled.append(
            Received(with_findings(result, [finding("XF01", problem), *added]), Disposition.SUPERSEDED, reason)
        )
    return settled


def _why_superseded(result: FileResult, chosen: FileResult) -> str:
    if recency(result) > recency(chosen):
        errors = result.count(Severity.ERROR)
        return f"报送较晚，但有 {errors} 处错误，仍采用同一项目先前合格的“{chosen.file}”"
    return f"同一项目采用了“{chosen.file}”，本件不计入汇总"


def _conflicts(result: FileResult, submissions: Sequence[FileResult]) -> list[Finding]:
    """XF06 where other files of the project are on another form."""
    others = [other for other in submissions if other.scheme != result.scheme]
    if not others:
        return []
    named = "、".join(f"“{other.file}”（{other.scheme}）" for other in others)
    message = f"同一项目用了两种表：本件为 {result.scheme}，另有{named}，汇总只计一件"
    return [finding("XF06", Problem(NOWHERE, message, found=str(result.scheme), expected=str(others[0].scheme)))]


def recency(result: FileResult) -> tuple[datetime, int, int, str, str]:
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
