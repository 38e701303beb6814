"""Where people and sites meet the network, in the form the compiled searches take."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..domain.layer import Direction
from .compiled import NEVER_MS, Ids, Ms, Whole, compiled
from .graph import CLOSED, ModeGraph, travel_ms
from .neighbours import near_pairs
from .snap import Snapped
from .walls import crosses_walls

_MILLIMETRE = 1e-3


@dataclass(frozen=True, slots=True)
class Ends:
    """The nodes a place meets the graph at, and how far it is from them.

    Parameters
    ----------
    node
        Two nodes for each place, shape ``(n, 2)``. A place with one has it twice, a place
        without any has the number of nodes of the graph instead.
    ms
        Milliseconds between the place and them, the access leg included, shape ``(n, 2)``.
    """

    node: Ids
    ms: Ms


@dataclass(frozen=True, slots=True)
class Pairs:
    """Who gets to (or from) which site without passing a junction, in no particular order.

    Parameters
    ----------
    site, who, ms
        Positions of the site and of the place, and milliseconds, shape ``(k,)``. A pair may
        stand here twice.
    """

    site: NDArray[np.int64]
    who: NDArray[np.int64]
    ms: NDArray[np.int64]


def people_ends(graph: ModeGraph, people: Snapped, direction: Direction) -> Ends:
    """Return where people leave for the network, or are reached from it."""
    return _ends(graph, people, leaving=direction == "to_site")


def site_ends(graph: ModeGraph, sites: Snapped, direction: Direction) -> Ends:
    """Return where sites are reached from the network, or their service leaves for it."""
    return _ends(graph, sites, leaving=direction == "from_site")


def _ends(graph: ModeGraph, places: Snapped, *, leaving: bool) -> Ends:
    network = graph.network
    sides = (
        (places.leave_u_ms, places.leave_v_ms, graph.forward_ms, graph.backward_ms)
        if leaving
        else (places.enter_u_ms, places.enter_v_ms, graph.backward_ms, graph.forward_ms)
    )
    node = np.empty((len(places), 2), dtype=np.int32)
    ms = np.zeros((len(places), 2), dtype=np.int32)
    _fill_ends(
        places.edge, places.access_ms, *sides, network.u, network.v, graph.arcs_to.n_nodes, node, ms
    )
    return Ends(node, ms)


@compiled
def _spared(ms: Whole, other_ms: Whole, edge_ms: Whole) -> bool:
    """Return whether a way takes at least as long as the other one and the whole edge."""
    return bool(min(other_ms, edge_ms) != CLOSED and other_ms + edge_ms <= ms)


@compiled
def _with_access(ms: Whole, access_ms: Whole) -> Whole:
    return ms + access_ms if ms != CLOSED and ms + access_ms < NEVER_MS else CLOSED


@compiled
def _fill_ends(
    edge: NDArray[np.int64],
    access_ms: NDArray[np.int64],
    u_ms: NDArray[np.int64],
    v_ms: NDArray[np.int64],
    via_u_ms: NDArray[np.int64],
    via_v_ms: NDArray[np.int64],
    u: Ids,
    v: Ids,
    nowhere: int,
    node: Ids,
    ms: Ms,
) -> None:
    """Fill in the ends of places.

    An end is left out where the other end with the whole edge is no longer way: the search
    finds that way itself. Who stands on a junction has one end.

    Parameters
    ----------
    edge, access_ms
        Of each place.
    u_ms, v_ms
        Between each place and the ends of its edge, `CLOSED` where that is not possible.
    via_u_ms, via_v_ms
        Along each whole edge as one end is reached by way of the other: v by way of u, u by
        way of v.
    u, v
        Nodes of each edge.
    nowhere
        Node of those who have none.
    node, ms
        Filled in.
    """
    for i in range(len(edge)):
        node[i, 0], node[i, 1] = nowhere, nowhere
        if edge[i] < 0:
            continue
        a, b, e = u_ms[i], v_ms[i], edge[i]
        if _spared(b, a, via_u_ms[e]):
            b = CLOSED
        elif _spared(a, b, via_v_ms[e]):
            a = CLOSED
        a, b = _with_access(a, access_ms[i]), _with_access(b, access_ms[i])
        if a != CLOSED:
            node[i, 0], ms[i, 0] = u[e], a
        if b != CLOSED:
            node[i, 1], ms[i, 1] = v[e], b
        if a == CLOSED:
            node[i, 0], ms[i, 0] = node[i, 1], ms[i, 1]
        elif b == CLOSED:
            node[i, 1], ms[i, 1] = node[i, 0], ms[i, 0]
        elif node[i, 0] == node[i, 1]:  # a loop
            ms[i, 0] = min(ms[i, 0], ms[i, 1])
            ms[i, 1] = ms[i, 0]


def short_ways(graph: ModeGraph, demand: Snapped, sites: Snapped, direction: Direction) -> Pairs:
    """Return who gets to a site, or is reached from it, without passing a junction.

    Two cases: both stand on one edge and it may be travelled from one to the other; or one is
    nearer to the other than to its own road, and simply walks over, at the access speed. The
    second makes a facility on the doorstep reached at 0 minutes, with or without a road.
    """
    along, across = _along(graph, demand, sites, direction), _across(graph, demand, sites)
    return Pairs(
        np.concatenate([along.site, across.site]),
        np.concatenate([along.who, across.who]),
        np.concatenate([along.ms, across.ms]),
    )


def _between(places: Snapped) -> NDArray[np.int64]:
    """Return who stands between the ends of an edge: from an end the search leads everywhere."""
    return np.flatnonzero(places.joined & (places.fraction > 0.0) & (places.fraction < 1.0))


def _along(graph: ModeGraph, demand: Snapped, sites: Snapped, direction: Direction) -> Pairs:
    where, who = _between(sites), _between(demand)
    served = np.zeros(graph.network.n_edges, dtype=bool)
    served[sites.edge[where]] = True
    who = who[served[demand.edge[who]]]
    site, who = _on_one_edge(sites.edge, where, demand.edge, who)
    edge = demand.edge[who]
    start, end = demand.fraction[who], sites.fraction[site]
    if direction == "from_site":
        start, end = end, start
    ahead = graph.ahead_ms(edge, end) - graph.ahead_ms(edge, start)
    back = graph.back_ms(edge, start) - graph.back_ms(edge, end)
    far = np.iinfo(np.int64).max // 2
    ms = np.minimum(
        np.where((graph.forward_ms[edge] != CLOSED) & (start <= end), ahead, far),
        np.where((graph.backward_ms[edge] != CLOSED) & (start >= end), back, far),
    )
    open_ = ms < far
    site, who = site[open_], who[open_]
    return Pairs(site, who, ms[open_] + demand.access_ms[who] + sites.access_ms[site])


def _on_one_edge(
    a_edge: NDArray[np.int64],
    a: NDArray[np.int64],
    b_edge: NDArray[np.int64],
    b: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return all pairs of one of ``a`` and one of ``b`` that stand on one edge."""
    b = b[np.argsort(b_edge[b], kind="stable")]
    first = np.searchsorted(b_edge[b], a_edge[a], side="left")
    many = np.searchsorted(b_edge[b], a_edge[a], side="right") - first
    start = np.repeat(first - (np.cumsum(many) - many), many)
    return np.repeat(a, many), b[start + np.arange(len(start))]


def _across(graph: ModeGraph, demand: Snapped, sites: Snapped) -> Pairs:
    """Who is nearer to a site than either of the two is to its road, in both senses of nearer."""
    site, who = near_pairs(sites.xy, _radius(graph, sites), demand.xy, _radius(graph, demand))
    open_ = ~crosses_walls(demand.xy[who], sites.xy[site], graph.network.walls)
    site, who = site[open_], who[open_]
    metres = np.hypot(*(demand.xy[who] - sites.xy[site]).T) * graph.network.scale
    way = metres * graph.profile.access_detour
    return Pairs(site, who, travel_ms(way, graph.profile.access_kmh))


def _radius(graph: ModeGraph, places: Snapped) -> NDArray[np.float64]:
    """Return how near another place must be to be walked to, in units of the CRS; -1 for never.

    Distances are compared to a millimetre: what is exactly as far as the road must not depend on
    rounding. Who stands on the road has nobody nearer than that.
    """
    metres = np.minimum(places.access_metres, graph.profile.access_cap_metres)
    radius = (metres + _MILLIMETRE) / graph.network.scale
    return np.where(metres > _MILLIMETRE, radius, -1.0)
