"""Where places are, as numbers handed in from Python."""

import numpy as np
from numpy.typing import NDArray

from ..core.arguments import refused
from ..core.text import Text


def coordinates(xy: object) -> NDArray[np.float64]:
    """Return places as two columns of metres.

    Parameters
    ----------
    xy
        Numbers, shape ``(n, 2)``.

    Raises
    ------
    InputError
        When they are not: a frame, three columns, a coordinate that is not known.
    """
    expected = Text("坐标数组，形状 (n, 2)，单位米", "an array of metres, shape (n, 2)")
    mend = Text(
        "GeoDataFrame 先转坐标系：frame.to_crs(network.crs).get_coordinates().to_numpy()",
        "of a GeoDataFrame: frame.to_crs(network.crs).get_coordinates().to_numpy()",
    )
    try:
        there = np.asarray(xy, dtype=np.float64)
    except (TypeError, ValueError):
        raise refused("kind", "xy", type(xy).__name__, expected=expected, mend=mend) from None
    if there.ndim != 2 or there.shape[1] != 2:  # noqa: PLR2004 - x and y
        shape = f"{type(xy).__name__}, {there.shape}"
        raise refused("kind", "xy", shape, expected=expected, mend=mend)
    if not np.isfinite(there).all():
        row = int(np.flatnonzero(~np.isfinite(there).all(axis=1))[0])
        found = Text(f"第 {row} 个：{there[row]}", f"place {row}: {there[row]}")
        mend = Text("先去掉没有坐标的地点", "drop places without coordinates first")
        raise refused("number", "xy", found, expected=expected, mend=mend)
    return there
