"""Fixtures every part of the tests may use."""

import os
from pathlib import Path

import pytest

import coverplan

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Third parties' data: COVERPLAN_TEST_DATA, else ../shared beside the project."""
    folder = Path(os.environ.get("COVERPLAN_TEST_DATA", ROOT.parent / "shared"))
    if not (folder / "realdata").is_dir():
        pytest.skip(f"no test data: COVERPLAN_TEST_DATA is not set and {folder.name}/ is absent")
    return folder


@pytest.fixture(scope="session")
def yunxi(root: Path) -> coverplan.Study:
    """The sample county, computed once."""
    return coverplan.run(root / "data" / "geo" / "yunxi" / "study.toml")
