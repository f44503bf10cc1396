"""The second form as a whole: the self-assessment of 2023.

1. The published forms C23, C22 and C18 give their figures and exactly these findings.
2. Weight of execution, formula for less, bands and unit are settings.
3. What people type: level names with points or left blank, other words for headings and total, codes before names.
4. Result cells hold the computed points with their reason.
5. The formulas of the form, calculated by LibreOffice, give what perfxl computes; the self-check sees what is off.
"""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from forms import findings_of, found, patched
from office import Converted, by_office, formula_cells, same_value
from opened import load_workbook
from perfxl.dossier import complete, dossier_of, flatten
from perfxl.layout import Role, place
from perfxl.model import State
from perfxl.reading.reader import Reading
from perfxl.schemes.spec import Scheme
from perfxl.scoring.achievement import parse_sign
from perfxl.scoring.assess import assess
from perfxl.templates.form import number_format
from perfxl.templates.selfcheck import lines_of_check
from perfxl.typed.wording import without_code
from perfxl.writeback.edits import plan_edits
from self_assessments import C18, C22, C23, GOOD_SELF, IN_WAN, SCHEME_2023, form_2023, row, varied
from workbooks import form_bytes, read_bytes

D = Decimal
SHEET = SCHEME_2023.sheets[0].name


# -- published forms --------------------------------------------------------------------------------------------------


def test_the_published_form_of_2023_comes_out_exactly() -> None:
    result = assess(form_2023(C23))
    assert result.execution_score == D("2.5")
    assert [indicator.computed for indicator in result.indicators] == [D("3.85"), 0, 30, 10]
    assert (result.total, result.grade, result.weight) == (D("46.35"), "差", 100)
    assert result.indicators[0].reason.startswith("10 / 52 × 20 = 3.85")
    assert result.execution_reason == "30000 / 120000 × 10 = 2.5"
    levels = {level.name: level.score for level in result.levels if level.level == 1}
    assert levels == {"预算执行率": D("2.5"), "产出指标": D("3.85"), "效益指标": 30, "满意度指标": 10}


def test_the_published_form_of_2023_gives_exactly_these_findings() -> None:
    assert found(form_2023(C23)) == [
        ("FD06", "funds.total.executed"),
        ("PT12", "indicators.3.actual"),
        ("PT13", "indicators.0.reason"),
        ("PT13", "indicators.1.reason"),
        ("PT15", "stated.total"),
        ("PT17", "indicators.0.sign"),
    ]


def test_nine_points_for_86_percent_are_rightly_rounded_ten_are_not() -> None:
    form = form_2023(C22, IN_WAN)
    assert found(form) == [
        ("FD06", "funds.total.executed"),
        ("PT17", "indicators.0.sign"),
        ("ST10", "indicators.1.level3"),
        ("ST10", "indicators.6.level3"),
    ]
    full_marks = patched(patched(C22, "funds.total.score", 10), "indicators.0.score", 10)
    first, second = findings_of(form_2023(full_marks, IN_WAN), "PT11")
    assert first.message == "预算执行率得分10分，按公式为8.62分（37.24 / 43.2 × 10 = 8.62）"
    assert second.message == (
        "“指标1工程资金金额”得分10分，按公式为8.62分（37.24 / 43.2 × 10 = 8.62；未填性质，按“≥”）"
    )
    assert (assess(form).total, assess(form).grade) == (D("97.24"), "优")


def test_an_initial_budget_of_zero_is_no_division_by_zero() -> None:
    form = form_2023(C18, IN_WAN)
    assert found(form) == [
        ("IN02", "indicators.0.score"),
        ("ST05", "indicators.0.weight"),
        ("TG05", "indicators.0.actual"),
    ]
    result = assess(form)
    assert (result.rates["execution"], result.execution_score) == (1, 10)


