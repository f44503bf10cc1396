"""Last year out of last year's forms: the projects that count, with their texts and targets."""

from collections.abc import Iterator, Mapping, Sequence

from perfxl.model import Dossier
from perfxl.office.lastyear import LastBatch, LastYear, SaidLastYear
from perfxl.schemes.spec import Scheme
from perfxl.summary.projects import BUDGET, USED, Project, portfolio_of
from perfxl.summary.resubmissions import Received
from perfxl.typed.wording import squeeze


def last_batch_of(received: Sequence[Received], schemes: Sequence[Scheme] = ()) -> LastBatch:
    """The projects of a settled batch as last year's; `schemes` are those that perfxl does not ship."""
    return LastBatch(tuple(_last_year(project) for project in portfolio_of(received, schemes).projects))


def _last_year(project: Project) -> LastYear:
    head, dossier = project.head, project.opened().dossier
    return LastYear(
        head.project,
        head.unit,
        head.year,
        project.amounts.get(BUDGET),
        project.amounts.get(USED),
        head.execution,
        head.total,
        head.grade or "",
        tuple(_texts(project.scheme, dossier)),
        tuple(_targets(project.scheme, dossier)),
        head.file,
    )


def _texts(scheme: Scheme, dossier: Dossier) -> Iterator[SaidLastYear]:
    for path, _ in scheme.sections:
        block, _, key = path.partition(".")
        part = dossier.get(block)
        text = part.get(key) if isinstance(part, Mapping) else None
        if isinstance(text, str):
            yield SaidLastYear(path, squeeze(text))


def _targets(scheme: Scheme, dossier: Dossier) -> Iterator[SaidLastYear]:
    """What was aimed at by the name of the indicator."""
    approved = scheme.approved
    rows = dossier.get(approved.table) if approved else None
    if approved is None or "target" not in approved.columns or not isinstance(rows, Sequence):
        return
    for row in rows:
        name, target = row.get(approved.columns["name"]), row.get(approved.columns["target"])
        if isinstance(name, str) and target is not None:
            yield SaidLastYear(name, str(target))
