"""Which of the submissions of one project counts, and what is said of the others? See `PRECEDENCE`."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from perfxl.intake.contents import DOCUMENTS, suffix_of
from perfxl.intake.entries import BETWEEN
from perfxl.model import Finding, Severity, Status
from perfxl.results.filed import ResultHead
from perfxl.results.moments import NEVER, moment
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.schemes.spec import Scheme
from perfxl.summary.identity import scheme_of, superseded_by
from perfxl.system.names import file_name
from perfxl.typed.wording import squeeze

PRECEDENCE = (
    ("表样", "同一阶段用了新旧两种表的，采用新的一种"),
    ("能否定分", "采用算得出总分的；没有总分的表，采用没有错误的；都不行的，不论"),
    ("日期", "采用最近的：先看邮件的收到时间，再看工作簿记录的修改时间，再看文件时间；将来的日期不算"),
    ("格式", "日期相同的，采用工作簿，不采用 Word 文档"),
    ("文件名", "格式也相同的，重报 > 最终、终稿、定稿 > 修改、更正 > 没有字样 > 初稿、草稿；字样相同的看序号"),
)
"""What decides, in this order; the manual and the summary show it."""

_WORDS = (
    (4, re.compile(r"重报|重新报|再报|补报")),
    (3, re.compile(r"最终|终稿|定稿|最后|正式")),
    (2, re.compile(r"修改|修订|修正|更正|更新|补充|改")),
    (0, re.compile(r"初稿|草稿|草案|征求意见|未定")),
)
_PLAIN = 1
"""A name without any of these words."""
_NUMBERED = re.compile(
    r"(?:v|第|修改版?|修订版?|更正版?|最终版?|终稿版?|定稿版?|重报|\()(\d{1,3}|[一二三四五六七八九十]{1,2})(?!\d)"
)
_DIGITS = {numeral: number for number, numeral in enumerate("一二三四五六七八九", 1)}

Recency = tuple[datetime, bool, int, int, str, tuple[str, ...], str]


def is_final(head: ResultHead, known: Mapping[str, Scheme]) -> bool:
    """Whether the figures of a submission hold: it has a total, or its form gives no scores and has no error."""
    if head.total is not None:
        return True
    scheme = scheme_of(head, known)
    return scheme is not None and not _gives_scores(scheme) and head.status is Status.ACCEPTED


def _gives_scores(scheme: Scheme) -> bool:
    return any("score" in table.data_keys for table in scheme.tables.values())


def chosen_of(heads: Sequence[ResultHead], known: Mapping[str, Scheme], now: datetime) -> ResultHead:
    """The submission of a project that counts."""
    current = [one for one in heads if not any(superseded_by(one, other, known) for other in heads)] or heads
    final = [one for one in current if is_final(one, known)]
    return max(final or current, key=lambda head: recency(head, now))


def recency(head: ResultHead, now: datetime) -> Recency:
    """What the later of two submissions has more of: date, then words like 修改 or 最终 in the name, its number, its name.

    Of a workbook and a document of the same date the workbook is the later one: it was filled in cell by cell.
    """
    name = own_words(head.file)
    rank = next((rank for rank, words in _WORDS if words.search(name)), _PLAIN)
    number = max((_number(digits) for digits in _NUMBERED.findall(name)), default=0)
    return date_of(head, now), not came_as_document(head), rank, number, head.file, head.sheets, head.sha256


def came_as_document(head: ResultHead) -> bool:
    """Whether a submission is a text document, and no workbook."""
    return suffix_of(file_name(head.file)) in DOCUMENTS


def own_words(file: str) -> str:
    """What the names of a file, and of the mail or archive around it, say; folders aside."""
    pieces = [re.split(r"[\\/]", piece)[-1] for piece in file.split(BETWEEN)]
    return squeeze(" ".join(pieces)).casefold()


def _number(digits: str) -> int:
    if digits.isdecimal():
        return int(digits)
    tens, ten, ones = digits.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def dates_of(head: ResultHead) -> list[tuple[str, str]]:
    """What each date is, and the date, the most trustworthy first; such as are there."""
    named = (("邮件的收到时间", head.mail.received), ("工作簿记录的修改时间", head.modified), ("文件时间", head.filed))
    return [(what, stated) for what, stated in named if stated]


def date_of(head: ResultHead, now: datetime) -> datetime:
    """When a submission came in: the first of its dates that is not still to come."""
    past = (found for _, stated in dates_of(head) if (found := moment(stated)) <= now)
    return next(past, NEVER)


def dates_to_come(head: ResultHead, now: datetime) -> list[Finding]:
    """XF07 where a date was passed over because it is still to come."""
    dates = dates_of(head)
    to_come = [(what, stated) for what, stated in dates if moment(stated) > now]
    if not to_come:
        return []
    what, stated = to_come[0]
    used = next((f"改看{other}（{text[:10]}）" for other, text in dates if moment(text) <= now), "当作最早的一份")
    return [finding("XF07", Problem(NOWHERE, f"{what} {stated[:10]} 在将来，不采用，{used}", found=stated[:10]))]


def why_not(head: ResultHead, chosen: ResultHead, known: Mapping[str, Scheme], now: datetime) -> str:
    """Why a submission is not the one that counts."""
    if superseded_by(head, chosen, known):
        return f"同一项目采用了新表“{chosen.file}”，本件是旧表，不计入汇总"
    if recency(head, now) > recency(chosen, now):
        errors = head.count(Severity.ERROR)
        return f"报送较晚，但有 {errors} 处错误、算不出总分，仍采用同一项目先前的“{chosen.file}”；待更正"
    return f"同一项目采用了“{chosen.file}”，本件不计入汇总"


def newer_ones(
    chosen: ResultHead, heads: Sequence[ResultHead], known: Mapping[str, Scheme], now: datetime
) -> list[Finding]:
    """XF11 at the submission that counts, where there is a newer one whose figures do not hold."""
    newer = [
        one
        for one in heads
        if one is not chosen and recency(one, now) > recency(chosen, now) and not superseded_by(one, chosen, known)
    ]
    if not newer:
        return []
    named = "、".join(f"“{one.file}”" for one in sorted(newer, key=lambda one: recency(one, now)))
    return [
        finding("XF11", Problem(NOWHERE, f"有更新的一份待更正：{named}，算不出总分，没有采用", found=newer[-1].file))
    ]


def conflicts(head: ResultHead, heads: Sequence[ResultHead]) -> list[Finding]:
    """XF06 where other submissions of the project are on another form of the same stage."""
    others = [other for other in heads if other.scheme != head.scheme]
    if not others:
        return []
    named = "、".join(f"“{other.file}”（{other.scheme}）" for other in others)
    message = f"同一项目用了两种表：本件为 {head.scheme}，另有{named}，汇总只计一件"
    return [finding("XF06", Problem(NOWHERE, message, found=str(head.scheme), expected=str(others[0].scheme)))]
