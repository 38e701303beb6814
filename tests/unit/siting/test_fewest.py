"""Fewest sites for a share: whole people, honest proofs, clear answers to bad questions."""

import itertools

import numpy as np
import pandas as pd
import pytest

from coverplan import InputError, InternalError, Reach, Text
from coverplan.siting import Limits, Rules, Sites, SitingProblem
from coverplan.siting.fewest import share_needs, solve_fewest


def problem_of(cover, people, *, rules=None, totals=None, unit=None, existing=0, weights=None):
    """Sites x places as given; the first ``existing`` sites stand."""
    cover = np.asarray(cover, dtype=bool)
    people = np.asarray(people, dtype=np.int64)
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    ids = pd.Index([f"s{j}" for j in range(len(cover))], dtype=object)
    n_units = 1 if unit is None else int(max(unit)) + 1
    return SitingProblem(
        Sites.make(ids, existing=np.arange(len(cover)) < existing),
        Reach(pd.RangeIndex(len(people)), ids, ptr, who, 15.0),
        people,
        rules=rules or Rules(),
        unit=None if unit is None else np.asarray(unit, dtype=np.int32),
        unit_codes=tuple(f"u{u}" for u in range(n_units)),
        unit_names=tuple(f"{'甲乙丙丁'[u]}镇" for u in range(n_units)),
        unit_people=None if totals is None else np.asarray(totals, dtype=np.int64),
        weights=weights,
        name=Text("养老服务", "Elderly care"),
    )


def test_a_share_is_of_the_census_and_rounded_up():
    """Of 1,003 people by the census 80.1 % are 804 people, not 803.4 and not of those placed."""
    problem = problem_of(np.eye(2), [600, 400], totals=[1003])
    (need,) = share_needs(problem, 80.1)
    assert (need.at_least, need.of) == (804, 1003)
    assert "80.1 %" in need.name.zh
    assert "80.1 %" in need.name.en


@pytest.mark.parametrize("share", [0.1, 0.7, 29, 57.3, 99.99, 100])
def test_decimal_digits_are_taken_as_written(share):
    """A share that is exactly met is met: no float decides."""
    people = 1_000_000
    exact = round(share * 10_000)
    problem = problem_of([[1, 0], [0, 1]], [exact, people - exact or 1], totals=[people])
    (need,) = share_needs(problem, share)
    assert need.at_least == exact
    assert solve_fewest(problem, share_percent=share).value == 1


def test_the_plan_that_reaches_most_among_the_fewest():
    problem = problem_of([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 1, 1]], [40, 30, 20, 10])
    plan = solve_fewest(problem, share_percent=70)
    assert plan.chosen == (1,)
    assert [(s.objective.id, s.value, s.bound) for s in plan.then] == [("newly_reached", 90, 90)]
    assert plan.one_less.sites == 0
    assert (plan.one_less.value, plan.one_less.bound, plan.one_less.need) == (0, 0, 70)
    assert "少一处即 0 处" in plan.proof[0].zh
    assert "不够" in plan.proof[0].zh
    assert "not enough" in plan.proof[0].en
    assert "reaches most" in plan.proof[1].en


def test_who_is_reached_today_counts():
    problem = problem_of([[1, 1, 0], [0, 0, 1]], [40, 40, 20], existing=1)
    plan = solve_fewest(problem, share_percent=80)
    assert (plan.value, plan.bound, plan.status, plan.chosen) == (0, 0, "optimal", ())
    assert plan.one_less is None
    assert "不必新增" in plan.proof[0].zh


