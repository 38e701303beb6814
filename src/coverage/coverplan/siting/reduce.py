"""Making a covering problem smaller without changing its answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from .kernels.arrays import TINY, Cover
from .kernels.merging import classes_of, pairs_of, undominated
from .problem import SitingProblem
from .rows import SiteRows

_MOST_PROBES = 300_000_000
"""Look-ups spent on needless sites: a few seconds at most."""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A covering problem after reduction: rows of people, and the sites still to be decided on.

    Parameters
    ----------
    cover
        The problem as arrays. A row stands for all the places that exactly the same of the
        remaining sites reach.
    sites
        Position of each remaining site in the problem as given, shape ``(n_sites,)``.
    opened
        Positions in the problem as given of the sites that are open whatever happens.
    sure
        Weight those reach.
    possible
        Whether the sites open whatever happens leave room for every rule.
    """

    cover: Cover
    sites: NDArray[np.int64]
    opened: NDArray[np.int64]
    sure: int
    possible: bool = True

    @property
    def n_sites(self) -> int:
        """Number of sites still to be decided on."""
        return len(self.sites)

    @property
    def n_rows(self) -> int:
        """Number of rows of people still to be reached."""
        return len(self.cover.weight)

    @property
    def n_pairs(self) -> int:
        """Number of pairs of site and row in reach of it."""
        return len(self.cover.who)

    @property
    def everybody(self) -> int:
        """Weight that would be reached if all sites opened."""
        return self.sure + int(self.cover.weight.sum())

    def matrix(self) -> csr_matrix:
        """Return who is reached from where, rows x sites, entries 1."""
        ones = np.ones(self.n_pairs)
        return csr_matrix(
            (ones, self.cover.row_sites, self.cover.row_ptr), shape=(self.n_rows, self.n_sites)
        )

    def rules(self) -> csr_matrix:
        """Return the coefficients of the rules, rules x sites."""
        shape = (self.n_sites, len(self.cover.low))
        own = (self.cover.rule_value, self.cover.rule_of, self.cover.rule_ptr)
        return csr_matrix(own, shape=shape).T.tocsr()

    def expand(self, open_: NDArray[np.bool_], n_sites: int) -> NDArray[np.bool_]:
        """Return which of all sites are open, given which of the remaining ones are."""
        whole = np.zeros(n_sites, dtype=bool)
        whole[self.opened] = True
        whole[self.sites[open_]] = True
        return whole


def reduce_problem(problem: SitingProblem, rows: SiteRows, *, drop: bool = True) -> Reduced:
    """Return a covering problem with equal rows merged and, if asked, needless sites dropped.

    Parameters
    ----------
    problem, rows
        Who is reached from where, and what every plan keeps to.
    drop
        Whether to drop sites that another makes needless under every rule: the best value stays,
        not every plan that has it.
    """
    must, may = rows.lower > 0, rows.upper > 0
    opened, use = np.flatnonzero(must), np.flatnonzero(~must & may)
    reached = problem.reach.covered(opened.tolist())
    weight = np.where(reached, 0, problem.weight)
    low, up = rows.row_lower, rows.row_upper
    taken = np.asarray(rows.matrix @ must.astype(float))
    reduced = _built(
        problem.reach.ptr.astype(np.int64),
        # Compiled code is made anew for arrays that may not be written: one kind is enough.
        np.require(problem.reach.who, np.int32, ["W"]),
        use,
        weight.astype(np.int64),
        rows.matrix.tocsc()[:, use],
        (low - taken, up - taken),
    )
    whole = Reduced(reduced, use, opened, int(problem.weight[reached].sum()), _room(reduced))
    return without_needless(whole) if drop else whole


def without_needless(reduced: Reduced) -> Reduced:
    """Return the problem without sites that another makes needless, rows merged again."""
    keep = np.flatnonzero(undominated(reduced.cover, _MOST_PROBES))
    if len(keep) == reduced.n_sites:
        return reduced
    return restrict(reduced, keep, np.zeros(0, dtype=np.int64))[0]


def restrict(
    reduced: Reduced, keep: NDArray[np.int64], fixed: NDArray[np.int64]
) -> tuple[Reduced, NDArray[np.int64]]:
    """Return what is left when some sites are open for good and all but some others are dropped.

    Parameters
    ----------
    reduced
        The problem so far.
    keep
        Positions of the sites still to be decided on, ascending.
    fixed
        Positions of the sites that are open from now on.

    Returns
    -------
    The smaller problem, and the new row of each old one (-1: reached for good, or by nobody).
    """
    cover = reduced.cover
    weight = cover.weight.copy()
    for site in fixed:
        weight[cover.who[cover.ptr[site] : cover.ptr[site + 1]]] = 0
    sure = reduced.sure + int(cover.weight.sum() - weight.sum())
    rules = reduced.rules()
    taken = np.asarray(rules[:, fixed].sum(axis=1)).ravel()
    row_of = np.empty(0, dtype=np.int64)
    built, row_of = _merged(
        cover.ptr,
        cover.who,
        keep,
        weight,
        rules.tocsc()[:, keep],
        (cover.low - taken, cover.up - taken),
    )
    opened = np.concatenate([reduced.opened, reduced.sites[fixed]])
    return Reduced(built, reduced.sites[keep], opened, sure, _room(built)), row_of


def _room(cover: Cover) -> bool:
    """Return whether rules that bind no site any more are kept."""
    idle = np.bincount(cover.rule_of, minlength=len(cover.low)) == 0
    return bool(((cover.low <= TINY) & (cover.up >= -TINY))[idle].all())


def _built(*given: object) -> Cover:
    return _merged(*given)[0]  # type: ignore[arg-type]


def _merged(
    ptr: NDArray[np.int64],
    who: NDArray[np.int32],
    use: NDArray[np.int64],
    weight: NDArray[np.int64],
    rules: csr_matrix,
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> tuple[Cover, NDArray[np.int64]]:
    """Return the problem over the sites in use, and the row of each place."""
    n_places = len(weight)
    of = classes_of(ptr, who, use, n_places)
    sums = np.bincount(of, weight, minlength=n_places + 2)
    sums[0] = 0
    counts = sums[of] > 0
    # Rows in the order of the first place of each.
    first_of = np.full(n_places + 2, n_places, dtype=np.int64)
    np.minimum.at(first_of, of[counts], np.flatnonzero(counts))
    first = np.sort(first_of[first_of < n_places])
    number = np.full(n_places + 2, -1, dtype=np.int64)
    number[of[first]] = np.arange(len(first))
    row_of = np.where(counts, number[of], -1)
    new_ptr, new_who, row_ptr, row_sites = pairs_of(ptr, who, use, row_of, first, len(first))
    total = np.zeros(len(first), dtype=np.int64)
    np.add.at(total, row_of[counts], weight[counts])
    by_site = rules.tocsc()
    by_site.sort_indices()
    return Cover(
        new_ptr,
        new_who,
        row_ptr,
        row_sites,
        total,
        by_site.indptr.astype(np.int64),
        by_site.indices.astype(np.int32),
        by_site.data.astype(float),
        *(np.asarray(b, dtype=float) for b in bounds),
    ), row_of
