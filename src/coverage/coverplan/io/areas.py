"""Reading polygons that are not units: water, protected land, places where nothing may stand."""

from pathlib import Path

import geopandas as gpd
from pyproj import CRS

from ..core.crs import to_working
from ..core.errors import Problem, Problems
from ..core.text import Text
from .cells import cell_text
from .columns import find_column
from .paths import FolderLike, folder_at
from .vectors import read_vector

_POLYGONS = ("Polygon", "MultiPolygon")


def read_areas(
    folder: FolderLike,
    source: Path,
    crs: CRS,
    *,
    key: str,
    problems: Problems,
    table: str | None = None,
    metres: float = 0.0,
) -> gpd.GeoDataFrame:
    """Return valid shapes in metres with a ``name`` column (empty where there is none).

    Parameters
    ----------
    folder, source, table
        The study's folder or its path, the file, and its layer.
    crs
        The working system.
    key
        Where in the study file the source is named, for messages.
    problems
        Where a note goes when there are shapes without an area and no distance to keep from them.
    metres
        Distance to keep.

    Raises
    ------
    InputError
        When the file is missing or cannot be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pyproj import CRS
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import read_areas
    >>> areas = read_areas(
    ...     "data/geo/yunxi",
    ...     Path("protected.gpkg"),
    ...     CRS.from_epsg(4549),
    ...     key="map.protected",
    ...     problems=Problems(),
    ... )
    >>> areas.crs.to_epsg(), bool(areas.is_valid.all())
    (4549, True)
    """
    folder = folder_at(folder)
    full = folder.find(source, key)
    frame, crs_from = read_vector(full, source.as_posix(), table=table, problems=problems)
    folder.note(source, full, len(frame), crs=frame.crs, crs_from=crs_from)
    name = find_column(frame.columns, "name", {})
    moved = to_working(frame, crs)
    areas = gpd.GeoDataFrame(
        {"name": [cell_text(word) for word in moved[name]] if name else [""] * len(moved)},
        geometry=moved.geometry.make_valid().to_numpy(),
        crs=crs,
    )
    areas = areas[areas.geometry.notna() & ~areas.is_empty].reset_index(drop=True)
    flat = ~areas.geom_type.isin([*_POLYGONS, "GeometryCollection"])
    if flat.any() and metres <= 0:
        problems.add(_no_area(source.as_posix(), key, sorted(set(areas.geom_type[flat]))))
    return areas


def _no_area(file: str, key: str, kinds: list[str]) -> Problem:
    return Problem(
        code="areas.not_polygons",
        what=Text(f"{key} 中有不是面的图形，没有面积", f"{key} holds shapes without an area"),
        file=file,
        found=", ".join(kinds),
        expected=Text("面", "polygons"),
        mend=Text("核对是否拿错图层", "check that it is the right layer"),
        severity="warning",
    )
