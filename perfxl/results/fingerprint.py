"""Would this program, with these settings, say the same of the same file? Two runs with one fingerprint would."""

from dataclasses import astuple
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import perfxl
from perfxl.results.encoding import encode
from perfxl.results.jobs import Conditions
from perfxl.schemes.choice import texts_of
from perfxl.system.libreoffice import program
from perfxl.system.versions import versions


def fingerprint_of(conditions: Conditions) -> str:
    """What a result depends on beside the file itself: program, libraries, scheme, switched off codes, limits, year.

    The day is not among it: what a result has to do with the day it says itself (`turning_days`).

    Raises:
        SchemeError: the user's own scheme cannot be read.
    """
    own = texts_of(conditions.scheme)
    parts = [_program(), own, sorted(conditions.ignored), astuple(conditions.limits), conditions.year]
    return sha256(encode(parts)).hexdigest()


@lru_cache(maxsize=1)
def _program() -> list[str]:
    """The versions, whether LibreOffice is there, and the content of every module and scheme: an edited copy of perfxl is another program."""
    folder = Path(perfxl.__file__).parent
    content = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".toml")):
        content.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
        content.update(path.read_bytes())
    return [content.hexdigest(), *versions().values(), str(program() is not None)]
