"""Reading polygons that are not units: water, protected land, places where nothing may stand."""

from pathlib import Path

import geopandas as gpd
from pyproj import CRS

from ..core.crs import to_working
from .columns import find_column
from .paths import Folder
from .vectors import read_vector


def read_areas(
    folder: Folder, source: Path, crs: CRS, *, key: str, table: str | None = None
) -> gpd.GeoDataFrame:
    """Return valid polygons in metres with a ``name`` column (empty where there is none).

    Parameters
    ----------
    folder, source, table
        The study's folder, the file, and its layer.
    crs
        The working system.
    key
        Where in the study file the source is named, for messages.

    Raises
    ------
    InputError
        When the file is missing or cannot be used.
    """
    full = folder.find(source, key)
    frame = read_vector(full, source.as_posix(), table=table)
    folder.note(source, full, len(frame))
    name = find_column(frame.columns, "name", {})
    moved = to_working(frame, crs)
    areas = gpd.GeoDataFrame(
        {"name": moved[name].fillna("").astype(str) if name else ""},
        geometry=moved.geometry.make_valid(),
        crs=crs,
    )
    return areas[~areas.is_empty].reset_index(drop=True)
