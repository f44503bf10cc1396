"""The figures at the top of the first page: what came in, and what the projects that count add up to. All are live."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfxl.model import STATUS_WORDS, Status
from perfxl.summary.batch import Batch
from perfxl.summary.formulas import Region, rate_of_sums
from perfxl.summary.listings import COUNTS_NOT, NOT_GRADED, NOT_LISTED, or_dash
from perfxl.summary.priorities import low_execution
from perfxl.summary.projects import BUDGET, IN_PLACE, USED
from perfxl.summary.resubmissions import DISPOSITION_WORDS, Disposition
from perfxl.summary.roster import NOT_SUBMITTED, UNREADABLE
from perfxl.summary.tables import NO_FIGURE, Live, SummaryTable, shown_ratio
from perfxl.typed.amounts import OFFICE_UNIT, percent, plain, round_half_up

_Regions = Mapping[str, Region]
CardTables = Mapping[str, SummaryTable]


@dataclass(frozen=True)
class Card:
    """One figure with its name above and a remark below."""

    label: str
    value: Live | str
    remark: Live | str
    number_format: str = "#,##0"


def file_cards(batch: Batch, regions: _Regions) -> list[Card]:
    """What came in and what became of it."""
    inbox, projects = regions["files"], regions["projects"]
    came = Counter(DISPOSITION_WORDS[Disposition(one.disposition)] for one in batch.received)
    statuses = Counter(STATUS_WORDS[p.head.status] for p in batch.portfolio.projects)

    def counted(disposition: Disposition) -> Live:
        word = DISPOSITION_WORDS[disposition]
        return Live(inbox.count_where(disposition=f'"{word}"'), came[word])

    passed, back = STATUS_WORDS[Status.ACCEPTED], STATUS_WORDS[Status.RETURNED]
    good, bad = (projects.count_where(status=quoted_text(word)) for word in (passed, back))
    judged = Live(f'"{passed} "&{good}&"　{back} "&{bad}', f"{passed} {statuses[passed]}　{back} {statuses[back]}")
    skipped = counted(Disposition.SKIPPED)
    passed_over = Live(f'"无法读取；略过 "&{skipped.formula}', f"无法读取；略过 {skipped.value}")
    return [
        Card("收到文件", Live(inbox.count("number"), len(batch.received)), f"来自 {len(batch.sources)} 处"),
        Card("采用", counted(Disposition.USED), judged),
        Card("被替代", counted(Disposition.SUPERSEDED), "同一项目另有采用件"),
        Card("重复", counted(Disposition.IDENTICAL), "内容完全相同"),
        Card("拒收", counted(Disposition.REFUSED), passed_over),
        _roster_card(batch, regions),
    ]


def _roster_card(batch: Batch, regions: _Regions) -> Card:
    if batch.roster_size is None:
        return Card("应报未报", NO_FIGURE, "未提供应报名单，未核对批复")
    roster = regions["roster"]
    used = {one.used for one in batch.standings}
    unlisted = sum(project.head.key not in used for project in batch.portfolio.projects)
    listed = roster.count_where(kind=quoted_text(NOT_LISTED))
    formula, text = f'"名单 {batch.roster_size}　不在名单 "&{listed}', f"名单 {batch.roster_size}　不在名单 {unlisted}"
    late = sum(one.late is not None for one in batch.standings)
    if late:
        formula, text = f'{formula}&"　逾期 "&{roster.count("late")}', f"{text}　逾期 {late}"
    remark = Live(formula, text)
    return Card(
        "应报未报",
        Live(
            "+".join(roster.count_where(kind=quoted_text(kind)) for kind in (UNREADABLE, NOT_SUBMITTED)),
            len(batch.missing),
        ),
        remark,
    )


def figure_cards(batch: Batch, regions: _Regions, tables: CardTables) -> list[Card]:
    """What the projects that count add up to."""
    region, projects = regions["projects"], tables["projects"]
    departments = regions["departments"]
    number = Live(region.count("number"), len(projects))
    remark = Live(f'"主管部门 "&{departments.count("number")}&" 个"', f"主管部门 {len(tables['departments'])} 个")
    cards = [Card("项目数", number, remark)]
    labels = batch.portfolio.measures
    for measure in (BUDGET, IN_PLACE, USED):
        if measure in labels:
            total = Live(region.total(measure), projects.total(measure))
            share = _share_remark(batch, measure, regions, projects)
            cards.append(Card(f"{labels[measure]}（{OFFICE_UNIT}）", total, share, "#,##0.00"))
    cards.append(_execution_card(batch, regions, projects))
    cards.append(_score_card(regions, projects))
    return cards


def _share_remark(batch: Batch, measure: str, regions: _Regions, projects: SummaryTable) -> Live | str:
    """Over how many projects an amount is, and what part of the budget it is."""
    region = regions["projects"]
    own = Live(region.count(measure), len(projects.numbers(measure)))
    if measure == BUDGET:
        left = Live(
            region.count_where(counted=quoted_text(COUNTS_NOT)), sum(p.is_left_out for p in batch.portfolio.projects)
        )
        said = f'{own.formula}&" 个项目"&IF({left.formula}=0,"","，未计入 "&({left.formula})&" 个")'
        return Live(said, f"{own.value} 个项目" + (f"，未计入 {left.value} 个" if left.value else ""))
    if measure == IN_PLACE:
        found = _weighted(batch, "in_place", regions, projects)
        shown = percent(found.value) if isinstance(found.value, Decimal) else str(found.value)
        budgets = Live(region.count(BUDGET), len(projects.numbers(BUDGET)))
        rest = int(str(budgets.value)) - int(str(own.value))
        formula = f'{own.formula}&" 个项目"&IF({budgets.formula}={own.formula},"","（"&({budgets.formula}-{own.formula})&" 个表无此项）")'
        formula += f'&"，到位率 "&TEXT({found.formula},"0.00%")'
        return Live(formula, f"{own.value} 个项目" + (f"（{rest} 个表无此项）" if rest else "") + f"，到位率 {shown}")
    key, over = _rate(batch, "execution")
    part, whole = projects.weighed(key)
    formulas = region.weighed(key, over)
    return Live(
        f'{own.formula}&" 个项目，未使用 "&TEXT({formulas[1]}-({formulas[0]}),"#,##0.00")',
        f"{own.value} 个项目，未使用 {round_half_up(whole - part, 2):,}",
    )


def _weighted(batch: Batch, rate: str, regions: _Regions, projects: SummaryTable) -> Live:
    """A rate over all projects that have one, weighted by the amounts."""
    key, over = _rate(batch, rate)
    formula = rate_of_sums(*regions["projects"].weighed(key, over))
    return Live(formula, shown_ratio(*projects.weighed(key)))


def _rate(batch: Batch, rate: str) -> tuple[str, tuple[str, str]]:
    """The column of a rate in the table of projects, and what it divides."""
    return next((f"rate{n}", found.over) for n, found in enumerate(batch.portfolio.rates) if found.key == rate)


def _execution_card(batch: Batch, regions: _Regions, projects: SummaryTable) -> Card:
    label = next((found.label for found in batch.portfolio.rates if found.key == "execution"), None)
    if label is None:
        return Card("加权执行率", NO_FIGURE, "没有执行率", "0.00%")
    key, _ = _rate(batch, "execution")
    low = low_execution(batch)
    number = sum(rate < low for rate in projects.numbers(key))
    counted = regions["projects"].count_where(**{key: quoted_text(f"<{low}")})
    shown, rated = f"低于 {plain(low * 100)}% 的", len(projects.numbers(key))
    own = regions["projects"].count(key)
    remark = Live(f'{own}&" 个项目，{shown} "&{counted}&" 个"', f"{rated} 个项目，{shown} {number} 个")
    return Card(f"加权{label}", _weighted(batch, "execution", regions, projects), remark, "0.00%")


def _score_card(regions: _Regions, projects: SummaryTable) -> Card:
    region, totals = regions["projects"], projects.numbers("total")
    spans = ",".join(region.ranges("total"))
    ungraded = Live(region.count_where(grade=quoted_text(NOT_GRADED)), list(projects.frame["grade"]).count(NOT_GRADED))
    formula = f'{region.count("total")}&" 个项目"&IF({ungraded.formula}=0,"","，未评 "&({ungraded.formula})&" 个")'
    if totals:
        formula += f'&"　最高 "&TEXT(MAX({spans}),"0.00")&"　最低 "&TEXT(MIN({spans}),"0.00")'
    said = f"{len(totals)} 个项目" + (f"，未评 {ungraded.value} 个" if ungraded.value else "")
    said += f"　最高 {max(totals):.2f}　最低 {min(totals):.2f}" if totals else ""
    remark = Live(formula, said)
    return Card("平均得分", Live(region.mean("total"), or_dash(projects.mean("total"))), remark, "0.00")


def quoted_text(word: str) -> str:
    """A word as formulas hold it."""
    return f'"{word}"'
