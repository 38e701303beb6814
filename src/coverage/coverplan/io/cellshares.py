"""Which unit each cell of a raster lies in: whole cells by their middle, cut ones by area."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.transform import Affine

_CHUNK_CELLS = 64
_LEAST_AREA = 1e-9


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of cells, each within one unit.

    Parameters
    ----------
    cell
        Row and column of the cell in its tile, shape ``(n, 2)``.
    xy
        A place within the part, in cells (column, row) of the raster, shape ``(n, 2)``.
    unit
        Position of the unit, shape ``(n,)``.
    share
        Share of the cell's area, shape ``(n,)``.
    """

    cell: NDArray[np.int64]
    xy: NDArray[np.float64]
    unit: NDArray[np.int64]
    share: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cutter:
    """Units in cells of a raster, to cut its cells by.

    Parameters
    ----------
    units
        Polygons in cells (column, row).
    tree
        Index of their boxes.
    """

    units: NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, units: NDArray[np.object_]) -> "Cutter":
        """Return the cutter of polygons in cells (column, row)."""
        return cls(units, shapely.STRtree(units))

    def tile(
        self, column: int, row: int, shape: tuple[int, int]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the unit each cell's middle lies in (-1: none), and which cells a line cuts.

        Parameters
        ----------
        column, row, shape
            First cell of the tile, and its height and width in cells.
        """
        unit = np.full(shape, -1, dtype=np.int64)
        cut = np.zeros(shape, dtype=np.bool_)
        box = shapely.box(column, row, column + shape[1], row + shape[0])
        here = np.sort(self.tree.query(box))
        if not len(here):
            return unit, cut
        near = box.buffer(1.0)
        shapes = [(self.units[i].intersection(near), int(i) + 1) for i in here]
        shapes = [(one, i) for one, i in shapes if one.area > 0]
        if not shapes:
            return unit, cut
        at = Affine.translation(column, row)
        # In the order of units backwards, so that the first of two that overlap has the cell.
        drawn = rasterize(shapes[::-1], out_shape=shape, transform=at, fill=0, dtype="int32")
        lines = [one.boundary for one, _ in shapes]
        cut = rasterize(
            lines, out_shape=shape, transform=at, fill=0, all_touched=True, dtype="uint8"
        ).astype(np.bool_)
        return drawn.astype(np.int64) - 1, cut

    def parts(self, column: int, row: int, cells: NDArray[np.int64]) -> Parts:
        """Return the parts of cells within units; their areas are measured in the raster's system.

        Parameters
        ----------
        column, row
            First cell of the tile.
        cells
            Row and column of each cell in the tile, shape ``(n, 2)``.
        """
        found = list(self._chunks(column, row, cells))
        if not found:
            return Parts(
                np.empty((0, 2), np.int64), np.empty((0, 2)), np.empty(0, np.int64), np.empty(0)
            )
        which, unit, shapes = (np.concatenate(column) for column in zip(*found, strict=True))
        share = shapely.area(shapes)
        # Units that overlap share the cell: nobody is counted twice.
        total = np.bincount(which, share, len(cells))[which]
        xy = shapely.get_coordinates(shapely.point_on_surface(shapes))
        return Parts(cells[which], xy, unit, share / np.maximum(total, 1.0))

    def _chunks(
        self, column: int, row: int, cells: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]]:
        """Yield position of the cell, unit and shape of parts; units are cut to chunks first."""
        chunk = cells // _CHUNK_CELLS
        order = np.lexsort((chunk[:, 1], chunk[:, 0]))
        change = np.flatnonzero((np.diff(chunk[order], axis=0) != 0).any(axis=1)) + 1
        for mine in np.split(order, change) if len(order) else []:
            x = column + cells[mine, 1].astype(np.float64)
            y = row + cells[mine, 0].astype(np.float64)
            boxes = shapely.box(x, y, x + 1, y + 1)
            around = shapely.box(x.min(), y.min(), x.max() + 1, y.max() + 1)
            for unit in np.sort(self.tree.query(around)).tolist():
                near = shapely.intersection(self.units[unit], around)
                shapes = shapely.intersection(boxes, near)
                some = shapely.area(shapes) > _LEAST_AREA
                if some.any():
                    yield mine[some], np.full(int(some.sum()), unit), shapes[some]
