"""How large does an OpenDocument spreadsheet become when its repeated rows and cells are written out?

A cell of three attributes may stand for a whole sheet; the fast reader writes the repetitions out.
"""

from perfxl.door.limits import Tally
from perfxl.door.refusals import damaged, encrypted
from perfxl.door.xmldoor import Attributes, Walker
from perfxl.door.zipdoor import Archive

CONTENT = "content.xml"
MANIFEST = "META-INF/manifest.xml"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
ROWS, COLUMNS, NAME = TABLE + "number-rows-repeated", TABLE + "number-columns-repeated", TABLE + "name"
VALUE_TYPE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value-type"
CELLS = ("table-cell", "covered-table-cell")


class OdsScan:
    """One pass over content.xml; `names` are the sheets in their order."""

    def __init__(self, tally: Tally) -> None:
        self.names: list[str] = []
        self._tally = tally
        self._row = self._repeat = self._column = self._width = self._length = 0
        self._last_row = self._last_column = 0
        self._walker = Walker(CONTENT, tally, self._on_start, self._on_text, self._on_end)

    def run(self, data: bytes) -> list[str]:
        """Scans the part.

        Raises:
            RefusedError: FL03, FL04.
        """
        self._walker.feed(data, True)
        return self.names

    def _on_start(self, name: str, attributes: Attributes) -> None:
        if name == "table":
            self._tally.add("sheets")
            self.names.append(attributes.get(NAME, ""))
            self._row = self._last_row = self._last_column = 0
        elif name == "table-row":
            self._row += self._repeat
            self._repeat = _repetition(attributes.get(ROWS, "1"))
            self._column = 0
        elif name in CELLS:
            self._width = _repetition(attributes.get(COLUMNS, "1"))
            self._column += self._width
            self._length = 0
            self._tally.add("cells")
            if VALUE_TYPE in attributes:
                self._note_value()

    def _on_text(self, text: str) -> None:
        self._length += len(text)
        self._tally.hold("text", self._length, CONTENT)

    def _on_end(self, name: str) -> None:
        if name in CELLS and self._length:
            self._note_value()
            self._tally.add("total_text", self._length * self._width * self._repeat, self.names[-1])
        elif name == "table":
            self._repeat = 0
            self._tally.add("box", self._last_row * self._last_column, self.names[-1])

    def _note_value(self) -> None:
        self._last_row = self._row + self._repeat
        self._last_column = max(self._last_column, self._column)


def sheet_names(archive: Archive, tally: Tally) -> list[str]:
    """The sheets of an OpenDocument spreadsheet.

    Raises:
        RefusedError: FL02, FL03, FL04.
    """
    if MANIFEST in archive and b"encryption-data" in archive.read(MANIFEST):
        raise encrypted("加密的 OpenDocument 表格")
    if CONTENT not in archive:
        raise damaged("缺少内部文件", CONTENT)
    return OdsScan(tally).run(archive.read(CONTENT))


def _repetition(number: str) -> int:
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise damaged("重复次数不合规范", number[:20])
    return int(number)
