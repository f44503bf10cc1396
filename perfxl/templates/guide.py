"""The sheet 填报说明: steps, self-check, and what each cell of the form asks for, in the words of the prompts."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from perfxl.layout import LINE_POINTS, Layout, text_lines
from perfxl.model import Explanation, address
from perfxl.rules import RULES
from perfxl.schemes.spec import (
    GUIDE_CHECK_END,
    GUIDE_CHECK_HEADS,
    GUIDE_CODES,
    GUIDE_EXPLANATION,
    GUIDE_PATH,
    GUIDE_REQUIREMENT_HEADS,
    GUIDE_SECTIONS,
    GUIDE_SHEET,
    Field,
    Fields,
    Matrix,
    Scheme,
    Sections,
    Table,
)
from perfxl.templates.checkline import CheckLine
from perfxl.templates.selfcheck import figures, lines_of_check
from perfxl.typed.amounts import plain
from perfxl.typed.wording import squeeze

PASSED, BROKEN, EXPLAINED = "通过", "算不出：有错误值", "已说明"
WRONG, DOUBTED = ("✗ 有 ", " 处需要处理"), ("请核对 ", " 处")
"""Before and behind a number."""
ALL_PASSED, MAY_BE_SENT, NOT_YET = "全部通过，可以报送", ("可以报送；另有 ", " 项请核对"), ("还有 ", " 项没有通过")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""Letters that XML cannot hold; XlsxWriter escapes them in texts, but not in a formula's stored value."""
INPUT_FILL = "#FFFBE6"
"""Of cells to fill in."""
_WIDTHS = (34, 32, 9, 46)
_EXPLANATION_WIDTH = 34
"""Columns of the guide, in characters; the last one is where an agency explains."""
_EXPLAINS, _CODES, _PATH = 4, 5, 6
"""Columns from 0."""


def requirement(datum: Field, scheme: Scheme) -> str:
    """What a cell asks for: the words of its prompt, of its error text and of the instructions; "" for any text."""
    parts = ["必填"] if datum.required else []
    if datum.type == "money":
        parts.append(f"填写 0（含）以上的数字，单位：{scheme.money_unit}，不写单位")
    elif datum.type == "percent" and not datum.prompt:
        parts.append("填百分数的数字，例如 25 表示 25%")
    elif datum.type == "points" and not datum.live:
        parts.append(f"填写 0（含）至{_most(datum, scheme)}（含）的数字，不写“分”")
    elif datum.type == "year":
        parts.append("填写 2000（含）至 2099（含）的年份")
    elif datum.type == "date" and not datum.prompt:
        parts.append("填写日期")
    if datum.prompt:
        parts.append(datum.prompt)
    if datum.choices:
        parts.append(f"可选：{'、'.join(datum.choices)}")
    return "；".join(parts) + ("。" if parts else "")


@dataclass(frozen=True)
class _Told:
    """What an agency explains: beside the lines of the self-check that stand for the same findings, else on lines of its own."""

    beside: Mapping[str, str]
    others: tuple[Explanation, ...]


def _told(lines: Sequence[CheckLine], explanations: Sequence[Explanation]) -> _Told:
    """Where explanations go; a line takes one that is about all its findings, and says no datum."""
    said = {(one.code, one.text) for one in explanations if not one.path}
    texts = dict.fromkeys(text for _, text in said)
    beside: dict[str, str] = {}
    for line in lines:
        whole = [text for text in sorted(texts) if line.is_doubt and all((code, text) in said for code in line.codes)]
        beside |= {line.topic: whole[0]} if whole else {}
    taken = {(code, beside[line.topic]) for line in lines if line.topic in beside for code in line.codes}
    others = tuple(one for one in explanations if one.path or (one.code, one.text) not in taken)
    return _Told(beside, others)


