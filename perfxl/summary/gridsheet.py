"""Writes a table as one or more sheets: title, sums, headings, rows, colours, filter, links, and how it is printed.

Rows are written from top to bottom and merged cells never span rows, so that the workbook may be written without being
held in memory.
"""

import itertools
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.model import Severity, Status, column_letters
from perfxl.recurring import recurring
from perfxl.summary.formulas import Piece, Region, cell_formula, foot_formula, heading_row, quoted
from perfxl.summary.listings import DISPOSITION, NOT_LISTED, NOT_SUBMITTED, OTHER_BUDGET, SEVERITY, STATUS
from perfxl.summary.looks import AMBER, BAR, CALM, GREEN, GREY, LINK, NAVY, RED, SCALE, Looks
from perfxl.summary.reconciliation import AGREES, DIFFERS
from perfxl.summary.resubmissions import Disposition
from perfxl.summary.rowsheet import RowSheet, style_of, target_of, text_markup
from perfxl.summary.tables import Column, Inside, Link, Live, Outside, Table

LINKS_A_SHEET = 65_000
"""Excel follows at most 65,530 links on a sheet; further cells stay without one."""

LONGEST_LINK = 1_000
"""Excel allows 2,079 letters, counted in UTF-16 and after escaping."""

LONGEST_TEXT = 32_767
CUT = "……（过长，以下略）"
MAX_LINES = 8
LINE_POINTS, ROW_POINTS = 14.0, 19.0

SIGNALS: Mapping[str, tuple[str, str]] = {
    STATUS[Status.ACCEPTED]: GREEN,
    STATUS[Status.RETURNED]: AMBER,
    STATUS[Status.REJECTED]: RED,
    DISPOSITION[Disposition.USED]: GREEN,
    DISPOSITION[Disposition.SUPERSEDED]: CALM,
    DISPOSITION[Disposition.IDENTICAL]: CALM,
    DISPOSITION[Disposition.SKIPPED]: CALM,
    SEVERITY[Severity.ERROR]: RED,
    SEVERITY[Severity.WARNING]: AMBER,
    SEVERITY[Severity.INFO]: CALM,
    NOT_SUBMITTED: RED,
    NOT_LISTED: AMBER,
    OTHER_BUDGET: AMBER,
    AGREES: GREEN,
    DIFFERS: RED,
}
"""Colours of words; every word means the same on each sheet."""

BANDS_OF_GRADES = (GREEN, CALM, AMBER, RED)

