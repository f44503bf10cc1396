"""A worksheet that takes whole rows and many links, and holds neither in memory.

XlsxWriter keeps each cell as an object, and each link and row height until the end; a summary of ten thousand projects
has two million cells. `RowSheet` adds rows as mark-up behind what the writer itself has put on disk, and gives each file
that links lead to one relationship, however many cells lead there. Everything else on the sheet is the writer's.
"""

from html import escape
from re import compile as pattern
from tempfile import SpooledTemporaryFile
from weakref import finalize

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

LINKS_IN_MEMORY = 2**20
LOOKS_ESCAPED = pattern("_(?=x[0-9A-Fa-f]{4}_)")
"""What a reader would take for the escape of a character."""


class RowSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of a workbook that is written in constant memory; rows from 0, each put once, from top to bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._files: dict[str, int] = {}
        self._links = SpooledTemporaryFile(max_size=LINKS_IN_MEMORY, mode="w+", encoding="utf-8")  # noqa: SIM115
        finalize(self, self._links.close)

    def put_row(self, row: int, cells: str, last: int, height: float = 0) -> None:
        """Puts a row of cells as mark-up, the last of them in this column; without height it has the usual one."""
        if row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, 0)
        self._check_dimensions(row, last)
        shown = f' ht="{height:g}" customHeight="1"' if height else ""
        self.fh.write(f'<row r="{row + 1}"{shown}>{cells}</row>')

    def put_link_inside(self, cell: str, place: str) -> None:
        """Makes a cell lead to a place in this workbook, such as "'总览'!A1"."""
        self._links.write(f'<hyperlink ref="{cell}" location="{escape(place)}" display="{escape(place)}"/>')

    def put_link_outside(self, cell: str, file: str, place: str = "") -> None:
        """Makes a cell lead to another file, written as `target_of` does, and to a place in it."""
        number = self._files.setdefault(file, len(self._files) + 1)
        where = f' location="{escape(place)}"' if place else ""
        self._links.write(f'<hyperlink ref="{cell}" r:id="rId{number}"{where}/>')

    def _write_hyperlinks(self) -> None:
        """Called by the writer where the links belong."""
        self.rel_count = len(self._files)
        self.external_hyper_links = [["/hyperlink", file, "External"] for file in self._files]
        if self._links.tell():
            self._links.seek(0)
            self.fh.write("<hyperlinks>")
            while piece := self._links.read(2**16):
                self.fh.write(piece)
            self.fh.write("</hyperlinks>")


def target_of(file: str) -> str:
    """A path, escaped as links demand, as Excel writes it into a workbook."""
    path = file.replace("/", "\\")
    return f"file:///{path}" if path.startswith("\\\\") or path[1:2] == ":" else path


def style_of(look: Format) -> int:
    """The number under which cells name a format."""
    number: int = look._get_xf_index()
    return number


def text_markup(text: str) -> str:
    """A text as the content of a cell; every character that XML may hold stays as it is."""
    shown = escape(LOOKS_ESCAPED.sub("_x005F_", text), quote=False)
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<is><t{kept}>{shown}</t></is>"
