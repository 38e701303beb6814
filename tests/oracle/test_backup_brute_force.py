"""LSCP-B, BACOP1 and BACOP2 against trying every plan, and where the published library is wrong."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan import InputError, Reach, SitingProblem
from coverplan.siting import Rules
from coverplan.siting.bacop import solve_bacop
from coverplan.siting.lscp_b import solve_lscp_b


def facts(problem):
    """For each place how often it can be reached, 2 for more; and the plans with their counts."""
    cover, sites = cover_of(problem), problem.sites
    fixed = {int(sites.place[j]) for j in np.flatnonzero(sites.must)}
    usable = [
        j
        for j in range(len(sites))
        if not sites.barred[j] and (sites.must[j] or int(sites.place[j]) not in fixed)
    ]
    counts = (problem.people > 0) | (problem.weight > 0)
    can = np.array(
        [
            min(2, len({int(sites.place[j]) for j in usable if cover[j, i]}))
            for i in range(len(problem.people))
        ]
    )
    plans = [
        (int((plan & ~sites.existing).sum()), cover[plan].sum(axis=0))
        for plan in allowed_plans(problem)
    ]
    return np.where(counts, can, 0), problem.weight, plans


def check_lscp_b(problem):
    can, weight, plans = facts(problem)
    plan = solve_lscp_b(problem)
    good = [(new, times) for new, times in plans if (times >= np.minimum(can, 1)).all()]
    if not good:
        assert plan.status == "impossible"
        assert all(row.who.zh and row.relaxation.en for row in plan.impossible)
        assert plan.impossible
    else:
        fewest = min(new for new, _ in good)
        twice = max(int(weight[times >= 2].sum()) for new, times in good if new == fewest)
        assert plan.value == plan.bound == fewest
        assert (plan.then[0].value, plan.then[0].bound) == (twice, twice)
    return plan


def check_all_twice(problem):
    can, weight, plans = facts(problem)
    plan = solve_lscp_b(problem, every="twice")
    good = [new for new, times in plans if (times >= can).all()]
    if not good:
        assert plan.status == "impossible"
        assert all(row.who.zh and row.relaxation.en for row in plan.impossible)
        assert plan.impossible
    else:
        assert plan.value == plan.bound == min(good)
        assert plan.then[0].value == plan.then[0].bound == weight[can >= 2].sum()
    return plan


def check_bacop1(problem):
    can, weight, plans = facts(problem)
    plan = solve_bacop(problem)
    good = [times for _, times in plans if (times >= np.minimum(can, 1)).all()]
    if not good:
        assert plan.status == "impossible"
        assert plan.impossible
    else:
        assert plan.value == plan.bound == max(int(weight[t >= 2].sum()) for t in good)
    return plan


def check_bacop2(problem, theta):
    _, weight, plans = facts(problem)
    plan = solve_bacop(problem, theta=theta)
    if not plans:
        assert plan.status == "impossible"
        assert plan.impossible
    else:
        part = Fraction(str(theta)) * 1000
        best = max(
            part * int(weight[t >= 1].sum()) + (1000 - part) * int(weight[t >= 2].sum())
            for _, t in plans
        )
        assert plan.value == plan.bound == best
    return plan


@pytest.mark.parametrize("name", CASES)
def test_every_rule_alone_and_in_pairs(name):
    for seed in range(3):
        rng = np.random.default_rng([seed, len(name)])
        # Few places, so that some plans reach all of them.
        problem = random_problem(rng, n_sites=7, n_places=5, weighted=seed == 2, **CASES[name])
        check_lscp_b(problem)
        check_all_twice(problem)
        check_bacop1(problem)
        check_bacop2(problem, (0.2, 0.5, 0.75)[seed])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([{}, {"classes": True}, {"closable": True}]),
    st.sampled_from([0, 0.001, 0.3, 0.5, 0.999, 1]),
    st.booleans(),
)
def test_at_random(seed, options, theta, capped):
    rng = np.random.default_rng(seed)
    rules = Rules(sites=int(rng.integers(1, 5))) if capped else Rules()
    problem = random_problem(rng, n_places=int(rng.integers(1, 13)), rules=rules, **options)
    check_lscp_b(problem)
    check_all_twice(problem)
    check_bacop1(problem)
    check_bacop2(problem, theta)


def test_san_francisco_is_counted_right(test_data):
    """The library reports 143 of 205: clients near one store only count as backed up there."""
    table = pd.read_csv(
        test_data
        / "benchmarks/spopt_sf/SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    )
    distance = table.pivot_table(index="name", columns="DestinationName", values="distance")
    cover = distance.to_numpy() <= 8000
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    reach = Reach(pd.RangeIndex(205), pd.RangeIndex(16), ptr, who, 15.0)
    ones = np.ones(205, dtype=np.int64)
    problem = SitingProblem.covering(reach, ones, np.zeros(205, dtype=bool), 16)
    plan = solve_lscp_b(problem)
    assert (plan.value, plan.bound, plan.status) == (3, 3, "optimal")
    assert (plan.then[0].value, plan.then[0].bound) == (140, 140)
    assert plan.facts.reached_twice == 140
    same = solve_bacop(problem.with_rules(sites=3))
    assert (same.value, same.bound) == (140, 140)
    two = solve_bacop(problem.with_rules(sites=2))
    assert two.status == "impossible"
    assert any("共 3 处" in row.relaxation.zh for row in two.impossible)
    assert any("(3 in all)" in row.relaxation.en for row in two.impossible)


def hand(cover, people, sites, **rules):
    """Sites x places without existing sites, all at places of their own, in one unit."""
    problem = SitingProblem.covering(
        _reach(cover), np.array(people), np.zeros(len(people), dtype=bool), sites
    )
    return problem.with_rules(**rules) if rules else problem


def _reach(cover):
    cover = np.array(cover, dtype=bool)
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    return Reach(pd.RangeIndex(cover.shape[1]), pd.RangeIndex(len(cover)), ptr, who, 15.0)


def test_who_can_be_reached_by_none_or_one_is_named():
    problem = hand([[1, 1, 0, 0], [0, 1, 0, 1]], [7, 20, 5, 0], 2)
    plan = solve_lscp_b(problem, every="twice")
    assert plan.value == 2
    assert [text.zh for text in plan.proof] == [
        "没有任何地点可达：5 人（all 5 人）",
        "只有一处地点可达：7 人（all 7 人）",
    ]
    assert "out of reach of every site: 5" in plan.proof[0].en
    assert "within reach of one site only: 7" in plan.proof[1].en


def test_too_few_for_twice_says_who_and_how_many_it_takes():
    problem = hand([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [7, 20, 5], 2)
    (row,) = solve_lscp_b(problem, every="twice").impossible
    assert row.people == 12
    assert row.who.zh == "all 12 人"
    assert "允许新增 3 处" in row.relaxation.zh
    assert "allow 3 new sites; or let them be reached once" in row.relaxation.en
    (row,) = solve_lscp_b(problem.with_rules(sites=1), every="twice").impossible[:1]
    assert "2 处" in row.relaxation.zh


def test_a_place_reached_once_never_counts_half():
    """With a fraction of each, one site would be worth half of what two are."""
    problem = hand([[1, 0], [0, 1]], [10, 3], 1)
    assert solve_bacop(problem, theta=0.2).value == 2000


@pytest.mark.parametrize("theta", [-0.1, 1.5, float("nan"), float("inf"), 0.12345])
def test_a_weight_that_is_none_is_refused(theta):
    with pytest.raises(InputError) as caught:
        solve_bacop(hand([[1]], [1], 1), theta=theta)
    assert "siting.theta" in caught.value.render("zh")
    assert "0 至 1" in caught.value.render("zh")
    assert str(theta) in caught.value.render("en")


def test_a_weight_with_a_hair_of_rounding_is_taken():
    assert solve_bacop(hand([[1]], [1], 1), theta=0.1 + 0.2).value == 300


def test_an_unknown_variant_is_refused():
    with pytest.raises(InputError) as caught:
        solve_lscp_b(hand([[1]], [1], 1), every="thrice")
    assert "once 或 twice" in caught.value.render("zh")
