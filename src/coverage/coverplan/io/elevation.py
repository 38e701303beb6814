"""Reading heights along the roads from an elevation raster (see `coverplan.io.surface`)."""

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from ..core.crs import LONLAT
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.network import Network
from ..domain.profile import FERRY
from ..domain.relief import Relief
from .decks import deck_heights
from .paths import FolderLike, folder_at
from .surface import (
    HIGHEST_METRES,
    LOWEST_METRES,
    METRES_EXPECTED,
    Surface,
    not_metres,
    opened_raster,
    surface_of,
)

_Floats = NDArray[np.float64]
_Places = NDArray[np.int64]

LEAST_STEP_METRES = 10.0
"""Points along a road are never asked for more closely than this."""

_ABSURD_GRADIENT = 1.0
_MOST_WILD = 0.5
_TINY = 0.001
_POINTS_AT_ONCE = 1_000_000
_KEY = "roads.elevation"


def read_relief(
    folder: FolderLike,
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
        The study's folder or its path, and the raster: one band of metres above sea level, in any
        CRS.
    network
        The roads.
    problems
        Where a warning goes about roads whose height is not known.
    step_metres
        Farthest distance between two points along a road, at least `LEAST_STEP_METRES`; the width
        of a cell of the surface, about 30 m or more, if not given.

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

    Examples
    --------
    >>> from pathlib import Path
    >>> import geopandas as gpd
    >>> from pyproj import CRS
    >>> from shapely.geometry import LineString
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import read_relief
    >>> road = gpd.GeoDataFrame(
    ...     {"highway": ["residential"]},
    ...     geometry=[LineString([(119.84, 28.64), (119.85, 28.66)])],
    ...     crs=4326,
    ... )
    >>> network = cp.Network.from_edges(road, crs=CRS.from_epsg(4549))
    >>> folder = "data/geo/yunxi"
    >>> relief = read_relief(folder, Path("dem.tif"), network, Problems())
    >>> relief.n_edges
    1
    """
    folder = folder_at(folder)
    full = folder.find(source, _KEY)
    file = source.as_posix()
    with opened_raster(full, file) as raster:
        surface = surface_of(raster, network.crs, file)
        folder.note(source, full, raster.width * raster.height, crs=surface.crs, crs_from="file")
        _check_overlap(surface, network, file)
        at_nodes = surface.heights(network.node_xy)
        step = max(step_metres or surface.cell_metres, LEAST_STEP_METRES)
        straight = network.facts.raised | (network.road_class == FERRY)
        ptr, fraction = _points(network.metres, straight, step)
        height = _heights_between(surface, network, ptr, fraction)
    both = _possible(np.concatenate([at_nodes, height]), file, problems)
    at_nodes, height = deck_heights(network, both[: network.n_nodes]), both[network.n_nodes :]
    height[ptr[:-1]], height[ptr[1:] - 1] = at_nodes[network.u], at_nodes[network.v]
    relief = Relief(frozen(ptr, np.int64), frozen(fraction, np.float64), frozen(height, np.float64))
    _check_known(relief, network, file, problems)
    return relief


def _points(metres: _Floats, straight: NDArray[np.bool_], step: float) -> tuple[_Places, _Floats]:
    """Return the points along each edge, at equal distances: where each edge's begin, fractions."""
    stretches = np.where(straight, 1, np.maximum(np.ceil(metres / step), 1)).astype(np.int64)
    ptr = np.zeros(len(metres) + 1, dtype=np.int64)
    np.cumsum(stretches + 1, out=ptr[1:])
    place = np.arange(ptr[-1]) - np.repeat(ptr[:-1], stretches + 1)
    return ptr, place / np.repeat(stretches, stretches + 1)


def _heights_between(
    surface: Surface, network: Network, ptr: _Places, fraction: _Floats
) -> _Floats:
    """Return the height of each point that is not an end of its edge; NaN at the ends."""
    height = np.full(len(fraction), np.nan)
    inner = np.ones(len(fraction), dtype=np.bool_)
    inner[ptr[:-1]] = inner[ptr[1:] - 1] = False
    points = np.flatnonzero(inner)
    for start in range(0, len(points), _POINTS_AT_ONCE):
        some = points[start : start + _POINTS_AT_ONCE]
        edge = np.searchsorted(ptr, some, side="right") - 1
        place = shapely.line_interpolate_point(network.lines[edge], fraction[some], normalized=True)
        height[some] = surface.heights(shapely.get_coordinates(place))
    return height


def _check_overlap(surface: Surface, network: Network, file: str) -> None:
    """Refuse a raster that no junction lies in."""
    if surface.cells(network.node_xy)[2].any():
        return
    x0, y0 = network.node_xy.min(axis=0)
    x1, y1 = network.node_xy.max(axis=0)
    roads = Transformer.from_crs(network.crs, LONLAT, always_xy=True).transform_bounds(
        x0, y0, x1, y1
    )
    flat = surface.to_raster.target_crs
    there = Transformer.from_crs(flat, LONLAT, always_xy=True).transform_bounds(
        *surface.raster.bounds
    )
    raise InputError(
        [
            Problem(
                code="elevation.elsewhere",
                what=Text("高程栅格与道路不重叠", "the elevation raster lies somewhere else"),
                file=file,
                found=f"{there[0]:.3f}…{there[2]:.3f}, {there[1]:.3f}…{there[3]:.3f}",
                expected=Text.same(f"{roads[0]:.3f}…{roads[2]:.3f}, {roads[1]:.3f}…{roads[3]:.3f}"),
                mend=Text("检查文件和坐标系", "check the file and its coordinate system"),
            )
        ]
    )


def _possible(height: _Floats, file: str, problems: Problems) -> _Floats:
    """Return heights with impossible ones unknown; refuse a raster that hardly has others."""
    wild, known = np.isinf(height), np.isfinite(height)
    if not (wild | known).any():
        raise InputError([_no_heights(file)])
    low, high = int((height == -np.inf).sum()), int((height == np.inf).sum())
    found = Text(
        f"沿路 {low} 处低于 {LOWEST_METRES:g} 米，{high} 处高于 {HIGHEST_METRES:g} 米",
        f"along roads {low} below {LOWEST_METRES:g} m, {high} above {HIGHEST_METRES:g} m",
    )
    if wild.sum() > known.sum():
        raise InputError([not_metres(file, found)])
    if wild.any():
        problems.add(
            Problem(
                code="elevation.impossible",
                what=Text("有不可能的高程，按未知处理", "some heights cannot be: taken as unknown"),
                file=file,
                found=found,
                expected=METRES_EXPECTED,
                mend=Text(
                    "为栅格写明无效值（nodata）", "state the raster's nodata value in its file"
                ),
                severity="warning",
            )
        )
    possible: _Floats = np.where(known, height, np.nan)
    return possible


def _check_known(relief: Relief, network: Network, file: str, problems: Problems) -> None:
    """Refuse slopes nobody could build a road on; say for how much road no height is known."""
    land = np.repeat(network.road_class != FERRY, np.diff(relief.ptr))
    run = np.diff(relief.fraction, prepend=0.0) * np.repeat(network.metres, np.diff(relief.ptr))
    run[relief.ptr[:-1]] = 0.0
    run[~land] = 0.0
    rise = np.abs(np.diff(relief.height_metres, prepend=np.nan))
    total, unknown = float(run.sum()), float(run[np.isnan(rise)].sum())
    if unknown >= total > 0:
        raise InputError([_no_heights(file)])
    steep = float(run[rise > _ABSURD_GRADIENT * run].sum())
    if steep > _MOST_WILD * (total - unknown):
        percent = f"{steep / (total - unknown):.0%}"
        found = Text(
            f"{percent} 的道路比 45° 还陡", f"{percent} of the roads would be steeper than 45°"
        )
        raise InputError([not_metres(file, found)])
    if unknown:
        share = f"{unknown / total:.1%}" if unknown >= _TINY * total else f"<{_TINY:.1%}"
        problems.add(
            Problem(
                code="elevation.unknown",
                what=Text(
                    f"{share} 的道路（{unknown / 1000:.1f} 公里）没有高程，按平地计",
                    f"{share} of the roads ({unknown / 1000:.1f} km) have no height: taken as flat",
                ),
                file=file,
                mend=Text("用覆盖全部道路的高程栅格", "give a raster that covers all roads"),
                severity="warning",
            )
        )


def _no_heights(file: str) -> Problem:
    return Problem(
        code="elevation.empty",
        what=Text("道路沿线没有任何高程", "no height is known along the roads"),
        file=file,
        found=Text("全是无效值", "nodata throughout"),
        expected=METRES_EXPECTED,
        mend=Text("用覆盖道路的高程栅格", "give a raster that covers the roads"),
    )
