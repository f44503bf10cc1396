"""How many examples properties are tried with: few while one works, many before a change lands (.ci/run)."""

import os

from hypothesis import HealthCheck, settings

VARIABLE = "PERFXL_TESTS"
"""The environment variable that names the profile."""
PROFILES = {"quick": 8, "thorough": 100}


def load_profile() -> None:
    """Loads the profile that the environment names, quick where it names none."""
    for name, examples in PROFILES.items():
        settings.register_profile(
            name,
            deadline=None,
            max_examples=examples,
            suppress_health_check=[HealthCheck.too_slow],
            derandomize=True,
        )
    settings.load_profile(os.environ.get(VARIABLE, "quick"))


def times(factor: int) -> settings:
    """So many times the examples of the profile, for properties that cost little or are hard to break."""
    return settings(max_examples=factor * settings().max_examples)
