"""Searches on whole networks equal those of scipy, to the millisecond, in both directions."""

import dataclasses

import numpy as np
import pytest
from independent import NEVER, Roads, matrix_ms, nearest_ms
from tiny import X0, Y0, network, profile

from coverplan.domain.relief import Relief
from coverplan.travel import (
    k_nearest_sites,
    mode_graph,
    nearest_site,
    reach_sums,
    snap,
    travel_times,
)

CUTOFF = 12
FAR = np.iinfo(np.int64).max
PEOPLE, SITES, SIDE = 3000, 40, 142


def bent_grid(side, seed):
    """Streets of a town of ``side`` by ``side`` junctions: bent, a quarter missing, some oneway."""
    rng = np.random.default_rng(seed)
    node = np.stack(np.meshgrid(range(side), range(side), indexing="ij"), axis=-1) * 100.0
    node += rng.uniform(-30, 30, node.shape)
    lines = []
    for (i, j), _ in np.ndenumerate(node[..., 0]):
        for a, b in ((i + 1, j), (i, j + 1)):
            if a < side and b < side and rng.random() > 1 / 4:
                middle = (node[i, j] + node[a, b]) / 2 + rng.uniform(-20, 20, 2)
                lines.append([tuple(node[i, j]), tuple(middle), tuple(node[a, b])])
    classes = rng.choice(["residential", "primary", "footway"], len(lines), p=[0.76, 0.2, 0.04])
    oneway = rng.choice([0, 1, -1], len(lines), p=[0.8, 0.1, 0.1])
    rides = profile(oneway=True, cap=60, no_access=["primary"])
    return (
        network(lines, road_class=classes, oneway=oneway),
        dataclasses.replace(rides, speeds_kmh={"residential": 15.0, "primary": 37.0}),
    )


def hilly(roads, seed):
    """The same roads with a height at the ends and in the middle of every edge."""
    rng = np.random.default_rng(seed)
    height = rng.uniform(0, 12, roads.n_nodes)
    middle = (height[roads.u] + height[roads.v]) / 2 + rng.uniform(-3, 3, roads.n_edges)
    heights = np.column_stack([height[roads.u], middle, height[roads.v]])
    fraction = np.tile([0.0, 0.4, 1.0], roads.n_edges)
    return roads.with_relief(
        Relief(np.arange(roads.n_edges + 1) * 3, fraction, heights.ravel().astype(float))
    )


@dataclasses.dataclass
class Town:
    roads: Roads
    people: np.ndarray
    sites: np.ndarray

    def __post_init__(self):
        self.graph = mode_graph(self.roads.network, self.roads.profile)
        self.who, self.where = snap(self.graph, self.people), snap(self.graph, self.sites)
        self.done = {}

    def plain(self, direction):
        """Milliseconds by scipy, shape (sites, people)."""
        if direction not in self.done:
            self.done[direction] = matrix_ms(
                self.roads, self.people, self.sites, to_site=direction == "to_site"
            )
        return self.done[direction]


@pytest.fixture(scope="module", params=["bent grid", "hilly grid", "wuhan"])
def town(request):
    """A network with people and sites beside it, some on the junctions."""
    rng = np.random.default_rng(5)
    if request.param == "wuhan":
        inputs = request.getfixturevalue("real_study")("wuhan").inputs
        roads, rides = inputs.network, inputs.profiles["ebike"]
        drawn = rng.choice(roads.n_nodes, PEOPLE + SITES, replace=False)
        off = rng.uniform(-80, 80, (len(drawn), 2)) * rng.integers(0, 2, (len(drawn), 1))
        xy = roads.node_xy[drawn] + off
    else:
        roads, rides = bent_grid(SIDE, 1)
        xy = rng.uniform(-100, SIDE * 100, (PEOPLE + SITES, 2)) + [X0, Y0]
        xy[: PEOPLE // 3 : 2] = roads.node_xy[rng.choice(roads.n_nodes, PEOPLE // 6, replace=False)]
        if request.param == "hilly grid":
            roads, rides = hilly(roads, 2), dataclasses.replace(rides, slope="cycling")
    return Town(Roads(roads, rides), xy[:PEOPLE], xy[PEOPLE:])


@pytest.fixture(params=["to_site", "from_site"])
def direction(request):
    return request.param


def test_one_search_from_all_sites(town, direction):
    found = nearest_site(town.graph, town.who, town.where, direction=direction)
    plain = nearest_ms(town.roads, town.people, town.sites, to_site=direction == "to_site")
    assert (plain != NEVER).mean() > 0.8
    np.testing.assert_array_equal(found.ms, plain)


def test_times_within_a_cutoff(town, direction):
    found = travel_times(
        town.graph, town.who, town.where, cutoff_minutes=CUTOFF, direction=direction
    )
    plain = town.plain(direction)
    plain = np.where(plain <= CUTOFF * 60_000, plain, NEVER)
    ours = np.full_like(plain, NEVER)
    ours[np.repeat(np.arange(SITES), np.diff(found.ptr)), found.who] = found.ms
    assert (plain != NEVER).sum() > 1000
    np.testing.assert_array_equal(ours, plain)


def test_the_three_nearest(town, direction):
    found = k_nearest_sites(town.graph, town.who, town.where, 3, direction=direction)
    plain = town.plain(direction)
    far = np.where(plain == NEVER, FAR, plain).T
    order = np.argsort(far, axis=1, kind="stable")[:, :3]
    ms = np.take_along_axis(far, order, axis=1)
    np.testing.assert_array_equal(found.ms, np.where(ms == FAR, NEVER, ms))
    np.testing.assert_array_equal(found.site, np.where(ms == FAR, NEVER, order))


def test_people_within_each_limit(town, direction):
    people = np.random.default_rng(8).integers(0, 90, (PEOPLE, 2))
    found = reach_sums(
        town.graph, town.who, town.where, people, minutes=[5, CUTOFF], direction=direction
    )
    plain = town.plain(direction)
    for column, minutes in enumerate((5, CUTOFF)):
        within = (plain != NEVER) & (plain <= minutes * 60_000)
        np.testing.assert_array_equal(found[:, column], within @ people)
