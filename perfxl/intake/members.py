"""What comes out of a mail or an archive, however deep it lies: forms, and everything else with what it is.

Every file inside is accounted for once. What is taken out of containers of all depths counts together against the limits
of the door, so that a hostile one costs no more than a hostile workbook.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from perfxl.door.limits import Limits, Tally
from perfxl.errors import RefusedError
from perfxl.intake.contents import Content, Sort, content_of
from perfxl.intake.entries import BETWEEN, Entry, Opener, closed, too_much
from perfxl.intake.mailboxes import open_mailbox
from perfxl.intake.mails import open_mail
from perfxl.intake.outlook import open_msg
from perfxl.intake.sevens import open_seven
from perfxl.intake.zips import open_zip
from perfxl.model import NO_MAIL, Mail

OPENERS: Mapping[str, Opener] = {
    "zip": open_zip,
    "mail": open_mail,
    "mbox": open_mailbox,
    "msg": open_msg,
    "7z": open_seven,
}
_EMPTY = {
    "mail": "邮件，没有附件",
    "msg": "邮件，没有附件",
    "zip": "空的压缩包",
    "7z": "空的压缩包",
    "mbox": "没有邮件的邮箱文件",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One thing that lies in a container.

    Attributes:
        name: where: "附件/表.xlsx", "附件/各单位.zip » 甲/表.xlsx"; empty for the container itself.
        data: the content of what may be a form.
        what: what it is where it is no form and holds none; empty for others.
        refusal: why it could not be opened, where it may hold forms.
        mail: the mail that it came with, the outermost of several.
        modified: the date that an archive keeps for it, else empty.
    """

    name: str
    data: bytes = b""
    what: str = ""
    refusal: RefusedError | None = None
    mail: Mail = NO_MAIL
    modified: str = ""

    @property
    def is_form(self) -> bool:
        """Whether the door is to decide."""
        return not self.what and self.refusal is None


def members(data: bytes, content: Content, limits: Limits) -> Iterator[Member]:
    """Everything in a container, in its own order; a container that gives nothing is itself the only member.

    Args:
        data: the container.
        content: what it is, see `content_of`.
        limits: those of the door; `containers` is how many may lie in one another.
    """
    yield from _opened(Entry("", data), content, Tally(limits), 1)


def _opened(container: Entry, content: Content, tally: Tally, depth: int) -> Iterator[Member]:
    nothing = True
    try:
        tally.hold("containers", depth)
        for entry in OPENERS[content.opener](container.data, tally):
            nothing = False
            yield from _within(container, entry, tally, depth)
    except RefusedError as refusal:
        nothing = False
        yield Member(container.name, refusal=_advised(refusal), mail=container.mail)
    if nothing:
        yield Member(container.name, what=_EMPTY[content.opener], mail=container.mail)


def _within(container: Entry, entry: Entry, tally: Tally, depth: int) -> Iterator[Member]:
    """What one entry comes to: itself, or what lies in it."""
    name = f"{container.name}{BETWEEN}{entry.name}" if container.name else entry.name
    entry = replace(entry, name=name, mail=container.mail if container.mail != NO_MAIL else entry.mail)
    if entry.what or entry.refusal:
        yield Member(name, what=entry.what, refusal=entry.refusal, mail=entry.mail)
        return
    content = content_of(entry.data, entry.name)
    if content.sort is Sort.CONTAINER:
        yield from _opened(entry, content, tally, depth + 1)
    elif content.sort is Sort.CLOSED:
        yield Member(name, refusal=closed(content.what), mail=entry.mail)
    elif content.sort is Sort.OTHER:
        yield Member(name, what=content.what, mail=entry.mail)
    else:
        yield Member(name, entry.data, mail=entry.mail, modified=entry.modified)


def _advised(refusal: RefusedError) -> RefusedError:
    return too_much(refusal) if refusal.code == "FL04" else refusal
