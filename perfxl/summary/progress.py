"""How far is the review? One row for each department and reviewer, over the projects that count. Pure pandas."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from perfxl.dialogue.remarks import Standing
from perfxl.model import Severity
from perfxl.results.filed import StandingCount
from perfxl.summary.batch import Batch
from perfxl.summary.projects import Project
from perfxl.summary.tables import Column, SummaryTable, framed

PROGRESS_KEY, TITLE = "progress", "复核进度"
NOBODY = "（未复核）"
_UNDECIDED = (Standing.NOT_EFFECTIVE, Standing.DIFFERING)


@dataclass
class ReviewerShare:
    """What one reviewer has decided of one department's findings; `reviewer` is empty for what nobody has decided.

    Attributes:
        projects: that have such findings.
        received: when those came in of which something is still to be done (ISO 8601).
        counts: errors and warnings by standing; informations need nothing.
    """

    department: str
    reviewer: str
    projects: int = 0
    received: list[str] = field(default_factory=list)
    counts: dict[tuple[Standing, Severity], int] = field(default_factory=dict)

    def add(self, project: Project, counted: Iterable[StandingCount]) -> None:
        """Adds one project's findings."""
        self.projects += 1
        before = self.open
        for one in counted:
            place = one.standing, one.severity
            self.counts[place] = self.counts.get(place, 0) + one.number
        if self.open > before:
            self.received.append(project.head.modified[:10])

    def count(self, *standings: Standing, severity: Severity | None = None) -> int:
        """How many stand there, of both severities or of one."""
        return sum(
            number
            for (standing, own), number in self.counts.items()
            if standing in standings and severity in (None, own)
        )

    @property
    def open(self) -> int:
        """How many are not settled."""
        return sum(self.counts.values()) - self.count(Standing.ACCEPTED)


_COLUMNS: tuple[Column[ReviewerShare], ...] = (
    Column("department", "主管部门", "long", 28, value=lambda one: one.department),
    Column("reviewer", "复核人", "text", 14, value=lambda one: one.reviewer or NOBODY),
    Column("projects", "涉及\n项目", "count", value=lambda one: one.projects),
    Column("all", "错误和\n警告", "count", foots=("sum",), value=lambda one: sum(one.counts.values())),
    Column("accepted", "认可", "count", foots=("sum",), value=lambda one: one.count(Standing.ACCEPTED)),
    Column("open", "未了结", "count", foots=("sum",), formula="{all}-{accepted}", value=lambda one: one.open),
    Column("more", "补充\n材料", "count", foots=("sum",), value=lambda one: one.count(Standing.MORE)),
    Column("refused", "不认可", "count", foots=("sum",), value=lambda one: one.count(Standing.REJECTED)),
    Column("undecided", "未生效、\n意见不一", "count", 9, foots=("sum",), value=lambda one: one.count(*_UNDECIDED)),
    Column("explained", "已说明\n待复核", "count", foots=("sum",), value=lambda one: one.count(Standing.EXPLAINED)),
    Column("errors", "未处理\n错误", "count", foots=("sum",),
           value=lambda one: one.count(Standing.OPEN, severity=Severity.ERROR)),
    Column("warnings", "未处理\n警告", "count", foots=("sum",),
           value=lambda one: one.count(Standing.OPEN, severity=Severity.WARNING)),
    Column("since", "最早的\n报送日期", "short", 12, value=lambda one: min(one.received, default="")),
)  # fmt: skip


def progress_table(batch: Batch) -> SummaryTable:
    """What is settled and what is open, by department and reviewer."""
    note = (
        "只计采用的文件的错误和警告（提示无须处理）；“未了结”含退回、待核的全部问题；日期是其中有未了结问题的最早一份"
    )
    rows = framed(_COLUMNS, _shares(batch))
    return SummaryTable(PROGRESS_KEY, TITLE, note, _COLUMNS, rows, ("合计",), frozen="reviewer")


def _shares(batch: Batch) -> Iterator[ReviewerShare]:
    """By department in the order of the summary; what nobody has decided stands last."""
    shares: dict[tuple[int, bool, str], ReviewerShare] = {}
    for project in batch.portfolio.projects:
        for reviewer, counted in _by_reviewer(project).items():
            place = project.department_number, not reviewer, reviewer
            department = batch.portfolio.departments[project.department_number]
            shares.setdefault(place, ReviewerShare(department, reviewer)).add(project, counted)
    return (shares[place] for place in sorted(shares))


def _by_reviewer(project: Project) -> Mapping[str, list[StandingCount]]:
    found: dict[str, list[StandingCount]] = {}
    for one in project.head.standings:
        if one.severity is not Severity.INFO:
            found.setdefault(one.reviewer, []).append(one)
    return found
