"""What a worker is asked to do. Imports nothing heavy: the command line builds jobs, only workers read workbooks."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from perfxl.door.limits import Limits
from perfxl.model import FileResult, Finding
from perfxl.results.laiddown import LaidDown
from perfxl.schemes.choice import EVERY, SchemeChoice


@dataclass(frozen=True, slots=True)
class Conditions:
    """Under which conditions the files of a run are processed: what a result depends on beside the file itself.

    What the office knows before the batch is looked up in the worker; of it a result depends on its own project's part alone.

    Attributes:
        today: the day of the check.
        scheme: which schemes are known; those that perfxl ships where nothing else is said.
        ignored: codes that are switched off.
        limits: what the door lets in.
        year: the year that is evaluated, None where nobody says so.
        drafts: whether Word documents offer sentences for blank chapters.
        known: what the office knows: list, books, last year; None for nothing.
        said: explanations and verdicts of the office's own copies; None where no folder of such copies was given.
    """

    today: date
    scheme: SchemeChoice = EVERY
    ignored: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    year: int | None = None
    drafts: bool = True
    known: LaidDown | None = None
    said: LaidDown | None = None


OWN_COPY = "perfxl 写的审核副本"
"""What an annotated copy in the output folder is passed over as; it is not listed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file to process.

    Attributes:
        file: where it is.
        name: how it is shown: the path as given.
        conditions: shared by all jobs of a run.
        annotated: where its annotated copy goes, None for none.
        report: where its Word document goes, None for none.
        place: by what the file is known again at its copy, and `inputs` the paths of the run; empty without copies.
        copied: whether the file is an annotated copy in the output folder, of which only its answers are compared.
        asked: whether the file was given by itself: then it is taken for a form whatever it looks like.
    """

    file: Path
    name: str
    conditions: Conditions
    annotated: Path | None = None
    report: Path | None = None
    asked: bool = False
    place: str = ""
    inputs: str = ""
    copied: bool = False


def changed_at(file: Path) -> str:
    """When a file was last changed, as its result says it (ISO 8601)."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds")


def rejected(job: Job, found: Finding) -> FileResult:
    """The result for a file that could not be processed at all."""
    return FileResult(job.name, findings=(found,))
