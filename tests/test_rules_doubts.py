"""What cannot be meant so: subtotal rows and their sums, spending as an output, negative and copied results, missed deadlines,
signs that turn the sense, left-over instructions, results that cannot be graded, sums that lack numbers typed as text.

Each rule has a case that fires and one that stays silent.
"""

import copy
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from forms import GOOD, findings_of, form_of, found, patched, with_cell
from opened import load_workbook
from perfxl.door.inspect import inspect
from perfxl.model import Finding, Form, Severity, State
from perfxl.reading.reader import Reading, read_form
from perfxl.scoring.assess import assess
from self_assessments import GOOD_SELF, SCHEME_2023, changed, form_2023, with_row
from workbooks import form_bytes

SHEET_2023 = SCHEME_2023.sheets[0].name
SCORES = "评价指标评分表"
FUNDS = "项目基本信息表"


def retyped(cells: Mapping[tuple[str, str], Any], dossier: Mapping[str, Any] = GOOD) -> Reading:
    """What is read of a filled form after some cells were typed over."""
    book = load_workbook(io.BytesIO(form_bytes(dict(dossier))))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    return read_back(book)


def read_back(book: openpyxl.Workbook) -> Reading:
    saved = io.BytesIO()
    book.save(saved)
    return read_form(saved.getvalue(), inspect(saved.getvalue()))


def placed(findings: list[Finding], *codes: str) -> list[tuple[str, str]]:
    return [(one.code, one.cell) for one in findings if one.code in codes]


def judged(form: Form) -> list[Finding]:
    return findings_of(form)


# -- subtotal rows ----------------------------------------------------------------------------------------------------


def with_row_of_2023(**cells: Any) -> Form:
    """The faultless form of 2023 with one more row below its indicators, by the letters of the columns."""
    book = load_workbook(io.BytesIO(form_bytes(GOOD_SELF, SCHEME_2023)))
    for column, value in cells.items():
        book[SHEET_2023][f"{column}23"] = value
    return read_back(book).form


@pytest.mark.parametrize(
    "cells",
    [
        {"A": "小计", "I": 90, "J": 88.5},
        {"A": "合  计", "I": 90},
        {"B": "小计：", "I": 90, "J": 88.5},
        {"C": "各项指标合计", "I": 90, "J": 88.5},
        {"C": "产出指标小计（50分）", "I": 50, "J": 49.5},
        {"C": "其中：县级", "I": 5, "J": 5},
        {"C": "小计", "E": 300, "G": 310, "I": 90, "J": 88.5},
    ],
)
def test_in10_a_subtotal_row_is_named_and_not_counted(cells: dict[str, Any]) -> None:
    form = with_row_of_2023(**cells)
    name = next(column for column in cells if column in "ABC")
    assert placed(judged(form), *(code for code in ("IN10", "IN04", "IN02", "ST05", "TG05", "IN08"))) == [
        ("IN10", f"{name}23")
    ]
    assert (assess(form).total, assess(form).grade) == (assess(form_2023(GOOD_SELF)).total, "优")


@pytest.mark.parametrize(
    "cells",
    [
        {"C": "其中：新建公路里程", "E": 20, "G": 20, "I": 5, "J": 5},
        {"C": "培训人数合计", "D": "≥", "E": 20, "G": 20, "I": 5, "J": 5},
        {"C": "合计培训人数", "I": 5, "J": 5},
        {"C": "审计计划完成数", "I": 5, "J": 5},
    ],
)
def test_in10_a_row_with_a_result_of_its_own_is_an_indicator(cells: dict[str, Any]) -> None:
    form = with_row_of_2023(**cells)
    assert len(form.rows("indicators")) == len(GOOD_SELF["indicators"]) + 1
    assert found(form, "IN10") == []


