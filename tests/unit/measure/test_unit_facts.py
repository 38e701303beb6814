"""Facts unit by unit, villages and the edge of the roads, against the street counted by hand."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from street import METRES, NEW_X, OLD_X, PEOPLE, PLACES_X, UNIT, people, reached, request, street
from tiny import demand, facilities, inputs, network, region

import coverplan
from coverplan.measure.beyond import roads_beyond_metres
from coverplan.measure.coverage import TOTAL
from coverplan.measure.unit_facts import WHY, layer_facts, most_missed
from coverplan.measure.villages import village_gaps

IN_REACH = np.array([any(abs(x - old) <= METRES for old in OLD_X) for x in PLACES_X])


def facts_of(study, key="test"):
    return layer_facts(study.coverage.frame, key, study.layers[key].layer.minutes)


@pytest.fixture(scope="module")
def planned():
    return coverplan.assess(street(request(2), unplaced=(3, 0, 9)))


def test_people_reached_and_missed_are_those_of_the_street(planned):
    *units, whole = facts_of(planned)
    assert [u.code for u in units] == ["a", "b", "c"]
    for number, unit in enumerate(units):
        mine = number == UNIT
        extra = (3, 0, 9)[number]
        assert unit.people == PEOPLE[mine].sum() + extra
        assert unit.reached() == PEOPLE[mine & IN_REACH].sum()
        assert unit.missed() == PEOPLE[mine & ~IN_REACH].sum() + extra
        assert unit.why("not_reached_unplaced") == extra
        assert unit.missed() == sum(unit.why(key) or 0 for key in WHY)
    assert whole.code == TOTAL
    assert whole.whole
    assert whole.units == 3
    assert whole.share() == Fraction(100 * reached(OLD_X), int(PEOPLE.sum()) + 12)
    assert [u.has_one() for u in units] == [1, 1, 0]
    assert whole.has_one() == 2
    assert whole.why("working_sites") == 2


def test_the_plan_adds_whom_its_sites_reach(planned):
    *units, whole = facts_of(planned)
    chosen = [NEW_X[int(i[1:])] for i in planned.layers["test"].proposal.chosen.index]
    assert whole.planned
    assert whole.newly == reached([*OLD_X, *chosen]) - reached(OLD_X)
    assert whole.newly == sum(u.newly for u in units)
    assert whole.missed("after") == whole.people - whole.reached("after")


def test_without_a_plan_nothing_is_new():
    whole = facts_of(coverplan.assess(street()))[-1]
    assert (whole.planned, whole.newly, whole.reached("after")) == (False, None, None)


def test_units_are_ranked_by_who_is_missed_and_the_unknown_come_last():
    boxes = region(*[(1000 * i, -500, 1000 * (i + 1), 500) for i in range(3)])
    rows = [(900, 0, "a", 4), (2900, 0, "c", 9)]
    study = coverplan.assess(
        inputs(
            boxes,
            demand(boxes, rows),
            network([[(0, 0), (3000, 0)]]),
            facilities([(0, 0, "a")]),
            minutes=1,
        )
    )
    facts = facts_of(study)
    assert [u.code for u in most_missed(facts)] == ["c", "a", "b"]
    unknown = next(u for u in facts if u.code == "b")
    assert (unknown.people, unknown.reached(), unknown.missed(), unknown.share()) == (None,) * 4


def test_nobody_is_no_share():
    boxes = region((0, -500, 1000, 500))
    study = coverplan.assess(
        inputs(
            boxes,
            demand(boxes, [(5, 0, "a", 0)]),
            network([[(0, 0), (1000, 0)]]),
            facilities([(0, 0, "a")]),
        )
    )
    unit = facts_of(study)[0]
    assert (unit.people, unit.missed(), unit.share()) == (0, 0, None)


def named(study, names):
    """The study's demand with places of these names."""
    points = study.inputs.demand.points.assign(place=names)
    return replace(study.inputs.demand, points=points)


def test_villages_add_up_the_places_of_one_name_in_one_unit():
    study = coverplan.assess(street())
    names = [f"村{i // 2}" for i in range(len(PLACES_X))]
    result = study.layers["test"]
    found = village_gaps(named(study, names), "all", result.before, result.places.joined, 5)
    frame = pd.DataFrame(
        {"name": names, "unit": UNIT, "people": PEOPLE, "missed": np.where(IN_REACH, 0, PEOPLE)}
    )
    sums = frame.groupby(["unit", "name"]).sum()
    assert {(v.unit, v.name): (v.people, v.missed) for v in found} == {
        ("abc"[u], n): (r.people, r.missed)
        for (u, n), r in zip(sums.index, sums.itertuples(), strict=True)
        if r.missed
    }
    missed = [v.missed for v in found]
    assert missed == sorted(missed, reverse=True)
    assert sum(missed) == facts_of(study)[-1].missed()
    far = next(v for v in found if v.name == "村11")
    away = [abs(x - OLD_X[1]) for x in PLACES_X[22:24]]
    mean = sum(a * n for a, n in zip(away, PEOPLE[22:24], strict=True)) / sum(PEOPLE[22:24]) / 60
    assert far.minutes == pytest.approx(mean, abs=1e-2)


def test_places_without_a_name_are_in_no_village():
    study = coverplan.assess(street())
    result = study.layers["test"]
    names = ["", *["村"] * (len(PLACES_X) - 1)]
    found = village_gaps(named(study, names), "all", result.before, result.places.joined, 5)
    assert {v.name for v in found} == {"村"}
    bare = people(study.inputs.region)
    bare = replace(bare, points=bare.points.drop(columns="place"))
    assert village_gaps(bare, "all", result.before, result.places.joined, 5) == ()


def test_no_road_and_no_way_are_told_apart():
    boxes = region((0, -500, 4000, 500))
    study = coverplan.assess(
        inputs(
            boxes,
            demand(boxes, [(5, 0, "a", 4), (3500, 0, "a", 7), (2000, 400, "a", 2)]),
            network([[(0, 0), (1000, 0)], [(3000, 0), (4000, 0)]]),
            facilities([(0, 0, "a")]),
            prof=None,
        )
    )
    result = study.layers["test"]
    found = village_gaps(
        named(study, ["甲", "乙", "丙"]), "all", result.before, result.places.joined, 15
    )
    assert {v.name: (v.missed, v.no_road, v.no_way, v.minutes) for v in found} == {
        "乙": (7, 0, 7, None),
        "丙": (2, 2, 0, None),
    }


def test_roads_are_followed_beyond_the_units():
    boxes = region((0, -500, 1000, 500))
    assert roads_beyond_metres(boxes, network([[(0, 0), (1000, 0)]])) == 0
    far = roads_beyond_metres(boxes, network([[(0, 0), (1000, 0)], [(1000, 0), (3500, 0)]]))
    assert far == pytest.approx(2500, abs=30)
