"""The examples in docstrings are true, and every public name has one."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import coverplan

HOUSE = Path(coverplan.__file__).parent
DOORS = (
    "coverplan",
    "coverplan.domain",
    "coverplan.figures",
    "coverplan.io",
    "coverplan.measure",
    "coverplan.people",
    "coverplan.siting",
    "coverplan.travel",
)
"""Where public names come from."""

OPTIONS = doctest.NORMALIZE_WHITESPACE
"""Tables end their lines with spaces here and there, which no editor keeps."""


def _tests(name):
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [test for test in finder.find(importlib.import_module(name)) if test.examples]


def _name(path):
    parts = path.relative_to(HOUSE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


WITH_EXAMPLES = sorted(
    _name(path) for path in HOUSE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8")
)
"""Found by their text: importing every module while tests are collected takes seconds."""


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples(name, monkeypatch, root):
    monkeypatch.chdir(root)
    runner = doctest.DocTestRunner(verbose=False, optionflags=OPTIONS)
    said, tests = [], _tests(name)
    assert tests
    for test in tests:
        runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def _runs(text):
    """Whether there is an example among some words that is not skipped altogether."""
    examples = doctest.DocTestParser().get_examples(text or "")
    return any(not example.options.get(doctest.SKIP) for example in examples)


def _named_in(name, text):
    examples = doctest.DocTestParser().get_examples(text or "")
    return any(
        name in example.source and not example.options.get(doctest.SKIP) for example in examples
    )


def _without_example():
    """Name the public names nothing shows at work; constants are shown by their module."""
    lacking = []
    for door in DOORS:
        module = importlib.import_module(door)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing) or callable(thing):
                shown = _runs(inspect.getdoc(thing)) and thing.__doc__
            else:
                shown = _named_in(name, module.__doc__)
            if not shown:
                lacking.append(f"{door}.{name}")
    return lacking


def test_every_public_name_has_an_example():
    lacking = _without_example()
    assert not lacking, "an Examples section that runs is missing: " + ", ".join(lacking)


def test_examples_that_are_skipped_do_not_count():
    assert not _runs("")
    assert not _runs(">>> run()  # doctest: +SKIP")
    assert _runs(">>> 1 + 1\n2\n>>> run()  # doctest: +SKIP")
    assert _named_in("NO_ROAD", ">>> NO_ROAD\n-1")
    assert not _named_in("NO_ROAD", "`NO_ROAD` in words alone")
