"""Reading where people live: a table of villages or points, and census totals by unit."""

import difflib
from collections.abc import Callable, Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.people_config import PeopleConfig
from ..domain.region import Region
from .census import read_totals
from .columns import need_columns
from .formertotals import FORMER, PeopleRead
from .groupshares import check_parts, shares_of
from .locationfaults import no_coordinates
from .locations import Located, read_located
from .paths import Folder, FolderLike, Records, folder_at
from .peopletable import PeopleTable
from .points import Places, unit_at
from .rasterpeople import read_raster_people
from .settlements import read_totals_alone
from .sharedout import share_out_missing
from .sites import unit_column
from .tables import Table, check_repeated, numbers
from .unitcolumn import named_units
from .unitnames import UnitNames
from .years import check_years

_EDGE_METRES = 500.0

_MOST = 1e8
_PEOPLE = Text("人数：0 或更大的数，只写数字", "a number of people, 0 or more, in digits")


def read_people(
    folder: FolderLike,
    config: PeopleConfig,
    region: Region,
    problems: Problems,
    *,
    progress: Callable[[int], Callable[[int], None] | None] | None = None,
) -> PeopleTable:
    """Return the people of a study, every fault noted.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of people, and its units.
    problems
        Where faults of single records go; fatal ones raise at once.
    progress
        Called with the number of parts a long reading has; returns what is called with the parts
        done since the last call, or None.

    Raises
    ------
    InputError
        When a file cannot be used at all.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import read_people, read_region
    >>> with tempfile.TemporaryDirectory() as place:
    ...     config = cp.read_study(cp.write_small_county(place))
    ...     region = read_region(place, config.region)
    ...     table = read_people(place, config.people, region, Problems())
    >>> table.places[["all", "elderly"]].sum().tolist()
    [3560.0, 933.0]
    """
    folder = folder_at(folder)
    if config.totals_alone:
        return read_totals_alone(folder, config, region, problems)
    if config.from_raster:
        return read_raster_people(folder, config, region, problems, progress=progress)
    _check_rasters(config)
    return _read_table(folder, config, region, problems, progress)


def _read_table(
    folder: Folder,
    config: PeopleConfig,
    region: Region,
    problems: Problems,
    progress: Callable[[int], Callable[[int], None] | None] | None,
) -> PeopleTable:
    found = read_located(folder, config, region, problems, progress)
    read = found.read
    check_years(read, config, problems)
    values = _group_values(folder, read.table, config, problems)
    records = Records(read.table.file, "people", read.table.rows, people=values["all"])
    folder.records.append(records)
    places = _frame(found, values, region, problems)
    inside = places["unit"] != ""
    outside = {group: float(places.loc[~inside, group].sum()) for group in config.groups}
    if not inside.all():
        problems.add(_outside(read.table, places, outside["all"]))
    groups = list(config.groups)
    nowhere = config.locations is None and bool(found.without.all())
    if not nowhere and not places.loc[inside, "all"].sum() > 0 and not problems.errors:
        problems.add(_nobody(read.table, len(places), int(inside.sum())))
    mine = places[inside]
    if config.place_missing == "unit" and not nowhere:
        mine = share_out_missing(
            mine, groups, region, problems, file=read.table.file, beyond_all=config.registered
        )
    mine = mine[mine.geometry.notna()]
    totals = read_totals(folder, config, region, problems, read=PeopleRead.of(mine, groups))
    if nowhere:
        # Last: what else is wrong with the table is said too.
        raise InputError([no_coordinates(read, [str(c) for c in read.table.frame.columns])])
    by_unit = [
        group
        for group, one in config.tables.items()
        if one.share_column is not None and config.totals is not None
    ]
    return PeopleTable(
        places=_shared_by_unit(mine.drop(columns=FORMER).sort_index(), by_unit, totals),
        groups=tuple(config.groups),
        totals=totals,
        outside=outside,
    )


