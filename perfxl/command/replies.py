"""From a settled batch to what goes back to the agencies, and what is said of it."""

from datetime import date
from pathlib import Path

import click

from perfxl.office.knowledge import OfficeKnowledge
from perfxl.replies.addresses import addresses_of
from perfxl.replies.sendback import send_back
from perfxl.summary.batch import Batch

_SHOWN = 5


def write_replies(batch: Batch, folder: Path, deadline: date | None, office: OfficeKnowledge) -> None:
    """Writes copies and letters by department and unit, and says how many.

    Raises:
        UsageError: a letter's template cannot be used.
        OutputError: a file cannot be written.
    """
    addresses = addresses_of(office.approved.projects if office.approved else ())
    done = send_back(batch, folder, deadline, addresses)
    click.echo(folder.as_posix())
    click.echo(f"回复：副本 {done.copies} 份，邮件草稿 {done.letters} 封；草稿没有发送，请看过再发。", err=True)
    _name("有人改动过、没有替换的文件（新的另写在旁边）", done.kept)
    _name("没有附上副本的文件（没有副本，或副本里还有别的单位的表）", done.unattached)


def _name(title: str, names: list[str]) -> None:
    if names:
        more = f" 等 {len(names)} 个" if len(names) > _SHOWN else ""
        click.echo(f"{title}：{'、'.join(names[:_SHOWN])}{more}", err=True)
