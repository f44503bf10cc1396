"""No hidden contract: what a scheme gets and does not get is said, and nothing crashes for what was accepted.

* every name that a rule reads stands on the page docs/schemes.md, which the code makes
* names that nearly fit are asked about
* schemes without scores, grades, thresholds, funds or indicators: template, check and summary work
"""

import io
from pathlib import Path
from typing import Any

import pytest

from anyform import scheme_of
from opened import load_workbook
from perfxl.rules import RULES
from perfxl.rules.coverage import coverage, coverage_page, rules_of
from perfxl.rules.declare import _applying
from perfxl.schemes import load_scheme, parse_scheme, scheme_names
from perfxl.schemes.keys import known_paths, near_names
from perfxl.schemes.spec import Scheme
from running import exit_code_here
from workbooks import form_bytes

ROOT = Path(__file__).parent.parent


def test_the_page_is_what_the_code_makes() -> None:
    command = "python -m perfxl.rules.coverage docs/schemes.md"
    assert (ROOT / "docs" / "schemes.md").read_text("utf-8") == coverage_page(), command


def test_every_name_that_a_rule_reads_stands_on_the_page() -> None:
    read = {name for entry in RULES.values() for name in entry.reads}
    assert read - known_paths() == set()


@pytest.mark.parametrize("name", scheme_names())
def test_the_rules_that_are_said_to_be_on_are_those_that_run(name: str) -> None:
    scheme = load_scheme(name)
    on = [entry.code for entry, why in rules_of(scheme) if not why]
    assert on == [entry.code for entry in _applying(scheme)]


TABLE = """
[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [{ key = "name", label = "项目名称", span = [1, 3] }, { key = "departmant", label = "主管机关", span = [1, 3] }]

[[sheets.blocks]]
kind = "table"
key = "indicators"
rows = 2
columns = [
  { key = "level3", label = "三级指标" },
  { key = "points", label = "自评得分（分）", type = "points" },
  { key = "remark", label = "备注" },
]
"""


def test_names_that_nearly_fit_are_asked_about() -> None:
    asked = [(one.path, one.meant.path) for one in near_names(scheme_of(TABLE))]
    assert asked == [
        ("basic.name", "basic.project_name"),
        ("basic.departmant", "basic.department"),
        ("indicators.points", "indicators.score"),
    ]
    assert "“basic.name”是否就是 basic.project_name" in coverage(scheme_of(TABLE))


@pytest.mark.parametrize("name", scheme_names())
def test_no_name_of_a_shipped_scheme_is_doubtful(name: str) -> None:
    assert list(near_names(load_scheme(name))) == []


MONITOR = """
id = "monitor"
version = 1
title = "项目支出绩效运行监控表"
edition = "2023年版"
source = "财预〔2019〕136号"
money_unit = "万元"
stage = "监控"

[[rates]]
key = "execution"
label = "1-7月执行率"
part = "funds.total.executed"
whole = "funds.total.full_year"

[[sheets]]
name = "监控表"
widths = [12, 12, 12, 12, 12, 12]

[[sheets.blocks]]
kind = "fields"
key = "basic"
fields = [{ key = "project_name", label = "项目名称", required = true, span = [1, 5] }]

[[sheets.blocks]]
kind = "matrix"
key = "funds"
style = "grid"
outer = "rows"
total = "total"
columns = [
  { key = "full_year", label = "年初预算数" },
  { key = "executed", label = "1-7月执行数" },
  { key = "rate", label = "1-7月执行率", type = "percent", live = "share(executed,full_year)" },
  { key = "why", label = "原因", type = "any", optional = true },
]
rows = [{ key = "total", name = "年度资金总额", label = "年度资金总额" }, { key = "other", name = "其他资金", label = "其他资金" }]

[[sheets.blocks]]
kind = "table"
key = "progress"
rows = 3
columns = [{ key = "level3", label = "三级指标", required = true }, { key = "actual", label = "1-7月执行情况", type = "any" }]
"""
MONITORED: dict[str, Any] = {
    "scheme": "monitor",
    "basic": {"project_name": "农村公路养护"},
    "funds": {
        "total": {"full_year": 100, "executed": 55, "rate": 55, "why": "雨季停工"},
        "other": {"full_year": 100, "executed": 55},
    },
    "progress": [{"level3": "培训人次", "actual": "60人次"}],
}
ONLY_NAME = MONITOR[: MONITOR.index('[[sheets.blocks]]\nkind = "matrix"')].replace(
    MONITOR[MONITOR.index("[[rates]]") : MONITOR.index("[[sheets]]")], ""
)
NO_SCORES = MONITOR.replace('key = "progress"', 'key = "indicators"')
POINTS_WITHOUT_WEIGHTS = NO_SCORES.replace(
    'label = "1-7月执行情况", type = "any" }',
    'label = "完成值", type = "any" }, { key = "score", label = "得分", type = "points" }',
).replace('stage = "监控"', "full_score = 120")


@pytest.mark.parametrize(
    ("text", "dossier"),
    [
        (MONITOR, MONITORED),
        (ONLY_NAME, {"basic": {"project_name": "甲"}}),
        (NO_SCORES, {**{k: v for k, v in MONITORED.items() if k != "progress"}, "indicators": MONITORED["progress"]}),
        (
            POINTS_WITHOUT_WEIGHTS,
            {"basic": {"project_name": "甲"}, "indicators": [{"level3": "培训", "actual": 3, "score": 9}]},
        ),
    ],
    ids=["monitor", "only a name", "indicators without scores", "scores without weights"],
)
def test_template_check_and_summary_work_for_what_was_accepted(
    text: str, dossier: dict[str, Any], tmp_path: Path
) -> None:
    scheme: Scheme = parse_scheme(text, "own.toml")
    path, form = tmp_path / "own.toml", tmp_path / "in" / "form.xlsx"
    path.write_text(text, "utf-8")
    form.parent.mkdir()
    form.write_bytes(form_bytes(dossier, scheme))
    assert load_workbook(io.BytesIO(form_bytes(None, scheme))).sheetnames[1] == "监控表"
    summary, copies = tmp_path / "out" / "summary.xlsx", tmp_path / "copies"
    words = ("consolidate", form.parent, "--scheme", path, "-o", summary, "--no-cache", "--annotated", copies)
    assert exit_code_here(*words, "--fail-on", "never", "--jobs", "1") == 0
    assert (copies / "form.xlsx").is_file()
    assert exit_code_here("schemes", path) == 0
