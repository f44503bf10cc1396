"""Which of many names are like one, and do two spellings mean one office? Hints only: nothing is joined by likeness."""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping

from perfxl.typed.wording import name_key

NEAR = 0.72
"""Likeness (difflib) from which on a name is proposed; 信息系统运维项目 and 信息系统运行维护项目 have 0.89."""
PROPOSED = 3
_NUMERALS = re.compile(r"[\d.,]+|[一二三四五六七八九十]+|[a-z](?![a-z])")
_PLACES = "省市县区州盟旗"


class Likeness:
    """Which of many names are like one? Only names that share pairs of letters are compared letter by letter.

    Args:
        names: name by the label under which it is proposed.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._labels = list(names)
        self._keys = [name_key(name) for name in names.values()]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, key in enumerate(self._keys):
            for pair in _pairs(key):
                self._holders[pair].append(number)

    def near(self, name: str) -> list[str]:
        """The labels of the names most like one, the likest first."""
        key = name_key(name)
        shared = Counter(number for pair in _pairs(key) for number in self._holders.get(pair, ()))
        likest = sorted(shared, key=lambda number: (-shared[number], number))[: 10 * PROPOSED]
        rated = [(difflib.SequenceMatcher(None, key, self._keys[n]).ratio(), self._labels[n]) for n in likest]
        return [label for ratio, label in sorted(rated, key=lambda r: (-r[0], r[1])) if ratio >= NEAR][:PROPOSED]


def _pairs(key: str) -> set[str]:
    return {key[at : at + 2] for at in range(len(key) - 1)}


def differ_by_number(one: str, other: str) -> bool:
    """Whether two names are told apart by their numbers: 一期 and 二期, 2.1标段 and 2.2标段."""
    return _NUMERALS.findall(name_key(one)) != _NUMERALS.findall(name_key(other))


def same_office(one: str, other: str) -> bool:
    """Whether two spellings may mean one office: 省商务厅 or 商务厅, and 海南省商务厅."""
    short, long = sorted((name_key(one), name_key(other)), key=len)
    if not short or short == long:
        return bool(short)
    before = long.removesuffix(short)
    return before != long and (short[0] in _PLACES or before[-1] in _PLACES)
