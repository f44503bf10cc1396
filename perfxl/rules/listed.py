"""XF03, XF04, LS06-LS10, LS12: is a form the project of the approved list that it says it is, with its unit and budget?

What the office knows of the form is looked up once it is read; without a list these rules say nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from perfxl.model import Cell, Form, State, Value
from perfxl.office.answers import amount_paths, approved_answers, shown
from perfxl.office.approved import ApprovedProject
from perfxl.rules.cells import at, label_of
from perfxl.rules.declare import ERROR, INFO, NOWHERE, WARNING, Case, Problem, rule
from perfxl.rules.funds import execution_of
from perfxl.typed.amounts import OFFICE_UNIT, converted, misread, plain, round_half_up
from perfxl.typed.likeness import same_office
from perfxl.typed.wording import name_key

LIST = "批复清单或应报项目名单（--roster）"
_NAME, UNIT, DEPARTMENT, _YEAR = "basic.project_name", "basic.unit", "basic.department", "basic.year"


@rule(
    "XF03",
    "not-on-roster",
    WARNING,
    "不在应报名单中",
    what="项目是否在应报项目名单（批复清单）中：先看表中的项目标识，再看编码和单位、名称和单位；名称按去掉空格、全半角、括号和编码后的写法比较，相近的名称会列出，不会自动对应。",
    why="可能是名称写得不同，也可能报了不该报的项目；不确认，名单上就会多出一个“未报送”。",
    example="名单上是“信息系统运维项目”，表中写成“信息系统运行维护项目”。",
    fix="请核对项目名称：名称有误的，由单位更正；确属应报的，由财政部门补入名单。",
    source=LIST,
)
def check_listed(case: Case) -> Iterator[Problem]:
    """Fires at the project's name."""
    known = case.known
    name = case.form.text(_NAME)
    if known.has_list and known.entry is None and name and not _is_others(case):
        near = f"，名单上相近的项目：{'、'.join(f'“{other}”' for other in known.near)}" if known.near else ""
        yield at(case.form, _NAME, f"“{name}”不在应报名单中{near}", found=name, expected="、".join(known.near))


@rule(
    "XF04",
    "budget-differs-from-roster",
    WARNING,
    "预算与名单不符",
    what="表中的预算（计划投资额或全年预算数）是否与名单上批复的预算一致，按万元保留两位小数比较；除以或乘以 10000 后与批复相差不到一倍的，是错误，金额存疑。",
    why="执行率以预算为分母，预算填错，执行率和相应得分都会错。",
    example="名单上批复 195.01 万元，表中填 159.01 万元。",
    fix="请按预算批复核对；年中有调整的，说明依据文件。",
    source=LIST,
    opens=True,
)
def check_listed_budget(case: Case) -> Iterator[Problem]:
    """Fires at the budget that the execution rate divides by."""
    form, entry, rate = case.form, case.known.entry, execution_of(case.form)
    number = form.number(rate.whole) if rate else None
    if entry is None or rate is None or number is None or entry.budget is None:
        return
    if _rounded(form, number) == round_half_up(entry.budget, 2):
        return
    label, unit = label_of(form, rate.whole), form.scheme.money_unit
    found, expected = f"{plain(_in_money_unit(form, number))}{OFFICE_UNIT}", f"{plain(entry.budget)}{OFFICE_UNIT}"
    message = f"表中“{label}”为 {found}，名单上批复的是 {expected}"
    problem = at(form, rate.whole, message, found, expected)
    likely = misread(number, converted(entry.budget, OFFICE_UNIT, unit), unit)
    if likely is None:
        yield replace(problem, opens=False)
        return
    corrected = f"{likely.amount:,.2f} {unit}"
    message += f"，正好相差约 10,000 倍，可能以{likely.unit or '其他单位'}填写：{corrected}"
    fix = f"请核对单位：确以{likely.unit or '其他单位'}填写的，改为 {corrected}；金额存疑，更正前不计入合计和比率。"
    yield replace(problem, message=message, fix=fix, severity=ERROR)


