"""The parts of a route: legs on edges, the ways to the doors, waits, and the line they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from ..domain.layer import Direction
from ..domain.network import Network
from ..domain.relief import Relief
from .graph import ModeGraph
from .service import parts_of
from .snap import Snapped

_ON_THE_SPOT_METRES = 1e-6


@dataclass(frozen=True, slots=True)
class Leg:
    """The part of a route on one edge.

    Parameters
    ----------
    edge, road_class
        The edge, and its class; of edges drawn on one line, the first.
    from_fraction, to_fraction
        Where on the edge the leg begins and ends, 0 at u and 1 at v.
    ms, metres
        Milliseconds, and true length.
    climb_metres
        Metres gone up, not counting those gone down; NaN where the network has no heights.
        Stretches of unknown height count as level.
    """

    edge: int
    road_class: str
    from_fraction: float
    to_fraction: float
    ms: int
    metres: float
    climb_metres: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one person to one site, or of the site's service to the person.

    Parameters
    ----------
    ms
        Milliseconds in all; the sum of the parts.
    straight
        Whether the way leads straight across from door to door, because one is nearer to the
        other than to its own road. It is then all in ``start_metres`` and ``start_ms``.
    start_metres, start_ms
        The way from the door it begins at to the road.
    end_metres, end_ms
        The way from the road to the door it ends at.
    wait_ms
        Waiting for ferries.
    climb_metres
        Metres gone up on the network; NaN where it has no heights.
    legs
        The parts on the network, in the order of travel.
    geometry
        LineString in the network's CRS in the direction of travel, doors included.
    """

    ms: int
    straight: bool
    start_metres: float
    start_ms: int
    end_metres: float
    end_ms: int
    wait_ms: int
    climb_metres: float
    legs: tuple[Leg, ...]
    geometry: shapely.LineString

    @property
    def metres(self) -> float:
        """True length, from door to door."""
        return self.start_metres + self.end_metres + sum(leg.metres for leg in self.legs)


@dataclass(frozen=True, slots=True)
class Way:
    """A way as a search found it, from the person's side to the site's.

    Parameters
    ----------
    steps
        Edge, fractions on the person's and on the site's side, milliseconds.
    wait_ms
        Waiting for ferries.
    """

    steps: tuple[tuple[int, float, float, int], ...]
    wait_ms: int


def route_of(
    graph: ModeGraph,
    person: tuple[Snapped, int],
    site: tuple[Snapped, int],
    way: Way,
    direction: Direction,
) -> Route:
    """Return a way over the network as a route in the direction of travel.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    person, site
        The two ends: places, and the position among them.
    way
        What the search found.
    direction
        Which of the two ends it begins at.
    """
    to = direction == "to_site"
    start, end = (person, site) if to else (site, person)
    steps = way.steps if to else tuple((e, b, a, ms) for e, a, b, ms in way.steps[::-1])
    network = graph.network
    legs = tuple(
        Leg(
            edge=edge,
            road_class=str(network.road_class[edge]),
            from_fraction=a,
            to_fraction=b,
            ms=ms,
            metres=float(network.metres[edge]) * abs(b - a),
            climb_metres=_climb(network.relief, edge, a, b),
        )
        for edge, a, b, ms in steps
        if a != b or ms
    )
    (from_metres, from_ms), (to_metres, to_ms) = _access(graph, *start), _access(graph, *end)
    level = np.nan if network.relief is None else 0.0
    return Route(
        ms=from_ms + to_ms + way.wait_ms + sum(leg.ms for leg in legs),
        straight=False,
        start_metres=from_metres,
        start_ms=from_ms,
        end_metres=to_metres,
        end_ms=to_ms,
        wait_ms=way.wait_ms,
        climb_metres=sum((leg.climb_metres for leg in legs), start=level),
        legs=legs,
        geometry=_line(
            [*_door(network, *start), *_drawn(network, legs), *_door(network, *end)[::-1]]
        ),
    )


def straight_route(
    graph: ModeGraph, metres: float, ms: int, start: NDArray[np.float64], end: NDArray[np.float64]
) -> Route:
    """Return the way straight across from door to door.

    Parameters
    ----------
    graph
        The network as the traveller sees it.
    metres, ms
        True length, and milliseconds.
    start, end
        Coordinates of the two doors, shape ``(2,)``.
    """
    return Route(
        ms=ms,
        straight=True,
        start_metres=metres,
        start_ms=ms,
        end_metres=0.0,
        end_ms=0,
        wait_ms=0,
        climb_metres=np.nan if graph.network.relief is None else 0.0,
        legs=(),
        geometry=_line([start, end]),
    )


def _access(graph: ModeGraph, places: Snapped, i: int) -> tuple[float, int]:
    metres = float(places.access_metres[i]) * graph.profile.access_detour
    return metres, int(places.access_ms[i])


def _door(network: Network, places: Snapped, i: int) -> list[NDArray[np.float64]]:
    """Return where a place is, and where it meets its road."""
    foot = network.lines[places.edge[i]].interpolate(places.fraction[i], normalized=True)
    return [places.xy[i], np.array([foot.x, foot.y])]


def _drawn(network: Network, legs: Sequence[Leg]) -> list[NDArray[np.float64]]:
    moved = [leg for leg in legs if leg.from_fraction != leg.to_fraction]
    lines = parts_of(
        network.lines[np.array([leg.edge for leg in moved], dtype=np.int64)],
        np.array([leg.from_fraction for leg in moved], dtype=float),
        np.array([leg.to_fraction for leg in moved], dtype=float),
    )
    return list(shapely.get_coordinates(lines))


def _line(points: Sequence[NDArray[np.float64]]) -> shapely.LineString:
    """Return the line through points, those that stand on the one before left out."""
    far = [b for a, b in pairwise(points) if np.abs(b - a).max() > _ON_THE_SPOT_METRES]
    return shapely.LineString([points[0], *far] if far else [points[0], points[0]])


def _climb(relief: Relief | None, edge: int, start: float, end: float) -> float:
    """Return the metres gone up between two fractions of an edge, in that direction."""
    if relief is None:
        return np.nan
    row = slice(relief.ptr[edge], relief.ptr[edge + 1])
    along, height = relief.fraction[row], relief.height_metres[row]
    low, high = min(start, end), max(start, end)
    stops = np.concatenate([[low], along[(along > low) & (along < high)], [high]])
    rise = np.nan_to_num(np.diff(np.interp(stops, along, height)))
    return float((rise if end >= start else -rise).clip(min=0.0).sum())