def guide_values(layout: Layout, explanations: Sequence[Explanation] = ()) -> dict[str, object]:
    """What the formulas of the guide give for the present data, by cell; the guide is written with just these."""
    first = 5 + len(layout.scheme.instructions)  # title, two captions, the steps, the heads of the check; rows from 1
    values: dict[str, object] = {}
    lines = lines_of_check(layout)
    told = _told(lines, explanations)
    for row, line in enumerate(lines, first):
        words = DOUBTED if line.is_doubt else WRONG
        said = EXPLAINED if line.topic in told.beside else f"{words[0]}{line.count}{words[1]}"
        values[f"B{row}"] = PASSED if not line.count else said
        values[f"C{row}"] = line.count
    last = first + len(lines)
    values[f"B{last}"] = _concluded(lines, told.beside)
    behind = last + len(told.others) + 3  # a caption and its heads
    for row, (_, _, value, _) in enumerate(figures(layout), behind):
        values[f"B{row}"] = stored(value)
    return values


def _concluded(lines: Sequence[CheckLine], explained: Collection[str]) -> str:
    """The conclusion of the self-check."""
    wrong = sum(line.count > 0 and not line.is_doubt for line in lines)
    doubts = sum(line.count > 0 and line.is_doubt and line.topic not in explained for line in lines)
    if wrong:
        return f"{NOT_YET[0]}{wrong}{NOT_YET[1]}"
    return f"{MAY_BE_SENT[0]}{doubts}{MAY_BE_SENT[1]}" if doubts else ALL_PASSED


def _most(datum: Field, scheme: Scheme) -> str:
    """The most points that a cell may hold, in words: the column beside it, else the full score."""
    columns = (column for table in scheme.tables.values() for column in table.columns)
    beside = next((column.label for column in columns if column.key == datum.at_most), "")
    return f"“{beside}”" if beside else f" {plain(scheme.full_score)}"


def write_guide(book: Any, layout: Layout, font: str, explanations: Sequence[Explanation] = ()) -> None:
    """Writes the instructions as the workbook's first sheet, with what its agency explains."""
    sheet = book.add_worksheet(GUIDE_SHEET)
    guide = _Guide(book, sheet, font, guide_values(layout, explanations))
    for column, width in enumerate((*_WIDTHS, _EXPLANATION_WIDTH)):
        sheet.set_column(column, column, width)
    sheet.set_column(_CODES, _PATH, 8, None, {"hidden": True})
    guide.title(f"{layout.scheme.title}（{layout.scheme.edition}）填报说明")
    guide.steps(layout.scheme)
    guide.check(layout, explanations)
    guide.figures(layout)
    guide.requirements(layout.scheme)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.activate()


