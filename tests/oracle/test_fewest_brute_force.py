"""Fewest sites for a share equals brute force, and so does the proof that one less is too few."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, problems, random_problem

from coverplan.siting import Rules
from coverplan.siting.fewest import solve_fewest

SHARES = ("30", "50.5", "70", "80", "95", "100")


def targets_of(problem, share, within):
    """Pairs of a mask over the places and the people it must have reached."""
    share = Fraction(share)
    if within == "all":
        every = np.ones(len(problem.people), dtype=bool)
        return [(every, math.ceil(share * int(problem.unit_people.sum()) / 100))]
    return [
        (problem.unit == unit, math.ceil(share * int(total) / 100))
        for unit, total in enumerate(problem.unit_people)
        if total > 0
    ]


def agrees(problem, share, within):
    cover, new = cover_of(problem), ~problem.sites.existing
    targets = targets_of(problem, share, within)

    def reached(plan):
        mask = cover[plan].any(axis=0)
        return [int(problem.people[mask & inside].sum()) for inside, _ in targets]

    plans = list(allowed_plans(problem))
    enough = [
        plan
        for plan in plans
        if all(got >= want for got, (_, want) in zip(reached(plan), targets, strict=True))
    ]
    best = min((int((plan & new).sum()) for plan in enough), default=None)
    plan = solve_fewest(problem, share_percent=share, within=within)
    assert plan.value == best
    if best is None:
        assert plan.status == "impossible"
        assert plan.impossible
        assert plan.one_less is None
        return
    assert (plan.bound, plan.status, len(plan.chosen)) == (best, "optimal", best)
    weight = problem.weight
    most = max(int(weight[cover[p].any(axis=0)].sum()) for p in enough if (p & new).sum() == best)
    before = int(weight[cover[problem.sites.existing].any(axis=0)].sum())
    assert [(stage.value, stage.bound) for stage in plan.then] == [(most - before, most - before)]
    if best == 0:
        assert plan.one_less is None
        return
    # People of all count as they are; those of units up to their target.
    fewer = [p for p in plans if (p & new).sum() < best]
    caps = [want if len(targets) > 1 else 2**60 for _, want in targets]
    score = max(
        (sum(min(got, cap) for got, cap in zip(reached(p), caps, strict=True)) for p in fewer),
        default=None,
    )
    less = plan.one_less
    assert less.fails
    assert (less.sites, less.value, less.bound) == (best - 1, score, score)
    assert less.need == sum(want for _, want in targets)


@pytest.mark.parametrize("case", CASES)
def test_every_rule_alone_and_in_pairs(case):
    for seed in range(4):
        problem = random_problem(np.random.default_rng(seed), **CASES[case])
        agrees(problem, SHARES[seed % len(SHARES)], "all")
        agrees(problem, SHARES[(seed + 2) % len(SHARES)], "every_unit")


@settings(max_examples=50, deadline=None)
@given(
    problems(rules=Rules(), closable=True, weighted=True),
    st.sampled_from(SHARES),
    st.sampled_from(["all", "every_unit"]),
)
def test_existing_sites_that_may_be_closed_and_weights(problem, share, within):
    agrees(problem, share, within)


@settings(max_examples=50, deadline=None)
@given(
    problems(rules=Rules(budget_yuan=150_000), classes=True),
    st.sampled_from(SHARES),
    st.sampled_from(["all", "every_unit"]),
)
def test_classes_within_a_budget(problem, share, within):
    agrees(problem, share, within)
