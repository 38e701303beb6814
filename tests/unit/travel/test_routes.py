"""Routes add up to the engine's milliseconds and lead where they say; small ones by hand."""

import dataclasses
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString
from tiny import X0, Y0, at, network, profile

from coverplan.core.errors import InternalError
from coverplan.domain.profile import Ferry
from coverplan.domain.relief import Relief
from coverplan.travel import mode_graph, nearest_site, snap, travel_times
from coverplan.travel.graph import CLOSED
from coverplan.travel.routes import routes

MS = pytest.approx


def one(graph, person, site, direction="to_site"):
    """The route of one pair of places, given relative to the origin."""
    found = routes(
        graph, snap(graph, at(person)), snap(graph, at(site)), [0], [0], direction=direction
    )
    return found.ways[0]


def drawn(way):
    return [(round(x - X0, 3), round(y - Y0, 3)) for x, y in way.geometry.coords]


def edge_of(net, *line):
    """The number of the edge drawn through points relative to the origin."""
    want = LineString([(X0 + x, Y0 + y) for x, y in line])
    return next(i for i, have in enumerate(net.lines) if have.equals(want))


CORNER = [[(0, 0), (100, 0)], [(100, 0), (100, 50), (200, 50)]]


def test_from_door_to_door_by_hand():
    net = network(CORNER, road_class=["residential", "footway"])
    graph = mode_graph(net, profile(access_kmh=1.8, classes=("residential", "footway")))
    way = one(graph, (40, 10), (150, 45))
    # 10 m at half the speed, 60 m and 100 m along, 5 m at half the speed.
    assert drawn(way) == [(40, 10), (40, 0), (100, 0), (100, 50), (150, 50), (150, 45)]
    assert [leg.road_class for leg in way.legs] == ["residential", "footway"]
    assert [leg.metres for leg in way.legs] == MS([60, 100], rel=1e-4)
    assert (way.start_metres, way.end_metres) == MS((10, 5), rel=1e-4)
    assert (way.start_ms, way.end_ms) == MS((20_000, 10_000), abs=2)
    assert way.metres == MS(175, rel=1e-4)
    assert way.ms == way.start_ms + way.end_ms + sum(leg.ms for leg in way.legs)
    assert np.isnan(way.climb_metres)
    assert not way.straight


def test_a_service_that_goes_out_travels_the_other_way():
    graph = mode_graph(network(CORNER), profile())
    to, out = (one(graph, (40, 10), (150, 45), d) for d in ("to_site", "from_site"))
    assert drawn(out) == drawn(to)[::-1]
    assert (out.start_metres, out.end_metres) == MS((5, 10), rel=1e-4)
    assert [(g.edge, g.from_fraction, g.to_fraction) for g in out.legs] == [
        (g.edge, g.to_fraction, g.from_fraction) for g in to.legs[::-1]
    ]


RING = [[(0, 0), (1000, 0)], [(1000, 0), (1000, 500), (0, 500), (0, 0)]]


def test_oneway_leads_all_the_way_round_in_one_direction_only():
    graph = mode_graph(network(RING, oneway=[1, 1]), profile(oneway=True))
    round_about = one(graph, (700, 0), (300, 0))
    assert drawn(round_about) == [(700, 0), (1000, 0), (1000, 500), (0, 500), (0, 0), (300, 0)]
    assert drawn(one(graph, (700, 0), (300, 0), "from_site")) == [(300, 0), (700, 0)]


def test_on_one_edge_and_on_one_spot():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    way = one(graph, (250, 0), (400, 0))
    assert drawn(way) == [(250, 0), (400, 0)]
    assert [leg.ms for leg in way.legs] == MS([150_000], abs=20)
    here = one(graph, (250, 3), (250, 3))
    assert (here.ms, here.legs, here.metres) == (0, (), 0.0)
    assert here.geometry.length == 0


def test_a_neighbour_nearer_than_the_road_is_walked_to_straight():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    way = one(graph, (500, 200), (530, 200))
    assert (way.straight, drawn(way)) == (True, [(500, 200), (530, 200)])
    assert (way.ms, way.metres) == MS((30_000, 30), rel=1e-3)
    assert drawn(one(graph, (500, 200), (530, 200), "from_site")) == [(530, 200), (500, 200)]


