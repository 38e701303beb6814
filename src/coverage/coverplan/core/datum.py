"""The shifted datums of Chinese web maps, GCJ-02 and BD-09, to and from WGS 84.

GCJ-02 (火星坐标: AutoNavi, Tencent, Google's map of China) moves every place by 100 to 700 metres;
BD-09 (Baidu) moves it by about a kilometre more. Neither has a code in a register of coordinate
systems, so files in them claim to be WGS 84. The formulas were never published by their makers;
the ones here reproduce what the services return: AutoNavi's to a decimetre, Baidu's to a metre.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

Datum = Literal["GCJ-02", "BD-09"]
DATUMS: tuple[Datum, ...] = get_args(Datum)

TOLERANCE_METRES = 0.001
"""How far the inverse may be from the place whose image it was given."""

_Floats = NDArray[np.float64]
_Pair = tuple[_Floats, _Floats]

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Outside of this box the services shift nothing."""

_MARGIN = 0.05
"""Degrees; no service moves a place so far."""

_AXIS, _ECCENTRICITY_2 = 6378245.0, 0.00669342162296594323
"""Krassovsky's ellipsoid: metres, and the square of its eccentricity."""

_ORIGIN_LON, _ORIGIN_LAT = 105.0, 35.0
_ROUNDS, _CLOSE_DEGREES = 30, 1e-10
_GEOD = Geod(ellps="WGS84")

_NAMES: dict[Datum, tuple[str, ...]] = {
    "GCJ-02": (
        "gcj02", "gcj2", "gcj", "火星坐标", "火星坐标系", "国测局", "国测局坐标", "国测局坐标系",
        "高德", "高德坐标", "高德地图", "腾讯", "腾讯坐标", "腾讯地图", "amap", "autonavi", "gaode",
        "tencent",
    ),
    "BD-09": ("bd09", "bd9", "bd09ll", "百度", "百度坐标", "百度坐标系", "百度地图", "baidu"),
}  # fmt: skip


def datum_named(words: object) -> Datum | None:
    """Return the shifted datum somebody means, None where the words name none.

    Examples
    --------
    >>> [datum_named(words) for words in ("gcj02", "高德", "BD-09", "EPSG:4490", None)]
    ['GCJ-02', 'GCJ-02', 'BD-09', None, None]
    """
    if not isinstance(words, str):
        return None
    plain = re.sub(r"[\s_\-－—:：]", "", unicodedata.normalize("NFKC", words)).casefold()
    return next((datum for datum, names in _NAMES.items() if plain in names), None)


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum) -> _Pair:
    """Return where places given in a shifted datum are in WGS 84.

    Parameters
    ----------
    lon, lat
        Degrees in the datum, shape ``(n,)``; NaN stays NaN.
    datum
        Which.

    Returns
    -------
    lon, lat
        Degrees, shape ``(n,)``: `from_wgs84` of them is what was given, to within
        `TOLERANCE_METRES`. Places outside China are returned as they are.

    Examples
    --------
    Points collected from a web map, in degrees:

    >>> import coverplan as cp
    >>> lon, lat = cp.to_wgs84([119.83928], [28.70117], "GCJ-02")
    >>> lon.round(4).tolist(), lat.round(4).tolist()
    ([119.8347], [28.7044])
    """
    east, north = _arrays(lon, lat)
    near = _in_china(east, north, _MARGIN)
    x, y = east[near], north[near]
    if datum == "BD-09":
        x, y = _inverse(x, y, _baidu)
    x, y = _inverse(x, y, _shifted)
    # A place is moved where it lies inside itself, whatever its image does.
    inside = _in_china(x, y)
    east[near] = np.where(inside, x, east[near])
    north[near] = np.where(inside, y, north[near])
    return east, north


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum) -> _Pair:
    """Return where a service in a shifted datum shows places given in WGS 84.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84, shape ``(n,)``.
    datum
        Which.

    Returns
    -------
    lon, lat
        Degrees in the datum, shape ``(n,)``; outside China what was given.

    Examples
    --------
    >>> import coverplan as cp
    >>> lon, lat = cp.from_wgs84([119.8347], [28.7044], "GCJ-02")
    >>> lon.round(5).tolist(), lat.round(5).tolist()
    ([119.83928], [28.70117])
    """
    east, north = _arrays(lon, lat)
    inside = _in_china(east, north)
    moved = _shifted(east[inside], north[inside])
    east[inside], north[inside] = _baidu(*moved) if datum == "BD-09" else moved
    return east, north


