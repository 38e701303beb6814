"""Maximal covering equals brute force on every small instance, and its bound is never below."""

import dataclasses
import itertools

import highspy
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coverplan
from coverplan import InputError, InternalError, Reach, SitingProblem, Text, solve_mclp
from coverplan.siting import Limits


def reach_of(cover):
    """A reach from a boolean matrix sites x places."""
    cover = np.asarray(cover, dtype=bool)
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    n_sites, n_places = cover.shape
    return Reach(pd.RangeIndex(n_places), pd.RangeIndex(n_sites), ptr, who, 15.0)


@st.composite
def instances(draw):
    n_sites, n_places = draw(st.integers(1, 9)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cover = rng.random((n_sites, n_places)) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    people = rng.integers(0, draw(st.sampled_from([2, 50, 100_000])), n_places)
    already = rng.random(n_places) < 0.2
    return cover, people, already, draw(st.integers(1, n_sites))


@settings(max_examples=150, deadline=None)
@given(instances())
def test_value_and_proof(instance):
    cover, people, already, k = instance
    plan = solve_mclp(SitingProblem.covering(reach_of(cover), people, already, k))
    open_people = np.where(already, 0, people)
    best = max(
        int(open_people[cover[list(chosen)].any(axis=0)].sum())
        for chosen in itertools.combinations(range(len(cover)), k)
    )
    assert plan.value == best
    assert plan.bound == best
    assert plan.status in {"optimal", "nothing_to_gain"}
    assert plan.gap_percent == 0
    assert len(plan.chosen) <= k
    recounted = int(open_people[cover[list(plan.chosen)].any(axis=0)].sum()) if best else 0
    assert recounted == plan.value
    assert sum(plan.newly) == plan.value
    assert list(plan.newly) == sorted(plan.newly, reverse=True)
    for site, alone, lost in zip(plan.chosen, plan.newly_alone, plan.lost_without, strict=True):
        assert alone == open_people[cover[site]].sum()
        others = [s for s in plan.chosen if s != site]
        rest = open_people[cover[others].any(axis=0)].sum() if others else 0
        assert lost == plan.value - rest


def test_a_time_limit_is_never_called_optimal():
    rng = np.random.default_rng(3)
    cover = rng.random((400, 3000)) < 0.02
    people = rng.integers(1, 1000, 3000)
    problem = SitingProblem.covering(reach_of(cover), people, np.zeros(3000, dtype=bool), 20)
    plan = solve_mclp(problem, Limits(time_limit_seconds=1e-3))
    assert plan.bound > plan.value
    assert plan.status == "feasible"
    assert plan.gap_percent > 0
    assert "%" in plan.status_text.zh
    assert "最优" not in plan.status_text.zh.replace("与最优相差", "")


@pytest.mark.parametrize("k", [0, -1, 4])
def test_k_outside_the_candidates_is_refused(k):
    with pytest.raises(InputError) as caught:
        SitingProblem.covering(
            reach_of(np.eye(3)),
            np.ones(3, int),
            np.zeros(3, bool),
            k,
            Text("养老服务", "Elderly care"),
        )
    assert "siting.sites" in caught.value.render("zh")
    assert str(k) in caught.value.render("en")


def test_the_swain_instance(test_data):
    """Published demand, optima computed independently (shared benchmarks, S = 10 and 15)."""
    rows = [
        line.split()
        for line in (test_data / "benchmarks/swain55/swain.txt").read_text().split("\n")
    ]
    rows = np.array([[float(v) for v in r] for r in rows if len(r) == 4])
    xy, weight = rows[:, 1:3], rows[:, 3].astype(int)
    assert weight.sum() == 640
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    for limit, values in {
        10: [425, 502, 548, 581, 609, 625, 633, 638, 640],
        15: [515, 593, 625, 638, 640],
    }.items():
        reach = reach_of(distance <= limit)
        for k, value in enumerate(values, 1):
            plan = solve_mclp(SitingProblem.covering(reach, weight, np.zeros(len(xy), bool), k))
            assert (plan.value, plan.bound) == (value, value)


def test_san_francisco(test_data):
    """Network distances of 16 stores and 205 tracts: MCLP at 5 km, counted in people."""
    table = pd.read_csv(
        test_data
        / "benchmarks/spopt_sf/SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    )
    distance = table.pivot_table(index="name", columns="DestinationName", values="distance")
    people = table.groupby("DestinationName")["demand"].first()[distance.columns].to_numpy(int)
    reach = reach_of(distance.to_numpy() <= 5000)
    for k, value in enumerate([448255, 671938, 791499, 875247, 927402, 941462, 950428, 955113], 1):
        plan = solve_mclp(SitingProblem.covering(reach, people, np.zeros(len(people), bool), k))
        assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")


def test_a_solver_that_fails_proves_nothing(monkeypatch):
    """Without a bound of the solver's own the plan is never called optimal."""
    rng = np.random.default_rng(3)
    cover = rng.random((60, 400)) < 0.04
    people = rng.integers(1, 1000, 400)
    problem = SitingProblem.covering(reach_of(cover), people, np.zeros(400, dtype=bool), 8)
    best = solve_mclp(problem)
    monkeypatch.setattr(highspy.Highs, "run", lambda _: highspy.HighsStatus.kError)
    plan = solve_mclp(problem)
    assert plan.status == "feasible"
    assert plan.value <= best.value <= plan.bound
    assert plan.gap_percent > 0


def test_a_bound_below_the_value_is_an_internal_error(monkeypatch):
    rng = np.random.default_rng(3)
    cover = rng.random((60, 400)) < 0.04
    people = rng.integers(1, 1000, 400)
    problem = SitingProblem.covering(reach_of(cover), people, np.zeros(400, dtype=bool), 8)
    real = coverplan.siting.maxcover.solve_mip

    def lying(*args, **kwargs):
        answer = real(*args, **kwargs)
        return dataclasses.replace(answer, bound=answer.bound / 2)

    monkeypatch.setattr("coverplan.siting.maxcover.solve_mip", lying)
    with pytest.raises(InternalError, match="bound"):
        solve_mclp(problem)
