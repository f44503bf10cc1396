"""Which pictures stand in the guides, and how do they come out of the samples?

Run from anywhere: `python docs/make_pictures.py`. It runs perfxl on the samples in a temporary folder, prints the workbooks
with LibreOffice, and cuts the pages to docs/pictures/, some of them in grey too, as an office's printer shows them. Needs
soffice, pdftotext and pdftoppm (poppler) and convert (ImageMagick). Look at every picture afterwards: no test can say
whether a sheet looks well.

`python docs/make_pictures.py --before CHECKOUT` makes those of form, copy and overview with another checkout of perfxl and
its samples, as before-*.png: `git worktree add CHECKOUT f144726`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PROGRAMS = ("soffice", "pdftotext", "pdftoppm", "convert")

INBOX, SUMMARY, COPIES, TEMPLATE = "收件", "汇总.xlsx", "审核件", "评价表.xlsx"
DAY = date(2024, 8, 1)
"""Stands on the summary, after the day on which the last sample was evaluated: pictures do not change with the calendar."""

DPI, WIDTH, MOST_BYTES = 190, 1400, 250_000
POINTS = 72
"""PDF measures in points, this many to the inch."""

GREY = ("-colorspace", "Gray")
"""As a printer without colours, and nearly as eyes without colours, show a page."""

ABOVE_FOOTER = 0.94
"""The part of a page's height, from above, that does not hold its number."""


@dataclass(frozen=True)
class Picture:
    """A page of a workbook, found by how its text begins (blanks aside), shown as far as the words `until`."""

    name: str
    workbook: str
    begins: str
    until: str = ""
    compared: bool = False
    """Shown in grey too, and as it was before."""


SHOWN = (
    Picture("template-guide", TEMPLATE, "海南省财政支出项目绩效评价表", until="三、自动计算结果"),
    Picture("template-form", TEMPLATE, "项目基本信息表一、项目基本情况", compared=True),
    Picture("summary-overview", SUMMARY, "项目支出绩效评价汇总", compared=True),
    Picture("summary-projects", SUMMARY, "项目汇总表"),
    Picture("summary-findings", SUMMARY, "问题清单"),
    Picture("summary-files", SUMMARY, "收文清单"),
    Picture("summary-progress", SUMMARY, "复核进度"),
    Picture("annotated-result", f"{COPIES}/海南省商务厅-信息系统运维.xlsx", "绩效自评审核结果", compared=True),
    Picture("annotated-form", f"{COPIES}/琼海市教育局-校舍维修.xlsx", "项目基本信息表一、项目基本情况", compared=True),
)


def main() -> None:
    """Makes every picture again, or those of another checkout."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        raise SystemExit(f"not installed: {', '.join(missing)}")
    match sys.argv[1:]:
        case []:
            make_pictures(ROOT, SHOWN, "")
        case ["--before", checkout]:
            make_pictures(Path(checkout).resolve(), [one for one in SHOWN if one.compared], "before-")
        case _:
            raise SystemExit("usage: python docs/make_pictures.py [--before CHECKOUT]")


def make_pictures(root: Path, shown: Sequence[Picture], prefix: str) -> None:
    """Makes these pictures of what the perfxl of a checkout makes of its samples."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_workbooks(root, folder)
        print_workbooks(folder, shown)
        for picture in shown:
            paper = paper_of(folder, picture.workbook)
            draw(picture, paper, PICTURES / f"{prefix}{picture.name}.png")
            if picture.compared:
                draw(picture, paper, PICTURES / f"{prefix}{picture.name}-grey.png", GREY)


def make_workbooks(root: Path, folder: Path) -> None:
    """The blank template, and what becomes of the samples when they lie in one folder as received."""
    (folder / INBOX).mkdir()
    received = datetime(DAY.year, DAY.month, DAY.day, 12).timestamp()
    for sample in (root / "samples").glob("*.xlsx"):
        copy = shutil.copy(sample, folder / INBOX)
        os.utime(copy, (received, received))
    run_perfxl(root, folder, "template", "-o", TEMPLATE)
    run_perfxl(root, folder, "consolidate", INBOX, "-o", SUMMARY, "--annotated", COPIES, "--date", DAY.isoformat())


def run_perfxl(root: Path, folder: Path, *words: str) -> None:
    """Runs the perfxl of a checkout; one of the samples is no workbook, so 3 is right as well as 0."""
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-m", "perfxl", *words], cwd=folder, env=environment, check=False)
    if done.returncode not in (0, 3):
        raise SystemExit(f"perfxl {' '.join(words)} ended with {done.returncode}")


def print_workbooks(folder: Path, shown: Sequence[Picture]) -> None:
    """Every workbook that is shown as PDF; a profile of its own lets LibreOffice run beside one that is open."""
    workbooks = sorted({str(folder / picture.workbook) for picture in shown})
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    printing = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder / "paper")]
    subprocess.run([*printing, *workbooks], check=True, capture_output=True)


def paper_of(folder: Path, workbook: str) -> Path:
    """Where the workbook's PDF lies; LibreOffice reports success also for a file that it did not print."""
    paper = folder / "paper" / f"{Path(workbook).stem}.pdf"
    if not paper.exists():
        raise SystemExit(f"{workbook}: LibreOffice did not print it")
    return paper


def draw(picture: Picture, paper: Path, target: Path, colours: Sequence[str] = ()) -> None:
    """Cuts one picture from the page that begins with its words; `colours` says what becomes of them."""
    page = next((number for number, text in pages(paper) if text.startswith(picture.begins)), None)
    if page is None:
        raise SystemExit(f"{picture.workbook}: no page begins with {picture.begins}")
    window = ["-x", "0", "-y", "0", "-W", "0", "-H", str(round(depth(paper, page, picture.until) / POINTS * DPI))]
    drawn = run("pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), *window, "-png", str(paper))
    frame = ["-trim", "+repage", "-bordercolor", "white", "-border", "16", "-resize", f"{WIDTH}x>"]
    # without +dither before it, -colors turns pale fills into patterns of dots
    small = [*colours, "-strip", "+dither", "-colors", "96", "-define", "png:compression-level=9"]
    target.write_bytes(run("convert", "-", *frame, *small, "png8:-", given=drawn))
    if target.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{target.name} has {target.stat().st_size:,} bytes, more than {MOST_BYTES:,}")


def pages(paper: Path) -> Iterator[tuple[int, str]]:
    """The number and the text of each page, without blanks."""
    for number, page in enumerate(run("pdftotext", str(paper), "-").decode().split("\f"), 1):
        yield number, "".join(page.split())


def depth(paper: Path, page: int, until: str) -> float:
    """How much of a page is shown, from above, in points: as far as the words, else all but the page number."""
    words = run("pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(paper), "-").decode()
    if until:
        found = re.search(rf'yMin="([\d.]+)"[^>]*>{re.escape(until)}', words)
        if found is None:
            raise SystemExit(f"{paper.stem}: page {page} has no words {until}")
        return float(found[1]) - 2
    height = re.search(r'<page width="[\d.]+" height="([\d.]+)"', words)
    assert height is not None, "pdftotext -bbox gives each page its size"
    return float(height[1]) * ABOVE_FOOTER


def run(*words: str, given: bytes | None = None) -> bytes:
    """What a program answers."""
    return subprocess.run(words, input=given, check=True, capture_output=True).stdout


if __name__ == "__main__":
    main()