_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]|\A<r>")
_URL_UNSAFE = re.compile(r"[%#\x00-\x20\"<>\[\]^`{}\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Page:
    """The workbook that is being written.

    Attributes:
        regions: where each table stands, by its key.
        folder: of the summary; links to other files are relative to it.
        grades: names of the bands, best first.
        made: the date in the footer.
    """

    book: Workbook
    looks: Looks
    regions: Mapping[str, Region]
    folder: Path
    grades: Sequence[str]
    made: date
    _paths: dict[str, str] = field(default_factory=dict)

    def place(self, link: Inside) -> str:
        """The cell that a link within the workbook leads to."""
        region = self.regions[link.table]
        return region.place(link.row, next(iter(region.letters)))

    def file(self, path: str) -> str:
        """Another file as links name it."""
        if path not in self._paths:
            self._paths[path] = target_of(escaped_path(path, self.folder))
        return self._paths[path]


def escaped_path(path: str, folder: Path) -> str:
    """A path relative to a folder as links hold it; absolute where they have no root in common."""
    try:
        relative = Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        relative = Path(path).absolute().as_posix()
    return _URL_UNSAFE.sub(_escaped, relative)


def _escaped(match: re.Match[str]) -> str:
    """A letter as links hold it; one that stands for a byte of a name that is no UTF-8 is that byte again."""
    try:
        written = match[0].encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        written = "\ufffd".encode()
    return "".join(f"%{byte:02x}" for byte in written)


def safe_text(text: str) -> str:
    """A text as a cell can hold it: control characters as their pictures (␀), halves of letters as �, cut at the limit.

    A text that begins with <r> would be taken for markup by the writer; an invisible letter before it prevents that.
    """
    if _ODD.search(text):
        text = _ODD.sub(_visible, text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > LONGEST_TEXT // 2:
        text = _cut(text)
    return text


def _visible(match: re.Match[str]) -> str:
    letter = match[0]
    if letter == "<r>":
        return "\u200b<r>"
    return "\u2421" if letter == "\x7f" else chr(0x2400 + ord(letter)) if letter < " " else "\ufffd"


def _cut(text: str) -> str:
    """A text of at most so many UTF-16 units as a cell holds."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def number_of(value: object) -> float | int | str:
    """A figure as a cell holds it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    return value if isinstance(value, int | float) else safe_text(str(value))


def write_table(page: Page, table: Table, sheets: Sequence[RowSheet]) -> None:
    """Writes a table on the sheets that its region names."""
    region = page.regions[table.key]
    for number, (sheet, piece) in enumerate(zip(sheets, region.pieces, strict=True)):
        _write_head(page, sheet, table, region, number)
        _write_rows(page, sheet, table, region, piece)
        _colour(page, sheet, table, piece)
        _arrange(page, sheet, table, piece)


# -- head -------------------------------------------------------------------------------------------------------------


def _write_head(page: Page, sheet: RowSheet, table: Table, region: Region, number: int) -> None:
    looks = page.looks
    further = f"（续 {number}）" if number else ""
    empty = "" if len(table) else "　（本表没有记录）"
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, table.title + further, looks.make(font_size=16, bold=True, font_color=NAVY))
    sheet.write_string(1, 0, "◀ 总览", looks.make(font_color=LINK, underline=1, font_size=9))
    sheet.put_link_inside("A2", "'总览'!A1")
    sheet.write_string(1, _note_place(table), table.note + empty, looks.make(font_color=GREY, font_size=9))
    row = 2
    for band, label in enumerate(table.bands):
        _write_band(page, sheet, table, region, (band, row, label))
        row += 1
    if any(column.group for column in table.columns):
        _write_groups(page, sheet, table, row)
        row += 1
    lines = max(lines_of(column.label, column.shown_width) for column in table.columns if not column.hidden)
    sheet.set_row(row, max(LINE_POINTS * lines + 8, 24))
    for position, column in enumerate(table.columns):
        sheet.write_string(row, position, column.label, looks.heading())


def _note_place(table: Table) -> int:
    """The first column that leaves room for the link in front of it."""
    widths = itertools.accumulate(column.shown_width for column in table.columns)
    return next((position for position, width in enumerate(widths, 1) if width >= 8), 1)


def _write_band(page: Page, sheet: Worksheet, table: Table, region: Region, place: tuple[int, int, str]) -> None:
    """A row of sums; its name stands in the first cell that has none, or before the first sum."""
    band, row, label = place
    sheet.set_row(row, 22)
    label_at = _label_place(table, band)
    for position, column in enumerate(table.columns):
        live = table.live.get((band, column.key))
        value = live.value if live else table.foot(column, band)
        is_share = live.is_rate if live else column.foots[band : band + 1] == ("share",)
        look = page.looks.band(column.kind, "0.00%" if is_share else "")
        if position == label_at:
            sheet.write_string(row, position, label, page.looks.band("short"))
        elif value is None:
            sheet.write_blank(row, position, None, look)
        else:
            formula = live.formula if live else foot_formula(column, region, band)
            sheet.write_formula(row, position, f"={formula}", look, number_of(value))


def _label_place(table: Table, band: int) -> int:
    """The first wide enough column in which no sum stands."""
    free = [n for n, c in enumerate(table.columns) if (band, c.key) not in table.live and table.foot(c, band) is None]
    return next((n for n in free if table.columns[n].shown_width >= 10), free[0])


def _write_groups(page: Page, sheet: Worksheet, table: Table, row: int) -> None:
    """The headings above neighbouring columns."""
    sheet.set_row(row, 20)
    look = page.looks.group()
    for group, members in itertools.groupby(enumerate(table.columns), key=lambda numbered: numbered[1].group):
        positions = [position for position, _ in members]
        if group and len(positions) > 1:
            sheet.merge_range(row, positions[0], row, positions[-1], "", look)
        for position in positions[:1] if group else positions:
            sheet.write_string(row, position, group, look)


# -- rows -------------------------------------------------------------------------------------------------------------


def _write_rows(page: Page, sheet: RowSheet, table: Table, region: Region, piece: Piece) -> None:
    stop = piece.start + piece.last - piece.first + 1
    columns = [_Cells(page, table, region, position) for position in range(len(table.columns))]
    linked = [(position, column.linker) for position, column in enumerate(columns) if column.linker]
    wrapped = [(position, column.shown_width) for position, column in enumerate(table.columns) if column.kind == "long"]
    links_left, last = LINKS_A_SHEET, len(columns) - 1
    for index, values in enumerate(table.rows.part(piece.start, stop), piece.start):
        row = piece.first + index - piece.start
        links = [(at, linker(index, values)) for at, linker in linked if links_left and values[at] is not None]
        leading = {at for at, link in links if _put_link(page, sheet, columns[at].place(row), link)}
        links_left -= len(leading)
        cells = [column.markup(row, values[at], at in leading) for at, column in enumerate(columns)]
        lines = max((lines_of(values[position], width) for position, width in wrapped), default=1)
        sheet.put_row(row - 1, "".join(cells), last, LINE_POINTS * lines + 5 if lines > 1 else 0)


def _put_link(page: Page, sheet: RowSheet, cell: str, link: Link) -> bool:
    """Makes a cell a link, where it has one that is not too long, and says so."""
    if isinstance(link, Inside):
        sheet.put_link_inside(cell, page.place(link))
        return True
    if link is None:
        return False
    file, place = page.file(link.path), _place_in(link)
    if len(file) + len(place) > LONGEST_LINK:
        return False
    sheet.put_link_outside(cell, file, place)
    return True


def _place_in(link: Outside) -> str:
    """The cell of another workbook; "" where its sheet cannot be named in a link."""
    sheet = safe_text(link.sheet)
    return f"{quoted(sheet)}!{link.cell or 'A1'}" if sheet and sheet == link.sheet and "#" not in sheet else ""


def lines_of(value: object, width: float) -> int:
    """The lines that a text takes in a column so wide, at most `MAX_LINES`; Chinese letters are two wide."""
    return _lines(value, width) if isinstance(value, str) and len(value) * 2 > width else 1


@recurring(kept=8192, longest=200)
def _lines(value: str, width: float) -> int:
    parts = safe_text(value[:2000]).split("\n")
    lines = sum(math.ceil(len(part.encode("gb18030", "replace")) / width) or 1 for part in parts)
    return min(lines, MAX_LINES)


class _Cells:
    """Makes the cells of one column. Whatever is text stays text, 0 stays 0, a blank stays blank."""

    def __init__(self, page: Page, table: Table, region: Region, position: int) -> None:
        self._column = column = table.columns[position]
        self._region = region
        self._letter = column_letters(position + 1)
        self._is_live = column.is_live
        self.linker = table.links.get(column.key)
        looks, kind = page.looks, column.kind
        self._style = style_of(looks.cell(kind))
        self._linked = style_of(looks.cell(kind, font_color=LINK, underline=1)) if self.linker else self._style
        self._figures = [style_of(looks.cell(kind, f)) for f in ("#,##0", "#,##0.00")] if kind == "figure" else []

    def place(self, row: int) -> str:
        """The address of the column's cell in a row, from 1."""
        return f"{self._letter}{row}"

    def markup(self, row: int, value: object, is_linked: bool = False) -> str:
        """The cell of a row, from 1."""
        head = f'<c r="{self._letter}{row}" s="{self._linked if is_linked else self._style}"'
        if value is None:
            return f"{head}/>"
        if self._is_live or isinstance(value, Live):
            return self._live(row, value)
        if isinstance(value, str):
            return f'{head} t="inlineStr">{_content(value)}</c>'
        if self._figures:
            head = f'<c r="{self._letter}{row}" s="{self._figure_style(value)}"'
        number = number_of(value)
        if isinstance(number, str) or not math.isfinite(number):
            return f'{head} t="inlineStr">{_content(str(number))}</c>'
        return f"{head}><v>{number!r}</v></c>"

    def _live(self, row: int, value: object) -> str:
        """A cell with a formula, and what it gives."""
        if isinstance(value, Live):
            formula, value = value.formula, value.value
        else:
            formula = cell_formula(self._column, self._region, row)
        head = f'<c r="{self._letter}{row}" s="{self._figure_style(value) if self._figures else self._style}"'
        is_text = isinstance(value, str)
        shown = escape(safe_text(str(value)), quote=False) if is_text else repr(number_of(value))
        kind = ' t="str"' if is_text else ""
        return f"{head}{kind}><f>{escape(formula, quote=False)}</f><v>{shown}</v></c>"

    def _figure_style(self, value: object) -> int:
        """A column of figures holds counts and amounts."""
        return self._figures[0 if isinstance(value, int) else 1]


@recurring(kept=8192, longest=200)
def _content(text: str) -> str:
    """A text as the content of a cell; names, sheets and words stand in many rows."""
    return text_markup(safe_text(text))


# -- looks and print --------------------------------------------------------------------------------------------------


def _colour(page: Page, sheet: Worksheet, table: Table, piece: Piece) -> None:
    """Data bars for rates, colours for grades and words, scales for points."""
    for position, column in enumerate(table.columns):
        area = (piece.first - 1, position, piece.last - 1, position)
        if column.kind == "rate":
            sheet.conditional_format(*area, data_bar(1))
        for word, colours in _words(page, table, column):
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": page.looks.signal(colours)}
            sheet.conditional_format(*area, rule)
        if column.full and column.kind == "points":
            sheet.conditional_format(*area, _scale(float(column.full)))


def data_bar(full: float | None = None) -> dict[str, object]:
    """A bar from 0 to `full`, or to the largest number."""
    highest = {} if full is None else {"max_type": "num", "max_value": full}
    bounds = {"min_type": "num", "min_value": 0, **highest}
    return {"type": "data_bar", "bar_color": BAR, "bar_solid": True, "data_bar_2010": True, **bounds}


def _scale(full: float) -> dict[str, object]:
    types = {"min_type": "num", "mid_type": "num", "max_type": "num"}
    return {"type": "3_color_scale", **types, "min_value": 0, "mid_value": full * 0.8, "max_value": full, **SCALE}


def _words(page: Page, table: Table, column: Column) -> Iterator[tuple[str, tuple[str, str]]]:
    """The words that are coloured in a column, as far as they occur."""
    if column.kind == "grade":
        last = len(BANDS_OF_GRADES) - 1
        yield from ((grade, BANDS_OF_GRADES[min(n, last)]) for n, grade in enumerate(page.grades))
    if column.kind in ("status", "severity"):
        present = table.rows.present(column.key) | ({DIFFERS} if column.key == "verdict" else set())
        yield from ((word, colours) for word, colours in SIGNALS.items() if word in present)


def _arrange(page: Page, sheet: Worksheet, table: Table, piece: Piece) -> None:
    """Widths, frozen heading, filter, and the paper: A4 landscape, as wide as the table."""
    head = heading_row(table)
    for position, column in enumerate(table.columns):
        sheet.set_column(position, position, column.shown_width, None, {"hidden": True} if column.hidden else {})
    keys = [column.key for column in table.columns]
    sheet.freeze_panes(head, keys.index(table.frozen) + 1 if table.frozen in keys else 0)
    sheet.autofilter(head - 1, 0, piece.last - 1, len(keys) - 1)
    sheet.set_default_row(ROW_POINTS)
    groups = any(column.group for column in table.columns)
    printed = [position for position, column in enumerate(table.columns) if column.printed]
    sheet.print_area(0, 0, piece.last - 1, printed[-1])
    sheet.repeat_rows(head - 2 if groups else head - 1, head - 1)
    print_on_a4(sheet, page.made, table.title)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_zoom(90)


def print_on_a4(sheet: Worksheet, made: date, title: str) -> None:
    """Landscape, narrow margins, page numbers below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.45, bottom=0.6)
    sheet.center_horizontally()
    font = '&"微软雅黑,常规"&8'
    shown = title.replace("&", "&&")
    sheet.set_footer(f"&L{font}{shown}&C{font}第 &P 页，共 &N 页&R{font}perfxl　{made.isoformat()}", {"margin": 0.3})
