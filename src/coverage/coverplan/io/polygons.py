"""Boundaries of units as polygons: which are none, mending them, and how they fit together.

An invalid polygon is mended where the study says so (``repair = true``), and what that did to its
area is said. It is mended by `shapely.make_valid` with the method "structure": parts that overlap
stay land, and a hole that reaches out of its polygon stays a hole. Of outlines broken by hand
in six ways it gave the true outline in all but tiny loops (off by up to 0.25 %); "linework"
turned overlaps into holes (12 % of the area at worst) and holes that reach out into land (5 %). A
buffer of 0, the usual advice, can lose half of a polygon that crosses itself, and is never used.
"""

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod

from ..core.crs import LONLAT
from ..core.errors import Problem, Problems
from ..core.text import Text

LEAST_HECTARES = 1.0
LEAST_WIDTH_METRES = 10.0
"""Overlaps and gaps that are smaller or, on average, narrower are drawing, not dispute."""

_SQUARE_METRES = 10_000.0
_HALF_TURN = 180.0
_POLYGONS = frozenset({"Polygon", "MultiPolygon"})
_MOST_NOTES = 200


def sound_polygons(
    frame: gpd.GeoDataFrame, file: str, problems: Problems, *, repair: bool
) -> gpd.GeoDataFrame:
    """Return units with valid polygons; note every one that is none, and every one mended.

    Parameters
    ----------
    frame
        The units, in the system of their file, with the row of each in ``_row``.
    file
        Name for messages.
    problems
        Where faults go, and a warning for each mended polygon with its area before and after.
    repair
        Whether the study asks for invalid polygons to be mended.
    """
    _check_width(frame, file, problems)
    shapes = np.array(frame.geometry.to_numpy(), dtype=object)
    for i, (row, shape) in enumerate(zip(frame["_row"], shapes, strict=True)):
        fault = _fault(shape)
        if fault is None:
            continue
        mended = _mended(shape) if repair else None
        if mended is None:
            found, mend = fault
            problems.add(_bad(file, int(row), found, mend))
        else:
            shapes[i] = mended
            problems.add(_repaired(file, int(row), fault[0], shape, mended, frame.crs))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def _fault(shape: shapely.Geometry | None) -> tuple[str, Text] | None:
    """Return what a boundary is and how to mend it, None where it is a valid polygon."""
    if shape is None or shape.is_empty:
        return "", Text("补画该单元的边界，或删去该记录", "draw its boundary, or remove the record")
    if shape.geom_type not in _POLYGONS:
        return shape.geom_type, _FIX if shape.geom_type == "GeometryCollection" else _TO_POLYGONS
    if not shape.is_valid:
        return shapely.is_valid_reason(shape), _FIX
    return None


def _mended(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """Return the area of a shape as a valid polygon; None where it has none."""
    if shape is None or shape.is_empty:
        return None
    areas = [part for part in _parts(shape) if part.geom_type in _POLYGONS]
    if not areas:
        return None
    whole = areas[0] if len(areas) == 1 else shapely.MultiPolygon(list(_single(areas)))
    valid = shapely.make_valid(whole, method="structure", keep_collapsed=False)
    return valid if valid.geom_type in _POLYGONS and valid.area > 0 else None


def _parts(shape: shapely.Geometry) -> Iterator[shapely.Geometry]:
    if shape.geom_type != "GeometryCollection":
        yield shape
        return
    for part in shape.geoms:
        yield from _parts(part)


def _single(areas: Sequence[shapely.Geometry]) -> Iterator[shapely.Geometry]:
    for area in areas:
        yield from getattr(area, "geoms", [area])


def _check_width(frame: gpd.GeoDataFrame, file: str, problems: Problems) -> None:
    """Note units on both sides of the 180th meridian: their box goes around the earth."""
    if not CRS.from_user_input(frame.crs).is_geographic or not len(frame):
        return
    west, _, east, _ = frame.total_bounds
    if not east - west > _HALF_TURN:
        return
    bounds = frame.geometry.bounds
    wide = (bounds["maxx"] - bounds["minx"] > _HALF_TURN).to_numpy()
    rows: list[int | None] = [int(row) for row in frame["_row"][wide]]
    for row in rows or [None]:
        problems.add(_across(file, row, f"{west:.3f} … {east:.3f}"))


def fit_notes(
    frame: gpd.GeoDataFrame, names: Sequence[str], file: str, *, gaps: bool = True
) -> list[Problem]:
    """Return a warning for each overlap of two units, and for each gap between units.

    Parameters
    ----------
    frame
        The units with valid polygons, in metres, with the row of each in ``_row``.
    names
        What each is called.
    file
        Name for messages.
    gaps
        Whether the units are all there are: between some of them gaps mean nothing.
    """
    shapes = np.asarray(frame.geometry.to_numpy(), dtype=object)
    rows = [int(row) for row in frame["_row"]]
    notes = [
        _overlap(file, rows[second], names[first], names[second], hectares)
        for first, second, hectares in _overlaps(shapes)
    ]
    if gaps:
        notes += [_gap(file, [names[i] for i in at], hectares) for at, hectares in _gaps(shapes)]
    return notes[:_MOST_NOTES]


def _overlaps(shapes: NDArray[np.object_]) -> Iterator[tuple[int, int, float]]:
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="intersects")
    pairs = sorted((int(a), int(b)) for a, b in zip(first, second, strict=True) if a < b)
    for a, b in pairs:
        common = shapely.intersection(shapes[a], shapes[b])
        if _counts(common):
            yield a, b, common.area / _SQUARE_METRES


