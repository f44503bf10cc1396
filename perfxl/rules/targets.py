"""Targets and standards (TG): do 优 良 中 差 make a ladder that an actual value can be held against, and what came of it?"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from perfxl.model import Form, Row
from perfxl.rules.cells import filled_rows, in_row, is_empty, is_given
from perfxl.rules.declare import ERROR, INFO, WARNING, Case, Problem, rule
from perfxl.rules.once import once_a_form
from perfxl.rules.points_computed import is_negative, unit_problems
from perfxl.rules.points_doubtful import sign_problems
from perfxl.rules.standards import direction_of, first_break, flaw_between, holds_more
from perfxl.rules.targets_copied import is_copied
from perfxl.rules.tree import prescribed_weights
from perfxl.scoring.ladder import (
    STANDARDS,
    Direction,
    Ladder,
    grade_of,
    grade_on,
    is_all,
    is_bare_share,
    ladder_of,
    measured_in,
    same_unit,
    same_words,
    value_of,
)
from perfxl.typed.amounts import Interval
from perfxl.typed.wording import squeeze

MOF = "预算绩效管理对绩效目标“指向明确、细化量化”的要求"

_RELATIVE = re.compile(r"完成|实现|达到|达成|目标")


@dataclass(frozen=True)
class Target:
    """A row of the targets table with its ladder."""

    row: Row
    ladder: Ladder

    @property
    def name(self) -> str:
        return _line(self.row["name"].text) or "（未写名称）"

    @cached_property
    def is_clear(self) -> bool:
        """Whether the standards can be compared with each other: one unit, nothing else typed into their cells."""
        return self.ladder.has_one_unit and not any(map(holds_more, self.ladder.texts))

    @cached_property
    def measured(self) -> list[tuple[int, Interval]]:
        """The position of each band that a number can be held against, with the band."""
        return [(position, band) for position, band in enumerate(self.ladder.bands) if band is not None]


@once_a_form
def _targets(form: Form) -> tuple[Target, ...]:
    return tuple(Target(row, ladder_of(row)) for row in filled_rows(form, "targets"))


def _grades(form: Form) -> tuple[str, ...]:
    return tuple(grade.name for grade in form.scheme.grades)


def _standards(target: Target, form: Form) -> str:
    """The standards in one line: 优 1000条、良 700条 ..."""
    pairs = zip(_grades(form), target.ladder.texts, strict=False)
    return "、".join(f"{grade} {_line(text)}" for grade, text in pairs if text)


def _at_standard(case: Case, target: Target, position: int, message: str, found: str, expected: str) -> Problem:
    return in_row(case.form, "targets", target.row, STANDARDS[position], message, found, expected)


# -- order ------------------------------------------------------------------------------------------------------------


@rule(
    "TG01",
    "standards-not-ordered",
    ERROR,
    "绩效标准次序混乱",
    what="优、良、中、差四档标准（三档以上是数字时）是否依次递减或依次递增。",
    why="次序混乱的标准无法判断实际完成值属于哪一档。",
    example="优 1000条、良 700条、中 800条、差 300条：中高于良。",
    fix="请按从优到差依次递减（越多越好）或依次递增（越少越好）填写。",
    reads=("targets.excellent",),
)
def check_order(case: Case) -> Iterator[Problem]:
    for target in _targets(case.form):
        measured = target.measured
        if len(measured) < 3 or not target.is_clear or target.ladder.direction is not None:
            continue
        position = measured[first_break([band for _, band in measured])][0]
        text = _line(target.ladder.texts[position])
        message = f"“{target.name}”的绩效标准既不是依次递减，也不是依次递增：{_standards(target, case.form)}"
        yield _at_standard(case, target, position, message, text, "与前后各档次序一致的标准")


@rule(
    "TG02",
    "standards-gap-or-overlap",
    WARNING,
    "绩效标准有空档或重叠",
    what="相邻两档的范围是否首尾相接：没有一个值同时属于两档，也没有一个值哪一档都不属于。人、个、条、次等按整数计，120-149人 与 150人以上 之间没有空档；"
    "只写一个数的标准（1000条、700条）不算空档。",
    why="perfxl 把交界值归入较高一档，把空档中的值归入较低一档；单位的本意可能不同。",
    example="优 98%以上、良 95-98%：98% 属于两档；优 90%以上、良 80%-89%：89.5% 哪一档都不属于。",
    fix="请写明是否含本数，例如：90%（含）以上、80%（含）-90%、60%（含）-80%、60%以下。",
    reads=("targets.excellent",),
)
def check_standard_bands(case: Case) -> Iterator[Problem]:
    for target in _targets(case.form):
        if target.ladder.direction is None or not target.is_clear or target.ladder.unit == "日期":
            continue
        flaws = list(_flaws(target, _grades(case.form)))
        if flaws:
            position = flaws[0][0]
            message = f"“{target.name}”的绩效标准" + "；".join(text for _, text in flaws)
            found = _line(target.ladder.texts[position])
            yield _at_standard(case, target, position, message, found, "与上一档首尾相接、互不重叠的范围")


def _flaws(target: Target, grades: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each pair of neighbours that overlap or leave a gap: the position of the worse one, and what is wrong."""
    for (above, better), (below, worse) in itertools.pairwise(target.measured):
        if any(target.ladder.texts[above + 1 : below]):  # between them stands a standard in words
            continue
        flaw = flaw_between(better, worse, target.ladder)
        if flaw:
            texts = [f"“{grades[n]}”{_line(target.ladder.texts[n])}" for n in (above, below)]
            yield below, f"{texts[0]} 与{texts[1]} {flaw}"


