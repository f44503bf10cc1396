"""Which indicators does the scheme prescribe, and with which weight? Agencies of other forms choose their own."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from perfxl.model import Form, Row
from perfxl.rules.once import once_a_form
from perfxl.schemes.spec import Scheme
from perfxl.typed.wording import label_key

LEVELS = ("level1", "level2", "level3")

Branch = tuple[str, ...]
"""The names of the levels of an indicator, as keys."""


def branch_of(row: Row | Mapping[str, Any]) -> Branch:
    """The names of the levels of an indicator, of the form or of the scheme."""
    return tuple(label_key(row[level].text if isinstance(row, Row) else row[level]) for level in LEVELS)


@lru_cache(maxsize=64)
def tree_of(scheme: Scheme) -> Mapping[Branch, Mapping[str, Any]]:
    """The scheme's fixed indicators in order; empty where the agency chooses its own."""
    table = scheme.tables.get("indicators")
    return {branch_of(row): row for row in table.fixed} if table else {}


@once_a_form
def branches(form: Form) -> Mapping[int, Branch]:
    """The levels of each indicator of the form, by the index of its row."""
    return {row.index: branch_of(row) for row in form.rows("indicators")}


@lru_cache(maxsize=64)
def _weights(scheme: Scheme) -> Mapping[Branch, Decimal]:
    return {branch: Decimal(str(entry["weight"])) for branch, entry in tree_of(scheme).items()}


@once_a_form
def prescribed_weights(form: Form) -> Mapping[int, Decimal]:
    """The scheme's weight of each indicator that the scheme knows, by the index of its row."""
    weights = _weights(form.scheme)
    return {index: weights[branch] for index, branch in branches(form).items() if branch in weights}


@once_a_form
def counting_weights(form: Form) -> Mapping[int, Decimal | None]:
    """The weight that counts for each indicator, by the index of its row: the scheme's, else the form's."""
    prescribed = prescribed_weights(form)
    return {row.index: prescribed.get(row.index, row["weight"].number) for row in form.rows("indicators")}


def weight_of(form: Form, row: Row) -> Decimal | None:
    """The weight that counts for one indicator."""
    return counting_weights(form)[row.index]
