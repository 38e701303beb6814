"""Placing people: points or streets, raked to the census, in whole numbers."""

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..core.errors import Problem, Problems
from ..core.rounding import largest_remainder
from ..core.text import Text
from ..domain.demand import Demand
from ..domain.network import Network
from ..domain.region import Region
from .notes import (
    MORE_PLACES,
    MORE_SHAPES,
    few,
    note_bare,
    note_more_than_all,
    note_moved,
    note_unplaced,
)
from .streets import Pieces, assign_to_places, street_pieces


@dataclass(frozen=True, slots=True)
class Placement:
    """People at their places, and how they got there.

    Parameters
    ----------
    demand
        Points with whole people.
    reconciliation
        One row per unit and group: ``unit``, ``group``, ``given`` (census total, <NA> where none),
        ``read`` (sum of the records, NaN where the group is not known by place), ``placed``,
        ``unplaced``, ``factor`` (census / read).

    Examples
    --------
    >>> import coverplan as cp
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> county = cp.small_county()
    >>> villages = gpd.GeoDataFrame(
    ...     {
    ...         "name": ["甲村", "乙村"],
    ...         "unit": "330999201",
    ...         "declared": True,
    ...         "metres": float("nan"),
    ...         "all": [200.0, 100.0],
    ...     },
    ...     index=["a", "b"],
    ...     geometry=county.demand.points.geometry[:2].to_numpy(),
    ...     crs=county.region.crs,
    ... )
    >>> census = pd.DataFrame({"all": 331.0}, index=county.region.codes[:1])
    >>> placement = cp.place_people(county.region, villages, ("all",), census)
    >>> placement.demand.people("all").tolist()
    [221, 110]
    >>> placement.reconciliation.loc[0, ["given", "read", "placed"]].tolist()
    [331.0, 300.0, 331.0]
    """

    demand: Demand
    reconciliation: pd.DataFrame


def place_people(
    region: Region,
    places: gpd.GeoDataFrame,
    groups: tuple[str, ...],
    totals: pd.DataFrame,
    *,
    network: Network | None = None,
    spread_classes: list[str] | None = None,
    spread_metres: float = 1500.0,
    beyond_all: Collection[str] = (),
    problems: Problems | None = None,
) -> Placement:
    """Return demand points whose whole people add up to the totals of their units.

    Parameters
    ----------
    region
        The units.
    places
        Villages or points with people: index ids; columns ``name``, ``unit``, ``declared``,
        ``metres``, the groups and ``geometry`` (see `coverplan.io.PeopleTable`). With a column
        ``weight``, a group that is NaN throughout a unit is spread there by these weights.
    groups
        Group columns; ``"all"`` is everybody.
    totals
        Census totals by unit and group, NaN where none is given; the points are raked to them.
    network, spread_classes, spread_metres
        With a network, each place's people are spread along its streets of these classes within
        this distance, in proportion to length; otherwise they stay at the point. Places of
        units where nobody's number is known by place have no point to stay at: without a street
        their people are unplaced.
    beyond_all
        Groups that are no part of everybody, such as people registered but not living here.
    problems
        Where notes on what could not be done as asked go.

    Raises
    ------
    InputError
        When a place has no finite number of people, 0 or more, for one of the groups.

    Examples
    --------
    Two villages that counted 200 and 100 people; the census has 331 in their township.

    >>> import coverplan as cp
    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> county = cp.small_county()
    >>> villages = gpd.GeoDataFrame(
    ...     {
    ...         "name": ["甲村", "乙村"],
    ...         "unit": "330999201",
    ...         "declared": True,
    ...         "metres": float("nan"),
    ...         "all": [200.0, 100.0],
    ...     },
    ...     index=["a", "b"],
    ...     geometry=county.demand.points.geometry[:2].to_numpy(),
    ...     crs=county.region.crs,
    ... )
    >>> census = pd.DataFrame({"all": 331.0}, index=county.region.codes[:1])
    >>> placement = cp.place_people(county.region, villages, ("all",), census)
    >>> placement.demand.people("all").tolist()
    [221, 110]

    Or along the streets within 300 m of each village, in proportion to their length:

    >>> along = cp.place_people(
    ...     county.region,
    ...     villages,
    ...     ("all",),
    ...     census,
    ...     network=county.network,
    ...     spread_classes=["residential"],
    ...     spread_metres=300.0,
    ... )
    >>> len(along.demand) > 2, int(along.demand.people("all").sum())
    (True, 331)
    """
    _check_people(places, groups)
    notes = problems if problems is not None else Problems()
    points = _points(region, places, network, spread_classes or [], spread_metres, notes)
    read = _read_by_unit(points, places, groups, region)
    given = totals.reindex(index=region.codes, columns=list(groups))
    target = _targets(given, read)
    people = _whole_people(points, places, groups, target, beyond_all)
    parts = {group: counts for group, counts in people.items() if group not in beyond_all}
    note_more_than_all(points["unit"].to_numpy(), parts, region, notes)
    frame = _demand_frame(points, places, people, region)
    placed = frame.groupby("unit")[list(groups)].sum().reindex(region.codes, fill_value=0)
    unplaced = (target.fillna(0) - placed).astype("Int64")
    note_unplaced(unplaced, region, MORE_SHAPES if "weight" in places else MORE_PLACES, notes)
    demand = Demand(frame, groups, target, unplaced)
    return Placement(demand, _reconcile(region, groups, given, read, placed, unplaced))


