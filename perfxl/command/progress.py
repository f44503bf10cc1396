"""How far is a batch, how fast, and how much trouble has it met? A bar on a terminal, and a line where it is cut short."""

import sys
from collections import Counter
from collections.abc import Sequence
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from perfxl.model import STATUS_WORDS, Status
from perfxl.results.filed import ResultHead

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


class Progress:
    """Counts results as they come; shows them on stderr where that is a terminal."""

    def __init__(self, total: int, is_shown: bool = True) -> None:
        self._total = total
        self._counts: Counter[Status] = Counter()
        self.done = 0
        self._begun = monotonic()
        self._bar: ProgressBar[int] = click.progressbar(
            length=total,
            label="正在处理",
            item_show_func=lambda _: self._rate(),
            show_pos=True,
            show_eta=False,
            file=sys.stderr,
            hidden=not (is_shown and sys.stderr.isatty()),
        )

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def add(self, heads: Sequence[ResultHead]) -> None:
        """One more file is done."""
        self._counts.update(head.status for head in heads)
        self.done += 1
        self._bar.update(1)

    def cut_short(self) -> str:
        """What was done when the batch was interrupted, in one line."""
        return f"已处理 {self.done} 个文件{_named(self._counts, tuple(Status))}，未处理 {self._total - self.done} 个。"

    def _rate(self) -> str:
        speed = self.done / max(monotonic() - self._begun, 0.001)
        left = f"剩余 {self._bar.format_eta()}  " if self._bar.eta_known and self.done < self._total else ""
        return f"{left}每秒 {speed:.0f} 个{_named(self._counts, (Status.RETURNED, Status.REJECTED))}"


def _named(counts: Counter[Status], wanted: tuple[Status, ...]) -> str:
    words = "，".join(f"{STATUS_WORDS[status]} {counts[status]}" for status in wanted if counts[status])
    return f"（{words}）" if words else ""
