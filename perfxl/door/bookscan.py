"""What do the parts around the sheets say: which part is the workbook, which sheets, strings, names it has?

What the root relation names is the workbook; what its relations name are its sheets, strings and formats. A package that
could be read in two ways is refused.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from perfxl.door.limits import Tally
from perfxl.door.parts import CONTENT_TYPES, OpenedParts, Relation
from perfxl.door.refusals import ambiguous, damaged, strict_ooxml
from perfxl.door.seen import Odd, Texts
from perfxl.door.sheettree import plain_string, string_of
from perfxl.door.written import is_on
from perfxl.door.xmldoor import MOST_BYTES, TEXT, Attributes, Walker, main_tag, walk, walk_skipping
from perfxl.errors import RefusedError

USUAL_BOOK = "xl/workbook.xml"
_CORE = "docProps/core.xml"
_STRICT = "http://purl.oclc.org/ooxml/"
_RELATION_ID = re.compile(r"\{http://(?:schemas\.openxmlformats|purl\.oclc)\.org/\S*[rR]elationships\}id")
_STATES = ("visible", "hidden", "veryHidden")
_BOOK_TYPE = re.compile(
    r"application/vnd\.(?:openxmlformats-officedocument\.spreadsheetml\.(?:sheet|template)"
    r"|ms-excel\.(?:sheet|template|addin)\.macroenabled)\.main\+xml"
)
_SETTINGS = tuple(map(main_tag, ("workbookPr", "calcPr", "sheets")))
_WITH_CELLS = "worksheet"
_PLAIN_STRINGS = re.compile(rb'(?:<si><t(?: xml:space="preserve")?+>' + TEXT + rb"</t></si>){1,1000}+")
_STRING = re.compile(">([^<]*)</t>")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it: its name, state, the part that holds its content and the kind of that.

    A part "" is a sheet without content (a module of macros, whose code lies elsewhere).
    """

    name: str
    state: str
    part: str
    kind: str


@dataclass(frozen=True)
class PartsOfBook:
    """The parts of a workbook: its own, its sheets, and those of strings, styles and theme ("" where it has none)."""

    book: str
    sheets: tuple[SheetEntry, ...]
    strings: str = ""
    styles: str = ""
    theme: str = ""
    is_1904: bool = False
    counts_as_shown: bool = False
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_macro_type(self) -> bool:
        return "macroenabled" in self.types.get(self.book.lower(), "").lower()


def content_types(parts: OpenedParts) -> Mapping[str, str]:
    """The content type of each part that has its own, by part name in lower case."""
    return {
        entry.get("PartName", "").lstrip("/").lower(): entry.get("ContentType", "")
        for entry in parts.tree(CONTENT_TYPES).iterchildren("{*}Override")
    }


def main_part(parts: OpenedParts) -> str:
    """The part that the root relation names; "" where there is no such list.

    Raises:
        RefusedError: FL05, there are several.
    """
    named = [relation for relation in parts.relations("") if relation.kind == "officeDocument"]
    if any(relation.type.startswith(_STRICT) for relation in named):
        raise strict_ooxml(named[0].part)
    if len({relation.part.lower() for relation in named}) > 1:
        raise ambiguous("压缩包里登记了不止一个主文件", "_rels/.rels")
    return named[0].part if named else ""


def book_parts(parts: OpenedParts, book: str) -> PartsOfBook:
    """The sheets in the order of the workbook, and where strings and formats are.

    Raises:
        RefusedError: FL03 where a sheet is listed twice or has no content, FL04, FL05, FL08.
    """
    types = content_types(parts)
    _refuse_second_book(parts, book, types)
    root = parts.tree(book)
    if root.tag.startswith(f"{{{_STRICT}"):
        raise strict_ooxml()
    if root.tag != main_tag("workbook"):
        raise damaged("主文件不是工作簿", book)
    settings = list(root.iter(*_SETTINGS))
    if len({part.tag for part in settings}) < len(settings) or any(part.getparent() is not root for part in settings):
        raise ambiguous("工作簿的设置登记了不止一份，或包在别的元素里，有的程序读，有的不读", book)
    relations = list(parts.relations(book))
    if not relations:
        raise damaged("缺少内部文件", book)
    return PartsOfBook(
        book,
        _entries(parts, book, relations),
        strings=_only(relations, "sharedStrings", parts),
        styles=_only(relations, "styles", parts),
        theme=next((one.part for one in relations if one.kind == "theme" and one.part in parts), ""),
        is_1904=any(is_on(own.get("date1904")) for own in root.iterchildren(main_tag("workbookPr"))),
        counts_as_shown=any(
            not is_on(own.get("fullPrecision"), usual=True) for own in root.iterchildren(main_tag("calcPr"))
        ),
        types=types,
    )


def _refuse_second_book(parts: OpenedParts, book: str, types: Mapping[str, str]) -> None:
    others = [part for part, kind in types.items() if _BOOK_TYPE.fullmatch(kind.lower()) and part in parts]
    others += [USUAL_BOOK] if USUAL_BOOK in parts else []
    second = next((part for part in others if part.lower() != book.lower()), None)
    if second:
        raise ambiguous("压缩包里有两个工作簿，有的程序打开这一个，有的打开那一个", second)


