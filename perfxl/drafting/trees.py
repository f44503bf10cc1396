"""The indicators that a form prints in its table: their levels and weights, and the rows that it leaves to the agency."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfxl.drafting.draft import DraftedItem
from perfxl.drafting.paper import PrintBox
from perfxl.schemes.spec import LEVELS
from perfxl.typed.wording import is_placeholder

_POINTED = re.compile(r"(.+?)[（(]\s*(\d+(?:\.\d+)?)\s*分\s*[）)]")
POINTED = "{level3}（{weight}分）"
"""How an indicator is printed whose weight stands behind its name."""


@dataclass(frozen=True)
class PrintedTree:
    """The rows of a tree as the form prints them.

    Attributes:
        rows: each as a fixed row of a scheme, with its place; rows without `level3` are the agency's.
        is_whole: whether the form prints every indicator with its weight.
        has_branches: whether it prints every level above them.
        is_pointed: whether weights stand behind the names of the indicators: 相关性（5分）.
    """

    rows: Sequence[DraftedItem]
    is_whole: bool
    has_branches: bool
    is_pointed: bool = False

    def printed(self, name: str) -> bool:
        """Whether the form prints a column in every row."""
        return (self.has_branches if name == "level2" else True) if name in LEVELS[:2] else self.is_whole


def tree_of_rows(rows: Sequence[Sequence[PrintBox]], places: Mapping[str, int]) -> PrintedTree | None:
    """The tree that stands below a heading; None where the form prints no indicators, or no weights with them.

    Args:
        rows: the boxes of each row of the table.
        places: the column of each of `level1`, `level2`, `level3` and `weight` that the table has.
    """
    if not {"level1", "level3"} <= places.keys():
        return None
    is_pointed = "weight" not in places
    found: list[DraftedItem] = []
    above: dict[str, str] = {}
    for boxes in rows:
        at = {name: next((box for box in boxes if box.column == place), None) for name, place in places.items()}
        above = _branch(at, above)
        item = _row(at, above, is_pointed)
        if item is None:
            return None
        found.append(item)
    closed = [values for values, _, _ in found if "level3" in values]
    if not closed or any("level1" not in values for values, _, _ in found):
        return None
    has_branches = "level2" not in places or all("level2" in values for values, _, _ in found)
    return PrintedTree(found, len(closed) == len(found), has_branches, is_pointed)


def _branch(at: Mapping[str, PrintBox | None], above: Mapping[str, str]) -> dict[str, str]:
    """The names of the levels above a row: its own, or those that span it."""
    branch: dict[str, str] = {}
    is_new = False
    for name in LEVELS[:2]:
        own = _text(at.get(name))
        is_new = is_new or bool(own)
        known = own or ("" if is_new and name != "level1" else above.get(name, ""))
        branch |= {name: known} if known else {}
    return branch


def _row(at: Mapping[str, PrintBox | None], branch: Mapping[str, str], is_pointed: bool) -> DraftedItem | None:
    """A row of the tree; None for an indicator without weight, of which nothing could be prescribed."""
    name, box = _text(at["level3"]), at.get("weight")
    weight = box.text if box is not None and box.is_number else ""
    if is_pointed and (pointed := _POINTED.fullmatch(name)):
        name, weight = pointed[1].strip(), pointed[2]
    if name and not weight:
        return None
    values: dict[str, object] = dict(branch)
    values |= {"level3": name} if name else {}
    values |= {"weight": Decimal(weight)} if weight else {}
    place = next(box.address for box in (at["level3"], at["level1"], box) if box is not None)
    return values, place, ""


def _text(box: PrintBox | None) -> str:
    """What a cell prints, but for marks that an agency may write over."""
    text = " ".join(box.text.split()) if box is not None else ""
    return "" if is_placeholder(text) else text
