"""What people type as words: labels in any width and spacing, marks for "nothing", ticks, dates, left-over examples."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

NOTHING_MARKS = frozenset(
    {"无", "/", "\\", "-", "--", "—", "——", "–", "…", "……", "...", "......", "n/a", "空", "暂无", "〃"}
)
"""What people type where they mean that there is nothing (seen in published forms)."""

_PLACEHOLDER = re.compile(r"(…+|\.{3,}|指标\d*[:：]?|示例.*|例[:：].*|\(?(可续行|续行|可加行)\)?)", re.DOTALL)
"""What a form prints to show that rows may follow, and what is left in by accident."""

LONGEST_MARK = 60
"""Longer texts are no marks, and of the placeholders they can only be examples: they are not searched to their end."""
_EXAMPLE = re.compile("示例|例[:：]")

TICKS = frozenset("√✓✔✅☑☒■●RVvPþü对是")
BOXES = frozenset("□☐口○")
SHORTEST_BEGINNING = 2
"""Letters of a choice that are enough to name it."""
_OPENING, _CLOSING = "([{【〔", ")]}】〕"
_MARKS = ":.,;。"
_DATE = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})[日号]?")
_CHINESE_DATE = re.compile(r"([〇○零O0一二三四五六七八九]{4})年(十[一二]?|[一二三四五六七八九])月(\S{1,3})[日号]")
_CHINESE_YEAR = re.compile(r"([〇○零O一二三四五六七八九]{4})(?=年)")
_CHINESE_PART = re.compile(
    r"(?<![一二三四五六七八九十])(?:三?十[一二三四五六七八九]?|二十[一二三四五六七八九]?|[一二三四五六七八九])(?=[月日号])"
)
_CHINESE_DIGITS = str.maketrans("〇○零O一二三四五六七八九", "0000123456789")


@lru_cache(maxsize=16384)
def squeeze(text: str) -> str:
    """The text without blanks and in half width: what stays the same however it was typed."""
    return "".join(unicodedata.normalize("NFKC", text).split()).translate(_LOOKALIKES)


_UNSEEN = (
    (0x00, 0x1F), (0xAD, 0xAD), (0x034F, 0x034F), (0x0600, 0x0605), (0x061C, 0x061C), (0x06DD, 0x06DD), (0x070F, 0x070F),
    (0x0890, 0x0891), (0x08E2, 0x08E2), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0000, 0xE01EF),
)  # fmt: skip
"""Letters that nobody sees: category Cf, fillers, variation selectors, controls."""
_RADICALS = "⺁厂⺄乙⺈刀⺋卩⺌小⺎兀⺏尢⺑允⺒巳⺓幺⺗心⺘手⺙攵⺝月⺟母⺠民⺡水⺢水⺣火⺤爪⺥爪⺦爿⺨犬⺩王⺫罒⺬示⺭礻⺮竹⺰纟⺱网⺲罒⺳网⺶羊⺷羊⺸羊⺹老⺻聿⺼肉⺽臼⺾艹⺿艹⻁虎⻂衤⻃西⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑长⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟食⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻭齿⻮齿⻯竜⻰龙⻱龟⻲龟⻳龟"
"""Radicals that texts copied out of PDF have in the place of letters, each before its letter; NFKC folds the others."""
_LOOKALIKES = str.maketrans(
    {chr(code): None for first, last in _UNSEEN for code in range(first, last + 1)}
    | dict(zip(_RADICALS[::2], _RADICALS[1::2], strict=True))
    | {"【": "(", "】": ")", "〔": "(", "〕": ")", "∶": ":"}
    | {"═": "=", "≧": "≥", "⩾": "≥", "≮": "≥", "≦": "≤", "⩽": "≤", "≯": "≤"}
)

DOUBT = "\ufffd"
"""Stands between two numbers that nothing but a blank keeps apart, and behind a number with an exponent or a circled digit."""
_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?: [0-9]{3}){2,}(?:\.[0-9]+)?(?![0-9.,]|\s+[0-9.,])")
"""Blanks mark thousands only in several groups of three: 1 794 500, while 98 108 may well be two numbers."""
_SIDE_BY_SIDE = re.compile(r"(?<=[0-9])([.,]?)\s+([.,]?)(?=[0-9])")


@lru_cache(maxsize=16384)
def squeeze_figures(text: str) -> str:
    """The text as squeeze gives it, but never one number made of two.

    Numbers side by side (10⏎6, 98 108) and a number with an exponent, a fraction or a circled digit behind it (10², 5½)
    have DOUBT between or behind them. A circled digit elsewhere numbers a list (①采购100台) and becomes a semicolon.
    """
    if not text.isascii():
        text = _PARTED.sub(DOUBT, text.translate(_BLANKS_OR_TURNS))
        text = "".join(_figure_letters(text.replace("米²", "平方米").replace("米³", "立方米")))
    folded = unicodedata.normalize("NFKC", text)
    joined = _THOUSANDS.sub(lambda found: found[0].replace(" ", ""), folded.translate(_INVISIBLE))
    return squeeze(_SIDE_BY_SIDE.sub(rf"\1{DOUBT}\2", joined))


def has_odd_figures(text: str) -> bool:
    """Whether a text holds numbers that are written otherwise than in digits on one line: ², ½, ⑩, ⒈."""
    return not text.isascii() and any(map(_is_figure_sign, text))


_TURNS = "\u200f\u061c\u202b\u202e\u2067"
_BLANKS_OR_TURNS = str.maketrans(dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " ") | dict.fromkeys(_TURNS, DOUBT))
"""Fillers look like blanks; marks that turn the direction of writing show 241 for 142, and 90≤ for ≥90."""
_PARTED = re.compile("(?<=[0-9])\u00ad+(?=[0-9])")
"""Programs show a soft hyphen as a hyphen, or not at all."""
_INVISIBLE = str.maketrans(
    {chr(code): None for first, last in _UNSEEN for code in range(first, last + 1) if not chr(code).isspace()}
)
_POWER_OF_UNIT = re.compile("(?<=[A-Za-z米])[²³]")


def is_disfigured(text: str) -> bool:
    """Whether signs in a text make another figure of a number: exponents, strokes through digits, writing turned round."""
    if text.isascii():
        return False
    is_marked = any(letter in _TURNS or unicodedata.category(letter) in ("Mn", "Me") for letter in text)
    return is_marked or has_odd_figures(_POWER_OF_UNIT.sub("", text))


def _figure_letters(text: str) -> Iterator[str]:
    before = ""
    for letter in text:
        if _is_figure_sign(letter) and not (before.isascii() and before.isalpha()):
            yield DOUBT if before.isdecimal() else ";"
        else:
            yield letter
        before = before if letter.isspace() else letter


@cache
def _is_figure_sign(letter: str) -> bool:
    """Whether a letter holds a number without being a digit that people write numbers with: ² ½ ⑩ ⒈ ㋀, or a foreign digit."""
    if letter.isascii():
        return False
    folded = unicodedata.normalize("NFKC", letter)
    if folded.isascii() and folded.isdigit() and letter.isdecimal():
        return False
    return letter.isdecimal() or (not folded[0].isalpha() and re.search("[0-9]", folded) is not None)


@lru_cache(maxsize=16384)
def label_key(text: str) -> str:
    """The key by which a label is found: squeezed, lower case, without a colon at its end."""
    return squeeze(text).casefold().rstrip(":")


@lru_cache(maxsize=16384)
def is_nothing(text: str) -> bool:
    """Whether a text stands for an empty cell."""
    if len(text) > LONGEST_MARK:
        return not text.strip()
    key = squeeze(text).casefold()
    return not key or key in NOTHING_MARKS


@lru_cache(maxsize=16384)
def is_placeholder(text: str) -> bool:
    """Whether a text is a left-over of the form (……, 指标2:, 示例) and no answer."""
    if len(text) > LONGEST_MARK:
        return bool(_EXAMPLE.match(squeeze(text[:LONGEST_MARK])))
    return bool(_PLACEHOLDER.fullmatch(squeeze(text)))


_BESIDE_A_MARK = re.compile(f"(?<=[./-]){DOUBT}|{DOUBT}(?=[./-])")
"""In a date a blank beside a mark parts nothing: 2021. 5. 20."""


_INSTRUCTION = re.compile(
    r"\(?请(?:在此|在本|于此|您|各单位)?(?:处|栏|格)?(?:[^,。]{0,6}(?:填写|填列|填报|输入|录入)"
    r"|(?:简要|简单|详细|逐项|逐条|如实|据实|准确|具体|分条|从.{0,6}列表中?)*(?:选择|注明|写明|说明|简述|概述|描述|列出|删除|点击|参照)|按照?.{0,12}填).*"
    r"|例如.*|(?:如|比如):.*|.{0,20}\(?(?:必填|选填|必选)项?\)?|(?:此|本)(?:处|栏|格)(?:填写|填|请|应|由).*|在此(?:处)?(?:填写|输入).*"
    r"|(?:从|点击)?下拉(?:列表|菜单|框)?(?:中)?选择.*|点击.{0,6}(?:选择|输入).*|填写说明.*|待填写?|待补充|[X×xX]{2,}(?:项目|单位|部门|局|公司|元|万元|年|人)?",
    re.DOTALL,
)
_LONGEST_INSTRUCTION = 100


@lru_cache(maxsize=16384)
def is_instruction(text: str, prompt: str = "") -> bool:
    """Whether a text is what a form says of how to fill it in, and no answer: 请填写……, 例如……, （必填）, or the cell's own prompt."""
    if not text or len(text) > _LONGEST_INSTRUCTION:
        return False
    said = squeeze(text).rstrip(".。")
    return bool(_INSTRUCTION.fullmatch(said)) or (
        len(said) > SHORTEST_BEGINNING and said == squeeze(prompt).rstrip("。")
    )


