"""FD: do the amounts of the funds table add up, follow from each other, and give a rate?"""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from perfxl.model import Form, State
from perfxl.rules.cells import (
    at,
    at_texts,
    filled_rows,
    hidden_among,
    is_empty,
    is_given,
    label_of,
    money,
    texts_left_out,
)
from perfxl.rules.declare import ERROR, INFO, WARNING, Case, Problem, rule
from perfxl.rules.doubtful import form_money_columns, suspect_of, type_of
from perfxl.schemes.spec import Matrix, Rate
from perfxl.typed.amounts import is_cut, is_rounded, is_sum, percent, plain, ratio


def trusted_rate(case: Case, key: str) -> Decimal | None:
    """A computed rate that may be judged: None where an amount is negative (FD04) or seems far too large (FD05)."""
    value = case.assessment.rates.get(key)
    suspect = suspect_of(case.form)
    if value is None or value < 0:
        return None
    rate = case.form.scheme.rate(key)
    if suspect and suspect[0] in (rate.part, rate.whole) and _is_above(case.form, *suspect):
        return None
    return value


def _is_above(form: Form, one: str, other: str) -> bool:
    return abs(form.number(one) or Decimal(0)) > abs(form.number(other) or Decimal(0))


def execution_of(form: Form) -> Rate | None:
    return next((rate for rate in form.scheme.rates if rate.key == "execution"), None)


@rule(
    "FD01",
    "funds-sum-mismatch",
    ERROR,
    "资金合计与各来源之和不符",
    what="计划投资额、到位资金、使用资金各栏的合计，是否等于中央、省、市县财政和其他来源（2023年版为财政资金、单位资金、专户资金）之和；只要填了任一来源就核对，空白来源按0计。按金额写出的位数比较，各来源四舍五入造成的尾差（每个来源不超过0.005）不算不符。",
    why="到位率、执行率按合计计算，拨款按来源核对；合计与来源不符，两者必有一个填错。",
    example="公开的自评表中有合计为0、其下一项却填90的；又如合计195.01万元，而省财政填195.10万元。",
    fix="核对拨款文件和账面数，改正合计或来源；合计应等于各来源之和。",
    reads=("funds",),
)
def check_sum(case: Case) -> Iterator[Problem]:
    """Fires at the total."""
    form = case.form
    for matrix, column in form_money_columns(form):
        sums = _sums(form, matrix, column.key)
        if sums is not None:
            yield _sum_problem(form, matrix, column.key, *sums)


def _sum_problem(form: Form, matrix: Matrix, column: str, total: Decimal, summed: Decimal) -> Problem:
    path = matrix.path(column, matrix.total)
    label, shown, expected = label_of(form, path), money(form, total), money(form, summed)
    parts = [form.cell(matrix.path(column, part.key)) for part in matrix.parts]
    if texts := texts_left_out(parts, total, summed, Decimal("0.005")):
        return at_texts(form, texts, f"“{label}”合计", shown, expected, label)
    text = f"“{label}”合计填{shown}，各来源相加为{expected}{hidden_among(form, parts)}，相差{money(form, abs(total - summed))}"
    return at(form, path, text, shown, expected)


def _sums(form: Form, matrix: Matrix, column: str) -> tuple[Decimal, Decimal] | None:
    """The total of a column and the sum of its sources where they differ; None too where they cannot be compared."""
    parts = [form.cell(matrix.path(column, part.key)) for part in matrix.parts]
    numbers = [cell.number for cell in parts if cell.number is not None]
    total = form.number(matrix.path(column, matrix.total))
    if total is None or not numbers or any(cell.state is State.UNREADABLE for cell in parts):
        return None
    return None if is_sum(total, numbers) else (total, sum(numbers, Decimal(0)))


