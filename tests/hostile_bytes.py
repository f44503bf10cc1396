"""Files that are hostile or odd as archives, and files that are no workbooks at all: the part of the corpus about bytes."""

import gzip
import io
import random
import struct
import zipfile
from collections.abc import Iterator

from goodbook import BOOK, SHEET, STRINGS, TYPES, ZIP_TIME, Expected, Made, good, pack, parts

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
FREE_SECTOR, END_OF_CHAIN, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
EITHER: Expected = frozenset({None, "FL03", "FL02", "FL05", "FL04"})


def patched(data: bytes, offset: int, replacement: bytes) -> bytes:
    return data[:offset] + replacement + data[offset + len(replacement) :]


def central(data: bytes, name: str) -> int:
    """Where the directory entry of a part begins."""
    return data.rindex(name.encode()) - 46


def local(data: bytes, name: str) -> int:
    """Where the local header of a part begins."""
    return data.index(LOCAL + data[data.index(name.encode()) - 26 : data.index(name.encode())])


def archives() -> Made:
    data = pack()
    entry, header = central(data, SHEET), local(data, SHEET)
    yield (
        "zip-encrypted",
        patched(patched(data, entry + 8, b"\x01"), header + 6, b"\x01"),
        "FL02",
        "a password on the archive",
    )
    lzma = patched(patched(data, entry + 10, b"\x0e"), header + 8, b"\x0e")
    yield "zip-lzma", lzma, "FL03", "a compression that Excel does not know"
    yield "zip-unknown-method", patched(patched(data, entry + 10, b"\x63"), header + 8, b"\x63"), "FL03", "likewise"
    size = int.from_bytes(data[entry + 24 : entry + 28], "little")
    yield (
        "zip-size-less",
        patched(data, entry + 24, struct.pack("<I", size - 100)),
        "FL03",
        "less declared than there is",
    )
    yield (
        "zip-size-more",
        patched(data, entry + 24, struct.pack("<I", size + 100)),
        "FL03",
        "more declared than there is",
    )
    both = struct.pack("<I", size - 100)
    yield "zip-size-both", patched(patched(data, entry + 24, both), header + 22, both), "FL03", "both headers lie"
    both = struct.pack("<I", 2_000_000_000)
    yield "zip-size-2gb", patched(patched(data, entry + 24, both), header + 22, both), "FL04", "2 GB declared"
    yield (
        "zip-packed-size",
        patched(data, entry + 20, struct.pack("<I", 10_000_000)),
        "FL03",
        "runs over its neighbours",
    )
    yield "zip-crc", patched(data, entry + 16, b"\0\0\0\0"), "FL03", "a wrong checksum in the directory"
    both = patched(patched(data, entry + 16, b"\0\0\0\0"), header + 14, b"\0\0\0\0")
    yield "zip-crc-both", both, "FL03", "a wrong checksum in both headers"
    yield "zip-local-name", patched(data, header + 30, b"xx"), "FL03", "two names for one part"
    yield "zip-offset", patched(data, entry + 42, struct.pack("<I", 3)), "FL03", "a part that begins nowhere"
    first = data[central(data, STRINGS) + 42 : central(data, STRINGS) + 46]
    yield "zip-overlap", patched(data, entry + 42, first), "FL03", "two names for the same bytes"
    yield "zip-overlap-names", _quine_like(), "FL03", "a thousand parts that share their bytes"
    yield "zip-100000-entries", _many_entries(100_000), "FL04", "100,000 parts"
    yield "zip-duplicate", _zipped_twice(), "FL05", "which of the two would be read?"
    yield (
        "zip-duplicate-case",
        pack(extra=[("XL/Worksheets/Sheet1.xml", parts()[SHEET])]),
        "FL05",
        "the same on Windows",
    )
    for name in (
        "../evil.xml",
        "/etc/evil.xml",
        "xl\\evil.xml",
        "C:/evil.xml",
        "xl/../../evil.xml",
        "xl/./evil.xml",
        "xl//e.xml",
    ):
        yield f"zip-name-{name}", pack(extra=[(name, b"<a/>")]), "FL05", "a name that leads elsewhere"
    backslashes = dict.fromkeys(parts())
    renamed = [(name.replace("/", "\\"), content) for name, content in parts().items()]
    yield "zip-backslashes", pack(backslashes, renamed), None, "written by a program that knows no other separator"
    yield "zip-two-directories", data + data[data.index(CENTRAL) :], EITHER, "two directories, one behind the other"
    yield "zip-end-in-comment", _with_comment(data, END + b"\0" * 18), "FL01", "a second end in the comment"
    yield "zip-folder-entries", pack(extra=[("xl/", b""), ("customXml/", b"")]), None, "packed again by hand"
    yield "zip-empty", END + b"\0" * 18, "FL01", "an archive without parts"
    yield "zip-of-workbooks", _zipped({"表1.xlsx": good(), "表2.xlsx": good()}), "FL01", "sent packed"
    yield "zip-header-only", LOCAL, "FL03", "four bytes"


