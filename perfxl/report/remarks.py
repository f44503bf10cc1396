"""Which findings become comments in the document, and on which datum. Pure.

Only those that hold a figure of the agency's against a computed one, that say how a cell was read, or on which the office
has decided: the document
shows what was typed, and the comment says what was computed. Everything else stands in the annotated workbook.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfxl.model import Assessment, Finding, Form
from perfxl.scoring.finality import unsettled, without_value

_COMPARED = ("FD01", "FD09", "IN05", "PT01", "PT03", "PT07", "PT11", "TX03", "TX04", "TX05", "TX06")
"""A figure or grade that is not what is computed."""
READ_OTHERWISE = ("ST06", "ST07", "ST08", "ST09", "ST11")
"""A figure that could not be read, or was read differently from how it was typed."""


@dataclass(frozen=True, slots=True)
class MarginNote:
    """A comment: the datum that it stands on, the words of a text that it is about, and what it says."""

    path: str
    words: str
    text: str


def remarks_of(form: Form, assessment: Assessment, findings: Sequence[Finding]) -> Iterator[MarginNote]:
    """The comments in the order of the findings; last, on stated totals and averages, that there is none that holds."""
    paths: dict[tuple[str, str], str] = {}
    for own, cell in form.addressed():
        paths.setdefault((cell.sheet, cell.address), own)
    for found in findings:
        path = paths.get((found.sheet, found.cell), "")
        if path and (found.opens or found.verdict or found.code in (*_COMPARED, *READ_OTHERWISE)):
            yield MarginNote(path, found.found, _text(found))
    for path, figure in (("stated.total", "total"), ("stated.grade", "grade"), ("stated.average", "average")):
        why = unsettled(assessment, figure)
        if why and form.cell(path).is_read:
            yield MarginNote(path, "", f"【{without_value(figure)}】{why}。文中保留填报的内容，不能作为评价结果。")


def _text(found: Finding) -> str:
    """Code and reason, what was computed, that the document keeps what was typed, and what was said of it."""
    lines = [f"【{found.code}】{found.message}。"]
    if found.code in _COMPARED:
        lines.append(f"填报：{found.found}；核算：{found.expected}。文中保留填报的内容，没有改动。")
    lines += [f"单位说明：{found.explanation}"] if found.explanation else []
    said = "：".join(filter(None, (found.verdict, found.note)))
    who = " ".join(filter(None, (found.reviewer, found.day)))
    lines += [f"复核：{said}" + (f"（{who}）" if who else "")] if said else []
    return "\n".join(lines)
