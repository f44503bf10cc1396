"""IN: are the indicators those of the form, are their scores within their weights, and do the sums hold?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby

from perfxl.model import Cell, Form, Row, State
from perfxl.rules.cells import (
    BRANCHES,
    at,
    at_texts,
    filled_rows,
    hidden_among,
    in_row,
    is_empty,
    is_fully_scored,
    is_within,
    points,
    sheet_of,
    shown_blank,
    texts_left_out,
)
from perfxl.rules.declare import ERROR, WARNING, Case, Problem, rule
from perfxl.rules.once import once_a_form
from perfxl.rules.tree import branches, own_indicators, prescribed_weights, tree_of, weight_of
from perfxl.schemes.spec import LEVELS, Branch, branch_of
from perfxl.typed.wording import indicator_key, label_key, squeeze

NOISE = Decimal("0.000001")
"""Less than any figure that people type."""
TREE_SOURCE = "海南省商务厅公开的2020年度信息系统运维项目、服务贸易项目评价材料（两处分值相同）"


SHORT_NAME = 3
"""Names of so few letters (满意度) say too little to be the same under different levels."""


def name_of(row: Row) -> str:
    return row["level3"].text or row["level2"].text or f"第{row.index + 1}行"


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """The sum; None where a number is missing."""
    total = Decimal(0)
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


@rule(
    "IN01",
    "score-out-of-range",
    ERROR,
    "得分超出分值范围",
    what="每个指标的得分是否不小于0、不大于该指标的分值。",
    why="得分以分值为上限，没有附加分，也没有负分；超出会使总分和等次失真。",
    example="“到位率”分值3分，得分填3.5分。",
    fix="把得分改到0与分值之间；评分时按扣分标准扣减，不加分。",
    reads=("indicators.score",),
    opens=True,
)
def check_range(case: Case) -> Iterator[Problem]:
    """Against the scheme's weight, also where the form's was changed (IN03)."""
    for row in filled_rows(case.form, "indicators"):
        score, weight = row["score"].number, weight_of(case.form, row)
        if score is None or is_within(score, weight):
            continue
        limit = f"0至{points(weight)}" if weight is not None else "不小于0分"
        side = "小于0分" if score < 0 else f"超过分值{points(weight or Decimal(0))}"
        text = f"“{name_of(row)}”得分{points(score)}，{side}"
        yield in_row(case.form, "indicators", row, "score", text, points(score), limit)


@rule(
    "IN02",
    "score-missing",
    ERROR,
    "指标没有得分",
    what="每个指标是否都填了得分；“无”“—”视同没有填，0分算已填。",
    why="缺一个得分，总分、等次和各级小计都不成立。",
    example="“社会效益”分值8分，得分空白。",
    fix="填写得分；确实不得分的填0。",
    reads=("indicators.score",),
    opens=True,
)
def check_missing(case: Case) -> Iterator[Problem]:
    for row in filled_rows(case.form, "indicators"):
        if is_empty(row["score"]):
            weight = weight_of(case.form, row)
            limit = f"0至{points(weight)}" if weight is not None else "得分"
            text = f"“{name_of(row)}”没有填写得分"
            yield in_row(case.form, "indicators", row, "score", text, shown_blank(row["score"]), limit)


@rule(
    "IN03",
    "weight-changed",
    ERROR,
    "指标分值被改动",
    what="各三级指标的分值是否与评价方案规定的一致。",
    why="分值由评价方案统一规定，改动后各单位的得分不可比。",
    example="“管理制度”规定分值9分，表中改成了10分。",
    fix="恢复规定的分值，得分随之核对；不要改动分值栏。",
    source=TREE_SOURCE,
    reads=("indicators.weight",),
    opens=True,
)
def check_weight(case: Case) -> Iterator[Problem]:
    for row, weight in _changed(case.form):
        found = row["weight"].number
        stated = points(found) if found is not None else "空白"
        text = f"“{name_of(row)}”的分值为{stated}，方案规定为{points(weight)}"
        yield in_row(case.form, "indicators", row, "weight", text, stated, points(weight))


@once_a_form
def _changed(form: Form) -> list[tuple[Row, Decimal]]:
    """Each row whose weight is not the scheme's, with the scheme's."""
    prescribed = prescribed_weights(form)
    known = [(row, prescribed[row.index]) for row in filled_rows(form, "indicators") if row.index in prescribed]
    return [(row, weight) for row, weight in known if row["weight"].number != weight and _may_differ(row["weight"])]


def _may_differ(cell: Cell) -> bool:
    """Whether a weight is not reported otherwise, as unreadable or lost."""
    return cell.state is not State.UNREADABLE and bool(cell.address)


@rule(
    "IN04",
    "weights-do-not-add-up",
    ERROR,
    "分值加总不符",
    what="三级指标分值之和是否等于所属二级、一级指标的分值，全部之和是否等于总分行的分值与方案的满分；只提示最低一级的不符。",
    why="分值加总不符时，得分率和总分没有意义。",
    example="公开的自评表中有总分行写100、各行分值相加为120的。",
    fix="核对各级分值，使下级之和等于上级，总计等于规定的满分。",
    reads=("indicators.weight",),
    opens=True,
)
def check_weights(case: Case) -> Iterator[Problem]:
    """Printed weights are held against level 3; a branch with a reported row or branch is passed over."""
    form, rows = case.form, filled_rows(case.form, "indicators")
    if not rows or not _is_whole(form):
        return
    broken = {row.index for row, _ in _changed(form)}
    broken |= {row.index for row in rows if row["weight"].number is None}
    for members, weight in _open_members(form, rows):
        problem = _open_problem(form, members, weight)
        if problem and broken.isdisjoint(row.index for row in members):
            yield problem
            broken |= {row.index for row in members}
    for depth, column in ((2, "weight2"), (1, "weight1")):
        for members in _grouped(form, rows, depth):
            problem = _branch_problem(form, members, depth, column)
            if problem and broken.isdisjoint(row.index for row in members):
                yield problem
                broken |= {row.index for row in members}
    if not broken:
        yield from _total_problems(form, rows)


def _grouped(form: Form, rows: Sequence[Row], depth: int) -> Iterator[list[Row]]:
    """Neighbouring rows of one branch."""
    known = branches(form)
    for _, members in groupby(rows, key=lambda row: known[row.index][:depth]):
        yield list(members)


def _open_members(form: Form, rows: Sequence[Row]) -> Iterator[tuple[list[Row], Decimal]]:
    """The agency's indicators in each branch of the tree that is open to it, with the sum that the scheme gives them."""
    own = own_indicators(form)
    for branch, weight in form.scheme.tables["indicators"].open_branches.items():
        members = [row for row in rows if own.get(row.index) == branch]
        if members and weight is not None:
            yield members, weight


