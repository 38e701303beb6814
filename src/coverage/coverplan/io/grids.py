"""Coordinates in metres on the national grid: zone numbers before eastings, X that is north."""

import unicodedata

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from ..core.crs import LONLAT
from ..core.errors import Problem, Problems
from ..core.gausskrueger import (
    Zone,
    is_easting,
    is_northing,
    is_plain_easting,
    zone_of,
    zone_written,
)
from ..core.text import Text
from ..domain.region import Region
from .tables import Table, numbers

_Floats = NDArray[np.float64]
_MOST = 0.9
"""Part of the records that must agree: a slip in one of them hides nothing."""

_NEAR = 30_000.0


def on_grid(
    table: Table,
    columns: tuple[str, str],
    x: _Floats,
    y: _Floats,
    stated: CRS | None,
    problems: Problems,
) -> tuple[_Floats, _Floats, CRS]:
    """Return eastings, northings and the system of coordinates, as their size shows.

    Parameters
    ----------
    table, columns
        The records, and the columns of x and y for messages.
    x, y
        What stands there, NaN where nothing usable does, shape ``(n,)``.
    stated
        The system the study states; longitude and latitude where it is None.
    problems
        Where it is noted what was recognised: X that is north, as surveys write it; the number
        of a Gauss-Krueger zone before eastings that nobody stated, or stated otherwise.

    Returns
    -------
    x, y, system
        NaN throughout where the zone written is not the one stated.
    """
    ok = np.isfinite(x) & np.isfinite(y)
    if not ok.any() or (stated is not None and stated.is_geographic):
        return x, y, stated or LONLAT
    if _named_xy(columns) and (is_northing(x) & is_easting(y))[ok].mean() >= _MOST:
        problems.add(_x_is_north(table, columns, x, y))
        x, y = y, x
    usual = ok & is_easting(x) & is_northing(y)
    if usual.sum() < _MOST * ok.sum():
        return x, y, stated or LONLAT
    written = zone_written(x[usual])
    if stated is None:
        if written is None:
            return x, y, LONLAT
        problems.add(_zone_found(table, columns, x[usual], written))
        return x, y, written.crs
    return _against(table, columns, x, y, usual, stated, problems)


def zone_hint(table: Table, columns: tuple[str, str], region: Region) -> Text | None:
    """Return what to state for eastings without a zone number, None where no zone fits.

    Parameters
    ----------
    table, columns
        The records, and the columns of x and y.
    region
        The units: the zone in which most points lie in or near them is named, with their number.
    """
    x, y = (numbers(table, c, Problems(), code="", expected=Text("", "")) for c in columns)
    if (is_northing(x) & is_easting(y)).sum() > (is_easting(x) & is_northing(y)).sum():
        x, y = y, x
    usual = is_plain_easting(x) & is_northing(y)
    if usual.sum() < _MOST * len(x):
        return None
    west, south, east, north = region.units.total_bounds
    lon, _ = Transformer.from_crs(region.crs, LONLAT, always_xy=True).transform(
        (west + east) / 2, (south + north) / 2
    )
    best, most = None, 0
    for number in range(max(25, round(lon / 3) - 2), min(45, round(lon / 3) + 2) + 1):
        zone = Zone(3, number, prefixed=False)
        way = Transformer.from_crs(zone.crs, region.crs, always_xy=True)
        there = np.asarray(way.transform(x[usual], y[usual]))
        within = (there[0] >= west - _NEAR) & (there[0] <= east + _NEAR)
        within &= (there[1] >= south - _NEAR) & (there[1] <= north + _NEAR)
        if within.sum() > most:
            best, most = zone, int(within.sum())
    if best is None:
        return None
    return Text(
        f'在研究文件中写明 crs；按 crs = "{best.epsg}"（中央经线 {best.meridian}°），{len(x)} 个点'
        f"中 {most} 个落在研究区或附近",
        f'state crs in the study file; with crs = "{best.epsg}" (meridian {best.meridian} E), '
        f"{most} of {len(x)} points lie in the study area or near it",
    )


