"""A block writes what it reads.

* read(fill(x)) == x for any dossier, whatever the texts
* the same after rows and columns were inserted, after sheets were moved, and after LibreOffice saved the file
* tables take 60 rows and more
"""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers import dossiers
from forms import GOOD
from office import Converted, by_office
from opened import load_workbook
from perfxl.dossier import complete
from perfxl.layout import blank_layout
from perfxl.schemes import load_scheme, scheme_names
from self_assessments import C23, GOOD_SELF, SCHEME_2023, sample
from workbooks import SCHEME, form_bytes, read_bytes, read_dossier

EVERY_SCHEME = pytest.mark.parametrize("name", scheme_names())
MORE = (Path(__file__).parent.parent / "more_samples").glob("*.json")
FILLED = {"hainan-2020": GOOD, "hainan-2023": GOOD_SELF}
FILLED |= {dossier["scheme"]: dossier for dossier in (json.loads(path.read_text("utf-8")) for path in MORE)}


@given(dossiers(SCHEME))
def test_reading_gives_back_what_was_filled(dossier: dict[str, Any]) -> None:
    assert read_dossier(form_bytes(dossier)) == complete(SCHEME, dossier)


@given(dossiers(SCHEME_2023))
def test_reading_gives_back_what_was_filled_in_2023(dossier: dict[str, Any]) -> None:
    assert read_dossier(form_bytes(dossier, SCHEME_2023)) == complete(SCHEME_2023, dossier)


@EVERY_SCHEME
def test_the_blank_form_reads_as_blank_and_has_no_lost_label(name: str) -> None:
    blank = form_bytes(None, load_scheme(name))
    assert [found for found in read_bytes(blank).findings if found.code.startswith("ST0")] == []
    assert read_dossier(blank) == complete(load_scheme(name), {})


@pytest.mark.parametrize("rows", [1, 12, 13, 60, 200])
def test_tables_grow(rows: int) -> None:
    dossier = copy.deepcopy(GOOD)
    dossier["targets"] = [dict(GOOD["targets"][0], name=f"指标{n}号") for n in range(rows)]
    dossier["reviewers"] = [dict(GOOD["reviewers"][0], name=f"姓名{n}") for n in range(rows)]
    assert read_dossier(form_bytes(dossier)) == complete(SCHEME, dossier)


@pytest.mark.parametrize("rows", [1, 12, 13, 60])
def test_the_table_of_indicators_grows(rows: int) -> None:
    indicators = [dict(GOOD_SELF["indicators"][0], level3=f"指标{n}号") for n in range(rows)]
    dossier = {**GOOD_SELF, "indicators": indicators}
    assert read_dossier(form_bytes(dossier, SCHEME_2023)) == complete(SCHEME_2023, dossier)


@EVERY_SCHEME
@given(st.data())
def test_inserted_rows_and_columns_do_not_matter(name: str, data: st.DataObject) -> None:
    scheme, dossier = load_scheme(name), FILLED[name]
    book = load_workbook(io.BytesIO(form_bytes(dossier, scheme)))
    for placed in blank_layout(scheme).sheets:
        sheet = book[placed.sheet.name]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        row = data.draw(st.integers(1, sheet.max_row), label=f"{sheet.title} row")
        sheet.insert_rows(row, data.draw(st.integers(1, 3)))
        if len(placed.sheet.widths) > 1:
            column = data.draw(st.integers(1, sheet.max_column), label=f"{sheet.title} column")
            sheet.insert_cols(column, data.draw(st.integers(1, 2)))
    saved = io.BytesIO()
    book.save(saved)
    # openpyxl keeps no stored values, and moves no references: the formulas of the form hold no data here
    assert read_dossier(saved.getvalue()) == complete(scheme, dossier)


def test_moved_and_renamed_sheets_do_not_matter() -> None:
    book = load_workbook(io.BytesIO(form_bytes(GOOD)))
    book.move_sheet("绩效评价报告", -4)
    book["项目绩效目标表"].title = " 项目绩效目标表（2）"
    book["评价人员"].title = "Sheet7"
    saved = io.BytesIO()
    book.save(saved)
    assert read_dossier(saved.getvalue()) == complete(SCHEME, GOOD)


@pytest.mark.parametrize("dossier", [GOOD, sample("海南省商务厅-信息系统运维"), C23, GOOD_SELF])
@by_office(lambda dossier: form_bytes(dossier, load_scheme(dossier["scheme"])))
def test_libreoffice_saves_a_form_that_reads_the_same(dossier: dict[str, Any], office: list[Converted]) -> None:
    data = office[0].saved.read_bytes()
    assert read_dossier(data) == complete(load_scheme(dossier["scheme"]), dossier)
    assert [f for f in read_bytes(data).findings if f.code < "ST09"] == []
