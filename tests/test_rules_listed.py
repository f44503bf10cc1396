"""XF03, XF04, LS, LG, LY: a form held against list, books and last year.

1. The form of an approved project, filled in honestly, has nothing of these.
2. Each change of what was approved is found at its cell, with one code.
3. An id is a claim: it joins only where unit, and name or code, agree.
4. Without list, books or last year nothing is said.
"""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from approved_lists import approved_of, held, knowledge
from forms import GOOD, patched
from perfxl.office.approved import ApprovedTarget, Source
from perfxl.office.books import Booked
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.office.lastyear import LastYear, SaidLastYear
from perfxl.typed.wording import squeeze

APPROVED = approved_of(GOOD)
FAMILIES = ("XF", "LS", "LG", "LY")
NAME, UNIT = "basic.project_name", "basic.unit"

GOOD_23: dict[str, Any] = {
    "scheme": "hainan-2023",
    "basic": {
        "project_name": "读者服务",
        "year": 2023,
        "department": "海南省旅文厅",
        "unit": "海南省图书馆",
        "leader": None,
        "phone": None,
    },
    "funds": {
        "total": {"initial": 1000000, "full_year": 1000000, "executed": 950000, "rate": 95, "score": 9.5},
        "fiscal": {"initial": 1000000, "full_year": 1000000, "executed": 950000},
    },
    "goals": {"expected": "办好读者服务", "actual": "已完成"},
    "indicators": [
        {"level1": level1, "level2": level2, "level3": name, "sign": sign, "target": target, "unit": unit,
         "actual": actual, "weight": weight, "score": weight, "reason": None}
        for level1, level2, name, sign, target, unit, actual, weight in (
            ("产出指标", "数量指标", "培训人数", "≥", 500, "人", 520, 25),
            ("产出指标", "时效指标", "平均办结天数", "≤", 10, "天", 9, 25),
            ("效益指标", "社会效益指标", "接待读者", "≥", 3000, "人次", 3200, 30),
            ("满意度指标", "服务对象满意度指标", "读者满意度", "≥", 90, "%", 95, 10),
        )
    ],
    "stated": {"total": 99.5},
}  # fmt: skip
APPROVED_23 = approved_of(GOOD_23)


@pytest.mark.parametrize(("dossier", "approved"), [(GOOD, APPROVED), (GOOD_23, APPROVED_23)])
def test_an_honest_form_has_nothing(dossier: dict[str, Any], approved: Any) -> None:
    assert held(dossier, knowledge(approved), *FAMILIES, issued=approved) == []
    assert held(dossier, knowledge(approved), *FAMILIES) == []


def test_without_list_nothing_is_said() -> None:
    assert held(patched(GOOD, NAME, "别的"), knowledge(), *FAMILIES, issued=APPROVED) == []


# -- targets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("targets.0.target", "全年编写景气报告9期以上", "LS01"),
        ("targets.0.kind", "成效指标", "LS01"),
        ("targets.0.name", "景气报告印发数量", "LS01"),
        ("targets.0.good", "10期", "LS04"),
        ("targets.0.excellent", "12期", "LS04"),
        ("targets.2.poor", None, "LS04"),
    ],
)
def test_a_changed_target_is_found_at_its_cell(path: str, value: Any, code: str) -> None:
    assert held(patched(GOOD, path, value), knowledge(APPROVED), "LS") == [(code, path)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("targets.0.target", "全年 编写景气报告１１期以上"),
        ("targets.0.excellent", " 11期 "),
        ("targets.2.target", "≥95%"),
        ("targets.0.actual", "3期"),
        ("targets.0.note", "按季编写"),
    ],
)
def test_what_says_the_same_or_was_not_approved_is_no_change(path: str, value: Any) -> None:
    assert held(patched(GOOD, path, value), knowledge(APPROVED), "LS") == []


