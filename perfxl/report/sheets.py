"""A new document of the official kind: pages, page numbers, and the same bytes for the same content."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import cast

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm

from perfxl import __version__
from perfxl.report.styles import font_table, set_styles
from perfxl.report.wordxml import WordElement, add_run, field, paragraph, word_text
from perfxl.system.outfile import written_whole

_LEFT_OUT = {"thumbnail", "customXml", "stylesWithEffects", "webSettings", "numbering"}
"""Parts of python-docx's template that our documents have no use for."""

UNCHANGING = (1980, 1, 1, 0, 0, 0)
"""The time of every part in the package: the oldest that the format knows."""


@contextmanager
def new_document(target: Path, title: str, made: date) -> Iterator[Document]:
    """Yields an empty document; when the block ends well it is written.

    Raises:
        OutputError: it cannot be written.
    """
    document = docx.Document()
    _prepare(document, title, made)
    yield document
    _date_comments(document, made)
    packed = io.BytesIO()
    document.save(packed)
    with written_whole(target) as path:
        path.write_bytes(_repacked(packed.getvalue()))


def add(document: Document, *elements: WordElement) -> None:
    """Adds paragraphs and tables at the end, before the last section's properties."""
    body = document.element.body
    for made in elements:
        body.insert(len(body) - 1, made)


def _prepare(document: Document, title: str, made: date) -> None:
    set_styles(document)
    for rels in (document.part.package.rels, document.part.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.rpartition("/")[2] in _LEFT_OUT]:
            del rels[key]
    noon = datetime.combine(made, time(12))
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = (
        word_text(title)[:255],
        "",
        f"perfxl {__version__}",
    )
    properties.comments, properties.keywords, properties.language = "", "", "zh-CN"
    properties.created = properties.modified = noon
    document.settings.odd_and_even_pages_header_footer = True
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


# -- pages ------------------------------------------------------------------------------------------------------------


def begin_section(document: Document, landscape: bool, is_first: bool) -> Section:
    """A section of A4 pages: 37 mm at the top and 35 at the bottom, 28 at the binding edge and 26 at the other."""
    section = document.sections[0] if is_first else document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    width, height = (297, 210) if landscape else (210, 297)
    section.page_width, section.page_height = Mm(width), Mm(height)
    top, bottom, left, right = (28, 26, 35, 37) if landscape else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.header_distance, section.footer_distance = Mm(15), Mm(16 if landscape else 24)
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    return section


def number_pages(section: Section) -> None:
    """Page numbers as — 1 —, at the outer edge; the sections that follow take them over."""
    for footer, style in ((section.footer, "PageNumberOdd"), (section.even_page_footer, "PageNumberEven")):
        footer.is_linked_to_previous = False
        root = footer._element
        for child in list(root):
            root.remove(child)
        root.append(paragraph(style, add_run("— "), *field("PAGE"), add_run(" —")))


# -- the same bytes ---------------------------------------------------------------------------------------------------


def _date_comments(document: Document, made: date) -> None:
    """Comments bear the day of the check."""
    if not len(document.comments):
        return
    for comment in cast(XmlPart, document.part.part_related_by(RT.COMMENTS)).element:
        comment.set(qn("w:date"), f"{made.isoformat()}T12:00:00Z")


def _repacked(data: bytes) -> bytes:
    """The package with fixed times and our table of fonts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = font_table() if name == "word/fontTable.xml" else old.read(name)
            entry = zipfile.ZipInfo(name, UNCHANGING)
            entry.external_attr = 0o600 << 16
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
