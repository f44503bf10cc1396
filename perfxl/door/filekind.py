"""What is this file, whatever its name says?

`kind_of` tells a zip package and a legacy workbook from everything else by content; all else is refused by the name
under which a clerk knows it (FL01), or as encrypted (FL02).
"""

import re
import struct

from perfxl.door.refusals import SAVE_AS, damaged, encrypted, not_a_workbook

ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
END_OF_ZIP = b"PK\x05\x06"
END_OF_ZIP_REACH = 65_557
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACK = "请解压后，把其中的工作簿（.xlsx）逐个报送。"
FILL_IN = "请填写财政部门下发的 Excel 表格，报送填好的工作簿（.xlsx）。"
SIGNATURES = (
    (b"%PDF", "PDF 文件", FILL_IN),
    (b"{\\rtf", "RTF 文档", FILL_IN),
    (b"\x89PNG", "图片（PNG）", FILL_IN),
    (b"\xff\xd8\xff", "图片（JPEG）", FILL_IN),
    (b"GIF8", "图片（GIF）", FILL_IN),
    (b"BM", "图片（BMP）", FILL_IN),
    (b"II*\0", "图片（TIFF）", FILL_IN),
    (b"MM\0*", "图片（TIFF）", FILL_IN),
    (b"Rar!\x1a\x07", "压缩包（RAR）", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "压缩包（7z）", UNPACK),
    (b"\x1f\x8b", "压缩包（GZIP）", UNPACK),
    (b"BZh", "压缩包（BZIP2）", UNPACK),
    (b"MZ", "程序（EXE）", "请不要打开，先与发送方核实；需报送的是 Excel 工作簿（.xlsx）。"),
    (b"\x09\x00\x04\x00", "Excel 2 工作表", SAVE_AS),
    (b"\x09\x02\x06\x00", "Excel 3 工作表", SAVE_AS),
    (b"\x09\x04\x06\x00", "Excel 4 工作表", SAVE_AS),
)
MARKUP = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", "XML 表格 2003"),
    (b"schemas.uof.org", "标文通文档（UOF）"),
    (b"<!doctype html", "网页（HTML）"),
    (b"<html", "网页（HTML）"),
    (b"<table", "网页（HTML）"),
    (b"mime-version:", "单个文件网页（MHT）"),
    (b"<?xml", "XML 文件"),
)
OLE_WORKBOOKS = ("Workbook", "Book")
OLE_ENCRYPTED = ("EncryptedPackage",)
OLE_OTHERS = {"WordDocument": "Word 或 WPS 文字文档（.doc、.wps）", "PowerPoint Document": "演示文稿（.ppt、.dps）"}
_HEAD = 4096
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BOF, FILEPASS = (b"\x09\x08", b"\x09\x00"), 0x2F
_WORD_MAGICS, _ENCRYPTED_DOCUMENT = (b"\xec\xa5", b"\xdc\xa5"), 0x0100
DIRECTORY_ENTRY = 128
OLE_HEADER = 512
SECTOR_BITS = (9, 12)
SMALL_SECTOR = 64


def kind_of(data: bytes) -> str:
    """Whether the content is a "zip" package or a legacy workbook ("xls").

    Raises:
        RefusedError: FL01 for everything else, FL02 where a password is needed.
    """
    if data.startswith(ZIP_MAGICS):
        return "zip"
    if data.startswith(OLE_MAGIC):
        return _kind_of_ole(data)
    for magic, what, fix in SIGNATURES:
        if data.startswith(magic):
            raise not_a_workbook(what, fix)
    if END_OF_ZIP in data[-END_OF_ZIP_REACH:]:
        return "zip"
    if not data.strip(b"\0\t\r\n \xef\xbb\xbf"):
        raise not_a_workbook("空文件", _SEND_AGAIN)
    raise not_a_workbook(_text_kind(data))


_SEND_AGAIN = "文件里什么都没有，可能没有上传完整；请重新保存、重新发送。"


def _text_kind(data: bytes) -> str:
    text = _decoded(data[:_HEAD])
    if text is None:
        return "无法识别的数据"
    lowered = text.lower().encode()
    for mark, what in MARKUP:
        if mark in lowered:
            return what
    return "文本或 CSV 数据" if re.search(r"[,\t;，]", text) else "纯文本"


def text_in(data: bytes) -> str:
    """A whole text in one of the encodings that are met.

    Raises:
        RefusedError: FL01.
    """
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text.replace("\f", "\n")):
            return text
    raise not_a_workbook("无法识别的数据")


