"""Small schemes and sheets typed by hand, for reading forms that were not made from perfxl's template."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from perfxl.door.inspect import inspect
from perfxl.dossier import dossier_of
from perfxl.reading.reader import Reading, read_form
from perfxl.schemes import parse_scheme
from perfxl.schemes.spec import Scheme

HEAD = """
id = "{id}"
version = 1
title = "{title}"
edition = "2023年版"
source = "test"
money_unit = "万元"
full_score = 100
grades = [{{ name = "优", from = 90 }}, {{ name = "良", from = 80 }}, {{ name = "中", from = 60 }}, {{ name = "差", from = 0 }}]

[levels]
"产出指标" = 50
"效益指标" = 30
"满意度指标" = 20
"""


def scheme_of(blocks: str, id: str = "own", title: str = "自评表", widths: Sequence[int] = (12,) * 10) -> Scheme:
    """A scheme of one sheet with these blocks."""
    sheet = f'\n[[sheets]]\nname = "自评表"\naliases = ["Sheet1"]\nwidths = {list(widths)}\n'
    return parse_scheme(HEAD.format(id=id, title=title) + sheet + blocks, f"{id}.toml")


def sheet_bytes(cells: Mapping[str, Any], merged: Sequence[str] = (), title: str = "Sheet1") -> bytes:
    """A workbook with one sheet that holds these cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for place, value in cells.items():
        sheet[place] = value
    for area in merged:
        sheet.merge_cells(area)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def read_by(scheme: Scheme, data: bytes) -> Reading:
    return read_form(data, inspect(data), scheme)


def dossier_by(scheme: Scheme, data: bytes) -> dict[str, Any]:
    return dict(dossier_of(read_by(scheme, data).form))


def codes(reading: Reading) -> list[tuple[str, str]]:
    """Code and cell of each finding of reading."""
    return [(found.code, found.cell) for found in reading.findings]
