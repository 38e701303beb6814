"""Maximal covering equals brute force on every small instance, and its bound is never below."""

import dataclasses
import itertools
import json

import highspy
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import shortest_path

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
    """There is a plan and a bound even when there was no time for a search."""
    rng = np.random.default_rng(3)
    cover = rng.random((400, 3000)) < 0.02
    people = rng.integers(1, 1000, 3000)
    problem = SitingProblem.covering(reach_of(cover), people, np.zeros(3000, dtype=bool), 20)
    for seconds in (1e-3, 0.5):
        plan = solve_mclp(problem, Limits(time_limit_seconds=seconds))
        assert 0 < plan.value < plan.bound
        assert len(plan.chosen) == 20
        assert plan.status == "feasible"
        assert plan.gap_percent > 0
        assert "已证明" not in plan.status_text.zh
        assert "optimal" not in plan.status_text.en
    assert "%" in plan.status_text.zh


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


@pytest.mark.parametrize("number", [*range(1, 16)])
def test_the_pmed_instances(test_data, number):
    """Graphs of the OR-Library (Beasley, 1985), values in the shared benchmarks."""
    known = json.loads((test_data / "benchmarks/reference_results.json").read_text())
    known = known["orlib_pmed"][f"pmed{number}"]
    lines = (test_data / f"benchmarks/orlib_pmed/pmed{number}.txt").read_text().split("\n")
    n, _, k = map(int, lines[0].split())
    length = np.full((n, n), np.inf)
    for line in lines[1:]:
        if line.split():
            u, v, metres = map(int, line.split())
            length[u - 1, v - 1] = length[v - 1, u - 1] = metres  # of two edges the last counts
    distance = shortest_path(length, method="D")
    assert int(distance.sum()) == known["sum_of_all_distances"]
    mclp = known["mclp"]
    reach, none = reach_of(distance <= mclp["S"]), np.zeros(n, dtype=bool)
    weights = np.random.default_rng(number).integers(1, 100, n)
    assert weights.sum() == mclp["weights_total"]
    for people, value in (
        (np.ones(n, dtype=np.int64), mclp["unit_opt"]),
        (weights, mclp["weighted_opt"]),
    ):
        plan = solve_mclp(SitingProblem.covering(reach, people, none, k))
        assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")


def hard_problem():
    """Random cover, unlike any county: its linear relaxation is far from its best plan."""
    rng = np.random.default_rng(3)
    cover = rng.random((60, 400)) < 0.04
    people = rng.integers(1, 1000, 400)
    return SitingProblem.covering(reach_of(cover), people, np.zeros(400, dtype=bool), 8)


@pytest.mark.parametrize("cuts", [False, True])
def test_a_solver_that_fails_proves_nothing(monkeypatch, cuts):
    """Without a bound of the solver's own the plan is never called optimal."""
    if cuts:
        monkeypatch.setattr("coverplan.siting.coversearch._FEW_PAIRS", -1)
        monkeypatch.setattr("coverplan.siting.coversearch._THIN", -1)
    problem = hard_problem()
    best = solve_mclp(problem)
    assert best.status == "optimal"
    monkeypatch.setattr(highspy.Highs, "run", lambda _: highspy.HighsStatus.kError)
    plan = solve_mclp(problem)
    assert plan.status == "feasible"
    assert plan.value <= best.value <= plan.bound
    assert plan.gap_percent > 0


def test_a_bound_below_the_value_is_an_internal_error(monkeypatch):
    problem = hard_problem()
    real = coverplan.siting.mclp.max_cover

    def lying(*args, **kwargs):
        answer = real(*args, **kwargs)
        return dataclasses.replace(answer, bound=answer.bound // 2)

    monkeypatch.setattr("coverplan.siting.mclp.max_cover", lying)
    with pytest.raises(InternalError, match="bound"):
        solve_mclp(problem)


def test_a_value_that_is_not_so_is_an_internal_error(monkeypatch):
    problem = hard_problem()
    real = coverplan.siting.mclp.max_cover

    def lying(*args, **kwargs):
        answer = real(*args, **kwargs)
        return dataclasses.replace(answer, value=answer.value - 1)

    monkeypatch.setattr("coverplan.siting.mclp.max_cover", lying)
    with pytest.raises(InternalError, match="counting again"):
        solve_mclp(problem)
