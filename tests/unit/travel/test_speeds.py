"""The time along an edge: class, surface, posted limit, who is barred, ferries."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString
from tiny import X0, Y0, at, profile

from coverplan import InputError, Network
from coverplan.domain.edges import BICYCLE, EVERYBODY, FOOT, MOTOR, EdgeFacts
from coverplan.domain.profile import Ferry
from coverplan.travel import mode_graph, nearest_site, snap
from coverplan.travel.nearest import NEVER
from coverplan.travel.speeds import CLOSED, edge_kmh, edge_ms


def network(lines, classes="residential", oneway=None, **facts):
    n = len(lines)
    frame = gpd.GeoDataFrame(
        {
            "highway": [classes] * n if isinstance(classes, str) else classes,
            "oneway": [0] * n if oneway is None else oneway,
        },
        geometry=[LineString([(X0 + x, Y0 + y) for x, y in line]) for line in lines],
        crs=4549,
    )
    known = EdgeFacts.unknown(n)
    dtypes = {name: getattr(known, name).dtype for name in facts}
    given = {name: np.array(values, dtype=dtypes[name]) for name, values in facts.items()}
    return Network.from_edges(frame, crs=frame.crs, facts=dataclasses.replace(known, **given))


ROW = [[(0, 0), (1000, 0)], [(1000, 0), (2000, 0)], [(2000, 0), (3000, 0)]]


def test_a_surface_multiplies_the_speed_and_an_unknown_one_does_not():
    roads = network(ROW, surface=["gravel", "", "asphalt"])
    slow = dataclasses.replace(profile(), surface_factors={"gravel": 0.5})
    assert edge_kmh(roads, slow).tolist() == [1.8, 3.6, 3.6]
    assert edge_kmh(roads, profile()).tolist() == [3.6, 3.6, 3.6]


def test_a_posted_limit_caps_and_never_raises():
    roads = network(ROW, limit_kmh=[2.0, np.nan, 50.0])
    obeys = dataclasses.replace(profile(), posted_limits=True)
    assert edge_kmh(roads, obeys).tolist() == [2.0, 3.6, 3.6]
    assert edge_kmh(roads, profile()).tolist() == [3.6, 3.6, 3.6]


@pytest.mark.parametrize(
    ("mode", "open_"),
    [
        ("foot", [False, True, True]),
        ("bicycle", [True, False, True]),
        ("motor", [True, True, False]),
    ],
)
def test_a_road_bars_one_mode_and_not_the_others(mode, open_):
    roads = network(ROW, barred=[FOOT, BICYCLE, MOTOR])
    found = np.isfinite(edge_kmh(roads, dataclasses.replace(profile(), mode=mode)))
    assert found.tolist() == open_
    closed = network(ROW, barred=[EVERYBODY] * 3)
    assert np.isnan(edge_kmh(closed, profile())).all()


def test_a_closed_road_is_not_travelled_and_nobody_is_joined_to_it():
    roads = network(ROW, barred=[0, EVERYBODY, 0])
    graph = mode_graph(roads, profile())
    people = snap(graph, at((500, 0), (1600, 0)))
    assert people.edge.tolist() == [0, 2]
    assert people.access_metres[1] == pytest.approx(400, abs=0.1)
    nearest = nearest_site(graph, people, snap(graph, at((2500, 0))))
    assert (nearest.ms == NEVER).tolist() == [True, False]


def test_oneway_by_mode():
    roads = network(ROW, oneway=[1, 1, 1], both_ways=[BICYCLE, 0, FOOT])
    bound = dataclasses.replace(profile(oneway=True), mode="bicycle")
    backward = edge_ms(roads, bound, None)[1]
    assert (backward == CLOSED).tolist() == [False, True, True]


FERRY_ROW = ["residential", "ferry", "residential"]


def crossing(ferry, **facts):
    """Minutes from the far bank to a site at 500 m: 500 + 1000 m of road and 1000 m of water."""
    walker = dataclasses.replace(profile(), ferry=ferry)
    graph = mode_graph(network(ROW, FERRY_ROW, **facts), walker)
    people, sites = snap(graph, at((3000, 0), (1500, 20))), snap(graph, at((500, 0)))
    ms = nearest_site(graph, people, sites).ms
    return None if ms[0] == NEVER else round(ms[0] / 60_000, 2)


def test_a_ferry_by_hand():
    # 1000 m and 500 m on foot at 60 m a minute; 1 km of water at 12 km/h is 5 minutes.
    on_foot = 1500 / 60
    assert crossing(None) is None
    assert crossing(Ferry(12)) == on_foot + 5
    assert crossing(Ferry(12, headway_minutes=30)) == on_foot + 5 + 15
    assert crossing(Ferry(12, headway_minutes=30, wait_share=1)) == on_foot + 5 + 30
    headway = [np.nan, 60, np.nan]
    assert crossing(Ferry(12, headway_minutes=30), headway_minutes=headway) == on_foot + 5 + 30
    duration = [np.nan, 8, np.nan]
    assert crossing(Ferry(12), crossing_minutes=duration) == on_foot + 8


def test_a_ferry_drawn_in_two_pieces_is_boarded_once():
    lines = [ROW[0], [(1000, 0), (1400, 0)], [(1400, 0), (2000, 0)], ROW[2]]
    classes = ["residential", "ferry", "ferry", "residential"]
    walker = dataclasses.replace(profile(), ferry=Ferry(12, headway_minutes=30))
    graph = mode_graph(network(lines, classes), walker)
    ms = nearest_site(graph, snap(graph, at((3000, 0))), snap(graph, at((500, 0)))).ms
    assert ms[0] / 60_000 == pytest.approx(25 + 5 + 15, abs=0.01)


@pytest.mark.parametrize("order", [1, -1])
def test_a_ferry_drawn_on_a_street_is_not_that_street(order):
    lines = [ROW[0], ROW[1], ROW[1], ROW[2]][::order]
    classes = ["residential", "residential", "ferry", "residential"][::order]
    walker = dataclasses.replace(profile(), ferry=Ferry(60, headway_minutes=10))
    graph = mode_graph(network(lines, classes), walker)
    people = snap(graph, at((1300, 0), (3000, 0)))
    assert (graph.network.road_class[people.edge] == "residential").all()
    ms = nearest_site(graph, people, snap(graph, at((500, 0)))).ms
    # 800 m on foot; by ferry 5 minutes of waiting and 1 km a minute, with 1,500 m on foot.
    assert ms.tolist() == [800_000, 1500_000 + 5 * 60_000 + 60_000]


def test_nobody_steps_on_a_ferry_in_mid_water():
    walker = dataclasses.replace(profile(), ferry=Ferry(12, headway_minutes=10))
    graph = mode_graph(network(ROW, FERRY_ROW), walker)
    assert snap(graph, at((1100, 5), (1900, 5))).edge.tolist() == [0, 2]


def test_a_route_that_takes_weeks_is_refused():
    with pytest.raises(InputError, match="twelve"):
        mode_graph(network(ROW), profile(kmh=0.000_9))


def test_the_detour_of_the_way_to_the_road():
    graph = mode_graph(network(ROW), dataclasses.replace(profile(), access_detour=1.5))
    people = snap(graph, at((500, 100)))
    assert people.access_ms.tolist() == [150_000]
    assert people.access_metres[0] == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("order", [1, -1])
def test_two_ferries_of_one_route_keep_their_own_headways(order):
    lines = [ROW[0], *[ROW[1], ROW[1]][::order], ROW[2]]
    classes = ["residential", "ferry", "ferry", "residential"]
    walker = dataclasses.replace(profile(), ferry=Ferry(12))
    slow_often, fast_rarely = (20.0, 10.0), (5.0, 60.0)
    crossing_minutes, headway_minutes = zip(*[slow_often, fast_rarely][::order], strict=True)
    roads = network(
        lines,
        classes,
        crossing_minutes=[np.nan, *crossing_minutes, np.nan],
        headway_minutes=[np.nan, *headway_minutes, np.nan],
    )
    graph = mode_graph(roads, walker)
    ms = nearest_site(graph, snap(graph, at((1000, 0))), snap(graph, at((2000, 0)))).ms
    # 5 minutes of waiting and 20 on the water, against 30 and 5; by road there is no way.
    assert ms.tolist() == [25 * 60_000]


@pytest.mark.parametrize(
    ("headway", "share"), [(-1, 0.5), (100_000, 0.5), (30, 50), (30, -0.1), (float("nan"), 0.5)]
)
def test_a_wait_nobody_means_is_refused(headway, share):
    with pytest.raises(ValueError, match="headway"):
        Ferry(12, headway, share)


def test_a_headway_of_the_file_that_takes_weeks_is_refused():
    walker = dataclasses.replace(profile(), ferry=Ferry(12, wait_share=1))
    roads = network(ROW, FERRY_ROW, headway_minutes=[np.nan, 40_000, np.nan])
    with pytest.raises(InputError, match="twelve"):
        mode_graph(roads, walker)
