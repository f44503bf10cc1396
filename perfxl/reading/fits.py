"""How well does a workbook fit a scheme, and which of several schemes does it fit best?

A scheme fits by the share of its labels that the sheets bear. Between schemes that share most of their labels, those count
too that the sheets bear and the scheme does not know: the national form's labels all stand on a form of a province that
has some more.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from perfxl.layout import PlacedSheet, blank_layout
from perfxl.reading.anchors import label_keys, printed_keys, share_found
from perfxl.reading.grid import Book, Grid
from perfxl.schemes.spec import Scheme

MARGIN = 0.1
"""How much better another scheme must fit to be taken in spite of the marker, or of what was asked for."""
_EQUAL = 0.01


class Fit(NamedTuple):
    """A scheme held against a workbook: its sheets that are there, how many of its labels they hold, and how alike they are."""

    scheme: Scheme
    sheets: Mapping[str, str]
    share: float
    likeness: float


def fit_of(book: Book, scheme: Scheme, sheets: Mapping[str, str], known: Sequence[Scheme]) -> Fit:
    """How a scheme fits the sheets of a workbook that were matched with its own; `known` are all schemes of the run."""
    placed = blank_layout(scheme).sheets
    grids = [book.grid(sheets[one.sheet.name]) if one.sheet.name in sheets else None for one in placed]
    shares = [share_found(one, grid) if grid else 0.0 for one, grid in zip(placed, grids, strict=True)]
    labels = sum(len(label_keys(one)) for one in placed)
    found = sum(share * len(label_keys(one)) for share, one in zip(shares, placed, strict=True))
    words = vocabulary(tuple(known))
    foreign = sum(len(_foreign(one, grid, words)) for one, grid in zip(placed, grids, strict=True) if grid)
    return Fit(scheme, sheets, sum(shares) / len(shares), found / (labels + foreign) if labels + foreign else 0.0)


def best_of(fits: Sequence[Fit], marked: str | None) -> tuple[Fit, Sequence[Fit]]:
    """The fit to read a workbook by, and others that are as good: the marked one, unless another fits clearly better.

    Where nothing is marked, it is the one most alike, of equals the first. A scheme that another supersedes is no equal of it.
    """
    ranked = sorted(fits, key=lambda fit: -fit.likeness)
    own = next((fit for fit in ranked if marked in (fit.scheme.id, fit.scheme.extends)), None)
    if own is not None and own.share >= ENOUGH and ranked[0].likeness - own.likeness < MARGIN:
        return own, ()
    best = ranked[0]
    equals = [fit for fit in ranked[1:] if best.likeness - fit.likeness < _EQUAL]
    return best, [fit for fit in equals if fit.scheme.id not in best.scheme.supersedes]


ENOUGH = 0.5
"""Share of a form's labels that must be there for it to be taken for this form."""


@lru_cache(maxsize=16)
def vocabulary(schemes: tuple[Scheme, ...]) -> frozenset[str]:
    """The words that any of the schemes prints for a datum."""
    sheets = (sheet for scheme in schemes for sheet in blank_layout(scheme).sheets)
    return frozenset(key for sheet in sheets for keys in label_keys(sheet) for key in keys)


def _foreign(placed: PlacedSheet, grid: Grid, words: Collection[str]) -> set[str]:
    """The labels of other schemes that a sheet bears and this one does not print."""
    return {key for key in words & grid.keys.keys() if key not in printed_keys(placed)}
