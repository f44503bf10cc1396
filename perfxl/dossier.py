"""The dossier JSON of the contract: nested data to flat paths and back, by what the scheme declares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from perfxl.errors import DossierError
from perfxl.model import Cell, Dossier, Explanation, Form, Value
from perfxl.schemes.spec import Field, Scheme, Table
from perfxl.typed.wording import label_key, parse_date

LONGEST_TEXT = 32767
"""Characters that a cell of the file format holds."""

EXPLANATIONS = "explanations"
"""What an agency says of findings; the data of the form are all other keys."""

Record = Mapping[str, Value]
"""One row of a table by column key."""


@dataclass(frozen=True)
class Data:
    """A dossier by flat paths: single data and the rows of each table. Blank data are None or missing."""

    cells: Mapping[str, Value]
    tables: Mapping[str, Sequence[Record]]


def flatten(scheme: Scheme, dossier: Dossier) -> Data:
    """The flat data of a dossier.

    Raises:
        DossierError: a key that the scheme does not know, or a value of the wrong type; the message names the key.
    """
    cells: dict[str, Value] = {}
    tables: dict[str, Sequence[Record]] = {}
    for key, part in dossier.items():
        if key in ("scheme", EXPLANATIONS):
            continue
        if key in scheme.tables:
            tables[key] = _records(scheme.tables[key], part)
        else:
            _flatten_part(scheme, key, part, cells)
    for key, table in scheme.tables.items():
        if key not in tables:
            tables[key] = [_record(table, row, f"{key}[{n}]") for n, row in enumerate(table.fixed, 1)]
    return Data(cells, tables)


def complete(scheme: Scheme, dossier: Dossier) -> Dossier:
    """The dossier with every key that the scheme declares, null where it says nothing, texts trimmed, without rows of a
    tree that are open to the agency and that it left so."""
    data = flatten(scheme, dossier)
    tables = {
        key: [row for row in rows if not scheme.tables[key].is_untouched(row)] for key, rows in data.tables.items()
    }
    return nest(scheme, Data(data.cells, tables))


def explanations_of(dossier: Dossier) -> tuple[Explanation, ...]:
    """What a dossier explains.

    Raises:
        DossierError: it is no list of code, path and text.
    """
    found = dossier.get(EXPLANATIONS, ())
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise DossierError(f"“{EXPLANATIONS}”应为列表，每个元素形如 {{code: 规则代码, path: 栏目, text: 说明}}")
    return tuple(_explanation(one, f"{EXPLANATIONS}[{number}]") for number, one in enumerate(found, 1))


def _explanation(one: Any, place: str) -> Explanation:
    keys = Explanation._fields
    if not isinstance(one, Mapping) or not set(one) <= set(keys) or not all(isinstance(v, str) for v in one.values()):
        raise DossierError(f"“{place}”应只有 {'、'.join(keys)} 三项，都是文字")
    if not one.get("code") or not trimmed(one.get("text", "")):
        raise DossierError(f"“{place}”缺少 code 或 text")
    if len(one["text"]) > LONGEST_TEXT:
        raise DossierError(f"“{place}”有 {len(one['text'])} 个字，一个单元格最多 {LONGEST_TEXT} 个字")
    return Explanation(one["code"], one.get("path", ""), trimmed(one["text"]))


def with_explanations(dossier: Dossier, explanations: Sequence[Explanation]) -> Dossier:
    """A dossier that says what its agency explains; as it is where that is nothing."""
    told = [one._asdict() for one in dict.fromkeys(explanations)]
    return {**dossier, EXPLANATIONS: told} if told else dossier


def without_explanations(dossier: Dossier | None) -> Dossier | None:
    """The data of a dossier alone."""
    return dossier and {key: part for key, part in dossier.items() if key != EXPLANATIONS}


def dossier_of(form: Form) -> Dossier:
    """The dossier that a form holds."""
    cells = {path: form.cell(path).value for path in form.scheme.data}
    tables = {
        key: [{name: row[name].value for name in table.data_keys} for row in form.rows(key)]
        for key, table in form.scheme.tables.items()
    }
    return nest(form.scheme, Data(cells, tables))


def data_places(form: Form) -> Mapping[str, Mapping[str, str]]:
    """Where the data of `dossier_of` stand: the cell of every filled datum by sheet and path, rows by their places there."""
    places: dict[str, dict[str, str]] = {}
    for path in form.scheme.data:
        _put_place(places, path, form.cell(path))
    for key, table in form.scheme.tables.items():
        for number, row in enumerate(form.rows(key)):
            for name in table.data_keys:
                _put_place(places, f"{key}.{number}.{name}", row[name])
    return places


def _put_place(places: dict[str, dict[str, str]], path: str, cell: Cell) -> None:
    if cell.value is not None and cell.address:
        places.setdefault(cell.sheet, {})[path] = cell.address


def nest(scheme: Scheme, data: Data) -> Dossier:
    """The JSON shape of flat data: every declared key, numbers as int or float, dates as ISO 8601."""
    result: dict[str, Any] = {"scheme": scheme.id}
    for path in scheme.data:
        *outer, last = path.split(".")
        place = result
        for key in outer:
            place = place.setdefault(key, {})
        place[last] = _json_value(data.cells.get(path))
    for key, table in scheme.tables.items():
        rows = data.tables.get(key, ())
        result[key] = [{name: _json_value(row.get(name)) for name in table.data_keys} for row in rows]
    return result


def _flatten_part(scheme: Scheme, place: str, part: Any, cells: dict[str, Value]) -> None:
    if not isinstance(part, Mapping):
        if place not in scheme.data:
            raise DossierError(f"评价方案 {scheme.id} 没有“{place}”这一项，请删去或改正这个键")
        cells[place] = _typed(scheme.data[place], part, place)
        return
    if not any(path.startswith(f"{place}.") for path in scheme.data):
        raise DossierError(f"评价方案 {scheme.id} 没有“{place}”这一项，请删去或改正这个键")
    for key, value in part.items():
        _flatten_part(scheme, f"{place}.{key}", value, cells)


def _records(table: Table, part: Any) -> list[Record]:
    if not isinstance(part, Sequence) or isinstance(part, str):
        raise DossierError(f"“{table.key}”应为列表，每个元素是一行")
    return _filled_down(table, [_record(table, row, f"{table.key}[{number}]") for number, row in enumerate(part, 1)])


def _filled_down(table: Table, rows: list[Record]) -> list[Record]:
    """The rows with each level's name: where a row says none, it belongs to the branch of the row above it."""
    levels = [column.key for column in table.columns if column.merge and column.is_data]
    filled: list[Record] = []
    for row in rows:
        own, above = dict(row), filled[-1] if filled else {}
        for key in levels:
            own[key] = own.get(key) or above.get(key)
            above = above if _same_name(own[key], above.get(key)) else {}
        filled.append(own)
    return filled


