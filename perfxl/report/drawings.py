"""The charts of the summary workbook as pictures in a Word document: the same drawing, from the figures stored in it.

Drawn by the program that shows the document, so they need no font here and stay sharp in print. The link to the cells
that they were made from is not kept: the document stands alone.
"""

import re
import zipfile
from pathlib import Path

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml

from perfxl.report.wordxml import WordElement, element, paragraph

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
EMU = 36000
"""English Metric Units in a millimetre."""
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_CHARTS = re.compile(r"xl/charts/chart(\d+)\.xml")

_INLINE = """<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" distT="0" distB="0" distL="0" distR="0">
<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="图{number}"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{link}"/></a:graphicData>
</a:graphic></wp:inline>"""


def charts_in(workbook: Path) -> list[bytes]:
    """The drawings of the charts in a workbook that perfxl has written, in order."""
    with zipfile.ZipFile(workbook) as package:
        found = sorted((int(match[1]), name) for name in package.namelist() if (match := _CHARTS.fullmatch(name)))
        return [_spelt_out(package.read(name)) for _, name in found]


def _spelt_out(drawing: bytes) -> bytes:
    """The drawing with everything said that Excel takes for granted and word processors do not."""
    root = parse_xml(drawing)
    for value in root.findall(f".//{_C}dLbls/{_C}showVal"):
        value.addprevious(_off("showLegendKey"))
        for name in ("showBubbleSize", "showPercent", "showSerName", "showCatName"):
            value.addnext(_off(name))
    for layout in root.findall(f".//{_C}title/{_C}layout"):
        layout.addnext(_off("overlay"))
    for chart in root.findall(f"{_C}chart"):
        chart.addprevious(_off("roundedCorners"))
    content: bytes = serialize_part_xml(root)
    return content


def _off(name: str) -> WordElement:
    return parse_xml(f'<c:{name} xmlns:c="{_C[1:-1]}" val="0"/>')


def pictures(document: Document, charts: list[bytes], first: int, size: tuple[int, int]) -> WordElement:
    """A paragraph with charts side by side, each so many millimetres wide and high; `first` is the number of the first."""
    runs = []
    for number, drawing in enumerate(charts, first):
        part = Part(PackURI(f"/word/charts/chart{number}.xml"), CHART, drawing, document.part.package)
        link = document.part.relate_to(part, RT.CHART)
        width, height = (length * EMU for length in size)
        inline = parse_xml(_INLINE.format(width=width, height=height, number=number, link=link))
        runs.append(element("r", element("drawing", inline)))
    return paragraph("Picture", *runs)
