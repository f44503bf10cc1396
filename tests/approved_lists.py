"""Approved lists for tests: the project of a dossier as a row of a list, lists as workbooks, and what the rules make of a form."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from forms import TODAY, form_of, paths_of
from perfxl.batch.onefile import claim_of
from perfxl.model import Form
from perfxl.office.answers import amount_paths
from perfxl.office.approved import ApprovedList, ApprovedProject, ApprovedTarget, Source
from perfxl.office.books import Booked, Ledger
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.office.lastyear import LastBatch, LastYear
from perfxl.rules import judge
from perfxl.schemes import load_scheme

PROJECT_HEADINGS = (
    "项目编码", "项目名称", "实施单位", "主管部门", "批复预算（万元）", "联系人及电话", "电子邮箱", "年度", "评价表", "截止日期",
    "中央财政", "省财政", "市县财政", "其他", "财政资金", "单位资金", "财政专户管理资金",
)  # fmt: skip
TARGET_HEADINGS = (
    "项目编码", "项目名称", "一级指标", "二级指标", "指标名称", "指标性质", "指标值", "度量单位", "优", "良", "中", "差", "分值",
)  # fmt: skip


def approved_of(dossier: Mapping[str, Any], **changes: Any) -> ApprovedProject:
    """The project of a dossier as the list would have approved it: nothing that was reached, used or scored."""
    scheme = load_scheme(dossier["scheme"])
    assert scheme.approved is not None
    basic, columns = dossier["basic"], scheme.approved.columns
    factor = Decimal(1) if scheme.money_unit == "万元" else Decimal(10_000)
    amounts = {name: _number(dossier, path) for name, path in amount_paths(scheme).items()}
    total = amounts.pop("")
    targets = tuple(
        ApprovedTarget(
            **{key: _text(row.get(name)) for key, name in columns.items() if key != "weight"},
            weight=_decimal(row.get(columns["weight"])) if "weight" in columns else None,
        )
        for row in dossier[scheme.approved.table]
    )
    project = ApprovedProject(
        "",
        basic["project_name"],
        basic["unit"] or "",
        basic["department"] or "",
        None if total is None else total / factor,
        "陈立 65300000",
        year=_text(basic.get("year")),
        scheme=scheme.id,
        sources=tuple(Source(name, number / factor) for name, number in amounts.items() if number is not None),
        targets=targets,
    )
    return replace(project, **changes)


def _number(dossier: Mapping[str, Any], path: str) -> Decimal | None:
    part: Any = dossier
    for key in path.split("."):
        part = part.get(key) if part else None
    return _decimal(part)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def list_file(path: Path, projects: Sequence[ApprovedProject]) -> Path:
    """The workbook of a list, one sheet for projects and one for targets."""
    book = Workbook()
    sheet, targets = book.active, book.create_sheet("批复指标")
    sheet.title = "批复项目"
    sheet.append(PROJECT_HEADINGS)
    targets.append(TARGET_HEADINGS)
    for one in projects:
        sources = {source.name: source.amount for source in one.sources}
        head = (one.code, one.name, one.unit, one.department, one.budget, one.contact, one.mail, one.year, one.scheme)
        sheet.append([*_cells((*head, one.deadline)), *(_cell(sources.get(name)) for name in PROJECT_HEADINGS[10:])])
        for number, target in enumerate(one.targets):
            named = (one.code, one.name) if not number else (None, None)
            texts = (target.level1, target.level2, target.name, target.sign, target.target, target.unit)
            standards = (target.excellent, target.good, target.fair, target.poor, target.weight)
            targets.append(_cells((*named, *texts, *standards)))
    for row in (row for each in book.worksheets for row in each.iter_rows()):
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with = is a text
    book.save(path)
    return path


def _cells(values: Sequence[object]) -> list[object]:
    return [_cell(value) for value in values]


def _cell(value: object) -> object:
    return (float(value) if isinstance(value, Decimal) else value) or (0 if value == 0 else None)


def knowledge(
    *projects: ApprovedProject, booked: Sequence[Booked] | None = None, last: Sequence[LastYear] | None = None
) -> OfficeKnowledge:
    """What an office knows that has a list of these projects, and books or last year where they are given."""
    return OfficeKnowledge(
        ApprovedList(projects) if projects else None,
        None if booked is None else Ledger(tuple(booked)),
        None if last is None else LastBatch(tuple(last)),
    )


def held(
    source: Mapping[str, Any] | Form, known: OfficeKnowledge, *families: str, issued: ApprovedProject | None = None
) -> list[tuple[str, str]]:
    """What the rules of these families find in a form that was made for a project: (code, path of the cell), in order."""
    form = source if isinstance(source, Form) else form_of(source)
    if issued is not None:
        form = replace(form, marks={"project": issued.id, "issue": issued.issue})
    paths = paths_of(form)
    found = judge(form, TODAY, known=known.about(claim_of(form)))[1]
    found = [one for one in found if one.code.startswith(families)]
    return [(one.code, paths.get((one.sheet, one.cell), one.sheet)) for one in found]
