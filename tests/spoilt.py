"""Random damage to a form, for the properties of the rules: whatever stands in its cells, they answer, and twice the same."""

from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any

from hypothesis import strategies as st

from forms import GOOD, form_of, paths_of, with_cell
from perfxl.model import Form, State

NUMBERS = st.one_of(
    st.sampled_from([Decimal(0), Decimal(-1), Decimal("0.01"), Decimal(100), Decimal(1950100)]),
    st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False),
)
TEXTS = st.one_of(st.sampled_from(["……", "无", "指标2:", "示例", "优", "差", "—", "海南省商务厅"]), st.text(max_size=8))
CHANGES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    NUMBERS.map(lambda number: {"raw": number, "value": number, "state": State.READ}),
    TEXTS.map(lambda text: {"raw": text, "value": text or None, "state": State.READ if text else State.BLANK}),
    st.just({"raw": None, "value": None, "state": State.BLANK}),
    st.just({"raw": "约", "value": None, "state": State.UNREADABLE}),
    st.just({"raw": None, "value": None, "state": State.BLANK, "row": 0, "column": 0}),
)


def spoilt_forms(*beginnings: str) -> st.SearchStrategy[Form]:
    """The good form with some of the cells whose paths begin so changed, and perhaps rows of a table cut off."""
    form = form_of(GOOD)
    paths = sorted(path for path in paths_of(form).values() if path.startswith(beginnings))
    spoilt = st.lists(st.tuples(st.sampled_from(paths), CHANGES), max_size=5).map(
        lambda damage: reduce(lambda spoilt, item: with_cell(spoilt, item[0], **item[1]), damage, form)
    )
    tables = [key for key in form.tables if key.startswith(beginnings)]
    cuts = st.fixed_dictionaries({key: st.integers(0, len(form.tables[key])) for key in tables})
    return st.tuples(spoilt, cuts, st.booleans()).map(lambda drawn: _cut(*drawn))


def _cut(form: Form, cuts: dict[str, int], is_cut: bool) -> Form:
    tables = {key: rows[: cuts[key]] if key in cuts else rows for key, rows in form.tables.items()}
    return replace(form, tables=tables) if is_cut else form
