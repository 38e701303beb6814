"""The ups and downs of the roads: heights at points along each edge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.errors import InternalError


@dataclass(frozen=True, slots=True)
class Relief:
    """Heights along the edges of a network, as rows of unequal length.

    Parameters
    ----------
    ptr
        The points of edge e are those from ``ptr[e]`` to ``ptr[e + 1]``, at least two of them,
        shape ``(m + 1,)``.
    fraction
        Where along the edge each point lies, rising from 0 at u to 1 at v, shape ``(k,)``.
    height_metres
        Height of each point in metres; NaN where it is not known, shape ``(k,)``. A stretch with
        an unknown end is walked as if flat, and counted.
    """

    ptr: NDArray[np.int64]
    fraction: NDArray[np.float64]
    height_metres: NDArray[np.float64]

    def __post_init__(self) -> None:
        if len(self.fraction) != len(self.height_metres) or self.ptr[-1] != len(self.fraction):
            raise InternalError("relief: points and heights do not agree")
        if len(self.ptr) > 1 and np.diff(self.ptr).min() < 2:  # noqa: PLR2004 - two ends
            raise InternalError("relief: every edge needs the heights of its two ends")

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.ptr) - 1
