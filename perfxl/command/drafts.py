"""perfxl schemes draft: from the form that an office has to a scheme, with questions, counts and proof."""

from collections.abc import Sequence
from pathlib import Path

import click

from perfxl.drafting.draft import PLEASE_CONFIRM
from perfxl.drafting.paper import read_papers
from perfxl.drafting.proof import Proof, prove
from perfxl.drafting.scheme import Drafted, Question, draft_scheme, id_of
from perfxl.errors import ExitCode, SchemeError, UsageError
from perfxl.schemes import parse_scheme
from perfxl.system.outfile import write_whole


def draft_to_file(papers: Sequence[Path], target: Path | None, is_silent: bool) -> int:
    """Drafts a scheme from a blank form, or from filled copies of it; writes it and says what the proof came to.

    Raises:
        UsageError: no form or no target is named, or the target is there already.
        PerfxlError: a form cannot be read, or the target cannot be written.
    """
    if not papers or target is None:
        raise UsageError("起草方案请写 perfxl schemes draft 现有表.xlsx -o 本单位.toml；已填的表请给两份以上")
    _expect_new(target)
    sheets, blank = read_papers(papers)
    drafted = draft_scheme(sheets, id_of(target), None if is_silent else _ask)
    write_new(target, drafted.text)
    click.echo(target.as_posix())
    _say_counts(drafted, is_silent)
    try:
        scheme = parse_scheme(drafted.text, target.name)
    except SchemeError as error:
        click.echo(f"草稿还不是完整的方案，改好下列各处后用 perfxl schemes {target} 再检查：\n{error}", err=True)
        return ExitCode.FINDINGS
    return _say_proof(prove(scheme, drafted.draft, blank))


def write_new(target: Path, text: str) -> None:
    """Writes a scheme where there is none yet.

    Raises:
        UsageError: there is one.
    """
    _expect_new(target)
    write_whole(target, text.encode())


def _expect_new(target: Path) -> None:
    if target.exists():
        raise UsageError(f"-o {target}：已经有这个文件，里面也许有您的修改，不覆盖；请换一个文件名")


def _ask(question: Question) -> str:
    """Asks on the terminal; the first answer is proposed."""
    others = f"（可选：{' / '.join(question.answers)}）" if len(question.answers) > 1 else ""
    return str(click.prompt(f"{question.text}{others}", default=question.answers[0], err=True)).strip()


def _say_counts(drafted: Drafted, is_silent: bool) -> None:
    draft, asked = drafted.draft, "没有提问" if is_silent else f"提问 {drafted.questions} 个"
    doubtful = drafted.text.count(f"# {PLEASE_CONFIRM}")
    click.echo(f"确定 {draft.sure} 行，请确认 {doubtful} 处，{asked}。", err=True)
    for text in draft.unknown:
        click.echo(f"  没有写进方案：{text}", err=True)


def _say_proof(proof: Proof) -> int:
    if not proof.failures:
        click.echo(
            f"验证通过：{proof.labels} 个标签都在自己的单元格上认出，{proof.answers} 个填写处填什么读出什么。", err=True
        )
        return ExitCode.OK
    click.echo(
        f"验证：{proof.labels} 个标签、{proof.answers} 个填写处，其中 {len(proof.failures)} 处没有通过，请修改方案后再试：",
        err=True,
    )
    for text in proof.failures:
        click.echo(f"  {text}", err=True)
    return ExitCode.FINDINGS
