"""TG: order, gaps, direction and units of the standards; targets and results held against them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import times
from forms import GOOD, findings_of, form_of, found, patched, unreadable, with_cell
from own_scheme import GOOD_2023, own_form
from perfxl.model import Form, Severity
from perfxl.rules.standards import direction_of, holds_more
from perfxl.scoring.ladder import Direction
from spoilt import spoilt_forms

BANDS = ("90%以上", "80%-89%", "70%-79%", "70%以下")
COLUMNS = ("excellent", "good", "fair", "poor")


def targets(*standards: str | None, **changes: Any) -> dict[str, Any]:
    """The good dossier with a single target of these standards."""
    best = next((text for text in standards if text), None)
    row = {"kind": "产出指标", "name": "指标", "target": None, "actual": best, "note": None}
    return patched(GOOD, "targets", [row | dict(zip(COLUMNS, standards, strict=True)) | changes])


def at(code: str, column: str) -> list[tuple[str, str]]:
    return [(code, f"targets.0.{column}")]


def message_of(dossier: dict[str, Any], code: str) -> str:
    [finding] = findings_of(dossier, code)
    return finding.message


def test_the_good_form_has_no_finding() -> None:
    assert found(GOOD, "TG") == []


# -- TG01 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standards", "column"),
    [
        (("1000条", "700条", "800条", "300条"), "fair"),
        (("90%", "95%", "80%", "70%"), "good"),
        (("10%", "14%", "12%", "18%以上"), "fair"),
        (("500", "700", "300", None), "good"),
        (("100%", "100%", "100%", "100%"), "good"),
        (("2014年9月", "2014年11月", "2014年10月", "2014年12月"), "fair"),
        # most steps tell the way, not first and last; where they are even, first and last do
        (("1000条", "900条", "800条", "1100条"), "poor"),
        (("10天", "15天", "20天", "5天"), "poor"),
        (("10天", "5天", "20天", None), "good"),
        (("80%", "95%", "60%", None), "good"),
    ],
)
def test_tg01_the_first_standard_that_breaks_the_order(standards: tuple[str, ...], column: str) -> None:
    assert found(targets(*standards), "TG") == at("TG01", column)


@pytest.mark.parametrize(
    "standards",
    [
        ("1000条", "700条", "500条", "300条"),
        ("10%", "14%", "18%", "18%以上"),
        ("20名", "18名", "16名", "14名"),
        ("2014年9月", "2014年10月", "2014年11月", "2014年12月"),
        ("全部完成", "80%", "60%", "60%以下"),
        ("90%以上", "80%以上", "60%以上", "60%以下"),
        ("5天以内", "6-10天", "11-15天", "15天以上"),
        (None, "80%", "90%", None),
    ],
)
def test_ladders_that_rise_or_fall_have_no_finding(standards: tuple[str | None, ...]) -> None:
    """Those of C01, C02 and C06 among them."""
    assert found(targets(*standards), "TG") == []


def test_tg01_names_all_standards() -> None:
    message = message_of(targets("1000条", "700条", "800条", "300条"), "TG01")
    assert message == "“指标”的绩效标准既不是依次递减，也不是依次递增：优 1000条、良 700条、中 800条、差 300条"


# -- TG02 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standards", "column", "flaw"),
    [
        (
            ("保障98%以上", "保障95-98%", "保障90-95%", "保障90%以下"),
            "good",
            "“优”保障98%以上 与“良”保障95-98% 都含 98%",
        ),
        (BANDS, "good", "“优”90%以上 与“良”80%-89% 之间有空档：89% 至 90% 之间的值不属于任何一档"),
        (("90分-100分", "80分-89分", "60分-79分", "60分以下"), "good", "89分 至 90分 之间的值不属于任何一档"),
        (("90%以上", "85%-95%", "60%-85%", "60%以下"), "good", "“优”90%以上 与“良”85%-95% 互相重叠"),
        (("120人以上", "90-110人", "60-89人", "60人以下"), "good", "110人 至 120人 之间的值不属于任何一档"),
        (("大于90%", "小于90%", "小于80%", "小于70%"), "good", "都不含 90%"),
        (("95%", "90%", "90%", "80%"), "fair", "“良”90% 与“中”90% 相同"),
        (("配备完备", "项目实施率≤100%", "项目实施率低于95%", "项目实施率≤90%"), "fair", "互相包含"),
        (("5%以下", "5%-10%", "12%-15%", "15%以上"), "good", "都含 5%"),
    ],
)
def test_tg02_a_value_in_two_bands_or_in_none(standards: tuple[str, ...], column: str, flaw: str) -> None:
    """C05 (95-98%, 90-95%) and C06 (80%-89%, 90%以上) among them; one finding a target, however many its flaws."""
    assert found(targets(*standards), "TG") == at("TG02", column)
    assert flaw in message_of(targets(*standards), "TG02")


@pytest.mark.parametrize(
    "standards",
    [
        ("150人以上", "120-149人", "100-119人", "100人以下"),
        ("11期以上", "9-10期", "7-8期", "6期以下"),
        ("90%（含）以上", "80%（含）-90%（不含）", "60%≤X<80%", "60%以下（不含）"),
        ("≥90%", "≥80%且<90%", "≥60%且<80%", "<60%"),
        ("[90%,100%]", "[80%,90%)", "[60%,80%)", "[0%,60%)"),
        ("1000", "700", "500", "300"),
        ("90以上", "80-89", "60-79", "60以下"),
        ("90%以上", "80%≤X<90%", "60%≤X<80%", "60%以下"),
        ("5天以内", "6-10天", "11-15天", "15天以上"),
    ],
)
def test_tg02_is_silent_where_bands_touch(standards: tuple[str, ...]) -> None:
    """C06: 150人以上, 120-149人 leave nothing out, as people are counted in whole numbers."""
    assert found(targets(*standards), "TG") == []


# -- TG03 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "standards"),
    [
        ("办公区能耗", ("500度", "400度", "300度", "200度")),
        ("故障宕机率", ("18%", "14%", "10%", "8%")),
        ("森林火灾", ("不发生大规模的火灾", "7", "二起", "二起以上")),
        ("群众投诉次数", ("20次", "15次", "10次", "5次")),
        ("受助学生满意度", ("80%", "85%", "90%", "95%")),
    ],
)
def test_tg03_a_name_that_demands_the_other_direction(name: str, standards: tuple[str, ...]) -> None:
    """C05 among them: 7 was read from the picture where 一起 stood."""
    assert found(targets(*standards, name=name), "TG") == at("TG03", "excellent")


@pytest.mark.parametrize(
    "name",
    [
        "成本控制率",
        "成本节约率",
        "故障下降率",
        "投诉办结率",
        "病虫害防治面积",
        "安全无事故天数",
        "事故处理及时率",
        "打印耗材采购量",
    ],
)
def test_tg03_is_silent_for_names_that_turn_the_sense(name: str) -> None:
    assert direction_of(name) is not Direction.FALLING
    assert found(targets("100", "90", "80", "70", name=name), "TG") == []


def test_tg03_is_silent_for_the_right_direction() -> None:
    """C01: 故障宕机率 10%, 14%, 18%, 18%以上."""
    assert found(targets("10%", "14%", "18%", "18%以上", name="故障宕机率"), "TG") == []
    assert found(targets("95%", "90%", "85%", "80%", name="受助学生满意度"), "TG") == []
    assert found(targets("10", "20", "30", "40", name="不满意度"), "TG") == []


# -- TG04 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "standards", "grade"),
    [
        ("2014年10月", ("2014年9月", "2014年10月", "2014年11月", "2014年12月"), "良"),
        ("发布信息500条以上", ("1000条", "700条", "500条", "300条"), "中"),
        ("差错率不高于2%", ("1%", "2%", "3%", "3%以上"), "良"),
        ("基本到位", ("完全到位", "绝大多数到位", "基本到位", "不到位"), "中"),
    ],
)
def test_tg04_a_target_that_is_not_excellent(target: str, standards: tuple[str, ...], grade: str) -> None:
    """C06: the target 2014年10月 is the band of 良."""
    dossier = targets(*standards, target=target)
    assert found(dossier, "TG04") == at("TG04", "target")
    assert f"只达到“{grade}”的标准" in message_of(dossier, "TG04")


@pytest.mark.parametrize(
    ("target", "standards"),
    [
        ("各信息系统全年累计采集和发布信息1000条以上", ("1000条", "700条", "500条", "300条")),
        ("未发生重大网络安全事件,故障宕机率低于10%", ("10%", "14%", "18%", "18%以上")),
        ("98-100%", ("98%以上", "95-98%", "90-95%", "90%以下")),
        ("一级以上优秀运动员20名以上", ("20名", "18名", "16名", "14名")),
        ("实现率90以上", BANDS),
        ("大于90%", BANDS),
        ("90%以上", ("大于90%", "大于80%", "大于60%", "小于60%")),
        ("全部完成", ("全部完成", "80%", "60%", "60%以下")),
        ("不超预算", BANDS),
        (None, BANDS),
    ],
)
def test_tg04_is_silent_where_the_target_is_excellent_or_has_no_number(target: str, standards: tuple[str, ...]) -> None:
    """C01, C02, C05 and C06."""
    assert found(targets(*standards, target=target), "TG04") == []


# -- TG05 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actual", [None, "无", "—"])
def test_tg05_no_actual_value(actual: str | None) -> None:
    assert found(targets("1000条", "700条", "500条", "300条", actual=actual), "TG") == at("TG05", "actual")


def test_tg05_is_silent_for_words_unreadable_cells_and_rows_that_are_left_over() -> None:
    assert found(targets("1000条", "700条", "500条", "300条", actual="基本完成"), "TG05") == []
    assert found(unreadable(form_of(GOOD), "targets.0.actual"), "TG") == []
    assert found(with_cell(form_of(GOOD), "targets.0.actual", value=None, row=0, column=0), "TG") == []
    assert found(targets(None, None, None, None, name="指标2:", kind=None, actual=None), "TG") == []


def test_tg05_is_an_error_where_points_are_computed_from_it() -> None:
    assert found(own_form(GOOD_2023), "TG") == []
    [finding] = findings_of(own_form(patched(GOOD_2023, "indicators.1.actual", None)), "TG")
    assert (finding.code, finding.severity, finding.field) == ("TG05", Severity.ERROR, "实际完成值")
    assert finding.message == "“资助对象准确率”没有填写实际完成值"


# -- TG06 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"actual": "85%"}, "actual"),
        ({"actual": "2万元"}, "actual"),
        ({"actual": "1772人次"}, "actual"),
        ({"target": "发布率95%以上"}, "target"),
        ({"fair": "50%"}, "fair"),
        ({"good": "2014年10月"}, "good"),
        ({"actual": "每月150条"}, "actual"),
    ],
)
def test_tg06_the_first_cell_with_another_unit(changes: dict[str, str], column: str) -> None:
    dossier = targets("1000条", "700条", "500条", "300条", **{"actual": "1772条"} | changes)
    assert found(dossier, "TG") == at("TG06", column)


@pytest.mark.parametrize(
    ("standards", "changes"),
    [
        (("1000条", "700条", "500条", "300条"), {"actual": "1772"}),
        (("1000条", "700条", "500条", "300条"), {"actual": "1772条信息"}),
        (("1000条", "700条", "500条", "300条"), {"target": "投入20万元以上，发布信息1000条", "actual": "1772条"}),
        (("20名", "18名", "16名", "14名"), {"target": "20人以上", "actual": "22位"}),
        (("完成100%", "完成80%", "完成70%", "完成60%"), {"target": "建设面积4218平方米", "actual": "100%"}),
        (("1000", "700条", "500条", "300条"), {"actual": "1772条"}),
        (("1万人", "8000人", "6000人", "5000人"), {"target": "1万人以上", "actual": "12000人"}),
        (("6500㎡以上", "5500㎡", "4500㎡", "4500㎡以下"), {"target": "6500平方米", "actual": "7000平方米"}),
        (("每月4次", "每月3次", "每月2次", "每月1次"), {"target": "每月4次", "actual": "每月4次"}),
    ],
)
def test_tg06_is_silent_for_missing_units_and_those_that_are_one(
    standards: tuple[str, ...], changes: dict[str, str]
) -> None:
    assert found(targets(*standards, **changes), "TG") == []


def test_tg06_a_number_that_may_be_a_share_of_one() -> None:
    dossier = targets("95%", "90%", "85%", "85%以下", target="95%以上", actual="0.965")
    assert found(dossier, "TG") == at("TG06", "actual")
    assert message_of(dossier, "TG06") == "“指标”的单位不一致：标准为“%”，这里为“无单位”"


def test_tg06_standards_for_different_periods_are_not_called_disordered() -> None:
    dossier = targets("每月1次", "每季1次", "半年1次", "每年1次", target=None, actual="每月1次")
    assert found(dossier, "TG") == at("TG06", "good")


# -- TG07, TG08, TG09 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("actual", "grade"), [("600条", "中"), ("450条", "差"), ("0条", "差")])
def test_tg07_a_target_that_was_missed(actual: str, grade: str) -> None:
    dossier = targets("1000条", "700条", "500条", "300条", actual=actual)
    assert found(dossier, "TG") == at("TG07", "actual")
    assert message_of(dossier, "TG07").endswith(f"为“{grade}”")


@pytest.mark.parametrize("actual", ["700条", "1772条"])
def test_tg07_is_silent_from_the_second_band_up(actual: str) -> None:
    assert found(targets("1000条", "700条", "500条", "300条", actual=actual), "TG") == []


@pytest.mark.parametrize(
    "text",
    [
        "1000条\n网站：836条\n微信：936条",
        "1000条 网站：836条 微信：936条",
        "1000条\n836条",
        "90%以上（实际95%）",
        "全部完成\n网站：836条",
    ],
)
def test_tg08_results_in_a_standards_cell(text: str) -> None:
    """C01; the target has no other finding for it."""
    dossier = targets(text, "700条", "500条", "300条")
    assert found(dossier, "TG") == at("TG08", "excellent")
    assert found(targets(text, "基本完成", "未完成", None), "TG") == at("TG08", "excellent")


@pytest.mark.parametrize(
    "text",
    [
        "1000条",
        "优：90%以上",
        "90%以上\n（含90%）",
        "5500平方米-\n6500平方米",
        "2014年\n10月",
        "出勤率：90%；合格率：95%",
        "按实际情况",
        "",
    ],
)
def test_tg08_is_silent_for_a_standard_however_it_is_written(text: str) -> None:
    assert not holds_more(text)
    assert found(targets(text or None, None, None, None), "TG08") == []


@pytest.mark.parametrize(
    "standards",
    [
        ("完全到位", "绝大多数完全到位", "基本到位", "不到位"),
        ("完全到位", None, None, None),
        ("90%", "基本到位", "部分到位", None),
    ],
)
def test_tg09_words_cannot_be_measured(standards: tuple[str | None, ...]) -> None:
    """C05: 森林资源管护."""
    first_in_words = next(column for column, text in zip(COLUMNS, standards, strict=True) if text and "%" not in text)
    assert found(targets(*standards), "TG") == at("TG09", first_in_words)


def test_tg09_is_silent_for_two_measured_bands_and_for_blank_ones() -> None:
    """C02: 全部完成, 80%, 60%, 60%以下."""
    assert found(targets("全部完成", "80%", "60%", "60%以下", actual="全部完成"), "TG") == []
    assert found(targets(None, None, None, None), "TG") == []


def test_the_targets_of_the_published_dossier() -> None:
    """C01: results in the cell of 优, no actual values, and nothing else."""
    rows = [
        ("信息采集数量", "发布信息1000条以上", "1000条\n网站：836条\n微信：936条", "700条", "500条", "300条"),
        ("故障宕机率", "故障宕机率低于10%", "10%", "14%", "18%", "18%以上"),
    ]
    dossier = patched(GOOD, "targets", [dict(zip(("name", "target", *COLUMNS), row, strict=True)) for row in rows])
    assert found(dossier, "TG") == [
        ("TG05", "targets.0.actual"),
        ("TG05", "targets.1.actual"),
        ("TG08", "targets.0.excellent"),
    ]


# -- any text -----------------------------------------------------------------------------------------------------

PIECES = [
    "90",
    "%",
    "条",
    "以上",
    "-",
    "≥",
    "<",
    "X",
    "(不含)",
    "：",
    "\n",
    "实际",
    "2014年10月",
    "完成",
    ",",
    "[",
    ")",
    "无",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=6).map("".join)


@times(5)
@given(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), TEXTS, TEXTS)
def test_whatever_is_typed_a_target_has_no_finding_twice(standards: tuple[str, ...], target: str, actual: str) -> None:
    dossier = targets(*standards, target=target, actual=actual, name=target + "率")
    codes = found(dossier, "TG")
    assert len(codes) == len(set(codes))
    assert len([code for code, _ in codes if code != "TG08"]) == len({code for code, _ in codes} - {"TG08"})


@given(spoilt_forms("targets"))
def test_the_rules_answer_whatever_stands_in_the_form(form: Form) -> None:
    assert found(form, "TG") == found(form, "TG")
