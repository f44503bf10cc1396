"""A scheme is drafted from the form that an office has, and proves itself on it.

* drafts of the blanks of all forms: every label at its own cell, a filled copy comes back whole
* amounts behind labels, trees printed whole or in part, standards, evaluators and chapters are understood
* a form typed by hand, blank and as two filled copies: what differs is answer
* questions are asked on the terminal, or left as 请确认; a file is never overwritten
* the draft of a form reads its filled copies, and template, check and summary work from it
"""

import io
from pathlib import Path
from typing import Any

import pytest

from anyform import dossier_by, sheet_bytes
from opened import load_workbook
from perfxl.dossier import dossier_of
from perfxl.drafting.paper import read_papers
from perfxl.drafting.proof import prove
from perfxl.drafting.scheme import Drafted, Question, draft_scheme
from perfxl.layout import Role, blank_layout
from perfxl.schemes import load_scheme, parse_scheme, scheme_names
from perfxl.schemes.spec import Scheme
from printed_trees import (
    WEIGHTS_BEHIND_NAMES,
    WEIGHTS_BEHIND_NAMES_MERGED,
    WEIGHTS_IN_A_COLUMN,
    WEIGHTS_IN_A_COLUMN_MERGED,
)
from running import exit_code_here
from test_open_trees import SCHEME as HALF
from test_other_offices import HUBEI, NATIONAL
from workbooks import form_bytes, read_bytes

PAGE = Path(__file__).parent.parent / "docs" / "从本单位的表开始.md"
MERGED = ("A5:B9", "A10:A11", "B10:D10", "E10:I10", "B11:D11", "E11:I11", "A12:A15", "B13:B14", "A16:F16", "A1:I1", "A2:I2", "C3:I3", "A3:B3",
          "A4:B4", "C4:D4", "F4:I4")  # fmt: skip
ANSWERS = ("C3", "C4", "F4", *(f"{c}{r}" for c in "DEF" for r in (6, 7, 8, 9)), "H6", "I6", "H7", "B11", "E11",
           *(f"{c}{r}" for c in "DEFGHI" for r in (13, 14, 15)), "H16")  # fmt: skip
BLANK = {place: value for place, value in NATIONAL.items() if place not in ANSWERS}


def drafted(*files: bytes, folder: Path, ask: Any = None) -> tuple[Drafted, Scheme, bytes]:
    paths = []
    for number, data in enumerate(files):
        paths.append(folder / f"{number}.xlsx")
        paths[-1].write_bytes(data)
    papers, blank = read_papers(paths)
    found = draft_scheme(papers, "own", ask)
    return found, parse_scheme(found.text, "own.toml"), blank


@pytest.mark.parametrize("name", scheme_names())
def test_the_draft_of_a_blank_form_proves_itself(name: str, tmp_path: Path) -> None:
    found, scheme, blank = drafted(form_bytes(None, load_scheme(name)), folder=tmp_path)
    proof = prove(scheme, found.draft, blank)
    assert proof.failures == ()
    figures = (found.draft.sure, found.text.count("# 请确认"), proof.labels, proof.answers)
    assert f"| {name} | {' | '.join(map(str, figures))} | 通过 |" in PAGE.read_text("utf-8").split("\n")


def test_the_draft_of_the_largest_form_reads_its_copies_as_its_own_scheme_does(tmp_path: Path) -> None:
    """Sheets of targets, amounts behind labels, a printed tree, evaluators and a report."""
    found, scheme, _ = drafted(form_bytes(None, load_scheme("hainan-2020")), folder=tmp_path)
    sample = Path(__file__).parent.parent / "samples" / "海南省商务厅-信息系统运维.xlsx"
    read, known = dossier_by(scheme, sample.read_bytes()), dossier_of(read_bytes(sample.read_bytes()).form)
    assert read["report"] == known["report"]
    assert read["reviewers"] == known["reviewers"]
    assert read["stated"] == known["stated"]
    assert [{key: row[key] for key in known["targets"][0]} for row in read["targets"]] == known["targets"]
    assert [{key: row[key] for key in known["indicators"][0]} for row in read["indicators"]] == known["indicators"]
    assert {row: amounts["executed"] for row, amounts in read["funds"].items()} == {
        {"local": "city"}.get(row, row): amount for row, amount in known["funds"]["used"].items()
    }
    assert scheme.tables["indicators"].fixed == load_scheme("hainan-2020").tables["indicators"].fixed
    assert found.draft.unknown == []


