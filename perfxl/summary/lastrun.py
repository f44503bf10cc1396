"""What did the last run of this summary find? Kept beside it, so that the next one can say what has changed.

Two states are kept: the present one and the one before that differs from it. Running again over the same files is held
against the latter, so that it gives the same summary and nothing is lost from sight by running twice. A record that is
damaged, of another format or not there is as good as none.
"""

import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from perfxl.errors import OutputError
from perfxl.model import Dossier
from perfxl.results.cache import digest_of_all
from perfxl.results.encoding import decode, decode_field, encode
from perfxl.results.filed import Details
from perfxl.system.outfile import written_whole
from perfxl.system.ownbooks import CACHE

_FORMAT = 1
_BROKEN = (OSError, sqlite3.Error, ValueError, zlib.error, OutputError)
_MOST_BYTES = 64 * 2**20
"""Of the details of one form, unpacked; a form takes some thousands."""


@dataclass(frozen=True, slots=True)
class NotedForm:
    """A submission that counted, or was refused, as the next run must know it.

    Attributes:
        file, sheets, sha256: of the submission; `digest` that of all that was found in it.
        modified: the day of its last change, as people read it.
        part, issued: by which its project is known again.
        is_read: whether it was read, else it was refused.
        name, unit, department: of the project, as the summary shows them.
        scheme: id of its scheme.
        status: what became of it, in Chinese.
        total, grade: points and grade that hold.
        amounts: as typed, in 万元 by label.
    """

    file: str
    sheets: tuple[str, ...]
    sha256: str
    digest: str
    modified: str
    part: str
    issued: str
    is_read: bool
    name: str
    unit: str
    department: str
    scheme: str
    status: str
    total: Decimal | None
    grade: str
    amounts: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class NotedFinding:
    """A finding as the next run must know it; `decided` is what the office says of it, in one line."""

    id: str
    state: str
    code: str
    severity: str
    message: str
    sheet: str
    cell: str
    decided: str


@dataclass(frozen=True)
class NotedFindings:
    """The findings of a submission."""

    every: tuple[NotedFinding, ...]


class NotedDetails(NamedTuple):
    """What a submission said, and what was found in it."""

    dossier: Dossier
    findings: tuple[NotedFinding, ...]


@dataclass(frozen=True)
class _Head:
    """Of a record: when it was made, and the digest of its forms."""

    form: int
    made: date
    state: str


def state_of_all(forms: Sequence[NotedForm]) -> str:
    """The digest of forms, whatever their order and folder: the same where nothing has changed."""
    ordered = sorted(forms, key=lambda one: (one.sha256, one.file, one.sheets))
    return digest_of_all(replace(one, file="", sheets=()) for one in ordered)


def packed_details(dossier: bytes, findings: Iterable[NotedFinding]) -> bytes:
    """Details as a record keeps them; `dossier` is encoded already."""
    return zlib.compress(b"\t".join((dossier, encode(NotedFindings(tuple(findings))))), 1)


class KeptRun:
    """One run of a summary as it was kept.

    Raises:
        ValueError, OSError, sqlite3.Error: it is none.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(path)
        self._book = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            head = decode(_Head, self._book.execute("SELECT head FROM run").fetchone()[0])
            if head.form != _FORMAT:
                raise ValueError("of another format")
            self.made, self.state = head.made, head.state
            rows = self._book.execute("SELECT head FROM form ORDER BY place")
            self.forms = [decode(NotedForm, row) for (row,) in rows]
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Lets go of the file; nothing can be read any more."""
        self._book.close()

    def packed(self, place: int) -> bytes:
        """The details of a form, by its place among `forms`, as `packed_details` made them."""
        details: bytes = self._book.execute("SELECT details FROM form WHERE place = ?", (place,)).fetchone()[0]
        return details

    def details(self, place: int) -> NotedDetails:
        """The same, unpacked; blank where they cannot be read."""
        with suppress(*_BROKEN, TypeError):
            dossier, findings = zlib.decompressobj().decompress(self.packed(place), _MOST_BYTES).split(b"\t")
            return NotedDetails(decode_field(Details, "dossier", dossier) or {}, decode(NotedFindings, findings).every)
        return NotedDetails({}, ())


class LastRun:
    """The records of one summary, in the folder of results beside it; `makes_folder` where there need be none yet."""

    def __init__(self, target: Path, makes_folder: bool = True) -> None:
        folder = target.parent / CACHE
        self._is_wanted = makes_folder or folder.is_dir()
        self._now, self._before = (folder / f"{target.name}.{word}.sqlite" for word in ("now", "before"))

    def before(self, state: str) -> tuple[KeptRun | None, bool]:
        """The last run that differs from one of this state, None where there is none; whether the very last was the same."""
        last = _kept(self._now)
        if last is None or last.state != state:
            return last, False
        last.close()
        return _kept(self._before), True

    def keep(self, made: date, state: str, forms: Iterable[tuple[NotedForm, bytes]], last: KeptRun | None) -> None:
        """Keeps a run for the next one; the last becomes the one before. Where that cannot be written, nothing is kept.

        Args:
            made: the date of its summary.
            state: `state_of_all`.
            forms: with their details, packed.
            last: from which details may still be taken; it is closed before its file is moved.
        """
        if not self._is_wanted:
            return
        new = self._now.with_suffix(".new")
        with suppress(*_BROKEN):
            with written_whole(new) as temporary, closing(sqlite3.connect(temporary)) as book:
                book.execute("PRAGMA journal_mode = OFF")
                book.execute("CREATE TABLE run (head BLOB)")
                book.execute("CREATE TABLE form (place INTEGER PRIMARY KEY, head BLOB, details BLOB)")
                book.execute("INSERT INTO run VALUES (?)", (encode(_Head(_FORMAT, made, state)),))
                rows = ((place, encode(form), packed) for place, (form, packed) in enumerate(forms))
                book.executemany("INSERT INTO form VALUES (?, ?, ?)", rows)
                book.commit()
            if last:
                last.close()
            if self._now.exists():
                self._now.replace(self._before)
            new.replace(self._now)


def _kept(path: Path) -> KeptRun | None:
    try:
        return KeptRun(path)
    except (*_BROKEN, TypeError):
        return None
