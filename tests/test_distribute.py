"""Forms that go out, and what comes back.

1. A form for each project, in a folder for department and unit, with a register; drafts where they are wanted.
2. For any list: a distributed form, read, gives the list's figures and nothing else; no actual, score or used amount.
3. Approved cells are locked, every other input is not; stored values of formulas are those of a form filled by the writer.
4. Running it again writes what changed alone; a form that somebody saved is never replaced.
5. The dossier as a row of a list, filled in as its agency filled it, comes back with the findings of today and none of the list's.
6. Saving by LibreOffice or openpyxl keeps the identity.
"""

import json
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from approved_lists import approved_of, held, knowledge, list_file
from dossiers import dossiers
from forms import GOOD, patched
from office import Converted, by_office, formula_cells, same_value
from opened import load_workbook
from perfxl.command.distribute import hand_out
from perfxl.distribution.places import form_places
from perfxl.distribution.prefilled import prefilled_form
from perfxl.distribution.sendout import SentOut, send_out
from perfxl.dossier import complete, flatten
from perfxl.layout import Role, blank_layout, place
from perfxl.model import address
from perfxl.office.answers import approved_answers, approved_dossier, target_table
from perfxl.office.approved import ApprovedProject, ApprovedTarget
from perfxl.office.lists import read_list
from perfxl.schemes import load_scheme, scheme_names
from perfxl.system.ownbooks import is_as_written
from perfxl.templates.live import keeps_formula
from perfxl.writeback.filling import Answer, SheetFilling, fill_blank
from test_rules_listed import GOOD_23
from workbooks import form_bytes, read_bytes, read_dossier

APPROVED, APPROVED_23 = approved_of(GOOD), approved_of(GOOD_23)
SAMPLES = Path(__file__).parent.parent / "samples"
NEVER = {
    "actual",
    "score",
    "used",
    "executed",
    "in_place",
    "grade",
    "average",
    "total",
    "reviewers",
    "report",
    "reason",
}


def sent(folder: Path, *projects: ApprovedProject, drafts: bool = False) -> SentOut:
    return send_out(projects, lambda one: load_scheme(one.scheme), folder, drafts)


# -- folders ----------------------------------------------------------------------------------------------------------


def test_a_form_for_each_project_and_a_register(tmp_path: Path) -> None:
    done = sent(tmp_path, APPROVED, APPROVED_23)
    names = [
        "海南省人民政府研究室/海南省人民政府研究室/海南宏观经济形势分析预测与经济动态监测预警项目.xlsx",
        "海南省旅文厅/海南省图书馆/读者服务.xlsx",
    ]
    assert done == SentOut(new=[*names, "下发登记.xlsx"])
    rows = list(load_workbook(tmp_path / "下发登记.xlsx").active.iter_rows(min_row=4, values_only=True))
    assert [(row[4], row[7], row[12], row[13]) for row in rows] == [
        (APPROVED.name, 144, names[0], APPROVED.id),
        (APPROVED_23.name, 100, names[1], APPROVED_23.id),
    ]


