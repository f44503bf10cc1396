"""Which projects of a batch are of another year than most? Pure."""

from collections import Counter
from collections.abc import Sequence

from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.summary.resubmissions import Received

FEWEST = 3
"""Projects that it takes to speak of most."""


def hold_against_most(settled: Sequence[Received]) -> list[Received]:
    """The files with XF13 at each project that counts and is of another year than more than half of those with a year."""
    years = Counter(one.head.year for one in settled if one.is_used and one.head.year)
    usual, count = years.most_common(1)[0] if years else ("", 0)
    if count < FEWEST or 2 * count <= years.total():
        return list(settled)
    return [
        _differing(one, usual, count) if one.is_used and one.head.year not in ("", usual) else one for one in settled
    ]


def _differing(one: Received, usual: str, count: int) -> Received:
    message = f"评价年度为{one.head.year}年，同批有 {count} 个项目为{usual}年"
    return one.adding([finding("XF13", Problem(NOWHERE, message, found=f"{one.head.year}年", expected=f"{usual}年"))])
