"""A workbook may hold several forms: each is read, judged, annotated and counted, or the workbook is refused by name.

Told apart by the names of the sheets or by their order where that is certain. A blank form beside a filled one does not
count; two forms on one sheet are refused; a sheet that belongs to no form is named.
"""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from forms import GOOD
from opened import load_workbook
from perfxl.batch.onefile import process_file
from perfxl.door.inspect import inspect
from perfxl.errors import RefusedError
from perfxl.reading.reader import Reading, read_forms
from perfxl.results.filed import filed
from perfxl.results.jobs import Conditions, Job
from perfxl.schemes import load_scheme
from perfxl.summary.resubmissions import settle
from self_assessments import GOOD_SELF as GOOD_2023
from workbooks import form_bytes

DAY = date(2024, 6, 28)
SCHEME_2023 = load_scheme("hainan-2023")
Book = Any


def edited(data: bytes, change: Callable[[Book], None]) -> bytes:
    book = load_workbook(io.BytesIO(data))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def readings(data: bytes) -> list[Reading]:
    return read_forms(data, inspect(data))


def projects(data: bytes) -> list[tuple[str, str]]:
    """Scheme and project of each form of a workbook."""
    return [(one.form.scheme.id, one.form.text("basic.project_name")) for one in readings(data)]


def copied(book: Book, source: Worksheet, title: str) -> Worksheet:
    sheet = book.copy_worksheet(source)
    sheet.title = title
    return sheet


def two_self_assessments(second: str, title: str) -> bytes:
    """Two forms of hainan-2023, the second of another project."""

    def change(book: Book) -> None:
        name = SCHEME_2023.sheets[0].name
        sheet = copied(book, book[name], title)
        cell = next(c for row in sheet.iter_rows() for c in row if c.value == GOOD_2023["basic"]["project_name"])
        cell.value = second

    return edited(form_bytes(GOOD_2023, SCHEME_2023), change)


@pytest.mark.parametrize("title", ["第二个项目", "项目支出绩效自评表 (2)", "Sheet1"])
def test_each_sheet_of_a_one_sheet_scheme_is_a_submission_however_it_is_called(title: str) -> None:
    first = GOOD_2023["basic"]["project_name"]
    assert projects(two_self_assessments("农村公路养护", title)) == [
        ("hainan-2023", first),
        ("hainan-2023", "农村公路养护"),
    ]


def with_second_dossier(names: Callable[[str], str], interleaved: bool = False) -> bytes:
    def change(book: Book) -> None:
        sheets = [sheet.name for sheet in load_scheme("hainan-2020").sheets]
        for number, name in enumerate(sheets):
            copied(book, book[name], names(name))
            if interleaved:
                book.move_sheet(names(name), offset=number - len(sheets))

    return edited(form_bytes(GOOD), change)


@pytest.mark.parametrize(
    "names", [lambda name: f"公路养护-{name}", lambda name: f"{name} (2)", lambda name: f"二 {name[-3:]}"]
)
def test_dossiers_are_told_apart_by_the_names_or_the_order_of_their_sheets(names: Callable[[str], str]) -> None:
    found = readings(with_second_dossier(names))
    sheets = [sheet.name for sheet in load_scheme("hainan-2020").sheets]
    assert [list(one.form.sheets.values()) for one in found] == [sheets, [names(name) for name in sheets]]


def test_half_a_second_dossier_is_refused_with_its_sheets() -> None:
    def change(book: Book) -> None:
        for name in ("评价指标评分表", "评价人员"):
            copied(book, book[name], f"{name} (2)")

    with pytest.raises(RefusedError) as refusal:
        readings(edited(form_bytes(GOOD), change))
    assert (refusal.value.code, refusal.value.found) == (
        "ST01",
        "评价指标评分表、评价指标评分表 (2)、评价人员、评价人员 (2)",
    )


def test_two_forms_below_one_another_on_a_sheet_are_refused() -> None:
    def change(book: Book) -> None:
        sheet = book[SCHEME_2023.sheets[0].name]
        for row in list(sheet.iter_rows(values_only=True)):
            sheet.append(row)

    with pytest.raises(RefusedError) as refusal:
        readings(edited(form_bytes(GOOD_2023, SCHEME_2023), change))
    assert refusal.value.code == "ST01"
    assert "上下排在一起" in refusal.value.message


def test_a_form_of_another_scheme_beside_it_counts_too() -> None:
    other = load_workbook(io.BytesIO(form_bytes(GOOD_2023, SCHEME_2023)))[SCHEME_2023.sheets[0].name]

    def change(book: Book) -> None:
        sheet = book.create_sheet("另一项目")
        for row in other.iter_rows():
            for cell in row:
                if cell.value is not None:
                    sheet[cell.coordinate] = cell.value

    found = projects(edited(form_bytes(GOOD), change))
    assert found == [
        ("hainan-2020", GOOD["basic"]["project_name"]),
        ("hainan-2023", GOOD_2023["basic"]["project_name"]),
    ]


def test_a_blank_form_beside_a_filled_one_does_not_count() -> None:
    name = SCHEME_2023.sheets[0].name
    blank = load_workbook(io.BytesIO(form_bytes(None, SCHEME_2023)))[name]

    def change(book: Book) -> None:
        sheet = book.create_sheet("空白")
        for row in blank.iter_rows():
            for cell in row:
                if cell.value is not None and not str(cell.value).startswith("="):
                    sheet[cell.coordinate] = cell.value

    (one,) = readings(edited(form_bytes(GOOD_2023, SCHEME_2023), change))
    assert (list(one.form.sheets.values()), one.unread) == ([name], ("空白",))


def test_a_sheet_that_belongs_to_no_form_is_named_and_an_empty_one_is_not() -> None:
    def change(book: Book) -> None:
        book.create_sheet("附表")["A1"] = "设备清单"
        book.create_sheet("Sheet3")

    (one,) = readings(edited(form_bytes(GOOD), change))
    assert one.unread == ("附表",)


def test_each_form_has_its_result_and_its_review_sheet_in_one_copy(tmp_path: Path) -> None:
    path = tmp_path / "两个项目.xlsx"
    path.write_bytes(two_self_assessments("农村公路养护", "第二个项目"))
    target = tmp_path / "审核" / path.name
    for _ in range(2):  # the copy of the copy has the same sheets
        first, second = process_file(Job(path, path.name, Conditions(DAY), annotated=target))
        assert (first.sheets, second.sheets) == ((SCHEME_2023.sheets[0].name,), ("第二个项目",))
        assert first.annotated == second.annotated == target.as_posix()
        own = [name for name in load_workbook(target).sheetnames if name.startswith("审核结果")]
        assert own == [f"审核结果-{SCHEME_2023.sheets[0].name}", "审核结果-第二个项目"]
        path.write_bytes(target.read_bytes())


def test_two_forms_of_one_workbook_are_not_copies_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "两个项目.xlsx"
    path.write_bytes(two_self_assessments("农村公路养护", "第二个项目"))
    results = process_file(Job(path, path.name, Conditions(DAY)))
    assert [one.disposition for one in settle(filed(results))] == ["used", "used"]
