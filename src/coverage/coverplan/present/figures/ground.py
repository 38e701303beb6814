"""What lies under the figures of a map: units with their fill, water and the larger roads."""

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from ...results import Study
from .sheet import SOFT, WATER

SHARE_FILLS = ("#fff6cf", "#b2d6af", "#6eb2b7", "#3d84b0", "#22528a")
"""Colours of the page, below each break and above the last: told apart by all, and in grey."""

NOBODY_FILL = "#dcdcd8"
BREAKS, HALF = (25, 50, 75, 90), 50
"""Per cent: the classes of the page."""
_ROADS = {"motorway": 1.1, "trunk": 1.1, "primary": 1.0, "secondary": 0.7, "tertiary": 0.5}


def share_fill(share: float) -> str:
    """Return the colour of a share in per cent; NaN where nobody is there to be reached."""
    if pd.isna(share):
        return NOBODY_FILL
    return SHARE_FILLS[sum(share >= limit for limit in BREAKS)]


def hatch_of(share: float) -> str:
    """Hatch what is below half, so that a grey print tells it too."""
    return "///" if not pd.isna(share) and share < HALF else ""


def ground(axes: Axes, study: Study, fill: str) -> None:
    """Draw the units all alike, water and roads over them."""
    for shape in study.inputs.region.units.geometry:
        area(axes, shape, fill, SOFT)
    over(axes, study)


def over(axes: Axes, study: Study) -> None:
    """Draw water and the larger roads over the units."""
    water = study.inputs.water
    for shape in () if water is None else water.geometry:
        area(axes, shape, WATER, WATER, order=2)
    network = study.inputs.network
    for name, width in _ROADS.items():
        lines = network.lines[network.road_class == name]
        parts = [shapely.get_coordinates(line) for line in shapely.simplify(lines, 15.0)]
        axes.add_collection(LineCollection(parts, colors="#8b8177", linewidths=width, zorder=3))


def area(
    axes: Axes, shape: shapely.Geometry, fill: str, edge: str, *, hatch: str = "", order: int = 1
) -> None:
    """Draw a polygon, holes left open."""
    for part in shapely.get_parts(shapely.simplify(shape, 8.0)):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        rings = [np.asarray(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors)]
        codes = [_ring_codes(len(ring)) for ring in rings]
        outline = Outline(np.vstack(rings), np.concatenate(codes))
        axes.add_patch(PathPatch(outline, fc=fill, ec=edge, lw=0.7, zorder=order))
        if hatch:
            axes.add_patch(
                PathPatch(
                    outline, fc="none", ec="#544a28", lw=0, hatch=hatch, alpha=0.35, zorder=order
                )
            )


def _ring_codes(length: int) -> np.ndarray:
    codes = np.full(length, Outline.LINETO, dtype=np.uint8)
    codes[0], codes[-1] = Outline.MOVETO, Outline.CLOSEPOLY
    return codes
