"""Isochrone polygons: travel time as areas, for drawing only.

People are counted at their own point on the network, never by polygons. These polygons show a
reader where a service is reached: exact times at the points of a grid, contours between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from ..core.text import Text
from .graph import MS_PER_MINUTE, ModeGraph
from .nearest import NEVER, nearest_site
from .service import service_area
from .snap import Snapped, snap
from .tree import Direction

BANDS = (5.0, 10.0, 15.0, 30.0)
"""Minutes that are drawn where nothing else is asked for."""

DRAWING_ONLY = Text(
    "等时圈仅供绘图：人数按路网逐点计算，从不按面积推算",
    "isochrones are for drawing only: people are counted point by point on the network, never "
    "by area",
)
"""What must be said beside every isochrone."""

_ACROSS = 400
_MOST_POINTS = 150_000
_FINEST_METRES = 5.0
_WALL_METRES = 0.05


def isochrones(
    graph: ModeGraph,
    sites: Snapped,
    minutes: Sequence[float] = BANDS,
    *,
    direction: Direction = "to_site",
    cell_metres: float | None = None,
    water: NDArray[np.object_] | None = None,
    fill_hectares: float = 10.0,
) -> gpd.GeoDataFrame:
    """Return the areas within some minutes of the nearest site, for drawing only.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    sites
        Sites joined to it by `snap`.
    minutes
        Limits, inclusive, in any order.
    direction
        Whether people come to the site, or its service goes out to them.
    cell_metres
        Distance between the points of the grid. Left out, the finest that keeps the points to be
        timed to about 150,000, but no finer than 5 m.
    water
        Polygons in the network's CRS that are cut out, shape ``(w,)``. The network's walls are
        respected in any case.
    fill_hectares
        Holes smaller than this are closed where no time later than the limit is known in them.

    Returns
    -------
    GeoDataFrame
        One row per limit in which anything is reached, longest first so that shorter ones are
        drawn above: ``minutes``, ``use`` (a constant that says what these are for), and a valid
        MultiPolygon in the network's CRS. Each area lies within the next longer one.

    Raises
    ------
    ValueError
        When there is no limit, one is negative or not a number, or the cell is not above 0.

    Notes
    -----
    Every point of the grid is joined to the network as a person's home is - walls, cap and the
    speed of the way to the road included - and timed by `nearest_site`, so a hill, a river or a
    block without streets shows. Contours are straight between points; towards a point that is
    not reached at all they end where somebody walking on at the access speed would be at the
    limit. What lies on the far side of a wall or of water and holds no reached point is no part
    of the area: a contour knows nothing of rivers narrower than a cell.

    A hole stays where a point in it is known to be later than the limit; where the points in it
    have no time at all (no road within the cap, or a stray piece of road without a site) it stays
    if it is larger than ``fill_hectares``. Areas may be off by a cell at their edge.
    """
    if cell_metres is not None and not cell_metres > 0:
        raise ValueError(f"the cell must be larger than 0 m, found {cell_metres:g}")
    roads = service_area(graph, sites, minutes, direction=direction)
    limits = sorted(set(minutes))
    field = _field(graph, sites, roads, limits[-1], direction, cell_metres)
    if field is None:
        return _frame([], [], graph)
    wet = _none() if water is None else np.asarray(water, dtype=object)
    obstacles = np.concatenate([wet, _solid(graph.network.walls)])
    field = field.spread_into(wet)
    areas: list[shapely.Geometry] = []
    for limit in limits:
        area = _within(field, limit, obstacles, fill_hectares * 1e4)
        # Neighbouring limits may settle a saddle between four points differently.
        areas.append(shapely.union(area, areas[-1]) if areas else area)
    return _frame(limits, areas, graph)


@dataclass(frozen=True, slots=True)
class _Field:
    """Minutes at the points of a grid; infinite where there is no time, NaN where not looked for.

    Parameters
    ----------
    x, y
        Coordinates of columns and rows in metres.
    minutes
        Shape ``(len(y), len(x))``. The outermost points are always infinite.
    metres_per_minute
        Speed off the road, in metres of the projection.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    minutes: NDArray[np.float64]
    metres_per_minute: float

    @property
    def cell(self) -> float:
        """Metres between neighbouring points."""
        return float(self.x[1] - self.x[0])

    def points(self, which: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the coordinates of some points of the grid, shape ``(k, 2)``."""
        row, column = np.nonzero(which)
        return np.column_stack([self.x[column], self.y[row]])

    def spread_into(self, water: NDArray[np.object_]) -> "_Field":
        """Return the field with times in the water as if one could wade in from the bank.

        Contours then run on over the water, which is cut out of them exactly, and not beside it.
        """
        if not len(water):
            return self
        inside = np.zeros(self.minutes.shape, dtype=bool)
        timeless = np.isinf(self.minutes)
        points = self.points(timeless)
        tree = shapely.STRtree(shapely.points(points))
        hit = np.zeros(len(points), dtype=bool)
        hit[tree.query(water, predicate="intersects")[1]] = True
        inside[timeless] = hit
        away, (row, column) = distance_transform_edt(
            ~np.isfinite(self.minutes), return_indices=True
        )
        walked = self.minutes[row, column] + away * self.cell / self.metres_per_minute
        walked[[0, -1]] = walked[:, [0, -1]] = np.inf
        return _Field(self.x, self.y, np.where(inside, walked, self.minutes), self.metres_per_minute)
