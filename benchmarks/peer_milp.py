"""scipy's `milp` (HiGHS) on the model as it stands in the books: a row for every place."""

import time

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, eye, hstack, vstack

from coverplan import Reach


def solve(
    reach: Reach, people: NDArray[np.int64], sites: int, seconds: float
) -> tuple[list[int], float | None, str]:
    """Return the sites chosen, a bound on the people reached, and what the solver says.

    Parameters
    ----------
    reach, people, sites
        The problem.
    seconds
        Time limit, building the model included.
    """
    begin = time.perf_counter()
    cover = csr_matrix(
        (np.ones(len(reach.who)), reach.who, reach.ptr), shape=(len(reach.sites), len(people))
    )
    n_sites, n = cover.shape
    links = hstack([-cover.T, eye(n)])
    number = csr_matrix(np.concatenate([np.ones(n_sites), np.zeros(n)])[None])
    rows = vstack([links, number]).tocsc()
    answer = milp(
        -np.concatenate([np.zeros(n_sites), people]),
        constraints=LinearConstraint(rows, -np.inf, np.append(np.zeros(n), sites)),
        bounds=Bounds(0, 1),
        integrality=np.arange(n_sites + n) < n_sites,
        options={"time_limit": max(seconds - (time.perf_counter() - begin), 1.0)},
    )
    bound = None if answer.mip_dual_bound is None else -float(answer.mip_dual_bound)
    chosen = [] if answer.x is None else np.flatnonzero(answer.x[:n_sites] > 0.5).tolist()
    return chosen, bound, str(answer.message)
