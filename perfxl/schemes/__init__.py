"""The schemes that perfxl ships, and how a scheme is loaded from its TOML file.

A scheme that contradicts itself is refused with the place and the reason.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from perfxl.errors import SchemeError, UnknownSchemeError, place_in_text
from perfxl.schemes.contradictions import find_problems
from perfxl.schemes.mistakes import find_mistakes, near
from perfxl.schemes.onpaper import find_paper_problems
from perfxl.schemes.spec import BLOCKS, Scheme


def scheme_names() -> list[str]:
    """The ids of the schemes that perfxl ships, in order."""
    return sorted(entry.name.removesuffix(".toml") for entry in _shipped().iterdir() if entry.name.endswith(".toml"))


@lru_cache
def load_scheme(name: str) -> Scheme:
    """The scheme of an id that perfxl ships, or of a TOML file.

    Raises:
        SchemeError: no such scheme, no TOML, or a contradiction in it; the message says where.
    """
    return parse_scheme(scheme_text(name), name if name in scheme_names() else Path(name).name)


def scheme_text(name: str) -> str:
    """The TOML of a scheme that perfxl ships, or of a file.

    Raises:
        UnknownSchemeError: no such scheme.
        SchemeError: no UTF-8 text.
    """
    if name in scheme_names():
        text: str = _shipped().joinpath(f"{name}.toml").read_text("utf-8")
        return text
    path = Path(name)
    if not path.is_file():
        raise UnknownSchemeError(f"没有名为“{name}”的评价方案，也没有这个文件。现有方案：{'、'.join(scheme_names())}")
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemeError(f"评价方案文件“{name}”无法读取：请确认它是 UTF-8 编码的文本文件") from error


def parse_scheme(text: str, name: str) -> Scheme:
    """The scheme that a TOML text declares; `name` stands in the messages.

    Raises:
        SchemeError: with every contradiction that was found.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"{name}：不是有效的 TOML 文件：{place_in_text(error)}") from error
    try:
        scheme: Scheme = _build(Scheme, _renamed(_extended(data)), "")
    except _PlaceError as error:
        raise SchemeError(f"{name}：{error}") from error
    problems = [*find_mistakes(scheme), *find_problems(scheme), *find_paper_problems(scheme)]
    if problems:
        raise SchemeError("\n".join(f"{name}：{problem}" for problem in problems))
    return scheme


_MERGED = ("thresholds", "severities", "words")
"""Tables of a scheme to which an extending scheme adds; whatever else it says replaces what the extended one says."""
_OF_THE_FORM = ("sheets", "rates", "execution", "levels", "money_unit", "full_score", "computing")
"""What makes the form itself: another form is another scheme."""


def _extended(data: dict[str, Any]) -> dict[str, Any]:
    """What a TOML declares, with what the scheme declares that it extends.

    Raises:
        _PlaceError: no such scheme, or another form is declared.
    """
    base = data.get("extends")
    if base is None:
        return data
    if not isinstance(base, str) or base not in scheme_names():
        raise _PlaceError(f"extends 没有名为“{base}”的随附方案{near(str(base), scheme_names())}")
    own = [key for key in _OF_THE_FORM if key in data]
    if own:
        raise _PlaceError(f"extends 的方案只能改阈值、级别和用语，不能改 {'、'.join(own)}；表样不同请另写完整的方案")
    if data.get("id") == base:
        raise _PlaceError(f"id 不能与 extends 的方案相同（“{base}”）；请另取一个名称")
    whole = tomllib.loads(scheme_text(base), parse_float=Decimal)
    whole |= {key: value for key, value in data.items() if key not in _MERGED}
    for key in _MERGED:
        changed = data.get(key, {})
        _expect(changed, dict, key, "表")
        whole[key] = {**whole.get(key, {}), **changed}
    return whole


def _shipped() -> Any:
    return resources.files(__name__)


def _renamed(value: Any) -> Any:
    """`from` is a reserved word in Python: the bounds of a band are called from and to only in the TOML."""
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    if isinstance(value, dict):
        names = {"from": "lower", "to": "upper"}
        return {names.get(key, key): _renamed(item) for key, item in value.items()}
    return value


class _PlaceError(Exception):
    pass


def _build(kind: Any, value: Any, place: str) -> Any:
    """A value of the declared type out of what TOML holds; every mismatch names its place."""
    origin = get_origin(kind)
    if kind is Any:
        return value
    if origin in (Union, UnionType):
        kinds = [argument for argument in get_args(kind) if argument is not type(None)]
        return _build_block(value, place) if len(kinds) > 1 else _build(kinds[0], value, place)
    if origin is Literal:
        if value not in get_args(kind):
            raise _PlaceError(f"{place} 应为 {'、'.join(map(str, get_args(kind)))} 之一，现为“{value}”")
        return value
    if origin is tuple:
        _expect(value, list, place, "列表")
        return tuple(_build(get_args(kind)[0], item, f"{place}[{n}]") for n, item in enumerate(value, 1))
    if origin is not None and issubclass(origin, Mapping):
        _expect(value, dict, place, "表")
        return {key: _build(get_args(kind)[1], item, f"{place}.{key}") for key, item in value.items()}
    if is_dataclass(kind):
        return _build_record(kind, value, place)
    return _build_plain(kind, value, place)


def _build_block(value: Any, place: str) -> Any:
    _expect(value, dict, place, "表")
    kind = value.get("kind")
    if kind not in BLOCKS:
        raise _PlaceError(f"{place}.kind 应为 {'、'.join(BLOCKS)} 之一，现为“{kind}”")
    return _build_record(BLOCKS[kind], {k: v for k, v in value.items() if k != "kind"}, place)


def _build_record(kind: Any, value: Any, place: str) -> Any:
    _expect(value, dict, place, "表")
    known = {f.name: f for f in fields(kind)}
    for key in value:
        if key not in known:
            raise _PlaceError(
                f"{place or '顶层'} 有未知的键“{_written(key)}”{near(_written(key), _written_keys(known))}"
            )
    for name, declared in known.items():
        if name not in value and declared.default is MISSING and declared.default_factory is MISSING:
            raise _PlaceError(f"{place or '顶层'} 缺少必需的键“{_written(name)}”；请补上")
    hints = get_type_hints(kind)
    return kind(**{key: _build(hints[key], item, f"{place}.{key}".lstrip(".")) for key, item in value.items()})


_NAMES_IN_TOML = {"lower": "from", "upper": "to"}


def _written(key: str) -> str:
    """The name of a key as the TOML has it."""
    return _NAMES_IN_TOML.get(key, key)


def _written_keys(known: Mapping[str, Any]) -> list[str]:
    return [_written(key) for key in known]


def _build_plain(kind: Any, value: Any, place: str) -> Any:
    if kind is Decimal and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    names = {str: "文字", int: "整数", bool: "true 或 false", Decimal: "数字"}
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _PlaceError(f"{place} 应为{names[kind]}，现为“{value}”")
    return value


def _expect(value: Any, kind: type, place: str, name: str) -> None:
    if not isinstance(value, kind):
        raise _PlaceError(f"{place} 应为{name}，现为“{value}”")
