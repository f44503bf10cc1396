"""What does a form hold of what was approved? The same answer for filling it in and for holding it against the list. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfxl.dossier import Data, flatten, nest
from perfxl.model import Dossier, Value
from perfxl.office.approved import ApprovedProject, ApprovedTarget
from perfxl.schemes.spec import APPROVED_DATA, Field, Matrix, Scheme, Table
from perfxl.typed.amounts import OFFICE_UNIT, converted, parse_amount, parse_threshold, plain
from perfxl.typed.wording import label_key, parse_date, squeeze


@dataclass(frozen=True)
class ApprovedAnswers:
    """What is approved as the form holds it: single data by path, rows of the table of targets by column; no blanks."""

    cells: Mapping[str, Value]
    rows: tuple[Mapping[str, Value], ...]


def approved_answers(project: ApprovedProject, scheme: Scheme) -> ApprovedAnswers:
    """The answers of a form that the list gives; amounts in the form's unit."""
    stated = {
        "basic.project_name": project.name,
        "basic.unit": project.unit,
        "basic.department": project.department,
        "basic.year": Decimal(project.year) if project.year else None,
    }
    known = {f"basic.{key}" for key in APPROVED_DATA} & scheme.data.keys()
    cells: dict[str, Value] = {path: value for path, value in stated.items() if path in known}
    cells |= {path: converted(amount, OFFICE_UNIT, scheme.money_unit) for path, amount in _amounts(project, scheme)}
    table = target_table(scheme)
    rows = [_row(target, scheme, table) for target in project.targets] if table else []
    return ApprovedAnswers({path: value for path, value in cells.items() if value not in (None, "")}, tuple(rows))


def approved_dossier(project: ApprovedProject, scheme: Scheme) -> Dossier:
    """The dossier of a form in which nothing but what was approved is filled in."""
    answers, table = approved_answers(project, scheme), target_table(scheme)
    own = {table.key: answers.rows} if table else {}
    return nest(scheme, Data(answers.cells, {**flatten(scheme, {}).tables, **own}))


def target_table(scheme: Scheme) -> Table | None:
    """The table whose rows are the approved targets."""
    return scheme.tables[scheme.approved.table] if scheme.approved else None


def amount_paths(scheme: Scheme) -> Mapping[str, str]:
    """The path of the approved amount of each source by the source's name; of the total by ""."""
    if scheme.approved is None:
        return {}
    if scheme.approved.amounts in scheme.data:
        return {"": scheme.approved.amounts}
    block, _, column = scheme.approved.amounts.partition(".")
    matrix = next(one for one in scheme.matrices if one.key == block)
    return {_source_name(matrix, row.key, row.name): matrix.path(column, row.key) for row in matrix.rows}


def _source_name(matrix: Matrix, key: str, name: str) -> str:
    return "" if key == matrix.total else name


def faults_of(project: ApprovedProject, scheme: Scheme) -> Iterator[str]:
    """Why a project of the list cannot be handed out on a form: what the form has no place for."""
    if scheme.approved is None:
        yield f"评价表 {scheme.id} 没有声明批复内容填在哪里（[approved]），不能预填"
        return
    paths = amount_paths(scheme)
    missing = [source.name for source in project.sources if source.name not in paths]
    if missing:
        known = "、".join(name for name in paths if name)
        yield f"{scheme.id} 没有资金来源“{'、'.join(missing)}”，可用的来源：{known}"
    if project.budget is not None and project.budget < 0:
        yield "批复预算小于 0"


def _amounts(project: ApprovedProject, scheme: Scheme) -> Iterator[tuple[str, Decimal]]:
    paths = amount_paths(scheme)
    if project.budget is not None and "" in paths:
        yield paths[""], project.budget
    yield from ((paths[source.name], source.amount) for source in project.sources if source.name in paths)


# -- targets ----------------------------------------------------------------------------------------------------------


def _row(target: ApprovedTarget, scheme: Scheme, table: Table) -> Mapping[str, Value]:
    """A target as a row of the form. Where the form has no columns for sign and unit, they stand with the value."""
    assert scheme.approved is not None
    columns = scheme.approved.columns
    texts = {key: str(getattr(target, key) or "") for key in columns if key != "weight"}
    if "target" in columns and target.target:
        ahead = "" if "sign" in columns or target.sign == "定性" else target.sign
        behind = "" if "unit" in columns else target.unit
        is_number = parse_amount(target.target) is not None
        texts["target"] = f"{ahead}{target.target}{behind}" if is_number else target.target
    row: dict[str, Value] = {columns[key]: _value(_column(table, columns[key]), text) for key, text in texts.items()}
    if "weight" in columns:
        row[columns["weight"]] = target.weight
    return {key: value for key, value in row.items() if value is not None}


def _column(table: Table, key: str) -> Field:
    column = table.column(key)
    assert column is not None
    return column


def _value(column: Field, text: str) -> Value:
    """A text of the list as what a column holds: numbers where the column takes numbers."""
    if not text:
        return None
    number = parse_amount(text) if column.is_number or column.type == "any" else None
    return number.value if number and not number.unit else text


# -- comparing --------------------------------------------------------------------------------------------------------


def same_answer(approved: Value, returned: Value) -> bool:
    """Whether two answers say the same: equal numbers, the same words but for blanks and width, equal bounds (≥90%, 90%以上)."""
    if approved == returned:
        return True
    one, other = _number(approved), _number(returned)
    if one is not None and other is not None:
        return one == other
    if isinstance(approved, str) and isinstance(returned, str):
        if label_key(approved) == label_key(returned):
            return True
        bound = parse_threshold(approved)
        return bound is not None and _is_bare(approved) and bound == parse_threshold(returned) and _is_bare(returned)
    return str(approved or "") == str(returned or "")


def _number(value: Value) -> Decimal | None:
    """The number that an answer is, without unit."""
    if isinstance(value, Decimal):
        return value
    parsed = parse_amount(value) if isinstance(value, str) else None
    return parsed.value if parsed and not parsed.unit else None


_LONGEST_BOUND = 16


def _is_bare(text: str) -> bool:
    """Whether a text is a bound and little else, so that an equal bound is an equal answer."""
    return len(squeeze(text)) <= _LONGEST_BOUND and parse_date(text) is None


def shown(value: Value) -> str:
    """An answer as a message shows it."""
    return plain(value) if isinstance(value, Decimal) else str(value or "") or "（空）"
