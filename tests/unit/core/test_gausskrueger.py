"""Zones of the national grid: their codes, and the numbers before eastings."""

import numpy as np
import pytest
from pyproj import CRS

from coverplan.core.crs import project_points
from coverplan.core.gausskrueger import Zone, is_easting, is_northing, zone_of, zone_written


@pytest.mark.parametrize("code", [*range(4491, 4555)])
def test_every_zone_of_the_register(code):
    crs = CRS.from_epsg(code)
    zone = zone_of(crs)
    assert zone is not None
    assert zone.crs == crs
    given = {p.name: p.value for p in crs.coordinate_operation.params}
    assert zone.meridian == given["Longitude of natural origin"]
    assert given["False easting"] == 500_000 + zone.prefixed * zone.number * 1_000_000
    assert ("3-degree" in crs.name) == (zone.width == 3)
    assert zone.otherwise().otherwise() == zone
    assert zone.otherwise().meridian == zone.meridian


@pytest.mark.parametrize("code", [4490, 4555, 32650, 3857, 4326])
def test_what_is_no_zone(code):
    assert zone_of(CRS.from_epsg(code)) is None


def test_a_system_without_a_code_is_no_zone():
    assert zone_of(CRS.from_proj4("+proj=tmerc +lon_0=118.2 +x_0=500000 +ellps=GRS80")) is None


@pytest.mark.parametrize("zone", [Zone(3, 40, prefixed=True), Zone(6, 20, prefixed=True)])
def test_the_number_written(zone):
    x, y = project_points(np.array([119.2, 119.6]), np.array([29.0, 30.1]), zone.crs)
    assert zone_written(x) == zone
    assert is_easting(x).all()
    assert is_northing(y).all()
    assert not is_northing(x).any()
    assert not is_easting(y).any()


@pytest.mark.parametrize(
    "eastings",
    [[512345.6], [40512345.6, 39512345.6], [24512345.6], [46512345.6], [40012345.6], [np.nan]],
)
def test_no_number_written(eastings):
    assert zone_written(np.array(eastings)) is None


def test_degrees_are_neither():
    assert not is_easting(np.array([119.8])).any()
    assert not is_northing(np.array([29.9])).any()
