"""How far from home a piece must look: a bound on where anybody can get within a limit."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .domain import Network
from .travel import ModeGraph
from .travel.graph import CLOSED

_SPARE_MS = 10
"""Each end of a way is rounded to whole milliseconds: four ends, half a millisecond each."""

_SPARE_METRES = 1.0

_SPEEDS = 129
"""Speeds tried, twice over: evenly over the edges, and evenly by ratio."""

_STEPS = 8
"""Limits are rounded up to this many steps when boxes are drawn around homes."""

_ROUNDS, _GAIN = 4, 0.99
"""A window is narrowed so often at most, and while it shrinks by more than a hundredth."""

_RUN = 256
"""Edges looked at together when a window is filled."""

Box = tuple[float, float, float, float]
"""Least x and y, greatest x and y, in metres of the projection."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """What the lines of a network are, whoever travels them, in plain arrays.

    Parameters
    ----------
    xy, ptr
        Coordinates of all lines, metres; those of edge e are ``ptr[e]`` to ``ptr[e + 1]``.
    bounds
        Least x and y, greatest x and y of each edge, metres of the projection, shape ``(4, m)``.
    length
        Of each line, metres of the projection, shape ``(m,)``.
    gap
        How far the two ends of each line lie from their nodes, together, shape ``(m,)``.
    kind, classes
        Which of the classes each edge is of, shape ``(m,)``.
    """

    xy: NDArray[np.float64]
    ptr: NDArray[np.int64]
    bounds: NDArray[np.float64]
    length: NDArray[np.float64]
    gap: NDArray[np.float64]
    kind: NDArray[np.int16]
    classes: NDArray[np.object_]

    @classmethod
    def of(cls, network: Network) -> "Shapes":
        """Return the lines of a network as arrays."""
        xy = shapely.get_coordinates(network.lines)
        ptr = np.append(0, np.cumsum(shapely.get_num_coordinates(network.lines)))
        at_u = xy[ptr[:-1]] - network.node_xy[network.u]
        at_v = xy[ptr[1:] - 1] - network.node_xy[network.v]
        kind, classes = pd.factorize(network.road_class)
        return cls(
            xy=xy,
            ptr=ptr,
            bounds=shapely.bounds(network.lines).T.copy(),
            length=shapely.length(network.lines),
            gap=np.hypot(*at_u.T) + np.hypot(*at_v.T),
            kind=kind.astype(np.int16),
            classes=np.asarray(classes, dtype=object),
        )


@dataclass(frozen=True, slots=True)
class Spread:
    """What bounds how far somebody gets along the edges one profile can use.

    Parameters
    ----------
    edges
        Positions of these edges in the network, rising, shape ``(m,)``.
    extent
        The farthest one can be moved by each edge, its line and the gaps between the ends of the
        line and the nodes: metres of the projection, shape ``(m,)``.
    gap
        The gaps alone, shape ``(m,)``.
    speeds, pace
        Some speeds in metres of the projection in a millisecond, rising to infinity, and the
        lowest of them that no stretch of each edge exceeds, shape ``(m,)``.
    blocks
        The edges in runs that lie close together.
    cap
        The longest way to the road, metres of the projection.
    """

    edges: NDArray[np.int64]
    extent: NDArray[np.float64]
    gap: NDArray[np.float64]
    speeds: NDArray[np.float64]
    pace: NDArray[np.int16]
    blocks: "Blocks"
    cap: float

    @classmethod
    def of(cls, graph: ModeGraph, shapes: Shapes) -> "Spread":
        """Return the bounds of a mode graph; of its first edge where it can use none."""
        network, profile = graph.network, graph.profile
        edges = np.flatnonzero((graph.forward_ms != CLOSED) | (graph.backward_ms != CLOSED))
        if not len(edges):
            edges = np.zeros(1, dtype=np.int64)
        length, gap = shapes.length[edges], shapes.gap[edges]
        on_foot = profile.access_kmh / 3600.0 / network.scale
        speed = np.full(len(edges), on_foot)
        for whole_ms, uneven in zip(
            (graph.forward_ms, graph.backward_ms), _unevenness(graph, edges), strict=True
        ):
            open_ = whole_ms[edges] != CLOSED
            each = _ratio(length * uneven + gap, whole_ms[edges].astype(float))
            speed = np.maximum(speed, np.where(open_, each, 0.0))
        speeds = _steps(np.append(speed, on_foot))
        return cls(
            edges=edges,
            extent=length + gap,
            gap=gap,
            speeds=speeds,
            pace=np.searchsorted(speeds, speed).astype(np.int16),
            blocks=Blocks.of(shapes.bounds[:, edges], network.u[edges]),
            cap=profile.access_cap_metres / network.scale + _SPARE_METRES,
        )

    def pull(self, rows: NDArray[np.int64] | None = None) -> "Pull":
        """Return how far some edges, or all, may take somebody.

        Parameters
        ----------
        rows
            The edges, positions in this record; None: all.
        """
        here = slice(None) if rows is None else rows
        extent: NDArray[np.float64] = np.bincount(
            self.pace[here], self.extent[here], minlength=len(self.speeds)
        ).astype(np.float64)
        return Pull(
            speed=self.speeds[:-1],
            faster=np.cumsum(extent[::-1])[::-1][1:],
            gaps=2.0 * float(self.gap[here].max(initial=0.0)),
        )

    def within(self, box: Box) -> NDArray[np.int64]:
        """Return which edges meet a box, as positions in this record, rising."""
        return self.blocks.within(box)


def _steps(speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return some speeds from the lowest to the highest there are, and infinity."""
    finite = speed[np.isfinite(speed)]
    shares = np.linspace(0.0, 1.0, _SPEEDS)
    spread_out = np.geomspace(finite.min(), finite.max(), _SPEEDS)
    ends = [finite.min(), finite.max(), np.inf]
    return np.unique(np.concatenate([np.quantile(finite, shares), spread_out, ends]))


