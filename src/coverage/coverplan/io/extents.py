"""Refusing coordinates whose unit cannot be trusted, or that lie nowhere."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from ..core.crs import LONLAT, is_metric, looks_like_degrees, working_crs
from ..core.errors import InputError, Problem
from ..core.gausskrueger import Zone, is_plain_easting, zone_of, zone_written
from ..core.text import Text
from .content import empty

_WIDE_DEGREES, _WIDE_METRES = 30.0, 3_000_000.0
_FAR_DEGREES = 80.0


def check_extent(frame: gpd.GeoDataFrame, file: str) -> None:
    """Refuse shapes whose coordinates are not finite, are at zero, or contradict their system.

    Parameters
    ----------
    frame
        Shapes with the system they are stated in.
    file
        Name for messages.

    Raises
    ------
    InputError
        With the rows at fault where it is not all of them.
    """
    shapes = frame.geometry.to_numpy()
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    if not len(coordinates):
        raise InputError([empty(file)])
    bad = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    if len(bad):
        raise InputError([_extent(file, None, "crs.not_finite", int(i) + 2) for i in bad])
    _check_zero(shapes, coordinates, owner, file)
    x0, y0 = (float(value) for value in coordinates.min(axis=0))
    x1, y1 = (float(value) for value in coordinates.max(axis=0))
    crs = CRS.from_user_input(frame.crs)
    found = f"x {x0:g} … {x1:g}, y {y0:g} … {y1:g} ({crs.to_string()[:20]})"
    degrees = looks_like_degrees((x0, y0, x1, y1))
    if is_metric(crs) and degrees:
        raise InputError([_extent(file, found, "crs.degrees_as_metres")])
    zone = _other_zone(crs, coordinates[:, 0])
    if zone is not None:
        raise InputError([_zone_number(file, found, crs, zone)])
    if crs.is_geographic and not degrees:
        outside = (np.abs(coordinates) > (180.0, 90.0)).any(axis=1)
        rows = np.unique(owner[outside])
        if len(rows) < np.unique(owner).size:
            raise InputError(
                [_extent(file, found, "crs.metres_as_degrees", int(i) + 2) for i in rows]
            )
        raise InputError([_extent(file, found, "crs.metres_as_degrees")])
    _check_within_reach(shapes, coordinates, owner, crs, file)


def _check_within_reach(
    shapes: NDArray[np.object_],
    coordinates: NDArray[np.float64],
    owner: NDArray[np.int64],
    crs: CRS,
    file: str,
) -> None:
    """Refuse lines and areas with a corner so far from the rest that no projection has both.

    Points are checked one by one where they are read, and kept apart.
    """
    size = (coordinates.max(axis=0) - coordinates.min(axis=0)).max()
    if size <= (_WIDE_DEGREES if crs.is_geographic else _WIDE_METRES):
        return
    middle = np.median(coordinates, axis=0)
    to = working_crs(float(middle[0]), float(middle[1])) if crs.is_geographic else LONLAT
    there = np.column_stack(
        Transformer.from_crs(crs.to_2d(), to, always_xy=True).transform(*coordinates.T)
    )
    lost = ~np.isfinite(there).all(axis=1)
    if crs.is_geographic:
        # A quarter of the way around the earth a Gauss-Krueger projection has no more places.
        lost |= np.abs(coordinates[:, 0] - middle[0]) > _FAR_DEGREES
    far = np.unique(owner[lost])
    bad = far[shapely.get_dimensions(shapes[far]) > 0]
    if len(bad):
        raise InputError([_extent(file, None, "crs.far_corner", int(i) + 2) for i in bad])


def _check_zero(
    shapes: NDArray[np.object_],
    coordinates: NDArray[np.float64],
    owner: NDArray[np.int64],
    file: str,
) -> None:
    """Refuse lines and areas with a corner at (0, 0): a number that was missing, not a place.

    Points are checked one by one where they are read, and kept apart.
    """
    zero = np.unique(owner[(coordinates == 0).all(axis=1)])
    bad = zero[shapely.get_dimensions(shapes[zero]) > 0]
    if len(bad):
        raise InputError([_extent(file, "(0, 0)", "crs.zero", int(i) + 2) for i in bad])


def _other_zone(crs: CRS, eastings: np.ndarray) -> Zone | None:
    """Return the zone eastings are written in, where the zone a file states is written otherwise.

    Whether the number of the zone stands before its eastings is a matter of the file's system: a
    file that states one and holds the other lies thousands of kilometres away.
    """
    stated, written = zone_of(crs), zone_written(eastings)
    if stated is None:
        return None
    if stated.prefixed and is_plain_easting(eastings).all():
        return stated.otherwise()
    return written if written is not None and not stated.prefixed else None


def _zone_number(file: str, found: str, crs: CRS, zone: Zone) -> Problem:
    return Problem(
        code="crs.zone_number",
        what=Text(
            f"坐标的带号写法与文件声明的坐标系（{crs.name}）不符",
            f"eastings are written with or without a zone number, unlike the system the file "
            f"states ({crs.name})",
        ),
        file=file,
        found=found,
        expected=Text(f"坐标像是 {zone.epsg}（{zone.crs.name}）", f"{zone.epsg} ({zone.crs.name})"),
        mend=Text(
            f"在 GIS 软件中把该图层的坐标系改为 {zone.epsg}（不是重投影），再导出",
            f"in a GIS set the system of the layer to {zone.epsg} (do not reproject), and export",
        ),
    )


_CORNERS = frozenset({"crs.zero", "crs.far_corner"})
_CORNER_MEND = Text(
    "在 GIS 软件中改正这个顶点，或删去该记录", "correct the corner in a GIS, or remove the record"
)
_SYSTEM_MEND = Text(
    "在 GIS 软件中核对并改正该文件的坐标系声明后重新导出",
    "correct the coordinate system of this file in a GIS and export it again",
)
_EXTENT_WORDS = {
    "crs.not_finite": Text("坐标不是有限的数", "there are coordinates that are not finite"),
    "crs.far_corner": Text(
        "图形有顶点远在数千公里之外", "a shape has a corner thousands of kilometres away"
    ),
    "crs.zero": Text("图形有顶点在 (0, 0)", "a shape has a corner at (0, 0)"),
    "crs.degrees_as_metres": Text(
        "坐标系声明以米为单位，但坐标像是经纬度（度）",
        "the coordinate system is in metres, but the coordinates look like degrees",
    ),
    "crs.metres_as_degrees": Text(
        "坐标系声明为经纬度，但坐标超出经纬度范围（像是米）",
        "the coordinate system is in degrees, but the coordinates are outside their range",
    ),
}


def _extent(file: str, found: str | None, code: str, row: int | None = None) -> Problem:
    return Problem(
        code=code,
        what=_EXTENT_WORDS[code],
        file=file,
        row=row,
        found=found,
        mend=_CORNER_MEND if code in _CORNERS else _SYSTEM_MEND,
    )
