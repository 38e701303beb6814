"""One more rule on top of those of a problem, for one stage of a model."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from ..core.text import Text
from .rows import SiteRows

Bounded = tuple[NDArray[np.int64], NDArray[np.float64], float, float]
"""Sites, their coefficients, lower and upper bound of the sum."""


def with_row(rows: SiteRows, row: Bounded, name: Text, kind: str = "number") -> SiteRows:
    """Return the rules of a problem and one more.

    Parameters
    ----------
    rows, row, name
        The rules, the new one, and what it demands.
    kind
        Which kind of rule it is, as in `SiteRows`.
    """
    where, value, lower, upper = row
    extra = csr_matrix(
        (value, (np.zeros(len(where), dtype=np.int64), where)), shape=(1, len(rows.lower))
    )
    kinds = (*rows.kinds, kind) if len(rows.kinds) == len(rows.names) else ()
    return replace(
        rows,
        matrix=csr_matrix(vstack([rows.matrix, extra])),
        row_lower=np.append(rows.row_lower, lower),
        row_upper=np.append(rows.row_upper, upper),
        names=(*rows.names, name),
        kinds=kinds,
    )
