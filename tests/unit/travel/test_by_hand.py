"""Travel times on networks small enough to add up by hand: at 3.6 km/h a metre takes a second."""

import dataclasses

import numpy as np
import pytest
from tiny import at, network, profile

from coverplan.travel import NO_ROAD, mode_graph, nearest_site, snap, travel_times
from coverplan.travel.graph import CLOSED
from coverplan.travel.nearest import NEVER

MS = pytest.approx


def seconds(graph, people, sites):
    nearest = nearest_site(graph, snap(graph, people), snap(graph, sites))
    return [None if ms == NEVER else round(ms / 1000, 1) for ms in nearest.ms]


def test_along_one_edge_without_passing_a_junction():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    assert seconds(graph, at((250, 0), (990, 0), (400, 0)), at((400, 0))) == [150.0, 590.0, 0.0]


def test_the_way_to_the_road_is_walked_at_its_own_speed():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile(access_kmh=1.8))
    # 30 m to the road at half the speed, 100 m along it, 10 m from it.
    assert seconds(graph, at((100, 30)), at((200, -10))) == [60.0 + 100.0 + 20.0]


def test_the_cap_of_the_way_to_the_road():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile(cap=50))
    people = snap(graph, at((10, 50), (10, 50.01), (500, 0)))
    assert people.edge.tolist() == [0, NO_ROAD, 0]
    assert np.isinf(people.access_metres[1])
    assert seconds(graph, at((10, 50), (10, 50.01)), at((0, 0))) == [60.0, None]


def test_oneway_binds_in_the_middle_of_an_edge():
    lines = [[(0, 0), (1000, 0)], [(1000, 0), (1000, 500), (0, 500), (0, 0)]]
    graph = mode_graph(network(lines, oneway=[1, 1]), profile(oneway=True))
    # From 300 to 700 straight ahead; from 700 to 300 all the way round.
    assert seconds(graph, at((300, 0)), at((700, 0))) == [400.0]
    assert seconds(graph, at((700, 0)), at((300, 0))) == [300 + 500 + 1000 + 500 + 300.0]
    walking = mode_graph(network(lines, oneway=[1, 1]), profile(oneway=False))
    assert seconds(walking, at((700, 0)), at((300, 0))) == [400.0]


def test_against_the_line():
    graph = mode_graph(network([[(0, 0), (1000, 0)]], oneway=[-1]), profile(oneway=True))
    assert seconds(graph, at((700, 0)), at((300, 0))) == [400.0]
    assert seconds(graph, at((300, 0)), at((700, 0))) == [None]


def test_a_place_on_a_junction_leaves_by_every_road():
    lines = [[(0, 0), (500, 0)], [(500, 0), (1000, 0)]]
    graph = mode_graph(network(lines, oneway=[1, -1]), profile(oneway=True))
    assert seconds(graph, at((500, 0)), at((500, 0))) == [0.0]
    # Both roads lead to the junction: nobody there can leave along them.
    assert seconds(graph, at((500, 0)), at((100, 0))) == [None]
    away = mode_graph(network(lines, oneway=[-1, 1]), profile(oneway=True))
    assert seconds(away, at((500, 0), (500, 0)), at((100, 0), (900, 0))) == [400.0, 400.0]


def test_parallel_links_take_the_shorter():
    lines = [[(0, 0), (0, 300), (100, 300), (100, 0)], [(0, 0), (100, 0)]]
    graph = mode_graph(network(lines), profile())
    assert seconds(graph, at((0, 0)), at((100, 0))) == [100.0]


def test_a_loop_is_left_by_its_shorter_side():
    lines = [[(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)], [(0, 0), (-50, 0)]]
    graph = mode_graph(network(lines), profile())
    assert seconds(graph, at((100, 50), (0, 90)), at((-50, 0))) == [200.0, 140.0]


def test_lines_that_only_cross_do_not_meet():
    graph = mode_graph(network([[(0, 0), (100, 0)], [(50, -50), (50, 50)]]), profile())
    assert seconds(graph, at((50, 40)), at((90, 0))) == [None]


def test_classes_are_closed_travelled_or_entered():
    lines = [
        [(0, 0), (100, 0)],
        [(100, 0), (900, 0)],
        [(900, 0), (1000, 0)],
        [(400, 0), (400, 300)],
    ]
    classes = ["residential", "motorway", "residential", "footway"]
    prof = profile(classes=("residential", "motorway"), no_access=("motorway",))
    net = network(lines, road_class=classes)
    graph = mode_graph(net, prof)
    assert (graph.forward_ms == CLOSED).tolist() == (net.road_class == "footway").tolist()
    # The house beside the motorway belongs to a street's end, 300 m off; the motorway is driven.
    assert seconds(graph, at((400, 0)), at((1000, 0))) == [300 + 900.0]


def test_a_stray_piece_of_path_catches_nobody():
    lines = [[(0, 0), (1000, 0)], [(480, 20), (520, 20)]]
    people, sites = at((500, 25)), at((0, 0))
    free = mode_graph(network(lines), profile())
    assert seconds(free, people, sites) == [None]
    main = mode_graph(network(lines), profile(), ignore_fragments_metres=200)
    assert seconds(main, people, sites) == [525.0]


