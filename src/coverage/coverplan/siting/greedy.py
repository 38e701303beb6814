"""A first plan quickly: greedy choice under the rules, or whatever keeps them at all."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .highs import Ending, Mip, solve_mip
from .kernels.arrays import Cover
from .kernels.search import (
    State,
    add_greedily,
    meet_lower_bounds,
    open_site,
    rules_kept,
    start_state,
)
from .plan import Limits
from .reduce import Reduced

_FIRST_SECONDS = 10.0
"""A plan is looked for at least so long, even where the time is up: without one all is lost."""


def prices(reduced: Reduced) -> list[NDArray[np.float64]]:
    """Return what the gain of each site may be divided by: 1, or its share of a budget.

    Parameters
    ----------
    reduced
        The problem. A budget is a rule from above with coefficients that differ.
    """
    cover = reduced.cover
    found = [np.ones(reduced.n_sites)]
    rules = reduced.rules()
    for rule in range(rules.shape[0]):
        part = slice(rules.indptr[rule], rules.indptr[rule + 1])
        value = rules.data[part]
        if len(value) < 2 or not np.isfinite(cover.up[rule]) or np.ptp(value) == 0:  # noqa: PLR2004
            continue
        if (value < 0).any():
            continue
        price = np.full(reduced.n_sites, max(float(value.min()), 1e-3 * float(value.max())))
        price[rules.indices[part]] = np.maximum(value, price[0])
        found.append(price / price.max())
    return found


def greedy(reduced: Reduced, price: NDArray[np.float64]) -> State | None:
    """Return open sites chosen one by one, each with most gain for its price; None: no luck.

    Church and ReVelle (1974), "greedy adding".

    Parameters
    ----------
    reduced
        The problem.
    price
        What the gain of each site is divided by, shape ``(n_sites,)``.
    """
    cover = reduced.cover
    state: State = start_state(cover)
    banned = np.zeros(reduced.n_sites, dtype=bool)
    meet_lower_bounds(cover, state, price, banned)
    add_greedily(cover, state, price, banned)
    return state if rules_kept(cover, state) else None


def any_plan(reduced: Reduced, limits: Limits) -> tuple[State | None, Ending]:
    """Return open sites that keep the rules, likely good ones, found by the solver.

    Parameters
    ----------
    reduced, limits
        The problem, and when to stop. ``impossible`` is a proof that no plan keeps the rules.
    """
    cover, n = reduced.cover, reduced.n_sites
    if not reduced.possible:
        return None, "impossible"
    alone = start_state(cover).gain.astype(float)
    answer = solve_mip(
        Mip(
            sense="max",
            cost=alone / max(float(alone.max(initial=0.0)), 1.0),
            rows=reduced.rules(),
            row_lower=cover.low,
            row_upper=cover.up,
            lower=np.zeros(n),
            upper=np.ones(n),
            whole=np.ones(n, dtype=bool),
            integral=False,
        ),
        replace(
            limits,
            gap_percent=max(limits.gap_percent, 1.0),
            time_limit_seconds=max(limits.time_limit_seconds, _FIRST_SECONDS),
            on_bounds=None,
        ),
    )
    if answer.values is None:
        return None, answer.ending
    state = state_of(cover, answer.values > 0.5)  # noqa: PLR2004 - whole numbers but for rounding
    return (state, "stopped") if rules_kept(cover, state) else (None, "failed")


def state_of(cover: Cover, open_: NDArray[np.bool_]) -> State:
    """Return some open sites as a state to search from.

    Parameters
    ----------
    cover
        The problem.
    open_
        Which sites are open, shape ``(n_sites,)``.
    """
    state: State = start_state(cover)
    for site in np.flatnonzero(open_):
        open_site(cover, state, int(site))
    return state
