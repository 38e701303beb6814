"""Service areas on networks small enough to cut by hand: at 3.6 km/h a metre takes a second."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from tiny import X0, at, network, profile

from coverplan.core.errors import InputError
from coverplan.domain.profile import Ferry
from coverplan.domain.relief import Relief
from coverplan.travel import mode_graph, snap
from coverplan.travel.service import road_kilometres, service_area
from coverplan.travel.slope import tobler

CLOSE = {"abs": 0.01}
"""A centimetre: edges have whole milliseconds and lengths on the ellipsoid."""


def spans(area, **where):
    """From and to in metres along x, and the band, of each piece; relative to the origin."""
    for column, value in where.items():
        area = area[area[column] == value]
    rows = []
    for line, band in zip(area.geometry, area["band"], strict=True):
        x = sorted([line.coords[0][0] - X0, line.coords[-1][0] - X0])
        rows.append((*x, int(band)))
    return sorted(rows)


def near(*rows):
    return [pytest.approx(row, **CLOSE) for row in rows]


ROAD = [[(0, 0), (1000, 0)]]


def test_a_long_edge_is_cut_from_both_ends():
    lines = [[(0, 0), (1000, 0)], [(1000, 0), (1100, 0)], [(-100, 0), (0, 0)]]
    graph = mode_graph(network(lines), profile())
    sites = snap(graph, at((-50, 0), (1020, 0)))
    area = service_area(graph, sites, [5])
    assert spans(area) == near((-100, 0, 0), (0, 250, 0), (720, 1000, 0), (1000, 1100, 0))


def test_bands_and_the_times_at_their_ends():
    graph = mode_graph(network(ROAD), profile())
    area = service_area(graph, snap(graph, at((400, 30))), [5, 1, 10]).sort_values("from_fraction")
    # 30 s from the road to the site: 30, 270, 570 m to either side; the road ends after 400 m.
    assert spans(area) == near(
        (0, 130, 2), (130, 370, 1), (370, 430, 0), (430, 670, 1), (670, 970, 2)
    )
    assert area["minutes"].tolist() == [10, 5, 1, 5, 10]
    assert area["from_minutes"].tolist() == pytest.approx([430 / 60, 5, 1, 1, 5], abs=1e-3)
    assert area["to_minutes"].tolist() == pytest.approx([5, 1, 1, 5, 10], abs=1e-3)
    assert area["metres"].tolist() == pytest.approx([130, 240, 60, 240, 300], **CLOSE)
    assert area.crs == graph.network.crs


def test_oneway_streets_are_reached_from_one_side_and_the_direction_matters():
    graph = mode_graph(network(ROAD, oneway=[1]), profile(oneway=True))
    site = snap(graph, at((400, 0)))
    # Who comes must be driven ahead to 400; who is visited is driven to from there.
    assert spans(service_area(graph, site, [5])) == near((100, 400, 0))
    assert spans(service_area(graph, site, [5], direction="from_site")) == near((400, 700, 0))


def test_time_jumps_at_a_site_on_a_oneway_street():
    lines = [[(0, 0), (1000, 0)], [(1000, 0), (1000, 100), (0, 100), (0, 0)]]
    graph = mode_graph(network(lines, oneway=[1, 1]), profile(oneway=True))
    area = service_area(graph, snap(graph, at((400, 0))), [2, 60])
    ring = area[area["road_class"].eq("residential") & (area.length < 1000)]
    past = ring[ring["from_fraction"].sub(0.4).abs() < 1e-6].iloc[0]
    # Just past the site one has to go all the way round: 600 + 1200 + 400 m.
    assert past["from_minutes"] == pytest.approx(2200 / 60, abs=1e-3)
    assert past["to_minutes"] == pytest.approx(1600 / 60, abs=1e-3)
    assert past["minutes"] == 60


def test_slope_cuts_each_side_where_its_own_time_is_up():
    net = network(ROAD)
    # Level to 500 m, then 10 % up.
    relief = Relief(np.array([0, 3]), np.array([0, 0.5, 1]), np.array([0, 0, 50.0]))
    graph = mode_graph(net.with_relief(relief), dataclasses.replace(profile(), slope="tobler"))
    down, up = tobler(np.array([-0.1, 0.1]))
    site = snap(graph, at((500, 0)))
    to = service_area(graph, site, [5])
    assert spans(to) == [pytest.approx((200, 500 + 300 / down, 0), abs=0.1)]
    out = service_area(graph, site, [5], direction="from_site")
    assert spans(out) == [pytest.approx((200, 500 + 300 / up, 0), abs=0.1)]


def test_each_site_has_an_area_of_its_own():
    graph = mode_graph(network(ROAD), profile())
    sites = snap(graph, at((300, 0), (500, 0), (0, 5000)))
    assert spans(service_area(graph, sites, [5])) == near((0, 800, 0))
    area = service_area(graph, sites, [5], each=True)
    assert spans(area, site=0) == near((0, 600, 0))
    assert spans(area, site=1) == near((200, 800, 0))
    # The third has no road.
    assert sorted(area["site"].unique()) == [0, 1]


def test_ferries_are_crossed_but_no_part_of_an_area():
    lines = [[(0, 0), (100, 0)], [(100, 0), (400, 0)], [(400, 0), (500, 0)]]
    net = network(lines, road_class=["residential", "ferry", "residential"])
    boat = dataclasses.replace(profile(), ferry=Ferry(kmh=10.8, headway_minutes=2, wait_share=0.5))
    graph = mode_graph(net, boat)
    # 100 m, a minute's wait, 100 s on the water: 40 s are left.
    area = service_area(graph, snap(graph, at((0, 0))), [5])
    assert spans(area) == near((0, 100, 0), (400, 440, 0))


def test_what_is_closed_is_left_out_and_what_cannot_be_entered_is_marked():
    lines = [[(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 50)]]
    net = network(lines, road_class=["residential", "motorway", "footway"])
    prof = profile(classes=("residential", "motorway"), no_access=("motorway",))
    graph = mode_graph(net, prof)
    area = service_area(graph, snap(graph, at((0, 0))), [60]).sort_values("road_class")
    assert area["road_class"].tolist() == ["motorway", "residential"]
    assert area["enterable"].tolist() == [False, True]


def test_two_lines_on_one_place_are_counted_once():
    net = network([[(0, 0), (1000, 0)], [(1000, 0), (0, 0)]], oneway=[1, 1])
    graph = mode_graph(net, profile(oneway=True))
    area = service_area(graph, snap(graph, at((0, 0))), [5, 60])
    assert road_kilometres(area, [60, 5]).tolist() == pytest.approx([0.3, 1.0], rel=1e-4)


def test_kilometres_are_within_a_limit_and_true():
    lonlat = network(ROAD, work_crs=3857)  # a projection that stretches
    graph = mode_graph(lonlat, profile())
    area = service_area(graph, snap(graph, graph.network.node_xy[:1]), [5, 10])
    kilometres = road_kilometres(area, [5, 10, 20])
    assert kilometres.to_dict() == pytest.approx({5: 0.3, 10: 0.6, 20: 0.6}, rel=1e-4)
    assert area.length.sum() > 650


def test_no_site_no_area():
    graph = mode_graph(network(ROAD), profile())
    none = snap(graph, np.zeros((0, 2)))
    for each in (False, True):
        area = service_area(graph, none, [5], each=each)
        assert len(area) == 0
        assert {"edge", "band", "minutes", "metres", "geometry"} <= set(area.columns)
        assert area.crs == graph.network.crs
        assert road_kilometres(area, [5]).tolist() == [0.0]


def test_zero_minutes_and_a_network_without_length():
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 0)]]
    graph = mode_graph(network(lines), profile())
    site = snap(graph, at((100, 0)))
    assert len(service_area(graph, site, [0])) == 0
    assert spans(service_area(graph, site, [1])) == near((40, 100, 0))


def test_ten_thousand_sites_on_one_spot():
    graph = mode_graph(network(ROAD), profile())
    sites = snap(graph, np.repeat(at((400, 0)), 10_000, axis=0))
    assert spans(service_area(graph, sites, [5])) == near((100, 700, 0))


@pytest.mark.parametrize("minutes", [[], [-1], [np.nan], [5, np.inf]])
def test_limits_must_be_minutes(minutes):
    graph = mode_graph(network(ROAD), profile())
    with pytest.raises(InputError, match='argument "minutes": cannot be used'):
        service_area(graph, snap(graph, at((0, 0))), minutes)


def test_the_same_area_whatever_the_order_of_the_limits():
    graph = mode_graph(network(ROAD), profile())
    site = snap(graph, at((400, 30)))
    one, other = (service_area(graph, site, m) for m in ([1, 5, 10], [10, 5, 1, 5]))
    pd.testing.assert_frame_equal(one, other)
