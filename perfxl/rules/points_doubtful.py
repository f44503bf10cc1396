"""PT18, PT19, PT21: targets and results that can be computed with, and yet cannot be meant so; signs for TG03."""

import re
from collections.abc import Iterator
from decimal import Decimal

from perfxl.model import Cell, Form
from perfxl.rules.cells import filled_rows, in_row, is_given, points
from perfxl.rules.declare import ERROR, WARNING, Case, Problem, rule
from perfxl.rules.indicators import name_of
from perfxl.rules.points_computed import is_negative, results_of, shown_answer
from perfxl.rules.standards import LESS_IS_BETTER, direction_of, is_turned
from perfxl.scoring.achievement import LESS, parse_sign, sign_of
from perfxl.scoring.ladder import Direction
from perfxl.typed.amounts import plain
from perfxl.typed.days import days_of, year_in
from perfxl.typed.wording import squeeze


@rule(
    "PT18",
    "negative-actual",
    ERROR,
    "实际完成值为负数",
    what="实际完成值是否为负数；名称含增长、变化、温度、差额等可以为负的不算，指标值本身为负的也不算。",
    why="数量、比率和时间不会是负数，多半误按了减号；按负数核算得0分。",
    example="年度指标值95，实际完成值-95，得满分。",
    fix="请改为实际完成的数；确实减少的，请在指标名称中写明是增长率或变化量。",
    reads=("indicators",),
)
def check_negative_actual(case: Case) -> Iterator[Problem]:
    for key, column in (("indicators", "level3"), ("targets", "name")):
        for row in filled_rows(case.form, key):
            if is_negative(row, column):
                actual = shown_answer(row, "actual")
                text = f"“{row[column].text}”的实际完成值为负数 {actual}"
                yield in_row(case.form, key, row, "actual", text, actual, "不小于0的数")


_ORDINAL = re.compile(r"[一二三四甲乙丙优良中差合及][\w]{0,2}|(?:优秀|良好|合格|及格|国家|省级|市级).*")


@rule(
    "PT19",
    "target-in-words",
    WARNING,
    "指标性质与文字指标值不配",
    what="指标性质选了≥、>、≤、<，年度指标值却是“完成”“达标”之类的文字；日期、次序（优、良、合格、一级）不算。",
    why="文字不能比大小，得分无法核算，只能照填报的计。",
    example="指标性质“≥”，年度指标值“完成”。",
    fix="请填写数字；确为定性指标的，指标性质选“定性”。",
    reads=("indicators.sign", "indicators.target"),
)
def check_target_words(case: Case) -> Iterator[Problem]:
    for result in results_of(case.form):
        row, text = result.row, squeeze(result.row["target"].text)
        if not is_given(row["target"]) or not text or parse_sign(row["sign"].text) not in ("≥", ">", *LESS):
            continue
        if not re.search(r"\d|[一二三四五六七八九十百千万]\S{0,2}$", text) and not _ORDINAL.fullmatch(text):
            message = (
                f"“{name_of(row)}”的指标性质是“{row['sign'].text}”，年度指标值却是文字“{shown_answer(row, 'target')}”"
            )
            yield in_row(
                case.form, "indicators", row, "target", message, shown_answer(row, "target"), "数字，或定性指标"
            )


@rule(
    "PT21",
    "deadline-missed",
    WARNING,
    "逾期完成而得满分",
    what="年度指标值和实际完成值都是日期的指标（2023年10月31日前、2023.10.31、10月底前、第三季度等），实际日期晚于指标值的，是否仍得满分；没有写年份的按评价年度算。",
    why="没有按期完成就没有达到指标值，不能得满分。",
    example="年度指标值“2023年10月31日前”，实际完成值“2023年11月30日”，10分得10分。",
    fix="请核对日期；确实逾期的，按评分标准扣分并说明原因。",
    reads=("indicators.score", "indicators.target", "indicators.actual"),
)
def check_deadline(case: Case) -> Iterator[Problem]:
    year = case.form.number("basic.year")
    for result in results_of(case.form):
        row, score = result.row, result.row["score"].number
        if score is None or score != result.weight:
            continue
        late = _days_late(_date_text(row["target"]), _date_text(row["actual"]), None if year is None else int(year))
        if late > 0:
            target, actual = shown_answer(row, "target"), shown_answer(row, "actual")
            text = f"“{name_of(row)}”应在“{target}”完成，实际为“{actual}”，晚了{late}天，却得满分{points(score)}"
            yield in_row(case.form, "indicators", row, "score", text, points(score), f"低于{points(score)}")


def _date_text(cell: Cell) -> str:
    return plain(cell.value) if isinstance(cell.value, Decimal) else str(cell.value or "")


def _days_late(target: str, actual: str, year: int | None) -> int:
    """How many days a result lies behind its deadline for certain; 0 or less where it does not, or either is no date."""
    year = year_in(target) or year or year_in(actual)
    wanted, reached = days_of(target, year), days_of(actual, year)
    return (reached.first - wanted.last).days if wanted and reached else 0


_COUNT = re.compile(r"(?:数量?|人数|次数|面积|里程|件数|篇数|场次|期数|人次|台套)$")
_LIMITED = re.compile("控制|限|压|减|降|节|缩|超|编制|会议|接待|出国|出境|用车")
"""What a count is that should not be high."""


def sign_problems(form: Form) -> Iterator[Problem]:
    """TG03 on a form that computes points: ≥ where less is better (costs), ≤ where more is (counts, rates of success)."""
    for result in results_of(form):
        row = result.row
        sign = sign_of(row["sign"].text, row["target"].value)
        wanted = _direction(squeeze(row["level3"].text), row["level2"].text)
        asked = Direction.FALLING if sign in LESS else Direction.RISING if sign in ("≥", ">") else None
        if wanted is None or asked in (None, wanted):
            continue
        sense = "越少越好" if wanted is Direction.FALLING else "越多越好"
        column = "sign" if parse_sign(row["sign"].text) else "target"
        text = f"“{name_of(row)}”看来{sense}，指标性质却是“{sign}”"
        expected = "≤" if wanted is Direction.FALLING else "≥"
        yield in_row(form, "indicators", row, column, text, sign, expected)


def _direction(name: str, level2: str) -> Direction | None:
    """The direction that an indicator demands by its name, or by its kind: costs should be low, counts high."""
    named = direction_of(name)
    if named is not None:
        return named
    if "成本" in level2:
        return None if is_turned(name) else Direction.FALLING
    is_count = (
        "数量" in level2 and _COUNT.search(name) and not _LIMITED.search(name) and not LESS_IS_BETTER.search(name)
    )
    return Direction.RISING if is_count else None
