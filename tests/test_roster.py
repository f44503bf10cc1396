"""The roster: who has not submitted, who is not on it, whose budget differs.

1. A roster is read by its headings, in any order, under a title, with amounts in any unit; mistakes are said in Chinese.
2. The blank roster is read back after filling it.
3. Names match after codes, blanks, width and brackets are put aside; near ones are proposed and never joined.
4. XF03, XF04 and XF05 are found where they should be and nowhere else.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from batches import refused, result, settled
from forms import GOOD, TODAY, form_of, patched
from opened import load_workbook
from own_scheme import GOOD_2023, SCHEME
from perfxl.batch.onefile import claim_of
from perfxl.errors import OutputError, PerfxlError
from perfxl.office.approved import ApprovedList
from perfxl.office.approved import ApprovedProject as RosterEntry
from perfxl.office.blanks import write_blank_roster
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.office.lists import read_whole_list
from perfxl.rules import judge
from perfxl.summary.roster import Missing, hold_against_roster, match_roster
from test_resubmissions import named

HEADINGS = ("项目编码", "项目名称", "实施单位", "主管部门", "批复预算（万元）", "联系人及电话")


def entry(name: str, unit: str = "海南省商务厅", budget: str | None = None, code: str = "") -> RosterEntry:
    return RosterEntry(code, name, unit, "海南省商务厅", None if budget is None else Decimal(budget), "陈立 65300000")


def roster_file(folder: Path, *rows: Sequence[Any], name: str = "名单.xlsx") -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(folder / name)
    return folder / name


def read_roster(path: Path) -> tuple[RosterEntry, ...]:
    return read_whole_list(path, what="应报名单")


# -- reading ----------------------------------------------------------------------------------------------------------


def test_a_blank_roster_is_read_after_filling(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    write_blank_roster(path)
    book = load_workbook(path)
    sheet = book.active
    assert [cell.value for cell in sheet[3]] == list(HEADINGS)
    sheet.append(["46000021T000000002749", "学生补助", "海南大学", "海南省教育厅", 12, "李敏 66279000"])
    sheet.append([None, "运维项目", None, None, 0, None])
    book.save(path)
    assert read_roster(path) == (
        RosterEntry("46000021T000000002749", "学生补助", "海南大学", "海南省教育厅", Decimal(12), "李敏 66279000"),
        RosterEntry("", "运维项目", "", "", Decimal(0), ""),
    )


def test_headings_are_found_by_their_words(tmp_path: Path) -> None:
    path = roster_file(
        tmp_path,
        ["2020 年度应评项目"],
        [],
        ["序号", "单 位", "部门", "预算（元）", "名称：", "电话", "备注"],
        [1, "商务厅", "商务厅", 1950100, "203045-运维项目", 65300000, "x"],
        [None, None, None, None, None, None, None],
        [2, "商务厅", "商务厅", "0.5万元", "乙项目", "无", None],
        [3, "商务厅", "商务厅", "—", "丙项目", None, None],
        ["合计", None, None, 1950100, "合计", None, None],
    )
    assert read_roster(path) == (
        RosterEntry("203045", "203045-运维项目", "商务厅", "商务厅", Decimal("195.01"), "65300000"),
        RosterEntry("", "乙项目", "商务厅", "商务厅", Decimal("0.5"), "无"),
        RosterEntry("", "丙项目", "商务厅", "商务厅", None, ""),
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (203045001, "203045001"),
        (203045001.0, "203045001"),
        (123456789012345, "123456789012345"),
        (0, "0"),
        ("00203045", "00203045"),
        (203045.5, "203045.5"),
    ],
)
def test_codes_typed_as_numbers_keep_their_digits(typed: object, code: str, tmp_path: Path) -> None:
    path = roster_file(tmp_path, HEADINGS, [typed, "甲", "乙", "丙", None, None])
    assert read_roster(path)[0].code == code


def test_a_project_is_found_by_a_code_that_the_roster_holds_as_a_number(tmp_path: Path) -> None:
    listed = read_roster(roster_file(tmp_path, HEADINGS, [203045001, None, None, "海南省商务厅", None, None]))
    assert compared(named("203045001-学生补助"), *listed) == ([], [])


@pytest.mark.parametrize(
    ("headings", "row", "name"),
    [
        (("项目名称", "实施单位", "项目名称"), ("甲", "某单位", "乙"), "甲"),
        (("项目", "实施单位", "项目名称"), ("甲", "某单位", "乙"), "乙"),
        (("项目名称", "实施单位", "项目"), ("甲", "某单位", "乙"), "甲"),
    ],
)
def test_of_two_columns_for_one_thing_the_first_of_the_best_known_counts(
    headings: tuple[str, ...], row: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    assert [one.name for one in read_roster(roster_file(tmp_path, headings, row))] == [name]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["姓名", "年龄"], ["王", 3]], "没有找到表头"),
        ([HEADINGS], "没有项目"),
        ([HEADINGS, ["", "甲", "", "", "约三百", ""]], "E2：预算“约三百”不是数字"),
    ],
)
def test_a_roster_that_cannot_be_used_says_why(tmp_path: Path, rows: list[Sequence[Any]], message: str) -> None:
    with pytest.raises(PerfxlError, match=message):
        read_roster(roster_file(tmp_path, *rows))


def test_a_missing_or_broken_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(PerfxlError, match="打不开：找不到"):
        read_roster(tmp_path / "没有.xlsx")
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(PerfxlError, match="不能使用"):
        read_roster(broken)


def test_a_blank_roster_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_blank_roster(tmp_path / "file" / "名单.xlsx")


# -- comparing --------------------------------------------------------------------------------------------------------


def compared(dossier: Mapping[str, Any], *entries: RosterEntry) -> tuple[list[tuple[str, str]], list[Missing]]:
    """The XF findings of a file that holds this dossier, as (code, message), and who is missing."""
    known = OfficeKnowledge(ApprovedList(entries))
    form = form_of(dossier, SCHEME if dossier["scheme"] == SCHEME.id else None)
    found = judge(form, TODAY, known=known.about(claim_of(form)))[1]
    received = settled([result(dossier)])
    missing = hold_against_roster(received, entries, match_roster((one.head for one in received), known))[1]
    return [(one.code, one.message) for one in found if one.code in ("XF03", "XF04")], missing


@pytest.mark.parametrize(
    ("typed", "unit", "listed"),
    [
        ("信息系统 运维项目", "海南省商务厅", entry("信息系统运维项目")),
        ("信息系统运维(二期)", " 海南省商务厅", entry("信息系统运维（二期）")),
        ("46000021T000000002749-学生补助", "海南省商务厅", entry("学生补助")),
        ("学生补助", "海南省商务厅", entry("学生补助", code="46000021T000000002749")),
        ("46000021T000000002749-旧名称", "海南省商务厅", entry("学生补助", code="46000021T000000002749")),
        ("46000021T000000002749-旧名称", "省商务厅", entry("学生补助", code="46000021T000000002749")),
        ("学生补助", "", entry("学生补助")),
        ("学生补助", "海南省商务厅", entry("学生补助", unit="")),
    ],
)
def test_the_project_is_on_the_roster(typed: str, unit: str, listed: RosterEntry) -> None:
    assert compared(named(typed, unit), listed, entry("完全不同的项目"))[0] == []
    assert [gap.entry.name for gap in compared(named(typed, unit), listed, entry("完全不同的项目"))[1]] == [
        "完全不同的项目"
    ]


@pytest.mark.parametrize(
    "listed",
    [
        entry("信息系统运行维护项目"),
        entry("信息系统运维项目", unit="海南省教育厅"),
        entry("信息系统运维项目", unit="海南省教育厅", code="46000021T000000002749"),
        entry("46000021T000000002750-信息系统运维项目", code="46000021T000000002750"),
    ],
)
def test_a_near_name_is_proposed_and_not_joined(listed: RosterEntry) -> None:
    found, missing = compared(named("46000021T000000002749-信息系统运维项目"), listed)
    assert [code for code, _ in found] == ["XF03"]
    assert f"名单上相近的项目：“{listed.name}（{listed.unit}）”" in found[0][1]
    assert [(gap.entry, gap.near) for gap in missing] == [(listed, ("收件/甲.xlsx",))]
    assert missing[0].finding.code == "XF05"


def test_a_short_code_is_enough_where_the_roster_has_no_name() -> None:
    typed = named("S100031-学生补助")
    assert compared(typed, entry("", "", code="s100031")) == ([], [])
    assert [code for code, _ in compared(typed, entry("别的项目", "", code="S100031"))[0]] == ["XF03"]


def test_a_blank_unit_does_not_choose_between_two_units() -> None:
    found, missing = compared(named("学生补助", ""), entry("学生补助", "海南大学"), entry("学生补助", "海南师范大学"))
    assert [code for code, _ in found] == ["XF03"]
    assert len(missing) == 2


def test_a_different_budget_is_reported_in_one_unit() -> None:
    name = GOOD["basic"]["project_name"]
    unit = GOOD["basic"]["unit"]
    assert compared(GOOD, entry(name, unit, "144.004"))[0] == []
    assert compared(GOOD, entry(name, unit, None))[0] == []
    assert compared(GOOD, entry(name, unit, "144.01"))[0] == [
        ("XF04", "表中“计划投资额”为 144万元，名单上批复的是 144.01万元")
    ]
    own = patched(GOOD_2023, "basic.project_name", "学生补助")
    assert compared(own, entry("学生补助", budget="12"))[0] == []
    assert compared(own, entry("学生补助", budget="1200"))[0] == [
        ("XF04", "表中“全年预算数”为 12万元，名单上批复的是 1200万元")
    ]


def test_a_blank_budget_is_another_rules_business() -> None:
    blank = patched(GOOD, "funds.planned.total", None)
    assert compared(blank, entry(GOOD["basic"]["project_name"], GOOD["basic"]["unit"], "144"))[0] == []


def test_only_files_that_are_used_count_as_handed_in() -> None:
    received = settled([result(named("甲项目"), "甲.xlsx"), refused("收件/基层医疗设备购置.xlsx")])
    entries = (entry("甲项目"), entry("基层医疗设备购置"))
    matches = match_roster((one.head for one in received), OfficeKnowledge(ApprovedList(entries)))
    missing = hold_against_roster(received, entries, matches)[1]
    assert [(gap.entry.name, gap.near) for gap in missing] == [("基层医疗设备购置", ("收件/基层医疗设备购置.xlsx",))]
    assert "可能是 “收件/基层医疗设备购置.xlsx”" in missing[0].finding.message


def test_an_entry_that_stands_twice_is_answered_twice() -> None:
    assert compared(named("甲项目"), entry("甲项目"), entry("甲项目")) == ([], [])
