"""Which figures of an assessment are final? A figure rests on cells, and is open as long as one of them is.

A cell is open where it could not be read, where a finding that `opens` stands at it, or where a row has a score without a
weight or the reverse. One rule for every scheme: what is open has no value, and every reason names its cell.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from perfxl.model import Assessment, Cell, Figures, Finding, Form, LevelScore, OpenFigure, Row, State
from perfxl.schemes.spec import Rate, Scheme
from perfxl.scoring.assess import scored_branches

_COUNTED = ("score", "weight")
"""Columns of an indicator that every total rests on."""
_PRINTED = ("weight1", "weight2")
"""Columns that repeat weights: the total rests on what is found there, not on whether they can be read."""
_COMPARED = ("sign", "target", "unit", "actual")
"""Columns that a total rests on too where the scheme computes points from them and the form has them."""
_NAMES = ("level1", "level2", "level3")
"""Columns that a total rests on too where the scheme prescribes the indicators."""
_LOST = "没有读到"
_UNREADABLE = "无法读取"
STATE_REASONS = {
    "ST05": "没有填写",
    "IN01": "超出范围",
    "IN02": "空白",
    "IN03": "被改动",
    "IN04": "加总不符",
    "IN06": "与方案不符",
    "FD04": "为负数",
    "FD08": "空白或为0",
    "PT05": "超出范围",
}
"""What the cell of a finding lacks, in words that follow its name."""
_NAMED = {"IN04": "分值", "IN06": "指标"}
"""Names that fit better than the field of the finding."""
_DOUBTFUL = "存疑"
SHOWN_CELLS = 6
"""Cells that a reason names; of more it says how many there are."""


class _Place(NamedTuple):
    """A cell that a figure rests on, with the name of what stands there."""

    name: str
    cell: Cell


class _Doubt(NamedTuple):
    """Why a cell is open."""

    code: str
    sheet: str
    cell: str
    text: str


def close_figures(form: Form, assessment: Assessment, findings: Iterable[Finding]) -> Assessment:
    """The assessment with what is final: figures that rest on an open cell lose their value and are named with the reason.

    Args:
        form: the form.
        assessment: what its cells give, as `assess` has it.
        findings: everything that was found so far, by door, reader and rules; those that open count.
    """
    doubts = _Doubts(findings)
    rows = {row.index: doubts.of(_places_of_row(form, row)) + _half_blank(form, row) for row in form.rows("indicators")}
    amounts = {path: doubts.of([_amount(form, path)]) for path in assessment.amounts}
    rates = {rate.key: amounts[rate.whole] + amounts[rate.part] + _missing(form, rate) for rate in form.scheme.rates}
    open_ = {path: found for path, found in amounts.items() if found}
    open_ |= {f"rates.{key}": found for key, found in rates.items()}
    open_ |= {
        f"targets.{number}.grade": doubts.of(_cells_of(form, "targets", row))
        for number, row in enumerate(form.rows("targets"))
    }
    open_["average"] = doubts.of([_Place("评分", row["score"]) for row in form.rows("reviewers")])
    execution = _of_execution(form, rates, doubts)
    open_["execution_score"] = execution
    if gives_scores(form.scheme):
        open_["total"] = _of_total(
            form, assessment, [*execution, *(one for found in rows.values() for one in found)], doubts
        )
    kept = {figure: _once_a_cell(found) for figure, found in open_.items() if found}
    return _without(assessment, form, kept, {index for index, found in rows.items() if found})


def _once_a_cell(found: Sequence[_Doubt]) -> tuple[_Doubt, ...]:
    """The first doubt of each cell."""
    return tuple({(one.sheet, one.cell or one.text): one for one in reversed(found)}.values())[::-1]


def gives_scores(scheme: Scheme) -> bool:
    """Whether forms of a scheme have a total."""
    table = scheme.tables.get("indicators")
    return scheme.execution is not None or (table is not None and "score" in table.data_keys)


class _Doubts:
    """What is known against the cells of a form."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._all = tuple(findings)
        self._at: dict[tuple[str, str], Finding] = {}
        for found in self._all:
            if found.opens:
                self._at.setdefault((found.sheet, found.cell), found)
        self._sheets = {sheet for sheet, _ in self._at}

    def of(self, places: Iterable[_Place]) -> list[_Doubt]:
        """What is known against these cells."""
        return [doubt for name, cell in places if (doubt := self._against(name, cell)) is not None]

    def found(self, places: Iterable[_Place]) -> list[_Doubt]:
        """What was found at these cells, whether or not they can be read."""
        return [_doubt(found, name) for name, cell in places if (found := self._found_at(cell)) is not None]

    def on(self, sheets: Iterable[str]) -> list[_Doubt]:
        """What opens a sheet as a whole, having no cell."""
        return [_doubt(found, found.field) for sheet in sheets if (found := self._at.get((sheet, ""))) is not None]

    def lost(self, sheet: str) -> str:
        """The code that says why a cell has no place on a sheet."""
        return next((found.code for found in self._all if found.code == "ST03" and found.sheet == sheet), "ST04")

    def _found_at(self, cell: Cell) -> Finding | None:
        if cell.sheet not in self._sheets or not cell.address:
            return None
        return self._at.get((cell.sheet, cell.address))

    def _against(self, name: str, cell: Cell) -> _Doubt | None:
        if found := self._found_at(cell):
            return _doubt(found, name)
        if cell.state is not State.UNREADABLE:
            return None
        if cell.address:
            return _Doubt("ST06", cell.sheet, cell.address, f"{name}{_UNREADABLE}")
        return _Doubt(self.lost(cell.sheet), cell.sheet, "", f"{name}{_LOST}")


