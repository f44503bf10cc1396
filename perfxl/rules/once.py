"""Many rules ask the same of one form: the answer is worked out once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from perfxl.model import Form

A = TypeVarTuple("A")
T = TypeVar("T")


def once_a_form(function: Callable[[Form, *A], T]) -> Callable[[Form, *A], T]:
    """Keeps the answers for the form that was asked about last; the form is frozen, so they stay true."""
    kept: tuple[Form | None, dict[object, T]] = (None, {})

    @wraps(function)
    def answer(form: Form, /, *args: *A) -> T:
        nonlocal kept
        if kept[0] is not form:
            kept = (form, {})
        answers = kept[1]
        if args not in answers:
            answers[args] = function(form, *args)
        return answers[args]

    return answer
