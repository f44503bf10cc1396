"""The self-check of the form is the office's check, tried on forms as people fill them, recalculated by LibreOffice.

* every error code is seen by a line of the form, or it is said here why it cannot be
* where perfxl finds an error the form says so, at a line that names the code; a form without errors may be sent
* nothing passes over an error value; what may be explained does not keep a form from being sent
* no formula leans on a cell that can be cut: whole columns, and rows of locked cells
"""

import io
import re
from datetime import date
from typing import Any

import pytest
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.formula import ArrayFormula

from forms import GOOD
from office import Converted, by_office
from opened import load_workbook
from perfxl.dossier import flatten
from perfxl.layout import Layout, Role, blank_layout, place
from perfxl.model import Severity
from perfxl.rules import RULES, judge
from perfxl.schemes import load_scheme, scheme_names
from perfxl.templates.guide import ALL_PASSED, BROKEN, MAY_BE_SENT, NOT_YET, PASSED
from perfxl.templates.selfcheck import lines_of_check
from self_assessments import GOOD_SELF
from workbooks import form_bytes, read_bytes

TODAY = date(2024, 6, 28)

NOT_SEEN = {
    **dict.fromkeys(
        ("FL01", "FL02", "FL03", "FL04", "FL05", "FL08", "FL09", "FL12", "FL15", "FL16"),
        "the file as such: a form that shows its self-check is open and whole",
    ),
    **dict.fromkeys(
        ("ST01", "ST03", "ST04"), "sheets and labels are locked; of a form put together anew nothing is live"
    ),
    "ST07": "a form that is open is calculated",
    "ST08": "no count, but a line that is broken: never passes",
    **dict.fromkeys(("SG01", "SG05", "SG06"), "formats, merges and formulas of a cell are not seen by formulas"),
    **dict.fromkeys(("FD05", "FD11"), "a factor of ten thousand is known by the words of the report"),
    **dict.fromkeys(("LS01", "LS02", "LS04", "LS05", "LS11"), "what was approved stands in the office's own list"),
    "FD12": "a limit that an office sets for its own batch",
    "IN11": "sums of levels are locked formulas, rows of subtotals are known by their words",
    "TG01": "standards are sentences",
    "PT18": "whether an actual value may be negative is told by the indicator's name",
}
"""Why the form cannot see an error."""

Edit = tuple[str, Any]


def lines_by_code() -> dict[str, set[str]]:
    """The lines of all forms by the codes that they see."""
    found: dict[str, set[str]] = {}
    for name in scheme_names():
        for line in lines_of_check(blank_layout(load_scheme(name))):
            for code in line.codes:
                found.setdefault(code, set()).add(line.topic)
    return found


def test_every_error_is_seen_or_it_is_said_why_not() -> None:
    errors = {code for code, entry in RULES.items() if entry.severity is Severity.ERROR}
    seen = lines_by_code()
    assert errors - set(seen) == set(NOT_SEEN) - {"ST07"}
    assert set(seen) - set(RULES) == set()


def layout_of(dossier: dict[str, Any]) -> Layout:
    scheme = load_scheme(dossier["scheme"])
    return place(scheme, flatten(scheme, dossier))


def edited(dossier: dict[str, Any], edits: tuple[Edit, ...]) -> bytes:
    """A filled form in which somebody has typed into cells, given by their paths; "-" takes the formulas of a row away."""
    book = load_workbook(io.BytesIO(form_bytes(dossier, load_scheme(dossier["scheme"]))))
    layout = layout_of(dossier)
    for path, value in edits:
        sheet, cell = layout.places[path]
        book[sheet][cell.address].value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


ERRORS: list[tuple[str, dict[str, Any], tuple[Edit, ...]]] = [
    ("ST05", GOOD, (("basic.unit", None),)),
    ("BA04", GOOD, (("basic.project_type", None),)),
    ("BA04", GOOD, (("basic.project_type", "经常性项目（√） 一次性项目（√）"),)),
    ("BA07", GOOD, (("basic.year", 2090),)),
    ("ST06", GOOD, (("indicators.0.score", "满分"),)),
    ("ST06", GOOD, (("funds.used.other", "无数"),)),
    ("FD01", GOOD, (("funds.planned.provincial", 100),)),
    ("FD01", GOOD, (("funds.planned.provincial", 143.99), ("funds.planned.local", 0))),
    ("FD04", GOOD, (("funds.used.other", -5), ("funds.used.provincial", 147))),
    ("FD08", GOOD, (("funds.planned.total", 0), ("funds.planned.provincial", 0))),
    ("IN01", GOOD, (("indicators.0.score", 99),)),
    ("IN01", GOOD, (("indicators.0.score", -1),)),
    ("IN02", GOOD, (("indicators.0.score", None),)),
    ("IN03", GOOD, (("indicators.0.weight", 5),)),
    ("IN05", GOOD, (("stated.total", 12),)),
    ("IN06", GOOD, (("indicators.3.level3", "另一指标"),)),
    ("PT01", GOOD, (("stated.grade", "良"),)),
    ("PT03", GOOD, (("stated.average", 12),)),
    ("PT05", GOOD, (("reviewers.0.score", 985),)),
    ("ST06", GOOD, (("reviewers.0.score", "很好"),)),
    ("TX01", GOOD, (("report.overview", None),)),
    ("ST05", GOOD_SELF, (("basic.unit", None),)),
    ("FD01", GOOD_SELF, (("funds.fiscal.executed", 1),)),
    ("FD09", GOOD_SELF, (("funds.total.rate", 12),)),
    ("PT11", GOOD_SELF, (("funds.total.score", 1),)),
    ("PT11", GOOD_SELF, (("indicators.0.score", 1),)),
    ("PT11", GOOD_SELF, (("indicators.0.score", 1), ("indicators.0.formula", None), ("indicators.0.completion", None))),
    ("PT14", GOOD_SELF, (("indicators.0.actual", "完成"),)),
    ("IN04", GOOD_SELF, (("indicators.0.weight", 30),)),
]


