r"""Sharing people out to open sites within their capacities: the transportation problem.

.. math::

    \max \sum_{ij} g_{ij} n_{ij} \quad \text{s.t.} \quad
    \sum_j n_{ij} \le a_i, \quad \sum_i n_{ij} \le Q_j, \quad n_{ij} \ge 0

where :math:`a_i` are the people of row :math:`i`, :math:`Q_j` the capacity of site :math:`j` and
:math:`g_{ij}` what one person of :math:`i` served at :math:`j` is worth. The matrix is totally
unimodular: a vertex of the feasible set is in whole people (Hitchcock 1941; Hoffman and Kruskal
1956). It is found by best augmenting paths in whole numbers (Ford and Fulkerson 1962).

Hitchcock, F. L. (1941): The distribution of a product from several sources to numerous
localities. Journal of Mathematics and Physics 20, 224-230.

Ford, L. R. and Fulkerson, D. R. (1962): Flows in networks. Princeton University Press.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InternalError
from .kernels.flow import best_flow


@dataclass(frozen=True, slots=True)
class Transport:
    """Who may be served where, and what it is worth.

    Parameters
    ----------
    row, site
        Positions of each pair's row of people and of its site, sorted by row; ``(n_pairs,)``.
    gain
        What one person of the row served at the site is worth, 0 or more.
    people
        People of each row, shape ``(n_rows,)``.
    capacity
        People each site can serve, shape ``(n_sites,)``.
    """

    row: NDArray[np.int64]
    site: NDArray[np.int64]
    gain: NDArray[np.int64]
    people: NDArray[np.int64]
    capacity: NDArray[np.int64]

    @classmethod
    def make(
        cls,
        row: NDArray[np.int64],
        site: NDArray[np.int64],
        gain: NDArray[np.int64],
        people: NDArray[np.int64],
        capacity: NDArray[np.int64],
        *,
        usable: NDArray[np.bool_] | None = None,
    ) -> "Transport":
        """Return pairs in order, each row's best first; capacities no larger than they can fill.

        Parameters
        ----------
        row, site, gain, people, capacity
            As the fields, in any order.
        usable
            Sites whose pairs alone are kept, as `of_sites` would, shape ``(n_sites,)``; None:
            all.
        """
        could = np.bincount(site, people[row], minlength=len(capacity)).astype(np.int64)
        if usable is not None:  # before they are sorted: mostly few of many are
            keep = usable[site]
            row, site, gain = row[keep], site[keep], gain[keep]
        order = np.lexsort((site, -gain, row))
        return cls(row[order], site[order], gain[order], people, np.minimum(capacity, could))

    def of_sites(self, opened: NDArray[np.bool_]) -> "Transport":
        """Return the pairs of some sites only; ``opened``: which, shape ``(n_sites,)``."""
        return self.of_pairs(opened[self.site])

    def of_pairs(self, keep: NDArray[np.bool_]) -> "Transport":
        """Return some of the pairs; ``keep``: which, shape ``(n_pairs,)``."""
        return replace(self, row=self.row[keep], site=self.site[keep], gain=self.gain[keep])

    def best_of_rows(self, number: int) -> NDArray[np.bool_]:
        """Return which pairs are among the best ``number`` of their row, shape ``(n_pairs,)``."""
        starts = np.searchsorted(self.row, np.arange(len(self.people)))
        return np.asarray(np.arange(len(self.row)) - starts[self.row] < number)

    def fits(self, flow: NDArray[np.int64]) -> bool:
        """Return whether whole people keep to all people and capacities."""
        taken = np.zeros(len(self.people), dtype=np.int64)
        load = np.zeros(len(self.capacity), dtype=np.int64)
        np.add.at(taken, self.row, flow)
        np.add.at(load, self.site, flow)
        small = (taken <= self.people).all() and (load <= self.capacity).all()
        return bool(small and (flow >= 0).all())


def share_out(transport: Transport, first: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Return the people of each pair, whole, that gain most; shape ``(n_pairs,)``.

    Parameters
    ----------
    transport, first
        As in `share_priced`.
    """
    return share_priced(transport, first)[0]


def share_priced(
    transport: Transport, first: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the people of each pair that gain most, and what a place at each site is worth.

    Parameters
    ----------
    transport
        Who may be served where, and what it is worth.
    first
        What one person of each row is worth wherever served, shape ``(n_rows,)``: this sum is
        made as large as it can be before the gain is.

    Raises
    ------
    InternalError
        When the numbers are too large, or the answer breaks a capacity.
    """
    at_best = np.where(transport.best_of_rows(1), transport.people[transport.row], 0)
    if transport.fits(at_best):
        return at_best, np.zeros(len(transport.capacity), dtype=np.int64)
    used, site = np.unique(transport.site, return_inverse=True)
    gain = transport.gain
    # An exchange goes through each site once at most, and there gains and loses one gain each:
    # what is worth more than all these together comes before them.
    over = 2 * (len(used) + 1) * (int(gain.max(initial=0)) + 1)
    largest = int(gain.max(initial=0))
    if first is not None:
        largest += over * int(first.max(initial=0))
        gain = gain + over * first[transport.row]
    if 2 * (len(used) + 1) * largest > _LARGEST:
        raise InternalError("siting: gains too large to share people out by")
    flow, worth = _proven(transport, gain, site, transport.capacity[used])
    price = np.zeros(len(transport.capacity), dtype=np.int64)
    price[used] = worth
    return flow, price


def _proven(
    transport: Transport,
    gain: NDArray[np.int64],
    site: NDArray[np.int64],
    capacity: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the best flow and the prices, which prove it: their value is the same."""
    people = transport.people
    # Many people at once first: fewer rows are split between sites, which is faster.
    order = np.argsort(-people, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    by = np.argsort(rank[transport.row], kind="stable")
    row = rank[transport.row[by]]
    ptr = np.searchsorted(row, np.arange(len(people) + 1))
    sorted_flow, price = best_flow(ptr, row, site[by], gain[by], people[order], capacity)
    flow = np.zeros(len(gain), dtype=np.int64)
    flow[by] = sorted_flow
    # Weak duality (Hitchcock's problem): no flow gains more than these prices say.
    most = np.zeros(len(people), dtype=np.int64)
    np.maximum.at(most, transport.row, gain - price[site])
    bound = _product(most, people) + _product(price, capacity)
    if not transport.fits(flow) or _product(gain, flow) != bound or (price < 0).any():
        raise InternalError("siting: people are not shared out as well as can be")
    return flow, price


def _product(a: NDArray[np.int64], b: NDArray[np.int64]) -> int:
    """Return the sum of products, in numbers without limit."""
    return sum(int(x) * int(y) for x, y in zip(a, b, strict=True) if x and y)


_LARGEST = 2**61
