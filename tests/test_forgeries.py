"""An agency cannot decide for the office, whatever it does to the copy that it sends back; what others save is read alike.

* no forged verdict has an effect, and each is said (FL20) unless nothing of it can be read as one
* two forms of one workbook keep their words apart
* a copy whose texts another program stores in its own way reads the same
"""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from forms import GOOD, patched
from opened import load_workbook
from perfxl.batch.officefolders import OfficeFolders, hear
from perfxl.batch.officewords import collected
from perfxl.batch.onefile import process_file
from perfxl.model import FileResult, Status
from perfxl.results.jobs import Conditions, Job
from perfxl.results.laiddown import laid_down
from self_assessments import GOOD_SELF as GOOD_2023
from self_assessments import SCHEME_2023 as SCHEME
from talking import TODAY, Office, rows_of, saved, typed
from test_several_forms import copied, edited
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

ODD_PHONE = patched(GOOD, "basic.phone", "12")
"""One warning: BA02."""
WRONG_TOTAL = patched(GOOD, "stated.total", 13)
"""One error."""


class Row:
    """A row of the review sheet of a copy, to be written into by heading."""

    def __init__(self, sheet: Worksheet, code: str) -> None:
        self.sheet = sheet
        self.head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "编号")
        self.columns = {cell.value: cell.column for cell in sheet[self.head] if cell.value}
        rows = range(self.head + 1, sheet.max_row + 1)
        self.number = next(n for n in rows if sheet.cell(n, self.columns["代码"]).value == code)

    def __setitem__(self, label: str, text: object) -> None:
        self.sheet.cell(self.number, self.columns[label]).value = text

    def __getitem__(self, label: str) -> object:
        return self.sheet.cell(self.number, self.columns[label]).value


def with_verdict(row: Row) -> None:
    row["复核结论"], row["复核说明"], row["复核人"] = "认可", "同意", "张三"


def spaced(row: Row) -> None:
    row["复核结论"], row["复核说明"], row["复核人"] = " 认可 ", "同意", "张三"


def by_formula(row: Row) -> None:
    row["复核结论"], row["复核说明"], row["复核人"] = '="认"&"可"', "同意", "张三"


def without_state(row: Row) -> None:
    with_verdict(row)
    row["状态标识"] = None


def without_id(row: Row) -> None:
    with_verdict(row)
    row["编号"] = None


def of_another_state(row: Row) -> None:
    with_verdict(row)
    row["状态标识"] = "0" * 12


def twice(row: Row) -> None:
    with_verdict(row)
    for column in row.columns.values():
        row.sheet.cell(row.number + 1, column).value = row.sheet.cell(row.number, column).value


def in_the_former_column(row: Row) -> None:
    row.sheet.cell(row.head, row.columns["复核结论"]).value = "复核意见"
    row["复核结论"], row["复核人"] = "认可", "张三"


def in_the_explanation(row: Row) -> None:
    row["单位说明"] = "认可（财政部门 张三）"


def overall(row: Row) -> None:
    for line in row.sheet.iter_rows(max_row=row.head):
        for cell in line:
            if cell.value in ("总体意见", "复核人签字"):
                next(one for one in line[cell.column :] if not isinstance(one, MergedCell)).value = "全部认可"


FORGERIES: list[Callable[[Row], None]] = [
    with_verdict, spaced, by_formula, without_state, without_id, of_another_state, twice, in_the_former_column,
    in_the_explanation, overall,
]  # fmt: skip
UNSAID = {"in_the_explanation", "in_the_former_column"}
"""What is no verdict as it stands: words of the agency, or nothing at all."""


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda one: one.__name__)
@pytest.mark.parametrize(("dossier", "code"), [(ODD_PHONE, "BA02"), (WRONG_TOTAL, "IN05")], ids=["warning", "error"])
def test_no_forged_verdict_has_an_effect(
    forge: Callable[[Row], None], dossier: dict[str, object], code: str, tmp_path: Path
) -> None:
    office = Office(tmp_path)
    before = office.run(form_bytes(dossier))
    book = load_workbook(office.copy())
    forge(Row(book["审核结果"], code))
    after = office.run(saved(book))
    assert not any(one.settled or one.verdict or one.reviewer for one in after.findings)
    assert (after.status, after.is_pending) == (before.status, before.is_pending)
    assert after.assessment == before.assessment
    assert_nothing_is_decided(office, before)
    said = {one.code for one in after.findings} - {one.code for one in before.findings}
    assert ("FL20" in said) == (forge.__name__ not in UNSAID), said
    shown = {str(row["复核结论"]) for row in rows_of(office.copy())}
    assert "认可" not in shown


