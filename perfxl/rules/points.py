"""PT: do grade, average and scores follow from what was computed, and are they plausible beside the money spent?

PT11 to PT14, PT16 and PT17, for which targets are held against actual values, stand in points_computed.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from perfxl.model import Cell, Form, Row
from perfxl.rules.cells import (
    at,
    at_texts,
    filled_rows,
    in_row,
    is_empty,
    is_fully_scored,
    is_given,
    is_within,
    points,
    sheet_of,
)
from perfxl.rules.declare import ERROR, INFO, WARNING, Case, Problem, rule
from perfxl.rules.funds import trusted_rate
from perfxl.rules.indicators import name_of, total_differs
from perfxl.rules.tree import weight_of
from perfxl.schemes.spec import RateBound
from perfxl.scoring.assess import proportional_score
from perfxl.typed.amounts import percent, plain
from perfxl.typed.wording import label_key, name_key, squeeze

GRADE_SOURCE = "海南省某法院公开的2018年度评价表所附等次说明；财政系统自评评分规则"


@rule(
    "PT01",
    "grade-mismatch",
    ERROR,
    "等次与总分不符",
    what="填写的评价等次，是否就是各指标得分之和（不四舍五入）所在的等次；下限含本数，例如90分为优。",
    why="等次是评价的结论，只能由得分得出。",
    example="各指标得分之和为89.5分，应为良，填了优。",
    fix="核对得分；得分无误的，把等次改为得分所在的等次。",
    source=GRADE_SOURCE,
    reads=("stated.grade",),
)
def check_grade(case: Case) -> Iterator[Problem]:
    """Only where every indicator has its score."""
    form, grade, total = case.form, case.assessment.grade, case.assessment.total
    stated = form.cell("stated.grade")
    if grade is None or total is None or not is_fully_scored(form) or not is_given(stated):
        return
    if stated.text and not squeeze(stated.text).startswith(grade):
        text = f"评价等次填“{stated.text}”，得分{points(total)}应为“{grade}”（{_bands(form)}）"
        yield at(form, "stated.grade", text, stated.text, grade)


def _bands(form: Form) -> str:
    """The bands as a legend: 优≥90，良≥80 ..."""
    return "，".join(f"{grade.name}≥{plain(grade.lower)}" for grade in form.scheme.grades)


@rule(
    "PT02",
    "grade-blank",
    INFO,
    "没有填写等次",
    what="评价等次是否空白；空白时给出按得分得出的等次。",
    why="等次可由得分得出，不影响审核；填写后表和报告可以互相印证。",
    example="商务厅2020年信息系统运维项目的等次栏空白，而报告写“总体评价为优”。",
    fix="按得分填写等次；使用原模板时等次会自动得出。",
    source=GRADE_SOURCE,
    reads=("stated.grade",),
)
def check_grade_blank(case: Case) -> Iterator[Problem]:
    form, grade, total = case.form, case.assessment.grade, case.assessment.total
    if is_empty(form.cell("stated.grade")) and grade is not None and total is not None and is_fully_scored(form):
        text = f"没有填写评价等次；按得分{points(total)}应为“{grade}”"
        yield at(form, "stated.grade", text, "空白", grade)


@rule(
    "PT03",
    "average-mismatch",
    ERROR,
    "平均得分与评分不符",
    what="填写的平均得分，是否等于各评价人员评分的平均值（保留两位小数）；“……”等没有填写的行不算。",
    why="平均得分是评价组的结论，算错会改变结论。",
    example="两人评分99分、98分，平均应为98.5分，填了99分。",
    fix="核对各人评分，重新计算平均得分；使用原模板时会自动计算。",
    reads=("stated.average", "reviewers"),
    threshold="score_tolerance",
)
def check_average(case: Case) -> Iterator[Problem]:
    stated, average = case.form.number("stated.average"), case.assessment.average
    if stated is not None and average is not None and average_differs(case):
        if texts := _left_out(case.form, stated):
            yield at_texts(case.form, texts, "平均得分", points(stated), points(average), "项目评分")
            return
        text = f"平均得分填{points(stated)}，各评价人员评分的平均值为{points(average)}"
        yield at(case.form, "stated.average", text, points(stated), points(average))


def _left_out(form: Form, stated: Decimal) -> list[Cell]:
    """The scores typed as text (98分) where the stated average is that of the others, as the form's formula makes it."""
    cells = [row["score"] for row in form.rows("reviewers") if row["score"].number is not None]
    texts = [cell for cell in cells if isinstance(cell.raw, str)]
    numbers = [cell.number or Decimal(0) for cell in cells if not isinstance(cell.raw, str)]
    if not texts or not numbers:
        return []
    is_theirs = abs(stated - sum(numbers, Decimal(0)) / len(numbers)) < form.scheme.threshold("score_tolerance")
    return texts if is_theirs else []


