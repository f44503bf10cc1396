"""Which cells does a sheet really hold, can they be read, and what does a person see of them? One walk over its tree.

Addresses follow the fast reader: a row without number is the one after the last, a cell without address stands right of the
last. What the readers could read in two ways is refused: elements of other namespaces among the cells, several values in
one cell, comments within a value.
"""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, cast

from lxml import etree

from perfxl.door.colours import USUAL_GROUND, Palette, is_told_apart
from perfxl.door.conditionscan import conditions_of
from perfxl.door.fonts import draws
from perfxl.door.limits import Tally
from perfxl.door.ranges import LAST_COLUMN, LAST_ROW, ROW_NUMBER, area, box_of
from perfxl.door.refusals import ambiguous, damaged
from perfxl.door.seen import Box, Formula, Odd, SheetSight, Texts, Written, raises_a_digit
from perfxl.door.sheetframe import LOWEST, is_flat, take_frame
from perfxl.door.written import is_on, size_of, whole
from perfxl.door.xmldoor import MAIN_SPACE, Element, main_tag
from perfxl.errors import RefusedError
from perfxl.model import address, place_of

_FILLING = {"array": "数组公式", "dataTable": "模拟运算表"}
"""Kinds of formulas whose results stand in a range."""
_ROW, _CELL, _VALUE, _FORMULA, _INLINE, _EXTENSIONS = map(main_tag, ("row", "c", "v", "f", "is", "extLst"))
_RUN_FONT, _CHARSET, _PLACE = map(main_tag, ("rFont", "charset", "vertAlign"))
_DATA, _TEXT, _RUN, _PHONETIC, _READING, _LOOK, _STRIKE, _SIZE, _COLOUR = map(
    main_tag, ("sheetData", "t", "r", "phoneticPr", "rPh", "rPr", "strike", "sz", "color")
)
_PALETTE = Palette()
"""Of runs: a theme that calls another colour white is taken for the usual one."""
_SHARED_STRING, _FORMULA_TEXT, _ERROR, _INLINE_TEXT = "s", "str", "e", "inlineStr"
_RAISED = ("superscript", "subscript")
_SHARED_INDEX = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
_COUNTED = {"dataValidation": "validations", "cfRule": "conditions", "hyperlink": "hyperlinks", "mergeCell": "merges"}