@dataclass(frozen=True, slots=True)
class Blocks:
    """Boxes in runs of neighbours, so that few of them must be looked at.

    Parameters
    ----------
    order
        The boxes along the curve their nodes are numbered by, shape ``(m,)``.
    bounds
        Least x and y, greatest x and y of each, in that order, shape ``(4, m)``.
    outer
        The same of each run of `_RUN` boxes.
    """

    order: NDArray[np.int64]
    bounds: NDArray[np.float64]
    outer: NDArray[np.float64]

    @classmethod
    def of(cls, bounds: NDArray[np.float64], along: NDArray[np.int32]) -> "Blocks":
        """Return the runs of some boxes, sorted by a number that is near for who is near."""
        order = np.argsort(along, kind="stable")
        bounds = bounds[:, order]
        first = np.arange(0, len(order), _RUN)
        low = np.minimum.reduceat(bounds[:2], first, axis=1)
        high = np.maximum.reduceat(bounds[2:], first, axis=1)
        return cls(order, bounds, np.vstack([low, high]))

    def within(self, box: Box) -> NDArray[np.int64]:
        """Return which boxes meet a box, rising."""
        runs = np.flatnonzero(meets(self.outer, box))
        rows = (runs[:, None] * _RUN + np.arange(_RUN)).ravel()
        rows = rows[rows < len(self.order)]
        return np.sort(self.order[rows[meets(self.bounds[:, rows], box)]])


def meets(bounds: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    """Return which boxes, shape ``(4, k)``, have something in common with a box."""
    low_x, low_y, high_x, high_y = bounds
    return np.asarray(
        (low_x <= box[2]) & (high_x >= box[0]) & (low_y <= box[3]) & (high_y >= box[1])
    )


@dataclass(frozen=True, slots=True)
class Pull:
    """How far from home the end of a way over some edges can lie at most.

    Parameters
    ----------
    speed
        Some speeds, shape ``(k,)``.
    faster
        For each the extent of all edges that may be faster, shape ``(k,)``.
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
    spread: Spread,
    xy: NDArray[np.float64],
    limits: NDArray[np.int64],
    everywhere: Pull,
) -> tuple[NDArray[np.int64], Box]:
    """Return the edges some people may need within their limits, and the box that holds them.

    Parameters
    ----------
    spread
        Of the whole network.
    xy
        Where the people live, metres, shape ``(k, 2)``.
    limits
        How far each of them looks, in milliseconds, shape ``(k,)``.
    everywhere
        The pull of all edges.

    Returns
    -------
    tuple
        Positions in ``spread`` of every edge on a way within the limits, and of every edge that
        one of these people could be joined to; and the box, in which every site stands that one
        of them reaches within the limit or has at the doorstep.

    Notes
    -----
    Ways within the limits stay inside the first window, so only the edges in it count for how
    wide it must be: it is narrowed until that no longer helps.
    """
    wide = _widths(everywhere, limits)
    for _ in range(_ROUNDS):
        narrower = _widths(spread.pull(spread.within(around(xy, wide))), limits)
        if narrower.max() >= wide.max() * _GAIN:
            break
        wide = narrower
    # Doorsteps are walked to from as far as the cap, however slowly.
    box = around(xy, np.maximum(wide, spread.cap))
    found = spread.within(box)
    return (found if len(found) else np.zeros(1, dtype=np.int64)), box


def _widths(pull: Pull, limits: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how far from home each of some people may get, rounded up to a few steps."""
    step = int(limits.max()) // _STEPS + 1
    metres = np.array([pull.metres(step * i) for i in range(_STEPS + 1)])
    return metres[-(-limits // step)]


def around(xy: NDArray[np.float64], metres: NDArray[np.float64]) -> Box:
    """Return the box that holds everything within so many metres of each of some people."""
    low = (xy - metres[:, None]).min(axis=0)
    high = (xy + metres[:, None]).max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


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
