"""Reading heights along the roads from an elevation raster.

The raster is taken as a smooth surface: cells finer than about 30 m are averaged to that size, a
light filter runs over the cells, and heights between their centres are bilinear. A plane stays
that plane exactly. Noise of a raster would otherwise become hills: independent errors of up to
3 m in cells of 30 m make flat ground 0.4 % slower to walk, and 14 % without the filter.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from ..core.crs import LONLAT, system
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.network import Network
from ..domain.profile import FERRY
from ..domain.relief import Relief
from .content import unreadable
from .decks import deck_heights
from .paths import Folder
from .vectors import stated_crs

_Floats = NDArray[np.float64]
_Places = NDArray[np.int64]

LEAST_CELL_METRES = 30.0
"""Finer cells are averaged until they are about this wide."""

LEAST_STEP_METRES = 10.0
"""Points along a road are never asked for more closely than this."""

_LOWEST, _HIGHEST = -500.0, 9000.0
_TILE_CELLS = 1024
_POINTS_AT_ONCE = 1_000_000
_METRES_PER_DEGREE = 111_320.0
_ABSURD_GRADIENT = 1.0
_KEY = "roads.elevation"


def read_relief(
    folder: Folder,
    source: Path,
    network: Network,
    problems: Problems,
    *,
    step_metres: float | None = None,
) -> Relief:
    """Return the heights along the edges of a network, from an elevation raster.

    Parameters
    ----------
    folder, source
        The study's folder, and the raster: one band of metres above sea level, in any CRS.
    network
        The roads.
    problems
        Where a warning goes about roads whose height is not known.
    step_metres
        Farthest distance between two points along a road, at least `LEAST_STEP_METRES`; the width
        of a cell, and at least `LEAST_CELL_METRES`, if not given.

    Raises
    ------
    InputError
        When the file is missing, is not a raster of one band with a place on the earth, lies
        somewhere else, knows no height along the roads, or is not in metres.

    Notes
    -----
    Edges that meet share the height of their node. Bridges and tunnels are straight between the
    nodes where they touch the ground, ferries straight between theirs. Memory grows with the
    points along the roads, never with the raster.
    """
    full = folder.find(source, _KEY)
    file = source.as_posix()
    with _opened(full, file) as raster:
        surface = _surface(raster, network.crs, file)
        folder.note(source, full, raster.width * raster.height, crs=surface.crs, crs_from="file")
        _check_overlap(surface, network, file)
        at_nodes = surface.heights(network.node_xy)
        step = max(step_metres or surface.cell_metres, LEAST_STEP_METRES)
        straight = network.facts.raised | (network.road_class == FERRY)
        ptr, fraction = _points(network.metres, straight, step)
        height = _heights_between(surface, network, ptr, fraction)
    _check_heights(np.concatenate([at_nodes, height]), file, problems)
    at_nodes, height = _possible(at_nodes), _possible(height)
    at_nodes = deck_heights(network, at_nodes)
    height[ptr[:-1]], height[ptr[1:] - 1] = at_nodes[network.u], at_nodes[network.v]
    relief = Relief(frozen(ptr, np.int64), frozen(fraction, np.float64), frozen(height, np.float64))
    _check_known(relief, network, file, problems)
    return relief


def _points(
    metres: _Floats, straight: NDArray[np.bool_], step: float
) -> tuple[_Places, _Floats]:
    """Return the points along each edge, at equal distances: where each edge's begin, fractions."""
    stretches = np.where(straight, 1, np.maximum(np.ceil(metres / step), 1)).astype(np.int64)
    ptr = np.zeros(len(metres) + 1, dtype=np.int64)
    np.cumsum(stretches + 1, out=ptr[1:])
    place = np.arange(ptr[-1]) - np.repeat(ptr[:-1], stretches + 1)
    return ptr, place / np.repeat(stretches, stretches + 1)


def _heights_between(
    surface: "_Surface", network: Network, ptr: _Places, fraction: _Floats
) -> _Floats:
    """Return the height of each point that is not an end of its edge; NaN at the ends."""
    height = np.full(len(fraction), np.nan)
    inner = np.ones(len(fraction), dtype=np.bool_)
    inner[ptr[:-1]] = inner[ptr[1:] - 1] = False
    points = np.flatnonzero(inner)
    for start in range(0, len(points), _POINTS_AT_ONCE):
        some = points[start : start + _POINTS_AT_ONCE]
        edge = np.searchsorted(ptr, some, side="right") - 1
        place = shapely.line_interpolate_point(
            network.lines[edge], fraction[some], normalized=True
        )
        height[some] = surface.heights(shapely.get_coordinates(place))
    return height
