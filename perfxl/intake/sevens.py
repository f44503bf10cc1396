"""The entries of a 7z archive, read by py7zr, which is an extra; unpacked into memory and no further than the limits."""

import io
import struct
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import PurePosixPath
from typing import Any

from perfxl.door.limits import Tally
from perfxl.errors import RefusedError
from perfxl.intake.entries import Entry, Names, broken, closed, locked, too_much

_WHAT = "压缩包（7z）"
_INSTALL = '请解开后，把其中的工作簿（.xlsx）存进收件文件夹；也可以运行 pip install "perfxl[7z]" 后重新处理。'


def open_seven(data: bytes, tally: Tally) -> Iterator[Entry]:
    """The files of an archive in its own order; folders are none. It is unpacked as a whole, so sizes are judged first.

    Raises:
        RefusedError: FL15 without the extra or for a method that it does not know, FL02 with a password, FL03, FL04.
    """
    try:
        import py7zr
    except ImportError as error:
        raise closed(_WHAT, _INSTALL) from error
    odd = (OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RuntimeError, EOFError,
           OverflowError, struct.error, zlib.error, LZMAError, py7zr.exceptions.ArchiveError,
           py7zr.exceptions.AbsolutePathError)  # fmt: skip
    try:
        most = tally.limits.total_bytes
        with py7zr.SevenZipFile(io.BytesIO(data), max_extract_size=most) as archive:
            if archive.needs_password():
                raise locked(_WHAT)
            listed = [one for one in archive.list() if not one.is_directory]
            _judge([int(one.uncompressed) for one in listed], tally)
            taken = _unpacked(archive, most)
    except py7zr.exceptions.PasswordRequired as error:
        raise locked(_WHAT) from error
    except py7zr.exceptions.UnsupportedCompressionMethodError as error:
        raise closed(_WHAT) from error
    except odd as error:
        raise broken(_WHAT, f"{type(error).__name__} {error}") from error
    names = Names()
    for one in listed:
        name = names.of(str(one.filename))
        if one.is_symlink:
            yield Entry(name, what="指向别处的链接")
        elif (key := PurePosixPath(one.filename).as_posix()) in taken or not one.uncompressed:
            yield Entry(name, taken.get(key, b""))
        else:
            yield Entry(name, refusal=broken("压缩包里的这个文件"))


def _judge(sizes: list[int], tally: Tally) -> None:
    """Takes what an archive claims to hold into account before any of it is unpacked."""
    try:
        tally.add("entries", len(sizes))
        tally.hold("file_bytes", max(sizes, default=0))
        tally.add("total_bytes", sum(sizes))
    except RefusedError as refusal:
        raise too_much(refusal) from refusal


def _unpacked(archive: Any, most: int) -> dict[str, bytes]:
    """The content of every file by its name in the archive."""
    from py7zr.io import BytesIOFactory

    shelf = BytesIOFactory(most)
    archive.extractall(factory=shelf)
    return {name: product.read() for name, product in shelf.products.items() if product.seek(0) == 0}
