"""From an approved list to the forms that go out, and what is said of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from perfxl.distribution.sendout import SentOut, send_out
from perfxl.errors import ExitCode
from perfxl.office.approved import ApprovedProject
from perfxl.office.lists import ReadList, read_list
from perfxl.office.workbooks import MOST_NAMED
from perfxl.schemes import load_scheme, scheme_names
from perfxl.schemes.spec import Scheme


def hand_out(source: Path, folder: Path, scheme: str | None, with_drafts: bool) -> int:
    """Writes the forms and says what became of them; returns the exit code.

    Raises:
        PerfxlError: the list or the scheme cannot be used, or a file cannot be written.
    """
    own = load_scheme(scheme) if scheme else None
    found = read_list(source, [own] if own and own.id not in scheme_names() else [])
    done = send_out(found.projects, _chooser(own), folder, with_drafts)
    _say(source, found, done)
    click.echo(folder.as_posix())
    return ExitCode.FINDINGS if found.wrong or done.faults or done.kept else ExitCode.OK


def _chooser(own: Scheme | None) -> Callable[[ApprovedProject], Scheme | None]:
    """Which form a project gets: the list's, else the one that was asked for."""

    def chosen(project: ApprovedProject) -> Scheme | None:
        if not project.scheme:
            return own
        return own if own and own.id == project.scheme else load_scheme(project.scheme)

    return chosen


def _say(source: Path, found: ReadList, done: SentOut) -> None:
    """What became of the list and of each file, on stderr."""
    _name(f"“{source}”中不能使用的内容（所在项目没有下发，改正后再运行一次）", list(map(str, found.wrong)))
    _name("没有下发的项目", [f"{one.place}“{one.title}”：{fault}" for one, fault in done.faults])
    _name("已有人保存过、没有替换的文件（内容与清单现在的不同；确实不要的，请移走后再运行）", done.kept)
    _name("清单里已经没有的项目，原来的表没有动", done.gone)
    _name("按清单的改动重新写出", done.changed)
    counts = (
        f"新写 {len(done.new)} 个文件，更新 {len(done.changed)} 个，不变 {len(done.same)} 个，保留 {len(done.kept)} 个"
    )
    click.echo(f"清单 {len(found.projects)} 个项目：{counts}。", err=True)


def _name(title: str, lines: Sequence[str]) -> None:
    if lines:
        more = [f"  …… 另有 {len(lines) - MOST_NAMED} 项"] if len(lines) > MOST_NAMED else []
        click.echo("\n".join([f"{title}：", *(f"  {line}" for line in lines[:MOST_NAMED]), *more]), err=True)
