"""The three charts of the first page, and the live figures beside it that they show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from perfxl.model import column_letters
from perfxl.summary.batch import Batch
from perfxl.summary.cells import cell_number, cell_text
from perfxl.summary.formulas import Region, rate_of_sums
from perfxl.summary.looks import BLUE, FONT, GREY, INK, LINE, NAVY, STEEL
from perfxl.summary.priorities import low_execution
from perfxl.summary.projects import BUDGET, NO_DEPARTMENT_FILLED, USED
from perfxl.summary.tables import NO_FIGURE, Framed, Live, SummaryTable, plain_value, shown_ratio
from perfxl.typed.amounts import OFFICE_UNIT, percent, plain, round_half_up

GRADE_COLOURS = ("#70AD47", "#5B9BD5", "#FFC000", "#E15759")
HEIGHT = 256
_FIRST_ROW = 2
"""Where the figures of the first chart begin."""

STEPS = (("50%以下", None, "0.5"), ("50–70%", "0.5", "0.7"), ("70–80%", "0.7", "0.8"), ("80–90%", "0.8", "0.9"))
STEPS_ABOVE = (("90–100%", "0.9", "1.00001"), ("100%以上", "1.00001", None))
"""Names and bounds of the classes of rates; rates have four places, so that 1.00001 is the first above 1."""

EXECUTION_RATE = "执行率"
"""Heads the figures that are shown as percentages."""

DEPARTMENTS = 10
"""So many have a bar of their own, the others one together."""
_LONGEST_LABEL = 14


@dataclass(frozen=True)
class Series:
    """What one chart shows.

    Attributes:
        title: the finding, live as the figures are.
        categories: what each figure is about.
        columns: the figures by heading; the chart shows the last of them.
        kind: what a reader who does not see the chart is told that it is.
        names: what stands beside the bars instead of the categories.
        low: so many of the first bars are those that the title speaks of.
    """

    title: Live
    categories: Sequence[str]
    columns: Mapping[str, Sequence[Live]]
    kind: str
    names: Sequence[Live] = ()
    low: int = 0

    @property
    def values(self) -> Sequence[Live]:
        """What the bars show."""
        return list(self.columns.values())[-1]

    @property
    def description(self) -> str:
        """The chart in words, for those who do not see it."""
        said = [str(name.value) for name in self.names] or [
            f"{name} {live.value}" for name, live in zip(self.categories, self.values, strict=True)
        ]
        return f"{self.kind}。{self.title.value}。{'；'.join(said)}。"


@dataclass(frozen=True)
class _Cells:
    """Where the figures of a chart stand on the first page: the cell of its heading, counted from 0."""

    row: int
    column: int

    def span(self, offset: int, length: int) -> str:
        """The cells of a column of figures."""
        letters, first = column_letters(self.column + offset + 1), self.row + 2
        return f"${letters}${first}:${letters}${first + length - 1}"

    def cell(self, offset: int, index: int) -> str:
        """One of these cells."""
        return f"${column_letters(self.column + offset + 1)}${self.row + 2 + index}"


def chart_series(
    batch: Batch, tables: Mapping[str, SummaryTable], regions: Mapping[str, Region], column: int
) -> list[Series]:
    """Grades, execution rates, and the departments with the largest budgets; `column` is that of their figures."""
    projects, region = tables["projects"], regions["projects"]
    grades = _grade_series(batch.portfolio.grades, projects, region, _Cells(_FIRST_ROW, column))
    at = _Cells(_FIRST_ROW + _rows_of(grades), column)
    rates = _rate_series(batch, projects, region, at)
    at = _Cells(at.row + _rows_of(rates), column)
    return [grades, rates, _department_series(batch, tables, regions, at)]


def _grade_series(grades: Sequence[str], projects: SummaryTable, region: Region, at: _Cells) -> Series:
    came = Counter(projects.frame["grade"])
    counts = [Live(region.count_where(grade=f'"{grade}"'), came[grade]) for grade in grades]
    return Series(_most_frequent(grades, counts, at), grades, {"项目数": counts}, "等次分布的柱形图")


def _most_frequent(grades: Sequence[str], counts: Sequence[Live], at: _Cells) -> Live:
    """Which grade is the most frequent, and which part of all it is."""
    numbers = [int(str(live.value)) for live in counts]
    if not sum(numbers):
        return Live('"等次：没有已评项目"', "等次：没有已评项目")
    names, cells, most = at.span(0, len(grades)), at.span(1, len(grades)), max(numbers)
    formula = (
        f'"等次：“"&INDEX({names},MATCH(MAX({cells}),{cells},0))&"”最多，"&TEXT(MAX({cells}),"#,##0")&" 个，占 "'
        f"&{_share(f'MAX({cells})', f'SUM({cells})')}"
    )
    found = f"等次：“{grades[numbers.index(most)]}”最多，{most:,} 个，占 "
    return Live(formula, found + _shown_share(most, sum(numbers)))


def _share(part: str, whole: str) -> str:
    """A live share in whole percent, as `_shown_share` shows it."""
    return f'IF({whole}=0,"0%",ROUND(100*({part})/({whole}),0)&"%")'


def _shown_share(part: Decimal | int, whole: Decimal | int) -> str:
    return f"{round_half_up(Decimal(100 * part) / whole, 0):.0f}%" if whole else "0%"


def _rate_series(batch: Batch, projects: SummaryTable, region: Region, at: _Cells) -> Series:
    key = _execution_key(batch)
    steps = (*STEPS, *STEPS_ABOVE) if key else ()
    counts = [_between(str(key), projects, region, low, high) for _, low, high in steps]
    below = sum(Decimal(high or 2) <= low_execution(batch) for _, _, high in steps) or 1
    names = [name for name, _, _ in steps]
    title = _how_many_low(counts, below, at) if counts else Live('""', "")
    return Series(title, names, {"项目数": counts}, "预算执行率分布的柱形图", low=below)


def _how_many_low(counts: Sequence[Live], below: int, at: _Cells) -> Live:
    """How many projects have spent little."""
    numbers = [int(str(live.value)) for live in counts]
    low, all_of_them = at.span(1, below), at.span(1, len(counts))
    bound = plain(Decimal(STEPS[below - 1][2]) * 100)
    formula = (
        f'"执行率低于 {bound}% 的有 "&TEXT(SUM({low}),"#,##0")&" 个，占 "'
        f"&{_share(f'SUM({low})', f'SUM({all_of_them})')}"
    )
    found = f"执行率低于 {bound}% 的有 {sum(numbers[:below]):,} 个，占 "
    return Live(formula, found + _shown_share(sum(numbers[:below]), sum(numbers)))


def _between(key: str, projects: SummaryTable, region: Region, low: str | None, high: str | None) -> Live:
    """How many rates lie from `low` (counted) to `high` (not counted)."""
    rates = projects.numbers(key)
    number = sum((low is None or rate >= Decimal(low)) and (high is None or rate < Decimal(high)) for rate in rates)
    if low is None:
        return Live(region.count_where(**{key: f'"<{high}"'}), number)
    at_least = {bound: region.count_where(**{key: f'">={bound}"'}) for bound in (low, high) if bound}
    return Live("-".join(f"({counted})" for counted in at_least.values()), number)


def _execution_key(batch: Batch) -> str | None:
    """The column of the execution rate in the table of projects, None where no form has one."""
    return next((f"rate{n}" for n, rate in enumerate(batch.portfolio.rates) if rate.key == "execution"), None)


# -- departments ------------------------------------------------------------------------------------------------------


def _department_series(
    batch: Batch, tables: Mapping[str, SummaryTable], regions: Mapping[str, Region], at: _Cells
) -> Series:
    """The largest departments and the rest: a giant's budget is told beside its bar, its rate is the bar."""
    kind = "主管部门预算执行率的条形图，预算大的在上"
    key = next((f"rate{n}" for n, rate in enumerate(batch.portfolio.rates) if rate.over == (USED, BUDGET)), None)
    if key is None:
        return Series(Live('""', ""), (), {}, kind)
    departments = tables["departments"]
    own = len(departments) if len(departments) <= DEPARTMENTS + 1 else DEPARTMENTS
    labels = [_short(cell_text(str(name))) for name in departments.frame["name"].head(own)]
    called = labels[: own - (NO_DEPARTMENT_FILLED in labels)]
    budgets, rates = _of_departments(departments, regions["departments"], key, own)
    if own < len(departments):
        labels.append(f"其余 {len(departments) - own} 个部门")
        budget, rate = _of_the_rest(tables["projects"], regions["projects"], key, own)
        budgets, rates = [*budgets, budget], [*rates, rate]
    names = [_beside(label, budgets[n], rates[n], n, at) for n, label in enumerate(labels)]
    columns = {f"预算（{OFFICE_UNIT}）": budgets, EXECUTION_RATE: rates} if labels else {}
    return Series(_least_spent(called, rates, at), labels, columns, kind, names)