def test_in10_rows_below_a_subtotal_keep_their_level() -> None:
    book = load_workbook(io.BytesIO(form_bytes(GOOD_SELF, SCHEME_2023)))
    sheet = book[SHEET_2023]
    sheet["A23"], sheet["C24"], sheet["I24"], sheet["J24"] = "小计", "又一指标", 0, 0
    form = read_back(book).form
    assert form.rows("indicators")[-1]["level1"].text == "满意度指标"


def test_in10_in_the_table_of_targets() -> None:
    reading = retyped({("项目绩效目标表", "B8"): "合计", ("项目绩效目标表", "C8"): "3项"})
    assert len(reading.form.rows("targets")) == 3
    assert placed(judged(reading.form), "IN10", "TG05") == [("IN10", "B8")]


def test_in05_says_that_the_total_counts_the_subtotal() -> None:
    form = with_row_of_2023(A="小计", I=90, J=88.5)
    form = with_cell(form, "stated.total", value=assess(form).total + form.subtotals["indicators"][0]["score"].value)  # type: ignore[operator]
    [finding] = findings_of(form, "IN05", "IN04")
    assert finding.message.endswith("小计行（第23行）的得分被重复加进了总分")
    assert "删去小计行（第23行）" in finding.fix


@pytest.mark.parametrize(
    ("weight", "score", "cell"), [(90, 88.5, ""), (90, 98.2, ""), (100, 98.2, ""), (90, 85, "J23"), (80, 88.5, "I23")]
)
def test_in11_a_subtotal_that_is_no_sum(weight: float, score: float, cell: str) -> None:
    form = with_row_of_2023(A="小计", I=weight, J=score)
    assert placed(judged(form), "IN11") == ([("IN11", cell)] if cell else [])


def test_in11_a_level_sum_typed_over_its_formula() -> None:
    for typed, cells in ((18, [("IN11", "H3")]), (19, [])):
        form = retyped({(SCORES, "H3"): typed}).form
        assert placed(judged(form), "IN11") == cells


def test_in11_points_behind_the_name_of_a_level() -> None:
    for caption, cells in (("产出指标（40分）", [("IN11", "A15")]), ("产出指标（50分）", []), ("产出指标", [])):
        book = load_workbook(io.BytesIO(form_bytes(GOOD_SELF, SCHEME_2023)))
        book[SHEET_2023]["A15"] = caption
        findings = judged(read_back(book).form)
        assert placed(findings, "IN11", "IN09") == cells
        assert {one.severity for one in findings if one.code == "IN11"} <= {Severity.WARNING}


def test_rows_of_zeros_are_empty() -> None:
    form = with_row_of_2023(I=0, J=0)
    assert placed(judged(form), "ST05", "TG05", "IN02") == []
    assert placed(judged(with_row_of_2023(C="新增指标", I=0, J=0)), "TG05") == [("TG05", "G23")]


# -- sums -------------------------------------------------------------------------------------------------------------


def test_in05_blames_the_scores_typed_as_text() -> None:
    form = retyped({(SCORES, "G3"): "4分", (SCORES, "G23"): 93}).form
    [finding] = [one for one in judged(form) if one.code == "IN05"]
    assert (finding.cell, finding.found, finding.expected) == ("G3", "4分", "4")
    assert finding.fix.startswith("请在 G3 只填数字 4")


def test_in05_blames_the_total_where_the_scores_are_numbers_or_the_difference_is_another() -> None:
    for scores, total in ((4, 93), ("4分", 92)):
        form = retyped({(SCORES, "G3"): scores, (SCORES, "G23"): total}).form
        assert placed(judged(form), "IN05") == [("IN05", "G23")]


def test_st09_never_says_that_nothing_need_be_done() -> None:
    reading = retyped({(SCORES, "G3"): "4分", (SCORES, "G23"): 93})
    [finding] = [one for one in reading.findings if one.code == "ST09"]
    assert "无须修改" not in finding.fix
    assert "只填数字" in finding.fix


def test_fd01_blames_the_sources_typed_as_text() -> None:
    form = retyped({(FUNDS, "B9"): "40万元", (FUNDS, "B10"): 104, (FUNDS, "B8"): 104}).form
    assert placed(judged(form), "FD01") == [("FD01", "B9")]


