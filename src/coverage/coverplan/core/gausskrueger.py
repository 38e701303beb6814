"""The Gauss-Krueger zones of CGCS2000: 3 and 6 degrees wide, with and without their number.

Chinese surveys write an easting with the number of its zone before it (39 512 345.6: zone 39, and
512 345.6 metres counted from 500 kilometres west of its meridian) or without. Six-degree zones in
China are 13 to 23, three-degree zones 25 to 45, so that the number alone says which they are.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

_FIRST: dict[tuple[int, bool], tuple[int, int]] = {
    (6, True): (4491, 13),
    (6, False): (4502, 13),
    (3, True): (4513, 25),
    (3, False): (4534, 25),
}
"""Width and whether the number is written -> EPSG code of the first zone, and its number."""

_LAST = {6: 23, 3: 45}
_MILLION = 1e6
_NORTHINGS = (1.8e6, 6.0e6)
_EASTINGS = (1e5, 9e5)

_Floats = NDArray[np.float64]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone.

    Parameters
    ----------
    width
        Degrees across.
    number
        13 to 23 for six degrees, 25 to 45 for three.
    prefixed
        Whether eastings begin with the number.
    """

    width: Literal[3, 6]
    number: int
    prefixed: bool

    @property
    def meridian(self) -> int:
        """The meridian in the middle, degrees east."""
        return self.width * self.number - (3 if self.width == 6 else 0)  # noqa: PLR2004 - a width

    @property
    def epsg(self) -> str:
        """Its name in the register, such as ``"EPSG:4549"``."""
        code, first = _FIRST[self.width, self.prefixed]
        return f"EPSG:{code + self.number - first}"

    @property
    def crs(self) -> CRS:
        """The projected system, in metres."""
        return CRS.from_user_input(self.epsg)

    def otherwise(self) -> "Zone":
        """Return the same zone, its number written where it was not, and not where it was."""
        return replace(self, prefixed=not self.prefixed)


def zone_of(crs: CRS) -> Zone | None:
    """Return which zone a system is, None where it is none.

    Examples
    --------
    >>> zone_of(CRS.from_epsg(4549))
    Zone(width=3, number=40, prefixed=False)
    """
    code = crs.to_epsg()
    if code is None:
        return None
    for (width, prefixed), (first_code, first) in _FIRST.items():
        number = code - first_code + first
        if first <= number <= _LAST[width]:
            return Zone(6 if width == 6 else 3, number, prefixed)  # noqa: PLR2004 - a width
    return None


def zone_written(eastings: _Floats) -> Zone | None:
    """Return the zone whose number all eastings begin with, None where they begin with none.

    Parameters
    ----------
    eastings
        Metres, shape ``(n,)``.

    Examples
    --------
    >>> zone_written(np.array([39512345.6, 39498000.0])).epsg
    'EPSG:4527'
    """
    numbers = np.unique(np.floor(eastings / _MILLION))
    if len(numbers) != 1 or not np.isfinite(numbers[0]):
        return None
    number = int(numbers[0])
    if not is_easting(eastings).all():
        return None
    for width in (6, 3):
        first = _FIRST[width, True][1]
        if first <= number <= _LAST[width]:
            return Zone(6 if width == 6 else 3, number, prefixed=True)  # noqa: PLR2004 - a width
    return None


def is_plain_easting(metres: _Floats) -> _Flags:
    """Return which numbers can be eastings in China without the number of a zone."""
    return (metres >= _EASTINGS[0]) & (metres <= _EASTINGS[1])


def is_easting(metres: _Floats) -> _Flags:
    """Return which numbers can be eastings in China, with or without the number of a zone."""
    number, rest = np.floor(metres / _MILLION), np.mod(metres, _MILLION)
    known = (number == 0) | ((number >= 13) & (number <= 23)) | ((number >= 25) & (number <= 45))  # noqa: PLR2004 - zones of China
    return np.asarray(known & is_plain_easting(rest), dtype=np.bool_)


def is_northing(metres: _Floats) -> _Flags:
    """Return which numbers can be northings in China."""
    return (metres >= _NORTHINGS[0]) & (metres <= _NORTHINGS[1])
