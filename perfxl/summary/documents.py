"""Do the Word document and the workbook of one project say the same?

Agencies hand in both, and correct one of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from perfxl.model import Finding
from perfxl.results.filed import StoredResult
from perfxl.rules import Problem, finding
from perfxl.rules.declare import NOWHERE
from perfxl.schemes.spec import Scheme
from perfxl.summary.answers import answers_changed
from perfxl.summary.identity import scheme_of
from perfxl.summary.versions import came_as_document, recency

_MOST_NAMED = 6


def document_differences(
    chosen: StoredResult, submissions: Sequence[StoredResult], known: Mapping[str, Scheme], now: datetime
) -> Iterator[Finding]:
    """XF14 at the submission that counts, where the latest of the other kind says something else."""
    kind = came_as_document(chosen.head)
    others = [
        one for one in submissions if came_as_document(one.head) != kind and one.head.scheme == chosen.head.scheme
    ]
    scheme = scheme_of(chosen.head, known)
    if not others or scheme is None:
        return
    other = max(others, key=lambda one: recency(one.head, now))
    (theirs,), (ours,) = other.kept.read("dossier"), chosen.kept.read("dossier")
    changed = list(answers_changed(scheme, theirs or {}, ours or {}))
    if changed:
        named = "；".join(
            f"{what}：本件“{new or '空白'}”，另一份“{old or '空白'}”" for what, old, new, _ in changed[:_MOST_NAMED]
        )
        more = f"；另有 {len(changed) - _MOST_NAMED} 处" if len(changed) > _MOST_NAMED else ""
        what = "工作簿" if kind else "文档"
        message = f"同一项目的{what}“{other.head.file}”与采用的本件有 {len(changed)} 处不同：{named}{more}"
        yield finding("XF14", Problem(NOWHERE, message, found=f"{len(changed)} 处不同", expected="两份一致"))
