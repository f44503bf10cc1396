"""Blank forms and other years.

* a form without any answer is refused as 空白表 (ST14), whatever program saved it; its own formulas are no answers
* a blank that is as perfxl wrote it is 空白模板 (ST15): no exit code, passed over in the summary
* one answer makes it a submission
* BA07 a year to come, BA08 another year than the evaluated one
"""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from batches import MADE, batch_of
from forms import GOOD, TODAY, form_of, found, patched
from opened import load_workbook
from perfxl.batch.onefile import process_file
from perfxl.command.cli import cli
from perfxl.model import FileResult, Status
from perfxl.results.jobs import Conditions, Job
from perfxl.rules import judge
from perfxl.schemes import load_scheme
from workbooks import form_bytes

SCHEMES = ["hainan-2020", "hainan-2023"]


def processed(data: bytes, folder: Path, **conditions: Any) -> FileResult:
    path = folder / "表.xlsx"
    path.write_bytes(data)
    (one,) = process_file(Job(path, "表.xlsx", Conditions(TODAY, **conditions)))
    return one


def saved(data: bytes, **cells: object) -> bytes:
    """A workbook as another program saves it, with some cells of its second sheet changed."""
    book, into = load_workbook(BytesIO(data)), BytesIO()
    for place, value in cells.items():
        book.worksheets[1][place] = value
    book.save(into)
    return into.getvalue()


@pytest.mark.parametrize("name", SCHEMES)
def test_a_blank_form_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    scheme = load_scheme(name)
    one = processed(saved(form_bytes(None, scheme)), tmp_path)
    assert (one.status, [found.code for found in one.findings]) == (Status.REJECTED, ["ST14"])
    assert one.findings[0].message == f"空白表：“{scheme.title}”没有填写任何内容"
    assert one.assessment is None


def test_one_score_that_cannot_be_read_is_an_answer(tmp_path: Path) -> None:
    """In the rows of a tree that the form prints."""
    book, into = load_workbook(BytesIO(form_bytes(None))), BytesIO()
    book["评价指标评分表"]["G3"] = "约三分"
    book.save(into)
    one = processed(into.getvalue(), tmp_path)
    assert one.status is Status.RETURNED
    assert ("ST06", "G3") in [(found.code, found.cell) for found in one.findings]


@pytest.mark.parametrize("name", SCHEMES)
def test_a_blank_as_perfxl_wrote_it_is_a_template(name: str, tmp_path: Path) -> None:
    one = processed(form_bytes(None, load_scheme(name)), tmp_path)
    assert [(found.code, found.severity) for found in one.findings] == [("ST15", "info")]


def test_one_answer_makes_a_submission(tmp_path: Path) -> None:
    one = processed(saved(form_bytes(None), B2="甲项目"), tmp_path)
    assert one.status is Status.RETURNED
    assert one.assessment is not None
    assert one.assessment.final is False


def test_a_blank_template_costs_no_exit_code_and_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "模板.xlsx").write_bytes(form_bytes(None))
    (tmp_path / "甲.xlsx").write_bytes(form_bytes(GOOD))
    outcome = CliRunner().invoke(cli, ["check", str(tmp_path), "--jobs", "1"], standalone_mode=False)
    assert outcome.return_value == 0
    assert "空白模板 1" in outcome.stderr
    (tmp_path / "空白.xlsx").write_bytes(saved(form_bytes(None)))
    outcome = CliRunner().invoke(cli, ["check", str(tmp_path), "--jobs", "1"], standalone_mode=False)
    assert outcome.return_value == 3


def test_the_summary_passes_templates_over_and_refuses_blank_forms(tmp_path: Path) -> None:
    template = processed(form_bytes(None), tmp_path)
    blank = processed(saved(form_bytes(None)), tmp_path)
    for one, disposition, reason in ((template, "skipped", "ST15 空白模板"), (blank, "refused", "ST14 空白表")):
        (received,) = batch_of([one], made=MADE).received
        assert received.disposition == disposition
        assert received.reason.startswith(reason)


@pytest.mark.parametrize(("year", "codes"), [(2033, ["BA07"]), (2025, ["BA07"]), (TODAY.year, ["BA06"]), (2012, [])])
def test_ba07_a_year_to_come(year: int, codes: list[str]) -> None:
    dossier = patched(
        patched(GOOD, "basic.year", year), "basic.evaluation_date", "2024-06-01" if year > 2012 else "2013-04-25"
    )
    assert [code for code, path in found(dossier, "BA07") if path == "basic.year"] == [c for c in codes if c == "BA07"]


@pytest.mark.parametrize(
    ("year", "evaluated", "codes"),
    [(2012, 2012, []), (2012, 2013, ["BA08"]), (2033, 2013, ["BA07"]), (2012, None, []), (None, 2013, [])],
)
def test_ba08_another_year_than_the_evaluated_one(year: int | None, evaluated: int | None, codes: list[str]) -> None:
    form = form_of(patched(GOOD, "basic.year", year))
    findings = judge(form, TODAY, year=evaluated)[1]
    assert [one.code for one in findings if one.code in ("BA07", "BA08")] == codes


def test_the_evaluated_year_is_an_option(tmp_path: Path) -> None:
    (tmp_path / "甲.xlsx").write_bytes(form_bytes(GOOD))
    for year, says in ((2012, False), (2013, True)):
        outcome = CliRunner().invoke(
            cli, ["check", str(tmp_path), "--jobs", "1", "--year", str(year)], standalone_mode=False
        )
        assert ("BA08" in outcome.output) is says
