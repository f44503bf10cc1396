"""How do the parts of a workbook hang together: relationships, content types, sheets, and each part as an XML tree?

Trees are parsed when first asked for and written back only where somebody changed them. The parser resolves no entity,
loads no DTD and no network address; a part with a document type is refused.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import count
from typing import cast

from lxml import etree

from perfxl.door.parts import OpenedParts, relations_name
from perfxl.door.refusals import damaged, strict_ooxml, unsafe
from perfxl.door.xmldoor import Element, main_tag
from perfxl.writeback.package import Package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT = "http://purl.oclc.org/ooxml/"
_RELATION_ID = f"{{{OFFICE_SPACE}}}id"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARED = "[Content_Types].xml"
RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, strip_cdata=False)
XML_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sequence(names: str) -> tuple[str, ...]:
    """The children of an element in the order that the schema demands."""
    return tuple(names.split())


_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
UNCLOSED_BREAK = re.compile(rb"<br\s*>(?!\s*</br)", re.IGNORECASE)
"""Excel writes line breaks in VML drawings as HTML does."""

WORKBOOK_ORDER = sequence(
    """
    fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences
    definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing
    fileRecoveryPr webPublishObjects extLst
    """
)
"""CT_Workbook, ECMA-376 part 1, 18.2.27."""


def local(element: Element) -> str:
    """A tag without its namespace; empty for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def new(parent: Element, tag: str, **attributes: str) -> Element:
    """An element of the SpreadsheetML namespace that is to go below a parent, with the parent's prefixes."""
    return parent.makeelement(main_tag(tag), attributes, cast("dict[str, str]", parent.nsmap))


def elements(mark_up: str) -> list[Element]:
    """Mark-up as elements of the SpreadsheetML namespace."""
    return list(etree.fromstring(f'<x xmlns="{MAIN}">{mark_up}</x>'))


def element_text(element: Element) -> str:
    """All text within an element."""
    return "".join(map(str, element.itertext()))


def insert_in_order(parent: Element, child: Element, order: Sequence[str]) -> None:
    """Puts a child behind the last one that the schema's sequence allows before it."""
    allowed = order[: order.index(local(child)) + 1]
    for other in parent.iterchildren("*", reversed=True):
        if local(other) in allowed:
            parent.insert(parent.index(other) + 1, child)
            return
    parent.insert(0, child)


def ensure(parent: Element, tag: str, order: Sequence[str]) -> Element:
    """The child of that name in the parent's namespace, made in its place where there is none."""
    child = parent.find(main_tag(tag))
    if child is None:
        child = new(parent, tag)
        insert_in_order(parent, child, order)
    return child


def take_out(element: Element) -> None:
    """Removes an element, keeps the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def parse(content: bytes, name: str) -> Element:
    """The root of a part.

    Raises:
        RefusedError: FL03, not well-formed; FL05, it has a document type.
    """
    if name.endswith(".vml"):
        content = UNCLOSED_BREAK.sub(rb"<br/>", content)
    try:
        root = etree.fromstring(content, PARSER)
    except etree.XMLSyntaxError as error:
        raise damaged("内部文件的 XML 不完整或有错误", name) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise unsafe("内部文件带有文档类型或实体声明", name)
    return root


def serialised(root: Element, name: str) -> bytes:
    """A tree as the bytes of a part; a VML drawing bears no XML declaration."""
    head = b"" if name.endswith(".vml") else XML_HEAD
    return head + etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)


@lru_cache(maxsize=1024)
def _resolved(source: str, target: str) -> str:
    """The part that a part means by a path."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")


@lru_cache(maxsize=1024)
def _path_to(part: str, source: str) -> str:
    """The path by which a part points to another one."""
    return posixpath.relpath(f"/{part}", posixpath.join("/", posixpath.dirname(source)))


