"""How a form stands on paper: the parts of its Word document, as a scheme declares them under [document].

Labels, columns and rows are those of the form's own blocks; what stands here is their order and what is printed around
them. A scheme without the declaration is printed sheet by sheet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

COMPUTED_LIST = "系统核算值一览"
"""The heading of the list of computed figures behind the document's parts."""
DRAFT_MARK = "【草稿，请确认】"
"""Stands before every draft, so that none is signed unread."""
Show = Literal["line", "heading", "fields", "matrix", "table", "note", "sentence", "signature", "sections"]


@dataclass(frozen=True)
class Piece:
    """One thing on the page.

    `line`: a text with a datum behind it. `heading`: a row across the table below it, repeated on every page that the
    table takes. `fields`, `matrix`, `table`, `sections`: a block of the form. `note`: a printed text. `signature`: a
    place to sign and stamp, with a date. `sentence`: a printed line with blanks, as the form declares it.

    Attributes:
        of: the block's key; the path of the datum of a line, and of a signature's date.
        columns: which fields or columns are printed; all that staff fill in where empty.
        where_filled: columns that are printed only where something stands in them.
        ticked: fields printed as all their choices, the chosen one ticked.
        widths: of the columns, relative; label and value in turn for fields.
        page: whether a heading begins a new page.
    """

    show: Show
    of: str = ""
    text: str = ""
    columns: tuple[str, ...] = ()
    where_filled: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    page: bool = False


@dataclass(frozen=True)
class Part:
    """A part of the document, which begins on a page of its own."""

    title: str
    pieces: tuple[Piece, ...]
    landscape: bool = False


@dataclass(frozen=True)
class CoverLine:
    """A line of the cover: its label and the datum behind it, left open where none is named."""

    label: str
    of: str = ""


@dataclass(frozen=True)
class Paper:
    """The whole document.

    Attributes:
        title: on the cover.
        period: path of the year that stands below the title.
        cover: no cover where empty.
        drafts: sentences by the path of the section that they are offered for, with {paths} of data and rates; a sentence
            is offered where it has all its figures.
    """

    parts: tuple[Part, ...]
    title: str = ""
    period: str = ""
    cover: tuple[CoverLine, ...] = ()
    drafts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