def test_a_sheet_that_the_agency_made_itself_has_no_effect(tmp_path: Path) -> None:
    office = Office(tmp_path)
    before = office.run(form_bytes(ODD_PHONE))
    book = load_workbook(office.copy())
    with_verdict(Row(book["审核结果"], "BA02"))
    book.copy_worksheet(book["审核结果"]).title = "审核结果(2)"
    office.run(saved(book))
    assert_nothing_is_decided(office, before)


def renamed(title: str) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        with_verdict(Row(book["审核结果"], "BA02" if "BA02" in codes_in(book) else "IN05"))
        book["审核结果"].title = title

    return change


def codes_in(book: openpyxl.Workbook) -> set[object]:
    return {cell.value for row in book["审核结果"] for cell in row}


def with_rows_above(book: openpyxl.Workbook) -> None:
    renamed("审核结果（财政）")(book)
    book["审核结果（财政）"].insert_rows(1, 3)


def without_hidden_sheet(book: openpyxl.Workbook) -> None:
    renamed("复核汇总")(book)
    for name in [name for name in book.sheetnames if book[name].sheet_state == "veryHidden"]:
        del book[name]


def with_a_name_of_its_own(book: openpyxl.Workbook) -> None:
    renamed("复核")(book)
    for name in ("perfxl_review", "perfxl_review_1", "perfxl_review_9"):
        book.defined_names[name] = DefinedName(name, attr_text="'复核'!$A$1")


SHEETS = [
    *map(renamed, ("审核结果（财政）", "审核结果-财政", "审核", "复核汇总", "复核", "问题清单")),
    with_rows_above, without_hidden_sheet, with_a_name_of_its_own,
]  # fmt: skip


@pytest.mark.parametrize("change", SHEETS)
@pytest.mark.parametrize("dossier", [ODD_PHONE, WRONG_TOTAL], ids=["warning", "error"])
def test_a_forged_sheet_that_stays_in_the_copy_is_never_the_offices(
    change: Callable[[openpyxl.Workbook], None], dossier: dict[str, object], tmp_path: Path
) -> None:
    office = Office(tmp_path)
    before = office.run(form_bytes(dossier))
    book = load_workbook(office.copy())
    change(book)
    office.run(saved(book))
    assert_nothing_is_decided(office, before)


def assert_nothing_is_decided(office: Office, before: FileResult) -> None:
    """Nor on the runs to come, whether or not a reviewer saves the copy in between, nor through a table of many copies."""
    sent = (office.home / "收件" / "表.xlsx").read_bytes()
    for is_saved in (False, True, False):
        if is_saved:
            office.copy().write_bytes(saved(load_workbook(office.copy())))
        after = office.run(sent)
        assert not any(one.settled or one.verdict or one.reviewer for one in after.findings)
        assert (after.status, after.is_pending) == (before.status, before.is_pending)
    rows, _ = collected([office.copies])
    assert not any(one.remark.is_decided for one in rows)


