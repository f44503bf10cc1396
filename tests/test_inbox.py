"""Everything that lies in an inbox is accounted for once.

1. Forms are found by their content, in folders of any name; everything else has a line that says what it is.
2. The office's own papers (roster, summary, blank template) are named and hurt nothing.
3. A folder that cannot be listed, and what may hold forms and was not opened, end with exit code 3 and are said.
4. What came in is never replaced, whatever it says of itself.
5. A mailbox with archives, mails, forms of two schemes, codes taken twice, hidden folders and damage: every submission is
   in 收文清单 once, and the sums are those of an independent count.
"""

import io
import os
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from forms import GOOD, patched
from mails import mail, mailbox_of, zipped, zipped_in
from opened import load_workbook
from perfxl.batch.files import find_files
from perfxl.batch.onefile import process_file
from perfxl.model import Status
from perfxl.office.blanks import write_blank_roster
from perfxl.results.jobs import Conditions, Job
from perfxl.schemes import load_scheme
from perfxl.schemes.spec import SUMMARY_TITLE
from perfxl.system.ownbooks import is_summary
from perfxl.templates.form import write_form
from running import consolidate_words, perfxl_run
from test_batch import DAY
from test_copies import form, put, run
from test_summary import records
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")


def with_amount(name: str, unit: str, planned: float) -> bytes:
    """A form of its own project with an amount."""
    dossier = patched(patched(GOOD, "basic.project_name", name), "basic.unit", unit)
    for column in ("planned", "in_place", "used"):
        dossier = patched(dossier, f"funds.{column}", {"total": planned, "central": planned})
    return form_bytes(dossier)


# -- finding ----------------------------------------------------------------------------------------------------------


def test_forms_are_found_by_what_they_are(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "表": form("甲"),
            "表.xlsx.bak": form("乙"),
            ".hidden/表.dat": form("丙"),
            ".表.xlsx": form("丁"),
            "~$表.xlsx": b"user",
            "批复.pdf": b"%PDF-1.4",
            "照片": b"\xff\xd8\xff\xe0",
            ".DS_Store": b"\x00\x00\x00\x01Bud1",
            "说明": "见附件".encode(),
            "包.rar": b"Rar!\x1a\x07\0",
        },
    )
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "in" / "链接").symlink_to(tmp_path / "elsewhere")
    found = find_files([tmp_path / "in"])
    inside = [Path(one.name).relative_to(tmp_path / "in").as_posix() for one in found.files]
    assert inside == [".hidden/表.dat", ".表.xlsx", "包.rar", "表", "表.xlsx.bak"]
    assert {Path(name).name: reason for name, reason in found.skipped} == {
        "~$表.xlsx": "打开工作簿时留下的临时文件",
        "批复.pdf": "PDF 文件",
        "照片": "图片（JPEG）",
        ".DS_Store": "macOS 的文件夹信息",
        "说明": "纯文本",
        "链接": "指向别处的文件夹（链接），没有搜索",
    }


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"锁住/表.xlsx": form("甲"), "表.xlsx": form("乙")})
    listed, scanned = os.listdir, os.scandir

    def denied(function: Any) -> Any:
        def call(path: Any = ".") -> Any:
            if str(path).endswith("锁住"):
                raise PermissionError(13, "denied", str(path))
            return function(path)

        return call

    monkeypatch.setattr(os, "scandir", denied(scanned))
    monkeypatch.setattr(os, "listdir", denied(listed))
    found = find_files([tmp_path / "in"])
    assert [Path(one.name).name for one in found.files] == ["表.xlsx", "锁住"]
    (result,) = process_file(Job(found.files[1].path, "in/锁住", Conditions(DAY)))
    assert (result.status, [one.message for one in result.findings]) == (
        Status.REJECTED,
        ["文件夹打不开：没有权限，或文件正在被打开"],
    )


def test_a_file_given_by_itself_is_judged_as_a_form(tmp_path: Path) -> None:
    (tmp_path / "批复.pdf").write_bytes(b"%PDF-1.4")
    path = tmp_path / "批复.pdf"
    (asked,) = process_file(Job(path, "批复.pdf", Conditions(DAY), asked=True))
    (met,) = process_file(Job(path, "批复.pdf", Conditions(DAY)))
    assert ([found.code for found in asked.findings], asked.passed) == (["FL01"], "")
    assert (met.findings, met.passed) == ((), "PDF 文件")


# -- the office's own -------------------------------------------------------------------------------------------------