def _of_departments(departments: SummaryTable, region: Region, key: str, own: int) -> tuple[list[Live], list[Live]]:
    """Budget and rate of each of the first departments, from their table."""
    first = departments.frame.head(own)
    budgets, rates = (
        [Live(region.place(row, column), plain_value(value)) for row, value in enumerate(first[column])]
        for column in (BUDGET, key)
    )
    return budgets, rates


def _of_the_rest(projects: SummaryTable, region: Region, key: str, own: int) -> tuple[Live, Live]:
    """Budget and rate of all projects of the departments behind the first ones."""
    behind = projects.frame["department_number"] > own
    others, criteria = replace(projects, rows=Framed(projects.frame[behind])), {"department_number": f'">{own}"'}
    rate = Live(rate_of_sums(*region.weighed(key, (USED, BUDGET), **criteria)), shown_ratio(*others.weighed(key)))
    return Live(region.total_where(BUDGET, **criteria), others.total(BUDGET)), rate


def _beside(label: str, budget: Live, rate: Live, index: int, at: _Cells) -> Live:
    """What stands beside a bar: who, how much, which rate."""
    name, amount, spent = (at.cell(offset, index) for offset in range(3))
    formula = f'{name}&"　"&TEXT({amount},"#,##0")&"　"&IF(ISNUMBER({spent}),TEXT({spent},"0.00%"),"{NO_FIGURE}")'
    shown = percent(rate.value) if isinstance(rate.value, Decimal) else NO_FIGURE
    return Live(formula, f"{label}　{round_half_up(Decimal(str(budget.value)), 0):,.0f}　{shown}")


