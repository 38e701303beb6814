"""A first plan that reaches enough people: greedy, without what it can spare, then exchanges."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, vstack

from .rows import SiteRows

_TINY = 1e-6


class _Search:
    """Open sites, what they reach, what is still lacking and what the rows still allow."""

    def __init__(
        self,
        cover: csr_matrix,
        weight: csr_matrix,
        left: NDArray[np.int64],
        rows: SiteRows,
        columns: NDArray[np.bool_],
    ) -> None:
        self.cover, self.weight, self.left, self.rows = cover, weight, left, rows
        self.scale = 1.0 / np.maximum(left, 1)
        self.use: csc_matrix = rows.matrix.tocsc()
        self.columns = columns
        self.open = rows.lower > 0
        self.times = np.asarray(cover.T @ self.open.astype(np.int64)).ravel()

    def lacking(self) -> NDArray[np.float64]:
        """Return what each need lacks."""
        reached = self.weight @ (self.times > 0).astype(np.int64)
        lacking: NDArray[np.float64] = np.maximum(self.left - reached, 0).astype(float)
        return lacking

    def allowed(self) -> NDArray[np.bool_]:
        """Return which closed sites may be opened without breaking the upper bound of a row."""
        room = self.rows.row_upper - self.rows.matrix @ self.open.astype(float)
        uses = self.use.tocoo()
        blocked = np.zeros(len(self.open), dtype=bool)
        over = (uses.data > 0) & (uses.data > room[uses.row] + _TINY)
        blocked[uses.col[over]] = True
        return self.columns & ~self.open & ~blocked

    def gains(self) -> NDArray[np.float64]:
        """Return what each site would bring: shares of what the needs ask, not beyond it."""
        lacking = self.lacking()
        asked = np.flatnonzero(lacking > 0)
        if not len(asked):
            return np.zeros(len(self.open))
        new = self.weight[asked].multiply(self.times == 0)
        brings = np.asarray((self.cover @ csr_matrix(new).T).todense(), dtype=float)
        return np.asarray(np.minimum(brings, lacking[asked]) @ self.scale[asked])

    def switch(self, site: int, *, on: bool) -> None:
        """Open or close a site."""
        self.open[site] = on
        reached = self.cover.indices[self.cover.indptr[site] : self.cover.indptr[site + 1]]
        self.times[reached] += 1 if on else -1

    def settled(self) -> bool:
        """Return whether needs and rows are kept."""
        return not self.lacking().any() and bool(self.rows.kept(self.open).all())


def first_cover(
    cover: csr_matrix,
    weight: csr_matrix,
    left: NDArray[np.int64],
    full: NDArray[np.bool_],
    rows: SiteRows,
    cost: NDArray[np.int64],
    columns: NDArray[np.bool_],
) -> NDArray[np.bool_] | None:
    """Return open sites that keep rows and needs; None where greedy search finds none.

    Parameters
    ----------
    cover, weight, left, full
        Sites x merged places, needs x merged places, what each need lacks, and which merged
        places must be reached.
    rows, cost, columns
        What every plan keeps to, what each site costs, and which may be opened.
    """
    # Rows that must be reached are one more need, each counting one.
    every = csr_matrix(full.astype(np.int64))
    search = _Search(
        cover, csr_matrix(vstack([weight, every])), np.append(left, int(full.sum())), rows, columns
    )
    _meet_lower(search, cost)
    while True:
        gain = np.where(search.allowed(), search.gains(), 0.0) / np.maximum(cost, _TINY)
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        search.switch(best, on=True)
    if not search.settled():
        return None
    _drop_spare(search, cost)
    return search.open


def _meet_lower(search: _Search, cost: NDArray[np.int64]) -> None:
    """Open sites where a row asks for some, the most useful first."""
    rows = search.rows
    for row in np.flatnonzero(~np.isneginf(rows.row_lower)):
        inside = np.zeros(len(cost), dtype=bool)
        inside[rows.matrix.indices[rows.matrix.indptr[row] : rows.matrix.indptr[row + 1]]] = True
        while (
            float((rows.matrix[row] @ search.open.astype(float))[0]) < rows.row_lower[row] - _TINY
        ):
            could = inside & search.allowed()
            if not could.any():
                break
            gain = np.where(could, (search.gains() + _TINY) / np.maximum(cost, _TINY), -1.0)
            search.switch(int(np.argmax(gain)), on=True)


def _drop_spare(search: _Search, cost: NDArray[np.int64]) -> None:
    """Close what nobody misses, the dearest first, of equals the one that reaches fewest alone."""
    alone = np.asarray(search.cover @ (search.times == 1).astype(np.int64)).ravel()
    for site in np.lexsort((alone, -cost)):
        if not search.open[site] or search.rows.lower[site] > 0 or cost[site] <= 0:
            continue
        search.switch(int(site), on=False)
        if not search.settled():
            search.switch(int(site), on=True)
