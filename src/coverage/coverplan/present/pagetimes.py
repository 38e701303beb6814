"""How long everybody takes to every site, as a map page carries it: as fine as weighs little."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..domain.layer import MOST_MINUTES
from ..results import Study
from ..sitetimes import BEYOND, MOST_WHOLE_MINUTES, whole_minutes_to_sites
from .bulk import weight

__all__ = ["MOST_MAX", "PageTimes", "page_times"]

_LEAST_MAX, MOST_MAX = 30, min(MOST_MINUTES, MOST_WHOLE_MINUTES)
_LONGER = 60
"""Minutes the page carries where they weigh little: how far those are who are not reached."""

_FEW_PAIRS = 5_000_000
"""Pairs of a point and a site up to which an hour is tried at all."""

_LIGHT, _HEAVY = 300_000, 5_000_000
"""Characters of the block of times: up to the first it may hold an hour, above the second it
holds only the limits of the study instead of every minute."""


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Minutes of every layer's people to its sites, as the page carries them.

    Parameters
    ----------
    parts
        ``minutes.0`` of the first layer, and so on: sites by points, whole minutes rounded up,
        `BEYOND` where it is longer than ``most``.
    most
        The longest minute kept.
    limits
        The only limits that are exact, None where every whole minute is.
    """

    parts: dict[str, NDArray[np.uint8]]
    most: int
    limits: list[int] | None


def page_times(study: Study, order: NDArray[np.intp]) -> PageTimes:
    """Return the minutes of a study for its page, to an hour if that weighs little.

    Where even half an hour weighs too much, minutes are rounded up to the limits of the study,
    which stay exact.

    Parameters
    ----------
    study
        The computed study.
    order
        Which point of the demand each column is of.
    """
    layers = study.layers.values()
    limits = sorted(
        {math.ceil(t) for t in study.inputs.thresholds if t <= MOST_MAX}
        | {math.ceil(r.layer.minutes) for r in layers}
        | {math.ceil(f.goal.minutes) for r in layers for f in r.goals if f.goal.minutes}
    )
    least = min(max(_LEAST_MAX, *limits), MOST_MAX)
    most = max(least, _LONGER) if _pairs(study) <= _FEW_PAIRS else least
    minutes = [whole_minutes_to_sites(result, most)[:, order] for result in layers]
    if most > least and weight(_named(minutes)) > _LIGHT:
        for array in minutes:
            array[array > least] = BEYOND
        most = least
    if weight(_named(minutes)) <= _HEAVY:
        return PageTimes(_named(minutes), most, None)
    return PageTimes(_named([_coarse(m, limits) for m in minutes]), limits[-1], limits)


def _pairs(study: Study) -> int:
    return sum(len(r.sites) * len(r.places.joined) for r in study.layers.values())


def _named(minutes: list[NDArray[np.uint8]]) -> dict[str, NDArray[np.uint8]]:
    return {f"minutes.{i}": array for i, array in enumerate(minutes)}


def _coarse(minutes: NDArray[np.uint8], limits: list[int]) -> NDArray[np.uint8]:
    """Round minutes up to the next limit, beyond the last to `BEYOND`."""
    steps = np.full(256, BEYOND, dtype=np.uint8)
    for low, high in zip([-1, *limits], limits, strict=False):
        steps[low + 1 : high + 1] = high
    rounded: NDArray[np.uint8] = steps[minutes]
    return rounded
