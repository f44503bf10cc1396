"""What do the letters say? Plain text by templates that the office can change. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Template

from perfxl.dialogue.remarks import Standing, standing_of
from perfxl.errors import UsageError
from perfxl.model import STATUS_WORDS, Finding, Severity, Status
from perfxl.rules import RULES

RETURNED_FILE, REFUSED_FILE, CHASING_FILE = "退回.txt", "拒收.txt", "催报.txt"
SUBJECT_MARK = "主题："
TEMPLATES: Mapping[str, str] = {
    RETURNED_FILE: """主题：请更正项目支出绩效评价表：$unit（$count 个项目）
$unit：

你单位报送的项目支出绩效评价表已经审核，下列 $count 个项目需要更正或说明，审核副本见附件。

$projects

办理方法：
1. 打开附件，看“审核结果”表；点“单元格”一栏可转到该处。
2. “须更正”的，在附件中直接改正；确有原因不能改的，在“审核结果”的绿色一栏“单位说明”写明。
3. “可说明”的，有误则改正，无误则在“单位说明”写明原因。黄色各栏由财政部门填写，请不要填。
4. 改好后存盘，$deadline把附件原样发回，不必另填新表。

谢谢配合。
""",
    REFUSED_FILE: """主题：报送的文件无法读取：$file
你好：

报送的文件“$file”没有能够读取，未计入汇总，原因如下：

$projects

请按上面的办法处理，$deadline重新报送。谢谢配合。
""",
    CHASING_FILE: """主题：请报送项目支出绩效评价表：$unit（$count 个项目）
$unit：

按项目清单，下列 $count 个项目的绩效评价表尚未收到：

$projects

请$deadline报送。已经报送的，请告知报送时间和文件名称，以便查找。

谢谢配合。
""",
}
"""The letters by the file that holds them: subject in the first line, then the text."""
PLACEHOLDERS = ("unit", "count", "projects", "deadline", "file")
MOST_LISTED = 30
"""Findings of a project that a letter lists; the copy has all."""


@dataclass(frozen=True)
class Returned:
    """A project that goes back: its name, status and findings; whether its copy is attached, by how many days it came late."""

    name: str
    status: Status
    findings: Sequence[Finding]
    is_attached: bool = True
    late: int | None = None


def words(template: str, source: str, /, **values: str) -> tuple[str, str]:
    """Subject and text of a letter.

    Args:
        template: as its file has it.
        source: the name of that file, for people.
        values: what stands for the placeholders.

    Raises:
        UsageError: the template has no subject, or a placeholder that is none.
    """
    try:
        filled = Template(template).substitute({**dict.fromkeys(PLACEHOLDERS, ""), **values})
    except (KeyError, ValueError) as error:
        known = "、".join(f"${name}" for name in PLACEHOLDERS)
        raise UsageError(
            f"信函模板“{source}”里有不认识的“$”项（{error}）；可用的有 {known}，美元号本身写作 $$"
        ) from error
    first, _, body = filled.lstrip("\ufeff").partition("\n")
    if not first.startswith(SUBJECT_MARK):
        raise UsageError(f"信函模板“{source}”的第一行应以“{SUBJECT_MARK}”开头")
    return first.removeprefix(SUBJECT_MARK).strip(), body.strip("\n") + "\n"


def until(deadline: date | None) -> str:
    """By when, as it stands in a sentence."""
    return f"于 {deadline.year} 年 {deadline.month} 月 {deadline.day} 日前" if deadline else "尽快"


def listed(projects: Sequence[Returned]) -> str:
    """The projects with what must be corrected and what may be explained."""
    return "\n\n".join("\n".join(_project(number, one)) for number, one in enumerate(projects, 1))


def _project(number: int, one: Returned) -> Iterator[str]:
    pending = one.status is Status.ACCEPTED
    late = f"，报送逾期 {one.late} 天" if one.late else ""
    yield f"{number}. {one.name}（{'待核' if pending else STATUS_WORDS[one.status]}{late}）"
    if not one.is_attached:
        yield "   （这一份没有附件，副本请向财政部门索取）"
    for title, severity in (("须更正", Severity.ERROR), ("可说明", Severity.WARNING)):
        found = [own for own in one.findings if own.severity is severity and not own.settled]
        if found:
            yield f"   {title}（{len(found)} 条）："
            yield from (f"   · {line}" for line in map(sentence, found[:MOST_LISTED]))
        if len(found) > MOST_LISTED:
            yield f"   · 另有 {len(found) - MOST_LISTED} 条，见附件的“审核结果”"


def sentence(found: Finding) -> str:
    """A finding in one line, without the reviewer's name and what the office's books say."""
    place = " ".join(filter(None, (found.sheet, found.cell)))
    is_of_books = found.code.startswith("LG")
    message = RULES[found.code].title if is_of_books and found.code in RULES else found.message
    parts = [f"{place}：{message}" if place else message]
    parts += [f"办法：{found.fix}" if found.fix else ""]
    if standing_of(found) in (Standing.MORE, Standing.REJECTED):
        parts.append("财政部门意见：" + "，".join(filter(None, (found.verdict, found.note))))
    return "；".join(part.rstrip("。；") for part in parts if part) + "。"
