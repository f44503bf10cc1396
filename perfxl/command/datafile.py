"""The data that `perfxl fill` takes: a dossier as JSON, and the scheme that it is of."""

import json
from pathlib import Path
from typing import Any

from perfxl.dossier import flatten
from perfxl.errors import (
    DossierError,
    PerfxlError,
    SchemeError,
    UnknownSchemeError,
    UsageError,
    place_in_text,
    reason_of,
)
from perfxl.model import Dossier
from perfxl.schemes.choice import EVERY, SchemeChoice, known_schemes, scheme_by_id
from perfxl.schemes.spec import Scheme

SOURCE = "file"
"""The key by which a line of `perfxl read` says where a dossier was read; it is no part of the dossier."""


def read_dossier(path: Path) -> dict[str, Any]:
    """The dossier in a JSON file.

    Raises:
        PerfxlError: the file cannot be read, or holds no JSON object.
    """
    try:
        dossier = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise PerfxlError(f"数据文件“{path}”打不开：{reason_of(error)}") from error
    except ValueError as error:
        raise PerfxlError(f"数据文件“{path}”不是有效的 JSON：{place_in_text(error)}") from error
    if not isinstance(dossier, dict):
        raise PerfxlError(f"数据文件“{path}”应为一个 JSON 对象")
    return {key: value for key, value in dossier.items() if key != SOURCE}


def scheme_for(dossier: Dossier, asked: str | None, choice: SchemeChoice = EVERY) -> Scheme:
    """The scheme of a dossier: the one that was asked for, else the one it names, else the only one that takes its keys.

    Raises:
        UsageError: another scheme was asked for than the data are of.
        SchemeError: no such scheme; of a dossier that names none: none, or more than one, takes it.
    """
    named = str(dossier.get("scheme") or "")
    if asked:
        scheme = scheme_by_id(asked, choice)
        if named and named != scheme.id:
            raise UsageError(
                f"数据是评价方案 {named} 的，--scheme 要的是 {scheme.id}；请去掉 --scheme，或改用该方案的数据"
            )
        return scheme
    if named:
        try:
            return scheme_by_id(named, choice)
        except UnknownSchemeError as error:
            raise SchemeError(f"{error}。自己写的方案请用 --scheme 方案.toml 指明") from None
    fitting = [scheme for scheme in known_schemes(choice) if _takes(scheme, dossier)]
    if len(fitting) != 1:
        which = "、".join(scheme.id for scheme in fitting) or "没有一种"
        raise SchemeError(f"数据没有写明评价方案（键 scheme），按内容看合适的方案：{which}；请用 --scheme 指明")
    return fitting[0]


def _takes(scheme: Scheme, dossier: Dossier) -> bool:
    try:
        flatten(scheme, dossier)
    except DossierError:
        return False
    return True