def test_dropped_and_added_targets() -> None:
    rows = deepcopy(GOOD["targets"])
    other = {**rows[1], "name": "会议次数", "target": "召开会议3次", "excellent": "3次", "actual": "3次"}
    assert held(patched(GOOD, "targets", rows[:2]), knowledge(APPROVED), "LS") == [("LS02", "项目绩效目标表")]
    assert held(patched(GOOD, "targets", [*rows, other]), knowledge(APPROVED), "LS") == [("LS03", "targets.3.name")]
    assert held(patched(GOOD, "targets", [rows[0], other, rows[2]]), knowledge(APPROVED), "LS") == [
        ("LS02", "项目绩效目标表"),
        ("LS03", "targets.1.name"),
    ]


def test_the_order_of_targets_does_not_matter() -> None:
    assert held(patched(GOOD, "targets", GOOD["targets"][::-1]), knowledge(APPROVED), "LS") == []


def test_targets_of_one_name_are_told_apart_by_what_they_ask_for() -> None:
    rows = deepcopy(GOOD["targets"])
    rows[1]["name"] = rows[0]["name"]
    twice = patched(GOOD, "targets", rows)
    approved = approved_of(twice)
    assert held(patched(twice, "targets", [rows[1], rows[0], rows[2]]), knowledge(approved), "LS") == []


def test_standards_lowered_until_the_result_is_good_enough() -> None:
    missed = patched(GOOD, "targets.0.actual", "8期")
    assert held(missed, knowledge(APPROVED), "LS") == []
    lowered = patched(missed, "targets.0.excellent", "8期")
    assert held(lowered, knowledge(APPROVED), "LS") == [("LS11", "targets.0.excellent")]
    raised = patched(missed, "targets.0.excellent", "20期")
    assert held(raised, knowledge(APPROVED), "LS") == [("LS04", "targets.0.excellent")]


@pytest.mark.parametrize(
    ("target", "actual", "code"),
    [(300, 320, "LS11"), (300, 520, "LS01"), (300, 200, "LS01"), (600, 520, "LS01"), ("若干", 320, "LS01")],
)
def test_a_target_lowered_until_it_is_reached(target: Any, actual: int, code: str) -> None:
    form = patched(patched(GOOD_23, "indicators.0.target", target), "indicators.0.actual", actual)
    assert held(form, knowledge(APPROVED_23), "LS") == [(code, "indicators.0.target")]


def test_a_limit_raised_until_it_is_kept() -> None:
    form = patched(patched(GOOD_23, "indicators.1.target", 15), "indicators.1.actual", 12)
    assert held(form, knowledge(APPROVED_23), "LS") == [("LS11", "indicators.1.target")]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("weight", 20, "LS05"), ("unit", "人次", "LS01"), ("sign", "=", "LS01"), ("level2", "质量指标", "LS01")],
)
def test_changes_on_the_form_of_2023(column: str, value: Any, code: str) -> None:
    path = f"indicators.0.{column}"
    assert held(patched(GOOD_23, path, value), knowledge(APPROVED_23), "LS") == [(code, path)]


def test_what_the_list_does_not_say_is_not_compared() -> None:
    bare = replace(APPROVED_23, targets=(ApprovedTarget(name="培训人数", target="500", sign="≥"),))
    assert held(patched(GOOD_23, "indicators.0.weight", 20), knowledge(bare), "LS") == [
        ("LS03", f"indicators.{number}.level3") for number in (1, 2, 3)
    ]


def test_sign_and_unit_stand_with_the_value_where_the_form_has_no_columns_for_them() -> None:
    target = ApprovedTarget(level1="产出指标", name="编写期数", sign="≥", target="11", unit="期")
    approved = replace(APPROVED, targets=(target,))
    rows = [{**GOOD["targets"][0], "name": "编写期数", "target": "≥11期"}]
    assert held(patched(GOOD, "targets", rows), knowledge(approved), "LS") == []
    rows[0]["target"] = "≥10期"
    assert held(patched(GOOD, "targets", rows), knowledge(approved), "LS") == [("LS01", "targets.0.target")]


# -- budget, unit, id -------------------------------------------------------------------------------------------------


