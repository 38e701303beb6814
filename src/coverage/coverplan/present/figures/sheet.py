"""A sheet to draw on: title, map in metres with scale bar and north arrow, key, source line."""

import math
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from pyproj import Geod, Transformer

from ...core.crs import LONLAT
from ...core.text import Language, Text
from ...results import Study
from .fonts import properties

INK, SOFT, LAND, WATER = "#1b2733", "#55626f", "#eeece6", "#b9d9f2"
WIDTH, HEIGHT = 11.69, 8.27
"""A4 across, inches."""

_NO_APPROVAL = Text("未经地图审核，不得公开发布", "Not an approved map: not for publication")
_LINE = 118
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure under way.

    Parameters
    ----------
    figure, font, language
        What is drawn on, with what, in which language.
    study
        Whose figures are drawn.
    """

    figure: Figure
    font: Path
    language: Language
    study: Study

    @classmethod
    def of(
        cls, study: Study, title: Text, subtitle: Text, font: Path, language: Language
    ) -> "Sheet":
        """Return an A4 sheet with its head and its source line."""
        sheet = cls(Figure(figsize=(WIDTH, HEIGHT), facecolor="#ffffff"), font, language, study)
        sheet.write(0.04, 0.945, title.of(language), 17, colour=INK)
        sheet.write(0.04, 0.905, subtitle.of(language), 11, colour=SOFT)
        for i, line in enumerate(reversed(_foot(study, language))):
            sheet.write(0.04, 0.022 + 0.021 * i, line, 8, colour=SOFT)
        return sheet

    def write(self, x: float, y: float, words: str, size: float, **more: Any) -> None:
        """Write words at a place of the sheet, both from 0 to 1; no sign in them has a meaning."""
        colour = more.pop("colour", INK)
        self.figure.text(
            x, y, words, fontproperties=properties(self.font, size), color=colour,
            parse_math=False, **more,
        )  # fmt: skip

    def axes(self, box: tuple[float, float, float, float]) -> Axes:
        """Return an empty place to draw in: left, bottom, width, height."""
        return self.figure.add_axes(box)

    def label(self, axes: Axes, x: float, y: float, words: str, size: float, **more: Any) -> None:
        """Write words at a place of a drawing, in its own units."""
        looks: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "zorder": 9}
        letters = properties(self.font, size)
        axes.text(x, y, words, fontproperties=letters, parse_math=False, **(looks | more))

    def tidy(self, axes: Axes, size: float = 9) -> None:
        """Give the numbers along the axes of a chart the sheet's font, and take its frame off."""
        for drawn in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
            drawn.set_fontproperties(properties(self.font, size))
            drawn.set_color(SOFT)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)


def _foot(study: Study, language: Language) -> list[str]:
    inputs = study.inputs
    crs = inputs.region.crs
    known = crs.to_authority()
    system = ":".join(known) if known is not None else str(crs.name)
    approval = inputs.approval_number
    parts = [
        Text(f"{inputs.title}，截至 {inputs.date}", f"{inputs.title}, as of {inputs.date}"),
        Text(f"投影：{system}", f"projection: {system}"),
        Text(f"审图号：{approval}", f"map approval: {approval}") if approval else _NO_APPROVAL,
    ]
    files = ", ".join(f.label for f in inputs.files)
    lines = [" · ".join(part.of(language) for part in parts)]
    if files:
        lines += [Text(f"数据：{files}", f"Data: {files}").of(language)]
    lines += [inputs.notice] if inputs.notice else []
    return [part for line in lines for part in _broken(line)]


def _broken(line: str) -> list[str]:
    """Break a long line; a Chinese character takes the place of two letters."""
    wide = sum(ord(c) > 0x2E80 for c in line)  # noqa: PLR2004 - where CJK begins
    width = max(int(_LINE * len(line) / (len(line) + wide)), 20) if line else _LINE
    return textwrap.wrap(line, width * 2, max_lines=2, placeholder=" …") or [""]


def map_axes(sheet: Sheet, box: tuple[float, float, float, float]) -> Axes:
    """Return a place for a map of the study: metres both ways, nothing drawn yet."""
    axes = sheet.axes(box)
    west, south, east, north = sheet.study.inputs.region.units.total_bounds
    # One scale both ways, and the whole place filled: the shorter side looks farther out.
    metres = 1.08 * max((east - west) / (box[2] * WIDTH), (north - south) / (box[3] * HEIGHT))
    x, y = (west + east) / 2, (south + north) / 2
    wide, high = metres * box[2] * WIDTH / 2, metres * box[3] * HEIGHT / 2
    axes.set_xlim(x - wide, x + wide)
    axes.set_ylim(y - high, y + high)
    axes.set_axis_off()
    return axes


def add_scale(sheet: Sheet, axes: Axes) -> None:
    """Draw a scale bar of true metres in the middle of the map, and a north arrow.

    The arrow points along the meridian at the middle of the map, which no projection draws
    straight up everywhere.
    """
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    width, height = east - west, north - south
    true = (
        _true_metres(sheet.study, (west, (south + north) / 2), (east, (south + north) / 2)) / width
    )
    metres = _round_metres(width * true * 0.22)
    long = metres / true
    x, y, thick = west + 0.02 * width, south + 0.02 * height, 0.008 * height
    for i in range(2):
        fill = INK if i == 0 else "#ffffff"
        part = Rectangle((x + i * long / 2, y), long / 2, thick, fc=fill, ec=INK, lw=0.8, zorder=10)
        axes.add_patch(part)
    words = (f"{metres / 1000:g} km", f"{metres} m")[metres < 1000]  # noqa: PLR2004 - a kilometre
    for at, text in ((x, "0"), (x + long, words)):
        sheet.label(axes, at, y + 2.6 * thick, text, 8, zorder=10)
    _north(sheet, axes, (east - 0.03 * width, north - 0.09 * height), 0.06 * height)


def _true_metres(study: Study, one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two places of the projection are on the ellipsoid, metres."""
    back = Transformer.from_crs(study.inputs.region.crs, LONLAT, always_xy=True)
    lon, lat = back.transform(*np.array([one, other]).T)
    return float(_GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2])


def _round_metres(most: float) -> int:
    """Return the longest of 1, 2, 5 and their tens that is not longer."""
    ten = 10 ** math.floor(math.log10(max(most, 1.0)))
    return int(max(step * ten for step in (1, 2, 5) if step * ten <= max(most, 1.0)))


def _north(sheet: Sheet, axes: Axes, foot: tuple[float, float], long: float) -> None:
    turn = meridian_turn(sheet.study, foot)
    ahead = np.array([math.sin(turn), math.cos(turn)])
    across = np.array([ahead[1], -ahead[0]])
    base, tip = np.array(foot), np.array(foot) + ahead * long
    notch = base + ahead * long * 0.25
    for side, fill in ((-1, INK), (1, "#ffffff")):
        half = np.array([tip, base + side * across * long * 0.28, notch])
        axes.add_patch(Polygon(half, closed=True, fc=fill, ec=INK, lw=0.8, zorder=10))
    top = tip + ahead * long * 0.28
    words = Text("北", "N").of(sheet.language)
    sheet.label(axes, float(top[0]), float(top[1]), words, 9, zorder=10)


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
