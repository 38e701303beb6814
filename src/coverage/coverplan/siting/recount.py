"""Counting again from the chosen sites, by code that has not seen any solver."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..travel import Reach


def recount(reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]) -> int:
    """Return the people newly reached by the chosen candidates together."""
    return int(open_people[reach.covered(chosen)].sum())


def marginal_order(
    reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the chosen sites, each next one bringing most, and what each brings then.

    Of sites that bring equally many the one with the smaller position comes first.
    """
    left = open_people.copy()
    rest = sorted(chosen)
    order: list[int] = []
    gains: list[int] = []
    while rest:
        gain = [int(left[reach.of(site)].sum()) for site in rest]
        best = int(np.argmax(gain))
        order.append(rest.pop(best))
        gains.append(gain[best])
        left[reach.of(order[-1])] = 0
    return order, gains


def alone(reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]) -> list[int]:
    """Return the people each chosen site would newly reach by itself."""
    return [int(open_people[reach.of(site)].sum()) for site in chosen]


def lost_without(reach: Reach, open_people: NDArray[np.int64], chosen: Sequence[int]) -> list[int]:
    """Return the people who depend on each chosen site alone."""
    times = np.zeros(len(reach.demand), dtype=np.int64)
    for site in chosen:
        times[reach.of(site)] += 1
    return [int(open_people[reach.of(s)][times[reach.of(s)] == 1].sum()) for s in chosen]
