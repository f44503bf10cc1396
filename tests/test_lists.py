"""The approved list and the books as workbooks of the office.

1. The blank list is read back after filling it in.
2. Headings are known by their words, in any order, on one sheet or several, in one row or two; targets follow their project.
3. Whatever cannot be used is named by its cell with the reason, and its project is left out; nothing is guessed.
4. Books add up by project and year, or count as they last stood; their unit of money must be written.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from opened import load_workbook
from perfxl.errors import PerfxlError
from perfxl.office.approved import ApprovedProject, ApprovedTarget, Source
from perfxl.office.blanks import write_blank_list
from perfxl.office.ledgers import read_ledger
from perfxl.office.lists import ReadList, read_list
from perfxl.schemes import load_scheme

Sheets = dict[str, Sequence[Sequence[Any]]]


def book(folder: Path, sheets: Sheets, name: str = "清单.xlsx") -> Path:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    made.save(folder / name)
    return folder / name


def wrong(found: ReadList) -> list[tuple[str, str]]:
    return [(one.sheet, one.cell) for one in found.wrong]


def test_the_blank_list_is_read_after_filling(tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    write_blank_list(path, [load_scheme(name) for name in ("hainan-2020", "hainan-2023")])
    filled = load_workbook(path)
    projects, targets = filled["批复项目"], filled["批复指标"]
    head = ["S2023001", "读者服务", "省图书馆", "省旅文厅", 100, "李敏 66279000", "li@lib.hn.cn", 2023, "2023年版"]
    projects.append([*head, "2024-3-31", None, None, None, None, 80, 20])
    targets.append(["S2023001", None, "产出指标", "数量指标", "培训人数", "≥", 500, "人", None, None, None, None, 25])
    targets.append([None, None, None, None, "合格率", "≥", 0.95, None, None, None, None, None, 20])
    targets["G5"].number_format = "0%"
    filled.save(path)
    found = read_list(path)
    assert found.wrong == ()
    assert found.projects == (
        ApprovedProject(
            "S2023001",
            "读者服务",
            "省图书馆",
            "省旅文厅",
            Decimal(100),
            "李敏 66279000",
            "li@lib.hn.cn",
            "2023",
            "hainan-2023",
            "2024-03-31",
            (Source("财政资金", Decimal(80)), Source("单位资金", Decimal(20))),
            (
                ApprovedTarget("产出指标", "数量指标", "培训人数", "≥", "500", "人", weight=Decimal(25)),
                ApprovedTarget("产出指标", "数量指标", "合格率", "≥", "95%", weight=Decimal(20)),
            ),
        ),
    )


def test_one_sheet_with_its_own_headings_in_two_rows(tmp_path: Path) -> None:
    rows = [
        ["2020 年度批复表", None, None, None, None, None, None, None],
        ["单位：元", None, None, None, None, None, None, None],
        ["项目单位", "项目", "预算数", "绩效指标", "绩效标准", None, None, None],
        [None, None, None, None, "优", "良", "中", "差"],
        ["商务厅", "运维项目", 1950100, "发布信息", "1000条", "700条", "500条", "300条"],
        [None, None, None, "故障次数", "2次", "3次", "4次", "4次以上"],
        ["商务厅", "宣传项目", "12万元", "办展", "3场", "2场", "1场", None],
        ["合计", None, 2070100, None, None, None, None, None],
    ]
    found = read_list(book(tmp_path, {"表": rows}))
    assert found.wrong == ()
    assert [(one.name, one.budget, [(t.name, t.excellent, t.poor) for t in one.targets]) for one in found.projects] == [
        ("运维项目", Decimal("195.01"), [("发布信息", "1000条", "300条"), ("故障次数", "2次", "4次以上")]),
        ("宣传项目", Decimal(12), [("办展", "3场", "")]),
    ]


def test_a_unit_behind_the_value_is_the_measures_not_the_offices(tmp_path: Path) -> None:
    projects = [["项目名称", "单位", "预算"], ["甲", "商务厅", 1]]
    targets = [["项目名称", "指标名称", "指标值", "单位"], ["甲", "人数", 5, "人"]]
    found = read_list(book(tmp_path, {"项目": projects, "指标": targets}))
    assert [(one.unit, [(t.target, t.unit) for t in one.targets]) for one in found.projects] == [
        ("商务厅", [("5", "人")])
    ]


HEAD = [
    "项目编码",
    "项目名称",
    "实施单位",
    "批复预算（万元）",
    "电子邮箱",
    "年度",
    "评价表",
    "截止日期",
    "省财政",
    "其他",
]


@pytest.mark.parametrize(
    ("row", "cell", "reason"),
    [
        ([None, None, "商务厅", 3], "B3", "没有项目编码和项目名称"),
        ([None, "乙", "商务厅", "约三百"], "D3", "预算“约三百”不是数字"),
        ([None, "乙", "商务厅", -3], "D3", "小于 0"),
        ([None, "乙", "商务厅", 3, "没有"], "E3", "不是电子邮箱"),
        ([None, "乙", "商务厅", 3, "a@b.cn\nBcc: x@y.z"], "E3", "不是电子邮箱"),
        ([None, "乙", "商务厅", 3, None, "二三年"], "F3", "年度“二三年”应写成 2024 的样子"),
        ([None, "乙", "商务厅", 3, None, None, "2019年版"], "G3", "没有评价表“2019年版”"),
        ([None, "乙", "商务厅", 3, None, None, None, "月底前"], "H3", "应写成 2024-06-28 的样子"),
        ([None, "乙", "商务厅", 3, None, None, None, None, 1, 1], "D3", "不等于各来源之和 2 万元"),
        ([None, "乙", "商务厅", "=D2"], "D3", "公式没有保存计算结果"),
        ([None, "甲", "商务厅", 9], "B3", "与“项目”第 2 行是同一个项目，但内容不同"),
    ],
)
def test_wrong_rows_are_named_by_cell_and_left_out(tmp_path: Path, row: list[Any], cell: str, reason: str) -> None:
    found = read_list(book(tmp_path, {"项目": [HEAD, [None, "甲", "商务厅", 3], row, ["S1", "丙", "商务厅", 3]]}))
    assert wrong(found) == [("项目", cell)]
    assert reason in found.wrong[0].reason
    names = [one.name for one in found.projects]
    assert names == (["丙"] if row[1] == "甲" else ["甲", "丙"])


TARGET_HEAD = ["项目名称", "实施单位", "指标名称", "指标值", "分值"]


@pytest.mark.parametrize(
    ("row", "cell", "reason", "left"),
    [
        (["丁", None, "人数", 5], "A2", "清单里没有项目“丁”", ["甲", "乙", "乙"]),
        (["乙", None, "人数", 5], "A2", "清单里有 2 个“乙”，请用编码或单位分清", ["甲", "乙", "乙"]),
        (["甲", None, None, 5], "C2", "没有指标名称", ["乙", "乙"]),
        (["甲", None, "人数", 5, "很多"], "E2", "分值“很多”不是数字", ["乙", "乙"]),
        ([None, None, "人数", 5], "A2", "不知道是哪个项目的指标", ["甲", "乙", "乙"]),
    ],
)
def test_wrong_targets_are_named_by_cell(
    tmp_path: Path, row: list[Any], cell: str, reason: str, left: list[str]
) -> None:
    projects = [["项目名称", "实施单位", "预算"], ["甲", "商务厅", 1], ["乙", "商务厅", 1], ["乙", "教育厅", 1]]
    found = read_list(book(tmp_path, {"项目": projects, "指标": [TARGET_HEAD, row]}))
    assert wrong(found) == [("指标", cell)]
    assert reason in found.wrong[0].reason
    assert [one.name for one in found.projects] == left


def test_ids_hold_through_what_may_change_and_issues_tell_what_was_approved() -> None:
    one = ApprovedProject("S1", "甲", "商务厅", "商务厅", Decimal(3), "李敏")
    assert one.id == ApprovedProject("S1", "甲（更名）", "商务 厅", "省商务厅", Decimal(4), "").id
    assert one.id != ApprovedProject("S1", "甲", "教育厅", "商务厅", Decimal(3), "李敏").id
    assert one.issue == ApprovedProject("S1", "甲", "商务厅", "商务厅", Decimal(3), "王敏", mail="a@b.cn").issue
    assert one.issue != ApprovedProject("S1", "甲", "商务厅", "商务厅", Decimal(4), "李敏").issue
    targets = (ApprovedTarget(name="人数", target="5"),)
    assert one.issue != ApprovedProject("S1", "甲", "商务厅", "商务厅", Decimal(3), "", targets=targets).issue


# -- the books --------------------------------------------------------------------------------------------------------


def ledger(folder: Path, *rows: Sequence[Any]) -> list[tuple[str, str, str, Decimal]]:
    found = read_ledger(book(folder, {"账": rows}, "账.xlsx")).booked
    return [(one.code, one.name, one.year, one.amount) for one in found]


def test_rows_add_up_by_project_and_year(tmp_path: Path) -> None:
    rows = (
        ["2023 年支出账"],
        ["项目编码", "项目名称", "支付日期", "支付金额（元）"],
        ["S1", "甲", "2023-02-01", 100000],
        ["S1", "甲", "2023-11-01", "5万元"],
        ["S1", "甲", "2022-11-01", 70000],
        ["S2", "乙", "2023-11-01", -10000],
        ["合计", None, None, 210000],
    )
    assert ledger(tmp_path, *rows) == [
        ("S1", "甲", "2023", Decimal(15)),
        ("S1", "甲", "2022", Decimal(7)),
        ("S2", "乙", "2023", Decimal(-1)),
    ]


def test_running_totals_count_as_they_last_stood(tmp_path: Path) -> None:
    rows = (
        ["项目名称", "截至日期", "累计执行数（万元）"],
        ["甲", "2023-12-31", 9],
        ["甲", "2023-06-30", 4],
    )
    assert ledger(tmp_path, *rows) == [("", "甲", "2023", Decimal(9))]


def test_the_unit_of_money_may_stand_in_a_column_or_above(tmp_path: Path) -> None:
    assert ledger(tmp_path, ["项目名称", "金额", "金额单位"], ["甲", 5000, "元"]) == [("", "甲", "", Decimal("0.5"))]
    assert ledger(tmp_path, ["单位：千元"], ["项目名称", "金额"], ["甲", 50]) == [("", "甲", "", Decimal(5))]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["项目名称", "金额"], ["甲", 5]], "“账”B2：没有写明金额单位"),
        ([["项目名称", "金额（元）"], ["甲", "约五"]], "“账”B2：金额“约五”不是数字"),
        ([["项目名称", "金额（元）", "日期"], ["甲", 5, "年底"]], "“账”C2：日期“年底”应写成"),
        ([["项目名称", "金额（元）"], [None, 5]], "“账”A2：没有项目编码和项目名称"),
        ([["姓名", "年龄"], ["甲", 5]], "没有找到表头"),
    ],
)
def test_books_that_cannot_be_used_say_where(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    with pytest.raises(PerfxlError, match=message):
        ledger(tmp_path, *rows)


# -- as clerks write them ---------------------------------------------------------------------------------------------

WORDS = ["序号", "主管部门", "项目名称", "实施单位", "批复预算（万元）"]
ONE, TWO = [1, "甲厅", "A项目", "甲单位", 10], [2, "甲厅", "B项目", "乙单位", 20]


def clerks_book(path: Path, rows: list[list[object]], merged: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ([WORDS, ONE, TWO], ()),
        ([WORDS, ONE, [2, None, "B项目", "乙单位", 20]], ("B2:B3",)),
        ([WORDS, [None, "甲厅小计", None, None, 30], ONE, TWO, ["合计", None, None, None, 30]], ()),
        ([WORDS, ONE, TWO, [None, None, "制表人：张三", None, "审核：李四"]], ()),
        ([WORDS, [None] * 5, ONE, [None] * 5, TWO], ()),
        (
            [
                ["2024年项目清单"],
                ["单位：元"],
                [*WORDS[:4], "批复金额"],
                [*ONE[:4], "100,000.00"],
                [*TWO[:4], "２０万元"],
            ],
            (),
        ),
        (
            [
                ["部门名称", "承担单位", "项目", "金额(万元)"],
                ["甲厅", "甲单位", "A项目", 10],
                ["甲厅", "乙单位", "B项目", 20],
            ],
            (),
        ),
    ],
    ids=["plain", "merged", "sums", "closing", "gaps", "units", "words"],
)
def test_a_list_as_clerks_write_it(rows: list[list[object]], merged: tuple[str, ...], tmp_path: Path) -> None:
    found = read_list(clerks_book(tmp_path / "清单.xlsx", rows, merged))
    assert found.wrong == ()
    assert [(one.name, one.unit, one.department, one.budget) for one in found.projects] == [
        ("A项目", "甲单位", "甲厅", 10),
        ("B项目", "乙单位", "甲厅", 20),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["项目名称", "执行金额（元）"], ["A项目", 60000], ["A项目", "40,000.00"], ["合计", 100000]],
        [["2024年度支出明细账"], ["金额单位：元"], ["项目", "单位", "本年支出"], ["A项目", "甲单位", 100000]],
        [["日期", "摘要", "项目名称", "借方金额（元）"], ["2024-03-01", "付款", "A项目", 100000], ["制表：张三"]],
        [["项目名称", "累计支出（万元）", "截至日期"], ["A项目", 4, "2024年3月31日"], ["A项目", 10, "2024.6.30"]],
    ],
    ids=["added", "caption", "debit", "running"],
)
def test_books_as_clerks_keep_them(rows: list[list[object]], tmp_path: Path) -> None:
    booked = read_ledger(clerks_book(tmp_path / "账.xlsx", rows)).booked
    assert [(one.name, one.amount) for one in booked] == [("A项目", 10)]
