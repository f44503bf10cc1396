"""What has changed since the last run: submissions, statuses, figures, data field by field, findings and verdicts. Pure."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from perfxl.dialogue.identity import finding_part
from perfxl.dialogue.remarks import Remark, in_words
from perfxl.model import SEVERITY_WORDS, STATUS_WORDS, Finding, Severity, Status
from perfxl.schemes.spec import Scheme
from perfxl.summary.answers import answer_in_words, answers_changed
from perfxl.summary.batch import Batch
from perfxl.summary.lastrun import KeptRun, LastRun, NotedDetails, NotedFinding, NotedForm, packed_details, state_of_all
from perfxl.summary.projects import Project, measure_paths, shown_name
from perfxl.summary.resubmissions import Disposition, Received, local_time
from perfxl.typed.amounts import OFFICE_UNIT
from perfxl.typed.wording import without_code

NEW, GONE, REPLACED, STATUS, SCORED, AMOUNT, ANSWER, PROBLEM, DECISION = KINDS = (
    "新报", "未再收到", "换件", "审核", "得分", "金额", "填报内容", "问题", "复核",
)  # fmt: skip
"""What a change is about, in the order in which they are said of a project."""
NOTHING = "—"
PENDING_WORD = "待核"
_MOST_ROWS = 200
"""Changes that are listed of one submission; a form that was filled in anew is read as a whole."""
_LONGEST_ANSWER = 80


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one submission.

    Attributes:
        kind: one of `KINDS`.
        name, unit, department: of the project.
        what: that changed, as people call it.
        before, now: how it was and is.
        sheet, cell: where it stands now, in the agency's own workbook.
        file, sheets: of the submission that counts now; of the one that counted where there is none any more.
    """

    kind: str
    name: str
    unit: str
    department: str
    what: str
    before: str
    now: str
    sheet: str = ""
    cell: str = ""
    file: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """All changes, and the day of the run since which they came about."""

    since: date
    rows: tuple[Change, ...]

    def said(self) -> str:
        """What changed in one sentence: how many projects have a change of each kind."""
        projects = Counter(kind for kind, _ in {(one.kind, (one.file, one.sheets)) for one in self.rows})
        parts = "，".join(f"{kind} {projects[kind]} 份" for kind in KINDS if projects[kind])
        return f"与 {self.since.isoformat()} 的汇总相比：{parts or '没有变化'}"


class _Noted(NamedTuple):
    """A submission of this run."""

    form: NotedForm
    received: Received
    scheme: Scheme | None


class RunComparison:
    """This run beside the last one of the same summary that differs from it."""

    def __init__(self, batch: Batch, last: LastRun) -> None:
        self._made, self._last = batch.made, last
        self._noted = [*map(_of_project, batch.portfolio.projects), *map(_of_refused, _refused(batch))]
        self._state = state_of_all([one.form for one in self._noted])
        self._before, self.is_repetition = last.before(self._state)

    def changes(self) -> Changes | None:
        """What has changed; None where there is nothing to compare with."""
        before = self._before
        if before is None:
            return None
        pairs, new, gone = _paired(self._noted, before.forms)
        lost = (_change(GONE, form, "报送件", _file_of(form), "") for form in gone)
        rows = {
            place: [_change(NEW, self._noted[place].form, "报送件", "", _file_of(self._noted[place].form))]
            for place in new
        }
        rows |= {place: list(_changes(self._noted[place], before, then)) for place, then in pairs.items()}
        return Changes(before.made, (*lost, *(change for place in sorted(rows) for change in rows[place])))

    def keep(self) -> None:
        """Keeps this run for the next one, unless it is kept already."""
        if not self.is_repetition:
            self._last.keep(self._made, self._state, self._packed(), self._before)
        elif self._before:
            self._before.close()

    def _packed(self) -> Iterator[tuple[NotedForm, bytes]]:
        """What was said and found in each submission; of those that are as they were it is taken over."""
        before = self._before.forms if self._before else []
        known = {(form.sha256, form.digest): place for place, form in enumerate(before)}
        for form, received, _ in self._noted:
            place = known.get((form.sha256, form.digest))
            if self._before and place is not None and not received.added:
                yield form, self._before.packed(place)
            else:
                yield form, packed_details(received.filed.kept.raw("dossier"), map(_finding, received.findings))


