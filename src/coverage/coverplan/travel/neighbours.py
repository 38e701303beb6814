"""Pairs of places near each other, found on a grid."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .compiled import Ids, Keys, compiled

_RADII_TO_A_CELL = 8.0

Metres = NDArray[np.float64]


class Frame(NamedTuple):
    """Square cells, row by row from the lower left corner."""

    x: float
    y: float
    size: float
    columns: int
    rows: int


class Grid(NamedTuple):
    """What stands in each cell of a frame: ``ids[ptr[c]:ptr[c + 1]]`` in cell c."""

    ptr: NDArray[np.int64]
    ids: Ids


def near_pairs(
    a_xy: Metres, a_radius: Metres, b_xy: Metres, b_radius: Metres
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs no farther apart than the greater of their two radii.

    Parameters
    ----------
    a_xy, b_xy
        Places in metres, shape ``(n, 2)``; the first should be the fewer.
    a_radius, b_radius
        Radius of each, negative for none, shape ``(n,)``.

    Returns
    -------
    tuple
        Positions in ``a`` and in ``b``; a pair within both radii may stand there twice.
    """
    none = np.zeros(0, dtype=np.int64)
    widest = max(a_radius.max(initial=-1.0), b_radius.max(initial=-1.0))
    if not len(a_xy) or not len(b_xy) or widest < 0:
        return none, none
    reach = max(a_radius.max(), 0.0)
    low, high = a_xy.min(axis=0) - reach, a_xy.max(axis=0) + reach
    width, height = np.maximum(high - low, 1.0)
    size = max(np.sqrt(width * height / len(a_xy)), widest / _RADII_TO_A_CELL, 1.0)
    frame = Frame(
        float(low[0]), float(low[1]), float(size), int(width // size) + 1, int(height // size) + 1
    )
    stand, cover = _grid(frame, a_xy, np.zeros(len(a_xy))), _grid(frame, a_xy, a_radius)
    own = _pairs(frame, stand, a_xy, np.full(len(a_xy), -1.0), b_xy, b_radius)
    theirs = _pairs(frame, cover, a_xy, a_radius, b_xy, np.zeros(len(b_xy)))
    return np.concatenate([own[0], theirs[0]]), np.concatenate([own[1], theirs[1]])


@compiled
def _cells(frame: Frame, x: float, y: float, radius: float) -> tuple[int, int, int, int]:
    """Return the columns and rows, from and before, that a square of this radius overlaps."""
    left = max(np.floor((x - radius - frame.x) / frame.size), 0.0)
    right = min(np.floor((x + radius - frame.x) / frame.size) + 1, float(frame.columns))
    low = max(np.floor((y - radius - frame.y) / frame.size), 0.0)
    top = min(np.floor((y + radius - frame.y) / frame.size) + 1, float(frame.rows))
    if radius < 0 or left >= right or low >= top:
        return 0, 0, 0, 0
    return int(left), int(right), int(low), int(top)


@compiled
def _grid(frame: Frame, xy: Metres, radius: Metres) -> Grid:
    """Put places into every cell their square overlaps; a negative radius into none."""
    ptr = np.zeros(frame.columns * frame.rows + 1, dtype=np.int64)
    for i in range(len(xy)):
        left, right, low, top = _cells(frame, xy[i, 0], xy[i, 1], radius[i])
        for row in range(low, top):
            for column in range(left, right):
                ptr[row * frame.columns + column + 1] += 1
    ptr = np.cumsum(ptr)
    at = ptr.copy()
    ids = np.empty(ptr[-1], dtype=np.int32)
    for i in range(len(xy)):
        left, right, low, top = _cells(frame, xy[i, 0], xy[i, 1], radius[i])
        for row in range(low, top):
            for column in range(left, right):
                cell = row * frame.columns + column
                ids[at[cell]] = i
                at[cell] += 1
    return Grid(ptr, ids)


@compiled
def _pairs(
    frame: Frame, grid: Grid, a_xy: Metres, a_radius: Metres, b_xy: Metres, b_radius: Metres
) -> tuple[Keys, Keys]:
    """Return pairs of what stands in the cells around each place, by either radius."""
    n = 0
    a_ids, b_ids = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    for b in range(len(b_xy)):
        x, y = b_xy[b, 0], b_xy[b, 1]
        left, right, low, top = _cells(frame, x, y, b_radius[b])
        for row in range(low, top):
            first = row * frame.columns
            for i in range(grid.ptr[first + left], grid.ptr[first + right]):
                a = grid.ids[i]
                apart = np.sqrt((a_xy[a, 0] - x) ** 2 + (a_xy[a, 1] - y) ** 2)
                if apart <= max(a_radius[a], b_radius[b]):
                    if n == len(a_ids):
                        a_ids = np.append(a_ids, np.empty_like(a_ids))
                        b_ids = np.append(b_ids, np.empty_like(b_ids))
                    a_ids[n], b_ids[n] = a, b
                    n += 1
    return a_ids[:n].copy(), b_ids[:n].copy()
