"""Which findings are one fault over many cells, and are shown as one? Twenty blank scores have one cause and one remedy."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from perfxl.model import Finding

LEAST_FOLDED = 4
"""Findings that are no longer read one by one."""
_NAMED = 20
"""Ranges that a remark names."""


class Fold(NamedTuple):
    """A finding, and those in other cells of its column that say the same."""

    lead: Finding
    others: tuple[Finding, ...] = ()

    @property
    def cells(self) -> list[str]:
        """The cells of all."""
        return [one.cell for one in (self.lead, *self.others)]


def folds_of(findings: Sequence[Finding]) -> list[Fold]:
    """The findings in their order, those that say the same of many cells of a column with the first of them."""
    alike: dict[Hashable, list[Finding]] = {}
    for one in findings:
        alike.setdefault(_sameness(one), []).append(one)
    folds: list[Fold] = []
    for one in findings:
        members = alike[_sameness(one)]
        if len(members) < LEAST_FOLDED:
            folds.append(Fold(one))
        elif members[0] is one:
            folds.append(Fold(one, tuple(members[1:])))
    return folds


def _sameness(one: Finding) -> Hashable:
    """What findings share that are one fault: the rule, the column, what was found, the remedy, and all that was said of them."""
    if not one.cell:
        return id(one)
    said = (one.explanation, one.verdict, one.note, one.reviewer, one.day, one.earlier, one.disputed, one.settled)
    return one.code, one.severity, one.sheet, one.cell.rstrip("0123456789"), one.found, one.fix, said


def same_at(cells: Sequence[str]) -> str:
    """Where one fault is, in words: how many cells, and which."""
    return f"同样的共 {len(cells)} 处：{_in_one_column(cells)}"


def folded_below(cells: Sequence[str], rest: str = "") -> str:
    """What the first of folded rows says of the others; `rest` is what else holds for them."""
    return f"（{same_at(cells)}；其余各行已收起，点左边的“+”展开{rest}）"


def _in_one_column(cells: Sequence[str]) -> str:
    """Cells of a column, neighbours as a range: G3:G10、G12."""
    letters = cells[0].rstrip("0123456789")
    rows = sorted({int(cell[len(letters) :]) for cell in cells})
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    named = [f"{letters}{run[0]}" + (f":{letters}{run[-1]}" if run[1:] else "") for run in runs]
    return "、".join(named[:_NAMED]) + ("等" if len(named) > _NAMED else "")
