"""FD: amounts that are doubtful, because ten thousand times more or less would fit, or no project of this kind has so much.

Nothing is corrected by its magnitude: the likely unit stands in the advice, and the figures that rest on the amount are open.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from perfxl.model import Form
from perfxl.rules.cells import at, label_of, money
from perfxl.rules.declare import ERROR, WARNING, Case, Problem, rule
from perfxl.rules.once import once_a_form
from perfxl.schemes.spec import Field, Matrix, amount_field
from perfxl.typed.amounts import MONEY_UNITS, TEN_THOUSAND, Misread, misread


@once_a_form
def form_money_columns(form: Form) -> list[tuple[Matrix, Field]]:
    """Each column of amounts with its matrix; columns of points and rates are left out."""
    columns = [(matrix, column) for matrix in form.scheme.matrices for column in matrix.columns]
    return [(matrix, column) for matrix, column in columns if type_of(matrix, column) == "money"]


def type_of(matrix: Matrix, column: Field) -> str:
    return amount_field(matrix, column, matrix.rows[0]).type


@once_a_form
def totals_of(form: Form) -> dict[str, Decimal]:
    """The total of each column of amounts by its path, without signs; zeros and blanks are left out."""
    paths = [matrix.path(column.key, matrix.total) for matrix, column in form_money_columns(form)]
    return {path: abs(number) for path in paths if (number := form.number(path))}


@once_a_form
def suspect_of(form: Form) -> tuple[str, str] | None:
    """The total that stands apart by the scheme's factor and the one that it is held against, None where none does."""
    amounts = totals_of(form)
    ranked = sorted(amounts, key=lambda path: amounts[path])
    if len(ranked) < 2 or amounts[ranked[-1]] / amounts[ranked[0]] < form.scheme.threshold("unit_factor"):
        return None
    return _odd_one(form, ranked, [amounts[path] for path in ranked])


def _odd_one(form: Form, ranked: list[str], amounts: list[Decimal]) -> tuple[str, str]:
    """The likelier wrong amount and the one that it is held against.

    Of three amounts the one that stands apart from its neighbour by the larger factor is wrong. Of two, people type 元
    into a form in 万元 (too large) and 万元 into a form in 元 (too small).
    """
    above, below = amounts[-1] / amounts[-2], amounts[1] / amounts[0]
    is_large = above > below if above != below else form.scheme.money_unit != "元"
    return (ranked[-1], ranked[0]) if is_large else (ranked[0], ranked[-1])


@rule(
    "FD05",
    "unit-suspected",
    ERROR,
    "金额单位可疑",
    what="同一项目的计划、到位、使用合计中，最大与最小的两个（0不算）是否相差达到方案规定的倍数，指向三个数中离群的一个；只有两个数时，万元表指向较大的，元表指向较小的。"
    "除以或乘以10000后与其他合计相差不到一倍的，是错误，该金额存疑，不计入比率和汇总；其他倍数只是警告，照填报数计算。",
    why="最常见的填报错误是单位弄错：万元表里填了元，数大10000倍；元表里填了万元，数小10000倍。系统不凭大小改数，由填报单位更正。",
    example="计划投资额填195.01（万元），实际使用填874400（应为87.44万元）。",
    fix="对照表头的单位核对；填错单位的换算后重填，确为实际金额的在备注或报告中说明。",
    reads=("funds",),
    threshold="unit_factor",
    opens=True,
)
def check_unit(case: Case) -> Iterator[Problem]:
    """One finding, at the amount that stands apart."""
    form, suspect = case.form, suspect_of(case.form)
    if suspect is None:
        return
    path, other = suspect
    amounts = totals_of(form)
    for one in (other, *(one for one in amounts if one not in suspect)):
        likely = misread(amounts[path], amounts[one], form.scheme.money_unit)
        if likely is not None:
            why = f"与“{label_of(form, one)}”{money(form, amounts[one])}正好相差约 10,000 倍"
            yield doubted(form, path, why, likely)
            return
    yield _far_apart(form, path, other)


def doubted(form: Form, path: str, why: str, likely: Misread | None) -> Problem:
    """A doubtful amount: why, in which unit it may have been typed, and what it would then be."""
    amount, unit = abs(form.number(path) or Decimal(0)), form.scheme.money_unit
    text = f"“{label_of(form, path)}”{money(form, amount)}，{why}"
    if likely is None:
        return at(form, path, text, money(form, amount), "核对后的金额")
    shown = f"{likely.amount:,.2f} {unit}"
    text += f"，可能以{likely.unit}填写：{shown}" if likely.unit else f"，可能应为 {shown}"
    advice = f"请核对单位：确以{likely.unit or '其他单位'}填写的，改为 {shown}；金额无误的，改正与它不符的一处。"
    return replace(at(form, path, text, money(form, amount), shown), fix=advice)


def _far_apart(form: Form, path: str, other: str) -> Problem:
    """Two amounts of very different size that no unit explains: true perhaps, so they count."""
    amount, compared = totals_of(form)[path], totals_of(form)[other]
    times = round(max(amount, compared) / min(amount, compared))
    text = f"“{label_of(form, path)}”{money(form, amount)}，与“{label_of(form, other)}”{money(form, compared)}"
    text += f"相差约{times}倍，请核对单位是否为{form.scheme.money_unit}{_converted(form, amount, compared)}"
    found = at(form, path, text, money(form, amount), f"以{form.scheme.money_unit}为单位的金额")
    return replace(found, severity=WARNING, opens=False)


def _converted(form: Form, amount: Decimal, compared: Decimal) -> str:
    """What the amount would be in the form's unit if another unit was meant, where that fits."""
    own = form.scheme.money_unit
    for unit in ("元", "万元"):
        value = amount * MONEY_UNITS[unit] / MONEY_UNITS.get(own, Decimal(1))
        if unit != own and compared / 100 <= value <= compared * 100:
            return f"（若按{unit}填写，应为{money(form, value)}）"
    return ""


@rule(
    "FD12",
    "above-any-project",
    ERROR,
    "金额超过同类项目的上限",
    what="资金表各栏的合计是否超过财政部门在评价方案中设定的上限（[thresholds] largest_amount，以表的金额单位计）；没有设定的不检查。",
    why="整张表都填错单位时，表内各数互相一致，只有与同类项目可能的最大金额相比才看得出来。",
    example="上限设为 1000000 万元，计划投资额填 8600000（应为 860 万元）。",
    fix="核对表头的单位，换算后重填；确有这样大的项目的，由财政部门调高方案中的上限。",
    source="财政部门自行设定",
    reads=("funds",),
    threshold="largest_amount",
    opens=True,
)
def check_limit(case: Case) -> Iterator[Problem]:
    """Silent where the unit is suspected already (FD05)."""
    form, most = case.form, case.form.scheme.threshold("largest_amount")
    suspect = suspect_of(form) if "unit_factor" in form.scheme.thresholds else None
    for path, amount in totals_of(form).items():
        if amount > most and not (suspect and path == suspect[0]):
            why = f"超过同类项目的上限{money(form, most)}"
            fits = amount / TEN_THOUSAND <= most and form.scheme.money_unit == "万元"
            yield doubted(form, path, why, Misread("元", amount / TEN_THOUSAND) if fits else None)
