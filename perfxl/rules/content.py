"""ST05 and ST10: is everything filled that must be, and is nothing left in that the form only printed as a hint?"""

from collections.abc import Iterator

from perfxl.model import Form
from perfxl.rules.cells import at, filled_rows, in_row, is_empty, left_overs, sheet_of, shown_blank, typed_text
from perfxl.rules.declare import ERROR, INFO, Case, Problem, rule
from perfxl.schemes.spec import Table
from perfxl.typed.wording import is_nothing, is_placeholder

COUNTED_TABLES = ("reviewers",)
"""Tables whose emptiness another rule reports (PT06)."""


@rule(
    "ST05",
    "required-blank",
    ERROR,
    "必填项没有填写",
    what="必填的栏目、已填各行的必填列是否空白，或只填了“无”“—”“……”；必填的表是否一行也没有。报告的章节由 TX01检查。",
    why="缺少必填内容，项目无法识别或无法计算。",
    example="“实际到位资金”合计空白；目标表某行有绩效目标而没有指标名称。",
    fix="填写该栏；是金额而确实没有的，填0。",
)
def check_required(case: Case) -> Iterator[Problem]:
    form = case.form
    sections = {path for path, _ in form.scheme.sections}
    for path, datum in form.scheme.data.items():
        cell = form.cell(path)
        if datum.required and path not in sections and is_empty(cell):
            yield at(form, path, f"必填项“{datum.label}”{_state(shown_blank(cell))}", shown_blank(cell), "必填")
    for table in form.scheme.tables.values():
        yield from _required_columns(form, table)


def _required_columns(form: Form, table: Table) -> Iterator[Problem]:
    required = [column for column in table.columns if column.required and column.is_typed]
    rows = filled_rows(form, table.key)
    for row in rows:
        for column in required:
            cell = row[column.key]
            if is_empty(cell):
                text = f"第{cell.row}行的必填列“{column.label}”{_state(shown_blank(cell))}"
                yield in_row(form, table.key, row, column.key, text, shown_blank(cell), "必填")
    if required and not rows and table.key in form.tables and table.key not in COUNTED_TABLES:
        text = f"表中没有一行填写了“{required[0].label}”"
        yield Problem(sheet_of(form, table.key), text, "空白", "至少一行", field=required[0].label)


def _state(found: str) -> str:
    return "没有填写" if found == "空白" else f"只填了“{found}”"


@rule(
    "ST10",
    "placeholder-left",
    INFO,
    "留有占位内容",
    what="是否留有“……”“指标2:”“示例”等提示续行、举例的内容；这样的行不作为填报内容，其他规则都不看它。",
    why="占位内容不是答案，留在表里会被误认为漏填。",
    example="商务厅2020年信息系统运维项目的评价人员表，第三行姓名为“……”；公开的目标表中留有“指标2:”空行。",
    fix="删去占位内容；该行有内容的，补全名称。",
)
def check_placeholders(case: Case) -> Iterator[Problem]:
    form = case.form
    for path, datum in form.scheme.data.items():
        text = typed_text(form.cell(path))
        if _is_placeholder(text):
            yield at(form, path, f"“{datum.label}”留有占位内容“{_short(text)}”", text, "填写内容或留空")
    for table in form.scheme.tables.values():
        yield from _placeholder_rows(form, table)


def _placeholder_rows(form: Form, table: Table) -> Iterator[Problem]:
    """One finding a row: at the placeholder of a row that is nothing else, or the first in a row that counts."""
    left, typed = left_overs(form, table.key), [column for column in table.columns if column.is_typed]
    for row in form.rows(table.key):
        column = left.get(row.index) or next((c for c in typed if _is_placeholder(typed_text(row[c.key]))), None)
        if column is not None:
            found = typed_text(row[column.key])
            text = f"第{row[column.key].row}行“{column.label}”留有占位内容“{_short(found)}”"
            yield in_row(form, table.key, row, column.key, text, found, "填写内容或留空")


def _is_placeholder(text: str) -> bool:
    """Whether a text is a left-over; …… beside other data only says that there is nothing."""
    return is_placeholder(text) and not is_nothing(text)


def _short(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:12]}…"
