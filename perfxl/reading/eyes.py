"""Is the figure that is read from a cell the one that a person sees there?

`Eyes` looks at the cells of one sheet while they are read: what a number format makes of a number is what counts where it
shows a percentage; where it shows another figure, where the cell is hidden, covered or holds a formula that comes to
something else, a finding says so.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from perfxl.door.colours import USUAL_GROUND, is_told_apart, of_number_format
from perfxl.door.seen import GENERAL, PLAIN_LOOK, SCALES, BookSight, Box, Look, Odd, SheetSight, Veil, Written, is_plain
from perfxl.model import Cell, Finding, State, address, column_letters
from perfxl.reading.formulacheck import FormulaCheck
from perfxl.reading.parsing import STORED, UNIT_NAMES, Meaning, text_of
from perfxl.rules import Problem, finding
from perfxl.schemes.spec import Field
from perfxl.sight.formats import Shown, show
from perfxl.typed.amounts import exact, plain
from perfxl.typed.wording import is_disfigured

_MINUS = re.compile(r"\s*(?:[-−－–‒﹣➖△▲负减]\s*[\d.]|[(（][\d.,]+[)）]\s*$)")
_LIKE_DIGITS = re.compile(r"[OoIl|〇○一二三四五六七八九Ⅰ-Ⅻ]\d|\d[OoIl|〇○一二三四五六七八九Ⅰ-Ⅻ]|分之")
_BOUND = re.compile(r"\s*[<>≤≥≈~约近超]")
_ADDED = re.compile(r"[\d%％‰−-]")
"""What makes another figure of a text that is a figure."""
_SHARES = ("any", "percent", "rate", "text")
"""Types of data that may be shares of one."""
_FIGURES = ("any", "percent", "rate", "money", "points")
"""Types of data of which the form shows two places."""
_SEEN_OF_A_LETTER = 0.6
"""The part of a letter's height below which nobody reads it."""
_PRECISION = Decimal("0.005")
_EXPECTED = {
    Odd.STRUCK: "没有删除线的内容",
    Odd.FAINT: "看得见的内容",
    Odd.RAISED: "没有上标、下标的数字",
    Odd.DRAWN: "用宋体等普通字体填写的内容",
}
_DIGIT = re.compile("[0-9]")
_ROOMY, _ROOMY_FOR_SMALL, _SMALL = 16.0, 9.0, 10_000
"""Letters of width in which every number of a form has room, and each below ten thousand."""
_EDGE, _UNREADABLE_LETTER = 0.5, 0.36
"""What a column leaves free beside its letters, at least; and 4 points of 11, to which a number is shrunk to fit."""
_IN_A_GENERAL_CELL = 5
"""Letters that the General format needs at most: what is longer is shown as 1E+05."""


class _Hidden(NamedTuple):
    """What is hidden: 行 or 列 with its number; `height` is that of a row which is only too low."""

    kind: str
    number: int
    height: float | None = None


