"""May a Word document be opened, and what of it is not part of its text: changes, comments, footnotes?

Nothing of a document is written back, so what a copy need not keep is refused sooner than in a workbook: macros, embedded
objects, parts that are fetched from elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from perfxl.door.bookscan import content_types
from perfxl.door.notices import Notice
from perfxl.door.parts import CONTENT_TYPES, OpenedParts
from perfxl.door.refusals import unsafe_document
from perfxl.door.wordsight import WORD_SPACE, WordSight, sight_of, unseen_texts
from perfxl.door.xmldoor import Element

OWN_AUTHOR = "perfxl"
"""Who signs the comments on the documents that perfxl writes itself."""
_FETCHED = ("attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk", "package", "control")
"""Relations by which a document brings in what lies elsewhere."""
_FAR = re.compile(r"(?:https?|ftps?|mhtml|ms-[a-z]+):|\\\\|//|file:(?://(?!/|localhost/)|////)", re.IGNORECASE)
"""A target on another machine. A path on the sender's own disk is what Word notes in honest documents."""
_ACTIVE = ("vbaProject", "wordVbaData", "control", "activeXControlBinary", "aFChunk", "oleObject")
"""Relations to what would run, or be rendered as another format."""
_FIELDS = ("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "IMPORT", "RD")
"""Fields that fetch or start something when Word updates them."""
_LONGEST_REMARK = 300


@dataclass(frozen=True, slots=True)
class _Beside:
    """What people wrote beside the text: comments with their authors, footnotes and endnotes."""

    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def is_document(parts: OpenedParts, main: str) -> bool:
    """Whether a package is a Word document: by the type of the part that its root relation names."""
    if main not in parts or CONTENT_TYPES not in parts:
        return False
    kind = content_types(parts).get(main.lower(), "")
    return "wordprocessingml" in kind or "ms-word" in kind


def inspect_document(parts: OpenedParts, main: str) -> tuple[Notice, ...]:
    """Refuses a document that could do something, and notes what of it is not read.

    Raises:
        RefusedError: FL03, FL04, FL05.
    """
    kind = content_types(parts).get(main.lower(), "")
    if "macroenabled" in kind.lower() or any(name.endswith("vbaproject.bin") for name in parts.archive.names):
        raise unsafe_document("带有宏的 Word 文档（.docm）", main)
    _refuse_active(parts)
    root = parts.tree(main)
    if root.tag != f"{WORD_SPACE}document":
        raise unsafe_document("主文件不是 Word 文档的正文", main)
    _refuse_fields(root, main)
    for text in root.iter(f"{WORD_SPACE}t"):
        parts.tally.add("total_text", len(text.text or ""), main)
    return (*_changes(root, sight_of(parts, main)), *_remarks(_written_beside(parts, main)), *_linked(parts))


def _refuse_active(parts: OpenedParts) -> None:
    for name in sorted(parts.archive.names):
        if not name.endswith(".rels"):
            continue
        for link in parts.tree(name).iterchildren("*"):
            kind, target = link.get("Type", "").rpartition("/")[2], link.get("Target", "")
            if kind in _ACTIVE:
                raise unsafe_document("带有嵌入的对象或控件", f"{name}：{target}")
            is_far = link.get("TargetMode") == "External" and _FAR.match(target) is not None
            if is_far and kind in _FETCHED:
                raise unsafe_document("要从别处取内容（外部模板或对象）", f"{name}：{target}")
            if is_far and kind != "hyperlink" and not target.lower().startswith("http"):
                raise unsafe_document("要从别处取内容", f"{name}：{target}")


def _refuse_fields(root: Element, part: str) -> None:
    codes = (text.text or "" for text in root.iter(f"{WORD_SPACE}instrText"))
    simple = (field.get(f"{WORD_SPACE}instr", "") for field in root.iter(f"{WORD_SPACE}fldSimple"))
    for code in (*codes, *simple):
        if code.split() and code.split()[0].upper() in _FIELDS:
            raise unsafe_document(f"带有会打开其他文件或程序的域（{code.split()[0]}）", part)


def _written_beside(parts: OpenedParts, main: str) -> _Beside:
    """Comments and footnotes of a document."""
    found: dict[str, list[str]] = {"comments": [], "footnotes": [], "endnotes": []}
    for relation in parts.relations(main):
        if relation.kind in found and relation.part in parts:
            found[relation.kind] += _texts(parts.tree(relation.part))
    return _Beside(tuple(found["comments"]), (*found["footnotes"], *found["endnotes"]))


def _texts(root: Element) -> Iterator[str]:
    """What each comment or footnote says, a comment with its author."""
    for one in root.iterchildren(f"{WORD_SPACE}comment", f"{WORD_SPACE}footnote", f"{WORD_SPACE}endnote"):
        text = "".join(words.text or "" for words in one.iter(f"{WORD_SPACE}t")).strip()
        author = one.get(f"{WORD_SPACE}author", "").strip()
        if text and author != OWN_AUTHOR and one.get(f"{WORD_SPACE}type") is None:
            yield (f"{author}：{text}" if author else text)[:_LONGEST_REMARK]


def _remarks(remarks: _Beside) -> Iterator[Notice]:
    for what, texts in (("批注", remarks.comments), ("脚注", remarks.notes)):
        if texts:
            said = "；".join(f"“{text}”" for text in texts[:5]) + ("……" if len(texts) > 5 else "")
            message = f"文档里有 {len(texts)} 条{what}，没有作为填报内容读取：{said}"
            yield Notice("FL22", message, f"{len(texts)} 条{what}")


def _changes(root: Element, sight: WordSight) -> Iterator[Notice]:
    """FL21 for changes that were tracked and for text that is not read, SG10 for text that is read and that nobody sees."""
    tracked = sum(1 for _ in root.iter(*(WORD_SPACE + tag for tag in ("ins", "del", "moveFrom", "moveTo"))))
    if tracked:
        message = f"文档开着修订，有 {tracked} 处改动：按接受修订以后的文字读取"
        yield Notice("FL21", message, f"{tracked} 处修订", "没有待接受的修订")
    for why, texts in unseen_texts(root, sight).items():
        said = "、".join(f"“{text[:20]}”" for text in texts[:3]) + ("……" if len(texts) > 3 else "")
        found, expected = f"{len(texts)} 处", f"没有{why}"
        if why.is_read:
            yield Notice("SG10", f"文档里有 {found}{why}（{said}），照样计入", found, expected)
        else:
            yield Notice("FL21", f"文档里有 {found}{why}（{said}），没有读取", found, expected)


def _linked(parts: OpenedParts) -> Iterator[Notice]:
    if any(name.startswith("_xmlsignatures/") for name in parts.archive.names):
        yield Notice("FL11", "文档带有数字签名：带批注的副本用标准模板另外生成，签名只在原件上有效。", "数字签名")
