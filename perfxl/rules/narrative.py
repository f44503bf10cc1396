"""The report against the tables (TX): is every section written, and are the figures that it quotes those of the form?"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from perfxl.model import Cell, Form
from perfxl.rules.cells import is_empty, is_fully_scored, label_of, money, points
from perfxl.rules.declare import ERROR, WARNING, Case, Problem, rule
from perfxl.rules.doubtful import doubted, suspect_of
from perfxl.rules.figures import StatedFigure, amounts_in, grades_in, rates_in, scores_in
from perfxl.rules.once import once_a_form
from perfxl.schemes.spec import Section
from perfxl.typed.amounts import MONEY_UNITS, Misread, cut_off, misread, percent, plain, ratio, round_half_up
from perfxl.typed.wording import is_instruction, is_nothing, is_placeholder, squeeze

AMOUNTS = ("funds.planned.total", "funds.in_place.total", "funds.used.total")
EXACT_PLACES = 12
"""Places of a rate that is compared with a figure of fewer places."""

MOST_PARTS = 8
"""Amounts of a sentence that are tried as parts of a sum."""
_SAID_OF_ALL = re.compile("实际|[共总]|累计|合计|项目|全年|年度|到位")

GRADE_WORDS = (("优", "优秀"), ("良", "良好"), ("中", "中等", "合格"), ("差", "较差"))
"""What people write for the grades of a scheme, from the best."""


def _sections(form: Form) -> Iterator[tuple[Section, Cell]]:
    """Each section with its cell, where the form has it."""
    for path, section in form.scheme.sections:
        cell = form.cell(path)
        if cell.address:
            yield section, cell


@once_a_form
def _written(form: Form) -> tuple[tuple[Section, Cell], ...]:
    return tuple((section, cell) for section, cell in _sections(form) if _is_written(cell.text))


def _is_written(text: str) -> bool:
    return not is_nothing(text) and not is_placeholder(text) and not is_instruction(text)


@rule(
    "TX01",
    "section-missing",
    ERROR,
    "报告缺少章节",
    what="评价报告中必写的章节是否都有内容；只写“无”或“……”的视为没有写。",
    why="缺少章节的报告不完整，评审人员无从了解项目的实施和绩效情况。",
    example="“五、综合评价情况及评价结论”下面空白。",
    fix="请补写该章节；确实没有可写的，请用一句话说明原因。",
    source="评价报告提纲（见评价方案的来源）",
    reads=("report",),
)
def check_sections(case: Case) -> Iterator[Problem]:
    for section, cell in _sections(case.form):
        if section.required and is_empty(cell):
            message = f"评价报告“{section.label}”没有内容"
            yield Problem(cell, message, found=cell.text, expected="本章节的正文", field=section.label)


@rule(
    "TX02",
    "section-too-short",
    WARNING,
    "章节过短",
    what="章节的字数（不计空格）是否少于评价方案规定的字数。",
    why="几个字的章节多半没有写完，或者只是照抄了标题。",
    example="“三、项目组织实施情况”下面只有“较好”两个字。",
    fix="请把该章节写完整：做了什么、结果如何、依据是什么。",
    source="未见明文规定，仅用于识别明显没有写完的章节",
    reads=("report",),
    threshold="section_length",
)
def check_section_length(case: Case) -> Iterator[Problem]:
    least = case.form.scheme.threshold("section_length")
    for section, cell in _written(case.form):
        length = _length(cell.text, 4 * least)
        if length < least:
            message = f"评价报告“{section.label}”只有 {length} 个字，少于 {plain(least)} 个字"
            yield Problem(cell, message, found=cell.text, expected=f"不少于 {plain(least)} 个字", field=section.label)


def _length(text: str, enough: Decimal) -> int:
    """The letters of a text without blanks, in half width where they are not enough by far."""
    typed = len("".join(text.split()))
    return typed if typed >= enough else len(squeeze(text))


@rule(
    "TX03",
    "amount-differs",
    WARNING,
    "报告中的金额与表不符",
    what="报告中写明是预算（总投资、计划、安排资金）、到位（到账）、支出（使用、支付、列支、拨付、执行、完成投资）的金额，是否与资金表的合计一致；按文中写出的位数比较，元、万元、亿元自动换算。"
    "“其中”以后的分项、某项费用、有名称的资金（中央资金、补助资金）、与同句其他金额相加等于合计的分项、结余、合同、上年、上半年、年初预算等金额不比较；项目自己的名称先去掉再看。",
    why="报告与表中的数不同，至少有一个是错的。",
    example="表中实际使用 87.44 万元，报告写“实际支出88.44万元”。写“87.4万元”是四舍五入，不算不符。",
    fix="请核对资金表和报告，把有误的一处改正。",
    reads=("report", *AMOUNTS),
)
def check_told_amounts(case: Case) -> Iterator[Problem]:
    form = case.form
    for section, cell in _written(form):
        stated = amounts_in(cell.text, form.text("basic.project_name"))
        quoted = [figure for figure in stated if _is_of_year(figure, form) and not _may_be_another(figure, form)]
        for path in AMOUNTS if quoted else ():
            if path in doubted_by_report(form):
                continue
            total = _comparable(form, path)
            same_kind = [figure for figure in quoted if figure.kind == path.split(".")[1]]
            for figure in [] if total is None else _differing(same_kind, total, form)[:1]:
                yield _amount_problem(form, section, cell, figure, path)


@rule(
    "FD11",
    "unit-differs-from-report",
    ERROR,
    "金额与报告相差一万倍",
    what="资金表的合计除以或乘以10000后，是否与报告中写明单位的同一金额（预算、到位、支出）相差不到一倍。",
    why="整张表都填错单位时，表内各数互相一致，报告中的金额带有单位，可以看出来。存疑的金额不计入比率和汇总。",
    example="万元表的计划投资额填 8600000，报告写“项目预算860万元”：应为 860 万元。",
    fix="核对表头的单位，换算后重填。",
    reads=("report", *AMOUNTS),
    opens=True,
)
def check_told_units(case: Case) -> Iterator[Problem]:
    form = case.form
    for path, (section, figure, likely) in doubted_by_report(form).items():
        why = f"与报告“{section.label}”的“{figure.words}”正好相差约 10,000 倍"
        yield doubted(form, path, why, likely)


@once_a_form
def doubted_by_report(form: Form) -> dict[str, tuple[Section, StatedFigure, Misread]]:
    """The totals that the report gives with ten thousand times more or less: where, in which words, what was meant."""
    found: dict[str, tuple[Section, StatedFigure, Misread]] = {}
    for section, cell in _written(form):
        for figure in amounts_in(cell.text, form.text("basic.project_name")):
            path = f"funds.{figure.kind}.total"
            total = _comparable(form, path) if path not in found and _is_of_year(figure, form) else None
            likely = misread(total, _in_scheme_unit(figure, form), form.scheme.money_unit) if total else None
            if likely is not None:
                found[path] = (section, figure, likely)
    return found


def _comparable(form: Form, path: str) -> Decimal | None:
    """The total of an amount; None where it is reported itself: unreadable, negative, no budget, or its unit suspected."""
    total = form.number(path)
    suspect = suspect_of(form)
    if suspect and suspect[0] == path:
        return None
    return None if total is None or total < 0 or (path == AMOUNTS[0] and not total) else total


def _amount_problem(form: Form, section: Section, cell: Cell, figure: StatedFigure, path: str) -> Problem:
    shown = money(form, form.number(path) or Decimal(0))
    message = f"“{section.label}”写“{figure.words}”，表中“{label_of(form, path)}”合计为 {shown}"
    return Problem(cell, message, f"{plain(figure.number)}{figure.unit}", shown, field=section.label)


def _may_be_another(figure: StatedFigure, form: Form) -> bool:
    """Whether words that may mean money given or received (安排, 拨付) name another total of the table."""
    if not any(word in figure.words for word in ("安排", "拨付")):
        return False
    totals = [form.number(path) for path in AMOUNTS]
    return any(total is not None and _is_amount(figure, total, form) for total in totals)


def _is_of_year(figure: StatedFigure, form: Form) -> bool:
    """Whether a figure is of the evaluated year; it is where no year is named, or the form has none."""
    year = form.number("basic.year")
    return not figure.year or year is None or Decimal(figure.year) == year


def _differing(figures: Sequence[StatedFigure], total: Decimal, form: Form) -> list[StatedFigure]:
    """The figures that are not the total; smaller ones are its parts where the total stands beside them or they add up."""
    whole = [figure for figure in figures if not _is_part(figure, total, form)]
    differing = [figure for figure in whole if not _is_amount(figure, total, form)]
    values = [_in_scheme_unit(figure, form) for figure in figures]
    if len(differing) < len(whole):
        return [figure for figure in differing if _in_scheme_unit(figure, form) > total]
    return [] if len(figures) > 1 and sum(values) == total else differing


def _is_part(figure: StatedFigure, total: Decimal, form: Form) -> bool:
    """Whether a figure adds up to the total with others of its sentence, or is small and said of nothing whole."""
    own, whole = figure.number * MONEY_UNITS[figure.unit], total * MONEY_UNITS[form.scheme.money_unit]
    if figure.kind != "planned" and own < whole / 2 and not _SAID_OF_ALL.search(figure.words):
        return True
    missing, sums = whole - own, {Decimal(0)}
    for amount in [amount for amount in figure.beside if amount <= missing][:MOST_PARTS]:
        sums |= {known + amount for known in sums}
    return missing > 0 and missing in sums


def _in_scheme_unit(figure: StatedFigure, form: Form) -> Decimal:
    return figure.number * MONEY_UNITS[figure.unit] / MONEY_UNITS[form.scheme.money_unit]


def _is_amount(figure: StatedFigure, total: Decimal, form: Form) -> bool:
    """Whether a figure is the total, rounded to the digits that the figure has, or the table rounded to 万元 in the text."""
    size = MONEY_UNITS[form.scheme.money_unit] / MONEY_UNITS[figure.unit]
    if round_half_up(total * size, figure.places) == figure.number:
        return True
    places = max(2, len(plain(total).partition(".")[2]))
    return size > 1 and round_half_up(figure.number / size, places) == total


@rule(
    "TX04",
    "rate-differs",
    WARNING,
    "报告中的比率与计算结果不符",
    what="报告中的执行率（执行进度）、支出率、使用率、到位率，以及支出金额之后“占……%”“完成预算的……%”的比例，是否与按资金表算出的一致；按文中写出的位数四舍五入后比较。"
    "作为目标的比率、某项费用的比率和占其他金额的比例不比较。",
    why="比率由表中的金额算出，算错或截去尾数都会使报告与汇总表对不上。",
    example="预算投资 195.01 万元，实际支出 87.44 万元，写“占44.83%”；87.44 ÷ 195.01 = 44.839%，应为 44.84%"
    "（海南省商务厅 2020 年公开的评价材料，是截去尾数，不是四舍五入）。",
    fix="请按“实际使用 ÷ 计划投资”（到位率为“实际到位 ÷ 计划投资”）重新计算，四舍五入保留两位小数。",
    reads=("report", *AMOUNTS),
)
def check_rates(case: Case) -> Iterator[Problem]:
    form = case.form
    for section, cell in _written(form):
        reported: set[str] = set()
        for figure in [] if _is_about_goals(section) else rates_in(cell.text, form.text("basic.project_name")):
            keys = [key for key in RATES_MEANT[figure.kind] if _rate(form, key) is not None]
            if not keys or keys[0] in reported or not _is_of_year(figure, form) or _is_of_other_amount(figure, form):
                continue
            if not any(round_half_up(_rate(form, key) or Decimal(0), figure.places) == figure.number for key in keys):
                reported.add(keys[0])
                yield _rate_problem(form, section, cell, figure, keys[0])


RATES_MEANT = {
    "execution": ("execution",),
    "spending": ("execution", "use"),
    "share": ("execution", "use"),
    "use": ("use", "execution"),
    "used_of_in_place": ("use",),
    "in_place": ("in_place",),
}
"""Which rates of the scheme a word may mean, the likeliest first."""


def _is_of_other_amount(figure: StatedFigure, form: Form) -> bool:
    """Whether a share is that of an amount which is not the table's: a part, or reported itself (TX03)."""
    used = form.number(AMOUNTS[2])
    return figure.spent is not None and used is not None and not _is_amount(figure.spent, used, form)


