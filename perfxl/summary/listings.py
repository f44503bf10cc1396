"""The tables of a batch that hold a row a project, department, finding, file or roster entry. Pure pandas."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from perfxl.model import SEVERITY_WORDS, STATUS_WORDS, Finding, Severity, Status
from perfxl.rules import RULES
from perfxl.schemes.spec import FINDINGS, INBOX, Scheme
from perfxl.summary.formulas import Region, foot_formula, rate_of_sums
from perfxl.summary.projects import BUDGET, MONEY_UNIT, Portfolio, Project, portfolio_of, scheme_named
from perfxl.summary.resubmissions import DISPOSITION_WORDS, Disposition, Received
from perfxl.summary.roster import Missing
from perfxl.summary.tables import (
    NO_FIGURE,
    Column,
    Framed,
    Inside,
    Link,
    Linker,
    Live,
    Outside,
    Streamed,
    SummaryTable,
    Values,
    framed,
    shown_ratio,
)
from perfxl.typed.amounts import parse_amount
from perfxl.typed.wording import label_key, without_code

NOT_SUBMITTED, NOT_LISTED, OTHER_BUDGET = "未报送", "不在名单", "预算不符"


@dataclass(frozen=True)
class Batch:
    """Everything that the summary is made of.

    Attributes:
        received: every file that came in, settled and held against the roster.
        missing: the roster's projects for which no file is used.
        roster_size: projects on the roster, None where none was given.
        sources: the paths that were given.
        made: the date of the summary.
        ignored: the codes that were switched off.
        schemes: the schemes among the files that perfxl does not ship.
    """

    received: tuple[Received, ...]
    missing: tuple[Missing, ...]
    roster_size: int | None
    sources: tuple[str, ...]
    made: date
    ignored: tuple[str, ...] = ()
    schemes: tuple[Scheme, ...] = field(default=())

    @cached_property
    def ordered(self) -> tuple[Received, ...]:
        """The files in the order of their paths."""
        return tuple(sorted(self.received, key=lambda one: (one.head.file, one.head.sha256)))

    @cached_property
    def portfolio(self) -> Portfolio:
        return portfolio_of(self.received, self.schemes)


# -- projects ---------------------------------------------------------------------------------------------------------


def project_table(batch: Batch) -> SummaryTable:
    """One row a project; levels as far as a scheme declares them."""
    portfolio = batch.portfolio
    projects = portfolio.projects
    levels = list(dict.fromkeys(level for scheme in portfolio.schemes for level in scheme.levels))
    columns = _project_columns(portfolio, levels)
    first = _first_findings(batch)
    links: dict[str, Linker] = {
        "errors": lambda row, _: _finding_link(projects[row].received, first),
        "annotated": lambda row, _: annotated_link(projects[row].head.annotated),
    }
    note = f"金额单位：{MONEY_UNIT}　每个项目一行，只列采用的文件；合计行的比率为加权比率；点“错误”转到问题清单"
    rows = framed(columns, (_project_row(project, portfolio, levels) for project in projects))
    return SummaryTable("projects", "项目汇总表", note, columns, rows, ("合计",), links=links, frozen="name")


def _project_columns(portfolio: Portfolio, levels: Sequence[str]) -> tuple[Column, ...]:
    money = [
        Column(key, f"{label}\n（{MONEY_UNIT}）", "money", foots=("sum",)) for key, label in portfolio.measures.items()
    ]
    rates = [
        Column(f"rate{n}", rate.label, "rate", over=rate.over, foots=("rate",))
        for n, rate in enumerate(portfolio.rates)
    ]
    points = [
        Column(f"level{n}", f"{level}\n得分", "points", 8, foots=("mean",), optional=True)
        for n, level in enumerate(levels)
    ]
    return (
        Column("number", "序号", "count", 5),
        Column("status", "状态", "status"),
        Column("year", "年度", "short", 7, optional=True),
        Column("code", "项目编码", "long", 14, optional=True),
        Column("name", "项目名称", "long", 28),
        Column("unit", "实施单位", "long", 18),
        Column("department", "主管部门", "long", 16),
        *money,
        *rates,
        Column("execution_score", "预算执行\n得分", "points", 8, foots=("mean",), optional=True),
        *points,
        Column("total", "总分", "points", foots=("mean",)),
        Column("grade", "等次", "grade"),
        Column("average", "评价人员\n平均分", "points", foots=("mean",), optional=True),
        Column("errors", "错误", "count", 6, foots=("sum",)),
        Column("warnings", "警告", "count", 6, foots=("sum",)),
        Column("scheme", "表样", "short", 9),
        Column("annotated", "审核副本", "link", 7, printed=False, optional=True),
        Column("file", "文件", "text", 40, printed=False),
        Column("department_number", "部门序号", "count", printed=False, hidden=True),
    )


def _project_row(project: Project, portfolio: Portfolio, levels: Sequence[str]) -> list[object]:
    head = project.head
    amounts = [project.amounts.get(measure) for measure in portfolio.measures]
    rates = [shown_ratio(*map(project.amounts.get, rate.over)) for rate in portfolio.rates]
    return [
        project.number,
        STATUS_WORDS[head.status],
        head.year,
        project.code,
        project.name,
        project.unit,
        project.department,
        *amounts,
        *rates,
        head.execution_score,
        *(level_score(head.levels, level) for level in levels),
        head.total,
        head.grade,
        head.average,
        head.count(Severity.ERROR),
        head.count(Severity.WARNING),
        project.scheme.edition,
        _OPEN if head.annotated else None,
        head.file,
        project.department_number,
    ]


def level_score(points: Mapping[str, Decimal], level: str) -> Decimal | None:
    """The points of a level-1 branch; the form may print points or other words in brackets behind its name."""
    scores = [score for name, score in points.items() if label_key(name).split("(")[0] == label_key(level)]
    return sum(scores, Decimal(0)) if scores else None


def annotated_link(annotated: str | None, sheet: str = "", cell: str = "") -> Link:
    """A link to an annotated copy, to a cell of it where that is known."""
    return Outside(annotated, sheet, cell) if annotated else None


def _first_findings(batch: Batch) -> Mapping[str, int]:
    """The row of each file's first finding in the table of findings."""
    rows: dict[str, int] = {}
    position = 0
    for one in batch.ordered:
        if one.head.found:
            rows.setdefault(one.head.file, position)
        position += one.head.count()
    return rows


