"""The chapters of a report: numbered headings, each with a large cell below it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from perfxl.drafting.paper import BlankForm, PrintBox
from perfxl.typed.wording import squeeze

_NUMBERED = re.compile(r"(?:[一二三四五六七八九十]{1,3}[、.]|[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[、.])")
_KEYS = (
    ("funds_in_place", "到位"), ("funds_management", "资金管理"), ("funds_used", "资金使用|支出情况"), ("overview", "概况|基本性质|主要内容|基本情况"),
    ("goals", "绩效目标"), ("organisation", "组织实施|管理情况"), ("conclusion", "结论"), ("results", "绩效情况|完成情况|实现情况|绩效分析"),
    ("experience", "经验|问题|建议"),
)  # fmt: skip
"""By their words, in the order in which they are looked for."""


class DraftedSection(NamedTuple):
    """A paragraph of a report: its heading, the cell below, and the chapter that begins with it (None where none does)."""

    chapter: PrintBox | None
    heading: PrintBox
    cell: PrintBox


def sections_at(paper: BlankForm, row: int) -> list[DraftedSection]:
    """The sections that begin in a row, one below the other; none where these are no chapters."""
    found: list[DraftedSection] = []
    while (heading := _heading(paper, row)) is not None:
        chapter, below = None, _heading(paper, row + 1)
        if below is not None:
            chapter, heading, row = heading, below, row + 1
        cell = _alone(paper, row + 1)
        if cell is None or cell.text:
            break
        found.append(DraftedSection(chapter, heading, cell))
        row = cell.row + cell.height
    return found if len(found) > 1 else []


def key_of_section(heading: str) -> str:
    """The name of a section by the words of its heading, "" where they say nothing."""
    return next((key for key, words in _KEYS if re.search(words, squeeze(heading))), "")


def _heading(paper: BlankForm, row: int) -> PrintBox | None:
    box = _alone(paper, row)
    return box if box is not None and _NUMBERED.match(box.text) and len(box.text) <= 40 else None


def _alone(paper: BlankForm, row: int) -> PrintBox | None:
    """The box that takes a whole row."""
    boxes: Sequence[PrintBox] = paper.rows.get(row, [])
    return boxes[0] if len(boxes) == 1 and boxes[0].width >= paper.columns - 1 else None
