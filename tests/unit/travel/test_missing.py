"""Roads that are gone: what stands on them is cut off, and everything else stays as it was."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tiny import at, network, plain_times, profile

from coverplan.travel import mode_graph, nearest_site, snap, travel_times
from coverplan.travel.graph import CLOSED
from coverplan.travel.missing import without_edges

LADDER = [
    [(0, 0), (500, 0)],
    [(500, 0), (1000, 0)],
    [(1000, 0), (1500, 0)],  # the bridge
    [(1500, 0), (2000, 0)],
    [(0, 0), (0, 300)],
    [(500, 0), (500, 300)],
    [(0, 300), (500, 300)],
    [(1500, 0), (1500, 300)],
]
BRIDGE = 2
PEOPLE = at((20, 0), (250, 40), (700, -15), (1250, 30), (1700, 0), (1490, 250), (250, 310))
SITES = at((100, 0), (1900, 10), (1500, 120))


def edge_at(graph, x, y):
    """The edge a point lies on."""
    (edge,) = snap(graph, at((x, y))).edge
    return int(edge)


def missing(graph, *edges):
    """A mask of some edges."""
    found = np.zeros(graph.network.n_edges, dtype=bool)
    found[list(edges)] = True
    return found


def matrix(graph, people=PEOPLE, sites=SITES, **options):
    """Milliseconds from everybody to every site, -1 for never."""
    a, b = snap(graph, people), snap(graph, sites)
    found = travel_times(graph, a, b, cutoff_minutes=254, **options)
    ms = np.full((len(sites), len(people)), -1, dtype=np.int64)
    for site in range(len(sites)):
        row = slice(found.ptr[site], found.ptr[site + 1])
        ms[site, found.who[row]] = found.ms[row]
    return ms


def test_without_the_bridge_nobody_crosses():
    graph = mode_graph(network(LADDER), profile(), ignore_fragments_metres=0)
    bridge = edge_at(graph, 1250, 0)
    assert (matrix(graph) >= 0).all()
    cut = without_edges(graph, missing(graph, bridge))
    ms = matrix(cut)
    west = PEOPLE[:, 0] < at((1250, 0))[0, 0] - 1
    # The place on the bridge is joined to another road, or to none.
    sure = np.arange(len(PEOPLE)) != 3
    np.testing.assert_array_equal(ms[0, sure] >= 0, west[sure])
    np.testing.assert_array_equal(ms[1, sure] >= 0, ~west[sure])
    assert cut.component[cut.network.u[0]] != cut.component[cut.network.u[edge_at(graph, 1700, 0)]]


def test_times_without_roads_equal_a_plain_search():
    graph = mode_graph(network(LADDER), profile(cap=400), ignore_fragments_metres=0)
    rng = np.random.default_rng(5)
    for _ in range(12):
        gone = rng.random(graph.network.n_edges) < 0.3
        cut = without_edges(graph, gone)
        a, b = snap(cut, PEOPLE), snap(cut, SITES)
        assert not gone[a.edge[a.edge >= 0]].any()
        expected = plain_times(cut, a, b)
        found = matrix(cut)
        np.testing.assert_array_equal(found < 0, expected < 0)
        assert np.abs(found - expected).max() <= 2


def test_the_same_as_a_network_that_never_had_them():
    everything = network(LADDER)
    graph = mode_graph(everything, profile(), ignore_fragments_metres=0)
    for number, (x, y) in {1: (750, 0), 2: (1250, 0), 6: (250, 300)}.items():
        cut = without_edges(graph, missing(graph, edge_at(graph, x, y)))
        fewer = network([line for i, line in enumerate(LADDER) if i != number])
        plain = mode_graph(fewer, profile(), ignore_fragments_metres=0)
        assert np.abs(matrix(cut) - matrix(plain)).max() <= 2


def test_oneway_streets_stay_oneway():
    lines = [[(0, 0), (500, 0)], [(500, 0), (1000, 0)], [(0, 0), (0, 400)], [(0, 400), (1000, 0)]]
    graph = mode_graph(
        network(lines, oneway=[1, 1, 0, 0]), profile(oneway=True), ignore_fragments_metres=0
    )
    cut = without_edges(graph, missing(graph))
    people, sites = at((100, 0), (900, 0)), at((700, 0))
    np.testing.assert_array_equal(matrix(cut, people, sites), matrix(graph, people, sites))
    back = matrix(cut, people, sites, direction="from_site")
    np.testing.assert_array_equal(back, matrix(graph, people, sites, direction="from_site"))
    assert back[0, 0] != matrix(cut, people, sites)[0, 0]
    gone = without_edges(graph, missing(graph, edge_at(graph, 250, 0)))
    assert gone.forward_ms[edge_at(graph, 250, 0)] == CLOSED
    expected = plain_times(gone, snap(gone, people), snap(gone, sites))
    assert np.abs(matrix(gone, people, sites) - expected).max() <= 2


def test_pieces_too_short_to_count_are_not_joined_to():
    graph = mode_graph(network(LADDER), profile(), ignore_fragments_metres=0)
    bridge = edge_at(graph, 1250, 0)
    loose = without_edges(graph, missing(graph, bridge), ignore_fragments_metres=0)
    strict = without_edges(graph, missing(graph, bridge), ignore_fragments_metres=1000)
    east = edge_at(graph, 1700, 0)
    west = edge_at(graph, 250, 0)
    # East of the bridge 800 m are left, west of it 1,900 m.
    assert loose.enterable[[east, west]].tolist() == [True, True]
    assert strict.enterable[[east, west]].tolist() == [False, True]


def test_all_roads_gone():
    graph = mode_graph(network(LADDER), profile(cap=20), ignore_fragments_metres=0)
    none = without_edges(graph, np.ones(graph.network.n_edges, dtype=bool))
    people, sites = snap(none, PEOPLE), snap(none, SITES)
    assert not people.joined.any()
    found = nearest_site(
        none, people, sites, demand_ids=pd.RangeIndex(len(PEOPLE)), site_ids=pd.RangeIndex(3)
    )
    # No site is within the 20 m somebody may walk without a road.
    assert (found.ms < 0).all()


def test_the_graph_given_is_left_alone():
    graph = mode_graph(network(LADDER), profile(), ignore_fragments_metres=0)
    before = matrix(graph)
    cut = without_edges(graph, missing(graph, 0, 1, 2))
    np.testing.assert_array_equal(matrix(graph), before)
    for array in (cut.forward_ms, cut.backward_ms, cut.enterable, cut.component):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert replace(cut).network is graph.network
