"""The robust plan equals trying all plans in all draws."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_matrix
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.core.errors import InputError, InternalError
from coverplan.siting import Limits, Rules
from coverplan.siting.draws import Draw, Draws, Noise
from coverplan.siting.mclp import solve_mclp
from coverplan.siting.robust import solve_robust
from coverplan.siting.robust_model import same_columns

RULES = [
    Rules(sites=2),
    Rules(sites=3, exactly=True),
    Rules(sites=4, budget_yuan=150_000),
    Rules(sites=3, unit_most=1),
    Rules(sites=3, spacing_metres=500.0),
    Rules(sites=1, moves=1, close_most=2),
    Rules(sites=0, close_least=1, close_most=2),
]


def reached_by_hand(problem, draws, mask):
    """Weight reached in each draw, by plain matrices."""
    values = []
    for draw in draws:
        then = draw.of(problem)
        values.append(int(then.weight[cover_of(then)[mask].any(axis=0)].sum()))
    return values


@st.composite
def cases(draw):
    rules = draw(st.sampled_from(RULES))
    problem = random_problem(
        np.random.default_rng(draw(st.integers(0, 2**32 - 1))),
        n_sites=draw(st.integers(6, 8)),
        n_places=draw(st.integers(1, 12)),
        n_existing=2,
        closable=bool(rules.moves or rules.close_least),
        classes=draw(st.booleans()),
        weighted=draw(st.booleans()),
        rules=rules,
    )
    noise = Noise((-50.0, 60.0), people_percent=40.0)
    return problem, Draws(problem, noise, draw(st.integers(1, 5)), draw(st.integers(0, 99)))


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from(["worst", "mean", "regret"]))
def test_all_plans_in_all_draws(case, criterion):
    problem, draws = case
    every = [reached_by_hand(problem, draws, mask) for mask in allowed_plans(problem)]
    answer = solve_robust(problem, draws, criterion=criterion)
    if not every:
        assert answer.plan.status == "impossible"
        assert answer.plan.value is None
        return
    table = np.array(every)
    best = table.max(axis=0)
    value = {
        "worst": table.min(axis=1).max(),
        "mean": table.sum(axis=1).max(),
        "regret": (best - table).max(axis=1).min(),
    }[criterion]
    plan = answer.plan
    assert (plan.value, plan.bound, plan.status) == (value, value, "optimal")
    mask = problem.sites.existing.copy()
    mask[list(plan.chosen)] = True
    mask[list(plan.closed)] = False
    assert answer.reached.tolist() == reached_by_hand(problem, draws, mask)
    if criterion == "regret":
        assert answer.best.tolist() == best.tolist()


@settings(max_examples=40, deadline=None)
@given(cases(), st.sampled_from(["worst", "regret"]))
def test_draws_that_matter_are_added(case, criterion):
    """Beginning with one draw, from a plan that was not improved first."""
    problem, draws = case
    table = np.array([reached_by_hand(problem, draws, mask) for mask in allowed_plans(problem)])
    if not len(table):
        return
    with (
        patch("coverplan.siting.robust._FIRST_DRAWS", 1),
        patch("coverplan.siting.robust.swap_for_the_worst", lambda *given: given[3]),
    ):
        plan = solve_robust(problem, draws, criterion=criterion).plan
    worst, regret = table.min(axis=1).max(), (table.max(axis=0) - table).max(axis=1).min()
    assert plan.value == plan.bound == (worst if criterion == "worst" else regret)


def test_one_draw_without_noise_is_the_nominal_problem():
    problem = random_problem(np.random.default_rng(8), n_sites=8, n_places=20)
    draws = Draws(problem, Noise((0.0, 0.0), people_percent=0.0), 3)
    nominal = solve_mclp(problem)
    before = int(problem.people[problem.before].sum())
    for criterion, value in {"worst": 1, "mean": 3}.items():
        plan = solve_robust(problem, draws, criterion=criterion).plan
        assert plan.value == value * (nominal.value + before)
        assert plan.facts.newly == nominal.value
    assert solve_robust(problem, draws, criterion="regret").plan.value == 0


def test_the_best_at_worst_is_not_the_best_on_average():
    """Three draws: site s1 is good in two and useless in the third, s2 is fair in all."""
    problem = random_problem(np.random.default_rng(8), n_sites=3, n_places=2, n_existing=0)
    problem = replace(problem, rules=Rules(sites=1))
    cover = np.array([[0, 0], [1, 0], [0, 1]], dtype=bool)
    reach = replace(
        problem.reach,
        ptr=np.concatenate([[0], np.cumsum(cover.sum(axis=1))]),
        who=np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32),
    )
    draws = [Draw(reach, np.array(people)) for people in ([100, 30], [100, 30], [0, 30])]
    chosen = {
        criterion: solve_robust(problem, draws, criterion=criterion).plan.chosen
        for criterion in ("worst", "mean", "regret")
    }
    assert chosen == {"worst": (2,), "mean": (1,), "regret": (1,)}
    mean = solve_robust(problem, draws, criterion="mean").plan
    assert mean.value == 200
    assert mean.objective.words(mean.value).zh == "66.67 人"


@pytest.mark.parametrize("criterion", ["worst", "mean", "regret"])
def test_a_time_limit_is_no_proof(criterion):
    rng = np.random.default_rng(2)
    problem = random_problem(rng, n_sites=60, n_places=400, n_existing=2, rules=Rules(sites=8))
    draws = Draws(problem, Noise((-50.0, 60.0), people_percent=40.0), 10)
    told = []
    short = Limits(time_limit_seconds=1e-3, on_bounds=told.append)
    stopped = solve_robust(problem, draws, short, criterion=criterion).plan
    proven = solve_robust(problem, draws, criterion=criterion).plan
    assert (stopped.status, proven.status) == ("feasible", "optimal")
    sign = -1 if criterion == "regret" else 1
    assert sign * stopped.value <= sign * proven.value
    if criterion != "regret":
        # The regret of the stopped plan is against what was proven possible in so short a time.
        assert proven.value <= stopped.bound
    assert stopped.value != stopped.bound
    assert stopped.bound >= 0
    assert proven.proof == ()
    if criterion == "regret":
        assert "10 次抽样中有" in stopped.proof[0].zh
        assert "not proven" in stopped.proof[0].en


def test_bounds_are_told_in_the_terms_of_the_criterion():
    rng = np.random.default_rng(2)
    problem = random_problem(rng, n_sites=60, n_places=400, n_existing=2, rules=Rules(sites=8))
    draws = Draws(problem, Noise((-50.0, 60.0), people_percent=40.0), 10)
    for criterion in ("worst", "regret"):
        told = []
        limits = Limits(on_bounds=told.append)
        plan = solve_robust(problem, draws, limits, criterion=criterion).plan
        assert told
        for bounds in told:
            if bounds.bound is not None:
                assert not plan.objective.better(plan.value, bounds.bound)
            if bounds.value is not None:
                assert not plan.objective.better(bounds.value, plan.value)


def test_bad_questions():
    problem = random_problem(np.random.default_rng(8))
    with pytest.raises(InputError) as caught:
        solve_robust(problem, [])
    assert "抽样" in caught.value.render("zh")
    with pytest.raises(InputError) as caught:
        solve_robust(problem, Draws(problem, Noise((0.0, 0.0)), 1), criterion="median")
    assert "worst, mean or regret" in caught.value.render("en")
    other = random_problem(np.random.default_rng(8), n_places=5)
    with pytest.raises(InternalError):
        solve_robust(problem, Draws(other, Noise((0.0, 0.0)), 1))


def test_progress_and_words_of_the_impossible():
    problem = random_problem(
        np.random.default_rng(8), n_existing=0, rules=Rules(sites=2, unit_least=1), n_units=3
    )
    problem = replace(problem, sites=replace(problem.sites, unit=problem.sites.unit * 0))
    told = []
    draws = Draws(problem, Noise((0.0, 0.0)), 2)
    plan = solve_robust(problem, draws, progress=lambda done, of: told.append((done, of))).plan
    assert told == [(1, 2), (2, 2)]
    assert plan.status == "impossible"
    words = "".join(r.constraint.zh + r.who.zh + r.relaxation.zh for r in plan.impossible)
    assert "镇" in words


def test_columns_are_merged_where_they_are_the_same():
    rng = np.random.default_rng(1)
    dense = rng.random((4, 200)) < 0.4
    first, kind = same_columns(csc_matrix(dense.astype(np.int8)))
    assert (dense[:, first][:, kind] == dense).all()
    assert len(first) == len({tuple(c) for c in dense.T})
