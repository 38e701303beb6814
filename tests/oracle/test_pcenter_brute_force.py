"""The p-centre equals the best of all plans allowed, under every rule alone and in pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from median_rules import PAIRS, made
from siting_cases import CUTOFF_MINUTES, allowed_plans, matrix_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.pcenter import solve_pcenter
from coverplan.siting.plan import FARTHEST
from coverplan.siting.recount import recount_objective

CAP = int(CUTOFF_MINUTES * 60_000)


def best_of(problem):
    """The least milliseconds of the farthest of those who can be reached at all.

    None where no plan has all of them within the cutoff.
    """
    ms = matrix_of(problem.times)
    counts = (problem.weight > 0) & (ms[~problem.sites.barred] >= 0).any(axis=0)
    ms = np.where(ms < 0, CAP + 1, ms)[:, counts]
    values = [
        int(ms[mask].min(axis=0, initial=CAP + 1).max(initial=0)) for mask in allowed_plans(problem)
    ]
    best = min(values, default=CAP + 1)
    return None if best > CAP else best


def check(problem):
    best, plan = best_of(problem), solve_pcenter(problem)
    assert (plan.value, plan.status) == (best, "impossible" if best is None else "optimal")
    if best is None:
        assert plan.impossible
    else:
        assert plan.bound == best
    return best


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_every_rule_alone_and_in_pairs(names):
    answers = {check(made(names, seed)) for seed in range(4)}
    assert len(names) > 1 or len(answers) > 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(PAIRS))
def test_anything(seed, names):
    check(made(names, seed))


def test_no_site_is_opened_that_brings_the_farthest_no_nearer():
    idle = 0
    for seed in range(30):
        problem = random_problem(np.random.default_rng(seed), n_sites=8, rules=Rules(sites=4))
        plan = solve_pcenter(problem)
        if plan.value is None:
            continue
        for site in plan.chosen:
            rest = [j for j in plan.chosen if j != site]
            assert recount_objective(problem, FARTHEST, rest, ()) > plan.value
        idle += len(plan.chosen) < 4
    assert idle
