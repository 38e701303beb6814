"""How many people a plan must reach, as rows over sites that are as few as can be.

Places that the same sites reach are one row, whatever demands they count in. A demand that asks
for everybody it can get turns its rows into plain covering rows, and of two such rows the one
whose sites contain the other's goes (Toregas and ReVelle 1973).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, csr_matrix, vstack

from ..core.errors import InternalError
from ..core.text import Text
from .kernels.arrays import Cover
from .kernels.merging import undominated
from .kernels.subsets import contain_another
from .problem import SitingProblem
from .rows import SiteRows

MOST_STEPS = 2_000_000_000
"""Comparing rows, or sites, with each other stops after so many steps: a few seconds."""


@dataclass(frozen=True, slots=True)
class Need:
    """So many people must be reached.

    Parameters
    ----------
    people
        What each place counts, shape ``(n_demand,)``; 0 where it does not.
    at_least
        The sum over all reached places must be this or more.
    name
        What is asked, in words.
    of
        Denominator of the share that is asked, where one is: what the name's per cent refer to.
    """

    people: NDArray[np.int64]
    at_least: int
    name: Text
    of: int = 0

    def reached(self, mask: NDArray[np.bool_]) -> int:
        """Return what counts among the places of a mask, shape ``(n_demand,)``."""
        return int(self.people[mask].sum())


@dataclass(frozen=True, slots=True)
class NeedRows:
    """Needs over merged places, less what sites that are open in every plan reach.

    Parameters
    ----------
    cover
        Sites x merged places, ones; only sites a plan decides on have any.
    weight
        Needs x merged places: what each counts in each need.
    left
        What each need still lacks, at least 0, shape ``(n_needs,)``.
    full
        Which merged places must be reached, because a need cannot spare them.
    short
        By how much each need is missed even if every site is open, shape ``(n_needs,)``.
    places
        Places with a weight in any need, before merging.
    """

    cover: csr_matrix
    weight: csr_matrix
    left: NDArray[np.int64]
    full: NDArray[np.bool_]
    short: NDArray[np.int64]
    places: int


def need_rows(problem: SitingProblem, rows: SiteRows, needs: Sequence[Need]) -> NeedRows:
    """Return the needs over places merged by the sites that reach them.

    Parameters
    ----------
    problem, rows, needs
        Who is reached from where, which sites are open or closed in every plan, what is asked.
    """
    sure = problem.reach.covered(np.flatnonzero(rows.lower > 0).tolist())
    wanted = np.zeros(len(problem.people), dtype=bool)
    for need in needs:
        wanted |= need.people > 0
    cover, row = _merge(problem, (rows.lower <= 0) & (rows.upper > 0), wanted & ~sure)
    weight = _weights(needs, row, cover.shape[1])
    asked = np.array([need.at_least - need.reached(sure) for need in needs], dtype=np.int64)
    left = np.maximum(asked, 0)
    spare = np.asarray(weight.sum(axis=1), dtype=np.int64).ravel() - left
    strict = weight[(spare <= 0) & (left > 0)]
    full = np.asarray(strict.sum(axis=0)).ravel() > 0
    return NeedRows(cover, weight, left, full, np.maximum(-spare, 0), int(wanted.sum()))


def _weights(needs: Sequence[Need], row: NDArray[np.int64], n_rows: int) -> csr_matrix:
    """Return what each merged place counts in each need."""
    parts = [np.flatnonzero((need.people > 0) & (row >= 0)) for need in needs]
    who = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
    which = np.repeat(np.arange(len(needs)), [len(part) for part in parts])
    some = [need.people[part] for need, part in zip(needs, parts, strict=True)]
    people = np.concatenate(some) if some else np.zeros(0, dtype=np.int64)
    shape = (len(needs), n_rows)
    matrix: csr_matrix = coo_matrix((people.astype(np.int64), (which, row[who])), shape).tocsr()
    return matrix


def _merge(
    problem: SitingProblem, usable: NDArray[np.bool_], wanted: NDArray[np.bool_]
) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Return sites x merged places, and the merged place of each place (-1: none)."""
    n_sites, n = len(problem.sites), len(problem.people)
    numbers = np.flatnonzero(usable)
    columns: csc_matrix = problem.reach.matrix()[numbers].tocsc()
    columns.sort_indices()
    ptr, sites = columns.indptr.astype(np.int64), columns.indices
    row = np.full(n, -1, dtype=np.int64)
    places = np.flatnonzero(wanted & (np.diff(ptr) > 0))
    if not len(places):
        return csr_matrix((n_sites, 0), dtype=np.int8), row
    # A set's key is the sum of a random number for each member; equal keys are compared below.
    keys = np.random.default_rng(0).integers(0, 2**63, size=len(numbers), dtype=np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(keys[sites], dtype=np.uint64)])
    key = sums[ptr[places + 1]] - sums[ptr[places]]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    _check_equal(ptr, sites, places, places[first[group]])
    row[places] = group
    merged = columns[:, places[first]].tocoo()
    cover: csr_matrix = csr_matrix(
        (np.ones(len(merged.row), dtype=np.int8), (numbers[merged.row], merged.col)),
        shape=(n_sites, len(first)),
    )
    return cover, row


