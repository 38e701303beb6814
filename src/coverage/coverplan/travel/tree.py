"""Shortest path trees around sites, bounded in time: what routes and service areas are read from.

The engine proper (`nearest_site`, `travel_times`) keeps no trees, which is part of its speed.
"""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from ..domain.arrays import frozen
from ..domain.layer import Direction
from .compiled import compiled
from .graph import CLOSED, Arcs, ModeGraph
from .snap import Snapped

ROOT = -1
"""Parent of a node at which a site is joined."""


@dataclass(frozen=True, slots=True)
class Trees:
    """One bounded shortest path tree for each of several searches, as rows of unequal length.

    Parameters
    ----------
    ptr
        The nodes of search s are those from ``ptr[s]`` to ``ptr[s + 1]``, nearest first.
    node, ms
        Nodes, and the milliseconds between them and the site, its access leg included.
    parent, edge
        The next node towards the site, `ROOT` at its edge's ends, and the edge that leads there,
        -1 where it is boarding or leaving a ferry. All but ``ptr`` have shape ``(k,)``.
    """

    ptr: NDArray[np.int64]
    node: NDArray[np.int32]
    ms: NDArray[np.int64]
    parent: NDArray[np.int32]
    edge: NDArray[np.int32]


def site_seeds(
    graph: ModeGraph, sites: Snapped, direction: Direction
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the ends of the sites' edges: site, node, milliseconds between them; by site.

    Parameters
    ----------
    graph, sites
        The network, and sites joined to it.
    direction
        Which way people or services travel.
    """
    to = direction == "to_site"
    sides = (
        (graph.network.u, sites.enter_u_ms if to else sites.leave_u_ms),
        (graph.network.v, sites.enter_v_ms if to else sites.leave_v_ms),
    )
    parts = []
    for end, ms in sides:
        which = np.flatnonzero(sites.joined & (ms != CLOSED))
        parts.append((which, end[sites.edge[which]], ms[which] + sites.access_ms[which]))
    site, node, total = (np.concatenate(p).astype(np.int64) for p in zip(*parts, strict=True))
    order = np.argsort(site, kind="stable")
    return site[order], node[order], total[order]


def grow(
    arcs: Arcs,
    search: NDArray[np.int64],
    node: NDArray[np.int64],
    ms: NDArray[np.int64],
    limit: NDArray[np.int64],
) -> Trees:
    """Return the shortest path trees of several searches.

    Parameters
    ----------
    arcs
        The graph searched outwards from the sites.
    search, node, ms
        Where the searches begin: ascending number of the search, node, milliseconds there.
    limit
        Milliseconds each search is bounded by, inclusive; shape ``(n_searches,)``.

    Notes
    -----
    Dijkstra's algorithm (1959) with a binary heap; nodes equally far are settled by their number,
    and of equal ways to a node the one found first is kept, so that ties never depend on chance
    and a tree has no circles even where edges take no time.
    """
    ptr = np.searchsorted(search, np.arange(len(limit) + 1))
    rows = _grow(arcs.indptr, arcs.neighbour, arcs.ms, arcs.edge, ptr, node, ms, limit)
    ends, nodes, times, parents, edges = rows
    return Trees(
        frozen(ends, np.int64),
        frozen(nodes, np.int32),
        frozen(times, np.int64),
        frozen(parents, np.int32),
        frozen(edges, np.int32),
    )


_Rows = tuple[
    NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]
]


@compiled
def _grow(
    indptr: NDArray[np.int64],
    neighbour: NDArray[np.int32],
    arc_ms: NDArray[np.int32],
    arc_edge: NDArray[np.int32],
    seed_ptr: NDArray[np.int64],
    seed_node: NDArray[np.int64],
    seed_ms: NDArray[np.int64],
    limit: NDArray[np.int64],
) -> _Rows:
    n_nodes, n_searches = len(indptr) - 1, len(limit)
    best = np.full(n_nodes, -1, dtype=np.int64)
    parent = np.full(n_nodes, -1, dtype=np.int32)
    by_edge = np.full(n_nodes, -1, dtype=np.int32)
    settled = np.zeros(n_nodes, dtype=np.bool_)
    row_ptr = np.zeros(n_searches + 1, dtype=np.int64)
    room = 1024
    out_node, out_ms = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int64)
    out_parent, out_edge = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    filled = 0
    for s in range(n_searches):
        heap = [(np.int64(0), np.int64(0)) for _ in range(0)]
        for i in range(seed_ptr[s], seed_ptr[s + 1]):
            node, ms = seed_node[i], seed_ms[i]
            if ms <= limit[s] and (best[node] < 0 or ms < best[node]):
                best[node] = ms
                heappush(heap, (ms, node))
        while len(heap) > 0:
            ms, node = heappop(heap)
            if settled[node]:
                continue
            settled[node] = True
            if filled == room:
                room *= 2
                out_node = np.concatenate((out_node, out_node))
                out_ms = np.concatenate((out_ms, out_ms))
                out_parent = np.concatenate((out_parent, out_parent))
                out_edge = np.concatenate((out_edge, out_edge))
            out_node[filled], out_ms[filled] = node, ms
            out_parent[filled], out_edge[filled] = parent[node], by_edge[node]
            filled += 1
            for arc in range(indptr[node], indptr[node + 1]):
                there, new = np.int64(neighbour[arc]), ms + arc_ms[arc]
                if new <= limit[s] and (best[there] < 0 or new < best[there]):
                    best[there], parent[there], by_edge[there] = new, node, arc_edge[arc]
                    heappush(heap, (new, there))
        row_ptr[s + 1] = filled
        for i in range(row_ptr[s], filled):  # clear no more than was touched
            node = out_node[i]
            best[node], parent[node], by_edge[node], settled[node] = -1, -1, -1, False
    return row_ptr, out_node[:filled], out_ms[:filled], out_parent[:filled], out_edge[:filled]