class Eyes:
    """Looks at the cells of one sheet.

    Args:
        sheet: the workbook's name of it.
        sight: what the file says of its cells; None where that cannot be known.
        book: what all sheets share.
        formulas: works out the formulas in cells for typing.
        is_hidden_sheet: whether nobody sees the sheet.
    """

    def __init__(
        self,
        sheet: str,
        sight: SheetSight | None,
        book: BookSight,
        formulas: FormulaCheck,
        is_hidden_sheet: bool = False,
    ) -> None:
        self._sheet = sheet
        self._sight = sight or SheetSight(has_formats=False)
        self._book = book
        self._formulas = formulas
        self._is_hidden_sheet = is_hidden_sheet
        self._findings: list[Finding] = []
        self._hidden: dict[_Hidden, list[tuple[Cell, Field]]] = defaultdict(list)
        self._zeros: list[Cell] = []
        self._out_of_reach: list[Cell] = []
        self._squeezed: dict[int, list[Cell]] = defaultdict(list)
        self._covered: dict[Box, list[Cell]] = defaultdict(list)
        self._first: Cell | None = None
        self._telling = book.styles.telling
        """The cell formats that may show something else than what a cell holds."""
        seen = self._sight
        veils = ((boxes, self._veil(change)) for boxes, change in seen.conditions)
        self._veils = [(boxes, veil) for boxes, veil in veils if veil is not None]
        lowest = book.styles.tallest * _SEEN_OF_A_LETTER
        self._low = {row: height for row, height in seen.heights.items() if height < lowest} if lowest else {}
        is_frozen, is_hidden = seen.first_reached > (1, 1), seen.hidden_rows or seen.hidden_columns or self._low
        self._is_open = not (is_hidden or self._veils or seen.covers or seen.worked_out or is_frozen)
        """Whether nothing on the sheet is hidden or under something, but for what lies under merged ranges."""

    # -- what a cell means

    def meaning(self, datum: Field, row: int, column: int, raw: object) -> Meaning | None:
        """What a cell means by what it shows; None where it means what is stored in it."""
        written = self._sight.cells.get((row, column))
        if written is None or not self._is_telling(written, row, column):
            return None
        odd = self._odd(row, column, written)
        if odd and (datum.is_number or datum.type == "any"):
            return Meaning(None, State.UNREADABLE, "ST06", f"{text_of(raw)}（{odd}）", _EXPECTED[odd])
        if not isinstance(raw, STORED) or isinstance(raw, bool):
            return None
        shown = _shown(raw, self._look(written).code)
        if shown is None or not shown.is_percent:
            return None
        return _percentage(datum, exact(raw), shown)

    def is_covered(self, row: int, column: int) -> bool:
        """Whether a cell lies under a merged range and is not shown."""
        return self._sight.merge_over(row, column) is not None

    def is_visible(self, row: int, column: int) -> bool:
        """Whether a person sees a cell when the sheet is open."""
        sight = self._sight
        return not (sight.is_row_hidden(row) or sight.is_column_hidden(column) or sight.merge_over(row, column))

    # -- what is to be said of it

    def check(self, datum: Field, cell: Cell) -> None:
        """Notes whatever keeps a person from seeing a cell that was read as it was counted."""
        self._first = self._first or cell
        row, column = cell.row, cell.column
        written = self._sight.cells.get((row, column))
        if written is not None:
            self._check_written(datum, cell, written)
        elif not self._sight.has_formats:
            self._check_share(datum, cell)
        self._check_place(datum, cell)
        if not self._sight.shows_zeros and cell.is_read and isinstance(cell.raw, STORED) and cell.raw == 0:
            self._zeros.append(cell)
        if written is None or not cell.is_read:
            return
        if isinstance(cell.raw, STORED):
            self._check_room(cell, cell.raw, written)
            if datum.is_number and datum.type != "money":
                self.check_unit(datum, cell, UNIT_NAMES.get(datum.type, ""))
        elif datum.is_number and isinstance(cell.raw, str):
            self._check_cut(cell, cell.raw, written)

    def _check_room(self, cell: Cell, raw: float, written: Written) -> None:
        """Notes a number that surely has no room in its column: it is not cut, there stands ####, or it is shrunk to nothing."""
        enough = _ROOMY_FOR_SMALL if -_SMALL < raw < _SMALL else _ROOMY
        own = self._sight.width_of(cell.column)
        if own is None or own >= enough or isinstance(raw, bool):
            return
        look = self._look(written)
        if look.is_turned:
            return
        width = self._sight.width_at(cell.row, cell.column) or own
        needed = sum(map(_letters, _as_shown(raw, look.code))) * look.scale
        if needed * _UNREADABLE_LETTER > width or (not look.is_shrunk and needed > width - _EDGE):
            self._squeezed[cell.column].append(cell)

    def _check_cut(self, cell: Cell, raw: str, written: Written) -> None:
        """Notes a number typed as text of which the filled cell beside it leaves a part to be seen."""
        own = self._sight.width_of(cell.column)
        if own is None or own >= _ROOMY:
            return
        look, box = self._look(written), self._sight.box_from(cell.row, cell.column)
        beside = self._sight.cells.get((cell.row, box.right + 1))
        is_cut = beside is not None and bool(beside.text) and not (look.is_wrapped or look.is_shrunk or look.is_turned)
        needed = sum(map(_letters, raw.strip())) * look.scale
        if is_cut and needed > (self._sight.width_at(cell.row, cell.column) or own):
            self._squeezed[cell.column].append(cell)

    def _is_telling(self, written: Written, row: int, column: int) -> bool:
        """Whether the look of a cell may say something else than what it holds."""
        return written.style in self._telling or (row, column) in self._sight.odd

    def _check_written(self, datum: Field, cell: Cell, written: Written) -> None:
        if written.formula is not None:
            self._findings += self._formulas.check(datum, cell, written.formula)
        if not self._is_telling(written, cell.row, cell.column):
            return
        if not isinstance(cell.raw, (*STORED, str)) and (written.text or "").startswith("-") and cell.is_read:
            message = f"“{datum.label}”设为日期格式，存储的却是 {written.text}，只显示 ####"
            self._say("SG01", datum, cell, message, written.text or "", "####")
        look = self._look(written)
        shown = _shown(cell.raw, look.code) if cell.is_read else None
        if shown is not None:
            self._check_format(datum, cell, look.code, shown)
            look = look if not shown.colour else look._replace(ink=of_number_format(shown.colour))
        if look.is_repeated and datum.is_number and cell.is_read:
            stored = text_of(cell.raw)
            message = f"“{datum.label}”的对齐方式是“填充”，{stored[:30]} 会重复显示，填满单元格为止"
            self._say("SG01", datum, cell, message, stored, f"{stored}{stored}…")
        if look.is_unseen or look.is_tiny or look.is_pushed:
            message = f"“{datum.label}”{_ink_of(look)}，看不见；其内容“{text_of(cell.raw)[:30]}”照样计入"
            self._say("SG10", datum, cell, message)
        odd = self._odd(cell.row, cell.column, written) if cell.is_read else None
        if odd is Odd.STRUCK:
            message = f"“{datum.label}”的文字带有删除线，划掉的部分也读作了内容"
            self._say("SG12", datum, cell, message)
        elif odd is Odd.FAINT:
            message = f"“{datum.label}”的文字有一部分是白色或字号过小，看不见；全文“{text_of(cell.raw)[:30]}”照样计入"
            self._say("SG10", datum, cell, message)

    def check_unit(self, datum: Field, cell: Cell, *units: str) -> None:
        """SG01 where a number format writes another unit behind a number than those in which it may stand there."""
        written = self._sight.cells.get((cell.row, cell.column))
        if written is None or written.style not in self._book.styles.scaled or not isinstance(cell.raw, STORED):
            return
        number = exact(cell.raw)
        shown = show(number, self._look(written).code) if number is not None else None
        if shown is None or shown.is_percent or not _is_same(cell.raw, shown, datum):
            return
        if any(not _is_scaled(shown.text, unit) for unit in units):
            return
        counted = f"{text_of(cell.raw)[:40]}{units[0]}"
        message = f"“{datum.label}”显示为“{shown.text[:40]}”，按 {counted} 计入：单位写在数字格式里，与表格规定的不同"
        self._say("SG01", datum, cell, message, counted, shown.text)

    def _check_format(self, datum: Field, cell: Cell, code: str, shown: Shown) -> None:
        raw = cell.raw
        stored = text_of(raw)
        if _is_same(raw, shown, datum):
            if datum.type in _FIGURES and _hides(raw, shown):
                message = (
                    f"“{datum.label}”按数字格式四舍五入显示为“{shown.text[:40]}”，实际存储并计入的是 {stored[:40]}"
                )
                self._say("SG15", datum, cell, message, stored, shown.text)
            return
        if not shown.text.strip():
            message = f"“{datum.label}”显示为空白，实际存储 {stored[:40]}：数字格式“{code[:40]}”什么都不显示"
            self._say("SG02", datum, cell, message, stored, "空白")
            return
        message = f"“{datum.label}”显示为“{shown.text[:40]}”，实际存储 {stored[:40]}：数字格式改变了所见的数"
        self._say("SG01", datum, cell, message, stored, shown.text)

    def _check_share(self, datum: Field, cell: Cell) -> None:
        number = exact(cell.raw) if isinstance(cell.raw, STORED) and not isinstance(cell.raw, bool) else None
        if number is not None and 0 < number < 1 and datum.type in _SHARES:
            message = f"“{datum.label}”存储 {plain(number)}，文件中读不到数字格式：可能显示为{plain(number * 100)}%"
            self._say("SG14", datum, cell, message, plain(number), f"{plain(number * 100)}%？")

    def _check_place(self, datum: Field, cell: Cell) -> None:
        box = self._sight.merge_over(cell.row, cell.column)
        if box is not None:
            area = f"{address(box.top, box.left)}:{address(box.bottom, box.right)}"
            message = f"“{datum.label}”的“{text_of(cell.raw)[:30]}”在合并区域 {area} 之下，不显示，却会被读取"
            self._say("SG05", datum, cell, message, text_of(cell.raw)[:40], "不显示")
        if not self._is_open:
            self._check_around(datum, cell)

    def _check_around(self, datum: Field, cell: Cell) -> None:
        """What is hidden, has conditions or lies under something."""
        sight, row, column = self._sight, cell.row, cell.column
        is_hidden = sight.is_row_hidden(row)
        if is_hidden or (row in self._low and self._is_too_low(row, column)):
            self._hidden[_Hidden("行", row, None if is_hidden else self._low[row])].append((cell, datum))
        if sight.hidden_columns and sight.is_column_hidden(column):
            self._hidden[_Hidden("列", column)].append((cell, datum))
        kind = sight.worked_out_as(row, column)
        if kind and (written := sight.cells.get((row, column))) is not None and written.formula is None:
            message = f"“{datum.label}”在{kind}的范围之内，打开时会重新计算；文件里保存的是 {text_of(cell.raw)[:40]}"
            self._say("SG07", datum, cell, message, kind)
        if row < sight.first_reached[0] or column < sight.first_reached[1]:
            self._out_of_reach.append(cell)
        for boxes, veil in self._veils:
            if any(box.holds(row, column) for box in boxes) and self._say_veil(datum, cell, veil):
                break
        for box in sight.covers:
            if box.holds(row, column):
                self._covered[box].append(cell)

    def _is_too_low(self, row: int, column: int) -> bool:
        """Whether a row is too low for the letters of a cell that lies in no other row."""
        written, box = self._sight.cells.get((row, column)), self._sight.box_from(row, column)
        look = self._look(written) if written is not None else PLAIN_LOOK
        return box.top == box.bottom and self._low[row] < look.points * _SEEN_OF_A_LETTER

    def _say_veil(self, datum: Field, cell: Cell, veil: Veil) -> bool:
        """SG03, SG10: a condition may show another figure, or none; says whether it is so."""
        stored = text_of(cell.raw)[:40]
        if veil.is_bare:
            message = f"“{datum.label}”有只显示图标或数据条、不显示数字的条件格式；存储的 {stored} 照样计入"
            self._say("SG03", datum, cell, message, stored, "图标或数据条")
            return True
        if veil.is_struck:
            self._say("SG12", datum, cell, f"“{datum.label}”有会加删除线的条件格式；其内容“{stored[:30]}”照样计入")
            return True
        if veil.code and not is_plain(veil.code):
            message = f"“{datum.label}”有带数字格式“{veil.code[:40]}”的条件格式，显示的可能不是存储的 {stored}"
            self._say("SG03", datum, cell, message, stored)
            return True
        written = self._sight.cells.get((cell.row, cell.column))
        look = self._look(written) if written is not None else PLAIN_LOOK
        if look.is_unseen or not look.under(veil).is_unseen:
            return False
        message = f"“{datum.label}”有条件格式或表格样式会使{_ink_of(look.under(veil))}，可能看不见；其内容“{stored[:30]}”照样计入"
        self._say("SG10", datum, cell, message)
        return True

    def say_second(self, datum: Field, cell: Cell, second: Mapping[int, object]) -> None:
        """SG08: further filled cells stand between a label and the next one."""
        others = "、".join(f"{address(cell.row, at)}“{text_of(raw)[:20]}”" for at, raw in second.items())
        message = (
            f"“{datum.label}”右边填了不止一个数：读取的是 {cell.address}“{text_of(cell.raw)[:20]}”，旁边还有 {others}"
        )
        self._say("SG08", datum, cell, message, text_of(cell.raw)[:40], others)

    def say_twice(self, datum: Field, cell: Cell, other: tuple[int, int], raw: object) -> None:
        """SG09: the same label stands elsewhere, too, with another figure beside it."""
        hidden = "" if self.is_visible(*other) else "（已隐藏）"
        message = (
            f"“{datum.label}”这一栏出现两次：读取的是 {cell.address}“{text_of(cell.raw)[:20]}”，"
            f"另一处是 {address(*other)}“{text_of(raw)[:20]}”{hidden}"
        )
        self._say("SG09", datum, cell, message, text_of(cell.raw)[:40], text_of(raw)[:40])

    def findings(self) -> Iterator[Finding]:
        """Everything that was noted."""
        yield from self._findings
        if self._is_hidden_sheet and self._first is not None:
            message = f"工作表“{self._sheet}”已隐藏，其中的内容照样计入"
            yield finding("SG04", Problem(Cell(self._sheet, 0, 0), message, found="隐藏的工作表", expected="不隐藏"))
        if self._zeros:
            message = f"工作表设为不显示零值：{_named(self._zeros)}填的 0 看不到，看上去没有填写，照样计入"
            yield finding(
                "SG04", Problem(self._zeros[0], message, found="不显示零值", expected="显示零值", shown="空白")
            )
        if self._sight.shows_formulas and self._first is not None:
            message = f"工作表“{self._sheet}”设为显示公式：看到的是公式和没有格式的数（百分比也看不到百分号），计入的是计算结果"
            where = Cell(self._sheet, 0, 0)
            yield finding("SG04", Problem(where, message, found="显示公式", expected="显示数值", shown="公式"))
        if self._out_of_reach:
            message = f"冻结窗格使一些单元格滚动不到，看不到，照样计入：{_named(self._out_of_reach)}"
            where = self._out_of_reach[0]
            yield finding("SG04", Problem(where, message, found="冻结窗格之外", expected="滚动得到", shown="看不到"))
        for column, squeezed in self._squeezed.items():
            message = f"{column_letters(column)} 列太窄，{_named(squeezed)}的数显示不下，只看到 ####、其中一部分或小得看不清，照样计入"
            yield finding(
                "SG04", Problem(squeezed[0], message, found="列太窄", expected="列宽能显示完整的数", shown="####")
            )
        for hidden, cells in self._hidden.items():
            yield self._hidden_finding(hidden, cells)
        for cells_under in self._covered.values():
            names = "、".join(dict.fromkeys(cell.address for cell in cells_under[:8]))
            message = f"图片或形状盖住了填有内容的单元格：{names}"
            yield finding("SG11", Problem(cells_under[0], message, found=names))

    def _hidden_finding(self, hidden: _Hidden, cells: list[tuple[Cell, Field]]) -> Finding:
        name = f"第 {hidden.number} 行" if hidden.kind == "行" else f"{column_letters(hidden.number)} 列"
        told = "、".join(f"“{datum.label}”{text_of(cell.raw)[:20]}" for cell, datum in cells[:5])
        state = "已隐藏" if hidden.height is None else f"高度只有 {hidden.height:g} 磅，字看不清"
        found, expected = (f"隐藏的{hidden.kind}", "不隐藏") if hidden.height is None else ("行太低", "行高能显示文字")
        message = f"{name}{state}，其中有 {len(cells)} 项内容照样计入：{told}" + ("等" if len(cells) > 5 else "")
        return finding("SG04", Problem(cells[0][0], message, found=found, expected=expected, shown="不显示"))

    def _say(self, code: str, datum: Field, cell: Cell, message: str, found: str = "", shown: str = "") -> None:
        self._findings.append(finding(code, Problem(cell, message, found=found, field=datum.label, shown=shown)))

    # -- what the file says

    def _veil(self, change: int | Veil) -> Veil | None:
        """What a condition changes, by its number or as it says itself."""
        return self._book.styles.conditional.get(change) if isinstance(change, int) else change

    def _look(self, written: Written) -> Look:
        return self._book.styles.look(written.style)

    def _odd(self, row: int, column: int, written: Written) -> Odd | None:
        """What is odd about the text of a cell or a part of it; white is seen on a colour."""
        look, odd = self._look(written), self._sight.odd.get((row, column))
        if look.is_struck or odd is Odd.STRUCK:
            return Odd.STRUCK
        if look.is_drawn and (written.text is None or _DIGIT.search(written.text)):
            return Odd.DRAWN
        is_white_seen = look.ground is None or is_told_apart(USUAL_GROUND, look.ground)
        return None if odd is Odd.FAINT and is_white_seen else odd


