"""What an agency explains: beside the self-check, in the dossier JSON, on the review sheet; one list in all three.

* fill writes it, read gives it back; a line of the self-check takes what is about all of its findings
* it reaches the findings of the office, explains them and settles none
* a line that is explained counts as right in the self-check
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from forms import GOOD, TODAY, patched
from office import Converted, by_office, formula_cells, same_value
from opened import load_workbook
from perfxl.batch.onefile import process_file
from perfxl.dossier import explanations_of
from perfxl.errors import DossierError
from perfxl.model import Explanation, FileResult, Status
from perfxl.results.jobs import Conditions, Job
from perfxl.schemes import load_scheme, scheme_names
from workbooks import form_bytes

OVERSPENT = patched(patched(GOOD, "funds.used.total", 160), "funds.used.provincial", 160)
"""More used than came in and was planned: FD02, FD03."""
WHY = "追加预算文件已下达，见附件。"


def processed(data: bytes, folder: Path, annotated: bool = False) -> FileResult:
    path = folder / "表.xlsx"
    path.write_bytes(data)
    copy = folder / "审核" / "表.xlsx" if annotated else None
    (result,) = process_file(Job(path, path.name, Conditions(TODAY), annotated=copy))
    return result


def told(result: FileResult) -> list[tuple[str, ...]]:
    assert result.dossier is not None
    return sorted(tuple(one.values()) for one in result.dossier.get("explanations", []))  # type: ignore[attr-defined]


def explaining(*explanations: tuple[str, str, str], dossier: dict[str, Any] = OVERSPENT) -> dict[str, Any]:
    return {**dossier, "explanations": [Explanation(*one)._asdict() for one in explanations]}


@pytest.mark.parametrize(
    "explanations",
    [
        [("FD02", "", WHY), ("FD03", "", WHY)],
        [("FD02", "", WHY)],
        [("FD02", "funds.used.total", WHY), ("FD03", "", "另一个原因")],
        [("FD06", "funds.used.total", "跨年\n支付"), ("ZZ99", "", "不认识的代码")],
        [],
    ],
)
def test_what_is_filled_in_is_read_back(explanations: list[tuple[str, str, str]], tmp_path: Path) -> None:
    assert told(processed(form_bytes(explaining(*explanations)), tmp_path)) == sorted(explanations)


@pytest.mark.parametrize("name", scheme_names())
def test_in_every_form(name: str, tmp_path: Path) -> None:
    samples = Path(__file__).parent.parent
    filled = (json.loads(path.read_text("utf-8")) for path in samples.glob("*samples/*.json"))
    dossier = next(one for one in filled if one.get("scheme") == name)
    stated = [("FD06", "", "说明一"), ("PT15", "", "说明二")]
    result = processed(form_bytes(explaining(*stated, dossier=dossier), load_scheme(name)), tmp_path)
    assert told(result) == stated


def typed_beside(data: bytes, topic: str, text: str) -> bytes:
    """The form with a text typed beside a line of its self-check."""
    book = load_workbook(io.BytesIO(data))
    guide = book["填报说明"]
    (row,) = [cell.row for cell in guide["A"] if str(cell.value).startswith(topic)]
    assert guide.cell(row, 5).protection.locked is False
    guide.cell(row, 5).value = text
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_what_is_typed_beside_a_line_explains_the_findings_of_the_office(tmp_path: Path) -> None:
    result = processed(typed_beside(form_bytes(OVERSPENT), "资金：实际使用情况不超过", WHY), tmp_path, annotated=True)
    explained = {found.code: (found.explanation, found.settled) for found in result.findings if found.explanation}
    assert explained == {"FD03": (WHY, False)}
    assert result.status is Status.ACCEPTED
    assert result.is_pending
    assert result.annotated is not None
    review = load_workbook(result.annotated)["审核结果"]
    assert WHY in {cell.value for row in review for cell in row}


def test_what_is_said_on_the_review_sheet_is_in_the_json_too(tmp_path: Path) -> None:
    result = processed(typed_beside(form_bytes(OVERSPENT), "资金：实际使用情况不超过", WHY), tmp_path, annotated=True)
    returned = processed(Path(str(result.annotated)).read_bytes(), tmp_path)
    assert ("FD03", "funds.used.total", WHY) in told(returned)


def test_an_explanation_of_one_datum_is_about_that_one_alone(tmp_path: Path) -> None:
    dossier = patched(patched(GOOD, "targets.0.actual", None), "targets.1.actual", None)
    result = processed(form_bytes(explaining(("TG05", "targets.1.actual", WHY), dossier=dossier)), tmp_path)
    assert [found.explanation for found in result.findings if found.code == "TG05"] == ["", WHY]


@by_office(lambda: form_bytes(explaining(("FD02", "", WHY), ("FD03", "", WHY))))
@by_office(lambda: form_bytes(OVERSPENT))
def test_a_line_that_is_explained_counts_as_right(office: list[Converted]) -> None:
    ends = []
    for book in office:
        cells = {
            place: (stored, now) for place, _, stored, now in formula_cells(book) if place.startswith("填报说明!B")
        }
        assert [place for place, pair in cells.items() if not same_value(*pair)] == []
        ends += [now for _, now in cells.values() if "可以报送" in str(now)]
    assert ends == ["全部通过，可以报送", "可以报送；另有 1 项请核对"]


@pytest.mark.parametrize(
    ("explanations", "said"),
    [
        ("说明", "应为列表"),
        ([{"code": "FD02"}], "缺少 code 或 text"),
        ([{"text": "说明"}], "缺少 code 或 text"),
        ([{"code": "FD02", "text": "说明", "note": "x"}], "应只有 code、path、text 三项"),
        ([{"code": "FD02", "text": 5}], "都是文字"),
        (["FD02"], "应只有"),
        ([{"code": "FD02", "text": "长" * 32768}], "32768 个字"),
    ],
)
def test_explanations_of_another_shape_are_refused(explanations: Any, said: str) -> None:
    with pytest.raises(DossierError, match=said):
        explanations_of({"explanations": explanations})