def test_a_tree_that_is_printed_in_part_is_drafted_so(tmp_path: Path) -> None:
    found, scheme, blank = drafted(form_bytes(None, HALF), folder=tmp_path)
    assert prove(scheme, found.draft, blank).failures == ()
    assert scheme.tables["indicators"].fixed == HALF.tables["indicators"].fixed
    assert [column.key for column in scheme.tables["indicators"].columns if column.fixed] == ["level1"]


@pytest.mark.parametrize(
    ("cells", "merged", "rows", "open_branches"),
    [
        (
            WEIGHTS_IN_A_COLUMN,
            WEIGHTS_IN_A_COLUMN_MERGED,
            11,
            [("项目产出(30分)", "数量指标"), ("项目产出(30分)", "质量指标"), ("项目效益(35分)", "社会效益"), ("项目效益(35分)", "满意度")],
        ),
        (WEIGHTS_BEHIND_NAMES, WEIGHTS_BEHIND_NAMES_MERGED, 10, [("绩效情况(45分)", "履职成效(20分)")]),
    ],
)  # fmt: skip
def test_trees_that_offices_print_in_part_are_drafted(
    cells: dict[str, Any], merged: tuple[str, ...], rows: int, open_branches: list[tuple[str, str]], tmp_path: Path
) -> None:
    found, scheme, blank = drafted(sheet_bytes(cells, merged), folder=tmp_path)
    assert prove(scheme, found.draft, blank).failures == ()
    tree = scheme.tables["indicators"]
    assert (len(tree.fixed), tree.open_branches) == (rows, dict.fromkeys(open_branches))
    names = [cell for cell in blank_layout(scheme).sheets[0].cells if cell.path.endswith((".level3", ".named"))]
    assert [cell.role for cell in names if cell.path.count(".") == 2] == [
        Role.INPUT if row in tree.open_rows else Role.FIXED for row in tree.fixed
    ]


def test_equal_answers_of_two_copies_are_asked_about(tmp_path: Path) -> None:
    """A name and its points that two copies have in common may be print, or chance."""
    alike = ("B13", "C13", "D13", "G13")
    other = NATIONAL | {
        place: f"另{value}" if isinstance(value, str) else value + 7
        for place, value in NATIONAL.items()
        if place in ANSWERS and place not in alike
    }
    found, _, _ = drafted(sheet_bytes(NATIONAL, MERGED), sheet_bytes(other, MERGED), folder=tmp_path)
    (line,) = [line for line in found.text.split("\n") if "level3 = " in line]
    assert line.startswith(
        '  { level1 = "产出指标(50分)", level2 = "数量指标", level3 = "委托数", weight = 26 }, # 请确认'
    )


def test_the_draft_of_a_form_typed_by_hand_reads_its_copies(tmp_path: Path) -> None:
    found, scheme, blank = drafted(sheet_bytes(BLANK, MERGED), folder=tmp_path)
    assert prove(scheme, found.draft, blank).failures == ()
    assert (found.draft.unknown, found.draft.asked) == ([], 0)
    read = dossier_by(scheme, sheet_bytes(NATIONAL, MERGED))
    assert read["basic"] == {"year": 2022, "project_name": "委托业务", "department": "甲局", "unit": "乙镇"}
    assert read["funds"]["total"] == {
        "initial": 211,
        "full_year": 202,
        "executed": 121,
        "weight": 10,
        "rate": 59.9,
        "score": 5.99,
    }
    assert read["goals"] == {"expected": "完成委托", "actual": "已完成"}
    assert [row["score"] for row in read["indicators"]] == [25.48, 24, 40]
    assert read["stated"] == {"total": 95.47}


