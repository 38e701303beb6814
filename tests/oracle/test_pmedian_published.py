"""The p-median reproduces every published value, with the proof."""

import numpy as np
import pytest
from orlib import (
    pmed_problem,
    problem_of_matrix,
    read_pmed,
    read_san_francisco,
    read_swain,
    read_values,
)

from coverplan.siting import Rules
from coverplan.siting.pmedian import solve_pmedian


@pytest.mark.parametrize("number", range(1, 21))
def test_or_library(test_data, number):
    """All twenty graphs of up to 400 nodes, to the proof (Beasley 1985)."""
    folder = test_data / "benchmarks" / "orlib_pmed"
    pmed = read_pmed(folder, number)
    plan = solve_pmedian(pmed_problem(pmed))
    value = read_values(folder / "pmedopt.txt")[pmed.name]
    assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")
    assert len(plan.chosen) == pmed.p
    assert pmed.distance[list(plan.chosen)].min(axis=0).sum() == value


@pytest.mark.parametrize(
    ("p", "value"),
    [(1, 5773.961589), (2, 4614.765479), (3, 3870.244242), (4, 3283.860426), (5, 2950.40978)],
)
def test_swain(test_data, p, value):
    distance, people = read_swain(test_data / "benchmarks" / "swain55")
    plan = solve_pmedian(problem_of_matrix(distance, people, Rules(sites=p)))
    assert plan.status == "optimal"
    assert plan.value / 1e7 == pytest.approx(value, abs=1e-4)


def test_san_francisco(test_data):
    metres, people = read_san_francisco(test_data / "benchmarks" / "spopt_sf")
    plan = solve_pmedian(problem_of_matrix(metres, people, Rules(sites=4)))
    assert plan.status == "optimal"
    assert plan.value / 1000 == pytest.approx(2848268129.7145, abs=1000)
    assert plan.value / 1000 / people.sum() == pytest.approx(2982.12686, abs=1e-3)


def test_beyond_the_cutoff_everybody_counts_as_on_it(test_data):
    distance, people = read_swain(test_data / "benchmarks" / "swain55")
    cutoff = 150_000_000
    plan = solve_pmedian(problem_of_matrix(distance, people, Rules(sites=2), cutoff=cutoff))
    near = distance[list(plan.chosen)].min(axis=0)
    assert plan.facts.beyond_cutoff == people[near > cutoff].sum() > 0
    assert plan.value == (people * np.minimum(near, cutoff)).sum()
    assert plan.status == "optimal"
