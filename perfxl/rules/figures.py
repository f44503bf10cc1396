"""Which figures does a report quote, and what does it call them?

A figure is recognised by its words: 预算 / 到位 / 支出 before an amount, 执行率 or 占 before a percentage, 自评得分 before points,
总体评价为 before a grade. Numbers without such words (a ranking of 101.15分, a document 1606号, a target of 10%) are none, and
neither are figures of parts, of other years, of targets or of anything else than the project: better to miss one than to
accuse a right sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from perfxl.typed.amounts import MONEY_UNITS
from perfxl.typed.wording import squeeze, squeeze_figures, without_code

SHORTEST_NAME = 4
"""Letters of a project's name that may be looked for in a text."""
LONGEST = 1000
"""A sentence of more characters is none that people write, and would take long to search."""

_SENTENCE_ENDS = re.compile(r"[。！？!?\n]")
_CLAUSE_ENDS = re.compile(r";|(?<!\d),|,(?!\d{3}(?!\d))|(?<=[元%分])、")
_WORTH_READING = re.compile(r"\d[\s万亿千百]*[元%％﹪分]|[为是次级档:：][\s\"'“”‘’＂＇]*(?:[优良中差]|较\s*差|合\s*格)")
"""What a sentence must hold to quote a figure; most sentences are then left alone."""
_BROKEN = re.compile(r"(得分|总分|评分|等次|等级|结论|支出|预算|到位|投资|率|[:：])[ \t]*\n\s*(?=[\d优良中差])")
"""A line that ends behind a label whose figure stands on the next."""
_NUMBERED = re.compile(r"^\(?[\d一二三四五六七八九十]{1,2}(?:[、)]|\.(?!\d))\)?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")

_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,13}(?:\.\d{1,6})?)"
_MONEY = r"(?P<unit>亿元|百万元|万元|千元|元)"
_AMOUNT_LINKS = (
    r"(?:资金|经费|总投资|投资|金额|总额|总数|额度|额|数|安排|批复|下达|合计|共计|总计|累计|共|人民币|为|是|达到|达|了|的|:"
    r"|\((?:万元|元|人民币)\)){0,5}"
)
_LINKS = r"(?:合计|共计|共|为|是|达到|达|完成|仅|只有|了|均|:){0,3}"
_MUCH = r"(?:实际|已|共|累计|总计?|合计|共计|资金|项目|年度?|全年|年内|当年|今年|经费|财政|日|底|末|止|形成|发生|完成|决算|单位|[厅局委院校我]|^|:|\))"
_WHOLE_FUNDS = r"(?:(?:财政)?预算资金|财政(?:资金|拨款)|项目(?:资金|经费)|专项(?:资金|经费)|款项|各项)?"
_SPENT = r"(?:支出|使用|列支|支付|拨付|开支)"

_AMOUNTS = {
    "planned": re.compile(
        rf"(?:预算|计划|(?:^|项目|工程|:)投资|(?:^|项目|工程|:|\)|年度?)总投资"
        rf"|(?:共|合计|年度?|项目|^|:)安排(?:财政|专项|项目|预算)*(?:资金|经费)){_AMOUNT_LINKS}{_NUMBER}{_MONEY}"
    ),
    "in_place": re.compile(
        rf"(?:(?:实际|已|全部|共|累计|年内|年度?|全年|资金|经费|款项?|^|:)到(?:位|账|帐)|收到(?:财政)?(?:拨款|拨付)){_WHOLE_FUNDS}{_AMOUNT_LINKS}{_NUMBER}{_MONEY}"
    ),
    "used": re.compile(
        rf"(?:{_MUCH}{_SPENT}|(?:{_MUCH}|预算)执行|{_MUCH}(?:完成总?投资|投资完成)|实际(?:支出|执行|完成)预算){_WHOLE_FUNDS}{_AMOUNT_LINKS}{_NUMBER}{_MONEY}"
    ),
}
_MONEY_AMOUNT = re.compile(rf"(?<![\d.]){_NUMBER}{_MONEY}")
_OTHER_KIND = re.compile(
    r"到[位账]|使用|列支|支付|拨付|(?:支出|执行|完成)(?!预算)|(?:支出|执行|完成)预算资金|实际(?:支出|执行|完成)预算"
)
"""Words that make 预算 before an amount doubtful: 实际到位预算资金, 使用预算资金, but not 支出预算."""

