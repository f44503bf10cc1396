"""List, books and last year in a whole run, from the command line.

1. What went out comes back, is known again, and what was changed stands at its cell in copy and summary.
2. A result is kept as long as what the office knows of its own project is the same.
3. A form that says nothing beyond what was filled in for it is blank.
4. Papers of the office that cannot be used stop the run before a form is read, and say where.
"""

import json
import warnings
from dataclasses import replace
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from approved_lists import approved_of, list_file
from forms import GOOD, patched
from opened import load_workbook
from perfxl.distribution.prefilled import prefilled_form
from perfxl.office.approved import ApprovedProject
from perfxl.schemes import load_scheme
from running import consolidate_words, perfxl_run, written
from test_distribute import filled_in
from test_rules_listed import APPROVED, APPROVED_23, GOOD_23
from workbooks import form_bytes


def sent_back(folder: Path, name: str, project: ApprovedProject, dossier: dict[str, Any]) -> None:
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / name).write_bytes(filled_in(prefilled_form(project, load_scheme(project.scheme)), dossier))


def listed_findings(folder: Path) -> list[tuple[str, str | None, str | None]]:
    """Code, cell and file of each line of the sheet of findings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know every extension
        rows = list(load_workbook(folder / "out" / "汇总.xlsx")["问题清单"].iter_rows(values_only=True))
    at = next(number for number, row in enumerate(rows) if "代码" in row)
    code, cell, file = (rows[at].index(name) for name in ("代码", "单元格", "文件"))
    return [(row[code], row[cell], row[file]) for row in rows[at + 1 :] if row[code]]


def findings(folder: Path) -> list[tuple[str, str | None, str | None]]:
    """Those against list, books and last year."""
    found = listed_findings(folder)
    return [one for one in found if str(one[0])[:2] in ("LS", "LG", "LY", "XF")]


def sheet_rows(path: Path, title: str, first: str = "序号") -> list[dict[str, Any]]:
    """The rows of a table of the summary, by heading without line breaks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = list(load_workbook(path, data_only=True)[title].iter_rows(values_only=True))
    at = next(number for number, row in enumerate(rows) if first in row)
    heads = [str(head or "").replace("\n", "") for head in rows[at]]
    return [dict(zip(heads, row, strict=True)) for row in rows[at + 1 :] if row[0]]


def test_what_went_out_comes_back(tmp_path: Path) -> None:
    list_file(tmp_path / "清单.xlsx", [APPROVED, APPROVED_23])
    sent_back(tmp_path, "甲.xlsx", APPROVED, GOOD)
    sent_back(tmp_path, "乙.xlsx", APPROVED_23, patched(GOOD_23, "indicators.0.target", 300))
    done = perfxl_run(*consolidate_words("--roster", "清单.xlsx"), folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert findings(tmp_path) == [("LS01", "E15", "in/乙.xlsx")]
    copy = load_workbook(tmp_path / "out" / "审核" / "乙.xlsx")
    assert "批复为“500”，表中为“300”" in str(copy["项目支出绩效自评表"]["E15"].comment.text)


def test_a_result_is_kept_as_long_as_its_own_project_is_the_same(tmp_path: Path) -> None:
    sent_back(tmp_path, "甲.xlsx", APPROVED, GOOD)
    sent_back(tmp_path, "乙.xlsx", APPROVED_23, GOOD_23)
    for number in range(8):
        (tmp_path / "in" / f"{number}.xlsx").write_bytes(
            form_bytes(patched(GOOD, "basic.project_name", f"项目{number}"))
        )
    others = [approved_of(patched(GOOD, "basic.project_name", f"项目{number}")) for number in range(8)]
    list_file(tmp_path / "清单.xlsx", [APPROVED, APPROVED_23, *others])
    perfxl_run(*consolidate_words("--roster", "清单.xlsx"), folder=tmp_path)
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in written(tmp_path)}
    richer = replace(APPROVED_23, budget=Decimal(120), sources=())
    list_file(tmp_path / "清单.xlsx", [APPROVED, richer, *others])
    perfxl_run(*consolidate_words("--roster", "清单.xlsx"), folder=tmp_path)
    after = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in written(tmp_path)}
    assert {name for name in after if after[name] != before.get(name)} == {"汇总.xlsx", "审核/乙.xlsx"}
    found = {code for code, _, file in findings(tmp_path) if file == "in/乙.xlsx"}
    assert found == {"LS12", "LS07", "XF04", "XF13"}  # XF13: the year is not that of most


