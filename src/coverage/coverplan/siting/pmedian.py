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
location. Geographical Analysis 2, 30-42. Elloumi, S. (2010): A tighter formulation of the p-median
problem. Journal of Combinatorial Optimization 19, 69-83.
"""

import time
from functools import cache

import numpy as np
import pandas as pd

from ..travel import TravelTimes
from .finish import Found, finish
from .impossible import why_impossible
from .medians.bound import Prices
from .medians.chain import search
from .medians.lists import near_lists
from .medians.proof import by_branching
from .medians.state import State
from .plan import DEFAULT_LIMITS, PERSON_MS, Limits, SitingPlan
from .problem import Rules, Sites, SitingProblem
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
    InputError
        When the problem has no times.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan import siting
    >>> problem = cp.small_problem().with_rules(sites=2)
    >>> plan = siting.solve_pmedian(problem)
    >>> plan.chosen_ids(problem.sites.ids), round(plan.facts.mean_minutes, 1)
    (['new:C2', 'new:C4'], 7.8)
    """
    _warm()
    begin = time.perf_counter()
    rows = site_rows(problem)
    state = State(problem, limits, begin, rows)
    search(state)
    found = Found(
        "pmedian",
        PERSON_MS,
        None if state.best is None else np.flatnonzero(state.best).tolist(),
        state.value,
        state.bound,
        impossible=(
            why_impossible(problem, rows, limits=limits) if state.ending == "impossible" else ()
        ),
        sizes=state.sizes,
    )
    return finish(problem, found, begin)


@cache
def _warm() -> None:
    """Have the loops compiled before the clock starts: once, and kept on disk after that."""
    ms = np.array([1, 0, 0, 0, 1, 0, 0, 0, 1], dtype=np.int32) * 1000
    times = TravelTimes(
        pd.RangeIndex(3),
        pd.RangeIndex(3),
        np.arange(0, 10, 3),
        np.tile(np.arange(3, dtype=np.int32), 3),
        ms,
        1.0,
    )
    people = np.ones(3, dtype=np.int64)
    sites = Sites.make(times.sites)
    problem = SitingProblem(sites, times.within(1.0), people, Rules(sites=1), times)
    state = State(problem, DEFAULT_LIMITS, time.perf_counter(), site_rows(problem))
    search(state)
    near = near_lists(problem, state.free, state.fixed)
    by_branching(state, near, Prices.begin(near, np.zeros(len(near))))
