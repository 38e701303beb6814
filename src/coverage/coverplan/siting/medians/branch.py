"""The compiled loops of the branch and bound of the p-median: bounds in whole numbers throughout.

For problems whose rules are numbers of sites: a node's bound is the Lagrangian one, found again
with a few steps from the prices before it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import Ids, Keys, Ms, compiled
from .dual import MUST, Climb, Floats, Numbers, ascend, reduced_whole

Kinds = NDArray[np.int8]

_NONE = 2**62


class Tree(NamedTuple):
    """Nodes still to be looked at, the next one last.

    Parameters
    ----------
    kinds
        Kind of each site at each node as in `Numbers`, shape ``(n_nodes, n_sites)``.
    bound
        Scaled bound of each node's parent.
    waiting
        One number: how many they are.
    best
        Open sites of the best plan, shape ``(n_sites,)``.
    value
        One number: its value.
    """

    kinds: Kinds
    bound: Keys
    waiting: Keys
    best: NDArray[np.bool_]
    value: Keys


class Model(NamedTuple):
    """The lists, and whom a listed site has to serve.

    Parameters
    ----------
    ptr, site, ms, beyond, weight
        As in `NearLists`.
    must_serve
        Places that count as never served when no listed site is open.
    scale
        Prices are counted in this many parts.
    """

    ptr: Keys
    site: Ids
    ms: Ms
    beyond: Keys
    weight: Keys
    must_serve: NDArray[np.bool_]
    scale: int


@compiled
def _plan_value(model: Model, opened: NDArray[np.bool_]) -> int:
    """Return the value of a plan; `_NONE` where somebody is not served who must be."""
    total = 0
    for i in range(len(model.beyond)):
        least, met = model.beyond[i], False
        for e in range(model.ptr[i], model.ptr[i + 1]):
            if opened[model.site[e]]:
                least, met = np.int64(model.ms[e]), True
                break
        if model.must_serve[i] and not met:
            return _NONE
        total += model.weight[i] * least
    return total


@compiled
def _count_kinds(kinds: Kinds, existing: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many new and existing sites must be open at a node."""
    new, old = 0, 0
    for j in range(len(kinds)):
        if kinds[j] == MUST:
            if existing[j]:
                old += 1
            else:
                new += 1
    return new, old


@compiled
def _whole_bound(model: Model, numbers: Numbers, price: Keys, rho: Keys) -> tuple[int, int, int]:
    """Return the scaled bound at whole prices, and what the last chosen and the next bring.

    The last two are 0 where a number is not reached or sites of both kinds are free.
    """
    rho[:] = 0
    bound = reduced_whole(model.ptr, model.site, model.ms, model.weight * model.scale, price, rho)
    new, old, last, after = 0, 0, 0, 0
    mixed = False
    for j in range(len(rho)):
        if numbers.kind[j] == MUST:
            bound += rho[j]
        mixed = mixed or numbers.kind[j] == 1
    for j in np.argsort(rho):
        kind = numbers.kind[j]
        if rho[j] >= 0:
            break
        if new + old < numbers.both and (
            (kind == 0 and new < numbers.new) or (kind == 1 and old < numbers.old)
        ):
            new, old = new + (kind == 0), old + (kind == 1)
            bound += rho[j]
            last = rho[j]
        elif kind == 0 and after == 0:
            after = rho[j]
    if mixed or new < numbers.new or new + old >= numbers.both:
        return bound, 0, 0
    return bound, last, after


@compiled
def _fix(kinds: Kinds, rho: Keys, last: int, after: int, room: int) -> None:
    """Rule sites in and out whose change would lift the bound by more than ``room``."""
    for j in range(len(kinds)):
        if kinds[j] != 0:
            continue
        if rho[j] - last > room:
            kinds[j] = -1
        elif after - rho[j] > room:
            kinds[j] = MUST


@compiled
def _pick(kinds: Kinds, mean: Floats, rho: Keys) -> int:
    """Return the free site that is open about as often as not; -1 where none is free."""
    best, pick = -1.0, -1
    for j in range(len(kinds)):
        if kinds[j] == 0 or kinds[j] == 1:
            half = min(mean[j], 1.0 - mean[j])
            # Of those never in doubt the one that brings most.
            score = half + 1e-6 * (rho[j] < 0)
            if score > best:
                best, pick = score, j
    return pick


@compiled
def _push(tree: Tree, kinds: Kinds, j: int, kind: int, bound: int) -> None:
    at = tree.waiting[0]
    tree.kinds[at] = kinds
    tree.kinds[at, j] = kind
    tree.bound[at] = bound
    tree.waiting[0] += 1


@compiled
def search_tree(
    model: Model,
    existing: NDArray[np.bool_],
    numbers: Numbers,
    climb: Climb,
    tree: Tree,
    steps: int,
    nodes: int,
) -> int:
    """Look at so many nodes, or all there are; return how many were looked at.

    Parameters
    ----------
    model, existing, numbers
        The lists, which sites exist, and how many may be open.
    climb
        Prices to begin with.
    tree
        The nodes; changed.
    steps
        Steps of the ascent at each node.
    nodes
        Nodes at most.
    """
    top = model.weight * model.beyond
    price = np.empty(len(top), dtype=np.int64)
    rho = np.empty(len(existing), dtype=np.int64)
    root = climb.v.copy()
    for node in range(nodes):
        if tree.waiting[0] == 0:
            return node
        tree.waiting[0] -= 1
        if tree.bound[tree.waiting[0]] > (tree.value[0] - 1) * model.scale:
            continue
        kinds = tree.kinds[tree.waiting[0]].copy()
        new, old = _count_kinds(kinds, existing)
        both = numbers.both - new - old
        here = Numbers(kinds.astype(np.int64), numbers.new - new, numbers.old - old, both)
        if min(here.new, here.old, here.both) < 0:
            continue
        climb.v[:] = root
        _climb_again(model, here, climb, float(tree.value[0]), steps)
        for i in range(len(price)):
            price[i] = min(np.int64(climb.v[i] * model.scale), top[i] * model.scale)
        bound, last, after = _whole_bound(model, here, price, rho)
        _take(model, climb.last, tree)
        room = (tree.value[0] - 1) * model.scale - bound
        if room < 0:
            continue
        if last < 0:
            _fix(kinds, rho, last, after, room)
        j = _pick(kinds, climb.mean, rho)
        if j < 0:
            _take(model, kinds == MUST, tree)
            continue
        _push(tree, kinds, j, -1, bound)
        _push(tree, kinds, j, MUST, bound)
    return nodes


@compiled
def _climb_again(model: Model, here: Numbers, climb: Climb, value: float, steps: int) -> None:
    """Find prices for a node: until no plan below ``value`` is left in it, or for some steps."""
    climb.best[0] = -np.inf
    climb.step[0], climb.step[1] = 0.5, 0.0
    climb.turn[:] = 0.0
    weight = model.weight.astype(np.float64)
    top = weight * model.beyond
    target = value - 1.0 + 1.0 / 64
    ascend(model.ptr, model.site, model.ms, weight, top, here, climb, target, steps)


@compiled
def _take(model: Model, opened: NDArray[np.bool_], tree: Tree) -> None:
    """Keep a plan if it is better than the best."""
    value = _plan_value(model, opened)
    if value < tree.value[0]:
        tree.value[0] = value
        tree.best[:] = opened
