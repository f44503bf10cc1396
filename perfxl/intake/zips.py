"""The entries of a zip archive: names in UTF-8, marked or not, or in GBK; nothing beyond the limits is unpacked."""

import io
import struct
import zlib
from collections.abc import Iterator
from datetime import datetime
from lzma import LZMAError
from stat import S_ISLNK
from zipfile import ZipFile, ZipInfo

from perfxl.door.limits import Tally
from perfxl.door.zipdoor import DIRECTORY_MAGIC, ENCRYPTED, UTF8
from perfxl.errors import RefusedError
from perfxl.intake.contents import UNREADABLE_ZIP
from perfxl.intake.entries import Entry, Names, broken, closed, decoded, locked, too_much

_WHAT = "压缩包（ZIP）"
_UNPACKING = (*UNREADABLE_ZIP, zlib.error, LZMAError)
_UNICODE_PATH = 0x7075
FIRST_YEAR = 1980


def open_zip(data: bytes, tally: Tally) -> Iterator[Entry]:
    """The files of an archive in its own order; folders are none.

    Raises:
        RefusedError: FL03 where the directory cannot be read, FL04 where it lists too many.
    """
    tally.hold("entries", data.count(DIRECTORY_MAGIC))
    try:
        archive = ZipFile(io.BytesIO(data))
    except UNREADABLE_ZIP as error:
        raise broken(_WHAT, str(error)) from error
    names = Names()
    with archive:
        for part in archive.infolist():
            if not part.is_dir():
                tally.add("entries")
                yield _entry(archive, part, names.of(_name_of(part)), tally)


def _entry(archive: ZipFile, part: ZipInfo, name: str, tally: Tally) -> Entry:
    if S_ISLNK(part.external_attr >> 16):
        return Entry(name, what="指向别处的链接")
    try:
        return Entry(name, _unpacked(archive, part, tally), modified=_changed(part))
    except RefusedError as refusal:
        return Entry(name, refusal=refusal)


def _unpacked(archive: ZipFile, part: ZipInfo, tally: Tally) -> bytes:
    """The content of a file; declared sizes are judged before anything is unpacked, and kept to while it is."""
    if part.flag_bits & ENCRYPTED:
        raise locked("压缩包里的这个文件")
    try:
        tally.hold("file_bytes", part.file_size)
        tally.add("total_bytes", part.file_size)
    except RefusedError as refusal:
        raise too_much(refusal) from refusal
    try:
        with archive.open(part) as file:
            data = file.read(part.file_size + 1)
    except NotImplementedError as error:
        raise closed("用少见方式压缩的文件") from error
    except _UNPACKING as error:
        raise broken("压缩包里的这个文件", str(error)) from error
    if len(data) != part.file_size:
        raise broken("压缩包里的这个文件")
    return data


def _changed(part: ZipInfo) -> str:
    """When a file was last changed, by the sender's own clock; its first possible day stands for no date."""
    try:
        moment = datetime(*part.date_time)
    except ValueError:
        return ""
    return moment.isoformat() if moment.year > FIRST_YEAR else ""


def _name_of(part: ZipInfo) -> str:
    """The name that the sender saw: marked as UTF-8, given in a field of its own, else UTF-8 or GBK by its bytes."""
    if part.flag_bits & UTF8:
        return part.orig_filename
    try:
        raw = part.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return part.orig_filename
    return _unicode_path(part.extra, zlib.crc32(raw)) or decoded(raw)


def _unicode_path(extra: bytes, checksum: int) -> str:
    """The name in the field that Info-ZIP adds, where it belongs to the plain name; else empty."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + size]
        if kind == _UNICODE_PATH and len(field) > 5 and struct.unpack_from("<L", field, 1)[0] == checksum:
            return field[5:].decode("utf-8", "replace")
        at += 4 + size
    return ""