def test_running_it_again_writes_what_changed_alone(tmp_path: Path) -> None:
    first = sent(tmp_path, APPROVED, APPROVED_23, drafts=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    again = sent(tmp_path, APPROVED, APPROVED_23, drafts=True)
    assert again == SentOut(same=first.new)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
    richer = replace(APPROVED_23, budget=Decimal(120), sources=())
    changed = sent(tmp_path, APPROVED, richer, drafts=True)
    assert changed.changed == [
        "海南省旅文厅/海南省图书馆/读者服务.xlsx",
        "邮件草稿/海南省旅文厅-海南省图书馆.eml",
        "下发登记.xlsx",
    ]
    gone = sent(tmp_path, richer, drafts=True)
    assert gone.gone == [first.new[0]]
    assert (tmp_path / first.new[0]).exists()


def test_a_form_that_somebody_saved_is_never_replaced(tmp_path: Path) -> None:
    name = sent(tmp_path, APPROVED_23).new[0]
    book = load_workbook(tmp_path / name)
    book.save(tmp_path / name)
    saved = (tmp_path / name).read_bytes()
    done = sent(tmp_path, replace(APPROVED_23, budget=Decimal(120), sources=()))
    assert done.kept == [name]
    assert (tmp_path / name).read_bytes() == saved


def test_names_do_not_collide_and_do_not_depend_on_the_order() -> None:
    twins = [replace(APPROVED, name=name, code=code) for name, code in (("甲:乙", "S1"), ("甲*乙", "S2"), ("丙", ""))]
    places = form_places(twins)
    assert {one.id: place for one, place in zip(twins, places.values(), strict=True)} == places
    assert [place.name for place in places.values()] == [
        "甲-乙-S1.xlsx".replace("甲-乙", "甲 乙"),
        "甲 乙-S2.xlsx",
        "丙.xlsx",
    ]
    assert form_places(twins[::-1]) == places


def test_odd_names_stay_inside_the_folder(tmp_path: Path) -> None:
    odd = replace(APPROVED_23, name="../../x", unit="..", department="a/b")
    done = sent(tmp_path / "out", odd)
    assert done.new == ["a b/未填实施单位/x.xlsx", "下发登记.xlsx"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_list_with_wrong_rows_hands_out_the_others_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = list_file(tmp_path / "清单.xlsx", [APPROVED, replace(APPROVED_23, mail="没有邮箱")])
    assert hand_out(path, tmp_path / "out", None, with_drafts=False) == 1
    said = capsys.readouterr().err
    assert "“批复项目”G3：“没有邮箱”不是电子邮箱" in said
    assert "清单 1 个项目：新写 2 个文件，更新 0 个，不变 0 个，保留 0 个。" in said


@pytest.mark.parametrize(
    ("project", "scheme", "reason"),
    [
        (replace(APPROVED, scheme=""), None, "没有写用哪一种评价表"),
        (replace(APPROVED, scheme="hainan-2023"), None, "hainan-2023 没有资金来源“省财政”"),
    ],
)
def test_what_cannot_be_handed_out_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], project: ApprovedProject, scheme: str | None, reason: str
) -> None:
    path = list_file(tmp_path / "清单.xlsx", [project])
    assert hand_out(path, tmp_path / "out", scheme, with_drafts=False) == 1
    assert reason in capsys.readouterr().err
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["下发登记.xlsx"]


# -- letters ----------------------------------------------------------------------------------------------------------


def test_a_draft_for_each_unit_with_its_own_forms_alone(tmp_path: Path) -> None:
    mine = replace(APPROVED, mail="li@hn.gov.cn", deadline="2024-03-31")
    second = replace(mine, name="第二个项目", targets=())
    other = replace(APPROVED_23, contact="")
    sent(tmp_path, mine, second, other, drafts=True)
    letters = {
        path.name: message_from_bytes(path.read_bytes(), policy=policy.SMTP)
        for path in sorted((tmp_path / "邮件草稿").iterdir())
    }
    told = {
        name: (letter["To"], letter["X-Unsent"], len(list(letter.iter_attachments())))
        for name, letter in letters.items()
    }
    assert told == {
        "海南省人民政府研究室-海南省人民政府研究室.eml": ("li@hn.gov.cn", "1", 2),
        "海南省旅文厅-海南省图书馆.eml": (None, "1", 1),
    }
    first = letters["海南省人民政府研究室-海南省人民政府研究室.eml"]
    assert "2. 第二个项目" in first.get_body().get_content()
    assert "于 2024-03-31 前报送" in first.get_body().get_content()
    attached = [part.get_content() for part in first.iter_attachments()]
    assert attached[0] == next(tmp_path.rglob(f"{APPROVED.name}.xlsx")).read_bytes()


