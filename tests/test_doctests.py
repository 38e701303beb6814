"""The examples in docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import coverplan

MODULES = sorted(
    info.name for info in pkgutil.walk_packages(coverplan.__path__, prefix="coverplan.")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, monkeypatch, root):
    monkeypatch.chdir(root)
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [
        e for n in MODULES for t in finder.find(importlib.import_module(n)) for e in t.examples
    ]
    assert len(found) > 10
