"""Any multipliers give a bound, and the best ones the linear relaxation."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.kernels.duals import choose
from coverplan.siting.lagrange import Lagrange, nested_rules
from coverplan.siting.reduce import reduce_problem, restrict
from coverplan.siting.rows import site_rows

RULES = [
    Rules(sites=3),
    Rules(sites=3, exactly=True),
    Rules(sites=None, budget_yuan=120_000),
    Rules(sites=4, budget_yuan=120_000, unit_most=1),
    Rules(sites=4, unit_least=1),
    Rules(sites=4, spacing_metres=700.0),
]


def made(seed, rules, **options):
    problem = random_problem(
        np.random.default_rng(seed), n_sites=10, n_places=40, rules=rules, **options
    )
    return problem, reduce_problem(problem, site_rows(problem), drop=False)


def linear_bound(reduced):
    """The linear relaxation by scipy, stated plainly: x, then z."""
    n, n_rows = reduced.n_sites, reduced.n_rows
    cover, rules = reduced.matrix().toarray(), reduced.rules().toarray()
    over, under = np.isfinite(reduced.cover.up), np.isfinite(reduced.cover.low)
    pad = np.zeros((len(rules), n_rows))
    a = np.vstack(
        [
            np.hstack([-cover, np.eye(n_rows)]),
            np.hstack([rules, pad])[over],
            -np.hstack([rules, pad])[under],
        ]
    )
    b = np.concatenate([np.zeros(n_rows), reduced.cover.up[over], -reduced.cover.low[under]])
    cost = -np.concatenate([np.zeros(n), reduced.cover.weight])
    answer = linprog(cost, A_ub=a, b_ub=b, bounds=(0, 1))
    return None if answer.status == 2 else reduced.sure - answer.fun


@pytest.mark.parametrize("rules", RULES, ids=range(len(RULES)))
@pytest.mark.parametrize("classes", [False, True])
def test_it_is_never_below_the_best_plan_and_comes_near_the_relaxation(rules, classes):
    far = []
    for seed in range(5):
        problem, reduced = made(seed, rules, classes=classes)
        values = [
            int(problem.weight[cover_of(problem)[mask].any(axis=0)].sum())
            for mask in allowed_plans(problem)
        ]
        if not values:
            continue
        search = Lagrange(reduced)
        assert search.total_bound >= max(values)
        for _ in range(8):
            search.step(max(values), 50)
            assert search.total_bound >= max(values)
        linear = linear_bound(reduced)
        assert search.bound + reduced.sure >= linear - 1e-6
        far.append((search.bound + reduced.sure - linear) / linear)
    assert not far or np.median(far) < 0.02


def test_multipliers_moved_to_a_smaller_problem_prove_as_much():
    problem, reduced = made(3, Rules(sites=3))
    search = Lagrange(reduced)
    search.step(0, 200)
    shut = int(np.argmin(search.worth))
    keep = np.delete(np.arange(reduced.n_sites), shut)
    smaller, row_of = restrict(reduced, keep, np.zeros(0, dtype=np.int64))
    moved = search.moved(smaller, row_of)
    assert moved.bound + smaller.sure <= search.bound + reduced.sure + 1e-6
    best = max(
        int(problem.weight[cover_of(problem)[mask].any(axis=0)].sum())
        for mask in allowed_plans(problem)
        if not mask[reduced.sites[shut]]
    )
    assert moved.total_bound >= best


@pytest.mark.parametrize("seed", range(10))
def test_the_choice_under_nested_rules_is_the_best_there_is(seed):
    rng = np.random.default_rng(seed)
    _, reduced = made(seed, Rules(sites=3, unit_most=1, spacing_metres=600.0), classes=True)
    nest = nested_rules(reduced)
    assert nest.inside.sum() >= 2
    worth = rng.normal(1, 2, reduced.n_sites)
    chosen, used = choose(nest, worth)
    rules, best = reduced.rules().toarray()[nest.inside], 0.0
    for k in range(4):
        for some in itertools.combinations(range(reduced.n_sites), k):
            if (rules[:, list(some)].sum(axis=1) <= reduced.cover.up[nest.inside]).all():
                best = max(best, float(worth[list(some)].sum()))
    assert worth[chosen].sum() == pytest.approx(best)
    assert used[nest.inside].tolist() == rules[:, chosen].sum(axis=1).tolist()
