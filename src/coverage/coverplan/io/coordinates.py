"""Coordinates out of the columns of a table, with every way they are usually wrong."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from ..core.crs import looks_like_degrees
from ..core.datum import datum_named
from ..core.errors import Problem, Problems
from ..core.text import Text
from .grids import on_grid
from .sexagesimal import in_decimals
from .tables import Table, numbers
from .vectors import stated_crs, unshifted

_LON, _LAT = 180.0, 90.0
_METRES = 1000.0
"""Nobody writes degrees above this: they are metres."""

_Floats = NDArray[np.float64]
_Flags = NDArray[np.bool_]


def points_of(
    table: Table, lon: str, lat: str, crs: str | None, problems: Problems
) -> gpd.GeoSeries:
    """Return a point for each record, None where its coordinates cannot be used.

    Those in a shifted datum are converted to WGS 84; those on the national grid are recognised.

    Parameters
    ----------
    table, lon, lat
        The records, and the columns that hold longitude (or x) and latitude (or y).
    crs
        System of the coordinates, GCJ-02 and BD-09 among them; degrees where it is None.
    problems
        Where faults go.

    Raises
    ------
    InputError
        When the coordinate system is not known.
    """
    stated = stated_crs(crs, table.file) if crs else None
    degrees = stated is None or stated.is_geographic
    missing = _note_missing(table, lon, lat, problems)
    if degrees:
        table, swapped = in_decimals(table, lon, lat, problems)
        missing |= swapped
    present = table.keep(~missing)
    x, y = np.full(len(missing), np.nan), np.full(len(missing), np.nan)
    x[~missing] = numbers(
        present,
        lon,
        problems,
        code="point.lon",
        expected=_DEGREES_X if degrees else _PLAIN,
        shared=True,
    )
    y[~missing] = numbers(
        present,
        lat,
        problems,
        code="point.lat",
        expected=_DEGREES_Y if degrees else _PLAIN,
        shared=True,
    )
    x, y, given = on_grid(table, (lon, lat), x, y, stated, problems)
    ok = np.isfinite(x) & np.isfinite(y)
    degrees = given.is_geographic
    if degrees:
        ok &= _check_degrees(table, (lon, lat), x, y, problems)
    points = gpd.GeoSeries(shapely.points(np.where(ok, x, 0), np.where(ok, y, 0)), crs=given)
    points[~ok] = None
    if not degrees and ok.any() and looks_like_degrees(tuple(points[ok].total_bounds)):
        problems.add(_degrees_as_metres(table.file, lon, _pair(x[ok][0], y[ok][0]), crs))
        points[:] = None
    return unshifted(points, datum_named(crs))


def _pair(x: float, y: float) -> str:
    return f"{x:.10g}, {y:.10g}"


_DEGREES_X = Text("十进制度的经度，如 119.8123", "longitude in decimal degrees, such as 119.8123")
_DEGREES_Y = Text("十进制度的纬度（-90 至 90）", "latitude in decimal degrees (-90 to 90)")
_PLAIN = Text("一个数（坐标）", "a number: a coordinate")


def _note_missing(table: Table, lon: str, lat: str, problems: Problems) -> _Flags:
    """Note records without coordinates; return which they are."""
    missing = (table.frame[[lon, lat]] == "").to_numpy()
    for i in np.flatnonzero(missing.any(axis=1)).tolist():
        no_lon, no_lat = missing[i]
        problems.add(
            Problem(
                code="point.none",
                what=Text("没有坐标", "there are no coordinates"),
                file=table.file,
                row=int(table.rows[i]),
                column=f"{lon} / {lat}" if no_lon and no_lat else lon if no_lon else lat,
                found="",
                expected=_DEGREES_X if no_lon else _DEGREES_Y,
                mend=Text("补上坐标，或删去该行", "give it coordinates, or remove the row"),
            )
        )
    return np.asarray(missing.any(axis=1), dtype=np.bool_)


def _check_degrees(
    table: Table, columns: tuple[str, str], x: _Floats, y: _Floats, problems: Problems
) -> _Flags:
    """Note coordinates that cannot be degrees, in the words of what they most likely are."""
    with np.errstate(invalid="ignore"):
        outside = (np.abs(x) > _LON) | (np.abs(y) > _LAT)
        metres = outside & (np.abs(x) > _METRES) & (np.abs(y) > _METRES)
        swapped = outside & ~metres & (np.abs(x) <= _LAT) & (np.abs(y) <= _LON)
    if metres.any():
        i = int(np.flatnonzero(metres)[0])
        problems.add(_metres_as_degrees(table, columns[0], i, _pair(x[i], y[i])))
    for k in np.flatnonzero(outside & ~metres).tolist():
        if swapped[k]:
            problems.add(swapped_point(table, k, _pair(x[k], y[k])))
        else:
            problems.add(_out_of_range(table, columns, k, x[k], y[k]))
    return np.asarray(~outside, dtype=np.bool_)


def swapped_point(table: Table, i: int, found: str) -> Problem:
    """Return the fault of a record whose longitude and latitude stand in each other's column."""
    return Problem(
        code="point.swapped",
        what=Text("经度和纬度写反了", "longitude and latitude are swapped"),
        file=table.file,
        row=int(table.rows[i]),
        found=found,
        expected=Text("先经度（或东坐标），后纬度（或北坐标）", "longitude or easting first"),
        mend=Text("交换这两格；若整列都反，交换表头", "swap the two cells, or the two headers"),
    )


def _out_of_range(table: Table, columns: tuple[str, str], i: int, x: float, y: float) -> Problem:
    wrong_x = abs(x) > _LON
    return Problem(
        code="point.lon" if wrong_x else "point.lat",
        what=Text("数值不能使用", "a value cannot be used"),
        file=table.file,
        row=int(table.rows[i]),
        column=columns[0] if wrong_x else columns[1],
        found=f"{x if wrong_x else y:.10g}",
        expected=_DEGREES_X if wrong_x else _DEGREES_Y,
        mend=Text("核对坐标", "check the coordinates"),
    )


def _metres_as_degrees(table: Table, column: str, i: int, found: str) -> Problem:
    return Problem(
        code="crs.metres_as_degrees",
        what=Text(
            "坐标像是米，但没有写明投影坐标系",
            "the coordinates look like metres, but no projected system is stated",
        ),
        file=table.file,
        row=int(table.rows[i]),
        column=column,
        found=found,
        expected=_DEGREES_X,
        mend=Text(
            '在研究文件中写明 crs，例如 crs = "EPSG:4549"',
            'state crs in the study file, for example crs = "EPSG:4549"',
        ),
    )


def _degrees_as_metres(file: str, column: str, found: str, crs: str | None) -> Problem:
    return Problem(
        code="crs.degrees_as_metres",
        what=Text(
            f"crs = {crs} 以米为单位，但坐标像是经纬度（度）",
            f"crs = {crs} is in metres, but the coordinates look like degrees",
        ),
        file=file,
        column=column,
        found=found,
        expected=Text("以米为单位的坐标", "coordinates in metres"),
        mend=Text("去掉 crs 或改为 EPSG:4490", "remove crs, or make it EPSG:4490"),
    )
