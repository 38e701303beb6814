"""Coordinates in metres as surveys write them: recognised, and said."""

import numpy as np
import pandas as pd
import pytest
from pyproj import CRS

from coverplan.core.crs import project_points
from coverplan.core.datum import datum_named, from_wgs84
from coverplan.core.errors import Problems
from coverplan.core.gausskrueger import Zone
from coverplan.io.coordinates import points_of
from coverplan.io.tables import Table

LON, LAT = np.array([119.51, 119.62, 119.73]), np.array([29.1, 29.2, 29.3])
PLAIN, WRITTEN = Zone(3, 40, prefixed=False), Zone(3, 40, prefixed=True)
SIX = Zone(6, 20, prefixed=True)


def table(zone, lon="东坐标", lat="北坐标", change=lambda x, y: (x, y)):
    x, y = change(*project_points(LON, LAT, zone.crs))
    frame = pd.DataFrame({lon: [f"{v:.3f}" for v in x], lat: [f"{v:.3f}" for v in y]})
    return Table("places.csv", frame, np.arange(2, len(frame) + 2))


def read(made, crs=None):
    problems = Problems()
    lon, lat = made.frame.columns
    return points_of(made, lon, lat, crs, problems), problems


def in_place(points):
    there = points.to_crs(4326)
    assert there.x.to_numpy() == pytest.approx(LON, abs=1e-7)
    assert there.y.to_numpy() == pytest.approx(LAT, abs=1e-7)


def codes(problems):
    return [p.code for p in problems]


@pytest.mark.parametrize("zone", [PLAIN, WRITTEN, SIX])
def test_a_system_that_is_stated(zone):
    points, problems = read(table(zone), zone.epsg)
    in_place(points)
    assert codes(problems) == []


@pytest.mark.parametrize("zone", [WRITTEN, SIX, Zone(3, 39, prefixed=True)])
def test_a_zone_nobody_states(zone):
    points, problems = read(table(zone))
    in_place(points)
    (warning,) = problems
    assert (warning.code, warning.severity) == ("crs.zone_found", "warning")
    for language in ("zh", "en"):
        assert zone.epsg in warning.render(language)
        assert str(zone.number) in warning.what.of(language)
    assert points.crs == zone.crs


def test_without_its_number_a_zone_is_not_guessed():
    points, problems = read(table(PLAIN))
    assert points.isna().all()
    assert codes(problems) == ["crs.metres_as_degrees"]


@pytest.mark.parametrize("names", [("X", "Y"), ("x坐标", "y坐标"), ("Ｘ", "Ｙ")])
@pytest.mark.parametrize("zone", [PLAIN, WRITTEN])
def test_x_is_north(names, zone):
    made = table(zone, *names, change=lambda x, y: (y, x))
    points, problems = read(made, zone.epsg)
    in_place(points)
    (warning,) = problems
    assert (warning.code, warning.severity) == ("crs.x_is_north", "warning")
    assert f'lon = "{names[1]}"' in warning.mend.en


def test_x_is_north_and_the_zone_nobody_states():
    points, problems = read(table(WRITTEN, "X", "Y", change=lambda x, y: (y, x)))
    in_place(points)
    assert codes(problems) == ["crs.x_is_north", "crs.zone_found"]


def test_x_is_east_where_it_is():
    points, problems = read(table(PLAIN, "X", "Y"), PLAIN.epsg)
    in_place(points)
    assert codes(problems) == []


def test_named_east_and_holding_north_is_not_exchanged():
    """Only X and Y are ambiguous: a column named for the east is a fault of its own."""
    points, problems = read(table(PLAIN, change=lambda x, y: (y, x)), PLAIN.epsg)
    assert codes(problems) == []
    assert points.x.min() > 3e6


@pytest.mark.parametrize(("holds", "stated"), [(WRITTEN, PLAIN), (PLAIN, WRITTEN), (SIX, None)])
def test_a_number_written_otherwise_than_stated(holds, stated):
    """Zone 40 of three degrees and the plain system of its meridian are one place."""
    stated = stated or Zone(6, 20, prefixed=False)
    points, problems = read(table(holds), stated.epsg)
    in_place(points)
    (warning,) = problems
    assert (warning.code, warning.severity) == ("crs.zone_number", "warning")
    assert holds.epsg in warning.mend.zh


@pytest.mark.parametrize("stated", ["EPSG:4548", "EPSG:4527"])
def test_another_zone_than_stated_is_an_error(stated):
    points, problems = read(table(WRITTEN), stated)
    (error,) = problems
    assert (error.code, error.severity) == ("crs.zone_differs", "error")
    assert WRITTEN.epsg in error.mend.en
    assert points.isna().all()


def test_one_slip_hides_nothing():
    made = table(WRITTEN)
    many = pd.concat([made.frame] * 10, ignore_index=True)
    many.iloc[4, 0] = "0"
    points, problems = read(Table("places.csv", many, np.arange(2, 32)))
    assert codes(problems)[0] == "crs.zone_found"
    assert points.crs == CRS.from_user_input(WRITTEN.epsg)


@pytest.mark.parametrize("crs", ["GCJ-02", "高德", "BD-09"])
def test_a_shifted_datum_is_converted_once(crs):
    lon, lat = from_wgs84(LON, LAT, datum_named(crs))
    frame = pd.DataFrame({"经度": [f"{v:.9f}" for v in lon], "纬度": [f"{v:.9f}" for v in lat]})
    points, problems = read(Table("places.csv", frame, np.arange(2, 5)), crs)
    in_place(points)
    assert codes(problems) == []