def _rate(form: Form, key: str) -> Decimal | None:
    """A rate in percent, unrounded; None where there is none, or the unit of one of its amounts is suspected (FD05)."""
    suspect = suspect_of(form)
    for rate in form.scheme.rates:
        if rate.key == key and not {rate.part, rate.whole} & {*doubted_by_report(form), *(suspect or ())[:1]}:
            exact = ratio(form.number(rate.part), form.number(rate.whole), EXACT_PLACES)
            return None if exact is None else exact * 100
    return None


def _rate_problem(form: Form, section: Section, cell: Cell, figure: StatedFigure, key: str) -> Problem:
    rate, exact = form.scheme.rate(key), _rate(form, key) or Decimal(0)
    part, whole = form.number(rate.part) or Decimal(0), form.number(rate.whole) or Decimal(0)
    expected = percent(exact / 100) if figure.places <= 2 else f"{round_half_up(exact, figure.places)}%"
    was_cut = cut_off(exact, figure.places) == figure.number
    reason = "，文中截去了尾数，没有四舍五入" if was_cut else ""
    message = (
        f"“{section.label}”写“{figure.words}”，按表中金额计算，{rate.label}为 {expected}"
        f"（{plain(part)} ÷ {plain(whole)}{reason}）"
    )
    return Problem(cell, message, found=f"{figure.number}%", expected=expected, field=section.label)


