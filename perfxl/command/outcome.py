"""What is said of results: findings as text, one line of what happened, JSON for other programs, the exit code."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfxl.command.datafile import SOURCE
from perfxl.command.terminal import COLUMNS, folded_lines
from perfxl.dialogue.folds import Fold, folds_of, same_at
from perfxl.dialogue.remarks import Standing
from perfxl.errors import ExitCode
from perfxl.model import NO_MAIL, SEVERITY_WORDS, STATUS_WORDS, Dossier, FileResult, Finding, Severity, Status
from perfxl.results.filed import ResultHead, Results, StoredResult
from perfxl.schemes.choice import EVERY, SchemeChoice, scheme_by_id
from perfxl.scoring.finality import unsettled
from perfxl.typed.amounts import percent, plain

if TYPE_CHECKING:
    from perfxl.summary.changes import Changes

_SHOWN = 5
"""Files that are named in one line."""
REJECTED_SHOWN = 20
"""Refused files that are shown where all stand in the summary anyway."""
_UNREAD = frozenset({"ST03", "ST04", "ST06", "ST07", "ST08", "SG05"})
"""Codes of what a form shows and perfxl cannot take as a value."""
BLANK_TEMPLATE = "空白模板"
NOTHING_FOUND = "没有找到可以处理的文件，没有写“{}”。请检查收件文件夹的名称。"
NOT_AGREED = "核对有 {} 项不一致，汇总不能使用，请看汇总表的“核对”。"
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def echo_lines(results: Iterable[FileResult], scheme: SchemeChoice = EVERY, err: bool = False) -> None:
    """Every file with its findings."""
    for result in results:
        for line in describe(result, scheme):
            click.echo(line, err=err)


def echo_rejected(results: Results, scheme: SchemeChoice, listed: str = "") -> None:
    """The files that could not be read, on stderr; the first of many where `listed` names a list of all."""
    filed = (one for one in results.filed if not one.head.is_blank_template)
    rejected = [one for one in filed if one.head.status is Status.REJECTED]
    shown = rejected[:REJECTED_SHOWN] if listed else rejected
    echo_lines((one.result for one in shown), scheme, err=True)
    if len(rejected) > len(shown):
        click.echo(f"还有 {len(rejected) - len(shown)} 个拒收的文件没有列在这里，见{listed}。", err=True)
    _echo_unwritten([one for one in results.filed if "FL13" in one.head.codes])


def _echo_unwritten(unwritten: Sequence[StoredResult]) -> None:
    """Copies that could not be written are the office's trouble: each reason is said once."""
    reasons = {found.message: one.head.file for one in unwritten for found in one.kept.findings if found.code == "FL13"}
    if unwritten:
        click.secho(f"注意：{len(unwritten)} 份审核副本没有写成，审核结论不受影响：", fg="red", bold=True, err=True)
    for reason, file in list(reasons.items())[:_SHOWN]:
        click.echo(f"  {file}：{reason}", err=True)


def summarise(heads: Sequence[ResultHead], skipped: int = 0) -> None:
    """One line of what happened, for people."""
    if not heads:
        click.echo("没有找到可以处理的文件。", err=True)
        return
    blank = sum(head.is_blank_template for head in heads)
    statuses = Counter(head.status for head in heads if not head.is_blank_template)
    parts = [f"{STATUS_WORDS[status]} {statuses[status]}" for status in Status if statuses[status]]
    parts += [f"{BLANK_TEMPLATE} {blank}"] if blank else []
    errors = sum(head.count(Severity.ERROR) for head in heads)
    warnings = sum(head.count(Severity.WARNING) for head in heads)
    settled = sum(head.standing(Standing.ACCEPTED) for head in heads)
    files = len({head.file for head in heads})
    forms = f"、{len(heads)} 份表" if files < len(heads) else ""
    accepted = f"（其中已认可 {settled}）" if settled else ""
    click.echo(f"共 {files} 个文件{forms}：{'，'.join(parts)}；错误 {errors}，警告 {warnings}{accepted}。", err=True)
    if skipped:
        click.echo(f"另有 {skipped} 个其他文件略过，见汇总表的“收文清单”。", err=True)
    _echo_unopened([head.file for head in heads if "FL15" in head.codes])


