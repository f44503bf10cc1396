"""Self-assessments on the form of 2023 for the tests: the published ones, a faultless one, and variants of the scheme.

A case is `patched(GOOD_SELF, path, value)`; `form_2023` writes it into the form and reads it back.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forms import patched
from perfxl.door.inspect import inspect
from perfxl.model import Form
from perfxl.reading.reader import read_form
from perfxl.schemes import load_scheme, parse_scheme
from perfxl.schemes.spec import Scheme
from workbooks import form_bytes

ROOT = Path(__file__).parent.parent
SCHEME_2023 = load_scheme("hainan-2023")
TOML_2023 = (ROOT / "perfxl" / "schemes" / "hainan-2023.toml").read_text("utf-8")


def sample(name: str) -> dict[str, Any]:
    """The data of a sample."""
    data: dict[str, Any] = json.loads((ROOT / "samples" / f"{name}.json").read_text("utf-8"))
    return data


C23 = sample("省农垦实验中学-学生事务补助")
"""As published, but for the blank cells 是否公开 and 网址."""

GOOD_SELF = sample("海南省图书馆-读者服务")
"""Faultless."""


def row(level1: str | None, level2: str | None, level3: str, **values: Any) -> dict[str, Any]:
    return {"level1": level1, "level2": level2, "level3": level3, **values}


def full(level1: str, level2: str, level3: str, reason: str | None = None) -> dict[str, Any]:
    """An indicator of 10 points with 100 of 100."""
    return row(level1, level2, level3, target=100, actual=100, weight=10, score=10, reason=reason)


C22: dict[str, Any] = {
    "scheme": "hainan-2023",
    "basic": {
        "project_name": "办公宿舍楼、食堂及餐厅暖通改造经费",
        "year": 2019,
        "unit": "廊坊市食品工程学校",
        "department": "廊坊市发改委",
    },
    "goals": {"expected": "43.2", "actual": "37.24"},
    "funds": {
        "total": {"initial": 43.2, "full_year": 43.2, "executed": 37.24, "rate": 86, "score": 9},
        "fiscal": {"initial": 43.2, "full_year": 43.2, "executed": 37.24},
    },
    "indicators": [
        row(
            "产出指标",
            "数量指标",
            "指标1工程资金金额",
            target=43.2,
            actual=37.24,
            weight=10,
            score=9,
            reason="已完工,剩余3%尾款未付,且最高限价低于预算金额。提高预算准确度。",
        ),
        row(None, None, "指标2："),
        full("产出指标", "质量指标", "指标1工程完工率"),
        full("产出指标", "质量指标", "指标2工程验收合格率"),
        full("产出指标", "时效指标", "指标1项目完成及时率"),
        full("产出指标", "成本指标", "指标1成本控制率"),
        row(None, None, "……"),
        full("效益指标", "经济效益指标", "指标1安全率", reason="0"),
        full("效益指标", "社会效益指标", "指标1学校发展能力", reason="0"),
        full("效益指标", "可持续影响指标", "指标1长期使用性"),
        full("满意度指标", "服务对象满意度指标", "指标1学生满意度", reason="0"),
    ],
    "stated": {"total": 98},
}
"""Amounts in 万元; its total was cut off in the publication, the scores add up to 98."""

C18: dict[str, Any] = {
    "scheme": "hainan-2023",
    "basic": {
        "project_name": "51092324T000010263357-2023年全县安可替代补助资金项目",
        "year": 2023,
        "unit": "大英县司法局",
        "department": "大英县司法局部门",
    },
    "funds": {
        "total": {"initial": 0, "full_year": 3.36, "executed": 3.36, "rate": 100, "score": 10},
        "fiscal": {"initial": 0, "full_year": 3.36, "executed": 3.36, "rate": 100},
        "special_account": {"initial": 0, "full_year": 0, "executed": 0, "rate": 0},
        "unit": {"initial": 0, "full_year": 0, "executed": 0, "rate": 0},
    },
    "indicators": [row("产出指标", "质量指标", "完成安可产品购买并按要求支付资金", sign="=", target=100)],
}
"""Amounts in 万元; the published form breaks off after the first target."""


def varied(*changes: tuple[str, str]) -> Scheme:
    """The scheme with some of its settings changed: (text of the TOML, text in its place)."""
    text = TOML_2023
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse_scheme(text, "varied")


IN_WAN = varied(('money_unit = "元"', 'money_unit = "万元"'), ('"项目资金（元）"', '"项目资金（万元）"'))


def form_2023(dossier: Mapping[str, Any], scheme: Scheme = SCHEME_2023) -> Form:
    """The form that a workbook filled with this dossier is read as."""
    data = form_bytes(dict(dossier), scheme)
    return read_form(data, inspect(data), scheme).form


def changed(path: str, value: Any) -> Form:
    """The faultless form with one datum changed."""
    return form_2023(patched(GOOD_SELF, path, value))


def with_row(index: int, **values: Any) -> Form:
    """The faultless form with some data of one indicator changed."""
    rows = list(GOOD_SELF["indicators"])
    rows[index] = {**rows[index], **values}
    return form_2023(patched(GOOD_SELF, "indicators", rows))
