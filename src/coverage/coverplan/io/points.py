"""Reading places: tables with longitude and latitude, or files of points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..core.crs import LONLAT, looks_like_degrees
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import FileSource
from ..domain.region import Region
from .columns import find_column, need_columns
from .paths import Folder
from .tables import TABLE_SUFFIXES, Table, numbers, read_table
from .vectors import read_vector, stated_crs

_FAR_METRES = 30_000.0


@dataclass(frozen=True, slots=True)
class Places:
    """Records with a point each, in the working CRS.

    Parameters
    ----------
    table
        The records as text.
    points
        Their places in metres, in the same order.
    columns
        Which column holds what.
    """

    table: Table
    points: gpd.GeoSeries
    columns: dict[str, str]

    def text(self, key: str, default: str = "") -> list[str]:
        """Return a column as text, ``default`` throughout where there is no such column."""
        if key not in self.columns:
            return [default] * len(self.table.frame)
        return list(self.table.frame[self.columns[key]])


def read_places(
    folder: Folder,
    source: FileSource,
    region: Region,
    *,
    key: str,
    optional: Sequence[str],
    problems: Problems,
) -> Places:
    """Return the places of a table or point file, all faults noted.

    Parameters
    ----------
    folder, source
        The study's folder and the source in it.
    region
        The units of the study: gives the CRS, and what is near.
    key
        Where in the study file the source is named, for messages.
    optional
        Kinds of columns to look for beside the coordinates (keys of `USUAL_NAMES`).
    problems
        Where faults of single records go.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    full = folder.find(source.source, f"{key}.source")
    file = source.source.as_posix()
    if full.suffix.lower() in TABLE_SUFFIXES:
        table = _select(read_table(full, file, source.table), source.where, key)
        points, columns = _from_lonlat(table, source, region.crs, problems)
    else:
        frame = read_vector(full, file, table=source.table, crs=source.crs)
        table, points = _from_vector(frame, file, source, region.crs, key)
        columns = {}
    for wanted in optional:
        column = find_column(table.frame.columns, wanted, source.columns)
        if column is not None:
            columns[wanted] = column
    need_columns(file, table.frame.columns, source.columns, source.columns, problems)
    folder.note(source.source, full, len(table.frame))
    _check_positions(table, points, region, problems)
    return Places(table, points, columns)


def _select(table: Table, where: Mapping[str, str | list[str]], key: str) -> Table:
    """Keep the records with the values asked for."""
    mask = np.ones(len(table.frame), dtype=bool)
    for column, wanted in where.items():
        if column not in table.frame:
            problems = Problems()
            need_columns(table.file, table.frame.columns, [column], {column: column}, problems)
            problems.raise_if_any()
        mask &= table.frame[column].isin([wanted] if isinstance(wanted, str) else wanted).to_numpy()
    if not mask.any():
        raise InputError(
            [
                Problem(
                    code="file.empty",
                    what=Text(f"{key} 没有任何记录", f"{key} has no record"),
                    file=table.file,
                    found=str(dict(where)) if where else None,
                    mend=Text("检查 where 条件和文件内容", "check the file and the where clause"),
                )
            ]
        )
    return table.keep(mask)


def _from_lonlat(
    table: Table, source: FileSource, crs: CRS, problems: Problems
) -> tuple[gpd.GeoSeries, dict[str, str]]:
    lost = Problems()
    names = [str(c) for c in table.frame.columns]
    columns = need_columns(table.file, names, ["lon", "lat"], source.columns, lost)
    lost.raise_if_any()
    given = stated_crs(source.crs, table.file) if source.crs else LONLAT
    metric = not given.is_geographic
    x_wanted = Text("以米为单位的坐标", "a coordinate in metres") if metric else None
    x = numbers(
        table,
        columns["lon"],
        problems,
        code="point.lon",
        expected=x_wanted or Text("十进制度的经度，如 119.8123", "longitude in decimal degrees"),
        low=-np.inf if metric else -180,
        high=np.inf if metric else 180,
    )
    y = numbers(
        table,
        columns["lat"],
        problems,
        code="point.lat",
        expected=x_wanted
        or Text(
            "十进制度的纬度（-90 至 90）；经纬度是否写反？",
            "latitude in decimal degrees (-90 to 90); are the two columns swapped?",
        ),
        low=-np.inf if metric else -90,
        high=np.inf if metric else 90,
    )
    points = gpd.GeoSeries(shapely.points(x, y), crs=given)
    ok = np.isfinite(x) & np.isfinite(y)
    points[~ok] = None
    if metric and ok.any() and looks_like_degrees(tuple(points[ok].total_bounds)):
        problems.add(_degrees_as_metres(table.file, columns["lon"], source.crs))
    return points.to_crs(crs), columns


