"""When are two findings, of two versions of a form, the same finding? By an id that is no cell.

An id has two parts. The first stands for the project and its year, the second for code, datum with the names of its row,
and place among equals: rows may be inserted, sorted or moved to another sheet, and the id stays. `state` is made of what
was found and expected: the same id with another state is a finding that has come up again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256

from perfxl.dialogue.remarks import Remark, SheetRow
from perfxl.model import Finding, Form, Row, place_of
from perfxl.schemes.spec import STAGE
from perfxl.typed.wording import code_of, name_key, squeeze

PROJECT_LETTERS, FINDING_LETTERS, STATE_LETTERS = 10, 12, 12
"""Letters of the parts: enough that no two in a batch are alike by chance."""
BETWEEN_ROWS, NO_CELL_MARK = "-", "~"
OVERALL = "overall"
"""Stands for the finding in the id of the overall conclusion."""
ROW_NAMES = ("level1", "level2", "level3", "kind", "name")
"""Columns that name a row; the first text of a row that has none of them."""


def project_part(name: str, unit: str, year: str, stage: str = STAGE) -> str:
    """What the ids of a project's findings begin with: made of its code or name, its unit and the year, as typed.

    Forms of other stages of a project (its application, its monitoring) have a life of their own.
    """
    known_by = code_of(name) or name_key(name)
    other = () if stage == STAGE else (stage,)
    return _digest(known_by, name_key(unit), year.removesuffix(".0"), *other)[:PROJECT_LETTERS]


def part_of(form: Form) -> str:
    """`project_part` of a form."""
    year = form.number("basic.year")
    typed = "" if year is None else f"{year:f}"
    return project_part(form.text("basic.project_name"), form.text("basic.unit"), typed, form.scheme.stage)


def identified(findings: Iterable[Finding], form: Form) -> tuple[Finding, ...]:
    """The findings of a form, in their order, with their ids and states."""
    ids = _Ids(part_of(form), _places(form))
    return tuple(
        replace(
            one,
            id=ids.of(one.code, one.sheet, one.cell, one.field),
            state=state_of(one.found, one.expected),
        )
        for one in findings
    )


def identified_across(findings: Iterable[Finding], part: str, taken: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    """Findings across files, which have no cell, with their ids and states.

    Args:
        findings: in their order; those that have an id keep it.
        part: what the ids of the form's findings begin with, "" for what is no form: then there is none.
        taken: findings across files that the form has already.
    """
    if not part:
        return tuple(findings)
    ids = _Ids(part, {})
    for one in taken:
        ids.of(one.code, "", "", one.field)
    return tuple(
        one if one.id else replace(one, id=ids.of(one.code, "", "", one.field), state=state_of(one.found, one.expected))
        for one in findings
    )


def state_of(found: str, expected: str) -> str:
    """The state of a finding."""
    return _digest(found, expected)[:STATE_LETTERS]


def overall_id(part: str) -> str:
    """The id of the overall conclusion on a project."""
    return f"{part}{BETWEEN_ROWS}{OVERALL}"


def finding_part(id_: str) -> str:
    """The second part of an id, which is the same whatever the project is called."""
    return id_.partition(BETWEEN_ROWS)[2]


def cell_less_id(id_: str, code: str, state: str) -> str:
    """A further id for findings without a cell, whose datum sheets of an earlier release do not name."""
    return f"{id_.partition(BETWEEN_ROWS)[0]}{NO_CELL_MARK}{code}{state}"


def with_ids(rows: Iterable[SheetRow], form: Form) -> list[SheetRow]:
    """The rows of a review sheet; those of an earlier release, which bear no ids, get that of the cell that they name."""
    if not (rows := list(rows)):
        return []
    ids = _Ids(part_of(form), _places(form))
    return [row if row.remark.id else replace(row, remark=_named(row, ids)) for row in rows]


def _named(row: SheetRow, ids: "_Ids") -> Remark:
    state = state_of(row.found, row.expected)
    own = ids.of(row.code, row.sheet, row.cell, "")
    return replace(row.remark, id=own if row.cell else cell_less_id(own, row.code, state), state=state)


class _Ids:
    """Gives ids to findings of a form in the order in which they are asked for."""

    def __init__(self, part: str, places: Mapping[tuple[str, int, int], "_Datum"]) -> None:
        self._part = part
        self._places = places
        self._seen: Counter[str] = Counter()

    def of(self, code: str, sheet: str, cell: str, field: str) -> str:
        what = f"{code}|{self._path(sheet, cell) or field}"
        self._seen[what] += 1
        return f"{self._part}{BETWEEN_ROWS}{_digest(what, str(self._seen[what]))[:FINDING_LETTERS]}"

    def _path(self, sheet: str, cell: str) -> str:
        """The path of a cell, rows of tables by their names instead of their numbers; "" where no datum stands there."""
        table, row, key = self._places.get((sheet, *place_of(cell)), _NO_DATUM)
        return f"{table}.{_row_name(row)}.{key}" if row else key


_Datum = tuple[str, Row | None, str]
_NO_DATUM: _Datum = ("", None, "")


def _places(form: Form) -> Mapping[tuple[str, int, int], _Datum]:
    """What stands in each cell: table, row and column, or no row and the path. Few cells are ever asked for."""
    places: dict[tuple[str, int, int], _Datum] = {
        (cell.sheet, cell.row, cell.column): ("", None, path) for path, cell in form.cells.items() if cell.row
    }
    for table in form.tables:
        for row in form.rows(table):
            for key, cell in row.cells.items():
                if cell.row:
                    places.setdefault((cell.sheet, cell.row, cell.column), (table, row, key))
    return places


def _row_name(row: Row) -> str:
    named = [squeeze(row[key].text) for key in ROW_NAMES if row[key].text]
    return "/".join(named) or next((squeeze(cell.text) for cell in row.cells.values() if cell.text), str(row.index))


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
