"""Findings with a life: explained by the agency, decided by the office, carried from copy to copy.

* an id is no cell: rows may be inserted and sorted; another value is another state
* only the office's own copies decide; what an agency types there is kept as an explanation and is a finding
* a verdict settles a finding and never makes a figure final, but for an amount that is doubtful by its unit
* what people typed is never lost: a copy that somebody saved is kept whole
"""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from forms import GOOD, form_of, patched
from opened import load_workbook
from perfxl.batch.officefolders import OfficeFolders, hear
from perfxl.dialogue.identity import identified
from perfxl.dialogue.remarks import Standing, standing_of
from perfxl.model import Assessment, Status
from perfxl.report.remarks import remarks_of
from perfxl.rules import judge
from running import exit_code_here
from talking import TODAY, Office, rows_of, saved, the, typed
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

WRONG_TOTAL = patched(GOOD, "stated.total", 12)
"""IN05, an error."""
ODD_PHONE = patched(GOOD, "basic.phone", "1")
"""BA02, a warning."""
LOST_USED = patched(WRONG_TOTAL, "funds.used.total", None)
"""ST05, which keeps figures open, and IN05."""
NAME = str(GOOD["basic"]["project_name"])
TOO_LARGE = patched(patched(GOOD, "funds.used.total", 1950100), "funds.used.provincial", 1950100)
"""FD05, an error: 1,950,100 万元 were meant as 195.01."""
ACCEPTED = {"复核结论": "认可", "复核说明": "已核对原件", "复核人": "张三", "日期": "2024-07-01"}
DATA = Path(__file__).parent / "data"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def decided(office: Office, dossier: dict[str, object], code: str, **changes: str) -> None:
    """A run over the dossier, and a verdict typed into the office's copy."""
    office.run(form_bytes(dossier))
    office.copy().write_bytes(typed(office.copy(), {code: {**ACCEPTED, **changes}}))


# -- identity ---------------------------------------------------------------------------------------------------------


def ids(dossier: dict[str, object]) -> dict[str, tuple[str, str]]:
    form = form_of(dossier)
    return {one.code: (one.id, one.state) for one in identified(judge(form, TODAY)[1], form)}


def test_the_id_stays_and_the_state_says_that_the_value_changed() -> None:
    one, other = ids(WRONG_TOTAL)["IN05"], ids(patched(GOOD, "stated.total", 13))["IN05"]
    assert one[0] == other[0]
    assert one[1] != other[1]
    assert ids(WRONG_TOTAL) == ids(WRONG_TOTAL)


def test_a_row_keeps_its_id_wherever_it_stands() -> None:
    wrong = patched(GOOD, "indicators.2.score", None)
    rows = list(wrong["indicators"])
    moved = {**wrong, "indicators": [rows[3], *rows[:3], *rows[4:]]}
    assert ids(wrong)["IN02"] == ids(moved)["IN02"]


@pytest.mark.parametrize(
    ("path", "value"), [("basic.year", 2019), ("basic.unit", "另一个单位"), ("basic.project_name", "另一个项目")]
)
def test_other_projects_and_years_have_other_ids(path: str, value: object) -> None:
    assert ids(patched(WRONG_TOTAL, path, value))["IN05"][0] != ids(WRONG_TOTAL)["IN05"][0]


# -- the office decides -----------------------------------------------------------------------------------------------


def test_a_verdict_settles_its_finding_and_stands_in_the_next_copy(office: Office) -> None:
    decided(office, WRONG_TOTAL, "IN05")
    result = office.run(form_bytes(WRONG_TOTAL))
    found = the(result, "IN05")
    assert (found.verdict, found.note, found.reviewer, found.day) == ("认可", "已核对原件", "张三", "2024-07-01")
    assert (found.settled, result.status) == (True, Status.ACCEPTED)
    (row,) = rows_of(office.copy())
    assert {label: row[label] for label in ACCEPTED} == ACCEPTED
    assert the(office.run(form_bytes(WRONG_TOTAL)), "IN05") == found


