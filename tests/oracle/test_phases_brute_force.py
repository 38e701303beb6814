"""Plans over years equal the best of all nested sequences, found by trying all there are."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import _allowed, cover_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.phases import Phase, order_of_building, solve_phases

TOTAL = {"optimal", "nothing_to_gain"}


def newly(problem, cover, new):
    """Weight reached by the existing sites that may stay and some new ones, less today's."""
    stays = np.flatnonzero(problem.sites.existing & ~problem.sites.barred)
    after = cover[[*stays, *new]].any(axis=0)
    today = cover[np.flatnonzero(problem.sites.existing)].any(axis=0)
    return int(problem.weight[after].sum()) - int(problem.weight[today].sum())


def fits(problem, years, opened, *, carry_over):
    """Whether the years allow these sets of new sites, one for each year."""
    number = yuan = 0
    for phase, new in zip(years, opened, strict=True):
        cost = int(problem.sites.cost_yuan[list(new)].sum())
        number = (number if carry_over else 0) + (np.inf if phase.sites is None else phase.sites)
        more = np.inf if phase.budget_yuan is None else phase.budget_yuan
        yuan = (yuan if carry_over else 0) + more
        if len(new) > number or cost > yuan:
            return False
        number, yuan = number - len(new), yuan - cost
    return True


def all_sequences(problem, years, *, carry_over):
    """Every allowed sequence of new sites, by giving each candidate a year or none."""
    sites = problem.sites
    free = [int(i) for i in range(len(sites)) if not sites.existing[i] and not sites.barred[i]]
    stays = [int(i) for i in range(len(sites)) if sites.existing[i] and not sites.barred[i]]
    for when in itertools.product(range(len(years) + 1), repeat=len(free)):
        opened = [
            tuple(site for site, t in zip(free, when, strict=True) if t == year)
            for year in range(len(years))
        ]
        final = sorted([*stays, *itertools.chain(*opened)])
        if any(sites.must[i] and i not in final for i in free):
            continue
        if fits(problem, years, opened, carry_over=carry_over) and _allowed(problem, final):
            yield opened


def value_of(problem, cover, years, opened):
    total, so_far = 0, []
    for phase, new in zip(years, opened, strict=True):
        so_far += new
        total += phase.weight * newly(problem, cover, so_far)
    return total


RULES = [
    Rules(),
    Rules(sites=3),
    Rules(sites=3, exactly=True),
    Rules(budget_yuan=120_000),
    Rules(unit_least=1),
    Rules(unit_most=1),
    Rules(spacing_metres=700.0),
    Rules(unit_least=1, budget_yuan=150_000),
    Rules(spacing_metres=500.0, unit_most=2, sites=3, exactly=True),
]


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    problem = random_problem(
        rng,
        n_sites=draw(st.integers(5, 6)),
        n_places=draw(st.integers(1, 10)),
        n_existing=draw(st.integers(0, 2)),
        closable=draw(st.booleans()),
        classes=draw(st.booleans()),
        weighted=draw(st.booleans()),
        rules=draw(st.sampled_from(RULES)),
    )
    caps = st.one_of(st.none(), st.integers(0, 2))
    yuan = st.one_of(st.none(), st.integers(9, 14).map(lambda n: n * 10_000))
    years = [
        Phase(2026 + t, draw(caps), draw(yuan), draw(st.integers(1, 3)))
        for t in range(draw(st.integers(1, 3)))
    ]
    return problem, years, draw(st.booleans())


@settings(max_examples=120, deadline=None)
@given(cases())
def test_no_nested_sequence_is_better(case):
    problem, years, carry_over = case
    cover = cover_of(problem)
    plan = solve_phases(problem, years=years, carry_over=carry_over)
    allowed = list(all_sequences(problem, years, carry_over=carry_over))
    if not allowed:
        assert plan.proof.status == "impossible"
        assert plan.impossible
        assert plan.final.status == "impossible"
        return
    best = max(value_of(problem, cover, years, opened) for opened in allowed)
    assert (plan.proof.value, plan.proof.bound) == (best, best)
    assert plan.proof.status in TOTAL
    assert fits(problem, years, plan.opened, carry_over=carry_over)
    assert value_of(problem, cover, years, plan.opened) == best
    assert {tuple(map(frozenset, o)) for o in allowed} >= {tuple(map(frozenset, plan.opened))}


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_price_of_nesting(case):
    """Each year alone, with the number and the money of all years up to then, by trying all."""
    problem, years, carry_over = case
    cover, sites = cover_of(problem), problem.sites
    plan = solve_phases(problem, years=years, carry_over=carry_over)
    if plan.impossible:
        return
    free = np.flatnonzero(~sites.existing & ~sites.barred)
    stays = np.flatnonzero(sites.existing & ~sites.barred).tolist()
    so_far = []
    for t, (price, best_alone) in enumerate(
        zip(plan.price_of_nesting, plan.best_alone, strict=True)
    ):
        so_far += plan.opened[t]
        last = t == len(years) - 1
        number, yuan = (
            sum(np.inf if cap is None else cap for cap in caps)
            for caps in zip(*((y.sites, y.budget_yuan) for y in years[: t + 1]), strict=True)
        )
        least = problem.with_rules(
            exactly=problem.rules.exactly and last, unit_least=problem.rules.unit_least * last
        )
        best = max(
            newly(problem, cover, new)
            for size in range(len(free) + 1)
            for new in itertools.combinations(free, size)
            if size <= number
            and sites.cost_yuan[list(new)].sum() <= yuan
            and _allowed(least, sorted([*stays, *new]))
        )
        assert best_alone == best
        assert price == (best - newly(problem, cover, so_far),) * 2
        assert price[0] >= 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_the_order_of_building(seed, number):
    problem = random_problem(np.random.default_rng(seed), n_sites=8, rules=Rules(sites=5))
    cover = cover_of(problem)
    sites = problem.sites.candidates[:number].tolist()
    plan = order_of_building(problem, sites)
    best = max(
        sum(newly(problem, cover, order[: k + 1]) for k in range(number))
        for order in itertools.permutations(sites)
    )
    assert sorted(itertools.chain(*plan.opened)) == sites
    assert (plan.proof.value, plan.proof.bound) == (best, best)


@pytest.mark.parametrize("carry_over", [False, True])
def test_what_is_left_over(carry_over):
    """Two sites for 60 and 50 with 60 a year: later, or never, unless money is carried over."""
    rng = np.random.default_rng(5)
    problem = random_problem(rng, n_sites=4, n_existing=1, rules=Rules())
    years = [Phase(2026, 1, 10_000), Phase(2027, 1, 80_000), Phase(2028, 1, 30_000)]
    cover = cover_of(problem)
    best = max(
        value_of(problem, cover, years, opened)
        for opened in all_sequences(problem, years, carry_over=carry_over)
    )
    assert solve_phases(problem, years=years, carry_over=carry_over).proof.value == best
