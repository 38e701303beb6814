"""The notebooks, each run once from a clean kernel."""

import sys
from pathlib import Path

import pytest
from once import made_once

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

sys.path.insert(0, str(ROOT / "docs" / "hooks"))
from notebook_pages import by_column, execute  # noqa: E402

__all__ = ["NOTEBOOKS", "ROOT", "by_column", "executed"]


def executed(file: Path, factory: pytest.TempPathFactory) -> Path:
    """Return a notebook as it is after it has run."""
    folder = made_once(factory, f"notebook-{file.stem}", lambda folder: execute(file, folder))
    return folder / file.name