def _doubt(found: Finding, name: str) -> _Doubt:
    state = STATE_REASONS.get(found.code, _UNREADABLE if found.code.startswith("ST") else _DOUBTFUL)
    return _Doubt(found.code, found.sheet, found.cell, f"{_NAMED.get(found.code, name)}{state}")


# -- what each figure rests on ----------------------------------------------------------------------------------------


def _places_of_row(form: Form, row: Row) -> Iterator[_Place]:
    """The cells that the score of an indicator rests on."""
    yield from _cells_of(form, "indicators", row, _COUNTED)
    if form.scheme.computing is not None:
        yield from (place for place in _cells_of(form, "indicators", row, _COMPARED) if place.cell.address)


def _cells_of(form: Form, key: str, row: Row, keys: Sequence[str] = ()) -> Iterator[_Place]:
    """Cells of a row of a table by their headings; all where none are named."""
    labels = form.scheme.tables[key].labels
    for name, cell in row.cells.items():
        if not keys or name in keys:
            yield _Place(labels.get(name, ""), cell)


def _half_blank(form: Form, row: Row) -> list[_Doubt]:
    """A weight without a score, or a score without a weight; left-over rows have neither."""
    score, weight = row["score"], row["weight"]
    if score.number is None and score.state is not State.UNREADABLE and weight.number is not None:
        return [_Doubt("IN02", score.sheet, score.address, "得分空白")]
    if weight.address and weight.state is State.BLANK and score.number is not None:
        return [_Doubt("IN04", weight.sheet, weight.address, "分值空白")]
    return []


def _amount(form: Form, path: str) -> _Place:
    datum = form.scheme.data.get(path)
    return _Place(f"“{datum.label}”" if datum else "", form.cell(path))


def _missing(form: Form, rate: Rate) -> list[_Doubt]:
    """The amounts of a rate that are no numbers: left blank, or words."""
    found = []
    for name, cell in (_amount(form, path) for path in (rate.whole, rate.part)):
        if cell.number is None and cell.state is not State.UNREADABLE:
            code, state = ("ST05", STATE_REASONS["ST05"]) if cell.state is State.BLANK else ("ST06", _UNREADABLE)
            found.append(_Doubt(code, cell.sheet, cell.address, f"{name}{state}"))
    return found


def _of_execution(form: Form, rates: Mapping[str, list[_Doubt]], doubts: _Doubts) -> list[_Doubt]:
    """What keeps the points for spending open: the rate, or their own cell."""
    execution = form.scheme.execution
    return [*rates[execution.rate], *doubts.of([_amount(form, execution.score)])] if execution else []


def _of_total(form: Form, assessment: Assessment, known: Sequence[_Doubt], doubts: _Doubts) -> list[_Doubt]:
    """What keeps the total open: its scores, the weights' sums, no score at all, or a sum that cannot be."""
    sheets = {cell.sheet for row in form.rows("indicators") for cell in row.cells.values() if cell.sheet}
    sheets = sheets or _sheets_of_table(form)
    found = [*known, *doubts.found(_places_of_tree(form)), *doubts.on(sheets)]
    if found:
        return found
    sheet = next(iter(sheets), "")
    if sheet and all(one.score is None for one in assessment.indicators):
        return [_Doubt(doubts.lost(sheet) if not form.rows("indicators") else "IN02", sheet, "", "得分没有读到")]
    if assessment.total is None or not 0 <= assessment.total <= form.scheme.full_score:
        return [_Doubt("IN01", sheet, "", "得分之和超出满分")]
    return []


