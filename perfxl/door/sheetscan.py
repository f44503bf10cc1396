"""Which cells does a large sheet really hold, and can they be read? A sheet of ordinary size is judged by its tree.

The declared dimension is not looked at. Addresses follow the fast reader: a row without number is the one after the
last, a cell without address stands right of the last. Rows in the plain form that Excel and WPS write are recognised
by one regular expression (five times faster than events) and taken into account many at a time; all others go through
expat, and nothing of them is kept.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from perfxl.door.limits import Tally
from perfxl.door.ranges import LAST_COLUMN, LAST_ROW, ROW_NUMBER, area
from perfxl.door.refusals import damaged
from perfxl.door.xmldoor import CHARACTERS, TEXT, Attributes, Walker, is_plain_text, walk_skipping
from perfxl.errors import RefusedError
from perfxl.model import address, column_number, place_of
from perfxl.system.recurring import recurring

_NUMBER = rb"#(?:3[2-9]|[4-9]\d|[1-9]\d{2,3}|[1-4]\d{4}|5[0-489]\d{3}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d)"
NUMBERED_TEXT = CHARACTERS + rb"(?:&(?:amp|lt|gt|quot|apos|" + _NUMBER + rb");" + CHARACTERS + rb")*+"
"""Text in which characters are written as numbers, as openpyxl does, if these are surely characters."""

_FORMULA = rb'(?<!t="s">)<f(?: t="shared" si="\d{1,7}+")?+(?: a?ca="\w{1,5}+")?+(?:/>|>' + NUMBERED_TEXT + rb"</f>)"
_VALUE = rb"<v>(?!</v>)" + TEXT + rb"</v>"
CELL = b"|".join(
    (
        rb'<c r="[A-Z]{1,3}+\1"(?: s="\d{1,6}+")?+(?:(?: t="(?:s|n|b|str)")?+(?:/>|>(?:<v>' + TEXT + rb"</v>",
        _FORMULA + _VALUE + rb")?+</c>)",
        rb' t="str">' + _FORMULA + rb"<v></v></c>",
        rb' t="inlineStr"><is><t(?: xml:space="preserve")?+>' + NUMBERED_TEXT + rb"</t></is></c>)",
    )
)
MOST_ROWS = 50
ROW_ATTRIBUTES = rb'((?: (?:x14ac:)?+[A-Za-z]\w*+="[^"<>&\x00-\x1f]{0,99}+"){0,20}+)'
PLAIN_ROWS = re.compile(
    rb'(?:<row r="([1-9]\d{0,6}+)"' + ROW_ATTRIBUTES + rb"(?:/>|>(?:" + CELL + rb")*+</row>)){1,%d}+" % MOST_ROWS
)
"""Rows with their numbers, their other attributes and their cells; formulas have a stored value, if only an empty text;
errors are not plain."""

ROW_NUMBERS = re.compile(rb'<row r="(\d+)')
_LETTERS = re.compile(rb'<c r="([A-Z]+)')
_ROW = b"<row "
REFERENCE = b' t="s"><v>'
_OPENING = b"<sheetData>"
SHOWN_STRING = re.compile(REFERENCE + rb"(\d{1,9})</v>")
ATTRIBUTE_NAME = re.compile(rb' ([\w:]+)="')
SHARED_INDEX = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
_COUNTED = {"dataValidation": "validations", "cfRule": "conditions"}
_SHARED_STRING, _FORMULA_TEXT, _ERROR = "s", "str", "e"


@dataclass(slots=True)
class SheetFound:
    """What a scan has found in a sheet: formulas without a stored value, errors by address, and the last row and column
    that hold a value."""

    uncalculated: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a plain row is like but for its digits.

    Attributes:
        cells: how many it has.
        rises: whether its columns follow each other from left to right and exist.
        last_column: the column of the last value, 0 where there is none.
        is_proper: whether no attribute of the row is there twice.
        has_prefix: whether one has the prefix x14ac.
    """

    cells: int
    rises: bool
    last_column: int
    is_proper: bool
    has_prefix: bool


@recurring(kept=1024, longest=2_000)
def _shape(written: bytes) -> Shape:
    """The shape of a row that is written like this without digits; forms have few of them."""
    letters = _LETTERS.findall(written)
    columns = list(map(column_number, letters))
    last_value = _last_value(written)
    names = ATTRIBUTE_NAME.findall(b" " + written.partition(b">")[0])
    return Shape(
        cells=len(columns),
        rises=all(a < b for a, b in pairwise(columns)) and max(columns, default=0) <= LAST_COLUMN,
        last_column=columns[-1 - written.count(b"<c ", last_value)] if last_value >= 0 else 0,
        is_proper=len(set(names)) == len(names),
        has_prefix=any(b":" in name for name in names),
    )


