"""Whether points lie where they can: near the county, not at (0, 0), not swapped."""

import geopandas as gpd
import numpy as np
import shapely

from ..core.crs import LONLAT
from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.region import Region
from .coordinates import swapped_point
from .tables import Table

_FAR_METRES = 30_000.0


def check_positions(
    table: Table,
    given: gpd.GeoSeries,
    points: gpd.GeoSeries,
    region: Region,
    problems: Problems,
) -> gpd.GeoSeries:
    """Note points at (0, 0), far from the county, or swapped; return the points that stand.

    A point that is an error is None afterwards, so that nothing more is said of its place.

    Parameters
    ----------
    table
        The records.
    given, points
        Their points in the system of the file, and in that of the region.
    region
        The units of the study.
    problems
        Where faults go. One far point is a warning; all of them far are an error.
    """
    have = points.notna().to_numpy()
    county = shapely.union_all(region.units.geometry.to_numpy())
    far = np.flatnonzero(have)[~_near(county, points[have])]
    if not len(far):
        return points
    there = given.iloc[far]
    swapped = gpd.GeoSeries(shapely.points(there.y, there.x), crs=given.crs).to_crs(region.crs)
    fits = _near(county, swapped)
    lonlat = there.to_crs(LONLAT)
    all_far = len(far) == int(have.sum())
    standing = points.copy()
    for i, as_given, place, swap in zip(far.tolist(), there, lonlat, fits, strict=True):
        found = f"{as_given.x:.10g}, {as_given.y:.10g}"
        if swap:
            fault = swapped_point(table, i, found)
        elif _at_zero(as_given) or _at_zero(place):
            fault = _zero(table, i, found)
        else:
            fault = _far(table, i, found, all_far=all_far)
        problems.add(fault)
        if fault.severity == "error":
            standing.iloc[i] = None
    return standing


def _near(county: shapely.Geometry, points: gpd.GeoSeries) -> np.ndarray:
    """Return which points lie near; one the projection cannot hold at all does not."""
    places = points.to_numpy()
    somewhere = np.isfinite(shapely.get_x(places)) & np.isfinite(shapely.get_y(places))
    shapely.prepare(county)
    near = np.zeros(len(places), dtype=bool)
    near[somewhere] = shapely.dwithin(county, places[somewhere], _FAR_METRES)
    return near


def _at_zero(point: shapely.Point) -> bool:
    return bool(abs(point.x) < 1 and abs(point.y) < 1)


def _zero(table: Table, i: int, found: str) -> Problem:
    return Problem(
        code="point.zero",
        what=Text("坐标为 (0, 0)，即没有坐标", "the point is at (0, 0): it has no coordinates"),
        file=table.file,
        row=int(table.rows[i]),
        found=found,
        mend=Text("补上坐标，或删去该行", "give it coordinates, or remove the row"),
    )


def _far(table: Table, i: int, found: str, *, all_far: bool) -> Problem:
    one = Text(
        "核对坐标；确在远处的可以保留，它够不到本区的人",
        "check the coordinates; a place that really is that far reaches nobody here",
    )
    everything = Text(
        "是否拿错了文件或坐标系？", "is it the wrong file, or the wrong coordinate system?"
    )
    return Problem(
        code="point.far",
        what=Text("坐标离研究区超过 30 公里", "a point lies more than 30 km from the study area"),
        file=table.file,
        row=int(table.rows[i]),
        found=found,
        mend=everything if all_far else one,
        severity="error" if all_far else "warning",
    )
