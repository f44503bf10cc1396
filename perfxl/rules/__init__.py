"""The rules: what is checked, one pure function a rule.

The contract of a rule: it is declared with `@rule(...)` (code, slug, severity and the Chinese texts of its page), takes a
`Case` and yields a `Problem` for each defect, at the cell that the agency would have to change. It reads no file, keeps no
state, and stays silent where a value that it reads is blank or unreadable, because that is reported already.
Codes found by the door, by the reader and across files are declared here too (`declare`), so that the catalogue is
complete and their texts stand in one place.

Each family has its module: FL door, ST reading, BA basic, FD funds, IN indicators, PT points and points_computed (what follows
from target and actual value), TG targets, TX narrative, XF across. The other modules hold what several of them need.

To add a rule: take a free code of its family, write the function in the family's module, add a case that fires and one
that stays silent to the tests of that family, and run `python -m perfxl.rules.catalogue docs/rules.md`.
"""

from perfxl.rules import (  # noqa: F401  (importing a family declares its rules)
    across,
    approved,
    basic,
    booked,
    door,
    doubtful,
    funds,
    indicators,
    indicators_rows,
    lastyear,
    listed,
    narrative,
    points,
    points_computed,
    points_doubtful,
    reading,
    sight,
    targets,
    targets_copied,
)
from perfxl.rules.declare import RULES, Case, Problem, Rule, finding, has_blocks, lacks_threshold, turning_days
from perfxl.rules.judge import judge

__all__ = ["RULES", "Case", "Problem", "Rule", "finding", "has_blocks", "judge", "lacks_threshold", "turning_days"]