class _Guide:
    """Writes the guide from top to bottom."""

    def __init__(self, book: Any, sheet: Any, font: str, values: dict[str, object]) -> None:
        self.sheet = sheet
        self.values = values
        self.row = 0
        base = {"font_name": font, "font_size": 11, "text_wrap": True, "valign": "vcenter"}
        boxed = base | {"border": 1, "border_color": "#7F8C99"}
        self.plain = book.add_format(base)
        self.heading = book.add_format(base | {"bold": True, "font_name": "黑体", "font_size": 13, "text_wrap": False})
        self.big = book.add_format(
            base | {"bold": True, "font_name": "黑体", "font_size": 17, "align": "center", "text_wrap": False}
        )
        self.head = book.add_format(boxed | {"bold": True, "bg_color": "#EEF1F5", "align": "center"})
        self.cell = book.add_format(boxed)
        self.centre = book.add_format(boxed | {"align": "center"})
        self.rate = book.add_format(boxed | {"align": "center", "num_format": "0.00%"})
        self.input = book.add_format(boxed | {"bg_color": INPUT_FILL, "locked": False})
        self.good = book.add_format({"bg_color": "#EAF7EC", "font_color": "#1D6B2C"})
        self.doubtful = book.add_format({"bg_color": "#F6D58A", "font_color": "#4A3200"})
        self.bad = book.add_format({"bg_color": "#C4473A", "font_color": "#FFFFFF", "bold": True})

    def title(self, text: str) -> None:
        self.sheet.merge_range(0, 0, 0, _EXPLAINS, text, self.big)
        self.sheet.set_row(0, 36)
        self.row = 1

    def _section(self, text: str) -> None:
        self.sheet.write_string(self.row, 0, text, self.heading)
        self.sheet.set_row(self.row, 26)
        self.row += 1

    def _heads(self, *texts: str) -> None:
        for column, text in enumerate(texts):
            self.sheet.write_string(self.row, column, text, self.head)
        self.row += 1

    def _fit(self, *texts: str) -> None:
        """Makes the row as high as its longest text needs."""
        lines = max(text_lines(text, width) for text, width in zip(texts, _WIDTHS, strict=False))
        self.sheet.set_row(self.row, LINE_POINTS * lines + 4)

    def steps(self, scheme: Scheme) -> None:
        """The numbered instructions of the scheme."""
        self._section(GUIDE_SECTIONS[0])
        for number, text in enumerate(scheme.instructions, 1):
            self.sheet.merge_range(self.row, 0, self.row, _EXPLAINS, f"{number}. {text}", self.plain)
            self.sheet.set_row(self.row, LINE_POINTS * text_lines(text, sum(_WIDTHS) + _EXPLANATION_WIDTH) + 4)
            self.row += 1

    def check(self, layout: Layout, explanations: Sequence[Explanation]) -> None:
        """The live self-check: one line for each thing that may be missing or not add up."""
        self._section(GUIDE_SECTIONS[1])
        self._heads(*GUIDE_CHECK_HEADS, GUIDE_EXPLANATION, GUIDE_CODES, GUIDE_PATH)
        lines = lines_of_check(layout)
        told = _told(lines, explanations)
        first = self.row
        for line in lines:
            self._line(line, told.beside.get(line.topic, ""))
        self._conclusion(lines, first)
        self._colour(first, self.row)
        self.row += 1
        for one in told.others:
            self._other(one)

    def _other(self, one: Explanation) -> None:
        """What is explained and no line of the self-check looks at."""
        title = RULES[one.code].title if one.code in RULES else ""
        self.sheet.merge_range(self.row, 0, self.row, 3, f"说明：{one.code} {title}", self.cell)
        self.sheet.write_string(self.row, _EXPLAINS, one.text, self.input)
        self.sheet.write_string(self.row, _CODES, one.code, self.cell)
        self.sheet.write_string(self.row, _PATH, one.path, self.cell)
        self.sheet.set_row(self.row, LINE_POINTS * text_lines(one.text, _EXPLANATION_WIDTH) + 4)
        self.row += 1

    def _line(self, line: CheckLine, explained: str) -> None:
        """One line; what an error value broke never passes, what the office only asks is answered beside it."""
        count = f"$C${self.row + 1}"
        words = DOUBTED if line.is_doubt else WRONG
        wrong = f'"{words[0]}"&{count}&"{words[1]}"'
        self.sheet.write_blank(self.row, _EXPLAINS, None, self.input if line.is_doubt else self.cell)
        if line.is_doubt:
            wrong = f'IF(TRIM($E${self.row + 1})<>"","{EXPLAINED}",{wrong})'
            if explained:
                self.sheet.write_string(self.row, _EXPLAINS, explained, self.input)
            self.sheet.write_string(self.row, _CODES, "、".join(line.codes), self.cell)
        formula = f'=IF(ISNUMBER({count}),IF({count}=0,"{PASSED}",{wrong}),"{BROKEN}")'
        self.sheet.write_string(self.row, 0, line.topic, self.cell)
        self._formula(1, formula, self.centre)
        if line.is_array:
            place = (self.row, 2, self.row, 2)
            self.sheet.write_array_formula(*place, f"{{{line.formula}}}", self.centre, line.count)
        else:
            self._formula(2, line.formula, self.centre)
        self.sheet.write_string(self.row, 3, line.advice, self.cell)
        lines = max(
            text_lines(explained, _EXPLANATION_WIDTH), *map(text_lines, (line.topic, line.advice), _WIDTHS[::3])
        )
        self.sheet.set_row(self.row, LINE_POINTS * lines + 4)
        self.row += 1

    def _conclusion(self, lines: Sequence[CheckLine], first: int) -> None:
        """Counts the lines that pass, not those that fail; lines that only ask do not keep a form from being sent."""
        counts, results = f"$C${first + 1}:$C${self.row}", f"$B${first + 1}:$B${self.row}"
        right = f'(COUNTIF({counts},0)+COUNTIF({results},"{EXPLAINED}"))'
        passing = f'({right}+COUNTIF({results},"{DOUBTED[0]}*"))'
        formula = (
            f'=IF({passing}={len(lines)},IF({right}={len(lines)},"{ALL_PASSED}",'
            f'"{MAY_BE_SENT[0]}"&{len(lines)}-{right}&"{MAY_BE_SENT[1]}"),'
            f'"{NOT_YET[0]}"&{len(lines)}-{passing}&"{NOT_YET[1]}")'
        )
        self.sheet.write_string(self.row, 0, GUIDE_CHECK_END, self.head)
        self.sheet.merge_range(self.row, 1, self.row, _EXPLAINS, "", self.centre)
        self._formula(1, formula, self.centre)

    def _formula(self, column: int, formula: str, style: Any) -> None:
        """Writes a formula into the present row with the value that it gives."""
        self.sheet.write_formula(self.row, column, formula, style, self.values[address(self.row + 1, column + 1)])

    def _colour(self, first: int, last: int) -> None:
        """Lightness and letters differ as the colours do: what is wrong is bold on a darker ground, what passes is plain."""
        kinds = (
            (PASSED, self.good),
            (EXPLAINED, self.good),
            (DOUBTED[0], self.doubtful),
            (WRONG[0], self.bad),
            (BROKEN, self.bad),
        )
        for word, style in kinds:
            self._begins(first, last - 1, word, style)
        for word, style in ((ALL_PASSED, self.good), (MAY_BE_SENT[0], self.doubtful), (NOT_YET[0], self.bad)):
            self._begins(last, last, word, style)

    def _begins(self, first: int, last: int, word: str, style: Any) -> None:
        rule = {"type": "text", "criteria": "begins with", "value": word, "format": style}
        self.sheet.conditional_format(first, 1, last, 1, rule)

    def figures(self, layout: Layout) -> None:
        """Rates, total and grade as they stand."""
        self._section(GUIDE_SECTIONS[2])
        self._heads("项目", "数值")
        for label, formula, _, kind in figures(layout):
            style = self.rate if kind == "rate" else self.centre
            self.sheet.write_string(self.row, 0, label, self.cell)
            self._formula(1, formula, style)
            self.row += 1

    def requirements(self, scheme: Scheme) -> None:
        """What each cell asks for."""
        self._section(GUIDE_SECTIONS[3])
        self._heads(*GUIDE_REQUIREMENT_HEADS)
        for sheet, label, datum in _asked(scheme):
            words = requirement(datum, scheme).removeprefix("必填").lstrip("；。")
            if not (words or datum.required):
                continue
            self.sheet.write_string(self.row, 0, sheet, self.cell)
            self.sheet.write_string(self.row, 1, label, self.cell)
            self.sheet.write_string(self.row, 2, "必填" if datum.required else "", self.centre)
            self.sheet.write_string(self.row, 3, words, self.cell)
            self._fit(sheet, label, "", words)
            self.row += 1


