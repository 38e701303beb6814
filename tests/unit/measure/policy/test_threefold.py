"""Yes, no, not known: what does not hold for certain does not, whatever else is not known."""

from fractions import Fraction

import pandas as pd
import pytest
from target_rows import target

from coverplan.core.text import Text
from coverplan.domain.conditions import parse_conditions
from coverplan.domain.targets_config import TargetsConfig
from coverplan.measure.policy.found import Cannot, Measured
from coverplan.measure.policy.threefold import decided, fulfils

ROWS = pd.DataFrame(
    {
        "beds": pd.array([5, 50, None, None], dtype="Float64"),
        "grade": pd.array(["a", None, "a", "b"], dtype="string"),
    },
    index=[3, 5, 7, 9],
)


def holds(text, **settings):
    return fulfils(ROWS, parse_conditions(text), TargetsConfig(settings=settings))


def test_what_decides_and_is_not_known_stays_unknown():
    found = holds("beds<10; grade=a")
    assert found.index.tolist() == [3, 5, 7, 9]
    assert found.isna().tolist() == [False, False, True, False]
    assert found.fillna(value=False).tolist() == [True, False, False, False]


def test_a_column_nobody_has_is_not_known():
    assert holds("cost_new<3").isna().all()
    assert holds("").all()


def test_settings_not_set_are_all_named():
    found = holds("beds<@few_children; beds<@poor_building; beds<@weak_staff", poor_building=3)
    assert found.settings == ("targets.settings.few_children", "targets.settings.weak_staff")


WHY = Text("处未知", "not known")


def outcome(numerator, denominator, unknown, *, operator=">=", value="1", better="high", **given):
    row = target(id="T", operator=operator, value=value)
    figure = Measured(numerator, denominator, Text("", ""), better=better)
    return decided(row, figure, unknown, WHY, TargetsConfig(**given))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ((3, 3, 0), Measured),
        ((3, 3, 1), Cannot),  # 3/4 to 4/4, 1 is asked
        ((2, 3, 1), Measured),  # 2/4 to 3/4: short either way
        ((3, None, 1), Measured),  # 3 or 4, 1 is asked
        ((0, None, 1), Cannot),  # 0 or 1, 1 is asked
    ],
)
def test_a_figure_stands_where_the_unknown_decide_nothing(given, kind):
    found = outcome(*given)
    assert isinstance(found, kind)
    if kind is Cannot:
        assert "1 处未知" in found.reason.zh
        assert found.figure.numerator == given[0]


def test_where_less_is_better():
    low = {"operator": "==", "value": "0", "better": "low"}
    assert isinstance(outcome(0, None, 2, **low), Cannot)
    assert isinstance(outcome(1, None, 2, **low), Measured)
    assert isinstance(outcome(0, None, 0, **low), Measured)


def test_strictly_more_than():
    # 3/6 to 4/6 against more than a half: the lower end is not enough.
    assert isinstance(outcome(3, 5, 1, operator=">", value="0.5"), Cannot)
    assert isinstance(outcome(3, 5, 1, operator=">=", value="0.5"), Measured)


def test_numbers_of_the_planner_decide_too():
    rule = {"operator": "rule", "value": None}
    assert isinstance(outcome(3, 3, 1, **rule), Measured)
    assert isinstance(outcome(3, 3, 1, **rule, thresholds={"T": 1.0}), Cannot)
    row = target(id="T", value=None, value_setting="basically")
    figure = Measured(3, 3, Text("", ""))
    config = TargetsConfig(settings={"basically": 0.9})
    assert isinstance(decided(row, figure, 1, WHY, config), Cannot)
    assert isinstance(decided(row, figure, 1, WHY, TargetsConfig()), Measured)


def test_a_rule_of_its_own_decides():
    row = target(id="T", operator="<=", value="15")
    figure = Measured(3, 3, Text("", ""), against=(">=", Fraction(4, 5)))
    assert isinstance(decided(row, figure, 1, WHY, TargetsConfig()), Cannot)
    assert isinstance(decided(row, figure, 0, WHY, TargetsConfig()), Measured)
