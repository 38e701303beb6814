"""Places and looks of a layer that was added to a map, as plain numbers and safe words.

What is not a finite number, or a colour of a strict pattern, never gets as far as the page.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Item", "Ring", "colour_of", "line_of", "look_of", "number_of", "pin_colour", "place_of"]

Item = dict[str, Any]
"""One thing to draw, as JSON holds it."""

Ring = list[list[float]]
"""Places one after another, ``[latitude, longitude]`` each."""

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-zA-Z]{3,20}")
_PARTS = re.compile(r"(?:rgb|hsl)a?\([0-9.,%\s/]{5,40}\)")
_DASHES = re.compile(r"[0-9.]{1,6}(?:[\s,]+[0-9.]{1,6}){0,7}")
_PLACES = 6  # decimals of a degree: a hand's breadth
_MOST_WEIGHT = 50
_MOST_RADIUS = 200
_LATITUDE, _LONGITUDE = 90.0, 540.0

# Colours that the pins of folium have and style sheets do not.
_PINS = {
    "blue": "#38aadd",
    "red": "#d63e2a",
    "green": "#72b026",
    "purple": "#d252b9",
    "orange": "#f69730",
    "darkred": "#a23336",
    "lightred": "#ff8e7f",
    "beige": "#ffcb92",
    "darkblue": "#0067a3",
    "darkgreen": "#728224",
    "cadetblue": "#436978",
    "darkpurple": "#5b396b",
    "white": "#fbfbfb",
    "pink": "#ff91ea",
    "lightblue": "#8adaff",
    "lightgreen": "#bbf970",
    "gray": "#575757",
    "black": "#303030",
    "lightgray": "#a3a3a3",
}


def number_of(value: object, what: str = "a number") -> float:
    """Return a finite number.

    Raises
    ------
    ValueError
        When it is none.
    """
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{what}: {str(value)[:60]!r} is not a finite number")
    return number


def place_of(value: Any) -> list[float]:
    """Return a place as ``[latitude, longitude]`` in degrees.

    Raises
    ------
    ValueError
        When it is no pair of finite degrees.
    """
    pair = list(value)[:2] if isinstance(value, Iterable) else []
    if len(pair) != 2:  # noqa: PLR2004 - a pair
        raise ValueError(f"{str(value)[:60]!r} is not a place: [latitude, longitude]")
    latitude, longitude = number_of(pair[0], "latitude"), number_of(pair[1], "longitude")
    if abs(latitude) > _LATITUDE or abs(longitude) > _LONGITUDE:
        raise ValueError(f"[{latitude:g}, {longitude:g}] is not [latitude, longitude] in degrees")
    return [round(latitude, _PLACES), round(longitude, _PLACES)]


def line_of(value: Iterable[Any]) -> Ring:
    """Return places one after another, as `place_of` does each."""
    return [place_of(place) for place in value]


def colour_of(value: object) -> str | None:
    """Return a colour that can be nothing else; None for what is not one.

    Examples
    --------
    >>> colour_of("#3388ff"), colour_of("red"), colour_of("url(javascript:x)")
    ('#3388ff', 'red', None)
    """
    if not isinstance(value, str):
        return None
    words = value.strip()
    if _COLOUR.fullmatch(words) or _PARTS.fullmatch(words):
        return words
    return None


def pin_colour(value: object) -> str | None:
    """Return the colour a pin of folium has, None for what is no colour."""
    found = colour_of(value)
    return None if found is None else _PINS.get(found, found)


def look_of(options: Mapping[str, Any]) -> Item:
    """Return how a path looks: what can be checked of Leaflet's options, and nothing else.

    Parameters
    ----------
    options
        Under Leaflet's names; what is no number, yes or no, or colour is left out.
    """
    look: Item = {}
    for name in ("color", "fillColor"):
        if (colour := colour_of(options.get(name))) is not None:
            look[name] = colour
    for name, most in (
        ("weight", _MOST_WEIGHT),
        ("opacity", 1),
        ("fillOpacity", 1),
        ("radius", _MOST_RADIUS),
    ):
        if (number := _within(options.get(name), most)) is not None:
            look[name] = number
    for name in ("stroke", "fill"):
        if isinstance(options.get(name), bool):
            look[name] = options[name]
    dashes = options.get("dashArray")
    if isinstance(dashes, str) and _DASHES.fullmatch(dashes.strip()):
        look["dashArray"] = dashes.strip()
    return look


def _within(value: object, most: float) -> float | None:
    try:
        number = number_of(value)
    except ValueError:
        return None
    return min(max(number, 0.0), most)