def test_in05_and_in04_name_hidden_rows() -> None:
    form = form_of(patched(patched(GOOD, "stated.total", 96), "indicators.3.weight", 2))
    hidden = replace(form, hidden_rows={SCORES: frozenset({6})})
    assert "（其中第 6 行已隐藏）" in findings_of(hidden, "IN05")[0].message
    assert "隐藏" not in findings_of(form, "IN05")[0].message


def test_st11_says_both_numbers_that_may_be_meant() -> None:
    reading = retyped({(FUNDS, "F8"): "100元", (FUNDS, "F10"): "100元"})
    fixes = {one.fix for one in reading.findings if one.code == "ST11"}
    assert fixes == {"请只填数字：确为100元的填 0.01；如果本意是100万元，请填 100。"}


# -- a text formula stored as 0 ---------------------------------------------------------------------------------------


def test_a_grade_stored_as_0_is_a_formula_without_a_value() -> None:
    reading = retyped({(FUNDS, "B13"): 0})
    assert [(one.code, one.severity, one.cell) for one in reading.findings] == [("ST07", Severity.INFO, "B13")]
    assert placed(judged(reading.form), "PT01", "PT02") == []
    assert placed(judged(retyped({(FUNDS, "B13"): "0"}).form), "PT01") == [("PT01", "B13")]


# -- indicators -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fires"),
    [
        ("资金支付率", True),
        ("预算执行率", True),
        ("项目资金支出进度（%）", True),
        ("资金使用合规率", False),
        ("补助资金发放率", False),
        ("设备使用率", False),
    ],
)
def test_in12_spending_as_an_output(name: str, fires: bool) -> None:
    assert found(with_row(0, level3=name), "IN12") == ([("IN12", "indicators.0.level3")] if fires else [])
    assert found(with_row(5, level3=name), "IN12") == []
    target = patched(GOOD, "targets.0.name", name)
    assert found(target, "IN12") == ([("IN12", "targets.0.name")] if fires else [])


@pytest.mark.parametrize(
    ("name", "fires"),
    [
        ("指标1：举办阅读推广活动", True),
        ("1、举办 阅读推广活动", True),
        ("举办阅读推广活动（场）", True),
        ("举办阅读推广活动2", False),
        ("新增文献", False),
    ],
)
def test_in07_the_same_name_however_it_is_typed(name: str, fires: bool) -> None:
    assert found(with_row(1, level3=name), "IN07") == ([("IN07", "indicators.1.level3")] if fires else [])


def test_in07_the_same_name_and_figures_under_another_level_and_among_targets() -> None:
    same = {key: GOOD_SELF["indicators"][0][key] for key in ("level3", "target", "actual")}
    assert found(with_row(5, **same), "IN07") == [("IN07", "indicators.5.level3")]
    assert found(with_row(5, **same | {"actual": 201}), "IN07") == []
    twice = patched(GOOD, "targets.1", GOOD["targets"][0] | {"name": "指标2：景气报告编写数量"})
    assert found(twice, "IN07") == [("IN07", "targets.1.name")]


@pytest.mark.parametrize(
    ("row", "changes", "fires"),
    [
        (4, {"sign": "≥"}, True),
        (4, {"sign": "≥", "level3": "成本节约率"}, False),
        (2, {"sign": "≥"}, True),
        (0, {"sign": "≤", "level3": "培训人数"}, True),
        (0, {"sign": "≤", "level3": "重大安全事故数"}, False),
        (0, {"sign": "≤", "level3": "会议控制数量"}, False),
        (7, {"sign": "<"}, True),
        (0, {"sign": "=", "level3": "培训人数"}, False),
    ],
)
def test_tg03_signs_that_turn_the_sense(row: int, changes: dict[str, Any], fires: bool) -> None:
    assert found(with_row(row, **changes), "TG03") == ([("TG03", f"indicators.{row}.sign")] if fires else [])


