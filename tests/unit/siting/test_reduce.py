"""Reduction keeps the best value: places merged exactly, needless sites dropped, sites fixed."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from siting_cases import allowed_plans, cover_of, problems, random_problem

from coverplan import Reach
from coverplan.siting import Rules
from coverplan.siting.reduce import reduce_problem, restrict
from coverplan.siting.rows import site_rows


def reached(problem, mask):
    return int(problem.weight[cover_of(problem)[mask].any(axis=0)].sum())


def reached_reduced(reduced, open_):
    """Weight reached in the reduced problem by some of its sites, counted plainly."""
    matrix = reduced.matrix().toarray() > 0
    return reduced.sure + int(reduced.cover.weight[matrix[:, open_].any(axis=1)].sum())


def best_of_reduced(reduced):
    n = reduced.n_sites
    rules = reduced.rules().toarray()
    best = None
    for number in range(2**n):
        open_ = np.array([number >> j & 1 for j in range(n)], dtype=bool)
        sums = rules[:, open_].sum(axis=1)
        if (sums >= reduced.cover.low - 1e-9).all() and (sums <= reduced.cover.up + 1e-9).all():
            best = max(reached_reduced(reduced, open_), best or 0)
    return best


@settings(max_examples=60, deadline=None)
@given(problems(rules=Rules(sites=1)))
def test_every_plan_keeps_its_value_when_places_are_merged(problem):
    reduced = reduce_problem(problem, site_rows(problem), drop=False)
    for mask in allowed_plans(problem):
        assert reached_reduced(reduced, mask[reduced.sites]) == reached(problem, mask)


@settings(max_examples=30, deadline=None)
@given(problems(rules=Rules(sites=1)))
def test_rows_of_places_are_as_few_as_can_be(problem):
    reduced = reduce_problem(problem, site_rows(problem), drop=False)
    cover = cover_of(problem)
    left = (problem.weight > 0) & ~cover[reduced.opened].any(axis=0)
    kinds = {tuple(column) for column in cover[reduced.sites][:, left].T if column.any()}
    assert reduced.n_rows == len(kinds)


RULES = [
    Rules(sites=2),
    Rules(sites=2, exactly=True),
    Rules(sites=None, budget_yuan=90_000),
    Rules(sites=3, unit_most=1),
    Rules(sites=3, spacing_metres=600.0),
    Rules(sites=3, unit_least=1),
]


@pytest.mark.parametrize("rules", RULES, ids=range(len(RULES)))
@pytest.mark.parametrize("classes", [False, True])
def test_dropping_needless_sites_keeps_the_best_value(rules, classes):
    dropped = 0
    for seed in range(12):
        problem = random_problem(
            np.random.default_rng(seed), n_sites=9, n_existing=1, classes=classes, rules=rules
        )
        whole = reduce_problem(problem, site_rows(problem), drop=False)
        reduced = reduce_problem(problem, site_rows(problem))
        dropped += whole.n_sites - reduced.n_sites
        values = [reached(problem, mask) for mask in allowed_plans(problem)]
        assert best_of_reduced(reduced) == (max(values) if values else None)
    assert rules.exactly or dropped > 0


def test_a_dearer_site_that_reaches_no_more_goes_and_a_cheaper_one_stays():
    rules = Rules(sites=None, budget_yuan=100_000)
    problem = random_problem(
        np.random.default_rng(1), n_sites=2, n_places=4, n_existing=0, rules=rules
    )
    cover = np.ones((2, 4), dtype=bool)
    for costs, left in (([10_000, 20_000], [0]), ([20_000, 10_000], [1])):
        same = _with(problem, cover, costs)
        assert reduce_problem(same, site_rows(same)).sites.tolist() == left
    smaller = cover.copy()
    smaller[1, 0] = False
    both = _with(problem, smaller, [20_000, 10_000])
    assert reduce_problem(both, site_rows(both)).n_sites == 2


def _with(problem, cover, costs):
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    reach = Reach(problem.reach.demand, problem.reach.sites, ptr, who, 15.0)
    sites = dataclasses.replace(problem.sites, cost_yuan=np.array(costs))
    people = np.array([5, 4, 3, 2])
    return dataclasses.replace(
        problem, sites=sites, reach=reach, people=people, weights=None, unit_people=None
    )


@settings(max_examples=40, deadline=None)
@given(problems(n_existing=0, n_sites=7, rules=Rules(sites=3)))
def test_fixing_sites_counts_what_they_reach_as_sure(problem):
    reduced = reduce_problem(problem, site_rows(problem), drop=False)
    keep, fixed = np.arange(2, 7), np.array([0])
    smaller, row_of = restrict(reduced, keep, fixed)
    for mask in allowed_plans(problem):
        if mask[0] and not mask[1]:
            assert reached_reduced(smaller, mask[smaller.sites]) == reached(problem, mask)
    assert smaller.cover.up.max() == 2
    assert len(row_of) == reduced.n_rows
    kept = row_of[row_of >= 0]
    assert set(kept.tolist()) == set(range(smaller.n_rows))
