"""What a scheme gets: which rules look at its forms and which do not, which figures are computed, which columns it fills.

A scheme is one TOML file and may leave out anything; whatever is off for that reason is said here, with the reason.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from perfxl.rules.declare import RULES, Rule, has_blocks, lacks_threshold
from perfxl.schemes import load_scheme, scheme_names
from perfxl.schemes.keys import KNOWN_KEYS, near_names, paths_of
from perfxl.schemes.spec import Scheme
from perfxl.system.outfile import written_whole
from perfxl.typed.amounts import plain

RESULTS_OF: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("总分", ("indicators.score",)),
    ("等次", ("indicators.score",)),
    ("评价人员平均分", ("reviewers.score",)),
    ("各目标等次", ("targets.excellent", "targets.actual")),
)
"""A result and the names that it needs."""


@dataclass(frozen=True)
class Offered:
    """Something that a scheme gets or does not get; `why` is empty where it does."""

    name: str
    why: str = ""


def rules_of(scheme: Scheme) -> Iterator[tuple[Rule, str]]:
    """Every rule that looks at forms, and why it is off for a scheme, "" where it is on."""
    has = paths_of(scheme)
    for entry in (RULES[code] for code in sorted(RULES)):
        if entry.check is None:
            continue
        if not has_blocks(entry, scheme):
            yield entry, f"没有 {'、'.join(name for name in entry.reads if name not in has)}"
        elif lacks_threshold(entry, scheme):
            yield entry, f"[thresholds] 没有 {entry.threshold}"
        else:
            yield entry, ""


def _results_of(scheme: Scheme) -> Iterator[Offered]:
    """The computed figures that a form of a scheme gets."""
    has = paths_of(scheme)
    for rate in scheme.rates:
        yield Offered(rate.label)
    if not scheme.rates:
        yield Offered("预算执行率等比率", "没有 [[rates]]")
    for name, needs in RESULTS_OF:
        lacking = [need for need in needs if need not in has]
        if not lacking and name == "等次" and not scheme.grades:
            lacking = ["grades"]
        if not lacking and name in ("总分", "等次") and not scheme.full_score:
            lacking = ["full_score"]
        yield Offered(name, f"没有 {'、'.join(lacking)}" if lacking else "")
    yield Offered("预算执行率得分", "" if scheme.execution else "没有 [execution]")
    sides = ("indicators.target", "indicators.actual", "indicators.weight")
    lacking = [name for name in sides if name not in has] + ([] if scheme.computing else ["[computing]"])
    yield Offered("按公式核算各指标得分", f"没有 {'、'.join(lacking)}" if lacking else "")


def columns_of_summary(scheme: Scheme) -> Iterator[Offered]:
    """The columns and sheets of the summary that forms of a scheme fill."""
    has = paths_of(scheme)
    for name, path in (
        ("项目名称", "basic.project_name"),
        ("实施单位", "basic.unit"),
        ("主管部门（及部门汇总）", "basic.department"),
        ("年度", "basic.year"),
    ):
        yield Offered(name, "" if path in has else f"没有 {path}")
    yield Offered("预算、支出等金额", "" if scheme.rates else "没有 [[rates]]：不知道哪一栏是预算，哪一栏是支出")
    yield Offered("总分、等次、一级指标得分", "" if scheme.is_scored else "这种表不打分")
    yield Offered("指标得分表或明细", "" if "indicators" in scheme.tables else "没有 indicators 表")
    yield Offered("绩效目标表", "" if "targets" in scheme.tables else "没有 targets 表")
    yield Offered("资金汇总表", "" if scheme.matrices else "没有金额表（matrix）")


def coverage(scheme: Scheme) -> str:
    """What a scheme gets, for a terminal."""
    lines: list[str] = []
    rules = list(rules_of(scheme))
    on = [entry.code for entry, why in rules if not why]
    lines += [f"检查：适用 {len(on)} 条规则：{'、'.join(on)}"]
    off = {why: [f"{entry.code} {entry.title}" for entry, other in rules if other == why] for _, why in rules if why}
    lines += [f"  {why}，因此不检查：{'、'.join(titles)}" for why, titles in off.items()]
    for head, offered in (("结果", list(_results_of(scheme))), ("汇总表", list(columns_of_summary(scheme)))):
        lines.append(f"{head}：有 {'、'.join(one.name for one in offered if not one.why) or '（无）'}")
        lines += [f"  没有 {one.name}：{one.why}" for one in offered if one.why]
    near = list(near_names(scheme))
    if near:
        lines.append("请确认名称：")
        lines += [
            f"  “{one.path}”是否就是 {one.meant.path}（{one.why}）？改名后得到：{one.meant.gives}" for one in near
        ]
    return "\n".join(lines)


# -- the page ---------------------------------------------------------------------------------------------------------

_HEAD = """# 评价方案用到的名称

这一页由 `python -m perfxl.rules.coverage docs/schemes.md` 生成，请勿手改。

一种评价表是一个 TOML 文件。栏目的名称（`key`）可以随意取：读取、回写、数据文件、汇总都照样进行。只有下列名称，程序知道它们的含义，
并因此多做一些事。`perfxl schemes 方案.toml` 列出一个方案得到什么、没有得到什么、为什么；名称与下表相近而不同的，会询问。
"""


def coverage_page() -> str:
    """The page of all known names, thresholds and what each shipped scheme gets (Markdown)."""
    parts = [_HEAD, "## 名称", "", "| 名称 | 表上常见的栏目 | 有了它 | 用到它的规则 |", "|---|---|---|---|"]
    for known in KNOWN_KEYS:
        codes = [code for code, entry in sorted(RULES.items()) if known.path in entry.reads]
        parts.append(f"| `{known.path}` | {'、'.join(known.labels)} | {known.gives} | {'、'.join(codes)} |")
    parts += [
        "",
        "## 阈值",
        "",
        "没有写的阈值，用到它的规则就不检查。",
        "",
        "| 名称 | 规则 | 随附方案的取值 |",
        "|---|---|---|",
    ]
    schemes = [load_scheme(name) for name in scheme_names()]
    for name in dict.fromkeys(entry.threshold for _, entry in sorted(RULES.items()) if entry.threshold):
        codes = [code for code, entry in sorted(RULES.items()) if entry.threshold == name]
        values = [f"{s.id}：{plain(s.threshold(name))}" for s in schemes if name in s.thresholds]
        parts.append(f"| `{name}` | {'、'.join(codes)} | {'；'.join(values)} |")
    parts += ["", "## 随附的方案"]
    for scheme in schemes:
        parts += ["", f"### {scheme.id}（{scheme.title}，{scheme.edition}）", "", f"来源：{scheme.source}", ""]
        parts += ["```text", coverage(scheme), "```"]
    return "\n".join(parts) + "\n"


def write_page(arguments: list[str]) -> None:
    """Writes the page to the file that is named."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m perfxl.rules.coverage docs/schemes.md")
    with written_whole(Path(arguments[0])) as temporary:
        temporary.write_text(coverage_page(), "utf-8", newline="\n")


if __name__ == "__main__":
    import perfxl.rules  # noqa: F401  (declares all rules)

    write_page(sys.argv[1:])
