"""Which rows of a table are none of its own, but sums or breakdowns of others: 小计, 产出指标合计, 其中：县级."""

import re
from functools import lru_cache

from perfxl.typed.wording import label_key

_SUM = r"(?:小计|合计|总计|共计)"
_OF_LEVELS = (
    r"(?:[^()\d]{0,8}指标(?:得分|分值|分)?|产出|效益|成效|效率|满意度|项目决策|项目管理|项目绩效"
    r"|本级|本类|各项|分项|以上|上述|一级|二级|三级|分值|得分|评分)?"
)
_CERTAIN = re.compile(rf"\(?{_OF_LEVELS}{_SUM}(?:得分|分值|分)?\)?(?:\([^()]{{0,12}}\)|:.{{0,12}})?")
_DOUBTFUL = re.compile(rf"其中.*|.*{_SUM}(?:\([^()]*\))?", re.DOTALL)
_LONGEST = 60
"""Longer texts are answers, never names of rows."""


@lru_cache(maxsize=4096)
def may_be_subtotal(name: str) -> bool:
    """Whether a row of this name may be a sum or a breakdown."""
    return len(name) <= _LONGEST and ("计" in name or "其" in name) and _kind(name) is not None


def is_subtotal(name: str, says_nothing_else: bool) -> bool:
    """Whether a row is a sum or breakdown of others.

    小计 and 产出指标合计 are names of nothing else. 其中：县级 and 培训人数合计 may be indicators of their own: they are none
    where target and result are blank.
    """
    kind = _kind(name)
    return kind is not None and (kind or says_nothing_else)


def _kind(name: str) -> bool | None:
    """True for a name that is certain, False for a doubtful one, None for any other."""
    key = label_key(name)
    if _CERTAIN.fullmatch(key):
        return True
    return False if _DOUBTFUL.fullmatch(key) else None