def _last_value(rows: bytes) -> int:
    """Where the last value in plain rows begins, below 0 if there is none."""
    return max(rows.rfind(b"<v>"), rows.rfind(b"<is>"))


class PlainRows:
    """Rows that `PLAIN_ROWS` has matched; their shapes are what is written without digits, of which there are few."""

    def __init__(self, match: re.Match[bytes]) -> None:
        self.written = match[0]
        self._shapes = self.written.translate(None, b"0123456789").split(_ROW)[1:]
        self.distinct = [(_shape(written), times) for written, times in Counter(self._shapes).items()]
        self.strings = SHOWN_STRING.findall(self.written)

    def numbers(self) -> list[int]:
        """The number of each row."""
        return list(map(int, ROW_NUMBERS.findall(self.written)))

    def first_that_does_not_rise(self) -> int:
        """The place of the first row whose columns are out of order."""
        return next(place for place, written in enumerate(self._shapes) if not _shape(written).rises)

    def last_with_value(self) -> int:
        """The number of the last row with a value, 0 if there is none."""
        last = self.written.rfind(_ROW, 0, max(0, _last_value(self.written)))
        return int(ROW_NUMBERS.findall(self.written, last)[0]) if last >= 0 else 0


class SheetScan:
    """One pass over the XML of a sheet.

    Args:
        name: the sheet's name, for messages.
        part: the part that holds it.
        tally: counts cells, merges, links and text over the whole workbook.
        lengths: the length of each shared string.
    """

    def __init__(self, name: str, part: str, tally: Tally, lengths: Sequence[int]) -> None:
        self.found = SheetFound()
        self._name = name
        self._tally = tally
        self._lengths = lengths
        self._row = self._column = self._rows_at = self._plain_cells = 0
        self._longest_row = tally.limits.text
        self._has_x14ac = False
        self._kind = ""
        self._has_formula = self._has_value = self._collecting = False
        self._value = ""
        self._part = part
        self._actions: dict[str, Callable[[Attributes], None]] = {
            "dimension": self._on_dimension,
            "sheetData": self._on_rows,
            "row": self._on_row,
            "c": self._on_cell,
            "f": self._on_formula,
            "v": self._on_value,
            "is": self._on_value,
            "mergeCell": self._on_merge,
            "hyperlink": self._on_hyperlink,
        }

    @cached_property
    def _walker(self) -> Walker:
        return Walker(self._part, self._tally, self._on_start, self._on_text, self._on_end)

    def run(self, data: bytes) -> SheetFound:
        """Scans the whole part.

        Raises:
            RefusedError: FL03 for bad XML, cells twice or out of order, FL04 for too much of anything.
        """
        self._has_x14ac = data.find(b"xmlns:x14ac=", 0, data.find(_OPENING)) >= 0
        walk_skipping(self._walker, data, PLAIN_ROWS, self._is_between_rows, self._skip)
        self._tally.add("cells", self._plain_cells, self._name)
        self._tally.add("box", self.found.last_row * self.found.last_column, self._name)
        return self.found

    def _is_between_rows(self) -> bool:
        return self._rows_at > 0 and self._walker.depth == self._rows_at

    def _skip(self, match: re.Match[bytes]) -> bool:
        """Takes a stretch of plain rows into account; one so large that a row must be too long is not even copied."""
        if match.end() - match.start() > MOST_ROWS * self._longest_row:
            return False
        rows = PlainRows(match)
        plain = self._may_take(rows)
        if plain:
            self._take(rows)
        return plain

    def _may_take(self, rows: PlainRows) -> bool:
        """Whether rows are well-formed beyond doubt and no longer than a text may be; expat counts in the others."""
        return (
            self._is_short(rows.written)
            and rows.written.count(REFERENCE) == len(rows.strings)
            and all(s.is_proper and (self._has_x14ac or not s.has_prefix) for s, _ in rows.distinct)
            and (rows.written.isascii() or is_plain_text(memoryview(rows.written)))
        )

    def _is_short(self, written: bytes) -> bool:
        return len(written) <= self._longest_row or len(max(written.split(_ROW), key=len)) <= self._longest_row

    def _take(self, rows: PlainRows) -> None:
        """Takes plain rows into account."""
        numbers = rows.numbers()
        for number in numbers:
            self._enter_row(number)
        for shape, times in rows.distinct:
            if not shape.rises:
                raise self._out_of_order(f"第 {numbers[rows.first_that_does_not_rise()]} 行")
            self._plain_cells += shape.cells * times
            self.found.last_column = max(self.found.last_column, shape.last_column)
        self.found.last_row = rows.last_with_value() or self.found.last_row
        self._tally.add("total_text", self._length_shown(rows.strings), self._name)

    def _on_start(self, name: str, attributes: Attributes) -> None:
        action = self._actions.get(name)
        if action is not None:
            action(attributes)
        elif name in _COUNTED:
            self._tally.add(_COUNTED[name], 1, self._name)

    def _on_rows(self, _attributes: Attributes) -> None:
        self._rows_at = self._walker.depth

    def _on_dimension(self, attributes: Attributes) -> None:
        """The declared dimension counts for nothing, but the fast reader stumbles over one that is no range."""
        if not area(attributes.get("ref", "")):
            raise damaged("登记的数据范围不合规范", self._name)

    def _on_row(self, attributes: Attributes) -> None:
        number = attributes.get("r", "")
        if number and not ROW_NUMBER.fullmatch(number):
            raise damaged("行号不合规范", f"{self._name}：{number[:20]}")
        self._enter_row(int(number) if number else self._row + 1)

    def _enter_row(self, number: int) -> None:
        if not self._row < number <= LAST_ROW:
            raise self._out_of_order(f"第 {number} 行")
        self._row = number
        self._column = 0

    def _on_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        column = self._column + 1 if reference is None else self._column_of(reference)
        if not self._column < column <= LAST_COLUMN or not self._row:
            raise self._out_of_order(reference or f"第 {self._row} 行")
        self._column = column
        self._kind = attributes.get("t", "")
        self._has_formula = self._has_value = False
        self._value = ""
        self._tally.add("cells", 1, self._name)

    def _column_of(self, reference: str) -> int:
        row, column = place_of(reference)
        if not row:
            raise damaged("单元格地址不合规范", f"{self._name}：{reference[:20]}")
        if row != self._row:
            raise self._out_of_order(reference)
        return column

    def _on_formula(self, attributes: Attributes) -> None:
        self._has_formula = True
        self._tally.hold("linked_area", area(attributes.get("ref", "")), self._name)

    def _on_value(self, _attributes: Attributes) -> None:
        self._has_value = self._collecting = True

    def _on_text(self, text: str) -> None:
        if self._collecting:
            self._value += text
            self._tally.hold("text", len(self._value), self._name)

    def _on_merge(self, attributes: Attributes) -> None:
        reference = attributes.get("ref", "")
        covered = area(reference)
        if not covered:
            raise damaged("合并单元格的范围不合规范", f"{self._name}：{reference[:40]}")
        self._tally.add("merges", 1, self._name)
        self._tally.add("merged_area", covered, self._name)

    def _on_hyperlink(self, attributes: Attributes) -> None:
        self._tally.add("hyperlinks", 1, self._name)
        self._tally.hold("linked_area", area(attributes.get("ref", "")), self._name)

    def _on_end(self, name: str) -> None:
        if name == "c":
            self._leave_cell()
        elif name in ("v", "is"):
            self._collecting = False
        elif name == "sheetData":
            self._rows_at = 0

    def _leave_cell(self) -> None:
        """Judges a cell. A formula whose result is an empty text has t="str" and an empty value: it is calculated."""
        if self._has_value:
            self.found.last_row = self._row
            self.found.last_column = max(self.found.last_column, self._column)
        if self._has_formula and not self._value and not (self._kind == _FORMULA_TEXT and self._has_value):
            self.found.uncalculated.add(address(self._row, self._column))
        if self._kind == _ERROR and self._value:
            self.found.errors[address(self._row, self._column)] = self._value
        if self._kind == _SHARED_STRING and self._value:
            self._tally.add("total_text", self._length_of_shared(), self._name)

    def _length_shown(self, strings: Sequence[bytes]) -> int:
        try:
            return sum(map(self._lengths.__getitem__, map(int, strings)))
        except IndexError as error:
            raise damaged("单元格引用了不存在的文字", self._name) from error

    def _length_of_shared(self) -> int:
        index = int(self._value) if SHARED_INDEX.fullmatch(self._value) else len(self._lengths)
        if index >= len(self._lengths):
            raise damaged("单元格引用了不存在的文字", f"{self._name}!{address(self._row, self._column)}")
        return self._lengths[index]

    def _out_of_order(self, where: str) -> RefusedError:
        return damaged("单元格重复、次序颠倒或超出工作表范围", f"{self._name}：{where}")
