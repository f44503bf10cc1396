"""Makes the office's papers for the samples again: `python samples-year/make_year.py [FOLDER]`.

What was approved is what the dossiers of ../samples say of it, but for what README.md names; last year's forms are this year's
with another year.
"""

import copy
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from perfxl.schemes import load_scheme
from perfxl.system.newbook import new_workbook
from perfxl.templates.form import write_form

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples"
MADE = datetime(2020, 1, 1)
PROJECTS = (
    "项目名称", "实施单位", "主管部门", "批复预算（万元）", "联系人及电话", "电子邮箱", "年度", "评价表", "截止日期", "省财政", "财政资金",
    "单位资金",
)  # fmt: skip
TARGETS = (
    "项目名称",
    "实施单位",
    "一级指标",
    "二级指标",
    "指标名称",
    "指标性质",
    "指标值",
    "度量单位",
    "优",
    "良",
    "中",
    "差",
    "分值",
)
LISTED = ("海南省商务厅-信息系统运维", "海南省商务厅-社会服务与管理", "海南省图书馆-读者服务")
RAISED = {"举办阅读推广活动": 230}
"""Targets that were approved higher than the form says now, in the form's own unit."""


def main(folder: Path) -> None:
    """Writes list, books and last year's forms."""
    dossiers = {name: json.loads((SAMPLES / f"{name}.json").read_text("utf-8")) for name in LISTED}
    projects = [_project(dossier) for dossier in dossiers.values()]
    projects.append(
        [
            "数字档案建设",
            "海南省档案馆",
            "海南省档案局",
            60,
            "陈某某 65300000",
            "",
            2023,
            "2023年版",
            "2024-03-31",
            None,
            60,
            None,
        ]
    )
    targets = [row for dossier in dossiers.values() for row in _targets(dossier)]
    _write(folder / "批复清单.xlsx", {"批复项目": [PROJECTS, *projects], "批复指标": [TARGETS, *targets]})
    _write(folder / "账.xlsx", {"支出账": [("项目名称", "年度", "支付日期", "支付金额（元）"), *_books()]})
    for name in (LISTED[0], LISTED[2]):
        dossier = _last_year(dossiers[name])
        target = folder / "上年" / f"{name}.xlsx"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_form(load_scheme(dossier["scheme"]), target, dossier)


def _project(dossier: dict[str, Any]) -> list[Any]:
    basic, is_new = dossier["basic"], dossier["scheme"] == "hainan-2023"
    total = dossier["funds"]["total"]["initial"] / 10_000 if is_new else dossier["funds"]["planned"]["total"]
    fiscal = dossier["funds"]["fiscal"]["initial"] if is_new else None
    provincial = None if is_new else dossier["funds"]["planned"]["provincial"]
    head = [basic["project_name"], basic["unit"], basic["department"], total, "王某某 65300000", "jx@example.gov.cn"]
    own = dossier["funds"]["unit"]["initial"] if is_new else None
    sources = [provincial, fiscal / 10_000 if fiscal else None, own / 10_000 if own else None]
    return [*head, basic["year"], dossier["scheme"], "2024-03-31", *sources]


def _targets(dossier: dict[str, Any]) -> list[list[Any]]:
    basic = dossier["basic"]
    named = [basic["project_name"], basic["unit"]]
    if dossier["scheme"] == "hainan-2023":
        keys: tuple[str | None, ...] = (
            "level1",
            "level2",
            "level3",
            "sign",
            "target",
            "unit",
            None,
            None,
            None,
            None,
            "weight",
        )
        rows = [{**row, "target": RAISED.get(row["level3"], row["target"])} for row in dossier["indicators"]]
    else:
        keys = ("kind", None, "name", None, "target", None, "excellent", "good", "fair", "poor", None)
        rows = dossier["targets"]
    return [[*named, *(row.get(key) if key else None for key in keys)] for row in rows]


def _books() -> list[Sequence[Any]]:
    return [
        ("2020年度信息系统运维项目", 2020, "2020-06-30", 500_000),
        ("2020年度信息系统运维项目", 2020, "2020-12-15", 374_400),
        ("读者服务与阅读推广", 2023, "2023-12-20", 1_700_000),
    ]


def _last_year(dossier: dict[str, Any]) -> dict[str, Any]:
    """The form of the year before: another year, everything else the same."""
    before = copy.deepcopy(dossier)
    before["basic"]["year"] -= 1
    return before


def _write(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> None:
    with new_workbook(path) as book:
        book.set_properties({"created": MADE})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, values in enumerate(rows):
                sheet.write_row(row, 0, values)
            sheet.set_column(0, 0, 34)
            sheet.set_column(1, 12, 16)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
