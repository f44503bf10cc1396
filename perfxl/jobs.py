"""What a worker is asked to do. Imports nothing heavy: the command line builds jobs, only workers read workbooks."""

from dataclasses import dataclass, field
from datetime import date
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


def rejected(job: Job, found: Finding) -> FileResult:
    """The result for a file that could not be processed at all."""
    return FileResult(job.name, "", 0, "", None, Status.REJECTED, None, None, (found,))
