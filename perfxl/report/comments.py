"""Puts the remarks on the document's text as Word comments."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import cast

from docx.document import Document
from docx.oxml.text.paragraph import CT_P
from docx.oxml.text.run import CT_R
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from perfxl.report.remarks import MarginNote
from perfxl.report.wordxml import add_run, word_text

_AUTHOR, INITIALS = "perfxl", "核"


def add_comments(document: Document, runs: Mapping[str, list[CT_R]], remarks: Sequence[MarginNote]) -> None:
    """Each remark on the words that it is about, else on the whole datum. A datum that the document does not print has none."""
    for remark in remarks:
        known = runs.get(remark.path)
        if known:
            target = _cut_out(known, word_text(remark.words))
            paragraph = Paragraph(cast(CT_P, target.getparent()), document)
            document.add_comment(Run(target, paragraph), word_text(remark.text), _AUTHOR, INITIALS)


def _cut_out(runs: list[CT_R], words: str) -> CT_R:
    """A run of its own for the words, cut out of the one that holds them; the first run where none does."""
    for number, found in enumerate(runs):
        text = found.text
        before, exact, behind = text.partition(words) if words else ("", "", "")
        if exact and not any(mark in text for mark in "\n\t"):
            parts = [_like(found, part) for part in (before, exact, behind) if part]
            for part in parts:
                found.addprevious(part)
            parent = found.getparent()
            assert parent is not None
            parent.remove(found)
            runs[number : number + 1] = parts
            return parts[1 if before else 0]
    return runs[0]


def _like(part: CT_R, text: str) -> CT_R:
    """A run with other words in the same style."""
    made = add_run(text)
    if part.rPr is not None:
        made.insert(0, deepcopy(part.rPr))
    return made
