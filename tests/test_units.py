"""Heads relabelled with another unit of money: the cell's own unit, else its heading's, else its caption's, else the scheme's."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from forms import GOOD, patched
from opened import load_workbook
from perfxl.model import Finding, Form
from perfxl.schemes import load_scheme
from self_assessments import GOOD_SELF
from workbooks import form_bytes, read_bytes

D = Decimal
IN_YUAN = patched(GOOD, "funds", {
    key: {"total": total, "central": None, "provincial": total, "local": None, "other": None}
    for key, total in (("planned", 1440000), ("in_place", 1440000), ("used", 1420000))
})  # fmt: skip


def relabelled(dossier: dict[str, Any], relabel: Callable[[str], str], **typed: object) -> tuple[Form, list[Finding]]:
    """The form with other words in its texts and other values in some cells, and the findings of units and labels."""
    book, into = load_workbook(BytesIO(form_bytes(dossier, load_scheme(dossier["scheme"])))), BytesIO()
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = relabel(cell.value)
                if cell.coordinate in typed and "基本信息" in sheet.title:
                    cell.value = typed[cell.coordinate]
    book.save(into)
    reading = read_bytes(into.getvalue())
    return reading.form, [one for one in reading.findings if one.code in ("ST04", "ST06", "ST09", "ST11")]


def to_yuan(text: str) -> str:
    return text.replace("（万元）", "（元）")


def amounts(form: Form) -> list[Decimal | None]:
    return [form.number(f"funds.{key}.total") for key in ("planned", "in_place", "used")]


def test_amounts_under_relabelled_heads_are_converted_and_it_is_said_at_each_head() -> None:
    form, findings = relabelled(IN_YUAN, to_yuan)
    assert amounts(form) == [144, 144, 142]
    assert form.number("funds.used.provincial") == 142
    assert [(one.code, one.cell) for one in findings] == [("ST11", "A8"), ("ST11", "C8"), ("ST11", "E8")]
    assert findings[0].message == (
        "“计划投资额(元)”的单位是元，方案规定为万元，其下 2 个金额已换算，例如 1440000元 按 144万元 读取"
    )
    assert (findings[0].found, findings[0].expected) == ("元", "万元")


def test_heads_as_the_scheme_prints_them_convert_nothing() -> None:
    form, findings = relabelled(GOOD, str)
    assert (amounts(form), findings) == ([144, 144, 142], [])


def test_each_head_has_its_own_unit() -> None:
    form, findings = relabelled(GOOD, lambda text: text.replace("实际使用情况\n（万元）", "实际使用情况（亿元）"))
    assert amounts(form) == [144, 144, 1420000]
    assert [(one.code, one.cell) for one in findings] == [("ST11", "E8")]


def test_the_cells_own_unit_wins() -> None:
    form, findings = relabelled(IN_YUAN, to_yuan, B8="144万元", F8="1420000元")
    assert amounts(form) == [144, 144, 142]
    assert ("ST09", "B8") in [(one.code, one.cell) for one in findings]
    assert ("ST11", "F8") in [(one.code, one.cell) for one in findings]


def test_blank_amounts_say_nothing() -> None:
    blank = patched(GOOD, "funds", {key: dict.fromkeys(GOOD["funds"][key]) for key in GOOD["funds"]})
    assert [one.code for one in relabelled(blank, to_yuan)[1]] == []


@pytest.mark.parametrize("head", ["项目资金（万元）", "项目资金（单位：万元）"])
def test_the_caption_of_a_block_names_the_unit_of_its_amounts(head: str) -> None:
    form, findings = relabelled(GOOD_SELF, lambda text: text.replace("项目资金（元）", head))
    typed = GOOD_SELF["funds"]["total"]["full_year"]
    assert form.number("funds.total.full_year") == D(str(typed)) * 10000
    assert form.number("funds.total.weight") is None
    assert form.number("funds.total.score") == D(str(GOOD_SELF["funds"]["total"]["score"]))
    assert [(one.code, one.cell) for one in findings] == [("ST11", "A5")]


def test_a_heading_wins_over_the_caption() -> None:
    def relabel(text: str) -> str:
        return "执行数（万元）" if text == "执行数" else text

    form, _ = relabelled(GOOD_SELF, relabel)
    typed = GOOD_SELF["funds"]["total"]
    assert form.number("funds.total.executed") == D(str(typed["executed"])) * 10000
    assert form.number("funds.total.full_year") == typed["full_year"]
