"""Reading places: tables with longitude and latitude, or files of points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.region import Region
from ..domain.settings import FileSource
from .cells import cell_text
from .choices import check_choices
from .columns import find_column, need_columns
from .coordinates import points_of
from .grids import zone_hint
from .paths import CrsFrom, Folder, Records, Sighting
from .positions import check_positions
from .tables import TABLE_SUFFIXES, Table, check_repeated, read_table
from .unitnames import told_units
from .vectors import read_vector, recorded

_POSITION = "_position"


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
        return self.table.words(self.columns[key])


def read_places(
    folder: Folder,
    source: FileSource,
    region: Region,
    *,
    key: str,
    optional: Sequence[str],
    problems: Problems,
    progress: Callable[[int], Callable[[int], None] | None] | None = None,
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
    progress
        Told how many bytes a table has, then how many were read.

    Raises
    ------
    InputError
        When the file cannot be used at all.

    Examples
    --------
    >>> from pathlib import Path
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.domain.settings import FileSource
    >>> from coverplan.io import read_places, read_region
    >>> from coverplan.io.paths import Folder
    >>> files = Folder(Path("data/geo/yunxi"))
    >>> region = read_region(files, cp.read_study("data/geo/yunxi/study.toml").region)
    >>> source, problems = FileSource(source="社工站.csv"), Problems()
    >>> read = read_places(files, source, region, key="here", optional=("name",), problems=problems)
    >>> len(read.points), read.columns["name"]
    (11, '名称')
    """
    full = folder.find(source.source, f"{key}.source")
    file = source.source.as_posix()
    crs_from: CrsFrom
    if full.suffix.lower() in TABLE_SUFFIXES:
        table = read_table(
            full,
            file,
            source.table,
            problems=problems,
            encoding=source.encoding,
            done=None if progress is None else progress(full.stat().st_size),
        )
        table = select_rows(table, source.where, key)
        given, columns = _from_lonlat(table, source, region, problems)
        crs_from = "study" if source.crs else "assumed"
    else:
        frame, crs_from = read_vector(
            full,
            file,
            table=source.table,
            crs=source.crs,
            formats="places",
            encoding=source.encoding,
            problems=problems,
        )
        table, given = _from_vector(frame, file, source, key, problems)
        columns = {}
    for wanted in optional:
        column = find_column(table.frame.columns, wanted, source.columns)
        if column is not None:
            columns[wanted] = column
    taken = {name: columns.get(name) for name in (*columns, *optional)}
    folder.took(file, key, table.frame, taken, source.columns)
    folder.records.append(Records(file, key, table.rows))
    optional_given = {k: v for k, v in source.columns.items() if k not in {"lon", "lat"}}
    need_columns(file, table.frame.columns, optional_given, source.columns, problems)
    check_repeated(table, columns.values(), problems)
    check_choices(table, ("lon", "lat", *optional), source.columns, columns, problems)
    folder.note(
        source.source,
        full,
        len(table.frame),
        crs=recorded(source.crs, given.crs),
        crs_from=crs_from,
    )
    points = check_positions(table, given, given.to_crs(region.crs), region, problems)
    read = Places(table, points, columns)
    folder.seen.append(sighting(read, region, key, source.crs))
    return read


_ENOUGH = 2000
"""Points that tell a datum; more tell no more."""


