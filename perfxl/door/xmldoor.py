"""Is an XML part of a package harmless and well-formed, and what does it hold?

`check_plain` looks at the bytes of every part that looks like XML: UTF-8, no document type, no entities. `tree_of` makes the
tree that door, reader and pen share, after the bytes have told that it keeps within the limits. `Walker` sends large or odd
parts through expat, which resolves nothing and fetches nothing, and counts depth, elements and attributes. `walk_skipping`
spares expat the bulk of a large part: stretches that one regular expression has recognised as plain are not parsed again.
"""

import codecs
import re
from collections.abc import Callable
from functools import cache, lru_cache
from pyexpat import ExpatError, ParserCreate

from lxml import etree

from perfxl.door.limits import MIB, Limits, Tally
from perfxl.door.refusals import damaged, doctype
from perfxl.errors import place_in_text

Attributes = dict[str, str]
Element = etree._Element

MAIN_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOST_BYTES = MIB
"""Larger parts are not judged by a tree: they go through expat, which keeps nothing."""

_PARSER = etree.XMLParser(encoding="UTF-8", resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
_NOT_MARKS = bytes(set(range(256)) - set(b"<>=!?"))
Start = Callable[[str, Attributes], None]

_UTF16_MARKS = (b"\xfe\xff", b"\xff\xfe")
_DECLARATION = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']""")
CHARACTERS = rb"[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]*+"
TEXT = CHARACTERS + rb"(?:&(?:amp|lt|gt|quot|apos);" + CHARACTERS + rb")*+"
"""Character data that is well-formed beyond doubt."""

NOT_CHARACTERS = ("\ufffe", "\uffff")
HIDING = re.compile(rb"<[!?]")
"""Comments, CDATA and instructions may hold what looks like elements."""

_TAG = re.compile(rb"<[^<>]{10000,}+")
BETWEEN_ELEMENTS = b"<?perfxl?>"
"""An instruction is an error inside a tag and nothing at all between elements."""


@cache
def main_tag(tag: str) -> str:
    """A tag of the namespace of spreadsheets."""
    return MAIN_SPACE + tag


def check_plain(part: str, data: bytes) -> None:
    """Refuses a part that is not UTF-8 (FL03) or has a document type or entities (FL05)."""
    if data[:2] in _UTF16_MARKS or b"\0" in data[:4]:
        raise damaged("内部文件不是 UTF-8 编码", part)
    declared = _DECLARATION.match(data)
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise damaged("内部文件不是 UTF-8 编码", f"{part}：{declared[1].decode('ascii', 'replace')}")
    if b"!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
        raise doctype(part)


def check_unread(part: str, data: bytes, has_types: bool = False) -> None:
    """Refuses a part that nobody here reads if it looks like XML and has a document type; it may be in UTF-16.

    `has_types` says that the format itself demands a document type there; entities are refused nevertheless.
    """
    if data[:2] in _UTF16_MARKS:
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
        data = data.partition(b"?>")[2] if data.startswith(b"<?xml") else data
    if has_types and b"<!ENTITY" not in data:
        return
    check_plain(part, data)


class Walker:
    """One part on its way through expat; refuses what is not well-formed (FL03) or grows beyond the limits (FL04).

    It calls back with names without their namespace; the fast reader goes by these too.
    """

    def __init__(
        self,
        part: str,
        tally: Tally,
        start: Start,
        text: Callable[[str], None] | None = None,
        end: Callable[[str], None] | None = None,
    ) -> None:
        self.part = part
        self.depth = 0
        self._tally = tally
        limits = tally.limits
        self._most_attributes, self._deepest, self._most = limits.attributes, limits.depth, limits.elements
        self._start = start
        self._end = end
        self._elements = 0
        self._declared = 0
        self._parser = ParserCreate("utf-8", " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._on_start
        self._parser.EndElementHandler = self._on_end
        self._parser.StartNamespaceDeclHandler = self._on_namespace
        self._parser.StartDoctypeDeclHandler = self._on_doctype
        if text is not None:
            self._parser.CharacterDataHandler = text

    def feed(self, data: bytes | memoryview, final: bool = False) -> None:
        """Parses the next bytes of the part; a tag that goes on for ever is refused before expat takes it apart."""
        if len(data) > self._tally.limits.tag:
            longest = max(map(len, _TAG.findall(data)), default=0)
            self._tally.hold("tag", longest, self.part)
        try:
            self._parser.Parse(data, final)
        except ExpatError as error:
            raise damaged("内部文件的 XML 不完整或有错误", f"{self.part}，{place_in_text(error)}") from error

    def _on_start(self, name: str, attributes: Attributes) -> None:
        self.depth = depth = self.depth + 1
        self._elements = elements = self._elements + 1
        if self._declared or len(attributes) > self._most_attributes or depth > self._deepest or elements > self._most:
            self._refuse_excess(len(attributes) + self._declared)
        self._start(name.rpartition(" ")[2], attributes)

    def _on_end(self, name: str) -> None:
        self.depth -= 1
        if self._end is not None:
            self._end(name.rpartition(" ")[2])

    def _refuse_excess(self, attributes: int) -> None:
        self._declared = 0
        self._tally.hold("attributes", attributes, self.part)
        self._tally.hold("depth", self.depth, self.part)
        self._tally.hold("elements", self._elements, self.part)

    def _on_doctype(self, *_declared: object) -> None:
        """A part of any name may be a sheet; `check_plain` sees only those that look like XML."""
        raise doctype(self.part)

    def _on_namespace(self, _prefix: str | None, _uri: str | None) -> None:
        self._declared += 1


def walk(part: str, data: bytes, tally: Tally, start: Start, text: Callable[[str], None] | None = None) -> None:
    """Sends a whole part through expat: `start` is called for each element, `text` for character data."""
    Walker(part, tally, start, text).feed(data, True)


def parsed_tree(part: str, data: bytes, tally: Tally) -> Element:
    """The root of a part. What is too deep, too wide or too rich for a tree is refused before one is made.

    Raises:
        RefusedError: FL03, not well-formed or not UTF-8; FL04, beyond the limits; FL05, it has a document type.
    """
    check_plain(part, data)
    if len(data) > MOST_BYTES or not _keeps_within(tally.limits, data):
        _hold_growth(part, data, tally)
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as error:
        _hold_growth(part, data, tally)
        raise damaged("内部文件的 XML 不完整或有错误", f"{part}：{error}") from error
    if _is_too_deep(tally.limits.depth)(root):
        _hold_growth(part, data, tally)
    return root


@lru_cache
def _is_too_deep(depth: int) -> etree.XPath:
    """Whether a tree has more levels than allowed; the parser itself stops at 256."""
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


def _hold_growth(part: str, data: bytes, tally: Tally) -> None:
    """Refuses a part whose tree would be too large."""
    size = 0

    def start(_name: str, attributes: Attributes) -> None:
        nonlocal size
        size += 1 + len(attributes)
        if size > tally.limits.tree:
            tally.hold("tree", size, part)

    walk(part, data, tally, start)


def _keeps_within(limits: Limits, data: bytes) -> bool:
    """Whether a small part surely has no more elements and attributes than allowed, told by its bytes alone."""
    marks = data.translate(None, _NOT_MARKS)
    tags = marks.count(b"<")
    return (
        tags == marks.count(b">")
        and len(data) <= limits.tag
        and tags <= limits.elements
        and b"<!" not in marks
        and b"=" * (limits.attributes + 1) not in marks.translate(None, b"!?")
    )


def walk_skipping(
    walker: Walker,
    data: bytes,
    plain: re.Pattern[bytes],
    may_skip: Callable[[], bool],
    skip: Callable[[re.Match[bytes]], bool],
) -> None:
    """Sends a part through expat, but for the stretches that `plain` matches.

    `plain` must match nothing but complete, well-formed elements. `may_skip` says, at a point between two elements,
    whether such elements are expected there; `skip` takes a match into account, or returns False to have it parsed.
    """
    view = memoryview(data)
    fed = 0
    if is_plain_text(view):
        for match in plain.finditer(data):
            start = match.start()
            if start > fed:
                if HIDING.search(data, max(fed, 5), start):
                    break
                walker.feed(data[fed:start] + BETWEEN_ELEMENTS)
                fed = start
            if may_skip() and skip(match):
                fed = match.end()
    walker.feed(view[fed:], True)


def is_plain_text(data: memoryview) -> bool:
    """Whether bytes are UTF-8 without the two noncharacters that XML forbids."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), MIB):
            text = decoder.decode(data[start : start + MIB], start + MIB >= len(data))
            if any(mark in text for mark in NOT_CHARACTERS):
                return False
    except UnicodeDecodeError:
        return False
    return True
