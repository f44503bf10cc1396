"""Boxes of notes beside the shapes that a workbook has: every number once, and twice is once.

* shapes with a name of their own bear their number in o:spid; controls and embedded objects in the sheet
* drawings that claim no block, the same block, or a full one
* drawings without a shape, relation parts without a content type, a workbook without style tables
"""

import re
import zipfile
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opened import load_workbook
from perfxl.writeback.annotate import apply_plan, strip
from plans import NOTHING, PLAN, mark, with_marks
from rich_workbooks import FORM, by_xlsxwriter, rewritten, small_form

DRAWING, OTHER = "xl/drawings/vmlDrawing1.vml", "xl/drawings/vmlDrawing2.vml"
SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
MARKS = with_marks(mark("B3"), mark("C5"), mark("D7"))
NUMBER = re.compile(r'(?:\bid|spid)="_x0000_s(\d+)"')


def text_of(data: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode()


def numbers(data: bytes) -> list[int]:
    """The numbers of all shapes of a workbook."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        drawings = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".vml")]
    return [int(number) for drawing in drawings for number in NUMBER.findall(drawing)]


def claimed(data: bytes, name: str = DRAWING) -> str:
    found = re.search(r'idmap[^>]* data="([^"]*)"', text_of(data, name))
    return found[1] if found else ""


def boxed(before: bytes) -> list[int]:
    """The numbers that the boxes of three notes get; all numbers are there once, and twice is once."""
    after = apply_plan(before, MARKS)
    assert len(set(numbers(after))) == len(numbers(after))
    assert apply_plan(after, MARKS) == after
    return sorted(set(numbers(after)) - set(numbers(before)))


def test_boxes_stand_behind_the_last_shape() -> None:
    assert numbers(small_form()) == [1025]
    assert boxed(small_form()) == [1026, 1027, 1028]


@pytest.mark.parametrize("quotes", ['"', "'"])
def test_a_shape_with_a_name_of_its_own_bears_its_number_elsewhere(quotes: str) -> None:
    named = f"id={quotes}批注_x0020_1{quotes} o:spid={quotes}_x0000_s1025{quotes}"
    book = rewritten(small_form(), {DRAWING: lambda text: text.replace('id="_x0000_s1025"', named)})
    after = apply_plan(book, MARKS)
    ours = [int(number) for number in re.findall(r'\bid="_x0000_s(\d+)"', text_of(after, DRAWING))]
    assert ours == [1026, 1027, 1028]
    assert apply_plan(after, MARKS) == after


@pytest.mark.parametrize(
    "element", ['<control shapeId="1027" r:id="rId1"/>', "<oleObject shapeId='1026' r:id='rId1'/>"]
)
def test_numbers_of_controls_and_objects_in_the_sheet_are_in_use(element: str) -> None:
    link = 'legacyDrawing r:id="rId1"/>'
    book = rewritten(small_form(), {SHEET: lambda text: text.replace(link, f"{link}<controls>{element}</controls>")})
    last = int(re.findall(r"\d+", element)[0])
    assert boxed(book) == [last + 1, last + 2, last + 3]


def test_drawings_that_claim_the_same_block_share_its_numbers() -> None:
    book = by_xlsxwriter()
    taken = numbers(book)
    same = rewritten(book, {OTHER: lambda text: text.replace('data="2"', 'data="1"').replace("_x0000_s2", "_x0000_s1")})
    ours = set(numbers(apply_plan(same, MARKS))) - set(numbers(same))
    assert len(ours) == 3
    assert not ours & set(taken)
    assert apply_plan(apply_plan(same, MARKS), MARKS) == apply_plan(same, MARKS)


def test_a_drawing_that_claims_no_block_gets_one() -> None:
    book = rewritten(small_form(), {DRAWING: lambda text: re.sub(r"<o:shapelayout.*?</o:shapelayout>", "", text)})
    assert boxed(book) == [2049, 2050, 2051]
    assert claimed(apply_plan(book, MARKS)) == "2"


def test_a_full_block_is_continued_in_a_free_one() -> None:
    full = rewritten(small_form(), {DRAWING: lambda text: text.replace("_x0000_s1025", "_x0000_s2046")})
    assert boxed(full) == [2047, 2049, 2050]
    assert claimed(apply_plan(full, MARKS)) == "1,2"


def test_a_drawing_without_shapes_gives_way_to_ours() -> None:
    empty = rewritten(
        small_form(),
        {
            DRAWING: lambda text: re.sub(r"<v:shape .*?</v:shape>", "", text),
            "xl/comments1.xml": lambda text: re.sub(r"<comment .*?</comment>", "", text),
        },
    )
    assert numbers(empty) == []
    assert boxed(empty) == [1025, 1026, 1027]
    assert numbers(strip(apply_plan(empty, MARKS))) == []


def test_a_drawing_without_the_type_of_boxes_gets_it_once() -> None:
    book = rewritten(small_form(), {DRAWING: lambda text: re.sub(r"<v:shapetype .*?</v:shapetype>", "", text)})
    assert boxed(book) == [1026, 1027, 1028]
    assert text_of(apply_plan(book, MARKS), DRAWING).count('id="_x0000_t202"') == 1


@given(
    st.sets(st.integers(1025, 4000), min_size=1, max_size=12),
    st.sampled_from(["1", "2", "1,2", "3", ""]),
    st.booleans(),
)
def test_whatever_numbers_are_in_use_every_shape_has_its_own(used: set[int], blocks: str, named: bool) -> None:
    shapes = "".join(
        f'<v:shape id="形状{number}" o:spid="_x0000_s{number}"/>' if named else f'<v:shape id="_x0000_s{number}"/>'
        for number in sorted(used)
    )
    book = rewritten(
        small_form(),
        {
            DRAWING: lambda text: re.sub(r"<v:shape .*</v:shape>", shapes, text, flags=re.DOTALL).replace(
                'data="1"', f'data="{blocks}"'
            )
        },
    )
    after = apply_plan(book, MARKS)
    assert used <= set(numbers(after))
    assert len(numbers(after)) == len(set(numbers(after))) == len(used) + 4
    assert apply_plan(after, MARKS) == after


# --- what the package declares ---


def declared(data: bytes, extension: str) -> int:
    return len(re.findall(f'Extension="{extension}"', text_of(data, TYPES)))


def test_added_relation_parts_are_declared() -> None:
    plain = by_openpyxl_plain()
    relations = re.compile(r'<Default Extension="rels"[^>]*/>')
    assert declared(plain, "rels") == 1
    bare = rewritten(plain, {TYPES: lambda text: relations.sub("", text)})
    for book in (plain, bare):
        after = apply_plan(book, MARKS)
        assert declared(after, "rels") == 1
        assert apply_plan(after, MARKS) == after


def test_relation_parts_that_are_declared_one_by_one_stay_so() -> None:
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    parts = ("_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/worksheets/_rels/sheet1.xml.rels")
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part in parts)

    def change(text: str) -> str:
        return re.sub(r'<Default Extension="rels"[^>]*/>', "", text).replace("</Types>", f"{overrides}</Types>")

    after = apply_plan(rewritten(small_form(), {TYPES: change}), NOTHING)
    assert declared(after, "rels") == 0
    assert all(f'PartName="/{part}"' in text_of(after, TYPES) for part in parts)


def by_openpyxl_plain() -> bytes:
    """A workbook whose sheet has no relations."""
    book = openpyxl.Workbook()
    book.active.title = FORM
    book.active["B3"] = 1
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("is_linked", [True, False])
def test_missing_style_tables_are_made(is_linked: bool) -> None:
    links = "xl/_rels/workbook.xml.rels"
    changes = {"xl/styles.xml": None} | ({} if is_linked else {links: without_styles, TYPES: without_styles})
    bare = rewritten(by_openpyxl_plain(), changes)
    after = apply_plan(bare, PLAN)
    assert apply_plan(after, PLAN) == after
    with zipfile.ZipFile(BytesIO(after)) as archive:
        assert len([name for name in archive.namelist() if "styles" in name]) == 1
    assert text_of(after, links).count("relationships/styles") == 1
    assert text_of(after, TYPES).count("styles+xml") == 1
    sheet = load_workbook(BytesIO(after))[FORM]
    assert sheet["B7"].number_format == "0.00%"


def without_styles(text: str) -> str:
    return re.sub(r"<(?:Relationship|Override) [^>]*styles[^>]*/>", "", text)
