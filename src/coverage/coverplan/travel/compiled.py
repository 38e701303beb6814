"""How the search kernels are compiled, and the few facts about numbers they all share.

Times are whole milliseconds in 32 bits. Whatever takes `NEVER_MS` (about twelve days) or more
counts as out of reach, so that the sum of two times never overflows.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .speeds import NEVER_MS

__all__ = ["NEVER_MS", "Ids", "Keys", "Ms", "Whole", "compiled"]

Ids = NDArray[np.int32]
Ms = NDArray[np.int32]
Keys = NDArray[np.int64]
Whole = int | np.integer[Any]

_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Compile for use by several threads, kept on disk where there is a place that allows it."""
    try:
        return cast("_Function", njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither the package's folder nor the user's can be written
        return cast("_Function", njit(nogil=True)(function))
