r"""The maximal covering location problem (MCLP), existing sites kept.

Choose at most :math:`p` new sites so that as many people as possible are newly reached:

.. math::

    \max \sum_i w_i z_i \quad \text{s.t.} \quad
    z_i \le \sum_{j \in N_i} x_j, \quad \sum_j x_j \le p, \quad
    x_j \in \{0, 1\}, \; 0 \le z_i \le 1

where :math:`w_i` are the people of row :math:`i` no existing site reaches and :math:`N_i` the
candidates that reach it.

Church, R. and ReVelle, C. (1974): The maximal covering location problem. Papers of the Regional
Science Association 32, 101-118.
"""

import time
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, eye, hstack, vstack

from ..core.errors import InternalError
from .greedy import greedy, improve_by_swaps
from .highs import maximise
from .problem import SitingPlan, SitingProblem
from .recount import alone, lost_without, marginal_order, recount
from .reduce import Reduced, reduce


def solve_mclp(
    problem: SitingProblem, *, time_limit_seconds: float = 60.0, gap_percent: float = 0.0
) -> SitingPlan:
    """Return the plan that newly reaches most people, with a proven bound.

    Equal places are merged and dominated candidates dropped; greedy and swaps give a start;
    HiGHS then proves it, or improves it until the limits.

    Parameters
    ----------
    problem
        Who would be reached from where, and how many sites.
    time_limit_seconds, gap_percent
        When to stop without a proof. "optimal" is said at gap 0 only.
    """
    begin = time.perf_counter()
    small = reduce(problem.reach, problem.open_people)
    sizes = {
        "candidates": len(problem.reach.sites),
        "places": int((problem.open_people > 0).sum()),
        "candidates_left": len(small.candidates),
        "rows_left": len(small.people),
    }
    start = improve_by_swaps(
        small.cover, small.people, greedy(small.cover, small.people, problem.sites)
    )
    reachable = int(small.people.sum())
    value = int(small.people[np.asarray(small.cover[start].sum(axis=0)).ravel() > 0].sum())
    bound = reachable
    if value < reachable:
        start, bound = _prove(small, problem.sites, start, time_limit_seconds, gap_percent)
    return _plan(problem, small.candidates[start].tolist(), bound, begin, sizes)


def _prove(
    small: Reduced, sites: int, start: list[int], time_limit_seconds: float, gap_percent: float
) -> tuple[list[int], int]:
    """Return the best plan HiGHS knows, and its bound in whole people."""
    n, rows = len(small.candidates), len(small.people)
    covers: csr_matrix = -small.cover.T.astype(float)
    limit = csr_matrix(np.concatenate([np.ones(n), np.zeros(rows)])[None, :])
    matrix: csc_matrix = vstack([hstack([covers, eye(rows)]), limit]).tocsc()
    x = np.zeros(n)
    x[start] = 1.0
    covered = np.asarray(small.cover[start].sum(axis=0)).ravel() > 0
    answer = maximise(
        np.concatenate([np.zeros(n), small.people]),
        matrix,
        np.concatenate([np.zeros(rows), [float(sites)]]),
        whole=np.arange(n + rows) < n,
        start=np.concatenate([x, covered.astype(float)]),
        time_limit_seconds=time_limit_seconds,
        gap=gap_percent / 100.0,
    )
    # People are whole: a bound of 1234.7 people is a bound of 1234. A search stopped at once, or
    # one that failed, has no bound of its own; nobody can reach more than everybody.
    everybody = int(small.people.sum())
    bound = int(min(np.floor(answer.bound + 1e-4), everybody))
    return np.flatnonzero(np.round(answer.values[:n]) == 1).tolist(), bound


def _plan(
    problem: SitingProblem,
    chosen: Sequence[int],
    bound: int,
    begin: float,
    sizes: dict[str, int],
) -> SitingPlan:
    open_people = problem.open_people
    order, newly = marginal_order(problem.reach, open_people, chosen)
    value = recount(problem.reach, open_people, order)
    if bound < value:
        raise InternalError(f"siting: {value} people are reached, but the bound is {bound}")
    status = "optimal" if bound == value else "feasible"
    if not order:
        status = "nothing_to_gain"
    return SitingPlan(
        chosen=tuple(order),
        newly=tuple(newly),
        newly_alone=tuple(alone(problem.reach, open_people, order)),
        lost_without=tuple(lost_without(problem.reach, open_people, order)),
        value=value,
        asked=problem.sites,
        bound=bound,
        status=status,
        seconds=time.perf_counter() - begin,
        sizes=sizes,
    )