@rule(
    "FD02",
    "in-place-exceeds-planned",
    WARNING,
    "到位资金超过计划投资额",
    what="实际到位资金是否超过计划投资额；合计没有超过时再看每一来源。",
    why="到位资金来自计划，超过计划通常是填错栏、计划未按调整后的数填写，或者年中追加未说明。",
    example="计划投资额144万元，实际到位资金150万元。",
    fix="核对两栏金额；确有追加的，把计划投资额改为调整后的数，并在报告“资金到位情况分析”中说明。",
    reads=("funds.in_place.total", "funds.planned.total"),
)
def check_in_place(case: Case) -> Iterator[Problem]:
    """All pairs of ascending columns but the first."""
    for matrix in case.form.scheme.matrices:
        for lower, upper in itertools.islice(itertools.pairwise(matrix.ascending), 1, None):
            yield from _exceeding(case, matrix, lower, upper)


@rule(
    "FD03",
    "used-exceeds-in-place",
    WARNING,
    "支出超过可用资金",
    what="实际使用是否超过实际到位资金（2023年版：执行数是否超过全年预算数）；合计没有超过时再看每一来源。",
    why="没有到位的资金不能支出；超过说明金额填错，或动用了未列入本表的资金。",
    example="实际到位资金398.88万元，实际使用405.86万元。",
    fix="核对两栏金额；动用其他资金的，在“其他”来源中如实填列到位数。",
    reads=("funds",),
)
def check_used(case: Case) -> Iterator[Problem]:
    """The first pair of ascending columns."""
    for matrix in case.form.scheme.matrices:
        for lower, upper in itertools.islice(itertools.pairwise(matrix.ascending), 1):
            yield from _exceeding(case, matrix, lower, upper)


def _exceeding(case: Case, matrix: Matrix, lower: str, upper: str) -> Iterator[Problem]:
    """Where the lower column exceeds the upper: at the total, else at each source. FD05 has what is far out."""
    total = _excess(case, matrix, lower, upper, matrix.total)
    if total is not None:
        yield total
    elif all(_sums(case.form, matrix, column) is None for column in (lower, upper)):
        problems = [_excess(case, matrix, lower, upper, part.key) for part in matrix.parts]
        yield from (problem for problem in problems if problem is not None)


def _excess(case: Case, matrix: Matrix, lower: str, upper: str, row: str) -> Problem | None:
    """Silent beside amounts that are reported themselves: negative ones, no budget, a suspected unit."""
    form, path, bound = case.form, matrix.path(lower, row), matrix.path(upper, row)
    amount, limit = form.number(path), form.number(bound)
    if amount is None or limit is None or amount <= limit or limit < 0:
        return None
    rate = execution_of(form)
    if rate is not None and form.number(rate.whole) == 0 and rate.whole in (bound, matrix.path(upper, matrix.total)):
        return None
    if limit > 0 and amount / limit >= form.scheme.threshold("unit_factor"):
        return None
    text = f"“{label_of(form, path)}”{money(form, amount)}，超过“{label_of(form, bound)}”{money(form, limit)}，"
    text += f"多出{money(form, amount - limit)}"
    return at(form, path, text, money(form, amount), f"不超过{money(form, limit)}")


@rule(
    "FD04",
    "negative-amount",
    ERROR,
    "金额为负数",
    what="资金表的每一个金额是否小于0。",
    why="投资、到位和使用都不会是负数；负数多为冲销、退回或误按减号，会使合计与比率失真。",
    example="实际使用情况的省财政一栏填-87.44。",
    fix="改为实际发生的净额；收回、退回的资金在报告中说明，不要填负数。",
    reads=("funds",),
    opens=True,
)
def check_negative(case: Case) -> Iterator[Problem]:
    form = case.form
    for matrix, column in form_money_columns(form):
        for row in matrix.rows:
            path = matrix.path(column.key, row.key)
            amount = form.number(path)
            if amount is not None and amount < 0:
                text = f"“{label_of(form, path)}”填了负数{money(form, amount)}"
                yield at(form, path, text, money(form, amount), f"不小于0{form.scheme.money_unit}")


