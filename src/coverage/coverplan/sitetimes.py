"""How long everybody takes to every site of a layer: what lets a page switch sites on and off."""

import itertools

import numpy as np
from numpy.typing import NDArray

from .results import LayerResult
from .travel import snap, travel_times
from .travel.reach import limit_ms

BEYOND = 255
"""Whole minutes of a pair that is farther apart than was asked, or not connected at all."""

MOST_WHOLE_MINUTES = 254


def whole_minutes_to_sites(result: LayerResult, most: int) -> NDArray[np.uint8]:
    """Return everybody's minutes to every site of a layer, rounded up to whole ones.

    Every site of ``result.sites`` has a row, those not counted, closing or proposed among them:
    whoever reads this says which are open. Rounding up is exact for whole limits: a time is within
    T minutes if and only if it is when rounded up.

    Parameters
    ----------
    result
        A layer with its network, its people on it and its sites.
    most
        The longest time kept, at most 254 minutes.

    Returns
    -------
    ndarray
        Shape ``(n_sites, n_points)``; `BEYOND` where a pair takes longer than ``most``.
    """
    if not 1 <= most <= MOST_WHOLE_MINUTES:
        raise ValueError(f"{most} minutes: from 1 to {MOST_WHOLE_MINUTES}")
    points = len(result.places.joined)
    minutes = np.full((len(result.sites), points), BEYOND, dtype=np.uint8)
    if not len(result.sites) or not points:
        return minutes
    where = result.sites.geometry
    times = travel_times(
        result.graph,
        result.places,
        snap(result.graph, np.column_stack([where.x, where.y])),
        cutoff_minutes=most,
        direction=result.layer.direction,
    )
    who, ms = times.who, times.kept_ms()
    for site, (first, last) in enumerate(itertools.pairwise(times.ptr)):
        minutes[site, who[first:last]] = -(-ms[first:last] // limit_ms(1))
    return minutes
