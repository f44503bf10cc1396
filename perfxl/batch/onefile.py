"""One file through all stages: bytes -> door -> form -> assessment and findings -> annotated copy."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from errno import ENOTSUP
from pathlib import Path
from stat import S_ISREG
from tempfile import TemporaryDirectory

from python_calamine import CalamineError

from perfxl.door.inspect import Facts, inspect
from perfxl.door.limits import Tally
from perfxl.dossier import dossier_of, flatten
from perfxl.errors import OutputError, RefusedError, reason_of
from perfxl.layout import place
from perfxl.model import NO_CELL, Assessment, FileResult, Finding, Form, Status, status_of
from perfxl.reading.reader import Reading, read_form
from perfxl.results.jobs import Job, changed_at, rejected
from perfxl.rules import Case, Problem, finding, run_rules
from perfxl.schemes import load_scheme
from perfxl.scoring.assess import assess
from perfxl.system.outfile import write_whole
from perfxl.writeback.annotate import apply_plan, plan_edits
from perfxl.writeback.reviewed import keep_reviewed


def process_file(job: Job) -> tuple[FileResult, ...]:
    """Everything that perfxl knows of one file: a result for each submission in it.

    Whatever the file holds, the outcome is at least one result.
    """
    try:
        data = _content(job)
        modified = changed_at(job.file)
    except OSError as error:
        reason = reason_of(error)
        return (rejected(job, finding("FL12", Problem(NO_CELL, f"文件打不开：{reason}", found=reason))),)
    except RefusedError as refusal:
        return (rejected(job, _refusal(refusal)),)
    return process_workbook(data, modified, job)


def process_workbook(data: bytes, modified: str, job: Job) -> tuple[FileResult, ...]:
    """The submissions in the bytes of a workbook.

    Args:
        data: the whole file.
        modified: when it was last changed, where the workbook itself does not say so (ISO 8601).
        job: by which name it goes and where its copy does.
    """
    result = FileResult(job.name, hashlib.sha256(data).hexdigest(), len(data), modified)
    try:
        facts = inspect(data, job.conditions.limits)
        result = replace(result, modified=facts.modified or modified)
        reading = _read(data, facts, job)
    except RefusedError as refusal:
        return (replace(result, findings=(_refusal(refusal),)),)
    return (_judge(result, data, facts, reading, job),)


def _content(job: Job) -> bytes:
    """The bytes of a file; what is no file or too large is not even read.

    Raises:
        OSError: it cannot be opened.
        RefusedError: FL04.
    """
    state = job.file.stat()
    if not S_ISREG(state.st_mode):
        raise OSError(ENOTSUP, "no file", job.file)
    Tally(job.conditions.limits).hold("file_bytes", state.st_size)
    return job.file.read_bytes()


def _read(data: bytes, facts: Facts, job: Job) -> Reading:
    try:
        return read_form(data, facts, load_scheme(name) if (name := job.conditions.scheme) else None)
    except CalamineError as error:
        raise RefusedError("FL03", "工作簿已损坏，无法读取", found=str(error)[:200]) from error


def _refusal(refusal: RefusedError) -> Finding:
    problem = Problem(NO_CELL, refusal.message, refusal.found, refusal.expected, fix=refusal.fix)
    return finding(refusal.code, problem)


def _judge(result: FileResult, data: bytes, facts: Facts, reading: Reading, job: Job) -> FileResult:
    """Checks and scores the form, and writes the annotated copy where one is wanted."""
    form = reading.form
    assessment = assess(form)
    findings = [
        *facts.findings,
        *reading.findings,
        *run_rules(Case(form, assessment, job.conditions.today), job.conditions.ignored),
    ]
    result = replace(
        result,
        scheme=form.scheme.id,
        sheets=tuple(form.sheets.values()),
        dossier=dossier_of(form),
        assessment=assessment,
        findings=in_order((found for found in findings if found.code not in job.conditions.ignored), form),
    )
    result = replace(result, status=status_of(result.findings))
    result = _annotate(result, data, facts, form, assessment, job)
    return _write_document(result, form, assessment, job)


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
    result: FileResult, data: bytes, facts: Facts, form: Form, assessment: Assessment, job: Job
) -> FileResult:
    """Writes the annotated copy; that it could not be annotated is a finding, that it could not be written an error."""
    if job.annotated is None:
        return result
    findings: Sequence[Finding] = result.findings
    try:
        if not facts.kind.startswith("xls") or facts.kind == "xls":
            data, form, findings = _on_template(form, result)
        copy = apply_plan(data, plan_edits(form, assessment, findings, Path(job.name).name))
    except RefusedError as refusal:
        return replace(result, findings=(*result.findings, _refusal(refusal)), status=Status.RETURNED)
    try:
        kept = keep_reviewed(job.annotated)
        write_whole(job.annotated, copy, durable=False)
    except (OutputError, OSError) as error:
        reason = str(error) if isinstance(error, OutputError) else reason_of(error)
        unwritten = finding("FL13", Problem(NO_CELL, reason))
        return replace(result, findings=(*result.findings, unwritten), status=Status.RETURNED)
    if kept:
        message = f"原来的审核副本已有复核意见，改名保留为“{kept.name}”"
        result = replace(
            result, findings=(*result.findings, finding("FL14", Problem(NO_CELL, message, found=kept.name)))
        )
    return replace(result, annotated=job.annotated.as_posix())


def _write_document(result: FileResult, form: Form, assessment: Assessment, job: Job) -> FileResult:
    """Writes the Word document where one is wanted; that it could not be written is a finding."""
    if job.report is None:
        return result
    from perfxl.report.document import write_dossier  # python-docx is an extra, and takes its time to load

    try:
        write_dossier(form, assessment, result.findings, job.report, job.conditions.today, job.conditions.drafts)
    except OutputError as error:
        unwritten = finding("FL13", Problem(NO_CELL, str(error)))
        return replace(result, findings=(*result.findings, unwritten), status=Status.RETURNED)
    return replace(result, report=job.report.as_posix())


def _on_template(form: Form, result: FileResult) -> tuple[bytes, Form, Sequence[Finding]]:
    """For a format that cannot be written back: the standard template with what was read, findings moved to its cells."""
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
    return data, moved, findings


def _addresses(form: Form) -> Iterable[tuple[str, tuple[str, str]]]:
    """Path and place of every datum that has a place."""
    return ((path, (cell.sheet, cell.address)) for path, cell in form.addressed())
