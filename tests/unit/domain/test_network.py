import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString
from tiny import network

from coverplan import InputError, Network
from coverplan.domain.network import BACKWARD, BOTH, FORWARD, _direction


@pytest.mark.parametrize(
    ("value", "direction"),
    [
        ("yes", FORWARD), ("1", FORWARD), (1, FORWARD), (1.0, FORWARD), (True, FORWARD),
        ("F", FORWARD), ("FT", FORWARD), ("-1", BACKWARD), (-1, BACKWARD), ("T", BACKWARD),
        ("reverse", BACKWARD), ("no", BOTH), (0, BOTH), (False, BOTH), (None, BOTH),
        (float("nan"), BOTH), ("B", BOTH), ("", BOTH), ("不知道", BOTH),
    ],
)  # fmt: skip
def test_ways_to_write_oneway(value, direction):
    assert _direction(value) == direction


def test_ends_within_a_centimetre_are_one_node():
    net = network([[(0, 0), (100, 0)], [(100.001, 0), (200, 0)], [(200.5, 0), (300, 0)]])
    assert net.n_nodes == 5
    assert net.n_edges == 3


def test_ends_on_both_sides_of_a_rounding_step_are_one_node():
    net = network([[(0, 0), (100.0049, 0)], [(100.0051, 0), (200, 0)]])
    assert net.n_nodes == 3


def test_the_order_of_rows_does_not_matter():
    lines = [[(0, 0), (100, 0)], [(100, 0), (200, 50)], [(0, 0), (100, 0)], [(7, 7), (9, 9)]]
    one = network(lines, oneway=[1, 0, 0, -1], road_class=["path", "residential", "path", "track"])
    order = [2, 3, 0, 1]
    two = network(
        [lines[i] for i in order],
        oneway=[[1, 0, 0, -1][i] for i in order],
        road_class=[["path", "residential", "path", "track"][i] for i in order],
    )
    for name in ("u", "v", "metres", "road_class", "direction", "node_xy"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_named_ends_join_what_coordinates_do_not():
    frame = gpd.GeoDataFrame(
        {"highway": ["path"] * 2, "a": [1, 2], "b": [2, 3]},
        geometry=[
            LineString([(120, 29), (120.001, 29)]),
            LineString([(120.002, 29), (120.003, 29)]),
        ],
        crs=4490,
    )
    crs = gpd.GeoSeries([], crs=4549).crs
    assert Network.from_edges(frame, crs=crs).n_nodes == 4
    assert Network.from_edges(frame, crs=crs, u="a", v="b").n_nodes == 3


def test_arrays_cannot_be_changed():
    net = network([[(0, 0), (100, 0)]])
    with pytest.raises(ValueError, match="read-only"):
        net.metres[0] = 1.0


def test_no_edges_and_no_crs():
    crs = gpd.GeoSeries([], crs=4549).crs
    empty = gpd.GeoDataFrame({"highway": []}, geometry=[], crs=4326)
    with pytest.raises(InputError, match="no road"):
        Network.from_edges(empty, crs=crs)
    bare = gpd.GeoDataFrame({"highway": ["path"]}, geometry=[LineString([(0, 0), (1, 1)])])
    with pytest.raises(InputError, match="no coordinate system"):
        Network.from_edges(bare, crs=crs)
