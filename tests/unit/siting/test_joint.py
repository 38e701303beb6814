from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from siting_cases import random_problem

from coverplan import InputError, InternalError
from coverplan.siting import Bounds, Limits, Rules, Sites, SitingProblem
from coverplan.siting import joint as module
from coverplan.siting.joint import JointProblem, JointRules, solve_joint
from coverplan.siting.joint_stack import first_plan, stack_layers
from coverplan.travel import Reach

TOGETHER = (("station", "children"),)


def problem_of(cover, people, rules=None, **options):
    """A problem from a boolean matrix sites x places; options of the sites."""
    cover = np.asarray(cover, dtype=bool)
    ptr = np.concatenate([[0], np.cumsum(cover.sum(axis=1))])
    who = np.concatenate([np.flatnonzero(row) for row in cover]).astype(np.int32)
    ids = pd.Index([f"s{i}" for i in range(len(cover))], dtype=object)
    reach = Reach(pd.RangeIndex(cover.shape[1]), ids, ptr, who, 15.0)
    return SitingProblem(
        Sites.make(ids, **options), reach, np.asarray(people), rules=rules or Rules()
    )


def two(rules=None, building=((0, 1, -1), (0, 1, -1)), cost=(100, 100), **options):
    """Two layers with a site in each of two buildings, and one outside of any."""
    problems = {
        "station": problem_of(np.eye(3), [5, 3, 9], cost_yuan=10),
        "children": problem_of(np.eye(3), [2, 4, 6], cost_yuan=20),
    }
    inside = dict(zip(problems, map(np.array, building), strict=True))
    return JointProblem(problems, inside, np.array(cost), rules or JointRules(), **options)


def test_a_building_is_paid_once():
    plan = solve_joint(two(JointRules(budget_yuan=160)))
    # Both outside: 15 for 30; and the first building with both: 7 for 130, the second: 7 for 130.
    assert plan.proof.value == plan.proof.bound == 22
    assert plan.proof.status == "optimal"
    assert plan.cost_yuan == 160
    assert plan.saved_yuan == 100
    assert len(plan.bill.shared) == 1
    assert (plan.bill.sites_yuan, plan.bill.buildings_yuan, plan.bill.apart_yuan) == (60, 100, 200)
    # Alone, with all the money, a layer gets more: two buildings are too dear, one is not.
    assert [plan.plans[layer].bound for layer in plan.plans] == [14, 10]
    assert "14 people" in plan.plans["station"].proof[0].en


def test_a_layer_that_does_not_count_stays_so_where_the_other_has_nobody():
    rules = Rules(sites=1)
    problems = {
        "station": problem_of(np.eye(3), [5, 3, 9], rules),
        "children": problem_of(np.eye(3), [0, 0, 0], rules),
    }
    inside = {layer: np.array([-1, -1, -1]) for layer in problems}
    weights = {"station": 0, "children": 1}
    plan = solve_joint(JointProblem(problems, inside, np.array([]), JointRules(), weights=weights))
    assert (plan.proof.value, plan.proof.bound, plan.proof.status) == (0, 0, "optimal")


def test_the_table_says_who_shares_with_whom():
    joint = two(JointRules(budget_yuan=160), building_names=("旧村小学", "旧供销社"))
    table = solve_joint(joint).to_frame(joint)
    assert len(table) == 4
    inside = table[table["building"].notna()]
    assert inside["new_building"].all()
    assert [list(x) for x in inside["shared_with"]] == [["children"], ["station"]]
    assert set(table.loc[table["building"].isna(), "site_id"]) == {"s2"}
    assert table["newly"].sum() == 22


def test_pairs_share_every_building():
    plan = solve_joint(two(JointRules(buildings=1, together=TOGETHER)))
    # Sites outside of buildings cannot be shared, one building can hold both layers.
    assert plan.proof.value == 7
    assert len(plan.bill.buildings) == 1
    assert all(len(part.chosen) == 1 for part in plan.plans.values())


def test_a_building_that_stands_costs_nothing_and_may_host():
    joint = two()
    stands = np.array([True, False, False])
    station = joint.problems["station"]
    sites = replace(station.sites, existing=stands, must=stands)
    problems = {**joint.problems, "station": replace(station, sites=sites)}
    joint = replace(joint, problems=problems, rules=JointRules(budget_yuan=20, together=TOGETHER))
    assert list(joint.standing) == [True, False]
    plan = solve_joint(joint)
    assert plan.plans["children"].chosen == (0,)
    assert (plan.cost_yuan, plan.bill.buildings, plan.bill.shared) == (20, (), (0,))
    assert plan.saved_yuan == 100


