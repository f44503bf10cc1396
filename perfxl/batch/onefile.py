"""One file through all stages: bytes -> door -> form -> assessment and findings -> annotated copy."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from errno import ENOTSUP
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from tempfile import TemporaryDirectory
from typing import NamedTuple

from python_calamine import CalamineError

from perfxl.batch.officepapers import office_paper
from perfxl.batch.owncopies import answers_of, check_copy, free_target, keep_corrected, origin_of
from perfxl.dialogue.identity import PROJECT_LETTERS, identified, part_of, with_ids
from perfxl.dialogue.remarks import SheetRow, in_words
from perfxl.dialogue.settle import Said, answered, explained, is_forged, overall, told_beforehand
from perfxl.door.inspect import Facts, inspect, inspect_text
from perfxl.door.limits import Tally
from perfxl.door.notices import PLACES_OF_TEMPLATE, Notice, in_another_format
from perfxl.door.olddocuments import as_docx, name_of_kind, old_kind
from perfxl.door.parts import OpenedParts
from perfxl.door.refusals import encrypted, not_a_workbook
from perfxl.dossier import data_places, dossier_of, flatten, with_explanations
from perfxl.errors import OutputError, RefusedError, reason_of
from perfxl.intake.contents import WORKBOOKS, Content, Sort, content_of, suffix_of
from perfxl.intake.entries import BETWEEN, closed
from perfxl.intake.members import Member, members
from perfxl.layout import place
from perfxl.model import NO_CELL, Assessment, FileResult, Finding, Form, Severity, Status, status_of
from perfxl.office.answers import approved_dossier
from perfxl.office.knowledge import Claim, KnownProject, OfficeKnowledge
from perfxl.reading.documents import NoFormError
from perfxl.reading.explanations import told
from perfxl.reading.reader import Reading, has_answers, read_form, read_forms
from perfxl.results.jobs import Conditions, Job, changed_at, rejected
from perfxl.results.known import knowledge_in
from perfxl.results.moments import ONE_DAY, moment
from perfxl.results.said import said_in
from perfxl.rules import Problem, finding, judge, turning_days
from perfxl.rules.judge import FindingPlace
from perfxl.schemes.choice import EVERY, known_schemes
from perfxl.system.copymarks import CopyMarks
from perfxl.system.marks import ISSUE_MARK, PROJECT_MARK
from perfxl.system.names import copy_name, file_name
from perfxl.system.outfile import write_whole
from perfxl.system.ownbooks import is_as_written
from perfxl.writeback.annotate import Plan, apply_plan, plan_edits
from perfxl.writeback.edits import Circumstances
from perfxl.writeback.reviewed import keep_reviewed

_UNREADABLE = "工作簿已损坏，无法读取"


def process_file(job: Job) -> tuple[FileResult, ...]:
    """Everything that perfxl knows of one file: a result for each submission in it.

    Whatever the file holds, the outcome is at least one result.
    """
    try:
        data = _content(job)
        modified = changed_at(job.file)
    except OSError as error:
        reason = reason_of(error)
        what = "文件夹" if job.file.is_dir() else "文件"
        return (rejected(job, finding("FL12", Problem(NO_CELL, f"{what}打不开：{reason}", found=reason))),)
    except RefusedError as refusal:
        return (rejected(job, said(refusal)),)
    if job.copied:
        return (check_copy(data, described(data, modified, job), job.conditions),)
    content = content_of(data, job.name)
    result = described(data, modified, job)
    if content.sort is Sort.CONTAINER:
        inside = tuple(process_container(data, content, result, job))
        holds_any = any(one.file != job.name and not one.passed for one in inside)
        if holds_any or suffix_of(job.name) not in WORKBOOKS:
            return inside
    elif content.sort is Sort.CLOSED:
        return (replace(result, findings=(said(closed(content.what)),)),)
    elif content.sort is Sort.OTHER and not job.asked:
        return (replace(result, passed=content.what),)
    return process_workbook(data, result, job)


def described(data: bytes, modified: str, job: Job) -> FileResult:
    """What is known of a file before anybody has looked into it."""
    return FileResult(job.name, sha256(data).hexdigest(), len(data), modified)


def process_container(data: bytes, content: Content, whole: FileResult, job: Job) -> Iterator[FileResult]:
    """The results of everything in a mail or an archive, each under its own name; forms go through the door as files do.

    Args:
        data: the container.
        content: what it is.
        whole: what is known of it.
        job: its copy's path is the folder into which the copies of its members go.
    """
    names: set[str] = set()
    for number, member in enumerate(members(data, content, job.conditions.limits)):
        inner = _job_inside(job, member, number, names)
        result = replace(whole, mail=member.mail)
        if member.name:
            known = described(member.data, member.modified or whole.modified, inner)
            result = replace(known, mail=member.mail) if member.is_form else FileResult(inner.name, mail=member.mail)
        if member.is_form:
            yield from process_workbook(member.data, result, inner)
        elif member.refusal:
            yield replace(result, findings=(said(member.refusal),))
        else:
            yield replace(result, passed=member.what)


def _job_inside(job: Job, member: Member, number: int, taken: set[str]) -> Job:
    """The job of one member: its name behind the container's, its copy in the container's folder."""
    name = f"{job.name}{BETWEEN}{member.name}" if member.name else job.name
    own = sha256(member.name.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    inner = replace(job, name=name, place=f"{job.place}/{own}")
    if job.annotated:
        inner = replace(inner, annotated=job.annotated / copy_name(member.name, taken))
    if job.report:
        inner = replace(inner, report=job.report.with_stem(f"{job.report.stem}-{number}"))
    return inner


def process_workbook(data: bytes, result: FileResult, job: Job) -> tuple[FileResult, ...]:
    """The submissions in the bytes of a workbook.

    Args:
        data: the whole file.
        result: what is known of it; its date counts where the workbook itself does not say when it was changed.
        job: by which name it goes and where its copy does.
    """
    try:
        # before the reader: two cells at opposite corners would abort the process inside it
        data, facts = _look_at(data, job)
        result = _dated(result, facts.modified)
        readings = _read(data, facts, job)
        _refuse_blank(readings[0], data, knowledge_in(job.conditions.known))
    except RefusedError as refusal:
        if isinstance(refusal, NoFormError) and suffix_of(job.name) in WORKBOOKS:
            refusal = not_a_workbook("Word 文档（.docx）")
        paper = _other_paper(refusal, data, job)
        return (replace(result, passed=paper, findings=() if paper else (said(refusal),)),)
    result = replace(result, origin=origin_of(data, facts))
    judged = [_judge(result, facts, reading, job) for reading in readings]
    annotated, corrected = _annotate(judged, data, facts, job)
    written = [
        _write_document(result, one, n, job) for n, (result, one) in enumerate(zip(annotated, judged, strict=True))
    ]
    return (*written, *corrected)


def _look_at(data: bytes, job: Job) -> tuple[bytes, Facts]:
    """The bytes to read, and what the door says of them: of a document of an old kind those that it was converted into.

    Of what a person named, a text may be the export of a document too.
    """
    limits = job.conditions.limits
    if job.asked and suffix_of(job.name) == ".txt":
        return data, inspect_text(data, limits)
    kind = old_kind(data)
    if not kind:
        return data, inspect(data, limits)
    data = as_docx(data, kind, limits)
    facts = inspect(data, limits)
    own = in_another_format(f"{name_of_kind(kind)}，已转换为 .docx", PLACES_OF_TEMPLATE)
    return data, replace(facts, notices=(own, *(one for one in facts.notices if one.code != own.code)))


def _other_paper(refusal: RefusedError, data: bytes, job: Job) -> str:
    """What a refused file is that nobody was asked to correct: one of the office's own papers, a letter in Word; else empty."""
    if isinstance(refusal, NoFormError):
        return "" if job.asked else "Word 文档，不是评价表"
    return office_paper(data) if refusal.code == "ST01" else ""


