"""Sites that are in every plan better than the best known one, or in none: by reduced cost."""

import numpy as np
from numpy.typing import NDArray

from .kernels.duals import Nest, bound_at, choose
from .lagrange import Lagrange


def fix_sites(
    search: Lagrange, value: int, best: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the sites still to be decided on, and those open in every better plan.

    Parameters
    ----------
    search
        Multipliers of the problem.
    value
        Weight the best known plan reaches in all: only better ones are looked for.
    best
        Sites open in that plan, shape ``(n_sites,)``: it stays possible too, as a start.

    Notes
    -----
    Opening a site the best choice leaves out costs at least what the cheapest site is worth that
    would have to make room for it. Closing one the choice has costs at least its worth less that
    of the best one left out.
    """
    duals, cover = search.duals, search.reduced.cover
    worth = search.worth
    chosen, used = choose(search.nest, worth)
    bound = bound_at(cover, duals.best, duals.best_rule, worth, chosen)
    slack = 1e-9 * (abs(bound) + float(cover.weight.sum()))
    better = value - search.reduced.sure + 1
    with_it = bound + worth - _given_up(search.nest, worth, chosen, used) + slack
    best_left_out = max(float(worth[~chosen].max(initial=0.0)), 0.0)
    without = bound - worth + best_left_out + slack
    shut = ~chosen & ~best & (with_it < better)
    fixed = chosen & best & (without < better)
    return np.flatnonzero(~shut & ~fixed), np.flatnonzero(fixed)


def _given_up(
    nest: Nest,
    worth: NDArray[np.float64],
    chosen: NDArray[np.bool_],
    used: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return what opening each site would at least take away, shape ``(n_sites,)``.

    The cheapest chosen site in the smallest full rule the site is part of; 0 where none is full.
    """
    n_sites = len(worth)
    site = np.repeat(np.arange(n_sites), np.diff(nest.ptr))
    cheapest = np.full(len(nest.cap), np.inf)
    mine = chosen[site]
    np.minimum.at(cheapest, nest.of[mine], worth[site[mine]])
    full = used >= nest.cap
    given = np.zeros(n_sites)
    # From the largest rule to the smallest: the last full one counts.
    given[site[full[nest.of]]] = cheapest[nest.of[full[nest.of]]]
    return given
