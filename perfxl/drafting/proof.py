"""Does a draft read the form that it was made from? Every label at its own cell, and a filled copy whole.

Nothing is believed: the blank is read by the draft, then a copy with another value in each place to fill in.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import openpyxl

from perfxl.door.inspect import inspect
from perfxl.drafting.draft import AnswerCell, Draft
from perfxl.layout import blank_layout
from perfxl.model import Cell, Form
from perfxl.reading.anchors import find_anchors
from perfxl.reading.grid import OpenedBook
from perfxl.reading.reader import read_form
from perfxl.schemes.spec import Scheme

_FIRST = 11
"""The first number that is filled in; the others follow, so that no two cells hold the same."""


@dataclass(frozen=True)
class Proof:
    """What the proof came to.

    Attributes:
        labels, answers: how many were tried.
        failures: each label that was not found at its own cell, and each answer that did not come back.
    """

    labels: int
    answers: int
    failures: tuple[str, ...]


def prove(scheme: Scheme, draft: Draft, blank: bytes) -> Proof:
    """Holds a draft against the blank form."""
    failures = [*_labels(scheme, draft, blank), *_answers(scheme, draft.answers, blank)]
    return Proof(len(draft.labels), len(draft.answers), tuple(failures))


def _labels(scheme: Scheme, draft: Draft, blank: bytes) -> Iterator[str]:
    book = OpenedBook(blank)
    for placed in blank_layout(scheme).sheets:
        found = find_anchors(placed, book.grid(placed.sheet.name)).found
        places = {Cell(placed.sheet.name, anchor.row, anchor.column).address for anchor in found.values()}
        for label in draft.labels:
            if label.sheet == placed.sheet.name and label.address not in places:
                yield f"标签“{' '.join(label.text.split())}”（{label.sheet}!{label.address}）没有在自己的单元格上认出来"


def _answers(scheme: Scheme, answers: Sequence[AnswerCell], blank: bytes) -> Iterator[str]:
    book = openpyxl.load_workbook(io.BytesIO(blank))
    typed: dict[str, object] = {}
    number = _FIRST
    for answer in answers:
        values, shown = _typed(answer, number)
        typed |= values
        number += len(values)
        book[answer.sheet][answer.address].value = shown
    saved = io.BytesIO()
    book.save(saved)
    data = saved.getvalue()
    form = read_form(data, inspect(data), scheme).form
    places = {path: f"{answer.sheet}!{answer.address}" for answer in answers for path in _paths(answer)}
    for path, value in typed.items():
        read = _read(form, path)
        if read != value:
            yield f"{places[path]}（{path}）填 {value}，读出来是 {read if read is not None else '空白'}"


def _paths(answer: AnswerCell) -> list[str]:
    """The data of a cell: one, or several of a sentence ("basic.a=money;basic.b=text")."""
    return [part.partition("=")[0] for part in answer.path.split(";")]


def _typed(answer: AnswerCell, number: int) -> tuple[dict[str, object], Any]:
    """The values of a cell by path, and what is typed into it."""
    if not answer.type.startswith("sentence:"):
        value, shown = _value(answer, number)
        return {answer.path: value}, shown
    text, values = answer.type.removeprefix("sentence:"), {}
    for place, part in enumerate(answer.path.split(";"), number):
        path, _, kind = part.partition("=")
        value, shown = _value(AnswerCell(path, "", "", kind), place)
        values[path] = value
        text = text.replace(f"{{{path.rpartition('.')[2]}}}", str(shown))
    return values, text


def _value(answer: AnswerCell, number: int) -> tuple[object, Any]:
    """A value for a cell that no other cell holds, and how it is typed."""
    kind, _, rest = answer.type.partition(":")
    if kind == "line":
        return Decimal(2000 + number % 90), rest.replace("{year}", str(2000 + number % 90))
    if kind == "choice":
        return f"答复{number}", f"答复{number}"
    if kind == "behind":
        return "良", f"{rest.rstrip('_ ')} 良"
    if kind in ("money", "points", "percent", "rate"):
        return Decimal(number), number
    if kind == "year":
        return Decimal(2000 + number % 90), 2000 + number % 90
    if kind == "date":
        return None, None
    return f"答复{number}", f"答复{number}"


def _read(form: Form, path: str) -> object:
    parts = path.split(".")
    if parts[0] in form.scheme.tables:
        rows = form.rows(parts[0])
        return rows[int(parts[1])][parts[2]].value if int(parts[1]) < len(rows) else None
    return form.cell(path).value
