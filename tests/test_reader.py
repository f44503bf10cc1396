"""What reading a spoilt form finds, and where.

Each case spoils one thing in a faultless form with openpyxl and names the exact findings of the reader (code, cell).
"""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from forms import GOOD
from office import Converted, by_office
from opened import load_workbook
from perfxl.door.inspect import inspect
from perfxl.errors import RefusedError
from perfxl.model import State
from perfxl.reading.grid import OpenedBook
from perfxl.reading.reader import Reading, read_form
from perfxl.reading.recognise import is_guide
from perfxl.schemes import load_scheme, parse_scheme, scheme_text
from perfxl.schemes.spec import GUIDE_SHEET
from rich_workbooks import rewritten
from workbooks import form_bytes, read_bytes, read_dossier

Book = openpyxl.Workbook
INFO = "项目基本信息表"
SCORES = "评价指标评分表"


def spoilt(change: Callable[[Book], Any]) -> bytes:
    """The faultless form after one change."""
    book = load_workbook(io.BytesIO(form_bytes(GOOD)))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def put(sheet: str, cell: str, value: Any) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        book[sheet][cell] = value

    return change


def found(reading: Reading) -> list[tuple[str, str]]:
    """The reader's findings, without the info that openpyxl dropped the stored value of the form's own formulas."""
    return [(finding.code, finding.cell) for finding in reading.findings]


def test_a_faultless_form_has_no_findings() -> None:
    assert found(read_bytes(form_bytes(GOOD))) == []


@pytest.mark.parametrize(
    ("cell", "typed", "code", "value"),
    [
        ("B8", "１４４", "ST09", Decimal(144)),
        ("B8", "1,440.5", "ST09", Decimal("1440.5")),
        ("B8", "144万元", "ST09", Decimal(144)),
        ("B8", "144万", "ST09", Decimal(144)),
        ("B8", "1440000元", "ST11", Decimal(144)),
        ("B8", "0.5亿元", "ST11", Decimal(5000)),
        ("B8", "677,00", "ST06", None),
        ("B8", "约一百四十万", "ST06", None),
        ("B8", "144分", "ST06", None),
        ("B8", date(2020, 1, 2), "ST06", None),
        ("B8", "1 794 500", "ST09", Decimal(1794500)),
        ("B8", "14\n4", "ST06", None),
        ("B8", "14 144", "ST06", None),
        ("B8", "12²", "ST06", None),
        ("B8", "⑩", "ST06", None),
        ("B8", True, "ST06", None),
    ],
)
def test_numbers_typed_in_other_ways(cell: str, typed: object, code: str, value: Decimal | None) -> None:
    reading = read_bytes(spoilt(put(INFO, cell, typed)))
    assert found(reading) == [(code, cell)]
    total = reading.form.cell("funds.planned.total")
    assert total.value == value
    assert total.address == cell
    assert total.state is (State.READ if value is not None else State.UNREADABLE)


@pytest.mark.parametrize("typed", ["无", "/", "—", "……", " ", None])
def test_marks_for_nothing_are_blank_numbers(typed: str | None) -> None:
    reading = read_bytes(spoilt(put(INFO, "B9", typed)))
    assert found(reading) == []
    assert reading.form.cell("funds.planned.central").state is State.BLANK


def test_a_zero_is_a_number_and_not_a_blank() -> None:
    reading = read_bytes(spoilt(put(INFO, "B9", 0)))
    assert reading.form.number("funds.planned.central") == 0


def test_a_formula_without_a_stored_value_is_reported() -> None:
    reading = read_bytes(spoilt(put(INFO, "B8", "=B10+1")))
    assert ("ST07", "B8") in found(reading)
    assert reading.form.cell("funds.planned.total").state is State.UNREADABLE


@by_office(lambda: spoilt(put(INFO, "B8", "=1/0")))
def test_an_error_value_is_reported(office: list[Converted]) -> None:
    reading = read_bytes(office[0].saved.read_bytes())
    assert found(reading) == [("ST08", "B8")]
    assert reading.findings[0].found == "#DIV/0!"


def test_a_retyped_label_is_reported_with_a_guess_and_its_value_is_not_guessed() -> None:
    reading = read_bytes(spoilt(put(INFO, "D4", "主管的部门")))
    assert found(reading) == [("ST04", "D4")]
    assert "主管的部门" in reading.findings[0].message
    assert reading.form.cell("basic.department").state is State.UNREADABLE
    assert reading.form.text("basic.unit") == GOOD["basic"]["unit"]


def test_a_lost_label_of_an_optional_column_is_no_defect() -> None:
    assert found(read_bytes(spoilt(put("项目绩效目标表", "I3", None)))) == []