def _dated(result: FileResult, own: str) -> FileResult:
    """The workbook's own date counts; the file's is kept too where the workbook cannot have been changed so late."""
    if not own:
        return result
    late = moment(own) > moment(result.modified) + ONE_DAY
    return replace(result, modified=own, filed=result.modified if late else "")


def _content(job: Job) -> bytes:
    """The bytes of a file; what is no file or too large is not even read.

    Raises:
        OSError: it cannot be opened.
        RefusedError: FL04.
    """
    state = job.file.stat()
    if S_ISDIR(state.st_mode):
        os.listdir(job.file)  # noqa: PTH208  (a folder comes here where it could not be listed: this says why)
    if not S_ISREG(state.st_mode):
        raise OSError(ENOTSUP, "no file", job.file)
    Tally(job.conditions.limits).hold("file_bytes", state.st_size)
    return job.file.read_bytes()


def _read(data: bytes, facts: Facts, job: Job) -> list[Reading]:
    try:
        choice = job.conditions.scheme
        return read_forms(data, facts, known_schemes(choice), known_schemes(EVERY) if choice.only else ())
    except CalamineError as error:
        if "password" in str(error).lower():
            raise encrypted("加密的 Excel 97-2003 工作簿") from error
        raise RefusedError("FL03", _UNREADABLE) from error


