"""Where on a sheet does an answer stand? Beside its label, below its heading, or where its row and its heading cross.

Always by what is found on the sheet itself: a form that was not made from perfxl's template has its columns elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

from perfxl.layout import Placed, PlacedSheet, Role
from perfxl.reading.anchors import Anchor, Anchors
from perfxl.reading.grid import Grid
from perfxl.typed.amounts import exact, parse_amount
from perfxl.typed.wording import label_key, ticked

_ALIKE = 0.6
"""How much a text must be like a lost label to be taken for that label and not for an answer."""


class Located(NamedTuple):
    """Where an answer stands, and what stands there; no place where its label is lost."""

    place: Anchor | None
    raw: object = None


_LOST = Located(None)


@dataclass
class Places:
    """Finds the answers of one sheet. `full_score` is what a form prints as full points before a score."""

    placed: PlacedSheet
    grid: Grid
    anchors: Anchors
    full_score: Decimal

    def locate(self, slot: Placed) -> Located:
        """Where a slot stands and what it holds."""
        if slot.side is not None:
            return self._in_footer(slot) if slot.side.path.endswith("#footer") else self._where_they_cross(slot)
        label = self.placed.labels.get(slot.path)
        if label is None:
            return self._without_label(slot)
        anchor = self.anchors.found.get(label)
        if anchor is None:
            return self._as_the_layout_has_it(slot) if self.sibling(label) else _LOST
        if anchor.rest:
            return Located(anchor, anchor.rest)
        if slot.row > label.row:
            return self._below(anchor, label, slot)
        return self._beside(anchor, label, slot)

    def sibling(self, label: Placed) -> Anchor | None:
        """Another found label of the same words in the same row, such as the sources of the first amount column."""
        return next(
            (
                anchor
                for other, anchor in self.anchors.found.items()
                if other.row == label.row
                and other is not label
                and other.text == label.text
                and other.path != label.path
            ),
            None,
        )

    # -- where a row and a heading cross

    def _where_they_cross(self, slot: Placed) -> Located:
        """The first filled cell of a row below a heading and left of the next one."""
        row = self.anchors.found.get(slot.side) if slot.side else None
        heading = self.anchors.found.get(slot.heading) if slot.heading else None
        if row is None or heading is None:
            return _LOST
        line = self.grid.line(row.row)
        for column in range(heading.column, self._heading_end(heading, slot.width)):
            if column in line and column > row.column:
                return Located(Anchor(row.row, column), line[column])
        return Located(Anchor(row.row, heading.column))

    def _heading_end(self, heading: Anchor, width: int) -> int:
        """The column behind those that a heading stands above."""
        behind = (column for column in self.grid.line(heading.row) if column > heading.column)
        return next(behind, heading.column + width)

    def _as_the_layout_has_it(self, slot: Placed) -> Located:
        if slot.row not in self.anchors.rows:
            return _LOST
        place = Anchor(self.anchors.row(slot.row), self.anchors.column(slot.column))
        return Located(place, self.grid.line(place.row).get(place.column))

    # -- below a table

    def _in_footer(self, slot: Placed) -> Located:
        """A figure of the row below a table: under its own heading, else by its order among the row's figures."""
        if slot.side is None or slot.side not in self.anchors.found:
            return _LOST
        return self._feet[slot.side].get(slot, _LOST)

    @cached_property
    def _feet(self) -> Mapping[Placed, Mapping[Placed, Located]]:
        """The cells of each footer, by its label."""
        sides: dict[Placed, list[Placed]] = {}
        for slot in self.placed.single:
            side = slot.side
            if side is not None and side in self.anchors.found and side.path.endswith("#footer"):
                sides.setdefault(side, []).append(slot)
        return {side: self._foot(self.anchors.found[side], slots) for side, slots in sides.items()}

    def _foot(self, anchor: Anchor, slots: Sequence[Placed]) -> Mapping[Placed, Located]:
        beside = self._right_of(anchor)
        figures = {column: raw for column, raw in beside.items() if is_figure(raw)}
        words = {column: raw for column, raw in beside.items() if column not in figures}
        numeric = [slot for slot in slots if slot.field is not None and slot.field.is_number]
        texts = [slot for slot in slots if slot not in numeric]
        return {
            slot: Located(Anchor(anchor.row, column), beside.get(column))
            for slot, column in (*self._shared_out(numeric, figures), *self._shared_out(texts, words))
        }

    def _shared_out(self, slots: Sequence[Placed], cells: Mapping[int, object]) -> Iterator[tuple[Placed, int]]:
        """The column of each slot: under its heading where all data stand so, else by order; the last ones are the data."""
        under = {slot: self._heading_column(slot) for slot in slots}
        data = [slot for slot in slots if slot.role is Role.INPUT]
        columns = list(cells)
        if not all(under[slot] in cells for slot in data):
            if len(columns) == len(slots):
                under = dict(zip(slots, columns, strict=True))
            else:
                printed = {under[slot] for slot in slots if slot not in data}
                free = [column for column in columns if column not in printed]
                under |= dict(zip(reversed(data), reversed(free), strict=False))
        yield from under.items()

    def _heading_column(self, slot: Placed) -> int:
        heading = self.anchors.found.get(slot.heading) if slot.heading else None
        return heading.column if heading else self.anchors.column(slot.column)

    def _right_of(self, anchor: Anchor) -> dict[int, object]:
        """The filled cells right of a label and left of the next one."""
        found: dict[int, object] = {}
        for column, raw in self.grid.line(anchor.row).items():
            if column > anchor.column:
                if (anchor.row, column) in self.anchors.taken:
                    break
                found[column] = raw
        return found

    # -- beside a label

    def _beside(self, anchor: Anchor, label: Placed, slot: Placed) -> Located:
        """The first filled cell right of the label and left of the next one; else below it, where headings stand side by side."""
        row, taken = anchor.row, self.anchors.taken
        ahead = [column for column in self.grid.line(row) if column > anchor.column]
        stop = next((column for column in ahead if (row, column) in taken), None) or self._end(anchor, slot)
        answers = {column: self.grid.line(row)[column] for column in ahead if column < stop}
        if self._has_full_points(slot, answers):
            del answers[next(iter(answers))]
        for column, raw in answers.items():
            return Located(Anchor(row, column), raw)
        if (below := self._under_side_by_side(anchor, label)) is not None:
            return below
        usual = self.anchors.column(label.column) + slot.column - label.column
        column = usual if anchor.column < usual < stop else anchor.column + slot.column - label.column
        return Located(Anchor(row, column))

    def _has_full_points(self, slot: Placed, answers: Mapping[int, object]) -> bool:
        """Whether the first figure beside a label is the printed full score: 总分 | 100 | 99."""
        if slot.field is None or slot.field.type != "points" or not answers:
            return False
        first = next(iter(answers.values()))
        is_full = _number_in(first) == self.full_score
        others = list(answers.values())[1:]
        return is_full and (slot.field.full or any(is_figure(raw) for raw in others[:1]))

    def _end(self, anchor: Anchor, slot: Placed) -> int:
        """Where right of a row's last label the search for an answer ends: before a label that was lost, if there is one."""
        behind = slot.column + slot.width
        follower = self.placed.printed_at.get((slot.row, behind))
        if follower and follower not in self.anchors.found and self.anchors.row(slot.row) == anchor.row:
            return max(self.anchors.column(behind), anchor.column + 2)
        return max(self.grid.columns, anchor.column + 1) + 1

    def _without_label(self, slot: Placed) -> Located:
        """An answer that the form prints no label for: behind that of the label before it."""
        before = [cell for cell in self.placed.printed if cell.row == slot.row and cell.column < slot.column]
        anchor = self.anchors.found.get(before[-1]) if before and slot.field else None
        if anchor is None or slot.field is None:
            return self._as_the_layout_has_it(slot)
        for column, raw in self._right_of(anchor).items():
            if isinstance(raw, str) and ticked(raw, slot.field.choices):
                return Located(Anchor(anchor.row, column), raw)
        return Located(Anchor(anchor.row, max([anchor.column, *self._right_of(anchor)]) + 1))

    # -- below a heading

    def _below(self, anchor: Anchor, label: Placed, slot: Placed) -> Located:
        """All texts between a heading and the next one, as one text at the first one's cell."""
        end = self.anchors.next_row(anchor.row, label.row)
        is_alone = label.width == len(self.placed.sheet.widths)
        first, last = (1, self.grid.columns + 1) if is_alone else (anchor.column, self._next_label(anchor))
        filled = list(self._filled_below(anchor, end, first, last))
        if not filled:
            return Located(Anchor(anchor.row + 1, anchor.column))
        place, raw = filled[0]
        return Located(place, raw if len(filled) == 1 else "\n".join(str(raw) for _, raw in filled))

    def _next_label(self, anchor: Anchor) -> int:
        """The column of the next label in a row; behind the last one where there is none."""
        columns = [column for row, column in self.anchors.taken if row == anchor.row and column > anchor.column]
        return min(columns, default=self.grid.columns + 1)

    def _filled_below(self, anchor: Anchor, end: int, first: int, last: int) -> Iterator[tuple[Anchor, object]]:
        """The filled cells right of a heading, and those from column `first` in the rows below it; all left of `last`."""
        for row in range(anchor.row, end):
            start = first if row > anchor.row else anchor.column + 1
            for column, raw in self.grid.line(row).items():
                if start <= column < last:
                    yield Anchor(row, column), raw

    def _under_side_by_side(self, anchor: Anchor, label: Placed) -> Located | None:
        """The text below a label, where labels stand side by side with nothing beside them and their answers below."""
        row = anchor.row
        labels = {a.column: cell for cell, a in self.anchors.found.items() if a.row == row and cell.path}
        line, below = self.grid.line(row), self.grid.line(row + 1)
        raw = below.get(anchor.column)
        if raw is None or len(labels) < 2 or any((row + 1, column) in self.anchors.taken for column in below):
            return None
        first = min(labels)
        if any(column >= first and (row, column) not in self.anchors.taken for column in line):
            return None
        if any(column >= first and column not in labels for column in below) or self._is_lost_label(raw):
            return None
        return Located(Anchor(row + 1, anchor.column), raw)

    def _is_lost_label(self, raw: object) -> bool:
        """Whether a text is rather a printed text that was changed than an answer."""
        lost = [cell.text for cell in self.placed.printed if cell not in self.anchors.found]
        key = label_key(str(raw))
        return any(SequenceMatcher(None, label_key(text), key).ratio() >= _ALIKE for text in lost)


def is_figure(raw: object) -> bool:
    """Whether a person may take what stands in a cell for a figure."""
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    return is_number or (isinstance(raw, str) and parse_amount(raw) is not None)


def _number_in(raw: object) -> Decimal | None:
    """The number that a cell holds, also as text and without a unit; None where it holds another thing."""
    if isinstance(raw, str):
        amount = parse_amount(raw)
        return amount.value if amount and not amount.unit else None
    return exact(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else None