def shift_metres(lon: ArrayLike, lat: ArrayLike, datum: Datum) -> _Floats:
    """Return how far a datum moves each place, in metres on the ellipsoid, shape ``(n,)``.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84, shape ``(n,)``.
    datum
        Which.

    Examples
    --------
    >>> import coverplan as cp
    >>> cp.shift_metres([119.8347], [28.7044], "GCJ-02").round().tolist()
    [572.0]
    >>> cp.shift_metres([119.8347], [28.7044], "BD-09").round().tolist()
    [1125.0]
    """
    east, north = _arrays(lon, lat)
    metres = _GEOD.inv(east, north, *from_wgs84(east, north, datum))[2]
    return np.asarray(metres, dtype=np.float64)


def _arrays(lon: ArrayLike, lat: ArrayLike) -> _Pair:
    """Return copies to work on."""
    return np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)


def _in_china(lon: _Floats, lat: _Floats, margin: float = 0.0) -> NDArray[np.bool_]:
    across = (lon >= _WEST - margin) & (lon <= _EAST + margin)
    return across & (lat >= _SOUTH - margin) & (lat <= _NORTH + margin)


def _inverse(lon: _Floats, lat: _Floats, forward: Callable[[_Floats, _Floats], _Pair]) -> _Pair:
    """Solve ``forward(p) = given`` by stepping back what the last guess misses.

    The shift changes by at most some thousandths per unit of way, so each round gains two or
    three digits.
    """
    x, y = lon.copy(), lat.copy()
    for _ in range(_ROUNDS):
        there = forward(x, y)
        dx, dy = lon - there[0], lat - there[1]
        x, y = x + dx, y + dy
        if not (np.abs(np.concatenate([np.ravel(dx), np.ravel(dy)])) > _CLOSE_DEGREES).any():
            break
    return x, y


def _wave(t: _Floats, *terms: tuple[float, float]) -> _Floats:
    """Return two thirds of a sum of sines: amplitude and half-waves per unit of each."""
    total = sum(size * np.sin(np.pi * turns * t) for size, turns in terms)
    return cast(_Floats, total * (2.0 / 3.0))


def _shifted(lon: _Floats, lat: _Floats) -> _Pair:
    """Return the GCJ-02 image of places, wherever they are.

    The shift in metres east and north is a quadratic in the distance in degrees from 105° E, 35° N
    with waves laid over it; the ellipsoid's radii turn it into degrees.
    """
    x, y = lon - _ORIGIN_LON, lat - _ORIGIN_LAT
    ripple = _wave(x, (20, 6), (20, 2))
    east = 300.0 + x + 2.0 * y + 0.1 * x * (x + y) + 0.1 * np.sqrt(np.abs(x)) + ripple
    east = east + _wave(x, (20, 1), (40, 1 / 3), (150, 1 / 12), (300, 1 / 30))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.1 * y * (x + 2.0 * y) + 0.2 * np.sqrt(np.abs(x)) + ripple
    north = north + _wave(y, (20, 1), (40, 1 / 3), (160, 1 / 12), (320, 1 / 30))
    phi = np.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    across = _AXIS / np.sqrt(flattening)
    along = across * (1.0 - _ECCENTRICITY_2) / flattening
    return lon + np.degrees(east / (across * np.cos(phi))), lat + np.degrees(north / along)


_TURNS = 3000.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006


def _baidu(lon: _Floats, lat: _Floats) -> _Pair:
    """Return the BD-09 image of places given in GCJ-02: polar coordinates, slightly wavy."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(np.radians(lat * _TURNS))
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(np.radians(lon * _TURNS))
    return radius * np.cos(angle) + _BAIDU_LON, radius * np.sin(angle) + _BAIDU_LAT