def test_no_way_is_a_row_that_says_so():
    net = network([[(0, 0), (100, 0)], [(0, 900), (100, 900)]])
    graph = mode_graph(net, profile(cap=60))
    people = snap(graph, at((10, 0), (10, 905), (10, 400)))
    found = routes(graph, people, snap(graph, at((90, 0))), [0, 1, 2], [0, 0, 0])
    assert [way is None for way in found.ways] == [False, True, True]
    frame = found.to_frame()
    assert frame["reached"].tolist() == [True, False, False]
    assert frame["minutes"].isna().tolist() == [False, True, True]
    assert frame["geometry"].isna().tolist() == [False, True, True]
    assert frame.crs == net.crs


def test_a_way_of_many_hours_is_found():
    graph = mode_graph(network([[(0, 0), (40_000, 0)], [(40_000, 0), (80_000, 0)]]), profile())
    assert one(graph, (0, 0), (80_000, 0)).ms == MS(80_000_000, rel=1e-3)


def test_of_equal_ways_always_the_same():
    lines = [[(0, 0), (50, 50), (100, 0)], [(0, 0), (50, -50), (100, 0)], [(100, 0), (150, 0)]]
    ways = {
        tuple(
            drawn(one(mode_graph(network([lines[i] for i in order]), profile()), (0, 0), (150, 0)))
        )
        for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0])
    }
    assert len(ways) == 1


def test_edges_without_time_make_no_circles():
    lines = [[(0, 0), (100, 0)], *[[(100, 0), (100, 0)]] * 3, [(100, 0), (200, 0)]]
    graph = mode_graph(network(lines), profile())
    assert drawn(one(graph, (0, 0), (200, 0))) == [(0, 0), (100, 0), (200, 0)]


def test_ferries_are_boarded_and_waited_for():
    lines = [[(0, 0), (100, 0)], [(100, 0), (400, 0)], [(400, 0), (500, 0)]]
    net = network(lines, road_class=["residential", "ferry", "residential"])
    boat = dataclasses.replace(profile(), ferry=Ferry(kmh=10.8, headway_minutes=20, wait_share=0.5))
    graph = mode_graph(net, boat)
    for direction in ("to_site", "from_site"):
        way = one(graph, (0, 0), (500, 0), direction)
        assert way.wait_ms == 600_000
        assert [leg.road_class for leg in way.legs] == ["residential", "ferry", "residential"]
        assert way.ms == MS(600_000 + 100_000 + 100_000 + 100_000, rel=1e-3)
        assert way.geometry.length == MS(500)


def test_climb_is_counted_in_the_direction_of_travel():
    net = network(CORNER)
    hill = edge_of(net, *CORNER[1])
    heights = np.zeros((2, 3))
    heights[hill] = [0, 30, 20]
    relief = Relief(np.array([0, 3, 6]), np.tile([0, 0.5, 1], 2), heights.ravel())
    graph = mode_graph(net.with_relief(relief), profile())
    assert one(graph, (40, 0), (200, 50)).climb_metres == MS(30)
    assert one(graph, (40, 0), (200, 50), "from_site").climb_metres == MS(10)
    # Up to the middle of the second stretch, and from there.
    assert one(graph, (40, 0), (162.5, 50)).climb_metres == MS(30)
    assert one(graph, (162.5, 50), (40, 0)).climb_metres == MS(5)


