"""Least-cost paths over the ground."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from .grid import Floats, Grid, Ints

MOVES = (
    ((0, 1), ()), ((1, 0), ()), ((1, 1), ()), ((1, -1), ()),
    ((1, 2), ((0, 1), (1, 1))), ((2, 1), ((1, 0), (1, 1))),
    ((1, -2), ((0, -1), (1, -1))), ((2, -1), ((1, 0), (1, -1))),
)  # fmt: skip
BLOCKED = 1e4  # cost factor of ground nobody builds on


class CostGrid:
    """Moves between cells (8 neighbours and 8 knight's moves) with their costs.

    Parameters
    ----------
    grid, z
        The raster and its elevation, metres.
    factor
        Cost factor of each cell; ``BLOCKED`` and above is never entered.
    grade
        Gradient at which a metre costs twice a level metre.
    """

    def __init__(self, grid: Grid, z: Floats, factor: Floats, grade: float) -> None:
        self.grid = grid
        index = np.arange(grid.rows * grid.cols).reshape(grid.shape)
        heads, tails, costs = [], [], []
        for (dr, dc), through in MOVES:
            r0, r1 = max(0, -dr), grid.rows - max(0, dr)
            c0, c1 = max(0, -dc), grid.cols - max(0, dc)
            a = (slice(r0, r1), slice(c0, c1))
            b = (slice(r0 + dr, r1 + dr), slice(c0 + dc, c1 + dc))
            length = grid.cell * float(np.hypot(dr, dc))
            mean = factor[a] + factor[b]
            for tr, tc in through:
                mean = mean + factor[slice(r0 + tr, r1 + tr), slice(c0 + tc, c1 + tc)]
            mean = mean / (2 + len(through))
            steep = np.abs(z[b] - z[a]) / (length * grade)
            cost = length * mean * (1.0 + steep**2)
            heads.append(index[a].ravel())
            tails.append(index[b].ravel())
            costs.append(cost.ravel())
        price = np.concatenate(costs)
        good = price < BLOCKED * grid.cell * 0.2
        head, tail, price = np.concatenate(heads)[good], np.concatenate(tails)[good], price[good]
        size = index.size
        both = (np.concatenate([head, tail]), np.concatenate([tail, head]))
        self.matrix = csr_matrix((np.concatenate([price, price]), both), shape=(size, size))
        self.matrix.sort_indices()
        self._full = self.matrix.data.copy()

    def tree(self, sources: Ints, limit: float = np.inf) -> tuple[Floats, Ints, Ints]:
        """Return cost from the nearest source, predecessor and that source, for every cell."""
        cost, before, source = dijkstra(
            self.matrix,
            indices=np.unique(sources),
            min_only=True,
            return_predecessors=True,
            limit=limit,
        )
        return cost, before.astype(np.int64), source.astype(np.int64)

    def one(self, source: int, limit: float = np.inf) -> tuple[Floats, Ints]:
        """Return cost and predecessor from one cell, no further than ``limit``."""
        cost, before = dijkstra(self.matrix, indices=source, return_predecessors=True, limit=limit)
        return cost, before.astype(np.int64)

    def discount(self, edges: set[tuple[int, int]], share: float) -> None:
        """Make moves along built roads cost ``share`` of what they did."""
        if not edges:
            return
        pairs = np.array(sorted(edges), dtype=np.int64)
        for a, b in ((pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])):
            for i, j in zip(a.tolist(), b.tolist(), strict=True):
                lo, hi = self.matrix.indptr[i], self.matrix.indptr[i + 1]
                k = lo + int(np.searchsorted(self.matrix.indices[lo:hi], j))
                if k < hi and self.matrix.indices[k] == j:
                    self.matrix.data[k] = self._full[k] * share


def path(before: Ints, to: int) -> list[int]:
    """Return the cells from ``to`` back to the tree's source."""
    cells = [to]
    while before[cells[-1]] >= 0:
        cells.append(int(before[cells[-1]]))
    return cells


def steepness(z: Floats, cell: float) -> Floats:
    """Return the gradient (rise over run) at each cell."""
    dy, dx = np.gradient(z, cell)
    return np.asarray(np.hypot(dx, dy))
