"""Where a service stands: sites with their status, years and declared unit."""

import datetime
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from ..core.crs import is_metric
from ..core.errors import Problem, Problems
from ..core.text import Text
from .frames import check_frame, check_kinds
from .region import not_metric

COUNTED_STATUS = frozenset({"operating"})
STATUSES = ("operating", "planned", "building", "idle", "closed", "unknown")


@dataclass(frozen=True, slots=True)
class Facilities:
    """The sites of one layer, sorted by id, in metres.

    Parameters
    ----------
    layer
        Id of the layer.
    sites
        Index ``site_id`` (str, unique); columns ``name`` (str), ``unit`` (code of the unit it
        belongs to, "" outside the study, <NA>: where it lies), ``status`` (one of `STATUSES`),
        ``opened`` and ``closed`` (year, nullable integer), ``capacity`` (nullable float),
        ``geometry`` (Point).
        Where some had no coordinates also ``precision``: "point", or "village" or "township"
        where a site stands at the point of one.

    Raises
    ------
    InputError
        When an id comes twice, the CRS is not in metres or a site has no point.

    Examples
    --------
    >>> import coverplan as cp
    >>> county = cp.small_county()
    >>> homes = county.layers[0].facilities
    >>> homes.sites[["name", "status"]]
                 name     status
    site_id
    E1       柳溪养老服务中心  operating
    E2       云岭养老服务中心    planned

    One of the two does not serve anybody yet, and the list says why:

    >>> [why.en for why in homes.why_not_counted(county.date) if why]
    ['status: planned']
    >>> list(homes.working(county.date).sites.index)
    ['E1']
    """

    layer: str
    sites: gpd.GeoDataFrame

    def __post_init__(self) -> None:
        problems = Problems()
        if not is_metric(self.sites.crs):
            problems.add(not_metric("facilities", self.sites.crs))
        for site in self.sites.index[self.sites.index.duplicated()].unique():
            problems.add(
                Problem(
                    code="facilities.duplicate_id",
                    what=Text("设施编号重复", "a facility id comes more than once"),
                    found=str(site),
                    mend=Text("保证每个编号只出现一次", "make every id unique"),
                )
            )
        if (self.sites.geometry.isna() | self.sites.geometry.is_empty).any():
            problems.add(
                Problem(
                    code="facilities.no_point",
                    what=Text("有设施没有坐标", "a facility has no point"),
                    mend=Text("补上坐标", "give it coordinates"),
                )
            )
        problems.raise_if_any()
        check_kinds(_SITES, self.sites, ["Point"]).raise_if_any()

    @classmethod
    def from_frame(
        cls, layer: str, frame: gpd.GeoDataFrame, *, site_id: str | None = None
    ) -> "Facilities":
        """Return the facilities of a frame of points; columns it lacks take "unknown" values.

        Parameters
        ----------
        layer
            Id of the layer.
        frame
            One row per site, in a projected CRS in metres. Columns ``name``, ``unit``,
            ``status``, ``opened``, ``closed``, ``capacity`` and ``precision`` are taken where
            they exist; a frame without ``status`` is read as a list of operating sites, and
            in a study sites without ``unit`` belong to the unit they lie in.
        site_id
            The column that names a site; the index of the frame where None.

        Raises
        ------
        InputError
            When a column is missing, a status is none of `STATUSES`, a year or a capacity is no
            number, and as the class says.

        Examples
        --------
        >>> import geopandas as gpd
        >>> import coverplan as cp
        >>> frame = gpd.GeoDataFrame(
        ...     {"no": ["a", "b"], "name": ["甲站", "乙站"]},
        ...     geometry=gpd.points_from_xy([500_100, 500_900], [3_200_000, 3_200_000]),
        ...     crs=4549,
        ... )
        >>> stations = cp.Facilities.from_frame("social_work", frame, site_id="no")
        >>> stations.sites["status"].tolist(), stations.sites["opened"].tolist()
        (['operating', 'operating'], [<NA>, <NA>])
        >>> cp.Facilities.from_frame("social_work", frame.set_index("no")).sites.index.to_list()
        ['a', 'b']
        """
        check_frame(_SITES, frame, [] if site_id is None else [site_id])
        _check_values(frame)
        n = len(frame)
        ids = frame.index if site_id is None else frame[site_id]

        def column(name: str, default: object) -> object:
            return frame[name].to_numpy() if name in frame else np.full(n, default, dtype=object)

        sites = gpd.GeoDataFrame(
            {
                "name": pd.array(column("name", ""), dtype="string").fillna(""),
                "unit": pd.array(column("unit", pd.NA), dtype="string"),
                "status": pd.array(column("status", "operating"), dtype="string"),
                "opened": pd.array(column("opened", pd.NA), dtype="Int64"),
                "closed": pd.array(column("closed", pd.NA), dtype="Int64"),
                "capacity": pd.array(column("capacity", pd.NA), dtype="Float64"),
            },
            index=pd.Index(ids.astype(str), name="site_id"),
            geometry=frame.geometry.to_numpy(),
            crs=frame.crs,
        )
        if "precision" in frame:
            sites["precision"] = pd.array(column("precision", ""), dtype="string")
        return cls(layer, sites.sort_index())

    @property
    def crs(self) -> CRS:
        """The projected system in metres."""
        return CRS.from_user_input(self.sites.crs)

    @property
    def xy(self) -> np.ndarray:
        """Coordinates in metres, shape ``(n, 2)``."""
        points = self.sites.geometry
        return np.column_stack([points.x.to_numpy(), points.y.to_numpy()])

    def __repr__(self) -> str:
        counts = self.sites["status"].value_counts()
        said = ", ".join(f"{counts[status]} {status}" for status in STATUSES if status in counts)
        return f"<Facilities of {self.layer}: {len(self)} sites" + (f"; {said}>" if said else ">")

    def __len__(self) -> int:
        return len(self.sites)

    def take(self, keep: np.ndarray) -> "Facilities":
        """Return the sites a boolean mask keeps."""
        return Facilities(self.layer, self.sites[keep])

    def why_not_counted(self, date: datetime.date) -> list[Text | None]:
        """Return for each site why it does not serve on ``date``, or None where it does.

        A site serves when its status is "operating", it has opened by the end of the year of
        ``date`` and has not closed by then. A year that is not known does not exclude it.
        """
        reasons: list[Text | None] = []
        for status, opened, closed in zip(
            self.sites["status"], self.sites["opened"], self.sites["closed"], strict=True
        ):
            reasons.append(_why_not(str(status), opened, closed, date))
        return reasons

    def working(self, date: datetime.date) -> "Facilities":
        """Return the sites that serve on ``date``."""
        return self.take(np.array([r is None for r in self.why_not_counted(date)], dtype=bool))


