"""Geometry for a page: whole hundred-thousandths of a degree, first absolute, then steps."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely

from ..core.crs import LONLAT

SCALE = 100_000
"""Units in a degree: about a metre."""


_TRIANGLE = 6
"""Numbers in the shortest ring that encloses anything."""


def flat(coordinates: np.ndarray) -> list[int]:
    """Return ``[x0, y0, dx1, dy1, ...]`` of coordinates in degrees, steps of nothing left out."""
    return _flat(coordinates, np.zeros(len(coordinates), dtype=np.int64))[0]


def _flat(coordinates: np.ndarray, of: np.ndarray) -> list[list[int]]:
    """Return `flat` of each of many lines, given which line each coordinate is of, in order."""
    whole = np.rint(coordinates * SCALE).astype(np.int64)
    begins = np.diff(of, prepend=-1) != 0
    kept = begins | np.any(np.diff(whole, axis=0, prepend=whole[:1]) != 0, axis=1)
    whole, begins = whole[kept], begins[kept]
    steps = np.where(begins[:, None], whole, np.diff(whole, axis=0, prepend=whole[:1]))
    ends = [*(2 * np.flatnonzero(begins)).tolist(), steps.size]
    numbers = steps.ravel().tolist()
    return [numbers[a:b] for a, b in pairwise(ends)]


def polygons(geometry: shapely.Geometry) -> list[list[list[int]]]:
    """Return each polygon of a geometry in degrees as its rings, outer ring first."""
    result = []
    for part in shapely.get_parts(geometry):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        rings = [flat(shapely.get_coordinates(part.exterior))]
        rings += [flat(shapely.get_coordinates(hole)) for hole in part.interiors]
        result.append([ring for ring in rings if len(ring) >= _TRIANGLE])
    return [rings for rings in result if rings]


MOST_PARTS = 5000
"""Separate pieces of ground a page draws: of more, the smallest are left out."""


def drawn_parts(frame: gpd.GeoDataFrame) -> tuple[np.ndarray, int]:
    """Return the geometry a page draws of each row, and how many pieces of ground it leaves out.

    A file may hold islets and slivers by the hundred thousand, which nobody can see and which no
    browser can draw. The largest piece of every row stays.

    Parameters
    ----------
    frame
        Polygons in metres.
    """
    whole = frame.geometry.to_numpy()
    parts, row = shapely.get_parts(whole, return_index=True)
    if len(parts) <= MOST_PARTS:
        return whole, 0
    by_size = np.lexsort((np.arange(len(parts)), -shapely.area(parts)))
    largest = by_size[np.unique(row[by_size], return_index=True)[1]]
    rest = by_size[~np.isin(by_size, largest)]
    kept = np.sort(np.concatenate([largest, rest[: max(0, MOST_PARTS - len(largest))]]))
    # A row without any ground of its own keeps what it had: nothing.
    thin = whole.copy()
    thin[np.unique(row)] = shapely.multipolygons(parts[kept], indices=row[kept])[np.unique(row)]
    return thin, len(parts) - len(kept)


def unit_shapes(frame: gpd.GeoDataFrame, metres: float = 8.0) -> list[list[list[list[int]]]]:
    """Return the polygons of each row, simplified together so that neighbours still meet."""
    simple = shapely.coverage_simplify(drawn_parts(frame)[0], metres)
    lonlat = gpd.GeoSeries(simple, crs=frame.crs).to_crs(LONLAT)
    return [polygons(shape) for shape in lonlat]


def area_shapes(frame: gpd.GeoDataFrame, metres: float = 8.0) -> list[list[list[list[int]]]]:
    """Return the polygons of each row, simplified one by one; of too many rows the largest."""
    geometry = frame.geometry
    if len(geometry) > MOST_PARTS:
        rank = np.argsort(-geometry.area.to_numpy(), kind="stable")
        drawn = np.zeros(len(geometry), dtype=bool)
        drawn[rank[:MOST_PARTS]] = True
        geometry = geometry.where(drawn, shapely.Polygon())
    simple = geometry.simplify(metres).to_crs(LONLAT)
    return [polygons(shape) for shape in simple]


def line_shapes(lines: np.ndarray, crs: object, metres: float = 8.0) -> list[list[int]]:
    """Return lines in metres as flat steps, joined where they continue and simplified."""
    merged = shapely.line_merge(shapely.multilinestrings(list(lines))) if len(lines) else None
    if merged is None:
        return []
    parts = shapely.get_parts(merged)
    lonlat = gpd.GeoSeries(shapely.simplify(parts, metres), crs=crs).to_crs(LONLAT)
    return _flat(*shapely.get_coordinates(lonlat.to_numpy(), return_index=True))
