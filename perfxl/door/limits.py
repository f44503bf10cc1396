"""How large may a workbook be that arrives by mail, and who says stop?

The limits keep one file from filling the memory or the day of the machine that reads a thousand. Each stands far above
what real forms hold: a template of 258,000 styled cells, thousands of damaged names left by copying, and scanned
receipts as pictures all pass. `Tally` counts and refuses at the first count beyond its limit.
"""

from dataclasses import dataclass, field, fields
from typing import cast

from perfxl.door.refusals import over

MIB = 1024 * 1024


def _limit(value: int, title: str) -> int:
    """A limit with the Chinese name under which a refusal speaks of it."""
    return field(default=value, metadata={"title": title})


@dataclass(frozen=True)
class Limits:
    """What a file may hold. Counts are sums over the workbook unless the comment says otherwise."""

    file_bytes: int = _limit(64 * MIB, "文件大小（字节）")
    """Mail servers stop at 50 MB."""

    entries: int = _limit(10_000, "压缩包内的文件数")
    """A workbook with a thousand pictures and three hundred sheets has some two thousand."""

    containers: int = _limit(4, "压缩包和邮件一层套一层的层数")
    """A form in an archive in a forwarded mail in a mailbox."""

    part_bytes: int = _limit(96 * MIB, "单个部件解压后的大小（字节）")
    """A million cells take 40 to 60 MB of XML; a part is held in memory once while it is checked."""

    total_bytes: int = _limit(256 * MIB, "解压后的总大小（字节）")
    """Every part is unpacked once to compare its checksum: at most two seconds."""

    ratio: int = _limit(300, "单个部件的压缩倍数")
    """Sheets of nothing but styled blanks shrink 20 to 60 times; only XML parts above 1 MiB are held to it, as a white
    bitmap shrinks a thousand times."""

    sheets: int = _limit(1_000, "工作表数")
    """A book that collects every office of a province has some hundreds."""

    cells: int = _limit(1_000_000, "单元格数")
    """Written cells, styled blanks included; forms with 258,000 exist."""

    box: int = _limit(3_000_000, "数据区域（最末行×最末列）的单元格数")
    """The fast reader makes a dense grid from A1 to the last value: 40 bytes a place,
    and twice that as a table. A value in the last row of one or two columns passes."""

    text: int = _limit(100_000, "一个单元格的字符数")
    """For each single text; Excel itself stops at 32,767 characters, other writers do not."""

    total_text: int = _limit(32_000_000, "单元格文字的总字符数")
    """A string stored once may be shown in every cell; the reader makes a copy for each."""

    strings: int = _limit(1_000_000, "共享字符串数")
    """No more different texts than cells."""

    merges: int = _limit(100_000, "合并单元格数")
    """Four times more than a form of 25,000 rows with one merged range in each."""

    merged_area: int = _limit(4_000_000, "合并区域覆盖的单元格数")
    """Some whole columns may be merged by mistake, the whole sheet (17 thousand million places) may not."""

    linked_area: int = _limit(4_000_000, "超链接或公式引用区域的单元格数")
    """Readers walk such areas place by place; a whole column passes."""

    names: int = _limit(100_000, "定义的名称数")
    """Books copied for years hold tens of thousands of dead names."""

    styles: int = _limit(300_000, "样式数")
    """Excel allows 65,490 formats, as many style names, and each is stored twice."""

    comments: int = _limit(50_000, "批注数")
    comment_text: int = _limit(10_000_000, "批注的总字符数")
    """Two hundred characters for each of the comments allowed."""

    validations: int = _limit(100_000, "数据验证数")
    conditions: int = _limit(100_000, "条件格式数")
    hyperlinks: int = _limit(100_000, "超链接数")
    """Excel stops at 65,530 links a sheet; the other two are far rarer."""

    elements: int = _limit(10_000_000, "一个部件的 XML 元素数")
    """For each part: a million cells with formulas and values are four million elements."""

    tree: int = _limit(1_000_000, "整体读入的部件的 XML 元素和属性数")
    """For a part that is not read row by row, such as the styles: its tree takes some 200 bytes for each."""

    attributes: int = _limit(500, "一个 XML 元素的属性数")
    """For each element; the richest in the standard have some forty, and the fast reader compares each with each."""

    tag: int = _limit(MIB, "一个 XML 标签的长度（字节）")
    """For each tag: the longest real ones list the cells of a validation, some kilobytes."""

    depth: int = _limit(100, "XML 元素的层数")
    """Sheets are 8 deep, drawings below 40; XML libraries stop at 256."""


TITLES = {limit.name: cast(str, limit.metadata["title"]) for limit in fields(Limits)}


class Tally:
    """Counts what a workbook holds and refuses it as soon as one count passes its limit (FL04)."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._allowed: dict[str, int] = vars(limits)
        self._counts = dict.fromkeys(self._allowed, 0)

    def add(self, what: str, amount: int = 1, where: str = "") -> None:
        """Adds to a count, which is the name of a field of `Limits`; `where` is a sheet or a part."""
        self._counts[what] = count = self._counts[what] + amount
        if count > self._allowed[what]:
            raise over(TITLES[what], count, self._allowed[what], where)

    def hold(self, what: str, amount: int, where: str = "") -> None:
        """Refuses a single figure that is beyond its limit."""
        if amount > self._allowed[what]:
            raise over(TITLES[what], amount, self._allowed[what], where)