def _only(relations: Sequence[Relation], kind: str, parts: OpenedParts) -> str:
    """The part of a kind of which a workbook has at most one."""
    named = [relation.part for relation in relations if relation.kind == kind]
    if len({part.lower() for part in named}) > 1:
        raise ambiguous("工作簿登记了两份同类的内部文件，有的程序读前一份，有的读后一份", named[1])
    return named[0] if named and named[0] in parts else ""


def _entries(parts: OpenedParts, book: str, relations: Sequence[Relation]) -> tuple[SheetEntry, ...]:
    by_key = {relation.key: relation for relation in relations}
    if len(by_key) < len(relations):
        raise ambiguous("同一个编号登记了两个内部文件", book)
    entries = [_entry(*listed, by_key, parts) for listed in _listed(parts, book)]
    if not any(entry.part for entry in entries):
        raise damaged("工作簿里没有工作表", book)
    named = [entry.part.lower() for entry in entries if entry.part]
    if len(set(named)) < len(named) or len({entry.name.casefold() for entry in entries}) < len(entries):
        raise damaged("同一张工作表登记了两次", book)
    return tuple(entries)


def _listed(parts: OpenedParts, book: str) -> list[tuple[str, str, str | None]]:
    """Name, state and relation of each sheet."""
    listed: list[tuple[str, str, str | None]] = []
    for element in parts.tree(book).iter("{*}sheet", "{*}definedName"):
        if element.tag.endswith("}definedName"):
            parts.tally.add("names")
            continue
        if element.tag != main_tag("sheet"):
            raise ambiguous("工作表的清单里夹有其他命名空间的元素", book)
        parts.tally.add("sheets")
        relation = next((str(value) for key, value in element.items() if _RELATION_ID.fullmatch(str(key))), None)
        listed.append((element.get("name", ""), element.get("state", _STATES[0]), relation))
    return listed


def _entry(name: str, state: str, key: str | None, relations: Mapping[str, Relation], parts: OpenedParts) -> SheetEntry:
    if name and state in _STATES and key == "":
        return SheetEntry(name, state, "", "module")
    relation = relations.get(key or "")
    if not name or state not in _STATES or relation is None or relation.part not in parts:
        raise damaged("登记的工作表没有内容", name)
    return SheetEntry(name, state, relation.part, relation.kind)


# -- strings ----------------------------------------------------------------------------------------------------------


class StringScan:
    """The length of each string of a large part in characters; entities may count as written."""

    def __init__(self, part: str, tally: Tally) -> None:
        self.lengths: list[int] = []
        self._part = part
        self._tally = tally
        self._walker = Walker(part, tally, self._on_start, self._on_text)

    def run(self, data: bytes) -> list[int]:
        walk_skipping(self._walker, data, _PLAIN_STRINGS, lambda: self._walker.depth == 1, self._skip)
        self._tally.hold("strings", len(self.lengths), self._part)
        return self.lengths

    def _skip(self, match: re.Match[bytes]) -> bool:
        lengths = [len(text) for text in _STRING.findall(match[0].decode())]
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
            self._tally.hold("text", self.lengths[-1], self._part)


def shared_texts(parts: OpenedParts, part: str) -> Texts:
    """The shared strings, none where the workbook has no such part; only their lengths where the part is large."""
    if not part:
        return Texts()
    content = parts.mark_up(part)
    if len(content) > MOST_BYTES:
        return Texts(None, StringScan(part, parts.tally).run(content))
    root = parts.adopt(part, content)
    texts, odd = _texts_of(root, part)
    lengths = list(map(len, texts))
    parts.tally.hold("strings", len(texts), part)
    parts.tally.hold("text", max(lengths, default=0), part)
    return Texts(texts, lengths, odd)


def all_texts(parts: OpenedParts, part: str) -> Texts:
    """The shared strings of a large part that the door has let in, with their texts."""
    return Texts(*_texts_of(etree.fromstring(parts.mark_up(part)), part)[:1])


def _texts_of(root: etree._Element, part: str) -> tuple[list[str], dict[int, Odd]]:
    texts: list[str] = []
    odd: dict[int, Odd] = {}
    own = main_tag("si")
    for number, item in enumerate(root.iterchildren("{*}si")):
        if item.tag != own:
            raise ambiguous("文字表里夹有其他命名空间的元素", part)
        text = plain_string(item)
        if text is None:
            text, about = string_of(item, f"{part} {number}")
            if about:
                odd[number] = about
        texts.append(text)
    return texts, odd


# -- the others -------------------------------------------------------------------------------------------------------


def check_comments(parts: OpenedParts, part: str) -> None:
    """Counts the comments of a sheet and their text."""
    tally = parts.tally

    def start(name: str, _attributes: Attributes) -> None:
        if name == "comment":
            tally.add("comments", 1, part)

    walk(part, parts.mark_up(part), tally, start, lambda text: tally.add("comment_text", len(text), part))


def modified(parts: OpenedParts) -> str:
    """When the workbook says that it was last changed (ISO 8601); empty where it does not say or talks nonsense."""
    if _CORE not in parts:
        return ""
    try:
        stamps = [(stamp.text or "").strip() for stamp in parts.tree(_CORE).iter("{*}modified")]
        datetime.fromisoformat(stamps[0])
    except (ValueError, IndexError):
        return ""
    except RefusedError as refusal:
        if refusal.code != "FL03":
            raise
        return ""
    return stamps[0]
