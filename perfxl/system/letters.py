"""A letter as a file that mail programs open unsent, and whether anybody has changed it since."""

import re
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from hashlib import sha256
from pathlib import Path

XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
DIGEST = "X-Perfxl-Digest"
"""By which a draft that nobody has changed is known."""
_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def mail_draft(subject: str, body: str, to: str = "", attached: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """A draft, the same bytes for the same content.

    Args:
        subject: one line.
        body: plain text.
        to: the receiver's address; none where empty.
        attached: name and content of each workbook.
    """
    letter = EmailMessage(policy=policy.SMTP)
    letter["X-Unsent"] = "1"
    letter["Subject"] = one_line(subject)
    if to:
        letter["To"] = to
    letter.set_content(body, charset="utf-8", cte="base64")
    for name, content in attached:
        letter.add_attachment(content, *XLSX, filename=name)
    if attached:
        letter.set_boundary(f"perfxl-{_digest(body.encode() + repr([name for name, _ in attached]).encode())}")
    letter[DIGEST] = _digest(letter.as_bytes())
    return letter.as_bytes()


def is_untouched(path: Path) -> bool:
    """Whether a draft is as it was written."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    stated = str(BytesHeaderParser(policy=policy.SMTP).parsebytes(data).get(DIGEST, "")).strip()
    own = b"".join(line for line in data.splitlines(keepends=True) if not line.startswith(DIGEST.encode()))
    return bool(stated) and _digest(own) == stated


def one_line(text: str) -> str:
    """A text in one line."""
    return _LINE.sub(" ", text).strip()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:40]  # one that fits into the line of its header
