"""Notebooks run from a clean kernel, cell by cell, and are committed without outputs."""

import json
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))


def cells_of(file):
    return json.loads(file.read_text(encoding="utf-8"))["cells"]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_runs_from_the_first_cell_to_the_last(file, monkeypatch):
    monkeypatch.chdir(file.parent)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    try:
        for cell in cells_of(file):
            if cell["cell_type"] == "code":
                result = shell.run_cell("".join(cell["source"]), store_history=False, silent=True)
                result.raise_error()
    finally:
        InteractiveShell.clear_instance()


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_is_committed_without_outputs(file):
    for cell in cells_of(file):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_there_are_notebooks():
    assert NOTEBOOKS
