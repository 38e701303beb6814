"""The p-median and its parts: lists, exchanges, prices, the reduced model, honest endings."""

import dataclasses
import itertools

import numpy as np
import pytest
from median_rules import made
from orlib import problem_of_matrix
from siting_cases import CUTOFF_MINUTES, matrix_of, random_problem

from coverplan import InputError
from coverplan.siting import Limits, Rules
from coverplan.siting.highs import solve_mip
from coverplan.siting.medians.bound import Prices, rule
from coverplan.siting.medians.lists import near_lists
from coverplan.siting.medians.proof import _must_serve, by_branching
from coverplan.siting.medians.state import State
from coverplan.siting.medians.swaps import Searcher
from coverplan.siting.medians.telescope import telescope
from coverplan.siting.pmedian import solve_pmedian
from coverplan.siting.rows import site_rows

CAP = int(CUTOFF_MINUTES * 60_000)


def grid(n_places, n_sites, rules, seed=0):
    rng = np.random.default_rng(seed)
    places, sites = rng.uniform(0, 1000, (n_places, 2)), rng.uniform(0, 1000, (n_sites, 2))
    ms = np.hypot(*(sites[:, None] - places[None]).transpose(2, 0, 1)).astype(np.int64)
    return problem_of_matrix(ms, rng.integers(1, 100, n_places), rules, xy=sites)


def costs(problem):
    ms = matrix_of(problem.times)
    return np.where(ms < 0, CAP, ms)


@pytest.mark.parametrize("most", [None, 3])
@pytest.mark.parametrize("seed", range(5))
def test_lists_are_sorted_and_say_what_is_beyond_them(seed, most):
    problem = random_problem(np.random.default_rng(seed), n_sites=9, n_places=15)
    usable, fixed = ~problem.sites.barred, problem.sites.must
    near = near_lists(problem, usable, fixed, most=most)
    cost, base = costs(problem), costs(problem)[fixed].min(axis=0, initial=CAP)
    for i, place in enumerate(near.place):
        row = slice(near.ptr[i], near.ptr[i + 1])
        ms, sites = near.ms[row], near.site[row]
        assert (np.diff(ms) >= 0).all()
        assert (ms == cost[sites, place]).all()
        missing = sorted(set(np.flatnonzero(usable & ~fixed)) - set(sites.tolist()))
        rest = [min(cost[j, place], base[place]) for j in missing]
        assert near.beyond[i] <= min(rest, default=base[place])
        if near.whole:
            assert near.beyond[i] == base[place]
    assert near.whole or most is not None


@pytest.mark.parametrize("seed", range(8))
def test_no_single_exchange_is_better(seed):
    problem = grid(60, 15, Rules(sites=4), seed)
    rows = site_rows(problem)
    near = near_lists(problem, rows.upper > 0, rows.lower > 0)
    search = Searcher.of(near, rows, 4)
    opened = search.improve(np.zeros(15, dtype=bool))
    cost = matrix_of(problem.times)
    value = int((problem.weight * cost[opened].min(axis=0)).sum())
    assert search.value(opened) == value
    assert opened.sum() == 4
    for out, into in itertools.product(np.flatnonzero(opened), np.flatnonzero(~opened)):
        other = opened.copy()
        other[[out, into]] = False, True
        assert int((problem.weight * cost[other].min(axis=0)).sum()) >= value


@pytest.mark.parametrize("names", [("sites",), ("budget",), ("spacing",), ("moves", "classes")])
@pytest.mark.parametrize("seed", range(4))
def test_any_prices_give_a_bound_and_rule_out_no_best_plan(names, seed):
    problem = made(names, seed)
    best = solve_pmedian(problem)
    if best.value is None:
        return
    rows = site_rows(problem)
    near = near_lists(problem, rows.upper > 0, rows.lower > 0)
    rng = np.random.default_rng(seed)
    closed = set(best.closed)
    opened = np.zeros(len(problem.sites), dtype=bool)
    opened[[j for j in np.flatnonzero(problem.sites.existing) if j not in closed]] = True
    opened[list(best.chosen)] = True
    for share in (0.0, 0.3, 0.6, 1.0):
        start = near.weight * near.beyond * share * rng.random(len(near))
        ruled = rule(near, rows, Prices.begin(near, start))
        assert ruled.value <= best.value
        assert not (ruled.ruled_out(best.value) & opened).any()
        assert (opened | ~ruled.ruled_in(best.value)).all()
        radius = ruled.radius(near, best.value)
        taken = costs(problem)[opened].min(axis=0, initial=CAP)
        assert (taken[near.place] <= radius).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_telescoped_model_counts_as_the_plain_one(seed):
    problem = random_problem(
        np.random.default_rng(seed),
        n_sites=8,
        n_places=14,
        rules=Rules(sites=2, spacing_metres=300),
    )
    rows = site_rows(problem)
    near = near_lists(problem, rows.upper > 0, rows.lower > 0)
    state = State(problem, Limits(), 0.0, rows)
    model = telescope(near, rows, _must_serve(state, near))
    answer = solve_mip(model.mip, Limits())
    assert round(answer.bound) + model.constant == solve_pmedian(problem).value
    # The values of any plan keep all rows, and cost what the plan costs.
    opened = rows.lower > 0
    opened[np.flatnonzero(~opened)[:2]] = True
    values = model.start(opened)
    circles = slice(0, len(model.parent))
    assert (model.mip.rows @ values >= model.mip.row_lower - 1e-9)[circles].all()
    value = int((problem.weight * costs(problem)[opened].min(axis=0)).sum())
    assert round(model.mip.cost @ values) + model.constant == value


