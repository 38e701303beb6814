"""People of records without a point, who go to the other places of their unit."""

from collections.abc import Collection, Sequence

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.text import Text
from ..domain.region import Region
from .formertotals import divide

_SHOWN = 30


def share_out_missing(
    places: gpd.GeoDataFrame,
    groups: Sequence[str],
    region: Region,
    problems: Problems,
    *,
    file: str,
    beyond_all: Collection[str] = (),
) -> gpd.GeoDataFrame:
    """Return places with a point, the people of those without one among them.

    Each group goes to the other places of its unit in proportion to its people there (to
    everybody there, where it has none or no place has room for it), whole people by the largest
    remainder: the sum of a unit stays what it was, to the person.

    Parameters
    ----------
    places
        Columns ``unit``, the groups and ``geometry`` (None: no point); every unit one of the
        region's.
    groups, region
        Columns of people, and the units.
    problems
        Where the number of records and people per unit is noted; a unit none of whose records
        has a point is an error.
    file, beyond_all
        The table of people, and groups that are no part of everybody.
    """
    lost = places.geometry.isna().to_numpy()
    if not lost.any():
        return places
    shared: list[tuple[str, int, float]] = []
    result = places.copy()
    for unit, rows in places.groupby("unit", sort=True).indices.items():
        gone, here = rows[lost[rows]], rows[~lost[rows]]
        if not len(gone):
            continue
        people = float(np.nansum(places["all"].to_numpy(dtype=float)[gone]))
        name = str(region.names[str(unit)])
        if not len(here):
            problems.add(_no_place(file, name, len(gone), people))
            continue
        shared.append((name, len(gone), people))
        _give(result, groups, gone, here, beyond_all)
    if shared:
        problems.add(_shared(file, shared))
    return result[~lost]


def _give(
    result: gpd.GeoDataFrame,
    groups: Sequence[str],
    gone: NDArray[np.intp],
    here: NDArray[np.intp],
    beyond_all: Collection[str],
) -> None:
    """Add the people of some records to others of their unit."""
    before = result["all"].to_numpy(dtype=float)[here]
    everybody = before
    for group in sorted(groups, key=lambda g: (g != "all", g)):
        column = result[group].to_numpy(dtype=float).copy()
        total, own = float(np.nansum(column[gone])), column[here]
        if not total > 0 or np.isnan(own).any():
            continue
        room = None
        if group != "all" and group not in beyond_all:
            room = np.floor(np.maximum(everybody - own, 0.0)).astype(np.int64)
        weights = _weights((own, before, np.ones(len(here))), total, room)
        column[here] += divide(total, weights, room)
        result[group] = column
        if group == "all":
            everybody = column[here]


def _weights(
    known: Sequence[NDArray[np.float64]], total: float, room: NDArray[np.int64] | None
) -> NDArray[np.float64]:
    """Return the first weights by which a total can be given, within the room there is."""
    some = [weights for weights in known if weights.sum() > 0]
    fits = (w for w in some if room is None or room[w > 0].sum() >= total)
    return next(fits, some[0])


def _shared(file: str, shared: Sequence[tuple[str, int, float]]) -> Problem:
    records, people = sum(n for _, n, _ in shared), sum(p for *_, p in shared)
    zh = [f"{name} {n} 条 {count:,.10g} 人" for name, n, count in shared[:_SHOWN]]
    en = [f"{name}: {n} ({count:,.10g} people)" for name, n, count in shared[:_SHOWN]]
    more = ["…"] if len(shared) > _SHOWN else []
    return Problem(
        code="people.shared_out",
        what=Text(
            f"{records} 条没有点位的记录（{people:,.10g} 人）不落点，人口按比例分给本单元其他点位："
            "住处是估计的",
            f"{records} record{'s' * (records > 1)} without a point ({people:,.10g} people): "
            "not placed; the people go to the other places of their unit in proportion, so where "
            "they live is an estimate",
        ),
        file=file,
        found=Text("；".join([*zh, *more]), "; ".join([*en, *more])),
        mend=Text("补上这些记录的点位", "give these records a point"),
        severity="warning",
        people=round(people),
    )


def _no_place(file: str, name: str, records: int, people: float) -> Problem:
    return Problem(
        code="people.unit_no_place",
        what=Text(
            f"{name}没有一条记录有点位：{records} 条记录的 {people:,.10g} 人无处可分",
            f"no record of {name} has a point: the {people:,.10g} people of its {records} records "
            "can go nowhere",
        ),
        file=file,
        found=name,
        expected=Text("该单元至少一条记录有点位", "a point for one of its records at least"),
        mend=Text(
            "在 locations 的文件里补上该单元的点位；或不写 source，写 totals = 本表，"
            '人口按 spread = "streets"（或 "buildings"、"areas"）分摊',
            "add a point of this unit to the file of locations; or, without source, say totals = "
            'this table and spread = "streets" (or "buildings", "areas")',
        ),
        people=round(people),
    )