def _named(cells: Sequence[Cell]) -> str:
    """Cells by their addresses, the first eight of them."""
    return "、".join(cell.address for cell in cells[:8]) + ("等" if len(cells) > 8 else "")


def _ink_of(look: Look) -> str:
    """Why a look shows nothing."""
    if not look.is_unseen:
        return "字号小于4磅" if look.is_tiny else "缩进过大，内容移出单元格"
    return "白底白字" if look.ink == look.ground == USUAL_GROUND else "字与底色几乎同色"


@lru_cache(maxsize=4096)
def _as_shown(raw: float, code: str) -> str:
    """The least that a number format makes of a number where there is little room: the General one leaves places out."""
    number = exact(raw)
    if number is None:
        return ""
    if code == GENERAL:
        return f"{number:.0f}"[:_IN_A_GENERAL_CELL]
    return show(number, code).text


def _letters(letter: str) -> float:
    """The width of a letter in digits; a Chinese one counts twice."""
    return 0.5 if letter in ".,:/ " else 1 if letter.isascii() else 2


def _shown(raw: object, code: str) -> Shown | None:
    """What a number format makes of a number or text; None where it shows it as it is."""
    if is_plain(code) or isinstance(raw, bool):
        return None
    value = exact(raw) if isinstance(raw, int | float) else raw
    return show(value, code) if isinstance(value, Decimal | str) else None


