"""TX: sections that are missing, and figures in the report that are not those of the tables."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import times
from forms import GOOD, findings_of, form_of, found, patched, unreadable, with_cell
from perfxl.model import Finding, Form, Severity
from perfxl.rules.figures import LONGEST, amounts_in, grades_in, rates_in, scores_in
from spoilt import spoilt_forms

# GOOD: planned 144, in place 144, used 142 (98.61%), total 97, grade 优, year 2012.


def report(section: str, text: str | None) -> dict[str, Any]:
    return patched(GOOD, f"report.{section}", text)


def used(text: str) -> dict[str, Any]:
    return report("funds_used", text)


def concluded(text: str) -> dict[str, Any]:
    return report("conclusion", f"对照评价指标体系进行了自评，{text}。")


def only(dossier: dict[str, Any]) -> Finding:
    [finding] = findings_of(dossier, "TX")
    return finding


def in_used(code: str) -> list[tuple[str, str]]:
    return [(code, "report.funds_used")]


def in_conclusion(code: str) -> list[tuple[str, str]]:
    return [(code, "report.conclusion")]


def test_the_good_form_has_no_finding() -> None:
    assert found(GOOD, "TX") == []


# -- sections -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [None, "无", "——", "……"])
def test_tx01_a_section_without_content(text: str | None) -> None:
    assert found(report("organisation", text), "TX") == [("TX01", "report.organisation")]
    assert only(report("organisation", text)).severity is Severity.ERROR


def test_tx01_is_silent_for_a_lost_heading_and_an_unreadable_cell() -> None:
    form = form_of(report("organisation", None))
    assert found(with_cell(form, "report.organisation", row=0, column=0), "TX") == []
    assert found(unreadable(form, "report.organisation"), "TX") == []


def test_tx02_a_section_of_a_few_words() -> None:
    assert found(report("organisation", "组织 得力，执行较好"), "TX") == [("TX02", "report.organisation")]
    assert only(report("organisation", "较好")).message == "评价报告“三、项目组织实施情况”只有 2 个字，少于 10 个字"


def test_tx02_is_silent_from_the_threshold_on() -> None:
    """C01: 该项目资金已全部到位。 is short, and long enough."""
    assert found(report("organisation", "该项目资金已全部到位。"), "TX") == []
    assert found(report("organisation", "一二三四五六七八九十"), "TX") == []


# -- amounts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "项目实际支出141万元，主要用于调研。",
        "2012年项目预算投资145万元，实际支出142万元。",
        "计划投资额为１４５万元。此外没有其他来源。",
        "资金已到位143.5万元，到账及时。",
        "实际到位资金（万元）：143.5 万元，到账及时。",
        "全年累计使用资金1,410,000元，结余30,000元。",
        "预算执行数为141.9万元，执行情况较好。",
        "项目总体进展顺利；共使用资金0.0141亿元。",
        "我局全年实际支出141万元，占预算的97.92%。",
    ],
)
def test_tx03_an_amount_that_is_not_the_tables(text: str) -> None:
    assert found(used(text), "TX") == in_used("TX03")


def test_tx03_says_both_amounts() -> None:
    finding = only(used("项目实际支出141.5万元，主要用于调研。"))
    assert finding.message == "“（二）项目资金使用情况分析”写“实际支出141.5万元”，表中“实际使用情况”合计为 142万元"
    assert (finding.found, finding.expected) == ("141.5万元", "142万元")


def test_tx03_one_finding_for_each_kind_of_amount() -> None:
    text = "项目预算150万元，实际支出130万元。以上预算150万元、支出130万元均已核对。"
    assert found(used(text), "TX") == in_used("TX03") * 2


@pytest.mark.parametrize(
    "text",
    [
        "项目实际支出142万元，项目预算144万元，实际到位144.00万元。",
        "全年支出1,420,000元，预算1,440,000元。",
        "其中：培训费支出12万元，资料费支出3万元。",
        "实际支出142万元，主要用于调研，支出80万元；印刷，支出62万元。",
        "上年预算100万元，2011年项目支出99万元。",
        "截至6月底支出40万元，上半年执行40万元，均按计划进行。",
        "合同金额20万元，结余资金2万元，追加预算5万元。",
        "使用中央资金20万元，省级资金到位124万元，部门预算5000万元。",
        "预算支出150万元由省财政厅批复，约支出100万元。",
        "项目总投资5000万元，分三年建设，人均支出3万元。",
        "实际支出142万元，其中项目支出90万元。调研项目支出50万元。",
        "调研项目支出80万元。印刷项目支出62万元。",
        "上半年支出60万元，占年度预算的41.67%。",
        "1-9月支出100万元，1月至10月支出120万元。",
        "年初预算数150万元，调减6万元，调整后预算144万元。",
        "项目申请预算160万元，批复预算144万元；三年总预算432万元。",
        "单位总预算3500万元，本单位全年支出3400万元。",
        "培训费预算30万元，实际支出28万元，执行率93.33%。",
        "项目支出98.5万元用于采购，43.5万元用于培训，合计142万元。",
    ],
)
def test_tx03_is_silent_for_right_amounts_parts_and_other_things(text: str) -> None:
    assert found(used(text), "TX") == []


@pytest.mark.parametrize(
    "text", ["实际支出87.4万元，占比不大。", "实际支出874,437.50元，占比不大。", "实际支出87万元，占比不大。"]
)
def test_tx03_compares_the_digits_that_are_shown(text: str) -> None:
    dossier = patched(used(text), "funds.used.total", 87.44)
    assert found(dossier, "TX03") == []


def test_tx03_is_silent_where_the_amount_is_reported_itself() -> None:
    assert found(patched(GOOD, "funds.planned.total", 0), "TX", "FD08") == [("FD08", "funds.planned.total")]
    assert found(patched(GOOD, "funds.used.total", -142), "TX03", "FD04") == [("FD04", "funds.used.total")]
    assert found(unreadable(form_of(used("项目实际支出141万元，主要用于调研。")), "funds.used.total"), "TX") == []


# -- rates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "项目实际支出142万元，占98.6111%以外的部分没有。占比见表，预算执行率为98.62%。",
        "项目实际支出142万元，占预算的99.61%。",
        "项目实际支出142万元，占计划投资额的比例为98%。",
        "预算执行率达到100%，资金使用合规。",
        "资金使用率为90.0%，资金使用合规。",
        "资金到位率99%，资金使用合规。",
        "全年支出率:89.61%，资金使用合规。",
        "项目支出142万元，完成预算的96.61%。",
        "预算执行进度96.61%，资金使用合规。",
        "预算完成率96.61%，资金支付进度96.61%。",
    ],
)
def test_tx04_a_rate_that_is_not_the_computed_one(text: str) -> None:
    assert found(used(text), "TX") == in_used("TX04")


def test_tx04_says_that_digits_were_cut_off() -> None:
    """C01: 预算投资195.01万元，实际支出87.44万元，占44.83%."""
    text = (
        "2012年预算投资195.01万元，实际支出87.44万元，占44.83%。主要支出包括：系统运维、网络安全保障及其他运维费用等。"
    )
    dossier = patched(patched(used(text), "funds.planned.total", 195.01), "funds.used.total", 87.44)
    [finding] = [f for f in findings_of(dossier, "TX04") if f.cell == "A11"]
    assert (finding.found, finding.expected) == ("44.83%", "44.84%")
    assert finding.message.endswith("预算执行率为 44.84%（87.44 ÷ 195.01，文中截去了尾数，没有四舍五入）")


def test_tx04_does_not_speak_of_cutting_where_the_rate_is_another() -> None:
    assert "截去" not in only(used("预算执行率为97%，资金使用合规。")).message


@pytest.mark.parametrize(
    "text",
    [
        "项目实际支出142万元，占98.61%，预算执行率为98.6%，资金使用率约99%。",
        "项目实际支出142万元，结余2万元，占1.39%。",
        "项目实际支出142万元，其中人员经费20万元，占14.08%。",
        "项目目标为预算执行率100%；力争资金使用率达到100%。",
        "要求预算执行率达到95%以上，资金到位率不低于90%。",
        "人员到位率90%，设备使用率80%，制度执行率100%。",
        "上年预算执行率为80%，2011年预算执行率为85%。",
        "中央资金执行率80%，故障宕机率低于10%，满意度占95%。",
        "到位率和执行率分别为90%和80%，详见附表。",
        "1-9月执行率69.44%，“三公”经费预算执行率80%，基本支出预算执行率99.5%。",
        "项目执行进度达80%，培训费支出28万元，执行率93.33%。",
        "全省预算执行率95%，本单位年度预算执行率96%。",
    ],
)
def test_tx04_is_silent_for_right_rates_targets_and_other_things(text: str) -> None:
    assert found(used(text), "TX") == []


def test_tx04_knows_what_the_share_is_of() -> None:
    """C03: 398.88 in place of 570, 395.86 used: 69.45 % of the one, 99.24 % of the other."""
    dossier = patched(GOOD, "report", {"funds_used": "支出395.86万元，占到位资金的99.24%，占计划的69.45%。"})
    for path, amount in (("planned", 570), ("in_place", 398.88), ("used", 395.86)):
        dossier = patched(dossier, f"funds.{path}.total", amount)
    assert found(dossier, "TX04") == []
    for text in ("资金使用率99.24%", "资金使用率69.45%", "支出率69%", "实际支出395.86万元，占99.24%"):
        assert found(patched(dossier, "report.funds_used", text), "TX04") == []
    for text in ("预算执行率99.24%", "支出395.86万元，占预算的99.24%", "支出395.86万元，占到位资金的69.45%"):
        assert found(patched(dossier, "report.funds_used", text), "TX04") == in_used("TX04")


def test_tx04_is_silent_for_the_share_of_an_amount_that_is_reported() -> None:
    """41.67% is right for 60, and 60 is reported."""
    assert found(used("截至12月底，实际支出60万元，占预算41.67%。"), "TX") == in_used("TX03")


def test_tx04_is_silent_for_what_is_aimed_at() -> None:
    assert found(report("goals", "产出：预算执行率100%，自评得分100分，等次为良。"), "TX") == []


# -- score and grade ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "自评得分95分",
        "综合评分为97.5分",
        "评价得分：96分",
        "项目绩效自评得分96分",
        "综合得分为98分",
        "该项目总得分100分",
        "本项目得分95分",
        "项目最终得分95分",
    ],
)
def test_tx05_a_score_that_is_not_the_total(text: str) -> None:
    assert found(concluded(text), "TX") == in_conclusion("TX05")
    assert only(concluded(text)).expected == "97分"


@pytest.mark.parametrize(
    "text",
    [
        "自评得分97分",
        "综合评分为97.00分",
        "项目决策自评得分19分，项目管理自评得分24分",
        "在政府网站第三方评估中综合成绩101.15分",
        "门户网站综合得分101.15分",
        "综合得分101.15分，获得全省第五名",
        "满意度测评综合得分96分",
        "满分100分，平均得分97分",
        "产出指标自评得分50分、效益指标自评得分27分",
        "上年自评得分90分",
    ],
)
def test_tx05_is_silent_for_the_total_and_for_scores_of_other_things(text: str) -> None:
    """C01: 101.15分 is the rank of a website."""
    assert found(concluded(text), "TX") == []


def test_tx05_is_silent_where_the_total_itself_is_reported() -> None:
    assert found(patched(concluded("自评得分96分"), "stated.total", 96), "TX", "IN05") == [("IN05", "stated.total")]
    assert found(patched(GOOD, "indicators.3.score", None), "TX") == []


@pytest.mark.parametrize(
    "text",
    [
        "总体评价为良",
        "评价等次为“中”",
        "等次为良好",
        "评价结论为较差",
        "项目等级为合格",
        "自评等级：差",
        "评价结果为良等次",
        "自评等次良",
        "综合评定为良好等次",
    ],
)
def test_tx06_a_grade_that_is_not_the_computed_one(text: str) -> None:
    assert found(concluded(text), "TX") == in_conclusion("TX06")
    assert only(concluded(text)).expected == "优"


@pytest.mark.parametrize(
    "text",
    [
        "总体评价为优",
        "评价等次为“优秀”",
        "空气质量等级为良",
        "上年评价等次为良",
        "评价结论为良性发展",
        "目标是评价等次为良",
    ],
)
def test_tx06_is_silent_for_the_grade_and_for_grades_of_other_things(text: str) -> None:
    assert found(concluded(text), "TX") == []


def test_tx06_is_silent_where_the_grade_itself_is_reported() -> None:
    assert found(patched(concluded("总体评价为良"), "stated.grade", "良"), "TX", "PT01") == [("PT01", "stated.grade")]
    assert found(patched(concluded("总体评价为良"), "indicators.3.score", None), "TX") == []


def test_tx06_says_the_total() -> None:
    finding = only(concluded("总体评价为良"))
    assert finding.message == "“五、综合评价情况及评价结论”写“总体评价为良”，总分 97分属于“优”"


# -- any text -----------------------------------------------------------------------------------------------------

PIECES = [
    "预算",
    "支出",
    "到位",
    "执行率",
    "占",
    "144",
    "1,000",
    "万元",
    "元",
    "%",
    "自评得分",
    "分",
    "等次为",
    "优",
    "良好",
    "，",
    "。",
]
PIECES += ["其中", "2012年", "：", "（", "为", "实际", "\n"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14).map("".join)


@times(5)
@given(TEXTS)
def test_a_kind_of_figure_is_reported_once_in_a_section(text: str) -> None:
    findings = [f for f in findings_of(used(text), "TX") if f.cell == "A11"]
    assert len(findings) == len({(f.code, f.expected) for f in findings})


@given(TEXTS)
def test_every_figure_stands_in_the_text(text: str) -> None:
    for figure in (*amounts_in(text), *rates_in(text), *scores_in(text)):
        assert str(figure.number.to_integral_value(rounding="ROUND_DOWN"))[:1] in text
    for figure in grades_in(text):
        assert figure.grade in text


@given(spoilt_forms("report", "funds", "stated", "indicators"))
def test_the_rules_answer_whatever_stands_in_the_form(form: Form) -> None:
    assert found(form, "TX") == found(form, "TX")


@pytest.mark.parametrize("amount", [1e300, 1e25, 1e-300, 0])
def test_amounts_of_any_size_are_compared(amount: float) -> None:
    text = "项目实际支出142.0000000000000000000000000000000001万元，占98.61111111111111111111111111111111%。"
    assert ("TX03", "report.funds_used") not in found(patched(used(text), "funds.planned.total", amount), "TX03")
    is_suspected = amount > 0  # FD05 speaks of an amount of another size than the others
    fires = ("TX03", "report.funds_used") in found(
        patched(used("项目实际支出141万元，支出合规。"), "funds.used.total", amount), "TX"
    )
    assert fires is not is_suspected


@pytest.mark.parametrize("length", [LONGEST - 10, 12_000])
def test_hostile_texts_cost_little(length: int) -> None:
    start = time.process_time()
    for piece in ("预算1元", "实际支出1元,", "支出1元占总额", "截止月,", "1,", "为优"):
        sentence = (piece * length)[:length] + "1%分元优。"
        found(used(sentence * (12_000 // length)), "TX")
    assert time.process_time() - start < 8