_SITES = Text("设施", "facilities")


def _check_values(frame: gpd.GeoDataFrame) -> None:
    """Raise for a status that is none, and for years and capacities that are no numbers."""
    problems = Problems()
    if "status" in frame:
        strange = frame["status"][~frame["status"].isin(STATUSES)]
        for value in strange.astype(str).unique():
            problems.add(_wrong_value("status", value, Text.same(", ".join(STATUSES))))
    number = Text("数字，不详留空", "a number, missing where not known")
    for column in ("opened", "closed", "capacity"):
        if column in frame:
            given = frame[column]
            numbers = pd.to_numeric(given, errors="coerce")
            bad = given.notna() & numbers.isna()
            if column != "capacity":
                bad |= numbers.notna() & (numbers % 1 != 0)
            for value in given[bad].astype(str).unique():
                problems.add(_wrong_value(column, value, number))
    problems.raise_if_any()


def _wrong_value(column: str, found: str, expected: Text) -> Problem:
    return Problem(
        code="facilities.value",
        what=Text("设施的这个值不能使用", "this value of a facility cannot be used"),
        column=column,
        found=found,
        expected=expected,
        mend=Text("改正，或换成应有的写法", "correct it, or write it as expected"),
    )


STATUS_LABELS = {
    "operating": Text("运营", "operating"),
    "planned": Text("规划", "planned"),
    "building": Text("在建", "being built"),
    "idle": Text("停用", "idle"),
    "closed": Text("关闭", "closed"),
    "unknown": Text("状态未知", "status unknown"),
}


def _why_not(status: str, opened: object, closed: object, date: datetime.date) -> Text | None:
    if status not in COUNTED_STATUS:
        label = STATUS_LABELS[status]
        return Text(f"状态为{label.zh}", f"status: {label.en}")
    if not pd.isna(opened) and int(str(opened)) > date.year:
        return Text(f"{opened} 年才开业", f"opens in {opened}")
    if not pd.isna(closed) and int(str(closed)) <= date.year:
        return Text(f"{closed} 年已关闭", f"closed in {closed}")
    return None