def test_a_faultless_form_has_no_finding() -> None:
    assert read_bytes(form_bytes(GOOD_SELF, SCHEME_2023)).findings == ()
    assert found(form_2023(GOOD_SELF)) == []


# -- settings ---------------------------------------------------------------------------------------------------------


def test_execution_may_weigh_20_points() -> None:
    scheme = varied(
        ('rate = "execution"\nweight = 10', 'rate = "execution"\nweight = 20'), ('"效益指标" = 30', '"效益指标" = 20')
    )
    form = form_2023(patched(C23, "funds.total.score", 5), scheme)
    assert assess(form).execution_score == 5
    assert found(form, "PT11", "FD09") == []
    cells = {cell.path: cell for cell in place(scheme, flatten(scheme, C23)).sheets[0].cells if cell.role is Role.LIVE}
    assert "funds.total.weight" in cells
    book = load_workbook(io.BytesIO(form_bytes(C23, scheme)))
    assert book[SHEET][cells["funds.total.weight"].address].value == "=20"


def test_less_may_be_scored_by_the_ratio() -> None:
    scheme = varied(('reverse = "linear"', 'reverse = "ratio"'))
    rows = [dict(one) for one in GOOD_SELF["indicators"]]
    rows[2].update(actual=2.7, score=7.41, reason="两次返工")
    dossier = patched(patched(GOOD_SELF, "indicators", rows), "stated.total", 95.61)
    assert found(form_2023(dossier, scheme)) == []
    [finding] = findings_of(form_2023(dossier))
    assert (finding.code, finding.expected) == ("PT11", "6.5分")


def test_bands_are_settings() -> None:
    scheme = varied(
        (
            '"部分达成年度指标并具有一定效果", from = 0.6, to = 0.8',
            '"部分达成年度指标并具有一定效果", from = 0.5, to = 0.8',
        ),
        ('"未达成年度指标且效果较差", from = 0, to = 0.6', '"未达成年度指标且效果较差", from = 0, to = 0.5'),
    )
    dossier = patched(patched(GOOD_SELF, "indicators.6.actual", "部分达成年度指标"), "indicators.6.score", 7.5)
    assert found(form_2023(dossier, scheme), "PT16") == []
    assert found(form_2023(dossier), "PT16") == [("PT16", "indicators.6.score")]


def test_grade_bands_are_settings() -> None:
    scheme = varied(('name = "中", from = 60', 'name = "中", from = 45'))
    assert assess(form_2023(C23, scheme)).grade == "中"


def test_amounts_may_be_in_wan() -> None:
    form = form_2023(C22, IN_WAN)
    assert form.number("funds.total.executed") == D("37.24")
    assert "37.24万元" in findings_of(form, "FD06")[0].message
    assert "万元" in number_format(IN_WAN.data["funds.total.executed"], IN_WAN)


# -- what people type -------------------------------------------------------------------------------------------------


def retyped(change: Callable[[Any], Any], dossier: dict[str, Any] = GOOD_SELF) -> Reading:
    """What is read after a change to the sheet of a filled form."""
    book = load_workbook(io.BytesIO(form_bytes(dossier, SCHEME_2023)))
    sheet = book[SHEET]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    change(sheet)
    saved = io.BytesIO()
    book.save(saved)
    return read_bytes(saved.getvalue())


def test_level_names_may_carry_points_stand_again_or_be_left_blank() -> None:
    def change(sheet: Any) -> None:
        sheet["A15"], sheet["A16"], sheet["A17"] = "产出指标(50分)", "产出指标（50分）", None
        sheet["A20"], sheet["A21"] = "效益指标\n(30分)", None

    reading = retyped(change)
    assert reading.findings == ()
    names = [one["level1"].text for one in reading.form.rows("indicators")]
    assert names == ["产出指标"] * 5 + ["效益指标"] * 2 + ["满意度指标"]
    assert [one["level2"].text for one in reading.form.rows("indicators")][:2] == ["数量指标", "数量指标"]
    assert found(reading.form) == []


