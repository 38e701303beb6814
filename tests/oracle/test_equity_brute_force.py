"""A floor in every unit, and the highest floor there can be, against trying every plan."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan import InputError
from coverplan.siting import Limits, Rules
from coverplan.siting.equity import solve_floor
from coverplan.siting.maxmin import solve_maxmin


def shares(problem, cover, plan):
    """The share of each unit with people, and the weight reached, of a set of open sites."""
    reached = cover[plan].any(axis=0)
    units = [
        Fraction(int(problem.people[reached & (problem.unit == u)].sum()), int(total))
        for u, total in enumerate(problem.unit_people)
        if total > 0
    ]
    weight = problem.people if problem.weights is None else problem.weights
    return min(units, default=Fraction(0)), int(weight[reached].sum())


def tried(problem):
    """Worst share and weight of every plan the rules allow, and the weight reached today."""
    cover = cover_of(problem)
    plans = [shares(problem, cover, plan) for plan in allowed_plans(problem)]
    return plans, shares(problem, cover, problem.sites.existing)[1]


def check_floor(problem, percent):
    plans, before = tried(problem)
    plan = solve_floor(problem, share_percent=percent)
    values = [weight for worst, weight in plans if worst * 100 >= Fraction(str(percent))]
    if not values:
        assert plan.status == "impossible"
        assert plan.value is None
        assert plan.impossible
        assert all(row.who.zh and row.who.en and row.relaxation.zh for row in plan.impossible)
    else:
        assert plan.value == plan.bound == max(values) - before
        assert plan.status in {"optimal", "nothing_to_gain"}
    return plan


def check_maxmin(problem):
    plans, before = tried(problem)
    plan = solve_maxmin(problem)
    if not plans:
        assert plan.status == "impossible"
        assert plan.impossible
        return plan
    best = max(worst for worst, _ in plans)
    most = max(weight for worst, weight in plans if worst == best)
    millionths = best.numerator * 1_000_000 // best.denominator
    assert plan.value == plan.bound == millionths
    assert (plan.then[0].value, plan.then[0].bound) == (most - before, most - before)
    opened = problem.sites.existing.copy()
    opened[list(plan.closed)] = False
    opened[list(plan.chosen)] = True
    assert shares(problem, cover_of(problem), opened)[0] == best
    return plan


@pytest.mark.parametrize("name", CASES)
def test_every_rule_alone_and_in_pairs(name):
    for seed in range(3):
        problem = random_problem(
            np.random.default_rng([seed, len(name)]), n_sites=7, weighted=seed == 2, **CASES[name]
        )
        check_floor(problem, (20, 37.5, 60)[seed])
        check_maxmin(problem)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.5, 10, 100 / 3, 50, 66.6, 75, 100]),
    st.sampled_from([{}, {"classes": True}, {"closable": True, "rules": Rules(sites=2)}]),
)
def test_floors_at_random(seed, percent, options):
    rng = np.random.default_rng(seed)
    units, most = int(rng.integers(1, 5)), int(rng.choice([3, 50, 100_000]))
    problem = random_problem(rng, n_places=14, n_units=units, most_people=most, **options)
    check_floor(problem, percent)
    check_maxmin(problem)


def easy(**rules):
    return random_problem(np.random.default_rng(5), n_units=3, n_existing=0, rules=Rules(**rules))


def test_what_is_said_to_be_possible_is():
    """Asking for the highest share named is possible, a hundredth more is not."""
    seen = 0
    for seed in range(30):
        problem = random_problem(
            np.random.default_rng(seed), n_sites=7, n_existing=0, rules=Rules(sites=1)
        )
        plans, _ = tried(problem)
        best = max(worst for worst, _ in plans)
        row = next(iter(solve_floor(problem, share_percent=60).impossible), None)
        if row is None or "规则不变" not in row.relaxation.zh or best == 0:
            continue
        seen += 1
        named = best.numerator * 10_000 // best.denominator / 100
        assert f"{named:.2f} %" in row.relaxation.zh
        assert f"ask for {named:.2f} %" in row.relaxation.en
        check_floor(problem, named)
        assert check_floor(problem, round(named + 0.01, 2)).status == "impossible"
    assert seen >= 2


def test_units_out_of_reach_are_named_with_the_best_they_can_have():
    problem = easy(sites=3)
    reached = cover_of(problem).any(axis=0)
    plan = solve_floor(problem, share_percent=100)
    assert plan.status == "impossible"
    named = {row.who.zh: row for row in plan.impossible}
    for u, name in enumerate(problem.unit_names):
        total = int(problem.unit_people[u])
        people = int(problem.people[reached & (problem.unit == u)].sum())
        assert (name in named) == (people < total)
        if name in named:
            assert named[name].people == total - people
            best = f"{people * 10_000 // total / 100:.2f} %"
            words = named[name].relaxation
            assert (best in words.zh and f"ask for {best}" in words.en) == (people > 0)
            assert "add candidates" in words.en
            assert "no unit under 100 %" in named[name].constraint.en


def test_how_many_sites_would_do_is_named():
    """One site is not enough: the number that is, in both languages."""
    for seed in range(40):
        problem = random_problem(
            np.random.default_rng(seed), n_sites=7, n_existing=0, rules=Rules(sites=1)
        )
        plans, _ = tried(problem)
        free = problem.with_rules(sites=7)
        cover = cover_of(problem)
        enough = [
            int(plan.sum())
            for plan in allowed_plans(free)
            if shares(free, cover, plan)[0] >= Fraction(1, 2)
        ]
        if enough and all(worst < Fraction(1, 2) for worst, _ in plans):
            plan = solve_floor(problem, share_percent=50)
            words = [row.relaxation for row in plan.impossible]
            assert any(f"共 {min(enough)} 处" in text.zh for text in words)
            assert any(f"({min(enough)} in all)" in text.en for text in words)
            return
    raise AssertionError("no such problem")


@pytest.mark.parametrize("percent", [0, -5, 101, float("nan"), float("inf")])
def test_a_share_that_is_none_is_refused(percent):
    with pytest.raises(InputError) as caught:
        solve_floor(easy(sites=2), share_percent=percent)
    assert "siting.share_percent" in caught.value.render("zh")
    assert "大于 0、不超过 100" in caught.value.render("zh")
    assert str(percent) in caught.value.render("en")


def test_contradicting_rules_are_named_by_the_highest_floor():
    problem = easy(sites=1, unit_least=1)
    plan = solve_maxmin(problem)
    assert plan.status == "impossible"
    assert plan.impossible


def test_nobody_anywhere():
    problem = random_problem(np.random.default_rng(1), most_people=0)
    object.__setattr__(problem, "unit_people", np.zeros(3, dtype=np.int64))
    plan = solve_maxmin(problem)
    assert (plan.value, plan.bound) == (0, 0)
    assert plan.seconds < 30
    assert plan.proof[0].zh == "各单元均无人口"
    assert solve_floor(problem, share_percent=50).value == 0


def test_the_unit_that_keeps_the_floor_down_is_named():
    problem = easy(sites=3)
    people = np.where(problem.unit == 0, 10, problem.people)
    reach = random_problem(np.random.default_rng(5), n_units=3, n_existing=0).reach
    cover = cover_of(problem) & (problem.unit != 0)
    object.__setattr__(reach, "ptr", np.concatenate([[0], np.cumsum(cover.sum(axis=1))]))
    object.__setattr__(
        reach, "who", np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    )
    object.__setattr__(problem, "reach", reach)
    object.__setattr__(problem, "people", people)
    object.__setattr__(problem, "weights", people)
    plan = solve_maxmin(problem)
    assert plan.value == 0
    assert problem.unit_names[0] in plan.proof[0].zh
    assert "even with every candidate open" in plan.proof[0].en


def test_a_time_limit_is_never_called_optimal():
    rng = np.random.default_rng(3)
    problem = random_problem(
        rng, n_sites=60, n_places=400, n_units=6, n_existing=0, rules=Rules(sites=8)
    )
    plan = solve_maxmin(problem, Limits(time_limit_seconds=0.2))
    assert plan.status in {"feasible", "unknown", "optimal"}
    if plan.value is not None:
        assert plan.bound >= plan.value
        assert (plan.status == "optimal") == (plan.bound == plan.value)
