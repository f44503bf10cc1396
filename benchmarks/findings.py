"""How many findings has a form, before and now? `python benchmarks/findings.py BEFORE.json NOW.json`.

Each is what `perfxl check FOLDER --format json` of a checkout says of the same folder. Prints a line a file with what is gone
and what is new, then sums and medians.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

LEVELS = ("error", "warning", "info")
Found = list[dict[str, Any]]


def findings(listing: Path) -> Mapping[str, Found]:
    """The findings of each file; one that holds several forms has those of all."""
    found: dict[str, Found] = {}
    for line in listing.read_text("utf-8").splitlines():
        result = json.loads(line)
        found.setdefault(result["file"], []).extend(result["findings"])
    return found


def codes(found: Found) -> Counter[str]:
    """How often each code is found."""
    return Counter(one["code"] for one in found)


def shown(counted: Counter[str]) -> str:
    """Codes with their numbers, a number of one left out."""
    return " ".join(code if number == 1 else f"{code} ×{number}" for code, number in sorted(counted.items())) or "-"


def total(all_found: list[Found]) -> str:
    """Sum, by level and median."""
    levels = Counter(one["severity"] for found in all_found for one in found)
    numbers = [len(found) for found in all_found]
    split = " + ".join(f"{levels[level]}" for level in LEVELS)
    return f"{sum(numbers)} ({split}), median {median(numbers):g}, most {max(numbers)}"


def main() -> None:
    """Prints the comparison."""
    before, now = (findings(Path(name)) for name in sys.argv[1:])
    files = sorted(before.keys() & now.keys())
    for file in files:
        was, is_now = codes(before[file]), codes(now[file])
        print(f"{file}: {was.total()} -> {is_now.total()}; gone {shown(was - is_now)}; new {shown(is_now - was)}")
    print(f"{len(files)} files, errors + warnings + information")
    print(f"before: {total([before[file] for file in files])}")
    print(f"now: {total([now[file] for file in files])}")


if __name__ == "__main__":
    main()