def test_a_branch_begins_where_its_name_stands_though_its_first_row_is_empty() -> None:
    def change(sheet: Any) -> None:
        for column in "CDEFGHIJKL":
            sheet[f"{column}20"] = None

    rows = retyped(change).form.rows("indicators")
    assert [one["level1"].text for one in rows] == ["产出指标"] * 5 + ["效益指标"] + ["满意度指标"]
    assert rows[5]["level2"].text == "可持续影响指标"


def test_a_new_branch_does_not_inherit_the_second_level() -> None:
    form = retyped(lambda sheet: sheet.__setitem__("B22", None)).form
    assert form.rows("indicators")[-1]["level2"].text == ""


def test_headings_may_be_broken_over_lines_and_called_otherwise() -> None:
    def change(sheet: Any) -> None:
        sheet["E14"], sheet["L14"], sheet["K6"] = "年度\n指标值", "偏差原因分析\n及改进措施", "执行率\n（％）"
        sheet["A27"] = "总  分"

    reading = retyped(change)
    assert reading.findings == ()
    assert len(reading.form.rows("indicators")) == len(GOOD_SELF["indicators"])
    assert reading.form.number("stated.total") == D("98.2")


@pytest.mark.parametrize(("cell", "column"), [("E15", "target"), ("G15", "actual")])
@pytest.mark.parametrize("typed", ["10\n6", "98 108", "10²", "⑩", "≥98 108人"])
def test_two_numbers_in_a_target_or_result_are_none(typed: str, cell: str, column: str) -> None:
    reading = retyped(lambda sheet: sheet.__setitem__(cell, typed))
    assert [(one.code, one.cell) for one in reading.findings] == [("ST06", cell)]
    assert reading.form.rows("indicators")[0][column].state is State.UNREADABLE
    assert "\n" not in reading.findings[0].message
    assert found(reading.form, "PT14") == []


def test_a_sign_may_be_drawn_with_other_lines() -> None:
    reading = retyped(lambda sheet: sheet.__setitem__("D15", "═"))
    assert reading.findings == ()
    assert parse_sign(reading.form.rows("indicators")[0]["sign"].text) == "="


def test_codes_before_names_stay_as_typed_and_do_not_count() -> None:
    form = form_2023(C23)
    assert form.text("basic.project_name") == C23["basic"]["project_name"]
    assert without_code(form.text("basic.project_name")) == "学生事务补助"
    assert [without_code(form.text(f"basic.{key}")) for key in ("unit", "department")] == ["省农垦实验中学", "省教育厅"]


def test_a_level_that_is_not_named_again_belongs_to_the_row_above() -> None:
    rows = [
        row("产出指标", "数量指标", "甲"),
        row(None, None, "乙"),
        row("效益指标", None, "丙"),
        row("效益指标", "社会效益指标", "丁"),
        row("效益指标", None, "戊"),
    ]
    dossier = {"scheme": "hainan-2023", "indicators": rows}
    read: Any = dossier_of(form_2023(dossier))
    assert read == complete(SCHEME_2023, dossier)
    assert [(one["level1"], one["level2"]) for one in read["indicators"]] == [
        ("产出指标", "数量指标"),
        ("产出指标", "数量指标"),
        ("效益指标", None),
        ("效益指标", "社会效益指标"),
        ("效益指标", "社会效益指标"),
    ]


# -- write-back -------------------------------------------------------------------------------------------------------


def test_the_computed_points_are_written_back_with_their_reason() -> None:
    form = form_2023(C23)
    figures = {figure.cell: figure.value for figure in plan_edits(form, assess(form), [], "x.xlsx").figures}
    reserved = {path: cell.address for path, cell in form.reserved.items()}
    assert figures[reserved["indicators.0.computed"]] == D("3.85")
    assert figures[reserved["indicators.0.explained"]] == "10 / 52 × 20 = 3.85；未填性质，按“≥”"
    assert figures[reserved["execution_score"]] == D("2.5")
    assert figures[reserved["execution_reason"]] == "30000 / 120000 × 10 = 2.5"
    assert figures[reserved["total"]] == D("46.35")
    assert figures[reserved["grade"]] == "差"


