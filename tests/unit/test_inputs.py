"""Parts of a study that do not fit together are refused, with everything that does not fit."""

import dataclasses

import geopandas as gpd
import pytest
from tiny import CRS, X0, Y0, at, demand, facilities, inputs, network, region

from coverplan import Demand, InputError, SitingRequest

UNITS = region((0, -500, 1000, 500), (1000, -500, 2000, 500))
PEOPLE = demand(UNITS, [(5, 0, "a", 4), (1500, 0, "b", 6)])
ROADS = network([[(0, 0), (2000, 0)]])


def codes_of(make):
    with pytest.raises(InputError) as caught:
        make()
    assert all(p.what.zh and p.mend.zh for p in caught.value.problems)
    return sorted({p.code for p in caught.value.problems})


def test_a_name_where_a_code_belongs():
    sites = facilities([(0, 0, "甲镇"), (9, 0, "")])
    assert codes_of(lambda: inputs(UNITS, PEOPLE, ROADS, sites)) == ["inputs.unit"]


def test_other_coordinate_systems_all_at_once():
    other = network([[(0, 0), (2000, 0)]], work_crs=32651)
    sites = facilities([(0, 0, "a")])
    moved = type(sites)(sites.layer, sites.sites.to_crs(32651))
    places = gpd.GeoDataFrame(
        {"name": ["c"], "unit": ["a"]},
        index=["c"],
        geometry=gpd.points_from_xy(*at((1, 1)).T),
        crs=CRS,
    )
    with pytest.raises(InputError) as caught:
        inputs(UNITS, PEOPLE, other, moved, siting=SitingRequest(1, places.to_crs(32651)))
    named = [p.what.en.split()[0] for p in caught.value.problems]
    assert named == ["network", "layers.test.facilities", "layers.test.candidates"]


def test_people_of_another_region():
    three = region((0, -500, 500, 500), (500, -500, 1000, 500), (1000, -500, 2000, 500))
    sites = facilities([(0, 0, "a")])
    assert codes_of(lambda: inputs(three, PEOPLE, ROADS, sites)) == ["inputs.units"]


def test_a_group_and_a_profile_nobody_knows():
    good = inputs(UNITS, PEOPLE, ROADS, facilities([(0, 0, "a")]))
    layer = dataclasses.replace(good.layers[0].layer, group="elderly", profile="boat")
    item = dataclasses.replace(good.layers[0], layer=layer)
    assert codes_of(lambda: dataclasses.replace(good, layers=(item,))) == ["inputs.unknown"]


def test_demand_points_are_checked():
    points = PEOPLE.points
    wrong = points.assign(unit=["a", "z"])
    assert codes_of(lambda: Demand.from_points(wrong, UNITS)) == ["demand.unit"]
    twice = points.set_axis(["d", "d"])
    assert codes_of(lambda: Demand.from_points(twice, UNITS)) == ["demand.duplicate_id"]
    assert codes_of(lambda: Demand.from_points(points.to_crs(4326), UNITS)) == ["demand.not_metric"]


def test_what_fits_is_taken():
    assert inputs(UNITS, PEOPLE, ROADS, facilities([(X0 - X0, Y0 - Y0, "")])).title


@pytest.mark.parametrize("minutes", [0, -5, 12.5, 255, float("nan"), float("inf"), "15", True])
def test_thresholds_are_whole_minutes(minutes):
    good = inputs(UNITS, PEOPLE, ROADS, facilities([(0, 0, "a")]))
    wrong = (5, minutes)
    assert codes_of(lambda: dataclasses.replace(good, thresholds=wrong)) == ["inputs.thresholds"]
