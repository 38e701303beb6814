"""Minutes to every site: the least over the open ones is the nearest, at every whole limit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import at, demand, facilities, inputs, network, plain_times, profile, region

import coverplan
from coverplan import Network
from coverplan.sitetimes import BEYOND, whole_minutes_to_sites
from coverplan.travel import snap
from coverplan.travel.nearest import NEVER

UNITS = region((-100, -5000, 700, 5000), (700, -5000, 7000, 5000))
OPEN = {"before": {"existing", "closing"}, "after": {"existing", "proposed"}}


def least(minutes, states, phase):
    """Everybody's least minutes over the sites open at a time, BEYOND without one."""
    rows = minutes[[state in OPEN[phase] for state in states]]
    return rows.min(axis=0, initial=BEYOND)


def same(result, minutes, most):
    """At every whole limit up to the longest kept, the same people are within."""
    for phase in ("before",) if result.after is None else ("before", "after"):
        nearest = result.after if phase == "after" else result.before
        found = least(minutes, result.sites["state"], phase)
        up = -(-nearest.ms.astype(np.int64) // 60_000)
        expected = np.where((nearest.ms == NEVER) | (up > most), BEYOND, up)
        np.testing.assert_array_equal(found, expected)
        for limit in range(1, most + 1):
            np.testing.assert_array_equal(found <= limit, nearest.within(limit))


@pytest.mark.parametrize("key", ["elderly_care", "social_work", "childrens_home", "eco_burial"])
def test_the_sample_county_in_both_phases(yunxi, key):
    result = yunxi.layers[key]
    minutes = whole_minutes_to_sites(result, 60)
    assert minutes.shape == (len(result.sites), len(yunxi.inputs.demand.points))
    assert set(result.sites["state"]) >= {"existing", "proposed"}
    same(result, minutes, 60)


def corners():
    return st.tuples(st.integers(0, 4), st.integers(0, 3)).map(lambda c: (300 * c[0], 300 * c[1]))


@st.composite
def worlds(draw):
    """Streets of 300 m, some oneway, some apart; people and sites on them, beside, or far off."""
    starts = draw(st.lists(corners(), min_size=1, max_size=8))
    lines = [[c, (c[0] + 300 * a, c[1] + 300 * (1 - a))] for c, a in
             ((c, draw(st.integers(0, 1))) for c in starts)]  # fmt: skip
    oneway = [draw(st.sampled_from([0, 1, -1])) for _ in lines]
    place = st.tuples(st.integers(0, 1300), st.one_of(st.integers(-20, 920), st.just(4000)))
    sites = draw(st.lists(st.one_of(corners(), place), max_size=5))
    if sites and draw(st.booleans()):
        sites.append(sites[0])  # two on one spot
    people = draw(st.lists(st.one_of(place, st.sampled_from(sites or [(0, 0)])), min_size=1))
    return lines, oneway, sites, people, draw(st.sampled_from(["to_site", "from_site"]))


def unit_of(x):
    return "a" if x < 700 else "b"


def computed(roads, sites, people, direction, prof):
    points = demand(UNITS, [(x, y, unit_of(x), 3) for x, y in people])
    found = inputs(UNITS, points, roads, facilities([(x, y, unit_of(x)) for x, y in sites]),
                   prof=prof)  # fmt: skip
    (item,) = found.layers
    layer = replace(item.layer, direction=direction)
    return coverplan.assess(replace(found, layers=(replace(item, layer=layer),))).layers["test"]


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_small_worlds(world):
    lines, oneway, sites, people, direction = world
    result = computed(
        network(lines, oneway=oneway), sites, people, direction, profile(oneway=True, cap=500.0)
    )
    minutes = whole_minutes_to_sites(result, 40)
    same(result, minutes, 40)
    if direction == "to_site" and sites:
        where = result.sites.geometry
        joined = snap(result.graph, np.column_stack([where.x, where.y]))
        ms = plain_times(result.graph, result.places, joined)
        up = -(-ms // 60_000)
        np.testing.assert_array_equal(minutes, np.where((ms < 0) | (up > 40), BEYOND, up))
    for column, place in enumerate(people):
        if place in sites:
            assert min(row[column] for row in rows_at(minutes, result, place)) == 0


def rows_at(minutes, result, place):
    """Rows of the sites that stand on a place."""
    there = tuple(at(place)[0])
    spots = [(point.x, point.y) for point in result.sites.geometry]
    return [row for row, spot in zip(minutes, spots, strict=True) if spot == there]


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_straight_lines(world):
    _, _, sites, people, direction = world
    roads = Network.without_roads(UNITS.crs)
    result = computed(roads, sites, people, direction, profile().straight_line(1.3, 3.6))
    same(result, whole_minutes_to_sites(result, 60), 60)


def test_nothing_stands_anywhere():
    result = computed(network([[(0, 0), (900, 0)]]), [], [(5, 0)], "to_site", profile())
    assert whole_minutes_to_sites(result, 30).shape == (0, 1)


def test_exactly_on_a_minute_is_that_minute_and_a_millisecond_more_the_next():
    # A metre takes a second: 60 m are a minute, of which a millimetre is a millisecond.
    result = computed(
        network([[(0, 0), (2000, 0)]]), [(0, 0)],
        [(60, 0), (60.002, 0), (59.998, 0), (1800, 0), (1800.002, 0)], "to_site", profile(),
    )  # fmt: skip
    minutes = whole_minutes_to_sites(result, 30)
    exact = result.before.ms
    assert minutes[0].tolist() == [-(-ms // 60_000) if ms <= 1_800_000 else BEYOND for ms in exact]
    assert {1, 2, 30, BEYOND} == set(minutes[0].tolist())


@pytest.mark.parametrize("most", [0, 255])
def test_minutes_that_do_not_fit_a_byte(yunxi, most):
    with pytest.raises(ValueError, match="from 1 to 254"):
        whole_minutes_to_sites(yunxi.layers["elderly_care"], most)


def test_sites_not_counted_and_across_the_line_have_rows_too():
    found = inputs(
        UNITS,
        demand(UNITS, [(0, 0, "a", 3)]),
        network([[(0, 0), (2000, 0)]]),
        facilities([(0, 0, "a"), (120, 0, "a"), (240, 0, "")],
                   status=["operating", "planned", "operating"]),
    )  # fmt: skip
    result = coverplan.assess(found).layers["test"]
    assert result.sites["state"].tolist() == ["existing", "not_counted", "existing"]
    scale = whole_minutes_to_sites(result, 30)[:, 0].tolist()
    assert scale[0] == 0
    assert sorted(scale) == scale
    assert len(set(scale)) == 3
