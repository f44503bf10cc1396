"""LS01-LS05, LS11: are the targets of a form those that were approved, with their standards and weights?

A row of the form is an approved target when it is called the same; one that differs in its name alone was renamed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from perfxl.model import Form, Row, State, Value
from perfxl.office.answers import approved_answers, same_answer, shown
from perfxl.office.knowledge import KnownProject
from perfxl.rules.cells import filled_rows, in_row, sheet_of
from perfxl.rules.declare import ERROR, WARNING, Case, Problem, rule
from perfxl.rules.listed import LIST
from perfxl.schemes.spec import Approved
from perfxl.scoring.achievement import compare
from perfxl.scoring.ladder import STANDARDS, grade_on, ladder_of
from perfxl.typed.wording import label_key

ApprovedRow = Mapping[str, Value]
"""An approved target by the columns of the form."""


@dataclass(frozen=True)
class Pairing:
    """The targets of a form beside the approved ones.

    Attributes:
        pairs: rows of the form with the approved target that each is.
        dropped: approved targets that the form does not have.
        added: rows that are no approved target.
    """

    pairs: tuple[tuple[Row, ApprovedRow], ...] = ()
    dropped: tuple[ApprovedRow, ...] = ()
    added: tuple[Row, ...] = ()


def pairing_of(case: Case) -> Pairing:
    """The targets of a form beside those of the list; nothing where the list has none for it."""
    form, known = case.form, case.known
    rows = _approved_rows(form, known)
    if not rows or form.scheme.approved is None:
        return Pairing()
    name = form.scheme.approved.columns["name"]
    left = list(filled_rows(form, form.scheme.approved.table))
    pairs: list[tuple[Row, ApprovedRow]] = []
    dropped: list[ApprovedRow] = []
    for approved in rows:
        same = [row for row in left if label_key(row[name].text) == label_key(str(approved.get(name, "")))]
        best = max(same, key=lambda row: _agreeing(row, approved), default=None)
        if best is None:
            dropped.append(approved)
        else:
            pairs.append((best, approved))
            left.remove(best)
    for approved in list(dropped):
        renamed = next((row for row in left if _is_renamed(row, approved, name)), None)
        if renamed is not None:
            pairs.append((renamed, approved))
            dropped.remove(approved)
            left.remove(renamed)
    pairs.sort(key=lambda pair: pair[0].index)
    return Pairing(tuple(pairs), tuple(dropped), tuple(left))


def _approved_rows(form: Form, known: KnownProject) -> tuple[ApprovedRow, ...]:
    return approved_answers(known.entry, form.scheme).rows if known.entry else ()


def _agreeing(row: Row, approved: ApprovedRow) -> int:
    return sum(same_answer(value, row[key].value) for key, value in approved.items())


def _is_renamed(row: Row, approved: ApprovedRow, name: str) -> bool:
    """Whether a row says all that was approved but the name; one that says little else is no evidence."""
    others = [key for key in approved if key != name]
    return len(others) > 1 and all(same_answer(approved[key], row[key].value) for key in others)


def _changed(row: Row, approved: ApprovedRow) -> Iterator[str]:
    """The columns of a row that do not say what was approved; cells that cannot be read are reported already."""
    for key, value in approved.items():
        cell = row[key]
        if cell.state is not State.UNREADABLE and not same_answer(value, cell.value):
            yield key


def _problems(case: Case, *keys: str) -> Iterator[Problem]:
    """A problem at each changed cell of some of the list's columns; targets that were reached thereby are LS11's."""
    form, approved_by = case.form, case.form.scheme.approved
    columns = {approved_by.columns[key] for key in keys if key in approved_by.columns} if approved_by else set()
    for row, approved in pairing_of(case).pairs:
        changed = [key for key in _changed(row, approved) if key in columns]
        if changed and approved_by and _reached_thereby(form, approved_by, row, approved) in changed:
            continue
        for key in changed:
            yield _problem(form, row, key, approved)


def _problem(form: Form, row: Row, key: str, approved: ApprovedRow, behind: str = "") -> Problem:
    assert form.scheme.approved is not None
    table = form.scheme.approved.table
    datum = form.scheme.tables[table].column(key)
    found, expected = shown(row[key].value), shown(approved[key])
    named = shown(approved.get(form.scheme.approved.columns["name"]))
    message = f"“{named}”的“{datum.label if datum else key}”批复为“{expected}”，表中为“{found}”{behind}"
    return in_row(form, table, row, key, message, found, expected)


@rule(
    "LS01",
    "approved-target-changed",
    ERROR,
    "批复的绩效目标被改动",
    what="批复清单上的每个指标，名称、类别、指标性质、目标值和度量单位是否与表中的一致；空格、全半角不算改动，“≥90%”与“90%以上”算一致。",
    why="绩效目标以预算批复为准填列；目标由填报单位自己改，完成得好不好就没有意义。",
    example="批复“培训人数 ≥ 500 人”，表中改成“≥ 300 人”。",
    fix="请改回批复的目标；批复有调整的，附调整文件，由财政部门先改清单。",
    source=LIST,
)
def check_approved_targets(case: Case) -> Iterator[Problem]:
    """Fires at the changed cell."""
    yield from _problems(case, "name", "level1", "level2", "sign", "target", "unit")


@rule(
    "LS02",
    "approved-target-dropped",
    ERROR,
    "批复的绩效目标没有了",
    what="批复清单上的每个指标，表中是否都有。",
    why="没有完成的指标不报，剩下的看起来都完成了。",
    example="批复 6 个指标，表中只剩 5 个，少了“群众满意度”。",
    fix="请补上批复的指标并填写实际完成值；批复取消的，附文件，由财政部门先改清单。",
    source=LIST,
)
def check_dropped(case: Case) -> Iterator[Problem]:
    """Fires at the sheet: there is no cell."""
    approved_by = case.form.scheme.approved
    for approved in pairing_of(case).dropped:
        assert approved_by is not None
        name = shown(approved.get(approved_by.columns["name"]))
        told = "，".join(shown(value) for key, value in approved.items() if key != approved_by.columns["name"])
        yield Problem(sheet_of(case.form, approved_by.table), f"缺少批复的指标“{name}”", "没有", told, name)


@rule(
    "LS03",
    "target-added",
    WARNING,
    "增加了没有批复的指标",
    what="表中有没有批复清单上没有的指标。",
    why="自己增加容易完成的指标，会摊薄批复指标的分值；确有需要的可以保留，由评审人员判断。",
    example="批复 5 个指标，表中多出一个“召开会议次数”。",
    fix="请说明增加的依据；没有依据的删去。",
    source=LIST,
)
def check_added(case: Case) -> Iterator[Problem]:
    """Fires at the name of the target."""
    approved_by = case.form.scheme.approved
    for row in pairing_of(case).added:
        assert approved_by is not None
        name = approved_by.columns["name"]
        said = shown(row[name].value)
        yield in_row(case.form, approved_by.table, row, name, f"“{said}”不是批复的指标", said, "批复清单上的指标")


@rule(
    "LS04",
    "standard-altered",
    ERROR,
    "批复的绩效标准被改动",
    what="批复清单上的优、良、中、差各档标准是否与表中的一致。",
    why="降低标准，同样的结果就能评上更高的等次。",
    example="批复“优”为 1000 条，表中改成 800 条。",
    fix="请改回批复的标准；批复有调整的，附调整文件，由财政部门先改清单。",
    source=LIST,
)
def check_standards(case: Case) -> Iterator[Problem]:
    """Fires at the changed standard."""
    yield from _problems(case, *STANDARDS)


@rule(
    "LS05",
    "approved-weight-altered",
    ERROR,
    "批复的分值被改动",
    what="批复清单上的指标分值是否与表中的一致。",
    why="把分值从完成得差的指标移到完成得好的指标，总分就变了。",
    example="批复“满意度”10 分，表中改成 5 分，“培训人数”由 20 分改成 25 分。",
    fix="请改回批复的分值。",
    source=LIST,
)
def check_approved_weights(case: Case) -> Iterator[Problem]:
    """Fires at the changed weight."""
    yield from _problems(case, "weight")


@rule(
    "LS11",
    "reached-only-after-lowering",
    ERROR,
    "目标降低后才算完成",
    what="表中的目标或标准比批复的低，而实际完成值只达到了降低后的目标（或因此评上更高的等次）。",
    why="按批复的目标并没有完成；这是改动目标最需要追问的情形。",
    example="批复 ≥ 500 人，表中改成 ≥ 300 人，实际完成 320 人。",
    fix="请改回批复的目标，按批复的目标重新评分，并说明没有完成的原因。",
    source=LIST,
)
def check_reached(case: Case) -> Iterator[Problem]:
    """Fires at the lowered target or standard."""
    form, approved_by = case.form, case.form.scheme.approved
    for row, approved in pairing_of(case).pairs if approved_by else ():
        assert approved_by is not None
        key = _reached_thereby(form, approved_by, row, approved)
        if key:
            actual = shown(row["actual"].value)
            yield _problem(form, row, key, approved, f"；实际完成“{actual}”，只达到降低后的要求")


def _reached_thereby(form: Form, approved_by: Approved, row: Row, approved: ApprovedRow) -> str:
    """The changed column by which a result looks better than what was approved allows; "" for none."""
    changed = set(_changed(row, approved))
    standards = [approved_by.columns[key] for key in STANDARDS if approved_by.columns.get(key) in changed]
    if standards:
        grades = tuple(grade.name for grade in form.scheme.grades)
        now, before = (_place(one, grades) for one in (row, _as_approved(row, approved)))
        return standards[0] if now is not None and before is not None and now < before else ""
    bounds = [approved_by.columns[key] for key in ("target", "sign") if approved_by.columns.get(key) in changed]
    is_reached = bounds and _reaches(row, approved_by) and _reaches(_as_approved(row, approved), approved_by) is False
    return bounds[0] if is_reached else ""


def _as_approved(row: Row, approved: ApprovedRow) -> Row:
    """The row with what was approved instead of what it says."""
    cells = {key: row[key]._replace(value=value, state=State.READ) for key, value in approved.items()}
    return replace(row, cells={**row.cells, **cells})


def _place(row: Row, grades: tuple[str, ...]) -> int | None:
    """Which grade the actual value gets, 0 being the best."""
    grade = grade_on(ladder_of(row), row["actual"].text, grades)
    return None if grade is None else grades.index(grade)


def _reaches(row: Row, approved_by: Approved) -> bool | None:
    """Whether the actual value reaches the target; None where they cannot be compared."""
    target = approved_by.columns.get("target", "")
    sign, unit = (row[approved_by.columns[key]].text if key in approved_by.columns else "" for key in ("sign", "unit"))
    compared = compare(sign, row[target].value, row["actual"].value, unit)
    if compared is None:
        return None
    gap: Decimal = compared.reached - compared.wanted
    return gap <= 0 if compared.asks_for_less else gap >= 0
