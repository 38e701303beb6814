"""Classes that serve alike: the cheapest is built."""

from dataclasses import replace

import numpy as np
from siting_cases import random_problem

from coverplan.siting import Rules, solve_mclp
from coverplan.siting.rows import site_rows
from coverplan.siting.thrift import cheapest_classes


def classed(seed, rules):
    """Pairs of candidates at one place that reach the same; the second of each is cheaper."""
    problem = random_problem(np.random.default_rng(seed), classes=True, rules=rules)
    sites = problem.sites
    first = {int(p): i for i, p in reversed(list(enumerate(sites.place)))}
    rows = np.array([first[int(p)] for p in sites.place])
    times = problem.times.take(rows, problem.times.sites)
    cost = np.where(rows == np.arange(len(sites)), 90_000, 50_000) * ~sites.existing
    return replace(
        problem, sites=replace(sites, cost_yuan=cost), times=times, reach=times.within(15)
    )


def test_the_cheaper_class_is_built():
    for seed in range(20):
        problem = classed(seed, Rules(sites=2))
        plan = solve_mclp(problem)
        for site in plan.chosen:
            twins = problem.sites.place == problem.sites.place[site]
            assert problem.sites.cost_yuan[site] == problem.sites.cost_yuan[twins].min()


def test_a_class_that_breaks_a_rule_is_not_taken():
    problem = classed(3, Rules(sites=1))
    dear = int(np.flatnonzero(problem.sites.cost_yuan == 90_000)[0])
    twin = int(np.flatnonzero(problem.sites.place == problem.sites.place[dear])[1])
    open_ = problem.sites.existing.copy()
    open_[dear] = True
    rows = site_rows(problem)
    assert cheapest_classes(problem, rows, open_)[twin]
    barred = replace(rows, upper=np.where(np.arange(len(open_)) == twin, 0.0, rows.upper))
    assert np.array_equal(cheapest_classes(problem, barred, open_), open_)
