"""Where the form's printed texts stand on a filled sheet, and from them where everything else stands.

Labels are found by their words, never by position. Inserted rows and columns shift whole stretches of a sheet, so the
found labels also tell where a layout's other rows and columns have moved to.
"""

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple

from perfxl.layout import Placed, PlacedSheet
from perfxl.reading.grid import Grid
from perfxl.typed.wording import label_key, squeeze, without_unit

MANY = 1 << 30
"""More rows than a sheet has."""
_ROW_OF_LABELS = 2
"""Texts of one row that are enough to know it by."""


class Anchor(NamedTuple):
    """A printed text found on a sheet; `rest` is what was typed behind it in the same cell."""

    row: int
    column: int
    rest: str = ""


class Wanted(NamedTuple):
    """A printed text to look for.

    Attributes:
        cell: where the layout prints it.
        keys: its wordings as label keys.
        is_sole: whether no other text of its sheet has one of its wordings.
        is_banner: whether it goes across the whole sheet, and thus says nothing about columns.
    """

    cell: Placed
    keys: tuple[str, ...]
    is_sole: bool
    is_banner: bool


@lru_cache(maxsize=512)
def wanted_on(placed: PlacedSheet) -> tuple[Wanted, ...]:
    """The printed texts of a placed sheet."""
    texts = [(cell, tuple(dict.fromkeys(map(label_key, (cell.text, *cell.aliases))))) for cell in placed.printed]
    counts = Counter(key for _, keys in texts for key in keys)
    across = len(placed.sheet.widths)
    return tuple(
        Wanted(cell, keys, all(counts[key] == 1 for key in keys), 1 < cell.width == across) for cell, keys in texts
    )


@lru_cache(maxsize=512)
def _labels_on(placed: PlacedSheet) -> tuple[Wanted, ...]:
    """The printed texts that name data."""
    return tuple(text for text in wanted_on(placed) if text.cell.path)


@dataclass(frozen=True)
class Anchors:
    """The printed texts of a placed sheet that were found on a grid.

    `rows` and `columns` say where the layout's rows and columns that hold a found text have moved to.
    """

    placed: PlacedSheet
    grid: Grid
    found: Mapping[Placed, Anchor]
    rows: Mapping[int, int]
    columns: Mapping[int, int]

    def row(self, row: int) -> int:
        """The physical row of a layout row."""
        return _shifted(self.rows, row)

    def column(self, column: int) -> int:
        """The physical column of a layout column."""
        return _shifted(self.columns, column)

    @cached_property
    def rows_taken(self) -> list[tuple[int, ...]]:
        """Physical and layout row of each found text, in order."""
        return sorted((anchor.row, cell.row) for cell, anchor in self.found.items())

    @cached_property
    def taken(self) -> frozenset[tuple[int, int]]:
        """The places of the found texts."""
        return frozenset((anchor.row, anchor.column) for anchor in self.found.values())

    def next_row(self, row: int, below: int) -> int:
        """The first physical row after `row` that holds a text printed below layout row `below`; else past the end."""
        later = islice(self.rows_taken, bisect_left(self.rows_taken, (row + 1,)), None)
        return next((at for at, printed in later if printed > below), self.grid.rows + 1)


def _shifted(known: Mapping[int, int], position: int) -> int:
    """A layout position moved as its nearest known neighbour has moved (the one before it where two are as near)."""
    if position in known:
        return known[position]
    if not known:
        return position
    nearest = min(known, key=lambda other: (abs(other - position), other > position))
    return max(1, known[nearest] + position - nearest)