# -- direction, target, units -----------------------------------------------------------------------------------------


@rule(
    "TG03",
    "direction-doubtful",
    WARNING,
    "绩效标准方向可疑",
    what="指标名称是越少越好的（耗、故障、投诉、成本、事故、差错等），标准是否却越多越优；或者名称是越多越好的（满意度、合格率、覆盖率等），标准是否却越少越优。2023年版看指标性质：成本指标用了≥，数量指标用了≤。",
    why="方向填反，做得越差反而等次越高。",
    example="“办公区能耗”优 500度、良 400度、中 300度、差 200度：用得越多越优。",
    fix="请核对四档标准的次序；确实如此的，请在备注中说明。",
    source="财政系统目标表的“指标方向性”（琼财建〔2022〕429号）；词表为 perfxl 所列",
)
def check_direction(case: Case) -> Iterator[Problem]:
    yield from sign_problems(case.form)
    for target in _targets(case.form):
        wanted = direction_of(target.name)
        direction = target.ladder.direction
        if wanted is None or direction in (None, wanted) or not target.is_clear or target.ladder.unit == "日期":
            continue
        is_less = wanted is Direction.FALLING
        sense, ranked = ("越少越好", "越多越优") if is_less else ("越多越好", "越少越优")
        message = f"“{target.name}”看来{sense}，绩效标准却是{ranked}：{_standards(target, case.form)}"
        found = _line(target.ladder.texts[0])
        yield _at_standard(case, target, 0, message, found, f"“优”为{'最小' if is_less else '最大'}值的标准")


@rule(
    "TG04",
    "target-below-excellent",
    WARNING,
    "绩效目标低于“优”的标准",
    what="绩效目标中的数（或日期）是否达到“优”的标准。",
    why="完成了目标却评不上“优”，说明目标与标准不是一套；也可能是标准抄错了。",
    example="目标 2014年10月，优 2014年9月、良 2014年10月（2014 年公开的评价报告）。",
    fix="请按预算批复核对绩效目标和“优”的标准。",
    reads=("targets.target", "targets.excellent"),
)
def check_target(case: Case) -> Iterator[Problem]:
    grades = _grades(case.form)
    for target in _targets(case.form):
        cell = target.row["target"]
        grade = _grade_of_target(target, grades) if is_given(cell) and target.is_clear else None
        if grade is not None and grade != grades[0]:
            excellent = _line(target.ladder.texts[0])
            message = f"“{target.name}”的绩效目标只达到“{grade}”的标准，没有达到“{grades[0]}”（{excellent}）"
            found = _line(cell.text)
            expected = f"达到“{grades[0]}”（{excellent}）"
            yield in_row(case.form, "targets", target.row, "target", message, found, expected)


def _grade_of_target(target: Target, grades: tuple[str, ...]) -> str | None:
    """The grade that the least that the target asks for would get; None where that cannot be said."""
    ladder, text = target.ladder, target.row["target"].text
    if same_words(text, ladder.texts[0]):
        return None
    wanted, excellent = measured_in(text, ladder), ladder.bands[0]
    if wanted is None:  # words that equal a lower standard mean it only where all is said in words
        return grade_on(ladder, text, grades) if excellent is None else None
    if excellent is None or not same_unit(wanted.unit, ladder.unit):
        return None
    rising = ladder.direction is Direction.RISING
    least, bound = (wanted.low, excellent.low) if rising else (wanted.high, excellent.high)
    # with the same bound, whether it counts (大于90%, 90%以上) is no matter of grades
    return None if least is None or least == bound else grade_of(least, ladder, grades)


