"""Elements of WordprocessingML: paragraphs, runs and tables of text that nobody needs to trust.

Built as elements and not cell by cell through python-docx, whose tables take time with the square of their rows.
"""

import itertools
import re
from collections.abc import Sequence
from typing import Any, cast

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.run import CT_R

from perfxl.report.arrange import PaperCell, PrintedLine, PrintedTable

WordElement = Any
"""An element of python-docx's own classes."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSAVED = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_HIDDEN = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

WHOLE_ROW = 600
"""Characters in one cell up to which a row is kept on one page; a longer one may be higher than a page."""


def element(tag: str, *children: WordElement, **attributes: object) -> WordElement:
    """An element of the main namespace with its attributes in it."""
    made = OxmlElement(f"w:{tag}", {qn(f"w:{name}"): str(value) for name, value in attributes.items()})
    for child in children:
        made.append(child)
    return made


def word_text(text: str) -> str:
    """A text as the format can hold it: control characters as their pictures (␀), marks that turn text around left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(lambda match: "␡" if match[0] == "\x7f" else chr(0x2400 + ord(match[0])), text)
    return _HIDDEN.sub("", _UNSAVED.sub("�", text))


def add_run(text: str, style: str = "") -> CT_R:
    """A run; line ends and tabs stay what they are."""
    made = element("r")
    if style:
        made.append(element("rPr", element("rStyle", val=style)))
    for part in re.split(r"([\n\t])", word_text(text)):
        if part in ("\n", "\t"):
            made.append(element("br" if part == "\n" else "tab"))
        elif part:
            words = element("t")
            words.text = part
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            made.append(words)
    return cast(CT_R, made)


def paragraph(style: str, *runs: WordElement) -> WordElement:
    """A paragraph in a style."""
    return element("p", element("pPr", element("pStyle", val=style)), *runs)


def field(code: str) -> list[WordElement]:
    """The runs of a field that the reader's program computes, such as PAGE."""
    instruction = element("instrText")
    instruction.text = code
    marks = [element("r", element("fldChar", fldCharType=kind)) for kind in ("begin", "separate", "end")]
    return [marks[0], element("r", instruction), marks[1], add_run("1"), marks[2]]


# -- tables -----------------------------------------------------------------------------------------------------------


def table(
    grid: PrintedTable, runs: dict[str, list[CT_R]], computed: frozenset[str], style: str = "FormTable"
) -> WordElement:
    """A table; the runs of each datum are added to `runs` by its path, computed ones are marked by a character style."""
    edges = sorted({edge for line in grid.lines for box in line.boxes for edge in (box.left, box.right)})
    columns = [element("gridCol", w=right - left) for left, right in itertools.pairwise(edges)]
    properties = element(
        "tblPr",
        element("tblStyle", val=style),
        element("tblW", w=edges[-1] - edges[0], type="dxa"),
        element("tblLayout", type="fixed"),
    )
    place = {edge: number for number, edge in enumerate(edges)}
    rows = [_row(line, place, runs, computed) for line in grid.lines]
    return element("tbl", properties, element("tblGrid", *columns), *rows)


def _row(
    line: PrintedLine, place: dict[int, int], runs: dict[str, list[CT_R]], computed: frozenset[str]
) -> WordElement:
    properties = element("trPr")
    if all(len(box.text) <= WHOLE_ROW for box in line.boxes):
        properties.append(element("cantSplit"))
    if line.height:
        properties.append(element("trHeight", val=line.height, hRule="atLeast"))
    if line.heading:
        properties.append(element("tblHeader"))
    cells = [_cell(box, place[box.right] - place[box.left], runs, computed) for box in line.boxes]
    if line.keep:
        for cell in cells:
            cell.find(qn("w:p")).pPr.append(element("keepNext"))
    return element("tr", properties, *cells)


def _cell(box: PaperCell, span: int, runs: dict[str, list[CT_R]], computed: frozenset[str]) -> WordElement:
    properties = element("tcPr", element("tcW", w=box.right - box.left, type="dxa"))
    if span > 1:
        properties.append(element("gridSpan", val=span))
    if box.rows != 1:
        properties.append(element("vMerge", val="restart" if box.rows else "continue"))
    properties.append(element("vAlign", val="center"))
    words = add_run(box.text, "ComputedFigure" if box.path in computed else "")
    if box.path:
        runs.setdefault(box.path, []).append(words)
    paragraphs = [paragraph(box.style, words)]
    if box.closing:
        paragraphs.append(paragraph("SignatureDate", add_run(box.closing)))
    return element("tc", properties, *paragraphs)


def grid_of(
    headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], left: frozenset[int]
) -> PrintedTable:
    """A plain table with a heading; the columns in `left` hold longer texts."""
    edges = [sum(widths[:number]) for number in range(len(widths) + 1)]

    def boxes(texts: Sequence[str], style: str = "") -> tuple[PaperCell, ...]:
        return tuple(
            PaperCell(text, edges[n], edges[n + 1], style or ("TableLong" if n in left else "TableText"))
            for n, text in enumerate(texts)
        )

    return PrintedTable(
        [PrintedLine(boxes(headings, "TableHead"), heading=True), *(PrintedLine(boxes(row)) for row in rows)]
    )
