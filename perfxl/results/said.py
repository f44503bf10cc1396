"""How does what was said before a run come to the workers? As a file that each of them reads once, held against its digest."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from perfxl.dialogue.settle import Said
from perfxl.errors import PerfxlError
from perfxl.results.encoding import decode, encode
from perfxl.system.outfile import write_whole


@dataclass(frozen=True, slots=True)
class SaidFile:
    """Where it lies while a command runs, and the digest that it must have."""

    path: str
    digest: str


def laid_down(said: Said, folder: Path) -> SaidFile:
    """Writes what was said into a folder that all workers see.

    Raises:
        OutputError: it cannot be written.
    """
    data = encode(said)
    digest = sha256(data).hexdigest()
    path = folder / f".perfxl-{digest[:16]}.json"
    write_whole(path, data, durable=False)
    return SaidFile(path.resolve().as_posix(), digest)


@lru_cache(maxsize=2)
def said_in(file: SaidFile | None) -> Said:
    """What was said; nothing for no file.

    Raises:
        PerfxlError: somebody took the file away or changed it while the command ran.
    """
    if file is None:
        return Said()
    try:
        data = Path(file.path).read_bytes()
    except OSError:
        data = b""
    if sha256(data).hexdigest() != file.digest:
        raise PerfxlError("复核意见的暂存文件在运行中被删除或改动。请不要动输出文件夹，再运行一次。")
    return decode(Said, data)


def said_digest(file: SaidFile | None, parts: tuple[str, ...]) -> str:
    """The digest of what was said of some projects: a result holds as long as it is the same."""
    if file is None:
        return ""
    return sha256(b"\n".join(encode(said_in(file).about(part)) for part in parts)).hexdigest()
