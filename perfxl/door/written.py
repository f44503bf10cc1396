"""Numbers and switches as attributes write them. Nonsense gives None or the usual, never an error."""

import math
import re

_WHOLE = re.compile(r"\s*\+?0*(\d{1,9})\s*", re.ASCII)
_OFF = ("", "0", "false", "off", "f")


def whole(text: str | None) -> int | None:
    """A number without sign, as programs read it that pass over blanks, a plus and zeros before it."""
    found = _WHOLE.fullmatch(text) if text else None
    return int(found[1]) if found else None


def is_on(text: str | None, usual: bool = False) -> bool:
    """Whether a switch says yes. The format knows 1 and true; LibreOffice also reads on, t and 2 as yes."""
    return usual if text is None else text.strip().lower() not in _OFF


def size_of(text: str | None) -> float | None:
    """A height, width or size of letters; None where none is said, or nothing that makes sense."""
    try:
        size = float(text) if text else math.nan
    except ValueError:
        return None
    return size if math.isfinite(size) else None