class SheetTree:
    """Judges one sheet and notes what it shows.

    Args:
        name: the sheet's name, for messages.
        tally: counts cells, merges, links and text over the whole workbook.
        texts: the shared strings.
    """

    def __init__(self, name: str, tally: Tally, texts: Texts) -> None:
        self.sight = SheetSight()
        self.uncalculated: set[str] = set()
        self.errors: dict[str, str] = {}
        self._name = name
        self._tally = tally
        self._lengths, self._texts, self._odd = texts.lengths, texts.texts, texts.odd
        self._longest = tally.limits.text
        self._row = self._last_row = self._last_column = 0
        self._shown = 0
        self._styles: dict[str | None, int] = {None: 0}
        self._is_flat = False
        """Whether rows that say no height have none."""

    def run(self, root: Element) -> None:
        """Judges a whole sheet.

        Raises:
            RefusedError: FL03 for cells twice or out of order, FL04 for too much of anything, FL05 for what can be read in
                two ways.
        """
        self._take_default(root)
        for line in self._data_of(root):
            self._take_row(line)
        self._take_frame(root)
        self._finish()

    def stream(self, data: bytes) -> None:
        """The same for a large sheet that the door has let in: rows are forgotten as soon as they are judged."""
        root = None
        for _, line in etree.iterparse(
            BytesIO(data), tag=_ROW, resolve_entities=False, no_network=True, load_dtd=False
        ):
            if root is None:
                root = line.getroottree().getroot()
                self._take_default(root)
            self._take_row(line)
            line.clear()
            while line.getprevious() is not None:
                del cast(Any, line.getparent())[0]
        if root is not None:
            self._take_frame(root)
        self._finish()

    def _finish(self) -> None:
        self._tally.add("box", self._last_row * self._last_column, self._name)
        self._tally.add("total_text", self._shown, self._name)

    def _data_of(self, root: Element) -> Iterable[Element]:
        """The rows of a sheet; a sheet of another kind has none."""
        data = list(root.iter("{*}sheetData"))
        if len(data) > 1 or (data and (data[0].tag != _DATA or data[0].getparent() is not root)):
            raise ambiguous("工作表里有不止一份数据，或数据不在规定的位置", self._name)
        for line in data[0] if data else ():
            if line.tag == _ROW:
                yield line
            elif isinstance(line.tag, str):
                raise self._foreign("行与行之间", line)

    # -- cells

    def _take_row(self, line: Element) -> None:
        written = line.get("r")
        if written is not None and not ROW_NUMBER.fullmatch(written):
            raise damaged("行号不合规范", f"{self._name}：{written[:20]}")
        number = int(written) if written else self._row + 1
        if not self._row < number <= LAST_ROW:
            raise self._out_of_order(f"第 {number} 行")
        self._row = number
        height = size_of(line.get("ht"))
        if height is not None:
            self.sight.heights[number] = height
        if is_on(line.get("hidden")) or (self._is_flat if height is None else height < LOWEST):
            self.sight.hidden_rows.add(number)
        self._tally.add("cells", self._take_cells(line, number), self._name)

    def _take_cells(self, line: Element, number: int) -> int:
        column = count = last = 0
        cells, longest = self.sight.cells, self._longest
        for cell in line:
            if cell.tag != _CELL:
                if isinstance(cell.tag, str) and cell.tag != _EXTENSIONS:
                    raise self._foreign(f"第 {number} 行", cell)
                continue
            reference = cell.get("r")
            row, at = (number, column + 1) if reference is None else place_of(reference)
            if row != number or not column < at <= LAST_COLUMN:
                raise self._misplaced(reference or f"第 {number} 行", is_address=row > 0)
            column = at
            count += 1
            parts = len(cell)
            if not parts:
                continue
            part = cell[0]
            if parts == 1 and part.tag == _VALUE and not len(part):
                kind, value = cell.get("t", ""), part.text or ""
                if kind == _SHARED_STRING:
                    value = self._shared(value, number, at)
                if kind != _ERROR and len(value) <= longest:
                    cells[number, at] = Written(kind, value, self._style(cell.get("s"), number, at), None)
                    last = at
                    continue
            self._take_content(cell, number, at)
        if last:
            self._last_row = number
            self._last_column = max(self._last_column, last)
        return count

    def _take_content(self, cell: Element, row: int, column: int) -> None:
        kind, value, formula = cell.get("t", ""), None, None
        for part in cell:
            tag = part.tag
            if tag == _VALUE and value is None:
                value = self._plain(part, row, column)
            elif tag == _FORMULA and formula is None:
                reference = part.get("ref", "")
                self._tally.hold("linked_area", area(reference), self._name)
                formula = Formula(self._plain(part, row, column), part.get("si", ""), part.get("t", ""), reference)
                self._note_worked_out(formula)
            elif tag == _INLINE and value is None and kind == _INLINE_TEXT:
                value = self._inline(part, row, column)
            elif isinstance(tag, str) and tag != _EXTENSIONS:
                raise self._foreign(address(row, column), part)
        if value is not None:
            if kind == _SHARED_STRING:
                value = self._shared(value, row, column)
            self._note_value(kind, value, row, column)
        if formula is not None and not value and not (kind == _FORMULA_TEXT and value is not None):
            self.uncalculated.add(address(row, column))
        self.sight.cells[row, column] = Written(kind, value, self._style(cell.get("s"), row, column), formula)

    def _note_worked_out(self, formula: Formula) -> None:
        """Notes the range of a formula that fills others' cells, too."""
        box = box_of(formula.area) if formula.kind in _FILLING else None
        if box is not None and _covered(box) > 1:
            self.sight.worked_out.append((box, _FILLING[formula.kind]))

    def _style(self, written: str | None, row: int, column: int) -> int:
        """The number of a cell's format. One that is no number is read in more than one way."""
        known = self._styles.get(written)
        if known is None:
            known = whole(written)
            if known is None:
                raise damaged("单元格格式的编号不合规范", f"{self._name}!{address(row, column)}")
            self._styles[written] = known
        return known

    def _note_value(self, kind: str, value: str, row: int, column: int) -> None:
        self._last_row = row
        self._last_column = max(self._last_column, column)
        self._tally.hold("text", len(value), self._name)
        if kind == _ERROR and value:
            self.errors[address(row, column)] = value

    def _plain(self, part: Element, row: int, column: int) -> str:
        """The text of an element that may hold nothing but text."""
        if len(part):
            raise ambiguous("单元格的内容里夹有注释、指令或其他元素", f"{self._name}!{address(row, column)}")
        return part.text or ""

    def _inline(self, part: Element, row: int, column: int) -> str:
        plain = plain_string(part)
        if plain is not None:
            return plain
        text, odd = string_of(part, f"{self._name}!{address(row, column)}")
        if odd:
            self.sight.odd[row, column] = odd
        return text

    def _shared(self, written: str, row: int, column: int) -> str:
        """The shared string that a cell shows; "" where only its length is known."""
        if not written:
            return ""
        try:
            is_number = (written.isdecimal() and len(written) < 10) or _SHARED_INDEX.fullmatch(written)
            number = int(written) if is_number else len(self._lengths)
            self._shown += self._lengths[number]
        except IndexError as error:
            raise damaged("单元格引用了不存在的文字", f"{self._name}!{address(row, column)}") from error
        if self._odd and number in self._odd:
            self.sight.odd[row, column] = self._odd[number]
        return self._texts[number] if self._texts else ""

    # -- around the cells

    def _take_default(self, root: Element) -> None:
        self._is_flat = is_flat(root)

    def _take_frame(self, root: Element) -> None:
        merges = []
        for part in root.iter("{*}dimension", *(f"{{*}}{name}" for name in _COUNTED)):
            local = part.tag.rpartition("}")[2]
            reference = part.get("ref", "")
            if local == "mergeCell":
                merges.append(reference)
            elif local != "dimension":
                self._tally.add(_COUNTED[local], 1, self._name)
                if local == "hyperlink":
                    self._tally.hold("linked_area", area(reference), self._name)
            elif not area(reference):
                raise damaged("登记的数据范围不合规范", self._name)
        self._take_merges(merges)
        take_frame(root, self._name, self.sight)
        self.sight.conditions += conditions_of(root)

    def _take_merges(self, references: Sequence[str]) -> None:
        self._tally.add("merges", len(references), self._name)
        for reference, box in zip(references, map(box_of, references), strict=True):
            if box is None:
                raise damaged("合并单元格的范围不合规范", f"{self._name}：{reference[:40]}")
            self.sight.merges.append(box)
        self._tally.add("merged_area", sum(map(_covered, self.sight.merges)), self._name)

    def _misplaced(self, reference: str, is_address: bool) -> RefusedError:
        if not is_address:
            return damaged("单元格地址不合规范", f"{self._name}：{reference[:20]}")
        return self._out_of_order(reference)

    def _out_of_order(self, where: str) -> RefusedError:
        return damaged("单元格重复、次序颠倒或超出工作表范围", f"{self._name}：{where}")

    def _foreign(self, where: str, part: Element) -> RefusedError:
        name = part.tag.rpartition("}")[2]
        space = "" if part.tag.startswith(MAIN_SPACE) else "其他命名空间的"
        return ambiguous(f"单元格之间或单元格内有重复的或{space}元素 {name[:40]}", f"{self._name}：{where}")


