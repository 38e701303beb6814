"""A linear model put together block by block: sites first, then whatever a model adds."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from .highs import Mip
from .plan import Sense
from .rows import SiteRows

Part = tuple[slice, csr_matrix]
"""Columns, and the coefficients of some rows in them, shape ``(n_rows, n_columns)``."""

Numbers = float | NDArray[np.float64]


@dataclass(slots=True)
class Linear:
    """Columns and rows of a linear model while it is written down.

    Parameters
    ----------
    lower, upper, whole
        Bounds of the columns so far, block by block, and whether they are whole.
    entries
        Rows, columns and values so far.
    row_lower, row_upper
        Bounds of the rows so far.
    """

    lower: list[NDArray[np.float64]] = field(default_factory=list)
    upper: list[NDArray[np.float64]] = field(default_factory=list)
    whole: list[NDArray[np.bool_]] = field(default_factory=list)
    entries: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = field(
        default_factory=list
    )
    row_lower: list[NDArray[np.float64]] = field(default_factory=list)
    row_upper: list[NDArray[np.float64]] = field(default_factory=list)

    @property
    def n_columns(self) -> int:
        """Columns so far."""
        return sum(len(block) for block in self.lower)

    @property
    def n_rows(self) -> int:
        """Rows so far."""
        return sum(len(block) for block in self.row_lower)

    def columns(self, number: int, lower: Numbers, upper: Numbers, *, whole: bool) -> slice:
        """Add columns and return where they are.

        Parameters
        ----------
        number, lower, upper
            How many, and their bounds: one for all, or shape ``(number,)``.
        whole
            Whether they are whole.
        """
        first = self.n_columns
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=float), (number,)))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=float), (number,)))
        self.whole.append(np.full(number, whole))
        return slice(first, first + number)

    def rows(self, parts: Sequence[Part], lower: Numbers, upper: Numbers) -> None:
        """Add rows ``lower <= sum of matrix @ columns <= upper``.

        Parameters
        ----------
        parts
            The columns they speak of, and their coefficients; as many rows in each.
        lower, upper
            Bounds: one for all, or one for each row.
        """
        first, number = self.n_rows, parts[0][1].shape[0]
        for where, matrix in parts:
            cells = coo_matrix(matrix)
            row, column = cells.row.astype(np.int64), cells.col.astype(np.int64)
            self.entries.append((row + first, column + where.start, cells.data.astype(float)))
        self.row_lower.append(np.broadcast_to(np.asarray(lower, dtype=float), (number,)))
        self.row_upper.append(np.broadcast_to(np.asarray(upper, dtype=float), (number,)))

    def row(
        self, parts: Sequence[tuple[slice, NDArray[np.float64]]], lower: float, upper: float
    ) -> None:
        """Add one row, its coefficients given in full for each block of columns.

        Parameters
        ----------
        parts, lower, upper
            As in `rows`, coefficients of shape ``(n_columns,)``.
        """
        self.rows([(where, csr_matrix(cost[None, :])) for where, cost in parts], lower, upper)

    def mip(
        self,
        sense: Sense,
        costs: Sequence[tuple[slice, NDArray[np.float64]]],
        *,
        integral: bool = True,
    ) -> Mip:
        """Return the model with an objective.

        Parameters
        ----------
        sense, costs
            ``max`` or ``min``, and what columns count; others count nothing.
        integral
            Whether every feasible objective is a whole number.
        """
        cost = np.zeros(self.n_columns)
        for where, value in costs:
            cost[where] += value
        rows, columns, values = (
            np.concatenate([entry[k] for entry in self.entries]) for k in range(3)
        )
        return Mip(
            sense=sense,
            cost=cost,
            rows=csr_matrix((values, (rows, columns)), shape=(self.n_rows, self.n_columns)),
            row_lower=np.concatenate(self.row_lower),
            row_upper=np.concatenate(self.row_upper),
            lower=np.concatenate(self.lower),
            upper=np.concatenate(self.upper),
            whole=np.concatenate(self.whole),
            integral=integral,
        )

    @classmethod
    def of_sites(cls, rows: SiteRows) -> tuple["Linear", slice]:
        """Return a model of the sites' 0/1 columns and their rules, and where the sites are.

        Parameters
        ----------
        rows
            What every plan keeps to.
        """
        linear = cls()
        x = linear.columns(len(rows.lower), rows.lower, rows.upper, whole=True)
        linear.rows([(x, rows.matrix)], rows.row_lower, rows.row_upper)
        return linear, x
