"""The finance office's report on a batch: what came in, what it adds up to, what is wrong, and who has to be asked.

Every figure and table is that of the summary workbook, the charts are its charts.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from docx.document import Document

from perfxl.model import SEVERITY_WORDS, Severity
from perfxl.report.arrange import LANDSCAPE, PORTRAIT
from perfxl.report.drawings import charts_in, pictures
from perfxl.report.sheets import add, begin_section, new_document, number_pages
from perfxl.report.wordxml import add_run, grid_of, paragraph, table
from perfxl.summary.batch import Batch
from perfxl.summary.cards import Card, figure_cards, file_cards
from perfxl.summary.completeness import gaps_of
from perfxl.summary.listings import grade_shown
from perfxl.summary.priorities import frequent_problems, urgent_projects
from perfxl.summary.projects import BUDGET, USED
from perfxl.summary.resubmissions import DISPOSITION_WORDS, Disposition
from perfxl.summary.roster import HANDED_IN, PENDING, RETURNED
from perfxl.summary.tables import NUMBERS, AnyColumn, Live, SummaryTable, plain_value
from perfxl.summary.workbook import tables_of
from perfxl.typed.amounts import OFFICE_UNIT, percent, plain, round_half_up

_TITLE = "项目支出绩效评价汇总报告"
_LONGEST = 500
"""Rows of a table that are printed; the rest is in the summary workbook, and the report says so."""
PROJECT_COLUMNS = (("number", "name", "unit", "department"), ("total", "grade", "status"))
DEPARTMENT_COLUMNS = (("number", "name", "projects"), ("mean", "returned"))
_INBOX_COLUMNS = ("file", "disposition", "name", "reason")
IN_ORDER = (HANDED_IN, PENDING, RETURNED)
"""Projects of the roster that have come in: printed where there is something to say."""
_ROSTER_COLUMNS = ("kind", "name", "unit", "approved", "stated", "hint")
NOT_PRINTED = (DISPOSITION_WORDS[Disposition.USED], DISPOSITION_WORDS[Disposition.SKIPPED])
SIZES = {
    "money": 38,
    "rate": 34,
    "points": 22,
    "count": 17,
    "grade": 17,
    "status": 20,
    "short": 18,
    "text": 36,
    "long": 36,
}
"""Relative widths of columns by kind."""


def write_office_report(batch: Batch, summary: Path, target: Path) -> None:
    """Writes the report of a batch.

    Args:
        batch: as the summary is made of it.
        summary: the summary workbook, for its charts.
        target: the .docx file.

    Raises:
        OutputError: it cannot be written.
    """
    tables, regions = tables_of(batch)
    known = {found.key: found for found in tables}
    charts = charts_in(summary)
    with new_document(target, _TITLE, batch.made) as document:
        number_pages(begin_section(document, landscape=False, is_first=True))
        _say(document, "Heading1", _TITLE)
        _say(document, "DateLine", f"（{_day(batch.made)}）")
        _came_in(document, batch, file_cards(batch, regions))
        _adds_up(document, batch, figure_cards(batch, regions, known), charts)
        _departments(document, batch, known["departments"])
        _problems(document, batch)
        _attention(document, batch)
        _not_used(document, known)
        begin_section(document, landscape=True, is_first=False)
        _annexes(document, batch, known)


def _say(document: Document, style: str, text: str) -> None:
    add(document, paragraph(style, add_run(text)))


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# -- chapters ---------------------------------------------------------------------------------------------------------


def _came_in(document: Document, batch: Batch, cards: Sequence[Card]) -> None:
    _say(document, "Heading2", "一、收文情况")
    editions = "、".join(f"{scheme.title}（{scheme.edition}）" for scheme in batch.portfolio.schemes)
    said = f"截至{_day(batch.made)}，共收到文件{len(batch.received)}个，采用{len(batch.portfolio.projects)}个。"
    _say(document, "BodyText", said + (f"所用表样：{editions}。" if editions else ""))
    _put_cards(document, cards)


def _adds_up(document: Document, batch: Batch, cards: Sequence[Card], charts: list[bytes]) -> None:
    _say(document, "Heading2", "二、资金和得分")
    _say(document, "TableLead", f"按采用的文件汇总，金额单位为{OFFICE_UNIT}，比率按合计金额计算。")
    _put_cards(document, cards)
    if said := gaps_of(batch).said():
        _say(document, "BodyText", f"没有计入以上数字的：{said}，见汇总表的“未计入清单”和“收文清单”。")
    if charts:
        add(document, paragraph("TableGap"), pictures(document, charts[:2], 1, (76, 52)))
    if charts[2:]:
        add(document, pictures(document, charts[2:3], 3, (154, 80)))


def _put_cards(document: Document, cards: Sequence[Card]) -> None:
    rows = [(card.label, _card_text(card.value, card.number_format), _card_text(card.remark, "")) for card in cards]
    widths = _scaled((30, 26, 44), PORTRAIT)
    grid = grid_of(("项目", "数值", "说明"), rows, widths, frozenset({2}))
    add(document, table(grid, {}, frozenset()), paragraph("TableGap"))


def _card_text(value: Live | str, number_format: str) -> str:
    plain_one = plain_value(value)
    if isinstance(plain_one, Decimal | int):
        if number_format.endswith("%"):
            return percent(Decimal(plain_one))
        places = len(number_format.partition(".")[2])
        return f"{round_half_up(Decimal(plain_one), places):,}"
    return str(plain_one)


def _departments(document: Document, batch: Batch, departments: SummaryTable) -> None:
    """The departments in short; the annex has all columns."""
    _say(document, "Heading2", "三、各主管部门情况")
    said = f"纳入汇总的项目涉及主管部门{len(departments)}个，按预算从大到小列出，各项资金和等次见附表1。"
    _say(document, "TableLead", said)
    first, last = DEPARTMENT_COLUMNS
    _put(document, departments, [*first, BUDGET, USED, *_rates(batch, "execution"), *last])


def _annexes(document: Document, batch: Batch, tables: Mapping[str, SummaryTable]) -> None:
    """The departments and the projects, across the page."""
    departments, projects = tables["departments"], tables["projects"]
    amounts, rates = list(batch.portfolio.measures), _rates(batch, "in_place", "execution")
    grades = [column.key for column in departments.columns if column.key.startswith("grade")]
    _say(document, "Heading1", "附表1　部门汇总表")
    first, last = DEPARTMENT_COLUMNS
    _put(document, departments, [*first, *amounts, *rates, last[0], *grades, *last[1:]], landscape=True)
    _say(document, "Heading1", "附表2　项目汇总表")
    own, judged = PROJECT_COLUMNS
    _put(document, projects, [*own, *amounts, *rates, *judged], landscape=True)


def _problems(document: Document, batch: Batch) -> None:
    _say(document, "Heading2", "四、最常见的问题")
    found = frequent_problems(batch)
    if not found:
        _say(document, "BodyText", "没有发现错误或警告。")
        return
    _say(document, "TableLead", f"按出现次数列出前{len(found)}个。全部问题见汇总表的“问题清单”。")
    rows = [
        (str(n), one.title, one.code, SEVERITY_WORDS[one.severity], str(one.number)) for n, one in enumerate(found, 1)
    ]
    grid = grid_of(
        ("序号", "问题", "代码", "级别", "次数"), rows, _scaled((8, 52, 14, 13, 13), PORTRAIT), frozenset({1})
    )
    add(document, table(grid, {}, frozenset()), paragraph("TableGap"))


def _attention(document: Document, batch: Batch) -> None:
    _say(document, "Heading2", "五、需要关注的项目")
    projects = urgent_projects(batch)
    if not projects:
        _say(document, "BodyText", "没有需要特别关注的项目。")
        return
    _say(document, "TableLead", "错误多、等次低、警告多或预算执行率低的项目，按轻重列出。")
    rows = []
    for number, project in enumerate(projects, 1):
        head, rate = project.head, project.head.execution
        counts = (str(head.count(Severity.ERROR)), str(head.count(Severity.WARNING)))
        judged = (grade_shown(head) or "", "" if rate is None else percent(rate), *counts)
        rows.append((str(number), project.name, project.unit, *judged))
    headings = ("序号", "项目名称", "实施单位", "等次", "执行率", "错误", "警告")
    grid = grid_of(headings, rows, _scaled((7, 32, 25, 8, 12, 8, 8), PORTRAIT), frozenset({1, 2}))
    add(document, table(grid, {}, frozenset()), paragraph("TableGap"))


def _not_used(document: Document, tables: Mapping[str, SummaryTable]) -> None:
    _say(document, "Heading2", "六、没有采用的文件和没有报送的项目")
    inbox = tables["files"]
    others = _rows_of(inbox, _INBOX_COLUMNS, [word not in NOT_PRINTED for word in inbox.frame["disposition"]])
    if others:
        _say(document, "TableLead", f"没有采用的表{len(others)}份，原因如下。")
        _put_rows(document, inbox, _INBOX_COLUMNS, others)
    else:
        _say(document, "BodyText", "收到的表全部采用。")
    skipped = list(inbox.frame["disposition"]).count(DISPOSITION_WORDS[Disposition.SKIPPED])
    if skipped:
        _say(document, "BodyText", f"另有{skipped}个不是电子表格的文件略过，见汇总表的“收文清单”。")
    _roster(document, tables.get("roster"))


def _roster(document: Document, roster: SummaryTable | None) -> None:
    if roster is None:
        _say(document, "BodyText", "没有提供应报项目名单，未核对报送是否齐全。")
        return
    kinds, hints = (list(roster.frame[key]) for key in ("kind", "hint"))
    marked = [kind not in IN_ORDER or bool(hint) for kind, hint in zip(kinds, hints, strict=True)]
    odd = _rows_of(roster, _ROSTER_COLUMNS, marked)
    if odd:
        _say(document, "TableLead", "与应报项目名单核对，没有收到的和需要核实的如下。")
        _put_rows(document, roster, _ROSTER_COLUMNS, odd)
    else:
        _say(document, "BodyText", "与应报项目名单核对一致。")


# -- tables of the summary --------------------------------------------------------------------------------------------


def _rates(batch: Batch, *wanted: str) -> list[str]:
    """The columns of some rates."""
    return [f"rate{number}" for number, rate in enumerate(batch.portfolio.rates) if rate.key in wanted]


def _put(document: Document, found: SummaryTable, keys: Sequence[str], landscape: bool = False) -> None:
    """A table of the summary with its sums."""
    columns = [found.column(key) for key in keys if any(column.key == key for column in found.columns)]
    own = [column.key for column in columns]
    rows = _rows_of(found, own, [True] * len(found))
    sums = [[_shown(_foot(found, column), column) for column in columns]] if found.bands and rows else []
    for line in sums:
        label = next(n for n, column in enumerate(columns) if column.kind not in NUMBERS)
        line[label] = found.bands[0]
    _put_rows(document, found, own, rows, landscape, sums)


def _foot(found: SummaryTable, column: AnyColumn) -> object:
    """The sum below a column; weighted rates and means of all projects stand there as figures of their own."""
    own = found.live.get((0, column.key))
    return found.foot(column, 0) if own is None else own.value


def _rows_of(found: SummaryTable, keys: Sequence[str], wanted: Sequence[bool]) -> list[list[str]]:
    columns = [found.column(key) for key in keys]
    frame = found.frame.loc[list(wanted), list(keys)]
    return [[_shown(value, column) for value, column in zip(row, columns, strict=True)] for row in frame.to_numpy()]


def _put_rows(
    document: Document,
    found: SummaryTable,
    keys: Sequence[str],
    rows: Sequence[Sequence[str]],
    landscape: bool = False,
    sums: Sequence[Sequence[str]] = (),
) -> None:
    columns = [found.column(key) for key in keys]
    width = LANDSCAPE if landscape else PORTRAIT
    left = frozenset(n for n, column in enumerate(columns) if column.kind in ("text", "long"))
    roomy = 1.5 if len(left) == 1 else 1
    widths = _scaled([SIZES.get(c.kind, 24) * (roomy if n in left else 1) for n, c in enumerate(columns)], width)
    grid = grid_of([column.label.replace("\n", "") for column in columns], [*rows[:_LONGEST], *sums], widths, left)
    add(document, table(grid, {}, frozenset()), paragraph("TableGap"))
    if len(rows) > _LONGEST:
        _say(document, "Note", f"共{len(rows)}行，这里印出前{_LONGEST}行，其余见汇总表的“{found.title}”。")


def _shown(value: object, column: AnyColumn) -> str:
    """A value as the summary shows it."""
    value = plain_value(value)
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, Decimal):
        return str(value)
    if column.kind == "rate":
        return percent(value)
    if column.kind == "money":
        return f"{round_half_up(value, 2):,}"
    return plain(round_half_up(value, 2))


def _scaled(widths: Sequence[float], total: int) -> list[int]:
    whole = sum(widths)
    edges = [round(sum(widths[:number]) * total / whole) for number in range(len(widths) + 1)]
    return [right - left for left, right in itertools.pairwise(edges)]
