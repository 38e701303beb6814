"""Laws every travel time obeys: symmetry, the triangle, no harm in speed or in one road more."""

import dataclasses

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import X0, Y0, network, profile

from coverplan.travel import mode_graph, nearest_site, snap, travel_times

CLASSES = ("residential", "primary", "track")
FAR = np.iinfo(np.int64).max // 4
"""Stands for "never": sums of two still fit."""


@st.composite
def towns(draw):
    """Lines of a random network with classes and directions, and places beside them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = rng.uniform(0, 1000, (14, 2))
    ends = [(a, b) for a, b in rng.integers(0, 14, (26, 2)) if a != b]
    middles = [(nodes[a] + nodes[b]) / 2 + rng.uniform(-40, 40, 2) for a, b in ends]
    lines = [
        [tuple(nodes[a]), tuple(middle), tuple(nodes[b])]
        for (a, b), middle in zip(ends, middles, strict=True)
    ]
    return Town(
        lines=lines,
        classes=rng.choice(CLASSES, len(lines)).tolist(),
        oneway=rng.choice([0, 0, 1, -1], len(lines)).tolist(),
        kmh={c: float(v) for c, v in zip(CLASSES, rng.uniform(2, 40, 3), strict=True)},
        nodes=nodes[sorted({n for pair in ends for n in pair})] + [X0, Y0],
        places=rng.uniform(-50, 1050, (9, 2)) + [X0, Y0],
    )


@dataclasses.dataclass(frozen=True)
class Town:
    lines: list
    classes: list
    oneway: list
    kmh: dict
    nodes: np.ndarray
    places: np.ndarray

    def graph(self):
        roads = network(self.lines, road_class=self.classes, oneway=self.oneway)
        moves = dataclasses.replace(profile(oneway=True, cap=150), speeds_kmh=self.kmh)
        return mode_graph(roads, moves)


def between(graph, start, end, direction="to_site"):
    """Milliseconds from every start to every end, `FAR` for never; shape (start, end)."""
    start, end = snap(graph, start), snap(graph, end)
    times = travel_times(graph, start, end, cutoff_minutes=600, direction=direction)
    result = np.full((len(end), len(start)), FAR)
    result[np.repeat(np.arange(len(end)), np.diff(times.ptr)), times.who] = times.ms
    return result.T


def feet(graph, xy):
    """Where the places that have a road meet it."""
    places = snap(graph, xy)
    on = places.joined
    lines = graph.network.lines[places.edge[on]]
    points = shapely.line_interpolate_point(lines, places.fraction[on], normalized=True)
    return shapely.get_coordinates(points).reshape(-1, 2)


@settings(max_examples=40, deadline=None)
@given(towns())
def test_there_and_back_take_the_same_where_no_street_is_oneway(town):
    graph = dataclasses.replace(town, oneway=[0] * len(town.lines)).graph()
    there = between(graph, town.places, town.places)
    np.testing.assert_array_equal(there, there.T)
    assert (there.diagonal() == 0).all()


@settings(max_examples=40, deadline=None)
@given(towns())
def test_a_service_that_goes_out_takes_the_time_of_people_who_come_the_other_way(town):
    graph = town.graph()
    people, sites = town.places[:6], town.places[6:]
    out = between(graph, people, sites, "from_site")
    np.testing.assert_array_equal(out, between(graph, sites, people).T)
    nearest = nearest_site(graph, snap(graph, people), snap(graph, sites), direction="from_site")
    np.testing.assert_array_equal(np.where(nearest.ms < 0, FAR, nearest.ms), out.min(axis=1))


@settings(max_examples=40, deadline=None)
@given(towns())
def test_no_way_is_longer_than_the_way_over_a_junction(town):
    """Exactly so for who stands on a road, anywhere along it.

    Beside a road a straight way counts that is longer than the way to the road by no more than a
    millimetre: it may end half a metre farther along.
    """
    graph = town.graph()
    places = feet(graph, town.places)
    over = between(graph, places, town.nodes)[:, :, None]
    onwards = between(graph, town.nodes, places)[None, :, :]
    direct = between(graph, places, places)[:, None, :]
    assert (direct <= over + onwards).all()


@settings(max_examples=40, deadline=None)
@given(towns(), st.lists(st.floats(1, 3), min_size=3, max_size=3))
def test_who_is_faster_on_any_road_is_never_later(town, factors):
    """But for rounding: each place may stand one millisecond farther from an end of its edge."""
    faster = {c: v * factor for (c, v), factor in zip(town.kmh.items(), factors, strict=True)}
    slow = between(town.graph(), town.places, town.places)
    fast = between(dataclasses.replace(town, kmh=faster).graph(), town.places, town.places)
    assert (fast <= slow + 2).all()
    assert ((fast == FAR) == (slow == FAR)).all()


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 25))
def test_a_street_made_oneway_never_brings_anybody_nearer(town, which):
    both = list(town.oneway)
    both[which % len(both)] = 0
    before = between(dataclasses.replace(town, oneway=both).graph(), town.places, town.places)
    after = between(town.graph(), town.places, town.places)
    assert (after >= before).all()


@settings(max_examples=40, deadline=None)
@given(towns())
def test_one_street_more_never_takes_anybody_farther_from_a_junction_to_another(town):
    fewer = dataclasses.replace(
        town, lines=town.lines[1:], classes=town.classes[1:], oneway=town.oneway[1:]
    )
    known = {tuple(end) for line in fewer.lines for end in (line[0], line[-1])}
    nodes = np.array([n for n in town.nodes if tuple(n - [X0, Y0]) in known])
    if len(nodes):
        before = between(fewer.graph(), nodes, nodes)
        after = between(town.graph(), nodes, nodes)
        assert (after <= before).all()
