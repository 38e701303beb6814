"""Joining places to the road: the nearest point on the nearest edge, in the middle of it.

A place is joined where it is, not at the nearest junction (which moves headline figures by
several per cent of the people), and the way to the road is walked at its own speed.
"""

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from ..core.arguments import expect
from ..domain.arrays import frozen
from .coordinates import coordinates
from .graph import CLOSED, MAKE_GRAPH, ModeGraph, travel_ms
from .nearlines import NO_LINE, nearest_lines
from .walls import nearest_visible

NO_ROAD = NO_LINE
"""Edge of a place that has no usable road within the cap."""


_AT_END_METRES = 1e-3


@dataclass(frozen=True, slots=True)
class Snapped:
    """Places joined to the edges of a mode graph.

    Parameters
    ----------
    xy
        The places in metres, shape ``(n, 2)``.
    edge
        Edge each place is joined to, `NO_ROAD` where none is within the cap, shape ``(n,)``.
    fraction
        Where along the edge's line, from 0 at u to 1 at v, shape ``(n,)``.
    access_metres
        Straight way to that point in true metres; infinite where there is none, NaN where there
        are no roads at all, shape ``(n,)``.
    access_ms
        The same in milliseconds, shape ``(n,)``.
    leave_u_ms, leave_v_ms
        From the place along the edge to its ends, access leg not included; `CLOSED` where oneway
        forbids it, shape ``(n,)``.
    enter_u_ms, enter_v_ms
        From the ends of the edge to the place, likewise.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> graph = cp.mode_graph(county.network, county.profiles["metre_a_second"])
    >>> homes = cp.snap(graph, county.demand.xy)
    >>> county.demand.points["place"][~homes.joined].tolist()
    ['松坪']
    >>> homes.take([0, 8]).joined.tolist()
    [True, False]
    """

    xy: NDArray[np.float64]
    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    access_metres: NDArray[np.float64]
    access_ms: NDArray[np.int64]
    leave_u_ms: NDArray[np.int64]
    leave_v_ms: NDArray[np.int64]
    enter_u_ms: NDArray[np.int64]
    enter_v_ms: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.edge)

    def __repr__(self) -> str:
        return f"<Snapped: {len(self):,} places, {int(self.joined.sum()):,} with a road>"

    @property
    def joined(self) -> NDArray[np.bool_]:
        """Whether each place has a road, shape ``(n,)``."""
        return np.asarray(self.edge != NO_ROAD)

    def take(self, rows: NDArray[np.int64]) -> "Snapped":
        """Return the places at some positions, in that order: joined already, not joined anew."""
        some = Snapped(**{f.name: getattr(self, f.name)[rows] for f in fields(Snapped)})
        for f in fields(Snapped):
            getattr(some, f.name).setflags(write=False)
        return some


def snap(graph: ModeGraph, xy: NDArray[np.float64]) -> Snapped:
    """Join places to the nearest edge the profile may enter.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    xy
        Places in the network's CRS, metres, shape ``(n, 2)``.

    Raises
    ------
    InputError
        When ``xy`` are not two columns of known numbers, or ``graph`` is none.

    Notes
    -----
    Among edges at the same distance the first in the network's own order is taken. A place at the
    end of an edge stands on the junction: a oneway edge does not keep it from leaving there.
    Where the network has walls, it is the nearest edge whose nearest point is in sight.

    Where there are no roads at all everybody is where they are: joined to no edge in particular,
    at no distance that could be known.

    Examples
    --------
    >>> import numpy as np
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> graph = cp.mode_graph(county.network, county.profiles["metre_a_second"])
    >>> homes = cp.snap(graph, county.demand.xy)
    >>> homes.joined.tolist()
    [True, True, True, True, True, True, True, True, False]
    >>> beside = cp.snap(graph, county.demand.xy[:1] + [0, 40])  # 40 m off the main street
    >>> int(beside.access_metres[0].round()), int(beside.access_ms[0])
    (40, 40000)

    Points of a GeoDataFrame, in the coordinate system of the network:

    >>> villages = county.demand.points.to_crs(4490)
    >>> metres = villages.to_crs(county.network.crs).get_coordinates().to_numpy()
    >>> cp.snap(graph, metres)
    <Snapped: 9 places, 8 with a road>
    """
    expect("graph", graph, ModeGraph, mend=MAKE_GRAPH)
    xy = coordinates(xy)
    if graph.straight is not None:
        return _where_they_are(xy)
    n = len(xy)
    usable = np.flatnonzero(graph.enterable)
    points = shapely.points(xy)
    edge = np.full(n, NO_ROAD, dtype=np.int64)
    if len(usable) and n:
        cap = graph.profile.access_cap_metres / graph.network.scale
        near = nearest_lines(graph.doors, points, cap)
        if graph.network.walls is not None:
            there = np.asarray(xy, dtype=float)
            near = nearest_visible(there, near, graph.doors, graph.network.walls, cap)
        found = near != NO_ROAD
        edge[found] = usable[near[found]]
    joined = edge != NO_ROAD
    fraction = np.zeros(n)
    metres = np.full(n, np.inf)
    lines = graph.network.lines[edge[joined]]
    fraction[joined] = _fractions(lines, points[joined])
    metres[joined] = shapely.distance(lines, points[joined]) * graph.network.scale
    return _place(graph, np.array(xy, dtype=float), edge, fraction, metres)


