"""Nearest in the unit equals the best of all plans the rules and its own two conditions allow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from median_rules import PAIRS, made
from siting_cases import CUTOFF_MINUTES, allowed_plans, matrix_of

from coverplan.siting.unit_median import solve_unit_median

CAP = int(CUTOFF_MINUTES * 60_000)


def by_unit(problem, opened):
    """What each unit costs: all its people at the best open site in it."""
    ms = matrix_of(problem.times)
    ms = np.where(ms < 0, CAP, ms)
    cost = []
    for unit in range(len(problem.unit_codes)):
        weight = np.where(problem.unit == unit, problem.weight, 0)
        here = [j for j in opened if problem.sites.unit[j] == unit]
        cost.append(min([int((weight * ms[j]).sum()) for j in here], default=CAP * weight.sum()))
    return cost


def best_of(problem, keep_existing):
    sites = problem.sites
    stands = {int(j) for j in np.flatnonzero(~sites.barred & (sites.existing | sites.must))}
    lived = {u for u in range(len(problem.unit_codes)) if problem.weight[problem.unit == u].any()}
    best = None
    for mask in allowed_plans(problem):
        opened = set(np.flatnonzero(mask).tolist())
        if not stands <= opened:
            continue
        new = opened - stands
        units = [int(sites.unit[j]) for j in new]
        has = {int(sites.unit[j]) for j in stands}
        could = {int(sites.unit[j]) for j in np.flatnonzero(~sites.barred)}
        if len(set(units)) < len(units) or not set(units) <= lived:
            continue
        if keep_existing and has & set(units):
            continue
        if not lived & could - has <= set(units):
            continue
        value = sum(by_unit(problem, opened))
        best = value if best is None else min(best, value)
    return best


def check(problem, keep_existing):
    best = best_of(problem, keep_existing)
    plan = solve_unit_median(problem, keep_existing=keep_existing)
    assert (plan.value, plan.status) == (best, "impossible" if best is None else "optimal")
    if best is None:
        assert plan.impossible
    else:
        assert plan.bound == best


@pytest.mark.parametrize("keep_existing", [True, False])
@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_every_rule_alone_and_in_pairs(names, keep_existing):
    for seed in range(3):
        check(made(names, seed), keep_existing)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(PAIRS), st.booleans())
def test_anything(seed, names, keep_existing):
    check(made(names, seed), keep_existing)
