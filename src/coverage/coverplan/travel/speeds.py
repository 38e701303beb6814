"""The time along each edge for one traveller, both ways: class, surface, limits, who is barred."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import InputError, Problem
from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.network import BACKWARD, FORWARD, Network
from ..domain.profile import FERRY, MODE_BITS, Profile
from .slope import SLOPE_RULES, PaceAlong, pace_along

CLOSED = -1
"""Milliseconds of an edge that cannot be used in a direction."""

MS_PER_MINUTE = 60_000

NEVER_MS = 2**30
"""Times of about twelve days and more count as never: sums of two still fit 32 bits."""

STEPS = "steps"


def travel_ms(metres: NDArray[np.float64], kmh: NDArray[np.float64] | float) -> NDArray[np.int64]:
    """Return whole milliseconds for lengths in metres at speeds in km/h."""
    return np.rint(metres * 3600.0 / kmh).astype(np.int64)


def edge_kmh(network: Network, profile: Profile) -> NDArray[np.float64]:
    """Return the speed on each edge on flat ground, NaN where it is closed, shape ``(m,)``."""
    facts = network.facts
    speeds = dict(profile.speeds_kmh)
    if profile.ferry is not None:
        speeds[FERRY] = profile.ferry.kmh
    kmh = _by_word(network.road_class, speeds, np.nan)
    if profile.surface_factors:
        kmh = kmh * _by_word(facts.surface, profile.surface_factors, 1.0)
    if profile.posted_limits:
        kmh = np.fmin(kmh, np.where(np.isnan(kmh), np.nan, facts.limit_kmh))
    barred = (facts.barred & MODE_BITS[profile.mode]) != 0
    return np.where(barred, np.nan, kmh)


def _by_word(
    words: NDArray[np.object_], values: dict[str, float], default: float
) -> NDArray[np.float64]:
    code, known = pd.factorize(words)
    each = np.array([values.get(str(word), default) for word in known], dtype=float)
    return each[code] if len(known) else np.zeros(len(words))


def edge_pace(network: Network, profile: Profile) -> PaceAlong | None:
    """Return how ups and downs spread the time along each edge; None where nothing does.

    Notes
    -----
    Steps have a speed of their own that says what they cost, and the sea is level.
    """
    if network.relief is None or profile.slope == "none":
        return None
    pace = pace_along(network.relief, network.metres, SLOPE_RULES[profile.slope])
    level = np.isin(network.road_class, [FERRY, STEPS])
    even = np.repeat(level, np.diff(pace.ptr))
    return replace(
        pace,
        ahead=frozen(np.where(even, pace.fraction, pace.ahead), np.float64),
        back=frozen(np.where(even, pace.fraction, pace.back), np.float64),
    )


def edge_ms(
    network: Network, profile: Profile, pace: PaceAlong | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return milliseconds along each edge and against it, `CLOSED` where that is not possible.

    Raises
    ------
    InputError
        When an edge takes twelve days or more.

    Notes
    -----
    A ferry's crossing time counts before its speed where the road file gives it.
    """
    kmh = edge_kmh(network, profile)
    usable = np.isfinite(kmh)
    flat = np.zeros(network.n_edges)
    flat[usable] = network.metres[usable] * 3600.0 / kmh[usable]
    on_ferry = network.road_class == FERRY
    timed = on_ferry & np.isfinite(network.facts.crossing_minutes)
    flat[timed] = network.facts.crossing_minutes[timed] * MS_PER_MINUTE
    ahead, back = flat, flat
    if pace is not None:
        last = pace.ptr[1:] - 1
        ahead, back = flat * pace.ahead[last], flat * pace.back[last]
    if max(ahead.max(initial=0.0), back.max(initial=0.0)) >= NEVER_MS:
        raise InputError([too_slow(profile)])
    bound = profile.oneway & ((network.facts.both_ways & MODE_BITS[profile.mode]) == 0)
    against = bound & (network.direction == BACKWARD)
    along = bound & (network.direction == FORWARD)
    forward = np.where(usable & ~against, np.rint(ahead).astype(np.int64), CLOSED)
    backward = np.where(usable & ~along, np.rint(back).astype(np.int64), CLOSED)
    return forward, backward


def too_slow(profile: Profile) -> Problem:
    """Return the fault of an edge or a wait that takes `NEVER_MS` or more."""
    return Problem(
        code="profile.too_slow",
        what=Text(
            f"出行方式 {profile.id}：有路段要走（或渡船要等）十二天以上",
            f"profile {profile.id}: an edge, or a wait for a ferry, takes more than twelve days",
        ),
        expected=Text("每条路段少于十二天", "less than twelve days for every edge"),
        mend=Text("检查车速（km/h）和道路坐标单位", "check the speeds (km/h) and the roads' units"),
    )