def test_labels_may_be_written_in_other_widths_and_with_blanks() -> None:
    def change(book: Book) -> None:
        book[INFO]["A4"] = " 项目 实施\n单位 ："
        book[INFO]["A8"] = "计划投资额(万元)"
        book[SCORES]["A3"] = "项目决策"

    assert found(read_bytes(spoilt(change))) == []


def test_a_label_in_another_unit_is_understood_and_said() -> None:
    reading = read_bytes(spoilt(put(INFO, "A8", "计划投资额（元）")))
    assert found(reading) == [("ST11", "A8")]


def test_label_and_answer_in_one_cell() -> None:
    def change(book: Book) -> None:
        sheet = book["项目绩效目标表"]
        sheet["A2"], sheet["B2"] = "项目名称：某某项目", None

    reading = read_bytes(spoilt(change))
    assert found(reading) == []
    assert reading.form.text("basic.project_name") == "某某项目"
    assert reading.form.cell("basic.project_name").address == "A2"


def test_ticks_and_dates_as_people_write_them() -> None:
    def change(book: Book) -> None:
        book[INFO]["B7"] = "经常性项目（  √  ）       一次性项目（  ）"
        book["评价人员"]["B10"] = "2021年  5  月 20  日"
        book["项目绩效目标表"]["I2"] = "2012年度"

    dossier: Any = read_dossier(spoilt(change))
    assert dossier["basic"]["project_type"] == "经常性项目"
    assert dossier["basic"]["evaluation_date"] == "2021-05-20"
    assert dossier["basic"]["year"] == 2012


def test_both_types_ticked_stay_as_typed() -> None:
    typed = "经常性项目（√）一次性项目（√）"
    dossier: Any = read_dossier(spoilt(put(INFO, "B7", typed)))
    assert dossier["basic"]["project_type"] == typed


def test_a_missing_sheet_is_one_finding_and_its_data_are_unreadable() -> None:
    reading = read_bytes(spoilt(lambda book: book.remove(book["评价人员"])))
    assert found(reading) == [("ST03", "")]
    assert reading.form.cell("stated.average").state is State.UNREADABLE
    assert reading.form.number("stated.total") is not None


@pytest.mark.parametrize("name", ["说明", "填表说明（必读）", "绩效评价报告", "绩效评价报告(2)", "评价报告"])
def test_the_guide_is_never_the_report_however_it_is_called(name: str) -> None:
    def change(book: Book) -> None:
        book["绩效评价报告"].title = "报告"
        book["填报说明"].title = name

    reading = read_bytes(spoilt(change))
    assert found(reading) == []
    assert reading.form.text("report.overview") == GOOD["report"]["overview"]
    assert reading.form.sheets["绩效评价报告"] == "报告"


@pytest.mark.parametrize("name", ["说明", "绩效评价报告"])
@pytest.mark.parametrize("state", ["visible", "hidden"])
def test_a_missing_report_is_missing_though_the_guide_lists_its_labels(name: str, state: str) -> None:
    def change(book: Book) -> None:
        book.remove(book["绩效评价报告"])
        book["填报说明"].sheet_state = state
        book["填报说明"].title = name

    reading = read_bytes(spoilt(change))
    assert found(reading) == [("ST03", "")]
    assert name not in reading.findings[0].found
    assert reading.form.cell("report.overview").state is State.UNREADABLE


@pytest.mark.parametrize("scheme", ["hainan-2020", "hainan-2023"])
def test_each_template_has_a_guide_that_is_known(scheme: str) -> None:
    book = OpenedBook(form_bytes(None, load_scheme(scheme)))
    assert [name for name in book.names if is_guide(book, name)] == [GUIDE_SHEET]


def test_a_report_pasted_over_several_rows_is_one_text() -> None:
    def change(book: Book) -> None:
        sheet = book["绩效评价报告"]
        sheet.insert_rows(5, 2)
        sheet["A5"], sheet["B6"] = "第二段。", "第三段。"

    reading = read_bytes(spoilt(change))
    assert reading.form.text("report.overview").split("\n")[-2:] == ["第二段。", "第三段。"]
    assert found(reading) == []


def test_hidden_sheets_with_data_are_named() -> None:
    def change(book: Book) -> None:
        sheet = book.create_sheet("备查")
        sheet["B2"] = 12
        sheet.sheet_state = "hidden"

    assert found(read_bytes(spoilt(change))) == [("ST12", "B2")]


@pytest.mark.parametrize(("version", "severity"), [(0, "warning"), (9, "error")])
def test_another_version_of_the_template(version: int, severity: str) -> None:
    reading = read_bytes(spoilt(put("_perfxl", "B2", version)))
    assert found(reading) == [("ST02", "")]
    assert reading.findings[0].severity == severity