def _open_problem(form: Form, members: Sequence[Row], weight: Decimal) -> Problem | None:
    summed = _sum(row["weight"].number for row in members)
    if summed is None or _is_same(summed, weight):
        return None
    name = members[0]["level2"].text or members[0]["level1"].text
    text = f"“{name}”下自行填写的指标，分值相加为{points(summed)}，方案规定合计{points(weight)}"
    text += hidden_among(form, (row["weight"] for row in members))
    return in_row(form, "indicators", members[0], "weight", text, points(summed), points(weight))


def _branch_problem(form: Form, members: Sequence[Row], depth: int, column: str) -> Problem | None:
    """A printed weight of level 1 or 2 that is not the sum of its members."""
    printed, summed = members[0][column].number, _sum(row["weight"].number for row in members)
    if printed is None or summed is None or _is_same(printed, summed):
        return None
    text = f"“{members[0][LEVELS[depth - 1]].text}”的分值为{points(printed)}，所属三级指标分值相加为{points(summed)}"
    text += hidden_among(form, (row["weight"] for row in members))
    return in_row(form, "indicators", members[0], column, text, points(printed), points(summed))


def _is_same(one: Decimal, other: Decimal) -> bool:
    """Whether two sums of weights are the same but for what a spreadsheet loses in thirds."""
    return abs(one - other) < NOISE


def _uncounted(form: Form) -> str:
    """A remark that names the rows that were left out as subtotals."""
    lines = [f"第{row_of(row)}行" for row in form.subtotals.get("indicators", ())]
    return f"（没有计入小计行：{'、'.join(lines)}）" if lines else ""


def row_of(row: Row) -> int:
    """The physical row of a table's row."""
    return max((cell.row for cell in row.cells.values()), default=0)