@pytest.mark.parametrize("missing", ["复核人", "复核说明"])
def test_an_error_is_accepted_with_name_and_reason_only(office: Office, missing: str) -> None:
    decided(office, WRONG_TOTAL, "IN05", **{missing: ""})
    result = office.run(form_bytes(WRONG_TOTAL))
    assert (standing_of(the(result, "IN05")), result.status) == (Standing.NOT_EFFECTIVE, Status.RETURNED)
    assert "认可错误须写明复核人和复核说明" in str(rows_of(office.copy())[0]["上次意见"])


def test_a_warning_needs_no_reason(office: Office) -> None:
    decided(office, ODD_PHONE, "BA02", 复核人="", 复核说明="")
    result = office.run(form_bytes(ODD_PHONE))
    assert (the(result, "BA02").settled, result.is_pending) == (True, False)


@pytest.mark.parametrize("verdict", ["补充材料", "不认可", "同意"])
def test_other_verdicts_keep_it_open(office: Office, verdict: str) -> None:
    decided(office, WRONG_TOTAL, "IN05", 复核结论=verdict)
    result = office.run(form_bytes(WRONG_TOTAL))
    assert (the(result, "IN05").verdict, result.status) == (verdict, Status.RETURNED)


def test_no_verdict_makes_a_figure_final(office: Office) -> None:
    decided(office, LOST_USED, "ST05")
    result = office.run(form_bytes(LOST_USED))
    assert (the(result, "ST05").settled, result.status) == (False, Status.RETURNED)
    assert result.assessment is not None
    assert result.assessment.rates["execution"] is None


def test_a_doubtful_amount_that_the_office_accepts_counts_as_typed(office: Office) -> None:
    first = office.run(form_bytes(TOO_LARGE))
    assert first.assessment is not None
    assert first.assessment.rates["execution"] is None
    office.copy().write_bytes(typed(office.copy(), {"FD05": ACCEPTED}))
    result = office.run(form_bytes(TOO_LARGE))
    assert result.assessment is not None
    assert result.assessment.rates["execution"] is not None
    assert (the(result, "FD05").settled, the(result, "FD05").id) == (True, the(first, "FD05").id)


def test_another_value_opens_the_finding_again_with_the_words_of_last_time(office: Office) -> None:
    decided(office, WRONG_TOTAL, "IN05")
    result = office.run(form_bytes(patched(GOOD, "stated.total", 13)))
    found = the(result, "IN05")
    assert (found.verdict, found.settled, result.status) == ("", False, Status.RETURNED)
    assert found.earlier == "认可：已核对原件（张三 2024-07-01）"
    assert rows_of(office.copy())[0]["上次意见"] == found.earlier


def test_the_newest_copy_beats_one_that_was_kept(office: Office) -> None:
    decided(office, WRONG_TOTAL, "IN05")
    assert "FL14" in {one.code for one in office.run(form_bytes(WRONG_TOTAL)).findings}
    office.copy().write_bytes(typed(office.copy(), {"IN05": {"复核结论": "不认可"}}))
    assert the(office.run(form_bytes(WRONG_TOTAL)), "IN05").verdict == "不认可"
    office.copy().write_bytes(typed(office.copy(), {"IN05": dict.fromkeys(ACCEPTED, "")}))
    assert the(office.run(form_bytes(WRONG_TOTAL)), "IN05").verdict == ""


def test_differing_verdicts_of_two_folders_both_stand_and_the_finding_is_open(office: Office, tmp_path: Path) -> None:
    decided(office, WRONG_TOTAL, "IN05")
    other = tmp_path / "李四"
    other.mkdir()
    (other / "表.xlsx").write_bytes(typed(office.copy(), {"IN05": {"复核结论": "不认可", "复核人": "李四"}}))
    office.reviewed = (other,)
    for _ in range(2):
        found = the(office.run(form_bytes(WRONG_TOTAL)), "IN05")
        assert (standing_of(found), found.settled, found.verdict) == (Standing.DIFFERING, False, "认可")
        assert found.earlier == "不认可：已核对原件（李四 2024-07-01）"


