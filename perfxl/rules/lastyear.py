"""LY: does a form repeat last year's, ask for less, or score more without anything having changed?"""

from collections.abc import Iterator
from decimal import Decimal

from perfxl.model import Row, Value
from perfxl.rules.cells import at, filled_rows, in_row, points
from perfxl.rules.declare import WARNING, Case, Problem, rule
from perfxl.rules.funds import trusted_rate
from perfxl.scoring.achievement import LESS, number_of, sign_of
from perfxl.typed.amounts import percent
from perfxl.typed.wording import label_key, squeeze

_LAST = "上年的表或汇总表（--last）"
LONG_TEXT = 30
"""Letters from which on an equal text is no accident."""


@rule(
    "LY01",
    "text-repeats-last-year",
    WARNING,
    "与上年的文字完全相同",
    what="报告的各章是否与同一项目上年的逐字相同；30 个字以下的不比较。",
    why="逐字照抄上年的，多半没有写今年的情况。",
    example="“项目绩效情况”一章与上年一字不差，连数字都没有改。",
    fix="请按今年的情况重写这一章。",
    source=_LAST,
)
def check_texts(case: Case) -> Iterator[Problem]:
    """Fires at the chapter."""
    last = case.known.last
    said = {one.of: one.text for one in last.texts} if last else {}
    for path, section in case.form.scheme.sections:
        text = squeeze(case.form.text(path))
        if len(text) >= LONG_TEXT and text == said.get(path):
            yield at(
                case.form, path, f"“{section.label}”与上年的逐字相同（{len(text)} 字）", "与上年相同", "今年的情况"
            )


@rule(
    "LY02",
    "target-lower-than-last-year",
    WARNING,
    "目标低于上年",
    what="同名指标的目标值是否低于上年（“≤”类指标为高于上年）。",
    why="钱没有少而目标降了，需要说明理由。",
    example="上年“培训人数 ≥ 500 人”，今年“≥ 300 人”。",
    fix="请说明目标降低的依据；批复的目标如此的，由财政部门在批复时考虑。",
    source=_LAST,
)
def check_targets_of_last_year(case: Case) -> Iterator[Problem]:
    """Fires at the target."""
    approved = case.form.scheme.approved
    last = case.known.last
    if approved is None or last is None or "target" not in approved.columns:
        return
    before = {label_key(one.of): one.text for one in last.targets}
    name, target = approved.columns["name"], approved.columns["target"]
    for row in filled_rows(case.form, approved.table):
        text = before.get(label_key(row[name].text))
        if text is not None and _is_lower(row, row[target].value, text):
            found = str(row[target].value)
            message = f"“{row[name].text}”的目标为“{found}”，低于上年的“{text}”"
            yield in_row(case.form, approved.table, row, target, message, found, text)


def _is_lower(row: Row, target: Value, before: str) -> bool:
    now, then = number_of(target), number_of(before)
    if now is None or then is None:
        return False
    return now > then if sign_of(row["sign"].text, target) in LESS else now < then


@rule(
    "LY03",
    "score-jumped",
    WARNING,
    "得分大增而执行没有变化",
    what="核算总分比上年高出的分数是否达到阈值，而预算执行率与上年相差不到 5 个百分点。",
    why="执行没有起色而得分大增，评分可能偏松。",
    example="上年 78 分、执行率 62%，今年 95 分、执行率 63%。",
    fix="请评审人员对照上年的评分逐项核对。",
    source=_LAST,
    threshold="score_jump",
)
def check_score(case: Case) -> Iterator[Problem]:
    """Fires at the stated total."""
    last, total, rate = case.known.last, case.assessment.total, trusted_rate(case, "execution")
    if last is None or total is None or last.total is None or rate is None or last.rate is None:
        return
    if total - last.total >= case.form.scheme.threshold("score_jump") and abs(rate - last.rate) < SAME_RATE:
        message = f"总分 {points(total)}，上年 {points(last.total)}；执行率 {percent(rate)}，上年 {percent(last.rate)}"
        yield at(case.form, "stated.total", message, points(total), points(last.total))


SAME_RATE = Decimal("0.05")
"""Rates that differ by less are one."""