def echo_changes(changes: "Changes | None") -> None:
    """What has changed since the last run that differs, in one line; the same when it is run again."""
    if changes:
        click.echo(f"{changes.said()}" + ("，见汇总表的“变化”。" if changes.rows else "。"), err=True)


def echo_unheld(heads: Iterable[ResultHead]) -> None:
    """Of forms that were handed out by a list which nobody gave this time: their targets and budgets were not looked at."""
    issued = sum(bool(head.issued) for head in heads)
    if issued:
        click.echo(f"有 {issued} 份表是按批复清单下发的，这次没有给出清单（--roster），未核对批复。", err=True)


def _echo_unopened(files: Sequence[str]) -> None:
    """What may hold forms that nobody has seen is said loudly: those who sent them would count as not having sent any."""
    if files:
        shown = "、".join(files[:_SHOWN]) + (f" 等 {len(files)} 个" if len(files) > _SHOWN else "")
        click.secho(
            f"注意：可能装有评价表、但没有打开的文件：{shown}。里面的表没有计入，请解开后再处理。",
            fg="red",
            bold=True,
            err=True,
        )


def exit_code(heads: Sequence[ResultHead], fail_on: str) -> ExitCode:
    """3 where a file could not be processed, else 1 where findings weigh enough; blank templates cost nothing."""
    judged = [head for head in heads if not head.is_blank_template]
    if not heads or any(head.status is Status.REJECTED or "FL13" in head.codes for head in judged):
        return ExitCode.FAILED
    weights = {"error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING), "never": ()}[fail_on]
    return ExitCode.FINDINGS if any(head.count_open(weight) for head in heads for weight in weights) else ExitCode.OK


def echo_dossiers(results: Iterable[FileResult], is_alone: bool) -> None:
    """The data of forms, as `perfxl fill` takes them: of a single form laid out, else a line for each with its file."""
    read = [(result.file, result.dossier) for result in results if result.dossier is not None]
    for file, dossier in read:
        is_laid_out = is_alone and len(read) == 1
        shown: Dossier = dossier if is_laid_out else {SOURCE: file, **dossier}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1 if is_laid_out else None))


def echo_unread(results: Results, scheme: SchemeChoice) -> None:
    """What could not be read, on stderr: whole files, and of forms that were read the cells that give no value."""
    if not results.heads:
        click.echo("没有找到可以处理的文件。", err=True)
    for result in results:
        if result.dossier is None:
            echo_lines([result], scheme, err=True)
            continue
        unread = [found for found in result.findings if found.code in _UNREAD]
        if unread:
            click.secho(f"{result.file}  有 {len(unread)} 处读不出，按空白显示", bold=True, err=True)
        for line in (line for found in unread for line in _describe_finding(found)):
            click.echo(line, err=True)


def echo_after_check(heads: Sequence[ResultHead]) -> None:
    """What to do after a check that found errors."""
    if any(head.status is Status.RETURNED for head in heads):
        _echo_steps(["要把问题写进每份表的副本、发回单位：perfxl annotate 收件 -o 审核"])


def echo_next(heads: Sequence[ResultHead], target: Path | None = None, folder: Path | None = None) -> None:
    """What to do next: which workbook and folder to look at, which copies go back, what is asked for again.

    Args:
        heads: the submissions that count.
        target: the summary, None where none was written.
        folder: of the annotated copies, None where none were written.
    """
    steps = [f"看结果：打开 {target.as_posix()}，先看“总览”"] if target else []
    returned = [head for head in heads if head.status is Status.RETURNED]
    if returned and folder:
        names = [Path(head.annotated or head.file).name for head in returned]
        many = f" 等 {len(names)} 份" if len(names) > _SHOWN else ""
        steps.append(
            f"退回 {len(names)} 份：把 {folder.as_posix()} 里的这些副本发回单位：{'、'.join(names[:_SHOWN])}{many}"
        )
    elif returned:
        steps.append(f"退回 {len(returned)} 份：加上 --annotated 审核，会写出可以发回单位的副本")
    pending = sum(head.status is Status.ACCEPTED and head.count(Severity.WARNING) > 0 for head in heads)
    if pending:
        steps.append(f"复核 {pending} 份：没有错误但有警告，请审核人员判断")
    _echo_steps(steps)


