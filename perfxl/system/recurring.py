"""What recurs from form to form of one batch, and need be worked out only once?

The forms of a template share styles, content types, labels and many messages. What is long is never kept, nor many of a
kind, so the memory of a process stays small however many forms it meets.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple, cast

First = TypeVar("First", str, bytes)
Rest = TypeVarTuple("Rest")
_Result = TypeVar("_Result")
Work = Callable[[First, *Rest], _Result]


def recurring(kept: int, longest: int) -> Callable[[Work[First, *Rest, _Result]], Work[First, *Rest, _Result]]:
    """Remembers so many results of a pure function, for first arguments up to a length."""

    def remembered(work: Work[First, *Rest, _Result]) -> Work[First, *Rest, _Result]:
        known = cast("Work[First, *Rest, _Result]", lru_cache(maxsize=kept)(work))

        @wraps(work)
        def answer(first: First, *rest: *Rest) -> _Result:
            return known(first, *rest) if len(first) <= longest else work(first, *rest)

        return answer

    return remembered
