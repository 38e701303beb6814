"""No plan better than the best known one is lost by fixing, and something is fixed."""

import numpy as np
import pytest
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.fixing import fix_sites
from coverplan.siting.lagrange import Lagrange
from coverplan.siting.reduce import reduce_problem
from coverplan.siting.rows import site_rows

RULES = [
    Rules(sites=3),
    Rules(sites=None, budget_yuan=120_000),
    Rules(sites=4, unit_most=1),
    Rules(sites=4, spacing_metres=700.0),
    Rules(sites=4, unit_least=1),
]


@pytest.mark.parametrize("rules", RULES, ids=range(len(RULES)))
def test_better_plans_open_what_is_fixed_and_nothing_that_was_dropped(rules):
    dropped = opened = 0
    for seed in range(15):
        problem = random_problem(
            np.random.default_rng(seed), n_sites=10, n_places=40, classes=True, rules=rules
        )
        cover = cover_of(problem)
        plans = [
            (int(problem.weight[cover[mask].any(axis=0)].sum()), mask)
            for mask in allowed_plans(problem)
        ]
        if not plans:
            continue
        plans.sort(key=lambda plan: plan[0])
        reduced = reduce_problem(problem, site_rows(problem), drop=False)
        for rank in (len(plans) // 2, -1):
            value, best = plans[rank]
            search = Lagrange(reduced)
            search.step(value, 200)
            keep, fixed = fix_sites(search, value, best[reduced.sites])
            kept, sure = reduced.sites[keep], reduced.sites[fixed]
            away = np.setdiff1d(reduced.sites, np.concatenate([kept, sure]))
            dropped, opened = dropped + len(away), opened + len(sure)
            for other, mask in plans:
                if other > value or mask is best:
                    assert mask[sure].all()
                    assert not mask[away].any()
    assert dropped > 0
    assert opened > 0