_PART_OF = (
    r"(?:(?:占比?|完成(?=(?:全年|年度|年初|总)?预算))"
    r"(?P<base>(?:本项目|项目|全年|年度|年初|总|实际|批复|计划|预算|到位|投资|资金|金额|额|数|安排){0,5})"
    r"(?:的?(?:比例|比重|比)|的)?)"
)
_SHARE = re.compile(rf"(?P<between>\D{{0,20}}?){_PART_OF}{_LINKS}{_NUMBER}%")
_RATE = re.compile(
    r"(?:(?:^|预算|资金|经费|支出|项目|总体|整体|实际|年度?|总|:|\))"
    r"(?P<execution>执行率|(?<=预算)执行进度|(?<=预算)完成率|(?<=资金)执行进度)"
    r"|(?:^|预算|资金|经费|项目|总体|整体|年度?|总|:|\))(?P<spending>(?:支出|支付)(?:率|进度))"
    r"|(?:^|预算|资金|经费|:)(?P<use>使用率)|(?:^|预算|资金|经费|款项?|实际|总|:)(?P<in_place>到[位账]率))"
    rf"{_LINKS}{_NUMBER}%(?!以上|以下|以内|左右)"
)
_SCORE = re.compile(
    r"(?:(?:^|项目|绩效|本|该|综合|评价|年度?|的|后|:|\)|次)自评(?:得分|总分|分数?|总得分|结果|得|为)"
    r"|(?:^|本|该|项目)(?:最终得分|最后得分)|(?:^|本|该|:)项目(?:得分|得)|^得分(?=[:为是\d])|(?:^|:)总分(?!值)|(?<=本)项目总分"
    r"|(?:^|项目|绩效|自评|自我|评价|综合|最终|总体|年度?|后|该|:|\))(?:评价得分|评价总分|综合评分|综合得分|总得分|总评分|最终得分))"
    rf"{_LINKS}{_NUMBER}分(?![值钟之])(?!\(?含?\)?[及]?以[上下])(?![-—~至到]\d)"
)
_ASSESSED = re.compile("等[次级]|结论|评价|自评|综合|总体")
_ITEM = re.compile(r"分值|权重|[该本此单各]项|每项|单项|满分(?!\d{3})|细则|第[一二三四五六七八九十\d]+项")
"""What a sentence says of single indicators, whose scores are not the total."""
_GRADE = re.compile(
    r"(?:总体评价|综合评价|综合评定|(?:评价|自评|绩效|评定)(?:等次|等级|结论|结果|档次)|(?:^|项目|:)(?:等次|等级))"
    r"(?:评定为|为|是|:|(?<=等次)|(?<=等级)|(?<=档次))"
    r"[\"'“”‘’]*(?P<grade>优秀|优|良好|良|中等|中|合格|较差|差)(?=$|[\"'“”‘’等级档的]|\W)"
)