def test_weights_of_layers():
    rules = JointRules(budget_yuan=130, buildings=0)
    assert solve_joint(two(rules)).proof.value == 15
    plan = solve_joint(two(rules, weights={"station": 0, "children": 3}))
    assert plan.proof.value == 18


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rules": JointRules(buildings=-1)}, "siting.joint.buildings"),
        ({"rules": JointRules(budget_yuan=-1)}, "siting.joint.budget_yuan"),
        ({"rules": JointRules(budget_yuan=9)}, "siting.joint.budget_yuan"),
        ({"rules": JointRules(together=(("station", "park"),))}, "siting.joint.layer"),
        ({"rules": JointRules(together=(("station", "station"),))}, "siting.joint.together"),
        ({"weights": {"park": 1}}, "siting.joint.layer"),
        ({"weights": {"station": -1}}, "siting.joint.weights"),
        ({"weights": {"station": 0, "children": 0}}, "siting.joint.weights"),
        ({"cost": (100, -1)}, "siting.joint.building_cost"),
        ({"building": ((0, 2, -1), (0, 1, -1))}, "siting.joint.building"),
        ({"building": ((0, -2, -1), (0, 1, -1))}, "siting.joint.building"),
    ],
)
def test_bad_input(change, code):
    with pytest.raises(InputError) as caught:
        two(**change)
    assert code in {fault.code for fault in caught.value.problems}
    assert caught.value.render("zh")


def test_all_faults_at_once():
    with pytest.raises(InputError) as caught:
        two(JointRules(buildings=-1, budget_yuan=-2), cost=(-1, 1), weights={"park": 1})
    assert len(caught.value.problems) == 4


def test_a_pair_without_a_common_building():
    with pytest.raises(InputError) as caught:
        two(JointRules(together=TOGETHER), building=((0, 0, -1), (1, 1, -1)))
    text = caught.value.render("en")
    assert "station" in text
    assert "children" in text
    assert "no building has usable sites of both" in text


def test_a_required_site_without_a_partner():
    joint = two()
    station = joint.problems["station"]
    must = np.array([False, False, True])
    problems = {
        **joint.problems,
        "station": replace(station, sites=replace(station.sites, must=must)),
    }
    with pytest.raises(InputError) as caught:
        replace(joint, problems=problems, rules=JointRules(together=TOGETHER))
    assert "s2" in caught.value.render("zh")


def test_the_cheapest_pair_is_what_the_budget_must_pay():
    with pytest.raises(InputError, match="129 < 130"):
        two(JointRules(budget_yuan=129, together=TOGETHER))
    assert solve_joint(two(JointRules(budget_yuan=130, together=TOGETHER))).proof.value == 7


def test_a_building_of_one_layer_only_is_noted():
    plan = solve_joint(two(building=((0, 1, -1), (0, 0, -1)), building_names=("甲楼", "乙楼")))
    assert "乙楼" in plan.notes[0].zh
    assert "甲楼" not in plan.notes[0].zh
    assert solve_joint(two()).notes == ()


def asked(joint, layer, **rules):
    return {**joint.problems, layer: joint.problems[layer].with_rules(**rules)}


def test_too_little_money_for_what_must_be_there():
    joint = two(JointRules(budget_yuan=100))
    joint = replace(joint, problems=asked(joint, "station", sites=2, exactly=True))
    plan = solve_joint(joint)
    assert plan.proof.status == "impossible"
    assert [part.status for part in plan.plans.values()] == ["impossible", "impossible"]
    (why,) = plan.impossible
    assert "20 yuan more" in why.relaxation.en
    assert "再加 20 元" in why.relaxation.zh


def test_too_few_buildings():
    joint = two(JointRules(buildings=0))
    joint = replace(joint, problems=asked(joint, "station", sites=2, exactly=True))
    (why,) = solve_joint(joint).impossible
    assert "1 buildings more" in why.relaxation.en


