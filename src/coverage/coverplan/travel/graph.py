"""A network as one traveller sees it: whole milliseconds along each edge, in each direction.

Travel times are integers of milliseconds. Sums of integers do not depend on the order in which
they are added, so every engine that adds the same edges gets the same number, and "exactly
fifteen minutes" means exactly that. Rounding an edge costs at most half a millisecond.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..domain.arrays import frozen
from ..domain.network import BACKWARD, FORWARD, Network
from ..domain.profile import Profile

CLOSED = -1
"""Milliseconds of an edge that cannot be used in a direction."""

MS_PER_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class ModeGraph:
    """Milliseconds along the edges of a network for one profile.

    Parameters
    ----------
    network, profile
        What it was made from.
    forward_ms, backward_ms
        Time from u to v and from v to u, shape ``(m,)``; `CLOSED` where that is not possible.
    enterable
        Whether a place beside the edge may be joined to it, shape ``(m,)``.
    component
        Number of the connected piece each edge belongs to, shape ``(m,)``; -1 for an edge the
        profile cannot use.
    component_metres
        Length of each piece.
    indptr, neighbour, arc_ms
        The graph searched from a site outwards: arcs lead against the direction of travel, so
        that a search from a site gives everybody's time *to* it.
    """

    network: Network
    profile: Profile
    forward_ms: NDArray[np.int64]
    backward_ms: NDArray[np.int64]
    enterable: NDArray[np.bool_]
    component: NDArray[np.int32]
    component_metres: NDArray[np.float64]
    indptr: NDArray[np.int64]
    neighbour: NDArray[np.int32]
    arc_ms: NDArray[np.int64]


def travel_ms(metres: NDArray[np.float64], kmh: NDArray[np.float64] | float) -> NDArray[np.int64]:
    """Return whole milliseconds for lengths in metres at speeds in km/h."""
    return np.rint(metres * 3600.0 / kmh).astype(np.int64)


def mode_graph(
    network: Network, profile: Profile, *, ignore_fragments_metres: float = 0.0
) -> ModeGraph:
    """Return the network as a profile travels it.

    Parameters
    ----------
    network, profile
        The roads, and the speeds on them.
    ignore_fragments_metres
        Nobody is joined to a connected piece shorter than this in all: stray pieces of path in a
        road file would otherwise cut off who lives beside them.
    """
    kmh = np.array([profile.speeds_kmh.get(c, np.nan) for c in network.road_class], dtype=float)
    usable = np.isfinite(kmh)
    both = np.full(network.n_edges, CLOSED, dtype=np.int64)
    both[usable] = travel_ms(network.metres[usable], kmh[usable])
    binding = profile.oneway
    forward = np.where(binding & (network.direction == BACKWARD), CLOSED, both)
    backward = np.where(binding & (network.direction == FORWARD), CLOSED, both)
    enterable = usable & ~np.isin(network.road_class, sorted(profile.no_access))
    forward, backward, enterable = _one_line_each(network, forward, backward, enterable)
    usable = (forward != CLOSED) | (backward != CLOSED)
    component, component_metres = _components(network, usable)
    enterable &= np.where(usable, component_metres[component] >= ignore_fragments_metres, False)
    indptr, neighbour, arc_ms = _arcs_towards(network, forward, backward)
    return ModeGraph(
        network=network,
        profile=profile,
        forward_ms=frozen(forward, np.int64),
        backward_ms=frozen(backward, np.int64),
        enterable=frozen(enterable, np.bool_),
        component=frozen(component, np.int32),
        component_metres=frozen(component_metres, np.float64),
        indptr=indptr,
        neighbour=neighbour,
        arc_ms=arc_ms,
    )


def _one_line_each(
    network: Network,
    forward: NDArray[np.int64],
    backward: NDArray[np.int64],
    enterable: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Put all edges drawn on one line on the first of them, with the least time each way.

    Who stands beside two lines on one place stands on both: whichever was taken for nearest, the
    other's direction or speed would be lost.
    """
    again = np.flatnonzero(network.twin != np.arange(network.n_edges))
    first, turned = network.twin[again], network.reverse[again]
    open_ = np.iinfo(np.int64).max
    ahead = np.where(forward == CLOSED, open_, forward)
    back = np.where(backward == CLOSED, open_, backward)
    its_ahead = np.where(turned, back[again], ahead[again])
    its_back = np.where(turned, ahead[again], back[again])
    np.minimum.at(ahead, first, its_ahead)
    np.minimum.at(back, first, its_back)
    enter = enterable.copy()
    np.logical_or.at(enter, first, enterable[again])
    ahead[again], back[again], enter[again] = open_, open_, False
    return np.where(ahead == open_, CLOSED, ahead), np.where(back == open_, CLOSED, back), enter


def _components(
    network: Network, usable: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the weakly connected piece of each usable edge, and the metres of each piece."""
    n = network.n_nodes
    u, v = network.u[usable], network.v[usable]
    graph = coo_matrix((np.ones(len(u), dtype=np.int8), (u, v)), shape=(n, n)).tocsr()
    _, label = connected_components(graph, directed=False)
    component = np.full(network.n_edges, -1, dtype=np.int32)
    component[usable] = label[u]
    metres = np.bincount(component[usable], weights=network.metres[usable], minlength=1)
    return component, metres.astype(np.float64)


def _arcs_towards(
    network: Network, forward: NDArray[np.int64], backward: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Return compressed arcs against the direction of travel: from v to u for each u -> v."""
    ahead, back = forward != CLOSED, backward != CLOSED
    start = np.concatenate([network.v[ahead], network.u[back]])
    end = np.concatenate([network.u[ahead], network.v[back]])
    ms = np.concatenate([forward[ahead], backward[back]])
    order = np.argsort(start, kind="stable")
    indptr = np.zeros(network.n_nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(start, minlength=network.n_nodes), out=indptr[1:])
    return frozen(indptr, np.int64), frozen(end[order], np.int32), frozen(ms[order], np.int64)
