"""IN08, IN10 to IN12: rows that sum up others are named and not counted, their sums are held against the others; spending is no output."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from perfxl.model import Cell, Form, Row, State
from perfxl.rules.cells import BRANCHES, filled_rows, in_row, is_fully_scored, is_given, points
from perfxl.rules.declare import ERROR, INFO, WARNING, Case, Problem, rule
from perfxl.rules.indicators import name_of, row_of, total_differs
from perfxl.rules.once import once_a_form
from perfxl.rules.tree import prescribed_weights
from perfxl.schemes.spec import Scheme
from perfxl.typed.amounts import percent
from perfxl.typed.wording import label_key, points_behind, squeeze

_NUMBERS = (("score", "得分"), ("weight", "分值"))
"""What a subtotal of indicators states."""


@rule(
    "IN10",
    "subtotal-row",
    INFO,
    "小计行没有计入",
    what="指标表、目标表中名为小计、合计、产出指标合计、其中：…… 的行，是否是别的行的合计或分项；这样的行不作为指标，不计分值和得分。"
    "其中：……、……合计 之类的名称，指标值和完成值等都空白时才算。",
    why="小计是别的行的和，再加一遍，总分就成了两倍。",
    example="表尾“小计 90 88”与各指标一起相加，总分成了185.5分。",
    fix="可以不改；建议删去小计行，本表自动计算合计。",
)
def check_subtotals(case: Case) -> Iterator[Problem]:
    for key, rows in case.form.subtotals.items():
        for row in rows:
            column, cell = _name_of(case.form, key, row)
            text = f"第{cell.row}行“{cell.text}”是小计或分项，没有作为指标计入"
            yield in_row(case.form, key, row, column, text, cell.text, "每行一个指标")


def _name_of(form: Form, key: str, row: Row) -> tuple[str, Cell]:
    """The last name that a row has, by which it is known as a subtotal."""
    named = [(column.key, row[column.key]) for column in form.scheme.tables[key].naming]
    return [(column, cell) for column, cell in named if is_given(cell)][-1]


@rule(
    "IN11",
    "level-sum-mismatch",
    ERROR,
    "小计与所属指标之和不符",
    what="小计行、“一级得分小计”栏填写的分值和得分，是否等于所属各指标之和；一级、二级指标名称后写的分值（产出指标（50分））与所属指标分值之和不符的，作为警告。",
    why="小计与明细不符，至少有一处填错，评审人员无法判断以哪个为准。",
    example="产出指标四项得分相加为48.5分，小计行填50分。",
    fix="请核对所属各指标，把小计改为它们的和；表格自动计算的小计请恢复公式。",
    reads=("indicators.score",),
    threshold="score_tolerance",
)
def check_level_sums(case: Case) -> Iterator[Problem]:
    """Silent where a score is missing, or the total itself is reported."""
    form = case.form
    if is_fully_scored(form):
        yield from _stated_in_rows(case)
        if not total_differs(case):
            yield from _stated_beside(form)
    for cell, column, row, summed in differing_captions(form):
        typed = points_behind(cell.raw) or Decimal(0)
        text = f"“{cell.raw}”写明{points(typed)}，所属指标分值相加为{points(summed)}"
        yield _warned(in_row(form, "indicators", row, column, text, points(typed), points(summed)))


def _warned(problem: Problem) -> Problem:
    return Problem(problem.cell, problem.message, problem.found, problem.expected, problem.field, severity=WARNING)


def _stated_in_rows(case: Case) -> Iterator[Problem]:
    """One problem a subtotal row, at the first figure that is none of the sums that it may mean."""
    form, rows = case.form, filled_rows(case.form, "indicators")
    since = 0
    for subtotal in form.subtotals.get("indicators", ()):
        line = row_of(subtotal)
        above = [row for row in rows if row_of(row) < line]
        if label_key(_name_of(form, "indicators", subtotal)[1].text).startswith("其中") or not above:
            continue
        groups = (above, [row for row in above if row_of(row) > since], rows, *_branches_at(above, subtotal))
        yield from itertools.islice(_unlike_any(case, subtotal, groups), 1)
        since = line


def _branches_at(above: Sequence[Row], subtotal: Row) -> Iterator[list[Row]]:
    """The rows of the level that ends at a subtotal, and of the level that it names."""
    for level in BRANCHES:
        name = label_key(above[-1][level].text)
        yield [row for row in above if label_key(row[level].text) == name]
        named = label_key(subtotal[level].text)
        yield [row for row in above if named.startswith(label_key(row[level].text) or "\0")]


def _unlike_any(case: Case, subtotal: Row, groups: Sequence[Sequence[Row]]) -> Iterator[Problem]:
    form, tolerance = case.form, case.form.scheme.threshold("score_tolerance")
    for key, name in _NUMBERS:
        stated = subtotal[key].number
        sums = [_sum(group, key) for group in groups if group]
        beside = [extra + sums[0] for extra in _for_execution(case, key)]
        if stated is not None and all(abs(stated - sum_) >= tolerance for sum_ in (*sums, *beside)):
            line, likely = row_of(subtotal), sums[1] if len(sums) > 1 else sums[0]
            text = f"第{line}行小计的{name}为{points(stated)}，所属指标{name}相加为{points(likely)}"
            yield in_row(form, "indicators", subtotal, key, text, points(stated), points(likely))


def _for_execution(case: Case, key: str) -> list[Decimal]:
    """What a sum over all indicators may hold beside them: weight or score for spending the budget."""
    execution = case.form.scheme.execution
    if execution is None:
        return []
    scores = [case.form.number(execution.score), case.assessment.execution_score]
    return [execution.weight] if key == "weight" else [score for score in scores if score is not None]


def _sum(rows: Sequence[Row], key: str) -> Decimal:
    return sum((row[key].number or Decimal(0) for row in rows), Decimal(0))


def _stated_beside(form: Form) -> Iterator[Problem]:
    """The sums that stand beside the first row of each level-1 branch, where they were typed over."""
    rows = filled_rows(form, "indicators")
    for number, row in enumerate(rows):
        cell = row["subtotal"]
        if cell.number is None or cell.state is not State.READ:
            continue
        level = label_key(row["level1"].text)
        summed = _sum([other for other in rows[number:] if label_key(other["level1"].text) == level], "score")
        if abs(cell.number - summed) >= form.scheme.threshold("score_tolerance"):
            text = f"“{row['level1'].text}”的得分小计为{points(cell.number)}，所属指标得分相加为{points(summed)}"
            yield Problem(cell, text, points(cell.number), points(summed), field="得分小计")


@once_a_form
def differing_captions(form: Form) -> list[tuple[Cell, str, Row, Decimal]]:
    """Each level's name with points behind it that are not the sum of its weights: cell, column, row, sum."""
    rows, found = filled_rows(form, "indicators"), []
    for column in BRANCHES:
        for members in _named_together(rows, column):
            row, cell = members[0], members[0][column]
            typed = points_behind(cell.raw)
            if typed is None or None in [member["weight"].number for member in members]:
                continue
            summed = _sum(members, "weight")
            usual = form.scheme.levels.get(cell.text, summed)  # that a level has another weight than usual is IN09's
            if summed != typed and summed == usual:
                found.append((cell, column, row, summed))
    return found


