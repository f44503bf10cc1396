"""Which column of an office's workbook says what? Headings are known by their words, in any order, below titles. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfxl.schemes.spec import Scheme
from perfxl.typed.amounts import MONEY_UNITS
from perfxl.typed.wording import label_key, squeeze

SEARCHED_ROWS = 30
"""Titles and notes may stand above the headings."""
SURE_HEADINGS = 4
"""Headings of a list side by side, one of them the project's, by which a sheet is known as one."""
LEDGER: Mapping[str, tuple[str, ...]] = {
    "running": ("累计执行数", "累计执行", "累计支出", "累计支付", "累计支出数", "累计执行金额", "累计支出金额", "累计"),
    "amount": (
        "执行金额",
        "执行数",
        "支出金额",
        "支付金额",
        "实际支出",
        "支出数",
        "支付数",
        "借方金额",
        "借方发生额",
        "付款金额",
        "本年支出",
        "本期支出",
        "支出合计",
        "发生额",
        "金额",
        "支出",
    ),
    "date": ("日期", "支付日期", "记账日期", "入账日期", "截至日期", "截止日期", "支付时间"),
    "money_unit": ("金额单位", "货币单位"),
}
"""What the books say beyond code, name, unit and year of a project."""

SUMS = ("合计", "总计", "小计")
"""What stands for a name in rows that are no project."""

PROJECT: Mapping[str, tuple[str, ...]] = {
    "code": ("项目编码", "项目代码", "编码", "代码", "项目编号"),
    "name": ("项目名称", "名称", "项目"),
    "unit": ("实施单位", "项目实施单位", "项目单位", "预算单位", "单位名称", "承担单位", "单位"),
    "department": ("主管部门", "部门", "主管单位", "部门名称", "归口部门", "业务主管部门"),
    "budget": (
        "批复预算",
        "批复预算数",
        "预算数",
        "预算金额",
        "年初预算数",
        "全年预算数",
        "计划投资额",
        "预算",
        "批复金额",
        "安排金额",
        "预算安排",
        "金额",
    ),
    "contact": ("联系人及电话", "联系人", "联系方式", "联系电话", "电话"),
}
"""The columns of a roster: the first heading is that of the blank roster, the others are understood."""

FURTHER: Mapping[str, tuple[str, ...]] = {
    "mail": ("电子邮箱", "邮箱", "电子邮件", "邮箱地址", "email", "e-mail"),
    "year": ("年度", "评价年度", "预算年度", "年份"),
    "scheme": ("评价表", "评价方案", "表样", "方案"),
    "deadline": ("截止日期", "报送截止日期", "报送期限", "截止时间", "报送时限"),
}
"""What an approved list says beyond a roster."""

TARGET: Mapping[str, tuple[str, ...]] = {
    "level1": ("一级指标", "指标类型", "指标类别"),
    "level2": ("二级指标",),
    "target_name": ("指标名称", "三级指标", "绩效指标", "指标"),
    "sign": ("指标性质", "指标方向性", "指标方向", "符号"),
    "target": ("指标值", "年度指标值", "绩效目标", "目标值", "年度目标值"),
    "target_unit": ("度量单位", "计量单位", "单位"),
    "excellent": ("优",),
    "good": ("良",),
    "fair": ("中",),
    "poor": ("差",),
    "weight": ("分值", "权重"),
}
"""The columns of approved targets."""

_PART_OF = re.compile(r"^(其中|其)[:：]?")


_CLOSING = re.compile(r"(?:制表|填表|填报|审核|复核|负责|经办|联系|备注|注|说明|单位盖章|日期)[^:：]{0,8}[:：]")


def is_sum_line(named: str, texts: Sequence[str]) -> bool:
    """Whether a row sums up others: by its name, else by its first text (甲厅小计)."""
    first = next((text for text in texts if text), "")
    return label_key(named) in SUMS or (not named and label_key(first).endswith(SUMS))


def is_closing_line(texts: Sequence[str]) -> bool:
    """Whether a row is what people write below a table: 制表人：张三　审核：李四; one text, or several of the kind."""
    filled = [text for text in texts if text]
    return bool(filled) and all(_CLOSING.match(squeeze(text)) for text in filled)


