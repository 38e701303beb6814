"""Coordinate systems: one working system in metres per study, lengths on the ellipsoid.

Everything geometric happens in the working system. Road lengths do not: they are measured on the
ellipsoid from longitude and latitude, so that they do not depend on which projection was chosen.
"""

import math
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Proj, Transformer
from pyproj.exceptions import CRSError

LONLAT = CRS.from_epsg(4326)
"""Geographic coordinates. CGCS2000 and WGS 84 agree to centimetres and are treated as one."""

_CHINA = (73.0, 135.5, 17.0, 54.0)
_WORLD = (-180.0, 180.0, -90.0, 90.0)
_GEOD = Geod(ellps="WGS84")


def working_crs(lon: float, lat: float) -> CRS:
    """Return the projected system in metres for a study around one place.

    In China the CGCS2000 3-degree Gauss-Krueger zone (EPSG:4534-4554), elsewhere the UTM zone.

    Parameters
    ----------
    lon, lat
        Centre of the study in degrees.
    """
    west, east, south, north = _CHINA
    if west <= lon <= east and south <= lat <= north:
        zone = min(max(round(lon / 3.0), 25), 45)
        return CRS.from_epsg(4534 + zone - 25)
    utm_zone = min(math.floor((lon + 180.0) / 6.0) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + utm_zone)


_CALLED = {
    "国家2000": "EPSG:4490",
    "大地2000": "EPSG:4490",
    "国家大地2000": "EPSG:4490",
    "2000国家大地坐标系": "EPSG:4490",
    "天地图": "EPSG:4490",
    "西安80": "EPSG:4610",
    "北京54": "EPSG:4214",
}
"""What people call systems that registers name otherwise."""


def system(crs: object) -> CRS | None:
    """Return the coordinate system a file or a study means, None where it is none on the earth.

    Examples
    --------
    >>> system("EPSG:4490").name
    'China Geodetic Coordinate System 2000'
    >>> system("国家2000") == system("EPSG:4490")
    True
    >>> system("nonsense") is None
    True
    """
    named = _CALLED.get("".join(crs.split())) if isinstance(crs, str) else None
    try:
        found = CRS.from_user_input(named or crs)
    except CRSError:
        return None
    return found if found.is_geographic or found.is_projected else None


def scale_error(crs: CRS, lon: float, lat: float) -> float:
    """Return by what part lengths in a projected system differ from true ones at a place."""
    factors = Proj(crs).get_factors(lon, lat)
    worst = max(abs(factors.meridional_scale - 1.0), abs(factors.parallel_scale - 1.0))
    return float(worst) if math.isfinite(worst) else math.inf


def is_metric(crs: CRS | None) -> bool:
    """Return whether a system is projected with both axes in metres."""
    if crs is None or not crs.is_projected:
        return False
    return all(math.isclose(axis.unit_conversion_factor, 1.0) for axis in crs.axis_info[:2])


def looks_like_degrees(bounds: tuple[float, float, float, float]) -> bool:
    """Return whether bounds (min x, min y, max x, max y) can be longitude and latitude."""
    min_x, min_y, max_x, max_y = bounds
    west, east, south, north = _WORLD
    return west <= min_x <= max_x <= east and south <= min_y <= max_y <= north


def to_working(frame: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """Return a copy of ``frame`` in the working system, heights dropped."""
    moved = frame.to_crs(crs)
    return moved.set_geometry(shapely.force_2d(moved.geometry.to_numpy()), crs=crs)


@lru_cache(maxsize=32)
def _way(source: CRS, target: CRS) -> Transformer:
    """Return the way from one system to another: finding it takes longer than a small county."""
    return Transformer.from_crs(source, target, always_xy=True)


def project_points(
    lon: NDArray[np.float64], lat: NDArray[np.float64], crs: CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y in metres of points given in degrees."""
    x, y = _way(LONLAT, crs).transform(lon, lat)
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def geodesic_lengths(lines: NDArray[np.object_], crs: CRS = LONLAT) -> NDArray[np.float64]:
    """Return the length in metres of each line on the WGS 84 ellipsoid.

    Parameters
    ----------
    lines
        LineStrings, shape ``(n,)``.
    crs
        Their system; longitude and latitude where it is left out.
    """
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    x, y = coordinates[:, 0], coordinates[:, 1]
    if crs != LONLAT:
        x, y = _way(crs, LONLAT).transform(x, y)
    same = owner[1:] == owner[:-1]
    _, _, metres = _GEOD.inv(x[:-1][same], y[:-1][same], x[1:][same], y[1:][same])
    lengths = np.bincount(owner[1:][same], metres, minlength=len(lines))
    return np.asarray(lengths, dtype=np.float64)
