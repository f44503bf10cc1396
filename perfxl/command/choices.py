"""What do the words behind --ignore, --select, --limit and --scheme choose? Words that choose nothing are refused."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from perfxl.errors import UsageError
from perfxl.typed.wording import squeeze

if TYPE_CHECKING:
    from perfxl.door.limits import Limits
    from perfxl.schemes.choice import SchemeChoice


def chosen_schemes(only: Sequence[str], folders: Sequence[Path]) -> "SchemeChoice":
    """The schemes that a run knows: those that are named alone, and those of the folders beside perfxl's own."""
    from perfxl.schemes import scheme_names
    from perfxl.schemes.choice import SchemeChoice, known_schemes, schemes_in

    added = tuple(name for folder in folders for name in schemes_in(folder))
    if added:
        from perfxl.schemes import load_scheme

        ids = {load_scheme(name).id: name for name in added}
        only = tuple(ids.get(name, name) if name not in scheme_names() else name for name in only)
    choice = SchemeChoice(tuple(dict.fromkeys(only)), added)
    if choice:
        known_schemes(choice)
    return choice


def switched_off(ignore: Sequence[str], select: Sequence[str]) -> tuple[str, ...]:
    """The codes of the rules that are not to be checked."""
    if not ignore and not select:
        return ()
    from perfxl.rules import RULES

    for word in (*ignore, *select):
        if not word.strip():
            raise UsageError("--ignore 或 --select 后面是空的（变量可能没有值），请写代码或类别，例如 FD01 或 FD")
        if not any(code.startswith(word.upper()) for code in RULES):
            raise UsageError(f"没有规则或类别 {word}，运行 perfxl rules 查看全部规则")
    off = {code for code in RULES for word in ignore if code.startswith(word.upper())}
    if select:
        chosen = tuple(word.upper() for word in select)
        off |= {code for code, entry in RULES.items() if entry.check and not code.startswith(chosen)}
    return tuple(sorted(off))


def changed_limits(words: Sequence[str]) -> "Limits":
    """The limits of the door with some of them changed: "单元格数=8000000", or by the names of its fields, "cells=8000000"."""
    from perfxl.door.limits import TITLES, Limits

    titles = {squeeze(title).partition("(")[0]: name for name, title in TITLES.items()}
    changed = {}
    for word in words:
        said, _, value = word.partition("=")
        name = titles.get(squeeze(said).partition("(")[0], said.strip())
        if name not in TITLES or not value.strip().isdecimal():
            raise UsageError(f"--limit {word}：应为“名称=数值”，名称可选 {'、'.join(titles)}")
        changed[name] = int(value)
    return replace(Limits(), **changed)
