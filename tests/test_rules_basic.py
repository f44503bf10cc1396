"""BA: phone and postcode, project type, the project's name on every sheet, the day of the evaluation."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import times
from forms import GOOD, TODAY, findings_of, form_of, found, patched, unreadable, with_cell
from perfxl.model import Form, Severity
from perfxl.rules.basic import is_phone
from spoilt import spoilt_forms


def basic(**changes: Any) -> dict[str, Any]:
    """The good dossier with other basic information."""
    return patched(GOOD, "basic", {**GOOD["basic"], **changes})


def renamed(echo: str, name: str = GOOD["basic"]["project_name"]) -> Form:
    """The good form under a name, repeated on the second sheet in other words."""
    form = form_of(basic(project_name=name))
    echoes = {path: tuple(cell._replace(value=echo) for cell in cells) for path, cells in form.echoes.items()}
    return replace(form, echoes=echoes)


def test_the_good_form_has_no_finding() -> None:
    assert found(GOOD, "BA") == []


@pytest.mark.parametrize("postcode", [None, "无", "0898-65342231", "13876543210"])
def test_ba01_a_postcode_in_the_phone_cell(postcode: str | None) -> None:
    """C01: 联系电话 570203, 邮编 blank."""
    assert found(basic(phone="570203", postcode=postcode), "BA") == [("BA01", "basic.phone")]


def test_ba01_says_what_stands_in_both_cells() -> None:
    [finding] = findings_of(basic(phone="570203", postcode="0898-65342231"), "BA")
    assert finding.message == "“联系电话”填的是邮政编码 570203，“邮编”填的是电话 0898-65342231，两栏可能填反"
    assert (finding.cell, finding.found, finding.severity) == ("E5", "570203", Severity.WARNING)


def test_ba01_is_silent_where_the_postcode_is_right_or_cannot_be_read() -> None:
    assert found(basic(phone="570203", postcode="570100"), "BA") == [("BA02", "basic.phone")]
    assert found(unreadable(form_of(basic(phone="570203")), "basic.phone"), "BA") == []
    assert found(basic(phone=None, postcode=None), "BA") == []


PHONES = [
    "0898-65342231",
    "0898 65342231",
    "（0898）65342231",
    "０８９８－６５３４２２３１",
    "0898—65342231",
    "089865332211",
    "010-12345678",
    "01065332211",
    "65342231",
    "5342231",
    "13876543210",
    "138 7654 3210",
    "+86 13876543210",
    "0898-65342231-123",
    "65342231转8001",
    "总机65342231 分机12",
    "0898-65342231、13876543210",
    "0898-65342231/65342232",
    "65342231；13876543210",
    "0898-65342231 13876543210",
    "办公室：65342231，手机：13876543210",
    "400-800-1234",
    "(0898) 6534-2231",
    "+86-898-65342231",
    "0086-13876543210",
]


@pytest.mark.parametrize("phone", PHONES)
def test_ba02_is_silent_for_every_way_to_write_a_phone(phone: str) -> None:
    assert found(basic(phone=phone), "BA") == []


@pytest.mark.parametrize(
    "phone",
    ["0898-653422", "0898653422", "1387654321", "138765432101", "12876543210", "谭国伟", "570203", "65342231、123"],
)
def test_ba02_a_number_that_is_no_phone(phone: str) -> None:
    assert found(basic(phone=phone), "BA") == [("BA02", "basic.phone")]


def test_ba02_is_silent_for_a_landline_stored_as_a_number() -> None:
    """A number has lost the 0 of its area code; the same digits typed as text are a mistake."""
    assert found(with_cell(form_of(basic(phone="89865342231")), "basic.phone", raw=89865342231.0), "BA") == []
    assert found(basic(phone="89865342231"), "BA") == [("BA02", "basic.phone")]


@pytest.mark.parametrize("postcode", ["57020", "5702033", "海口", "0898-65342231"])
def test_ba03_a_postcode_of_other_than_six_digits(postcode: str) -> None:
    assert found(basic(postcode=postcode), "BA") == [("BA03", "basic.postcode")]


def test_ba03_is_silent_for_full_width_digits_and_blanks() -> None:
    assert found(basic(postcode="５７０ ２０３"), "BA") == []
    assert found(basic(postcode=None), "BA") == []


@pytest.mark.parametrize("typed", [None, "无", "经常性项目（√） 一次性项目（√）", "经常性项目（ ）一次性项目（ ）"])
def test_ba04_no_type_or_both(typed: str | None) -> None:
    """C02: neither box is ticked."""
    assert found(basic(project_type=typed), "BA") == [("BA04", "basic.project_type")]


def test_ba04_is_silent_for_a_choice_and_for_a_lost_label() -> None:
    assert found(basic(project_type="一次性项目"), "BA") == []
    lost = with_cell(form_of(basic(project_type=None)), "basic.project_type", row=0, column=0)
    assert found(lost, "BA") == []


def test_ba05_two_names_in_one_workbook() -> None:
    """C06: 五指山体育训练基地建设费 on one sheet, 五指山训练基地建设费 on the other."""
    [finding] = findings_of(renamed("五指山训练基地建设费", "五指山体育训练基地建设费"), "BA")
    assert (finding.code, finding.sheet, finding.cell) == ("BA05", "项目基本信息表", "B3")
    assert (finding.found, finding.expected) == ("五指山训练基地建设费", "五指山体育训练基地建设费")
    assert finding.message.endswith("与“项目绩效目标表”B2 的“五指山体育训练基地建设费”不同")


@pytest.mark.parametrize(
    "echo", ["S100031-财政林业补助专项资金", "财政林业 补助专项资金", "“财政林业补助专项资金”", "无"]
)
def test_ba05_is_silent_for_codes_blanks_and_quotation_marks(echo: str) -> None:
    """C05: the name carries the code of the budget on one sheet only."""
    assert found(renamed(echo, "财政林业补助专项资金"), "BA") == []


@pytest.mark.parametrize("day", ["2012-05-20", "2012-12-31", "2024-06-29", "2013年5月", "五月二十日"])
def test_ba06_too_early_too_late_or_no_day(day: str) -> None:
    assert found(basic(evaluation_date=day), "BA") == [("BA06", "basic.evaluation_date")]


@pytest.mark.parametrize("day", ["2013-01-01", "2024-06-28", None, "    年   月   日"])
def test_ba06_is_silent_from_the_end_of_the_year_until_today(day: str | None) -> None:
    assert date(2024, 6, 28) == TODAY
    assert found(basic(evaluation_date=day), "BA") == []


def test_ba06_without_a_year_only_the_future_is_wrong() -> None:
    assert found(basic(year=None, evaluation_date="2012-05-20"), "BA") == []
    [finding] = findings_of(basic(year=None, evaluation_date="2025-05-20"), "BA")
    assert finding.message == "“评价日期”为2025年5月20日，这一天还没有到"


@given(spoilt_forms("basic"))
def test_the_rules_answer_whatever_stands_in_the_form(form: Form) -> None:
    assert found(form, "BA") == found(form, "BA")


@times(5)
@given(st.text(st.characters(codec="utf-8") | st.sampled_from("0123456789-转()（）、 "), max_size=30))
def test_any_text_is_told_once_for_each_cell(text: str) -> None:
    cells = [path for _, path in found(basic(phone=text, postcode=text), "BA")]
    assert cells in ([], ["basic.phone"], ["basic.postcode"], ["basic.phone", "basic.postcode"])
    assert is_phone(text) is is_phone(f" {text} ")
