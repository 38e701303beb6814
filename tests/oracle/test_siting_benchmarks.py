"""Published instances: the values that no test of a single model reproduces.

Beside the models are tested: set covering on San Francisco, Swain and pmed1-20, maximal covering
on San Francisco, Swain and pmed1-15, fewest sites on San Francisco and Swain, backup on San
Francisco, the p-median on pmed1-20, the p-centre on most of them, capacities on pmedcap01-05. Here
is the rest: the slower p-centres, ten medians and centres of Swain, and pmedcap06-10.
"""

import json

import pytest
from orlib import (
    pmed_problem,
    problem_of_matrix,
    read_pmed,
    read_pmedcap,
    read_swain,
    times_of_matrix,
)

from coverplan.siting import Limits, Rules, Sites, SitingProblem
from coverplan.siting.cap_pmedian import solve_cap_pmedian
from coverplan.siting.pcenter import solve_pcenter
from coverplan.siting.pmedian import solve_pmedian

LONG = Limits(time_limit_seconds=600.0)
"""A busy machine is slow; what is asked for is the proof."""


@pytest.fixture(scope="module")
def known(test_data):
    return json.loads((test_data / "benchmarks/reference_results.json").read_text("utf-8"))


@pytest.mark.parametrize("number", range(1, 21))
def test_the_graphs_are_read_right(test_data, known, number):
    """Of an edge that comes twice the last counts; the sum of all ways tells."""
    pmed = read_pmed(test_data / "benchmarks/orlib_pmed", number)
    wanted = known["orlib_pmed"][pmed.name]
    assert pmed.distance.shape == (wanted["n"], wanted["n"])
    assert pmed.p == wanted["p"]
    assert pmed.distance.sum() == wanted["sum_of_all_distances"]


@pytest.mark.parametrize("number", [6, 11, 12, 16, 17])
def test_p_centre_of_the_slower_graphs(test_data, known, number):
    pmed = read_pmed(test_data / "benchmarks/orlib_pmed", number)
    value = known["orlib_pmed"][pmed.name]["p_center_opt"]
    plan = solve_pcenter(pmed_problem(pmed), LONG)
    assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")
    assert pmed.distance[list(plan.chosen)].min(axis=0).max() == value


@pytest.mark.parametrize("p", range(1, 11))
def test_swain(test_data, known, p):
    distance, people = read_swain(test_data / "benchmarks/swain55")
    problem = problem_of_matrix(distance, people, Rules(sites=p))
    median, centre = solve_pmedian(problem, LONG), solve_pcenter(problem, LONG)
    assert median.status == centre.status == "optimal"
    near = distance[list(median.chosen)].min(axis=0)
    assert median.value == (near * people).sum()
    values = known["swain55"]
    assert median.value / 1e7 == pytest.approx(values["p_median_p1_10"][p - 1], abs=1e-4)
    assert centre.value / 1e7 == pytest.approx(values["p_center_p1_10"][p - 1], abs=1e-4)


@pytest.mark.parametrize("number", range(6, 11))
def test_capacitated_p_median(test_data, number):
    """Fifty places, five sites; each place is served whole by one."""
    instance = read_pmedcap(test_data / "benchmarks/orlib_pmedcap", number)
    assert instance.best == [778, 787, 820, 715, 829][number - 6]
    times = times_of_matrix(instance.distance)
    problem = SitingProblem(
        Sites.make(times.sites, capacity=instance.capacity, xy=instance.xy),
        times.within(times.cutoff_minutes),
        instance.demand,
        rules=Rules(sites=instance.p),
        times=times,
        weights=instance.demand * 0 + 1,
    )
    plan = solve_cap_pmedian(problem, LONG, split=False)
    assert (plan.value, plan.bound, plan.status) == (instance.best, instance.best, "optimal")
    assert len(plan.chosen) == instance.p
    served = plan.assignment
    assert sorted(served.demand) == list(range(len(instance.demand)))
    assert instance.distance[served.site, served.demand].sum() == instance.best
    assert served.loads(len(instance.demand)).max() <= instance.capacity
