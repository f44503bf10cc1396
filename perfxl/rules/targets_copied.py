"""TG11: does a result only repeat what was aimed at?"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from perfxl.model import Row
from perfxl.rules.cells import at, filled_rows, in_row, label_of
from perfxl.rules.declare import WARNING, Case, Problem, rule
from perfxl.typed.wording import squeeze

COPIED = 0.9
"""Share of a text that is the other's, from which it is a copy."""
LONG_ENOUGH = 10
"""Letters of a text that is more than a phrase: 达到标准 may be target and result."""


PAIRS = (("goals.expected", "goals.actual"), ("report.goals", "report.results"))
"""What was aimed at, and where it is said what came of it."""


@rule(
    "TG11",
    "actual-copies-target",
    WARNING,
    "完成情况照抄目标",
    what="实际完成情况的文字是否与目标的文字相同或九成以上相同，而且数字也一样；不到10个字的短语不算。",
    why="照抄目标说明不了完成了多少。",
    example="预期目标“全年举办讲座200场，服务读者10万人次”，实际完成情况一字不差。",
    fix="请写明实际完成的数量、质量和时间，以及与目标的差距。",
)
def check_copied(case: Case) -> Iterator[Problem]:
    form = case.form
    for wanted, actual in PAIRS:
        if _is_copy(form.text(wanted), form.text(actual)):
            yield at(form, actual, _copied(label_of(form, actual)), _short(form.text(actual)), "实际完成的情况")
    for key in ("indicators", "targets"):
        for row in filled_rows(form, key):
            if is_copied(row):
                text = _copied("实际完成值")
                yield in_row(form, key, row, "actual", text, _short(row["actual"].text), "实际完成的情况")


def _copied(label: str) -> str:
    return f"“{label}”与目标的文字相同，没有说明实际完成了多少"


def is_copied(row: Row) -> bool:
    """Whether the result of a row copies its target."""
    return _is_copy(row["target"].text, row["actual"].text)


def _is_copy(wanted: str, actual: str) -> bool:
    """Whether a text says nothing that the other has not said, figures included."""
    one, other = squeeze(wanted), squeeze(actual)
    if min(len(one), len(other)) < LONG_ENOUGH or re.findall(r"[\d.]+", one) != re.findall(r"[\d.]+", other):
        return False
    matcher = SequenceMatcher(None, one[:2000], other[:2000], autojunk=False)
    return one == other or (matcher.quick_ratio() >= COPIED and matcher.ratio() >= COPIED)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:40]}…"