def _asked(scheme: Scheme) -> Iterator[tuple[str, str, Field]]:
    """Every datum that staff type, with its sheet; the sources of a matrix as one line."""
    for sheet, block in scheme.blocks():
        if isinstance(block, Fields):
            yield from ((sheet.name, datum.label, datum) for datum in block.fields if datum.is_typed)
        elif isinstance(block, Matrix):
            for column in (column for column in block.columns if column.is_typed):
                names = "、".join(row.name for row in block.rows if not column.rows or row.key in column.rows)
                kind = block.type if column.type == "text" else column.type
                label = squeeze(column.label)
                yield sheet.name, f"{label}：{names}", Field(column.key, label, kind, prompt=column.prompt)
        elif isinstance(block, Table):
            yield from ((sheet.name, column.label, column) for column in block.columns if column.is_typed)
            for foot in block.footer:
                if foot.path:
                    yield sheet.name, scheme.data[foot.path].label, scheme.data[foot.path]
        elif isinstance(block, Sections):
            for section in block.sections:
                yield sheet.name, section.label, Field(section.key, section.label, required=section.required)


class _EmptyText(str):
    """An empty text as a formula's stored value; XlsxWriter would store a plain "" as "not calculated yet"."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return False


def stored(value: object) -> Any:
    """A computed value as XlsxWriter stores it beside a formula."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return _CONTROL.sub("", value) or _EmptyText()
    return value
