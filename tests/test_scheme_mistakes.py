"""Slips that people make in a TOML file: each is refused with its place and what to write instead, and nothing else is said.

The base is the shipped scheme of one sheet; a case replaces one text in it.
"""

from importlib import resources

import pytest

from perfxl.errors import SchemeError
from perfxl.schemes import parse_scheme

TEXT = resources.files("perfxl").joinpath("schemes/hainan-2023.toml").read_text("utf-8").split("[document]")[0]
LEADER = '{ key = "leader", label = "项目负责人", aliases = ["负责人"], optional = true, span = [1, 6] }'
SCORE = '{ key = "score", label = "得分", type = "points", at_most = "weight"'
TOTAL_ROW = '{ key = "total", label = "资金总额", aliases = ["年度资金总额"], name = "资金总额" }'

MISTAKES = [
    ('id = "hainan-2023"', 'id = "海南/2023"', "id “海南/2023”应只用", 1),
    ("version = 1", "version = 0", "version 应为 1 以上", 1),
    ('money_unit = "元"', 'money_unit = "圆"', "应为 元、千元、万元、百万元、亿元 之一", 1),
    ("full_score = 100", "full_score = 90", "合计为 90（加上预算执行率 10），应为 90", 1),
    ("full_scor", "full_scores", "有未知的键“full_scorese”，是否应为“full_score”", 1),
    ('title = "项目支出绩效自评表"', 'titel = "项目支出绩效自评表"', "未知的键“titel”，是否应为“title”", 1),
    ('name = "项目支出绩效自评表"', 'name = "项目:自评表"', "不能用作 Excel 工作表名", 1),
    ('name = "项目支出绩效自评表"', 'name = "审核结果"', "perfxl 自己的工作表名", 1),
    ("widths = [13, 15, 24,", "widths = [13, 0, 24,", "widths 应为各列宽度", 1),
    ('key = "phone", label = "联系电话"', 'key = "leader", label = "联系电话"', "key“leader”重复", 2),
    ('key = "phone", label', 'key = "电话", label', "key“电话”应为英文字母开头", 1),
    ('label = "联系电话"', 'label = ""', "没有标签的栏目要写 choices", 1),
    (LEADER, LEADER.replace("optional", "optinal"), "未知的键“optinal”，是否应为“optional”", 1),
    (LEADER, LEADER.replace("optional = true", 'type = "choice"'), "type 是 choice，没有 choices", 1),
    (LEADER, LEADER.replace("optional = true", 'choices = ["是", "是"]'), "choices 有重复", 1),
    (LEADER, LEADER.replace("optional = true", "lines = 0"), "lines 应为 1 以上", 1),
    (LEADER, LEADER.replace("optional = true", 'pattern = "{leader} {tel}"'), "与 holds（没有）不对应", 1),
    ('result = "computed"', 'result = "computd"', "不是 perfxl 算出的结果，是否应为“computed”", 1),
    ('result = "rates.execution"', 'required = true, result = "rates.execution"', "不能 required = true", 1),
    ('at_most = "weight"', 'at_most = "wieght"', "不存在的列“wieght”，是否应为“weight”", 1),
    ('merge = "level1", prompt', 'merge = "levell1", prompt', "merge 应为 level1、level2、level3 之一", 1),
    ("rows = 12", "rows = 0", "rows 应为 1 以上", 1),
    ('{ column = "weight", printed = "weight"', '{ column = "wait", printed = "weight"', "不存在的列“wait”", 1),
    ('printed = "weight", live', 'printed = "wght", live', "不存在的列“wght”，是否应为“weight”", 1),
    ('{ column = "level1", label = "合计"', '{ column = "level1", printed = "weight"', "footer 没有 label", 1),
    ('path = "stated.total"', 'path = "total"', "应为两段的名称", 1),
    ('{ column = "score", path = "stated.total"', '{ column = "score"', "三者之一", 1),
    (
        'type = "points", rows = ["total"], live = "weight"',
        'type = "points", rows = ["totl"]',
        "没有行“totl”，是否应为“total”",
        1,
    ),
    (TOTAL_ROW, TOTAL_ROW.replace('label = "资金总额", ', ""), "没有 label；请写上表上印的行名", 1),
    ('total = "total"', 'total = "sum"', "funds.total 引用了不存在的行“sum”", 1),
    ("span = [2, 2]\ncolumns", "span = [2]\ncolumns", "span 应为两个数", 1),
    ('part = "funds.total.executed"', 'part = "funds.total.full_year"', "part 与 whole 都是", 1),
    ("weight = 10\nscore", "weight = 0\nscore", "execution.weight 应大于 0", 2),
    ("from = 0.8, to = 1 }", "from = 1, to = 0.8 }", "from 小于 to 的比例", 1),
    ("low_execution = { value = 0.9", "low_execution = { value = -1", "value 不能小于 0", 1),
    ("low_execution = { value", "low_execution = { vlue", "未知的键“vlue”，是否应为“value”", 1),
    ('live = "execution"', 'live = "executed"', "公式“executed”无法识别", 1),
    (
        'style = "title"\ntext = "项目支出绩效自评表"',
        'style = "title"\ntext = "（{year}年度）"',
        "fields 声明的是 （没有）",
        1,
    ),
    ("[levels]", "[level]", "未知的键“level”，是否应为“levels”", 1),
]


@pytest.mark.parametrize(("old", "new", "said", "count"), MISTAKES, ids=[said for *_, said, _ in MISTAKES])
def test_a_slip_is_named_with_its_place_and_remedy(old: str, new: str, said: str, count: int) -> None:
    assert old in TEXT
    with pytest.raises(SchemeError) as refusal:
        parse_scheme(TEXT.replace(old, new, 1), "own.toml")
    lines = str(refusal.value).split("\n")
    assert said in str(refusal.value)
    assert len(lines) == count
    assert all(line.startswith("own.toml：") for line in lines)


def test_the_text_without_a_slip_is_a_scheme() -> None:
    assert parse_scheme(TEXT, "own.toml").id == "hainan-2023"
