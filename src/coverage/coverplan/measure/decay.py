r"""How much a service counts that takes so many minutes to come to: from 1 at the door to 0.

A decay has a catchment (nothing beyond it counts, exactly on it does) and weights within it.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InputError, Problem
from ..core.text import Text
from ..travel.graph import MS_PER_MINUTE
from ..travel.reach import limit_ms, within


class Decay(Protocol):
    """What floating catchments ask of a decay: anything with these three will do.

    Examples
    --------
    A decay of one's own, half as much for every ten minutes:

    >>> from dataclasses import dataclass
    >>> import coverplan as cp
    >>> @dataclass
    ... class Halving:
    ...     minutes: float = 30.0
    ...     label: cp.Text = cp.Text("每 10 分钟减半", "halved every 10 min")
    ...
    ...     def weights(self, ms):
    ...         return 0.5 ** (ms / 600_000)
    >>> walkers = cp.travellers(cp.small_county(), "social_work")
    >>> found = cp.two_step_floating_catchment(
    ...     walkers.times(30), walkers.people, np.array([2.0, 1.0, 1.0]), Halving()
    ... )
    >>> (found.per_person[:3] * 10_000).round(1).tolist()  # staff for 10,000 people
    [15.0, 21.0, 9.7]
    """

    @property
    def minutes(self) -> float:
        """The catchment: nothing beyond it counts."""

    @property
    def label(self) -> Text:
        """What it is, with its numbers."""

    def weights(self, ms: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the weights of times in milliseconds, each within the catchment, above 0."""


