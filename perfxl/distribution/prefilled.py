"""The form of an approved project: what was approved stands in it and is locked, everything else is blank.

An actual value, a score or a used amount is never filled in. There is one blank for each form and number of targets.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from perfxl.dossier import Data, flatten
from perfxl.layout import BLANK_TO_FILL, Layout, PlacedSheet, Role, blank_layout, place
from perfxl.model import Value
from perfxl.office.answers import approved_answers, target_table
from perfxl.office.approved import ApprovedProject
from perfxl.schemes.spec import GUIDE_SHEET, Block, Scheme, Sheet, Table
from perfxl.system.marks import ISSUE_MARK, PROJECT_MARK
from perfxl.templates.form import write_form
from perfxl.templates.guide import guide_values, stored
from perfxl.templates.live import keeps_formula, live_formula
from perfxl.writeback.filling import Answer, SheetFilling, fill_blank

FREE_ROWS = 3
"""Rows for further targets at the least."""
NOTE = "浅蓝色单元格是预算批复的内容，已经填好并锁定，不要修改；如有出入，请与财政部门联系。"


class Blank(NamedTuple):
    """An empty form: its bytes, its layout, and the values of the formulas on its guide."""

    data: bytes
    layout: Layout
    guide: dict[str, object]


def prefilled_form(project: ApprovedProject, scheme: Scheme) -> bytes:
    """The workbook that goes out for a project; the same for the same project, byte for byte."""
    answers = approved_answers(project, scheme)
    table = target_table(scheme)
    rows = max(table.rows, len(answers.rows) + FREE_ROWS) if table else 0
    blank = blank_form(scheme, rows)
    known = flatten(blank.layout.scheme, {})
    tables = {**known.tables, **({table.key: answers.rows} if table else {})}
    layout = place(blank.layout.scheme, Data(answers.cells, tables))
    sheets = {}
    for empty, filled in zip(blank.layout.sheets, layout.sheets, strict=True):
        filling = _filling(empty, filled, blank.layout, layout)
        if filling.answers or filling.stored:
            sheets[filled.sheet.name] = filling
    changed = {cell: value for cell, value in guide_values(layout).items() if value != blank.guide[cell]}
    if changed:
        sheets[GUIDE_SHEET] = SheetFilling(stored=changed)
    return fill_blank(blank.data, sheets, [(PROJECT_MARK, project.id), (ISSUE_MARK, project.issue)])


@lru_cache(maxsize=64)
def blank_form(scheme: Scheme, rows: int) -> Blank:
    """The empty form with room for so many targets."""
    roomy = replace(
        scheme,
        instructions=(*scheme.instructions, NOTE),
        sheets=tuple(replace(sheet, blocks=tuple(_roomy(sheet, scheme, rows))) for sheet in scheme.sheets),
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_form(roomy, path)
        data = path.read_bytes()
    layout = blank_layout(roomy)
    return Blank(data, layout, guide_values(layout))


def _roomy(sheet: Sheet, scheme: Scheme, rows: int) -> Iterator[Block]:
    """The blocks of a sheet, the table of targets with so many rows, none of which is merged with another."""
    wanted = target_table(scheme)
    for block in sheet.blocks:
        if isinstance(block, Table) and wanted and block.key == wanted.key:
            yield replace(block, rows=rows, columns=tuple(replace(column, merge="") for column in block.columns))
        else:
            yield block


def _filling(empty: PlacedSheet, filled: PlacedSheet, blank: Layout, layout: Layout) -> SheetFilling:
    """What makes of an empty sheet the filled one."""
    filling = SheetFilling()
    for before, after in zip(empty.cells, filled.cells, strict=True):
        if after.blanks:
            text = after.value if after.role is Role.INPUT else after.text
            if text != (before.value if after.role is Role.INPUT else before.text):
                filling.answers.append(Answer(after.address, _written(text), is_approved=_is_whole(text)))
        elif after.role is Role.INPUT and after.value is not None:
            filling.answers.append(Answer(after.address, _written(after.value)))
        elif after.role is Role.ECHO:
            value = layout.places[after.path][1].value
            if value is not None:
                filling.stored[after.address] = str(value)
        elif after.field is not None and after.field.live and keeps_formula(before, blank):
            _, was = live_formula(before, empty, blank)
            _, now = live_formula(after, filled, layout)
            if now != was:
                filling.stored[after.address] = stored(now)
    filling.heights = {row: points for row, points in filled.heights.items() if points != empty.heights.get(row)}
    return filling


def _is_whole(text: Value) -> bool:
    """Whether a line with blanks has none left: then it can be locked."""
    return BLANK_TO_FILL not in str(text)


def _written(value: Value) -> Decimal | str:
    return value if isinstance(value, Decimal) else str(value)
