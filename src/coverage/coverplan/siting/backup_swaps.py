"""A better plan to begin with: sites added and exchanged while more people are reached twice."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from .backup import Backup
from .rows import SiteRows

_ROUNDS = 50
"""Rounds over all open sites; each improves the plan, so that few are needed."""


def improve_backup(
    backup: Backup,
    rows: SiteRows,
    open_: NDArray[np.bool_],
    worth: tuple[int, int],
    *,
    everybody: bool,
) -> NDArray[np.bool_]:
    """Return a plan no added site and no exchange of one for another makes better.

    Teitz and Bart (1968) vertex substitution on the backup objective.

    Parameters
    ----------
    backup, rows
        Places and how often they can be reached, and what every plan keeps to.
    open_
        A plan that keeps the rows, shape ``(n_sites,)``.
    worth
        What a unit of weight counts that is reached once, and what more if twice.
    everybody
        Whether whoever is reached must stay reached.
    """
    search = _Swaps(backup, rows, open_, worth, everybody=everybody)
    for _ in range(_ROUNDS):
        while search.add():
            pass
        exchanged = [search.exchange(site) for site in search.movable()]
        if not any(exchanged):
            break
    return search.open


class _Swaps:
    """A plan and how often it reaches each place.

    Parameters
    ----------
    backup, rows, open_, worth, everybody
        As in `improve_backup`.
    """

    def __init__(
        self,
        backup: Backup,
        rows: SiteRows,
        open_: NDArray[np.bool_],
        worth: tuple[int, int],
        *,
        everybody: bool,
    ) -> None:
        self.rows, self.open, self.everybody = rows, open_.copy(), everybody
        self.cover = csr_matrix(backup.places.cover.T)
        self.times = backup.times(open_)
        self.once = worth[0] * backup.places.weight
        self.twice = worth[1] * backup.places.weight

    def movable(self) -> list[int]:
        """Return the open sites that may be exchanged."""
        return np.flatnonzero(self.open & (self.rows.lower <= 0)).tolist()

    def _of(self, site: int) -> NDArray[np.int32]:
        cover = self.cover
        who: NDArray[np.int32] = cover.indices[cover.indptr[site] : cover.indptr[site + 1]]
        return who

    def _gain(self) -> NDArray[np.int64]:
        """Return what opening each site would add, -1 where it cannot open."""
        more = np.where(self.times == 0, self.once, np.where(self.times == 1, self.twice, 0))
        usable = ~self.open & (self.rows.upper > 0)
        return np.where(usable, self.cover @ more, -1)

    def _allowed(self, out: int | None, site: int) -> bool:
        plan = self.open.copy()
        if out is not None:
            plan[out] = False
        plan[site] = True
        return bool(self.rows.kept(plan).all())

    def _first(self, gain: NDArray[np.int64], more_than: int, out: int | None) -> int | None:
        """Return the site of greatest gain that the rules allow; None if none gains enough."""
        for site in np.argsort(-gain, kind="stable")[:_TRIED].tolist():
            if gain[site] <= more_than:
                return None
            if self._allowed(out, site):
                return int(site)
        return None

    def add(self) -> bool:
        """Open the site that adds most, if the rules allow one more."""
        site = self._first(self._gain(), 0, None)
        if site is None:
            return False
        self.open[site] = True
        self.times[self._of(site)] += 1
        return True

    def exchange(self, out: int) -> bool:
        """Exchange a site for the best other one, if that is better."""
        here = self._of(out)
        self.times[here] -= 1
        left = self.times[here]
        lost = int(self.once[here][left == 0].sum() + self.twice[here][left == 1].sum())
        gain = self._gain()
        gain[out] = -1
        if self.everybody:
            alone = np.zeros(len(self.times), dtype=np.int64)
            alone[here[left == 0]] = 1
            gain[self.cover @ alone < alone.sum()] = -1
        site = self._first(gain, lost, out)
        self.open[out] = False
        better = out if site is None else site
        self.open[better] = True
        self.times[self._of(better)] += 1
        return site is not None


_TRIED = 30
"""Sites tried for the rules, best first."""
