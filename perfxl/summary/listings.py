"""The tables of a batch that hold a row a project, department, finding, file or roster entry. Pure pandas."""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from perfxl.dialogue.folds import LEAST_FOLDED, folded_below, folds_of
from perfxl.dialogue.remarks import standing_of
from perfxl.intake.entries import BETWEEN
from perfxl.model import SEVERITY_WORDS, STATUS_WORDS, Finding, Key, Severity, Status
from perfxl.office.approved import ApprovedProject
from perfxl.results.filed import ResultHead
from perfxl.rules import RULES
from perfxl.schemes.spec import FINDINGS, INBOX, Scheme
from perfxl.summary.batch import Batch
from perfxl.summary.formulas import Region, foot_formula, rate_of_sums
from perfxl.summary.projects import BUDGET, Portfolio, Project, RateColumn, scheme_named, shown_name
from perfxl.summary.resubmissions import DISPOSITION_WORDS, Disposition, Received, local_time
from perfxl.summary.roster import STANDINGS, RosterStanding
from perfxl.summary.tables import (
    NO_FIGURE,
    Column,
    Folding,
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
from perfxl.summary.versions import PRECEDENCE
from perfxl.typed.amounts import OFFICE_UNIT, ratio
from perfxl.typed.wording import label_key, without_code

NOT_LISTED = "不在名单"
NOT_GRADED = "未评"
"""Stands for the grade of a project whose total is not final."""
COUNTS, COUNTS_NOT = "是", "否"

# -- projects ---------------------------------------------------------------------------------------------------------


def project_table(batch: Batch) -> SummaryTable:
    """One row a project; levels as far as a scheme declares them."""
    projects = batch.portfolio.projects
    columns = project_columns(batch.portfolio)
    first = _first_findings(batch)
    links: dict[str, Linker] = {
        "errors": lambda row, _: _finding_link(projects[row].received, first),
        "annotated": lambda row, _: annotated_link(projects[row].head.annotated),
    }
    note = f"金额单位：{OFFICE_UNIT}　每个项目一行，只列采用的文件；{_populations(batch)}；点“错误”转到问题清单"
    rows = framed(columns, projects)
    return SummaryTable("projects", "项目汇总表", note, columns, rows, ("合计",), links=links, frozen="name")


def _populations(batch: Batch) -> str:
    """Over how many projects the sums, rates and means are."""
    projects = batch.portfolio.projects
    counted, scored = sum(one.counts for one in projects), sum(one.head.total is not None for one in projects)
    said = f"合计和加权比率按 {counted} 个金额已定的项目，平均分按 {scored} 个已评的项目"
    left = sum(one.is_left_out for one in projects), sum(one.head.final is False for one in projects)
    return said + (f"（金额未计入 {left[0]} 个，未评 {left[1]} 个，见“未计入清单”）" if any(left) else "")


def project_columns(portfolio: Portfolio) -> tuple[Column[Project], ...]:
    """What is said of a project: a further figure is one more line here."""
    levels = dict.fromkeys(level for scheme in portfolio.schemes for level in scheme.levels)
    return (
        Column("number", "序号", "count", 5, value=lambda one: one.number),
        Column("status", "状态", "status", value=lambda one: STATUS_WORDS[one.head.status]),
        Column("year", "年度", "short", 7, optional=True, value=lambda one: one.head.year),
        Column("code", "项目编码", "long", 14, optional=True, value=lambda one: one.code),
        Column("name", "项目名称", "long", 28, value=lambda one: one.name),
        Column("unit", "实施单位", "long", 18, value=lambda one: one.unit),
        Column("department", "主管部门", "long", 16, value=lambda one: one.department),
        *(_amount_column(measure, label) for measure, label in portfolio.measures.items()),
        Column("counted", "金额\n计入", "short", 6, value=_standing_of_amounts),
        *(_rate_column(number, rate) for number, rate in enumerate(portfolio.rates)),
        Column("booked", f"账上执行\n（{OFFICE_UNIT}）", "money", foots=("sum",), optional=True, value=_booked),
        Column("booked_rate", "账上\n执行率", "rate", optional=True,
               value=lambda one: ratio(_booked(one), one.typed.get(BUDGET))),
        Column("execution_score", "预算执行\n得分", "points", 8, foots=("mean",), optional=True,
               value=lambda one: one.head.execution_score),
        *(_level_column(number, level) for number, level in enumerate(levels)),
        Column("total", "总分", "points", foots=("mean",), value=lambda one: one.head.total),
        Column("stated", "填报\n总分", "points", optional=True,
               value=lambda one: one.head.stated if one.scheme.computing else None),
        Column("grade", "等次", "grade", value=lambda one: grade_shown(one.head)),
        Column("unsettled", "未评、未计入的原因", "long", 28, optional=True, value=lambda one: one.unsettled),
        Column("average", "评价人员\n平均分", "points", foots=("mean",), optional=True,
               value=lambda one: one.head.average),
        Column("errors", "错误", "count", 6, foots=("sum",), value=lambda one: one.head.count(Severity.ERROR)),
        Column("warnings", "警告", "count", 6, foots=("sum",), value=lambda one: one.head.count(Severity.WARNING)),
        Column("newer", "更新的一份", "long", 14, optional=True, value=_newer),
        Column("scheme", "表样", "short", 9, value=lambda one: one.scheme.edition),
        Column("annotated", "审核副本", "link", 7, printed=False, optional=True, value=lambda one: _opens(one.head)),
        Column("file", "文件", "text", 40, printed=False, value=lambda one: one.head.file),
        Column("department_number", "部门序号", "count", printed=False, hidden=True,
               value=lambda one: one.department_number),
    )  # fmt: skip


def _standing_of_amounts(project: Project) -> str:
    """Whether a project's amounts are in the totals; a dash where they belong into none."""
    return COUNTS if project.counts else COUNTS_NOT if project.is_left_out else NO_FIGURE


def grade_shown(head: ResultHead) -> str | None:
    """The grade, or that there is none because the total is not final."""
    return NOT_GRADED if head.final is False else head.grade


def _newer(project: Project) -> str:
    """Whether a newer submission is there whose figures do not hold."""
    return "有更新的一份待更正" if any(found.code == "XF11" for found in project.received.added) else ""


def _booked(project: Project) -> Decimal | None:
    """What the books say was spent, in 万元."""
    return project.known.booked.amount if project.known.booked else None


def _amount_column(measure: str, label: str) -> Column[Project]:
    heading = f"{label}\n（{OFFICE_UNIT}）"
    return Column(measure, heading, "money", foots=("sum",), value=lambda one: one.amounts.get(measure))


def _rate_column(number: int, rate: RateColumn) -> Column[Project]:
    def value(project: Project) -> Decimal | str:
        return shown_ratio(*map(project.amounts.get, rate.over))

    return Column(f"rate{number}", rate.label, "rate", over=rate.over, foots=("rate",), value=value)


def _level_column(number: int, level: str) -> Column[Project]:
    def value(project: Project) -> Decimal | None:
        return level_score(project.head.levels, level)

    return Column(f"level{number}", f"{level}\n得分", "points", 8, foots=("mean",), optional=True, value=value)


def level_score(points: Mapping[str, Decimal], level: str) -> Decimal | None:
    """The points of a level-1 branch; the form may print points or other words in brackets behind its name."""
    scores = [score for name, score in points.items() if label_key(name).split("(")[0] == label_key(level)]
    return sum(scores, Decimal(0)) if scores else None


def annotated_link(annotated: str | None, sheet: str = "", cell: str = "") -> Link:
    """A link to an annotated copy, to a cell of it where that is known."""
    return Outside(annotated, sheet, cell) if annotated else None


def _first_findings(batch: Batch) -> Mapping[Key, int]:
    """The row of each file's first finding in the table of findings."""
    rows: dict[Key, int] = {}
    position = 0
    for one in batch.ordered:
        if one.head.found:
            rows.setdefault(one.head.key, position)
        position += one.head.count()
    return rows


def _finding_link(one: Received, first: Mapping[Key, int]) -> Link:
    row = first.get(one.head.key)
    return None if row is None else Inside("findings", row)


# -- departments ------------------------------------------------------------------------------------------------------


class Department(NamedTuple):
    """A department, and the rows of its projects: what the formulas give is worked out from these."""

    number: int
    name: str
    projects: SummaryTable

    def having(self, key: str, word: str) -> int:
        """How many of its projects have this word in a column."""
        return list(self.projects.frame[key]).count(word)


def department_table(batch: Batch, projects: SummaryTable, region: Region) -> SummaryTable:
    """One row a department: counts, sums and means are formulas over the rows of the projects."""
    columns = department_columns(batch.portfolio, region)
    groups = dict(list(projects.frame.groupby("department_number")))
    departments = [
        Department(number, name, replace(projects, rows=Framed(groups[number])))
        for number, name in batch.portfolio.departments.items()
    ]
    live = {(0, "mean"): Live(region.mean("total"), or_dash(projects.mean("total")))}
    for rate in (column for column in projects.columns if column.over):
        live[(0, rate.key)] = Live(foot_formula(rate, region, 0), projects.foot(rate, 0))
    note = f"金额单位：{OFFICE_UNIT}　按预算从大到小；{_populations(batch)}；各数都是对项目汇总表的公式"
    rows = framed(columns, departments)
    return SummaryTable("departments", "部门汇总", note, columns, rows, ("合计",), live=live, frozen="name")


_OWN = {"department_number": "{number}"}
"""The projects of the department in the same row, as formulas name them."""


def department_columns(portfolio: Portfolio, region: Region) -> tuple[Column[Department], ...]:
    """What is said of a department: each figure as a formula over the projects, and as the value that it gives."""
    returned = STATUS_WORDS[Status.RETURNED]
    return (
        Column("number", "序号", "count", 5, value=lambda one: one.number),
        Column("name", "主管部门", "text", 30, value=lambda one: one.name),
        _counted("projects", "项目数", region.count_where(**_OWN), lambda one: len(one.projects)),
        _having_column("counted", "金额计入\n项目", "counted", COUNTS, region),
        *(_total_column(measure, label, region) for measure, label in portfolio.measures.items()),
        *(_weighed_column(number, rate, region) for number, rate in enumerate(portfolio.rates)),
        Column("mean", "平均\n得分", "points", formula=region.mean_where("total", **_OWN),
               value=lambda one: or_dash(one.projects.mean("total"))),
        *(_having_column(f"grade{number}", grade, "grade", grade, region)
          for number, grade in enumerate(portfolio.grades)),
        _having_column("ungraded", "未评\n项目", "grade", NOT_GRADED, region),
        _having_column("returned", "退回\n项目", "status", returned, region),
        _counted("errors", "错误", region.total_where("errors", **_OWN), lambda one: one.projects.total("errors")),
        _counted("warnings", "警告", region.total_where("warnings", **_OWN), lambda one: one.projects.total("warnings")),
    )  # fmt: skip


def _total_column(measure: str, label: str, region: Region) -> Column[Department]:
    heading, formula = f"{label}\n（{OFFICE_UNIT}）", region.total_where(measure, **_OWN)
    return Column(
        measure, heading, "money", formula=formula, foots=("sum",), value=lambda one: one.projects.total(measure)
    )


def _weighed_column(number: int, rate: RateColumn, region: Region) -> Column[Department]:
    key = f"rate{number}"
    formula = rate_of_sums(*region.weighed(key, rate.over, **_OWN))
    return Column(key, rate.label, "rate", formula=formula, value=lambda one: shown_ratio(*one.projects.weighed(key)))


def _having_column(key: str, label: str, column: str, word: str, region: Region) -> Column[Department]:
    """How many projects of the department have a word in a column."""
    formula = region.count_where(**_OWN, **{column: f'"{word}"'})
    return _counted(key, label, formula, lambda one: one.having(column, word))


def _counted(key: str, label: str, formula: str, value: Callable[[Department], object]) -> Column[Department]:
    return Column(key, label, "count", 7.5, formula=formula, foots=("sum",), value=value)


def or_dash(value: Decimal | None) -> Decimal | str:
    """A mean, or what stands where there is none."""
    return NO_FIGURE if value is None else value


# -- findings ---------------------------------------------------------------------------------------------------------

_OPEN = "打开"
"""Stands where a link leads to a workbook and to no cell of it."""


def _opens(head: ResultHead) -> str | None:
    return _OPEN if head.annotated else None


def _disposed(one: Received) -> str:
    return DISPOSITION_WORDS[Disposition(one.disposition)]


class Found(NamedTuple):
    """A finding and the file that it was found in, whose texts are without codes."""

    finding: Finding
    file: Received
    name: str
    unit: str
    department: str

    @property
    def title(self) -> str:
        """That of its rule."""
        rule = RULES.get(self.finding.code)
        return rule.title if rule else ""


FINDING_COLUMNS: tuple[Column[Found], ...] = (
    Column("severity", "级别", "severity", 6, value=lambda one: SEVERITY_WORDS[one.finding.severity]),
    Column("code", "代码", "code", 7, value=lambda one: one.finding.code),
    Column("title", "规则", "long", 18, value=lambda one: one.title),
    Column("name", "项目名称", "long", 22, value=lambda one: one.name),
    Column("unit", "实施单位", "long", 16, value=lambda one: one.unit),
    Column("department", "主管部门", "long", 14, value=lambda one: one.department),
    Column("sheet", "工作表", "long", 13, value=lambda one: one.finding.sheet),
    Column("cell", "单元格", "link", 7, value=lambda one: one.finding.cell or _opens(one.file.head)),
    Column("field", "栏目", "long", 14, value=lambda one: one.finding.field),
    Column("message", "问题", "long", 40, value=lambda one: one.finding.message),
    Column("found", "发现", "long", 14, value=lambda one: one.finding.found),
    Column("expected", "应为", "long", 14, value=lambda one: one.finding.expected),
    Column("fix", "如何更正", "long", 34, value=lambda one: one.finding.fix),
    Column("standing", "状态", "status", 9, value=lambda one: standing_of(one.finding).value),
    Column("explanation", "单位说明", "long", 24, value=lambda one: one.finding.explanation),
    Column("verdict", "复核结论", "short", 9, value=lambda one: one.finding.verdict),
    Column("reply", "复核说明", "long", 24, value=lambda one: one.finding.note),
    Column("reviewer", "复核人", "short", 9, value=lambda one: one.finding.reviewer),
    Column("disposition", "处理", "status", 7, value=lambda one: _disposed(one.file)),
    Column("earlier", "上次意见", "long", 24, printed=False, value=lambda one: one.finding.earlier),
    Column("file", "文件", "text", 40, printed=False, value=lambda one: one.file.head.file),
)


def finding_table(batch: Batch) -> SummaryTable:
    """Every finding of every file, in the order of the files; read file by file whenever the rows are wanted."""
    copies = {one.head.file: one.head.annotated for one in batch.received if one.head.annotated}
    places = {column.key: place for place, column in enumerate(FINDING_COLUMNS)}

    def link(_: int, row: Values) -> Link:
        sheet, cell, file = (str(row[places[key]] or "") for key in ("sheet", "cell", "file"))
        return annotated_link(copies.get(file), sheet, "" if cell == _OPEN else cell)

    note = "每个问题一行，可按级别、代码、部门筛选；点“单元格”打开审核副本并转到该处；“处理”是该文件的收文结果，“状态”是复核到了哪一步"
    found = [one for one in batch.ordered if one.head.found]
    words = {
        "severity": frozenset(SEVERITY_WORDS[tally.severity] for one in found for tally in one.head.found),
        "disposition": frozenset(map(_disposed, found)),
        "standing": frozenset(counted.standing.value for one in found for counted in one.head.standings),
    }
    number = sum(one.head.count() for one in found)
    rows = Streamed(FINDING_COLUMNS, number, lambda: chain.from_iterable(map(_found_in, found)), words)
    links, folding = {"cell": link}, Folding(_sameness, _told, LEAST_FOLDED)
    return SummaryTable("findings", FINDINGS, note, FINDING_COLUMNS, rows, links=links, frozen="title", folding=folding)


def _found_in(one: Received) -> Iterator[Found]:
    unit, department = map(without_code, (one.head.unit, one.head.department))
    name = shown_name(one.head) if one.head.scheme else ""
    ordered = (finding for fold in folds_of(one.findings) for finding in (fold.lead, *fold.others))
    return (Found(finding, one, name, unit, department) for finding in ordered)


_PLACES = {column.key: place for place, column in enumerate(FINDING_COLUMNS)}
_OF_FAULT = [place for key, place in _PLACES.items() if key not in ("cell", "field", "message", "expected", "title")]
"""What the rows of one fault have in common, besides the column of their cells."""


def _sameness(values: Values) -> Hashable:
    cell = str(values[_PLACES["cell"]] or "")
    letters = cell.rstrip("0123456789")
    return (letters, *(values[place] for place in _OF_FAULT)) if letters != cell else object()


def _told(rows: Sequence[Values]) -> Values:
    """The first row of a fault, which says where the others are."""
    cells = [str(values[_PLACES["cell"]]) for values in rows]
    message = f"{rows[0][_PLACES['message']]}{folded_below(cells)}"
    return tuple(message if place == _PLACES["message"] else value for place, value in enumerate(rows[0]))


# -- files ------------------------------------------------------------------------------------------------------------


class Numbered(NamedTuple):
    """A submission with its number from 1 and its scheme, None where none fits; whether its file holds others too."""

    number: int
    file: Received
    scheme: Scheme | None
    is_one_of_several: bool

    @property
    def head(self) -> ResultHead:
        return self.file.head

    @property
    def sheets(self) -> str:
        """The sheets that it was read from, where the file alone does not say which form it is."""
        return "、".join(self.head.sheets) if self.is_one_of_several else ""

    @property
    def status(self) -> str:
        """The word for it; files that were passed over have none."""
        return "" if self.file.disposition == Disposition.SKIPPED else STATUS_WORDS[self.head.status]


FILE_COLUMNS: tuple[Column[Numbered], ...] = (
    Column("number", "序号", "count", 6, value=lambda one: one.number),
    Column("file", "文件", "long", 44, value=lambda one: one.head.file),
    Column("sheets", "工作表", "long", 20, optional=True, value=lambda one: one.sheets),
    Column("disposition", "处理", "status", value=lambda one: _disposed(one.file)),
    Column("status", "审核", "status", value=lambda one: one.status),
    Column("reason", "原因", "long", 44, value=lambda one: one.file.reason),
    Column("name", "项目名称", "long", 26, value=lambda one: shown_name(one.head) if one.scheme else None),
    Column("unit", "实施单位", "long", 18, value=lambda one: without_code(one.head.unit)),
    Column("scheme", "表样", "text", 22,
           value=lambda one: f"{one.scheme.edition}（{one.scheme.id}）" if one.scheme else None),
    Column("errors", "错误", "count", 6, foots=("sum",), value=lambda one: one.head.count(Severity.ERROR)),
    Column("warnings", "警告", "count", 6, foots=("sum",), value=lambda one: one.head.count(Severity.WARNING)),
    Column("infos", "提示", "count", 6, foots=("sum",), value=lambda one: one.head.count(Severity.INFO)),
    Column("size", "大小\n（字节）", "count", 10, value=lambda one: one.head.size),
    Column("modified", "最后修改", "short", 27, value=lambda one: local_time(one.head.modified)),
    Column("sender", "发件人", "long", 24, optional=True, value=lambda one: one.head.mail.sender),
    Column("subject", "邮件主题", "long", 26, optional=True, value=lambda one: one.head.mail.subject),
    Column("mailed", "邮件日期", "short", 17, optional=True, value=lambda one: _mailed(one.head)),
    Column("annotated", "审核副本", "link", 7, optional=True, value=lambda one: _opens(one.head)),
    Column("unread", "没有读取的\n工作表", "long", 20, optional=True, value=lambda one: "、".join(one.head.unread)),
    Column("sha256", "SHA-256", "text", 70, printed=False, value=lambda one: one.head.sha256),
)  # fmt: skip


def _mailed(head: ResultHead) -> str:
    """When the mail was received, else when it says that it was sent."""
    return (head.mail.received or head.mail.dated)[:16].replace("T", " ")


RULE = "同一项目报了几份的，依次看：" + "；".join(f"（{n}）{what}" for n, (_, what) in enumerate(PRECEDENCE, 1))
"""Which submission of a project counts."""


def file_table(batch: Batch) -> SummaryTable:
    """Every file that came in, what became of it and why."""
    project_rows = {p.head.key: p.number - 1 for p in batch.portfolio.projects}
    files = batch.ordered

    def project_link(row: int, _: Values) -> Link:
        project = project_rows.get(files[row].head.key)
        return None if project is None else Inside("projects", project)

    links: dict[str, Linker] = {
        "name": project_link,
        "annotated": lambda row, _: annotated_link(files[row].head.annotated),
    }
    note = f"收到的每个文件一行：采用、被替代、重复、拒收或略过，以及原因；点项目名称转到项目汇总表　{RULE}"
    rows = framed(FILE_COLUMNS, numbered_files(batch))
    return SummaryTable("files", INBOX, note, FILE_COLUMNS, rows, ("合计",), links=links, frozen="file")


def numbered_files(batch: Batch) -> Iterator[Numbered]:
    """The submissions in the order of the paths of their files."""
    for number, one in enumerate(batch.ordered, 1):
        scheme = scheme_named(one.head.scheme, batch.schemes) if one.head.scheme else None
        yield Numbered(number, one, scheme, one.head.file in batch.several)


# -- roster -----------------------------------------------------------------------------------------------------------


class _Listed(NamedTuple):
    """A project of the roster and how it stands, or a project that is not on it."""

    kind: str
    who: ApprovedProject | Project
    project: Project | None
    standing: RosterStanding | None = None
    hint: str = ""

    @property
    def entry(self) -> ApprovedProject | None:
        """What the roster says of it."""
        return None if isinstance(self.who, Project) else self.who


ROSTER_COLUMNS: tuple[Column[_Listed], ...] = (
    Column("kind", "情况", "status", 10, value=lambda one: one.kind),
    Column("code", "项目编码", "long", 14, optional=True, value=lambda one: one.who.code),
    Column("name", "项目名称", "long", 30, value=lambda one: one.who.name),
    Column("unit", "实施单位", "long", 20, value=lambda one: one.who.unit),
    Column("department", "主管部门", "long", 18, value=lambda one: one.who.department),
    Column("approved", f"名单预算\n（{OFFICE_UNIT}）", "money", foots=("sum",), value=lambda one: one.entry and one.entry.budget),
    Column("stated", f"填报预算\n（{OFFICE_UNIT}）", "money", foots=("sum",),
           value=lambda one: one.project and one.project.typed.get(BUDGET)),
    Column("date", "收到日期", "short", 11, optional=True, value=lambda one: one.standing and one.standing.received),
    Column("deadline", "截止日期", "short", 11, optional=True,
           value=lambda one: one.standing and one.standing.last and one.standing.last.isoformat()),
    Column("late", "逾期\n（天）", "count", 7, optional=True, value=lambda one: one.standing and one.standing.late),
    Column("contact", "联系人", "text", 22, value=lambda one: one.entry and one.entry.contact),
    Column("hint", "提示", "long", 46, value=lambda one: one.hint),
    Column("annotated", "审核副本", "link", 7, printed=False, optional=True,
           value=lambda one: one.project and _opens(one.project.head)),
    Column("file", "文件", "text", 40, printed=False, value=lambda one: one.project and one.project.head.file),
    Column("place", "名单中的位置", "text", 22, printed=False, optional=True, value=lambda one: one.entry and one.entry.place),
)  # fmt: skip
_LIST_ROW = re.compile(r"“(.*)”第 (\d+) 行")


def roster_table(batch: Batch) -> SummaryTable:
    """How every project of the roster stands, and who is not on it."""
    listed = list(_listed(batch))

    def project_link(row: int, _: Values) -> Link:
        project = listed[row].project
        return Inside("projects", project.number - 1) if project else None

    def copy_link(row: int, _: Values) -> Link:
        project = listed[row].project
        return annotated_link(project.head.annotated) if project else None

    booked = f"，其中支出账上有 {batch.office.in_books} 个" if batch.office.ledger else ""

    def form_link(row: int, _: Values) -> Link:
        project = listed[row].project
        return Outside(project.head.file) if project and BETWEEN not in project.head.file else None

    def list_link(row: int, _: Values) -> Link:
        entry, approved = listed[row].entry, batch.office.approved
        place = _LIST_ROW.fullmatch(entry.place) if entry else None
        return Outside(approved.source, place[1], f"A{place[2]}") if place and approved and approved.source else None

    note = f"金额单位：{OFFICE_UNIT}　名单共 {batch.roster_size or 0} 个项目{booked}，每个一行；名称相近的只作提示，不自动对应；点项目名称转到项目汇总表"
    rows = framed(ROSTER_COLUMNS, listed)
    links: dict[str, Linker] = {
        "name": project_link,
        "annotated": copy_link,
        "file": form_link,
        "place": list_link,
    }
    return SummaryTable("roster", "名单核对", note, ROSTER_COLUMNS, rows, ("合计",), links=links, frozen="name")


def _listed(batch: Batch) -> Iterator[_Listed]:
    """What was not handed in first, then the others in the order of the roster, then what is not on it."""
    projects = {project.head.key: project for project in batch.portfolio.projects}
    worst = sorted(batch.standings, key=lambda one: -STANDINGS.index(one.kind))
    for one in worst:
        yield _Listed(one.kind, one.entry, projects.get(one.used) if one.used else None, one, one.hint)
    used = {one.used for one in batch.standings}
    for project in batch.portfolio.projects:
        if project.head.key not in used:
            said = (found.message for found in project.received.findings if found.code == "XF03")
            yield _Listed(NOT_LISTED, project, project, hint=next(said, ""))
