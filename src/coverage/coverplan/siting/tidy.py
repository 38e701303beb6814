"""Leaving undone what brings nothing: plans equally good, with less built and less closed."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .problem import SitingProblem
from .rows import SiteRows

Worth = Callable[[NDArray[np.bool_]], object]
"""What a set of open sites is worth; a set that differs in it is another plan."""


def tidy(
    problem: SitingProblem, rows: SiteRows, open_: NDArray[np.bool_], worth: Worth
) -> NDArray[np.bool_]:
    """Return the plan without the changes that alter nothing it is worth.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    open_
        Which sites are open, shape ``(n_sites,)``.
    worth
        What must stay as it is; the rules stay kept in any case.
    """
    plan, goal = open_.copy(), worth(open_)
    stands = problem.sites.existing
    free = rows.lower < rows.upper
    dear = np.argsort(-problem.sites.cost_yuan, kind="stable")
    # The dearest new site goes first if it brings nothing; then what stands need not close.
    for site in [*dear[(plan & ~stands & free)[dear]], *np.flatnonzero(~plan & stands & free)]:
        plan[site] = ~plan[site]
        if not rows.kept(plan).all() or worth(plan) != goal:
            plan[site] = ~plan[site]
    return plan