_PARTS = re.compile(r"其中|包括|分别|依次|具体为|主要用于|明细|(?<!经)费用?(?:总?预算|(?:实际|累计)?支出)")
"""What follows in the sentence are parts or several figures at once."""
_ADDED_UP = re.compile(rf"(?:^|[,;])(?:合计|共计|总计){_AMOUNT_LINKS}{_NUMBER}{_MONEY}")
"""The sum of what stands before it: 项目支出98.5万元用于采购,43.5万元用于培训,合计142万元."""
_ELSEWHERE = re.compile(
    r"(?:截[至止][^,]*?(?<!\d)|(?<!\d)1月?[-—~至到])(?:[1-9]|1[01])月|上半年|季度|[本当每上]月|[本此首]次(?:支付|拨付|到位|支出|使用|列支)|历年|以前年度|(?:19|20)\d{2}年?[-—~至到](?:19|20)\d{2}|[两二三四五多]年(?:来|间)?(?:共|累计|总|合计)|上一?年|去年|前年|往年|同期|同比|次年|下年|明年"
)
"""What follows in the sentence is not the whole year of the project."""
_NOT_THE_PROJECT = re.compile(
    r"结余|结转|剩余|追加|调增|调减|增加|减少|节约|压减|核减|人均|户均|每|单价|未|"
    r"申请|申报|年初(?:预算|计划)|调整前|原(?:预算|计划)|全单位|[本我]单位(?:全年|年度|总)|单位(?:当年|年度|全年|本年)?总|目标|任务|应[当支完]|全[厅局委院校省市县]|我[省市县]|[二两三四五多]年总|三公|基本支出"
)
_PART = re.compile(
    r"合同|中标|招标|采购|标段|三公|基本支出|单位[^,]{0,10}收入|第[一二三四五六\d]+批|首批|分批|单笔|首付|中央|省级|省本级|省财政|市级|县级|区级|市县|地方|部门|配套|自筹|单位自有|[工货余尾]程?款|预付|进度款|质保金|保证金|监理|"
    r"(?:补助|补贴|奖补|奖励|补偿|救助|扶持|管护|养护|债券|彩票|工作|人员|公用|办公|运行|培训|宣传)(?:类|性)?(?:资金|经费|金)|补助(?:支出|使用|执行|支付|到位)|"
    r"(?:设备|购置|采购|材料|机械|人员|差旅|会议|培训|印刷|咨询|劳务|租赁|宣传|设计|勘察|施工|监测|印制|维修)(?:采购|购置|经费|资金|费)?"
    r"(?:预算|支出|支付|使用|列支|执行)"
)
"""A subject that is a part of the project, of its funds or of its costs."""
_NAMED_FUNDS = re.compile(
    r"[\u4e00-\u9fff](?<!项目)(?<!财政)(?<!专项)(?<!全部)(?<!年度)(?<!年内)(?<!预算)(?<!拨付)(?<!安排)(?<!批复)(?<!到位)(?<!下达)(?<!使用)(?<!支出)"
    r"(?<!支付)(?<!列支)(?<!实际)(?<!投入)(?<!累计)(?<!合计)(?<!共计)(?<!所有)(?<!计划)(?<!开支)(?<!收到)(?<!到账)(?<!落实)(?<=[\u4e00-\u9fff]{2})"
    r"(?<![的该本此总共年月日末底已以将把为了各])(?:资金|经费)"
)
"""Funds with a name of their own (办公室经费, 救灾资金) are a part of the project's."""
_WHOLE = re.compile(r"(?:本|该)?项目(?!资金)|[本全当]年|年内|合计|共计|总计|全部|总|共(?=[支使列拨到完])|我?单位")
"""A clause that begins so speaks of the whole project again."""
_RESUMES = re.compile(
    r"(?:本|该)?项目(?!资金)|[本全当]年|年内|合计|共计|总计|[已共]|累计|实际|截[至止]|资金|自评|到位|支出|支付|列支"
)
"""So begins what is said of the whole behind a list: ;已支出140万元. A part has a name of its own."""
_SEVERAL_YEARS = re.compile(
    r"分[二两三四五六多\d][年期批]|[二两三四五多\d]年(?:建设|实施|完成)|跨年度?|概算|第[一二三四]期|[一二三]期工程|规划"
)
_PAID_IN = re.compile(
    r"(?:财政|上级)(?:厅|局|所|部门)?[^,]{0,6}(?:拨付|下拨|下达)|(?:拨付|下拨)(?:到|至)(?:我|本)|[拟将]|预计|计划|尚需|还需|待|应付"
)
"""Money that others pay to the project, or that will be paid."""
_TARGETED = re.compile(r"目标|力争|确保|预期|预计|要求|不低于|以上")
_CONTEST = re.compile(
    r"整体支出|部门整体|单位整体|排名|名次|第[\d一二三四五六七八九十]+名?|考核|测评|问卷|满意度|质量|水质|空气|信用|网站|气象"
)


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure as a text quotes it.

    Attributes:
        kind: planned, in_place, used for amounts and in_place, execution, spending, use for rates by
            their names; execution, used_of_in_place, share (of an unnamed whole) for 占……%.
        words: the words with the figure.
        clause: the clause up to the figure.
        number: as typed; 0 for a grade.
        places: digits behind the point.
        unit: 元, 万元 ... for amounts, else "".
        grade: the word for the grade, else "".
        year: the year that the sentence speaks of, "" where it names none.
        beside: the other amounts of its sentence, in 元, up to the semicolons around it.
        spent: for a share (占……%), the amount that it is the share of.
    """

    kind: str
    words: str
    clause: str
    number: Decimal = Decimal(0)
    places: int = 0
    unit: str = ""
    grade: str = ""
    year: str = ""
    beside: tuple[Decimal, ...] = ()
    spent: "StatedFigure | None" = None


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause and what stands before it in its sentence.

    Attributes:
        group: what stands before it since the last semicolon.
        is_of_part: whether the clauses before it speak of a part of the project, and it does not begin with the whole.
    """

    before: str
    text: str
    behind: str
    group: str
    is_of_part: bool


