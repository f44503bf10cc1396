"""What does not count, and why: every amount that is in no total, and every project without a total. Pure pandas."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from perfxl.model import OpenFigure
from perfxl.scoring.finality import is_doubtful, reasons
from perfxl.summary.batch import Batch
from perfxl.summary.listings import NOT_GRADED, annotated_link
from perfxl.summary.projects import Portfolio, Project, measure_paths
from perfxl.summary.tables import Column, Inside, Link, Linker, SummaryTable, Values, framed
from perfxl.typed.amounts import OFFICE_UNIT

LEFT_OUT = "未计入清单"
DOUBTFUL, UNREAD, WITH_OTHERS = "存疑", "未定", "连带"
"""Why an amount does not count: it may be meant otherwise, it could not be read or is impossible, or another one is open."""


class LeftOut(NamedTuple):
    """A figure of a project that does not count.

    Attributes:
        kind: 未评 for points, else why an amount does not count.
        label: what it is called.
        measure: of an amount, else "".
        figure: as far as there is one: an amount in 万元 as the form has it, the sum of the scores that were read.
        why: in words.
        cells: what keeps it open.
    """

    project: Project
    kind: str
    label: str
    measure: str
    figure: Decimal | None
    why: str
    cells: Sequence[OpenFigure]

    @property
    def place(self) -> OpenFigure | None:
        """The first cell to look at."""
        return next((one for one in self.cells if one.cell), None)


def left_out(portfolio: Portfolio) -> Iterator[LeftOut]:
    """What does not count, project by project: amounts, then points."""
    for project in portfolio.projects:
        paths, opened = measure_paths(project.scheme), project.head.open_at
        for measure, typed in project.typed.items():
            cells = opened(paths[measure])
            if cells or (typed is not None and project.amounts[measure] is None):
                kind = DOUBTFUL if any(map(is_doubtful, cells)) else UNREAD if cells else WITH_OTHERS
                why = reasons(cells) or "本项目的预算数或执行数未定，各项金额都不计入"
                label = project.scheme.data[paths[measure]].label
                yield LeftOut(project, kind, label, measure, typed, why, cells)
        for figure, label, known in (("total", "总分", project.head.provisional), ("average", "评价人员平均分", None)):
            if cells := opened(figure):
                yield LeftOut(project, NOT_GRADED, label, "", known, reasons(cells), cells)


_COLUMNS: tuple[Column[LeftOut], ...] = (
    Column("number", "项目序号", "count", 6, value=lambda one: one.project.number),
    Column("kind", "情况", "status", 8, value=lambda one: one.kind),
    Column("name", "项目名称", "long", 28, value=lambda one: one.project.name),
    Column("unit", "实施单位", "long", 18, value=lambda one: one.project.unit),
    Column("department", "主管部门", "long", 16, value=lambda one: one.project.department),
    Column("label", "未计入的数", "long", 16, value=lambda one: one.label),
    Column("amount", f"表中填写\n（{OFFICE_UNIT}）", "money", value=lambda one: one.figure if one.measure else None),
    Column("points", "暂计\n（不是得分）", "points", 10, value=lambda one: None if one.measure else one.figure),
    Column("why", "原因", "long", 40, value=lambda one: one.why),
    Column("cell", "单元格", "link", 8, value=lambda one: one.place.cell if one.place else None),
    Column("sheet", "工作表", "text", 18, value=lambda one: one.place.sheet if one.place else None),
    Column("file", "文件", "text", 40, printed=False, value=lambda one: one.project.head.file),
    Column("measure", "金额类别", "text", printed=False, hidden=True, value=lambda one: one.measure),
)


def left_out_table(batch: Batch) -> SummaryTable:
    """One row a figure that does not count."""
    rows = list(left_out(batch.portfolio))

    def copy_link(row: int, _: Values) -> Link:
        place = rows[row].place
        return annotated_link(rows[row].project.head.annotated, place.sheet, place.cell) if place else None

    links: dict[str, Linker] = {
        "name": lambda row, _: Inside("projects", rows[row].project.number - 1),
        "cell": copy_link,
    }
    note = f"金额单位：{OFFICE_UNIT}　这里的金额不在任何合计、比率和图表中，这里的项目没有得分和等次；更正后重新汇总"
    return SummaryTable("leftout", LEFT_OUT, note, _COLUMNS, framed(_COLUMNS, rows), links=links, frozen="name")
