"""What is this file to somebody who looks for forms: maybe a form, a container of others, closed to us, or something else?

The content decides; an ending only says what a clerk takes a file for that is nothing in itself.
"""

import io
import re
import struct
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from perfxl.door.filekind import END_OF_ZIP, END_OF_ZIP_REACH, OLE_MAGIC, ZIP_MAGICS, has_stream, kind_of
from perfxl.door.olddocuments import old_kind
from perfxl.errors import RefusedError

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".xltx", ".xltm", ".xlt", ".et", ".ett", ".ods", ".csv"})
"""Endings by which a file is taken for a form; what it really is, the door decides."""
DOCUMENTS = frozenset({".docx", ".docm", ".doc", ".wps", ".rtf", ".txt"})
"""Endings of text documents, which may hold a form too."""
CONTAINERS = frozenset({".zip", ".eml", ".mbox", ".msg", ".7z", ".rar"})
"""Endings of what may hold forms."""
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
HEAD = 4096
"""Bytes that tell most kinds of files apart."""


class Sort(StrEnum):
    """What is to be done with a file: hand it to the door, open it, name it as a possible submission, name it."""

    FORM = "form"
    CONTAINER = "container"
    CLOSED = "closed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is: its sort, its Chinese name, and for a container how it is opened (zip, 7z, mail, mbox, msg)."""

    sort: Sort
    what: str = ""
    opener: str = ""


_FORM = Content(Sort.FORM)
MAIL = Content(Sort.CONTAINER, "邮件（.eml）", "mail")
_MAILBOX = Content(Sort.CONTAINER, "邮箱文件（mbox）", "mbox")
_ZIP = Content(Sort.CONTAINER, "压缩包（ZIP）", "zip")
_SEVEN = Content(Sort.CONTAINER, "压缩包（7z）", "7z")
_OUTLOOK = Content(Sort.CONTAINER, "Outlook 邮件（.msg）", "msg")
_TEMPORARY = Content(Sort.OTHER, "打开工作簿时留下的临时文件")

_SPLIT = (b"PK\x07\x08", b"PK00PK\x03\x04")
_STARTS = (
    (b"7z\xbc\xaf\x27\x1c", _SEVEN),
    (b"Rar!\x1a\x07", Content(Sort.CLOSED, "压缩包（RAR）")),
    (b"\x78\x9f\x3e\x22", Content(Sort.CLOSED, "Outlook 打包的附件（winmail.dat）")),
    (_SPLIT[0], Content(Sort.CLOSED, "分卷压缩包")),
    (_SPLIT[1], Content(Sort.CLOSED, "分卷压缩包")),
    (b"\x1f\x8b", Content(Sort.CLOSED, "压缩包（GZIP）")),
    (b"BZh", Content(Sort.CLOSED, "压缩包（BZIP2）")),
    (b"\xfd7zXZ\0", Content(Sort.CLOSED, "压缩包（XZ）")),
    (b"\x28\xb5\x2f\xfd", Content(Sort.CLOSED, "压缩包（ZSTD）")),
    (b"MSCF", Content(Sort.CLOSED, "压缩包（CAB）")),
    (b"!BDN", Content(Sort.CLOSED, "Outlook 数据文件（.pst）")),
    (b"\x00\x05\x16\x07", Content(Sort.OTHER, "macOS 附带的说明文件")),
    (b"\x00\x00\x00\x01Bud1", Content(Sort.OTHER, "macOS 的文件夹信息")),
)
_TAR, _TAR_AT = b"ustar", 257
_LZH = re.compile(rb"..-l[hz][0-9d]-", re.DOTALL)
_PACKAGES = (
    ("xl/workbook.xml", _FORM),
    ("xl/workbook.bin", _FORM),
    ("word/document.xml", _FORM),
    ("ppt/presentation.xml", Content(Sort.OTHER, "演示文稿（.pptx）")),
    ("ofd.xml", Content(Sort.OTHER, "版式文件（OFD）")),
    ("index/document.iwa", Content(Sort.CLOSED, "苹果 Numbers 或 Pages 文件")),
    ("[content_types].xml", _FORM),
)
"""What a zip file is by a part that it has; one of none of these is an archive."""
_MAY_BE_TABLES = ("XML 表格 2003", "标文通文档（UOF）")
_HEADER = re.compile(rb"([!-9;-~]{1,80}):[ \t]")
_FOLDED = re.compile(rb"\r?\n(?![ \t])")
_ON_THE_WAY = frozenset(
    {b"received", b"to", b"cc", b"bcc", b"message-id", b"delivered-to", b"return-path", b"x-mailer", b"in-reply-to"}
)
"""Headers that a mail has and a page saved as one file (MHT) has not."""
_ENVELOPE = re.compile(rb"From \S[^\r\n]*\d{4}[^\r\n]*\r?\n")