@lru_cache(maxsize=2048)
def amounts_in(text: str, name: str = "") -> tuple[StatedFigure, ...]:
    """The amounts of the project that a text quotes: planned, in_place, used.

    Args:
        text: of the report.
        name: of the project, whose words (…补助资金项目) say nothing of the figures behind them.
    """
    return tuple(
        replace(_figure(kind, match, clause, match["unit"]), beside=_beside(match, clause))
        for clause in _clauses(text, name)
        for kind, match in _quoted_amounts(clause)
    )


@lru_cache(maxsize=2048)
def rates_in(text: str, name: str = "") -> tuple[StatedFigure, ...]:
    """The rates of the project that a text quotes, in percent: execution, spending, use, in_place, share."""
    return tuple(figure for clause in _clauses(text, name) for figure in _rates(clause))


@lru_cache(maxsize=2048)
def scores_in(text: str, name: str = "") -> tuple[StatedFigure, ...]:
    """The total scores of the project that a text quotes."""
    return tuple(
        _figure("score", match, clause)
        for clause in _clauses(text, name)
        for match in (_SCORE.finditer(clause.text) if "分" in clause.text else ())
        if not _CONTEST.search(clause.before + clause.text + clause.behind)
        and not _ITEM.search(clause.group + clause.text[: match.start()])
        and not _is_bare(match, clause)
        and not _is_off(clause, match, _TARGETED)
    )


def _is_bare(match: re.Match[str], clause: _Clause) -> bool:
    """Whether 得分 stands alone behind something else than grade or assessment: 资金分配合理,得分6分."""
    return match[0].startswith("得分") and bool(clause.group) and not _ASSESSED.search(clause.group)


@lru_cache(maxsize=2048)
def grades_in(text: str, name: str = "") -> tuple[StatedFigure, ...]:
    """The grades of the project that a text quotes, by their words (优, 良好, 中等 ...)."""
    return tuple(
        StatedFigure("grade", _unquoted(match[0]), clause.text, grade=match["grade"], year=_year(clause, match))
        for clause in _clauses(text, name)
        for match in _GRADE.finditer(clause.text)
        if not _CONTEST.search(clause.before + clause.text) and not _is_off(clause, match, _TARGETED)
    )


@lru_cache(maxsize=512)
def _clauses(text: str, name: str) -> tuple[_Clause, ...]:
    """The clauses of the sentences that may quote a figure, with 本项目 for the project's own name."""
    joined = _BROKEN.sub(r"\1:", text)
    sentences = [raw for raw in _SENTENCE_ENDS.split(joined) if len(raw) <= LONGEST and _WORTH_READING.search(raw)]
    own = _own_name(name)
    squeezed = [squeeze_figures(sentence).replace("::", ":") for sentence in sentences]
    return tuple(clause for one in squeezed for clause in _clauses_of(own.sub("本项目", one) if own else one))


@lru_cache(maxsize=512)
def _own_name(name: str) -> re.Pattern[str] | None:
    """The name of the project as texts say it: without code and year, with 项目 behind it or not."""
    bare = re.sub(r"^(?:19|20)\d{2}年度?|(?:项目|经费)$", "", squeeze(without_code(name)))
    bare = re.sub("项目$", "", bare)
    return (
        re.compile(rf"[\"'“”‘’《]?{re.escape(bare)}[\"'“”‘’》]?(?:项目|经费)*") if len(bare) >= SHORTEST_NAME else None
    )


def _clauses_of(sentence: str) -> Iterator[_Clause]:
    start = group = 0
    is_of_part = False
    for end in [*(match.start() for match in _CLAUSE_ENDS.finditer(sentence)), len(sentence)]:
        if start == 0 or sentence[start - 1] == ";":
            group, is_of_part = start, False
        text = _NUMBERED.sub("", sentence[start:end]) if start == group else sentence[start:end]
        is_of_part = is_of_part and not _WHOLE.match(text)
        yield _Clause(sentence[:start], text, sentence[end:], sentence[group:start], is_of_part)
        is_of_part = is_of_part or bool(_PART.search(text) or _NAMED_FUNDS.search(text))
        start = end + 1


def _quoted_amounts(clause: _Clause) -> Iterator[tuple[str, re.Match[str]]]:
    """Amounts with the kind that their words say, none where two kinds are meant."""
    for kind, pattern in _AMOUNTS.items() if "元" in clause.text else ():
        for match in pattern.finditer(clause.text):
            said = clause.text[: match.end()]
            is_part = clause.is_of_part or _PART.search(said) or _NAMED_FUNDS.search(said)
            is_other = is_part or _is_off(clause, match, _NOT_THE_PROJECT)
            if not is_other and not _is_of_other_kind(kind, match, clause) and not _is_added_up(match, clause):
                yield kind, match


