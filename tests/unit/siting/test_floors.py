"""Floors in whole people, a solver's tolerance not trusted, progress told in the right units."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from siting_cases import cover_of, random_problem

from coverplan.siting import Limits, Rules
from coverplan.siting import floors as module
from coverplan.siting.equity import percent, share_of, solve_floor
from coverplan.siting.floors import (
    cover_with_floors,
    least_of,
    people_reached,
    worst_share,
)
from coverplan.siting.maxmin import highest_floor, least_above, solve_maxmin
from coverplan.siting.rows import site_rows


def county():
    """Five units, twenty sites of which one stands; a site reaches a few places only."""
    problem = random_problem(
        np.random.default_rng(11),
        n_sites=20,
        n_places=80,
        n_units=5,
        n_existing=1,
        rules=Rules(sites=5),
    )
    return dataclasses.replace(problem, reach=problem.times.within(6.0))


def test_a_share_is_taken_as_it_was_written():
    problem = county()
    assert share_of(problem, 33.3) == Fraction(333, 1000)
    assert share_of(problem, 100) == 1
    assert percent(Fraction(1, 3)) == "33.33 %"
    assert percent(Fraction(1)) == "100.00 %"


def test_fewest_people_of_a_share():
    problem = county()
    totals = problem.unit_people
    for share in (Fraction(1, 3), Fraction(666, 1000), Fraction(1)):
        assert least_of(problem, share).tolist() == [-(-int(t) * share // 1) for t in totals]
        above = least_above(problem, share)
        assert all(Fraction(int(a), int(t)) > share for a, t in zip(above, totals, strict=True))
        assert all(
            Fraction(int(a) - 1, int(t)) <= share for a, t in zip(above, totals, strict=True)
        )


def test_units_nobody_lives_in_have_no_share():
    problem = county()
    object.__setattr__(problem, "unit_people", np.array([0, 10, 10, 0, 10]))
    assert worst_share(problem, np.array([0, 5, 4, 0, 9])) == Fraction(2, 5)
    assert least_above(problem, Fraction(1, 2)).tolist() == [0, 6, 6, 0, 6]
    assert worst_share(problem, np.zeros(5, dtype=int)) == 0


def test_a_plan_within_tolerance_of_a_floor_only_is_cut_off(monkeypatch):
    """The solver claims a plan of nothing new: it must not be believed, nor asked forever."""
    problem = county()
    rows = site_rows(problem)
    floors = least_of(problem, Fraction(1, 2))
    real, calls = module.solve_mip, []

    def careless(mip, *args, **kwargs):
        answer = real(mip, *args, **kwargs)
        calls.append(mip.rows.shape[0])
        if len(calls) > 1:
            return answer
        values = np.zeros(len(answer.values))
        values[: len(rows.lower)] = rows.lower
        return dataclasses.replace(answer, values=values)

    monkeypatch.setattr(module, "solve_mip", careless)
    answer = cover_with_floors(
        problem, rows, floors, Limits(time_limit_seconds=1e9), 0.0, anything=True
    )
    assert calls == [calls[0], calls[0] + 1]
    assert (people_reached(problem, answer.open) >= floors).all()


def test_progress_is_told_in_people_newly_reached():
    told = []
    problem = county()
    plan = solve_maxmin(problem)
    share = plan.value / 10_000
    plan = solve_floor(problem, Limits(on_bounds=told.append), share_percent=round(share - 1, 2))
    assert plan.status == "optimal"
    assert told
    for bounds in told:
        assert bounds.bound is None or bounds.bound >= plan.value
        assert bounds.value is None or bounds.value <= plan.value


def test_progress_of_the_highest_floor():
    told = []
    plan = solve_maxmin(county(), Limits(on_bounds=told.append))
    assert plan.status == "optimal"
    assert told
    values, bounds = [b.value for b in told], [b.bound for b in told]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert values[-1] <= plan.value <= bounds[-1]


def test_a_gap_that_was_asked_for_ends_the_search():
    problem = county()
    best = solve_maxmin(problem)
    plan = solve_maxmin(problem, Limits(gap_percent=50))
    assert plan.value <= best.value <= plan.bound
    assert plan.gap_percent <= 50


@pytest.mark.parametrize("seconds", [1e-3, 0.05, 0.3])
def test_a_bound_is_one_however_early_it_ends(seconds):
    problem = county()
    best = solve_maxmin(problem).value
    rows = site_rows(problem)
    floor = highest_floor(
        problem, rows, Limits(time_limit_seconds=seconds), module.time.perf_counter()
    )
    assert floor.share * 1_000_000 < best + 1
    assert floor.bound * 1_000_000 >= best
    reached = cover_of(problem)[floor.open].any(axis=0)
    assert floor.share == worst_share(
        problem,
        np.array([int(problem.people[reached & (problem.unit == u)].sum()) for u in range(5)]),
    )
