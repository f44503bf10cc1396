"""Drafts of the letters with which forms go out: one for each unit, with its own forms alone, to be looked at and sent.

The address comes from the list; where that has none, the draft has no receiver.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from hashlib import sha256
from pathlib import Path, PurePosixPath
from string import Template

from perfxl.distribution.places import NO_UNIT
from perfxl.office.approved import ApprovedProject
from perfxl.system.names import safe_name
from perfxl.typed.wording import name_key

FOLDER = "邮件草稿"
SUBJECT = Template("请填报项目支出绩效评价表：$unit（$count 个项目）")
BODY = Template(
    """$unit：

现将下列项目的绩效评价表发给你们（见附件，共 $count 份）：

$projects

表中浅蓝色单元格是预算批复的内容，已经填好并锁定，请不要修改；其余各栏请据实填写。填写后查看“填报说明”中的“自查”，全部显示“通过”后，以“.xlsx”格式保存$until报送。
"""
)
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
DIGEST = "X-Perfxl-Digest"
"""By which a draft that nobody has changed is known."""
_LINE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def drafts(projects: Sequence[ApprovedProject], places: Mapping[str, PurePosixPath], folder: Path) -> dict[str, bytes]:
    """The drafts by file name; the forms must lie in the folder already.

    Raises:
        OSError: a form cannot be read.
    """
    units: dict[tuple[str, str, str], list[ApprovedProject]] = defaultdict(list)
    for one in projects:
        units[name_key(one.department), name_key(one.unit), one.mail].append(one)
    found: dict[str, bytes] = {}
    for own in units.values():
        name = safe_name(f"{own[0].department}-{own[0].unit or NO_UNIT}", NO_UNIT)
        names = (name, *(f"{name}({number})" for number in range(2, len(units) + 2)))
        free = next(name for name in names if f"{name}.eml" not in found)
        found[f"{free}.eml"] = _draft(own, places, folder)
    return found


def _draft(projects: Sequence[ApprovedProject], places: Mapping[str, PurePosixPath], folder: Path) -> bytes:
    """The letter to one unit, the same bytes for the same forms."""
    unit = projects[0].unit or projects[0].department or NO_UNIT
    days = sorted({one.deadline for one in projects if one.deadline})
    until = f"，于 {days[0]} 前" if len(days) == 1 else ""
    values = {
        "unit": _line(unit),
        "count": str(len(projects)),
        "projects": "\n".join(_item(number, one, len(days) > 1) for number, one in enumerate(projects, 1)),
        "until": until,
    }
    letter = EmailMessage(policy=policy.SMTP)
    letter["X-Unsent"] = "1"
    letter["Subject"] = SUBJECT.substitute(values)
    if projects[0].mail:
        letter["To"] = projects[0].mail
    letter.set_content(BODY.substitute(values), charset="utf-8", cte="base64")
    for one in projects:
        place = places[one.id]
        letter.add_attachment((folder / place).read_bytes(), *XLSX, filename=place.name)
    letter.set_boundary(f"perfxl-{sha256(letter.get_content_type().encode() + repr(values).encode()).hexdigest()[:32]}")
    letter[DIGEST] = _digest(letter.as_bytes())
    return letter.as_bytes()


def _item(number: int, project: ApprovedProject, dated: bool) -> str:
    until = f"，{project.deadline} 前报送" if dated and project.deadline else ""
    return f"{number}. {_line(project.title)}{until}"


def _line(text: str) -> str:
    """A text in one line."""
    return _LINE.sub(" ", text).strip()


def is_untouched(path: Path) -> bool:
    """Whether a draft is as it was written."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    stated = str(BytesHeaderParser(policy=policy.SMTP).parsebytes(data).get(DIGEST, "")).strip()
    own = b"".join(line for line in data.splitlines(keepends=True) if not line.startswith(DIGEST.encode()))
    return bool(stated) and _digest(own) == stated


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:40]  # one that fits into the line of its header
