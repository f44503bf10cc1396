"""Forms of other offices: each recognised by itself beside the others, and an office's own schemes beside them.

* the samples are what their data make, read back whole and recognised without the marker
* forms typed by hand, with merged cells and other columns, read as typed
* a mixed inbox of all schemes is consolidated
* --scheme restricts, --schemes adds; the marker decides unless another scheme fits clearly better; ties, unknown markers and
  equal ids are said
* a scheme that extends another changes thresholds, severities and words, nothing else
"""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from anyform import dossier_by, sheet_bytes
from forms import GOOD
from opened import load_workbook
from perfxl.door.inspect import inspect
from perfxl.dossier import complete, dossier_of
from perfxl.errors import RefusedError, SchemeError, UsageError
from perfxl.reading.reader import read_form, read_forms
from perfxl.schemes import load_scheme, parse_scheme, scheme_names, scheme_text
from perfxl.schemes.choice import SchemeChoice, known_schemes, schemes_in
from running import exit_code_here
from self_assessments import GOOD_SELF
from test_template import parts
from workbooks import form_bytes

MORE = Path(__file__).parent.parent / "more_samples"
NAMES = sorted(path.stem for path in MORE.glob("*.json"))
Book = Any


def data_of(name: str) -> dict[str, Any]:
    return dict(json.loads((MORE / f"{name}.json").read_text("utf-8")))


def edited(data: bytes, change: Callable[[Book], None]) -> bytes:
    book = load_workbook(io.BytesIO(data))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def unmarked(data: bytes) -> bytes:
    def change(book: Book) -> None:
        for name in ("_perfxl", "填报说明"):
            del book[name]

    return edited(data, change)


def marked_as(data: bytes, name: str) -> bytes:
    def change(book: Book) -> None:
        book["_perfxl"]["B1"] = name

    return edited(data, change)


def test_every_shipped_scheme_but_the_first_two_has_a_sample() -> None:
    have = {data_of(name)["scheme"] for name in NAMES}
    assert have == set(scheme_names()) - {"hainan-2020", "hainan-2023"}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_what_its_data_make(name: str) -> None:
    made = form_bytes(data_of(name), load_scheme(data_of(name)["scheme"]))
    command = f"perfxl fill more_samples/{name}.json -o more_samples/{name}.xlsx"
    assert parts((MORE / f"{name}.xlsx").read_bytes()) == parts(made), command


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_recognised_without_its_marker_and_read_back_whole(name: str) -> None:
    dossier = data_of(name)
    data = unmarked((MORE / f"{name}.xlsx").read_bytes())
    (reading,) = read_forms(data, inspect(data))
    assert reading.form.scheme.id == dossier["scheme"]
    assert dossier_of(reading.form) == complete(load_scheme(dossier["scheme"]), dossier)


