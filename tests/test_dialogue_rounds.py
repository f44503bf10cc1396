"""Three rounds of a dialogue over every sample: the agency explains and corrects, the office decides, the agency sends again.

Every explanation and verdict is where it belongs, once, whichever program saved the copies in between.
"""

import shutil
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from approved_lists import approved_of, knowledge
from forms import GOOD
from office import Converted, by_office
from opened import load_workbook
from perfxl.dialogue.remarks import Standing, standing_of
from perfxl.model import FileResult, Severity, Status
from talking import Office, rows_of, saved, the, typed
from workbooks import form_bytes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")

SAMPLES = sorted((Path(__file__).parent.parent / "samples").glob("*.xlsx"))
VERDICTS = ("认可", "补充材料", "不认可")


TALKED_ABOUT = [path for path in SAMPLES if path.read_bytes()[:2] == b"PK"]


def with_words(path: Path, **typed: dict[str, str]) -> bytes:
    """The copy with words typed into columns, each by its heading and the id of the row's finding."""
    book = load_workbook(path)
    sheet = book["审核结果"]
    head = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "编号")
    columns = {cell.value: cell.column for cell in sheet[head]}
    for row in range(head + 1, sheet.max_row + 1):
        found = sheet.cell(row, columns["编号"]).value
        for label, words in typed.items():
            if found in words:
                sheet.cell(row, columns[label]).value = words[str(found)]
    return saved(book)


def explanations(result: FileResult) -> dict[str, str]:
    return {one.id: f"说明：{one.code} {number}" for number, one in enumerate(result.findings) if one.id}


def shown(path: Path, *labels: str) -> list[dict[str, str]]:
    """What stands in columns of a copy, by id; each id stands once."""
    rows = rows_of(path)
    assert not [id_ for id_, number in Counter(row["编号"] for row in rows if row["编号"]).items() if number > 1]
    return [{str(row["编号"]): str(row[label]) for row in rows if row[label]} for label in labels]


@pytest.mark.parametrize("sample", TALKED_ABOUT, ids=lambda path: path.stem)
def test_three_rounds(sample: Path, tmp_path: Path) -> None:
    office = Office(tmp_path)
    first = office.run(sample.read_bytes())
    said = explanations(first)
    second = office.run(with_words(office.copy(), 单位说明=said))
    assert {one.id: one.explanation for one in second.findings if one.id in said} == said
    assert shown(office.copy(), "单位说明") == [said]

    verdicts = {id_: VERDICTS[number % 3] for number, id_ in enumerate(said)}
    notes, reviewers = dict.fromkeys(said, "已核对"), dict.fromkeys(said, "张三")
    office.copy().write_bytes(with_words(office.copy(), 复核结论=verdicts, 复核说明=notes, 复核人=reviewers))
    sent = (tmp_path / "收件" / "表.xlsx").read_bytes()
    for data in (sent, sample.read_bytes(), office.copy().read_bytes()):
        third = office.run(data)
        decided = [one for one in third.findings if one.id in said]
        assert {one.id: one.verdict for one in decided} == verdicts
        assert {one.id: one.explanation for one in decided} == said
        assert "FL20" not in {one.code for one in third.findings}
        assert shown(office.copy(), "复核结论", "单位说明") == [verdicts, said]
    open_errors = [
        one for one in third.findings if one.severity is Severity.ERROR and standing_of(one) is not Standing.ACCEPTED
    ]
    assert (third.status is Status.RETURNED) == bool(open_errors)
    assert third.assessment == first.assessment, "no verdict changes a figure of these"


def returned_copy(number: int) -> bytes:
    """The copy of a sample that an agency has explained, before another program saves it."""
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        first = office.run(TALKED_ABOUT[number].read_bytes())
        return with_words(office.copy(), 单位说明=explanations(first))


@by_office(lambda: returned_copy(0))
@by_office(lambda: returned_copy(1))
def test_what_another_program_saved_is_read_alike(office: list[Converted], tmp_path: Path) -> None:
    for place, converted in enumerate(office):
        own = Office(tmp_path / str(place))
        said = explanations(own.run(TALKED_ABOUT[place].read_bytes()))
        shutil.rmtree(own.copies)
        result = own.run(converted.saved.read_bytes())
        assert {one.id: one.explanation for one in result.findings if one.id in said} == said
        (told,) = shown(own.copy(), "单位说明")
        assert {id_: text for id_, text in told.items() if id_ in said} == said


def decided_copy(number: int) -> bytes:
    """The office's copy of a sample with a verdict on every finding, before another program saves it."""
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        said = explanations(office.run(TALKED_ABOUT[number].read_bytes()))
        return with_words(office.copy(), 复核结论=dict.fromkeys(said, "补充材料"), 复核人=dict.fromkeys(said, "李四"))


@by_office(lambda: decided_copy(0))
def test_verdicts_that_another_program_saved_are_the_offices_still(office: list[Converted], tmp_path: Path) -> None:
    own = Office(tmp_path)
    said = explanations(own.run(TALKED_ABOUT[0].read_bytes()))
    own.copy().write_bytes(office[0].saved.read_bytes())
    result = own.run(TALKED_ABOUT[0].read_bytes())
    assert {one.id: (one.verdict, one.reviewer) for one in result.findings if one.id in said} == dict.fromkeys(
        said, ("补充材料", "李四")
    )


def test_a_budget_of_another_size_that_the_office_accepts_counts_as_typed(tmp_path: Path) -> None:
    office = Office(tmp_path, known=knowledge(replace(approved_of(GOOD), budget=Decimal("0.0145"), sources=())))
    before = office.run(form_bytes(GOOD))
    assert (the(before, "XF04").severity, before.status) == (Severity.ERROR, Status.RETURNED)
    assert before.assessment is not None
    assert before.assessment.rates["execution"] is None
    verdict = {"复核结论": "认可", "复核说明": "单位无误", "复核人": "李四"}
    office.copy().write_bytes(typed(office.copy(), {"XF04": verdict}))
    after = office.run(form_bytes(GOOD))
    assert (the(after, "XF04").settled, after.status) == (True, Status.ACCEPTED)
    assert after.assessment is not None
    assert after.assessment.rates["execution"] == Decimal("0.9861")
