"""Every exchange of one site for another is counted as by trying it out."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from siting_cases import (
    CUTOFF_MINUTES,
    _allowed,
    allowed_plans,
    cover_of,
    matrix_of,
    random_problem,
    times_of,
)

from coverplan.core.errors import InputError
from coverplan.core.text import Text
from coverplan.siting import Rules, Sites, SitingProblem
from coverplan.siting.finish import Found, finish
from coverplan.siting.plan import (
    FARTHEST,
    FLOOR,
    NEWLY,
    PERSON_MS,
    SERVED,
    SITES,
    TWICE,
    WEIGHTED,
    YUAN,
    Objective,
)
from coverplan.siting.planfacts import Assignment
from coverplan.siting.rivals import single_exchanges
from coverplan.travel import Reach

BOTH = Objective("once_and_twice", "max", Text("", ""), Text("", ""), permille=300)
CAP = int(CUTOFF_MINUTES * 60_000)


def value_of(problem, objective, opened):
    """An objective by plain matrices, no solver and no recount of the package."""
    cover, weight = cover_of(problem), problem.weight
    new = [i for i in opened if not problem.sites.existing[i]]
    times = cover[opened].sum(axis=0)
    ms = matrix_of(problem.times)
    reachable = (ms[~problem.sites.barred] >= 0).any(axis=0)
    ms = np.where(ms < 0, CAP, ms)[opened].min(axis=0, initial=CAP)
    stands = np.flatnonzero(problem.sites.existing)
    shares = [
        problem.people[(problem.of_unit == u) & (times > 0)].sum() * 1_000_000 // total
        for u, total in enumerate(problem.totals)
        if total
    ]
    newly = weight[times > 0].sum() - weight[cover[stands].any(axis=0)].sum()
    return {
        NEWLY.id: newly,
        WEIGHTED.id: newly,
        TWICE.id: weight[times > 1].sum(),
        PERSON_MS.id: (weight * ms).sum(),
        FARTHEST.id: ms[(weight > 0) & reachable].max(initial=0),
        SITES.id: len(new),
        BOTH.id: 300 * weight[times > 0].sum() + 700 * weight[times > 1].sum(),
        YUAN.id: problem.sites.cost_yuan[new].sum(),
        FLOOR.id: min(shares, default=0),
    }[objective.id]


class SomeNeed:
    def __init__(self, people, at_least):
        self.people, self.at_least = people, at_least


RULES = [
    Rules(sites=3),
    Rules(sites=3, exactly=True),
    Rules(sites=4, budget_yuan=200_000),
    Rules(sites=3, unit_most=1),
    Rules(unit_least=1),
    Rules(sites=3, spacing_metres=500.0),
    Rules(sites=1, moves=1, close_most=2),
    Rules(sites=3, spacing_metres=300.0, budget_yuan=250_000),
]


@st.composite
def plans(draw, objectives):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rules = draw(st.sampled_from(RULES))
    problem = random_problem(
        rng,
        n_sites=draw(st.integers(6, 9)),
        n_places=draw(st.integers(1, 14)),
        n_existing=draw(st.integers(0, 2)),
        closable=bool(rules.moves) or draw(st.booleans()),
        classes=draw(st.booleans()),
        weighted=draw(st.booleans()),
        rules=rules,
    )
    sites = problem.sites
    must, barred = sites.must.copy(), sites.barred.copy()
    if draw(st.booleans()):
        must[-1] = True
        barred[-2] = not must[-2]
    try:
        problem = replace(problem, sites=replace(sites, must=must, barred=barred))
    except InputError:  # more sites are asked for than are left
        reject()
    every = [np.flatnonzero(mask).tolist() for mask in allowed_plans(problem)]
    assume(every)
    opened = every[int(rng.integers(len(every)))]
    objective = draw(st.sampled_from(objectives))
    plan = finish(problem, Found("any", objective, opened, None, None), time.perf_counter())
    return problem, plan, opened


ALL = [NEWLY, WEIGHTED, TWICE, PERSON_MS, FARTHEST, FLOOR, SITES, YUAN, BOTH]


@settings(max_examples=250, deadline=None)
@given(plans(ALL), st.booleans())
def test_every_exchange(case, with_needs):
    problem, plan, opened = case
    cover, people = cover_of(problem), problem.people
    reached = cover[opened].any(axis=0)
    needs = ()
    if with_needs:
        inside = np.where(problem.of_unit == 0, people, 0)
        needs = (
            SomeNeed(people, int(people[reached].sum()) * 3 // 4),
            SomeNeed(inside, int(inside[reached].sum()) * 1 // 2),
        )
    found = single_exchanges(problem, plan, needs=needs)
    sites = problem.sites
    into = [j for j in range(len(sites)) if not (sites.existing[j] or sites.barred[j])]
    assert found.into.tolist() == [j for j in into if j not in opened]
    assert found.out == plan.chosen
    assert found.value == value_of(problem, plan.objective, opened)
    sign = 1 if plan.objective.sense == "max" else -1
    for row, out in enumerate(found.out):
        for column, enters in enumerate(found.into.tolist()):
            other = sorted([j for j in opened if j != out] + [enters])
            then = cover[other].any(axis=0)
            loss = sign * (found.value - value_of(problem, plan.objective, other))
            assert found.loss[row, column] == loss
            assert found.people[row, column] == people[reached].sum() - people[then].sum()
            allowed = _allowed(problem, other) and not sites.must[out]
            allowed &= all(n.people[then].sum() >= n.at_least for n in needs)
            if plan.objective in (SITES, YUAN) and not needs:
                allowed &= bool(then[reached & (people > 0)].all())
            assert found.allowed[row, column] == allowed


@settings(max_examples=60, deadline=None)
@given(plans([NEWLY, PERSON_MS]))
def test_the_best_come_first(case):
    problem, plan, _ = case
    found = single_exchanges(problem, plan)
    for row in range(len(found.out)):
        columns = found.best(row)
        keys = [(found.loss[row, c], found.people[row, c], c) for c in columns]
        assert keys == sorted(keys)
        assert len(columns) == found.allowed[row].sum()


def test_what_needs_an_assignment_is_counted_in_people_reached():
    problem = random_problem(np.random.default_rng(5), capacity=True)
    nobody = np.zeros(0, dtype=np.int64)
    found = Found(
        "any", SERVED, [0, 1, 4, 6], None, None, assignment=Assignment(nobody, nobody, nobody)
    )
    plan = finish(problem, found, time.perf_counter())
    assert single_exchanges(problem, plan).objective == NEWLY
    heavier = replace(problem, weights=problem.people * 2)
    assert single_exchanges(heavier, plan).objective == WEIGHTED


@pytest.mark.parametrize("objective", [NEWLY, TWICE])
def test_ten_thousand_candidates_take_seconds(objective):
    """A hundred proposed sites and ten thousand candidates: a million exchanges."""
    rng = np.random.default_rng(1)
    n_sites, n_places, per_site = 10_000, 100_000, 100
    who = np.sort(rng.integers(0, n_places, (n_sites, per_site)), axis=1)
    keep = np.diff(who, prepend=-1, axis=1) > 0
    ptr = np.concatenate([[0], np.cumsum(keep.sum(axis=1))])
    ids = pd.RangeIndex(n_sites)
    reach = Reach(pd.RangeIndex(n_places), ids, ptr, who[keep].astype(np.int32), 15.0)
    people = rng.integers(1, 1000, n_places)
    problem = SitingProblem(Sites.make(ids), reach, people, rules=Rules(sites=100))
    plan = finish(problem, Found("any", objective, range(100), None, None), time.perf_counter())
    single_exchanges(problem, plan)
    begin = time.process_time()
    found = single_exchanges(problem, plan)
    assert found.loss.shape == (100, 9_900)
    assert time.process_time() - begin < 5


def test_whom_nobody_reaches_is_not_the_farthest():
    problem = random_problem(np.random.default_rng(5), rules=Rules(sites=2), most_people=50)
    ms = matrix_of(problem.times)
    ms[:, 0] = -1
    times = replace(times_of(ms), sites=problem.times.sites)
    people = problem.people.copy()
    people[0] = 9
    problem = replace(
        problem,
        times=times,
        reach=times.within(15),
        people=people,
        weights=None,
        unit_people=None,
    )
    opened = [0, 1, 2, 3]
    plan = finish(problem, Found("test", FARTHEST, opened, None, None), time.perf_counter())
    exchanges = single_exchanges(problem, plan)
    assert exchanges.value == plan.value == value_of(problem, FARTHEST, opened) < CAP
