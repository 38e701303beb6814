"""Reading where people live: a table of villages or points, and census totals by unit."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import PeopleConfig
from ..domain.region import Region
from .columns import find_column, missing_column, need_columns
from .paths import Folder
from .points import Places, read_places, unit_at, unit_finder
from .tables import Table, numbers, read_table

_EDGE_METRES = 500.0

_PEOPLE = Text("0 或更大的人数", "a number of people, 0 or more")


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """People as given, before they are placed and raked.

    Parameters
    ----------
    places
        Index ``place_id`` (str, unique); columns ``name``, ``unit`` (code of the unit),
        ``declared`` (whether the file names the unit; otherwise the polygon does), ``metres``
        (how far the place's own streets may lie, NaN: the default), one float column for each
        group, and ``geometry`` (Point, metres).
    groups
        Names of the groups.
    totals
        Census totals by unit and group, NaN where none was given; index all codes.
    outside
        People by group in records that belong to no unit of the study.
    """

    places: gpd.GeoDataFrame
    groups: tuple[str, ...]
    totals: pd.DataFrame
    outside: dict[str, float]


def read_people(
    folder: Folder, config: PeopleConfig, region: Region, problems: Problems
) -> PeopleTable:
    """Return the people of a study, every fault noted.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of people, and its units.
    problems
        Where faults of single records go; fatal ones raise at once.

    Raises
    ------
    InputError
        When a file cannot be used at all.
    """
    read = read_places(
        folder,
        config,
        region,
        key="people",
        optional=("id", "name", "unit", "metres"),
        problems=problems,
    )
    values = _group_values(read.table, config.groups, problems)
    places = _frame(read, values, region, problems)
    inside = places["unit"] != ""
    outside = {group: float(places.loc[~inside, group].sum()) for group in config.groups}
    if not inside.all():
        problems.add(_outside(read.table, places, outside["all"]))
    return PeopleTable(
        places=places[inside].sort_index(),
        groups=tuple(config.groups),
        totals=_totals(folder, config, region, problems),
        outside=outside,
    )


def _group_values(
    table: Table, groups: dict[str, str], problems: Problems
) -> dict[str, np.ndarray]:
    values: dict[str, np.ndarray] = {}
    names = [str(c) for c in table.frame.columns]
    for group, column in groups.items():
        if column not in names:
            problems.add(missing_column(table.file, group, column, names))
            values[group] = np.full(len(table.frame), np.nan)
        else:
            values[group] = numbers(
                table, column, problems, code="people.value", expected=_PEOPLE, low=0
            )
    return values


def _frame(
    read: Places, values: dict[str, np.ndarray], region: Region, problems: Problems
) -> gpd.GeoDataFrame:
    n = len(read.table.frame)
    ids = read.text("id") if "id" in read.columns else [f"row-{r:06d}" for r in read.table.rows]
    _check_ids(read, ids, problems)
    unit, declared = _units(read, region, problems)
    metres = (
        numbers(
            read.table,
            read.columns["metres"],
            problems,
            code="people.metres",
            expected=Text("米数", "metres"),
            low=0,
            optional=True,
        )
        if "metres" in read.columns
        else np.full(n, np.nan)
    )
    names = read.text("name") if "name" in read.columns else ids
    frame = gpd.GeoDataFrame(
        {"name": names, "unit": unit, "declared": declared, "metres": metres, **values},
        index=pd.Index(ids, name="place_id", dtype=object),
        geometry=read.points.to_numpy(),
        crs=region.crs,
    )
    return frame[read.points.notna().to_numpy()]


def _check_ids(read: Places, ids: list[str], problems: Problems) -> None:
    seen: dict[str, int] = {}
    for value, row in zip(ids, read.table.rows, strict=True):
        if value in seen:
            problems.add(
                Problem(
                    code="people.duplicate_id",
                    what=Text("编号重复", "an id comes more than once"),
                    file=read.table.file,
                    row=int(row),
                    column=read.columns.get("id"),
                    found=f"{value} ({seen[value]})",
                    mend=Text("保证编号唯一", "make ids unique"),
                )
            )
        seen.setdefault(value, int(row))


def _units(read: Places, region: Region, problems: Problems) -> tuple[list[str], list[bool]]:
    """Return the unit of each record and whether the file declares it.

    A unit the file declares holds, even where the point lies beyond its line; without one the
    polygon decides, and a point just outside the county belongs to the nearest unit.
    """
    known = unit_finder(region)
    here = unit_at(region, read.points)
    units: list[str] = []
    declared: list[bool] = []
    for i, given in enumerate(read.text("unit")):
        code = known.get(_clean(given))
        if given and code is None:
            units.append("")
            declared.append(True)
            continue
        declared.append(code is not None)
        if code is not None and here[i] is not None and here[i] != code:
            problems.add(_elsewhere(read, i, region.names[code], region.names[str(here[i])]))
        units.append(code or here[i] or _nearest_unit(region, read.points.iloc[i]))
    return units, declared


def _clean(given: str) -> str:
    return given.removesuffix(".0")


def _nearest_unit(region: Region, point: shapely.Point | None) -> str:
    if point is None:
        return ""
    metres = region.units.geometry.distance(point)
    return str(metres.idxmin()) if metres.min() <= _EDGE_METRES else ""


def _elsewhere(read: Places, i: int, declared: str, lies_in: str) -> Problem:
    return Problem(
        code="people.unit_differs",
        what=Text(
            f"登记在{declared}，坐标却在{lies_in}；人口仍按登记的乡镇统计",
            f"declared in {declared}, but the point lies in {lies_in}; counted where declared",
        ),
        file=read.table.file,
        row=int(read.table.rows[i]),
        column=read.columns.get("unit"),
        mend=Text("核对坐标或所属乡镇", "check the point or the unit"),
        severity="warning",
    )


def _outside(table: Table, places: gpd.GeoDataFrame, people: float) -> Problem:
    n = int((places["unit"] == "").sum())
    return Problem(
        code="people.outside",
        what=Text(
            f"{n} 条记录（{people:,.0f} 人）不属于研究区的任何单元，未计入",
            f"{n} records ({people:,.0f} people) belong to no unit of the study: not counted",
        ),
        file=table.file,
        mend=Text("核对所属单元和坐标", "check unit and coordinates"),
        severity="warning",
    )


def _totals(
    folder: Folder, config: PeopleConfig, region: Region, problems: Problems
) -> pd.DataFrame:
    empty = pd.DataFrame(
        np.nan, index=pd.Index(region.codes, name="code"), columns=list(config.groups)
    )
    if config.totals is None:
        return empty
    full = folder.find(config.totals, "people.totals")
    file = config.totals.as_posix()
    table = read_table(full, file)
    folder.note(config.totals, full, len(table.frame))
    given = config.totals_columns
    names = [str(c) for c in table.frame.columns]
    unit_column = (
        given.get("unit") or find_column(names, "unit", {}) or find_column(names, "code", {})
    )
    if unit_column is None or unit_column not in names:
        problems.add(missing_column(file, "unit", unit_column, names))
        return empty
    known = unit_finder(region)
    codes = [known.get(_clean(text)) for text in table.frame[unit_column]]
    mine = np.array([code is not None for code in codes])
    table = table.keep(mine)
    _check_census(table, file, [c for c in codes if c is not None], region, problems)
    for group, column in config.groups.items():
        name = given.get(group, column)
        if name not in names:
            need_columns(file, names, [group], {group: name}, problems)
            continue
        values = numbers(table, name, problems, code="census.value", expected=_PEOPLE, low=0)
        for code, value in zip([c for c in codes if c is not None], values, strict=True):
            empty.loc[code, group] = value
    return empty


def _check_census(
    table: Table, file: str, codes: list[str], region: Region, problems: Problems
) -> None:
    for code, row in zip(codes, table.rows, strict=True):
        if codes.count(code) > 1:
            problems.add(
                Problem(
                    code="census.duplicate",
                    what=Text("同一单元有两行总数", "a unit has two rows of totals"),
                    file=file,
                    row=int(row),
                    found=code,
                    mend=Text("只保留一行", "keep one"),
                )
            )
    for code in sorted(set(region.codes) - set(codes)):
        problems.add(
            Problem(
                code="census.missing_unit",
                what=Text(
                    "总数表中没有这个单元，其人口按点位数据之和计",
                    "no total is given for this unit; the sum of its points is taken",
                ),
                file=file,
                found=f"{region.names[code]} ({code})",
                mend=Text("补上该单元的总数", "add its totals"),
                severity="warning",
            )
        )
