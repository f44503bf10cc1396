"""Other file formats and what becomes of a form in them.

* .xls and .ods read the same as .xlsx; their annotated copy is the standard template filled with what was read
* findings that were found in the old file are marked on the cells of the new one
* a form in Strict Open XML, in CSV or renamed is refused with the way out
"""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from forms import GOOD
from office import Converted, by_office
from opened import load_workbook
from perfxl.batch.onefile import process_file
from perfxl.dossier import complete
from perfxl.model import FileResult, Status
from perfxl.results.jobs import Conditions, Job
from workbooks import SCHEME, form_bytes, read_dossier

DAY = date(2024, 6, 28)


def processed(path: Path, folder: Path) -> FileResult:
    return process_file(Job(path, path.name, Conditions(DAY), annotated=folder / f"{path.stem}.xlsx"))[0]


def spoilt_form() -> bytes:
    """A form with a wrong total, a number typed as text, and a retyped label in front of nothing."""
    book = load_workbook(io.BytesIO(form_bytes({**GOOD, "stated": {**GOOD["stated"], "total": 12}})))
    book["项目基本信息表"]["B8"] = "144万元"
    book["项目基本信息表"]["F8"] = "很多"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def in_other_formats(make: Callable[[], bytes]) -> pytest.MarkDecorator:
    """A test for each other format, `form` being what LibreOffice makes of a form in it."""
    kinds = [pytest.param(marks=by_office(make, kind), id=kind) for kind in ("xls", "ods")]
    return pytest.mark.parametrize((), kinds)


@in_other_formats(lambda: form_bytes(GOOD))
def test_other_formats_read_the_same(tmp_path: Path, office: list[Converted]) -> None:
    result = processed(office[0].saved, tmp_path / "out")
    assert result.dossier == complete(SCHEME, GOOD)
    assert [(finding.code, finding.cell) for finding in result.findings] == [("FL06", "")]
    assert result.status is Status.ACCEPTED


@in_other_formats(spoilt_form)
def test_their_copy_is_the_template_with_the_findings_on_its_cells(tmp_path: Path, office: list[Converted]) -> None:
    result = processed(office[0].saved, tmp_path / "out")
    assert result.annotated is not None
    copy = Path(result.annotated)
    assert read_dossier(copy.read_bytes()) == result.dossier
    book = load_workbook(copy)
    notes = {
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }
    assert {("项目基本信息表", "B8"), ("项目基本信息表", "F8"), ("评价指标评分表", "G23")} <= notes
    assert "审核结果" in book.sheetnames
    codes = {finding.code for finding in result.findings}
    assert {"FL06", "ST09", "ST06", "IN05"} <= codes


def test_dates_of_both_epochs_and_odd_texts_read_right(tmp_path: Path) -> None:
    from datetime import datetime

    book = load_workbook(io.BytesIO(form_bytes(GOOD)))
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book["评价人员"]["B10"] = datetime(2021, 5, 20)
    book["项目基本信息表"]["B5"] = "陈\u3000力 "
    book["项目绩效目标表"]["I5"] = True
    saved = io.BytesIO()
    book.save(saved)
    dossier: Any = read_dossier(saved.getvalue())
    assert dossier["basic"]["evaluation_date"] == "2021-05-20"
    assert dossier["basic"]["leader"] == "陈\u3000力"
    assert dossier["targets"][0]["note"] == "TRUE"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("表.xlsx", "单位,得分\n甲,98.5\n".encode(), "FL01"),
        ("表.xlsx", b"%PDF-1.7\n", "FL01"),
        ("表.xls", b"<html><body><table></table></body></html>", "FL01"),
        ("表.xlsx", b"", "FL01"),
        ("表.xlsx", b"PK\x03\x04 cut", "FL03"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_way_out(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    result = processed(path, tmp_path / "out")
    assert [finding.code for finding in result.findings] == [code]
    assert result.findings[0].fix
    assert (result.status, result.annotated, result.assessment) == (Status.REJECTED, None, None)


def test_a_signed_workbook_is_annotated_and_the_finding_says_what_becomes_of_the_signature(tmp_path: Path) -> None:
    path = tmp_path / "签名.xlsx"
    path.write_bytes(form_bytes(GOOD))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    result = processed(path, tmp_path / "out")
    assert [finding.code for finding in result.findings] == ["FL11"]
    assert result.annotated is not None
    with zipfile.ZipFile(result.annotated) as archive:
        assert archive.read("_xmlsignatures/sig1.xml") == b"<Signature/>"