def test_the_offices_own_papers_are_named_and_hurt_nothing(tmp_path: Path) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目")})
    assert run(tmp_path)[0] == 0
    (tmp_path / "out" / "汇总.xlsx").rename(tmp_path / "in" / "去年汇总.xlsx")
    write_blank_roster(tmp_path / "in" / "名单.xlsx")
    for name in ("hainan-2020", "hainan-2023"):
        write_form(load_scheme(name), tmp_path / "in" / f"{name}.xlsx")
    code, rows, said = run(tmp_path)
    assert {row["文件"]: (row["处理"], row["原因"]) for row in rows} == {
        "in/甲.xlsx": ("采用", None),
        "in/去年汇总.xlsx": ("略过", "perfxl 写出的汇总表"),
        "in/名单.xlsx": ("略过", "应报项目名单"),
        "in/hainan-2020.xlsx": ("略过", "ST15 空白模板：下发的“海南省财政支出项目绩效评价表”，没有填写，不作为报送件"),
        "in/hainan-2023.xlsx": ("略过", "ST15 空白模板：下发的“项目支出绩效自评表”，没有填写，不作为报送件"),
    }
    assert (code, "另有 2 个其他文件略过" in said) == (0, True)


def test_a_template_that_was_saved_is_no_longer_the_offices(tmp_path: Path) -> None:
    write_form(load_scheme("hainan-2020"), tmp_path / "表.xlsx")
    load_workbook(tmp_path / "表.xlsx").save(tmp_path / "表.xlsx")
    (result,) = process_file(Job(tmp_path / "表.xlsx", "表.xlsx", Conditions(DAY)))
    assert (result.passed, bool(result.findings)) == ("", True)


# -- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--ignore", "--select"])
@pytest.mark.parametrize("code", ["", " ", "QQ"])
def test_codes_that_choose_nothing_are_refused(tmp_path: Path, option: str, code: str) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目")})
    done = perfxl_run("check", "in", option, code, folder=tmp_path)
    assert (done.returncode, "命令用法有误" in done.stderr) == (2, True)


@pytest.mark.parametrize("folder", ["in", ".", "in/甲"])
def test_copies_never_go_where_they_could_replace_what_came_in(tmp_path: Path, folder: str) -> None:
    put(tmp_path, {"甲/甲.xlsx": form("甲项目")})
    before = (tmp_path / "in" / "甲" / "甲.xlsx").read_bytes()
    done = perfxl_run("annotate", "in/甲", "-o", folder, folder=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "in" / "甲" / "甲.xlsx").read_bytes() == before


def test_a_forged_title_makes_no_summary(tmp_path: Path) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目")})
    book = load_workbook(tmp_path / "in" / "甲.xlsx")
    book.properties.title = SUMMARY_TITLE
    book.save(tmp_path / "in" / "汇总.xlsx")
    before = (tmp_path / "in" / "汇总.xlsx").read_bytes()
    assert not is_summary(tmp_path / "in" / "汇总.xlsx")
    done = perfxl_run("consolidate", "in", "-o", "in/汇总.xlsx", folder=tmp_path)
    assert (done.returncode, (tmp_path / "in" / "汇总.xlsx").read_bytes()) == (2, before)
    run(tmp_path)
    given = perfxl_run("consolidate", "out/汇总.xlsx", "-o", "out/汇总.xlsx", folder=tmp_path)
    assert (given.returncode, "这是收到的文件" in given.stderr) == (2, True)


# -- a whole mailbox --------------------------------------------------------------------------------------------------

CODE = "46000021T000000002749"


def whole_inbox(folder: Path) -> dict[str, Decimal | None]:
    """Fills an inbox; the name of every file inside with the amount that it adds to the sum, None where it adds none."""
    amounts = {name: Decimal(f"{100 + number}.{number:02}") for number, name in enumerate("甲乙丙丁戊己庚辛壬癸", 1)}
    forms = {name: with_amount(f"{name}项目", f"{name}单位", float(amount)) for name, amount in amounts.items()}
    taken = [with_amount(f"{CODE}-{name}", f"{name}单位", 50) for name in ("先报", "冒用")]
    broken = bytearray(forms["癸"])
    broken[400] ^= 0xFF
    put(
        folder,
        {
            "甲.xlsx": forms["甲"],
            ".隐藏/乙": forms["乙"],
            "各单位.zip": zipped_in("gbk", {"丙/自评表.xlsx": forms["丙"], "丁/自评表.xlsx": forms["丁"]}),
            "先报.xlsx": taken[0],
            "信.eml": mail(
                {"戊.xlsx": forms["戊"], "内.zip": zipped({"己.xlsx": forms["己"], "扫描.pdf": b"%PDF-1.4"})},
                forwarded=[mail({"庚.xlsx": forms["庚"]}, subject="转来")],
            ),
            "收件箱.mbox": mailbox_of(
                mail({"辛.xlsx": forms["辛"], "甲.xlsx": forms["甲"]}, subject="一"),
                mail({"壬.xlsx": forms["壬"], "坏.xlsx": bytes(broken)}, subject="二"),
                mail({"冒用.xlsx": taken[1], "包.rar": b"Rar!\x1a\x07\0"}, subject="三"),
                mail(subject="四"),
            ),
        },
    )
    counted: dict[str, Decimal | None] = {
        "in/甲.xlsx": None,  # the mail is the later of two of the same content
        "in/.隐藏/乙": amounts["乙"],
        "in/各单位.zip » 丙/自评表.xlsx": amounts["丙"],
        "in/各单位.zip » 丁/自评表.xlsx": amounts["丁"],
        "in/先报.xlsx": Decimal(50),
        "in/信.eml » 附件/戊.xlsx": amounts["戊"],
        "in/信.eml » 附件/内.zip » 己.xlsx": amounts["己"],
        "in/信.eml » 附件/内.zip » 扫描.pdf": None,
        "in/信.eml » 附件/转来.eml » 附件/庚.xlsx": amounts["庚"],
        "in/收件箱.mbox » 001 一.eml » 附件/辛.xlsx": amounts["辛"],
        "in/收件箱.mbox » 001 一.eml » 附件/甲.xlsx": amounts["甲"],
        "in/收件箱.mbox » 002 二.eml » 附件/壬.xlsx": amounts["壬"],
        "in/收件箱.mbox » 002 二.eml » 附件/坏.xlsx": None,
        "in/收件箱.mbox » 003 三.eml » 附件/冒用.xlsx": Decimal(50),
        "in/收件箱.mbox » 003 三.eml » 附件/包.rar": None,
        "in/收件箱.mbox » 004 四.eml": None,
    }
    return counted


