"""What brings nothing is left undone, as far as the rules allow; and one more rule on top."""

import numpy as np
from siting_cases import cover_of, random_problem

from coverplan import Text
from coverplan.siting import Rules
from coverplan.siting.rows import site_rows
from coverplan.siting.tidy import tidy
from coverplan.siting.with_row import with_row


def reached(cover, problem):
    return lambda plan: int(problem.weight[cover[plan].any(axis=0)].sum())


def test_only_sites_that_bring_something_stay():
    for seed in range(20):
        problem = random_problem(np.random.default_rng(seed), closable=True, rules=Rules(sites=6))
        cover, rows = cover_of(problem), site_rows(problem)
        worth = reached(cover, problem)
        everything = ~problem.sites.existing
        plan = tidy(problem, rows, everything, worth)
        assert worth(plan) == worth(everything)
        assert problem.sites.existing[plan & ~everything].all()
        for site in np.flatnonzero(plan & ~problem.sites.existing):
            less = plan.copy()
            less[site] = False
            assert worth(less) < worth(plan) or cover[plan & problem.sites.existing].any()


def test_rules_are_kept_first():
    problem = random_problem(np.random.default_rng(1), rules=Rules(sites=3, exactly=True))
    plan = problem.sites.existing.copy()
    plan[2:5] = True
    assert tidy(problem, site_rows(problem), plan, lambda _: 0).sum() == plan.sum()
    free = problem.with_rules(exactly=False)
    assert tidy(free, site_rows(free), plan, lambda _: 0).sum() == problem.sites.existing.sum()


def test_the_dearest_goes_first():
    problem = random_problem(np.random.default_rng(1), n_existing=0, rules=Rules(sites=8))
    plan = tidy(problem, site_rows(problem), np.ones(8, dtype=bool), lambda p: bool(p.any()))
    assert np.flatnonzero(plan).tolist() == [
        int(np.flatnonzero(problem.sites.cost_yuan == problem.sites.cost_yuan.min())[-1])
    ]


def test_closed_sites_open_again_unless_they_must_close():
    rules = Rules(sites=2, close_most=2)
    problem = random_problem(np.random.default_rng(1), closable=True, rules=rules)
    plan = np.zeros(8, dtype=bool)
    assert tidy(problem, site_rows(problem), plan, lambda _: 0).sum() == 2
    closing = problem.with_rules(close_least=1)
    assert tidy(closing, site_rows(closing), plan, lambda _: 0).sum() == 1


def test_with_row_adds_one_rule():
    problem = random_problem(np.random.default_rng(1), n_existing=0, rules=Rules(sites=5))
    rows = site_rows(problem)
    more = with_row(
        rows, (np.array([1, 4]), np.array([1.0, 2.0]), -np.inf, 2.0), Text("至多", "at most")
    )
    plan = np.zeros(8, dtype=bool)
    plan[[1, 4]] = True
    assert rows.kept(plan).all()
    assert more.kept(plan).tolist() == [True] * len(rows.names) + [False]
    assert more.names[-1].zh == "至多"
    assert more.kinds == (*rows.kinds, "number")
