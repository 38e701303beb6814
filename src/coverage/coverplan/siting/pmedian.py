r"""The p-median: the least time all people together take to the nearest open site.

.. math::

    \min \sum_i w_i \min_{j: x_j = 1} d_{ij} \quad \text{s.t.} \quad
    \sum_j x_j \le p, \; x_j \in \{0, 1\}

where :math:`d_{ij}` are milliseconds, at most the cutoff of the times: beyond it all are alike, and
who is there is counted (`Facts.beyond_cutoff`). Existing sites serve without being counted in
:math:`p`; those that may be closed have a variable of their own.

Solved by adding and exchanging sites (`medians.swaps`), a Lagrangian bound in whole numbers that
rules sites out (`medians.bound`), and the telescoped radius model of what is left
(`medians.telescope`).

Hakimi, S. (1964): Optimum locations of switching centers and the absolute centers and medians of
a graph. Operations Research 12, 450-459. ReVelle, C. and Swain, R. (1970): Central facilities
location. Geographical Analysis 2, 30-42.
"""

import time

import numpy as np

from .finish import Found, finish
from .impossible import why_impossible
from .medians.chain import Chain
from .plan import DEFAULT_LIMITS, PERSON_MS, Limits, SitingPlan
from .problem import SitingProblem
from .rows import site_rows


def solve_pmedian(problem: SitingProblem, limits: Limits = DEFAULT_LIMITS) -> SitingPlan:
    """Return the plan in which all people together take the least time, with a proven bound.

    Parameters
    ----------
    problem
        People, weights, rules, and times; whoever is beyond the cutoff counts as on it.
    limits
        When to stop without a proof.

    Raises
    ------
    InternalError
        When the problem has no times.
    """
    begin = time.perf_counter()
    rows = site_rows(problem)
    chain = Chain(problem, limits, begin, rows)
    chain.run()
    found = Found(
        "pmedian",
        PERSON_MS,
        None if chain.best is None else np.flatnonzero(chain.best).tolist(),
        chain.value,
        chain.bound,
        impossible=why_impossible(problem, rows) if chain.ending == "impossible" else (),
        sizes=chain.sizes,
    )
    return finish(problem, found, begin)