def _least_spent(labels: Sequence[str], rates: Sequence[Live], at: _Cells) -> Live:
    """Which of these departments has spent the least of its budget."""
    pairs = zip(labels, rates, strict=False)
    known = [(rate.value, n) for n, (_, rate) in enumerate(pairs) if isinstance(rate.value, Decimal)]
    who = f"预算（{OFFICE_UNIT}）最大的 {len(labels)} 个部门" if len(labels) > 1 else f"主管部门预算（{OFFICE_UNIT}）"
    if not known:
        return Live(f'"{who}与执行率"', f"{who}与执行率")
    _, index = min(known)
    names, cells = at.span(0, len(labels)), at.span(2, len(labels))
    formula = f'"{who}，执行率最低的："&INDEX({names},MATCH(MIN({cells}),{cells},0))'
    return Live(formula, f"{who}，执行率最低的：{labels[index]}")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"


# -- drawing ----------------------------------------------------------------------------------------------------------


def _rows_of(series: Series) -> int:
    return len(series.categories) + 2


def series_rows(series: Sequence[Series]) -> list[int]:
    """The row of the heading of each series' figures, below one another."""
    return [_FIRST_ROW + sum(map(_rows_of, series[:number])) for number in range(len(series))]


def add_charts(
    book: Workbook, sheet: Worksheet, series: Sequence[Series], place: tuple[int, Sequence[tuple[int, int]], int]
) -> None:
    """Puts the charts side by side; `place` is their row, first column and width of each, and the column of the figures."""
    row, across, column = place
    makers = (_grade_chart, _rate_chart, _department_chart)
    for one, heading, maker, (first, width) in zip(series, series_rows(series), makers, across, strict=True):
        if not one.columns or not one.categories:
            continue
        chart = maker(book, one, _source(sheet.get_name(), one, heading + 1, column))
        title = {"name": [sheet.get_name(), heading, column], "data": [str(one.title.value)]}
        chart.set_title({**title, "name_font": _font(10, NAVY, bold=True), "layout": {"x": 0.03, "y": 0.04}})
        chart.set_size({"width": width, "height": HEIGHT})
        chart.set_chartarea({"border": {"color": LINE}})
        placed = {"x_offset": 1, "y_offset": 2, "object_position": 1, "description": one.description}
        sheet.insert_chart(row, first, chart, placed)


