"""Where people and sites meet the network, in the form the compiled search takes."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from .graph import CLOSED, ModeGraph, travel_ms
from .snap import Snapped, along_edge_ms

_MILLIMETRE = 1e-3


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of unequal length: ``ids[ptr[r]:ptr[r + 1]]`` and ``ms`` belong to row r."""

    ptr: NDArray[np.int64]
    ids: NDArray[np.int32]
    ms: NDArray[np.int64]


def ragged(
    rows: NDArray[np.int64], ids: NDArray[np.int64], ms: NDArray[np.int64], n_rows: int
) -> Ragged:
    """Gather triplets into rows, in the order they came."""
    order = np.argsort(rows, kind="stable")
    ptr = np.zeros(n_rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n_rows), out=ptr[1:])
    return Ragged(ptr, ids[order].astype(np.int32), ms[order].astype(np.int64))


def site_seeds(graph: ModeGraph, sites: Snapped) -> Ragged:
    """Return for each site the nodes people enter its edge from, and the time from there."""
    return _ends(graph, sites, sites.enter_u_ms, sites.enter_v_ms, by_node=False)


def demand_doors(graph: ModeGraph, demand: Snapped) -> Ragged:
    """Return for each node the places that reach it along their own edge, and in how long."""
    return _ends(graph, demand, demand.leave_u_ms, demand.leave_v_ms, by_node=True)


def _ends(
    graph: ModeGraph,
    places: Snapped,
    u_ms: NDArray[np.int64],
    v_ms: NDArray[np.int64],
    *,
    by_node: bool,
) -> Ragged:
    who = np.arange(len(places), dtype=np.int64)
    parts = []
    for ends, ms in ((graph.network.u, u_ms), (graph.network.v, v_ms)):
        open_ = places.joined & (ms != CLOSED)
        nodes = ends[places.edge[open_]].astype(np.int64)
        parts.append((who[open_], nodes, ms[open_] + places.access_ms[open_]))
    place, node, total = (np.concatenate(p) for p in zip(*parts, strict=True))
    if by_node:
        return ragged(node, place, total, graph.arcs_to.n_nodes)
    return ragged(place, node, total, len(places))


def short_ways(graph: ModeGraph, demand: Snapped, sites: Snapped) -> Ragged:
    """Return for each site who gets there without passing a junction, and in how long.

    Two cases: both stand on one edge and it may be travelled from one to the other; or one is
    nearer to the other than to its own road, and simply walks over, at the access speed. The
    second makes a facility on the doorstep reached at 0 minutes, with or without a road.
    """
    rows, ids, ms = [], [], []
    for site, who, cost in (*_along(graph, demand, sites), *_across(graph, demand, sites)):
        rows.append(np.full(len(who), site, dtype=np.int64))
        ids.append(who)
        ms.append(cost)
    if not rows:
        empty = np.zeros(0, dtype=np.int64)
        return ragged(empty, empty, empty, len(sites))
    return ragged(np.concatenate(rows), np.concatenate(ids), np.concatenate(ms), len(sites))


_Way = tuple[int, NDArray[np.int64], NDArray[np.int64]]


def _along(graph: ModeGraph, demand: Snapped, sites: Snapped) -> list[_Way]:
    order = np.argsort(demand.edge, kind="stable")
    sorted_edges = demand.edge[order]
    ways: list[_Way] = []
    for site in np.flatnonzero(sites.joined):
        edge = int(sites.edge[site])
        lo, hi = np.searchsorted(sorted_edges, [edge, edge + 1])
        who = order[lo:hi]
        along = along_edge_ms(graph, edge, demand.fraction[who], float(sites.fraction[site]))
        open_ = along != CLOSED
        total = along + demand.access_ms[who] + sites.access_ms[site]
        ways.append((int(site), who[open_], total[open_]))
    return ways


def _across(graph: ModeGraph, demand: Snapped, sites: Snapped) -> list[_Way]:
    """Who is nearer to a site than either of the two is to its road, in both senses of nearer."""
    site, who = _around(graph, sites, demand)
    who_too, site_too = _around(graph, demand, sites)
    pairs = np.concatenate([site * len(demand) + who, site_too * len(demand) + who_too])
    if not len(pairs):
        return []
    site, who = np.divmod(np.unique(pairs), len(demand))
    metres = np.hypot(*(demand.xy[who] - sites.xy[site]).T) * graph.network.scale
    ms = travel_ms(metres, graph.profile.access_kmh)
    starts = np.flatnonzero(np.diff(site, prepend=-1))
    rows = np.split(np.arange(len(site)), starts[1:])
    return [(int(site[row[0]]), who[row], ms[row]) for row in rows]


def _around(
    graph: ModeGraph, centres: Snapped, others: Snapped
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of a centre and a place no farther from it than the centre's own road.

    Distances are compared to a millimetre: what is exactly as far as the road must not depend on
    rounding. A centre on its road has nobody nearer than that and is left out.
    """
    radius = np.minimum(centres.access_metres, graph.profile.access_cap_metres)
    off_road = np.flatnonzero(radius > _MILLIMETRE)
    if not len(off_road):
        return off_road, off_road
    within = (radius[off_road] + _MILLIMETRE) / graph.network.scale
    tree = shapely.STRtree(shapely.points(others.xy))
    centre, other = tree.query(
        shapely.points(centres.xy[off_road]), predicate="dwithin", distance=within
    )
    return off_road[centre], other.astype(np.int64)
