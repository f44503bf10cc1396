"""What is wrong with the standards of a target, seen as a ladder: order, gaps, overlaps, direction, things that are none.

How a ladder is read: a band begins at its worse bound, which counts, and ends where the better band begins. A value on a
shared edge belongs to the better band, a value in a gap to the lower one.
"""

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal

from perfxl.scoring.ladder import Direction, Ladder
from perfxl.typed.amounts import Interval, parse_threshold, plain

WHOLE_UNITS = frozenset(
    "人名位个条次篇件份家户台套起例宗场项本册期批辆座处所间班门只头株棵块部首支枚幅类种县村镇乡天周"
)
"""Units of things that are counted: between 149人 and 150人 nothing is missing."""

LESS_IS_BETTER = re.compile(
    r"耗(?!材)|用电量|用水量|用油量|故障|宕机|中断|投诉|上访|成本|超支|事故|差错|错误|失误|误差|违规|违法|违纪|逾期|拖欠|"
    r"死亡|伤亡|病虫害|火灾|灾害|流失|辍学|失业率|返工|缺陷|泄漏|泄露|污染|排放|退单|漏报|迟报|发案"
)
MORE_IS_BETTER = re.compile(
    r"满意[度率]|合格率|优良率|优秀率|达标率|完成率|覆盖率|采纳率|到位率|及时率|准时率|增长率|通过率|就业率|使用率|利用率|普及率"
)
TURNED = re.compile(
    r"控制|节约|节省|节能|下降|降低|减少|减排|压缩|压减|完成|处理|处置|办结|解决|回复|回访|答复|响应|修复|排除|恢复|整改|查处|"
    r"防控|防治|防范|预防|预警|监测|治理|救治|救助|演练|培训|巡查|检查|排查|无|零|未|避免|达标|合格|及时|满意|覆盖|不"
)
"""Words that turn or lift the sense of the others: 成本节约率, 投诉办结率, 无事故天数, 不合格率."""

_RESULT = re.compile(r"[^\W\d_]\s*[:：]\s*\d|(?:实际|已完成)[^\d\n]{0,6}\d")
_LABEL = re.compile(r"[^\d\n]*[^\W\d_]\s*[:：]")


def _bound(band: Interval) -> Decimal:
    return next(bound for bound in (band.low, band.high) if bound is not None)


def first_break(bands: Sequence[Interval]) -> int:
    """The first band that goes against the way that most go (or, where they are even, the way from first to last)."""
    bounds = [_bound(band) for band in bands]
    steps = [later - earlier for earlier, later in itertools.pairwise(bounds)]
    way = sum((step > 0) - (step < 0) for step in steps) or (1 if bounds[-1] > bounds[0] else -1)
    return next((position for position, step in enumerate(steps, 1) if step * way < 0), 1)


def flaw_between(better: Interval, worse: Interval, ladder: Ladder) -> str:
    """What is wrong between two neighbours, "" where nothing is."""
    rising = ladder.direction is Direction.RISING
    begin, begin_open = (better.low, better.low_open) if rising else (better.high, better.high_open)
    end, end_open = (worse.high, worse.high_open) if rising else (worse.low, worse.low_open)
    if better == worse:
        return "相同"
    if begin is None:
        return "互相包含"
    if end is None or worse.is_point:
        return ""
    distance = begin - end if rising else end - begin
    if distance < 0:
        return "互相重叠"
    if distance == 0:
        return _flaw_at_edge(worse, f"{plain(end)}{ladder.unit}", begin_open, end_open)
    step = Decimal(1) if _counts_wholes(ladder) else Decimal(0)
    low, high = sorted((begin, end))
    gap = f"{plain(low)}{ladder.unit} 至 {plain(high)}{ladder.unit}"
    return f"之间有空档：{gap} 之间的值不属于任何一档" if distance > step else ""


def _flaw_at_edge(worse: Interval, edge: str, begin_open: bool, end_open: bool) -> str:
    """What is wrong with an edge that two bands share. That 60%以下 beside 60%-80% means the rest, everyone understands."""
    if begin_open and end_open:
        return f"都不含 {edge}"
    is_rest = worse.low is None or worse.high is None
    return "" if is_rest or begin_open or end_open else f"都含 {edge}"


def _counts_wholes(ladder: Ladder) -> bool:
    """Whether the standards count things; without a unit, whole numbers are taken for counts."""
    if ladder.unit:
        return ladder.unit[0] in WHOLE_UNITS
    bounds = [bound for band in ladder.measured for bound in (band.low, band.high) if bound is not None]
    return all(bound == bound.to_integral_value() for bound in bounds)


def direction_of(name: str) -> Direction | None:
    """The direction that the name of an indicator demands, None where it does not say."""
    if LESS_IS_BETTER.search(name) and not TURNED.search(name):
        return Direction.FALLING
    if MORE_IS_BETTER.search(name) and not LESS_IS_BETTER.search(name) and not re.search("不|未|非", name):
        return Direction.RISING
    return None


def is_turned(name: str) -> bool:
    """Whether words in a name turn or lift the sense of the others: 成本节约率, 事故处理数."""
    return bool(TURNED.search(name))


def holds_more(text: str) -> bool:
    """Whether a standard's cell holds a standard and, behind it, labelled or further numbers: 1000条 网站：836条."""
    if _LABEL.match(text):
        return False
    first, _, rest = text.partition("\n")
    number = re.search(r"\d[\d.,]*", first)
    if _RESULT.search(rest) or (number and _RESULT.search(first[number.end() :])):
        return True
    return bool(number and re.match(r"\s*\d", rest)) and parse_threshold(text) is None
