"""The blocks of a form that have no table of their own meaning: its free tables, and what it says in single cells.

Each is a sheet of its own scheme, so that nothing of different forms is added up. Pure pandas.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from perfxl.schemes.spec import Field, Matrix, Scheme, Table, Text
from perfxl.summary.projects import Opened, decimal
from perfxl.summary.tables import Column, Kind

_KINDS: Mapping[str, Kind] = {"points": "points", "rate": "rate", "text": "long"}
_NAMED = frozenset({"basic.project_name", "basic.unit", "basic.department", "basic.year"})
"""What the first columns of every table say already."""
_LONGEST = 100
"""Letters of a text that the summary shows; the whole of it stands in the form."""
LONGEST_TITLE = 14
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']|^[一二三四五六七八九十]+、|（[^）]*）|\([^)]*\)")


class ListedForm(NamedTuple):
    """A form whose single data are listed."""

    opened: Opened


def free_tables(scheme: Scheme, known: Sequence[str]) -> Iterator[tuple[str, str, Table]]:
    """Key, title and declaration of each table of a scheme that is none of the known ones."""
    for sheet in scheme.sheets:
        caption = sheet.name
        for block in sheet.blocks:
            if isinstance(block, Text) and block.style in ("heading", "title") and not block.fields:
                caption = block.text
            elif isinstance(block, Table) and block.key not in known:
                yield block.key, title_of(caption), block


def title_of(caption: str) -> str:
    """A caption as the name of a sheet."""
    return _NOT_IN_TITLES.sub("", caption).strip()[:LONGEST_TITLE] or "表"


def single_columns(scheme: Scheme) -> list[Column[ListedForm]]:
    """A column for each single datum that no other table shows: all but amounts and what names the project."""
    amounts = {
        matrix.path(column.key, row.key)
        for matrix in scheme.matrices
        for column, row in matrix.cells()
        if _is_money(matrix, column)
    }
    shown = [(path, datum) for path, datum in scheme.data.items() if path not in amounts | _NAMED]
    return [Column(path, _label(datum), _KINDS.get(datum.type, "short"), value=_value(path)) for path, datum in shown]


def _is_money(matrix: Matrix, column: Field) -> bool:
    return (column.type if column.type != "text" else matrix.type) == "money"


def _label(datum: Field) -> str:
    return datum.label.split("（")[0].strip() or datum.key


def _value(path: str) -> Callable[[ListedForm], Decimal | str | None]:
    """What a form says at a path: a number, or the beginning of a text."""

    def value(said: ListedForm) -> Decimal | str | None:
        found: Any = said.opened.dossier
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        number = decimal(found)
        if number is not None or found is None:
            return number
        text = str(found)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……（全文见原表）"

    return value
