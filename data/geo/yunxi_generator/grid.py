"""A square raster in metres, and smooth noise on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """Rows run south, columns run east; ``west`` and ``north`` are the outer corner, metres."""

    west: float
    north: float
    cell: float
    rows: int
    cols: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    def centres(self) -> tuple[Floats, Floats]:
        """Return x and y of all cell centres, metres, each of the grid's shape."""
        x = self.west + (np.arange(self.cols) + 0.5) * self.cell
        y = self.north - (np.arange(self.rows) + 0.5) * self.cell
        xs, ys = np.meshgrid(x, y)
        return xs, ys

    def xy(self, index: Ints) -> Floats:
        """Return centres of flat cell indices as an (n, 2) array, metres."""
        row, col = np.divmod(np.asarray(index), self.cols)
        return np.column_stack(
            [self.west + (col + 0.5) * self.cell, self.north - (row + 0.5) * self.cell]
        )

    def index(self, xy: Floats) -> Ints:
        """Return flat indices of the cells that hold the (n, 2) points, clipped to the grid."""
        xy = np.atleast_2d(xy)
        col = np.clip(((xy[:, 0] - self.west) // self.cell).astype(int), 0, self.cols - 1)
        row = np.clip(((self.north - xy[:, 1]) // self.cell).astype(int), 0, self.rows - 1)
        return np.asarray(row * self.cols + col, dtype=np.int64)

    def refined(self, factor: int) -> Grid:
        """Return the grid of the same extent with cells ``factor`` times smaller."""
        return Grid(
            self.west, self.north, self.cell / factor, self.rows * factor, self.cols * factor
        )

    def window(self, mask: Mask, margin: float) -> tuple[Grid, tuple[slice, slice]]:
        """Return the part of the grid around a mask with ``margin`` metres on each side."""
        pad = int(np.ceil(margin / self.cell))
        rows = np.flatnonzero(mask.any(axis=1))
        cols = np.flatnonzero(mask.any(axis=0))
        r0, r1 = max(rows[0] - pad, 0), min(rows[-1] + pad + 1, self.rows)
        c0, c1 = max(cols[0] - pad, 0), min(cols[-1] + pad + 1, self.cols)
        part = Grid(
            self.west + c0 * self.cell,
            self.north - r0 * self.cell,
            self.cell,
            int(r1 - r0),
            int(c1 - c0),
        )
        return part, (slice(r0, r1), slice(c0, c1))


def noise(grid: Grid, wavelength: float, rng: np.random.Generator, octaves: int = 4) -> Floats:
    """Return fractal value noise, mean 0 and standard deviation 1; wavelength in metres."""
    total = np.zeros(grid.shape)
    for octave in range(octaves):
        step = wavelength / 2**octave / grid.cell
        if step < 1.0:
            break
        size = (int(grid.rows / step) + 4, int(grid.cols / step) + 4)
        coarse = rng.standard_normal(size)
        row = np.arange(grid.rows) / step + 1.0
        col = np.arange(grid.cols) / step + 1.0
        points = np.meshgrid(row, col, indexing="ij")
        total += ndimage.map_coordinates(coarse, points, order=3, mode="nearest") / 2**octave
    return np.asarray((total - total.mean()) / total.std())