def _gaps(shapes: NDArray[np.object_]) -> Iterator[tuple[list[int], float]]:
    """Yield each hole in all units together: which units it lies between, and its hectares."""
    whole = shapely.union_all(shapes)
    tree = shapely.STRtree(shapes)
    for part in shapely.get_parts(whole):
        for ring in getattr(part, "interiors", ()):
            hole = shapely.Polygon(ring)
            if _counts(hole):
                near = tree.query(hole.exterior, predicate="dwithin", distance=LEAST_WIDTH_METRES)
                yield sorted(int(i) for i in near), hole.area / _SQUARE_METRES


def _counts(area: shapely.Geometry) -> bool:
    wide = 2 * area.area / area.length if area.length else 0.0
    return area.area >= LEAST_HECTARES * _SQUARE_METRES and wide >= LEAST_WIDTH_METRES


def _hectares(shape: shapely.Geometry, crs: CRS) -> float:
    """Return the area of a shape on the ellipsoid, of parts crossed twice as it is counted."""
    degrees = gpd.GeoSeries([shape], crs=crs).to_crs(LONLAT).iloc[0]
    flat = shapely.force_2d(degrees)
    rings = [part for part in _parts(flat) if part.geom_type in _POLYGONS]
    area: float = sum(abs(Geod(ellps="WGS84").geometry_area_perimeter(each)[0]) for each in rings)
    return area / _SQUARE_METRES


def _bad(file: str, row: int, found: str, mend: Text) -> Problem:
    return Problem(
        code="region.bad_polygon",
        what=Text("单元的边界不是有效的多边形", "a unit's boundary is no valid polygon"),
        file=file,
        row=row,
        found=found,
        expected=Text("不自相交的面", "a polygon that does not cross itself"),
        mend=mend,
    )


def _repaired(
    file: str, row: int, found: str, before: shapely.Geometry, after: shapely.Geometry, crs: CRS
) -> Problem:
    was, now = _hectares(before, crs), _hectares(after, crs)
    return Problem(
        code="region.repaired",
        what=Text("单元的边界无效，已修复", "a unit's boundary was not valid; it was mended"),
        file=file,
        row=row,
        found=Text(
            f"{found}；修复前 {was:,.1f} 公顷，修复后 {now:,.1f} 公顷",
            f"{found}; {was:,.1f} ha before, {now:,.1f} ha after",
        ),
        expected=Text("不自相交的面", "a polygon that does not cross itself"),
        mend=Text(
            "若面积不对，在 QGIS 中改正该边界；否则无需改动",
            "if the area is wrong, correct the boundary in QGIS; otherwise leave it",
        ),
        severity="warning",
    )


def _across(file: str, row: int | None, found: str) -> Problem:
    return Problem(
        code="region.antimeridian",
        what=Text(
            "边界跨过 180 度经线，或坐标有误：范围绕了地球大半圈",
            "the boundaries cross the 180th meridian, or a coordinate is wrong: they span more "
            "than half of the earth",
        ),
        file=file,
        row=row,
        found=found,
        expected=Text("经度相差不到 180 度的单元", "units less than 180 degrees of longitude wide"),
        mend=Text(
            "改正写错的坐标；确实跨 180 度经线的，在 GIS 中转为当地投影坐标系后另存",
            "correct the coordinate; where they do cross it, save them in a local projected system",
        ),
    )


def _overlap(file: str, row: int, first: str, second: str, hectares: float) -> Problem:
    return Problem(
        code="region.overlap",
        what=Text(
            "两个单元的边界重叠：重叠处的点只算在其中一个单元",
            "two units overlap: what lies in both is counted in one of them only",
        ),
        file=file,
        row=row,
        found=Text(
            f"{first}、{second}：{hectares:,.1f} 公顷", f"{first}, {second}: {hectares:,.1f} ha"
        ),
        expected=Text("单元之间互不重叠", "units that do not overlap"),
        mend=Text("在 GIS 中改正两者的公共边界", "correct their common boundary in a GIS"),
        severity="warning",
    )


def _gap(file: str, beside: list[str], hectares: float) -> Problem:
    return Problem(
        code="region.gap",
        what=Text(
            "单元之间有空隙：空隙里的点不属于任何单元",
            "there is a gap between units: what lies in it is in none",
        ),
        file=file,
        found=Text(
            f"{'、'.join(beside)}{'之间' if len(beside) > 1 else '之内'}：{hectares:,.1f} 公顷",
            f"{'between' if len(beside) > 1 else 'within'} {', '.join(beside)}: {hectares:,.1f} ha",
        ),
        expected=Text("单元铺满全境", "units that cover the whole county"),
        mend=Text(
            "在 GIS 中补上空隙；若是湖泊或外县飞地则无需改动",
            "close it in a GIS; leave it where it is a lake or part of another county",
        ),
        severity="warning",
    )


_TO_POLYGONS = Text(
    "给出面文件；边界线可用 QGIS 的“线转多边形”转换",
    "give a file of polygons; QGIS's Polygonize makes them from lines",
)
_FIX = Text(
    "在 [region] 中写 repair = true，由程序修复并报告面积；"
    "或用 QGIS 的“修正几何图形”（不要用零距离缓冲，它会丢面积）",
    "say repair = true in [region] of the study file: it is mended and its area reported; or use "
    "QGIS's Fix geometries (no buffer of 0: it loses area)",
)
