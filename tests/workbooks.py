"""Writing and reading a form in one step."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from xlsxwriter.worksheet import Worksheet

from perfxl.door.inspect import inspect
from perfxl.dossier import dossier_of
from perfxl.model import Dossier
from perfxl.reading.reader import Reading, read_form
from perfxl.schemes import load_scheme
from perfxl.schemes.spec import Scheme
from perfxl.templates.form import write_form

SCHEME = load_scheme("hainan-2020")


_written: dict[tuple[str, str], bytes] = {}
"""Forms that several tests write, by dossier and scheme."""


def form_bytes(dossier: dict[str, Any] | None, scheme: Scheme = SCHEME) -> bytes:
    """The template filled with a dossier; the same content is written once."""
    key = (repr(dossier), repr(scheme))
    if key not in _written:
        _written[key] = written_form(dossier, scheme)
    return _written[key]


def written_form(dossier: dict[str, Any] | None, scheme: Scheme = SCHEME) -> bytes:
    """The same, written anew."""
    with tempfile.TemporaryDirectory() as folder, patch.object(Worksheet, "_prepare_formula", _prepare_formula):
        path = Path(folder) / "form.xlsx"
        write_form(scheme, path, dossier)
        return path.read_bytes()


def _prepare_formula(sheet: Worksheet, formula: str, expand_future_functions: bool = False) -> str:
    """What XlsxWriter does to a formula, once for all forms that hold it: thirty regular expressions, a quarter of their time."""
    return _prepared(formula, bool(sheet.use_future_functions), expand_future_functions)


@cache
def _prepared(formula: str, use_future_functions: bool, expand_future_functions: bool) -> str:
    sheet = Worksheet()
    sheet.use_future_functions = use_future_functions
    prepared: str = _REAL(sheet, formula, expand_future_functions)
    return prepared


_REAL = Worksheet._prepare_formula


def read_bytes(data: bytes) -> Reading:
    """What perfxl reads from a workbook."""
    return read_form(data, inspect(data))


def read_dossier(data: bytes) -> Dossier:
    """The dossier that a workbook holds."""
    return dossier_of(read_bytes(data).form)
