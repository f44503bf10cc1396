"""From reviewed copies to one table of what was explained and decided."""

from collections.abc import Sequence
from pathlib import Path

import click

from perfxl.command.targets import expect_no_work, expect_xlsx
from perfxl.errors import ExitCode, UsageError
from perfxl.schemes.choice import SchemeChoice


def collect_copies(folders: Sequence[Path], target: Path, schemes: SchemeChoice) -> int:
    """Writes the table and says what it holds; returns the exit code.

    Raises:
        UsageError: a folder is not there, or somebody's work lies at the target.
        OutputError: the table cannot be written.
    """
    expect_xlsx(target)
    expect_no_work(target)
    for folder in folders:
        if not folder.exists():
            raise UsageError(f"{folder}：没有这个文件夹或文件")
    from perfxl.batch.officewords import collected
    from perfxl.summary.collected import write_collected

    rows, unreadable = collected(folders, schemes)
    for name in unreadable:
        click.echo(f"{name}：打不开或不是审核副本，没有汇总", err=True)
    if not rows:
        click.echo(f"没有找到带“审核结果”的副本，没有写“{target}”。请检查文件夹的名称。", err=True)
        return ExitCode.FAILED
    write_collected(rows, target)
    click.echo(target.as_posix())
    click.echo(f"共 {len({row.copy for row in rows})} 份副本、{len(rows)} 条问题。", err=True)
    return ExitCode.FAILED if unreadable else ExitCode.OK
