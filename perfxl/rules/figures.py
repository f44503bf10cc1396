"""Which figures does a report quote, and what does it call them?

A figure is recognised by its words: 预算 / 到位 / 支出 before an amount, 执行率 or 占 before a percentage, 自评得分 before points,
总体评价为 before a grade. Numbers without such words (a ranking of 101.15分, a document 1606号, a target of 10%) are none, and
neither are figures of parts, of other years, of targets or of anything else than the project: better to miss one than to
accuse a right sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from perfxl.typed.wording import squeeze_figures

LONGEST = 1000
"""A sentence of more characters is none that people write, and would take long to search."""

_SENTENCE_ENDS = re.compile(r"[。！？!?\n]")
_CLAUSE_ENDS = re.compile(r";|(?<!\d),|,(?!\d{3}(?!\d))|(?<=[元%分])、")
_WORTH_READING = re.compile(r"\d[\s万亿千百]*[元%％﹪分]|[为是次:：][\s\"'“”‘’＂＇]*(?:[优良中差]|较\s*差|合\s*格)")
"""What a sentence must hold to quote a figure; most sentences are then left alone."""
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")

_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?|\d{1,13}(?:\.\d{1,6})?)"
_MONEY = r"(?P<unit>亿元|百万元|万元|千元|元)"
_AMOUNT_LINKS = (
    r"(?:资金|经费|总投资|投资|金额|总额|总数|额度|额|数|安排|批复|下达|合计|共计|总计|累计|共|人民币|为|是|达到|达|了|的|:"
    r"|\((?:万元|元|人民币)\)){0,5}"
)
_LINKS = r"(?:合计|共计|共|为|是|达到|达|完成|仅|只有|了|均|:){0,3}"
_MUCH = r"(?:实际|已|共|累计|总|资金|项目|年度?|全年|经费|财政|日|底|末|^|:|\))"

_AMOUNTS = {
    "planned": re.compile(rf"(?:预算|计划|(?:^|项目|工程|:)投资){_AMOUNT_LINKS}{_NUMBER}{_MONEY}"),
    "in_place": re.compile(rf"(?:实际|已|全部|共|累计|资金|经费|款项?|^|:)到位{_AMOUNT_LINKS}{_NUMBER}{_MONEY}"),
    "used": re.compile(rf"(?:{_MUCH}(?:支出|使用)|(?:{_MUCH}|预算)执行){_AMOUNT_LINKS}{_NUMBER}{_MONEY}"),
}
_OTHER_KIND = re.compile(r"到位|(?:支出|使用|执行|完成)(?!预算)")
"""Words that make 预算 before an amount doubtful: 实际到位预算资金."""

_PART_OF = (
    r"(?:(?:占比?|完成(?=(?:全年|年度|年初|总)?预算))"
    r"(?P<base>(?:本项目|项目|全年|年度|年初|总|实际|批复|计划|预算|到位|投资|资金|金额|额|数|安排){0,5})"
    r"(?:的?(?:比例|比重|比)|的)?)"
)
_SHARE = re.compile(rf"(?P<between>\D{{0,20}}?){_PART_OF}{_LINKS}{_NUMBER}%")
_RATE = re.compile(
    r"(?:(?:^|预算|资金|经费|支出|项目|总体|整体|年度?|总|:|\))"
    r"(?P<execution>执行率|(?<=预算)执行进度|(?<=预算)完成率|(?<=资金)执行进度)"
    r"|(?:^|预算|资金|经费|项目|总体|整体|年度?|总|:|\))(?P<spending>(?:支出|支付)(?:率|进度))"
    r"|(?:^|预算|资金|经费|:)(?P<use>使用率)|(?:^|预算|资金|经费|:)(?P<in_place>到位率))"
    rf"{_LINKS}{_NUMBER}%(?!以上|以下|以内|左右)"
)
_SCORE = re.compile(
    r"(?<!指标)(?:自评得分|自评总分|自评分|最终得分|最后得分|(?:^|本|该|:)项目得分"
    r"|(?:^|项目|绩效|自评|评价|综合|最终|总体|年度?|后|该|:|\))(?:评价得分|评价总分|综合评分|综合得分|总得分|总评分))"
    rf"{_LINKS}{_NUMBER}分(?![值钟之])"
)
_GRADE = re.compile(
    r"(?:总体评价|综合评价|综合评定|(?:评价|自评|绩效|评定)(?:等次|等级|结论|结果)|(?:^|项目|:)(?:等次|等级))"
    r"(?:评定为|为|是|:|(?<=等次))"
    r"[\"'“”‘’]*(?P<grade>优秀|优|良好|良|中等|中|合格|较差|差)(?=$|[\"'“”‘’等级档的]|\W)"
)

_PARTS = re.compile(r"其中|包括|分别|依次|具体为|主要用于|明细|(?<!经)费用?(?:总?预算|(?:实际|累计)?支出)")
"""What follows in the sentence are parts or several figures at once."""
_ADDED_UP = re.compile(r"(?:^|[,;])(?:合计|共计|总计)\d")
"""Before it stand parts: 项目支出98.5万元用于采购,43.5万元用于培训,合计142万元."""
_ELSEWHERE = re.compile(
    r"(?:截[至止][^,]*?(?<!\d)|(?<!\d)1月?[-—~至到])(?:[1-9]|1[01])月|上半年|季度|上年|去年|往年|同期|同比|次年|下年|明年"
)
"""What follows in the sentence is not the whole year of the project."""
_NOT_THE_PROJECT = re.compile(
    r"合同|中标|招标|采购|结余|结转|剩余|追加|调增|调减|增加|减少|节约|压减|核减|人均|每|单价|部门|配套|自筹|中央|省级|省本级|省财政|市县|地方|未|"
    r"申请|申报|年初(?:预算|计划)|调整前|原(?:预算|计划)|全单位|[本我]单位(?:全年|年度|总)|单位总|全[厅局委院校省市县]|我[省市县]|[二两三四五多]年总|三公|基本支出"
)
_TARGETED = re.compile(r"目标|力争|确保|预期|预计|要求|不低于|以上")
_CONTEST = re.compile(r"排名|名次|第[\d一二三四五六七八九十]+名?|考核|测评|问卷|满意度|质量|水质|空气|信用|网站|气象")


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
    spent: "StatedFigure | None" = None


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause and what stands before it in its sentence."""

    before: str
    text: str
    behind: str


