"""Heights along roads, from rasters made here: planes, other systems, holes, bridges, noise."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine
from tiny import CRS, X0, Y0, network

from coverplan import InputError
from coverplan.core.errors import Problems
from coverplan.io import surface
from coverplan.io.decks import deck_heights
from coverplan.io.elevation import read_relief
from coverplan.io.paths import Folder
from coverplan.travel.slope import SLOPE_RULES, gradients, pace_along, tobler

TOBLER = SLOPE_RULES["tobler"]
FLAT, WEST_EAST = 100.0, [[(0, 0), (1000, 0)]]


def write(folder, height, cell=30.0, *, x0=X0 - 600, y1=Y0 + 600, crs=CRS, **more):
    """A GeoTIFF whose north-west corner is at x0, y1; returns its path in the folder."""
    height = np.atleast_3d(np.asarray(height).T).T
    profile = {
        "driver": "GTiff",
        "count": len(height),
        "height": height.shape[1],
        "width": height.shape[2],
        "dtype": height.dtype,
        "crs": crs,
        "transform": Affine(cell, 0, x0, 0, -cell, y1) if cell else Affine.identity(),
    }
    units = more.pop("units", None)
    scale = more.pop("scale", None)
    with rasterio.open(folder / "dem.tif", "w", **{**profile, **more}) as raster:
        raster.write(height)
        if units:
            raster.units = [units]
        if scale:
            raster.scales, raster.offsets = [scale[0]], [scale[1]]
    return Path("dem.tif")


def field(height_at, cell=30.0, size=2400.0, dtype="float64"):
    """The cells of ``height_at(x, y)``, x and y in metres from the origin, at cell centres."""
    n = round(size / cell)
    centre = (np.arange(n) + 0.5) * cell
    x, y = np.meshgrid(centre - 600, 600 - centre)
    return np.asarray(height_at(x, y) + 0.0 * x, dtype=dtype)


def read(folder, roads, *, step=None):
    """The relief, and the codes of what was noted."""
    problems = Problems()
    record = Folder(folder)
    relief = read_relief(record, Path("dem.tif"), roads, problems, step_metres=step)
    assert [(f.label, len(f.sha256)) for f in record.read] == [("dem.tif", 64)]
    return relief, list(problems)


def fault(folder, roads):
    """The one fault of a raster that cannot be used; it can be told in both languages."""
    with pytest.raises(InputError) as caught:
        read(folder, roads)
    (problem,) = caught.value.problems
    for language in ("zh", "en"):
        assert "dem.tif" in problem.render(language)
    assert problem.expected is not None
    return problem


def factors(relief, roads):
    """The factor over each whole edge, ahead and back."""
    pace = pace_along(relief, roads.metres, TOBLER)
    return pace.ahead[pace.ptr[1:] - 1], pace.back[pace.ptr[1:] - 1]


def star(n=24, length=900.0):
    """Roads of different length and direction, from one place."""
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    long = np.linspace(7, length, n) / 2
    return network(
        [[(500, 0), (500 + r * np.cos(a), r * np.sin(a))] for a, r in zip(turn, long, strict=True)]
    )


@pytest.mark.parametrize("cell", [7.0, 30.0, 90.0])
def test_flat_ground_is_exactly_flat(tmp_path, cell):
    write(tmp_path, field(lambda *_: 812, cell, dtype="int16"), cell)
    roads = star()
    relief, noted = read(tmp_path, roads)
    assert noted == []
    assert (relief.height_metres == 812).all()
    ahead, back = factors(relief, roads)
    assert (ahead == 1).all()
    assert (back == 1).all()


@pytest.mark.parametrize("cell", [5.0, 12.5, 30.0, 60.0, 100.0])
def test_a_tilted_plane_is_its_gradient_both_ways(tmp_path, cell):
    write(tmp_path, field(lambda x, _: 500 + 0.1 * x, cell), cell)
    roads = network(WEST_EAST)
    relief, _ = read(tmp_path, roads)
    ahead, back = factors(relief, roads)
    assert ahead[0] == pytest.approx(tobler(np.array([0.1]))[0], rel=1e-3)
    assert back[0] == pytest.approx(tobler(np.array([-0.1]))[0], rel=1e-3)
    assert ahead[0] > 1 > back[0] * 0.9
    np.testing.assert_allclose(relief.height_metres, 500 + 100 * relief.fraction, atol=1e-6)


def test_short_edges_are_no_steeper_than_the_ground(tmp_path):
    write(tmp_path, field(lambda x, y: 500 + 0.1 * x - 0.2 * y))
    roads = network([[(i * 3, i), (i * 3 + 3, i + 1)] for i in range(60)])
    relief, _ = read(tmp_path, roads)
    assert (np.diff(relief.ptr) == 2).all()
    run = np.hypot(3, 1)
    gradient = gradients(relief, roads.metres)[1::2]
    np.testing.assert_allclose(np.abs(gradient), (0.3 - 0.2) / run, rtol=1e-3)


def test_across_the_slope_the_road_is_level(tmp_path):
    write(tmp_path, field(lambda _, y: 500 + 0.5 * y))
    relief, _ = read(tmp_path, network(WEST_EAST))
    assert np.ptp(relief.height_metres) < 1e-9


def test_another_system_gives_the_same(tmp_path):
    # 1 second of arc, about 27 m by 31 m here.
    to_lonlat = Transformer.from_crs(CRS, 4326, always_xy=True)
    west, north = to_lonlat.transform(X0 - 600, Y0 + 600)
    cell = 1 / 3600
    lon = west + (np.arange(80) + 0.5) * cell
    lat = north - (np.arange(60) + 0.5) * cell
    back = Transformer.from_crs(4326, CRS, always_xy=True)
    x, y = back.transform(*np.meshgrid(lon, lat))
    write(tmp_path, 500 + 0.1 * (x - X0) + 0.05 * (y - Y0), cell, x0=west, y1=north, crs=4326)
    roads = star()
    relief, _ = read(tmp_path, roads)
    # The longest road has 450 m, a cell 27 m from west to east.
    assert np.diff(relief.ptr).max() == np.ceil(450 / (30.9 * np.cos(np.radians(28.9)))) + 1
    write(tmp_path, field(lambda x, y: 500 + 0.1 * x + 0.05 * y))
    same, _ = read(tmp_path, roads, step=np.diff(relief.fraction).max() * 450)
    ends = relief.ptr[:-1], same.ptr[:-1]
    np.testing.assert_allclose(
        relief.height_metres[ends[0]], same.height_metres[ends[1]], atol=0.02
    )
    np.testing.assert_allclose(factors(relief, roads), factors(same, roads), rtol=1e-3)


def test_points_are_no_farther_apart_than_asked_for(tmp_path):
    write(tmp_path, field(lambda *_: FLAT, 90.0), 90.0)
    roads = star()
    for step, most in ((None, 90.0), (25.0, 25.0), (1.0, 10.0)):
        relief, _ = read(tmp_path, roads, step=step)
        per_edge = roads.metres / (np.diff(relief.ptr) - 1)
        assert per_edge.max() <= most + 1e-9
        assert relief.fraction[relief.ptr[:-1]].tolist() == [0] * roads.n_edges
        assert relief.fraction[relief.ptr[1:] - 1].tolist() == [1] * roads.n_edges


def test_edges_that_meet_share_the_height_of_their_node(tmp_path):
    rng = np.random.default_rng(3)
    write(tmp_path, field(lambda x, _: 500 + rng.normal(0, 20, x.shape)))
    roads = star()
    relief, _ = read(tmp_path, roads)
    at_u, at_v = relief.height_metres[relief.ptr[:-1]], relief.height_metres[relief.ptr[1:] - 1]
    nodes = np.concatenate([roads.u, roads.v])
    heights = np.concatenate([at_u, at_v])
    for node in np.unique(nodes):
        assert np.ptp(heights[nodes == node]) == 0


@pytest.mark.parametrize("rule", ["tobler", "cycling", "ebike"])
def test_noise_of_a_raster_does_not_make_hills(tmp_path, rule):
    rng = np.random.default_rng(4)
    write(tmp_path, field(lambda x, _: FLAT + rng.uniform(-3, 3, x.shape)))
    # Streets of 20 m, shorter than a cell, and of 400 m.
    roads = network(
        [[(x, y), (x + 20, y)] for x in range(0, 1200, 60) for y in range(-400, 400, 80)]
        + [[(x, -400), (x, 0)] for x in range(31, 1200, 60)]
    )
    relief, _ = read(tmp_path, roads)
    pace = pace_along(relief, roads.metres, SLOPE_RULES[rule])
    last = pace.ptr[1:] - 1
    both = (pace.ahead[last] + pace.back[last]) / 2
    slower = float((both * roads.metres).sum() / roads.metres.sum()) - 1
    assert 0 <= slower < 0.03
    assert np.abs(gradients(relief, roads.metres)).max() < 0.1


def test_without_the_filter_it_would(tmp_path, monkeypatch):
    monkeypatch.setattr(surface, "FILTERED_BELOW_METRES", 0.0)
    rng = np.random.default_rng(4)
    write(tmp_path, field(lambda x, _: FLAT + rng.uniform(-3, 3, x.shape)))
    roads = network([[(x, y), (x + 20, y)] for x in range(0, 1200, 60) for y in (-400, 0, 400)])
    relief, _ = read(tmp_path, roads)
    assert np.abs(gradients(relief, roads.metres)).max() > 0.1


def bridged(roads, is_bridge):
    """The roads with some of them on bridges, told by their middle relative to the origin."""
    middle = [line.interpolate(0.5, normalized=True) for line in roads.lines]
    raised = np.array([is_bridge(m.x - X0, m.y - Y0) for m in middle])
    return replace(roads, facts=replace(roads.facts, raised=raised))


def valley(x, _):
    """Level ground at 100 m, and a valley of 60 m between x = 300 and x = 700."""
    return np.where((x > 300) & (x < 700), 40.0, 100.0)


def test_a_bridge_is_straight_between_its_ends(tmp_path):
    write(tmp_path, field(valley))
    line = [[(0, 0), (200, 0)], [(200, 0), (800, 0)], [(800, 0), (1000, 0)]]
    ground, _ = read(tmp_path, network(line))
    assert ground.height_metres.min() < 50
    bridge, _ = read(tmp_path, bridged(network(line), lambda x, _: 200 < x < 800))
    np.testing.assert_allclose(bridge.height_metres, 100.0, atol=1e-9)


def test_a_viaduct_of_several_edges_does_not_go_down_to_the_valley(tmp_path):
    write(tmp_path, field(lambda x, y: valley(x, y) + 0.02 * x))
    xs = [0, 200, 350, 420, 600, 800, 1000]
    roads = network([[(a, 0), (b, 0)] for a, b in pairwise(xs)])
    relief, _ = read(tmp_path, bridged(roads, lambda x, _: 200 < x < 800))
    np.testing.assert_allclose(gradients(relief, roads.metres)[relief.ptr[1:] - 1], 0.02, rtol=2e-3)


def test_where_viaducts_meet_off_the_ground():
    # Three decks of 100 m from ground at 0, 30 and 60 m to one node in the air, and a pier.
    roads = network(
        [[(0, 0), (100, 0)], [(200, 0), (100, 0)], [(100, 100), (100, 0)], [(100, 0), (100, -50)]]
        + [[(0, 0), (-50, 0)], [(200, 0), (250, 0)], [(100, 100), (100, 150)]]
        + [[(900, 0), (950, 0)]]
    )
    roads = bridged(roads, lambda x, y: (0 < x < 200 and -50 < y < 100) or x > 900)
    x, y = roads.node_xy[:, 0] - X0, roads.node_xy[:, 1] - Y0
    here = np.where(x == 200, 30.0, np.where(y == 100, 60.0, np.where((x == 0) & (y == 0), 0, -9)))
    height = deck_heights(roads, here)
    air = (x == 100) & (np.abs(y + 25) <= 26)
    np.testing.assert_allclose(height[air], 30.0, atol=1e-9)
    # A bridge that touches the ground nowhere, and all ground, keep what they had.
    assert (height[~air] == here[~air]).all()


def test_a_bridge_with_one_end_unknown_takes_the_other():
    roads = network(
        [[(0, 0), (50, 0)], [(50, 0), (90, 0)], [(90, 0), (130, 0)], [(130, 0), (140, 0)]]
    )
    roads = bridged(roads, lambda x, _: 50 < x < 130)
    x = roads.node_xy[:, 0] - X0
    here = np.select([x == 50, x == 90], [70.0, 5.0], np.nan)
    height = deck_heights(roads, here)
    assert height[x == 90] == pytest.approx(70.0)
    assert np.isnan(height[x == 130]).all()


def test_ferries_are_straight(tmp_path):
    write(tmp_path, field(lambda x, _: 50 * np.sin(x / 90.0)))
    relief, _ = read(tmp_path, network([[(0, 0), (900, 0)]], road_class="ferry"))
    assert relief.fraction.tolist() == [0, 1]


def test_unknown_heights_stay_unknown_and_are_told(tmp_path):
    cells = field(lambda x, _: np.where(x < 500, 80.0, -9999.0))
    write(tmp_path, cells, nodata=-9999.0)
    roads = network(WEST_EAST)
    relief, (note,) = read(tmp_path, roads)
    unknown = np.isnan(relief.height_metres)
    assert (unknown == (relief.fraction > 0.5)).mean() > 0.95
    assert set(relief.height_metres[~unknown]) == {80.0}
    assert (note.code, note.severity) == ("elevation.unknown", "warning")
    assert "50.0% of the roads (0.5 km)" in note.render("en")
    assert "50.0% 的道路（0.5 公里）没有高程" in note.render("zh")
    assert factors(relief, roads)[0][0] == 1.0


def test_roads_beyond_the_raster_are_unknown(tmp_path):
    write(tmp_path, field(lambda *_: 80.0))  # ends at x = 1800
    relief, (note,) = read(tmp_path, network([[(0, 0), (3600, 0)]]))
    assert note.code == "elevation.unknown"
    known = relief.fraction[np.isfinite(relief.height_metres)]
    assert known.max() == pytest.approx(0.5, abs=0.01)


def test_a_pit_without_a_nodata_value_is_unknown(tmp_path):
    cells = field(lambda x, _: np.where(np.abs(x - 500) < 40, -32768.0, 80.0))
    write(tmp_path, cells)
    relief, notes = read(tmp_path, network(WEST_EAST))
    assert [n.code for n in notes] == ["elevation.impossible", "elevation.unknown"]
    assert "3 below -500 m, 0 above" in notes[0].render("en")
    # Its neighbours are not dragged down.
    assert set(relief.height_metres[np.isfinite(relief.height_metres)]) == {80.0}


@pytest.mark.parametrize("cell", [2.0, 10.0, 30.0])
def test_single_pits_do_not_drag_down_their_neighbours(tmp_path, cell):
    rng = np.random.default_rng(7)
    write(
        tmp_path, field(lambda x, _: np.where(rng.random(x.shape) < 0.03, -9999.0, 80), cell), cell
    )
    relief, _ = read(tmp_path, star())
    known = relief.height_metres[np.isfinite(relief.height_metres)]
    np.testing.assert_allclose(known, 80.0, rtol=1e-12)
    assert len(known) > 0.9 * len(relief.height_metres)


def test_scale_and_offset_of_the_file_count(tmp_path):
    write(tmp_path, field(lambda x, _: 5000 + x, dtype="int16"), scale=(0.1, -100.0))
    relief, _ = read(tmp_path, network(WEST_EAST))
    np.testing.assert_allclose(relief.height_metres, 400 + 100 * relief.fraction, atol=0.1)


def test_whole_numbers_averaged_are_not_rounded(tmp_path):
    # 3 m cells of uint16: a gradient of 1 % would come out in steps of a metre.
    write(tmp_path, field(lambda x, _: 500 + np.floor(0.01 * x), 3.0, dtype="int16"), 3.0)
    relief, _ = read(tmp_path, network(WEST_EAST))
    np.testing.assert_allclose(relief.height_metres, 499.5 + 10 * relief.fraction, atol=0.51)
    assert len(np.unique(relief.height_metres)) > 11


def test_tiles_do_not_show(tmp_path, monkeypatch):
    rng = np.random.default_rng(5)
    write(tmp_path, field(lambda x, _: 500 + rng.normal(0, 5, x.shape)))
    roads = star()
    whole, _ = read(tmp_path, roads)
    monkeypatch.setattr(surface, "_TILE_CELLS", 1)
    monkeypatch.setattr("coverplan.io.elevation._POINTS_AT_ONCE", 7)
    tiled, _ = read(tmp_path, roads)
    assert (whole.height_metres == tiled.height_metres).all()


def test_the_record_says_which_system(tmp_path):
    source = write(tmp_path, field(lambda *_: FLAT))
    record = Folder(tmp_path)
    read_relief(record, source, network(WEST_EAST), Problems())
    assert [(f.crs, f.crs_from, f.rows) for f in record.read] == [("EPSG:4549", "file", 6400)]


def test_nodata_everywhere(tmp_path):
    write(tmp_path, field(lambda *_: -1.0), nodata=-1.0)
    assert fault(tmp_path, network(WEST_EAST)).code == "elevation.empty"


def test_known_at_one_end_only(tmp_path):
    write(tmp_path, field(lambda x, _: np.where(x < 10, 5.0, -1.0)), nodata=-1.0)
    problem = fault(tmp_path, network([[(0, 0), (20, 0)]]))
    assert problem.code == "elevation.empty"


@pytest.mark.parametrize("cells", [lambda x, _: 40000 + 50 * np.sin(x), lambda x, _: 30 * x])
def test_heights_in_another_unit(tmp_path, cells):
    # Centimetres in the mountains; then centimetres near the sea, with roads that climb a wall.
    write(tmp_path, field(cells) if cells(1, 0) > 9000 else field(lambda x, _: 3 * x))
    problem = fault(tmp_path, network(WEST_EAST))
    assert problem.code == "elevation.unit"
    assert "0.3048" in problem.render("zh")


def test_a_stated_unit_that_is_not_the_metre(tmp_path):
    write(tmp_path, field(lambda *_: FLAT), units="US survey foot")
    problem = fault(tmp_path, network(WEST_EAST))
    assert (problem.code, problem.found) == ("elevation.unit", "US survey foot")
    write(tmp_path, field(lambda *_: FLAT), units="metre")
    assert read(tmp_path, network(WEST_EAST))[1] == []


def test_several_bands(tmp_path):
    picture = np.stack([field(lambda *_: 100, dtype="uint8")] * 3)
    write(tmp_path, picture)
    problem = fault(tmp_path, network(WEST_EAST))
    assert problem.code == "elevation.bands"
    assert "3 bands" in problem.render("en")


def test_no_system_or_no_position(tmp_path):
    write(tmp_path, field(lambda *_: FLAT), crs=None)
    problem = fault(tmp_path, network(WEST_EAST))
    assert problem.code == "elevation.no_place"
    assert "no coordinate system" in problem.render("en")
    with pytest.warns(NotGeoreferencedWarning):
        write(tmp_path, field(lambda *_: FLAT), cell=0)
    problem = fault(tmp_path, network(WEST_EAST))
    assert "no position" in problem.render("en")


def test_a_raster_of_somewhere_else(tmp_path):
    write(tmp_path, field(lambda *_: FLAT), x0=X0 + 50_000)
    problem = fault(tmp_path, network(WEST_EAST))
    assert problem.code == "elevation.elsewhere"
    assert "120." in str(problem.found)


def test_files_that_are_no_raster(tmp_path):
    (tmp_path / "dem.tif").write_text("经度,纬度\n1,2\n", encoding="utf-8")
    problem = fault(tmp_path, network(WEST_EAST))
    assert problem.code == "file.unreadable"
    assert "GeoTIFF" in problem.render("zh")
    (tmp_path / "dem.tif").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        read(tmp_path, network(WEST_EAST))
    assert caught.value.problems[0].code == "file.empty"


@pytest.mark.parametrize("kept", [40, 3000])
def test_a_raster_cut_short(tmp_path, kept):
    rng = np.random.default_rng(6)
    write(tmp_path, field(lambda x, _: rng.normal(500, 5, x.shape)), compress="deflate")
    whole = (tmp_path / "dem.tif").read_bytes()
    (tmp_path / "dem.tif").write_bytes(whole[:kept])
    problem = fault(tmp_path, network(WEST_EAST))
    assert problem.code == "file.unreadable"
    assert "damaged" in problem.render("en")


def test_no_such_file(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, network(WEST_EAST))
    assert caught.value.problems[0].code == "file.missing"
    assert "roads.elevation" in caught.value.render("en")
