"""spopt's MCLP with PuLP and CBC, as its users call it: a dense matrix of places and candidates."""

import time

import numpy as np
import pulp
from numpy.typing import NDArray
from spopt.locate import MCLP

from coverplan import Reach

DENSE_CELLS = 60_000_000
"""A larger matrix, and as many rows of text for CBC, does not fit on an ordinary machine."""


def solve(
    reach: Reach, people: NDArray[np.int64], sites: int, seconds: float
) -> tuple[list[int], float | None, str]:
    """Return the sites chosen, a bound on the people reached, and what the solver says.

    Parameters
    ----------
    reach, people, sites
        The problem.
    seconds
        Time limit, building the model included; CBC is told what is left of it.
    """
    begin = time.perf_counter()
    cells = len(people) * len(reach.sites)
    if cells > DENSE_CELLS:
        raise MemoryError(f"a dense matrix of {cells:,} cells")
    cost = np.full((len(people), len(reach.sites)), 2.0)
    site = np.repeat(np.arange(len(reach.sites)), np.diff(reach.ptr))
    cost[reach.who, site] = 1.0
    model = MCLP.from_cost_matrix(cost, people, 1.0, p_facilities=sites)
    left = max(seconds - (time.perf_counter() - begin), 1.0)
    try:
        model.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=left), results=False)
    except RuntimeError as error:
        return [], None, str(error)
    problem = model.problem
    chosen = [j for j, x in enumerate(model.fac_vars) if (x.varValue or 0) > 0.5]
    # PuLP calls a plan at the time limit "Optimal" too; only the status of the solution tells.
    proven = problem.sol_status == pulp.LpSolutionOptimal
    bound = float(pulp.value(problem.objective)) if proven else None
    return chosen, bound, pulp.LpSolution[problem.sol_status]