def _named_together(rows: Sequence[Row], column: str) -> Iterable[list[Row]]:
    """The rows that have the name of a level from one and the same cell."""
    groups: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        cell = row[column]
        groups.setdefault((cell.row, cell.column), []).append(row)
    return groups.values()


_SPENDING = re.compile(
    r"(?:资金|经费|预算|款项?|支付|^)(?:实际|年度|全年|按时|及时|总)?(?:支付|支出|执行|拨付|使用)(?:完成|进度)?(?:率|进度|比例)$"
)


@rule(
    "IN12",
    "spending-as-output",
    WARNING,
    "资金支付率列为产出指标",
    what="产出指标（目标表中类型为产出指标的目标）是否就是资金支付率、预算执行率、支出进度等花钱的比率。",
    why="产出是钱花出去以后做成的事；支付率只说明钱花了多少，2023年版的预算执行率还另有10分，列为产出就计了两次。",
    example="产出指标 / 时效指标 / 资金支付率 ≥95%，10分。",
    fix="请换成项目做成了什么：数量、质量、完成时间；资金支付情况由预算执行率反映。",
    source="财预〔2020〕10号：产出指标反映预算部门提供的公共产品和服务",
    reads=("indicators",),
)
def check_spending(case: Case) -> Iterator[Problem]:
    for key, column, level in (("indicators", "level3", "level1"), ("targets", "name", "kind")):
        if _is_prescribed(case.form.scheme, key):
            continue
        for row in filled_rows(case.form, key):
            if key == "indicators" and row.index in prescribed_weights(case.form):
                continue
            name = squeeze(row[column].text)
            if "产出" in row[level].text and _SPENDING.search(re.sub(r"\([^()]*\)", "", name)):
                text = f"“{row[column].text}”是花钱的比率，不是产出"
                yield in_row(case.form, key, row, column, text, row[column].text, "项目做成的事")


def _is_prescribed(scheme: Scheme, key: str) -> bool:
    table = scheme.tables.get(key)
    return table is None or bool(table.fixed and not table.open_rows)


@rule(
    "IN08",
    "dominant-indicator",
    WARNING,
    "单个指标分值过重",
    what="自行设定的指标中，是否有一个的分值达到满分的一半。",
    why="一个指标占去一半分值，其余指标不再起作用，评价结论取决于一项。",
    example="“资助人数”一个指标设50分。",
    fix="按指标体系要求拆分或调低该指标的分值。",
    reads=("indicators.weight", "indicators.target"),
    threshold="dominant_share",
)
def check_dominant(case: Case) -> Iterator[Problem]:
    limit = case.form.scheme.threshold("dominant_share") * case.form.scheme.full_score
    for row in filled_rows(case.form, "indicators"):
        weight = row["weight"].number
        if weight is not None and weight >= limit:
            share = percent(weight / case.form.scheme.full_score)
            text = f"“{name_of(row)}”的分值为{points(weight)}，占满分的{share}"
            yield in_row(case.form, "indicators", row, "weight", text, points(weight), f"小于{points(limit)}")
