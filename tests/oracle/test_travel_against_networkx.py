"""Travel times equal those of networkx on random directed networks, to the millisecond."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import X0, Y0, network, plain_times, profile

from coverplan.travel import mode_graph, nearest_site, snap, travel_times
from coverplan.travel.nearest import NEVER


def random_place(seed, *, n_nodes, n_people, n_sites, cell):
    """A random directed multigraph: ties, parallel links, loops, islands, places on the nodes."""
    rng = np.random.default_rng(seed)
    nodes = rng.integers(0, 12, (n_nodes, 2)) * cell
    ends = rng.integers(0, n_nodes, (int(n_nodes * 1.7), 2))
    lines = [[tuple(nodes[a]), tuple(nodes[b])] for a, b in ends if (nodes[a] != nodes[b]).any()]
    lines += [[tuple(nodes[0]), (0.0, 5000.0), tuple(nodes[0])], lines[0]]
    net = network(
        lines,
        road_class=rng.choice(["residential", "primary", "footway"], len(lines)),
        oneway=rng.choice([0, 0, 1, -1], len(lines)),
    )
    graph = mode_graph(net, profile(oneway=True, classes=("residential", "primary")))
    places = rng.integers(0, 12 * 4, (n_people + n_sites, 2)) * (cell / 4) + [X0, Y0]
    return graph, snap(graph, places[:n_people]), snap(graph, places[n_people:])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cell=st.sampled_from([20.0, 100.0, 333.0]))
def test_times_and_nearest_equal_networkx(seed, cell):
    graph, people, sites = random_place(seed, n_nodes=14, n_people=25, n_sites=5, cell=cell)
    plain = plain_times(graph, people, sites)
    times = travel_times(graph, people, sites, cutoff_minutes=20)
    ours = np.full_like(plain, -1)
    for s in range(len(sites)):
        row = slice(times.ptr[s], times.ptr[s + 1])
        ours[s, times.who[row]] = times.ms[row]
    np.testing.assert_array_equal(ours, np.where(plain > 20 * 60_000, -1, plain))

    nearest = nearest_site(graph, people, sites)
    far = np.where(plain < 0, np.iinfo(np.int64).max, plain)
    never = (plain < 0).all(axis=0)
    np.testing.assert_array_equal(nearest.ms, np.where(never, NEVER, far.min(axis=0)))
    np.testing.assert_array_equal(nearest.site, np.where(never, NEVER, far.argmin(axis=0)))


def test_a_larger_network(monkeypatch):
    monkeypatch.setattr("coverplan.travel.times._CHUNK", 7)
    graph, people, sites = random_place(5, n_nodes=120, n_people=300, n_sites=40, cell=250.0)
    plain = plain_times(graph, people, sites)
    times = travel_times(graph, people, sites, cutoff_minutes=1000)
    assert len(times.ms) == (plain >= 0).sum()
    rows = np.repeat(np.arange(len(sites)), np.diff(times.ptr))
    np.testing.assert_array_equal(plain[rows, times.who], times.ms)


@pytest.mark.parametrize("sites", [0, 1])
def test_nobody_and_no_sites(sites):
    graph, people, _ = random_place(1, n_nodes=10, n_people=4, n_sites=1, cell=100.0)
    none = snap(graph, np.zeros((0, 2)))
    where = snap(graph, people.xy[:sites])
    assert nearest_site(graph, none, where).ms.tolist() == []
    assert len(travel_times(graph, people, none, cutoff_minutes=5).ms) == 0
    assert (nearest_site(graph, people, none).ms == NEVER).all()
