"""What every rule asks of a form: which rows count, which cells are empty, and a problem at the right cell."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from perfxl.model import Cell, Form, Row, State
from perfxl.rules.declare import Problem
from perfxl.rules.once import once_a_form
from perfxl.rules.tree import weight_of
from perfxl.schemes.spec import Field, Table
from perfxl.typed.amounts import plain
from perfxl.typed.wording import is_nothing, is_placeholder, squeeze

EXAMPLE_MARKS = ("示例", "例:", "(例")
BRANCHES = ("level1", "level2")
"""Columns that name the branch to which a row belongs, and say nothing of the row itself."""


@once_a_form
def filled_rows(form: Form, key: str) -> tuple[Row, ...]:
    """The rows of a table that say something: no left-overs such as …… or 指标2:, no rows of 无, — or 0 alone."""
    table = form.scheme.tables.get(key)
    if table is None or (table.fixed and not table.open_rows):
        return form.rows(key)
    left = left_overs(form, key)
    own = [column.key for column in table.columns if column.is_data and column.key not in BRANCHES]
    rows = [row for row in form.rows(key) if any(is_given(row[name]) for name in table.data_keys)]
    return tuple(row for row in rows if row.index not in left and not _holds_zeros(row, own))


def _holds_zeros(row: Row, own: Sequence[str]) -> bool:
    """Whether a row holds nothing but zeros, as rows do that are linked to blank ones of another sheet."""
    given = [row[name] for name in own if is_given(row[name])]
    return bool(given) and all(cell.number == 0 or squeeze(cell.text) == "0" for cell in given)


@once_a_form
def left_overs(form: Form, key: str) -> Mapping[int, Field]:
    """The rows that were never filled, by their index: the column whose placeholder shows it.

    A row is a left-over when placeholders stand in it and nothing else but drop-downs and the names of the levels above,
    or when it begins as an example of the form.
    """
    table = form.scheme.tables[key]
    is_printed = table.fixed and not table.open_rows
    own = [column for column in table.columns if _is_own(column)] if not is_printed else []
    found = {row.index: _left_over(own, row) for row in form.rows(key)}
    return {index: column for index, column in found.items() if column is not None}


def _is_own(column: Field) -> bool:
    return column.is_typed and not column.choices and column.key not in BRANCHES


def _left_over(own: Sequence[Field], row: Row) -> Field | None:
    texts = [(column, typed_text(row[column.key])) for column in own]
    said = [(column, text) for column, text in texts if is_given(row[column.key]) or is_placeholder(text)]
    left = [(column, text) for column, text in said if is_placeholder(text)]
    if not left:
        return None
    is_example = left[0] == said[0] and squeeze(left[0][1]).startswith(EXAMPLE_MARKS)
    return left[0][0] if is_example or len(left) == len(said) else None


def typed_text(cell: Cell) -> str:
    """The text that stands in a cell, also where it was read as an empty number (……)."""
    return cell.text or (cell.raw if isinstance(cell.raw, str) else "")


def shown_blank(cell: Cell) -> str:
    """What stands in a cell that was left empty: 空白, or the mark that was typed."""
    return typed_text(cell).strip() or "空白"


def is_given(cell: Cell) -> bool:
    """Whether a cell says something, be it unreadable; 无 and — say nothing."""
    return cell.state is State.UNREADABLE or (
        cell.is_read and not (isinstance(cell.value, str) and is_nothing(cell.text))
    )


def is_empty(cell: Cell) -> bool:
    """Whether a cell of the form was left empty or says 无; a cell that the form has lost is reported otherwise."""
    return cell.row > 0 and cell.column > 0 and not is_given(cell)


def sheet_of(form: Form, key: str) -> Cell:
    """The sheet of a table, for a problem that has no cell."""
    names = [sheet.name for sheet, block in form.scheme.blocks() if isinstance(block, Table) and block.key == key]
    return Cell(form.sheets.get(names[0], names[0]) if names else "", 0, 0)


def at(form: Form, path: str, message: str, found: str = "", expected: str = "") -> Problem:
    """A problem at a single datum."""
    return Problem(form.cell(path), message, found, expected, field=label_of(form, path))


def label_of(form: Form, path: str) -> str:
    """The name of a single datum as the form prints it: 实际使用情况（中央财政）."""
    return form.scheme.data[path].label


def in_row(form: Form, key: str, row: Row, column: str, message: str, found: str = "", expected: str = "") -> Problem:
    """A problem in one column of a table's row."""
    datum = form.scheme.tables[key].column(column)
    return Problem(row[column], message, found, expected, field=datum.label if datum else "")


def texts_left_out(cells: Iterable[Cell], stated: Decimal, summed: Decimal, tolerance: Decimal) -> list[Cell]:
    """The cells typed as text (4分) whose numbers a stated sum lacks, as the formulas of a workbook leave texts out."""
    typed = [cell for cell in cells if isinstance(cell.raw, str) and cell.number]
    lacking = summed - sum((cell.number or Decimal(0) for cell in typed), Decimal(0))
    return typed if typed and abs(stated - lacking) < tolerance else []


def at_texts(form: Form, cells: Sequence[Cell], sum_: str, stated: str, summed: str, field: str) -> Problem:
    """The problem of a sum that lacks numbers typed as text: it is they that must be retyped, not the sum."""
    places = "、".join(cell.address for cell in cells)
    typed = "、".join(f"“{cell.raw}”" for cell in cells)
    numbers = "、".join(f"{cell.address} 只填数字 {plain(cell.number or Decimal(0))}" for cell in cells)
    text = f"{sum_}为{stated}，没有计入 {places}：那里填的是文字{typed}，表内公式不计算文字；计入后为{summed}"
    fix = f"请在 {numbers}，{sum_}随之更正；不要改{sum_}。"
    return Problem(cells[0], text, str(cells[0].raw), plain(cells[0].number or Decimal(0)), field, fix)


@once_a_form
def is_fully_scored(form: Form) -> bool:
    """Whether every indicator has a score within its weight, so that sums may be held against what the form states."""
    rows = filled_rows(form, "indicators")
    return bool(rows) and all(is_within(row["score"].number, weight_of(form, row)) for row in rows)


def is_within(score: Decimal | None, most: Decimal | None) -> bool:
    """Whether a score was read and lies between 0 and the most that is allowed, if that is known."""
    return score is not None and score >= 0 and (most is None or score <= most)


def money(form: Form, amount: Decimal) -> str:
    """An amount as the form shows it: 195.01万元."""
    return f"{plain(amount)}{form.scheme.money_unit}"


def points(value: Decimal) -> str:
    """A score as the form shows it: 98.5分."""
    return f"{plain(value)}分"


def hidden_among(form: Form, cells: Iterable[Cell]) -> str:
    """What to say behind a sum of cells of which some stand in hidden rows; "" where none does."""
    rows = sorted({cell.row for cell in cells if cell.row in form.hidden_rows.get(cell.sheet, ())})
    return f"（其中第 {'、'.join(map(str, rows))} 行已隐藏）" if rows else ""
