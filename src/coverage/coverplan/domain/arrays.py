"""Read-only arrays: what a frozen type hands out cannot be changed behind its back."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)


def frozen(values: Any, dtype: type[_Scalar]) -> NDArray[_Scalar]:
    """Return ``values`` as a contiguous read-only array of ``dtype``, always a copy."""
    array: NDArray[_Scalar] = np.array(values, dtype=dtype)
    array.setflags(write=False)
    return array
