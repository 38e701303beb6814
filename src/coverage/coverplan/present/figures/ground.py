"""What lies under the figures of a map: units with their fill, water and the larger roads."""

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from ...results import Study
from ..looks import INK, LAND, NOBODY_FILL, UNKNOWN_FILL, WATER, share_class
from .frame import Frame
from .shares import Shares

_ROADS = {"motorway": 1.0, "trunk": 1.0, "primary": 0.8, "secondary": 0.55, "tertiary": 0.4}
_ROAD, _STROKES = "#8b8177", "#544a28"
_SIMPLE = 0.4
"""Of a point: shapes are drawn no finer, nobody would see it."""

_FADE, _SEEN_OUTSIDE = 3.4, 0.62
NOBODY_HATCH, UNKNOWN_HATCH, LOW_HATCH = "\\\\\\", "...", "///"


def fill_of(people: int | None, reached: int | None) -> tuple[str, str]:
    """Return fill and hatch of a unit: by its share, or nobody there, or unknown how many."""
    if people is None or reached is None:
        return UNKNOWN_FILL, UNKNOWN_HATCH
    if people == 0:
        return NOBODY_FILL, NOBODY_HATCH
    found = share_class(reached, people)
    return found.fill, LOW_HATCH if found.hatched else ""


def ground(frame: Frame, shares: Shares | None = None) -> None:
    """Draw the units all alike, water and roads over them.

    Parameters
    ----------
    frame, shares
        The map; where shares are given, units of nobody and of unknown many look as elsewhere.
    """
    shapes = frame.sheet.study.inputs.region.units.geometry
    blank = {} if shares is None else {u.code: u.people for u in shares.units if not u.people}
    for code, shape in shapes.items():
        fill, hatch = fill_of(blank[code], 0) if code in blank else (LAND, "")
        area(frame, shape, fill, hatch=hatch)
    over(frame)


def borders(frame: Frame) -> None:
    """Draw the borders of units: dark with a light rim, to be seen on every fill."""
    shapes = frame.sheet.study.inputs.region.units.geometry
    finest = _SIMPLE * frame.metres
    edges = shapely.boundary(shapely.simplify(shapes.to_numpy(), finest))
    lines = [shapely.get_coordinates(line) for line in shapely.get_parts(edges)]
    for colour, wide, alpha, order in (("#ffffff", 1.8, 0.6, 1.5), (INK, 0.6, 1.0, 1.6)):
        frame.axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=wide, alpha=alpha, zorder=order)
        )


def over(frame: Frame) -> None:
    """Draw water and the larger roads over the units, fainter where they lie outside."""
    study = frame.sheet.study
    borders(frame)
    water = study.inputs.water
    for shape in () if water is None else water.geometry:
        area(frame, shape, WATER, order=2)
    network = study.inputs.network
    for name, wide in _ROADS.items():
        lines = network.lines[network.road_class == name]
        finest = _SIMPLE * frame.metres
        parts = [shapely.get_coordinates(line) for line in shapely.simplify(lines, finest)]
        frame.axes.add_collection(
            LineCollection(parts, colors=_ROAD, linewidths=wide, zorder=3, capstyle="round")
        )
    _fade(frame, study)


def _fade(frame: Frame, study: Study) -> None:
    """Fade what lies outside the units, and draw their outer border."""
    whole = shapely.union_all(shapely.buffer(study.inputs.region.units.geometry.to_numpy(), 0.5))
    outside = shapely.difference(shapely.box(*frame.limits), whole)
    for outline in _outlines(outside, _SIMPLE * frame.metres):
        frame.axes.add_patch(
            PathPatch(outline, fc="#ffffff", lw=0, alpha=_SEEN_OUTSIDE, zorder=_FADE)
        )
    for outline in _outlines(whole, _SIMPLE * frame.metres):
        frame.axes.add_patch(PathPatch(outline, fc="none", ec=INK, lw=1.1, zorder=_FADE + 0.1))


def area(
    frame: Frame, shape: shapely.Geometry, fill: str, *, hatch: str = "", order: int = 1
) -> None:
    """Draw a polygon, holes left open."""
    for outline in _outlines(shape, _SIMPLE * frame.metres):
        frame.axes.add_patch(PathPatch(outline, fc=fill, ec=fill, lw=0.4, zorder=order))
        if hatch:
            frame.axes.add_patch(
                PathPatch(
                    outline, fc="none", ec=_STROKES, lw=0, hatch=hatch, alpha=0.35, zorder=order
                )
            )


def _outlines(shape: shapely.Geometry, finest: float) -> list[Outline]:
    found = []
    for part in shapely.get_parts(shapely.simplify(shape, finest)):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        rings = [np.asarray(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors)]
        codes = [_ring_codes(len(ring)) for ring in rings]
        found.append(Outline(np.vstack(rings), np.concatenate(codes)))
    return found


def _ring_codes(length: int) -> np.ndarray:
    codes = np.full(length, Outline.LINETO, dtype=np.uint8)
    codes[0], codes[-1] = Outline.MOVETO, Outline.CLOSEPOLY
    return codes
