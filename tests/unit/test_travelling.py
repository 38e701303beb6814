"""The people of a layer on their network: the very times the study uses."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import street
from tiny import CRS, at

import coverplan
from coverplan import InputError, assess, travellers


def test_the_times_are_those_of_the_study(yunxi):
    for key, result in yunxi.layers.items():
        anew = travellers(yunxi.inputs, key)  # a network of its own, not the study's
        found = anew.nearest()
        assert np.array_equal(found.ms, result.before.ms)
        assert found.demand.equals(result.before.demand)
        assert found.sites.equals(result.before.sites)
        assert anew.reached() == result.joining.reached


def test_the_curve_is_coverage_at_every_minute(yunxi):
    for key in yunxi.layers:
        who = travellers(yunxi, key)
        curve = who.curve(45)
        assert curve.index.tolist() == list(range(46))
        assert [curve[m] for m in (0, 7, 15, 45)] == [who.reached(m) for m in (0, 7, 15, 45)]
        for minutes in (5, 10, 15, 30):
            assert curve[minutes] == yunxi.coverage.value(
                layer=key,
                indicator="people_reached",
                unit_code="total",
                minutes=minutes,
                phase="before",
            )


def test_the_curve_by_hand():
    """Sites at 500 and 3,000 m, places every 250 m from 125 m: none nearer than 125 m, 2.1 min."""
    walkers = travellers(assess(street.street()), "test")
    metres = np.abs(street.PLACES_X[:, None] - np.array(street.OLD_X)).min(axis=1)
    expected = [int(street.PEOPLE[metres <= 60 * m].sum()) for m in range(8)]
    assert walkers.curve(7).tolist() == expected
    nobody = travellers(assess(street.street(old=())), "test")
    assert nobody.curve(3).tolist() == [0, 0, 0, 0]


def test_a_computed_study_lends_its_network(yunxi):
    riders = travellers(yunxi, "social_work")
    assert riders.graph is yunxi.layers["social_work"].graph
    older = travellers(yunxi, "social_work", profile="walking_older")
    assert older.graph is yunxi.layers["elderly_care"].graph
    assert older.layer.id == "social_work"
    assert older.people.sum() == 420_000


def test_second_nearest_and_times_agree_with_the_nearest(yunxi):
    riders = travellers(yunxi, "social_work")
    nearest, two = riders.nearest(), riders.k_nearest(2)
    assert np.array_equal(two.ms[:, 0], nearest.ms)
    reach = riders.times(15).within(15)
    assert np.array_equal(reach.covered(), nearest.within(15))
    assert reach.sites.equals(riders.site_ids)


def test_other_places_by_hand():
    walkers = travellers(assess(street.street()), "test")
    spots = gpd.GeoDataFrame(
        {"name": ["甲", "乙"]},
        index=pd.Index(["one", "two"]),
        geometry=gpd.points_from_xy(*at((125, 0), (5875, 0)).T),
        crs=CRS,
    )
    # The first place is at 125 m, the next 250 m on: 250 s away.
    frame = walkers.times(5, spots.to_crs(4326)).to_frame().set_index(["site_id", "demand_id"])
    assert frame.index.tolist() == [
        ("one", "d0000"), ("one", "d0001"), ("two", "d0022"), ("two", "d0023"),
    ]  # fmt: skip
    assert frame["minutes"].tolist() == pytest.approx([0, 250 / 60, 250 / 60, 0], abs=1e-3)
    with pytest.raises(InputError) as caught:
        walkers.joined(spots.set_crs(None, allow_override=True))
    assert caught.value.problems[0].code == "inputs.crs"


def test_a_profile_of_ones_own_goes_through_the_same_network(yunxi):
    mine = yunxi.inputs.profiles["walking_older"]
    flat = travellers(yunxi.inputs, "elderly_care", profile=replace(mine, slope="none"))
    hilly = travellers(yunxi, "elderly_care")
    assert flat.reached() > hilly.reached()  # the sample county has hills, and they cost


def test_a_service_that_goes_out_is_asked_that_way(yunxi):
    item = yunxi.inputs.layer("eco_burial")
    out = replace(item, layer=replace(item.layer, direction="from_site"))
    inputs = replace(yunxi.inputs, layers=(out,))
    drivers = travellers(inputs, "eco_burial")
    expected = coverplan.nearest_site(
        drivers.graph, drivers.homes, drivers.sites, direction="from_site"
    )
    assert np.array_equal(drivers.nearest().ms, expected.ms)
    assert not np.array_equal(drivers.nearest().ms, travellers(yunxi, "eco_burial").nearest().ms)


def test_what_the_study_does_not_have_is_said(yunxi):
    cases = {"inputs.layer": ("nothing", None), "inputs.profile": ("social_work", "camel")}
    for code, asked in cases.items():
        with pytest.raises(InputError) as caught:
            travellers(yunxi, asked[0], profile=asked[1])
        (problem,) = caught.value.problems
        assert problem.code == code
        assert problem.found in asked
        assert "研究里没有" in problem.what.zh
        assert "name one of these" in problem.mend.en
