"""Roads cut where they cross a wall: exactly there, on both sides, and nowhere else."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box

from coverplan.domain.barriers import cut_at, wall_lines

FAR = 3_000_000.0
"""Coordinates as large as those of a Chinese zone: rounding has to be lived with."""


def line(*points, at=0.0):
    return LineString([(x + at, y + at) for x, y in points])


def network(lines, walls, *, whole=(), at=0.0):
    """Cut lines whose ends join where they have the same coordinates."""
    shapes = np.array([line(*points, at=at) for points in lines], dtype=object)
    nodes = {}
    u = np.array([nodes.setdefault(points[0], len(nodes)) for points in lines], dtype=np.int64)
    v = np.array([nodes.setdefault(points[-1], len(nodes)) for points in lines], dtype=np.int64)
    over = np.zeros(len(lines), dtype=bool)
    over[list(whole)] = True
    moved = shapely.transform(np.array(walls, dtype=object), lambda xy: xy + at)
    return cut_at(shapes, u, v, moved, over), nodes


def pieces(cut):
    graph = nx.MultiGraph()
    graph.add_edges_from(zip(cut.u.tolist(), cut.v.tolist(), strict=True))
    return graph


def joined(cut, nodes, one, other):
    return nx.has_path(pieces(cut), nodes[one], nodes[other])


@pytest.mark.parametrize("at", [0.0, FAR])
def test_a_road_across_a_fence_is_cut_exactly_there(at):
    cut, nodes = network([[(0, 0), (100, 0)]], [line((30, -5), (30, 5))], at=at)
    assert cut.row.tolist() == [0, 0]
    assert cut.cut.tolist() == [0]
    assert shapely.length(cut.lines).tolist() == pytest.approx([30, 70])
    assert cut.u[0] == 0
    assert cut.v[1] == 1
    assert len({cut.v[0], cut.u[1], 0, 1}) == 4
    assert not joined(cut, nodes, (0, 0), (100, 0))


def test_a_road_across_two_fences_has_three_pieces():
    walls = [line((30, -5), (30, 5)), line((60, -5), (60, 5))]
    cut, _ = network([[(0, 0), (100, 0)]], walls)
    assert shapely.length(cut.lines).tolist() == pytest.approx([30, 30, 40])
    assert nx.number_connected_components(pieces(cut)) == 3


def test_a_bridge_is_not_cut():
    cut, nodes = network([[(0, 0), (100, 0)]], [line((30, -5), (30, 5))], whole=[0])
    assert joined(cut, nodes, (0, 0), (100, 0))
    assert len(cut.cut) == 0


@pytest.mark.parametrize(
    ("road", "fence"),
    [
        ([(0, 0), (30, 0)], [(30, -5), (30, 5)]),  # ends at the fence
        ([(0, 0), (100, 0)], [(30, 0), (30, 5)]),  # the fence ends at the road
        ([(0, 0), (30, 0), (60, -9)], [(10, 5), (30, 0), (50, 5)]),  # corners that only touch
        ([(0, 0), (30, 0), (0, -9)], [(30, -5), (30, 5)]),  # comes up to it and turns back
        ([(0, 0), (20, 0), (40, 0), (60, -9)], [(20, 0), (40, 0)]),  # runs along all of it
        ([(0, -9), (20, 0), (40, 0), (60, -9)], [(0, 0), (99, 0)]),  # along it, and back
        ([(0, 0), (100, 0)], [(30, 1), (30, 5)]),  # nowhere near
    ],
)
@pytest.mark.parametrize("at", [0.0, FAR])
def test_a_touch_is_no_crossing(road, fence, at):
    cut, nodes = network([road], [line(*fence)], at=at)
    assert joined(cut, nodes, road[0], road[-1])
    assert len(cut.cut) == 0


@pytest.mark.parametrize("beyond", [0.0, 1e-9, 1e-6, -1e-9])
def test_rounding_does_not_make_a_fence_that_reaches_up_to_a_road_cross_it(beyond):
    road = [(0.1, 0.3), (97.3, 31.7)]
    where = line(*road).interpolate(0.37, normalized=True)
    fence = line((where.x + 2, where.y - 7), (where.x - 2 * beyond, where.y + 7 * beyond))
    cut, _ = network([road], [fence], at=FAR)
    assert len(cut.cut) == 0


@pytest.mark.parametrize(
    "road",
    [
        [(0, -5), (20, 0), (40, 0), (60, 5)],  # along the fence for a while, to the other side
        [(0, -5), (30, 0), (60, 5)],  # through it at a corner of its own
        [(0, -1e-2), (30, 0), (60, 1e-2)],  # at a very small angle
        [(0, -5), (30, 1e-4), (60, 5)],
    ],
)
def test_whoever_comes_out_on_the_other_side_has_crossed(road):
    cut, nodes = network([road], [line((-99, 0), (0, 0), (30, 0), (99, 0))])
    assert not joined(cut, nodes, road[0], road[-1])


def test_a_corner_of_the_fence_is_crossed_between_its_arms_only():
    corner = line((10, 9), (30, 0), (50, 9))
    through = [(30, -9), (30, 0), (30, 9)]
    beside = [(0, 0), (30, 0), (60, 0)]
    assert len(network([through], [corner])[0].cut) == 1
    assert len(network([beside], [corner])[0].cut) == 0


def test_a_junction_on_the_wall_keeps_each_side_together():
    arms = [[(0, 0), (x, y)] for x, y in [(-9, 5), (9, 5), (-9, -5), (9, -5)]]
    cut, nodes = network(arms, [line((-20, 0), (0, 0), (20, 0))])
    assert joined(cut, nodes, (-9, 5), (9, 5))
    assert joined(cut, nodes, (-9, -5), (9, -5))
    assert not joined(cut, nodes, (-9, 5), (-9, -5))
    assert cut.parted.tolist() == [nodes[0, 0]]
    assert len(cut.cut) == 0


def test_a_junction_where_a_bridge_begins_or_a_road_follows_the_wall_stays_whole():
    river = [line((-20, 0), (20, 0))]
    shore = [[(-9, 5), (0, 0)], [(0, 0), (0, -50)]]
    assert joined(*network(shore, river, whole=[1]), (-9, 5), (0, -50))
    dyke = [[(-9, 5), (0, 0)], [(0, 0), (15, 0)], [(15, 0), (15, -9)]]
    assert joined(*network(dyke, river), (-9, 5), (15, -9))


def test_a_polygon_cuts_along_its_boundary():
    cut, nodes = network([[(-10, 5), (20, 5)]], [box(0, 0, 10, 10)])
    assert shapely.length(cut.lines).tolist() == pytest.approx([10, 10, 10])
    hole = Polygon(box(0, 0, 10, 10).exterior, [box(4, 4, 6, 6).exterior])
    cut, _ = network([[(-10, 5), (20, 5)]], [hole])
    assert shapely.length(cut.lines).tolist() == pytest.approx([10, 4, 2, 4, 10])
    inside, nodes = network([[(2, 2), (8, 8)]], [box(0, 0, 10, 10)])
    assert joined(inside, nodes, (2, 2), (8, 8))


def test_a_loop_and_a_road_that_crosses_itself():
    ring = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
    cut, _ = network([ring], [line((5, -1), (5, 11))])
    assert shapely.length(cut.lines).tolist() == pytest.approx([5, 20, 15])
    eight = [(0, 0), (10, 10), (10, 0), (0, 10)]
    cut, _ = network([eight], [line((5, 4), (5, 6))])
    assert len(cut.cut) == 1
    assert shapely.length(cut.lines).sum() == pytest.approx(line(*eight).length)


def test_nothing_to_cut_and_nothing_to_cut_with():
    cut, _ = network([], [line((0, 0), (1, 1))])
    assert len(cut.row) == 0
    cut, _ = network([[(0, 0), (1, 0)]], [])
    assert cut.row.tolist() == [0]
    assert cut.u.tolist() == [0]
    point = np.array([line((0, 0), (0, 0))], dtype=object)
    stub = cut_at(point, np.array([0]), np.array([1]), wall_lines(point), np.array([False]))
    assert stub.row.tolist() == [0]


STREET = [(0, 0), (40, 3), (100, 0)]
BACK = STREET[::-1]
FENCES = [line((30, -5), (30, 5)), line((60, -5), (60, 5))]


def met(cut, edge):
    """Pieces of an edge in the order of the street: nodes at both ends, and the line."""
    own = np.flatnonzero(cut.row == edge)
    found = [(cut.u[i], cut.v[i], cut.lines[i]) for i in own]
    if found[0][0] == 0:
        return found
    return [(v, u, shapely.reverse(shape)) for u, v, shape in found[::-1]]


def assert_one_street(cut, edges):
    first = met(cut, edges[0])
    assert len(first) == 3
    for edge in edges[1:]:
        for one, other in zip(first, met(cut, edge), strict=True):
            assert one[:2] == other[:2]
            assert one[2].equals_exact(other[2], 0)
    assert len({node for piece in first for node in piece[:2]}) == 6


@pytest.mark.parametrize("at", [0.0, FAR])
@pytest.mark.parametrize(
    "drawn",
    [[STREET, BACK], [BACK, STREET], [STREET, STREET], [BACK, STREET, BACK], [STREET, BACK, BACK]],
)
def test_lines_drawn_on_one_place_are_cut_as_one(drawn, at):
    cut, nodes = network(drawn, FENCES, at=at)
    if drawn[0] == BACK:
        cut = swapped(cut)
    assert cut.cut.tolist() == list(range(len(drawn)))
    assert cut.row.tolist() == np.repeat(np.arange(len(drawn)), 3).tolist()
    assert_one_street(cut, range(len(drawn)))
    assert nx.number_connected_components(pieces(cut)) == 3
    assert not joined(cut, nodes, STREET[0], STREET[-1])


def swapped(cut):
    """Exchange the numbers of the first two nodes: 0 is where the street begins."""
    other = np.arange(max(cut.u.max(), cut.v.max()) + 1)
    other[:2] = 1, 0
    return replace(cut, u=other[cut.u], v=other[cut.v])


@pytest.mark.parametrize(
    "again",
    [
        [(0, 0), (40, 3), (100, 0)],
        [(0.004, 0), (40, 3.004), (100, -0.004)],  # rounded otherwise
        [(0, 0), (20, 1.5), (40, 3), (40, 3), (100, 0)],  # with more vertices
    ],
)
@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("swap", [False, True])
def test_a_line_within_a_centimetre_is_on_the_same_place(again, back, swap):
    drawn = [line(*STREET), line(*(again[::-1] if back else again))]
    u, v = np.array([0, int(back)]), np.array([1, int(not back)])
    order = [1, 0] if swap else [0, 1]
    shapes = np.array(drawn, dtype=object)[order]
    cut = cut_at(shapes, u[order], v[order], np.array(FENCES), np.zeros(2, dtype=bool))
    assert_one_street(cut, [0, 1])


@pytest.mark.parametrize("swap", [False, True])
def test_of_two_lines_a_hair_apart_both_are_cut_if_one_is(swap):
    """A fence that reaches past the first only, whichever row comes first."""
    drawn = [[(0, 0), (100, 0)], [(100, 0), (50, 0.008), (0, 0)]]
    fence = [line((50, -5), (50, 0.012))]
    assert [len(network([each], fence)[0].cut) for each in drawn] == [1, 0]
    cut, nodes = network(drawn[::-1] if swap else drawn, fence)
    assert cut.cut.tolist() == [0, 1]
    assert nx.number_connected_components(pieces(cut)) == 2
    assert not joined(cut, nodes, (0, 0), (100, 0))


@pytest.mark.parametrize("whole", [0, 1, 2])
def test_a_bridge_over_a_street_stays_whole_and_the_street_is_one(whole):
    cut, _ = network([STREET, STREET, BACK], FENCES, whole=[whole])
    others = [edge for edge in range(3) if edge != whole]
    assert cut.cut.tolist() == others
    assert (cut.row == whole).sum() == 1
    assert_one_street(cut, others)


def test_lines_between_the_same_ends_on_other_places_are_cut_each_for_itself():
    aside = [(0, 0), (40, -3), (100, 0)]
    cut, _ = network([STREET, aside], FENCES)
    inner = [node for edge in (0, 1) for piece in met(cut, edge) for node in piece[:2]]
    assert len(set(inner)) == 10
    assert nx.number_connected_components(pieces(cut)) == 4


@pytest.mark.parametrize("back", [False, True])
def test_a_ring_drawn_twice(back):
    ring = [(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]
    fence = line((5, -1), (5, 11))
    cut, _ = network([ring, ring[::-1] if back else ring], [fence])
    step = -1 if back else 1
    assert cut.u[:3].tolist() == (cut.v if back else cut.u)[3:][::step].tolist()
    assert cut.v[:3].tolist() == (cut.u if back else cut.v)[3:][::step].tolist()
    assert nx.number_connected_components(pieces(cut)) == 2


PLACE = st.tuples(st.integers(-3, 3), st.integers(-3, 3))


@settings(max_examples=150, deadline=None)
@given(
    roads=st.lists(st.tuples(PLACE, PLACE).filter(lambda ab: ab[0] != ab[1]), max_size=12),
    slope=st.sampled_from([(1, 0), (0, 1), (1, 1), (2, 1), (-1, 3)]),
    offset=st.integers(-3, 3),
    at=st.sampled_from([0.0, FAR]),
)
def test_nobody_gets_through_a_wall_that_parts_the_plane(roads, slope, offset, at):
    """Whole coordinates make many junctions and vertices lie on the wall exactly."""
    a, b = slope

    def side(place):
        return np.sign(a * place[0] + b * place[1] - offset)

    roads = [road for road in roads if side(road[0]) or side(road[1])]  # none along the wall
    base = offset / (a * a + b * b)
    ends = [(base * a - 100 * b, base * b + 100 * a), (base * a + 100 * b, base * b - 100 * a)]
    cut, nodes = network([list(road) for road in roads], [LineString(ends)], at=at)
    total = sum(line(*road).length for road in roads)
    assert shapely.length(cut.lines).sum() == pytest.approx(total)
    graph = pieces(cut)
    for component in nx.connected_components(graph):
        names = {side(place) for place, node in nodes.items() if node in component}
        assert not {1.0, -1.0} <= names
    # Without the wall's crossings everything else is as it was.
    kept = nx.MultiGraph()
    kept.add_edges_from(
        (nodes[p], nodes[q]) for p, q in roads if side(p) * side(q) > 0 and side(p) == side(q)
    )
    for p, q in kept.edges():
        assert nx.has_path(graph, p, q)
