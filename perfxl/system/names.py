"""Names of files that perfxl writes: such as every usual file system takes, and no two alike."""

import re
from itertools import chain, count
from pathlib import PurePosixPath
from unicodedata import normalize

UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\\/:*?"<>|]+')
"""What one of the usual file systems does not take in a name, and marks that hide in it."""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST_NAME = 180
"""Bytes: most file systems take 255, some mail programs and shares less."""


_FORMS = (".xlsx", ".xlsm", ".xls", ".ods", ".docx")
"""Endings of forms: their copies have a workbook's instead."""


def safe_name(text: str, otherwise: str) -> str:
    """A text as a file name that every usual file system takes, without ending; `otherwise` where nothing is left."""
    name = UNSAFE.sub(" ", normalize("NFC", text))
    name = " ".join(name.split()).strip(". ")
    while len(name.encode()) > _LONGEST_NAME:
        name = name[:-1].rstrip(". ")
    return f"_{name}" if RESERVED.fullmatch(name) else name or otherwise


def folded(name: str) -> str:
    """A name as file systems compare it that tell neither cases nor spellings of a letter apart."""
    return normalize("NFC", name).casefold()


def copy_name(member: str, taken: set[str]) -> str:
    """The file name of the copy of what lies in a container; it is added to those that are taken.

    表.xlsx for "附件/表.xlsx", with the folders and archives before it where that is taken: 附件-表.xlsx.
    """
    pieces = [safe_name(piece, "") for piece in re.split(r"/| » ", member)]
    path = PurePosixPath(pieces[-1] if pieces else "")
    ending = path.suffix if path.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"
    stem = pieces[-1].removesuffix(path.suffix) if path.suffix in _FORMS else pieces[-1]
    stem = stem or "表"
    longer = (safe_name("-".join([*pieces[start:-1], stem]), "表") for start in range(len(pieces) - 1, -1, -1))
    numbered = (f"{stem}({number})" for number in count(2))
    name = next(name for name in chain(longer, numbered) if folded(name + ending) not in taken)
    taken.add(folded(name + ending))
    return name + ending


def file_name(path: str) -> str:
    """The last part of a path, whichever slashes it has; of a member of a mail or archive its own name."""
    return path.replace("\\", "/").replace(" » ", "/").rpartition("/")[2]