def _covered(box: Box) -> int:
    return (box.bottom - box.top + 1) * (box.right - box.left + 1)


def plain_string(part: Element) -> str | None:
    """The text of a string that is one text, and perhaps how it is pronounced; None where it is more than that."""
    count = len(part)
    if count == 1 or (count == 2 and part[1].tag == _PHONETIC):
        text = part[0]
        if text.tag == _TEXT and not len(text):
            return text.text or ""
    return None


def string_of(part: Element, where: str) -> tuple[str, Odd | None]:
    """The text of a string with or without runs, and what is odd about a part of it.

    Raises:
        RefusedError: FL05, it has text in two ways.
    """
    pieces: list[str] = []
    odd: Odd | None = None
    plain = 0
    for piece in part:
        if piece.tag == _RUN:
            odd = odd if odd is Odd.STRUCK else _odd(piece, pieces) or odd
            pieces += [_only_text(text, where) for text in piece if text.tag == _TEXT]
        elif piece.tag == _TEXT:
            plain += 1
            pieces.append(_only_text(piece, where))
        elif isinstance(piece.tag, str) and piece.tag not in (_READING, _PHONETIC, _EXTENSIONS):
            raise ambiguous("文字里夹有其他命名空间的元素", where)
    if plain > 1 or (plain and len(pieces) > 1):
        raise ambiguous("同一段文字写了两遍，有的程序读前一遍，有的读后一遍", where)
    return "".join(pieces), odd


def _only_text(part: Element, where: str) -> str:
    if len(part):
        raise ambiguous("文字里夹有注释、指令或其他元素", where)
    return part.text or ""


def _odd(run: Element, before: Sequence[str]) -> Odd | None:
    """Whether a run is struck through, cannot be seen on white, shows pictures for digits, or raises a part of a number.

    `before` are the pieces of the text in front of it.
    """
    look = run.find(_LOOK)
    if look is None:
        return None
    strike, size, ink = look.find(_STRIKE), look.find(_SIZE), _PALETTE.of(look.find(_COLOUR))
    if strike is not None and is_on(strike.get("val"), usual=True):
        return Odd.STRUCK
    points = size_of(size.get("val")) if size is not None else None
    is_tiny = points is not None and points < LOWEST
    shown = "".join(text.text or "" for text in run.iter(_TEXT)).strip()
    if shown and (is_tiny or (ink is not None and not is_told_apart(ink, USUAL_GROUND))):
        return Odd.FAINT
    font, charset, place = look.find(_RUN_FONT), look.find(_CHARSET), look.find(_PLACE)
    if shown and font is not None and draws(font.get("val", ""), "" if charset is None else charset.get("val", "")):
        return Odd.DRAWN
    is_raised = place is not None and place.get("val") in _RAISED
    return Odd.RAISED if is_raised and raises_a_digit("".join(before), shown) else None
