"""Trees of which the office prints a part and the agency writes the rest: 共性指标 with weights, 个性指标 open.

* the form prints and locks what the scheme says, and leaves the rest to be typed
* what is typed there comes back, in any number of rows; rows that were left so are no rows
* a printed indicator that is gone, renamed or weighs something else is said; the agency's own are free within their branch
* what a scheme says of such a tree is held against itself
"""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyform import scheme_of
from forms import TODAY, form_of
from office import Converted, by_office
from opened import load_workbook
from perfxl.door.inspect import inspect
from perfxl.dossier import complete, dossier_of, flatten
from perfxl.errors import SchemeError
from perfxl.layout import Role, blank_layout, place
from perfxl.reading.reader import has_answers, read_form
from perfxl.rules import judge
from perfxl.schemes.spec import Scheme
from perfxl.templates.selfcheck import lines_of_check
from workbooks import form_bytes

FIXED = """
  { level1 = "产出指标", level2 = "共性", level3 = "预算执行", weight = 20 },
  { level1 = "产出指标", level2 = "共性", level3 = "管理制度", weight = 10 },
  { level1 = "产出指标", level2 = "个性", weight = 20 },
  { level1 = "产出指标", level2 = "个性" },
  { level1 = "效益指标", weight = 30 },
  { level1 = "效益指标" },
  { level1 = "满意度指标", level2 = "满意度", level3 = "服务对象满意度", weight = 20 },
"""
BLOCKS = """
[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [{{ key = "project_name", label = "项目名称", required = true }}]

[[sheets.blocks]]
kind = "table"
key = "indicators"
columns = [
  {{ key = "level1", label = "一级指标", fixed = true, merge = "level1" }},
  {{ key = "level2", label = "二级指标", merge = "level2" }},
  {{ key = "level3", label = "三级指标", required = true{level3} }},
  {{ key = "weight", label = "分值", type = "points", required = true{weight} }},
  {{ key = "score", label = "得分", type = "points", at_most = "weight" }},
]
fixed = [{fixed}]
footer = [
  {{ column = "level1", label = "总分" }},
  {{ column = "score", path = "stated.total", live = "sum(indicators.score)" }},
]
"""


def scheme_with(fixed: str = FIXED, level3: str = "", weight: str = "") -> Scheme:
    return scheme_of(BLOCKS.format(fixed=fixed, level3=level3, weight=weight), "half")


SCHEME = scheme_with()
Rows = list[tuple[str | None, str | None, str | None, float | None, float | None]]
PRINTED: Rows = [("产出指标", "共性", "预算执行", 20, 19), ("产出指标", "共性", "管理制度", 10, 10)]
OWN: Rows = [("产出指标", "个性", "编印手册", 15, 15), ("产出指标", "个性", "培训人数", 5, 4)]
EFFECT: Rows = [("效益指标", "社会效益", "知晓率", 30, 28)]
LAST: Rows = [("满意度指标", "满意度", "服务对象满意度", 20, 18)]
GOOD = [*PRINTED, *OWN, *EFFECT, *LAST]


def dossier(rows: Rows) -> dict[str, Any]:
    keys = ("level1", "level2", "level3", "weight", "score")
    records = [dict(zip(keys, row, strict=True)) for row in rows]
    total = sum(row[4] or 0 for row in rows)
    return {"scheme": "half", "basic": {"project_name": "培训"}, "indicators": records, "stated": {"total": total}}


def found(rows: Rows) -> list[tuple[str, str]]:
    """What the rules say of the indicators, each finding with its cell."""
    form = form_of(dossier(rows), SCHEME)
    codes = ("IN03", "IN04", "IN06", "ST05")
    return [(one.code, one.cell) for one in judge(form, TODAY)[1] if one.code in codes]


def test_the_form_prints_what_is_prescribed_and_leaves_the_rest_open() -> None:
    placed = blank_layout(SCHEME).sheets[0]
    roles = {
        cell.path: cell.role for cell in placed.cells if cell.path.startswith("indicators.") and "." in cell.path[11:]
    }
    typed = {path.removeprefix("indicators.") for path, role in roles.items() if role is Role.INPUT}
    scores = {f"{row}.score" for row in range(7)}
    assert typed == scores | {"2.level3", "2.weight", "3.level3", "3.weight"} | {
        f"{row}.{key}" for row in (4, 5) for key in ("level2", "level3", "weight")
    }
    assert {
        path: cell.value for path, (_, cell) in blank_layout(SCHEME).places.items() if path.endswith(".weight")
    } == {
        f"indicators.{row}.weight": None if weight is None else Decimal(weight)
        for row, weight in enumerate((20, 10, 20, None, 30, None, 20))
    }


def test_a_blank_form_has_no_answers_and_no_empty_rows() -> None:
    data = form_bytes({}, SCHEME)
    form = read_form(data, inspect(data), SCHEME).form
    assert not has_answers(form)
    assert dossier_of(form) == complete(SCHEME, {})
    assert [row["weight"].number for row in form.rows("indicators")] == [20, 10, 20, 30, 20]


