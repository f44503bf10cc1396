"""What was said of a form before the run? Looked up in the worker."""

from functools import lru_cache

from perfxl.dialogue.settle import Said
from perfxl.results.encoding import decode
from perfxl.results.laiddown import LaidDown, digest_of_each, laid_down_bytes


@lru_cache(maxsize=2)
def said_in(file: LaidDown | None) -> Said:
    """What was said; nothing for no file."""
    return decode(Said, laid_down_bytes(file)) if file else Said()


def said_digest(file: LaidDown | None, parts: tuple[str, ...]) -> str:
    """The digest of what was said of some projects."""
    return digest_of_each([said_in(file).about(part) for part in parts]) if file else ""