def _is_as_sent_out(form: Form, data: bytes, known: OfficeKnowledge) -> bool:
    """Whether a prefilled form says nothing beyond what was approved: nobody saved it, or what it says is the list's."""
    owner = known.about(claim_of(form)).owner
    return is_as_written(BytesIO(data)) or (
        owner is not None and dossier_of(form) == approved_dossier(owner, form.scheme)
    )


def _refuse_blank(first: Reading, data: bytes, known: OfficeKnowledge) -> None:
    """A form that nobody filled in is no submission; the first is blank only where all of a workbook are.

    Raises:
        RefusedError: ST15 for a blank that is as perfxl wrote it, else ST14.
    """
    form, title = first.form, first.form.scheme.title
    if has_answers(form) and not (form.marks.get(PROJECT_MARK) and _is_as_sent_out(form, data, known)):
        return
    if is_as_written(BytesIO(data)):
        raise RefusedError("ST15", f"空白模板：下发的“{title}”，没有填写，不作为报送件")
    raise RefusedError("ST14", f"空白表：“{title}”没有填写任何内容", found="空白", expected="填好的评价表")


def said(refusal: RefusedError) -> Finding:
    """A refusal as a finding."""
    problem = Problem(NO_CELL, refusal.message, refusal.found, refusal.expected, fix=refusal.fix)
    return finding(refusal.code, problem)


class _Judged(NamedTuple):
    """A form with what was found in it and computed from it."""

    form: Form
    assessment: Assessment
    result: FileResult


def _judge(result: FileResult, facts: Facts, reading: Reading, job: Job) -> _Judged:
    """Checks and scores a form; `result` says what is known of its file."""
    form, conditions = reading.form, job.conditions
    known = knowledge_in(conditions.known).about(claim_of(form))
    assessment, findings = _answer(facts, reading, conditions, known)
    result = replace(
        result,
        scheme=form.scheme.id,
        sheets=tuple(form.sheets.values()),
        unread=reading.unread,
        issued=known.claim.id,
        issue=known.claim.issue,
        part=part_of(form),
        dossier=with_explanations(dossier_of(form), told(form, reading.explanations, reading.said)),
        places=data_places(form),
        assessment=assessment,
        findings=findings,
        turning_days=turning_days(form, conditions.ignored),
    )
    return _Judged(form, assessment, replace(result, status=status_of(result.findings)))


def claim_of(form: Form) -> Claim:
    """What a form says of itself."""
    year = form.number("basic.year")
    return Claim(
        form.marks.get(PROJECT_MARK, ""),
        form.marks.get(ISSUE_MARK, ""),
        form.text("basic.project_name"),
        form.text("basic.unit"),
        "" if year is None else str(year),
        form.scheme.id,
    )


