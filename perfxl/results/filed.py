"""What is kept of thousands of results: in memory what sorting them out and adding them up needs, the rest on disk.

A worker packs its result into a `ResultHead` and the details as bytes. The `DetailsStore` of a batch puts the details down and gives
them back as often as they are wanted, one file at a time, so that ten thousand forms take little more memory than one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from sys import intern
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple, overload
from weakref import finalize

from perfxl.dialogue.remarks import Standing, standing_of
from perfxl.errors import OutputError, reason_of
from perfxl.model import Assessment, Dossier, Figures, FileResult, Finding, Severity, Status, Submission
from perfxl.office.knowledge import Claim
from perfxl.results.encoding import decode_field, encode, field_names

IN_MEMORY = 2 * 2**20
"""Bytes of details up to which no file is made on disk."""
_BETWEEN = b"\t"
"""Stands between the fields of details; JSON has no bare tabs."""


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often a code was found in a file with one severity."""

    code: str
    severity: Severity
    number: int


@dataclass(frozen=True, slots=True)
class StandingCount:
    """How many findings of one severity stand where in their life, decided by one reviewer; "" where by nobody."""

    standing: Standing
    severity: Severity
    reviewer: str
    number: int


@dataclass(frozen=True)
class ResultHead(Figures, Submission):
    """What is known of a submission at a glance.

    Attributes:
        project, unit, department, year: as typed, "" where blank.
        stated: the total as the form states it.
        levels: the points of each level-1 branch by its name, as far as there are any.
        found: how often each code was found, by code.
        standings: where the findings stand in their lives.
        refusal: code and message of the first error of a file that could not be read, or what a file is that was passed
            over, else "".
        digest: SHA-256 of the details.
    """

    project: str = ""
    unit: str = ""
    department: str = ""
    year: str = ""
    stated: Decimal | None = None
    levels: Mapping[str, Decimal] = field(default_factory=dict)
    found: tuple[CodeCount, ...] = ()
    standings: tuple[StandingCount, ...] = ()
    refusal: str = ""
    digest: str = ""

    def __reduce__(self) -> tuple[object, ...]:
        """A head travels as plain values; on arrival it shares with others what they have in common."""
        values = {name: getattr(self, name) for name in field_names(ResultHead)}
        values["found"] = [(tally.code, tally.severity, tally.number) for tally in self.found]
        values["standings"] = [(one.standing, one.severity, one.reviewer, one.number) for one in self.standings]
        return _arrived, (values,)

    def count(self, *severities: Severity) -> int:
        """How many findings of these severities the file has, of all where none is named."""
        return sum(tally.number for tally in self.found if not severities or tally.severity in severities)

    def count_open(self, *severities: Severity) -> int:
        """The same without those that the office has settled."""
        return self.count(*severities) - self.standing(Standing.ACCEPTED, *severities)

    def standing(self, standing: Standing, *severities: Severity) -> int:
        """How many findings of these severities stand there."""
        own = (one for one in self.standings if one.standing is standing)
        return sum(one.number for one in own if not severities or one.severity in severities)

    @property
    def is_pending(self) -> bool:
        """待核: whether it is accepted with warnings that nobody has settled."""
        return self.status is Status.ACCEPTED and self.count_open(Severity.WARNING) > 0

    @property
    def claim(self) -> Claim:
        """What the form says of itself."""
        return Claim(self.issued, self.issue, self.project, self.unit, self.year, self.scheme or "")

    @property
    def execution(self) -> Decimal | None:
        """The execution rate."""
        return self.rates.get("execution")

    @property
    def is_blank_template(self) -> bool:
        """Whether the file is a blank that perfxl wrote: no submission, and nothing wrong with it."""
        return "ST15" in self.codes

    @property
    def codes(self) -> frozenset[str]:
        """The codes that were found."""
        return frozenset(tally.code for tally in self.found)

    def without(self, codes: Collection[str]) -> "ResultHead":
        """The head without findings of some codes."""
        return replace(self, found=tuple(tally for tally in self.found if tally.code not in codes))

    def with_added(self, findings: Sequence[Finding]) -> "ResultHead":
        """The head of the same file with further findings, of codes that it does not have yet; an error returns the form."""
        is_wrong = self.status is Status.ACCEPTED and any(one.severity is Severity.ERROR for one in findings)
        status = Status.RETURNED if is_wrong else self.status
        found, standings = (*self.found, *_tallies(findings)), (*self.standings, *_standings(findings))
        return replace(self, status=status, found=found, standings=standings)


@dataclass(frozen=True)
class Details:
    """What is known of a file beside its head; as in its result."""

    dossier: Dossier | None
    assessment: Assessment | None
    findings: tuple[Finding, ...]
    places: Mapping[str, Mapping[str, str]]


class PackedResult(NamedTuple):
    """A result as it travels between processes: its head, and `Details` as bytes, its fields with tabs between them."""

    head: ResultHead
    details: bytes


def pack(result: FileResult) -> PackedResult:
    """A result in two parts."""
    assessment = result.assessment or Assessment()
    details = _BETWEEN.join(map(encode, (result.dossier, result.assessment, result.findings, result.places)))
    head = ResultHead(
        **result.submission,
        **assessment.figures,
        project=_basic(result, "project_name"),
        unit=_basic(result, "unit"),
        department=_basic(result, "department"),
        year=_basic(result, "year"),
        stated=_stated(result),
        levels=_levels(assessment),
        found=_tallies(result.findings),
        standings=_standings(result.findings),
        refusal=_refusal(result),
        digest=sha256(details).hexdigest(),
    )
    return PackedResult(head, details)