def test_a_form_without_the_hidden_sheet_is_recognised_by_its_labels() -> None:
    reading = read_bytes(spoilt(lambda book: book.remove(book["_perfxl"])))
    assert found(reading) == []
    assert reading.form.scheme.id == "hainan-2020"


def test_a_workbook_that_is_no_form_is_refused() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    saved = io.BytesIO()
    book.save(saved)
    with pytest.raises(RefusedError) as refusal:
        read_bytes(saved.getvalue())
    assert (refusal.value.code, refusal.value.found) == ("ST01", "工作表：Sheet")
    assert "海南省财政支出项目绩效评价表（2020年版）" in refusal.value.expected


def test_a_form_that_lost_most_of_its_sheets_is_refused_by_the_nearest() -> None:
    def change(book: Book) -> None:
        for name in (INFO, SCORES, "绩效评价报告", "_perfxl"):
            book.remove(book[name])

    with pytest.raises(RefusedError) as refusal:
        read_bytes(spoilt(change))
    assert refusal.value.code == "ST01"
    assert "缺少工作表 项目基本信息表、评价指标评分表、绩效评价报告" in refusal.value.message


def test_two_forms_in_one_workbook_are_refused() -> None:
    def change(book: Book) -> None:
        book.copy_worksheet(book[INFO]).title = f"{INFO} (2)"

    with pytest.raises(RefusedError) as refusal:
        read_bytes(spoilt(change))
    assert refusal.value.code == "ST01"
    assert "(2)" in refusal.value.found


def test_a_scheme_that_was_asked_for_reads_the_forms_that_it_fits_and_no_others() -> None:
    text = scheme_text("hainan-2020").replace('id = "hainan-2020"', 'id = "own"')
    own = parse_scheme(text, "own.toml")
    ours, other = form_bytes(GOOD), form_bytes(None, load_scheme("hainan-2023"))
    assert read_form(ours, inspect(ours), own).form.scheme.id == "own"
    with pytest.raises(RefusedError) as refusal:
        read_form(other, inspect(other), own)
    assert refusal.value.code == "ST01"


# -- bounded by what a form is ----------------------------------------------------------------------------------------

REPORT = "绩效评价报告"
STAND_IN = "STANDIN"


def showing(text: str, *changes: Callable[[Book], Any]) -> bytes:
    """The faultless form after changes, its stand-ins showing a text that Excel itself could not store."""
    data = spoilt(lambda book: [change(book) for change in changes])
    sheets = [f"xl/worksheets/sheet{number}.xml" for number in range(1, 7)]
    return rewritten(data, {name: lambda sheet: sheet.replace(STAND_IN, text) for name in sheets})


def test_a_text_longer_than_a_cell_is_cut_and_said() -> None:
    whole = "很长" * 16_383 + "的结尾"
    reading = read_bytes(showing(whole, put(REPORT, "A4", STAND_IN)))
    assert found(reading) == [("ST13", "A4")]
    assert reading.form.cell("report.overview").value == whole[:32_767]
    assert reading.findings[0].found == f"{len(whole):,} 个字符"


def test_a_text_that_just_fits_is_whole() -> None:
    whole = "长" * 32_767
    reading = read_bytes(showing(whole, put(REPORT, "A4", STAND_IN)))
    assert found(reading) == []
    assert reading.form.text("report.overview") == whole


def test_texts_of_several_rows_are_held_to_one_cell() -> None:
    def change(book: Book) -> None:
        book[REPORT].insert_rows(5, 3)
        for row in range(4, 8):
            book[REPORT].cell(row, 1).value = STAND_IN

    reading = read_bytes(showing("长" * 10_000, change))
    assert found(reading) == [("ST13", "A4")]
    assert len(reading.form.text("report.overview")) == 32_767


def test_a_long_text_for_a_number_is_one_finding_of_bounded_length() -> None:
    reading = read_bytes(showing("约" * 90_000, put(INFO, "B8", STAND_IN)))
    assert found(reading) == [("ST06", "B8")]
    assert max(map(len, (reading.findings[0].found, reading.findings[0].message))) < 1_100


def test_one_long_text_shown_in_many_cells_is_refused() -> None:
    def change(book: Book) -> None:
        sheet = book["项目绩效目标表"]
        sheet.insert_rows(6, 40)
        for row in range(5, 46):
            sheet.cell(row, 2).value = STAND_IN

    varied = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(90_000))
    with pytest.raises(RefusedError) as refused:
        read_bytes(showing(varied, change))
    assert refused.value.code == "FL04"
    assert "一份表的文字总字符数" in refused.value.message
    assert "1,000,000" in refused.value.message
