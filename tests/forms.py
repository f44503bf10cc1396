"""Forms for the tests of the rules: built from a dossier and the layout alone, without a workbook.

`GOOD` is a faultless dossier; a case is `patched(GOOD, path, value)`, and `found(...)` says what the rules make of it, each
finding as (code, path of the cell), so that a test reads "FD01 at funds.used.total" and not "at F8".
"""

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from perfxl.dossier import flatten
from perfxl.layout import Placed, PlacedSheet, Role, place
from perfxl.model import Cell, Finding, Form, Row, State, Value
from perfxl.rules import RULES, judge
from perfxl.schemes import load_scheme
from perfxl.schemes.spec import Scheme

TODAY = date(2024, 6, 28)
READ_ROLES = (Role.INPUT, Role.FIXED)

# The budget, its use and the number of reports are those of the published form C02; the rest is made up around them.
GOOD: dict[str, Any] = {
    "scheme": "hainan-2020",
    "basic": {
        "project_name": "海南宏观经济形势分析预测与经济动态监测预警项目",
        "year": 2012,
        "unit": "海南省人民政府研究室",
        "department": "海南省人民政府研究室",
        "leader": "王文",
        "phone": "0898-65342231",
        "address": "海南省海口市国兴大道9号省政府办公大楼",
        "postcode": "570203",
        "project_type": "经常性项目",
        "evaluation_date": "2013-04-25",
    },
    "funds": {
        "planned": {"total": 144, "central": None, "provincial": 144, "local": None, "other": None},
        "in_place": {"total": 144, "central": None, "provincial": 144, "local": None, "other": None},
        "used": {"total": 142, "central": None, "provincial": 142, "local": None, "other": None},
    },
    "targets": [
        {
            "kind": "产出指标",
            "name": "景气报告编写数量",
            "target": "全年编写景气报告11期以上",
            "excellent": "11期",
            "good": "9期",
            "fair": "7期",
            "poor": "5期",
            "actual": "11期",
            "note": None,
        },
        {
            "kind": "成效指标",
            "name": "报告数据差错率",
            "target": "数据差错率不高于1%",
            "excellent": "1%",
            "good": "2%",
            "fair": "3%",
            "poor": "3%以上",
            "actual": "0.5%",
            "note": None,
        },
        {
            "kind": "效率指标",
            "name": "项目资金使用率",
            "target": "95%以上",
            "excellent": "95%",
            "good": "85%",
            "fair": "75%",
            "poor": "65%",
            "actual": "98.61%",
            "note": None,
        },
    ],
    "indicators": [
        {"level1": level1, "level2": level2, "level3": level3, "weight": weight, "score": score}
        for level1, level2, level3, weight, score in (
            ("项目决策", "项目目标", "目标内容", 4, 4),
            ("项目决策", "决策过程", "决策依据", 3, 3),
            ("项目决策", "决策过程", "决策程序", 5, 5),
            ("项目决策", "资金分配", "分配办法", 2, 2),
            ("项目决策", "资金分配", "分配结果", 6, 5),
            ("项目管理", "资金到位", "到位率", 3, 3),
            ("项目管理", "资金到位", "到位时效", 2, 2),
            ("项目管理", "资金管理", "资金使用", 7, 7),
            ("项目管理", "资金管理", "财务管理", 3, 3),
            ("项目管理", "组织实施", "组织机构", 1, 1),
            ("项目管理", "组织实施", "管理制度", 9, 8),
            ("项目绩效", "项目产出", "产出数量", 5, 5),
            ("项目绩效", "项目产出", "产出质量", 4, 4),
            ("项目绩效", "项目产出", "产出时效", 3, 3),
            ("项目绩效", "项目产出", "产出成本", 3, 3),
            ("项目绩效", "项目效益", "经济效益", 8, 7),
            ("项目绩效", "项目效益", "社会效益", 8, 8),
            ("项目绩效", "项目效益", "环境效益", 8, 8),
            ("项目绩效", "项目效益", "可持续影响", 8, 8),
            ("项目绩效", "项目效益", "服务对象满意度", 8, 8),
        )
    ],
    "reviewers": [
        {"name": "王文", "title": "处长", "unit": "海南省人民政府研究室", "score": 98},
        {"name": "李敏", "title": "高级会计师", "unit": "海南中恒信会计师事务所", "score": 96.5},
        {"name": "陈立", "title": "副教授", "unit": "海南大学经济学院", "score": 96.5},
    ],
    "stated": {"total": 97, "average": 97, "grade": "优"},
    "report": {
        "overview": "项目由海南省人民政府研究室承担，预算资金主要用于宏观经济形势分析、预测报告和景气报告的调研、编写与印发。",
        "goals": "产出目标：全年编写景气报告11期以上，编写半年和全年分析预测报告各一篇。\n成效目标：报告数据差错率不高于1%。",
        "funds_in_place": "项目预算144万元，实际到位144万元，到位率100%，资金在年初一次下达。",
        "funds_used": "项目实际支出142万元，占预算的98.61%，主要用于调研、数据购买、专家咨询和印刷费用。",
        "funds_management": "资金实行专款专用，单独核算，按照省财政厅关于省本级项目支出预算管理的规定执行。",
        "organisation": "研究室成立了课题组，由分管领导负责，每期报告经课题组讨论、处室审核后印发。",
        "results": "全年编写景气报告11期，两篇分析预测报告按期报送省政府，数据差错率为0.5%，为经济决策提供了参考。",
        "conclusion": "对照评价指标体系进行了自评，自评得分97分，总体评价为优。",
        "experience": "主要经验是建立了部门间的数据交换机制；存在的问题是数据购买的合同签订较晚，建议提前安排。",
    },
}