def _where_they_are(xy: NDArray[np.float64]) -> Snapped:
    none = np.zeros(len(xy), dtype=np.int64)
    metres = np.full(len(xy), np.nan)
    places = np.array(xy, dtype=float).reshape(-1, 2)
    return Snapped(
        xy=frozen(places, np.float64),
        edge=frozen(none, np.int64),
        fraction=frozen(none, np.float64),
        access_metres=frozen(metres, np.float64),
        **{f.name: frozen(none, np.int64) for f in fields(Snapped)[4:]},
    )


def _fractions(lines: NDArray[np.object_], points: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return where along each line its point lies; within a millimetre of an end, at the end."""
    length = shapely.length(lines)
    along = shapely.line_locate_point(lines, points)
    fraction: NDArray[np.float64] = np.clip(along / np.where(length > 0, length, 1.0), 0.0, 1.0)
    fraction[along <= _AT_END_METRES] = 0.0
    fraction[length - along <= _AT_END_METRES] = 1.0
    return fraction


def _place(
    graph: ModeGraph,
    xy: NDArray[np.float64],
    edge: NDArray[np.int64],
    fraction: NDArray[np.float64],
    metres: NDArray[np.float64],
) -> Snapped:
    """Return the milliseconds from each place to the ends of its edge, and back."""
    joined = edge != NO_ROAD
    safe = np.where(joined, edge, 0)
    forward = np.where(joined, graph.forward_ms[safe], CLOSED)
    backward = np.where(joined, graph.backward_ms[safe], CLOSED)
    ahead = np.where(joined, graph.ahead_ms(safe, fraction), CLOSED)
    back = np.where(joined, graph.back_ms(safe, fraction), CLOSED)
    at_u, at_v = joined & (fraction <= 0.0), joined & (fraction >= 1.0)
    access = np.zeros(len(edge), dtype=np.int64)
    way = metres[joined] * graph.profile.access_detour
    access[joined] = travel_ms(way, graph.profile.access_kmh)
    return Snapped(
        xy=frozen(xy, np.float64),
        edge=frozen(edge, np.int64),
        fraction=frozen(fraction, np.float64),
        access_metres=frozen(metres, np.float64),
        access_ms=frozen(access, np.int64),
        leave_u_ms=frozen(np.where(at_u, 0, back), np.int64),
        leave_v_ms=frozen(
            np.where(at_v, 0, np.where(forward == CLOSED, CLOSED, forward - ahead)), np.int64
        ),
        enter_u_ms=frozen(np.where(at_u, 0, ahead), np.int64),
        enter_v_ms=frozen(
            np.where(at_v, 0, np.where(backward == CLOSED, CLOSED, backward - back)), np.int64
        ),
    )


def along_edge_ms(
    graph: ModeGraph, edge: int, start: NDArray[np.float64], end: float
) -> NDArray[np.int64]:
    """Return the milliseconds straight along one edge, `CLOSED` where that way is closed.

    Parameters
    ----------
    graph, edge
        The edge both places are joined to.
    start
        Fractions of the places people leave from, shape ``(k,)``.
    end
        Fraction of the place they go to.
    """
    edges = np.full(len(start), edge, dtype=np.int64)
    stop = np.full(len(start), end)
    result = np.full(len(start), CLOSED, dtype=np.int64)
    for time, allowed in ((graph.ahead_ms, start <= end), (graph.back_ms, start >= end)):
        here, there = time(edges, start), time(edges, stop)
        cost = np.abs(there - here)
        better = (here != CLOSED) & allowed & ((result == CLOSED) | (cost < result))
        result[better] = cost[better]
    return result
