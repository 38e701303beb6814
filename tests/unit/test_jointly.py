"""Several layers in shared buildings: one search, and one plan for each layer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from street import (
    NEW_X,
    OLD_X,
    asked_of,
    candidates,
    more_layers,
    new_places,
    reached,
    request,
    street,
    x_of,
)

import coverplan
from coverplan import InputError
from coverplan.domain.siting_config import JointConfig
from coverplan.jointly import joint_problem, same_building
from coverplan.present.payload import map_payload
from coverplan.present.plans import plan_rows
from coverplan.present.terminal import plan_lines

OTHER_OLD = (4750.0,)


def both(*, first=None, second=None, **joint):
    """Two layers on the street with the same candidates, sited together."""
    asked = request(2) if first is None else first
    other = request(2) if second is None else second
    found = more_layers(street(asked), other, old=OTHER_OLD)
    return replace(found, joint=JointConfig(layers=["test", "other"], **joint))


# ---- buildings -----------------------------------------------------------------------------------


def test_points_near_the_first_of_a_building_are_in_it():
    xy = np.array([[0, 0], [10, 0], [20, 0], [100, 0], [105, 0], [0, 10]], dtype=float)
    assert same_building(xy, 10).tolist() == [0, 0, 1, 2, 2, 0]
    assert same_building(xy, 20).tolist() == [0, 0, 0, 1, 1, 0]


def test_without_a_distance_only_points_at_one_spot_are_one_building():
    xy = np.array([[0, 0], [0.5, 0], [0, 0], [0.004, 0]], dtype=float)
    assert same_building(xy, 0).tolist() == [0, 1, 0, 0]


def test_every_point_has_a_building_and_numbers_have_no_gap():
    rng = np.random.default_rng(3)
    for metres in (0.0, 30.0, 200.0):
        xy = rng.uniform(0, 500, (60, 2))
        number = same_building(xy, metres)
        assert set(number.tolist()) == set(range(number.max() + 1))
        first = np.unique(number, return_index=True)[1]
        # In the order of their first points, and none farther from it than asked.
        assert (np.diff(first) > 0).all()
        away = np.hypot(*(xy - xy[first][number]).T)
        assert (away <= max(metres, 0.01) + 1e-9).all()
        for i, start in enumerate(first):
            others = np.hypot(*(xy[first[:i]] - xy[start]).T)
            assert (others > metres).all()


def test_sites_of_both_layers_at_one_spot_are_one_building():
    found = both(building_cost_yuan=9)
    questions = {key: asked_of(found, key) for key in ("test", "other")}
    problem = joint_problem(found.joint, questions)
    mine, theirs = problem.building["test"], problem.building["other"]
    assert mine.tolist() == list(range(9))
    # The other layer has one old site, where the first has the candidate c05.
    assert theirs[0] == mine[2 + NEW_X.index(OTHER_OLD[0])]
    assert theirs[1:].tolist() == mine[2:].tolist()
    assert problem.building_names[:3] == ("站0", "站1", "点0")
    assert problem.building_cost_yuan.tolist() == [9] * 9
    assert problem.standing.tolist() == [True, True, *[x == OTHER_OLD[0] for x in NEW_X]]


def test_candidates_some_metres_apart_are_one_building_where_that_is_asked():
    near = candidates([(x + 40, "abc"[int(x // 2000)]) for x in NEW_X])
    for metres, shared in ((30.0, 0), (40.0, 7)):
        found = both(second=request(2, near), building_metres=metres)
        problem = joint_problem(found.joint, {k: asked_of(found, k) for k in ("test", "other")})
        mine, theirs = (problem.building[key] for key in ("test", "other"))
        assert len(set(mine[2:].tolist()) & set(theirs[1:].tolist())) == shared


# ---- plans ---------------------------------------------------------------------------------------


def best_pair(most_buildings):
    """The most people newly reached by up to two sites of each layer in so many new buildings."""
    picks = [[k for k in range(7) if pick >> k & 1] for pick in range(128)]
    picks = [pick for pick in picks if len(pick) <= 2]
    best = 0
    for one in picks:
        for two in picks:
            new = {k for k in (*one, *two) if NEW_X[k] not in OTHER_OLD}
            if len(new) <= most_buildings:
                gain = reached([*OLD_X, *(NEW_X[k] for k in one)]) - reached(OLD_X)
                gain += reached([*OTHER_OLD, *(NEW_X[k] for k in two)]) - reached(OTHER_OLD)
                best = max(best, gain)
    return best


@pytest.mark.parametrize("most", [1, 2])
def test_layers_share_buildings_and_the_whole_is_proven_best(most):
    study = coverplan.assess(both(buildings_most=most))
    plan = study.joint.plan
    assert plan.proof.status == "optimal"
    assert plan.proof.value == best_pair(most)
    assert len(plan.bill.buildings) <= most
    values = [study.layers[key].plan.value for key in ("test", "other")]
    assert sum(values) == plan.proof.value
    for key, old in (("test", OLD_X), ("other", OTHER_OLD)):
        result = study.layers[key]
        new = result.sites[result.sites["state"] == "proposed"]
        facts = result.plan.facts
        assert facts.reached_after == reached([*old, *x_of(new)])


def test_the_proof_of_the_whole_stands_in_place_of_the_layers_own():
    study = coverplan.assess(both(buildings_most=1))
    for result in study.layers.values():
        proposal = result.proposal
        assert proposal.overall == study.joint.plan.proof
        assert proposal.status_text == proposal.overall.status_text
        assert proposal.model.zh == "联合选址"
        rows = {k.en: v.en for k, v in plan_rows(proposal)}
        assert rows["Summed"] == "over all layers"
        assert rows["Value"].startswith(f"{proposal.overall.value:,} counts")
        assert rows["This plan's part"] == f"{proposal.plan.value:,} people"
        assert rows["Gap"] == "0.00 %"
        # Exchanging one site of a shared building says nothing by itself.
        assert all(card.rival is None and not card.near_ties for card in proposal.cards)
    lines = "\n".join(plan_lines(study, "en"))
    assert lines.count("proven optimal") == 2
    plan = map_payload(study, "x")["layers"][0]["plan"]
    assert plan["model"]["en"] == "several layers sited together"


def spots_of(study):
    """Where each layer has new sites, and where it has any."""
    new, every = {}, {}
    for key, result in study.layers.items():
        new[key] = set(x_of(result.sites[result.sites["state"] == "proposed"]))
        stands = result.sites["state"].isin(["existing", "proposed"])
        every[key] = set(x_of(result.sites[stands]))
    return new, every


def test_together_puts_every_new_site_beside_one_of_the_other_layer():
    # The other layer lacks what the first one has: by itself it would build elsewhere.
    found = more_layers(street(request(2)), request(2), old=(1250.0, 2250.0))
    studies = {
        together: coverplan.assess(
            replace(found, joint=JointConfig(layers=["test", "other"], together=together))
        )
        for together in (False, True)
    }
    beside = {}
    for together, study in studies.items():
        new, every = spots_of(study)
        assert new["test"]
        assert new["other"]
        beside[together] = new["test"] <= every["other"] and new["other"] <= every["test"]
    assert beside == {False: False, True: True}
    values = [studies[together].joint.plan.proof.value for together in (True, False)]
    assert values[0] < values[1]


def test_a_building_is_paid_once():
    costs = pd.array([10] * 7, dtype="Int64")
    asked = request(2, new_places(cost_yuan=costs))
    # Two sites in one new building: 100 + 2 * 10; apart they would be 220.
    study = coverplan.assess(
        both(first=asked, second=asked, building_cost_yuan=100, budget_yuan=120)
    )
    plan = study.joint.plan
    assert plan.cost_yuan <= 120
    assert plan.proof.value is not None
    assert sum(r.plan.facts.cost_yuan for r in study.layers.values()) == plan.bill.sites_yuan


def test_a_layer_that_is_not_among_them_is_sited_by_itself():
    found = more_layers(both(buildings_most=1), request(1), key="third", label=("三", "third"))
    study = coverplan.assess(found)
    third = study.layers["third"].proposal
    assert third.overall is None
    assert third.model.zh.startswith("最大覆盖")
    best = max(reached([x]) for x in NEW_X)
    assert third.plan.facts.reached_after == best


def test_no_plan_of_the_whole_is_no_plan_of_any_layer():
    found = both(first=request(2, unit_least=4), buildings_most=1)
    study = coverplan.assess(found)
    assert study.joint.plan.proof.status == "impossible"
    for result in study.layers.values():
        assert not result.proposal.has_plan
        assert result.after is None
        assert result.proposal.status_text.en == "impossible"
        assert set(result.sites["state"]) <= {"existing"}
    assert any(result.plan.impossible for result in study.layers.values())
    assert "甲镇" in "\n".join(plan_lines(study, "zh"))


@pytest.mark.parametrize(
    ("model", "own"), [("fewest", {"share_percent": 60.0}), ("lscp", {}), ("maxmin", {"sites": 2})]
)
def test_a_model_joint_siting_would_not_answer_is_refused(model, own):
    asked = request(own.pop("sites", None), model=model, **own)
    with pytest.raises(InputError) as error:
        coverplan.assess(both(second=asked))
    (problem,) = error.value.problems
    assert problem.code == "joint.model"
    assert problem.column == "layers.other.siting.model"
    assert problem.found == model
    budget = request(None, new_places(cost_yuan=[1] * 7), model="budget", budget_yuan=2)
    study = coverplan.assess(both(second=budget))
    assert study.layers["other"].plan.facts.cost_yuan <= 2


def test_a_layer_of_which_nothing_is_asked_is_named():
    found = more_layers(street(request(1)), None)
    with pytest.raises(InputError) as error:
        coverplan.assess(replace(found, joint=JointConfig(layers=["test", "other"])))
    (problem,) = error.value.problems
    assert (problem.code, problem.found) == ("joint.layers", "other")
    assert problem.expected.en == "test"