def _answer(
    facts: Facts, reading: Reading, conditions: Conditions, known: KnownProject
) -> tuple[Assessment, tuple[Finding, ...]]:
    """Figures and findings of a form, with what was said of them.

    An amount that is doubtful by its unit and that the office has accepted counts as typed: then the form is judged anew.
    """
    form = reading.form
    rows = with_ids(reading.said, form)
    # a copy bears ids of the name under which it was made; verdicts still count under the present one alone
    said = said_in(conditions.said).about(part_of(form), *(row.remark.id[:PROJECT_LETTERS] for row in rows))
    places = form.addressed() if reading.explanations else ()
    paths = {(cell.sheet, cell.address): path for path, cell in places}
    found = (*map(_noted, facts.notices), *reading.findings, *_forged(rows, said, conditions))

    def judged(released: Collection[FindingPlace]) -> tuple[Assessment, tuple[Finding, ...]]:
        assessment, every = judge(form, conditions.today, found, conditions.ignored, conditions.year, known, released)
        opening = frozenset(one.code for one in assessment.open)
        known_by = identified(in_order(every, form), form)
        sent = [*told_beforehand(known_by, reading.explanations, paths), *explained(rows, said)]
        return assessment, answered(known_by, said, sent, opening)

    assessment, findings = judged(())
    released = {(one.code, one.sheet, one.cell) for one in findings if one.settled and one.opens}
    return judged(released) if released else (assessment, findings)


def _noted(notice: Notice) -> Finding:
    """What the door noticed, with the weight and remedy of its rule."""
    return finding(notice.code, Problem(NO_CELL, notice.message, notice.found, notice.expected))


def _forged(rows: Iterable[SheetRow], said: Said, conditions: Conditions) -> Iterator[Finding]:
    """FL20 for each row of a review sheet that came in with words of the office that are none of the office's."""
    hint = "" if conditions.said else "；没有提供财政部门自己的副本，无法核对"
    for row in rows:
        if not row.lead and is_forged(row, said):
            what = in_words(row.remark)
            message = f"报送件“审核结果”{row.place} 一行的复核栏里写有“{what}”，不是财政部门的复核意见，没有采用{hint}"
            yield finding("FL20", Problem(NO_CELL, message, found=what, expected="由财政部门填写", field=row.code))


def in_order(findings: Iterable[Finding], form: Form) -> tuple[Finding, ...]:
    """Findings by sheet in the order of the form, then row, column and code; those without a place come first."""
    names = list(form.sheets.values())

    def place_of(found: Finding) -> tuple[int, int, str, str, str]:
        letters = found.cell.rstrip("0123456789")
        row = int(found.cell[len(letters) :] or 0)
        sheet = names.index(found.sheet) if found.sheet in names else -1 if not found.sheet else len(names)
        return sheet, row, letters.rjust(3), found.code, found.message

    return tuple(sorted(findings, key=place_of))


# -- the annotated copy -----------------------------------------------------------------------------------------------


def _annotate(
    judged: Sequence[_Judged], data: bytes, facts: Facts, job: Job
) -> tuple[list[FileResult], list[FileResult]]:
    """Writes the annotated copies that are wanted, and says in the results where they are.

    Returns:
        The results, and those of copies that stood there and that somebody had corrected: they are kept beside.
    """
    results = [one.result for one in judged]
    if job.annotated is None:
        return results, []
    target = free_target(job.annotated, job.place)
    try:
        corrected = keep_corrected(target, job.conditions)
    except OSError as error:
        unwritten = finding("FL13", Problem(NO_CELL, f"“{target}”里的填报内容被改过，无法改名保留：{reason_of(error)}"))
        return [_with(one, unwritten) for one in results], []
    return _write_copies(judged, data, facts, replace(job, annotated=target)), corrected


def _write_copies(judged: Sequence[_Judged], data: bytes, facts: Facts, job: Job) -> list[FileResult]:
    """Writes the annotated copies of the forms of one workbook: one for all, or one for each on the standard template."""
    assert job.annotated is not None
    if facts.kind in ("xlsx", "xlsm"):
        return _write_copy(judged, data, job.annotated, job, facts.parts)
    written = []
    for number, one in enumerate(judged, 1):
        moved, on_template = _on_template(one)
        written += _write_copy([on_template], moved, _numbered(job.annotated, number), job)
    return [
        replace(after, sheets=before.result.sheets, findings=(*before.result.findings, *after.findings[count:]))
        for before, after in zip(judged, written, strict=True)
        for count in [len(before.result.findings)]
    ]


