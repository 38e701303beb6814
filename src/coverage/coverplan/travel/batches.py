"""Many sites, each searched up to a limit: batches of neighbouring sites, shared out to threads."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..domain.layer import Direction
from .arcs import Arcs
from .buckets import width_shift
from .compiled import NEVER_MS
from .doors import Doors, Near, doors_by_node, evaluate, meet
from .graph import ModeGraph
from .joints import Ends, Pairs, people_ends, short_ways, site_ends
from .lanes import LANES, Desk, new_desk, search
from .snap import Snapped
from .threads import share_out

_MOST_BUCKETS = 1 << 14

Progress = Callable[[int], None]
"""Called with the number of sites done since the last call, from one thread or another."""


@dataclass(frozen=True, slots=True)
class Search:
    """Everything searches for one set of people and sites have in common.

    Parameters
    ----------
    arcs
        The graph searched outwards from the sites.
    doors
        Where people meet it.
    sites
        Where sites meet it.
    near
        Who gets to a site without it, by site.
    n_places
        Number of places people live at.
    limit
        In milliseconds, inclusive.
    """

    arcs: Arcs
    doors: Doors
    sites: Ends
    near: Pairs
    n_places: int
    limit: int

    @property
    def shift(self) -> int:
        """Binary logarithm of the width of a bucket, in milliseconds."""
        return max(width_shift(self.arcs), (self.limit // _MOST_BUCKETS).bit_length())


@dataclass(frozen=True, slots=True)
class Batches:
    """Some sites in the order of their nodes, `LANES` to a batch.

    Parameters
    ----------
    order
        Position of each site among those given, in the order they are searched.
    node, ms
        Where they meet the graph, in that order.
    near_ptr, near
        Entries ``near_ptr[b]`` to ``near_ptr[b + 1]`` belong to batch b.
    """

    order: NDArray[np.int64]
    node: NDArray[np.int32]
    ms: NDArray[np.int32]
    near_ptr: NDArray[np.int64]
    near: Near

    def __len__(self) -> int:
        return len(self.near_ptr) - 1


def prepare(
    graph: ModeGraph, demand: Snapped, sites: Snapped, direction: Direction, limit: int
) -> Search:
    """Return what searches from some sites need to know.

    Parameters
    ----------
    graph, demand, sites, direction
        As for `travel_times`.
    limit
        In milliseconds, inclusive; cut at `NEVER_MS`.
    """
    arcs = graph.arcs_to if direction == "to_site" else graph.arcs_from
    if arcs.ms.max(initial=0) >= NEVER_MS:  # so that adding to the latest time cannot overflow
        arcs = replace(arcs, ms=np.minimum(arcs.ms, np.int32(NEVER_MS - 1)))
    people = people_ends(graph, demand, direction)
    near = short_ways(graph, demand, sites, direction)
    by_site = np.argsort(near.site, kind="stable")
    return Search(
        arcs=arcs,
        doors=doors_by_node(people.node, people.ms, arcs.n_nodes),
        sites=site_ends(graph, sites, direction),
        near=Pairs(near.site[by_site], near.who[by_site], near.ms[by_site]),
        n_places=len(demand),
        limit=min(max(limit, -1), NEVER_MS - 1),
    )


def batches(whole: Search, first: int, last: int) -> Batches:
    """Return the sites at positions ``first`` to ``last - 1`` as batches of neighbours.

    Nodes are numbered along a curve through the plane, so sites with neighbouring numbers are
    neighbours, and search nearly the same nodes.
    """
    node = whole.sites.node[first:last]
    order = np.argsort(node[:, 0], kind="stable")
    n_batches = -(-len(order) // LANES)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    a, b = np.searchsorted(whole.near.site, [first, last])
    at = rank[whole.near.site[a:b] - first]
    by_batch = np.argsort(at // LANES, kind="stable")
    at, who = at[by_batch], whole.near.who[a:b][by_batch]
    ms = np.minimum(whole.near.ms[a:b][by_batch], NEVER_MS)
    return Batches(
        order=order,
        node=node[order],
        ms=whole.sites.ms[first:last][order],
        near_ptr=np.searchsorted(at // LANES, np.arange(n_batches + 1)),
        near=Near(who.astype(np.int32), ms.astype(np.int32), (at % LANES).astype(np.int32)),
    )


def run(
    whole: Search,
    some: Batches,
    take: Callable[[Desk, int, int], None],
    progress: Progress | None = None,
) -> None:
    """Search from some sites and hand over the people each batch has met.

    Parameters
    ----------
    whole, some
        What `prepare` and `batches` returned.
    take
        Called, from several threads, with a desk, the number of people's places on it, and the
        number of the batch; the desk is used again afterwards.
    progress
        Called as sites are done.
    """
    arcs, doors, limit, shift = whole.arcs, whole.doors, whole.limit, whole.shift

    def desk() -> Desk:
        return new_desk(arcs.n_nodes, whole.n_places, (max(limit, 0) >> shift) + 1)

    def work(desk: Desk, batch: int) -> None:
        at = slice(batch * LANES, (batch + 1) * LANES)
        here = slice(some.near_ptr[batch], some.near_ptr[batch + 1])
        near = Near(some.near.who[here], some.near.ms[here], some.near.lane[here])
        node, ms = some.node[at], some.ms[at]
        n = search(arcs.indptr, arcs.neighbour, arcs.ms, node, ms, limit, shift, desk)
        n_found = meet(n, doors, near, desk)
        evaluate(n, limit + 1, doors, near, desk)
        take(desk, n_found, batch)
        if progress is not None:
            progress(len(node))

    share_out(len(some), desk, work)
