"""Hypothesis strategies for dossiers of a scheme: whatever the scheme declares, in any combination."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from perfxl.dossier import trimmed
from perfxl.layout import blank_layout
from perfxl.schemes.spec import Field, Scheme, Table
from perfxl.typed.amounts import is_doubtful_number
from perfxl.typed.subtotals import may_be_subtotal
from perfxl.typed.wording import squeeze


def dossiers(scheme: Scheme) -> st.SearchStrategy[dict[str, Any]]:
    """Any dossier of a scheme: every datum may be blank, every text may be as odd as the file format allows."""
    single = st.fixed_dictionaries({path: st.none() | _values(datum, scheme) for path, datum in scheme.data.items()})
    tables = st.fixed_dictionaries({key: _tables(table, scheme) for key, table in scheme.tables.items()})
    return st.builds(_nested, single, tables, st.just(scheme.id))


def _nested(single: dict[str, Any], tables: dict[str, Any], scheme: str) -> dict[str, Any]:
    result: dict[str, Any] = {"scheme": scheme}
    for path, value in single.items():
        *outer, last = path.split(".")
        place = result
        for key in outer:
            place = place.setdefault(key, {})
        place[last] = value
    return result | tables


def _values(datum: Field, scheme: Scheme) -> st.SearchStrategy[Any]:
    if datum.type == "year":
        return st.integers(1990, 2099)
    if datum.is_number:
        return _numbers(2 if datum.type == "points" else 4)
    if datum.type == "date":
        return st.dates(min_value=_first_day()).map(lambda day: day.isoformat())
    if datum.choices:
        return st.sampled_from(datum.choices)
    if datum.type == "any":
        return _numbers(2) | _texts(scheme).filter(lambda text: not is_doubtful_number(text))
    return _texts(scheme)


def _numbers(places: int) -> st.SearchStrategy[int | float]:
    return st.decimals(Decimal(-(10**6)), Decimal(10**9), places=places).map(_json_number)


def _first_day() -> Any:
    from datetime import date

    return date(1990, 1, 1)


def _json_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _texts(scheme: Scheme) -> st.SearchStrategy[str]:
    """Odd letters, formulas, marks for nothing, labels of the form itself."""
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
    odd = st.sampled_from(
        [
            "=1+1",
            "无",
            "……",
            "/",
            "0",
            "1e5",
            "_x0041_",
            "_x005F_",
            "a_x000D_",
            "<b>&amp;",
            "a\nb",
            "100",
            "'quoted",
            "NaN",
        ]
    )
    labels = st.sampled_from(sorted({cell.text for sheet in blank_layout(scheme).sheets for cell in sheet.printed}))
    return (st.text(letters, max_size=40) | odd | labels).map(trimmed).filter(bool)


def _tables(table: Table, scheme: Scheme) -> st.SearchStrategy[list[dict[str, Any]]]:
    if table.fixed:
        columns = {key: st.none() | _values(_column(table, key), scheme) for key in table.data_keys}
        scores = {key: values for key, values in columns.items() if key not in table.fixed[0]}
        row = st.fixed_dictionaries(scores)
        count = len(table.fixed)
        return st.lists(row, min_size=count, max_size=count).map(
            lambda rows: [{**dict(fixed), **typed} for fixed, typed in zip(table.fixed, rows, strict=True)]
        )
    columns = {key: st.none() | _values(_column(table, key), scheme) for key in table.data_keys}
    says = [key for key in columns if not _column(table, key).merge]
    row = st.fixed_dictionaries(columns).filter(
        lambda row: any(row[key] is not None for key in says) and not any(map(_names_a_sum, row.values()))
    )
    return st.lists(row, max_size=70 if len(columns) < 6 else 20)


def _names_a_sum(value: object) -> bool:
    """Whether a row of this name is left out of a table as a sum of others (合计)."""
    return isinstance(value, str) and may_be_subtotal(value)


def _column(table: Table, key: str) -> Field:
    column = table.column(key)
    assert column is not None
    return column


def is_plain(text: str, scheme: Scheme) -> bool:
    """Whether a text could not be taken for one of the form's own labels."""
    keys = {squeeze(cell.text) for sheet in blank_layout(scheme).sheets for cell in sheet.printed}
    return squeeze(text) not in keys
