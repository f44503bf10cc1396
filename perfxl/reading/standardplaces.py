"""A form that was read from a document has no cells: its data get those of the standard template.

The annotated copy is made of that template, so findings name cells that a person can open.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from perfxl.dossier import dossier_of, flatten
from perfxl.layout import Layout, place
from perfxl.model import Cell, Finding, Form, Row, State
from perfxl.schemes.spec import Scheme


class _Place(NamedTuple):
    sheet: str
    row: int
    column: int


def at_standard_places(form: Form) -> Form:
    """The form with every datum where the standard template filled with it has it.

    Columns that documents print only where something stands in them are blank where they are not there.
    """
    unprinted = _printed_where_filled(form.scheme)
    layout = place(form.scheme, flatten(form.scheme, dossier_of(form)))

    def moved(path: str, cell: Cell) -> Cell:
        if not cell.address and (path.partition(".")[0], path.rpartition(".")[2]) in unprinted:
            cell = cell._replace(state=State.BLANK)
        found = _place_in(layout, path)
        return (
            cell._replace(sheet=found.sheet, row=found.row, column=found.column)
            if found
            else cell._replace(row=0, column=0)
        )

    cells = {path: moved(path, cell) for path, cell in form.cells.items()}
    tables = {key: tuple(_moved_row(key, row, moved) for row in rows) for key, rows in form.tables.items()}
    subtotals = {
        key: tuple(
            replace(row, cells={name: cell._replace(row=0, column=0) for name, cell in row.cells.items()})
            for row in rows
        )
        for key, rows in form.subtotals.items()
    }
    return Form(form.scheme, cells, tables, sheets=form.sheets, subtotals=subtotals, marks=form.marks)


def _moved_row(table: str, row: Row, moved: Callable[[str, Cell], Cell]) -> Row:
    return replace(row, cells={key: moved(f"{table}.{row.index}.{key}", cell) for key, cell in row.cells.items()})


@lru_cache(maxsize=64)
def _printed_where_filled(scheme: Scheme) -> Mapping[tuple[str, str], str]:
    """The label of each column that a document may leave out, by table and key."""
    pieces = [piece for part in (scheme.document.parts if scheme.document else ()) for piece in part.pieces]
    keys = {(piece.of, key) for piece in pieces if piece.show == "table" for key in piece.where_filled}
    columns = ((table, scheme.tables[table].column(key)) for table, key in keys)
    return {(table, column.key): column.label for table, column in columns if column}


def _place_in(layout: Layout, path: str) -> _Place | None:
    """Where the template has a datum; the name of a level stands in the first row of its branch."""
    table, _, rest = path.partition(".")
    index, _, key = rest.partition(".")
    tries = [f"{table}.{n}.{key}" for n in range(int(index), -1, -1)] if index.isdecimal() else [path]
    found = next((layout.places[one] for one in tries if one in layout.places), None)
    return _Place(found[0], found[1].row, found[1].column) if found else None


def moved_findings(findings: tuple[Finding, ...], before: Form, after: Form) -> Iterator[Finding]:
    """Findings at the new places of the data that they are about; those about no datum keep their sheet alone."""
    paths: Mapping[tuple[str, str], str] = {(cell.sheet, cell.address): path for path, cell in before.addressed()}
    places = dict(after.addressed())
    left_out = set(_printed_where_filled(after.scheme).values())
    for found in findings:
        if found.code == "ST04" and found.field in left_out:
            continue
        cell = places.get(paths.get((found.sheet, found.cell), ""))
        yield replace(found, sheet=cell.sheet, cell=cell.address) if cell else replace(found, cell="")