def _finding_link(one: Received, first: Mapping[str, int]) -> Link:
    row = first.get(one.head.file)
    return None if row is None else Inside("findings", row)


# -- departments ------------------------------------------------------------------------------------------------------


def department_table(batch: Batch, projects: SummaryTable, region: Region) -> SummaryTable:
    """One row a department: counts, sums and means are formulas over the rows of the projects."""
    portfolio = batch.portfolio
    columns = _department_columns(portfolio, region)
    groups = dict(list(projects.frame.groupby("department_number")))
    rows = [
        _department_row(number, name, replace(projects, rows=Framed(groups[number])), portfolio)
        for number, name in portfolio.departments.items()
    ]
    live = {(0, "mean"): Live(region.mean("total"), or_dash(projects.mean("total")))}
    for rate in (column for column in projects.columns if column.over):
        live[(0, rate.key)] = Live(foot_formula(rate, region, 0), projects.foot(rate, 0))
    note = f"金额单位：{MONEY_UNIT}　按预算从大到小；比率按合计金额计算（加权），平均得分按项目计算；各数都是对项目汇总表的公式"
    return SummaryTable(
        "departments", "部门汇总", note, columns, framed(columns, rows), ("合计",), live=live, frozen="name"
    )


def _department_columns(portfolio: Portfolio, region: Region) -> tuple[Column, ...]:
    own = {"department_number": "{number}"}
    money = [
        Column(key, f"{label}\n（{MONEY_UNIT}）", "money", formula=region.total_where(key, **own), foots=("sum",))
        for key, label in portfolio.measures.items()
    ]
    rates = [
        Column(f"rate{n}", rate.label, "rate", formula=rate_of_sums(*region.weighed(f"rate{n}", rate.over, **own)))
        for n, rate in enumerate(portfolio.rates)
    ]
    grades = [
        _counted(f"grade{n}", grade, region.count_where(**own, grade=f'"{grade}"'))
        for n, grade in enumerate(portfolio.grades)
    ]
    returned = f'"{STATUS_WORDS[Status.RETURNED]}"'
    return (
        Column("number", "序号", "count", 5),
        Column("name", "主管部门", "text", 30),
        _counted("projects", "项目数", region.count_where(**own)),
        *money,
        *rates,
        Column("mean", "平均\n得分", "points", formula=region.mean_where("total", **own)),
        *grades,
        _counted("returned", "退回\n项目", region.count_where(**own, status=returned)),
        _counted("errors", "错误", region.total_where("errors", **own)),
        _counted("warnings", "警告", region.total_where("warnings", **own)),
    )