@pytest.mark.parametrize("seed", range(8))
def test_branching_alone_finds_and_proves_the_best_plan(seed):
    """From no prices at all and the worst of starts, where prices leave a wide gap."""
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 1000, (9, 25))
    problem = problem_of_matrix(cost, rng.integers(1, 100, 25), Rules(sites=3))
    values = {
        some: int((problem.weight * cost[list(some)].min(axis=0)).sum())
        for some in itertools.combinations(range(9), 3)
    }
    worst = max(values, key=values.get)
    rows = site_rows(problem)
    near = near_lists(problem, rows.upper > 0, rows.lower > 0)
    state = State(problem, Limits(time_limit_seconds=1e9), 0.0, rows)
    state.take(np.isin(np.arange(9), worst))
    by_branching(state, near, Prices.begin(near, np.zeros(len(near))))
    assert state.value == state.bound == min(values.values())


def test_a_time_limit_is_never_called_optimal():
    plan = solve_pmedian(grid(800, 200, Rules(sites=12)), Limits(time_limit_seconds=1e-3))
    assert plan.value is not None
    assert plan.bound < plan.value
    assert plan.status == "feasible"


def test_a_gap_that_is_asked_for_ends_the_search():
    problem = grid(400, 100, Rules(sites=8))
    told = []
    plan = solve_pmedian(problem, Limits(gap_percent=50.0, on_bounds=told.append))
    assert plan.gap_percent <= 50
    best = solve_pmedian(problem)
    assert plan.bound <= best.value <= plan.value
    assert best.status == "optimal"
    assert [b.value for b in told] == sorted((b.value for b in told), reverse=True)
    assert [b.bound for b in told] == sorted(b.bound for b in told)


def test_the_same_question_has_the_same_answer():
    problem = grid(300, 80, Rules(sites=7), 5)
    first, second = solve_pmedian(problem), solve_pmedian(problem)
    assert (first.chosen, first.value, first.bound) == (second.chosen, second.value, second.bound)


def test_whoever_cannot_be_reached_counts_at_the_cutoff():
    ms = np.array([[5, 90, 90], [90, 5, 90]])
    problem = problem_of_matrix(ms, [10, 1, 7], Rules(sites=1), cutoff=60)
    plan = solve_pmedian(problem)
    assert plan.chosen == (0,)
    assert plan.value == 10 * 5 + 1 * 60 + 7 * 60
    assert plan.facts.beyond_cutoff == 8
    assert plan.status == "optimal"


def test_what_stands_serves_and_may_be_closed():
    ms = np.array([[0, 50, 50], [50, 0, 50], [50, 50, 0]])
    stands = [True, False, False]
    kept = problem_of_matrix(ms, [1, 5, 9], Rules(sites=1), existing=stands)
    assert solve_pmedian(kept).chosen == (2,)
    moved = problem_of_matrix(
        ms, [1, 5, 9], Rules(sites=1, moves=1), existing=stands, must=[False] * 3
    )
    plan = solve_pmedian(moved)
    assert (set(plan.chosen), plan.closed, plan.value) == ({1, 2}, (0,), 50)


def test_nobody_to_serve_is_an_answer():
    plan = solve_pmedian(problem_of_matrix(np.ones((3, 2)), [0, 0], Rules(sites=1)))
    assert (plan.value, plan.bound, plan.status) == (0, 0, "optimal")


def test_rules_that_contradict_are_named():
    problem = grid(10, 6, Rules(sites=2, exactly=True, spacing_metres=5_000.0))
    plan = solve_pmedian(problem)
    assert plan.status == "impossible"
    assert plan.impossible
    assert all(row.relaxation.zh and row.relaxation.en for row in plan.impossible)


def test_without_times_there_is_no_answer():
    problem = dataclasses.replace(grid(10, 5, Rules(sites=1)), times=None)
    with pytest.raises(InputError, match="times"):
        solve_pmedian(problem)
