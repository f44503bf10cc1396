"""What a container gives out: one entry for each thing inside, under a name that is fit to be shown.

The openers (`zips`, `mails`, `mailboxes`, `outlook`, `sevens`) yield entries; `members` says what each of them is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from perfxl.door.limits import Tally
from perfxl.errors import RefusedError
from perfxl.model import NO_MAIL, Mail

SEND_APART = "请解开后，把其中的工作簿（.xlsx）存进收件文件夹，或请发送方改发不加密的 ZIP 压缩包。"
SEND_SMALLER = "请解开后，把其中的工作簿（.xlsx）存进收件文件夹；确需整包处理的，可用 --limit 提高这一项上限。"
BETWEEN = " » "
"""Stands between a container and what lies in it."""
_LONGEST = 200
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a container: its content, or why it could not be taken out (`refusal`), or what it is (`what`).

    `modified` is the date that an archive keeps for a file (ISO 8601), empty where there is none.
    """

    name: str
    data: bytes = b""
    what: str = ""
    refusal: RefusedError | None = None
    mail: Mail = NO_MAIL
    modified: str = ""


Opener = Callable[[bytes, Tally], Iterator[Entry]]
"""Takes a container apart; raises RefusedError where nothing can be taken out of it."""


class Names:
    """Gives every entry of a container a name of its own, without roots, ways up and letters that nobody sees."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, name: str, otherwise: str = "未命名") -> str:
        """The name to show: 甲/表.xlsx for C:\\甲\\..\\表.xlsx; a second one of the same name gets a number."""
        pieces = [_shown(piece) for piece in re.split(r"[\\/]", name)]
        kept = [piece for piece in pieces if piece.strip(". ") and not re.fullmatch("[A-Za-z]:", piece)]
        chosen = plain = "/".join(kept) or otherwise
        number = 1
        while chosen.casefold() in self._taken:
            number += 1
            stem, dot, ending = plain.rpartition(".")
            chosen = f"{stem}({number}){dot}{ending}" if stem else f"{plain}({number})"
        self._taken.add(chosen.casefold())
        return chosen


def _shown(piece: str) -> str:
    piece = _UNSHOWN.sub("", piece).replace("»", "›").strip()
    stem, dot, ending = piece.rpartition(".")
    if len(piece) <= _LONGEST:
        return piece
    return f"{stem[: _LONGEST - len(ending) - 1]}{dot}{ending}" if len(ending) < _LONGEST // 4 else piece[:_LONGEST]


def decoded(raw: bytes, charset: str = "") -> str:
    """A text in the encodings that are met: what is UTF-8 is hardly ever anything else; else GB 18030, which holds GBK."""
    named = (charset,) if charset and not charset.lower().replace("-", "").startswith(("gb", "utf8", "usascii")) else ()
    for encoding in (*named, "utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except (ValueError, LookupError):
            continue
    return raw.decode("utf-8", "replace")


def closed(what: str, fix: str = SEND_APART) -> RefusedError:
    """FL15: what may hold forms and cannot be opened."""
    return RefusedError("FL15", f"{what}里面可能有评价表，但打不开。", what, "可以打开的 ZIP 压缩包、邮件或工作簿", fix)


def locked(what: str) -> RefusedError:
    """FL02: an archive with a password."""
    return RefusedError("FL02", f"{what}设有密码，打不开。", what, "不设密码的压缩包", SEND_APART)


def broken(what: str, why: str = "") -> RefusedError:
    """FL03: a container that is cut off or damaged."""
    fix = "请在发送方电脑上打开检查，重新打包、重新发送；能打开的，请解开后把其中的工作簿存进收件文件夹。"
    return RefusedError("FL03", f"{what}不完整或已损坏，打不开。", why[:200], "完整的文件", fix)


def too_much(refusal: RefusedError) -> RefusedError:
    """A refusal over a limit, with the advice that fits a container."""
    return RefusedError(refusal.code, refusal.message, refusal.found, refusal.expected, SEND_SMALLER)
