"""Writes a table as one or more sheets, all but its rows: title, sums, headings, colours, filter, and how it is printed."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from perfxl.dialogue.remarks import Standing
from perfxl.model import SEVERITY_WORDS, STATUS_WORDS, Severity, Status
from perfxl.summary.cells import ROW_POINTS, TABLE_LINE_POINTS, cell_number, wrapped_lines
from perfxl.summary.formulas import FormulaPiece, Region, foot_formula, heading_row
from perfxl.summary.leftout import DOUBTFUL, UNREAD, WITH_OTHERS
from perfxl.summary.listings import NOT_GRADED, NOT_LISTED
from perfxl.summary.looks import AMBER, BAR, CALM, GREEN, GREY, LINK, NAVY, RED, SCALE, Looks
from perfxl.summary.reconciliation import AGREES, DIFFERS
from perfxl.summary.resubmissions import DISPOSITION_WORDS, Disposition
from perfxl.summary.roster import HANDED_IN, NOT_SUBMITTED, PENDING
from perfxl.summary.tables import COLOURED, AnyColumn, SummaryTable

SIGNALS: Mapping[str, tuple[str, str]] = {
    STATUS_WORDS[Status.ACCEPTED]: GREEN,
    STATUS_WORDS[Status.RETURNED]: AMBER,
    STATUS_WORDS[Status.REJECTED]: RED,
    DISPOSITION_WORDS[Disposition.USED]: GREEN,
    DISPOSITION_WORDS[Disposition.SUPERSEDED]: CALM,
    DISPOSITION_WORDS[Disposition.IDENTICAL]: CALM,
    DISPOSITION_WORDS[Disposition.SKIPPED]: CALM,
    SEVERITY_WORDS[Severity.ERROR]: RED,
    SEVERITY_WORDS[Severity.WARNING]: AMBER,
    SEVERITY_WORDS[Severity.INFO]: CALM,
    HANDED_IN: GREEN,
    PENDING: AMBER,
    NOT_SUBMITTED: RED,
    NOT_LISTED: AMBER,
    DOUBTFUL: RED,
    UNREAD: AMBER,
    WITH_OTHERS: CALM,
    NOT_GRADED: AMBER,
    Standing.OPEN: AMBER,
    Standing.EXPLAINED: CALM,
    Standing.ACCEPTED: GREEN,
    Standing.NOT_EFFECTIVE: AMBER,
    Standing.MORE: AMBER,
    Standing.REJECTED: RED,
    Standing.DIFFERING: RED,
    Standing.NOTHING_TO_DO: CALM,
    AGREES: GREEN,
    DIFFERS: RED,
}
"""Colours of words; every word means the same on each sheet."""

BANDS_OF_GRADES = (GREEN, CALM, AMBER, RED)


@dataclass(frozen=True)
class Page:
    """The workbook that is being written.

    Attributes:
        regions: where each table stands, by its key.
        grades: names of the bands, best first.
        made: the date in the footer.
    """

    book: Workbook
    looks: Looks
    regions: Mapping[str, Region]
    grades: Sequence[str]
    made: date


def write_table(page: Page, table: SummaryTable, sheets: Sequence[Worksheet]) -> None:
    """Writes all of a table but its rows on the sheets that its region names."""
    region = page.regions[table.key]
    for number, (sheet, piece) in enumerate(zip(sheets, region.pieces, strict=True)):
        _write_head(page, sheet, table, region, number)
        _colour(page, sheet, table, piece)
        _arrange(page, sheet, table, piece)


# -- head -------------------------------------------------------------------------------------------------------------


def _write_head(page: Page, sheet: Worksheet, table: SummaryTable, region: Region, number: int) -> None:
    looks = page.looks
    further = f"（续 {number}）" if number else ""
    empty = "" if len(table) else "　（本表没有记录）"
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, table.title + further, looks.make(font_size=16, bold=True, font_color=NAVY))
    sheet.write_url(1, 0, "internal:'总览'!A1", looks.make(font_color=LINK, underline=1, font_size=9), "◀ 总览")
    sheet.write_string(1, _note_place(table), table.note + empty, looks.make(font_color=GREY, font_size=9))
    row = 2
    for band, label in enumerate(table.bands):
        _write_band(page, sheet, table, region, (band, row, label))
        row += 1
    if any(column.group for column in table.columns):
        _write_groups(page, sheet, table, row)
        row += 1
    lines = max(wrapped_lines(column.label, column.shown_width) for column in table.columns if not column.hidden)
    sheet.set_row(row, max(TABLE_LINE_POINTS * lines + 8, 24))
    for position, column in enumerate(table.columns):
        sheet.write_string(row, position, column.label, looks.heading())


def _note_place(table: SummaryTable) -> int:
    """The first column that leaves room for the link in front of it."""
    widths = itertools.accumulate(column.shown_width for column in table.columns)
    return next((position for position, width in enumerate(widths, 1) if width >= 8), 1)


def _write_band(page: Page, sheet: Worksheet, table: SummaryTable, region: Region, place: tuple[int, int, str]) -> None:
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
            sheet.write_formula(row, position, f"={formula}", look, cell_number(value))


def _label_place(table: SummaryTable, band: int) -> int:
    """The first wide enough column in which no sum stands."""
    free = [n for n, c in enumerate(table.columns) if (band, c.key) not in table.live and table.foot(c, band) is None]
    return next((n for n in free if table.columns[n].shown_width >= 10), free[0])


def _write_groups(page: Page, sheet: Worksheet, table: SummaryTable, row: int) -> None:
    """The headings above neighbouring columns."""
    sheet.set_row(row, 20)
    look = page.looks.group()
    for group, members in itertools.groupby(enumerate(table.columns), key=lambda numbered: numbered[1].group):
        positions = [position for position, _ in members]
        if group and len(positions) > 1:
            sheet.merge_range(row, positions[0], row, positions[-1], "", look)
        for position in positions[:1] if group else positions:
            sheet.write_string(row, position, group, look)


# -- looks and print --------------------------------------------------------------------------------------------------


def _colour(page: Page, sheet: Worksheet, table: SummaryTable, piece: FormulaPiece) -> None:
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


def _words(page: Page, table: SummaryTable, column: AnyColumn) -> Iterator[tuple[str, tuple[str, str]]]:
    """The words that are coloured in a column, as far as they occur."""
    if column.kind == "grade":
        last = len(BANDS_OF_GRADES) - 1
        yield from ((grade, BANDS_OF_GRADES[min(n, last)]) for n, grade in enumerate(page.grades))
    if column.kind in COLOURED:
        present = table.rows.present(column.key) | ({DIFFERS} if column.key == "verdict" else set())
        yield from ((word, colours) for word, colours in SIGNALS.items() if word in present)


def _arrange(page: Page, sheet: Worksheet, table: SummaryTable, piece: FormulaPiece) -> None:
    """Widths, frozen heading, filter, and the paper: A4 landscape, as wide as the table."""
    head = heading_row(table)
    for position, column in enumerate(table.columns):
        sheet.set_column(position, position, column.shown_width, None, {"hidden": True} if column.hidden else {})
    keys = [column.key for column in table.columns]
    sheet.freeze_panes(head, keys.index(table.frozen) + 1 if table.frozen in keys else 0)
    sheet.autofilter(head - 1, 0, piece.last - 1, len(keys) - 1)
    sheet.set_default_row(ROW_POINTS)
    if table.folding:
        sheet.outline_settings(symbols_below=False)
    groups = any(column.group for column in table.columns)
    printed = [position for position, column in enumerate(table.columns) if column.printed]
    sheet.print_area(0, 0, piece.last - 1, printed[-1])
    sheet.repeat_rows(head - 2 if groups else head - 1, head - 1)
    print_on_a4(sheet, page.made, table.title)
    # one page wide, as many pages long as it takes
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
