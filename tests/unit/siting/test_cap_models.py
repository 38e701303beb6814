"""Capacitated models on the odd cases: nobody, no capacity, one spot, all out of reach."""

import dataclasses

import numpy as np
import pytest
from flows import MINUTE, make

from coverplan import InputError, Text
from coverplan.siting import UNLIMITED, Bounds, Limits, Rules
from coverplan.siting.cap_mclp import merged_pairs, solve_cap_mclp
from coverplan.siting.cap_pmedian import solve_cap_pmedian


def test_capacity_decides():
    """The site that reaches more serves fewer."""
    problem = make([[5, 5, 5], [-1, 5, 5]], [10, 10, 10], [12, 18])
    plan = solve_cap_mclp(problem)
    assert (plan.value, plan.bound, plan.chosen, plan.status) == (18, 18, (1,), "optimal")
    assert plan.facts.reached_after == 20
    assert plan.objective.label.zh == "容量之内服务（含现有站点）"


def test_existing_sites_serve_and_are_counted():
    problem = make(
        [[5, -1], [5, 5]], [10, 10], [6, 7], existing=[True, False], rules=Rules(sites=1)
    )
    plan = solve_cap_mclp(problem)
    assert plan.value == 13
    assert "6 人" in plan.proof[0].zh
    assert "6 people" in plan.proof[0].en


def test_classes_of_one_place():
    """Small or large at one spot: never both, the large one where people are many."""
    problem = make(
        [[5], [5]],
        [30],
        [10, 25],
        place=[0, 0],
        cost_yuan=[100, 300],
        xy=[(0.0, 0.0), (0.0, 0.0)],
        rules=Rules(sites=2),
    )
    plan = solve_cap_mclp(problem)
    assert (plan.value, plan.chosen) == (25, (1,))
    cheap = solve_cap_mclp(problem.with_rules(budget_yuan=200))
    assert (cheap.value, cheap.chosen) == (10, (0,))


def test_two_sites_on_one_spot_share_the_people():
    problem = make([[5], [5]], [30], [10, 25], xy=[(0.0, 0.0), (0.0, 0.0)], rules=Rules(sites=2))
    plan = solve_cap_mclp(problem)
    assert plan.value == 30
    assert sorted(plan.assignment.loads(2).tolist()) in ([5, 25], [10, 20])


def test_a_site_of_capacity_nothing_serves_nobody():
    plan = solve_cap_mclp(make([[5], [5]], [30], [0, 4]))
    assert (plan.value, plan.chosen) == (4, (1,))
    empty = solve_cap_mclp(make([[5]], [30], [0]))
    assert (empty.value, empty.chosen, empty.status) == (0, (), "nothing_to_gain")


def test_nobody_lives_here():
    problem = make([[5, 5]], [0, 0], [4], unit=np.array([0, 1]), unit_codes=("a", "b"))
    assert solve_cap_mclp(problem).value == 0
    plan = solve_cap_pmedian(problem)
    assert (plan.value, plan.status) == (0, "optimal")
    assert len(plan.assignment.people) == 0


def test_a_township_with_nobody_changes_nothing():
    unit = {"unit": np.array([0, 0, 1]), "unit_codes": ("a", "b")}
    problem = make([[5, 5, 5], [9, 9, 9]], [4, 5, 0], [9, 9], **unit)
    plan = solve_cap_pmedian(problem)
    assert plan.value == 45 * MINUTE
    np.testing.assert_array_equal(plan.facts.unit_after, [9, 0])


@pytest.mark.parametrize("split", [True, False])
def test_everybody_beyond_the_cutoff(split):
    """They count at the cutoff and need places all the same."""
    problem = make([[-1, -1], [-1, -1]], [4, 5], [9, 20])
    plan = solve_cap_pmedian(problem, split=split)
    assert plan.value == 9 * 40 * MINUTE
    assert plan.assignment.people.sum() == 9
    assert plan.facts.beyond_cutoff == 9
    small = make([[-1, -1], [-1, -1]], [4, 5], [3, 4])
    assert solve_cap_pmedian(small, split=split).status == "impossible"
    left = solve_cap_pmedian(small, split=split, unserved="leave")
    assert left.value == 9 * 40 * MINUTE
    assert "9 人没有位置" in left.proof[0].zh
    assert "9 people are left" in left.proof[0].en


def test_too_few_places_are_named_with_what_would_help():
    problem = make([[5, 5], [9, 9], [9, 9]], [10, 10], [8, 7, 6])
    plan = solve_cap_pmedian(problem)
    assert plan.status == "impossible"
    (why,) = plan.impossible
    assert why.people == 12
    assert "20" in why.who.zh
    assert "8" in why.who.en
    assert why.relaxation == Text(
        "再增加 12 个位置，或多新增 2 处", "12 places more, or 2 new sites more"
    )
    enough = problem.with_rules(sites=3)
    assert solve_cap_pmedian(enough).status == "optimal"
    none = make([[5, 5], [9, 9]], [10, 10], [8, 7])
    assert solve_cap_pmedian(none).impossible[0].relaxation.en == "12 places more"


