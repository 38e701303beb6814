"""Every point of a frontier equals the best of all plans, found by trying all there are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.frontier import coverage_frontier

RULES = [
    Rules(),
    Rules(budget_yuan=120_000),
    Rules(unit_least=1),
    Rules(unit_most=1),
    Rules(spacing_metres=700.0),
    Rules(close_most=1, moves=1, sites=1),
    Rules(unit_most=1, spacing_metres=500.0),
]


def best_of(problem):
    """The most newly reached weight any allowed plan has; None where there is no plan."""
    cover = cover_of(problem)
    today = int(problem.weight[cover[problem.sites.existing].any(axis=0)].sum())
    values = [
        int(problem.weight[cover[mask].any(axis=0)].sum()) - today
        for mask in allowed_plans(problem)
    ]
    return max(values, default=None)


@st.composite
def cases(draw, **fixed):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random_problem(
        rng,
        **{
            "n_sites": draw(st.integers(4, 8)),
            "n_places": draw(st.integers(1, 12)),
            "n_existing": draw(st.integers(0, 2)),
            "closable": draw(st.booleans()),
            "classes": draw(st.booleans()),
            "weighted": draw(st.booleans()),
            "rules": draw(st.sampled_from(RULES)),
            **fixed,
        },
    )


def check(problem, frontier, key):
    assert len(frontier.at) == len(frontier.plans)
    for at, plan in zip(frontier.at, frontier.plans, strict=True):
        best = best_of(problem.with_rules(**{key: at}))
        assert (plan.value, plan.bound) == (best, best)
        assert (plan.status == "impossible") == (best is None)
        assert bool(plan.impossible) == (best is None)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 5))
def test_numbers_of_sites(problem, most):
    most = min(most, len(problem.sites.candidates))
    frontier = coverage_frontier(problem, most_sites=most)
    check(problem, frontier, "sites")
    if len(frontier.at) < most:
        # It ended early: nothing more is to be had.
        assert frontier.complete
        assert best_of(problem.with_rules(sites=most)) == frontier.plans[-1].value


@settings(max_examples=40, deadline=None)
@given(cases(rules=Rules()), st.lists(st.integers(9, 40), min_size=1, max_size=4))
def test_budgets(problem, tens):
    frontier = coverage_frontier(problem, budgets=[n * 10_000 for n in tens])
    check(problem, frontier, "budget_yuan")
    assert list(frontier.at) == sorted(set(frontier.at))


@settings(max_examples=30, deadline=None)
@given(cases(rules=Rules(unit_most=2)), st.integers(2, 5))
def test_the_elbow(problem, most):
    """Farthest above the line from today to the last point, by its distance from that line."""
    frontier = coverage_frontier(problem, most_sites=min(most, len(problem.sites.candidates)))
    x = np.array([0, *frontier.at], dtype=float)
    y = np.array([0, *(plan.value for plan in frontier.plans)], dtype=float)
    if len(frontier.at) < 2 or y[-1] == 0:
        assert frontier.elbow is None
        return
    x, y = x / x[-1], y / y[-1]
    distance = (y - x) / np.sqrt(2)
    if frontier.elbow is None:
        assert distance.max() <= 1e-6
    else:
        assert distance[frontier.elbow + 1] == pytest.approx(distance.max())
        assert distance.max() > 0
