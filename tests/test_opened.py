"""The quicker `load_workbook` of the tests opens forms, copies and summaries as openpyxl itself does."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

import opened
from batches import batch_of, refused, result
from forms import GOOD
from perfxl.schemes import load_scheme, scheme_names
from perfxl.writeback.annotate import apply_plan
from plans import BOOKS, PLAN
from test_summary import summary_bytes
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

WORKBOOKS = {
    **{name: lambda name=name: form_bytes(None, load_scheme(name)) for name in scheme_names()},
    "filled": lambda: form_bytes(GOOD),
    **{name: lambda name=name: apply_plan(BOOKS[name], PLAN) for name in BOOKS},
    "summary": lambda: summary_bytes(batch_of([result(), refused()], made=date(2024, 6, 28))),
}


def parts(book: openpyxl.Workbook) -> dict[str, bytes]:
    """What is saved of a workbook, but for the time of saving."""
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_it_is_the_same_workbook(name: str) -> None:
    data = WORKBOOKS[name]()
    assert parts(opened.load_workbook(io.BytesIO(data))) == parts(openpyxl.load_workbook(io.BytesIO(data)))