def sighting(read: Places, region: Region, key: str, stated: str | None) -> Sighting:
    """Return the points of a file for judging its datum, and the units its records name.

    Parameters
    ----------
    read, region
        The records, and the units of the study.
    key, stated
        Where in the study file the source is named, and the system stated there.
    """
    have = np.flatnonzero(read.points.notna().to_numpy())
    some = have[:: max(1, -(-len(have) // _ENOUGH))]
    xy = shapely.get_coordinates(read.points.to_numpy()[some])
    # A place on the other side of the earth has no coordinates in the working system.
    somewhere = np.isfinite(xy).all(axis=1)
    some, xy = some[somewhere], xy[somewhere]
    called, counties = read.text("unit"), read.text("parent")
    units = told_units(region, [called[i] for i in some], [counties[i] for i in some])
    return Sighting(read.table.file, key, stated or "", xy, units)


def no_record(file: str, key: str, where: Mapping[str, str | list[str]]) -> Problem:
    """Return the fault of a source that has no record, or none with the values asked for."""
    return Problem(
        code="file.empty",
        what=Text(f"{key} 没有任何记录", f"{key} has no record"),
        file=file,
        found=str(dict(where)) if where else None,
        mend=Text("检查 where 条件和文件内容", "check the file and the where clause"),
    )


def select_rows(table: Table, where: Mapping[str, str | list[str]], key: str) -> Table:
    """Return the records with the values asked for.

    Parameters
    ----------
    table, where, key
        The records, column -> value or values, and where in the study file the source is named.

    Raises
    ------
    InputError
        When a column does not exist, or no record has the values.
    """
    mask = np.ones(len(table.frame), dtype=bool)
    problems = Problems()
    found = need_columns(
        table.file, table.frame.columns, where, {c: c for c in where}, problems, say="where"
    )
    check_repeated(table, found.values(), problems)
    problems.raise_if_any()
    for name, wanted in where.items():
        column = found[name]
        mask &= table.frame[column].isin([wanted] if isinstance(wanted, str) else wanted).to_numpy()
    if not mask.any():
        raise InputError([no_record(table.file, key, where)])
    return table.keep(mask)


def _from_lonlat(
    table: Table, source: FileSource, region: Region, problems: Problems
) -> tuple[gpd.GeoSeries, dict[str, str]]:
    lost = Problems()
    columns = need_columns(table.file, table.frame.columns, ["lon", "lat"], source.columns, lost)
    check_repeated(table, columns.values(), lost)
    lost.raise_if_any()
    points = lonlat_points(table, (columns["lon"], columns["lat"]), source.crs, region, problems)
    return points, columns


def lonlat_points(
    table: Table, columns: tuple[str, str], crs: str | None, region: Region, problems: Problems
) -> gpd.GeoSeries:
    """Return a point for each record in the system of the file, None where it has none.

    Metres taken for degrees are refused with the zone they fit, where they fit one.

    Parameters
    ----------
    table, columns, crs
        The records, their columns of longitude and latitude, and the system the study states.
    region, problems
        The units of the study, and where faults go.
    """
    noted = Problems()
    points = points_of(table, *columns, crs, noted)
    for problem in noted:
        hint = None
        if problem.code == "crs.metres_as_degrees":
            hint = zone_hint(table, columns, region)
        problems.add(problem if hint is None else replace(problem, mend=hint))
    return points


def _from_vector(
    frame: gpd.GeoDataFrame, file: str, source: FileSource, key: str, problems: Problems
) -> tuple[Table, gpd.GeoSeries]:
    shapes = frame.geometry
    plain = pd.DataFrame(frame.drop(columns=shapes.name)).astype(object)
    text = plain.where(plain.notna(), None).map(cell_text)
    text[_POSITION] = np.arange(len(text)).astype(str)
    table = select_rows(Table(file, text, np.arange(2, len(text) + 2)), source.where, key)
    shapes = shapes.iloc[table.frame[_POSITION].astype(int).to_numpy()].reset_index(drop=True)
    table = Table(file, table.frame.drop(columns=_POSITION), table.rows)
    none = (shapes.isna() | shapes.is_empty).to_numpy()
    for row in table.rows[none]:
        problems.add(_no_point(file, int(row)))
    is_point = (shapes.geom_type == "Point").to_numpy()
    if (~is_point & ~none).any():
        problems.add(_not_points(file, shapes[~is_point & ~none]))
    points = shapes.where(is_point, shapes.representative_point())
    points[none] = None
    return table, points


def _no_point(file: str, row: int) -> Problem:
    return Problem(
        code="point.none",
        what=Text("记录没有几何", "a record has no geometry"),
        file=file,
        row=row,
        found="",
        expected=Text("一个点", "a point"),
        mend=Text("补画该点，或删去该记录", "draw its point, or remove the record"),
    )


def _not_points(file: str, shapes: gpd.GeoSeries) -> Problem:
    kinds = sorted(set(shapes.geom_type))
    return Problem(
        code="point.not_points",
        what=Text(
            f"{len(shapes)} 条记录不是点，各取其内部一点",
            f"{len(shapes)} records are no points: a point within each is taken",
        ),
        file=file,
        found=", ".join(kinds),
        expected=Text("点", "points"),
        mend=Text("核对是否拿错图层", "check that it is the right layer"),
        severity="warning",
    )


def unit_at(region: Region, points: gpd.GeoSeries) -> list[str | None]:
    """Return the code of the unit each point lies in, None outside; on a line, the first code."""
    codes = region.codes
    where: list[str | None] = [None] * len(points)
    # Units are prepared when they are what is asked with: many times faster for many points.
    tree = shapely.STRtree(points.to_numpy())
    for code, unit in zip(codes[::-1], region.units.geometry.to_numpy()[::-1], strict=True):
        for i in tree.query(unit, predicate="intersects").tolist():
            where[i] = code
    return where
