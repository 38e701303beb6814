"""A linear model put together block by block equals the one written down at once."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from coverplan import Text
from coverplan.siting import Limits, Sites
from coverplan.siting.highs import solve_mip
from coverplan.siting.linear import Linear
from coverplan.siting.rows import stack_rows


def test_blocks_land_in_their_columns_and_rows():
    linear = Linear()
    x = linear.columns(2, 0.0, 1.0, whole=True)
    y = linear.columns(3, np.array([0.0, 1, 2]), 5.0, whole=False)
    linear.rows(
        [(x, csr_matrix([[1.0, 0], [0, 2]])), (y, csr_matrix([[0, 0, 3.0], [4, 0, 0]]))], 0, 9
    )
    linear.row([(y, np.array([0.0, 7, 0]))], 1.0, np.inf)
    mip = linear.mip("min", [(y, np.array([1.0, 2, 3])), (x, np.ones(2)), (x, np.ones(2))])
    assert (x, y) == (slice(0, 2), slice(2, 5))
    assert mip.rows.toarray().tolist() == [[1, 0, 0, 0, 3], [0, 2, 4, 0, 0], [0, 0, 0, 7, 0]]
    assert mip.cost.tolist() == [2, 2, 1, 2, 3]
    assert mip.row_lower.tolist() == [0, 0, 1]
    assert mip.row_upper.tolist() == [9, 9, np.inf]
    assert mip.lower.tolist() == [0, 0, 0, 1, 2]
    assert mip.upper.tolist() == [1, 1, 5, 5, 5]
    assert mip.whole.tolist() == [True, True, False, False, False]
    assert mip.integral


def test_sites_bring_their_rules_and_bounds():
    sites = Sites.make(
        pd.Index(list("abc")), must=[True, False, False], barred=[False, False, True]
    )
    rows = stack_rows([(np.arange(3), np.ones(3), -np.inf, 2.0, Text.same("two"))], sites)
    linear, x = Linear.of_sites(rows)
    answer = solve_mip(linear.mip("max", [(x, np.ones(3))]), Limits())
    assert np.round(answer.values).tolist() == [1, 1, 0]


def test_no_rules_at_all():
    sites = Sites.make(pd.Index(list("ab")))
    linear, x = Linear.of_sites(stack_rows([], sites))
    answer = solve_mip(linear.mip("max", [(x, np.ones(2))]), Limits())
    assert np.round(answer.values).tolist() == [1, 1]
