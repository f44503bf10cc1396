"""The command line. Commands are a few lines each and import what they need when they run."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from perfxl import __version__
from perfxl.command.choices import changed_limits, chosen_schemes, switched_off
from perfxl.command.targets import expect_copies, expect_docx, expect_folder, expect_no_work, expect_xlsx
from perfxl.command.terminal import Group, Paths, run
from perfxl.errors import ExitCode, UsageError
from perfxl.model import Status

if TYPE_CHECKING:
    from perfxl.command.rehearsal import Outputs
    from perfxl.command.runner import Settings
    from perfxl.results.filed import Results
    from perfxl.schemes.choice import SchemeChoice

DRAFT = "draft"
"""The word behind `schemes` that drafts one."""
UNCUT = 10_000
"""Columns where there is no terminal: nothing is left out of a list that goes to a file."""

PATHS = click.argument("paths", cls=Paths, metavar="路径...", nargs=-1, required=True, type=click.Path(path_type=Path))
FOLDERS = click.option(
    "--schemes",
    "folders",
    multiple=True,
    metavar="文件夹",
    type=click.Path(path_type=Path),
    help="另外使用这个文件夹里的评价方案（TOML 文件），可重复使用",
)


def with_schemes(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --scheme and --schemes to a command, which takes both as one choice of schemes."""

    @wraps(command)
    def chosen(*args: Any, scheme: Sequence[str], folders: Sequence[Path], **options: Any) -> Any:
        return command(*args, scheme=chosen_schemes(scheme, folders), **options)

    only = click.option(
        "--scheme",
        multiple=True,
        metavar="方案",
        help="只收这种评价方案的表（名称或 TOML 文件），可重复使用；不写则按工作簿内容识别",
    )
    return only(FOLDERS(chosen))


_SCHEME = with_schemes
FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="error",
    metavar="级别",
    help="出现哪一级问题时以退出代码 1 结束：error（默认）、warning 或 never",
)
JOBS = click.option("--jobs", type=click.IntRange(1), metavar="N", help="同时处理的进程数，默认为处理器核数")
SELECT = click.option(
    "--select",
    multiple=True,
    metavar="类别",
    help="只检查这些类别或规则，例如 FD 或 FD01，可重复使用；文件和读数的问题总会报告",
)
LIMIT = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="名称=数值",
    help="改一项文件上限，例如 单元格数=8000000；名称见拒收信息，写错名称时会列出全部",
)
SCHEDULER = click.option(
    "--scheduler", metavar="地址", help="由 Dask 集群处理，例如 tcp://10.0.0.5:8786，见 docs/cluster.md"
)
NO_CACHE = click.option("--no-cache", is_flag=True, help="不用也不留上次的处理结果（输出文件夹中的 .perfxl-cache）")
REVIEWED = click.option(
    "--reviewed",
    multiple=True,
    metavar="文件夹",
    type=click.Path(path_type=Path),
    help="另有复核意见的副本文件夹，或 collect 写出的汇总表，可重复使用",
)
_YEAR = click.option(
    "--year", type=click.IntRange(1990, 2100), metavar="年度", help="本次评价的年度，例如 2023；其他年度的表会提示"
)
IGNORE = click.option("--ignore", multiple=True, metavar="代码", help="不检查这条规则（或这一类），可重复使用")


@click.group(cls=Group, help="perfxl：读取、检查、评分、回写、汇总财政支出绩效评价表。")
@click.version_option(__version__, message="perfxl %(version)s", help="显示版本后退出")
def cli() -> None:
    """The group of all commands."""


def main() -> None:
    """Entry point of the console script."""
    # numpy starts a thread for each core, a seventh of our start, and nothing here is linear algebra
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    raise SystemExit(run(cli))


