"""A first plan that reaches enough people: greedy, without what it can spare, then made better."""

import time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from .kernels.ruin import Wanted, first_covered, ruin_and_recreate
from .needs import index_arrays, sorted_rows
from .rows import SiteRows

_ROUNDS, _PATIENCE, _MOST_CLOSED = 300, 40, 8


class Start:
    """Needs over merged places and rules over sites, ready for a quick search.

    Parameters
    ----------
    cover, weight, left, full
        Sites x merged places, needs x merged places, what each need lacks, and which merged
        places must be reached.
    rows, cost, columns
        What every plan keeps to, what each site costs, and which may be opened.
    """

    def __init__(
        self,
        cover: csr_matrix,
        weight: csr_matrix,
        left: NDArray[np.int64],
        full: NDArray[np.bool_],
        rows: SiteRows,
        cost: NDArray[np.int64],
        columns: NDArray[np.bool_],
    ) -> None:
        # Places that must be reached are one more need, each counting one.
        needs = sorted_rows(vstack([weight, csr_matrix(full.astype(np.int64))]))
        by_row, use = sorted_rows(needs.T), sorted_rows(rows.matrix.T)
        sites, by_site = sorted_rows(cover), sorted_rows(cover.T)
        self.must = rows.lower > 0
        self.cost = cost
        self.wanted = Wanted(
            *index_arrays(sites),
            *index_arrays(by_site),
            *index_arrays(by_row),
            by_row.data.astype(np.int64),
            *index_arrays(needs),
            needs.data.astype(np.int64),
            np.append(left, int(full.sum())),
            *index_arrays(use),
            use.data.astype(float),
            rows.row_lower,
            rows.row_upper,
            cost,
            columns & ~self.must,
        )
        self.seed = np.array([88172645463325252], dtype=np.uint64)

    def first(self) -> NDArray[np.bool_]:
        """Return open sites by greedy search; whether they keep everything is not certain."""
        found: NDArray[np.bool_] = first_covered(self.wanted, self.must, self.seed).open
        return found

    def better(self, is_open: NDArray[np.bool_], seconds: float) -> NDArray[np.bool_]:
        """Return open sites that cost no more, after closing and opening again and again.

        Parameters
        ----------
        is_open
            Sites that keep rules and needs, shape ``(n_sites,)``.
        seconds
            When to stop at the latest; it stops earlier where nothing is gained for a while.
        """
        if seconds <= 0:
            return is_open
        ends, idle = time.perf_counter() + seconds, 0
        while idle < _PATIENCE and time.perf_counter() < ends:
            before = int(self.cost[is_open].sum())
            is_open = ruin_and_recreate(self.wanted, is_open, self.seed, _ROUNDS, _MOST_CLOSED)
            idle = 0 if int(self.cost[is_open].sum()) < before else idle + 1
        return is_open
