"""How does what is known before a batch come to the workers? As a file that each of them reads once, held against its digest."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from perfxl.errors import PerfxlError
from perfxl.results.encoding import encode
from perfxl.system.outfile import write_whole


@dataclass(frozen=True, slots=True)
class LaidDown:
    """Where a value lies while a command runs, and the digest that it must have."""

    path: str
    digest: str


def laid_down(value: object, folder: Path) -> LaidDown:
    """Writes a value into a folder that all workers see.

    Raises:
        OutputError: it cannot be written.
    """
    data = encode(value)
    digest = sha256(data).hexdigest()
    path = folder / f".perfxl-{digest[:16]}.json"
    write_whole(path, data, durable=False)
    return LaidDown(path.resolve().as_posix(), digest)


@lru_cache(maxsize=4)
def laid_down_bytes(file: LaidDown) -> bytes:
    """What was laid down, as `encode` made it.

    Raises:
        PerfxlError: somebody took the file away or changed it while the command ran.
    """
    try:
        data = Path(file.path).read_bytes()
    except OSError:
        data = b""
    if sha256(data).hexdigest() != file.digest:
        raise PerfxlError("批复清单、复核意见等资料的暂存文件在运行中被删除或改动。请不要动输出文件夹，再运行一次。")
    return data


def digest_of_each(values: list[object]) -> str:
    """The digest of what is known of some projects: a result holds as long as it is the same."""
    return sha256(b"\n".join(map(encode, values))).hexdigest()
