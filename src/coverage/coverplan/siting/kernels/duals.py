"""Bounds on maximal covering: Lagrangian relaxation, its multipliers found by the volume method."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import compiled
from .arrays import Cover, Floats, Ids, Ints


class Nest(NamedTuple):
    """Rules that count sites and are nested or apart: the best choice under them is greedy.

    Parameters
    ----------
    ptr, of
        Nested rules of each site, from the largest to the smallest.
    cap
        Sites each rule allows; no limit for the others.
    inside
        Whether a rule is one of them.
    root
        The rule all sites are part of; -1 without one.
    """

    ptr: Ints
    of: Ids
    cap: Ints
    inside: NDArray[np.bool_]
    root: int


class Duals(NamedTuple):
    """Where the search for multipliers stands.

    Parameters
    ----------
    best, best_rule
        Multipliers of rows and rules with the least bound so far.
    row, rule
        Those tried last.
    slack
        Average of how much each row is reached more than once.
    share
        Average choice of each site: near the end a solution of the linear relaxation.
    chosen
        Best choice under the multipliers tried last.
    number
        Least bound; length of the step; greatest weight of the newest choice in the averages;
        length of steps for rules; tries without success; shape ``(5,)``.
    """

    best: Floats
    best_rule: Floats
    row: Floats
    rule: Floats
    slack: Floats
    share: Floats
    chosen: NDArray[np.bool_]
    number: Floats


_BOUND, _STEP, _MOST, _RULE_STEP, _FAILED = range(5)
_SOON, _LATE = 10, 50
"""Tries without success after which steps, and the weight of the newest choice, are lessened."""

_NOTHING = 1e-12
_MARGIN = 1e-9
"""Sums of 64-bit floats are wrong by far less than this share of them."""


@compiled
def profits(cover: Cover, row: Floats, rule: Floats) -> Floats:
    """Return what each site is worth under some multipliers, shape ``(n_sites,)``."""
    n = len(cover.ptr) - 1
    worth = np.empty(n)
    for j in range(n):
        total = 0.0
        for k in range(cover.ptr[j], cover.ptr[j + 1]):
            total += row[cover.who[k]]
        for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
            total -= rule[cover.rule_of[k]] * cover.rule_value[k]
        worth[j] = total
    return worth


@compiled
def _sink(heap: Ints, worth: Floats, at: int, size: int) -> None:
    """Let an entry of a heap sink below those worth more."""
    site = heap[at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and worth[heap[child + 1]] > worth[heap[child]]:
            child += 1
        if worth[heap[child]] <= worth[site]:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = site


@compiled
def _has_room(nest: Nest, used: Ints, j: int) -> bool:
    fine = True
    for k in range(nest.ptr[j], nest.ptr[j + 1]):
        fine = fine and used[nest.of[k]] < nest.cap[nest.of[k]]
    return fine


@compiled
def choose(nest: Nest, worth: Floats) -> tuple[NDArray[np.bool_], Ints]:
    """Return the sites worth most under nested rules, and how many each rule has of them.

    Nested rules are a matroid: the greedy choice is the best one (Edmonds, 1971). Sites wait in a
    heap, since few are taken.
    """
    chosen = np.zeros(len(worth), dtype=np.bool_)
    used = np.zeros(len(nest.cap), dtype=np.int64)
    heap = np.empty(len(worth), dtype=np.int64)
    size = 0
    for j in range(len(worth)):
        if worth[j] > 0:
            heap[size] = j
            size += 1
    for at in range(size // 2 - 1, -1, -1):
        _sink(heap, worth, at, size)
    while size > 0 and (nest.root < 0 or used[nest.root] < nest.cap[nest.root]):
        j = heap[0]
        size -= 1
        heap[0] = heap[size]
        _sink(heap, worth, 0, size)
        if _has_room(nest, used, j):
            chosen[j] = True
            for k in range(nest.ptr[j], nest.ptr[j + 1]):
                used[nest.of[k]] += 1
    return chosen, used


@compiled
def bound_at(
    cover: Cover, row: Floats, rule: Floats, worth: Floats, chosen: NDArray[np.bool_]
) -> float:
    """Return the bound some multipliers prove, rounding errors on the safe side.

    Parameters
    ----------
    cover
        The problem.
    row, rule
        Multipliers of rows, in ``[0, weight]``, and of rules: positive for upper bounds, negative
        for lower ones.
    worth, chosen
        As from `profits` and `choose`.
    """
    total, size = 0.0, 0.0
    for r in range(len(row)):
        total += cover.weight[r] - row[r]
        size += cover.weight[r]
    for k in range(len(rule)):
        if rule[k] > 0:
            total += rule[k] * cover.up[k]
            size += abs(rule[k] * cover.up[k])
        elif rule[k] < 0:
            total += rule[k] * cover.low[k]
            size += abs(rule[k] * cover.low[k])
    for j in range(len(worth)):
        if chosen[j]:
            total += worth[j]
            size += abs(worth[j])
    return total + _MARGIN * size


@compiled
def surplus_of(cover: Cover, row: Floats, chosen: NDArray[np.bool_]) -> Floats:
    """Return how often the chosen sites reach each row, less whether it counts as reached."""
    more = np.zeros(len(row))
    for j in range(len(chosen)):
        if chosen[j]:
            for k in range(cover.ptr[j], cover.ptr[j + 1]):
                more[cover.who[k]] += 1.0
    for r in range(len(row)):
        more[r] -= 1.0 if row[r] < cover.weight[r] else min(1.0, more[r])
    return more


@compiled
def _try_rows(cover: Cover, duals: Duals, target: float) -> None:
    """Step from the best multipliers against the average surplus."""
    norm = 0.0
    for r in range(len(duals.row)):
        slack = duals.slack[r]
        at = duals.best[r]
        if (slack > 0 and at > 0) or (slack < 0 and at < cover.weight[r]):
            norm += slack * slack
    step = duals.number[_STEP] * max(duals.number[_BOUND] - target, 1.0) / max(norm, _NOTHING)
    for r in range(len(duals.row)):
        new = duals.best[r] - step * duals.slack[r]
        duals.row[r] = min(max(new, 0.0), float(cover.weight[r]))


@compiled
def _try_rules(cover: Cover, nest: Nest, duals: Duals, biggest: Floats, worth: Floats) -> None:
    """Make rules dearer that the last choice breaks, and cheaper those it has room in."""
    act = np.zeros(len(duals.rule))
    least = 0.0
    for j in range(len(worth)):
        if duals.chosen[j]:
            least = worth[j] if least == 0.0 else min(least, worth[j])
            for k in range(cover.rule_ptr[j], cover.rule_ptr[j + 1]):
                act[cover.rule_of[k]] += cover.rule_value[k]
    step = duals.number[_RULE_STEP]
    for rule in range(len(act)):
        size = biggest[rule]
        if size == 0.0:
            continue
        now = duals.rule[rule]
        over = act[rule] - cover.up[rule] if now >= 0 else act[rule] - cover.low[rule]
        if now == 0.0 and over < 0:
            over = min(act[rule] - cover.low[rule], 0.0)
        new = now + step * (least / size) * min(max(over / size, -1.0), 1.0)
        if now * new < 0:
            new = 0.0
        if nest.inside[rule] or cover.up[rule] == np.inf:
            new = min(new, 0.0)
        if cover.low[rule] == -np.inf:
            new = max(new, 0.0)
        duals.rule[rule] = new


@compiled
def _blend(duals: Duals, surplus: Floats) -> float:
    """Mix the newest choice into the averages; return whether they point the same way."""
    dot, mine, other = 0.0, 0.0, 0.0
    for r in range(len(surplus)):
        dot += surplus[r] * duals.slack[r]
        mine += surplus[r] * surplus[r]
        other += duals.slack[r] * duals.slack[r]
    apart = mine + other - 2 * dot
    share = (other - dot) / apart if apart > _NOTHING else 1.0
    most = duals.number[_MOST]
    share = min(max(share, most / 10), most)
    for r in range(len(surplus)):
        duals.slack[r] += share * (surplus[r] - duals.slack[r])
    for j in range(len(duals.share)):
        duals.share[j] += share * ((1.0 if duals.chosen[j] else 0.0) - duals.share[j])
    return dot


@compiled
def _judge(duals: Duals, bound: float, dot: float) -> None:
    """Keep multipliers that prove more, and lengthen or shorten the steps."""
    number = duals.number
    if bound < number[_BOUND]:
        if number[_BOUND] - bound > 1e-5 * abs(number[_BOUND]):
            number[_FAILED] = 0
        number[_BOUND] = bound
        duals.best[:] = duals.row
        duals.best_rule[:] = duals.rule
        if dot > 0:
            number[_STEP] = min(number[_STEP] * 1.1, 2.0)
    else:
        number[_FAILED] += 1
        if number[_FAILED] % _SOON == 0:
            number[_STEP] = max(number[_STEP] * 0.7, 1e-4)
            number[_RULE_STEP] = max(number[_RULE_STEP] * 0.8, 1e-4)
        if number[_FAILED] % _LATE == 0:
            number[_MOST] = max(number[_MOST] * 0.5, 1e-3)


@compiled
def step_duals(
    cover: Cover, nest: Nest, duals: Duals, biggest: Floats, target: float, tries: int
) -> None:
    """Try multipliers some times.

    Barahona and Anbil (2000), the volume algorithm: steps go from the best multipliers against
    an average of all subgradients, and the same average of the choices tends to a solution of the
    linear relaxation.

    Parameters
    ----------
    cover, nest
        The problem, and the rules the choice keeps to; other rules have multipliers.
    duals
        Where the search stands; changed.
    biggest
        Greatest coefficient of each rule in absolute value, 0 for those without multiplier.
    target
        A value that is reached.
    tries
        How often.
    """
    for _ in range(tries):
        _try_rows(cover, duals, target)
        worth = profits(cover, duals.row, duals.rule)
        duals.chosen[:] = choose(nest, worth)[0]
        bound = bound_at(cover, duals.row, duals.rule, worth, duals.chosen)
        surplus = surplus_of(cover, duals.row, duals.chosen)
        _judge(duals, bound, _blend(duals, surplus))
        _try_rules(cover, nest, duals, biggest, worth)
