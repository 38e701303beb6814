"""The p-centre: who counts, what cannot be reached, honest endings."""

import dataclasses

import numpy as np
import pytest
from orlib import problem_of_matrix

from coverplan import InputError
from coverplan.siting import Limits, Rules
from coverplan.siting.medians.circles import circle_at
from coverplan.siting.medians.lists import near_lists
from coverplan.siting.pcenter import solve_pcenter
from coverplan.siting.rows import site_rows

FAR = 90
"""Beyond a cutoff of 60."""


def line(n_places, n_sites, rules, **options):
    """Places and sites along a road, a millisecond a metre."""
    places = np.linspace(0, 1000, n_places)
    sites = np.linspace(0, 1000, n_sites)
    ms = np.abs(sites[:, None] - places[None]).astype(np.int64)
    return problem_of_matrix(ms, np.ones(n_places), rules, **options)


def test_the_farthest_person_decides_not_the_many():
    ms = np.array([[0, 50], [30, 30]])
    plan = solve_pcenter(problem_of_matrix(ms, [1000, 1], Rules(sites=1)))
    assert (plan.chosen, plan.value, plan.bound, plan.status) == ((1,), 30, 30, "optimal")


def test_who_weighs_nothing_does_not_count():
    ms = np.array([[0, 50], [30, 30]])
    plan = solve_pcenter(problem_of_matrix(ms, [1000, 0], Rules(sites=1)))
    assert (plan.chosen, plan.value) == ((0,), 0)


def test_people_nobody_can_reach_are_left_out_and_named():
    ms = np.array([[10, 40, FAR], [40, 20, FAR]])
    problem = problem_of_matrix(ms, [3, 4, 5], Rules(sites=1), cutoff=60)
    plan = solve_pcenter(problem)
    assert (plan.value, plan.bound, plan.status) == (40, 40, "optimal")
    assert "5" in plan.proof[0].en
    assert "5 人" in plan.proof[0].zh
    assert plan.facts.beyond_cutoff == 5


def test_people_nobody_can_reach_are_refused_when_asked():
    ms = np.array([[10, 40, FAR], [40, 20, FAR]])
    problem = problem_of_matrix(ms, [3, 4, 5], Rules(sites=1), cutoff=60)
    plan = solve_pcenter(problem, unreachable="refuse")
    assert plan.status == "impossible"
    assert plan.impossible[0].people == 5


def test_exactly_on_the_cutoff_is_reached():
    ms = np.array([[10, 60, FAR]])
    plan = solve_pcenter(problem_of_matrix(ms, [1, 1, 1], Rules(sites=1), cutoff=60))
    assert (plan.value, plan.status) == (60, "optimal")


def test_too_few_sites_for_everybody_is_impossible_and_says_how_many_would_do():
    ms = np.where(np.eye(4, dtype=bool), 0, FAR)
    plan = solve_pcenter(problem_of_matrix(ms, [1, 1, 1, 1], Rules(sites=2), cutoff=60))
    assert plan.status == "impossible"
    words = [row.relaxation.en for row in plan.impossible]
    assert any("2 more" in text for text in words), words


def test_nobody_to_serve_is_an_answer():
    plan = solve_pcenter(problem_of_matrix(np.ones((3, 2)), [0, 0], Rules(sites=1)))
    assert (plan.value, plan.bound, plan.status) == (0, 0, "optimal")


def test_no_time_is_no_proof():
    rng = np.random.default_rng(0)
    ms = rng.integers(1, 10_000, (150, 600))
    problem = problem_of_matrix(ms, np.ones(600), Rules(sites=8))
    plan = solve_pcenter(problem, Limits(time_limit_seconds=1e-3))
    assert plan.status in {"feasible", "unknown"}
    assert plan.value is None or plan.bound < plan.value


def test_bounds_are_told_and_close_in():
    told = []
    plan = solve_pcenter(line(120, 40, Rules(sites=3)), Limits(on_bounds=told.append))
    known = [b for b in told if b.value is not None]
    assert all(b.bound is None or b.bound <= plan.value <= b.value for b in known)
    assert (told[-1].value, told[-1].bound) == (plan.value, plan.value)


@pytest.mark.parametrize("radius", [40, 120, 300])
def test_reduction_keeps_the_question(radius):
    """Rows left out contain another row; every row left is asked by somebody."""
    problem = line(40, 12, Rules(sites=3))
    rows = site_rows(problem)
    near = near_lists(problem, rows.upper > 0, rows.lower > 0, later=1)
    cover = np.asarray(circle_at(near, rows, radius).cover.todense()) > 0
    ms = np.array([problem.times.ms[a:b] for a, b in zip(*_rows_of(problem), strict=True)])
    whole = (ms <= radius).T
    for row in whole:
        assert any((row >= some).all() for some in cover)
    for some in cover:
        assert (whole == some).all(axis=1).any()


def _rows_of(problem):
    return problem.times.ptr[:-1], problem.times.ptr[1:]


def test_without_times_there_is_no_answer():
    problem = dataclasses.replace(line(10, 5, Rules(sites=1)), times=None)
    with pytest.raises(InputError, match="times"):
        solve_pcenter(problem)
