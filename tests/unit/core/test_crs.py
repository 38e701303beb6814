import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod

from coverplan.core.crs import geodesic_lengths, is_metric, looks_like_degrees, working_crs


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (119.8, 28.7, 4549),  # CGCS2000 3-degree zone, central meridian 120
        (114.3, 30.6, 4547),
        (75.2, 39.0, 4534),
        (134.0, 48.0, 4554),
        (-15.4, 28.1, 32628),
        (151.2, -33.9, 32756),
        (179.99, 10.0, 32660),
    ],
)
def test_the_working_system_is_near(lon, lat, epsg):
    crs = working_crs(lon, lat)
    assert crs.to_epsg() == epsg
    assert is_metric(crs)


def test_what_is_metric():
    assert not is_metric(None)
    assert not is_metric(CRS.from_epsg(4490))
    assert not is_metric(CRS.from_epsg(2263))  # feet
    assert is_metric(CRS.from_epsg(3857))


def test_degrees():
    assert looks_like_degrees((119.0, 28.0, 120.0, 29.0))
    assert not looks_like_degrees((500_000.0, 3_200_000.0, 500_010.0, 3_200_010.0))


def test_lengths_equal_pyproj():
    rng = np.random.default_rng(0)
    lines = np.array(
        [shapely.LineString(rng.normal([120, 29], 0.01, (n, 2))) for n in (2, 3, 7, 40)],
        dtype=object,
    )
    plain = [Geod(ellps="WGS84").geometry_length(line) for line in lines]
    np.testing.assert_allclose(geodesic_lengths(lines), plain, rtol=1e-12)
    assert geodesic_lengths(np.array([], dtype=object)).tolist() == []