def test_budget_and_sources() -> None:
    one = replace(APPROVED, budget=Decimal("144.01"), sources=(Source("省财政", Decimal("144.01")),))
    both = [("LS07", "funds.planned.provincial"), ("XF04", "funds.planned.total")]
    assert held(GOOD, knowledge(one), "LS", "XF") == both
    assert held(GOOD, knowledge(replace(one, sources=())), "LS", "XF") == [("XF04", "funds.planned.total")]
    assert held(GOOD, knowledge(replace(one, budget=None, sources=())), "LS", "XF") == []
    near = replace(APPROVED, budget=Decimal("144.004"), sources=())
    assert held(GOOD, knowledge(near), "LS", "XF") == []
    moved = replace(APPROVED, sources=(Source("中央财政", Decimal(144)),))
    assert held(GOOD, knowledge(moved), "LS", "XF") == [
        ("LS07", "funds.planned.central"),
        ("LS07", "funds.planned.provincial"),
    ]


def test_the_budget_of_the_year_may_have_been_changed_the_initial_one_not() -> None:
    changed = patched(GOOD_23, "funds.total.full_year", 1200000)
    assert held(changed, knowledge(APPROVED_23), "LS", "XF") == [("XF04", "funds.total.full_year")]
    initial = patched(GOOD_23, "funds.total.initial", 1200000)
    assert held(initial, knowledge(APPROVED_23), "LS", "XF") == [("LS07", "funds.total.initial")]


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        ("basic.department", "海南省财政厅", [("LS06", "basic.department")]),
        (UNIT, "三亚市财政局", [("LS06", UNIT)]),
        (NAME, "另一个项目", [("LS08", NAME)]),
        ("basic.year", 2013, [("LS10", "basic.year")]),
        (UNIT, "人民政府研究室", []),
    ],
)
def test_locked_data_that_were_changed(path: str, value: Any, codes: list[tuple[str, str]]) -> None:
    assert held(patched(GOOD, path, value), knowledge(APPROVED), "LS", "XF", issued=APPROVED) == codes


def test_a_project_matched_by_its_code_may_be_called_otherwise_and_it_is_said() -> None:
    coded = replace(APPROVED, code="46000021T000000002749")
    renamed = patched(GOOD, NAME, "46000021T000000002749-另一个名称")
    assert held(renamed, knowledge(coded), "LS", "XF") == [("LS10", NAME)]


def test_a_form_under_another_projects_id() -> None:
    other = replace(APPROVED, name="另一个项目", targets=())
    swapped = held(GOOD, knowledge(APPROVED, other), "LS", "XF", issued=other)
    assert swapped == [("LS08", NAME)]
    assert held(GOOD, knowledge(other), "LS", "XF", issued=other) == [("LS08", NAME)]


def test_an_id_that_was_never_given_out() -> None:
    stranger = replace(APPROVED, unit="别的单位")
    assert held(GOOD, knowledge(APPROVED), "LS", "XF", issued=stranger) == [("LS09", NAME)]


def test_a_form_of_an_older_issue_says_so() -> None:
    now = replace(APPROVED, budget=Decimal(150), sources=())
    assert held(GOOD, knowledge(now), "LS", "XF", issued=APPROVED) == [
        ("LS12", ""),
        ("XF04", "funds.planned.total"),
    ]


def test_a_project_that_is_not_listed() -> None:
    other = replace(APPROVED, name="海南宏观经济形势分析预测及经济动态监测预警项目", code="", targets=())
    assert held(GOOD, knowledge(other), "LS", "XF") == [("XF03", NAME)]


# -- books ------------------------------------------------------------------------------------------------------------


def booked(amount: str, **changes: Any) -> Booked:
    return replace(Booked("", APPROVED.name, APPROVED.unit, "2012", Decimal(amount)), **changes)


