"""Where people live: points with whole numbers of people in each group."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from ..core.crs import is_metric
from ..core.errors import InputError, InternalError, Problem, Problems
from ..core.text import Text
from .frames import check_frame, check_kinds, units_at, whole_people
from .region import Region, not_metric


@dataclass(frozen=True, slots=True)
class Demand:
    """People at points, adding up to the totals of their units to the person.

    Parameters
    ----------
    points
        Index ``demand_id`` (str, unique, sorted); columns ``unit`` (a code of the region), one
        integer column for each group, ``place`` (name of the village it stands for), and
        ``geometry`` (Point, metres).
    groups
        Names of the group columns; ``"all"`` is everybody.
    totals
        People of each unit and group, index the region's codes, nullable integers: <NA> where
        nobody said how many live there.
    unplaced
        People of each unit who have no point (a total was given, but no place): same shape, 0
        where all are placed.

    Raises
    ------
    InputError
        When the points are not in metres, an id comes twice or a unit is not one of the totals'.
    InternalError
        When points and unplaced people do not add up to the totals.

    Examples
    --------
    >>> import coverplan as cp
    >>> demand = cp.small_county().demand
    >>> len(demand), demand.groups
    (9, ('all', 'elderly'))
    >>> demand.people("elderly").tolist()
    [164, 150, 93, 140, 88, 105, 110, 52, 31]
    >>> demand.placed().loc["330999201"].to_dict()
    {'all': 1770, 'elderly': 407}

    People and totals always agree; a point that names a unit the totals do not know is refused:

    >>> points = demand.points.assign(unit="330999299")
    >>> try:
    ...     cp.Demand(points, demand.groups, demand.totals, demand.unplaced)
    ... except cp.InputError as error:
    ...     print(error.render("en"))
    a demand point's unit is not in the region
      found: "330999299"
      to mend: give a unit code of the region
    """

    points: gpd.GeoDataFrame
    groups: tuple[str, ...]
    totals: pd.DataFrame
    unplaced: pd.DataFrame

    def __post_init__(self) -> None:
        self._check_points()
        placed = self.placed()
        for group in self.groups:
            people = self.points[group].to_numpy()
            if people.dtype.kind != "i" or (people < 0).any():
                raise InternalError(f"demand: {group!r} must hold whole numbers from 0 upwards")
            given = self.totals[group]
            both = placed[group] + self.unplaced[group]
            wrong = (given.notna() & (both != given)) | (given.isna() & (both != 0))
            if wrong.fillna(value=False).any():
                units = list(self.totals.index[wrong.fillna(value=False)])
                raise InternalError(f"demand: {group!r} does not add up to the totals of {units}")

    def _check_points(self) -> None:
        problems = Problems()
        if not is_metric(self.points.crs):
            problems.add(not_metric("demand", self.points.crs))
        faults = {
            "demand.duplicate_id": (
                self.points.index[self.points.index.duplicated()],
                Text("人口点编号重复", "a demand id comes more than once"),
                Text("保证编号唯一", "make ids unique"),
            ),
            "demand.unit": (
                self.points["unit"][~self.points["unit"].isin(self.totals.index)],
                Text("人口点的单元不在区域里", "a demand point's unit is not in the region"),
                Text("给出区域的单元代码", "give a unit code of the region"),
            ),
        }
        for code, (found, what, mend) in faults.items():
            for value in sorted(set(map(str, found))):
                problems.add(Problem(code=code, what=what, found=value, mend=mend))
        problems.raise_if_any()

    @classmethod
    def from_points(
        cls,
        points: gpd.GeoDataFrame,
        region: Region,
        *,
        groups: str | Iterable[str] = ("all",),
        unit: str = "unit",
        place: str = "place",
    ) -> "Demand":
        """Return the demand of points whose whole numbers are themselves the totals.

        Parameters
        ----------
        points
            In metres, index the ids; a column for every group.
        region
            The units the points belong to.
        groups
            The columns that count people.
        unit, place
            The columns of the code of its unit and of its name. Without the one each point
            belongs to the unit it lies in, without the other it is called by its id.

        Raises
        ------
        InputError
            With everything that is wrong: no points, a missing column, people that are no whole
            numbers, an id that comes twice, a unit that is not of the region, a point outside.

        Examples
        --------
        >>> import coverplan as cp
        >>> county = cp.small_county()
        >>> points = county.demand.points[["unit", "all", "geometry"]]
        >>> demand = cp.Demand.from_points(points, county.region)
        >>> demand.totals["all"].to_dict()
        {'330999201': 1770, '330999202': 1230, '330999203': 560}

        Points that do not say their unit belong to the one they lie in:

        >>> bare = county.demand.points[["elderly", "geometry"]]
        >>> found = cp.Demand.from_points(bare, county.region, groups="elderly")
        >>> found.totals["elderly"].to_dict()
        {'330999201': 407, '330999202': 333, '330999203': 193}

        What reports call a place is in a column of its own:

        >>> named = bare.assign(village=county.demand.points["place"])
        >>> found = cp.Demand.from_points(named, county.region, groups="elderly", place="village")
        >>> found.points["place"].to_list()[:2]
        ['柳溪街', '桥头']
        """
        groups = (groups,) if isinstance(groups, str) else tuple(groups)
        # A name that was given must be there; the usual ones need not.
        named = [name for name in (unit, place) if name not in ("unit", "place")]
        check_frame(_PEOPLE, points, [*groups, *named])
        faults = check_kinds(_PEOPLE, points, ["Point"])
        if not is_metric(points.crs):
            faults.add(not_metric("demand", points.crs))
        faults.raise_if_any()
        frame = points.sort_index()
        frame.index = frame.index.astype(str)
        frame = frame.assign(**whole_people(_PEOPLE, frame, groups))
        units = frame[unit].astype(str) if unit in frame else _units_of(frame, region)
        names = frame.get(place, frame.index)
        frame = frame.assign(unit=units, place=names)
        totals = frame.groupby("unit")[list(groups)].sum().reindex(region.codes).astype("Int64")
        return cls(frame, groups, totals, totals.fillna(0) * 0)

    @property
    def crs(self) -> CRS:
        """The projected system in metres."""
        return CRS.from_user_input(self.points.crs)

    @property
    def xy(self) -> NDArray[np.float64]:
        """Coordinates in metres, shape ``(n, 2)``."""
        geometry = self.points.geometry
        return np.column_stack([geometry.x.to_numpy(), geometry.y.to_numpy()])

    @property
    def homes_xy(self) -> NDArray[np.float64]:
        """Coordinates of the points somebody of any group lives at, metres, shape ``(k, 2)``."""
        somebody = np.zeros(len(self.points), dtype=bool)
        for group in self.groups:
            somebody |= self.people(group) > 0
        return self.xy[somebody]

    def __repr__(self) -> str:
        sums = ", ".join(f"{group} {self.totals[group].sum():,}" for group in self.groups)
        return f"<Demand: {len(self):,} points in {len(self.totals)} units; people: {sums}>"

    def __len__(self) -> int:
        return len(self.points)

    def people(self, group: str) -> NDArray[np.int64]:
        """Return the people of a group at each point, shape ``(n,)``.

        Raises
        ------
        InputError
            When there is no such group.
        """
        if group not in self.groups:
            raise InputError([_no_group(group, self.groups)])
        people: NDArray[np.int64] = self.points[group].to_numpy(dtype=np.int64)
        return people

    def placed(self) -> pd.DataFrame:
        """Return the people who have a point, by unit (index) and group (columns)."""
        sums = self.points.groupby("unit")[list(self.groups)].sum()
        return sums.reindex(self.totals.index, fill_value=0).astype("Int64")


_PEOPLE = Text("人口点", "points of people")


def _no_group(found: str, known: tuple[str, ...]) -> Problem:
    return Problem(
        code="demand.group",
        what=Text("没有这个人群", "there is no such group"),
        column="group",
        found=found,
        expected=Text("、".join(known), ", ".join(known)),
        mend=Text("改用其中之一", "name one of these"),
    )


def _units_of(points: gpd.GeoDataFrame, region: Region) -> NDArray[np.object_]:
    """Return the unit each point lies in; who lies in none is not left out in silence."""
    at = points.geometry.to_crs(region.crs)
    units = units_at(at, region.units)
    problems = Problems()
    for key in points.index[units == ""]:
        problems.add(
            Problem(
                code="demand.outside",
                what=Text("人口点不在任何单元里", "a point of people lies in no unit"),
                found=str(key),
                mend=Text(
                    "检查坐标系和边界；研究区外的点先去掉，或用 unit 列写明归属",
                    "check coordinate system and boundaries; drop points outside the study, or "
                    "say in a column unit where they belong",
                ),
            )
        )
    problems.raise_if_any()
    return units