def test_nothing_of_what_was_laid_down_is_left(tmp_path: Path) -> None:
    list_file(tmp_path / "清单.xlsx", [APPROVED])
    sent_back(tmp_path, "甲.xlsx", APPROVED, GOOD)
    perfxl_run(*consolidate_words("--roster", "清单.xlsx"), folder=tmp_path)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"汇总.xlsx", "审核", ".perfxl-cache"}


def test_a_form_that_nobody_filled_in_is_blank(tmp_path: Path) -> None:
    list_file(tmp_path / "清单.xlsx", [APPROVED, APPROVED_23])
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "甲.xlsx").write_bytes(prefilled_form(APPROVED, load_scheme("hainan-2020")))
    sent_back(tmp_path, "乙.xlsx", APPROVED_23, GOOD_23)
    book = load_workbook(tmp_path / "in" / "甲.xlsx")
    book.save(tmp_path / "in" / "丙.xlsx")
    done = perfxl_run("check", "in/甲.xlsx", "--format", "json", folder=tmp_path)
    assert [one["code"] for one in json.loads(done.stdout)["findings"]] == ["ST15"]
    perfxl_run(*consolidate_words("--roster", "清单.xlsx"), folder=tmp_path)
    refused = [(code, file) for code, _, file in listed_findings(tmp_path) if code in ("ST14", "ST15")]
    assert refused == [("ST14", "in/丙.xlsx"), ("ST15", "in/甲.xlsx")]


def test_books_and_last_year(tmp_path: Path) -> None:
    sent_back(tmp_path, "乙.xlsx", APPROVED_23, GOOD_23)
    (tmp_path / "last").mkdir()
    before = patched(patched(GOOD_23, "basic.year", 2022), "indicators.0.target", 600)
    (tmp_path / "last" / "乙.xlsx").write_bytes(form_bytes(before, load_scheme("hainan-2023")))
    book = Workbook()
    book.active.append(["项目名称", "年度", "执行金额（元）"])
    book.active.append(["读者服务", 2023, 800000])
    book.save(tmp_path / "账.xlsx")
    words = consolidate_words("--ledger", "账.xlsx", "--last", "last")
    assert perfxl_run(*words, folder=tmp_path).returncode == 0
    assert findings(tmp_path) == [("LG01", "G7", "in/乙.xlsx"), ("LY02", "E15", "in/乙.xlsx")]
    (project,) = sheet_rows(tmp_path / "out" / "汇总.xlsx", "项目汇总表")
    assert (project["账上执行（万元）"], project["账上执行率"], project["预算执行率"]) == (80, 0.8, 0.95)
    (years,) = sheet_rows(tmp_path / "out" / "汇总.xlsx", "年度对照")
    assert (years["上年预算（万元）"], years["预算增减"], years["上年执行率"], years["上年总分"]) == (
        100,
        0,
        0.95,
        96.17,
    )
    again = perfxl_run("consolidate", "last", "-o", "last-year.xlsx", folder=tmp_path)
    assert again.returncode in (0, 1)
    assert perfxl_run(*consolidate_words("--last", "last-year.xlsx"), folder=tmp_path).returncode == 0
    assert findings(tmp_path) == []
    (years,) = sheet_rows(tmp_path / "out" / "汇总.xlsx", "年度对照")
    assert (years["上年预算（万元）"], years["上年执行率"], years["上年总分"]) == (100, 0.95, 96.17)
    assert "提示" not in years


def test_a_project_that_may_have_had_another_name_is_hinted(tmp_path: Path) -> None:
    sent_back(tmp_path, "乙.xlsx", APPROVED_23, GOOD_23)
    (tmp_path / "last").mkdir()
    before = patched(GOOD_23, "basic.project_name", "读者服务项目")
    (tmp_path / "last" / "乙.xlsx").write_bytes(form_bytes(before, load_scheme("hainan-2023")))
    perfxl_run(*consolidate_words("--last", "last"), folder=tmp_path)
    (years,) = sheet_rows(tmp_path / "out" / "汇总.xlsx", "年度对照")
    assert years["提示"] == "上年没有；上年同一单位名称相近的：“读者服务项目”，是否更名请核对"
    assert "上年总分" in years
    assert years["上年总分"] is None


