"""Which submissions are of one project? By code with unit, name with unit and year, and by the copy that was corrected.

Two stages of a project (监控, 自评) are two duties and never one. A code is a claim: it joins only where the roster says whose
it is. Pure, and independent of the order of the files.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from perfxl.errors import SchemeError
from perfxl.model import Finding, Key
from perfxl.office.approved import LONG_CODE
from perfxl.results.filed import ResultHead, StoredResult
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE, WARNING
from perfxl.schemes import load_scheme
from perfxl.schemes.spec import STAGE, Scheme
from perfxl.system.names import file_name
from perfxl.typed.wording import code_of, label_key, name_key, without_code

Listed = Mapping[Key, object]
"""What the roster says a submission is: the same value for submissions of one project; those that it does not know lack."""


@dataclass(frozen=True)
class Grouped:
    """Submissions by project, and what is to be said of single ones."""

    groups: tuple[tuple[StoredResult, ...], ...]
    said: Mapping[Key, tuple[Finding, ...]]


def by_project(
    results: Sequence[StoredResult], schemes: Sequence[Scheme] = (), listed: Listed | None = None
) -> Grouped:
    """The submissions of each project together.

    The same project: same stage, name and unit (blanks, width and invisible letters aside), unless years or codes differ;
    the same entry of the roster; or a copy that came back corrected and its original, where the unit is the same or the
    roster knows the corrected one alone. A form without a project name otherwise stands alone.
    """
    known = {scheme.id: scheme for scheme in schemes}
    listed = listed or {}
    groups = [
        tuple(part)
        for same in _named(results, known)
        for years in _split(same, lambda one: one.head.year)
        for part in _split(years, _code)
    ]
    joined = _Joined(groups)
    by_entry: dict[tuple[str, str, object], StoredResult] = {}
    for one in results:
        entry = listed.get(one.head.key)
        if entry is not None:
            joined.join(one, by_entry.setdefault((stage_of(one.head, known), one.head.year, entry), one))
    said: dict[Key, list[Finding]] = defaultdict(list)
    for one, original in _corrections(results, known):
        _settle_correction(one, original, listed, joined, said)
    settled = joined.groups()
    for head, found in _claims(settled, known):
        said[head.key].append(found)
    return Grouped(settled, {key: tuple(found) for key, found in said.items()})


def _named(results: Sequence[StoredResult], known: Mapping[str, Scheme]) -> list[list[StoredResult]]:
    """Submissions with the same stage, name and unit together."""
    named: dict[tuple[str, ...], list[StoredResult]] = defaultdict(list)
    for number, one in enumerate(results):
        name = name_key(one.head.project)
        own = (name, name_key(one.head.unit)) if name else ("", str(number))
        named[(stage_of(one.head, known), *own)].append(one)
    return list(named.values())


def _split(members: list[StoredResult], key: Callable[[StoredResult], str]) -> list[list[StoredResult]]:
    """One group where at most one value is stated; otherwise one for each value, blank being a value of its own."""
    parts: dict[str, list[StoredResult]] = defaultdict(list)
    for member in members:
        parts[key(member)].append(member)
    return [members] if len(parts.keys() - {""}) <= 1 else list(parts.values())


def _code(one: StoredResult) -> str:
    return label_key(code_of(one.head.project))


def stage_of(head: ResultHead, known: Mapping[str, Scheme]) -> str:
    """The duty that a form serves."""
    scheme = scheme_of(head, known)
    return scheme.stage if scheme else STAGE


def scheme_of(head: ResultHead, known: Mapping[str, Scheme]) -> Scheme | None:
    """The scheme that a form was read by; None where it is neither shipped nor given."""
    return known.get(str(head.scheme)) or _shipped(str(head.scheme))


@lru_cache
def _shipped(name: str) -> Scheme | None:
    try:
        return load_scheme(name)
    except SchemeError:
        return None


def superseded_by(head: ResultHead, other: ResultHead, known: Mapping[str, Scheme]) -> bool:
    """Whether the form of another submission takes the place of this one's."""
    scheme = scheme_of(other, known)
    return scheme is not None and head.scheme in scheme.supersedes


class _Joined:
    """Groups of submissions that grow together."""

    def __init__(self, groups: Iterable[tuple[StoredResult, ...]]) -> None:
        self._members = [list(group) for group in groups]
        self._place = {one.head.key: at for at, group in enumerate(self._members) for one in group}

    def join(self, one: StoredResult, other: StoredResult) -> None:
        """Makes the groups of two submissions one."""
        kept, gone = sorted((self._place[one.head.key], self._place[other.head.key]))
        if kept != gone:
            for member in self._members[gone]:
                self._place[member.head.key] = kept
            self._members[kept] += self._members[gone]
            self._members[gone] = []

    def groups(self) -> tuple[tuple[StoredResult, ...], ...]:
        """The groups, each in the order of the files."""
        return tuple(tuple(sorted(group, key=lambda one: one.head.key)) for group in self._members if group)