def test_a_draft_that_somebody_changed_is_kept(tmp_path: Path) -> None:
    sent(tmp_path, APPROVED_23, drafts=True)
    draft = next((tmp_path / "邮件草稿").iterdir())
    draft.write_bytes(draft.read_bytes().replace(b"X-Unsent: 1", b"X-Unsent: 0"))
    done = sent(tmp_path, replace(APPROVED_23, budget=Decimal(120), sources=()), drafts=True)
    assert done.kept == [f"邮件草稿/{draft.name}"]


def test_a_name_cannot_add_lines_to_a_letter(tmp_path: Path) -> None:
    sent(tmp_path, replace(APPROVED_23, unit="省图书馆\nBcc: x@y.z"), drafts=True)
    letter = message_from_bytes(next((tmp_path / "邮件草稿").iterdir()).read_bytes(), policy=policy.SMTP)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "请填报项目支出绩效评价表：省图书馆 Bcc: x@y.z（1 个项目）"


# -- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("project", [APPROVED, APPROVED_23])
def test_what_was_approved_is_locked_and_the_rest_is_not(project: ApprovedProject) -> None:
    scheme = load_scheme(project.scheme)
    data = prefilled_form(project, scheme)
    form, book = read_bytes(data).form, load_workbook(BytesIO(data))
    answers, table = approved_answers(project, scheme), target_table(scheme)
    assert table is not None
    approved = {(form.cell(path).sheet, form.cell(path).address) for path in answers.cells}
    approved |= {
        (row[key].sheet, row[key].address)
        for row, known in zip(form.rows(table.key), answers.rows, strict=True)
        for key in known
    }
    locked = {place for place in approved if book[place[0]][place[1]].protection.locked}
    assert locked == approved
    assert {book[sheet][cell].fill.fgColor.rgb for sheet, cell in approved} == {"FFDCE6F4"}
    layout = blank_layout(scheme)
    cells = [(s.sheet.name, c) for s in layout.sheets for c in s.cells if c.role is Role.INPUT]
    inputs = {(sheet, cell.address) for sheet, cell in cells if not keeps_formula(cell, layout)}  # figures are computed
    open_cells = {place for place in inputs if not book[place[0]][place[1]].protection.locked}
    assert open_cells == inputs - approved
    assert all(book[sheet.sheet.name].protection.sheet for sheet in blank_layout(scheme).sheets)


@pytest.mark.parametrize("project", [APPROVED, APPROVED_23])
def test_formulas_store_what_they_give(project: ApprovedProject) -> None:
    """Held against the form that the writer makes of the same answers, sheet by sheet."""
    scheme = load_scheme(project.scheme)
    written = form_bytes(dict(approved_dossier(project, scheme)), scheme)
    ours, theirs = (load_workbook(BytesIO(data), data_only=True) for data in (prefilled_form(project, scheme), written))
    for sheet in scheme.sheets:
        values = [
            [[cell.value or "" for cell in row] for row in book[sheet.name].iter_rows()] for book in (ours, theirs)
        ]
        assert values[0] == values[1] or project is APPROVED_23  # rows of one level are merged by the writer alone
    checks = [[row[:3] for row in book["填报说明"].iter_rows(values_only=True)] for book in (ours, theirs)]
    step = next(n for n, row in enumerate(checks[0]) if row[0] and "浅蓝色" in row[0])
    assert checks[0][:step] + checks[0][step + 1 :] == checks[1]


def test_many_targets_leave_rows_for_more() -> None:
    targets = tuple(ApprovedTarget("产出指标", "数量指标", f"指标甲{n}", "≥", str(n)) for n in range(40))
    project = replace(APPROVED_23, targets=targets)
    scheme = load_scheme("hainan-2023")
    data = prefilled_form(project, scheme)
    form = read_bytes(data).form
    assert [row["level3"].text for row in form.rows("indicators")] == [target.name for target in targets]
    sheet = load_workbook(BytesIO(data))["项目支出绩效自评表"]
    last = form.rows("indicators")[-1]["level3"].row
    assert [sheet.cell(last + n, 3).protection.locked for n in (1, 2, 3)] == [False] * 3
    assert sheet.cell(last + 4, 1).value == "合计"


