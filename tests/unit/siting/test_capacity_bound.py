"""Bounds from prices are bounds, sites are only fixed where they may be, knapsacks are best."""

import time

import numpy as np
import pytest
from flows import most_served
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import allowed_plans, problems, random_problem

from coverplan.siting import Limits, Rules
from coverplan.siting.cap_mclp import merged_pairs
from coverplan.siting.capacity_bound import CapacityBound
from coverplan.siting.kernels.knapsacks import site_gains
from coverplan.siting.relaxed_sites import best_by_value, site_groups
from coverplan.siting.rows import site_rows

RULES = st.sampled_from(
    [
        Rules(sites=1),
        Rules(sites=2, exactly=True),
        Rules(budget_yuan=120_000),
        Rules(unit_least=1),
        Rules(unit_most=1),
        Rules(close_most=1),
        Rules(sites=1, close_least=1, close_most=2),
        Rules(sites=1, moves=1),
        Rules(),
    ]
)


@settings(max_examples=200, deadline=None)
@given(problems(closable=True, n_sites=6, n_existing=3, rules=Rules(sites=1)), RULES, st.data())
def test_no_plan_has_more_value(problem, rules, data):
    problem = problem.with_rules(**{name: getattr(rules, name) for name in rules.__slots__})
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    value = np.round(rng.normal(data.draw(st.sampled_from([-2, 0, 2])), 2, 6), 1)
    rows = site_rows(problem)
    choice = best_by_value(value, rows, site_groups(rows))
    for mask in allowed_plans(problem):
        assert value[mask].sum() <= choice.total + 1e-9
        for site in np.flatnonzero(mask != choice.open):
            assert value[mask].sum() <= choice.total - choice.change[site] + 1e-9


def test_a_number_of_sites_is_exact():
    """Where the only rule is a number the best value is reached."""
    rng = np.random.default_rng(1)
    for exactly in (True, False):
        problem = random_problem(rng, n_existing=0, rules=Rules(sites=3, exactly=exactly))
        value = rng.normal(0, 1, 8)
        rows = site_rows(problem)
        choice = best_by_value(value, rows, site_groups(rows))
        assert choice.total == pytest.approx(max(value[m].sum() for m in allowed_plans(problem)))
        assert value[choice.open].sum() == pytest.approx(choice.total)


@settings(max_examples=60, deadline=None)
@given(problems(capacity=True, closable=True, rules=Rules(sites=1)))
def test_the_bound_is_a_bound_and_fixing_loses_nothing_better(problem):
    rows, transport = site_rows(problem), merged_pairs(problem)
    none = np.zeros(len(problem.sites), dtype=np.int64)
    search = CapacityBound(transport, rows, none, 0)
    values = {mask.tobytes(): most_served(problem, mask) for mask in allowed_plans(problem)}
    best = max(values.values())
    search.run(Limits(time_limit_seconds=5), time.perf_counter(), 1.0)
    assert search.value <= best <= search.bound
    assert values[search.open.tobytes()] == search.value
    fixed = search.fixed()
    if search.value < best:
        kept = [
            mask
            for mask in allowed_plans(problem)
            if values[mask.tobytes()] > search.value
            and (mask >= (fixed.lower > 0)).all()
            and (mask <= (fixed.upper > 0)).all()
        ]
        assert len(kept) == sum(value > search.value for value in values.values())


def test_what_one_site_gains():
    """Two people at 5, three at 4, ten at 1 over a price of 2: room for four."""
    flow = np.full(3, 7)
    found = site_gains(
        np.array([0, 3]),
        np.array([0, 1, 2]),
        np.array([5.0, 4.0, 1.0]),
        np.full(3, 2.0),
        np.array([2, 3, 10]),
        np.array([4]),
        flow,
    )
    assert found.tolist() == [2 * 3 + 2 * 2]
    assert flow.tolist() == [2, 2, 0]