def _refused(batch: Batch) -> Iterator[Received]:
    return (one for one in batch.ordered if one.disposition == Disposition.REFUSED)


def _of_project(project: Project) -> _Noted:
    head = project.head
    status = PENDING_WORD if head.is_pending else STATUS_WORDS[head.status]
    labels = {measure: project.scheme.data[path].label for measure, path in measure_paths(project.scheme).items()}
    form = NotedForm(
        head.file, head.sheets, head.sha256, head.digest, local_time(head.modified)[:10], head.part, head.issued, True,
        project.name, project.unit, project.department, project.scheme.id, status, head.total,
        ("未评" if head.final is False else head.grade) or "",
        {labels[measure]: amount for measure, amount in project.typed.items()},
    )  # fmt: skip
    return _Noted(form, project.received, project.scheme)


def _of_refused(one: Received) -> _Noted:
    head = one.head
    form = NotedForm(
        head.file, head.sheets, head.sha256, head.digest, local_time(head.modified)[:10], "", "", False,
        shown_name(head), without_code(head.unit), without_code(head.department), "", STATUS_WORDS[Status.REJECTED], None, "", {},
    )  # fmt: skip
    return _Noted(form, one, None)


def _finding(found: Finding) -> NotedFinding:
    remark = Remark(found.id, found.state, "", found.verdict, found.note, found.reviewer, found.day)
    decided = in_words(remark) if remark.is_decided else ""
    return NotedFinding(
        found.id, found.state, found.code, found.severity, found.message, found.sheet, found.cell, decided
    )


# -- which submission is which ----------------------------------------------------------------------------------------

_Known = Callable[[NotedForm], Hashable]
_SAME: Sequence[_Known] = (
    lambda form: form.part and (form.part, form.scheme),
    lambda form: form.part,
    lambda form: form.issued,
    lambda form: form.sha256,
    lambda form: (form.file, form.sheets),
    lambda form: form.file,
)
"""By what a submission is known again, the surest first: its project, the id it was sent out with, its content, its file."""


def _paired(now: Sequence[_Noted], before: Sequence[NotedForm]) -> tuple[Mapping[int, int], list[int], list[NotedForm]]:
    """By their places: submissions of this run with those of the last, those that are new; and those that are gone.

    What is not the only one of its kind is not joined.
    """
    fresh, old = {place: one.form for place, one in enumerate(now)}, dict(enumerate(before))
    pairs: dict[int, int] = {}
    for same in _SAME:
        ours, theirs = _only(fresh, same), _only(old, same)
        for key in ours.keys() & theirs.keys():
            pairs[ours[key]] = theirs[key]
            del fresh[ours[key]], old[theirs[key]]
    return pairs, list(fresh), list(old.values())


def _only(forms: Mapping[int, NotedForm], same: _Known) -> Mapping[Hashable, int]:
    """The places of the forms that are the only ones of their kind."""
    counted = Counter(map(same, forms.values()))
    return {key: place for place, form in forms.items() if (key := same(form)) and counted[key] == 1}


# -- what changed of one ----------------------------------------------------------------------------------------------


def _change(kind: str, form: NotedForm, what: str, before: str, now: str, place: tuple[str, str] = ("", "")) -> Change:
    return Change(
        kind,
        form.name,
        form.unit,
        form.department,
        what,
        before or NOTHING,
        now or NOTHING,
        *place,
        form.file,
        form.sheets,
    )


def _file_of(form: NotedForm) -> str:
    return f"{form.file}（{form.modified} 修改，{form.status}）" if form.modified else f"{form.file}（{form.status}）"