def _total_problems(form: Form, rows: Sequence[Row]) -> Iterator[Problem]:
    """The sum of all weights against the scheme's, else the printed totals against the sum."""
    summed = _sum(row["weight"].number for row in rows)
    expected = form.scheme.full_score - (form.scheme.execution.weight if form.scheme.execution else 0)
    footers = [form.cell(f"indicators#footer.{column}") for column in ("weight", "weight2", "weight1")]
    if summed is None:
        return
    execution = form.scheme.execution
    if not _is_same(summed, expected):
        beside = f"（另有预算执行率{points(execution.weight)}）" if execution else ""
        beside += _uncounted(form) + hidden_among(form, (row["weight"] for row in rows))
        text = f"各指标分值相加为{points(summed)}，应为{points(expected)}{beside}"
        cell = footers[0] if footers[0].address else sheet_of(form, "indicators")
        yield Problem(cell, text, points(summed), points(expected), field="总分的分值")
        return
    whole = summed + execution.weight if execution else summed
    added = f"（加上预算执行率{points(execution.weight)}）" if execution else ""
    left_out = whole + sum(row["weight"].number or Decimal(0) for row in form.subtotals.get("indicators", ()))
    for cell in footers:  # a total that counts the subtotals too is reported with that of the scores
        if cell.number is not None and not _is_same(cell.number, whole) and not _is_same(cell.number, left_out):
            if texts := texts_left_out((row["weight"] for row in rows), cell.number, whole, NOISE):
                yield at_texts(form, texts, "总分行的分值", points(cell.number), points(whole), "分值")
                return
            text = f"总分行的分值为{points(cell.number)}，各指标分值相加{added}为{points(whole)}"
            yield Problem(cell, text, points(cell.number), points(whole), field="总分的分值")


@rule(
    "IN05",
    "total-mismatch",
    ERROR,
    "总分与各指标得分之和不符",
    what="表内填写的总分，是否等于各指标得分之和（相差不到方案允许的误差不计）；有指标没有得分时不核对。",
    why="等次按总分确定；总分与明细不符，结论不可采信。",
    example="各指标得分相加为98.5分，总分填99分。",
    fix="核对各指标得分，再把总分改为它们的和；使用原模板时总分会自动计算。",
    reads=("indicators.score", "stated.total"),
    threshold="score_tolerance",
)
def check_total(case: Case) -> Iterator[Problem]:
    if total_differs(case):
        stated = case.form.number("stated.total")
        assert stated is not None
        yield _total_problem(case.form, stated, stated_sum(case))


def _total_problem(form: Form, stated: Decimal, summed: Decimal) -> Problem:
    """At the scores typed as text where the total lacks just these, else at the total."""
    scores = [row["score"] for row in filled_rows(form, "indicators")]
    if form.scheme.execution is not None:
        scores.append(form.cell(form.scheme.execution.score))
    if texts := texts_left_out(scores, stated, summed, form.scheme.threshold("score_tolerance")):
        return at_texts(form, texts, "总分", points(stated), points(summed), "得分")
    added = "与预算执行率得分" if form.scheme.execution else ""
    summing = f"各指标得分{added}相加为{points(summed)}{hidden_among(form, scores)}"
    text = f"总分填{points(stated)}，{summing}，相差{points(abs(stated - summed))}"
    problem = at(form, "stated.total", text, points(stated), points(summed))
    return _with_subtotals(form, problem, stated - summed)


def _with_subtotals(form: Form, problem: Problem, surplus: Decimal) -> Problem:
    """The problem with its cause where the total counts rows that are subtotals."""
    rows = form.subtotals.get("indicators", ())
    scores = [row["score"].number or Decimal(0) for row in rows]
    if not any(scores) or not _is_same(sum(scores, Decimal(0)), surplus):
        return problem
    lines = "、".join(f"第{row_of(row)}行" for row in rows)
    message = f"{problem.message}：小计行（{lines}）的得分被重复加进了总分"
    return replace(problem, message=message, fix=f"请删去小计行（{lines}），或从总分的公式中去掉这些行。")


