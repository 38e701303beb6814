"""Flow over a raster: depression filling, D8 receivers, drainage areas, basins."""

from __future__ import annotations

import heapq

import numpy as np

from .grid import Floats, Ints, Mask

STEPS = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))
RISE = 1e-3  # metres per cell that a filled flat rises away from its outlet


def edge_mask(shape: tuple[int, int]) -> Mask:
    """Return the mask of the outermost ring of cells."""
    mask = np.ones(shape, dtype=bool)
    mask[1:-1, 1:-1] = False
    return mask


def filled(z: Floats, outlets: Mask) -> Floats:
    """Return the surface on which every cell flows to an outlet (priority flood)."""
    rows, cols = z.shape
    # A border of closed cells spares the bounds test in the inner loop.
    wide = cols + 2
    height = np.full((rows + 2, wide), np.inf)
    height[1:-1, 1:-1] = z
    level: list[float] = height.ravel().tolist()
    done = np.ones((rows + 2, wide), dtype=bool)
    done[1:-1, 1:-1] = outlets
    seen: list[bool] = done.ravel().tolist()
    inner = np.zeros((rows + 2, wide), dtype=bool)
    inner[1:-1, 1:-1] = outlets
    heap = [(level[i], i) for i in np.flatnonzero(inner).tolist()]
    heapq.heapify(heap)
    offsets = [dr * wide + dc for dr, dc in STEPS]
    push, pop = heapq.heappush, heapq.heappop
    while heap:
        here, i = pop(heap)
        floor = here + RISE
        for offset in offsets:
            j = i + offset
            if not seen[j]:
                seen[j] = True
                level[j] = max(level[j], floor)
                push(heap, (level[j], j))
    return np.array(level).reshape(rows + 2, wide)[1:-1, 1:-1]


def receivers(surface: Floats, outlets: Mask, cell: float) -> tuple[Ints, Floats]:
    """Return the flat index each cell flows to (itself at outlets) and the distance, metres."""
    rows, cols = surface.shape
    padded = np.pad(surface, 1, constant_values=np.inf)
    best = np.zeros(surface.shape)
    target = np.arange(rows * cols).reshape(rows, cols)
    reach = np.full(surface.shape, cell)
    own = target.copy()
    for dr, dc in STEPS:
        length = cell * float(np.hypot(dr, dc))
        near = padded[1 + dr : 1 + dr + rows, 1 + dc : 1 + dc + cols]
        slope = (surface - near) / length
        better = slope > best
        best = np.where(better, slope, best)
        target = np.where(better, own + dr * cols + dc, target)
        reach = np.where(better, length, reach)
    target = np.where(outlets, own, target)
    return target.ravel(), reach.ravel()


def accumulate(target: Ints, order: Ints, start: Floats) -> Floats:
    """Return the sum of ``start`` over all that flows through each cell; order is uphill."""
    total: list[float] = start.ravel().tolist()
    to: list[int] = target.tolist()
    for i in order[::-1].tolist():
        j = to[i]
        if j != i:
            total[j] += total[i]
    return np.array(total)


def inherit(target: Ints, order: Ints, label: Ints) -> Ints:
    """Return labels handed upstream: a cell with label 0 takes the label of its receiver."""
    out: list[int] = label.ravel().tolist()
    to: list[int] = target.tolist()
    for i in order.tolist():
        if out[i] == 0:
            out[i] = out[to[i]]
    return np.array(out, dtype=np.int64)


class Flow:
    """Drainage of one raster.

    Parameters
    ----------
    z
        Elevation, metres.
    outlets
        Cells where water leaves.
    cell
        Cell size, metres.
    inflow
        Drainage area that enters from outside, square metres, by cell.
    """

    def __init__(self, z: Floats, outlets: Mask, cell: float, inflow: Floats | None = None) -> None:
        self.surface = filled(z, outlets)
        self.target, self.reach = receivers(self.surface, outlets, cell)
        self.order = np.argsort(self.surface.ravel(), kind="stable")
        start = np.full(z.shape, cell * cell) + (0.0 if inflow is None else inflow)
        self.area = accumulate(self.target, self.order, start).reshape(z.shape)

    def basins(self, label: Ints) -> Ints:
        """Return labels (0 = none) handed upstream, of the raster's shape."""
        return inherit(self.target, self.order, label).reshape(self.area.shape)
