"""The write-back in the eyes of another program: LibreOffice sees the same and ours, and what it saves annotates clean."""

from io import BytesIO

import pytest

from office import Converted, by_office
from opened import load_workbook
from package_views import fills, inventory, lost, misplaced, notes, values
from perfxl.writeback.annotate import apply_plan
from plans import BOOKS, NOTHING, PLAN, RESERVED, TITLE, mark, with_marks
from rich_workbooks import FORM

pytestmark = pytest.mark.filterwarnings("ignore:.* is not supported and will be removed:UserWarning")


@pytest.mark.parametrize("name", ["rare.xlsx", "openpyxl.xlsx"])
@by_office(lambda name: BOOKS[name])
@by_office(lambda name: apply_plan(BOOKS[name], PLAN))
def test_libreoffice_sees_the_same_and_ours(name: str, office: list[Converted]) -> None:
    before, after = (book.saved.read_bytes() for book in office)
    ours = {key for key in values(after) if key[0] == TITLE} | RESERVED
    assert {k: v for k, v in values(after).items() if k not in ours} == {
        k: v for k, v in values(before).items() if k not in ours
    }
    assert values(after)[TITLE, "A1"] == "绩效自评审核结果"
    old, new = notes(before), notes(after)
    assert all(new[key].startswith(text) for key, text in old.items())
    assert "总额不符" in new[FORM, "B3"]
    assert {" ".join(sorted(areas.split())) for areas in fills(after, FORM)} == {"B3 B5", "B14:D15 Z50", "A3"}
    assert shapes(after) == shapes(before)
    assert defined(before) <= defined(after)


def shapes(data: bytes) -> list[str]:
    """What stands in the drawings of a workbook: pictures, charts, text boxes by name."""
    return sorted(
        dict(attributes).get("name", "")
        for part, path, attributes, _ in inventory(data).elements()
        if part.startswith("xl/drawings/drawing") and path.endswith("cNvPr")
    )


def defined(data: bytes) -> set[str]:
    return set(load_workbook(BytesIO(data)).defined_names)


@pytest.mark.parametrize("name", ["rare.xlsx", "small.xlsx"])
@by_office(lambda name: BOOKS[name])
@by_office(lambda name: apply_plan(BOOKS[name], PLAN))
def test_a_resubmission_saved_by_another_program_annotates_clean(name: str, office: list[Converted]) -> None:
    plain, saved = (book.saved.read_bytes() for book in office)
    clean = apply_plan(saved, NOTHING)
    assert fills(clean, FORM) == {}
    assert {key: text.strip() for key, text in notes(clean).items()} == {k: v.strip() for k, v in notes(plain).items()}
    assert load_workbook(BytesIO(clean)).sheetnames == [
        *load_workbook(BytesIO(plain)).sheetnames,
        TITLE,
    ]
    assert apply_plan(clean, NOTHING) == clean
    again = apply_plan(saved, PLAN)
    assert apply_plan(again, PLAN) == again


@by_office(lambda: BOOKS["xlsxwriter.xlsx"])
def test_a_workbook_made_by_libreoffice(office: list[Converted]) -> None:
    made = office[0].saved.read_bytes()
    plan = with_marks(mark("B3"), mark("A3"))
    after = apply_plan(made, plan)
    assert [item for item in lost(made, after) if not item[1].endswith("comment/text/t")] == []
    assert apply_plan(after, plan) == after
    assert misplaced(after) == misplaced(made)
