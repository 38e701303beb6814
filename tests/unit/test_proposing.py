"""From a layer and a request to a problem, and from a plan to every figure beside it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bulk_parts import nearest_minutes
from shapely.geometry import Point
from street import (
    NEW_X,
    OLD_X,
    OLDER,
    PEOPLE,
    PLACES_X,
    UNIT,
    asked_of,
    candidates,
    new_places,
    reached,
    request,
    street,
    within,
    x_of,
)
from tiny import at, facilities

import coverplan
from coverplan import InputError, Text, proposing, questions
from coverplan.assessing import assess_inputs
from coverplan.clock import Clock
from coverplan.domain.siting_config import SiteClass, Uncertainty, Year
from coverplan.present.payload import map_payload
from coverplan.present.plans import plan_rows
from coverplan.sitetimes import BEYOND
from coverplan.siting import UNLIMITED
from coverplan.siting.classes import with_classes
from coverplan.siting.models import MODELS


def faults(call, *args):
    """What is wrong with it."""
    with pytest.raises(InputError) as error:
        call(*args)
    return error.value.problems


def matrix(reach):
    """Who is within reach of each site, as a boolean matrix."""
    found = np.zeros((len(reach.sites), len(reach.demand)), dtype=bool)
    for site in range(len(reach.sites)):
        found[site, reach.who[reach.ptr[site] : reach.ptr[site + 1]]] = True
    return found


def total_after(study, key="test", minutes=5.0):
    """People reached with the plan, by unit and in all."""
    facts = study.coverage.select(
        layer=key, indicator="people_reached", phase="after", minutes=minutes
    )
    return facts.set_index("unit_code")["value"].to_dict()


def test_what_stands_comes_first_and_then_the_candidates():
    sites = asked_of(street(request(2))).problem.sites
    assert list(sites.ids) == ["s000", "s001", *(f"new:c{i:02d}" for i in range(7))]
    assert sites.existing.tolist() == [True] * 2 + [False] * 7
    assert sites.must.tolist() == sites.existing.tolist()
    assert not sites.barred.any()
    assert len(set(sites.place.tolist())) == 9
    assert sites.unit.tolist() == [0, 1, 0, 0, 0, 1, 1, 2, 2]
    np.testing.assert_allclose(sites.xy, at(*[(x, 0) for x in (*OLD_X, *NEW_X)]))
    assert sites.names == ("站0", "站1", *(f"点{i}" for i in range(7)))
    assert (sites.capacity == UNLIMITED).all()
    assert not sites.cost_yuan.any()


def test_a_facility_that_does_not_serve_is_no_site():
    found = street(request(2), status=["operating", "idle"])
    problem = asked_of(found).problem
    assert list(problem.sites.ids[:2]) == ["s000", "new:c00"]
    assert problem.people[problem.before].sum() == reached(OLD_X[:1])


def test_who_is_in_reach_and_how_long_it_takes():
    problem = asked_of(street(request(2))).problem
    xs = np.array([*OLD_X, *NEW_X])
    np.testing.assert_array_equal(matrix(problem.reach), within(xs))
    times = problem.times
    for site, x in enumerate(xs):
        row = slice(times.ptr[site], times.ptr[site + 1])
        away = np.abs(x - PLACES_X[times.who[row]])
        np.testing.assert_allclose(times.ms[row], away * 1000, atol=1500)
        assert len(times.who[row]) == (np.abs(x - PLACES_X) <= 3600).sum()


def test_a_cutoff_below_the_limit_still_answers_at_the_limit():
    problem = asked_of(street(request(2, cutoff_minutes=1.0))).problem
    np.testing.assert_array_equal(matrix(problem.reach), within([*OLD_X, *NEW_X]))


def test_only_pairs_in_reach_are_kept_where_all_would_be_too_many(monkeypatch):
    whole = coverplan.assess(street(request(2)))
    monkeypatch.setattr(questions, "MOST_PAIRS", 0)
    asked = asked_of(street(request(2)))
    assert asked.problem.times is None
    np.testing.assert_array_equal(matrix(asked.problem.reach), within([*OLD_X, *NEW_X]))
    small = coverplan.assess(street(request(2)))
    assert small.layers["test"].plan.chosen == whole.layers["test"].plan.chosen


def test_classes_of_one_place_share_it_and_its_times():
    sizes = [
        SiteClass(name="小", capacity=40, cost_yuan=100, reuse_cost_yuan=30),
        SiteClass(name="大", capacity=120, cost_yuan=250),
    ]
    kinds = ["build"] * 6 + ["reuse"]
    places = with_classes(request(2, new_places(kind=kinds)).candidates, sizes)
    problem = asked_of(street(request(2, places))).problem
    sites = problem.sites
    assert len(sites) == 2 + 14
    assert list(sites.ids[2:4]) == ["new:c00#小", "new:c00#大"]
    new = sites.place[2:].reshape(-1, 2)
    assert (new[:, 0] == new[:, 1]).all()
    assert len(np.unique(sites.place)) == 2 + 7
    assert sites.cost_yuan[2:].tolist() == [100, 250] * 6 + [30, 250]
    assert sites.capacity[2:].tolist() == [40, 120] * 7
    assert sites.names[2:4] == ("点0（小）", "点0（大）")
    rows = np.repeat(np.array(NEW_X), 2)
    np.testing.assert_array_equal(matrix(problem.reach), within([*OLD_X, *rows]))
    ptr = problem.times.ptr
    small, large = (problem.times.ms[ptr[i] : ptr[i + 1]] for i in (2, 3))
    np.testing.assert_array_equal(small, large)


def test_units_by_position_and_minus_one_outside():
    places = candidates([(250.0, "a"), (4750.0, "c"), (5500.0, "")])
    found = street(request(1, places))
    beyond = facilities([(500, 0, ""), (3000, 0, "b")])
    found = replace(found, layers=(replace(found.layers[0], facilities=beyond),))
    asked = asked_of(found)
    problem = asked.problem
    # A facility beyond the units serves their people; a candidate there is none of theirs.
    assert problem.sites.unit.tolist() == [-1, 1, 0, 2]
    assert list(asked.candidates.allowed.index) == ["c00", "c01"]
    assert problem.of_unit.tolist() == UNIT.tolist()
    assert problem.unit_codes == ("a", "b", "c")


def test_weights_of_units_and_groups():
    assert not asked_of(street(request(2))).problem.weighted
    by_unit = asked_of(street(request(2, unit_weights={"b": 3, "c": 0}))).problem
    factor = np.array([1, 3, 0])[UNIT]
    assert by_unit.weight.tolist() == (PEOPLE * factor).tolist()
    assert by_unit.people.tolist() == PEOPLE.tolist()
    groups = {"all": 1, "elderly": 4}
    both = asked_of(street(request(2, unit_weights={"b": 3}, group_weights=groups))).problem
    factor = np.array([1, 3, 1])[UNIT]
    assert both.weight.tolist() == ((PEOPLE + 4 * OLDER) * factor).tolist()


def test_weights_change_the_plan_and_not_the_people():
    plain = coverplan.assess(street(request(1))).layers["test"].plan
    study = coverplan.assess(street(request(1, unit_weights={"c": 50})))
    plan, problem = study.layers["test"].plan, study.layers["test"].proposal.problem
    assert plain.objective.id == "newly_reached"
    assert plan.objective.id == "newly_reached_weighted"
    assert plan.chosen != plain.chosen
    assert problem.sites.unit[plan.chosen[0]] == 2
    assert plan.facts.reached_after == reached([*OLD_X, NEW_X[plan.chosen[0] - 2]])
    assert plan.facts.people == PEOPLE.sum()


def test_people_without_a_place_are_among_the_denominators():
    problem = asked_of(street(request(2), unplaced=(40, 0, 7))).problem
    sums = np.bincount(UNIT, PEOPLE)
    assert problem.totals.tolist() == (sums + [40, 0, 7]).tolist()
    assert problem.everybody == PEOPLE.sum() + 47
    study = coverplan.assess(street(request(2), unplaced=(40, 0, 7)))
    facts = study.layers["test"].plan.facts
    assert facts.people == PEOPLE.sum() + 47
    rows = study.coverage.shares
    rows = rows[(rows["indicator"] == "people_reached") & (rows["phase"] == "after")]
    row = rows[(rows["unit_code"] == "total") & (rows["minutes"] == 5)].iloc[0]
    assert row["denominator"] == facts.people
    assert row["share_percent"] == pytest.approx(facts.share_percent, abs=0.05)


def test_the_group_of_the_layer_is_counted():
    found = street(request(2), group="elderly", unplaced=(40, 0, 0))
    problem = asked_of(found).problem
    assert problem.people.tolist() == OLDER.tolist()
    assert problem.everybody == OLDER.sum() + 20


def test_capacities_are_taken_and_unknown_ones_refused_where_a_model_needs_them(monkeypatch):
    given = street(request(2), capacity=[30, None])
    sites = asked_of(given).problem.sites
    assert sites.capacity[:2].tolist() == [30, UNLIMITED]
    needs = replace(MODELS["mclp"], capacity=True)
    monkeypatch.setitem(MODELS, "mclp", needs)
    (problem,) = faults(asked_of, given)
    assert problem.code == "siting.capacity"
    assert problem.found == "站1"
    assert "1 处" in problem.what.zh
    assert "1 existing" in problem.what.en
    known = street(request(2), capacity=[30, 70])
    assert asked_of(known).problem.sites.capacity[:2].tolist() == [30, 70]


def test_a_required_site_without_a_road_is_named():
    places = new_places()
    places.loc["c03", "geometry"] = Point(*at((2250, 5000))[0])
    (problem,) = faults(asked_of, street(request(2, places, required=("c03",))))
    assert problem.code == "siting.required_forbidden"
    assert problem.column == "layers.test.siting.required"
    assert problem.found.zh == "c03：附近没有可用道路"
    assert problem.found.en == "c03: no usable road near"


def test_no_usable_candidate_is_said_with_the_reasons():
    places = new_places()
    places = places.set_geometry(places.geometry.translate(0, 5000))
    asked = request(1, places, excluded=("c00", "c01"))
    (problem,) = faults(asked_of, street(asked))
    assert problem.code == "siting.no_candidate"
    assert problem.column == "layers.test.siting.candidates"
    assert "附近没有可用道路 5 个" in problem.found.zh
    assert "5 no usable road near" in problem.found.en
    assert " 2 个" in problem.found.zh


def test_without_candidates_existing_sites_may_still_be_closed():
    asked = request(
        None, new_places(), model="lscp", closable=True, excluded=tuple(new_places().index)
    )
    problem = asked_of(street(asked)).problem
    assert list(problem.sites.ids) == ["s000", "s001"]
    assert not problem.sites.must.any()


# ---- sites that close ----------------------------------------------------------------------------


def shut(**more):
    """One existing site must close, and two may be built."""
    return street(request(2, closable=True, shut_ids=("s001",), keep_ids=("s000",), **more))


def test_kept_and_shut_sites():
    sites = asked_of(shut(required=("c05",))).problem.sites
    assert sites.must[:2].tolist() == [True, False]
    assert sites.barred.tolist() == [False, True] + [False] * 7
    assert sites.ids[sites.must].tolist() == ["s000", "new:c05"]


def test_after_a_closing_people_are_measured_without_the_site():
    study = coverplan.assess(shut())
    result = study.layers["test"]
    assert result.plan.closed == (1,)
    states = result.sites.set_index("site_id")["state"].to_dict()
    assert states["s000"] == "existing"
    assert states["s001"] == "closing"
    new = result.sites[result.sites["state"] == "proposed"]
    xs = [OLD_X[0], *x_of(new)]
    other = street(None, old=sorted(xs))
    again = coverplan.assess(other).coverage.select(
        indicator="people_reached", phase="before", minutes=5.0
    )
    assert total_after(study) == again.set_index("unit_code")["value"].to_dict()
    assert total_after(study)["total"] == reached(xs)
    assert result.plan.facts.reached_before == reached(OLD_X)
    assert "s001" not in set(result.after.sites)


def test_a_closed_site_in_table_and_payload():
    study = coverplan.assess(shut())
    row = study.sites.set_index("site_id").loc["s001"]
    assert row["reason_zh"].startswith("站1：方案建议关闭，")
    assert row["reason_en"].startswith("站1: the plan closes it; ")
    assert row["people_within"] == reached(OLD_X[1:])
    assert pd.isna(row["newly_reached"])
    payload = map_payload(study, "x")
    (layer,) = payload["layers"]
    sites = {site["id"]: site for site in layer["sites"]}
    assert sites["s001"]["state"] == "closing"
    assert sites["s001"]["reason"]["en"].endswith("71 people are then out of reach")
    assert layer["plan"]["built"]
    assert "关闭 1 处" in layer["plan"]["text"]["zh"]
    # Unit b loses its one site where the plan builds none there.
    new = study.sites[study.sites["state"] == "proposed"]["unit"]
    assert layer["has_one"]["before"] == [1, 1, 0]
    assert layer["has_one"]["after"] == [1, int("b" in set(new)), int("c" in set(new))]
    before, after = (nearest_minutes(study, payload, phase) for phase in ("before", "after"))
    plain = np.ceil(np.abs(PLACES_X[:, None] - np.array(OLD_X)).min(axis=1) / 60)
    assert np.abs(before - plain).max() <= 1
    xs = [OLD_X[0], *x_of(study.sites[study.sites["state"] == "proposed"])]
    away = np.ceil(np.abs(PLACES_X[:, None] - np.array(xs)).min(axis=1) / 60)
    np.testing.assert_array_equal(after == BEYOND, away > 60)
    assert np.abs(after - away)[away <= 60].max() <= 1


def test_a_moved_site_closes_one_and_opens_one():
    result = coverplan.assess(street(request(None, moves=1, closable=True))).layers["test"]
    plan = result.plan
    assert (len(plan.chosen), len(plan.closed)) == (1, 1)
    best = max(
        reached([x for k, x in enumerate(OLD_X) if k != gone] + [new])
        for gone in range(2)
        for new in NEW_X
    )
    assert plan.facts.reached_after == best
    assert plan.status == "optimal"


# ---- no plan -------------------------------------------------------------------------------------


def impossible(**more):
    """Every unit must have four sites, and there are not so many."""
    return street(request(2, unit_least=4, **more))


def test_an_impossible_plan_changes_nothing_and_says_why():
    study = coverplan.assess(impossible())
    result = study.layers["test"]
    assert not result.proposal.has_plan
    assert result.plan.status == "impossible"
    assert result.after is None
    assert set(result.sites["state"]) == {"existing"}
    assert set(result.coverage["phase"]) == {"before"}
    payload = map_payload(study, "x")
    plan = payload["layers"][0]["plan"]
    assert plan["built"] is False
    assert "无法满足" in plan["status"]["zh"]
    assert "impossible" in plan["status"]["en"]
    assert any("甲镇" in note["zh"] and "最小的让步" in note["zh"] for note in plan["notes"])
    assert [site["before"] for site in payload["layers"][0]["sites"]] == [True, True]
    assert all(site["after"] for site in payload["layers"][0]["sites"])


def test_what_an_impossible_plan_says_would_help_does_help():
    # "Three sites fewer in a, three in b and two in c" leaves one, one and two.
    notes = coverplan.assess(impossible()).layers["test"].plan.impossible
    assert notes
    assert coverplan.assess(street(request(2, unit_least=1))).layers["test"].proposal.has_plan


def test_uncertainty_of_no_plan_is_not_drawn():
    noise = Uncertainty(draws=3, speed_percent=10.0)
    result = coverplan.assess(impossible(uncertainty=noise)).layers["test"]
    assert result.proposal.firmness is None


# ---- years, money, frontier ----------------------------------------------------------------------


def years(*caps):
    """Years with caps on number and money."""
    return tuple(Year(year=y, sites=n, budget_yuan=yuan) for y, n, yuan in caps)


def test_each_site_opens_in_a_year():
    asked = request(None, model="phases", years=years((2026, 1, None), (2027, 2, None)))
    study = coverplan.assess(street(asked))
    proposal = study.layers["test"].proposal
    new = study.sites[study.sites["state"] == "proposed"]
    assert sorted(new["opened"].tolist()) == [2026, 2027, 2027]
    table = proposal.phase_table
    assert table["year"].tolist() == [2026, 2027]
    for row in table.itertuples():
        ids = set(new.loc[new["opened"] <= row.year, "site_id"])
        opened = set(new.loc[new["opened"] == row.year, "site_id"])
        assert set(row.opened.split()) == opened
        xs = [*OLD_X, *x_of(new[new["site_id"].isin(ids)])]
        assert row.reached == reached(xs)
    # What counts is the sum over the years, and the first year's best site comes first.
    first = new.loc[new["opened"] == 2026]
    assert reached([*OLD_X, *x_of(first)]) == max(reached([*OLD_X, x]) for x in NEW_X)
    assert proposal.overall is not None
    assert proposal.status_text == proposal.overall.status_text
    assert proposal.scope == Text("各年合计", "summed over the years")
    rows = {label.zh: value for label, value in plan_rows(proposal)}
    assert rows["目标值"].zh == f"{proposal.overall.value:,} 人·年"
    assert rows["不可能超过"].en == f"{proposal.overall.bound:,} person-years"
    assert rows["其中本方案"].zh == f"{proposal.plan.value:,} 人"
    assert proposal.overall.value == sum(plan.value for plan in proposal.phases.plans)


def test_years_that_cannot_be_built_leave_no_plan():
    asked = request(
        None, model="phases", years=years((2026, 1, None), (2027, 1, None)), unit_least=4
    )
    proposal = coverplan.assess(street(asked)).layers["test"].proposal
    assert not proposal.has_plan
    assert proposal.plan.impossible or proposal.phases.impossible


def test_the_frontier_says_what_more_sites_reach():
    proposal = coverplan.assess(street(request(2, frontier=4))).layers["test"].proposal
    table = proposal.frontier_table
    assert table["sites"].tolist()[:4] == [1, 2, 3, 4]
    best = reached(OLD_X)
    for row in table.itertuples():
        xs = [NEW_X[int(i.removeprefix("new:c"))] for i in row.chosen.split()]
        assert len(xs) <= row.sites
        assert row.newly == reached([*OLD_X, *xs]) - reached(OLD_X)
        assert reached([*OLD_X, *xs]) >= best
        best = reached([*OLD_X, *xs])
    assert table.loc[1, "newly"] == proposal.plan.value
    assert proposal.further_notes[0] == proposal.frontier.elbow_text


def test_money_is_counted_from_the_candidates():
    costs = pd.array([5, 4, 3, 2, 7, 9, 1], dtype="Int64")
    asked = request(None, new_places(cost_yuan=costs), model="budget", budget_yuan=8)
    result = coverplan.assess(street(asked)).layers["test"]
    spent = [int(costs[j - 2]) for j in result.plan.chosen]
    assert result.plan.facts.cost_yuan == sum(spent) <= 8
    new = result.sites[result.sites["state"] == "proposed"]
    assert new["cost_yuan"].tolist() == spent
    best = max(
        reached([*OLD_X, *(x for k, x in enumerate(NEW_X) if pick >> k & 1)])
        for pick in range(128)
        if sum(int(c) for k, c in enumerate(costs) if pick >> k & 1) <= 8
    )
    assert result.plan.facts.reached_after == best


def test_whoever_watches_is_told_of_bounds_and_steps():
    steps, bounds = [], []
    clock = Clock(lambda text: steps.append(text.en), None, lambda v, b: bounds.append((v, b)))
    assess_inputs(street(request(2)), clock)
    assert "candidates: test" in steps
    assert "siting: test" in steps
    assert proposing.telling(Clock()) is None
    tell = proposing.telling(clock)
    tell(coverplan.siting.Bounds(3, 5, 0.1))
    assert bounds[-1] == (3, 5)
