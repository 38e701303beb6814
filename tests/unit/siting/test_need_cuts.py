"""What each need takes by itself: rows that no plan breaks, and that cut some others off."""

import time

import numpy as np
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Limits, Rules
from coverplan.siting.fewest import share_needs
from coverplan.siting.need_cuts import with_need_cuts
from coverplan.siting.rows import site_rows


def test_no_plan_is_lost_and_each_need_has_its_number():
    tight = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, closable=True, rules=Rules(unit_most=2))
        needs = share_needs(problem, 70, "every_unit")
        rows = site_rows(problem)
        more = with_need_cuts(problem, rows, needs, Limits(), time.perf_counter())
        cover = cover_of(problem)
        plans = list(allowed_plans(problem))
        fine = [
            plan
            for plan in plans
            if all(n.reached(cover[plan].any(axis=0)) >= n.at_least for n in needs)
        ]
        assert all(more.kept(plan).all() for plan in fine)
        assert more.names[: len(rows.names)] == rows.names
        tight += sum(not more.kept(plan).all() for plan in plans)
    assert tight > 100


def test_out_of_time_there_are_no_more_rows():
    problem = random_problem(np.random.default_rng(2), rules=Rules())
    needs = share_needs(problem, 70, "every_unit")
    rows = site_rows(problem)
    more = with_need_cuts(problem, rows, needs, Limits(time_limit_seconds=0.0), time.perf_counter())
    assert len(more.names) == len(rows.names)