def test_every_unit_counts_each_by_itself():
    cover = [[1, 1, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]
    problem = problem_of(cover, [90, 90, 90, 5, 5], unit=[0, 0, 0, 1, 1])
    assert solve_fewest(problem, share_percent=90).value == 1
    plan = solve_fewest(problem, share_percent=50, within="every_unit")
    assert plan.value == 2
    assert plan.one_less.need == 135 + 5
    assert plan.one_less.bound == 135
    assert "计入各单元目标" in plan.proof[0].zh
    whole = solve_fewest(problem, share_percent=100, within="every_unit")
    assert whole.value == 3


def test_a_unit_without_people_asks_for_nothing():
    problem = problem_of(np.eye(2), [10, 0], unit=[0, 1])
    assert len(share_needs(problem, 100, "every_unit")) == 1
    assert solve_fewest(problem, share_percent=100, within="every_unit").value == 1


@pytest.mark.parametrize("share", [0, -1, 100.01, float("nan"), float("inf"), "viel", None])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(InputError) as caught:
        solve_fewest(problem_of(np.eye(2), [1, 1]), share_percent=share)
    assert "siting.share_percent" in caught.value.render("zh")
    assert str(share) in caught.value.render("zh")
    assert "at most 100" in caught.value.render("en")


def test_an_unknown_scope_is_refused():
    with pytest.raises(InputError, match="every_unit"):
        solve_fewest(problem_of(np.eye(2), [1, 1]), share_percent=80, within="somewhere")


def test_nobody_at_all():
    plan = solve_fewest(problem_of(np.eye(2), [0, 0]), share_percent=80)
    assert (plan.value, plan.status) == (0, "optimal")
    assert "没有人" in plan.proof[0].zh
    assert "nobody" in plan.proof[0].en


def test_more_than_anybody_can_reach_is_impossible_and_says_what_is_possible():
    problem = problem_of([[1, 0, 0]], [60, 30, 0], unit=[0, 1, 1], totals=[60, 40])
    plan = solve_fewest(problem, share_percent=80)
    assert (plan.status, plan.value) == ("impossible", None)
    (why,) = plan.impossible
    assert why.constraint.zh == "目标人群至少 80 % 可达"
    assert why.people == 40
    assert "乙镇 30 人：没有任何地点可达" in why.who.zh
    assert "没有落点的 10 人" in why.who.zh
    assert "60 人（60.0 %）" in why.relaxation.zh
    assert "60 people (60.0 %)" in why.relaxation.en


def test_a_cap_on_sites_says_what_would_do():
    problem = problem_of(np.eye(4), [40, 30, 20, 10], rules=Rules(sites=1))
    plan = solve_fewest(problem, share_percent=85)
    assert plan.status == "impossible"
    changes = [why.relaxation.zh for why in plan.impossible]
    assert changes[0] == "多允许新增 2 处（共 3 处）"
    assert "降到 40 人（40.0 %）" in changes[1]
    assert plan.impossible[0].constraint.zh == "至多新增 1 处"
    assert "目标人群至少 85 % 可达" in plan.impossible[0].who.zh


def test_weights_choose_among_the_fewest_but_people_are_asked_for():
    cover = [[1, 0, 1], [1, 1, 0]]
    problem = problem_of(cover, [80, 10, 10], weights=np.array([80, 10, 500]))
    plan = solve_fewest(problem, share_percent=90)
    assert plan.chosen == (0,)
    assert plan.then[0].objective.id == "newly_reached_weighted"
    assert plan.then[0].value == 580


def hard(seed=5):
    rng = np.random.default_rng(seed)
    cover = rng.random((150, 1500)) < 0.02
    return problem_of(cover, rng.integers(1, 1000, 1500))


def test_a_time_limit_is_never_called_optimal():
    plan = solve_fewest(hard(), Limits(time_limit_seconds=0.05), share_percent=90)
    assert plan.status == "feasible"
    assert plan.bound < plan.value
    assert plan.facts.reached_after * 10 >= plan.facts.people * 9
    assert any(f"已证明至少需要 {plan.bound} 处" in text.zh for text in plan.proof)


def test_sites_are_told_while_the_search_runs():
    told = []
    limits = Limits(time_limit_seconds=3.0, on_bounds=told.append)
    plan = solve_fewest(hard(), limits, share_percent=60)
    assert told
    assert all(b.bound <= plan.value for b in told if b.bound is not None)
    assert all(b.value >= plan.bound for b in told if b.value is not None)


def test_a_wrong_count_is_an_internal_error(monkeypatch):
    """A plan that misses the target does not leave the house."""
    monkeypatch.setattr("coverplan.siting.fewest_search.FewestSearch._enough", lambda *_: True)
    with pytest.raises(InternalError, match="misses"):
        solve_fewest(problem_of(np.eye(3), [40, 30, 30]), share_percent=100)


def test_equals_brute_force_on_an_instance_with_many_places():
    rng = np.random.default_rng(11)
    cover = rng.random((12, 300)) < 0.15
    people = rng.integers(0, 500, 300)
    need = -(-int(people.sum()) * 7 // 10)
    best = next(
        k
        for k in range(13)
        if any(
            people[cover[list(some)].any(axis=0)].sum() >= need
            for some in itertools.combinations(range(12), k)
        )
    )
    plan = solve_fewest(problem_of(cover, people), share_percent=70)
    assert (plan.value, plan.bound) == (best, best)