def test_forms_of_all_schemes_in_one_inbox_are_consolidated(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    for name in NAMES:
        (inbox / f"{name}.xlsx").write_bytes(unmarked((MORE / f"{name}.xlsx").read_bytes()))
    for dossier in (GOOD, GOOD_SELF):
        scheme = load_scheme(dossier["scheme"])
        (inbox / f"{scheme.id}.xlsx").write_bytes(unmarked(form_bytes(dossier, scheme)))
    summary = tmp_path / "out" / "汇总.xlsx"
    assert exit_code_here("consolidate", inbox, "-o", summary, "--no-cache", "--fail-on", "never", "--jobs", 1) == 0
    shown = set(map(str, pd.read_excel(summary, sheet_name="收文清单", header=None, engine="calamine").to_numpy().flat))
    for name in scheme_names():
        assert any(load_scheme(name).edition in text for text in shown), name


# -- typed by hand ----------------------------------------------------------------------------------------------------

NATIONAL = {
    "A1": "项目支出绩效自评表", "A2": "（2022年度）", "A3": "项目名称", "C3": "委托业务", "A4": "主管部门", "C4": "甲局", "E4": "实施单位", "F4": "乙镇",
    "A5": "项目资金\n（万元）", "D5": "年初预算数", "E5": "全年预算数", "F5": "全年执行数", "G5": "分值", "H5": "执行率", "I5": "得分",
    "C6": "年度资金总额：", "D6": 211, "E6": 202, "F6": 121, "G6": 10, "H6": 59.9, "I6": 5.99,
    "C7": "其中：当年财政拨款", "D7": 201, "E7": 192, "F7": 113, "G7": "—", "H7": 58.85, "I7": "—",
    "C8": "上年结转资金", "D8": 7, "E8": 6, "F8": 5, "G8": "—", "C9": "其他资金", "D9": 3, "E9": 4, "F9": 3,
    "A10": "年度\n总体\n目标", "B10": "预期目标", "E10": "实际完成情况", "B11": "完成委托", "E11": "已完成",
    "A12": "绩效\n指标", "B12": "一级指标", "C12": "二级指标", "D12": "三级指标", "E12": "年度指标值", "F12": "实际完成值", "G12": "分值", "H12": "得分",
    "I12": "偏差原因分析及改进措施", "B13": "产出指标(50分)", "C13": "数量指标", "D13": "委托数", "E13": "≥50个", "F13": "49个", "G13": 26, "H13": 25.48,
    "I13": "一个取消", "C14": "质量指标", "D14": "合格率", "E14": "≥95%", "F14": "96%", "G14": 24, "H14": 24, "B15": "效益指标(40分)", "C15": "社会效益指标",
    "D15": "市场公平", "E15": "≥9起", "F15": "11起", "G15": 40, "H15": 40, "A16": "总分", "G16": 100, "H16": 95.47,
}  # fmt: skip


@pytest.mark.parametrize(
    "merged", [(), ("A5:B9", "A10:A11", "B10:D10", "E10:I10", "B13:B14", "A16:F16", "A1:I1", "A2:I2")]
)
def test_the_national_form_typed_by_hand_is_read_as_typed(merged: tuple[str, ...]) -> None:
    data = sheet_bytes(NATIONAL, merged)
    (reading,) = read_forms(data, inspect(data))
    assert reading.form.scheme.id == "national-2020"
    assert reading.findings == ()
    read = dossier_of(reading.form)
    assert read["basic"] == {"year": 2022, "project_name": "委托业务", "department": "甲局", "unit": "乙镇"}
    assert read["funds"] == {
        "total": {"initial": 211, "full_year": 202, "executed": 121, "rate": 59.9, "score": 5.99},
        "fiscal": {"initial": 201, "full_year": 192, "executed": 113, "rate": 58.85},
        "carried": {"initial": 7, "full_year": 6, "executed": 5, "rate": None},
        "other": {"initial": 3, "full_year": 4, "executed": 3, "rate": None},
    }
    assert read["goals"] == {"expected": "完成委托", "actual": "已完成"}
    assert read["stated"] == {"total": 95.47}
    assert [tuple(row.values()) for row in read["indicators"]] == [
        ("产出指标", "数量指标", "委托数", "≥50个", "49个", 26, 25.48, "一个取消"),
        ("产出指标", "质量指标", "合格率", "≥95%", "96%", 24, 24, None),
        ("效益指标", "社会效益指标", "市场公平", "≥9起", "11起", 40, 40, None),
    ]


HUBEI = {
    "A1": "2022年度道路改造项目自评表", "A2": "单位名称：甲局　　填报日期：2023年3月15日", "A3": "项目名称", "B3": "道路改造", "A4": "主管部门", "B4": "甲局",
    "D4": "项目实施单位", "E4": "乙中心", "A5": "项目类别", "B5": "1、部门预算项目 □ 2、市直专项 ☑ 3、上级专项 □", "A6": "项目属性",
    "B6": "1、持续性项目 ☑ 2、新增性项目 □", "A7": "项目类型", "B7": "1、常年性项目 □ 2、延续性项目 ☑ 3、一次性项目 □",
    "A8": "预算执行情况（万元）\n（20分）", "C8": "预算数(A)", "D8": "执行数(B)", "E8": "执行率(B/A)", "F8": "得分\n（20分*执行率）", "B9": "年度财政资金总额",
    "C9": 500, "D9": 450, "E9": 90, "F9": 18, "A10": "年度绩效目标1\n（80分）", "B10": "一级指标", "C10": "二级指标", "D10": "三级指标", "E10": "年初目标值(A)",
    "F10": "实际完成值(B)", "G10": "得分", "B11": "产出指标", "C11": "数量指标", "D11": "改造里程（30分）", "E11": "≥8公里", "F11": "8.2公里", "G11": 30,
    "C12": "时效指标", "D12": "工期（20分）", "E12": "≤100天", "F12": "125天", "G12": 16, "B13": "效益指标", "C13": "社会效益指标", "D13": "受益户（30分）",
    "E13": "≥900户", "F13": "930户", "G13": 30, "A14": "总分", "G14": "94分", "A15": "偏差大或目标未完成原因分析", "C15": "管线迁改",
    "A16": "改进措施及结果应用方案", "C16": "先行勘察",
}  # fmt: skip


def test_the_form_of_hubei_typed_by_hand_is_read_as_typed() -> None:
    read = dossier_by(load_scheme("hubei-2020"), sheet_bytes(HUBEI))
    assert (read["basic"]["year"], read["basic"]["title_name"]) == (2022, "道路改造项目")
    assert (read["basic"]["unit_name"], read["basic"]["filing_date"]) == ("甲局", "2023-03-15")
    ticked = [read["basic"][key] for key in ("category", "nature", "project_type")]
    assert ticked == ["市直专项", "持续性项目", "延续性项目"]
    assert read["funds"] == {"total": {"full_year": 500, "executed": 450, "rate": 90, "score": 18}}
    assert [(row["level3"], row["weight"], row["score"]) for row in read["indicators"]] == [
        ("改造里程", 30, 30),
        ("工期", 20, 16),
        ("受益户", 30, 30),
    ]
    assert read["stated"] == {"total": 94}
    assert read["remarks"] == {"causes": "管线迁改", "measures": "先行勘察"}


# -- which scheme -----------------------------------------------------------------------------------------------------


def test_a_form_that_was_not_asked_for_is_refused_though_it_bears_the_labels() -> None:
    data = unmarked((MORE / "云南表-卫片执法.xlsx").read_bytes())
    asked = (load_scheme("national-2020"),)
    with pytest.raises(RefusedError) as refusal:
        read_forms(data, inspect(data), asked, known_schemes(SchemeChoice()))
    assert (refusal.value.code, refusal.value.found) == ("ST01", "项目支出绩效自评表（云南2020年版）")


def test_a_marker_that_does_not_fit_and_an_unknown_one_are_said() -> None:
    data = (MORE / "云南表-卫片执法.xlsx").read_bytes()
    for marker in ("hainan-2020", "nowhere-2020"):
        wrong = marked_as(data, marker)
        reading = read_form(wrong, inspect(wrong))
        assert reading.form.scheme.id == "yunnan-2020"
        said = [found.message for found in reading.findings if found.code == "ST02"]
        assert [f"“{marker}”" in message for message in said] == [True]


def own(id: str, base: str = "hainan-2023", more: str = "") -> str:
    return f'id = "{id}"\nversion = 2\nextends = "{base}"\n{more}'


def test_two_schemes_that_fit_alike_are_a_tie_that_is_said() -> None:
    text = scheme_text("hainan-2023")
    twins = [parse_scheme(text.replace('id = "hainan-2023"', f'id = "{id}"'), f"{id}.toml") for id in ("one", "two")]
    data = unmarked(form_bytes(GOOD_SELF, load_scheme("hainan-2023")))
    (reading,) = read_forms(data, inspect(data), twins)
    assert [(found.code, "分不清" in found.message) for found in reading.findings] == [("ST02", True)]


def test_equal_ids_are_a_usage_error(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(own("same"), "utf-8")
    with pytest.raises(UsageError, match="id 都是“same”"):
        known_schemes(SchemeChoice(added=schemes_in(tmp_path)))
    assert exit_code_here("check", MORE, "--schemes", tmp_path) == 2


def test_a_folder_of_schemes_adds_and_schemes_restrict(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(own("own-2023"), "utf-8")
    added = schemes_in(tmp_path)
    every = {scheme.id for scheme in known_schemes(SchemeChoice(added=added))}
    assert every == {*scheme_names(), "own-2023"} - {"hainan-2023"}
    assert [scheme.id for scheme in known_schemes(SchemeChoice(only=("hainan-2020", "yunnan-2020")))] == [
        "hainan-2020",
        "yunnan-2020",
    ]


def test_an_office_scheme_changes_thresholds_severities_and_words(tmp_path: Path, capsys: Any) -> None:
    more = '[thresholds]\nlow_execution = { value = 1, source = "本市要求" }\n[severities]\nFD06 = "error"\n[words.FD06]\nfix = "请附情况说明。"\n'
    (tmp_path / "own.toml").write_text(own("own-2023", more=more), "utf-8")
    form = tmp_path / "form.xlsx"
    changed = {**GOOD_SELF, "funds": {**GOOD_SELF["funds"]}}
    total = dict(changed["funds"]["total"])
    total |= {"executed": total["full_year"] * 0.95, "rate": None, "score": None}
    changed["funds"]["total"] = total
    form.write_bytes(form_bytes(changed, load_scheme("hainan-2023")))
    exit_code_here("check", form, "--schemes", tmp_path, "--format", "json")
    line = json.loads(capsys.readouterr().out)
    assert line["scheme"] == "own-2023"
    said = [(one["severity"], one["fix"]) for one in line["findings"] if one["code"] == "FD06"]
    assert said == [("error", "请附情况说明。")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (own("own", "hainan-2032"), "extends 没有名为“hainan-2032”的随附方案，是否应为“hainan-2023”"),
        (own("own", more='money_unit = "万元"\n'), "不能改 money_unit"),
        (own("hainan-2023"), "id 不能与 extends 的方案相同"),
        (own("own", more='[severities]\nFL01 = "info"\n'), "文件类（FL）规则的级别不能改"),
        (own("own", more='[severities]\nFD6 = "info"\n'), "“FD6”不是规则代码"),
        (own("own", more='[severities]\nFD06 = "mild"\n'), "应为 error、warning、info 之一"),
    ],
)
def test_an_office_scheme_with_a_slip_is_refused(text: str, said: str) -> None:
    with pytest.raises(SchemeError) as refusal:
        parse_scheme(text, "own.toml")
    assert said in str(refusal.value)