def _line(text: str, length: int = 60) -> str:
    """A cell's text for a message: in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


@rule(
    "TG06",
    "unit-differs",
    WARNING,
    "单位不一致",
    what="绩效目标、四档标准和实际完成值（2023 年版为年度指标值、度量单位和实际完成值）写出的单位是否一致；没有写单位的不比较，人、名、位视为同一单位，万人与人自动换算，每月1次与1次不同。"
    "标准写%而实际完成值只是不大于1的数（如 0.965）的，分不清是96.5%还是0.965%，也在此提示。",
    why="单位不同的数不能比较，系统无法核定等次。",
    example="标准 1000条，实际完成值 85%。",
    fix="请统一为同一单位，例如都写“条”或都写“%”。",
)
def check_units(case: Case) -> Iterator[Problem]:
    yield from unit_problems(case.form)
    for target in _targets(case.form):
        unit = target.ladder.unit
        for column, text, other in _other_units(target):
            message = f"“{target.name}”的单位不一致：标准为“{unit}”，这里为“{other or '无单位'}”"
            yield in_row(case.form, "targets", target.row, column, message, _line(text), f"以“{unit}”为单位")
            break


def _other_units(target: Target) -> Iterator[tuple[str, str, str]]:
    """Column, text and unit of each standard, target and actual value whose unit is not that of the first standard."""
    unit = target.ladder.unit
    if not unit or any(map(holds_more, target.ladder.texts)):
        return
    for position, band in target.measured:
        if not same_unit(band.unit, unit):
            yield STANDARDS[position], target.ladder.texts[position], band.unit
    for column in ("target", "actual"):
        text = target.row[column].text
        wanted = measured_in(text, target.ladder)
        if wanted is None:
            continue
        is_other = bool(wanted.unit) and not same_unit(wanted.unit, unit) and not _is_excused(target, column, wanted)
        if is_other or (column == "actual" and is_bare_share(wanted, target.ladder)):
            yield column, text, wanted.unit


def _is_excused(target: Target, column: str, wanted: Interval) -> bool:
    """Whether another number has the right unit, or the standards say how much of the target was done (完成80%).

    A result for a shorter period (每月150条) is not excused by its 条.
    """
    if column == "actual" and wanted.unit.startswith(f"{target.ladder.unit}/"):
        return False
    unit, text = target.ladder.unit, squeeze(target.row[column].text)
    is_share = unit == "%" and column == "target" and any(map(_RELATIVE.search, target.ladder.texts))
    return is_share or bool(re.search(rf"\d{re.escape(unit)}", text))


# -- results ----------------------------------------------------------------------------------------------------------


@rule(
    "TG05",
    "actual-missing",
    WARNING,
    "实际完成值未填",
    what="每个绩效目标（2023 年版自评表为每个绩效指标）是否填了实际完成值。",
    why="没有实际完成值，就无法核定目标是否完成。2023 年版由此计算得分，未填为错误。",
    example="“信息采集数量”的实际完成值空白，完成情况却写进了“优”的标准栏。",
    fix="请在“实际完成值”栏填写评价时的实际完成值，单位与标准一致，例如 1772条。",
)
def check_actual(case: Case) -> Iterator[Problem]:
    form = case.form
    for key, name, severity in (("targets", "name", None), ("indicators", "level3", ERROR)):
        table = form.scheme.tables.get(key)
        for row in filled_rows(form, key) if table and table.column("actual") else ():
            if is_empty(row["actual"]):
                message = f"“{_line(row[name].text)}”没有填写实际完成值"
                yield replace(in_row(form, key, row, "actual", message, "空白", "实际完成值"), severity=severity)


@rule(
    "TG12",
    "target-missing",
    WARNING,
    "打了分而没有指标值",
    what="自行设定、已经打分的绩效指标是否填了指标值。",
    why="没有指标值，得分就无从核对：完成多少都可以打满分。",
    example="“培训人数”得分10分，年度指标值空白。",
    fix="请按批复的绩效目标填写年度指标值。",
    reads=("indicators.target", "indicators.score"),
)
def check_target_given(case: Case) -> Iterator[Problem]:
    form, printed = case.form, prescribed_weights(case.form)
    for row in filled_rows(form, "indicators"):
        is_scored = row["score"].number is not None and row.index not in printed
        if is_scored and is_empty(row["target"]):
            message = f"“{_line(row['level3'].text)}”打了分，没有填写指标值"
            yield in_row(form, "indicators", row, "target", message, "空白", "指标值")


@rule(
    "TG07",
    "target-missed",
    INFO,
    "绩效目标未达到“良”",
    what="实际完成值按四档标准核定为“中”或“差”的绩效目标。",
    why="提请评审人员关注：目标没有完成好，相关指标的得分和报告中的说明应与此相符。",
    example="标准 1000条、700条、500条、300条，实际完成 600条，核定为“中”。",
    fix="不用改表；请在报告中说明未完成的原因和改进措施。",
    reads=("targets.excellent", "targets.actual"),
)
def check_missed(case: Case) -> Iterator[Problem]:
    grades = _grades(case.form)
    for target in _targets(case.form):
        actual = target.row["actual"].text
        grade = grade_on(target.ladder, actual, grades) if target.is_clear else None
        if grade in grades[2:]:
            message = f"“{target.name}”实际完成 {_line(actual)}，按标准（{_standards(target, case.form)}）为“{grade}”"
            expected = f"“{grades[1]}”以上（{_line(target.ladder.texts[1])}）"
            yield in_row(case.form, "targets", target.row, "actual", message, _line(actual), expected)


@rule(
    "TG10",
    "actual-not-gradable",
    WARNING,
    "实际完成值无法核定等次",
    what="绩效标准是数字（或日期）而实际完成值填了文字、几个数，认不出一个数来，也不与任何一档的文字相同的绩效目标；完成值照抄目标的由 TG11、单位不一致的由 TG06提示。“优”的标准本身是文字的（全部完成），仅作提示。",
    why="“已完成”“满意”说不出完成了多少，系统不猜测，这一目标没有核定等次。",
    example="标准 1000条、700条、500条、300条，实际完成值填“已完成”。",
    fix="请在“实际完成值”栏填写一个数，单位与标准一致，例如 1772条；有几个数的填合计，明细写在备注栏。",
    reads=("targets.excellent", "targets.actual"),
)
def check_gradable(case: Case) -> Iterator[Problem]:
    grades = _grades(case.form)
    for target in _targets(case.form):
        ladder, cell = target.ladder, target.row["actual"]
        is_usable = target.is_clear and ladder.direction is not None and len(target.measured) > 1
        if not is_usable or not is_given(cell) or not cell.text or grade_on(ladder, cell.text, grades) is not None:
            continue
        if is_copied(target.row) or _is_said(target) or is_negative(target.row, "name"):
            continue
        message = f"“{target.name}”的实际完成值“{_line(cell.text)}”不能与标准比较，没有核定等次：{_standards(target, case.form)}"
        found, unit = _line(cell.text), ladder.unit
        expected = "日期" if unit == "日期" else f"一个数{f'（单位：{unit}）' if unit else ''}"
        problem = in_row(case.form, "targets", target.row, "actual", message, found, expected)
        is_said_alike = ladder.bands[0] is None and not re.search(r"\d", cell.text)
        yield replace(problem, severity=INFO) if is_said_alike else problem


def _is_said(target: Target) -> bool:
    """Whether TG06 speaks of the actual value, or the value may well be the standard in words above the measured ones."""
    if any(column == "actual" for column, _, _ in itertools.islice(_other_units(target), 1)):
        return True
    value = value_of(target.row["actual"].text, target.ladder)
    return value is not None and is_all(value, target.ladder)


@rule(
    "TG08",
    "result-in-standard-cell",
    WARNING,
    "完成情况写进了标准栏",
    what="优、良、中、差四栏中，除标准以外是否还写有别的数，例如各渠道的完成数量。",
    why="标准与完成情况混在一格里，既认不出标准，也认不出实际完成值。",
    example="“优”栏写“1000条 网站：836条 微信：936条”（海南省商务厅 2020 年公开的评价材料）。",
    fix="请在标准栏只保留标准，把完成情况移到“实际完成值”栏。",
    reads=("targets.excellent",),
)
def check_standard_cells(case: Case) -> Iterator[Problem]:
    for target in _targets(case.form):
        for position, text in enumerate(target.ladder.texts):
            if holds_more(text):
                grade = _grades(case.form)[position]
                message = f"“{target.name}”的“{grade}”栏除标准外还写有完成情况：{_line(text)}"
                yield _at_standard(case, target, position, message, _line(text), f"只写“{grade}”的标准")


@rule(
    "TG09",
    "not-measurable",
    INFO,
    "绩效标准无法衡量",
    what="四档标准是否为文字（全部完成、基本到位等），能与数字比较的不足两档。",
    why="文字标准因人而异，系统不猜测，只在实际完成值与某一档文字相同时核定等次。",
    example="“森林资源管护”优 完全到位、良 绝大多数完全到位、中 基本到位、差 不到位（2017 年公开的评价表）。",
    fix="可以不改；建议以后用数量、比率或日期表述标准。",
    source=MOF,
    reads=("targets.excellent",),
)
def check_measurable(case: Case) -> Iterator[Problem]:
    for target in _targets(case.form):
        words = [n for n, text in enumerate(target.ladder.texts) if text and target.ladder.bands[n] is None]
        if words and len(target.measured) < 2 and target.is_clear:
            message = (
                f"“{target.name}”的绩效标准是文字，无法与数字比较，不据以推算等次：{_standards(target, case.form)}"
            )
            found = _line(target.ladder.texts[words[0]])
            yield _at_standard(case, target, words[0], message, found, "能与数字比较的标准，例如 90%以上")