def texts() -> st.SearchStrategy[str]:
    letters = st.characters(min_codepoint=0x20, max_codepoint=0x9FFF, exclude_categories=["Cs", "Cc", "Zl", "Zp"])
    return st.text(letters, min_size=1, max_size=20).map(str.strip).filter(bool)


def names() -> st.SearchStrategy[str]:
    """Names as offices have them: they mean something, and are no caption of the form."""
    return st.text("甲乙丙丁戊己庚辛壬癸（）《》-0123456789ABC", min_size=1, max_size=20).map(
        lambda text: f"项{text}目"
    )


def projects() -> st.SearchStrategy[ApprovedProject]:
    money = st.decimals(0, 10**6, places=4)
    target = st.builds(
        ApprovedTarget,
        level1=st.sampled_from(["产出指标", "效益指标"]),
        level2=st.sampled_from(["", "数量指标", "质量指标"]),
        name=names(),
        sign=st.sampled_from(["", "≥", "≤", "="]),
        target=st.decimals(0, 10**6, places=2).map(lambda number: f"{number.normalize():f}") | names(),
        unit=st.sampled_from(["", "人", "%"]),
        excellent=names() | st.just(""),
        good=names() | st.just(""),
        weight=st.none() | st.decimals(0, 100, places=1),
    )
    return st.builds(
        ApprovedProject,
        code=st.sampled_from(["", "S1", "46000021T000000002749"]),
        name=names(),
        unit=names(),
        department=names(),
        budget=st.none() | money,
        contact=texts(),
        year=st.sampled_from(["", "2023"]),
        scheme=st.sampled_from(scheme_names()),
        targets=st.lists(target, max_size=14, unique_by=lambda one: one.name).map(tuple),
    )


@settings(max_examples=15, phases=[Phase.generate])
@given(projects())
def test_distributed_and_read_a_form_gives_the_figures_of_the_list(project: ApprovedProject) -> None:
    scheme = load_scheme(project.scheme)
    with TemporaryDirectory() as folder:
        (listed,) = read_list(list_file(Path(folder) / "清单.xlsx", [project])).projects
    data = prefilled_form(listed, scheme)
    assert data == prefilled_form(listed, scheme)
    reading = read_bytes(data)
    assert reading.form.marks == {"project": project.id, "issue": project.issue}
    assert read_dossier(data) == complete(scheme, approved_dossier(project, scheme))
    assert held(reading.form, knowledge(project), "LS", "XF03", "XF04") == []


@given(dossiers(load_scheme("hainan-2023")))
def test_nothing_that_was_reached_goes_out(dossier: dict[str, Any]) -> None:
    """Whatever an office's list says, the answers that a form is prefilled with are approved ones."""
    scheme = load_scheme("hainan-2023")
    answers = approved_answers(approved_of(dossier), scheme)
    keys = {key for path in answers.cells for key in path.split(".")[1:]} - {"total"}
    assert not (keys | {key for row in answers.rows for key in row}) & NEVER


# -- what comes back --------------------------------------------------------------------------------------------------


def filled_in(data: bytes, dossier: dict[str, Any]) -> bytes:
    """A distributed form as its agency fills it in, cell by cell; formulas keep the values that they gave."""
    form = read_bytes(data).form
    sheets: dict[str, SheetFilling] = defaultdict(SheetFilling)
    whole = place(form.scheme, flatten(form.scheme, dossier))
    for path in form.scheme.data:
        sheet, placed = whole.places[path]
        shared = (
            (placed.value if placed.role is Role.INPUT else placed.text) if placed.blanks else _value(dossier, path)
        )
        cell = placed.address if placed.blanks else form.cell(path).address
        _type(sheets, form.sheets[sheet], cell, shared)
    for key, table in form.scheme.tables.items():
        placed = next(sheet for sheet in blank_layout(form.scheme).sheets if key in sheet.tables)
        for number, row in enumerate(dossier[key]):
            for position, column in enumerate(table.columns, 1):
                if column.is_typed:
                    cell = address(placed.tables[key].first + number, position)
                    _type(sheets, form.sheets[placed.sheet.name], cell, row.get(column.key))
    return saved(fill_blank(data, sheets, [("project", form.marks["project"]), ("issue", form.marks["issue"])]))


