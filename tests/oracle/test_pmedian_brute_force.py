"""The p-median equals the best of all plans allowed, under every rule alone and in pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from median_rules import PAIRS, made
from siting_cases import CUTOFF_MINUTES, allowed_plans, matrix_of

from coverplan.siting.pmedian import solve_pmedian

CAP = int(CUTOFF_MINUTES * 60_000)


def best_of(problem):
    """The least person-milliseconds of all allowed plans, None where there is no plan."""
    ms = matrix_of(problem.times)
    ms = np.where(ms < 0, CAP, ms)
    values = [
        int((problem.weight * ms[mask].min(axis=0, initial=CAP)).sum())
        for mask in allowed_plans(problem)
    ]
    return min(values) if values else None


@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_every_rule_alone_and_in_pairs(names):
    answers = set()
    for seed in range(6):
        problem = made(names, seed)
        best, plan = best_of(problem), solve_pmedian(problem)
        assert (plan.value, plan.status) == (best, "impossible" if best is None else "optimal")
        if best is None:
            assert plan.impossible
        else:
            assert plan.bound == best
        answers.add(best)
    assert len(names) > 1 or len(answers) > 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(PAIRS))
def test_anything(seed, names):
    problem = made(names, seed)
    best, plan = best_of(problem), solve_pmedian(problem)
    assert plan.value == best
    assert plan.bound == best or best is None