def test_pairs_that_cannot_be():
    """Two stations, but only one building where the children's home could go along."""
    joint = two(JointRules(together=TOGETHER), building=((0, 1, -1), (0, -1, -1)))
    joint = replace(joint, problems=asked(joint, "station", sites=2, exactly=True))
    (why,) = solve_joint(joint).impossible
    assert "station + children" in why.who.en
    assert "合用" in why.relaxation.zh


def test_a_layer_that_has_no_plan_by_itself():
    joint = two()
    # One unit, in which no site of the layer stands or may stand.
    joint = replace(joint, problems=asked(joint, "children", unit_least=1))
    plan = solve_joint(joint)
    assert plan.proof.status == "impossible"
    assert plan.impossible


def large(seed=1):
    rng = np.random.default_rng(seed)
    problems = {
        layer: random_problem(
            rng, n_sites=80, n_places=900, n_existing=2, n_units=5, rules=Rules(sites=6)
        )
        for layer in ("a", "b", "c")
    }
    building = {layer: rng.integers(-1, 40, 80) for layer in problems}
    rules = JointRules(budget_yuan=800_000, buildings=9)
    return JointProblem(problems, building, rng.integers(3, 12, 40) * 10_000, rules)


def test_the_first_plan_keeps_all_rules():
    joint = large()
    stacked = stack_layers(joint, list(joint.problems), shared=True)
    open_ = first_plan(joint, stacked)
    assert stacked.rows.kept(open_).all()
    value = int(stacked.problem.weight[stacked.problem.reach.covered(np.flatnonzero(open_))].sum())
    before = sum(int(p.people[p.before].sum()) for p in joint.problems.values())
    assert value > before


def test_a_time_limit_is_never_called_optimal():
    plan = solve_joint(large(), Limits(time_limit_seconds=1e-3))
    assert plan.proof.status == "feasible"
    assert plan.proof.bound > plan.proof.value > 0


def test_the_listener_is_told_what_is_newly_reached():
    told: list[Bounds] = []
    plan = solve_joint(large(), Limits(time_limit_seconds=4, on_bounds=told.append))
    assert told
    values = [bounds.value for bounds in told if bounds.value is not None]
    assert max(values) <= plan.proof.value
    assert min(bounds.bound for bounds in told if bounds.bound is not None) >= plan.proof.value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda answer: replace(answer, value=answer.value + 1), "counting again"),
        (lambda answer: replace(answer, bound=answer.value - 1), "bound"),
        (lambda answer: replace(answer, open=np.ones_like(answer.open)), "joint budget"),
    ],
)
def test_a_wrong_answer_is_noticed(monkeypatch, change, words):
    real = module.linked_cover
    joint = two(JointRules(budget_yuan=160))

    def lying(problem, *args, **options):
        answer = real(problem, *args, **options)
        return change(answer) if len(problem.people) > 3 else answer

    monkeypatch.setattr(module, "linked_cover", lying)
    with pytest.raises(InternalError, match=words):
        solve_joint(joint)


def test_shapes_must_fit():
    with pytest.raises(InternalError, match="do not fit"):
        two(building=((0, 1), (0, 1, -1)))
    joint = two()
    with pytest.raises(InternalError, match="do not fit"):
        replace(joint, building={"station": joint.building["station"]})


def test_layers_that_do_not_get_in_each_others_way(monkeypatch):
    """Each as good as alone: nothing is left to search for."""
    monkeypatch.setattr(module, "linked_cover", None)
    plan = solve_joint(two(building=((-1, -1, -1), (-1, -1, -1)), weights={"station": 2}))
    assert plan.proof.value == plan.proof.bound == 2 * 17 + 12
    assert plan.proof.status == "optimal"


@pytest.mark.parametrize(("budget", "fits"), [(290, True), (289, False)])
def test_plans_of_the_layers_are_where_it_begins(budget, fits):
    """If they fit together; else site by site. All six sites and both buildings cost 290."""
    joint = two(JointRules(budget_yuan=budget))
    stacked = stack_layers(joint, list(joint.problems), shared=True)
    alone = [np.ones(5, dtype=bool), np.ones(5, dtype=bool)]
    assert first_plan(joint, stacked, alone).all() == fits
    assert stacked.rows.kept(first_plan(joint, stacked, alone)).all()
    assert first_plan(joint, stacked, [alone[0], None]) is not None
