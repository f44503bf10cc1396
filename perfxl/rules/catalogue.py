"""The catalogue of rules as people read it: docs/rules.md, the page of one rule, the listing in a terminal.

`python -m perfxl.rules.catalogue docs/rules.md` writes the document. Everything comes from the declarations.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from perfxl.model import SEVERITY_WORDS
from perfxl.rules import RULES, Rule
from perfxl.schemes import load_scheme, scheme_names
from perfxl.system.outfile import written_whole
from perfxl.typed.amounts import plain

FAMILIES = {
    "FL": "文件",
    "ST": "表格的结构与读数",
    "SG": "所见与所计",
    "BA": "基本信息",
    "FD": "资金",
    "IN": "指标与分值",
    "PT": "得分与等次",
    "TG": "绩效目标与标准",
    "TX": "评价报告与表格的核对",
    "LS": "与批复清单核对",
    "LG": "与账核对",
    "LY": "与上年比较",
    "XF": "多个文件之间",
}
"""The families in the order in which a file meets them."""

_FORM = "表格自身的勾稽关系"

_INTRODUCTION = """\
# 规则目录

由 `python -m perfxl.rules.catalogue docs/rules.md` 根据程序中的规则声明生成，请勿手工修改。

严重程度：**错误**须由填报单位更正；**警告**由评审人员判断；**提示**供了解，无须处理。
代码一经使用不再改作他用。一处错误只报一次：单元格空白或读不出来时，用到它的其他规则不再报告。
"""


def rules_by_family() -> Iterator[tuple[str, list[Rule]]]:
    """Each family's name with its rules in the order of the codes."""
    order = list(FAMILIES)
    rules = sorted(RULES.values(), key=lambda rule: (order.index(rule.code[:2]), rule.code))
    for family, members in groupby(rules, key=lambda rule: rule.code[:2]):
        yield f"{family} {FAMILIES[family]}", list(members)


def catalogue() -> str:
    """The whole catalogue as Markdown."""
    parts = [_INTRODUCTION]
    families = list(rules_by_family())
    for name, members in families:
        table = [f"| [{rule.code}](#{rule.code.lower()}) | {_marked(rule)} |" for rule in members]
        parts.append("\n".join([f"## {name}\n", "| 代码 | 程度 | 标题 |", "|---|---|---|", *table, ""]))
        parts.extend(_section(rule) for rule in members)
    return "\n".join(parts)


def _marked(rule: Rule) -> str:
    return f"{SEVERITY_WORDS[rule.severity]} | {_escaped(rule.title)}"


def _section(rule: Rule) -> str:
    entries = [f"* **{name}**：{_escaped(text)}" for name, text in _entries(rule)]
    heading = f'<a id="{rule.code.lower()}"></a>\n\n### {rule.code} {_escaped(rule.title)}'
    return "\n".join([heading, "", f"{SEVERITY_WORDS[rule.severity]} · `{rule.slug}`", "", *entries, ""])


def _escaped(text: str) -> str:
    """A text that Markdown shows as it stands."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", text)


def catalogue_page(code: str) -> str:
    """The page of one rule for a terminal.

    Raises:
        KeyError: there is no such code.
    """
    rule = RULES[code]
    head = f"{rule.code} {rule.title}\n{SEVERITY_WORDS[rule.severity]} · {rule.slug}"
    return "\n\n".join([head, *(f"{name}：\n  {text}" for name, text in _entries(rule))])


def _entries(rule: Rule) -> Iterator[tuple[str, str]]:
    """The headings of a rule's page with their texts."""
    yield "查什么", rule.what
    yield "为什么", rule.why
    yield "例", rule.example
    yield "怎样改", rule.fix
    yield "来源", _FORM if rule.source == "form" else rule.source
    if rule.opens:
        yield "影响", "该单元格的数不能作为最后结果，更正之前不计入等次、平均分和排名"
    if rule.threshold:
        yield "阈值", f"{rule.threshold}，在评价方案文件的 [thresholds] 中设定；{'；'.join(_values(rule.threshold))}"


def _values(name: str) -> Iterator[str]:
    """What the shipped schemes set a threshold to, and from where they have it."""
    for scheme in map(load_scheme, scheme_names()):
        if name in scheme.thresholds:
            threshold = scheme.thresholds[name]
            yield f"{scheme.id} 为 {plain(threshold.value)}（{threshold.source}）"


# -- the listing in a terminal ----------------------------------------------------------------------------------------


def listing(width: int) -> str:
    """All rules, one a line no wider than so many columns: code, severity, title and what the rule looks at."""
    room = max(terminal_columns(rule.title) for rule in RULES.values())
    lines: list[str] = []
    for name, members in rules_by_family():
        lines += ["", shortened(name, width)]
        for rule in members:
            title = rule.title + " " * (room - terminal_columns(rule.title))
            line = f"  {rule.code}  {SEVERITY_WORDS[rule.severity]}  {title}  {rule.what}"
            lines.append(shortened(line, width).rstrip())
    return "\n".join([*lines[1:], "", shortened("查看一条规则的说明：perfxl rules 代码", width)])


def terminal_columns(text: str) -> int:
    """How many columns a text takes in a terminal; Chinese characters and full-width marks take two."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def shortened(text: str, width: int) -> str:
    """The text in at most so many columns, with … where something is left out."""
    if terminal_columns(text) <= width:
        return text
    taken, kept = 1, ""
    for letter in text:
        taken += _columns(letter)
        if taken > width:
            break
        kept += letter
    return f"{kept}…" if width > 0 else ""


def write_catalogue(arguments: list[str]) -> None:
    """Writes the catalogue to the file that is named."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m perfxl.rules.catalogue docs/rules.md")
    with written_whole(Path(arguments[0])) as temporary:
        temporary.write_text(catalogue(), "utf-8", newline="\n")


if __name__ == "__main__":
    write_catalogue(sys.argv[1:])
