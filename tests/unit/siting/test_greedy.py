"""The first plan keeps every rule, is greedy where nothing forbids it, and exists if any does."""

import numpy as np
import pytest
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Limits, Rules
from coverplan.siting.greedy import any_plan, greedy, prices
from coverplan.siting.reduce import reduce_problem
from coverplan.siting.rows import site_rows


def plainly_greedy(problem, k):
    """Church and ReVelle's rule written down naively; the first of equals."""
    cover, left, value = cover_of(problem), problem.weight.copy(), 0
    for _ in range(k):
        gain = cover @ left
        best = int(np.argmax(gain))
        value += gain[best]
        left[cover[best]] = 0
    return int(value)


def value_of(problem, reduced, state):
    mask = reduced.expand(state.open, len(problem.sites))
    return int(problem.weight[cover_of(problem)[mask].any(axis=0)].sum()), mask


@pytest.mark.parametrize("seed", range(8))
def test_without_other_rules_it_takes_what_brings_most(seed):
    problem = random_problem(
        np.random.default_rng(seed),
        n_sites=12,
        n_places=40,
        n_existing=0,
        rules=Rules(sites=4),
        most_people=100_000,  # no two gains alike
    )
    reduced = reduce_problem(problem, site_rows(problem), drop=False)
    state = greedy(reduced, prices(reduced)[0])
    assert value_of(problem, reduced, state)[0] == plainly_greedy(problem, 4)


HARD = [
    Rules(sites=4, unit_least=1, spacing_metres=500.0),
    Rules(sites=None, budget_yuan=110_000, unit_least=1),
    Rules(sites=3, exactly=True, unit_most=1),
]


@pytest.mark.parametrize("rules", HARD, ids=range(len(HARD)))
def test_a_first_plan_keeps_the_rules_and_is_found_if_there_is_one(rules):
    found = 0
    for seed in range(25):
        problem = random_problem(
            np.random.default_rng(seed), n_sites=9, n_existing=1, classes=True, rules=rules
        )
        rows = site_rows(problem)
        reduced = reduce_problem(problem, rows)
        plans = [tuple(mask) for mask in allowed_plans(problem)]
        states = [greedy(reduced, price) for price in prices(reduced)]
        for state in states:
            if state is not None:
                assert tuple(value_of(problem, reduced, state)[1]) in plans
        state, ending = any_plan(reduced, Limits(time_limit_seconds=0.0))
        if not plans:
            assert (state, ending) == (None, "impossible")
        else:
            found += 1
            assert tuple(value_of(problem, reduced, state)[1]) in plans
    assert found >= 3


def test_a_budget_has_a_price_of_its_own_and_a_number_of_sites_none():
    rng = np.random.default_rng(0)
    problem = random_problem(rng, rules=Rules(sites=3, budget_yuan=100_000))
    reduced = reduce_problem(problem, site_rows(problem), drop=False)
    found = prices(reduced)
    assert len(found) == 2
    assert (found[0] == 1).all()
    cost = problem.sites.cost_yuan[reduced.sites]
    assert np.allclose(found[1], cost / cost.max())