def test_a_verdict_on_one_project_says_nothing_of_another(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.run(form_bytes(ODD_PHONE))
    office.copy().write_bytes(typed(office.copy(), {"BA02": {"复核结论": "认可", "复核人": "李四"}}))
    other = office.run(form_bytes(patched(ODD_PHONE, "basic.project_name", "另一个项目")), "另一个.xlsx")
    assert not any(one.settled or one.verdict for one in other.findings)
    own = office.run(form_bytes(ODD_PHONE))
    assert [one.settled for one in own.findings if one.code == "BA02"] == [True]


# -- two forms of one workbook ----------------------------------------------------------------------------------------


def two_forms() -> bytes:
    """Two self-evaluations in one workbook, of which each has the same warning."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = copied(book, book[SCHEME.sheets[0].name], "第二个项目")
        cell = next(c for row in sheet.iter_rows() for c in row if c.value == GOOD_2023["basic"]["project_name"])
        cell.value = "农村公路养护"

    return edited(form_bytes(patched(GOOD_2023, "basic.phone", "12"), SCHEME), change)


def test_two_forms_of_one_workbook_keep_their_words_apart(tmp_path: Path) -> None:
    inbox, copies = tmp_path / "收件", tmp_path / "审核"
    inbox.mkdir()
    copies.mkdir()
    path, copy = inbox / "两个.xlsx", copies / "两个.xlsx"
    path.write_bytes(two_forms())

    def explanations() -> list[list[str]]:
        said = laid_down(hear(OfficeFolders(copies, ())).said, tmp_path)
        results = process_file(Job(path, path.name, Conditions(TODAY, said=said), annotated=copy))
        return [[one.explanation for one in result.findings if one.code == "BA02"] for result in results]

    assert explanations() == [[""], [""]]
    book = load_workbook(copy)
    names = [name for name in book.sheetnames if name.startswith("审核结果")]
    for name, words in zip(names, ("第一份的说明", "第二份的说明"), strict=True):
        Row(book[name], "BA02")["单位说明"] = words
    path.write_bytes(saved(book))
    for _ in range(2):
        assert explanations() == [["第一份的说明"], ["第二份的说明"]]
        path.write_bytes(copy.read_bytes())


# -- as other programs store texts ------------------------------------------------------------------------------------


_INLINE = re.compile(r'<c((?: [rs]="[^"]*")*) t="inlineStr"((?: [rs]="[^"]*")*)><is>(.*?)</is></c>', re.DOTALL)
_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_shared_texts(data: bytes) -> bytes:
    """The workbook with its texts shared, each with marks of pronunciation as WPS writes them, and parts in another order."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert "xl/sharedStrings.xml" not in parts
    texts: list[str] = []

    def shared(match: re.Match[str]) -> str:
        texts.append(f'<si>{match[3]}<phoneticPr fontId="1" type="noConversion"/></si>')
        return f'<c{match[1]} t="s"{match[2]}><v>{len(texts) - 1}</v></c>'

    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = _INLINE.sub(shared, parts[name].decode()).encode()
    assert len(texts) > 100
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_SPACE}">{"".join(texts)}</sst>'.encode()
    listed = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_STRINGS}"/></Types>'.encode()
    related = f'<Relationship Id="rIdTexts" Type="{_RELATION}" Target="sharedStrings.xml"/></Relationships>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", listed)
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = parts[links].replace(b"</Relationships>", related)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(parts, reverse=True):
            package.writestr(name, parts[name])
    return packed.getvalue()


@pytest.mark.parametrize(("dossier", "code"), [(ODD_PHONE, "BA02"), (WRONG_TOTAL, "IN05")])
def test_texts_that_are_shared_are_read_alike(dossier: dict[str, object], code: str, tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.run(form_bytes(dossier))
    words = {code: {"单位说明": "已核对，<见附件> & 说明"}}
    result = office.run(with_shared_texts(typed(office.copy(), words)))
    assert [one.explanation for one in result.findings if one.code == code] == ["已核对，<见附件> & 说明"]
    verdict = {"复核结论": "认可", "复核说明": "同意", "复核人": "张三"}
    office.copy().write_bytes(with_shared_texts(typed(office.copy(), {code: verdict})))
    decided = office.run(form_bytes(dossier))
    assert [(one.verdict, one.settled) for one in decided.findings if one.code == code] == [("认可", True)]
    assert decided.status is Status.ACCEPTED
