"""Every indicator type the register asks for is there, once, and has a case worked out by hand."""

import ast
from pathlib import Path

import pytest

from coverplan.core.text import Text
from coverplan.io import read_register
from coverplan.measure.policy import INDICATOR_MODULES, INDICATOR_TYPES
from coverplan.measure.policy.found import NoTarget
from coverplan.measure.policy.registry import measures

HERE = Path(__file__).parent


def called_in_tests() -> set[str]:
    """Return the names of what the test modules beside this one call."""
    names = set[str]()
    for path in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                names.add(node.func.id)
            if isinstance(node, ast.Name):
                names.add(node.id)
    return names


def test_the_register_asks_for_no_indicator_that_is_not_there():
    assert {row.indicator for row in read_register()} <= INDICATOR_TYPES.keys()


def test_no_indicator_is_there_for_nobody():
    assert INDICATOR_TYPES.keys() - {row.indicator for row in read_register()} == set()


@pytest.mark.parametrize("key", sorted(INDICATOR_TYPES))
def test_every_indicator_is_computed_by_hand_somewhere(key: str):
    assert INDICATOR_TYPES[key].compute.__name__ in called_in_tests()


@pytest.mark.parametrize("key", sorted(INDICATOR_TYPES))
def test_every_indicator_says_what_it_is_in_both_languages(key: str):
    kind = INDICATOR_TYPES[key]
    assert all((kind.label.zh, kind.label.en, kind.formula.zh, kind.formula.en))
    assert (kind.compute.__doc__ or "").strip()


def test_the_modules_register_all_of_them():
    modules = {module.__name__ for module in INDICATOR_MODULES}
    assert {kind.compute.__module__ for kind in INDICATOR_TYPES.values()} == modules


def test_a_name_is_taken_once():
    with pytest.raises(ValueError, match="unit_coverage_share"):
        measures("unit_coverage_share", zh="x", en="x", formula=Text("", ""))(
            lambda target, ledger: NoTarget(Text("", ""))
        )
