"""Mails, mailboxes and archives as they come in, made from parts that a test names."""

import io
import struct
import warnings
import zipfile
from base64 import b64encode, encodebytes
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

RECEIVED = "from mx.example.cn by office; Mon, 20 May 2024 08:00:00 +0800"


def zipped(files: Mapping[str, bytes] | Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive; names beyond ASCII are marked as UTF-8. The same name may come twice."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for name, data in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, data)
    return buffer.getvalue()


def zipped_in(encoding: str, files: Mapping[str, bytes]) -> bytes:
    """A zip archive with names in an encoding and no mark that says so, as many programs write it."""
    plain = {f"{number:02}{'x' * (len(name.encode(encoding)) - 2)}": name for number, name in enumerate(files)}
    data = zipped({stand_in: files[name] for stand_in, name in plain.items()}, zipfile.ZIP_STORED)
    for stand_in, name in plain.items():
        data = data.replace(stand_in.encode(), name.encode(encoding))
    return data


def mail(
    attachments: Mapping[str, bytes] | None = None,
    subject: str = "自评表",
    received: str = RECEIVED,
    text: str = "您好，附件是我单位的自评表。",
    forwarded: Sequence[bytes] = (),
) -> bytes:
    """A mail with attachments and forwarded mails."""
    message = EmailMessage()
    message["Received"] = received
    message["From"] = "陈立 <chen@example.cn>"
    message["To"] = "office@example.cn"
    message["Subject"] = subject
    message["Date"] = "Sun, 19 May 2024 20:00:00 +0800"
    message.set_content(text)
    for name, data in (attachments or {}).items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    for inner in forwarded:
        message.add_attachment(_parsed(inner))
    return message.as_bytes()


def _parsed(data: bytes) -> EmailMessage:
    from email import message_from_bytes
    from email.policy import default

    parsed = message_from_bytes(data, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(headers: bytes, data: bytes) -> bytes:
    """One part of a mail that is written by hand."""
    return b"--B\r\n" + headers + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encodebytes(data) + b"\r\n"


def by_hand(*parts: bytes) -> bytes:
    """A mail with parts that are written by hand."""
    head = b"From: a@example.cn\r\nTo: b@example.cn\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    return head + b"".join(parts) + b"--B--\r\n"


def encoded_word(text: str, charset: str) -> bytes:
    """A text as a header holds it."""
    return b"=?%b?B?%b?=" % (charset.encode(), b64encode(text.encode("gb18030" if charset[:2] == "gb" else charset)))


def mailbox_of(*mails: bytes) -> bytes:
    """A mailbox file."""
    envelope = b"From chen@example.cn Mon May 20 08:00:00 2024\n"
    return b"".join(envelope + one.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n\n" for one in mails)


# -- Outlook ----------------------------------------------------------------------------------------------------------

_SECTOR = 512
_SMALL = 4096
"""Bytes from which on a stream has sectors of its own."""
_END, _FAT, _FREE, _NONE = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF, 0xFFFFFFFF
Storage = dict[str, "bytes | Storage"]


def outlook_mail(attachments: Mapping[str, bytes | None], subject: str = "自评表", headers: str = "") -> bytes:
    """A mail as Outlook saves it (.msg, MS-OXMSG); an attachment without content is a mail of its own."""
    texts = {0x0037: subject, 0x0C1A: "陈立", 0x0C1F: "chen@example.cn", 0x007D: headers}
    root: Storage = {f"__substg1.0_{pid:04X}001F": text.encode("utf-16-le") for pid, text in texts.items()}
    delivered = (116_444_736_000_000_000 + 1_716_163_200 * 10_000_000).to_bytes(8, "little")  # 2024-05-20T00:00Z
    entries = b"".join(_property(pid, 0x1F, len(text) * 2 + 2) for pid, text in texts.items())
    entries += (0x0E060040).to_bytes(4, "little") + bytes(4) + delivered
    root["__properties_version1.0"] = (
        bytes(8) + struct.pack("<4L", 0, len(attachments), 0, len(attachments)) + bytes(8) + entries
    )
    for number, (name, data) in enumerate(attachments.items()):
        inside: Storage = {"__substg1.0_3707001F": name.encode("utf-16-le")}
        listed = _property(0x3707, 0x1F, len(name) * 2 + 2) + _property(0x3705, 0x3, 1 if data is not None else 5)
        if data is not None:
            inside["__substg1.0_37010102"] = data
            listed += _property(0x3701, 0x102, len(data))
        inside["__properties_version1.0"] = bytes(8) + listed
        root[f"__attach_version1.0_#{number:08X}"] = inside
    return compound_file(root)


def _property(pid: int, kind: int, value: int) -> bytes:
    return struct.pack("<LLQ", pid << 16 | kind, 6, value)


def compound_file(root: Storage) -> bytes:
    """A compound file (MS-CFB) of streams and storages."""
    entries: list[list[object]] = [["Root Entry", 5, _NONE, b""]]  # name, kind, first child, content
    siblings: dict[int, int] = {}

    def add(storage: Storage, parent: int) -> None:
        before = None
        for name in sorted(storage, key=lambda name: (len(name), name.upper())):
            content = storage[name]
            number = len(entries)
            entries.append(
                [name, 1 if isinstance(content, dict) else 2, _NONE, b"" if isinstance(content, dict) else content]
            )
            if before is None:
                entries[parent][2] = number
            else:
                siblings[before] = number
            before = number
            if isinstance(content, dict):
                add(content, number)

    add(root, 0)
    small, starts = _Chain(64), dict.fromkeys(range(len(entries)), _END)
    for number, (*_, content) in enumerate(entries):
        if isinstance(content, bytes) and 0 < len(content) < _SMALL:
            starts[number] = small.put(content)
    entries[0][3] = bytes(small.body)
    large = _Chain(_SECTOR)
    for number, (*_, content) in enumerate(entries):
        if isinstance(content, bytes) and (number == 0 or len(content) >= _SMALL):
            starts[number] = large.put(content)
    small_table = large.put(struct.pack(f"<{len(small.table)}L", *small.table))
    directory = b"".join(
        _directory_entry(str(name), kind, siblings.get(number, _NONE), child, starts[number], content)
        for number, (name, kind, child, content) in enumerate(entries)
    )
    directory_at = large.put(directory)
    sectors = -(-(len(large.table) + 2) // (_SECTOR // 4 - 1))
    fat_at, table = len(large.table), [*large.table, *[_FAT] * sectors]
    table += [_FREE] * (sectors * _SECTOR // 4 - len(table))
    listed = [*range(fat_at, fat_at + sectors), *[_FREE] * (109 - sectors)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack(
        "<9L", sectors, directory_at, 0, _SMALL, small_table, -(-len(small.table) // 128), _END, 0, listed[0]
    )
    head += struct.pack("<108L", *listed[1:])
    return head + bytes(large.body) + struct.pack(f"<{len(table)}L", *table)


class _Chain:
    """Sectors of one size, and the table that chains them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.table: list[int] = []
        self.body = bytearray()

    def put(self, data: bytes) -> int:
        """Puts content down; returns its first sector."""
        if not data:
            return _END
        first, number = len(self.table), -(-len(data) // self.size)
        self.table.extend([*range(first + 1, first + number), _END])
        self.body.extend(data.ljust(number * self.size, b"\0"))
        return first


def _directory_entry(name: str, kind: object, right: int, child: object, start: int, content: object) -> bytes:
    spelled = name.encode("utf-16-le") + b"\0\0"
    size = len(content) if isinstance(content, bytes) else 0
    fields = struct.pack("<HBBLLL", len(spelled), kind, 1, _NONE, right, child)
    return spelled.ljust(64, b"\0") + fields + bytes(36) + struct.pack("<LQ", start, size)
