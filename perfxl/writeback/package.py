"""Which entries does a workbook's zip file hold, and how does it look once some of them are replaced?

Entries that nobody touched are copied as they lie in the file: local header, compressed stream and directory record keep
their bytes, so nothing is lost by unpacking and packing them again, and a large workbook costs next to nothing.
"""

import io
import struct
import zipfile
import zlib
from itertools import pairwise

from perfxl.door.refusals import damaged, unsafe
from perfxl.system.recurring import recurring

DIRECTORY = struct.Struct("<4s6H3L5H2L")
"""Signature; versions (2), flags, method, time, date; crc, packed, unpacked; name, extra, comment lengths, disk, internal;
external, offset. The variable part (name, extra, comment) follows."""

_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MAGIC = b"PK\3\4"
END = struct.Struct("<4s4H2LH")
DATE_ZERO = 1 << 5 | 1
"""1980-01-01: what is added carries no clock, so that the same input gives the same bytes."""

_STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
FAST = 1
"""As Excel itself packs: half the time of the usual level, a twelfth more bytes."""

UTF8_FLAG = 0x800
WORTH_KEEPING = 50_000
"""Bytes of an unpacked part that recurs."""
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error)


class Package:
    """The entries of a zip file, some replaced, added or removed; `directory` is what the door has read of it, if it has.

    Raises:
        RefusedError: FL03, the zip file is damaged; FL05, two entries bear one name.
    """

    def __init__(self, data: bytes, directory: zipfile.ZipFile | None = None) -> None:
        try:
            self._zip = directory or zipfile.ZipFile(io.BytesIO(data))
            if any("\\" in name for name in self._zip.namelist()):
                data = _with_slashes(data)
                self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _UNREADABLE as error:
            raise damaged("压缩包目录无法读取") from error
        self._data = data
        self._infos = {info.filename: info for info in self._zip.infolist()}
        self._spelling = {name.lower(): name for name in self._infos}
        if len(self._spelling) != len(self._zip.infolist()):
            raise unsafe("压缩包内有重名的部件")
        self._changed: dict[str, bytes | None] = {}

    def __contains__(self, name: str) -> bool:
        name = self._spelled(name)
        return self._changed[name] is not None if name in self._changed else name in self._infos

    @property
    def names(self) -> list[str]:
        """The names of all entries in their order, added ones last."""
        names = dict.fromkeys([*self._infos, *self._changed])
        return [name for name in names if self._changed.get(name, b"") is not None]

    def read(self, name: str, limit: int = -1) -> bytes:
        """The content of an entry, or its first `limit` bytes.

        Raises:
            RefusedError: FL03, the entry is missing or damaged.
        """
        name = self._spelled(name)
        if name not in self:
            raise damaged("缺少内部文件", name)
        content = self._changed.get(name)
        if content is not None:
            return content[:limit] if limit >= 0 else content
        try:
            return _unpacked(self._data, self._infos[name], limit)
        except _UNREADABLE as error:
            raise damaged("内部文件无法读取", name) from error

    def write(self, name: str, content: bytes) -> None:
        """Replaces or adds an entry; one that already has this content stays as it lies in the file."""
        name = self._spelled(name)
        self._spelling[name.lower()] = name
        self._changed.pop(name, None)
        info = self._infos.get(name)
        if info is None or info.file_size != len(content) or self.read(name) != content:
            self._changed[name] = content

    def remove(self, name: str) -> None:
        """Leaves an entry out."""
        self._changed[self._spelled(name)] = None

    def checksums(self) -> dict[str, int]:
        """The CRC-32 of every entry's content, as the directory will have it."""
        found = {}
        for name in self.names:
            content = self._changed.get(name)
            found[name] = self._infos[name].CRC if content is None else zlib.crc32(content)
        return found

    def to_bytes(self) -> bytes:
        """The zip file with all changes; the very same bytes where nothing changed."""
        if not self._changed:
            return self._data
        originals = dict(zip(self._infos, self._originals(), strict=True))
        body, directory = bytearray(), bytearray()
        names = self.names
        for name in names:
            content = self._changed.get(name)
            record, entry = originals.get(name) or _new_record(name)
            if content is not None:
                record, entry = _packed(record, content)
            directory += record[:42] + struct.pack("<L", len(body)) + record[46:]
            body += entry
        comment = self._zip.comment
        end = END.pack(b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(body), len(comment))
        return bytes(body + directory + end + comment)

    def _spelled(self, name: str) -> str:
        """The entry's own spelling of a part name: part names do not tell upper from lower case."""
        return self._spelling.get(name.lower(), name)

    def _originals(self) -> list[tuple[bytes, bytes]]:
        """The directory record of each entry with its header and data, as they lie in the file."""
        infos = list(self._infos.values())
        bounds = sorted({info.header_offset for info in infos} | {self._zip.start_dir})
        after = dict(pairwise(bounds))
        found, at = [], self._zip.start_dir
        for info in infos:
            fields = DIRECTORY.unpack_from(self._data, at)
            size = DIRECTORY.size + sum(fields[10:13])
            entry = self._data[info.header_offset : after.get(info.header_offset, info.header_offset)]
            found.append((self._data[at : at + size], entry))
            at += size
        return found