def _against(
    table: Table,
    columns: tuple[str, str],
    x: _Floats,
    y: _Floats,
    usual: NDArray[np.bool_],
    stated: CRS,
    problems: Problems,
) -> tuple[_Floats, _Floats, CRS]:
    """Return the system of coordinates whose zone is stated, and may be written before them."""
    zone, written = zone_of(stated), zone_written(x[usual])
    if zone is None:
        return x, y, stated
    plain = is_plain_easting(x[usual]).all()
    if (zone.prefixed and plain) or (
        not zone.prefixed and written is not None and written.meridian == zone.meridian
    ):
        right = zone.otherwise() if plain or written is None else written
        problems.add(_zone_number(table, columns, x[usual], zone, right))
        return x, y, right.crs
    if written is not None and written.meridian != zone.meridian:
        problems.add(_zone_differs(table, columns, x[usual], zone, written))
        nothing = np.full(len(x), np.nan)
        return nothing, nothing, stated
    return x, y, stated


def _named_xy(columns: tuple[str, str]) -> bool:
    first, second = (unicodedata.normalize("NFKC", name).casefold() for name in columns)
    return "x" in first and "y" not in first and "y" in second and "x" not in second


def _x_is_north(table: Table, columns: tuple[str, str], x: _Floats, y: _Floats) -> Problem:
    i = int(np.flatnonzero(is_northing(x) & is_easting(y))[0])
    first, second = columns
    return Problem(
        code="crs.x_is_north",
        what=Text(
            "X 列是北坐标，Y 列是东坐标（测绘习惯），按此读取",
            "X holds northings and Y eastings, as surveys write them: read as such",
        ),
        file=table.file,
        column=f"{first} / {second}",
        found=f"{first} {x[i]:.10g}, {second} {y[i]:.10g}",
        mend=Text(
            f'如无误，写明 columns = {{ lon = "{second}", lat = "{first}" }}，便不再提示',
            f'if that is right, say columns = {{ lon = "{second}", lat = "{first}" }}',
        ),
        severity="warning",
    )


def _zone_words(zone: Zone) -> Text:
    return Text(
        f"{zone.epsg}：CGCS2000 {zone.width} 度带第 {zone.number} 带，中央经线 {zone.meridian}°",
        f"{zone.epsg}: CGCS2000 {zone.width}-degree zone {zone.number}, {zone.meridian} E",
    )


def _range(x: _Floats) -> str:
    return f"{x.min():.10g} … {x.max():.10g}"


def _zone_found(table: Table, columns: tuple[str, str], x: _Floats, zone: Zone) -> Problem:
    words = _zone_words(zone)
    return Problem(
        code="crs.zone_found",
        what=Text(
            f"没有写明坐标系；{len(x)} 条记录的东坐标都带带号 {zone.number}，按 {words.zh} 读取",
            f"no system is stated; the eastings of {len(x)} records all begin with zone number "
            f"{zone.number}: read as {words.en}",
        ),
        file=table.file,
        column=" / ".join(columns),
        found=_range(x),
        mend=Text(
            f'如无误，写明 crs = "{zone.epsg}"；若是北京 54 或西安 80，写明其 EPSG 代码'
            "（差几十至一百多米）",
            f'if that is right, say crs = "{zone.epsg}"; for Beijing 1954 or Xian 1980 (tens of '
            "metres to over a hundred away) give their EPSG code",
        ),
        severity="warning",
    )


def _zone_number(
    table: Table, columns: tuple[str, str], x: _Floats, stated: Zone, right: Zone
) -> Problem:
    have = Text("不带带号", "without") if stated.prefixed else Text("带有带号", "with")
    return Problem(
        code="crs.zone_number",
        what=Text(
            f"东坐标{have.zh}，与 crs = {stated.epsg} 的写法不同；同一中央经线，按 {right.epsg} "
            "读取",
            f"eastings are written {have.en} the number of their zone, unlike crs = {stated.epsg}; "
            f"the meridian is the same: read as {right.epsg}",
        ),
        file=table.file,
        column=" / ".join(columns),
        found=_range(x),
        mend=Text(f'写明 crs = "{right.epsg}"', f'say crs = "{right.epsg}"'),
        severity="warning",
    )


def _zone_differs(
    table: Table, columns: tuple[str, str], x: _Floats, stated: Zone, written: Zone
) -> Problem:
    return Problem(
        code="crs.zone_differs",
        what=Text(
            f"东坐标的带号 {written.number} 与 crs = {stated.epsg} 不是同一带",
            f"the zone number {written.number} of the eastings is not the zone of crs = "
            f"{stated.epsg}",
        ),
        file=table.file,
        column=" / ".join(columns),
        found=_range(x),
        expected=_zone_words(stated),
        mend=Text(
            f'核对坐标；若坐标无误，写明 crs = "{written.epsg}"',
            f'check the coordinates; if they are right, say crs = "{written.epsg}"',
        ),
    )