def test_frames():
    net = network(CORNER)
    graph = mode_graph(net, profile())
    people, sites = snap(graph, at((40, 10), (0, 0))), snap(graph, at((150, 45), (10, 0)))
    found = routes(
        graph,
        people,
        sites,
        [1, 0],
        [0, 0],
        demand_ids=pd.Index(["p", "q"]),
        site_ids=pd.Index(["s", "t"]),
    )
    frame = found.to_frame()
    assert frame[["demand_id", "site_id"]].to_numpy().tolist() == [["q", "s"], ["p", "s"]]
    parts = ["start_minutes", "end_minutes", "wait_minutes"]
    legs = found.legs_frame()
    along = legs.groupby("route")["minutes"].sum()
    assert frame["minutes"].tolist() == MS((along + frame[parts].sum(axis=1)).tolist())
    assert legs[["route", "step"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    np.testing.assert_allclose(legs.length * net.scale, legs["metres"], rtol=1e-4)
    nobody = routes(graph, people, sites, [], [])
    assert (len(nobody), len(nobody.to_frame()), len(nobody.legs_frame())) == (0, 0, 0)


def test_a_way_that_does_not_add_up_is_an_error_of_the_program(monkeypatch):
    graph = mode_graph(network(CORNER), profile())

    def wrong(*args, **kwargs):
        times = travel_times(*args, **kwargs)
        return dataclasses.replace(times, ms=times.ms + 1)

    monkeypatch.setattr(sys.modules["coverplan.travel.routes"], "travel_times", wrong)
    with pytest.raises(InternalError, match="no way from place 0 to site 0"):
        one(graph, (40, 10), (150, 45))


def random_place(seed, *, hilly):
    """A random directed network with a ferry, ties, parallel links, loops and islands."""
    rng = np.random.default_rng(seed)
    nodes = rng.integers(0, 9, (14, 2)) * 100.0
    ends = rng.integers(0, 14, (24, 2))
    lines = [[tuple(nodes[a]), tuple(nodes[b])] for a, b in ends if (nodes[a] != nodes[b]).any()]
    lines += [[tuple(nodes[0]), (0.0, 5000.0), tuple(nodes[0])], lines[0]]
    classes = rng.choice(["residential", "residential", "footway", "ferry"], len(lines))
    for i in np.flatnonzero(classes == "ferry"):  # not on the line of a street
        (x, y), *_, (x1, y1) = lines[i]
        lines[i] = [(x, y), ((x + x1) / 2 + 7, (y + y1) / 2 + 3 + i), (x1, y1)]
    net = network(
        lines,
        road_class=classes,
        oneway=rng.choice([0, 0, 1, -1], len(lines)),
    )
    prof = dataclasses.replace(profile(oneway=True), ferry=Ferry(kmh=20, headway_minutes=3))
    if hilly:
        heights = rng.random(net.n_edges * 3) * 60
        fraction = np.tile([0, 0.4, 1], net.n_edges)
        net = net.with_relief(Relief(np.arange(net.n_edges + 1) * 3, fraction, heights))
        prof = dataclasses.replace(prof, slope="tobler")
    graph = mode_graph(net, prof)
    places = rng.integers(0, 9 * 4, (26, 2)) * 25.0 + [X0, Y0]
    return graph, snap(graph, places[:20]), snap(graph, places[20:])


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    hilly=st.booleans(),
    direction=st.sampled_from(["to_site", "from_site"]),
)
def test_every_pair_of_a_random_place(seed, hilly, direction):
    graph, people, sites = random_place(seed, hilly=hilly)
    net = graph.network
    times = travel_times(graph, people, sites, cutoff_minutes=10_000, direction=direction)
    engine = {
        (int(w), s): int(ms)
        for s in range(len(sites))
        for w, ms in zip(
            *(a[times.ptr[s] : times.ptr[s + 1]] for a in (times.who, times.ms)), strict=True
        )
    }
    who, site = (a.ravel() for a in np.meshgrid(np.arange(len(people)), np.arange(len(sites))))
    found = routes(graph, people, sites, who, site, direction=direction)
    for p, s, way in zip(who.tolist(), site.tolist(), found.ways, strict=True):
        assert (way is None) == ((p, s) not in engine)
        if way is None:
            continue
        assert way.ms == engine[p, s]
        # Without a gap: what is drawn is as long as its parts.
        assert way.geometry.length * net.scale == MS(way.metres, rel=1e-3, abs=0.01)
        ends = people.xy[p], sites.xy[s]
        for point, place in zip(
            (way.geometry.coords[0], way.geometry.coords[-1]),
            ends if direction == "to_site" else ends[::-1],
            strict=True,
        ):
            assert point == MS(tuple(place), abs=1e-6)
        for leg in way.legs:
            ahead = leg.to_fraction > leg.from_fraction
            whole = (graph.forward_ms if ahead else graph.backward_ms)[leg.edge]
            assert whole != CLOSED
            time = graph.ahead_ms if ahead else graph.back_ms
            a, b = time(np.full(2, leg.edge), np.array([leg.from_fraction, leg.to_fraction]))
            assert leg.ms == abs(b - a)


def test_a_straight_walk_takes_the_detour_too():
    graph = mode_graph(
        network([[(0, 0), (1000, 0)]]), dataclasses.replace(profile(), access_detour=1.5)
    )
    people, sites = snap(graph, at((300, 200))), snap(graph, at((330, 240)))
    way = routes(graph, people, sites, np.zeros(1, int), np.zeros(1, int)).ways[0]
    assert way.straight
    assert way.ms == nearest_site(graph, people, sites).ms[0] == 75_000
    assert round(way.start_metres) == 75