def _check_equal(
    ptr: NDArray[np.int64], sites: NDArray[np.int32], a: NDArray[np.int64], b: NDArray[np.int64]
) -> None:
    """Stop if two places that are taken for one are not reached by the same sites."""
    sizes = ptr[a + 1] - ptr[a]
    same = bool((sizes == ptr[b + 1] - ptr[b]).all())
    if same:
        starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
        step = np.arange(len(starts)) - starts
        same = bool(
            (sites[np.repeat(ptr[a], sizes) + step] == sites[np.repeat(ptr[b], sizes) + step]).all()
        )
    if not same:
        raise InternalError("siting: two sets of sites have one key")


def implied_rows(cover: csr_matrix) -> NDArray[np.bool_]:
    """Return which covering rows others imply: whose sites contain all sites of another row.

    Parameters
    ----------
    cover
        Sites x rows, ones. Of equal rows the first is not implied.
    """
    sites = sorted_rows(cover)
    rows = sorted_rows(cover.T)
    found: NDArray[np.bool_] = contain_another(
        *index_arrays(rows), *index_arrays(sites), MOST_STEPS
    )
    return found


def dominated_sites(
    cover: csr_matrix, rows: SiteRows, cost: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return the sites another can replace in every plan: who costs no more and reaches as many.

    Parameters
    ----------
    cover
        Sites x rows, ones; none for sites a plan does not decide on.
    rows
        A site is replaced only where that breaks none.
    cost
        Of each site, shape ``(n_sites,)``.
    """
    free = (rows.lower <= 0) & (rows.upper > 0)
    # What sites cost is one more rule, which is never broken: it only compares them.
    use = sorted_rows(vstack([rows.matrix, csr_matrix(cost.astype(float))]).T)
    sites, by_row = sorted_rows(cover), sorted_rows(cover.T)
    arrays = Cover(
        *index_arrays(sites),
        *index_arrays(by_row),
        np.ones(cover.shape[1], dtype=np.int64),
        *index_arrays(use),
        use.data.astype(float),
        np.append(rows.row_lower, -np.inf),
        np.append(rows.row_upper, float(cost.sum()) + 1.0),
    )
    gone: NDArray[np.bool_] = free & ~undominated(arrays, MOST_STEPS)
    return gone


def sorted_rows(matrix: csr_matrix) -> csr_matrix:
    """Return a matrix by rows, columns ascending in each."""
    found = csr_matrix(matrix)
    found.sort_indices()
    return found


def index_arrays(matrix: csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where each row begins, and its columns, as compiled loops take them."""
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