def ids(case: object) -> str:
    return case if isinstance(case, str) else ""


@pytest.mark.parametrize(("code", "dossier", "edits"), ERRORS, ids=ids)
@by_office(lambda dossier, edits: edited(dossier, edits))
def test_what_the_office_calls_an_error_the_form_says(
    code: str, dossier: dict[str, Any], edits: tuple[Edit, ...], office: list[Converted]
) -> None:
    assert code in errors_of(office[0])
    lines, conclusion = self_check(office[0])
    assert any(lines.get(topic, PASSED) not in (PASSED, "") for topic in lines_by_code()[code]), lines
    assert conclusion.startswith(NOT_YET[0])


def errors_of(book: Converted) -> set[str]:
    """The codes of errors that perfxl finds in a form as it came back."""
    reading = read_bytes(book.saved.read_bytes())
    found = [*reading.findings, *judge(reading.form, TODAY)[1]]
    return {one.code for one in found if one.severity is Severity.ERROR}


def self_check(book: Converted) -> tuple[dict[str, str], str]:
    """What the self-check shows: the result of each line, and the conclusion."""
    sheet = load_workbook(book.saved, data_only=True)["填报说明"]
    shown = {
        str(row[0].value): str(row[1].value) for row in sheet.iter_rows(max_col=2) if row[0].value and row[1].value
    }
    return shown, shown["自查结论"]


@pytest.mark.parametrize("dossier", [GOOD, GOOD_SELF], ids=["2020", "2023"])
@by_office(lambda dossier: edited(dossier, ()))
def test_a_form_without_errors_passes(dossier: dict[str, Any], office: list[Converted]) -> None:
    assert errors_of(office[0]) == set()
    assert self_check(office[0])[1] == ALL_PASSED


THIRDS = (
    ("funds.planned.total", 100),
    *((f"funds.planned.{key}", "=100/3") for key in ("central", "provincial", "local")),
    *((f"funds.{column}.{key}", value) for column in ("in_place", "used") for key, value in (("total", 100), ("provincial", 100))),
)  # fmt: skip


@by_office(lambda: edited(GOOD, THIRDS))
def test_thirds_make_a_whole_here_and_there(office: list[Converted]) -> None:
    assert "FD01" not in errors_of(office[0])
    assert self_check(office[0])[0]["资金：合计等于各来源之和"] == PASSED


OVERSPENT = (("funds.used.total", 150), ("funds.used.provincial", 150))


@by_office(lambda: edited(GOOD, OVERSPENT))
def test_what_may_be_explained_does_not_keep_a_form_from_being_sent(office: list[Converted]) -> None:
    assert errors_of(office[0]) == set()
    lines, conclusion = self_check(office[0])
    assert conclusion == f"{MAY_BE_SENT[0]}1{MAY_BE_SENT[1]}"
    assert [result for result in lines.values() if result.startswith("请核对")] == ["请核对 1 处"]


@pytest.mark.parametrize(
    ("dossier", "path"),
    [
        (GOOD, "funds.planned.total"),
        (GOOD, "basic.unit"),
        (GOOD, "indicators.0.score"),
        (GOOD, "reviewers.0.score"),
        (GOOD, "report.overview"),
        (GOOD_SELF, "indicators.0.actual"),
        (GOOD_SELF, "funds.total.rate"),
    ],
)
@by_office(lambda dossier, path: edited(dossier, ((path, "=1/0"),)))
def test_nothing_passes_over_an_error_value(dossier: dict[str, Any], path: str, office: list[Converted]) -> None:
    lines, conclusion = self_check(office[0])
    assert BROKEN in lines.values()
    assert conclusion.startswith(NOT_YET[0])


_REFERENCE = re.compile(r"(?:'([^']+)'!)?(\$?[A-Z]{1,2}\$?\d+)(?!\()")


@pytest.mark.parametrize("name", scheme_names())
def test_no_formula_leans_on_a_cell_that_can_be_cut(name: str) -> None:
    scheme = load_scheme(name)
    book = load_workbook(io.BytesIO(form_bytes(None, scheme)))
    loose = {
        (sheet.sheet.name, cell.address)
        for sheet in blank_layout(scheme).sheets
        for cell in sheet.cells
        if cell.role is Role.INPUT
    }
    echoes = {c.address for sheet in blank_layout(scheme).sheets for c in sheet.cells if c.role is Role.ECHO}
    met = 0
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            formula = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
            if isinstance(formula, str) and formula.startswith("=") and cell.coordinate not in echoes:
                for title, address in _REFERENCE.findall(re.sub(r'"[^"]*"', "", formula)):
                    met += 1
                    column, row = coordinate_from_string(address.replace("$", ""))
                    assert (title or sheet.title, f"{column}{row}") not in loose, (cell.coordinate, formula)
    assert met > 10
