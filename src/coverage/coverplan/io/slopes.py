"""How steep the ground is at places, from the elevation raster of the roads."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from .paths import FolderLike, folder_at
from .surface import opened_raster, surface_of


def read_slopes(
    folder: FolderLike, source: Path, xy: NDArray[np.float64], crs: CRS
) -> NDArray[np.float64]:
    """Return the slope of the ground in per cent at places, NaN where it is not known.

    Parameters
    ----------
    folder, source
        The study's folder or its path, and the raster: one band of metres above sea level, in any
        CRS.
    xy
        Places in metres, shape ``(n, 2)``.
    crs
        Their projected system.

    Raises
    ------
    InputError
        When the file is missing, is not a raster of one band with a place on the earth, or
        states another unit than metres.

    Notes
    -----
    The slope of the plane through heights half a cell of the surface to each side, a cell being
    about 30 m wide or wider (see `coverplan.io.surface`): of a building plot, not of a step.

    Examples
    --------
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from pyproj import CRS
    >>> from coverplan.io import read_slopes
    >>> folder, xy = "data/geo/yunxi", np.array([[484_356, 3_169_380], [0, 0]])
    >>> slopes = read_slopes(folder, Path("dem.tif"), xy.astype(float), CRS.from_epsg(4549))
    >>> bool(0 <= slopes[0] < 100), bool(np.isnan(slopes[1]))  # the second lies elsewhere
    (True, True)
    """
    folder = folder_at(folder)
    full = folder.find(source, "roads.elevation")
    file = source.as_posix()
    with opened_raster(full, file) as raster:
        surface = surface_of(raster, crs, file)
        step = surface.cell_metres / 2
        east, west, north, south = (
            surface.heights(xy + np.array([dx * step, dy * step]))
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
        )
    with np.errstate(invalid="ignore"):
        percent = np.hypot(east - west, north - south) / (2 * step) * 100
    slope: NDArray[np.float64] = np.where(np.isfinite(percent), percent, np.nan)
    return slope
