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

from ..core.arguments import refused
from ..core.text import Text
from ..domain.barriers import wall_lines
from ..domain.layer import Direction
from .asked import check_asked
from .graph import MS_PER_MINUTE, ModeGraph
from .nearest import NEVER, nearest_site
from .service import limits_ms, service_area
from .snap import Snapped, snap
from .straightways import straight_areas

BANDS = (5.0, 10.0, 15.0, 30.0)
"""Minutes that are drawn where nothing else is asked for."""

DRAWING_ONLY = Text(
    "等时圈仅供绘图：人数按路网逐点计算，从不按面积推算",
    "isochrones are for drawing only: people are counted point by point on the network, never "
    "by area",
)
"""What must be said beside every isochrone."""

_ACROSS = 400
_MOST_POINTS = 80_000
_FINEST_METRES = 5.0
_WALL_METRES = 0.05
_AREA = 2


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
        timed to about 80,000, but no finer than 5 m.
    water
        Polygons in the network's CRS that nobody is in and that are cut out, shape ``(w,)``. The
        network's walls are respected in any case.
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
    InputError
        When there is no limit above 0, or one is negative or not a number, and as for
        `nearest_site`.
    ValueError
        When the cell is not above 0.

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

    Where there are no roads an area is what lies within the right distance of a site: discs, their
    union, water cut out; ``use`` says so. Nothing else here applies to them.

    Examples
    --------
    >>> import coverplan as cp
    >>> older = cp.travellers(cp.small_county(), "elderly_care")
    >>> areas = cp.isochrones(older.graph, older.sites, [5, 15], cell_metres=50)
    >>> areas["minutes"].tolist()  # the longest first, so that shorter ones are drawn above
    [15.0, 5.0]
    >>> bool(areas.area.iloc[0] > areas.area.iloc[1])
    True
    >>> areas["use"].iloc[0]
    'drawing only'
    """
    if cell_metres is not None and not cell_metres > 0:
        raise ValueError(f"the cell must be larger than 0 m, found {cell_metres:g}")
    check_asked(graph, direction, sites=sites)
    whole = limits_ms(minutes)
    if not whole[-1]:
        raise refused("number", "minutes", "0", expected=Text("大于 0", "above 0"))
    if graph.straight is not None:
        return straight_areas(graph, sites, whole, water)
    limits = (whole / MS_PER_MINUTE).tolist()
    roads = service_area(graph, sites, limits[-1:], direction=direction)
    if not len(sites):
        return _frame([], [], graph)
    wet, thin = _obstacles(graph, sites, water)
    field = _field(graph, sites, roads, limits[-1], direction, cell_metres, wet)
    obstacles = np.concatenate([wet, thin])
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
        Shape ``(len(y), len(x))``. The outermost points are never looked for.
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

    def spread_into(self, wet: NDArray[np.bool_]) -> None:
        """Set times at points in the water as if one could wade in from the bank.

        Contours then run on over the water, and what is cut out is it, not a strip beside it.
        """
        if wet.any() and np.isfinite(self.minutes).any():
            away, (row, column) = distance_transform_edt(
                ~np.isfinite(self.minutes), return_indices=True
            )
            walked = self.minutes[row, column] + away * self.cell / self.metres_per_minute
            self.minutes[wet] = walked[wet]


def _field(
    graph: ModeGraph,
    sites: Snapped,
    roads: gpd.GeoDataFrame,
    longest: float,
    direction: Direction,
    cell_metres: float | None,
    water: NDArray[np.object_],
) -> _Field:
    """Return exact minutes at every point of a grid from which a site may be within reach."""
    profile, scale = graph.profile, graph.network.scale
    pace = profile.access_kmh * 1000.0 / 60.0 / scale
    around = min(profile.access_cap_metres / scale, longest * pace)
    lines = roads.geometry.to_numpy()
    cell = cell_metres or _cell(sites.xy, lines, around)
    x, y, near = _grid(sites.xy, lines, around, cell)
    field = _Field(x, y, np.full(near.shape, np.nan), pace)
    wet = np.zeros_like(near)
    wet[near] = _inside(field.points(near), water)
    dry = near & ~wet
    people = snap(graph, field.points(dry))
    ms = nearest_site(graph, people, sites, direction=direction).ms
    field.minutes[dry] = np.where(ms == NEVER, np.inf, ms / MS_PER_MINUTE)
    field.spread_into(wet)
    return field


def _inside(xy: NDArray[np.float64], areas: NDArray[np.object_]) -> NDArray[np.bool_]:
    inside = np.zeros(len(xy), dtype=bool)
    if len(areas):
        tree = shapely.STRtree(shapely.points(xy))
        inside[tree.query(areas, predicate="intersects")[1]] = True
    return inside


def _obstacles(
    graph: ModeGraph, sites: Snapped, water: NDArray[np.object_] | None
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the areas nobody is in, and walls as areas too thin for any eye.

    A wall drawn as an area may be a river or a fenced compound: somebody lives in it if it holds
    a site or a road from end to end, which the bridges of a river are not.
    """
    walls = np.zeros(0, dtype=object) if graph.network.walls is None else graph.network.walls
    areas = walls[shapely.get_dimensions(walls) == _AREA]
    lived_in = np.zeros(len(areas), dtype=bool)
    for things in (graph.network.lines, shapely.points(sites.xy)):
        lived_in[shapely.STRtree(things).query(areas, predicate="contains")[0]] = True
    empty = [*areas[~lived_in], *([] if water is None else water)]
    lines = wall_lines(
        np.concatenate([walls[shapely.get_dimensions(walls) < _AREA], areas[lived_in]])
    )
    wet = shapely.make_valid(np.array(empty, dtype=object))
    return np.asarray(wet, dtype=object), np.asarray(shapely.buffer(lines, _WALL_METRES))