def test_nearer_than_the_road_is_walked_to_straight():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    # Both 200 m from the road and 30 m from each other.
    assert seconds(graph, at((500, 200)), at((530, 200))) == [30.0]
    # 30 m apart across the road: the road is nearer than the neighbour, and nothing is gained.
    assert seconds(graph, at((500, 15)), at((500, -15))) == [30.0]


def test_exactly_as_far_as_the_road_does_not_depend_on_rounding():
    lines = [[(0, 0), (1000, 0)]]
    for away in (25.0, 33.3, 70.7):
        graph = mode_graph(network(lines, oneway=[1]), profile(oneway=True))
        # The site lies behind on a oneway road: only the straight way leads there.
        assert seconds(graph, at((500, away)), at((500 - away, away))) == [round(away, 1)]


def test_of_two_sites_on_one_spot_the_first_is_the_nearest():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    nearest = nearest_site(graph, snap(graph, at((10, 0))), snap(graph, at((50, 0), (50, 0))))
    assert nearest.site.tolist() == [0]
    times = travel_times(
        graph, snap(graph, at((10, 0))), snap(graph, at((50, 0), (50, 0))), cutoff_minutes=5
    )
    assert times.to_frame()["minutes"].tolist() == MS([40 / 60, 40 / 60], abs=1e-4)


def test_a_stored_0_stays():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    times = travel_times(graph, snap(graph, at((5, 0))), snap(graph, at((5, 0))), cutoff_minutes=5)
    reach = times.within(0)
    assert times.ms.tolist() == [0]
    assert reach.covered().tolist() == [True]
    assert reach.matrix().toarray().tolist() == [[1]]
    assert reach.people(np.array([7])).tolist() == [7]


def test_a_limit_beyond_the_cutoff_is_refused():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    times = travel_times(graph, snap(graph, at((5, 0))), snap(graph, at((5, 0))), cutoff_minutes=5)
    with pytest.raises(ValueError, match="up to 5 minutes"):
        times.within(6)


def test_ten_thousand_sites_on_one_spot():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    sites = snap(graph, np.repeat(at((0, 0)), 10_000, axis=0))
    nearest = nearest_site(graph, snap(graph, at((600, 0))), sites)
    assert nearest.site.tolist() == [0]
    assert nearest.ms.tolist() == MS([600_000], abs=50)


def test_a_network_of_one_node():
    graph = mode_graph(network([[(0, 0), (50, 0), (0, 50), (0, 0)]]), profile())
    assert graph.network.n_nodes == 1
    assert seconds(graph, at((50, 0)), at((0, 0))) == [50.0]


def test_progress_is_told_of_every_site():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    done = []
    sites = snap(graph, np.repeat(at((0, 0)), 130, axis=0))
    travel_times(graph, snap(graph, at((6, 0))), sites, cutoff_minutes=1, progress=done.append)
    assert sum(done) == 130


def test_two_oneway_lines_on_one_place_are_one_two_way_street():
    """A directed road file: whichever line is taken for the nearest, both directions are open."""
    lines = [[(0, 0), (1000, 0)], [(1000, 0), (0, 0)]]
    graph = mode_graph(network(lines, oneway=[1, 1]), profile(oneway=True))
    assert seconds(graph, at((500, 0), (300, 0)), at((400, 0))) == [100.0, 100.0]
    assert graph.component_metres.tolist() == MS([1000.0], abs=0.1)


def test_a_footway_drawn_on_its_street_does_not_slow_the_street():
    lines = [[(0, 0), (1000, 0)], [(1000, 0), (0, 0)]]
    net = network(lines, road_class=["footway", "residential"], oneway=[0, 1])
    speeds = {"footway": 3.6, "residential": 36.0}
    base = profile(oneway=True)
    prof = dataclasses.replace(base, speeds_kmh=speeds)
    graph = mode_graph(net, prof)
    # Against the street's direction only the footway leads.
    assert seconds(graph, at((900, 0)), at((400, 0))) == [50.0]
    assert seconds(graph, at((400, 0)), at((900, 0))) == [500.0]


def test_a_street_and_its_twin_with_another_bend_stay_two():
    lines = [[(0, 0), (500, 40), (1000, 0)], [(0, 0), (500, -40), (1000, 0)]]
    net = network(lines, oneway=[1, 0])
    assert net.twin.tolist() == [0, 1]


def test_an_edge_without_length_joins_its_ends():
    lines = [[(0, 0), (100, 0)], [(100, 0), (100, 0)]]
    graph = mode_graph(network(lines), profile())
    assert seconds(graph, at((100, 0), (50, 0)), at((0, 0))) == [100.0, 50.0]


def test_some_of_the_places_are_those_places():
    graph = mode_graph(network([[(0, 0), (1000, 0)]]), profile())
    xy = at((250, 0), (990, 5), (400, 2000), (0, 0))
    some, again = snap(graph, xy).take(np.array([3, 1, 2])), snap(graph, xy[[3, 1, 2]])
    for field in dataclasses.fields(some):
        np.testing.assert_array_equal(getattr(some, field.name), getattr(again, field.name))
        assert not getattr(some, field.name).flags.writeable