def _degrees_as_metres(file: str, column: str, crs: str | None) -> Problem:
    return Problem(
        code="crs.degrees_as_metres",
        what=Text(
            "crs 声明以米为单位，但坐标像是经纬度（度）",
            "crs is in metres, but the coordinates look like degrees",
        ),
        file=file,
        column=column,
        found=crs,
        mend=Text("去掉 crs 或改为 EPSG:4490", "remove crs, or make it EPSG:4490"),
    )


def _from_vector(
    frame: gpd.GeoDataFrame, file: str, source: FileSource, crs: CRS, key: str
) -> tuple[Table, gpd.GeoSeries]:
    moved = frame.geometry.to_crs(crs)
    points = moved.where(moved.geom_type == "Point", moved.representative_point())
    text = pd.DataFrame(frame.drop(columns=frame.geometry.name)).astype("string").fillna("")
    text["_position"] = np.arange(len(text)).astype(str)
    table = _select(Table(file, text, np.arange(2, len(text) + 2)), source.where, key)
    kept = table.frame["_position"].astype(int).to_numpy()
    return table, points.iloc[kept].reset_index(drop=True)


def _check_positions(
    table: Table, points: gpd.GeoSeries, region: Region, problems: Problems
) -> None:
    """Report points at (0, 0) in degrees, points far from the county, and swapped columns."""
    have = points.notna() & ~points.is_empty
    if not have.any():
        return
    county = shapely.union_all(region.units.geometry.to_numpy())
    metres = shapely.distance(county, points[have].to_numpy())
    far = np.flatnonzero(have.to_numpy())[metres > _FAR_METRES]
    if not len(far):
        return
    lonlat = points.iloc[far].to_crs(LONLAT)
    swapped = gpd.GeoSeries(shapely.points(lonlat.y, lonlat.x), crs=LONLAT).to_crs(region.crs)
    fits = shapely.distance(county, swapped.to_numpy()) <= _FAR_METRES
    all_far = len(far) == int(have.sum())
    for position, place, swap in zip(far, lonlat, fits, strict=True):
        problems.add(_far(table, int(position), place, swap=bool(swap), all_far=all_far))


def _far(
    table: Table, position: int, place: shapely.Point, *, swap: bool, all_far: bool
) -> Problem:
    null_island = abs(place.x) < 1 and abs(place.y) < 1
    what = Text("坐标离研究区超过 30 公里", "a point lies more than 30 km from the study area")
    mend = Text(
        "核对坐标；确在远处的可以保留，它够不到本区的人",
        "check the coordinates; a place that really is that far reaches nobody here",
    )
    if swap:
        what = Text("经度和纬度写反了", "longitude and latitude are swapped")
        mend = Text("交换这两列", "swap the two columns")
    elif null_island:
        what = Text("坐标为 (0, 0)，即没有坐标", "the point is at (0, 0): it has no coordinates")
        mend = Text("补上坐标，或删去该行", "give it coordinates, or remove the row")
    elif all_far:
        mend = Text("坐标系或文件是否拿错？", "is it the wrong file or coordinate system?")
    return Problem(
        code="point.swapped" if swap else "point.zero" if null_island else "point.far",
        what=what,
        file=table.file,
        row=int(table.rows[position]),
        found=f"{place.x:.5f}, {place.y:.5f}",
        mend=mend,
        severity="error" if swap or null_island or all_far else "warning",
    )


def unit_finder(region: Region) -> dict[str, str]:
    """Return how a unit may be called in a table -> its code: code, short code, or name."""
    names: dict[str, str] = {}
    for code, name in region.names.items():
        names[str(name)] = str(code)
    for code in region.codes:
        names[code] = code
        if len(code) == 12 and code.endswith("000"):  # noqa: PLR2004 - 9-digit township codes
            names[code[:9]] = code
    return names


def unit_at(region: Region, points: gpd.GeoSeries) -> list[str | None]:
    """Return the code of the unit each point lies in, None outside; on a line, the first code."""
    units = region.units.geometry.to_numpy()
    tree = shapely.STRtree(units)
    where: list[str | None] = [None] * len(points)
    who, which = tree.query(points.to_numpy(), predicate="intersects")
    order = np.lexsort((which, who))
    for i, unit in zip(who[order][::-1], which[order][::-1], strict=True):
        where[int(i)] = region.codes[int(unit)]
    return where


__all__ = ["Path", "Places", "read_places", "unit_at", "unit_finder"]
