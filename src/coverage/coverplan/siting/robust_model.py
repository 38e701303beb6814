"""The linear model behind plans that are best in the worst of many draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, eye, hstack, vstack

from ..core.errors import InternalError
from .highs import Mip
from .problem import SitingProblem
from .rows import SiteRows


@dataclass(frozen=True, slots=True)
class MarginModel:
    """The largest smallest margin as a linear model: sites, covered sets of sites, the margin.

    Parameters
    ----------
    cover
        A row for each set of sites that reaches some place, shape ``(n_rows, n_sites)``.
    weight
        What that set is worth in each draw, shape ``(n_draws, n_rows)``.
    base
        Margin of what is reached whatever the plan, shape ``(n_draws,)``.
    """

    cover: csr_matrix
    weight: csr_matrix
    base: NDArray[np.int64]

    @property
    def n_rows(self) -> int:
        """Number of different sets of sites."""
        return int(self.cover.shape[0])

    @property
    def top(self) -> int:
        """No margin can be larger."""
        return int((self.base + np.asarray(self.weight.sum(axis=1)).ravel()).min())

    @classmethod
    def of(
        cls, stacked: SitingProblem, offset: NDArray[np.int64], some: NDArray[np.int64]
    ) -> "MarginModel":
        """Return the model of some draws.

        Parameters
        ----------
        stacked
            All draws side by side: its places are the places of the first draw, of the second ...
        offset
            What the margin of each draw is counted from, shape ``(n_all_draws,)``.
        some
            Positions of the draws that are asked about.
        """
        n_draws = len(offset)
        n = len(stacked.people) // n_draws
        always = stacked.always
        sure = np.where(always, stacked.people, 0).reshape(n_draws, n).sum(axis=1)
        asked = np.zeros(n_draws, dtype=bool)
        asked[some] = True
        free = ~always & (stacked.people > 0) & np.repeat(asked, n)
        counts = np.flatnonzero(free & stacked.reach.covered())
        matrix = stacked.reach.matrix().tocsc()[:, counts]
        matrix.sort_indices()
        first, row = same_columns(matrix)
        weight = csr_matrix(
            (stacked.people[counts], (counts // n, row)), shape=(n_draws, len(first))
        )
        return cls(matrix[:, first].T.tocsr(), weight[some], (sure - offset)[some])

    def mip(self, rows: SiteRows) -> Mip:
        """Return the model under the rules of the problem."""
        n_draws, n_rows = self.weight.shape
        n = self.cover.shape[1]
        one = csr_matrix(np.ones((n_draws, 1)))
        own = rows.matrix
        matrix: csc_matrix = vstack(
            [
                hstack([-self.cover.astype(float), eye(n_rows), csr_matrix((n_rows, 1))]),
                hstack([csr_matrix((n_draws, n)), -self.weight.astype(float), one]),
                hstack([own, csr_matrix((own.shape[0], n_rows + 1))]),
            ]
        ).tocsc()
        n_above = n_rows + n_draws
        return Mip(
            sense="max",
            cost=np.append(np.zeros(n + n_rows), 1.0),
            rows=matrix,
            row_lower=np.concatenate([np.full(n_above, -np.inf), rows.row_lower]),
            row_upper=np.concatenate([np.zeros(n_rows), self.base, rows.row_upper]),
            lower=np.concatenate([rows.lower, np.zeros(n_rows), [float(self.base.min())]]),
            upper=np.concatenate([rows.upper, np.ones(n_rows), [float(self.top)]]),
            whole=np.arange(n + n_rows + 1) < n,
        )

    def point(self, open_: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the values of all variables for some open sites."""
        reached = np.asarray(self.cover @ open_.astype(np.int64) > 0)
        margin = int((self.base + self.weight @ reached.astype(np.int64)).min())
        return np.concatenate([open_.astype(float), reached.astype(float), [float(margin)]])


def same_columns(matrix: csc_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first of each kind of column, and the kind of every column.

    Parameters
    ----------
    matrix
        Ones, with sorted indices.

    Raises
    ------
    InternalError
        When two different columns got the same key of 128 bits.
    """
    rng = np.random.default_rng(0)
    size = np.diff(matrix.indptr)
    column = np.repeat(np.arange(len(size)), size)
    keys = np.zeros((len(size), 2), dtype=np.uint64)
    for half in range(2):
        chance = rng.integers(0, 2**64, matrix.shape[0], dtype=np.uint64)
        np.add.at(keys[:, half], column, chance[matrix.indices])
    _, first, kind = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    kind = kind.ravel()
    like = first[kind]
    if not np.array_equal(size, size[like]):
        raise InternalError("siting: different places were merged")
    shift = (matrix.indptr[like] - matrix.indptr[:-1]).astype(np.int64)
    twin = np.arange(len(matrix.indices)) + np.repeat(shift, size)
    if not np.array_equal(matrix.indices, matrix.indices[twin]):
        raise InternalError("siting: different places were merged")
    return first.astype(np.int64), kind.astype(np.int64)
