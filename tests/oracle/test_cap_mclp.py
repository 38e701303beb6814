"""Capacitated covering equals brute force: every plan the rules allow, shared out by flow."""

import numpy as np
import pytest
from flows import most_served
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import allowed_plans, problems, random_problem

from coverplan.siting import Rules, open_transport
from coverplan.siting.assigned import check_assignment, served_weight
from coverplan.siting.cap_mclp import solve_cap_mclp
from coverplan.siting.recount import open_sites

RULES = {
    "sites": {"sites": 2},
    "exactly": {"sites": 2, "exactly": True},
    "budget": {"budget_yuan": 120_000},
    "unit_least": {"unit_least": 1},
    "unit_most": {"unit_most": 1},
    "spacing": {"spacing_metres": 700.0},
    "close": {"close_most": 1, "close_least": 1},
    "moves": {"sites": 1, "moves": 1, "close_most": 1},
}
PAIRS = [(a, b) for i, a in enumerate(RULES) for b in list(RULES)[i:]]


def agrees(problem):
    """Whether the plan has the best value of all allowed ones; how many those are."""
    values = [most_served(problem, mask) for mask in allowed_plans(problem)]
    plan = solve_cap_mclp(problem)
    if not values:
        assert plan.status == "impossible"
        assert plan.impossible
        return 0
    assert plan.status in {"optimal", "nothing_to_gain"}
    assert plan.value == plan.bound == max(values)
    assert served_weight(problem, plan.assignment) == plan.value
    opened = open_sites(problem, plan.chosen, plan.closed)
    assert check_assignment(problem, opened, plan.assignment) == []
    return len(values)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_rules_alone_and_in_pairs(pair):
    rules = {key: value for name in pair for key, value in RULES[name].items()}
    possible = 0
    for seed in range(3):
        rng = np.random.default_rng([seed, *map(ord, " ".join(pair))])
        problem = random_problem(
            rng,
            n_sites=7,
            n_places=9,
            n_units=2,
            closable=True,
            capacity=True,
            classes=seed == 1,
            weighted=seed == 2,
            rules=Rules(**rules),
        )
        possible += agrees(problem) > 0
    assert possible


@settings(max_examples=60, deadline=None)
@given(
    problems(capacity=True, rules=Rules(sites=1))
    | problems(capacity=True, weighted=True, closable=True, rules=Rules(sites=1))
    | problems(capacity=True, classes=True, n_sites=8, rules=Rules(sites=3)),
    st.booleans(),
)
def test_any_instance(problem, exactly):
    agrees(problem.with_rules(exactly=exactly))


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_prices_and_exchanges_first(pair, monkeypatch):
    """What large problems go through gives the same on small ones."""
    monkeypatch.setattr(open_transport, "_FEW_PAIRS", 0)
    rules = {key: value for name in pair for key, value in RULES[name].items()}
    for seed in range(3):
        rng = np.random.default_rng([9, seed, *map(ord, " ".join(pair))])
        options = {"closable": seed < 2, "capacity": True, "classes": seed == 1}
        agrees(random_problem(rng, n_sites=7, n_units=2, rules=Rules(**rules), **options))