def test_the_overall_conclusion_is_carried_over(office: Office) -> None:
    office.run(form_bytes(WRONG_TOTAL))
    book = load_workbook(office.copy())
    sheet = book["审核结果"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "总体意见")
    sheet.cell(row, 3).value, sheet.cell(row, 10).value = "同意结题", "张三"
    office.copy().write_bytes(saved(book))
    for _ in range(2):
        office.run(form_bytes(WRONG_TOTAL))
        sheet = load_workbook(office.copy())["审核结果"]
        assert [sheet.cell(row, column).value for column in (1, 3, 9, 10, 12, 13)] == [
            *("总体意见", "同意结题", "复核人签字", "张三", "签字日期", None)
        ]


def test_sorted_rows_keep_what_was_said_of_them(office: Office) -> None:
    office.run(form_bytes(patched(WRONG_TOTAL, "basic.phone", "1")))
    book = load_workbook(office.copy())
    sheet = book["审核结果"]
    first, second = (next(cell.row for cell in sheet["B"] if cell.value == code) for code in ("IN05", "BA02"))
    sheet.cell(first, 10).value = "不认可"
    rows = [[sheet.cell(row, column).value for column in range(1, 17)] for row in (first, second)]
    for row, values in zip((second, first), rows, strict=True):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value
    office.copy().write_bytes(saved(book))
    result = office.run(form_bytes(patched(WRONG_TOTAL, "basic.phone", "1")))
    assert [(one.code, one.verdict) for one in result.findings] == [*(("BA02", ""), ("IN05", "不认可"), ("FL14", ""))]


# -- the agency explains ----------------------------------------------------------------------------------------------


def test_an_explanation_comes_back_with_the_copy_and_stays(office: Office) -> None:
    office.run(form_bytes(WRONG_TOTAL))
    back = typed(office.copy(), {"IN05": {"单位说明": "按百分制填写"}})
    found = the(office.run(back), "IN05")
    assert (found.explanation, standing_of(found)) == ("按百分制填写", Standing.EXPLAINED)
    assert rows_of(office.copy())[0]["单位说明"] == "按百分制填写"
    assert the(office.run(form_bytes(WRONG_TOTAL)), "IN05").explanation == "按百分制填写"


def test_an_explanation_of_a_former_value_is_one_of_last_time(office: Office) -> None:
    office.run(form_bytes(WRONG_TOTAL))
    office.run(typed(office.copy(), {"IN05": {"单位说明": "按百分制填写"}}))
    found = the(office.run(form_bytes(patched(GOOD, "stated.total", 13))), "IN05")
    assert (found.explanation, found.earlier) == ("", "上次说明：按百分制填写")


@pytest.mark.parametrize("words", [ACCEPTED, {"复核结论": "认可"}, {"复核人": "张三"}])
def test_an_agency_cannot_decide(office: Office, words: dict[str, str]) -> None:
    office.run(form_bytes(ODD_PHONE))
    result = office.run(typed(office.copy(), {"BA02": words}))
    assert [(one.code, one.verdict, one.reviewer, one.settled) for one in result.findings] == [
        *(("FL20", "", "", False), ("BA02", "", "", False))
    ]
    assert result.is_pending
    expected = "已核对原件（原填在复核说明栏）" if "复核说明" in words else ""
    assert the(result, "BA02").explanation == expected


def test_the_offices_own_verdict_may_come_back(office: Office) -> None:
    decided(office, ODD_PHONE, "BA02", 复核结论="补充材料")
    result = office.run(typed(office.copy(), {"BA02": {"单位说明": "见附件"}}))
    assert [(one.code, one.verdict, one.explanation) for one in result.findings] == [
        *(("BA02", "补充材料", "见附件"), ("FL14", "", ""))
    ]


def test_a_reply_in_the_column_of_the_first_release_is_an_explanation(office: Office) -> None:
    result = office.run((DATA / "0.1.0-hainan-2020-reviewed.xlsx").read_bytes())
    said = [one.explanation for one in result.findings if one.explanation]
    assert len(said) == 2
    assert all(text.endswith("（原填在复核意见栏）") for text in said)
    assert not any(one.verdict or one.note or one.reviewer for one in result.findings)


