"""One fault over many cells is one row of copy, summary and terminal: the first says where the others are, they are folded.

* folded is what says the same: rule, column, what was found, remedy, and all that was said of it
* what is said beside the first counts for all that have no words of their own, over several rounds
* a folded row that has words of its own, or is another fault, stands for itself; an agency's words decide nothing
"""

from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfxl
from forms import GOOD, findings_of, patched
from office import Converted, by_office
from opened import load_workbook
from perfxl.command.outcome import describe
from perfxl.dialogue.folds import folds_of, same_at
from perfxl.model import Finding, Severity
from talking import Office, saved
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

NO_ACTUALS = patched(GOOD, "targets", [{**GOOD["targets"][0], "name": f"报告{n}", "actual": None} for n in range(6)])
"""TG05 six times, a warning; the second, which has standards of its own, keeps them."""


@pytest.fixture
def house(tmp_path: Path) -> Office:
    return Office(tmp_path)


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of TG05 on the review sheet, each with whether it is hidden."""
    sheet = load_workbook(path)["审核结果"]
    heading = next(row for row in range(1, 60) if sheet.cell(row, 1).value == "级别")
    names = [cell.value for cell in sheet[heading]]
    found = []
    for line in sheet.iter_rows(heading + 1):
        said = dict(zip(names, (cell.value for cell in line), strict=True))
        if said["代码"] == "TG05":
            dimension = sheet.row_dimensions[line[0].row]
            found.append({**said, "收起": dimension.hidden, "行": line[0].row, "级": dimension.outlineLevel})
    return found


def type_into(path: Path, row: int, **words: str) -> None:
    book = load_workbook(path)
    sheet = book["审核结果"]
    heading = next(at for at in range(1, 60) if sheet.cell(at, 1).value == "级别")
    columns = {cell.value: cell.column for cell in sheet[heading]}
    for name, text in words.items():
        sheet.cell(row, columns[name]).value = text
    path.write_bytes(saved(book))


def standings(house: Office, data: bytes) -> list[tuple[str, str]]:
    return [(one.verdict, one.note) for one in house.run(data).findings if one.code == "TG05"]


def test_twenty_blank_scores_are_one_row_and_one_line(house: Office) -> None:
    blank = patched(GOOD, "indicators", [{**row, "score": None} for row in GOOD["indicators"]])
    result = house.run(form_bytes(blank))
    assert Counter(one.code for one in result.findings)["IN02"] == 20
    told = [line for line in describe(result) if "IN02" in line or "同样的" in line]
    assert len(told) == 2
    assert told[1] == "      同样的共 20 处：G3:G22"


def test_the_first_says_where_the_others_are_and_they_are_folded(house: Office) -> None:
    house.run(form_bytes(NO_ACTUALS))
    first, *others = rows(house.copy())
    assert first["问题"] == (
        "“报告0”没有填写实际完成值（同样的共 6 处：H5:H10；其余各行已收起，点左边的“+”展开，没有另填的随本行）"
    )
    assert [first["收起"], *(row["收起"] for row in others)] == [False, *[True] * 5]
    assert {row["随同"] for row in others} == {first["编号"]}
    assert [row["行"] for row in others] == [first["行"] + n for n in range(1, 6)]


def test_what_is_said_beside_the_first_counts_for_all_over_rounds(house: Office) -> None:
    data = form_bytes(NO_ACTUALS)
    house.run(data)
    type_into(house.copy(), rows(house.copy())[0]["行"], 复核结论="认可", 复核说明="另附", 复核人="张三")
    assert standings(house, data) == [("认可", "另附")] * 6
    first, *others = rows(house.copy())
    assert (first["复核结论"], {row["复核结论"] for row in others}) == ("认可", {None})
    type_into(house.copy(), first["行"], 复核结论="不认可", 复核说明="请补", 复核人="张三")
    assert standings(house, data) == [("不认可", "请补")] * 6


def test_a_sorted_sheet_says_the_same(house: Office) -> None:
    data = form_bytes(NO_ACTUALS)
    house.run(data)
    type_into(house.copy(), rows(house.copy())[0]["行"], 复核结论="认可", 复核说明="另附", 复核人="张三")
    book = load_workbook(house.copy())
    sheet = book["审核结果"]
    at = [row["行"] for row in rows(house.copy())]
    values = [[cell.value for cell in sheet[row]] for row in at]
    for row, line in zip(at, reversed(values), strict=True):
        for column, value in enumerate(line, 1):
            sheet.cell(row, column).value = value
    house.copy().write_bytes(saved(book))
    assert standings(house, data) == [("认可", "另附")] * 6


def test_a_folded_row_with_words_of_its_own_stands_for_itself(house: Office) -> None:
    data = form_bytes(NO_ACTUALS)
    house.run(data)
    first, second, *_ = rows(house.copy())
    type_into(house.copy(), first["行"], 复核结论="认可", 复核说明="另附", 复核人="张三")
    type_into(house.copy(), second["行"], 复核结论="不认可", 复核说明="这一项要填", 复核人="李四")
    expected = [("认可", "另附"), ("不认可", "这一项要填"), *[("认可", "另附")] * 4]
    assert standings(house, data) == expected
    assert [bool(row["收起"]) for row in rows(house.copy())] == [False, True, True, True, True, False]
    assert standings(house, data) == expected


def test_an_agency_explains_for_all_and_decides_nothing(house: Office) -> None:
    data = form_bytes(NO_ACTUALS)
    house.run(data)
    sent = house.home / "报回.xlsx"
    sent.write_bytes(house.copy().read_bytes())
    type_into(sent, rows(sent)[0]["行"], 单位说明="见附件", 复核结论="认可", 复核说明="同意", 复核人="我")
    result = house.run(sent.read_bytes())
    told = [one for one in result.findings if one.code == "TG05"]
    assert [one.verdict for one in told] == [""] * 6
    assert all("见附件" in one.explanation for one in told)
    assert [one.code for one in result.findings].count("FL20") == 1


def test_cells_apart_are_named_apart() -> None:
    cells = ["B2", "B3", "B4", "B9", "B11", "B12"]
    (fold,) = folds_of([Finding("IN02", Severity.ERROR, "没有填写", sheet="甲", cell=cell) for cell in cells])
    assert same_at(fold.cells) == "同样的共 6 处：B2:B4、B9、B11:B12"


def test_three_alike_and_faults_that_differ_are_not_folded() -> None:
    three = findings_of(patched(NO_ACTUALS, "targets", NO_ACTUALS["targets"][:3]), "TG05")
    assert [fold.others for fold in folds_of(three)] == [()] * 3
    six = findings_of(NO_ACTUALS, "TG05")
    assert [len(fold.others) for fold in folds_of(six)] == [5]
    assert [len(fold.others) for fold in folds_of([*six[:3], *(replace(one, found="另") for one in six[3:])])] == [
        0
    ] * 6


def test_the_summary_folds_its_rows_and_counts_all(tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    (tmp_path / "收件" / "表.xlsx").write_bytes(form_bytes(NO_ACTUALS))
    batch = perfxl.consolidate(tmp_path / "收件", tmp_path / "汇总.xlsx", annotated=tmp_path / "审核")
    listed = batch.findings[batch.findings["代码"] == "TG05"]
    assert len(listed) == 6
    assert not any("同样的" in text for text in listed["问题"])
    sheet = load_workbook(tmp_path / "汇总.xlsx")["问题清单"]
    lines = [line for line in sheet.iter_rows(4) if line[1].value == "TG05"]
    assert [bool(sheet.row_dimensions[line[0].row].hidden) for line in lines] == [False, *[True] * 5]
    texts = [str(cell.value) for cell in lines[0]]
    assert any(text.endswith("（同样的共 6 处：H5:H10；其余各行已收起，点左边的“+”展开）") for text in texts)
    assert (sheet.sheet_properties.outlinePr.summaryBelow, sheet.sheet_format.outlineLevelRow) == (False, 1)


FINDINGS = st.lists(
    st.builds(
        Finding,
        code=st.sampled_from(["IN02", "TG05"]),
        severity=st.just(Severity.WARNING),
        message=st.just("问题"),
        sheet=st.sampled_from(["甲", ""]),
        cell=st.sampled_from(["", "A1", "A2", "A3", "A4", "B5"]),
        found=st.sampled_from(["空白", "无"]),
    ),
    max_size=30,
)


@given(FINDINGS)
def test_nothing_is_lost_by_folding(findings: list[Finding]) -> None:
    folds = folds_of(findings)
    assert Counter(map(id, findings)) == Counter(id(one) for fold in folds for one in (fold.lead, *fold.others))
    assert all(one.code == fold.lead.code and one.found == fold.lead.found for fold in folds for one in fold.others)


def copied() -> bytes:
    with TemporaryDirectory() as folder:
        house = Office(Path(folder))
        house.run(form_bytes(NO_ACTUALS))
        return house.copy().read_bytes()


@by_office(copied)
def test_libreoffice_keeps_the_fold(office: list[Converted], tmp_path: Path) -> None:
    sheet = load_workbook(BytesIO(office[0].saved.read_bytes()))["审核结果"]
    hidden = [row for row, dimension in sheet.row_dimensions.items() if dimension.hidden]
    assert len(hidden) == 5
