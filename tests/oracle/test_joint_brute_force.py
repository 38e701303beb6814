"""Joint plans of several layers equal the best of all combinations, found by trying all."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from siting_cases import allowed_plans, cover_of, random_problem

from coverplan import InputError
from coverplan.siting import Rules
from coverplan.siting.joint import JointProblem, JointRules, solve_joint

RULES = [
    Rules(sites=2),
    Rules(sites=2, exactly=True),
    Rules(),
    Rules(budget_yuan=150_000),
    Rules(unit_least=1),
    Rules(spacing_metres=600.0),
    Rules(close_most=1, close_least=1, moves=1, sites=1),
]


def costs(joint, masks):
    """New buildings, and what all new sites and buildings cost, in plain loops."""
    standing, new, yuan = set(), set(), 0
    for layer, problem in joint.problems.items():
        for j in range(len(problem.sites)):
            building = int(joint.building[layer][j])
            if problem.sites.existing[j]:
                standing.add(building)
            elif masks[layer][j]:
                new.add(building)
                yuan += int(problem.sites.cost_yuan[j])
    new -= standing | {-1}
    return new, yuan + sum(int(joint.building_cost_yuan[b]) for b in new)


def allowed(joint, masks):
    rules = joint.rules
    new, yuan = costs(joint, masks)
    if rules.buildings is not None and len(new) > rules.buildings:
        return False
    if rules.budget_yuan is not None and yuan > rules.budget_yuan:
        return False
    for a, b in rules.together:
        for one, other in ((a, b), (b, a)):
            for j in np.flatnonzero(masks[one] & ~joint.problems[one].sites.existing):
                building = joint.building[one][j]
                if building < 0 or not (masks[other] & (joint.building[other] == building)).any():
                    return False
    return True


def newly(problem, cover, mask):
    today = cover[problem.sites.existing].any(axis=0)
    return int(problem.weight[cover[mask].any(axis=0)].sum()) - int(problem.weight[today].sum())


def best_of(joint):
    """The most any allowed combination reaches; None where there is none."""
    layers = list(joint.problems)
    values = {}
    for layer in layers:
        problem = joint.problems[layer]
        cover, weight = cover_of(problem), joint.weights.get(layer, 1)
        values[layer] = [
            (mask, weight * newly(problem, cover, mask)) for mask in allowed_plans(problem)
        ]
    found = [
        sum(value for _, value in combination)
        for combination in itertools.product(*values.values())
        if allowed(joint, dict(zip(layers, (mask for mask, _ in combination), strict=True)))
    ]
    return max(found, default=None)


@st.composite
def joints(draw, layers=2):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_buildings = draw(st.integers(1, 4))
    problems, building = {}, {}
    for layer in ("elderly", "station", "children")[:layers]:
        problem = random_problem(
            rng,
            n_sites=draw(st.integers(3, 5)) if layers > 2 else draw(st.integers(4, 6)),
            n_places=draw(st.integers(1, 8)),
            n_existing=1,
            n_units=2,
            closable=draw(st.booleans()),
            classes=draw(st.booleans()),
            weighted=draw(st.booleans()),
            rules=draw(st.sampled_from(RULES)) if layers == 2 else Rules(sites=2),
        )
        problems[layer] = problem
        building[layer] = rng.integers(-1, n_buildings, len(problem.sites))
    rules = JointRules(
        buildings=draw(st.one_of(st.none(), st.integers(0, 3))),
        budget_yuan=draw(st.one_of(st.none(), st.integers(20, 40).map(lambda n: n * 10_000))),
        together=draw(st.sampled_from([(), (("elderly", "station"),)])),
    )
    cost = rng.integers(0, 15, n_buildings) * 10_000
    weights = {"elderly": draw(st.integers(0, 3)), "station": draw(st.integers(1, 2))}
    return problems, building, cost, rules, weights


def check(made):
    try:
        joint = JointProblem(*made)
    except InputError:
        return
    plan, best = solve_joint(joint), best_of(joint)
    assert (plan.proof.value, plan.proof.bound) == (best, best)
    if best is None:
        assert plan.proof.status == "impossible"
        assert plan.impossible
        return
    masks = {}
    for layer, part in plan.plans.items():
        mask = joint.problems[layer].sites.existing.copy()
        mask[list(part.chosen)], mask[list(part.closed)] = True, False
        masks[layer] = mask
        assert any((mask == other).all() for other in allowed_plans(joint.problems[layer]))
        assert part.value <= part.bound
    assert allowed(joint, masks)
    new, yuan = costs(joint, masks)
    assert (set(plan.bill.buildings), plan.cost_yuan) == (new, yuan)
    assert plan.saved_yuan >= 0


@settings(max_examples=80, deadline=None)
@given(joints())
def test_two_layers(made):
    check(made)


@settings(max_examples=25, deadline=None)
@given(joints(layers=3))
def test_three_layers(made):
    check(made)


@pytest.mark.parametrize("seed", range(8))
def test_what_each_layer_could_reach_alone(seed):
    """The bound of a layer's part: all money for it alone, in its own buildings."""
    rng = np.random.default_rng(seed)
    problems = {
        layer: random_problem(rng, n_sites=5, n_existing=1, rules=Rules()) for layer in "ab"
    }
    building = {layer: rng.integers(0, 3, 5) for layer in "ab"}
    rules = JointRules(budget_yuan=300_000, together=(("a", "b"),))
    try:
        joint = JointProblem(problems, building, rng.integers(5, 15, 3) * 10_000, rules)
    except InputError:
        return
    plan = solve_joint(joint)
    for layer, problem in problems.items():
        other = {"a": "b", "b": "a"}[layer]
        cover = cover_of(problem)
        best = max(
            newly(problem, cover, mask)
            for mask in allowed_plans(problem)
            if costs(joint, {layer: mask, other: problems[other].sites.existing})[1] <= 300_000
        )
        assert plan.plans[layer].bound == best