@pytest.mark.parametrize("actual", [-206, "-206", "-206场"])
def test_pt18_a_negative_result_is_one_finding(actual: Any) -> None:
    assert found(with_row(0, actual=actual)) == [("PT18", "indicators.0.actual")]


def test_pt18_silent_where_less_than_nothing_can_be() -> None:
    assert found(with_row(5, actual=-2), "PT18") == []
    assert found(with_row(0, target=-5, actual=-3), "PT18") == []
    assert found(patched(GOOD, "targets.0.actual", "-11期"), "PT18", "TG10") == [("PT18", "targets.0.actual")]


@pytest.mark.parametrize(
    ("sign", "target", "fires"),
    [
        ("≥", "完成", True),
        ("≤", "达标", True),
        ("=", "完成", False),
        ("定性", "完成", False),
        ("≥", "良好", False),
        ("≤", "2023年10月31日前", False),
        ("≥", "第二季度", False),
        ("≥", "一次", False),
    ],
)
def test_pt19_words_that_are_asked_for_by_a_sign(sign: str, target: str, fires: bool) -> None:
    form = with_row(0, sign=sign, target=target, unit=None)
    assert found(form, "PT19") == ([("PT19", "indicators.0.target")] if fires else [])


@pytest.mark.parametrize(
    ("actual", "score", "fires"),
    [
        ("未完成", 15, True),
        ("尚未开展", 14, True),
        ("未完成", 8, False),
        ("未发生事故", 15, False),
        ("已完成", 15, False),
    ],
)
def test_pt16_undone_in_other_words(actual: str, score: float, fires: bool) -> None:
    form = with_row(6, actual=actual, score=score)
    assert found(form, "PT16") == ([("PT16", "indicators.6.score")] if fires else [])


@pytest.mark.parametrize(
    ("target", "actual", "fires"),
    [
        ("2023年10月31日前", "2023年11月30日", True),
        ("2023.10.31", "2023.11.30", True),
        ("2023-10-31", "2023-11-30", True),
        ("10月底前", "11月15日", True),
        ("2023年10月", "2023/11/30", True),
        ("2023年第三季度", "2023年10月", True),
        ("2023年底前", "2024年1月", True),
        ("20231031", "20231130", True),
        ("于2023年10月31日前完成", "次年3月", True),
        ("2023年10月31日前", "2023年10月31日", False),
        ("2023年10月15日前", "2023年10月", False),
        ("10月底前", "9月", False),
        ("2023年10月31日以后", "2023年11月30日", False),
        ("30天内", "2023年11月30日", False),
        ("2023年10月31日前", "已完成", False),
    ],
)
def test_pt21_a_deadline_missed_with_full_marks(target: str, actual: str, fires: bool) -> None:
    dates = {"sign": "定性", "target": target, "actual": actual, "unit": None, "score": 15}
    assert found(with_row(6, **dates), "PT21") == ([("PT21", "indicators.6.score")] if fires else [])
    assert found(with_row(6, **dates | {"score": 12}), "PT21") == []


def test_final_sign_that_looks_like_an_equals_sign() -> None:
    assert found(with_row(0, sign="═"), "PT17") == []


# -- texts ------------------------------------------------------------------------------------------------------------

GOAL = "全年举办讲座200场，服务读者10万人次，读者满意度达到90%以上。"


@pytest.mark.parametrize(
    ("actual", "fires"),
    [
        (GOAL, True),
        (f"已{GOAL}", True),
        ("全年举办讲座206场，服务读者10万人次，读者满意度达到90%以上。", False),
        ("各项工作已按计划完成，读者反映良好。", False),
    ],
)
def test_tg11_a_result_that_copies_what_was_aimed_at(actual: str, fires: bool) -> None:
    dossier = patched(patched(GOOD_SELF, "goals.expected", GOAL), "goals.actual", actual)
    assert found(form_2023(dossier), "TG11") == ([("TG11", "goals.actual")] if fires else [])


