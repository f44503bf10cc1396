"""A column of the summary is one place.

* one more `Column` is a column of the sheet with its heading, values, sum and width, and one of the CSV; nothing else is told
* so for the tables of projects, departments, findings, files and the roster, and for those of a scheme's own blocks
* a live column's formula gives the value that its function gives
* a figure that scoring adds is known of every file without its details being read
* every table has an English name for other programs that stays
"""

import csv
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from batches import listed_batch, province
from forms import GOOD
from office import Converted, by_office, differing
from opened import load_workbook
from own_scheme import SCHEME
from perfxl.model import Figures, Severity
from perfxl.office.approved import ApprovedProject
from perfxl.results.filed import pack
from perfxl.summary import breakdowns, listings, reconciliation
from perfxl.summary.batch import Batch
from perfxl.summary.tables import Column
from perfxl.summary.workbook import tables_of, write_summary, write_tables
from test_summary import heading_row, records

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

RESULTS = province(24)
HEADING = "新栏"


@pytest.fixture(scope="module")
def batch() -> Batch:
    return whole_batch()


def whole_batch() -> Batch:
    entries = [ApprovedProject("", f"从未报送的项目{n}", "某单位", "某厅", Decimal(n), "电话") for n in range(3)]
    return listed_batch(RESULTS, entries)


def rows_of(batch: Batch, folder: Path, sheet: str) -> list[dict[str, Any]]:
    return records(written(batch, folder)[sheet])


def written(batch: Batch, folder: Path) -> Workbook:
    write_summary(batch, folder / "汇总.xlsx")
    return load_workbook(folder / "汇总.xlsx", data_only=True)


Patch = Callable[..., None]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Patch:
    return adding(monkeypatch)


def adding(patch: pytest.MonkeyPatch) -> Patch:
    """Puts a column before the third of a table's columns, which are a constant or what a function makes."""

    def put(module: object, name: str, make: Callable[..., Column[Any]]) -> None:
        real = getattr(module, name)

        def columns(*known: Any) -> tuple[Column[Any], ...]:
            own = real(*known) if callable(real) else real
            return (*own[:2], make(*known), *own[2:])

        patch.setattr(module, name, columns if callable(real) else columns())

    return put


def test_one_more_column_of_the_projects(batch: Batch, tmp_path: Path, add: Patch) -> None:
    def infos(_: object) -> Column[Any]:
        return Column(
            "infos", HEADING, "count", 12, foots=("sum",), value=lambda project: project.head.count(Severity.INFO)
        )

    add(listings, "project_columns", infos)
    expected = {one.head.file: sum(f.severity == "info" for f in one.findings) for one in batch.received if one.is_used}
    book = written(batch, tmp_path)
    sheet = book["项目汇总表"]
    assert {row["文件"]: row[HEADING] for row in records(sheet)} == expected
    assert sum(expected.values()) > 0
    headings = [cell.value for cell in sheet[heading_row(sheet)]]
    assert headings.index(HEADING) == 2
    assert sheet.cell(3, 3).value == sum(expected.values())
    assert sheet.column_dimensions[get_column_letter(3)].width == pytest.approx(12, abs=1)
    write_tables(batch, tmp_path)
    rows = csv.DictReader((tmp_path / "项目汇总表.csv").read_text("utf-8-sig").splitlines())
    assert {row["文件"]: int(row[HEADING]) for row in rows} == expected


def with_a_column_of_the_departments() -> bytes:
    def accepted(_: object, region: Any) -> Column[Any]:
        formula = region.count_where(department_number="{number}", status='"通过"')
        return Column("accepted", HEADING, "count", formula=formula, value=lambda one: one.having("status", "通过"))

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        adding(patch)(listings, "department_columns", accepted)
        write_summary(whole_batch(), Path(folder, "汇总.xlsx"))
        return Path(folder, "汇总.xlsx").read_bytes()


