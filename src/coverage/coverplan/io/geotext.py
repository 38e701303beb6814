"""Layers as GeoJSON and as tables with coordinates, the same bytes for the same layers."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from ..core.crs import LONLAT

_DEGREE_DIGITS, _METRE_DIGITS = 8, 3
"""About a millimetre."""


def write_geojson(frame: gpd.GeoDataFrame, path: Path, name: str) -> None:
    """Write a layer as GeoJSON: RFC 7946 in WGS 84, elsewhere with the system named (``crs``).

    Parameters
    ----------
    frame
        In the system it is written in.
    path, name
        The file, and what the layer is called in it.
    """
    crs = CRS.from_user_input(frame.crs)
    standard = crs.equals(LONLAT, ignore_axis_order=True)
    options = {
        "RFC7946": "YES" if standard else "NO",
        "COORDINATE_PRECISION": str(_DEGREE_DIGITS if crs.is_geographic else _METRE_DIGITS),
        "WRITE_NAME": "YES",
    }
    pyogrio.write_dataframe(frame, path, layer=name, driver="GeoJSON", layer_options=options)


def with_coordinates(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return a layer as a plain table: coordinates in place of its shapes.

    Points have their own (``lon``, ``lat``, or ``x_metres``, ``y_metres``), areas a point within
    them, lines where they begin and where they end (``lon_to``, ...).

    Parameters
    ----------
    frame
        In the system its coordinates are written in.
    """
    crs = CRS.from_user_input(frame.crs)
    names = ("lon", "lat") if crs.is_geographic else ("x_metres", "y_metres")
    digits = _DEGREE_DIGITS if crs.is_geographic else _METRE_DIGITS
    shapes = frame.geometry.to_numpy()
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    if len(frame) and (shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING).all():
        ends = {"": shapely.get_point(shapes, 0), "_to": shapely.get_point(shapes, -1)}
    else:
        ends = {"": shapely.point_on_surface(shapes)}
    for suffix, points in ends.items():
        for name, values in zip(names, (shapely.get_x(points), shapely.get_y(points)), strict=True):
            table[f"{name}{suffix}"] = values.round(digits)
    return table