@pytest.mark.parametrize(
    ("target", "score", "fires"),
    [(None, 15, True), ("无", 15, True), (None, None, False), (15, 15, False), ("优良", 15, False)],
)
def test_tg12_points_without_a_target(target: object, score: object, fires: bool) -> None:
    dossier = patched(patched(GOOD_SELF, "indicators.0.target", target), "indicators.0.score", score)
    assert found(form_2023(dossier), "TG12") == ([("TG12", "indicators.0.target")] if fires else [])


def test_tg11_in_a_row_is_the_only_finding_of_its_result() -> None:
    words = "编写并报送全年景气报告若干期"
    dossier = patched(patched(GOOD, "targets.0.target", words), "targets.0.actual", words)
    assert found(dossier, "TG") == [("TG11", "targets.0.actual")]
    assert found(with_row(6, target="达到标准", actual="达到标准"), "TG11") == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("basic.leader", "请填写项目负责人", Severity.WARNING),
        ("basic.project_name", "填写预算批复的项目全称", Severity.ERROR),
        ("basic.address", "例如：海口市国兴大道9号", Severity.WARNING),
        ("basic.leader", "（必填）", Severity.WARNING),
        ("report.organisation", "请简要说明项目的组织实施情况。", Severity.ERROR),
        ("targets.0.target", "按预算批复的绩效目标填列", Severity.WARNING),
    ],
)
def test_st10_an_instruction_left_as_an_answer(path: str, text: str, expected: Severity) -> None:
    [finding] = [one for one in findings_of(patched(GOOD, path, text)) if one.code in ("ST10", "TX01", "TX02", "ST05")]
    assert (finding.code, finding.severity) == ("ST10", expected)


@pytest.mark.parametrize("text", ["请示报告已报送省政府", "王文", "必填项完整率", "海南大学"])
def test_st10_silent_for_answers(text: str) -> None:
    assert found(patched(GOOD, "basic.leader", text), "ST10") == []


@pytest.mark.parametrize(
    ("name", "unit", "fires"),
    [
        ("王  文", "海南省人民政府研究室", True),
        ("王文", None, True),
        ("王文", "海南大学", False),
        ("王闻", None, False),
    ],
)
def test_pt20_a_reviewer_listed_twice(name: str, unit: str | None, fires: bool) -> None:
    reviewers = [*copy.deepcopy(GOOD["reviewers"]), {"name": name, "title": None, "unit": unit, "score": 97}]
    expected = [("PT20", "reviewers.3.name")] if fires else []
    assert found(patched(GOOD, "reviewers", reviewers), "PT20") == expected


# -- results on ladders -----------------------------------------------------------------------------------------------

COUNTS = {"excellent": "1000条", "good": "700条", "fair": "500条", "poor": "300条"}
BUDGET = {"excellent": "不超预算", "good": "超过预算的5%", "fair": "超过预算的10%", "poor": "超过预算的15%"}
WORDS = {"excellent": "全部完成", "good": "80%", "fair": "60%", "poor": "60%以下"}
LOST = {"excellent": "5项以上", "good": "4项", "fair": "项", "poor": "2项以下"}


def on_ladder(standards: dict[str, str], actual: str) -> Form:
    row = {"kind": "产出指标", "name": "指标", "target": None, "actual": actual, "note": None}
    return form_of(patched(GOOD, "targets", [row | standards]))