def _whole_people(
    points: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    groups: tuple[str, ...],
    target: pd.DataFrame,
    beyond_all: Collection[str],
) -> dict[str, NDArray[np.int64]]:
    """Return the whole people of each group at each point, unit by unit."""
    people = {g: np.zeros(len(points), dtype=np.int64) for g in groups}
    weight = points["share"].to_numpy()
    owner = points["place"].to_numpy()
    for unit, rows in points.groupby("unit", sort=True).indices.items():
        everybody: NDArray[np.int64] | None = None
        for group in sorted(groups, key=lambda g: (g != "all", g)):
            total = target.loc[unit, group]
            shares = _shares(places, group, owner[rows]) * weight[rows]
            if pd.isna(total) or not shares.sum() > 0:
                continue
            most = None if group in beyond_all else everybody
            people[group][rows] = largest_remainder(shares, int(total), most=most)
            if group == "all":
                everybody = people["all"][rows]
    return people


def _shares(places: gpd.GeoDataFrame, group: str, owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what a group's total goes by at some places: its people, their weights if unknown."""
    shares: NDArray[np.float64] = places[group].to_numpy(dtype=float)[owner]
    if not np.isnan(shares).any():
        return shares
    if np.isnan(shares).all():
        weights: NDArray[np.float64] = places["weight"].to_numpy(dtype=float)[owner]
        return weights
    return np.nan_to_num(shares)


def _check_people(places: gpd.GeoDataFrame, groups: tuple[str, ...]) -> None:
    """Refuse numbers that are none: one of them would leave a whole unit without people."""
    problems = Problems()
    for group in groups:
        people = places[group].to_numpy(dtype=float)
        with np.errstate(invalid="ignore"):
            lost = ~(np.isfinite(people) & (people >= 0))
        if "weight" in places:
            lost &= ~places[group].isna().groupby(places["unit"].to_numpy()).transform("all")
        if lost.any():
            names = [f"{n} ({i})" for i, n in places.loc[lost, "name"].items()]
            problems.add(
                Problem(
                    code="people.not_known",
                    what=Text(
                        f"{len(names)} 个地点的人数不是 0 或更大的数",
                        f"{len(names)} places have no number of people that is 0 or more",
                    ),
                    column=group,
                    found=few(names),
                    expected=Text("0 或更大的数", "a number, 0 or more"),
                    mend=Text(
                        "补上人数；没有人的地点填 0，人数不详的地点去掉",
                        "give the number; 0 where nobody lives; leave out places not known",
                    ),
                )
            )
    problems.raise_if_any()


def _read_by_unit(
    points: gpd.GeoDataFrame, places: gpd.GeoDataFrame, groups: tuple[str, ...], region: Region
) -> pd.DataFrame:
    """Return the people read for each unit, where they go to live; NaN where nobody was read."""
    owner = points["place"].to_numpy()
    share = points["share"].to_numpy()
    people = pd.DataFrame({g: places[g].to_numpy()[owner] * share for g in groups})
    read = people.groupby(points["unit"].to_numpy()).sum(min_count=1)
    return read.reindex(region.codes)


def _targets(given: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Return whole totals: the census where it is given, else what was read, its sum kept."""
    target = given.round().astype("Int64")
    for group in given.columns:
        open_ = given[group].isna() & read[group].notna()
        values = read.loc[open_, group].to_numpy(dtype=float)
        total = round(float(values.sum()))
        if len(values):
            whole = largest_remainder(values, total) if total else np.zeros(len(values), int)
            target.loc[open_, group] = whole
    return target


def _points(
    region: Region,
    places: gpd.GeoDataFrame,
    network: Network | None,
    classes: list[str],
    metres: float,
    notes: Problems,
) -> gpd.GeoDataFrame:
    """Return where people go: ``unit``, ``place`` (position), ``share`` of the place, geometry."""
    if network is None:
        return gpd.GeoDataFrame(
            {
                "unit": places["unit"].to_numpy(),
                "place": np.arange(len(places)),
                "rank": 0,
                "share": 1.0,
            },
            geometry=places.geometry.to_numpy(),
            crs=region.crs,
        )
    pieces = assign_to_places(street_pieces(network, classes, region), places, region, metres)
    mine = pieces.place >= 0
    bare = np.setdiff1d(np.arange(len(places)), pieces.place[mine])
    # Where nobody's number is known the place only stands for its unit: no one lives there.
    bare = bare[places["all"].notna().to_numpy()[bare]]
    note_bare(places.iloc[bare], notes)
    spread = _on_streets(pieces, mine, bare, region, places)
    note_moved(spread, places, notes)
    return spread


def _on_streets(
    pieces: Pieces,
    mine: NDArray[np.bool_],
    bare: NDArray[np.int64],
    region: Region,
    places: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    owner = pieces.place[mine]
    length = np.bincount(owner, weights=pieces.metres[mine], minlength=len(places))
    codes = np.array(region.codes, dtype=object)
    declared = places["declared"].to_numpy()[owner]
    unit = np.where(declared, places["unit"].to_numpy()[owner], codes[pieces.unit[mine]])
    on_street = gpd.GeoDataFrame(
        {"unit": unit, "place": owner, "share": pieces.metres[mine] / length[owner]},
        geometry=gpd.points_from_xy(*pieces.xy[mine].T),
        crs=region.crs,
    )
    at_point = gpd.GeoDataFrame(
        {"unit": places["unit"].to_numpy()[bare], "place": bare, "share": 1.0},
        geometry=places.geometry.to_numpy()[bare],
        crs=region.crs,
    )
    both = pd.concat([on_street, at_point], ignore_index=True) if len(bare) else on_street
    both["rank"] = both.groupby("place").cumcount()
    return gpd.GeoDataFrame(both, crs=region.crs)


def _demand_frame(
    points: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    people: dict[str, NDArray[np.int64]],
    region: Region,
) -> gpd.GeoDataFrame:
    """Return the demand points, without pieces of street on which nobody came to live."""
    ids = places.index.to_numpy()[points["place"]]
    names = [f"{i}#{r:04d}" for i, r in zip(ids, points["rank"], strict=True)]
    frame = gpd.GeoDataFrame(
        {
            "unit": points["unit"].to_numpy(),
            "place": places["name"].to_numpy()[points["place"]],
            **people,
        },
        index=pd.Index(names, name="demand_id", dtype=object),
        geometry=points.geometry.to_numpy(),
        crs=region.crs,
    )
    somebody = np.any([counts > 0 for counts in people.values()], axis=0)
    return frame[somebody].sort_index()


def _reconcile(
    region: Region,
    groups: tuple[str, ...],
    given: pd.DataFrame,
    read: pd.DataFrame,
    placed: pd.DataFrame,
    unplaced: pd.DataFrame,
) -> pd.DataFrame:
    rows = [
        {
            "unit": unit,
            "group": group,
            "given": given.loc[unit, group],
            "read": read.loc[unit, group],
            "placed": int(placed.loc[unit, group]),
            "unplaced": int(unplaced.loc[unit, group]),
            "factor": given.loc[unit, group] / read.loc[unit, group]
            if read.loc[unit, group] > 0
            else np.nan,
        }
        for unit in region.codes
        for group in groups
    ]
    return pd.DataFrame(rows)
