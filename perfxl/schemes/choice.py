"""Which schemes does a run know? Those that perfxl ships and an office's own, or only the ones that were asked for."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from perfxl.errors import UsageError
from perfxl.schemes import load_scheme, scheme_names, scheme_text
from perfxl.schemes.spec import Scheme


@dataclass(frozen=True, slots=True)
class SchemeChoice:
    """The schemes that a run was given.

    Attributes:
        only: ids or TOML files; where there are any, forms of no other scheme are taken.
        added: TOML files of an office, beside those that perfxl ships.
    """

    only: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.only or self.added)

    @property
    def files(self) -> tuple[str, ...]:
        """The TOML files among them."""
        shipped = scheme_names()
        return tuple(name for name in (*self.added, *self.only) if name not in shipped)

    def resolved(self) -> "SchemeChoice":
        """The same with paths that mean the same in every folder."""
        return SchemeChoice(tuple(map(_whole, self.only)), tuple(map(_whole, self.added)))


EVERY = SchemeChoice()
"""Whatever perfxl ships."""


def schemes_in(folder: Path) -> tuple[str, ...]:
    """The TOML files of a folder of schemes, in order.

    Raises:
        UsageError: no such folder, or no scheme in it.
    """
    if not folder.is_dir():
        raise UsageError(f"--schemes {folder}：没有这个文件夹；请写存放方案文件（.toml）的文件夹")
    files = tuple(path.as_posix() for path in sorted(folder.glob("*.toml")) if not path.name.startswith((".", "~")))
    if not files:
        raise UsageError(f"--schemes {folder}：文件夹里没有方案文件（.toml）")
    return files


@lru_cache(maxsize=8)
def known_schemes(choice: SchemeChoice) -> tuple[Scheme, ...]:
    """Every scheme that a run may read forms by, an office's own first; one that another extends stands back for it.

    Raises:
        SchemeError: a scheme that is none.
        UsageError: two schemes of one id.
    """
    return _without_extended(
        load_scheme(name) for name in _distinct(choice.only or (*choice.added, *scheme_names()), choice)
    )


def own_schemes(choice: SchemeChoice) -> tuple[Scheme, ...]:
    """The schemes of a run that perfxl does not ship."""
    return tuple(load_scheme(name) for name in dict.fromkeys(choice.files))


def scheme_by_id(id: str, choice: SchemeChoice = EVERY) -> Scheme:
    """The scheme of an id: one that a run was given, else one that perfxl ships; a TOML file may be named too.

    Raises:
        SchemeError: no such scheme.
    """
    return next((scheme for scheme in own_schemes(choice) if scheme.id == id), None) or load_scheme(id)


def texts_of(choice: SchemeChoice) -> list[list[str]]:
    """What a result depends on: the names and the texts of the schemes that were given."""
    shipped = scheme_names()
    names = (choice.only, choice.added)
    return [[name if name in shipped else scheme_text(name) for name in part] for part in names]


def _distinct(names: Collection[str], choice: SchemeChoice) -> list[str]:
    """The names, each once.

    Raises:
        UsageError: two of them, or two of all that were given, are called alike and are not the same file.
    """
    once = {_whole(name): name for name in reversed((*names, *choice.added))}
    ids = {name: load_scheme(name).id for name in once.values()}
    for id, count in Counter(ids.values()).items():
        if count > 1:
            files = "、".join(name for name in ids if ids[name] == id)
            raise UsageError(f"有 {count} 个评价方案的 id 都是“{id}”：{files}；请改其中一个的 id")
    return list(dict.fromkeys(once[_whole(name)] for name in names))


def _whole(name: str) -> str:
    """A name that means the same in every folder."""
    return name if name in scheme_names() else Path(name).resolve().as_posix()


def _without_extended(schemes: Iterable[Scheme]) -> tuple[Scheme, ...]:
    known = tuple(schemes)
    extended = {scheme.extends for scheme in known}
    return tuple(scheme for scheme in known if scheme.id not in extended)
