"""Coverage over draws, flips of a target, and how often each site is chosen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import allowed_plans, cover_of, problems, random_problem

from coverplan import Text, solve_mclp
from coverplan.core.errors import InputError
from coverplan.siting import Limits, Rules
from coverplan.siting.draws import Draw, Draws, Noise
from coverplan.siting.finish import Found, finish
from coverplan.siting.plan import SERVED, SITES
from coverplan.siting.planfacts import Assignment
from coverplan.siting.robustness import site_robustness
from coverplan.siting.uncertainty import assess_draws

NONE = Noise((0.0, 0.0), people_percent=0.0)
WIDE = Noise((-50.0, 60.0), people_percent=40.0)
ONE = Rules(sites=1)


@settings(max_examples=40, deadline=None)
@given(problems(rules=ONE))
def test_without_noise_the_interval_is_the_nominal_figure(problem):
    plan = solve_mclp(problem)
    report = assess_draws(problem, plan, Draws(problem, NONE, 3), 50)
    facts = plan.facts
    for u, row in enumerate(report.units):
        assert row.reached == facts.unit_after[u]
        assert (row.reached_low, row.reached_median, row.reached_high) == (row.reached,) * 3
        assert (row.share_low, row.share_median, row.share_high) == (row.share_percent,) * 3
        assert row.people == problem.totals[u]
    assert report.total.reached == facts.reached_after
    assert report.total.share_percent == facts.share_percent
    assert report.flips == ()


@settings(max_examples=40, deadline=None)
@given(problems(n_places=12, rules=ONE), st.sampled_from([30, 50, 100]))
def test_figures_over_draws_equal_plain_counting(problem, target):
    draws = Draws(problem, WIDE, 20, 4)
    plan = solve_mclp(problem)
    opened = [*np.flatnonzero(problem.sites.existing), *plan.chosen]
    report = assess_draws(problem, plan, draws, target)
    reached, people = [], []
    for draw in draws:
        then = draw.of(problem)
        there = cover_of(then)[opened].any(axis=0)
        by_unit = [
            int(then.people[there & (problem.of_unit == u)].sum())
            for u in range(len(problem.unit_codes))
        ]
        reached.append([*by_unit, sum(by_unit)])
        people.append([*then.totals.tolist(), int(then.totals.sum())])
    reached, people = np.array(reached), np.array(people)
    for u, row in enumerate((*report.units, report.total)):
        ordered = sorted(reached[:, u])
        assert (row.reached_low, row.reached_median, row.reached_high) == (
            ordered[0],
            ordered[9],
            ordered[18],
        )
        lives = people[:, u] > 0
        if not lives.any() or row.people == 0:
            assert row.met is None
            continue
        shares = sorted(reached[lives, u] / people[lives, u] * 100)
        if len(shares) == 20:
            assert (row.share_low, row.share_high) == (shares[0], shares[18])
        answers = reached[lives, u] * 100 >= target * people[lives, u]
        assert row.met_share == answers.mean()
        assert row.met == (row.reached * 100 >= target * row.people)
        assert row.flips == bool((answers != row.met).any())


def small():
    problem = random_problem(np.random.default_rng(11), n_sites=6, n_places=20, n_units=2)
    return replace(problem, name=Text("养老服务", "Elderly care"))


def test_a_target_flips_where_one_draw_answers_otherwise():
    problem = small()
    reach = problem.reach
    nobody = replace(reach, ptr=reach.ptr * 0, who=reach.who[:0])
    share = problem.people[reach.covered([0, 1])].sum() / problem.everybody * 100
    draws = [Draw(r, problem.people) for r in (reach, nobody, reach, reach)]
    report = assess_draws(problem, None, draws, float(share) - 0.01)
    assert (report.total.met, report.total.met_share, report.total.flips) == (True, 0.75, True)
    frame = report.to_frame()
    assert frame["unit"].tolist() == ["u0", "u1", ""]
    assert frame["flips"].tolist() == [*(r.flips for r in report.units), True]
    assert report.flips[-1] is report.total
    # The other way round: nominally not met, and met in three of four draws.
    none = replace(problem, reach=nobody, times=None)
    turned = assess_draws(none, None, draws, float(share) - 0.01).total
    assert (turned.met, turned.met_share, turned.flips) == (False, 0.75, True)
    assert not assess_draws(problem, None, draws, 0).flips


def test_exactly_on_the_target_is_met():
    problem = small()
    reach = problem.reach
    inside = reach.covered([0, 1])
    people = np.zeros(20, dtype=np.int64)
    people[np.flatnonzero(inside)[0]] = 331
    people[np.flatnonzero(~inside)[0]] = 669
    one = replace(problem, people=people, weights=None, unit_people=None)
    draws = [Draw(reach, people)]
    assert assess_draws(one, None, draws, 33.1).total.met_share == 1
    assert assess_draws(one, None, draws, 33.1001).total.met_share == 0


def test_units_without_people_have_no_share():
    problem = small()
    people = np.where(problem.of_unit == 0, 0, problem.people)
    empty = replace(problem, people=people, weights=None, unit_people=None)
    report = assess_draws(empty, None, Draws(empty, WIDE, 4), 80)
    assert report.units[0].share_percent is None
    assert report.units[0].share_low is None
    assert report.units[0].met is None
    assert not report.units[0].flips
    assert np.isnan(report.to_frame()["share_percent"][0])


def test_bad_questions_are_refused():
    problem = small()
    for target in (-1, 101, float("nan")):
        with pytest.raises(InputError) as caught:
            assess_draws(problem, None, Draws(problem, NONE, 1), target)
        assert "养老服务" in caught.value.render("zh")
        assert "target_percent" in caught.value.render("en")
    for call in (lambda: assess_draws(problem, None, []), lambda: site_robustness(problem, [], 1)):
        with pytest.raises(InputError, match="no draws"):
            call()


def test_progress_is_told():
    problem, told = small(), []
    draws = Draws(problem, WIDE, 3)
    assess_draws(problem, None, draws, progress=lambda done, of: told.append((done, of)))
    site_robustness(problem, draws, solve_mclp, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)] * 2


@settings(max_examples=15, deadline=None)
@given(problems(n_sites=6, n_places=12, rules=ONE))
def test_shares_and_regrets_by_trying_all_plans(problem):
    draws = Draws(problem, WIDE, 6, 4)
    robust = site_robustness(problem, draws, solve_mclp)
    nominal = problem.sites.existing.copy()
    nominal[list(robust.plan.chosen)] = True
    chosen = np.zeros(len(problem.sites), dtype=int)
    for draw, result in zip(draws, robust.results, strict=True):
        then = draw.of(problem)
        cover, before = cover_of(then), then.people[then.before].sum()

        def value(mask, then=then, cover=cover, before=before):
            return int(then.people[cover[mask].any(axis=0)].sum() - before)

        best = max(value(mask) for mask in allowed_plans(problem))
        assert (result.best, result.bound, result.proven) == (best, best, True)
        assert result.nominal == value(nominal)
        assert result.regret == best - value(nominal)
        chosen[list(solve_mclp(then).chosen)] += 1
    assert robust.times_chosen.tolist() == chosen.tolist()
    assert robust.solved == 6
    assert (robust.share == chosen / 6).all()
    assert robust.worst_regret == max(r.regret for r in robust.results)


def test_without_noise_the_plan_is_always_chosen():
    problem = small()
    robust = site_robustness(problem, Draws(problem, NONE, 3), solve_mclp)
    plan = solve_mclp(problem)
    assert robust.plan.chosen == plan.chosen
    assert {i for i in range(6) if robust.share[i] == 1} == set(plan.chosen)
    assert robust.worst_regret == 0
    frame = robust.to_frame()
    assert frame["site_id"].tolist() == [f"s{i}" for i in sorted(plan.chosen)]
    assert frame["share_of_draws"].tolist() == [1.0, 1.0]
    assert frame["proposed"].all()


def test_draws_without_a_plan_are_not_counted():
    problem = small()
    plan = solve_mclp(problem)
    none = finish(problem, Found("mclp", plan.objective, None, None, None), 0.0)
    answers = iter([plan, none, plan])
    draws = Draws(problem, NONE, 3)
    robust = site_robustness(problem, draws, lambda _: next(answers), plan=plan)
    assert robust.solved == 2
    assert robust.share[plan.chosen[0]] == 1
    assert [r.regret for r in robust.results] == [0, None, 0]


def test_a_stopped_search_never_shows_a_negative_regret():
    problem = small()
    nothing = finish(problem, Found("mclp", solve_mclp(problem).objective, [0, 1], None, None), 0.0)
    plan = solve_mclp(problem)
    assert plan.value > 0
    draws = Draws(problem, NONE, 1)
    (result,) = site_robustness(problem, draws, lambda _: nothing, plan=plan).results
    assert (result.regret, result.proven) == (0, False)


@pytest.mark.parametrize("objective", [SITES, SERVED])
def test_no_regret_where_it_would_mean_nothing(objective):
    problem = small()
    nobody = np.zeros(0, dtype=np.int64)
    found = Found(
        "any",
        objective,
        [0, 1, 3],
        None,
        None,
        assignment=None if objective == SITES else Assignment(nobody, nobody, nobody),
    )
    plan = finish(problem, found, 0.0)
    robust = site_robustness(problem, Draws(problem, NONE, 2), lambda _: plan)
    assert [r.regret for r in robust.results] == [None, None]
    assert robust.worst_regret is None


def test_an_uncertain_plan_is_still_the_plan_of_its_draw():
    """Walking a fifth slower, other sites are best: that is what the share tells."""
    problem = random_problem(
        np.random.default_rng(21), n_sites=12, n_places=60, rules=Rules(sites=3)
    )
    solve = lambda p: solve_mclp(p, Limits(10.0))  # noqa: E731
    robust = site_robustness(problem, Draws(problem, WIDE, 30, 1), solve)
    assert 0 < robust.share[robust.share > 0].min() < 1
    assert robust.times_chosen[problem.sites.existing].sum() == 0
    assert robust.worst_regret > 0
