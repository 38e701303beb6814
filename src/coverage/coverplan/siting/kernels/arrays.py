"""A covering problem as plain arrays, the one shape all compiled loops take."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ids = NDArray[np.int32]
Floats = NDArray[np.float64]


class Cover(NamedTuple):
    """Sites, the rows of people they reach, and the rules a plan keeps to.

    Parameters
    ----------
    ptr, who
        Rows each site reaches: ``who[ptr[j]:ptr[j + 1]]``, ascending.
    row_ptr, row_sites
        Sites that reach each row, ascending.
    weight
        What each row counts, all positive.
    rule_ptr, rule_of, rule_value
        Rules each site takes part in, and its coefficient in each.
    low, up
        Bounds of the rules: ``low <= sum of coefficients of open sites <= up``.
    """

    ptr: Ints
    who: Ids
    row_ptr: Ints
    row_sites: Ids
    weight: Ints
    rule_ptr: Ints
    rule_of: Ids
    rule_value: Floats
    low: Floats
    up: Floats


TINY = 1e-6
"""Slack in rules, whose coefficients are whole numbers in practice."""
