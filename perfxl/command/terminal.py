"""How the command line speaks: click's words in Chinese, and what an exception comes to."""

import os
import re
import shlex
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from perfxl.command.settingsfile import INPUTS, SETTINGS_FILE, defaults_for, lies_among, said_of
from perfxl.errors import ExitCode, PerfxlError, UsageError
from perfxl.system.crashes import crashes_kept, keep_crash

_WORDS = "perfxl.words"
COLUMNS = 80
"""A terminal's usual width; nothing that perfxl lays out itself is wider."""
FIVE_STEPS = """
一年的工作是五步：
  1. 下发模板  perfxl template -o 评价表.xlsx
  2. 收件      把收到的邮件和附件都存进一个文件夹，例如 收件
  3. 汇总      perfxl consolidate 收件 -o 汇总.xlsx --annotated 审核
  4. 看结果    打开 汇总.xlsx，先看“总览”，再看“请先处理的项目”
  5. 退回      把 审核 里状态为“退回”的副本发回单位，改后报来再汇总一次
详见 docs/使用说明.md；每条命令的用法：perfxl 命令 --help
"""


_FIRST_COLUMN = 30
"""Columns of a help's first column at most."""


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：")


class _Context(click.Context):
    formatter_class = _Formatter


class Command(click.Command):
    """A command whose help is headed in Chinese."""

    context_class = _Context

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write("\n")
        for line in folded_lines(self.help or "", COLUMNS - 2):
            formatter.write(f"  {line}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_records(formatter, "选项", _records(ctx, self))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_WORDS] = [*ctx.command_path.split(), *args]  # as typed, for the log of a crash
        given = list(args)
        file = Path.cwd() / SETTINGS_FILE
        group = ctx.find_root().command  # also of a command below another, such as `schemes draft`
        settings = defaults_for(self, group.commands if isinstance(group, click.Group) else {}, file)
        ctx.default_map = settings
        rest = super().parse_args(ctx, args)
        if settings and lies_among(file, _inputs(ctx)):
            click.echo(f"注意：{file} 在收件文件夹里，可能是寄来的，没有采用。", err=True)
            ctx.default_map = settings = {}
            ctx.params.clear()
            rest = super().parse_args(ctx, given)
        if settings:
            click.echo(said_of(file, self, settings), err=True)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        with crashes_kept(_output_folder(ctx), shlex.join(ctx.meta[_WORDS])):
            try:
                return super().invoke(ctx)
            except (click.ClickException, click.Abort, click.exceptions.Exit, PerfxlError):
                raise
            except BrokenPipeError as error:
                raise click.exceptions.Exit(_no_longer_read()) from error
            except Exception as error:
                raise click.exceptions.Exit(_crashed(error)) from error

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["[选项]" if piece == "[OPTIONS]" else piece for piece in super().collect_usage_pieces(ctx)]


class Paths(click.Argument):
    """The files and folders of a call; the settings file may give them."""

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, Any]:
        value, source = super().consume_value(ctx, opts)
        listed = (ctx.default_map or {}).get(INPUTS)
        return (listed, click.core.ParameterSource.DEFAULT_MAP) if not value and listed else (value, source)


def _inputs(ctx: click.Context) -> list[Path]:
    """What a call reads."""
    given = (ctx.params.get(INPUTS) or (), ctx.params.get("file"))
    return [Path(path) for one in given for path in ((one,) if isinstance(one, Path | str) else one or ())]


