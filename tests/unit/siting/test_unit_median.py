"""Nearest in the unit: one site for each unit, what stands, units that have nothing."""

import dataclasses

import numpy as np
import pytest
from orlib import times_of_matrix

from coverplan import InputError
from coverplan.siting import Rules, Sites, SitingProblem
from coverplan.siting.unit_median import solve_unit_median

MS = np.array(
    [
        [0, 50, 99, 99],  # s0 in 甲镇
        [30, 10, 99, 99],  # s1 in 甲镇
        [99, 99, 5, 40],  # s2 in 乙镇
        [1, 1, 1, 1],  # s3 in no unit of the study
    ]
)


def towns(*, people=(1, 9, 5, 5), rules=None, unit=(0, 0, 1, -1), **sites):
    times = times_of_matrix(MS, cutoff=100)
    return SitingProblem(
        Sites.make(times.sites, unit=unit, **sites),
        times.within(times.cutoff_minutes),
        np.array(people),
        rules=Rules() if rules is None else rules,
        times=times,
        unit=np.array([0, 0, 1, 2], dtype=np.int32),
        unit_codes=("a", "b", "c"),
        unit_names=("甲镇", "乙镇", "丙镇"),
    )


def test_each_unit_gets_the_site_nearest_to_its_own_people():
    plan = solve_unit_median(towns())
    assert set(plan.chosen) == {1, 2}
    assert plan.value == (30 * 1 + 10 * 9) + 5 * 5 + 100 * 5
    assert (plan.bound, plan.status) == (plan.value, "optimal")


def test_units_without_any_site_are_named():
    (said,) = solve_unit_median(towns()).proof
    assert "丙镇" in said.zh
    assert "甲镇" not in said.zh


def test_a_unit_that_has_a_site_is_left_as_it_is():
    stands = [True, False, False, False]
    plan = solve_unit_median(towns(existing=stands))
    assert plan.chosen == (2,)
    nearer = solve_unit_median(towns(existing=stands), keep_existing=False)
    assert set(nearer.chosen) == {1, 2}
    assert nearer.closed == ()
    assert nearer.value < plan.value


def test_a_better_existing_site_needs_no_new_one():
    plan = solve_unit_median(towns(existing=[False, True, False, False]), keep_existing=False)
    assert plan.chosen == (2,)


def test_a_unit_nobody_lives_in_gets_nothing():
    plan = solve_unit_median(towns(people=(1, 9, 0, 5)))
    assert plan.chosen == (1,)


def test_units_are_chosen_jointly_where_money_ties_them():
    problem = towns(cost_yuan=[10, 90, 20, 0], rules=Rules(budget_yuan=50))
    plan = solve_unit_median(problem)
    assert set(plan.chosen) == {0, 2}
    assert (plan.value, plan.bound, plan.status) == (
        50 * 9 + 5 * 5 + 100 * 5,
        plan.value,
        "optimal",
    )


def test_too_few_sites_for_all_units_is_impossible():
    plan = solve_unit_median(towns(rules=Rules(sites=1)))
    assert plan.status == "impossible"
    assert plan.impossible


def test_without_times_there_is_no_answer():
    with pytest.raises(InputError, match="times"):
        solve_unit_median(dataclasses.replace(towns(), times=None))