def total_differs(case: Case) -> bool:
    """Whether the stated total is neither the sum of the stated scores nor the computed total.

    Not said where a score is missing. A stated score that is not the computed one is reported itself (PT11).
    """
    stated, total = case.form.number("stated.total"), case.assessment.total
    if stated is None or total is None or not is_fully_scored(case.form):
        return False
    return all(
        abs(stated - sum_) >= case.form.scheme.threshold("score_tolerance") for sum_ in (total, stated_sum(case))
    )


def stated_sum(case: Case) -> Decimal:
    """The sum of the scores as the form states them; the computed points for execution where it states none."""
    form, execution = case.form, case.form.scheme.execution
    scores = [row["score"].number for row in filled_rows(form, "indicators")]
    if execution is not None:
        stated = form.number(execution.score)
        scores.append(case.assessment.execution_score if stated is None else stated)
    return sum((score for score in scores if score is not None), Decimal(0))


@rule(
    "IN06",
    "indicator-missing-or-unknown",
    ERROR,
    "指标缺失或不在方案之内",
    what="评分表的一、二、三级指标是否与评价方案规定的完全一致：既不少，也不多，也没有改名。",
    why="指标体系由方案统一规定，增删改名后得分不可比，汇总也对不上。",
    example="“服务对象满意度”一行被删去；“环境效益”被改成“生态效益”。",
    fix="恢复规定的指标名称和行；不适用的指标按评分标准评分，不要删除。",
    source=TREE_SOURCE,
    reads=("indicators",),
    opens=True,
)
def check_tree(case: Case) -> Iterator[Problem]:
    """A renamed level is one finding at its cell; rows that are gone are one finding together."""
    form, rows = case.form, filled_rows(case.form, "indicators")
    if "indicators" not in form.tables or not all(map(_is_legible, rows)):
        return
    lost, seen = _lost(form), set[tuple[str, str]]()
    for row in _strangers(form):
        own = branches(form)[row.index]
        likely = max(lost, key=lambda branch: _alike(own, branch), default=None)
        if likely is not None and _alike(own, likely) >= 2:
            lost.remove(likely)
            problem = _renamed(form, row, likely)
        else:
            text = f"“{name_of(row)}”不是方案规定的指标"
            problem = in_row(form, "indicators", row, "level3", text, name_of(row), "方案规定的指标")
        place = (problem.cell.sheet, problem.cell.address)
        if place not in seen:
            seen.add(place)
            yield problem
    if lost:
        tree = tree_of(form.scheme)
        names = "、".join(str(tree[branch]["level3"]) for branch in lost)
        yield Problem(
            _before(form, rows, lost[0]), f"缺少方案规定的指标：{names}", "没有这些行", names, field="三级指标"
        )
    for branch in _unanswered(form):
        text = f"“{branch}”下没有填写指标，方案规定由单位自行填写"
        yield Problem(sheet_of(form, "indicators"), text, "没有填写", "至少一个指标", field="三级指标")


def _is_legible(row: Row) -> bool:
    return all(row[level].state is not State.UNREADABLE for level in LEVELS)


def _lost(form: Form) -> list[Branch]:
    """The scheme's indicators that the form lacks, in order."""
    present = set(branches(form).values())
    return [branch for branch in tree_of(form.scheme) if branch not in present]


def _unanswered(form: Form) -> Iterator[str]:
    """The names of the branches that are open to the agency and to which it wrote nothing."""
    table, answered = form.scheme.tables["indicators"], set(own_indicators(form).values())
    for branch in table.open_branches:
        if branch not in answered:
            row = next(row for row in table.open_rows if branch_of(row)[: len(branch)] == branch)
            yield str(row[LEVELS[len(branch) - 1]])


def _strangers(form: Form) -> Iterator[Row]:
    """The rows that are neither in the scheme's tree nor in a branch of it that is open to the agency."""
    tree, known = tree_of(form.scheme), branches(form)
    has_tree, own = bool(form.scheme.tables["indicators"].fixed), own_indicators(form)
    rows = form.rows("indicators") if has_tree else ()
    yield from (row for row in rows if known[row.index] not in tree and row.index not in own)


def _is_whole(form: Form) -> bool:
    """Whether the scheme's rows are there, each once, and something where the agency writes its own."""
    tree, own = tree_of(form.scheme), own_indicators(form)
    printed = [branch for index, branch in branches(form).items() if index not in own]
    has_tree = bool(form.scheme.tables["indicators"].fixed)
    return not has_tree or (sorted(printed) == sorted(tree) and not any(_unanswered(form)))


