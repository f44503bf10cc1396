"""The output that README and manual show, made from the samples; `--write` puts it there."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "docs" / "使用说明.md"]
PLACE = re.compile(r"(<!-- output: (\w+) [^\n]*-->\n```\n).*?(```\n<!-- end of output -->)", re.DOTALL)
FIRST = "perfxl consolidate samples -o out/汇总.xlsx --annotated out/审核"
OFFICE = "--roster samples-year/批复清单.xlsx --ledger samples-year/账.xlsx --last samples-year/上年"
YEAR = (
    "perfxl template --list -o out/批复清单.xlsx",
    "perfxl distribute samples-year/批复清单.xlsx -o out/下发",
    f"{FIRST} {OFFICE}",
    "perfxl collect out/审核 -o out/复核.xlsx",
    f"{FIRST} {OFFICE} --reviewed out/复核.xlsx --replies out/退回",
)
"""From the approved list to the answers: an empty list, the forms, what came in, what reviewers said, what goes back."""
_TELLING = ("清单 ", "共 ", "回复：")
"""How the lines begin that a short view of an output keeps."""


def output(name: str) -> str:
    """The block of a name: what the README's first command prints, or the year in five commands, whole or in short."""
    if name == "samples":
        return _printed(FIRST)[0]
    pairs = zip(YEAR, _printed(*YEAR), strict=True)
    return "".join(line for pair in pairs for line in _shown(*pair, is_short=name == "year"))


def _shown(command: str, printed: str, is_short: bool) -> Iterator[str]:
    yield f"$ {command}\n"
    lines = printed.splitlines(keepends=True)
    yield from (line for line in lines if not is_short or line.startswith(_TELLING))


@cache
def _printed(*commands: str) -> tuple[str, ...]:
    """What each of the commands prints, one after another in one folder: stdout and stderr as a terminal shows them."""
    with TemporaryDirectory() as folder:
        return tuple(
            _run([word.replace("out/", f"{folder}/") for word in shlex.split(one)], folder) for one in commands
        )


def _run(words: list[str], folder: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in (0, 3):
        raise RuntimeError(f"exit code {done.returncode}:\n{done.stdout}")
    lines = done.stdout.replace(folder, "out").splitlines(keepends=True)
    return "".join(sorted(lines, key=lambda line: line.startswith("out/")))


def main() -> None:
    for path in DOCUMENTS:
        text = path.read_text("utf-8")
        written = PLACE.sub(lambda match: match[1] + output(match[2]) + match[3], text)
        if "--write" in sys.argv:
            path.write_text(written, "utf-8")
        else:
            print(written, end="")


if __name__ == "__main__":
    main()