def _source(sheet: str, series: Series, first: int, column: int) -> dict[str, Any]:
    """Where a chart finds its figures, and the figures themselves for programs that do not calculate."""
    last = first + len(series.categories) - 1
    charted = column + len(series.columns)
    named = charted + 1 if series.names else column
    return {
        "name": list(series.columns)[-1],
        "categories": [sheet, first, named, last, named],
        "values": [sheet, first, charted, last, charted],
        "categories_data": [str(name.value) for name in series.names] or list(series.categories),
        "values_data": [cell_number(live.value) for live in series.values],
    }


def _grade_chart(book: Workbook, series: Series, source: dict[str, Any]) -> Chart:
    colours = [GRADE_COLOURS[min(n, len(GRADE_COLOURS) - 1)] for n in range(len(series.categories))]
    return _columns(book, source, colours, 60)


def _rate_chart(book: Workbook, series: Series, source: dict[str, Any]) -> Chart:
    """The classes that the title speaks of are dark."""
    return _columns(book, source, [BLUE if n < series.low else STEEL for n in range(len(series.categories))], 40)


def _columns(book: Workbook, source: dict[str, Any], colours: Sequence[str], gap: int) -> Chart:
    """Upright columns with their numbers on top, which stay below the title."""
    chart = book.add_chart({"type": "column"})
    labels = {"value": True, "num_format": "#,##0", "font": _font(9, INK)}
    points = [{"fill": {"color": colour}} for colour in colours]
    chart.add_series({**source, "points": points, "gap": gap, "data_labels": labels})
    chart.set_legend({"none": True})
    chart.set_plotarea({"layout": {"x": 0.03, "y": 0.26, "width": 0.94, "height": 0.6}})
    chart.set_x_axis({"num_font": _font(9, INK), "line": {"color": LINE}, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return chart


def _department_chart(book: Workbook, series: Series, source: dict[str, Any]) -> Chart:
    """Lying bars, the largest budget on top; beside each stand name, budget and rate."""
    chart = book.add_chart({"type": "bar"})
    chart.add_series({**source, "fill": {"color": BLUE}, "gap": 45})
    chart.set_legend({"none": True})
    chart.set_plotarea({"layout": {"x": 0.52, "y": 0.14, "width": 0.45, "height": 0.76}})
    names = {"interval_unit": 1, "num_font": _font(8, INK), "line": {"color": LINE}, "major_tick_mark": "none"}
    chart.set_y_axis({**names, "reverse": True})
    grid = {"visible": True, "line": {"color": LINE, "width": 0.5}}
    scale = {"min": 0, "max": 1, "major_unit": 0.25, "num_format": "0%"}
    # the names are in reverse, so that the scale would stand above them
    ends = {"label_position": "high", "num_font": _font(8, GREY), "line": {"none": True}, "major_gridlines": grid}
    chart.set_x_axis({**scale, **ends})
    return chart


def _font(size: int, colour: str, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": colour, "bold": bold}
