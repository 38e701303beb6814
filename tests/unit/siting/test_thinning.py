import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import at, network, profile

from coverplan.siting.thinning import road_nodes, thinned
from coverplan.travel import mode_graph


def plainly(points, spacing):
    """Keep each point that is not nearer than the spacing to one kept before, pair by pair."""
    kept = []
    for i, (x, y) in enumerate(points):
        if all((x - points[k][0]) ** 2 + (y - points[k][1]) ** 2 >= spacing**2 for k in kept):
            kept.append(i)
    return kept


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-15, 15), st.integers(-15, 15)), max_size=60),
    st.integers(1, 20),
)
def test_the_same_points_stay_as_pair_by_pair(points, spacing):
    xy = at(*points)
    assert thinned(xy, float(spacing)).tolist() == plainly(points, spacing)


def test_dense_points_everywhere_are_near_one_that_stays():
    xy = np.random.default_rng(5).uniform(0, 3000, (4000, 2))
    stay = thinned(xy, 250.0)
    away = np.hypot(*(xy[:, None] - xy[stay][None]).transpose(2, 0, 1))
    assert away.min(axis=1).max() < 250.0
    among = away[stay]
    assert among[~np.eye(len(stay), dtype=bool)].min() >= 250.0


@pytest.mark.parametrize(("away", "both"), [(99.9, False), (100.0, True)])
def test_exactly_at_the_spacing_both_stay(away, both):
    assert len(thinned(at((0, 0), (away, 0)), 100.0)) == 1 + both


def test_only_nodes_of_roads_the_profile_may_enter():
    lines = [[(0, 0), (500, 0)], [(500, 0), (900, 0)], [(900, 0), (1500, 0)]]
    roads = network(lines, road_class=["residential", "motorway", "footway"])
    graph = mode_graph(roads, profile(classes=("residential", "motorway"), no_access=("motorway",)))
    xy = roads.node_xy[road_nodes(graph)] - at((0, 0))
    assert sorted(xy[:, 0].round().tolist()) == [0, 500]


def test_a_stray_piece_is_no_place_for_a_site():
    roads = network([[(0, 0), (500, 0)], [(3000, 0), (3050, 0)]])
    graph = mode_graph(roads, profile(), ignore_fragments_metres=200)
    assert len(road_nodes(graph)) == 2