def _basic(result: FileResult, key: str) -> str:
    """A text or number of the basic information as text."""
    part = result.dossier.get("basic") if result.dossier else None
    value = part.get(key) if isinstance(part, Mapping) else None
    return "" if value is None else str(value)


def _stated(result: FileResult) -> Decimal | None:
    """The stated total of a form."""
    part = result.dossier.get("stated") if result.dossier else None
    value = part.get("total") if isinstance(part, Mapping) else None
    return Decimal(str(value)) if isinstance(value, int | float) else None


def _levels(assessment: Assessment) -> Mapping[str, Decimal]:
    points: dict[str, Decimal] = {}
    for level in assessment.levels:
        if level.level == 1 and level.score is not None:
            points[level.name] = points.get(level.name, Decimal(0)) + level.score
    return points


def _refusal(result: FileResult) -> str:
    if result.status is not Status.REJECTED:
        return ""
    if result.passed:
        return result.passed
    worst = sorted(result.findings, key=lambda found: list(Severity).index(found.severity))
    return f"{worst[0].code} {worst[0].message}" if worst else "文件无法读取"


def _tallies(findings: Sequence[Finding]) -> tuple[CodeCount, ...]:
    counted = Counter((found.code, found.severity) for found in findings)
    return tuple(_tally(code, severity, number) for (code, severity), number in sorted(counted.items()))


def _standings(findings: Sequence[Finding]) -> tuple[StandingCount, ...]:
    counted = Counter((standing_of(found), found.severity, found.reviewer) for found in findings)
    return tuple(_standing(*which, number) for which, number in sorted(counted.items()))


_tally = lru_cache(maxsize=1024)(CodeCount)
_standing = lru_cache(maxsize=1024)(StandingCount)
"""Thousands of files share their tallies."""


def _arrived(values: dict[str, Any]) -> ResultHead:
    values["found"] = tuple([_tally(*parts) for parts in values["found"]])
    values["standings"] = tuple([_standing(*parts) for parts in values["standings"]])
    for key in ("rates", "amounts", "levels"):
        values[key] = {intern(name): number for name, number in values[key].items()}
    return ResultHead(**values)


class DetailsStore:
    """Where the details of a batch lie: in memory while they are few, then in a nameless file that goes with the shelf.

    Args:
        folder: where that file may be; None where nothing may be written: then all stays in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        most = IN_MEMORY if folder else 0
        where = str(folder) if folder else None
        self._file = SpooledTemporaryFile(max_size=most, dir=where)  # noqa: SIM115  (closed with the shelf)
        finalize(self, self._file.close)
        self._end = self._at = 0

    def put(self, packed: PackedResult) -> "StoredResult":
        """Puts a result down.

        Raises:
            OutputError: there is no room for it.
        """
        at, self._end = self._end, self._end + len(packed.details)
        try:
            self._go(at)
            self._file.write(packed.details)
            self._at = self._end
        except OSError as error:
            raise OutputError(f"处理结果无处暂存：{reason_of(error)}。请检查输出文件夹后重试。") from error
        return StoredResult(packed.head, StoredDetails(self, at, len(packed.details)))

    def read(self, at: int, size: int) -> bytes:
        """Details as they were put down."""
        self._go(at)
        self._at += size
        return self._file.read(size)

    def _go(self, at: int) -> None:
        """Moves to a place; staying there costs nothing, moving empties the buffers."""
        if self._at != at:
            self._file.seek(at)
            self._at = at


class StoredDetails(NamedTuple):
    """Details that lie on a shelf; each part is read anew whenever it is asked for."""

    shelf: DetailsStore
    at: int
    size: int

    @property
    def details(self) -> Details:
        """All of them."""
        return Details(*self.read(*field_names(Details)))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings alone."""
        found: tuple[Finding, ...] = self.read("findings")[0]
        return found

    def raw(self, name: str) -> bytes:
        """A field of the details as it was encoded."""
        return self.shelf.read(self.at, self.size).split(_BETWEEN)[field_names(Details).index(name)]

    def read(self, *names: str) -> list[Any]:
        """Some fields of the details, by name."""
        parts = dict(zip(field_names(Details), self.shelf.read(self.at, self.size).split(_BETWEEN), strict=True))
        return [decode_field(Details, name, parts[name]) for name in names]


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result whose details lie on a shelf."""

    head: ResultHead
    kept: StoredDetails = field(compare=False, repr=False)

    @property
    def result(self) -> FileResult:
        """The whole result, read anew each time."""
        details = self.kept.details
        return FileResult(
            **self.head.submission,
            dossier=details.dossier,
            assessment=details.assessment,
            findings=details.findings,
            places=details.places,
        )


class Results(Sequence[FileResult]):
    """The results of a batch in the order of its files; each is read from the shelf when it is asked for."""

    def __init__(self, filed: Sequence[StoredResult]) -> None:
        self.filed = tuple(filed)

    @property
    def heads(self) -> list[ResultHead]:
        return [one.head for one in self.filed]

    def __len__(self) -> int:
        return len(self.filed)

    def __iter__(self) -> Iterator[FileResult]:
        return (one.result for one in self.filed)

    @overload
    def __getitem__(self, place: int) -> FileResult: ...
    @overload
    def __getitem__(self, place: slice) -> "Results": ...
    def __getitem__(self, place: int | slice) -> "FileResult | Results":
        return Results(self.filed[place]) if isinstance(place, slice) else self.filed[place].result


def filed(results: Iterable[FileResult]) -> list[StoredResult]:
    """Results that are there already, on a shelf of their own."""
    shelf = DetailsStore()
    return [shelf.put(pack(result)) for result in results]
