"""The capacitated p-median equals brute force and the published values."""

import dataclasses

import numpy as np
import pytest
from flows import least_ms, least_ms_whole
from hypothesis import given, settings
from hypothesis import strategies as st
from orlib import read_pmedcap, times_of_matrix
from siting_cases import allowed_plans, problems, random_problem

from coverplan.siting import Rules, Sites, SitingProblem, open_transport
from coverplan.siting.assigned import assigned_ms, check_assignment
from coverplan.siting.cap_pmedian import solve_cap_pmedian
from coverplan.siting.recount import open_sites

RULES = {
    "sites": {"sites": 2},
    "exactly": {"sites": 2, "exactly": True},
    "budget": {"budget_yuan": 120_000},
    "unit_least": {"unit_least": 1},
    "unit_most": {"unit_most": 1},
    "spacing": {"spacing_metres": 700.0},
    "close": {"close_most": 1, "close_least": 1},
    "moves": {"sites": 1, "moves": 1, "close_most": 1},
}
PAIRS = [(a, b) for i, a in enumerate(RULES) for b in list(RULES)[i:]]


def agrees(problem, *, split, unserved):
    """Whether the plan has the best value of all allowed ones; how many those are."""
    everybody = unserved == "refuse"
    best = least_ms if split else least_ms_whole
    found = [best(problem, mask, everybody=everybody) for mask in allowed_plans(problem)]
    values = [value for value in found if value is not None]
    plan = solve_cap_pmedian(problem, split=split, unserved=unserved)
    if not values:
        assert plan.status == "impossible"
        assert plan.impossible
        return 0
    assert plan.status == "optimal"
    assert plan.value == plan.bound == min(values)
    assert assigned_ms(problem, plan.assignment) == plan.value
    opened = open_sites(problem, plan.chosen, plan.closed)
    assert check_assignment(problem, opened, plan.assignment, within_limit=False) == []
    if everybody:
        assert plan.assignment.people.sum() == problem.people.sum()
    if not split:
        assert len(set(plan.assignment.demand.tolist())) == len(plan.assignment.demand)
        whole = problem.people[plan.assignment.demand]
        np.testing.assert_array_equal(plan.assignment.people, whole)
    return len(values)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_rules_alone_and_in_pairs(pair):
    rules = {key: value for name in pair for key, value in RULES[name].items()}
    for seed, (split, unserved) in enumerate([(True, "refuse"), (False, "leave")]):
        rng = np.random.default_rng([seed, *map(ord, " ".join(pair))])
        problem = random_problem(
            rng,
            n_sites=6,
            n_places=6,
            n_units=2,
            closable=True,
            capacity=True,
            classes=seed == 1,
            weighted=seed == 1,
            rules=Rules(**rules),
        )
        agrees(problem, split=split, unserved=unserved)


@settings(max_examples=80, deadline=None)
@given(
    problems(capacity=True, n_sites=6, n_places=6, rules=Rules(sites=1))
    | problems(capacity=True, weighted=True, closable=True, n_sites=5, rules=Rules(sites=2)),
    st.booleans(),
    st.sampled_from(["refuse", "leave"]),
)
def test_any_instance(problem, split, unserved):
    agrees(problem, split=split, unserved=unserved)


@pytest.mark.parametrize("pair", PAIRS, ids=" ".join)
def test_prices_and_exchanges_first(pair, monkeypatch):
    """What large problems go through gives the same on small ones."""
    monkeypatch.setattr(open_transport, "_FEW_PAIRS", 0)
    rules = {key: value for name in pair for key, value in RULES[name].items()}
    for seed, unserved in enumerate(["refuse", "leave", "refuse"]):
        rng = np.random.default_rng([9, seed, *map(ord, " ".join(pair))])
        options = {"closable": seed < 2, "weighted": seed == 1, "classes": seed == 2}
        problem = random_problem(
            rng, n_sites=7, n_places=8, n_units=2, capacity=True, rules=Rules(**rules), **options
        )
        agrees(problem, split=True, unserved=unserved)


def test_enough_cases_have_a_plan_and_enough_have_none():
    """The instances above are of both kinds."""
    number = [
        agrees(
            random_problem(
                np.random.default_rng(seed), n_places=12, capacity=True, rules=Rules(sites=2)
            ),
            split=True,
            unserved="refuse",
        )
        for seed in range(20)
    ]
    assert 3 < sum(n > 0 for n in number) < 20


def pmedcap(instance):
    """A published instance as a siting problem: each place weighs 1, its people need places."""
    n = len(instance.demand)
    times = times_of_matrix(instance.distance)
    return SitingProblem(
        Sites.make(times.sites, capacity=instance.capacity, xy=instance.xy),
        times.within(times.cutoff_minutes),
        instance.demand,
        rules=Rules(sites=instance.p),
        times=times,
        weights=np.ones(n, dtype=np.int64),
    )


@pytest.mark.parametrize("number", range(1, 6))
def test_published_values(test_data, number):
    instance = read_pmedcap(test_data / "benchmarks" / "orlib_pmedcap", number)
    assert instance.best == [713, 740, 751, 651, 664][number - 1]
    plan = solve_cap_pmedian(pmedcap(instance), split=False)
    assert (plan.value, plan.bound, plan.status) == (instance.best, instance.best, "optimal")
    assert len(plan.chosen) == instance.p
    assert plan.assignment.loads(len(instance.demand)).max() <= instance.capacity


def test_without_capacities_it_is_the_p_median():
    """Everybody goes to the nearest open site."""
    rng = np.random.default_rng(4)
    problem = random_problem(rng, n_sites=9, n_places=15, rules=Rules(sites=3))
    plan = solve_cap_pmedian(problem)
    best = min(least_ms(problem, mask, everybody=False) for mask in allowed_plans(problem))
    assert plan.value == best
    larger = dataclasses.replace(problem, people=problem.people)
    assert solve_cap_pmedian(larger, split=False).value == best