def saved(data: bytes) -> bytes:
    """The workbook as another program leaves it that saves it: its parts bear another day."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as parts, ZipFile(target, "w", ZIP_DEFLATED) as packed:
        for entry in parts.infolist():
            packed.writestr(ZipInfo(entry.filename, (2024, 3, 1, 9, 0, 0)), parts.read(entry))
    return target.getvalue()


def _type(sheets: dict[str, SheetFilling], sheet: str, cell: str, value: Any) -> None:
    if value is not None:
        typed = value if isinstance(value, str) else Decimal(str(value))
        sheets[sheet].answers.append(Answer(cell, typed, is_approved=False))


def _value(dossier: dict[str, Any], path: str) -> Any:
    part: Any = dossier
    for key in path.split("."):
        part = part.get(key) if part else None
    return part


REAL = [SAMPLES / "海南省商务厅-信息系统运维.json", SAMPLES / "海南省图书馆-读者服务.json"]
ADJUSTED = ("云南表-卫片执法", "全国表-农村公路养护", "四川表-工资性支出")
"""Those whose budget was changed during the year, which is said."""
REAL += sorted((SAMPLES.parent / "more_samples").glob("*.json"))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_a_real_dossier_comes_back_with_the_findings_of_today(path: Path) -> None:
    dossier = json.loads(path.read_text("utf-8"))
    project = approved_of(dossier)
    scheme = load_scheme(project.scheme)
    returned = read_bytes(filled_in(prefilled_form(project, scheme), dossier))
    today = read_bytes(form_bytes(dossier, scheme))
    known = knowledge(project)
    found = [one for one in held(returned.form, known, "") if one != ("XF04", "funds.total.full_year")]
    assert found == held(today.form, knowledge(), "")
    assert (len(found) < len(held(returned.form, known, ""))) == (path.stem in ADJUSTED)
    assert [one.code for one in returned.findings] == [one.code for one in today.findings]
    assert read_dossier(filled_in(prefilled_form(project, scheme), dossier)) == read_dossier(
        form_bytes(dossier, scheme)
    )


def test_a_changed_form_comes_back_with_what_was_changed() -> None:
    dossier = patched(patched(GOOD_23, "indicators.0.target", 300), "indicators.0.actual", 320)
    returned = read_bytes(filled_in(prefilled_form(APPROVED_23, load_scheme("hainan-2023")), dossier))
    assert held(returned.form, knowledge(APPROVED_23), "LS") == [("LS11", "indicators.0.target")]


@pytest.mark.parametrize("project", [APPROVED, APPROVED_23])
@by_office(lambda project: prefilled_form(project, load_scheme(project.scheme)))
def test_other_programs_keep_the_identity_and_calculate_what_is_stored(
    tmp_path: Path, project: ApprovedProject, office: list[Converted]
) -> None:
    marks = {"project": project.id, "issue": project.issue}
    path, resaved = office[0].source, office[0].saved
    assert is_as_written(path)
    assert not is_as_written(resaved)
    assert read_bytes(resaved.read_bytes()).form.marks == marks
    load_workbook(path).save(tmp_path / "又.xlsx")
    assert read_bytes((tmp_path / "又.xlsx").read_bytes()).form.marks == marks
    compared = list(formula_cells(office[0]))
    assert len(compared) > 25
    assert [cell for cell in compared if not same_value(cell[2] or "", cell[3] or "")] == []
