"""What the documents say is what the code does: the README's output, its length, links, and words that must not be there."""

import re
import subprocess
from pathlib import Path

import pytest

import readme_output

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("samples/*.md")])


@pytest.mark.parametrize("document", readme_output.DOCUMENTS, ids=lambda path: path.name)
def test_documents_show_what_the_commands_print(document: Path) -> None:
    blocks = list(readme_output.PLACE.finditer(document.read_text("utf-8")))
    assert blocks
    for match in blocks:
        shown = match[0][len(match[1]) : -len(match[3])]
        assert shown == readme_output.output(match[2]), "python tests/readme_output.py --write"


def test_the_readme_is_short_and_has_two_commands() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) < 100
    assert [line.split(" && ")[1].split()[0] for line in lines if line.startswith("pip install")] == [
        "perfxl",
        "pytest",
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_no_machine_paths_in_the_project() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.split(b"\0")
    names = [ROOT / name.decode() for name in tracked if name] or DOCUMENTS
    texts = [path for path in names if path.suffix in {".py", ".md", ".toml", ".cfg", ".json"} and path.is_file()]
    pattern = re.compile(r"/(?:home|Users)/\w|/(?:w" + r"ork|tmp/\w)/")
    assert [path.name for path in texts if pattern.search(path.read_text("utf-8"))] == []
