"""What perfxl writes opens without a repair prompt: every part held against the schemas of the format by a validator.

openxml-audit (extra `dev`) knows the schemas of Office; where it is not installed the tests are skipped, but not in CI.
"""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms import GOOD, patched
from perfxl.api import consolidate, template
from perfxl.schemes import load_scheme, scheme_names
from self_assessments import C23
from workbooks import form_bytes

if not os.environ.get("CI"):
    pytest.importorskip("openxml_audit")


def problems_of(book: Path) -> list[str]:
    """What the validator has to say of a workbook."""
    from openxml_audit import OpenXmlValidator

    return [f"{error.part_uri}: {error.description}" for error in OpenXmlValidator().validate(str(book)).errors]


@pytest.mark.parametrize("name", scheme_names())
def test_templates_are_valid(name: str, tmp_path: Path) -> None:
    assert problems_of(template(tmp_path / "表.xlsx", scheme=name)) == []


@pytest.mark.parametrize("dossier", [GOOD, C23], ids=["2020", "2023"])
def test_filled_forms_are_valid(dossier: dict[str, Any], tmp_path: Path) -> None:
    form = tmp_path / "表.xlsx"
    form.write_bytes(form_bytes(dossier, load_scheme(dossier["scheme"])))
    assert problems_of(form) == []


def test_summaries_copies_and_lists_are_valid(tmp_path: Path) -> None:
    inbox = tmp_path / "收件"
    inbox.mkdir()
    (inbox / "甲.xlsx").write_bytes(form_bytes(patched(GOOD, "stated.total", 12)))
    (inbox / "乙.xlsx").write_bytes(form_bytes(C23, load_scheme("hainan-2023")))
    blank = patched(
        patched(GOOD, "indicators", [{**row, "score": None} for row in GOOD["indicators"]]), "basic.unit", "丙局"
    )
    (inbox / "丙.xlsx").write_bytes(form_bytes(blank))  # twenty findings alike: folded in copy and summary
    summary, copies = tmp_path / "汇总.xlsx", tmp_path / "审核"
    consolidate(inbox, summary, annotated=copies, made=date(2024, 6, 28), jobs=1)
    written = [summary, *sorted(copies.glob("*.xlsx")), template(tmp_path / "名单.xlsx", roster=True)]
    assert len(written) == 5
    assert {book.name: problems_of(book) for book in written} == {book.name: [] for book in written}


def test_the_validator_finds_what_is_wrong(tmp_path: Path) -> None:
    import zipfile

    good, bad = tmp_path / "好.xlsx", tmp_path / "坏.xlsx"
    good.write_bytes(form_bytes(GOOD))
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet2.xml":
                content = content.replace(b"<sheetData>", b"<sheetDatum/><sheetData>")
            target.writestr(name, content)
    assert problems_of(bad) != []