def _with_comment(data: bytes, comment: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", len(comment)) + comment


def _zipped(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), content)
    return stream.getvalue()


def _zipped_twice() -> bytes:
    """Two parts of one name: written under another name of the same length, then renamed."""
    other = SHEET.replace("sheet1", "sheetX")
    return pack(extra=[(other, parts()[SHEET])]).replace(other.encode(), SHEET.encode())


def _quine_like() -> bytes:
    """A directory in which a thousand entries point to one local header."""
    data = pack()
    entry = data[data.index(CENTRAL) : data.index(CENTRAL, data.index(CENTRAL) + 1)]
    names = [b"%019d" % number for number in range(1000)]
    copies = b"".join(entry[:28] + struct.pack("<H", 19) + entry[30:46] + name for name in names)
    start = data.index(CENTRAL)
    count = data.count(CENTRAL) + 1000
    end = data[data.rindex(END) :]
    directory = data[start : data.rindex(END)] + copies
    return data[:start] + directory + end[:8] + struct.pack("<HHII", count, count, len(directory), start) + end[20:]


def _many_entries(count: int) -> bytes:
    stream = io.BytesIO()
    header = struct.Struct("<4s5H3I2H")
    offsets = []
    for number in range(count):
        offsets.append(stream.tell())
        stream.write(header.pack(LOCAL, 20, 0, 0, 0, 33, 0, 0, 0, 6, 0) + b"%06d" % number)
    start = stream.tell()
    for number, offset in enumerate(offsets):
        stream.write(struct.pack("<4s6H3I5H2I", CENTRAL, 20, 20, 0, 0, 0, 33, 0, 0, 0, 6, 0, 0, 0, 0, 0, offset))
        stream.write(b"%06d" % number)
    size = stream.tell() - start
    wide = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, start + size, 1)
    return stream.getvalue() + wide + locator + struct.pack("<4s4H2IH", END, 0, 0, 65535, 65535, size, start, 0)


def others() -> Made:
    yield "empty", b"", "FL01", "nothing at all"
    yield "zeros", b"\0" * 5000, "FL01", "a file that was never written"
    yield "blanks", b"  \r\n\r\n", "FL01", "only blanks"
    yield (
        "html",
        "<html><body><table><tr><td>绩效</td></tr></table></body></html>".encode(),
        "FL01",
        "an export named .xls",
    )
    yield "html-gbk", "<HTML><meta charset=gb2312><TABLE><tr><td>绩效</table>".encode("gb18030"), "FL01", "likewise"
    yield "html-utf16", "\ufeff<html><table></table></html>".encode("utf-16-le"), "FL01", "likewise"
    yield "mht", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "FL01", "a page in one file"
    spreadsheet = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    yield "xml-2003", spreadsheet, "FL01", "SpreadsheetML 2003"
    yield "xml-other", b'<?xml version="1.0"?><root/>', "FL01", "any XML"
    yield (
        "xml-entity-bomb",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "FL01",
        "nobody parses it",
    )
    yield "csv", "项目,金额\r\n甲,1\r\n".encode(), "FL01", "renamed"
    yield "csv-gbk", "项目,金额\r\n甲,1\r\n".encode("gb18030"), "FL01", "renamed"
    yield "text", "这不是表格".encode(), "FL01", "a note"
    yield "pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "FL01", "a scan"
    yield "rtf", b"{\\rtf1\\ansi }", "FL01", "a Word export"
    yield "png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "FL01", "a picture"
    yield "jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF", "FL01", "a photograph"
    yield "rar", b"Rar!\x1a\x07\x01\0" + good(), "FL01", "an archive that holds a workbook uncompressed"
    yield "7z", b"7z\xbc\xaf\x27\x1c\0\x04", "FL01", "an archive"
    yield "gzip", gzip.compress(good(), mtime=0), "FL01", "a compressed workbook"
    yield "noise", random.Random(4).randbytes(3000), "FL01", "anything"
    yield "docx", _zipped({TYPES: b"<Types/>", "word/document.xml": b"<w/>"}), "FL01", "a Word document"
    yield "pptx", _zipped({TYPES: b"<Types/>", "ppt/presentation.xml": b"<p/>"}), "FL01", "slides"
    yield "xlsb", _zipped({TYPES: b"<Types/>", "xl/workbook.bin": b"\x83\x01\0"}), "FL01", "a binary workbook"
    yield "biff4", b"\x09\x04\x06\x00\x00\x00\x10\x00", "FL01", "Excel 4"


ODS_MIME = b"application/vnd.oasis.opendocument.spreadsheet"
ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="表">'
).encode()
ODS_TAIL = b"</table:table></office:spreadsheet></office:body></office:document-content>"
ODS_CELL = b'<table:table-cell office:value-type="string"%s><text:p>x</text:p></table:table-cell>'


