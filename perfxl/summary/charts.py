"""The three charts of the first page, and the live figures beside it that they show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from perfxl.summary.batch import Batch
from perfxl.summary.cells import cell_number, cell_text
from perfxl.summary.formulas import Region
from perfxl.summary.looks import BLUE, FONT, GREY, INK, LINE, NAVY, STEEL
from perfxl.summary.projects import BUDGET, USED
from perfxl.summary.tables import Live, SummaryTable
from perfxl.typed.amounts import OFFICE_UNIT

GRADE_COLOURS = ("#70AD47", "#5B9BD5", "#FFC000", "#E15759")
_WIDTH, HEIGHT = 374, 218

STEPS = (("50%以下", None, "0.5"), ("50–70%", "0.5", "0.7"), ("70–80%", "0.7", "0.8"), ("80–90%", "0.8", "0.9"))
STEPS_ABOVE = (("90–100%", "0.9", "1.00001"), ("100%以上", "1.00001", None))
"""Names and bounds of the classes of rates; rates have four places, so that 1.00001 is the first above 1."""

DEPARTMENTS = 6
_LONGEST_LABEL = 12


@dataclass(frozen=True)
class Series:
    """What one chart shows: its title, the categories, and live values by name."""

    title: str
    categories: Sequence[str]
    values: Mapping[str, Sequence[Live]]


def chart_series(batch: Batch, tables: Mapping[str, SummaryTable], regions: Mapping[str, Region]) -> list[Series]:
    """Grades, execution rates, and the departments with the largest budgets."""
    projects, region = tables["projects"], regions["projects"]
    return [
        _grade_series(batch.portfolio.grades, projects, region),
        _rate_series(batch, projects, region),
        _department_series(batch, tables["departments"], regions["departments"]),
    ]


def _grade_series(grades: Sequence[str], projects: SummaryTable, region: Region) -> Series:
    came = Counter(projects.frame["grade"])
    counts = [Live(region.count_where(grade=f'"{grade}"'), came[grade]) for grade in grades]
    return Series(f"等次分布（{sum(came[grade] for grade in grades)} 个已评项目）", grades, {"项目数": counts})


def _rate_series(batch: Batch, projects: SummaryTable, region: Region) -> Series:
    key = next((f"rate{n}" for n, rate in enumerate(batch.portfolio.rates) if rate.key == "execution"), None)
    steps = (*STEPS, *STEPS_ABOVE) if key else ()
    counts = [_between(str(key), projects, region, low, high) for _, low, high in steps]
    rated = len(projects.numbers(key)) if key else 0
    return Series(f"预算执行率分布（{rated} 个项目）", [name for name, _, _ in steps], {"项目数": counts})


def _between(key: str, projects: SummaryTable, region: Region, low: str | None, high: str | None) -> Live:
    """How many rates lie from `low` (counted) to `high` (not counted)."""
    rates = projects.numbers(key)
    number = sum((low is None or rate >= Decimal(low)) and (high is None or rate < Decimal(high)) for rate in rates)
    if low is None:
        return Live(region.count_where(**{key: f'"<{high}"'}), number)
    at_least = {bound: region.count_where(**{key: f'">={bound}"'}) for bound in (low, high) if bound}
    return Live("-".join(f"({counted})" for counted in at_least.values()), number)


def _department_series(batch: Batch, departments: SummaryTable, region: Region) -> Series:
    first = departments.frame.head(DEPARTMENTS)
    labels = [_short(cell_text(str(name))) for name in first["name"]]
    wanted = {measure: label for measure, label in batch.portfolio.measures.items() if measure in (BUDGET, USED)}
    values = {
        label: [Live(region.place(row, measure), value) for row, value in enumerate(first[measure])]
        for measure, label in wanted.items()
    }
    size = f"预算最大的 {len(first)} 个" if len(departments) > DEPARTMENTS else "全部"
    return Series(f"主管部门：预算与使用（{OFFICE_UNIT}，{size}）", labels, values if labels else {})


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"


def series_rows(series: Sequence[Series]) -> list[int]:
    """The row of the heading of each series' figures, below one another."""
    rows, row = [], 2
    for one in series:
        rows.append(row)
        row += len(one.categories) + 2
    return rows


def add_charts(book: Workbook, sheet: Worksheet, series: Sequence[Series], place: tuple[int, int, int]) -> None:
    """Puts the charts side by side; `place` is their row, the columns of each, and the column of the figures."""
    row, across, column = place
    makers = (_grade_chart, _rate_chart, _department_chart)
    for number, (one, heading, maker) in enumerate(zip(series, series_rows(series), makers, strict=True)):
        if not one.values or not one.categories:
            continue
        sources = [
            _source(sheet.get_name(), one, name, (heading + 1, column, offset))
            for offset, name in enumerate(one.values, 1)
        ]
        chart = maker(book, one, sources)
        chart.set_title({"name": one.title, "name_font": _font(10, NAVY, bold=True)})
        chart.set_size({"width": _WIDTH, "height": HEIGHT})
        chart.set_chartarea({"border": {"color": LINE}})
        sheet.insert_chart(row, number * across, chart, {"x_offset": 1, "y_offset": 2, "object_position": 1})


def _source(sheet: str, series: Series, name: str, place: tuple[int, int, int]) -> dict[str, Any]:
    """Where a chart finds its figures, and the figures themselves for programs that do not calculate."""
    first, column, offset = place
    last = first + len(series.categories) - 1
    return {
        "name": name,
        "categories": [sheet, first, column, last, column],
        "values": [sheet, first, column + offset, last, column + offset],
        "categories_data": list(series.categories),
        "values_data": [cell_number(live.value) for live in series.values[name]],
    }


def _grade_chart(book: Workbook, series: Series, sources: Sequence[dict[str, Any]]) -> Chart:
    colours = [GRADE_COLOURS[min(n, len(GRADE_COLOURS) - 1)] for n in range(len(series.categories))]
    points = [{"fill": {"color": colour}} for colour in colours]
    return _columns(book, sources, {"points": points, "gap": 60})


def _rate_chart(book: Workbook, series: Series, sources: Sequence[dict[str, Any]]) -> Chart:
    return _columns(book, sources, {"fill": {"color": BLUE}, "gap": 40})


def _columns(book: Workbook, sources: Sequence[dict[str, Any]], style: dict[str, Any]) -> Chart:
    """Upright columns with their numbers on top."""
    chart = book.add_chart({"type": "column"})
    for source in sources:
        chart.add_series(source | style | {"data_labels": {"value": True, "font": _font(9, INK)}})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": _font(9, INK), "line": {"color": LINE}, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    return chart


def _department_chart(book: Workbook, series: Series, sources: Sequence[dict[str, Any]]) -> Chart:
    """Lying bars, the largest on top."""
    chart = book.add_chart({"type": "bar"})
    for source, colour in zip(sources, (STEEL, NAVY), strict=False):
        chart.add_series(source | {"fill": {"color": colour}, "gap": 45, "overlap": 0})
    chart.set_legend({"position": "bottom", "font": _font(9, GREY)})
    chart.set_y_axis(
        {
            "reverse": True,
            "crossing": "max",
            "interval_unit": 1,
            "num_font": _font(8, INK),
            "line": {"color": LINE},
            "major_tick_mark": "none",
        }
    )
    grid = {"visible": True, "line": {"color": LINE, "width": 0.5}}
    chart.set_x_axis(
        {"num_font": _font(8, GREY), "num_format": "#,##0", "major_gridlines": grid, "line": {"none": True}}
    )
    return chart


def _font(size: int, colour: str, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": colour, "bold": bold}
