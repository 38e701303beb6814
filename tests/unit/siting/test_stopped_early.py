"""Stopped early, no model with conditions claims a proof, and its bound is one."""

import time

import numpy as np
import pytest
from siting_cases import random_problem

from coverplan.siting import Limits, Rules
from coverplan.siting.bacop import solve_bacop
from coverplan.siting.budget import solve_budgeted
from coverplan.siting.coversearch import CoverSearch
from coverplan.siting.equity import solve_floor
from coverplan.siting.lscp_b import solve_lscp_b
from coverplan.siting.maxmin import solve_maxmin
from coverplan.siting.one_per_unit import solve_one_per_unit
from coverplan.siting.rows import site_rows
from coverplan.siting.undesirable import solve_undesirable


def near(otherwise):
    def solve(problem, limits):
        xy = np.random.default_rng(5).uniform(0, 2000, (len(problem.people), 2))
        return solve_undesirable(problem, limits, homes_xy=xy, metres=60, otherwise=otherwise)

    return solve


MODELS = {
    "budget": (Rules(budget_yuan=400_000), solve_budgeted),
    "one_per_unit": (Rules(), solve_one_per_unit),
    "floor": (Rules(sites=8), lambda p, limits: solve_floor(p, limits, share_percent=30)),
    "maxmin": (Rules(sites=8), solve_maxmin),
    "lscp_b": (Rules(), solve_lscp_b),
    "twice": (Rules(), lambda p, limits: solve_lscp_b(p, limits, every="twice")),
    "bacop1": (Rules(sites=16), solve_bacop),
    "bacop2": (Rules(sites=8), lambda p, limits: solve_bacop(p, limits, theta=0.6)),
    "refuse": (Rules(sites=6), near("refuse")),
    "fewest_near": (Rules(sites=6), near("fewest_near")),
}


@pytest.mark.parametrize("name", MODELS)
def test_stopped_early(name):
    rules, solve = MODELS[name]
    problem = random_problem(
        np.random.default_rng(2), n_sites=25, n_places=100, n_units=4, n_existing=1, rules=rules
    )
    # Small reaches: at 15 minutes every site would reach a third of the plane.
    reach = problem.times.within(6.0)
    object.__setattr__(problem, "reach", reach)
    told = []
    best = solve(problem, Limits(on_bounds=told.append))
    assert best.status == "optimal"
    assert all(stage.value == stage.bound for stage in best.then)
    # Whatever is told meanwhile is told in the units of the objective.
    better = best.objective.better
    assert not any(b.value is not None and better(b.value, best.value) for b in told)
    assert not any(b.bound is not None and better(best.value, b.bound) for b in told)
    for seconds in (0.0, 1e-3, 0.05):
        plan = solve(problem, Limits(time_limit_seconds=seconds))
        assert plan.status != "impossible"
        if plan.value is None:
            assert plan.status == "unknown"
            continue
        assert not plan.objective.better(plan.value, best.value)
        assert plan.bound is None or not plan.objective.better(best.value, plan.bound)
        assert (plan.status == "optimal") == (plan.value == plan.bound)
        if plan.status != "optimal":
            assert all(stage.bound is None for stage in plan.then)
        for stage, proven in zip(plan.then, best.then, strict=True):
            if stage.bound is not None:
                assert not stage.objective.better(proven.value, stage.bound)


def test_time_that_is_over_is_none_left():
    """A search may find, between two looks at the clock, that its limit has passed."""
    problem = random_problem(
        np.random.default_rng(2), n_sites=8, n_places=30, n_units=2, rules=Rules(sites=3)
    )
    long_ago = time.perf_counter() - 10
    search = CoverSearch(problem, site_rows(problem), Limits(time_limit_seconds=1), long_ago)
    search.first(None)
    assert search._passed_on().time_limit_seconds == 0