def _counted(key: str, label: str, formula: str) -> Column:
    return Column(key, label, "count", 7.5, formula=formula, foots=("sum",))


def _department_row(number: int, name: str, own: SummaryTable, portfolio: Portfolio) -> list[object]:
    """The values of the formulas, from the rows of the projects of one department."""
    grades = list(own.frame["grade"])
    totals = {key: own.total(key) for key in portfolio.measures}
    return [
        number,
        name,
        len(own),
        *totals.values(),
        *(shown_ratio(*own.weighed(f"rate{n}")) for n in range(len(portfolio.rates))),
        or_dash(own.mean("total")),
        *(grades.count(grade) for grade in portfolio.grades),
        list(own.frame["status"]).count(STATUS_WORDS[Status.RETURNED]),
        own.total("errors"),
        own.total("warnings"),
    ]


def or_dash(value: Decimal | None) -> Decimal | str:
    return NO_FIGURE if value is None else value


# -- findings, files, roster ------------------------------------------------------------------------------------------

_OPEN = "打开"
"""Stands where a link leads to a workbook and to no cell of it."""

FINDING_COLUMNS = (
    Column("severity", "级别", "severity", 6),
    Column("code", "代码", "code", 7),
    Column("title", "规则", "long", 18),
    Column("name", "项目名称", "long", 22),
    Column("unit", "实施单位", "long", 16),
    Column("department", "主管部门", "long", 14),
    Column("sheet", "工作表", "long", 13),
    Column("cell", "单元格", "link", 7),
    Column("field", "栏目", "long", 14),
    Column("message", "问题", "long", 40),
    Column("found", "发现", "long", 14),
    Column("expected", "应为", "long", 14),
    Column("fix", "如何更正", "long", 34),
    Column("disposition", "处理", "status", 7),
    Column("file", "文件", "text", 40, printed=False),
)


def finding_table(batch: Batch) -> SummaryTable:
    """Every finding of every file, in the order of the files; read file by file whenever the rows are wanted."""
    copies = {one.head.file: one.head.annotated for one in batch.received if one.head.annotated}
    places = {column.key: place for place, column in enumerate(FINDING_COLUMNS)}

    def link(_: int, row: Values) -> Link:
        sheet, cell, file = (str(row[places[key]] or "") for key in ("sheet", "cell", "file"))
        return annotated_link(copies.get(file), sheet, "" if cell == _OPEN else cell)

    note = "每个问题一行，可按级别、代码、部门筛选；点“单元格”打开审核副本并转到该处；“处理”是该文件的收文结果"
    found = [one for one in batch.ordered if one.head.found]
    words = {
        "severity": frozenset(SEVERITY_WORDS[tally.severity] for one in found for tally in one.head.found),
        "disposition": frozenset(DISPOSITION_WORDS[Disposition(one.disposition)] for one in found),
    }
    rows = Streamed(
        list(places),
        sum(one.head.count() for one in found),
        lambda: (row for one in found for row in _finding_rows(one)),
        words,
    )
    return SummaryTable("findings", FINDINGS, note, FINDING_COLUMNS, rows, links={"cell": link}, frozen="title")


def _finding_rows(one: Received) -> Iterator[Values]:
    head = one.head
    whose = [without_code(text) for text in (head.project, head.unit, head.department)]
    for found in one.findings:
        rule = RULES.get(found.code)
        what = (SEVERITY_WORDS[found.severity], found.code, rule.title if rule else "")
        where = (*whose, found.sheet, found.cell or (_OPEN if head.annotated else ""), found.field)
        said = (found.message, found.found, found.expected, found.fix)
        yield (*what, *where, *said, DISPOSITION_WORDS[Disposition(one.disposition)], head.file)


