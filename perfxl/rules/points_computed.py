"""PT11-PT14, PT16, PT17: do the stated points follow from target and actual value, and can these be compared at all?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from perfxl.model import Form, IndicatorScore, Row
from perfxl.rules.cells import at, filled_rows, in_row, is_empty, is_given, is_within, points
from perfxl.rules.declare import ERROR, INFO, WARNING, Case, Problem, rule
from perfxl.rules.funds import trusted_rate
from perfxl.rules.indicators import name_of
from perfxl.rules.once import once_a_form
from perfxl.schemes.spec import Band
from perfxl.scoring.achievement import (
    Comparison,
    band_of,
    compare,
    differing_units,
    is_numeric,
    number_of,
    number_typed,
    parse_sign,
    undone_band,
)
from perfxl.typed.amounts import is_cut, is_rounded, percent, plain

SCRIPT = "财政系统自评评分规则"


@dataclass(frozen=True)
class Result:
    """One indicator with what its target and actual value say.

    Attributes:
        compared: target and actual as numbers; None where they cannot be held against each other.
    """

    row: Row
    compared: Comparison | None

    @property
    def weight(self) -> Decimal | None:
        return self.row["weight"].number

    @property
    def is_numeric(self) -> bool:
        return is_numeric(self.row["sign"].text, self.row["target"].value)


@once_a_form
def results_of(form: Form) -> tuple[Result, ...]:
    """The filled indicators of a form whose rows have target and actual values."""
    return tuple(Result(row, _compared(row)) for row in filled_rows(form, "indicators"))


def _compared(row: Row) -> Comparison | None:
    return compare(row["sign"].text, row["target"].value, row["actual"].value, row["unit"].text)


def _scored(case: Case) -> Iterator[tuple[Result, IndicatorScore]]:
    """Each indicator with the points that were computed for it."""
    for result in results_of(case.form):
        yield result, case.assessment.indicators[result.row.index]


@rule(
    "PT11",
    "computed-score-mismatch",
    ERROR,
    "得分与按公式核算的不符",
    what="定量指标的得分，是否等于由年度指标值和实际完成值按公式算出的得分；预算执行率得分是否等于分值×执行率。保留两位小数，相差超过方案允许的误差即提示；正确四舍五入到更少位数的（8.62 写作8.6或9）不算不符，但不能进位成满分；只是舍去尾数的仅作提示。得分超出分值的由 IN01提示。",
    why="定量指标按完成比例计分，得分不由填报单位裁量；多填或少填都会改变总分和等次。",
    example="全年预算43.2万元，执行37.24万元，执行率86.2%，分值10分应得8.62分，填了10分。",
    fix="按公式核对：≥、= 类为完成值÷指标值×分值，达到指标值得满分；≤类超出指标值的按比例扣分。先核对指标性质、指标值和完成值，再改得分。",
    source=SCRIPT,
    reads=("indicators.score", "indicators.target", "indicators.actual"),
    threshold="score_tolerance",
)
def check_computed(case: Case) -> Iterator[Problem]:
    """The points for execution first, then each indicator, at the stated score."""
    yield from _execution_problems(case)
    for result, computed in _scored(case):
        stated = result.row["score"].number
        if stated is None or computed.computed is None or not is_within(stated, result.weight):
            continue
        if not is_negative(result.row, "level3") and _differs(case, stated, computed.computed, result.weight):
            text = (
                f"“{name_of(result.row)}”得分{points(stated)}，按公式为{points(computed.computed)}（{computed.reason}）"
            )
            found, expected = points(stated), points(computed.computed)
            problem = in_row(case.form, "indicators", result.row, "score", text, found, expected)
            yield _weighed(problem, stated, computed.computed)


def _execution_problems(case: Case) -> Iterator[Problem]:
    """Silent where there is no rate that may be judged."""
    form, execution, computed = case.form, case.form.scheme.execution, case.assessment.execution_score
    if execution is None or computed is None or trusted_rate(case, execution.rate) is None:
        return
    stated = form.number(execution.score)
    if stated is not None and _differs(case, stated, computed, execution.weight):
        text = f"预算执行率得分{points(stated)}，按公式为{points(computed)}（{case.assessment.execution_reason}）"
        yield _weighed(at(form, execution.score, text, points(stated), points(computed)), stated, computed)


def _differs(case: Case, stated: Decimal, computed: Decimal, weight: Decimal | None) -> bool:
    """Whether points are others than the computed ones, and not these rounded to fewer places; nobody is rounded up to full marks."""
    if abs(stated - computed) <= case.form.scheme.threshold("score_tolerance"):
        return False
    return stated == weight or not is_rounded(stated, computed)


def _weighed(problem: Problem, stated: Decimal, computed: Decimal) -> Problem:
    """The problem; an information where digits were only cut off."""
    if not is_cut(stated, computed):
        return problem
    return replace(problem, message=f"{problem.message}，尾数被舍去而没有四舍五入", severity=INFO)


@rule(
    "PT12",
    "over-achieved",
    WARNING,
    "完成值远超年度指标值",
    what="指标的实际完成值是否达到年度指标值的规定倍数以上；“≤”类指标是否只有指标值的一半以下。",
    why="远超目标多因目标定得太低，评价人员可据偏离程度核定得分；也可能是单位不同，例如指标值填人数，完成值填百分数。",
    example="年度指标值52人，实际完成100人。",
    fix="核对两个数；数字无误的，在偏差原因栏说明。",
    source="财预〔2020〕10号要求按偏离程度扣分，未写明界限，须由评价人员判断",
    reads=("indicators.sign", "indicators.target", "indicators.actual"),
    threshold="over_achieved",
)
def check_over_achieved(case: Case) -> Iterator[Problem]:
    """At the actual value."""
    factor = case.form.scheme.threshold("over_achieved")
    for result in results_of(case.form):
        compared = result.compared
        if compared is None or compared.wanted <= 0 or compared.reached < 0:
            continue
        wanted, reached = compared.wanted, compared.reached
        if reached <= wanted / 2 if compared.asks_for_less else reached >= wanted * factor:
            text = f"“{name_of(result.row)}”实际完成{plain(reached)}，为年度指标值{plain(wanted)}的{percent(reached / wanted)}"
            yield in_row(case.form, "indicators", result.row, "actual", text, plain(reached), plain(wanted))


@rule(
    "PT13",
    "shortfall-unexplained",
    WARNING,
    "扣分而没有说明原因",
    what="得分低于分值的指标，是否填写了未完成原因；按公式本应满分的由 PT11提示。",
    why="表头要求对未完成的指标分析原因；没有原因无法判断扣分是否恰当。",
    example="“资助困难教师及学生”20分得3.85分，原因栏空白。",
    fix="在原因栏写明没有完成的原因和改进措施。",
    reads=("indicators.score", "indicators.reason"),
)
def check_reason(case: Case) -> Iterator[Problem]:
    for result, computed in _scored(case):
        row, score, weight = result.row, result.row["score"].number, result.weight
        if score is None or weight is None or not 0 <= score < weight or computed.computed == weight:
            continue
        if is_empty(row["reason"]):
            text = f"“{name_of(row)}”得分{points(score)}，比分值少{points(weight - score)}，没有说明原因"
            yield in_row(case.form, "indicators", row, "reason", text, "空白", "未完成原因")


@rule(
    "PT14",
    "actual-not-comparable",
    ERROR,
    "完成值不能与指标值比较",
    what="年度指标值是数字时，实际完成值是否也是一个数字。",
    why="定量指标按完成比例计分，“完成”“已达标”等文字算不出比例。",
    example="年度指标值52，实际完成值填“完成”。",
    fix="填写实际完成的数字，单位与年度指标值一致；确为定性指标的，指标性质选“定性”。",
    reads=("indicators.target", "indicators.actual"),
)
def check_comparable(case: Case) -> Iterator[Problem]:
    """A blank actual is TG05's."""
    for result in results_of(case.form):
        row = result.row
        if (
            result.is_numeric
            and is_given(row["actual"])
            and row["actual"].text
            and number_of(row["actual"].value) is None
        ):
            target, actual = shown_answer(row, "target"), shown_answer(row, "actual")
            text = f"“{name_of(row)}”的年度指标值是{target}，实际完成值填“{actual}”，无法比较"
            yield in_row(case.form, "indicators", row, "actual", text, actual, "数字")


