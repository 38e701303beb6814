"""Places that are alike for a model, as one row: reached by the same sites, in the same group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from .problem import SitingProblem
from .rows import SiteRows

TWICE = 2
"""Reached more often than this counts no more."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged places.

    Parameters
    ----------
    cover
        Which of the sites a plan decides on reach each row, shape ``(n_rows, n_sites)``; nothing
        in the columns of other sites.
    sure
        By how many sites that are open in every plan each row is reached, at most 2.
    weight
        What each row counts in the objective.
    people
        People of each row.
    group
        Group of each row.
    row
        The row of each place, -1 for those that count nothing; shape ``(n_demand,)``.
    """

    cover: csr_matrix
    sure: NDArray[np.int64]
    weight: NDArray[np.int64]
    people: NDArray[np.int64]
    group: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.sure)

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """Whether any site can reach a row, shape ``(n_rows,)``."""
        return np.asarray((np.diff(self.cover.indptr) > 0) | (self.sure > 0), dtype=bool)

    def times(self, open_: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how often each row is reached by open sites, shape ``(n_rows,)``.

        Parameters
        ----------
        open_
            Which sites are open, shape ``(n_sites,)``.
        """
        return np.asarray(self.cover @ open_.astype(np.int64) + self.sure, dtype=np.int64)


def merged(
    problem: SitingProblem, rows: SiteRows, group: NDArray[np.integer] | None = None
) -> Merged:
    """Return the places of a problem with those that are alike as one row.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    group
        Places of different groups stay apart, shape ``(n_demand,)``; default: one group.
    """
    sites, n = problem.sites, len(problem.people)
    fixed = rows.lower > 0
    # Where a site stands in every plan no other class can be built.
    free = (rows.upper > 0) & ~fixed & ~np.isin(sites.place, sites.place[fixed])
    reach: csr_matrix = problem.reach.matrix()
    sure = np.asarray(reach[np.flatnonzero(fixed)].sum(axis=0), dtype=np.int64).ravel()
    sure = np.minimum(sure, TWICE)
    groups = np.zeros(n, dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)
    keep = csr_matrix((free.astype(np.int8), (np.arange(len(free)),) * 2))
    columns: csc_matrix = (keep @ reach).tocsc()
    columns.eliminate_zeros()
    columns.sort_indices()
    row_of = np.full(n, -1, dtype=np.int64)
    first: list[int] = []
    known: dict[tuple[int, int, bytes], int] = {}
    for place in np.flatnonzero((problem.people > 0) | (problem.weight > 0)).tolist():
        who = columns.indices[columns.indptr[place] : columns.indptr[place + 1]]
        key = (int(groups[place]), int(sure[place]), who.tobytes())
        row = known.setdefault(key, len(first))
        if row == len(first):
            first.append(place)
        row_of[place] = row
    some = row_of >= 0

    def total(of: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(row_of[some], of[some], minlength=len(first)).astype(np.int64)

    return Merged(
        cover=csr_matrix(columns[:, first].T.astype(np.int64)),
        sure=sure[first],
        weight=total(problem.weight),
        people=total(problem.people),
        group=groups[first],
        row=row_of,
    )
