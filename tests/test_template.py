"""The form as agencies get it.

* the committed templates are what the code makes
* every live formula, recalculated by LibreOffice, gives the stored value: blank, filled, and with every kind of mistake
* input cells are unlocked, all others locked; drop-downs, prompts and limits are there
* the same data give the same bytes; a template stays small
"""

import copy
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from forms import GOOD
from office import Converted, by_office, formula_cells, same_value
from opened import load_workbook
from perfxl.dossier import complete
from perfxl.layout import Role, blank_layout
from perfxl.schemes import load_scheme, scheme_names
from perfxl.templates.form import FILLS
from perfxl.templates.live import keeps_formula
from workbooks import SCHEME, form_bytes, read_dossier, written_form

ROOT = Path(__file__).parent.parent
DOSSIER = json.loads((ROOT / "samples" / "海南省商务厅-信息系统运维.json").read_text("utf-8"))

SELF_ASSESSED: dict[str, Any] = {
    "scheme": "hainan-2023",
    "funds": {"total": {"initial": 10, "full_year": 12, "executed": 13, "rate": 108.33, "score": 9}},
    "indicators": [
        {
            "level1": "产出指标",
            "level3": name,
            "sign": sign,
            "target": target,
            "actual": actual,
            "weight": 20,
            "score": 21,
        }
        for name, sign, target, actual in [
            ("多", "≥", 52, 10),
            ("少", "≤", 10, 13),
            ("少得多", "<", 10, 25),
            ("零", "=", 0, 1),
            ("空", None, 4, 3),
            ("定性", "定性", "完成", "完成"),
            ("负", "≥", 0, -1),
        ]
    ],
    "stated": {"total": 12},
}


def spoilt() -> dict[str, Any]:
    """A dossier in which every line of the self-check has something to say."""
    dossier: dict[str, Any] = copy.deepcopy(GOOD)
    dossier["basic"].update(project_name=None, unit=None)
    dossier["funds"]["planned"]["total"] = 100
    dossier["funds"]["used"]["total"] = 150
    dossier["targets"][0]["actual"] = None
    dossier["indicators"][0]["score"] = 99
    dossier["indicators"][1]["score"] = None
    dossier["reviewers"] = dossier["reviewers"][:1]
    dossier["stated"].update(total=1, average=1)
    dossier["report"].update(overview=None, goals="短", results="无", experience=" 空  格  很  多 ")
    return dossier


@pytest.mark.parametrize("name", scheme_names())
def test_committed_templates_are_what_the_code_makes(name: str) -> None:
    committed = ROOT / "workbook_templates" / f"{name}.xlsx"
    command = f"perfxl template --scheme {name} -o workbook_templates/{name}.xlsx"
    assert committed.is_file(), command
    assert parts(committed.read_bytes()) == parts(form_bytes(None, load_scheme(name))), command


def parts(data: bytes) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize(
    ("scheme", "dossier"),
    [
        ("hainan-2020", None),
        ("hainan-2020", GOOD),
        ("hainan-2020", DOSSIER),
        ("hainan-2020", spoilt()),
        ("hainan-2023", None),
        ("hainan-2023", SELF_ASSESSED),
    ],
    ids=["2020 blank", "2020 good", "2020 dossier", "2020 spoilt", "2023 blank", "2023 odd"],
)
@by_office(lambda scheme, dossier: form_bytes(dossier, load_scheme(scheme)))
def test_recalculated_formulas_give_the_stored_values(
    scheme: str, dossier: dict[str, Any] | None, office: list[Converted]
) -> None:
    compared = list(formula_cells(office[0]))
    assert len(compared) > 25
    assert [cell for cell in compared if not same_value(shown(cell[2]), shown(cell[3]))] == []


def shown(value: object) -> object:
    """An empty text shows as a blank does."""
    return "" if value is None else value


def test_the_self_check_sees_every_mistake() -> None:
    stored = load_workbook(io.BytesIO(form_bytes(spoilt())), data_only=True)["填报说明"]
    rows = (row for row in stored.iter_rows(max_col=3) if isinstance(row[2].value, int) and row[2].value)
    shown = {row[0].value: row[2].value for row in rows}
    assert shown == {
        "项目绩效目标表：必填栏目": 1,
        "项目基本信息表：必填栏目": 1,
        "资金：合计等于各来源之和": 2,
        "资金：实际使用情况不超过实际到位资金，实际到位资金不超过计划投资额": 2,
        "绩效目标：实际完成值": 1,
        "评分：得分已填": 1,
        "评分：得分在 0 与分值之间": 1,
        "评分：总分等于得分之和": 1,
        "评价人员：不少于 2 人评分": 1,
        "评价人员：平均得分": 1,
        "绩效评价报告：各部分已填写": 1,
        "绩效评价报告：内容不过短": 3,
    }


