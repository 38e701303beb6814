"""The cheapest sites that reach enough people, with a start, under rules, and honest at the end."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, problems, random_problem

from coverplan.core.text import Text
from coverplan.siting import Limits, Rules
from coverplan.siting.mincover import (
    Need,
    keep_standing,
    min_cover,
    most_of_needs,
    most_within_needs,
    quick_cover,
)
from coverplan.siting.rows import site_rows

NAME = Text("", "")


def needs_of(problem, shares):
    """One need of all people, and one of each unit."""
    all_ = Need(problem.people, int(problem.people.sum() * shares[0]), NAME)
    units = [np.where(problem.unit == u, problem.people, 0) for u in range(len(shares) - 1)]
    parts = zip(units, shares[1:], strict=True)
    return [all_, *(Need(people, int(people.sum() * share), NAME) for people, share in parts)]


def search(function, problem, *args, seconds=60.0, **options):
    limits = Limits(time_limit_seconds=seconds)
    return function(problem, site_rows(problem), *args, limits, time.perf_counter(), **options)


@pytest.mark.parametrize("case", CASES)
def test_cheapest_and_most_under_every_rule(case):
    for seed in range(3):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, classes=seed == 1, **CASES[case])
        needs = needs_of(problem, ([0.8], [0.5, 0.6, 0.3], [1.0])[seed])
        cost = problem.sites.cost_yuan if seed else (~problem.sites.existing).astype(np.int64)
        cover = cover_of(problem)
        masks = {tuple(plan): cover[plan].any(axis=0) for plan in allowed_plans(problem)}
        fine = {
            plan: mask
            for plan, mask in masks.items()
            if all(need.reached(mask) >= need.at_least for need in needs)
        }
        best = min((int(cost[list(plan)].sum()) for plan in fine), default=None)
        cheapest = search(min_cover, problem, cost, needs)
        assert cheapest.value == best
        most = search(most_within_needs, problem, needs)
        nearest = search(most_of_needs, problem, needs)
        if best is None:
            assert cheapest.ending == most.ending == "impossible"
        else:
            assert cheapest.bound == best
            assert cheapest.value == cost[cheapest.open].sum()
            reached = max(int(problem.weight[mask].sum()) for mask in fine.values())
            assert (most.value, most.bound) == (reached, reached)
        sums = [sum(min(n.reached(m), n.at_least) for n in needs) for m in masks.values()]
        assert nearest.value == max(sums, default=None)
        assert nearest.bound == nearest.value or not masks


@settings(max_examples=80, deadline=None)
@given(problems(rules=Rules(), closable=True), st.sampled_from([0.4, 0.9, 1.0]))
def test_a_quick_plan_keeps_everything_and_is_no_better_than_the_best(problem, share):
    needs = needs_of(problem, [share])
    cost = (~problem.sites.existing).astype(np.int64)
    rows = site_rows(problem)
    best = search(min_cover, problem, cost, needs)
    for seconds in (0.0, 0.05):
        plan = quick_cover(problem, rows, cost, needs, seconds)
        if plan is None:
            continue
        assert rows.kept(plan).all()
        reached = cover_of(problem)[plan].any(axis=0)
        assert all(need.reached(reached) >= need.at_least for need in needs)
        assert cost[plan].sum() >= best.value


def large():
    rng = np.random.default_rng(4)
    return random_problem(
        rng, n_sites=70, n_places=400, n_units=3, n_existing=0, rules=Rules(spacing_metres=20.0)
    )


def test_a_search_makes_the_first_plan_better():
    problem = large()
    reachable = np.where(cover_of(problem).any(axis=0), problem.people, 0)
    needs = [Need(reachable, int(reachable.sum()), NAME)]
    cost = np.ones(70, dtype=np.int64)
    rows = site_rows(problem)
    first = quick_cover(problem, rows, cost, needs, 0.0)
    better = quick_cover(problem, rows, cost, needs, 1.0)
    assert rows.kept(better).all()
    assert needs[0].reached(cover_of(problem)[better].any(axis=0)) == needs[0].at_least
    best = search(min_cover, problem, cost, needs)
    assert best.value <= better.sum() <= first.sum()
    assert best.value == best.bound


def test_a_start_is_used_and_a_bad_one_is_not():
    problem = large()
    needs = [Need(problem.people, int(problem.people.sum() * 0.5), NAME)]
    cost = np.ones(70, dtype=np.int64)
    best = search(min_cover, problem, cost, needs)
    stopped = search(min_cover, problem, cost, needs, seconds=0.0, start=best.open)
    assert stopped.value == best.value
    assert stopped.bound <= best.value
    none = np.zeros(70, dtype=bool)
    assert search(min_cover, problem, cost, needs, start=none).value == best.value
    nearest = search(most_of_needs, problem, needs, seconds=0.0, start=best.open)
    assert nearest.value == needs[0].at_least


def test_what_stands_is_not_closed_without_need():
    problem = random_problem(np.random.default_rng(1), n_existing=3, closable=True, rules=Rules())
    rows = site_rows(problem)
    plan = np.zeros(8, dtype=bool)
    assert keep_standing(problem, rows, plan)[:3].all()
    some = problem.with_rules(close_least=2)
    assert keep_standing(some, site_rows(some), plan)[:3].sum() == 1
