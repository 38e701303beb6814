"""Reading geometry files, and refusing coordinates whose unit cannot be trusted."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from ..core.crs import is_metric, looks_like_degrees
from ..core.errors import InputError, Problem
from ..core.text import Text
from .tables import _empty, _unreadable


def read_vector(
    full: Path, file: str, *, table: str | None = None, crs: str | None = None
) -> gpd.GeoDataFrame:
    """Return the features of a file GDAL or GeoParquet can read, with a trustworthy CRS.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    table
        Layer of a file that has several.
    crs
        System to take where the file states none; it never overrides what the file states.

    Raises
    ------
    InputError
        When the file cannot be read, is empty, states no CRS, states one that its coordinates
        contradict, or its coordinates are not finite.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if full.suffix.lower() in {".parquet", ".geoparquet"}:
                frame = gpd.read_parquet(full)
            else:
                frame = pyogrio.read_dataframe(full, layer=table)
    except Exception as error:
        raise InputError([_unreadable(file, error)]) from error
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame):
        raise InputError([_empty(file)])
    if frame.crs is None:
        frame = frame.set_crs(stated_crs(crs, file))
    _check_extent(frame, file)
    return frame.reset_index(drop=True)


def stated_crs(crs: str | None, file: str) -> CRS:
    """Return the CRS a study states for a file that names none itself."""
    if crs is None:
        raise InputError(
            [
                Problem(
                    code="crs.unknown",
                    what=Text("文件没有说明坐标系", "the file states no coordinate system"),
                    file=file,
                    expected=Text("例如 EPSG:4490（CGCS2000）", "for example EPSG:4490 (CGCS2000)"),
                    mend=Text(
                        '补上 .prj 文件，或在研究文件中写明 crs = "EPSG:…"',
                        'add the .prj file, or say in the study file: crs = "EPSG:..."',
                    ),
                )
            ]
        )
    try:
        return CRS.from_user_input(crs)
    except CRSError as error:
        raise InputError(
            [
                Problem(
                    code="crs.unknown",
                    what=Text("不认识的坐标系", "the coordinate system is not known"),
                    file=file,
                    found=crs,
                    expected=Text("例如 EPSG:4490", "for example EPSG:4490"),
                    mend=Text("改用 EPSG 代码", "use an EPSG code"),
                )
            ]
        ) from error


def _check_extent(frame: gpd.GeoDataFrame, file: str) -> None:
    bounds = frame.geometry.total_bounds
    crs = CRS.from_user_input(frame.crs)
    x0, y0, x1, y1 = (float(b) for b in bounds)
    found = f"x {x0:g} … {x1:g}, y {y0:g} … {y1:g} ({crs.to_string()[:40]})"
    if not np.isfinite(bounds).all():
        if shapely.get_coordinates(frame.geometry.to_numpy()).size == 0:
            raise InputError([_empty(file)])
        raise InputError([_extent(file, found, "crs.not_finite")])
    degrees = looks_like_degrees((x0, y0, x1, y1))
    if is_metric(crs) and degrees:
        raise InputError([_extent(file, found, "crs.degrees_as_metres")])
    if crs.is_geographic and not degrees:
        raise InputError([_extent(file, found, "crs.metres_as_degrees")])


_EXTENT_WORDS = {
    "crs.not_finite": Text("坐标不是有限的数", "there are coordinates that are not finite"),
    "crs.degrees_as_metres": Text(
        "坐标系声明以米为单位，但坐标像是经纬度（度）",
        "the coordinate system is in metres, but the coordinates look like degrees",
    ),
    "crs.metres_as_degrees": Text(
        "坐标系声明为经纬度，但坐标超出经纬度范围（像是米）",
        "the coordinate system is in degrees, but the coordinates are outside their range",
    ),
}


def _extent(file: str, found: str, code: str) -> Problem:
    return Problem(
        code=code,
        what=_EXTENT_WORDS[code],
        file=file,
        found=found,
        mend=Text(
            "在 GIS 软件中核对并改正该文件的坐标系声明后重新导出",
            "correct the coordinate system of this file in a GIS and export it again",
        ),
    )
