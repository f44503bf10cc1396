"""The parts of a package, each unpacked when first needed and parsed once: for the door, for sight and for the pen.

Part names do not tell upper from lower case. A tree that is handed over belongs to who took it; who asks again after that
gets a fresh one.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from perfxl.door.limits import Tally
from perfxl.door.refusals import damaged
from perfxl.door.xmldoor import Element, check_plain, parsed_tree
from perfxl.door.zipdoor import Archive

CONTENT_TYPES = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part: its id, the last word of its type, and the part it leads to ("" outside of the package)."""

    key: str
    kind: str
    part: str
    type: str


@lru_cache(maxsize=1024)
def relations_name(part: str) -> str:
    """The part that holds the relationships of a part ("" for those of the package)."""
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def resolved(source: str, target: str) -> str:
    """The part that a part means by a path."""
    path = posixpath.join("/", posixpath.dirname(source), target.replace("\\", "/"))
    return posixpath.normpath(path).lstrip("/")


class OpenedParts:
    """The parts of one package. `archive` is where they lie, `tally` what they are counted by."""

    def __init__(self, archive: Archive, tally: Tally) -> None:
        self.archive = archive
        self.tally = tally
        self._trees: dict[str, Element] = {}

    def __contains__(self, part: str) -> bool:
        return part in self.archive

    def content(self, part: str) -> bytes:
        """The bytes of a part.

        Raises:
            RefusedError: FL03, it is missing or damaged.
        """
        if part not in self.archive:
            raise damaged("缺少内部文件", part)
        return self.archive.read(part)

    def mark_up(self, part: str) -> bytes:
        """The bytes of a part that is XML.

        Raises:
            RefusedError: FL03, FL05.
        """
        content = self.content(part)
        check_plain(part, content)
        return content

    def tree(self, part: str) -> Element:
        """The root of a part.

        Raises:
            RefusedError: FL03, FL04, FL05.
        """
        key = part.lower()
        if key not in self._trees:
            self._trees[key] = parsed_tree(part, self.content(part), self.tally)
        return self._trees[key]

    def adopt(self, part: str, content: bytes) -> Element:
        """The root of a part whose bytes are at hand."""
        root = self._trees[part.lower()] = parsed_tree(part, content, self.tally)
        return root

    def hand_over(self, part: str) -> Element | None:
        """The tree of a part for somebody who will change it; None where there is none."""
        return self._trees.pop(part.lower(), None)

    def relations(self, part: str) -> Iterator[Relation]:
        """The relationships of a part; none where it has no list of them."""
        name = relations_name(part)
        for link in self.tree(name).iterchildren("*") if name in self else ():
            target, kind = link.get("Target", ""), link.get("Type", "")
            inside = link.get("TargetMode") != "External"
            yield Relation(link.get("Id", ""), kind.rpartition("/")[2], resolved(part, target) if inside else "", kind)
