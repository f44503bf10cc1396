"""The whole of what goes out: forms, drafts, register. Running it again writes what changed and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from perfxl.distribution.letters import FOLDER, drafts
from perfxl.distribution.places import form_places
from perfxl.distribution.prefilled import prefilled_form
from perfxl.distribution.register import REGISTER, write_register
from perfxl.errors import OutputError, reason_of
from perfxl.office.answers import faults_of
from perfxl.office.approved import ApprovedProject
from perfxl.schemes.spec import Scheme
from perfxl.system.letters import is_untouched as is_untouched_draft
from perfxl.system.outfile import write_whole
from perfxl.system.ownbooks import is_as_written


@dataclass
class SentOut:
    """What became of each file, by its path below the output folder; and the projects for which there is no form.

    Attributes:
        new, changed, same: written for the first time, written anew, left as it was.
        kept: somebody has saved it since: not replaced, although the list says something else now.
        gone: forms of perfxl's that are no longer on the list; they stay where they are.
        faults: project and reason of each that cannot be handed out.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    faults: list[tuple[ApprovedProject, str]] = field(default_factory=list)


def send_out(
    projects: Sequence[ApprovedProject],
    scheme_of: Callable[[ApprovedProject], Scheme | None],
    folder: Path,
    with_drafts: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> SentOut:
    """Writes a form for each project, the register, and drafts of letters where they are wanted.

    Args:
        projects: of the list.
        scheme_of: the form of a project, None where none is named.
        folder: where everything goes.
        with_drafts: whether letters are drafted.
        advance: called with how many forms are done.

    Raises:
        OutputError: a file cannot be written.
    """
    done = SentOut()
    schemes = _handed_out(projects, scheme_of, done)
    going = list({one.id: one for one in projects if one.id in schemes}.values())
    places = form_places(going)
    for number, one in enumerate(going, 1):
        _put(folder, places[one.id].as_posix(), prefilled_form(one, schemes[one.id]), is_as_written, done)
        advance(number)
    done.gone += _left_over(folder, places)
    if with_drafts:
        try:
            letters = drafts(going, places, folder)
        except OSError as error:
            raise OutputError(f"下发的表格读不出来：{reason_of(error)}。请检查输出文件夹后重试。") from error
        for name, letter in letters.items():
            _put(folder, f"{FOLDER}/{name}", letter, is_untouched_draft, done)
    _put(folder, REGISTER, _register(going, schemes, places), is_as_written, done)
    return done


def _handed_out(
    projects: Sequence[ApprovedProject], scheme_of: Callable[[ApprovedProject], Scheme | None], done: SentOut
) -> dict[str, Scheme]:
    """The form of each project that can be handed out, by the project's id."""
    schemes: dict[str, Scheme] = {}
    for one in projects:
        scheme = scheme_of(one)
        if scheme is None:
            done.faults.append((one, "没有写用哪一种评价表；请在“评价表”一栏填写，或用 --scheme 指定"))
            continue
        faults = list(faults_of(one, scheme))
        done.faults += [(one, fault) for fault in faults]
        if not faults:
            schemes[one.id] = scheme
    return schemes


def _put(folder: Path, name: str, content: bytes, is_ours: Callable[[Path], bool], done: SentOut) -> None:
    """Writes a file, unless it is there already or somebody has worked on the one that is there."""
    target = folder / name
    there = target.exists()
    if there and _content(target) == content:
        done.same.append(name)
    elif there and not is_ours(target):
        done.kept.append(name)
    else:
        write_whole(target, content, durable=False)
        (done.changed if there else done.new).append(name)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _register(
    projects: Sequence[ApprovedProject], schemes: Mapping[str, Scheme], places: Mapping[str, PurePosixPath]
) -> bytes:
    with TemporaryDirectory() as place:
        path = Path(place) / REGISTER
        write_register(path, projects, schemes, places)
        return path.read_bytes()


def _left_over(folder: Path, places: Mapping[str, PurePosixPath]) -> Iterator[str]:
    """Workbooks two folders deep that belong to no project of the list any more."""
    known = {place.as_posix() for place in places.values()}
    for path in sorted(folder.glob("*/*/*.xlsx")):
        name = path.relative_to(folder).as_posix()
        if name not in known and not path.name.startswith((".", "~$")):
            yield name
