"""What a worker is asked to do. Imports nothing heavy: the command line builds jobs, only workers read workbooks."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from perfxl.door.limits import Limits
from perfxl.model import FileResult, Finding, Status


@dataclass(frozen=True, slots=True)
class Job:
    """One file to process.

    Attributes:
        file: where it is.
        name: how it is shown: the path as given.
        today: the day of the check.
        scheme: id or TOML file, None to recognise it.
        annotated: where its annotated copy goes, None for none.
        report: where its Word document goes, None for none.
        drafts: whether that document offers sentences for blank chapters.
        ignored: codes that are switched off.
        limits: what the door lets in.
    """

    file: Path
    name: str
    today: date
    scheme: str | None = None
    annotated: Path | None = None
    ignored: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    report: Path | None = None
    drafts: bool = True


def changed_at(file: Path) -> str:
    """When a file was last changed, as its result says it (ISO 8601)."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")


def rejected(job: Job, found: Finding) -> FileResult:
    """The result for a file that could not be processed at all."""
    return FileResult(job.name, "", 0, "", None, Status.REJECTED, None, None, (found,))
