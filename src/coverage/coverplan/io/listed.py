"""Reading lists of places of which some have no coordinates: kept, without a point."""

from collections.abc import Callable, Sequence

import geopandas as gpd

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.region import Region
from ..domain.settings import FileSource
from .choices import check_choices
from .columns import find_column, missing_column
from .factcells import softened
from .paths import Folder, Records
from .points import Places, lonlat_points, read_places, select_rows, sighting
from .positions import check_positions
from .tables import TABLE_SUFFIXES, Table, check_repeated, read_table
from .vectors import recorded

_OF_ONE_RECORD = frozenset(
    {"point.none", "point.lon", "point.lat", "point.swapped", "point.zero", "point.far"}
)


def read_listed(
    folder: Folder,
    source: FileSource,
    region: Region,
    *,
    key: str,
    optional: Sequence[str],
    problems: Problems,
) -> Places:
    """Return the records of a list, their point None where they have none that can be used.

    As `read_places`, but a table may do without coordinates, wholly or in some rows, and may have
    a header and no record: there is nothing of the kind. Coordinates that cannot be used are a
    warning, as long as some can.

    Parameters
    ----------
    folder, source, region, key, optional, problems
        As for `read_places`.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    full = folder.find(source.source, f"{key}.source")
    noted = Problems()
    if full.suffix.lower() in TABLE_SUFFIXES:
        read = records_with_points(
            folder, source, region, key=key, optional=optional, problems=noted
        )
    else:
        read = read_places(folder, source, region, key=key, optional=optional, problems=noted)
    _pass_on(noted, problems, usable=bool(read.points.notna().any()))
    without = int(read.points.isna().sum())
    if without:
        problems.add(_no_points(read.table.file, without, len(read.table.frame)))
    return read


def records_with_points(
    folder: Folder,
    source: FileSource,
    region: Region,
    *,
    key: str,
    optional: Sequence[str],
    problems: Problems,
    may_be_empty: bool = True,
    progress: Callable[[int], Callable[[int], None] | None] | None = None,
) -> Places:
    """Return the records of a table, the point None of those whose coordinates are empty.

    Nothing is said of empty coordinates; wrong ones are faults.

    Parameters
    ----------
    folder, source, region, key, optional, problems, progress
        As for `read_places`.
    may_be_empty
        Whether a header without any record says that there is nothing of the kind.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    full = folder.find(source.source, f"{key}.source")
    file = source.source.as_posix()
    table = read_table(
        full,
        file,
        source.table,
        may_be_empty=may_be_empty,
        problems=problems,
        encoding=source.encoding,
        done=None if progress is None else progress(full.stat().st_size),
    )
    if len(table.frame) or source.where:
        table = select_rows(table, source.where, key)
    names = [str(name) for name in table.frame.columns]
    columns = {
        wanted: column
        for wanted in ("lon", "lat", *optional)
        if (column := find_column(names, wanted, source.columns)) is not None
    }
    taken = {name: columns.get(name) for name in ("lon", "lat", *optional)}
    folder.took(file, key, table.frame, taken, source.columns)
    folder.records.append(Records(file, key, table.rows))
    for wanted, named in source.columns.items():
        if find_column(names, wanted, source.columns) is None:
            problems.add(missing_column(file, wanted, named, names))
    check_repeated(table, columns.values(), problems)
    check_choices(table, ("lon", "lat", *optional), source.columns, columns, problems)
    points = _points(folder, source, table, columns, region, problems)
    read = Places(table, points, {k: v for k, v in columns.items() if k not in {"lon", "lat"}})
    folder.seen.append(sighting(read, region, key, source.crs))
    return read


def _points(
    folder: Folder,
    source: FileSource,
    table: Table,
    columns: dict[str, str],
    region: Region,
    problems: Problems,
) -> gpd.GeoSeries:
    full = folder.find(source.source, "")
    points = gpd.GeoSeries([None] * len(table.frame), crs=region.crs)
    if not {"lon", "lat"} <= columns.keys():
        folder.note(source.source, full, len(table.frame))
        return points
    lon, lat = columns["lon"], columns["lat"]
    filled = ((table.frame[lon] != "") | (table.frame[lat] != "")).to_numpy(dtype=bool)
    there = table if filled.all() else table.keep(filled)
    given = lonlat_points(there, (lon, lat), source.crs, region, problems)
    crs_from = "study" if source.crs else "assumed"
    crs = recorded(source.crs, given.crs)
    folder.note(source.source, full, len(table.frame), crs=crs, crs_from=crs_from)  # type: ignore[arg-type]
    if not filled.any():
        return points
    placed = check_positions(there, given, given.to_crs(region.crs), region, problems)
    points[filled] = placed.to_numpy()
    return points


def _pass_on(noted: Problems, problems: Problems, *, usable: bool) -> None:
    """Pass faults on; those of single records as warnings where other records can be used."""
    for problem in noted:
        single = usable and problem.code in _OF_ONE_RECORD
        problems.extend(softened([problem]) if single else [problem])


def _no_points(file: str, without: int, records: int) -> Problem:
    return Problem(
        code="list.no_points",
        what=Text(
            f"{records} 条记录中有 {without} 条没有可用的坐标：计入台账，不计入行程时间",
            f"{without} of {records} records have no coordinates that can be used: they count in "
            "the register, and for no travel time",
        ),
        file=file,
        mend=Text("补上坐标", "give them coordinates"),
        severity="warning",
        sites=without,
    )
