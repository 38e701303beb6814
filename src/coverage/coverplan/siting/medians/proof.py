"""The last stage of the p-median search: what prices did not decide is decided exactly."""

import time
from dataclasses import replace

import numpy as np

from ..highs import solve_mip, whole_bound
from ..plan import Bounds, Limits
from .bound import Prices, rule
from .branch import Model, Tree, search_tree
from .lists import NearLists, nearest_of
from .state import Mask, State
from .telescope import telescope

_MOST_MODEL = 3_000_000
"""Coefficients of a model that is still given to the solver."""

_STEPS, _PATIENCE, _MEMORY = 120, 15.0, 0.7
"""Steps of the ascent at a node, and its habits there: short and quick to turn."""

_LOOK_SECONDS = 0.3
"""How long nodes are looked at before the clock is."""


def _must_serve(state: State, near: NearLists) -> Mask:
    """Return whom a listed site has to serve: who would else take longer than the radius."""
    return np.asarray(near.beyond < nearest_of(state.problem, state.fixed)[near.place])


def by_model(state: State, near: NearLists) -> None:
    """Give what is left to the solver, as a telescoped radius model.

    Parameters
    ----------
    state
        The search.
    near
        Lists with all sites within the radius of each place.
    """
    model = telescope(near, state.rows, _must_serve(state, near))
    state.sizes |= {"rows_left": len(model.parent), "pairs": model.pairs}
    if model.pairs > _MOST_MODEL or state.best is None:
        return
    answer = solve_mip(
        model.mip,
        _shifted(state, model.constant),
        start=model.start(state.best),
        begin=state.begin,
    )
    if answer.values is not None:
        state.take(np.round(answer.values[: near.n_sites]) == 1)
    bound = whole_bound(answer.bound, "min")
    if bound is not None:
        state.lift(bound + model.constant)


def _shifted(state: State, constant: int) -> Limits:
    """Return the limits, telling bounds with what the model leaves out."""
    tell = state.limits.on_bounds
    if tell is None:
        return state.limits

    def shifted(bounds: Bounds) -> None:
        value = None if bounds.value is None else bounds.value + constant
        bound = state.bound if bounds.bound is None else bounds.bound + constant
        tell(Bounds(value, max(bound, state.bound), bounds.seconds))

    return replace(state.limits, on_bounds=shifted)


def by_branching(state: State, near: NearLists, prices: Prices) -> None:
    """Decide on the sites left one by one, with bounds in whole numbers.

    Parameters
    ----------
    state
        The search, whose rules are numbers of sites.
    near
        Lists with all sites within the radius of each place.
    prices
        Prices of the places.
    """
    if state.value is None:
        return
    scale = rule(near, state.rows, prices).scale
    model = Model(
        near.ptr,
        near.site,
        near.ms,
        near.beyond,
        near.weight,
        _must_serve(state, near),
        scale,
    )
    numbers, tree = state.numbers, _root(state, near.n_sites, scale)
    prices.climb.offset[:] = 0.0
    prices.climb.step[2:] = _PATIENCE, _MEMORY
    root, nodes, some = prices.climb.v.copy(), 0, 1
    existing = state.problem.sites.existing
    while tree.waiting[0] and state.left > 0:
        prices.climb.v[:] = root
        began = time.perf_counter()
        nodes += search_tree(model, existing, numbers, prices.climb, tree, _STEPS, some)
        took = time.perf_counter() - began
        some = min(max(int(some * _LOOK_SECONDS / max(took, 1e-6)), 1), 10 * some)
        if tree.value[0] < state.value:
            state.take(tree.best | state.fixed)
        waiting = tree.bound[: tree.waiting[0]]
        state.lift(-(-int(waiting.min()) // scale) if len(waiting) else state.value)
    state.sizes["nodes"] = nodes


def _root(state: State, n_sites: int, scale: int) -> Tree:
    """Return a tree with its root waiting."""
    room = int(state.free.sum()) + 3
    tree = Tree(
        kinds=np.zeros((room, n_sites), dtype=np.int8),
        bound=np.zeros(room, dtype=np.int64),
        waiting=np.ones(1, dtype=np.int64),
        best=np.zeros(n_sites, dtype=np.bool_),
        value=np.full(1, state.value, dtype=np.int64),
    )
    tree.kinds[0] = state.numbers.kind
    # The root is as good as the bound so far, which was rounded up.
    tree.bound[0] = (state.bound - 1) * scale + 1
    return tree
