"""Sharing people out to open sites equals network flow, for every set of open sites tried."""

import dataclasses

import numpy as np
import pytest
from flows import CUTOFF_MS, best_flow, least_ms, most_served, per_person
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import cover_of, matrix_of, problems, random_problem

from coverplan.siting import Rules
from coverplan.siting.assigned import (
    assigned_ms,
    check_assignment,
    served_weight,
    unserved_by_unit,
)
from coverplan.siting.assignment import assign
from coverplan.siting.plan import ASSIGNED, SERVED, SERVED_WEIGHTED


@st.composite
def cases(draw, **fixed):
    problem = draw(problems(capacity=True, rules=Rules(sites=1), **fixed))
    flags = draw(st.lists(st.booleans(), min_size=len(problem.sites), max_size=len(problem.sites)))
    return problem, np.array(flags)


@settings(max_examples=80, deadline=None)
@given(cases())
def test_most_people_and_then_fewest_minutes(case):
    problem, mask = case
    found = assign(problem, np.flatnonzero(mask))
    assert check_assignment(problem, np.flatnonzero(mask), found) == []
    assert found.people.sum() == most_served(problem, mask)
    # Fewest minutes among those: one more person served is worth more than all minutes.
    whole = CUTOFF_MS * (int(problem.people.sum()) + 1)
    sites = np.flatnonzero(mask)
    ms = matrix_of(problem.times)[sites].T
    gain = np.where(cover_of(problem)[sites].T, whole + CUTOFF_MS - ms, -1)
    best = best_flow(gain, problem.people, problem.sites.capacity[sites])
    times = matrix_of(problem.times)[found.site, found.demand]
    assert int((found.people * (whole + CUTOFF_MS - times)).sum()) == best
    served = np.bincount(problem.of_unit[found.demand], found.people, minlength=len(problem.totals))
    np.testing.assert_array_equal(unserved_by_unit(problem, found) + served, problem.totals)


@settings(max_examples=60, deadline=None)
@given(cases(weighted=True))
def test_most_weight(case):
    problem, mask = case
    found = assign(problem, np.flatnonzero(mask), objective=SERVED_WEIGHTED)
    assert check_assignment(problem, np.flatnonzero(mask), found) == []
    assert served_weight(problem, found) == most_served(problem, mask)
    weight = per_person(problem)[found.demand] * found.people
    assert weight.sum() == served_weight(problem, found)


@settings(max_examples=80, deadline=None)
@given(cases(weighted=True), st.booleans())
def test_fewest_minutes(case, everybody):
    problem, mask = case
    opened = np.flatnonzero(mask)
    found = assign(problem, opened, objective=ASSIGNED, everybody=everybody)
    best = least_ms(problem, mask, everybody=everybody)
    if best is None:
        assert found is None
        return
    assert check_assignment(problem, opened, found, within_limit=False) == []
    assert assigned_ms(problem, found) == best
    if everybody:
        assert found.people.sum() == problem.people.sum()


@pytest.mark.parametrize("weighted", [False, True])
def test_many_people_are_pushed_on(weighted):
    """Full sites in a row: somebody moves on so that another can come."""
    rng = np.random.default_rng(5)
    for _ in range(8):
        problem = random_problem(
            rng, n_sites=9, n_places=60, capacity=True, weighted=weighted, most_people=12
        )
        mask = rng.random(9) < 0.7
        served = assign(
            problem, np.flatnonzero(mask), objective=SERVED_WEIGHTED if weighted else SERVED
        )
        assert served_weight(problem, served) == most_served(problem, mask)
        timed = assign(problem, np.flatnonzero(mask), objective=ASSIGNED)
        assert assigned_ms(problem, timed) == least_ms(problem, mask, everybody=False)


def test_without_times_people_are_shared_out_too():
    rng = np.random.default_rng(2)
    problem = dataclasses.replace(random_problem(rng, capacity=True, n_places=20), times=None)
    mask = np.arange(len(problem.sites)) < 3
    found = assign(problem, np.flatnonzero(mask))
    assert found.people.sum() == most_served(problem, mask)
    assert found.people.sum() < problem.people.sum()
