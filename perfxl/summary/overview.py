"""The first page: what came in, what it adds up to, and where a person should look first. One landscape A4 page."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from perfxl import __version__
from perfxl.model import SEVERITY_WORDS, Severity, address, quoted_sheet
from perfxl.schemes.spec import OVERVIEW
from perfxl.summary.batch import Batch
from perfxl.summary.cards import Card, figure_cards, file_cards, quoted_text
from perfxl.summary.cells import cell_number, cell_text, wrapped_lines
from perfxl.summary.changetable import CHANGES_TITLE
from perfxl.summary.charts import EXECUTION_RATE, Series, add_charts, chart_series, series_rows
from perfxl.summary.completeness import gaps_of, population_lines
from perfxl.summary.formulas import Region
from perfxl.summary.leftout import LEFT_OUT
from perfxl.summary.listings import grade_shown
from perfxl.summary.looks import BAND, BLUE, CARD, GREY, LINE, LINK, NAVY, RED, WHITE
from perfxl.summary.priorities import COUNTED, LISTED, Frequent, frequent_problems, urgent_projects
from perfxl.summary.progress import PROGRESS_KEY as PROGRESS
from perfxl.summary.projects import Project
from perfxl.summary.reconciliation import DIFFERS, differences
from perfxl.summary.resubmissions import DISPOSITION_WORDS
from perfxl.summary.sheets import SIGNALS, Page, data_bar, print_on_a4
from perfxl.summary.tables import NO_FIGURE, Live, SummaryTable

_COLUMNS, COLUMN_WIDTH = 24, 6.0
CARD_COLUMNS = 4
CHART_ROWS = 13
_FIGURES = _COLUMNS + 2
_NAMES = _FIGURES + 5
"""The column of the names that links show."""
_CHARTS_AT = ((0, 276), (6, 323), (13, 514))
"""First column and width in pixels of each chart."""
_RIGHT = 10
_NAME_COLUMNS, _UNIT_COLUMNS = 6, 4
_NAME_LETTERS, _UNIT_LETTERS, _MOST_LINES = 22, 14, 4
"""What fits in a line of a project's and of a unit's name, and how many lines a row may have."""
_LINE_POINTS = 12.5
_COUNTS = 7
"""The column that says how often a problem occurs."""

_TITLE, SUBTITLE, NAVIGATION = 0, 1, 2
FILE_CARDS, FIGURE_CARDS = 4, 8
CHARTS = 12
LISTS = CHARTS + CHART_ROWS + 1
_NOT_AGREED = "项不一致，汇总不能使用，请看“核对”"
NOTES = LISTS + 2 + LISTED + 1


@dataclass
class OverviewCanvas:
    """Cells by place, and heights of rows in points; written from top to bottom at the end."""

    page: Page
    sheet: Worksheet
    cells: dict[tuple[int, int], tuple[object, Format, int, str]] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)

    def put(self, row: int, column: int, value: object, look: Format, across: int = 1, url: str = "") -> None:
        self.cells[row, column] = (value, look, across, url)

    def write(self) -> None:
        for row, height in self.heights.items():
            self.sheet.set_row(row, height)
        for (row, column), (value, look, across, url) in sorted(self.cells.items(), key=lambda item: item[0]):
            if across > 1:
                self.sheet.merge_range(row, column, row, column + across - 1, "", look)
            self._write_cell(row, column, value, look, url)

    def _write_cell(self, row: int, column: int, value: object, look: Format, url: str) -> None:
        if isinstance(value, Live):
            self.sheet.write_formula(row, column, f"={value.formula}", look, cell_number(value.value))
        elif url:
            self.sheet.write_url(row, column, url, look, cell_text(str(value)))
        elif isinstance(value, str):
            self.sheet.write_string(row, column, cell_text(value), look)
        elif value is None:
            self.sheet.write_blank(row, column, None, look)
        else:
            self.sheet.write(row, column, cell_number(value), look)


def write_overview(page: Page, sheet: Worksheet, batch: Batch, tables: Sequence[SummaryTable]) -> None:
    """Writes the page; `tables` are those that follow it, in order."""
    known = {table.key: table for table in tables}
    canvas = OverviewCanvas(page, sheet)
    _put_title(canvas, batch, tables)
    _put_cards(canvas, FILE_CARDS, file_cards(batch, page.regions))
    _put_cards(canvas, FIGURE_CARDS, figure_cards(batch, page.regions, known))
    series = chart_series(batch, known, page.regions, _FIGURES)
    _put_figures(canvas, series)
    problems = frequent_problems(batch)
    _put_problems(canvas, problems)
    _put_urgent(canvas, urgent_projects(batch))
    last = _put_notes(canvas, batch, tables)
    _arrange(page, sheet, len(problems), last)
    canvas.write()
    add_charts(page.book, sheet, series, (CHARTS, _CHARTS_AT, _FIGURES))


# -- title ------------------------------------------------------------------------------------------------------------


def _put_title(canvas: OverviewCanvas, batch: Batch, tables: Sequence[SummaryTable]) -> None:
    looks = canvas.page.looks
    title = looks.make(font_size=20, bold=True, font_color=WHITE, bg_color=NAVY, indent=1)
    canvas.put(_TITLE, 0, "项目支出绩效评价汇总　总览", title, _COLUMNS)
    editions = "、".join(f"{s.title}（{s.edition}）" for s in batch.portfolio.schemes) or "无"
    sources = "、".join(batch.sources[:3]) + (f" 等 {len(batch.sources)} 处" if len(batch.sources) > 3 else "")
    said = f"制表日期 {batch.made.isoformat()}　来源 {sources}　评价表 {editions}　perfxl {__version__}"
    subtitle = looks.make(font_size=9, font_color=GREY, bg_color=BAND, indent=1, shrink=True)
    canvas.put(SUBTITLE, 0, said, subtitle, _COLUMNS)
    look = looks.make(font_size=9, font_color=LINK, underline=1, align="center", shrink=True)
    ends = list(itertools.accumulate(len(table.title) + 2 for table in tables))
    places = [0, *(round(end * _COLUMNS / ends[-1]) for end in ends)]
    for table, first, last in zip(tables, places, places[1:], strict=False):
        place = canvas.page.regions[table.key].pieces[0].sheet
        canvas.put(NAVIGATION, first, table.title, look, last - first, f"internal:{quoted_sheet(place)}!A1")


# -- figures ----------------------------------------------------------------------------------------------------------


def _put_cards(canvas: OverviewCanvas, row: int, cards: Sequence[Card]) -> None:
    looks = canvas.page.looks
    white = {"right": 5, "right_color": WHITE, "left": 5, "left_color": WHITE}
    edge: dict[str, Any] = {"bg_color": CARD, "align": "center", "shrink": True, **white}
    name, remark = looks.make(**edge, font_size=9, font_color=GREY), looks.make(**edge, font_size=8, font_color=GREY)
    for column, card in zip(range(0, _COLUMNS, CARD_COLUMNS), cards, strict=False):
        value = looks.make(**edge, font_size=18, bold=True, font_color=NAVY, num_format=card.number_format)
        canvas.put(row, column, card.label, name, CARD_COLUMNS)
        canvas.put(row + 1, column, card.value, value, CARD_COLUMNS)
        canvas.put(row + 2, column, card.remark, remark, CARD_COLUMNS)


def _put_figures(canvas: OverviewCanvas, series: Sequence[Series]) -> None:
    """What the charts show, to the right of the printed page."""
    looks = canvas.page.looks
    head = looks.make(font_size=9, font_color=GREY, bold=True, bottom=1, bottom_color=LINE)
    text = looks.make(font_size=9, font_color=GREY)
    number = looks.make(font_size=9, font_color=GREY, num_format="#,##0.##", align="right")
    whole = looks.make(font_size=9, font_color=GREY, num_format="#,##0", align="right")
    canvas.put(0, _FIGURES, "左侧图表和链接引用的数据，不打印", looks.make(font_size=9, font_color=GREY, italic=True))
    rate = looks.make(font_size=9, font_color=GREY, num_format="0.00%", align="right")
    for one, row in zip(series, series_rows(series), strict=True):
        canvas.put(row, _FIGURES, one.title, head)
        for below, category in enumerate(one.categories, 1):
            canvas.put(row + below, _FIGURES, category, text)
        for offset, (name, values) in enumerate(one.columns.items(), 1):
            canvas.put(row, _FIGURES + offset, name, head)
            for below, live in enumerate(values, 1):
                look = rate if name == EXECUTION_RATE else whole if isinstance(live.value, int) else number
                canvas.put(row + below, _FIGURES + offset, live, look)
        for below, live in enumerate(one.names, 1):
            canvas.put(row + below, _FIGURES + len(one.columns) + 1, live, text)


# -- lists ------------------------------------------------------------------------------------------------------------


def _put_list(canvas: OverviewCanvas, column: int, title: str, headings: Sequence[tuple[str, int]]) -> None:
    looks = canvas.page.looks
    width = sum(across for _, across in headings)
    head = looks.make(bold=True, font_color=NAVY, font_size=11, bottom=2, bottom_color=BLUE)
    canvas.put(LISTS, column, title, head, width)
    for label, across in headings:
        look = looks.make(font_size=9, bold=True, font_color=GREY, bg_color=BAND, align="center")
        canvas.put(LISTS + 1, column, label, look, across)
        column += across


def _row_look(canvas: OverviewCanvas, **properties: Any) -> Format:
    return canvas.page.looks.make(**{"font_size": 9, "bottom": 4, "bottom_color": LINE, **properties})


def _put_problems(canvas: OverviewCanvas, problems: Sequence[Frequent]) -> None:
    _put_list(canvas, 0, "最常见的十个问题（错误和警告）", (("代码", 1), ("问题", 5), ("级别", 1), ("次数", 2)))
    region = canvas.page.regions["findings"]
    centre, left = _row_look(canvas, align="center"), _row_look(canvas, indent=1, shrink=True)
    for row, problem in enumerate(problems, LISTS + 2):
        level = quoted_text(SEVERITY_WORDS[Severity.ERROR]), quoted_text(SEVERITY_WORDS[Severity.WARNING])
        counted = "+".join(
            region.count_where(
                code=quoted_text(problem.code),
                severity=severity,
                disposition=quoted_text(DISPOSITION_WORDS[disposition]),
            )
            for disposition in COUNTED
            for severity in level
        )
        fill, ink = SIGNALS[SEVERITY_WORDS[problem.severity]]
        canvas.put(row, 0, problem.code, centre)
        canvas.put(row, 1, problem.title, left, 5)
        canvas.put(
            row, 6, SEVERITY_WORDS[problem.severity], _row_look(canvas, align="center", bg_color=fill, font_color=ink)
        )
        canvas.put(row, _COUNTS, Live(counted, problem.number), _row_look(canvas, num_format="#,##0", align="right"), 2)
    if not problems:
        canvas.put(LISTS + 2, 0, "没有错误和警告", left, 9)


def _put_urgent(canvas: OverviewCanvas, projects: Sequence[Project]) -> None:
    headings = (("项目（点击转到）", _NAME_COLUMNS), ("实施单位", _UNIT_COLUMNS))
    _put_list(canvas, _RIGHT, "请先处理的项目", (*headings, ("错误", 1), ("警告", 1), ("等次", 1), ("执行率", 1)))
    centre = _row_look(canvas, align="center")
    for row, project in enumerate(projects, LISTS + 2):
        head = project.head
        place = canvas.page.regions["projects"].place(project.number - 1, "number")
        name, unit = _short(project.name, _NAME_LETTERS), _short(project.unit, _UNIT_LETTERS)
        _put_linked(canvas, row, name, place)
        canvas.put(row, _RIGHT + _NAME_COLUMNS, unit, _row_look(canvas, text_wrap=True), _UNIT_COLUMNS)
        # spreadsheets fit no row to merged cells
        lines = max(wrapped_lines(name, 2 * _NAME_LETTERS), wrapped_lines(unit, 2 * _UNIT_LETTERS))
        canvas.heights[row] = lines * _LINE_POINTS + 2.5
        canvas.put(row, 20, head.count(Severity.ERROR), centre)
        canvas.put(row, 21, head.count(Severity.WARNING), centre)
        canvas.put(row, 22, grade_shown(head) or NO_FIGURE, centre)
        shown = NO_FIGURE if head.execution is None else head.execution
        canvas.put(row, 23, shown, _row_look(canvas, align="right", num_format="0.0%", shrink=True))
    if not projects:
        canvas.put(LISTS + 2, _RIGHT, "没有需要先处理的项目", _row_look(canvas, indent=1), _COLUMNS - _RIGHT)


def _put_linked(canvas: OverviewCanvas, row: int, name: str, place: str) -> None:
    """A name that leads to a cell, from a text at the side.

    By a formula, since LibreOffice shows the link of a cell in one line, cut; no text of agencies stands in formulas.
    """
    canvas.put(row, _NAMES, name, canvas.page.looks.make(font_size=9, font_color=GREY))
    target = place.replace('"', '""')
    live = Live(f'HYPERLINK("#{target}",{address(row + 1, _NAMES + 1)})', cell_text(name))
    look = _row_look(canvas, font_color=LINK, underline=1, indent=1, text_wrap=True)
    canvas.put(row, _RIGHT, live, look, _NAME_COLUMNS)


def _short(text: str, letters: int) -> str:
    """A name as far as it goes into the lines that a row may have."""
    line, longest = " ".join(text.split()), letters * _MOST_LINES
    return line if len(line) <= longest else line[: longest - 1] + "…"


# -- foot -------------------------------------------------------------------------------------------------------------


def _put_notes(canvas: OverviewCanvas, batch: Batch, tables: Sequence[SummaryTable]) -> int:
    """Whether all adds up, what was switched off, which tables go on on a further sheet; returns the last row."""
    looks = canvas.page.looks
    regions = canvas.page.regions
    lines = len(next(table for table in tables if table.key == "reconciliation"))
    wrong = regions["reconciliation"].count_where(verdict=quoted_text(DIFFERS))
    gaps = gaps_of(batch).said()
    agreed = f"核对：{lines} 项全部一致" + (
        f"；没有计入的：{gaps}（见“{LEFT_OUT}”“收文清单”）" if gaps else "，收到的文件和金额没有遗漏（见“核对”）"
    )
    differing = differences(tables[-1])
    found = f"核对：有 {differing} {_NOT_AGREED}" if differing else agreed
    verdict = Live(f'IF({wrong}=0,"{agreed}","核对：有 "&({wrong})&" {_NOT_AGREED}")', found)
    canvas.put(
        NOTES, 0, verdict, looks.make(bold=True, font_color=NAVY, bg_color=BAND, indent=1, shrink=True), _COLUMNS
    )
    alarm = {"type": "text", "criteria": "containing", "value": _NOT_AGREED, "format": looks.signal(RED)}
    canvas.sheet.conditional_format(NOTES, 0, NOTES, _COLUMNS - 1, alarm)
    small = looks.make(font_size=9, font_color=GREY, indent=1, shrink=True)
    linked = looks.make(font_size=9, font_color=LINK, underline=1, indent=1, shrink=True)
    left = [(line, linked, f"internal:{quoted_sheet(LEFT_OUT)}!A1") for line in population_lines(batch)]
    if batch.changes:
        left.append(
            (f"{batch.changes.said()}，见“{CHANGES_TITLE}”", linked, f"internal:{quoted_sheet(CHANGES_TITLE)}!A1")
        )
    notes = [*left, *((note, small, "") for note in _notes(batch, tables, regions))]
    for row, (note, look, url) in enumerate(notes, NOTES + 1):
        canvas.put(row, 0, note, look, _COLUMNS, url)
    return NOTES + len(notes)


def _progress(tables: Sequence[SummaryTable], regions: Mapping[str, Region]) -> Live:
    """How far the review is."""
    table, region = next(table for table in tables if table.key == PROGRESS), regions[PROGRESS]
    parts = {"错误和警告": "all", "认可": "accepted", "未了结": "open", "其中已说明待复核": "explained"}
    formula = '&"　"&'.join(f'"{label} "&{region.total(key)}' for label, key in parts.items())
    shown = "　".join(f"{label} {table.total(key)}" for label, key in parts.items())
    return Live(f'"复核进度：　"&{formula}', f"复核进度：　{shown}")


def _notes(batch: Batch, tables: Sequence[SummaryTable], regions: Mapping[str, Region]) -> Iterator[str]:
    for table in tables:
        pieces = regions[table.key].pieces
        if len(pieces) > 1:
            yield f"{table.title}有 {len(table):,} 行，续在：{'、'.join(piece.sheet for piece in pieces[1:])}"
    if batch.ignored:
        yield f"未启用的规则：{'、'.join(sorted(batch.ignored))}"


def _arrange(page: Page, sheet: Worksheet, problems: int, last: int) -> None:
    """Sizes, data bars and the paper: everything on one page."""
    sheet.set_column(0, _COLUMNS - 1, COLUMN_WIDTH)
    sheet.set_column(_COLUMNS, _COLUMNS + 1, 3)
    sheet.set_column(_FIGURES, _FIGURES, 34)
    sheet.set_column(_FIGURES + 1, _FIGURES + 2, 14)
    sheet.set_column(_FIGURES + 3, _FIGURES + 3, 44)
    heights = {_TITLE: 34.0, SUBTITLE: 18.0, NAVIGATION: 18.0, NAVIGATION + 1: 5.0, CHARTS - 1: 6.0, LISTS: 20.0}
    for first in (FILE_CARDS, FIGURE_CARDS):
        heights |= {first: 17.0, first + 1: 27.0, first + 2: 15.0}
    heights |= {FILE_CARDS + 3: 5.0, LISTS - 1: 6.0, NOTES - 1: 6.0}
    for row, height in heights.items():
        sheet.set_row(row, height)
    if problems:
        first = LISTS + 2
        sheet.conditional_format(first, _COUNTS, first + problems - 1, _COUNTS, data_bar())
    print_on_a4(sheet, page.made, OVERVIEW)
    sheet.print_area(0, 0, last, _COLUMNS - 1)
    sheet.fit_to_pages(1, 1)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(NAVY)
    sheet.activate()
