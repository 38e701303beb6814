"""Roads that are not cut where they meet: nobody could turn there, and the results be absurd."""

import time

import numpy as np
import pytest
import shapely
from uncut_roads import R, merged, road, uncut

from coverplan.io.noding import not_noded

CODE = "roads.not_noded"


def test_long_streets_are_refused_with_numbers_and_a_place(county):
    county.features(R, uncut())
    problem = county.refused().the(CODE)
    # Ends of the inner streets lie on the border streets: 3 at each side, 11 at each long side.
    assert "28" in problem.what.zh
    assert "32" in problem.what.zh
    assert "87.5" in problem.what.zh
    assert "118." in problem.found.zh
    assert "30." in problem.found.en
    assert "33" in problem.what.en  # crossings at a vertex of both, away from every end
    assert "v.clean" in problem.mend.en
    assert "用线分割" in problem.mend.zh


def test_roads_merged_by_class_are_refused(county):
    merged(county).to_file(county.path("merged.gpkg"))
    county.edit(R, "merged.gpkg")
    assert county.refused().the(CODE).file == "merged.gpkg"


def test_everything_else_wrong_is_said_at_once(county):
    county.features(R, uncut())
    county.cell("villages.csv", 3, "常住人口", "多")
    assert {CODE, "people.value"} <= county.refused().codes


def test_one_end_in_the_middle_of_a_road_is_a_warning(county):
    county.features(R, [*county.read_features(R), road((0.5, 0.0), (0.5, 0.4))])
    problem = county.accepted().the(CODE)
    assert problem.severity == "warning"
    assert problem.what.zh.startswith("1 个")


def test_few_of_few_are_a_warning(county):
    """Four of eight ends are half of them, and still no proof of anything."""
    lines = [[(2, 1), (4, 1)], [(2, 3), (4, 3)], [(2.5, 1), (2.5, 3)], [(3.5, 1), (3.5, 3)]]
    county.features(R, [road(*line) for line in lines])
    assert county.understood().the(CODE).severity == "warning"


def test_streets_that_cross_at_a_vertex_without_ends_are_counted(county):
    cross = [road((0.5, 0.5), (0.6, 0.5), (0.7, 0.5)), road((0.6, 0.4), (0.6, 0.5), (0.6, 0.6))]
    county.features(R, county.read_features(R) + cross)
    problem = county.understood().the(CODE)
    assert problem.severity == "warning"
    assert "1 处" in problem.what.zh
    assert "端点" not in problem.what.zh


def test_a_street_drawn_once_each_way_is_no_crossing(county):
    bend = [(0.2, 0.2), (0.3, 0.4), (0.4, 0.3)]
    there_and_back = [road(*bend), road(*bend[::-1])]
    county.features(R, county.read_features(R) + there_and_back)
    assert county.understood().problems == []


@pytest.mark.parametrize(
    "properties",
    [
        {"bridge": "yes"},
        {"bridge": "T"},
        {"tunnel": 1},
        {"highway": "motorway"},
        {"highway": "motorway_link"},
        {"highway": "ferry"},
    ],
)
def test_bridges_tunnels_motorways_and_ferries_pass_over(county, properties):
    over = [road((0.5, y), (0.5, y + 0.4), **properties) for y in range(4)]
    over += [road((x + 0.5, 0.0), (x + 0.5, 0.4), **properties) for x in range(1, 12)]
    county.features(R, county.read_features(R) + over)
    assert county.understood().problems == []


def test_a_bridge_column_of_another_name(county):
    over = [road((0.5, y), (0.5, y + 0.4), 结构="桥") for y in range(4)]
    county.features(R, county.read_features(R) + over)
    assert CODE in county.understood().codes
    county.edit('"roads.geojson"', '"roads.geojson"\ncolumns = { bridge = "结构" }')
    assert county.understood().problems == []


@pytest.mark.parametrize("value", ["no", "", None, 0, "F", "false"])
def test_what_is_no_bridge_is_looked_at(county, value):
    plain = [f | {"properties": f["properties"] | {"bridge": value}} for f in uncut()]
    county.features(R, plain)
    assert county.refused().the(CODE)


def test_roads_that_name_their_nodes_are_believed(county):
    named = [road((x, 0), (x, 4), u=f"a{x}", v=f"b{x}") for x in range(13)]
    named += [road((0, y), (12, y), u=f"c{y}", v=f"d{y}") for y in range(5)]
    county.features(R, named)
    assert CODE not in county.understood().codes


def test_ends_that_miss_the_road_by_a_little_are_found():
    east = shapely.linestrings([[(0, 0), (100, 0)], [(50, 0.3), (50, 60)], [(20, 0.9), (20, 60)]])
    found = not_noded(east, np.zeros(3, dtype=bool))
    assert (found.ends, found.all_ends, found.example) == (1, 6, (50.0, 0.3))


def test_a_ring_touched_away_from_its_start_is_found():
    ring = [(0, 0), (40, 0), (40, 40), (0, 40), (0, 0)]
    lines = np.array([shapely.LineString(ring), shapely.LineString([(40, 20), (90, 20)])])
    assert not_noded(lines, np.zeros(2, dtype=bool)).ends == 1


def test_roads_that_all_pass_over_have_nothing_to_say():
    lines = shapely.linestrings([[(0, 0), (100, 0)], [(50, 0), (50, 60)]])
    assert not_noded(lines, np.ones(2, dtype=bool)).example is None


def test_a_hundred_thousand_edges_are_quick():
    n = 224
    x, y = np.meshgrid(np.arange(n) * 100.0, np.arange(n) * 100.0)
    here = np.column_stack([x.ravel(), y.ravel()])
    lines = np.concatenate(
        [
            shapely.linestrings(np.stack([here, here + step], axis=1))
            for step in ((100, 0), (0, 100))
        ]
    )
    start = time.perf_counter()
    found = not_noded(lines, np.zeros(len(lines), dtype=bool))
    # About half a second on one quiet core; the bound is wide for a busy machine.
    assert time.perf_counter() - start < 5
    assert (found.ends, found.crossings) == (0, 0)


def test_an_oneway_column_that_is_not_there_is_said(county):
    features = county.read_features(R)
    for feature in features:
        del feature["properties"]["oneway"]
    county.features(R, features)
    problem = county.accepted().the("roads.no_oneway")
    assert problem.severity == "warning"
    assert "双向" in problem.what.zh