_INBOX_COLUMNS = (
    Column("number", "序号", "count", 6),
    Column("file", "文件", "long", 44),
    Column("disposition", "处理", "status"),
    Column("status", "审核", "status"),
    Column("reason", "原因", "long", 44),
    Column("name", "项目名称", "long", 26),
    Column("unit", "实施单位", "long", 18),
    Column("scheme", "表样", "text", 22),
    Column("errors", "错误", "count", 6, foots=("sum",)),
    Column("warnings", "警告", "count", 6, foots=("sum",)),
    Column("infos", "提示", "count", 6, foots=("sum",)),
    Column("size", "大小\n（字节）", "count", 10),
    Column("modified", "最后修改", "short", 17),
    Column("annotated", "审核副本", "link", 7, optional=True),
    Column("sha256", "SHA-256", "text", 70, printed=False),
)


def inbox_table(batch: Batch) -> SummaryTable:
    """Every file that came in, what became of it and why."""
    project_rows = {p.head.file: p.number - 1 for p in batch.portfolio.projects}
    rows = [_inbox_row(number, one, batch) for number, one in enumerate(batch.ordered, 1)]
    files = batch.ordered

    def project_link(row: int, _: Values) -> Link:
        project = project_rows.get(files[row].head.file)
        return None if project is None else Inside("projects", project)

    links: dict[str, Linker] = {
        "name": project_link,
        "annotated": lambda row, _: annotated_link(files[row].head.annotated),
    }
    note = "收到的每个文件一行：采用、被替代、重复、拒收或略过，以及原因；点项目名称转到项目汇总表"
    body = framed(_INBOX_COLUMNS, rows)
    return SummaryTable("inbox", INBOX, note, _INBOX_COLUMNS, body, ("合计",), links=links, frozen="file")


def _inbox_row(number: int, one: Received, batch: Batch) -> list[object]:
    head = one.head
    scheme = scheme_named(head.scheme, batch.schemes) if head.scheme else None
    return [
        number,
        head.file,
        DISPOSITION_WORDS[Disposition(one.disposition)],
        "" if one.disposition == Disposition.SKIPPED else STATUS_WORDS[head.status],
        one.reason,
        without_code(head.project),
        without_code(head.unit),
        f"{scheme.edition}（{scheme.id}）" if scheme else None,
        *(head.count(severity) for severity in Severity),
        head.size,
        head.modified[:16].replace("T", " "),
        _OPEN if head.annotated else None,
        head.sha256,
    ]


_ROSTER_COLUMNS = (
    Column("kind", "情况", "status", 10),
    Column("code", "项目编码", "long", 14, optional=True),
    Column("name", "项目名称", "long", 30),
    Column("unit", "实施单位", "long", 20),
    Column("department", "主管部门", "long", 18),
    Column("approved", f"名单预算\n（{MONEY_UNIT}）", "money", foots=("sum",)),
    Column("stated", f"填报预算\n（{MONEY_UNIT}）", "money", foots=("sum",)),
    Column("contact", "联系人", "text", 22),
    Column("hint", "提示", "long", 46),
    Column("file", "文件", "text", 40, printed=False),
)


def roster_table(batch: Batch) -> SummaryTable:
    """Who has not submitted, who is not on the roster, whose budget differs."""
    rows = [_missing_row(gap) for gap in batch.missing]
    for project in batch.portfolio.projects:
        for found in project.received.added:
            kind = {"XF03": NOT_LISTED, "XF04": OTHER_BUDGET}.get(found.code)
            if kind:
                rows.append(_doubtful_row(kind, project, found))
    note = f"金额单位：{MONEY_UNIT}　名单共 {batch.roster_size or 0} 个项目；名称相近的只作提示，不自动对应"
    return SummaryTable(
        "roster", "名单核对", note, _ROSTER_COLUMNS, framed(_ROSTER_COLUMNS, rows), ("合计",), frozen="name"
    )


def _missing_row(gap: Missing) -> list[object]:
    entry = gap.entry
    who = [NOT_SUBMITTED, entry.code, entry.name, entry.unit, entry.department]
    hint = f"可能是 {'、'.join(f'“{file}”' for file in gap.near)}" if gap.near else gap.finding.fix
    return [*who, entry.budget, None, entry.contact, hint, None]


def _doubtful_row(kind: str, project: Project, found: Finding) -> list[object]:
    approved = parse_amount(found.expected) if kind == OTHER_BUDGET else None
    who = [kind, project.code, project.name, project.unit, project.department]
    budgets = [approved.value if approved else None, project.amounts.get(BUDGET)]
    return [*who, *budgets, None, found.message, project.head.file]