class Relations:
    """The relationships of one part."""

    def __init__(self, source: str, root: Element) -> None:
        self.source = source
        self.root = root

    def target(self, link: Element) -> str:
        """The part that a relationship points to; empty when outside of the package."""
        return "" if link.get("TargetMode") == "External" else _resolved(self.source, link.get("Target", ""))

    def of_kind(self, kind: str) -> Iterator[Element]:
        """The relationships whose type ends with a word, such as "comments"."""
        return (link for link in self.root.iterchildren("*") if link.get("Type", "").endswith(f"/{kind}"))

    def first(self, kind: str) -> str:
        """The first part of a kind; empty where there is none."""
        return next(map(self.target, self.of_kind(kind)), "")

    def by_id(self) -> dict[str, str]:
        """The part behind each id; the first where several relationships bear one."""
        return {link.get("Id", ""): self.target(link) for link in self.root.iterchildren("*", reversed=True)}

    def add(self, kind: str, part: str) -> str:
        """Points to a further part and gives the new id."""
        used = {link.get("Id", "") for link in self.root}
        key = f"rId{next(n for n in range(1, len(used) + 2) if f'rId{n}' not in used)}"
        tag = f"{{{PACKAGE}/relationships}}Relationship"
        etree.SubElement(self.root, tag, Id=key, Type=f"{OFFICE_SPACE}/{kind}", Target=_path_to(part, self.source))
        return key

    def drop(self, part: str) -> None:
        """Points no longer to a part."""
        for link in [link for link in self.root if self.target(link) == part]:
            take_out(link)


