"""IN: scores within weights, weights and names of the scheme's tree, sums of every level, duplicates."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from forms import GOOD, findings_of, form_of, found, patched, unreadable, with_cell
from own_scheme import GOOD_2023, own_form
from perfxl.model import Form, Row, State
from spoilt import spoilt_forms

SHEET = "评价指标评分表"


def numbered(form: Form, path: str, value: str) -> Form:
    """The form with another number in one cell."""
    return with_cell(form, path, raw=float(value), value=Decimal(value), state=State.READ)


def renamed(form: Form, rows: range, level: str, name: str) -> Form:
    """The form with another name in one cell, which may be merged over several rows."""
    for index in rows:
        form = with_cell(form, f"indicators.{index}.{level}", raw=name, value=name, state=State.READ)
    return form


def without_rows(form: Form, *indexes: int) -> Form:
    rows = [row for row in form.rows("indicators") if row.index not in indexes]
    kept = tuple(Row(index, row.cells) for index, row in enumerate(rows))
    return replace(form, tables={**form.tables, "indicators": kept})


def test_good_forms_have_no_finding() -> None:
    assert found(GOOD, "IN") == []
    assert found(own_form(GOOD_2023), "IN") == []


@pytest.mark.parametrize("score", [-0.5, 4.01, 40])
def test_in01_a_score_out_of_its_range(score: float) -> None:
    assert found(patched(GOOD, "indicators.0.score", score), "IN01") == [("IN01", "indicators.0.score")]


@pytest.mark.parametrize("score", [0, 4, 3.99])
def test_in01_silent_at_the_bounds(score: float) -> None:
    assert found(patched(GOOD, "indicators.0.score", score), "IN01") == []


def test_in01_says_what_was_found_and_allowed() -> None:
    [finding] = findings_of(patched(GOOD, "indicators.5.score", 3.5), "IN01")
    assert finding.message == "“到位率”得分3.5分，超过分值3分"
    assert (finding.sheet, finding.found, finding.expected) == (SHEET, "3.5分", "0至3分")


def test_in01_is_not_reported_again_as_a_wrong_total() -> None:
    assert found(patched(GOOD, "indicators.0.score", 40), "IN", "PT") == [("IN01", "indicators.0.score")]
    form = numbered(form_of(patched(GOOD, "indicators.0.score", 4)), "indicators.0.weight", "0")
    assert found(form, "IN", "PT") == [("IN03", "indicators.0.weight")]


def test_in02_a_missing_score_is_the_only_finding() -> None:
    assert found(patched(GOOD, "indicators.3.score", None), "IN", "PT") == [("IN02", "indicators.3.score")]
    assert found(patched(GOOD, "indicators.3.score", 0), "IN02") == []


def test_in02_a_mark_for_nothing_is_no_score_and_text_is_already_reported() -> None:
    form = with_cell(form_of(GOOD), "indicators.3.score", raw="……", value=None, state=State.BLANK)
    assert found(form, "IN", "ST") == [("IN02", "indicators.3.score")]
    assert findings_of(form, "IN02")[0].found == "……"
    assert found(unreadable(form, "indicators.3.score"), "IN", "ST", "PT") == []


def test_in02_silent_where_the_column_is_lost() -> None:
    form = form_of(GOOD)
    for index in range(20):
        form = with_cell(form, f"indicators.{index}.score", raw=None, value=None, state=State.BLANK, row=0, column=0)
    assert found(form, "IN", "PT") == []


def test_in03_a_changed_weight_is_not_reported_again_as_a_wrong_sum() -> None:
    form = numbered(form_of(GOOD), "indicators.10.weight", "10")
    assert found(form, "IN") == [("IN03", "indicators.10.weight")]
    [finding] = findings_of(form, "IN03")
    assert finding.message == "“管理制度”的分值为10分，方案规定为9分"
    assert found(numbered(form, "indicators.10.weight", "9.0"), "IN") == []


def test_in03_a_weight_that_was_removed() -> None:
    form = with_cell(form_of(GOOD), "indicators.0.weight", raw=None, value=None, state=State.BLANK)
    assert found(form, "IN") == [("IN03", "indicators.0.weight")]
    assert found(unreadable(form, "indicators.0.weight"), "IN") == []


@pytest.mark.parametrize(
    "path",
    [
        "indicators.1.weight2",
        "indicators.0.weight1",
        "indicators#footer.weight",
        "indicators#footer.weight1",
        "indicators#footer.weight2",
    ],
)
def test_in04_a_printed_weight_that_is_not_the_sum(path: str) -> None:
    form = form_of(GOOD)
    assert found(numbered(form, path, "9"), "IN") == [("IN04", path)]
    assert found(numbered(form, path, str(form_number(form, path))), "IN") == []
    assert found(unreadable(form, path), "IN") == []


def form_number(form: Form, path: str) -> Decimal | None:
    key, *rest = path.split(".")
    return form.rows(key)[int(rest[0])][rest[1]].number if key in form.tables else form.number(path)


def test_in04_of_an_agencys_own_indicators_that_do_not_reach_the_total() -> None:
    assert found(own_form(patched(GOOD_2023, "indicators.0.weight", 30)), "IN04") == [("IN04", "自评表")]
    assert found(own_form(GOOD_2023), "IN04") == []


def test_in05_a_total_that_is_not_the_sum() -> None:
    assert found(patched(GOOD, "stated.total", 97.5), "IN") == [("IN05", "stated.total")]
    assert found(patched(GOOD, "stated.total", 97.01), "IN") == [("IN05", "stated.total")]
    assert found(patched(GOOD, "stated.total", 97.009), "IN") == []
    [finding] = findings_of(patched(GOOD, "stated.total", 99), "IN05")
    assert finding.message == "总分填99分，各指标得分相加为97分，相差2分"


def test_in05_silent_where_a_score_is_missing_or_the_total_is_blank() -> None:
    assert found(patched(GOOD, "indicators.19.score", None), "IN05") == []
    assert found(patched(GOOD, "stated.total", None), "IN05") == []
    assert found(unreadable(form_of(GOOD), "indicators.19.score"), "IN05") == []


def test_in06_a_renamed_indicator_is_one_finding() -> None:
    form = renamed(form_of(GOOD), range(17, 18), "level3", "生态效益")
    assert found(form, "IN") == [("IN06", "indicators.17.level3")]
    assert findings_of(form, "IN06")[0].expected == "环境效益"
    assert found(renamed(form, range(17, 18), "level3", " 环境 效益"), "IN") == []


def test_in06_a_renamed_branch_is_one_finding_at_its_merged_cell() -> None:
    form = renamed(form_of(GOOD), range(5, 11), "level1", "项目过程")
    assert found(form, "IN") == [("IN06", "indicators.5.level1")]
    form = renamed(form_of(GOOD), range(11, 15), "level2", "产出")
    assert found(form, "IN") == [("IN06", "indicators.11.level2")]


def test_in06_silent_beside_a_name_that_could_not_be_read() -> None:
    form = form_of(GOOD)
    assert found(unreadable(form, "indicators.17.level3"), "IN") == []
    blank = with_cell(form, "indicators.17.level3", raw=None, value=None, state=State.BLANK)
    assert found(blank, "IN") == [("IN06", "indicators.17.level3")]


def test_in06_lost_rows_are_one_finding_below_their_neighbour() -> None:
    form = without_rows(form_of(GOOD), 18, 19)
    assert found(form, "IN06", "IN04") == [("IN06", "indicators.17.level3")]
    assert findings_of(form, "IN06")[0].message == "缺少方案规定的指标：可持续影响、服务对象满意度"
    assert found(without_rows(form_of(GOOD), 0), "IN06") == [("IN06", SHEET)]


def test_in06_an_unknown_row() -> None:
    rows = [*GOOD["indicators"], {"level1": "附加", "level2": "附加", "level3": "创新", "weight": 5, "score": 5}]
    dossier = patched(GOOD, "indicators", rows)
    assert found(dossier, "IN06", "IN04") == [("IN06", "indicators.20.level3")]


def test_in06_silent_where_the_whole_table_is_missing() -> None:
    form = form_of(GOOD)
    assert found(replace(form, tables={"reviewers": form.rows("reviewers")}), "IN") == []
    assert found(replace(form, tables={**form.tables, "indicators": ()}), "IN") == [("IN06", SHEET)]


def test_in07_the_same_indicator_twice() -> None:
    dossier = patched(GOOD, "indicators", [*GOOD["indicators"], GOOD["indicators"][19]])
    assert found(dossier, "IN07", "IN06", "IN04", "IN03") == [("IN07", "indicators.20.level3")]
    assert found(GOOD, "IN07") == []


def test_in07_silent_where_only_the_last_name_is_the_same() -> None:
    form = own_form(patched(GOOD_2023, "indicators.3.level3", "资助困难学生"))
    assert found(form, "IN07") == []
    twice = patched(GOOD_2023, "indicators.1", GOOD_2023["indicators"][0])
    assert found(own_form(twice), "IN07") == [("IN07", "indicators.1.level3")]


def test_in08_an_indicator_with_half_of_the_points() -> None:
    assert found(own_form(patched(GOOD_2023, "indicators.1.weight", 50)), "IN08") == [("IN08", "indicators.1.weight")]
    assert found(own_form(patched(GOOD_2023, "indicators.1.weight", 49.99)), "IN08") == []


def test_in09_level_weights_unlike_the_schemes() -> None:
    dossier = patched(patched(GOOD_2023, "indicators.1.weight", 20), "indicators.2.weight", 40)
    assert found(own_form(dossier), "IN09") == [("IN09", "indicators.0.level1"), ("IN09", "indicators.2.level1")]
    assert found(own_form(patched(GOOD_2023, "indicators.1.level1", " 产出指标")), "IN09") == []


@given(spoilt_forms("indicators", "stated"))
def test_any_scores_get_an_answer_and_twice_the_same(form: Form) -> None:
    assert found(form, "IN") == found(form, "IN")
