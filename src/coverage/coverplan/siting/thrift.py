"""Of the classes in which a place can be built, the cheapest that serves alike."""

import numpy as np
from numpy.typing import NDArray

from .problem import SitingProblem
from .rows import SiteRows


def cheapest_classes(
    problem: SitingProblem, rows: SiteRows, open_: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return the plan with every new site in the cheapest class that reaches the same people.

    Coverage cannot tell a large site from a small one at the same place: left to a search, the
    dearer one would be as good.

    Parameters
    ----------
    problem, rows
        The question, and what every plan keeps to.
    open_
        Which sites are open, shape ``(n_sites,)``.
    """
    sites, reach = problem.sites, problem.reach
    if len(np.unique(sites.place)) == len(sites):
        return open_
    plan = open_.copy()
    for site in np.flatnonzero(open_ & ~sites.existing & ~sites.must).tolist():
        others = np.flatnonzero((sites.place == sites.place[site]) & (rows.upper > 0) & ~plan)
        for other in others[np.argsort(sites.cost_yuan[others], kind="stable")].tolist():
            cheaper = sites.cost_yuan[other] < sites.cost_yuan[site]
            if not cheaper or not np.array_equal(reach.of(other), reach.of(site)):
                continue
            plan[[site, other]] = False, True
            if rows.kept(plan).all():
                break
            plan[[site, other]] = True, False
    return plan