def test_late_and_missing_projects_are_said_to_be(tmp_path: Path) -> None:
    own = replace(APPROVED_23, deadline="2024-06-20")
    other, third = (replace(own, name=name, deadline=last) for name, last in (("第二个", ""), ("第三个", "2024-07-08")))
    list_file(tmp_path / "清单.xlsx", [APPROVED, own, other, third])
    sent_back(tmp_path, "甲.xlsx", APPROVED, GOOD)  # its own date is that of the template: 2020-01-01
    words = consolidate_words("--roster", "清单.xlsx", "--deadline", "2019-12-30", "--replies", "退回")
    perfxl_run(*words, folder=tmp_path)
    book = tmp_path / "out" / "汇总.xlsx"
    late = {
        row["项目名称"]: (str(row["截止日期"])[:10], row["逾期（天）"]) for row in sheet_rows(book, "名单核对", "情况")
    }
    assert late == {
        APPROVED.name: ("2019-12-30", 2),
        own.name: ("2024-06-20", 8),
        other.name: ("2019-12-30", 1642),
        third.name: ("2024-07-08", None),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cells = [cell.value for row in load_workbook(book, data_only=True)["总览"] for cell in row]
    assert "名单 4　不在名单 0　逾期 3" in cells
    proofs = {row["核对内容"]: row for row in sheet_rows(book, "核对", "核对内容")}
    assert proofs["填报预算合计：名单核对"]["结论"] == "一致"
    (chasing,) = (tmp_path / "退回").rglob("催报通知.eml")
    body = message_from_bytes(chasing.read_bytes(), policy=default).get_content()
    assert f"{own.name}（应于 2024-06-20 前报送，已逾期 8 天）" in body
    assert f"{third.name}（应于 2024-07-08 前报送，还有 10 天）" in body
    stand = {
        row["项目名称"]: (row["情况"], row["提示"])
        for row in sheet_rows(tmp_path / "out" / "汇总.xlsx", "名单核对", "情况")
    }
    assert {name: (kind, str(hint).split("；")[0]) for name, (kind, hint) in stand.items()} == {
        APPROVED.name: ("已报", "应于 2019-12-30 前报送，逾期 2 天"),
        own.name: ("未报", "应于 2024-06-20 前报送，已逾期 8 天"),
        other.name: ("未报", "应于 2019-12-30 前报送，已逾期 1642 天"),
        third.name: ("未报", "应于 2024-07-08 前报送，还有 10 天"),
    }


@pytest.mark.parametrize("option", ["--roster", "--ledger", "--last"])
def test_papers_that_cannot_be_used_stop_the_run(tmp_path: Path, option: str) -> None:
    sent_back(tmp_path, "甲.xlsx", APPROVED, GOOD)
    done = perfxl_run(*consolidate_words(option, "没有.xlsx"), folder=tmp_path)
    assert done.returncode == 3
    assert "找不到" in done.stderr
    assert not (tmp_path / "out" / "汇总.xlsx").exists()


def test_forms_of_a_list_that_nobody_gave_are_said_to_be_unchecked(tmp_path: Path) -> None:
    sent_back(tmp_path, "甲.xlsx", APPROVED, GOOD)
    list_file(tmp_path / "清单.xlsx", [APPROVED])
    without, held = (
        perfxl_run(*consolidate_words(*words), folder=tmp_path).stderr for words in ((), ("--roster", "清单.xlsx"))
    )
    assert "有 1 份表是按批复清单下发的，这次没有给出清单（--roster），未核对批复。" in without
    assert "未核对批复" not in held


def test_each_row_leads_to_list_form_and_copy(tmp_path: Path) -> None:
    sent_back(tmp_path, "甲.xlsx", APPROVED, GOOD)
    list_file(tmp_path / "清单.xlsx", [APPROVED, APPROVED_23])
    perfxl_run(*consolidate_words("--roster", "清单.xlsx"), folder=tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = load_workbook(tmp_path / "out" / "汇总.xlsx")["名单核对"]
    links = {cell.value: cell.hyperlink for row in sheet for cell in row if cell.hyperlink}
    targets = {value: (link.target, link.location) for value, link in links.items() if link.target}
    assert targets["“批复项目”第 2 行"] == ("..\\清单.xlsx", "'批复项目'!A2")
    assert targets["“批复项目”第 3 行"] == ("..\\清单.xlsx", "'批复项目'!A3")
    assert targets["in/甲.xlsx"][0] == "..\\in\\甲.xlsx"
    assert targets["打开"][0] == "审核\\甲.xlsx"
    assert links[APPROVED.name].location.startswith("'项目汇总表'!")