def _echo_steps(steps: Sequence[str]) -> None:
    """Numbered steps, folded to the terminal's usual width."""
    if not steps:
        return
    click.echo("接下来：", err=True)
    for number, step in enumerate(steps, 1):
        for position, line in enumerate(folded_lines(step, COLUMNS - 5)):
            click.echo(f"  {number}. {line}" if position == 0 else f"     {line}", err=True)


def echo_json(results: Iterable[FileResult]) -> None:
    """One line of JSON for each file."""
    for result in results:
        click.echo(json.dumps(as_json(result), ensure_ascii=False))


def as_json(result: FileResult) -> dict[str, Any]:
    """One file's result in the shape of the contract."""
    return {
        "file": result.file,
        "sheets": list(result.sheets),
        **({"mail": asdict(result.mail)} if result.mail != NO_MAIL else {}),
        "scheme": result.scheme,
        "status": result.status.value,
        "pending": result.is_pending,
        "assessment": _assessment_json(result),
        "findings": [asdict(found) for found in result.findings],
    }


def _assessment_json(result: FileResult) -> dict[str, Any] | None:
    assessment = result.assessment
    if assessment is None:
        return None
    return {
        "rates": {key: _number(rate) for key, rate in assessment.rates.items()},
        "total": _number(assessment.total),
        "weight": _number(assessment.weight),
        "grade": assessment.grade,
        "average": _number(assessment.average),
        "final": assessment.final,
        "open": [asdict(one) for one in assessment.open],
        "provisional": _number(assessment.provisional),
        "levels": [
            {"level": x.level, "name": x.name, "weight": _number(x.weight), "score": _number(x.score)}
            for x in assessment.levels
        ],
        "indicators": [
            {"level3": x.level3, "score": _number(x.score), "computed": _number(x.computed), "reason": x.reason}
            for x in assessment.indicators
        ],
        "targets": [{"name": x.name, "grade": x.grade} for x in assessment.targets],
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


# -- one file as text -------------------------------------------------------------------------------------------------


def describe(result: FileResult, scheme: SchemeChoice = EVERY) -> Iterator[str]:
    """One file's result as lines for a terminal; `scheme` says which schemes were known."""
    doubts = result.status is Status.ACCEPTED and result.count(Severity.WARNING)
    word = BLANK_TEMPLATE if any(found.code == "ST15" for found in result.findings) else STATUS_WORDS[result.status]
    yield click.style(f"{result.file}  {word}{'（有警告）' if doubts else ''}", bold=True)
    figures = _figures(result, scheme)
    if figures:
        yield f"  {figures}"
    yield from (line for fold in folds_of(result.findings) for line in _describe_fold(fold))
    if not result.findings:
        yield "  没有发现问题"


def _figures(result: FileResult, scheme: SchemeChoice) -> str:
    """The assessment in one line."""
    if result.assessment is None or result.scheme is None:
        return ""
    assessment = result.assessment
    labels = {rate.key: rate.label for rate in scheme_by_id(result.scheme, scheme).rates}
    parts = []
    if assessment.total is not None:
        parts.append(f"总分 {plain(assessment.total)}")
    if assessment.grade:
        parts.append(f"等次 {assessment.grade}")
    if assessment.final is False:
        parts.append(f"总分 {unsettled(assessment, 'total')}")
    for key, rate in assessment.rates.items():
        why = unsettled(assessment, f"rates.{key}") or "无法计算"
        parts.append(f"{labels.get(key, key)} {why if rate is None else percent(rate)}")
    return "  ".join(parts)


def _describe_fold(fold: Fold) -> Iterator[str]:
    yield from _describe_finding(fold.lead)
    if fold.others:
        yield f"      {same_at(fold.cells)}"


def _describe_finding(finding: Finding) -> Iterator[str]:
    place = f"{finding.sheet}!{finding.cell} " if finding.cell else f"{finding.sheet} " if finding.sheet else ""
    head = click.style(f"{SEVERITY_WORDS[finding.severity]} {finding.code}", fg=_COLOURS[finding.severity])
    yield f"  {head} {place}{finding.message}"
    if finding.fix and finding.severity is not Severity.INFO and not finding.settled:
        yield f"      更正：{finding.fix}"
    if finding.explanation:
        yield f"      单位说明：{finding.explanation}"
    if finding.verdict or finding.note:
        who = f"（{finding.reviewer}）" if finding.reviewer else ""
        yield f"      复核：{'：'.join(filter(None, (finding.verdict, finding.note)))}{who}"