def average_differs(case: Case) -> bool:
    """Whether the stated average is not the mean; not said where a reviewer's score is reported itself."""
    stated, average = case.form.number("stated.average"), case.assessment.average
    if stated is None or average is None or not _is_fully_reviewed(case.form):
        return False
    return abs(stated - average) >= case.form.scheme.threshold("score_tolerance")


def _is_fully_reviewed(form: Form) -> bool:
    """Whether every reviewer's score is blank or a number in its range."""
    cells = [row["score"] for row in form.rows("reviewers")]
    full = form.scheme.full_score
    return all(not is_given(cell) or is_within(cell.number, full) for cell in cells)


@rule(
    "PT04",
    "average-differs-from-total",
    WARNING,
    "平均得分与总分不同",
    what="各评价人员评分的平均值，是否等于各指标得分之和；平均得分或总分本身算错的，先由 PT03、IN05提示。",
    why="两者是同一项目的评价结果，通常应一致；不一致时要说明以哪个为准。",
    example="评价人员平均95分，指标得分之和98.5分。",
    fix="核对评价人员评分和指标得分；确有不同的，在报告“综合评价情况及评价结论”中说明。",
    reads=("stated.average", "reviewers", "indicators.score"),
    threshold="score_tolerance",
)
def check_average_against_total(case: Case) -> Iterator[Problem]:
    form, average, total = case.form, case.assessment.average, case.assessment.total
    if average is None or total is None or not is_fully_scored(form) or not _is_fully_reviewed(form):
        return
    if average_differs(case) or total_differs(case):
        return
    if abs(average - total) >= form.scheme.threshold("score_tolerance"):
        text = f"评价人员平均得分{points(average)}，指标得分之和{points(total)}，相差{points(abs(average - total))}"
        yield at(form, "stated.average", text, points(average), points(total))


@rule(
    "PT05",
    "reviewer-score-out-of-range",
    ERROR,
    "评价人员评分超出范围",
    what="每位评价人员的项目评分是否在0至满分之间。",
    why="评分按百分制，超出会使平均得分失真。",
    example="评分填985（漏了小数点，应为98.5）。",
    fix="改为0至100之间的评分，平均得分随之核对。",
    reads=("reviewers.score",),
    opens=True,
)
def check_reviewer_range(case: Case) -> Iterator[Problem]:
    full = case.form.scheme.full_score
    for row in filled_rows(case.form, "reviewers"):
        score = row["score"].number
        if score is not None and not 0 <= score <= full:
            text = f"评价人员“{row['name'].text}”的评分{points(score)}不在0至{points(full)}之间"
            yield in_row(case.form, "reviewers", row, "score", text, points(score), f"0至{points(full)}")


@rule(
    "PT06",
    "too-few-reviewers",
    WARNING,
    "评价人员太少",
    what="评分的评价人员是否达到方案规定的人数；“……”等没有填写的行和没有评分的人员不算。",
    why="一人评分没有平均可言，结论容易偏颇。",
    example="评价人员表只有一人评分，其下是“……”。",
    fix="补充评价人员及其评分，并由本人签字。",
    reads=("reviewers",),
    threshold="few_reviewers",
)
def check_reviewers(case: Case) -> Iterator[Problem]:
    form, rows = case.form, filled_rows(case.form, "reviewers")
    count = sum(is_given(row["score"]) for row in rows)
    wanted = form.scheme.threshold("few_reviewers")
    if "reviewers" not in form.tables or count >= wanted:
        return
    text = f"评分的评价人员有{count}人，至少应有{plain(wanted)}人"
    if rows:
        yield in_row(form, "reviewers", rows[0], "name", text, f"{count}人", f"不少于{plain(wanted)}人")
    else:
        yield Problem(sheet_of(form, "reviewers"), text, f"{count}人", f"不少于{plain(wanted)}人", field="姓名")


