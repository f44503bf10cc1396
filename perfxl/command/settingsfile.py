"""The settings file of the working folder: which options does perfxl.toml give, and may it give them?

It holds options and nothing else; what the command line says wins. A file that lies where input lies is not taken, as it
could have come by mail.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from perfxl.errors import UsageError, place_in_text, reason_of

SETTINGS_FILE = "perfxl.toml"
INPUTS = "paths"
"""The key of a command's arguments; an option's key is its long name without dashes, that of -o is `o`."""
_NEVER = frozenset({"help", "version", "dry-run"})

Defaults = dict[str, Any]
"""Values by the names of a command's parameters."""


def key_of(param: click.Parameter) -> str:
    """The key that gives a parameter; empty where none may."""
    if isinstance(param, click.Argument):
        return INPUTS if param.name == INPUTS else ""
    name = max(param.opts, key=len).lstrip("-")
    return "" if name in _NEVER else name


def defaults_for(command: click.Command, group: Mapping[str, click.Command], file: Path) -> Defaults:
    """The values that a settings file gives to a command: of its own table, else of the top.

    Args:
        command: the one that is called.
        group: all commands by name; a key that none of them has is refused.
        file: the settings file; nothing is given where there is none.

    Raises:
        UsageError: no TOML, an unknown key, or a value of the wrong kind.
    """
    data = _read(file)
    if not data:
        return {}
    table = data.get(command.name or "")
    own = table if isinstance(table, dict) else {}  # an option may be called like a command: schemes
    for name, table in data.items():
        if isinstance(table, dict):
            if name not in group:
                raise UsageError(f"{file}：没有命令 {name}，方括号里可以写 {'、'.join(group)}")
            _expect_known(table, [group[name]], file, f"[{name}] ")
    top = {key: value for key, value in data.items() if not isinstance(value, dict)}
    _expect_known(top, group.values(), file, "")
    params = {key: param for param in command.params if (key := key_of(param))}
    return {
        str(params[key].name): _value(params[key], value, f"{file}：{key}")
        for key, value in {**top, **own}.items()
        if key in params
    }


def _read(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"设置文件“{file}”打不开：{reason_of(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"设置文件“{file}”不是有效的 TOML：{place_in_text(error)}") from error


def _expect_known(table: Mapping[str, Any], commands: Iterable[click.Command], file: Path, place: str) -> None:
    known = sorted({key for command in commands for param in command.params if (key := key_of(param))})
    for key in table:
        if key not in known:
            raise UsageError(f"{file}：{place}没有选项 {key}，可以写 {'、'.join(known)}")


def _value(param: click.Parameter, value: Any, place: str) -> Any:
    """A value as click takes it from the command line."""
    is_many = param.multiple or param.nargs == -1
    if isinstance(value, list):
        if not is_many:
            raise UsageError(f"{place} 只能写一个值，现为列表")
        return [_single(item, place) for item in value]
    if isinstance(param, click.Option) and param.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{place} 应为 true 或 false，现为 {value}")
        return value
    single = _single(value, place)
    return [single] if is_many else single


def _single(value: Any, place: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | date):
        raise UsageError(f"{place} 应为文字、整数或日期，现为 {value}")
    return value.isoformat() if isinstance(value, date) else str(value)


def lies_among(file: Path, inputs: Sequence[Path]) -> bool:
    """Whether a file lies where input lies: in or below an input folder, or beside an input file."""
    place = file.resolve().parent
    return any(
        place.is_relative_to(path.resolve()) if path.is_dir() else place == path.resolve().parent
        for path in inputs
        if path.exists()
    )


def said_of(file: Path, command: click.Command, defaults: Defaults) -> str:
    """What was taken from the file, in one line; codes that are not checked must be seen at each run."""
    keys = {str(param.name): key_of(param) for param in command.params}
    taken = (f"{keys[name]} = {_shown(value)}" for name, value in defaults.items())
    return f"设置文件 {file}：{'；'.join(taken)}"


def _shown(value: Any) -> str:
    return "、".join(map(_shown, value)) if isinstance(value, list) else str(value)