def test_reviews_of_the_first_release_are_read_from_the_offices_folder(office: Office) -> None:
    data = (DATA / "0.1.0-hainan-2020-reviewed.xlsx").read_bytes()
    office.copies.mkdir(parents=True)
    office.copy().write_bytes(data)
    result = office.run(data)
    assert len([one for one in result.findings if one.note and one.reviewer]) == 2
    assert not any(one.explanation for one in result.findings)


# -- nothing is lost --------------------------------------------------------------------------------------------------


def test_words_beside_the_table_stay_in_a_copy_that_is_kept(office: Office) -> None:
    office.run(form_bytes(WRONG_TOTAL))
    book = load_workbook(office.copy())
    book["审核结果"]["R40"] = "请下周再看"
    office.copy().write_bytes(saved(book))
    kept = the(office.run(form_bytes(WRONG_TOTAL)), "FL14")
    assert load_workbook(office.copies / kept.found)["审核结果"]["R40"].value == "请下周再看"


def test_a_copy_that_nobody_saved_is_replaced(office: Office) -> None:
    decided(office, WRONG_TOTAL, "IN05")
    office.run(form_bytes(WRONG_TOTAL))
    office.run(form_bytes(WRONG_TOTAL))
    assert sorted(path.name for path in office.copies.iterdir()) == ["表.xlsx", "表（已复核1）.xlsx"]


def test_only_copies_that_somebody_saved_or_that_hold_words_are_opened(office: Office) -> None:
    office.run(form_bytes(WRONG_TOTAL))
    assert hear(OfficeFolders(office.copies)).opened == 0
    office.copy().write_bytes(typed(office.copy(), {}))
    assert hear(OfficeFolders(office.copies)).opened == 1
    (office.copies / "坏.xlsx").write_bytes(b"PK")
    assert hear(OfficeFolders(office.copies)).unreadable == ((office.copies / "坏.xlsx").as_posix(),)


@pytest.mark.parametrize("place", ["收件", "收件/审核", "."])
@pytest.mark.parametrize("option", ["--annotated", "--reviewed"])
def test_a_folder_of_the_office_is_no_place_for_agencies(tmp_path: Path, place: str, option: str) -> None:
    (tmp_path / "收件" / "审核").mkdir(parents=True)
    (tmp_path / "收件" / "表.xlsx").write_bytes(form_bytes(GOOD))
    target = tmp_path / "出" / "汇总.xlsx"
    assert exit_code_here("consolidate", tmp_path / "收件", "-o", target, option, tmp_path / place) == 2
    assert not target.exists()


# -- back into the summary --------------------------------------------------------------------------------------------


def consolidated(folder: Path, *more: object) -> tuple[int, openpyxl.Workbook]:
    """The exit code and the summary of the inbox `收件` below a folder."""
    target = folder / "出" / "汇总.xlsx"
    words = ("consolidate", folder / "收件", "-o", target, "--annotated", folder / "审核", "--date", TODAY, *more)
    return exit_code_here(*words), load_workbook(target)


def table(book: openpyxl.Workbook, name: str, heading: str) -> list[dict[str, object]]:
    """The rows of a sheet below the row that has this heading."""
    sheet = book[name]
    head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == heading)
    labels = [str(cell.value).replace("\n", "") for cell in sheet[head]]
    return [dict(zip(labels, row, strict=True)) for row in sheet.iter_rows(min_row=head + 1, values_only=True)]


