"""What the office gives beside the forms (list, books, last year) as one value that the workers look up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from perfxl.command.runner import Settings, refuse_overwriting, run_paths
from perfxl.errors import PerfxlError
from perfxl.office.approved import ApprovedList
from perfxl.office.knowledge import OfficeKnowledge
from perfxl.office.lastyear import LastBatch
from perfxl.results.laiddown import laid_down
from perfxl.schemes.choice import own_schemes
from perfxl.schemes.spec import Scheme
from perfxl.system.outfile import folder_beside


@dataclass(frozen=True)
class OfficeSources:
    """Where the office's own papers are.

    Attributes:
        roster: its approved list, or a roster of the projects that should come in.
        ledger: its books.
        last: last year's forms (a folder or a file), or last year's summary.
    """

    roster: Path | None = None
    ledger: Path | None = None
    last: Path | None = None

    @property
    def given(self) -> list[Path]:
        return [path for path in (self.roster, self.ledger, self.last) if path]


@contextmanager
def knowing(
    sources: OfficeSources, paths: Sequence[Path], settings: Settings
) -> Iterator[tuple[OfficeKnowledge, Settings]]:
    """Yields what the office knows, and the settings by which the workers know it, as long as the block lasts.

    Raises:
        UsageError: an output would replace what came in.
        PerfxlError: one of the office's papers cannot be used.
        OutputError: nothing can be put down in the output folder.
    """
    if not sources.given:
        yield OfficeKnowledge(), settings
        return
    refuse_overwriting(paths, settings)  # before anything is read
    knowledge = read_knowledge(sources, settings)
    with folder_beside(settings.workplace) as folder:
        conditions = replace(settings.conditions, known=laid_down(knowledge, folder))
        yield knowledge, replace(settings, conditions=conditions)


def read_knowledge(sources: OfficeSources, settings: Settings) -> OfficeKnowledge:
    """Everything that the office knows before the batch.

    Raises:
        PerfxlError: one of its papers cannot be used; the message names the cells.
    """
    from perfxl.office.ledgers import read_ledger
    from perfxl.office.lists import read_whole_list

    own = own_schemes(settings.conditions.scheme)
    approved = (
        ApprovedList(read_whole_list(sources.roster, own, "应报名单"), sources.roster.as_posix())
        if sources.roster
        else None
    )
    ledger = read_ledger(sources.ledger) if sources.ledger else None
    last = _read_last(sources.last, settings, own) if sources.last else None
    return OfficeKnowledge(approved, ledger, last)


def _read_last(path: Path, settings: Settings, own: tuple[Scheme, ...]) -> LastBatch:
    """Last year's projects: out of a summary, else out of the forms themselves."""
    from perfxl.summary.lastbatch import last_batch_of
    from perfxl.summary.resubmissions import settle
    from perfxl.system.ownbooks import is_summary

    if path.is_file() and is_summary(path):
        from perfxl.office.lastsummary import read_last_summary

        return read_last_summary(path)
    if not path.exists():
        raise PerfxlError(f"--last “{path}”：找不到这个文件或文件夹")
    conditions = replace(settings.conditions, known=None, year=None)
    _, results = run_paths([path], Settings(conditions, workers=settings.workers), is_shown=False)
    return last_batch_of(settle(results.filed), own)
