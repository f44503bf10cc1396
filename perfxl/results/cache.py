"""What is known already from an earlier run? The results of files that have not changed, in the output folder.

Entries are kept by content, name and target of a file, under the fingerprint of program and settings; another program or
setting starts afresh. Another day does not: a result says itself on which days it may change. An entry is data (`encoding`), checked line by line (`journal`), and says nothing about where
anything is written. An annotated copy or summary counts only while it stands there as it was written. The folder may be
deleted at any time. Whoever can write in the output folder can change the summary itself: against him no cache helps.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from errno import ENOTSUP
from hashlib import file_digest, sha256
from math import inf
from pathlib import Path
from stat import S_ISREG

from perfxl.results.encoding import decode, encode
from perfxl.results.filed import PackedResult, ResultHead
from perfxl.results.jobs import Job, changed_at
from perfxl.results.journal import Journal
from perfxl.results.known import known_digest
from perfxl.results.said import said_digest
from perfxl.system.ownbooks import CACHE as FOLDER

APART = b"\v"
"""Stands between the results of a file; JSON has no bare control characters."""
CIRCUMSTANTIAL = frozenset({"FL09", "FL12", "FL13", "FL14", "FL16"})
"""Findings about the run, not the file: crash, file in use, copy not written, earlier copy kept. They are not kept."""


@dataclass(frozen=True)
class _Entry:
    """What is kept of a file.

    Attributes:
        heads: of its results.
        copies: the digest of each annotated copy by its path.
        changed: the file's time when it was read.
        today: the day of the check.
        known: the digest of what the office knew of its projects.
        said: the digest of what was said of its projects.
    """

    heads: tuple[ResultHead, ...]
    copies: Mapping[str, str]
    changed: str
    today: date
    known: str = ""
    said: str = ""


@dataclass(frozen=True)
class _Outputs:
    """What a summary was made from, and the digest of each file that was written."""

    made_from: str
    files: Mapping[str, str]


class Cache:
    """The results of one fingerprint in one output folder; those of other fingerprints are deleted."""

    def __init__(self, output: Path, fingerprint: str) -> None:
        folder = output / FOLDER
        path = folder / f"{fingerprint[:32]}.jsonl"
        for other in folder.glob("*.jsonl"):
            if other != path:
                with suppress(OSError):
                    other.unlink()
        self._journal = Journal(path)

    @property
    def holds_any(self) -> bool:
        """Whether anything is kept, for this run's sake or from an earlier one: where nothing can be written, it is not."""
        return len(self._journal) > 0

    def find(self, job: Job) -> list[PackedResult]:
        """The results that processing the file would give, none where that is not known for sure."""
        if job.copied:
            return []
        try:
            changed = changed_at(job.file)
            data = self._journal.get(_key(job, _digest(job.file, job.conditions.limits.file_bytes)))
            line, *details = (data or b"").split(APART)
            entry = decode(_Entry, line) if details else None
        except (OSError, ValueError):
            return []
        if entry is None or len(details) != len(entry.heads) or _is_dated(entry, changed):
            return []
        if _has_turned(entry, job.conditions.today) or entry.known != _known(job, entry.heads):
            return []
        if entry.said != _said(job, entry.heads):
            return []
        is_whole = all(_digest_of(Path(name)) == digest for name, digest in entry.copies.items())
        return list(map(PackedResult, entry.heads, details)) if is_whole else []

    def store(self, job: Job, results: Sequence[PackedResult]) -> None:
        """Keeps the results of a file, unless one says something about this run rather than about the file."""
        heads = tuple(packed.head for packed in results)
        if job.copied or not all(_is_lasting(head, job) for head in heads):
            return
        try:
            copies = {head.annotated: _digest_of(Path(head.annotated)) for head in heads if head.annotated}
            known, said = _known(job, heads), _said(job, heads)
            entry = _Entry(heads, copies, changed_at(job.file), job.conditions.today, known, said)
            content = _content_of(job, heads)
        except OSError:
            return
        if all(copies.values()):
            self._journal.put(_key(job, content), APART.join([encode(entry), *(packed.details for packed in results)]))

    def has_outputs(self, made_from: str, target: Path) -> bool:
        """Whether a summary made from the same stands there, it and the tables beside it as they were written."""
        try:
            data = self._journal.get(_name_key(target))
            outputs = decode(_Outputs, data) if data else None
        except ValueError:
            return False
        if outputs is None or outputs.made_from != made_from or target.as_posix() not in outputs.files:
            return False
        return all(_digest_of(Path(name)) == digest for name, digest in outputs.files.items())

    def store_outputs(self, made_from: str, target: Path, tables: Iterable[Path]) -> None:
        """Keeps what a summary and its tables were made from."""
        files = {path.as_posix(): _digest_of(path) for path in (target, *tables)}
        self._journal.put(_name_key(target), encode(_Outputs(made_from, files)))


def _known(job: Job, heads: Sequence[ResultHead]) -> str:
    """The digest of what the office knows of the projects of a file; of all that it knows where the file was refused."""
    file = job.conditions.known
    if file and not all(head.scheme for head in heads):
        return file.digest
    return known_digest(file, tuple(head.claim for head in heads))


def _said(job: Job, heads: Sequence[ResultHead]) -> str:
    """The digest of what was said of the projects of a file, as far as it was read."""
    parts = tuple(head.part for head in heads if head.part)
    return said_digest(job.conditions.said, parts)


def _is_dated(entry: _Entry, changed: str) -> bool:
    """Whether the file's time, which has changed, is said in a result."""
    return changed != entry.changed and any(entry.changed in (head.modified, head.filed) for head in entry.heads)


def _has_turned(entry: _Entry, today: date) -> bool:
    """Whether a date that was to come on the day of the check is over today, or the other way round."""
    days = (day for head in entry.heads for day in head.turning_days)
    return any((day > entry.today) != (day > today) for day in days)


def _content_of(job: Job, heads: Sequence[ResultHead]) -> str:
    """The digest of the file: that of its results, unless they are about what lies inside it."""
    return heads[0].sha256 if heads and all(head.file == job.name for head in heads) else _digest(job.file)


def digest_of_all(parts: Iterable[object]) -> str:
    """One digest of everything that a summary is made from."""
    whole = sha256()
    for part in parts:
        whole.update(encode(part) + b"\n")
    return whole.hexdigest()


def _is_lasting(head: ResultHead, job: Job) -> bool:
    """Whether a result says something about the file, which could be read, or about what lies inside it."""
    return bool(head.sha256 or head.file != job.name) and CIRCUMSTANTIAL.isdisjoint(head.codes)


def _key(job: Job, content: str) -> str:
    """Content, the name that the result bears, and where the copy goes."""
    annotated = job.annotated.as_posix() if job.annotated else None
    return sha256(encode([content, job.name, annotated, job.asked])).hexdigest()


def _name_key(target: Path) -> str:
    return sha256(encode(["summary", target.as_posix()])).hexdigest()


def _digest_of(path: Path | None) -> str:
    """The digest of a file, empty where there is none or it cannot be read."""
    try:
        return _digest(path) if path else ""
    except OSError:
        return ""


def _digest(path: Path, most: float = inf) -> str:
    """The digest of a file; what is no plain file or larger than the door lets in is not read."""
    state = path.stat()
    if not S_ISREG(state.st_mode) or state.st_size > most:
        raise OSError(ENOTSUP, "not a file to remember", path)
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
