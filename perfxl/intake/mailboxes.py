"""The mails of a mailbox file (mbox)."""

import mailbox
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from tempfile import TemporaryDirectory

from perfxl.door.limits import Tally
from perfxl.intake.contents import is_mailbox
from perfxl.intake.entries import Entry, Names
from perfxl.intake.mails import AS_SENT, ODD, header_text, mail_of
from perfxl.model import NO_MAIL, Mail

HEADERS = 100_000
"""Bytes in which the headers of a mail stand."""


def open_mailbox(data: bytes, tally: Tally) -> Iterator[Entry]:
    """One mail after the other, named by number and subject.

    A line of text that begins with "From " looks like the next mail: what follows it without headers belongs to the mail
    before.
    """
    names = Names()
    for number, mail in enumerate(_mails(data), 1):
        tally.add("entries")
        about = _about(mail)
        subject = header_text(about.subject).replace("/", "／").replace("\\", "＼")[:60]
        yield Entry(names.of(f"{number:03} {subject}".strip() + ".eml"), mail, mail=about)


def _about(mail: bytes) -> Mail:
    """What a mail says of itself; nothing where that makes no sense."""
    try:
        return mail_of(message_from_bytes(mail[:HEADERS], policy=AS_SENT))
    except ODD:
        return NO_MAIL


def _mails(data: bytes) -> Iterator[bytes]:
    waiting: list[bytes] = []
    for piece in _pieces(data):
        if waiting and is_mailbox(piece):
            yield _without_envelope(waiting)
            waiting = []
        waiting.append(piece)
    if waiting:
        yield _without_envelope(waiting)


def _without_envelope(pieces: list[bytes]) -> bytes:
    """A mail as it was sent; the library takes the blank line before what it thinks is the next mail."""
    return b"\n".join(pieces).partition(b"\n")[2]


def _pieces(data: bytes) -> Iterator[bytes]:
    """What the library takes for mails, each with its envelope line; it wants a file, which lies in a private folder."""
    with TemporaryDirectory(prefix="perfxl-") as folder:
        path = Path(folder) / "mbox"
        path.write_bytes(data)
        box = mailbox.mbox(path, create=False)
        try:
            yield from (box.get_bytes(key, from_=True) for key in box.iterkeys())
        finally:
            box.close()