@rule(
    "PT20",
    "reviewer-listed-twice",
    WARNING,
    "评价人员重复",
    what="评价人员表中是否有同一人列了两次；姓名中的空格不计，单位都填了而不同的视为同名的两人。",
    why="同一人的评分计两次，平均得分和人数都不真实。",
    example="“陈力”与“陈  力”各占一行，单位相同。",
    fix="请删去重复的一行，平均得分随之核对；确为同名的两人，请填写各自的单位。",
    reads=("reviewers.name",),
)
def check_reviewers_twice(case: Case) -> Iterator[Problem]:
    """At each later row."""
    known: dict[str, list[Row]] = {}
    for row in filled_rows(case.form, "reviewers"):
        same = known.setdefault(_person(row), [])
        earlier = next((one for one in same if _may_be_one(one, row)), None)
        same.append(row)
        if earlier is not None and _person(row):
            name = row["name"].text
            text = f"评价人员“{name}”已在第{earlier['name'].row}行列出，评分计了两次"
            yield in_row(case.form, "reviewers", row, "name", text, name, "每人一行")


def _person(row: Row) -> str:
    """The key of a reviewer's name, without what stands in brackets behind it: 王文（组长）."""
    return name_key(re.sub(r"\(.*\)$", "", squeeze(row["name"].text)))


def _may_be_one(one: Row, other: Row) -> bool:
    """Whether two rows of one name may be one person: their units are the same, or one names none."""
    units = [name_key(row["unit"].text) for row in (one, other) if is_given(row["unit"])]
    return len(set(units)) < 2


@rule(
    "PT07",
    "in-place-score-inconsistent",
    WARNING,
    "到位率得分与到位比例不符",
    what="“到位率”指标的得分，是否等于分值×到位率（到位率超过100%按100%计，保留两位小数）。",
    why="到位率是可以计算的指标，得分应与资金表一致；系统只提示，不改得分。",
    example="商务厅2020年信息系统运维项目：资金100%到位，得2.5分，按比例为3分；服务贸易项目到位69.98%，却得满分3分，按比例为2.1分。",
    fix="核对到位资金和得分；按其他标准扣分的，在报告“资金到位情况分析”中说明。",
    source="按比例计分系经验规则，未见正式文件，须由评价人员判断",
    reads=("indicators.score", "funds"),
    threshold="score_tolerance",
)
def check_proportional(case: Case) -> Iterator[Problem]:
    """Silent where the score is out of its range (IN01)."""
    form = case.form
    for row, score, weight, bound in _bound(form, form.scheme.proportional):
        computed, reason = proportional_score(form, weight, bound.rate)
        if computed is None or trusted_rate(case, bound.rate) is None or not is_within(score, weight):
            continue
        if abs(score - computed) >= form.scheme.threshold("score_tolerance"):
            label = form.scheme.rate(bound.rate).label
            text = f"“{name_of(row)}”得分{points(score)}，按{label}计算为{points(computed)}（{reason}）"
            yield in_row(form, "indicators", row, "score", text, points(score), points(computed))


def _bound(form: Form, bounds: tuple[RateBound, ...]) -> Iterator[tuple[Row, Decimal, Decimal, RateBound]]:
    """Each indicator that the scheme holds against a rate, with score and weight."""
    named = {label_key(bound.level3): bound for bound in bounds}
    for row in filled_rows(form, "indicators"):
        bound = named.get(label_key(row["level3"].text))
        if bound is not None:
            score, weight = row["score"].number, weight_of(form, row)
            if score is not None and weight is not None:
                yield row, score, weight, bound


@rule(
    "PT08",
    "full-marks-low-execution",
    WARNING,
    "执行率低而资金使用得满分",
    what="预算执行率低于方案规定的界限时，“资金使用”指标是否仍得满分。",
    why="资金没有用出去，资金使用难以算作没有问题。",
    example="商务厅2020年信息系统运维项目：执行率44.84%，“资金使用”7分得7分。",
    fix="按评分标准核对该指标得分，或在报告“资金使用情况分析”中说明不扣分的理由。",
    source="界限见四川省项目支出绩效自评表填报要求",
    reads=("indicators.score", "funds"),
    threshold="low_execution",
)
def check_full_marks_of_spending(case: Case) -> Iterator[Problem]:
    form, limit = case.form, case.form.scheme.threshold("low_execution")
    for row, score, weight, bound in _bound(form, form.scheme.execution_bound):
        rate = trusted_rate(case, bound.rate)
        if rate is not None and rate < limit and score == weight:
            label = form.scheme.rate(bound.rate).label
            text = f"{label}只有{percent(rate)}，“{name_of(row)}”却得满分{points(score)}"
            yield in_row(form, "indicators", row, "score", text, points(score), f"低于{points(weight)}，或说明理由")


