"""Gains stay right through every change, no exchange is left undone, rules are kept throughout."""

import dataclasses

import numpy as np
import pytest
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan import Reach
from coverplan.siting import Rules
from coverplan.siting.greedy import greedy, prices, state_of
from coverplan.siting.kernels.search import close_site, open_site
from coverplan.siting.reduce import reduce_problem
from coverplan.siting.rows import site_rows
from coverplan.siting.swaps import Swaps

RULES = [
    Rules(sites=3),
    Rules(sites=None, budget_yuan=120_000),
    Rules(sites=4, unit_most=2, spacing_metres=300.0),
    Rules(sites=4, unit_least=1),
]


def begun(seed, rules, n_sites=10):
    problem = random_problem(
        np.random.default_rng(seed), n_sites=n_sites, n_places=40, n_existing=1, rules=rules
    )
    return problem, reduce_problem(problem, site_rows(problem), drop=False)


def test_gains_equal_those_counted_anew_after_any_changes():
    rng = np.random.default_rng(2)
    _, reduced = begun(2, Rules(sites=3))
    matrix = reduced.matrix().toarray() > 0
    state = state_of(reduced.cover, np.zeros(reduced.n_sites, dtype=bool))
    for site in rng.integers(0, reduced.n_sites, 60):
        (close_site if state.open[site] else open_site)(reduced.cover, state, int(site))
        times = matrix[:, state.open].sum(axis=1)
        assert state.times.tolist() == times.tolist()
        for j in range(reduced.n_sites):
            others = times - (matrix[:, j] if state.open[j] else 0)
            assert state.gain[j] == reduced.cover.weight[matrix[:, j] & (others == 0)].sum()
        assert np.allclose(state.act, reduced.rules().toarray()[:, state.open].sum(axis=1))


@pytest.mark.parametrize("rules", RULES, ids=range(len(RULES)))
def test_no_single_exchange_the_rules_allow_is_better_at_the_end(rules):
    for seed in range(8):
        problem, reduced = begun(seed, rules)
        price = prices(reduced)[0]
        state = greedy(reduced, price)
        if state is None:
            continue
        swaps = Swaps(reduced, state, price)
        begin = swaps.value
        swaps.exchange()
        assert swaps.value >= begin
        cover = cover_of(problem)
        mask = reduced.expand(swaps.state.open, len(problem.sites))
        assert swaps.value == problem.weight[cover[mask].any(axis=0)].sum()
        plans = {tuple(m): m for m in allowed_plans(problem)}
        assert tuple(mask) in plans
        for other in plans.values():
            if (other & ~mask).sum() == 1 and (mask & ~other).sum() <= 1:
                assert problem.weight[cover[other].any(axis=0)].sum() <= swaps.value


@pytest.mark.parametrize("rules", RULES, ids=range(len(RULES)))
def test_shaking_never_loses_and_is_the_same_every_time(rules):
    values = []
    for _ in range(2):
        problem, reduced = begun(4, rules, n_sites=14)
        swaps = Swaps(reduced, greedy(reduced, prices(reduced)[-1]), prices(reduced)[-1])
        swaps.exchange()
        before = swaps.value
        swaps.shake(40, 10**9)
        assert swaps.value >= before
        mask = reduced.expand(swaps.state.open, len(problem.sites))
        assert swaps.value == problem.weight[cover_of(problem)[mask].any(axis=0)].sum()
        assert site_rows(problem).kept(mask).all()
        values.append((swaps.value, tuple(mask)))
    assert values[0] == values[1]


def test_shaking_finds_what_exchanges_miss():
    better = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        problem = random_problem(rng, n_sites=60, n_places=400, n_existing=0, rules=Rules(sites=7))
        # Every second pair is gone: what sites reach is no disc any more, and much harder.
        reach = problem.reach
        kept = rng.random(len(reach.who)) < 0.5
        ptr = np.concatenate([[0], np.cumsum(kept)])[reach.ptr]
        thin = Reach(reach.demand, reach.sites, ptr, reach.who[kept], reach.minutes)
        problem = dataclasses.replace(problem, reach=thin, weights=None)
        reduced = reduce_problem(problem, site_rows(problem))
        price = prices(reduced)[0]
        swaps = Swaps(reduced, greedy(reduced, price), price)
        swaps.exchange()
        before = swaps.value
        swaps.shake(100, 10**9)
        better += swaps.value > before
    assert better > 0


def test_an_offer_is_taken_only_if_it_is_better():
    problem, reduced = begun(7, Rules(sites=3))
    price = prices(reduced)[0]
    nothing = state_of(reduced.cover, np.zeros(reduced.n_sites, dtype=bool))
    swaps = Swaps(reduced, nothing, price)
    assert swaps.offer(np.arange(reduced.n_sites))
    value = swaps.value
    assert not swaps.offer(np.zeros(0, dtype=np.int64)) or swaps.value > value
    mask = reduced.expand(swaps.state.open, len(problem.sites))
    assert site_rows(problem).kept(mask).all()