def _ods(rows: bytes, manifest: bytes = b"<manifest/>") -> bytes:
    content = ODS_HEAD + rows + ODS_TAIL
    return _zipped({"mimetype": ODS_MIME, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods() -> Made:
    line = b"<table:table-row%s>%s</table:table-row>"
    yield "ods", _ods(line % (b"", ODS_CELL % b"")), None, "an OpenDocument spreadsheet"
    blank = b'<table:table-cell table:number-columns-repeated="16384"/>'
    empty = line % (b' table:number-rows-repeated="1048575"', blank)
    yield "ods-blank-rest", _ods(line % (b"", ODS_CELL % b"") + empty), None, "LibreOffice writes the empty rest so"
    wide = line % (b' table:number-rows-repeated="1048576"', ODS_CELL % b' table:number-columns-repeated="16384"')
    yield "ods-repeated", _ods(wide), "FL04", "one cell that stands for the whole sheet"
    yield (
        "ods-corner",
        _ods(line % (b"", ODS_CELL % b"") + empty + line % (b"", blank + ODS_CELL % b"")),
        "FL04",
        "corners",
    )
    yield "ods-encrypted", _ods(b"", b"<encryption-data/>"), "FL02", "a password"
    yield "ods-empty", _ods(b""), None, "a sheet without rows"
    yield (
        "odt",
        _zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
        "FL01",
        "a text",
    )


def _compound(streams: dict[str, bytes]) -> bytes:
    """A compound file: one sector of allocation, one of directory, then each stream padded to 4,096 bytes or more."""
    fat, entries, body = [FAT_SECTOR, END_OF_CHAIN], [_directory_entry("Root Entry", 5, END_OF_CHAIN, 0, 1)], b""
    for number, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        start, count = len(fat), len(content) // 512
        fat += [*range(start + 1, start + count), END_OF_CHAIN]
        following = number + 1 if number < len(streams) else FREE_SECTOR
        entries.append(_directory_entry(name, 2, start, len(content), FREE_SECTOR, following))
        body += content
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<8I", 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0) + struct.pack("<I", 0)
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    return header.ljust(512, b"\xff") + table + b"".join(entries).ljust(512, b"\0") + body


def _directory_entry(
    name: str, kind: int, start: int, size: int, child: int = FREE_SECTOR, following: int = FREE_SECTOR
) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<3I", FREE_SECTOR, following, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )


def _biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", number, len(content)) + content for number, content in records)


def ole() -> Made:
    begin = (0x809, struct.pack("<HHHHII", 0x600, 5, 0x1000, 0x7CD, 0, 6))
    yield "xls", _compound({"Workbook": _biff(begin, (0x0A, b""))}), None, "a legacy workbook without sheets"
    locked = _biff(begin, (0x2F, b"\x01\0" + b"\0" * 50), (0x0A, b""))
    yield "xls-encrypted", _compound({"Workbook": locked}), "FL02", "a legacy workbook with a password"
    encrypted = {"EncryptionInfo": b"\x04\0\x04\0", "EncryptedPackage": b"\0" * 5000}
    yield "xlsx-encrypted", _compound(encrypted), "FL02", "a workbook with a password"
    yield "doc", _compound({"WordDocument": b"\xec\xa5" + b"\0" * 100}), "FL01", "a Word document named .xls"
    quoted = b"\0" * 128 + "Workbook\0".encode("utf-16-le")
    yield "doc-that-says-workbook", _compound({"WordDocument": quoted}), "FL01", "the word is no stream"
    yield "ole-other", _compound({"Contents": b"x"}), "FL01", "a compound file of another kind"
    yield "ole-header-only", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "FL01", "eight bytes"


def truncations() -> Made:
    data = good()
    for step in range(20):
        length = (step + 1) * len(data) // 21
        yield f"truncated-{step:02}", data[:length], "FL03", f"the first {length} of {len(data)} bytes"


def bit_flips() -> Made:
    """One bit wrong somewhere: the checksums find it, or it is in a place that does not matter."""
    data, chance = good(), random.Random(20210520)
    for number in range(30):
        position, bit = chance.randrange(len(data)), chance.randrange(8)
        flipped = patched(data, position, bytes([data[position] ^ 1 << bit]))
        yield f"flipped-{number:02}", flipped, EITHER, f"bit {bit} of byte {position}"


def families() -> Iterator[Made]:
    """Every family of this part of the corpus."""
    yield from (archives(), missing(), others(), ods(), ole(), truncations(), bit_flips())


def without(*names: str) -> bytes:
    """The good workbook without some parts."""
    return pack(dict.fromkeys(names))


def missing() -> Made:
    for name in (TYPES, SHEET, "xl/_rels/workbook.xml.rels", STRINGS):
        yield f"missing-{name}", without(name), "FL03", "a part that is needed is not there"
    yield f"missing-{BOOK}", without(BOOK), "FL01", "an archive without a workbook"
