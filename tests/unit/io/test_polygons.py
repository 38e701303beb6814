"""Boundaries that are no valid polygons, mended where the study says so; overlaps and gaps."""

import geopandas as gpd
import pytest
import shapely
from shapely import affinity

from coverplan.core.errors import Problems
from coverplan.io.polygons import LEAST_WIDTH_METRES, fit_notes, sound_polygons

CRS = "EPSG:4548"
BOX = shapely.box(500_000, 3_300_000, 504_000, 3_304_000)
HECTARES = 1600.0


def units(*shapes, crs=CRS):
    return gpd.GeoDataFrame({"_row": range(2, 2 + len(shapes))}, geometry=list(shapes), crs=crs)


def at(x, y):
    return (500_000 + x, 3_300_000 + y)


BOW = shapely.Polygon([at(0, 0), at(4000, 4000), at(4000, 0), at(0, 4000)])
TOUCHES_ITSELF = shapely.Polygon(
    [at(0, 0), at(4000, 0), at(4000, 4000), at(2000, 0), at(0, 4000), at(0, 0)]
)
OVERLAPPING_PARTS = shapely.MultiPolygon(
    [shapely.box(*at(0, 0), *at(3000, 4000)), shapely.box(*at(2000, 0), *at(4000, 4000))]
)
HOLE_REACHES_OUT = shapely.Polygon(
    BOX.exterior.coords, [shapely.box(*at(-1000, 1000), *at(1000, 2000)).exterior.coords]
)


@pytest.mark.parametrize(
    ("shape", "hectares"),
    [
        # Two triangles of base 4 km and height 2 km: a buffer of 0 keeps one of them.
        (BOW, 800.0),
        (TOUCHES_ITSELF, 800.0),
        (OVERLAPPING_PARTS, HECTARES),
        (HOLE_REACHES_OUT, HECTARES - 100.0),
        (shapely.GeometryCollection([BOX, shapely.Point(at(0, 0))]), HECTARES),
        (shapely.GeometryCollection([shapely.GeometryCollection([BOX]), BOW]), HECTARES),
    ],
)
def test_repair_keeps_the_area_and_says_it(shape, hectares):
    faults, notes = Problems(), Problems()
    sound_polygons(units(BOX, shape), "f", faults, repair=False)
    (fault,) = faults.errors
    assert (fault.code, fault.row) == ("region.bad_polygon", 3)
    assert "repair = true" in fault.mend.zh
    assert "repair = true" in fault.mend.en
    mended = sound_polygons(units(BOX, shape), "f", notes, repair=True)
    assert mended.geometry.is_valid.all()
    assert mended.geometry.iloc[1].area == pytest.approx(hectares * 10_000)
    (note,) = notes
    assert (note.code, note.row, note.severity) == ("region.repaired", 3, "warning")
    # On the ellipsoid; the projection is true to a thousandth here.
    said = float(note.found.en.rsplit("; ", 1)[1].split(", ")[-1].split(" ha")[0].replace(",", ""))
    assert said == pytest.approx(hectares, rel=2e-3)
    assert note.found.zh.endswith("公顷")


def test_a_buffer_of_nothing_would_halve_it():
    assert BOW.buffer(0).area == pytest.approx(4_000_000)


@pytest.mark.parametrize(
    "shape", [None, shapely.Polygon(), BOX.exterior, shapely.Point(1, 2), shapely.MultiPolygon()]
)
def test_what_has_no_area_is_a_fault_with_repair_too(shape):
    for repair in (False, True):
        faults = Problems()
        sound_polygons(units(BOX, shape), "f", faults, repair=repair)
        assert [(p.code, p.row) for p in faults.errors] == [("region.bad_polygon", 3)]


def test_units_around_the_earth_are_named():
    far = [shapely.box(179.9, 30, 180, 30.1), shapely.box(-180, 30, -179.9, 30.1)]
    faults = Problems()
    sound_polygons(units(*far, crs="EPSG:4490"), "f", faults, repair=False)
    assert [(p.code, p.row) for p in faults] == [("region.antimeridian", None)]
    faults = Problems()
    wide = shapely.MultiPolygon(far)
    sound_polygons(units(far[0], wide, crs="EPSG:4490"), "f", faults, repair=False)
    assert [(p.code, p.row) for p in faults] == [("region.antimeridian", 3)]


def test_overlaps_and_gaps_are_said_with_names_and_hectares():
    second = shapely.box(*at(3900, 0), *at(8000, 4000))
    third = shapely.box(*at(0, 4000), *at(8000, 8000)).difference(
        shapely.box(*at(3000, 3900), *at(4500, 4200))
    )
    notes = fit_notes(units(BOX, second, third), ["甲镇", "乙乡", "丙乡"], "f")
    overlap, gap = notes
    assert (overlap.code, overlap.row, overlap.severity) == ("region.overlap", 3, "warning")
    assert overlap.found.en == "甲镇, 乙乡: 40.0 ha"
    assert (gap.code, gap.severity) == ("region.gap", "warning")
    assert gap.found.en == "between 甲镇, 乙乡, 丙乡: 30.0 ha"
    assert gap.found.zh == "甲镇、乙乡、丙乡之间：30.0 公顷"
    kept = fit_notes(units(BOX, second, third), ["a", "b", "c"], "f", gaps=False)
    assert [note.code for note in kept] == ["region.overlap"]


@pytest.mark.parametrize("metres", [0.5, LEAST_WIDTH_METRES - 1, LEAST_WIDTH_METRES * 1.2])
def test_slivers_are_ignored(metres):
    second = affinity.translate(BOX, 4000 - metres, 0)
    notes = fit_notes(units(BOX, second), ["a", "b"], "f")
    assert bool(notes) == (metres > LEAST_WIDTH_METRES)


def test_units_that_fit_have_no_notes():
    grid = [affinity.translate(BOX, 4000 * i, 4000 * j) for i in range(4) for j in range(4)]
    assert fit_notes(units(*grid), [str(i) for i in range(16)], "f") == []


def test_a_hole_in_one_unit_is_a_gap_within_it():
    ring = BOX.difference(shapely.box(*at(1000, 1000), *at(2000, 2000)))
    (note,) = fit_notes(units(ring), ["甲镇"], "f")
    assert note.found.en == "within 甲镇: 100.0 ha"