def _cell(xy: NDArray[np.float64], lines: NDArray[np.object_], around: float) -> float:
    """Return the finest cell that keeps the points near reached roads to a number."""
    west, south, east, north = _bounds(xy, lines)
    rough = max(east - west, north - south, around, _FINEST_METRES) / _ACROSS
    near = _grid(xy, lines, around, rough)[2]
    finest = rough * float(np.sqrt(near.sum() / _MOST_POINTS))
    return float(max(_FINEST_METRES, finest, rough / 10))


def _bounds(xy: NDArray[np.float64], lines: NDArray[np.object_]) -> NDArray[np.float64]:
    boxes = np.vstack([shapely.bounds(lines).reshape(-1, 4), np.hstack([xy, xy])])
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _grid(
    xy: NDArray[np.float64], lines: NDArray[np.object_], around: float, cell: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return columns, rows, and which points lie within some metres of a site or of the roads."""
    west, south, east, north = _bounds(xy, lines)
    margin = around + 3 * cell
    # Whole multiples of the cell: the same points whatever else is on the map.
    column = np.arange(np.floor((west - margin) / cell), np.ceil((east + margin) / cell) + 1)
    row = np.arange(np.floor((south - margin) / cell), np.ceil((north + margin) / cell) + 1)
    long = shapely.length(lines) > cell
    dense = shapely.segmentize(lines[long], cell)
    on = np.vstack([xy, shapely.get_coordinates(lines[~long]), shapely.get_coordinates(dense)])
    free = np.ones((len(row), len(column)), dtype=bool)
    at = np.rint(on / cell).astype(np.int64) - [int(column[0]), int(row[0])]
    free[at[:, 1], at[:, 0]] = False
    # A line runs up to one cell from the points it was marked at.
    near = distance_transform_edt(free) * cell <= around + 1.5 * cell
    near[[0, -1]] = near[:, [0, -1]] = False
    return column * cell, row * cell, near


def _within(
    field: _Field, limit: float, obstacles: NDArray[np.object_], fill_area: float
) -> shapely.Geometry:
    """Return the area within a limit as a MultiPolygon, cut by walls and water."""
    beyond = limit + field.cell / field.metres_per_minute
    level = np.nan_to_num(np.minimum(field.minutes, beyond), nan=beyond)
    contours = contour_generator(field.x, field.y, level, fill_type=FillType.OuterOffset)
    rings: list[NDArray[np.float64]]
    offsets: list[NDArray[np.uint32]]
    rings, offsets = contours.filled(-1.0, limit)  # type: ignore[assignment,misc] # by fill type
    polygons = _without_small_holes(rings, offsets, field, limit, fill_area)
    area = _polygonal(shapely.make_valid(shapely.multipolygons(polygons)))
    if len(obstacles):
        reached = field.points(field.minutes <= limit)
        area = _cut(area, obstacles, reached)
    return area


def _without_small_holes(
    rings: Sequence[NDArray[np.float64]],
    offsets: Sequence[NDArray[np.uint32]],
    field: _Field,
    limit: float,
    fill_area: float,
) -> list[shapely.Polygon]:
    """Return polygons with those small holes closed in which no later time is known."""
    polygons = []
    for points, cuts in zip(rings, offsets, strict=True):
        shell, *holes = np.split(points, cuts[1:-1])
        kept = [h for h in holes if _is_hole(shapely.Polygon(h), field, limit, fill_area)]
        polygons.append(shapely.Polygon(shell, kept))
    return polygons


def _is_hole(ring: shapely.Polygon, field: _Field, limit: float, fill_area: float) -> bool:
    if ring.area >= fill_area:
        return True
    west, south, east, north = ring.bounds
    columns = slice(*np.searchsorted(field.x, [west, east]))
    rows = slice(*np.searchsorted(field.y, [south, north]))
    minutes = field.minutes[rows, columns]
    x, y = np.meshgrid(field.x[columns], field.y[rows])
    later = np.isnan(minutes) | ((minutes > limit) & (minutes < np.inf))
    return bool(shapely.contains_xy(ring, x[later], y[later]).any())


def _cut(
    area: shapely.Geometry, obstacles: NDArray[np.object_], reached: NDArray[np.float64]
) -> shapely.Geometry:
    """Return an area without the obstacles, and without what they part from all that is reached."""
    crossed = obstacles[shapely.STRtree(obstacles).query(area, predicate="intersects")]
    if not len(crossed):
        return area
    left = _polygonal(shapely.difference(area, shapely.union_all(crossed)))
    parts = shapely.get_parts(left)
    held = shapely.STRtree(shapely.points(reached)).query(parts, predicate="contains")[0]
    return shapely.multipolygons(parts[np.unique(held)])


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a geometry as one MultiPolygon; loose lines and points are left."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == _AREA])


def _frame(
    limits: Sequence[float], areas: Sequence[shapely.Geometry], graph: ModeGraph
) -> gpd.GeoDataFrame:
    rows = [(m, a) for m, a in zip(limits, areas, strict=True) if not a.is_empty][::-1]
    return gpd.GeoDataFrame(
        {"minutes": [float(m) for m, _ in rows], "use": ["drawing only"] * len(rows)},
        geometry=[_polygonal(a) for _, a in rows],
        crs=graph.network.crs,
    )
