"""LG: do the amounts that a form says were used agree with the books?"""

from collections.abc import Iterator
from decimal import Decimal

from perfxl.rules.cells import at, label_of, money
from perfxl.rules.declare import WARNING, Case, Problem, rule
from perfxl.rules.funds import execution_of
from perfxl.typed.amounts import OFFICE_UNIT, converted, plain

_BOOKS = "财政部门的支出账（--ledger）"


@rule(
    "LG01",
    "used-differs-from-books",
    WARNING,
    "使用金额与账不符",
    what="表中的实际使用（执行）数与账上本项目的执行数相差是否超过容差；同一年度的各笔相加，表头写“累计”的取最近一笔。",
    why="执行率按表中的数计算；与账不符，执行率和相应得分就不可信。",
    example="账上执行 87.44 万元，表中填 195.01 万元。",
    fix="请与账核对；有未入账或跨年支付的，说明原因并附依据。",
    source=_BOOKS,
    threshold="books_tolerance",
)
def check_booked_use(case: Case) -> Iterator[Problem]:
    """Fires at the used amount that the execution rate divides."""
    form, booked, rate = case.form, case.known.booked, execution_of(case.form)
    number = form.number(rate.part) if rate else None
    if booked is None or rate is None or number is None:
        return
    own = converted(booked.amount, OFFICE_UNIT, form.scheme.money_unit)
    if abs(number - own) > form.scheme.threshold("books_tolerance"):
        found, expected = money(form, number), money(form, own)
        message = f"“{label_of(form, rate.part)}”填 {found}，账上为 {expected}，相差 {money(form, abs(number - own))}"
        yield at(form, rate.part, message, found, expected)


@rule(
    "LG02",
    "not-in-books",
    WARNING,
    "账上没有这个项目",
    what="表中填了使用（执行）数的项目，账上有没有；先按编码，再按名称和单位对应，对应不上或有几个可能的都算没有。有批复清单的，只查清单上的项目；账上不到清单一半的，是部分账，不逐个提示。",
    why="账上没有的支出无从核对；也可能是账上用了另一个名称。",
    example="表中“信息系统运维项目”使用 87.44 万元，账上只有“运维费”。",
    fix="请核对项目编码和名称；账上用别的名称的，由财政部门在账表中补上项目编码。",
    source=_BOOKS,
)
def check_booked(case: Case) -> Iterator[Problem]:
    """Fires at the used amount."""
    form, rate = case.form, execution_of(case.form)
    number = form.number(rate.part) if rate else None
    known = case.known
    is_missing = known.has_books and known.booked is None and known.is_expected_in_books
    if is_missing and rate and number is not None and number > Decimal(0):
        yield at(form, rate.part, f"填了 {money(form, number)}，账上没有这个项目", plain(number), "账上的执行数")