def _in_money_unit(form: Form, number: Decimal) -> Decimal:
    return converted(number, form.scheme.money_unit, OFFICE_UNIT)


def _rounded(form: Form, number: Decimal) -> Decimal:
    return round_half_up(_in_money_unit(form, number), 2)


# -- whose form it is -------------------------------------------------------------------------------------------------


def _is_others(case: Case) -> bool:
    """Whether the form bears the id of another project, which is said by itself."""
    known = case.known
    return known.owner is not None and known.owner is not known.entry


def _unit_changed(case: Case) -> ApprovedProject | None:
    """The project of the list whose form this is but for the unit."""
    owner, form = case.known.owner, case.form
    if owner is None or not _is_others(case) or case.known.entry is not None or not owner.unit:
        return None
    same_name = name_key(form.text(_NAME)) == name_key(owner.name)
    return owner if same_name and form.text(UNIT) and not same_office(owner.unit, form.text(UNIT)) else None


@rule(
    "LS06",
    "office-differs",
    WARNING,
    "单位与批复清单不符",
    what="表中的实施单位、主管部门与批复清单上的是不是同一个；省商务厅与海南省商务厅算同一个。",
    why="单位变了，就不能认定是清单上的那个项目；部门变了，汇总会归到别的部门。",
    example="清单上的实施单位是琼海市教育局，表中改成琼海市财政局。",
    fix="请按批复核对单位；确有变更的，由财政部门先改清单。",
    source=LIST,
)
def check_listed_units(case: Case) -> Iterator[Problem]:
    """Fires at unit or department."""
    form, changed, entry = case.form, _unit_changed(case), case.known.entry
    if changed:
        yield _differs(form, UNIT, changed.unit)
    if entry and entry.department and DEPARTMENT in form.scheme.data:
        own = form.text(DEPARTMENT)
        if own and not same_office(entry.department, own):
            yield _differs(form, DEPARTMENT, entry.department)


def _differs(form: Form, path: str, approved: Value, note: str = "") -> Problem:
    label, found, expected = label_of(form, path), shown(form.cell(path).value), shown(approved)
    return at(form, path, f"“{label}”批复为“{expected}”，表中为“{found}”{note}", found, expected)


@rule(
    "LS08",
    "other-projects-id",
    WARNING,
    "用了另一个项目的表",
    what="表里隐藏的项目标识，与表中写的项目和单位是不是同一个项目。标识只是线索：单位和名称（或编码）也一致，才按标识认定。",
    why="把发给甲项目的表改一改报乙项目，批复的目标、预算就对不上；两个项目都会保留，不会互相替代。",
    example="单位有两个项目，把第一个项目的表另存一份，改了项目名称报第二个项目。",
    fix="请用发给本项目的表填报；项目名称改错了的，改回批复的名称。",
    source=LIST,
)
def check_id(case: Case) -> Iterator[Problem]:
    """Fires at the project's name."""
    owner = case.known.owner
    if owner is not None and _is_others(case) and _unit_changed(case) is None:
        name = case.form.text(_NAME)
        whose = f"“{owner.title}”" + (f"（{owner.unit}）" if owner.unit else "")
        stands = f"，按所写内容认定为“{case.known.entry.title}”" if case.known.entry else "，没有按标识认定"
        yield at(case.form, _NAME, f"这份表是发给{whose}的，表中写的是“{name}”{stands}", name, owner.title)


