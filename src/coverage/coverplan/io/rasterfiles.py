"""Opening raster files and reading their cells: what is damaged is a fault, whatever GDAL says."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import DatasetReader
from rasterio.windows import Window

from ..core.errors import InputError, Problem
from ..core.text import Text
from .content import kind_of, unreadable
from .formats import check_links, leads_away
from .paths import companions
from .plainfiles import check_companions

DRIVERS = frozenset({
    "GTiff", "HFA", "AAIGrid", "AIG", "EHdr", "ENVI", "SRTMHGT", "USGSDEM", "DTED", "GRIB",
    "JP2OpenJPEG", "netCDF", "RST", "SAGA", "GSAG", "GS7BG", "GSBG",
})  # fmt: skip
"""The drivers of GDAL that read cells from the file they are given, and open no other address.

Virtual rasters are left out: they name other files, on the disk and elsewhere.
"""

_DESCRIPTIONS = frozenset({"xml", "json", "sqlite", "zip", "parquet", "pdf"})
"""What may stand for a raster in GDAL, but holds no cells of its own that are read here."""

_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@contextmanager
def opened_raster_file(
    full: Path, file: str, expected: Text, driver: str | None = None
) -> Iterator[DatasetReader]:
    """Open a raster.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    expected
        What would have been right, for messages.
    driver
        The one driver that may read it; None: any of `DRIVERS`.

    Raises
    ------
    InputError
        When it is no raster, is damaged, or leads to other files.
    """
    # Beside a raster may lie its mask and its overviews, which GDAL opens by themselves.
    check_companions(full, file)
    for path in companions(full):
        check_links(path, file)
    if kind_of(full)[0] in _DESCRIPTIONS:
        raise InputError([damaged(full, file, expected)])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            raster = rasterio.open(full, driver=driver)
    except Exception as error:
        # Of a damaged file GDAL says many things, some not as errors of rasterio.
        raise InputError([damaged(full, file, expected)]) from error
    with raster:
        if raster.driver not in DRIVERS:
            raise InputError([leads_away(file, raster.driver)])
        yield raster


def cells_in(
    raster: DatasetReader, window: Window, file: str, expected: Text
) -> NDArray[np.float64]:
    """Return the cells of a window of the one band as numbers, NaN where the file says nothing.

    Raises
    ------
    InputError
        When GDAL cannot read them.
    """
    try:
        read = raster.read(1, window=window, masked=True).astype(np.float64)
    except Exception as error:
        raise InputError([damaged(Path(raster.name), file, expected)]) from error
    known: NDArray[np.float64] = read.filled(np.nan) * raster.scales[0] + raster.offsets[0]
    return known


def damaged(full: Path, file: str, expected: Text) -> Problem:
    """Return the fault of a raster that cannot be read."""
    with full.open("rb") as stream:
        tiff = stream.read(4) in _TIFF_STARTS
    why = Text("TIFF 已损坏或不完整", "a TIFF, damaged or cut short") if tiff else None
    return replace(unreadable(full, file, "vector", why), expected=expected)