@lru_cache(maxsize=2048)
def amounts_in(text: str) -> tuple[StatedFigure, ...]:
    """The amounts of the project that a text quotes: planned, in_place, used."""
    return tuple(
        _figure(kind, match, clause, match["unit"])
        for clause in _clauses(text)
        for kind, match in _quoted_amounts(clause)
    )


@lru_cache(maxsize=2048)
def rates_in(text: str) -> tuple[StatedFigure, ...]:
    """The rates of the project that a text quotes, in percent: execution, spending, use, in_place, share."""
    return tuple(figure for clause in _clauses(text) for figure in _rates(clause))


@lru_cache(maxsize=2048)
def scores_in(text: str) -> tuple[StatedFigure, ...]:
    """The total scores of the project that a text quotes."""
    return tuple(
        _figure("score", match, clause)
        for clause in _clauses(text)
        for match in (_SCORE.finditer(clause.text) if "分" in clause.text else ())
        if not _CONTEST.search(clause.before + clause.text + clause.behind) and not _is_off(clause, match, _TARGETED)
    )


@lru_cache(maxsize=2048)
def grades_in(text: str) -> tuple[StatedFigure, ...]:
    """The grades of the project that a text quotes, by their words (优, 良好, 中等 ...)."""
    return tuple(
        StatedFigure("grade", _unquoted(match[0]), clause.text, grade=match["grade"], year=_year(clause, match))
        for clause in _clauses(text)
        for match in _GRADE.finditer(clause.text)
        if not _CONTEST.search(clause.before + clause.text) and not _is_off(clause, match, _TARGETED)
    )


@lru_cache(maxsize=512)
def _clauses(text: str) -> tuple[_Clause, ...]:
    """The clauses of the sentences that may quote a figure."""
    sentences = [raw for raw in _SENTENCE_ENDS.split(text) if len(raw) <= LONGEST and _WORTH_READING.search(raw)]
    return tuple(clause for sentence in sentences for clause in _clauses_of(squeeze_figures(sentence)))


def _clauses_of(sentence: str) -> Iterator[_Clause]:
    start = 0
    for end in [*(match.start() for match in _CLAUSE_ENDS.finditer(sentence)), len(sentence)]:
        yield _Clause(sentence[:start], sentence[start:end], sentence[end:])
        start = end + 1


def _quoted_amounts(clause: _Clause) -> Iterator[tuple[str, re.Match[str]]]:
    """Amounts with the kind that their words say, none where two kinds are meant."""
    for kind, pattern in _AMOUNTS.items() if "元" in clause.text else ():
        for match in pattern.finditer(clause.text):
            doubtful = kind == "planned" and _OTHER_KIND.search(_since_number(clause.text[: match.start("number")]))
            is_part = _ADDED_UP.search(clause.text[match.end() :] + clause.behind)
            if not doubtful and not is_part and not _is_off(clause, match, _NOT_THE_PROJECT):
                yield kind, match


def _since_number(text: str) -> str:
    """The text behind the last amount in it."""
    return re.split(r"\d元|[万亿]元", text)[-1]


def _rates(clause: _Clause) -> Iterator[StatedFigure]:
    for match in _RATE.finditer(clause.text) if "%" in clause.text else ():
        if not _is_off(clause, match, _TARGETED) and not _NOT_THE_PROJECT.search(clause.text[: match.start()]):
            yield _figure(_kind(match), match, clause)
    for kind, spent in _quoted_amounts(clause):
        share = _SHARE.match(clause.text[spent.end() :] + clause.behind) if kind == "used" else None
        if share and not (_NOT_THE_PROJECT.search(share["between"]) or _PARTS.search(share["between"])):
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
    return bool(_PARTS.search(before) or _ELSEWHERE.search(before) or words.search(said))


def _year(clause: _Clause, match: re.Match[str]) -> str:
    years = _YEAR.findall(clause.before + clause.text[: match.end()])
    return years[-1] if years else ""