@pytest.mark.parametrize(
    ("books", "codes"),
    [
        ([booked("142")], []),
        ([booked("142.01")], []),
        ([booked("142.02")], [("LG01", "funds.used.total")]),
        ([booked("87.44")], [("LG01", "funds.used.total")]),
        ([booked("142", name="别的")], [("LG02", "funds.used.total")]),
        ([booked("142", year="2011")], [("LG02", "funds.used.total")]),
        ([booked("142", unit="三亚市财政局")], [("LG02", "funds.used.total")]),
        ([booked("142"), booked("142", unit="")], [("LG02", "funds.used.total")]),
        ([booked("142", year="", unit="")], []),
        ([], [("LG02", "funds.used.total")]),
    ],
)
def test_used_amounts_against_the_books(books: list[Booked], codes: list[tuple[str, str]]) -> None:
    assert held(GOOD, knowledge(booked=books), "LG") == codes


@pytest.mark.parametrize(
    ("known", "codes"),
    [
        (knowledge(APPROVED, APPROVED_23, booked=[booked("1", name=APPROVED_23.name, unit="", year="")]), ["LG02"]),
        (knowledge(APPROVED, APPROVED_23, booked=[booked("1", name="别的")]), []),
        (knowledge(APPROVED_23, booked=[booked("1", name=APPROVED_23.name, unit="", year="")]), []),
        (knowledge(APPROVED, booked=[]), []),
    ],
    ids=["half", "part", "not listed", "empty"],
)
def test_books_that_are_a_part_say_nothing_of_what_they_lack(known: OfficeKnowledge, codes: list[str]) -> None:
    assert [code for code, _ in held(GOOD, known, "LG")] == codes


def test_books_by_code_through_the_list() -> None:
    coded = replace(APPROVED, code="S2012001")
    books = [booked("87.44", code="S2012001", name="账上的名称")]
    assert held(GOOD, knowledge(coded, booked=books), "LG") == [("LG01", "funds.used.total")]


def test_books_in_the_unit_of_the_form() -> None:
    books = [Booked("", "读者服务", "海南省图书馆", "2023", Decimal(95))]
    assert held(GOOD_23, knowledge(booked=books), "LG") == []


# -- last year --------------------------------------------------------------------------------------------------------


def last(**changes: Any) -> LastYear:
    return replace(LastYear(APPROVED.name, APPROVED.unit, "2011"), **changes)


def test_chapters_that_repeat_last_year() -> None:
    texts = tuple(
        SaidLastYear(f"report.{key}", squeeze(text)) for key, text in GOOD["report"].items() if key != "goals"
    )
    found = held(GOOD, knowledge(last=[last(texts=texts)]), "LY")
    long = [key for key, text in GOOD["report"].items() if key != "goals" and len(squeeze(text)) >= 30]
    assert found == [("LY01", f"report.{key}") for key in long]
    assert len(long) == 7


def test_targets_lower_than_last_year() -> None:
    known = knowledge(
        last=[
            LastYear(
                "读者服务", "海南省图书馆", targets=(SaidLastYear("培训人数", "600"), SaidLastYear("平均办结天数", "8"))
            )
        ]
    )
    assert held(GOOD_23, known, "LY") == [("LY02", "indicators.0.target"), ("LY02", "indicators.1.target")]
    same = knowledge(
        last=[
            LastYear(
                "读者服务",
                "海南省图书馆",
                targets=(SaidLastYear("培训人数", "500"), SaidLastYear("平均办结天数", "10")),
            )
        ]
    )
    assert held(GOOD_23, same, "LY") == []


@pytest.mark.parametrize(
    ("total", "rate", "codes"),
    [
        ("78", "0.98", [("LY03", "stated.total")]),
        ("87", "0.98", [("LY03", "stated.total")]),
        ("88", "0.98", []),
        ("78", "0.90", []),
    ],
)
def test_a_score_that_jumped(total: str, rate: str, codes: list[tuple[str, str]]) -> None:
    known = knowledge(last=[last(total=Decimal(total), rate=Decimal(rate))])
    assert held(GOOD, known, "LY") == codes


def test_last_year_of_another_project_says_nothing() -> None:
    known = knowledge(last=[last(project="别的", total=Decimal(50), rate=Decimal("0.98"))])
    assert held(GOOD, known, "LY") == []
