"""The p-centre reproduces published values, with the proof."""

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
from coverplan.siting.pcenter import solve_pcenter


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14, 15, 18, 19, 20])
def test_or_library(test_data, number):
    """The quick ones of the twenty graphs; all of them are in the benchmark."""
    folder = test_data / "benchmarks" / "orlib_pmed"
    pmed = read_pmed(folder, number)
    plan = solve_pcenter(pmed_problem(pmed))
    value = read_values(folder / "kcenteropt.txt")[pmed.name]
    assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")
    assert pmed.distance[list(plan.chosen)].min(axis=0).max() == value


@pytest.mark.parametrize(
    ("p", "value"), [(1, 28.2843), (2, 23.1948), (3, 17.4642), (4, 15.6205), (5, 13.6015)]
)
def test_swain(test_data, p, value):
    distance, people = read_swain(test_data / "benchmarks" / "swain55")
    plan = solve_pcenter(problem_of_matrix(distance, people, Rules(sites=p)))
    assert plan.status == "optimal"
    assert plan.value / 1e7 == pytest.approx(value, abs=1e-4)


def test_san_francisco(test_data):
    metres, people = read_san_francisco(test_data / "benchmarks" / "spopt_sf")
    plan = solve_pcenter(problem_of_matrix(metres, people, Rules(sites=4)))
    assert plan.status == "optimal"
    assert plan.value / 1000 == pytest.approx(7403.06381, abs=1e-3)
