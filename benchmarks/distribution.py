"""What handing out an approved list costs: `python benchmarks/distribution.py [PROJECTS]`.

Half of the projects go out on the form of 2020, half on that of 2023, each with three to nine targets; the second run finds
every form as it is. Prints seconds of wall clock and CPU, and milliseconds a form.
"""

import sys
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from perfxl.distribution.sendout import send_out
from perfxl.office.approved import ApprovedProject, ApprovedTarget
from perfxl.schemes import load_scheme

NUMBER = 2000


def project(number: int) -> ApprovedProject:
    """A project of a list, a little different from the others."""
    is_new = number % 2
    targets = tuple(
        ApprovedTarget("产出指标", "数量指标" if is_new else "", f"指标{n}完成数量", "≥", str(100 + number + n), "个",
                       weight=Decimal(10))
        for n in range(3 + number % 7)
    )  # fmt: skip
    year, scheme = ("2023", "hainan-2023") if is_new else ("2020", "hainan-2020")
    unit = f"第{number // 5}单位"
    return ApprovedProject(f"S{number:06}", f"第{number}个项目", unit, f"第{number // 100}部门", Decimal(number), "",
                           year=year, scheme=scheme, targets=targets)  # fmt: skip


def main(number: int) -> None:
    projects = [project(n) for n in range(number)]
    with TemporaryDirectory() as folder:
        for run in ("first", "again"):
            wall, cpu = perf_counter(), process_time()
            done = send_out(projects, lambda one: load_scheme(one.scheme), Path(folder))
            wall, cpu = perf_counter() - wall, process_time() - cpu
            print(
                f"{run}: {number} forms, {len(done.new)} new, {wall:.1f} s, {cpu:.1f} s CPU, {cpu / number * 1000:.1f} ms"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER)