@cli.command("template", help="生成空白填报模板。")
@click.option("--scheme", metavar="方案", help="评价方案的名称或 TOML 文件，默认 hainan-2020")
@FOLDERS
@click.option("--roster", is_flag=True, help="改为生成空白的应报项目名单（供 consolidate --roster 使用）")
@click.option(
    "--list",
    "whole_list",
    is_flag=True,
    help="改为生成空白的绩效目标批复清单（供 distribute 和 consolidate --roster 使用）",
)
@click.option("-o", "target", required=True, metavar="文件.xlsx", type=click.Path(path_type=Path), help="写到哪里")
def template_command(scheme: str | None, folders: Sequence[Path], roster: bool, whole_list: bool, target: Path) -> None:
    """Writes the blank template, the blank roster or the blank list."""
    from perfxl.command.targets import write_blank

    write_blank(target, scheme, roster, chosen_schemes((), folders), whole_list)
    click.echo(target.as_posix())


@cli.command(help="用数据文件（JSON）填好一份表。")
@click.argument("data", metavar="数据.json", type=click.Path(path_type=Path))
@click.option("-o", "target", required=True, metavar="文件.xlsx", type=click.Path(path_type=Path), help="写到哪里")
@click.option("--scheme", metavar="方案", help="评价方案的名称或 TOML 文件；不写则按数据文件中的 scheme")
@FOLDERS
def fill(data: Path, target: Path, scheme: str | None, folders: Sequence[Path]) -> None:
    """Writes the template filled with a dossier."""
    from perfxl.command.datafile import read_dossier, scheme_for
    from perfxl.templates.form import write_form

    expect_xlsx(target)
    expect_no_work(target)
    dossier = read_dossier(data)
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    write_form(scheme_for(dossier, scheme, chosen_schemes((), folders)), target, dossier, now)
    click.echo(target.as_posix())


@cli.command(help="按批复清单下发：每个项目一份预填好的表，按部门和单位分文件夹。")
@click.argument("source", metavar="批复清单.xlsx", type=click.Path(path_type=Path))
@click.option("-o", "folder", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="写到哪里")
@click.option("--scheme", metavar="方案", help="清单没有写评价表的项目用哪一种：评价方案的名称或 TOML 文件")
@click.option("--drafts", is_flag=True, help="另为每个单位写一封邮件草稿（.eml），附上它的表")
def distribute(source: Path, folder: Path, scheme: str | None, drafts: bool) -> int:
    """Writes a prefilled form for each project of an approved list."""
    from perfxl.command.distribute import hand_out

    return hand_out(source, folder, scheme, drafts)


@cli.command("read", help="读出表中的数据，以 JSON 显示；几份表时每份一行。")
@PATHS
@_SCHEME
@JOBS
def read_command(paths: Sequence[Path], scheme: "SchemeChoice", jobs: int | None) -> int:
    """Prints the dossiers read from workbooks; what could not be read is said on stderr."""
    from perfxl.command import outcome

    results = _process(paths, scheme, jobs=jobs)
    outcome.echo_dossiers(results, is_alone=len(paths) == 1 and not paths[0].is_dir())
    outcome.echo_unread(results, scheme)
    is_complete = all(head.status is not Status.REJECTED or head.is_blank_template for head in results.heads)
    return ExitCode.OK if results.heads and is_complete else ExitCode.FAILED


@cli.command("check", help="检查并评分，只显示结果，不写任何文件。")
@PATHS
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", metavar="格式", help="text（默认）或 json"
)
@_SCHEME
@FAIL_ON
@JOBS
@IGNORE
@SELECT
@LIMIT
@_YEAR
def check_command(
    paths: Sequence[Path],
    shape: str,
    scheme: "SchemeChoice",
    fail_on: str,
    jobs: int | None,
    ignore: Sequence[str],
    select: Sequence[str],
    limits: Sequence[str],
    year: int | None,
) -> int:
    """Reads, checks, scores; prints findings."""
    from perfxl.command import outcome

    results = _process(paths, scheme, jobs=jobs, ignored=switched_off(ignore, select), limits=limits, year=year)
    if shape == "json":
        outcome.echo_json(results)
    else:
        outcome.echo_lines(results, scheme)
    outcome.summarise(results.heads)
    if shape == "text":
        outcome.echo_after_check(results.heads)
    return outcome.exit_code(results.heads, fail_on)


