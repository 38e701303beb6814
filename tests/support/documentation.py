"""The documentation, built once with warnings as errors."""

import shutil
import sys
from pathlib import Path

import pytest
from notebooks import NOTEBOOKS, ROOT, executed
from once import made_once

sys.path.insert(0, str(ROOT / "docs"))
from build import build

DOCS = ROOT / "docs"
LANGUAGES = ("zh", "en")


def documentation(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site."""

    def make(folder: Path) -> None:
        kept = folder / "executed" / "zh"
        kept.mkdir(parents=True)
        for file in NOTEBOOKS:
            shutil.copy(executed(file, factory), kept)
        build(folder / "site", folder / "executed")

    return made_once(factory, "documentation", make) / "site"


def sources(language: str) -> list[str]:
    """Return the pages written by hand, relative to their folder."""
    folder = DOCS / language
    return sorted(page.relative_to(folder).as_posix() for page in folder.rglob("*.md"))
