"""Set covering equals brute force on small problems, under every rule alone and in pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, problems, random_problem

from coverplan.siting import Rules
from coverplan.siting.lscp import solve_lscp


def fewest_that_reach_all(problem):
    """New sites of the smallest plan that reaches everybody any usable site can; None: no plan."""
    cover, new = cover_of(problem), ~problem.sites.existing
    wanted = (problem.people > 0) & cover[~problem.sites.barred].any(axis=0)
    return min(
        (
            int((plan & new).sum())
            for plan in allowed_plans(problem)
            if cover[plan].any(axis=0)[wanted].all()
        ),
        default=None,
    )


def agrees(problem):
    plan, best = solve_lscp(problem), fewest_that_reach_all(problem)
    assert plan.value == best
    if best is None:
        assert plan.status == "impossible"
        assert plan.impossible
        assert all(i.relaxation.zh and i.who.zh for i in plan.impossible)
    else:
        assert plan.status == "optimal"
        assert plan.bound == best == len(plan.chosen)


@pytest.mark.parametrize("case", CASES)
def test_every_rule_alone_and_in_pairs(case):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        agrees(random_problem(rng, classes=seed % 2 == 1, **CASES[case]))


@settings(max_examples=60, deadline=None)
@given(problems(rules=Rules(), closable=True))
def test_existing_sites_that_may_be_closed(problem):
    agrees(problem)


@settings(max_examples=60, deadline=None)
@given(problems(rules=Rules(), classes=True, weighted=True))
def test_without_rules(problem):
    agrees(problem)
    cover = cover_of(problem)
    out = (problem.people > 0) & ~cover[~problem.sites.barred].any(axis=0)
    refused = solve_lscp(problem, unreachable="refuse")
    # Two classes of one place may be needed, of which one alone can be built.
    none = fewest_that_reach_all(problem) is None
    assert (refused.status == "impossible") == bool(out.any() or none)
    if out.any():
        assert refused.impossible[0].people == problem.people[out].sum()
        for unit, name in enumerate(problem.unit_names):
            here = int(problem.people[out & (problem.unit == unit)].sum())
            assert (f"{name} {here:,} 人" in refused.impossible[0].who.zh) == (here > 0)