@rule(
    "FD06",
    "low-execution",
    WARNING,
    "预算执行率偏低",
    what="预算执行率（2020年版为实际使用÷计划投资额，2023年版为执行数÷全年预算数）是否低于方案规定的界限。",
    why="执行率低说明资金没有用出去，项目内容可能没有做完；低于界限须说明原因。",
    example="商务厅2020年信息系统运维项目：使用87.44万元，计划195.01万元，执行率44.84%。",
    fix="核对使用金额；数字无误的，在报告“资金使用情况分析”或偏差原因栏中说明未支出的原因。",
    source="四川省项目支出绩效自评表填报要求；执行率算法见表内报告",
    reads=("funds",),
    threshold="low_execution",
)
def check_execution(case: Case) -> Iterator[Problem]:
    form, rate = case.form, execution_of(case.form)
    value, limit = trusted_rate(case, "execution"), form.scheme.threshold("low_execution")
    if rate is None or value is None or value >= limit:
        return
    part, whole = form.number(rate.part), form.number(rate.whole)
    if part is None or whole is None:
        return
    text = (
        f"{rate.label}为{percent(value)}（{money(form, part)}÷{money(form, whole)}），低于{_share(limit)}，须说明原因"
    )
    yield at(form, rate.part, text, percent(value), f"不低于{_share(limit)}")


def _share(limit: Decimal) -> str:
    """A threshold as a percentage without zeros behind the point."""
    return f"{plain(limit * 100)}%"


@rule(
    "FD07",
    "breakdown-blank",
    INFO,
    "资金合计没有分来源",
    what="合计填了金额，而其下各来源全部空白。",
    why="没有来源就不能与拨款文件逐项核对；不影响得分和比率。",
    example="实际使用情况合计87.44万元，中央、省、市县财政和其他都没有填。",
    fix="有条件时按来源填列；各来源之和应等于合计。",
    reads=("funds",),
)
def check_breakdown(case: Case) -> Iterator[Problem]:
    form = case.form
    for matrix, column in form_money_columns(form):
        path = matrix.path(column.key, matrix.total)
        total = form.number(path)
        parts = [form.cell(matrix.path(column.key, part.key)) for part in matrix.parts]
        if total and parts and not any(is_given(cell) for cell in parts):
            names = "、".join(part.name for part in matrix.parts)
            text = f"“{label_of(form, path)}”合计{money(form, total)}，没有按来源填列（{names}均为空）"
            yield at(form, path, text, "各来源均为空", f"各来源合计{money(form, total)}")


@rule(
    "FD08",
    "no-budget",
    ERROR,
    "没有预算数",
    what="计划投资额（2023年版为全年预算数）的合计是否空白或为0。",
    why="它是到位率和执行率的分母；没有它就没有比率，不能当作0%或100%。",
    example="2023年大英县安可替代项目年初预算为0.00，只有调整后的预算才能计算执行率。",
    fix="填写批复的预算数；年中追加的项目填调整后的预算数。",
    reads=("funds",),
    opens=True,
)
def check_budget(case: Case) -> Iterator[Problem]:
    """Silent where the amount is a required one: ST05 reports it then."""
    form, rate = case.form, execution_of(case.form)
    if rate is None:
        return
    cell, label = form.cell(rate.whole), label_of(form, rate.whole)
    if is_empty(cell) and not form.scheme.data[rate.whole].required:
        yield at(form, rate.whole, f"“{label}”合计没有填写，无法计算{rate.label}", "空白", "大于0的金额")
    elif cell.number == 0:
        zero = money(form, Decimal(0))
        yield at(form, rate.whole, f"“{label}”合计为{zero}，无法计算{rate.label}", zero, "大于0的金额")


