"""Sites away from homes and near in minutes, against trying every plan and every distance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_pairs import CASES
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan import InputError, InternalError
from coverplan.siting import Rules
from coverplan.siting.undesirable import solve_undesirable


def homes_of(problem, rng):
    """Homes on the plane of the sites, one of them exactly 500 m from a site."""
    homes = rng.uniform(0, 2000, (len(problem.people), 2))
    homes[0] = problem.sites.xy[-1] + [300, 400]
    return homes


def gaps(problem, homes):
    """Metres from every site to every place with people; infinite to the others."""
    metres = np.array([[np.hypot(*(s - h)) for h in homes] for s in problem.sites.xy])
    metres[:, problem.people == 0] = np.inf
    return metres


def tried(problem):
    cover, sites = cover_of(problem), problem.sites
    before = int(problem.weight[cover[sites.existing].any(axis=0)].sum())
    return [
        (plan & ~sites.existing, int(problem.weight[cover[plan].any(axis=0)].sum()) - before)
        for plan in allowed_plans(problem)
    ]


def check_refuse(problem, homes, metres):
    near = gaps(problem, homes) < metres - 1e-6
    plan = solve_undesirable(problem, homes_xy=homes, metres=metres)
    good = [reached for new, reached in tried(problem) if not near[new].any()]
    if not good:
        assert plan.status == "impossible"
        assert plan.impossible
        assert all(row.who.zh and row.relaxation.en for row in plan.impossible)
    else:
        assert plan.value == plan.bound == max(good)
        assert not near[list(plan.chosen)].any()
    return plan


def check_fewest(problem, homes, metres):
    near = gaps(problem, homes) < metres - 1e-6
    plan = solve_undesirable(problem, homes_xy=homes, metres=metres, otherwise="fewest_near")
    good = [
        (int(problem.people[near[new].any(axis=0)].sum()), -reached)
        for new, reached in tried(problem)
        if new.sum() >= problem.rules.sites
    ]
    if not good:
        assert plan.status == "impossible"
        assert plan.impossible
    else:
        fewest, most = min(good)
        assert plan.value == plan.bound == fewest
        assert (plan.then[0].value, plan.then[0].bound) == (-most, -most)
    return plan


@pytest.mark.parametrize("name", CASES)
def test_every_rule_alone_and_in_pairs(name):
    for seed in range(3):
        rng = np.random.default_rng([seed, len(name)])
        problem = random_problem(rng, n_sites=7, weighted=seed == 2, **CASES[name])
        homes = homes_of(problem, rng)
        metres = (150.0, 250.0, 400.0)[seed]
        check_refuse(problem, homes, metres)
        if problem.rules.sites is not None:
            check_fewest(problem, homes, metres)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0, 100, 300, 500, 800, 5000]),
    st.sampled_from([{}, {"classes": True}, {"closable": True}]),
)
def test_at_random(seed, metres, options):
    rng = np.random.default_rng(seed)
    rules = Rules(sites=int(rng.integers(1, 3)), exactly=bool(rng.integers(2)))
    problem = random_problem(rng, n_places=5, rules=rules, **options)
    homes = homes_of(problem, rng)
    check_refuse(problem, homes, metres)
    check_fewest(problem, homes, metres)


def small(**rules):
    """Candidates 100 to 500 m east of the only home, all of which reach it."""
    problem = random_problem(
        np.random.default_rng(1), n_sites=5, n_places=1, n_units=1, n_existing=0, rules=Rules()
    )
    xy = np.array([[100.0 * (i + 1), 0] for i in range(5)])
    object.__setattr__(problem.sites, "xy", xy)
    object.__setattr__(problem, "people", np.array([9]))
    object.__setattr__(problem, "weights", np.array([9]))
    object.__setattr__(problem, "unit_people", np.array([9]))
    return problem.with_rules(**rules)


HOME = np.zeros((1, 2))


def test_exactly_at_the_distance_is_enough():
    plan = solve_undesirable(small(sites=1, exactly=True), homes_xy=HOME, metres=500)
    assert plan.chosen == (4,)
    assert plan.proof[0].zh == "5 个候选点中 4 个距住户不足 500 米，已排除"
    assert "4 of 5 candidates are nearer to homes than 500 m" in plan.proof[0].en


def test_nobody_lives_where_there_are_no_people():
    problem = small(sites=1, exactly=True)
    object.__setattr__(problem, "people", np.array([0]))
    plan = solve_undesirable(problem, homes_xy=HOME, metres=1e6)
    assert plan.status in {"optimal", "feasible"}
    assert plan.proof == ()


def test_too_few_far_enough_names_the_greatest_distance():
    problem = small(sites=2, exactly=True)
    row = solve_undesirable(problem, homes_xy=HOME, metres=450).impossible[0]
    assert row.constraint.zh == "距住户不小于 450 米"
    assert row.who.zh == "4 个候选点距住户过近"
    assert row.who.en == "4 candidates are too near to homes"
    assert "把距离降到 400 米" in row.relaxation.zh
    assert "ask for 400 m" in row.relaxation.en
    assert solve_undesirable(problem, homes_xy=HOME, metres=400).chosen


def test_a_required_site_too_near_is_named():
    problem = small(sites=2)
    object.__setattr__(problem.sites, "must", np.arange(5) == 1)
    (row,) = solve_undesirable(problem, homes_xy=HOME, metres=300).impossible
    assert row.who.zh == "s1"
    assert "降到 200 米，或不再必选" in row.relaxation.zh
    assert "ask for 200 m, or do not require it" in row.relaxation.en


def test_rules_that_no_distance_helps_are_named_themselves():
    problem = small(sites=3, exactly=True, spacing_metres=1000.0)
    plan = solve_undesirable(problem, homes_xy=HOME, metres=150)
    assert plan.status == "impossible"
    assert not any("住户" in row.constraint.zh for row in plan.impossible)


def test_fewest_near_takes_the_farthest():
    plan = solve_undesirable(small(sites=2), homes_xy=HOME, metres=1000, otherwise="fewest_near")
    assert (plan.value, plan.bound, plan.objective.id) == (9, 9, "people_near")
    assert len(plan.chosen) == 2
    plan = solve_undesirable(small(sites=2), homes_xy=HOME, metres=400, otherwise="fewest_near")
    assert (plan.value, sorted(plan.chosen)) == (0, [3, 4])


@pytest.mark.parametrize("metres", [-1, float("nan"), float("inf")])
def test_a_distance_that_is_none_is_refused(metres):
    with pytest.raises(InputError) as caught:
        solve_undesirable(small(sites=1), homes_xy=HOME, metres=metres)
    assert "siting.metres" in caught.value.render("zh")
    assert "0 或更大的数" in caught.value.render("zh")
    assert str(metres) in caught.value.render("en")


def test_other_faults():
    with pytest.raises(InputError, match="refuse or fewest_near"):
        solve_undesirable(small(sites=1), homes_xy=HOME, metres=1, otherwise="?")
    with pytest.raises(InputError, match="a number of new sites"):
        solve_undesirable(small(), homes_xy=HOME, metres=1, otherwise="fewest_near")
    with pytest.raises(InternalError, match="homes"):
        solve_undesirable(small(sites=1), homes_xy=np.zeros((2, 2)), metres=1)