def _write_copy(
    judged: Sequence[_Judged], data: bytes, target: Path, job: Job, opened: OpenedParts | None = None
) -> list[FileResult]:
    """Writes one annotated copy for all forms of a workbook.

    That it could not be annotated is a finding; that it could not be written too, and leaves the verdict as it is.
    """
    name, results = file_name(job.name), [one.result for one in judged]
    marks = CopyMarks(results[0].sha256, name, answers_of(results), job.place, job.inputs)
    try:
        plans = [_plan(one, name, job.conditions) for one in judged]
        copy = apply_plan(data, *plans, opened=opened, marks=marks)
    except RefusedError as refusal:
        return [_with(one, said(refusal)) for one in results]
    try:
        # before it is replaced: what a reviewer wrote stands nowhere else
        kept = keep_reviewed(target)
        write_whole(target, copy, durable=False)
    except (OutputError, OSError) as error:
        reason = str(error) if isinstance(error, OutputError) else reason_of(error)
        return [_with(one, finding("FL13", Problem(NO_CELL, reason))) for one in results]
    results = [replace(one, annotated=target.as_posix()) for one in results]
    if not kept:
        return results
    message = f"原来的审核副本有人改动过，“审核结果”里的意见已带入新副本，原副本改名保留为“{kept.name}”"
    noted = finding("FL14", Problem(NO_CELL, message, found=kept.name))
    return [replace(result, findings=(*result.findings, noted)) for result in results]


def _plan(one: _Judged, name: str, conditions: Conditions) -> Plan:
    """What to write for one form."""
    conclusion = overall(said_in(conditions.said), part_of(one.form))
    around = Circumstances(conditions.today, one.result.sha256, conclusion)
    return plan_edits(one.form, one.assessment, one.result.findings, name, around)


def _with(result: FileResult, found: Finding) -> FileResult:
    """The result with one more finding."""
    status = Status.RETURNED if found.severity is Severity.ERROR else result.status
    return replace(result, findings=(*result.findings, found), status=status)


def _numbered(path: Path, number: int) -> Path:
    """Where the first, second, ... of several goes."""
    return path if number == 1 else path.with_stem(f"{path.stem}({number})")


def _write_document(result: FileResult, judged: _Judged, place: int, job: Job) -> FileResult:
    """Writes the Word document where one is wanted; that it could not be written is a finding."""
    if job.report is None:
        return result
    from perfxl.report.document import write_dossier  # python-docx is an extra, and takes its time to load

    target, conditions = _numbered(job.report, place + 1), job.conditions
    try:
        write_dossier(judged.form, judged.assessment, result.findings, target, conditions.today, conditions.drafts)
    except OutputError as error:
        return _with(result, finding("FL13", Problem(NO_CELL, str(error))))
    return replace(result, report=target.as_posix())


def _on_template(judged: _Judged) -> tuple[bytes, _Judged]:
    """For a format that cannot be written back: the standard template with what was read, findings moved to its cells."""
    form, result = judged.form, judged.result
    assert result.dossier is not None
    from perfxl.templates.form import write_form  # takes its time to load, and most files are workbooks

    layout = place(form.scheme, flatten(form.scheme, result.dossier))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(form.scheme, path, result.dossier)
        data = path.read_bytes()
    moved = read_form(data, inspect(data), form.scheme).form
    places = {cell: path for path, cell in _addresses(form)}
    targets = dict(_addresses(moved))
    findings = []
    for found in result.findings:
        path_of = places.get((found.sheet, found.cell))
        target = targets.get(path_of) if path_of else None
        if target is None and path_of and path_of in layout.places:
            sheet, cell = layout.places[path_of]
            target = (sheet, cell.address)
        sheet_name, address = target or ("", "")
        findings.append(replace(found, sheet=sheet_name, cell=address))
    return data, _Judged(moved, judged.assessment, replace(result, findings=tuple(findings)))


def _addresses(form: Form) -> Iterable[tuple[str, tuple[str, str]]]:
    """Path and place of every datum that has a place."""
    return ((path, (cell.sheet, cell.address)) for path, cell in form.addressed())