def _is_about_goals(section: Section) -> bool:
    """Whether a section says what is aimed at, not what was reached."""
    return "目标" in section.label


@rule(
    "TX05",
    "score-differs",
    WARNING,
    "报告中的得分与总分不符",
    what="报告中的自评得分（自评总分、评价得分、综合评分、综合得分、总得分、最终得分）是否等于评分表各项得分之和。",
    why="报告中的得分应当就是评分表的总分；不同时，无法确定以哪个为准。",
    example="评分表合计 98.5 分，报告写“自评得分95分”。网站测评得 101.15 分之类与本项目评分无关的分数不比较。",
    fix="请核对评分表和报告，把有误的一处改正。",
    reads=("report", "indicators.score"),
    threshold="score_tolerance",
)
def check_scores(case: Case) -> Iterator[Problem]:
    form, total = case.form, case.assessment.total
    if total is None or not is_fully_scored(form):
        return
    tolerance = form.scheme.threshold("score_tolerance")
    for section, cell in _written(form):
        figures = [] if _is_about_goals(section) else scores_in(cell.text, form.text("basic.project_name"))
        has_total = any(figure.number == total for figure in figures)
        for figure in figures:
            if has_total and figure.number < total:  # beside the total stand those of its parts
                continue
            is_stated = figure.number == form.number("stated.total")  # then the total itself is reported
            is_wrong = abs(figure.number - total) >= tolerance and not is_stated
            if is_wrong and _is_of_year(figure, form) and not _is_of_branch(figure, form):
                message = f"“{section.label}”写“{figure.words}”，评分表各项得分之和为 {points(total)}"
                found = points(figure.number)
                yield Problem(cell, message, found=found, expected=points(total), field=section.label)
                break


