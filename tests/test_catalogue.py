"""The catalogue: docs/rules.md is what the declarations say, every code has a page, the listing fits the terminal."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import perfxl.rules
from perfxl.model import Severity
from perfxl.rules import RULES
from perfxl.rules.catalogue import (
    FAMILIES,
    catalogue,
    catalogue_page,
    listing,
    rules_by_family,
    shortened,
    terminal_columns,
)
from perfxl.schemes import load_scheme, scheme_names

DOCUMENT = Path(__file__).parent.parent / "docs" / "rules.md"
COMMAND = "python -m perfxl.rules.catalogue docs/rules.md"

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741
SEVERITIES = {
    "FL": (E, E, E, E, E, I, I, E, E, W, W, E, I, I, E, E),
    "ST": (E, W, E, E, E, E, E, E, I, I, W, W, W, E, I),
    "BA": (W, W, W, E, W, W, E, W),
    "FD": (E, W, W, E, E, W, I, E, E, W, E, E),
    "IN": (E, E, E, E, E, E, W, W, W, I, E, W),
    "PT": (E, I, E, W, E, W, W, W, I, I, E, W, W, E, W, W, I, E, W, W, W),
    "TG": (E, W, W, W, W, W, I, W, I, W, W, W),
    "TX": (E, W, W, W, W, W),
    "XF": (I, I, W, W, W, W, I, W, I, I, W, I, W),
    "LS": (E, E, W, E, E, W, W, W, W, W, E, I),
    "LG": (W, W),
    "LY": (W, W, W),
    "SG": (E, W, W, W, E, E, W, W, W, W, I, W, W, W, I),
}
"""The severity of each code of a family, from 01 on."""
CODES = {f"{family}{n:02}": severity for family, row in SEVERITIES.items() for n, severity in enumerate(row, 1)}
CODES |= {"FL20": W, "FL21": I, "FL22": I, "ST16": W, "ST17": W, "XF14": W}
HEADINGS = ("查什么", "为什么", "例", "怎样改", "来源")


MODULES = {
    "FL": {"door"},
    "ST": {"reading"},
    "BA": {"basic"},
    "FD": {"funds", "doubtful", "narrative"},  # amounts that their size or the report makes doubtful
    "IN": {"indicators", "indicators_rows"},
    "PT": {"points", "points_computed", "points_doubtful"},
    "TG": {"targets", "targets_copied"},
    "TX": {"narrative"},
    "XF": {"across", "listed"},
    "LS": {"listed", "approved"},
    "LG": {"booked"},
    "LY": {"lastyear"},
    "SG": {"sight"},
}
"""Where the codes of a family are declared."""


def test_the_codes_of_a_family_stand_in_its_module() -> None:
    folder = Path(perfxl.rules.__file__).parent
    declared = {
        (code[:2], path.stem)
        for path in folder.glob("*.py")
        for code in re.findall(r'\b(?:Rule|rule)\(\s*"([A-Z]{2}\d\d)"', path.read_text("utf-8"))
    }
    assert declared == {(family, module) for family, modules in MODULES.items() for module in modules}


def test_the_document_is_what_the_declarations_say() -> None:
    assert DOCUMENT.read_text("utf-8") == catalogue(), f"docs/rules.md is out of date: run `{COMMAND}`"


def test_the_command_writes_the_document(tmp_path: Path) -> None:
    target = tmp_path / "rules.md"
    command = [sys.executable, "-W", "error", "-m", "perfxl.rules.catalogue"]
    subprocess.run([*command, str(target)], check=True, cwd=DOCUMENT.parent.parent)
    assert target.read_text("utf-8") == catalogue()
    assert subprocess.run(command, capture_output=True, check=False, cwd=DOCUMENT.parent.parent).returncode == 1


def test_only_known_codes_are_declared_with_their_severity() -> None:
    assert {code: rule.severity for code, rule in RULES.items()} == {code: CODES[code] for code in RULES}
    assert set(CODES) == set(RULES)


def test_slugs_and_titles_tell_rules_apart() -> None:
    assert len({rule.slug for rule in RULES.values()}) == len({rule.title for rule in RULES.values()}) == len(RULES)


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_has_a_full_page(code: str) -> None:
    rule, text = RULES[code], catalogue_page(code)
    assert text.startswith(f"{code} {rule.title}\n")
    assert [text.count(f"\n{heading}：\n") for heading in HEADINGS] == [1] * len(HEADINGS)
    assert all(entry.strip() for entry in (rule.what, rule.why, rule.example, rule.fix, rule.source))
    assert f"\n### {code} " in catalogue()


@pytest.mark.parametrize("code", sorted(code for code, rule in RULES.items() if rule.threshold))
def test_a_threshold_is_shown_with_its_value_and_place(code: str) -> None:
    name = RULES[code].threshold
    schemes = [scheme for scheme in map(load_scheme, scheme_names()) if name in scheme.thresholds]
    assert f"{name}，在评价方案文件的 [thresholds] 中设定" in catalogue_page(code)
    assert all(scheme.thresholds[name].source in catalogue_page(code) for scheme in schemes)


def test_the_page_of_a_threshold_says_the_number() -> None:
    assert "hainan-2020 为 10（" in catalogue_page("TX02")


def test_pages_show_marks_of_markdown_as_they_stand() -> None:
    assert "*.xlsx" in catalogue_page("FL01")
    assert r"\*.xlsx" in catalogue()


def test_families_come_in_the_order_of_the_files_way() -> None:
    assert [name.split()[0] for name, _ in rules_by_family()] == list(FAMILIES)
    assert [rule.code for _, members in rules_by_family() for rule in members][:2] == ["FL01", "FL02"]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 200])
def test_the_listing_fits_the_terminal(width: int) -> None:
    lines = listing(width).split("\n")
    assert max(map(terminal_columns, lines)) <= width
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [
        rule.code for _, members in rules_by_family() for rule in members
    ]


def test_the_listing_is_in_columns() -> None:
    lines = {line.split()[0]: line for line in listing(10_000).split("\n") if line.startswith("  ")}
    starts = {terminal_columns(lines[code][: lines[code].index(rule.what)]) for code, rule in RULES.items()}
    assert len(starts) == 1


def test_chinese_characters_take_two_columns() -> None:
    assert terminal_columns("TG01 标准（优）") == 15
    assert shortened("标准次序", 8) == "标准次序"
    assert shortened("标准次序", 7) == "标准次…"
    assert shortened("标准次序", 6) == "标准…"
    assert shortened("标准", 1) == "…"