@by_office(with_a_column_of_the_departments)
def test_one_more_column_of_the_departments(office: list[Converted]) -> None:
    book = load_workbook(office[0].source, data_only=True)
    projects = records(book["项目汇总表"])
    for row in records(book["部门汇总"]):
        assert row[HEADING] == sum(p["部门序号"] == row["序号"] and p["状态"] == "通过" for p in projects)
    assert differing(office[0]) == []


def test_one_more_column_of_the_findings(batch: Batch, tmp_path: Path, add: Patch) -> None:
    add(listings, "FINDING_COLUMNS", lambda: Column("size", HEADING, "count", value=lambda one: one.file.head.size))
    rows = rows_of(batch, tmp_path, "问题清单")
    sizes = {one.head.file: one.head.size for one in batch.received}
    assert [row[HEADING] for row in rows] == [sizes[row["文件"]] for row in rows]
    assert len(rows) == sum(one.head.count() for one in batch.received) > 0


def test_one_more_column_of_the_files(batch: Batch, tmp_path: Path, add: Patch) -> None:
    add(listings, "FILE_COLUMNS", lambda: Column("year", HEADING, "short", value=lambda one: one.head.year))
    rows = rows_of(batch, tmp_path, "收文清单")
    assert [row[HEADING] for row in rows] == [one.head.year or None for one in batch.ordered]


def test_one_more_column_of_the_roster(batch: Batch, tmp_path: Path, add: Patch) -> None:
    add(listings, "ROSTER_COLUMNS", lambda: Column("rule", HEADING, "code", value=lambda one: f"甲{one.kind}"))
    rows = rows_of(batch, tmp_path, "名单核对")
    assert [row[HEADING] for row in rows] == [f"甲{row['情况']}" for row in rows]
    assert sum(row["情况"] == "未报" for row in rows) == 3


def test_one_more_column_of_the_proof(batch: Batch, tmp_path: Path, add: Patch) -> None:
    add(reconciliation, "PROOF_COLUMNS", lambda: Column("again", HEADING, "figure", value=lambda line: line.files))
    assert all(row[HEADING] == row["文件合计"] for row in rows_of(batch, tmp_path, "核对"))


def test_one_more_column_of_the_tables_that_follow_the_form(batch: Batch, tmp_path: Path, add: Patch) -> None:
    add(breakdowns, "WHO", lambda: Column("scheme", HEADING, "long", value=lambda row: row.opened.project.scheme.id))
    book = written(batch, tmp_path)
    expected = {
        "指标得分表": {"hainan-2020"},
        "指标得分明细": {SCHEME.id},
        "绩效目标表": {"hainan-2020"},
        "资金汇总表(2020年版)": {"hainan-2020"},
        "资金汇总表(2023年版)": {SCHEME.id},
    }
    assert {sheet: {row[HEADING] for row in records(book[sheet])} for sheet in expected} == expected
    first = GOOD["indicators"][0]
    assert f"{first['level3']}（{first['weight']}分）" in records(book["指标得分表"])[0]


def test_what_is_computed_is_known_at_a_glance() -> None:
    assessed = [one for one in RESULTS if one.assessment]
    assert len(assessed) > 20
    for one in assessed:
        assert one.assessment
        assert pack(one).head.figures == one.assessment.figures
        assert one.assessment.figures.keys() == {declared.name for declared in fields(Figures)}


def test_other_programs_know_the_tables_by_english_names(batch: Batch) -> None:
    tables = tables_of(batch)[0]
    assert [(table.about, table.key) for table in tables] == [
        ("projects", "projects"),
        ("indicators", "indicators-hainan-2020"),
        ("indicators", "indicators"),
        ("targets", "targets"),
        ("funds", "funds-hainan-2020"),
        ("funds", f"funds-{SCHEME.id}"),
        ("reviewers", "reviewers-hainan-2020"),
        ("answers", "answers-hainan-2020"),
        ("answers", f"answers-{SCHEME.id}"),
        ("departments", "departments"),
        ("findings", "findings"),
        ("progress", "progress"),
        ("files", "files"),
        ("leftout", "leftout"),
        ("roster", "roster"),
        ("reconciliation", "reconciliation"),
    ]
