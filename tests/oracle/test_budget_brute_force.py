"""Most people for the money, then the cheapest plan that reaches them: every plan is tried."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan import InputError
from coverplan.siting import Rules
from coverplan.siting.budget import solve_budgeted


def check(problem):
    cover = cover_of(problem)
    weight = problem.people if problem.weights is None else problem.weights
    new = ~problem.sites.existing
    plans = [
        (int(weight[cover[plan].any(axis=0)].sum()), int(problem.sites.cost_yuan[plan & new].sum()))
        for plan in allowed_plans(problem)
    ]
    plan = solve_budgeted(problem)
    if not plans:
        assert plan.status == "impossible"
        assert plan.impossible
        return plan
    before = int(weight[cover[~new].any(axis=0)].sum())
    most = max(reached for reached, _ in plans)
    least = min(cost for reached, cost in plans if reached == most)
    assert plan.value == plan.bound == most - before
    assert plan.status in {"optimal", "nothing_to_gain"}
    assert (plan.then[0].objective.id, plan.then[0].value, plan.then[0].bound) == (
        "cost",
        least,
        least,
    )
    assert plan.facts.cost_yuan == least
    assert f"剩余 {problem.rules.budget_yuan - least:,} 元" in plan.proof[0].zh
    assert f"{problem.rules.budget_yuan - least:,} are left" in plan.proof[0].en
    return plan


@pytest.mark.parametrize("name", CASES)
def test_every_rule_beside_the_budget(name):
    for seed in range(3):
        rng = np.random.default_rng([seed, len(name)])
        problem = random_problem(rng, n_sites=7, weighted=seed == 2, **CASES[name])
        if problem.rules.budget_yuan is None:
            problem = problem.with_rules(budget_yuan=(90_000, 120_000, 200_000)[seed])
        check(problem)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(9, 40),
    st.sampled_from([{}, {"classes": True}, {"capacity": True, "classes": True}]),
)
def test_budgets_at_random(seed, money, options):
    rng = np.random.default_rng(seed)
    check(random_problem(rng, rules=Rules(budget_yuan=money * 10_000), **options))


def test_of_two_classes_the_cheaper_is_built():
    problem = random_problem(
        np.random.default_rng(4), classes=True, rules=Rules(budget_yuan=300_000)
    )
    cover = cover_of(problem)
    # Both classes of a place reach the same people.
    problem.reach.matrix()
    plan = check(problem)
    for site in plan.chosen:
        twins = np.flatnonzero(problem.sites.place == problem.sites.place[site])
        same = [t for t in twins if (cover[t] >= cover[site]).all()]
        assert problem.sites.cost_yuan[site] == problem.sites.cost_yuan[same].min()


def test_the_next_addition_is_named_with_what_is_missing():
    seen = set()
    for seed in range(20):
        problem = random_problem(
            np.random.default_rng(seed), n_existing=0, rules=Rules(budget_yuan=100_000)
        )
        plan = check(problem)
        cover, new = cover_of(problem), list(plan.chosen)
        reached = cover[new].any(axis=0)
        gain = (cover & ~reached) @ problem.people
        per_yuan = gain / problem.sites.cost_yuan
        if not gain.any():
            seen.add("none")
            assert "不能再增加" in plan.proof[1].zh
            assert "no further site" in plan.proof[1].en
            continue
        seen.add("some")
        best = int(np.argmax(per_yuan))
        missing = int(problem.sites.cost_yuan[best]) - (100_000 - plan.facts.cost_yuan)
        assert missing > 0
        assert f"是 s{best}：" in plan.proof[1].zh
        assert f"还差 {missing:,} 元" in plan.proof[1].zh
        assert f"{missing:,} yuan are missing" in plan.proof[1].en
        assert f"reaches {gain[best]:,} more" in plan.proof[1].en
    assert seen == {"none", "some"}


def test_money_left_and_no_more_sites_allowed():
    problem = random_problem(
        np.random.default_rng(2), n_existing=0, rules=Rules(budget_yuan=900_000, sites=1)
    )
    plan = check(problem)
    assert "新增处数已满" in plan.proof[1].zh
    assert "no more sites are allowed" in plan.proof[1].en


def test_no_budget_is_refused():
    with pytest.raises(InputError) as caught:
        solve_budgeted(random_problem(np.random.default_rng(1), rules=Rules(sites=2)))
    assert "siting.budget_yuan" in caught.value.render("zh")
    assert "没有预算" in caught.value.render("zh")
    assert "there is no budget" in caught.value.render("en")


def test_a_budget_the_units_do_not_fit_in_is_named():
    problem = random_problem(
        np.random.default_rng(3), n_existing=0, rules=Rules(budget_yuan=30_000, unit_least=1)
    )
    plan = check(problem)
    assert plan.status == "impossible"
    assert any("预算增加" in row.relaxation.zh for row in plan.impossible)
    assert any("raise the budget by" in row.relaxation.en for row in plan.impossible)
