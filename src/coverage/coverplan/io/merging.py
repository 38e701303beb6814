"""Fewer points for a raster: thin cells are merged with their neighbours, nobody is lost."""

import numpy as np
from numpy.typing import NDArray

MOST_POINTS = 50_000
"""A study keeps at most so many points of a raster (more only where units alone are more)."""

THIN_LEVELS = 3
"""Thin points are merged within blocks of up to 2**3 = 8 cells a side."""

_MOST_LEVELS = 40


def merge_thin(
    xy: NDArray[np.float64],
    unit: NDArray[np.int64],
    people: NDArray[np.float64],
    *,
    least: float = 1.0,
    most: int = MOST_POINTS,
) -> NDArray[np.int64]:
    """Return which point each cell goes to, so that few points are left and none is thin.

    Blocks of 2 x 2, 4 x 4, 8 x 8 cells, ... are looked at in turn; two cells of different units
    are never merged. In blocks of up to `THIN_LEVELS` doublings all points with fewer than
    ``least`` people become one: else rounding would leave whole hillsides empty. While there are
    more than ``most`` points, whole blocks become one, those with the fewest people first.

    Parameters
    ----------
    xy
        Middles of the cells in widths of a cell, shape ``(n, 2)``.
    unit
        Unit of each, shape ``(n,)``.
    people
        Expected people of each, 0 or more, shape ``(n,)``.
    least, most
        Points with fewer people than ``least`` are thin; at most ``most`` are kept where there are
        no more units.

    Returns
    -------
    ndarray of int64
        Number of the point of each cell, from 0 without gaps, shape ``(n,)``.

    Examples
    --------
    >>> xy = np.array([[0.5, 0.5], [1.5, 0.5], [5.5, 0.5]])
    >>> merge_thin(xy, np.zeros(3, int), np.array([0.2, 0.3, 9.0])).tolist()
    [0, 0, 1]
    """
    label = np.arange(len(unit), dtype=np.int64)
    for level in range(1, _MOST_LEVELS):
        if level > THIN_LEVELS and len(people) <= most:
            break
        side = 2.0**level
        if level <= THIN_LEVELS:
            step = _joined(xy, unit, side, people < least)
            label, xy, unit, people = _applied(step, label, xy, unit, people)
        if len(people) > most:
            step = _joined(xy, unit, side, _thinnest(xy, unit, people, side, most))
            label, xy, unit, people = _applied(step, label, xy, unit, people)
    return label


def blocks(xy: NDArray[np.float64], unit: NDArray[np.int64], side: float) -> NDArray[np.int64]:
    """Return the number of the block (within a unit) each point lies in, from 0 without gaps.

    Parameters
    ----------
    xy
        Places in widths of a cell, shape ``(n, 2)``.
    unit
        Unit of each, shape ``(n,)``.
    side
        Cells a side of a block; blocks begin at whole multiples of it.
    """
    cell = np.floor(xy / side).astype(np.int64)
    cell -= cell.min(axis=0, initial=0)
    wide, high = (cell.max(axis=0, initial=0) + 1).tolist()
    key = (unit * high + cell[:, 1]) * wide + cell[:, 0]
    numbered: NDArray[np.int64] = np.unique(key, return_inverse=True)[1].astype(np.int64)
    return numbered


def _thinnest(
    xy: NDArray[np.float64],
    unit: NDArray[np.int64],
    people: NDArray[np.float64],
    side: float,
    most: int,
) -> NDArray[np.bool_]:
    """Return the points of the blocks with the fewest people, as many blocks as must be merged."""
    block = blocks(xy, unit, side)
    points = np.bincount(block)
    order = np.lexsort((np.arange(len(points)), np.bincount(block, weights=people)))
    order = order[points[order] > 1]
    spared = np.cumsum(points[order] - 1)
    enough = int(np.searchsorted(spared, len(people) - most)) + 1
    chosen = np.zeros(len(points), dtype=np.bool_)
    chosen[order[:enough]] = True
    thinnest: NDArray[np.bool_] = chosen[block]
    return thinnest


def _joined(
    xy: NDArray[np.float64], unit: NDArray[np.int64], side: float, mine: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return new numbers of points: those of ``mine`` in one block get the same."""
    block = blocks(xy, unit, side)
    key = np.where(mine, block, block.max(initial=-1) + 1 + np.arange(len(block)))
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    # Numbers follow the first cell of each, so that the order of cells is kept.
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    renumbered: NDArray[np.int64] = rank[number]
    return renumbered


def _applied(
    step: NDArray[np.int64],
    label: NDArray[np.int64],
    xy: NDArray[np.float64],
    unit: NDArray[np.int64],
    people: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    n = int(step.max(initial=-1)) + 1
    units = np.zeros(n, dtype=np.int64)
    units[step] = unit
    sums = np.bincount(step, people, n).astype(np.float64)
    return step[label], centres(step, xy, people), units, sums


def centres(
    label: NDArray[np.int64], xy: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the middle of the people of each point, the plain middle where there are none.

    Parameters
    ----------
    label
        Number of the point each cell goes to, from 0 without gaps, shape ``(n,)``.
    xy, weight
        Places of the cells, shape ``(n, 2)``, and their people, shape ``(n,)``.
    """
    n = int(label.max(initial=-1)) + 1
    nobody = np.bincount(label, weight, n) <= 0
    mass = np.where(nobody[label], 1.0, weight)
    total = np.bincount(label, mass, n)
    middle = [np.bincount(label, mass * xy[:, axis], n) / total for axis in (0, 1)]
    return np.column_stack(middle)