def parse_date(raw: object) -> date | None:
    """The date that a cell means: a date cell, 2021年  5  月 20  日, 2021-5-20, 2021/5/20, 2021.5.20, 20210520, 二〇二一年五月二十日."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        raw = f"{raw:.0f}"
    text = _BESIDE_A_MARK.sub("", squeeze_figures(raw)) if isinstance(raw, str) else ""
    if re.fullmatch(r"(19|20)\d{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    match = _DATE.fullmatch(in_digits(text))
    if not match:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def in_digits(text: str) -> str:
    """A text with its dates in Chinese numerals as dates in digits: 二〇二一年五月二十日 -> 2021-5-20, 十月底 -> 10月底."""
    if "年" in text:
        text = _CHINESE_DATE.sub(_date_in_digits, text)
        text = _CHINESE_YEAR.sub(lambda year: year[1].translate(_CHINESE_DIGITS), text)
    return _CHINESE_PART.sub(lambda part: _tens(part[0]), text)


def _date_in_digits(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{year.translate(_CHINESE_DIGITS)}-{_tens(month)}-{_tens(day)}"


def _tens(numeral: str) -> str:
    """十 -> 10, 十二 -> 12, 二十 -> 20, 二十五 -> 25."""
    tens, ten, ones = numeral.rpartition("十")
    return f"{tens or '1' if ten else ''}{ones or '0'}".translate(_CHINESE_DIGITS)


def ticked(text: str, choices: Sequence[str]) -> list[str]:
    """Which of the choices a text picks: the choice itself or its beginning, or those with a tick before, behind or in brackets.

    Ticks are √ ✓ ☑ ■ and the letters R, V, P, þ and ü that Word's symbol fonts leave behind; □ ☐ 口 and blanks are not.
    """
    squeezed = squeeze(text)
    keys = [squeeze(choice) for choice in choices]
    said = _said(squeezed.strip(_MARKS), keys)
    if said is not None:
        return [choices[said]]
    places = [squeezed.find(key) for key in keys]
    if -1 in places:
        return [choice for choice, place in zip(choices, places, strict=True) if place >= 0 and _marked(squeezed)]
    ends = [*sorted(places)[1:], len(squeezed)]
    stands_before = any(letter in TICKS or letter in BOXES or letter in _CLOSING for letter in squeezed[: min(places)])
    picked = []
    for place, choice, key in sorted(zip(places, choices, keys, strict=True)):
        end = min(e for e in ends if e > place)
        before, behind = squeezed[:place], squeezed[place + len(key) : end]
        mark = before.rstrip(_CLOSING)[-1:] if stands_before else behind.strip(_OPENING + _CLOSING + _MARKS)[:1]
        if mark in TICKS:
            picked.append(choice)
    return picked


def _said(text: str, keys: Sequence[str]) -> int | None:
    """The choice that a text names, in full or by a beginning (经常性) that no other choice has; None where it names none."""
    if text in keys:
        return keys.index(text)
    begun = [number for number, key in enumerate(keys) if len(text) >= SHORTEST_BEGINNING and key.startswith(text)]
    return begun[0] if len(begun) == 1 else None


def _marked(text: str) -> bool:
    return any(letter in TICKS for letter in text)


_POINTS_BEHIND = re.compile(r"\((?:共|计)?(\d+(?:\.\d+)?)分?\)$")


def without_points(text: str) -> str:
    """The label key of a caption without the points behind it: 产出指标(50分) -> 产出指标."""
    return _POINTS_BEHIND.sub("", label_key(text))


_MONEY_BEHIND = re.compile(r"\((?:金额)?(?:单位:?)?(?:人民币)?(亿元|百万元|万元|千元|元)\)")


@lru_cache(maxsize=16384)
def money_unit_in(text: str) -> str:
    """The unit of money that a heading names in brackets: 计划投资额（元） -> 元; "" where it names none."""
    match = _MONEY_BEHIND.search(squeeze(text))
    return match[1] if match else ""


@lru_cache(maxsize=16384)
def without_unit(text: str) -> str:
    """The label key of a heading without the unit of money in it: 计划投资额（元） -> 计划投资额."""
    return _MONEY_BEHIND.sub("", label_key(text))


def points_behind(raw: object) -> Decimal | None:
    """The points behind a caption: 产出指标(50分) -> 50; None where there are none."""
    match = _POINTS_BEHIND.search(label_key(raw)) if isinstance(raw, str) else None
    return Decimal(match[1]) if match else None


def without_code(text: str) -> str:
    """A name without the code glued before it: 46000021T000000002749-学生事务补助 -> 学生事务补助."""
    return re.sub(r"^[A-Za-z]{0,4}\d{3,}[A-Za-z0-9]*[-－—_]+(?=\D)", "", text.strip())


def code_of(text: str) -> str:
    """The code glued before a name, empty where there is none."""
    name = without_code(text)
    return text.strip()[: len(text.strip()) - len(name)].rstrip("-－—_")


_NUMBERING = re.compile(
    r"(?:指标)?[\d一二三四五六七八九十]{0,2}[、.:)]+|指标\d{1,2}(?=\D)|\(\d{1,2}\)|\d{1,2}(?=[^\W\d])"
)
_ASIDE = re.compile(r"\([^()]{1,6}\)$")


@lru_cache(maxsize=16384)
def indicator_key(text: str) -> str:
    """The key by which two indicators are the same: without numbering before it, unit in brackets behind it and marks.

    指标1：培训人数, 1、培训 人数 and 培训人数（人） are one.
    """
    key = label_key(text)
    bare = _NUMBERING.sub("", key, count=1) if _NUMBERING.match(key) else key
    return re.sub(r"[\"'“”‘’《》<>·,，。.;:、]", "", _ASIDE.sub("", bare)) or key


def name_key(text: str) -> str:
    """The key by which two names are the same: without code, blanks, width, letters that nobody sees and quotation marks.

    Digits, dots, commas and brackets count: 2.1标段 is not 21标段.
    """
    return re.sub(r"[\"'“”‘’《》<>]", "", label_key(without_code(text)))
