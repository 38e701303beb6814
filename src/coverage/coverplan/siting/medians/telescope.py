r"""The radius formulation of the p-median, telescoped, and what is left of it after reduction.

For each place the sites are taken in circles of growing time: :math:`z_{ik} = 1` when no site
within the first :math:`k` circles is open, and every circle that is left empty costs what the
next one is farther away:

.. math::

    \min \sum_i w_i \Bigl(d_{i1} + \sum_k (d_{i,k+1} - d_{ik}) z_{ik}\Bigr)
    \quad \text{s.t.} \quad z_{ik} + \sum_{j \in \text{circle } k} x_j \ge z_{i,k-1}, \;
    z_{i0} = 1, \; z \ge 0

Elloumi, S. (2010): A tighter formulation of the p-median problem. Journal of Combinatorial
Optimization 19, 69-83. Garcia, S., Labbe, M. and Marin, A. (2011): Solving large p-median
problems with a radius formulation. INFORMS Journal on Computing 23, 546-556. Circles that hold
the same sites for several places are one variable, as in Church, R. (2003): COBRA: a new
formulation of the classic p-median location problem. Annals of Operations Research 122, 103-120.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, hstack, vstack

from ..highs import Mip
from ..rows import SiteRows
from .lists import NearLists


@dataclass(frozen=True, slots=True)
class Telescope:
    """The reduced model and how to read it.

    Parameters
    ----------
    mip
        Variables: the sites, then the circles.
    constant
        To be added to its objective.
    parent, circles
        The circle inside each circle (-1: none), and circles x sites: what each adds to it.
    """

    mip: Mip
    constant: int
    parent: NDArray[np.int64]
    circles: csr_matrix

    @property
    def pairs(self) -> int:
        """Number of coefficients."""
        return int(self.mip.rows.nnz)

    def start(self, opened: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return values of all variables for some open sites, shape ``(n,)``."""
        hit = np.asarray(self.circles @ opened.astype(float)) > 0
        empty = np.zeros(len(self.parent), dtype=bool)
        for k in range(len(self.parent)):
            inside = self.parent[k]
            empty[k] = not hit[k] and (inside < 0 or empty[inside])
        return np.concatenate([opened.astype(float), empty.astype(float)])


@dataclass(frozen=True, slots=True)
class _Circles:
    """All circles of all places before merging: last entry of each, place, and time to the next."""

    last: NDArray[np.int64]
    owner: NDArray[np.int64]
    outermost: NDArray[np.bool_]


def telescope(near: NearLists, rows: SiteRows, must_serve: NDArray[np.bool_]) -> Telescope:
    """Return the model over these lists.

    Parameters
    ----------
    near
        Near sites of each place, those within its radius.
    rows
        Rules, with the sites open in every plan and in none.
    must_serve
        Which places a listed site has to serve, shape ``(n,)``; the others count as ``beyond``
        when none is open.
    """
    circles = _circles(near)
    names = prefix_names(near, circles.last)
    _, first, circle = np.unique(names, axis=0, return_index=True, return_inverse=True)
    # Small circles are numbered first: so parents come before what they are inside of.
    size = circles.last - near.ptr[circles.owner]
    order = np.argsort(size[first], kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    circle, first = rank[circle.ravel()], first[order]
    ms = near.ms.astype(np.int64)
    after = np.where(
        circles.outermost,
        near.beyond[circles.owner],
        ms[np.minimum(circles.last + 1, max(len(ms) - 1, 0))] if len(ms) else 0,
    )
    step = (after - ms[circles.last]) * near.weight[circles.owner]
    cost = np.zeros(len(first), dtype=np.int64)
    np.add.at(cost, circle, step)
    closed = np.zeros(len(first), dtype=bool)
    closed[circle[circles.outermost & must_serve[circles.owner]]] = True
    parent = np.full(len(first), -1, dtype=np.int64)
    inner = np.concatenate([[False], ~circles.outermost[:-1]])[first]
    parent[inner] = circle[first[inner] - 1]
    members = _members(near, circles, first)
    empty = np.diff(near.ptr) == 0
    nearest = np.where(empty, near.beyond, ms[np.minimum(near.ptr[:-1], max(len(ms) - 1, 0))])
    constant = int((nearest * near.weight).sum())
    mip = _mip(cost, closed, parent, members, rows)
    return Telescope(mip, constant, parent, members)


def _circles(near: NearLists) -> _Circles:
    owner = np.repeat(np.arange(len(near)), np.diff(near.ptr))
    end = np.ones(len(near.ms), dtype=bool)
    end[:-1] = (owner[1:] != owner[:-1]) | (near.ms[1:] != near.ms[:-1])
    last = np.flatnonzero(end)
    return _Circles(last, owner[last], np.isin(last + 1, near.ptr))


def prefix_names(near: NearLists, last: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return 128 bits for each beginning of a list, the same for the same sites.

    Parameters
    ----------
    near
        The lists.
    last
        Entry at which each beginning ends, itself included, shape ``(n,)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(n, 2)``.
    """
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**64, (near.n_sites, 2), dtype=np.uint64)
    so_far = np.bitwise_xor.accumulate(bits[near.site], axis=0)
    before = np.concatenate([np.zeros((1, 2), dtype=np.uint64), so_far])[near.ptr[:-1]]
    owner = np.repeat(np.arange(len(near)), np.diff(near.ptr))
    return np.asarray((so_far ^ before[owner])[last])


def _members(near: NearLists, circles: _Circles, first: NDArray[np.int64]) -> csr_matrix:
    """Return circles x sites: the sites a circle has that its parent has not."""
    begin = np.concatenate([[0], circles.last[:-1] + 1])[first]
    size = circles.last[first] + 1 - begin
    ptr = np.concatenate([[0], np.cumsum(size)])
    entry = np.arange(ptr[-1]) + np.repeat(begin - ptr[:-1], size)
    ones = np.ones(len(entry))
    return csr_matrix((ones, near.site[entry], ptr), shape=(len(first), near.n_sites))


def _mip(
    cost: NDArray[np.int64],
    closed: NDArray[np.bool_],
    parent: NDArray[np.int64],
    members: csr_matrix,
    rows: SiteRows,
) -> Mip:
    n, m = len(cost), members.shape[1]
    inner = np.flatnonzero(parent >= 0)
    at = np.concatenate([np.arange(n), inner])
    to = np.concatenate([np.arange(n), parent[inner]])
    links = csr_matrix((np.concatenate([np.ones(n), -np.ones(len(inner))]), (at, to)), (n, n))
    circles: csr_matrix = hstack([members, links])
    own: csr_matrix = hstack([rows.matrix, csr_matrix((rows.matrix.shape[0], n))])
    matrix: csc_matrix = vstack([circles, own]).tocsc()
    return Mip(
        sense="min",
        cost=np.concatenate([np.zeros(m), cost.astype(float)]),
        rows=matrix,
        row_lower=np.concatenate([np.where(parent < 0, 1.0, 0.0), rows.row_lower]),
        row_upper=np.concatenate([np.full(n, np.inf), rows.row_upper]),
        lower=np.concatenate([rows.lower, np.zeros(n)]),
        upper=np.concatenate([rows.upper, np.where(closed, 0.0, 1.0)]),
        whole=np.arange(m + n) < m,
    )