def test_places_that_do_not_fit_as_a_whole():
    problem = make([[5, 5], [9, 9]], [10, 6], [8, 8], rules=Rules(sites=2))
    plan = solve_cap_pmedian(problem, split=False)
    assert plan.status == "impossible"
    assert plan.impossible[0].people == 10
    assert "split" in plan.impossible[0].relaxation.zh
    packed = make([[5, 5, 5], [9, 9, 9]], [5, 5, 6], [8, 8], rules=Rules(sites=2))
    why = solve_cap_pmedian(packed, split=False).impossible[0]
    assert why.people is None
    assert "packing" in why.who.en
    assert solve_cap_pmedian(problem).value == (8 * 5 + 8 * 9) * MINUTE
    left = solve_cap_pmedian(problem, split=False, unserved="leave")
    assert left.value == (6 * 5 + 10 * 40) * MINUTE


@pytest.mark.parametrize("solve", [solve_cap_mclp, solve_cap_pmedian])
def test_rules_that_contradict_each_other(solve):
    problem = make(
        [[5], [5]],
        [10],
        [99, 99],
        rules=Rules(sites=1, unit_least=1),
        unit=np.array([0]),
        unit_codes=("a", "b"),
        unit_people=np.array([10, 0]),
    )
    plan = solve(problem)
    assert plan.status == "impossible"
    assert plan.impossible
    assert plan.value is None


def test_settings_out_of_range():
    problem = make([[5]], [10], [99])
    with pytest.raises(InputError) as caught:
        solve_cap_pmedian(problem, unserved="drop")
    assert "refuse" in caught.value.render("zh")
    bare = dataclasses.replace(problem, times=None)
    with pytest.raises(InputError) as caught:
        solve_cap_pmedian(bare)
    assert "times" in caught.value.render("en")


def test_weights_count():
    problem = make([[5, -1], [-1, 5]], [10, 9], [8, 8])
    assert solve_cap_mclp(problem).value == 8
    weighted = dataclasses.replace(problem, weights=np.array([10, 27]))
    plan = solve_cap_mclp(weighted)
    assert (plan.value, plan.chosen, plan.objective.id) == (24, (1,), "served_weighted")
    assert "加权" in plan.objective.words(plan.value).zh


def test_progress_is_told_in_the_plan_s_own_numbers():
    rng = np.random.default_rng(0)
    minutes = rng.integers(1, 39, (20, 40))
    problem = make(minutes, rng.integers(1, 30, 40), 150, rules=Rules(sites=6))
    told: list[Bounds] = []
    plan = solve_cap_pmedian(problem, Limits(on_bounds=told.append))
    known = [b for b in told if b.value is not None and b.bound is not None]
    assert all(b.bound <= plan.value <= b.value for b in known)


@pytest.mark.parametrize("solve", [solve_cap_mclp, solve_cap_pmedian])
def test_a_listener_or_a_gap_ends_the_search(solve):
    """Both numbers are told on the way; near enough is not called optimal."""
    rng = np.random.default_rng(0)
    minutes = rng.integers(1, 39, (60, 200))
    people = rng.integers(1, 30, 200)
    problem = make(minutes, people, int(people.sum()) // 7, rules=Rules(sites=8))
    told: list[Bounds] = []
    plan = solve(problem, Limits(on_bounds=lambda bounds: told.append(bounds) or len(told) > 2))
    assert told
    sign = 1 if plan.objective.sense == "max" else -1
    for bounds in told:
        assert bounds.value is None or sign * bounds.value <= sign * bounds.bound
    wide = solve(problem, Limits(gap_percent=60.0))
    assert wide.gap_percent <= 60
    assert wide.status in {"optimal", "feasible"}
    assert (wide.status == "optimal") == (wide.value == wide.bound)


def test_places_with_the_same_sites_are_one_row():
    problem = make([[5, 5, 20], [5, 5, 5]], [1, 2, 3], UNLIMITED)
    merged = merged_pairs(problem)
    assert sorted(merged.people.tolist()) == [3, 3]
    assert len(merged.row) == 3


def test_a_search_without_time_says_so():
    rng = np.random.default_rng(1)
    minutes = rng.integers(1, 39, (40, 200))
    problem = make(minutes, rng.integers(1, 30, 200), 500, rules=Rules(sites=8))
    plan = solve_cap_pmedian(problem, Limits(time_limit_seconds=0.0))
    assert plan.status in {"unknown", "feasible"}
    assert plan.status_text.zh != "已证明最优"
