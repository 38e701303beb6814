"""Lines as flat arrays of vertices, segments and places along them."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines as arrays.

    Parameters
    ----------
    xy
        All vertices, line after line, metres, shape ``(v, 2)``.
    first
        Number of the first vertex of each line, and how many there are in all, shape
        ``(n + 1,)``.
    segment
        Number of the vertex each segment starts at, shape ``(s,)``.
    owner
        Line of each segment, shape ``(s,)``.
    along
        Metres from the start of its line to each vertex, shape ``(v,)``.

    Notes
    -----
    A place on a line is a number: that of the vertex before it, and the share of the segment
    that lies before it. A line that comes by a place twice has two such numbers there.
    """

    xy: Floats
    first: Ints
    segment: Ints
    owner: Ints
    along: Floats

    @classmethod
    def of(cls, shapes: Shapes) -> "Lines":
        """Return LineStrings in metres as arrays.

        Parameters
        ----------
        shapes
            LineStrings without heights, each of two vertices or more, shape ``(n,)``.
        """
        xy, line = shapely.get_coordinates(shapes, return_index=True)
        return cls.from_vertices(xy, np.asarray(line, dtype=np.int64), len(shapes))

    @classmethod
    def from_vertices(cls, xy: Floats, line: Ints, n: int) -> "Lines":
        """Return lines by their vertices, shape ``(v, 2)``, and the line of each, ascending."""
        first = np.searchsorted(line, np.arange(n + 1)).astype(np.int64)
        segment = np.flatnonzero(line[1:] == line[:-1])
        steps = np.zeros(len(xy))
        steps[segment + 1] = np.hypot(*(xy[segment + 1] - xy[segment]).T)
        total = np.cumsum(steps)
        return cls(xy, first, segment, line[segment], total - total[first[:-1]][line])

    @property
    def n(self) -> int:
        """How many lines."""
        return len(self.first) - 1

    @property
    def start(self) -> Ints:
        """Number of the first vertex of each line, shape ``(n,)``."""
        return self.first[:-1]

    @property
    def stop(self) -> Ints:
        """Number of the last vertex of each line, shape ``(n,)``."""
        return self.first[1:] - 1

    @property
    def metres(self) -> Floats:
        """Length of each line, shape ``(n,)``."""
        return self.along[self.stop]

    def segments(self) -> Shapes:
        """Return every segment as a LineString, shape ``(s,)``."""
        ends = np.stack([self.xy[self.segment], self.xy[self.segment + 1]], axis=1)
        return np.atleast_1d(np.asarray(shapely.linestrings(ends), dtype=object))

    def shapes(self) -> Shapes:
        """Return the lines as LineStrings, shape ``(n,)``."""
        line = np.repeat(np.arange(self.n), np.diff(self.first))
        return np.atleast_1d(np.asarray(shapely.linestrings(self.xy, indices=line), dtype=object))

    def with_ends(self, start: Floats, stop: Floats) -> "Lines":
        """Return the same lines with other first and last vertices, shape ``(n, 2)`` each."""
        xy = self.xy.copy()
        xy[self.start], xy[self.stop] = start, stop
        line = np.repeat(np.arange(self.n), np.diff(self.first))
        return Lines.from_vertices(xy, line, self.n)

    def foot(self, point: Floats, segment: Ints) -> tuple[Floats, Floats]:
        """Return the place on a segment nearest to each point, and how far it is.

        Parameters
        ----------
        point, segment
            Points, shape ``(k, 2)``, and the number of a segment for each, shape ``(k,)``.

        Returns
        -------
        place
            Where along its line, shape ``(k,)``.
        metres
            Distance from the point, shape ``(k,)``.
        """
        vertex = self.segment[segment]
        a, b = self.xy[vertex], self.xy[vertex + 1]
        step = b - a
        square = (step**2).sum(axis=1)
        share = np.divide(
            ((point - a) * step).sum(axis=1), square, out=np.zeros(len(a)), where=square > 0
        )
        share = np.clip(share, 0.0, 1.0)
        return vertex + share, np.hypot(*(a + share[:, None] * step - point).T)

    def at(self, place: Floats) -> Floats:
        """Return the coordinates of places along lines, shape ``(k, 2)``."""
        vertex = np.floor(place).astype(np.int64)
        share = (place - vertex)[:, None]
        after = np.minimum(vertex + 1, len(self.xy) - 1)
        there: Floats = np.where(
            share > 0, self.xy[vertex] * (1 - share) + self.xy[after] * share, self.xy[vertex]
        )
        return there

    def metres_at(self, place: Floats) -> Floats:
        """Return how many metres of its line lie before each place, shape ``(k,)``."""
        vertex = np.floor(place).astype(np.int64)
        after = np.minimum(vertex + 1, len(self.xy) - 1)
        share = place - vertex
        return np.where(
            share > 0, self.along[vertex] * (1 - share) + self.along[after] * share,
            self.along[vertex],
        )  # fmt: skip


def distinct(keys: Ints) -> Ints:
    """Return numbers once each, ascending; by sorting, since hashing regular numbers is slow."""
    ordered = np.sort(keys)
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def among(keys: Ints, known: Ints) -> Flags:
    """Return which numbers are among others, these ascending, shape of ``keys``."""
    if not len(known):
        return np.zeros(len(keys), dtype=np.bool_)
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[at] == keys, dtype=np.bool_)