def patched(dossier: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the dossier with one datum changed: "funds.used.total", "targets.0.actual", "reviewers"."""
    copied: dict[str, Any] = copy.deepcopy(dict(dossier))
    *outer, last = path.split(".")
    part: Any = copied
    for key in outer:
        part = part[int(key) if isinstance(part, list) else key]
    part[int(last) if isinstance(part, list) else last] = value
    return copied


def form_of(dossier: Mapping[str, Any], scheme: Scheme | None = None) -> Form:
    """The form that a workbook filled with this dossier would be read as."""
    scheme = scheme or load_scheme(dossier["scheme"])
    layout = place(scheme, flatten(scheme, dossier))
    cells: dict[str, Cell] = {}
    reserved: dict[str, Cell] = {}
    echoes: dict[str, tuple[Cell, ...]] = {}
    for sheet in layout.sheets:
        for placed in sheet.cells:
            cell = _cell(sheet.sheet.name, placed.row, placed.column, _shown(scheme, placed))
            if placed.role in READ_ROLES:
                cells[placed.path] = cell
            elif placed.role is Role.RESULT:
                reserved[placed.path] = cell
            elif placed.role is Role.ECHO:
                echoes[placed.path] = (*echoes.get(placed.path, ()), cell)
    tables = {key: _rows(scheme, key, sheet, cells) for sheet in layout.sheets for key in sheet.tables}
    single = {path: cell for path, cell in cells.items() if path.split(".")[0] not in tables}
    return Form(scheme, single, tables, reserved, echoes, {sheet.name: sheet.name for sheet in scheme.sheets})


def _shown(scheme: Scheme, placed: Placed) -> Value:
    """What stands in a cell; the live sum of the weights has those for spending too."""
    is_total = placed.role is Role.FIXED and placed.field is not None and placed.field.live.startswith("total")
    if is_total and scheme.execution is not None and isinstance(placed.value, Decimal):
        return placed.value + scheme.execution.weight
    return placed.value


def _cell(sheet: str, row: int, column: int, value: Value) -> Cell:
    return Cell(sheet, row, column, value, value, State.BLANK if value is None else State.READ)


def _rows(scheme: Scheme, key: str, sheet: PlacedSheet, cells: Mapping[str, Cell]) -> tuple[Row, ...]:
    """The rows that are not blank. A merged name counts in each row that it spans, a merged weight in the first only."""
    table = scheme.tables[key]
    place_ = sheet.tables[key]
    merged: dict[str, Cell] = {}
    rows: list[Row] = []
    for index in range(place_.last - place_.first + 1):
        own = {c.key: cells[f"{key}.{index}.{c.key}"] for c in table.columns if f"{key}.{index}.{c.key}" in cells}
        merged |= {c.key: own[c.key] for c in table.columns if c.merge and c.is_data and c.key in own}
        if any(cell.is_read for cell in own.values()):
            rows.append(Row(len(rows), merged | own))
    return tuple(rows)


def with_cell(form: Form, path: str, **changes: Any) -> Form:
    """The form with one cell changed: with_cell(form, "funds.used.total", state=State.UNREADABLE, value=None)."""
    key, *rest = path.split(".")
    if key not in form.tables:
        return replace(form, cells={**form.cells, path: form.cell(path)._replace(**changes)})
    index, column = int(rest[0]), rest[1]
    rows = list(form.rows(key))
    cell = rows[index][column]._replace(**changes)
    rows[index] = replace(rows[index], cells={**rows[index].cells, column: cell})
    return replace(form, tables={**form.tables, key: tuple(rows)})


def unreadable(form: Form, path: str) -> Form:
    """The form with one cell that the reader could not read and has reported."""
    return with_cell(form, path, raw="约", value=None, state=State.UNREADABLE)


def paths_of(form: Form) -> dict[tuple[str, str], str]:
    """The path of each cell by sheet and address."""
    paths: dict[tuple[str, str], str] = {}
    for key, rows in form.tables.items():
        for row in rows:
            for column, cell in row.cells.items():
                paths.setdefault((cell.sheet, cell.address), f"{key}.{row.index}.{column}")
    paths |= {(cell.sheet, cell.address): path for path, cell in form.cells.items()}
    return paths


def findings_of(source: Mapping[str, Any] | Form, *families: str, today: date = TODAY) -> list[Finding]:
    """What the rules of these families (or codes; all where none is named) find in a dossier or form."""
    form = source if isinstance(source, Form) else form_of(source)
    ignored = [code for code in RULES if families and not code.startswith(families)]
    return judge(form, today, (), ignored)[1]


def found(source: Mapping[str, Any] | Form, *families: str, today: date = TODAY) -> list[tuple[str, str]]:
    """The same as (code, path of the cell), in order; the path is the sheet's name where a finding has no cell."""
    form = source if isinstance(source, Form) else form_of(source)
    paths = paths_of(form)
    return [(f.code, paths.get((f.sheet, f.cell), f.sheet)) for f in findings_of(form, *families, today=today)]