def _shared_by_unit(
    places: gpd.GeoDataFrame, groups: list[str], totals: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Return places with the groups that a share by unit gives; NaN where a unit has none."""
    for group in groups:
        everybody = totals["all"].where(totals["all"] > 0)
        share = (totals[group] / everybody).where(totals["all"] != 0, 0.0)
        places = places.assign(
            **{group: places["all"] * places["unit"].map(share).astype(float)},
            weight=places["all"],
        )
    return places


def _check_rasters(config: PeopleConfig) -> None:
    """Refuse rasters of groups beside a table: which place their people live at is not known."""
    problems = Problems()
    for group, one in config.tables.items():
        if one.raster is not None:
            problems.add(
                Problem(
                    code="people.raster_alone",
                    what=Text(
                        f"人群 {group} 给的是栅格，people.source 却不是栅格",
                        f"group {group} is a raster, people.source is none",
                    ),
                    file=config.source.as_posix(),
                    found=one.raster.as_posix(),
                    expected=Text("全部人口的栅格", "a raster of everybody"),
                    mend=Text(
                        "人群改用列或比例，或把 people.source 也换成栅格",
                        "give the group a column or a share, or everybody a raster too",
                    ),
                )
            )
    problems.raise_if_any()


def _group_values(
    folder: Folder, table: Table, config: PeopleConfig, problems: Problems
) -> dict[str, np.ndarray]:
    """Return the people of each group in each record; NaN where only a share by unit says it."""
    wanted = config.group_columns
    names = [str(c) for c in table.frame.columns]
    found = need_columns(table.file, names, wanted, wanted, problems, say="groups")
    check_repeated(table, found.values(), problems)
    columns = {group: found.get(group) for group in wanted}
    folder.took(table.file, "people.groups", table.frame, columns, wanted)
    values = {
        group: numbers(
            table, found[group], problems, code="people.value", expected=_PEOPLE, low=0, high=_MOST
        )
        if group in found
        else np.full(len(table.frame), np.nan)
        for group in config.groups
    }
    check_parts(table, values, found, problems, beyond_all=config.registered, stops=False)
    here = {
        group: one
        for group, one in config.tables.items()
        if one.share is not None or (one.share_column is not None and config.totals is None)
    }
    for group, share in shares_of(table, here, problems).items():
        values[group] = values["all"] * share
    return values


def _frame(
    found: Located, values: dict[str, np.ndarray], region: Region, problems: Problems
) -> gpd.GeoDataFrame:
    """Return the records that have a point, or may do without one."""
    read = found.read
    n = len(read.table.frame)
    ids = read.text("id") if "id" in read.columns else [f"row-{r:06d}" for r in read.table.rows]
    _check_ids(read, ids, problems)
    unit, declared, former = _units(found, region, problems)
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
        {
            "name": names,
            "unit": unit,
            "declared": declared,
            "metres": metres,
            **values,
            FORMER: former,
        },
        index=pd.Index(ids, name="place_id", dtype=object),
        geometry=read.points.to_numpy(),
        crs=region.crs,
    )
    return frame[read.points.notna().to_numpy() | found.without]


def _check_ids(read: Places, ids: list[str], problems: Problems) -> None:
    if pd.Index(ids).is_unique and "" not in ids:
        return
    seen: dict[str, int] = {}
    for value, row in zip(ids, read.table.rows, strict=True):
        if not value:
            problems.add(
                Problem(
                    code="people.no_id",
                    what=Text("没有编号", "there is no id"),
                    file=read.table.file,
                    row=int(row),
                    column=read.columns.get("id"),
                    found="",
                    mend=Text("补上唯一的编号，或删去这一列", "give it one, or drop the column"),
                )
            )
        elif value in seen:
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


def _units(
    found: Located, region: Region, problems: Problems
) -> tuple[list[str], list[bool], list[str]]:
    """Return the unit of each record, whether the file declares it, and the former unit it names.

    A unit the file declares holds, even where the point lies beyond its line; without one the
    polygon decides, and a point just outside the county belongs to the nearest unit.
    """
    read, names = found.read, UnitNames.of(region)
    here = unit_at(region, read.points)
    given = unit_column(read, here)
    named = named_units(names, given, problems)
    units: list[str] = []
    nowhere: list[int] = []
    for i, (text, code) in enumerate(zip(given.texts, named.codes, strict=True)):
        at = here[i]
        if text and not code:
            if at is not None:
                problems.add(_unknown_unit(read, i, given.shown(i), names.near()))
            units.append("")
            continue
        # Of a point from another list that has been said, with its row there.
        if code and at is not None and at != code and not found.elsewhere[i]:
            problems.add(_elsewhere(read, i, region.names[code], region.names[at]))
        units.append(code or at or "")
        if not units[-1]:
            nowhere.append(i)
    for i, code in _nearest_units(region, read.points.to_numpy(), nowhere):
        units[i] = code
    return units, [bool(text) for text in given.texts], named.former


def _unknown_unit(read: Places, i: int, given: str, known: list[str]) -> Problem:
    near = difflib.get_close_matches(given, known, n=1, cutoff=0.5)
    hint_zh = f"是否指 {near[0]}？否则" if near else ""
    hint_en = f"did you mean {near[0]}? Otherwise " if near else ""
    return Problem(
        code="people.unit_unknown",
        what=Text(
            "坐标在研究区内，登记的乡镇却不认识：这些人未计入",
            "the point lies in the study, the unit it names is unknown: not counted",
        ),
        file=read.table.file,
        row=int(read.table.rows[i]),
        column=read.columns.get("unit"),
        found=given,
        expected=Text("研究区内单元的代码或名称", "code or name of a unit of the study"),
        mend=Text(
            f"{hint_zh}改正；留空则按坐标归属",
            f"{hint_en}correct it; where it is empty the point decides",
        ),
        severity="warning",
    )


def _nearest_units(
    region: Region, points: np.ndarray, which: list[int]
) -> Iterator[tuple[int, str]]:
    """Yield points and the unit next to each, where one is near; of equals the first."""
    places = points[which]
    xy = shapely.get_x(places), shapely.get_y(places)
    somewhere = np.flatnonzero(np.isfinite(xy).all(axis=0))
    (who, unit), metres = shapely.STRtree(region.units.geometry.to_numpy()).query_nearest(
        places[somewhere], max_distance=2 * _EDGE_METRES, return_distance=True
    )
    codes = region.codes
    for k in np.lexsort((-unit, who)).tolist():
        if metres[k] <= _EDGE_METRES:
            yield which[somewhere[who[k]]], codes[unit[k]]


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
        people=round(people),
    )


def _nobody(table: Table, records: int, inside: int) -> Problem:
    return Problem(
        code="people.nobody",
        what=Text("研究区内没有任何人口", "there is nobody in the study area"),
        file=table.file,
        found=Text(
            f"{records} 条记录，其中 {inside} 条在研究区内", f"{records} records, {inside} inside"
        ),
        mend=Text("核对所属单元、坐标和人口列", "check units, coordinates and the people columns"),
    )
