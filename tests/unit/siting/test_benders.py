"""Cuts hold for every plan, are tight where they were made, and the search with them is exact."""

import numpy as np
import pytest
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Limits, Rules, coversearch, solve_mclp
from coverplan.siting.benders import Master
from coverplan.siting.highs import solve_mip
from coverplan.siting.lagrange import Lagrange
from coverplan.siting.reduce import reduce_problem
from coverplan.siting.rows import site_rows

RULES = [
    Rules(sites=3),
    Rules(sites=None, budget_yuan=120_000),
    Rules(sites=2, unit_most=1, spacing_metres=400.0),
]


def made(seed, rules=RULES[0], **options):
    problem = random_problem(
        np.random.default_rng(seed), n_sites=12, n_places=90, rules=rules, **options
    )
    return problem, reduce_problem(problem, site_rows(problem), drop=False)


@pytest.mark.parametrize("groups", [1, 4])
def test_cuts_hold_for_every_plan_and_are_tight_at_their_point(groups):
    rng = np.random.default_rng(groups)
    problem, reduced = made(groups)
    master = Master(reduced, groups)
    assert 1 <= master.n_groups <= groups
    x = rng.random(reduced.n_sites)
    tight = master.add(master.separate(x))
    for cut in tight:
        at = cut.constant + cut.gain @ x
        assert at == pytest.approx(master.reached(x)[cut.group])
    master.add(rng.random(reduced.n_rows) * master.weight)
    for mask in allowed_plans(problem):
        open_ = mask[reduced.sites].astype(float)
        theta = master.reached(open_)
        value = problem.weight[cover_of(problem)[mask].any(axis=0)].sum()
        assert reduced.sure + theta.sum() == pytest.approx(value)
        for cut in master.cuts:
            assert theta[cut.group] <= cut.constant + cut.gain @ open_ + 1e-9


def test_the_best_multipliers_make_a_cut_as_good_as_their_bound():
    _, reduced = made(5)
    search = Lagrange(reduced)
    search.step(0, 300)
    master = Master(reduced, 3)
    master.add(search.duals.best)
    answer = solve_mip(master.mip().relaxed(), Limits())
    assert answer.bound <= search.bound + 1e-6


@pytest.mark.parametrize("rules", RULES, ids=range(len(RULES)))
def test_the_search_with_cuts_is_exact(rules, monkeypatch):
    monkeypatch.setattr(coversearch, "_FEW_PAIRS", -1)
    monkeypatch.setattr(coversearch, "_THIN", -1)
    monkeypatch.setattr(coversearch, "_PATIENCE", 0)  # straight to the proof
    cuts = 0
    for seed in range(12):
        problem, _ = made(seed, rules)
        plan = solve_mclp(problem)
        cover = cover_of(problem)
        before = problem.weight[problem.before].sum()
        values = [
            int(problem.weight[cover[mask].any(axis=0)].sum() - before)
            for mask in allowed_plans(problem)
        ]
        if not values:
            assert plan.status == "impossible"
            continue
        assert (plan.value, plan.bound) == (max(values), max(values))
        cuts += plan.sizes.get("cuts", 0)
    assert cuts > 0
