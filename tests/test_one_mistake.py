"""One field of a faultless form, of either scheme, is spoilt at a time: the code that belongs to it is raised, at its cell, and no unrelated one.

`also` are the codes that may follow because the same figure is used elsewhere, such as the amounts that the report quotes.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import GOOD, form_of, found, patched, with_cell
from perfxl.model import Form, State
from self_assessments import GOOD_SELF, form_2023

NOTHING = st.sampled_from([None, "无", "—", "/"])
ROWS = range(len(GOOD["indicators"]))
TOTALS = [f"funds.{key}.total" for key in ("planned", "in_place", "used")]
OF_AMOUNTS = {"FD02", "FD03", "FD05", "FD06", "PT07", "PT08", "PT15", "TX03", "TX04"}


def hundredths(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(round(low * 100), round(high * 100)).map(lambda number: number / 100)


def good(path: str, source: dict[str, Any] = GOOD) -> Any:
    """What a faultless form holds."""
    part: Any = source
    for key in path.split("."):
        part = part[int(key) if isinstance(part, list) else key]
    return part


class Mistake(NamedTuple):
    """Where a mistake may be made, what may be typed there, and what is then found, where it is not at the same cell."""

    code: str
    paths: Iterable[str]
    typed: Callable[[str], st.SearchStrategy[Any]]
    at: str = ""
    also: frozenset[str] = frozenset()


def anything(
    strategy: st.SearchStrategy[Any], source: dict[str, Any] = GOOD
) -> Callable[[str], st.SearchStrategy[Any]]:
    """Anything of a strategy but what the form holds."""
    return lambda path: strategy.filter(lambda value: value != good(path, source))


def anything_else(strategy: st.SearchStrategy[Any]) -> Callable[[str], st.SearchStrategy[Any]]:
    return anything(strategy, GOOD_SELF)


def weight_at(path: str) -> float:
    return float(good(path.replace(".score", ".weight")))


def quoting(old: str, new: st.SearchStrategy[str]) -> Callable[[str], st.SearchStrategy[str]]:
    """The text with one figure replaced."""
    return lambda path: new.filter(lambda figure: figure != old).map(lambda figure: good(path).replace(old, figure))


SCORES = [f"indicators.{row}.score" for row in ROWS]
GRADES = ["优", "良", "中", "差"]

MISTAKES = [
    Mistake("ST05", ["basic.project_name", "basic.unit"], anything(NOTHING)),
    Mistake("ST05", TOTALS[1:], anything(st.just(None))),
    Mistake("ST10", ["basic.leader", "reviewers.2.name"], anything(st.sampled_from(["示例", "例：张三"]))),
    Mistake("BA02", ["basic.phone"], anything(st.from_regex(r"0898-6534[0-9]{1,2}|1[3-9][0-9]{7,8}", fullmatch=True))),
    Mistake("BA03", ["basic.postcode"], anything(st.from_regex(r"[0-9]{1,5}", fullmatch=True))),
    Mistake("BA04", ["basic.project_type"], anything(st.sampled_from([None, "其他", "经常性项目、一次性项目"]))),
    Mistake(
        "BA06", ["basic.evaluation_date"], anything(st.dates().map(str).filter(lambda d: not "2013" <= d < "2025"))
    ),
    Mistake("FD01", TOTALS, anything(hundredths(1, 900)), also=frozenset(OF_AMOUNTS)),
    Mistake("FD01", ["funds.planned.provincial"], anything(hundredths(0, 900)), at="funds.planned.total"),
    Mistake("FD01", ["funds.used.local", "funds.used.other"], anything(hundredths(1, 900)), at="funds.used.total"),
    Mistake("FD04", ["funds.used.local"], anything(hundredths(-900, -1)), also=frozenset({"FD01"})),
    Mistake("FD07", ["funds.used.provincial"], anything(st.just(None)), at="funds.used.total"),
    Mistake("FD08", ["funds.planned.total"], anything(st.sampled_from([0, None])), also=frozenset({"FD01", "FD02"})),
    Mistake("IN01", SCORES, lambda path: hundredths(weight_at(path) + 0.01, 100)),
    Mistake("IN01", SCORES, anything(hundredths(-100, -0.01))),
    Mistake("IN02", SCORES, anything(st.just(None))),
    Mistake("IN03", [f"indicators.{row}.weight" for row in ROWS], anything(st.integers(0, 100))),
    Mistake(
        "IN05",
        [path for path in SCORES if path != "indicators.5.score"],
        lambda path: hundredths(0, weight_at(path)).filter(lambda score: score != good(path)),
        at="stated.total",
        also=frozenset({"PT01"}),
    ),
    Mistake("IN05", ["stated.total"], anything(hundredths(0, 100))),
    Mistake("IN06", [f"indicators.{row}.level3" for row in ROWS], anything(st.sampled_from(["生态效益", "其他指标"]))),
    Mistake("PT01", ["stated.grade"], anything(st.sampled_from(GRADES))),
    Mistake("PT02", ["stated.grade"], anything(NOTHING)),
    Mistake("PT03", ["stated.average"], anything(hundredths(0, 100))),
    Mistake("PT03", ["reviewers.1.score"], anything(hundredths(0, 96.4)), at="stated.average"),
    Mistake("PT05", ["reviewers.1.score"], anything(hundredths(100.01, 1000) | hundredths(-100, -0.01))),
    Mistake(
        "PT06",
        ["reviewers"],
        anything(st.just(GOOD["reviewers"][1:2])),
        at="reviewers.0.name",
        also=frozenset({"PT03"}),
    ),
    Mistake("PT07", ["indicators.5.score"], anything(hundredths(0, 2.99)), also=frozenset({"IN05"})),
    Mistake("TG01", ["targets.0.fair"], anything(st.integers(12, 500).map("{}期".format))),
    Mistake("TG02", ["targets.0.good"], anything(st.just("11期"))),
    Mistake(
        "TG03",
        ["targets.0.name"],
        anything(st.sampled_from(["办公用电量", "投诉件数", "安全事故起数"])),
        at="targets.0.excellent",
    ),
    Mistake("TG04", ["targets.0.target"], anything(st.integers(1, 10).map("编写景气报告{}期".format))),
    Mistake("TG05", [f"targets.{row}.actual" for row in range(3)], anything(NOTHING)),
    Mistake("TG06", ["targets.0.actual"], anything(st.integers(1, 99).map("{}%".format))),
    Mistake("TG07", ["targets.0.actual"], anything(st.integers(0, 8).map("{}期".format))),
    Mistake("TG08", ["targets.0.excellent"], anything(st.integers(1, 99).map("11期 网站：{}期".format))),
    Mistake("TX01", [f"report.{key}" for key in GOOD["report"]], anything(NOTHING)),
    Mistake(
        "TX02", [f"report.{key}" for key in GOOD["report"]], anything(st.sampled_from(["较好", "见附件", "已完成。"]))
    ),
    Mistake("TX03", ["report.funds_used"], quoting("142万元", hundredths(1, 900).map("{}万元".format))),
    Mistake("TX04", ["report.funds_used"], quoting("98.61%", hundredths(1, 100).map("{:.2f}%".format))),
    Mistake("TX05", ["report.conclusion"], quoting("97分", hundredths(1, 100).map("{:g}分".format))),
    Mistake("TX06", ["report.conclusion"], quoting("为优", st.sampled_from(GRADES).map("为{}".format))),
]


OF_FUNDS = frozenset({"FD01", "FD03", "FD05", "FD06", "FD09", "PT11", "PT15"})
OF_WEIGHT = frozenset({"IN08", "IN09", "PT09", "PT11", "PT13", "PT16", "PT15"})
FORM_2023 = form_2023(GOOD_SELF)
NUMBERED = [0, 1, 2, 3, 4, 5, 7]
"""The rows of the form of 2023 whose target is a number."""

MISTAKES_2023 = [
    Mistake("BA02", ["basic.phone"], anything_else(st.sampled_from(["0898-653211", "1380013800", "办公室"]))),
    Mistake(
        "FD01", ["funds.fiscal.executed"], anything_else(st.integers(1, 1600000)), "funds.total.executed", OF_FUNDS
    ),
    Mistake("FD01", ["funds.total.executed"], anything_else(st.integers(1, 1849999)), also=OF_FUNDS),
    Mistake("FD04", ["funds.special_account.executed"], anything_else(st.integers(-9999, -1)), also=OF_FUNDS),
    Mistake("FD08", ["funds.total.full_year"], anything_else(st.just(0)), also=OF_FUNDS),
    Mistake("FD09", ["funds.total.rate"], anything_else(hundredths(0, 100))),
    Mistake("IN01", [f"indicators.{row}.score" for row in range(8)], anything_else(hundredths(15.01, 100))),
    Mistake("IN02", [f"indicators.{row}.score" for row in range(8)], anything_else(st.just(None))),
    Mistake("IN04", ["indicators.6.weight"], anything_else(st.integers(15, 44)), "indicators#footer.weight", OF_WEIGHT),
    Mistake("IN05", ["stated.total"], anything_else(hundredths(0, 100))),
    Mistake(
        "PT11",
        [f"indicators.{row}.score" for row in NUMBERED],
        anything_else(hundredths(0, 5)),
        also=frozenset({"IN05"}),
    ),
    Mistake("IN07", ["indicators.1.level3"], anything_else(st.sampled_from(["举办阅读推广活动", "举办 阅读推广活动"]))),
    # 9.69 and 9.71 are as good as 9.7: the tolerance is 0.01
    Mistake("PT11", ["funds.total.score"], anything_else(hundredths(0, 9.68) | hundredths(9.72, 10))),
    Mistake("PT12", ["indicators.0.actual"], anything_else(st.integers(240, 9999))),
    Mistake("PT13", ["indicators.1.reason", "indicators.6.reason"], anything_else(NOTHING)),
    Mistake(
        "PT14",
        [f"indicators.{row}.actual" for row in NUMBERED],
        anything_else(st.sampled_from(["完成", "已达标", "良好"])),
    ),
    Mistake("PT16", ["indicators.6.score"], anything_else(hundredths(0, 11.99)), also=frozenset({"IN05"})),
    Mistake("PT17", ["indicators.0.sign"], anything_else(NOTHING)),
    Mistake("TG05", [f"indicators.{row}.actual" for row in range(8)], anything_else(NOTHING)),
    Mistake(
        "TG06", ["indicators.0.actual", "indicators.3.actual"], anything_else(st.integers(1, 99).map("{}%".format))
    ),
]


def test_the_forms_are_faultless() -> None:
    assert found(GOOD) == found(FORM_2023) == []


def names(mistakes: list[Mistake]) -> list[str]:
    return [f"{one.code}-{next(iter(one.paths))}" for one in mistakes]


@pytest.mark.parametrize("mistake", MISTAKES, ids=names(MISTAKES))
@given(data=st.data())
def test_one_mistake_raises_its_own_code(mistake: Mistake, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(mistake.paths)))
    assert_only(mistake, path, form_of(patched(GOOD, path, data.draw(mistake.typed(path)))))


@pytest.mark.parametrize("mistake", MISTAKES_2023, ids=names(MISTAKES_2023))
@given(data=st.data())
def test_one_mistake_raises_its_own_code_on_the_form_of_2023(mistake: Mistake, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(mistake.paths)))
    typed = data.draw(mistake.typed(path))
    value = Decimal(str(typed)) if isinstance(typed, int | float) else typed
    state = State.BLANK if value is None else State.READ
    assert_only(mistake, path, with_cell(FORM_2023, path, raw=typed, value=value, state=state))


def assert_only(mistake: Mistake, path: str, form: Form) -> None:
    findings = found(form)
    assert [at for code, at in findings if code == mistake.code] == [mistake.at or path]
    assert [(code, at) for code, at in findings if code != mistake.code and code not in mistake.also] == []
