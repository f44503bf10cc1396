"""What does the office know of a form's project? Looked up in the worker."""

from functools import lru_cache

from perfxl.office.knowledge import Claim, OfficeKnowledge
from perfxl.results.encoding import decode
from perfxl.results.laiddown import LaidDown, digest_of_each, laid_down_bytes


@lru_cache(maxsize=2)
def knowledge_in(file: LaidDown | None) -> OfficeKnowledge:
    """What the office knows, nothing for no file."""
    return decode(OfficeKnowledge, laid_down_bytes(file)) if file else OfficeKnowledge()


def known_digest(file: LaidDown | None, claims: tuple[Claim, ...]) -> str:
    """The digest of what the office knows of some projects."""
    return digest_of_each([knowledge_in(file).about(claim) for claim in claims]) if file else ""