@rule(
    "PT09",
    "all-full-marks",
    INFO,
    "各指标全部满分",
    what="是否每个指标的得分都等于分值。",
    why="全部满分的自评少见，供评价人员留意。",
    example="20个指标合计100分，得100分。",
    fix="无须修改；评价人员可抽查依据材料。",
    reads=("indicators.score", "indicators.weight", "stated.total"),
)
def check_all_full(case: Case) -> Iterator[Problem]:
    rows, total = filled_rows(case.form, "indicators"), case.assessment.total
    if total is None or not is_fully_scored(case.form):
        return
    if all(row["score"].number == weight_of(case.form, row) for row in rows):
        text = f"{len(rows)}个指标全部得满分，合计{points(total)}"
        yield at(case.form, "stated.total", text, points(total), "")


@rule(
    "PT10",
    "reviewers-not-independent",
    INFO,
    "评价人员都来自本单位",
    what="评价人员的单位是否全部就是项目实施单位、主管部门或其内设机构（一方名称包含另一方，省名可略，“本单位”“我厅”也算）；有人没有填单位时不作判断。",
    why="全部由本单位人员评价，独立性不足，供评价人员留意。",
    example="实施单位为海南省商务厅，两位评价人员的单位都是海南省商务厅办公室。",
    fix="无须修改；有条件时请外单位专家或第三方参加评价。",
    reads=("reviewers.unit", "basic.unit"),
)
def check_independence(case: Case) -> Iterator[Problem]:
    form, rows = case.form, filled_rows(case.form, "reviewers")
    own = [form.text("basic.unit"), form.text("basic.department")]
    if rows and all(any(_belongs(row["unit"].text, name) for name in own) for row in rows):
        units = "、".join(dict.fromkeys(row["unit"].text for row in rows))
        text = f"{len(rows)}位评价人员都来自项目实施单位或主管部门（{units}）"
        yield in_row(form, "reviewers", rows[0], "unit", text, units, "至少一位外单位人员")


_PROVINCE = re.compile(r"^(?:\w{2,3}(?:省|自治区)|省)(?=\w{2})")
_PLACE = re.compile(r"\w{0,6}[省市县区]")
_OWN = re.compile(r"[本我](?:单位|厅|局|委|院|校|所|中心)")


def _belongs(unit: str, name: str) -> bool:
    """Whether one name contains the other, with or without the province before it, or says 本单位.

    A blank, a single letter and the name of a place alone belong to nothing.
    """
    if _OWN.match(squeeze(unit)):
        return True
    one, other = (_PROVINCE.sub("", name_key(text)) for text in (unit, name))
    return min(len(one), len(other)) > 1 and not _PLACE.fullmatch(one) and (one in other or other in one)


@rule(
    "PT15",
    "result-outruns-spending",
    WARNING,
    "得分率远高于执行率",
    what="各指标得分率（得分之和÷分值之和）减去预算执行率，是否超过方案规定的差距。",
    why="钱没有用多少而目标几乎全部完成，要么预算偏大，要么得分偏高。",
    example="商务厅2020年信息系统运维项目：得分率98.5%，执行率44.84%，相差53.66个百分点。",
    fix="核对执行数和得分；数字无误的，在报告中说明资金结余而目标完成的原因。",
    source="财政系统自评预警：资金未支出超过20%",
    reads=("indicators.score", "indicators.weight", "funds", "stated.total"),
    threshold="spending_margin",
)
def check_outrun(case: Case) -> Iterator[Problem]:
    form, execution = case.form, trusted_rate(case, "execution")
    rows = filled_rows(form, "indicators")
    weight = sum((weight_of(form, row) or Decimal(0) for row in rows), Decimal(0))
    if execution is None or weight <= 0 or not is_fully_scored(form):
        return
    rate = sum((row["score"].number or Decimal(0) for row in rows), Decimal(0)) / weight
    margin = form.scheme.threshold("spending_margin")
    if rate - execution > margin:
        text = f"得分率{percent(rate)}，预算执行率{percent(execution)}，相差超过{plain(margin * 100)}个百分点"
        yield at(form, "stated.total", text, percent(rate), f"不高于{percent(execution + margin)}")