_MAY_BE_NEGATIVE = re.compile(
    r"增长|增幅|增减|增量|变化|变动|下降|降幅|温度|气温|差额|偏差|误差|净|利润|盈|同比|环比|节约|结余"
)


def is_negative(row: Row, name: str) -> bool:
    """Whether a result is below 0 though neither its name nor its target allows for that."""
    reached = number_typed(row["actual"].value)
    wanted = number_typed(row["target"].value)
    return (
        reached is not None
        and reached < 0
        and not (wanted is not None and wanted < 0)
        and not _MAY_BE_NEGATIVE.search(row[name].text)
    )


def shown_answer(row: Row, column: str, length: int = 40) -> str:
    """What stands in a target or actual cell, in one line."""
    value = row[column].value
    line = plain(value) if isinstance(value, Decimal) else " ".join(str(value or "").split())
    return line if len(line) <= length else f"{line[:length]}…"


@rule(
    "PT16",
    "qualitative-out-of-band",
    WARNING,
    "定性指标得分与完成情况不符",
    what="实际完成值写有“达成年度指标”“部分达成年度指标并具有一定效果”“未达成年度指标且效果较差”的定性指标，得分是否在评价方案规定的区间内（含两端）；写“未完成”“尚未开展”等的按最低一档。",
    why="定性指标按完成情况分档计分，每一档有规定的得分区间；档内给多少分由单位评定。",
    example="分值10分，实际完成值“部分达成年度指标并具有一定效果”，得9分，应在6至8分之间。",
    fix="核对完成情况和得分；改为该档区间内的得分，或改写完成情况。",
    source="定性指标三档计分，见财政系统自评评分规则；区间以评价方案为准",
    reads=("indicators.score", "indicators.actual", "indicators.target"),
)
def check_qualitative_bands(case: Case) -> Iterator[Problem]:
    for result in results_of(case.form):
        row, score, weight = result.row, result.row["score"].number, result.weight
        band = _band(case.form, result)
        if band is None or score is None or weight is None or not is_within(score, weight):
            continue
        low, high = band.lower * weight, band.upper * weight
        if not low <= score <= high:
            wanted = f"{plain(low)}至{points(high)}"
            text = f"“{name_of(row)}”实际完成值为“{shown_answer(row, 'actual')}”，得分应为{wanted}，填了{points(score)}"
            yield in_row(case.form, "indicators", row, "score", text, points(score), wanted)


