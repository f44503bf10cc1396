"""Digits shown in another writing: [DBNum1] 一百二十三, [DBNum2] 壹佰贰拾叁, [DBNum3] full-width."""

import re

_DIGITS = {1: "〇一二三四五六七八九", 2: "零壹贰叁肆伍陆柒捌玖", 3: "０１２３４５６７８９"}
_PLACES = {1: ("", "十", "百", "千"), 2: ("", "拾", "佰", "仟"), 3: ("", "十", "百", "千")}
_GROUPS = ("", "万", "亿", "兆")
_NUMBER = re.compile(r"(\d+)((?:\.\d+)?)")


def in_numerals(text: str, writing: int, in_words: bool = False) -> str:
    """A text with its digits in another writing (0: as they are), in words (一百二十三) or digit by digit (一二三)."""
    digits = _DIGITS.get(writing)
    if digits is None:
        return text
    table = str.maketrans("0123456789", digits)
    if not in_words:
        return text.translate(table)
    return _NUMBER.sub(lambda found: _words(found[1], writing) + found[2].translate(table), text)


def _words(number: str, writing: int) -> str:
    """A whole number in words; digit by digit where it is longer than there are words for."""
    digits, places = _DIGITS[writing], _PLACES[writing]
    number = number.lstrip("0") or "0"
    if number == "0" or len(number) > 4 * len(_GROUPS):
        return number.translate(str.maketrans("0123456789", digits))
    said = ""
    for place, letter in enumerate(number):
        behind = len(number) - 1 - place
        said += digits[int(letter)] + places[behind % 4] if letter != "0" else digits[0]
        if behind % 4 == 0 and set(number[max(0, place - 3) : place + 1]) != {"0"}:
            said = said.rstrip(digits[0]) + _GROUPS[behind // 4]
    return re.sub(f"{digits[0]}+", digits[0], said).rstrip(digits[0])