def find_anchors(placed: PlacedSheet, grid: Grid) -> Anchors:
    """Finds every printed text: first those that occur once, then the others where the found ones predict them."""
    found: dict[Placed, Anchor] = {}
    rows: list[tuple[int, int]] = []
    columns: list[tuple[int, int]] = []
    doubtful: list[tuple[Wanted, list[Anchor]]] = []
    for text in wanted_on(placed):
        candidates = candidates_for(text.keys, grid)
        if text.is_sole and len(candidates) == 1:
            found[text.cell] = anchor = candidates[0]
            rows.append((text.cell.row, anchor.row))
            if not text.is_banner:
                columns.append((text.cell.column, anchor.column))
        elif candidates:
            doubtful.append((text, candidates))
    known = _with_rows_of_labels(_moved(rows), doubtful)
    anchors = Anchors(placed, grid, found, known, _moved(columns))
    return _with_doubtful(anchors, doubtful) if doubtful else anchors


def _with_rows_of_labels(rows: dict[int, int], doubtful: Iterable[tuple[Wanted, list[Anchor]]]) -> dict[int, int]:
    """Where the layout's rows have moved to, with those whose texts all stand elsewhere too, such as a second table's heading.

    It is the first row below the one above it that holds most of these texts, and at least two of them.
    """
    texts: dict[int, list[list[Anchor]]] = {}
    for text, candidates in doubtful:
        if text.cell.row not in rows:
            texts.setdefault(text.cell.row, []).append(candidates)
    known = dict(rows)
    for row, groups in sorted(texts.items()):
        above = max((known[other] for other in known if other < row), default=0)
        below = min((known[other] for other in known if other > row), default=MANY)
        held = Counter(at for group in groups for at in {a.row for a in group} if above < at < below)
        best = max(held, key=lambda at: (held[at], -at), default=0)
        if best and held[best] >= _ROW_OF_LABELS:
            known[row] = best
    return known


def _with_doubtful(anchors: Anchors, doubtful: list[tuple[Wanted, list[Anchor]]]) -> Anchors:
    """The anchors with the texts that several cells hold; each that is chosen helps to predict the next."""
    found, rows, columns = dict(anchors.found), dict(anchors.rows), dict(anchors.columns)
    grown = Anchors(anchors.placed, anchors.grid, found, rows, columns)
    taken = set(anchors.taken)
    for text, candidates in _likeliest_first(doubtful, found):
        free = [anchor for anchor in candidates if (anchor.row, anchor.column) not in taken]
        free = _in_order(text, free, [other for other, _ in doubtful], grown)
        if free:
            best = _choose(text.cell, free, grown)
            found[text.cell] = best
            taken.add((best.row, best.column))
            rows.setdefault(text.cell.row, best.row)
            if not text.is_banner:
                columns.setdefault(text.cell.column, best.column)
    return grown


def _in_order(text: Wanted, free: list[Anchor], doubtful: Iterable[Wanted], anchors: Anchors) -> list[Anchor]:
    """The candidates that keep the order of the form: those in the text's own row, each of as many as there are in its turn."""
    row = anchors.rows.get(text.cell.row)
    own = [anchor for anchor in free if anchor.row == row]
    if row is None or not own:
        return free
    turn = [one.cell for one in doubtful if one.cell.row == text.cell.row and set(one.keys) & set(text.keys)]
    left = [cell for cell in turn if cell not in anchors.found]
    if len(own) == len(left):
        return [sorted(own)[sorted(left, key=lambda cell: cell.column).index(text.cell)]]
    return own


