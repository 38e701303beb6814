"""How far from home a piece must look: a bound on where anybody can get within a limit."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from .domain import Network
from .travel import ModeGraph
from .travel.graph import CLOSED

_SPARE_MS = 10
"""Each end of a way is rounded to whole milliseconds: four ends, half a millisecond each."""

_SPARE_METRES = 1.0
_ROUNDS = 4
_GAIN = 0.99
"""Another round is worth it while the window shrinks by more than this."""

Box = tuple[float, float, float, float]
"""Least x and y, greatest x and y, in metres of the projection."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the lines of a network measure, whoever travels them.

    Parameters
    ----------
    bounds
        Least x and y, greatest x and y of each edge, metres of the projection, shape ``(4, m)``.
    length
        Of each line, metres of the projection, shape ``(m,)``.
    gap
        How far the two ends of each line lie from their nodes, together, shape ``(m,)``.
    """

    bounds: NDArray[np.float64]
    length: NDArray[np.float64]
    gap: NDArray[np.float64]

    @classmethod
    def of(cls, network: Network) -> "Shapes":
        """Return the measures of a network's lines."""
        xy = shapely.get_coordinates(network.lines)
        stop = np.cumsum(shapely.get_num_coordinates(network.lines))
        start = np.append(0, stop[:-1])
        at_u, at_v = (
            xy[start] - network.node_xy[network.u],
            xy[stop - 1] - network.node_xy[network.v],
        )
        return cls(
            bounds=shapely.bounds(network.lines).T.copy(),
            length=shapely.length(network.lines),
            gap=np.hypot(*at_u.T) + np.hypot(*at_v.T),
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """What bounds how far somebody gets along the edges one profile can use.

    Parameters
    ----------
    edges
        Positions of these edges in the network, rising, shape ``(m,)``.
    bounds
        Least x and y, greatest x and y of each, metres of the projection, shape ``(4, m)``.
    extent
        The farthest one can be moved by each edge, its line and the gaps between the ends of the
        line and the nodes: metres of the projection, shape ``(m,)``.
    speed
        The most of these metres in a millisecond on any stretch of the edge, infinite where it
        takes no time, shape ``(m,)``.
    gap
        The gaps alone, shape ``(m,)``.
    on_foot
        Metres of the projection in a millisecond on the way to the road.
    cap
        The longest way to the road, metres of the projection.
    """

    edges: NDArray[np.int64]
    bounds: NDArray[np.float64]
    extent: NDArray[np.float64]
    speed: NDArray[np.float64]
    gap: NDArray[np.float64]
    on_foot: float
    cap: float

    @classmethod
    def of(cls, graph: ModeGraph, shapes: Shapes) -> "Spread":
        """Return the bounds of a mode graph; of its first edge where it can use none."""
        network, profile = graph.network, graph.profile
        edges = np.flatnonzero((graph.forward_ms != CLOSED) | (graph.backward_ms != CLOSED))
        if not len(edges):
            edges = np.zeros(1, dtype=np.int64)
        length, gap = shapes.length[edges], shapes.gap[edges]
        speed = np.zeros(len(edges))
        for whole_ms, uneven in zip(
            (graph.forward_ms, graph.backward_ms), _unevenness(graph, edges), strict=True
        ):
            open_ = whole_ms[edges] != CLOSED
            each = _ratio(length * uneven + gap, whole_ms[edges].astype(float))
            speed = np.maximum(speed, np.where(open_, each, 0.0))
        return cls(
            edges=edges,
            bounds=shapes.bounds[:, edges],
            extent=length + gap,
            speed=speed,
            gap=gap,
            on_foot=profile.access_kmh / 3600.0 / network.scale,
            cap=profile.access_cap_metres / network.scale + _SPARE_METRES,
        )

    def pull(self, rows: NDArray[np.int64] | None = None) -> "Pull":
        """Return how far some edges, or all, may take somebody.

        Parameters
        ----------
        rows
            The edges, positions in this record; None: all.
        """
        here = np.arange(len(self.edges)) if rows is None else rows
        fast = here[self.speed[here] > self.on_foot]
        order = np.argsort(-self.speed[fast])
        return Pull(
            speed=np.append(self.speed[fast][order], self.on_foot),
            faster=np.concatenate([[0.0], np.cumsum(self.extent[fast][order])]),
            gaps=2.0 * float(self.gap[here].max(initial=0.0)),
        )

    def within(self, box: Box) -> NDArray[np.int64]:
        """Return which edges meet a box, as positions in this record, rising."""
        low_x, low_y, high_x, high_y = self.bounds
        meets = (low_x <= box[2]) & (high_x >= box[0]) & (low_y <= box[3]) & (high_y >= box[1])
        return np.flatnonzero(meets)


@dataclass(frozen=True, slots=True)
class Pull:
    """How far from home the end of a way over some edges can lie at most.

    Parameters
    ----------
    speed
        The different speeds one may be limited to, falling, shape ``(k,)``.
    faster
        For each the extent of all edges that are faster, shape ``(k,)``.
    gaps
        Twice the widest gap between a line and its node.

    Notes
    -----
    A shortest way takes no edge twice. So for any speed s, a way within T moves nobody farther
    than s T and all that lies on edges faster than s. The least of these bounds over all s is
    taken: a short stretch that is very fast, or takes no time at all, then costs its length and
    not its speed.
    """

    speed: NDArray[np.float64]
    faster: NDArray[np.float64]
    gaps: float

    def metres(self, limit_ms: int) -> float:
        """Return the farthest within a limit, access legs included, in metres of the projection."""
        least = float((self.speed * (limit_ms + _SPARE_MS) + self.faster).min())
        return least + self.gaps + _SPARE_METRES


def window(
    spread: Spread, xy: NDArray[np.float64], limit_ms: int, everywhere: Pull
) -> tuple[NDArray[np.int64], Box]:
    """Return the edges some people may need within a limit, and the box these were looked for in.

    Parameters
    ----------
    spread
        Of the whole network.
    xy
        Where the people live, metres, shape ``(k, 2)``.
    limit_ms
        The limit.
    everywhere
        The pull of all edges.

    Returns
    -------
    tuple
        Positions in ``spread`` of every edge on a way within the limit, and of every edge that
        one of these people could be joined to; and the box, in which every site stands that one
        of them reaches within the limit or has at the doorstep.

    Notes
    -----
    Ways within the limit stay inside the first window, so only the edges in it count for how
    wide it must be: it is narrowed until that no longer helps.
    """
    home = (*xy.min(axis=0), *xy.max(axis=0))
    wide = everywhere.metres(limit_ms)
    for _ in range(_ROUNDS):
        narrower = spread.pull(spread.within(widened(home, wide))).metres(limit_ms)
        if narrower >= wide * _GAIN:
            break
        wide = narrower
    # Doorsteps are walked to from as far as the cap, however slowly.
    box = widened(home, max(wide, spread.cap))
    found = spread.within(box)
    return (found if len(found) else np.zeros(1, dtype=np.int64)), box


def widened(box: tuple[float, ...], metres: float) -> Box:
    """Return a box widened on all sides."""
    return box[0] - metres, box[1] - metres, box[2] + metres, box[3] + metres


def _ratio(metres: NDArray[np.float64], ms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quotient: infinite where something takes no time, 0 where nothing does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = metres / ms
    return np.where(np.isnan(quotient), 0.0, quotient)


def _unevenness(
    graph: ModeGraph, edges: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many times as fast as its mean the fastest stretch of each edge is, each way."""
    pace = graph.pace
    if pace is None:
        return np.ones(len(edges)), np.ones(len(edges))
    inner = np.ones(len(pace.fraction) - 1, dtype=np.bool_)
    inner[pace.ptr[1:-1] - 1] = False  # from the end of one edge to the start of the next
    stretch = np.diff(pace.fraction)[inner]
    first = pace.ptr[:-1] - np.arange(len(pace.ptr) - 1)
    ways = []
    for along in (pace.ahead, pace.back):
        whole = np.repeat(along[pace.ptr[1:] - 1], np.diff(pace.ptr) - 1)
        times = _ratio(stretch, np.diff(along)[inner] / whole)
        ways.append(np.maximum.reduceat(times, first)[edges])
    return ways[0], ways[1]
