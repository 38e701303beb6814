"""The whole search: stages switched off or on, sizes, exact numbers of sites, no time, no plan."""

import time

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan import Reach
from coverplan.siting import Limits, Rules, SitingProblem, solve_mclp
from coverplan.siting.maxcover import max_cover
from coverplan.siting.rows import site_rows


def plain_optimum(problem):
    """The best value by scipy's solver, from the model as written in the books."""
    rows, cover = site_rows(problem), cover_of(problem)
    n, n_places = cover.shape
    links = np.hstack([-cover.T.astype(float), np.eye(n_places)])
    own = np.hstack([rows.matrix.toarray(), np.zeros((len(rows.names), n_places))])
    answer = milp(
        -np.concatenate([np.zeros(n), problem.weight]),
        constraints=[
            LinearConstraint(links, -np.inf, 0),
            LinearConstraint(own, rows.row_lower, rows.row_upper),
        ],
        bounds=Bounds(
            np.concatenate([rows.lower, np.zeros(n_places)]),
            np.concatenate([rows.upper, np.ones(n_places)]),
        ),
        integrality=np.arange(n + n_places) < n,
    )
    return None if answer.x is None else round(-answer.fun)


MIDDLING = [
    Rules(sites=6),
    Rules(sites=6, exactly=True, unit_most=2),
    Rules(sites=None, budget_yuan=250_000),
    Rules(sites=8, budget_yuan=250_000, spacing_metres=250.0),
    Rules(sites=6, unit_least=2),
]


@pytest.mark.parametrize("rules", MIDDLING, ids=range(len(MIDDLING)))
@pytest.mark.parametrize("seed", range(3))
def test_problems_too_large_to_try_all_plans(rules, seed):
    problem = random_problem(
        np.random.default_rng(seed),
        n_sites=45,
        n_places=160,
        n_units=4,
        n_existing=2,
        classes=seed == 1,
        weighted=seed == 2,
        rules=rules,
        most_people=2_000,
    )
    answer = max_cover(problem, site_rows(problem), Limits(), time.perf_counter())
    best = plain_optimum(problem)
    assert (answer.value, answer.bound) == (best, best)
    if best is not None:
        assert answer.ending == "solved"
        assert site_rows(problem).kept(answer.open).all()


def test_sizes_say_what_was_left():
    problem = random_problem(np.random.default_rng(0), n_sites=20, n_places=60, n_existing=3)
    sizes = solve_mclp(problem).sizes
    assert sizes["candidates"] == 17
    cover = cover_of(problem)[problem.sites.must].any(axis=0)
    assert sizes["places"] == int((problem.weight[~cover] > 0).sum())
    assert sizes["candidates_left"] <= 17
    assert sizes["rows_left"] <= sizes["places"]


def test_exactly_so_many_where_fewer_would_do():
    problem = random_problem(
        np.random.default_rng(1), n_sites=8, n_existing=0, rules=Rules(sites=7, exactly=True)
    )
    plan = solve_mclp(problem)
    assert len(plan.chosen) == 7
    assert plan.status == "optimal"


def test_exactly_so_many_where_filling_up_is_not_always_possible():
    """The best plan of at most so many cannot always be filled up under the spacing."""
    rules = Rules(sites=3, exactly=True, spacing_metres=800.0)
    seen = set()
    for seed in range(30):
        problem = random_problem(np.random.default_rng(seed), n_existing=0, rules=rules)
        cover = cover_of(problem)
        values = [
            int(problem.weight[cover[mask].any(axis=0)].sum()) for mask in allowed_plans(problem)
        ]
        plan = solve_mclp(problem)
        assert plan.value == (max(values) if values else None)
        loose = solve_mclp(problem.with_rules(exactly=False))
        seen.add("impossible" if not values else "less" if loose.value > plan.value else "same")
    assert seen == {"impossible", "less", "same"}


def test_no_time_gives_a_plan_and_a_bound_that_is_one():
    rng = np.random.default_rng(3)
    cover = rng.random((60, 400)) < 0.04
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.nonzero(cover)[1].astype(np.int32)
    reach = Reach(pd.RangeIndex(400), pd.RangeIndex(60), ptr, who, 15.0)
    people = rng.integers(1, 1000, 400)
    problem = SitingProblem.covering(reach, people, np.zeros(400, dtype=bool), 8)
    answer = max_cover(problem, site_rows(problem), Limits(0.0), time.perf_counter())
    assert answer.ending == "stopped"
    assert answer.value <= plain_optimum(problem) <= answer.bound
    assert answer.bound < people[cover.any(axis=0)].sum()


def test_a_listener_that_has_heard_enough_ends_the_search():
    problem = random_problem(
        np.random.default_rng(4), n_sites=40, n_places=300, n_existing=0, rules=Rules(sites=6)
    )
    heard = []

    def enough(bounds):
        heard.append(bounds)
        return True

    plan = solve_mclp(problem, Limits(on_bounds=enough))
    assert len(heard) == 1
    assert plan.value == heard[0].value


def test_the_same_question_has_the_same_answer():
    problem = random_problem(
        np.random.default_rng(3), n_sites=40, n_places=200, n_existing=2, rules=Rules(sites=6)
    )
    plans = [solve_mclp(problem) for _ in range(2)]
    assert plans[0].chosen == plans[1].chosen
    assert plans[0].sizes == plans[1].sizes