@rule(
    "LS09",
    "unknown-id",
    WARNING,
    "项目标识不在清单中",
    what="表里隐藏的项目标识，是不是按现在的批复清单发出的。",
    why="标识不在清单中，可能是往年的表、别处发的表，或清单上的编码、单位后来改过。",
    example="用去年发的表填报今年的项目。",
    fix="请用今年下发的表填报；清单改过编码或单位的，由财政部门重新下发。",
    source=LIST,
)
def check_known_id(case: Case) -> Iterator[Problem]:
    """Fires at the project's name."""
    known = case.known
    if known.has_list and known.claim.id and known.owner is None:
        message = f"表中的项目标识 {known.claim.id} 不在批复清单中，没有按标识认定"
        yield at(case.form, _NAME, message, known.claim.id, known.entry.id if known.entry else "")


@rule(
    "LS12",
    "older-issue",
    INFO,
    "按较早的清单下发",
    what="表是不是按现在这一版清单预填的：发出以后，清单上本项目的预算、目标等有没有改过。",
    why="与批复不一致的地方，可能是清单后来改了，而不是单位改的。",
    example="3 月下发后，4 月调整了预算，单位用 3 月的表报送。",
    fix="请财政部门确认是否需要按新的清单重新下发。",
    source=LIST,
)
def check_issue(case: Case) -> Iterator[Problem]:
    """Has no cell."""
    known = case.known
    if known.entry and known.entry is known.owner and known.claim.issue not in ("", known.entry.issue):
        message = f"本表按清单的 {known.claim.issue} 版预填，本项目现在是 {known.entry.issue} 版"
        yield Problem(NOWHERE, message, known.claim.issue, known.entry.issue)


# -- what was approved ------------------------------------------------------------------------------------------------


@rule(
    "LS07",
    "approved-amount-differs",
    WARNING,
    "批复金额被改动",
    what="分来源的批复金额（2023 年版还有年初预算数合计）是否与批复清单一致，按万元保留两位小数比较。",
    why="批复的金额以清单为准，不由单位填报；来源改了，分来源的执行情况就不能与批复比较。",
    example="清单上省财政 195.01 万元，表中填到了市县财政。",
    fix="请改回批复的金额；批复有调整的，由财政部门先改清单。",
    source=LIST,
)
def check_listed_amounts(case: Case) -> Iterator[Problem]:
    """Fires at each amount but the budget itself, which is XF04's."""
    form, entry, rate = case.form, case.known.entry, execution_of(case.form)
    if entry is None:
        return
    answers = approved_answers(entry, form.scheme).cells
    for name, path in amount_paths(form.scheme).items():
        cell, approved = form.cell(path), answers.get(path)
        is_known = approved is not None or (bool(name) and bool(entry.sources))
        if not is_known or cell.state is State.UNREADABLE or (rate and path == rate.whole):
            continue
        stated = cell.number or Decimal(0)
        wanted = approved if isinstance(approved, Decimal) else Decimal(0)
        if _rounded(form, stated) != _rounded(form, wanted):
            yield _differs(form, path, approved, f"（单位：{form.scheme.money_unit}）")


@rule(
    "LS10",
    "locked-cell-changed",
    WARNING,
    "锁定的栏目被改动",
    what="下发时填好并锁定的项目名称、年度是否与批复清单一致；清单没有写的不比较。",
    why="锁定的单元格要先撤销保护才能改，通常是有意的改动。",
    example="清单上的年度是 2023，表中改成 2024。",
    fix="请改回批复的内容；批复有变更的，由财政部门先改清单。",
    source=LIST,
)
def check_locked(case: Case) -> Iterator[Problem]:
    """Fires at name and year."""
    form, entry = case.form, case.known.entry
    if entry is None:
        return
    name, year = form.cell(_NAME), form.cell(_YEAR)
    if entry.name and name.is_read and name_key(name.text) != name_key(entry.name):
        yield _differs(form, _NAME, entry.name)
    if entry.year and _says_otherwise(year, Decimal(entry.year)):
        yield _differs(form, _YEAR, Decimal(entry.year))


def _says_otherwise(cell: Cell, approved: Decimal) -> bool:
    return cell.number is not None and cell.number != approved
