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

import numpy as np

from .finish import Found, finish
from .impossible import why_impossible
from .maxcover import max_cover
from .plan import DEFAULT_LIMITS, NEWLY, WEIGHTED, Limits, SitingPlan
from .problem import SitingProblem
from .rows import site_rows
from .stages import less_before


def solve_mclp(problem: SitingProblem, limits: Limits = DEFAULT_LIMITS) -> SitingPlan:
    """Return the plan that newly reaches most people, with a proven bound.

    Parameters
    ----------
    problem
        Who would be reached from where, and the rules: their number of sites, budget, spacing
        and all others are kept.
    limits
        When to stop without a proof. "optimal" is said at gap 0 only.

    Examples
    --------
    >>> import coverplan as cp
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = cp.solve_mclp(problem)
    >>> plan.chosen_ids(problem.sites.ids), plan.value, plan.status
    (['new:C2', 'new:C4'], 443, 'optimal')

    Every two of the five candidates could be tried by hand: none newly reaches more than 333 + 110.
    """
    begin = time.perf_counter()
    before = int(problem.weight[problem.before].sum())
    rows = site_rows(problem)
    answer = max_cover(problem, rows, less_before(limits, before), begin)
    impossible = answer.ending == "impossible"
    found = Found(
        "mclp",
        WEIGHTED if problem.weighted else NEWLY,
        None if answer.open is None else np.flatnonzero(answer.open).tolist(),
        None if answer.value is None else answer.value - before,
        None if answer.bound is None else answer.bound - before,
        impossible=why_impossible(problem, rows, limits=limits) if impossible else (),
        sizes=answer.sizes,
    )
    return finish(problem, found, begin)
