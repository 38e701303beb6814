"""Places along the roads as candidates: nodes of the network, thinned to a spacing."""

import numpy as np
from numpy.typing import NDArray

from ..travel import ModeGraph

_REACH = 2
"""Cells of side spacing / sqrt(2) that may hold a point nearer than the spacing: two each way."""

_HAIR_METRES = 1e-6
"""A distance short by less than this is rounding, not nearness."""


def road_nodes(graph: ModeGraph) -> NDArray[np.int64]:
    """Return the nodes at which a place can be joined to the roads a profile uses, ascending.

    Parameters
    ----------
    graph
        The network as the profile sees it.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> county = cp.small_county()
    >>> graph = cp.mode_graph(county.network, county.profiles["metre_a_second"])
    >>> len(siting.road_nodes(graph)), county.network.n_nodes
    (8, 8)
    """
    ends = np.zeros(graph.network.n_nodes, dtype=bool)
    ends[graph.network.u[graph.enterable]] = True
    ends[graph.network.v[graph.enterable]] = True
    return np.flatnonzero(ends)


def thinned(xy: NDArray[np.float64], spacing_metres: float) -> NDArray[np.int64]:
    """Return points no two of which are nearer than a spacing; all others are nearer to one.

    Parameters
    ----------
    xy
        Points in metres, shape ``(n, 2)``; the order decides who stays: the first does, and each
        one that is not nearer than the spacing to one that stays. Nodes of a network are numbered
        along a Hilbert curve, so that this sweeps over the county once.
    spacing_metres
        Straight distance; exactly at it two points may both stay.

    Returns
    -------
    ndarray
        Positions of those that stay, ascending.

    Examples
    --------
    >>> import numpy as np
    >>> from coverplan.siting import thinned
    >>> thinned(np.array([[0.0, 0.0], [60.0, 0.0], [100.0, 0.0]]), 100.0).tolist()
    [0, 2]
    """
    if len(xy) == 0:
        return np.zeros(0, dtype=np.int64)
    origin = xy.min(axis=0)
    # A cell this small holds one point that stays at most.
    cells = np.floor((xy - origin) / (spacing_metres / np.sqrt(2))).astype(np.int64)
    columns = cells.tolist()
    places = xy.tolist()
    near = max(spacing_metres - _HAIR_METRES, 0.0) ** 2
    held: dict[tuple[int, int], tuple[float, float]] = {}
    kept: list[int] = []
    for i, ((column, row), (x, y)) in enumerate(zip(columns, places, strict=True)):
        if (column, row) not in held and _free(held, column, row, x, y, near):
            held[column, row] = (x, y)
            kept.append(i)
    return np.array(kept, dtype=np.int64)


_AROUND = tuple(
    (right, up)
    for right in range(-_REACH, _REACH + 1)
    for up in range(-_REACH, _REACH + 1)
    if (right, up) != (0, 0) and abs(right) + abs(up) < 2 * _REACH
)


def _free(
    held: dict[tuple[int, int], tuple[float, float]],
    column: int,
    row: int,
    x: float,
    y: float,
    near: float,
) -> bool:
    """Return whether no point that stays is nearer than the spacing."""
    for right, up in _AROUND:
        other = held.get((column + right, row + up))
        if other is not None and (other[0] - x) ** 2 + (other[1] - y) ** 2 < near:
            return False
    return True