def _band(form: Form, result: Result) -> Band | None:
    """The band of a qualitative indicator; a number's words are PT14's."""
    if form.scheme.computing is None or result.is_numeric:
        return None
    actual, bands = result.row["actual"].text, form.scheme.computing.bands
    return band_of(actual, bands) or undone_band(actual, bands)


@rule(
    "PT17",
    "sign-assumed",
    INFO,
    "指标性质未填，按“≥”计算",
    what="指标值和完成值是数字的指标，是否填写了指标性质（或在指标值中写明≥、≤等）；没有填的按“≥”核算得分，全表提示一处。指标性质写了却认不出的，逐个作为警告提示。",
    why="指标性质决定多做得分还是少做得分；越少越好的指标按“≥”核算会得出相反的结论。",
    example="省农垦实验中学2023年公开的自评表，各指标的指标性质均为空白，得分按“≥”计算。",
    fix="从下拉列表选择指标性质；越少越好的选“≤”。",
    source="公开的自评表留空而按“≥”计分",
    reads=("indicators.sign", "indicators.target", "indicators.actual"),
)
def check_sign(case: Case) -> Iterator[Problem]:
    """At the first blank sign, and at each sign that was not understood."""
    assumed = [result.row for result in results_of(case.form) if result.compared and result.compared.assumed]
    blank = [row for row in assumed if is_empty(row["sign"])]
    if blank:
        names = "、".join(f"“{name_of(row)}”" for row in blank)
        text = f"{len(blank)}个指标没有填写指标性质，已按“≥”核算：{names}"
        yield in_row(case.form, "indicators", blank[0], "sign", text, "空白", "≥、≤、=、>、<或定性")
    for row in assumed:
        if is_given(row["sign"]) and not parse_sign(row["sign"].text):
            text = f"“{name_of(row)}”的指标性质“{row['sign'].text}”无法识别，已按“≥”核算"
            problem = in_row(case.form, "indicators", row, "sign", text, row["sign"].text, "≥、≤、=、>、<或定性")
            yield replace(problem, severity=WARNING)


def unit_problems(form: Form) -> Iterator[Problem]:
    """Target, unit column and actual value that do not share a unit: at the actual value, else at the unit column."""
    if form.scheme.computing is None:
        return
    for result in results_of(form):
        row = result.row
        target, unit, actual = row["target"].value, row["unit"].text, row["actual"].value
        differing = differing_units(target, unit, actual)
        if differing and result.is_numeric and number_of(actual) is not None:
            column = (
                "unit" if differing_units(target, unit, None) and not differing_units(target, "", actual) else "actual"
            )
            text = f"“{name_of(row)}”的单位不一致：“{differing[0]}”与“{differing[1]}”，没有据以核算得分"
            yield in_row(form, "indicators", row, column, text, shown_answer(row, column), f"以“{differing[0]}”为单位")
