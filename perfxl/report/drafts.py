"""Sentences offered for a chapter that was left blank, made of the figures of the tables. Pure."""

from collections.abc import Sequence

from perfxl.report.figures import ReportFigures
from perfxl.schemes.onpaper import PLACEHOLDER


def draft_of(figures: ReportFigures, sentences: Sequence[str]) -> str:
    """The sentences that have all their figures, "" where none has."""
    return "".join(filter(None, (_filled(figures, sentence) for sentence in sentences)))


def _filled(figures: ReportFigures, sentence: str) -> str:
    names = PLACEHOLDER.findall(sentence)
    known = {name: figures.draft_figure(name) for name in names}
    if not all(known.values()):
        return ""
    return PLACEHOLDER.sub(lambda match: known[match[1]], sentence)
