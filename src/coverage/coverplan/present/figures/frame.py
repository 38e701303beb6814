"""The frame of a map: metres both ways, a scale bar of true metres, and where north is."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from pyproj import Geod, Transformer

from ...core.crs import LONLAT
from ...core.text import Text
from ...results import Study
from ..looks import INK
from .sheet import POINTS, Box, Sheet

_GEOD = Geod(ellps="WGS84")
_FURNITURE = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on a sheet where a map is drawn.

    Parameters
    ----------
    sheet, axes
        What it lies on, and what is drawn in, in metres.
    metres
        That are as long as a point (1/72 inch) on paper.
    """

    sheet: Sheet
    axes: Axes
    metres: float

    @property
    def limits(self) -> Box:
        """West, south, east and north of what is seen, metres."""
        (west, east), (south, north) = self.axes.get_xlim(), self.axes.get_ylim()
        return float(west), float(south), float(east), float(north)

    def furniture(self) -> np.ndarray:
        """Return the places of scale bar and arrow, shape ``(2, 4)``, metres."""
        west, south, east, north = self.limits
        wide, high = east - west, north - south
        return np.array(
            [
                [west, south, west + 0.3 * wide, south + 0.075 * high],
                [east - 0.06 * wide, north - 0.12 * high, east, north],
            ]
        )


def map_frame(sheet: Sheet, box: Box) -> Frame:
    """Return a place for a map of the study, nothing drawn yet."""
    axes = sheet.axes(box)
    inches = sheet.inches
    west, south, east, north = sheet.study.inputs.region.units.total_bounds
    long, tall = box[2] * inches[0] * POINTS, box[3] * inches[1] * POINTS
    # One scale both ways, and the whole place filled: the shorter side looks farther out.
    metres = 1.06 * max((east - west) / long, (north - south) / tall)
    x, y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(x - metres * long / 2, x + metres * long / 2)
    axes.set_ylim(y - metres * tall / 2, y + metres * tall / 2)
    axes.set_axis_off()
    return Frame(sheet, axes, float(metres))


def add_scale(frame: Frame) -> None:
    """Draw a scale bar of true metres in the middle of the map, and a north arrow.

    The arrow points along the meridian at the middle of the map, which no projection draws
    straight up everywhere.
    """
    sheet, axes = frame.sheet, frame.axes
    west, south, east, north = frame.limits
    width, height = east - west, north - south
    middle = (south + north) / 2
    true = _true_metres(sheet.study, (west, middle), (east, middle)) / width
    metres = round_metres(width * true * 0.22)
    long = metres / true
    x, y, thick = west + 0.02 * width, south + 0.02 * height, 0.008 * height
    for i in range(2):
        fill = INK if i == 0 else "#ffffff"
        part = Rectangle(
            (x + i * long / 2, y), long / 2, thick, fc=fill, ec=INK, lw=0.8, zorder=_FURNITURE
        )
        axes.add_patch(part)
    words = (f"{metres / 1000:g} km", f"{metres} m")[metres < 1000]  # noqa: PLR2004 - a kilometre
    _lighten(axes, (x - 0.012 * width, y - 1.2 * thick, long + 0.045 * width, 5.2 * thick))
    for at, text in ((x, "0"), (x + long, words)):
        sheet.label(axes, at, y + 2.8 * thick, text, 8)
    _north(sheet, axes, (east - 0.03 * width, north - 0.1 * height), 0.055 * height)


def _lighten(axes: Axes, box: tuple[float, float, float, float]) -> None:
    """Lighten what lies under a part of the frame: left, bottom, width, height in metres."""
    west, south, wide, high = box
    axes.add_patch(
        Rectangle((west, south), wide, high, fc="#ffffff", alpha=0.75, lw=0, zorder=_FURNITURE - 1)
    )


def _true_metres(study: Study, one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two places of the projection are on the ellipsoid, metres."""
    back = Transformer.from_crs(study.inputs.region.crs, LONLAT, always_xy=True)
    lon, lat = back.transform(*np.array([one, other]).T)
    return float(_GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2])


def round_metres(most: float) -> int:
    """Return the longest of 1, 2, 5 and their tens that is not longer.

    Examples
    --------
    >>> round_metres(12_345)
    10000
    """
    ten = 10 ** math.floor(math.log10(max(most, 1.0)))
    return int(max(step * ten for step in (1, 2, 5) if step * ten <= max(most, 1.0)))


def _north(sheet: Sheet, axes: Axes, foot: tuple[float, float], long: float) -> None:
    turn = meridian_turn(sheet.study, foot)
    ahead = np.array([math.sin(turn), math.cos(turn)])
    across = np.array([ahead[1], -ahead[0]])
    _lighten(axes, (foot[0] - 0.4 * long, foot[1] - 0.1 * long, 0.8 * long, 1.75 * long))
    base, tip = np.array(foot), np.array(foot) + ahead * long
    notch = base + ahead * long * 0.25
    for side, fill in ((-1, INK), (1, "#ffffff")):
        half = np.array([tip, base + side * across * long * 0.28, notch])
        axes.add_patch(Polygon(half, closed=True, fc=fill, ec=INK, lw=0.8, zorder=_FURNITURE))
    top = tip + ahead * long * 0.3
    words = Text("北", "N").of(sheet.language)
    sheet.label(axes, float(top[0]), float(top[1]), words, 9)


def meridian_turn(study: Study, at: tuple[float, float]) -> float:
    """Return how far true north at a place lies clockwise of straight up, radians.

    Parameters
    ----------
    study, at
        The study, and a place in metres of its projection.
    """
    back = Transformer.from_crs(study.inputs.region.crs, LONLAT, always_xy=True)
    lon, lat = back.transform(*at)
    x, y = back.transform(lon, lat + 0.01, direction="INVERSE")
    return math.atan2(x - at[0], y - at[1])