@rule(
    "FD09",
    "rate-misstated",
    ERROR,
    "执行率与金额不符",
    what="表内填写的执行率，是否等于执行数÷全年预算数（百分数两位小数，相差达到方案规定的误差即提示）；正确四舍五入到更少位数的（96.85 写作96.9或97）不算不符，只是舍去尾数而没有四舍五入的，仅作提示。",
    why="执行率直接折算为得分，填错就会多得或少得分。",
    example="执行数30000元，全年预算数120000元，执行率应为25%，填了30%；又如44.84%舍去尾数写成44.83%。",
    fix="按执行数÷全年预算数重新计算，填百分数的数字，例如25表示25%。",
    reads=("funds.total.rate",),
    threshold="rate_tolerance",
)
def check_stated_rate(case: Case) -> Iterator[Problem]:
    """Each row of the matrix that states a rate, between the columns of the scheme's execution rate."""
    form, execution = case.form, execution_of(case.form)
    if execution is None:
        return
    for matrix in form.scheme.matrices:
        columns = {matrix.path(column.key, matrix.total): column.key for column in matrix.columns}
        stated = [column for column in matrix.columns if type_of(matrix, column) == "percent"]
        if not stated or execution.part not in columns or execution.whole not in columns:
            continue
        for row in matrix.rows:
            path = matrix.path(stated[0].key, row.key)
            part = form.number(matrix.path(columns[execution.part], row.key))
            whole = form.number(matrix.path(columns[execution.whole], row.key))
            yield from _misstated(form, path, part, whole)


def _misstated(form: Form, path: str, part: Decimal | None, whole: Decimal | None) -> Iterator[Problem]:
    typed, computed = form.number(path), ratio(part, whole)
    if typed is None or computed is None or part is None or whole is None:
        return
    stated, tolerance = typed / 100, form.scheme.threshold("rate_tolerance")
    if abs(typed - computed * 100) < tolerance or is_rounded(typed, part / whole * 100):
        return
    was_cut = is_cut(typed, part / whole * 100)
    is_fraction = typed != 0 and abs(stated - computed / 100) < tolerance / 100
    text = f"“{label_of(form, path)}”填{percent(stated)}，按金额计算为{percent(computed)}"
    text += "，尾数被舍去而没有四舍五入" if was_cut else f"（{money(form, part)}÷{money(form, whole)}）"
    text += f"；此栏填百分数的数字，应填{plain(computed * 100)}，不填{plain(typed)}" if is_fraction else ""
    problem = at(form, path, text, percent(stated), percent(computed))
    yield replace(problem, severity=INFO) if was_cut else problem


@rule(
    "FD10",
    "budget-changed-unexplained",
    WARNING,
    "预算调整较大而没有说明",
    what="全年预算数与年初预算数相差是否超过方案规定的比例，而指标表的偏差原因栏一处也没有填。",
    why="年中大幅追加或调减会改变绩效目标的基础，应当说明。",
    example="年初预算120000元，全年预算60000元，没有任何原因说明。",
    fix="核对两栏预算数；数字无误的，在偏差原因栏说明预算调整的原因和依据。",
    reads=("funds.total.initial", "funds.total.full_year", "indicators.reason"),
    threshold="budget_change",
)
def check_change(case: Case) -> Iterator[Problem]:
    form, path = case.form, "funds.total.full_year"
    initial, full_year = form.number("funds.total.initial"), form.number(path)
    if not initial or initial < 0 or full_year is None or full_year < 0:
        return
    change, limit = (full_year - initial) / initial, form.scheme.threshold("budget_change")
    if abs(change) <= limit or any(is_given(row["reason"]) for row in filled_rows(form, "indicators")):
        return
    way = "增加" if change > 0 else "减少"
    text = f"“{label_of(form, path)}”{money(form, full_year)}，比年初{money(form, initial)}{way}{percent(abs(change))}，没有说明原因"
    yield at(form, path, text, percent(abs(change)), f"不超过{_share(limit)}，或说明原因")