class BookParts:
    """A workbook as its parts: trees on demand, sheets by name.

    Trees that the door has made of the same bytes are taken over from `opened`.

    Raises:
        RefusedError: FL03, damaged; FL05, unsafe; FL08, Strict Open XML.
    """

    def __init__(self, data: bytes, opened: OpenedParts | None = None) -> None:
        self.package = Package(data, opened.archive.directory if opened else None)
        self._opened = opened
        self._roots: dict[str, Element] = {}
        self._relations: dict[str, Relations] = {}
        self._touched: dict[str, None] = {}
        self._sheets: dict[str, str] | None = None
        self.part = self._main_part()
        self.root = self.tree(self.part)
        if self.root.tag != main_tag("workbook"):
            raise damaged("主文件不是工作簿", self.part)
        self.links = self.relations(self.part)

    def _main_part(self) -> str:
        root = self.relations("")
        if any(STRICT in link.get("Type", "") for link in root.root):
            raise strict_ooxml()
        return root.first("officeDocument")

    def tree(self, name: str) -> Element:
        """The root of a part; say `touch` after changing it."""
        if name not in self._roots:
            known = self._opened.hand_over(name) if self._opened else None
            self._roots[name] = known if known is not None else parse(self.package.read(name), name)
        return self._roots[name]

    def touch(self, name: str) -> None:
        """The tree of this part was changed."""
        self._touched[name] = None
        if name == self.part:
            self._sheets = None

    @property
    def names(self) -> list[str]:
        """The names of all parts, those to come last."""
        return list(dict.fromkeys([*self.package.names, *self._touched]))

    def __contains__(self, name: str) -> bool:
        return name in self._touched or name in self.package

    @property
    def edited(self) -> frozenset[str]:
        """The parts whose trees were changed."""
        return frozenset(self._touched)

    def content(self, name: str) -> bytes:
        """A part as it would be written now."""
        return serialised(self._roots[name], name) if name in self._touched else self.package.read(name)

    def add(self, name: str, content: bytes, kind: str) -> None:
        """Adds a part with its content type."""
        self.package.write(name, content)
        self._declare("Override", "PartName", f"/{name}", kind)

    def add_by_extension(self, name: str, content: bytes, kind: str) -> None:
        """Adds a part whose content type goes by its extension."""
        self.package.write(name, content)
        self._declare("Default", "Extension", name.rpartition(".")[2], kind)

    def remove(self, name: str) -> None:
        """Takes a part out, with its relationships and its content type."""
        for part in (name, relations_name(name)):
            self._roots.pop(part, None)
            self._touched.pop(part, None)
            self.package.remove(part)
        self._relations.pop(name, None)
        declared = self._declared.pop(f"/{name}".lower(), None)
        if declared is not None:
            take_out(declared)
            self.touch(DECLARED)

    def _declare(self, tag: str, key: str, value: str, kind: str) -> None:
        """Gives a content type; extensions stand first and stay, so that their place is the same after each run."""
        if value.lower() in self._declared:
            return
        types = self.tree(DECLARED)
        entry = types.makeelement(f"{{{PACKAGE}/content-types}}{tag}", {key: value, "ContentType": kind})
        types.insert(0 if tag == "Default" else len(types), entry)
        self._declared[value.lower()] = entry
        self.touch(DECLARED)

    @cached_property
    def _declared(self) -> dict[str, Element]:
        """The content types by what they are for: the name of a part, or an extension."""
        entries = self.tree(DECLARED).iterchildren("*")
        return {entry.get("PartName", entry.get("Extension", "")).lower(): entry for entry in entries}

    def free_name(self, pattern: str) -> str:
        """The first part name of a pattern such as "xl/comments{}.xml" that is not taken."""
        return next(name for n in count(1) if (name := pattern.format(n)) not in self)

    def relations(self, part: str) -> Relations:
        """The relationships of a part, empty ones where it has none yet."""
        if part not in self._relations:
            name = relations_name(part)
            if name not in self._roots and name not in self.package:
                space = f"{PACKAGE}/relationships"
                root = etree.Element(f"{{{space}}}Relationships", nsmap=cast("dict[str, str]", {None: space}))
                self._roots[name] = root
            self._relations[part] = Relations(part, self.tree(name))
        return self._relations[part]

    def touch_relations(self, part: str) -> None:
        """The relationships of this part were changed; a list that became empty goes."""
        name = relations_name(part)
        self._sheets = None
        if len(self.tree(name)):
            self.touch(name)
            if f"/{name}".lower() not in self._declared:
                self._declare("Default", "Extension", "rels", RELATIONS_TYPE)
        else:
            self._touched.pop(name, None)
            self.package.remove(name)

    @property
    def sheets(self) -> dict[str, str]:
        """The part of each sheet by the sheet's name, in the order of the tabs; to be asked anew after a change."""
        if self._sheets is None:
            parts = self.links.by_id()
            entries = self.root.iterfind(f"{main_tag('sheets')}/{main_tag('sheet')}")
            self._sheets = {one.get("name", ""): parts.get(one.get(_RELATION_ID, ""), "") for one in entries}
        return self._sheets

    def checksums(self) -> dict[str, int]:
        """The checksum of every part as it would be written now."""
        self._put_down()
        return self.package.checksums()

    def to_bytes(self) -> bytes:
        """The workbook as a file."""
        self._put_down()
        return self.package.to_bytes()

    def _put_down(self) -> None:
        for name in self._touched:
            self.package.write(name, serialised(self._roots[name], name))
        self._touched.clear()


class CellTexts:
    """The texts that cells of a workbook hold, be they shared or their own."""

    def __init__(self, book: BookParts) -> None:
        self._book = book

    def of(self, cell: Element) -> str:
        value = cell.findtext(main_tag("v")) or ""
        if cell.get("t") == "s":
            strings = self._strings
            return element_text(strings[int(value)]) if value.isdecimal() and int(value) < len(strings) else ""
        inline = cell.find(main_tag("is"))
        return value if inline is None else element_text(inline)

    @cached_property
    def _strings(self) -> list[Element]:
        part = self._book.links.first("sharedStrings")
        return list(self._book.tree(part).iterchildren(main_tag("si"))) if part else []


@lru_cache(maxsize=8192)
def split_address(cell: str) -> tuple[int, int]:
    """Row and column of an A1 address; (0, 0) for what is none."""
    match = _ADDRESS.fullmatch(cell)
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