def _changes(now: _Noted, last: KeptRun, place: int) -> Iterator[Change]:
    """What changed of one submission, which had this place in the last run."""
    form, before = now.form, last.forms[place]
    if replace(form, file="", sheets=()) == replace(before, file="", sheets=()):
        return
    if form.sha256 != before.sha256:
        yield _change(REPLACED, form, "报送件", _file_of(before), _file_of(form))
    for kind, what, old, new in _figures(before, form):
        if old != new:
            yield _change(kind, form, what, old, new)
    if not (form.is_read and before.is_read):
        return
    rows = list(islice(_inner_changes(now, before, last.details(place)), _MOST_ROWS + 1))
    yield from rows[:_MOST_ROWS]
    if len(rows) > _MOST_ROWS:
        yield _change(ANSWER, form, "其他", "", f"还有更多变化，只列前 {_MOST_ROWS} 处")


def _figures(before: NotedForm, form: NotedForm) -> Iterator[tuple[str, str, str, str]]:
    yield STATUS, "审核状态", before.status, form.status
    yield SCORED, "总分", answer_in_words(before.total), answer_in_words(form.total)
    yield SCORED, "等次", before.grade, form.grade
    for label in dict.fromkeys((*form.amounts, *before.amounts)):
        yield (
            AMOUNT,
            f"{label}（{OFFICE_UNIT}）",
            answer_in_words(before.amounts.get(label)),
            answer_in_words(form.amounts.get(label)),
        )


def _inner_changes(now: _Noted, then: NotedForm, before: NotedDetails) -> Iterator[Change]:
    """What changed inside a form: what it says, then what was found, then what the office decided."""
    form, scheme, is_replaced = now.form, now.scheme, now.form.sha256 != then.sha256
    assert scheme
    if form.scheme != then.scheme:
        yield _change(ANSWER, form, "评价表", then.scheme, form.scheme)
    elif is_replaced:
        dossier, places = now.received.filed.kept.read("dossier", "places")
        at = {path: (sheet, cell) for sheet, cells in places.items() for path, cell in cells.items()}
        for what, old, new, path in answers_changed(scheme, before.dossier, dossier or {}):
            yield _change(ANSWER, form, what, old, new, at.get(path, ("", "")))
    found = map(_finding, now.received.findings)
    yield from _findings_changed(form, before.findings, found, is_replaced)


def _findings_changed(
    form: NotedForm, before: Iterable[NotedFinding], now: Iterable[NotedFinding], is_replaced: bool
) -> Iterator[Change]:
    old, new = _by_id(before), _by_id(now)
    for key, one in new.items():
        known, place = old.get(key), (one.sheet, one.cell)
        if known is None:
            yield _change(PROBLEM, form, f"新出现：{_named(one)}", "", one.message, place)
        elif known.state != one.state:
            yield _change(PROBLEM, form, f"有变化：{_named(one)}", known.message, one.message, place)
        if known and known.decided != one.decided:
            yield _change(DECISION, form, _named(one), known.decided, one.decided, place)
    for key, one in old.items():
        if key not in new:
            yield _change(PROBLEM, form, f"已消除：{_named(one)}", one.message, "")
    same = sum(key in old and old[key].state == one.state for key, one in new.items())
    if same and is_replaced:
        yield _change(PROBLEM, form, "没有变的问题", f"{same} 个", f"{same} 个")


def _by_id(findings: Iterable[NotedFinding]) -> Mapping[Hashable, NotedFinding]:
    """Errors and warnings by what they are known by; those about one run only (a copy that was not written) have no id.

    The form is known to be the same here, also where its project has another name or year now.
    """
    return {finding_part(one.id): one for one in findings if one.id and one.severity != Severity.INFO}


def _named(one: NotedFinding) -> str:
    return f"{SEVERITY_WORDS[Severity(one.severity)]} {one.code}"
