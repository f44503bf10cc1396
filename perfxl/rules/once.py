"""Many rules ask the same of one form: the answer is worked out once."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from perfxl.model import Form

P = ParamSpec("P")
T = TypeVar("T")


def once_a_form(function: Callable[Concatenate[Form, P], T]) -> Callable[Concatenate[Form, P], T]:
    """Keeps the answers for the form that was asked about last; the form is frozen, so they stay true."""
    kept: tuple[Form | None, dict[object, T]] = (None, {})

    @wraps(function)
    def answer(form: Form, /, *args: P.args, **kwargs: P.kwargs) -> T:
        nonlocal kept
        own = kept if kept[0] is form else (form, {})
        kept = own
        key = (args, tuple(kwargs.items()))
        if key not in own[1]:
            own[1][key] = function(form, *args, **kwargs)
        return own[1][key]

    return answer
