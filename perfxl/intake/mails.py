"""The attachments of a mail (.eml), and what the mail says of itself.

Parsed by the standard library under its plain policy, which takes no header apart that nobody asks for: its newer one
cannot be trusted with headers that were made to break it, and cuts names short whose GBK letters GB 2312 has not.
"""

import re
from binascii import Error as BinasciiError
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import collapse_rfc2231_value, parsedate_to_datetime

from perfxl.door.limits import Tally
from perfxl.errors import RefusedError
from perfxl.intake.entries import Entry, Names, broken, closed, decoded, too_much
from perfxl.model import Mail


class _AsSent(Compat32):
    """Headers as they were sent, bytes that are no ASCII included."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


AS_SENT = _AsSent()
ATTACHED = "附件/"
ODD = (ValueError, LookupError, TypeError, AttributeError, MessageError, BinasciiError, RecursionError, OverflowError)
"""What the library raises over a mail that makes no sense."""
_ELSEWHERE = re.compile("超大附件|云附件|文件中转站|附件下载链接")
"""Words of mail services that keep large attachments and send a link."""
_BODY = 1_000_000
_LONGEST = 300


def open_mail(data: bytes, tally: Tally) -> Iterator[Entry]:
    """The attachments, forms inside the text and forwarded mails; the text itself is none.

    Raises:
        RefusedError: FL03, the mail cannot be taken apart.
    """
    try:
        message = message_from_bytes(data, policy=AS_SENT)
        about = mail_of(message)
        entries = list(_entries(message, tally))
    except ODD as error:
        raise broken("邮件", f"{type(error).__name__} {error}") from error
    for entry in entries:
        yield Entry(entry.name, entry.data, entry.what, entry.refusal, about)


def _entries(message: Message, tally: Tally) -> Iterator[Entry]:
    names = Names()
    for number, part in enumerate(_leaves(message), 1):
        tally.add("entries")
        if _is_text(part):
            if _ELSEWHERE.search(_text(part)):
                yield Entry(names.of("超大附件"), refusal=closed("邮件里超大附件的链接", _FETCH))
            continue
        name = names.of(ATTACHED + _plain(_name(part) or _unnamed(part, number)))
        try:
            content = _content(part)
            tally.hold("file_bytes", len(content))
            tally.add("total_bytes", len(content))
            yield Entry(name, content)
        except RefusedError as refusal:
            yield Entry(name, refusal=too_much(refusal))


_FETCH = "请按邮件里的链接把附件下载下来，存进收件文件夹。"


def _leaves(message: Message) -> Iterator[Message]:
    """The parts of a mail that hold no others; a forwarded mail counts as one."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [inner for inner in reversed(payload) if isinstance(inner, Message)]
        else:
            yield part


def _is_text(part: Message) -> bool:
    """Whether a part is what the sender wrote and no file."""
    return (
        part.get_content_maintype() in ("text", "multipart") and not _name(part) and _disposition(part) != "attachment"
    )


def _disposition(part: Message) -> str:
    return str(part.get("content-disposition", "")).split(";")[0].strip().lower()


def _text(part: Message) -> str:
    return decoded(_content(part)[:_BODY], part.get_content_charset() or "")


def _content(part: Message) -> bytes:
    """The bytes of a part; of a forwarded mail those that it is written with."""
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = [one for one in payload if isinstance(one, Message)]
        if str(part.get("content-transfer-encoding", "")).strip().lower() in ("base64", "quoted-printable") and inner:
            wrapped = Message()
            wrapped["content-transfer-encoding"] = str(part["content-transfer-encoding"])
            wrapped.set_payload(inner[0].as_bytes().lstrip(b"\n").decode("ascii", "surrogateescape"))
            return _content(wrapped)
        return inner[0].as_bytes() if inner else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name(part: Message) -> str:
    """The file name: RFC 2231, encoded words as most programs here send them, or plain bytes in any encoding."""
    for key, header in (("filename", "content-disposition"), ("name", "content-type")):
        found = part.get_param(key, None, header)
        if isinstance(found, tuple):
            charset, _, value = found
            raw = value.encode("latin-1", "surrogateescape") if _is_latin(value) else value.encode()
            text = decoded(raw, charset or "")
        else:
            text = header_text(collapse_rfc2231_value(found)) if found else ""
        if text.strip():
            return text.strip()
    return ""


def _is_latin(text: str) -> bool:
    return all(ord(letter) < 256 or 0xDC80 <= ord(letter) <= 0xDCFF for letter in text)


def _unnamed(part: Message, number: int) -> str:
    if part.get_content_type() == "message/rfc822":
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        subject = header_text(str(inner.get("subject", ""))) if isinstance(inner, Message) else ""
        return f"{subject or '转发的邮件'}.eml"
    return f"{'图片' if part.get_content_maintype() == 'image' else '附件'}{number}"


def _plain(name: str) -> str:
    """A file name without folders: a sender's own path says nothing here."""
    return re.split(r"[\\/]", name)[-1] if re.match(r"[A-Za-z]:|[\\/]|\.\.", name) else name


# -- what the mail says of itself -------------------------------------------------------------------------------------


def mail_of(message: Message) -> Mail:
    """Sender, subject and dates."""
    received = str(message.get("received", "")).rpartition(";")[2]
    return Mail(
        header_text(str(message.get("from", "")))[:_LONGEST],
        header_text(str(message.get("subject", "")))[:_LONGEST],
        moment_of(received),
        moment_of(str(message.get("date", ""))),
    )


def header_text(raw: str) -> str:
    """A header as people read it; encoded words in GBK are read as the larger GB 18030, bare bytes by their look."""
    try:
        pieces = decode_header(raw)
    except (MessageError, ValueError, LookupError):
        pieces = [(raw, None)]
    text = "".join(
        decoded(piece, charset or "") if isinstance(piece, bytes) and charset else decoded(_bytes(piece))
        for piece, charset in pieces
    )
    return " ".join(text.split())


def _bytes(piece: str | bytes) -> bytes:
    """A piece as it came; `decode_header` gives bare bytes as raw-unicode-escape, which spells some letters out."""
    if isinstance(piece, bytes):
        piece = piece.decode("raw-unicode-escape", "replace")
    return piece.encode("utf-8", "surrogateescape")


def moment_of(text: str) -> str:
    """A date of a mail (RFC 5322) in ISO 8601 and UTC; empty where it makes no sense."""
    try:
        moment = parsedate_to_datetime(" ".join(text.split())[:100])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def as_moment(moment: datetime | None) -> str:
    """A date in ISO 8601 and UTC; empty for none."""
    if moment is None:
        return ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
