"""How far is a batch, how fast, and how much trouble has it met? One line on a terminal, and one where it is cut short."""

import sys
from collections import Counter
from collections.abc import Sequence
from shutil import get_terminal_size
from time import monotonic
from types import TracebackType
from typing import Self

import click

from perfxl.command.terminal import COLUMNS, cut_to, width_of
from perfxl.model import STATUS_WORDS, Status
from perfxl.results.filed import ResultHead

_EVERY = 0.1
"""Seconds between two looks of the line; a terminal over a slow connection keeps up with it."""


class Progress:
    """Counts results as they come; shows them on stderr where that is a terminal."""

    def __init__(self, total: int, is_shown: bool = True) -> None:
        self._total = total
        self._counts: Counter[Status] = Counter()
        self.done = 0
        self._begun = monotonic()
        self._shown_at = 0.0
        self._is_shown = is_shown and sys.stderr.isatty()

    def __enter__(self) -> Self:
        self._show()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show()
        if self._is_shown:
            click.echo(err=True)

    def add(self, heads: Sequence[ResultHead]) -> None:
        """One more file is done."""
        self._counts.update(head.status for head in heads)
        self.done += 1
        if monotonic() - self._shown_at >= _EVERY:
            self._show()

    def cut_short(self) -> str:
        """What was done when the batch was interrupted, in one line."""
        return f"已处理 {self.done} 个文件{_named(self._counts, tuple(Status))}，未处理 {self._total - self.done} 个。"

    def line(self, seconds: float, columns: int) -> str:
        """The line after so many seconds, as wide as the terminal's columns less one, so that it never wraps.

        What does not fit is left off from its end; blanks cover what an earlier line showed there.
        """
        speed = self.done / max(seconds, 0.001)
        parts = [f"正在处理 {self.done}/{self._total}（{100 * self.done // max(self._total, 1)}%）"]
        if 0 < self.done < self._total:
            parts.append(f"剩余约 {_spoken((self._total - self.done) / speed)}")
        parts.append(f"每秒 {speed:.0f} 个" if speed >= 1 else f"每个 {1 / speed:.0f} 秒" if self.done else "")
        parts.append(_named(self._counts, (Status.RETURNED, Status.REJECTED)).strip("（）"))
        text = cut_to("  ".join(filter(None, parts)), columns - 1)
        return text + " " * (columns - 1 - width_of(text))

    def _show(self) -> None:
        if self._is_shown:
            self._shown_at = monotonic()
            columns = min(get_terminal_size((COLUMNS, 24)).columns, COLUMNS)
            click.echo("\r" + self.line(self._shown_at - self._begun, columns), nl=False, err=True)


def _spoken(seconds: float) -> str:
    """A time as people say it: 40 秒, 3 分 20 秒, 2 小时 5 分."""
    whole = max(1, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} 小时 {minutes} 分"
    return f"{minutes} 分 {whole % 60} 秒" if minutes else f"{whole} 秒"


def _named(counts: Counter[Status], wanted: tuple[Status, ...]) -> str:
    words = "，".join(f"{STATUS_WORDS[status]} {counts[status]}" for status in wanted if counts[status])
    return f"（{words}）" if words else ""
