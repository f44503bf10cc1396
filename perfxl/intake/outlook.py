"""The attachments of an Outlook mail (.msg), read by python-oxmsg, which is an extra."""

import io
import struct
from collections.abc import Iterator
from typing import Any

from perfxl.door.limits import Tally
from perfxl.errors import RefusedError
from perfxl.intake.entries import Entry, Names, broken, closed, too_much
from perfxl.intake.mails import ATTACHED, as_moment, header_text, moment_of
from perfxl.model import Mail

_WHAT = "Outlook 邮件（.msg）"
_INSTALL = '请在 Outlook 中打开，把附件存进收件文件夹；也可以运行 pip install "perfxl[msg]" 后重新处理。'
_SAVE = "请在 Outlook 中打开，把里面的附件存进收件文件夹。"
_ODD = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    OverflowError,
    struct.error,
)
"""What the libraries raise over a file that makes no sense."""
_DELIVERED = 0x0E06
"""PidTagMessageDeliveryTime."""


def open_msg(data: bytes, tally: Tally) -> Iterator[Entry]:
    """The attachments of a mail; one that is itself a mail is named, and not opened.

    Raises:
        RefusedError: FL15 without the extra, FL03 where the file is damaged, FL04 where it claims to hold too much.
    """
    try:
        from olefile import OleFileIO
        from oxmsg import Message
    except ImportError as error:
        raise closed(_WHAT, _INSTALL) from error
    try:
        with OleFileIO(io.BytesIO(data)) as ole:
            tally.hold("total_bytes", sum(ole.get_size(stream) for stream in ole.listdir()))
        message: Any = Message.load(data)
        about = _about(message)
        attachments = tuple(message.attachments)
    except _ODD as error:
        raise broken(_WHAT, f"{type(error).__name__} {error}") from error
    names = Names()
    for attachment in attachments:
        tally.add("entries")
        yield _entry(attachment, names, tally, about)


def _about(message: Any) -> Mail:
    headers = {key.lower(): str(value) for key, value in message.message_headers.items()}
    delivered = as_moment(message.properties.date_prop_value(_DELIVERED))
    return Mail(
        header_text(str(message.sender or "")),
        header_text(str(message.subject or "")),
        moment_of(headers.get("received", "").rpartition(";")[2]) or delivered,
        as_moment(message.sent_date),
    )


def _entry(attachment: Any, names: Names, tally: Tally, about: Mail) -> Entry:
    try:
        name = names.of(ATTACHED + str(attachment.file_name or "附件"))
        content = attachment.file_bytes
        if content is None:
            refusal = closed("附在 Outlook 邮件里的邮件或链接", _SAVE)
            return Entry(name, refusal=refusal, mail=about)
        tally.hold("file_bytes", len(content))
        tally.add("total_bytes", len(content))
        return Entry(name, bytes(content), mail=about)
    except RefusedError as refusal:
        return Entry(name, refusal=too_much(refusal), mail=about)
    except _ODD as error:
        return Entry(names.of(ATTACHED + "附件"), refusal=broken("附件", str(error)), mail=about)
