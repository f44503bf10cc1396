"""How does what the office knows come to the workers? As a file that each of them reads once, held against its digest."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from perfxl.errors import PerfxlError
from perfxl.office.knowledge import Claim, OfficeKnowledge
from perfxl.results.encoding import decode, encode
from perfxl.system.outfile import write_whole


@dataclass(frozen=True, slots=True)
class KnowledgeFile:
    """Where what the office knows lies while a command runs, and the digest that it must have."""

    path: str
    digest: str


def laid_down(knowledge: OfficeKnowledge, folder: Path) -> KnowledgeFile:
    """Writes what the office knows into a folder that all workers see.

    Raises:
        OutputError: it cannot be written.
    """
    data = encode(knowledge)
    digest = sha256(data).hexdigest()
    path = folder / f"known-{digest[:16]}.json"
    write_whole(path, data, durable=False)
    return KnowledgeFile(path.resolve().as_posix(), digest)


@lru_cache(maxsize=2)
def knowledge_in(file: KnowledgeFile | None) -> OfficeKnowledge:
    """What the office knows, nothing for no file.

    Raises:
        PerfxlError: somebody took the file away or changed it while the command ran.
    """
    if file is None:
        return OfficeKnowledge()
    try:
        data = Path(file.path).read_bytes()
    except OSError:
        data = b""
    if sha256(data).hexdigest() != file.digest:
        raise PerfxlError("批复清单等资料的暂存文件在运行中被删除或改动。请不要动输出文件夹，再运行一次。")
    return decode(OfficeKnowledge, data)


def known_digest(file: KnowledgeFile | None, claims: tuple[Claim, ...]) -> str:
    """The digest of what the office knows of some projects: a result holds as long as it is the same."""
    if file is None:
        return ""
    return sha256(b"\n".join(encode(knowledge_in(file).about(claim)) for claim in claims)).hexdigest()
