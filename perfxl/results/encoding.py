"""How does a result look as bytes? JSON, because what is read back from a folder that others can write must stay data.

Frozen dataclasses become lists of their fields in order, `Decimal` its text; types say how to read it back. A field that
is added to a dataclass is carried without a change here.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

_T = TypeVar("_T")
SHARED = 4096
"""Values of a kind that are kept for the next results."""


def encode(value: object) -> bytes:
    """The value as one line of JSON."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def decode(kind: type[_T], data: bytes) -> _T:
    """The value of a dataclass out of what `encode` made of it.

    Raises:
        ValueError: the bytes are no such value.
    """
    with _only_value_errors(kind):
        value: _T = _reader(cast(Any, kind))(json.loads(data.decode("utf-8", "surrogatepass")))
    return value


def decode_field(kind: type, name: str, data: bytes) -> Any:
    """The value of a field of a dataclass out of what `encode` made of that value.

    Raises:
        ValueError: the bytes are no such value.
    """
    with _only_value_errors(kind):
        return _readers(kind)[field_names(kind).index(name)](json.loads(data.decode("utf-8", "surrogatepass")))


@contextmanager
def _only_value_errors(kind: type) -> Iterator[None]:
    try:
        yield
    except (TypeError, AttributeError, ArithmeticError, RecursionError, LookupError) as error:
        raise ValueError(f"no {kind.__name__}") from error


def _plain(value: Any) -> object:
    if isinstance(value, Decimal | date):
        return str(value)
    kind: Any = type(value)
    if names := field_names(kind):
        return [getattr(value, name) for name in names]
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@cache
def field_names(kind: Any) -> tuple[str, ...]:
    """The names of the fields of a dataclass, none of another type."""
    return tuple(declared.name for declared in fields(kind)) if is_dataclass(kind) else ()


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """The function that makes a value of this type out of plain JSON."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        inner = _reader(next(argument for argument in arguments if argument is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda values: tuple([item(value) for value in values])
    if origin is not None and arguments[1] is not object:
        part = _reader(arguments[1])
        return lambda values: {sys.intern(key): part(value) for key, value in values.items()}
    if kind is str:
        return sys.intern  # thousands of results share their sheet names, messages and level names
    if is_dataclass(kind):
        return _record_reader(kind)
    if kind is Decimal:
        return _number
    if kind is date:
        return date.fromisoformat
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else _as_it_is


@cache
def _readers(kind: Any) -> tuple[Callable[[Any], Any], ...]:
    """A reader for each field of a dataclass."""
    hints = get_type_hints(kind)
    return tuple(_reader(hints[name]) for name in field_names(kind))


def _record_reader(kind: Any) -> Callable[[Any], Any]:
    """Makes records from lists of their fields; records of plain values are shared, as forms have most points in common."""
    readers = _readers(kind)

    def record(*values: Any) -> Any:
        return kind(*[read(value) for read, value in zip(readers, values, strict=True)])

    made = lru_cache(maxsize=SHARED, typed=True)(record) if _is_flat(kind) else record
    return lambda values: made(*values)


def _is_flat(kind: Any) -> bool:
    """Whether no field of a dataclass holds further values."""
    return all(map(_is_single, get_type_hints(kind).values()))


def _is_single(hint: Any) -> bool:
    """Whether a field of this type holds one plain value, if any."""
    if get_origin(hint) in (Union, UnionType):
        return all(map(_is_single, get_args(hint)))
    return get_origin(hint) is None and not is_dataclass(hint)


@lru_cache(maxsize=SHARED)
def _number(text: str) -> Decimal:
    """A number; thousands of results share their points and weights."""
    return Decimal(text)


def _as_it_is(value: object) -> object:
    return value
