"""Roads drawn twice: on reading treated as one, and afterwards kept once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from ...domain.topology import JOIN_METRES
from .lines import Flags, Ints, Shapes


@dataclass(frozen=True, slots=True)
class Drawn:
    """Each line once, whichever way and how often it was drawn.

    Parameters
    ----------
    shapes
        LineStrings without repeated vertices, each in one direction, shape ``(k,)``.
    first
        The first row of each, shape ``(k,)``.
    row
        Which of them each row is, shape ``(n,)``.
    flipped
        Rows drawn the other way, shape ``(n,)``.
    """

    shapes: Shapes
    first: Ints
    row: Ints
    flipped: Flags

    def twice(self, facts: Ints, direction: Ints) -> Flags:
        """Return which rows are another row drawn again with the same facts, shape ``(n,)``.

        Parameters
        ----------
        facts, direction
            As for `doubles`, shape ``(n,)``.
        """
        way = np.where(self.flipped, -direction, direction)
        table = np.column_stack([self.row, facts, way, self.flipped])
        order = np.lexsort(table.T[::-1])
        same = (np.diff(table[order, :3], axis=0) == 0).all(axis=1)
        result = np.zeros(len(order), dtype=np.bool_)
        result[order[1:][same]] = True
        return result


def drawn_once(lines: Shapes, kind: Ints) -> Drawn:
    """Return each line once.

    Parameters
    ----------
    lines, kind
        LineStrings, and a number: lines of different kinds are different, shape ``(n,)``.
    """
    lines = np.asarray(shapely.remove_repeated_points(lines, 0.0), dtype=object)
    back = shapely.reverse(lines)
    ahead_bytes, back_bytes = shapely.to_wkb(lines), shapely.to_wkb(back)
    flipped = np.asarray(back_bytes < ahead_bytes, dtype=np.bool_)
    # Sorted, so that lines are numbered the same whatever order they were drawn in.
    shape = pd.factorize(np.where(flipped, back_bytes, ahead_bytes), sort=True)[0]
    table = np.column_stack([shape, kind])
    _, first, row = np.unique(table, axis=0, return_index=True, return_inverse=True)
    once = np.where(flipped, back, lines)[first]
    return Drawn(once, first, np.asarray(row, dtype=np.int64).ravel(), flipped)


def doubles(shapes: Shapes, u: Ints, v: Ints, facts: Ints, direction: Ints) -> Flags:
    """Return which edges are another one drawn again, with the same facts.

    Parameters
    ----------
    shapes, u, v
        LineStrings in metres and their nodes, shape ``(m,)``.
    facts
        A number for everything known of each edge but its direction.
    direction
        0 both ways, 1 along the line, -1 against it: two lines for the two directions of a street
        are no doubles.

    Notes
    -----
    Two edges are one where they join the same nodes and lie within a centimetre of each other
    all along. Of each such pair the one whose bytes come first is kept.
    """
    lines = np.where(u <= v, shapes, shapely.reverse(shapes))
    against = (u > v) | ((u == v) & shapely.is_ccw(shapes))
    way = np.where(against, -direction, direction)
    table = np.column_stack([np.minimum(u, v), np.maximum(u, v), facts, way])
    _, group, count = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    maybe = np.flatnonzero(count[group.ravel()] > 1)
    result = np.zeros(len(shapes), dtype=np.bool_)
    if not len(maybe):
        return result
    code = pd.factorize(shapely.to_wkb(lines[maybe]), sort=True)[0]
    order = maybe[np.lexsort((code, group.ravel()[maybe]))]
    starts = np.flatnonzero(np.diff(group.ravel()[order], prepend=-1))
    for edges in np.split(order, starts[1:]):
        result[_again(lines, edges)] = True
    return result


def _again(lines: Shapes, edges: Ints) -> list[int]:
    """Return those among edges between the same nodes that lie on one before them."""
    kept: list[int] = []
    again: list[int] = []
    for edge in edges.tolist():
        same = any(shapely.hausdorff_distance(lines[edge], lines[k]) <= JOIN_METRES for k in kept)
        (again if same else kept).append(edge)
    return again
