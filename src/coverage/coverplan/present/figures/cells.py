"""People as a raster: cells coloured by the class most of the people in them are in."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.colors
import numpy as np
from numpy.typing import NDArray

from .frame import Frame

_POINTS, _ORDER = 2.0, 4
"""Size of a cell on paper in points, before it is rounded to metres."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A raster of classes: metres a side, its south-west corner, classes (-1 nobody)."""

    metres: float
    corner: tuple[float, float]
    classes: NDArray[np.int64]


def cells_of(
    frame: Frame, xy: NDArray[np.float64], people: NDArray[np.int64], classes: NDArray[np.int64]
) -> Cells:
    """Return the raster of what a map shows; a cell has the class most of its people are in.

    Parameters
    ----------
    frame
        The map.
    xy, people, classes
        Places in metres, shape ``(n, 2)``, people at each and their class, from 0 on.
    """
    west, south, east, north = frame.limits
    side = _round_side(_POINTS * frame.sheet.larger * frame.metres)
    west, south = np.floor(west / side) * side, np.floor(south / side) * side
    wide, high = int(np.ceil((east - west) / side)), int(np.ceil((north - south) / side))
    x, y = (np.floor((xy - [west, south]) / side).astype(np.int64)).T
    seen = (x >= 0) & (x < wide) & (y >= 0) & (y < high) & (people > 0)
    kinds = int(classes.max(initial=0)) + 1
    counted = np.zeros((high * wide, kinds), dtype=np.int64)
    np.add.at(counted, (y[seen] * wide + x[seen], classes[seen]), people[seen])
    # Of classes with as many people the farther one: nobody is shown as better served.
    most = kinds - 1 - np.argmax(counted[:, ::-1], axis=1)
    found = np.where(counted.sum(axis=1) > 0, most, -1).reshape(high, wide)
    return Cells(float(side), (float(west), float(south)), found)


def draw_cells(frame: Frame, cells: Cells, fills: Sequence[str]) -> None:
    """Draw a raster of classes, each in its colour, sharp at any size."""
    table = np.array([matplotlib.colors.to_rgba(fill) for fill in fills] + [(0, 0, 0, 0)])
    high, wide = cells.classes.shape
    west, south = cells.corner
    limits = frame.limits
    frame.axes.imshow(
        (table[cells.classes] * 255).astype(np.uint8),
        extent=(west, west + wide * cells.metres, south, south + high * cells.metres),
        origin="lower", interpolation="nearest", zorder=_ORDER, aspect="auto",
    )  # fmt: skip
    frame.axes.set_xlim(limits[0], limits[2])
    frame.axes.set_ylim(limits[1], limits[3])


def _round_side(metres: float) -> float:
    """Return the next round number of metres, one or two digits, that is not shorter."""
    ten = 10.0 ** np.floor(np.log10(max(metres, 10.0)))
    steps = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return float(next(step * ten for step in steps if step * ten >= metres - 1e-9))