def content_of(data: bytes, name: str) -> Content:
    """What a whole file is."""
    found = _by_content(data, name)
    if found.sort is Sort.OTHER and PurePosixPath(name).name.startswith("~$"):
        return _TEMPORARY
    if found.sort in (Sort.OTHER, Sort.CLOSED) and suffix_of(name) in WORKBOOKS and not found.what.startswith("macOS"):
        return _FORM
    return found


def is_worth_opening(head: bytes, name: str) -> bool:
    """Whether a file of which only the beginning is known may be a form, hold some or be closed to us."""
    return head.startswith((*ZIP_MAGICS, OLE_MAGIC)) or _by_start(head, name).sort is not Sort.OTHER


def suffix_of(name: str) -> str:
    """The ending of a file name in lower case."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def _by_content(data: bytes, name: str) -> Content:
    if data.startswith(OLE_MAGIC) and has_stream(data, "__properties_version1.0"):
        return _OUTLOOK
    if data.startswith(ZIP_MAGICS) or _has_tail_of_zip(data):
        return _of_zip(data, name)
    return _by_start(data, name)


def _has_tail_of_zip(data: bytes) -> bool:
    """Whether a zip file stands behind something else, and that is nothing known."""
    return END_OF_ZIP in data[-END_OF_ZIP_REACH:] and not (
        is_mail(data) or is_mailbox(data) or any(data.startswith(start) for start, _ in _STARTS)
    )


def _by_start(data: bytes, name: str) -> Content:
    for start, content in _STARTS:
        if data.startswith(start):
            return content
    if data[_TAR_AT:].startswith(_TAR):
        return Content(Sort.CLOSED, "压缩包（TAR）")
    if _LZH.match(data):
        return Content(Sort.CLOSED, "压缩包（LZH）")
    if is_mailbox(data):
        return _MAILBOX
    if is_mail(data) or (suffix_of(name) == ".eml" and _header_names(data)):
        return MAIL
    return _named_by_the_door(data, name)


def _named_by_the_door(data: bytes, name: str) -> Content:
    try:
        kind_of(data)
    except RefusedError as refusal:
        if refusal.code != "FL01" or old_kind(data):
            return _FORM
        what = refusal.found
        closed = what in _MAY_BE_TABLES or suffix_of(name) in CONTAINERS or suffix_of(name) == ".p7m"
        return Content(Sort.CLOSED if closed else Sort.OTHER, what)
    return _FORM


def _of_zip(data: bytes, name: str) -> Content:
    """Goes by the parts; of a directory that cannot be read, by the ending."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {part.filename.replace("\\", "/").lstrip("/").lower() for part in archive.infolist()}
            for part, content in _PACKAGES:
                if part in names:
                    return content
            if "mimetype" in names:
                kind = archive.read("mimetype") if archive.getinfo("mimetype").file_size < HEAD else b""
                return _FORM if kind.strip() == ODS else Content(Sort.OTHER, "OpenDocument 文件")
    except UNREADABLE_ZIP:
        return _ZIP if suffix_of(name) == ".zip" else _FORM
    return _ZIP


UNREADABLE_ZIP = (
    zipfile.BadZipFile,
    NotImplementedError,
    struct.error,
    ValueError,
    LookupError,
    OverflowError,
    EOFError,
    OSError,
    RuntimeError,
)
"""What zipfile raises over an archive that makes no sense."""


# -- mails ------------------------------------------------------------------------------------------------------------


def is_mailbox(data: bytes) -> bool:
    """Whether a file begins as a mailbox does: an envelope line, then a mail."""
    envelope = _ENVELOPE.match(data[:HEAD])
    return bool(envelope and _header_names(data[envelope.end() :]))


def is_mail(data: bytes) -> bool:
    """Whether a text begins with the headers of a mail that was on its way."""
    return not _ON_THE_WAY.isdisjoint(_header_names(data))


def _header_names(data: bytes) -> set[bytes]:
    """The names of the headers in the first lines of a text, in lower case; none where it begins otherwise."""
    head = re.split(rb"\r?\n\r?\n", data[:HEAD].lstrip(b"\xef\xbb\xbf\r\n"), maxsplit=1)[0]
    lines = _FOLDED.split(head)
    if len(head) >= HEAD - 4:
        lines = lines[:-1] or lines
    found = [_HEADER.match(line + b" ") for line in lines if line]
    return {match[1].lower() for match in found if match} if found and found[0] else set()
