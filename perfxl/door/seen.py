"""What the file says of its cells besides their values, whatever the format: formats, formulas, merges, what is hidden.

Plain values that a reader asks by row and column, both from 1. A program that opens the file shows its cells by these.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from perfxl.door.colours import USUAL_GROUND, USUAL_INK, is_told_apart

Place = tuple[int, int]
"""Row and column, from 1."""

GENERAL = "General"
USUAL_POINTS = 11.0
_TALL = 1_000
"""Rows of a merged range that is not looked up by its rows."""


class Box(NamedTuple):
    """A range by its corners, these included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


class Formula(NamedTuple):
    """A formula as the file has it; one that shares its text with others has their `group`, and perhaps no text of its own.

    `area` is the range for which its text is the one that counts, where it says so.
    """

    text: str
    group: str = ""
    kind: str = ""
    area: str = ""


class Written(NamedTuple):
    """A cell that holds something, as the file has it.

    Attributes:
        kind: the type of its value as the format names it, "" for a number.
        text: its stored value as text, for a shared string that string; None where no value is stored.
        style: the number of its format.
        formula: None where it has none.
    """

    kind: str
    text: str | None
    style: int
    formula: Formula | None


class Look(NamedTuple):
    """How a cell format shows its content: the code of its number format, its ink, and the ground below it.

    Colours are 0xRRGGBB; a `ground` of None is a pattern of several. `is_repeated`: the content fills the cell as often as it
    fits; `is_pushed`: it is indented out of the cell; `is_drawn`: its font shows pictures or bars for letters; `is_shrunk`: it
    is made so small that it fits; `is_turned`: it is written upwards or downwards; `is_wrapped`: it goes on in further lines. `points`: the size of its letters; `scale`: that
    beside the usual ones of the workbook, in which columns are measured.
    """

    code: str = GENERAL
    is_struck: bool = False
    is_tiny: bool = False
    ink: int = USUAL_INK
    ground: int | None = USUAL_GROUND
    is_repeated: bool = False
    is_pushed: bool = False
    is_drawn: bool = False
    is_shrunk: bool = False
    is_turned: bool = False
    is_wrapped: bool = False
    points: float = USUAL_POINTS
    scale: float = 1.0

    @property
    def is_odd(self) -> bool:
        """Whether something about it hides or changes what the cell holds, whatever the number format."""
        return self.is_struck or self.is_tiny or self.is_unseen or self.is_repeated or self.is_pushed or self.is_drawn

    @property
    def is_unseen(self) -> bool:
        """Whether nobody tells the ink from the ground."""
        return self.ground is not None and not is_told_apart(self.ink, self.ground)

    def under(self, veil: "Veil") -> "Look":
        """The look while a condition gives the cell other colours."""
        ink, ground = veil.ink, veil.ground
        if veil.is_under:
            ink = ink if self.ink == USUAL_INK else None
            ground = ground if self.ground == USUAL_GROUND else None
        return self._replace(ink=self.ink if ink is None else ink, ground=self.ground if ground is None else ground)


_END_OF_NUMBER, _DIGIT = re.compile(r"[0-9.]\s*\Z", re.ASCII), re.compile("[0-9]")


def raises_a_digit(before: str, piece: str) -> bool:
    """Whether a raised or lowered piece of a text is a part of a number: 10² is none, while m² is a unit."""
    return _DIGIT.search(piece) is not None and (not before.strip() or _END_OF_NUMBER.search(before) is not None)


class Veil(NamedTuple):
    """What a conditional format changes: the number format ("" for none), the ink and the ground (None for neither).

    `is_bare`: a bar or an icon stands in the number's place; `is_struck`: the content is struck through; `is_under`: what the
    cell's own format says goes before.
    """

    code: str = ""
    ink: int | None = None
    ground: int | None = None
    is_bare: bool = False
    is_struck: bool = False
    is_under: bool = False


PLAIN_LOOK = Look()
SCALES = re.compile(r"[十拾百佰千仟万亿元折成％‰%﹪٪KkM]")
"""What a number format writes around a number to give it a unit of money, or a size."""
_PLAIN_CODE = re.compile(r'@|(?:General|G/通用格式|(?:#,##)?0\.00+)(?:" ?(?:分|元|万元)")?')


def is_plain(code: str) -> bool:
    """Whether a number format surely shows the number that is stored, but for rounding to two places or more and a unit."""
    return _PLAIN_CODE.fullmatch(code) is not None


@dataclass(frozen=True)
class Styles:
    """The cell formats of a workbook by number, and what conditional formats change, by their number.

    `tables` are the numbers of those that the workbook's own table styles give, by the name of the style.
    """

    looks: Sequence[Look] = ()
    conditional: Mapping[int, Veil] = field(default_factory=dict)
    count: int = 0
    tables: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @cached_property
    def telling(self) -> frozenset[int]:
        """The cell formats that may show something else than what the cell holds."""
        return frozenset(n for n, look in enumerate(self.looks) if look.is_odd or not is_plain(look.code))

    @cached_property
    def scaled(self) -> frozenset[int]:
        """The cell formats that write a unit behind a number, or part of it."""
        return frozenset(n for n, look in enumerate(self.looks) if SCALES.search(look.code) and look.code != GENERAL)

    @cached_property
    def tallest(self) -> float:
        """The points of the largest letters."""
        return max((look.points for look in self.looks), default=USUAL_POINTS)

    def look(self, style: int) -> Look:
        """A cell format; a plain one for a number that the workbook does not have."""
        return self.looks[style] if 0 <= style < len(self.looks) else PLAIN_LOOK


