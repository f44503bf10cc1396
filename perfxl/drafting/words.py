"""What do a form's words mean? The dictionary by which a draft names its data; what it does not know is asked about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from perfxl.schemes.keys import KNOWN_KEYS
from perfxl.typed.wording import BOXES, label_key, without_points

_MONEY = re.compile(r"预算|执行数|到位|支出|预计|调整|投资|金额")
_IN_MONEY = re.compile(r"\([亿百千万]*元\)")
_RATE = re.compile(r"执行率|到位率|率\(%\)|完成率")
_TOTALS = re.compile(r"^(总分|合计|总计|总得分|自评总分)")
_ROW_OF_FUNDS = re.compile(r"总额|^其中|财政|结转|其他资金|单位资金|专户|拨款|资金")
_FUNDS_ROWS = {
    "总额": "total", "财政专户": "special_account", "中央": "central", "省": "provincial", "市": "city", "县": "county", "财政": "fiscal",
    "拨款": "fiscal", "结转": "carried", "单位资金": "unit", "其他": "other",
}  # fmt: skip
_FUNDS_COLUMNS = (
    (re.compile(r"预计"), "forecast"),
    (re.compile(r"率"), "rate"),
    (re.compile(r"执行数|支出|使用"), "executed"),
    (re.compile(r"年初预算|年初"), "initial"),
    (re.compile(r"全年预算|调整|预算数"), "full_year"),
    (re.compile(r"到位"), "in_place"),
    (re.compile(r"计划投资|投资额|投资计划"), "planned"),
    (re.compile(r"分值|权重"), "weight"),
    (re.compile(r"得分"), "score"),
    (re.compile(r"原因|说明|偏差"), "reason"),
)
_TABLE_COLUMNS = (
    ("level1", "一级指标"), ("level2", "二级指标"), ("level3", "三级指标|指标内容|指标名称"), ("sign", "指标性质|指标方向"), ("forecast", "全年预计"),
    ("actual", "实际完成|完成值|执行情况|完成情况|实际值"), ("target", "指标值|目标值"), ("unit", "度量单位|计量单位"), ("weight", "分值|权重"),
    ("score", "得分"), ("reason", "原因|偏差|改进"), ("note", "备注"), ("start", "开始"), ("end", "完成时间|结束"), ("content", "内容"),
)  # fmt: skip
_OWN_COLUMNS = {
    "targets": (
        ("kind", "类型|类别|一级指标"), ("name", "指标名称|指标内容|^指标$|二级指标|三级指标"), ("target", "目标|指标值"), ("excellent", "^优$"),
        ("good", "^良$"), ("fair", "^中$"), ("poor", "^差$"),
    ),
    "reviewers": (
        ("name", "姓名"), ("title", "职务|职称"), ("unit", "单位"), ("score", "评分|得分|打分"), ("signature", "签字|签名|签章"),
    ),
}  # fmt: skip
"""The columns of tables that are known by their headings."""
_LEVELS = {"一级指标", "二级指标", "三级指标"}


@dataclass(frozen=True)
class _Meaning:
    """A label's name in a draft; `is_sure` where the dictionary knows it."""

    key: str
    type: str = ""
    is_sure: bool = True


def plain_label(text: str) -> str:
    """A label without points and units behind it, as the dictionary has it."""
    return re.sub(r"^\d+[.、]", "", without_points(text).split("(")[0])


def field_meaning(label: str) -> tuple[str, _Meaning] | None:
    """Block and name of a single datum; None where the dictionary does not know the label."""
    key = plain_label(label)
    for known in KNOWN_KEYS:
        is_single = known.block in ("basic", "goals", "stated") and known.path.count(".") == 1
        if is_single and key in map(label_key, known.labels):
            return known.block, _Meaning(known.name, _single_type(known.path))
    return None


def _single_type(path: str) -> str:
    return {
        "basic.year": "year",
        "basic.evaluation_date": "date",
        "stated.total": "points",
        "stated.average": "points",
    }.get(path, "")


def funds_column(label: str) -> _Meaning | None:
    """The name of a column of amounts; None where the label is none."""
    key = plain_label(label)
    name = next((name for pattern, name in _FUNDS_COLUMNS if pattern.search(key)), None)
    kinds = {"rate": "percent", "weight": "points", "score": "points", "reason": "any"}
    return _Meaning(name, kinds.get(name, "")) if name else None


def is_money_heading(label: str) -> bool:
    key = label_key(label)
    return bool(_MONEY.search(key) or _RATE.search(key) or _IN_MONEY.search(key)) and len(key) <= 20


def is_row_of_funds(label: str) -> bool:
    return bool(_ROW_OF_FUNDS.search(label_key(label))) and len(label) <= 20


def funds_row(label: str) -> _Meaning:
    """The name of a row of amounts."""
    key = label_key(label)
    name = next((name for word, name in _FUNDS_ROWS.items() if word in key), None)
    return _Meaning(name or "source", is_sure=name is not None)


def table_of(labels: Iterable[str]) -> str:
    """The name of a table that is known by its headings: targets have a standard for each grade, evaluators names and scores."""
    keys = set(map(plain_label, labels))
    if keys >= {"优", "良", "中", "差"}:
        return "targets"
    return "reviewers" if "姓名" in keys and any(re.search("评分|得分|打分", key) for key in keys) else ""


def table_column(label: str, table: str = "") -> _Meaning | None:
    """The name of a column of a table; None where the dictionary does not know it."""
    key = plain_label(label)
    own = next((name for name, words in _OWN_COLUMNS.get(table, ()) if re.search(words, key)), None)
    if own is not None:
        return _Meaning(own, "points" if own == "score" else "")
    name = next((name for name, words in _TABLE_COLUMNS if re.search(words, key)), None)
    kinds = {"weight": "points", "score": "points", "target": "any", "actual": "any", "forecast": "any"}
    return _Meaning(name, kinds.get(name, "")) if name else None


def is_level(label: str) -> bool:
    return plain_label(label) in _LEVELS or plain_label(label) == "指标内容"


def is_total(label: str) -> bool:
    return bool(_TOTALS.match(label_key(label)))


def money_unit(text: str) -> str:
    """The unit that a caption prints, "" where it prints none."""
    found = re.search(r"亿元|百万元|万元|千元|元", text)
    return found[0] if found else ""


def points_in(text: str) -> str:
    """The points that a caption prints: 绩效指标（90分） -> 90."""
    found = re.search(r"[（(](\d+)分", text)
    return found[1] if found else ""


def choices_in(text: str) -> tuple[str, ...]:
    """The words between the boxes of a line to tick: 1、新增 □ 2、延续 ☑ -> 新增, 延续."""
    boxes = BOXES | set("☑☒■√✓✔")
    if not any(letter in boxes for letter in text):
        return ()
    words = re.split("[" + re.escape("".join(boxes)) + "]", text)
    return tuple(word for raw in words if (word := re.sub(r"^\s*\d*[、.．]?\s*", "", raw).strip(" ；;，,、")))