def _alike(one: Branch, other: Branch) -> int:
    """How many level names two indicators share."""
    return sum(a == b for a, b in zip(one, other, strict=True))


def _renamed(form: Form, row: Row, likely: Branch) -> Problem:
    """The problem at the level whose name is not the scheme's."""
    own = branches(form)[row.index]
    level = next(level for level, name, wanted in zip(LEVELS, own, likely, strict=True) if name != wanted)
    wanted, found = str(tree_of(form.scheme)[likely][level]), row[level].text or "空白"
    text = f"指标“{found}”与方案不符，此处应为“{wanted}”"
    return in_row(form, "indicators", row, level, text, found, wanted)


def _before(form: Form, rows: Sequence[Row], lost: Branch) -> Cell:
    """The cell below which a lost indicator belongs; the sheet alone where it was the first."""
    order = list(tree_of(form.scheme))
    earlier = set(order[: order.index(lost)])
    known = [row["level3"] for row in rows if branches(form)[row.index] in earlier]
    return known[-1] if known else sheet_of(form, "indicators")


@rule(
    "IN07",
    "duplicate-indicator",
    WARNING,
    "指标重复",
    what="是否有名称相同的两行指标或绩效目标；空格、全半角、序号（指标1：）、标点和括号里的单位不计。一、二级指标也相同才算；指标值和完成值都相同的，分属不同的一、二级指标也算。",
    why="同一指标计分两次，会放大它的分值。",
    example="“产出指标 / 数量指标 / 资助困难教师及学生”出现两次；“指标1：培训人数”与“培训人数（人）”。",
    fix="合并重复的行；确为不同内容的，改用能够区分的名称。",
    reads=("indicators",),
)
def check_duplicates(case: Case) -> Iterator[Problem]:
    """Fires at each later row."""
    for key, column, levels in (("indicators", "level3", BRANCHES), ("targets", "name", ("kind",))):
        first_of: dict[tuple[str, ...], Row] = {}
        for row in filled_rows(case.form, key):
            keys = _sameness(row, column, levels)
            first = next((first_of[one] for one in keys if one in first_of), None)
            for one in keys:
                first_of.setdefault(one, row)
            if first is not None:
                shown = row[column].text
                text = f"“{shown}”与第{first[column].row}行的指标重复"
                yield in_row(case.form, key, row, column, text, shown, "每个指标一行")


def _sameness(row: Row, column: str, levels: Sequence[str]) -> list[tuple[str, ...]]:
    """What two rows share that are one indicator: name and levels, or name, target and result where the name says enough."""
    name = indicator_key(row[column].text)
    if not name:
        return []
    branch = ("branch", name, *(label_key(row[level].text) for level in levels))
    figures = [row[key] for key in ("target", "actual")]
    if len(name) <= SHORT_NAME or not all(cell.is_read for cell in figures):
        return [branch]
    return [branch, ("figures", name, *(squeeze(str(cell.value)) for cell in figures))]


@rule(
    "IN09",
    "level-weights-unusual",
    WARNING,
    "一级指标分值与原则规定不同",
    what="各一级指标的分值合计，是否与评价方案“原则上”的分值一致。",
    why="方案规定了产出、效益、满意度等的一般比重，偏离时应有理由。",
    example="原则上产出指标50分、效益指标30分、满意度指标10分，表中产出指标合计70分。",
    fix="调整各指标分值；有特殊理由的，由评价人员核定。",
    reads=("indicators.weight", "indicators.target"),
)
def check_levels(case: Case) -> Iterator[Problem]:
    form, sums, first = case.form, dict[str, Decimal](), dict[str, Row]()
    for row in filled_rows(form, "indicators"):
        name, weight = label_key(row["level1"].text), row["weight"].number
        if weight is None:
            return
        first.setdefault(name, row)
        sums[name] = sums.get(name, Decimal(0)) + weight
    for level, usual in form.scheme.levels.items():
        summed = sums.get(label_key(level))
        if summed is not None and summed != usual:
            text = f"“{level}”的分值合计为{points(summed)}，原则上为{points(usual)}"
            yield in_row(form, "indicators", first[label_key(level)], "level1", text, points(summed), points(usual))