def test_every_submission_of_a_mailbox_is_listed_once_and_the_sums_are_right(tmp_path: Path) -> None:
    counted = whole_inbox(tmp_path)
    code, rows, said = run(tmp_path)
    assert code == 3
    assert Counter(row["文件"] for row in rows) == Counter(list(counted))
    assert {row["文件"] for row in rows if row["处理"] == "采用"} == {
        name for name, n in counted.items() if n is not None
    }
    outcome = Counter((row["处理"], str(row["原因"]).partition(" ")[0][:6]) for row in rows if row["处理"] != "采用")
    assert outcome == Counter(
        [("重复", "与“in/收"), ("略过", "PDF"), ("略过", "邮件，没有附"), ("拒收", "FL03"), ("拒收", "FL15")]
    )
    book = load_workbook(tmp_path / "out" / "汇总.xlsx", data_only=True)
    projects = [row for row in records(book["项目汇总表"]) if row["文件"]]
    total = sum((Decimal(str(row["计划投资额（万元）"])) for row in projects), Decimal(0))
    assert total == sum(filter(None, counted.values()), Decimal(0))
    assert {row["结论"] for row in records(book["核对"])} == {"一致"}
    warned = {row["文件"] for row in records(book["问题清单"]) if row["代码"] == "XF08"}
    assert warned == {"in/先报.xlsx", "in/收件箱.mbox » 003 三.eml » 附件/冒用.xlsx"}
    assert "注意：可能装有评价表、但没有打开的文件：in/收件箱.mbox » 003 三.eml » 附件/包.rar" in said


def test_known_results_of_mails_are_taken_again(tmp_path: Path) -> None:
    whole_inbox(tmp_path)
    first = run(tmp_path)
    copies = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "审核").rglob("*.xlsx")}
    assert run(tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "审核").rglob("*.xlsx")} == copies


def test_every_project_of_the_roster_has_a_row(tmp_path: Path) -> None:
    put(tmp_path, {"甲.xlsx": form("甲项目", "甲单位"), "丙项目.xlsx": b"PK\x03\x04 cut off"})
    listed = Workbook()
    for row in (
        ["项目编码", "项目名称", "实施单位", "主管部门", "批复预算（万元）", "联系人及电话"],
        [None, "甲项目", "甲单位", "海南省人民政府研究室", 144, "陈立 1"],
        [None, "乙项目", "乙单位", "海南省商务厅", 5, "王力 2"],
        [None, "丙项目", "丙单位", "海南省教育厅", 6, "李敏 3"],
        [None, "乙 项目", "乙单位", "海南省商务厅", 5, "王力 2"],
    ):
        listed.active.append(row)
    buffer = io.BytesIO()
    listed.save(buffer)
    (tmp_path / "名单.xlsx").write_bytes(buffer.getvalue())
    perfxl_run(*consolidate_words("--jobs", 1, "--roster", "名单.xlsx"), folder=tmp_path)
    book = load_workbook(tmp_path / "out" / "汇总.xlsx", data_only=True)
    rows = [row for row in records(book["名单核对"]) if row["项目名称"]]
    assert [(row["情况"], row["项目名称"], row["联系人"], row["文件"]) for row in rows] == [
        ("未报", "乙项目", "王力 2", None),
        ("未报", "乙 项目", "王力 2", None),
        ("拒收", "丙项目", "李敏 3", None),
        ("已报", "甲项目", "陈立 1", "in/甲.xlsx"),
    ]
    assert str(rows[0]["提示"]).startswith("名单中重复：与第 4 个项目相同")
    assert str(rows[2]["提示"]).startswith("可能是 “in/丙项目.xlsx”")
