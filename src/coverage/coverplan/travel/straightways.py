"""What can be drawn where there are no roads: straight ways, and discs around sites."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from ..domain.layer import Direction
from .graph import MS_PER_MINUTE, ModeGraph
from .legs import Route, straight_route
from .snap import Snapped
from .straight import GEOD, Ways, to_lonlat

_CORNERS = 128
"""Of a disc: its edge is then off by less than a three-thousandth of its radius."""

_Ints = NDArray[np.int64]


def straight_ways(
    graph: ModeGraph, demand: Snapped, sites: Snapped, who: _Ints, site: _Ints, direction: Direction
) -> list[Route | None]:
    """Return the straight way of each pair: there always is one.

    Parameters
    ----------
    graph, demand, sites, who, site, direction
        As for `routes`.
    """
    ways = Ways.between(graph, demand, sites)
    ms, metres = ways.ms(who, site), ways.metres(who, site) * ways.line.detour
    ends = (demand.xy[who], sites.xy[site])
    start, end = ends if direction == "to_site" else ends[::-1]
    return [
        straight_route(graph, float(metres[i]), int(ms[i]), start[i], end[i])
        for i in range(len(who))
    ]


def straight_areas(
    graph: ModeGraph, sites: Snapped, limits: _Ints, water: NDArray[np.object_] | None
) -> gpd.GeoDataFrame:
    """Return the areas within some limits of the nearest site, as discs: for drawing only.

    Parameters
    ----------
    graph, sites, water
        As for `isochrones`.
    limits
        Milliseconds, ascending, shape ``(t,)``.

    Returns
    -------
    GeoDataFrame
        As `isochrones` returns it.
    """
    line, crs = Ways.between(graph, sites, sites).line, graph.network.crs
    wet = shapely.union_all(shapely.make_valid(np.array([] if water is None else water, object)))
    rows = []
    for limit in limits[::-1].tolist():
        metres = limit * line.kmh / 3600.0 / line.detour
        discs = _discs(graph, sites, metres)
        area = shapely.difference(shapely.union_all(discs), wet)
        parts = shapely.get_parts(area)
        parts = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 - areas
        if len(parts):
            rows.append((limit / MS_PER_MINUTE, shapely.multipolygons(parts)))
    use = f"drawing only: {line.words.en}, no roads"
    return gpd.GeoDataFrame(
        {"minutes": [float(minutes) for minutes, _ in rows], "use": [use] * len(rows)},
        geometry=[area for _, area in rows],
        crs=crs,
    )


def _discs(graph: ModeGraph, sites: Snapped, metres: float) -> NDArray[np.object_]:
    """Return the places within some true metres of each site, as polygons."""
    n = len(sites)
    if not n or metres <= 0:
        return np.zeros(0, dtype=object)
    crs = graph.network.crs
    lon, lat = to_lonlat(crs).transform(*sites.xy.T)
    bearing = np.tile(np.linspace(0.0, 360.0, _CORNERS, endpoint=False), n)
    far = np.full(n * _CORNERS, metres)
    x, y, _ = GEOD.fwd(np.repeat(lon, _CORNERS), np.repeat(lat, _CORNERS), bearing, far)
    corners = to_lonlat(crs).transform(x, y, direction="INVERSE")
    rings = np.column_stack(corners).reshape(n, _CORNERS, 2)
    return np.asarray(shapely.polygons(rings), dtype=object)