@cli.command(help="把审核结果写进每份表的副本。")
@PATHS
@click.option("-o", "folder", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="副本写到哪里")
@_SCHEME
@FAIL_ON
@JOBS
@IGNORE
@SELECT
@LIMIT
@SCHEDULER
@NO_CACHE
@_YEAR
def annotate(
    paths: Sequence[Path],
    folder: Path,
    scheme: "SchemeChoice",
    fail_on: str,
    jobs: int | None,
    ignore: Sequence[str],
    select: Sequence[str],
    limits: Sequence[str],
    scheduler: str | None,
    no_cache: bool,
    year: int | None,
) -> int:
    """Writes an annotated copy of each workbook."""
    from perfxl.command import outcome

    expect_folder("-o", folder)
    off, kept = switched_off(ignore, select), None if no_cache else folder
    results = _process(paths, scheme, folder, jobs, off, limits, scheduler, kept, year)
    for copy in dict.fromkeys(head.annotated for head in results.heads if head.annotated):
        click.echo(copy)
    outcome.echo_rejected(results, scheme)
    outcome.summarise(results.heads)
    outcome.echo_next(results.heads, folder=folder)
    return outcome.exit_code(results.heads, fail_on)


@cli.command("consolidate", help="汇总：检查一个文件夹的全部表，写出汇总表和审核副本。")
@PATHS
@click.option(
    "-o", "target", required=True, metavar="汇总.xlsx", type=click.Path(path_type=Path), help="汇总表写到哪里"
)
@click.option("--annotated", "folder", metavar="文件夹", type=click.Path(path_type=Path), help="审核副本写到哪里")
@REVIEWED
@click.option(
    "--roster", metavar="名单.xlsx", type=click.Path(path_type=Path), help="应报项目名单，或批复清单：逐格核对"
)
@click.option(
    "--deadline",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="日期",
    help="最迟报送日期：写进邮件草稿，用于名单没有写截止日期的项目",
)
@click.option("--ledger", metavar="账.xlsx", type=click.Path(path_type=Path), help="支出账：核对使用金额和执行率")
@click.option(
    "--last", metavar="上年", type=click.Path(path_type=Path), help="上年的汇总表，或上年各表所在的文件夹：年度对照"
)
@click.option("--tables", metavar="文件夹", type=click.Path(path_type=Path), help="另把各表存为 CSV 和 Parquet")
@click.option(
    "--report-docx", "report", metavar="报告.docx", type=click.Path(path_type=Path), help="另写一份 Word 汇总报告"
)
@click.option(
    "--replies", metavar="文件夹", type=click.Path(path_type=Path), help="把退回、待核的副本和邮件草稿按部门、单位分好"
)
@click.option("--date", "made", type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="汇总日期，默认为今天")
@click.option("--dry-run", "is_rehearsal", is_flag=True, help="只说会读取和写出哪些文件，不处理，不写任何文件")
@_SCHEME
@FAIL_ON
@JOBS
@IGNORE
@SELECT
@LIMIT
@SCHEDULER
@NO_CACHE
@_YEAR
def consolidate_command(
    paths: Sequence[Path],
    target: Path,
    folder: Path | None,
    reviewed: Sequence[Path],
    roster: Path | None,
    deadline: datetime | None,
    ledger: Path | None,
    last: Path | None,
    tables: Path | None,
    report: Path | None,
    replies: Path | None,
    made: datetime | None,
    is_rehearsal: bool,
    scheme: "SchemeChoice",
    fail_on: str,
    jobs: int | None,
    ignore: Sequence[str],
    select: Sequence[str],
    limits: Sequence[str],
    scheduler: str | None,
    no_cache: bool,
    year: int | None,
) -> int:
    """The main job: everything for a folder of workbooks."""
    from importlib.util import find_spec

    from perfxl.command import outcome
    from perfxl.command.consolidate import gather, write_outputs
    from perfxl.command.office import OfficeSources, knowing
    from perfxl.command.rehearsal import Outputs
    from perfxl.command.runner import Settings, run_paths
    from perfxl.results.jobs import Conditions
    from perfxl.summary.resubmissions import Disposition

    expect_xlsx(target)
    expect_docx(report)
    expect_folder("--annotated", folder)
    expect_folder("--tables", tables)
    day, ignored = made.date() if made else date.today(), switched_off(ignore, select)
    own = tuple(path for path in (target, tables, report, replies) if path)
    expect_copies(replies, folder)
    conditions = Conditions(day, scheme, frozenset(ignored), changed_limits(limits), year)
    settings = Settings(
        conditions, folder, own, jobs, scheduler, reviewed=tuple(reviewed), sent_back=(replies,) if replies else ()
    )
    if is_rehearsal:
        return _rehearse(paths, settings, Outputs(target, tables, report, not no_cache))
    cache = settings.cache_in(None if no_cache else target.parent)
    with knowing(OfficeSources(roster, ledger, last), paths, settings) as (office, informed):
        skipped, results = run_paths(paths, informed, cache)
    if not any(path.exists() for path in paths) or not (results or skipped):
        outcome.echo_rejected(results, scheme)
        click.echo(outcome.NOTHING_FOUND.format(target), err=True)
        return ExitCode.FAILED
    due = deadline.date() if deadline else None
    batch = gather(
        results.filed, skipped, paths, day, office=office, deadline=due, ignored=ignored, scheme=scheme, year=year
    )
    written = write_outputs(batch, target, tables=tables, report=report, cache=cache)
    for path in filter(None, (target, report)):
        click.echo(path.as_posix())
    if tables and find_spec("pyarrow") is None:
        click.echo("没有安装 pyarrow，只写出了 CSV，没有写 Parquet。", err=True)
    if replies:
        from perfxl.command.replies import write_replies

        write_replies(batch, replies, due, office)
    outcome.echo_rejected(results, scheme, "汇总表的“收文清单”")
    outcome.summarise(batch.heads, len(skipped))
    if written.differing:
        click.secho(outcome.NOT_AGREED.format(written.differing), fg="red", bold=True, err=True)
        return ExitCode.FAILED
    outcome.echo_changes(written.changes)
    used = [one.head for one in batch.received if one.disposition is Disposition.USED]
    outcome.echo_unheld(used if roster is None else ())
    outcome.echo_next(used, target, folder)
    return outcome.exit_code(batch.heads, fail_on)


