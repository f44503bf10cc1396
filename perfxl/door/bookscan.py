"""What do the parts around the sheets say: which sheets there are, how many styles, strings, names and comments?

Each function reads one kind of part through expat, counts into the tally and refuses what cannot be followed (FL03).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from perfxl.door.limits import Tally
from perfxl.door.refusals import damaged, strict_ooxml
from perfxl.door.skimming import tags_of
from perfxl.door.xmldoor import TEXT, Attributes, Walker, walk, walk_skipping
from perfxl.door.zipdoor import Archive
from perfxl.errors import RefusedError

CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
WORKBOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
CORE = "docProps/core.xml"
STRICT_NAMESPACE = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATION_ID = re.compile(r"http://(?:schemas\.openxmlformats|purl\.oclc)\.org/\S*[rR]elationships id")
STATES = ("visible", "hidden", "veryHidden")
STYLE_ELEMENTS = ("xf", "font", "fill", "border", "numFmt", "cellStyle", "dxf")
STYLE_TAGS = tags_of(counted=STYLE_ELEMENTS)
TYPE_TAGS = tags_of(read=["Override"])
RELATION_TAGS = tags_of(read=["Relationship"])
PLAIN_STRINGS = re.compile(rb'(?:<si><t(?: xml:space="preserve")?+>' + TEXT + rb"</t></si>){1,1000}+")
STRING = re.compile(">([^<]*)</t>")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it; `part` is where its content is."""

    name: str
    state: str
    part: str


def content_types(archive: Archive, tally: Tally) -> Mapping[str, str]:
    """The content type of each part that has its own, by part name in lower case."""
    types: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "Override":
            types[attributes.get("PartName", "").lstrip("/").lower()] = attributes.get("ContentType", "")

    walk(CONTENT_TYPES, _required(archive, CONTENT_TYPES), tally, start, needed=TYPE_TAGS)
    return types


def sheet_entries(archive: Archive, tally: Tally) -> tuple[SheetEntry, ...]:
    """The sheets in the order of the workbook.

    Raises:
        RefusedError: FL03 where a sheet is listed twice or has no content, FL04, FL08.
    """
    targets = _relations(archive, tally)
    entries = [_entry(name, state, targets.get(relation), archive) for name, state, relation in _listed(archive, tally)]
    if not entries:
        raise damaged("工作簿里没有工作表", _WORKBOOK)
    for values in ({e.name.casefold() for e in entries}, {e.part.lower() for e in entries}):
        if len(values) < len(entries):
            raise damaged("同一张工作表登记了两次", _WORKBOOK)
    return tuple(entries)


def _listed(archive: Archive, tally: Tally) -> list[tuple[str, str, str]]:
    data = _required(archive, _WORKBOOK)
    if STRICT_NAMESPACE in data:
        raise strict_ooxml()
    sheets: list[tuple[str, str, str]] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            tally.add("sheets")
            relation = next((value for key, value in attributes.items() if RELATION_ID.fullmatch(key)), "")
            sheets.append((attributes.get("name", ""), attributes.get("state", STATES[0]), relation))
        elif name == "definedName":
            tally.add("names")

    walk(_WORKBOOK, data, tally, start)
    return sheets


def _relations(archive: Archive, tally: Tally) -> Mapping[str, str]:
    targets: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    walk(WORKBOOK_RELATIONS, _required(archive, WORKBOOK_RELATIONS), tally, start, needed=RELATION_TAGS)
    return targets


def _entry(name: str, state: str, target: str | None, archive: Archive) -> SheetEntry:
    """Follows a relation as the fast reader does: absolute, from the root or from the workbook."""
    part = (target or "").removeprefix("/")
    part = part if part.startswith("xl/") else f"xl/{part}"
    if not name or state not in STATES or target is None or part not in archive:
        raise damaged("登记的工作表没有内容", name)
    return SheetEntry(name, state, part)


class StringScan:
    """The length of each shared string in characters; entities may count as written."""

    def __init__(self, tally: Tally) -> None:
        self.lengths: list[int] = []
        self._tally = tally
        self._walker = Walker(STRINGS, tally, self._on_start, self._on_text)

    def run(self, data: bytes) -> list[int]:
        walk_skipping(self._walker, data, PLAIN_STRINGS, lambda: self._walker.depth == 1, self._skip)
        self._tally.hold("strings", len(self.lengths), STRINGS)
        return self.lengths

    def _skip(self, match: re.Match[bytes]) -> bool:
        lengths = [len(text) for text in STRING.findall(match[0].decode())]
        if max(lengths) > self._tally.limits.text:
            return False
        self.lengths += lengths
        return True

    def _on_start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self.lengths.append(0)

    def _on_text(self, text: str) -> None:
        if self.lengths and self._walker.depth > 1:
            self.lengths[-1] += len(text)
            self._tally.hold("text", self.lengths[-1], STRINGS)


def string_lengths(archive: Archive, tally: Tally) -> list[int]:
    """The length of each shared string, none where the workbook has no such part."""
    return StringScan(tally).run(archive.read(STRINGS)) if STRINGS in archive else []


def check_styles(archive: Archive, tally: Tally) -> None:
    """Counts the formats."""

    def start(name: str, _attributes: Attributes) -> None:
        if name in STYLE_ELEMENTS:
            tally.add("styles", 1, STYLES)

    if STYLES in archive:
        walk(STYLES, archive.read(STYLES), tally, start, needed=STYLE_TAGS)


def check_comments(part: str, archive: Archive, tally: Tally) -> None:
    """Counts the comments of a sheet and their text."""

    def start(name: str, _attributes: Attributes) -> None:
        if name == "comment":
            tally.add("comments", 1, part)

    walk(part, archive.read(part), tally, start, lambda text: tally.add("comment_text", len(text), part))


def modified(archive: Archive, tally: Tally) -> str:
    """When the workbook says that it was last changed (ISO 8601); empty where it does not say or talks nonsense."""
    stamps: list[str] = []
    inside: list[str] = []

    def start(name: str, _attributes: Attributes) -> None:
        inside[:] = [name]

    def text(piece: str) -> None:
        if inside == ["modified"]:
            stamps.append(piece)

    if CORE not in archive:
        return ""
    try:
        walk(CORE, archive.read(CORE), tally, start, text)
        stamp = "".join(stamps).strip()
        datetime.fromisoformat(stamp)
    except (RefusedError, ValueError):
        return ""
    return stamp


def _required(archive: Archive, part: str) -> bytes:
    if part not in archive:
        raise damaged("缺少内部文件", part)
    return archive.read(part)