def _places_of_tree(form: Form) -> Iterator[_Place]:
    """The cells beside the rows' scores that the total rests on: sums of weights, and names where they are prescribed."""
    yield from (_Place("分值", cell) for path, cell in form.cells.items() if path.startswith("indicators#footer."))
    table = form.scheme.tables.get("indicators")
    names = _NAMES if table is not None and table.fixed else ()
    for row in form.rows("indicators"):
        yield from _cells_of(form, "indicators", row, (*_PRINTED, *names))


def _sheets_of_table(form: Form) -> set[str]:
    names = [sheet.name for sheet, block in form.scheme.blocks() if getattr(block, "key", "") == "indicators"]
    return {form.sheets.get(name, name) for name in names}


# -- what is left -----------------------------------------------------------------------------------------------------


def _without(assessment: Assessment, form: Form, kept: Mapping[str, Sequence[_Doubt]], rows: set[int]) -> Assessment:
    """The assessment without the values of what is open."""
    pairs = list(zip(form.rows("indicators"), assessment.indicators, strict=True))
    lost = {id(one) for row, one in pairs if row.index in rows}
    spent, is_open = "execution_score" not in kept, "total" in kept
    return replace(
        assessment,
        rates={key: None if f"rates.{key}" in kept else rate for key, rate in assessment.rates.items()},
        total=None if is_open else assessment.total,
        grade=None if is_open else assessment.grade,
        average=None if "average" in kept else assessment.average,
        execution_score=assessment.execution_score if spent else None,
        execution_reason=assessment.execution_reason if spent else "",
        levels=tuple(_levels(assessment, lost, form.scheme.execution is not None, spent)),
        indicators=tuple(replace(one, score=None) if id(one) in lost else one for one in assessment.indicators),
        targets=tuple(
            replace(one, grade=None) if f"targets.{index}.grade" in kept else one
            for index, one in enumerate(assessment.targets)
        ),
        open=tuple(OpenFigure(figure, *doubt) for figure, doubts in kept.items() for doubt in doubts),
        final=not is_open if gives_scores(form.scheme) else None,
        provisional=assessment.total if is_open else None,
    )


def _levels(assessment: Assessment, lost: set[int], has_execution: bool, spent: bool) -> Iterator[LevelScore]:
    """The levels, without the sums that hold an open score: first that of spending, then level 1, then level 2."""
    known = [spent] if has_execution else []
    for depth in (1, 2):
        known += [lost.isdisjoint(map(id, members)) for _, members in scored_branches(assessment.indicators, depth)]
    for level, is_known in zip(assessment.levels, known, strict=True):
        yield level if is_known else replace(level, score=None)


# -- in words ---------------------------------------------------------------------------------------------------------


def reasons(open_: Sequence[OpenFigure]) -> str:
    """Why a figure is open, in a few words: 2 项得分无法读取（G6、G9）；“执行数”为负数（G8）. Sheets are named where there are several."""
    sheets = {one.sheet for one in open_}
    groups: dict[str, list[OpenFigure]] = {}
    for one in open_:
        groups.setdefault(one.text, []).append(one)
    return "；".join(_reason(text, members, len(sheets) > 1) for text, members in groups.items())


def _reason(text: str, members: Sequence[OpenFigure], with_sheet: bool) -> str:
    cells = [f"{one.sheet}!{one.cell}" if with_sheet else one.cell for one in members if one.cell]
    shown = "、".join(cells[:SHOWN_CELLS]) + ("等" if len(cells) > SHOWN_CELLS else "")
    is_counted = bool(cells) and not text.startswith("“") and members[0].code not in _NAMED
    counted = f"{len(members)} 项{text}" if is_counted else text
    return counted + (f"（{shown}）" if shown else "")


def is_doubtful(one: OpenFigure) -> bool:
    """Whether a figure is open because the number in the cell may not be the one that was meant."""
    return one.text.endswith(_DOUBTFUL)


def unsettled(assessment: Figures, figure: str) -> str:
    """What stands where the value of an open figure would: 未评：2 项得分无法读取（G6、G9）; "" where it is not open."""
    found = assessment.open_at(figure)
    return f"{without_value(figure)}：{reasons(found)}" if found else ""


def without_value(figure: str) -> str:
    """The word for a figure that is not final: points and grades are not given, rates not computed."""
    return "未计算" if figure.startswith(("rates.", "execution")) else "未评"
