"""The first plan of the p-median search."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..highs import Mip, solve_mip
from ..rows import SiteRows
from .lists import NearLists
from .state import Mask, State
from .swaps import Searcher

_SECONDS = 20.0
_TINY = 1e-6


def first_plan(state: State, near: NearLists, search: Searcher) -> None:
    """Find a first plan: by adding what saves most; where that breaks a rule, by a model.

    Parameters
    ----------
    state
        The search; its ending says ``impossible`` where no plan keeps the rules.
    near, search
        The lists, and the exchange search over them.
    """
    first = search.improve(state.fixed)
    state.take(first)
    if state.best is not None:
        return
    pair_weight = np.repeat(near.weight, np.diff(near.ptr))
    saved = np.bincount(
        near.site,
        pair_weight * (np.repeat(near.beyond, np.diff(near.ptr)) - near.ms),
        minlength=near.n_sites,
    )
    rows = state.rows
    model = Mip(
        sense="max",
        cost=saved / max(float(saved.max(initial=0)), 1.0),
        rows=rows.matrix,
        row_lower=rows.row_lower,
        row_upper=rows.row_upper,
        lower=rows.lower,
        upper=rows.upper,
        whole=np.ones(near.n_sites, dtype=np.bool_),
        integral=False,
    )
    limits = replace(
        state.limits,
        time_limit_seconds=min(max(state.left, 0.0), _SECONDS),
        gap_percent=5.0,
        on_bounds=None,
    )
    answer = solve_mip(model, limits)
    if answer.values is None:
        state.ending = answer.ending
    else:
        opened = np.round(answer.values) == 1
        state.take(opened)
        state.take(search.improve(opened))


def mended(rows: SiteRows, plan: Mask, order: NDArray[np.float64]) -> Mask:
    """Return as much of a plan as the rules allow.

    Parameters
    ----------
    rows, plan
        The rules, and the open sites, shape ``(n_sites,)``.
    order
        Sites of larger order stay first, shape ``(n_sites,)``.
    """
    if rows.kept(plan).all():
        return plan
    columns, kept = rows.matrix.tocsc(), rows.lower > 0
    sums = columns @ kept.astype(float)
    for j in sorted(np.flatnonzero(plan & ~kept).tolist(), key=lambda j: -order[j]):
        entries = slice(columns.indptr[j], columns.indptr[j + 1])
        row = columns.indices[entries]
        after = sums[row] + columns.data[entries]
        if (after <= rows.row_upper[row] + _TINY).all():
            sums[row] = after
            kept[j] = True
    return np.asarray(kept)
