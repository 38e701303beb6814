"""Limits of time: where minutes become milliseconds, and who is within."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arguments import real_number
from .compiled import Whole, compiled
from .graph import MS_PER_MINUTE


def limit_ms(minutes: float) -> int:
    """Return a limit in whole milliseconds, rounded down: the one place minutes become a limit.

    Raises
    ------
    InputError
        When it is no number from 0 upwards.
    """
    real_number("minutes", minutes)
    return int(np.floor(minutes * MS_PER_MINUTE + 1e-6))


def within_limit(ms: Any, limit: Whole) -> Any:
    """Return whether times, one or an array, are within a limit: exactly on it is within.

    The one comparison behind every threshold of the program, in plain and in compiled code.
    """
    return ms <= limit


at_most = compiled(within_limit)
"""The same for compiled code, one time at once."""


def within(ms: NDArray[np.integer], minutes: float) -> NDArray[np.bool_]:
    """Return whether times lie within a limit. A negative time means "never"."""
    return np.asarray((ms >= 0) & within_limit(ms, limit_ms(minutes)))
