"""Which line ends meet, and which lines are one line drawn twice."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

JOIN_METRES = 0.01
"""Line ends no farther apart than this are one junction."""

_SAME_METRES = 0.01


def joined_ends(ends: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the junction of each line end: ends within a centimetre, chained, are one.

    Parameters
    ----------
    ends
        Coordinates in metres, shape ``(n, 2)``.
    """
    at = np.ascontiguousarray(ends + 0.0).view(np.complex128).ravel()  # + 0.0: no minus zero
    flat, place = np.unique(at, return_inverse=True)
    places = np.column_stack([flat.real, flat.imag])
    near = cKDTree(places).query_pairs(JOIN_METRES, output_type="ndarray")
    links = coo_matrix((np.ones(len(near)), near.T), shape=(len(places), len(places)))
    junction = connected_components(links, directed=False)[1]
    return np.asarray(junction[place.ravel()], dtype=np.int64)


def curve_rank(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the place of each node along a Hilbert curve over all of them.

    Parameters
    ----------
    xy
        Coordinates in metres, shape ``(n, 2)``. Nodes in one cell of the curve's finest grid
        stand in the order of their coordinates.
    """
    points = gpd.GeoSeries(shapely.points(xy))
    box = points.total_bounds + np.array([0.0, 0.0, 1.0, 1.0])  # a single node has no extent
    order = np.lexsort((xy[:, 1], xy[:, 0], points.hilbert_distance(total_bounds=box)))
    rank = np.empty(len(xy), dtype=np.int64)
    rank[order] = np.arange(len(xy))
    return rank


def twins(
    lines: NDArray[np.object_],
    u: NDArray[np.int64],
    v: NDArray[np.int64],
    apart: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the first edge drawn on the same line as each, and whether it runs the other way.

    A directed road file draws a two-way street as two lines on one place; a footway may be drawn
    on its street. Whoever stands there stands on both.

    Parameters
    ----------
    lines, u, v
        Edges of a network: lines in metres and end nodes, shape ``(m,)``.
    apart
        Edges that are one with no other: two ferries of one route keep their own headways, and
        nobody stands on either.
    """
    first = np.arange(len(lines), dtype=np.int64)
    reverse = np.zeros(len(lines), dtype=bool)
    keys = np.minimum(u, v) * (max(u.max(), v.max()) + 1) + np.maximum(u, v)
    _, group, count = np.unique(keys, return_inverse=True, return_counts=True)
    maybe = np.flatnonzero((count[group] > 1) & ~apart)
    seen: dict[tuple[int, bytes], tuple[int, bytes]] = {}
    for edge in maybe.tolist():
        ahead = _shape(lines[edge])
        back = _shape(shapely.reverse(lines[edge]))
        key = (int(group[edge]), min(ahead, back))
        original, its_shape = seen.setdefault(key, (edge, ahead))
        first[edge] = original
        reverse[edge] = its_shape != ahead
    return first, reverse


def _shape(line: shapely.LineString) -> bytes:
    whole = np.rint(shapely.get_coordinates(line) / _SAME_METRES).astype(np.int64)
    return bytes(whole.tobytes())
