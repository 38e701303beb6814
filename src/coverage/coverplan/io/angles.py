"""Degrees, minutes and seconds, as people write them, as decimal degrees."""

import re
from dataclasses import dataclass
from typing import Literal

from .cells import as_number, halfwidth

Axis = Literal["lon", "lat"]

_MINUTES = 60
_SECONDS = 3600
_PLACES = 9
"""Decimals kept: 0.1 mm on the ground."""

_NUMBER = r"(\d+(?:\.\d+)?)"
_PARTS = re.compile(
    rf"{_NUMBER}\s*(?:°|º|˚|度|d|:|\s)\s*"
    rf"(?:{_NUMBER}\s*(?:['′’‘´`分m]|:|\s|$)\s*"
    rf"(?:{_NUMBER}\s*(?:\"|″|”|“|''|′′|’’|秒|s)?)?)?",
    re.ASCII,
)
_MARKED = re.compile(r"[°º˚度d]")
_ALL_PARTS = 3
_SIDES: dict[str, tuple[Axis, int]] = {
    "东经": ("lon", 1), "西经": ("lon", -1), "北纬": ("lat", 1), "南纬": ("lat", -1),
    "e": ("lon", 1), "w": ("lon", -1), "n": ("lat", 1), "s": ("lat", -1),
    "东": ("lon", 1), "西": ("lon", -1), "北": ("lat", 1), "南": ("lat", -1),
}  # fmt: skip
_AXES: dict[str, Axis] = {"经度": "lon", "纬度": "lat"}


@dataclass(frozen=True, slots=True)
class Angle:
    """A coordinate written with degrees, minutes and seconds, or with its side.

    Parameters
    ----------
    degrees
        In decimal degrees, west and south negative.
    axis
        Whether it says it is a longitude or a latitude; None where it does not say.
    """

    degrees: float
    axis: Axis | None


def as_angle(text: str) -> Angle | None:
    r"""Return a coordinate in degrees, minutes and seconds or with N, E, 北纬, 东经; else None.

    A plain number is none: it is in decimal degrees already. Minutes and seconds are below 60.

    Examples
    --------
    >>> as_angle("119°48'12.5\"E")
    Angle(degrees=119.803472222, axis='lon')
    >>> as_angle("北纬30度6分"), as_angle("119:48:12.5").degrees, as_angle("119.8")
    (Angle(degrees=30.1, axis='lat'), 119.803472222, None)
    """
    plain = halfwidth(text).strip().lower()
    axis, sign, rest = _side(plain)
    number = as_number(rest)
    if number is not None:
        # A second sign beside a side would say two things.
        unsigned = axis is not None and rest[:1] not in {"+", "-"}
        return Angle(round(sign * number, _PLACES), axis) if unsigned else None
    if rest.startswith("-") and axis is None:
        sign, rest = -1, rest[1:].strip()
    found = _PARTS.fullmatch(rest)
    if found is None:
        return None
    parts = [part for part in found.groups() if part is not None]
    degrees, minutes, seconds = (float(part or 0) for part in found.groups())
    wrong = minutes >= _MINUTES or seconds >= _MINUTES or any("." in part for part in parts[:-1])
    # Two numbers with no marks of degrees may be a time of day, or thousands set apart.
    if wrong or (len(parts) < _ALL_PARTS and not _MARKED.search(rest)):
        return None
    return Angle(round(sign * (degrees + minutes / _MINUTES + seconds / _SECONDS), _PLACES), axis)


def _side(plain: str) -> tuple[Axis | None, int, str]:
    """Return the axis and sign a coordinate says, and what is left of it."""
    for word, axis in _AXES.items():
        if plain.startswith(word):
            return axis, 1, plain.removeprefix(word).lstrip(" :")
    for word, (axis, sign) in _SIDES.items():
        if plain.startswith(word):
            return axis, sign, plain.removeprefix(word).lstrip(" :")
        # The s of a latitude in the south is also that of seconds: "12s" alone is seconds.
        if plain.endswith(word) and not (word == "s" and _ends_in_seconds(plain)):
            return axis, sign, plain.removesuffix(word).rstrip()
    return None, 1, plain


def _ends_in_seconds(plain: str) -> bool:
    return re.search(r"m\s*\d+(?:\.\d+)?\s*s$", plain, re.ASCII) is not None