def test_two_filled_copies_tell_print_from_answer(tmp_path: Path) -> None:
    other = {
        place: (f"另{value}" if isinstance(value, str) else value + 7)
        for place, value in NATIONAL.items()
        if place in ANSWERS
    }
    other |= {"A2": "（2023年度）"}
    found, scheme, blank = drafted(
        sheet_bytes(NATIONAL, MERGED), sheet_bytes(NATIONAL | other, MERGED), folder=tmp_path
    )
    assert prove(scheme, found.draft, blank).failures == ()
    assert scheme.data.keys() >= {"basic.project_name", "funds.fiscal.executed", "goals.actual", "stated.total"}


def test_the_proof_names_what_does_not_come_back(tmp_path: Path) -> None:
    found, _, blank = drafted(sheet_bytes(BLANK, MERGED), folder=tmp_path)
    wrong = parse_scheme(found.text.replace('label = "全年执行数"', 'label = "本年支出"'), "own.toml")
    failures = prove(wrong, found.draft, blank).failures
    assert any("“全年执行数”（Sheet1!F5）" in text for text in failures)
    assert any("Sheet1!F6（funds.total.executed）" in text for text in failures)


def test_points_in_labels_ticks_and_lines_with_blanks_are_drafted(tmp_path: Path) -> None:
    blank = {place: value for place, value in HUBEI.items() if place[1:] not in ("11", "12", "13") or place[0] in "BC"}
    blank |= {
        "A1": "____年度项目自评表",
        "A2": "单位名称：          填报日期：",
        "B5": "1、部门预算项目 □ 2、市直专项 □ 3、上级专项 □",
    }
    for place in ("B3", "B4", "E4", "C9", "D9", "E9", "F9", "G14", "C15", "C16"):
        del blank[place]
    merged = ("A1:G1", "A2:G2", "A8:A9", "A10:A13", "A14:F14", "B5:G5", "B6:G6", "B7:G7")
    found, scheme, data = drafted(sheet_bytes(blank, merged), folder=tmp_path)
    assert prove(scheme, found.draft, data).failures == ()
    assert scheme.execution is not None
    assert scheme.execution.weight == 20
    ticked = [datum.choices for datum in scheme.data.values() if datum.choices]
    assert ("部门预算项目", "市直专项", "上级专项") in ticked


def test_questions_are_asked_and_their_answers_written(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(question: Question) -> str:
        asked.append(question.key)
        return question.answers[-1]

    _, scheme, _ = drafted(sheet_bytes(BLANK, MERGED), folder=tmp_path, ask=ask)
    assert asked == ["full", "grades", "whole"]
    assert scheme.grades == ()
    assert scheme.rate("execution").whole == "funds.total.initial"


def test_the_command_drafts_and_overwrites_nothing(tmp_path: Path, capsys: Any) -> None:
    form, target = tmp_path / "现有表.xlsx", tmp_path / "本单位.toml"
    form.write_bytes(sheet_bytes(BLANK, MERGED))
    words = ("schemes", "draft", form, "-o", target, "--no-input")
    assert exit_code_here(*words) == 0
    said = capsys.readouterr().err.strip().split("\n")
    page = PAGE.read_text("utf-8")
    assert said[-1].startswith("验证通过")
    assert all(line in page for line in said)
    assert "请确认" in target.read_text("utf-8")
    assert exit_code_here(*words) == 2
    template = tmp_path / "模板.xlsx"
    assert exit_code_here("template", "--scheme", target, "-o", template) == 0
    assert load_workbook(io.BytesIO(template.read_bytes())).sheetnames == ["填报说明", "Sheet1", "_perfxl"]
    assert exit_code_here("schemes", "draft", "-o", target) == 2
    assert exit_code_here("schemes", "draft", tmp_path / "没有.xlsx", "-o", tmp_path / "x.toml") == 3