class Odd(StrEnum):
    """What is odd about a part of a text, in the words of a remark."""

    STRUCK = "带有删除线"
    FAINT = "有看不见的字"
    RAISED = "有上标或下标"
    DRAWN = "的字体把字显示成图形"


@dataclass(frozen=True)
class Texts:
    """The shared strings of a workbook by number: their texts (None where only their lengths are known) and lengths.

    `odd` are those of which a part is struck through, white, tiny, raised or drawn.
    """

    texts: Sequence[str] | None = ()
    lengths: Sequence[int] = ()
    odd: Mapping[int, Odd] = field(default_factory=dict)


@dataclass
class SheetSight:
    """What a sheet shows.

    Attributes:
        cells: those that hold something.
        hidden_rows: numbers of the rows that are hidden or have no height.
        hidden_columns: first and last of each run of columns that are hidden or have no width.
        merges: the merged ranges.
        conditions: ranges with the number of the format that a condition gives them, or with what it changes itself.
        odd: cells with a text of which a part is struck through, white, tiny, raised or drawn.
        widths: first and last of runs of columns with their width in letters.
        usual_width: that of all others; None where widths are not known.
        covers: ranges that a picture or shape lies over.
        has_formats: whether the format of each cell is known.
        shows_zeros: whether a cell that holds 0 is not blank.
        first_reached: the first row and column that frozen panes let a person scroll to.
        shows_formulas: whether formulas, and numbers without their formats, stand in the place of what they come to.
        heights: the height of rows in points, where it is said.
        is_whole: whether what lies beside the sheet's own part has been looked at.
        worked_out: ranges whose values a program works out anew from elsewhere, each with what it is.
    """

    cells: dict[Place, Written] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[Box] = field(default_factory=list)
    conditions: list[tuple[tuple[Box, ...], int | Veil]] = field(default_factory=list)
    odd: dict[Place, Odd] = field(default_factory=dict)
    covers: list[Box] = field(default_factory=list)
    has_formats: bool = True
    widths: list[tuple[int, int, float]] = field(default_factory=list)
    usual_width: float | None = None
    shows_zeros: bool = True
    shows_formulas: bool = False
    first_reached: Place = (1, 1)
    heights: dict[int, float] = field(default_factory=dict)
    worked_out: list[tuple[Box, str]] = field(default_factory=list)
    is_whole: bool = False

    def is_row_hidden(self, row: int) -> bool:
        return row in self.hidden_rows

    def is_column_hidden(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self.hidden_columns)

    def width_at(self, row: int, column: int) -> float | None:
        """The width in letters of a cell, or of the merged range that it begins; None where it is not known."""
        widths = [self.width_of(at) for at in range(column, self.box_from(row, column).right + 1)]
        known = [width for width in widths if width is not None]
        return sum(known) if len(known) == len(widths) else None

    def width_of(self, column: int) -> float | None:
        """The width of a column in letters; None where it is not known."""
        return next((width for first, last, width in self.widths if first <= column <= last), self.usual_width)

    def merge_over(self, row: int, column: int) -> Box | None:
        """The merged range that a cell lies in without being its upper left corner."""
        for box in chain(self._merges_by_row.get(row, ()), self._tall_merges):
            top, left, bottom, right = box
            if left <= column <= right and top <= row <= bottom:
                return box if top != row or left != column else None
        return None

    def worked_out_as(self, row: int, column: int) -> str:
        """As part of what a program works a cell out anew; "" for none."""
        return next((kind for box, kind in self.worked_out if box.holds(row, column)), "")

    def box_from(self, row: int, column: int) -> Box:
        """The merged range of which a cell is the upper left corner; else the cell itself."""
        merges = [*self._merges_by_row.get(row, ()), *self._tall_merges]
        return next((box for box in merges if box[:2] == (row, column)), Box(row, column, row, column))

    @cached_property
    def _merges_by_row(self) -> Mapping[int, list[Box]]:
        rows: dict[int, list[Box]] = {}
        for box in self.merges:
            if box.bottom - box.top < _TALL:
                for row in range(box.top, box.bottom + 1):
                    rows.setdefault(row, []).append(box)
        return rows

    @cached_property
    def _tall_merges(self) -> list[Box]:
        return [box for box in self.merges if box.bottom - box.top >= _TALL]


@dataclass(frozen=True)
class BookSight:
    """What all sheets of a workbook share. `counts_as_shown`: formulas take numbers as they are shown, rounded."""

    styles: Styles = Styles()
    texts: Texts = Texts()
    is_1904: bool = False
    counts_as_shown: bool = False
