"""Which elements does an XML document hold, found without an event for each of them?

A callback for each element costs several times what expat needs to check the XML. Where every `<` and `>` belongs to a
tag, expat may check the document without calling back: counting bytes tells that it keeps within the limits, and one
regular expression finds the few elements that somebody needs.
"""

import re
from collections.abc import Iterable, Sequence
from pyexpat import ExpatError, ParserCreate

from perfxl.door.limits import Limits

Tags = list[tuple[bytes, bytes, bytes, bytes]]

XML_DECLARATION = (b"<?xml ", b"\xef\xbb\xbf<?xml ")
NOT_MARKS = bytes(set(range(256)) - set(b"<>=!?"))
NOT_BRACKETS = bytes(set(range(256)) - set(b"<\1"))
_TAG = rb"<(?:[^\s<>/:]*+:)?+(?:(%b)(?=[\s/>])|(%b)(%b) ?/?>|((?:%b|%b)(?=[\s/>])))"
ATTRIBUTES = rb'(?: [\w.:-]++="[^"<>&\t\r\n]*+")*+'
ATTRIBUTE = re.compile(' ([^=]+)="([^"]*)"')
_NO_NAME = "<"


def tags_of(counted: Iterable[str] = (), read: Iterable[str] = (), followed: Iterable[str] = ()) -> re.Pattern[bytes]:
    """A pattern for start tags by local names.

    Its groups are the name of a counted element, the name of one to be read, the attributes of that, and the name of
    one that cannot do without events.

    Args:
        counted: elements of which it is enough to know that they are there.
        read: those of which attributes are looked at, but none with a prefix.
        followed: those of which the text or the end is needed.
    """
    counting, reading, following = ("|".join((*names, _NO_NAME)).encode() for names in (counted, read, followed))
    return re.compile(_TAG % (counting, reading, ATTRIBUTES, reading, following))


def skim(data: bytes, limits: Limits, tags: re.Pattern[bytes]) -> Tags | None:
    """The tags of a document in their order, None where it is faulty or large or only events can tell."""
    found = skim_around([data], limits, tags)
    return None if found is None else found[0]


def skim_around(pieces: Sequence[bytes], limits: Limits, tags: re.Pattern[bytes]) -> list[Tags] | None:
    """The tags of each piece of a document without what has been cut out between two tags, see `skim`."""
    data = b"".join(pieces)
    if len(data) > limits.tag or not _keeps_within(limits, data):
        return None
    found = [tags.findall(piece) for piece in pieces]
    if any(followed for piece in found for _, _, _, followed in piece):
        return None
    try:
        ParserCreate("utf-8", " ").Parse(data, True)
    except ExpatError:
        return None
    return found


def attributes_of(tag: bytes) -> dict[str, str]:
    """The attributes in the third group of a tag; those with a prefix keep it."""
    return dict(ATTRIBUTE.findall(tag.decode()))


def _keeps_within(limits: Limits, data: bytes) -> bool:
    """Whether the tags of a document are all that has `<` and `>`, and surely no more, wider or deeper than allowed.

    It may be one level deeper where something has been cut out.
    """
    marks = data.translate(None, NOT_MARKS)
    tags = marks.count(b"<")
    return (
        tags == marks.count(b">")
        and tags <= limits.elements
        and b"<!" not in marks
        and b"<?" not in marks[data.startswith(XML_DECLARATION) :]
        and b"=" * (limits.attributes + 1) not in marks.translate(None, b"!?")
        and (data.count(b"</") < limits.depth or _nests_below(limits.depth, data))
    )


def _nests_below(most: int, data: bytes) -> bool:
    """Whether tags have fewer levels than `most`: takes the innermost away, level by level, until none is left."""
    brackets = data.replace(b"</", b"\1/").replace(b"/>", b"\1>").translate(None, NOT_BRACKETS)
    for _ in range(most - 1):
        brackets = brackets.replace(b"<\1", b"")
        if len(brackets) <= 1:  # that of the declaration
            return True
    return False