@cli.command(help="收集复核意见：把各份审核副本中的单位说明和复核结论汇总到一张表。")
@click.argument("copies", metavar="文件夹...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "target", required=True, metavar="复核汇总.xlsx", type=click.Path(path_type=Path), help="写到哪里")
@_SCHEME
def collect(copies: Sequence[Path], target: Path, scheme: "SchemeChoice") -> int:
    """Writes explanations and verdicts of reviewed copies into one workbook."""
    from perfxl.command.collect import collect_copies

    return collect_copies(copies, target, scheme)


@cli.command(help="把每份表写成可以签字盖章的 Word 文档。")
@PATHS
@click.option("-o", "folder", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="文档写到哪里")
@click.option("--no-drafts", is_flag=True, help="空白章节不给草稿")
@_SCHEME
@FAIL_ON
@JOBS
@IGNORE
@SELECT
@LIMIT
def report(
    paths: Sequence[Path],
    folder: Path,
    no_drafts: bool,
    scheme: "SchemeChoice",
    fail_on: str,
    jobs: int | None,
    ignore: Sequence[str],
    select: Sequence[str],
    limits: Sequence[str],
) -> int:
    """Writes the dossier of each workbook as a Word document."""
    from perfxl.command import outcome
    from perfxl.command.runner import Settings, run_paths
    from perfxl.report import require_docx
    from perfxl.report.delivery import deliver, staged_in
    from perfxl.results.jobs import Conditions

    require_docx()
    expect_folder("-o", folder)
    off = frozenset(switched_off(ignore, select))
    conditions = Conditions(date.today(), scheme, off, changed_limits(limits), drafts=not no_drafts)
    with staged_in(folder) as waiting:
        results = run_paths(paths, Settings(conditions, None, (folder,), jobs, documents=waiting))[1]
        heads = deliver(results.heads, folder)
    for head in heads:
        if head.report:
            click.echo(head.report)
    without = (one.result for one in results.filed if not one.head.report)
    outcome.echo_lines(without, scheme, err=True)
    outcome.summarise(heads)
    return outcome.exit_code(heads, fail_on)


@cli.command(help="查看规则：全部规则的列表，或一条规则的说明。")
@click.argument("code", metavar="[代码]", required=False)
def rules(code: str | None) -> int:
    """The rule catalogue."""
    from shutil import get_terminal_size

    from perfxl.rules import RULES
    from perfxl.rules.catalogue import catalogue_page, listing

    if code is None:
        click.echo(listing(get_terminal_size((UNCUT, 24)).columns))
    elif code.upper() in RULES:
        click.echo(catalogue_page(code.upper()))
    else:
        click.echo(f"没有规则 {code}。运行 perfxl rules 查看全部规则。", err=True)
        return ExitCode.USAGE
    return ExitCode.OK


@cli.command(help="查看评价方案，检查自己写的方案文件，或由现有的表起草一个（draft 现有表.xlsx -o 本单位.toml）。")
@click.argument("file", metavar="[方案]", required=False)
@click.argument("papers", metavar="", nargs=-1, type=click.Path(path_type=Path))
@FOLDERS
@click.option("--no-input", "silent", is_flag=True, help="起草时不提问，没有印在表上的写成“请确认”")
@click.option("-o", "target", metavar="方案.toml", type=click.Path(path_type=Path), help="把方案写成文件，供修改后使用")
def schemes(
    file: str | None, papers: Sequence[Path], folders: Sequence[Path], silent: bool, target: Path | None
) -> int:
    """The schemes that are there, whether one of the user's own is right, or a draft of one."""
    if file == DRAFT:
        from perfxl.command.drafts import draft_to_file

        return draft_to_file(papers, target, silent)
    if papers:
        raise UsageError(
            f"一次只看一个方案，多了 {papers[0]}；起草方案请写 perfxl schemes draft 现有表.xlsx -o 本单位.toml"
        )
    import perfxl.rules  # noqa: F401  (declares all rules)
    from perfxl.rules.coverage import coverage
    from perfxl.schemes import load_scheme, scheme_names, scheme_text
    from perfxl.schemes.choice import own_schemes, scheme_by_id

    choice = chosen_schemes((), folders)
    for scheme in [scheme_by_id(file, choice)] if file else [*map(load_scheme, scheme_names()), *own_schemes(choice)]:
        click.echo(f"{scheme.id}  第 {scheme.version} 版  {scheme.title}（{scheme.edition}）")
    if file:
        click.echo("没有发现问题。")
        click.echo(coverage(scheme))
    if target:
        from perfxl.command.drafts import write_new

        write_new(target, scheme_text(file or "hainan-2020"))
        click.echo(target.as_posix())
    return ExitCode.OK


def _rehearse(paths: Sequence[Path], settings: "Settings", outputs: "Outputs") -> ExitCode:
    """Says what a consolidation would read and write."""
    from perfxl.command.outcome import NOTHING_FOUND
    from perfxl.command.rehearsal import rehearse

    lines = list(rehearse(paths, settings, outputs))
    if not lines:
        click.echo(NOTHING_FOUND.format(outputs.summary), err=True)
        return ExitCode.FAILED
    for line in lines:
        click.echo(line)
    return ExitCode.OK


# -- what the commands share --------------------------------------------------------------------------------------


def _process(
    paths: Sequence[Path],
    scheme: "SchemeChoice",
    folder: Path | None = None,
    jobs: int | None = None,
    ignored: Sequence[str] = (),
    limits: Sequence[str] = (),
    scheduler: str | None = None,
    kept: Path | None = None,
    year: int | None = None,
) -> "Results":
    """The results of the files under the paths; `kept` is the folder that keeps them for the next run."""
    from perfxl.system import forks

    if kept is None:
        forks.started()  # the workers are needed for sure: they start while this process imports
    from perfxl.command.runner import Settings, run_paths
    from perfxl.results.jobs import Conditions

    conditions = Conditions(date.today(), scheme, frozenset(ignored), changed_limits(limits), year)
    settings = Settings(conditions, folder, (), jobs, scheduler)
    return run_paths(paths, settings, settings.cache_in(kept))[1]
