"""Many rules ask the same of one form: the answer is worked out once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from perfxl.model import Form

A = TypeVarTuple("A")
_T = TypeVar("_T")


def once_a_form(function: Callable[[Form, *A], _T]) -> Callable[[Form, *A], _T]:
    """Keeps the answers for the form that was asked about last; the form is frozen, so they stay true."""
    kept: tuple[Form | None, dict[object, _T]] = (None, {})

    @wraps(function)
    def answer(form: Form, /, *args: *A) -> _T:
        nonlocal kept
        if kept[0] is not form:
            kept = (form, {})
        answers = kept[1]
        if args not in answers:
            answers[args] = function(form, *args)
        return answers[args]

    return answer
