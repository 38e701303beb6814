"""Thirteen counties outlined in WGS 84 and as a web map gives them: every one is told apart."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from coverplan.core.crs import working_crs
from coverplan.core.datum import to_wgs84
from coverplan.io.datumevidence import Move, against_lines, moved

GCJ = Move("GCJ-02", of_file=True)
CODES = [
    "330624", "350582", "421202", "330881", "610323", "330226", "330213", "330482", "330109",
    "330110", "330683", "511421", "440304",
]  # fmt: skip


@pytest.fixture(scope="module")
def outlines(test_data):
    folder = test_data / "realdata" / "cn_datum_fixture"
    names = ("counties_wgs84_osm", "counties_gcj02_datav", "counties_datav_converted_to_wgs84")
    return [gpd.read_file(folder / f"{name}.geojson").set_index("code").geometry for name in names]


def verdict(shape, reference):
    """What the known outline says of the vertices of another."""
    crs = working_crs(reference.centroid.x, reference.centroid.y)
    known, other = (gpd.GeoSeries([s], crs=4326).to_crs(crs) for s in (reference, shape))
    xy = shapely.get_coordinates(other.to_numpy())
    lines = shapely.STRtree(shapely.get_parts(known.boundary.to_numpy()))
    return against_lines(xy, moved(xy, crs), lines)


def test_the_counties_are_all_there(outlines):
    assert all(set(CODES) == set(shapes.index) for shapes in outlines)


@pytest.mark.parametrize("code", CODES)
def test_every_county_is_told_apart(outlines, code):
    known, shifted, converted = (shapes[code] for shapes in outlines)
    found = verdict(shifted, known)
    assert found.move == GCJ
    assert 300 < found.evidence.shift_metres < 700
    assert verdict(converted, known).kind != "shifted"


@pytest.mark.parametrize("code", CODES)
def test_a_known_outline_over_a_shifted_one(outlines, code):
    """The other way round: the outline that is right is no file in GCJ-02."""
    known, shifted, _ = (shapes[code] for shapes in outlines)
    move = verdict(known, shifted).move
    assert move is None or not move.of_file


def test_the_inverse_is_the_one_of_the_fixture(outlines):
    """Converted by somebody else: the same to some centimetres."""
    _, shifted, converted = outlines
    given, theirs = (shapely.get_coordinates(s.loc[CODES].to_numpy()) for s in (shifted, converted))
    ours = np.column_stack(to_wgs84(given[:, 0], given[:, 1], "GCJ-02"))
    assert np.abs(ours - theirs).max() < 2e-6
