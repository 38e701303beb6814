"""Barrier files: read, and the roads of a study cut by them."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely.geometry import GeometryCollection, LineString, MultiLineString, Point, box
from tests.support import tiny

from coverplan import InputError
from coverplan.core.errors import Problems
from coverplan.domain.config import Barrier, RoadsConfig
from coverplan.domain.edges import FOOT
from coverplan.io.barriers import access_walls, read_barriers
from coverplan.io.paths import Folder
from coverplan.io.roads import read_network
from coverplan.travel import mode_graph, nearest_site, snap

ZONE = CRS.from_epsg(tiny.CRS)
TOWN = tiny.region((0, -100, 400, 100))
SQUARE = box(0, 0, 10, 10)


def moved(shapes):
    return [shapely.transform(shape, lambda xy: xy + [tiny.X0, tiny.Y0]) for shape in shapes]


def write(tmp_path, shapes, name="fence.gpkg", crs=4326, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=moved(shapes), crs=ZONE).to_crs(crs)
    frame.to_file(tmp_path / name)


def barriers(tmp_path, *cuts, name="fence.gpkg"):
    problems = Problems()
    given = [Barrier(source=name, cuts=each) for each in cuts or ["both"]]
    return read_barriers(Folder(tmp_path), given, ZONE, problems), list(problems)


def network(tmp_path, *cuts, names=False, **columns):
    """Three streets in a row and a parallel one, read with the barriers of the folder."""
    lines = [[(i, 0), (i + 100, 0)] for i in (0, 100, 200)] + [[(0, 50), (300, 50)]]
    if names:
        columns |= {"u": ["a", "b", "c", "x"], "v": ["b", "c", "d", "y"]}
    columns = {"highway": ["residential"] * 4, "oneway": ["no"] * 4, **columns}
    write(tmp_path, [LineString(line) for line in lines], "roads.gpkg", **columns)
    problems = Problems()
    given = [Barrier(source="fence.gpkg", cuts=each) for each in cuts]
    config = RoadsConfig(source="roads.gpkg", barriers=given)
    made = read_network(Folder(tmp_path), config, TOWN, problems)
    return made, {p.code: p for p in problems}


def pieces(made):
    graph = mode_graph(made, tiny.profile())
    return sorted(np.round(graph.component_metres).astype(int).tolist())


def test_lines_areas_and_what_is_made_of_them(tmp_path):
    shapes = [
        MultiLineString([[(0, 0), (9, 0)], [(0, 1), (9, 1)]]),
        GeometryCollection([SQUARE, LineString([(0, 5), (9, 5)])]),
    ]
    write(tmp_path, shapes)
    (walls,), problems = barriers(tmp_path)
    assert [shape.geom_type for shape in walls.shapes].count("LineString") == 3
    assert problems == []
    assert (walls.cuts_roads, walls.cuts_access) == (True, True)


def test_a_broken_polygon_is_mended(tmp_path):
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    write(tmp_path, [bow])
    (walls,), _ = barriers(tmp_path)
    assert all(shapely.is_valid(walls.shapes))
    assert shapely.area(walls.shapes).sum() == pytest.approx(50, rel=1e-3)


def test_points_are_no_barrier(tmp_path):
    write(tmp_path, [Point(1, 1)])
    with pytest.raises(InputError, match="lines or polygons") as caught:
        barriers(tmp_path)
    assert caught.value.problems[0].found == "Point"


def test_points_beside_lines_are_said(tmp_path):
    write(tmp_path, [Point(1, 1), LineString([(0, 0), (9, 0)])], "fence.geojson")
    (walls,), (problem,) = barriers(tmp_path, name="fence.geojson")
    assert len(walls.shapes) == 1
    assert (problem.code, problem.severity) == ("roads.barrier_shapes", "warning")


def test_what_each_barrier_cuts(tmp_path):
    write(tmp_path, [LineString([(0, 0), (9, 0)])])
    walls, _ = barriers(tmp_path, "roads", "access", "both")
    assert [each.cuts_roads for each in walls] == [True, False, True]
    assert len(access_walls(walls)) == 2
    assert access_walls(walls[:1]) is None
    assert access_walls([]) is None


@pytest.mark.parametrize("names", [False, True])
def test_roads_are_cut_and_said_how_many(tmp_path, names):
    write(tmp_path, [LineString([(150, -20), (150, 70)])])
    made, problems = network(tmp_path, "both", names=names)
    assert pieces(made) == [150, 150, 150, 150]
    assert made.n_edges == 6
    assert made.metres.sum() == pytest.approx(600, abs=0.1)
    words = problems["roads.barrier_cuts"]
    assert words.what.en == "barriers cut 2 edges (0.4 km before)"
    assert words.file == "fence.gpkg"


def test_a_fence_at_a_junction_parts_it(tmp_path):
    write(tmp_path, [LineString([(100, -20), (100, 0), (100, 20)])])
    made, problems = network(tmp_path, "roads")
    assert pieces(made) == [100, 200, 300]
    assert "part 1 junctions" in problems["roads.barrier_cuts"].what.en
    assert made.walls is None


def test_bridges_and_ferries_pass(tmp_path):
    write(tmp_path, [LineString([(150, -20), (150, 70)])])
    made, problems = network(
        tmp_path, "both", bridge=["no", "yes", "no", "no"], highway=["residential"] * 3 + ["ferry"]
    )
    assert made.n_edges == 4
    assert "roads.barrier_cuts" not in problems
    assert "roads.barrier_cuts_nothing" not in problems


def test_facts_stay_with_their_pieces(tmp_path):
    write(tmp_path, [LineString([(150, -20), (150, 20)])])
    made, _ = network(tmp_path, "roads", foot=["yes", "no", "yes", "yes"])
    barred = made.facts.barred == FOOT
    assert made.metres[barred].round().tolist() == [50, 50]


@pytest.mark.parametrize("cuts", ["roads", "access", "both"])
def test_a_barrier_elsewhere_is_said(tmp_path, cuts):
    write(tmp_path, [LineString([(9150, -20), (9150, 70)])])
    made, problems = network(tmp_path, cuts)
    assert pieces(made) == [300, 300]
    assert problems["roads.barrier_cuts_nothing"].severity == "warning"


def test_without_barriers_nothing_changes(tmp_path):
    made, problems = network(tmp_path)
    assert made.walls is None
    assert set(problems) == set()
    assert pieces(made) == [300, 300]


def test_a_barrier_for_people_alone_leaves_roads_whole(tmp_path):
    write(tmp_path, [LineString([(-50, 20), (350, 20)]), LineString([(150, -9), (150, 9)])])
    made, problems = network(tmp_path, "access")
    assert pieces(made) == [300, 300]
    assert problems == {}
    snapped = snap(mode_graph(made, tiny.profile()), tiny.at((50, 22), (50, 18)))
    assert snapped.access_metres.round().tolist() == [28, 18]


AHEAD = [(0, 0), (120, 4), (200, 0)]
DRAWN = {
    "there and back": [AHEAD, AHEAD[::-1]],
    "back and there": [AHEAD[::-1], AHEAD],
    "three lines": [AHEAD[::-1], AHEAD, AHEAD],
}


def street_times(tmp_path, lines, oneway, fences, **columns):
    """Milliseconds to a site on a street, from its way in, both sides of the site, its way out."""
    write(tmp_path, fences)
    before, after = LineString([(-100, 0), (0, 0)]), LineString([(200, 0), (300, 0)])
    shapes = [before, *map(LineString, lines), after]
    columns = {name: ["no", *given, "no"] for name, given in columns.items()}
    columns |= {"highway": ["residential"] * len(shapes), "oneway": ["no", *oneway, "no"]}
    write(tmp_path, shapes, "roads.gpkg", **columns)
    config = RoadsConfig(source="roads.gpkg", barriers=[Barrier(source="fence.gpkg", cuts="roads")])
    made = read_network(Folder(tmp_path), config, TOWN, Problems())
    graph = mode_graph(made, tiny.profile(oneway=True))
    people = snap(graph, tiny.at((-50, 1), (20, 1), (80, 1), (250, 1)))
    return nearest_site(graph, people, snap(graph, tiny.at((50, 1)))).ms.tolist()


@pytest.mark.parametrize("drawn", DRAWN)
def test_two_oneway_lines_on_one_place_end_at_a_fence_as_one_street(tmp_path, drawn):
    fences = [LineString([(100, -20), (100, 20)]), LineString([(150, -20), (150, 20)])]
    one = street_times(tmp_path, [AHEAD], ["no"], fences)
    two = street_times(tmp_path, DRAWN[drawn], ["yes"] * len(DRAWN[drawn]), fences)
    assert min(one[:3]) > 0
    assert one[3] == -1
    assert two == one


def test_a_bridge_on_the_place_of_a_street_still_passes_the_fence(tmp_path):
    fence, lines = [LineString([(100, -20), (100, 20)])], [AHEAD, AHEAD[::-1], AHEAD]
    bridge, oneway = ["no", "no", "yes"], ["yes", "yes", "-1"]
    assert min(street_times(tmp_path, lines, oneway, fence, bridge=bridge)) > 0
    assert street_times(tmp_path, lines[:2], oneway[:2], fence, bridge=bridge[:2])[3] == -1