def _moved(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Where each layout position has moved to: the place that most of its texts stand at."""
    moved = dict(pairs)
    if len(moved) < len(set(pairs)):
        moved = dict(pair for pair, _ in reversed(Counter(pairs).most_common()))
    return moved


def _likeliest_first(
    doubtful: list[tuple[Wanted, list[Anchor]]], found: Mapping[Placed, Anchor]
) -> list[tuple[Wanted, list[Anchor]]]:
    """Texts that share a row with a found one come first: their place is known best."""
    sure = {cell.row for cell in found}
    return sorted(doubtful, key=lambda pair: (pair[0].cell.row not in sure, pair[0].cell.row, pair[0].cell.column))


def candidates_for(keys: Iterable[str], grid: Grid) -> list[Anchor]:
    """Cells with a label's words alone; else with points behind them (产出指标(50分)), with another unit, with the
    answer.

    What is seen goes before what is hidden.
    """
    exact = [Anchor(*place) for key in keys for place in grid.keys.get(key, ())]
    found = exact or [*_behind(keys, grid)] or [*_in_another_unit(keys, grid)] or [*_inline(keys, grid)]
    if grid.hidden_rows and len(found) > 1:
        return [anchor for anchor in found if anchor.row not in grid.hidden_rows] or found
    return found


def _behind(keys: Iterable[str], grid: Grid) -> Iterator[Anchor]:
    yield from (Anchor(*place) for key in keys for place in grid.pointed.get(key, ()))


def _in_another_unit(keys: Iterable[str], grid: Grid) -> Iterator[Anchor]:
    for label in dict.fromkeys(map(without_unit, keys)):
        yield from (Anchor(*place) for place in grid.unitless.get(label, ()))


def _inline(keys: Iterable[str], grid: Grid) -> Iterator[Anchor]:
    yield from (Anchor(*place, rest) for key in keys for place, rest in grid.inline.get(key, ()))


def _choose(cell: Placed, candidates: list[Anchor], anchors: Anchors) -> Anchor:
    """The candidate nearest to where the found anchors predict it; below a table of free length, the last one."""
    row, column = anchors.row(cell.row), anchors.column(cell.column)
    if cell.row not in anchors.rows and _follows_a_table(cell, anchors):
        return max(candidates, key=lambda anchor: (anchor.row, -abs(anchor.column - column)))
    if (predicted := Anchor(row, column)) in candidates:
        return predicted
    return min(candidates, key=lambda anchor: (2 * abs(anchor.row - row) + abs(anchor.column - column), anchor.row))


def _follows_a_table(cell: Placed, anchors: Anchors) -> bool:
    """Whether a table stands between a text and the next known row above it."""
    above = max((other for other in anchors.rows if other < cell.row), default=0)
    return any(above <= table.last < cell.row for table in anchors.placed.tables.values())


def nearest_text(cell: Placed, anchors: Anchors) -> tuple[str, Anchor | None]:
    """The text on the sheet that a lost label was probably changed into, and where it stands."""
    taken = anchors.taken
    texts = {
        key: places[0] for key, places in anchors.grid.keys.items() if not taken.issuperset(places) and len(key) > 1
    }
    near = difflib.get_close_matches(label_key(cell.text), texts, n=1, cutoff=0.5)
    if not near:
        return "", None
    place = texts[near[0]]
    return squeeze(str(anchors.grid.cells[place])), Anchor(*place)


def share_found(placed: PlacedSheet, grid: Grid) -> float:
    """The share of a sheet's data labels that a grid holds: how much it looks like this sheet."""
    labels = _labels_on(placed)
    return sum(_is_there(label.keys, grid) for label in labels) / len(labels) if labels else 0.0


@lru_cache(maxsize=512)
def label_keys(placed: PlacedSheet) -> tuple[tuple[str, ...], ...]:
    """The wordings of each text of a sheet that names data."""
    return tuple(text.keys for text in _labels_on(placed))


@lru_cache(maxsize=512)
def printed_keys(placed: PlacedSheet) -> frozenset[str]:
    """Every wording that a sheet prints."""
    return frozenset(key for text in wanted_on(placed) for key in text.keys)


def label_count(placed: PlacedSheet) -> int:
    """How many printed texts of a sheet name data."""
    return len(_labels_on(placed))


def share_twice(placed: PlacedSheet, grid: Grid) -> float:
    """The share of the labels that a sheet should bear once and that a grid holds more often."""
    labels = [label for label in _labels_on(placed) if label.is_sole]
    return sum(len(candidates_for(label.keys, grid)) > 1 for label in labels) / len(labels) if labels else 0.0


def _is_there(keys: tuple[str, ...], grid: Grid) -> bool:
    is_exact = not grid.keys.keys().isdisjoint(keys)
    return is_exact or any(
        key in grid.pointed or key in grid.inline or without_unit(key) in grid.unitless for key in keys
    )
