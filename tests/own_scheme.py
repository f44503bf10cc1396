"""A small scheme of the 2023 kind for the rules that such forms alone have: rates and points in the funds table, free indicators."""

from collections.abc import Mapping
from typing import Any

from forms import form_of
from perfxl.model import Form
from perfxl.schemes import parse_scheme

TOML = """
id = "own-2023"
version = 1
title = "项目支出绩效自评表"
edition = "2023年版"
source = "C23"
money_unit = "元"
full_score = 100
grades = [{ name = "优", from = 90 }, { name = "良", from = 80 }, { name = "中", from = 60 }, { name = "差", from = 0 }]

[levels]
"产出指标" = 50
"效益指标" = 30
"满意度指标" = 10

[[rates]]
key = "execution"
label = "预算执行率"
part = "funds.total.executed"
whole = "funds.total.full_year"

[execution]
rate = "execution"
weight = 10
score = "funds.total.score"
stated_rate = "funds.total.rate"

[thresholds]
low_execution = { value = 0.9, source = "" }
unit_factor = { value = 1000, source = "" }
spending_margin = { value = 0.2, source = "" }
score_tolerance = { value = 0.01, source = "" }
rate_tolerance = { value = 0.01, source = "" }
dominant_share = { value = 0.5, source = "" }
budget_change = { value = 0.2, source = "" }
over_achieved = { value = 1.2, source = "" }

[[sheets]]
name = "自评表"
widths = [12, 12, 12, 12, 12, 12, 12, 12, 12, 12]

[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [{ key = "project_name", label = "项目名称", required = true }]

[[sheets.blocks]]
kind = "matrix"
key = "funds"
style = "grid"
outer = "rows"
total = "total"
ascending = ["executed", "full_year"]
columns = [
  { key = "initial", label = "年初预算数" },
  { key = "full_year", label = "全年预算数" },
  { key = "executed", label = "执行数" },
  { key = "rate", label = "执行率（%）", type = "percent" },
  { key = "score", label = "得分", type = "points" },
]
rows = [
  { key = "total", name = "资金总额", label = "资金总额" },
  { key = "fiscal", name = "财政资金", label = "财政资金" },
  { key = "unit", name = "单位资金", label = "单位资金" },
]

[[sheets.blocks]]
kind = "table"
key = "indicators"
rows = 4
columns = [
  { key = "level1", label = "一级指标" },
  { key = "level2", label = "二级指标" },
  { key = "level3", label = "三级指标", required = true },
  { key = "sign", label = "指标性质", type = "choice", choices = ["≥", "≤", "="], free = true },
  { key = "target", label = "年度指标值", type = "any" },
  { key = "unit", label = "度量单位" },
  { key = "actual", label = "实际完成值", type = "any" },
  { key = "weight", label = "分值", type = "points" },
  { key = "score", label = "得分", type = "points", at_most = "weight" },
  { key = "reason", label = "未完成原因分析" },
]
footer = [{ column = "level1", label = "总分" }, { column = "score", path = "stated.total" }]
"""

SCHEME = parse_scheme(TOML, "own-2023")
COLUMNS = ("level1", "level2", "level3", "sign", "target", "unit", "actual", "weight", "score", "reason")

GOOD_2023: Mapping[str, Any] = {
    "scheme": "own-2023",
    "basic": {"project_name": "学生事务补助"},
    "funds": {
        "total": {"initial": 120000, "full_year": 120000, "executed": 118000, "rate": 98.33, "score": 9.83},
        "fiscal": {"initial": 0, "full_year": 0, "executed": 0, "rate": None, "score": None},
        "unit": {"initial": 120000, "full_year": 120000, "executed": 118000, "rate": 98.33, "score": None},
    },
    "indicators": [
        dict(zip(COLUMNS, row, strict=True))
        for row in (
            ("产出指标", "数量指标", "资助困难学生", "≥", 52, "人", 53, 20, 20, None),
            ("产出指标", "质量指标", "资助对象准确率", "≥", 100, "%", 95, 30, 28.5, "一人信息有误，已改正"),
            ("效益指标", "社会效益指标", "学生生活改善率", "≥", 95, "%", 100, 30, 30, None),
            ("满意度指标", "服务对象满意度", "受助学生满意度", "≥", 90, "%", 96, 10, 10, None),
        )
    ],
    "stated": {"total": None},
}


def own_form(dossier: Mapping[str, Any]) -> Form:
    """The form of a dossier of this scheme."""
    return form_of(dossier, SCHEME)
