"""Consolidation equals brute force: every subset that may stay, shared out by flow."""

import numpy as np
import pytest
from flows import CUTOFF_MS, least_ms
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import MINUTES, allowed_plans, matrix_of, problems, random_problem

from coverplan.siting import Limits, Rules, subsets
from coverplan.siting.assigned import assigned_ms, check_assignment
from coverplan.siting.closing import closing_order
from coverplan.siting.consolidate import closing_problem, solve_consolidation
from coverplan.siting.consolidation import consolidation_report
from coverplan.siting.recount import open_sites

LIMIT_MS = int(MINUTES * 60_000)


def standing(rng, **more):
    """A problem of six sites that stand and may be closed, and two candidates."""
    options = {"n_sites": 8, "n_existing": 6, "n_places": 10, "n_units": 2, "rules": Rules()}
    return random_problem(rng, closable=True, **{**options, **more})


def best_closing(problem, close, *, capacity):
    """The fewest person-milliseconds with so many sites closed, by trying all; None: none."""
    asked = closing_problem(problem, close, capacity=capacity)
    values = [least_ms(asked, mask, everybody=capacity) for mask in allowed_plans(asked)]
    return min((value for value in values if value is not None), default=None)


def agrees(problem, close, *, capacity):
    best = best_closing(problem, close, capacity=capacity)
    plan = solve_consolidation(problem, close=close, capacity=capacity)
    if best is None:
        assert plan.status == "impossible"
        assert plan.impossible
        return None
    assert plan.status == "optimal"
    assert plan.value == plan.bound == best
    assert len(plan.closed) == close
    asked = closing_problem(problem, close, capacity=capacity)
    assert assigned_ms(asked, plan.assignment) == best
    opened = open_sites(asked, plan.chosen, plan.closed)
    assert check_assignment(asked, opened, plan.assignment, within_limit=False) == []
    return plan


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([Rules(), Rules(unit_least=1), Rules(sites=1), Rules(sites=1, exactly=True)]),
    st.booleans(),
)
def test_any_instance(seed, close, capacity, rules, weighted):
    rng = np.random.default_rng(seed)
    problem = standing(rng, capacity=True, rules=rules, weighted=weighted, most_people=40)
    plan = agrees(problem, close, capacity=capacity)
    if plan is not None:
        adds_up(problem, plan, close, capacity=capacity)


def adds_up(problem, plan, close, *, capacity):
    """The report's people are everybody, and its minutes those of the assignment."""
    asked = closing_problem(problem, close, capacity=capacity)
    report = consolidation_report(asked, plan)
    ms = matrix_of(asked.times)
    everybody = int(problem.people.sum())
    a = plan.assignment
    times = ms[a.site, a.demand]
    near = (times >= 0) & (times <= LIMIT_MS)
    assert report.over_limit_after == everybody - a.people[near].sum()
    np.testing.assert_array_equal(report.loads_after, a.loads(len(asked.sites)))
    counted = np.where(times < 0, CUTOFF_MS, times)
    total = (counted * a.people).sum() + CUTOFF_MS * (everybody - a.people.sum())
    if everybody:
        assert report.mean_minutes_after == pytest.approx(total / everybody / 60_000)
    else:
        assert report.mean_minutes_after is None
    for closed in report.closed:
        assert closed.people == report.loads_before[closed.site]
        assert sum(number for _, number in closed.to) == closed.people
        assert closed.site not in dict(closed.to)
        gone = [m for m in report.moves if m.before == closed.site]
        assert sum(m.people for m in gone) == closed.people
    assert report.moved <= everybody
    assert len(report.frame(asked)) == len(report.moves)
    change = report.over_limit_after - report.over_limit_before
    assert report.lose_reach >= change


@pytest.mark.parametrize("capacity", [True, False])
def test_the_solver_finds_what_subsets_find(monkeypatch, capacity):
    rng = np.random.default_rng(11)
    problem = standing(rng, capacity=True, most_people=25)
    tried = solve_consolidation(problem, close=2, capacity=capacity)
    assert tried.sizes["subsets"] == 15 or capacity
    monkeypatch.setattr(subsets, "_MOST_SUBSETS", 0)
    solved = solve_consolidation(problem, close=2, capacity=capacity)
    assert (tried.value, tried.bound) == (solved.value, solved.bound)
    assert "subsets" not in solved.sizes


@settings(max_examples=25, deadline=None)
@given(
    problems(n_sites=6, n_existing=5, capacity=True, closable=True, rules=Rules()), st.booleans()
)
def test_keep_is_the_rest_of_close(problem, capacity):
    problem = problem.with_rules(sites=None)
    n = int(problem.sites.existing.sum())
    for close in range(1, n):
        one = solve_consolidation(problem, close=close, capacity=capacity)
        other = solve_consolidation(problem, keep=n - close, capacity=capacity)
        assert (one.value, one.closed, one.status) == (other.value, other.closed, other.status)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_closing_order(seed, capacity):
    rng = np.random.default_rng(seed)
    problem = standing(rng, n_sites=6, n_existing=5, capacity=True, most_people=30)
    order = closing_order(problem, capacity=capacity)
    asked = closing_problem(problem, 1, capacity=capacity)
    open_ = asked.sites.existing.copy()
    assert order.today == least_ms(asked, open_, everybody=capacity)
    for number, step in enumerate(order.steps, 1):
        harms = {}
        for site in np.flatnonzero(open_):
            left = open_.copy()
            left[site] = False
            harms[int(site)] = least_ms(asked, left, everybody=capacity)
        possible = {site: value for site, value in harms.items() if value is not None}
        assert step.value == possible[step.site] == min(possible.values())
        open_[step.site] = False
        best = best_closing(problem, number, capacity=capacity)
        assert step.best == step.bound == best
        assert step.price == step.value - best >= 0
    if order.stopped is None:
        assert len(order.steps) == 4
    else:
        assert capacity
        for site in np.flatnonzero(open_):
            left = open_.copy()
            left[site] = False
            assert left.sum() == 0 or least_ms(asked, left, everybody=True) is None


def test_a_limit_of_time_is_not_a_proof():
    rng = np.random.default_rng(3)
    problem = random_problem(
        rng,
        n_sites=14,
        n_existing=14,
        n_places=300,
        closable=True,
        capacity=True,
        most_people=4,
        rules=Rules(),
    )
    proven = solve_consolidation(problem, close=2)
    stopped = solve_consolidation(problem, Limits(time_limit_seconds=0.0), close=2)
    assert proven.status == "optimal"
    assert stopped.bound <= proven.value <= stopped.value
    assert stopped.status == "feasible" or stopped.value == proven.value


def test_first_order_is_not_always_best():
    """Some order has a price: otherwise the test above would test nothing."""
    prices = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        problem = standing(rng, n_sites=6, n_existing=6, most_people=30)
        prices += [step.price for step in closing_order(problem, capacity=False).steps]
    assert max(prices) > 0
    assert min(prices) == 0