@pytest.mark.parametrize("name", scheme_names())
def test_only_input_cells_are_unlocked(name: str) -> None:
    scheme = load_scheme(name)
    layout, book = blank_layout(scheme), load_workbook(io.BytesIO(form_bytes(None, scheme)))
    for placed in layout.sheets:
        sheet = book[placed.sheet.name]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        for cell in placed.cells:
            is_open = cell.role is Role.INPUT and not keeps_formula(cell, layout)
            assert sheet[cell.address].protection.locked is not is_open, cell
            yellow = sheet[cell.address].fill.start_color.rgb == f"FF{FILLS[Role.INPUT][1:]}"
            assert yellow is is_open, cell
    assert book["_perfxl"].sheet_state == "veryHidden"


def test_a_prefilled_form_goes_on_computing() -> None:
    prefilled = {"scheme": "hainan-2023", "funds": {"total": {"initial": 10, "full_year": 12}}}
    book = load_workbook(io.BytesIO(form_bytes(prefilled, load_scheme("hainan-2023"))))
    layout = blank_layout(load_scheme("hainan-2023"))
    for path in ("funds.total.rate", "funds.total.score", "stated.total"):
        sheet, cell = layout.places[path]
        assert str(book[sheet][cell.address].value).startswith("=IF("), path
    assert read_dossier(form_bytes(prefilled, load_scheme("hainan-2023")))["funds"]["total"]["rate"] is None


def test_drop_downs_prompts_and_limits() -> None:
    book = load_workbook(io.BytesIO(form_bytes(None)))
    rules = {
        (sheet.title, str(area)): rule
        for sheet in book
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }
    kind = rules["项目基本信息表", "B7"]
    assert (kind.type, kind.formula1) == ("list", '"经常性项目,一次性项目"')
    score = rules["评价指标评分表", "G3:G22"]
    assert (score.type, score.formula1, score.formula2) == ("decimal", "0", "$F3")
    assert "0（含）至“分值”（含）" in score.prompt
    assert "0（含）至“分值”（含）" in score.error
    assert "0（含）至 100（含）" in rules["评价人员", "D3:D8"].prompt
    assert rules["项目基本信息表", "B8"].operator == "greaterThanOrEqual"
    assert "单位：万元" in rules["项目基本信息表", "B8"].prompt


def test_the_same_data_give_the_same_bytes() -> None:
    assert written_form(GOOD) == written_form(GOOD)


def test_a_template_has_no_more_than_a_few_thousand_cells() -> None:
    for name in scheme_names():
        book = load_workbook(io.BytesIO(form_bytes(None, load_scheme(name))))
        assert sum(len(sheet._cells) for sheet in book) < 3000


def test_text_is_text_whatever_it_begins_with() -> None:
    dossier = copy.deepcopy(GOOD)
    dossier["basic"]["leader"] = '=HYPERLINK("http://x","y")'
    dossier["targets"][0]["note"] = "+cmd|' /C calc'!A0"
    dossier["targets"][1]["note"] = "<r><t>not markup</t></r>"
    dossier["basic"]["project_name"] = "control \x1f characters"
    assert read_dossier(form_bytes(dossier)) == complete(SCHEME, dossier)
    book = load_workbook(io.BytesIO(form_bytes(dossier)))
    cells = [book["项目基本信息表"]["B5"], book["项目绩效目标表"]["I5"]]
    assert [cell.data_type for cell in cells] == ["s", "s"]


@pytest.mark.parametrize("name", scheme_names())
def test_rows_in_which_people_write_grow(name: str) -> None:
    scheme = load_scheme(name)
    contents, growing = parts(form_bytes(None, scheme)), set()
    for number, placed in enumerate(blank_layout(scheme).sheets, 2):
        sheet = contents[f"xl/worksheets/sheet{number}.xml"].decode()
        kept = {int(row) for row in re.findall(r'<row r="(\d+)"[^>]*customHeight="1"', sheet)}
        texts = [cell for cell in placed.cells if cell.role is Role.INPUT and cell.field and not cell.field.is_number]
        alone = {cell.row for cell in texts if cell.width == cell.height == 1}
        assert kept & alone == set()
        assert 1 in kept  # the title keeps its height
        growing |= alone
    assert growing