class Group(click.Group):
    """The command group, its help headed in Chinese."""

    context_class = _Context
    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_records(formatter, "选项", _records(ctx, self))
        names = self.list_commands(ctx)
        commands = [(name, command) for name in names if (command := self.get_command(ctx, name)) is not None]
        _write_records(formatter, "命令", [(name, command.get_short_help_str(60)) for name, command in commands])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(FIVE_STEPS)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_chinese(super().get_help_option(ctx))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
        return [pieces.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def _in_chinese(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "显示帮助后退出"
    return option


def _records(ctx: click.Context, command: click.Command) -> list[tuple[str, str]]:
    """Options with their help; click's English additions ([x>=1]) are left off."""
    options = (param for param in command.get_params(ctx) if isinstance(param, click.Option))
    records = (record for option in options if (record := option.get_help_record(ctx)))
    return [(names, words.split("  [")[0]) for names, words in records]


def _write_records(formatter: click.HelpFormatter, heading: str, records: list[tuple[str, str]]) -> None:
    """A heading and two columns, aligned by the width that Chinese characters take, within the usual columns."""
    if not records:
        return
    widest = min(max(width_of(first) for first, _ in records), _FIRST_COLUMN)
    formatter.write(f"\n{heading}：\n")
    for first, second in records:
        lines = list(folded_lines(second, COLUMNS - widest - 4))
        if width_of(first) > widest:
            formatter.write(f"  {first}\n")
            first = ""
        for number, line in enumerate(lines or [""]):
            head = first if number == 0 else ""
            formatter.write(f"  {head}{' ' * (widest - width_of(head))}  {line}".rstrip() + "\n")


def run(command: Callable[..., Any]) -> int:
    """Runs the command line; the one place where exceptions become messages and exit codes."""
    try:
        code = command(standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断。", err=True)
        return ExitCode.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except click.UsageError as error:
        hint = f"\n查看用法：{error.ctx.command_path} --help" if error.ctx else ""
        click.echo(f"命令用法有误：{_usage(error)}{hint}", err=True)
        return ExitCode.USAGE
    except UsageError as error:
        click.echo(f"命令用法有误：{error}", err=True)
        return ExitCode.USAGE
    except PerfxlError as error:
        click.echo(str(error), err=True)
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001  (a crash must not look like "findings": exit code 1)
        return _crashed(error)
    return int(code or 0)


def _no_longer_read() -> ExitCode:
    """Whoever reads the output has seen enough of it (`| head`): the rest goes nowhere, also what is still to be flushed."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK


def _output_folder(ctx: click.Context) -> Path | None:
    """The folder in which a command writes, None where it writes nothing."""
    target, folder = ctx.params.get("target"), ctx.params.get("folder")
    return target.parent if isinstance(target, Path) else folder if isinstance(folder, Path) else None


def _crashed(error: Exception) -> ExitCode:
    """Says that perfxl itself has failed, and where more of it stands."""
    summary, log = keep_crash(error)
    kept = f"详情已写入“{log}”（只有程序信息和文件名，没有表中内容）。" if log else ""
    what = "这个日志" if log else "这一行"
    click.echo(f"程序内部错误（{summary}）。{kept}请把{what}和所用的文件交给系统维护人员。", err=True)
    return ExitCode.FAILED


def _usage(error: click.UsageError) -> str:
    """What is wrong with the words of a call."""
    match error:
        case click.NoSuchOption():
            near = f"，是不是 {'、'.join(error.possibilities)}" if error.possibilities else ""
            return f"没有选项 {error.option_name}{near}"
        case click.MissingParameter(param=param) if param is not None:
            option = f"{param.opts[0]} " if isinstance(param, click.Option) else ""
            return f"缺少 {option}{param.make_metavar(error.ctx) if error.ctx else param.name}"
        case click.BadParameter(param=param) if param is not None:
            return f"{'/'.join(param.opts)} 的值不对：{_reason(error, param)}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 需要一个值"
    extra = re.match(r"Got unexpected extra arguments? \((.*)\)", error.message)
    return f"多出了 {extra[1]}" if extra else error.message.replace("No such command", "没有命令").rstrip(".")


def _reason(error: click.BadParameter, param: click.Parameter) -> str:
    if isinstance(param.type, click.Choice):
        return f"可选 {'、'.join(map(str, param.type.choices))}"
    if isinstance(param.type, click.IntRange):
        most = "" if param.type.max is None else f"，至多为 {param.type.max}"
        return f"应为整数，至少为 {param.type.min}{most}"
    if isinstance(param.type, click.DateTime):
        return "应写成 2024-06-28 的样子"
    return error.message


def width_of(text: str) -> int:
    """Columns that a text takes in a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def cut_to(text: str, columns: int) -> str:
    """The beginning of a text that takes no more columns."""
    used = 0
    for number, letter in enumerate(text):
        used += width_of(letter)
        if used > columns:
            return text[:number]
    return text


def folded_lines(text: str, columns: int) -> Iterator[str]:
    """A text in lines of so many columns at most, broken after blanks and Chinese letters, never within a word."""
    line = ""
    for piece in _PIECES.findall(text):
        if line and width_of(line + piece.rstrip()) > columns:
            yield line.rstrip()
            line = ""
        line = line + piece if line else piece.lstrip()
    if line.strip():
        yield line.rstrip()


_PIECES = re.compile(r"(?:[\u2e80-\uffff]|[^\s\u2e80-\uffff]+)[，。；：、？！）”》]*\s*|\s+")
"""Between which a line may be broken: a Chinese letter, or a word, with the marks and blanks behind it."""