# -- corrected copies -------------------------------------------------------------------------------------------------


def _corrections(
    results: Sequence[StoredResult], known: Mapping[str, Scheme]
) -> Iterable[tuple[StoredResult, StoredResult]]:
    """Each copy that came back with the submission that it was made from.

    A copy names its source by digest; one whose marks were lost names it by its file name, which holds where there is one
    of that name alone.
    """
    by_digest = {one.head.sha256: one for one in reversed(results) if one.head.sha256}
    by_name: dict[str, list[StoredResult]] = defaultdict(list)
    for one in results:
        by_name[file_name(one.head.file)].append(one)
    for one in results:
        origin = one.head.origin
        source = by_digest.get(origin.source) if origin.source else None
        namesakes = [other for other in by_name.get(origin.file, ()) if other is not one] if not origin.source else []
        if source is None and len(namesakes) == 1:
            source = namesakes[0]
        if source and source is not one and stage_of(one.head, known) == stage_of(source.head, known):
            yield one, source


def _settle_correction(
    one: StoredResult, original: StoredResult, listed: Listed, joined: _Joined, said: dict[Key, list[Finding]]
) -> None:
    """A corrected copy replaces its original; one of another unit only where the roster knows it and not the original."""
    mine, other = one.head, original.head
    unit, before = name_key(mine.unit), name_key(other.unit)
    vouched = mine.key in listed and other.key not in listed
    changed = [
        f"{what}由“{old or '（空）'}”改为“{new or '（空）'}”"
        for what, old, new in (("名称", other.project, mine.project), ("单位", other.unit, mine.unit))
        if name_key(old) != name_key(new) or code_of(old) != code_of(new)
    ]
    if not (unit == before or not before or vouched):
        message = f"由“{other.file}”的审核副本改成，但{'，'.join(changed)}：是另一个单位，两份都保留"
        problem = Problem(NOWHERE, message, found=mine.unit, expected=other.unit, severity=WARNING)
        said[mine.key].append(finding("XF10", problem))
        message = f"“{mine.file}”由本件的审核副本改成，但写的是另一个单位“{mine.unit}”，两份都保留"
        problem = Problem(NOWHERE, message, found=mine.unit, expected=other.unit, severity=WARNING)
        said[other.key].append(finding("XF10", problem))
        return
    joined.join(one, original)
    if changed:
        message = f"由“{other.file}”的审核副本更正而来（{'，'.join(changed)}），代替原件"
        said[mine.key].append(finding("XF10", Problem(NOWHERE, message, found=mine.file, expected=other.file)))
        message = f"“{mine.file}”由本件的审核副本更正而来（{'，'.join(changed)}），代替本件"
        said[other.key].append(finding("XF10", Problem(NOWHERE, message, found=mine.file, expected=other.file)))


# -- one code, several projects ---------------------------------------------------------------------------------------


def _claims(
    groups: Sequence[tuple[StoredResult, ...]], known: Mapping[str, Scheme]
) -> Iterable[tuple[ResultHead, Finding]]:
    """XF08 for submissions of the same stage, year and long code that are not of one unit and name."""
    claimed: dict[tuple[str, ...], list[StoredResult]] = defaultdict(list)
    for group in groups:
        year = max(one.head.year for one in group)
        for one in group:
            if len(_code(one)) >= LONG_CODE:
                claimed[stage_of(one.head, known), year, _code(one)].append(one)
    for members in claimed.values():
        for one in members:
            other = next((two for two in members if _who(two) != _who(one)), None)
            if other:
                yield one.head, _claim(one.head, other.head)


def _who(one: StoredResult) -> tuple[str, str]:
    return name_key(one.head.project), name_key(one.head.unit)


def _claim(head: ResultHead, other: ResultHead) -> Finding:
    name, theirs = without_code(head.project), without_code(other.project)
    message = (
        f"项目编码与“{other.file}”相同（{code_of(head.project)}），但单位或名称不同："
        f"本件是{head.unit or '（未填单位）'}的“{name}”，另一件是{other.unit or '（未填单位）'}的“{theirs}”"
    )
    return finding("XF08", Problem(NOWHERE, message, found=f"{head.unit} {name}", expected=f"{other.unit} {theirs}"))