NAMES = st.text("甲乙丙丁戊", min_size=1, max_size=4)
NUMBERS = st.none() | st.integers(0, 100)
OWN_ROWS = st.lists(
    st.tuples(st.just("产出指标"), st.just("个性"), st.none() | NAMES, NUMBERS, NUMBERS).filter(
        lambda row: any(row[2:])
    ),
    max_size=6,
)
EFFECTS = st.lists(
    st.tuples(st.just("效益指标"), NAMES, st.none() | NAMES, NUMBERS, NUMBERS).filter(lambda row: any(row[2:])),
    max_size=6,
)


@given(OWN_ROWS, EFFECTS)
def test_what_is_typed_into_an_open_branch_comes_back(own: Rows, effects: Rows) -> None:
    typed = dossier([*PRINTED, *own, *effects, *LAST])
    data = form_bytes(typed, SCHEME)
    assert dossier_of(read_form(data, inspect(data), SCHEME).form) == complete(SCHEME, typed)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (GOOD, []),
        ([*PRINTED, *OWN, *EFFECT, *EFFECT, *LAST], [("IN04", "D7")]),
        ([*PRINTED[:1], *OWN, *EFFECT, *LAST], [("IN06", "C3")]),
        ([*PRINTED, *EFFECT, *LAST], [("IN06", "")]),
        ([*PRINTED, *OWN, *LAST], [("IN06", "")]),
        ([PRINTED[0], ("产出指标", "共性", "制度", 10, 10), *OWN, *EFFECT, *LAST], [("IN06", "C4")]),
        ([PRINTED[0], ("产出指标", "共性", "管理制度", 5, 5), *OWN, *EFFECT, *LAST], [("IN03", "D4")]),
        ([*PRINTED, ("产出指标", "个性", "编印手册", 15, 15), *EFFECT, *LAST], [("IN04", "D5")]),
        ([*PRINTED, ("产出指标", "个性", "编印手册", 15, 15), ("产出指标", "个性", None, 5, 5), *EFFECT, *LAST], [("ST05", "C6")]),
        ([*PRINTED, *OWN, *EFFECT, *LAST, ("其他指标", "其他", "宣传", 0, 0)], [("IN06", "C9")]),
    ],
)  # fmt: skip
def test_what_is_prescribed_is_held_and_the_rest_is_free(rows: Rows, codes: list[tuple[str, str]]) -> None:
    assert found(rows) == codes


def test_a_form_is_scored_by_the_weights_of_both() -> None:
    assessment, _ = judge(form_of(dossier(GOOD), SCHEME), TODAY)
    assert (assessment.total, assessment.grade) == (Decimal(94), "优")


def count_of(rows: Rows) -> dict[str, int]:
    lines = lines_of_check(place(SCHEME, flatten(SCHEME, dossier(rows))))
    return {line.topic: line.count for line in lines if line.count}


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        (GOOD, {}),
        ([PRINTED[0], ("产出指标", "共性", "管理制度", 5, 5), *OWN, *EFFECT, *LAST],
         {"评分：规定的指标和分值与方案一致": 1, "评分：各指标分值合计为 100 分": 1}),
        ([*PRINTED, *OWN, *EFFECT, ("满意度指标", "满意度", "满意", 20, 20)], {"评分：规定的指标和分值与方案一致": 1}),
    ],
)  # fmt: skip
def test_the_self_check_sees_it(rows: Rows, counts: dict[str, int]) -> None:
    assert count_of(rows) == counts


WRONG: Rows = [PRINTED[0], ("产出指标", "共性", "制度", 10, 10), *OWN, *EFFECT, *LAST]


@by_office(lambda: form_bytes(dossier(WRONG), SCHEME))
@by_office(lambda: form_bytes(dossier(GOOD), SCHEME))
def test_libreoffice_counts_the_same(office: list[Converted]) -> None:
    for book, rows in zip(office, (WRONG, GOOD), strict=True):
        guide = load_workbook(book.saved, data_only=True)["填报说明"]
        counted = {row[0]: row[2] for row in guide.iter_rows(values_only=True) if str(row[0]).startswith("评分：")}
        assert {topic: count for topic, count in counted.items() if count} == count_of(rows)


@pytest.mark.parametrize(
    ("fixed", "level3", "weight", "said"),
    [
        (FIXED, ", fixed = true", "", "列“level3”写了 fixed = true"),
        (FIXED, "", ", fixed = true", "列“weight”写了 fixed = true"),
        (FIXED.replace('level1 = "效益指标", ', "", 1), "", "", "缺少 level1"),
        (FIXED.replace("weight = 30", "weight = 35"), "", "", "一级指标“效益指标”的三级指标分值合计为 35，levels 中为 30"),
        (FIXED.replace('"个性", weight = 20', '"个性"'), "", "", None),
        (FIXED.replace('"个性", weight = 20', '"个性"').replace("weight = 10", "weight = 31"), "", "", "合计为 51，levels 中为 50"),
    ],
)  # fmt: skip
def test_what_a_scheme_says_of_such_a_tree_is_held_against_itself(
    fixed: str, level3: str, weight: str, said: str | None
) -> None:
    if said is None:
        assert scheme_with(fixed, level3, weight).tables["indicators"].open_branches[("产出指标", "个性")] is None
        return
    with pytest.raises(SchemeError, match=said):
        scheme_with(fixed, level3, weight)