@pytest.mark.parametrize(
    ("standards", "actual", "grade", "codes"),
    [
        (COUNTS, "已完成", None, ["TG10"]),
        (COUNTS, "网站836条，微信936条", None, ["TG10"]),
        (COUNTS, "1772条", "优", []),
        (COUNTS, "85%", None, ["TG06"]),
        (BUDGET, "不超预算", "优", []),
        (BUDGET, "节约2%", "优", []),
        (BUDGET, "未超预算", "优", []),
        (BUDGET, "超过预算的3%", "良", []),
        (BUDGET, "超过预算的8%", "中", ["TG07"]),
        (BUDGET, "超过预算的20%", "差", ["TG07"]),
        (BUDGET, "0%", None, []),
        (WORDS, "全部完成。", "优", []),
        (WORDS, "85%", "良", []),
        (WORDS, "100%", None, []),
        (WORDS, "50%", "差", ["TG07"]),
        (LOST, "3项", None, ["TG10"]),
        (LOST, "1项", "差", ["TG07"]),
    ],
)
def test_results_held_against_words_and_numbers(
    standards: dict[str, str], actual: str, grade: str | None, codes: list[str]
) -> None:
    form = on_ladder(standards, actual)
    assert [target.grade for target in assess(form).targets] == [grade]
    assert [code for code, _ in found(form, "TG")] == codes


def test_tg04_silent_on_words_that_a_lower_standard_shares() -> None:
    assert found(patched(on_ladder_dossier(LOST, "4项"), "targets.0.target", "项"), "TG04") == []


def on_ladder_dossier(standards: dict[str, str], actual: str) -> dict[str, Any]:
    row = {"kind": "产出指标", "name": "指标", "target": None, "actual": actual, "note": None}
    return patched(GOOD, "targets", [row | standards])


# -- rounding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "severity"),
    [(96.85, None), (96.9, None), (97, None), (96.8, Severity.INFO), (96, Severity.INFO), (96.7, Severity.ERROR)],
)
def test_fd09_right_rounding_to_fewer_places(rate: float, severity: Severity | None) -> None:
    dossier = patched(
        GOOD_SELF, "funds.fiscal", {"initial": 1700000, "full_year": 1700000, "executed": 1646450, "rate": rate}
    )
    findings = findings_of(form_2023(dossier), "FD09")
    assert [one.severity for one in findings] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("score", "severity"),
    [(9.5, None), (9, Severity.INFO), (9.4, Severity.ERROR), (10, Severity.ERROR)],
)
def test_pt11_nobody_is_rounded_up_to_full_marks(score: float, severity: Severity | None) -> None:
    findings = findings_of(with_row(1, score=score), "PT11")
    assert [one.severity for one in findings] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("total", "parts", "fires"),
    [
        (100, (33.3333333333333, 33.3333333333333, 33.3333333333333), False),
        (100, (33.33, 33.33, 33.33), False),
        (100, (33.32, 33.33, 33.33), True),
        (142, (140, 1.99, None), True),
        (142, (141, 1.1, None), True),
    ],
)
def test_fd01_at_the_precision_of_the_unit(total: float, parts: tuple[float | None, ...], fires: bool) -> None:
    amounts = dict(zip(("central", "provincial", "local"), parts, strict=True)) | {"total": total, "other": None}
    dossier = patched(GOOD, "funds.used", amounts)
    assert found(dossier, "FD01") == ([("FD01", "funds.used.total")] if fires else [])


def test_an_unreadable_result_is_left_to_others() -> None:
    assert found(with_cell(form_of(GOOD), "targets.0.actual", value=None, state=State.UNREADABLE), "TG10") == []
    assert found(changed("goals.actual", None), "TG11") == []


def test_pt03_blames_the_reviewers_scores_typed_as_text() -> None:
    form = retyped({("评价人员", "D3"): "98分", ("评价人员", "D9"): 96.5}).form
    assert placed(judged(form), "PT03") == [("PT03", "D3")]
    form = retyped({("评价人员", "D3"): "98分", ("评价人员", "D9"): 96}).form
    assert placed(judged(form), "PT03") == [("PT03", "D9")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"I15": "15分", "I27": 85}, [("IN04", "I15")]),
        ({"M7": "9.7分", "J27": 88.5}, [("IN05", "M7")]),
    ],
)
def test_sums_of_2023_blame_what_was_typed_as_text(cells: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    book = load_workbook(io.BytesIO(form_bytes(GOOD_SELF, SCHEME_2023)))
    for cell, value in cells.items():
        book[SHEET_2023][cell] = value
    assert placed(judged(read_back(book).form), "IN04", "IN05") == expected