@dataclass(frozen=True)
class HeadingRow:
    """The headings of a sheet.

    Attributes:
        row: its number from 0; the data stand below.
        columns: position from 0 by key; sources of money by "source:中央财政".
        units: the unit of money of the sheet's amounts by key of the column; "" where neither heading nor caption say one.
    """

    row: int
    columns: Mapping[str, int]
    units: Mapping[str, str]

    def has(self, *keys: str) -> bool:
        """Whether at least one of these columns is there."""
        return not self.columns.keys().isdisjoint(keys)


def source_names(schemes: Sequence[Scheme]) -> Mapping[str, str]:
    """The sources of money of some forms by every wording that is understood: {"其它": "其他"}."""
    names: dict[str, str] = {}
    for scheme in schemes:
        for matrix in scheme.matrices:
            for row in matrix.parts:
                for wording in (row.name, row.label, *row.aliases):
                    names.setdefault(_PART_OF.sub("", label_key(wording)), row.name)
    names.pop("", None)
    return names


def find_headings(
    rows: Sequence[Sequence[str]], words: Mapping[str, tuple[str, ...]], sources: Mapping[str, str] | None = None
) -> HeadingRow | None:
    """The row of headings among the first rows: one that names projects and something beside.

    Args:
        rows: the cells as texts.
        words: headings by key, the better-known wording first.
        sources: further headings, see `source_names`.
    """
    for number, row in enumerate(rows[:SEARCHED_ROWS]):
        found = _columns(row, words)
        if found.keys() & {"code", "name"} and len(found) > 1:
            below = rows[number + 1] if number + 1 < len(rows) else ()
            last = number + 1 if _goes_on(found, below, words, sources or {}) else number
            texts = [under or text for text, under in zip(row, below, strict=True)] if last > number else list(row)
            found = _columns(texts, words)
            found |= _sources(texts, sources or {}, set(found.values()))
            caption = "".join("".join(map(label_key, above)) for above in rows[:number])
            return HeadingRow(last, found, {key: _unit(texts[place], caption) for key, place in found.items()})
    return None


def is_list(cells: Mapping[tuple[int, int], object]) -> bool:
    """Whether a sheet, given by its cells (row and column from 1), has the headings of a roster or list."""
    rows: dict[int, list[str]] = defaultdict(list)
    for (row, _), value in cells.items():
        if row <= SEARCHED_ROWS:
            rows[row].append(str(value))
    found = (_columns(row, PROJECT).keys() for row in rows.values())
    return any(columns & {"code", "name"} and len(columns) >= SURE_HEADINGS for columns in found)


def _goes_on(
    found: Mapping[str, int], below: Sequence[str], words: Mapping[str, tuple[str, ...]], sources: Mapping[str, str]
) -> bool:
    """Whether the row below holds headings too, under one that spans them: 优 良 中 差 below 绩效标准."""
    names = [place for key, place in found.items() if key in ("code", "name", "target_name")]
    if not below or any(below[place] for place in names):
        return False
    return bool(_columns(below, words) or _sources(below, sources, set()))


def _columns(row: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """The position of each column that a row names; of two the better-known wording counts."""
    bare = [re.sub(r"\(.*?\)", "", label_key(text)) for text in row]
    found: dict[str, int] = {}
    for key, names in words.items():
        places = [bare.index(name) for name in names if name in bare]
        free = [place for place in places if place not in found.values()]
        if free:
            found[key] = free[0]
    own = found.get("unit", -1)
    if own > found.get("target_name", len(row)) and bare[own] == "单位" and "target_unit" not in found:
        found["target_unit"] = found.pop("unit")  # behind a target its unit of measure, not who carries it out
    return found


def _sources(row: Sequence[str], sources: Mapping[str, str], taken: set[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, text in enumerate(row):
        name = sources.get(_PART_OF.sub("", re.sub(r"\(.*?\)", "", label_key(text))))
        if name and place not in taken:
            found.setdefault(f"source:{name}", place)
    return found


def _unit(heading: str, caption: str) -> str:
    """The unit of money in brackets behind a heading, else the one that a caption above names (单位：元), else ""."""
    units = sorted(MONEY_UNITS, key=len, reverse=True)
    own = next((unit for unit in units if f"({unit})" in label_key(heading)), "")
    return own or next((unit for unit in units if f"单位:{unit}" in caption), "")
