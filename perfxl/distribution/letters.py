"""Drafts of the letters with which forms go out: one for each unit, with its own forms alone, to be looked at and sent.

The address comes from the list; where that has none, the draft has no receiver.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from string import Template

from perfxl.distribution.places import NO_UNIT
from perfxl.office.approved import ApprovedProject
from perfxl.system.letters import mail_draft, one_line
from perfxl.system.names import safe_name
from perfxl.typed.wording import name_key

FOLDER = "邮件草稿"
SUBJECT = Template("请填报项目支出绩效评价表：$unit（$count 个项目）")
_BODY = Template(
    """$unit：

现将下列项目的绩效评价表发给你们（见附件，共 $count 份）：

$projects

表中浅蓝色单元格是预算批复的内容，已经填好并锁定，请不要修改；其余各栏请据实填写。填写后查看“填报说明”中的“自查”，全部显示“通过”后，以“.xlsx”格式保存$until报送。
"""
)


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
        "unit": one_line(unit),
        "count": str(len(projects)),
        "projects": "\n".join(_item(number, one, len(days) > 1) for number, one in enumerate(projects, 1)),
        "until": until,
    }
    forms = [(places[one.id].name, (folder / places[one.id]).read_bytes()) for one in projects]
    return mail_draft(SUBJECT.substitute(values), _BODY.substitute(values), projects[0].mail, forms)


def _item(number: int, project: ApprovedProject, dated: bool) -> str:
    until = f"，{project.deadline} 前报送" if dated and project.deadline else ""
    return f"{number}. {one_line(project.title)}{until}"
