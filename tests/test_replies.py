"""What goes back: copies by department and unit, and drafts that say what is wrong, to addresses of the list alone.

* a draft holds one unit's copies, without the names of reviewers; nobody but the list gives an address
* the office's own template counts; a placeholder that is none is refused
* what somebody changed stays; what is not wanted any more goes
"""

import zipfile
from datetime import date
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import cast
from zipfile import ZipFile

import openpyxl
import pytest

from forms import GOOD, patched
from opened import load_workbook
from perfxl.errors import UsageError
from perfxl.replies.wording import RETURNED_FILE, TEMPLATES, until, words
from perfxl.writeback.sendable import sendable
from running import exit_code_here
from talking import TODAY, rows_of, typed
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

WRONG = patched(GOOD, "stated.total", 12)
UNIT, DEPARTMENT = GOOD["basic"]["unit"], GOOD["basic"]["department"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "收件").mkdir()
    (tmp_path / "收件" / "表.xlsx").write_bytes(form_bytes(WRONG))
    return tmp_path


def run(home: Path, *more: object) -> int:
    target = home / "出" / "汇总.xlsx"
    words = ("consolidate", home / "收件", "-o", target, "--annotated", home / "审核", "--date", TODAY)
    return exit_code_here(*words, "--replies", home / "回复", *more)


def letter(path: Path) -> EmailMessage:
    return cast(EmailMessage, BytesParser(policy=policy.default).parsebytes(path.read_bytes()))


def text_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


def place(home: Path) -> Path:
    return home / "回复" / DEPARTMENT / UNIT


def files(home: Path) -> list[str]:
    found = (path for path in (home / "回复").rglob("*") if path.is_file() and "信函模板" not in path.parts)
    return sorted(path.relative_to(home / "回复").as_posix() for path in found if not path.name.startswith("."))


def roster(home: Path, *rows: tuple[str, str, str, str]) -> Path:
    book = openpyxl.Workbook()
    for row in (("项目名称", "实施单位", "主管部门", "电子邮箱"), *rows):
        book.active.append(row)
    book.save(home / "名单.xlsx")
    return home / "名单.xlsx"


def test_a_returned_copy_goes_back_with_a_draft(home: Path) -> None:
    (home / "收件" / "好.xlsx").write_bytes(form_bytes(patched(GOOD, "basic.project_name", "没有问题的项目")))
    assert run(home, "--deadline", "2024-07-15") == 1
    assert files(home) == [f"{DEPARTMENT}/{UNIT}/表.xlsx", f"{DEPARTMENT}/{UNIT}/退回通知.eml"]
    message = letter(place(home) / "退回通知.eml")
    assert (message["X-Unsent"], message["To"], message["From"]) == ("1", None, None)
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("表.xlsx", (place(home) / "表.xlsx").read_bytes())
    text = text_of(message)
    assert "须更正（1 条）：\n   · 评价指标评分表 G23：" in text
    assert "于 2024 年 7 月 15 日前把附件原样发回" in text


def test_reviewers_are_not_named(home: Path) -> None:
    run(home)
    copy = home / "审核" / "表.xlsx"
    verdict = {"复核结论": "不认可", "复核说明": "请附合同", "复核人": "张三丰", "日期": "2024-07-01"}
    copy.write_bytes(typed(copy, {"IN05": verdict}))
    (home / "收件" / "表.xlsx").write_bytes(form_bytes(patched(GOOD, "stated.total", 13)))
    run(home)
    copy.write_bytes(typed(copy, {"IN05": verdict}))
    run(home)
    sent = place(home) / "表.xlsx"
    with zipfile.ZipFile(sent) as parts:
        assert not [name for name in parts.namelist() if "张三丰".encode() in parts.read(name)]
    (row,) = rows_of(sent)
    labels = ("复核结论", "复核说明", "复核人", "上次意见")
    assert [row[label] for label in labels] == ["不认可", "请附合同", None, "不认可：请附合同"]
    assert rows_of(copy)[0]["复核人"] == "张三丰"
    text = text_of(letter(place(home) / "退回通知.eml"))
    assert "财政部门意见：不认可，请附合同" in text
    assert "张三丰" not in text


def test_the_signature_is_taken_out_too(home: Path) -> None:
    run(home)
    book = load_workbook(home / "审核" / "表.xlsx")
    sheet = book["审核结果"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "总体意见")
    sheet.cell(row, 3).value, sheet.cell(row, 10).value = "请更正后再报", "张三丰"
    book.save(home / "审核" / "表.xlsx")
    run(home)
    sheet = load_workbook(place(home) / "表.xlsx")["审核结果"]
    assert [sheet.cell(row, column).value for column in (3, 10)] == ["请更正后再报", None]


def test_what_goes_out_is_otherwise_unchanged(home: Path) -> None:
    run(home)
    data = (home / "审核" / "表.xlsx").read_bytes()
    (home / "一.xlsx").write_bytes(sendable(data))
    assert rows_of(home / "一.xlsx") == rows_of(home / "审核" / "表.xlsx")