def _is_same(raw: object, shown: Shown, datum: Field) -> bool:
    """Whether a person reads in a cell what is stored there, but for rounding."""
    is_figure = datum.is_number or datum.type == "any"
    if isinstance(raw, str):
        added = shown.text.replace(raw.strip(), "", 1)
        return raw.strip() in shown.text and not (is_figure and _has_digits(raw) and _ADDED.search(added))
    number = exact(raw) if isinstance(raw, int | float) else None
    if number is None or shown.is_date:
        return True
    stored = number * 100 if shown.is_percent else number
    if stored > 0 and _MINUS.match(shown.text):
        return False
    if datum.is_number and (_LIKE_DIGITS.search(shown.text) or _BOUND.match(shown.text)):
        return False
    return (shown.number == stored or shown.rounds) and not is_disfigured(shown.text)


def _is_scaled(text: str, unit: str) -> bool:
    """Whether a shown number has another unit of money, or a word of size, behind or before it than it is counted in."""
    scale = "".join(SCALES.findall(text))
    return (
        bool(scale) and _has_digits(text) and scale not in (unit, unit.removesuffix("元"), "％" if unit == "%" else "")
    )


def _has_digits(raw: object) -> bool:
    return not isinstance(raw, str) or _DIGIT.search(raw) is not None


def _hides(raw: object, shown: Shown) -> bool:
    """Whether rounding hides more of a number than the form's own formats would."""
    number = exact(raw) if isinstance(raw, int | float) else None
    if number is None or shown.number is None or not shown.rounds:
        return False
    return abs(abs(number * 100 if shown.is_percent else number) - abs(shown.number)) > _PRECISION


def _percentage(datum: Field, number: Decimal | None, shown: Shown) -> Meaning | None:
    """What a number shown as a percentage means: in percent, as a fraction, or as a text with its sign."""
    if number is None:
        return None
    percents = Decimal(plain(number * 100))
    if datum.type == "percent":
        return Meaning(percents, State.READ)
    if datum.type == "rate":
        return Meaning(number, State.READ)
    if datum.is_number:
        return Meaning(None, State.UNREADABLE, "ST06", shown.text, "数字（不带百分号）")
    return Meaning(f"{plain(percents)}%", State.READ)