def _is_of_other_kind(kind: str, match: re.Match[str], clause: _Clause) -> bool:
    """Whether words around an amount say that it is not what its own words say."""
    before = clause.text[: match.start("number")]
    if kind == "planned":
        is_long_term = "总投资" in before and _SEVERAL_YEARS.search(clause.before + clause.text + clause.behind)
        return bool(is_long_term or _OTHER_KIND.search(_since_number(before)))
    return kind == "used" and bool(_PAID_IN.search(before))


def _is_added_up(match: re.Match[str], clause: _Clause) -> bool:
    """Whether a larger sum follows before the next semicolon, of which the amount is a part."""
    rest = (clause.text[match.end() :] + clause.behind).partition(";")[0]
    sums = [_yuan(sum_) for sum_ in _ADDED_UP.finditer(rest)]
    return any(_yuan(match) < sum_ for sum_ in sums)


_MOST_BESIDE = 40
"""Amounts of a sentence that an amount may add up with; the nearest sentences of real reports have some ten."""


def _beside(match: re.Match[str], clause: _Clause) -> tuple[Decimal, ...]:
    texts = (
        clause.group + clause.text[: match.start("number")],
        clause.text[match.end() :] + clause.behind.partition(";")[0],
    )
    others = (other for text in texts for other in _MONEY_AMOUNT.finditer(text))
    return tuple(map(_yuan, islice(others, _MOST_BESIDE)))


def _yuan(match: re.Match[str]) -> Decimal:
    return _number(match["number"])[0] * MONEY_UNITS[match["unit"]]


def _since_number(text: str) -> str:
    """The text behind the last amount in it."""
    return re.split(r"\d元|[万亿]元", text)[-1]


def _rates(clause: _Clause) -> Iterator[StatedFigure]:
    for match in _RATE.finditer(clause.text) if "%" in clause.text else ():
        said = clause.text[: match.end()]
        is_other = (
            clause.is_of_part
            or _PART.search(said)
            or "应支付" in clause.group
            or _NOT_THE_PROJECT.search(clause.text[: match.start()])
        )
        if not is_other and not _is_off(clause, match, _TARGETED):
            yield _figure(_kind(match), match, clause)
    for kind, spent in _quoted_amounts(clause):
        share = _SHARE.match(clause.text[spent.end() :] + clause.behind) if kind == "used" else None
        if share and not any(words.search(share["between"]) for words in (_NOT_THE_PROJECT, _PARTS, _PART)):
            yield _share_figure(share, _figure(kind, spent, clause, spent["unit"]))


def _share_figure(share: re.Match[str], spent: StatedFigure) -> StatedFigure:
    words = share[0][len(share["between"]) :]
    kind, number = _share_of(share["base"]), _number(share["number"])
    return StatedFigure(kind, words, spent.clause, *number, year=spent.year, spent=spent)


def _unquoted(words: str) -> str:
    return re.sub("^:|[\"'“”‘’]", "", words)


def _share_of(base: str) -> str:
    """What a share is called by its base, the words between 占 and the number."""
    if "到位" in base:
        return "used_of_in_place"
    return "execution" if re.search("预算|计划|投资", base) else "share"


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind in ("execution", "spending", "use", "in_place") if match[kind])


def _figure(kind: str, match: re.Match[str], clause: _Clause, unit: str = "") -> StatedFigure:
    words, before = match[0].lstrip(":)"), clause.text[: match.end()]
    return StatedFigure(kind, words, before, *_number(match["number"]), unit, year=_year(clause, match))


def _number(text: str) -> tuple[Decimal, int]:
    return Decimal(text.replace(",", "")), len(text.partition(".")[2])


def _is_off(clause: _Clause, match: re.Match[str], words: re.Pattern[str]) -> bool:
    """Whether the sentence has turned to something else before the figure, or the clause speaks of something else."""
    said = clause.text[: match.end()]
    before = clause.before + said
    # behind a semicolon the parts are over where the clause begins with the whole
    listed = clause.group + said if _RESUMES.match(clause.group + clause.text) else before
    return bool(_PARTS.search(listed) or _ELSEWHERE.search(before) or words.search(said))


def _year(clause: _Clause, match: re.Match[str]) -> str:
    years = _YEAR.findall(clause.before + clause.text[: match.end()])
    return years[-1] if years else ""
