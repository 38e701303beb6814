"""The compiled loops of the Lagrangian bound of the p-median."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...travel.compiled import Ids, Keys, Ms, compiled

Floats = NDArray[np.float64]


class Numbers(NamedTuple):
    """How many sites may be open, besides those open in every plan.

    Parameters
    ----------
    kind
        0 for new sites, 1 for existing ones, -1 for sites that cannot be opened (or are open in
        every plan), 2 for sites that must be opened here.
    new, old, both
        Sites of kinds 0 and 1, and of both, that may be open at most.
    """

    kind: Keys
    new: int
    old: int
    both: int


class Climb(NamedTuple):
    """State of the ascent, changed by it.

    Parameters
    ----------
    v
        Price of serving each place, the best so far, shape ``(n,)``.
    offset
        Prices of the other rules, by site: added to what opening it brings.
    step
        Four numbers: the factor of the step, the steps since the bound got better, how many of
        them until the factor is halved, and the share of the last direction that is kept.
    turn
        The last direction, shape ``(n,)``.
    best
        One number: the bound at ``v``, the constant of ``offset`` left out.
    last
        Sites open in the last relaxed plan, shape ``(n_sites,)``.
    mean
        How often each was open lately, from 0 to 1, shape ``(n_sites,)``.
    """

    v: Floats
    offset: Floats
    step: Floats
    turn: Floats
    best: Floats
    last: NDArray[np.bool_]
    mean: Floats


MUST = 2
"""Kind of a site that must be opened."""

_LATELY = 0.05
"""Share of the newest plan in the mean."""


@compiled
def reduced(ptr: Keys, site: Ids, ms: Ms, weight: Floats, v: Floats, rho: Floats) -> float:
    """Add to ``rho`` what opening each site brings at these prices; return the sum of prices."""
    total = 0.0
    for i in range(len(weight)):
        total += v[i]
        for e in range(ptr[i], ptr[i + 1]):
            c = weight[i] * ms[e]
            if c >= v[i]:
                break
            rho[site[e]] += c - v[i]
    return total


@compiled
def reduced_whole(ptr: Keys, site: Ids, ms: Ms, weight: Keys, v: Keys, rho: Keys) -> int:
    """Do as `reduced` in whole numbers: ``weight`` and ``v`` come scaled."""
    total = 0
    for i in range(len(weight)):
        total += v[i]
        for e in range(ptr[i], ptr[i + 1]):
            c = weight[i] * ms[e]
            if c >= v[i]:
                break
            rho[site[e]] += c - v[i]
    return total


@compiled
def choose(rho: Floats, numbers: Numbers, opened: NDArray[np.bool_]) -> float:
    """Open the sites that bring most as far as the numbers allow; return what they bring.

    New, existing and both are nested groups, so taking the best first is exact.
    """
    total = 0.0
    for j in range(len(rho)):
        opened[j] = numbers.kind[j] == MUST
        if opened[j]:
            total += rho[j]
    new, old = 0, 0
    for j in np.argsort(rho):
        if rho[j] >= 0 or new + old >= numbers.both:
            break
        if numbers.kind[j] == 0 and new < numbers.new:
            new += 1
        elif numbers.kind[j] == 1 and old < numbers.old:
            old += 1
        else:
            continue
        opened[j] = True
        total += rho[j]
    return total


@compiled
def _direction(
    ptr: Keys, site: Ids, ms: Ms, weight: Floats, top: Floats, v: Floats, climb: Climb, d: Floats
) -> float:
    """Turn ``d`` towards the subgradient at ``v``; return the square of its length."""
    square = 0.0
    for i in range(len(weight)):
        g = 1.0
        for e in range(ptr[i], ptr[i + 1]):
            if weight[i] * ms[e] >= v[i]:
                break
            if climb.last[site[e]]:
                g -= 1.0
        if g > 0 and v[i] >= top[i]:
            g = 0.0
        d[i] = g + climb.step[3] * d[i]
        square += d[i] * d[i]
    return square


@compiled
def ascend(
    ptr: Keys,
    site: Ids,
    ms: Ms,
    weight: Floats,
    top: Floats,
    numbers: Numbers,
    climb: Climb,
    target: float,
    steps: int,
) -> int:
    """Make the bound larger by subgradient steps; return how many were made.

    Parameters
    ----------
    ptr, site, ms, weight
        The lists.
    top
        Price of each place at most: what it costs when no listed site is open.
    numbers, climb
        How many may be open; prices, changed by this.
    target
        A value the bound cannot pass, the constant of ``offset`` left out.
    steps
        Steps at most.
    """
    v, d = np.minimum(climb.v, top), climb.turn
    rho = np.empty(len(climb.offset))
    for step in range(steps):
        rho[:] = climb.offset
        bound = reduced(ptr, site, ms, weight, v, rho)
        bound += choose(rho, numbers, climb.last)
        for j in range(len(rho)):
            climb.mean[j] += _LATELY * (climb.last[j] - climb.mean[j])
        better = bound > climb.best[0] + 1e-5 * (target - climb.best[0])
        climb.step[1] = 0.0 if better else climb.step[1] + 1.0
        if bound > climb.best[0]:
            climb.best[0] = bound
            climb.v[:] = v
        if target - climb.best[0] <= 1e-9 * abs(target) or climb.step[0] < _SMALL:
            return step
        if climb.step[1] >= climb.step[2]:
            climb.step[0] *= 0.5
            climb.step[1] = 0.0
            v[:] = climb.v
            d[:] = 0.0
            continue
        square = _direction(ptr, site, ms, weight, top, v, climb, d)
        if square == 0.0:
            return step
        length = climb.step[0] * (target - bound) / square
        for i in range(len(v)):
            v[i] = min(max(v[i] + length * d[i], 0.0), top[i])
    return steps


_SMALL = 1e-4
"""Factor of the step below which nothing moves any more."""
