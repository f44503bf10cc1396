"""Which indicators does the scheme prescribe, and with which weight? Agencies of other forms choose their own."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from perfxl.model import Form, Row
from perfxl.rules.once import once_a_form
from perfxl.schemes.spec import LEVELS, Branch, Scheme, branch_of


@lru_cache(maxsize=64)
def tree_of(scheme: Scheme) -> Mapping[Branch, Mapping[str, Any]]:
    """The indicators that the scheme prints, in order; none where the agency chooses them all."""
    table = scheme.tables.get("indicators")
    return {branch_of(row): row for row in table.fixed if row not in table.open_rows} if table else {}


@once_a_form
def branches(form: Form) -> Mapping[int, Branch]:
    """The levels of each indicator of the form, by the index of its row."""
    return {row.index: branch_of(_names(row)) for row in form.rows("indicators")}


def _names(row: Row) -> Mapping[str, str]:
    return {level: row[level].text for level in LEVELS}


@once_a_form
def own_indicators(form: Form) -> Mapping[int, Branch]:
    """The open branch of each indicator that the agency wrote into a tree of the scheme, by the index of its row."""
    table = form.scheme.tables["indicators"]
    found = {row.index: table.open_branch(_names(row)) for row in form.rows("indicators")} if table.open_rows else {}
    return {index: branch for index, branch in found.items() if branch is not None}


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
