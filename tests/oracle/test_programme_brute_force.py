"""Programmes equal the best of all schedules: every candidate tried in every year, or in none."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import _allowed, cover_of, random_problem

from coverplan.core.errors import InputError
from coverplan.core.text import Text
from coverplan.siting import Phase, Rules
from coverplan.siting.programme import (
    ProgrammeLayer,
    ProgrammeNeed,
    ProgrammeProblem,
    fewest_for_need,
    solve_programme,
)

KINDS = ("units", "people", "places", "sites")


def schedules(problem):
    """Every year (a position, or None) of every candidate, as a dict by layer and site."""
    free = [
        (key, int(site))
        for key, layer in problem.layers.items()
        for site in np.flatnonzero(~layer.problem.sites.existing)
    ]
    for when in itertools.product((None, *range(len(problem.years))), repeat=len(free)):
        yield {site: t for site, t in zip(free, when, strict=True) if t is not None}


def standing(problem, schedule, key, t):
    """Open sites of a layer by the end of the year at a position."""
    existing = np.flatnonzero(problem.layers[key].problem.sites.existing).tolist()
    return existing + sorted(s for (k, s), u in schedule.items() if k == key and u <= t)


def things(need, problem, schedule, t):
    """What a need comes to by the end of a year, counted thing by thing."""
    there = set(np.flatnonzero(need.already).tolist())
    for key, reach in need.reach.items():
        for site in standing(problem, schedule, key, t):
            there |= set(reach.who[reach.ptr[site] : reach.ptr[site + 1]].tolist())
    if need.group is None:
        return sum(int(need.weight[i]) for i in there)
    done = 0
    for group, least in enumerate(need.group_least):
        mine = [i for i in there if need.group[i] == group]
        done += sum(int(need.weight[i]) for i in mine) >= least
    return done


def due(need, years):
    if need.deadline is None:
        return len(years) - 1
    return max([t for t, y in enumerate(years) if y.year <= need.deadline], default=0)


def cost(problem, key, site):
    layer = problem.layers[key]
    return int(layer.problem.sites.cost_yuan[site]) if layer.priced[site] else 0


def by_year(problem, schedule):
    """New sites and yuan of each year."""
    number, yuan = [0] * len(problem.years), [0] * len(problem.years)
    for (key, site), t in schedule.items():
        number[t] += 1
        yuan[t] += cost(problem, key, site)
    return number, yuan


def fits(problem, schedule):
    """Whether all but the limits of the years is kept."""
    last = len(problem.years) - 1
    return all(
        _allowed(layer.problem, sorted(standing(problem, schedule, key, last)))
        for key, layer in problem.layers.items()
    ) and all(
        things(need, problem, schedule, due(need, problem.years)) >= need.amount
        for need in problem.needs
    )


def over(problem, schedule):
    """How many sites and yuan too many there are over all years."""
    number, yuan = by_year(problem, schedule)
    years = problem.years
    return (
        sum(max(0, n - y.sites) for n, y in zip(number, years, strict=True) if y.sites is not None),
        sum(
            max(0, n - y.budget_yuan)
            for n, y in zip(yuan, years, strict=True)
            if y.budget_yuan is not None
        ),
    )


def person_years(problem, schedule):
    total = 0
    for key, layer in problem.layers.items():
        cover = cover_of(layer.problem)
        today = cover[standing(problem, {}, key, 0)].any(axis=0)
        for t, year in enumerate(problem.years):
            after = cover[standing(problem, schedule, key, t)].any(axis=0)
            total += year.weight * int(layer.problem.people[after & ~today].sum())
    return total


def value(problem, schedule):
    """What is made small, in order: sites, new buildings, unknown costs, yuan; then who waits."""
    sites = list(schedule)
    layers = problem.layers
    return (
        len(sites),
        sum(not layers[key].reuse[site] for key, site in sites),
        sum(not layers[key].priced[site] for key, site in sites),
        sum(cost(problem, key, site) for key, site in sites),
        -person_years(problem, schedule),
    )


def needs_of(rng, layers, kind, number):
    """A need of one kind, at random, of one or all layers."""
    keys = [str(k) for k in rng.permutation(list(layers))[: int(rng.integers(1, len(layers) + 1))]]
    deadline = [None, 2025, 2026, 2027, 2040][int(rng.integers(0, 5))]
    name = Text(f"要求{number}", f"need {number}")
    key, first = f"T{number}", layers[keys[0]].problem
    reach = {k: layers[k].problem.reach for k in keys}
    n = len(first.people)
    if kind == "units":
        inside = {
            k: (
                layers[k].problem.sites.ids,
                [(i, int(u)) for i, u in enumerate(layers[k].problem.sites.unit) if u >= 0],
            )
            for k in keys
        }
        return ProgrammeNeed.of_units(
            key,
            name,
            ["甲", "乙", "丙"],
            inside,
            amount=int(rng.integers(1, 4)),
            deadline=deadline,
            already=rng.random(3) < 0.15,
        )
    if kind == "people":
        amount = int(rng.integers(0, int(first.people.sum()) + 1))
        return ProgrammeNeed.of_people(
            key, name, reach, first.people, amount=amount, deadline=deadline
        )
    if kind == "places":
        group = rng.integers(-1, 3, n)
        totals = np.bincount(group[group >= 0], first.people[group >= 0], minlength=3)
        return ProgrammeNeed.of_places(
            key,
            name,
            reach,
            first.people,
            group=group,
            totals=totals + rng.integers(0, 2, 3),
            share=Fraction(int(rng.integers(1, 11)), 10),
            amount=int(rng.integers(1, 4)),
            deadline=deadline,
            names=["一村", "二村", "三村"],
        )
    problems = {k: layers[k].problem for k in keys}
    return ProgrammeNeed.of_sites(
        key, name, problems, amount=int(rng.integers(0, 4)), deadline=deadline
    )


def within_reach(rng, need):
    """Mostly the need of what all sites together come to, at most."""
    could = need.already.copy()
    for reach in need.reach.values():
        could |= reach.covered()
    if rng.random() < 0.1:
        return need
    return replace(need, amount=min(need.amount, need.counted(could)))


@st.composite
def programmes(draw, **fixed):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layers = {}
    n_places = int(rng.integers(2, 8))
    for key in ("a", "b")[: int(rng.integers(1, 3))]:
        n_sites, n_existing = int(rng.integers(2, 5)), int(rng.integers(0, 2))
        rules = [Rules(), Rules(spacing_metres=500.0), Rules(unit_most=1)][int(rng.integers(0, 3))]
        problem = random_problem(
            rng,
            n_sites=n_sites,
            n_places=n_places,
            n_existing=n_existing,
            rules=rules,
            classes=bool(rng.random() < 0.3),
        )
        layers[key] = ProgrammeLayer.of(
            problem, reuse=rng.random(n_sites) < 0.4, priced=rng.random(n_sites) < 0.85
        )
    kinds = rng.choice(KINDS, int(rng.integers(1, 4)))
    needs = tuple(
        within_reach(rng, needs_of(rng, layers, str(kind), i)) for i, kind in enumerate(kinds)
    )
    years = tuple(
        Phase(
            2026 + t,
            sites=[None, 0, 1, 1, 2][int(rng.integers(0, 5))],
            budget_yuan=[None, None, 60_000, 150_000][int(rng.integers(0, 4))],
            weight=int(rng.integers(1, 3)),
        )
        for t in range(1 + int(rng.random() < 0.8))
    )
    return ProgrammeProblem(layers, needs, years)


@settings(max_examples=150, deadline=None)
@given(programmes())
def test_a_programme_is_the_best_of_all_schedules(problem):
    kept = [schedule for schedule in schedules(problem) if fits(problem, schedule)]
    good = [schedule for schedule in kept if over(problem, schedule) == (0, 0)]
    plan = solve_programme(problem)
    if not good:
        assert plan.status == "impossible"
        assert plan.impossible
        assert not plan.openings
        _relaxations_are_least(problem, plan, kept)
        return
    best = min(value(problem, schedule) for schedule in good)
    assert plan.status == "optimal"
    years = {phase.year: t for t, phase in enumerate(problem.years)}
    mine = {(o.layer, o.site): years[o.year] for o in plan.openings}
    assert fits(problem, mine)
    assert over(problem, mine) == (0, 0)
    assert value(problem, mine) == best
    assert plan.fewest.value == plan.fewest.bound == best[0]
    assert plan.facts.people_years == -best[-1]
    for need, amounts in zip(problem.needs, plan.facts.needs, strict=True):
        assert amounts[0] == things(need, problem, {}, 0)
        assert amounts[1:] == tuple(things(need, problem, mine, t) for t in years.values())
        # What is met stays met.
        assert list(amounts) == sorted(amounts)


def _relaxations_are_least(problem, plan, kept):
    """Sites alone, money alone, or both: each as little as can be."""
    if not kept:
        assert not plan.relaxations
        return
    alone = [
        min((over(problem, s)[0] for s in kept if over(problem, s)[1] == 0), default=None),
        min((over(problem, s)[1] for s in kept if over(problem, s)[0] == 0), default=None),
    ]
    found = [(sum(r.sites), sum(r.yuan)) for r in plan.relaxations]
    if alone == [None, None]:
        assert found == [min(over(problem, s) for s in kept)]
    else:
        wanted = [(alone[0], 0)] if alone[0] is not None else []
        wanted += [(0, alone[1])] if alone[1] is not None else []
        assert found == wanted
    for relaxation in plan.relaxations:
        again = ProgrammeProblem(problem.layers, problem.needs, relaxation.applied(problem.years))
        assert solve_programme(again).status == "optimal"


@settings(max_examples=60, deadline=None)
@given(programmes())
def test_the_fewest_for_one_need(problem):
    need = problem.needs[0]
    layers = {key: problem.layers[key] for key in need.reach}
    alone = ProgrammeProblem(layers, (need,), (Phase(2030),))
    kept = [schedule for schedule in schedules(alone) if fits(alone, schedule)]
    plan = fewest_for_need(problem, need)
    if not kept:
        assert plan.status == "impossible"
        return
    least = min(len(schedule) for schedule in kept)
    assert plan.status == "optimal"
    assert plan.facts.sites == least
    less = plan.one_less
    if least and need.group is None:
        of_fewer = [
            things(need, alone, s, 0)
            for s in schedules(alone)
            if len(s) == least - 1 or len(s) < least
            if _rules_kept(alone, s)
        ]
        assert less.sites == least - 1
        assert less.value == less.bound == max(of_fewer)
        assert less.fails


def _rules_kept(problem, schedule):
    return all(
        _allowed(layer.problem, sorted(standing(problem, schedule, key, 0)))
        for key, layer in problem.layers.items()
    )


@settings(max_examples=40, deadline=None)
@given(programmes(), st.integers(0, 1), st.integers(1, 3))
def test_more_allowed_never_needs_more_sites(problem, which, more):
    plan = solve_programme(problem)
    if plan.status == "impossible":
        return
    years = list(problem.years)
    t = which % len(years)
    cap, yuan = years[t].sites, years[t].budget_yuan
    years[t] = Phase(
        years[t].year,
        sites=None if cap is None else cap + more,
        budget_yuan=None if yuan is None else yuan + 50_000 * more,
        weight=years[t].weight,
    )
    wider = solve_programme(ProgrammeProblem(problem.layers, problem.needs, tuple(years)))
    assert wider.facts.sites <= plan.facts.sites


def test_a_day_by_hand():
    """Two units without a site, one candidate in each; the yearly limit of one makes the order."""
    ids = pd.Index(["x", "y"], dtype=object)
    rng = np.random.default_rng(1)
    problem = random_problem(rng, n_sites=2, n_places=3, n_existing=0)
    layers = {"a": ProgrammeLayer.of(problem)}
    pairs = [(0, 0), (1, 1)]
    need = ProgrammeNeed.of_units(
        "T", Text("两镇", "two towns"), ["甲", "乙"], {"a": (ids, pairs)}, amount=2, deadline=2027
    )
    years = (Phase(2026, sites=1), Phase(2027, sites=1))
    plan = solve_programme(ProgrammeProblem(layers, (need,), years))
    assert plan.status == "optimal"
    assert [o.year for o in plan.openings] == [2026, 2027]
    first = plan.openings[0].site
    newly = [int(problem.people[problem.reach.of(s)].sum()) for s in (0, 1)]
    assert newly[first] == max(newly)
    early = ProgrammeNeed.of_units(
        "T", Text("两镇", "two towns"), ["甲", "乙"], {"a": (ids, pairs)}, amount=2, deadline=2026
    )
    short = solve_programme(ProgrammeProblem(layers, (early,), years))
    assert short.status == "impossible"
    assert [r.sites for r in short.relaxations] == [(1, 0)]
    assert short.impossible[0].relaxation.en == "2026: 1 more site"
    assert "two towns" in short.impossible[0].who.en


def test_a_need_that_nothing_meets_is_named():
    problem = random_problem(np.random.default_rng(2), n_sites=2, n_places=3, n_existing=0)
    layers = {"a": ProgrammeLayer.of(problem)}
    need = ProgrammeNeed.of_units(
        "T",
        Text("两镇", "two towns"),
        ["甲", "乙"],
        {"a": (problem.sites.ids, [(0, 0), (1, 0)])},
        amount=2,
        deadline=None,
    )
    plan = solve_programme(ProgrammeProblem(layers, (need,), (Phase(2026),)))
    assert plan.status == "impossible"
    assert plan.impossible[0].who.zh == "乙"
    assert not plan.relaxations


@pytest.mark.parametrize("overdue", ["first", "refuse"])
def test_an_overdue_need(overdue):
    problem = random_problem(np.random.default_rng(3), n_sites=3, n_places=3, n_existing=0)
    layers = {"a": ProgrammeLayer.of(problem)}
    need = ProgrammeNeed.of_sites("T", Text("一处", "one"), {"a": problem}, amount=1, deadline=2020)
    if overdue == "refuse":
        with pytest.raises(InputError, match="2020"):
            ProgrammeProblem(layers, (need,), (Phase(2026), Phase(2027)), overdue=overdue)
        return
    plan = solve_programme(ProgrammeProblem(layers, (need,), (Phase(2026), Phase(2027))))
    assert [o.year for o in plan.openings] == [2026]
