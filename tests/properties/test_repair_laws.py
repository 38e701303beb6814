"""Laws the repair of roads obeys, whatever the lines: order, twice, length, levels, the ways."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
import shapely.ops
from broken_roads import X0, Y0, edges_of, frame_of, grid, repaired, ways
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

SEEDS = st.integers(0, 2**32 - 1)


def scribble(seed, n=8, size=60.0, step=None):
    """Random lines that cross, touch, overlap, come back to themselves and end near each other."""
    rng = np.random.default_rng(seed)
    lines = []
    for _ in range(n):
        xy = rng.uniform(0, size, (rng.integers(2, 5), 2))
        if step is not None:
            xy = np.round(xy / step) * step
        if lines and rng.random() < 0.5:
            # Starts on, or close to, the middle of another line.
            other = lines[rng.integers(len(lines))]
            place = other.interpolate(rng.random(), normalized=True)
            xy[0] = np.array(place.coords[0]) + rng.choice([0.0, 0.4]) * rng.normal(size=2)
        line = shapely.LineString(xy)
        if line.length > 0:
            lines.append(line)
    return lines or [shapely.LineString([(0, 0), (1, 1)])]


def near_misses(lines):
    """Whether a vertex lies within centimetres of a segment it is not on: that is joined too."""
    segments, vertices = [], []
    for line in lines:
        xy = np.array(line.coords)
        vertices += list(xy)
        segments += [shapely.LineString(pair) for pair in pairwise(xy)]
    gaps = shapely.distance(shapely.points(vertices)[:, None], np.array(segments)[None, :])
    return bool(((gaps > 1e-6) & (gaps < 0.05)).any())


def crowded(edges, metres):
    """Whether two junctions lie within the tolerance of each other."""
    ends = [point for line in edges.geometry for point in (line.coords[0], line.coords[-1])]
    return bool(cKDTree(np.unique(np.round(ends, 6), axis=0)).query_pairs(metres))


def pictures(edges, digits=5):
    """The edges whatever their order, direction and node numbers."""
    whole = np.array(
        shapely.set_precision(edges.geometry.to_numpy(), 10.0**-digits, mode="pointwise")
    )
    back = shapely.reverse(whole)
    a, b = shapely.to_wkt(whole, digits), shapely.to_wkt(back, digits)
    names = edges["name"] if "name" in edges else [""] * len(edges)
    return sorted(zip(np.minimum(a, b).tolist(), names, strict=True))


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.sampled_from([None, 10.0]), st.sampled_from([0.0, 1.0]))
@example(4, None, 1.0)  # roads bent to a junction come by another one then
@example(8, 10.0, 1.0)
def test_twice_is_once(seed, step, metres):
    once, _ = repaired(frame_of(scribble(seed, step=step)), join_metres=metres)
    # Roads may cross close to an end that neither of them joins: then there are two junctions,
    # which count as ends within the tolerance when read again.
    assume(not crowded(once.frame, metres))
    again, report = repaired(once.frame.drop(columns=["_u", "_v"]), join_metres=metres)
    assert pictures(again.frame) == pictures(once.frame)
    assert report.nothing_done


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.sampled_from([None, 10.0]))
@example(2278, 10.0)  # three crossings in one place, told by different pairs of roads
@example(2341, None)
def test_order_and_direction_of_drawing_do_not_matter(seed, step):
    frame = frame_of(scribble(seed, step=step))
    frame["name"] = [str(i) for i in range(len(frame))]
    rng = np.random.default_rng(seed)
    other = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    turned = rng.random(len(other)) < 0.5
    shapes = other.geometry.to_numpy().copy()
    shapes[turned] = shapely.reverse(shapes[turned])
    other = other.set_geometry(shapes, crs=frame.crs)
    first, second = edges_of(frame, drop_doubles=False), edges_of(other, drop_doubles=False)
    assert pictures(first) == pictures(second)


@settings(deadline=None, max_examples=80)
@given(SEEDS, st.sampled_from([None, 10.0]))
def test_ways_are_those_of_an_overlay(seed, step):
    """Without a tolerance: shortest ways between all ends are those on the overlay of all lines."""
    lines = scribble(seed, step=step)
    assume(not near_misses(lines))
    edges = edges_of(frame_of(lines), join_metres=0)
    # On a fine grid, so that an end computed to lie on another line does lie on it.
    whole = shapely.unary_union(lines, grid_size=1e-6)
    other = nx.Graph()
    for part in shapely.get_parts(whole):
        a, b = (tuple(np.round(np.array(part.coords[i]), 4)) for i in (0, -1))
        if not other.has_edge(a, b) or other[a][b]["metres"] > part.length:
            other.add_edge(a, b, metres=part.length)
    graph = ways(edges)
    mine = np.array([graph.nodes[node]["xy"] for node in graph]) - (X0, Y0)
    its = np.array(list(other))
    here = [tuple(line.coords[i]) for line in lines for i in (0, -1)]
    a = [list(graph)[np.hypot(*(mine - xy).T).argmin()] for xy in here]
    b = [list(other)[np.hypot(*(its - xy).T).argmin()] for xy in here]
    far = nx.single_source_dijkstra_path_length(graph, a[0], weight="metres")
    true = nx.single_source_dijkstra_path_length(other, b[0], weight="metres")
    for one, two in zip(a, b, strict=True):
        assert far.get(one, np.inf) == pytest.approx(true.get(two, np.inf), abs=0.2)


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_length_is_kept(seed):
    frame = frame_of(scribble(seed))
    edges, report = repaired(frame, drop_doubles=False)
    cuts = len(edges.frame) - len(frame) + report.short
    slack = 2.0 * (2 * len(frame) + 2 * cuts) + 2.0 * report.short
    assert abs(edges.frame.length.sum() - frame.length.sum()) <= slack
    assert report.largest_metres <= 1 + 1e-9


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_nothing_is_cut_at_another_level(seed):
    rng = np.random.default_rng(seed)
    lines = scribble(seed, n=10)
    bridge = rng.choice(["yes", "no", None], len(lines))
    layer = rng.choice([-1, 0, 1], len(lines))
    frame = frame_of(lines, bridge=bridge, layer=layer, name=[str(i) for i in range(len(lines))])
    edges = edges_of(frame, drop_doubles=False, join_metres=0)
    parts = edges.groupby("name").size()
    for row in np.flatnonzero(bridge == "yes"):
        assert parts[str(row)] == 1
    # Away from all ends, no node is shared by streets of two layers.
    ends = shapely.points(np.array([line.coords[i] for line in lines for i in (0, -1)]))
    at = {}
    for u, v, lay, line in zip(
        edges["_u"], edges["_v"], edges["layer"], edges.geometry, strict=True
    ):
        for node, xy in ((u, line.coords[0]), (v, line.coords[-1])):
            at.setdefault(node, (xy, set()))[1].add(int(lay))
    for xy, layers in at.values():
        place = shapely.Point(xy[0] - X0, xy[1] - Y0)
        if len(layers) > 1:
            assert shapely.distance(ends, place).min() < 0.05


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.sampled_from([0.0, 0.3]))
def test_a_noded_network_broken_anywhere_has_its_ways_again(seed, short):
    """Edges joined into long lines, their ends short of the junction, some drawn twice."""
    rng = np.random.default_rng(seed)
    whole = grid(6, seed=seed)
    true = ways(edges_of(frame_of(whole), split=False, join_metres=0))
    merged = shapely.line_merge(shapely.MultiLineString(whole))
    long = [part for part in shapely.get_parts(merged) if part.length > 0]
    rng.shuffle(long)
    joined = []
    while long:
        one = long.pop()
        for other in list(long):
            chain = shapely.line_merge(shapely.MultiLineString([one, other]))
            if chain.geom_type == "LineString" and rng.random() < 0.8:
                one = chain
                long.remove(other)
        joined.append(one)
    cut = [shapely.ops.substring(line, short, line.length - short) for line in joined]
    again = cut + [cut[i] for i in rng.integers(0, len(cut), 3)]
    edges, _ = repaired(frame_of(again))
    mine = ways(edges.frame)
    nodes = np.array([mine.nodes[node]["xy"] for node in mine])
    start, *goals = rng.choice(list(true), min(6, len(true)), replace=False)
    near = {
        node: list(mine)[np.hypot(*(nodes - true.nodes[node]["xy"]).T).argmin()]
        for node in (start, *goals)
        if np.hypot(*(nodes - true.nodes[node]["xy"]).T).min() < 1
    }
    if start not in near:
        return
    far = nx.single_source_dijkstra_path_length(mine, near[start], weight="metres")
    known = nx.single_source_dijkstra_path_length(true, start, weight="metres")
    for goal in goals:
        if goal in near:
            assert far.get(near[goal], np.inf) == pytest.approx(
                known.get(goal, np.inf), abs=1e-6 + 40 * short
            )