def _is_of_branch(figure: StatedFigure, form: Form) -> bool:
    """Whether a score is that of one branch of the indicators: 项目管理自评得分24.5分, but not 项目绩效自评得分98.5分."""
    clause = re.sub("绩效(?=自评|评价)", "", figure.clause)
    names = {squeeze(row[key].text) for row in form.rows("indicators") for key in ("level1", "level2", "level3")}
    return any(name and name in clause for name in names)


@rule(
    "TX06",
    "grade-differs",
    WARNING,
    "报告中的等次与总分不符",
    what="报告中的评价等次（总体评价为、评价等次为、评价结论为、等级为）是否就是总分所在的等次；“优秀”“良好”“中等”“较差”视同优、良、中、差。",
    why="等次由总分决定，写错会使结论与评分矛盾。",
    example="总分 98.5 分属于“优”，报告写“总体评价为良”。",
    fix="请核对总分和等次，把有误的一处改正。",
    source="评价方案的等次划分（[[grades]]）",
    reads=("report", "indicators.score"),
)
def check_grades(case: Case) -> Iterator[Problem]:
    form, grade, total = case.form, case.assessment.grade, case.assessment.total
    if grade is None or total is None or not is_fully_scored(form):
        return
    for section, cell in _written(form):
        for figure in [] if _is_about_goals(section) else grades_in(cell.text, form.text("basic.project_name")):
            written = _grade_name(form, figure.grade)
            if written not in (None, grade, form.text("stated.grade")) and _is_of_year(figure, form):
                message = f"“{section.label}”写“{figure.words}”，总分 {points(total)}属于“{grade}”"
                yield Problem(cell, message, found=figure.grade, expected=grade, field=section.label)
                break


def _grade_name(form: Form, word: str) -> str | None:
    """The grade of the scheme that a word means; None where the scheme has no such grade."""
    names = [grade.name for grade in form.scheme.grades]
    if word in names:
        return word
    positions = [position for position, words in enumerate(GRADE_WORDS) if word in words]
    return names[positions[0]] if positions and len(names) == len(GRADE_WORDS) else None