def _decoded(head: bytes) -> str | None:
    """The beginning of a text in the encodings that are met, None for anything else."""
    encodings = ("utf-16",) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "gb18030")
    for encoding in encodings:
        for cut in range(4):
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return None if _CONTROL.search(text) else text
    return None


def _kind_of_ole(data: bytes) -> str:
    """Goes by the names of the streams: Workbook or Book holds a spreadsheet, EncryptedPackage an encrypted one."""
    _refuse_half(data)
    if any(_stream_entry(data, name) is not None for name in OLE_ENCRYPTED):
        raise encrypted("加密的 Office 文件")
    for name in OLE_WORKBOOKS:
        entry = _stream_entry(data, name)
        if entry is not None:
            if _size_of(data, entry) > len(data):
                raise damaged("文件不完整，后面的部分缺失", name)
            if _asks_for_password(data, entry):
                raise encrypted("加密的 Excel 97-2003 工作簿")
            return "xls"
    for name, what in OLE_OTHERS.items():
        if _stream_entry(data, name) is not None:
            raise not_a_workbook(what, FILL_IN)
    raise not_a_workbook("旧式复合文档，但其中没有工作簿")


def _refuse_half(data: bytes) -> None:
    """Refuses a compound file whose directory of streams lies beyond its end: only the first part arrived."""
    if len(data) < OLE_HEADER:
        return
    sector_bits, first = int.from_bytes(data[30:32], "little"), int.from_bytes(data[48:52], "little")
    if sector_bits in SECTOR_BITS and (first + 1) << sector_bits >= len(data):
        raise damaged("文件不完整，后面的部分缺失")


def _size_of(data: bytes, entry: int) -> int:
    """The bytes of a stream as its directory entry says."""
    return int.from_bytes(data[entry + 120 : entry + 124], "little")


def is_encrypted_document(data: bytes) -> bool:
    """Whether a Word document of the old kind needs a password, by a flag in its first bytes."""
    entry = _stream_entry(data, "WordDocument")
    head = _first_sector(data, entry) if entry is not None else b""
    return head[:2] in _WORD_MAGICS and bool(int.from_bytes(head[10:12], "little") & _ENCRYPTED_DOCUMENT)


def spelled_as_usual(data: bytes) -> bytes | None:
    """The file with the name of its workbook stream as the fast reader looks for it; None where it is so already."""
    for name in OLE_WORKBOOKS:
        entry = _stream_entry(data, name)
        if entry is not None:
            wanted = name.encode("utf-16-le")
            usual = data[:entry] + wanted + data[entry + len(wanted) :]
            return None if usual == data else usual
    return None


def has_stream(data: bytes, name: str) -> bool:
    """Whether a compound document has a stream of this name."""
    return _stream_entry(data, name) is not None


def _stream_entry(data: bytes, name: str) -> int | None:
    """Where the directory entry of a stream begins: 128 bytes, aligned, name first, its length at 64."""
    wanted = name.encode("utf-16-le") + b"\0\0"
    for spelled in (wanted, wanted.upper()):
        position = data.find(spelled)
        while position >= 0:
            if position % DIRECTORY_ENTRY == 0 and data[position + 64 : position + 66] == struct.pack(
                "<H", len(wanted)
            ):
                return position
            position = data.find(spelled, position + 1)
    return None


def _first_sector(data: bytes, entry: int) -> bytes:
    """Where a stream begins; small streams lie together in the stream of the directory's first entry."""
    sector_bits = int.from_bytes(data[30:32], "little")
    if sector_bits not in SECTOR_BITS:
        return b""
    position = (_first_of(data, entry) + 1) << sector_bits
    if _size_of(data, entry) < int.from_bytes(data[56:60], "little"):
        root = (int.from_bytes(data[48:52], "little") + 1) << sector_bits
        position = ((_first_of(data, root) + 1) << sector_bits) + _first_of(data, entry) * SMALL_SECTOR
    return data[position : position + (1 << sector_bits)]


def _first_of(data: bytes, entry: int) -> int:
    """The number of the first sector of a stream."""
    return int.from_bytes(data[entry + 116 : entry + 120], "little")


def _asks_for_password(data: bytes, entry: int) -> bool:
    """Whether a FILEPASS record stands in the first sector of the workbook stream, right behind its beginning."""
    sector = _first_sector(data, entry)
    if sector[:2] not in BOF:
        return False
    offset = 0
    while offset + 4 <= len(sector):
        record, length = struct.unpack_from("<HH", sector, offset)
        if record == FILEPASS:
            return True
        offset += 4 + length
    return False
