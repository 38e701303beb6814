"""What is known of each road beyond its class: who may use it, its surface, its posted limit."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InternalError
from .arrays import frozen

FOOT, BICYCLE, MOTOR = 1, 2, 4
"""Bits of the three ways of moving that roads tell apart."""

EVERYBODY = FOOT | BICYCLE | MOTOR


@dataclass(frozen=True, slots=True)
class EdgeFacts:
    """Facts of the edges of a network that only some travellers ask for.

    Parameters
    ----------
    surface
        OpenStreetMap's ``surface``, "" where unknown, shape ``(m,)``.
    limit_kmh
        Posted speed limit, NaN where unknown, shape ``(m,)``.
    barred
        Who may not use the edge: bits `FOOT`, `BICYCLE`, `MOTOR`, shape ``(m,)``.
    both_ways
        Whom its direction does not bind (a contraflow cycle lane), bits likewise.
    raised
        Bridges and tunnels: they pass over or under what lies on the ground, and their height is
        that of their ends, shape ``(m,)``.
    headway_minutes
        Minutes between two departures of a ferry, NaN where unknown, shape ``(m,)``.
    crossing_minutes
        Minutes the whole edge takes where that is known (a ferry's crossing), else NaN.
    """

    surface: NDArray[np.object_]
    limit_kmh: NDArray[np.float64]
    barred: NDArray[np.uint8]
    both_ways: NDArray[np.uint8]
    raised: NDArray[np.bool_]
    headway_minutes: NDArray[np.float64]
    crossing_minutes: NDArray[np.float64]

    def __post_init__(self) -> None:
        if len({len(getattr(self, f.name)) for f in fields(self)}) != 1:
            raise InternalError("edge facts: columns of different lengths")

    def __len__(self) -> int:
        return len(self.barred)

    @classmethod
    def unknown(cls, n: int) -> "EdgeFacts":
        """Return the facts of n edges of which nothing is known: open to everybody."""
        return cls(
            surface=np.full(n, "", dtype=object),
            limit_kmh=np.full(n, np.nan),
            barred=np.zeros(n, dtype=np.uint8),
            both_ways=np.zeros(n, dtype=np.uint8),
            raised=np.zeros(n, dtype=np.bool_),
            headway_minutes=np.full(n, np.nan),
            crossing_minutes=np.full(n, np.nan),
        )

    def take(self, rows: NDArray[np.int64]) -> "EdgeFacts":
        """Return the facts of some rows, in that order, immutable."""
        return EdgeFacts(
            surface=frozen(self.surface[rows], np.object_),
            limit_kmh=frozen(self.limit_kmh[rows], np.float64),
            barred=frozen(self.barred[rows], np.uint8),
            both_ways=frozen(self.both_ways[rows], np.uint8),
            raised=frozen(self.raised[rows], np.bool_),
            headway_minutes=frozen(self.headway_minutes[rows], np.float64),
            crossing_minutes=frozen(self.crossing_minutes[rows], np.float64),
        )
