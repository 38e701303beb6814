"""Networks and places nobody would draw, and somebody will: each has an answer."""

import numpy as np
import pytest
from tiny import at, network, profile

from coverplan.travel import (
    NO_ROAD,
    isochrones,
    k_nearest_sites,
    mode_graph,
    nearest_site,
    reach_sums,
    routes,
    service_area,
    snap,
    travel_times,
)
from coverplan.travel.nearest import NEVER

ROAD = [[(0, 0), (1000, 0)]]


def everything(graph, people, sites, minutes=15):
    """Every search at once: milliseconds to the nearest site, and the pairs within the limit."""
    nearest = nearest_site(graph, people, sites)
    times = travel_times(graph, people, sites, cutoff_minutes=minutes)
    two = k_nearest_sites(graph, people, sites, 2)
    sums = reach_sums(graph, people, sites, np.ones(len(people), dtype=np.int64), minutes=[minutes])
    assert sums[:, 0].tolist() == np.diff(times.ptr).tolist()
    assert two.ms[:, 0].tolist() == nearest.ms.tolist()
    if len(people) and len(sites):
        way = routes(graph, people, sites, np.zeros(1, int), np.zeros(1, int)).ways[0]
        assert (way is None) == (nearest.ms[0] == NEVER)
    area = service_area(graph, sites, [minutes])
    assert isochrones(graph, sites, [minutes], cell_metres=100).is_valid.all()
    return nearest, times, area


def test_ten_thousand_facilities_on_one_junction():
    graph = mode_graph(network([[(0, 0), (500, 0)], [(500, 0), (1000, 0)]]), profile())
    people, sites = snap(graph, at((100, 0), (500, 0))), snap(graph, at(*[(500, 0)] * 10_000))
    nearest, times, _ = everything(graph, people, sites)
    assert nearest.ms.tolist() == [400_000, 0]
    assert nearest.site.tolist() == [0, 0]  # of many on one spot the first
    assert len(times.who) == 20_000


def test_ten_thousand_people_in_one_house():
    graph = mode_graph(network(ROAD), profile())
    people, sites = snap(graph, at(*[(300, 5)] * 10_000)), snap(graph, at((400, 0)))
    nearest, times, _ = everything(graph, people, sites)
    assert set(nearest.ms.tolist()) == {105_000}
    assert times.who.tolist() == list(range(10_000))


def test_a_network_of_one_junction():
    # A roundabout drawn as one closed line has one node, which is both its ends.
    ring = [[(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]]
    graph = mode_graph(network(ring, oneway=[1]), profile(oneway=True))
    assert graph.arcs_to.n_nodes == 1
    people, sites = snap(graph, at((100, 50))), snap(graph, at((50, 0)))
    nearest, *_ = everything(graph, people, sites)
    assert nearest.ms.tolist() == [(50 + 100 + 100 + 50) * 1000]


def test_points_kilometres_from_a_road():
    graph = mode_graph(network(ROAD), profile(cap=1000))
    people = snap(graph, at((500, 30_000), (500, 1000), (-9e6, 9e6)))
    assert people.edge.tolist() == [NO_ROAD, 0, NO_ROAD]
    nearest, *_ = everything(graph, people, snap(graph, at((500, 0), (500, 50_000))))
    assert nearest.ms.tolist() == [NEVER, 1_000_000, NEVER]


def test_nobody_and_nothing():
    graph = mode_graph(network(ROAD), profile())
    some, none = snap(graph, at((500, 0))), snap(graph, at())
    for people, sites in ((some, none), (none, some), (none, none)):
        nearest, times, area = everything(graph, people, sites)
        assert len(nearest.ms) == len(people)
        assert (nearest.ms == NEVER).all()
        assert len(times.who) == 0
        assert (len(area) > 0) == (len(sites) > 0)


def test_a_network_the_profile_cannot_use():
    graph = mode_graph(network(ROAD, road_class="motorway"), profile())
    people, sites = snap(graph, at((100, 0), (130, 0))), snap(graph, at((130, 0)))
    nearest, *_ = everything(graph, people, sites)
    # Who has no road walks to a neighbour, and nowhere else.
    assert nearest.ms.tolist() == [30_000, 0]


@pytest.mark.parametrize("pieces", [2, 300])
def test_disconnected_pieces(pieces):
    lines = [[(0, 50 * i), (40, 50 * i)] for i in range(pieces)]
    graph = mode_graph(network(lines), profile())
    people = snap(graph, at(*[(0, 50 * i) for i in range(pieces)]))
    nearest, *_ = everything(graph, people, snap(graph, at((40, 0))))
    assert nearest.ms.tolist() == [40_000] + [NEVER] * (pieces - 1)
