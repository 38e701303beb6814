"""Hills: what a gradient does to the time along an edge, each way on its own.

A rule turns a gradient into a factor on the time the same stretch takes on flat ground, so that
everybody keeps the flat speed of his own profile.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.text import Text
from ..domain.arrays import frozen
from ..domain.relief import Relief

_Floats = NDArray[np.float64]

STEEPEST = 0.6
"""Gradients beyond this, up or down, count as this: no road or stair is steeper, but cliffs beside
a road and faults of an elevation raster are."""

_LEAST_METRES = 1e-3
_BEST, _DECAY = 0.05, 3.5
_TOBLER_KMH = 6.0

# Parkin & Rotheram (2010): 6.01 m/s on the flat, 0.4002 m/s less for each per cent uphill and
# 0.2379 m/s more for each per cent downhill.
_SLOWER_UP = 0.4002 / 6.01 * 100
_FASTER_DOWN = 0.2379 / 6.01 * 100
_FASTEST_AT = 0.06
_RIDING_KMH = 15.0

# GB 17761-2018: at most 400 W and 55 kg; with a rider of 75 kg, and 80 % of the power on the road.
_POWER_WATTS = 400 * 0.8
_WEIGHT_NEWTONS = (55 + 75) * 9.81
# Rolling resistance 0.010, and the air at 15 km/h (about 6 N) as a share of the weight.
_RESISTANCE = 0.015


def tobler(gradient: _Floats) -> _Floats:
    """Return the factor on flat walking time by Tobler's hiking function.

    The walking speed is 6 exp(-3.5 abs(s + 0.05)) km/h: best, 6.0, gently downhill at s = -0.05,
    and 5.04 on the flat. Only its ratio to the flat speed is used. Beyond `STEEPEST` the factor
    stays what it is there: 8.17 uphill, 5.75 downhill.

    Parameters
    ----------
    gradient
        Rise over run in the direction of travel, of any shape.

    References
    ----------
    Tobler, W. (1993). Three presentations on geographical analysis and modeling. NCGIA Technical
    Report 93-1.

    Examples
    --------
    >>> tobler(np.array([-0.05, 0.0, 0.1])).round(4).tolist()
    [0.8395, 1.0, 1.4191]
    """
    factor: _Floats = np.exp(_DECAY * (np.abs(_within(gradient) + _BEST) - _BEST))
    return factor


def cycling(gradient: _Floats) -> _Floats:
    """Return the factor on flat riding time on a bicycle without a motor.

    Uphill the speed falls by 6.66 % of the flat speed for each per cent of gradient, downhill it
    rises by 3.96 % for each (Parkin & Rotheram 2010), but only to a gradient of -0.06, 1.24 times
    the flat speed: beyond, people brake (Flügel et al. 2019); here the speed falls as fast as it
    rose, which is an assumption. Where riding would be slower than pushing, the bicycle is pushed
    at Tobler's walking speed, seen from a flat riding speed of 15 km/h: uphill from 0.117 on.

    Parameters
    ----------
    gradient
        Rise over run in the direction of travel, of any shape.

    References
    ----------
    Parkin, J., & Rotheram, J. (2010). Design speeds and acceleration characteristics of bicycle
    traffic for use in planning, design and appraisal. Transport Policy, 17(5), 335-341.

    Flügel, S., Hulleberg, N., Fyhri, A., Weber, C., & Ævarsson, G. (2019). Empirical speed models
    for cycling in the Oslo road network. Transportation, 46, 1395-1419.

    Examples
    --------
    >>> cycling(np.array([-0.06, 0.0, 0.05])).round(4).tolist()
    [0.8081, 1.0, 1.4991]
    """
    s = _within(gradient)
    uphill = 1.0 - _SLOWER_UP * s
    return _riding(s, np.where(s > 0, uphill, _downhill(s)))


def ebike(gradient: _Floats) -> _Floats:
    """Return the factor on flat riding time on an electric bicycle that is not pedalled.

    The motor holds the flat speed of 15 km/h uphill until its power is used up, at a gradient of
    0.045; beyond, the speed is what power, weight and resistance allow: v = P / (m g (s + r)),
    with the 400 W and 55 kg that GB 17761-2018 allows, a rider of 75 kg, four fifths of the power
    on the road and r = 0.015. Downhill it is never faster than on the flat, where 15 km/h is the
    limit of the Road Traffic Safety Law (article 58), and brakes where a bicycle does; it is pushed
    as a bicycle is. An own derivation from the limits of law and standard, not a measurement.

    Parameters
    ----------
    gradient
        Rise over run in the direction of travel, of any shape.

    Examples
    --------
    >>> ebike(np.array([-0.06, 0.04, 0.1])).round(4).tolist()
    [1.0, 1.0, 1.9096]
    """
    s = _within(gradient)
    held = _POWER_WATTS / (_WEIGHT_NEWTONS * _RIDING_KMH / 3.6)
    uphill = held / (np.maximum(s, 0.0) + _RESISTANCE)
    return _riding(s, np.minimum(np.where(s > 0, uphill, _downhill(s)), 1.0))


def none(gradient: _Floats) -> _Floats:
    """Return 1 for every gradient: hills do not matter."""
    return np.ones_like(np.asarray(gradient, dtype=np.float64))


def _within(gradient: _Floats) -> _Floats:
    return np.clip(np.asarray(gradient, dtype=np.float64), -STEEPEST, STEEPEST)


def _downhill(s: _Floats) -> _Floats:
    """Return the share of the flat speed downhill: a peak at -0.06, the same slope either side."""
    ridden: _Floats = 1.0 + _FASTER_DOWN * (_FASTEST_AT - np.abs(_FASTEST_AT + s))
    return ridden


def _riding(s: _Floats, ridden: _Floats) -> _Floats:
    """Return the factor on time for a share of the flat speed, or of pushing where that is more."""
    pushed = _TOBLER_KMH * np.exp(-_DECAY * np.abs(s + _BEST)) / _RIDING_KMH
    factor: _Floats = 1.0 / np.maximum(ridden, pushed)
    return factor


@dataclass(frozen=True, slots=True)
class SlopeRule:
    """How a gradient changes travel time.

    Parameters
    ----------
    id, label
        Name in a profile, and for people.
    source
        Where the rule comes from, and how sure that is.
    pace
        From gradients (rise over run in the direction of travel) to factors on the flat time, of
        the same shape, 1 at gradient 0.
    """

    id: str
    label: Text
    source: Text
    pace: Callable[[_Floats], _Floats]


SLOPE_RULES: dict[str, SlopeRule] = {
    rule.id: rule
    for rule in (
        SlopeRule(
            "none",
            Text("不考虑坡度", "hills do not matter"),
            Text("约定", "by convention"),
            none,
        ),
        SlopeRule(
            "tobler",
            Text("步行：Tobler 函数", "walking: Tobler's function"),
            Text(
                "Tobler（1993），与平地速度之比；已核对公式",
                "Tobler (1993), ratio to the flat speed; formula verified",
            ),
            tobler,
        ),
        SlopeRule(
            "cycling",
            Text("自行车：上坡减速，陡坡推行", "bicycle: slower uphill, pushed where steep"),
            Text(
                "Parkin 与 Rotheram（2010），下坡上限依 Flügel 等（2019）；"
                "系数引自转述，未核对原文",
                "Parkin & Rotheram (2010), downhill cap after Flügel et al. (2019); figures as "
                "quoted by others, the papers themselves not verified",
            ),
            cycling,
        ),
        SlopeRule(
            "ebike",
            Text("电动自行车：功率用尽前不减速", "e-bike: holds its speed while power lasts"),
            Text(
                "按 GB 17761-2018 的 400 W、55 kg 限值推算；未经实测",
                "derived from the limits of GB 17761-2018 (400 W, 55 kg); not measured",
            ),
            ebike,
        ),
    )
}
"""The rules a profile may name, by id."""


@dataclass(frozen=True, slots=True)
class PaceAlong:
    """Flat-equivalent time from the start of each edge to points along it, both ways.

    Parameters
    ----------
    ptr, fraction
        The points of each edge, as in `Relief`.
    ahead
        Time from u to the point for who goes from u to v, as a share of the edge's flat time,
        shape ``(k,)``; the last value of an edge is that of the whole edge.
    back
        Time from the point to u for who goes from v to u, likewise.
    """

    ptr: NDArray[np.int64]
    fraction: _Floats
    ahead: _Floats
    back: _Floats


def gradients(relief: Relief, metres: _Floats) -> _Floats:
    """Return the gradient, from u to v, of the stretch that ends at each point, not clipped.

    Parameters
    ----------
    relief
        Heights along the edges.
    metres
        Length of each edge, shape ``(m,)``.

    Returns
    -------
    gradient
        Shape ``(k,)``: NaN where a height is not known; 0 at the first point of an edge and on a
        stretch shorter than a millimetre.
    """
    run = np.diff(relief.fraction, prepend=0.0) * np.repeat(metres, np.diff(relief.ptr))
    rise = np.diff(relief.height_metres, prepend=np.nan)
    # The first point of an edge lies back from the last of the one before.
    level = run < _LEAST_METRES
    gradient: _Floats = np.divide(rise, run, out=np.zeros_like(run), where=~level)
    return gradient


def steep_metres(relief: Relief, metres: _Floats) -> _Floats:
    """Return how many metres of each edge are steeper than `STEEPEST`, shape ``(m,)``.

    Parameters
    ----------
    relief, metres
        Heights along the edges, and their lengths, shape ``(m,)``.
    """
    steep = np.abs(gradients(relief, metres)) > STEEPEST
    part = np.where(steep, np.diff(relief.fraction, prepend=0.0), 0.0)
    share: _Floats = np.add.reduceat(part, relief.ptr[:-1]) if len(metres) else np.zeros(0)
    return share * metres


# Sums of whole parts do not depend on what was added before: an edge takes the same time in every
# network it is part of, and one without hills exactly its flat time.
_PARTS = 2.0**44


def pace_along(relief: Relief, metres: _Floats, rule: SlopeRule) -> PaceAlong:
    """Return the time along each edge, both ways, as a share of its flat time.

    Parameters
    ----------
    relief
        Heights along the edges. A stretch with an unknown end counts as flat.
    metres
        Length of each edge, shape ``(m,)``. An edge without length is flat.
    rule
        What a gradient does to the time.
    """
    gradient = gradients(relief, metres)
    gradient[np.isnan(gradient)] = 0.0
    stretch = np.diff(relief.fraction, prepend=0.0)
    owner_start = np.repeat(relief.ptr[:-1], np.diff(relief.ptr))

    def summed(factor: _Floats) -> _Floats:
        extra = np.cumsum(np.rint(stretch * (factor - 1.0) * _PARTS).astype(np.int64))
        return relief.fraction + (extra - extra[owner_start]) / _PARTS

    return PaceAlong(
        ptr=relief.ptr,
        fraction=relief.fraction,
        ahead=frozen(summed(rule.pace(gradient)), np.float64),
        back=frozen(summed(rule.pace(-gradient)), np.float64),
    )


def at(pace: PaceAlong, edges: NDArray[np.int64], fractions: _Floats) -> tuple[_Floats, _Floats]:
    """Return ``ahead`` and ``back`` at places along edges, shape ``(k,)`` each.

    Parameters
    ----------
    pace
        The time along the edges.
    edges, fractions
        The edge of each place, and where along it, 0 at u and 1 at v, shape ``(k,)``.
    """
    left = _stretch(pace.fraction, pace.ptr, edges, fractions)
    share = _share(pace.fraction, left, fractions)
    return _between(pace.ahead, left, share), _between(pace.back, left, share)


def fraction_at(
    pace: PaceAlong,
    edges: NDArray[np.int64],
    cumulated: _Floats,
    *,
    back: bool = False,
) -> _Floats:
    """Return where along edges the time summed up from u reaches a value: the inverse of `at`.

    Parameters
    ----------
    pace
        The time along the edges.
    edges, cumulated
        The edge of each place, and the value of ``ahead`` there, shape ``(k,)``; values beyond
        those of the edge give its end.
    back
        Whether the values are of ``back`` instead.

    Returns
    -------
    fraction
        Where along the edge, 0 at u and 1 at v, shape ``(k,)``.
    """
    values = pace.back if back else pace.ahead
    left = _stretch(values, pace.ptr, edges, cumulated)
    return _between(pace.fraction, left, _share(values, left, cumulated))


def _stretch(
    values: _Floats, ptr: NDArray[np.int64], edges: NDArray[np.int64], wanted: _Floats
) -> NDArray[np.int64]:
    """Return the first point of the stretch each wanted value lies in, by halving all at once."""
    low, high = ptr[edges], ptr[edges + 1] - 2
    while (low < high).any():
        middle = (low + high + 1) // 2
        right = values[middle] <= wanted
        low, high = np.where(right, middle, low), np.where(right, high, np.maximum(middle - 1, low))
    return low


def _share(values: _Floats, left: NDArray[np.int64], wanted: _Floats) -> _Floats:
    length = values[left + 1] - values[left]
    share = np.divide(wanted - values[left], length, out=np.zeros_like(length), where=length > 0)
    return np.clip(share, 0.0, 1.0)


def _between(values: _Floats, left: NDArray[np.int64], share: _Floats) -> _Floats:
    # The far end itself, not a sum that rounds to something beside it.
    result: _Floats = np.where(
        share >= 1.0, values[left + 1], values[left] + share * (values[left + 1] - values[left])
    )
    return result
