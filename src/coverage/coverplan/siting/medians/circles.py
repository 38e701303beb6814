"""Whether sites can be chosen so that everybody is within one time of one: the p-centre's question.

Minieka, E. (1970): The m-center problem. SIAM Review 12, 138-139. The reductions are those of
Toregas, C. and ReVelle, C. (1973): Binary logic solutions to a class of location problems.
Geographical Analysis 5, 145-155.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from ..highs import Mip, solve_mip
from ..plan import Limits
from ..rows import SiteRows
from .lists import NearLists
from .telescope import prefix_names

Verdict = Literal["yes", "no", "unknown"]

_MOST_PRODUCTS = 30_000_000
"""Products of pairs of entries that are worth comparing rows for."""

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Circle:
    """The question at one time: every row of ``cover`` needs an open site.

    Parameters
    ----------
    cover
        Rows x sites, ones; equal rows are one, and rows that contain another are left out.
    rows
        The rules.
    """

    cover: csr_matrix
    rows: SiteRows

    def answer(self, most: int | None, limits: Limits) -> tuple[Verdict, NDArray[np.bool_] | None]:
        """Return whether there is a plan, and one.

        Parameters
        ----------
        most
            Sites that may be opened, where numbers of sites are the only rules; else None.
        limits
            When to give up.
        """
        if (np.diff(self.cover.indptr) == 0).any():
            return "no", None
        if most is not None and self._apart() > most:
            return "no", None
        plan = self._greedy()
        if plan is not None:
            return "yes", plan
        return self._solve(limits)

    def _apart(self) -> int:
        """Return a number of rows no two of which share a site: each needs one of its own."""
        cover, by_site = self.cover, self.cover.tocsc()
        taken = np.zeros(cover.shape[0], dtype=bool)
        number = 0
        for row in np.argsort(np.diff(cover.indptr), kind="stable"):
            if not taken[row]:
                number += 1
                sites = cover.indices[cover.indptr[row] : cover.indptr[row + 1]]
                taken[by_site[:, sites].indices] = True
        return number

    def _greedy(self) -> NDArray[np.bool_] | None:
        """Open the sites that serve most rows left, as far as rules allow; None if not enough."""
        rows, plan = self.rows, self.rows.lower > 0
        columns, sums = rows.matrix.tocsc(), rows.matrix @ plan.astype(float)
        by_site = self.cover.tocsc()
        left = np.ones(self.cover.shape[0])
        usable = (rows.lower < rows.upper).copy()
        while left.any():
            gain = np.where(usable, by_site.T @ left, 0)
            j = int(np.argmax(gain))
            if gain[j] <= 0:
                return None
            usable[j] = False
            some = slice(columns.indptr[j], columns.indptr[j + 1])
            after = sums[columns.indices[some]] + columns.data[some]
            if (after <= rows.row_upper[columns.indices[some]] + _TINY).all():
                plan[j] = True
                sums[columns.indices[some]] = after
                left[by_site.indices[by_site.indptr[j] : by_site.indptr[j + 1]]] = 0
        return plan if rows.kept(plan).all() else None

    def _solve(self, limits: Limits) -> tuple[Verdict, NDArray[np.bool_] | None]:
        rows, n = self.rows, self.cover.shape[1]
        answer = solve_mip(
            Mip(
                sense="min",
                cost=np.zeros(n),
                rows=vstack([self.cover.astype(float), rows.matrix]).tocsc(),
                row_lower=np.concatenate([np.ones(self.cover.shape[0]), rows.row_lower]),
                row_upper=np.concatenate([np.full(self.cover.shape[0], np.inf), rows.row_upper]),
                lower=rows.lower,
                upper=rows.upper,
                whole=np.ones(n, dtype=np.bool_),
            ),
            limits,
        )
        if answer.values is not None:
            return "yes", np.round(answer.values) == 1
        return ("no" if answer.ending == "impossible" else "unknown"), None


def circle_at(near: NearLists, rows: SiteRows, radius: int) -> Circle:
    """Return the question at one time.

    Parameters
    ----------
    near
        Whole lists; who is within ``radius`` of a site that is open in every plan asks nothing.
    rows
        The rules, with the sites open in every plan.
    radius
        Milliseconds.
    """
    owner = np.repeat(np.arange(len(near)), np.diff(near.ptr))
    inside = np.bincount(owner[near.ms <= radius], minlength=len(near))
    asking = np.flatnonzero(near.beyond > radius)
    size = inside[asking]
    if not len(asking):
        return Circle(csr_matrix((0, near.n_sites)), rows)
    if not size.all():
        return Circle(csr_matrix((1, near.n_sites)), rows)
    last = near.ptr[:-1][asking] + size - 1
    _, first = np.unique(prefix_names(near, last), axis=0, return_index=True)
    begin, size = near.ptr[:-1][asking][first], size[first]
    ptr = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    entry = np.arange(ptr[-1]) + np.repeat(begin - ptr[:-1], size)
    cover = csr_matrix(
        (np.ones(len(entry), dtype=np.int32), near.site[entry], ptr),
        shape=(len(size), near.n_sites),
    )
    return Circle(_without_supersets(cover), rows)


def _without_supersets(cover: csr_matrix) -> csr_matrix:
    """Leave out the rows that have all sites of another row; no two rows are equal."""
    column = np.bincount(cover.indices, minlength=cover.shape[1]).astype(np.int64)
    if int((column**2).sum()) > _MOST_PRODUCTS:
        return cover
    size = np.diff(cover.indptr)
    shared = (cover @ cover.T).tocoo()
    inside = (shared.data == size[shared.row]) & (size[shared.row] < size[shared.col])
    keep = np.ones(cover.shape[0], dtype=bool)
    keep[shared.col[inside]] = False
    return cover[keep]