def test_verdicts_reach_summary_and_exit_code_and_collect_gives_them_back(tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    (tmp_path / "收件" / "表.xlsx").write_bytes(form_bytes(WRONG_TOTAL))
    assert consolidated(tmp_path)[0] == 1
    copy, collected = tmp_path / "审核" / "表.xlsx", tmp_path / "复核汇总.xlsx"
    assert exit_code_here("collect", tmp_path / "审核", "-o", collected) == 0
    (row,) = table(load_workbook(collected), "复核汇总", "代码")
    assert {label: row[label] for label in ("项目名称", "代码", "单元格", "状态", "复核结论")} == {
        "项目名称": GOOD["basic"]["project_name"],
        "代码": "IN05",
        "单元格": "G23",
        "状态": "未处理",
        "复核结论": None,
    }
    book = load_workbook(collected)
    columns = {cell.value: cell.column for cell in book["复核汇总"][4]}
    for label, text in ACCEPTED.items():
        book["复核汇总"].cell(5, columns[label]).value = text
    book.save(collected)
    assert exit_code_here("collect", tmp_path / "审核", "-o", collected) == 2, "somebody's work lies there"
    code, summary = consolidated(tmp_path, "--reviewed", collected)
    assert code == 0
    (found,) = table(summary, "问题清单", "代码")
    assert {label: found[label] for label in ("状态", "复核结论", "复核说明", "复核人")} == {
        "状态": "认可",
        "复核结论": "认可",
        "复核说明": "已核对原件",
        "复核人": "张三",
    }
    (share,) = table(summary, "复核进度", "复核人")
    assert [share[label] for label in ("复核人", "涉及项目", "错误和警告", "认可")] == ["张三", 1, 1, 1]
    assert rows_of(copy)[0]["复核结论"] == "认可"
    assert consolidated(tmp_path)[0] == 0, "the copy has it now"


def test_the_progress_counts_what_waits_by_department_and_reviewer(tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    other = patched(patched(WRONG_TOTAL, "basic.project_name", "另一个项目"), "basic.phone", "1")
    for name, dossier in (("甲", WRONG_TOTAL), ("乙", other)):
        (tmp_path / "收件" / f"{name}.xlsx").write_bytes(form_bytes(dossier))
    assert consolidated(tmp_path)[0] == 1
    copy = tmp_path / "审核" / "甲.xlsx"
    copy.write_bytes(typed(copy, {"IN05": {**ACCEPTED, "复核结论": "补充材料"}}))
    (tmp_path / "收件" / "乙.xlsx").write_bytes(typed(tmp_path / "审核" / "乙.xlsx", {"BA02": {"单位说明": "见附件"}}))
    summary = consolidated(tmp_path)[1]
    labels = ("复核人", "涉及项目", "错误和警告", "认可", "补充材料", "已说明待复核", "未处理错误", "未处理警告")
    assert [[row[label] for label in labels] for row in table(summary, "复核进度", "复核人")] == [
        ["张三", 1, 1, 0, 1, 0, 0, 0],
        ["（未复核）", 1, 2, 0, 0, 1, 1, 0],
    ]


def test_the_summary_is_no_table_of_verdicts(tmp_path: Path) -> None:
    (tmp_path / "收件").mkdir()
    (tmp_path / "收件" / "表.xlsx").write_bytes(form_bytes(WRONG_TOTAL))
    consolidated(tmp_path)
    heard = hear(OfficeFolders(None, (tmp_path / "出",)))
    assert (heard.said.seen, heard.unreadable) == ({}, ())


def test_the_word_document_shows_what_was_decided(office: Office) -> None:
    decided(office, WRONG_TOTAL, "IN05")
    result = office.run(form_bytes(WRONG_TOTAL))
    (remark,) = remarks_of(form_of(WRONG_TOTAL), Assessment(), result.findings)
    assert remark.path == "stated.total"
    assert remark.text.endswith("\n复核：认可：已核对原件（张三 2024-07-01）")


def test_a_copy_that_comes_back_under_a_corrected_name_keeps_its_explanations_and_forges_nothing(
    office: Office,
) -> None:
    decided(office, WRONG_TOTAL, "IN05", 复核结论="补充材料")
    book = load_workbook(BytesIO(typed(office.copy(), {"IN05": {"单位说明": "见附件"}})))
    place = next(cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == NAME)
    place.value = f"{NAME}（更正）"
    result = office.run(saved(book))
    found = the(result, "IN05")
    assert (found.explanation, found.verdict) == ("见附件", "")
    assert "FL20" not in {one.code for one in result.findings}