def _with_slashes(data: bytes) -> bytes:
    """The zip file packed anew with the separators that the format demands; some programs write backslashes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for info in archive.infolist():
            entry = zipfile.ZipInfo(info.filename.replace("\\", "/"), info.date_time)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, archive.read(info))
    return stream.getvalue()


def _unpacked(data: bytes, info: zipfile.ZipInfo, limit: int) -> bytes:
    """The content of an entry as it lies in the file, or its first `limit` bytes; never more than the directory says."""
    magic, *_, name_size, extra_size = _LOCAL.unpack_from(data, info.header_offset)
    start = info.header_offset + _LOCAL.size + name_size + extra_size
    packed = data[start : start + info.compress_size]
    if magic != _LOCAL_MAGIC or info.compress_type not in (_STORED, DEFLATED):
        raise zipfile.BadZipFile(info.filename)
    most = info.file_size if limit < 0 else min(limit, info.file_size)
    stored = info.compress_type == _STORED
    unpack = _inflated if most <= WORTH_KEEPING else _unpack
    content = packed if stored else unpack(packed, most + 1)
    if most == info.file_size and (len(content) != most or zlib.crc32(content) != info.CRC):
        raise zipfile.BadZipFile(info.filename)
    return content[:most]


@recurring(kept=64, longest=30_000)
def _deflated(content: bytes) -> bytes:
    return zlib.compress(content, FAST, wbits=-zlib.MAX_WBITS)


@recurring(kept=32, longest=4_000)
def _inflated(packed: bytes, most: int) -> bytes:
    return _unpack(packed, most)


def _unpack(packed: bytes, most: int) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)


def _new_record(name: str) -> tuple[bytes, bytes]:
    """The directory record of an entry to come, and no data yet."""
    spelled = name.encode()
    flags = 0 if name.isascii() else UTF8_FLAG
    fields = (b"PK\1\2", 20, 20, flags, DEFLATED, 0, DATE_ZERO, 0, 0, 0, len(spelled), 0, 0, 0, 0, 0, 0)
    return DIRECTORY.pack(*fields) + spelled, b""


def _packed(record: bytes, content: bytes) -> tuple[bytes, bytes]:
    """An entry with new content under its old name, date, attributes and comment: directory record and local entry."""
    signature, made, _, flags, method, time, date, *_, disk, internal, external, offset = DIRECTORY.unpack_from(record)
    name_size, extra_size = struct.unpack_from("<2H", record, 28)
    name = record[DIRECTORY.size : DIRECTORY.size + name_size]
    comment = record[DIRECTORY.size + name_size + extra_size :]
    method = _STORED if method == _STORED else DEFLATED
    packed = content if method == _STORED else _deflated(content)
    common = (20, flags & UTF8_FLAG, method, time, date, zlib.crc32(content), len(packed), len(content), len(name))
    head = DIRECTORY.pack(signature, made, *common, 0, len(comment), disk, internal, external, offset)
    return head + name + comment, _LOCAL.pack(_LOCAL_MAGIC, *common, 0) + name + packed
