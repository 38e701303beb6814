"""The composite index: exact, with its weights and what hangs on them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledgers import ledger
from target_rows import target

from coverplan.core.text import Text
from coverplan.measure.policy.composite import composite, composite_index
from coverplan.measure.policy.found import Cannot, Finding, Measured

NONE = Text("", "")


def finding(key, value, asked=1, operator=">=", *, met=False, verdict=None):
    figure = Measured(Fraction(str(value)), None, Text("", ""))
    verdict = verdict or ("met" if met else "not_met")
    judged = (operator, Fraction(str(asked))) if verdict in {"met", "not_met"} else None
    return Finding(target(id=key), "binding", verdict, NONE, figure, judged)


def test_a_weighted_mean_of_how_far_each_is_fulfilled():
    findings = [
        finding("a", "0.9", "0.8", met=True),  # 1, not 9/8
        finding("b", "0.3", "0.6"),  # 1/2
        finding("c", 4, 1, "<="),  # 4 where 1 is allowed: 1/4
        finding("d", "0.1", 1),  # no weight: not in it
    ]
    figure = composite(findings, {"a": 2, "b": 1, "c": 1})
    # (2 x 1 + 1/2 + 1/4) / 4
    assert figure.value == Fraction(11, 16)
    assert (figure.numerator, figure.denominator) == (Fraction(11, 4), 4)
    assert [(p.numerator, p.denominator) for p in figure.parts[:3]] == [
        (2, 2), (Fraction(1, 2), 1), (Fraction(1, 4), 1),
    ]  # fmt: skip
    assert "a 2（50 %）" in figure.notes[0].zh


def test_what_hangs_on_the_weights():
    findings = [finding("a", 1, met=True), finding("b", "0.5")]
    figure = composite(findings, {"a": 1, "b": 3})
    parts = {p.label.en: Fraction(p.numerator) / Fraction(p.denominator) for p in figure.parts}
    assert figure.value == Fraction(5, 8)
    assert parts["weight of a halved"] == Fraction(4, 7)  # (1/2 + 3/2) / (7/2)
    assert parts["weight of a doubled"] == Fraction(7, 10)  # (2 + 3/2) / 5
    assert parts["weight of b halved"] == Fraction(7, 10)  # (1 + 3/4) / (5/2)
    assert parts["weight of b doubled"] == Fraction(4, 7)  # (1 + 3) / 7
    assert parts["equal weights"] == Fraction(3, 4)


def test_what_cannot_be_judged_is_left_out_and_named():
    findings = [finding("a", "0.5"), finding("b", 1, verdict="cannot_judge")]
    figure = composite(findings, {"a": 1, "b": 9, "z": 5})
    assert figure.value == Fraction(1, 2)
    assert "b、z" in figure.notes[1].zh


@pytest.mark.parametrize(
    ("one", "score"),
    [
        (finding("a", 0, 5), 0),
        (finding("a", -3, 5), 0),
        (finding("a", 2, 0, "<="), 0),  # none is allowed, two are there
        (finding("a", 0, 0, "<=", met=True), 1),
        (finding("a", 5, 4, "in_range"), Fraction(4, 5)),  # above the range
        (finding("a", 3, 4, "~="), Fraction(3, 4)),
        (finding("a", 4, 4, ">"), 1),
    ],
)
def test_scores(one, score):
    assert composite([one], {"a": 1}).value == score


def test_no_weights_no_index():
    for found in (composite([], {}), composite_index(target(), ledger())):
        assert isinstance(found, Cannot)
        assert found.settings == ("targets.weights",)
    assert isinstance(composite([], {"a": 1}), Cannot)
    assert isinstance(composite([finding("a", 1)], {"a": 0}), Cannot)
    assert isinstance(composite_index(target(), ledger(weights={"a": 1.0})), Cannot)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)), min_size=1, max_size=6),
    st.integers(1, 7),
)
def test_the_index_lies_between_its_scores_and_ignores_the_scale(rows, factor):
    findings = [finding(str(i), v, 10, met=v >= 10) for i, (v, _) in enumerate(rows)]
    weights = {str(i): w for i, (_, w) in enumerate(rows)}
    value = composite(findings, weights).value
    scores = [min(Fraction(1), Fraction(v, 10)) for v, _ in rows]
    assert min(scores) <= value <= max(scores)
    assert value == composite(findings, {k: w * factor for k, w in weights.items()}).value