def test_the_figures_of_the_books_stay_in_the_house(home: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("项目名称", "年度", "金额（万元）"), (GOOD["basic"]["project_name"], 2012, 137.31)):
        book.active.append(row)
    book.save(home / "账.xlsx")
    run(home, "--ledger", home / "账.xlsx")
    inside, outside = (_texts(path) for path in (home / "审核" / "表.xlsx", place(home) / "表.xlsx"))
    assert "LG01】" in inside
    assert "LG01】使用金额与财政部门的账目不一致，请核对。" in outside
    assert ("137.31" in inside, "137.31" in outside) == (True, False)


def _texts(path: Path) -> str:
    """Everything that stands in the parts of a workbook."""
    with ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_addresses_come_from_the_list_alone_and_others_are_reminded(home: Path) -> None:
    name = str(GOOD["basic"]["project_name"])
    listed = roster(
        home,
        (name, UNIT, DEPARTMENT, "b@example.gov.cn"),
        ("没有报的项目", "另一单位", "某厅", "c@example.gov.cn"),
        ("也没有报", "第三单位", "某厅", ""),
    )
    run(home, "--roster", listed)
    assert letter(place(home) / "退回通知.eml")["To"] == "b@example.gov.cn"
    reminder = letter(home / "回复" / "某厅" / "另一单位" / "催报通知.eml")
    assert (reminder["To"], list(reminder.iter_attachments())) == ("c@example.gov.cn", [])
    assert "1. 没有报的项目" in text_of(reminder)
    assert letter(home / "回复" / "某厅" / "第三单位" / "催报通知.eml")["To"] is None


def test_a_unit_with_two_addresses_gets_none(home: Path) -> None:
    rows = [("甲", UNIT, DEPARTMENT, "a@example.gov.cn"), ("乙", UNIT, DEPARTMENT, "b@example.gov.cn")]
    run(home, "--roster", roster(home, *rows))
    assert letter(place(home) / "退回通知.eml")["To"] is None


def test_a_refused_file_has_a_draft_that_says_why(home: Path) -> None:
    (home / "收件" / "坏.xlsx").write_bytes(b"")
    assert run(home) == 3
    message = letter(home / "回复" / "拒收" / "坏.xlsx.eml")
    assert "坏.xlsx" in str(message["Subject"])
    assert (message["To"], list(message.iter_attachments())) == (None, [])


def test_what_was_settled_does_not_go_back_again(home: Path) -> None:
    run(home)
    copy = home / "审核" / "表.xlsx"
    copy.write_bytes(typed(copy, {"IN05": {"复核结论": "认可", "复核说明": "已核对", "复核人": "张三"}}))
    assert run(home) == 0
    assert files(home) == []
    assert not place(home).exists()


def test_a_draft_that_somebody_changed_stays(home: Path) -> None:
    run(home)
    draft = place(home) / "退回通知.eml"
    changed = draft.read_bytes() + b"\r\n"
    draft.write_bytes(changed)
    run(home)
    assert draft.read_bytes() == changed
    assert letter(place(home) / "退回通知(2).eml")["X-Unsent"] == "1"


def test_the_same_run_gives_the_same_files(home: Path) -> None:
    run(home)
    first = {name: (home / "回复" / name).read_bytes() for name in files(home)}
    run(home)
    assert {name: (home / "回复" / name).read_bytes() for name in files(home)} == first


def test_the_offices_template_counts(home: Path) -> None:
    folder = home / "回复" / "信函模板"
    folder.mkdir(parents=True)
    (folder / RETURNED_FILE).write_text("主题：$unit 请改\n只有 $$ 和 $count", "utf-8")
    run(home)
    message = letter(place(home) / "退回通知.eml")
    assert (message["Subject"], text_of(message).strip()) == (f"{UNIT} 请改", "只有 $ 和 1")


@pytest.mark.parametrize("template", ["主题：$unit\n$nobody", "主题：$unit\n$", "没有主题"])
def test_a_template_that_cannot_be_used_is_refused(template: str) -> None:
    with pytest.raises(UsageError, match="甲"):
        words(template, "甲.txt")


def test_values_are_no_templates() -> None:
    subject, body = words(TEMPLATES[RETURNED_FILE], RETURNED_FILE, unit="$count", count="1", projects="${unit}")
    assert "$count（1 个项目）" in subject
    assert "${unit}" in body


def test_without_a_deadline_it_is_soon() -> None:
    assert [until(None), until(date(2024, 7, 5))] == ["尽快", "于 2024 年 7 月 5 日前"]


def test_copies_must_be_written_to_go_back(home: Path) -> None:
    words = ("consolidate", home / "收件", "-o", home / "出" / "汇总.xlsx", "--replies", home / "回复")
    assert exit_code_here(*words) == 2
    assert exit_code_here(*words, "--annotated", home / "回复") == 2
