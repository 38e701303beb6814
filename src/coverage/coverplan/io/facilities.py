"""Reading a list of facilities: names, status words and years as bureaus write them."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import STRtree

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.config import LayerConfig
from ..domain.facilities import Facilities
from ..domain.region import Region
from .paths import Folder, FolderLike, folder_at
from .placing import Precision, read_placed
from .points import Places, read_places
from .sites import site_ids, site_names, site_statuses, site_units, site_years
from .tables import numbers


def read_facilities(
    folder: FolderLike,
    key: str,
    config: LayerConfig,
    region: Region,
    problems: Problems,
    villages: gpd.GeoDataFrame | None = None,
) -> Facilities:
    """Return the facilities of a layer, every fault noted.

    Parameters
    ----------
    folder, config, region
        The study's folder, what it says of the layer, and its units.
    key
        Id of the layer.
    problems
        Where faults of single records go.
    villages
        Places people live at, as in `PeopleTable.places`: facilities without coordinates are
        placed there if ``place_missing`` of the layer says so, with a column ``precision``.

    Raises
    ------
    InputError
        When the file cannot be used at all.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> from coverplan.core.errors import Problems
    >>> from coverplan.io import read_facilities, read_region
    >>> with tempfile.TemporaryDirectory() as place:
    ...     config = cp.read_study(cp.write_small_county(place))
    ...     region = read_region(place, config.region)
    ...     layer = config.layers["elderly_care"]
    ...     homes = read_facilities(place, "elderly_care", layer, region, Problems())
    >>> homes.sites["status"].to_dict()
    {'E1': 'operating', 'E2': 'planned'}
    """
    folder = folder_at(folder)
    read, precision = _read(folder, key, config, region, problems, villages)
    have = read.points.notna().to_numpy()
    ids = site_ids(read, key, problems)
    statuses = site_statuses(read, config.status_words, problems)
    opened = site_years(read, "opened", problems)
    _check_opened(read, key, statuses, problems)
    frame = gpd.GeoDataFrame(
        {
            "site_id": ids,
            "name": site_names(read, ids, problems),
            "unit": site_units(read, region, problems),
            "status": statuses,
            "opened": opened,
            "closed": site_years(read, "closed", problems),
            "capacity": _capacity(read, problems),
        },
        geometry=read.points.to_numpy(),
        crs=region.crs,
    )[have]
    if precision is not None:
        frame["precision"] = [p for p, there in zip(precision, have, strict=True) if there]
    if frame["site_id"].duplicated().any():
        frame = frame[~frame["site_id"].duplicated()]
    _check_same_spot(read, frame, problems)
    return Facilities.from_frame(key, frame, site_id="site_id")


_OPTIONAL = ("id", "name", "unit", "parent", "status", "opened", "closed", "capacity")


def _read(
    folder: Folder,
    key: str,
    config: LayerConfig,
    region: Region,
    problems: Problems,
    villages: gpd.GeoDataFrame | None,
) -> tuple[Places, tuple[Precision, ...] | None]:
    """Return the records, and how well each is placed where some had no coordinates."""
    at = f"layers.{key}"
    if config.place_missing == "refuse" or villages is None:
        noted = Problems()
        try:
            read = read_places(folder, config, region, key=at, optional=_OPTIONAL, problems=noted)
        finally:
            problems.extend(_with_village(problem) for problem in noted)
        return read, None
    placed = read_placed(
        folder, config, region, villages, key=at, optional=_OPTIONAL, problems=problems
    )
    some = any(precision != "point" for precision in placed.precision)
    return placed.places, placed.precision if some else None


def _with_village(problem: Problem) -> Problem:
    """Return a fault; of a record that has no point at all, with what else may be done."""
    if problem.code != "point.none" or " / " not in (problem.column or ""):
        return problem
    mend = Text(
        '补上坐标，或删去该行；写着所在村、所属乡镇的，可在图层中写明 place_missing = "village"',
        "give it coordinates, or remove the row; where village or township is named, the layer "
        'may say place_missing = "village"',
    )
    return replace(problem, mend=mend)


def _check_opened(read: Places, key: str, statuses: list[str], problems: Problems) -> None:
    """Note how many operating facilities nobody said the opening year of: they count as open."""
    lost = sum(
        status == "operating" and not year
        for status, year in zip(statuses, read.text("opened"), strict=True)
    )
    if lost:
        which = "operating facility has" if lost == 1 else "operating facilities have"
        taken = "it is taken" if lost == 1 else "they are taken"
        problems.add(
            Problem(
                code="facility.no_year",
                what=Text(
                    f"图层 {key}：{lost} 处运营设施没有开业年份，年份未知的按已开业计",
                    f"layer {key}: {lost} {which} no opening year; {taken} as open already",
                ),
                file=read.table.file,
                column=read.columns.get("opened"),
                mend=Text(
                    "补上开业年份；尚未开业的，改正状态", "add the years, or mend the status"
                ),
                severity="warning",
                sites=lost,
            )
        )


def _capacity(read: Places, problems: Problems) -> list[object]:
    if "capacity" not in read.columns:
        return [pd.NA] * len(read.table.frame)
    values = numbers(
        read.table,
        read.columns["capacity"],
        problems,
        code="facility.capacity",
        expected=Text("0 或更大的数", "a number, 0 or more"),
        low=0,
        optional=True,
    )
    return [pd.NA if np.isnan(v) else float(v) for v in values]


def _check_same_spot(read: Places, frame: gpd.GeoDataFrame, problems: Problems) -> None:
    """Report facilities on one spot: both are kept, but it is often one entered twice."""
    if "precision" in frame:
        # Those placed at one village are not on one spot for all that is known.
        frame = frame[frame["precision"] == "point"]
    points = frame.geometry.to_numpy()
    tree = STRtree(points)
    left, right = tree.query(points, predicate="dwithin", distance=1.0)
    for a, b in zip(left, right, strict=True):
        if a < b:
            problems.add(
                Problem(
                    code="facility.same_spot",
                    what=Text(
                        "两处设施在同一地点，都保留", "two facilities on one spot; both kept"
                    ),
                    file=read.table.file,
                    found=f"{frame['name'].iloc[a]} / {frame['name'].iloc[b]}",
                    mend=Text("若是重复登记，删去一行", "if it is one entered twice, remove a row"),
                    severity="warning",
                    sites=2,
                )
            )