def _same_name(one: Value, other: Value) -> bool:
    return label_key(str(one or "")) == label_key(str(other or ""))


def _record(table: Table, row: Any, place: str) -> Record:
    if not isinstance(row, Mapping):
        raise DossierError(f"“{place}”应为一行，形如 {{列: 值}}")
    record: dict[str, Value] = {}
    for key, value in row.items():
        column = table.column(key)
        if column is None or not column.is_data:
            raise DossierError(f"“{place}”没有“{key}”这一列，可用的列：{'、'.join(table.data_keys)}")
        record[key] = _typed(column, value, f"{place}.{key}")
    return record


def _typed(datum: Field, value: Any, place: str) -> Value:
    """A JSON value as what the cell means."""
    if value is None:
        return None
    if isinstance(value, bool):
        raise DossierError(f"“{place}”应为文字或数字，现为 {str(value).lower()}")
    if isinstance(value, int | float | Decimal) and (datum.is_number or datum.type == "any"):
        return _finite(value, place)
    if not isinstance(value, str) or datum.is_number:
        raise DossierError(f"“{place}”应为{'数字' if datum.is_number else '文字'}，现为 {value!r}")
    text = trimmed(value)
    if len(text) > LONGEST_TEXT:
        raise DossierError(f"“{place}”有 {len(text)} 个字，一个单元格最多 {LONGEST_TEXT} 个字")
    if any(letter in "\ufffe\uffff" or "\ud800" <= letter <= "\udfff" for letter in text):
        raise DossierError(f"“{place}”含有工作簿不能保存的字符")
    return (datum.type == "date" and parse_date(text)) or text or None


def trimmed(text: str) -> str:
    """A text as the dossier holds it: line ends as one kind, no blanks at either end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _finite(value: int | float | Decimal, place: str) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise DossierError(f"“{place}”不是有限的数字")
    return number


def _json_value(value: Value) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return value or None
