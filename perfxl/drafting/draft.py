"""What a draft holds: blocks as lines of TOML, each with how sure it is and the cell it comes from, and where answers stand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfxl.drafting.paper import PrintBox

DraftedItem = tuple[Mapping[str, Any], str, str]
"""An entry of a block's list: its declaration, the cell that it comes from, and what is doubtful about it."""
SURELY, PLEASE_CONFIRM = "确定", "请确认"


@dataclass(frozen=True)
class AnswerCell:
    """A cell to fill in: the datum's path, its sheet and address, its type."""

    path: str
    sheet: str
    address: str
    type: str = ""


@dataclass(frozen=True)
class PrintedLabel:
    """A label that the draft declares, and where the form prints it."""

    text: str
    sheet: str
    address: str


@dataclass
class Draft:
    """A scheme in the making.

    Attributes:
        lines: of TOML, from the first sheet on.
        answers: every cell to fill in.
        labels: every label that a datum is read by.
        unknown: texts that were understood as nothing, with their places.
        sure, asked: how many lines are sure, and how many an office has to confirm.
        facts: what the form says of itself, for the head of the file: unit, points, title, funds columns and so on.
    """

    lines: list[str] = field(default_factory=list)
    answers: list[AnswerCell] = field(default_factory=list)
    labels: list[PrintedLabel] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    sure: int = 0
    asked: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def free_key(self, block: str, key: str) -> str:
        """A name that the block has not got yet."""
        number, name = 1, key
        while f"{block}.{name}" in self.keys:
            number += 1
            name = f"{key}{number}"
        self.keys.add(f"{block}.{name}")
        return name

    def comment(self, place: str, doubt: str = "") -> str:
        """How sure a line is, and the cell it comes from."""
        if doubt:
            self.asked += 1
            return f"# {PLEASE_CONFIRM}：{doubt}（{place}）"
        self.sure += 1
        return f"# {SURELY}（{place}）"

    def begin(self, kind: str, values: Mapping[str, Any], box: PrintBox, doubt: str = "") -> None:
        """The head of a block."""
        self.lines += ["", f"[[sheets.blocks]] {self.comment(box.address, doubt)}", f'kind = "{kind}"']
        self.lines += [f"{key} = {toml(value)}" for key, value in values.items()]

    def items(self, name: str, items: Sequence[DraftedItem]) -> None:
        """A list of a block: the values of each entry, its place and its doubt."""
        self.lines.append(f"{name} = [")
        for values, place, doubt in items:
            self.lines.append(f"  {toml(values)}, {self.comment(place, doubt)}")
        self.lines.append("]")


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
