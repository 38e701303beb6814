"""The graph that is searched: arcs between junctions in compressed rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError
from ..domain.arrays import frozen
from ..domain.network import Network
from ..domain.profile import FERRY, Profile
from .speeds import CLOSED, MS_PER_MINUTE, NEVER_MS, too_slow


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs out of each node: those of node i are ``indptr[i]`` to ``indptr[i + 1]``.

    Parameters
    ----------
    indptr
        Shape ``(n + 1,)``.
    neighbour, ms
        Where each arc leads, and its whole milliseconds, shape ``(a,)``.
    edge
        The edge of the network each arc runs on, -1 where it is boarding or leaving a ferry.
    """

    indptr: NDArray[np.int64]
    neighbour: NDArray[np.int32]
    ms: NDArray[np.int32]
    edge: NDArray[np.int32]

    @property
    def n_nodes(self) -> int:
        """Number of nodes, piers counted once for land and once for each headway."""
        return len(self.indptr) - 1


def arcs_both_ways(
    network: Network,
    profile: Profile,
    forward_ms: NDArray[np.int64],
    backward_ms: NDArray[np.int64],
) -> tuple[Arcs, Arcs]:
    """Return the arcs against the direction of travel, and those along it.

    A search against travel from a site gives everybody's time to it; one along travel gives the
    time from it. Where every way takes the same time both ways the two are one object.
    """
    u, v, extra, n = _with_piers(network, profile, forward_ms, backward_ms)
    ahead, back = forward_ms != CLOSED, backward_ms != CLOSED
    number = np.arange(network.n_edges, dtype=np.int64)
    start = np.concatenate([u[ahead], v[back], extra[:, 0]])
    end = np.concatenate([v[ahead], u[back], extra[:, 1]])
    ms = np.concatenate([forward_ms[ahead], backward_ms[back], extra[:, 2]])
    edge = np.concatenate([number[ahead], number[back], np.full(len(extra), -1)])
    against = _compressed(end, start, ms, edge, n)
    if not len(extra) and np.array_equal(forward_ms, backward_ms):
        return against, against
    return against, _compressed(start, end, ms, edge, n)


def _compressed(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    ms: NDArray[np.int64],
    edge: NDArray[np.int64],
    n: int,
) -> Arcs:
    order = np.argsort(start, kind="stable")
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(start, minlength=n), out=indptr[1:])
    return Arcs(
        frozen(indptr, np.int64),
        frozen(end[order], np.int32),
        frozen(ms[order], np.int32),
        frozen(edge[order], np.int32),
    )


def _with_piers(
    network: Network,
    profile: Profile,
    forward_ms: NDArray[np.int64],
    backward_ms: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], int]:
    """Give every ferry end a node of its own, which is entered by waiting and left at once.

    Returns
    -------
    tuple
        Start and end node of each edge, the arcs of boarding and leaving (start, end, ms), and
        the number of nodes. Ferries of one headway share the node of a pier: going on with
        the same line costs no second wait.
    """
    u, v = network.u.astype(np.int64), network.v.astype(np.int64)
    none = np.zeros((0, 3), dtype=np.int64)
    open_ = (forward_ms != CLOSED) | (backward_ms != CLOSED)
    ferries = np.flatnonzero(open_ & (network.road_class == FERRY))
    if profile.ferry is None or not len(ferries):
        return u, v, none, network.n_nodes
    headway = network.facts.headway_minutes[ferries]
    headway = np.where(np.isnan(headway), profile.ferry.headway_minutes, headway)
    wait = np.rint(headway * profile.ferry.wait_share * MS_PER_MINUTE).astype(np.int64)
    if wait.max() >= NEVER_MS:
        raise InputError([too_slow(profile)])
    ends = np.concatenate([u[ferries], v[ferries]])
    piers, which = np.unique(
        np.column_stack([ends, np.concatenate([wait, wait])]), axis=0, return_inverse=True
    )
    afloat = network.n_nodes + which.ravel()
    u[ferries], v[ferries] = afloat[: len(ferries)], afloat[len(ferries) :]
    boat = network.n_nodes + np.arange(len(piers))
    boarding = np.column_stack([piers[:, 0], boat, piers[:, 1]])
    leaving = np.column_stack([boat, piers[:, 0], np.zeros(len(piers), dtype=np.int64)])
    return u, v, np.vstack([boarding, leaving]), network.n_nodes + len(piers)
