"""What a summary is made of: one value, gathered before a table is thought of. Takes no pandas to be imported."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from perfxl.office.knowledge import OfficeKnowledge
from perfxl.results.encoding import field_names
from perfxl.results.filed import ResultHead
from perfxl.schemes.spec import Scheme
from perfxl.summary.projects import Portfolio, portfolio_of
from perfxl.summary.resubmissions import Disposition, Received

if TYPE_CHECKING:
    from perfxl.summary.changes import Changes
    from perfxl.summary.roster import Missing, RosterStanding


@dataclass(frozen=True)
class Batch:
    """Everything that the summary is made of.

    Attributes:
        received: every file that came in, settled and held against the roster.
        missing: the roster's projects for which no file is used.
        roster_size: projects on the roster, None where none was given.
        sources: the paths that were given.
        made: the date of the summary.
        ignored: the codes that were switched off.
        standings: how every project of the roster stands.
        schemes: the schemes among the files that perfxl does not ship.
        office: what the office knew of the projects beforehand.
        changes: since the last run that differs; None where there is none to compare with.
    """

    received: tuple[Received, ...]
    missing: tuple["Missing", ...]
    roster_size: int | None
    sources: tuple[str, ...]
    made: date
    ignored: tuple[str, ...] = ()
    schemes: tuple[Scheme, ...] = field(default=())
    standings: tuple["RosterStanding", ...] = ()
    office: OfficeKnowledge = field(default_factory=OfficeKnowledge)
    changes: "Changes | None" = None

    @cached_property
    def ordered(self) -> tuple[Received, ...]:
        """The files in the order of their paths."""
        return tuple(sorted(self.received, key=lambda one: (*one.head.key, one.head.sha256)))

    @cached_property
    def portfolio(self) -> Portfolio:
        """The projects that count."""
        return portfolio_of(self.received, self.schemes, self.office)

    @cached_property
    def several(self) -> frozenset[str]:
        """The files that hold more than one form."""
        counts = Counter(one.head.file for one in self.received)
        return frozenset(file for file, count in counts.items() if count > 1)

    def with_changes(self, changes: "Changes | None") -> "Batch":
        """The same with what has changed; what was worked out already is kept."""
        made = replace(self, changes=changes)
        vars(made).update({name: value for name, value in vars(self).items() if name not in field_names(Batch)})
        return made

    @property
    def heads(self) -> list[ResultHead]:
        """What is known of each file that was processed, the findings across files included."""
        return [one.head for one in self.received if one.disposition != Disposition.SKIPPED]
