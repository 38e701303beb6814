"""Travel times on whole networks equal those of scipy, to the millisecond, in both directions."""

import dataclasses

import numpy as np
import pytest
from independent import NEVER, Roads, matrix_ms, nearest_ms
from tiny import X0, Y0, network, profile

import coverplan
from coverplan.travel import mode_graph, nearest_site, snap, travel_times

DIRECTIONS = ["to_site", "from_site"]
CUTOFF = 12


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


@pytest.fixture(scope="module", params=["bent grid", "wuhan"])
def town(request):
    """A network, a profile, and places of people and sites in metres."""
    rng = np.random.default_rng(5)
    if request.param == "wuhan":
        *_, study = request.getfixturevalue("run_place")("wuhan")
        inputs = coverplan.load(study)
        roads, rides = inputs.network, inputs.profiles["ebike"]
        drawn = rng.choice(roads.n_nodes, 3040, replace=False)
        xy = roads.node_xy[drawn] + rng.uniform(-80, 80, (3040, 2)) * rng.integers(0, 2, (3040, 1))
    else:
        roads, rides = bent_grid(142, 1)
        xy = rng.uniform(-100, 14_300, (3040, 2)) + [X0, Y0]
        on_nodes = rng.choice(roads.n_nodes, 500, replace=False)
        xy[:1000:2] = roads.node_xy[on_nodes]
    return Roads(roads, rides), mode_graph(roads, rides), xy[:3000], xy[3000:]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nearest_site(town, direction):
    roads, graph, people, sites = town
    found = nearest_site(graph, snap(graph, people), snap(graph, sites), direction=direction)
    plain = nearest_ms(roads, people, sites, to_site=direction == "to_site")
    assert (plain != NEVER).mean() > 0.8
    np.testing.assert_array_equal(found.ms, plain)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_travel_times(town, direction):
    roads, graph, people, sites = town
    who, where = snap(graph, people), snap(graph, sites)
    found = travel_times(graph, who, where, cutoff_minutes=CUTOFF, direction=direction)
    plain = matrix_ms(roads, people, sites, to_site=direction == "to_site")
    plain[plain > CUTOFF * 60_000] = NEVER
    ours = np.full_like(plain, NEVER)
    ours[np.repeat(np.arange(len(sites)), np.diff(found.ptr)), found.who] = found.ms
    assert (plain != NEVER).sum() > 1000
    np.testing.assert_array_equal(ours, plain)
