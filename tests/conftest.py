"""What several test modules need: the profile of hypothesis, files that LibreOffice saved, the corpus of hostile files."""

import gc
import os
from functools import partial
from pathlib import Path

import pytest

import compiled  # noqa: F401 - first: what is imported from here on is compiled once
from examples import load_profile
from hostile import StoredCase, store_cases, stored_cases
from office import Converted, convert_all, converted, has_office
from sharing import shared_folder

load_profile()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "by_office(wanted): a file that LibreOffice converts for the test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What LibreOffice converts is made for the first test that needs it; the others come last, so that none waits for it."""
    wanting = [item for item in items if item.get_closest_marker("by_office")]
    others = [item for item in items if not item.get_closest_marker("by_office")]
    items[:] = [*wanting[:1], *others, *wanting[1:]]


def pytest_collection_finish() -> None:
    """Thousands of tests wait for their turn: the collector of garbage need not look through them again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[StoredCase]:
    """The hostile and odd files, made once a session."""
    return stored_cases(shared_folder(tmp_path_factory, "corpus", store_cases))


@pytest.fixture(scope="session")
def converted_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything lies that the session's tests want converted."""
    if not has_office():
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is not installed: what only it can tell would go untested")
        pytest.skip("LibreOffice is not installed")
    return shared_folder(tmp_path_factory, "office", partial(convert_all, request.session.items))


@pytest.fixture
def office(request: pytest.FixtureRequest, converted_folder: Path) -> list[Converted]:
    """The test's files before and after LibreOffice saved them, in the order of its marks `by_office`."""
    return converted(request.node, converted_folder)