@dataclass(frozen=True, slots=True)
class Catchment:
    """Everything within the catchment counts alike (Luo and Wang 2003).

    Parameters
    ----------
    minutes
        The catchment, inclusive.

    Examples
    --------
    >>> from coverplan.measure import Catchment
    >>> Catchment(15).weights(np.array([0, 900_000])).tolist()
    [1.0, 1.0]
    """

    minutes: float

    def __post_init__(self) -> None:
        _check(self.minutes > 0, f"{self.minutes:g}")

    @property
    def label(self) -> Text:
        """What it is, with its numbers."""
        return Text(f"{self.minutes:g} 分钟内权重 1", f"weight 1 within {self.minutes:g} min")

    def weights(self, ms: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return ones."""
        return np.ones(len(ms))


LUO_QI_WEIGHTS = (1.0, 0.68, 0.22)
"""Weights of three zones of equal width (Luo and Qi 2009, their first set).

Theirs are of 10 minutes each, 30 in all; another catchment is parted into three likewise, so that
15 minutes have zones of 5.
"""

LUO_QI_SHARP = (1.0, 0.42, 0.09)
"""Their second set, which falls faster."""


@dataclass(frozen=True, slots=True)
class Zones:
    """Weights by zone of travel time (Luo and Qi 2009).

    Parameters
    ----------
    ends
        Minutes at which each zone ends, inclusive and ascending; the last is the catchment.
    zone_weights
        Weight of each zone, above 0, at most 1, never rising.

    Raises
    ------
    InputError
        When ends do not ascend, a weight is not in (0, 1] or weights rise.

    Examples
    --------
    >>> from coverplan.measure import Zones
    >>> zones = Zones(ends=(10, 20, 30), zone_weights=(1.0, 0.68, 0.22))
    >>> zones.minutes, zones.weights(np.array([600_000, 600_001, 1_500_000])).tolist()
    (30, [1.0, 0.68, 0.22])
    """

    ends: tuple[float, ...]
    zone_weights: tuple[float, ...]

    def __post_init__(self) -> None:
        ends, weights = self.ends, self.zone_weights
        rising = all(a < b for a, b in zip((0.0, *ends), ends, strict=False))
        falling = all(a >= b for a, b in zip((1.0, *weights), weights, strict=False))
        sized = len(ends) == len(weights) > 0
        _check(sized and rising and falling and weights[-1] > 0, f"{ends}: {weights}")

    @classmethod
    def equal(cls, minutes: float, zone_weights: tuple[float, ...] = LUO_QI_WEIGHTS) -> "Zones":
        """Return zones of equal width up to a catchment; 15 minutes: 0-5, 5-10, 10-15."""
        n = len(zone_weights)
        return cls(tuple(minutes * (i + 1) / n for i in range(n)), zone_weights)

    @property
    def minutes(self) -> float:
        """The catchment: the end of the last zone."""
        return self.ends[-1]

    @property
    def label(self) -> Text:
        """What it is, with its numbers."""
        # Zones of a third of 5 minutes end on 1.67, not on 1.66667.
        pairs = zip(self.ends, self.zone_weights, strict=True)
        parts = [f"≤{round(end, 2):g}: {weight:g}" for end, weight in pairs]
        return Text(f"分区权重（分钟）{'，'.join(parts)}", f"zone weights (min) {', '.join(parts)}")

    def weights(self, ms: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the weight of each time's zone."""
        found = np.full(len(ms), self.zone_weights[-1])
        for end, weight in list(zip(self.ends, self.zone_weights, strict=True))[-2::-1]:
            found[within(ms, end)] = weight
        return found


CRITICAL_WEIGHT = 0.01
"""Weight left at the edge of a catchment (Kwan 1998)."""


@dataclass(frozen=True, slots=True)
class Gaussian:
    r"""Weights that fall without steps: :math:`w(t) = e^{-t^2/\beta}`, cut at the catchment.

    :math:`\beta` is chosen so that ``edge_weight`` is left at the catchment, :math:`w(t) =
    \varepsilon^{(t / t_0)^2}` (Kwan, M.-P. (1998): Space-time and integral measures of individual
    accessibility. Geographical Analysis 30, 191-216).

    Parameters
    ----------
    minutes
        The catchment :math:`t_0`, inclusive.
    edge_weight
        :math:`\varepsilon`, between 0 and 1.

    Raises
    ------
    InputError
        When the catchment is not above 0, or the weight not between 0 and 1.

    Examples
    --------
    >>> from coverplan.measure import Gaussian
    >>> Gaussian(30, edge_weight=0.01).weights(np.array([0, 900_000, 1_800_000])).round(3).tolist()
    [1.0, 0.316, 0.01]
    """

    minutes: float
    edge_weight: float = CRITICAL_WEIGHT

    def __post_init__(self) -> None:
        _check(self.minutes > 0 and 0 < self.edge_weight < 1, f"{self.minutes}: {self.edge_weight}")

    @property
    def label(self) -> Text:
        """What it is, with its numbers."""
        at = f"{self.minutes:g}", f"{self.edge_weight:g}"
        return Text(
            f"高斯衰减，{at[0]} 分钟处权重 {at[1]}", f"Gaussian, weight {at[1]} at {at[0]} min"
        )

    def weights(self, ms: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the weight of each time."""
        share = ms / (self.minutes * MS_PER_MINUTE)
        return np.asarray(self.edge_weight ** (share**2))


def inside(ms: NDArray[np.integer], decay: Decay) -> NDArray[np.bool_]:
    """Return which times lie within the catchment of a decay, exactly on it included."""
    return within(ms, decay.minutes)


def same_limit(minutes: float, other: float) -> bool:
    """Return whether two limits are the same whole milliseconds."""
    return limit_ms(minutes) == limit_ms(other)


def _check(fine: bool, found: str) -> None:  # noqa: FBT001 - a condition
    if not fine:
        raise InputError([_wrong(found)])


def _wrong(found: str) -> Problem:
    return Problem(
        code="access.decay",
        what=Text("距离衰减的设置不能使用", "the distance decay cannot be used"),
        found=found,
        expected=Text(
            "分钟大于 0 且递增；权重在 0 与 1 之间且不增",
            "minutes above 0 and ascending; weights between 0 and 1, never rising",
        ),
        mend=Text("改正分钟和权重", "mend minutes and weights"),
    )