# -- the form's own formulas ------------------------------------------------------------------------------------------

ODD = [
    ("≥", 52, 10),
    ("至少", 10, 5),
    ("≤", 10, 13),
    ("不超过", 10, 13),
    ("＜＝", 10, 13),
    ("<", 10, 25),
    ("≤", -5, -4),
    ("=", 0, 1),
    ("等于", 0, 0),
    (None, 4, 3),
    ("适中", 4, 3),
    ("定性指标", 4, 3),
    ("≥", "52人", 10),
    ("≥", 0, -1),
]
"""Sign, target and actual value of indicators with 20 points each."""

ODDLY_FILLED = {
    "scheme": "hainan-2023",
    "funds": {"total": {"initial": 10, "full_year": 12, "executed": 13, "rate": 108.33, "score": 9}},
    "indicators": [
        row("产出指标" if n < 6 else "效益指标", None, f"甲{n}", sign=s, target=t, actual=a, weight=20, score=10)
        for n, (s, t, a) in enumerate(ODD)
    ],
    "stated": {"total": 12},
}
TYPED_OVER = patched(patched(C23, "funds.total.rate", 24.99), "funds.total.score", 2.52)
RATIO = varied(('reverse = "linear"', 'reverse = "ratio"'))


@pytest.mark.parametrize(
    ("dossier", "scheme"),
    [(C23, SCHEME_2023), (ODDLY_FILLED, SCHEME_2023), (ODDLY_FILLED, RATIO), (TYPED_OVER, SCHEME_2023)],
    ids=["published", "odd", "odd by ratio", "typed over"],
)
@by_office(form_bytes)
def test_the_forms_formulas_give_the_same_points(
    dossier: dict[str, Any], scheme: Scheme, office: list[Converted]
) -> None:
    compared = list(formula_cells(office[0]))
    assert len(compared) > 40
    different = [(place, formula) for place, formula, one, other in compared if not same_value(one or 0, other or 0)]
    assert different == []


def test_the_self_check_sees_weights_and_scores_that_are_off() -> None:
    assert self_check(C23) == {}
    assert self_check(ODDLY_FILLED) == {
        "项目支出绩效自评表：必填栏目": 3,
        "资金：执行数不超过全年预算数": 1,
        "资金：预算执行得分与执行率一致": 1,
        "评分：各指标分值合计为 90 分": 1,
        "评分：得分等于公式得分": 11,
        "评分：总分等于得分之和": 1,
    }


@pytest.mark.parametrize(
    ("path", "typed", "is_off"),
    [
        ("funds.total.rate", 24.99, True),
        ("funds.total.rate", 25.01, True),
        ("funds.total.rate", 25.004, False),
        ("funds.total.rate", 0.25, True),
        ("funds.total.score", 2.49, False),
        ("funds.total.score", 2.51, False),
        ("funds.total.score", 2.52, True),
        ("funds.total.score", 0, True),
    ],
)
def test_the_self_check_sees_what_was_typed_over_a_formula(path: str, typed: float, is_off: bool) -> None:
    topic = {"rate": "资金：执行率与金额一致", "score": "资金：预算执行得分与执行率一致"}[path.rpartition(".")[2]]
    assert self_check(patched(C23, path, typed)).get(topic, 0) == is_off


def self_check(dossier: dict[str, Any]) -> dict[str, int]:
    """The lines of the self-check that do not pass, with the number of defects."""
    lines = lines_of_check(place(SCHEME_2023, flatten(SCHEME_2023, dossier)))
    return {line.topic: line.count for line in lines if line.count}
