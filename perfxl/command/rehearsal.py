"""What would a consolidation read, pass over and write? Said before anything is done; nothing is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfxl.batch.copies import plan_copies
from perfxl.batch.files import FoundFile, find_files
from perfxl.command.runner import Settings, refuse_overwriting
from perfxl.system.ownbooks import CACHE
from perfxl.system.seals import ASIDE

_LISTED = 20
"""Names of one kind that are listed; of more their number is said."""


@dataclass(frozen=True)
class Outputs:
    """What a consolidation is to write beside the copies; None where it is not wanted."""

    summary: Path
    tables: Path | None = None
    report: Path | None = None
    is_cached: bool = True


def rehearse(paths: Sequence[Path], settings: Settings, outputs: Outputs) -> Iterator[str]:
    """The lines that say so; none where there is nothing to read.

    Raises:
        UsageError: an output would replace what came in.
    """
    refuse_overwriting(paths, settings)
    folder = settings.annotated
    found = find_files(paths, [*settings.outputs, *([folder] if folder else [])])
    if not any(path.exists() for path in paths) or not (found.files or found.skipped):
        return
    yield f"会读取 {len(found.files)} 个文件："
    yield from _listed([one.name for one in found.files])
    if found.skipped:
        yield f"会略过 {len(found.skipped)} 个文件："
        yield from _listed([f"{name}  {reason}" for name, reason in found.skipped])
    yield "会写出："
    yield f"  {outputs.summary.as_posix()}{_replacing(outputs.summary)}"
    if folder:
        yield from _copies(found.files, paths, folder)
    if outputs.tables:
        yield f"  {outputs.tables.as_posix()}/  各表的 CSV（装有 pyarrow 时还有 Parquet）"
    if outputs.report:
        yield f"  {outputs.report.as_posix()}{_replacing(outputs.report)}"
    if outputs.is_cached:
        yield f"  {(outputs.summary.parent / CACHE).as_posix()}/  处理结果，供下次使用"
    yield "这是预演，没有写任何文件。"


def _listed(names: Sequence[str]) -> Iterator[str]:
    yield from (f"  {name}" for name in names[:_LISTED])
    if len(names) > _LISTED:
        yield f"  还有 {len(names) - _LISTED} 个"


def _replacing(path: Path) -> str:
    return "  替换已有的" if path.exists() else ""


def _copies(files: Sequence[FoundFile], paths: Sequence[Path], folder: Path) -> Iterator[str]:
    plan = plan_copies(files, paths, folder)
    there = sum((folder / name).exists() for name in plan.names.values())
    yield f"  {folder.as_posix()}/  {len(plan.names)} 份审核副本" + (f"，其中 {there} 份替换已有的" if there else "")
    if plan.gone:
        yield f"  {(folder / ASIDE).as_posix()}/  移入 {len(plan.gone)} 份副本，它们的原件已经不在"
