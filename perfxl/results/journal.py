"""What was put down before, even by a run that was killed? One file of checked lines, each a key and what belongs to it.

A line is `key digest payload`, the digest that of key and payload. A line that is cut off, altered or moved to another
key is as good as not there. Lines are only ever added, one write each; the last line of a key counts.
"""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_KEY = 64
"""Letters of a key and of a digest: SHA-256 in hexadecimal."""
_LONGEST = 16 * 2**20
"""Bytes that are read as one line; the result of a form takes some thousands."""


class Journal:
    """The lines of one file by key. A file that cannot be read or written holds nothing and takes nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[bytes, tuple[int, int]] = {}
        self._torn = False
        with suppress(OSError):
            self._find_lines()

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._places)

    def get(self, key: str) -> bytes | None:
        """What was put down last under a key, None where there is nothing that holds."""
        offset, length = self._places.get(key.encode(), (0, 0))
        if not length:
            return None
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                line = file.read(length)
        except OSError:
            return None
        payload = line[2 * _KEY + 2 : -1]
        return payload if line == _line(key, payload) else None

    def put(self, key: str, payload: bytes) -> None:
        """Puts down a payload, which has no line end in it; what is too long to be read back is not written."""
        line = _line(key, payload)
        if len(line) >= _LONGEST:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as file:
                file.write(b"\n" + line if self._torn else line)
                self._torn = False
                self._places[key.encode()] = (file.tell() - len(line), len(line))

    def _find_lines(self) -> None:
        offset = 0
        with self._path.open("rb") as file:
            for line in iter(lambda: file.readline(_LONGEST), b""):
                if len(line) > 2 * _KEY:
                    self._places[line[:_KEY]] = (offset, len(line))
                self._torn = not line.endswith(b"\n")
                offset += len(line)


def _line(key: str, payload: bytes) -> bytes:
    digest = sha256(key.encode() + b" " + payload).hexdigest()
    return b"%b %b %b\n" % (key.encode(), digest.encode(), payload)
