"""The output that the README shows, made from the samples; `--write` puts it into the README."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PLACE = re.compile(r"(<!-- output: [^\n]*-->\n```\n).*?(```\n<!-- end of output -->)", re.DOTALL)


def output() -> str:
    """What the README's first command prints, stdout and stderr as a terminal shows them."""
    with TemporaryDirectory() as folder:
        words = ["consolidate", "samples", "-o", f"{folder}/汇总.xlsx", "--annotated", f"{folder}/审核"]
        done = subprocess.run(
            [sys.executable, "-m", "perfxl", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
    if done.returncode != 3:
        raise RuntimeError(f"exit code {done.returncode}:\n{done.stdout}")
    lines = done.stdout.replace(folder, "out").splitlines(keepends=True)
    return "".join(sorted(lines, key=lambda line: line.startswith("out/")))


def main() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = output()
    if "--write" in sys.argv:
        (ROOT / "README.md").write_text(PLACE.sub(lambda m: m[1] + shown + m[2], text), "utf-8")
    else:
        print(shown, end="")


if __name__ == "__main__":
    main()
