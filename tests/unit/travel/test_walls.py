"""Nobody walks straight through a wall to a road, and everybody to the nearest road in sight."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box
from tests.support import tiny

from coverplan.travel import mode_graph, nearest_site, snap
from coverplan.travel.nearest import NEVER
from coverplan.travel.walls import crosses_walls, nearest_visible

FENCE = LineString([(0, 0), (10, 0)])
LAKE = box(0, 0, 10, 10)


def crossed(a, b, *walls):
    found = crosses_walls(np.array([a], float), np.array([b], float), np.array(walls, dtype=object))
    return bool(found[0])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((5, -5), (5, 5), True),
        ((5, -5), (5, -0.1), False),
        ((5, -5), (5, 0), False),  # the road runs along the fence
        ((5, 0), (5, 5), False),  # lives on the fence
        ((5, 0), (5, 0), False),
        ((11, -5), (11, 5), False),  # round the end of it
        ((5, -0.005), (5, 0.005), False),  # the width of the fence
        ((5, -0.03), (5, 0.03), True),
    ],
)
def test_a_fence(a, b, expected):
    assert crossed(a, b, FENCE) is expected
    assert crossed(b, a, FENCE) is expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((-5, 5), (15, 5), True),  # across the lake
        ((0, 5), (10, 5), True),  # from bank to bank
        ((2, 2), (8, 8), False),  # inside a compound
        ((5, 5), (15, 5), True),  # out of it
        ((10, 5), (15, 5), False),  # from the bank inland
        ((0, -1), (10, -1), False),
        ((0, 5), (5, 5), False),  # from its wall inwards
    ],
)
def test_an_area(a, b, expected):
    assert crossed(a, b, LAKE) is expected
    assert crossed(b, a, LAKE) is expected


def test_an_island_in_a_lake_is_reached_over_water_only():
    lake = Polygon(LAKE.exterior, [box(4, 4, 6, 6).exterior])
    assert crossed((5, 5), (-1, 5), lake)
    assert crossed((4, 5), (0, 5), lake)
    assert not crossed((4.5, 5), (5.5, 5), lake)


def test_no_wall_and_nobody():
    here = np.zeros((2, 2))
    assert crosses_walls(here, here + 5, None).tolist() == [False, False]
    assert crosses_walls(here, here + 5, np.array([], dtype=object)).tolist() == [False, False]
    assert len(crosses_walls(here[:0], here[:0], np.array([FENCE], dtype=object))) == 0


def streets(*walls, cap=1000.0):
    network = tiny.network([[(0, 0), (100, 0)], [(0, 30), (100, 30)], [(0, -80), (100, -80)]])
    moved = [shapely.transform(w, lambda xy: xy + [tiny.X0, tiny.Y0]) for w in walls]
    network = network.with_walls(np.array(moved, dtype=object) if moved else None)
    return mode_graph(network, tiny.profile(cap=cap))


def joined_at(graph, *places):
    """How far each place is from its road, metres, and how far north of the origin that lies."""
    snapped = snap(graph, tiny.at(*places))
    north = [
        round(graph.network.lines[edge].coords[0][1] - tiny.Y0) if edge >= 0 else None
        for edge in snapped.edge
    ]
    return list(zip(np.round(snapped.access_metres, 1).tolist(), north, strict=True))


def test_the_next_road_is_taken_where_a_fence_hides_the_nearest():
    fence = LineString([(-200, 5), (300, 5)])
    places = [(50, 10), (50, 4), (50, 200)]
    assert joined_at(streets(), *places) == [(10, 0), (4, 0), (170, 30)]
    assert joined_at(streets(fence), *places) == [(20, 30), (4, 0), (170, 30)]


def test_whoever_sees_no_road_within_the_cap_has_none():
    yard = box(40, 8, 60, 22)
    assert joined_at(streets(yard), (50, 15)) == [(np.inf, None)]
    graph = streets(LineString([(-200, 5), (300, 5)]), cap=15.0)
    assert joined_at(graph, (50, 10)) == [(np.inf, None)]


def test_a_road_hidden_here_is_seen_from_there():
    fence = LineString([(40, 5), (60, 5)])
    found = joined_at(streets(fence), (50, 10), (70, 10))
    assert found == [(20, 30), (10, 0)]


@pytest.mark.parametrize(
    ("road", "home", "seen"),
    [
        ([(50, 5), (50, 90)], (52, 0), False),  # ends at the wall, on its other side
        ([(50, 5), (50, 90)], (52, 8), True),
        ([(0, 60), (50, 5), (100, 60)], (50, 0), False),  # comes up to it and turns back
        ([(0, 60), (50, 5), (100, 60)], (50, 9), True),
        ([(0, 5), (100, 5)], (50, 0), True),  # runs along it: seen from both sides
        ([(0, 5), (100, 5)], (50, 9), True),
        ([(50, 5.005), (50, 90)], (52, 0), False),  # half a centimetre beyond it
    ],
)
def test_a_road_that_ends_at_a_wall_is_on_one_side_of_it(road, home, seen):
    lines = np.array([LineString(road)], dtype=object)
    walls = np.array([LineString([(-200, 5), (300, 5)])], dtype=object)
    found = nearest_visible(
        np.array([home], float), np.array([0]), shapely.STRtree(lines), walls, 500.0
    )
    assert (found.tolist() == [0]) is seen


def test_a_road_cut_by_a_wall_is_joined_on_the_side_one_lives_on():
    """The two pieces end at one place; which of them is the first must not matter."""
    pieces = [LineString([(50, 5), (0, 60)]), LineString([(50, 5), (0, -60)])]
    walls = np.array([LineString([(-200, 5), (300, 5)])], dtype=object)
    for order in ([0, 1], [1, 0]):
        lines = np.array(pieces, dtype=object)[order]
        xy = np.array([(70.0, 7.0), (70.0, 3.0)])
        found = nearest_visible(xy, np.array([0, 0]), shapely.STRtree(lines), walls, 500.0)
        assert np.array(order)[found].tolist() == [0, 1]


def test_a_wall_that_hides_nothing_changes_nothing():
    rng = np.random.default_rng(1)
    places = rng.uniform(-50, 150, (200, 2))
    plain = snap(streets(), tiny.at(*places))
    walled = snap(streets(LineString([(500, 0), (500, 9)])), tiny.at(*places))
    assert (plain.edge == walled.edge).all()
    assert (plain.access_ms == walled.access_ms).all()


COORDINATE = st.integers(0, 5).map(lambda x: 100.0 * x)
PLACE = st.tuples(COORDINATE, COORDINATE)
SEGMENT = st.tuples(PLACE, PLACE).filter(lambda ab: ab[0] != ab[1])


def angle(start, end):
    return np.arctan2(end[1] - start[1], end[0] - start[0])


def sees(place, road, fences):
    """Whether a straight road is seen, by the directions of all walls that leave its nearest point.

    Two directions are parted where some wall leaves between them on either way round.
    """
    way = shapely.shortest_line(shapely.Point(place), LineString(road))
    meet = way.coords[1]
    if crossed(place, meet, *fences):
        return False
    here = [fence for fence in fences if fence.distance(shapely.Point(meet)) < 1e-6]
    walls = [angle(meet, end) for fence in here for end in fence.coords if apart(meet, end)]
    roads = [angle(meet, end) for end in road if apart(meet, end)]
    if not here or not apart(place, meet):
        return True
    mine = angle(meet, place)

    def turn(to):
        return (to - mine) % (2 * np.pi)

    def close(a, b):
        return abs((a - b + np.pi) % (2 * np.pi) - np.pi) < 1e-9

    if any(close(wall, other) for wall in walls for other in [mine, *roads]):
        return True
    return any(
        all(turn(wall) > turn(road) for wall in walls)
        or all(turn(wall) < turn(road) for wall in walls)
        for road in roads
    )


def apart(one, other):
    return np.hypot(one[0] - other[0], one[1] - other[1]) > 1e-6


@settings(max_examples=400, deadline=None)
@given(
    lines=st.lists(SEGMENT, min_size=1, max_size=8),
    walls=st.lists(SEGMENT, min_size=1, max_size=4),
    places=st.lists(PLACE, min_size=1, max_size=6),
    cap=st.sampled_from([200.0, 500.0, 1e9]),
)
def test_the_nearest_visible_line_is_what_looking_at_all_of_them_finds(lines, walls, places, cap):
    shapes = np.array([LineString(line) for line in lines], dtype=object)
    fences = np.array([LineString(wall) for wall in walls], dtype=object)
    nearest, expected = [], []
    for place in places:
        far = shapely.distance(shapely.Point(place), shapes)
        order = [i for i in np.lexsort((np.arange(len(far)), far)) if far[i] <= cap]
        nearest.append(order[0] if order else -1)
        seen = [i for i in order if sees(place, lines[i], fences)]
        expected.append(seen[0] if seen else -1)
    xy = np.array(places, dtype=float)
    found = nearest_visible(
        xy, np.array(nearest, dtype=np.int64), shapely.STRtree(shapes), fences, cap
    )
    assert found.tolist() == expected


@pytest.mark.parametrize("north", [12, 300])
def test_nobody_walks_through_a_wall_to_the_facility_on_his_doorstep(north):
    """At 3.6 km/h a metre takes a second, with a road in sight or without."""
    fence = LineString([(-200, north + 2), (300, north + 2)])
    home, site = tiny.at((50, north)), tiny.at((50, north + 4))
    free, walled = (streets(*walls, cap=150.0) for walls in ((), (fence,)))
    assert nearest_site(free, snap(free, home), snap(free, site)).ms.tolist() == [4000]
    ms = nearest_site(walled, snap(walled, home), snap(walled, site)).ms[0]
    assert ms == NEVER or ms > 10_000
