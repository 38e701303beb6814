"""A site in every unit, of fewest new ones and then for most people, against trying every plan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan.siting import Rules
from coverplan.siting.one_per_unit import solve_one_per_unit


def check(problem, **options):
    least = max(1, problem.rules.unit_least)
    asked = problem.with_rules(unit_least=least)
    cover, new = cover_of(problem), ~problem.sites.existing
    weight = problem.people if problem.weights is None else problem.weights
    plans = [
        (int((plan & new).sum()), int(weight[cover[plan].any(axis=0)].sum()))
        for plan in allowed_plans(asked)
    ]
    plan = solve_one_per_unit(problem, **options)
    if not plans:
        assert plan.status == "impossible"
        assert plan.impossible
        assert all(row.who.zh and row.relaxation.en for row in plan.impossible)
        return plan
    fewest = min(number for number, _ in plans)
    before = int(weight[cover[~new].any(axis=0)].sum())
    most = max(reached for number, reached in plans if number == fewest) - before
    assert plan.value == plan.bound == fewest
    assert plan.status == "optimal"
    assert (plan.then[0].value, plan.then[0].bound) == (most, most)
    opened = set(plan.chosen) | set(np.flatnonzero(~new)) - set(plan.closed)
    units = range(3) if problem.rules.units_asked is None else problem.rules.units_asked
    for unit in set(units) & set(range(len(problem.unit_codes))):
        assert sum(problem.sites.unit[list(opened)] == unit) >= least
    return plan


@pytest.mark.parametrize("name", CASES)
def test_every_rule_alone_and_in_pairs(name):
    for seed in range(3):
        rng = np.random.default_rng([seed, len(name)])
        check(random_problem(rng, weighted=seed == 2, n_units=2 + seed % 2, **CASES[name]))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([{}, {"classes": True}, {"closable": True}]),
    st.sampled_from([Rules(), Rules(unit_least=2), Rules(spacing_metres=500.0)]),
)
def test_at_random(seed, options, rules):
    rng = np.random.default_rng(seed)
    check(random_problem(rng, n_units=int(rng.integers(1, 4)), rules=rules, **options))


def bare():
    """A problem whose second unit has no candidate and no existing site."""
    problem = random_problem(np.random.default_rng(8), n_existing=1, rules=Rules())
    unit = np.array([0, 0, 2, 0, 2, 2, -1, 0], dtype=np.int32)
    object.__setattr__(problem.sites, "unit", unit)
    return problem


def test_a_unit_without_a_usable_site_is_named():
    problem = bare()
    plan = check(problem)
    (row,) = plan.impossible
    assert row.who.zh == problem.unit_names[1]
    assert row.people == problem.unit_people[1]
    assert "每个单元至少 1 处" in row.constraint.zh
    assert "再给 1 个候选点" in row.relaxation.zh
    assert "give 1 more candidates there" in row.relaxation.en


def test_or_left_out_and_named():
    problem = bare()
    plan = solve_one_per_unit(problem, leave_out=True)
    assert plan.status == "optimal"
    assert plan.value == 1
    assert set(problem.sites.unit[list(plan.chosen)]) == {2}
    assert problem.unit_names[1] in plan.proof[0].zh
    assert "left out" in plan.proof[0].en
    rest = check(problem.with_rules(units_asked=(0, 2)))
    assert plan.then[0].value == rest.then[0].value


def test_left_out_altogether_nothing_is_built():
    plan = solve_one_per_unit(bare().with_rules(units_asked=(1,)), leave_out=True)
    assert (plan.value, plan.chosen, plan.status) == (0, (), "optimal")


def test_units_that_have_one_need_no_new_one():
    problem = random_problem(np.random.default_rng(8), n_existing=3, rules=Rules())
    unit = np.array([0, 1, 2, 0, 1, 2, 0, 1], dtype=np.int32)
    object.__setattr__(problem.sites, "unit", unit)
    plan = check(problem)
    assert (plan.value, plan.chosen) == (0, ())


def test_too_few_sites_are_named_with_the_number_that_would_do():
    problem = random_problem(np.random.default_rng(8), n_existing=0, rules=Rules(sites=1))
    unit = np.array([0, 1, 2, 0, 1, 2, 0, 1], dtype=np.int32)
    object.__setattr__(problem.sites, "unit", unit)
    plan = check(problem)
    assert plan.status == "impossible"
    assert any("多允许新增 2 处（共 3 处）" in row.relaxation.zh for row in plan.impossible)
    assert any("allow 2 more new sites (3 in all)" in row.relaxation.en for row in plan.impossible)
