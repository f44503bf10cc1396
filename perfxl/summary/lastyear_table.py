"""年度对照: each project beside what it was last year, where it is recognisably the same; renamings are hinted, never guessed."""

from decimal import Decimal

from perfxl.office.lastyear import LastYear
from perfxl.summary.batch import Batch
from perfxl.summary.projects import BUDGET, Project
from perfxl.summary.tables import Column, Inside, Link, SummaryTable, Values, framed
from perfxl.typed.amounts import OFFICE_UNIT, ratio

_NEW = "上年没有"


NOT_KNOWN = LastYear("", "")


def _last(project: Project) -> LastYear:
    """What it was last year, all blank where that is not known."""
    return project.known.last or NOT_KNOWN


def _rate(project: Project) -> Decimal | None:
    return project.head.execution


def _more(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """By how much a figure rose; None where one of the two is not known."""
    return None if now is None or before is None else now - before


def _hint(project: Project) -> str:
    """What is to be known of the comparison: a new project, or one that may have had another name."""
    if project.known.last is not None:
        return ""
    near = "、".join(f"“{name}”" for name in project.known.renamed)
    return f"{_NEW}；上年同一单位名称相近的：{near}，是否更名请核对" if near else _NEW


_COLUMNS: tuple[Column[Project], ...] = (
    Column("number", "序号", "count", 5, value=lambda one: one.number),
    Column("code", "项目编码", "long", 14, optional=True, value=lambda one: one.code),
    Column("name", "项目名称", "long", 28, value=lambda one: one.name),
    Column("unit", "实施单位", "long", 18, value=lambda one: one.unit),
    Column("department", "主管部门", "long", 16, value=lambda one: one.department),
    Column("before", f"上年预算\n（{OFFICE_UNIT}）", "money", foots=("sum",),
           value=lambda one: _last(one).budget),
    Column("now", f"本年预算\n（{OFFICE_UNIT}）", "money", foots=("sum",), value=lambda one: one.typed.get(BUDGET)),
    Column("growth", "预算增减", "rate",
           value=lambda one: ratio(_more(one.typed.get(BUDGET), _last(one).budget), _last(one).budget)),
    Column("rate_before", "上年\n执行率", "rate", value=lambda one: _last(one).rate),
    Column("rate", "本年\n执行率", "rate", value=_rate),
    Column("total_before", "上年\n总分", "points", value=lambda one: _last(one).total),
    Column("total", "本年\n总分", "points", value=lambda one: one.head.total),
    Column("rise", "总分增减", "points",
           value=lambda one: _more(one.head.total, _last(one).total)),
    Column("grade_before", "上年\n等次", "grade", value=lambda one: _last(one).grade or None),
    Column("grade", "本年\n等次", "grade", value=lambda one: one.head.grade),
    Column("hint", "提示", "long", 36, optional=True, value=_hint),
    Column("file", "上年文件", "text", 40, printed=False, optional=True, value=lambda one: _last(one).file or None),
)  # fmt: skip


def year_table(batch: Batch) -> SummaryTable:
    """A row for each project, in the order of the summary."""
    projects = batch.portfolio.projects
    same = sum(one.known.last is not None for one in projects)

    def link(row: int, _: Values) -> Link:
        return Inside("projects", row)

    note = f"金额单位：{OFFICE_UNIT}　{len(projects)} 个项目中 {same} 个上年也有：按编码，其次按名称和单位对应；更名只作提示，不自动对应；点项目名称转到项目汇总表"
    rows = framed(_COLUMNS, projects)
    return SummaryTable("years", "年度对照", note, _COLUMNS, rows, ("合计",), links={"name": link}, frozen="name")
