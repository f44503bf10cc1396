"""A scheme that contradicts itself is refused with the place and the reason; the shipped ones are right."""

from importlib import resources

import pytest

from perfxl.errors import SchemeError
from perfxl.rules import RULES
from perfxl.schemes import load_scheme, parse_scheme, scheme_names
from perfxl.schemes.spec import THRESHOLDS

TEXT = resources.files("perfxl").joinpath("schemes/hainan-2020.toml").read_text("utf-8")


@pytest.mark.parametrize("name", scheme_names())
def test_shipped_schemes_load(name: str) -> None:
    assert load_scheme(name).id == name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "hainan-2020"', 'id = "hainan-2020"\ncolour = 1', "未知的键“colour”"),
        ("version = 1", 'version = "1"', "version 应为整数"),
        ("version = 1", "", "缺少必需的键“version”"),
        ('name = "良", from = 80', 'name = "良", from = 95', "从高到低"),
        ('name = "差", from = 0', 'name = "差", from = 10', "下限应为 0"),
        ('level3 = "分配结果", weight = 6', 'level3 = "分配结果", weight = 7', "“项目决策”的三级指标分值合计为 21"),
        ('"项目绩效" = 55', '"项目绩效" = 50', "合计为 95，应为 100"),
        ('part = "funds.used.total"', 'part = "funds.spent.total"', "不存在的金额“funds.spent.total”"),
        ('live = "sum(indicators.score)"', 'live = "sum(indicators.points)"', "不存在的“indicators.points”"),
        ('live = "sum(indicators.score)"', 'live = "product(indicators.score)"', "无法识别"),
        ('key = "leader", label = "项目负责人"', 'key = "leader", label = "主管部门"', "标签“主管部门”重复"),
        ('kind = "matrix"', 'kind = "grid"', "blocks[4].kind 应为"),
        ("span = [1, 6]", "span = [6, 6]", "合计不超过 10"),
        ('rate = "in_place"\n', 'rate = "arrived"\n', "不存在的比率“arrived”"),
        ('ascending = ["used"', 'ascending = ["spent"', "不存在的列“spent”"),
        ('type = "year"', 'type = "years"', "应为 text、choice"),
        ('level3 = "决策程序"', 'level3 = "决策依据"', "“项目决策 / 决策过程 / 决策依据”重复"),
        (
            'key = "project_name", label = "项目名称", echo = true',
            'key = "project_name", label = "项目名称"',
            "声明了 2 次",
        ),
        ("low_execution = ", "low_exec = ", "没有名为“low_exec”的阈值，可用：low_execution"),
        ('name = "优"', """name = '优"'""", '等次名称“优"”含有公式里不能用的符号'),
        ('name = "优"', 'name = "{优}"', "等次名称“{优}”含有公式里不能用的符号"),
        ("full_score = 100", "full_score = ", "不是有效的 TOML 文件：第 11 行第 14 个字符附近写法有误"),
    ],
)
def test_a_contradiction_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(SchemeError) as refusal:
        parse_scheme(TEXT.replace(old, new, 1), "own.toml")
    assert said in str(refusal.value)
    assert str(refusal.value).startswith("own.toml：")


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(SchemeError, match="hainan-2020"):
        load_scheme("hainan-1999")


def test_every_threshold_that_a_rule_names_can_be_set() -> None:
    assert {entry.threshold for entry in RULES.values()} - {""} <= set(THRESHOLDS)
