"""Times at other speeds, and other numbers of people: the same question a little changed."""

import numpy as np
from numpy.typing import NDArray

from ..people import largest_remainder
from ..travel import TravelTimes
from ..travel.graph import MS_PER_MINUTE


def faster(times: TravelTimes, factor: float) -> TravelTimes:
    """Return times at speeds larger by a factor, as far as they are known.

    Whoever is faster gets only to a nearer cutoff: what lay beyond it was not looked for.

    Parameters
    ----------
    times
        With their milliseconds.
    factor
        1.1 is ten per cent faster; 1 gives the same times.
    """
    if factor == 1:
        return times
    # Rounded up, but for what the division is off: nobody beyond a limit comes within it.
    ms = np.ceil(times.kept_ms() / factor - 1e-6).astype(np.int32)
    # Rounded: 16.5 / 1.1 must not be a hair under 15.
    cutoff = min(times.cutoff_minutes, round(times.cutoff_minutes / factor, 9))
    keep = ms <= int(np.floor(cutoff * MS_PER_MINUTE + 1e-6))
    before = np.concatenate([[0], np.cumsum(keep)])
    return TravelTimes(
        demand=times.demand,
        sites=times.sites,
        ptr=before[times.ptr],
        who=times.who[keep],
        ms=ms[keep],
        cutoff_minutes=cutoff,
    )


def scaled(
    people: NDArray[np.int64], unit: NDArray[np.int32], factors: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return people times the factor of their unit, in whole numbers that add up in each unit.

    Parameters
    ----------
    people, unit
        People at each place and its unit, shape ``(n_demand,)``.
    factors
        Of each unit.
    """
    result = people.copy()
    order = np.argsort(unit, kind="stable")
    cuts = np.searchsorted(unit[order], np.arange(len(factors) + 1))
    for u, factor in enumerate(factors):
        rows = order[cuts[u] : cuts[u + 1]]
        total = int(people[rows].sum())
        if total and factor != 1:
            shares = people[rows].astype(float)
            result[rows] = largest_remainder(shares, round(total * float(factor)))
    return result
