"""Is this zip archive sound, and what is in its parts?

The directory is read by zipfile; what it says is then compared with the local headers, the neighbours and the bytes.
Nothing is unpacked beyond the size that was declared and allowed.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Sequence
from itertools import pairwise

from perfxl.door.limits import MIB, Tally
from perfxl.door.refusals import damaged, encrypted, unsafe

_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MAGIC = b"PK\x03\x04"
DIRECTORY_MAGIC = b"PK\x01\x02"
STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED, SIZES_FOLLOW, UTF8 = 0x1, 0x8, 0x800
IN_EXTRA_FIELD = 0xFFFFFFFF
XML_ENDINGS = (".xml", ".rels", ".vml")
ESCAPING = re.compile(r"\\|^/|^[A-Za-z]:|(?:^|/)\.\.?(?:/|$)|//")
_UNREADABLE = (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError, OverflowError, EOFError, OSError)
"""What zipfile raises over a directory that makes no sense."""


class Archive:
    """The parts of a zip archive by their names in lower case, as the readers look them up; `directory` is what it lists."""

    def __init__(self, data: bytes, tally: Tally) -> None:
        """Checks the directory.

        Raises:
            RefusedError: FL02, FL03, FL04 or FL05.
        """
        self._data = memoryview(data)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        tally.hold("entries", data.count(DIRECTORY_MAGIC))
        self.directory = _directory(data)
        entries = self.directory.infolist()
        separator = _separator(entries)
        for entry in entries:
            name = entry.orig_filename.replace(separator, "/")
            _check_entry(entry, name, tally)
            name = name.lower()
            if name in self._entries:
                raise unsafe("压缩包内有重名的文件", entry.orig_filename)
            self._entries[name] = entry
        self._starts = self._checked_starts()
        self._unread = dict.fromkeys(self._entries)

    @property
    def names(self) -> Collection[str]:
        """The names of all parts in lower case."""
        return self._entries.keys()

    @property
    def unread(self) -> tuple[str, ...]:
        """The names of the parts that nobody has read yet."""
        return tuple(self._unread)

    @property
    def has_backslashes(self) -> bool:
        """Whether names are written with backslashes, which the fast reader does not understand."""
        return any("\\" in entry.orig_filename for entry in self._entries.values())

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def read(self, name: str) -> bytes:
        """Unpacks one part, compares size and checksum.

        Raises:
            RefusedError: FL03.
        """
        key = name.lower()
        entry, start = self._entries[key], self._starts[key]
        packed = self._data[start : start + entry.compress_size]
        data = bytes(packed) if entry.compress_type == zipfile.ZIP_STORED else _inflate(packed, entry)
        if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
            raise damaged("压缩包内的文件与登记的大小或校验码不符", entry.orig_filename)
        self._unread.pop(key, None)
        return data

    def _checked_starts(self) -> dict[str, int]:
        """Where the packed bytes of each part begin; refuses parts that overlap or whose headers disagree."""
        spans = []
        starts = {}
        for name, entry in self._entries.items():
            starts[name] = self._checked_local_header(entry)
            spans.append((entry.header_offset, starts[name] + entry.compress_size))
        spans.sort()
        if any(end > following for (_, end), (following, _) in pairwise(spans)):
            raise damaged("压缩包内的文件互相重叠")
        if spans and spans[-1][1] > len(self._data):
            raise damaged("压缩包不完整")
        return starts

    def _checked_local_header(self, entry: zipfile.ZipInfo) -> int:
        offset = entry.header_offset
        if offset < 0 or offset + _LOCAL.size > len(self._data):
            raise damaged("压缩包不完整", entry.orig_filename)
        header = _LOCAL.unpack_from(self._data, offset)
        magic, _, flags, method, _, _, crc, packed, size, name_length, extra_length = header
        end_of_name: int = offset + _LOCAL.size + name_length
        name = bytes(self._data[offset + _LOCAL.size : end_of_name])
        agrees = magic == _LOCAL_MAGIC and method == entry.compress_type and name == _raw_name(entry)
        if not flags & SIZES_FOLLOW and IN_EXTRA_FIELD not in (packed, size):
            agrees = agrees and (crc, packed, size) == (entry.CRC, entry.compress_size, entry.file_size)
        if not agrees:
            raise damaged("压缩包的目录与内容不一致", entry.orig_filename)
        return end_of_name + int(extra_length)


def _directory(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE as error:
        raise damaged("压缩包不完整或目录有误") from error


def _separator(entries: Sequence[zipfile.ZipInfo]) -> str:
    """What stands between the folders of a name: some programs write backslashes, and then nothing else."""
    names = [entry.orig_filename for entry in entries]
    return "\\" if any("\\" in name for name in names) and not any("/" in name for name in names) else "/"


def _check_entry(entry: zipfile.ZipInfo, name: str, tally: Tally) -> None:
    if ESCAPING.search(name) or "\0" in name:
        raise unsafe("压缩包内的文件名指向别处", name)
    if entry.flag_bits & ENCRYPTED:
        raise encrypted("加密的压缩包")
    if entry.compress_type not in STORED_OR_DEFLATED:
        raise damaged("压缩包使用了 Excel 不支持的压缩方式", name)
    tally.hold("part_bytes", entry.file_size, name)
    tally.add("total_bytes", entry.file_size)
    if entry.file_size > MIB and name.lower().endswith(XML_ENDINGS):
        tally.hold("ratio", entry.file_size // max(entry.compress_size, 1), name)


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF8 else "cp437")


def _inflate(packed: memoryview, entry: zipfile.ZipInfo) -> bytes:
    """Unpacks at most one byte more than declared, so that a longer part shows without being unpacked."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
    except zlib.error as error:
        raise damaged("压缩包内的文件无法解压", entry.orig_filename) from error
