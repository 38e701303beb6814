"""Maximal covering under every rule, alone and in pairs, equals trying all plans there are."""

import itertools
import time

import numpy as np
import pytest
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Limits, Rules, solve_mclp
from coverplan.siting.maxcover import max_cover
from coverplan.siting.rows import site_rows

RULES = {
    "number": {"sites": 3},
    "exactly": {"sites": 3, "exactly": True},
    "budget": {"sites": None, "budget_yuan": 120_000},
    "unit_least": {"unit_least": 1},
    "some_units": {"unit_least": 1, "units_asked": (0, 2)},
    "unit_most": {"unit_most": 1},
    "spacing": {"spacing_metres": 700.0},
    "close_most": {"close_most": 1},
    "close_least": {"close_least": 1},
    "moves": {"sites": 1, "close_most": 2, "moves": 2},
}
MADE = {
    "classes": {"classes": True},
    "closable": {"closable": True},
    "weighted": {"weighted": True},
    "plain": {},
}
PAIRS = [
    *((name,) for name in RULES),
    *(
        pair
        for pair in itertools.combinations(RULES, 2)
        if set(pair) != {"unit_least", "some_units"}
    ),
]


def best_of(problem):
    """The most weight any allowed plan reaches, less what is reached today; None without one."""
    cover = cover_of(problem)
    values = [int(problem.weight[cover[mask].any(axis=0)].sum()) for mask in allowed_plans(problem)]
    before = int(problem.weight[cover[problem.sites.existing].any(axis=0)].sum())
    return max(values) - before if values else None


def problem_of(seed, names, made):
    rng = np.random.default_rng(seed)
    rules = {"sites": 2}
    for name in names:
        rules |= RULES[name]
    options = dict(MADE[made])
    if {"close_most", "close_least", "moves"} & set(names):
        options["closable"] = True
    return random_problem(
        rng,
        n_sites=9,
        n_places=int(rng.integers(6, 20)),
        n_existing=3,
        rules=Rules(**rules),
        **options,
    )


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("names", PAIRS, ids="+".join)
def test_rules_alone_and_in_pairs(names, made):
    for seed in range(4):
        problem = problem_of(seed, names, made)
        best = best_of(problem)
        plan = solve_mclp(problem)
        if best is None:
            assert plan.status == "impossible"
            assert plan.impossible
        else:
            assert (plan.value, plan.bound) == (best, best)
            assert plan.status in {"optimal", "nothing_to_gain"}


@pytest.mark.parametrize("names", [("budget",), ("moves",), ("exactly", "spacing")], ids="+".join)
def test_no_time_at_all_still_gives_a_plan_that_keeps_the_rules(names):
    for seed in range(6):
        problem = problem_of(seed, names, "classes")
        best = best_of(problem)
        plan = solve_mclp(problem, Limits(time_limit_seconds=1e-6))
        if best is None:
            assert plan.value is None
            continue
        assert plan.value <= best <= plan.bound


def test_what_the_search_is_told_is_between_value_and_bound():
    for seed in range(5):
        told = []
        problem = problem_of(seed, ("number", "unit_most"), "closable")
        plan = solve_mclp(problem, Limits(on_bounds=told.append))
        assert told
        assert all(b.value <= plan.value <= b.bound for b in told)
        assert [b.bound for b in told] == sorted((b.bound for b in told), reverse=True)


def test_a_start_is_never_made_worse():
    rng = np.random.default_rng(5)
    problem = random_problem(rng, n_sites=14, n_places=40, n_existing=2, rules=Rules(sites=4))
    cover = cover_of(problem)
    rows = site_rows(problem)
    best = max(
        allowed_plans(problem), key=lambda mask: problem.weight[cover[mask].any(axis=0)].sum()
    )
    no_time = Limits(time_limit_seconds=0.0)
    answer = max_cover(problem, rows, no_time, time.perf_counter(), start=best)
    assert answer.value == problem.weight[cover[best].any(axis=0)].sum()


def test_a_gap_asked_for_is_enough():
    rng = np.random.default_rng(6)
    problem = random_problem(rng, n_sites=14, n_places=60, n_existing=0, rules=Rules(sites=4))
    plan = solve_mclp(problem, Limits(gap_percent=50.0))
    assert plan.gap_percent <= 50
