"""How the search kernels are compiled, and the few facts about numbers they all share.

Times are whole milliseconds in 32 bits. Whatever takes `NEVER_MS` (about twelve days) or more
counts as out of reach, so that the sum of two times never overflows.

Compiled code is kept on disk, with everything a kernel calls compiled into it. It is thrown away
when any file of its folder has changed, not only the kernel's own: otherwise a constant mended in
one file would go on wrong in another.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
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
        kernel = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's can be written
        return cast("_Function", njit(nogil=True)(function))
    index: Any = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
    if hasattr(index, "_source_stamp"):
        index._source_stamp = _stamp(Path(function.__code__.co_filename).parent)  # noqa: SLF001
        return cast("_Function", kernel)
    # Another numba keeps its index elsewhere: slower is better than out of date.
    return cast("_Function", njit(nogil=True)(function))


@cache
def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return name, time of change and size of every source file of a folder."""
    files = [(path.name, path.stat()) for path in sorted(folder.glob("*.py"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in files)
