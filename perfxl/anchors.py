"""Where the form's printed texts stand on a filled sheet, and from them where everything else stands.

Labels are found by their words, never by position. Inserted rows and columns shift whole stretches of a sheet, so the
found labels also tell where a layout's other rows and columns have moved to.
"""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from perfxl.grid import Grid
from perfxl.layout import Placed, PlacedSheet
from perfxl.wording import label_key, squeeze


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed text found on a sheet; `rest` is what was typed behind it in the same cell."""

    row: int
    column: int
    rest: str = ""


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
    def rows_taken(self) -> list[tuple[int, Placed]]:
        """Physical rows that hold printed texts, in order."""
        return sorted(((anchor.row, cell) for cell, anchor in self.found.items()), key=lambda pair: pair[0])

    def next_row(self, row: int, below: int) -> int:
        """The first physical row after `row` that holds a text printed below layout row `below`; else past the end."""
        return next((at for at, cell in self.rows_taken if at > row and cell.row > below), self.grid.rows + 1)


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
    taken: set[tuple[int, int]] = set()
    wanted = Counter(key for cell in placed.printed for key in _keys(cell.text, cell.aliases))
    doubtful = []
    for cell in placed.printed:
        candidates = _candidates(cell, grid)
        if len(candidates) == 1 and all(wanted[key] == 1 for key in _keys(cell.text, cell.aliases)):
            found[cell] = candidates[0]
            taken.add((candidates[0].row, candidates[0].column))
        elif candidates:
            doubtful.append((cell, candidates))
    rows = _moved((cell.row, anchor.row) for cell, anchor in found.items())
    columns = _moved((cell.column, anchor.column) for cell, anchor in found.items() if not _is_banner(cell, placed))
    anchors = Anchors(placed, grid, found, rows, columns)
    for cell, candidates in _likeliest_first(doubtful, found):
        free = [anchor for anchor in candidates if (anchor.row, anchor.column) not in taken]
        if free:
            best = _choose(cell, free, anchors)
            found[cell] = best
            taken.add((best.row, best.column))
            rows.setdefault(cell.row, best.row)
            if not _is_banner(cell, placed):
                columns.setdefault(cell.column, best.column)
    return anchors


def _moved(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Where each layout position has moved to: the place that most of its texts stand at."""
    counts = Counter(pairs)
    return {position: place for (position, place), _ in reversed(counts.most_common())}


def _is_banner(cell: Placed, placed: PlacedSheet) -> bool:
    """A text across the whole sheet says nothing about columns."""
    return cell.width > 1 and cell.width == len(placed.sheet.widths)


def _likeliest_first(
    doubtful: list[tuple[Placed, list[Anchor]]], found: Mapping[Placed, Anchor]
) -> list[tuple[Placed, list[Anchor]]]:
    """Texts that share a row with a found one come first: their place is known best."""
    sure = {cell.row for cell in found}
    return sorted(doubtful, key=lambda pair: (pair[0].row not in sure, pair[0].row, pair[0].column))


@lru_cache(maxsize=4096)
def _keys(text: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(label_key, (text, *aliases))))


def _candidates(cell: Placed, grid: Grid) -> list[Anchor]:
    """Cells with the label's words alone; else with points behind them (产出指标(50分)), else with the answer."""
    keys = _keys(cell.text, cell.aliases)
    exact = [Anchor(*place) for key in keys for place in grid.keys.get(key, ())]
    if exact:
        return exact
    behind = [Anchor(*place) for key in keys for place in grid.pointed.get(key, ())]
    return behind or [Anchor(*place, rest) for key in keys for place, rest in grid.inline.get(key, ())]


def _choose(cell: Placed, candidates: list[Anchor], anchors: Anchors) -> Anchor:
    """The candidate nearest to where the found anchors predict it; below a table of free length, the last one."""
    row, column = anchors.row(cell.row), anchors.column(cell.column)
    above = max((other for other in anchors.rows if other < cell.row), default=0)
    crosses = any(above <= table.last < cell.row for table in anchors.placed.tables.values())
    if crosses and cell.row not in anchors.rows:
        return max(candidates, key=lambda anchor: (anchor.row, -abs(anchor.column - column)))
    return min(candidates, key=lambda anchor: (2 * abs(anchor.row - row) + abs(anchor.column - column), anchor.row))


def nearest_text(cell: Placed, anchors: Anchors) -> tuple[str, Anchor | None]:
    """The text on the sheet that a lost label was probably changed into, and where it stands."""
    taken = {(anchor.row, anchor.column) for anchor in anchors.found.values()}
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
    labels = [cell for cell in placed.printed if cell.path]
    if not labels:
        return 0.0
    return sum(bool(_candidates(cell, grid)) for cell in labels) / len(labels)
