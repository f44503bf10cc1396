"""What is missing from the sums, said in one sentence and as figures: unreadable, doubtful, refused, passed over. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from perfxl.summary.batch import Batch
from perfxl.summary.leftout import DOUBTFUL, LEFT_OUT, UNREAD, left_out
from perfxl.summary.resubmissions import Disposition
from perfxl.typed.amounts import OFFICE_UNIT, round_half_up

MAY_HOLD_FORMS = frozenset(
    [
        ".zip",
        ".rar",
        ".7z",
        ".tar",
        ".gz",
        ".tgz",
        ".eml",
        ".msg",
        ".mbox",
        ".pdf",
        ".doc",
        ".docx",
        ".wps",
        ".htm",
        ".html",
    ]
)
"""Endings of files that are passed over though a form may be in them."""
OTHER_YEAR = ("BA07", "BA08", "XF13")


@dataclass(frozen=True)
class Gaps:
    """How much of what came in does not count."""

    unread: int
    doubtful: int
    ungraded: int
    refused: int
    passed_over: int
    other_year: int

    def said(self) -> str:
        """In words, "" where there is nothing."""
        parts = (
            (self.unread, "项金额未能读取或不能采用"),
            (self.doubtful, "项金额存疑"),
            (self.ungraded, "个项目未评"),
            (self.refused, "个文件拒收"),
            (self.passed_over, "个略过的文件可能含有报送件"),
            (self.other_year, "个项目不是本次评价的年度"),
        )
        return "、".join(f"{number} {words}" for number, words in parts if number)


def gaps_of(batch: Batch) -> Gaps:
    """What does not count in a batch."""
    kinds = Counter(one.kind for one in left_out(batch.portfolio) if one.measure)
    skipped = [one.head for one in batch.received if one.disposition == Disposition.SKIPPED]
    projects = batch.portfolio.projects
    return Gaps(
        unread=kinds[UNREAD],
        doubtful=kinds[DOUBTFUL],
        ungraded=sum(project.head.final is False for project in projects),
        refused=sum(one.disposition == Disposition.REFUSED for one in batch.received),
        passed_over=sum(PurePosixPath(head.file).suffix.lower() in MAY_HOLD_FORMS for head in skipped),
        other_year=sum(not project.head.codes.isdisjoint(OTHER_YEAR) for project in projects),
    )


def population_lines(batch: Batch) -> Iterator[str]:
    """Over how many projects the amounts are, and what the doubtful ones would add."""
    projects = batch.portfolio.projects
    missing = [one for one in projects if one.is_left_out]
    if not missing:
        return
    rows = [one for one in left_out(batch.portfolio) if one.measure]
    yield (
        f"资金合计、比率和图表按 {len(projects) - len(missing)} 个项目计算；{len(missing)} 个项目的 {len(rows)} 项金额"
        f"没有计入，见“{LEFT_OUT}”"
    )
    sums = []
    for measure, label in batch.portfolio.measures.items():
        doubted = [one.figure for one in rows if one.measure == measure and one.kind == DOUBTFUL and one.figure]
        if doubted:
            counted = sum((number for one in projects if (number := one.amounts.get(measure)) is not None), Decimal(0))
            both = (f"{round_half_up(amount, 2):,}" for amount in (sum(doubted, counted), counted))
            sums.append("{}含存疑 {}、不含 {}".format(label, *both))
    if sums:
        yield f"存疑的金额（{OFFICE_UNIT}）：{'；'.join(sums)}"
