"""Everything that the office knows before a batch, as one read-only value, and what of it concerns one form. Pure."""

from dataclasses import dataclass, field
from functools import cached_property

from perfxl.office.approved import ApprovedList, ApprovedProject
from perfxl.office.books import Booked, Ledger
from perfxl.office.lastyear import LastBatch, LastYear


@dataclass(frozen=True, slots=True)
class Claim:
    """What a form says of itself: the id and the issue of the list that it bears, name, unit, year, and which form it is."""

    id: str = ""
    issue: str = ""
    project: str = ""
    unit: str = ""
    year: str = ""
    scheme: str = ""


@dataclass(frozen=True)
class KnownProject:
    """What the office knows of the project of one form.

    Attributes:
        has_list, has_books, has_last: whether the office gave a list, books, last year.
        claim: what the form says of itself.
        entry: the project of the list that the form stands for; None for none.
        owner: the project whose id the form bears, also where the form is another one.
        near: projects of the list with names like the form's, where it stands for none.
        booked: what the books say.
        is_expected_in_books: whether the books should have it: they are no part of a year's, and the list has the project.
        last: what it was last year; `renamed` are projects of its unit that it may have been, where that is not certain.
    """

    has_list: bool = False
    has_books: bool = False
    has_last: bool = False
    claim: Claim = field(default_factory=Claim)
    entry: ApprovedProject | None = None
    owner: ApprovedProject | None = None
    near: tuple[str, ...] = ()
    booked: Booked | None = None
    is_expected_in_books: bool = False
    last: LastYear | None = None
    renamed: tuple[str, ...] = ()


NOTHING_KNOWN = KnownProject()


@dataclass(frozen=True)
class OfficeKnowledge:
    """What the office knows: its list, its books, last year; None for what it did not give."""

    approved: ApprovedList | None = None
    ledger: Ledger | None = None
    last: LastBatch | None = None

    def about(self, claim: Claim) -> KnownProject:
        """What of it concerns the form that makes this claim."""
        entry, owner, near = self._entry(claim)
        code = entry.code if entry else ""
        project = (entry.name if entry else "") or claim.project
        last = self.last.of(code, project, claim.unit) if self.last else None
        return KnownProject(
            has_list=self.approved is not None,
            has_books=self.ledger is not None,
            has_last=self.last is not None,
            claim=claim,
            entry=entry,
            owner=owner,
            near=near,
            booked=self.ledger.of(code, project, claim.unit, claim.year) if self.ledger else None,
            is_expected_in_books=self.approved is None or (entry is not None and not self.has_partial_books),
            last=last,
            renamed=self.last.renamed(project, claim.unit) if self.last and last is None else (),
        )

    @cached_property
    def in_books(self) -> int:
        """How many projects of the list the books have."""
        listed = self.approved.projects if self.approved and self.ledger else ()
        ledger = self.ledger or Ledger()
        return sum(ledger.of(one.code, one.name, one.unit, one.year) is not None for one in listed)

    @cached_property
    def has_partial_books(self) -> bool:
        """Whether the books have less than half of the list's projects: then what they lack says nothing."""
        return self.approved is not None and 2 * self.in_books < len(self.approved.projects)

    def _entry(self, claim: Claim) -> tuple[ApprovedProject | None, ApprovedProject | None, tuple[str, ...]]:
        """The project that a form stands for, the one whose id it bears, and what may be meant where it stands for none."""
        if self.approved is None:
            return None, None, ()
        owner = self.approved.by_id.get(claim.id) if claim.id else None
        if owner and self.approved.agrees(owner, claim.project, claim.unit):
            return owner, owner, ()
        found = self.approved.matching(claim.project, claim.unit)
        of_form = [one for one in found if one.scheme in ("", claim.scheme)]
        of_year = [one for one in of_form or found if not (one.year and claim.year) or one.year == claim.year]
        entry = next(iter(of_year or of_form or found), None)
        return entry, owner, () if entry else self.approved.near(claim.project)
